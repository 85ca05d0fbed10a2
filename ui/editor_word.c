/* Letters and words: swapping, upper and lower case, marks around them. */
#include "ui/editor_priv.h"

#include <string.h>

/* [a, a_end) and [b, b_end) change places; what stands between them stays. */
static void
swap(struct editor *editor, size_t a, size_t a_end, size_t b, size_t b_end)
{
    const char *text = editor->text->str;
    GString *out = g_string_new_len(text + b, (gssize)(b_end - b));
    g_string_append_len(out, text + a_end, (gssize)(b - a_end));
    g_string_append_len(out, text + a, (gssize)(a_end - a));
    editor_splice(editor, a, b_end, out->str, out->len);
    g_string_free(out, TRUE);
}

static void
transpose(struct editor *editor)
{
    size_t at = editor->cursor, start = editor_line_start(editor, at);
    size_t end = editor_line_end(editor, at), middle = at;
    if (middle == end && middle > start)
        middle = editor_left_of(editor, middle);
    if (middle == start || middle == end)
        return;
    swap(editor, editor_left_of(editor, middle), middle, middle, editor_right_of(editor, middle));
}

/* The word at the cursor or behind it, and the one before that; at the end, the last two. */
static void
transpose_words(struct editor *editor)
{
    const char *text = editor->text->str;
    size_t len = editor->text->len;
    size_t end = width_word_right(text, len, editor->cursor);
    size_t second = width_word_left(text, len, end);
    size_t first = width_word_left(text, len, second);
    size_t first_end = width_word_right(text, len, first);
    end = width_word_right(text, len, second);
    if (first == second || first_end > second)
        return;
    swap(editor, first, first_end, second, end);
}

static char *
capitalise(const char *text, size_t len)
{
    GString *out = g_string_new(NULL);
    bool inside = false;
    for (const char *at = text; at < text + len; at += g_utf8_skip[(unsigned char)*at]) {
        gunichar c = g_utf8_get_char(at);
        g_string_append_unichar(out, inside ? g_unichar_tolower(c) : g_unichar_totitle(c));
        inside = g_unichar_isalnum(c) || g_unichar_ismark(c);
    }
    return g_string_free(out, FALSE);
}

/* What is selected, else from the cursor to the end of the word. */
static void
change_case(struct editor *editor, enum action action)
{
    size_t from = editor->cursor, to;
    if (!editor_selection(editor, &from, &to))
        to = width_word_right(editor->text->str, editor->text->len, from);
    const char *text = editor->text->str + from;
    gssize len = (gssize)(to - from);
    g_autofree char *changed = action == ACTION_UPCASE_WORD     ? g_utf8_strup(text, len)
                               : action == ACTION_DOWNCASE_WORD ? g_utf8_strdown(text, len)
                                                                : capitalise(text, (size_t)len);
    editor_splice(editor, from, to, changed, strlen(changed));
}

bool
editor_word_action(struct editor *editor, enum action action)
{
    switch (action) {
    case ACTION_TRANSPOSE:
        transpose(editor);
        return true;
    case ACTION_TRANSPOSE_WORDS:
        transpose_words(editor);
        return true;
    case ACTION_UPCASE_WORD:
    case ACTION_DOWNCASE_WORD:
    case ACTION_CAPITALISE_WORD:
        change_case(editor, action);
        return true;
    default:
        return false;
    }
}

static bool
has(const struct editor *editor, size_t at, const char *mark, size_t len)
{
    return at + len <= editor->text->len && memcmp(editor->text->str + at, mark, len) == 0;
}

static bool
in_word(const struct editor *editor, size_t at)
{
    gunichar c = g_utf8_get_char(editor->text->str + at);
    return at < editor->text->len && (g_unichar_isalnum(c) || g_unichar_ismark(c));
}

/* The word that the cursor is in or stands right behind. */
static void
word_here(const struct editor *editor, size_t *ret_from, size_t *ret_to)
{
    const char *text = editor->text->str;
    size_t from = editor->cursor, to = from;
    while (from > 0 && in_word(editor, editor_left_of(editor, from)))
        from = editor_left_of(editor, from);
    while (in_word(editor, to))
        to += g_utf8_skip[(unsigned char)text[to]];
    *ret_from = from;
    *ret_to = to;
}

void
editor_wrap(struct editor *editor, const char *mark)
{
    size_t n = strlen(mark), from, to, cursor = editor->cursor;
    bool selected = editor_selection(editor, &from, &to);
    if (!selected)
        word_here(editor, &from, &to);
    bool unwrap = from >= n && has(editor, from - n, mark, n) && has(editor, to, mark, n);
    g_autofree char *inside = g_strndup(editor->text->str + from, to - from);
    if (unwrap) {
        editor_splice(editor, from - n, to + n, inside, to - from);
    } else {
        g_autofree char *wrapped = g_strconcat(mark, inside, mark, NULL);
        editor_splice(editor, from, to, wrapped, strlen(wrapped));
    }
    /* Behind what was wrapped; but within the marks when there is nothing yet, and where it was in
     * a word. */
    if (from == to)
        editor_move_to(editor, unwrap ? from - n : from + n);
    else if (!selected && cursor < to)
        editor_move_to(editor, unwrap ? cursor - n : cursor + n);
}
