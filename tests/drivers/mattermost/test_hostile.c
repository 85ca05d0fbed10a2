/* A server, or a person on it, that means ill. */
#include <string.h>

#include "protocols/mattermost/mattermost.h"
#include "tests/drivers/mattermost/world.h"

/* What a sender packs into a message costs nobody else a message. */
static void
test_poisoned_posts(void)
{
    struct world w = {0};
    g_autofree char *deep = g_strnfill(5000, '[');
    g_autofree char *props = g_strconcat(",\"props\":{\"a\":", deep, NULL);
    g_autoptr(GString) many = g_string_new(",\"props\":{\"a\":[0");

    world_online(&w);
    for (int i = 0; i < 30000; i++)
        g_string_append(many, ",{}");
    g_string_append(many, "]}");
    g_autofree char *close = g_strnfill(5000, ']');
    g_autofree char *deep_extra = g_strconcat(props, close, "}", NULL);
    g_autofree char *first = world_post(1, NOW_MS + 1, MARIA, "deep", deep_extra);
    g_autofree char *second = world_post(2, NOW_MS + 2, MARIA, "many", many->str);
    g_autofree char *third = world_post(3, NOW_MS + 3, MARIA, "good", "");
    world_posted(&w, first, "@maria");
    world_posted(&w, second, "@maria");
    world_posted(&w, third, "@maria");
    fake_expect(w.fake, "live text " LAB " <maria> deep*");
    fake_expect(w.fake, "live text " LAB " <maria> many*");
    fake_expect(w.fake, "live text " LAB " <maria> good*");
    /* In a page as well. */
    char *posts[] = {g_strdup(third), g_strdup(second), g_strdup(first), NULL};
    g_autofree char *page = world_page(posts, "");
    struct buffer *lab = world_buffer(LAB);
    const struct history_request request = {.buffer = lab, .limit = 50};
    fake_web_rule(w.web, "GET */posts?*", 0, 200, page, NULL);
    g_assert_true(mattermost_driver.history(w.session, 1, &request, NULL));
    world_settle(&w);
    fake_expect(w.fake, "history text " LAB " <maria> deep*");
    fake_expect(w.fake, "history text " LAB " <maria> many*");
    fake_expect(w.fake, "history text " LAB " <maria> good*");
    fake_expect(w.fake, "history-done 1 3 *");
    buffer_free(lab);
    world_close(&w);
}

static void
test_poisoned_text(void)
{
    struct world w = {0};

    world_online(&w);
    world_event(&w, "posted",
                "{\"post\":\"{\\\"id\\\":\\\"p0000000000000000000000001\\\",\\\"create_at\\\":1,"
                "\\\"user_id\\\":\\\"" MARIA "\\\",\\\"channel_id\\\":\\\"" LAB
                "\\\",\\\"message\\\":\\\"a\\\\u0000b\\\\ud83d c\\\",\\\"update_at\\\":"
                "99999999999999999999}\",\"sender_name\":\"@maria\"}",
                "{\"channel_id\":\"" LAB "\"}");
    fake_expect(w.fake, "live text " LAB " <maria> a\xef\xbf\xbd"
                        "b\xef\xbf\xbd c id=p*1 cursor");
    /* A post that is no JSON stood there all the same. */
    world_event(&w, "posted", "{\"post\":\"<html>\"}", "{\"channel_id\":\"" LAB "\"}");
    fake_expect(w.fake, "say " LAB ": The server sent a message here that weft cannot read.");
    fake_expect_nothing(w.fake);
    world_close(&w);
}

/* A frame that is no event: what it said is asked for by a fresh connection. */
static void
test_no_frame(void)
{
    static const char *const frames[] = {"", "<html>", "7", "[", "{\"event\":", "[{}]"};

    for (unsigned i = 0; i < G_N_ELEMENTS(frames); i++) {
        struct world w = {0};
        world_online(&w);
        fake_ws_bytes(w.web, frames[i], strlen(frames[i]), false);
        world_settle(&w);
        g_assert_true(fake_skip_to(w.fake, "lost protocol: *"));
        mattermost_driver.connect(w.session);
        world_settle(&w);
        g_assert_null(strstr(w.web->ws_url, "connection_id"));
        world_close(&w);
    }
}

/* Every event with what is missing, of another kind, or of another channel. */
static void
test_wrong_kinds(void)
{
    static const char *const events[] = {
        "posted",
        "ephemeral_message",
        "post_edited",
        "post_deleted",
        "reaction_added",
        "reaction_removed",
        "typing",
        "user_updated",
        "user_added",
        "user_removed",
        "channel_updated",
        "channel_deleted",
        "channel_created",
        "channel_restored",
        "direct_added",
        "group_added",
        "leave_team",
        "added_to_team",
        "preferences_changed",
        "multiple_channels_viewed",
        "status_change",
        "no_such_event",
    };
    static const char *const datas[] = {
        "{}",
        "[]",
        "7",
        "null",
        "{\"post\":7}",
        "{\"post\":\"[]\"}",
        "{\"post\":\"{}\"}",
        "{\"reaction\":\"[]\"}",
        "{\"channel\":\"{\\\"id\\\":\\\"../../x\\\"}\"}",
        "{\"user_id\":[],\"channel_id\":{}}",
        "{\"channel_times\":[7]}",
        "{\"channel_times\":{\"" LAB "\":\"x\"}}",
        "{\"preferences\":\"[7,{}]\"}",
        "{\"user\":{\"id\":\"" MARIA "\",\"username\":7}}",
        "{\"post\":\"{\\\"id\\\":\\\"x\\\",\\\"channel_id\\\":\\\"" LAB
        "\\\",\\\"create_at\\\":-5}\"}",
        "{\"post\":\"{\\\"id\\\":\\\"p0000000000000000000000001\\\",\\\"channel_id\\\":\\\"" LAB
        "\\\",\\\"create_at\\\":9223372036854775807,\\\"metadata\\\":7,\\\"props\\\":[]}\"}",
    };
    struct world w = {0};

    world_online(&w);
    for (unsigned i = 0; i < G_N_ELEMENTS(events); i++) {
        for (unsigned k = 0; k < G_N_ELEMENTS(datas); k++) {
            world_event(&w, events[i], datas[k], "{\"channel_id\":\"" LAB "\"}");
            world_event(&w, events[i], datas[k], "7");
            world_settle(&w);
            g_assert_nonnull(w.web->ws);
        }
    }
    g_assert_cmpuint(fake_count(w.fake, "live *"), ==, 0);
    fake_forget(w.fake);
    g_autofree char *post = world_post(1, NOW_MS, MARIA, "still here", "");
    world_posted(&w, post, "@maria");
    fake_expect(w.fake, "live text " LAB " <maria> still here*");
    world_close(&w);
}

/* Answers of another kind while the account is set up. */
static void
test_wrong_answers(void)
{
    static const char *const asked[] = {"GET */users/me/teams",       "GET */users/me/channels",
                                        "GET */channel_members*",     "GET */config/client*",
                                        "GET */users/me/preferences", "POST */users/ids"};
    static const char *const bodies[] = {"{}", "[7,[],{},{\"id\":7},{\"id\":\"../..\"}]", "null"};

    for (unsigned i = 0; i < G_N_ELEMENTS(asked); i++) {
        for (unsigned k = 0; k < G_N_ELEMENTS(bodies); k++) {
            struct world w = {0};
            world_open(&w, NULL);
            world_rules(&w);
            fake_web_rule(w.web, asked[i], 0, 200, bodies[k], NULL);
            world_connect(&w);
            g_assert_true(fake_skip_to(w.fake, "state online"));
            world_close(&w);
        }
    }
}

/* No answer at all, said to be a good one: nothing is concluded from it. */
static void
test_empty_answers(void)
{
    static const char *const asked[] = {"GET */users/me/teams", "GET */users/me/channels",
                                        "GET */channel_members*", "GET */config/client*",
                                        "GET */users/me/preferences"};

    for (unsigned i = 0; i < G_N_ELEMENTS(asked); i++) {
        struct world w = {0};
        world_open(&w, NULL);
        world_rules(&w);
        fake_web_rule(w.web, asked[i], 0, 200, "", NULL);
        world_connect(&w);
        g_assert_cmpuint(fake_count(w.fake, "lost *: The server's answer is empty.*"), ==, 1);
        g_assert_cmpuint(fake_count(w.fake, "state online"), ==, 0);
        world_close(&w);
    }
}

/* A busy server: everything waits as long as it says, and then goes on. */
static void
test_rate_limit(void)
{
    struct world w = {0};

    world_open(&w, NULL);
    world_rules(&w);
    fake_web_rule(w.web, "GET */users/me/teams", 1, 429, "limit exceeded\n", "retry-after: 4");
    world_connect(&w);
    fake_forget(w.fake);
    fake_advance_s(w.fake, 3.9);
    fake_expect_nothing_sent(w.fake);
    fake_advance_s(w.fake, 0.2);
    world_settle(&w);
    g_assert_true(fake_skip_sent_to(w.fake, "GET */users/me/teams"));
    g_assert_true(fake_skip_to(w.fake, "state online"));
    world_close(&w);
}

static void
test_troubled(void)
{
    struct world w = {0};

    world_open(&w, NULL);
    world_rules(&w);
    fake_web_rule(w.web, "GET */users/me/channels", 2, 503, "<html>", NULL);
    world_connect(&w);
    fake_advance_s(w.fake, 1);
    fake_advance_s(w.fake, 2);
    world_settle(&w);
    g_assert_true(fake_skip_to(w.fake, "state online"));
    world_close(&w);
}

void
test_hostile_add(void)
{
    g_test_add_func("/mattermost/hostile/poisoned-posts", test_poisoned_posts);
    g_test_add_func("/mattermost/hostile/poisoned-text", test_poisoned_text);
    g_test_add_func("/mattermost/hostile/no-frame", test_no_frame);
    g_test_add_func("/mattermost/hostile/wrong-kinds", test_wrong_kinds);
    g_test_add_func("/mattermost/hostile/wrong-answers", test_wrong_answers);
    g_test_add_func("/mattermost/hostile/empty-answers", test_empty_answers);
    g_test_add_func("/mattermost/hostile/rate-limit", test_rate_limit);
    g_test_add_func("/mattermost/hostile/troubled", test_troubled);
}
