/* Writing: spans to marks. Flanking makes some marks mean nothing where they stand, so what was
 * written is read again, and left without its marks when it would not look the same. */
#include <string.h>

#include "protocols/common/markdown.h"
#include "protocols/common/markdown_priv.h"
#include "text/link.h"

struct mark {
    size_t start, end;
    enum span_kind kind;
    const char *data; /* the span's */
};

struct writer {
    const struct rich *rich;
    const struct markdown_words *words;
    bool marks;   /* write them */
    bool escapes; /* marks that stand in the text get a backslash */
    GString *out;
    GArray *spans; /* struct mark: what is written, trimmed to what can carry marks */
    GArray *open;  /* unsigned: indices of `spans`, outermost first */
};

/* Outermost first; 0: it has no marks that nest. */
static int
depth_of(enum span_kind kind)
{
    switch (kind) {
    case SPAN_LINK:
        return 1;
    case SPAN_BOLD:
        return 2;
    case SPAN_STRIKE:
        return 3;
    case SPAN_ITALIC:
        return 4;
    default:
        return 0;
    }
}

static bool
is_whole(enum span_kind kind)
{
    return kind == SPAN_CODE || kind == SPAN_USER || kind == SPAN_CHANNEL ||
           kind == SPAN_EVERYONE || kind == SPAN_EMOJI;
}

/* --- what is written
 * ---------------------------------------------------------------------------------- */

static void
add_lines(struct writer *writer, const struct span *span)
{
    const char *text = writer->rich->text;
    size_t from = span->start;

    while (from < span->end) {
        const char *stop = memchr(text + from, '\n', span->end - from);
        size_t to = stop ? (size_t)(stop - text) : span->end;
        struct mark mark = {from, to, span->kind, span->data};
        while (mark.start < mark.end && text[mark.start] == ' ')
            mark.start++;
        while (mark.end > mark.start && text[mark.end - 1] == ' ')
            mark.end--;
        if (mark.start < mark.end)
            g_array_append_val(writer->spans, mark);
        from = to + 1;
    }
}

/* A link whose text is its target needs no marks. */
static bool
is_bare(const struct rich *rich, const struct span *span)
{
    const size_t len = span->end - span->start;
    g_autofree char *target = link_target(rich->text + span->start, len);

    return !span->data || g_strcmp0(target, span->data) == 0 ||
           (strlen(span->data) == len && memcmp(span->data, rich->text + span->start, len) == 0);
}

static void
gather(struct writer *writer)
{
    for (unsigned i = 0; i < writer->rich->spans->len; i++) {
        const struct span *span = &g_array_index(writer->rich->spans, struct span, i);
        const bool nests = depth_of(span->kind) > 0;
        const struct mark mark = {span->start, span->end, span->kind, span->data};
        if (span->kind == SPAN_LINK && is_bare(writer->rich, span))
            continue;
        if (nests && (writer->marks || span->kind == SPAN_LINK))
            add_lines(writer, span);
        else if (!nests &&
                 (is_whole(span->kind) || span->kind == SPAN_BLOCK || span->kind == SPAN_QUOTE))
            g_array_append_val(writer->spans, mark);
    }
}

static const struct mark *
mark_at(const struct writer *writer, unsigned i)
{
    return &g_array_index(writer->spans, struct mark, i);
}

/* The next place after `at` where a span begins or ends. */
static size_t
next_edge(const struct writer *writer, size_t at)
{
    size_t next = writer->rich->len;

    for (unsigned i = 0; i < writer->spans->len; i++) {
        const struct mark *mark = mark_at(writer, i);
        if (mark->start > at)
            next = MIN(next, mark->start);
        else if (mark->end > at)
            next = MIN(next, mark->end);
    }
    return next;
}

/* The widest span of a kind that is written as a whole, or of `kind`, at `at`; NULL: none. */
static const struct mark *
find(const struct writer *writer, size_t at, enum span_kind kind)
{
    const struct mark *found = NULL;

    for (unsigned i = 0; i < writer->spans->len; i++) {
        const struct mark *mark = mark_at(writer, i);
        const bool fits = kind == SPAN_N ? is_whole(mark->kind) : mark->kind == kind;
        if (fits && mark->start <= at && mark->end > at && (!found || mark->end > found->end))
            found = mark;
    }
    return found;
}

/* --- marks
 * -------------------------------------------------------------------------------------------- */

static bool
is_word(unsigned char byte)
{
    return g_ascii_isalnum((char)byte) || byte >= 0x80 || byte == '_';
}

/* '_' reads best, but ends nothing inside a word. */
static char
italic_of(const struct writer *writer, const struct mark *mark)
{
    const char *text = writer->rich->text;
    const bool inside = (mark->start > 0 && is_word((unsigned char)text[mark->start - 1])) ||
                        (mark->end < writer->rich->len && is_word((unsigned char)text[mark->end]));

    return inside ? '*' : '_';
}

static void
put_target(GString *out, const char *target)
{
    const bool plain = target && !strpbrk(target, " ()<>");

    g_string_append(out, plain ? "](" : "](<");
    for (const char *at = target; at && *at; at++) {
        if (*at == '<' || *at == '>' || (unsigned char)*at < ' ')
            g_string_append_printf(out, "%%%02X", (unsigned)(unsigned char)*at);
        else
            g_string_append_c(out, *at);
    }
    g_string_append(out, plain ? ")" : ">)");
}

static void
put_mark(struct writer *writer, const struct mark *mark, bool opens)
{
    switch (mark->kind) {
    case SPAN_LINK:
        if (opens)
            g_string_append_c(writer->out, '[');
        else
            put_target(writer->out, mark->data);
        break;
    case SPAN_BOLD:
        g_string_append(writer->out, "**");
        break;
    case SPAN_STRIKE:
        g_string_append(writer->out, "~~");
        break;
    default:
        g_string_append_c(writer->out, italic_of(writer, mark));
    }
}

/* Ends what does not go on at `at`, and begins what does; marks stay nested. False: what begins
 * here waits for the end of the blanks, before which no mark begins anything. */
static bool
turn_marks(struct writer *writer, size_t at)
{
    unsigned wanted[4], n = 0, keep = 0;

    for (int depth = 1; depth <= 4; depth++) {
        for (unsigned i = 0; i < writer->spans->len; i++) {
            const struct mark *mark = mark_at(writer, i);
            if (depth_of(mark->kind) == depth && mark->start <= at && mark->end > at) {
                wanted[n++] = i;
                break;
            }
        }
    }
    while (keep < n && keep < writer->open->len &&
           g_array_index(writer->open, unsigned, keep) == wanted[keep])
        keep++;
    for (unsigned i = writer->open->len; i > keep; i--)
        put_mark(writer, mark_at(writer, g_array_index(writer->open, unsigned, i - 1)), false);
    g_array_set_size(writer->open, keep);
    if (keep < n && writer->rich->text[at] == ' ')
        return false;
    for (unsigned i = keep; i < n; i++) {
        put_mark(writer, mark_at(writer, wanted[i]), true);
        g_array_append_val(writer->open, wanted[i]);
    }
    return true;
}

/* --- text
 * --------------------------------------------------------------------------------------------- */

static bool
would_act(const char *at, const char *end)
{
    switch (*at) {
    case '*':
    case '_':
    case '`':
        return true;
    case '~':
        return at + 1 < end && at[1] == '~';
    case '\\':
        return at + 1 < end && g_ascii_ispunct(at[1]);
    default:
        return false;
    }
}

/* A line of the text, with the backslashes that it needs; links stay whole. */
static void
put_escaped(GString *out, const char *text, size_t len)
{
    size_t at = 0, from = 0, to = 0;
    bool links = true;

    while (at < len) {
        if (links && at >= to) {
            size_t next = at;
            links = link_next(text, len, &next, &from, &to);
            if (links)
                to = from + markdown_own_link(text + from, to - from);
            /* A backslash right behind it would become a part of it, elsewhere. */
            while (links && to < len && strchr("*_`~", text[to]))
                to++;
        }
        if (links && at >= from && at < to) {
            g_string_append_len(out, text + at, (gssize)(to - at));
            at = to;
            continue;
        }
        const bool tilde = text[at] == '~' && at > 0 && text[at - 1] == '~';
        if (tilde || would_act(text + at, text + len))
            g_string_append_c(out, '\\');
        g_string_append_c(out, text[at++]);
    }
}

static void
put_text(struct writer *writer, size_t from, size_t to)
{
    const char *text = writer->rich->text;

    if (writer->escapes)
        put_escaped(writer->out, text + from, to - from);
    else
        g_string_append_len(writer->out, text + from, (gssize)(to - from));
}

static size_t
longest_run(const char *text, size_t len, char byte)
{
    size_t longest = 0, run = 0;

    for (size_t i = 0; i < len; i++) {
        run = text[i] == byte ? run + 1 : 0;
        longest = MAX(longest, run);
    }
    return longest;
}

static void
put_code(GString *out, const char *text, size_t len)
{
    const size_t inside = longest_run(text, len, '`');
    g_autofree char *ticks = g_strnfill(inside == 1 ? 2 : inside == 0 ? 1 : inside + 1, '`');
    const bool pad = text[0] == '`' || text[len - 1] == '`' ||
                     (text[0] == ' ' && text[len - 1] == ' ' && strspn(text, " ") < len);

    g_string_append_printf(out, "%s%s", ticks, pad ? " " : "");
    g_string_append_len(out, text, (gssize)len);
    g_string_append_printf(out, "%s%s", pad ? " " : "", ticks);
}

static void
put_whole(struct writer *writer, const struct mark *mark, size_t from)
{
    const char *text = writer->rich->text + from;
    const size_t len = mark->end - from;

    if (mark->kind == SPAN_CODE) {
        put_code(writer->out, text, len);
        return;
    }
    g_autofree char *shown = g_strndup(text, len);
    g_autofree char *word =
        writer->words && writer->words->write
            ? writer->words->write(writer->words->user, mark->kind, mark->data, shown)
            : NULL;
    if (word)
        g_string_append(writer->out, word);
    else
        put_text(writer, from, mark->end);
}

static void
put_block(struct writer *writer, const struct mark *mark, size_t from)
{
    const char *text = writer->rich->text + from;
    const size_t len = mark->end - from;
    g_autofree char *fence = g_strnfill(MAX(longest_run(text, len, '`') + 1, 3), '`');
    g_autofree char *language = g_strdup(mark->data ? mark->data : "");

    g_strdelimit(language, "`\n\r", '_');
    if (writer->out->len > 0 && writer->out->str[writer->out->len - 1] != '\n')
        g_string_append_c(writer->out, '\n');
    g_string_append_printf(writer->out, "%s%s\n", fence, language);
    g_string_append_len(writer->out, text, (gssize)len);
    g_string_append_printf(writer->out, "\n%s", fence);
    if (mark->end < writer->rich->len && writer->rich->text[mark->end] != '\n')
        g_string_append_c(writer->out, '\n');
}

/* What was typed as a fence is meant as one: up to its end nothing is touched. 0: none begins. */
static size_t
typed_fence(const char *text, size_t at, size_t len)
{
    size_t n = 0;

    if (at > 0 && text[at - 1] != '\n')
        return 0;
    while (at + n < len && text[at + n] == '`')
        n++;
    if (n < 3)
        return 0;
    for (size_t i = at + n; i < len; i++) {
        if (text[i] == '\n' && len - i > n && strspn(text + i + 1, "`") >= n)
            return i + 1 + strspn(text + i + 1, "`") - at;
    }
    return len - at;
}

static void
write_all(struct writer *writer)
{
    const char *text = writer->rich->text;
    const size_t len = writer->rich->len;

    for (size_t at = 0; at < len;) {
        const bool line = at == 0 || text[at - 1] == '\n';
        const struct mark *block = find(writer, at, SPAN_BLOCK);
        const bool turned = turn_marks(writer, at);
        if (block) {
            put_block(writer, block, at);
            at = block->end;
            continue;
        }
        if (line && find(writer, at, SPAN_QUOTE))
            g_string_append(writer->out, "> ");
        const struct mark *whole = find(writer, at, SPAN_N);
        const size_t fence = whole ? 0 : typed_fence(text, at, len);
        if (whole) {
            put_whole(writer, whole, at);
            at = whole->end;
        } else if (fence > 0) {
            g_string_append_len(writer->out, text + at, (gssize)fence);
            at += fence;
        } else {
            const char *stop = memchr(text + at, '\n', len - at);
            const size_t eol = stop ? (size_t)(stop - text) + 1 : len;
            const size_t edge = turned ? next_edge(writer, at) : at + strspn(text + at, " ");
            const size_t to = MIN(edge, eol);
            put_text(writer, at, to);
            at = to;
        }
    }
    turn_marks(writer, len);
}

static char *
write_as(const struct rich *rich, const struct markdown_words *words, bool marks, bool escapes)
{
    struct writer writer = {
        .rich = rich,
        .words = words,
        .marks = marks,
        .escapes = escapes,
        .out = g_string_new(NULL),
        .spans = g_array_new(FALSE, FALSE, sizeof(struct mark)),
        .open = g_array_new(FALSE, FALSE, sizeof(unsigned)),
    };

    gather(&writer);
    write_all(&writer);
    g_array_unref(writer.spans);
    g_array_unref(writer.open);
    return g_string_free(writer.out, FALSE);
}

static bool
looks_like(const char *written, const struct rich *wanted)
{
    struct rich *read = markdown_read(written, NULL);
    const bool same = strcmp(read->text, wanted->text) == 0;

    rich_free(read);
    return same;
}

char *
markdown_write(const struct rich *rich, const struct markdown_words *words)
{
    if (rich->spans->len == 0 && !strpbrk(rich->text, "*_`~\\"))
        return g_strdup(rich->text);
    char *bare = write_as(rich, words, false, true);
    struct rich *wanted = markdown_read(bare, NULL);
    char *best = write_as(rich, words, true, false);
    if (!looks_like(best, wanted)) {
        g_free(best);
        best = write_as(rich, words, true, true);
    }
    if (!looks_like(best, wanted)) {
        g_free(best);
        best = g_steal_pointer(&bare);
    }
    rich_free(wanted);
    g_free(bare);
    return best;
}
