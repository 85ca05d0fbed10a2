#include "tests/drivers/mattermost/world.h"

#include <string.h>

#include "protocols/mattermost/mattermost.h"
#include "json/json.h"

void
world_open(struct world *w, const char *more)
{
    g_autofree char *text =
        g_strconcat("server = http://localhost/mm/\n", more ? more : "token = x\n", NULL);
    g_autoptr(GError) error = NULL;

    if (!w->fake) {
        w->fake = fake_host_new(NOW_MS * 1000);
        w->web = fake_web_new(w->fake);
        w->fake->secret = g_strdup("pat-of-kai");
    }
    w->options = fake_options_new(text);
    w->session = mattermost_driver.open(w->options, &w->fake->host, &error);
    g_assert_no_error(error);
}

void
world_close(struct world *w)
{
    mattermost_driver.close(w->session);
    g_assert_cmpuint(clock_fake_pending(w->fake->host.clock), ==, 0);
    fake_options_free(w->options);
    fake_web_free(w->web);
    fake_host_free(w->fake);
}

void
world_settle(struct world *w)
{
    /* An answer may lead to a request, and that to the next. */
    for (int i = 0; i < 60; i++)
        fake_advance_s(w->fake, 0);
}

void
world_rules(struct world *w)
{
    g_autofree char *channels = g_strdup_printf(
        "[{\"id\":\"" LAB "\",\"team_id\":\"" TEAM "\",\"type\":\"O\",\"name\":\"lab\","
        "\"display_name\":\"The Lab\",\"header\":\"bread\",\"last_post_at\":%" G_GINT64_FORMAT
        ",\"delete_at\":0},"
        "{\"id\":\"" DM "\",\"team_id\":\"\",\"type\":\"D\",\"name\":\"" KAI "__" MARIA "\","
        "\"display_name\":\"\",\"header\":\"\",\"last_post_at\":0,\"delete_at\":0}]",
        w->last_lab_ms);
    g_autofree char *members =
        g_strdup_printf("{\"channel_id\":\"" LAB "\",\"last_viewed_at\":%" G_GINT64_FORMAT "}\n"
                        "{\"channel_id\":\"" DM "\",\"last_viewed_at\":0}\n",
                        w->viewed_lab_ms);

    fake_web_rule(w->web, "GET */api/v4/users/me", 0, 200,
                  "{\"id\":\"" KAI "\",\"username\":\"kai\",\"notify_props\":{\"mention_keys\":"
                  "\"oven, dough\"}}",
                  NULL);
    fake_web_rule(w->web, "GET */config/client*", 0, 200,
                  w->names ? "{\"MaxPostSize\":\"16383\",\"EnablePostUsernameOverride\":\"true\","
                             "\"EnablePostIconOverride\":\"true\"}"
                           : "{\"MaxPostSize\":\"16383\"}",
                  NULL);
    fake_web_rule(w->web, "GET */users/me/teams", 0, 200,
                  "[{\"id\":\"" TEAM
                  "\",\"name\":\"coops\",\"display_name\":\"Coops\",\"delete_at\":0}]",
                  NULL);
    fake_web_rule(w->web, "GET */users/me/preferences", 0, 200, "[]", NULL);
    fake_web_rule(w->web, "GET */users/me/channels", 0, 200, channels, NULL);
    fake_web_rule(w->web, "GET */channel_members*", 0, 200, members, NULL);
    fake_web_rule(w->web, "GET */channels/categories", 0, 200, "{\"categories\":[],\"order\":[]}",
                  NULL);
    fake_web_rule(w->web, "POST */users/ids", 0, 200,
                  "[{\"id\":\"" MARIA "\",\"username\":\"maria\"},{\"id\":\"" BO
                  "\",\"username\":\"bo\",\"is_bot\":true}]",
                  NULL);
    fake_web_rule(w->web, "POST */users/status/ids", 0, 200,
                  "[{\"user_id\":\"" MARIA "\",\"status\":\"away\"}]", NULL);
}

void
world_greet(struct world *w, const char *connection_id)
{
    fake_ws_say(w->web,
                "{\"event\":\"hello\",\"data\":{\"connection_id\":\"%s\",\"server_version\":"
                "\"11.6.0\"},\"broadcast\":{},\"seq\":0}",
                connection_id);
    w->seq = 1;
    world_settle(w);
}

void
world_connect(struct world *w)
{
    mattermost_driver.connect(w->session);
    world_settle(w);
    g_assert_nonnull(w->web->ws);
    world_greet(w, CONN);
}

void
world_online(struct world *w)
{
    world_open(w, NULL);
    world_rules(w);
    world_connect(w);
    g_assert_true(fake_skip_to(w->fake, "state online"));
    fake_advance_s(w->fake, 1);
    fake_forget(w->fake);
}

char *
world_id(int number)
{
    return g_strdup_printf("p%025d", number);
}

char *
world_post(int number, int64_t ms, const char *user, const char *text, const char *extra)
{
    g_autofree char *id = world_id(number);
    json_t *message = json_string(text);
    char *quoted = json_dumps(message, JSON_ENCODE_ANY);
    char *post =
        g_strdup_printf("{\"id\":\"%s\",\"create_at\":%" G_GINT64_FORMAT
                        ",\"update_at\":%" G_GINT64_FORMAT ",\"delete_at\":0,\"user_id\":\"%s\","
                        "\"channel_id\":\"" LAB "\",\"root_id\":\"\",\"message\":%s,\"type\":\"\""
                        "%s}",
                        id, ms, ms, user, quoted, extra);

    json_decref(message);
    free(quoted);
    return post;
}

char *
world_page(char **posts_take, const char *prev)
{
    g_autoptr(GString) order = g_string_new(NULL), posts = g_string_new(NULL);

    for (unsigned i = 0; posts_take[i]; i++) {
        g_autofree char *id = g_strndup(posts_take[i] + strlen("{\"id\":\""), 26);
        g_string_append_printf(order, "%s\"%s\"", i > 0 ? "," : "", id);
        g_string_append_printf(posts, "%s\"%s\":%s", i > 0 ? "," : "", id, posts_take[i]);
        g_free(posts_take[i]);
    }
    return g_strdup_printf("{\"order\":[%s],\"posts\":{%s},\"next_post_id\":\"\","
                           "\"prev_post_id\":\"%s\"}",
                           order->str, posts->str, prev);
}

void
world_event(struct world *w, const char *event, const char *data, const char *broadcast)
{
    fake_ws_say(w->web,
                "{\"event\":\"%s\",\"data\":%s,\"broadcast\":%s,\"seq\":%" G_GINT64_FORMAT "}",
                event, data, broadcast, w->seq++);
}

void
world_posted(struct world *w, const char *post, const char *sender)
{
    json_t *data = json_object();

    json_put_text(data, "post", post);
    json_put_text(data, "sender_name", sender);
    json_put_text(data, "team_id", TEAM);
    g_autoptr(GBytes) bytes = json_write_take(data);
    g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    world_event(w, "posted", text, "{\"channel_id\":\"" LAB "\"}");
}

struct buffer *
world_buffer(const char *conversation)
{
    struct buffer *buffer = g_new0(struct buffer, 1);

    buffer->remote_id = g_strdup(conversation);
    buffer->kind = strcmp(conversation, DM) == 0 ? BUFFER_DIRECT : BUFFER_CHANNEL;
    buffer->name = g_strdup(conversation);
    return buffer;
}

op_id
world_send(struct world *w, const char *conversation, enum message_kind kind, const char *text,
           const char *key, const char *reply_to)
{
    struct buffer *buffer = world_buffer(conversation);
    struct rich *body = rich_new(text, -1);
    const struct send_request request = {
        .buffer = buffer, .kind = kind, .body = body, .key = key, .reply_to = reply_to};
    g_autoptr(GError) error = NULL;

    g_assert_true(mattermost_driver.send(w->session, ++w->last_op, &request, &error));
    g_assert_no_error(error);
    rich_free(body);
    buffer_free(buffer);
    return w->last_op;
}
