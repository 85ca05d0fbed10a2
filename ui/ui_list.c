/* The list of buffers on the screen: what of it is in sight, and its keys while it has them. */
#include "ui/ui_priv.h"

#include "ui/window_state.h"

#define QUIET_US (24 * INT64_C(3600) * G_USEC_PER_SEC)

/* --- places --- */

static const struct list_row *
row_at(struct ui *ui, size_t i)
{
    size_t n;
    const struct list_row *rows = list_rows(ui->list.rows, &n);
    return i < n ? &rows[i] : NULL;
}

/* Where one is; the row may have gone, then its place is what comes next. */
static size_t
cursor_row(struct ui *ui)
{
    size_t n, at;

    list_rows(ui->list.rows, &n);
    at = list_find(ui->list.rows, &ui->list.at);
    if (at == SIZE_MAX)
        at = MIN(ui->list.at_row, n > 0 ? n - 1 : 0);
    ui->list.at_row = at;
    if (row_at(ui, at))
        ui->list.at = *row_at(ui, at);
    return at;
}

static void
move_to(struct ui *ui, size_t row)
{
    size_t n;

    list_rows(ui->list.rows, &n);
    if (n == 0)
        return;
    ui->list.at_row = MIN(row, n - 1);
    ui->list.at = *row_at(ui, ui->list.at_row);
    ui->list.looked_away = false;
}

static void
move_by(struct ui *ui, int by)
{
    const size_t at = cursor_row(ui);

    move_to(ui, by < 0 && (size_t)-by > at ? 0 : at + (size_t)by);
}

static int
page(const struct ui *ui)
{
    return MAX(1, ui->list.rows_in_sight - 1);
}

/* --- drawing --- */

static const char *
label_of(const struct account *account)
{
    return account->label ? account->label : account->name;
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
    entry->state = account->state;
    entry->unread = sum.unread;
    entry->mentions = sum.mentions;
}

static void
view_group(const struct ui *ui, const struct list_row *row, struct view_entry *entry)
{
    const bool space = row->kind == LIST_SPACE;
    const struct activity_sum sum = space ? activity_of_space(ui->list.activity, row->id)
                                          : activity_of_direct(ui->list.activity);
    const struct space *known = space ? core_space(ui->core, row->id) : NULL;

    entry->kind = space ? VIEW_SPACE : VIEW_DIRECT;
    entry->name = known ? known->name : "DMs";
    entry->unread = row->folded ? sum.unread : 0;
    entry->mentions = row->folded ? sum.mentions : 0;
}

static void
view_buffer(const struct ui *ui, const struct list_row *row, struct view_entry *entry)
{
    const struct buffer *buffer = core_buffer(ui->core, row->id);
    const bool channel = buffer->kind == BUFFER_CHANNEL || buffer->kind == BUFFER_PRIVATE;
    const int64_t now_us = clock_wall_us(core_clock(ui->core));

    entry->name = buffer->name;
    entry->number = buffer->number;
    entry->unread = buffer->unread;
    entry->mentions = buffer->mentions;
    entry->left = channel && !buffer->joined;
    entry->muted = buffer->notify == NOTIFY_NONE;
    entry->quiet = channel && buffer->joined && buffer->last_activity_us < now_us - QUIET_US;
    if (buffer->kind >= BUFFER_DIRECT && core_accounts(ui->core)->len > 1)
        entry->owner = label_of(core_account(ui->core, buffer->account_id));
}

static struct view_entry
view_row(const struct ui *ui, const struct list_row *row)
{
    struct view_entry entry = {.folded = row->folded};

    if (row->kind == LIST_ACCOUNT)
        view_account(ui, row, &entry);
    else if (row->kind == LIST_BUFFER)
        view_buffer(ui, row, &entry);
    else
        view_group(ui, row, &entry);
    entry.selected = row->buffer_id != 0 && row->buffer_id == ui->shown;
    return entry;
}

/* Moves just as far as what is to be in sight needs. */
static void
bring_into_sight(struct ui *ui, size_t wanted, size_t n, size_t rows)
{
    size_t *top = &ui->list.top;

    if (wanted != SIZE_MAX && !ui->list.looked_away) {
        if (wanted < *top)
            *top = wanted;
        else if (wanted >= *top + rows)
            *top = wanted - rows + 1;
    }
    if (*top + rows > n)
        *top = n > rows ? n - rows : 0;
}

static void
fill_view(struct ui *ui, struct view_sidebar *view, GArray *entries, size_t rows)
{
    const bool focused = ui->has_keys == KEYMAP_LIST;
    size_t n;
    const struct list_row *all = list_rows(ui->list.rows, &n);
    const size_t cursor = focused ? cursor_row(ui) : SIZE_MAX;

    bring_into_sight(ui, focused ? cursor : list_shown_row(ui->list.rows), n, rows);
    for (size_t i = ui->list.top; i < n && i < ui->list.top + rows; i++) {
        struct view_entry entry = view_row(ui, &all[i]);
        entry.cursor = i == cursor && !ui->list.filtering;
        g_array_append_val(entries, entry);
    }
    view->entries = (const struct view_entry *)(void *)entries->data;
    view->n = entries->len;
    view->number_cols = list_number_cols(ui->list.rows);
}

void
ui_list_draw(struct ui *ui, const struct canvas *canvas)
{
    const struct rect rect = ui->layout.sidebar;
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
    ui->list.rows_in_sight = pane_sidebar_rows(rect, &view);
    fill_view(ui, &view, entries, (size_t)ui->list.rows_in_sight);
    pane_sidebar_draw(canvas, rect, &view);
    cells_vline(canvas->cells, ui->layout.border_row, ui->layout.border_col, ui->layout.border_rows,
                theme_style(&ui->theme, ROLE_BORDER));
}

/* --- folding, filtering --- */

static void
remember(const struct ui *ui)
{
    window_state_write(ui->paths, ui->list.rows);
}

/* The heading that a row is, or stands under. */
static size_t
heading_of(struct ui *ui, size_t row)
{
    const struct list_row *at = row_at(ui, row);
    return at && at->kind != LIST_BUFFER ? row : list_heading(ui->list.rows, row);
}

static void
fold(struct ui *ui, size_t heading, bool folded)
{
    const struct list_row *row = row_at(ui, heading);
    g_autofree char *group = row ? list_group_name(ui->list.rows, row) : NULL;

    if (!group)
        return;
    move_to(ui, heading);
    list_fold(ui->list.rows, group, folded);
    remember(ui);
}

static void
toggle_fold(struct ui *ui, size_t row)
{
    const size_t heading = heading_of(ui, row);
    const struct list_row *at = row_at(ui, heading);

    if (at)
        fold(ui, heading, !at->folded);
}

/* On a folded heading, or a plain row, Left goes to the heading above. */
static void
fold_or_leave(struct ui *ui)
{
    const size_t at = cursor_row(ui);
    const struct list_row *row = row_at(ui, at);
    const size_t above = list_heading(ui->list.rows, at);

    if (row && row->kind != LIST_BUFFER && !row->folded)
        fold(ui, at, true);
    else if (above != SIZE_MAX)
        move_to(ui, above);
}

static void
unfold_or_enter(struct ui *ui)
{
    const size_t at = cursor_row(ui);
    const struct list_row *row = row_at(ui, at);

    if (row && row->kind != LIST_BUFFER && row->folded)
        fold(ui, at, false);
    else if (row && row->kind != LIST_BUFFER)
        move_by(ui, 1);
}

/* All that is not folded is, or, when nothing is left to fold, all opens. */
static void
fold_all(struct ui *ui)
{
    g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func(g_free);
    size_t n;
    const struct list_row *rows = list_rows(ui->list.rows, &n);
    bool any_open = false;

    for (size_t i = 0; i < n; i++) {
        char *group = list_group_name(ui->list.rows, &rows[i]);
        any_open |= group && !rows[i].folded;
        if (group)
            g_ptr_array_add(groups, group);
    }
    for (guint i = 0; i < groups->len; i++)
        list_fold(ui->list.rows, groups->pdata[i], any_open);
    remember(ui);
}

static void
end_filter(struct ui *ui)
{
    ui->list.filtering = false;
    list_set_filter(ui->list.rows, "");
    ui->list.looked_away = false;
}

static void
set_filter(struct ui *ui, const char *text)
{
    const struct list_row *row;
    size_t n, first = 0;

    list_set_filter(ui->list.rows, text);
    list_rows(ui->list.rows, &n);
    /* The first buffer is what Enter shows: headings are there to say whose it is. */
    while (*text && (row = row_at(ui, first)) && row->kind != LIST_BUFFER && first + 1 < n)
        first++;
    if (*text)
        move_to(ui, first);
}

static void
filter_key(struct ui *ui, enum action action, struct key key)
{
    g_autoptr(GString) text = g_string_new(list_filter(ui->list.rows));

    if (action == ACTION_NONE && key_is_text(key))
        g_string_append_unichar(text, key.code);
    else if (action == ACTION_DELETE_BACK && text->len > 0)
        g_string_truncate(
            text, (gsize)(g_utf8_find_prev_char(text->str, text->str + text->len) - text->str));
    else if (action == ACTION_DELETE_TO_START || action == ACTION_DELETE_WORD_BACK)
        g_string_truncate(text, 0);
    else
        return;
    if (text->len <= 256)
        set_filter(ui, text->str);
}

void
ui_list_toggle_unread(struct ui *ui)
{
    const bool on = !list_unread_only(ui->list.rows);

    list_set_unread_only(ui->list.rows, on);
    remember(ui);
    ui_tell(ui,
            on ? "The list shows what is unread, and where you are." : "The list shows everything.",
            false);
}

/* --- what can be done to a buffer --- */

static void
show_row(struct ui *ui)
{
    const struct list_row *row = row_at(ui, cursor_row(ui));

    if (!row)
        return;
    if (row->buffer_id == 0) {
        toggle_fold(ui, cursor_row(ui));
        return;
    }
    ui_go(ui, row->buffer_id);
    ui_focus_set(ui, KEYMAP_MAIN);
}

/* The buffer where one is; NULL, and says so: it is a heading without one. */
static const struct buffer *
chosen(struct ui *ui)
{
    const struct list_row *row = row_at(ui, cursor_row(ui));
    const struct buffer *buffer = row ? core_buffer(ui->core, row->buffer_id) : NULL;

    if (!buffer)
        ui_tell(ui, "This is a heading. Go to a buffer first.", true);
    return buffer;
}

static void
mute(struct ui *ui)
{
    const struct buffer *buffer = chosen(ui);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;

    if (!buffer)
        return;
    const bool mutes = buffer->notify != NOTIFY_NONE;
    if (!core_mute_buffer(ui->core, buffer->id, mutes, &error)) {
        ui_tell(ui, error->message, true);
        return;
    }
    text = g_strdup_printf(mutes ? "%s is muted: it counts only when it mentions you."
                                 : "%s is not muted any more.",
                           buffer->name);
    ui_tell(ui, text, false);
}

/* A channel that would be left is asked for twice. */
static void
close_buffer(struct ui *ui)
{
    const struct buffer *buffer = chosen(ui);
    const int64_t before = ui->list.closing;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;

    ui->list.closing = 0;
    if (!buffer)
        return;
    if (buffer->joined && buffer->kind != BUFFER_DIRECT && buffer->id != before) {
        ui->list.closing = buffer->id;
        text = g_strdup_printf("The same key again leaves %s and takes it off the list; its "
                               "history stays.",
                               buffer->name);
    } else if (core_close_buffer(ui->core, buffer->id, &error)) {
        text = g_strdup_printf("%s is off the list; its history stays.", buffer->name);
    }
    ui_tell(ui, error ? error->message : text, error != NULL);
}

/* Trades numbers with the buffer that stands beside it in its group. */
static void
trade_places(struct ui *ui, int by)
{
    const size_t at = cursor_row(ui);
    const struct list_row *row = row_at(ui, at);
    const struct list_row *beside = by < 0 && at == 0 ? NULL : row_at(ui, at + (size_t)by);
    const struct buffer *buffer = row ? core_buffer(ui->core, row->buffer_id) : NULL;
    const struct buffer *other = beside ? core_buffer(ui->core, beside->buffer_id) : NULL;
    g_autoptr(GError) error = NULL;

    if (!buffer || !other || row->kind != LIST_BUFFER || beside->kind != LIST_BUFFER ||
        list_heading(ui->list.rows, at) != list_heading(ui->list.rows, at + (size_t)by)) {
        ui_tell(ui, "It stands at the edge of its group already.", false);
        return;
    }
    if (!core_move_buffer(ui->core, buffer->id, other->number, &error))
        ui_tell(ui, error->message, true);
}

/* To the next row that has something unread, folded headings included. */
static void
move_to_unread(struct ui *ui, int by)
{
    size_t n;
    const struct list_row *rows = list_rows(ui->list.rows, &n);
    const size_t at = cursor_row(ui);

    for (size_t i = 1; i < n; i++) {
        const size_t next = (at + (by > 0 ? i : n - i)) % n;
        const struct view_entry entry = view_row(ui, &rows[next]);
        if (entry.mentions > 0 || (entry.unread > 0 && !entry.muted)) {
            move_to(ui, next);
            return;
        }
    }
    ui_tell(ui, "Nothing else is unread in this list.", false);
}

/* --- keys --- */

bool
ui_list_enter(struct ui *ui)
{
    const size_t shown = list_shown_row(ui->list.rows);

    if (ui->layout.sidebar.rows <= 0)
        return false;
    move_to(ui, shown != SIZE_MAX ? shown : 0);
    return true;
}

void
ui_list_leave(struct ui *ui)
{
    ui->list.closing = 0;
    end_filter(ui);
}

static bool
move_action(struct ui *ui, enum action action)
{
    switch (action) {
    case ACTION_LIST_UP:
    case ACTION_LIST_DOWN:
        move_by(ui, action == ACTION_LIST_UP ? -1 : 1);
        return true;
    case ACTION_LIST_PAGE_UP:
    case ACTION_LIST_PAGE_DOWN:
        move_by(ui, action == ACTION_LIST_PAGE_UP ? -page(ui) : page(ui));
        return true;
    case ACTION_LIST_FIRST:
        move_to(ui, 0);
        return true;
    case ACTION_LIST_LAST:
        move_to(ui, SIZE_MAX);
        return true;
    case ACTION_LIST_NEXT_UNREAD:
    case ACTION_LIST_PREV_UNREAD:
        move_to_unread(ui, action == ACTION_LIST_NEXT_UNREAD ? 1 : -1);
        return true;
    default:
        return false;
    }
}

static bool
group_action(struct ui *ui, enum action action)
{
    switch (action) {
    case ACTION_LIST_FOLD:
        fold_or_leave(ui);
        return true;
    case ACTION_LIST_UNFOLD:
        unfold_or_enter(ui);
        return true;
    case ACTION_LIST_TOGGLE:
        toggle_fold(ui, cursor_row(ui));
        return true;
    case ACTION_LIST_FOLD_ALL:
        fold_all(ui);
        return true;
    case ACTION_LIST_FILTER:
        ui->list.filtering = true;
        return true;
    case ACTION_TOGGLE_UNREAD:
        ui_list_toggle_unread(ui);
        return true;
    default:
        return false;
    }
}

static bool
buffer_action(struct ui *ui, enum action action)
{
    switch (action) {
    case ACTION_LIST_SHOW:
        show_row(ui);
        return true;
    case ACTION_LIST_MUTE:
        mute(ui);
        return true;
    case ACTION_LIST_CLOSE:
        close_buffer(ui);
        return true;
    case ACTION_LIST_EARLIER:
    case ACTION_LIST_LATER:
        trade_places(ui, action == ACTION_LIST_EARLIER ? -1 : 1);
        return true;
    case ACTION_LIST_READ:
        if (chosen(ui))
            core_mark_all_read(ui->core, chosen(ui)->id);
        return true;
    default:
        return false;
    }
}

static bool
filtering_action(struct ui *ui, enum action action, struct key key)
{
    switch (action) {
    case ACTION_UP:
    case ACTION_DOWN:
        move_by(ui, action == ACTION_UP ? -1 : 1);
        return true;
    case ACTION_SUBMIT:
        show_row(ui);
        return true;
    case ACTION_CANCEL:
        end_filter(ui);
        return true;
    case ACTION_NONE:
    case ACTION_DELETE_BACK:
    case ACTION_DELETE_TO_START:
    case ACTION_DELETE_WORD_BACK:
        filter_key(ui, action, key);
        return true;
    default:
        return false;
    }
}

bool
ui_list_action(struct ui *ui, enum action action, struct key key)
{
    if (action != ACTION_LIST_CLOSE)
        ui->list.closing = 0;
    if (ui->list.filtering)
        return filtering_action(ui, action, key);
    if (action == ACTION_CANCEL) {
        ui_focus_set(ui, KEYMAP_MAIN);
        return true;
    }
    return move_action(ui, action) || group_action(ui, action) || buffer_action(ui, action);
}

char *
ui_list_hint(const struct ui *ui)
{
    GString *out = g_string_new(NULL);

    if (ui->list.filtering) {
        ui_hint_add(ui, out, ACTION_SUBMIT, "show");
        ui_hint_add(ui, out, ACTION_CANCEL, "list all");
        return g_string_free(out, FALSE);
    }
    ui_hint_add(ui, out, ACTION_LIST_SHOW, "show");
    ui_hint_add(ui, out, ACTION_LIST_TOGGLE, "fold");
    ui_hint_add(ui, out, ACTION_LIST_FILTER, "filter");
    ui_hint_add(ui, out, ACTION_LIST_NEXT_UNREAD, "next unread");
    ui_hint_add(ui, out, ACTION_LIST_MUTE, "mute");
    ui_hint_add(ui, out, ACTION_LIST_CLOSE, "close");
    ui_hint_add(ui, out, ACTION_CANCEL, "back");
    return g_string_free(out, FALSE);
}

/* --- what core tells --- */

void
ui_list_notice(struct ui *ui, const struct notice *notice)
{
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
    window_state_read(ui->paths, ui->list.rows);
}

void
ui_list_fini(struct ui *ui)
{
    list_free(ui->list.rows);
    activity_free(ui->list.activity);
}
