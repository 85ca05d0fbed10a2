#include "net/http.h"

#include <string.h>

#include "base/error.h"
#include "net/http_priv.h"

#define POOLS_MAX    24 /* idle ones beyond this are given up */
#define RETRY_MAX_US ((int64_t)3600 * G_USEC_PER_SEC)

static void pool_work(struct http_pool *pool);

/* --- pools
 * ---------------------------------------------------------------------------------------- */

static void
pool_free(gpointer data)
{
    struct http_pool *pool = data;

    if (pool->loading) {
        g_cancellable_cancel(pool->loading);
        g_clear_object(&pool->loading);
    }
    for (unsigned i = 0; i < pool->calls->len; i++) {
        struct http_call *call = g_ptr_array_index(pool->calls, i);
        if (pool->multi)
            http_curl_remove(call);
        http_call_free(call);
    }
    g_ptr_array_unref(pool->calls);
    http_curl_close(pool);
    if (pool->work) {
        g_source_destroy(pool->work);
        g_source_unref(pool->work);
    }
    verify_free(pool->verify);
    g_clear_error(&pool->failed);
    g_free(pool->key);
    g_free(pool->host);
    g_free(pool);
}

static gboolean
on_work(gpointer data)
{
    struct http_pool *pool = data;

    g_source_unref(g_steal_pointer(&pool->work));
    pool_work(pool);
    return G_SOURCE_REMOVE;
}

void
http_pool_work_soon(struct http_pool *pool)
{
    if (pool->work)
        return;
    pool->work = g_idle_source_new();
    g_source_set_priority(pool->work, G_PRIORITY_DEFAULT);
    g_source_set_callback(pool->work, on_work, pool, NULL);
    g_source_attach(pool->work, NULL);
}

static void
on_loaded(GObject *source, GAsyncResult *result, gpointer user)
{
    g_autoptr(GError) error = NULL;
    struct verify *verify = verify_load_finish(result, &error);
    struct http_pool *pool = user;

    if (error && g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return; /* the pool is gone */
    g_clear_object(&pool->loading);
    pool->verify = verify;
    if (verify && !http_curl_open(pool))
        g_set_error_literal(&error, WEFT_ERROR, WEFT_ERROR_INTERNAL, "curl did not start.");
    pool->failed = g_steal_pointer(&error);
    http_pool_work_soon(pool);
}

/* Room for another: of those that nobody uses the one that has waited longest goes. */
static void
make_room(struct http *http)
{
    GHashTableIter iter;
    struct http_pool *pool, *oldest = NULL;

    if (g_hash_table_size(http->pools) < POOLS_MAX)
        return;
    g_hash_table_iter_init(&iter, http->pools);
    while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&pool))
        if (pool->calls->len == 0 && !pool->loading && !pool->busy &&
            (!oldest || pool->idle_us < oldest->idle_us))
            oldest = pool;
    if (oldest)
        g_hash_table_remove(http->pools, oldest->key);
}

/* The pool for the call's URL; made when it is the first. */
static struct http_pool *
pool_for(struct http *http, struct http_call *call)
{
    g_autofree char *host = NULL;
    g_autofree char *name = NULL;
    g_autofree char *key = http_call_pool_key(call, &host, &name);
    struct http_pool *pool = g_hash_table_lookup(http->pools, key);
    const struct tls_wishes wishes = tls_copy_wishes(&call->tls);

    /* Files that could not be read may have been put right. */
    if (pool && pool->failed && !pool->busy && pool->calls->len == 0) {
        g_hash_table_remove(http->pools, key);
        pool = NULL;
    }
    if (pool)
        return pool;
    make_room(http);
    pool = g_new0(struct http_pool, 1);
    pool->http = http;
    pool->key = g_strdup(key);
    pool->host = g_steal_pointer(&host);
    pool->calls = g_ptr_array_new();
    pool->loading = g_cancellable_new();
    g_hash_table_insert(http->pools, pool->key, pool);
    verify_load(name, &wishes, pool->loading, on_loaded, pool);
    return pool;
}

static void
enter(struct http *http, struct http_call *call)
{
    call->pool = pool_for(http, call);
    call->stage = call->error ? CALL_ENDED : CALL_WAITS;
    g_ptr_array_add(call->pool->calls, call);
    http_pool_work_soon(call->pool);
}

/* --- calls
 * ---------------------------------------------------------------------------------------- */

struct http_call *
http_start(struct http *http, const struct http_request *request, const struct http_events *events,
           void *user)
{
    GError *error = NULL;
    struct http_call *call = http_call_new(request, &error);

    call->events = *events;
    call->user = user;
    if (error) {
        /* Told like any other end; it needs a pool for that, and no server. */
        call->error = error;
        g_free(call->url);
        call->url = g_strdup("http://localhost/");
    }
    enter(http, call);
    return call;
}

void
http_cancel(struct http_call *call)
{
    call->stage = CALL_DROPPED;
    http_pool_work_soon(call->pool);
}

void
http_call_fail(struct http_call *call, GError *error)
{
    if (call->stage == CALL_DROPPED || call->error) {
        g_error_free(error);
        return;
    }
    call->error = error;
    call->stage = CALL_ENDED;
}

/* Seconds, or a date. */
static int64_t
retry_after_us(const struct http_call *call, const struct http_answer *answer)
{
    const char *text = http_answer_header(answer, "retry-after");
    char *end = NULL;
    int64_t seconds;
    time_t when;

    if (!text)
        return -1;
    seconds = g_ascii_strtoll(text, &end, 10);
    if (end == text) {
        when = curl_getdate(text, NULL);
        if (when == -1)
            return -1;
        seconds = when - clock_wall_us(call->pool->http->clock) / G_USEC_PER_SEC;
    }
    return CLAMP(seconds, 0, RETRY_MAX_US / G_USEC_PER_SEC) * G_USEC_PER_SEC;
}

static void
tell(struct http_call *call, long status)
{
    struct http_answer answer = {.status = (int)status, .headers = call->answer_headers};

    if (call->error) {
        call->events.done(call->user, NULL, call->error);
        return;
    }
    g_byte_array_append(call->answer, (const guint8 *)"", 1);
    answer.body = (const char *)call->answer->data;
    answer.len = call->answer->len - 1;
    answer.retry_after_us = retry_after_us(call, &answer);
    call->events.done(call->user, &answer, NULL);
}

/* Curl has come to an end with it. True: it goes on elsewhere. */
static bool
redirected(struct http_call *call, long status)
{
    const struct http_answer answer = {.headers = call->answer_headers};
    struct http *http = call->pool->http;

    if (call->error || !http_call_redirect(call, status, http_answer_header(&answer, "location")))
        return false;
    g_byte_array_set_size(call->answer, 0);
    g_ptr_array_set_size(call->answer_headers, 0);
    g_ptr_array_remove_fast(call->pool->calls, call);
    enter(http, call);
    return true;
}

static void
finish(struct http_call *call, CURLcode code)
{
    long status = 0;

    curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
    /* Curl takes a connection that ends within the headers for an answer without a body. */
    if (code == CURLE_OK && !call->headers_ended)
        code = CURLE_PARTIAL_FILE;
    if (code != CURLE_OK)
        http_call_fail(call, http_error(call, code));
    http_curl_remove(call);
    if (call->stage == CALL_DROPPED || redirected(call, status))
        return;
    g_ptr_array_remove_fast(call->pool->calls, call);
    tell(call, status);
    http_call_free(call);
}

/* What curl has brought to an end. A user's call may do anything but free the pool. */
static void
take_ends(struct http_pool *pool)
{
    int left;
    CURLMsg *message;

    while ((message = curl_multi_info_read(pool->multi, &left))) {
        struct http_call *call = NULL;
        CURLcode code = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&call);
        finish(call, code);
    }
}

/* The first call in one of two stages, or NULL. */
static struct http_call *
call_in(const struct http_pool *pool, enum call_stage stage)
{
    for (unsigned i = 0; i < pool->calls->len; i++) {
        struct http_call *call = g_ptr_array_index(pool->calls, i);
        if (call->stage == stage)
            return call;
    }
    return NULL;
}

static void
pool_work(struct http_pool *pool)
{
    struct http_call *call;

    pool->busy = true;
    if (pool->multi)
        take_ends(pool);
    while (pool->failed && (call = call_in(pool, CALL_WAITS)))
        http_call_fail(call, g_error_copy(pool->failed));
    while ((call = call_in(pool, CALL_DROPPED))) {
        g_ptr_array_remove_fast(pool->calls, call);
        if (pool->multi)
            http_curl_remove(call);
        http_call_free(call);
    }
    while ((call = call_in(pool, CALL_ENDED))) {
        g_ptr_array_remove_fast(pool->calls, call);
        tell(call, 0);
        http_call_free(call);
    }
    while (pool->multi && (call = call_in(pool, CALL_WAITS)))
        http_curl_add(call);
    if (pool->calls->len == 0)
        pool->idle_us = clock_mono_us(pool->http->clock);
    pool->busy = false;
}

struct http *
http_new(struct clock *clock)
{
    struct http *http = g_new0(struct http, 1);

    http->clock = clock;
    http->pools = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, pool_free);
    return http;
}

void
http_free(struct http *http)
{
    if (!http)
        return;
    g_hash_table_unref(http->pools);
    g_free(http);
}
