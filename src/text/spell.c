#include "text/spell.h"

#include <string.h>

#include "text/link.h"

struct insertion {
    size_t at;
    bool quotes; /* the line that begins there; else: behind a link */
    char *text;
};

static void
insertion_clear(void *memory)
{
    struct insertion *insertion = memory;

    g_free(insertion->text);
}

static int
compare(const void *a, const void *b)
{
    const struct insertion *one = a, *other = b;

    if (one->at != other->at)
        return one->at < other->at ? -1 : 1;
    return (int)one->quotes - (int)other->quotes;
}

/* --- links --- */

/* Does a text that is a link itself lead there? */
static bool
leads_there(const char *shown, const char *target)
{
    g_autofree char *own = strpbrk(shown, " \t\n") ? NULL : link_target(shown, strlen(shown));
    const size_t len = own ? strlen(own) : 0;

    if (g_str_has_prefix(target, "mailto:") && strcmp(shown, target + strlen("mailto:")) == 0)
        return true;
    return own && strncmp(own, target, len) == 0 &&
           (target[len] == '\0' || strcmp(target + len, "/") == 0);
}

/* Nothing in it ends the brackets around it, or the line. */
static char *
bracketed(const char *target)
{
    g_autoptr(GString) out = g_string_new(" <");

    for (const char *at = target; *at && out->len < LINK_MAX_BYTES; at++) {
        if ((unsigned char)*at <= ' ' || *at == '<' || *at == '>' || *at == 0x7f)
            g_string_append_printf(out, "%%%02X", (unsigned)(unsigned char)*at);
        else
            g_string_append_c(out, *at);
    }
    g_string_append_c(out, '>');
    return g_utf8_make_valid(out->str, (gssize)out->len);
}

static void
add_link(GArray *insertions, const struct rich *rich, const struct span *span)
{
    size_t end = span->end;

    while (end > span->start && strchr(" \t\r\n", rich->text[end - 1]))
        end--;
    if (!span->data || *span->data == '\0')
        return;
    g_autofree char *shown = g_strndup(rich->text + span->start, end - span->start);
    g_autofree char *known = link_target(span->data, strlen(span->data));
    const char *target = known ? known : span->data;
    if (leads_there(shown, target) || strcmp(shown, span->data) == 0)
        return;
    const struct insertion insertion = {.at = end, .text = bracketed(target)};
    g_array_append_val(insertions, insertion);
}

/* --- quotes --- */

static void
add_quote(GArray *insertions, const struct rich *rich, const struct span *span)
{
    for (size_t at = span->start; at < span->end;) {
        const size_t len = strcspn(rich->text + at, "\r\n");
        const struct insertion insertion = {at, true, g_strdup("> ")};
        if (len > 0)
            g_array_append_val(insertions, insertion);
        else
            g_free(insertion.text);
        at += len + 1;
    }
}

/* --- both --- */

/* Sorted; a line is quoted once, however many say so. */
static GArray *
insertions_of(const struct rich *rich, unsigned kinds)
{
    GArray *insertions = g_array_new(FALSE, FALSE, sizeof(struct insertion));

    g_array_set_clear_func(insertions, insertion_clear);
    for (unsigned i = 0; i < rich->spans->len; i++) {
        const struct span *span = &g_array_index(rich->spans, struct span, i);
        if ((kinds & 1U << span->kind) == 0)
            continue;
        if (span->kind == SPAN_LINK)
            add_link(insertions, rich, span);
        else if (span->kind == SPAN_QUOTE)
            add_quote(insertions, rich, span);
    }
    g_array_sort(insertions, compare);
    for (unsigned i = insertions->len; i-- > 1;) {
        const struct insertion *insertion = &g_array_index(insertions, struct insertion, i);
        if (insertion->quotes && compare(insertion, insertion - 1) == 0)
            g_array_remove_index(insertions, i);
    }
    return insertions;
}

/* Where a place of the old text is in the new one. What is put in at a span's edge stands outside
 * of it. */
static size_t
moved(const GArray *insertions, size_t place, bool is_end)
{
    size_t to = place;

    for (unsigned i = 0; i < insertions->len; i++) {
        const struct insertion *insertion = &g_array_index(insertions, struct insertion, i);
        if (insertion->at > place || (insertion->at == place && is_end))
            break;
        to += strlen(insertion->text);
    }
    return to;
}

struct rich *
spell_out(const struct rich *rich, unsigned kinds)
{
    g_autoptr(GArray) insertions = insertions_of(rich, kinds & SPELL_ALL);
    GString *text = g_string_sized_new(rich->len);
    size_t done = 0;

    for (unsigned i = 0; i < insertions->len; i++) {
        const struct insertion *insertion = &g_array_index(insertions, struct insertion, i);
        g_string_append_len(text, rich->text + done, (gssize)(insertion->at - done));
        g_string_append(text, insertion->text);
        done = insertion->at;
    }
    g_string_append_len(text, rich->text + done, (gssize)(rich->len - done));
    struct rich *out = rich_new(text->str, (gssize)text->len);
    g_string_free(text, TRUE);
    for (unsigned i = 0; i < rich->spans->len; i++) {
        const struct span *span = &g_array_index(rich->spans, struct span, i);
        if ((kinds & SPELL_ALL & 1U << span->kind) == 0)
            rich_add(out, moved(insertions, span->start, false), moved(insertions, span->end, true),
                     span->kind, span->data);
    }
    return out;
}
