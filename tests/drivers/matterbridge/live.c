/* The driver on real sockets, against the sandbox's server: nothing is lost without a word, nothing
 * is doubled, and the server has nothing to complain of. With WEFT_TEST_MATTERBRIDGE, the path of
 * a real one, against that too. */
#include <gio/gio.h>
#include <string.h>

#include "net/net.h"
#include "protocols/matterbridge/matterbridge.h"
#include "tests/sandbox/mb_server.h"
#include "tests/support/fake_host.h"
#include "tests/support/loop.h"
#include "tests/support/scratch.h"

#define DEADLINE_MS 20000

struct live {
    struct mb_server *server;
    struct fake_host *fake;
    struct clock *fake_clock;
    struct options *options;
    void *session;
    const char *pattern;
    unsigned wanted;
    op_id last_op;
};

static bool
has_come(void *user)
{
    struct live *live = user;
    return fake_count(live->fake, live->pattern) > 0;
}

static void
await(struct live *live, const char *pattern)
{
    live->pattern = pattern;
    if (!loop_until(has_come, live, DEADLINE_MS)) {
        for (GList *at = live->fake->events.head; at; at = at->next)
            g_test_message("%s", (const char *)at->data);
        g_autofree char *asked = live->server ? mb_server_requests_dup(live->server) : NULL;
        g_test_message("%s", asked ? asked : "");
        g_error("never came: %s", pattern);
    }
    g_assert_true(fake_skip_to(live->fake, pattern));
}

static void
open_session(struct live *live, unsigned port, const char *name, const char *more)
{
    g_autofree char *text = g_strdup_printf(
        "server = http://127.0.0.1:%u\ntoken = x\nname = %s\ngateway = commons\nbuffer = 100\n%s",
        port, name, more ? more : "");
    g_autofree char *module = g_test_build_filename(G_TEST_BUILT, "weft-web.so", NULL);
    g_autoptr(GError) error = NULL;

    live->fake = fake_host_new(0);
    live->fake_clock = live->fake->host.clock;
    live->fake->host.clock = clock_system_new();
    live->fake->host.net = net_new(live->fake->host.clock, module);
    live->fake->secret = g_strdup("token-of-kai");
    live->options = fake_options_new(text);
    live->session = matterbridge_driver.open(live->options, &live->fake->host, &error);
    g_assert_no_error(error);
}

static void
begin(struct live *live, const struct mb_server_options *options, const char *more)
{
    struct mb_server_options all = options ? *options : (struct mb_server_options){0};

    all.token = "token-of-kai";
    all.buffer = 100;
    live->server = mb_server_start(&all);
    open_session(live, mb_server_port(live->server), "kai", more);
    matterbridge_driver.connect(live->session);
}

static void
close_session(struct live *live)
{
    matterbridge_driver.close(live->session);
    net_free(live->fake->host.net);
    clock_free(live->fake->host.clock);
    live->fake->host.clock = live->fake_clock;
    fake_options_free(live->options);
    fake_host_free(live->fake);
}

static void
leave(struct live *live)
{
    matterbridge_driver.disconnect(live->session, "done");
    await(live, "lost cancelled*");
}

static void
end(struct live *live)
{
    leave(live);
    close_session(live);
    g_autofree char *complaints = mb_server_complaints(live->server);
    g_assert_cmpstr(complaints, ==, "");
    mb_server_stop(live->server);
}

static void
say(struct live *live, const char *text)
{
    mb_server_say(live->server, "commons", "irc.libera", "maria", text);
}

static op_id
send(struct live *live, const char *text, const struct persona *as)
{
    struct buffer buffer = {.remote_id = (char *)(uintptr_t) "commons", .kind = BUFFER_CHANNEL};
    struct rich *body = rich_new(text, -1);
    const struct send_request request = {.buffer = &buffer, .body = body, .key = "k", .as = as};
    g_autoptr(GError) error = NULL;

    g_assert_true(matterbridge_driver.send(live->session, ++live->last_op, &request, &error));
    g_assert_no_error(error);
    rich_free(body);
    return live->last_op;
}

static void
test_talk(void)
{
    struct live live = {0};
    const struct persona jun = {.name = "jun"};

    live.server = NULL;
    begin(&live, NULL, NULL);
    await(&live, "state online");
    say(&live, "is **the** oven on?");
    await(&live, "live text commons <maria> is the oven on?*cursor");
    send(&live, "yes", NULL);
    await(&live, "done 1 -");
    send(&live, "since 6", &jun);
    await(&live, "done 2 -");
    g_assert_cmpuint(mb_server_count_said(live.server, "commons", "kai", "yes", false), ==, 1);
    g_assert_cmpuint(mb_server_count_said(live.server, "commons", "jun", "since 6", false), ==, 1);
    g_assert_cmpuint(mb_server_thrown_away(live.server), ==, 0);
    /* The socket gives, and the ring is left alone. */
    g_assert_cmpuint(mb_server_count(live.server, "GET /messages"), ==, 1);
    end(&live);
}

/* What was said while we were away is there once, though the ring has what we know as well. */
static void
test_away(void)
{
    struct live live = {0};

    begin(&live, NULL, NULL);
    await(&live, "state online");
    say(&live, "before");
    await(&live, "live text commons <maria> before*");
    mb_server_drop(live.server);
    await(&live, "lost *");
    say(&live, "meanwhile");
    fake_forget(live.fake);
    matterbridge_driver.connect(live.session);
    await(&live, "catch-up text commons <maria> meanwhile*");
    await(&live, "state online");
    g_assert_cmpuint(fake_count(live.fake, "*before*"), ==, 0);
    /* More than the ring holds by now: it is said. */
    mb_server_drop(live.server);
    await(&live, "lost *");
    for (unsigned i = 0; i < 15; i++) {
        g_autofree char *text = g_strdup_printf("many %u", i);
        say(&live, text);
    }
    g_assert_cmpuint(mb_server_ring(live.server), ==, 10);
    fake_forget(live.fake);
    matterbridge_driver.connect(live.session);
    await(&live, "gap commons *");
    await(&live, "catch-up text commons <maria> many 5*");
    await(&live, "catch-up text commons <maria> many 14*");
    await(&live, "state online");
    end(&live);
}

static void
test_polls(void)
{
    const struct mb_server_options options = {.no_socket = true};
    struct live live = {0};

    begin(&live, &options, NULL);
    await(&live, "say -: The server has no websocket for us (HTTP 404)*");
    await(&live, "state online");
    say(&live, "hello");
    await(&live, "live text commons <maria> hello*");
    /* Half an answer: what came of it is told, and that something is missing. */
    mb_server_fault(live.server, MB_FAULT_HALF, "GET /messages", 1, 0);
    say(&live, "whole");
    say(&live, "cut");
    await(&live, "gap commons *");
    await(&live, "lost *");
    matterbridge_driver.connect(live.session);
    await(&live, "state online");
    end(&live);
}

static bool
has_streams(void *user)
{
    struct live *live = user;
    return mb_server_streams(live->server) == live->wanted;
}

/* The sole reader of a newer server's stream. */
static void
test_stream(void)
{
    const struct mb_server_options options = {.newer = true};
    struct live live = {0};

    begin(&live, &options, "stream = on\n");
    say(&live, "first");
    await(&live, "state online");
    say(&live, "then");
    await(&live, "live text commons <maria> then*");
    g_assert_cmpuint(mb_server_count(live.server, "GET /messages"), ==, 0);
    g_assert_cmpuint(mb_server_sockets(live.server), ==, 0);
    mb_server_drop(live.server);
    await(&live, "lost *");
    live.wanted = 0;
    g_assert_true(loop_until(has_streams, &live, DEADLINE_MS));
    say(&live, "away");
    matterbridge_driver.connect(live.session);
    await(&live, "catch-up text commons <maria> away*");
    await(&live, "state online");
    end(&live);
}

/* Why a stream is not read unless the person says so: an old server goes on feeding one that nobody
 * reads. */
static void
test_old_stream(void)
{
    struct live live = {0};

    begin(&live, NULL, "stream = on\n");
    await(&live, "state online");
    mb_server_drop(live.server);
    await(&live, "lost *");
    g_assert_cmpuint(mb_server_streams(live.server), ==, 1);
    close_session(&live);
    mb_server_stop(live.server);
}

/* What is not sure is not sent again; what was thrown away counts as failed. */
static void
test_faults(void)
{
    struct live live = {0};

    begin(&live, NULL, NULL);
    await(&live, "state online");
    mb_server_fault(live.server, MB_FAULT_LOST, "POST /message", 1, 0);
    send(&live, "perhaps", NULL);
    await(&live, "failed 1 timeout*");
    g_assert_cmpuint(mb_server_count_said(live.server, "commons", "kai", "perhaps", false), ==, 1);
    mb_server_fault(live.server, MB_FAULT_TYPE, "POST /message", 1, 0);
    send(&live, "garbled", NULL);
    await(&live, "failed 2 protocol*thrown it away*");
    g_assert_cmpuint(mb_server_thrown_away(live.server), ==, 1);
    mb_server_fault(live.server, MB_FAULT_STATUS, "POST /message", 1, 502);
    send(&live, "proxied", NULL);
    await(&live, "failed 3 timeout*");
    /* The line breaks while a message is under way: it is answered all the same. */
    mb_server_fault(live.server, MB_FAULT_DELAY, "POST /message", 1, 300);
    mb_server_send_raw(live.server, "{ no json");
    await(&live, "gap commons *");
    send(&live, "late", NULL);
    await(&live, "done 4 -");
    mb_server_set_token(live.server, "another");
    send(&live, "never", NULL);
    await(&live, "failed 5 auth*");
    await(&live, "lost auth*");
    matterbridge_driver.connect(live.session);
    await(&live, "lost auth: The server does not take this token*");
    mb_server_set_token(live.server, "token-of-kai");
    matterbridge_driver.connect(live.session);
    await(&live, "state online");
    g_autofree char *said = mb_server_said_dup(live.server, "commons");
    g_assert_cmpstr(said, ==, "kai: perhaps\nkai: late\n");
    end(&live);
}

static void
test_down(void)
{
    struct live live = {0};

    begin(&live, NULL, NULL);
    await(&live, "state online");
    mb_server_down(live.server);
    await(&live, "lost *");
    matterbridge_driver.connect(live.session);
    await(&live, "lost refused*");
    mb_server_restart(live.server);
    say(&live, "again");
    matterbridge_driver.connect(live.session);
    await(&live, "catch-up text commons <maria> again*");
    await(&live, "state online");
    end(&live);
}

/* A file of five megabytes inside its message. */
static void
test_file(void)
{
    struct live live = {0};
    const gsize size = 5 * 1024 * 1024;
    g_autofree guchar *bytes = g_malloc0(size);
    g_autofree char *coded = g_base64_encode(bytes, size);
    g_autofree char *id = g_compute_checksum_for_data(G_CHECKSUM_SHA256, bytes, size);
    g_autofree char *fields =
        g_strdup_printf("{\"Extra\":{\"file\":[{\"Name\":\"bread.png\",\"Data\":\"%s\"}]}}", coded);
    const struct download_request request = {.file_id = id, .max_bytes = size};

    begin(&live, NULL, NULL);
    await(&live, "state online");
    mb_server_tell(live.server, "commons", "xmpp.coop", "bo", "", fields);
    await(&live, "live text commons <bo> *file=bread.png (5242880) *");
    g_assert_true(matterbridge_driver.download(live.session, 7, &request, NULL));
    await(&live, "done 7 -");
    g_assert_cmpuint(live.fake->came->len, ==, size);
    end(&live);
}

static uint16_t
free_port(void)
{
    g_autoptr(GSocketListener) listener = g_socket_listener_new();
    return g_socket_listener_add_any_inet_port(listener, NULL, NULL);
}

static bool
is_up(void *user)
{
    const uint16_t *port = user;
    g_autoptr(GSocketClient) client = g_socket_client_new();

    g_socket_client_set_enable_proxy(client, FALSE);
    g_autoptr(GSocketConnection) connection =
        g_socket_client_connect_to_host(client, "127.0.0.1", *port, NULL, NULL);
    return connection != NULL;
}

/* Its configuration: two APIs in one gateway. g_free(). */
static char *
real_config(const char *dir, uint16_t kai, uint16_t bo)
{
    char *path = g_build_filename(dir, "matterbridge.toml", NULL);
    g_autofree char *text = g_strdup_printf(
        "[api.weft]\nBindAddress = \"127.0.0.1:%u\"\nToken = \"token-of-kai\"\nBuffer = 100\n"
        "[api.other]\nBindAddress = \"127.0.0.1:%u\"\nToken = \"token-of-kai\"\nBuffer = 100\n"
        "[[gateway]]\nname = \"commons\"\nenable = true\n"
        "[[gateway.inout]]\naccount = \"api.weft\"\nchannel = \"api\"\n"
        "[[gateway.inout]]\naccount = \"api.other\"\nchannel = \"api\"\n",
        kai, bo);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    return path;
}

/* Two people at a real one, each with an API of their own, in one gateway. */
static void
test_real(void)
{
    const char *program = g_getenv("WEFT_TEST_MATTERBRIDGE");
    struct live kai = {0}, bo = {0};
    uint16_t kai_port = free_port(), bo_port = free_port();

    if (!program) {
        g_test_skip("no real Matterbridge is named: WEFT_TEST_MATTERBRIDGE is its path");
        return;
    }
    char *dir = scratch_new();
    g_autofree char *config = real_config(dir, kai_port, bo_port);
    g_autoptr(GSubprocess) process =
        g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                         NULL, program, "-conf", config, NULL);
    g_assert_nonnull(process);
    g_assert_true(loop_until(is_up, &kai_port, DEADLINE_MS));
    g_assert_true(loop_until(is_up, &bo_port, DEADLINE_MS));
    open_session(&kai, kai_port, "kai", NULL);
    open_session(&bo, bo_port, "bo", NULL);
    matterbridge_driver.connect(kai.session);
    await(&kai, "state online");
    send(&kai, "before bo came", NULL);
    await(&kai, "done 1 -");
    matterbridge_driver.connect(bo.session);
    await(&bo, "catch-up text commons <kai> before bo came*");
    await(&bo, "state online");
    send(&bo, "hello **kai**", NULL);
    await(&bo, "done 1 -");
    await(&kai, "live text commons <bo> hello kai*");
    /* A ring that was emptied once has ten places, whatever Buffer says. */
    leave(&bo);
    for (unsigned i = 2; i < 17; i++) {
        g_autofree char *text = g_strdup_printf("many %u", i);
        g_autofree char *done = g_strdup_printf("done %u -", i);
        send(&kai, text, NULL);
        await(&kai, done);
    }
    fake_forget(bo.fake);
    matterbridge_driver.connect(bo.session);
    await(&bo, "gap commons *");
    await(&bo, "catch-up text commons <kai> many 7*");
    await(&bo, "catch-up text commons <kai> many 16*");
    await(&bo, "state online");
    g_assert_cmpuint(fake_count(kai.fake, "*<kai>*"), ==, 0);
    leave(&kai);
    leave(&bo);
    close_session(&kai);
    close_session(&bo);
    g_subprocess_force_exit(process);
    g_assert_true(g_subprocess_wait(process, NULL, NULL));
    scratch_free(dir);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/matterbridge/live/talk", test_talk);
    g_test_add_func("/matterbridge/live/away", test_away);
    g_test_add_func("/matterbridge/live/polls", test_polls);
    g_test_add_func("/matterbridge/live/stream", test_stream);
    g_test_add_func("/matterbridge/live/old-stream", test_old_stream);
    g_test_add_func("/matterbridge/live/faults", test_faults);
    g_test_add_func("/matterbridge/live/down", test_down);
    g_test_add_func("/matterbridge/live/file", test_file);
    g_test_add_func("/matterbridge/live/real", test_real);
    return g_test_run();
}
