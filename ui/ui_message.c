/* What the letters of the message cursor do to the message that it is on. What the network cannot
 * do is said before anything is asked of it. */
#include "ui/ui_priv.h"

#include <string.h>

#include "core/edit.h"
#include "core/inbox.h"
#include "core/mark.h"
#include "text/plain.h"

#define QUOTE_LINES 12
#define QUOTE_BYTES 2000

static bool
is_said(const struct message *message)
{
    return message->kind <= MESSAGE_NOTICE &&
           (message->flags & (MESSAGE_DELETED | MESSAGE_NOT_STORED)) == 0;
}

/* It rests in the outbox, and the person decides. */
static bool
is_failed(const struct ui *ui, const struct message *message)
{
    return core_rests(ui->core, message->id);
}

static bool
can(const struct ui *ui, enum capability capability)
{
    const struct buffer *buffer = ui_buffer(ui);
    return buffer && (buffer->caps & capability) != 0;
}

/* True, or it is said why not. */
static bool
must(struct ui *ui, enum capability capability)
{
    if (can(ui, capability))
        return true;
    ui_tell(ui, capability_lack(capability), true);
    return false;
}

static void
tell_error(struct ui *ui, const GError *error)
{
    ui_tell(ui, error ? error->message : "This cannot be done.", true);
}

/* --- answering
 * --------------------------------------------------------------------------------------- */

static void
reply(struct ui *ui, struct message *message)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *lack = NULL;

    if (is_failed(ui, message)) {
        if (core_retry(ui->core, message->id, &error))
            ui_tell(ui, "It is sent again.", false);
        else
            tell_error(ui, error);
        return;
    }
    if (message->state == MESSAGE_FAILED) {
        ui_tell(ui, "Nobody has seen this: it was not sent.", true);
        return;
    }
    if (!is_said(message)) {
        ui_tell(ui, "Only what somebody has said can be answered.", true);
        return;
    }
    if (!must(ui, CAP_SEND))
        return;
    /* Where answers stand apart, one sees where this one goes. */
    if (can(ui, CAP_FOLLOW) && message->remote_id) {
        ui_thread_message(ui, message);
        return;
    }
    if (!core_can_reply(ui->core, message))
        lack = g_strdup_printf("%s Your answer will begin with the name.",
                               can(ui, CAP_REPLY) ? "The network gave this message no id."
                                                  : capability_lack(CAP_REPLY));
    ui_reply_set(ui, message);
    ui_focus_set(ui, KEYMAP_MAIN);
    ui_tell(ui, lack, false);
}

/* "> maria: Who takes minutes", a line for each of the message's. */
static char *
quoted(const struct message *message)
{
    const char *name = message->sender_name ? message->sender_name : "the server";
    g_autofree char *text = plain_dup(message->body->text, QUOTE_BYTES);
    g_auto(GStrv) lines = g_strsplit(text, "\n", QUOTE_LINES + 1);
    GString *out = g_string_new(NULL);

    for (int i = 0; lines[i] && i < QUOTE_LINES; i++) {
        g_string_append(out, "> ");
        if (i == 0)
            g_string_append_printf(out, "%s: ", name);
        g_string_append_printf(out, "%s\n", lines[i]);
    }
    if (g_strv_length(lines) > QUOTE_LINES)
        g_string_append(out, "> …\n");
    return g_string_free(out, FALSE);
}

static void
quote(struct ui *ui, const struct message *message)
{
    g_autofree char *text = NULL;

    if (message->body->len == 0) {
        ui_tell(ui, "There is nothing in it to quote.", true);
        return;
    }
    if (!must(ui, CAP_SEND))
        return;
    text = quoted(message);
    ui_focus_set(ui, KEYMAP_MAIN);
    if (!editor_is_empty(ui->editor))
        editor_insert(ui->editor, "\n", 1);
    editor_insert(ui->editor, text, strlen(text));
    ui_draft_changed(ui);
}

/* --- taking back
 * ------------------------------------------------------------------------------------- */

static bool
may_delete(struct ui *ui, const struct message *message)
{
    if (is_failed(ui, message) || core_waits(ui->core, message->id))
        return true;
    if (!must(ui, CAP_DELETE))
        return false;
    if (is_said(message) && message->remote_id)
        return true;
    ui_tell(ui,
            is_said(message) ? "The network gave this message no name by which it could be meant."
                             : "There is nothing here that could be deleted.",
            true);
    return false;
}

/* The first time it asks; the next key says yes or no. */
static void
delete_(struct ui *ui, const struct message *message, bool asked)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *key = keymap_first_key(ui->keymap, ACTION_MESSAGE_DELETE);
    g_autofree char *when = ui_format_time(ui, message->time_us, "%H:%M");
    const bool failed = is_failed(ui, message), own = (message->flags & MESSAGE_OWN) != 0;
    bool good;

    if (!may_delete(ui, message))
        return;
    if (core_waits(ui->core, message->id)) {
        /* There is no time to ask, and its words stay. */
        if (core_drop(ui->core, message->id, &error))
            ui_tell(ui, "It was taken back before it left.", false);
        else
            tell_error(ui, error);
        return;
    }
    if (!asked) {
        g_autofree char *text =
            failed ? g_strdup_printf("%s again gives up what was not sent.", key)
                   : g_strdup_printf("%s again deletes %s message of %s for everybody.", key,
                                     own ? "your" : "this", when);
        ui->deleting = message->id;
        ui_tell(ui, text, false);
        return;
    }
    good = failed ? core_drop(ui->core, message->id, &error)
                  : core_delete(ui->core, message->id, &error);
    if (good)
        ui_tell(ui, failed ? "It was given up." : "The network was asked to delete it.", false);
    else
        tell_error(ui, error);
}

/* --- reacting
 * ---------------------------------------------------------------------------------------- */

bool
ui_message_may_react(struct ui *ui, const struct message *message)
{
    if (!must(ui, CAP_REACT))
        return false;
    if (is_said(message) && message->remote_id)
        return true;
    ui_tell(ui,
            is_said(message) ? "The network gave this message no name by which it could be meant."
                             : "Only to what somebody has said can one react.",
            true);
    return false;
}

static const struct reaction *
find_reaction(const struct message *message, const char *emoji)
{
    for (guint i = 0; message->reactions && i < message->reactions->len; i++) {
        const struct reaction *reaction = message->reactions->pdata[i];
        if (strcmp(reaction->emoji, emoji) == 0)
            return reaction;
    }
    return NULL;
}

/* What is there of ours is taken back. */
void
ui_message_react(struct ui *ui, const struct message *message, const char *emoji)
{
    const struct reaction *reaction = find_reaction(message, emoji);
    g_autoptr(GError) error = NULL;

    if (!core_react(ui->core, message->id, emoji, !(reaction && reaction->own), &error))
        tell_error(ui, error);
}

static void
react_to_shown(struct ui *ui, const struct message *message, guint n)
{
    if (!ui_message_may_react(ui, message))
        return;
    if (!message->reactions || n >= message->reactions->len) {
        ui_tell(ui, "There are not so many reactions here.", true);
        return;
    }
    g_autofree char *emoji = /* the message may change meanwhile */
        g_strdup(((const struct reaction *)message->reactions->pdata[n])->emoji);
    ui_message_react(ui, message, emoji);
}

static void
react(struct ui *ui, struct message *message, bool thumb)
{
    const struct emoji *plus = emoji_by_name("+1");

    if (!ui_message_may_react(ui, message))
        return;
    if (thumb)
        ui_message_react(ui, message, plus->text);
    else
        ui_over_react(ui, message);
}

/* --- for oneself
 * ------------------------------------------------------------------------------------- */

static void
flag(struct ui *ui, const struct message *message)
{
    const bool on = (message->flags & MESSAGE_FLAGGED) == 0;
    g_autoptr(GError) error = NULL;

    if (!core_flag(ui->core, message->id, on, &error))
        tell_error(ui, error);
    else
        ui_tell(ui,
                !on ? "The flag is gone."
                : core_flag_is_told(ui->core, message)
                    ? "Flagged: it is in the inbox under \"saved\", and the network keeps it too."
                    : "Flagged: it is in the inbox under \"saved\", on this machine alone.",
                false);
}

static void
pin(struct ui *ui, const struct message *message)
{
    const bool on = (message->flags & MESSAGE_PINNED) == 0;
    g_autoptr(GError) error = NULL;

    if (!core_pin(ui->core, message->id, on, &error))
        tell_error(ui, error);
    else
        ui_tell(ui,
                on ? "The network was asked to pin it. /pins lists what is pinned."
                   : "The network was asked to take the pin away.",
                false);
}

static void
unread(struct ui *ui, const struct message *message)
{
    const struct position before = {message->sort_key, message->id - 1};

    if (message->id <= 0) {
        ui_tell(ui, "This line is not stored: nothing can be unread from here.", true);
        return;
    }
    core_mark_read(ui->core, ui->window->shown, before, true);
    ui_windows_keep_unread(ui, ui->window->shown, true);
    ui_windows_set_new_line(ui, ui->window->shown, true, before);
    ui_focus_set(ui, KEYMAP_MAIN);
    ui_tell(ui, "Unread from here, until you come back to this buffer.", false);
}

static void
press(struct ui *ui, struct message *message)
{
    if (!message->buttons)
        ui_tell(ui, "There is no button in this message.", true);
    else if (must(ui, CAP_BUTTONS))
        ui_over_buttons(ui, message);
}

/* --- the letters
 * ------------------------------------------------------------------------------------- */

bool
ui_message_action(struct ui *ui, enum action action, struct message *message)
{
    const bool asked = ui->deleting == message->id;

    ui->deleting = 0;
    if (asked && action == ACTION_CANCEL) {
        ui_tell(ui, "It stays as it is.", false);
        return true;
    }
    if (action != ui->large.action)
        ui->large.message_id = 0;
    switch (action) {
    case ACTION_MESSAGE_REPLY:
        reply(ui, message);
        return true;
    case ACTION_MESSAGE_THREAD:
        ui_thread_message(ui, message);
        return true;
    case ACTION_MESSAGE_QUOTE:
        quote(ui, message);
        return true;
    case ACTION_MESSAGE_EDIT:
        ui_change_begin(ui, message);
        return true;
    case ACTION_MESSAGE_DELETE:
        delete_(ui, message, asked);
        return true;
    case ACTION_MESSAGE_REACT:
    case ACTION_MESSAGE_THUMB:
        react(ui, message, action == ACTION_MESSAGE_THUMB);
        return true;
    case ACTION_MESSAGE_FLAG:
        flag(ui, message);
        return true;
    case ACTION_MESSAGE_PIN:
        pin(ui, message);
        return true;
    case ACTION_MESSAGE_UNREAD:
        unread(ui, message);
        return true;
    case ACTION_MESSAGE_SAVE:
        ui_files_save(ui, message);
        return true;
    case ACTION_MESSAGE_PRESS:
        press(ui, message);
        return true;
    case ACTION_MESSAGE_SOURCE:
    case ACTION_MESSAGE_WHO:
        ui_over_facts(ui, message, action == ACTION_MESSAGE_WHO);
        core_fetch_revisions(ui->core, message);
        return true;
    case ACTION_MESSAGE_EXPAND:
        if (!ui_expand(ui, message))
            ui_tell(ui, "All of it is shown.", false);
        return true;
    default:
        if (action < ACTION_MESSAGE_REACTION_1 || action > ACTION_MESSAGE_REACTION_9)
            return ui_copy_action(ui, action, message) || ui_open_action(ui, action, message);
        react_to_shown(ui, message, (guint)(action - ACTION_MESSAGE_REACTION_1));
        return true;
    }
}

void
ui_message_hint(const struct ui *ui, GString *out, const struct message *message)
{
    const bool said = is_said(message), named = said && message->remote_id != NULL;
    const bool failed = is_failed(ui, message), own = (message->flags & MESSAGE_OWN) != 0;

    if (failed)
        ui_hint_add(ui, out, ACTION_MESSAGE_REPLY, "send again");
    else if (said && message->state != MESSAGE_FAILED && can(ui, CAP_SEND))
        ui_hint_add(ui, out, ACTION_MESSAGE_REPLY, "reply");
    if (named && said && can(ui, CAP_THREADS))
        ui_hint_add(ui, out, ACTION_MESSAGE_THREAD, "thread");
    if (message->body->len > 0 && can(ui, CAP_SEND))
        ui_hint_add(ui, out, ACTION_MESSAGE_QUOTE, "quote");
    if (message->body->len > 0)
        ui_hint_add(ui, out, ACTION_MESSAGE_COPY, "copy");
    if (ui_open_can(message))
        ui_hint_add(ui, out, ACTION_MESSAGE_OPEN, "open");
    if (ui_files_has(message))
        ui_hint_add(ui, out, ACTION_MESSAGE_SAVE, "save");
    if (message->buttons)
        ui_hint_add(ui, out, ACTION_MESSAGE_PRESS, "press");
    if (named && can(ui, CAP_REACT)) {
        ui_hint_add(ui, out, ACTION_MESSAGE_REACT, "react");
        ui_hint_add(ui, out, ACTION_MESSAGE_THUMB, "👍");
    }
    if (core_may_edit(ui->core, message, NULL))
        ui_hint_add(ui, out, ACTION_MESSAGE_EDIT, "edit");
    if (core_waits(ui->core, message->id))
        ui_hint_add(ui, out, ACTION_MESSAGE_DELETE, "take back");
    else if (failed || (named && own && can(ui, CAP_DELETE)))
        ui_hint_add(ui, out, ACTION_MESSAGE_DELETE, failed ? "give up" : "delete");
    /* What a narrow window has no room for comes last. */
    ui_hint_add(ui, out, ACTION_CANCEL, "back");
    if (message->id > 0) {
        ui_hint_add(ui, out, ACTION_MESSAGE_FLAG,
                    (message->flags & MESSAGE_FLAGGED) != 0 ? "unflag" : "flag");
        if (named && can(ui, CAP_PIN))
            ui_hint_add(ui, out, ACTION_MESSAGE_PIN,
                        (message->flags & MESSAGE_PINNED) != 0 ? "unpin" : "pin");
        ui_hint_add(ui, out, ACTION_MESSAGE_UNREAD, "unread");
    }
    ui_hint_add(ui, out, ACTION_MESSAGE_SOURCE, "earlier texts, source");
    ui_hint_add(ui, out, ACTION_MESSAGE_WHO, "who");
}
