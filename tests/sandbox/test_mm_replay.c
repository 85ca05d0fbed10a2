/* The honesty of the sandbox: the stories that were recorded from a real server 11.6
 * (transcripts/README.md) are told again to the sandbox, one after another on the same server, and
 * each of its answers and events is compared with the recording, field by field. */
#include "tests/sandbox/test_mm_replay.h"

#include "tests/sandbox/mm_client.h"
#include "tests/sandbox/mm_match.h"
#include "tests/sandbox/mm_server.h"

#include <string.h>

#define RECORDED_SITE "http://127.0.0.1:58065"
#define SECRET        "Secret-pw-123"
#define FRAME_MS      1500
#define AUTH_MS       300
#define SHOWN_MAX     6000

struct story {
    const char *name;
    const char *skip;            /* why it is not told; or NULL */
    const char *const *left_out; /* "METHOD /path", globs: not asked or compared, for the reason */
    const char *const *differs;  /* "METHOD /path .field", globs: what need not agree */
};

static const char *const no_globs[] = {NULL};

/* Each line says why. */
static const char *const bootstrap_left_out[] = {
    "POST /roles/names", /* the sandbox has no lists of permissions */
    NULL,
};
static const char *const bootstrap_differs[] = {
    "GET /users/me/channel_members?page=0&per_page=2", /* sorted by id, and ids are not the same */
    NULL,
};
static const char *const edit_differs[] = {
    "GET /channels/*/posts?since=*", /* the order of old versions is nobody's promise */
    NULL,
};
static const char *const thread_differs[] = {
    "GET /users/me/teams/*/threads?per_page=5&since=*", /* the sandbox's since means the last reply
                                                         */
    NULL,
};
static const char *const files_left_out[] = {
    "GET /files/*/thumbnail", /* the sandbox makes no pictures */
    "GET /files/*/preview",
    "GET /users/*/image?*",
    NULL,
};
static const char *const status_differs[] = {
    "POST /users/status/ids", /* the end of an earlier dnd stays in the record here */
    NULL,
};
static const char *const direct_left_out[] = {
    "POST /channels/*/convert_to_channel?*", /* not there yet, and no news of it */
    NULL,
};
static const char *const direct_differs[] = {
    "*: {\"event\":\"channel_updated\",\"data\":{\"channel\":\"*7qonfuc5jbnaubfitwqf9p7qdy*",
    "*: {\"event\":\"sidebar_category_updated\",\"data\":{\"updatedCategories*",
    "*: {\"event\":\"posted\",\"data\":{\"channel_display_name\":\"Ovens\"*",
    "*: {\"event\":\"channel_member_updated\"*",
    NULL,
};
static const char *const channel_differs[] = {
    "GET /users/me/channels*",        /* the converted group message is in it */
    "GET /channels/*/members?page=*", /* times of members who have read nothing: -1 there, 0 here */
    "dede 1: end 1000",               /* told of off-topic, which the recorded one missed by luck */
    NULL,
};

static const char *const preferences_differs[] = {
    "GET /users/me/posts/flagged?*",             /* of a post that is not recorded */
    "GET /users/me/preferences",                 /* with some that slash commands set */
    "GET /users/me/teams/*/channels/categories", /* with the converted group message */
    NULL,
};
static const char *const errors_left_out[] = {
    "PUT /posts/f6xm4185gifeje9oow1wc1qs3w/patch", /* of a post that is not recorded */
    "GET /users/me/teams/members",                 /* the sandbox refuses when it is told to */
    NULL,
};
static const char *const errors_differs[] = {
    "POST /reactions",   /* of a post that is not recorded */
    "POST /users/login", /* the sandbox's codes work more than once; and it has no mfa_active */
    NULL,
};

static const struct story stories[] = {
    {"setup", NULL, no_globs, no_globs},
    {"login-and-bootstrap", NULL, bootstrap_left_out, bootstrap_differs},
    {"post-edit-delete", NULL, no_globs, edit_differs},
    {"reactions", NULL, no_globs, no_globs},
    {"thread-crt", NULL, no_globs, thread_differs},
    {"files", NULL, files_left_out, no_globs},
    {"read-state", NULL, no_globs, no_globs},
    {"typing-status", NULL, no_globs, status_differs},
    {"direct-and-group", NULL, direct_left_out, direct_differs},
    {"channel-life", NULL, no_globs, channel_differs},
    {"users-and-team", "no changes of teams and no deactivation by request yet", no_globs,
     no_globs},
    {"websocket-resume", NULL, no_globs, no_globs},
    {"dedupe-pending-post-id", NULL, no_globs, no_globs},
    {"history-paging", NULL, no_globs, no_globs},
    {"ephemeral-and-buttons", "no slash commands, ephemeral posts and buttons yet", no_globs,
     no_globs},
    {"webhooks-and-bots", "no webhooks and bots yet", no_globs, no_globs},
    {"search", "no search in posts and files yet", no_globs, no_globs},
    {"preferences", NULL, no_globs, preferences_differs},
    {"errors", NULL, errors_left_out, errors_differs},
};

/* Fields that say nothing about the protocol. */
static const char *const everywhere[] = {
    "*.request_id", "*.server_hostname", "*.AsymmetricSigningPublicKey",
    "*.csrf",       "*.mini_preview",    NULL,
};

/* Requests whose arrays have no order that one could rely on. */
static const char *const loose_paths[] = {
    "POST /users/ids*",         "POST /users/status/ids*",
    "GET /users/known*",        "POST /roles/names*",
    "GET /users/me/*",          "POST /posts/ids*",
    "GET /users?in_*",          "GET /teams/*",
    "POST /users/group_ch*",    "GET /posts/*/files/info",
    "GET /channels/*/members*", NULL,
};

struct conn {
    struct mm_socket *socket;
    GPtrArray *waiting; /* JsonObject: frames that the recording has not told of yet */
};

struct replay {
    struct mm_server *server;
    uint16_t port;
    struct mm_match *match;
    GHashTable *tokens; /* who: token */
    GHashTable *conns;  /* "who N": struct conn */
    GString *said;      /* differences */
    unsigned compared;
    int64_t base;
    GHashTable *seqs; /* recorded sequence numbers: the sandbox's */
    unsigned next;    /* the story that comes next */
    const struct story *story;
};

static struct replay *the_replay;

/* ---- the server and who is on it ---- */

static void
conn_free(gpointer data)
{
    struct conn *conn = data;

    mm_socket_close(conn->socket);
    g_ptr_array_unref(conn->waiting);
    g_free(conn);
}

static struct replay *
replay_new(void)
{
    struct mm_server_options options = {.auth_ms = AUTH_MS};
    struct replay *replay = g_new0(struct replay, 1);
    g_autofree char *site = NULL;

    replay->server = mm_server_start(&options);
    replay->port = mm_server_port(replay->server);
    site = g_strdup_printf("http://127.0.0.1:%u", replay->port);
    replay->match = mm_match_new(RECORDED_SITE, site);
    replay->tokens = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    replay->conns = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, conn_free);
    replay->seqs = g_hash_table_new(NULL, NULL);
    replay->said = g_string_new("");
    return replay;
}

static void
replay_free(struct replay *replay)
{
    g_hash_table_unref(replay->conns);
    g_hash_table_unref(replay->tokens);
    g_hash_table_unref(replay->seqs);
    g_string_free(replay->said, TRUE);
    mm_match_free(replay->match);
    mm_server_stop(replay->server);
    g_free(replay);
}

static struct mm_answer *
ask(struct replay *replay, const char *method, const char *path, const char *token,
    const char *body)
{
    return mm_client_ask(replay->port, method, path, token, body, body != NULL ? strlen(body) : 0,
                         NULL, NULL);
}

/* A login that the recordings leave out. */
static const char *
log_in(struct replay *replay, const char *who)
{
    g_autofree char *body =
        g_strdup_printf("{\"login_id\":\"%s\",\"password\":\"" SECRET "\"}", who);
    struct mm_answer *answer = ask(replay, "POST", "/api/v4/users/login", NULL, body);

    if (answer->token != NULL)
        g_hash_table_replace(replay->tokens, g_strdup(who), g_strdup(answer->token));
    mm_answer_free(answer);
    return g_hash_table_lookup(replay->tokens, who);
}

static const char *
text_in(JsonObject *object, const char *key)
{
    return object != NULL ? json_object_get_string_member_with_default(object, key, NULL) : NULL;
}

static JsonObject *
object_in(JsonObject *object, const char *key)
{
    JsonNode *node = object != NULL ? json_object_get_member(object, key) : NULL;

    return node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

/* What the line's Authorization stands for; NULL: none. */
static const char *
token_of(struct replay *replay, JsonObject *line)
{
    const char *value = text_in(object_in(line, "request_headers"), "Authorization");
    const char *who = text_in(line, "who");
    const char *recorded = value != NULL && g_str_has_prefix(value, "Bearer ") ? value + 7 : NULL;
    const char *token = NULL;

    if (recorded == NULL) {
        JsonNode *request = json_object_get_member(line, "request");

        /* The headers of the one request with a broken body are not recorded. */
        if (request != NULL && json_node_get_value_type(request) == G_TYPE_STRING)
            return g_hash_table_lookup(replay->tokens, who);
        return NULL;
    }
    token = mm_match_find(replay->match, recorded);
    if (token != NULL)
        return token;
    if (strlen(recorded) != 26 || strspn(recorded, "a") == 26)
        return recorded;
    token = g_hash_table_lookup(replay->tokens, who);
    if (token == NULL)
        token = log_in(replay, who);
    if (token == NULL)
        return recorded;
    mm_match_bind(replay->match, recorded, token);
    return token;
}

static bool
in_globs(const char *const *globs, const char *text)
{
    for (; *globs != NULL; globs++) {
        if (g_pattern_match_simple(*globs, text))
            return true;
    }
    return false;
}

static void
say(struct replay *replay, const char *what, const char *differences)
{
    g_string_append_printf(replay->said, "  %s\n%s", what, differences);
}

/* ---- requests ---- */

/* "<16384 times the letter é>", "<2100 times y>" */
static char *
expand(const char *text)
{
    g_autoptr(GRegex) regex = g_regex_new("<(\\d+) times (?:the letter )?(.)>", 0, 0, NULL);
    g_autoptr(GMatchInfo) info = NULL;
    GString *out = NULL;
    int start = 0;
    int end = 0;

    if (!g_regex_match(regex, text, 0, &info))
        return g_strdup(text);
    g_match_info_fetch_pos(info, 0, &start, &end);
    out = g_string_new_len(text, start);
    {
        g_autofree char *count = g_match_info_fetch(info, 1);
        g_autofree char *letter = g_match_info_fetch(info, 2);

        for (int64_t n = g_ascii_strtoll(count, NULL, 10); n > 0; n--)
            g_string_append(out, letter);
    }
    g_string_append(out, text + end);
    return g_string_free(out, FALSE);
}

/* Bytes that nobody looks at, but for a picture's head. */
static void
add_bytes(GString *body, const char *name, int64_t count)
{
    static const char png[] = "\211PNG\r\n\032\n\0\0\0\rIHDR\0\0\0\240\0\0\0\170\010\002\0\0\0";
    size_t head = g_str_has_suffix(name, ".png") ? MIN(sizeof png - 1, (size_t)count) : 0;

    g_string_append_len(body, png, (gssize)head);
    for (int64_t i = (int64_t)head; i < count; i++)
        g_string_append_c(body, "raw bytes\n"[i % 10]);
}

static GString *
multipart_body(struct replay *replay, JsonArray *parts)
{
    GString *body = g_string_new("");

    for (unsigned i = 0; i < json_array_get_length(parts); i++) {
        JsonObject *part = json_array_get_object_element(parts, i);
        const char *file = text_in(part, "filename");
        const char *value = text_in(part, "value");
        g_autofree char *own = value != NULL ? mm_match_translate(replay->match, value) : NULL;

        g_string_append_printf(body, "--weft\r\nContent-Disposition: form-data; name=\"%s\"",
                               text_in(part, "name"));
        if (file != NULL)
            g_string_append_printf(body, "; filename=\"%s\"", file);
        g_string_append(body, "\r\n\r\n");
        if (own != NULL)
            g_string_append(body, own);
        else
            add_bytes(body, file, json_object_get_int_member(part, "bytes"));
        g_string_append(body, "\r\n");
    }
    g_string_append(body, "--weft--\r\n");
    return body;
}

/* What is sent; NULL: nothing. */
static GString *
body_of(struct replay *replay, JsonNode *request, const char **ret_type)
{
    JsonObject *object =
        request != NULL && JSON_NODE_HOLDS_OBJECT(request) ? json_node_get_object(request) : NULL;
    g_autofree char *recorded = NULL;
    g_autofree char *own = NULL;
    g_autofree char *whole = NULL;

    *ret_type = "application/json";
    if (request == NULL)
        return NULL;
    if (object != NULL && json_object_has_member(object, "_multipart")) {
        *ret_type = "multipart/form-data; boundary=weft";
        return multipart_body(replay, json_object_get_array_member(object, "_multipart"));
    }
    if (object != NULL && json_object_has_member(object, "_raw_bytes")) {
        GString *body = g_string_new("");

        *ret_type = "application/octet-stream";
        add_bytes(body, "", json_object_get_int_member(object, "_raw_bytes"));
        return body;
    }
    recorded = json_node_get_value_type(request) == G_TYPE_STRING ? json_node_dup_string(request)
                                                                  : json_to_string(request, FALSE);
    own = mm_match_translate(replay->match, recorded);
    whole = expand(own);
    return g_string_new(whole);
}

static bool
is_pending_error(JsonObject *line)
{
    JsonObject *response = object_in(line, "response");

    return g_strcmp0(text_in(response, "id"), "api.post.deduplicate_create_post.pending") == 0;
}

static void
compare_etag(struct replay *replay, JsonObject *line, struct mm_answer *answer,
             GString *differences)
{
    const char *etag = text_in(object_in(line, "headers"), "Etag");

    /* A thread's names one of two posts of the same time by their ids, which are not the same. */
    if (strstr(text_in(line, "path"), "/thread") != NULL)
        return;
    if ((etag != NULL) != (answer->etag != NULL))
        g_string_append_printf(differences, "    Etag: %s, not %s\n", answer->etag, etag);
    else if (etag != NULL)
        mm_match_texts(replay->match, etag, answer->etag, differences, "Etag");
}

static void
compare_bytes(JsonObject *recorded, struct mm_answer *answer, GString *differences)
{
    int64_t count = json_object_get_int_member_with_default(recorded, "_binary_bytes", -1);

    if (count != (int64_t)answer->len)
        g_string_append_printf(differences, "    %zu bytes, not %d\n", answer->len, (int)count);
}

static void
compare_answer(struct replay *replay, JsonObject *line, const char *what, struct mm_answer *answer)
{
    unsigned status = (unsigned)json_object_get_int_member(line, "status");
    JsonNode *recorded = json_object_get_member(line, "response");
    const char *token = text_in(object_in(line, "headers"), "Token");
    g_autoptr(GString) differences = g_string_new("");

    if (is_pending_error(line))
        return; /* asked at the same time as another; the sandbox takes one after the other */
    replay->compared++;
    if (status != answer->status)
        g_string_append_printf(differences, "    status %u, not %u: %.300s\n", answer->status,
                               status, answer->text != NULL ? answer->text : "");
    else if (answer->json != NULL)
        mm_match_nodes(replay->match, recorded, answer->json, everywhere,
                       in_globs(loose_paths, what), differences);
    else if (JSON_NODE_HOLDS_OBJECT(recorded))
        compare_bytes(json_node_get_object(recorded), answer, differences);
    else if (status != 0 && json_node_get_value_type(recorded) == G_TYPE_STRING &&
             g_strcmp0(json_node_get_string(recorded), answer->text != NULL ? answer->text : "") !=
                 0)
        g_string_append_printf(differences, "    text \"%s\"\n", answer->text);
    if (status == answer->status)
        compare_etag(replay, line, answer, differences);
    if ((token != NULL) != (answer->token != NULL))
        g_string_append(differences, "    the header Token\n");
    if (token != NULL && answer->token != NULL) {
        mm_match_bind(replay->match, token, answer->token);
        if (!g_hash_table_contains(replay->tokens, text_in(line, "who")))
            g_hash_table_replace(replay->tokens, g_strdup(text_in(line, "who")),
                                 g_strdup(answer->token));
    }
    if (differences->len > 0 && !in_globs(replay->story->differs, what))
        say(replay, what, differences->str);
}

static void
tell_request(struct replay *replay, JsonObject *line)
{
    const char *method = text_in(line, "method");
    g_autofree char *path = mm_match_translate(replay->match, text_in(line, "path"));
    g_autofree char *what =
        g_strdup_printf("%s %s", method, g_str_has_prefix(path, "/api/v4") ? path + 7 : path);
    g_autofree char *url = expand(path);
    const char *type = NULL;
    GString *body = body_of(replay, json_object_get_member(line, "request"), &type);
    const char *etag = text_in(object_in(line, "request_headers"), "If-None-Match");
    g_autofree char *own_etag = etag != NULL ? mm_match_translate(replay->match, etag) : NULL;
    const char *range = text_in(object_in(line, "request_headers"), "Range");
    const char *headers[] = {range != NULL      ? "Range"
                             : own_etag != NULL ? "If-None-Match"
                                                : NULL,
                             range != NULL ? range : own_etag, NULL};
    struct mm_answer *answer = NULL;

    if (!in_globs(replay->story->left_out, what)) {
        answer = mm_client_ask(replay->port, method, url, token_of(replay, line),
                               body != NULL ? body->str : NULL, body != NULL ? body->len : 0, type,
                               headers);
        compare_answer(replay, line, what, answer);
        mm_answer_free(answer);
    }
    if (body != NULL)
        g_string_free(body, TRUE);
}

/* ---- sockets ---- */

static char *
conn_name(JsonObject *line)
{
    return g_strdup_printf("%s %d", text_in(line, "who"),
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
    if (g_strcmp0(text_in(frame, "event"), "hello") == 0)
        g_hash_table_remove_all(replay->seqs);
    g_hash_table_insert(
        replay->seqs, GINT_TO_POINTER(json_object_get_int_member_with_default(recorded, "seq", -1)),
        GINT_TO_POINTER(json_object_get_int_member_with_default(frame, "seq", -1)));
}

static void
tell_open(struct replay *replay, JsonObject *line, const char *name)
{
    g_autofree char *path =
        with_own_seq(replay, mm_match_translate(replay->match, text_in(line, "open")));
    const char *origin = text_in(object_in(line, "request_headers"), "Origin");
    struct conn *conn = g_new0(struct conn, 1);

    conn->waiting = g_ptr_array_new();
    conn->socket = mm_socket_open(replay->port, path, token_of(replay, line), origin);
    g_hash_table_replace(replay->conns, g_strdup(name), conn);
}

static bool
is_late(JsonObject *frame)
{
    const char *event = text_in(frame, "event");

    return g_strcmp0(event, "status_change") == 0 || g_strcmp0(event, "config_changed") == 0;
}

/* Of the same event, or the answer to the same action. */
static bool
is_like(JsonObject *recorded, JsonObject *frame)
{
    const char *event = text_in(recorded, "event");

    if (event != NULL)
        return g_strcmp0(event, text_in(frame, "event")) == 0;
    return text_in(frame, "event") == NULL &&
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

    mm_answer_free(ask(replay, "POST", "/api/v4/users/me/preferences/delete",
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
    if (in_globs(replay->story->differs, what))
        return;
    replay->compared++;
    frame = next_like(conn, json_node_get_object(recorded));
    if (frame == NULL) {
        say(replay, what, "    did not come\n");
        return;
    }
    note_seq(replay, json_node_get_object(recorded), frame);
    node = json_node_init_object(json_node_alloc(), frame);
    mm_match_nodes(replay->match, recorded, node, ignore, true, differences);
    if (differences->len > 0)
        say(replay, what, differences->str);
}

static void
compare_end(struct replay *replay, struct conn *conn, JsonObject *line, const char *name)
{
    int64_t code = json_object_get_int_member(object_in(line, "closed"), "code");
    g_autofree char *what = g_strdup_printf("%s: end %d", name, (int)code);
    JsonObject *frame = NULL;

    replay->compared++;
    if (code != 1000 && !mm_socket_ended(conn->socket, FRAME_MS))
        say(replay, what, "    it is still open\n");
    if (in_globs(replay->story->differs, what))
        g_ptr_array_set_size(conn->waiting, 0);
    while (!in_globs(replay->story->differs, what) &&
           (frame = mm_socket_next(conn->socket, 0)) != NULL)
        if (!is_late(frame))
            g_ptr_array_add(conn->waiting, frame);
    for (unsigned i = 0; i < conn->waiting->len; i++) {
        g_autoptr(JsonNode) node =
            json_node_init_object(json_node_alloc(), g_ptr_array_index(conn->waiting, i));
        g_autofree char *text = json_to_string(node, FALSE);
        g_autofree char *more = g_strdup_printf("    nobody expected %.200s\n", text);

        say(replay, what, more);
    }
    g_hash_table_remove(replay->conns, name);
}

static void
compare_refusal(struct replay *replay, struct conn *conn, JsonObject *line, const char *name)
{
    int64_t status = json_object_get_int_member(object_in(line, "upgrade_refused"), "status");

    replay->compared++;
    if (status != mm_socket_status(conn->socket))
        say(replay, name, "    the upgrade was not refused so\n");
    g_hash_table_remove(replay->conns, name);
}

static void
tell_socket(struct replay *replay, JsonObject *line)
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
        say(replay, name, "    there is no such connection\n");
        return;
    }
    if (json_object_has_member(line, "closed")) {
        compare_end(replay, conn, line, name);
    } else if (json_object_has_member(line, "upgrade_refused")) {
        compare_refusal(replay, conn, line, name);
    } else if (g_str_equal(text_in(line, "dir"), "s>c")) {
        compare_frame(replay, conn, line, name);
    } else if (json_object_has_member(line, "frame")) {
        const char *raw = text_in(object_in(line, "frame"), "_raw");
        g_autofree char *recorded =
            raw != NULL ? g_strdup(raw)
                        : json_to_string(json_object_get_member(line, "frame"), FALSE);
        g_autofree char *text = mm_match_translate(replay->match, recorded);

        mm_socket_send(conn->socket, text);
    }
}

/* ---- what the recordings tell in notes only ---- */

static char *
jobs_of(struct replay *replay)
{
    return g_strdup(mm_match_find(replay->match, "xeh9kpteridbpqm9qpbakmyair"));
}

static void
say_many(struct replay *replay, unsigned count)
{
    g_autofree char *jobs = jobs_of(replay);

    for (unsigned i = 0; i < count; i++)
        mm_server_say(replay->server, "carmen", jobs, NULL, "one of many");
}

static void
collapsed_off(struct replay *replay)
{
    mm_server_set_config(replay->server, "CollapsedThreads", "default_off");
}

static void
cut_bo(struct replay *replay)
{
    mm_server_drop(replay->server, "bo");
}

/* A connection that is not recorded: its id is bound to that which is asked for later. */
static struct mm_socket *
open_as(struct replay *replay, const char *recorded_id)
{
    struct mm_socket *socket = mm_socket_open(replay->port, "/api/v4/websocket",
                                              g_hash_table_lookup(replay->tokens, "bo"), NULL);
    JsonObject *hello = mm_socket_event(socket, "hello", FRAME_MS);

    mm_match_bind(replay->match, recorded_id, text_in(object_in(hello, "data"), "connection_id"));
    return socket;
}

static void
too_old(struct replay *replay)
{
    struct mm_socket *socket = open_as(replay, "4xi6ke3e738dik4drym8stafse");

    say_many(replay, 140);
    mm_socket_close(socket);
}

static void
overflow(struct replay *replay)
{
    struct mm_socket *socket = open_as(replay, "hcqcifiikfn9frbi7n6kb5ntjh");

    mm_socket_close(socket);
    say_many(replay, 300);
}

static void
make_history(struct replay *replay)
{
    static const char *const ids[] = {"fehnqq188bfjxpfa6jk8uze7ia", "fri3837jjjbrug17u1z54dja9a",
                                      "3rt75jr4pj8g5bro9px4a6p9my", "i7j5f8iubfbj78wah847guhkha",
                                      "rcwk4eciipyi9f5p6pnmyff1re", "sncms5uaojfzjxfed9bn5w6aqc",
                                      "36sexx9nup8k7yx4jx8zmuk1ar", "qrdoy8eshjyt9cm6susxweqtqe"};
    static const int64_t times[] = {1795367559014, 1795367559034, 1795367559054, 1795367559074,
                                    1795367559099, 1795367559118, 1795367559136, 1795367559156};
    const char *team = mm_match_find(replay->match, "agtrhowsdp8yumztwayhbdqwxc");
    const char *channel = NULL;
    g_autofree char *path = NULL;
    g_autofree char *body = NULL;

    mm_server_set_clock(replay->server, 1795367558960);
    channel = mm_server_add_channel(replay->server, team, "O", "history", "History", "bo");
    mm_match_bind(replay->match, "9bjjyzgj3jyrjxakb71w3b9oiy", channel);
    path = g_strdup_printf("/api/v4/channels/%s/members", channel);
    body = g_strdup_printf("{\"user_id\":\"%s\"}",
                           mm_match_find(replay->match, "f8nziy8en3dizgdmyi7csip6zh"));
    mm_answer_free(ask(replay, "POST", path, g_hash_table_lookup(replay->tokens, "bo"), body));
    for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
        g_autofree char *text = g_strdup_printf("m%zu", i);

        mm_server_set_clock(replay->server, times[i]);
        mm_match_bind(replay->match, ids[i],
                      mm_server_say(replay->server, "bo", channel, NULL, text));
    }
}

static void
mfa_on(struct replay *replay)
{
    mm_server_set_mfa(replay->server, "carmen", "643411");
}

/* Two of the ten are recorded. */
static void
guess_passwords(struct replay *replay)
{
    for (unsigned i = 0; i < 8; i++)
        mm_answer_free(ask(replay, "POST", "/api/v4/users/login", NULL,
                           "{\"login_id\":\"dede\",\"password\":\"no\"}"));
}

static const struct note {
    const char *begins;
    void (*act)(struct replay *replay);
} notes[] = {
    {"the same with collapsed threads off", collapsed_off},
    {"1. TCP cut, three posts", cut_bo},
    {"9. too old", too_old},
    {"10. queue overflow", overflow},
    {"channel history: 2 join posts", make_history},
    {"MFA", mfa_on},
    {"ten wrong passwords", guess_passwords},
};

static void
tell_note(struct replay *replay, const char *text)
{
    for (size_t i = 0; i < G_N_ELEMENTS(notes); i++) {
        if (g_str_has_prefix(text, notes[i].begins))
            notes[i].act(replay);
    }
}

/* ---- stories ---- */

static int
by_time(gconstpointer a, gconstpointer b, gpointer user)
{
    JsonNode *const *one = a;
    JsonNode *const *two = b;
    int64_t first = json_object_get_int_member_with_default(json_node_get_object(*one), "t", 0);
    int64_t second = json_object_get_int_member_with_default(json_node_get_object(*two), "t", 0);

    (void)user;
    return (first > second) - (first < second);
}

/* In the order in which things were asked and came. */
static GPtrArray *
read_story(const char *name)
{
    g_autofree char *file = g_strconcat(name, ".jsonl", NULL);
    g_autofree char *path =
        g_test_build_filename(G_TEST_DIST, "tests/sandbox/transcripts", file, NULL);
    g_autofree char *text = NULL;
    g_auto(GStrv) split = NULL;
    g_autoptr(GError) error = NULL;
    GPtrArray *lines = g_ptr_array_new_with_free_func((GDestroyNotify)json_node_unref);

    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    split = g_strsplit(text, "\n", -1);
    for (char **line = split; *line != NULL; line++) {
        if ((*line)[0] == '\0')
            continue;
        g_ptr_array_add(lines, json_from_string(*line, &error));
        g_assert_no_error(error);
    }
    return lines;
}

static void
tell_line(struct replay *replay, JsonObject *line)
{
    if (json_object_has_member(line, "base")) {
        replay->base = json_object_get_int_member(line, "base");
        return;
    }
    mm_server_set_clock(replay->server, replay->base + json_object_get_int_member(line, "t"));
    if (json_object_has_member(line, "note"))
        tell_note(replay, text_in(line, "note"));
    else if (json_object_has_member(line, "method"))
        tell_request(replay, line);
    else if (json_object_has_member(line, "conn"))
        tell_socket(replay, line);
}

/* Alice was there before the recordings began. */
static void
make_alice(struct replay *replay)
{
    struct mm_answer *answer = NULL;

    mm_server_set_clock(replay->server, 1795364146893);
    answer = ask(replay, "POST", "/api/v4/users", NULL,
                 "{\"email\":\"a@x.org\",\"username\":\"alice\",\"password\":\"" SECRET "\"}");
    g_assert_cmpuint(answer->status, ==, 201);
    mm_answer_free(answer);
    mm_server_set_clock(replay->server, 1795367438957);
    log_in(replay, "alice");
    g_hash_table_remove_all(replay->tokens);
}

/* Each has logged in once more after the first stories, which is not recorded. */
static void
log_in_all(struct replay *replay)
{
    static const char *const everybody[] = {"bo", "carmen", "dede"};

    mm_server_set_clock(replay->server, 1795367452100);
    for (size_t i = 0; i < G_N_ELEMENTS(everybody); i++) {
        g_autofree char *first = g_strdup(g_hash_table_lookup(replay->tokens, everybody[i]));

        log_in(replay, everybody[i]);
        if (first != NULL)
            g_hash_table_replace(replay->tokens, g_strdup(everybody[i]), g_strdup(first));
    }
}

static void
tell_story(struct replay *replay, const struct story *story)
{
    g_autoptr(GPtrArray) lines = read_story(story->name);

    replay->story = story;
    replay->compared = 0;
    g_string_truncate(replay->said, 0);
    if (g_str_equal(story->name, "setup"))
        make_alice(replay);
    if (g_str_equal(story->name, "post-edit-delete"))
        log_in_all(replay);
    replay->next++;
    g_ptr_array_sort_with_data(lines, by_time, NULL);
    for (unsigned i = 0; i < lines->len; i++)
        tell_line(replay, json_node_get_object(g_ptr_array_index(lines, i)));
    g_hash_table_remove_all(replay->conns);
    mm_server_set_config(replay->server, "CollapsedThreads", "always_on");
}

static void
test_story(gconstpointer data)
{
    const struct story *story = data;

    if (the_replay == NULL)
        the_replay = replay_new();
    while (&stories[the_replay->next] < story)
        tell_story(the_replay, &stories[the_replay->next]); /* what this one builds upon */
    if (story->skip != NULL) {
        g_test_skip(story->skip);
        return;
    }
    for (const char *const *glob = story->left_out; *glob != NULL; glob++)
        g_test_message("%s: left out: %s", story->name, *glob);
    for (const char *const *glob = story->differs; *glob != NULL; glob++)
        g_test_message("%s: may differ: %s", story->name, *glob);
    tell_story(the_replay, story);
    g_test_message("%s: %u answers and events compared", story->name, the_replay->compared);
    if (the_replay->said->len == 0)
        return;
    g_test_message("the sandbox differs from the recording:\n%.*s", SHOWN_MAX,
                   the_replay->said->str);
    g_test_fail();
}

void
test_mm_replay_add(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(stories); i++) {
        g_autofree char *path = g_strconcat("/mm-replay/", stories[i].name, NULL);

        g_test_add_data_func(path, &stories[i], test_story);
    }
}

void
test_mm_replay_end(void)
{
    g_clear_pointer(&the_replay, replay_free);
}
