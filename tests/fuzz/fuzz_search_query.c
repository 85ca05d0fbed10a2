/* core/search_query: what is typed into a search; and store/search with these words: whatever is in
 * them, the index is asked nothing but for words. */
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "core/search_query.h"
#include "store/search.h"
#include "tests/fuzz/fuzz.h"

#define NOW_US (G_GINT64_CONSTANT(1787220672) * G_USEC_PER_SEC)

/* One store for all inputs: opening one costs more than a search. */
static struct {
    char *dir;
    struct clock *clock;
    struct store *store;
} world;

static void
world_close(void)
{
    static const char *const names[] = {"weft.db",      "search.db",   "weft.lock",
                                        "weft.db-wal",  "weft.db-shm", "search.db-wal",
                                        "search.db-shm"};

    store_close(world.store);
    clock_free(world.clock);
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(world.dir, names[i], NULL);
        g_unlink(path);
    }
    g_rmdir(world.dir);
    g_free(world.dir);
}

static void
set_true(void *user)
{
    *(bool *)user = true;
}

static void
world_open(void)
{
    static const char *const said[] = {"soup on thursday", "na\u00efve \u65e5\u672c caf\u00e9",
                                       "a \"quoted\" OR NEAR(* ^- word", "'); drop table m;--"};
    struct store_options options = {.mode = STORE_WRITE};
    bool complete = false;

    world.dir = g_dir_make_tmp("weft-fuzz-XXXXXX", NULL);
    world.clock = clock_fake_new(NOW_US);
    options.dir = world.dir;
    options.clock = world.clock;
    world.store = store_open(&options, NULL, NULL);
    g_assert_nonnull(world.store);
    for (unsigned i = 0; i < G_N_ELEMENTS(said); i++) {
        struct message *message = message_new();
        message->buffer_id = 1;
        message->sort_key = message->time_us = NOW_US + i;
        message->sender_id = g_strdup("maria");
        message->sender_name = g_strdup("Maria");
        rich_free(message->body);
        message->body = rich_new(said[i], -1);
        struct store_put_message put = {.message = message, .account_id = 1};
        store_put_message(world.store, &put, NULL, NULL);
        message_unref(message);
    }
    store_flush(world.store);
    store_index_when_complete(world.store, set_true, &complete);
    while (!complete)
        g_main_context_iteration(NULL, TRUE);
    atexit(world_close);
}

static void
on_found(void *user, const struct store_hits *hits, const GError *error)
{
    if (error)
        g_assert_cmpint(error_code(error), ==, WEFT_ERROR_BAD_INPUT);
    else
        g_assert_cmpuint(hits->messages->len, <=, 10);
    *(bool *)user = true;
}

static void
check_search(const struct search_query *parsed)
{
    struct store_query *query = store_query_new();
    bool done = false;

    for (unsigned i = 0; i < parsed->words->len; i++) {
        const struct search_word *word = parsed->words->pdata[i];
        store_query_add(query, word->text, word->prefix, word->not_);
    }
    query->from = g_strdup(parsed->from);
    query->after_us = parsed->after_us;
    query->before_us = parsed->before_us;
    struct store_search search = {.query = query, .limit = 10, .ranked = parsed->words->len % 2};
    store_search_start(world.store, &search, G_MAXINT64, on_found, &done);
    g_assert_true(done);
    store_query_free(query);
}

static void
check_query(const char *text, bool typing)
{
    g_autoptr(GError) error = NULL;
    struct search_query *query = search_query_parse(text, NOW_US, typing, &error);

    if (!query) {
        g_assert_nonnull(error);
        fuzz_assert_utf8(error->message, strlen(error->message));
        return;
    }
    g_assert_no_error(error);
    g_assert_cmpuint(query->words->len + query->in->len, <=, SEARCH_MAX_PARTS);
    for (unsigned i = 0; i < query->words->len; i++) {
        const struct search_word *word = query->words->pdata[i];
        g_assert_cmpint(*word->text, !=, '\0');
        fuzz_assert_utf8(word->text, strlen(word->text));
    }
    for (unsigned i = 0; i < query->in->len; i++)
        fuzz_assert_utf8(query->in->pdata[i], strlen(query->in->pdata[i]));
    if (query->empty)
        g_assert_cmpuint(query->words->len, ==, 0);
    else
        check_search(query);
    search_query_free(query);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    size_t len;
    g_autofree char *bytes = fuzz_rest(&input, &len);
    g_autofree char *text = g_strndup(bytes, len);

    if (!world.store)
        world_open();
    check_query(text, false);
    check_query(text, true);
    return 0;
}
