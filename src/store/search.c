/* Questions from the main thread to the worker. */
#include "store/search.h"

#include <string.h>

#include "store/searcher.h"
#include "store/store_priv.h"
#include "text/fold.h"

static void
term_free(void *data)
{
    struct store_term *term = data;
    g_free(term->text);
    g_free(term);
}

struct store_query *
store_query_new(void)
{
    struct store_query *query = g_new0(struct store_query, 1);
    query->terms = g_ptr_array_new_with_free_func(term_free);
    return query;
}

void
store_query_free(struct store_query *query)
{
    if (query == NULL)
        return;
    g_ptr_array_unref(query->terms);
    g_free(query->from);
    g_clear_pointer(&query->buffer_ids, g_array_unref);
    g_free(query);
}

static void
add_term(struct store_query *query, const char *text, bool prefix, bool not_)
{
    struct store_term *term = g_new0(struct store_term, 1);
    term->text = g_strdup(text);
    term->prefix = prefix;
    term->not_ = not_;
    g_ptr_array_add(query->terms, term);
}

struct store_query *
store_query_dup(const struct store_query *query)
{
    struct store_query *copy = store_query_new();
    for (unsigned i = 0; i < query->terms->len; i++) {
        const struct store_term *term = query->terms->pdata[i];
        add_term(copy, term->text, term->prefix, term->not_);
    }
    copy->from = g_strdup(query->from);
    copy->buffer_ids = query->buffer_ids != NULL ? g_array_copy(query->buffer_ids) : NULL;
    copy->after_us = query->after_us;
    copy->before_us = query->before_us;
    return copy;
}

bool
store_query_add(struct store_query *query, const char *text, bool prefix, bool not_)
{
    if (query->terms->len >= STORE_SEARCH_MAX_TERMS || strlen(text) > STORE_SEARCH_MAX_BYTES ||
        !fold_has_word(text))
        return false;
    add_term(query, text, prefix, not_);
    return true;
}

unsigned
store_search_start(struct store *store, const struct store_search *search, int64_t wait_us,
                   store_search_fn fn, void *user)
{
    struct question *question = g_new0(struct question, 1);
    question->query = store_query_dup(search->query);
    question->ranked = search->ranked;
    question->before_id = search->before_id;
    question->limit = search->limit;
    question->fn = fn;
    question->user = user;
    return searcher_ask_take(store->searcher, question, wait_us);
}

unsigned
store_scan_start(struct store *store, const struct store_scan *scan, int64_t wait_us,
                 store_search_fn fn, void *user)
{
    struct question *question = g_new0(struct question, 1);
    question->scan = *scan;
    question->scan.text = fold_text(scan->text, strlen(scan->text));
    question->limit = 1;
    question->fn = fn;
    question->user = user;
    return searcher_ask_take(store->searcher, question, wait_us);
}

void
store_search_cancel(struct store *store, unsigned id)
{
    searcher_cancel(store->searcher, id);
}

/* --- the index
 * ------------------------------------------------------------------------------------ */

struct waiter {
    unsigned id;
    uint64_t ticket;
    void (*fn)(void *user);
    void *user;
};

int64_t
store_index_behind(struct store *store)
{
    if (store->indexer == NULL)
        return searcher_behind(store->searcher);
    bool ok;
    int64_t newest = db_number(db_bind(store->reader, "SELECT max(id) FROM messages", ""), 0, &ok);
    return MAX(0, newest - indexer_indexed_to(store->indexer));
}

unsigned
store_index_when_complete(struct store *store, void (*fn)(void *user), void *user)
{
    struct waiter *waiter = g_new0(struct waiter, 1);
    waiter->id = ++store->last_waiter == 0 ? ++store->last_waiter : store->last_waiter;
    waiter->ticket = store->indexer != NULL ? indexer_ask(store->indexer) : UINT64_MAX;
    waiter->fn = fn;
    waiter->user = user;
    g_queue_push_tail(&store->waiters, waiter);
    return waiter->id;
}

void
store_index_forget(struct store *store, unsigned id)
{
    for (GList *node = store->waiters.head; node != NULL; node = node->next) {
        if (((struct waiter *)node->data)->id != id)
            continue;
        g_free(node->data);
        g_queue_delete_link(&store->waiters, node);
        return;
    }
}

static void
reap(struct store *store)
{
    int64_t upto = indexer_collect(store->indexer);
    if (upto <= store->reaped)
        return;
    store->reaped = upto;
    struct op *op = op_new(OP_UNINDEXED, NULL, NULL);
    op->upto = upto;
    store_gather_take(store, op);
}

void
search_take_turn(struct store *store)
{
    if (store->indexer != NULL && indexer_has_news(store->indexer))
        reap(store);
    struct waiter *waiter;
    while ((waiter = g_queue_peek_head(&store->waiters)) != NULL && store->indexer != NULL &&
           indexer_has_done(store->indexer, waiter->ticket)) {
        g_queue_pop_head(&store->waiters);
        waiter->fn(waiter->user);
        g_free(waiter);
    }
    searcher_deliver(store->searcher);
}

bool
search_has_news(struct store *store)
{
    return searcher_has_news(store->searcher) ||
           (store->indexer != NULL && indexer_has_news(store->indexer));
}
