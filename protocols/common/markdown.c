/* Reading: text to pieces, marks to pairs, pieces to spans. */
#include "protocols/common/markdown.h"

#include <string.h>

#include "protocols/common/markdown_priv.h"
#include "text/link.h"

#define MOST_OPEN  64   /* marks that wait for their other half: one further back stays as it is */
#define LINK_LOOK  2000 /* bytes in which a link's end is looked for */
#define MOST_TICKS 16
#define TEXT_LOOK  500 /* bytes of a link's text */

enum piece_kind {
    PIECE_TEXT,
    PIECE_MARKS, /* a run of one mark; what is not used stays in the text */
    PIECE_SPAN,  /* text with a span over it */
    PIECE_OPEN,  /* begins a link; its end is `other` */
    PIECE_CLOSE,
};

struct piece {
    enum piece_kind kind;
    const char *text; /* of the source, or `own` */
    size_t len;
    char *own;
    enum span_kind span;      /* SPAN */
    char *data;               /* SPAN, OPEN */
    unsigned other;           /* OPEN */
    bool can_open, can_close; /* MARKS */
};

/* A span whose ends are places in the output: pieces and marks used before it there. */
struct pair {
    unsigned open, close; /* pieces */
    enum span_kind kind;
};

struct reader {
    const struct markdown_words *words;
    GString *out;
    GArray *spans;  /* struct span, of `out` */
    GArray *pieces; /* struct piece, of the block at hand */
    GArray *pairs;  /* struct pair, likewise */
};

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

static size_t
run_of(const char *at, const char *end)
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
    const size_t n = run_of(at, end);
    const char *look = at + n;

    if (n > MOST_TICKS || (*missing & 1u << n) != 0)
        return 0;
    while (look < end && (look = memchr(look, '`', (size_t)(end - look)))) {
        const size_t other = run_of(look, end);
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

static void read_inline(struct reader *reader, const char *start, const char *from, const char *end,
                        bool in_link);

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
    read_inline(reader, bracket + 1, bracket + 1, close, true);
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
            n = run_of(at, end);
            piece_add(reader, PIECE_TEXT, at, n);
        }
        return n;
    case '*':
    case '_':
        n = run_of(at, end);
        add_marks(reader, start, at, n, end);
        return n;
    case '~':
        n = run_of(at, end);
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

static void
read_inline(struct reader *reader, const char *start, const char *from, const char *end,
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

/* --- pairs
 * -------------------------------------------------------------------------------------------- */

static struct piece *
piece_at(struct reader *reader, unsigned i)
{
    return &g_array_index(reader->pieces, struct piece, i);
}

/* Ends what it can with the run `i`. `open` are the runs that wait, newest last. */
static void
close_marks(struct reader *reader, GArray *open, unsigned i)
{
    struct piece *closer = piece_at(reader, i);

    for (unsigned back = open->len; back > 0 && closer->len > 0; back--) {
        const unsigned k = g_array_index(open, unsigned, back - 1);
        struct piece *opener = piece_at(reader, k);
        if (*opener->text != *closer->text)
            continue;
        while (opener->len > 0 && closer->len > 0) {
            const bool two = opener->len >= 2 && closer->len >= 2;
            const bool strike = *closer->text == '~';
            struct pair pair = {k, i, strike ? SPAN_STRIKE : two ? SPAN_BOLD : SPAN_ITALIC};
            if (strike && !two)
                break;
            opener->len -= two ? 2 : 1;
            closer->len -= two ? 2 : 1;
            closer->text += two ? 2 : 1;
            g_array_append_val(reader->pairs, pair);
        }
        /* What was opened in between does not end outside. */
        g_array_set_size(open, opener->len > 0 ? back : back - 1);
    }
}

static void
match_marks(struct reader *reader)
{
    g_autoptr(GArray) open = g_array_new(FALSE, FALSE, sizeof(unsigned));

    for (unsigned i = 0; i < reader->pieces->len; i++) {
        const struct piece *piece = piece_at(reader, i);
        if (piece->kind != PIECE_MARKS)
            continue;
        if (piece->can_close)
            close_marks(reader, open, i);
        if (piece_at(reader, i)->can_open && piece_at(reader, i)->len > 0) {
            if (open->len >= MOST_OPEN)
                g_array_remove_index(open, 0);
            g_array_append_val(open, i);
        }
    }
}

/* --- spans
 * -------------------------------------------------------------------------------------------- */

static void
add_span(struct reader *reader, size_t start, size_t end, enum span_kind kind, const char *data)
{
    struct span span = {(uint32_t)start, (uint32_t)end, kind, g_strdup(data)};

    if (start < end && end <= RICH_MAX_BYTES && reader->spans->len < 2 * RICH_MAX_SPANS)
        g_array_append_val(reader->spans, span);
    else
        g_free(span.data);
}

static void
clear_piece(void *data)
{
    struct piece *piece = data;

    g_free(piece->own);
    g_free(piece->data);
}

static void
clear_span(void *data)
{
    g_free(((struct span *)data)->data);
}

/* Writes the pieces out, and their spans. */
static void
put_pieces(struct reader *reader)
{
    const unsigned n = reader->pieces->len;
    g_autofree size_t *starts = g_new(size_t, n + 1);
    g_autofree size_t *ends = g_new(size_t, n + 1);

    for (unsigned i = 0; i < n; i++) {
        const struct piece *piece = piece_at(reader, i);
        starts[i] = reader->out->len;
        if (piece->text)
            g_string_append_len(reader->out, piece->text, (gssize)piece->len);
        ends[i] = reader->out->len;
        if (piece->kind == PIECE_SPAN && piece->span != SPAN_N)
            add_span(reader, starts[i], ends[i], piece->span, piece->data);
    }
    for (unsigned i = 0; i < n; i++) {
        const struct piece *piece = piece_at(reader, i);
        if (piece->kind == PIECE_OPEN)
            add_span(reader, starts[i], ends[piece->other], SPAN_LINK, piece->data);
    }
    /* What an opening run has left stands before the span, what a closing one has left behind it.
     */
    for (unsigned i = 0; i < reader->pairs->len; i++) {
        const struct pair *pair = &g_array_index(reader->pairs, struct pair, i);
        add_span(reader, ends[pair->open], starts[pair->close], pair->kind, NULL);
    }
}

static void
put_inline(struct reader *reader, const char *from, const char *end)
{
    read_inline(reader, from, from, end, false);
    match_marks(reader);
    put_pieces(reader);
    g_array_set_size(reader->pieces, 0);
    g_array_set_size(reader->pairs, 0);
}

/* --- blocks
 * ------------------------------------------------------------------------------------------- */

static const char *
line_end(const char *at, const char *end)
{
    const char *found = memchr(at, '\n', (size_t)(end - at));
    return found ? found : end;
}

/* The fence that a line begins: its length, or 0. */
static size_t
fence_of(const char *at, const char *end)
{
    const size_t n = at < end && (*at == '`' || *at == '~') ? run_of(at, end) : 0;

    if (n < 3 || (*at == '`' && memchr(at + n, '`', (size_t)(end - at - (gssize)n))))
        return 0;
    return n;
}

/* A fenced block from the line [at, eol); returns where the text goes on. */
static const char *
put_fence(struct reader *reader, const char *at, const char *eol, const char *end, size_t n)
{
    g_autofree char *language = g_strndup(at + n, (gsize)(eol - at) - n);
    const char *from = eol < end ? eol + 1 : end, *to = end, *next = end;

    g_strstrip(language);
    language[strcspn(language, " \t")] = '\0';
    for (const char *line = from; line < end;) {
        const char *stop = line_end(line, end);
        if (*line == *at && run_of(line, stop) >= n &&
            strspn(line + run_of(line, stop), " ") >= (size_t)(stop - line) - run_of(line, stop)) {
            to = line;
            next = stop;
            break;
        }
        line = stop < end ? stop + 1 : end;
    }
    if (to > from && to[-1] == '\n')
        to--;
    const size_t start = reader->out->len;
    g_string_append_len(reader->out, from, MAX(to - from, 0));
    add_span(reader, start, reader->out->len, SPAN_BLOCK, *language ? language : NULL);
    return next;
}

/* Lines that are no block of their own: read together, so that a mark may span them. */
static bool
begins_block(const char *at, const char *eol)
{
    const size_t hashes = at < eol && *at == '#' ? run_of(at, eol) : 0;

    return fence_of(at, eol) > 0 || (at < eol && *at == '>') || at == eol ||
           (hashes > 0 && hashes <= 6 && at + hashes < eol && at[hashes] == ' ');
}

/* One block from `at`; returns its end, at a line end or the text's. */
static const char *
put_block(struct reader *reader, const char *at, const char *end)
{
    const char *eol = line_end(at, end);
    const size_t fence = fence_of(at, eol), start = reader->out->len;

    if (fence > 0)
        return put_fence(reader, at, eol, end, fence);
    if (at < eol && *at == '>') {
        const char *from = at + 1 + (at + 1 < eol && at[1] == ' ');
        put_inline(reader, from, eol);
        add_span(reader, start, reader->out->len, SPAN_QUOTE, NULL);
        return eol;
    }
    if (at < eol && begins_block(at, eol)) {
        put_inline(reader, at + run_of(at, eol) + 1, eol);
        add_span(reader, start, reader->out->len, SPAN_BOLD, NULL);
        return eol;
    }
    while (eol < end && !begins_block(eol + 1, line_end(eol + 1, end)))
        eol = line_end(eol + 1, end);
    put_inline(reader, at, eol);
    return eol;
}

struct rich *
markdown_read(const char *text, const struct markdown_words *words)
{
    const char *end = text + strlen(text);

    if ((size_t)(end - text) > MARKDOWN_MAX_BYTES)
        return rich_new(text, end - text);
    struct reader reader = {
        .words = words,
        .out = g_string_sized_new((gsize)(end - text) + 1),
        .spans = g_array_new(FALSE, FALSE, sizeof(struct span)),
        .pieces = g_array_new(FALSE, FALSE, sizeof(struct piece)),
        .pairs = g_array_new(FALSE, FALSE, sizeof(struct pair)),
    };

    g_array_set_clear_func(reader.pieces, clear_piece);
    g_array_set_clear_func(reader.spans, clear_span);
    for (const char *at = text; at < end;) {
        at = put_block(&reader, at, end);
        if (at < end) {
            g_string_append_c(reader.out, '\n');
            at++;
        }
    }
    struct rich *rich = rich_new_take(g_string_free(reader.out, FALSE));
    for (unsigned i = 0; i < reader.spans->len; i++) {
        const struct span *span = &g_array_index(reader.spans, struct span, i);
        rich_add(rich, span->start, MIN(span->end, rich->len), span->kind, span->data);
    }
    g_array_unref(reader.spans);
    g_array_unref(reader.pieces);
    g_array_unref(reader.pairs);
    return rich;
}
