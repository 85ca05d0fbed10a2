#include "tests/drivers/matterbridge/world.h"

#include <string.h>

#include "protocols/matterbridge/matterbridge.h"
#include "json/json.h"

static void
open_session(struct world *w, const char *more)
{
    g_autofree char *text = g_strconcat(
        "server = http://127.0.0.1:4242/\ntoken = x\nname = kai\nbuffer = 1000\n", more, NULL);
    g_autoptr(GError) error = NULL;

    w->options = fake_options_new(text);
    w->session = matterbridge_driver.open(w->options, &w->fake->host, &error);
    g_assert_no_error(error);
}

void
world_open(struct world *w, const char *more)
{
    w->fake = fake_host_new(NOW_US);
    w->web = fake_web_new(w->fake);
    w->fake->secret = g_strdup("token-of-kai");
    open_session(w, more);
}

static void
end_session(struct world *w)
{
    matterbridge_driver.close(w->session);
    g_assert_cmpuint(clock_fake_pending(w->fake->host.clock), ==, 0);
    fake_options_free(w->options);
}

void
world_reopen(struct world *w, const char *more)
{
    end_session(w);
    open_session(w, more);
}

void
world_close(struct world *w)
{
    end_session(w);
    fake_web_free(w->web);
    fake_host_free(w->fake);
}

void
world_settle(struct world *w)
{
    for (int i = 0; i < 20; i++)
        fake_advance_s(w->fake, 0);
}

void
world_connect(struct world *w)
{
    fake_web_rule(w->web, HEALTH, 0, 200, "OK", NULL);
    matterbridge_driver.connect(w->session);
    world_settle(w);
}

void
world_greeted(struct world *w)
{
    world_connect(w);
    g_assert_nonnull(w->web->ws);
    fake_ws_say(w->web, "{\"event\":\"api_connected\",\"timestamp\":\"2026-11-22T17:11:40Z\"}");
    fake_advance_s(w->fake, 0.02);
}

void
world_online(struct world *w, const char *more)
{
    world_open(w, more);
    world_greeted(w);
    fake_web_answer(w->web, RING, 200, "[]");
    g_assert_true(fake_skip_to(w->fake, "state online"));
    fake_forget(w->fake);
}

char *
world_message(int64_t ms, const char *text, const char *extra)
{
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc((NOW_US / 1000 + ms) / 1000);
    g_autofree char *time = g_date_time_format(now, "%Y-%m-%dT%H:%M:%S");
    json_t *value = json_string(text);
    char *quoted = json_dumps(value, JSON_ENCODE_ANY);
    char *message = g_strdup_printf(
        "{\"text\":%s,\"channel\":\"#commons\",\"username\":\"maria\",\"userid\":\"m@host\","
        "\"avatar\":\"\",\"account\":\"irc.libera\",\"event\":\"\",\"protocol\":\"irc\","
        "\"gateway\":\"commons\",\"parent_id\":\"\",\"timestamp\":\"%s.%03d456789Z\",\"id\":\"\","
        "\"Extra\":null%s}",
        quoted, time, (int)((NOW_US / 1000 + ms) % 1000), extra);

    json_decref(value);
    free(quoted);
    return message;
}

void
world_say(struct world *w, int64_t ms, const char *text, const char *extra)
{
    g_autofree char *message = world_message(ms, text, extra);

    fake_ws_say(w->web, "%s", message);
}

char *
world_ring(unsigned n, int64_t ms)
{
    GString *ring = g_string_new("[");

    for (unsigned i = 1; i <= n; i++) {
        g_autofree char *text = g_strdup_printf("m%u", i);
        g_autofree char *message = world_message(ms + (i - 1) * 1000, text, "");
        g_string_append_printf(ring, "%s%s", i > 1 ? "," : "", message);
    }
    g_string_append_c(ring, ']');
    return g_string_free(ring, FALSE);
}

struct buffer *
world_buffer(const char *conversation)
{
    struct buffer *buffer = g_new0(struct buffer, 1);

    buffer->remote_id = g_strdup(conversation);
    buffer->kind = BUFFER_CHANNEL;
    buffer->name = g_strdup(conversation);
    return buffer;
}

bool
world_try(struct world *w, const struct send_request *request)
{
    return matterbridge_driver.send(w->session, ++w->last_op, request, NULL);
}

op_id
world_send(struct world *w, enum message_kind kind, const char *text)
{
    struct buffer *buffer = world_buffer("commons");
    struct rich *body = rich_new(text, -1);
    const struct send_request request = {
        .buffer = buffer, .kind = kind, .body = body, .key = "key"};

    g_assert_true(world_try(w, &request));
    rich_free(body);
    buffer_free(buffer);
    world_settle(w);
    return w->last_op;
}

char *
world_taken(const char *name, const char *text, const char *gateway)
{
    json_t *object = json_object();

    json_put_text(object, "text", text);
    json_put_text(object, "username", name);
    json_put_text(object, "gateway", gateway);
    json_put_text(object, "account", "api.weft");
    json_put_text(object, "channel", "api");
    json_put_text(object, "timestamp", "2026-11-22T17:11:41.5Z");
    g_autoptr(GBytes) bytes = json_write_take(object);
    return g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}
