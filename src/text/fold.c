#include "text/fold.h"

#include <string.h>

static bool
is_mark(gunichar c)
{
    return c >= 0x300 && c <= 0x36f;
}

gunichar
fold_char(gunichar c)
{
    if (c < 0x80)
        return (gunichar)g_ascii_tolower((char)c);
    if (is_mark(c))
        return 0;
    gunichar parts[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];
    gsize n = g_unichar_fully_decompose(c, FALSE, parts, G_N_ELEMENTS(parts));
    if (n > 1 && is_mark(parts[1]))
        c = parts[0];
    return g_unichar_tolower(c);
}

static bool
in_word(gunichar c)
{
    if (c < 0x80)
        return g_ascii_isalnum((char)c);
    switch (g_unichar_type(c)) {
    case G_UNICODE_LOWERCASE_LETTER:
    case G_UNICODE_UPPERCASE_LETTER:
    case G_UNICODE_TITLECASE_LETTER:
    case G_UNICODE_MODIFIER_LETTER:
    case G_UNICODE_OTHER_LETTER:
    case G_UNICODE_DECIMAL_NUMBER:
    case G_UNICODE_LETTER_NUMBER:
    case G_UNICODE_OTHER_NUMBER:
    case G_UNICODE_PRIVATE_USE:
        return true;
    default:
        return false;
    }
}

static size_t
next(const char *text, size_t at)
{
    return at + (size_t)g_utf8_skip[(unsigned char)text[at]];
}

bool
fold_next_word(const char *text, size_t len, size_t *at, size_t *ret_start, size_t *ret_end)
{
    size_t start = *at;
    while (start < len && !in_word(g_utf8_get_char(text + start)))
        start = next(text, start);
    size_t end = start;
    while (end < len) {
        gunichar c = g_utf8_get_char(text + end);
        if (!in_word(c) && !is_mark(c))
            break;
        end = next(text, end);
    }
    *at = end;
    if (start >= len)
        return false;
    *ret_start = start;
    *ret_end = end;
    return true;
}

bool
fold_has_word(const char *text)
{
    size_t at = 0, start, end;
    return fold_next_word(text, strlen(text), &at, &start, &end);
}

char *
fold_text(const char *text, size_t len)
{
    GString *out = g_string_sized_new(len + 1);
    for (size_t at = 0; at < len; at = next(text, at)) {
        gunichar c = fold_char(g_utf8_get_char(text + at));
        if (c != 0)
            g_string_append_unichar(out, c);
    }
    return g_string_free(out, FALSE);
}

/* Bytes of `text` from `at` that fold to `folded`; 0: they do not begin so. */
static size_t
match_at(const char *text, size_t len, size_t at, const char *folded)
{
    size_t end = at;
    while (*folded != '\0' && end < len) {
        gunichar c = fold_char(g_utf8_get_char(text + end));
        if (c != 0 && c != g_utf8_get_char(folded))
            return 0;
        if (c != 0)
            folded += g_utf8_skip[(unsigned char)*folded];
        end = next(text, end);
    }
    if (*folded != '\0')
        return 0;
    while (end < len && is_mark(g_utf8_get_char(text + end)))
        end = next(text, end);
    return end - at;
}

bool
fold_find(const char *text, size_t len, size_t from, const char *folded, size_t *ret_start,
          size_t *ret_end)
{
    gunichar first = g_utf8_get_char(folded);
    for (size_t at = from; at < len; at = next(text, at)) {
        if (fold_char(g_utf8_get_char(text + at)) != first)
            continue;
        size_t bytes = match_at(text, len, at, folded);
        if (bytes == 0)
            continue;
        *ret_start = at;
        *ret_end = at + bytes;
        return true;
    }
    return false;
}
