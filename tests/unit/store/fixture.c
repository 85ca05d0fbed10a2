#include "tests/unit/store/fixture.h"

#include <glib/gstdio.h>
#include <unistd.h>

#include "base/error.h"
#include "store/db.h"

static void
on_stalled(void *user, const GError *error)
{
    struct fixture *fixture = user;
    if (error != NULL)
        fixture->stalls++;
    else
        fixture->recoveries++;
}

struct fixture *
fixture_new_closed(void)
{
    struct fixture *fixture = g_new0(struct fixture, 1);
    g_autofree char *top = g_dir_make_tmp("weft-store-XXXXXX", NULL);
    g_assert_nonnull(top);
    fixture->dir = g_build_filename(top, "data", NULL);
    fixture->path = g_build_filename(fixture->dir, "weft.db", NULL);
    fixture->clock = clock_fake_new(FIXTURE_NOW_US);
    return fixture;
}

struct fixture *
fixture_new(void)
{
    struct fixture *fixture = fixture_new_closed();
    fixture_open(fixture);
    g_assert_null(fixture->notice);
    return fixture;
}

static void
remove_folder(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *inner = g_build_filename(path, name, NULL);
        if (g_file_test(inner, G_FILE_TEST_IS_DIR))
            remove_folder(inner);
        else
            g_unlink(inner);
    }
    g_rmdir(path);
}

void
fixture_free(struct fixture *fixture)
{
    fixture_close(fixture);
    g_autofree char *top = g_path_get_dirname(fixture->dir);
    remove_folder(top);
    clock_free(fixture->clock);
    g_free(fixture->notice);
    g_free(fixture->path);
    g_free(fixture->dir);
    g_free(fixture);
}

static struct store *
open_mode(struct fixture *fixture, enum store_mode mode, GError **error)
{
    struct store_options options = {.dir = fixture->dir,
                                    .mode = mode,
                                    .clock = fixture->clock,
                                    .stalled = on_stalled,
                                    .user = fixture};
    g_clear_pointer(&fixture->notice, g_free);
    return store_open_hooked(&options, &fixture->hooks, &fixture->notice, error);
}

void
fixture_open(struct fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    fixture_close(fixture);
    fixture->store = open_mode(fixture, STORE_WRITE, &error);
    g_assert_no_error(error);
    g_assert_nonnull(fixture->store);
}

void
fixture_close(struct fixture *fixture)
{
    store_close(g_steal_pointer(&fixture->store));
}

GError *
fixture_open_fails(struct fixture *fixture, enum store_mode mode)
{
    GError *error = NULL;
    struct store *store = open_mode(fixture, mode, &error);
    g_assert_null(store);
    g_assert_nonnull(error);
    g_assert_true(error->domain == WEFT_ERROR);
    /* A sentence: begins with a capital or a path, ends with a full stop. */
    g_assert_true(g_str_has_suffix(error->message, "."));
    return error;
}

void
seen_fn(const struct store_result *result, void *user)
{
    struct seen *seen = user;
    if (seen->calls < G_N_ELEMENTS(seen->all))
        seen->all[seen->calls] = result->outcome;
    seen->calls++;
    seen->outcome = result->outcome;
    message_unref(seen->message);
    seen->message = result->message != NULL ? message_ref(result->message) : NULL;
    seen->outbox_id = result->outbox_id;
    g_free(seen->outbox_key);
    seen->outbox_key = g_strdup(result->outbox_key);
    g_assert_true((result->error != NULL) == (result->outcome == STORE_STALLED));
    if (result->outcome == STORE_KNOWN || result->outcome == STORE_MISSING ||
        result->outcome == STORE_STALLED)
        g_assert_null(result->message);
}

void
seen_clear(struct seen *seen)
{
    message_unref(seen->message);
    g_free(seen->outbox_key);
    *seen = (struct seen){0};
}

void
run_sql(const char *path, const char *sql)
{
    g_autoptr(GError) error = NULL;
    struct db *db = db_open(path, DB_WRITE, NULL, 256, &error);

    g_assert_no_error(error);
    db_exec(db, sql, &error);
    g_assert_no_error(error);
    db_close(db);
}

struct message *
say(int64_t sort_key, const char *remote_id, const char *text)
{
    struct message *message = message_new();
    message->buffer_id = 1;
    message->sort_key = sort_key;
    message->time_us = FIXTURE_NOW_US + sort_key;
    message->remote_id = g_strdup(remote_id);
    message->sender_id = g_strdup("uma");
    message->sender_name = g_strdup("Uma");
    rich_free(message->body);
    message->body = rich_new(text, -1);
    return message;
}

void
put_looking(struct fixture *fixture, struct message *message, bool own, bool replay,
            struct seen *seen)
{
    struct store_put_message put = {
        .message = message, .account_id = 1, .look_own = own, .look_replay = replay};
    store_put_message(fixture->store, &put, seen != NULL ? seen_fn : NULL, seen);
    store_flush(fixture->store);
    message_unref(message);
}

void
put_now(struct fixture *fixture, struct message *message, struct seen *seen)
{
    put_looking(fixture, message, false, false, seen);
}

void
type_now(struct fixture *fixture, const char *text, struct seen *seen)
{
    struct message *message = say(1000, NULL, text);
    struct outbox_row row = {.account_id = 1,
                             .buffer_id = 1,
                             .kind = MESSAGE_TEXT,
                             .body = message->body,
                             .created_us = FIXTURE_NOW_US};
    store_add_outbox(fixture->store, &row, message, false, seen != NULL ? seen_fn : NULL, seen);
    store_flush(fixture->store);
    message_unref(message);
}

void
change_now(struct fixture *fixture, int64_t outbox_id, enum outbox_state state,
           const char *remote_id, struct seen *seen)
{
    struct store_outbox_change change = {
        .outbox_id = outbox_id, .state = state, .remote_id = remote_id};
    store_set_outbox(fixture->store, &change, seen != NULL ? seen_fn : NULL, seen);
    store_flush(fixture->store);
}

char *
bodies(struct store *store, int64_t buffer_id)
{
    g_autoptr(GPtrArray) rows = store_load_newest(store, buffer_id, 1000);
    GString *joined = g_string_new(NULL);
    for (unsigned i = 0; i < rows->len; i++) {
        const struct message *message = rows->pdata[i];
        g_string_append_printf(joined, "%s%s", i > 0 ? "|" : "", message->body->text);
    }
    return g_string_free(joined, FALSE);
}

unsigned
count_messages(struct store *store, int64_t buffer_id)
{
    g_autoptr(GPtrArray) rows = store_load_newest(store, buffer_id, 1000000);
    return rows->len;
}

void
put_buffer(struct fixture *fixture, int64_t id)
{
    g_autofree char *name = g_strdup_printf("#b%d", (int)id);
    struct buffer buffer = {.id = id,
                            .account_id = 1,
                            .remote_id = name,
                            .name = name,
                            .kind = BUFFER_CHANNEL,
                            .number = (int)id};
    store_put_buffer(fixture->store, &buffer);
    store_flush(fixture->store);
}

struct buffer *
load_buffer(struct fixture *fixture, int64_t id)
{
    g_autoptr(GPtrArray) rows = store_load_buffers(fixture->store);
    for (unsigned i = 0; i < rows->len; i++) {
        struct buffer *buffer = rows->pdata[i];
        if (buffer->id == id) {
            g_ptr_array_set_free_func(rows, NULL);
            for (unsigned j = 0; j < rows->len; j++) {
                if (j != i)
                    buffer_free(rows->pdata[j]);
            }
            return buffer;
        }
    }
    g_assert_not_reached();
}

char **
names_with(struct fixture *fixture, const char *prefix)
{
    g_autoptr(GDir) dir = g_dir_open(fixture->dir, 0, NULL);
    GStrvBuilder *names = g_strv_builder_new();
    const char *name;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        if (g_str_has_prefix(name, prefix))
            g_strv_builder_add(names, name);
    }
    char **list = g_strv_builder_end(names);
    g_strv_builder_unref(names);
    return list;
}

char *
read_bytes(const char *path, size_t *ret_len)
{
    char *bytes = NULL;
    g_assert_true(g_file_get_contents(path, &bytes, ret_len, NULL));
    return bytes;
}

void
write_bytes(const char *path, const void *bytes, size_t len)
{
    g_assert_true(g_file_set_contents(path, bytes, (gssize)len, NULL));
}

static void
set_true(void *flag)
{
    *(bool *)flag = true;
}

void
index_now(struct fixture *fixture)
{
    bool complete = false;
    store_flush(fixture->store);
    store_index_when_complete(fixture->store, set_true, &complete);
    int64_t deadline = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;
    while (!complete && g_get_monotonic_time() < deadline)
        g_main_context_iteration(NULL, TRUE);
    g_assert_true(complete);
}

static void
note_found(void *user, const struct store_hits *hits, const GError *error)
{
    GString *text = user;
    if (error != NULL)
        g_string_append(text, "(error)");
    for (unsigned i = 0; hits != NULL && i < hits->messages->len; i++) {
        const struct message *message = hits->messages->pdata[i];
        g_string_append_printf(text, "%s%s", i > 0 ? "|" : "", message->body->text);
    }
}

char *
found(struct store *store, struct store_query *query)
{
    GString *text = g_string_new(NULL);
    struct store_search search = {.query = query, .limit = 50};
    g_assert_cmpuint(store_search_start(store, &search, G_MAXINT64, note_found, text), ==, 0);
    store_query_free(query);
    return g_string_free(text, FALSE);
}

struct store_query *
asks(const char *text, ...)
{
    struct store_query *query = store_query_new();
    va_list words;
    va_start(words, text);
    for (; text != NULL; text = va_arg(words, const char *))
        g_assert_true(store_query_add(query, text, false, false));
    va_end(words);
    return query;
}
