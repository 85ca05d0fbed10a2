/* ZNC's playback module: "PLAY target seconds" plays what has come since, as batches without ids.
 */
#include "tests/sandbox/ircd_priv.h"

static void
play_entry(struct ircd_conn *conn, const struct ircd_entry *entry, const char *batch)
{
    struct ircd_tags tags = {.time_us = entry->time_us, .batch = batch};

    if (entry->text != NULL && entry->parts == NULL && entry->redacted_by == NULL)
        ircd_send(conn, &tags, ":%s %s %s :%s", entry->source, entry->command, entry->target,
                  entry->text);
}

static void
play_channel(struct ircd_conn *conn, const struct ircd_channel *channel, int64_t from_us)
{
    const GPtrArray *entries = ircd_history_of(conn->server, channel->name, conn->nick);
    g_autofree char *ref = g_strdup_printf("P%" G_GUINT64_FORMAT, ++conn->server->last_id);

    ircd_send(conn, NULL, ":" IRCD_NAME " BATCH +%s znc.in/playback %s", ref, channel->name);
    for (unsigned i = 0; entries != NULL && i < entries->len; i++) {
        const struct ircd_entry *entry = g_ptr_array_index(entries, i);

        if (entry->time_us >= from_us)
            play_entry(conn, entry, ref);
    }
    ircd_send(conn, NULL, ":" IRCD_NAME " BATCH -%s", ref);
}

static void
play(struct ircd_conn *conn, char **words)
{
    int64_t from_us = (int64_t)(g_ascii_strtod(words[2], NULL) * G_USEC_PER_SEC);
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, conn->server->channels);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct ircd_channel *channel = value;

        if (ircd_member(channel, conn) != NULL &&
            (g_str_equal(words[1], "*") || ircd_same(words[1], channel->name)))
            play_channel(conn, channel, from_us);
    }
}

bool
ircd_playback_heard(struct ircd_conn *conn, const struct ircd_speech *speech)
{
    g_auto(GStrv) words = NULL;

    if (!ircd_has_cap(conn, CAP_ZNC_PLAYBACK) || !g_str_equal(speech->target, "*playback"))
        return false;
    words = g_strsplit(speech->text != NULL ? speech->text : "", " ", -1);
    if (g_strv_length(words) != 3 || g_ascii_strcasecmp(words[0], "PLAY") != 0)
        ircd_complain(conn, "unknown to *playback", speech->text);
    else
        play(conn, words);
    return true;
}
