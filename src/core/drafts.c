/* Drafts that the network keeps as well: what is typed here is told there a moment later, and what
 * was typed elsewhere becomes the draft here, unless something else is being typed.
 *
 * Of each draft weft knows the checksum of what the network has (its base), also after a restart:
 * a draft that differs from it was changed here and is told; one that does not may be replaced by
 * what the network says. A command is nobody's business: while one is typed, nothing is told. */
#include <string.h>

#include "base/log.h"
#include "base/redact.h"
#include "base/utf8.h"
#include "core/engine.h"
#include "store/threads.h"

#define TELL_US     G_USEC_PER_SEC
#define DRAFT_BYTES (64 * 1024)
#define MOST_DRAFTS 1000 /* of one account, that the network may make us keep */
#define KV_NAME     "drafts"

struct kept {
    int64_t buffer_id;
    char *root;     /* "": of the conversation itself */
    char *text;     /* as it is here; NULL: in the store */
    char *base;     /* what the network has; NULL: nothing */
    char *sending;  /* what it is being told, or was when weft or the connection ended: it may have
                       that; NULL: nothing */
    bool under_way; /* it is being told, */
    bool crossed;   /* and meanwhile the network spoke of it: who was later is not known */
    bool due;       /* it is to be told */
    bool seen;      /* the network spoke of it on this connection */
};

struct drafts {
    GHashTable *all; /* "BUFFER ROOT": struct kept */
    unsigned timer;
    bool listed; /* the network has told all that it has, on this connection */
};

static void
kept_free(void *data)
{
    struct kept *kept = data;

    g_free(kept->root);
    redact_wipe_free(kept->text);
    g_free(kept->base);
    g_free(kept->sending);
    g_free(kept);
}

static char *
key_of(int64_t buffer_id, const char *root)
{
    return g_strdup_printf("%" G_GINT64_FORMAT " %s", buffer_id, root);
}

static struct kept *
kept_make(struct drafts *drafts, int64_t buffer_id, const char *root)
{
    struct kept *kept = g_new0(struct kept, 1);

    kept->buffer_id = buffer_id;
    kept->root = g_strdup(root);
    g_hash_table_replace(drafts->all, key_of(buffer_id, root), kept);
    return kept;
}

static struct kept *
kept_find(const struct drafts *drafts, int64_t buffer_id, const char *root)
{
    g_autofree char *key = key_of(buffer_id, root);

    return g_hash_table_lookup(drafts->all, key);
}

/* --- what is kept of them
 * -------------------------------------------------------------------------------- */

static void
load(struct session *session)
{
    g_autofree char *text = store_load_kv(session->core->store, session->account->id, KV_NAME);
    g_autoptr(GVariant) list =
        text != NULL ? g_variant_parse(G_VARIANT_TYPE("a(xsss)"), text, NULL, NULL, NULL) : NULL;
    GVariantIter iter;
    gint64 buffer_id;
    const char *root, *base, *sending;

    if (list == NULL)
        return;
    g_variant_iter_init(&iter, list);
    while (g_variant_iter_next(&iter, "(x&s&s&s)", &buffer_id, &root, &base, &sending)) {
        struct kept *kept = kept_make(session->drafts, buffer_id, root);
        kept->base = *base != '\0' ? g_strdup(base) : NULL;
        kept->sending = *sending != '\0' ? g_strdup(sending) : NULL;
    }
}

static void
save(struct session *session)
{
    GVariantBuilder builder;
    GHashTableIter iter;
    struct kept *kept;
    unsigned n = 0;

    g_variant_builder_init(&builder, G_VARIANT_TYPE("a(xsss)"));
    g_hash_table_iter_init(&iter, session->drafts->all);
    while (g_hash_table_iter_next(&iter, NULL, (void **)&kept)) {
        if (kept->base == NULL && kept->sending == NULL)
            continue;
        g_variant_builder_add(&builder, "(xsss)", (gint64)kept->buffer_id, kept->root,
                              kept->base != NULL ? kept->base : "",
                              kept->sending != NULL ? kept->sending : "");
        n++;
    }
    g_autoptr(GVariant) list = g_variant_ref_sink(g_variant_builder_end(&builder));
    g_autofree char *text = n > 0 ? g_variant_print(list, FALSE) : NULL;
    store_set_kv(session->core->store, session->account->id, KV_NAME, text);
}

/* NULL: its network keeps none, or this weft may write nothing. */
static struct drafts *
drafts_of(struct session *session)
{
    if (session == NULL || session->driver == NULL || session->driver->draft == NULL ||
        session->trial != NULL || session->core->read_only)
        return NULL;
    if (session->drafts == NULL) {
        session->drafts = g_new0(struct drafts, 1);
        session->drafts->all = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, kept_free);
        load(session);
    }
    return session->drafts;
}

void
drafts_free(struct session *session)
{
    if (session->drafts == NULL)
        return;
    clock_timer_del(session->core->clock, session->drafts->timer);
    g_hash_table_unref(session->drafts->all);
    g_clear_pointer(&session->drafts, g_free);
}

/* --- what it says
 * -------------------------------------------------------------------------------- */

/* NULL for nothing. */
static char *
sum_of(const char *text)
{
    return *text != '\0' ? g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1) : NULL;
}

static bool
is_command(const char *text)
{
    return text[0] == '/' && text[1] != '/';
}

/* Never NULL. */
static const char *
text_here(struct core *core, struct kept *kept)
{
    if (kept->text == NULL)
        kept->text = *kept->root != '\0'
                         ? store_load_thread_draft(core->store, kept->buffer_id, kept->root)
                         : store_load_draft(core->store, kept->buffer_id);
    if (kept->text == NULL)
        kept->text = g_strdup("");
    return kept->text;
}

const char *
drafts_text(const struct room *room, const char *root)
{
    const struct kept *kept = room->session != NULL && room->session->drafts != NULL
                                  ? kept_find(room->session->drafts, room->pub.id, root)
                                  : NULL;

    return kept != NULL ? kept->text : NULL;
}

/* It differs from what the network has. */
static bool
is_changed(struct core *core, struct kept *kept)
{
    g_autofree char *sum = sum_of(text_here(core, kept));

    return g_strcmp0(sum, kept->base) != 0;
}

/* --- out
 * ---------------------------------------------------------------------------------------------- */

static void run_soon(struct session *session);

static void
on_told(struct session *session, const GError *error, void *user)
{
    struct kept *kept =
        session->drafts != NULL ? g_hash_table_lookup(session->drafts->all, user) : NULL;

    if (kept == NULL)
        return;
    kept->under_way = false;
    if (error == NULL) {
        if (!kept->crossed) {
            g_free(kept->base);
            kept->base = g_steal_pointer(&kept->sending);
        }
        g_clear_pointer(&kept->sending, g_free);
        save(session);
    } else if (error_is(error, WEFT_ERROR_CLOSED)) {
        kept->due = true;
    } else {
        g_clear_pointer(&kept->sending, g_free);
        log_info(session->host.account, "a draft could not be told: %s", error->message);
    }
    if (kept->due)
        run_soon(session);
}

static void
tell(struct session *session, const char *key, struct kept *kept)
{
    const struct room *room = room_get(session->core, kept->buffer_id);
    const char *text = text_here(session->core, kept);
    g_autoptr(GError) error = NULL;

    kept->due = false;
    if (room == NULL || room->hidden_draft != NULL || is_command(text) ||
        !is_changed(session->core, kept))
        return;
    char *owned = g_strdup(key);
    const op_id op = session_begin(session, kept->buffer_id, on_told, owned);
    session_owns(session, op, g_free);
    g_free(kept->sending);
    kept->sending = sum_of(text);
    kept->under_way = true;
    kept->crossed = false;
    save(session);
    if (session->driver->draft(session->state, op, &room->pub,
                               *kept->root != '\0' ? kept->root : NULL, *text != '\0' ? text : NULL,
                               &error))
        return;
    log_info(session->host.account, "a draft is not told: %s", error->message);
    session_refused(session, op);
    kept->under_way = false;
    g_clear_pointer(&kept->sending, g_free);
}

static void
on_timer(void *user)
{
    struct session *session = user;
    GHashTableIter iter;
    char *key;
    struct kept *kept;

    session->drafts->timer = 0;
    if (!session->drafts->listed || !session_online(session))
        return;
    g_hash_table_iter_init(&iter, session->drafts->all);
    while (g_hash_table_iter_next(&iter, (void **)&key, (void **)&kept))
        if (kept->due && !kept->under_way)
            tell(session, key, kept);
}

static void
run_soon(struct session *session)
{
    if (session->drafts->timer == 0 && session->drafts->listed)
        session->drafts->timer = clock_timer_add(session->core->clock, TELL_US, on_timer, session);
}

void
drafts_typed(struct room *room, const char *root, const char *text)
{
    struct drafts *drafts = drafts_of(room->session);
    struct kept *kept;

    if (drafts == NULL || room == room->session->server)
        return;
    if (text == NULL)
        text = "";
    kept = kept_find(drafts, room->pub.id, root);
    if (kept == NULL && *text == '\0')
        return;
    if (kept == NULL)
        kept = kept_make(drafts, room->pub.id, root);
    redact_wipe_free(kept->text);
    kept->text = g_strdup(text);
    kept->due = true;
    run_soon(room->session);
}

/* --- in
 * -----------------------------------------------------------------------------------------------
 */

/* It is the draft here from now on. */
static void
take(struct core *core, struct room *room, struct kept *kept, const char *text)
{
    redact_wipe_free(kept->text);
    kept->text = g_strdup(text);
    if (*kept->root != '\0') {
        store_set_thread_draft(core->store, room->pub.id, kept->root, text);
    } else {
        store_set_draft(core->store, room->pub.id, text);
        writing_set_draft(core, room, *text != '\0');
    }
    bus_publish(core->bus, &(struct notice){.type = NOTICE_DRAFT,
                                            .account_id = room->pub.account_id,
                                            .buffer_id = room->pub.id,
                                            .text = kept->root});
}

/* What is here may stand there already, though its answer did not come. */
static bool
is_perhaps_told(struct core *core, struct kept *kept)
{
    g_autofree char *sum = sum_of(text_here(core, kept));

    return kept->sending != NULL && !kept->under_way && g_strcmp0(sum, kept->sending) == 0;
}

/* The network has this. What was changed here meanwhile stays, and is told. */
static void
network_has(struct session *session, struct kept *kept, const char *text)
{
    struct core *core = session->core;
    struct room *room = room_get(core, kept->buffer_id);
    g_autofree char *sum = sum_of(text);

    kept->crossed = kept->under_way;
    if (room == NULL || (!kept->under_way && g_strcmp0(sum, kept->base) == 0))
        return;
    const bool unchanged = !kept->under_way && (!is_changed(core, kept) ||
                                                (sum != NULL && is_perhaps_told(core, kept)));
    const bool free_ =
        !kept->due && room->hidden_draft == NULL && (unchanged || *text_here(core, kept) == '\0');
    if (!kept->under_way)
        g_clear_pointer(&kept->sending, g_free);
    g_free(kept->base);
    kept->base = g_steal_pointer(&sum);
    if (free_)
        take(core, room, kept, text);
    else
        kept->due = true;
}

static void
on_draft(struct session *session, const struct event *event)
{
    const struct room *room = ingest_find(session, event->conversation);
    g_autofree char *root = ingest_clean(event->draft.thread, CORE_MAX_ID_BYTES);
    g_autofree char *text = ingest_clean(event->draft.text, DRAFT_BYTES);
    struct kept *kept;

    if (room == NULL || room == session->server ||
        (text != NULL && core_has_secret(session->core, room->pub.id, text)))
        return;
    kept = kept_find(session->drafts, room->pub.id, root != NULL ? root : "");
    if (kept == NULL &&
        (text == NULL || *text == '\0' || g_hash_table_size(session->drafts->all) >= MOST_DRAFTS))
        return;
    if (kept == NULL)
        kept = kept_make(session->drafts, room->pub.id, root != NULL ? root : "");
    kept->seen = true;
    network_has(session, kept, text != NULL ? text : "");
    save(session);
    if (kept->due)
        run_soon(session);
}

static void
note_room(struct room *room, void *user)
{
    struct drafts *drafts = user;

    if (room->pub.draft && room != room->session->server &&
        kept_find(drafts, room->pub.id, "") == NULL)
        kept_make(drafts, room->pub.id, "");
}

/* What it did not speak of is not there any more; what was changed here is told now. */
static void
on_all_told(struct session *session)
{
    GHashTableIter iter;
    struct kept *kept;

    session->drafts->listed = true;
    room_each(session, note_room, session->drafts);
    g_hash_table_iter_init(&iter, session->drafts->all);
    while (g_hash_table_iter_next(&iter, NULL, (void **)&kept)) {
        if (!kept->seen)
            network_has(session, kept, "");
        kept->due |= is_changed(session->core, kept);
    }
    save(session);
    run_soon(session);
}

void
drafts_event(struct session *session, const struct event *event)
{
    if (drafts_of(session) == NULL)
        return;
    if (event->type == EVENT_DRAFT)
        on_draft(session, event);
    else
        on_all_told(session);
}

void
drafts_lost(struct session *session)
{
    GHashTableIter iter;
    struct kept *kept;

    if (session->drafts == NULL)
        return;
    session->drafts->listed = false;
    clock_timer_del(session->core->clock, session->drafts->timer);
    session->drafts->timer = 0;
    g_hash_table_iter_init(&iter, session->drafts->all);
    while (g_hash_table_iter_next(&iter, NULL, (void **)&kept))
        kept->seen = false;
}
