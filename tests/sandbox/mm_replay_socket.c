/* Recorded WebSockets, opened again. */
#include "tests/sandbox/mm_replay.h"

#include <string.h>

static char *
conn_name(JsonObject *line)
{
    return g_strdup_printf("%s %d", replay_text(line, "who"),
                           (int)json_object_get_int_member(line, "conn"));
}

/* The path with the sandbox's number where the recorded one was met, or the one before it: status
 * events come in other numbers here. */
static char *
with_own_seq(struct replay *replay, char *path)
{
    char *at = strstr(path, "sequence_number=");
    char *end = NULL;
    int64_t seq = at != NULL ? g_ascii_strtoll(at + strlen("sequence_number="), &end, 10) : 0;
    gpointer own = NULL;
    char *changed = NULL;

    if (seq <= 0)
        return path;
    if (g_hash_table_lookup_extended(replay->seqs, GINT_TO_POINTER(seq), NULL, &own))
        seq = GPOINTER_TO_INT(own);
    else if (g_hash_table_lookup_extended(replay->seqs, GINT_TO_POINTER(seq - 1), NULL, &own))
        seq = GPOINTER_TO_INT(own) + 1;
    *at = '\0';
    changed = g_strdup_printf("%ssequence_number=%" G_GINT64_FORMAT "%s", path, seq, end);
    g_free(path);
    return changed;
}

static void
note_seq(struct replay *replay, JsonObject *recorded, JsonObject *frame)
{
    if (g_strcmp0(replay_text(frame, "event"), "hello") == 0)
        g_hash_table_remove_all(replay->seqs);
    g_hash_table_insert(
        replay->seqs, GINT_TO_POINTER(json_object_get_int_member_with_default(recorded, "seq", -1)),
        GINT_TO_POINTER(json_object_get_int_member_with_default(frame, "seq", -1)));
}

static void
tell_open(struct replay *replay, JsonObject *line, const char *name)
{
    g_autofree char *path =
        with_own_seq(replay, mm_match_translate(replay->match, replay_text(line, "open")));
    const char *origin = replay_text(replay_object(line, "request_headers"), "Origin");
    struct conn *conn = g_new0(struct conn, 1);

    conn->waiting = g_ptr_array_new();
    conn->socket = mm_socket_open(replay->port, path, replay_token_of(replay, line), origin);
    g_hash_table_replace(replay->conns, g_strdup(name), conn);
}

static bool
is_late(JsonObject *frame)
{
    const char *event = replay_text(frame, "event");

    return g_strcmp0(event, "status_change") == 0 || g_strcmp0(event, "config_changed") == 0;
}

/* Of the same event, or the answer to the same action. */
static bool
is_like(JsonObject *recorded, JsonObject *frame)
{
    const char *event = replay_text(recorded, "event");

    if (event != NULL)
        return g_strcmp0(event, replay_text(frame, "event")) == 0;
    return replay_text(frame, "event") == NULL &&
           json_object_get_int_member_with_default(recorded, "seq_reply", 0) ==
               json_object_get_int_member_with_default(frame, "seq_reply", 0);
}

/* The next frame like the recorded one: events of one kind come in the recorded order, those of
 * different kinds may overtake each other, as they do on the real server. */
static JsonObject *
next_like(struct conn *conn, JsonObject *recorded)
{
    JsonObject *frame = NULL;

    for (unsigned i = 0; i < conn->waiting->len; i++) {
        frame = g_ptr_array_index(conn->waiting, i);
        if (is_like(recorded, frame)) {
            g_ptr_array_remove_index(conn->waiting, i);
            return frame;
        }
    }
    while ((frame = mm_socket_next(conn->socket, FRAME_MS)) != NULL) {
        if (is_like(recorded, frame))
            return frame;
        if (!is_late(frame))
            g_ptr_array_add(conn->waiting, frame);
    }
    return NULL;
}

/* A request that is not recorded, though what came of it is. */
static void
forget_collapsed(struct replay *replay)
{
    g_autofree char *body =
        g_strdup_printf("[{\"user_id\":\"%s\",\"category\":\"display_settings\",\"name\":"
                        "\"collapsed_reply_threads\","
                        "\"value\":\"on\"}]",
                        mm_match_find(replay->match, "tq9zst48ftyj38jt4fenc7pffh"));

    mm_answer_free(replay_ask(replay, "POST", "/api/v4/users/me/preferences/delete",
                              g_hash_table_lookup(replay->tokens, "bo"), body));
}

static void
compare_frame(struct replay *replay, struct conn *conn, JsonObject *line, const char *name)
{
    static const char *const ignore[] = {"*.request_id", "*.mini_preview",     "*.server_hostname",
                                         ".seq",         "*.last_activity_at", NULL};
    JsonNode *recorded = json_object_get_member(line, "frame");
    JsonObject *frame = NULL;
    g_autoptr(JsonNode) node = NULL;
    g_autoptr(GString) differences = g_string_new("");
    g_autofree char *text = NULL;
    g_autofree char *what = NULL;

    if (is_late(json_node_get_object(recorded)))
        return; /* they come when a job of the real server gets to them */
    if (g_str_equal(replay->story->name, "thread-crt") && g_str_equal(name, "bo 1") &&
        json_object_get_int_member_with_default(json_node_get_object(recorded), "seq", 0) == 29)
        forget_collapsed(replay);
    text = json_to_string(recorded, FALSE);
    what = g_strdup_printf("%s: %.110s", name, text);
    if (replay_in_globs(replay->story->differs, what))
        return;
    replay->compared++;
    frame = next_like(conn, json_node_get_object(recorded));
    if (frame == NULL) {
        replay_say(replay, what, "    did not come\n");
        return;
    }
    note_seq(replay, json_node_get_object(recorded), frame);
    node = json_node_init_object(json_node_alloc(), frame);
    mm_match_nodes(replay->match, recorded, node, ignore, true, differences);
    if (differences->len > 0)
        replay_say(replay, what, differences->str);
}

void
replay_await_close(struct replay *replay, const char *who, unsigned before)
{
    int64_t deadline = g_get_monotonic_time() + (int64_t)FRAME_MS * 1000;

    while (mm_server_sockets(replay->server, who) >= before && g_get_monotonic_time() < deadline)
        g_thread_yield();
}

static void
compare_end(struct replay *replay, struct conn *conn, JsonObject *line, const char *name)
{
    int64_t code = json_object_get_int_member(replay_object(line, "closed"), "code");
    const char *who = replay_text(line, "who");
    g_autofree char *what = g_strdup_printf("%s: end %d", name, (int)code);
    unsigned open_sockets = 0;
    JsonObject *frame = NULL;

    replay->compared++;
    if (code != 1000 && !mm_socket_ended(conn->socket, FRAME_MS))
        replay_say(replay, what, "    it is still open\n");
    if (replay_in_globs(replay->story->differs, what))
        g_ptr_array_set_size(conn->waiting, 0);
    while (!replay_in_globs(replay->story->differs, what) &&
           (frame = mm_socket_next(conn->socket, 0)) != NULL)
        if (!is_late(frame))
            g_ptr_array_add(conn->waiting, frame);
    for (unsigned i = 0; i < conn->waiting->len; i++) {
        g_autoptr(JsonNode) node =
            json_node_init_object(json_node_alloc(), g_ptr_array_index(conn->waiting, i));
        g_autofree char *text = json_to_string(node, FALSE);
        g_autofree char *more = g_strdup_printf("    nobody expected %.200s\n", text);

        replay_say(replay, what, more);
    }
    open_sockets = code == 1000 ? mm_server_sockets(replay->server, who) : 0;
    g_hash_table_remove(replay->conns, name);
    if (open_sockets > 0)
        replay_await_close(replay, who, open_sockets);
}

static void
compare_refusal(struct replay *replay, struct conn *conn, JsonObject *line, const char *name)
{
    int64_t status = json_object_get_int_member(replay_object(line, "upgrade_refused"), "status");

    replay->compared++;
    if (status != mm_socket_status(conn->socket))
        replay_say(replay, name, "    the upgrade was not refused so\n");
    g_hash_table_remove(replay->conns, name);
}

void
replay_tell_socket(struct replay *replay, JsonObject *line)
{
    g_autofree char *name = conn_name(line);
    struct conn *conn = g_hash_table_lookup(replay->conns, name);

    if (g_str_equal(replay->story->name, "websocket-resume")) {
        if (g_str_equal(name, "bo 16") && json_object_has_member(line, "closed"))
            mm_server_down(replay->server);
        if (g_str_equal(name, "bo 17"))
            mm_server_up(replay->server);
    }
    if (json_object_has_member(line, "open")) {
        tell_open(replay, line, name);
        return;
    }
    if (conn == NULL) {
        replay_say(replay, name, "    there is no such connection\n");
        return;
    }
    if (json_object_has_member(line, "closed")) {
        compare_end(replay, conn, line, name);
    } else if (json_object_has_member(line, "upgrade_refused")) {
        compare_refusal(replay, conn, line, name);
    } else if (g_str_equal(replay_text(line, "dir"), "s>c")) {
        compare_frame(replay, conn, line, name);
    } else if (json_object_has_member(line, "frame")) {
        const char *raw = replay_text(replay_object(line, "frame"), "_raw");
        g_autofree char *recorded =
            raw != NULL ? g_strdup(raw)
                        : json_to_string(json_object_get_member(line, "frame"), FALSE);
        g_autofree char *text = mm_match_translate(replay->match, recorded);

        mm_socket_send(conn->socket, text);
    }
}
