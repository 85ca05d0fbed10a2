#include "core/engine.h"
#include "core/ignore.h"

static void
word_free(struct word *word)
{
    if (word->fini != NULL)
        word->fini(word);
    g_free(word);
}

void
word_fini(struct core *core)
{
    /* What the disk still refuses has its final word later, when core is no more. */
    for (struct word *word = core->words; word != NULL; word = word->before)
        word->core = NULL;
    core->words = NULL;
}

void *
word_new(struct core *core, size_t size,
         void (*told)(struct word *word, const struct store_result *result), int64_t id)
{
    struct word *word = g_malloc0(size);
    word->core = core;
    word->told = told;
    word->id = id;
    word->before = core->words;
    if (core->words != NULL)
        core->words->after = word;
    core->words = word;
    return word;
}

static void
take_out(struct core *core, struct word *word)
{
    if (word->before != NULL)
        word->before->after = word->after;
    if (word->after != NULL)
        word->after->before = word->before;
    else
        core->words = word->before;
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
word_came(const struct store_result *result, void *user)
{
    struct word *word = user;
    struct core *core = word->core;

    if (result->outcome == STORE_STALLED) {
        if (core == NULL)
            return;
        if (!word->stalled) {
            word->stalled = true;
            core->stalled++;
            disk_refuses(core, result->error);
            word->told(word, result);
        }
        return;
    }
    if (core != NULL) {
        word->told(word, result);
        take_out(core, word);
        if (word->stalled && --core->stalled == 0)
            disk_works(core);
    }
    word_free(word);
}

struct after {
    struct word word;
    word_after_fn fn;
    int64_t argument;
};

static void
after_word(struct word *word, const struct store_result *result)
{
    struct after *after = (struct after *)word;
    if (result->outcome != STORE_STALLED)
        after->fn(word->core, word->id, after->argument);
}

void
word_barrier(struct core *core, struct word *word)
{
    /* The store's word comes in the order of the calls, and every call has one: that row 0 is not
     * there says that all before it is on disk. */
    const struct store_outbox_change nothing = {.outbox_id = 0, .state = OUTBOX_DONE};
    store_set_outbox(core->store, &nothing, word_came, word);
}

void
word_after(struct core *core, word_after_fn fn, int64_t id, int64_t argument)
{
    struct after *after = word_new(core, sizeof *after, after_word, id);
    after->fn = fn;
    after->argument = argument;
    word_barrier(core, &after->word);
}

static void
publish(struct core *core, struct notice *notice, struct message *message)
{
    const struct room *room = room_get(core, message->buffer_id);

    notice->account_id = room != NULL ? room->pub.account_id : 0;
    notice->buffer_id = message->buffer_id;
    notice->message = ignore_seen(core, message);
    bus_publish(core->bus, notice);
    message_unref(notice->message);
}

void
word_publish(struct core *core, enum notice_type type, struct message *message, bool live)
{
    publish(core, &(struct notice){.type = type, .live = live}, message);
}

void
word_publish_copy(struct core *core, struct message *message, int64_t source_id)
{
    publish(core, &(struct notice){.type = NOTICE_MESSAGE, .live = true, .copies = source_id},
            message);
}

void
word_unstored(struct core *core, struct room *room, const struct message *message, bool live)
{
    struct message *copy = message_dup(message);
    copy->id = --core->last_unstored_id;
    copy->buffer_id = room->pub.id;
    copy->flags |= MESSAGE_NOT_STORED;
    room->unstored = true;
    word_publish(core, NOTICE_MESSAGE, copy, live);
    message_unref(copy);
}
