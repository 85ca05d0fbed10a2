/* Reactions and deletions: in every order, from every form of the file, and gone for good. */
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/db.h"
#include "store/migrate.h"
#include "store/store_priv.h"
#include "tests/unit/store/fixture.h"

void test_deed_add(void);

static void
react(struct fixture *fixture, const char *remote_id, const char *who, const char *emoji, bool add,
      int64_t time_us, struct seen *seen)
{
    const struct store_put_reaction put = {.account_id = 1,
                                           .buffer_id = 1,
                                           .remote_id = remote_id,
                                           .user_id = who,
                                           .user_name = who,
                                           .emoji = emoji,
                                           .time_us = time_us,
                                           .add = add,
                                           .own = strcmp(who, "kai") == 0};
    store_put_reaction(fixture->store, &put, seen != NULL ? seen_fn : NULL, seen);
    store_flush(fixture->store);
}

static void
delete_now(struct fixture *fixture, const char *remote_id, const char *note, struct seen *seen)
{
    const struct store_put_deletion put = {
        .account_id = 1, .buffer_id = 1, .remote_id = remote_id, .note = note};
    store_put_deletion(fixture->store, &put, seen != NULL ? seen_fn : NULL, seen);
    store_flush(fixture->store);
}

/* "body[+1 x2*, heart x1] (note)", joined by '|' */
static char *
state_of(struct store *store)
{
    GString *text = g_string_new(NULL);
    g_autoptr(GPtrArray) rows = store_load_newest(store, 1, 100);
    for (guint i = 0; i < rows->len; i++) {
        const struct message *message = rows->pdata[i];
        g_string_append_printf(text, "%s%s", i > 0 ? "|" : "", message->body->text);
        g_assert_true(((message->flags & MESSAGE_REACTED) != 0) == (message->reactions != NULL));
        for (guint n = 0; message->reactions != NULL && n < message->reactions->len; n++) {
            const struct reaction *reaction = message->reactions->pdata[n];
            g_string_append_printf(text, "[%s x%u%s]", reaction->emoji, reaction->n,
                                   reaction->own ? "*" : "");
        }
        if ((message->flags & MESSAGE_DELETED) != 0)
            g_string_append_printf(text, "(%s)", message->error);
    }
    return g_string_free(text, FALSE);
}

static void
assert_state(struct fixture *fixture, const char *expected)
{
    g_autofree char *state = state_of(fixture->store);
    g_assert_cmpstr(state, ==, expected);
}

static void
test_reactions(void)
{
    struct fixture *fixture = fixture_new();
    struct seen seen = {0};
    put_now(fixture, say(1, "a", "soup?"), NULL);
    react(fixture, "a", "uma", "+1", true, 10, &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_CHANGED);
    g_assert_cmpuint(seen.message->reactions->len, ==, 1);
    react(fixture, "a", "uma", "+1", true, 10, &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_KNOWN);
    react(fixture, "a", "kai", "heart", true, 11, &seen);
    react(fixture, "a", "kai", "+1", true, 12, &seen);
    assert_state(fixture, "soup?[+1 x2*][heart x1*]");
    react(fixture, "a", "uma", "+1", false, 13, &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_CHANGED);
    react(fixture, "a", "uma", "+1", true, 10, &seen); /* an old word, told again */
    g_assert_cmpint(seen.outcome, ==, STORE_KNOWN);
    react(fixture, "a", "kai", "heart", false, 14, NULL);
    assert_state(fixture, "soup?[+1 x1*]");
    react(fixture, "a", "kai", "+1", false, 14, NULL);
    assert_state(fixture, "soup?");
    fixture_open(fixture);
    react(fixture, "a", "kai", "+1", true, 15, NULL);
    fixture_open(fixture);
    assert_state(fixture, "soup?[+1 x1*]");
    seen_clear(&seen);
    fixture_free(fixture);
}

static void
all_now(struct fixture *fixture, const char *remote_id, const char *const *stay, int64_t time_us,
        struct seen *seen)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    for (unsigned i = 0; stay[i] != NULL; i++)
        g_ptr_array_add(list, (char *)(uintptr_t)stay[i]);
    const struct store_put_reactions put = {
        .account_id = 1, .buffer_id = 1, .remote_id = remote_id, .stay = list, .time_us = time_us};
    store_put_reactions(fixture->store, &put, seen_fn, seen);
    store_flush(fixture->store);
}

/* Whoever is not named has taken theirs back, unless it came later. */
static void
test_all(void)
{
    struct fixture *fixture = fixture_new();
    struct seen seen = {0};
    const char *const nobody[] = {NULL}, *const uma[] = {"uma", "+1", NULL};
    all_now(fixture, "a", nobody, 50, &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_MISSING);
    put_now(fixture, say(1, "a", "soup?"), NULL);
    react(fixture, "a", "uma", "+1", true, 10, NULL);
    react(fixture, "a", "uma", "heart", true, 10, NULL);
    react(fixture, "a", "kai", "+1", true, 11, NULL);
    react(fixture, "a", "bo", "late", true, 60, NULL);
    all_now(fixture, "a", uma, 50, &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_CHANGED);
    assert_state(fixture, "soup?[+1 x1][late x1]");
    all_now(fixture, "a", uma, 50, &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_KNOWN);
    react(fixture, "a", "kai", "+1", true, 11, NULL); /* an old word, told again */
    assert_state(fixture, "soup?[+1 x1][late x1]");
    react(fixture, "a", "kai", "+1", true, 55, NULL);
    assert_state(fixture, "soup?[+1 x2*][late x1]");
    all_now(fixture, "a", nobody, 70, &seen);
    assert_state(fixture, "soup?");
    fixture_open(fixture);
    assert_state(fixture, "soup?");
    seen_clear(&seen);
    fixture_free(fixture);
}

static void
do_event(struct fixture *fixture, unsigned event)
{
    switch (event) {
    case 0:
        put_now(fixture, say(1, "a", "soup?"), NULL);
        break;
    case 1:
        react(fixture, "a", "uma", "+1", true, 10, NULL);
        break;
    case 2:
        react(fixture, "a", "uma", "+1", false, 20, NULL);
        break;
    case 3:
        react(fixture, "a", "kai", "heart", true, 15, NULL);
        break;
    case 4:
        delete_now(fixture, "a", "deleted by uma", NULL);
        break;
    }
}

/* R26. Every order of four events, each of them once more at the end. */
static void
check_permutations(const unsigned *events, const char *expected)
{
    for (unsigned order = 0; order < 256; order++) {
        const unsigned at[] = {order & 3, order >> 2 & 3, order >> 4 & 3, order >> 6 & 3};
        if ((1u << at[0] | 1u << at[1] | 1u << at[2] | 1u << at[3]) != 15)
            continue;
        struct fixture *fixture = fixture_new();
        for (unsigned i = 0; i < 4; i++)
            do_event(fixture, events[at[i]]);
        assert_state(fixture, expected);
        for (unsigned i = 0; i < 4; i++)
            do_event(fixture, events[at[3 - i]]);
        assert_state(fixture, expected);
        fixture_free(fixture);
    }
}

static void
test_permutations(void)
{
    check_permutations((const unsigned[]){0, 1, 2, 3}, "soup?[heart x1*]");
    check_permutations((const unsigned[]){0, 1, 3, 4}, "(deleted by uma)");
}

static bool
file_has(const char *path, const char *text)
{
    size_t len;
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return false;
    g_autofree char *bytes = read_bytes(path, &len);
    const size_t n = strlen(text);
    for (size_t i = 0; i + n <= len; i++)
        if (memcmp(bytes + i, text, n) == 0)
            return true;
    return false;
}

static void
test_erased(void)
{
    struct fixture *fixture = fixture_new();
    g_autofree char *longer = g_strnfill(9000, 'x'); /* over several pages of the file */
    g_autofree char *wal = g_strconcat(fixture->path, "-wal", NULL);
    g_autofree char *body = g_strconcat(longer, "the-secret-recipe", NULL);
    for (int64_t i = 0; i < 20; i++)
        put_now(fixture, say(i, NULL, "around it"), NULL);
    put_now(fixture, say(20, "a", body), NULL);
    put_now(fixture, say(21, "b", "the-short-recipe"), NULL);
    react(fixture, "a", "uma", "very-own-emoji", true, 1, NULL);
    fixture_open(fixture);
    g_assert_true(file_has(fixture->path, "the-secret-recipe"));
    delete_now(fixture, "a", NULL, NULL);
    delete_now(fixture, "b", NULL, NULL);
    /* The search index has taken it out. */
    struct op *unindexed = op_new(OP_UNINDEXED, NULL, NULL);
    unindexed->upto = INT64_MAX;
    store_gather_take(fixture->store, unindexed);
    fixture_close(fixture);
    const char *const words[] = {"the-secret-recipe", "the-short-recipe", "very-own-emoji"};
    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++) {
        g_assert_false(file_has(fixture->path, words[i]));
        g_assert_false(file_has(wal, words[i]));
    }
    fixture_free(fixture);
}

/* How many rows the index itself has for a word, whatever the search makes of them. */
static int
rows_in_index(struct fixture *fixture, const char *word)
{
    g_autofree char *path = g_build_filename(fixture->dir, "search.db", NULL);
    sqlite3 *index;
    sqlite3_stmt *count;
    g_assert_cmpint(sqlite3_open_v2(path, &index, SQLITE_OPEN_READONLY, NULL), ==, SQLITE_OK);
    g_assert_cmpint(sqlite3_prepare_v2(index, "SELECT count(*) FROM words WHERE words MATCH ?1", -1,
                                       &count, NULL),
                    ==, SQLITE_OK);
    sqlite3_bind_text(count, 1, word, -1, SQLITE_STATIC);
    g_assert_cmpint(sqlite3_step(count), ==, SQLITE_ROW);
    const int n = sqlite3_column_int(count, 0);
    sqlite3_finalize(count);
    sqlite3_close(index);
    return n;
}

static void
test_words_go(void)
{
    struct fixture *fixture = fixture_new();
    put_now(fixture, say(1, "a", "secret recipe"), NULL);
    put_now(fixture, say(2, "b", "open recipe"), NULL);
    index_now(fixture);
    g_assert_cmpint(rows_in_index(fixture, "secret"), ==, 1);
    delete_now(fixture, "a", NULL, NULL);
    index_now(fixture);
    g_assert_cmpint(rows_in_index(fixture, "secret"), ==, 0);
    g_assert_cmpint(rows_in_index(fixture, "recipe"), ==, 1);
    fixture_free(fixture);
}

static void
edit_now(struct fixture *fixture, const char *remote_id, const char *text, const char *spans,
         struct seen *seen)
{
    struct rich *body = rich_new(text, -1);
    rich_decode_spans(body, spans != NULL ? spans : "");
    const struct store_put_edit put = {
        .account_id = 1, .buffer_id = 1, .remote_id = remote_id, .body = body};
    store_put_edit(fixture->store, &put, seen != NULL ? seen_fn : NULL, seen);
    store_flush(fixture->store);
    rich_free(body);
}

static void
test_edits(void)
{
    struct fixture *fixture = fixture_new();
    struct seen seen = {0};
    edit_now(fixture, "a", "too early", NULL, &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_MISSING);
    put_now(fixture, say(1, "a", "bread at seven"), NULL);
    index_now(fixture);
    edit_now(fixture, "a", "bread at eight", "b9+5", &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_CHANGED);
    g_assert_cmpstr(seen.message->body->text, ==, "bread at eight");
    g_assert_cmpuint(seen.message->body->spans->len, ==, 1);
    g_assert_true((seen.message->flags & MESSAGE_EDITED) != 0);
    edit_now(fixture, "a", "bread at eight", "b9+5", &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_KNOWN);
    edit_now(fixture, "a", "bread at eight", NULL, &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_CHANGED);
    g_assert_cmpuint(seen.message->body->spans->len, ==, 0);
    /* What it said is found no more, what it says is. */
    index_now(fixture);
    g_assert_cmpint(rows_in_index(fixture, "seven"), ==, 0);
    g_assert_cmpint(rows_in_index(fixture, "eight"), ==, 1);
    put_looking(fixture, say(1, "a", "bread at seven"), false, true, &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_KNOWN);
    fixture_open(fixture);
    assert_state(fixture, "bread at eight");
    delete_now(fixture, "a", "deleted", NULL);
    edit_now(fixture, "a", "back again", NULL, &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_KNOWN);
    assert_state(fixture, "(deleted)");
    seen_clear(&seen);
    fixture_free(fixture);
}

static void
test_replay_keeps_it_deleted(void)
{
    struct fixture *fixture = fixture_new();
    struct seen seen = {0};
    put_now(fixture, say(1, "a", "spam"), NULL);
    delete_now(fixture, "a", "deleted by maria: spam", &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_CHANGED);
    g_assert_cmpuint(seen.message->body->len, ==, 0);
    delete_now(fixture, "a", "deleted by maria: spam", &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_KNOWN);
    put_looking(fixture, say(1, "a", "spam"), false, true, &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_KNOWN);
    put_looking(fixture, say(1, NULL, "spam"), false, true, &seen); /* the same without its id */
    g_assert_cmpint(seen.outcome, ==, STORE_KNOWN);
    assert_state(fixture, "(deleted by maria: spam)");
    seen_clear(&seen);
    fixture_free(fixture);
}

/* Our own message, deleted before its id was known here. */
static void
test_own(void)
{
    struct fixture *fixture = fixture_new();
    struct seen seen = {0};
    type_now(fixture, "oops", &seen);
    int64_t row = seen.outbox_id;
    change_now(fixture, row, OUTBOX_SENDING, NULL, &seen);
    delete_now(fixture, "a", "deleted by kai", &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_MISSING);
    change_now(fixture, row, OUTBOX_DONE, "a", &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_CHANGED);
    assert_state(fixture, "(deleted by kai)");
    /* And reacted to, likewise. */
    react(fixture, "b", "uma", "+1", true, 1, &seen);
    g_assert_cmpint(seen.outcome, ==, STORE_MISSING);
    type_now(fixture, "better", &seen);
    row = seen.outbox_id;
    change_now(fixture, row, OUTBOX_SENDING, NULL, &seen);
    change_now(fixture, row, OUTBOX_DONE, "b", &seen);
    assert_state(fixture, "(deleted by kai)|better[+1 x1]");
    /* The echo came first, with what was done to it. */
    put_now(fixture, say(90, "c", "third"), NULL);
    react(fixture, "c", "uma", "heart", true, 1, NULL);
    type_now(fixture, "third", &seen);
    row = seen.outbox_id;
    change_now(fixture, row, OUTBOX_SENDING, NULL, &seen);
    change_now(fixture, row, OUTBOX_DONE, "c", &seen);
    assert_state(fixture, "third[heart x1]|(deleted by kai)|better[+1 x1]");
    seen_clear(&seen);
    fixture_free(fixture);
}

static void
test_unread(void)
{
    struct fixture *fixture = fixture_new();
    unsigned unread, mentions;
    put_buffer(fixture, 1);
    delete_now(fixture, "b", NULL, NULL);
    for (unsigned i = 0; i < 3; i++) {
        const char *const ids[] = {"a", "b", "c"};
        struct message *message = say(i + 1, ids[i], "hi");
        struct store_put_message put = {.message = message, .account_id = 1, .counts_unread = true};
        store_put_message(fixture->store, &put, NULL, NULL);
        message_unref(message);
    }
    store_flush(fixture->store);
    delete_now(fixture, "c", NULL, NULL);
    store_count_unread(fixture->store, 1, (struct position){0}, 100, &unread, &mentions);
    g_assert_cmpuint(unread, ==, 1);
    struct buffer *buffer = load_buffer(fixture, 1);
    g_assert_cmpuint(buffer->unread, ==, 2); /* core takes the third off: it knows what was read */
    buffer_free(buffer);
    fixture_free(fixture);
}

static int64_t
count_rows(struct fixture *fixture, const char *sql)
{
    struct db *db = db_open(fixture->path, DB_WRITE, NULL, 256, NULL);
    g_assert_nonnull(db);
    bool ok;
    int64_t n = db_ask(db, sql, -1, &ok);
    db_close(db);
    return n;
}

/* What a network tells about messages that never come is bounded. */
static void
test_limits(void)
{
    struct fixture *fixture = fixture_new();
    for (unsigned i = 0; i < STORE_EARLY_MAX + 50; i++) {
        g_autofree char *id = g_strdup_printf("never-%u", i);
        const struct store_put_reaction reaction = {.account_id = 1,
                                                    .buffer_id = 1,
                                                    .remote_id = id,
                                                    .user_id = "uma",
                                                    .emoji = "+1",
                                                    .time_us = 1,
                                                    .add = true};
        const struct store_put_deletion deletion = {
            .account_id = 1, .buffer_id = 1, .remote_id = id};
        store_put_reaction(fixture->store, &reaction, NULL, NULL);
        if (i % 2 == 0)
            store_put_deletion(fixture->store, &deletion, NULL, NULL);
    }
    put_now(fixture, say(1, "a", "popular"), NULL);
    for (unsigned i = 0; i < STORE_REACTIONS_MAX + 50; i++) {
        g_autofree char *who = g_strdup_printf("user-%u", i);
        g_autofree char *emoji = g_strdup_printf("emoji-%u", i % 200);
        const struct store_put_reaction reaction = {.account_id = 1,
                                                    .buffer_id = 1,
                                                    .remote_id = "a",
                                                    .user_id = who,
                                                    .emoji = emoji,
                                                    .time_us = 1,
                                                    .add = true};
        store_put_reaction(fixture->store, &reaction, NULL, NULL);
    }
    store_flush(fixture->store);
    g_assert_cmpint(count_rows(fixture, "SELECT count(*) FROM reactions WHERE early"), <=,
                    STORE_EARLY_MAX);
    g_assert_cmpint(count_rows(fixture, "SELECT count(*) FROM deletions WHERE early"), <=,
                    STORE_EARLY_MAX);
    g_assert_cmpint(count_rows(fixture, "SELECT count(*) FROM reactions WHERE remote_id = 'a'"), ==,
                    STORE_REACTIONS_MAX);
    g_autoptr(GPtrArray) rows = store_load_newest(fixture->store, 1, 1);
    g_assert_cmpuint(((struct message *)rows->pdata[0])->reactions->len, <=, 50);
    fixture_free(fixture);
}

/* --- from the first form of the file
 * ------------------------------------------------------------------ */

/* A file as the first weft left it, with `n` messages. */
static void
write_first_form(const struct fixture *fixture, unsigned n)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *fill = g_strdup_printf(
        "PRAGMA application_id = %d; PRAGMA user_version = 1;"
        "WITH RECURSIVE i (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i LIMIT %u)"
        " INSERT INTO messages (buffer_id, sort_key, time_us, kind, state, flags, remote_id, body)"
        " SELECT 1, n, n, 0, 0, 0, 'id-' || n, 'a message of the first form' FROM i;",
        MIGRATE_APPLICATION_ID, n);
    write_bytes(fixture->path, "", 0);
    struct db *db = db_open(fixture->path, DB_WRITE, NULL, 1024, &error);
    g_assert_no_error(error);
    g_assert_true(db_exec(db, migrate_schema[0], &error));
    g_assert_true(db_exec(db, fill, &error));
    db_close(db);
}

static void
test_from_first_form(void)
{
    struct fixture *fixture = fixture_new(); /* makes the folder */
    fixture_close(fixture);
    write_first_form(fixture, 3);
    fixture_open(fixture);
    g_assert_null(fixture->notice);
    g_assert_cmpuint(count_messages(fixture->store, 1), ==, 3);
    react(fixture, "id-2", "uma", "+1", true, 1, NULL);
    delete_now(fixture, "id-3", "deleted", NULL);
    assert_state(fixture,
                 "a message of the first form|a message of the first form[+1 x1]|(deleted)");
    g_autofree char *backup = g_strconcat(fixture->path, ".backup-v1", NULL);
    g_assert_true(g_file_test(backup, G_FILE_TEST_IS_REGULAR));
    fixture_free(fixture);
}

/* kill -9 at any moment of the step: old or new, and the next start ends it. */
static void
test_killed_from_first_form(void)
{
    struct fixture *fixture = fixture_new();
    fixture_close(fixture);
    write_first_form(fixture, 20000);
    size_t len;
    g_autofree char *old = read_bytes(fixture->path, &len);
    g_autofree char *wal = g_strconcat(fixture->path, "-wal", NULL);
    int64_t begun_us = g_get_monotonic_time();
    fixture_open(fixture);
    const int64_t whole_us = g_get_monotonic_time() - begun_us;
    fixture_close(fixture);
    unlink(wal);
    write_bytes(fixture->path, old, len);
    unsigned killed = 0, found_old = 0;
    for (unsigned round = 0; round < 10; round++) {
        int fds[2];
        g_assert_cmpint(pipe(fds), ==, 0);
        pid_t pid = fork();
        if (pid == 0) {
            close(fds[0]);
            fixture_open(fixture);
            _exit(0);
        }
        close(fds[1]);
        struct pollfd ended = {.fd = fds[0], .events = POLLIN};
        g_assert_cmpint(poll(&ended, 1, (int)(whole_us * round / 9000)), >=, 0);
        kill(pid, SIGKILL);
        close(fds[0]);
        int status;
        g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
        killed += WIFSIGNALED(status) != 0;
        found_old += count_rows(fixture, "PRAGMA user_version") == 1;
        fixture_open(fixture);
        g_assert_null(fixture->notice);
        g_assert_cmpuint(count_messages(fixture->store, 1), ==, 20000);
        react(fixture, "id-7", "uma", "+1", true, 1, NULL);
        fixture_close(fixture);
        g_assert_cmpint(count_rows(fixture, "PRAGMA user_version"), >=, 2);
        g_assert_cmpint(count_rows(fixture, "SELECT count(*) FROM reactions"), ==, 1);
        unlink(wal);
        write_bytes(fixture->path, old, len);
    }
    g_test_message("killed %u of 10, of the old form %u", killed, found_old);
    g_assert_cmpuint(killed, >, 0);
    fixture_free(fixture);
}

void
test_deed_add(void)
{
    g_test_add_func("/store/deed/reactions", test_reactions);
    g_test_add_func("/store/deed/permutations", test_permutations);
    g_test_add_func("/store/deed/erased", test_erased);
    g_test_add_func("/store/deed/words-go", test_words_go);
    g_test_add_func("/store/deed/all", test_all);
    g_test_add_func("/store/deed/edits", test_edits);
    g_test_add_func("/store/deed/replay", test_replay_keeps_it_deleted);
    g_test_add_func("/store/deed/own", test_own);
    g_test_add_func("/store/deed/unread", test_unread);
    g_test_add_func("/store/deed/limits", test_limits);
    g_test_add_func("/store/deed/from-first-form", test_from_first_form);
    g_test_add_func("/store/deed/killed-from-first-form", test_killed_from_first_form);
}
