/* The desktop's notifications: a real session bus, and a daemon that answers, is mute, or is not
 * there. */
#include <string.h>

#include "tests/support/loop.h"
#include "tests/support/notify_daemon.h"
#include "tests/support/scratch.h"
#include "tests/unit/notify/tests.h"
#include "ui/notify.h"
#include "ui/notify_desktop.h"

/* A daemon that is asked in the loop blocks it for 25 s. */
#define LATE_US (10 * SECOND_US)

struct scene {
    char *dir;
    GSubprocess *bus;
    struct notify_daemon *daemon;
    struct fake *fake;
    struct notify *notify;
    GString *sent;
    unsigned wanted;
};

static bool
send(void *user, const char *bytes, size_t len)
{
    g_string_append_len(((struct scene *)user)->sent, bytes, (gssize)len);
    return true;
}

static bool
scene_init(struct scene *scene, const char *more, const char *caps)
{
    g_autofree char *why_not = NULL;

    *scene = (struct scene){.dir = scratch_new()};
    scene->bus = notify_daemon_bus_up(scene->dir, &why_not);
    if (scene->bus == NULL) {
        g_test_skip(why_not);
        scratch_free(scene->dir);
        return false;
    }
    if (caps != NULL)
        scene->daemon = notify_daemon_new(caps);
    scene->sent = g_string_new(NULL);
    scene->fake = fake_new(1);
    configure(scene->fake, 1, more);
    const struct notify_options options = {.core = scene->fake->core, .send = send, .user = scene};
    scene->notify = notify_new(&options);
    return true;
}

/* Stops the notifier; it may not take longer than it says. */
static void
scene_stop(struct scene *scene)
{
    const int64_t start_us = g_get_monotonic_time();

    notify_free(scene->notify);
    scene->notify = NULL;
    g_assert_cmpint(g_get_monotonic_time() - start_us, <, LATE_US);
}

static void
scene_clear(struct scene *scene)
{
    if (scene->notify != NULL)
        scene_stop(scene);
    notify_daemon_free(scene->daemon);
    fake_free(scene->fake);
    notify_daemon_bus_down(scene->bus);
    scratch_free(scene->dir);
    g_string_free(scene->sent, TRUE);
}

static bool
has_shown(void *user)
{
    struct scene *scene = user;
    return notify_daemon_count(scene->daemon) >= scene->wanted;
}

static bool
is_waiting(void *user)
{
    return notify_daemon_waiting(((struct scene *)user)->daemon) > 0;
}

static bool
has_sent(void *user)
{
    return ((struct scene *)user)->sent->len >= ((struct scene *)user)->wanted;
}

static void
assert_shown(struct scene *scene, unsigned i, const char *wanted)
{
    scene->wanted = i + 1;
    if (!loop_until(has_shown, scene, 20000)) {
        fake_settle(scene->fake);
        g_autoptr(GPtrArray) lines =
            store_load_newest(scene->fake->store, core_own_buffer(scene->fake->core)->id, 10);
        for (guint k = 0; k < lines->len; k++)
            g_printerr("# %s\n", ((struct message *)lines->pdata[k])->body->text);
        g_assert_not_reached();
    }
    g_autofree char *shown = notify_daemon_shown(scene->daemon, i);
    g_assert_cmpstr(shown, ==, wanted);
}

#define DESKTOP "[notify]\nmethod = desktop\nmethod = bell\n"

static void
test_shown(void)
{
    struct scene scene;

    if (!scene_init(&scene, DESKTOP, "body body-markup"))
        return;
    notify_show(scene.notify, call_of("Uma in #lab", "kai?"));
    assert_shown(&scene, 0, "Uma in #lab|kai?|1");
    notify_show(scene.notify, call_of("<i>R&D</i>", "<b>&amp;<a href=\"x\">"));
    assert_shown(&scene, 1, "‹i›R＆D‹/i›|&lt;b&gt;&amp;amp;&lt;a href=&quot;x&quot;&gt;|1");
    scene_clear(&scene);
}

static void
test_urgent(void)
{
    struct scene scene;

    if (!scene_init(&scene, DESKTOP "urgency = critical\nbell = on\n", "body"))
        return;
    notify_show(scene.notify, call_of("Uma", "kai!"));
    assert_shown(&scene, 0, "Uma|kai!|2");
    scene.wanted = 1;
    g_assert_true(loop_until(has_sent, &scene, 20000));
    g_assert_cmpstr(scene.sent->str, ==, "\a");
    scene_clear(&scene);
}

/* A server without markup shows the words as they are. */
static void
test_no_markup(void)
{
    struct scene scene;

    if (!scene_init(&scene, DESKTOP, "body"))
        return;
    notify_show(scene.notify, call_of("Uma", "1 < 2 & 3"));
    assert_shown(&scene, 0, "Uma|1 < 2 & 3|1");
    g_assert_cmpstr(scene.sent->str, ==, "");
    scene_clear(&scene);
}

static void
assert_own_line(struct scene *scene, const char *part)
{
    fake_settle(scene->fake);
    g_autoptr(GPtrArray) lines =
        store_load_newest(scene->fake->store, core_own_buffer(scene->fake->core)->id, 10);
    unsigned n = 0;

    for (guint i = 0; i < lines->len; i++)
        n += strstr(((struct message *)lines->pdata[i])->body->text, part) != NULL;
    g_assert_cmpuint(n, ==, 1);
}

/* It takes every question and answers none: nobody here waits for it. What it was not asked in time
 * is told in the next way; later ones at once, until a minute has passed. */
static void
assert_mute(const char *mute)
{
    struct scene scene;

    if (!scene_init(&scene, DESKTOP, "body"))
        return;
    notify_daemon_mute(scene.daemon, mute);
    const int64_t start_us = g_get_monotonic_time();
    for (int i = 0; i < NOTIFY_DESKTOP_QUEUE + 5; i++)
        notify_show(scene.notify, call_of("Uma", "kai?"));
    g_assert_cmpint(g_get_monotonic_time() - start_us, <, LATE_US);
    g_assert_true(loop_until(is_waiting, &scene, 20000));
    /* So many wait; those beyond are told otherwise already. */
    g_assert_cmpuint(scene.sent->len, >=, 4);
    g_assert_cmpuint(scene.sent->len, <=, 5);
    fake_advance(scene.fake, 3 * SECOND_US);
    g_assert_cmpuint(scene.sent->len, ==, NOTIFY_DESKTOP_QUEUE + 5);
    assert_own_line(&scene, "it does not answer");
    notify_show(scene.notify, call_of("Uma", "kai?"));
    g_assert_cmpuint(scene.sent->len, ==, NOTIFY_DESKTOP_QUEUE + 6);
    /* It speaks again: the old ones are shown late, and the next one in time. */
    notify_daemon_mute(scene.daemon, NULL);
    scene.wanted = 8;
    g_assert_true(loop_until(has_shown, &scene, 20000));
    fake_advance(scene.fake, 60 * SECOND_US);
    const unsigned before = notify_daemon_count(scene.daemon);
    notify_show(scene.notify, call_of("Uma", "new"));
    scene.wanted = before + 1;
    g_assert_true(loop_until(has_shown, &scene, 20000));
    g_assert_cmpuint(scene.sent->len, ==, NOTIFY_DESKTOP_QUEUE + 6);
    scene_clear(&scene);
}

static void
test_mute(void)
{
    assert_mute("");
    assert_mute("Notify"); /* in the midst of libnotify */
}

/* weft ends while the daemon is mute: in time, and with nothing left behind. */
static void
assert_end(const char *mute)
{
    struct scene scene;

    if (!scene_init(&scene, DESKTOP, "body"))
        return;
    notify_daemon_mute(scene.daemon, mute);
    for (int i = 0; i < 3; i++)
        notify_show(scene.notify, call_of("Uma", "kai?"));
    g_assert_true(loop_until(is_waiting, &scene, 20000));
    scene_stop(&scene);
    notify_daemon_mute(scene.daemon, NULL);
    scene_clear(&scene);
}

static void
test_end(void)
{
    assert_end("");
    assert_end("Notify");
}

/* No daemon on the bus, then one; then the bus itself ends, and weft does not. */
static void
test_missing(void)
{
    struct scene scene;

    if (!scene_init(&scene, DESKTOP, NULL))
        return;
    notify_show(scene.notify, call_of("Uma", "kai?"));
    scene.wanted = 1;
    g_assert_true(loop_until(has_sent, &scene, 20000));
    assert_own_line(&scene, "The desktop shows no notifications");
    scene.daemon = notify_daemon_new("body");
    fake_advance(scene.fake, 60 * SECOND_US);
    notify_show(scene.notify, call_of("Uma", "there"));
    assert_shown(&scene, 0, "Uma|there|1");
    notify_daemon_free(scene.daemon);
    scene.daemon = NULL;
    notify_daemon_bus_down(scene.bus);
    notify_show(scene.notify, call_of("Uma", "gone"));
    scene.wanted = 2;
    g_assert_true(loop_until(has_sent, &scene, 20000));
    g_autofree char *why_not = NULL;
    scene.bus = notify_daemon_bus_up(scene.dir, &why_not);
    scene.daemon = notify_daemon_new("body");
    notify_configure(scene.notify);
    notify_show(scene.notify, call_of("Uma", "again"));
    assert_shown(&scene, 0, "Uma|again|1");
    scene_clear(&scene);
}

/* Bus and notifier end together; whoever comes after them finds the next bus. */
static void
test_anew(void)
{
    for (int i = 0; i < 10; i++) {
        struct scene scene;

        if (!scene_init(&scene, DESKTOP, "body"))
            return;
        notify_show(scene.notify, call_of("Uma", "kai?"));
        assert_shown(&scene, 0, "Uma|kai?|1");
        g_subprocess_force_exit(scene.bus);
        scene_clear(&scene);
    }
}

static const char *
get_nothing(const char *name)
{
    return NULL;
}

/* Where there is no bus, none is started for the purpose. */
static void
test_no_bus(void)
{
    g_assert_false(notify_desktop_has_bus(get_nothing));
}

void
test_desktop_add(void)
{
    g_test_add_func("/desktop/shown", test_shown);
    g_test_add_func("/desktop/urgent", test_urgent);
    g_test_add_func("/desktop/no-markup", test_no_markup);
    g_test_add_func("/desktop/mute", test_mute);
    g_test_add_func("/desktop/end", test_end);
    g_test_add_func("/desktop/missing", test_missing);
    g_test_add_func("/desktop/anew", test_anew);
    g_test_add_func("/desktop/no-bus", test_no_bus);
}
