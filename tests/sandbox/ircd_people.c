/* MONITOR, USERHOST, and channels that get another name. */
#include "tests/sandbox/ircd_priv.h"

#include <string.h>

#define MOST_MONITORED 100

/* ---- MONITOR ---- */

static void
tell_one(struct ircd_conn *conn, const char *nick)
{
    struct ircd_conn *who = ircd_find_nick(conn->server, nick);
    bool here = who != NULL && who->registered && !who->ending && !who->closed;
    g_autofree char *source = here ? ircd_source_dup(who) : NULL;

    ircd_numeric(conn, here ? 730 : 731, ":%s", here ? source : nick);
}

static bool
monitor_add(struct ircd_conn *conn, const char *nick)
{
    if (g_hash_table_size(conn->monitored) >= MOST_MONITORED) {
        ircd_numeric(conn, 734, "%d %s :Monitor list is full.", MOST_MONITORED, nick);
        return false;
    }
    g_hash_table_replace(conn->monitored, ircd_fold(nick), g_strdup(nick));
    tell_one(conn, nick);
    return true;
}

static void
cmd_monitor(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    g_auto(GStrv) nicks = g_strsplit(cmd->n > 1 ? cmd->params[1] : "", ",", -1);
    bool add = g_str_equal(cmd->params[0], "+");

    if (conn->monitored == NULL)
        conn->monitored = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    if (g_str_equal(cmd->params[0], "C")) {
        g_hash_table_remove_all(conn->monitored);
        return;
    }
    if (!add && !g_str_equal(cmd->params[0], "-"))
        ircd_complain(conn, "unknown MONITOR", cmd->params[0]);
    for (char **nick = nicks; *nick != NULL; nick++) {
        g_autofree char *id = ircd_fold(*nick);

        if (**nick == '\0')
            ircd_complain(conn, "MONITOR without a nick", cmd->params[0]);
        else if (!add)
            g_hash_table_remove(conn->monitored, id);
        else if (!monitor_add(conn, *nick))
            return;
    }
}

static bool
monitors(const struct ircd_conn *conn, const char *nick)
{
    g_autofree char *id = ircd_fold(nick);

    return conn->monitored != NULL && g_hash_table_contains(conn->monitored, id);
}

void
ircd_people_tell(struct irc_server *server, const char *nick, const char *source)
{
    for (unsigned i = 0; i < server->conns->len; i++) {
        struct ircd_conn *to = g_ptr_array_index(server->conns, i);

        if (to->registered && !to->closed && !to->ending && monitors(to, nick))
            ircd_numeric(to, source != NULL ? 730 : 731, ":%s", source != NULL ? source : nick);
    }
}

static bool
is_neighbour(GPtrArray *neighbours, struct ircd_conn *conn)
{
    return g_ptr_array_find(neighbours, conn, NULL);
}

void
ircd_people_away(struct ircd_conn *conn, const char *line)
{
    g_autoptr(GPtrArray) neighbours = ircd_neighbours(conn, true);

    for (unsigned i = 0; i < conn->server->conns->len; i++) {
        struct ircd_conn *to = g_ptr_array_index(conn->server->conns, i);

        if (to->registered && monitors(to, conn->nick) && ircd_has_cap(to, CAP_EXTENDED_MONITOR) &&
            ircd_has_cap(to, CAP_AWAY_NOTIFY) && !is_neighbour(neighbours, to))
            ircd_send(to, NULL, "%s", line);
    }
}

/* ---- USERHOST ---- */

static void
cmd_userhost(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    struct ircd_conn *who = ircd_find_nick(conn->server, cmd->params[0]);

    if (who != NULL && who->registered)
        ircd_numeric(conn, 302, ":%s=%c%s@%s", who->nick, who->away != NULL ? '-' : '+', who->user,
                     who->host);
    else
        ircd_numeric(conn, 302, ":");
}

/* ---- RENAME ---- */

struct renaming {
    const char *channel;
    const char *name;
    const char *why;
};

/* Those who know the capability hear it; the others see us leave one and join the other. */
static void
tell_renamed(struct ircd_conn *to, const char *was, const struct ircd_channel *channel,
             const char *why)
{
    g_autofree char *source = ircd_source_dup(to);

    if (ircd_has_cap(to, CAP_CHANNEL_RENAME)) {
        ircd_send(to, NULL, ":" IRCD_NAME " RENAME %s %s :%s", was, channel->name, why);
        return;
    }
    struct ircd_cmd names = {.n = 1};
    ircd_send(to, NULL, ":%s PART %s :Renamed to %s", source, was, channel->name);
    ircd_send(to, NULL, ":%s JOIN %s", source, channel->name);
    names.params[0] = channel->name;
    ircd_cmd_names(to, &names);
}

static void
call_rename(struct irc_server *server, void *user)
{
    const struct renaming *renaming = user;
    g_autofree char *id = ircd_fold(renaming->channel);
    struct ircd_channel *channel = g_hash_table_lookup(server->channels, id);
    GHashTableIter iter;
    gpointer conn, key, history;

    g_assert_nonnull(channel);
    g_autofree char *was = g_steal_pointer(&channel->name);
    g_hash_table_steal_extended(server->channels, id, &key, NULL);
    g_free(key);
    channel->name = g_strdup(renaming->name);
    g_hash_table_insert(server->channels, ircd_fold(channel->name), channel);
    if (g_hash_table_steal_extended(server->history, id, &key, &history)) {
        g_free(key);
        g_hash_table_replace(server->history, ircd_fold(channel->name), history);
    }
    g_hash_table_iter_init(&iter, channel->members);
    while (g_hash_table_iter_next(&iter, &conn, NULL))
        tell_renamed(conn, was, channel, renaming->why);
}

void
irc_server_rename_channel(struct irc_server *server, const char *channel, const char *name,
                          const char *why)
{
    struct renaming renaming = {channel, name, why};

    ircd_call(server, call_rename, &renaming);
}

const struct ircd_cmd_row ircd_people_rows[] = {
    {"MONITOR", 1, false, cmd_monitor},
    {"USERHOST", 1, false, cmd_userhost},
    {0},
};
