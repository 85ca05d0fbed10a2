/* Tasks in the transaction of what they copy, copies in the transaction of their outbox row. */
#include <sqlite3.h>

#include "store/relay.h"
#include "tests/unit/store/fixture.h"
#include "tests/unit/store/refusing_vfs.h"

void test_relay_add(void);

/* Buffers 1, 2 and 3 are one conversation. */
static void
join_three(struct fixture *fixture)
{
    static const struct relay_route routes[] = {
        {1, 2, RELAY_TALK}, {1, 3, RELAY_TALK}, {2, 1, RELAY_TALK},
        {2, 3, RELAY_TALK}, {3, 1, RELAY_TALK}, {3, 2, RELAY_TALK},
    };
    store_set_routes(fixture->store, routes, G_N_ELEMENTS(routes));
    store_flush(fixture->store);
}

static struct fixture *
joined(void)
{
    struct fixture *fixture = fixture_new();
    join_three(fixture);
    return fixture;
}

static int64_t
put_in(struct fixture *fixture, int64_t buffer_id, const char *remote_id, const char *text,
       unsigned flags)
{
    struct message *message = say(1000, remote_id, text);
    message->buffer_id = buffer_id;
    message->flags = flags;
    const struct store_put_message put = {.message = message, .account_id = 1, .relays = true};
    store_put_message(fixture->store, &put, NULL, NULL);
    store_flush(fixture->store);
    message_unref(message);
    struct message *stored = store_find_remote(fixture->store, buffer_id, remote_id);
    const int64_t id = stored->id;
    message_unref(stored);
    return id;
}

/* "say 1|react 1 :+1: uma": what waits in a lane, with the row of the message. g_free(). */
static char *
lane(struct fixture *fixture, int64_t id)
{
    static const char *const deeds[] = {"say", "edit", "delete", "react", "unreact"};
    g_autoptr(GPtrArray) tasks = store_load_tasks(fixture->store, id, 0, 100);
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < tasks->len; i++) {
        const struct relay_task *task = tasks->pdata[i];
        g_assert_cmpint(task->lane, ==, id);
        g_assert_cmpint(task->added_us, ==, FIXTURE_NOW_US);
        g_string_append_printf(out, "%s%s %d", i > 0 ? "|" : "", deeds[task->deed],
                               (int)task->source_id);
        if (task->emoji != NULL)
            g_string_append_printf(out, " %s %s", task->emoji, task->who);
    }
    return g_string_free(out, FALSE);
}

static void
assert_lane(struct fixture *fixture, int64_t id, const char *wanted)
{
    g_autofree char *tasks = lane(fixture, id);
    g_assert_cmpstr(tasks, ==, wanted);
}

/* The last task of a lane. */
static int64_t
last_task(struct fixture *fixture, int64_t id)
{
    g_autoptr(GPtrArray) tasks = store_load_tasks(fixture->store, id, 0, 100);
    g_assert_cmpuint(tasks->len, >, 0);
    return ((struct relay_task *)tasks->pdata[tasks->len - 1])->id;
}

static void
end_all(struct fixture *fixture)
{
    for (int64_t id = 1; id <= 3; id++) {
        g_autoptr(GPtrArray) tasks = store_load_tasks(fixture->store, id, 0, 100);
        for (guint i = 0; i < tasks->len; i++)
            store_end_task(fixture->store, ((struct relay_task *)tasks->pdata[i])->id, NULL, NULL);
    }
    store_flush(fixture->store);
}

/* A copy of `source` in a buffer; ends the task, when there is one. */
static void
copy_to(struct fixture *fixture, int64_t source, int64_t buffer_id, int64_t task, const char *key,
        struct seen *seen)
{
    struct message *message = say(2000, NULL, "copied");
    g_autofree char *own_key = g_strdup(key);
    struct outbox_row row = {.account_id = 1,
                             .buffer_id = buffer_id,
                             .kind = MESSAGE_TEXT,
                             .body = message->body,
                             .as_name = (char[]){"maria"},
                             .as_avatar = (char[]){"https://a.example/m.png"},
                             .mark = (char[]){"0123456789abcdef"},
                             .key = own_key,
                             .created_us = FIXTURE_NOW_US};
    const struct store_copy copy = {.source_id = source, .task_id = task, .ends_task = task != 0};
    store_add_copy(fixture->store, &row, message, &copy, seen_fn, seen);
    store_flush(fixture->store);
    message_unref(message);
}

/* Added, sent, and known to the network by this id. */
static int64_t
copied(struct fixture *fixture, int64_t source, int64_t buffer_id, const char *remote_id)
{
    struct seen seen = {0};
    copy_to(fixture, source, buffer_id, 0, remote_id, &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_NEW);
    const int64_t id = seen.message->id;
    change_now(fixture, seen.outbox_id, OUTBOX_DONE, remote_id, &seen);
    seen_clear(&seen);
    return id;
}

static void
react(struct fixture *fixture, int64_t buffer_id, const char *remote_id, const char *who, bool add,
      bool own)
{
    static int64_t time_us = 1;
    const struct store_put_reaction put = {.account_id = 1,
                                           .buffer_id = buffer_id,
                                           .remote_id = remote_id,
                                           .user_id = who,
                                           .user_name = who,
                                           .emoji = "+1",
                                           .time_us = time_us++,
                                           .add = add,
                                           .own = own};
    store_put_reaction(fixture->store, &put, NULL, NULL);
    store_flush(fixture->store);
}

static void
delete_there(struct fixture *fixture, int64_t buffer_id, const char *remote_id)
{
    const struct store_put_deletion put = {
        .account_id = 1, .buffer_id = buffer_id, .remote_id = remote_id};
    store_put_deletion(fixture->store, &put, NULL, NULL);
    store_flush(fixture->store);
}

static void
edit_there(struct fixture *fixture, int64_t buffer_id, const char *remote_id, const char *text)
{
    struct rich *body = rich_new(text, -1);
    const struct store_put_edit put = {
        .account_id = 1, .buffer_id = buffer_id, .remote_id = remote_id, .body = body};
    store_put_edit(fixture->store, &put, NULL, NULL);
    store_flush(fixture->store);
    rich_free(body);
}

/* --- what is said
 * ----------------------------------------------------------------------------------- */

static void
test_said(void)
{
    struct fixture *fixture = joined();
    const int64_t id = put_in(fixture, 1, "a", "hello", 0);
    g_autofree char *wanted = g_strdup_printf("say %d", (int)id);
    assert_lane(fixture, 2, wanted);
    assert_lane(fixture, 3, wanted);
    assert_lane(fixture, 1, "");
    put_in(fixture, 1, "a", "hello", 0); /* again */
    fixture_open(fixture);
    assert_lane(fixture, 2, wanted);
    g_autoptr(GPtrArray) tasks = store_load_tasks(fixture->store, 2, 0, 9);
    const struct relay_task *task = tasks->pdata[0];
    g_assert_cmpint(task->from, ==, 1);
    g_assert_cmpint(task->sort_key, ==, 1000);
    fixture_free(fixture);
}

static void
test_not_said(void)
{
    struct fixture *fixture = joined();
    put_in(fixture, 1, "a", "a copy by another relay", MESSAGE_RELAYED);
    put_in(fixture, 1, "b", "by somebody ignored", MESSAGE_IGNORED);
    put_in(fixture, 1, "c", "for us alone", MESSAGE_EPHEMERAL);
    put_in(fixture, 4, "d", "in a buffer without routes", 0);
    put_now(fixture, say(5, "e", "history"), NULL);
    delete_there(fixture, 1, "f"); /* before it comes */
    put_in(fixture, 1, "f", "deleted already", 0);
    assert_lane(fixture, 2, "");
    fixture_open(fixture); /* routes are of this run */
    put_in(fixture, 1, "g", "nobody has said where to", 0);
    assert_lane(fixture, 2, "");
    join_three(fixture);
    store_set_routes(fixture->store, NULL, 0);
    put_in(fixture, 1, "h", "routes off", 0);
    assert_lane(fixture, 2, "");
    fixture_free(fixture);
}

static void
test_kinds(void)
{
    static const struct relay_route routes[] = {
        {1, 2, RELAY_TOPICS | RELAY_PRESENCE}, {1, 3, RELAY_TALK}, {1, 3, RELAY_TALK}};
    static const enum message_kind kinds[] = {MESSAGE_TEXT, MESSAGE_TOPIC, MESSAGE_JOIN,
                                              MESSAGE_MODE, MESSAGE_WEFT};
    struct fixture *fixture = fixture_new();
    store_set_routes(fixture->store, routes, G_N_ELEMENTS(routes));
    for (guint i = 0; i < 2 * G_N_ELEMENTS(kinds); i++) {
        g_autofree char *id = g_strdup_printf("m%u", i);
        struct message *message = say(i, id, "line");
        message->kind = kinds[i / 2];
        message->flags = i % 2 == 1 ? MESSAGE_OWN : 0;
        const struct store_put_message put = {.message = message, .account_id = 1, .relays = true};
        store_put_message(fixture->store, &put, NULL, NULL);
        message_unref(message);
    }
    store_flush(fixture->store);
    assert_lane(fixture, 3, "say 1|say 2");
    assert_lane(fixture, 2, "say 3|say 4|say 5"); /* our own coming and going is not told */
    fixture_free(fixture);
}

/* --- our own
 * ---------------------------------------------------------------------------------------- */

static void
test_own(void)
{
    struct fixture *fixture = joined();
    struct seen typed = {0}, seen = {0};
    type_now(fixture, "typed", &typed);
    assert_lane(fixture, 2, "");
    change_now(fixture, typed.outbox_id, OUTBOX_SENDING, NULL, &seen);
    change_now(fixture, typed.outbox_id, OUTBOX_UNKNOWN, NULL, &seen);
    assert_lane(fixture, 2, "");
    change_now(fixture, typed.outbox_id, OUTBOX_DONE, "r1", &seen);
    assert_lane(fixture, 2, "say 1");
    end_all(fixture);
    /* A long text comes back in several pieces with one key. */
    struct message *piece = say(9, "r2", "second piece");
    piece->key = g_strdup(typed.outbox_key);
    piece->flags = MESSAGE_OWN;
    put_now(fixture, piece, &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_MERGED);
    assert_lane(fixture, 2, "");
    seen_clear(&typed);
    seen_clear(&seen);
    fixture_free(fixture);
}

/* The echo came first and could not be matched; its row goes, and what was to be done for it. */
static void
test_erased(void)
{
    struct fixture *fixture = joined();
    struct seen typed = {0}, seen = {0};
    type_now(fixture, "typed", &typed);
    put_in(fixture, 1, "r1", "as the network has it", MESSAGE_OWN);
    assert_lane(fixture, 2, "say 2");
    g_autoptr(GPtrArray) tasks = store_load_tasks(fixture->store, 3, 0, 9);
    copy_to(fixture, 2, 3, ((struct relay_task *)tasks->pdata[0])->id, "k3", &seen);
    change_now(fixture, typed.outbox_id, OUTBOX_DONE, "r1", &seen);
    g_assert_cmpint(seen.message->id, ==, 1);
    assert_lane(fixture, 2, "say 1");
    assert_lane(fixture, 3, ""); /* said already */
    g_autoptr(GArray) copies = store_load_copies(fixture->store, 1, 0);
    g_assert_cmpuint(copies->len, ==, 1);
    seen_clear(&typed);
    seen_clear(&seen);
    fixture_free(fixture);
}

/* Likewise, and it was a copy: it must not go back to where it came from. A copy that is being made
 * of the vanished row is not said either. */
static void
test_erased_copy(void)
{
    struct fixture *fixture = joined();
    struct seen added = {0}, seen = {0};
    const int64_t source = put_in(fixture, 1, "a", "hello", 0);
    end_all(fixture);
    copy_to(fixture, source, 2, 0, "k2", &added);
    const int64_t echo = put_in(fixture, 2, "r2", "hello, as the network has it", MESSAGE_OWN);
    const int64_t task = last_task(fixture, 1);
    change_now(fixture, added.outbox_id, OUTBOX_DONE, "r2", &seen);
    assert_lane(fixture, 1, "");
    assert_lane(fixture, 3, "");
    copy_to(fixture, echo, 1, task, "k1", &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_MISSING);
    g_assert_cmpuint(count_messages(fixture->store, 1), ==, 1);
    seen_clear(&added);
    seen_clear(&seen);
    fixture_free(fixture);
}

/* --- copies
 * ----------------------------------------------------------------------------------------- */

static void
test_copy(void)
{
    struct fixture *fixture = joined();
    struct seen seen = {0}, again = {0};
    const int64_t source = put_in(fixture, 1, "a", "hello", 0);
    const int64_t task = last_task(fixture, 2);
    store_set_draft(fixture->store, 2, "half a sentence");
    copy_to(fixture, source, 2, task, "derived", &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_NEW);
    g_assert_cmpstr(seen.outbox_key, ==, "derived");
    g_assert_cmpuint(seen.message->flags & (MESSAGE_OWN | MESSAGE_RELAYED), ==,
                     MESSAGE_OWN | MESSAGE_RELAYED);
    assert_lane(fixture, 2, "");
    fixture_open(fixture);
    copy_to(fixture, source, 2, 0, "derived", &again);
    g_assert_cmpint(again.outcome, ==, STORE_KNOWN);
    g_assert_cmpuint(count_messages(fixture->store, 2), ==, 1);
    struct relay_copy copy;
    g_assert_true(store_find_copy(fixture->store, seen.message->id, &copy));
    g_assert_cmpint(copy.source_id, ==, source);
    g_assert_cmpint(copy.buffer_id, ==, 2);
    g_assert_false(copy.note);
    g_assert_false(store_find_copy(fixture->store, source, &copy));
    g_autoptr(GPtrArray) rows = store_load_outbox(fixture->store, 0);
    const struct outbox_row *row = rows->pdata[0];
    g_assert_cmpstr(row->as_name, ==, "maria");
    g_assert_cmpstr(row->as_avatar, ==, "https://a.example/m.png");
    g_assert_cmpstr(row->mark, ==, "0123456789abcdef");
    g_autofree char *draft = store_load_draft(fixture->store, 2);
    g_assert_cmpstr(draft, ==, "half a sentence");
    seen_clear(&seen);
    seen_clear(&again);
    fixture_free(fixture);
}

/* One commit says that it is there and that it leaves. */
static void
test_leaves(void)
{
    struct fixture *fixture = joined();
    struct seen seen = {0};
    const int64_t source = put_in(fixture, 1, "a", "hello", 0);
    struct message *message = say(2000, NULL, "copied");
    const struct outbox_row row = {.account_id = 1,
                                   .buffer_id = 2,
                                   .body = message->body,
                                   .key = (char[]){"derived"},
                                   .created_us = 1};
    const struct store_copy copy = {.source_id = source, .leaves = true};
    store_add_copy(fixture->store, &row, message, &copy, seen_fn, &seen);
    store_flush(fixture->store);
    message_unref(message);
    g_assert_cmpint(seen.outcome, ==, STORE_NEW);
    g_assert_cmpint(seen.message->state, ==, MESSAGE_SENDING);
    fixture_open(fixture);
    g_autoptr(GPtrArray) rows = store_load_outbox(fixture->store, 0);
    const struct outbox_row *got = rows->pdata[0];
    g_assert_cmpint(got->state, ==, OUTBOX_SENDING);
    g_assert_cmpint(got->attempts, ==, 1);
    g_assert_cmpint(got->sent_us, ==, FIXTURE_NOW_US);
    seen_clear(&seen);
    fixture_free(fixture);
}

/* It was refused; sent again it is the same copy. */
static void
test_replaced(void)
{
    struct fixture *fixture = joined();
    struct seen first = {0}, second = {0};
    const int64_t source = put_in(fixture, 1, "a", "hello", 0);
    copy_to(fixture, source, 2, 0, "derived", &first);
    struct message *message = say(2000, NULL, "copied");
    struct outbox_row row = {.account_id = 1,
                             .buffer_id = 2,
                             .body = message->body,
                             .key = (char[]){"derived"},
                             .created_us = 1};
    const struct store_copy copy = {.replaces = first.message->id};
    store_add_copy(fixture->store, &row, message, &copy, seen_fn, &second);
    store_flush(fixture->store);
    message_unref(message);
    g_assert_cmpint(second.outcome, ==, STORE_NEW);
    g_assert_cmpstr(second.outbox_key, !=, "derived");
    g_autoptr(GArray) copies = store_load_copies(fixture->store, source, 2);
    g_assert_cmpuint(copies->len, ==, 1);
    g_assert_cmpint(g_array_index(copies, struct relay_copy, 0).message_id, ==, second.message->id);
    seen_clear(&first);
    seen_clear(&second);
    fixture_free(fixture);
}

/* --- what is done to it
 * ----------------------------------------------------------------------------- */

static void
test_deeds(void)
{
    struct fixture *fixture = joined();
    const int64_t id = put_in(fixture, 1, "a", "hello", 0);
    end_all(fixture);
    edit_there(fixture, 1, "a", "nobody has a copy");
    react(fixture, 1, "a", "uma", true, false);
    assert_lane(fixture, 2, "");
    copied(fixture, id, 2, "a2");
    edit_there(fixture, 1, "a", "one");
    assert_lane(fixture, 2, "edit 1");
    const int64_t first = last_task(fixture, 2);
    react(fixture, 1, "a", "ola", true, false);
    edit_there(fixture, 1, "a", "two"); /* one waits at most, and behind what came before it */
    assert_lane(fixture, 2, "react 1 +1 ola|edit 1");
    g_assert_cmpint(last_task(fixture, 2), >, first);
    react(fixture, 1, "a", "ola", false, false);
    delete_there(fixture, 1, "a");
    delete_there(fixture, 1, "a");
    assert_lane(fixture, 2, "react 1 +1 ola|edit 1|unreact 1 +1 ola|delete 1");
    assert_lane(fixture, 3, ""); /* there is no copy */
    fixture_free(fixture);
}

/* What happens while it is still to be said. */
static void
test_deeds_early(void)
{
    struct fixture *fixture = joined();
    put_in(fixture, 1, "a", "hello", 0);
    edit_there(fixture, 1, "a", "hallo");
    assert_lane(fixture, 2, "say 1|edit 1");
    store_give_up_task(fixture->store, last_task(fixture, 2), "No.", NULL, NULL);
    store_flush(fixture->store);
    edit_there(fixture, 1, "a", "hullo");
    assert_lane(fixture, 2, "say 1|edit 1");
    fixture_free(fixture);
}

static void
test_deeds_to_a_copy(void)
{
    struct fixture *fixture = joined();
    put_in(fixture, 1, "a", "hello", 0); /* 1 */
    copied(fixture, 1, 2, "a2");         /* 2 */
    copied(fixture, 1, 3, "a3");         /* 3 */
    end_all(fixture);
    react(fixture, 2, "a2", "uma", true, false);
    assert_lane(fixture, 1, "react 2 +1 uma");
    assert_lane(fixture, 3, "react 2 +1 uma");
    assert_lane(fixture, 2, "");
    end_all(fixture);
    edit_there(fixture, 2, "a2", "ours");
    assert_lane(fixture, 1, "");
    delete_there(fixture, 2, "a2"); /* by a moderator: the origin stays */
    assert_lane(fixture, 1, "");
    assert_lane(fixture, 3, "delete 2");
    end_all(fixture);
    delete_there(fixture, 1, "a");
    assert_lane(fixture, 3, "delete 1");
    assert_lane(fixture, 2, ""); /* is deleted */
    end_all(fixture);
    delete_there(fixture, 3, "a3"); /* the relay's own doing */
    assert_lane(fixture, 1, "");
    assert_lane(fixture, 2, "");
    fixture_free(fixture);
}

static void
on_count(void *user, unsigned n)
{
    *(unsigned *)user = n;
}

static void
test_own_reactions(void)
{
    struct fixture *fixture = joined();
    unsigned n = 9;
    put_in(fixture, 1, "a", "hello", 0);
    copied(fixture, 1, 2, "a2");
    copied(fixture, 1, 3, "a3");
    end_all(fixture);
    store_put_relay_reaction(fixture->store, 2, "+1", true);
    react(fixture, 2, "a2", "relay", true, true);
    assert_lane(fixture, 1, "");
    store_put_relay_reaction(fixture->store, 2, "+1", false);
    react(fixture, 2, "a2", "relay", false, true);
    assert_lane(fixture, 1, "");
    /* Put, taken back and put again faster than the network tells of it. */
    store_put_relay_reaction(fixture->store, 2, "+1", true);
    react(fixture, 2, "a2", "relay", true, true);
    store_put_relay_reaction(fixture->store, 2, "+1", false);
    store_put_relay_reaction(fixture->store, 2, "+1", true);
    react(fixture, 2, "a2", "relay", false, true);
    react(fixture, 2, "a2", "relay", true, true);
    store_put_relay_reaction(fixture->store, 2, "+1", false);
    react(fixture, 2, "a2", "relay", false, true);
    assert_lane(fixture, 1, "");
    store_put_relay_reaction(fixture->store, 2, "+1", true);
    store_put_relay_reaction(fixture->store, 2, "+1", false); /* it did not come to it */
    react(fixture, 2, "a2", "relay", true, true);             /* the person */
    assert_lane(fixture, 1, "react 2 +1 relay");
    /* All that stand are told: hers is gone. */
    const struct store_put_reactions none = {.account_id = 1,
                                             .buffer_id = 2,
                                             .remote_id = "a2",
                                             .stay = g_ptr_array_new(),
                                             .time_us = INT64_MAX};
    store_put_reactions(fixture->store, &none, NULL, NULL);
    store_flush(fixture->store);
    assert_lane(fixture, 1, "react 2 +1 relay|unreact 2 +1 relay");
    g_ptr_array_unref((GPtrArray *)(uintptr_t)none.stay);
    static const int changes[] = {1, 1, -1, -1, -1, 1};
    static const unsigned counts[] = {1, 2, 1, 0, 0, 1};
    for (guint i = 0; i < G_N_ELEMENTS(changes); i++) {
        store_count_reaction(fixture->store, 2, "+1", changes[i], on_count, &n);
        store_flush(fixture->store);
        g_assert_cmpuint(n, ==, counts[i]);
    }
    fixture_free(fixture);
}

/* --- lanes
 * ------------------------------------------------------------------------------------------ */

static void
on_lane(void *user, int64_t lane_id, int64_t from, unsigned n)
{
    g_string_append_printf(user, "%d>%d+%u|", (int)from, (int)lane_id, n);
}

static void
on_stored(const struct store_result *result, void *user)
{
    g_string_append(user, "stored|");
}

static void
test_told(void)
{
    struct fixture *fixture = joined();
    g_autoptr(GString) told = g_string_new(NULL);
    store_watch_lanes(fixture->store, on_lane, told);
    for (int i = 0; i < 2; i++) {
        struct message *message = say(i, i == 0 ? "a" : "b", "hello");
        const struct store_put_message put = {.message = message, .account_id = 1, .relays = true};
        store_put_message(fixture->store, &put, on_stored, told);
        message_unref(message);
    }
    store_flush(fixture->store);
    g_assert_cmpstr(told->str, ==, "1>2+2|1>3+2|stored|stored|");
    g_string_truncate(told, 0);
    store_give_up_task(fixture->store, last_task(fixture, 2), "It was late.", NULL, NULL);
    store_flush(fixture->store);
    g_assert_cmpstr(told->str, ==, "");
    assert_lane(fixture, 2, "say 1");
    g_autoptr(GPtrArray) given_up = store_load_given_up(fixture->store, 0, 9);
    g_assert_cmpuint(given_up->len, ==, 1);
    const struct relay_task *task = given_up->pdata[0];
    g_assert_cmpstr(task->error, ==, "It was late.");
    g_autoptr(GArray) depths = store_load_depths(fixture->store);
    g_assert_cmpuint(depths->len, ==, 2);
    const struct relay_depth *depth = &g_array_index(depths, struct relay_depth, 0);
    g_assert_cmpint(depth->lane, ==, 2);
    g_assert_cmpint(depth->from, ==, 1);
    g_assert_cmpuint(depth->waiting, ==, 1);
    g_assert_cmpuint(depth->given_up, ==, 1);
    g_assert_cmpint(depth->oldest_us, ==, FIXTURE_NOW_US);
    const int64_t newest = last_task(fixture, 3);
    store_retry_task(fixture->store, task->id);
    store_flush(fixture->store);
    g_assert_cmpstr(told->str, ==, "1>2+1|");
    assert_lane(fixture, 2, "say 1|say 2");
    g_assert_cmpint(last_task(fixture, 2), >, newest);
    /* No number is given twice. */
    const int64_t highest = last_task(fixture, 2);
    end_all(fixture);
    put_in(fixture, 1, "c", "hello", 0);
    g_assert_cmpint(last_task(fixture, 2), >, highest);
    store_watch_lanes(fixture->store, NULL, NULL);
    put_in(fixture, 1, "d", "nobody listens", 0);
    fixture_free(fixture);
}

/* Message, cursor and tasks are there together or not at all, at whichever write the disk fails. */
static void
test_refused(void)
{
    struct fixture *fixture = fixture_new_closed();
    refusing_vfs_refuse(SQLITE_OK, 0);
    fixture->hooks.vfs = REFUSING_VFS;
    fixture_open(fixture);
    join_three(fixture);
    unsigned n = 0;
    for (int at = 0; at < 12; at++) {
        g_autofree char *id = g_strdup_printf("m%d", at);
        struct message *message = say(at, id, "hello");
        struct seen seen = {0}, copy = {0};
        const struct store_put_message put = {
            .message = message, .account_id = 1, .relays = true, .cursor = id};
        refusing_vfs_refuse(SQLITE_FULL, at);
        store_put_message(fixture->store, &put, seen_fn, &seen);
        store_flush(fixture->store);
        g_autofree char *cursor = store_load_cursor(fixture->store, 1, 1);
        g_autofree char *before = lane(fixture, 2);
        const bool is_there = g_strcmp0(cursor, id) == 0;
        g_assert_true((seen.outcome == STORE_NEW) == is_there);
        g_assert_true((*before != '\0') == is_there);
        refusing_vfs_refuse(SQLITE_OK, 0);
        store_flush(fixture->store);
        const int64_t source = seen.message->id, task = last_task(fixture, 2);
        refusing_vfs_refuse(SQLITE_FULL, at);
        copy_to(fixture, source, 2, task, id, &copy);
        g_autoptr(GPtrArray) waits = store_load_tasks(fixture->store, 2, 0, 9);
        g_autoptr(GArray) copies = store_load_copies(fixture->store, source, 2);
        g_assert_cmpuint(waits->len + copies->len, ==, 1);
        refusing_vfs_refuse(SQLITE_OK, 0);
        store_flush(fixture->store);
        g_assert_cmpint(copy.outcome, ==, STORE_NEW);
        g_assert_cmpuint(count_messages(fixture->store, 2), ==, ++n);
        assert_lane(fixture, 2, "");
        message_unref(message);
        seen_clear(&seen);
        seen_clear(&copy);
    }
    fixture_free(fixture);
}

void
test_relay_add(void)
{
    g_test_add_func("/store/relay/said", test_said);
    g_test_add_func("/store/relay/not-said", test_not_said);
    g_test_add_func("/store/relay/kinds", test_kinds);
    g_test_add_func("/store/relay/own", test_own);
    g_test_add_func("/store/relay/erased", test_erased);
    g_test_add_func("/store/relay/erased-copy", test_erased_copy);
    g_test_add_func("/store/relay/copy", test_copy);
    g_test_add_func("/store/relay/replaced", test_replaced);
    g_test_add_func("/store/relay/leaves", test_leaves);
    g_test_add_func("/store/relay/deeds", test_deeds);
    g_test_add_func("/store/relay/deeds-early", test_deeds_early);
    g_test_add_func("/store/relay/deeds-to-a-copy", test_deeds_to_a_copy);
    g_test_add_func("/store/relay/own-reactions", test_own_reactions);
    g_test_add_func("/store/relay/told", test_told);
    g_test_add_func("/store/relay/refused", test_refused);
}
