/* The sidebar and the status of people, on real sockets. */
#include "protocols/mattermost/mattermost.h"
#include "tests/drivers/mattermost/live.h"

/* The sidebar and what is said of oneself, here and on another device. */
static void
test_own(void)
{
    struct live live = {0};
    const struct driver *driver = &mattermost_driver;
    struct buffer lab = {.kind = BUFFER_CHANNEL};
    const char *const away[] = {":bread: baking", NULL}, *const none[] = {NULL};

    live_begin(&live, NULL);
    lab.remote_id = (char *)(uintptr_t)live.lab;
    const char *dm = mm_server_direct(live.server, "kai", "maria");
    mm_server_sort(live.server, "kai", live.team, "Favorites", live.lab);
    mm_server_mute(live.server, "kai", live.square, true);
    mm_server_set_custom_status(live.server, "maria", "bread", "at the mill", NULL);
    live_open(&live, NULL);
    live_await_kept(&live, "muted %s on", live.square);
    live_await_kept(&live, "muted %s off", live.lab);
    live_await_kept(&live, "status %s * \xf0\x9f\x8d\x9e at the mill", dm);
    live_await_kept(&live, "groups %s Favorites=%s Channels=*%s*", live.team, live.lab,
                    live.square);
    live_await(&live, "state online");
    /* On another device. */
    mm_server_sort(live.server, "kai", live.team, "Bread", live.square);
    live_await_format(&live, "groups %s Favorites=%s Bread=%s Channels=*", live.team, live.lab,
                      live.square);
    mm_server_sort(live.server, "kai", live.team, "Bread", dm);
    live_await_format(&live, "groups %s Favorites=%s Bread=%s,%s Channels=*", live.team, live.lab,
                      live.square, dm);
    mm_server_mute(live.server, "kai", live.square, false);
    live_await_format(&live, "muted %s off", live.square);
    mm_server_set_custom_status(live.server, "maria", "", "", NULL);
    live_await_format(&live, "status %s * -", dm);
    mm_server_set_custom_status(live.server, "maria", "", "long ago", "2020-01-01T10:00:00Z");
    mm_server_set_custom_status(live.server, "maria", "", "for ever", NULL);
    live_await_format(&live, "status %s * for ever", dm);
    /* Here. */
    g_assert_true(driver->mute(live.session, 1, &lab, true, NULL));
    live_await_format(&live, "muted %s on", live.lab);
    live_await(&live, "done 1 -");
    g_assert_true(driver->mute(live.session, 2, &lab, false, NULL));
    live_await_format(&live, "muted %s off", live.lab);
    live_await(&live, "done 2 -");
    g_assert_true(driver->command(live.session, 3, driver->commands, &lab, away, NULL));
    live_await(&live, "status - * \xf0\x9f\x8d\x9e baking");
    g_assert_true(driver->command(live.session, 4, driver->commands, &lab, none, NULL));
    live_await(&live, "status - * -");
    g_assert_cmpuint(fake_count(live.fake, "*long ago*"), ==, 0);
    live_end(&live);
}

void
test_live_own_add(void)
{
    g_test_add_func("/mattermost/live/own", test_own);
}
