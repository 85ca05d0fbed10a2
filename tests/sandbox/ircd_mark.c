/* What is done to messages that stand: REDACT takes one back, MARKREAD says how far one has read.
 */
#include "tests/sandbox/ircd_priv.h"

#include <string.h>

/* ---- REDACT ---- */

static void
tell_redacted(struct ircd_conn *to, const struct ircd_entry *entry)
{
    struct ircd_tags tags = {.time_us = entry->redacted_us};

    if (to->registered && ircd_has_cap(to, CAP_REDACTION))
        ircd_send(to, &tags, ":%s REDACT %s %s%s%s", entry->redacted_by, entry->target,
                  entry->msgid, *entry->redacted_why != '\0' ? " :" : "", entry->redacted_why);
}

static void
tell_all(struct ircd_conn *conn, const struct ircd_channel *channel, const struct ircd_entry *entry)
{
    struct irc_server *server = conn->server;

    for (unsigned i = 0; i < server->conns->len; i++) {
        struct ircd_conn *to = g_ptr_array_index(server->conns, i);
        g_autofree char *from = g_strndup(entry->source, strcspn(entry->source, "!"));
        bool concerned =
            channel != NULL ? ircd_member(channel, to) != NULL
                            : to->nick != NULL &&
                                  (ircd_same(to->nick, entry->target) || ircd_same(to->nick, from));

        if (to != conn && concerned)
            tell_redacted(to, entry);
    }
    if (ircd_has_cap(conn, CAP_ECHO_MESSAGE))
        tell_redacted(conn, entry);
}

static bool
may_redact(struct ircd_conn *conn, const struct ircd_channel *channel,
           const struct ircd_entry *entry)
{
    g_autofree char *from = g_strndup(entry->source, strcspn(entry->source, "!"));

    return ircd_same(from, conn->nick) || (channel != NULL && ircd_member(channel, conn)->op);
}

static void
redact(struct ircd_conn *conn, const struct ircd_channel *channel, struct ircd_entry *entry,
       const struct ircd_cmd *cmd)
{
    unsigned window_ms = conn->server->options.redact_window_ms;
    g_autofree char *context = g_strdup_printf("%s %s", cmd->params[0], cmd->params[1]);

    if (!may_redact(conn, channel, entry)) {
        ircd_fail(conn, "REDACT", "REDACT_FORBIDDEN", context,
                  "You are not authorised to delete this message");
        return;
    }
    if (window_ms > 0 && ircd_now_us(conn->server) - entry->time_us > (int64_t)window_ms * 1000) {
        g_autofree char *longer = g_strdup_printf("%s %u", context, window_ms / 1000);

        ircd_fail(conn, "REDACT", "REDACT_WINDOW_EXPIRED", longer,
                  "You can no longer delete this message");
        return;
    }
    entry->redacted_by = ircd_source_dup(conn);
    entry->redacted_why = g_strdup(cmd->n > 2 ? cmd->params[2] : "");
    entry->redacted_us = ircd_message_time_us(conn->server);
    tell_all(conn, channel, entry);
}

static void
cmd_redact(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    const char *target = cmd->params[0];
    struct ircd_channel *channel = ircd_channel_find(conn->server, target);
    bool there = *target == '#' ? channel != NULL && ircd_member(channel, conn) != NULL
                                : ircd_find_nick(conn->server, target) != NULL;
    struct ircd_entry *entry;

    if (!ircd_has_cap(conn, CAP_REDACTION)) {
        ircd_complain(conn, "REDACT without its capability", target);
        ircd_numeric(conn, 421, "REDACT :Unknown command");
        return;
    }
    if (!there) {
        ircd_fail(conn, "REDACT", "INVALID_TARGET", target, "You cannot delete messages from here");
        return;
    }
    entry = ircd_history_find(conn->server, target, conn->nick, cmd->params[1]);
    if (entry == NULL || entry->redacted_by != NULL || entry->event != NULL) {
        g_autofree char *context = g_strdup_printf("%s %s", target, cmd->params[1]);

        ircd_fail(conn, "REDACT", "UNKNOWN_MSGID", context,
                  "This message does not exist or is too old");
        return;
    }
    redact(conn, channel, entry, cmd);
}

/* ---- MARKREAD ---- */

static char *
mark_key(const struct ircd_conn *conn, const char *target)
{
    g_autofree char *reader = ircd_fold(conn->account != NULL ? conn->account : conn->nick);
    g_autofree char *what = ircd_fold(target);

    return g_strdup_printf("%s %s", reader, what);
}

void
ircd_mark_send(struct ircd_conn *conn, const char *target)
{
    g_autofree char *key = mark_key(conn, target);
    const int64_t *mark = g_hash_table_lookup(conn->server->marks, key);
    g_autofree char *time = mark != NULL ? ircd_time_text(*mark) : NULL;

    if (ircd_has_cap(conn, CAP_READ_MARKER))
        ircd_send(conn, NULL, ":" IRCD_NAME " MARKREAD %s %s%s", target,
                  time != NULL ? "timestamp=" : "*", time != NULL ? time : "");
}

/* Microseconds; -1 for what is not "timestamp=2026-08-20T10:11:12.345Z". */
static int64_t
mark_time(const char *text)
{
    g_autoptr(GDateTime) time = NULL;

    if (!g_regex_match_simple("^timestamp=\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$",
                              text, 0, 0))
        return -1;
    time = g_date_time_new_from_iso8601(text + strlen("timestamp="), NULL);
    return time == NULL
               ? -1
               : g_date_time_to_unix(time) * G_USEC_PER_SEC + g_date_time_get_microsecond(time);
}

static void
set_mark(struct ircd_conn *conn, const char *target, int64_t time_us)
{
    struct irc_server *server = conn->server;
    char *key = mark_key(conn, target);
    const int64_t *mark = g_hash_table_lookup(server->marks, key);
    g_autoptr(GPtrArray) all = NULL;

    if (!ircd_history_has_time(server, target, conn->nick, time_us))
        ircd_complain(conn, "MARKREAD with the time of no message", target);
    /* Lines that come fast bear times that run ahead of the clock by some milliseconds. */
    time_us = MIN(time_us, MAX(ircd_now_us(server), server->last_time_us));
    if (mark != NULL && *mark >= time_us) {
        g_free(key);
        ircd_mark_send(conn, target); /* it never goes back */
        return;
    }
    g_hash_table_replace(server->marks, key, g_memdup2(&time_us, sizeof time_us));
    for (unsigned i = 0; i < server->conns->len; i++) {
        struct ircd_conn *to = g_ptr_array_index(server->conns, i);

        if (to == conn ||
            (to->registered && to->account != NULL && g_strcmp0(to->account, conn->account) == 0))
            ircd_mark_send(to, target);
    }
}

static void
cmd_markread(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    int64_t time_us = cmd->n > 1 ? mark_time(cmd->params[1]) : 0;

    if (!ircd_has_cap(conn, CAP_READ_MARKER)) {
        ircd_complain(conn, "MARKREAD without its capability", "");
        ircd_numeric(conn, 421, "MARKREAD :Unknown command");
    } else if (cmd->n < 1) {
        ircd_complain(conn, "MARKREAD of nothing", "");
        ircd_fail(conn, "MARKREAD", "NEED_MORE_PARAMS", NULL, "Missing parameters");
    } else if (time_us < 0) {
        ircd_complain(conn, "bad MARKREAD", cmd->params[1]);
        ircd_fail(conn, "MARKREAD", "INVALID_PARAMS", cmd->params[1], "Invalid parameters");
    } else if (cmd->n < 2) {
        ircd_mark_send(conn, cmd->params[0]);
    } else {
        set_mark(conn, cmd->params[0], time_us);
    }
}

const struct ircd_cmd_row ircd_mark_rows[] = {
    {"REDACT", 2, false, cmd_redact},
    {"MARKREAD", 0, false, cmd_markread},
    {0},
};
