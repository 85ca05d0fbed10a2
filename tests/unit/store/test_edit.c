/* Texts that were replaced, our own changes on their way, pins. */
#include "store/edit.h"
#include "tests/unit/store/fixture.h"

void test_edit_add(void);

static void
edit_now(struct fixture *fixture, const char *remote_id, const char *text, int64_t time_us)
{
    struct rich *body = rich_new(text, -1);
    const struct store_put_edit put = {
        .account_id = 1, .buffer_id = 1, .remote_id = remote_id, .body = body, .time_us = time_us};
    store_put_edit(fixture->store, &put, NULL, NULL);
    store_flush(fixture->store);
    rich_free(body);
}

/* "8 seven|7 six": until when, what; newest first. g_free(). */
static char *
revisions(struct fixture *fixture, int64_t message_id)
{
    g_autoptr(GPtrArray) list = store_load_revisions(fixture->store, message_id);
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < list->len; i++) {
        const struct revision *each = list->pdata[i];
        g_string_append_printf(out, "%s%d %s", i > 0 ? "|" : "", (int)each->until_us,
                               each->body->text);
    }
    return g_string_free(out, FALSE);
}

static int64_t
id_of(struct fixture *fixture, const char *remote_id)
{
    struct message *message = store_find_remote(fixture->store, 1, remote_id);
    const int64_t id = message->id;
    message_unref(message);
    return id;
}

static void
assert_revisions(struct fixture *fixture, const char *wanted)
{
    g_autofree char *list = revisions(fixture, id_of(fixture, "a"));
    g_assert_cmpstr(list, ==, wanted);
}

static void
test_revisions(void)
{
    struct fixture *fixture = fixture_new();
    put_now(fixture, say(1, "a", "six"), NULL);
    edit_now(fixture, "a", "seven", 7);
    edit_now(fixture, "a", "seven", 7);
    edit_now(fixture, "a", "eight", 8);
    assert_revisions(fixture, "8 seven|7 six");
    edit_now(fixture, "a", "seven", 7); /* a page that was asked for before it said eight */
    assert_revisions(fixture, "8 seven|7 six");
    struct message *now = store_find_remote(fixture->store, 1, "a");
    g_assert_cmpstr(now->body->text, ==, "eight");
    message_unref(now);
    fixture_open(fixture);
    assert_revisions(fixture, "8 seven|7 six");
    /* The network tells all of it. */
    g_autoptr(GPtrArray) told = g_ptr_array_new_with_free_func((GDestroyNotify)revision_free);
    for (int i = 0; i < 2; i++) {
        struct revision *each = g_new0(struct revision, 1);
        each->until_us = 5 + i;
        each->body = rich_new(i == 0 ? "five" : "six", -1);
        g_ptr_array_add(told, each);
    }
    const struct store_put_revisions put = {1, 1, "a", told};
    struct seen seen = {0};
    store_put_revisions(fixture->store, &put, seen_fn, &seen);
    store_flush(fixture->store);
    g_assert_cmpint(seen.outcome, ==, STORE_CHANGED);
    assert_revisions(fixture, "6 six|5 five");
    /* Deleted, nothing of it stays. */
    const struct store_put_deletion deletion = {1, 1, "a", "deleted"};
    store_put_deletion(fixture->store, &deletion, NULL, NULL);
    store_flush(fixture->store);
    assert_revisions(fixture, "");
    store_put_revisions(fixture->store, &put, seen_fn, &seen);
    store_flush(fixture->store);
    g_assert_cmpint(seen.outcome, ==, STORE_KNOWN);
    assert_revisions(fixture, "");
    seen_clear(&seen);
    fixture_free(fixture);
}

static void
test_limit(void)
{
    struct fixture *fixture = fixture_new();
    put_now(fixture, say(1, "a", "0"), NULL);
    for (int i = 1; i <= STORE_REVISIONS_MAX + 5; i++) {
        g_autofree char *text = g_strdup_printf("%d", i);
        edit_now(fixture, "a", text, i);
    }
    g_autoptr(GPtrArray) list = store_load_revisions(fixture->store, id_of(fixture, "a"));
    g_assert_cmpuint(list->len, ==, STORE_REVISIONS_MAX);
    g_assert_cmpstr(((struct revision *)list->pdata[STORE_REVISIONS_MAX - 1])->body->text, ==, "5");
    fixture_free(fixture);
}

/* Types a change of "a"; its number. */
static int64_t
add_now(struct fixture *fixture, const char *text, const char *source)
{
    struct seen seen = {0};
    struct edit edit = {.account_id = 1,
                        .buffer_id = 1,
                        .message_id = id_of(fixture, "a"),
                        .body = rich_new(text, -1),
                        .source = (char *)(uintptr_t)source,
                        .created_us = 3};
    store_add_edit(fixture->store, &edit, seen_fn, &seen);
    store_flush(fixture->store);
    rich_free(edit.body);
    g_assert_cmpint(seen.outcome, ==, STORE_NEW);
    g_assert_true((seen.message->flags & MESSAGE_CHANGING) != 0);
    const int64_t id = seen.outbox_id;
    seen_clear(&seen);
    return id;
}

static void
set_now(struct fixture *fixture, int64_t id, enum edit_state state, enum store_outcome outcome)
{
    struct seen seen = {0};
    const struct store_edit_change change = {id, state, state == EDIT_FAILED ? "No." : NULL};
    store_set_edit(fixture->store, &change, seen_fn, &seen);
    store_flush(fixture->store);
    g_assert_cmpint(seen.outcome, ==, outcome);
    seen_clear(&seen);
}

static void
test_own(void)
{
    struct fixture *fixture = fixture_new();
    put_now(fixture, say(1, "a", "six"), NULL);
    const int64_t dropped = add_now(fixture, "seven", NULL);
    const int64_t first = add_now(fixture, "eight", "**eight**");
    set_now(fixture, dropped, EDIT_SENDING, STORE_MISSING); /* typed over before it left */
    set_now(fixture, first, EDIT_SENDING, STORE_CHANGED);
    const int64_t second = add_now(fixture, "nine", NULL);
    fixture_open(fixture);
    g_autoptr(GPtrArray) edits = store_load_edits(fixture->store, 0);
    g_assert_cmpuint(edits->len, ==, 2);
    const struct edit *edit = edits->pdata[0];
    g_assert_cmpint(edit->id, ==, first);
    g_assert_cmpint(edit->state, ==, EDIT_SENDING);
    g_assert_cmpstr(edit->body->text, ==, "eight");
    g_assert_cmpstr(edit->source, ==, "**eight**");
    g_assert_cmpstr(edit->base, ==, "six");
    set_now(fixture, first, EDIT_DONE, STORE_CHANGED);
    g_autofree char *source = store_load_source(fixture->store, id_of(fixture, "a"));
    g_assert_cmpstr(source, ==, "**eight**");
    struct edit *next = store_find_edit(fixture->store, id_of(fixture, "a"));
    g_assert_cmpint(next->id, ==, second);
    g_assert_cmpstr(next->base, ==, "eight"); /* typed over it, not over what was */
    edit_free(next);
    set_now(fixture, second, EDIT_FAILED, STORE_CHANGED);
    struct message *message = store_find_remote(fixture->store, 1, "a");
    g_assert_cmpstr(message->body->text, ==, "eight");
    g_assert_cmpuint(message->flags & (MESSAGE_EDITED | MESSAGE_CHANGING | MESSAGE_UNCHANGED), ==,
                     MESSAGE_EDITED | MESSAGE_UNCHANGED);
    message_unref(message);
    set_now(fixture, second, EDIT_DROPPED, STORE_CHANGED);
    g_assert_null(store_find_edit(fixture->store, id_of(fixture, "a")));
    fixture_free(fixture);
}

static void
assert_says(struct fixture *fixture, const char *text)
{
    struct message *message = store_find_remote(fixture->store, 1, "a");
    g_assert_cmpstr(message->body->text, ==, text);
    message_unref(message);
}

/* "seven|six": newest first, without their times. */
static void
assert_order(struct fixture *fixture, const char *wanted)
{
    g_autoptr(GPtrArray) list = store_load_revisions(fixture->store, id_of(fixture, "a"));
    g_autoptr(GString) out = g_string_new(NULL);
    int64_t last_us = G_MAXINT64;
    for (guint i = 0; i < list->len; i++) {
        const struct revision *each = list->pdata[i];
        g_string_append_printf(out, "%s%s", i > 0 ? "|" : "", each->body->text);
        g_assert_cmpint(each->until_us, <=, last_us);
        last_us = each->until_us;
    }
    g_assert_cmpstr(out->str, ==, wanted);
}

static void
change_here(struct fixture *fixture, const char *text)
{
    const int64_t id = add_now(fixture, text, NULL);
    set_now(fixture, id, EDIT_SENDING, STORE_CHANGED);
    set_now(fixture, id, EDIT_DONE, STORE_CHANGED);
    assert_says(fixture, text);
}

/* Our own message, changed elsewhere and here; the network's clock is so far ahead of ours. */
static void
own_at(int64_t ahead_us, bool told)
{
    struct fixture *fixture = fixture_new();
    struct message *own = say(1, "a", "six");
    const int64_t now_us = FIXTURE_NOW_US + ahead_us;
    own->flags |= MESSAGE_OWN;
    own->state = MESSAGE_SENT;
    put_now(fixture, own, NULL);
    edit_now(fixture, "a", "seven", now_us - 10);
    change_here(fixture, "eight");
    /* Pages that were asked for before. */
    edit_now(fixture, "a", "seven", now_us - 10);
    edit_now(fixture, "a", "six and a half", now_us - 20);
    assert_says(fixture, "eight");
    assert_order(fixture, "seven|six");
    if (told) {
        edit_now(fixture, "a", "eight", now_us);
        edit_now(fixture, "a", "seven and a half", now_us - 5);
        assert_says(fixture, "eight");
    }
    /* Changed on another device, and only then comes what is older. */
    edit_now(fixture, "a", "nine", now_us + 10);
    assert_says(fixture, "nine");
    edit_now(fixture, "a", "eight", now_us);
    edit_now(fixture, "a", "seven", now_us - 10);
    assert_says(fixture, "nine");
    assert_order(fixture, "eight|seven|six");
    /* Twice here, and no word from the network; a restart knows all of this. */
    change_here(fixture, "ten");
    change_here(fixture, "eleven");
    fixture_open(fixture);
    edit_now(fixture, "a", "nine", now_us + 10);
    assert_says(fixture, "eleven");
    edit_now(fixture, "a", "twelve", now_us + 20);
    assert_says(fixture, "twelve");
    assert_order(fixture, "eleven|ten|nine|eight|seven|six");
    fixture_free(fixture);
}

static void
test_clocks(void)
{
    static const int64_t ahead_us[] = {0, 5 * 60 * G_USEC_PER_SEC, -5 * 60 * G_USEC_PER_SEC};
    for (unsigned i = 0; i < G_N_ELEMENTS(ahead_us); i++) {
        own_at(ahead_us[i], false);
        own_at(ahead_us[i], true);
    }
}

/* The network tells of our change before it says that it is done, and of an older one after that.
 */
static void
test_told_before_done(void)
{
    struct fixture *fixture = fixture_new();
    struct message *own = say(1, "a", "six");
    own->flags |= MESSAGE_OWN;
    own->state = MESSAGE_SENT;
    put_now(fixture, own, NULL);
    const int64_t id = add_now(fixture, "eight", NULL);
    set_now(fixture, id, EDIT_SENDING, STORE_CHANGED);
    edit_now(fixture, "a", "eight", 8);
    set_now(fixture, id, EDIT_DONE, STORE_CHANGED);
    edit_now(fixture, "a", "seven", 7);
    assert_says(fixture, "eight");
    assert_revisions(fixture, "8 six");
    fixture_free(fixture);
}

/* Changes of which the network does not say when are not compared with those of which it does. */
static void
test_no_time(void)
{
    struct fixture *fixture = fixture_new();
    put_now(fixture, say(1, "a", "six"), NULL);
    edit_now(fixture, "a", "seven", 0);
    edit_now(fixture, "a", "eight", 8);
    assert_says(fixture, "eight");
    edit_now(fixture, "a", "nine", 0);
    assert_says(fixture, "nine");
    assert_order(fixture, "eight|seven|six");
    fixture_free(fixture);
}

/* From before it was known whose clock said so: of our own messages it may have been ours. */
static void
test_migration(void)
{
    struct fixture *fixture = fixture_new();
    struct message *own = say(1, "a", "six");
    own->flags |= MESSAGE_OWN;
    own->state = MESSAGE_SENT;
    put_now(fixture, own, NULL);
    put_now(fixture, say(2, "b", "one"), NULL);
    edit_now(fixture, "a", "seven", 7);
    edit_now(fixture, "b", "two", 7);
    fixture_close(fixture);
    run_sql(fixture->path, "ALTER TABLE relay_reactions DROP COLUMN wanted;"
                           "ALTER TABLE revisions DROP COLUMN guessed; PRAGMA user_version = 9");
    fixture_open(fixture);
    edit_now(fixture, "a", "eight", 6);
    assert_says(fixture, "eight");
    edit_now(fixture, "b", "three", 6);
    struct message *other = store_find_remote(fixture->store, 1, "b");
    g_assert_cmpstr(other->body->text, ==, "two");
    message_unref(other);
    fixture_free(fixture);
}

static void
test_typed(void)
{
    struct fixture *fixture = fixture_new();
    struct message *message = say(1, NULL, "at seven");
    struct outbox_row row = {.account_id = 1,
                             .buffer_id = 1,
                             .body = rich_new("at seven", -1),
                             .source = (char[]){"at **seven**"},
                             .created_us = 1};
    struct seen seen = {0};
    store_add_outbox(fixture->store, &row, message, false, seen_fn, &seen);
    store_flush(fixture->store);
    g_autofree char *source = store_load_source(fixture->store, seen.message->id);
    g_assert_cmpstr(source, ==, "at **seven**");
    rich_free(row.body);
    message_unref(message);
    seen_clear(&seen);
    fixture_free(fixture);
}

static void
pin_now(struct fixture *fixture, const char *remote_id, bool on, enum store_outcome outcome)
{
    struct seen seen = {0};
    const struct store_put_pin put = {1, 1, remote_id, on};
    store_put_pin(fixture->store, &put, seen_fn, &seen);
    store_flush(fixture->store);
    g_assert_cmpint(seen.outcome, ==, outcome);
    seen_clear(&seen);
}

static void
test_pins(void)
{
    struct fixture *fixture = fixture_new();
    put_now(fixture, say(1, "a", "old"), NULL);
    put_now(fixture, say(2, "b", "new"), NULL);
    put_now(fixture, say(3, "c", "never"), NULL);
    pin_now(fixture, "x", true, STORE_MISSING);
    pin_now(fixture, "b", true, STORE_CHANGED);
    pin_now(fixture, "a", true, STORE_CHANGED);
    pin_now(fixture, "a", true, STORE_KNOWN);
    g_autoptr(GPtrArray) pinned = store_load_pinned(fixture->store, 1, 10);
    g_assert_cmpuint(pinned->len, ==, 2);
    g_assert_cmpstr(((struct message *)pinned->pdata[0])->body->text, ==, "new");
    pin_now(fixture, "b", false, STORE_CHANGED);
    pin_now(fixture, "b", false, STORE_KNOWN);
    g_autoptr(GPtrArray) one = store_load_pinned(fixture->store, 1, 10);
    g_assert_cmpuint(one->len, ==, 1);
    fixture_free(fixture);
}

void
test_edit_add(void)
{
    g_test_add_func("/store/edit/revisions", test_revisions);
    g_test_add_func("/store/edit/limit", test_limit);
    g_test_add_func("/store/edit/own", test_own);
    g_test_add_func("/store/edit/clocks", test_clocks);
    g_test_add_func("/store/edit/told-before-done", test_told_before_done);
    g_test_add_func("/store/edit/no-time", test_no_time);
    g_test_add_func("/store/edit/migration", test_migration);
    g_test_add_func("/store/edit/typed", test_typed);
    g_test_add_func("/store/edit/pins", test_pins);
}
