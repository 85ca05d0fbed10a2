/* Threads that stand apart: what the server tells of them, what is asked of it. */
#include <string.h>

#include "base/error.h"
#include "protocols/mattermost/mattermost.h"
#include "tests/drivers/mattermost/world.h"
#include "json/json.h"

#define ROOT     "p0000000000000000000000001"
#define OTHER    "p0000000000000000000000009"
#define LIST     "GET */users/me/teams/" TEAM "/threads?deleted*"
#define ONE      "GET */users/me/teams/" TEAM "/threads/" ROOT "?extended=true"
#define LAB_CAST "{\"channel_id\":\"" LAB "\"}"
#define CONFIG   "{\"MaxPostSize\":\"16383\",\"CollapsedThreads\":\"always_on\"}"
#define OK       "{\"status\":\"OK\"}"

#define THREAD(id, replies, unread, mentions, viewed)                                              \
    "{\"id\":\"" id "\",\"reply_count\":" #replies ",\"last_reply_at\":1795367500002,"             \
    "\"last_viewed_at\":" #viewed ",\"participants\":[{\"id\":\"" MARIA                            \
    "\",\"username\":\"maria\"},{\"id\":\"" BO "\",\"username\":\"bo\"}],\"post\":{\"id\":\"" id   \
    "\",\"channel_id\":\"" LAB "\",\"user_id\":\"" KAI "\",\"message\":\"root\"},"                 \
    "\"unread_replies\":" #unread ",\"unread_mentions\":" #mentions ",\"delete_at\":0}"

#define TOLD(id, n, unread, read)                                                                  \
    "thread " LAB " " id " n=" #n " last=1795367500002000 people=maria,bo follow=1 unread=" unread \
    " read=" #read

static void
come_online(struct world *w)
{
    world_open(w, NULL);
    world_rules(w);
    fake_web_rule(w->web, "GET */config/client*", 0, 200, CONFIG, NULL);
    fake_web_rule(w->web, LIST, 0, 200, "{\"threads\":[]}", NULL);
    world_connect(w);
    g_assert_true(fake_skip_to(w->fake, "state online"));
    fake_advance_s(w->fake, 1);
    fake_forget(w->fake);
}

/* An event whose data hold JSON as text. */
static void
updated(struct world *w, const char *thread)
{
    json_t *data = json_object();

    json_put_text(data, "thread", thread);
    g_autoptr(GBytes) bytes = json_write_take(data);
    g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    world_event(w, "thread_updated", text, "{\"user_id\":\"" KAI "\"}");
    world_settle(w);
}

/* An operation that is there has its bit, one that is not has none. */
static void
test_table(void)
{
    const struct driver *d = &mattermost_driver;
    const struct {
        bool there;
        unsigned bit;
    } rows[] = {
        {d->send, CAP_SEND},
        {d->edit, CAP_EDIT},
        {d->delete_, CAP_DELETE},
        {d->react, CAP_REACT},
        {d->typing, CAP_TYPING},
        {d->mark_read, CAP_MARK_READ},
        {d->history, CAP_HISTORY},
        {d->thread, CAP_THREADS},
        {d->follow, CAP_FOLLOW},
        {d->mark_thread_read, CAP_FOLLOW},
        {d->search, CAP_SEARCH},
        {d->upload, CAP_UPLOAD},
        {d->download, CAP_DOWNLOAD},
        {d->join, CAP_JOIN},
        {d->leave, CAP_LEAVE},
        {d->create, CAP_CREATE},
        {d->browse, CAP_BROWSE},
        {d->invite, CAP_INVITE},
        {d->archive, CAP_ARCHIVE},
        {d->open_dm, CAP_OPEN_DM},
        {d->members, CAP_MEMBERS},
        {d->user_info, CAP_USER_INFO},
        {d->set_topic, CAP_SET_TOPIC},
        {d->set_presence, CAP_PRESENCE},
        {d->pin, CAP_PIN},
        {d->raw, CAP_RAW},
        {d->press, CAP_BUTTONS},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++)
        g_assert_cmpint(rows[i].there, ==, (d->caps & rows[i].bit) != 0);
    g_assert_cmpint(d->limits.max_in_flight, >=, 1);
}

/* The followed ones are told of at connect; whether threads stand apart is the server's word first,
 * then the person's. */
static void
test_connect(void)
{
    static const struct {
        const char *word, *wish;
        bool apart;
    } rows[] = {
        {"always_on", "off", true},  {"default_on", NULL, true},   {"default_on", "off", false},
        {"default_off", "on", true}, {"default_off", NULL, false}, {"disabled", "on", false},
        {"", NULL, false},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct world w = {0};
        g_autofree char *wish = g_strdup_printf(
            "[{\"category\":\"display_settings\",\"name\":\"collapsed_reply_threads\",\"value\":"
            "\"%s\"}]",
            rows[i].wish ? rows[i].wish : "");
        g_autofree char *config = g_strdup_printf(
            "{\"MaxPostSize\":\"16383\",\"CollapsedThreads\":\"%s\"}", rows[i].word);
        world_open(&w, NULL);
        world_rules(&w);
        fake_web_rule(w.web, "GET */config/client*", 0, 200, config, NULL);
        fake_web_rule(w.web, "GET */users/me/preferences", 0, 200, rows[i].wish ? wish : "[]",
                      NULL);
        fake_web_rule(w.web, LIST, 0, 200,
                      "{\"threads\":[" THREAD(ROOT, 2, 1, 1, 1795367500001) "]}", NULL);
        world_connect(&w);
        g_assert_cmpuint(fake_count(w.fake, TOLD(ROOT, 2, "1/1", 1795367500001000)), ==,
                         rows[i].apart);
        g_assert_cmpint((w.fake->caps & CAP_FOLLOW) != 0, ==, rows[i].apart);
        world_close(&w);
    }
}

/* As many as the server has, page by page; those whose root was deleted are left out. */
static void
test_many(void)
{
    struct world w = {0};
    g_autoptr(GString) first = g_string_new("{\"threads\":[");

    for (int i = 1; i <= 100; i++) {
        g_autofree char *id = world_id(i);
        g_string_append_printf(first,
                               "%s{\"id\":\"%s\",\"reply_count\":1,\"last_reply_at\":1,"
                               "\"participants\":[],\"post\":{\"channel_id\":\"" LAB
                               "\"},\"delete_at\":%d}",
                               i > 1 ? "," : "", id, i == 50 ? 7 : 0);
    }
    g_string_append(first, "]}");
    world_open(&w, NULL);
    world_rules(&w);
    fake_web_rule(w.web, "GET */config/client*", 0, 200, CONFIG, NULL);
    fake_web_rule(w.web, LIST, 0, 200, first->str, NULL);
    fake_web_rule(w.web, LIST "&before=p0000000000000000000000100", 0, 200,
                  "{\"threads\":[{\"id\":\"p0000000000000000000000101\",\"reply_count\":1,"
                  "\"post\":{\"channel_id\":\"" LAB "\"}}]}",
                  NULL);
    world_connect(&w);
    g_assert_cmpuint(fake_count(w.fake, "thread " LAB " *"), ==, 100);
    g_assert_cmpuint(fake_count(w.fake, "thread " LAB " p*50 *"), ==, 0);
    g_assert_cmpuint(fake_count(w.fake, "thread " LAB " p*101 *"), ==, 1);
    world_close(&w);
}

static void
test_updated(void)
{
    struct world w = {0};

    come_online(&w);
    updated(&w, THREAD(ROOT, 2, 1, 0, 1795367500001));
    fake_expect(w.fake, TOLD(ROOT, 2, "1/0", 1795367500001000));
    /* Of channels that we do not know, and what is no thread, nothing is told. */
    updated(&w, "{\"id\":\"" OTHER "\",\"post\":{\"channel_id\":\"" TEAM "\"}}");
    updated(&w, "{\"id\":\"../x\",\"post\":{\"channel_id\":\"" LAB "\"}}");
    updated(&w, "[");
    updated(&w, "{\"id\":\"" OTHER "\",\"reply_count\":-4,\"unread_replies\":-1,"
                "\"last_reply_at\":-9,\"post\":{\"channel_id\":\"" LAB "\"}}");
    fake_expect(w.fake, "thread " LAB " " OTHER " n=0 last=0 people= follow=1 unread=0/0 read=0");
    fake_expect_nothing(w.fake);
    world_close(&w);
}

static void
test_follow_changed(void)
{
    struct world w = {0};

    come_online(&w);
    updated(&w, THREAD(ROOT, 2, 1, 0, 5));
    fake_forget(w.fake);
    world_event(&w, "thread_follow_changed",
                "{\"thread_id\":\"" ROOT "\",\"state\":false,\"reply_count\":2}",
                "{\"team_id\":\"" TEAM "\"}");
    fake_expect(w.fake, "thread " LAB " " ROOT " n=-1 last=0 people=- follow=0 unread=-1/0 read=0");
    fake_expect_nothing(w.fake);
    world_settle(&w);
    fake_forget(w.fake);
    world_event(&w, "thread_follow_changed", "{\"thread_id\":\"" ROOT "\",\"state\":true}",
                "{\"team_id\":\"" TEAM "\"}");
    fake_expect(w.fake, "thread " LAB " " ROOT " n=-1 last=0 people=- follow=1 unread=-1/0 read=0");
    /* Who follows by hand has read what was there. */
    world_settle(&w);
    fake_web_answer(w.web, ONE, 200, THREAD(ROOT, 2, 0, 0, 9));
    world_settle(&w);
    fake_expect(w.fake, TOLD(ROOT, 2, "0/0", 9000));
    /* One that was not seen yet: the event names no channel, the thread itself does. */
    world_event(&w, "thread_follow_changed", "{\"thread_id\":\"" OTHER "\",\"state\":true}",
                "{\"team_id\":\"" TEAM "\"}");
    world_settle(&w);
    fake_expect_nothing(w.fake);
    fake_web_answer(w.web, "GET */teams/" TEAM "/threads/" OTHER "?extended=true", 200,
                    THREAD(OTHER, 3, 0, 0, 6));
    world_settle(&w);
    fake_expect(w.fake, TOLD(OTHER, 3, "0/0", 6000));
    world_close(&w);
}

/* Three shapes. */
static void
test_read_changed(void)
{
    struct world w = {0};

    come_online(&w);
    world_event(&w, "thread_read_changed",
                "{\"thread_id\":\"" ROOT "\",\"timestamp\":1795367500002,\"unread_mentions\":1,"
                "\"unread_replies\":2,\"channel_id\":\"" LAB "\"}",
                "{\"user_id\":\"" KAI "\"}");
    fake_expect(w.fake, "thread " LAB " " ROOT " n=-1 last=0 people=- follow=-1 unread=2/1 "
                        "read=1795367500002000 now");
    fake_web_rule(w.web, LIST, 0, 200, "{\"threads\":[" THREAD(ROOT, 2, 0, 0, 7) "]}", NULL);
    world_event(&w, "thread_read_changed", "{\"timestamp\":1795367500002}", LAB_CAST);
    world_settle(&w);
    fake_expect(w.fake, TOLD(ROOT, 2, "0/0", 7000));
    world_event(&w, "thread_read_changed", "{}", "{\"team_id\":\"" TEAM "\"}");
    world_settle(&w);
    fake_expect(w.fake, TOLD(ROOT, 2, "0/0", 7000));
    fake_expect_nothing(w.fake);
    world_close(&w);
}

static void
test_follow(void)
{
    struct world w = {0};
    struct buffer *lab = world_buffer(LAB);
    g_autoptr(GError) error = NULL;

    come_online(&w);
    g_assert_true(mattermost_driver.follow(w.session, 1, lab, ROOT, true, NULL));
    world_settle(&w);
    fake_expect_sent(w.fake, "PUT */users/me/teams/" TEAM "/threads/" ROOT "/following");
    fake_web_answer(w.web, "PUT *", 200, OK);
    fake_expect(w.fake, "done 1 -");
    g_assert_true(mattermost_driver.follow(w.session, 2, lab, ROOT, false, NULL));
    world_settle(&w);
    fake_expect_sent(w.fake, "DELETE */users/me/teams/" TEAM "/threads/" ROOT "/following");
    fake_web_answer(w.web, "DELETE *", 403, "{\"message\":\"No.\"}");
    fake_expect(w.fake, "failed 2 forbidden: *");
    g_assert_false(mattermost_driver.follow(w.session, 3, lab, "../read", true, &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND);
    buffer_free(lab);
    world_close(&w);
}

static void
test_mark_read(void)
{
    struct world w = {0};
    struct buffer *lab = world_buffer(LAB);
    struct message *upto = message_new();

    come_online(&w);
    upto->time_us = 1795367500002000;
    mattermost_driver.mark_thread_read(w.session, lab, ROOT, upto);
    world_settle(&w);
    fake_expect_sent(w.fake, "PUT */users/me/teams/" TEAM "/threads/" ROOT "/read/1795367500002");
    fake_web_answer(w.web, "PUT *", 200, THREAD(ROOT, 2, 0, 0, 1795367500002));
    mattermost_driver.mark_thread_read(w.session, lab, "../..", upto);
    world_settle(&w);
    fake_expect_nothing_sent(w.fake);
    fake_expect_nothing(w.fake);
    message_unref(upto);
    buffer_free(lab);
    world_close(&w);
}

/* A reply goes to the thread's root, whatever of it is answered, and its echo is in the thread. */
static void
test_reply(void)
{
    struct world w = {0};
    struct buffer *lab = world_buffer(LAB);
    struct rich *body = rich_new("I do", -1);
    const struct send_request request = {
        .buffer = lab, .kind = MESSAGE_TEXT, .body = body, .key = "key-1", .thread = ROOT};

    come_online(&w);
    g_assert_true(mattermost_driver.send(w.session, 1, &request, NULL));
    world_settle(&w);
    fake_expect_sent(w.fake, "POST */posts?set_online=true {\"channel_id\":\"" LAB
                             "\",\"message\":\"I do\",*\"root_id\":\"" ROOT "\"*");
    g_autofree char *post = world_post(2, NOW_MS + 2, KAI, "I do",
                                       ",\"root_id\":\"" ROOT
                                       "\",\"reply_count\":1,\"props\":{\"weft_key\":\"key-1\"}");
    world_posted(&w, post, "@kai");
    fake_expect(w.fake,
                "echo text " LAB " <kai> I do id=p*2 key=key-1 reply-to=" ROOT " own cursor");
    fake_expect(w.fake, "thread " LAB " " ROOT " n=1 *");
    fake_web_answer(w.web, "POST *", 201,
                    "{\"id\":\"p0000000000000000000000002\","
                    "\"create_at\":1795367500002}");
    fake_expect(w.fake, "done 1 p*2");
    fake_expect_nothing(w.fake);
    rich_free(body);
    buffer_free(lab);
    world_close(&w);
}

static void
answer_thread(struct world *w)
{
    g_autofree char *root = world_post(1, NOW_MS + 1, MARIA, "root", "");
    g_autofree char *reply = world_post(2, NOW_MS + 2, BO, "reply", ",\"root_id\":\"" ROOT "\"");
    char *posts[] = {g_steal_pointer(&root), g_steal_pointer(&reply), NULL};
    g_autofree char *page = world_page(posts, "");

    world_settle(w);
    fake_web_answer(w->web, "GET */posts/" ROOT "/thread?perPage=100&direction=down", 200, page);
    world_settle(w);
    fake_expect(w->fake, "history text " LAB " <maria> root id=p*1*");
    fake_expect(w->fake, "history text " LAB " <bo> reply id=p*2 reply-to=" ROOT "*");
}

/* A whole one; whether it is followed is asked with it, and "no such thread of yours" says it. */
static void
test_whole(void)
{
    struct world w = {0};
    struct buffer *lab = world_buffer(LAB);

    come_online(&w);
    g_assert_true(mattermost_driver.thread(w.session, 1, lab, ROOT, NULL));
    answer_thread(&w);
    fake_expect(w.fake, "done 1 -");
    fake_web_answer(w.web, ONE, 200, THREAD(ROOT, 1, 0, 0, 8));
    world_settle(&w);
    fake_expect(w.fake, TOLD(ROOT, 1, "0/0", 8000));
    g_assert_true(mattermost_driver.thread(w.session, 2, lab, ROOT, NULL));
    answer_thread(&w);
    fake_expect(w.fake, "done 2 -");
    fake_web_answer(w.web, ONE, 404,
                    "{\"id\":\"app.user.get_threads_for_user.not_found\",\"message\":\"m\"}");
    world_settle(&w);
    fake_expect(w.fake, "thread " LAB " " ROOT " n=-1 last=0 people=- follow=0 unread=-1/0 read=0");
    fake_expect_nothing(w.fake);
    buffer_free(lab);
    world_close(&w);
}

void
test_threads_add(void)
{
    g_test_add_func("/mattermost/threads/table", test_table);
    g_test_add_func("/mattermost/threads/connect", test_connect);
    g_test_add_func("/mattermost/threads/many", test_many);
    g_test_add_func("/mattermost/threads/updated", test_updated);
    g_test_add_func("/mattermost/threads/follow-changed", test_follow_changed);
    g_test_add_func("/mattermost/threads/read-changed", test_read_changed);
    g_test_add_func("/mattermost/threads/follow", test_follow);
    g_test_add_func("/mattermost/threads/mark-read", test_mark_read);
    g_test_add_func("/mattermost/threads/reply", test_reply);
    g_test_add_func("/mattermost/threads/whole", test_whole);
}
