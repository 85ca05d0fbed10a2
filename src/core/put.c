#include "core/engine.h"

void
put_init(struct core *core)
{
    core->puts = g_hash_table_new(NULL, NULL);
}

static void
put_free(struct put *put)
{
    if (put->fini != NULL)
        put->fini(put);
    g_free(put);
}

void
put_fini(struct core *core)
{
    GHashTableIter iter;
    gpointer key;

    /* What the disk still refuses has its final word later, when core is no more. */
    g_hash_table_iter_init(&iter, core->puts);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        ((struct put *)key)->core = NULL;
    g_clear_pointer(&core->puts, g_hash_table_unref);
}

void *
put_new(struct core *core, size_t size,
        void (*word)(struct put *put, const struct store_result *result), int64_t id)
{
    struct put *put = g_malloc0(size);
    put->core = core;
    put->word = word;
    put->id = id;
    g_hash_table_add(core->puts, put);
    return put;
}

static void
disk_refuses(struct core *core, const GError *error)
{
    if (core->disk_trouble)
        return;
    core->disk_trouble = true;
    char text[] = "The disk refuses to store. weft tries again.";
    bus_publish(core->bus, &(struct notice){.type = NOTICE_DISK,
                                            .text = error != NULL ? error->message : text});
}

static void
disk_works(struct core *core)
{
    GHashTableIter iter;
    gpointer value;

    core->disk_trouble = false;
    bus_publish(core->bus, &(struct notice){.type = NOTICE_DISK});
    g_hash_table_iter_init(&iter, core->rooms);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        struct room *room = value;
        if (room->unstored)
            room_publish(core, room, NOTICE_MESSAGES_RELOAD);
        room->unstored = false;
    }
}

void
put_word(const struct store_result *result, void *user)
{
    struct put *put = user;
    struct core *core = put->core;

    if (result->outcome == STORE_STALLED) {
        if (core == NULL)
            return;
        if (!put->stalled) {
            put->stalled = true;
            core->stalled++;
            disk_refuses(core, result->error);
            put->word(put, result);
        }
        return;
    }
    if (core != NULL) {
        put->word(put, result);
        g_hash_table_remove(core->puts, put);
        if (put->stalled && --core->stalled == 0)
            disk_works(core);
    }
    put_free(put);
}

struct after {
    struct put put;
    put_after_fn fn;
    int64_t argument;
};

static void
after_word(struct put *put, const struct store_result *result)
{
    struct after *after = (struct after *)put;
    if (result->outcome != STORE_STALLED)
        after->fn(put->core, put->id, after->argument);
}

void
put_barrier(struct core *core, struct put *put)
{
    /* The store's word comes in the order of the calls, and every call has one: that row 0 is not
     * there says that all before it is on disk. */
    const struct store_outbox_change nothing = {.outbox_id = 0, .state = OUTBOX_DONE};
    store_set_outbox(core->store, &nothing, put_word, put);
}

void
put_after(struct core *core, put_after_fn fn, int64_t id, int64_t argument)
{
    struct after *after = put_new(core, sizeof *after, after_word, id);
    after->fn = fn;
    after->argument = argument;
    put_barrier(core, &after->put);
}

void
put_publish(struct core *core, enum notice_type type, struct message *message, bool live)
{
    const struct room *room = room_get(core, message->buffer_id);
    bus_publish(core->bus, &(struct notice){.type = type,
                                            .account_id = room != NULL ? room->pub.account_id : 0,
                                            .buffer_id = message->buffer_id,
                                            .message = message,
                                            .live = live});
}

void
put_unstored(struct core *core, struct room *room, const struct message *message, bool live)
{
    struct message *copy = message_dup(message);
    copy->id = --core->last_unstored_id;
    copy->buffer_id = room->pub.id;
    copy->flags |= MESSAGE_NOT_STORED;
    room->unstored = true;
    put_publish(core, NOTICE_MESSAGE, copy, live);
    message_unref(copy);
}
