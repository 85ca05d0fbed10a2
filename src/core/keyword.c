#include "core/keyword.h"

#include <string.h>

#include "base/error.h"

struct word {
    char *folded;
    size_t len;
};

struct keywords {
    GArray *words;    /* struct word */
    bool begins[256]; /* the first bytes of the words */
};

bool
keyword_check(const char *word, GError **error)
{
    g_autofree char *bare = g_strstrip(g_strdup(word));

    if (*bare == '\0')
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                            "A keyword must not be empty.");
    else if (g_utf8_strlen(bare, -1) > KEYWORD_MAX_CHARS)
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT, "A keyword has at most %d characters.",
                    KEYWORD_MAX_CHARS);
    else
        return true;
    return false;
}

/* An accented letter may be written as one character or as two: both are the same word. */
static char *
fold(const char *text)
{
    if (g_str_is_ascii(text))
        return g_ascii_strdown(text, -1);
    g_autofree char *composed = g_utf8_normalize(text, -1, G_NORMALIZE_DEFAULT_COMPOSE);
    return g_utf8_casefold(composed != NULL ? composed : text, -1);
}

static void
word_clear(void *data)
{
    g_free(((struct word *)data)->folded);
}

struct keywords *
keywords_new(void)
{
    struct keywords *words = g_new0(struct keywords, 1);

    words->words = g_array_new(FALSE, FALSE, sizeof(struct word));
    g_array_set_clear_func(words->words, word_clear);
    return words;
}

void
keywords_free(struct keywords *words)
{
    if (words == NULL)
        return;
    g_array_unref(words->words);
    g_free(words);
}

void
keywords_add(struct keywords *words, const char *word)
{
    struct word added = {.folded = g_strstrip(fold(word))};

    added.len = strlen(added.folded);
    if (added.len == 0) {
        g_free(added.folded);
        return;
    }
    words->begins[(guchar)added.folded[0]] = true;
    g_array_append_val(words->words, added);
}

static bool
is_word(gunichar c)
{
    /* What names are made of on the networks: a name inside a longer one does not call. */
    return g_unichar_isalnum(c) || (c < 128 && c != 0 && strchr("-_[]{}\\|^`", (int)c) != NULL);
}

static bool
goes_on(const char *at)
{
    const gunichar c = g_utf8_get_char(at);

    return is_word(c) || g_unichar_ismark(c);
}

/* One of the words stands here, and ends where it does. */
static bool
stands_at(const struct keywords *words, const char *at, size_t left)
{
    if (!words->begins[(guchar)*at])
        return false;
    for (guint i = 0; i < words->words->len; i++) {
        const struct word *word = &g_array_index(words->words, struct word, i);
        if (word->len <= left && memcmp(at, word->folded, word->len) == 0 &&
            !goes_on(at + word->len))
            return true;
    }
    return false;
}

bool
keywords_hit(const struct keywords *words, const char *text)
{
    if (words->words->len == 0)
        return false;
    g_autofree char *folded = fold(text);
    const char *end = folded + strlen(folded);
    gunichar before = 0;

    for (const char *at = folded; at < end; at += g_utf8_skip[(guchar)*at]) {
        if (!is_word(before) && stands_at(words, at, (size_t)(end - at)))
            return true;
        const gunichar c = g_utf8_get_char(at);
        /* A mark belongs to the letter or emoji before it. */
        before = g_unichar_ismark(c) ? before : c;
    }
    return false;
}
