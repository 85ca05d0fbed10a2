#include "core/search.h"

#include <string.h>

#include "base/error.h"
#include "core/address.h"
#include "core/core_priv.h"
#include "core/mark.h"
#include "core/nearest.h"
#include "core/search_far.h"
#include "core/search_query.h"
#include "store/search.h"
#include "text/fold.h"

/* A word of the search, folded, for showing it in a text. */
struct mark {
    GPtrArray *words; /* char *: one, or those of a phrase */
    bool prefix;      /* of the last */
};

struct search {
    struct core *core;
    search_fn fn;
    void *user;
    struct store_query *query; /* NULL: nothing is asked */
    bool ranked;
    GPtrArray *hits;
    GPtrArray *marks; /* struct mark */
    bool more;
    int64_t behind;    /* of the last answer */
    bool append;       /* the answer under way goes on where the last ended */
    unsigned question; /* at the store; 0: none */
    unsigned waits;    /* for the index to be complete; 0: not */
    struct far *far;   /* what the networks find */
    GPtrArray *shown;  /* struct message: both, merged */
    int64_t pins;      /* not a search: what is pinned in this buffer; 0: a search */
    char *needle;      /* of pins: what each has in it, folded */
    char *asked;       /* of the networks: the text, and ':' before what is typed; NULL: nothing */
};

static void tell(struct search *search);

static void
mark_free(void *data)
{
    struct mark *mark = data;
    g_ptr_array_unref(mark->words);
    g_free(mark);
}

static void
on_far(void *user)
{
    struct search *search = user;

    /* What is here belongs to an earlier text while its answer is awaited. */
    if (search->question == 0 || search->append)
        tell(search);
}

struct search *
search_new(struct core *core, search_fn fn, void *user)
{
    struct search *search = g_new0(struct search, 1);
    search->core = core;
    search->fn = fn;
    search->user = user;
    search->hits = g_ptr_array_new_with_free_func((GDestroyNotify)message_unref);
    search->marks = g_ptr_array_new_with_free_func(mark_free);
    search->shown = g_ptr_array_new();
    search->far = far_new(core, on_far, search);
    return search;
}

static bool
has_needle(const struct message *message, const char *needle)
{
    g_autofree char *text = g_utf8_casefold(message->body->text, -1);
    return strstr(text, needle) != NULL;
}

/* Nothing that was asked is answered any more. */
static void
forget(struct search *search)
{
    store_search_cancel(search->core->store, search->question);
    store_index_forget(search->core->store, search->waits);
    search->question = search->waits = 0;
}

void
search_free(struct search *search)
{
    if (search == NULL)
        return;
    forget(search);
    far_free(search->far);
    store_query_free(search->query);
    g_free(search->asked);
    g_free(search->needle);
    g_ptr_array_unref(search->shown);
    g_ptr_array_unref(search->hits);
    g_ptr_array_unref(search->marks);
    g_free(search);
}

/* --- what the parts mean here
 * --------------------------------------------------------------------- */

static const struct space *
space_of(struct core *core, const struct room *room)
{
    return room->pub.space_id != 0 ? core_space(core, room->pub.space_id) : NULL;
}

static bool
is_named(struct core *core, const struct room *room, const char *name, char **address)
{
    const struct account *account = core_account(core, room->pub.account_id);
    const struct space *space = space_of(core, room);
    bool server = room->pub.kind == BUFFER_SERVER;
    g_autofree char *wanted = g_utf8_casefold(name, -1);
    g_autofree char *is = g_utf8_casefold(room->pub.name, -1);
    if (account != NULL && g_ascii_strcasecmp(account->name, name) == 0)
        return true;
    return (!server && strcmp(wanted, is) == 0) ||
           (address != NULL &&
            address_match(address, account != NULL ? account->name : NULL,
                          space != NULL ? space->name : NULL, server ? NULL : room->pub.name) > 0);
}

static void
refuse_place(struct core *core, const char *name, GError **error)
{
    struct nearest nearest;
    nearest_init(&nearest, name);
    GHashTableIter iter;
    void *value;
    g_hash_table_iter_init(&iter, core->rooms);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct room *room = value;
        g_autofree char *address = core_buffer_address(core, &room->pub);
        nearest_offer(&nearest, room->pub.name);
        nearest_offer(&nearest, address);
    }
    for (unsigned i = 0; i < core->accounts->len; i++)
        nearest_offer(&nearest, ((const struct account *)core->accounts->pdata[i])->name);
    g_autofree char *hint = nearest_hint(&nearest);
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                "“in:%s”: no buffer and no account has that name.%s", name, hint);
}

static bool
add_place(struct search *search, GArray *ids, const char *name, int64_t here, GError **error)
{
    struct core *core = search->core;
    unsigned before = ids->len;
    if (g_ascii_strcasecmp(name, "here") == 0 && here != 0) {
        g_array_append_val(ids, here);
        return true;
    }
    g_auto(GStrv) address = address_parse(name, NULL);
    GHashTableIter iter;
    void *value;
    g_hash_table_iter_init(&iter, core->rooms);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct room *room = value;
        if (is_named(core, room, name, address))
            g_array_append_val(ids, room->pub.id);
    }
    if (ids->len == before)
        refuse_place(core, name, error);
    return ids->len > before;
}

static void
add_mark(struct search *search, const struct search_word *word)
{
    struct mark *mark = g_new0(struct mark, 1);
    mark->words = g_ptr_array_new_with_free_func(g_free);
    mark->prefix = word->prefix;
    size_t at = 0, start, end, len = strlen(word->text);
    while (fold_next_word(word->text, len, &at, &start, &end))
        g_ptr_array_add(mark->words, fold_text(word->text + start, end - start));
    g_ptr_array_add(search->marks, mark);
}

static bool
add_words(struct search *search, const struct search_query *query, GError **error)
{
    for (unsigned i = 0; i < query->words->len; i++) {
        const struct search_word *word = query->words->pdata[i];
        if (!store_query_add(search->query, word->text, word->prefix, word->not_)) {
            g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                        "A search has at most %d words, of %d bytes each.", STORE_SEARCH_MAX_TERMS,
                        STORE_SEARCH_MAX_BYTES);
            return false;
        }
        if (!word->not_)
            add_mark(search, word);
    }
    return true;
}

/* The store's form of it in search->query; NULL there when nothing is asked. */
static struct search_query *
understand(struct search *search, const char *text, int64_t here, bool typing, GError **error)
{
    int64_t now_us = clock_wall_us(search->core->clock);
    struct search_query *query = search_query_parse(text, now_us, typing, error);
    if (query == NULL)
        return NULL;
    bool ok = true;
    if (!query->empty) {
        search->query = store_query_new();
        ok = add_words(search, query, error);
        search->query->from = g_strdup(query->from);
        search->query->after_us = query->after_us;
        search->query->before_us = query->before_us;
        if (query->in->len > 0)
            search->query->buffer_ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
        for (unsigned i = 0; ok && i < query->in->len; i++)
            ok = add_place(search, search->query->buffer_ids, query->in->pdata[i], here, error);
    }
    if (ok)
        return query;
    search_query_free(query);
    return NULL;
}

/* --- asking
 * --------------------------------------------------------------------------------------- */

static void ask(struct search *search);

static void
on_complete(void *user)
{
    struct search *search = user;
    search->waits = 0;
    store_search_cancel(search->core->store, search->question);
    search->question = 0;
    search->append = false;
    ask(search);
}

/* The answer comes again when the index is complete. */
static void
wait_for_index(struct search *search)
{
    if (search->waits == 0 && !search->core->read_only)
        search->waits = store_index_when_complete(search->core->store, on_complete, search);
}

static gint
newest_first(gconstpointer a, gconstpointer b)
{
    const struct message *one = *(const struct message *const *)a;
    const struct message *other = *(const struct message *const *)b;
    return (one->time_us < other->time_us) - (one->time_us > other->time_us);
}

/* What the networks found goes where its time is; what is older than all that has been read from
 * the store waits for the next page. The store's order is that of coming: what was fetched later
 * may have been said before. */
static void
merge(struct search *search)
{
    const GPtrArray *found = far_hits(search->far), *hits = search->hits;
    g_autoptr(GHashTable) here = g_hash_table_new(g_int64_hash, g_int64_equal);
    int64_t oldest_us = INT64_MAX;

    g_ptr_array_set_size(search->shown, 0);
    for (guint i = 0; i < hits->len; i++) {
        struct message *message = hits->pdata[i];
        g_hash_table_add(here, &message->id);
        g_ptr_array_add(search->shown, message);
        oldest_us = MIN(oldest_us, message->time_us);
    }
    for (guint i = 0; i < found->len; i++) {
        struct message *message = found->pdata[i];
        const bool doubled = message->id != 0 && g_hash_table_contains(here, &message->id);
        const bool later = search->more && message->time_us < oldest_us;
        if (!doubled && !later && (search->needle == NULL || has_needle(message, search->needle)))
            g_ptr_array_add(search->shown, message);
    }
    if (!search->ranked)
        g_ptr_array_sort(search->shown, newest_first);
}

static void
tell(struct search *search)
{
    merge(search);
    struct search_result result = {.hits = search->shown,
                                   .more = search->more,
                                   .asked = search->query != NULL || search->pins != 0,
                                   .behind = search->behind,
                                   .waiting = far_waiting(search->far),
                                   .failed = far_failed(search->far)};
    search->fn(search->user, &result, NULL);
}

static void
on_hits(void *user, const struct store_hits *hits, const GError *error)
{
    struct search *search = user;
    search->question = 0;
    bool index_missing =
        error_is(error, WEFT_ERROR_NOT_FOUND) || error_is(error, WEFT_ERROR_DATABASE);
    if (error != NULL && (!index_missing || search->core->read_only)) {
        search->fn(search->user, NULL, error);
        return;
    }
    if (!search->append)
        g_ptr_array_set_size(search->hits, 0);
    search->more = hits != NULL && hits->more && !search->ranked;
    for (unsigned i = 0; hits != NULL && i < hits->messages->len; i++)
        g_ptr_array_add(search->hits, message_ref(hits->messages->pdata[i]));
    int64_t behind = hits != NULL ? hits->behind : store_index_behind(search->core->store);
    if (index_missing)
        behind = MAX(1, behind);
    if (behind > 0)
        wait_for_index(search);
    search->behind = behind;
    tell(search);
}

static void
ask(struct search *search)
{
    const struct message *last = search->append ? search->hits->pdata[search->hits->len - 1] : NULL;
    struct store_search asked = {.query = search->query,
                                 .ranked = search->ranked,
                                 .before_id = last != NULL ? last->id : 0,
                                 .limit = search->ranked ? SEARCH_RANKED : SEARCH_PAGE};
    unsigned question =
        store_search_start(search->core->store, &asked, SEARCH_WAIT_US, on_hits, search);
    if (question != 0)
        search->question = question;
}

/* The networks are asked once, however often the order changes. */
static void
ask_far(struct search *search, const char *text, struct search_query *query_take, bool typing)
{
    g_autofree char *asked = g_strconcat(typing ? ":" : "", text, NULL);

    if (g_strcmp0(search->asked, asked) == 0) {
        search_query_free(query_take);
        return;
    }
    g_free(search->asked);
    search->asked = g_steal_pointer(&asked);
    far_search(search->far, query_take, search->query->buffer_ids, typing);
}

void
search_set(struct search *search, const char *text, int64_t here, bool ranked, bool typing)
{
    g_autoptr(GError) error = NULL;
    forget(search);
    store_query_free(g_steal_pointer(&search->query));
    g_ptr_array_set_size(search->marks, 0);
    search->ranked = ranked;
    search->append = search->more = false;
    search->behind = 0;
    struct search_query *query = understand(search, text, here, typing, &error);
    if (query != NULL && search->query != NULL) {
        ask_far(search, text, query, typing);
        ask(search);
        return;
    }
    search_query_free(query);
    far_forget(search->far);
    g_clear_pointer(&search->asked, g_free);
    g_ptr_array_set_size(search->hits, 0);
    g_clear_pointer(&search->query, store_query_free);
    if (error != NULL)
        search->fn(search->user, NULL, error);
    else
        tell(search);
}

static void
list_pins(struct search *search)
{
    g_autoptr(GPtrArray) pinned = core_pinned(search->core, search->pins);

    g_ptr_array_set_size(search->hits, 0);
    for (guint i = 0; i < pinned->len; i++) {
        struct message *message = pinned->pdata[i];
        if (has_needle(message, search->needle))
            g_ptr_array_add(search->hits, message_ref(message));
    }
    tell(search);
}

void
search_set_pins(struct search *search, int64_t buffer_id, const char *text)
{
    g_free(search->needle);
    search->needle = g_utf8_casefold(text, -1);
    if (search->pins != buffer_id)
        far_pins(search->far, buffer_id);
    search->pins = buffer_id;
    list_pins(search);
}

void
search_more(struct search *search)
{
    if (!search->more || search->question != 0 || search->hits->len == 0)
        return;
    search->append = true;
    ask(search);
}

void
search_changed(struct search *search, struct message *message)
{
    guint at = 0;
    const bool found = far_changed(search->far, message);
    if (search->pins != 0) {
        if (found || message->buffer_id == search->pins)
            list_pins(search);
        return;
    }
    while (at < search->hits->len &&
           ((const struct message *)search->hits->pdata[at])->id != message->id)
        at++;
    if (at == search->hits->len) {
        if (found)
            tell(search);
        return;
    }
    if ((message->flags & MESSAGE_DELETED) == 0) {
        message_unref(search->hits->pdata[at]);
        search->hits->pdata[at] = message_ref(message);
    } else {
        g_ptr_array_remove_index(search->hits, at);
    }
    /* What follows the last of them is asked for anew. */
    if (search->hits->len == 0 && search->more && search->question == 0) {
        search->append = false;
        ask(search);
        return;
    }
    tell(search);
}

/* --- marks
 * ---------------------------------------------------------------------------------------- */

struct place {
    size_t start, end;
    char *folded;
};

static GArray *
places_of(const char *text)
{
    GArray *places = g_array_new(FALSE, FALSE, sizeof(struct place));
    size_t at = 0, len = strlen(text);
    struct place place;
    while (fold_next_word(text, len, &at, &place.start, &place.end)) {
        place.folded = fold_text(text + place.start, place.end - place.start);
        g_array_append_val(places, place);
    }
    return places;
}

/* How many places from this one on the mark covers; 0: it is not here. */
static unsigned
covers(const struct mark *mark, const GArray *places, unsigned from)
{
    unsigned n = mark->words->len;
    if (from + n > places->len)
        return 0;
    for (unsigned i = 0; i < n; i++) {
        const char *is = g_array_index(places, struct place, from + i).folded;
        bool begins = mark->prefix && i + 1 == n;
        if (begins ? !g_str_has_prefix(is, mark->words->pdata[i])
                   : strcmp(is, mark->words->pdata[i]) != 0)
            return 0;
    }
    return n;
}

GArray *
search_marks(const struct search *search, const char *text)
{
    GArray *marks = g_array_new(FALSE, FALSE, sizeof(size_t));
    GArray *places = places_of(text);
    unsigned marked_to = 0;
    for (unsigned i = 0; i < places->len; i++) {
        for (unsigned m = 0; m < search->marks->len; m++)
            marked_to = MAX(marked_to, i + covers(search->marks->pdata[m], places, i));
        struct place *place = &g_array_index(places, struct place, i);
        if (i < marked_to) {
            g_array_append_val(marks, place->start);
            g_array_append_val(marks, place->end);
        }
        g_free(place->folded);
        place->folded = NULL;
    }
    g_array_unref(places);
    return marks;
}
