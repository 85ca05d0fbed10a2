#include "protocols/irc/irc_flood.h"

#include "base/redact.h"

void
irc_out_line_free(struct irc_out_line *line)
{
    if (!line)
        return;
    /* It may be a PASS. */
    redact_wipe_free(line->text);
    g_free(line);
}

void
irc_flood_init(struct irc_flood *flood, bool paced, int64_t now_us)
{
    for (int i = 0; i < IRC_PRIORITIES; i++)
        g_queue_init(&flood->queues[i]);
    flood->paced = paced;
    flood->slowness = 0;
    bucket_init(&flood->bucket, IRC_FLOOD_BURST, paced ? IRC_FLOOD_REFILL_US : 0, now_us);
}

void
irc_flood_clear(struct irc_flood *flood)
{
    for (int i = 0; i < IRC_PRIORITIES; i++)
        g_queue_clear_full(&flood->queues[i], (GDestroyNotify)irc_out_line_free);
}

void
irc_flood_set_paced(struct irc_flood *flood, bool paced, int64_t now_us)
{
    int64_t refill_us = paced ? (int64_t)IRC_FLOOD_REFILL_US << flood->slowness : 0;

    flood->paced = paced;
    bucket_set(&flood->bucket, IRC_FLOOD_BURST, refill_us, now_us);
}

void
irc_flood_slow_down(struct irc_flood *flood, int64_t now_us)
{
    if (flood->slowness < IRC_FLOOD_MOST_SLOWNESS)
        flood->slowness++;
    irc_flood_set_paced(flood, true, now_us);
}

bool
irc_flood_push(struct irc_flood *flood, enum irc_priority priority, char *text_take,
               uint64_t serial, bool free_of_charge)
{
    if (flood->queues[priority].length >= IRC_FLOOD_MAX_LINES) {
        redact_wipe_free(text_take);
        return false;
    }
    struct irc_out_line *line = g_new0(struct irc_out_line, 1);
    line->text = text_take;
    line->serial = serial;
    line->free_of_charge = free_of_charge || priority == IRC_URGENT;
    g_queue_push_tail(&flood->queues[priority], line);
    return true;
}

static GQueue *
first_waiting(struct irc_flood *flood)
{
    for (int i = 0; i < IRC_PRIORITIES; i++) {
        if (!g_queue_is_empty(&flood->queues[i]))
            return &flood->queues[i];
    }
    return NULL;
}

/* How many tokens must be there. Lines that nobody typed leave one for a line that somebody does.
 */
static int64_t
tokens_for(const struct irc_flood *flood, const GQueue *queue)
{
    bool typed = queue == &flood->queues[IRC_URGENT] || queue == &flood->queues[IRC_TEXT];

    return typed ? 1 : 2;
}

struct irc_out_line *
irc_flood_pop(struct irc_flood *flood, int64_t now_us)
{
    GQueue *queue = first_waiting(flood);

    if (!queue)
        return NULL;
    const struct irc_out_line *line = g_queue_peek_head(queue);
    if (!line->free_of_charge &&
        (bucket_wait_us(&flood->bucket, tokens_for(flood, queue), now_us) > 0 ||
         !bucket_take(&flood->bucket, 1, now_us)))
        return NULL;
    return g_queue_pop_head(queue);
}

int64_t
irc_flood_wait_us(struct irc_flood *flood, int64_t now_us)
{
    GQueue *queue = first_waiting(flood);

    if (!queue)
        return -1;
    const struct irc_out_line *line = g_queue_peek_head(queue);
    return line->free_of_charge ? 0
                                : bucket_wait_us(&flood->bucket, tokens_for(flood, queue), now_us);
}

bool
irc_flood_remove(struct irc_flood *flood, uint64_t serial)
{
    bool found = false;

    for (int i = 0; serial != 0 && i < IRC_PRIORITIES; i++) {
        GQueue *queue = &flood->queues[i];
        for (GList *at = queue->head, *next; at; at = next) {
            struct irc_out_line *line = at->data;
            next = at->next;
            if (line->serial == serial) {
                irc_out_line_free(line);
                g_queue_delete_link(queue, at);
                found = true;
            }
        }
    }
    return found;
}
