/* What a service manager is told, and what a weft without a screen does. */
#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "base/net_ops.h"
#include "daemon/headless.h"
#include "daemon/pages.h"
#include "daemon/service.h"
#include "tests/support/scratch.h"
#include "tests/unit/daemon/desk.h"
#include "tests/unit/daemon/tests.h"

struct manager {
    struct net_ops net; /* first */
    GString *told;
    bool away;
};

static bool
datagram(struct net_ops *net, const char *path, const char *text, GError **error)
{
    struct manager *manager = (struct manager *)net;

    if (manager->away) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "away");
        return false;
    }
    g_assert_cmpstr(path, ==, "/run/notify");
    g_string_append_printf(manager->told, "%s|", text);
    return true;
}

static void
test_words(void)
{
    struct manager manager = {.net.datagram = datagram, .told = g_string_new(NULL)};
    struct clock *clock = clock_fake_new(SCENE_NOW_US);
    struct service *service = service_new(&(struct service_options){
        .net = &manager.net, .clock = clock, .socket = "/run/notify", .watchdog_us = "30000000"});

    clock_fake_advance(clock, 100 * G_USEC_PER_SEC);
    g_assert_cmpstr(manager.told->str, ==, "");
    service_ready(service);
    service_status(service, "1 of 1 accounts\nare online.");
    service_status(service, "1 of 1 accounts\nare online.");
    g_assert_cmpstr(manager.told->str, ==,
                    "READY=1|WATCHDOG=1|STATUS=1 of 1 accounts are online.|");
    g_string_truncate(manager.told, 0);
    clock_fake_advance(clock, 45 * G_USEC_PER_SEC);
    g_assert_cmpstr(manager.told->str, ==, "WATCHDOG=1|WATCHDOG=1|WATCHDOG=1|");
    g_string_truncate(manager.told, 0);
    service_reloading(service);
    assert_has(manager.told->str, "RELOADING=1\nMONOTONIC_USEC=");
    service_ready(service); /* does not begin a second watch */
    service_stopping(service);
    assert_has(manager.told->str, "|READY=1|STOPPING=1|");
    g_assert_cmpuint(clock_fake_pending(clock), ==, 1);
    manager.away = true;
    clock_fake_advance(clock, 15 * G_USEC_PER_SEC);
    service_free(service);
    g_assert_cmpuint(clock_fake_pending(clock), ==, 0);
    clock_free(clock);
    g_string_free(manager.told, TRUE);
}

static void
test_nobody(void)
{
    struct manager manager = {.net.datagram = datagram, .told = g_string_new(NULL)};
    struct clock *clock = clock_fake_new(SCENE_NOW_US);
    static const char *const sockets[] = {NULL, "", "notify"};

    for (size_t i = 0; i < G_N_ELEMENTS(sockets); i++) {
        struct service *service = service_new(&(struct service_options){
            .net = &manager.net, .clock = clock, .socket = sockets[i], .watchdog_us = "30000000"});
        service_ready(service);
        service_stopping(service);
        g_assert_cmpuint(clock_fake_pending(clock), ==, 0);
        service_free(service);
    }
    g_assert_cmpstr(manager.told->str, ==, "");
    clock_free(clock);
    g_string_free(manager.told, TRUE);
}

static void
on_quit(void *user)
{
    ++*(unsigned *)user;
}

/* The page follows the configuration, and a program may end weft. */
static void
test_headless(void)
{
    struct desk *desk = desk_new();
    struct pages *other;
    unsigned quits = 0;

    control_free(desk->control);
    desk->control = NULL;
    struct headless *headless = headless_new(&(struct headless_options){.core = desk->scene->core,
                                                                        .net = desk->net,
                                                                        .run_dir = desk->run_dir,
                                                                        .version = "0.9.9",
                                                                        .quit = on_quit,
                                                                        .user = &quits});
    headless_ready(headless);
    /* A port that is free now. */
    other = pages_new(
        &(struct pages_options){.core = desk->scene->core, .net = desk->net, .version = "0"}, NULL);
    const uint16_t port = pages_port(other);
    pages_free(other);
    g_autofree char *text =
        g_strdup_printf("[account libera]\nnetwork = net\n[relay]\nlisten = 127.0.0.1:%u\n", port);
    g_assert_true(g_file_set_contents(desk->scene->file, text, -1, NULL));
    headless_reload(headless);
    struct peer *peer = peer_new_at(desk, port);
    g_assert_true(peer->up);
    peer_free(peer);
    g_assert_true(
        g_file_set_contents(desk->scene->file, "[account libera]\nnetwork = net\n", -1, NULL));
    headless_reload(headless);
    peer = peer_new_at(desk, port);
    g_assert_false(peer->up);
    peer_free(peer);
    peer = peer_new(desk);
    assert_has(peer_ask(peer, "{\"id\":1,\"do\":\"quit\"}"), "\"ok\":true");
    g_assert_cmpuint(quits, ==, 1);
    headless_stopping(headless);
    peer_free(peer);
    headless_free(headless);
    desk_free(desk);
}

static unsigned
count_text(const char *text, const char *wanted)
{
    unsigned n = 0;

    for (const char *at = text; (at = strstr(at, wanted)); at += strlen(wanted))
        n++;
    return n;
}

static void
tell_relay(struct desk *desk)
{
    bus_publish(core_bus(desk->scene->core), &(struct notice){.type = NOTICE_RELAY});
}

/* The breaker stops all legs of a gateway: that is one line in the log, each time. */
static void
test_tripped(void)
{
    struct desk *desk = desk_new();
    g_autofree char *dir = scratch_new();
    g_autofree char *path = g_build_filename(dir, "weft.log", NULL);
    g_autofree char *text = NULL;

    g_assert_true(log_open(path, 0, NULL));
    desk_relay(desk);
    struct headless *headless = headless_new(&(struct headless_options){
        .core = desk->scene->core, .net = desk->net, .run_dir = dir, .version = "0.9.9"});
    headless_ready(headless);
    for (unsigned i = 0; i < 5; i++) {
        for (guint k = 0; k < desk->legs->len; k++) {
            struct relay_leg *leg = desk->legs->pdata[k];
            leg->state = i % 2 == 1 ? RELAY_TRIPPED : RELAY_RUNS;
            g_free(leg->error);
            leg->error = i % 2 == 1 ? g_strdup("It goes in a ring.") : NULL;
        }
        tell_relay(desk);
        tell_relay(desk);
    }
    headless_free(headless);
    log_close();
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpuint(count_text(text, "jobs: stopped by the breaker. It goes in a ring."), ==, 2);
    g_assert_cmpuint(count_text(text, "It goes in a ring."), ==, 2);
    g_assert_cmpuint(count_text(text, "jobs, libera/#coop: runs."), ==, 3);
    scratch_free(g_steal_pointer(&dir));
    desk_free(desk);
}

/* The page is kept in a file: whole, readable, and written only when it is another. */
static void
test_page_file(void)
{
    struct desk *desk = desk_new();
    g_autofree char *path = g_build_filename(desk->run_dir, "bridge.html", NULL);
    g_autofree char *html = NULL;
    struct relay_leg *leg;
    GStatBuf status;

    desk_relay(desk);
    control_free(desk->control);
    desk->control = NULL;
    struct headless *headless = headless_new(&(struct headless_options){
        .core = desk->scene->core, .net = desk->net, .run_dir = desk->run_dir, .version = "0.9.9"});
    g_autofree char *text =
        g_strdup_printf("[account libera]\nnetwork = net\n[relay]\npage = %s\n", path);
    g_assert_true(g_file_set_contents(desk->scene->file, text, -1, NULL));
    headless_reload(headless);
    g_assert_cmpint(g_stat(path, &status), ==, 0);
    g_assert_cmpint(status.st_mode & 0777, ==, 0644);
    clock_fake_advance(desk->scene->clock, 60 * G_USEC_PER_SEC);
    /* Nothing has changed but the time. */
    g_assert_true(g_file_set_contents(path, "x", -1, NULL));
    tell_relay(desk);
    clock_fake_advance(desk->scene->clock, 60 * G_USEC_PER_SEC);
    g_assert_true(g_file_get_contents(path, &html, NULL, NULL));
    g_assert_cmpstr(html, ==, "x");
    leg = desk->legs->pdata[1];
    leg->error = g_strdup("uma removed it.");
    tell_relay(desk);
    g_clear_pointer(&html, g_free);
    g_assert_true(g_file_get_contents(path, &html, NULL, NULL));
    g_assert_cmpstr(html, ==, "x"); /* not at once */
    clock_fake_advance(desk->scene->clock, 5 * G_USEC_PER_SEC);
    g_clear_pointer(&html, g_free);
    g_assert_true(g_file_get_contents(path, &html, NULL, NULL));
    assert_has(html, "uma removed it.");
    g_assert_true(g_str_has_suffix(html, "</html>\n"));
    headless_free(headless);
    g_unlink(path);
    desk_free(desk);
}

/* --- what is logged --- */

struct diary {
    struct desk *desk;
    struct headless *headless;
    char *path;
};

static void
diary_begin(struct diary *diary)
{
    diary->desk = desk_new();
    diary->path = g_build_filename(diary->desk->run_dir, "log", NULL);
    g_assert_true(log_open(diary->path, 0, NULL));
    control_free(diary->desk->control);
    diary->desk->control = NULL;
    desk_relay(diary->desk);
    diary->headless = headless_new(&(struct headless_options){.core = diary->desk->scene->core,
                                                              .net = diary->desk->net,
                                                              .run_dir = diary->desk->run_dir,
                                                              .version = "0.9.9"});
}

static void
diary_end(struct diary *diary)
{
    headless_free(diary->headless);
    log_close();
    g_unlink(diary->path);
    g_free(diary->path);
    desk_free(diary->desk);
}

/* How many lines have this. */
static unsigned
n_logged(const struct diary *diary, const char *part)
{
    g_autofree char *text = NULL;
    unsigned n = 0;

    g_assert_true(g_file_get_contents(diary->path, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++)
        n += strstr(*line, part) != NULL;
    return n;
}

static void
relay_tells(struct diary *diary, const char *why)
{
    struct relay_leg *leg = diary->desk->legs->pdata[1];

    g_free(leg->error);
    leg->error = g_strdup(why);
    bus_publish(core_bus(diary->desk->scene->core), &(struct notice){.type = NOTICE_RELAY});
}

/* Why a leg waits is told, also when it waited for something else before. */
static void
test_log_legs(void)
{
    struct diary diary;

    diary_begin(&diary);
    relay_tells(&diary, "Not there yet.");
    relay_tells(&diary, "uma removed it.");
    relay_tells(&diary, "uma removed it.");
    g_assert_cmpuint(n_logged(&diary, "jobs, libera/#coop: runs."), ==, 1);
    g_assert_cmpuint(n_logged(&diary, "jobs, libera/#gone: waits. Not there yet."), ==, 1);
    g_assert_cmpuint(n_logged(&diary, "jobs, libera/#gone: waits. uma removed it."), ==, 1);
    diary_end(&diary);
}

/* Accounts are on their way: that a leg waits for one is told when it has not come, once. */
static void
test_log_patience(void)
{
    struct diary diary;

    diary_begin(&diary);
    struct scene *scene = diary.desk->scene;
    core_disconnect(scene->core, core_account_by_name(scene->core, "libera")->id, NULL);
    scene_settle(scene);
    headless_ready(diary.headless);
    relay_tells(&diary, "libera is not connected.");
    g_assert_cmpuint(n_logged(&diary, "libera/#gone: waits."), ==, 0);
    clock_fake_advance(scene->clock, 60 * G_USEC_PER_SEC);
    g_assert_cmpuint(n_logged(&diary, "libera/#gone: waits. libera is not connected."), ==, 1);
    relay_tells(&diary, "libera is not connected, says the network in other words.");
    g_assert_cmpuint(n_logged(&diary, "libera/#gone: waits."), ==, 1);
    diary_end(&diary);
}

static void
test_log_lines(void)
{
    struct diary diary;

    diary_begin(&diary);
    g_assert_true(g_file_set_contents(diary.desk->scene->file,
                                      "[account libera]\nnetwork = nte\n[look]\nnicks = soon\n", -1,
                                      NULL));
    headless_reload(diary.headless);
    g_assert_cmpuint(n_logged(&diary, "weft.conf:"), ==, 2);
    g_assert_cmpuint(n_logged(&diary, "\\x0a"), ==, 0);
    diary_end(&diary);
}

/* A try that fails is one line. */
static void
test_log_account(void)
{
    struct diary diary;
    g_autoptr(GError) error = g_error_new_literal(WEFT_ERROR, WEFT_ERROR_CLOSED, "The line broke.");

    diary_begin(&diary);
    struct host *host = diary.desk->scene->host;
    host_lost(host, error);
    scene_settle(diary.desk->scene);
    g_assert_cmpuint(n_logged(&diary, "The line broke."), ==, 1);
    diary_end(&diary);
}

void
test_service_add(void)
{
    g_test_add_func("/service/words", test_words);
    g_test_add_func("/service/nobody", test_nobody);
    g_test_add_func("/service/headless", test_headless);
    g_test_add_func("/service/tripped", test_tripped);
    g_test_add_func("/service/page-file", test_page_file);
    g_test_add_func("/service/log-legs", test_log_legs);
    g_test_add_func("/service/log-patience", test_log_patience);
    g_test_add_func("/service/log-lines", test_log_lines);
    g_test_add_func("/service/log-account", test_log_account);
}
