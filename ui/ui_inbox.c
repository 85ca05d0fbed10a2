/* The inbox: what waits for the person, over all accounts, over the timeline; what of it is shown.
 */
#include <string.h>

#include "ui/ui_inbox_priv.h"

#define EACH_MOST 200 /* of each kind are listed */

static const char *const names[INBOX_KIND_N] = {
    [INBOX_MENTIONS] = "mentions", [INBOX_DIRECTS] = "DMs",    [INBOX_THREADS] = "threads",
    [INBOX_FAILED] = "failed",     [INBOX_UNREADS] = "unread", [INBOX_SAVED] = "saved"};

/* --- the rows
 * ---------------------------------------------------------------------------------------- */

static void
row_free(gpointer memory)
{
    struct inbox_row *row = memory;

    inbox_entry_free(row->entry);
    g_free(row->words);
    g_free(row->folded);
    g_free(row);
}

unsigned
inbox_kinds(const struct ui_inbox *inbox)
{
    return inbox->ui->inbox_at.section == 0 ? INBOX_ALL : 1u << (inbox->ui->inbox_at.section - 1);
}

bool
inbox_is_of_buffer(const struct inbox_entry *entry)
{
    return entry->kind == INBOX_DIRECTS || entry->kind == INBOX_UNREADS;
}

static int64_t
id_of(const struct inbox_entry *entry)
{
    if (entry->kind == INBOX_THREADS)
        return (int64_t)g_str_hash(entry->root);
    return inbox_is_of_buffer(entry) ? entry->buffer_id : entry->message->id;
}

static char *
words_of(const struct inbox_entry *entry)
{
    g_autofree char *words = entry->message ? line_words(entry->message) : g_strdup("");

    if (entry->kind != INBOX_FAILED || !entry->message->error)
        return g_steal_pointer(&words);
    return g_strdup_printf("%s (%s)", words, entry->message->error);
}

static void
fill_words(const struct ui *ui, struct inbox_row *row)
{
    const struct message *message = row->entry->message;
    const struct buffer *buffer = core_buffer(ui->core, row->entry->buffer_id);
    const struct account *account = buffer ? core_account(ui->core, buffer->account_id) : NULL;

    g_free(row->words);
    g_free(row->folded);
    row->words = words_of(row->entry);
    g_autofree char *all =
        g_strjoin(" ", buffer ? buffer->name : "", account ? account->name : "",
                  message && message->sender_name ? message->sender_name : "", row->words, NULL);
    row->folded = g_utf8_casefold(all, -1);
}

static struct inbox_row *
row_new(const struct ui *ui, struct inbox_entry *entry_take)
{
    struct inbox_row *row = g_new0(struct inbox_row, 1);

    row->entry = entry_take;
    fill_words(ui, row);
    return row;
}

GPtrArray *
inbox_load(const struct ui_inbox *inbox, unsigned kinds, unsigned most)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func(row_free);
    GPtrArray *entries = core_inbox_entries(inbox->ui->core, kinds, most);
    g_autofree char *folded = g_utf8_casefold(editor_text(inbox->filter), -1);
    g_auto(GStrv) words = g_strsplit(folded, " ", -1);

    g_ptr_array_set_free_func(entries, NULL); /* the rows take them */
    for (guint i = 0; i < entries->len; i++) {
        struct inbox_row *row = row_new(inbox->ui, entries->pdata[i]);
        bool passes = true;
        for (size_t k = 0; words[k]; k++)
            passes = passes && strstr(row->folded, words[k]) != NULL;
        if (passes)
            g_ptr_array_add(rows, row);
        else
            row_free(row);
    }
    g_ptr_array_unref(entries);
    return rows;
}

struct inbox_row *
inbox_chosen(const struct ui_inbox *inbox)
{
    return inbox->selected < inbox->rows->len ? inbox->rows->pdata[inbox->selected] : NULL;
}

/* Where one is, also after the inbox was closed. */
static void
keep_place(struct ui_inbox *inbox)
{
    const struct inbox_row *row = inbox_chosen(inbox);

    if (!row)
        return;
    inbox->ui->inbox_at.kind = row->entry->kind;
    inbox->ui->inbox_at.id = id_of(row->entry);
}

void
inbox_move_to(struct ui_inbox *inbox, size_t row)
{
    inbox->selected = inbox->rows->len > 0 ? MIN(row, (size_t)inbox->rows->len - 1) : 0;
    inbox->dropping = 0;
    keep_place(inbox);
}

/* The mark stays on its line; when that has gone, on what stands in its place now. */
static void
load(struct ui_inbox *inbox)
{
    const struct ui_inbox_place at = inbox->ui->inbox_at;
    const int64_t dropping = inbox->dropping;
    size_t selected = inbox->selected;

    inbox->stale = false;
    g_ptr_array_unref(inbox->rows);
    inbox->rows = inbox_load(inbox, inbox_kinds(inbox), EACH_MOST);
    for (guint i = 0; i < inbox->rows->len; i++) {
        const struct inbox_row *row = inbox->rows->pdata[i];
        if (row->entry->kind == at.kind && id_of(row->entry) == at.id)
            selected = i;
    }
    inbox_move_to(inbox, selected);
    inbox->dropping = dropping;
}

/* --- life
 * ---------------------------------------------------------------------------------------------- */

struct ui_inbox *
ui_inbox_new(struct ui *ui)
{
    struct ui_inbox *inbox = g_new0(struct ui_inbox, 1);

    inbox->ui = ui;
    inbox->rows = g_ptr_array_new_with_free_func(row_free);
    inbox->filter = editor_new(ui_rules(ui));
    inbox->span = editor_new(ui_rules(ui));
    if (ui->inbox_at.section != 0 && core_inbox_counts(ui->core)->n[ui->inbox_at.section - 1] == 0)
        ui->inbox_at.section = 0;
    /* What is saved is gone through like a book; of all else the newest is wanted. */
    if (ui->inbox_at.section != INBOX_SAVED + 1)
        ui->inbox_at.id = 0;
    load(inbox);
    return inbox;
}

void
ui_inbox_free(struct ui_inbox *inbox)
{
    if (!inbox)
        return;
    g_ptr_array_unref(inbox->rows);
    editor_free(inbox->filter);
    editor_free(inbox->span);
    g_free(inbox);
}

bool
ui_inbox_types(const struct ui_inbox *inbox)
{
    return inbox->typing != TYPING_NOTHING;
}

/* The last that was said in an unread buffer, without loading the list anew for each. */
static void
message_came(struct ui_inbox *inbox, struct message *message, bool is_new)
{
    if (message->kind > MESSAGE_NOTICE ||
        (message->flags & (MESSAGE_OWN | MESSAGE_MENTION | MESSAGE_IGNORED | MESSAGE_ASIDE)) != 0)
        return;
    for (guint i = 0; i < inbox->rows->len; i++) {
        struct inbox_row *row = inbox->rows->pdata[i];
        struct inbox_entry *entry = row->entry;

        if (entry->kind != INBOX_UNREADS || entry->buffer_id != message->buffer_id ||
            !(is_new || (entry->message && entry->message->id == message->id)))
            continue;
        if ((message->flags & MESSAGE_DELETED) != 0) {
            inbox->stale = true; /* what was said before it stands there now */
            return;
        }
        message_ref(message);
        message_unref(entry->message);
        entry->message = message;
        fill_words(inbox->ui, row);
    }
}

void
ui_inbox_notice(struct ui_inbox *inbox, const struct notice *notice)
{
    switch (notice->type) {
    case NOTICE_INBOX:
    case NOTICE_CONFIG:
    case NOTICE_MESSAGES_RELOAD:
    case NOTICE_BUFFER_ADDED:
    case NOTICE_BUFFER_CLOSED:
        inbox->stale = true;
        break;
    case NOTICE_MESSAGE:
    case NOTICE_MESSAGE_CHANGED:
        message_came(inbox, notice->message, notice->type == NOTICE_MESSAGE);
        break;
    default:
        break;
    }
}

const char *
inbox_usual_span(const struct ui_inbox *inbox)
{
    return *inbox->ui->snooze_span ? inbox->ui->snooze_span : "1h";
}

unsigned
inbox_next_section(const struct ui_inbox *inbox, int by)
{
    const struct inbox_counts *counts = core_inbox_counts(inbox->ui->core);
    const unsigned n = INBOX_KIND_N + 1;
    unsigned section = inbox->ui->inbox_at.section;

    do
        section = (section + n + (unsigned)by) % n;
    while (section != 0 && counts->n[section - 1] == 0);
    return section;
}

void
inbox_show_anew(struct ui_inbox *inbox)
{
    inbox->ui->inbox_at.id = 0;
    inbox->selected = inbox->top = 0;
    load(inbox);
}

/* --- drawing
 * ----------------------------------------------------------------------------------------- */

char *
ui_when(const struct ui *ui, int64_t time_us)
{
    const int64_t now_us = clock_wall_us(core_clock(ui->core));
    g_autofree char *today = ui_format_time(ui, now_us, "%F");
    g_autofree char *day = ui_format_time(ui, time_us, "%F");

    if (strcmp(today, day) == 0)
        return ui_format_time(ui, time_us, "%H:%M");
    return ui_format_time(ui, time_us, strncmp(today, day, 4) == 0 ? "%d %b" : "%Y");
}

static char *
lead_of(const struct inbox_entry *entry)
{
    if (entry->kind == INBOX_FAILED)
        return g_strdup(entry->message->state == MESSAGE_UNKNOWN ? "PERHAPS NOT SENT: "
                                                                 : "NOT SENT: ");
    if (entry->kind == INBOX_THREADS)
        return g_strdup_printf("(%u new) ", entry->n);
    if (entry->kind == INBOX_DIRECTS && entry->n > 1)
        return g_strdup_printf("(%u) ", entry->n);
    return NULL;
}

static void
fill_entry(const struct ui *ui, const struct inbox_row *row, struct view_inbox_entry *view)
{
    static const struct {
        char mark;
        enum role role;
    } marks[INBOX_KIND_N] = {
        [INBOX_MENTIONS] = {'@', ROLE_MENTION}, [INBOX_DIRECTS] = {'@', ROLE_MENTION},
        [INBOX_THREADS] = {'T', ROLE_UNREAD},   [INBOX_FAILED] = {'!', ROLE_FAILED},
        [INBOX_UNREADS] = {'u', ROLE_UNREAD},   [INBOX_SAVED] = {'*', ROLE_POPUP}};
    const struct inbox_entry *entry = row->entry;
    const struct message *message = entry->message;
    const struct buffer *buffer = core_buffer(ui->core, entry->buffer_id);
    const struct account *account = buffer ? core_account(ui->core, buffer->account_id) : NULL;
    /* Of a conversation with one person the name is said already. */
    const bool named = entry->kind == INBOX_DIRECTS && buffer && buffer->kind == BUFFER_DIRECT;

    view->mark = marks[entry->kind].mark;
    view->role = marks[entry->kind].role;
    view->name = buffer ? buffer->name : "";
    view->number = buffer ? buffer->number : 0;
    view->account = account ? account->label ? account->label : account->name : NULL;
    view->lead = lead_of(entry);
    view->lead_role = entry->kind == INBOX_FAILED    ? ROLE_FAILED
                      : entry->kind == INBOX_THREADS ? ROLE_UNREAD
                                                     : ROLE_POPUP;
    view->action = message && message->kind == MESSAGE_ACTION;
    if (message && entry->kind != INBOX_FAILED && (!named || view->action))
        view->sender = message->sender_name ? message->sender_name : "the server";
    view->text = row->words;
    if (entry->kind == INBOX_UNREADS && buffer && buffer->unread > buffer->mentions) {
        GString *count = g_string_new(NULL);
        draw_count(count, buffer->unread - buffer->mentions);
        view->when = g_string_free(count, FALSE);
    } else {
        view->when = message ? ui_when(ui, message->time_us) : g_strdup("");
    }
}

static size_t
fill_tabs(const struct ui_inbox *inbox, struct view_inbox_tab *tabs)
{
    const struct inbox_counts *counts = core_inbox_counts(inbox->ui->core);
    const unsigned section = inbox->ui->inbox_at.section;
    size_t n = 0;

    tabs[n++] = (struct view_inbox_tab){.name = "all", .selected = section == 0};
    for (unsigned kind = 0; kind < INBOX_KIND_N; kind++) {
        if (counts->n[kind] > 0 || section == kind + 1)
            tabs[n++] = (struct view_inbox_tab){names[kind], counts->n[kind], section == kind + 1};
    }
    return n;
}

static char *
empty_text(const struct ui_inbox *inbox)
{
    const struct ui *ui = inbox->ui;
    const unsigned section = ui->inbox_at.section;
    g_autofree char *messages = keymap_first_key(ui->keymap, ACTION_FOCUS_NEXT);
    g_autofree char *flag = keymap_first_key(ui->keymap, ACTION_MESSAGE_FLAG);

    if (!editor_is_empty(inbox->filter))
        return g_strdup("Nothing here has these letters.");
    if (section == INBOX_SAVED + 1)
        return g_strdup_printf("Nothing is saved. %s and then %s on a message flags it.", messages,
                               flag);
    if (section != 0)
        return g_strdup_printf("Nothing waits under \"%s\" any more.", names[section - 1]);
    return g_strdup_printf(
        "Nothing waits for you.\n\nHere comes what calls you, from all accounts: messages with "
        "your name or with one of your words, direct messages, threads that you follow, what could "
        "not be sent, channels with something unread, and what you flag (%s, then %s).",
        messages, flag);
}

static void
fill_prompt(const struct ui_inbox *inbox, struct view_inbox *view, char *status, size_t size)
{
    view->typing = inbox->typing != TYPING_NOTHING;
    view->status = status;
    if (inbox->typing == TYPING_SNOOZE) {
        view->prompt = " snooze for> ";
        view->editor = inbox->span;
        g_snprintf(status, size, "30m 2h 1d; Enter alone: %s", inbox_usual_span(inbox));
    } else if (view->typing || !editor_is_empty(inbox->filter)) {
        view->prompt = " INBOX filter> ";
        view->editor = inbox->filter;
        g_snprintf(status, size, "%u found", inbox->rows->len);
    }
}

void
ui_inbox_draw(struct ui_inbox *inbox, const struct canvas *canvas, struct rect rect)
{
    const int each = pane_inbox_entry_rows(rect.cols);
    const size_t fit = (size_t)(pane_inbox_list_rows(rect) / each);
    struct view_inbox_tab tabs[INBOX_KIND_N + 1];
    g_autofree char *empty = empty_text(inbox);
    char status[64];
    struct view_inbox view = {
        .tabs = tabs, .accounts = core_accounts(inbox->ui->core)->len > 1, .empty = empty};
    struct view_inbox_entry *entries;

    view.n_tabs = fill_tabs(inbox, tabs); /* first: what changes after it is told again */
    if (inbox->stale)
        load(inbox);
    fill_prompt(inbox, &view, status, sizeof status);
    if (inbox->selected < inbox->top)
        inbox->top = inbox->selected;
    if (fit > 0 && inbox->selected >= inbox->top + fit)
        inbox->top = inbox->selected - fit + 1;
    inbox->top = MIN(inbox->top, inbox->rows->len > fit ? inbox->rows->len - fit : 0);
    view.n = MIN(fit, inbox->rows->len - inbox->top);
    view.selected = inbox->selected - inbox->top;
    entries = g_new0(struct view_inbox_entry, MAX(1, view.n));
    for (size_t i = 0; i < view.n; i++)
        fill_entry(inbox->ui, inbox->rows->pdata[inbox->top + i], &entries[i]);
    view.entries = entries;
    pane_inbox_draw(canvas, rect, &view);
    inbox->ui->drawn = (struct drawn_list){
        .rect = {rect.row + 1, rect.col, (int)view.n * each, rect.cols},
        .each = each,
        .first = inbox->top,
        .n = view.n,
    };
    for (size_t i = 0; i < view.n; i++) {
        g_free(entries[i].when);
        g_free(entries[i].lead);
    }
    g_free(entries);
}
