/* What the keys do in the inbox: letters act on the line that is marked; what is dealt with goes
 * from the list and can be taken back. */
#include <string.h>

#include "base/span.h"
#include "ui/ui_inbox_priv.h"

#define DONE_MOST      5000 /* of each kind, at once */
#define SNOOZE_MOST_US (30 * 24 * INT64_C(3600) * G_USEC_PER_SEC)

/* --- going there
 * ---------------------------------------------------------------------------------------- */

static void
tell(struct ui_inbox *inbox, const char *text)
{
    ui_tell(inbox->ui, text, false);
}

/* Closes the inbox. The message it is about, where one is meant; unref. */
static struct message *
open_row(struct ui_inbox *inbox)
{
    struct ui *ui = inbox->ui;
    const struct inbox_row *row = inbox_chosen(inbox);

    if (!row)
        return NULL;
    const int64_t buffer_id = row->entry->buffer_id;
    if (row->entry->kind == INBOX_THREADS) {
        g_autofree char *root = g_strdup(row->entry->root);
        ui_over_close(ui);
        ui_thread_show(ui, buffer_id, root);
        return NULL;
    }
    struct message *message =
        inbox_is_of_buffer(row->entry) ? NULL : message_ref(row->entry->message);
    ui_over_close(ui);
    ui_focus_set(ui, KEYMAP_MAIN);
    if (message)
        ui_show_message(ui, message);
    else
        ui_go(ui, buffer_id);
    return message;
}

static void
reply(struct ui_inbox *inbox)
{
    struct ui *ui = inbox->ui;
    const struct inbox_row *row = inbox_chosen(inbox);

    if (row && row->entry->kind == INBOX_FAILED) {
        ui_message_action(ui, ACTION_MESSAGE_REPLY, row->entry->message);
        return;
    }
    struct message *message = open_row(inbox);
    if (message)
        ui_message_action(ui, ACTION_MESSAGE_REPLY, message);
    message_unref(message);
}

/* --- dealing with it
 * ------------------------------------------------------------------------------------- */

/* It goes from the list at once: the same key must not find it again before it is on disk. */
static void
take_away(struct ui_inbox *inbox)
{
    g_ptr_array_remove_index(inbox->rows, (guint)inbox->selected);
    inbox_move_to(inbox, inbox->selected);
}

static GPtrArray *
entries_of(const GPtrArray *rows)
{
    GPtrArray *entries = g_ptr_array_new();

    for (guint i = 0; i < rows->len; i++)
        g_ptr_array_add(entries, ((const struct inbox_row *)rows->pdata[i])->entry);
    return entries;
}

static GPtrArray *
one(const struct inbox_row *row)
{
    GPtrArray *entries = g_ptr_array_new();

    g_ptr_array_add(entries, row->entry);
    return entries;
}

static void
tell_nothing(struct ui_inbox *inbox)
{
    ui_tell(inbox->ui,
            core_is_read_only(inbox->ui->core)
                ? "Another weft runs with this profile: this one only reads."
                : "This has been dealt with already.",
            true);
}

static void
done(struct ui_inbox *inbox)
{
    static const char *const words[INBOX_KIND_N] = {
        [INBOX_MENTIONS] = "Done.",          [INBOX_DIRECTS] = "Done, and read.",
        [INBOX_THREADS] = "Marked as read.", [INBOX_UNREADS] = "Marked as read.",
        [INBOX_SAVED] = "The flag is gone.",
    };
    const struct inbox_row *row = inbox_chosen(inbox);

    if (!row)
        return;
    const enum inbox_kind kind = row->entry->kind;
    g_autoptr(GPtrArray) entries = one(row);
    if (kind == INBOX_FAILED) {
        g_autofree char *again = keymap_first_key(inbox->ui->keymap, ACTION_INBOX_REPLY);
        g_autofree char *drop = keymap_first_key(inbox->ui->keymap, ACTION_INBOX_DROP);
        g_autofree char *text =
            g_strdup_printf("This was not sent: %s sends it again, %s gives it up.", again, drop);
        tell(inbox, text);
        return;
    }
    if (core_inbox_done(inbox->ui->core, entries) == 0) {
        tell_nothing(inbox);
        return;
    }
    g_autofree char *undo = keymap_first_key(inbox->ui->keymap, ACTION_INBOX_UNDO);
    g_autofree char *text = g_strdup_printf("%s %s takes it back.", words[kind], undo);
    take_away(inbox);
    tell(inbox, text);
}

/* What is shown. What is flagged is there to stay: it goes when that alone is looked at. */
static void
all_done(struct ui_inbox *inbox)
{
    const bool mixed = inbox->ui->inbox_at.section == 0;
    const unsigned kinds = mixed ? INBOX_ALL & ~(1u << INBOX_SAVED) : inbox_kinds(inbox);
    g_autoptr(GPtrArray) rows = inbox_load(inbox, kinds, DONE_MOST);
    g_autoptr(GPtrArray) entries = entries_of(rows);
    const unsigned n = core_inbox_done(inbox->ui->core, entries);
    g_autofree char *undo = keymap_first_key(inbox->ui->keymap, ACTION_INBOX_UNDO);
    g_autofree char *text = g_strdup_printf("%u dealt with. %s takes it back.", n, undo);

    if (n == 0 && (core_is_read_only(inbox->ui->core)))
        tell_nothing(inbox);
    else
        tell(inbox, n == 0 ? "There is nothing here that could be done at once." : text);
}

static void
undo(struct ui_inbox *inbox)
{
    tell(inbox, core_inbox_undo(inbox->ui->core)
                    ? "Taken back."
                    : "Nothing was done here that could be taken back.");
}

/* The first time it asks. */
static void
drop(struct ui_inbox *inbox)
{
    struct ui *ui = inbox->ui;
    const struct inbox_row *row = inbox_chosen(inbox);
    g_autoptr(GError) error = NULL;
    g_autofree char *key = keymap_first_key(ui->keymap, ACTION_INBOX_DROP);
    g_autofree char *text = g_strdup_printf("Give up what was not sent? %s again: yes.", key);

    if (!row)
        return;
    if (row->entry->kind != INBOX_FAILED) {
        tell(inbox, "Only what was not sent can be given up.");
    } else if (inbox->dropping != row->entry->message->id) {
        inbox->dropping = row->entry->message->id;
        tell(inbox, text);
    } else if (core_drop(ui->core, row->entry->message->id, &error)) {
        take_away(inbox);
        tell(inbox, "It was given up.");
    } else {
        ui_tell(ui, error->message, true);
    }
}

/* --- snoozing
 * ---------------------------------------------------------------------------------------- */

static void
ask_snooze(struct ui_inbox *inbox)
{
    const struct inbox_row *row = inbox_chosen(inbox);

    if (!row)
        return;
    if (row->entry->kind != INBOX_MENTIONS && row->entry->kind != INBOX_DIRECTS) {
        tell(inbox, "Only what calls you can come back later.");
        return;
    }
    inbox->typing = TYPING_SNOOZE;
    editor_set(inbox->span, "", 0);
}

/* "14:30", or "Tue 14 Oct 07:00" when that is not today. */
static char *
moment_text(const struct ui *ui, int64_t moment_us)
{
    const int64_t now_us = clock_wall_us(core_clock(ui->core));
    g_autofree char *today = ui_format_time(ui, now_us, "%F");
    g_autofree char *day = ui_format_time(ui, moment_us, "%F");

    return ui_format_time(ui, moment_us, strcmp(today, day) == 0 ? "%H:%M" : "%a %d %b %H:%M");
}

static void
snooze(struct ui_inbox *inbox)
{
    struct ui *ui = inbox->ui;
    const struct inbox_row *row = inbox_chosen(inbox);
    g_autofree char *typed = g_strstrip(g_strdup(editor_text(inbox->span)));
    const char *text = *typed ? typed : inbox_usual_span(inbox);
    int64_t span_us;

    if (!span_parse(text, &span_us) || span_us == 0 || span_us > SNOOZE_MOST_US) {
        ui_tell(ui, "For how long? A number and a letter, such as 30m, 2h or 1d; at most 30d.",
                true);
        return;
    }
    inbox->typing = TYPING_NOTHING;
    if (!row)
        return;
    const int64_t until_us = clock_wall_us(core_clock(ui->core)) + span_us;
    g_autoptr(GPtrArray) entries = one(row);
    g_autofree char *moment = moment_text(ui, until_us);
    g_autofree char *told = g_strdup_printf("It comes back at %s.", moment);
    if (core_inbox_snooze(ui->core, entries, until_us) == 0) {
        tell_nothing(inbox);
        return;
    }
    g_strlcpy(ui->snooze_span, text, sizeof ui->snooze_span);
    take_away(inbox);
    tell(inbox, told);
}
/* --- keys
 * -------------------------------------------------------------------------------------------- */

static void
move_by(struct ui_inbox *inbox, int by)
{
    const size_t at = inbox->selected;

    inbox_move_to(inbox, by < 0 && (size_t)-by > at ? 0 : at + (size_t)by);
}

static int
page(const struct ui_inbox *inbox)
{
    const struct rect rect = ui_over_place(inbox->ui);

    return MAX(1, pane_inbox_list_rows(rect) / pane_inbox_entry_rows(rect.cols) - 1);
}

static void
show_section(struct ui_inbox *inbox, int by)
{
    inbox->ui->inbox_at.section = inbox_next_section(inbox, by);
    inbox_show_anew(inbox);
}

static void
end_filter(struct ui_inbox *inbox)
{
    editor_set(inbox->filter, "", 0);
    inbox->typing = TYPING_NOTHING;
    inbox_show_anew(inbox);
}

/* True: it was one of those that move. Lists that take letters move by these, too. */
static bool
move_key(struct ui_inbox *inbox, enum action action)
{
    switch (action) {
    case ACTION_INBOX_UP:
    case ACTION_UP:
    case ACTION_PREV_BUFFER:
        move_by(inbox, -1);
        return true;
    case ACTION_INBOX_DOWN:
    case ACTION_DOWN:
    case ACTION_NEXT_BUFFER:
        move_by(inbox, 1);
        return true;
    case ACTION_INBOX_PAGE_UP:
    case ACTION_SCROLL_UP:
        move_by(inbox, -page(inbox));
        return true;
    case ACTION_INBOX_PAGE_DOWN:
    case ACTION_SCROLL_DOWN:
        move_by(inbox, page(inbox));
        return true;
    case ACTION_INBOX_FIRST:
        inbox_move_to(inbox, 0);
        return true;
    case ACTION_INBOX_LAST:
        inbox_move_to(inbox, SIZE_MAX);
        return true;
    default:
        return false;
    }
}

static void
filter_key(struct ui_inbox *inbox, enum action action, struct key key)
{
    const unsigned serial = editor_serial(inbox->filter);

    if (action == ACTION_CANCEL) {
        end_filter(inbox);
        return;
    }
    if (action == ACTION_SUBMIT) {
        message_unref(open_row(inbox));
        return;
    }
    if (action == ACTION_COMPLETE) {
        inbox->typing = TYPING_NOTHING;
        return;
    }
    if (move_key(inbox, action) || action == ACTION_NEWLINE)
        return;
    if (action != ACTION_NONE)
        editor_action(inbox->filter, action, NULL);
    else if (key_is_text(key))
        editor_insert_char(inbox->filter, key.code);
    if (serial != editor_serial(inbox->filter))
        inbox_show_anew(inbox);
}

static void
snooze_key(struct ui_inbox *inbox, enum action action, struct key key)
{
    if (action == ACTION_CANCEL)
        inbox->typing = TYPING_NOTHING;
    else if (action == ACTION_SUBMIT)
        snooze(inbox);
    else if (action == ACTION_NONE && key_is_text(key))
        editor_insert_char(inbox->span, key.code);
    else if (action != ACTION_NONE && action != ACTION_NEWLINE)
        editor_action(inbox->span, action, NULL);
}

/* True: it was one of those that act. */
static bool
act_key(struct ui_inbox *inbox, enum action action)
{
    switch (action) {
    case ACTION_INBOX_OPEN:
        message_unref(open_row(inbox));
        return true;
    case ACTION_INBOX_REPLY:
        reply(inbox);
        return true;
    case ACTION_INBOX_DONE:
        done(inbox);
        return true;
    case ACTION_INBOX_ALL_DONE:
        all_done(inbox);
        return true;
    case ACTION_INBOX_SNOOZE:
        ask_snooze(inbox);
        return true;
    case ACTION_INBOX_UNDO:
        undo(inbox);
        return true;
    case ACTION_INBOX_DROP:
        drop(inbox);
        return true;
    case ACTION_INBOX_NEXT:
    case ACTION_INBOX_PREV:
        show_section(inbox, action == ACTION_INBOX_NEXT ? 1 : -1);
        return true;
    case ACTION_INBOX_FILTER:
        inbox->typing = TYPING_FILTER;
        return true;
    default:
        return false;
    }
}

static void
list_key(struct ui_inbox *inbox, enum action action)
{
    if (move_key(inbox, action))
        return;
    if (action != ACTION_INBOX_DROP)
        inbox->dropping = 0;
    if (act_key(inbox, action))
        return;
    if (action == ACTION_CANCEL && !editor_is_empty(inbox->filter))
        end_filter(inbox);
    else if (action == ACTION_CANCEL || action == ACTION_INBOX_CLOSE)
        ui_over_close(inbox->ui);
    else if (action == ACTION_NONE)
        tell(inbox, "Here letters act on the line that is marked. Esc closes the inbox.");
}

void
ui_inbox_key(struct ui_inbox *inbox, enum action action, struct key key)
{
    if (action == ACTION_INBOX)
        ui_over_close(inbox->ui);
    else if (action == ACTION_MARK_ALL_READ)
        ui_read_mark_all(inbox->ui);
    else if (action == ACTION_RESTORE_READ)
        ui_read_restore(inbox->ui);
    else if (inbox->typing == TYPING_FILTER)
        filter_key(inbox, action, key);
    else if (inbox->typing == TYPING_SNOOZE)
        snooze_key(inbox, action, key);
    else
        list_key(inbox, action);
}

void
ui_inbox_choose(struct ui_inbox *inbox, size_t row)
{
    inbox_move_to(inbox, row);
    message_unref(open_row(inbox));
}

void
ui_inbox_paste(struct ui_inbox *inbox, const char *text, size_t len)
{
    if (inbox->typing == TYPING_NOTHING)
        return;
    editor_insert(inbox->typing == TYPING_FILTER ? inbox->filter : inbox->span, text, len);
    if (inbox->typing == TYPING_FILTER)
        inbox_show_anew(inbox);
}

/* --- the line of hints
 * ---------------------------------------------------------------------------------- */

static void
hint_row(const struct ui *ui, GString *out, enum inbox_kind kind)
{
    static const char *const done_words[INBOX_KIND_N] = {[INBOX_MENTIONS] = "done",
                                                         [INBOX_DIRECTS] = "done",
                                                         [INBOX_THREADS] = "mark read",
                                                         [INBOX_UNREADS] = "mark read",
                                                         [INBOX_SAVED] = "unflag"};

    ui_hint_add(ui, out, ACTION_INBOX_OPEN, "open");
    if (kind != INBOX_UNREADS)
        ui_hint_add(ui, out, ACTION_INBOX_REPLY, kind == INBOX_FAILED ? "send again" : "reply");
    if (kind == INBOX_FAILED)
        ui_hint_add(ui, out, ACTION_INBOX_DROP, "give up");
    if (done_words[kind])
        ui_hint_add(ui, out, ACTION_INBOX_DONE, done_words[kind]);
    if (kind == INBOX_MENTIONS || kind == INBOX_DIRECTS)
        ui_hint_add(ui, out, ACTION_INBOX_SNOOZE, "snooze");
}

char *
ui_inbox_hint(const struct ui_inbox *inbox)
{
    const struct ui *ui = inbox->ui;
    const struct inbox_row *row = inbox_chosen(inbox);
    GString *out = g_string_new(NULL);

    if (inbox->typing != TYPING_NOTHING) {
        const bool filter = inbox->typing == TYPING_FILTER;
        ui_hint_add(ui, out, ACTION_SUBMIT, filter ? "open" : "let it come back then");
        if (filter)
            ui_hint_add(ui, out, ACTION_COMPLETE, "keep the filter");
        ui_hint_add(ui, out, ACTION_CANCEL, filter ? "list all" : "back");
        return g_string_free(out, FALSE);
    }
    if (row) {
        hint_row(ui, out, row->entry->kind);
        ui_hint_add(ui, out, ACTION_INBOX_ALL_DONE, "all done");
    }
    ui_hint_add(ui, out, ACTION_INBOX_UNDO, "undo");
    if (row) {
        ui_hint_add(ui, out, ACTION_INBOX_FILTER, "filter");
        ui_hint_add(ui, out, ACTION_INBOX_NEXT, "next");
    }
    ui_hint_add(ui, out, ACTION_CANCEL, "back");
    return g_string_free(out, FALSE);
}
