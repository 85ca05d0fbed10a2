/* Undo and redo: each change as what it took away and what it put there. */
#include "ui/editor_priv.h"

#include <string.h>

static void
change_free(void *data)
{
    struct editor_change *change = data;
    g_free(change->removed);
    g_free(change->inserted);
    g_free(change);
}

static size_t
change_bytes(const struct editor_change *change)
{
    return strlen(change->removed) + strlen(change->inserted);
}

static void
push(struct editor_undo *undo, struct editor_change *change)
{
    g_queue_push_tail(&undo->done, change);
    undo->bytes += change_bytes(change);
    while (undo->done.length > UNDO_MAX ||
           (undo->bytes > UNDO_MAX_BYTES && undo->done.length > 1)) {
        struct editor_change *oldest = g_queue_pop_head(&undo->done);
        undo->bytes -= change_bytes(oldest);
        change_free(oldest);
    }
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

/* What is typed goes on with a word until the next one begins; what is erased likewise. */
static bool
join(struct editor_change *change, size_t from, size_t to, const char *removed, const char *text,
     size_t len)
{
    size_t n_removed = strlen(change->removed), n_inserted = strlen(change->inserted);
    if (len > 0) {
        if (to > from || n_inserted == 0 || from != change->at + n_inserted ||
            (is_blank(change->inserted[n_inserted - 1]) && !is_blank(text[0])))
            return false;
        g_autofree char *before = change->inserted;
        change->inserted = g_strdup_printf("%s%.*s", before, (int)len, text);
        return true;
    }
    if (n_inserted > 0 || n_removed == 0)
        return false;
    bool back = to == change->at;
    bool new_word = back ? is_blank(removed[0]) && !is_blank(change->removed[0])
                         : !is_blank(removed[0]) && is_blank(change->removed[n_removed - 1]);
    if ((!back && from != change->at) || new_word)
        return false;
    g_autofree char *before = change->removed;
    change->removed =
        back ? g_strconcat(removed, before, NULL) : g_strconcat(before, removed, NULL);
    change->at = from;
    return true;
}

void
undo_note(struct editor *editor, size_t from, size_t to, const char *text, size_t len, bool joins)
{
    struct editor_undo *undo = &editor->undo;
    struct editor_change *last = g_queue_peek_tail(&undo->done);
    g_autofree char *removed = g_strndup(editor->text->str + from, to - from);
    g_queue_clear_full(&undo->undone, change_free);
    size_t before = last != NULL ? change_bytes(last) : 0;
    if (joins && last != NULL && join(last, from, to, removed, text, len)) {
        undo->bytes += change_bytes(last) - before;
        return;
    }
    struct editor_change *change = g_new0(struct editor_change, 1);
    change->at = from;
    change->removed = g_steal_pointer(&removed);
    change->inserted = g_strndup(text, len);
    change->cursor = editor->cursor;
    push(undo, change);
}

void
undo_forget(struct editor *editor)
{
    g_queue_clear_full(&editor->undo.done, change_free);
    g_queue_clear_full(&editor->undo.undone, change_free);
    editor->undo.bytes = 0;
}

static void
replace(struct editor *editor, size_t at, const char *old, const char *new)
{
    g_string_erase(editor->text, (gssize)at, (gssize)strlen(old));
    g_string_insert(editor->text, (gssize)at, new);
    editor_deselect(editor);
    editor->serial++;
}

void
editor_undo(struct editor *editor)
{
    struct editor_change *change = g_queue_pop_tail(&editor->undo.done);
    if (change == NULL)
        return;
    editor->undo.bytes -= change_bytes(change);
    replace(editor, change->at, change->inserted, change->removed);
    editor_move_to(editor, change->cursor);
    g_queue_push_head(&editor->undo.undone, change);
}

void
editor_redo(struct editor *editor)
{
    struct editor_change *change = g_queue_pop_head(&editor->undo.undone);
    if (change == NULL)
        return;
    replace(editor, change->at, change->removed, change->inserted);
    editor_move_to(editor, change->at + strlen(change->inserted));
    push(&editor->undo, change);
}
