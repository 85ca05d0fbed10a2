/* Finding in one buffer: near by, by looking at every text; far away, by the index. */
#include <string.h>

#include "core/core_priv.h"
#include "core/search.h"
#include "store/search.h"
#include "text/fold.h"

/* Of the index's answer, which is by row and not by place. */
#define INDEX_HITS 200

struct search_find {
    struct core *core;
    search_find_fn fn;
    void *user;
    int64_t buffer_id;
    char *text;
    struct position reached; /* everything newer was looked at */
    unsigned question;       /* at the store; 0: none */
};

struct search_find *
search_find_new(struct core *core, search_find_fn fn, void *user)
{
    struct search_find *find = g_new0(struct search_find, 1);
    find->core = core;
    find->fn = fn;
    find->user = user;
    return find;
}

void
search_find_free(struct search_find *find)
{
    if (find == NULL)
        return;
    store_search_cancel(find->core->store, find->question);
    g_free(find->text);
    g_free(find);
}

/* The newest of them that is older than what was looked at. */
static void
on_index(void *user, const struct store_hits *hits, const GError *error)
{
    struct search_find *find = user;
    const struct message *best = NULL;
    find->question = 0;
    for (unsigned i = 0; hits != NULL && i < hits->messages->len; i++) {
        const struct message *message = hits->messages->pdata[i];
        struct position at = message_position(message);
        if (position_compare(at, find->reached) < 0 &&
            (best == NULL || position_compare(at, message_position(best)) > 0))
            best = message;
    }
    find->fn(find->user, best);
}

static void
ask_index(struct search_find *find)
{
    struct store_query *query = store_query_new();
    if (!store_query_add(query, find->text, true, false)) {
        store_query_free(query);
        find->fn(find->user, NULL);
        return;
    }
    query->buffer_ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_array_append_val(query->buffer_ids, find->buffer_id);
    struct store_search search = {.query = query, .limit = INDEX_HITS};
    unsigned question = store_search_start(find->core->store, &search, 0, on_index, find);
    if (question != 0)
        find->question = question;
    store_query_free(query);
}

static void
on_scanned(void *user, const struct store_hits *hits, const GError *error)
{
    struct search_find *find = user;
    find->question = 0;
    if (hits != NULL)
        find->reached = hits->reached;
    if (hits != NULL && hits->messages->len > 0)
        find->fn(find->user, hits->messages->pdata[0]);
    else if (hits != NULL && hits->more)
        ask_index(find);
    else
        find->fn(find->user, NULL);
}

void
search_find_older(struct search_find *find, int64_t buffer_id, struct position from,
                  const char *text)
{
    store_search_cancel(find->core->store, find->question);
    find->question = 0;
    find->buffer_id = buffer_id;
    g_free(find->text);
    find->text = g_strdup(text);
    g_autofree char *folded = fold_text(text, strlen(text));
    if (*folded == '\0') {
        find->fn(find->user, NULL);
        return;
    }
    struct store_scan scan = {
        .buffer_id = buffer_id, .from = from, .text = text, .limit = SEARCH_FIND_ROWS};
    unsigned question =
        store_scan_start(find->core->store, &scan, SEARCH_WAIT_US, on_scanned, find);
    if (question != 0)
        find->question = question;
}
