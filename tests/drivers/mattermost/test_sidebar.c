/* The person's own view of a server: categories, what is muted, what is said of oneself. */
#include "protocols/mattermost/mattermost.h"
#include "tests/drivers/mattermost/world.h"

#define CATEGORIES                                                                                 \
    "{\"categories\":[{\"id\":\"channels_x\",\"type\":\"channels\",\"display_name\":\"Channels\"," \
    "\"channel_ids\":[]},{\"id\":\"favorites_x\",\"type\":\"favorites\",\"display_name\":"         \
    "\"Loved\","                                                                                   \
    "\"channel_ids\":[\"" DM "\",\"no id\",7]},{\"id\":\"direct_x\",\"type\":\"direct_messages\"," \
    "\"display_name\":\"DMs\",\"channel_ids\":[\"" DM "\"]},{\"id\":\"mine\",\"type\":\"custom\"," \
    "\"display_name\":\"Bread\",\"channel_ids\":[\"" DM "\"]}],"                                   \
    "\"order\":[\"favorites_x\",\"mine\",\"nowhere\",\"channels_x\",\"direct_x\"]}"

static void
rule(struct world *w, const char *body)
{
    fake_web_rule(w->web, "GET */users/me/teams/" TEAM "/channels/categories", 0, 200, body, NULL);
}

static void
test_categories(void)
{
    struct world w = {0};

    world_open(&w, NULL);
    world_rules(&w);
    rule(&w, CATEGORIES);
    world_connect(&w);
    /* In the server's order; a channel that is in none is with the plain ones. */
    g_assert_true(fake_skip_to(w.fake, "groups " TEAM " Loved=" DM " Bread= Channels=" LAB));
    fake_forget(w.fake);
    rule(&w, "{\"categories\":[{\"id\":\"a\",\"type\":\"custom\",\"display_name\":\"A\","
             "\"channel_ids\":[\"" LAB "\"]}],\"order\":[\"a\"]}");
    /* Several changes are asked for once. */
    world_event(&w, "sidebar_category_created", "{\"category_id\":\"a\"}",
                "{\"team_id\":\"" TEAM "\"}");
    world_event(&w, "sidebar_category_updated", "{\"updatedCategories\":\"[]\"}",
                "{\"team_id\":\"" TEAM "\"}");
    world_event(&w, "sidebar_category_order_updated", "{\"order\":[\"a\"]}", "{}");
    fake_advance_s(w.fake, 3);
    world_settle(&w);
    g_assert_true(fake_skip_to(w.fake, "groups " TEAM " A=" LAB));
    g_assert_cmpuint(fake_count(w.fake, "groups *"), ==, 0);
    world_event(&w, "sidebar_category_deleted", "{\"category_id\":\"a\"}", "{}");
    rule(&w, "{\"categories\":7}");
    fake_advance_s(w.fake, 3);
    world_settle(&w);
    g_assert_cmpuint(fake_count(w.fake, "groups *"), ==, 0);
    /* What comes before any change of a preference says nothing; a favourite of old programs does.
     */
    rule(&w, CATEGORIES);
    world_event(&w, "sidebar_category_updated", "{}", "{}");
    fake_advance_s(w.fake, 3);
    world_settle(&w);
    g_assert_cmpuint(fake_count(w.fake, "groups *"), ==, 0);
    world_event(
        &w, "preferences_changed",
        "{\"preferences\":\"[{\\\"category\\\":\\\"favorite_channel\\\",\\\"name\\\":\\\"" LAB
        "\\\",\\\"value\\\":\\\"true\\\"}]\"}",
        "{}");
    fake_advance_s(w.fake, 3);
    world_settle(&w);
    g_assert_true(fake_skip_to(w.fake, "groups " TEAM " Loved=*"));
    /* Of another team, that the account leaves out; and with its timer waiting, the session ends.
     */
    world_event(&w, "sidebar_category_deleted", "{\"category_id\":\"a\"}",
                "{\"team_id\":\"" CONN "\"}");
    world_event(&w, "sidebar_category_deleted", "{\"category_id\":\"a\"}",
                "{\"team_id\":\"" TEAM "\"}");
    world_close(&w);
}

/* An old server has none: nothing is said of that. */
static void
test_none(void)
{
    struct world w = {0};

    world_open(&w, NULL);
    world_rules(&w);
    fake_web_rule(w.web, "GET */channels/categories", 0, 404,
                  "{\"id\":\"api.context.404.app_error\",\"message\":\"no\"}", NULL);
    world_connect(&w);
    g_assert_true(fake_skip_to(w.fake, "state online"));
    g_assert_cmpuint(fake_count(w.fake, "groups *"), ==, 0);
    g_assert_cmpuint(fake_count(w.fake, "say *"), ==, 0);
    world_close(&w);
}

static void
draft_event(struct world *w, const char *event, const char *text, int update_ms)
{
    g_autofree char *data = g_strdup_printf(
        "{\"draft\":\"{\\\"user_id\\\":\\\"" KAI "\\\",\\\"channel_id\\\":\\\"" LAB
        "\\\",\\\"root_id\\\":\\\"\\\",\\\"message\\\":\\\"%s\\\",\\\"update_at\\\":%d}\"}",
        text, update_ms);

    world_event(w, event, data, "{\"user_id\":\"" KAI "\",\"channel_id\":\"" LAB "\"}");
}

/* What an event has told is not told anew by a list that was made before it. */
static void
test_drafts(void)
{
    struct world w = {0};

    world_open(&w, NULL);
    world_rules(&w);
    fake_web_rule(w.web, "GET */config/client*", 0, 200, "{\"AllowSyncedDrafts\":\"true\"}", NULL);
    world_connect(&w);
    g_assert_true(fake_skip_to(w.fake, "state online"));
    fake_forget(w.fake);
    draft_event(&w, "draft_created", "newer", 7);
    fake_expect(w.fake, "draft " LAB " - newer");
    draft_event(&w, "draft_deleted", "gone", 9);
    fake_expect(w.fake, "draft " LAB " - (none)");
    fake_web_answer(
        w.web, "GET *users/me/teams/" TEAM "/drafts", 200,
        "[{\"channel_id\":\"" LAB "\",\"root_id\":\"\",\"message\":\"older\",\"update_at\":9},"
        "7,{\"channel_id\":\"" DM "\",\"root_id\":\"\",\"message\":\"dear\",\"update_at\":1}]");
    world_settle(&w);
    fake_expect(w.fake, "draft " DM " - dear");
    fake_expect(w.fake, "drafts told");
    fake_expect_nothing(w.fake);
    world_close(&w);
}

static void
member_event(struct world *w, const char *user, const char *mark)
{
    g_autofree char *data =
        g_strdup_printf("{\"channelMember\":\"{\\\"channel_id\\\":\\\"" LAB
                        "\\\",\\\"user_id\\\":\\\"%s\\\",\\\"notify_props\\\":{\\\"mark_unread"
                        "\\\":\\\"%s\\\"}}\"}",
                        user, mark);
    world_event(w, "channel_member_updated", data, "{}");
}

static void
test_mutes(void)
{
    struct world w = {0};
    struct buffer *lab = world_buffer(LAB);

    world_open(&w, NULL);
    world_rules(&w);
    fake_web_rule(w.web, "GET */channel_members*", 0, 200,
                  "{\"channel_id\":\"" LAB
                  "\",\"last_viewed_at\":0,\"notify_props\":{\"mark_unread\":\"mention\"}}\n"
                  "{\"channel_id\":\"" DM "\",\"last_viewed_at\":0}\n",
                  NULL);
    world_connect(&w);
    g_assert_cmpuint(fake_count(w.fake, "muted *"), ==, 1);
    g_assert_true(fake_skip_to(w.fake, "muted " LAB " on"));
    fake_advance_s(w.fake, 1);
    fake_forget(w.fake);
    member_event(&w, KAI, "all");
    fake_expect(w.fake, "muted " LAB " off");
    member_event(&w, MARIA, "mention"); /* somebody else's */
    fake_expect_nothing(w.fake);
    fake_web_rule(w.web, "PUT */channels/" LAB "/members/me/notify_props", 1, 200,
                  "{\"status\":\"OK\"}", NULL);
    g_assert_true(mattermost_driver.mute(w.session, 7, lab, true, NULL));
    world_settle(&w);
    g_assert_true(fake_skip_sent_to(w.fake, "PUT *\"mark_unread\":\"mention\"*"));
    fake_expect(w.fake, "muted " LAB " on");
    fake_expect(w.fake, "done 7 -");
    fake_web_rule(w.web, "PUT */notify_props", 1, 403,
                  "{\"id\":\"api.context.permissions.app_error\",\"message\":\"no\"}", NULL);
    g_assert_true(mattermost_driver.mute(w.session, 8, lab, false, NULL));
    world_settle(&w);
    g_assert_true(fake_skip_sent_to(w.fake, "PUT *\"mark_unread\":\"all\"*"));
    fake_expect(w.fake, "failed 8 forbidden*");
    buffer_free(lab);
    world_close(&w);
}

/* `status`: what is within the string of JSON. */
static void
user_event(struct world *w, const char *status)
{
    g_autofree char *data =
        g_strdup_printf("{\"user\":{\"id\":\"" MARIA
                        "\",\"username\":\"maria\",\"props\":{\"customStatus\":\"%s\"}}}",
                        status);
    world_event(w, "user_updated", data, "{}");
}

#define UNTIL(text, at)                                                                            \
    "{\\\"emoji\\\":\\\"\\\",\\\"text\\\":\\\"" text                                               \
    "\\\",\\\"duration\\\":\\\"date_and_time\\\",\\\"expires_at\\\":\\\"" at "\\\"}"

static void
test_status(void)
{
    struct world w = {0};

    world_online(&w);
    user_event(&w, "{\\\"emoji\\\":\\\"tada\\\",\\\"text\\\":\\\"hi\\\"}");
    g_assert_true(fake_skip_to(w.fake, "status " DM " " MARIA " \xf0\x9f\x8e\x89 hi"));
    user_event(&w, "{\\\"emoji\\\":\\\"our_own\\\",\\\"text\\\":\\\"\\\"}");
    g_assert_true(fake_skip_to(w.fake, "status " DM " " MARIA " :our_own:"));
    fake_forget(w.fake);
    user_event(&w, "{\\\"emoji\\\":\\\"our_own\\\",\\\"text\\\":\\\"\\\"}"); /* the same */
    g_assert_cmpuint(fake_count(w.fake, "status *"), ==, 0);
    user_event(&w, "no JSON");
    g_assert_true(fake_skip_to(w.fake, "status " DM " " MARIA " -"));
    user_event(&w, UNTIL("over", "2020-01-01T10:00:00Z"));
    g_assert_cmpuint(fake_count(w.fake, "status *"), ==, 0);
    /* NOW_MS is 2026-11-22, 17:11:40. */
    user_event(&w, UNTIL("soon", "2026-11-22T17:13:00Z"));
    g_assert_true(fake_skip_to(w.fake, "status " DM " " MARIA " soon"));
    for (int i = 1; i <= 4; i++) {
        g_assert_cmpuint(fake_count(w.fake, "status *"), ==, 0);
        fake_ws_say(w.web, "{\"status\":\"OK\",\"data\":{\"text\":\"pong\"},\"seq_reply\":%d}", i);
        fake_advance_s(w.fake, 30.5);
        world_settle(&w);
    }
    g_assert_true(fake_skip_to(w.fake, "status " DM " " MARIA " -"));
    world_close(&w);
}

static void
say_status(struct world *w, const char *line, const char *wanted)
{
    const char *const arguments[] = {line, NULL};

    g_assert_true(mattermost_driver.command(w->session, ++w->last_op, mattermost_driver.commands,
                                            NULL, arguments, NULL));
    world_settle(w);
    g_assert_true(fake_skip_sent_to(w->fake, wanted));
    g_assert_true(fake_skip_to(w->fake, "done *"));
}

static void
test_own_status(void)
{
    struct world w = {0};
    g_autofree char *longest = g_strnfill(101, 'x');
    const char *const too_long[] = {longest, NULL};
    g_autoptr(GError) error = NULL;

    world_online(&w);
    fake_web_rule(w.web, "* */users/me/status/custom", 0, 200, "{\"status\":\"OK\"}", NULL);
    say_status(&w, ":tada: at the fair", "PUT *{\"emoji\":\"tada\",\"text\":\"at the fair\",*");
    say_status(&w, "\xf0\x9f\x8e\x89  fair", "PUT *{\"emoji\":\"tada\",\"text\":\"fair\",*");
    say_status(&w, ":tada:", "PUT *{\"emoji\":\"tada\",\"text\":\"\",*");
    say_status(&w, "busy: bread", "PUT *{\"emoji\":\"\",\"text\":\"busy: bread\",*");
    say_status(&w, "\xc3\xa9t\xc3\xa9", "PUT *{\"emoji\":\"\",\"text\":\"\xc3\xa9t\xc3\xa9\",*");
    say_status(&w, NULL, "DELETE */users/me/status/custom*");
    g_assert_false(mattermost_driver.command(w.session, 99, mattermost_driver.commands, NULL,
                                             too_long, &error));
    g_assert_true(error_is(error, WEFT_ERROR_BAD_INPUT));
    world_close(&w);
}

void
test_sidebar_add(void)
{
    g_test_add_func("/mattermost/sidebar/drafts", test_drafts);
    g_test_add_func("/mattermost/sidebar/categories", test_categories);
    g_test_add_func("/mattermost/sidebar/none", test_none);
    g_test_add_func("/mattermost/sidebar/mutes", test_mutes);
    g_test_add_func("/mattermost/sidebar/status", test_status);
    g_test_add_func("/mattermost/sidebar/own-status", test_own_status);
}
