/* What can be done to a message that is there: answering, reacting, taking back. */
#include <string.h>

#include "core/command.h"
#include "core/edit.h"
#include "core/mark.h"

/* How far back one may mean. */
#define LOOK_BACK 500

static bool
is_said(const struct message *message)
{
    return (message->kind == MESSAGE_TEXT || message->kind == MESSAGE_ACTION ||
            message->kind == MESSAGE_NOTICE) &&
           (message->flags & (MESSAGE_DELETED | MESSAGE_IGNORED | MESSAGE_NOT_STORED)) == 0;
}

static bool
same_name(const struct session *session, const char *a, const char *b)
{
    if (session->driver->same_name && session->state)
        return session->driver->same_name(session->state, a, b);
    return strcmp(a, b) == 0;
}

static bool
said_by(const struct session *session, const struct message *message, const char *name)
{
    return (message->sender_name && same_name(session, message->sender_name, name)) ||
           (message->sender_id && same_name(session, message->sender_id, name));
}

/* Which message is meant: the `back`-th newest of these. */
struct wanted {
    const char *name; /* of the sender; NULL: see `own` */
    bool own;         /* ours, else those of others */
    gint64 back;      /* from 1 */
    const char *mine; /* with this reaction of ours; NULL: any */
    bool any;         /* ours and those of others */
    bool pinned;      /* only what is pinned */
};

static bool
has_mine(const struct message *message, const char *emoji)
{
    for (guint i = 0; message->reactions && i < message->reactions->len; i++) {
        const struct reaction *reaction = message->reactions->pdata[i];
        if (reaction->own && strcmp(reaction->emoji, emoji) == 0)
            return true;
    }
    return false;
}

static bool
fits(const struct session *session, const struct message *message, const struct wanted *wanted)
{
    const bool own = (message->flags & MESSAGE_OWN) != 0;

    if (!is_said(message) || (wanted->mine && !has_mine(message, wanted->mine)))
        return false;
    if (wanted->pinned && (message->flags & MESSAGE_PINNED) == 0)
        return false;
    if (wanted->name)
        return said_by(session, message, wanted->name);
    return wanted->mine || wanted->any || own == wanted->own;
}

/* Unref. NULL: NOT_FOUND. */
static struct message *
find(const struct command_context *context, const struct wanted *wanted, GError **error)
{
    struct page page = {0};
    struct message *found = NULL;
    gint64 left = wanted->back;

    core_page_newest(context->core, context->buffer->id, LOOK_BACK, &page);
    for (guint i = page.messages->len; i > 0 && !found; i--) {
        struct message *message = page.messages->pdata[i - 1];
        if (fits(context->session, message, wanted) && --left == 0)
            found = message_ref(message);
    }
    page_clear(&page);
    if (!found)
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                    "No such message is among the newest %d of this buffer.", LOOK_BACK);
    return found;
}

/* "-3": the third newest. */
static bool
read_back(const char *word, gint64 *ret_back)
{
    guint64 number;

    if (word[0] != '-' || !g_ascii_string_to_unsigned(word + 1, 10, 1, LOOK_BACK, &number, NULL))
        return false;
    *ret_back = (gint64)number;
    return true;
}

/* A word that says which message is meant: "-3", or the name of somebody who has said something
 * here, as one addresses them ("maria:"). Changes `word`. */
static bool
read_target(const struct command_context *context, char *word, struct wanted *wanted)
{
    const size_t len = strlen(word);

    if (read_back(word, &wanted->back))
        return true;
    if (len > 1 && strchr(":,", word[len - 1]))
        word[len - 1] = '\0';
    wanted->name = word;
    struct message *message = find(context, wanted, NULL);
    if (!message)
        wanted->name = NULL;
    message_unref(message);
    return wanted->name != NULL;
}

/* --- /reply
 * ------------------------------------------------------------------------------------------- */

static bool
run_reply(const struct command_context *context, GError **error)
{
    struct wanted wanted = {.back = 1};
    g_auto(GStrv) words = command_split(context->arguments[0], 2);
    const char *text = context->arguments[0];

    if (!command_needs_account(context, error))
        return false;
    if (words[1] && read_target(context, words[0], &wanted))
        text = words[1];
    struct message *answered = find(context, &wanted, error);
    if (!answered)
        return false;
    const bool good = core_reply(context->core, answered->id, text, error);
    message_unref(answered);
    return good;
}

/* --- /react, /unreact
 * --------------------------------------------------------------------------------- */

static bool
change_reaction(const struct command_context *context, bool add, GError **error)
{
    const char *emoji = context->arguments[context->n - 1];
    struct wanted wanted = {.back = 1, .mine = add ? NULL : emoji};
    g_autofree char *target = context->n > 1 ? g_strdup(context->arguments[0]) : NULL;

    if (!command_needs_account(context, error) ||
        !session_can(context->session, context->buffer, CAP_REACT, error))
        return false;
    if (target && !read_target(context, target, &wanted)) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                    "Nobody of that name has said anything here lately: %s", target);
        return false;
    }
    struct message *message = find(context, &wanted, error);
    if (!message)
        return false;
    const bool good = core_react(context->core, message->id, emoji, add, error);
    message_unref(message);
    return good;
}

static bool
run_react(const struct command_context *context, GError **error)
{
    return change_reaction(context, true, error);
}

static bool
run_unreact(const struct command_context *context, GError **error)
{
    return change_reaction(context, false, error);
}

/* --- /delete
 * ------------------------------------------------------------------------------------------ */

/* Without its text: what is to be gone is not said once more. */
static void
say_deleting(const struct command_context *context, const struct message *message)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(message->time_us / G_USEC_PER_SEC);
    g_autofree char *when = time ? g_date_time_format(time, "%H:%M:%S") : NULL;

    core_say(context->core, context->buffer->id, "Asked the network to delete your message of %s.",
             when ? when : "then");
}

static bool
run_delete(const struct command_context *context, GError **error)
{
    struct wanted wanted = {.own = true, .back = 1};

    if (!command_needs_account(context, error) ||
        !session_can(context->session, context->buffer, CAP_DELETE, error))
        return false;
    if (context->n > 0 && !read_back(context->arguments[0], &wanted.back)) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                    "-1 is your newest message here, -2 the one before, up to -%d.", LOOK_BACK);
        return false;
    }
    struct message *message = find(context, &wanted, error);
    if (!message)
        return false;
    const bool good = core_delete(context->core, message->id, error);
    if (good)
        say_deleting(context, message);
    message_unref(message);
    return good;
}

/* --- /pin, /unpin, /pins
 * ------------------------------------------------------------------------------------ */

static bool
change_pin(const struct command_context *context, bool on, GError **error)
{
    struct wanted wanted = {.back = 1, .any = true, .pinned = !on};
    g_autofree char *target = context->n > 0 ? g_strdup(context->arguments[0]) : NULL;

    if (!command_needs_account(context, error) ||
        !session_can(context->session, context->buffer, CAP_PIN, error))
        return false;
    if (target && !read_target(context, target, &wanted)) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                    "Nobody of that name has said anything here lately: %s", target);
        return false;
    }
    struct message *message = find(context, &wanted, error);
    if (!message)
        return false;
    const bool good = core_pin(context->core, message->id, on, error);
    message_unref(message);
    return good;
}

static bool
run_pin(const struct command_context *context, GError **error)
{
    return change_pin(context, true, error);
}

static bool
run_unpin(const struct command_context *context, GError **error)
{
    return change_pin(context, false, error);
}

static bool
run_pins(const struct command_context *context, GError **error)
{
    if (!command_needs_account(context, error))
        return false;
    if ((context->buffer->caps & CAP_PIN) == 0) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED, capability_lack(CAP_PIN));
        return false;
    }
    bus_publish(core_bus(context->core),
                &(struct notice){.type = NOTICE_PINS, .buffer_id = context->buffer->id});
    return true;
}

/* --- /edit
 * ---------------------------------------------------------------------------------------------- */

/* Without a text it comes into the input. */
static bool
run_edit(const struct command_context *context, GError **error)
{
    g_auto(GStrv) words = command_split(context->n > 0 ? context->arguments[0] : "", 2);
    gint64 back = 1;
    const bool counted = words[0] && read_back(words[0], &back);
    const char *text = counted ? words[1] : context->n > 0 ? context->arguments[0] : NULL;

    if (!command_needs_account(context, error))
        return false;
    struct message *message =
        core_own_message(context->core, context->buffer->id, (unsigned)back, error);
    if (!message)
        return false;
    bool good = true;
    if (text)
        good = core_edit(context->core, message->id, text, error);
    else
        bus_publish(core_bus(context->core),
                    &(struct notice){.type = NOTICE_CHANGE,
                                     .account_id = context->buffer->account_id,
                                     .buffer_id = context->buffer->id,
                                     .message = message});
    message_unref(message);
    return good;
}

const struct command commands_message[] = {
    {.name = "reply",
     .arguments = "[NICK|-N] TEXT",
     .help = "Answers the newest message of NICK, or the Nth newest of others; without either, the "
             "newest.\nWhere the network cannot tie an answer to a message, the text begins with "
             "the name.",
     .example = "/reply maria 2 pm it is",
     .completes = {COMPLETE_MEMBER},
     .least = 1,
     .most = 1,
     .run = run_reply},
    {.name = "react",
     .arguments = "[NICK|-N] EMOJI",
     .help = "Reacts to the newest message of NICK, or the Nth newest of others; without either, "
             "the newest.",
     .example = "/react maria 👍",
     .completes = {COMPLETE_MEMBER},
     .least = 1,
     .most = 2,
     .run = run_react},
    {.name = "unreact",
     .arguments = "[NICK|-N] EMOJI",
     .help = "Takes your reaction back: from the newest message that has it, of NICK where one is "
             "named.",
     .example = "/unreact 👍",
     .completes = {COMPLETE_MEMBER},
     .least = 1,
     .most = 2,
     .run = run_unreact},
    {.name = "pin",
     .arguments = "[NICK|-N]",
     .help = "Pins the newest message of NICK, or the Nth newest, for everybody here.",
     .example = "/pin maria",
     .completes = {COMPLETE_MEMBER},
     .most = 1,
     .run = run_pin},
    {.name = "unpin",
     .arguments = "[NICK|-N]",
     .help = "Takes a pin away: of the newest pinned message, of NICK where one is named.",
     .example = "/unpin",
     .completes = {COMPLETE_MEMBER},
     .most = 1,
     .run = run_unpin},
    {.name = "pins",
     .arguments = "",
     .help = "Lists what is pinned in this buffer, on the server too; Enter shows it where it was "
             "said.",
     .example = "/pins",
     .run = run_pins},
    {.name = "edit",
     .arguments = "[-N] [TEXT]",
     .help = "Changes your newest message of this buffer, or the Nth newest, to TEXT.\nWithout a "
             "text the message comes into the line, to be changed there.",
     .example = "/edit -2 2 pm it is",
     .most = 1,
     .run = run_edit},
    {.name = "delete",
     .arguments = "[-N]",
     .help = "Takes back your newest message of this buffer, or the Nth newest: its text is erased "
             "here too.",
     .example = "/delete -2",
     .most = 1,
     .run = run_delete},
    {0},
};
