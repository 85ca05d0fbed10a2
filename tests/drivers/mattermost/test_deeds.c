/* What is done to messages, channels and ourselves. */
#include <string.h>

#include "base/error.h"
#include "protocols/mattermost/mattermost.h"
#include "tests/drivers/mattermost/world.h"
#include "json/json.h"

#define POST "p0000000000000000000000001"
#define OK   "{\"status\":\"OK\"}"

static void
test_reactions(void)
{
    struct world w = {0};
    struct buffer *lab = world_buffer(LAB);
    g_autoptr(GError) error = NULL;

    world_online(&w);
    world_event(&w, "reaction_added",
                "{\"reaction\":\"{\\\"user_id\\\":\\\"" MARIA "\\\",\\\"post_id\\\":\\\"" POST
                "\\\",\\\"emoji_name\\\":\\\"+1\\\",\\\"create_at\\\":5}\"}",
                "{\"channel_id\":\"" LAB "\"}");
    fake_expect(w.fake, "reaction " LAB " " POST " +\xf0\x9f\x91\x8d maria");
    world_event(&w, "reaction_removed",
                "{\"reaction\":\"{\\\"user_id\\\":\\\"" KAI "\\\",\\\"post_id\\\":\\\"" POST
                "\\\",\\\"emoji_name\\\":\\\"weft\\\",\\\"create_at\\\":0}\"}",
                "{\"channel_id\":\"" LAB "\"}");
    fake_expect(w.fake, "reaction " LAB " " POST " -weft kai own echo");
    g_assert_true(mattermost_driver.react(w.session, 1, lab, POST, "\xf0\x9f\x91\x8d", true, NULL));
    world_settle(&w);
    fake_expect_sent(w.fake, "POST */reactions {\"user_id\":\"" KAI "\",\"post_id\":\"" POST
                             "\",\"emoji_name\":\"thumbsup\"}");
    fake_web_answer(w.web, "POST *", 200, "{}");
    fake_expect(w.fake, "done 1 -");
    g_assert_true(mattermost_driver.react(w.session, 2, lab, POST, "weft+1", false, NULL));
    world_settle(&w);
    fake_expect_sent(w.fake, "DELETE */users/me/posts/" POST "/reactions/weft%2B1");
    fake_web_answer(w.web, "DELETE *", 404,
                    "{\"id\":\"app.emoji.get_by_name.no_result\",\"message\":\"No emoji.\"}");
    fake_expect(w.fake, "failed 2 not-found: The server refuses: No emoji.");
    g_assert_false(mattermost_driver.react(w.session, 3, lab, POST, "a/b", true, &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
    g_clear_error(&error);
    g_assert_false(mattermost_driver.react(w.session, 4, lab, "../users", "weft", true, &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND);
    buffer_free(lab);
    world_close(&w);
}

static void
test_deletions(void)
{
    struct world w = {0};
    struct buffer *lab = world_buffer(LAB);

    world_online(&w);
    g_autofree char *root = world_post(1, NOW_MS + 1, MARIA, "root", "");
    g_autofree char *reply = world_post(2, NOW_MS + 2, MARIA, "reply", ",\"root_id\":\"" POST "\"");
    world_posted(&w, root, "@maria");
    world_posted(&w, reply, "@maria");
    fake_forget(w.fake);
    world_event(&w, "post_deleted",
                "{\"post\":\"{\\\"id\\\":\\\"" POST "\\\",\\\"channel_id\\\":\\\"" LAB
                "\\\",\\\"reply_count\\\":1}\"}",
                "{\"channel_id\":\"" LAB "\"}");
    /* One event stands for the root and its replies. */
    fake_expect(w.fake, "deleted " LAB " " POST " -");
    fake_expect(w.fake, "deleted " LAB " p0000000000000000000000002 -");
    world_settle(&w);
    fake_expect_sent(w.fake, "GET */posts?since=1795367500001");
    fake_web_answer(w.web, "GET *", 200, "{\"order\":[],\"posts\":{}}");
    fake_forget(w.fake);
    g_assert_true(mattermost_driver.delete_(w.session, 7, lab, POST, NULL));
    world_settle(&w);
    fake_expect_sent(w.fake, "DELETE */api/v4/posts/" POST);
    fake_web_answer(w.web, "DELETE *", 200, OK);
    fake_expect(w.fake, "done 7 -");
    buffer_free(lab);
    world_close(&w);
}

static void
test_edits(void)
{
    struct world w = {0};

    world_online(&w);
    g_autofree char *post = world_post(1, NOW_MS + 1, MARIA, "at **7**", ",\"edit_at\":5");
    json_t *data = json_object();
    json_put_text(data, "post", post);
    g_autoptr(GBytes) bytes = json_write_take(data);
    g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    world_event(&w, "post_edited", text, "{\"channel_id\":\"" LAB "\"}");
    fake_expect(w.fake, "edited " LAB " " POST " at 7");
    /* A pin is told of in the same way, and is no edit. */
    world_event(&w, "post_edited",
                "{\"post\":\"{\\\"id\\\":\\\"" POST "\\\",\\\"channel_id\\\":\\\"" LAB
                "\\\",\\\"is_pinned\\\":true,\\\"edit_at\\\":0}\"}",
                "{\"channel_id\":\"" LAB "\"}");
    fake_expect(w.fake, "pinned " POST " on");
    fake_expect_nothing(w.fake);
    world_posted(&w, post, "@maria");
    fake_expect(w.fake, "live text " LAB " <maria> at 7 id=p*1 edited cursor");
    world_close(&w);
}

/* Its own answer says what the message says now, before the operation is done. */
static void
test_own_edits(void)
{
    struct world w = {0};
    struct buffer *lab = world_buffer(LAB);
    struct message *message = message_new();
    struct rich *body = rich_new("at eight", -1), *blank = rich_new(" ", -1);
    g_autoptr(GError) error = NULL;

    world_online(&w);
    rich_add(body, 3, 8, SPAN_BOLD, NULL);
    message->remote_id = g_strdup(POST);
    g_autofree char *answer = world_post(1, NOW_MS + 1, KAI, "at **eight**", ",\"edit_at\":5");
    g_assert_true(mattermost_driver.edit(w.session, 1, lab, message, body, NULL));
    world_settle(&w);
    fake_expect_sent(w.fake, "PUT */posts/" POST "/patch {\"message\":\"at **eight**\"}");
    fake_web_answer(w.web, "PUT *", 200, answer);
    fake_expect(w.fake, "edited " LAB " " POST " at eight");
    fake_expect(w.fake, "done 1 -");
    message->kind = MESSAGE_ACTION;
    g_assert_true(mattermost_driver.edit(w.session, 2, lab, message, body, NULL));
    world_settle(&w);
    fake_expect_sent(w.fake, "PUT */posts/" POST "/patch {\"message\":\"*at **eight***\"}");
    fake_web_answer(w.web, "PUT *", 400,
                    "{\"id\":\"api.post.update_post.permissions_time_limit.app_error\","
                    "\"message\":\"Too late.\"}");
    fake_expect(w.fake, "failed 2 bad-input: The server refuses: Too late.");
    g_assert_false(mattermost_driver.edit(w.session, 3, lab, message, blank, &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
    rich_free(body);
    rich_free(blank);
    message_unref(message);
    buffer_free(lab);
    world_close(&w);
}

static void
test_marks(void)
{
    struct world w = {0};
    struct buffer *lab = world_buffer(LAB), *dm = world_buffer(DM);
    struct message *message = message_new();

    world_online(&w);
    g_assert_true(mattermost_driver.pin(w.session, 1, lab, POST, true, NULL));
    world_settle(&w);
    fake_expect_sent(w.fake, "POST */posts/" POST "/pin");
    fake_web_answer(w.web, "POST *", 200, OK);
    fake_expect(w.fake, "done 1 -");
    g_assert_true(mattermost_driver.pins(w.session, 2, lab, NULL));
    world_settle(&w);
    fake_expect_sent(w.fake, "GET */channels/" LAB "/pinned");
    char *pinned[] = {world_post(1, NOW_MS - 5000, MARIA, "the key", ",\"is_pinned\":true"), NULL};
    g_autofree char *page = world_page(pinned, "");
    fake_web_answer(w.web, "GET *", 200, page);
    fake_expect(w.fake, "found text " LAB " <maria> the key id=p*1 pinned");
    fake_expect(w.fake, "done 2 -");
    g_assert_true(mattermost_driver.flag(w.session, 3, lab, POST, true, NULL));
    world_settle(&w);
    fake_expect_sent(w.fake,
                     "PUT */users/me/preferences [{\"user_id\":\"" KAI
                     "\",\"category\":\"flagged_post\",\"name\":\"" POST "\",\"value\":\"true\"}]");
    fake_web_answer(w.web, "PUT *", 200, OK);
    fake_expect(w.fake, "done 3 -");
    g_assert_true(mattermost_driver.flag(w.session, 4, lab, POST, false, NULL));
    world_settle(&w);
    fake_expect_sent(w.fake, "POST */users/me/preferences/delete [*");
    fake_web_answer(w.web, "POST *", 200, OK);
    fake_expect(w.fake, "done 4 -");
    message->remote_id = g_strdup(POST);
    g_autofree char *link = mattermost_driver.link_to(w.session, lab, message);
    g_assert_cmpstr(link, ==, "http://localhost/mm/coops/pl/" POST);
    g_autofree char *direct = mattermost_driver.link_to(w.session, dm, message);
    g_assert_cmpstr(direct, ==, "http://localhost/mm/_redirect/pl/" POST);
    message->time_us = NOW_MS * 1000;
    mattermost_driver.mark_unread(w.session, lab, message);
    world_settle(&w);
    fake_expect_sent(w.fake, "POST */users/me/posts/" POST
                             "/set_unread {\"collapsed_threads_supported\":true}");
    fake_web_answer(w.web, "POST *", 200, "{}");
    world_event(&w, "post_unread", "{\"last_viewed_at\":1795367500000,\"post_id\":\"" POST "\"}",
                "{\"channel_id\":\"" LAB "\"}");
    fake_expect(w.fake, "unread " LAB " 1795367500000000");
    message_unref(message);
    buffer_free(lab);
    buffer_free(dm);
    world_close(&w);
}

#define ASKED(terms)                                                                               \
    "POST */teams/" TEAM "/posts/search {\"terms\":\"" terms                                       \
    "\",\"is_or_search\":false,\"time_zone_offset\":0,\"page\":0,\"per_page\":100}"

/* In the server's own words. What is found moves nothing. */
static void
test_search(void)
{
    struct world w = {0};
    struct buffer *lab = world_buffer(LAB), *dm = world_buffer(DM);
    struct search_word words[] = {{(char[]){"soup"}, true, false},
                                  {(char[]){"on \"thursday"}, false, false},
                                  {(char[]){"in:fact"}, false, false},
                                  {(char[]){"draft"}, false, true}};
    g_autoptr(GPtrArray) all = g_ptr_array_new(), in = g_ptr_array_new();
    g_autoptr(GError) error = NULL;

    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++)
        g_ptr_array_add(all, &words[i]);
    world_online(&w);
    /* From noon of the one day to noon of the other: whole days, of which core takes its part. */
    struct search_request request = {.words = all,
                                     .from = "@maria",
                                     .in = in,
                                     .after_us = INT64_C(1795348800000000),
                                     .before_us = INT64_C(1795435200000000)};
    g_assert_true(mattermost_driver.search(w.session, 1, &request, NULL));
    world_settle(&w);
    fake_expect_sent(w.fake, ASKED("soup* \\\"on  thursday\\\" \\\"in:fact\\\" -draft from:maria "
                                   "after:2026-11-21 before:2026-11-24"));
    char *posts[] = {world_post(2, NOW_MS - 4000, MARIA, "soup", ""),
                     world_post(1, NOW_MS - 5000, BO, "more **soup**", ""), NULL};
    g_autofree char *page = world_page(posts, "");
    fake_web_answer(w.web, "POST */posts/search*", 200, page);
    world_settle(&w);
    fake_expect(w.fake, "found text " LAB " <maria> soup id=p*2");
    fake_expect(w.fake, "found text " LAB " <bo> more soup id=p*1*");
    fake_expect(w.fake, "done 1 -");
    fake_expect_nothing(w.fake);
    request = (struct search_request){.words = all, .in = in};
    g_ptr_array_set_size(all, 1);
    g_ptr_array_add(in, lab);
    g_ptr_array_add(in, dm);
    g_assert_true(mattermost_driver.search(w.session, 2, &request, NULL));
    world_settle(&w);
    fake_expect_sent(w.fake, ASKED("soup* in:lab in:@maria"));
    fake_web_answer(w.web, "POST */posts/search*", 501, "{\"message\":\"Search is disabled.\"}");
    fake_expect(w.fake, "failed 2 *: *Search is disabled.");
    g_ptr_array_set_size(all, 0);
    g_ptr_array_set_size(in, 0);
    g_assert_false(mattermost_driver.search(w.session, 3, &request, &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
    buffer_free(lab);
    buffer_free(dm);
    world_close(&w);
}

/* Saved elsewhere, now and while weft was away; what weft alone has flagged stays so. */
static void
test_flagged(void)
{
    static const char saved[] = "{\"preferences\":\"[{\\\"user_id\\\":\\\"" KAI
                                "\\\",\\\"category\\\":\\\"flagged_post\\\",\\\"name\\\":"
                                "\\\"" POST "\\\",\\\"value\\\":\\\"true\\\"}]\"}";
    struct world w = {0};

    world_online(&w);
    world_event(&w, "preferences_changed", saved, "{\"user_id\":\"" KAI "\"}");
    fake_expect(w.fake, "flagged " POST " on");
    world_event(&w, "preferences_changed", saved, "{\"user_id\":\"" KAI "\"}");
    fake_expect_nothing(w.fake);
    g_autofree char *post = world_post(1, NOW_MS + 1, MARIA, "saved", ",\"is_pinned\":true");
    world_posted(&w, post, "@maria");
    fake_expect(w.fake, "live text " LAB " <maria> saved id=p*1 pinned flagged cursor");
    world_event(&w, "preferences_deleted", saved, "{\"user_id\":\"" KAI "\"}");
    fake_expect(w.fake, "flagged " POST " off");
    world_close(&w);
}

static void
test_revisions(void)
{
    struct world w = {0};
    struct buffer *lab = world_buffer(LAB);

    world_online(&w);
    g_assert_true(mattermost_driver.revisions(w.session, 1, lab, POST, NULL));
    world_settle(&w);
    fake_expect_sent(w.fake, "GET */posts/" POST "/edit_history");
    fake_web_answer(w.web, "GET *", 200,
                    "[{\"message\":\"**two**\",\"update_at\":7,\"delete_at\":9},"
                    "{\"message\":\"one\",\"update_at\":7,\"delete_at\":7}]");
    fake_expect(w.fake, "revision 9000 two");
    fake_expect(w.fake, "revision 7000 one");
    fake_expect(w.fake, "done 1 -");
    buffer_free(lab);
    world_close(&w);
}

static void
test_emoji(void)
{
    struct world w = {0};

    world_online(&w);
    g_assert_null(mattermost_driver.emoji(w.session)[0]);
    world_settle(&w);
    fake_expect_sent(w.fake, "GET */emoji?page=0&per_page=200&sort=name");
    fake_web_answer(w.web, "GET *", 200, "[{\"name\":\"loom\"},{\"name\":\"bad name\"},{}]");
    world_event(&w, "emoji_added", "{\"emoji\":\"{\\\"name\\\":\\\"weft\\\"}\"}", "{}");
    const char *const *names = mattermost_driver.emoji(w.session);
    g_assert_cmpstr(names[0], ==, "loom");
    g_assert_cmpstr(names[1], ==, "weft");
    g_assert_null(names[2]);
    world_close(&w);
}

static void
rule_for_jobs(struct world *w)
{
    fake_web_rule(w->web, "GET */channels/jobsjobs*", 0, 200,
                  "{\"id\":\"jobsjobsjobsjobsjobsjobsjo\",\"type\":\"O\",\"team_id\":\"" TEAM
                  "\",\"name\":\"jobs\",\"display_name\":\"Jobs\",\"last_post_at\":0}",
                  NULL);
    fake_web_rule(w->web, "GET */jobsjobsjobsjobsjobsjobsjo/members/me", 0, 200,
                  "{\"channel_id\":\"jobsjobsjobsjobsjobsjobsjo\",\"last_viewed_at\":0}", NULL);
    fake_web_rule(w->web, "GET */jobsjobs*/posts?*", 0, 200, "{\"order\":[],\"posts\":{}}", NULL);
}

static void
test_join(void)
{
    struct world w = {0};
    struct buffer *lab = world_buffer(LAB);
    g_autoptr(GError) error = NULL;

    world_online(&w);
    rule_for_jobs(&w);
    fake_web_rule(w.web, "GET */teams/" TEAM "/channels/name/jobs", 0, 200,
                  "{\"id\":\"jobsjobsjobsjobsjobsjobsjo\"}", NULL);
    fake_web_rule(w.web, "POST */channels/jobsjobs*/members", 0, 201, "{}", NULL);
    g_assert_true(mattermost_driver.join(w.session, 1, lab, "~Jobs", NULL, NULL));
    world_settle(&w);
    fake_expect(w.fake, "buffer jobsjobsjobsjobsjobsjobsjo channel ~jobs joined*");
    fake_expect(w.fake, "done 1 jobs*");
    fake_expect(w.fake, "caught-up jobs* whole");
    fake_expect_nothing(w.fake);
    g_assert_true(mattermost_driver.join(w.session, 2, NULL, "coops/jobs", NULL, NULL));
    g_assert_false(mattermost_driver.join(w.session, 3, NULL, "others/jobs", NULL, &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND);
    world_settle(&w);
    fake_forget(w.fake);
    g_assert_true(mattermost_driver.join(w.session, 4, lab, "a/../b", NULL, NULL) == false);
    g_assert_true(mattermost_driver.join(w.session, 5, lab, "no?such", NULL, NULL));
    world_settle(&w);
    fake_expect_sent(w.fake, "GET */channels/name/no%3Fsuch");
    fake_web_answer(w.web, "GET *", 404, "{\"message\":\"No such channel.\"}");
    g_assert_true(fake_skip_to(
        w.fake, "failed 5 not-found: There is no channel no?such here*/create no?such makes it."));
    buffer_free(lab);
    world_close(&w);
}

static void
test_leave_and_create(void)
{
    struct world w = {0};
    struct buffer *lab = world_buffer(LAB);
    g_autoptr(GError) error = NULL;

    world_online(&w);
    rule_for_jobs(&w);
    g_assert_true(mattermost_driver.leave(w.session, 1, lab, NULL, NULL));
    world_settle(&w);
    fake_web_answer(w.web, "DELETE */channels/" LAB "/members/" KAI, 200, OK);
    fake_expect(w.fake, "buffer " LAB " channel ~lab topic=bread");
    fake_expect(w.fake, "done 1 -");
    fake_forget(w.fake);
    struct create_request wish = {.from = lab, .name = "Bread & Roses!", .private_ = true};
    g_assert_true(mattermost_driver.create(w.session, 2, &wish, NULL));
    world_settle(&w);
    fake_expect_sent(w.fake, "POST */channels {\"team_id\":\"" TEAM "\",\"name\":\"bread-roses\","
                             "\"display_name\":\"Bread & Roses!\",\"purpose\":\"\","
                             "\"type\":\"P\"}");
    fake_web_answer(w.web, "POST */channels", 201, "{\"id\":\"jobsjobsjobsjobsjobsjobsjo\"}");
    world_settle(&w);
    g_assert_true(fake_skip_to(w.fake, "buffer jobs*"));
    fake_expect(w.fake, "done 2 jobs*");
    /* The server's own programs make a name for links up as well. */
    wish = (struct create_request){.space = TEAM, .name = "\xe2\x9c\xa8", .purpose = "stars"};
    g_assert_true(mattermost_driver.create(w.session, 3, &wish, NULL));
    world_settle(&w);
    g_assert_true(fake_skip_sent_to(w.fake, "POST */channels *\"name\":\"channel-*"
                                            "\"purpose\":\"stars\",\"type\":\"O\"*"));
    wish.name = "~";
    g_assert_false(mattermost_driver.create(w.session, 4, &wish, &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
    buffer_free(lab);
    world_close(&w);
}

static void
test_people(void)
{
    struct world w = {0};
    struct buffer *lab = world_buffer(LAB);

    world_online(&w);
    fake_web_rule(w.web, "GET */users/username/bo", 0, 200,
                  "{\"id\":\"" BO "\",\"username\":\"bo\",\"is_bot\":true,\"first_name\":\"Bo\"}",
                  NULL);
    fake_web_rule(
        w.web, "GET */channels/" DM "*", 0, 200,
        "{\"id\":\"" DM "\",\"type\":\"D\",\"team_id\":\"\",\"name\":\"" KAI "__" BO "\"}", NULL);
    fake_web_rule(w.web, "GET */channels/" DM "/members/me", 0, 200, "{}", NULL);
    g_assert_true(mattermost_driver.open_dm(w.session, 1, lab, "@Bo", NULL));
    world_settle(&w);
    fake_web_answer(w.web, "POST */channels/direct", 201, "{\"id\":\"" DM "\"}");
    world_settle(&w);
    fake_expect(w.fake, "buffer " DM " direct bo joined*");
    fake_expect(w.fake, "done 1 " DM);
    g_assert_true(mattermost_driver.open_dm(w.session, 9, lab, "@Nobody", NULL));
    world_settle(&w);
    fake_web_answer(w.web, "GET */users/username/nobody", 404,
                    "{\"message\":\"An existing account matching your username was not found.\"}");
    fake_expect(w.fake, "failed 9 not-found: There is nobody called nobody here.*");
    g_assert_true(mattermost_driver.user_info(w.session, 2, lab, BO, NULL));
    world_settle(&w);
    fake_expect(w.fake, "say " LAB ": @bo (a bot), first name: Bo");
    fake_expect(w.fake, "done 2 -");
    fake_web_rule(w.web, "GET */users?in_channel=" LAB "&page=0&per_page=200", 0, 200,
                  "[{\"id\":\"" BO "\",\"username\":\"bo\"},{\"id\":\"" MARIA
                  "\",\"username\":\"maria\"},{\"id\":7}]",
                  NULL);
    g_assert_true(mattermost_driver.members(w.session, 3, lab, NULL));
    world_settle(&w);
    fake_expect(w.fake, "members " LAB " bo maria");
    fake_expect(w.fake, "done 3 -");
    buffer_free(lab);
    world_close(&w);
}

static void
test_ourselves(void)
{
    struct world w = {0};
    struct buffer *lab = world_buffer(LAB);

    world_online(&w);
    g_assert_true(mattermost_driver.set_presence(w.session, 1, "lunch", NULL));
    g_assert_true(mattermost_driver.set_topic(w.session, 2, lab, "rye", NULL));
    world_settle(&w);
    fake_expect_sent(w.fake, "PUT */users/me/status {\"user_id\":\"" KAI "\",\"status\":\"away\"}");
    fake_expect_sent(w.fake, "PUT */channels/" LAB "/patch {\"header\":\"rye\"}");
    fake_web_answer(w.web, "PUT *status", 200, "{}");
    fake_web_answer(w.web, "PUT *patch", 403, "{\"message\":\"No.\"}");
    fake_expect(w.fake, "done 1 -");
    fake_expect(w.fake, "failed 2 forbidden: *");
    buffer_free(lab);
    world_close(&w);
}

void
test_deeds_add(void)
{
    g_test_add_func("/mattermost/deeds/reactions", test_reactions);
    g_test_add_func("/mattermost/deeds/deletions", test_deletions);
    g_test_add_func("/mattermost/deeds/edits", test_edits);
    g_test_add_func("/mattermost/deeds/own-edits", test_own_edits);
    g_test_add_func("/mattermost/deeds/marks", test_marks);
    g_test_add_func("/mattermost/deeds/search", test_search);
    g_test_add_func("/mattermost/deeds/flagged", test_flagged);
    g_test_add_func("/mattermost/deeds/revisions", test_revisions);
    g_test_add_func("/mattermost/deeds/emoji", test_emoji);
    g_test_add_func("/mattermost/deeds/join", test_join);
    g_test_add_func("/mattermost/deeds/leave-and-create", test_leave_and_create);
    g_test_add_func("/mattermost/deeds/people", test_people);
    g_test_add_func("/mattermost/deeds/ourselves", test_ourselves);
}
