/* What an account's session lends to its driver. */
#include "core/engine.h"
#include "core/ignore.h"

static struct session *
enter(struct host *host)
{
    struct session *session = (struct session *)host;
    session->inside++;
    return session;
}

static void
leave(struct session *session)
{
    session->inside--;
}

static void
on_emit(struct host *host, const struct event *event)
{
    struct session *session = enter(host);
    ingest_event(session, event);
    leave(session);
}

static void
on_done(struct host *host, op_id op, const char *remote_id, int64_t time_us)
{
    struct session *session = enter(host);
    if (!outbox_completed(session, op, remote_id, time_us, NULL)) {
        op_names(session, op, remote_id);
        session->answer_id = remote_id;
        op_end(session, op, NULL);
        session->answer_id = NULL;
    }
    g_clear_pointer(&session->found, g_ptr_array_unref);
    leave(session);
}

static void
on_history_done(struct host *host, op_id op, const struct history_result *result)
{
    struct session *session = enter(host);
    if (!history_completed(session, op, result))
        op_end(session, op, NULL);
    leave(session);
}

static void
on_browsed(struct host *host, op_id op, const struct browse_result *result)
{
    struct session *session = enter(host);
    session->answer = result;
    op_end(session, op, NULL);
    session->answer = NULL;
    leave(session);
}

static void
on_failed(struct host *host, op_id op, const GError *error)
{
    struct session *session = enter(host);
    g_autoptr(GError) unsaid = NULL;

    if (error == NULL)
        error = unsaid = g_error_new(WEFT_ERROR, WEFT_ERROR_INTERNAL,
                                     "The network refused, and did not say why.");
    if (!outbox_completed(session, op, NULL, 0, error))
        op_end(session, op, error);
    g_clear_pointer(&session->found, g_ptr_array_unref);
    leave(session);
}

static void
on_progress(struct host *host, op_id op, uint64_t done_bytes)
{
    struct session *session = enter(host);
    op_moves(session, op);
    transfer_progress(session, op, done_bytes);
    leave(session);
}

static void
on_bytes(struct host *host, op_id op, uint64_t at, const char *bytes, size_t len)
{
    struct session *session = enter(host);
    op_moves(session, op);
    transfer_bytes(session, op, at, bytes, len);
    leave(session);
}

static void
on_state(struct host *host, enum account_state state)
{
    struct session *session = enter(host);
    session_set_state(session, state);
    leave(session);
}

static void
on_lost(struct host *host, const GError *error)
{
    struct session *session = enter(host);
    session_lost(session, error);
    leave(session);
}

static void
on_caps(struct host *host, unsigned caps, const struct limits *limits)
{
    struct session *session = enter(host);
    session_set_caps(session, caps, limits);
    leave(session);
}

static void
on_say(struct host *host, const char *conversation, enum message_kind kind, const char *text)
{
    struct session *session = enter(host);
    struct room *room = NULL;

    if (conversation != NULL && *conversation != '\0')
        room = room_find(session->core, session->account->id, conversation);
    if (room == NULL)
        room = session->server;
    if (room != NULL)
        ingest_line(session->core, room, kind, text);
    leave(session);
}

static void
on_secret(struct host *host, const char *option, host_answer_fn fn, void *user)
{
    struct session *session = enter(host);
    question_secret(session, option, fn, user);
    leave(session);
}

static void
on_ask(struct host *host, const char *question, bool hidden, int64_t deadline_us, host_answer_fn fn,
       void *user)
{
    struct session *session = enter(host);
    question_ask(session, question, hidden, deadline_us, fn, user);
    leave(session);
}

static char *
on_kv_get(struct host *host, const char *key)
{
    const struct session *session = (struct session *)host;
    return store_load_kv(session->core->store, session->account->id, key);
}

static void
on_kv_set(struct host *host, const char *key, const char *value)
{
    const struct session *session = (struct session *)host;
    store_set_kv(session->core->store, session->account->id, key, value);
}

static char *
on_cursor_get(struct host *host, const char *conversation)
{
    const struct session *session = (struct session *)host;
    struct core *core = session->core;

    if (conversation == NULL)
        return store_load_cursor(core->store, session->account->id, 0);
    const struct room *room = room_find(core, session->account->id, conversation);
    return room != NULL ? store_load_cursor(core->store, session->account->id, room->pub.id) : NULL;
}

struct gather {
    GPtrArray *names;
    enum buffer_kind kind;
};

static void
gather_joined(struct room *room, void *user)
{
    const struct gather *gather = user;
    if (room->pub.kind == gather->kind && room->pub.joined && !room->pub.closed)
        g_ptr_array_add(gather->names, g_strdup(room->pub.remote_id));
}

static char **
on_conversations(struct host *host, enum buffer_kind kind)
{
    struct session *session = (struct session *)host;
    struct gather gather = {.names = g_ptr_array_new(), .kind = kind};

    room_each(session, gather_joined, &gather);
    g_ptr_array_add(gather.names, NULL);
    return (char **)g_ptr_array_free(gather.names, FALSE);
}

struct settle {
    struct word word;
    void (*fn)(void *user); /* NULL: called */
    void *user;
    GDestroyNotify free_user;
    unsigned life; /* of the driver's session that asked */
};

static void
settle_word(struct word *word, const struct store_result *result)
{
    struct settle *settle = (struct settle *)word;
    const struct session *session = session_of_account(word->core, word->id);
    void (*fn)(void *user) = g_steal_pointer(&settle->fn);

    if (fn != NULL && session != NULL && session->state != NULL && session->life == settle->life)
        fn(settle->user);
}

static void
settle_fini(struct word *word)
{
    struct settle *settle = (struct settle *)word;
    if (settle->free_user != NULL)
        settle->free_user(settle->user);
}

static bool
on_ignores(struct host *host, const char *sender_id, const char *sender_name, const char *mask)
{
    return ignore_matches((struct session *)host, NULL, sender_id, sender_name, mask, IGNORE_CTCP,
                          NULL);
}

static void
on_settled(struct host *host, void (*fn)(void *user), void *user, GDestroyNotify free_user)
{
    const struct session *session = (struct session *)host;
    struct core *core = session->core;
    struct settle *settle;

    if (core->disk_trouble) {
        fn(user);
        if (free_user != NULL)
            free_user(user);
        return;
    }
    settle = word_new(core, sizeof *settle, settle_word, session->account->id);
    settle->word.fini = settle_fini;
    settle->fn = fn;
    settle->user = user;
    settle->free_user = free_user;
    settle->life = session->life;
    word_barrier(core, &settle->word);
}

const struct host_ops host_account_ops = {
    .emit = on_emit,
    .done = on_done,
    .history_done = on_history_done,
    .browsed = on_browsed,
    .progress = on_progress,
    .bytes = on_bytes,
    .failed = on_failed,
    .state = on_state,
    .lost = on_lost,
    .caps = on_caps,
    .say = on_say,
    .secret = on_secret,
    .ask = on_ask,
    .kv_get = on_kv_get,
    .kv_set = on_kv_set,
    .cursor_get = on_cursor_get,
    .conversations = on_conversations,
    .ignores = on_ignores,
    .settled = on_settled,
};
