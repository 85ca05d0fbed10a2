/* Channels that were joined while we were connected and have not caught up yet, and how far each is
 * known: kept, so that a weft that dies meanwhile does not take the time before the join for known.
 */
#include <string.h>

#include "protocols/irc/irc_priv.h"

#define KEY "irc.behind"

/* "#lab 1787220672000000\n…" */
static void
save(struct irc *irc)
{
    g_autoptr(GString) text = g_string_new(NULL);
    GHashTableIter iter;
    void *id, *known_us;

    g_hash_table_iter_init(&iter, irc->behind);
    while (g_hash_table_iter_next(&iter, &id, &known_us))
        g_string_append_printf(text, "%s %" G_GINT64_FORMAT "\n", (const char *)id,
                               *(int64_t *)known_us);
    irc->host->ops->kv_set(irc->host, KEY, text->len > 0 ? text->str : NULL);
}

void
irc_behind_load(struct irc *irc)
{
    g_autofree char *text = irc->host->ops->kv_get(irc->host, KEY);
    g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);

    for (char **line = lines; *line; line++) {
        char *blank = strchr(*line, ' ');
        if (!blank)
            continue;
        *blank = '\0';
        int64_t known_us = g_ascii_strtoll(blank + 1, NULL, 10);
        g_hash_table_replace(irc->behind, g_strdup(*line), g_memdup2(&known_us, sizeof known_us));
    }
}

void
irc_behind_set(struct irc *irc, const char *id, int64_t known_us)
{
    g_hash_table_replace(irc->behind, g_strdup(id), g_memdup2(&known_us, sizeof known_us));
    save(irc);
}

void
irc_behind_clear(struct irc *irc, const char *id)
{
    if (g_hash_table_remove(irc->behind, id))
        save(irc);
}

int64_t
irc_behind_get(const struct irc *irc, const char *id)
{
    const int64_t *known_us = g_hash_table_lookup(irc->behind, id);
    return known_us ? *known_us : 0;
}
