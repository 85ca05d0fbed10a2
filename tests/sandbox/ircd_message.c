/* PRIVMSG, NOTICE, TAGMSG: who may speak, who hears it, and the faults between the two. */
#include "tests/sandbox/ircd_priv.h"

#include <string.h>

char *
ircd_msgid_new(struct irc_server *server)
{
    /* Opaque, and not only letters and digits: clients may assume nothing. */
    return g_strdup_printf("sb~%05" G_GUINT64_FORMAT "_-x", ++server->last_id);
}

void
ircd_entry_free(struct ircd_entry *entry)
{
    g_free(entry->msgid);
    g_free(entry->source);
    g_free(entry->account);
    g_free(entry->command);
    g_free(entry->target);
    g_free(entry->text);
    g_free(entry->client_tags);
    g_free(entry);
}

void
ircd_entry_send(struct ircd_conn *conn, const struct ircd_entry *entry, const char *batch)
{
    struct ircd_tags tags = {
        .time_us = entry->time_us,
        .msgid = entry->msgid,
        .account = entry->account,
        .client = entry->client_tags,
        .batch = batch,
    };

    if (entry->text == NULL && !ircd_has_cap(conn, CAP_MESSAGE_TAGS))
        return; /* TAGMSG */
    if (entry->text == NULL)
        ircd_send(conn, &tags, ":%s %s %s", entry->source, entry->command, entry->target);
    else
        ircd_send(conn, &tags, ":%s %s %s :%s", entry->source, entry->command, entry->target,
                  entry->text);
}

/* Never twice the same millisecond, so that the order of messages is clear to those who page by
 * time. */
static int64_t
message_time_us(struct irc_server *server)
{
    server->last_time_us = MAX(ircd_now_us(server), server->last_time_us + 1000);
    return server->last_time_us;
}

/* The client-only tags, as they came. */
static char *
client_tags_dup(const char *tags)
{
    g_auto(GStrv) words = g_strsplit(tags != NULL ? tags : "", ";", -1);
    GString *kept = g_string_new(NULL);

    for (char **word = words; *word != NULL; word++)
        if (**word == '+')
            g_string_append_printf(kept, "%s%s", kept->len > 0 ? ";" : "", *word);
    return g_string_free(kept, kept->len == 0);
}

/* NULL, and says why, when the sender may not speak there. */
static bool
may_speak(struct ircd_conn *conn, struct ircd_channel *channel, const char *target)
{
    struct ircd_member *member = channel != NULL ? ircd_member(channel, conn) : NULL;

    if (channel == NULL) {
        ircd_numeric(conn, 403, "%s :No such channel", target);
        return false;
    }
    if ((channel->no_outside && member == NULL) ||
        (channel->moderated && (member == NULL || (!member->op && !member->voice)))) {
        ircd_numeric(conn, 404, "%s :Cannot send to channel", channel->name);
        return false;
    }
    return true;
}

static void
deliver(struct ircd_conn *to, const struct ircd_entry *entry)
{
    ircd_entry_send(to, entry, NULL);
    if (ircd_fault_take(to, IRC_FAULT_DUPLICATE))
        ircd_entry_send(to, entry, NULL);
}

static void
deliver_all(struct ircd_conn *conn, struct ircd_channel *channel, struct ircd_conn *person,
            const struct ircd_entry *entry)
{
    GHashTableIter iter;
    gpointer member;

    if (person != NULL) {
        deliver(person, entry);
        return;
    }
    g_hash_table_iter_init(&iter, channel->members);
    while (g_hash_table_iter_next(&iter, &member, NULL))
        if (member != conn)
            deliver(member, entry);
}

static void
echo(struct ircd_conn *conn, const struct ircd_entry *entry)
{
    if (ircd_fault_take(conn, IRC_FAULT_CUT_BEFORE_ECHO)) {
        ircd_conn_cut(conn, "Cut before the echo");
        return;
    }
    if (ircd_fault_take(conn, IRC_FAULT_NO_ECHO)) {
        conn->no_answer = true;
        return;
    }
    if (ircd_has_cap(conn, CAP_ECHO_MESSAGE))
        deliver(conn, entry);
}

static void
say(struct ircd_conn *conn, const struct ircd_cmd *cmd, const char *text)
{
    const char *target = cmd->params[0];
    bool to_channel = target[0] == '#';
    struct ircd_channel *channel = to_channel ? ircd_channel_find(conn->server, target) : NULL;
    struct ircd_conn *person = to_channel ? NULL : ircd_find_nick(conn->server, target);
    struct ircd_entry *entry;

    if (strchr(target, ',') != NULL) {
        ircd_numeric(conn, 407, "%s :Too many targets", target);
        return;
    }
    if (to_channel && !may_speak(conn, channel, target))
        return;
    if (!to_channel && (person == NULL || !person->registered)) {
        ircd_numeric(conn, 401, "%s :No such nick", target);
        return;
    }
    entry = g_new0(struct ircd_entry, 1);
    entry->msgid = ircd_msgid_new(conn->server);
    entry->time_us = message_time_us(conn->server);
    entry->source = ircd_source_dup(conn);
    entry->account = g_strdup(conn->account);
    entry->command = g_strdup(cmd->name);
    entry->target = g_strdup(channel != NULL ? channel->name : person->nick);
    entry->text = g_strdup(text);
    entry->client_tags = client_tags_dup(cmd->tags);
    deliver_all(conn, channel, person, entry);
    if (person != NULL && person->away != NULL && g_str_equal(cmd->name, "PRIVMSG"))
        ircd_numeric(conn, 301, "%s :%s", person->nick, person->away);
    echo(conn, entry);
    if (text != NULL)
        ircd_history_add(conn->server, entry);
    else
        ircd_entry_free(entry);
}

static void
cmd_message(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    if (cmd->n < 1)
        ircd_numeric(conn, 411, ":No recipient given (%s)", cmd->name);
    else if (cmd->n < 2 || *cmd->params[1] == '\0')
        ircd_numeric(conn, 412, ":No text to send");
    else
        say(conn, cmd, cmd->params[1]);
}

static void
cmd_tagmsg(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    if (!ircd_has_cap(conn, CAP_MESSAGE_TAGS)) {
        ircd_complain(conn, "TAGMSG without message-tags", cmd->params[0]);
        ircd_numeric(conn, 421, "TAGMSG :Unknown command");
        return;
    }
    say(conn, cmd, NULL);
}

const struct ircd_cmd_row ircd_message_rows[] = {
    {"PRIVMSG", 0, false, cmd_message},
    {"NOTICE", 0, false, cmd_message},
    {"TAGMSG", 1, false, cmd_tagmsg},
    {0},
};
