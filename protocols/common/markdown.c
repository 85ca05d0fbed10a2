/* Reading: blocks, and pieces to spans. */
#include "protocols/common/markdown.h"

#include <string.h>

#include "protocols/common/markdown_priv.h"

#define MOST_OPEN 64 /* marks that wait for their other half: one further back stays as it is */

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
    markdown_read_inline(reader, from, from, end, false);
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
    const size_t n = at < end && (*at == '`' || *at == '~') ? markdown_run_of(at, end) : 0;

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
        if (*line == *at && markdown_run_of(line, stop) >= n &&
            strspn(line + markdown_run_of(line, stop), " ") >=
                (size_t)(stop - line) - markdown_run_of(line, stop)) {
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
    const size_t hashes = at < eol && *at == '#' ? markdown_run_of(at, eol) : 0;

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
        put_inline(reader, at + markdown_run_of(at, eol) + 1, eol);
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
