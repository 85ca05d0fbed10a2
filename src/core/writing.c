/* What a person writes: may it be said here, in how many messages, what of it may be kept. */
#include <string.h>

#include "base/redact.h"
#include "core/config_priv.h"
#include "core/engine.h"
#include "text/markup.h"

/* Conversations that one is in or not, unlike a direct one. */
static bool
is_entered(enum buffer_kind kind)
{
    return kind == BUFFER_CHANNEL || kind == BUFFER_PRIVATE || kind == BUFFER_GROUP;
}

bool
writing_may_send(struct core *core, struct room *room, enum message_kind kind,
                 const struct rich *body, const GPtrArray *files, const char *reply_to,
                 GError **error)
{
    const enum capability wanted = kind == MESSAGE_ACTION   ? CAP_ACTION
                                   : kind == MESSAGE_NOTICE ? CAP_NOTICE
                                                            : CAP_SEND;
    if (room == NULL || room->session == NULL) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED,
                    "This is weft's own buffer: nobody listens here. Go to a conversation first.");
    } else if (core->read_only) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_CONFLICT,
                    "Another weft runs with this profile: this one only reads. Write there.");
    } else if (core->disk_trouble) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_DISK,
                    "The disk refuses to store, so nothing is sent. The text stays here; send it "
                    "again when there is room.");
    } else if (room->pub.archived) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_FORBIDDEN,
                    "%s is archived: nobody can say anything here any more. The text stays here; "
                    "/close takes the channel off the list.",
                    room->pub.name);
    } else if ((room->pub.caps & (unsigned)wanted) == 0) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED, capability_lack(wanted));
    } else if (!room->pub.joined && is_entered(room->pub.kind)) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_FORBIDDEN,
                    "You are not in %s. The text stays here; go in with /join %s.", room->pub.name,
                    room->pub.name);
    } else if (reply_to != NULL && (room->pub.caps & (CAP_REPLY | CAP_THREADS)) == 0) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED, capability_lack(CAP_REPLY));
    } else if (body->len == 0 && files == NULL) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT, "There is nothing to send.");
    } else if (body->len > RICH_MAX_BYTES) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                    "This text is longer than %d bytes. Send it in parts, or as a file.",
                    RICH_MAX_BYTES);
    } else {
        return true;
    }
    return false;
}

GPtrArray *
writing_split(struct room *room, const struct send_request *request, GError **error)
{
    struct session *session = room->session;
    const size_t most = session->limits.text_bytes, len = request->body->len;

    if (session->driver->split != NULL && len > 0)
        return session_open(session, error) ? session->driver->split(session->state, request)
                                            : NULL;
    if (most > 0 && len > most) {
        g_set_error(
            error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
            "%s takes at most %zu bytes in one message, and this has %zu. Send it in parts.",
            session->account->name, most, len);
        return NULL;
    }
    GPtrArray *parts = g_ptr_array_new_with_free_func((GDestroyNotify)rich_free);
    g_ptr_array_add(parts, rich_dup(request->body));
    return parts;
}

static GPtrArray *
split(struct room *room, enum message_kind kind, const struct rich *body, const char *reply_to,
      GError **error)
{
    const struct send_request request = {
        .buffer = &room->pub, .kind = kind, .body = body, .reply_to = reply_to};

    return writing_split(room, &request, error);
}

/* What may be kept of a text, or NULL: all of it. */
static char *
hidden(const struct room *room, const char *text)
{
    const struct session *session = room->session;

    if (session == NULL || session->driver->hides == NULL || room->pub.remote_id == NULL)
        return NULL;
    return session->driver->hides(room->pub.remote_id, text);
}

/* Past the outbox, which is on the disk: now or not at all. */
static bool
send_hidden(struct room *room, enum message_kind kind, const struct rich *body, const char *kept,
            GError **error)
{
    struct session *session = room->session;
    const struct send_request request = {.buffer = &room->pub, .kind = kind, .body = body};

    if (!session_online(session)) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_CLOSED,
                    "There is no connection to %s now. A line with a password does not wait for "
                    "one: nothing of it was sent or stored.",
                    session->account->name);
        return false;
    }
    if (strpbrk(body->text, "\r\n") != NULL) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                    "A password goes in a line of its own. Nothing was sent or stored.");
        return false;
    }
    const op_id op = session_begin(session, room->pub.id, NULL, NULL);
    if (!session->driver->send(session->state, op, &request, error))
        return session_refused(session, op);
    core_say(session->core, room->pub.id, "%s (sent; what is hidden here is stored nowhere)", kept);
    return true;
}

/* Each part becomes a message; `source`: as it was typed, or NULL. All of what is written in a
 * thread belongs to it; where the network knows no other way, each answers its root. */
static void
add_parts(struct core *core, struct room *room, enum message_kind kind, const GPtrArray *parts,
          const char *source, const GPtrArray *files, const char *reply_to)
{
    const char *written = thread_written(core, room->pub.id);
    g_autofree char *root =
        written != NULL ? g_strdup(written) : thread_root_of(core, room, reply_to);
    const bool by_reply = written != NULL && (room->pub.caps & CAP_THREADS) == 0;

    for (guint i = 0; i < parts->len; i++) {
        const bool first = i == 0;
        const struct said said = {
            .kind = kind,
            .body = parts->pdata[i],
            .source = parts->len == 1 ? source : NULL,
            .files = first ? files : NULL,
            .reply_to = first && reply_to != NULL ? reply_to
                        : by_reply                ? root
                                                  : NULL,
            .thread = first || written != NULL || (room->pub.caps & CAP_THREADS) != 0 ? root : NULL,
        };
        outbox_add(core, room, &said, i + 1 == parts->len);
    }
}

/* `source`: as it was typed, or NULL. `files`: struct attachment, with paths; NULL: none. */
static bool
send(struct core *core, int64_t buffer_id, enum message_kind kind, const struct rich *body,
     const char *source, const GPtrArray *files, const char *reply_to, GError **error)
{
    struct room *room = room_get(core, buffer_id);

    if (!writing_may_send(core, room, kind, body, files, reply_to, error))
        return false;
    g_autofree char *kept = files == NULL ? hidden(room, body->text) : NULL;
    if (kept != NULL)
        return send_hidden(room, kind, body, kept, error);
    GPtrArray *parts = split(room, kind, body, reply_to, error);
    if (parts == NULL)
        return false;
    typing_sent(room);
    add_parts(core, room, kind, parts, source, files, reply_to);
    g_ptr_array_unref(parts);
    return true;
}

bool
core_send(struct core *core, int64_t buffer_id, enum message_kind kind, const struct rich *body,
          const char *reply_to, GError **error)
{
    return send(core, buffer_id, kind, body, NULL, NULL, reply_to, error);
}

bool
core_send_for(struct core *core, int64_t buffer_id, const struct rich *body, core_told_fn fn,
              void *user, GDestroyNotify free_user, unsigned *ret_parts, GError **error)
{
    struct room *room = room_get(core, buffer_id);

    if (!writing_may_send(core, room, MESSAGE_TEXT, body, NULL, NULL, error))
        return false;
    g_autofree char *kept = hidden(room, body->text);
    if (kept != NULL) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                    "There is a password in it, which would be stored. Say it on the screen, where "
                    "it is not. Nothing was sent.");
        return false;
    }
    GPtrArray *parts = split(room, MESSAGE_TEXT, body, NULL, error);
    if (parts == NULL)
        return false;
    struct outbox_told *told = outbox_told_new(fn, user, free_user);
    *ret_parts = parts->len;
    for (guint i = 0; i < parts->len; i++)
        outbox_add(core, room,
                   &(struct said){.kind = MESSAGE_TEXT, .body = parts->pdata[i], .told = told},
                   false);
    g_ptr_array_unref(parts);
    outbox_told_unref(told);
    return true;
}

bool
writing_is_one(struct core *core, struct room *room, enum message_kind kind,
               const struct rich *body, GError **error)
{
    g_autofree char *kept = hidden(room, body->text);

    if (!writing_may_send(core, room, kind, body, NULL, NULL, error))
        return false;
    if (kept != NULL) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                    "There is a password in it, and others would read it. Nothing was changed.");
        return false;
    }
    GPtrArray *parts = split(room, kind, body, NULL, error);
    const unsigned n = parts != NULL ? parts->len : 0;
    if (parts != NULL)
        g_ptr_array_unref(parts);
    if (n > 1)
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                    "This is too long for one message: it would be %u. Make it shorter, and say "
                    "the rest in another.",
                    n);
    return n == 1;
}

/* A secret is no place for marks. */
struct rich *
writing_read(struct core *core, const struct room *room, const char *typed)
{
    const bool marks = room != NULL && room->session != NULL && room->session->driver != NULL &&
                       config_bool(core->config, "look", "markup");
    g_autofree char *kept = marks ? hidden(room, typed) : NULL;

    if (!marks || kept != NULL)
        return rich_new(typed, -1);
    const struct driver *driver = room->session->driver;
    return driver->read_typed != NULL && room->session->state != NULL
               ? driver->read_typed(room->session->state, &room->pub, typed)
               : markup_read(typed, driver->marks);
}

bool
writing_say(struct core *core, int64_t buffer_id, enum message_kind kind, const char *typed,
            const char *reply_to, GError **error)
{
    struct room *room = room_get(core, buffer_id);
    struct rich *body = writing_read(core, room, typed);
    const GPtrArray *files = room != NULL ? room->attached : NULL;
    const bool good = send(core, buffer_id, kind, body, typed, files, reply_to, error);

    if (good && files != NULL)
        g_clear_pointer(&room->attached, g_ptr_array_unref);
    rich_free(body);
    return good;
}

/* --- many lines
 * -------------------------------------------------------------------------------------------- */

/* The messages that the lines become; NULL and `error` when one of them can't be sent. */
static GPtrArray *
split_lines(struct core *core, struct room *room, const char *text, GError **error)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func((GDestroyNotify)rich_free);

    for (char **line = lines; *line != NULL; line++) {
        if (**line == '\0')
            continue;
        g_autofree char *kept = room != NULL ? hidden(room, *line) : NULL;
        struct rich *body = rich_new(*line, -1);
        GPtrArray *parts = NULL;
        if (kept != NULL)
            g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                        "There is a password in it, which goes in a line of its own. Nothing was "
                        "sent or stored.");
        else if (writing_may_send(core, room, MESSAGE_TEXT, body, NULL, NULL, error))
            parts = split(room, MESSAGE_TEXT, body, NULL, error);
        rich_free(body);
        if (parts == NULL)
            return NULL;
        g_ptr_array_extend_and_steal(messages, parts);
    }
    return g_steal_pointer(&messages);
}

bool
core_send_lines(struct core *core, int64_t buffer_id, const char *thread, const char *text,
                int64_t answered, GError **error)
{
    struct room *room = room_get(core, buffer_id);
    struct message *message = answered != 0 ? store_load_message(core->store, answered) : NULL;
    const bool can = message != NULL && core_can_reply(core, message);
    g_autofree char *reply_to = can ? g_strdup(message->remote_id) : NULL;
    message_unref(message);
    g_autoptr(GPtrArray) messages = split_lines(core, room, text, error);

    if (messages == NULL)
        return false;
    if (messages->len == 0 || messages->len > CORE_MAX_LINES) {
        g_set_error(
            error, WEFT_ERROR, messages->len == 0 ? WEFT_ERROR_BAD_INPUT : WEFT_ERROR_TOO_LARGE,
            messages->len == 0 ? "There is nothing to send."
                               : "These are %u messages; weft sends at most %d at once. Send "
                                 "them in parts.",
            messages->len, CORE_MAX_LINES);
        return false;
    }
    typing_sent(room);
    core->writes.buffer_id = buffer_id;
    core->writes.root = thread;
    add_parts(core, room, MESSAGE_TEXT, messages, NULL, NULL, reply_to);
    core->writes.root = NULL;
    return true;
}

/* --- before it is sent
 * ------------------------------------------------------------------------------------- */

static size_t
bytes_left(const struct session *session, const struct send_request *request)
{
    const size_t most = session->limits.text_bytes, len = request->body->len;

    if (session->driver->left != NULL)
        return session->driver->left(session->state, request);
    return most == 0 ? SIZE_MAX : most - MIN(most, len);
}

void
core_measure(struct core *core, int64_t buffer_id, const char *typed, struct measure *ret_measure)
{
    struct room *room = room_get(core, buffer_id);
    const bool command = typed[0] == '/' && typed[1] != '/';

    *ret_measure = (struct measure){.left_bytes = SIZE_MAX};
    if (*typed == '\0' || command || room == NULL || room->session == NULL ||
        !session_open(room->session, NULL))
        return;
    struct rich *body = writing_read(core, room, typed[0] == '/' ? typed + 1 : typed);
    GPtrArray *parts = split(room, MESSAGE_TEXT, body, NULL, NULL);
    if (parts == NULL)
        ret_measure->left_bytes = 0;
    if (parts != NULL) {
        const struct send_request request = {
            .buffer = &room->pub, .kind = MESSAGE_TEXT, .body = body};
        ret_measure->messages = parts->len;
        ret_measure->left_bytes = bytes_left(room->session, &request);
        g_ptr_array_unref(parts);
    }
    rich_free(body);
}

/* --- secrets and drafts
 * ------------------------------------------------------------------------------------ */

/* "/msg NickServ IDENTIFY …", "/raw PRIVMSG NickServ :IDENTIFY …", "/ns identify …": any command
 * whose rest would be hidden if it were said or sent. */
static bool
command_has_secret(const struct room *room, const char *command)
{
    const struct driver *driver = room->session->driver;
    g_auto(GStrv) words = g_strsplit(command, " ", 3);
    const bool raw = g_strcmp0(words[0], "raw") == 0 || g_strcmp0(words[0], "quote") == 0;
    const char *rest = words[0] != NULL && words[1] != NULL ? strchr(command, ' ') + 1 : "";
    g_autofree char *as_line = driver->hides(NULL, command);
    g_autofree char *as_raw = raw ? driver->hides(NULL, rest) : NULL;
    g_autofree char *as_said =
        *rest != '\0' && words[2] != NULL ? driver->hides(words[1], words[2]) : NULL;

    return as_line != NULL || as_raw != NULL || as_said != NULL;
}

static bool
has_secret(const struct room *room, const char *text)
{
    if (room->session == NULL || room->session->driver->hides == NULL)
        return false;
    if (text[0] == '/' && text[1] != '/')
        return command_has_secret(room, text + 1);
    g_autofree char *kept = hidden(room, text);
    return kept != NULL;
}

bool
core_has_secret(struct core *core, int64_t buffer_id, const char *text)
{
    const struct room *room = room_get(core, buffer_id);
    return room != NULL && has_secret(room, text);
}

void
writing_set_draft(struct core *core, struct room *room, bool draft)
{
    if (room->pub.draft == draft)
        return;
    room->pub.draft = draft;
    room_publish(core, room, NOTICE_BUFFER_CHANGED);
}

void
core_set_draft(struct core *core, int64_t buffer_id, const char *text)
{
    struct room *room = room_get(core, buffer_id);

    if (core->read_only || room == NULL)
        return;
    redact_wipe_free(room->hidden_draft);
    room->hidden_draft = NULL;
    const bool draft = text != NULL && *text != '\0';
    if (draft && has_secret(room, text)) {
        room->hidden_draft = g_strdup(text);
        text = NULL;
    }
    store_set_draft(core->store, buffer_id, text);
    writing_set_draft(core, room, draft);
    drafts_typed(room, "", text);
}

char *
core_draft(struct core *core, int64_t buffer_id)
{
    const struct room *room = room_get(core, buffer_id);

    if (room != NULL && room->hidden_draft != NULL)
        return g_strdup(room->hidden_draft);
    const char *newer = room != NULL ? drafts_text(room, "") : NULL;
    if (newer != NULL)
        return *newer != '\0' ? g_strdup(newer) : NULL;
    return store_load_draft(core->store, buffer_id);
}
