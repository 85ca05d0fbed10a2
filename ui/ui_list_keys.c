/* What the keys do while the list of buffers has them. */
#include "ui/ui_priv.h"

#include "ui/window_state.h"

/* --- places --- */

static const struct list_row *
row_at(struct ui *ui, size_t i)
{
    size_t n;
    const struct list_row *rows = list_rows(ui->list.rows, &n);
    return i < n ? &rows[i] : NULL;
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
    const size_t at = ui_list_cursor(ui);

    move_to(ui, by < 0 && (size_t)-by > at ? 0 : at + (size_t)by);
}

static int
page(const struct ui *ui)
{
    return MAX(1, ui->list.rows_in_sight - 1);
}

/* --- folding, filtering --- */

static void
remember(const struct ui *ui)
{
    window_state_write(ui->paths, ui->list.rows, ui->window->shown);
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
    const size_t at = ui_list_cursor(ui);
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
    const size_t at = ui_list_cursor(ui);
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
    else if (action == ACTION_DELETE_TO_START || action == ACTION_DELETE_TO_SPACE ||
             action == ACTION_DELETE_WORD_BACK)
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
    const struct list_row *row = row_at(ui, ui_list_cursor(ui));

    if (!row)
        return;
    if (row->buffer_id == 0) {
        toggle_fold(ui, ui_list_cursor(ui));
        return;
    }
    ui_go(ui, row->buffer_id);
    ui_focus_set(ui, KEYMAP_MAIN);
}

void
ui_list_click(struct ui *ui, size_t row, bool on_mark)
{
    const struct list_row *at = row_at(ui, row);

    if (!at)
        return;
    if (on_mark && at->kind != LIST_BUFFER) {
        toggle_fold(ui, row);
        return;
    }
    move_to(ui, row);
    show_row(ui);
}

/* The buffer where one is; NULL, and says so: it is a heading without one. */
static const struct buffer *
chosen(struct ui *ui)
{
    const struct list_row *row = row_at(ui, ui_list_cursor(ui));
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

static bool
stands_under(const struct list_row *row, const struct buffer *buffer)
{
    const bool apart = buffer_stands_apart(buffer);

    switch (row->kind) {
    case LIST_BUFFER:
        return buffer->id == row->id;
    case LIST_ACCOUNT:
        return !apart && buffer->account_id == row->id;
    case LIST_SPACE:
        return !apart && buffer->listed_in == row->id;
    case LIST_GROUP:
        return buffer->group_place != 0 && buffer->group_id == row->id;
    case LIST_DIRECT:
        return apart;
    }
    return false;
}

/* One buffer, or all that a heading has. */
static void
mark_read(struct ui *ui)
{
    const struct list_row *row = row_at(ui, ui_list_cursor(ui));
    const GPtrArray *buffers = core_buffers(ui->core);
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));

    for (guint i = 0; row && i < buffers->len; i++) {
        const struct buffer *buffer = g_ptr_array_index(buffers, i);
        if (stands_under(row, buffer))
            g_array_append_val(ids, buffer->id);
    }
    ui_read_mark(ui, (const int64_t *)(void *)ids->data, ids->len);
}

static void
peek(struct ui *ui)
{
    const struct buffer *buffer = chosen(ui);

    if (!buffer)
        return;
    if (ui->peek.from == 0)
        ui_peek_toggle(ui);
    ui_show(ui, buffer->id);
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

/* Where one is: a buffer of the space or the account. */
static int64_t
buffer_near(struct ui *ui)
{
    size_t at = ui_list_cursor(ui);
    const struct list_row *row = row_at(ui, at), *below = row;

    while (below && (below->kind == LIST_SPACE || below->kind == LIST_GROUP))
        below = row_at(ui, ++at);
    if (below && below != row && below->kind == LIST_BUFFER)
        return below->buffer_id;
    return row && row->buffer_id != 0 ? row->buffer_id : ui->window->shown;
}

static void
make_or_browse(struct ui *ui, bool makes)
{
    g_autoptr(GError) error = NULL;
    const int64_t near = buffer_near(ui);

    if (makes ? !ui_over_make(ui, near, NULL, &error) : !ui_over_browse(ui, near, NULL, &error))
        ui_tell(ui, error->message, true);
    else
        ui_focus_set(ui, KEYMAP_MAIN);
}

/* Trades numbers with the buffer that stands beside it in its group. */
static void
trade_places(struct ui *ui, int by)
{
    const size_t at = ui_list_cursor(ui);
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
    const size_t at = ui_list_cursor(ui);

    for (size_t i = 1; i < n; i++) {
        const size_t next = (at + (by > 0 ? i : n - i)) % n;
        const struct view_entry entry = ui_list_entry(ui, &rows[next]);
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
        toggle_fold(ui, ui_list_cursor(ui));
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
    case ACTION_LIST_CREATE:
    case ACTION_LIST_BROWSE:
        make_or_browse(ui, action == ACTION_LIST_CREATE);
        return true;
    case ACTION_LIST_EARLIER:
    case ACTION_LIST_LATER:
        trade_places(ui, action == ACTION_LIST_EARLIER ? -1 : 1);
        return true;
    case ACTION_LIST_PEEK:
        peek(ui);
        return true;
    case ACTION_LIST_READ:
        mark_read(ui);
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
    case ACTION_DELETE_TO_SPACE:
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
    ui_hint_add(ui, out, ACTION_LIST_CREATE, "make");
    ui_hint_add(ui, out, ACTION_LIST_BROWSE, "join");
    ui_hint_add(ui, out, ACTION_LIST_NEXT_UNREAD, "next unread");
    ui_hint_add(ui, out, ACTION_LIST_MUTE, "mute");
    ui_hint_add(ui, out, ACTION_LIST_CLOSE, "close");
    ui_hint_add(ui, out, ACTION_CANCEL, "back");
    return g_string_free(out, FALSE);
}
