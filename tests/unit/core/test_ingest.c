#include <string.h>

#include "tests/unit/core/fake.h"
#include "tests/unit/core/tests.h"

static void
test_live(void)
{
    struct fake *fake = fake_new(1);
    fake_online(fake, 0);
    fake_clear(fake);
    fake_say(fake, 0, &(struct fake_said){.text = "soup?", .id = "1", .cursor = "c1"});
    /* Nothing is told before it is on disk. */
    g_assert_cmpuint(fake->counts[NOTICE_MESSAGE], ==, 0);
    fake_settle(fake);
    g_assert_cmpuint(fake->counts[NOTICE_MESSAGE], ==, 1);
    const struct buffer *lab = fake_buffer(fake, 0, "#lab");
    g_assert_cmpuint(lab->unread, ==, 1);
    g_assert_cmpuint(lab->mentions, ==, 0);
    g_autofree char *cursor = store_load_cursor(fake->store, fake_account(fake, 0)->id, lab->id);
    g_assert_cmpstr(cursor, ==, "c1");
    fake_restart(fake);
    g_assert_cmpuint(fake_buffer(fake, 0, "#lab")->unread, ==, 1);
    g_assert_true(fake_buffer(fake, 0, "#lab")->joined);
    fake_free(fake);
}

/* R26: four events, one of them twice, in every order: the same four rows in the same order. */
static void
test_permutations(void)
{
    static const struct fake_said said[] = {
        {.text = "a", .id = "1", .time_us = 1, .origin = ORIGIN_CATCH_UP},
        {.text = "b", .id = "2", .time_us = 2, .origin = ORIGIN_LIVE},
        {.text = "c", .id = "3", .time_us = 3, .origin = ORIGIN_HISTORY},
        {.text = "b", .id = "2", .time_us = 2, .origin = ORIGIN_CATCH_UP},
    };

    for (unsigned order = 0; order < 256; order++) {
        const unsigned at[] = {order & 3, order >> 2 & 3, order >> 4 & 3, order >> 6 & 3};
        if ((1u << at[0] | 1u << at[1] | 1u << at[2] | 1u << at[3]) != 15)
            continue;
        for (int settle = 0; settle < 2; settle++) {
            struct fake *fake = fake_new(1);
            fake_online(fake, 0);
            for (int i = 0; i < 4; i++) {
                fake_say(fake, 0, &said[at[i]]);
                if (settle == 1)
                    fake_settle(fake);
            }
            fake_settle(fake);
            g_autofree char *line = fake_timeline(fake, 0);
            g_assert_cmpstr(line, ==, "a/received|b/received|c/received");
            g_assert_cmpuint(fake_buffer(fake, 0, "#lab")->unread, ==, 2);
            fake_free(fake);
        }
    }
}

static void
say_each(struct fake *fake, const char *const *texts)
{
    for (; *texts != NULL; texts++)
        fake_say(fake, 0, &(struct fake_said){.text = *texts});
    fake_settle(fake);
}

static void
test_mentions(void)
{
    static const char *const call[] = {"kai: soup?", "KAI",          "hi kai", "(kai)",
                                       "kai,kai",    "where's Kai?", NULL};
    static const char *const not [] = {"kais", "mckai", "kai_", "kai-1", "kai2", "ki", "", NULL};
    struct fake *fake = fake_new(1);

    fake_online(fake, 0);
    const struct buffer *lab = fake_buffer(fake, 0, "#lab");
    say_each(fake, not );
    g_assert_cmpuint(lab->unread, ==, 7);
    g_assert_cmpuint(lab->mentions, ==, 0);
    g_assert_cmpuint(fake->counts[NOTICE_ATTENTION], ==, 0);
    say_each(fake, call);
    g_assert_cmpuint(lab->mentions, ==, 6);
    g_assert_cmpuint(fake->counts[NOTICE_ATTENTION], ==, 6);
    /* Every word in a direct conversation calls. */
    fake_channel(fake, 0, "uma", BUFFER_DIRECT);
    fake_say(fake, 0, &(struct fake_said){.conversation = "uma", .text = "psst"});
    fake_settle(fake);
    g_assert_cmpuint(fake_buffer(fake, 0, "uma")->mentions, ==, 1);
    fake_free(fake);
}

static void
test_what_counts(void)
{
    struct fake *fake = fake_new(1);
    fake_online(fake, 0);
    const struct buffer *lab = fake_buffer(fake, 0, "#lab");

    for (int kind = 0; kind < MESSAGE_KIND_N; kind++)
        fake_say(fake, 0, &(struct fake_said){.text = "x", .kind = (enum message_kind)kind});
    fake_settle(fake);
    g_assert_cmpuint(lab->unread, ==, 4); /* text, action, notice, invite */
    fake_say(fake, 0, &(struct fake_said){.text = "kai", .origin = ORIGIN_HISTORY, .time_us = 1});
    fake_settle(fake);
    g_assert_cmpuint(lab->unread, ==, 4);
    core_say(fake->core, lab->id, "kai, said weft");
    fake_settle(fake);
    g_assert_cmpuint(lab->unread, ==, 4);
    g_assert_cmpuint(lab->mentions, ==, 0);
    /* What we say on another device reads what stands before it. */
    fake_say(fake, 0, &(struct fake_said){.text = "kai here", .id = "9", .own = true});
    fake_settle(fake);
    g_assert_cmpuint(lab->unread, ==, 0);
    g_assert_cmpuint(fake->counts[NOTICE_ATTENTION], ==, 0);
    fake_free(fake);
}

static void
test_read(void)
{
    struct fake *fake = fake_new(1);
    fake_online(fake, 0);
    const struct buffer *lab = fake_buffer(fake, 0, "#lab");
    const int64_t id = lab->id;

    for (int i = 1; i <= 5; i++) {
        g_autofree char *text = g_strdup_printf(i == 5 ? "kai %d" : "%d", i);
        fake_say(fake, 0, &(struct fake_said){.text = text, .time_us = i});
    }
    fake_settle(fake);
    g_autoptr(GPtrArray) page = store_load_newest(fake->store, id, 10);
    core_mark_read(fake->core, id, message_position(page->pdata[1]), false);
    g_assert_cmpuint(lab->unread, ==, 3);
    g_assert_cmpuint(lab->mentions, ==, 1);
    g_assert_cmpuint(fake_session(fake, 0)->marks, ==, 1);
    core_mark_read(fake->core, id, message_position(page->pdata[0]), false);
    g_assert_cmpuint(lab->unread, ==, 3); /* never back by itself */
    core_mark_read(fake->core, id, message_position(page->pdata[0]), true);
    g_assert_cmpuint(lab->unread, ==, 4);
    core_mark_all_read(fake->core, id);
    g_assert_cmpuint(lab->unread + lab->mentions, ==, 0);
    /* One is on its way to the disk while the person reads to the end: it stays unread. */
    fake_say(fake, 0, &(struct fake_said){.text = "kai 6", .time_us = 6});
    core_mark_read(fake->core, id, message_position(page->pdata[0]), true);
    core_mark_all_read(fake->core, id);
    fake_settle(fake);
    g_assert_cmpuint(lab->unread, ==, 1);
    fake_restart(fake);
    g_assert_cmpuint(fake_buffer(fake, 0, "#lab")->unread, ==, 1);
    g_assert_cmpuint(fake_buffer(fake, 0, "#lab")->mentions, ==, 1);
    /* Read on another device, up to a time. */
    fake_online(fake, 0);
    host_emit(
        fake_session(fake, 0)->host,
        &(struct event){.type = EVENT_READ, .conversation = "#lab", .read_us = FAKE_NOW_US + 6});
    fake_settle(fake);
    g_assert_cmpuint(fake_buffer(fake, 0, "#lab")->unread, ==, 0);
    fake_free(fake);
}

/* What was missed is told once, when all of it is there. */
static void
test_catch_up_attention(void)
{
    struct fake *fake = fake_new(1);
    fake_online(fake, 0);
    fake_lost(fake, 0, WEFT_ERROR_CLOSED);
    fake_advance(fake, 60 * SECOND_US);
    fake_state(fake, 0, ACCOUNT_CATCH_UP);
    fake_clear(fake);
    for (int i = 1; i < 4; i++)
        fake_say(fake, 0,
                 &(struct fake_said){.text = "kai!", .time_us = i, .origin = ORIGIN_CATCH_UP});
    fake_settle(fake);
    g_assert_cmpuint(fake->counts[NOTICE_MESSAGE], ==, 3);
    g_assert_cmpuint(fake->counts[NOTICE_ATTENTION], ==, 0);
    fake_caught_up(fake, 0, "#lab", true);
    g_assert_cmpuint(fake->counts[NOTICE_ATTENTION], ==, 1);
    g_assert_cmpuint(fake_buffer(fake, 0, "#lab")->mentions, ==, 3);
    fake_free(fake);
}

/* Bytes that are no UTF-8, names without end, times beyond all reason. */
static void
test_hostile(void)
{
    struct fake *fake = fake_new(1);
    fake_online(fake, 0);
    g_autofree char *endless = g_strnfill(100000, 'x');
    struct host *host = fake_session(fake, 0)->host;
    struct rich body = {.text = g_strdup("a\xff\xfe"), .len = 3};
    struct event event = {
        .type = EVENT_MESSAGE,
        .conversation = "#lab",
        .message = {.time_us = INT64_MAX,
                    .sender_id = endless,
                    .sender_name = "\xc3",
                    .body = &body},
    };

    host_emit(host, &event);
    fake_settle(fake);
    g_autoptr(GPtrArray) page = store_load_newest(fake->store, fake_buffer(fake, 0, "#lab")->id, 1);
    const struct message *message = page->pdata[0];
    g_assert_true(g_utf8_validate(message->body->text, -1, NULL));
    g_assert_cmpuint(strlen(message->sender_id), ==, 512);
    g_assert_true(g_utf8_validate(message->sender_name, -1, NULL));
    g_assert_cmpint(message->time_us, <=, INT64_C(253402300800) * G_USEC_PER_SEC);
    event.conversation = endless;
    event.message.time_us = INT64_MIN;
    event.message.body = NULL;
    event.message.kind = (enum message_kind)77;
    host_emit(host, &event);
    event.message.kind = MESSAGE_TEXT;
    host_emit(host, &event);
    event.type = EVENT_BUFFER;
    event.conversation = NULL;
    host_emit(host, &event);
    for (int type = 0; type < 20; type++)
        host_emit(host, &(struct event){.type = (enum event_type)type, .conversation = "nowhere"});
    for (int type = 0; type < 20; type++)
        host_emit(host, &(struct event){.type = (enum event_type)type});
    /* A clock that lies does not carry what follows along. */
    fake_say(fake, 0, &(struct fake_said){.text = "now", .id = "now"});
    fake_settle(fake);
    struct message *now = store_find_remote(fake->store, fake_buffer(fake, 0, "#lab")->id, "now");
    g_assert_cmpint(now->sort_key, ==, FAKE_NOW_US);
    message_unref(now);
    g_free(body.text);
    fake_free(fake);
}

static const struct member *
member(const struct buffer *buffer, const char *id)
{
    return buffer->members != NULL ? g_hash_table_lookup(buffer->members, id) : NULL;
}

static void
test_members(void)
{
    struct fake *fake = fake_new(1);
    fake_online(fake, 0);
    struct host *host = fake_session(fake, 0)->host;
    struct member *uma = member_new("uma", "Uma", "@"), *ben = member_new("ben", "Ben", NULL);
    const struct member *const both[] = {uma, ben};
    const char *const rooms[] = {"#lab", "#two"};

    fake_channel(fake, 0, "#two", BUFFER_CHANNEL);
    for (int i = 0; i < 2; i++)
        host_emit(host, &(struct event){.type = EVENT_MEMBERS,
                                        .conversation = rooms[i],
                                        .members = {.members = both, .n = 2}});
    fake_say(fake, 0, &(struct fake_said){.text = "hi", .time_us = 5});
    fake_settle(fake);
    const struct buffer *lab = fake_buffer(fake, 0, "#lab"), *two = fake_buffer(fake, 0, "#two");
    g_assert_cmpint(member(lab, "uma")->spoke_us, ==, FAKE_NOW_US + 5);
    host_emit(host,
              &(struct event){.type = EVENT_MEMBER_RENAMED,
                              .renamed = {.id = "uma", .new_id = "ulla", .new_name = "Ulla"}});
    g_assert_null(member(lab, "uma"));
    g_assert_cmpstr(member(two, "ulla")->prefix, ==, "@");
    g_assert_cmpint(member(lab, "ulla")->spoke_us, ==, FAKE_NOW_US + 5);
    host_emit(host, &(struct event){
                        .type = EVENT_MEMBER_REMOVED, .conversation = "#two", .user_id = "ben"});
    g_assert_null(member(two, "ben"));
    g_assert_nonnull(member(lab, "ben"));
    host_emit(host, &(struct event){.type = EVENT_USER_GONE, .user_id = "ulla"});
    g_assert_null(member(lab, "ulla"));
    g_assert_null(member(two, "ulla"));
    host_emit(host, &(struct event){.type = EVENT_USER_GONE, .user_id = "ulla"});
    member_free(uma);
    member_free(ben);
    fake_free(fake);
}

/* What is looked at is told the driver once a connection, and asked who is here where the network
 * has not listed all of them; whoever shows them learns who changed. */
static void
test_look_at(void)
{
    struct fake *fake = fake_new(1);
    struct fake_session *session = fake_session(fake, 0);
    struct member *uma = member_new("uma", "Uma", "@");
    const struct member *const all[] = {uma};

    fake_online(fake, 0);
    const struct buffer *lab = fake_buffer(fake, 0, "#lab");
    session = fake_session(fake, 0);
    host_emit(session->host,
              &(struct event){.type = EVENT_MEMBER_ADDED, .conversation = "#lab", .member = uma});
    core_look_at(fake->core, lab->id);
    core_look_at(fake->core, lab->id);
    core_look_at(fake->core, core_own_buffer(fake->core)->id);
    g_assert_cmpstr(session->asked->str, ==, "look #lab|members #lab|");
    g_assert_false(lab->members_whole);
    fake_settle(fake);
    fake_clear(fake);
    host_emit(session->host, &(struct event){.type = EVENT_MEMBERS,
                                             .conversation = "#lab",
                                             .members = {.members = all, .n = 1}});
    host_emit(session->host,
              &(struct event){.type = EVENT_MEMBER_RENAMED,
                              .renamed = {.id = "uma", .new_id = "ulla", .new_name = "Ulla"}});
    host_emit(session->host, &(struct event){.type = EVENT_USER_GONE, .user_id = "ulla"});
    fake_settle(fake);
    g_assert_true(lab->members_whole);
    g_ptr_array_add(fake->notices, NULL);
    g_autofree char *notices = g_strjoinv("|", (char **)fake->notices->pdata);
    g_ptr_array_set_size(fake->notices, 4);
    g_assert_cmpstr(notices, ==,
                    "members #lab -|members #lab uma|members #lab ulla|"
                    "members #lab ulla");
    fake_done(fake, 0, session->asked_op, NULL, 0);
    core_look_at(fake->core, lab->id);
    g_assert_cmpstr(session->asked->str, ==, "look #lab|members #lab|");
    /* A new connection knows nobody. */
    fake_lost(fake, 0, WEFT_ERROR_CLOSED);
    g_assert_false(lab->members_whole);
    core_look_at(fake->core, lab->id);
    g_assert_cmpstr(session->asked->str, ==, "look #lab|members #lab|");
    fake_advance(fake, 60 * SECOND_US);
    fake_state(fake, 0, ACCOUNT_ONLINE);
    core_look_at(fake->core, lab->id); /* the network has not said yet that we are in it */
    g_assert_cmpstr(session->asked->str, ==, "look #lab|members #lab|");
    fake_online(fake, 0);
    core_look_at(fake->core, lab->id);
    g_assert_cmpstr(session->asked->str, ==, "look #lab|members #lab|look #lab|members #lab|");
    fake_failed(fake, 0, session->asked_op, WEFT_ERROR_FORBIDDEN);
    core_look_at(fake->core, lab->id);
    g_assert_cmpstr(session->asked->str, ==, "look #lab|members #lab|look #lab|members #lab|");
    member_free(uma);
    fake_free(fake);
}

static void
test_buffers(void)
{
    struct fake *fake = fake_new(2);
    g_autoptr(GError) error = NULL;

    fake_online(fake, 0);
    fake_online(fake, 1);
    fake_channel(fake, 0, "#two", BUFFER_CHANNEL);
    const struct buffer *two = fake_buffer(fake, 0, "#two");
    g_assert_cmpint(fake_buffer(fake, 0, "#lab")->number, ==, 1);
    g_assert_cmpint(fake_buffer(fake, 1, "#lab")->number, ==, 2);
    g_assert_cmpint(two->number, ==, 3);
    g_autoptr(GString) order = g_string_new(NULL);
    for (guint i = 0; i < core_buffers(fake->core)->len; i++)
        g_string_append_printf(order, "%s ",
                               ((const struct buffer *)core_buffers(fake->core)->pdata[i])->name);
    g_assert_cmpstr(order->str, ==, "weft one #lab #two two #lab ");
    host_emit(fake_session(fake, 0)->host,
              &(struct event){.type = EVENT_BUFFER_RENAMED,
                              .conversation = "#two",
                              .buffer_renamed = {.new_id = "#zwei", .new_name = "#zwei"}});
    g_assert_true(core_buffer_by_number(fake->core, 3) == two);
    g_assert_cmpstr(two->name, ==, "#zwei");
    /* Closed, it keeps its number; opened again, it is the same. */
    g_assert_true(core_close_buffer(fake->core, two->id, &error));
    g_assert_cmpuint(fake_session(fake, 0)->leaves, ==, 1);
    g_assert_null(core_buffer_by_number(fake->core, 3));
    fake_channel(fake, 0, "#four", BUFFER_CHANNEL);
    g_assert_cmpint(fake_buffer(fake, 0, "#four")->number, ==, 4);
    const struct buffer *own = core_own_buffer(fake->core);
    g_assert_false(core_close_buffer(fake->core, own->id, &error));
    fake_settle(fake);
    fake_restart(fake);
    fake_online(fake, 0);
    fake_channel(fake, 0, "#zwei", BUFFER_CHANNEL);
    g_assert_cmpint(fake_buffer(fake, 0, "#zwei")->number, ==, 3);
    fake_channel(fake, 0, "#five", BUFFER_CHANNEL);
    g_assert_cmpint(fake_buffer(fake, 0, "#five")->number, ==, 5);
    fake_free(fake);
}

/* What may be ours is so when ours is in doubt; else it is somebody else's. */
static void
test_perhaps_own(void)
{
    struct fake *fake = fake_new(1);
    fake_online(fake, 0);
    fake_type(fake, 0, "hello");
    fake_settle(fake);
    fake_lost(fake, 0, WEFT_ERROR_CLOSED);
    fake_advance(fake, 600 * SECOND_US);
    fake_state(fake, 0, ACCOUNT_LOGIN);
    fake_state(fake, 0, ACCOUNT_CATCH_UP);
    fake_channel(fake, 0, "#lab", BUFFER_CHANNEL);
    struct fake_said said = {.text = "another",
                             .id = "m1",
                             .time_us = 1,
                             .origin = ORIGIN_CATCH_UP,
                             .perhaps_own = true};
    fake_say(fake, 0, &said);
    said.text = "hello";
    said.id = "m2";
    fake_say(fake, 0, &said);
    said.id = "m3";
    fake_say(fake, 0, &said);
    fake_caught_up(fake, 0, "#lab", true);
    fake_settle(fake);
    g_autofree char *timeline = fake_timeline(fake, 0);
    g_assert_nonnull(strstr(timeline, "hello/sent"));
    g_assert_nonnull(strstr(timeline, "hello/received"));
    g_assert_nonnull(strstr(timeline, "another/received"));
    g_assert_cmpuint(fake_session(fake, 0)->sends->len, ==, 1);
    fake_free(fake);
}

void
test_ingest_add(void)
{
    g_test_add_func("/ingest/perhaps-own", test_perhaps_own);
    g_test_add_func("/ingest/live", test_live);
    g_test_add_func("/ingest/R26-permutations", test_permutations);
    g_test_add_func("/ingest/mentions", test_mentions);
    g_test_add_func("/ingest/what-counts", test_what_counts);
    g_test_add_func("/ingest/read", test_read);
    g_test_add_func("/ingest/catch-up-attention", test_catch_up_attention);
    g_test_add_func("/ingest/hostile", test_hostile);
    g_test_add_func("/ingest/members", test_members);
    g_test_add_func("/ingest/look-at", test_look_at);
    g_test_add_func("/ingest/buffers", test_buffers);
}
