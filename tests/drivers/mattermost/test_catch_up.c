/* What was missed: by a new greeting page by page, by a resumed connection not at all. */
#include <string.h>

#include "protocols/mattermost/mattermost.h"
#include "tests/drivers/mattermost/world.h"

static char *
page(int newest, int n, int64_t first_ms, const char *prev)
{
    g_autofree char **posts = g_new0(char *, (gsize)n + 1);

    for (int i = 0; i < n; i++) {
        g_autofree char *text = g_strdup_printf("m%d", newest - i);
        posts[i] = world_post(newest - i, first_ms + newest - i, MARIA, text, "");
    }
    return world_page(posts, prev);
}

/* A channel that is new to us: what was not read counts, what was is only there. */
static void
test_first(void)
{
    struct world w = {.last_lab_ms = NOW_MS + 3, .viewed_lab_ms = NOW_MS + 1};

    world_open(&w, NULL);
    world_rules(&w);
    g_autofree char *body = page(3, 3, NOW_MS, "");
    fake_web_rule(w.web, "GET */channels/" LAB "/posts?per_page=60*", 0, 200, body, NULL);
    world_connect(&w);
    g_assert_true(fake_skip_to(w.fake, "history text " LAB " <maria> m1 id=p*1 cursor"));
    fake_expect(w.fake, "catch-up text " LAB " <maria> m2*");
    fake_expect(w.fake, "catch-up text " LAB " <maria> m3*");
    fake_expect(w.fake, "span " LAB " -9223372036854775808 *");
    fake_expect(w.fake, "read " LAB " 1795367500001000");
    fake_expect(w.fake, "caught-up " LAB " whole");
    fake_expect(w.fake, "state online");
    g_assert_cmpstr(g_hash_table_lookup(w.fake->cursors, LAB), ==,
                    "1 p0000000000000000000000002 1795367500002 p0000000000000000000000003 "
                    "1795367500003 1795367500003");
    world_close(&w);
}

static void
set_cursor(struct world *w)
{
    g_hash_table_replace(w->fake->cursors, g_strdup(LAB),
                         g_strdup("1 p0000000000000000000000001 1795367500001 "
                                  "p0000000000000000000000002 1795367500002 1795367500002"));
}

/* What was said while we were away, and read elsewhere (or, by posting, by the copies that a relay
 * said): it calls nobody, but it is new here. */
static void
test_read_elsewhere(void)
{
    struct world w = {.last_lab_ms = NOW_MS + 4, .viewed_lab_ms = NOW_MS + 3};
    g_autofree char *body = page(4, 3, NOW_MS, "x");

    world_open(&w, NULL);
    world_rules(&w);
    set_cursor(&w);
    fake_web_rule(w.web, "GET */posts?after=p0000000000000000000000001&*", 0, 200, body, NULL);
    world_connect(&w);
    g_assert_true(fake_skip_to(w.fake, "history text " LAB " <maria> m2*"));
    fake_expect(w.fake, "missed text " LAB " <maria> m3*");
    fake_expect(w.fake, "catch-up text " LAB " <maria> m4*");
    world_close(&w);
}

/* From the newest that is surely older than what is known, in whole pages; events wait. */
static void
test_pages(void)
{
    struct world w = {.last_lab_ms = NOW_MS + 104};
    g_autofree char *first = page(101, 100, NOW_MS, "x"), *second = page(104, 5, NOW_MS, "x");

    world_open(&w, NULL);
    world_rules(&w);
    set_cursor(&w);
    world_connect(&w);
    fake_forget(w.fake);
    g_autofree char *post = world_post(105, NOW_MS + 105, MARIA, "live", "");
    world_posted(&w, post, "@maria");
    fake_expect_nothing(w.fake);
    fake_web_answer(w.web, "GET */posts?after=p0000000000000000000000001&*", 200, first);
    world_settle(&w);
    g_assert_true(fake_skip_to(w.fake, "catch-up text " LAB " <maria> m2*"));
    g_assert_cmpuint(fake_count(w.fake, "catch-up *"), ==, 99);
    fake_forget(w.fake);
    fake_web_answer(w.web, "GET */posts?after=p0000000000000000000000100&*", 200, second);
    world_settle(&w);
    g_assert_true(fake_skip_to(w.fake, "catch-up text " LAB " <maria> m104*"));
    fake_expect(w.fake, "live text " LAB " <maria> live*");
    fake_expect(w.fake, "caught-up " LAB " whole");
    fake_expect(w.fake, "state online");
    /* What was done to what is known is asked for from where it was seen last. */
    fake_forget(w.fake);
    fake_advance_s(w.fake, 1);
    fake_expect_sent(w.fake, "GET */channels/" LAB "/posts?since=1795367500001");
    g_autofree char *deleted =
        world_post(2, NOW_MS + 2, MARIA, "", ",\"update_at\":1795367500300,\"delete_at\":1");
    g_autofree char *reacted = world_post(
        1, NOW_MS + 1, MARIA, "m1",
        ",\"edit_at\":9,\"metadata\":{\"reactions\":[{\"user_id\":\"" MARIA
        "\",\"post_id\":\"p0000000000000000000000001\",\"emoji_name\":\"eyes\",\"create_at\":7}]}");
    g_autofree char *old =
        world_post(9, NOW_MS, MARIA, "", ",\"original_id\":\"" LAB "\",\"delete_at\":1");
    char *deeds[] = {g_strdup(deleted), g_strdup(reacted), g_strdup(old), NULL};
    g_autofree char *since = world_page(deeds, "");
    fake_web_answer(w.web, "GET */posts?since=*", 200, since);
    world_settle(&w);
    g_assert_cmpuint(fake_count(w.fake, "deleted " LAB " p*2 - catch-up"), ==, 1);
    g_assert_cmpuint(fake_count(w.fake, "deleted *"), ==, 1);
    g_assert_cmpuint(fake_count(w.fake, "reactions " LAB " p*1 1"), ==, 1);
    g_assert_cmpuint(fake_count(w.fake, "reactions *"), ==, 1);
    g_assert_cmpuint(fake_count(w.fake, "edited " LAB " p*1 m1"), ==, 1);
    g_assert_cmpuint(fake_count(w.fake, "reaction " LAB " p*1 +\xf0\x9f\x91\x80 maria catch-up"),
                     ==, 1);
    world_close(&w);
}

/* While core wants no more no page is asked for; what the person asks for is, and a new connection
 * reads. */
static void
test_paused(void)
{
    struct world w = {.last_lab_ms = NOW_MS + 104};
    g_autofree char *first = page(101, 100, NOW_MS, "x");

    world_open(&w, NULL);
    world_rules(&w);
    set_cursor(&w);
    world_connect(&w);
    mattermost_driver.pause(w.session, true);
    fake_web_answer(w.web, "GET */posts?after=p0000000000000000000000001&*", 200, first);
    world_settle(&w);
    g_assert_cmpuint(fake_count(w.fake, "catch-up *"), ==, 100);
    fake_advance_s(w.fake, 60);
    world_settle(&w);
    g_assert_cmpuint(fake_web_waiting(w.web), ==, 0);
    char id[] = LAB;
    const struct buffer lab = {.remote_id = id};
    g_assert_true(mattermost_driver.pins(w.session, 7, &lab, NULL));
    world_settle(&w);
    g_assert_cmpuint(fake_web_fits(w.web, "GET */pinned"), ==, 1);
    mattermost_driver.pause(w.session, false);
    world_settle(&w);
    g_assert_cmpuint(fake_web_fits(w.web, "GET */posts?after=p0000000000000000000000100&*"), ==, 1);
    mattermost_driver.pause(w.session, true);
    fake_ws_end(w.web, 1006);
    world_settle(&w);
    g_assert_true(fake_skip_to(w.fake, "lost *"));
    world_connect(&w);
    g_assert_cmpuint(fake_web_fits(w.web, "GET */posts?after=*"), ==, 1);
    world_close(&w);
}

/* The server does not know the anchor any more: from the newest back, and a gap where nothing known
 * is met. */
static void
test_anchor_gone(void)
{
    struct world w = {.last_lab_ms = NOW_MS + 400};
    g_autofree char *newest = page(400, 3, NOW_MS, "x");

    world_open(&w, NULL);
    world_rules(&w);
    set_cursor(&w);
    fake_web_rule(w.web, "GET */posts?after=*", 0, 200, "{\"order\":[],\"posts\":{}}", NULL);
    fake_web_rule(w.web, "GET */posts?per_page=100*", 0, 200, newest, NULL);
    world_connect(&w);
    g_assert_true(fake_skip_to(w.fake, "gap " LAB " 1795367500002000 0 fillable"));
    fake_expect(w.fake, "catch-up text " LAB " <maria> m398*");
    g_assert_true(fake_skip_to(w.fake, "caught-up " LAB));
    world_close(&w);
}

/* The newest known one was deleted meanwhile, and nothing came after the anchor: nothing is
 * missing.
 */
static void
test_newest_gone(void)
{
    struct world w = {.last_lab_ms = NOW_MS + 5};
    g_autofree char *newest = page(1, 1, NOW_MS, "x");

    world_open(&w, NULL);
    world_rules(&w);
    set_cursor(&w);
    fake_web_rule(w.web, "GET */posts?after=*", 0, 200, "{\"order\":[],\"posts\":{}}", NULL);
    fake_web_rule(w.web, "GET */posts?per_page=100*", 0, 200, newest, NULL);
    world_connect(&w);
    g_assert_cmpuint(fake_count(w.fake, "gap *"), ==, 0);
    g_assert_true(fake_skip_to(w.fake, "caught-up " LAB " whole"));
    world_close(&w);
}

/* A connection that is resumed loses nothing, and nothing is asked for. */
static void
test_resume(void)
{
    struct world w = {0};

    world_online(&w);
    g_autofree char *post = world_post(1, NOW_MS, MARIA, "before", "");
    world_posted(&w, post, "@maria");
    fake_ws_end(w.web, 1006);
    world_settle(&w);
    g_assert_true(fake_skip_to(w.fake, "lost closed: *"));
    mattermost_driver.connect(w.session);
    world_settle(&w);
    g_assert_cmpstr(w.web->ws_url, ==,
                    "ws://localhost/mm/api/v4/websocket?connection_id=" CONN "&sequence_number=2");
    g_autofree char *missed = world_post(2, NOW_MS + 2, MARIA, "missed", "");
    world_posted(&w, missed, "@maria");
    fake_forget(w.fake);
    fake_ws_say(w.web, "{\"status\":\"OK\",\"data\":{\"text\":\"pong\"},\"seq_reply\":1}");
    fake_expect(w.fake, "state catch-up");
    g_assert_true(fake_skip_to(w.fake, "live text " LAB " <maria> missed*"));
    fake_expect(w.fake, "caught-up - whole");
    fake_expect(w.fake, "state online");
    world_settle(&w);
    g_assert_false(fake_skip_sent_to(w.fake, "GET *channels*"));
    world_close(&w);
}

/* It could not be resumed: a greeting with another name, and everything is asked for. */
static void
test_not_resumed(void)
{
    struct world w = {0};

    world_online(&w);
    fake_ws_end(w.web, 1006);
    world_settle(&w);
    mattermost_driver.connect(w.session);
    world_settle(&w);
    fake_forget(w.fake);
    world_greet(&w, CONN2);
    g_assert_true(fake_skip_sent_to(w.fake, "GET */users/me/channels"));
    g_assert_true(fake_skip_to(w.fake, "state online"));
    /* The old name is forgotten. */
    fake_ws_end(w.web, 1006);
    world_settle(&w);
    mattermost_driver.connect(w.session);
    world_settle(&w);
    g_assert_nonnull(strstr(w.web->ws_url, CONN2));
    /* A server that ends it without a word is greeted without a name. */
    fake_ws_end(w.web, 1006);
    world_settle(&w);
    mattermost_driver.connect(w.session);
    world_settle(&w);
    g_assert_null(strstr(w.web->ws_url, "connection_id"));
    world_close(&w);
}

/* What was received and not told is not counted as seen. */
static void
test_cut_while_resuming(void)
{
    struct world w = {0};

    world_online(&w);
    fake_ws_end(w.web, 1006);
    world_settle(&w);
    mattermost_driver.connect(w.session);
    world_settle(&w);
    g_autofree char *missed = world_post(2, NOW_MS + 2, MARIA, "missed", "");
    world_posted(&w, missed, "@maria");
    fake_ws_end(w.web, 1006);
    world_settle(&w);
    mattermost_driver.connect(w.session);
    world_settle(&w);
    g_assert_null(strstr(w.web->ws_url, "connection_id"));
    world_close(&w);
}

static void
test_numbers(void)
{
    struct world w = {0};

    world_online(&w);
    g_autofree char *post = world_post(1, NOW_MS, MARIA, "again", "");
    world_posted(&w, post, "@maria");
    fake_forget(w.fake);
    w.seq--;
    world_posted(&w, post, "@maria"); /* the same number */
    fake_expect_nothing(w.fake);
    w.seq += 3;
    world_posted(&w, post, "@maria");
    world_settle(&w);
    fake_expect(w.fake, "lost closed: The server left out an event.*");
    mattermost_driver.connect(w.session);
    world_settle(&w);
    g_assert_nonnull(strstr(w.web->ws_url, "sequence_number=2"));
    world_close(&w);
}

static void
test_silent(void)
{
    struct world w = {0};

    world_online(&w);
    fake_advance_s(w.fake, 30);
    g_assert_true(fake_skip_to(w.fake, "lost timeout: *30 seconds*"));
    world_close(&w);
}

/* Nothing was missed, and nobody has looked: the first page comes when somebody does. */
static void
test_look(void)
{
    struct world w = {.last_lab_ms = NOW_MS + 2, .viewed_lab_ms = NOW_MS + 2};
    struct buffer *lab = world_buffer(LAB);

    world_online(&w);
    g_autofree char *body = page(2, 2, NOW_MS, "");
    fake_web_rule(w.web, "GET */posts?per_page=60*", 0, 200, body, NULL);
    mattermost_driver.look_at(w.session, lab);
    mattermost_driver.look_at(w.session, lab);
    world_settle(&w);
    fake_expect_sent(w.fake, "GET */posts?per_page=60*");
    fake_expect_nothing_sent(w.fake);
    fake_expect(w.fake, "history text " LAB " <maria> m1*");
    fake_expect(w.fake, "history text " LAB " <maria> m2*");
    mattermost_driver.look_at(w.session, lab);
    world_settle(&w);
    fake_expect_nothing_sent(w.fake);
    buffer_free(lab);
    world_close(&w);
}

static void
test_history(void)
{
    struct world w = {0};
    struct buffer *lab = world_buffer(LAB);
    struct history_request request = {
        .buffer = lab, .remote_id = "p0000000000000000000000009", .limit = 50};

    world_online(&w);
    g_assert_true(mattermost_driver.history(w.session, 1, &request, NULL));
    world_settle(&w);
    fake_expect_sent(w.fake, "GET */posts?before=p0000000000000000000000009&per_page=50&*");
    g_autofree char *some = page(8, 2, NOW_MS, "p0000000000000000000000006");
    fake_web_answer(w.web, "GET *", 200, some);
    world_settle(&w);
    fake_expect(w.fake, "history text " LAB " <maria> m7*");
    fake_expect(w.fake, "history text " LAB " <maria> m8*");
    fake_expect(w.fake, "history-done 1 2 from=1795367500007000");
    g_assert_true(mattermost_driver.history(w.session, 2, &request, NULL));
    world_settle(&w);
    g_autofree char *last = page(1, 1, NOW_MS, "");
    fake_web_answer(w.web, "GET *", 200, last);
    world_settle(&w);
    g_assert_true(fake_skip_to(w.fake, "history-done 2 1 from=1795367500001000 end"));
    g_assert_true(mattermost_driver.history(w.session, 3, &request, NULL));
    world_settle(&w);
    fake_web_answer(w.web, "GET *", 403, "{\"message\":\"no\"}");
    fake_expect(w.fake, "failed 3 forbidden: *");
    buffer_free(lab);
    world_close(&w);
}

void
test_catch_up_add(void)
{
    g_test_add_func("/mattermost/catch-up/read-elsewhere", test_read_elsewhere);
    g_test_add_func("/mattermost/catch-up/first", test_first);
    g_test_add_func("/mattermost/catch-up/pages", test_pages);
    g_test_add_func("/mattermost/catch-up/paused", test_paused);
    g_test_add_func("/mattermost/catch-up/anchor-gone", test_anchor_gone);
    g_test_add_func("/mattermost/catch-up/newest-gone", test_newest_gone);
    g_test_add_func("/mattermost/catch-up/resume", test_resume);
    g_test_add_func("/mattermost/catch-up/not-resumed", test_not_resumed);
    g_test_add_func("/mattermost/catch-up/cut-while-resuming", test_cut_while_resuming);
    g_test_add_func("/mattermost/catch-up/numbers", test_numbers);
    g_test_add_func("/mattermost/catch-up/silent", test_silent);
    g_test_add_func("/mattermost/catch-up/look", test_look);
    g_test_add_func("/mattermost/catch-up/history", test_history);
}
