#include "core/follow.h"

#include <string.h>

#include "core/engine.h"
#include "core/options.h"

/* --- whose it is
 * --------------------------------------------------------------------------------------- */

/* "https://Chat.example.org/" → "chat.example.org". g_free(). */
static char *
plain_server(const char *server)
{
    const char *after = strstr(server, "://");
    char *plain = g_ascii_strdown(after != NULL ? after + 3 : server, -1);

    for (size_t len = strlen(plain); len > 0 && plain[len - 1] == '/'; len--)
        plain[len - 1] = '\0';
    return plain;
}

/* "server = chat.example.org:6697\n…" → its value. g_free(). */
static char *
server_line(const char *options)
{
    static const char key[] = "server = ";
    const char *at = options != NULL ? strstr(options, key) : NULL;

    if (at == NULL || (at != options && at[-1] != '\n'))
        return NULL;
    at += strlen(key);
    return g_strndup(at, strcspn(at, "\n"));
}

static bool
is_on(const struct session *session, const char *server, bool any_port)
{
    const char *own = session->options != NULL ? options_text(session->options, "server") : NULL;

    if (own == NULL || server == NULL)
        return false;
    g_autofree char *a = plain_server(own);
    g_autofree char *b = plain_server(server);
    if (any_port)
        a[strcspn(a, ":/")] = b[strcspn(b, ":/")] = '\0';
    return strcmp(a, b) == 0;
}

/* The same server and port before the same server. */
static struct session *
account_of(struct core *core, const struct network *network, const struct link_target *target)
{
    g_autofree char *exact = server_line(target->options);

    for (int any_port = 0; any_port < 2; any_port++) {
        for (guint i = 0; i < core->accounts->len; i++) {
            const struct account *account = core->accounts->pdata[i];
            struct session *session = session_of_account(core, account->id);
            if (session != NULL && session->driver == network->driver &&
                is_on(session, any_port ? target->server : exact, any_port))
                return session;
        }
    }
    return NULL;
}

/* --- a message
 * ------------------------------------------------------------------------------------------ */

static bool
publish_message(struct core *core, int64_t buffer_id, const char *remote_id)
{
    struct message *message = core_find_message(core, buffer_id, remote_id);

    if (message == NULL)
        return false;
    bus_publish(
        core->bus,
        &(struct notice){.type = NOTICE_SHOW_MESSAGE, .buffer_id = buffer_id, .message = message});
    message_unref(message);
    return true;
}

void
follow_fetched(struct core *core, int64_t buffer_id, int64_t argument)
{
    struct room *room = room_get(core, buffer_id);
    g_autofree char *wanted = room != NULL ? g_steal_pointer(&room->wanted) : NULL;

    if (wanted != NULL && !publish_message(core, buffer_id, wanted))
        core_say(core, buffer_id, "The message that the link names is not there any more.");
}

bool
core_show_message(struct core *core, int64_t buffer_id, const char *remote_id, GError **error)
{
    struct room *room = room_get(core, buffer_id);

    if (publish_message(core, buffer_id, remote_id))
        return true;
    if (room == NULL || !session_can(room->session, &room->pub, CAP_HISTORY, error))
        return false;
    return history_fetch_around(room, remote_id, error);
}

/* --- following
 * ------------------------------------------------------------------------------------------ */

struct following {
    int64_t typed_in;
    char *conversation, *message;
};

static void
following_free(void *data)
{
    struct following *following = data;

    g_free(following->conversation);
    g_free(following->message);
    g_free(following);
}

static void
arrived(struct session *session, const GError *failure, void *user)
{
    const struct following *following = user;
    struct core *core = session->core;
    const char *name = session->answer_id ? session->answer_id : following->conversation;
    const struct buffer *buffer =
        failure != NULL || name == NULL
            ? NULL
            : session_find_buffer(session, core_buffer(core, following->typed_in), name);
    g_autoptr(GError) error = failure != NULL ? g_error_copy(failure) : NULL;

    if (buffer != NULL)
        core_show_buffer(core, buffer->id);
    if (buffer != NULL && following->message != NULL)
        core_show_message(core, buffer->id, following->message, &error);
    if (error != NULL)
        core_say_error(core, following->typed_in, error);
}

static bool
open_target(struct session *session, op_id op, const struct link_target *target, GError **error)
{
    const struct driver *driver = session->driver;
    void *state = session->state;

    if (driver->open_link != NULL)
        return driver->open_link(state, op, target, error);
    if (driver->names_channel != NULL && driver->names_channel(state, target->conversation))
        return driver->join(state, op, NULL, target->conversation, NULL, error);
    return driver->open_dm(state, op, NULL, target->conversation, error);
}

static enum follow_fate
follow(struct session *session, int64_t buffer_id, const struct link_target *target, GError **error)
{
    struct core *core = session->core;
    const struct buffer *known = target->conversation != NULL && session->driver->open_link == NULL
                                     ? session_find_buffer(session, NULL, target->conversation)
                                     : NULL;

    if (target->conversation == NULL && target->message == NULL && target->invite == NULL)
        known = &session->server->pub;
    if (known != NULL && (known->joined || known->kind != BUFFER_CHANNEL)) {
        core_show_buffer(core, known->id);
        return FOLLOW_OPENS;
    }
    if (!session_online(session)) {
        if (session->wanted || (!core->started && session->at_start))
            return FOLLOW_WAITS;
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_CLOSED,
                    "The link is of %s, which is not connected: /connect %s, then again.",
                    session->account->name, session->account->name);
        return FOLLOW_REFUSED;
    }
    if (!session_can(session, NULL, CAP_JOIN, error))
        return FOLLOW_REFUSED;
    struct following *following = g_new0(struct following, 1);
    following->typed_in = buffer_id;
    following->conversation = g_strdup(target->conversation);
    following->message = g_strdup(target->message);
    const op_id op = session_begin(session, buffer_id, arrived, following);
    session_owns(session, op, following_free);
    if (open_target(session, op, target, error))
        return FOLLOW_OPENS;
    session_refused(session, op);
    return FOLLOW_REFUSED;
}

enum follow_fate
core_follow_link(struct core *core, int64_t buffer_id, const char *link, GError **error)
{
    struct link_target target = {0};
    const struct network *network = core_recognise_link(core, link, &target);

    if (network == NULL)
        return FOLLOW_UNKNOWN;
    struct session *session = account_of(core, network, &target);
    const enum follow_fate fate =
        session != NULL ? follow(session, buffer_id, &target, error) : FOLLOW_NEW;
    link_target_clear(&target);
    return fate;
}
