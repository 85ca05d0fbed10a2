#include "protocols/mattermost/mattermost.h"
#include "tests/drivers/mattermost/world.h"

#include <string.h>

static void
say(struct world *w, int number, const char *user, const char *text, const char *extra,
    const char *sender)
{
    g_autofree char *post = world_post(number, NOW_MS + number, user, text, extra);
    world_posted(w, post, sender);
}

static void
test_live(void)
{
    struct world w = {0};

    world_online(&w);
    say(&w, 1, MARIA, "hi **all** :tada:", "", "@maria");
    fake_expect(w.fake, "live text " LAB " <maria> hi all \xf0\x9f\x8e\x89 id=p*1 cursor");
    /* A user whom nobody knows yet is called as the server calls them. */
    say(&w, 2, "newnewnewnewnewnewnewnewne", "me too", "", "@new.one");
    fake_expect(w.fake, "live text " LAB " <new.one> me too*");
    say(&w, 3, KAI, "from my telephone", "", "@kai");
    fake_expect(w.fake, "live text " LAB " <kai> from my telephone* own cursor");
    say(&w, 4, BO, "I am one", ",\"props\":{\"from_bot\":\"true\"}", "@bo");
    fake_expect(w.fake, "live text " LAB " <bo> I am one* bot*");
    say(&w, 5, MARIA, "answer", ",\"root_id\":\"p0000000000000000000000001\"", "@maria");
    fake_expect(w.fake, "live text * reply-to=p0000000000000000000000001*");
    world_close(&w);
}

static void
test_kinds(void)
{
    struct world w = {0};

    world_open(&w, NULL);
    world_rules(&w);
    world_connect(&w);
    fake_advance_s(w.fake, 1);
    fake_forget(w.fake);
    /* As the server's events have it, the last of two equal keys counts. */
    say(&w, 1, MARIA, "*waves*", ",\"type\":\"me\"", "@maria");
    fake_expect(w.fake, "live action " LAB " <maria> waves*");
    say(&w, 2, MARIA, "maria joined the channel.",
        ",\"type\":\"system_join_channel\",\"props\":{\"username\":\"maria\"}", "System");
    fake_expect(w.fake, "live join " LAB " <maria>  id=*");
    say(&w, 3, MARIA, "x", ",\"type\":\"system_header_change\",\"props\":{\"new_header\":\"rye\"}",
        "System");
    fake_expect(w.fake, "live topic " LAB " <maria> rye*");
    say(&w, 4, MARIA, "purpose!", ",\"type\":\"system_purpose_change\"", "System");
    fake_expect(w.fake, "live server " LAB " <> purpose!*");
    say(&w, 5, MARIA, "",
        ",\"file_ids\":[\"" LAB "\"],\"metadata\":{\"files\":[{\"id\":\"" LAB
        "\",\"name\":\"a b.png\",\"size\":12}]}",
        "@maria");
    fake_expect(w.fake, "live text " LAB " <maria>  id=* file=a b.png (12) id=" LAB "*");
    say(&w, 6, MARIA, "see", ",\"file_ids\":[\"a\",\"" LAB "\"]", "@maria");
    fake_expect(w.fake, "live text " LAB " <maria> see id=* file=file (-1) id=" LAB "*");
    say(&w, 7, BO, "relayed",
        ",\"props\":{\"from_webhook\":\"true\",\"override_username\":\"ann (irc)\"}", "ann (irc)");
    /* Nobody is shown another name where the server does not want it. */
    fake_expect(w.fake, "live text " LAB " <bo> relayed* bot*");
    say(&w, 8, MARIA, "old version", ",\"original_id\":\"" LAB "\"", "@maria");
    world_event(&w, "ephemeral_message",
                "{\"post\":\"{\\\"channel_id\\\":\\\"" LAB "\\\",\\\"message\\\":\\\"only "
                "you\\\"}\"}",
                "{\"channel_id\":\"" LAB "\"}");
    fake_expect(w.fake, "say " LAB ": only you");
    fake_expect_nothing(w.fake);
    world_close(&w);
}

static bool
calls(struct world *w, const char *text, const char *conversation, enum buffer_kind kind)
{
    struct buffer *buffer = world_buffer(conversation);
    struct rich *body = rich_new(text, -1);
    const char *at = strstr(text, "@kai"), *all = strstr(text, "@here");

    buffer->kind = kind;
    if (at)
        rich_add(body, (size_t)(at - text), (size_t)(at - text) + 4, SPAN_USER, KAI);
    if (all)
        rich_add(body, (size_t)(all - text), (size_t)(all - text) + 5, SPAN_EVERYONE, NULL);
    const bool does = mattermost_driver.mentions_us(w->session, buffer, body);
    rich_free(body);
    buffer_free(buffer);
    return does;
}

static void
test_mentions(void)
{
    struct world w = {0};

    world_online(&w);
    g_assert_true(calls(&w, "hi @kai", LAB, BUFFER_CHANNEL));
    g_assert_true(calls(&w, "hi @here", LAB, BUFFER_CHANNEL));
    g_assert_false(calls(&w, "kai said so", LAB, BUFFER_CHANNEL));
    g_assert_true(calls(&w, "is the Oven on?", LAB, BUFFER_CHANNEL));
    g_assert_true(calls(&w, "\xc3\xa9 dough!", LAB, BUFFER_CHANNEL));
    g_assert_false(calls(&w, "ovens, sourdough", LAB, BUFFER_CHANNEL));
    g_assert_true(calls(&w, "hi", LAB, BUFFER_GROUP));
    world_close(&w);
}

static void
test_typing(void)
{
    struct world w = {0};
    struct buffer *lab = world_buffer(LAB);

    world_online(&w);
    world_event(&w, "typing", "{\"user_id\":\"" MARIA "\",\"parent_id\":\"\"}",
                "{\"channel_id\":\"" LAB "\"}");
    world_settle(&w);
    fake_expect(w.fake, "typing " LAB " maria active");
    mattermost_driver.typing(w.session, lab, true);
    mattermost_driver.typing(w.session, lab, true);
    mattermost_driver.typing(w.session, lab, false);
    g_assert_true(fake_skip_sent_to(w.fake, "ws {\"action\":\"user_typing\",\"seq\":2,\"data\":{"
                                            "\"channel_id\":\"" LAB "\",\"parent_id\":\"\"}}"));
    fake_expect_nothing_sent(w.fake);
    fake_advance_s(w.fake, 6);
    mattermost_driver.typing(w.session, lab, true);
    g_assert_true(fake_skip_sent_to(w.fake, "ws *user_typing*"));
    buffer_free(lab);
    world_close(&w);
}

static void
mark(struct world *w, int64_t ms)
{
    struct buffer *lab = world_buffer(LAB);
    struct message *upto = message_new();

    upto->time_us = ms * 1000;
    mattermost_driver.mark_read(w->session, lab, upto);
    world_settle(w);
    message_unref(upto);
    buffer_free(lab);
}

static void
test_reading(void)
{
    struct world w = {0};

    world_online(&w);
    fake_web_rule(w.web, "POST */mark_read", 0, 200, "{}", NULL);
    say(&w, 1, MARIA, "one", "", "@maria");
    say(&w, 2, MARIA, "two", "", "@maria");
    fake_forget(w.fake);
    /* Half read is not read, for the server. */
    mark(&w, NOW_MS + 1);
    fake_expect_nothing_sent(w.fake);
    mark(&w, NOW_MS + 2);
    fake_expect_sent(w.fake, "POST */channels/members/me/mark_read [\"" LAB "\"]");
    mark(&w, NOW_MS + 2);
    fake_expect_nothing_sent(w.fake);
    world_event(&w, "multiple_channels_viewed",
                "{\"channel_times\":{\"" LAB "\":1795367600000,\"" DM "\":5,\"unknown\":7}}", "{}");
    fake_expect(w.fake, "read " LAB " 1795367600000000");
    fake_expect(w.fake, "read " DM " 5000");
    fake_expect_nothing(w.fake);
    world_close(&w);
}

/* A conversation that somebody else has just begun. */
static void
test_new_conversation(void)
{
    static const char other[] = "otherotherotherotherothero";
    struct world w = {0};

    world_online(&w);
    fake_web_rule(w.web, "GET */channels/otherother*", 0, 200,
                  "{\"id\":\"otherotherotherotherothero\",\"type\":\"D\",\"team_id\":\"\","
                  "\"name\":\"" BO "__" KAI "\",\"last_post_at\":1795367500001}",
                  NULL);
    fake_web_rule(w.web, "GET */members/me", 0, 200,
                  "{\"channel_id\":\"otherotherotherotherothero\",\"last_viewed_at\":0}", NULL);
    fake_web_rule(w.web, "GET */channels/otherother*/posts*", 0, 200,
                  "{\"order\":[\"p0000000000000000000000001\"],\"posts\":{"
                  "\"p0000000000000000000000001\":{\"id\":\"p0000000000000000000000001\","
                  "\"create_at\":1795367500001,\"user_id\":\"" BO
                  "\",\"channel_id\":\"otherotherotherotherothero\",\"message\":\"hello kai\"}}}",
                  NULL);
    world_event(&w, "direct_added", "{\"creator_id\":\"" BO "\",\"teammate_id\":\"" KAI "\"}",
                "{\"channel_id\":\"otherotherotherotherothero\"}");
    world_settle(&w);
    g_autofree char *buffer = g_strdup_printf("buffer %s direct bo joined*", other);
    g_autofree char *message = g_strdup_printf("catch-up text %s <bo> hello kai*", other);
    g_autofree char *caught = g_strdup_printf("caught-up %s whole", other);
    fake_expect(w.fake, buffer);
    fake_expect(w.fake, message);
    fake_expect(w.fake, caught);
    fake_expect_nothing(w.fake);
    world_close(&w);
}

static void
test_membership(void)
{
    struct world w = {0};

    world_online(&w);
    world_event(&w, "user_added", "{\"user_id\":\"" BO "\",\"team_id\":\"" TEAM "\"}",
                "{\"channel_id\":\"" LAB "\"}");
    world_settle(&w);
    fake_expect(w.fake, "member " LAB " bo");
    world_event(&w, "user_removed", "{\"user_id\":\"" BO "\",\"remover_id\":\"" MARIA "\"}",
                "{\"channel_id\":\"" LAB "\"}");
    fake_expect(w.fake, "member-removed " LAB " " BO);
    world_event(&w, "user_updated", "{\"user\":{\"id\":\"" MARIA "\",\"username\":\"maria.sol\"}}",
                "{}");
    fake_expect(w.fake, "member-renamed - " MARIA " " MARIA " maria.sol");
    fake_expect(w.fake, "buffer " DM " direct maria.sol joined*");
    world_event(&w, "channel_deleted", "{\"channel_id\":\"" LAB "\",\"delete_at\":5}", "{}");
    fake_expect(w.fake, "buffer " LAB " channel ~lab joined* archived");
    world_event(&w, "channel_restored", "{\"channel_id\":\"" LAB "\"}", "{}");
    fake_expect(w.fake, "buffer " LAB " channel ~lab joined topic=bread");
    world_event(&w, "user_removed", "{\"channel_id\":\"" LAB "\",\"remover_id\":\"" MARIA "\"}",
                "{\"user_id\":\"" KAI "\"}");
    fake_expect(w.fake, "buffer " LAB " channel ~lab topic=bread");
    /* What the server still says about it is not for us. */
    say(&w, 1, MARIA, "kai left the channel.", ",\"type\":\"system_leave_channel\"", "System");
    fake_expect_nothing(w.fake);
    world_close(&w);
}

void
test_talk_add(void)
{
    g_test_add_func("/mattermost/talk/live", test_live);
    g_test_add_func("/mattermost/talk/kinds", test_kinds);
    g_test_add_func("/mattermost/talk/mentions", test_mentions);
    g_test_add_func("/mattermost/talk/typing", test_typing);
    g_test_add_func("/mattermost/talk/reading", test_reading);
    g_test_add_func("/mattermost/talk/new-conversation", test_new_conversation);
    g_test_add_func("/mattermost/talk/membership", test_membership);
}
