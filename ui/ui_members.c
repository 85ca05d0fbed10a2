/* The list of members beside the timeline: when it is shown, what of it, and how it follows core.
 */
#include "ui/ui_priv.h"

static bool
has_members(const struct buffer *buffer)
{
    return buffer && buffer->joined &&
           (buffer->kind == BUFFER_CHANNEL || buffer->kind == BUFFER_PRIVATE ||
            buffer->kind == BUFFER_GROUP);
}

enum layout_members
ui_members_wanted(const struct ui *ui)
{
    if (!ui->members_on || !has_members(ui_buffer(ui)))
        return LAYOUT_MEMBERS_OFF;
    return ui->members_forced ? LAYOUT_MEMBERS_FORCED : LAYOUT_MEMBERS_AUTO;
}

void
ui_members_forget(struct ui *ui)
{
    g_clear_pointer(&ui->members, members_free);
    ui->members_top = 0;
}

void
ui_members_changed(struct ui *ui, const struct notice *notice)
{
    const struct buffer *buffer = ui_buffer(ui);
    const struct member *member;

    if (!ui->members || notice->buffer_id != ui->window->shown)
        return;
    if (!notice->text) {
        g_clear_pointer(&ui->members, members_free);
        return;
    }
    member = buffer && buffer->members ? g_hash_table_lookup(buffer->members, notice->text) : NULL;
    members_change(ui->members, notice->text, member);
}

/* Only what is in sight. */
static GArray *
slice(struct ui *ui, const struct account *account, size_t rows)
{
    GArray *slice = g_array_new(FALSE, FALSE, sizeof(struct view_member));
    size_t n = members_n(ui->members);

    if (ui->members_top + rows > n)
        ui->members_top = n > rows ? n - rows : 0;
    for (size_t i = ui->members_top; i < n && i < ui->members_top + rows; i++) {
        const struct member_row *row = members_at(ui->members, i);
        struct view_member member = {
            .name = row->name,
            .mark = row->mark,
            .status = row->status,
            .away = row->away,
            .self = account && g_strcmp0(row->id, account->self_id) == 0,
        };
        g_array_append_val(slice, member);
    }
    return slice;
}

void
ui_members_draw(struct ui *ui, const struct canvas *canvas, const struct account *account)
{
    const struct buffer *buffer = ui_buffer(ui);
    struct rect rect = ui->layout.members;

    core_look_at(ui->core, ui->window->shown);
    if (rect.rows <= 0)
        return;
    if (!ui->members) {
        ui->members = members_new();
        members_load(ui->members, buffer->members);
    }
    g_autoptr(GArray) members = slice(ui, account, (size_t)MAX(rect.rows - 1, 0));
    struct view_members view = {
        .members = (const struct view_member *)(void *)members->data,
        .n = members->len,
        .total = members_n(ui->members),
        .away = members_n_away(ui->members),
        .whole = buffer->members_whole,
    };
    pane_members_draw(canvas, rect, &view);
    cells_vline(canvas->cells, rect.row, rect.col - 1, rect.rows,
                theme_style(&ui->theme, ROLE_BORDER));
}

void
ui_members_toggle(struct ui *ui)
{
    struct layout whole = ui->layout;

    whole.timeline = ui_over_place(ui); /* beside all windows */
    if (ui->layout.members.rows > 0) {
        ui->members_on = ui->members_forced = false;
        ui_members_forget(ui);
    } else if (!has_members(ui_buffer(ui))) {
        ui_tell(ui, "This buffer has no members to list.", false);
    } else if (!layout_has_room_for_members(&whole)) {
        ui_tell(ui, "The window is too narrow for the list of members; /names lists them here.",
                true);
    } else {
        ui->members_on = ui->members_forced = true;
    }
}

void
ui_members_scroll(struct ui *ui, int direction)
{
    size_t page = (size_t)MAX(1, ui->layout.members.rows - 2);

    if (ui->layout.members.rows <= 0) {
        g_autofree char *keys = keymap_keys(ui->keymap, ACTION_TOGGLE_MEMBERS);
        g_autofree char *text = g_strdup_printf("No list of members is shown (%s).", keys);
        ui_tell(ui, text, false);
    } else if (direction > 0) {
        ui->members_top += page;
    } else {
        ui->members_top -= MIN(page, ui->members_top);
    }
}
