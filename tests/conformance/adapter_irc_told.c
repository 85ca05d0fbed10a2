/* What a person on IRC has seen of a channel, out of the lines that came. */
#include <string.h>

#include "tests/conformance/adapter_irc.h"

#define FIND_MOST 2000 /* of the newest lines */

/* One line: "@tags :nick!user@host COMMAND #channel [:]rest". */
struct seen {
    char *tags, *nick;
    const char *command, *channel, *rest;
    char **words;
};

static bool
seen_parse(const char *line, struct seen *ret_seen)
{
    const char *space = *line == '@' ? strchr(line, ' ') : NULL;
    const char *source = space ? space + 1 : line;

    if (*source != ':')
        return false;
    char **words = g_strsplit(source + 1, " ", 4);
    if (g_strv_length(words) < 3) {
        g_strfreev(words);
        return false;
    }
    const char *rest = words[3] ? words[3] : "";
    *ret_seen = (struct seen){.tags = space ? g_strndup(line + 1, (gsize)(space - line - 1)) : NULL,
                              .nick = g_strndup(words[0], strcspn(words[0], "!@")),
                              .command = words[1],
                              .channel = words[2],
                              .rest = *rest == ':' ? rest + 1 : rest,
                              .words = words};
    return true;
}

static void
seen_clear(struct seen *seen)
{
    g_free(seen->tags);
    g_free(seen->nick);
    g_strfreev(seen->words);
}

/* g_free(); NULL: there is no such tag. */
static char *
tag_of(const struct seen *seen, const char *name)
{
    g_auto(GStrv) tags = g_strsplit(seen->tags ? seen->tags : "", ";", -1);
    g_autofree char *start = g_strconcat(name, "=", NULL);

    for (char **tag = tags; *tag; tag++)
        if (g_str_has_prefix(*tag, start))
            return g_strdup(*tag + strlen(start));
    return NULL;
}

static struct told *
find(const GPtrArray *all, const char *remote_id, unsigned *ret_index)
{
    for (unsigned i = all->len; remote_id && i-- > 0;) {
        struct told *told = all->pdata[i];
        if (g_strcmp0(told->remote_id, remote_id) == 0) {
            *ret_index = i;
            return told;
        }
    }
    return NULL;
}

/* Once for each person and emoji, as the programs of people count. */
static void
take_reaction(const GPtrArray *all, GHashTable *reactions, const struct seen *seen)
{
    g_autofree char *reply = tag_of(seen, "+reply");
    g_autofree char *add = tag_of(seen, "+draft/react");
    g_autofree char *drop = tag_of(seen, "+draft/unreact");
    unsigned at;
    struct told *told = find(all, reply, &at);

    if (!told || (!add && !drop))
        return;
    char *key = g_strdup_printf("%s %s %s", reply, seen->nick, add ? add : drop);
    const bool had = g_hash_table_contains(reactions, key);
    if (add && !had)
        told->n_reactions++;
    if (!add && had)
        told->n_reactions--;
    if (add)
        g_hash_table_add(reactions, g_steal_pointer(&key));
    else
        g_hash_table_remove(reactions, key);
    g_free(key);
}

static void
take(GPtrArray *all, GHashTable *reactions, const struct seen *seen)
{
    unsigned at;

    if (strcmp(seen->command, "PRIVMSG") == 0 || strcmp(seen->command, "NOTICE") == 0) {
        struct told *told = g_new0(struct told, 1);
        *told = (struct told){.remote_id = tag_of(seen, "msgid"),
                              .text = g_strdup(seen->rest),
                              .reply_to = tag_of(seen, "+reply")};
        g_ptr_array_add(all, told);
    } else if (strcmp(seen->command, "TAGMSG") == 0) {
        take_reaction(all, reactions, seen);
    } else if (strcmp(seen->command, "REDACT") == 0) {
        g_autofree char *id = g_strndup(seen->rest, strcspn(seen->rest, " "));
        if (find(all, id, &at))
            g_ptr_array_remove_index(all, at);
    }
}

GPtrArray *
peer_tells(struct peer *peer, const char *channel)
{
    GPtrArray *all = g_ptr_array_new_with_free_func(told_free);
    g_autoptr(GHashTable) reactions = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    g_assert_true(irc_peer_sync(peer->line));
    const GPtrArray *lines = irc_peer_lines(peer->line);
    for (unsigned i = 0; i < lines->len; i++) {
        struct seen seen;
        if (!seen_parse(lines->pdata[i], &seen))
            continue;
        if (g_ascii_strcasecmp(seen.channel, channel) == 0)
            take(all, reactions, &seen);
        seen_clear(&seen);
    }
    return all;
}

char *
peer_find(struct peer *peer, const char *channel, const char *text)
{
    char *id = NULL;

    g_assert_true(irc_peer_sync(peer->line));
    const GPtrArray *lines = irc_peer_lines(peer->line);
    for (unsigned i = lines->len, left = FIND_MOST; i-- > 0 && !id && left-- > 0;) {
        struct seen seen;
        if (!strstr(lines->pdata[i], text) || !seen_parse(lines->pdata[i], &seen))
            continue;
        if (g_ascii_strcasecmp(seen.channel, channel) == 0 &&
            strcmp(seen.command, "PRIVMSG") == 0 && g_str_has_suffix(seen.rest, text))
            id = tag_of(&seen, "msgid");
        seen_clear(&seen);
    }
    return id;
}
