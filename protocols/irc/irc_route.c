/* The driver's table: from core's call to the session that it is for, the account's own or one of a
 * bouncer's networks (irc_bouncer.h). */
#include <string.h>

#include "protocols/irc/irc.h"
#include "protocols/irc/irc_bouncer.h"
#include "protocols/irc/irc_link.h"
#include "protocols/irc/irc_options.h"
#include "text/spell.h"

/* "3 #lab": the leg, and what it calls it. NULL: not of a leg. */
static struct irc_leg *
leg_of_id(const struct irc *irc, const char *id, const char **ret_rest)
{
    const char *blank = id ? strchr(id, ' ') : NULL;
    struct irc_leg *leg = blank ? irc_bouncer_leg(irc, id, (size_t)(blank - id)) : NULL;

    *ret_rest = blank ? blank + 1 : id;
    return leg;
}

void
irc_route(struct irc *irc, const struct buffer *buffer, struct irc_part *ret_part)
{
    const char *rest;
    const struct irc_leg *leg = buffer ? leg_of_id(irc, buffer->remote_id, &rest) : NULL;

    ret_part->session = irc;
    ret_part->buffer = buffer;
    if (!buffer || !strchr(buffer->remote_id, ' ') || !irc_is_bouncer(irc))
        return;
    ret_part->session = leg && leg->up ? leg->session : NULL;
    ret_part->copy = *buffer;
    ret_part->copy.remote_id = (char *)(uintptr_t)rest;
    ret_part->buffer = &ret_part->copy;
}

static bool
refuse(const struct irc_leg *leg, GError **error)
{
    if (!leg) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                    "The bouncer has this network no more.");
        return false;
    }
    g_set_error(
        error, WEFT_ERROR, WEFT_ERROR_CLOSED,
        "The bouncer's connection for this network is away. weft makes it again; try then.");
    return false;
}

static bool
route(void *session, const struct buffer *buffer, struct irc_part *ret_part, GError **error)
{
    const char *rest;

    irc_route(session, buffer, ret_part);
    return ret_part->session || refuse(leg_of_id(session, buffer->remote_id, &rest), error);
}

/* --- what names no buffer
 * ------------------------------------------------------------------------ */

static bool
refuse_ambiguous(const struct irc *irc, GError **error)
{
    g_autoptr(GString) names = g_string_new(NULL);

    for (unsigned i = 0; i < irc->legs->len; i++) {
        const struct irc_leg *leg = irc->legs->pdata[i];
        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", leg->name);
    }
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                "On which of the bouncer's networks? Do it in a buffer of that network, or write "
                "NETWORK/NAME. There are: %s.",
                names->str);
    return false;
}

/* "libera/#lab", or a name in the network of `from`, or in the only one there is. */
static bool
route_name(struct irc *irc, const struct buffer *from, const char **name, struct irc_part *ret_part,
           GError **error)
{
    const char *slash = strchr(*name, '/');
    const struct irc_leg *leg =
        slash ? irc_bouncer_leg_by_name(irc, *name, (size_t)(slash - *name)) : NULL;
    const char *rest;

    ret_part->session = irc;
    if (!irc_is_bouncer(irc))
        return true;
    if (leg)
        *name = slash + 1;
    else if (from && strchr(from->remote_id, ' '))
        leg = leg_of_id(irc, from->remote_id, &rest);
    else if (irc->legs->len == 1)
        leg = irc->legs->pdata[0];
    else
        return refuse_ambiguous(irc, error);
    ret_part->session = leg && leg->up ? leg->session : NULL;
    return ret_part->session || refuse(leg, error);
}

static bool
on_join(void *session, op_id op, const struct buffer *from, const char *name, const char *argument,
        GError **error)
{
    struct irc_part part;

    return route_name(session, from, &name, &part, error) &&
           irc_api_join(part.session, op, from, name, argument, error);
}

/* Of several networks, the one that the person has chosen. */
static bool
route_place(struct irc *irc, const char *space, const struct buffer *from,
            struct irc_part *ret_part, GError **error)
{
    const struct irc_leg *leg =
        space && irc_is_bouncer(irc) ? irc_bouncer_leg(irc, space, strlen(space)) : NULL;
    const char *name = "";

    if (!leg)
        return route_name(irc, from, &name, ret_part, error);
    ret_part->session = leg->up ? leg->session : NULL;
    return ret_part->session || refuse(leg, error);
}

/* Whoever joins first has made it. */
static bool
on_create(void *session, op_id op, const struct create_request *request, GError **error)
{
    struct irc_part part;

    return route_place(session, request->space, request->from, &part, error) &&
           irc_api_join(part.session, op, request->from, request->name, NULL, error);
}

static bool
on_browse(void *session, op_id op, const struct browse_request *request, GError **error)
{
    struct irc_part part;

    return route_place(session, request->space, request->from, &part, error) &&
           irc_list_browse(part.session, op, request->words, error);
}

static bool
on_open_dm(void *session, op_id op, const struct buffer *from, const char *user, GError **error)
{
    struct irc_part part;

    return route_name(session, from, &user, &part, error) &&
           irc_api_open_dm(part.session, op, from, user, error);
}

static bool
on_raw(void *session, op_id op, const struct buffer *from, const char *line, GError **error)
{
    struct irc_part part;

    return route(session, from, &part, error) &&
           irc_api_raw(part.session, op, part.buffer, line, error);
}

static bool
on_set_presence(void *session, op_id op, const char *away_text, GError **error)
{
    const struct irc *irc = session;

    for (unsigned i = 0; i < irc->legs->len; i++) {
        struct irc_leg *leg = irc->legs->pdata[i];
        if (leg->up)
            irc_api_set_presence(leg->session, 0, away_text, NULL);
    }
    return irc_api_set_presence(session, op, away_text, error);
}

static void
on_op_cancel(void *session, op_id op)
{
    const struct irc *irc = session;

    for (unsigned i = 0; i < irc->legs->len; i++)
        irc_api_op_cancel(((struct irc_leg *)irc->legs->pdata[i])->session, op);
    irc_api_op_cancel(session, op);
}

static bool
on_send_waits(void *session, op_id op)
{
    const struct irc *irc = session;
    bool waits = irc_api_send_waits(session, op);

    for (unsigned i = 0; !waits && irc->legs && i < irc->legs->len; i++)
        waits = irc_api_send_waits(((struct irc_leg *)irc->legs->pdata[i])->session, op);
    return waits;
}

static bool
on_same_name(void *session, const char *a, const char *b)
{
    const char *name_a, *name_b;
    struct irc *irc = session;
    const struct irc_leg *leg_a = leg_of_id(irc, a, &name_a);
    const struct irc_leg *leg_b = leg_of_id(irc, b, &name_b);

    if (leg_a && leg_b && leg_a != leg_b)
        return false;
    const struct irc_leg *leg = leg_a ? leg_a : leg_b;
    return irc_api_same_name(leg ? leg->session : irc, leg_a ? name_a : a, leg_b ? name_b : b);
}

/* --- what does
 * ---------------------------------------------------------------------------------- */

static bool
on_send(void *session, op_id op, const struct send_request *request, GError **error)
{
    struct send_request routed = *request;
    struct irc_part part;

    if (!route(session, request->buffer, &part, error))
        return false;
    struct rich *body = spell_out(request->body, SPELL_ALL);
    routed.buffer = part.buffer;
    routed.body = body;
    const bool taken = irc_api_send(part.session, op, &routed, error);
    rich_free(body);
    return taken;
}

static GPtrArray *
on_split(void *session, const struct send_request *request)
{
    struct send_request routed = *request;
    struct irc_part part;

    struct rich *body = spell_out(request->body, SPELL_ALL);
    irc_route(session, request->buffer, &part);
    routed.buffer = part.buffer;
    routed.body = body;
    GPtrArray *parts = irc_api_split(part.session ? part.session : session, &routed);
    rich_free(body);
    return parts;
}

static size_t
on_left(void *session, const struct send_request *request)
{
    struct send_request routed = *request;
    struct irc_part part;

    struct rich *body = spell_out(request->body, SPELL_ALL);
    irc_route(session, request->buffer, &part);
    routed.buffer = part.buffer;
    routed.body = body;
    const size_t left = irc_api_left(part.session ? part.session : session, &routed);
    rich_free(body);
    return left;
}

static bool
on_history(void *session, op_id op, const struct history_request *request, GError **error)
{
    struct history_request routed = *request;
    struct irc_part part;

    if (!route(session, request->buffer, &part, error))
        return false;
    routed.buffer = part.buffer;
    return irc_api_history(part.session, op, &routed, error);
}

static bool
on_delete(void *session, op_id op, const struct buffer *buffer, const char *remote_id,
          GError **error)
{
    struct irc_part part;

    return route(session, buffer, &part, error) &&
           irc_api_delete(part.session, op, part.buffer, remote_id, error);
}

static bool
on_react(void *session, op_id op, const struct buffer *buffer, const char *remote_id,
         const char *emoji, bool add, GError **error)
{
    struct irc_part part;

    return route(session, buffer, &part, error) &&
           irc_api_react(part.session, op, part.buffer, remote_id, emoji, add, error);
}

static void
on_typing(void *session, const struct buffer *buffer, bool active)
{
    struct irc_part part;

    irc_route(session, buffer, &part);
    if (part.session)
        irc_api_typing(part.session, part.buffer, active);
}

static void
on_mark_read(void *session, const struct buffer *buffer, const struct message *upto)
{
    struct irc_part part;

    irc_route(session, buffer, &part);
    if (part.session)
        irc_api_mark_read(part.session, part.buffer, upto);
}

static void
on_mark_back(void *session, const struct buffer *buffer, const struct message *upto)
{
    struct irc_part part;

    irc_route(session, buffer, &part);
    if (part.session)
        irc_api_mark_back(part.session, part.buffer, upto);
}

static void
on_look_at(void *session, const struct buffer *buffer)
{
    struct irc_part part;

    irc_route(session, buffer, &part);
    if (part.session)
        irc_api_look_at(part.session, part.buffer);
}

static bool
on_leave(void *session, op_id op, const struct buffer *buffer, const char *reason, GError **error)
{
    struct irc_part part;

    return route(session, buffer, &part, error) &&
           irc_api_leave(part.session, op, part.buffer, reason, error);
}

static bool
on_members(void *session, op_id op, const struct buffer *buffer, GError **error)
{
    struct irc_part part;

    return route(session, buffer, &part, error) &&
           irc_api_members(part.session, op, part.buffer, error);
}

static bool
on_user_info(void *session, op_id op, const struct buffer *buffer, const char *user, GError **error)
{
    struct irc_part part;

    return route(session, buffer, &part, error) &&
           irc_api_user_info(part.session, op, part.buffer, user, error);
}

static bool
on_set_topic(void *session, op_id op, const struct buffer *buffer, const char *topic,
             GError **error)
{
    struct irc_part part;

    return route(session, buffer, &part, error) &&
           irc_api_set_topic(part.session, op, part.buffer, topic, error);
}

static bool
on_command(void *session, op_id op, const struct driver_command *command,
           const struct buffer *buffer, const char *const *arguments, GError **error)
{
    struct irc_part part;

    return route(session, buffer, &part, error) &&
           irc_api_command(part.session, op, command, part.buffer, arguments, error);
}

static bool
on_mentions_us(void *session, const struct buffer *buffer, const struct rich *body)
{
    struct irc_part part;

    irc_route(session, buffer, &part);
    return irc_api_mentions_us(part.session ? part.session : session, part.buffer, body);
}

static void *
on_open(const struct options *options, struct host *host, GError **error)
{
    return irc_session_open(options, host, error);
}

static void
on_close(void *session)
{
    irc_session_close(session);
}

static void
on_connect(void *session)
{
    irc_session_connect(session);
}

static void
on_disconnect(void *session, const char *reason)
{
    irc_bouncer_disconnect(session, reason);
    irc_session_disconnect(session, reason);
}

/* The bouncer itself has no channels: its networks say what one looks like. */
static bool
on_names_channel(void *session, const char *text)
{
    struct irc *irc = session;
    const char *slash = strchr(text, '/');

    if (irc->legs->len == 0)
        return irc_api_names_channel(irc, text);
    if (slash && irc_bouncer_leg_by_name(irc, text, (size_t)(slash - text)))
        text = slash + 1;
    return irc_api_names_channel(((struct irc_leg *)irc->legs->pdata[0])->session, text);
}

static void
on_pause(void *session, bool paused)
{
    struct irc *irc = session;

    for (unsigned i = 0; i < irc->legs->len; i++)
        irc_session_pause(((struct irc_leg *)irc->legs->pdata[i])->session, paused);
    irc_session_pause(irc, paused);
}

const struct driver irc_driver = {
    .name = "irc",
    .title = "IRC",
    .brief = "irc",
    .caps = IRC_DRIVER_CAPS,
    .marks = 1U << SPAN_BOLD | 1U << SPAN_ITALIC, /* all clients show these, and few the others */
    .lacks = SPELL_ALL,
    .has_colors = true,
    .limits = {.max_in_flight = IRC_MAX_IN_FLIGHT, .name_bytes = 64},
    .making = {.note = "Here joining a channel makes it: whoever comes first is its operator."},
    .options = irc_option_rows,
    .commands = irc_commands,
    .check = irc_config_check,
    .open = on_open,
    .close = on_close,
    .connect = on_connect,
    .disconnect = on_disconnect,
    .send = on_send,
    .split = on_split,
    .left = on_left,
    .hides = irc_api_hides,
    .delete_ = on_delete,
    .react = on_react,
    .typing = on_typing,
    .mark_read = on_mark_read,
    .mark_back = on_mark_back,
    .look_at = on_look_at,
    .history = on_history,
    .replies_thread = true,
    .join = on_join,
    .leave = on_leave,
    .create = on_create,
    .browse = on_browse,
    .open_dm = on_open_dm,
    .members = on_members,
    .user_info = on_user_info,
    .set_topic = on_set_topic,
    .set_presence = on_set_presence,
    .raw = on_raw,
    .command = on_command,
    .op_cancel = on_op_cancel,
    .send_waits = on_send_waits,
    .pause = on_pause,
    .setup = irc_setup_rows,
    .recognise_link = irc_recognise_link,
    .same_name = on_same_name,
    .names_channel = on_names_channel,
    .mentions_us = on_mentions_us,
};
