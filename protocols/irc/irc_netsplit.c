/* Netsplits: when servers part, everyone behind them leaves at once, and comes back at once. Each
 * channel gets one line for it instead of hundreds; who is there stays exact. */
#include <string.h>

#include "protocols/irc/irc_priv.h"
#include "protocols/irc/irc_text.h"

#define GATHER_US   (5 * G_USEC_PER_SEC)
#define MOST_NAMES  20
#define MOST_PEOPLE 20000
#define RETURN_US   (INT64_C(30) * 60 * G_USEC_PER_SEC)

struct gathered {
    GString *names;
    unsigned n;
};

static void
gathered_free(void *data)
{
    struct gathered *gathered = data;

    g_string_free(gathered->names, TRUE);
    g_free(gathered);
}

static GHashTable *
new_table(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, gathered_free);
}

void
irc_netsplit_init(struct irc *irc)
{
    irc->net.split_gone = new_table();
    irc->net.split_back = new_table();
    irc->net.split_people = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

void
irc_netsplit_clear(struct irc *irc)
{
    g_hash_table_unref(irc->net.split_gone);
    g_hash_table_unref(irc->net.split_back);
    g_hash_table_unref(irc->net.split_people);
    g_free(irc->net.split_servers);
}

void
irc_netsplit_reset(struct irc *irc)
{
    clock_timer_del(irc->host->clock, irc->net.split_timer);
    irc->net.split_timer = 0;
    g_hash_table_remove_all(irc->net.split_gone);
    g_hash_table_remove_all(irc->net.split_back);
    g_hash_table_remove_all(irc->net.split_people);
}

/* "irc.example", "*.net": what stands in such a reason, and what a person hardly writes twice. */
static bool
is_server(const char *word, size_t len)
{
    bool dot = false;

    for (size_t i = 0; i < len; i++) {
        if (word[i] == '.') {
            if (i == 0 || i + 1 == len || word[i - 1] == '.')
                return false;
            dot = true;
        } else if (!g_ascii_isalnum(word[i]) && word[i] != '-' && word[i] != '*') {
            return false;
        }
    }
    return dot;
}

static bool
is_split(const char *reason)
{
    const char *blank = strchr(reason, ' ');

    return blank && is_server(reason, (size_t)(blank - reason)) &&
           is_server(blank + 1, strlen(blank + 1));
}

static bool
in_batch(struct irc *irc, const struct irc_line *line, const char *type)
{
    const struct irc_batch *batch = irc_batch_of(irc, line);

    return batch && strcmp(batch->type, type) == 0;
}

/* --- the lines
 * ------------------------------------------------------------------------------------------ */

static void
say_line(struct irc *irc, const char *conversation, const char *text)
{
    struct event event = {.type = EVENT_MESSAGE, .conversation = conversation};
    struct rich *body = irc_text_read(text);

    irc->last_key = MAX(irc_now_us(irc), irc->last_key);
    event.message.origin = ORIGIN_LIVE;
    event.message.kind = MESSAGE_SERVER;
    event.message.time_us = event.message.sort_key = irc->last_key;
    event.message.body = body;
    host_emit(irc->host, &event);
    rich_free(body);
}

static void
say_gathered(struct irc *irc, const char *id, const struct gathered *gathered, bool back)
{
    g_autofree char *more =
        gathered->n > MOST_NAMES ? g_strdup_printf(" and %u more", gathered->n - MOST_NAMES) : NULL;
    const char *people = gathered->n == 1 ? "1 person" : "people";
    g_autofree char *count =
        gathered->n == 1 ? g_strdup(people) : g_strdup_printf("%u %s", gathered->n, people);
    g_autofree char *text =
        back ? g_strdup_printf("%s came back after the netsplit: %s%s", count, gathered->names->str,
                               more ? more : "")
             : g_strdup_printf("%s left in a netsplit (%s): %s%s", count, irc->net.split_servers,
                               gathered->names->str, more ? more : "");

    say_line(irc, id, text);
}

static void
say_table(struct irc *irc, GHashTable **table, bool back)
{
    /* Core may answer an event by a call that changes what we know. */
    g_autoptr(GHashTable) said = *table;
    GHashTableIter iter;
    void *id, *gathered;

    *table = new_table();
    g_hash_table_iter_init(&iter, said);
    while (g_hash_table_iter_next(&iter, &id, &gathered)) {
        if (g_hash_table_contains(irc->channels, id))
            say_gathered(irc, id, gathered, back);
    }
}

void
irc_netsplit_flush(struct irc *irc)
{
    clock_timer_del(irc->host->clock, irc->net.split_timer);
    irc->net.split_timer = 0;
    say_table(irc, &irc->net.split_gone, false);
    say_table(irc, &irc->net.split_back, true);
}

static void
on_timer(void *user)
{
    struct irc *irc = user;

    irc->net.split_timer = 0;
    irc_netsplit_flush(irc);
}

static void
gather(struct irc *irc, GHashTable *table, const char *id, const char *nick)
{
    struct gathered *gathered = g_hash_table_lookup(table, id);

    if (!gathered) {
        gathered = g_new0(struct gathered, 1);
        gathered->names = g_string_new(NULL);
        g_hash_table_insert(table, g_strdup(id), gathered);
    }
    if (gathered->n++ < MOST_NAMES)
        g_string_append_printf(gathered->names, "%s%.64s", gathered->n > 1 ? ", " : "", nick);
    if (irc->net.split_timer == 0)
        irc->net.split_timer = clock_timer_add(irc->host->clock, GATHER_US, on_timer, irc);
}

/* --- who
 * ------------------------------------------------------------------------------------------------
 */

/* A blank stands in neither name. */
static char *
person_key(const char *id, const struct irc_context *context)
{
    return g_strconcat(id, " ", context->sender_id, NULL);
}

static void
remember(struct irc *irc, const char *id, const struct irc_context *context)
{
    int64_t now_us = clock_mono_us(irc->host->clock);

    if (now_us > irc->net.split_until_us)
        g_hash_table_remove_all(irc->net.split_people);
    irc->net.split_until_us = now_us + RETURN_US;
    if (g_hash_table_size(irc->net.split_people) < MOST_PEOPLE)
        g_hash_table_add(irc->net.split_people, person_key(id, context));
}

bool
irc_netsplit_quit(struct irc *irc, const struct irc_context *context, const char *reason)
{
    GHashTableIter iter;
    struct irc_channel *channel;

    if (context->own || !context->sender_id ||
        (!is_split(reason) && !in_batch(irc, context->line, "netsplit")))
        return false;
    /* Another pair of servers: what came of the first is said first. */
    if (g_strcmp0(irc->net.split_servers, reason) != 0) {
        irc_netsplit_flush(irc);
        g_free(irc->net.split_servers);
        irc->net.split_servers = g_strndup(reason, 200);
    }
    g_hash_table_iter_init(&iter, irc->channels);
    while (g_hash_table_iter_next(&iter, NULL, (void **)&channel)) {
        if (!irc_member_known(irc, channel, context->nick))
            continue;
        gather(irc, irc->net.split_gone, channel->id, context->nick);
        remember(irc, channel->id, context);
    }
    return true;
}

bool
irc_netsplit_join(struct irc *irc, const struct irc_context *context,
                  const struct irc_channel *channel)
{
    if (context->own || !context->sender_id)
        return false;
    g_autofree char *key = person_key(channel->id, context);
    bool was_split = g_hash_table_remove(irc->net.split_people, key) &&
                     clock_mono_us(irc->host->clock) <= irc->net.split_until_us;
    if (!was_split && !in_batch(irc, context->line, "netjoin"))
        return false;
    gather(irc, irc->net.split_back, channel->id, context->nick);
    return true;
}
