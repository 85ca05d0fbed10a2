#include "ui/editor.h"

#include "text/fold.h"
#include <string.h>

struct editor_history *
editor_history_new(unsigned max)
{
    struct editor_history *history = g_new0(struct editor_history, 1);
    history->lines = g_ptr_array_new_with_free_func(g_free);
    history->max = MAX(max, 1);
    return history;
}

void
editor_history_free(struct editor_history *history)
{
    if (history == NULL)
        return;
    g_ptr_array_unref(history->lines);
    g_free(history);
}

void
editor_history_add(struct editor_history *history, const char *text)
{
    GPtrArray *lines = history->lines;
    if (*text == '\0' || (lines->len > 0 && strcmp(lines->pdata[lines->len - 1], text) == 0))
        return;
    if (lines->len >= history->max)
        g_ptr_array_remove_index(lines, 0);
    g_ptr_array_add(lines, g_strdup(text));
}

const char *
editor_history_line(const struct editor_history *history, unsigned back)
{
    unsigned n = history->lines->len;
    return back > 0 && back <= n ? history->lines->pdata[n - back] : NULL;
}

unsigned
editor_history_find(const struct editor_history *history, unsigned back, const char *part)
{
    g_autofree char *folded = fold_text(part, strlen(part));
    const char *here = editor_history_line(history, back);
    for (const char *line; (line = editor_history_line(history, ++back)) != NULL;) {
        size_t start, end;
        if (g_strcmp0(line, here) != 0 &&
            (*folded == '\0' || fold_find(line, strlen(line), 0, folded, &start, &end)))
            return back;
    }
    return 0;
}
