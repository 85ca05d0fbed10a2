#include "protocols/irc/irc_split.h"

#include <string.h>

#include "base/utf8.h"
#include "protocols/irc/irc_text.h"
#include "text/width.h"

static size_t
wire_len(GString *scratch, const struct rich *rich, size_t start, size_t end)
{
    g_string_truncate(scratch, 0);
    irc_text_append(scratch, rich, start, end);
    return scratch->len;
}

/* The last edge between clusters in (start, end]; `end` itself when the text's cluster ends there;
 * `start` when the first cluster is longer. */
static size_t
cluster_edge(const struct rich *rich, size_t start, size_t end, size_t line_end)
{
    size_t at = start;

    while (at < end) {
        size_t step = width_next(rich->text + at, line_end - at, NULL, NULL);
        if (step == 0 || at + step > end)
            break;
        at += step;
    }
    return at;
}

static size_t
first_character(const struct rich *rich, size_t start)
{
    return (size_t)(g_utf8_next_char(rich->text + start) - rich->text);
}

/* The longest end whose part fits, before looking for a blank. */
static size_t
fit(GString *scratch, const struct rich *rich, size_t start, size_t line_end, size_t limit)
{
    size_t room = limit;

    for (;;) {
        size_t len = utf8_cut(rich->text + start, line_end - start, room);
        if (len == 0)
            return first_character(rich, start);
        size_t used = wire_len(scratch, rich, start, start + len);
        if (used <= limit)
            return start + len;
        size_t over = used - limit;
        room = over < len ? len - over : 0;
    }
}

static size_t
after_last_blank(const struct rich *rich, size_t start, size_t end)
{
    for (size_t at = end; at > start; at--) {
        if (rich->text[at - 1] == ' ')
            return at;
    }
    return start;
}

static size_t
cut(GString *scratch, const struct rich *rich, size_t start, size_t line_end, size_t limit)
{
    size_t end = fit(scratch, rich, start, line_end, limit);

    if (end == line_end)
        return end;
    size_t blank = after_last_blank(rich, start, end);
    if (blank > start)
        return blank;
    size_t edge = cluster_edge(rich, start, end, line_end);
    return edge > start ? edge : end;
}

GPtrArray *
irc_split(const struct rich *rich, size_t limit_bytes)
{
    GPtrArray *parts = g_ptr_array_new_with_free_func((GDestroyNotify)rich_free);
    g_autoptr(GString) scratch = g_string_new(NULL);
    size_t start = 0;

    while (start < rich->len) {
        size_t line_end = start + strcspn(rich->text + start, "\r\n");
        while (start < line_end) {
            size_t end = cut(scratch, rich, start, line_end, limit_bytes);
            g_ptr_array_add(parts, irc_text_slice(rich, start, end));
            start = end;
        }
        while (start < rich->len && (rich->text[start] == '\n' || rich->text[start] == '\r'))
            start++;
    }
    if (parts->len == 0)
        g_ptr_array_add(parts, rich_new("", 0));
    return parts;
}
