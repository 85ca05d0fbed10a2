#include "core/inbox.h"

#include "base/error.h"
#include "core/engine.h"
#include "core/ignore.h"
#include "core/threads.h"
#include "store/inbox.h"
#include "store/threads.h"

/* Of one conversation that is dealt with in the whole. */
#define ROWS_MOST 1000
#define UNDO_MOST 20
/* Among so many lines of an unread buffer the last that counts is looked for; mostly it is one of
 * the first. */
#define LOOK_BACK  64
#define LOOK_FIRST 4
/* The clock may be set, or the machine sleep: a snooze is never looked for later than this. */
#define LOOK_US (60 * G_USEC_PER_SEC)

struct inbox {
    unsigned bus_id;
    bool stale; /* `counts` and `tallies` are those of before */
    bool waits; /* for what was written to be on disk */
    bool again; /* something was written since */
    unsigned timer;
    GArray *tallies;    /* struct inbox_tally */
    GHashTable *unread; /* ids of buffers with something unread that calls nobody */
    struct inbox_counts counts;
    GQueue undo; /* GArray of struct step, the last first */
};

enum step_what { STEP_STATE, STEP_READ, STEP_THREAD, STEP_FLAG };

/* What to do to undo something. */
struct step {
    enum step_what what;
    int64_t id; /* of the message; READ, THREAD: of the buffer */
    enum inbox_state state;
    int64_t until_us;
    struct position read; /* THREAD: its sort key */
    char *root;           /* THREAD */
};

void
inbox_entry_free(struct inbox_entry *entry)
{
    if (entry == NULL)
        return;
    message_unref(entry->message);
    g_free(entry->root);
    g_free(entry);
}

/* --- what has changed
 * ------------------------------------------------------------------------------ */

/* Told once; the next time when somebody has looked. */
static void
mark_stale(struct core *core)
{
    struct inbox *inbox = core->inbox;

    if (inbox->stale)
        return;
    inbox->stale = true;
    bus_publish(core->bus, &(struct notice){.type = NOTICE_INBOX});
}

static void
on_disk(struct core *core, int64_t id, int64_t argument)
{
    struct inbox *inbox = core->inbox;

    inbox->waits = false;
    if (inbox->again)
        inbox_written(core);
    mark_stale(core);
}

void
inbox_written(struct core *core)
{
    struct inbox *inbox = core->inbox;

    if (core->read_only || core->leaving)
        return;
    inbox->again = inbox->waits;
    if (inbox->waits)
        return;
    inbox->waits = true;
    word_after(core, on_disk, 0, 0);
}

static bool
is_unread(const struct buffer *buffer)
{
    return !buffer->closed && buffer->notify != NOTIFY_NONE && buffer->kind != BUFFER_DIRECT &&
           buffer->unread > buffer->mentions;
}

static void
look_at_buffer(struct core *core, int64_t id)
{
    const struct buffer *buffer = core_buffer(core, id);
    GHashTable *unread = core->inbox->unread;
    bool changed;

    if (buffer != NULL && is_unread(buffer))
        changed = g_hash_table_add(unread, g_memdup2(&id, sizeof id));
    else
        changed = g_hash_table_remove(unread, &id);
    if (changed)
        mark_stale(core);
}

static void
look_at_all(struct core *core)
{
    for (guint i = 0; i < core->open->len; i++)
        look_at_buffer(core, ((const struct buffer *)core->open->pdata[i])->id);
}

static void
on_notice(const struct notice *notice, void *user)
{
    struct core *core = user;

    switch (notice->type) {
    case NOTICE_BUFFER_ADDED:
    case NOTICE_BUFFER_CHANGED:
    case NOTICE_BUFFER_CLOSED:
        look_at_buffer(core, notice->buffer_id);
        break;
    case NOTICE_CONFIG:
        look_at_all(core); /* other levels */
        break;
    case NOTICE_THREAD:
        mark_stale(core);
        break;
    case NOTICE_MESSAGE:
    case NOTICE_MESSAGE_CHANGED:
        if ((notice->message->flags & (MESSAGE_OWN | MESSAGE_MENTION | MESSAGE_FLAGGED)) != 0)
            mark_stale(core);
        break;
    default:
        break;
    }
}

static void
on_timer(void *user)
{
    struct core *core = user;

    core->inbox->timer = 0;
    mark_stale(core);
}

/* --- life
 * ------------------------------------------------------------------------------------------ */

static void
free_steps(void *steps)
{
    g_array_unref(steps);
}

void
inbox_init(struct core *core)
{
    struct inbox *inbox = g_new0(struct inbox, 1);

    core->inbox = inbox;
    inbox->stale = true;
    inbox->tallies = g_array_new(FALSE, FALSE, sizeof(struct inbox_tally));
    inbox->unread = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_queue_init(&inbox->undo);
    look_at_all(core);
    inbox->bus_id = bus_subscribe(core->bus, on_notice, core);
}

void
inbox_fini(struct core *core)
{
    struct inbox *inbox = core->inbox;

    bus_unsubscribe(core->bus, inbox->bus_id);
    clock_timer_del(core->clock, inbox->timer);
    g_array_unref(inbox->tallies);
    g_hash_table_unref(inbox->unread);
    g_queue_clear_full(&inbox->undo, free_steps);
    g_free(inbox);
}

/* --- looking
 * --------------------------------------------------------------------------------------- */

static void
plan(struct core *core)
{
    struct inbox *inbox = core->inbox;
    const int64_t now_us = clock_wall_us(core->clock);
    const int64_t next_us = store_next_snooze(core->store, now_us);

    clock_timer_del(core->clock, inbox->timer);
    inbox->timer =
        next_us != 0 ? clock_timer_add(core->clock, MIN(next_us - now_us, LOOK_US), on_timer, core)
                     : 0;
}

static bool
tells_of_threads(struct core *core, int64_t buffer_id)
{
    const struct buffer *buffer = core_buffer(core, buffer_id);

    return buffer != NULL && buffer->notify != NOTIFY_NONE;
}

static void
refresh(struct core *core)
{
    struct inbox *inbox = core->inbox;

    if (!inbox->stale)
        return;
    inbox->stale = false;
    inbox->counts = (struct inbox_counts){0};
    g_array_unref(inbox->tallies);
    inbox->tallies = store_tally_inbox(core->store, clock_wall_us(core->clock));
    for (guint i = 0; i < inbox->tallies->len; i++) {
        const struct inbox_tally *tally = &g_array_index(inbox->tallies, struct inbox_tally, i);
        if (core_buffer(core, tally->buffer_id) == NULL)
            continue;
        if (tally->direct)
            inbox->counts.n[INBOX_DIRECTS]++;
        else
            inbox->counts.n[INBOX_MENTIONS] += tally->n;
    }
    g_autoptr(GArray) threads = store_new_threads(core->store);
    for (guint i = 0; i < threads->len; i++)
        inbox->counts.n[INBOX_THREADS] +=
            tells_of_threads(core, g_array_index(threads, int64_t, i));
    g_autoptr(GArray) failed = outbox_failed(core);
    inbox->counts.n[INBOX_FAILED] = failed->len;
    inbox->counts.n[INBOX_UNREADS] = g_hash_table_size(inbox->unread);
    inbox->counts.n[INBOX_SAVED] = store_count_flagged(core->store);
    plan(core);
}

const struct inbox_counts *
core_inbox_counts(struct core *core)
{
    refresh(core);
    return &core->inbox->counts;
}

/* Takes the message. What today's rules hide, and what is said where nobody is any more, is left
 * out. */
static void
add(struct core *core, GPtrArray *entries, enum inbox_kind kind, struct message *message_take,
    unsigned n)
{
    struct inbox_entry *entry;

    if (message_take == NULL)
        return;
    struct message *seen = ignore_seen(core, message_take);
    message_unref(message_take);
    if (core_buffer(core, seen->buffer_id) == NULL || (seen->flags & MESSAGE_IGNORED) != 0) {
        message_unref(seen);
        return;
    }
    entry = g_new0(struct inbox_entry, 1);
    entry->kind = kind;
    entry->buffer_id = seen->buffer_id;
    entry->message = seen;
    entry->n = n;
    g_ptr_array_add(entries, entry);
}

static void
add_all(struct core *core, GPtrArray *entries, enum inbox_kind kind, GPtrArray *messages)
{
    for (guint i = 0; i < messages->len; i++)
        add(core, entries, kind, message_ref(messages->pdata[i]), 1);
    g_ptr_array_unref(messages);
}

static void
add_directs(struct core *core, GPtrArray *entries, unsigned limit)
{
    const GArray *tallies = core->inbox->tallies;

    for (guint i = 0; i < tallies->len && limit > 0; i++) {
        const struct inbox_tally *tally = &g_array_index(tallies, struct inbox_tally, i);
        if (!tally->direct)
            continue;
        limit--;
        add(core, entries, INBOX_DIRECTS, store_load_message(core->store, tally->newest_id),
            tally->n);
    }
}

static gint
compare_ids(gconstpointer a, gconstpointer b)
{
    const int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;
    return one < other ? -1 : one > other;
}

/* The last that was said in it by others. Unref. NULL: it is not here. */
static struct message *
last_reply(struct core *core, const struct thread *thread)
{
    const struct position end = {.sort_key = INT64_MAX, .id = INT64_MAX};
    g_autoptr(GPtrArray) replies = store_load_replies(core->store, thread->buffer_id, thread->root,
                                                      end, STORE_BEFORE, LOOK_BACK);

    for (guint i = replies->len; i > 0; i--) {
        struct message *message = replies->pdata[i - 1];
        if ((message->flags & (MESSAGE_OWN | MESSAGE_DELETED | MESSAGE_IGNORED)) == 0)
            return ignore_seen(core, message);
    }
    return NULL;
}

static void
add_threads(struct core *core, GPtrArray *entries, unsigned limit)
{
    g_autoptr(GPtrArray) threads = store_load_new_threads(core->store, limit);

    for (guint i = 0; i < threads->len; i++) {
        const struct thread *thread = threads->pdata[i];
        if (!tells_of_threads(core, thread->buffer_id))
            continue;
        struct inbox_entry *entry = g_new0(struct inbox_entry, 1);
        entry->kind = INBOX_THREADS;
        entry->buffer_id = thread->buffer_id;
        entry->root = g_strdup(thread->root);
        entry->n = thread->unread - thread->mentions;
        entry->message = last_reply(core, thread);
        g_ptr_array_add(entries, entry);
    }
}

static void
add_failed(struct core *core, GPtrArray *entries, unsigned limit)
{
    g_autoptr(GArray) ids = outbox_failed(core);

    g_array_sort(ids, compare_ids);
    for (guint i = ids->len; i > 0 && limit > 0; i--, limit--)
        add(core, entries, INBOX_FAILED,
            store_load_message(core->store, g_array_index(ids, int64_t, i - 1)), 1);
}

static gint
newest_first(gconstpointer a, gconstpointer b)
{
    const struct buffer *one = *(const struct buffer *const *)a;
    const struct buffer *other = *(const struct buffer *const *)b;

    if (one->last_activity_us != other->last_activity_us)
        return one->last_activity_us > other->last_activity_us ? -1 : 1;
    return one->id < other->id ? -1 : one->id > other->id;
}

/* The last line of a buffer that makes it unread and still has its text. Unref. NULL: it lies
 * further back. */
static struct message *
last_said(struct core *core, int64_t buffer_id)
{
    for (unsigned n = LOOK_FIRST; n <= LOOK_BACK; n *= LOOK_FIRST) {
        g_autoptr(GPtrArray) lines = store_load_newest(core->store, buffer_id, n);
        for (guint i = lines->len; i > 0; i--) {
            struct message *message = lines->pdata[i - 1];
            if (unread_kind_counts(message->kind) &&
                (message->flags &
                 (MESSAGE_OWN | MESSAGE_MENTION | MESSAGE_DELETED | MESSAGE_ASIDE)) == 0)
                return ignore_seen(core, message);
        }
    }
    return NULL;
}

static void
add_unreads(struct core *core, GPtrArray *entries, unsigned limit)
{
    g_autoptr(GPtrArray) buffers = g_ptr_array_new();
    GHashTableIter iter;
    gpointer id;

    g_hash_table_iter_init(&iter, core->inbox->unread);
    while (g_hash_table_iter_next(&iter, &id, NULL))
        g_ptr_array_add(buffers, &room_get(core, *(int64_t *)id)->pub);
    g_ptr_array_sort(buffers, newest_first);
    for (guint i = 0; i < buffers->len && i < limit; i++) {
        const struct buffer *buffer = buffers->pdata[i];
        struct inbox_entry *entry = g_new0(struct inbox_entry, 1);

        entry->kind = INBOX_UNREADS;
        entry->buffer_id = buffer->id;
        entry->n = buffer->unread - buffer->mentions;
        entry->message = last_said(core, buffer->id);
        if (entry->message != NULL && (entry->message->flags & MESSAGE_IGNORED) != 0)
            g_clear_pointer(&entry->message, message_unref);
        g_ptr_array_add(entries, entry);
    }
}

GPtrArray *
core_inbox_entries(struct core *core, unsigned kinds, unsigned limit)
{
    GPtrArray *entries = g_ptr_array_new_with_free_func((GDestroyNotify)inbox_entry_free);
    const int64_t now_us = clock_wall_us(core->clock);

    refresh(core);
    if ((kinds & 1u << INBOX_MENTIONS) != 0)
        add_all(core, entries, INBOX_MENTIONS, store_load_inbox(core->store, now_us, 0, 0, limit));
    if ((kinds & 1u << INBOX_DIRECTS) != 0)
        add_directs(core, entries, limit);
    if ((kinds & 1u << INBOX_THREADS) != 0)
        add_threads(core, entries, limit);
    if ((kinds & 1u << INBOX_FAILED) != 0)
        add_failed(core, entries, limit);
    if ((kinds & 1u << INBOX_UNREADS) != 0)
        add_unreads(core, entries, limit);
    if ((kinds & 1u << INBOX_SAVED) != 0)
        add_all(core, entries, INBOX_SAVED, store_load_flagged(core->store, 0, limit));
    return entries;
}

/* --- dealing with it
 * ------------------------------------------------------------------------------- */

static void
set_row(struct core *core, GArray *steps, int64_t message_id, enum inbox_state state,
        int64_t until_us)
{
    struct step step = {.what = STEP_STATE, .id = message_id};

    if (!store_find_inbox(core->store, message_id, &step.state, &step.until_us))
        return;
    g_array_append_val(steps, step);
    store_set_inbox(core->store, message_id, state, until_us, NULL, NULL);
}

static void
set_conversation(struct core *core, GArray *steps, int64_t buffer_id, enum inbox_state state,
                 int64_t until_us)
{
    g_autoptr(GPtrArray) rows =
        store_load_inbox(core->store, clock_wall_us(core->clock), buffer_id, 0, ROWS_MOST);

    for (guint i = 0; i < rows->len; i++)
        set_row(core, steps, ((const struct message *)rows->pdata[i])->id, state, until_us);
}

static void
set_read(struct core *core, GArray *steps, int64_t buffer_id)
{
    const struct buffer *buffer = core_buffer(core, buffer_id);
    struct step step = {.what = STEP_READ, .id = buffer_id};

    if (buffer == NULL || buffer->unread == 0)
        return;
    step.read = buffer->read;
    g_array_append_val(steps, step);
    core_mark_all_read(core, buffer_id);
}

static void
set_thread_read(struct core *core, GArray *steps, const struct inbox_entry *entry)
{
    struct thread *thread = core_thread(core, entry->buffer_id, entry->root);
    struct page page = {0};

    if (thread == NULL || thread->unread == 0) {
        thread_free(thread);
        return;
    }
    const struct step step = {.what = STEP_THREAD,
                              .id = entry->buffer_id,
                              .read = {.sort_key = thread->read_key},
                              .root = g_strdup(entry->root)};
    g_array_append_val(steps, step);
    core_thread_newest(core, entry->buffer_id, entry->root, 1, &page);
    if (page.messages->len > 0)
        core_read_thread(core, entry->buffer_id, entry->root,
                         message_position(page.messages->pdata[page.messages->len - 1]));
    page_clear(&page);
    thread_free(thread);
}

static void
step_clear(void *data)
{
    g_free(((struct step *)data)->root);
}

static GArray *
steps_new(void)
{
    GArray *steps = g_array_new(FALSE, TRUE, sizeof(struct step));

    g_array_set_clear_func(steps, step_clear);
    return steps;
}

static void
remember(struct core *core, GArray *steps_take)
{
    GQueue *undo = &core->inbox->undo;

    if (steps_take->len == 0) {
        g_array_unref(steps_take);
        return;
    }
    g_queue_push_head(undo, steps_take);
    if (g_queue_get_length(undo) > UNDO_MOST)
        g_array_unref(g_queue_pop_tail(undo));
    inbox_written(core);
}

static void
deal_with(struct core *core, GArray *steps, const struct inbox_entry *entry)
{
    struct step step = {.what = STEP_FLAG};

    switch (entry->kind) {
    case INBOX_MENTIONS:
        set_row(core, steps, entry->message->id, INBOX_DONE, 0);
        break;
    case INBOX_DIRECTS:
        set_conversation(core, steps, entry->buffer_id, INBOX_DONE, 0);
        set_read(core, steps, entry->buffer_id);
        break;
    case INBOX_THREADS:
        set_thread_read(core, steps, entry);
        break;
    case INBOX_UNREADS:
        set_read(core, steps, entry->buffer_id);
        break;
    case INBOX_SAVED:
        step.id = entry->message->id;
        g_array_append_val(steps, step);
        core_flag(core, step.id, false, NULL);
        break;
    case INBOX_FAILED:
    case INBOX_KIND_N:
        break;
    }
}

/* Where nothing but these mentions was unread, all is read: the list is not to call any more. */
static void
read_behind(struct core *core, GArray *steps, const GPtrArray *entries)
{
    g_autoptr(GHashTable) done = g_hash_table_new(g_int64_hash, g_int64_equal);
    g_autoptr(GHashTable) waits = g_hash_table_new(g_int64_hash, g_int64_equal);
    g_autoptr(GPtrArray) rows =
        store_load_inbox(core->store, clock_wall_us(core->clock), 0, 0, ROWS_MOST);

    for (guint i = 0; i < entries->len; i++) {
        const struct inbox_entry *entry = entries->pdata[i];
        if (entry->kind == INBOX_MENTIONS)
            g_hash_table_add(done, &entry->message->id);
    }
    for (guint i = 0; i < rows->len; i++) {
        struct message *message = rows->pdata[i];
        if (!g_hash_table_contains(done, &message->id))
            g_hash_table_add(waits, &message->buffer_id);
    }
    for (guint i = 0; i < entries->len; i++) {
        const struct inbox_entry *entry = entries->pdata[i];
        const struct buffer *buffer = core_buffer(core, entry->buffer_id);
        if (entry->kind == INBOX_MENTIONS && buffer != NULL && buffer->unread > 0 &&
            buffer->unread == buffer->mentions && !g_hash_table_contains(waits, &buffer->id))
            set_read(core, steps, buffer->id);
    }
}

unsigned
core_inbox_done(struct core *core, const GPtrArray *entries)
{
    GArray *steps = steps_new();
    unsigned n = 0;

    for (guint i = 0; i < entries->len && !core->read_only; i++) {
        const guint before = steps->len;
        deal_with(core, steps, entries->pdata[i]);
        n += steps->len > before;
    }
    if (n > 0)
        read_behind(core, steps, entries);
    remember(core, steps);
    return n;
}

unsigned
core_inbox_snooze(struct core *core, const GPtrArray *entries, int64_t until_us)
{
    GArray *steps = steps_new();
    unsigned n = 0;

    for (guint i = 0; i < entries->len && !core->read_only; i++) {
        const struct inbox_entry *entry = entries->pdata[i];
        const guint before = steps->len;
        if (entry->kind == INBOX_MENTIONS)
            set_row(core, steps, entry->message->id, INBOX_SNOOZED, until_us);
        else if (entry->kind == INBOX_DIRECTS)
            set_conversation(core, steps, entry->buffer_id, INBOX_SNOOZED, until_us);
        n += steps->len > before;
    }
    remember(core, steps);
    return n;
}

bool
core_inbox_undo(struct core *core)
{
    GArray *steps = g_queue_pop_head(&core->inbox->undo);

    if (steps == NULL)
        return false;
    /* The last first: how far one had read, before the rows that follow it. */
    for (guint i = steps->len; i > 0; i--) {
        const struct step *step = &g_array_index(steps, struct step, i - 1);
        if (step->what == STEP_STATE)
            store_set_inbox(core->store, step->id, step->state, step->until_us, NULL, NULL);
        else if (step->what == STEP_READ)
            core_mark_read(core, step->id, step->read, true);
        else if (step->what == STEP_THREAD)
            thread_read_back(core, step->id, step->root, step->read.sort_key);
        else
            core_flag(core, step->id, true, NULL);
    }
    g_array_unref(steps);
    inbox_written(core);
    return true;
}

/* --- flags
 * ------------------------------------------------------------------------------------------ */

void
inbox_flagged(struct word *word, const struct store_result *result)
{
    if (result->outcome == STORE_CHANGED && result->message != NULL)
        word_publish(word->core, NOTICE_MESSAGE_CHANGED, result->message, false);
    if (result->outcome != STORE_STALLED)
        mark_stale(word->core);
}

/* Where the network keeps it. What it refuses is said; here it stays as the person wants it. */
static void
tell_network(struct core *core, int64_t message_id, bool on)
{
    struct message *message = store_load_message(core->store, message_id);
    const struct room *room = message != NULL ? room_get(core, message->buffer_id) : NULL;

    if (room != NULL && core_flag_is_told(core, message)) {
        struct session *session = room->session;
        g_autoptr(GError) error = NULL;
        const op_id op = session_begin(session, room->pub.id, NULL, NULL);
        if (!session->driver->flag(session->state, op, &room->pub, message->remote_id, on,
                                   &error)) {
            session_refused(session, op);
            core_say_error(core, room->pub.id, error);
        }
    }
    message_unref(message);
}

bool
core_flag(struct core *core, int64_t message_id, bool on, GError **error)
{
    if (core->read_only || message_id <= 0) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_CONFLICT,
                            core->read_only
                                ? "Another weft runs with this profile: this one only reads."
                                : "This line is not stored; it cannot be found again later.");
        return false;
    }
    struct word *word = word_new(core, sizeof *word, inbox_flagged, 0);
    store_set_flagged(core->store, message_id, on, word_came, word);
    tell_network(core, message_id, on);
    return true;
}

bool
core_flag_is_told(struct core *core, const struct message *message)
{
    const struct buffer *buffer = core_buffer(core, message->buffer_id);
    const struct session *session = session_of_buffer(core, message->buffer_id);

    return buffer != NULL && session != NULL && session->driver != NULL &&
           session->driver->flag != NULL && message->remote_id != NULL && session_online(session);
}
