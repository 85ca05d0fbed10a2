/* What a search finds, and in which order. */
#include <string.h>

#include "base/error.h"
#include "store/indexer.h"
#include "tests/unit/store/fixture.h"

void test_search_add(void);

static void
check(struct fixture *fixture, struct store_query *query, const char *expected)
{
    g_autofree char *bodies = found(fixture->store, query);
    g_assert_cmpstr(bodies, ==, expected);
}

static struct store_query *
with(struct store_query *query, const char *text, bool prefix, bool not_)
{
    g_assert_true(store_query_add(query, text, prefix, not_));
    return query;
}

static struct fixture *
fixture_talk(void)
{
    struct fixture *fixture = fixture_new();
    put_now(fixture, say(1, "1", "soup on thursday"), NULL);
    put_now(fixture, say(2, "2", "Thursday: no soup"), NULL);
    put_now(fixture, say(3, "3", "a draft of the café menu"), NULL);
    struct message *other = say(4, "4", "soup in the other room");
    other->buffer_id = 2;
    g_free(other->sender_name);
    other->sender_name = g_strdup("Maria");
    g_free(other->sender_id);
    other->sender_id = g_strdup("m1");
    put_now(fixture, other, NULL);
    index_now(fixture);
    return fixture;
}

static void
test_words(void)
{
    struct fixture *fixture = fixture_talk();
    check(fixture, asks("soup", NULL), "soup in the other room|Thursday: no soup|soup on thursday");
    check(fixture, asks("SOUP", "thursday", NULL), "Thursday: no soup|soup on thursday");
    check(fixture, asks("soup on thursday", NULL), "soup on thursday");
    check(fixture, asks("cafe", NULL), "a draft of the café menu");
    check(fixture, with(store_query_new(), "thu", true, false),
          "Thursday: no soup|soup on thursday");
    check(fixture, with(store_query_new(), "no so", true, false), "Thursday: no soup");
    check(fixture, with(asks("soup", NULL), "thursday", false, true), "soup in the other room");
    check(fixture, asks("absent", NULL), "");
    check(fixture, store_query_new(),
          "soup in the other room|a draft of the café menu|"
          "Thursday: no soup|soup on thursday");
    check(fixture, with(store_query_new(), "soup", false, true), "(error)");
    fixture_free(fixture);
}

static void
test_filters(void)
{
    struct fixture *fixture = fixture_talk();
    struct store_query *query = asks("soup", NULL);
    int64_t id = 2;
    query->buffer_ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_array_append_val(query->buffer_ids, id);
    check(fixture, query, "soup in the other room");

    /* Without a word, in a buffer that shares its character with another (see store/index.h). */
    query = store_query_new();
    id = 1 + 3200;
    query->buffer_ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_array_append_val(query->buffer_ids, id);
    check(fixture, query, "");

    query = asks("soup", NULL);
    query->from = g_strdup("mARIA");
    check(fixture, query, "soup in the other room");
    query = store_query_new();
    query->from = g_strdup("m1");
    check(fixture, query, "soup in the other room");
    query = asks("soup", NULL);
    query->from = g_strdup("nobody");
    check(fixture, query, "");
    query = with(store_query_new(), "other", false, true);
    query->from = g_strdup("maria");
    check(fixture, query, "");

    query = asks("soup", NULL);
    query->after_us = FIXTURE_NOW_US + 2;
    query->before_us = FIXTURE_NOW_US + 4;
    check(fixture, query, "Thursday: no soup");
    fixture_free(fixture);
}

struct answer {
    unsigned calls;
    unsigned n;
    bool more;
    int64_t last_id;
    struct position reached;
    char *first;
    bool failed;
};

static void
note(void *user, const struct store_hits *hits, const GError *error)
{
    struct answer *answer = user;
    answer->calls++;
    answer->failed = error != NULL;
    g_clear_pointer(&answer->first, g_free);
    answer->n = hits != NULL ? hits->messages->len : 0;
    answer->more = hits != NULL && hits->more;
    if (hits != NULL)
        answer->reached = hits->reached;
    if (answer->n == 0)
        return;
    const struct message *first = hits->messages->pdata[0];
    const struct message *last = hits->messages->pdata[answer->n - 1];
    answer->first = g_strdup(first->body->text);
    answer->last_id = last->id;
}

static void
test_pages(void)
{
    struct fixture *fixture = fixture_new();
    for (int i = 0; i < 25; i++) {
        g_autofree char *text = g_strdup_printf("knot %d", i);
        put_now(fixture, say(i + 1, NULL, text), NULL);
    }
    index_now(fixture);
    struct store_query *query = asks("knot", NULL);
    struct store_search search = {.query = query, .limit = 10};
    struct answer answer = {0};
    store_search_start(fixture->store, &search, G_MAXINT64, note, &answer);
    g_assert_cmpuint(answer.n, ==, 10);
    g_assert_true(answer.more);
    g_assert_cmpstr(answer.first, ==, "knot 24");
    search.before_id = answer.last_id;
    store_search_start(fixture->store, &search, G_MAXINT64, note, &answer);
    g_assert_cmpstr(answer.first, ==, "knot 14");
    search.before_id = answer.last_id;
    store_search_start(fixture->store, &search, G_MAXINT64, note, &answer);
    g_assert_cmpuint(answer.n, ==, 5);
    g_assert_false(answer.more);

    /* Not waited for, it comes by the loop; forgotten, it never does. */
    unsigned calls = answer.calls;
    unsigned id = store_search_start(fixture->store, &search, 0, note, &answer);
    g_assert_cmpuint(id, !=, 0);
    store_search_cancel(fixture->store, id);
    id = store_search_start(fixture->store, &search, 0, note, &answer);
    g_assert_cmpuint(id, !=, 0);
    while (answer.calls == calls)
        g_main_context_iteration(NULL, TRUE);
    store_search_cancel(fixture->store, id);
    g_assert_cmpuint(answer.calls, ==, calls + 1);
    store_query_free(query);
    g_free(answer.first);
    fixture_free(fixture);
}

static void
test_ranked(void)
{
    struct fixture *fixture = fixture_new();
    put_now(fixture, say(1, NULL, "loom loom loom"), NULL);
    put_now(fixture, say(2, NULL, "a loom stands in a very long sentence about other things"),
            NULL);
    put_now(fixture, say(3, NULL, "nothing of that kind"), NULL);
    index_now(fixture);
    struct store_query *query = asks("loom", NULL);
    struct store_search search = {.query = query, .ranked = true, .limit = 10};
    struct answer answer = {0};
    store_search_start(fixture->store, &search, G_MAXINT64, note, &answer);
    g_assert_cmpuint(answer.n, ==, 2);
    g_assert_cmpstr(answer.first, ==, "loom loom loom");
    store_query_free(query);
    g_free(answer.first);
    fixture_free(fixture);
}

/* Which kinds are in it, and that hidden ones are not shown. */
static void
test_kinds(void)
{
    struct fixture *fixture = fixture_new();
    for (int kind = 0; kind < MESSAGE_KIND_N; kind++) {
        g_autofree char *text = g_strdup_printf("reed %s", message_kind_name(kind));
        struct message *message = say(kind + 1, NULL, text);
        message->kind = (enum message_kind)kind;
        put_now(fixture, message, NULL);
    }
    struct message *ignored = say(90, NULL, "reed ignored");
    ignored->flags = MESSAGE_IGNORED;
    put_now(fixture, ignored, NULL);
    index_now(fixture);
    check(fixture, asks("reed", NULL), "reed topic|reed notice|reed action|reed text");
    check(fixture, store_query_new(), "reed topic|reed notice|reed action|reed text");
    fixture_free(fixture);
}

/* Threat 13: whatever was said or is asked is only ever text. */
static void
test_hostile(void)
{
    static const char *const texts[] = {
        "'); drop table messages;--",
        "\" OR NEAR(* ^-",
        "body : x",
        "words",
        "a\"b\"c NOT d",
        "((((",
        "{body place} : zz",
        "^caret + plus * star",
        "AND OR NOT NEAR",
        "x'00' -- /* */",
        "\xee\x80\x81 private",
        "\xe2\x80\xae"
        "drow esrever",
        "100% _under_ \\ back",
    };
    struct fixture *fixture = fixture_new();
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        put_now(fixture, say((int64_t)i + 1, NULL, texts[i]), NULL);
    index_now(fixture);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        struct store_query *query = store_query_new();
        if (store_query_add(query, texts[i], false, false)) {
            check(fixture, query, texts[i]);
            check(fixture, with(store_query_new(), texts[i], true, false), texts[i]);
        } else {
            g_assert_cmpstr(texts[i], ==, "((((");
            store_query_free(query);
        }
    }
    g_assert_cmpuint(count_messages(fixture->store, 1), ==, G_N_ELEMENTS(texts));
    fixture_free(fixture);
}

static void
test_limits(void)
{
    struct store_query *query = store_query_new();
    g_autofree char *longest = g_strnfill(STORE_SEARCH_MAX_BYTES + 1, 'x');
    g_assert_false(store_query_add(query, longest, false, false));
    g_assert_false(store_query_add(query, "", false, false));
    g_assert_false(store_query_add(query, "\xf0\x9f\x98\x80 !", true, false));
    for (unsigned i = 0; i < STORE_SEARCH_MAX_TERMS; i++)
        g_assert_true(store_query_add(query, "x", false, false));
    g_assert_false(store_query_add(query, "x", false, false));
    store_query_free(query);
}

static void
test_scan(void)
{
    struct fixture *fixture = fixture_talk();
    struct store_scan scan = {
        .buffer_id = 1, .from = {INT64_MAX, INT64_MAX}, .text = "HURS", .limit = 100};
    struct answer answer = {0};
    store_scan_start(fixture->store, &scan, G_MAXINT64, note, &answer);
    g_assert_cmpstr(answer.first, ==, "Thursday: no soup");
    scan.from = answer.reached;
    store_scan_start(fixture->store, &scan, G_MAXINT64, note, &answer);
    g_assert_cmpstr(answer.first, ==, "soup on thursday");
    scan.from = answer.reached;
    store_scan_start(fixture->store, &scan, G_MAXINT64, note, &answer);
    g_assert_cmpuint(answer.n, ==, 0);
    g_assert_false(answer.more);
    /* It stops where it was told to, and says where that is. */
    scan = (struct store_scan){
        .buffer_id = 1, .from = {INT64_MAX, INT64_MAX}, .text = "on thu", .limit = 2};
    store_scan_start(fixture->store, &scan, G_MAXINT64, note, &answer);
    g_assert_cmpuint(answer.n, ==, 0);
    g_assert_true(answer.more);
    g_assert_cmpint(answer.reached.sort_key, ==, 2);
    g_free(answer.first);
    fixture_free(fixture);
}

/* Our own message and its echo become one row: the echo's leaves the index, and its number is given
 * to the next message, which must be found under it. */
static void
test_merged_row(void)
{
    struct fixture *fixture = fixture_new();
    struct seen seen = {0};
    type_now(fixture, "typed by hand", &seen);
    int64_t outbox_id = seen.outbox_id;
    put_now(fixture, say(50, "remote-1", "typed by hand (cut)"), NULL);
    index_now(fixture);
    check(fixture, asks("typed", NULL), "typed by hand (cut)|typed by hand");
    change_now(fixture, outbox_id, OUTBOX_DONE, "remote-1", &seen);
    index_now(fixture);
    check(fixture, asks("typed", NULL), "typed by hand");
    put_now(fixture, say(60, "remote-2", "the next one"), NULL);
    index_now(fixture);
    check(fixture, asks("typed", NULL), "typed by hand");
    check(fixture, asks("next", NULL), "the next one");
    seen_clear(&seen);
    fixture_free(fixture);
}

static void
test_beside_a_writer(void)
{
    struct fixture *fixture = fixture_talk();
    struct store_options options = {.dir = fixture->dir, .mode = STORE_READ_ONLY};
    g_autoptr(GError) error = NULL;
    struct store *reader = store_open(&options, NULL, &error);
    g_assert_no_error(error);
    g_autofree char *first = found(reader, asks("soup", "thursday", NULL));
    g_assert_cmpstr(first, ==, "Thursday: no soup|soup on thursday");
    put_now(fixture, say(9, NULL, "thursday again: soup"), NULL);
    index_now(fixture);
    g_autofree char *second = found(reader, asks("soup", "again", NULL));
    g_assert_cmpstr(second, ==, "thursday again: soup");
    g_assert_cmpint(store_index_behind(reader), ==, 0);
    store_close(reader);
    fixture_free(fixture);
}

void
test_search_add(void)
{
    g_test_add_func("/search/words", test_words);
    g_test_add_func("/search/filters", test_filters);
    g_test_add_func("/search/pages", test_pages);
    g_test_add_func("/search/ranked", test_ranked);
    g_test_add_func("/search/kinds", test_kinds);
    g_test_add_func("/search/threat-13-hostile-text", test_hostile);
    g_test_add_func("/search/limits", test_limits);
    g_test_add_func("/search/scan", test_scan);
    g_test_add_func("/search/merged-row", test_merged_row);
    g_test_add_func("/search/beside-a-writer", test_beside_a_writer);
}
