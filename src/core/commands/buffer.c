/* The list of buffers: going to one, closing, clearing, numbering, muting it. */
#include <string.h>

#include "core/command.h"
#include "core/follow.h"

/* A link. False: it is none, or (`error`) it cannot be followed. */
static bool
go_link(const struct command_context *context, const char *link, GError **error)
{
    const struct core_front *front = context->core->front;

    switch (core_follow_link(context->core, context->buffer->id, link, error)) {
    case FOLLOW_OPENS:
        return true;
    case FOLLOW_UNKNOWN:
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                            "No network that weft knows has such links.");
        return false;
    case FOLLOW_REFUSED:
        return false;
    case FOLLOW_NEW:
    case FOLLOW_WAITS:
        break;
    }
    if (front)
        return front->command(front->user, "link", link, context->buffer->id, error);
    g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                        "No account that is connected is on the server of this link.");
    return false;
}

bool
command_go(const struct command_context *context, GError **error)
{
    const char *where = context->arguments[0];
    const struct buffer *buffer = NULL;
    int64_t number;

    if (strstr(where, "://"))
        return go_link(context, where, error);
    if (g_ascii_string_to_signed(where, 10, 1, G_MAXINT, &number, NULL))
        buffer = core_buffer_by_number(context->core, (int)number);
    if (!buffer && context->session)
        buffer = session_find_buffer(context->session, context->buffer, where);
    if (!buffer)
        buffer = core_find_address(context->core, where, error);
    if (buffer)
        core_show_buffer(context->core, buffer->id);
    return buffer != NULL;
}

static bool
run_close(const struct command_context *context, GError **error)
{
    return core_close_buffer(context->core, context->buffer->id, error);
}

static bool
run_clear(const struct command_context *context, GError **error)
{
    bus_publish(context->core->bus, &(struct notice){.type = NOTICE_CLEAR,
                                                     .account_id = context->buffer->account_id,
                                                     .buffer_id = context->buffer->id});
    return true;
}

static bool
run_move(const struct command_context *context, GError **error)
{
    struct core *core = context->core;
    const struct buffer *buffer = context->buffer;
    int64_t number;

    if (!g_ascii_string_to_signed(context->arguments[0], 10, 1, G_MAXINT, &number, NULL)) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT, "A number is needed, as in /move 3.");
        return false;
    }
    const int before = buffer->number;
    const struct buffer *other = core_buffer_by_number(core, (int)number);
    if (!core_move_buffer(core, buffer->id, (int)number, error))
        return false;
    if (other == NULL || other == buffer)
        core_say(core, buffer->id, "%s has the number %d.", buffer->name, buffer->number);
    else
        core_say(core, buffer->id, "%s has the number %d now, and %s, which had it, %d.",
                 buffer->name, buffer->number, other->name, before);
    return true;
}

static bool
run_mute(const struct command_context *context, GError **error)
{
    const struct buffer *buffer = context->buffer;
    const bool mute = buffer->notify != NOTIFY_NONE;

    if (!core_mute_buffer(context->core, buffer->id, mute, error))
        return false;
    core_say(context->core, buffer->id,
             mute ? "%s is muted: it counts as activity only when it mentions you. /mute again "
                    "takes this back."
                  : "%s is not muted any more.",
             buffer->name);
    return true;
}

const struct command commands_buffer[] = {
    {.name = "go",
     .aliases = "buffer b",
     .arguments = "NUMBER|ADDRESS|LINK",
     .help = "Shows a buffer: by its number, its address, or its name in this account.\n"
             "A link to a message, a channel, a person or a team leads to it, and joins it if need "
             "be. Is there no account on its server, weft proposes to add one.",
     .example = "/go libera/#coop",
     .completes = {COMPLETE_BUFFER},
     .least = 1,
     .most = 1,
     .run = command_go},
    {.name = "close",
     .aliases = "wc",
     .arguments = "",
     .help = "Takes this buffer off the list, leaving the channel first. Its history stays.",
     .example = "/close",
     .run = run_close},
    {.name = "clear",
     .arguments = "",
     .help = "Puts what this buffer shows out of sight. Nothing is deleted: PgUp shows it again.",
     .example = "/clear",
     .run = run_clear},
    {.name = "move",
     .arguments = "NUMBER",
     .help = "Gives this buffer another number, and its own to the one that had it.\n"
             "Nothing else ever changes a number.",
     .example = "/move 1",
     .least = 1,
     .most = 1,
     .run = run_move},
    {.name = "mute",
     .arguments = "",
     .help = "Mutes this buffer, or takes that back.\n"
             "A muted one notifies of nothing, and counts as activity only when it mentions you. "
             "A network that keeps what is muted is told, so that it is so on your other devices; "
             "else the change is written to override.conf.",
     .example = "/mute",
     .run = run_mute},
    {0},
};
