/* What a real server (11.6.0) said, story by story (stories/NAME.jsonl), as one person saw it:
 * each line a frame of the socket or an answer. What the driver tells of it stands in
 * stories/NAME.events; WEFT_UPDATE_GOLDEN=1 writes those anew, to be read. */
#include <string.h>

#include "protocols/mattermost/mattermost.h"
#include "tests/drivers/mattermost/world.h"
#include "json/json.h"

#define REAL_TEAM "agtrhowsdp8yumztwayhbdqwxc"

static const struct {
    const char *id, *name;
} people[] = {
    {"esepegeks3dq3pmeobrn4qtwry", "alice"},
    {"tq9zst48ftyj38jt4fenc7pffh", "bo"},
    {"f8nziy8en3dizgdmyi7csip6zh", "carmen"},
    {"wg3j7qogy7rhueozohtc4s1tqw", "dede"},
};

struct story {
    struct world w;
    GPtrArray *lines; /* json_t */
    json_t *channels; /* id → object */
};

static void
tell_of(struct story *story, const char *id)
{
    if (strlen(id) == 26 && !json_object_get(story->channels, id))
        json_object_set_new(story->channels, id,
                            json_pack("{s:s,s:s,s:s,s:s}", "id", id, "type", "O", "team_id",
                                      REAL_TEAM, "name", "told-of"));
}

static void
read_line(struct story *story, const char *line)
{
    g_autoptr(GError) error = NULL;
    json_t *value = json_read(line, strlen(line), NULL, &error);

    g_assert_no_error(error);
    g_ptr_array_add(story->lines, value);
    const json_t *frame = json_get_object(value, "frame"), *data = json_get_object(frame, "data");
    json_t *post = json_get_nested(data, "post", NULL);
    const char *id = json_get_text(post, "channel_id");
    if (*json_get_text(data, "channel_type") && *id) {
        json_t *channel = json_object();
        json_put_text(channel, "id", id);
        json_put_text(channel, "type", json_get_text(data, "channel_type"));
        json_put_text(channel, "team_id", json_get_text(data, "team_id"));
        json_put_text(channel, "name", json_get_text(data, "channel_name"));
        json_put_text(channel, "display_name", json_get_text(data, "channel_display_name"));
        json_object_set_new(story->channels, id, channel);
    }
    /* Channels in which nothing is said in this story. */
    const char *path = json_get_text(value, "path");
    g_autofree char *asked =
        g_str_has_prefix(path, "/channels/") ? g_strndup(path + strlen("/channels/"), 26) : NULL;
    tell_of(story, json_get_text(json_get_object(frame, "broadcast"), "channel_id"));
    if (asked && strstr(path, "/posts"))
        tell_of(story, asked);
    json_decref(post);
}

static char *
people_json(void)
{
    g_autoptr(GString) out = g_string_new("[");

    for (unsigned i = 0; i < G_N_ELEMENTS(people); i++)
        g_string_append_printf(out, "%s{\"id\":\"%s\",\"username\":\"%s\"}", i > 0 ? "," : "",
                               people[i].id, people[i].name);
    return g_strconcat(out->str, "]", NULL);
}

static char *
channels_json(const struct story *story)
{
    json_t *list = json_array(), *each;
    const char *id;

    json_object_foreach(story->channels, id, each) json_array_append(list, each);
    g_autoptr(GBytes) bytes = json_write_take(list);
    return g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

static void
begin(struct story *story, const char *who)
{
    struct world *w = &story->w;
    const unsigned me = strcmp(who, "carmen") == 0 ? 2 : 1;
    g_autofree char *self =
        g_strdup_printf("{\"id\":\"%s\",\"username\":\"%s\"}", people[me].id, people[me].name);
    g_autofree char *all = people_json(), *channels = channels_json(story);

    world_open(w, NULL);
    fake_web_rule(w->web, "GET */channels/*", 0, 404, "{}", NULL);
    world_rules(w);
    fake_web_rule(w->web, "GET */users/me", 0, 200, self, NULL);
    fake_web_rule(w->web, "GET */config/client*", 0, 200,
                  "{\"MaxPostSize\":\"16383\",\"CollapsedThreads\":\"default_on\","
                  "\"EnablePostUsernameOverride\":\"true\",\"AllowSyncedDrafts\":\"true\"}",
                  NULL);
    fake_web_rule(w->web, "GET */drafts", 0, 200, "[]", NULL);
    fake_web_rule(w->web, "GET */threads*", 0, 200, "{\"threads\":[]}", NULL);
    fake_web_rule(w->web, "GET */users/me/teams", 0, 200,
                  "[{\"id\":\"" REAL_TEAM "\",\"name\":\"coops\",\"display_name\":\"Coops\"}]",
                  NULL);
    fake_web_rule(w->web, "GET */users/me/channels", 0, 200, channels, NULL);
    fake_web_rule(w->web, "GET */channel_members*", 0, 200, "[]", NULL);
    fake_web_rule(w->web, "POST */users/ids", 0, 200, all, NULL);
    fake_web_rule(w->web, "GET */posts?since=*", 0, 200, "{\"order\":[],\"posts\":{}}", NULL);
    world_connect(w);
    g_assert_true(fake_skip_to(w->fake, "state online"));
    fake_advance_s(w->fake, 1);
    fake_forget(w->fake);
}

static char *
bytes_of(const json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    char *copy = g_strdup(text);

    free(text);
    return copy;
}

/* An answer about a channel's posts is asked for as history. */
static void
replay_answer(struct story *story, const json_t *line)
{
    struct world *w = &story->w;
    const char *path = json_get_text(line, "path");

    if (strcmp(json_get_text(line, "method"), "GET") != 0 ||
        !g_str_has_prefix(path, "/channels/") || !strstr(path, "/posts"))
        return;
    g_autofree char *id = g_strndup(path + strlen("/channels/"), 26);
    g_autofree char *body = bytes_of(json_object_get(line, "answer"));
    struct buffer *buffer = world_buffer(id);
    const struct history_request request = {.buffer = buffer, .limit = 60};
    fake_web_rule(w->web, "GET */posts?*", 1, (int)json_get_int(line, "status"), body, NULL);
    g_assert_true(mattermost_driver.history(w->session, ++w->last_op, &request, NULL));
    world_settle(w);
    buffer_free(buffer);
}

static void
replay(struct story *story)
{
    struct world *w = &story->w;

    for (unsigned i = 0; i < story->lines->len; i++) {
        json_t *line = story->lines->pdata[i], *frame = json_get_object(line, "frame");
        const char *event = json_get_text(frame, "event");
        if (frame && *event && strcmp(event, "hello") != 0) {
            json_object_set_new(frame, "seq", json_integer(w->seq++));
            g_autofree char *text = bytes_of(frame);
            fake_ws_bytes(w->web, text, strlen(text), false);
            world_settle(w);
            if (!w->web->ws)
                g_error("%s ended it: %s", text, (char *)g_queue_peek_tail(&w->fake->events));
        } else if (!frame) {
            replay_answer(story, line);
        }
    }
    fake_advance_s(w->fake, 1);
}

static char *
told(struct fake_host *fake)
{
    g_autoptr(GString) out = g_string_new(NULL);

    for (GList *at = fake->events.head; at; at = at->next) {
        g_autofree char *line = g_strescape(at->data, NULL);
        g_string_append_printf(out, "%s\n", line);
    }
    return g_strdup(out->str);
}

static void
compare(const char *name, const char *events)
{
    g_autofree char *file = g_strconcat(name, ".events", NULL);
    g_autofree char *path =
        g_test_build_filename(G_TEST_DIST, "tests", "drivers", "mattermost", "stories", file, NULL);
    g_autofree char *wanted = NULL;

    if (g_getenv("WEFT_UPDATE_GOLDEN"))
        g_assert_true(g_file_set_contents(path, events, -1, NULL));
    g_assert_true(g_file_get_contents(path, &wanted, NULL, NULL));
    g_assert_cmpstr(events, ==, wanted);
}

static void
test_story(const void *data)
{
    const char *name = data;
    struct story story = {.lines = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref),
                          .channels = json_object()};
    g_autofree char *file = g_strconcat(name, ".jsonl", NULL), *text = NULL;
    g_autofree char *path =
        g_test_build_filename(G_TEST_DIST, "tests", "drivers", "mattermost", "stories", file, NULL);

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (unsigned i = 0; lines[i] && *lines[i]; i++)
        read_line(&story, lines[i]);
    begin(&story, strcmp(name, "files") == 0 || strcmp(name, "typing-status") == 0 ||
                          strcmp(name, "dedupe-pending-post-id") == 0
                      ? "carmen"
                      : "bo");
    replay(&story);
    g_autofree char *events = told(story.w.fake);
    compare(name, events);
    world_close(&story.w);
    g_ptr_array_unref(story.lines);
    json_decref(story.channels);
}

void
test_stories_add(void)
{
    static const char *const names[] = {
        "channel-life",
        "dedupe-pending-post-id",
        "direct-and-group",
        "ephemeral-and-buttons",
        "errors",
        "files",
        "history-paging",
        "login-and-bootstrap",
        "post-edit-delete",
        "preferences",
        "reactions",
        "read-state",
        "search",
        "thread-crt",
        "typing-status",
        "users-and-team",
        "webhooks-and-bots",
        "websocket-resume",
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_strconcat("/mattermost/story/", names[i], NULL);
        g_test_add_data_func(path, names[i], test_story);
    }
}
