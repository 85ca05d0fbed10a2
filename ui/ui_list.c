/* The list of buffers on the screen: what of it is in sight, and what core tells of it. */
#include "ui/ui_priv.h"

#include "ui/window_state.h"

#define QUIET_US (24 * INT64_C(3600) * G_USEC_PER_SEC)

/* --- drawing --- */

/* Where one is; the row may have gone, then its place is what comes next. */
size_t
ui_list_cursor(struct ui *ui)
{
    size_t n, at;
    const struct list_row *rows = list_rows(ui->list.rows, &n);
    at = list_find(ui->list.rows, &ui->list.at);
    if (at == SIZE_MAX)
        at = MIN(ui->list.at_row, n > 0 ? n - 1 : 0);
    ui->list.at_row = at;
    if (at < n)
        ui->list.at = rows[at];
    return at;
}

static const char *
label_of(const struct account *account)
{
    return account->label ? account->label : account->name;
}

/* What waits under a heading. */
struct activity_sum
ui_list_sum(const struct ui *ui, const struct list_row *row)
{
    const struct activity *activity = ui->list.activity;

    switch (row->kind) {
    case LIST_ACCOUNT:
        return activity_of_account(activity, row->id);
    case LIST_SPACE:
        return activity_of_space(activity, row->id);
    case LIST_GROUP:
        return activity_of_group(activity, row->id);
    case LIST_DIRECT:
        return activity_of_direct(activity);
    case LIST_BUFFER:
        break;
    }
    return (struct activity_sum){0};
}

static void
view_account(const struct ui *ui, const struct list_row *row, struct view_entry *entry)
{
    const struct account *account = core_account(ui->core, row->id);
    const struct buffer *server = core_buffer(ui->core, row->buffer_id);
    struct activity_sum sum = {server ? server->unread : 0, server ? server->mentions : 0};

    if (row->folded)
        sum = activity_of_account(ui->list.activity, row->id);
    entry->kind = VIEW_ACCOUNT;
    entry->name = label_of(account);
    entry->tag = account->network;
    entry->mark = core_account_mark(ui->core, account->id);
    entry->state = account->state;
    entry->unread = sum.unread;
    entry->mentions = sum.mentions;
}

static void
view_heading(const struct ui *ui, const struct list_row *row, struct view_entry *entry)
{
    const struct activity_sum sum = ui_list_sum(ui, row);
    const struct space *space;
    const struct buffer_group *group;

    if (row->kind == LIST_SPACE) {
        space = core_space(ui->core, row->id);
        entry->kind = VIEW_SPACE;
        entry->name = space ? space->name : "";
    } else if (row->kind == LIST_GROUP) {
        group = core_group(ui->core, row->id);
        entry->kind = VIEW_GROUP;
        entry->name = group ? group->name : "";
    } else {
        entry->kind = VIEW_DIRECT;
        entry->name = "DMs";
    }
    entry->unread = row->folded ? sum.unread : 0;
    entry->mentions = row->folded ? sum.mentions : 0;
}

static void
view_buffer(struct ui *ui, const struct list_row *row, struct view_entry *entry)
{
    const struct buffer *buffer = core_buffer(ui->core, row->id);
    const bool channel = buffer->kind == BUFFER_CHANNEL || buffer->kind == BUFFER_PRIVATE;
    const int64_t now_us = clock_wall_us(core_clock(ui->core));

    entry->name = buffer->name;
    entry->number = buffer->number;
    entry->unread = buffer->unread + buffer->thread_unread;
    entry->mentions = buffer->mentions + buffer->thread_mentions;
    entry->left = channel && !buffer->joined;
    entry->archived = buffer->archived;
    entry->muted = buffer->notify == NOTIFY_NONE;
    entry->relayed = channel && ui_relay_has(ui, buffer->id);
    entry->draft = buffer->draft && buffer->id != ui->window->shown;
    entry->quiet = channel && buffer->joined && buffer->last_activity_us < now_us - QUIET_US;
    if (buffer->kind >= BUFFER_DIRECT && core_accounts(ui->core)->len > 1)
        entry->owner = label_of(core_account(ui->core, buffer->account_id));
}

struct view_entry
ui_list_entry(struct ui *ui, const struct list_row *row)
{
    struct view_entry entry = {.folded = row->folded};

    if (row->kind == LIST_ACCOUNT)
        view_account(ui, row, &entry);
    else if (row->kind == LIST_BUFFER)
        view_buffer(ui, row, &entry);
    else
        view_heading(ui, row, &entry);
    entry.selected =
        row->buffer_id != 0 && row->buffer_id == ui->window->shown && ui->over != UI_OVER_INBOX;
    return entry;
}

static void
fill_view(struct ui *ui, struct view_sidebar *view, GArray *entries, size_t rows)
{
    const bool focused = ui->has_keys == KEYMAP_LIST;
    size_t n;
    const struct list_row *all = list_rows(ui->list.rows, &n);
    const size_t cursor = focused ? ui_list_cursor(ui) : SIZE_MAX;

    ui_list_bring(ui, focused ? cursor : list_shown_row(ui->list.rows), n, rows);
    for (size_t i = ui->list.top; i < n && i < ui->list.top + rows; i++) {
        struct view_entry entry = ui_list_entry(ui, &all[i]);
        entry.cursor = i == cursor && !ui->list.filtering;
        g_array_append_val(entries, entry);
    }
    view->entries = (const struct view_entry *)(void *)entries->data;
    view->n = entries->len;
    view->number_cols = list_number_cols(ui->list.rows);
    ui_list_edges(ui, rows, view);
}

static struct view_inbox_line
inbox_line(const struct ui *ui)
{
    const struct inbox_counts *counts = core_inbox_counts(ui->core);

    return (struct view_inbox_line){
        .calls = counts->n[INBOX_MENTIONS] + counts->n[INBOX_DIRECTS],
        .failed = counts->n[INBOX_FAILED],
        .unread = counts->n[INBOX_UNREADS] + counts->n[INBOX_THREADS],
        .open = ui->over == UI_OVER_INBOX,
    };
}

void
ui_list_draw(struct ui *ui, const struct canvas *canvas)
{
    const struct rect rect = ui->layout.sidebar;
    struct view_inbox_line inbox;
    const char *filter = list_filter(ui->list.rows);
    g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(struct view_entry));
    struct view_sidebar view = {
        .filter = *filter || ui->list.filtering ? filter : NULL,
        .filtering = ui->list.filtering,
        .note = list_unread_only(ui->list.rows) ? "only unread" : NULL,
    };

    if (rect.rows <= 0) {
        ui->list.rows_in_sight = 0;
        if (ui->has_keys == KEYMAP_LIST)
            ui_focus_set(ui, KEYMAP_MAIN);
        return;
    }
    inbox = inbox_line(ui);
    view.inbox = &inbox;
    ui->list.first_row = pane_sidebar_top(rect, &view);
    ui->list.rows_in_sight = pane_sidebar_rows(rect, &view);
    fill_view(ui, &view, entries, (size_t)ui->list.rows_in_sight);
    pane_sidebar_draw(canvas, rect, &view);
    cells_vline(canvas->cells, ui->layout.border_row, ui->layout.border_col, ui->layout.border_rows,
                theme_style(&ui->theme, ROLE_BORDER));
}

/* --- what core tells --- */

void
ui_list_notice(struct ui *ui, const struct notice *notice)
{
    ui->list.edges.known = false;
    switch (notice->type) {
    case NOTICE_BUFFER_CHANGED:
        if (activity_update(ui->list.activity, notice->buffer_id))
            list_level_changed(ui->list.rows);
        if (*list_filter(ui->list.rows))
            list_stale(ui->list.rows); /* its name, perhaps */
        break;
    case NOTICE_BUFFER_ADDED:
    case NOTICE_BUFFER_MOVED:
    case NOTICE_BUFFER_CLOSED:
        activity_update(ui->list.activity, notice->buffer_id);
        list_stale(ui->list.rows);
        break;
    case NOTICE_CONFIG:
    case NOTICE_GROUPS:
        activity_rescan(ui->list.activity);
        list_stale(ui->list.rows);
        break;
    case NOTICE_ACCOUNT:
        list_stale(ui->list.rows);
        break;
    default:
        break;
    }
}

void
ui_list_init(struct ui *ui)
{
    ui->list.activity = activity_new(ui->core);
    ui->list.rows = list_new(ui->core, ui->list.activity);
    ui->list.last_shown = window_state_read(ui->paths, ui->list.rows);
}

void
ui_list_fini(struct ui *ui)
{
    list_free(ui->list.rows);
    activity_free(ui->list.activity);
}
