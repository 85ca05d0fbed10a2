/* Reading within a line: text to pieces. */
#include <string.h>

#include "protocols/common/markdown_priv.h"
#include "text/link.h"

#define LINK_LOOK  2000 /* bytes in which a link's end is looked for */
#define TEXT_LOOK  500  /* bytes of a link's text */
#define MOST_TICKS 16

/* --- pieces
 * ------------------------------------------------------------------------------------------- */

static struct piece *
piece_add(struct reader *reader, enum piece_kind kind, const char *text, size_t len)
{
    struct piece piece = {.kind = kind, .text = text, .len = len};
    struct piece *last = reader->pieces->len > 0
                             ? &g_array_index(reader->pieces, struct piece, reader->pieces->len - 1)
                             : NULL;

    if (kind == PIECE_TEXT && last && last->kind == PIECE_TEXT && last->text + last->len == text) {
        last->len += len;
        return last;
    }
    g_array_append_val(reader->pieces, piece);
    return &g_array_index(reader->pieces, struct piece, reader->pieces->len - 1);
}

static gunichar
before(const char *start, const char *at)
{
    const char *previous = at > start ? g_utf8_find_prev_char(start, at) : NULL;
    return previous ? g_utf8_get_char(previous) : ' ';
}

static gunichar
after(const char *at, const char *end)
{
    return at < end ? g_utf8_get_char(at) : ' ';
}

static bool
is_punct(gunichar c)
{
    return c < 0x80 ? g_ascii_ispunct((char)c) : g_unichar_ispunct(c);
}

/* CommonMark's left- and right-flanking runs (section 6.2). */
static void
add_marks(struct reader *reader, const char *start, const char *at, size_t n, const char *end)
{
    const gunichar prev = before(start, at), next = after(at + n, end);
    const bool space_before = g_unichar_isspace(prev), space_after = g_unichar_isspace(next);
    const bool punct_before = is_punct(prev), punct_after = is_punct(next);
    const bool left = !space_after && (!punct_after || space_before || punct_before);
    const bool right = !space_before && (!punct_before || space_after || punct_after);
    struct piece *piece = piece_add(reader, PIECE_MARKS, at, n);

    piece->can_open = *at == '_' ? left && (!right || punct_before) : left;
    piece->can_close = *at == '_' ? right && (!left || punct_after) : right;
}

size_t
markdown_run_of(const char *at, const char *end)
{
    size_t n = 1;

    while (at + n < end && at[n] == *at)
        n++;
    return n;
}

/* `code`. `missing`: lengths of runs that no other run answers. 0: it is none. */
static size_t
read_code(struct reader *reader, const char *at, const char *end, unsigned *missing)
{
    const size_t n = markdown_run_of(at, end);
    const char *look = at + n;

    if (n > MOST_TICKS || (*missing & 1u << n) != 0)
        return 0;
    while (look < end && (look = memchr(look, '`', (size_t)(end - look)))) {
        const size_t other = markdown_run_of(look, end);
        if (other == n)
            break;
        look += other;
    }
    if (!look || look >= end) {
        *missing |= 1u << n;
        return 0;
    }
    const char *from = at + n, *to = look;
    const bool blanks =
        to - from >= 2 && *from == ' ' && to[-1] == ' ' && strspn(from, " ") < (size_t)(to - from);
    struct piece *piece =
        piece_add(reader, PIECE_SPAN, from + blanks, (size_t)(to - from) - (blanks ? 2 : 0));
    piece->span = SPAN_CODE;
    return (size_t)(look + n - at);
}

/* The target of "(target)" or "(target "title")" at `at`; its length with brackets, or 0. */
static size_t
read_target(const char *at, const char *end, const char **ret_from, size_t *ret_len)
{
    const char *limit = MIN(end, at + LINK_LOOK);
    const char *from = at + 1, *to;
    int open = 0;

    while (from < limit && *from == ' ')
        from++;
    if (from < limit && *from == '<') {
        to = memchr(from, '>', (size_t)(limit - from));
        if (!to)
            return 0;
        from++;
        *ret_from = from;
        *ret_len = (size_t)(to - from);
        to++;
    } else {
        for (to = from; to < limit && (unsigned char)*to > ' ' && (*to != ')' || open > 0); to++)
            open += (*to == '(') - (*to == ')');
        *ret_from = from;
        *ret_len = (size_t)(to - from);
    }
    while (to < limit && *to == ' ')
        to++;
    if (to < limit && *to == '"') {
        to = memchr(to + 1, '"', (size_t)(limit - to - 1));
        to = to ? to + 1 : limit;
        while (to < limit && *to == ' ')
            to++;
    }
    return to < limit && *to == ')' && *ret_len > 0 ? (size_t)(to + 1 - at) : 0;
}

/* The ']' that answers the '[' at `at`. */
static const char *
find_bracket(const char *at, const char *end)
{
    const char *limit = MIN(end, at + TEXT_LOOK);
    int open = 0;

    for (; at < limit; at++) {
        if (*at == '\\' && at + 1 < limit)
            at++;
        else if (*at == '[')
            open++;
        else if (*at == ']' && --open == 0)
            return at;
    }
    return NULL;
}

/* [text](target), ![text](target). 0: it is none. */
static size_t
read_link(struct reader *reader, const char *at, const char *end)
{
    const char *bracket = at + (*at == '!');
    const char *target,
        *close = bracket < end && *bracket == '[' ? find_bracket(bracket, end) : NULL;
    size_t len, used;

    if (!close || close + 1 >= end || close[1] != '(')
        return 0;
    used = read_target(close + 1, end, &target, &len);
    if (used == 0)
        return 0;
    if (close == bracket + 1) { /* no text: the target is shown */
        struct piece *piece = piece_add(reader, PIECE_SPAN, target, len);
        piece->span = SPAN_LINK;
        piece->data = g_strndup(target, len);
        return (size_t)(close + 1 + used - at);
    }
    const unsigned open = reader->pieces->len;
    piece_add(reader, PIECE_OPEN, NULL, 0)->data = g_strndup(target, len);
    markdown_read_inline(reader, bracket + 1, bracket + 1, close, true);
    g_array_index(reader->pieces, struct piece, open).other = reader->pieces->len;
    piece_add(reader, PIECE_CLOSE, NULL, 0);
    return (size_t)(close + 1 + used - at);
}

/* <https://…>. */
static size_t
read_angle(struct reader *reader, const char *at, const char *end)
{
    const char *limit = MIN(end, at + LINK_LOOK);
    const char *close = memchr(at, '>', (size_t)(limit - at));

    if (!close || close == at + 1)
        return 0;
    for (const char *each = at + 1; each < close; each++) {
        if ((unsigned char)*each <= ' ' || *each == '<')
            return 0;
    }
    g_autofree char *inner = g_strndup(at + 1, (gsize)(close - at - 1));
    g_autofree char *safe = link_target(inner, strlen(inner));
    if (!safe)
        return 0;
    struct piece *piece = piece_add(reader, PIECE_SPAN, at + 1, (size_t)(close - at - 1));
    piece->span = SPAN_LINK;
    piece->data = g_strdup(inner);
    return (size_t)(close + 1 - at);
}

static size_t
read_word(struct reader *reader, const char *at, const char *end)
{
    enum span_kind kind = SPAN_N;
    char *data = NULL, *shown = NULL;
    const size_t len =
        reader->words && reader->words->read
            ? reader->words->read(reader->words->user, at, (size_t)(end - at), &kind, &data, &shown)
            : 0;

    if (len == 0)
        return 0;
    struct piece *piece = piece_add(reader, PIECE_SPAN, at, len);
    piece->span = kind;
    piece->data = data;
    if (shown) {
        piece->own = shown;
        piece->text = shown;
        piece->len = strlen(shown);
    }
    return len;
}

static bool
is_word_byte(char byte)
{
    return g_ascii_isalnum(byte) || byte == '_' || (byte & 0x80) != 0;
}

/* What stands at `at`, when it is something. 0: it is text. */
static size_t
read_special(struct reader *reader, const char *start, const char *at, const char *end,
             unsigned *missing, bool in_link)
{
    size_t n;

    switch (*at) {
    case '\\':
        if (at + 1 >= end || !g_ascii_ispunct(at[1]))
            return 0;
        piece_add(reader, PIECE_TEXT, at + 1, 1);
        return 2;
    case '`':
        n = read_code(reader, at, end, missing);
        if (n == 0) {
            n = markdown_run_of(at, end);
            piece_add(reader, PIECE_TEXT, at, n);
        }
        return n;
    case '*':
    case '_':
        n = markdown_run_of(at, end);
        add_marks(reader, start, at, n, end);
        return n;
    case '~':
        n = markdown_run_of(at, end);
        if (n == 2) {
            add_marks(reader, start, at, n, end);
            return n;
        }
        break;
    case '[':
    case '!':
        return in_link ? 0 : read_link(reader, at, end);
    case '<':
        return in_link ? 0 : read_angle(reader, at, end);
    default:
        break;
    }
    if ((*at == '@' || *at == '~' || *at == ':' || *at == '#') &&
        (at == start || !is_word_byte(at[-1])))
        return read_word(reader, at, end);
    return 0;
}

size_t
markdown_own_link(const char *link, size_t len)
{
    const char *slash = memchr(link, '\\', len);

    if (slash)
        len = (size_t)(slash - link);
    while (len > 1 && strchr("*_~", link[len - 1]))
        len--;
    return len;
}

void
markdown_read_inline(struct reader *reader, const char *start, const char *from, const char *end,
                     bool in_link)
{
    size_t at = 0, link_from = 0, link_to = 0;
    const size_t len = (size_t)(end - from);
    unsigned missing = 0;
    bool links = true;

    while (at < len) {
        if (links && at >= link_to) {
            size_t next = at;
            links = link_next(from, len, &next, &link_from, &link_to);
            if (links)
                link_to = link_from + markdown_own_link(from + link_from, link_to - link_from);
        }
        if (links && at == link_from) {
            piece_add(reader, PIECE_TEXT, from + at, link_to - at);
            at = link_to;
            continue;
        }
        size_t used = read_special(reader, start, from + at, end, &missing, in_link);
        if (used == 0) {
            used = 1;
            piece_add(reader, PIECE_TEXT, from + at, 1);
        }
        at += used;
    }
}
