/* Questions about people and channels, and what people say of themselves. */
#include "tests/sandbox/ircd_priv.h"

#include <string.h>

#define NAMES_BYTES 400

static void
add_prefix(GString *text, const struct ircd_member *member, bool all)
{
    if (member->op)
        g_string_append_c(text, '@');
    if (member->voice && (all || !member->op))
        g_string_append_c(text, '+');
}

void
ircd_cmd_names(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    const char *name = cmd->n > 0 ? cmd->params[0] : "*";
    struct ircd_channel *channel = ircd_channel_find(conn->server, name);
    GString *line = g_string_new(NULL);
    GHashTableIter iter;
    gpointer key, value;

    if (channel != NULL) {
        g_hash_table_iter_init(&iter, channel->members);
        while (g_hash_table_iter_next(&iter, &key, &value)) {
            const struct ircd_conn *who = key;

            if (line->len > 0)
                g_string_append_c(line, ' ');
            add_prefix(line, value, ircd_has_cap(conn, CAP_MULTI_PREFIX));
            g_string_append(line, who->nick);
            if (ircd_has_cap(conn, CAP_USERHOST_IN_NAMES))
                g_string_append_printf(line, "!%s@%s", who->user, who->host);
            if (line->len > NAMES_BYTES) {
                ircd_numeric(conn, 353, "= %s :%s", channel->name, line->str);
                g_string_truncate(line, 0);
            }
        }
        if (line->len > 0)
            ircd_numeric(conn, 353, "%c %s :%s", channel->secret ? '@' : '=', channel->name,
                         line->str);
    }
    ircd_numeric(conn, 366, "%s :End of /NAMES list", channel != NULL ? channel->name : name);
    g_string_free(line, TRUE);
}

/* ---- WHO ---- */

/* The fields of WHOX come in this order, whatever order they were asked in. */
static const char whox_order[] = "tcuihsnfdlaor";

static void
whox_field(GString *text, char field, struct ircd_conn *who, const char *channel,
           const struct ircd_member *member, const char *token)
{
    switch (field) {
    case 't':
        g_string_append_printf(text, " %s", token);
        break;
    case 'c':
        g_string_append_printf(text, " %s", channel);
        break;
    case 'u':
        g_string_append_printf(text, " %s", who->user);
        break;
    case 'h':
        g_string_append_printf(text, " %s", who->host);
        break;
    case 'i':
        g_string_append(text, " 255.255.255.255");
        break;
    case 's':
        g_string_append(text, " " IRCD_NAME);
        break;
    case 'n':
        g_string_append_printf(text, " %s", who->nick);
        break;
    case 'f':
        g_string_append_printf(text, " %c", who->away != NULL ? 'G' : 'H');
        if (member != NULL)
            add_prefix(text, member, true);
        break;
    case 'a':
        g_string_append_printf(text, " %s", who->account != NULL ? who->account : "0");
        break;
    case 'r':
        g_string_append_printf(text, " :%s", who->real);
        break;
    default: /* hops, idle time, oplevel */
        g_string_append(text, " 0");
    }
}

static void
who_one(struct ircd_conn *conn, struct ircd_conn *who, const char *channel,
        const struct ircd_member *member, const char *fields)
{
    GString *text = g_string_new(NULL);

    if (fields[0] == '%') {
        const char *comma = strchr(fields, ',');
        const char *token = comma != NULL ? comma + 1 : "0";
        size_t len = comma != NULL ? (size_t)(comma - fields) : strlen(fields);

        for (const char *field = whox_order; *field != '\0'; field++)
            if (memchr(fields, *field, len) != NULL)
                whox_field(text, *field, who, channel, member, token);
        ircd_numeric(conn, 354, "%s", text->str + (text->len > 0 ? 1 : 0));
    } else {
        if (member != NULL)
            add_prefix(text, member, ircd_has_cap(conn, CAP_MULTI_PREFIX));
        ircd_numeric(conn, 352, "%s %s %s " IRCD_NAME " %s %c%s :0 %s", channel, who->user,
                     who->host, who->nick, who->away != NULL ? 'G' : 'H', text->str, who->real);
    }
    g_string_free(text, TRUE);
}

static void
cmd_who(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    const char *mask = cmd->params[0];
    const char *fields = cmd->n > 1 ? cmd->params[1] : "";
    struct ircd_channel *channel = ircd_channel_find(conn->server, mask);
    struct ircd_conn *who = ircd_find_nick(conn->server, mask);
    GHashTableIter iter;
    gpointer key, value;

    if (channel != NULL) {
        g_hash_table_iter_init(&iter, channel->members);
        while (g_hash_table_iter_next(&iter, &key, &value))
            who_one(conn, key, channel->name, value, fields);
    } else if (who != NULL) {
        who_one(conn, who, "*", NULL, fields);
    }
    ircd_numeric(conn, 315, "%s :End of WHO list", mask);
}

static void
whois_channels(struct ircd_conn *conn, struct ircd_conn *who)
{
    GString *text = g_string_new(NULL);
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, conn->server->channels);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct ircd_channel *channel = value;
        const struct ircd_member *member = ircd_member(channel, who);

        if (member == NULL || (channel->secret && ircd_member(channel, conn) == NULL))
            continue;
        if (text->len > 0)
            g_string_append_c(text, ' ');
        add_prefix(text, member, true);
        g_string_append(text, channel->name);
    }
    if (text->len > 0)
        ircd_numeric(conn, 319, "%s :%s", who->nick, text->str);
    g_string_free(text, TRUE);
}

static void
cmd_whois(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    const char *nick = cmd->params[cmd->n > 1 ? 1 : 0];
    struct ircd_conn *who = ircd_find_nick(conn->server, nick);

    if (who == NULL || !who->registered) {
        ircd_numeric(conn, 401, "%s :No such nick", nick);
    } else {
        ircd_numeric(conn, 311, "%s %s %s * :%s", who->nick, who->user, who->host, who->real);
        whois_channels(conn, who);
        ircd_numeric(conn, 312, "%s " IRCD_NAME " :for tests", who->nick);
        if (who->away != NULL)
            ircd_numeric(conn, 301, "%s :%s", who->nick, who->away);
        if (who->account != NULL)
            ircd_numeric(conn, 330, "%s %s :is logged in as", who->nick, who->account);
        if (who->bot)
            ircd_numeric(conn, 335, "%s :is a bot", who->nick);
        if (who->secure)
            ircd_numeric(conn, 671, "%s :is using a secure connection", who->nick);
        ircd_numeric(conn, 317, "%s 1 1600000000 :seconds idle, signon time", who->nick);
    }
    ircd_numeric(conn, 318, "%s :End of /WHOIS list", nick);
}

static void
cmd_list(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    GHashTableIter iter;
    gpointer value;

    (void)cmd;
    ircd_numeric(conn, 321, "Channel :Users  Name");
    g_hash_table_iter_init(&iter, conn->server->channels);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct ircd_channel *channel = value;

        if (!channel->secret || ircd_member(channel, conn) != NULL)
            ircd_numeric(conn, 322, "%s %u :%s", channel->name, g_hash_table_size(channel->members),
                         channel->topic != NULL ? channel->topic : "");
    }
    ircd_numeric(conn, 323, ":End of /LIST");
}

/* ---- of the server ---- */

static void
cmd_version(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    (void)cmd;
    ircd_numeric(conn, 351, "sandbox-1 " IRCD_NAME " :made for tests");
}

static void
cmd_time(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    g_autofree char *time = ircd_time_text(ircd_now_us(conn->server));

    (void)cmd;
    ircd_numeric(conn, 391, IRCD_NAME " :%s", time);
}

static void
cmd_motd(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    (void)cmd;
    ircd_numeric(conn, 422, ":There is no message of the day");
}

/* Nobody is remembered. */
static void
cmd_whowas(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    ircd_numeric(conn, 406, "%s :There was no such nickname", cmd->params[0]);
    ircd_numeric(conn, 369, "%s :End of WHOWAS", cmd->params[0]);
}

/* ---- of oneself ---- */

static void
tell_neighbours(struct ircd_conn *conn, enum ircd_cap cap, bool self, const char *line)
{
    g_autoptr(GPtrArray) others = ircd_neighbours(conn, self);
    struct ircd_tags tags = {.account = conn->account};

    for (unsigned i = 0; i < others->len; i++)
        if (ircd_has_cap(g_ptr_array_index(others, i), cap))
            ircd_send(g_ptr_array_index(others, i), &tags, "%s", line);
}

static void
cmd_away(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    bool away = cmd->n > 0 && *cmd->params[0] != '\0';
    g_autofree char *source = ircd_source_dup(conn);
    g_autofree char *line = NULL;

    g_free(conn->away);
    conn->away = away ? g_strndup(cmd->params[0], 200) : NULL;
    line = g_strdup_printf(":%s AWAY%s%s", source, away ? " :" : "", away ? conn->away : "");
    if (away)
        ircd_numeric(conn, 306, ":You have been marked as being away");
    else
        ircd_numeric(conn, 305, ":You are no longer marked as being away");
    tell_neighbours(conn, CAP_AWAY_NOTIFY, false, line);
    ircd_people_away(conn, line);
}

static void
cmd_setname(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    g_autofree char *source = ircd_source_dup(conn);
    g_autofree char *line = NULL;

    if (strlen(cmd->params[0]) > 100) {
        ircd_fail(conn, "SETNAME", "INVALID_REALNAME", NULL, "Realname is not valid");
        return;
    }
    g_free(conn->real);
    conn->real = g_strdup(cmd->params[0]);
    line = g_strdup_printf(":%s SETNAME :%s", source, conn->real);
    tell_neighbours(conn, CAP_SETNAME, true, line);
}

const struct ircd_cmd_row ircd_query_rows[] = {
    {"NAMES", 0, false, ircd_cmd_names},
    {"WHO", 1, false, cmd_who},
    {"WHOIS", 1, false, cmd_whois},
    {"LIST", 0, false, cmd_list},
    {"VERSION", 0, false, cmd_version},
    {"TIME", 0, false, cmd_time},
    {"MOTD", 0, false, cmd_motd},
    {"WHOWAS", 1, false, cmd_whowas},
    {"AWAY", 0, false, cmd_away},
    {"SETNAME", 1, false, cmd_setname},
    {0},
};
