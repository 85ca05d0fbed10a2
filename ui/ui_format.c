/* Marks around what is written, and the keys that may follow those that were typed. */
#include <string.h>

#include "ui/ui_priv.h"

/* Who knows the keys is not shown them. */
#define NEXT_US (400 * 1000)

static const struct {
    enum action action;
    const char *mark;
} marks[] = {
    {ACTION_BOLD, "**"},
    {ACTION_ITALIC, "_"},
    {ACTION_STRIKE, "~~"},
    {ACTION_CODE, "`"},
};

bool
ui_format(struct ui *ui, enum action action)
{
    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
        if (marks[i].action != action)
            continue;
        editor_wrap(ui->editor, marks[i].mark);
        ui_draft_changed(ui);
        return true;
    }
    return false;
}

/* --- which keys may follow
 * ---------------------------------------------------------------------------------- */

static void
on_time(void *user)
{
    struct ui *ui = user;

    ui->next_timer = 0;
    ui->next_shown = true;
    ui_changed(ui);
}

void
ui_next_keys(struct ui *ui, bool pending)
{
    struct clock *clock = core_clock(ui->core);

    clock_timer_del(clock, ui->next_timer);
    ui->next_timer = 0;
    if (!pending)
        ui->next_shown = false;
    else if (!ui->next_shown)
        ui->next_timer = clock_timer_add(clock, NEXT_US, on_time, ui);
}

struct next_list {
    GArray *rows;   /* struct view_popup_row */
    GPtrArray *own; /* their keys */
};

static void
add_next(void *user, const char *key, enum action action)
{
    struct next_list *list = user;
    struct view_popup_row row = {.text = action != ACTION_NONE ? action_name(action) : "…"};

    if (action > ACTION_BUFFER_1 && action <= ACTION_BUFFER_10)
        return; /* nine more that say the same */
    if (action == ACTION_BUFFER_1)
        row.text = "buffer-1 …";
    char *sign = g_strdup(key);
    row.sign = sign;

    g_ptr_array_add(list->own, sign);
    g_array_append_val(list->rows, row);
}

void
ui_next_keys_draw(const struct ui *ui, const struct canvas *canvas)
{
    struct next_list list = {g_array_new(FALSE, FALSE, sizeof(struct view_popup_row)),
                             g_ptr_array_new_with_free_func(g_free)};
    struct view_popup view = {.title = keymap_pending(ui->keymap), .selected = SIZE_MAX};

    if (ui->next_shown) {
        keymap_each_next(ui->keymap, ui_context(ui), add_next, &list);
        view.rows = (const struct view_popup_row *)(void *)list.rows->data;
        view.n = view.total = list.rows->len;
        if (view.n > 0)
            pane_popup_draw_columns(canvas, ui_over_place(ui), &view);
    }
    g_array_unref(list.rows);
    g_ptr_array_unref(list.own);
}
