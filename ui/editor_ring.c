/* What was cut, newest first: put back by yank, and earlier ones by yank-pop. */
#include "ui/editor_priv.h"

#include <string.h>

static void
drop_oldest(struct editor *editor)
{
    char *oldest = g_queue_pop_tail(&editor->ring);
    editor->ring_bytes -= strlen(oldest);
    g_free(oldest);
}

void
ring_fini(struct editor *editor)
{
    g_queue_clear_full(&editor->ring, g_free);
}

static void
push(struct editor *editor, char *text)
{
    g_queue_push_head(&editor->ring, text);
    editor->ring_bytes += strlen(text);
    while (editor->ring.length > RING_MAX ||
           (editor->ring_bytes > RING_MAX_BYTES && editor->ring.length > 1))
        drop_oldest(editor);
}

void
editor_cut(struct editor *editor, size_t from, size_t to, enum editor_last last)
{
    bool before = to <= editor->cursor;
    if (from >= to)
        return;
    char *text = g_strndup(editor->text->str + from, to - from);
    if (last == LAST_CUT && editor->ring.length > 0) {
        g_autofree char *joined = g_queue_pop_head(&editor->ring);
        g_autofree char *more = text;
        editor->ring_bytes -= strlen(joined);
        text = before ? g_strconcat(more, joined, NULL) : g_strconcat(joined, more, NULL);
    }
    push(editor, text);
    editor_splice(editor, from, to, "", 0);
    editor->last = LAST_CUT;
}

void
editor_yank(struct editor *editor)
{
    const char *text = g_queue_peek_head(&editor->ring);
    size_t from, to;
    if (text == NULL)
        return;
    if (!editor_selection(editor, &from, &to))
        from = editor->cursor;
    editor_insert(editor, text, strlen(text));
    editor->ring_at = 0;
    editor->yank_from = from;
    editor->last = LAST_YANK;
}

/* Takes the place of what was put back last; the oldest is followed by the newest. */
void
editor_yank_pop(struct editor *editor, enum editor_last last)
{
    if (last != LAST_YANK || editor->ring.length == 0)
        return;
    editor->ring_at = (editor->ring_at + 1) % editor->ring.length;
    const char *text = g_queue_peek_nth(&editor->ring, editor->ring_at);
    editor_replace(editor, editor->yank_from, editor->cursor, text);
    editor->last = LAST_YANK;
}
