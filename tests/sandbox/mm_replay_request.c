/* Recorded requests, asked again. */
#include "tests/sandbox/mm_replay.h"

#include <string.h>

/* Fields that say nothing about the protocol. */
static const char *const everywhere[] = {
    "*.request_id",
    "*.server_hostname",
    "*.AsymmetricSigningPublicKey",
    "*.csrf",
    "*.mini_preview",
    "*.autocomplete_data", /* commands have no arguments here */
    NULL,
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

struct mm_answer *
replay_ask(struct replay *replay, const char *method, const char *path, const char *token,
           const char *body)
{
    return mm_client_ask(replay->port, method, path, token, body, body != NULL ? strlen(body) : 0,
                         NULL, NULL);
}

/* A login that the recordings leave out. */
const char *
replay_log_in(struct replay *replay, const char *who)
{
    g_autofree char *body =
        g_strdup_printf("{\"login_id\":\"%s\",\"password\":\"" REPLAY_SECRET "\"}", who);
    struct mm_answer *answer = replay_ask(replay, "POST", "/api/v4/users/login", NULL, body);

    if (answer->token != NULL)
        g_hash_table_replace(replay->tokens, g_strdup(who), g_strdup(answer->token));
    mm_answer_free(answer);
    return g_hash_table_lookup(replay->tokens, who);
}

const char *
replay_text(JsonObject *object, const char *key)
{
    return object != NULL ? json_object_get_string_member_with_default(object, key, NULL) : NULL;
}

JsonObject *
replay_object(JsonObject *object, const char *key)
{
    JsonNode *node = object != NULL ? json_object_get_member(object, key) : NULL;

    return node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

/* "<310000 times y>" stands for something long. */
static bool
is_shortened(JsonObject *line)
{
    const char *path = replay_text(line, "path");
    const char *message = replay_text(replay_object(line, "request"), "message");

    return (path != NULL && strstr(path, " times ") != NULL) ||
           (message != NULL && strstr(message, " times ") != NULL);
}

/* What the line's Authorization stands for; NULL: none. */
const char *
replay_token_of(struct replay *replay, JsonObject *line)
{
    const char *value = replay_text(replay_object(line, "request_headers"), "Authorization");
    const char *who = replay_text(line, "who");
    const char *recorded = value != NULL && g_str_has_prefix(value, "Bearer ") ? value + 7 : NULL;
    const char *token = NULL;

    /* Requests that are recorded in short have no headers there. */
    if (recorded == NULL)
        return is_shortened(line) ? g_hash_table_lookup(replay->tokens, who) : NULL;
    token = mm_match_find(replay->match, recorded);
    if (token != NULL)
        return token;
    if (strlen(recorded) != 26 || strspn(recorded, "a") == 26)
        return recorded;
    token = g_hash_table_lookup(replay->tokens, who);
    if (token == NULL)
        token = replay_log_in(replay, who);
    if (token == NULL)
        return recorded;
    mm_match_bind(replay->match, recorded, token);
    return token;
}

bool
replay_in_globs(const char *const *globs, const char *text)
{
    for (; *globs != NULL; globs++) {
        if (g_pattern_match_simple(*globs, text))
            return true;
    }
    return false;
}

void
replay_say(struct replay *replay, const char *what, const char *differences)
{
    g_string_append_printf(replay->said, "  %s\n%s", what, differences);
}

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
        const char *file = replay_text(part, "filename");
        const char *value = replay_text(part, "value");
        g_autofree char *own = value != NULL ? mm_match_translate(replay->match, value) : NULL;

        g_string_append_printf(body, "--weft\r\nContent-Disposition: form-data; name=\"%s\"",
                               replay_text(part, "name"));
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
    JsonObject *response = replay_object(line, "response");

    return g_strcmp0(replay_text(response, "id"), "api.post.deduplicate_create_post.pending") == 0;
}

static void
compare_etag(struct replay *replay, JsonObject *line, struct mm_answer *answer,
             GString *differences)
{
    const char *etag = replay_text(replay_object(line, "headers"), "Etag");

    /* A thread's names one of two posts of the same time by their ids, which are not the same. */
    if (strstr(replay_text(line, "path"), "/thread") != NULL)
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
    const char *token = replay_text(replay_object(line, "headers"), "Token");
    g_autoptr(GString) differences = g_string_new("");

    if (is_pending_error(line))
        return; /* asked at the same time as another; the sandbox takes one after the other */
    replay->compared++;
    if (status != answer->status)
        g_string_append_printf(differences, "    status %u, not %u: %.300s\n", answer->status,
                               status, answer->text != NULL ? answer->text : "");
    else if (answer->json != NULL)
        mm_match_nodes(replay->match, recorded, answer->json, everywhere,
                       replay_in_globs(loose_paths, what), differences);
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
        if (!g_hash_table_contains(replay->tokens, replay_text(line, "who")))
            g_hash_table_replace(replay->tokens, g_strdup(replay_text(line, "who")),
                                 g_strdup(answer->token));
    }
    if (differences->len > 0 && !replay_in_globs(replay->story->differs, what))
        replay_say(replay, what, differences->str);
}

void
replay_tell_request(struct replay *replay, JsonObject *line)
{
    const char *method = replay_text(line, "method");
    g_autofree char *path = mm_match_translate(replay->match, replay_text(line, "path"));
    g_autofree char *what =
        g_strdup_printf("%s %s", method, g_str_has_prefix(path, "/api/v4") ? path + 7 : path);
    g_autofree char *url = expand(path);
    const char *type = NULL;
    GString *body = body_of(replay, json_object_get_member(line, "request"), &type);
    const char *etag = replay_text(replay_object(line, "request_headers"), "If-None-Match");
    g_autofree char *own_etag = etag != NULL ? mm_match_translate(replay->match, etag) : NULL;
    const char *range = replay_text(replay_object(line, "request_headers"), "Range");
    const char *headers[] = {range != NULL      ? "Range"
                             : own_etag != NULL ? "If-None-Match"
                                                : NULL,
                             range != NULL ? range : own_etag, NULL};
    struct mm_answer *answer = NULL;

    if (!replay_in_globs(replay->story->left_out, what)) {
        answer = mm_client_ask(replay->port, method, url, replay_token_of(replay, line),
                               body != NULL ? body->str : NULL, body != NULL ? body->len : 0, type,
                               headers);
        compare_answer(replay, line, what, answer);
        mm_answer_free(answer);
    }
    if (body != NULL)
        g_string_free(body, TRUE);
}
