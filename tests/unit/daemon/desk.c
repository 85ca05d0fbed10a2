#include "tests/unit/daemon/desk.h"

#include <string.h>

#include "base/error.h"
#include "net/net.h"
#include "tests/support/scratch.h"

/* --- the relay --- */

static struct relay_leg *
leg_dup(const struct relay_leg *leg)
{
    struct relay_leg *copy = g_new(struct relay_leg, 1);

    *copy = *leg;
    copy->gateway = g_strdup(leg->gateway);
    copy->address = g_strdup(leg->address);
    copy->error = g_strdup(leg->error);
    return copy;
}

static GPtrArray *
legs(void *user)
{
    struct desk *desk = user;
    GPtrArray *copy = g_ptr_array_new_with_free_func((GDestroyNotify)relay_leg_free);

    for (guint i = 0; i < desk->legs->len; i++)
        g_ptr_array_add(copy, leg_dup(desk->legs->pdata[i]));
    return copy;
}

static char *
why(void *user, int64_t message_id)
{
    return message_id == 7 ? g_strdup("It was said in libera/#coop.\nIt crossed to patio/#coop.")
                           : NULL;
}

static bool
told(struct desk *desk, const char *what, const char *gateway, GError **error)
{
    g_string_append_printf(desk->relay_calls, "%s %s|", what, gateway ? gateway : "-");
    if (!desk->relay_refuses)
        return true;
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "There is no gateway %s.", gateway);
    return false;
}

static bool
pause_gateway(void *user, const char *gateway, bool paused, GError **error)
{
    return told(user, paused ? "pause" : "resume", gateway, error);
}

static bool
change(void *user, const char *what, const char *gateway, const char *words, bool does,
       char **ret_text, GError **error)
{
    struct desk *desk = user;
    g_autofree char *all =
        g_strdup_printf("%s%s %s", does ? "" : "not ", what, words ? words : "-");

    if (!told(desk, all, gateway, error))
        return false;
    *ret_text = does ? g_strdup("The change is written and in force.")
                     : g_strdup("weft.conf would change so:\nline 9: + leg = libera/#new out");
    return true;
}

static bool
retry(void *user, const char *gateway, GError **error)
{
    return told(user, "retry", gateway, error);
}

void
desk_add_leg(struct desk *desk, const char *gateway, const char *address,
             enum relay_direction direction, enum relay_state state)
{
    struct relay_leg *leg = g_new0(struct relay_leg, 1);
    const struct buffer *buffer = core_find_address(desk->scene->core, address, NULL);

    leg->gateway = g_strdup(gateway);
    leg->address = g_strdup(address);
    leg->buffer_id = buffer ? buffer->id : 0;
    leg->direction = direction;
    leg->state = state;
    g_ptr_array_add(desk->legs, leg);
}

void
desk_relay(struct desk *desk)
{
    desk->relay = (struct core_relay){.user = desk,
                                      .legs = legs,
                                      .why = why,
                                      .change = change,
                                      .pause = pause_gateway,
                                      .retry = retry};
    desk_add_leg(desk, "jobs", "libera/#coop", RELAY_INOUT, RELAY_RUNS);
    desk_add_leg(desk, "jobs", "libera/#gone", RELAY_OUT, RELAY_WAITS);
    core_set_relay(desk->scene->core, &desk->relay);
}

/* --- the desk --- */

struct desk *
desk_new(void)
{
    struct desk *desk = g_new0(struct desk, 1);
    g_autoptr(GError) error = NULL;

    desk->scene = scene_new();
    desk->clock = clock_system_new();
    desk->net = net_new(desk->clock, NULL);
    desk->run_dir = scratch_new();
    desk->legs = g_ptr_array_new_with_free_func((GDestroyNotify)relay_leg_free);
    desk->relay_calls = g_string_new(NULL);
    desk->control = control_new(&(struct control_options){.core = desk->scene->core,
                                                          .net = desk->net,
                                                          .run_dir = desk->run_dir,
                                                          .version = "0.9.9",
                                                          .headless = true},
                                &error);
    g_assert_no_error(error);
    return desk;
}

void
desk_free(struct desk *desk)
{
    control_free(desk->control);
    core_set_relay(desk->scene->core, NULL);
    scene_free(desk->scene);
    net_free(desk->net);
    clock_free(desk->clock);
    scratch_free(desk->run_dir);
    g_ptr_array_unref(desk->legs);
    g_string_free(desk->relay_calls, TRUE);
    g_free(desk);
}

void
desk_turn(struct desk *desk)
{
    clock_fake_advance(desk->scene->clock, 0);
    store_flush(desk->scene->store);
    while (g_main_context_iteration(NULL, FALSE))
        continue;
}

void
desk_hear(struct desk *desk, const char *conversation, const char *text, int64_t time_us)
{
    struct rich *body = rich_new(text, -1);
    struct event event = {.type = EVENT_MESSAGE, .conversation = conversation};

    event.message.origin = ORIGIN_LIVE;
    event.message.sender_id = event.message.sender_name = "uma";
    event.message.time_us = time_us;
    event.message.body = body;
    host_emit(desk->scene->host, &event);
    rich_free(body);
    scene_settle(desk->scene);
}

void
desk_sent(struct desk *desk, const char *remote_id)
{
    struct host *host = desk->scene->host;

    host->ops->done(host, desk->scene->op, remote_id, SCENE_NOW_US);
    scene_settle(desk->scene);
}

void
desk_failed(struct desk *desk, const char *why_not)
{
    struct host *host = desk->scene->host;
    g_autoptr(GError) error = g_error_new_literal(WEFT_ERROR, WEFT_ERROR_FORBIDDEN, why_not);

    host->ops->failed(host, desk->scene->op, error);
    scene_settle(desk->scene);
}

/* --- peers --- */

static void
on_opened(void *user, const struct stream_info *info)
{
    ((struct peer *)user)->up = true;
}

static void
on_data(void *user, const char *bytes, size_t len)
{
    g_string_append_len(((struct peer *)user)->got, bytes, (gssize)len);
}

static void
on_closed(void *user, const GError *error)
{
    struct peer *peer = user;

    peer->over = true;
    peer->error = g_error_copy(error);
}

static bool
is_late(int64_t *deadline_us)
{
    if (*deadline_us == 0)
        *deadline_us = g_get_monotonic_time() + (int64_t)DESK_WAIT_MS * 1000;
    return g_get_monotonic_time() > *deadline_us;
}

static void
turn_until(struct peer *peer, const bool *one, const bool *other)
{
    int64_t deadline_us = 0;

    while (!*one && !*other) {
        desk_turn(peer->desk);
        g_assert_false(is_late(&deadline_us));
    }
}

static struct peer *
peer_open(struct desk *desk, const struct stream_options *options)
{
    static const struct stream_events events = {
        .opened = on_opened, .data = on_data, .closed = on_closed};
    struct peer *peer = g_new0(struct peer, 1);

    peer->desk = desk;
    peer->got = g_string_new(NULL);
    peer->stream = desk->net->stream_open(desk->net, options, &events, peer);
    turn_until(peer, &peer->up, &peer->over);
    return peer;
}

struct peer *
peer_new_bare(struct desk *desk)
{
    g_autofree char *path = g_build_filename(desk->run_dir, CONTROL_SOCKET, NULL);

    return peer_open(desk, &(struct stream_options){.path = path});
}

struct peer *
peer_new_at(struct desk *desk, uint16_t port)
{
    return peer_open(desk, &(struct stream_options){.host = "127.0.0.1", .port = port});
}

struct peer *
peer_new(struct desk *desk)
{
    struct peer *peer = peer_new_bare(desk);

    g_assert_cmpstr(peer_line(peer), ==, "{\"weft\":1,\"version\":\"0.9.9\"}");
    return peer;
}

void
peer_free(struct peer *peer)
{
    peer->desk->net->stream_close(peer->stream);
    g_string_free(peer->got, TRUE);
    g_free(peer->line);
    g_clear_error(&peer->error);
    g_free(peer);
}

void
peer_say(struct peer *peer, const char *line)
{
    g_assert_true(peer->desk->net->stream_write(peer->stream, line, strlen(line)));
    g_assert_true(peer->desk->net->stream_write(peer->stream, "\n", 1));
}

const char *
peer_line(struct peer *peer)
{
    int64_t deadline_us = 0;
    const char *end;

    while (!(end = memchr(peer->got->str, '\n', peer->got->len))) {
        if (peer->over)
            return NULL;
        desk_turn(peer->desk);
        g_assert_false(is_late(&deadline_us));
    }
    g_free(peer->line);
    peer->line = g_strndup(peer->got->str, (gsize)(end - peer->got->str));
    g_string_erase(peer->got, 0, end - peer->got->str + 1);
    return peer->line;
}

const char *
peer_ask(struct peer *peer, const char *line)
{
    peer_say(peer, line);
    return peer_line(peer);
}

void
peer_wait_end(struct peer *peer)
{
    const bool never = false;

    turn_until(peer, &peer->over, &never);
}

void
assert_has(const char *line, const char *part)
{
    g_assert_nonnull(line);
    if (!strstr(line, part))
        g_error("\"%s\" is not in: %s", part, line);
}
