/* The driver on real sockets, against the sandbox's server: nothing is lost, nothing is doubled,
 * and the server has nothing to complain of. */
#include <string.h>

#include "net/net.h"
#include "protocols/mattermost/mattermost.h"
#include "tests/drivers/mattermost/live.h"
#include "tests/support/loop.h"
#include "tests/support/scratch.h"

static bool
has_come(void *user)
{
    struct live *live = user;
    return fake_count(live->fake, live->pattern) > 0;
}

static void
live_await_one(struct live *live, const char *pattern)
{
    live->pattern = pattern;
    if (!loop_until(has_come, live, LIVE_DEADLINE_MS)) {
        for (GList *at = live->fake->events.head; at; at = at->next)
            g_test_message("%s", (const char *)at->data);
        g_autofree char *asked = mm_server_requests_dup(live->server);
        g_test_message("%s", asked);
        g_error("never came: %s", pattern);
    }
}

void
live_await(struct live *live, const char *pattern)
{
    live_await_one(live, pattern);
    g_assert_true(fake_skip_to(live->fake, pattern));
}

/* Drops nothing: what comes in any order. */
void
live_await_kept(struct live *live, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    g_autofree char *pattern = g_strdup_vprintf(format, list);
    va_end(list);
    live_await_one(live, pattern);
}

void
live_await_format(struct live *live, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    g_autofree char *pattern = g_strdup_vprintf(format, list);
    va_end(list);
    live_await(live, pattern);
}

/* kai and maria in one team, with a channel besides. */
void
live_begin(struct live *live, const struct mm_server_options *options)
{
    struct mm_server *server = live->server = mm_server_start(options);

    mm_server_add_user(server, "root", "Secret-pw-1");
    mm_server_add_user(server, "kai", "Secret-pw-2");
    mm_server_add_user(server, "maria", "Secret-pw-3");
    live->team = mm_server_add_team(server, "coops", "Coops", "root");
    mm_server_join_team(server, live->team, "kai");
    mm_server_join_team(server, live->team, "maria");
    live->square = mm_server_channel(server, live->team, "town-square");
    live->lab = mm_server_add_channel(server, live->team, "O", "lab", "The Lab", "maria");
    mm_server_join(server, live->lab, "kai");
}

/* `login`: option lines; NULL: a token, of `user`. */
void
live_open_of(struct live *live, const char *user, const char *login)
{
    g_autofree char *text =
        g_strdup_printf("server = http://127.0.0.1:%u\n%s", mm_server_port(live->server),
                        login ? login : "token = x\n");
    g_autoptr(GError) error = NULL;

    live->fake = fake_host_new(0);
    live->fake_clock = live->fake->host.clock;
    live->fake->host.clock = clock_system_new();
    g_autofree char *module = g_test_build_filename(G_TEST_BUILT, "weft-web.so", NULL);
    if (!g_file_test(module, G_FILE_TEST_EXISTS))
        g_error(
            "There is no %s: G_TEST_BUILDDIR is to be the build folder (tests/drivers/README.md)",
            module);
    live->fake->host.net = net_new(live->fake->host.clock, module);
    live->fake->secret = login ? g_strdup("Secret-pw-2") : mm_server_add_token(live->server, user);
    live->options = fake_options_new(text);
    live->session = mattermost_driver.open(live->options, &live->fake->host, &error);
    g_assert_no_error(error);
    mattermost_driver.connect(live->session);
}

void
live_open(struct live *live, const char *login)
{
    live_open_of(live, "kai", login);
}

void
live_end(struct live *live)
{
    mattermost_driver.disconnect(live->session, "done");
    live_await(live, "lost cancelled*");
    mattermost_driver.close(live->session);
    net_free(live->fake->host.net);
    clock_free(live->fake->host.clock);
    live->fake->host.clock = live->fake_clock;
    fake_options_free(live->options);
    fake_host_free(live->fake);
    g_autofree char *complaints = mm_server_complaints(live->server);
    g_assert_cmpstr(complaints, ==, "");
    mm_server_stop(live->server);
}

static op_id
send(struct live *live, const char *conversation, const char *text, const char *reply_to)
{
    struct buffer buffer = {.remote_id = (char *)(uintptr_t)conversation, .kind = BUFFER_CHANNEL};
    struct rich *body = rich_new(text, -1);
    g_autofree char *key = g_strdup_printf("key-of-%s", text);
    const struct send_request request = {
        .buffer = &buffer, .body = body, .key = key, .reply_to = reply_to};
    g_autoptr(GError) error = NULL;

    g_assert_true(mattermost_driver.send(live->session, ++live->last_op, &request, &error));
    g_assert_no_error(error);
    rich_free(body);
    return live->last_op;
}

static void
test_talk(void)
{
    struct live live = {0};

    live_begin(&live, NULL);
    const char *first = mm_server_say(live.server, "maria", live.lab, NULL, "is **the** oven on?");
    live_open(&live, NULL);
    live_await_format(&live, "catch-up text %s <maria> is the oven on?*cursor", live.lab);
    live_await(&live, "state online");
    send(&live, live.lab, "yes, since 6", NULL);
    live_await_format(&live, "echo text %s <kai> yes, since 6*key=* own", live.lab);
    live_await(&live, "done 1 *");
    send(&live, live.lab, "an answer", first);
    live_await(&live, "done 2 *");
    const char *post = mm_server_say(live.server, "maria", live.lab, first, "thanks @kai");
    live_await_format(&live, "live text %s <maria> thanks @kai* reply-to=%s*", live.lab, first);
    mm_server_edit(live.server, post, "thanks!");
    live_await_format(&live, "edited %s %s thanks!", live.lab, post);
    mm_server_react(live.server, "maria", first, "tada", true);
    live_await_format(&live, "reaction %s %s +* maria", live.lab, first);
    mm_server_typing(live.server, "maria", live.lab, NULL);
    live_await_format(&live, "typing %s maria active", live.lab);
    mm_server_delete(live.server, post);
    live_await_format(&live, "deleted %s %s *", live.lab, post);
    g_assert_true(mattermost_driver.open_dm(live.session, 50, NULL, "maria", NULL));
    live_await(&live, "buffer * direct maria joined*");
    live_await(&live, "done 50 *");
    const struct create_request rye = {.name = "Rye", .purpose = "bread"};
    g_assert_true(mattermost_driver.create(live.session, 51, &rye, NULL));
    live_await(&live, "buffer * channel ~rye joined*");
    live_await(&live, "done 51 *");
    live_end(&live);
}

/* What is done to one message, and what the server tells of it. */
static void
test_message(void)
{
    struct live live = {0};
    struct rich *body = rich_new("since **seven**", -1);
    struct message *message = message_new();

    live_begin(&live, NULL);
    live_open(&live, NULL);
    live_await(&live, "state online");
    struct buffer lab = {.remote_id = (char *)(uintptr_t)live.lab, .kind = BUFFER_CHANNEL};
    const char *hers = mm_server_say(live.server, "maria", live.lab, NULL, "is the oven on?");
    live_await_format(&live, "live text %s <maria> is the oven on?*", live.lab);
    const char *post = mm_server_say(live.server, "kai", live.lab, NULL, "since six");
    live_await_format(&live, "live text %s <kai> since six*", live.lab);
    message->remote_id = g_strdup(post);
    g_assert_true(mattermost_driver.edit(live.session, 1, &lab, message, body, NULL));
    live_await_format(&live, "edited %s %s since ?*seven*", live.lab, post);
    live_await(&live, "done 1 *");
    g_assert_true(mattermost_driver.revisions(live.session, 2, &lab, post, NULL));
    live_await(&live, "revision * since six");
    live_await(&live, "done 2 *");
    /* Others' posts are not ours to change, and have no history for us. */
    g_free(message->remote_id);
    message->remote_id = g_strdup(hers);
    g_assert_true(mattermost_driver.edit(live.session, 3, &lab, message, body, NULL));
    live_await(&live, "failed 3 forbidden*");
    g_assert_true(mattermost_driver.revisions(live.session, 4, &lab, hers, NULL));
    live_await(&live, "failed 4 forbidden*");
    g_assert_true(mattermost_driver.pin(live.session, 5, &lab, hers, true, NULL));
    live_await_format(&live, "pinned %s on", hers);
    live_await(&live, "done 5 *");
    g_assert_true(mattermost_driver.pins(live.session, 6, &lab, NULL));
    live_await_format(&live, "found text %s <maria> is the oven on?* pinned*", live.lab);
    live_await(&live, "done 6 *");
    g_assert_true(mattermost_driver.pin(live.session, 7, &lab, hers, false, NULL));
    live_await_format(&live, "pinned %s off", hers);
    g_assert_true(mattermost_driver.flag(live.session, 8, &lab, hers, true, NULL));
    live_await_format(&live, "flagged %s on", hers);
    g_assert_true(mattermost_driver.flag(live.session, 9, &lab, hers, false, NULL));
    live_await_format(&live, "flagged %s off", hers);
    message->time_us = g_get_real_time();
    mattermost_driver.mark_unread(live.session, &lab, message);
    live_await_format(&live, "unread %s *", live.lab);
    rich_free(body);
    message_unref(message);
    live_end(&live);
}

/* Making, finding, inviting, archiving; groups. */
static void
test_places(void)
{
    struct live live = {0};
    struct buffer lab = {.kind = BUFFER_CHANNEL};
    const struct driver *driver = &mattermost_driver;

    live_begin(&live, NULL);
    mm_server_add_user(live.server, "bo", "Secret-pw-4");
    mm_server_join_team(live.server, live.team, "bo");
    mm_server_add_user(live.server, "sol", "Secret-pw-5");
    const char *tea = mm_server_add_channel(live.server, live.team, "O", "tea", "Tea", "maria");
    lab.remote_id = (char *)(uintptr_t)live.lab;
    live_open(&live, NULL);
    live_await(&live, "state online");
    const struct browse_request all = {.space = live.team, .words = ""};
    g_assert_true(driver->browse(live.session, 1, &all, NULL));
    live_await_kept(&live, "listed %s ~lab title=The Lab purpose= members=2 joined", live.lab);
    live_await_kept(&live, "listed %s ~tea title=Tea purpose= members=1", tea);
    live_await(&live, "browsed 1 4");
    const struct browse_request words = {.space = live.team, .words = "te"};
    g_assert_true(driver->browse(live.session, 2, &words, NULL));
    live_await(&live, "browsed 2 1");
    g_assert_true(driver->join(live.session, 3, NULL, tea, NULL, NULL));
    live_await_format(&live, "buffer %s channel ~tea joined*", tea);
    live_await_format(&live, "done 3 %s", tea);
    const struct create_request taken = {.space = live.team, .name = "The lab"};
    const struct create_request lab_again = {.space = live.team, .name = "Lab"};
    g_assert_true(driver->create(live.session, 4, &lab_again, NULL));
    live_await(&live, "failed 4 * already exists*");
    g_assert_true(driver->create(live.session, 5, &taken, NULL));
    live_await(&live, "done 5 *");
    g_assert_true(driver->invite(live.session, 6, &lab, "@Bo", false, NULL));
    live_await(&live, "done 6 -");
    g_assert_true(mm_server_has(live.server, "bo", live.lab));
    /* Only who is in the team can be added; and only who may add to a team does. */
    g_assert_true(driver->invite(live.session, 7, &lab, "sol", false, NULL));
    live_await(&live, "failed 7 *");
    g_assert_true(driver->open_dm(live.session, 8, NULL, "@maria, bo", NULL));
    live_await(&live, "buffer * group bo, maria joined*");
    live_await(&live, "done 8 *");
    g_assert_true(driver->open_dm(live.session, 9, NULL, "maria,nobody", NULL));
    live_await(&live, "failed 9 not-found*");
    g_assert_true(driver->archive(live.session, 10, &lab, NULL));
    live_await(&live, "done 10 -");
    live_end(&live);
}

/* Links to a post, a channel, a person; a page of what was said around a post. */
static void
test_links(void)
{
    struct live live = {0};
    const struct driver *driver = &mattermost_driver;
    const char *ids[100];

    live_begin(&live, NULL);
    const char *tea = mm_server_add_channel(live.server, live.team, "O", "tea", "Tea", "maria");
    for (unsigned i = 0; i < G_N_ELEMENTS(ids); i++) {
        g_autofree char *text = g_strdup_printf("cup %u", i);
        ids[i] = mm_server_say(live.server, "maria", tea, NULL, text);
    }
    live_open(&live, NULL);
    live_await(&live, "state online");
    struct link_target target = {.space = (char *)(uintptr_t) "coops",
                                 .conversation = (char *)(uintptr_t) "~tea"};
    g_assert_true(driver->open_link(live.session, 1, &target, NULL));
    live_await_format(&live, "done 1 %s", tea);
    target = (struct link_target){.message = (char *)(uintptr_t)ids[40]};
    g_assert_true(driver->open_link(live.session, 2, &target, NULL));
    live_await_format(&live, "done 2 %s", tea);
    struct buffer buffer = {.remote_id = (char *)(uintptr_t)tea, .kind = BUFFER_CHANNEL};
    const struct history_request around = {.buffer = &buffer, .around = true, .remote_id = ids[40]};
    g_assert_true(driver->history(live.session, 3, &around, NULL));
    live_await_kept(&live, "history text %s <maria> cup 10 *", tea);
    live_await_kept(&live, "history text %s <maria> cup 40 *", tea);
    live_await_kept(&live, "history text %s <maria> cup 70 *", tea);
    live_await(&live, "history-done 3 61 *");
    target = (struct link_target){.conversation = (char *)(uintptr_t) "maria"};
    g_assert_true(driver->open_link(live.session, 4, &target, NULL));
    live_await(&live, "buffer * direct maria joined*");
    live_await(&live, "done 4 *");
    target = (struct link_target){.invite = (char *)(uintptr_t) "nosuchinvite"};
    g_assert_true(driver->open_link(live.session, 5, &target, NULL));
    live_await(&live, "failed 5 *");
    live_end(&live);
}

struct probed {
    struct live live;
    void *probe;
    char *server, *title, *login, *note, *error;
    bool done;
};

static void
on_probe(void *user, const struct probe_result *result, const GError *error)
{
    struct probed *probed = user;

    probed->done = true;
    probed->error = error ? g_strdup(error->message) : NULL;
    if (!result)
        return;
    probed->server = g_strdup(result->server);
    probed->title = g_strdup(result->title);
    probed->login = g_strdup(result->login);
    probed->note = g_strdup(result->note);
}

static bool
is_probed(void *user)
{
    return ((struct probed *)user)->done;
}

static void
probe(struct probed *probed, const char *path)
{
    g_autofree char *address =
        g_strdup_printf("http://127.0.0.1:%u%s", mm_server_port(probed->live.server), path);

    probed->done = false;
    g_clear_pointer(&probed->server, g_free);
    g_clear_pointer(&probed->title, g_free);
    g_clear_pointer(&probed->login, g_free);
    g_clear_pointer(&probed->note, g_free);
    g_clear_pointer(&probed->error, g_free);
    probed->probe = mattermost_driver.probe(probed->live.fake->host.net, address, on_probe, probed);
    g_assert_true(loop_until(is_probed, probed, LIVE_DEADLINE_MS));
    mattermost_driver.probe_end(probed->probe);
}

/* What a server tells before a login; one that was not waited for. */
static void
test_probe(void)
{
    struct probed probed = {0};
    struct live *live = &probed.live;

    live_begin(live, NULL);
    live_open(live, NULL);
    live_await(live, "state online");
    g_autofree char *base = g_strdup_printf("http://127.0.0.1:%u", mm_server_port(live->server));
    probe(&probed, "/coops/channels/?x=1");
    g_assert_cmpstr(probed.error, ==, NULL);
    g_assert_cmpstr(probed.server, ==, base);
    g_assert_true(g_pattern_match_simple("*, Mattermost 11.*", probed.title));
    g_assert_cmpstr(probed.login, ==, "password token session");
    mm_server_set_config(live->server, "EnableSignInWithEmail", "false");
    mm_server_set_config(live->server, "EnableSignInWithUsername", "false");
    mm_server_set_config(live->server, "EnableSaml", "true");
    probe(&probed, "");
    g_assert_cmpstr(probed.login, ==, "session token");
    g_assert_nonnull(strstr(probed.note, "SAML"));
    void *other = mattermost_driver.probe(live->fake->host.net, base, on_probe, &probed);
    mattermost_driver.probe_end(other);
    mm_server_fault(live->server, MM_FAULT_STATUS, "GET *config/client*", 100, 404);
    probe(&probed, "/x");
    g_assert_nonnull(strstr(probed.error, "There is no Mattermost at http"));
    mm_server_heal(live->server);
    g_free(probed.error);
    live_end(live);
}

static void
test_password(void)
{
    struct live live = {0};

    live_begin(&live, NULL);
    live_open(&live, "user = kai\npassword = x\n");
    live_await(&live, "state online");
    /* The session ends over there: a new login, and nothing is lost. */
    mm_server_expire(live.server, "kai", true);
    mm_server_say(live.server, "maria", live.lab, NULL, "while nobody heard");
    struct buffer lab = {.remote_id = (char *)(uintptr_t)live.lab, .kind = BUFFER_CHANNEL};
    g_assert_true(mattermost_driver.members(live.session, 9, &lab, NULL));
    live_await(&live, "lost closed: *logs in again*");
    mattermost_driver.connect(live.session);
    live_await_format(&live, "* text %s <maria> while nobody heard*", live.lab);
    live_await(&live, "state online");
    live_end(&live);
}

/* A line that breaks: the same connection goes on, with what happened meanwhile. */
static void
test_resume(void)
{
    struct live live = {0};

    live_begin(&live, NULL);
    live_open(&live, NULL);
    live_await(&live, "state online");
    mm_server_drop(live.server, "kai");
    live_await(&live, "lost *");
    for (int i = 0; i < 5; i++) {
        g_autofree char *text = g_strdup_printf("missed %d", i);
        mm_server_say(live.server, "maria", live.lab, NULL, text);
    }
    const unsigned asked = mm_server_count(live.server, "GET /channels/*");
    mattermost_driver.connect(live.session);
    for (int i = 0; i < 5; i++)
        live_await_format(&live, "live text %s <maria> missed %d*", live.lab, i);
    live_await(&live, "state online");
    g_assert_cmpuint(mm_server_count(live.server, "GET /channels/*"), ==, asked);
    /* Events that were sent and never arrived. */
    mm_server_lose(live.server, "kai", 2);
    mm_server_say(live.server, "maria", live.lab, NULL, "lost 1");
    mm_server_say(live.server, "maria", live.lab, NULL, "lost 2");
    live_await(&live, "lost *");
    mattermost_driver.connect(live.session);
    live_await_format(&live, "live text %s <maria> lost 1*", live.lab);
    live_await_format(&live, "live text %s <maria> lost 2*", live.lab);
    live_await(&live, "state online");
    live_end(&live);
}

#define MISSED 250

/* All that happens while weft is cut off, in more than one page and some in one millisecond: each
 * message once, in its order, and what was done to older ones. */
static void
test_catch_up(void)
{
    struct live live = {0};

    live_begin(&live, NULL);
    const char *old = mm_server_say(live.server, "maria", live.lab, NULL, "old");
    const char *gone = mm_server_say(live.server, "maria", live.lab, NULL, "gone");
    mm_server_react(live.server, "maria", old, "eyes", true);
    live_open(&live, NULL);
    live_await(&live, "state online");
    mm_server_down(live.server);
    live_await(&live, "lost *");
    fake_forget(live.fake);
    mm_server_react(live.server, "maria", old, "eyes", false);
    for (int i = 0; i < MISSED; i++) {
        g_autofree char *text = g_strdup_printf("missed %d.", i);
        mm_server_freeze(live.server, i % 50 < 3);
        mm_server_say(live.server, "maria", live.lab, NULL, text);
    }
    mm_server_freeze(live.server, false);
    mm_server_edit(live.server, old, "old, edited");
    mm_server_react(live.server, "maria", old, "tada", true);
    mm_server_delete(live.server, gone);
    mm_server_up(live.server);
    mattermost_driver.connect(live.session);
    for (int i = 0; i < MISSED; i++)
        live_await_format(&live, "catch-up text %s <maria> missed %d.*", live.lab, i);
    live_await_format(&live, "caught-up %s whole", live.lab);
    live_await(&live, "state online");
    g_assert_cmpuint(fake_count(live.fake, "* missed *"), ==, 0);
    live_await_kept(&live, "edited %s %s old, edited", live.lab, old);
    live_await_kept(&live, "reaction %s %s +* maria catch-up", live.lab, old);
    live_await_kept(&live, "reactions %s %s 1", live.lab, old);
    live_await_kept(&live, "deleted %s %s *", live.lab, gone);
    live_end(&live);
}

/* Answers that are lost, servers in trouble, requests that never arrived: once, in order. */
static void
test_once(void)
{
    struct live live = {0};
    static const enum mm_server_fault faults[] = {MM_FAULT_LOST, MM_FAULT_CUT, MM_FAULT_HTML,
                                                  MM_FAULT_STATUS, MM_FAULT_GARBAGE};

    live_begin(&live, NULL);
    live_open(&live, NULL);
    live_await(&live, "state online");
    for (unsigned i = 0; i < G_N_ELEMENTS(faults); i++) {
        g_autofree char *text = g_strdup_printf("fault %u", i);
        mm_server_fault(live.server, faults[i], "POST /posts*", 1, 502);
        const op_id op = send(&live, live.lab, text, NULL);
        live_await_format(&live, "done %" G_GUINT64_FORMAT " *", op);
        g_assert_cmpuint(mm_server_count_said(live.server, live.lab, text), ==, 1);
    }
    mm_server_fault(live.server, MM_FAULT_429, "POST /posts*", 1, 1);
    const op_id op = send(&live, live.lab, "too fast", NULL);
    live_await_format(&live, "failed %" G_GUINT64_FORMAT " rate-limited*", op);
    g_assert_cmpuint(mm_server_count_said(live.server, live.lab, "too fast"), ==, 0);
    live_end(&live);
}

static void
test_busy(void)
{
    const struct mm_server_options options = {.rate_per_sec = 5, .rate_burst = 3};
    struct live live = {0};

    live_begin(&live, &options);
    mm_server_say(live.server, "maria", live.lab, NULL, "hello");
    live_open(&live, NULL);
    live_await_format(&live, "catch-up text %s <maria> hello*", live.lab);
    live_await(&live, "state online");
    live_end(&live);
}

static void
test_wrong_token(void)
{
    struct live live = {0};

    live_begin(&live, NULL);
    live_open(&live, NULL);
    mm_server_expire(live.server, "kai", true);
    live_await(&live, "lost auth: *");
    mattermost_driver.connect(live.session);
    live_await(&live, "lost auth: *");
    mattermost_driver.connect(live.session);
    live_end(&live);
}

/* ---- commands and buttons ---- */

static void
run(struct live *live, const char *line)
{
    struct buffer lab = {.remote_id = (char *)(uintptr_t)live->lab, .kind = BUFFER_CHANNEL};
    g_autoptr(GError) error = NULL;

    g_assert_true(mattermost_driver.raw(live->session, ++live->last_op, &lab, line, &error));
    g_assert_no_error(error);
}

static void
test_command(void)
{
    struct live live = {0};

    live_begin(&live, NULL);
    live_open(&live, NULL);
    live_await(&live, "state online");
    run(&live, "/shrug so be it");
    live_await_kept(&live, "* text %s <kai> so be it *(ツ)* own*", live.lab);
    live_await(&live, "done 1 -");
    run(&live, "/away");
    live_await_kept(&live, "live server %s * You are now away *ephemeral*", live.lab);
    live_await(&live, "done 2 -");
    run(&live, "/nosuch");
    live_await(&live,
               "failed 3 not-found: There is no command /nosuch here. Two slashes send it as "
               "text: //nosuch.");
    live_end(&live);
}

/* What the program behind a card is told, once for each press, and what comes of it. */
static void
test_press(void)
{
    struct live live = {0};
    struct button *ok = button_new("ok", "OK", NULL), *kind = button_new("sel", "Kind", NULL);

    live_begin(&live, NULL);
    live_open(&live, NULL);
    live_await(&live, "state online");
    struct buffer lab = {.remote_id = (char *)(uintptr_t)live.lab, .kind = BUFFER_CHANNEL};
    const char *card = mm_server_card(live.server, "maria", live.lab, "Vote", "Which **bread**?");
    live_await_format(&live,
                      "live text %s <maria> Vote\nWhich bread? id=%s button=ok OK menu=sel Kind "
                      "Rye=rye*",
                      live.lab, card);
    g_assert_true(mattermost_driver.press(live.session, 1, &lab, card, kind, "rye", NULL));
    live_await(&live, "done 1 -");
    g_assert_true(mattermost_driver.press(live.session, 2, &lab, card, ok, NULL, NULL));
    live_await_kept(&live, "edited %s %s done*", live.lab, card);
    live_await_kept(&live, "live server %s * thank you *ephemeral*", live.lab);
    live_await(&live, "done 2 -");
    g_assert_true(mattermost_driver.press(live.session, 3, &lab, card, ok, NULL, NULL));
    live_await(&live, "failed 3 not-found: *Invalid action id.");
    g_assert_cmpuint(mm_server_count(live.server, "POST /posts/*/actions/ok"), ==, 2);
    g_assert_cmpuint(mm_server_count(live.server, "POST /posts/*/actions/sel"), ==, 1);
    button_free(ok);
    button_free(kind);
    live_end(&live);
}

/* ---- files ---- */

/* The word that follows the last of `before` in the event that fits. g_free(). */
static char *
word_of(struct live *live, const char *pattern, const char *before)
{
    const char *found = NULL;

    live_await_one(live, pattern);
    for (GList *at = live->fake->events.head; at && !found; at = at->next)
        if (g_pattern_match_simple(pattern, at->data))
            found = g_strrstr(at->data, before);
    g_assert_nonnull(found);
    found += strlen(before);
    return g_strndup(found, strcspn(found, " )"));
}

static void
fetch(struct live *live, const char *file_id, uint64_t start)
{
    struct buffer lab = {.remote_id = (char *)(uintptr_t)live->lab, .kind = BUFFER_CHANNEL};
    const struct download_request request = {
        .buffer = &lab, .file_id = file_id, .start = start, .max_bytes = 1 << 30};
    g_autoptr(GError) error = NULL;

    g_assert_true(mattermost_driver.download(live->session, ++live->last_op, &request, &error));
    g_assert_no_error(error);
    live_await_format(live, "done %" G_GUINT64_FORMAT " -", live->last_op);
}

static void
assert_came(struct live *live, const char *content, size_t len)
{
    g_assert_cmpmem(live->fake->came->str, live->fake->came->len, content, len);
}

/* No two of its parts are the same. g_free(). */
static char *
content_new(size_t len)
{
    GString *text = g_string_sized_new(len + 16);

    for (unsigned i = 0; text->len < len; i++)
        g_string_append_printf(text, "%u:\r\n", i * 2654435761U);
    g_string_truncate(text, len);
    return g_string_free(text, FALSE);
}

#define LARGE_BYTES 300001

/* Byte for byte, from the beginning and from where it stopped; whatever it is called. */
static void
test_file_down(void)
{
    static const char *const names[] = {"minutes.odt", "../../etc/passwd", "a\nb\033[2J.txt",
                                        "\u202egpj.exe", "\"; rm -rf ~; \".txt"};
    struct live live = {0};
    g_autofree char *content = content_new(LARGE_BYTES);

    live_begin(&live, NULL);
    live_open(&live, NULL);
    live_await(&live, "state online");
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *text = g_strdup_printf("file %zu", i);
        g_autofree char *pattern = g_strdup_printf("live text * <maria> %s *file=*", text);
        mm_server_share(live.server, "maria", live.lab, text, names[i], content);
        g_autofree char *id = word_of(&live, pattern, " id=");
        fetch(&live, id, 0);
        assert_came(&live, content, LARGE_BYTES);
        g_string_truncate(live.fake->came, 1000);
        fetch(&live, id, 1000);
        assert_came(&live, content, LARGE_BYTES);
        g_string_truncate(live.fake->came, 0);
    }
    live_end(&live);
}

struct up {
    char *folder, *path;
};

static op_id
put(struct live *live, const struct up *up, const char *name, int64_t size_bytes)
{
    struct buffer lab = {.remote_id = (char *)(uintptr_t)live->lab, .kind = BUFFER_CHANNEL};
    const struct upload_request request = {
        .buffer = &lab, .key = "k.0", .path = up->path, .name = name, .size_bytes = size_bytes};
    g_autoptr(GError) error = NULL;

    g_assert_true(mattermost_driver.upload(live->session, ++live->last_op, &request, &error));
    g_assert_no_error(error);
    return live->last_op;
}

/* The last operation, well or not. */
static bool
has_ended(void *user)
{
    struct live *live = user;
    g_autofree char *done = g_strdup_printf("done %" G_GUINT64_FORMAT " *", live->last_op);
    g_autofree char *failed = g_strdup_printf("failed %" G_GUINT64_FORMAT " *", live->last_op);

    return fake_count(live->fake, done) + fake_count(live->fake, failed) > 0;
}

/* Tries again as core does, until it is over there. Its id. g_free(). */
static char *
put_until_there(struct live *live, const struct up *up, const char *name, int64_t size_bytes)
{
    for (int i = 0; i < 3; i++) {
        const op_id op = put(live, up, name, size_bytes);
        g_autofree char *done = g_strdup_printf("done %" G_GUINT64_FORMAT " ", op);
        g_autofree char *pattern = g_strconcat(done, "*", NULL);
        g_assert_true(loop_until(has_ended, live, LIVE_DEADLINE_MS));
        if (fake_count(live->fake, pattern) > 0)
            return word_of(live, pattern, done);
    }
    g_error("never came over: %s", name);
}

static void
send_with(struct live *live, const char *text, const char *file_id, const char *name)
{
    struct buffer lab = {.remote_id = (char *)(uintptr_t)live->lab, .kind = BUFFER_CHANNEL};
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func((GDestroyNotify)attachment_free);
    struct rich *body = rich_new(text, -1);
    const struct send_request request = {
        .buffer = &lab, .body = body, .key = "key-of-files", .files = files};
    g_autoptr(GError) error = NULL;

    g_ptr_array_add(files, attachment_new(file_id, name, LARGE_BYTES));
    g_assert_true(mattermost_driver.send(live->session, ++live->last_op, &request, &error));
    g_assert_no_error(error);
    rich_free(body);
}

/* Once, though the answers to the file and to the message are lost; and as it was. */
static void
test_file_up(void)
{
    static const char name[] = "Brot & Käse \"1\".txt";
    struct live live = {0};
    struct up up = {.folder = scratch_new()};
    g_autofree char *content = content_new(LARGE_BYTES);

    up.path = g_build_filename(up.folder, "bread", NULL);
    g_assert_true(g_file_set_contents(up.path, content, LARGE_BYTES, NULL));
    live_begin(&live, NULL);
    live_open(&live, NULL);
    live_await(&live, "state online");
    mm_server_fault(live.server, MM_FAULT_LOST, "POST /uploads/*", 1, 0);
    g_autofree char *id = put_until_there(&live, &up, name, LARGE_BYTES);
    mm_server_fault(live.server, MM_FAULT_LOST, "POST /posts*", 1, 0);
    send_with(&live, "as promised", id, name);
    live_await_kept(&live, "* text %s <kai> as promised *file=%s (%d, *id=%s*", live.lab, name,
                    LARGE_BYTES, id);
    live_await_format(&live, "done %" G_GUINT64_FORMAT " *", live.last_op);
    g_assert_cmpuint(mm_server_count_said(live.server, live.lab, "as promised"), ==, 1);
    fetch(&live, id, 0);
    assert_came(&live, content, LARGE_BYTES);
    live_end(&live);
    g_free(up.path);
    scratch_free(up.folder);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/mattermost/live/talk", test_talk);
    g_test_add_func("/mattermost/live/message", test_message);
    g_test_add_func("/mattermost/live/places", test_places);
    g_test_add_func("/mattermost/live/links", test_links);
    g_test_add_func("/mattermost/live/probe", test_probe);
    g_test_add_func("/mattermost/live/password", test_password);
    g_test_add_func("/mattermost/live/resume", test_resume);
    g_test_add_func("/mattermost/live/catch-up", test_catch_up);
    g_test_add_func("/mattermost/live/once", test_once);
    g_test_add_func("/mattermost/live/busy", test_busy);
    g_test_add_func("/mattermost/live/wrong-token", test_wrong_token);
    g_test_add_func("/mattermost/live/command", test_command);
    g_test_add_func("/mattermost/live/press", test_press);
    g_test_add_func("/mattermost/live/file-down", test_file_down);
    g_test_add_func("/mattermost/live/file-up", test_file_up);
    test_live_search_add();
    test_live_form_add();
    test_live_own_add();
    test_live_relay_add();
    return g_test_run();
}
