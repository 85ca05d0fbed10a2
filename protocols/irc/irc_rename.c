/* A channel that gets another name and stays what it is (draft/channel-rename; section 3). */
#include <string.h>

#include "protocols/irc/irc_priv.h"

static void
move_entry(GHashTable *table, const char *id, const char *new_id)
{
    void *key, *value;

    if (!g_hash_table_steal_extended(table, id, &key, &value))
        return;
    g_free(key);
    g_hash_table_replace(table, g_strdup(new_id), value);
}

static void
move_kept_key(struct irc *irc, const char *id, const char *new_id)
{
    g_autofree char *from = g_strdup_printf("irc.key.%s", id);
    g_autofree char *to = g_strdup_printf("irc.key.%s", new_id);
    g_autofree char *key = irc->host->ops->kv_get(irc->host, from);

    if (!key || !*key)
        return;
    irc->host->ops->kv_set(irc->host, to, key);
    irc->host->ops->kv_set(irc->host, from, "");
}

/* It still has to catch up, under its new name. */
static void
move_behind(struct irc *irc, const char *id, const char *new_id)
{
    int64_t known_us = irc_behind_get(irc, id);

    if (known_us == 0)
        return;
    irc_behind_clear(irc, id);
    irc_behind_set(irc, new_id, known_us);
}

static void
move_waiting(struct irc *irc, const char *id, const char *new_id)
{
    GHashTableIter iter;
    struct irc_batch *batch;

    for (GList *at = irc->ops.head; at; at = at->next) {
        struct irc_op *op = at->data;
        if (g_strcmp0(op->target, id) == 0) {
            g_free(op->target);
            op->target = g_strdup(new_id);
        }
    }
    g_hash_table_iter_init(&iter, irc->batches);
    while (g_hash_table_iter_next(&iter, NULL, (void **)&batch)) {
        if (strcmp(batch->target, id) == 0) {
            g_free(batch->target);
            batch->target = g_strdup(new_id);
        }
    }
}

static void
take_name(struct irc *irc, struct irc_channel *channel, const char *name)
{
    g_hash_table_steal(irc->channels, channel->id);
    g_free(channel->id);
    g_free(channel->name);
    channel->id = irc_fold(&irc->isupport, name);
    channel->name = g_strdup(name);
    g_hash_table_insert(irc->channels, channel->id, channel);
}

static void
tell(struct irc *irc, const char *id, const struct irc_channel *channel)
{
    struct event event = {.type = EVENT_BUFFER_RENAMED, .conversation = id};

    event.buffer_renamed.new_id = channel->id;
    event.buffer_renamed.new_name = channel->name;
    host_emit(irc->host, &event);
}

void
irc_on_rename(struct irc *irc, const struct irc_context *context)
{
    const char *name = irc_line_param(context->line, 1);
    const char *why = irc_line_param(context->line, 2);
    struct irc_channel *channel = irc_channel(irc, irc_line_param(context->line, 0));
    struct irc_channel *other = irc_channel(irc, name);

    /* Into another one that we are in: no server may do that. */
    if (!channel || !irc_is_channel(&irc->isupport, name) || !irc_check_name(name, NULL) ||
        (other && other != channel))
        return;
    g_autofree char *id = g_strdup(channel->id);
    g_autofree char *was = g_strdup(channel->name);
    irc_netsplit_flush(irc);
    take_name(irc, channel, name);
    if (strcmp(id, channel->id) != 0) {
        move_entry(irc->known, id, channel->id);
        move_entry(irc->keys, id, channel->id);
        move_kept_key(irc, id, channel->id);
        move_behind(irc, id, channel->id);
        move_waiting(irc, id, channel->id);
        irc_history_renamed(irc, id, channel->id, name);
    }
    tell(irc, id, channel);
    irc_say(irc, channel->id, "%s has renamed this channel from %s to %s%s%s.",
            *context->nick ? context->nick : "The server", was, channel->name, *why ? ": " : "",
            why);
}
