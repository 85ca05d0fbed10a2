#include "relay/edits.h"

#include <string.h>

static void
span_clear(void *memory)
{
    struct span *span = memory;

    g_free(span->data);
}

void
piece_init(struct piece *piece)
{
    piece->text = g_string_new(NULL);
    piece->spans = g_array_new(FALSE, FALSE, sizeof(struct span));
    g_array_set_clear_func(piece->spans, span_clear);
}

void
piece_text(struct piece *piece, const char *text)
{
    g_string_append(piece->text, text);
}

void
piece_rich(struct piece *piece, const struct rich *rich)
{
    const uint32_t base = (uint32_t)piece->text->len;

    for (unsigned i = 0; i < rich->spans->len; i++) {
        struct span span = g_array_index(rich->spans, struct span, i);
        span.start += base;
        span.end += base;
        span.data = g_strdup(span.data);
        g_array_append_val(piece->spans, span);
    }
    g_string_append_len(piece->text, rich->text, (gssize)rich->len);
}

struct rich *
piece_finish(struct piece *piece)
{
    struct rich *rich = rich_new_take(g_string_free(piece->text, FALSE));

    for (unsigned i = 0; i < piece->spans->len; i++) {
        const struct span *span = &g_array_index(piece->spans, struct span, i);
        rich_add(rich, span->start, span->end, span->kind, span->data);
    }
    g_array_unref(piece->spans);
    return rich;
}

static void
edit_clear(void *memory)
{
    struct edit_at *edit = memory;

    rich_free(edit->with);
}

GArray *
edits_new(void)
{
    GArray *edits = g_array_new(FALSE, FALSE, sizeof(struct edit_at));

    g_array_set_clear_func(edits, edit_clear);
    return edits;
}

void
edits_add(GArray *edits, size_t at, size_t len, const char *with)
{
    const struct edit_at edit = {.at = at, .len = len, .with = rich_new(with, -1)};

    g_array_append_val(edits, edit);
}

void
edits_add_rich(GArray *edits, size_t at, size_t len, const struct rich *with)
{
    const struct edit_at edit = {.at = at, .len = len, .with = rich_dup(with)};

    g_array_append_val(edits, edit);
}

/* Where a place of the old text is in the new one. A place inside of what was replaced goes to its
 * beginning or, as the end of a span, to its end. */
static size_t
moved(const GArray *edits, size_t place, bool is_end)
{
    size_t to = place;

    for (unsigned i = 0; i < edits->len; i++) {
        const struct edit_at *edit = &g_array_index(edits, struct edit_at, i);
        const size_t with = edit->with->len;
        if (place < edit->at || (place == edit->at && is_end))
            break;
        if (place >= edit->at + edit->len) {
            /* What is put in at the very beginning of a span stands before it. */
            to += with - edit->len;
            continue;
        }
        return to - place + edit->at + (is_end ? with : 0);
    }
    return to;
}

static void
add_spans(struct rich *to, const struct rich *from, size_t base)
{
    for (unsigned i = 0; i < from->spans->len; i++) {
        const struct span *span = &g_array_index(from->spans, struct span, i);
        rich_add(to, base + span->start, base + span->end, span->kind, span->data);
    }
}

struct rich *
edits_apply(const GArray *edits, const struct rich *rich)
{
    GString *text = g_string_new(NULL);
    size_t done = 0;

    for (unsigned i = 0; i < edits->len; i++) {
        const struct edit_at *edit = &g_array_index(edits, struct edit_at, i);
        g_string_append_len(text, rich->text + done, (gssize)(edit->at - done));
        g_string_append(text, edit->with->text);
        done = edit->at + edit->len;
    }
    g_string_append_len(text, rich->text + done, (gssize)(rich->len - done));
    struct rich *changed = rich_new_take(g_string_free(text, FALSE));
    for (unsigned i = 0; i < rich->spans->len; i++) {
        const struct span *span = &g_array_index(rich->spans, struct span, i);
        rich_add(changed, moved(edits, span->start, false), moved(edits, span->end, true),
                 span->kind, span->data);
    }
    for (size_t i = 0, shift_in = 0, shift_out = 0; i < edits->len; i++) {
        const struct edit_at *edit = &g_array_index(edits, struct edit_at, i);
        add_spans(changed, edit->with, edit->at + shift_out - shift_in);
        shift_out += edit->with->len;
        shift_in += edit->len;
    }
    return changed;
}
