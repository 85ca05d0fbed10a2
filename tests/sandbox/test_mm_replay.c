/* The honesty of the sandbox: the stories that were recorded from a real server 11.6
 * (transcripts/README.md) are told again to the sandbox, one after another on the same server, and
 * each of its answers and events is compared with the recording, field by field. */
#include "tests/sandbox/test_mm_replay.h"

#include "tests/sandbox/mm_replay.h"

#include <string.h>

#define RECORDED_SITE "http://127.0.0.1:58065"
#define AUTH_MS       300
#define SHOWN_MAX     6000

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

static const char *const team_differs[] = {
    "POST /users/ids?since=*", /* a login is noted in the profile at once here, a little later there
                                */
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
    {"users-and-team", NULL, no_globs, team_differs},
    {"websocket-resume", NULL, no_globs, no_globs},
    {"dedupe-pending-post-id", NULL, no_globs, no_globs},
    {"history-paging", NULL, no_globs, no_globs},
    {"ephemeral-and-buttons", NULL, no_globs, no_globs},
    {"webhooks-and-bots", NULL, no_globs, no_globs},
    {"search", NULL, no_globs, no_globs},
    {"preferences", NULL, no_globs, preferences_differs},
    {"errors", NULL, errors_left_out, errors_differs},
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
        replay_tell_note(replay, replay_text(line, "note"));
    else if (json_object_has_member(line, "method"))
        replay_tell_request(replay, line);
    else if (json_object_has_member(line, "conn"))
        replay_tell_socket(replay, line);
}

/* Alice was there before the recordings began. */
static void
make_alice(struct replay *replay)
{
    struct mm_answer *answer = NULL;

    mm_server_set_clock(replay->server, 1795364146893);
    answer = replay_ask(
        replay, "POST", "/api/v4/users", NULL,
        "{\"email\":\"a@x.org\",\"username\":\"alice\",\"password\":\"" REPLAY_SECRET "\"}");
    g_assert_cmpuint(answer->status, ==, 201);
    mm_answer_free(answer);
    mm_server_set_clock(replay->server, 1795367438957);
    replay_log_in(replay, "alice");
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

        replay_log_in(replay, everybody[i]);
        if (first != NULL)
            g_hash_table_replace(replay->tokens, g_strdup(everybody[i]), g_strdup(first));
    }
}

static void
tell_story(struct replay *replay, const struct story *story)
{
    g_autoptr(GPtrArray) lines = NULL;

    replay->next++;
    if (story->skip != NULL)
        return;
    lines = read_story(story->name);
    replay->story = story;
    replay->compared = 0;
    g_string_truncate(replay->said, 0);
    if (g_str_equal(story->name, "setup"))
        make_alice(replay);
    if (g_str_equal(story->name, "post-edit-delete"))
        log_in_all(replay);
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
        g_test_skip(story->skip); /* with that, the next one passes over it */
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
