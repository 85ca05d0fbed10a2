/* The sidebar and the status of people, on real sockets. */
#include "base/error.h"
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

static void
await_draft(struct live *live, const char *root, const char *text)
{
    g_autofree char *draft = mm_server_draft_dup(live->server, "kai", live->lab, root);

    g_assert_cmpstr(draft, ==, text);
}

/* Drafts, here and on another device; what was told from here does not come back. */
static void
test_drafts(void)
{
    struct live live = {0};
    const struct driver *driver = &mattermost_driver;
    struct buffer lab = {.kind = BUFFER_CHANNEL};

    live_begin(&live, NULL);
    lab.remote_id = (char *)(uintptr_t)live.lab;
    const char *root = mm_server_say(live.server, "maria", live.lab, NULL, "shall we?");
    const char *dm = mm_server_direct(live.server, "kai", "maria");
    mm_server_set_draft(live.server, "kai", live.lab, NULL, "begun elsewhere");
    mm_server_set_draft(live.server, "kai", live.lab, root, "in the thread");
    mm_server_set_draft(live.server, "kai", dm, NULL, "dear");
    mm_server_set_draft(live.server, "maria", live.lab, NULL, "hers");
    live_open(&live, NULL);
    live_await_kept(&live, "draft %s - begun elsewhere", live.lab);
    live_await_kept(&live, "draft %s %s in the thread", live.lab, root);
    live_await_kept(&live, "draft %s - dear", dm);
    live_await(&live, "drafts told");
    /* On another device. */
    mm_server_set_draft(live.server, "kai", live.lab, NULL, "changed elsewhere");
    live_await_format(&live, "draft %s - changed elsewhere", live.lab);
    mm_server_set_draft(live.server, "kai", live.lab, root, NULL);
    live_await_format(&live, "draft %s %s (none)", live.lab, root);
    /* Here. */
    g_assert_true(driver->draft(live.session, 1, &lab, NULL, "changed here", NULL));
    live_await_kept(&live, "done 1 -%s", "");
    g_assert_true(driver->draft(live.session, 2, &lab, root, "here too", NULL));
    live_await_kept(&live, "done 2 -%s", "");
    await_draft(&live, NULL, "changed here");
    await_draft(&live, root, "here too");
    g_assert_true(driver->draft(live.session, 3, &lab, root, NULL, NULL));
    live_await_kept(&live, "done 3 -%s", "");
    await_draft(&live, root, NULL);
    mm_server_set_draft(live.server, "kai", live.lab, NULL, "the last word");
    live_await_kept(&live, "draft %s - the last word", live.lab);
    g_assert_cmpuint(fake_count(live.fake, "draft * changed here"), ==, 0);
    g_assert_cmpuint(fake_count(live.fake, "draft * here too"), ==, 0);
    g_assert_cmpuint(fake_count(live.fake, "draft * hers"), ==, 0);
    g_assert_cmpuint(fake_count(live.fake, "draft * (none)"), ==, 0);
    live_end(&live);
}

/* An administrator has switched them off: nothing is asked, and nothing told. */
static void
test_no_drafts(void)
{
    struct live live = {0};
    struct buffer lab = {.kind = BUFFER_CHANNEL};
    g_autoptr(GError) error = NULL;

    live_begin(&live, NULL);
    lab.remote_id = (char *)(uintptr_t)live.lab;
    mm_server_set_config(live.server, "AllowSyncedDrafts", "false");
    live_open(&live, NULL);
    live_await(&live, "state online");
    g_assert_false(mattermost_driver.draft(live.session, 1, &lab, NULL, "ours alone", &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED);
    mm_server_say(live.server, "maria", live.lab, NULL, "tick");
    live_await_kept(&live, "live text %s <maria> tick*", live.lab);
    g_assert_cmpuint(fake_count(live.fake, "draft*"), ==, 0);
    g_assert_cmpuint(mm_server_count(live.server, "* /*drafts*"), ==, 0);
    live_end(&live);
}

void
test_live_own_add(void)
{
    g_test_add_func("/mattermost/live/drafts", test_drafts);
    g_test_add_func("/mattermost/live/no-drafts", test_no_drafts);
    g_test_add_func("/mattermost/live/own", test_own);
}
