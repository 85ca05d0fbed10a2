/* Ctrl-r: what was sent before, found by a part of it. A list above the input shows what is found,
 * the input itself what would be taken. */
#include <string.h>

#include "ui/ui_priv.h"

#define SHOWN_MAX 6

struct ui_recall {
    struct ui *ui;
    struct editor *query;
    bool everywhere;      /* in all buffers, else in the one that is shown */
    GArray *found;        /* unsigned: how many lines back, newest first */
    size_t at;            /* of them */
    struct editor *shown; /* in place of the input; what was typed there stays as it is */
};

static const struct editor_history *
history_of(const struct ui_recall *recall)
{
    return recall->everywhere ? recall->ui->history : ui_history(recall->ui);
}

static const char *
line_at(const struct ui_recall *recall, size_t i)
{
    return editor_history_line(history_of(recall), g_array_index(recall->found, unsigned, i));
}

static void
show(struct ui_recall *recall)
{
    bool any = recall->found->len > 0;

    editor_set(recall->shown, any ? line_at(recall, recall->at) : editor_text(recall->ui->editor),
               SIZE_MAX);
}

/* The same line twice is found once. */
static void
update(struct ui_recall *recall)
{
    const struct editor_history *history = history_of(recall);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    unsigned back = 0;

    g_array_set_size(recall->found, 0);
    while ((back = editor_history_find(history, back, editor_text(recall->query))) > 0)
        if (g_hash_table_add(seen, (gpointer)(uintptr_t)editor_history_line(history, back)))
            g_array_append_val(recall->found, back);
    recall->at = 0;
    show(recall);
}

struct ui_recall *
ui_recall_new(struct ui *ui)
{
    struct ui_recall *recall = g_new0(struct ui_recall, 1);

    recall->ui = ui;
    recall->query = editor_new(ui_rules(ui));
    recall->found = g_array_new(FALSE, FALSE, sizeof(unsigned));
    recall->shown = editor_new(ui_rules(ui));
    update(recall);
    return recall;
}

void
ui_recall_free(struct ui_recall *recall)
{
    if (!recall)
        return;
    editor_free(recall->query);
    g_array_unref(recall->found);
    editor_free(recall->shown);
    g_free(recall);
}

struct editor *
ui_recall_shown(const struct ui_recall *recall)
{
    return recall->shown;
}

/* Into the input, and sent by nobody. */
static void
take(struct ui_recall *recall)
{
    struct ui *ui = recall->ui;

    if (recall->found->len > 0)
        editor_replace(ui->editor, 0, SIZE_MAX, line_at(recall, recall->at));
    ui_over_close(ui);
    ui_draft_changed(ui);
}

static void
move(struct ui_recall *recall, bool older)
{
    if (older && recall->at + 1 < recall->found->len)
        recall->at++;
    else if (!older && recall->at > 0)
        recall->at--;
    show(recall);
}

void
ui_recall_key(struct ui_recall *recall, enum action action, struct key key)
{
    unsigned serial = editor_serial(recall->query);

    if (action == ACTION_CANCEL) {
        ui_over_close(recall->ui);
        return;
    }
    if (action == ACTION_SUBMIT) {
        take(recall);
        return;
    }
    if (action == ACTION_COMPLETE || action == ACTION_COMPLETE_BACK) {
        recall->everywhere = !recall->everywhere;
        update(recall);
        return;
    }
    if (action == ACTION_RECALL || action == ACTION_UP || action == ACTION_FIND ||
        action == ACTION_DOWN) {
        move(recall, action == ACTION_RECALL || action == ACTION_UP);
        return;
    }
    if (action == ACTION_NONE && key_is_text(key))
        editor_insert_char(recall->query, key.code);
    else if (action != ACTION_NONE && action != ACTION_NEWLINE)
        editor_action(recall->query, action, NULL);
    if (serial != editor_serial(recall->query))
        update(recall);
}

void
ui_recall_paste(struct ui_recall *recall, const char *text, size_t len)
{
    editor_insert(recall->query, text, len);
    update(recall);
}

/* The first of those that are listed. */
static size_t
first_listed(const struct ui_recall *recall)
{
    return recall->at - MIN(recall->at, SHOWN_MAX - 1);
}

void
ui_recall_select(struct ui_recall *recall, size_t row)
{
    const size_t first = first_listed(recall), n = MIN(SHOWN_MAX, recall->found->len - first);

    if (row >= n)
        return;
    recall->at = first + n - 1 - row;
    show(recall);
}

/* The newest stands next to the input, as what was said last does. */
static void
draw_list(const struct ui_recall *recall, const struct canvas *canvas, struct rect above)
{
    struct view_popup_row rows[SHOWN_MAX] = {{0}};
    size_t n = recall->found->len, first = first_listed(recall);
    g_autofree char *title = g_strdup_printf(
        "%zu of %zu, sent in %s. Tab: in %s", n > 0 ? recall->at + 1 : 0, n,
        recall->everywhere ? "any buffer" : "this buffer", recall->everywhere ? "this one" : "any");
    struct view_popup view = {
        .title = title, .rows = rows, .selected = SIZE_MAX, .drawn = &recall->ui->drawn};

    view.n = view.total = MIN(SHOWN_MAX, n - first);
    for (size_t i = 0; i < view.n; i++)
        rows[view.n - 1 - i].text = line_at(recall, first + i);
    if (n > 0)
        view.selected = view.n - 1 - (recall->at - first);
    pane_popup_draw(canvas, above, &view);
}

void
ui_recall_draw(struct ui_recall *recall, const struct canvas *canvas)
{
    struct rect above = ui_over_place(recall->ui), line = above;
    struct view_search view = {.prompt = " recall> ",
                               .query = recall->query,
                               .status = recall->found->len > 0
                                             ? "Ctrl-r: older  Enter: take  Esc: back"
                                             : "Nothing sent has it.",
                               .bad = recall->found->len == 0};

    if (above.rows < 1)
        return;
    line.row = above.row + above.rows - 1;
    line.rows = 1;
    above.rows--;
    draw_list(recall, canvas, above);
    pane_find_draw(canvas, line, &view);
}
