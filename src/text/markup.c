#include "text/markup.h"

#include <string.h>

static const struct mark {
    const char *text;
    size_t len;
    enum span_kind kind;
} marks[] = {
    {"**", 2, SPAN_BOLD},
    {"_", 1, SPAN_ITALIC},
    {"~~", 2, SPAN_STRIKE},
    {"`", 1, SPAN_CODE},
};
#define NONE  G_N_ELEMENTS(marks)
#define BOUND 0 /* a line's start or end */

/* The mark that stands at `at`: not in a row of the same characters, as in "____" or "***". */
static size_t
mark_at(const char *text, size_t len, size_t at, unsigned kinds)
{
    for (size_t i = 0; i < NONE; i++) {
        const struct mark *mark = &marks[i];
        if ((kinds & 1U << mark->kind) != 0 && at + mark->len <= len &&
            memcmp(text + at, mark->text, mark->len) == 0)
            return (at == 0 || text[at - 1] != text[at]) &&
                           (at + mark->len == len || text[at + mark->len] != text[at])
                       ? i
                       : NONE;
    }
    return NONE;
}

static gunichar
before(const char *text, size_t at)
{
    if (at == 0)
        return BOUND;
    gunichar c = g_utf8_get_char(g_utf8_prev_char(text + at));
    return c == '\n' ? BOUND : c;
}

static gunichar
behind(const char *text, size_t len, size_t at)
{
    return at >= len || text[at] == '\n' ? BOUND : g_utf8_get_char(text + at);
}

/* Scripts without blanks between words have their marks anywhere. */
static bool
is_edge(gunichar c)
{
    return c == BOUND || g_unichar_isspace(c) || g_unichar_iswide(c);
}

static bool
can_begin(gunichar previous, gunichar next)
{
    const bool opens = is_edge(previous) ||
                       (previous < 0x80 && strchr("([{\"'*_~`", (int)previous) != NULL) ||
                       g_unichar_type(previous) == G_UNICODE_OPEN_PUNCTUATION ||
                       g_unichar_type(previous) == G_UNICODE_INITIAL_PUNCTUATION;
    return opens && next != BOUND && !g_unichar_isspace(next);
}

static bool
can_end(gunichar previous, gunichar next)
{
    return previous != BOUND && !g_unichar_isspace(previous) &&
           (is_edge(next) || !g_unichar_isalnum(next));
}

/* Of `code` that begins at `at`: where the backtick is that ends it. 0: none does before
 * *ret_none. */
static size_t
code_end(const char *text, size_t len, size_t at, size_t *ret_none)
{
    for (size_t end = at + 1; end < len && text[end] != '\n'; end++) {
        if (text[end] == '`' && end > at + 1 && mark_at(text, len, end, 1U << SPAN_CODE) != NONE &&
            can_end(before(text, end), behind(text, len, end + 1)))
            return end;
        *ret_none = end;
    }
    return 0;
}

struct opened {
    size_t mark;
    size_t at; /* of the mark in the output */
};

struct reader {
    const char *text;
    size_t len, at;
    unsigned kinds;
    GString *out;
    GArray *spans;              /* struct span, without data */
    struct opened opened[NONE]; /* each mark at most once */
    size_t n_opened;
    size_t no_code; /* up to here no code ends */
};

static void
add_span(struct reader *reader, size_t start, enum span_kind kind)
{
    const struct span span = {
        .start = (uint32_t)start, .end = (uint32_t)reader->out->len, .kind = kind};
    g_array_append_val(reader->spans, span);
}

static void
take(struct reader *reader, size_t bytes)
{
    g_string_append_len(reader->out, reader->text + reader->at, (gssize)bytes);
    reader->at += bytes;
}

/* The mark that began it is taken out of the output, and what stands behind moves up. */
static void
end_span(struct reader *reader, size_t which)
{
    const struct opened opened = reader->opened[which];
    const struct mark *mark = &marks[opened.mark];

    g_string_erase(reader->out, (gssize)opened.at, (gssize)mark->len);
    for (unsigned i = reader->spans->len; i-- > 0;) {
        struct span *span = &g_array_index(reader->spans, struct span, i);
        if (span->start < opened.at)
            break;
        span->start -= (uint32_t)mark->len;
        span->end -= (uint32_t)mark->len;
    }
    add_span(reader, opened.at, mark->kind);
    reader->n_opened = which;
    reader->at += mark->len;
}

static bool
read_end(struct reader *reader, size_t mark, gunichar previous, gunichar next)
{
    if (!can_end(previous, next))
        return false;
    for (size_t i = 0; i < reader->n_opened; i++) {
        const struct opened *opened = &reader->opened[i];
        if (opened->mark == mark && opened->at + marks[mark].len < reader->out->len) {
            end_span(reader, i);
            return true;
        }
    }
    return false;
}

static bool
read_code(struct reader *reader)
{
    const size_t at = reader->at;
    const bool has_span = (reader->kinds & 1U << SPAN_CODE) != 0;

    if (at < reader->no_code)
        return false;
    const size_t end = code_end(reader->text, reader->len, at, &reader->no_code);
    if (end == 0)
        return false;
    if (!has_span) {
        take(reader, end + 1 - at); /* as it was typed; but nothing in it is a mark either */
        return true;
    }
    const size_t from = reader->out->len;
    reader->at = at + 1;
    take(reader, end - at - 1);
    add_span(reader, from, SPAN_CODE);
    reader->at = end + 1;
    return true;
}

static bool
read_begin(struct reader *reader, size_t mark, gunichar previous, gunichar next)
{
    if (!can_begin(previous, next) || reader->spans->len + reader->n_opened >= RICH_MAX_SPANS)
        return false;
    if (marks[mark].kind == SPAN_CODE)
        return read_code(reader);
    for (size_t i = 0; i < reader->n_opened; i++)
        if (reader->opened[i].mark == mark)
            return false;
    reader->opened[reader->n_opened++] = (struct opened){mark, reader->out->len};
    take(reader, marks[mark].len);
    return true;
}

static bool
read_escape(struct reader *reader)
{
    const size_t at = reader->at;
    const size_t mark =
        reader->text[at] == '\\' ? mark_at(reader->text, reader->len, at + 1, reader->kinds) : NONE;

    if (mark == NONE)
        return false;
    const gunichar previous = before(reader->text, at);
    const gunichar next = behind(reader->text, reader->len, at + 1 + marks[mark].len);
    bool ends = false;
    for (size_t i = 0; i < reader->n_opened; i++)
        ends = ends || (reader->opened[i].mark == mark && can_end(previous, next));
    if (!ends && !can_begin(previous, next))
        return false;
    reader->at++;
    take(reader, marks[mark].len);
    return true;
}

static void
read_one(struct reader *reader)
{
    /* Code keeps its text as it is, whether the network has it or not. */
    const unsigned kinds = reader->kinds != 0 ? reader->kinds | 1U << SPAN_CODE : 0;
    const size_t mark = mark_at(reader->text, reader->len, reader->at, kinds);

    if (mark != NONE) {
        const gunichar previous = before(reader->text, reader->at);
        const gunichar next = behind(reader->text, reader->len, reader->at + marks[mark].len);
        if (read_end(reader, mark, previous, next) || read_begin(reader, mark, previous, next))
            return;
    } else if (read_escape(reader)) {
        return;
    }
    if (reader->text[reader->at] == '\n')
        reader->n_opened = 0;
    take(reader, mark != NONE ? marks[mark].len : 1);
}

struct rich *
markup_read(const char *source, unsigned kinds)
{
    struct reader reader = {.text = source,
                            .len = MIN(strlen(source), RICH_MAX_BYTES),
                            .kinds = kinds,
                            .out = g_string_new(NULL),
                            .spans = g_array_new(FALSE, FALSE, sizeof(struct span))};

    while (reader.at < reader.len)
        read_one(&reader);
    struct rich *rich = rich_new(reader.out->str, (gssize)reader.out->len);
    /* What surrounds another has ended later: of those with the same bytes it comes first. */
    for (unsigned i = reader.spans->len; i-- > 0;) {
        const struct span *span = &g_array_index(reader.spans, struct span, i);
        rich_add(rich, span->start, span->end, span->kind, NULL);
    }
    g_array_unref(reader.spans);
    g_string_free(reader.out, TRUE);
    return rich;
}

/* --- writing
 * ---------------------------------------------------------------------------------------- */

static const struct mark *
mark_of(enum span_kind kind, unsigned kinds)
{
    for (size_t i = 0; i < NONE && (kinds & 1U << kind) != 0; i++)
        if (marks[i].kind == kind)
            return &marks[i];
    return NULL;
}

/* What shows where it leads needs no words for it. */
static bool
says_target(const struct rich *rich, const struct span *span)
{
    g_autofree char *shown = g_strndup(rich->text + span->start, span->end - span->start);
    return span->data == NULL || strstr(span->data, shown) != NULL;
}

static void
close_spans(const struct rich *rich, unsigned kinds, size_t at, GString *out)
{
    for (guint i = rich->spans->len; i-- > 0;) { /* the inner ones stand later */
        const struct span *span = &g_array_index(rich->spans, struct span, i);
        const struct mark *mark = mark_of(span->kind, kinds);
        if (span->end != at)
            continue;
        if (mark != NULL)
            g_string_append(out, mark->text);
        else if (span->kind == SPAN_LINK && !says_target(rich, span))
            g_string_append_printf(out, " (%s)", span->data);
    }
}

static void
open_spans(const struct rich *rich, unsigned kinds, size_t at, GString *out)
{
    for (guint i = 0; i < rich->spans->len; i++) {
        const struct span *span = &g_array_index(rich->spans, struct span, i);
        const struct mark *mark = mark_of(span->kind, kinds);
        if (span->start > at)
            break;
        if (span->kind == SPAN_QUOTE && at < span->end && (at == 0 || rich->text[at - 1] == '\n'))
            g_string_append(out, "> ");
        if (span->start == at && mark != NULL)
            g_string_append(out, mark->text);
    }
}

static bool
is_in(const struct rich *rich, enum span_kind kind, size_t at)
{
    for (guint i = 0; i < rich->spans->len; i++) {
        const struct span *span = &g_array_index(rich->spans, struct span, i);
        if (span->kind == kind && span->start <= at && at < span->end)
            return true;
    }
    return false;
}

/* What stands there would begin or end something. */
static bool
acts(const struct rich *rich, size_t at, size_t mark, const GString *out)
{
    const gunichar previous = before(out->str, out->len);
    const gunichar next = behind(rich->text, rich->len, at + marks[mark].len);

    return can_begin(previous, next) ||
           (can_end(previous, next) && is_in(rich, marks[mark].kind, at));
}

static char *
write_marks(const struct rich *rich, unsigned kinds, bool escapes)
{
    GString *out = g_string_sized_new(rich->len + 16);

    for (size_t at = 0; at <= rich->len; at++) {
        const size_t mark = mark_at(rich->text, rich->len, at, kinds);
        close_spans(rich, kinds, at, out);
        open_spans(rich, kinds, at, out);
        if (at == rich->len)
            break;
        if (escapes && mark != NONE && !is_in(rich, SPAN_CODE, at) && acts(rich, at, mark, out))
            g_string_append_c(out, '\\');
        g_string_append_c(out, rich->text[at]);
    }
    return g_string_free(out, FALSE);
}

char *
markup_write(const struct rich *rich, unsigned kinds)
{
    char *plain = write_marks(rich, kinds, false);
    struct rich *read = markup_read(plain, kinds);
    struct rich *bare = rich_new(rich->text, (gssize)rich->len);
    bool same;

    /* Other spans are the network's to find. */
    for (guint i = 0; i < rich->spans->len; i++) {
        const struct span *span = &g_array_index(rich->spans, struct span, i);
        if (mark_of(span->kind, kinds) != NULL)
            rich_add(bare, span->start, span->end, span->kind, NULL);
    }
    same = rich_equal(read, bare);
    rich_free(read);
    rich_free(bare);
    if (same)
        return plain;
    g_free(plain);
    return write_marks(rich, kinds, true);
}
