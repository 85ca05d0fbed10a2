/* What the relay says and does: through the doors that a person's own words take. */
#include "core/copy.h"

#include <string.h>

#include "base/utf8.h"
#include "core/engine.h"

#define KEY_BYTES  32
#define MARK_BYTES 16

/* --- saying
 * --------------------------------------------------------------------------------------- */

/* One core_copy(): until the last of its parts is on the disk. */
struct copying {
    unsigned parts; /* whose word is awaited */
    unsigned added, known;
    int64_t source_id;
    copy_fn fn;
    void *user;
};

struct part {
    struct word word; /* id: the buffer */
    struct outbox_row *row;
    struct message *message;
    struct copying *copying; /* NULL: sent again by the person */
    bool promised;           /* it leaves with its commit */
};

static void
part_fini(struct word *word)
{
    struct part *part = (struct part *)word;

    outbox_row_free(part->row);
    message_unref(part->message);
    if (part->copying != NULL && --part->copying->parts == 0)
        g_free(part->copying);
}

static void
tell_copied(struct core *core, const struct copying *copying)
{
    g_autoptr(GError) error = NULL;

    if (copying->added == 0)
        error = g_error_new(WEFT_ERROR, WEFT_ERROR_CONFLICT,
                            copying->known > 0 ? "This copy is there already."
                                               : "What was to be copied is not wanted any more.");
    copying->fn(core, copying->added > 0, error, copying->user);
}

static void
part_added(struct word *word, const struct store_result *result)
{
    struct part *part = (struct part *)word;
    struct core *core = word->core;
    struct room *room = room_get(core, word->id);
    struct copying *copying = part->copying;

    if (result->outcome == STORE_STALLED)
        return;
    if (part->promised && room != NULL)
        outbox_promise_over(room);
    if (result->outcome == STORE_NEW && room != NULL) {
        outbox_added(core, room, g_steal_pointer(&part->row), result);
        word_publish_copy(core, result->message, copying != NULL ? copying->source_id : 0);
        thread_replied(core, room, result->message);
    }
    if (copying != NULL) {
        copying->added += result->outcome == STORE_NEW;
        copying->known += result->outcome == STORE_KNOWN;
        if (copying->parts == 1)
            tell_copied(core, copying);
    }
    if (room != NULL && part->promised)
        outbox_run_promised(room, result->outbox_id);
    else if (room != NULL)
        outbox_run_room(room);
}

/* The same whenever, and from whatever file of messages, this copy is made of it. */
static char *
derive_key(struct core *core, const struct message *source, const struct room *room,
           const struct copy_request *request, guint part)
{
    const struct room *from = room_get(core, source->buffer_id);
    const char *account = from != NULL && from->session != NULL ? from->session->account->name : "";
    g_autofree char *row = g_strdup_printf("#%" G_GINT64_FORMAT, source->id);
    g_autofree char *number = g_strdup_printf("%u", part);
    g_autofree char *seed =
        g_strjoin("\n", "weft:copy", store_profile_uuid(core->store), account,
                  from != NULL ? from->pub.remote_id : "",
                  source->remote_id != NULL ? source->remote_id : row, room->session->account->name,
                  room->pub.remote_id, request->note ? "note" : "copy",
                  request->key_seed != NULL ? request->key_seed : "", number, NULL);
    char *key = g_compute_checksum_for_string(G_CHECKSUM_SHA256, seed, -1);

    key[KEY_BYTES] = '\0';
    return key;
}

static void
add(struct core *core, struct room *room, struct part *part, const struct store_copy *copy)
{
    part->word.fini = part_fini;
    store_add_copy(core->store, part->row, part->message, copy, word_came, part);
}

/* Who is shown as having said it. */
static void
name(struct part *part, const char *said_by)
{
    if (said_by == NULL)
        return;
    g_free(part->message->sender_name);
    part->message->sender_name = ingest_clean(said_by, CORE_MAX_NAME_BYTES);
}

static void
add_part(struct core *core, struct room *room, const struct copy_request *request,
         const struct message *source, const struct said *said, guint i, struct copying *copying)
{
    const size_t most = room->session->limits.name_bytes;
    const bool as = request->as_name != NULL && most > 0;
    struct part *part = word_new(core, sizeof *part, part_added, room->pub.id);
    struct store_copy copy = {
        .source_id = request->source_id,
        .part = i,
        .note = request->note,
        .task_id = request->task_id,
        .ends_task = request->task_id != 0 && i + 1 == copying->parts,
    };

    part->copying = copying;
    part->message = outbox_message(core, room, said);
    part->message->flags |= MESSAGE_RELAYED;
    name(part, request->said_by != NULL ? request->said_by : request->as_name);
    part->row = outbox_row(room, said, part->message);
    part->row->key = derive_key(core, source, room, request, i);
    part->row->mark = g_strdup(core_copy_mark(core));
    part->row->as_name = as ? utf8_sanitize(request->as_name, -1, most) : NULL;
    part->row->as_avatar = as ? g_strdup(request->as_avatar) : NULL;
    part->promised = copy.leaves = outbox_promise(room, part->row);
    add(core, room, part, &copy);
}

static void
add_parts(struct core *core, struct room *room, const struct copy_request *request,
          const struct message *source, const GPtrArray *parts, struct copying *copying)
{
    g_autofree char *root = request->thread != NULL ? g_strdup(request->thread)
                                                    : thread_root_of(core, room, request->reply_to);
    const bool threads = (room->pub.caps & CAP_THREADS) != 0;

    for (guint i = 0; i < parts->len; i++) {
        const struct said said = {
            .kind = request->kind,
            .body = parts->pdata[i],
            .files = i == 0 ? request->files : NULL,
            .reply_to = i == 0 ? request->reply_to : NULL,
            .thread = i == 0 || threads ? root : NULL,
        };
        add_part(core, room, request, source, &said, i, copying);
    }
}

/* --- answers that come at once are given later: whoever asked is above us
 * ----------------------------------- */

struct answer {
    struct word word;
    GError *error; /* NULL: done */
    copy_fn copied;
    copy_done_fn done;
    copy_file_fn file;
    char *path;
    void *user;
};

static void
answer_fini(struct word *word)
{
    struct answer *answer = (struct answer *)word;

    g_clear_error(&answer->error);
    g_free(answer->path);
}

static void
answer_told(struct word *word, const struct store_result *result)
{
    const struct answer *answer = (struct answer *)word;

    if (result->outcome == STORE_STALLED)
        return;
    if (answer->copied != NULL)
        answer->copied(word->core, false, answer->error, answer->user);
    else if (answer->done != NULL)
        answer->done(word->core, answer->error, answer->user);
    else
        answer->file(word->core, answer->path, answer->error, answer->user);
}

/* Takes the error. */
static struct answer *
answer_new(struct core *core, GError *error_taken, void *user)
{
    struct answer *answer = word_new(core, sizeof *answer, answer_told, 0);

    answer->word.fini = answer_fini;
    answer->error = error_taken;
    answer->user = user;
    return answer;
}

void
copy_answer(struct core *core, copy_done_fn fn, void *user, GError *error_taken)
{
    struct answer *answer = answer_new(core, error_taken, user);

    answer->done = fn;
    word_barrier(core, &answer->word);
}

void
copy_answer_file(struct core *core, copy_file_fn fn, void *user, const char *path,
                 GError *error_taken)
{
    struct answer *answer = answer_new(core, error_taken, user);

    answer->file = fn;
    answer->path = g_strdup(path);
    word_barrier(core, &answer->word);
}

static GError *
not_here(void)
{
    return g_error_new(WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "This message is not here.");
}

/* What it becomes there; NULL: `error`. */
static GPtrArray *
parts_of(struct core *core, struct room *room, const struct copy_request *request, GError **error)
{
    const struct persona as = {request->as_name, request->as_avatar};

    if (!writing_may_send(core, room, request->kind, request->body, request->files,
                          request->reply_to, error))
        return NULL;
    const bool says_as = request->as_name != NULL && room->session->limits.name_bytes > 0;
    const struct send_request send = {.buffer = &room->pub,
                                      .kind = request->kind,
                                      .body = request->body,
                                      .reply_to = request->reply_to,
                                      .thread = request->thread,
                                      .as = says_as ? &as : NULL,
                                      .mark = core_copy_mark(core)};
    return writing_split(room, &send, error);
}

void
core_copy(struct core *core, const struct copy_request *request, copy_fn fn, void *user)
{
    struct room *room = room_get(core, request->buffer_id);
    struct message *source = store_load_message(core->store, request->source_id);
    GError *error = source == NULL ? not_here() : NULL;
    GPtrArray *parts = error == NULL ? parts_of(core, room, request, &error) : NULL;

    if (parts != NULL) {
        struct copying *copying = g_new0(struct copying, 1);
        *copying = (struct copying){
            .parts = parts->len, .source_id = request->source_id, .fn = fn, .user = user};
        add_parts(core, room, request, source, parts, copying);
        g_ptr_array_unref(parts);
    } else {
        struct answer *answer = answer_new(core, error, user);
        answer->copied = fn;
        word_barrier(core, &answer->word);
    }
    message_unref(source);
}

void
copy_again(struct core *core, struct room *room, const struct outbox_row *before)
{
    struct message *message = store_load_message(core->store, before->message_id);
    const struct store_copy copy = {.replaces = before->message_id};
    const struct said said = {.kind = before->kind,
                              .body = before->body,
                              .files = before->files,
                              .reply_to = before->reply_to,
                              .thread = before->thread};
    struct part *part = word_new(core, sizeof *part, part_added, room->pub.id);

    part->message = outbox_message(core, room, &said);
    part->message->flags |= MESSAGE_RELAYED;
    name(part, message != NULL ? message->sender_name : before->as_name);
    part->row = outbox_row(room, &said, part->message);
    part->row->mark = g_strdup(before->mark);
    part->row->as_name = g_strdup(before->as_name);
    part->row->as_avatar = g_strdup(before->as_avatar);
    add(core, room, part, &copy);
    message_unref(message);
}

/* --- what is so
 * ----------------------------------------------------------------------------------- */

size_t
core_copy_name_bytes(struct core *core, int64_t buffer_id)
{
    const struct room *room = room_get(core, buffer_id);

    return room != NULL && room->session != NULL ? room->session->limits.name_bytes : 0;
}

size_t
core_copy_line_bytes(struct core *core, int64_t buffer_id)
{
    const struct room *room = room_get(core, buffer_id);

    return room != NULL && room->session != NULL ? room->session->limits.line_bytes : 0;
}

unsigned
core_copy_lacks(struct core *core, int64_t buffer_id)
{
    const struct room *room = room_get(core, buffer_id);

    return room != NULL && room->session != NULL && room->session->driver != NULL
               ? room->session->driver->lacks
               : 0;
}

bool
core_copy_has_colors(struct core *core, int64_t buffer_id)
{
    const struct room *room = room_get(core, buffer_id);

    return room != NULL && room->session != NULL && room->session->driver != NULL &&
           room->session->driver->has_colors;
}

unsigned
core_copies_at_once(struct core *core, int64_t buffer_id)
{
    const struct room *room = room_get(core, buffer_id);

    return room != NULL && room->session != NULL ? (unsigned)room->session->limits.max_in_flight
                                                 : 1;
}

bool
core_copy_ready(struct core *core, int64_t buffer_id, GError **error)
{
    struct room *room = room_get(core, buffer_id);
    struct rich *body = rich_new(".", 1);
    const bool may = room != NULL && !room_is_gone(room) && room->session != NULL
                         ? session_can(room->session, &room->pub, CAP_SEND, error) &&
                               writing_may_send(core, room, MESSAGE_TEXT, body, NULL, NULL, error)
                         : (g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                                        "There is no such conversation."),
                            false);

    rich_free(body);
    if (may && !outbox_is_ready(room)) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_CLOSED,
                    "The network has not let weft into %s yet.", room->pub.name);
        return false;
    }
    return may;
}

bool
core_copy_caught_up(struct core *core, int64_t buffer_id)
{
    const struct room *room = room_get(core, buffer_id);

    if (room == NULL || room->session == NULL || room_is_gone(room))
        return true;
    return session_online(room->session) &&
           ((room->pub.caught_up && room->caught_up_stored) || room->session->grace_over);
}

const char *
core_copy_mark(struct core *core)
{
    if (core->mark == NULL) {
        g_autofree char *seed = g_strconcat("weft:mark:", store_profile_uuid(core->store), NULL);
        core->mark = g_compute_checksum_for_string(G_CHECKSUM_SHA256, seed, -1);
        core->mark[MARK_BYTES] = '\0';
    }
    return core->mark;
}

const char *const *
core_copy_calls_everyone(struct core *core, int64_t buffer_id)
{
    static const char *const none[] = {NULL};
    const struct room *room = room_get(core, buffer_id);
    const struct driver *driver =
        room != NULL && room->session != NULL ? room->session->driver : NULL;

    return driver != NULL && driver->calls_everyone != NULL ? driver->calls_everyone : none;
}

struct store *
core_copy_store(struct core *core)
{
    return core->store;
}

/* --- doing
 * ---------------------------------------------------------------------------------------- */

struct doing {
    copy_done_fn fn;
    void *user;
};

static void
ended(struct session *session, const GError *error, void *user)
{
    const struct doing *doing = user;

    if (!session->core->leaving)
        doing->fn(session->core, error, doing->user);
}

static op_id
begin(struct session *session, int64_t buffer_id, copy_done_fn fn, void *user)
{
    struct doing *doing = g_new(struct doing, 1);
    *doing = (struct doing){fn, user};
    const op_id op = session_begin(session, buffer_id, ended, doing);

    session_owns(session, op, g_free);
    return op;
}

/* The driver did not take it. */
static void
refused(struct session *session, op_id op, copy_done_fn fn, void *user, GError *error_taken)
{
    session_refused(session, op);
    copy_answer(session->core, fn, user, error_taken);
}

/* True: there is nothing to be taken back there, and `error` says why it cannot be known, or NULL.
 */
static bool
is_not_there(struct core *core, int64_t message_id, GError **error)
{
    struct message *message = store_load_message(core->store, message_id);
    const bool deleted = message != NULL && (message->flags & MESSAGE_DELETED) != 0;
    const bool sent = message != NULL && message->state == MESSAGE_SENT;
    bool blocks;

    message_unref(message);
    if (deleted || sent)
        return deleted;
    /* What may have arrived is not forgotten: it would stay there. */
    if (!outbox_is_in_doubt(core, message_id, &blocks))
        return core_drop(core, message_id, NULL); /* it has never left */
    /* With nobody looking for it now, it is not waited for without end. */
    g_set_error(error, WEFT_ERROR, blocks ? WEFT_ERROR_CLOSED : WEFT_ERROR_CONFLICT,
                "Whether this copy has arrived is being found out.");
    return true;
}

void
core_copy_delete(struct core *core, int64_t message_id, copy_done_fn fn, void *user)
{
    struct session *session;
    GError *error = NULL;

    if (is_not_there(core, message_id, &error)) {
        copy_answer(core, fn, user, error);
        return;
    }
    struct message *message = deed_find(core, message_id, CAP_DELETE, &session, &error);
    if (message == NULL) {
        copy_answer(core, fn, user, error);
        return;
    }
    const struct buffer *buffer = core_buffer(core, message->buffer_id);
    const op_id op = begin(session, buffer->id, fn, user);
    if (!session->driver->delete_(session->state, op, buffer, message->remote_id, &error))
        refused(session, op, fn, user, error);
    message_unref(message);
}

void
core_copy_react(struct core *core, int64_t message_id, const char *emoji, bool on, copy_done_fn fn,
                void *user)
{
    struct session *session;
    GError *error = NULL;

    if (*emoji == '\0' || strlen(emoji) > CORE_MAX_EMOJI_BYTES ||
        !g_utf8_validate(emoji, -1, NULL)) {
        copy_answer(core, fn, user,
                    g_error_new(WEFT_ERROR, WEFT_ERROR_BAD_INPUT, "This is no reaction."));
        return;
    }
    struct message *message = deed_find(core, message_id, CAP_REACT, &session, &error);
    if (message == NULL) {
        copy_answer(core, fn, user, error);
        return;
    }
    const struct buffer *buffer = core_buffer(core, message->buffer_id);
    const op_id op = begin(session, buffer->id, fn, user);
    if (!session->driver->react(session->state, op, buffer, message->remote_id, emoji, on, &error))
        refused(session, op, fn, user, error);
    message_unref(message);
}

void
core_copy_topic(struct core *core, int64_t buffer_id, const char *topic, copy_done_fn fn,
                void *user)
{
    struct room *room = room_get(core, buffer_id);
    GError *error = NULL;

    if (room == NULL || room->session == NULL) {
        copy_answer(core, fn, user, not_here());
        return;
    }
    const bool is_so = g_strcmp0(room->pub.topic != NULL ? room->pub.topic : "", topic) == 0;
    if (is_so || !session_can(room->session, &room->pub, CAP_SET_TOPIC, &error)) {
        copy_answer(core, fn, user, error);
        return;
    }
    struct session *session = room->session;
    const op_id op = begin(session, buffer_id, fn, user);
    if (!session->driver->set_topic(session->state, op, &room->pub, topic, &error))
        refused(session, op, fn, user, error);
}

void
core_copy_typing(struct core *core, int64_t buffer_id, bool active)
{
    struct room *room = room_get(core, buffer_id);

    if (room != NULL)
        typing_tell(room, active);
}
