/* From the connection to the greeting: CAP, PASS, NICK, USER, PING, QUIT. */
#include "tests/sandbox/ircd_priv.h"

#include <string.h>

#define CAPS_PER_SPLIT_LINE 3

const char *const ircd_cap_names[CAP_N] = {
    [CAP_MESSAGE_TAGS] = "message-tags",
    [CAP_SERVER_TIME] = "server-time",
    [CAP_BATCH] = "batch",
    [CAP_LABELED_RESPONSE] = "labeled-response",
    [CAP_ECHO_MESSAGE] = "echo-message",
    [CAP_ACCOUNT_TAG] = "account-tag",
    [CAP_ACCOUNT_NOTIFY] = "account-notify",
    [CAP_MULTI_PREFIX] = "multi-prefix",
    [CAP_USERHOST_IN_NAMES] = "userhost-in-names",
    [CAP_CAP_NOTIFY] = "cap-notify",
    [CAP_CHGHOST] = "chghost",
    [CAP_SETNAME] = "setname",
    [CAP_AWAY_NOTIFY] = "away-notify",
    [CAP_EXTENDED_JOIN] = "extended-join",
    [CAP_CHATHISTORY] = "draft/chathistory",
    [CAP_SASL] = "sasl",
    [CAP_EXTENDED_MONITOR] = "extended-monitor",
    [CAP_CHANNEL_RENAME] = "draft/channel-rename",
    [CAP_REGISTRATION] = "draft/account-registration",
    [CAP_REDACTION] = "draft/message-redaction",
    [CAP_MULTILINE] = "draft/multiline",
    [CAP_READ_MARKER] = "draft/read-marker",
    [CAP_EVENT_PLAYBACK] = "draft/event-playback",
    [CAP_STANDARD_REPLIES] = "standard-replies",
    [CAP_INVITE_NOTIFY] = "invite-notify",
    [CAP_RELAYMSG] = "draft/relaymsg",
    [CAP_BOUNCER_NETWORKS] = "soju.im/bouncer-networks",
    [CAP_BOUNCER_NOTIFY] = "soju.im/bouncer-networks-notify",
    [CAP_ZNC_PLAYBACK] = "znc.in/playback",
    [CAP_ZNC_SELF] = "znc.in/self-message",
};

static int
cap_by_name(const char *name)
{
    for (int i = 0; i < CAP_N; i++)
        if (g_str_equal(ircd_cap_names[i], name))
            return i;
    return -1;
}

unsigned
ircd_caps_parse(const char *words)
{
    g_auto(GStrv) list = g_strsplit(words, " ", -1);
    unsigned bits = 0;

    for (char **word = list; *word != NULL; word++) {
        int cap = cap_by_name(*word);

        g_assert_true(cap >= 0 || **word == '\0');
        if (cap >= 0)
            bits |= CAP_BIT(cap);
    }
    return bits;
}

/* ---- CAP ---- */

static GPtrArray *
cap_words(const struct ircd_conn *conn, unsigned bits, bool values)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);

    for (int i = 0; i < CAP_N; i++) {
        if ((bits & CAP_BIT(i)) == 0)
            continue;
        if (i == CAP_SASL && values) {
            g_autofree char *mechanisms = ircd_sasl_offer(conn);

            g_ptr_array_add(words, g_strdup_printf("sasl=%s", mechanisms));
        } else if (i == CAP_MULTILINE && values) {
            g_ptr_array_add(words, g_strdup_printf("draft/multiline=max-bytes=%u,max-lines=%u",
                                                   conn->server->options.multiline_bytes,
                                                   conn->server->options.multiline_lines));
        } else if (i == CAP_RELAYMSG && values) {
            g_ptr_array_add(words, g_strdup("draft/relaymsg=/"));
        } else {
            g_ptr_array_add(words, g_strdup(ircd_cap_names[i]));
        }
    }
    return words;
}

static void
cap_send(struct ircd_conn *conn, const char *verb, GPtrArray *words, unsigned per_line)
{
    GString *line = g_string_new(NULL);

    for (unsigned i = 0; i < words->len; i++) {
        bool last = i + 1 == words->len;

        g_string_append_printf(line, "%s%s", line->len > 0 ? " " : "",
                               (char *)g_ptr_array_index(words, i));
        if (!last && ((i + 1) % per_line == 0 || line->len > 380)) {
            ircd_send(conn, NULL, ":" IRCD_NAME " CAP %s %s * :%s",
                      conn->nick != NULL ? conn->nick : "*", verb, line->str);
            g_string_truncate(line, 0);
        }
    }
    ircd_send(conn, NULL, ":" IRCD_NAME " CAP %s %s :%s", conn->nick != NULL ? conn->nick : "*",
              verb, line->str);
    g_string_free(line, TRUE);
}

static void
cap_list(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    const struct irc_server_options *options = &conn->server->options;
    g_autoptr(GPtrArray) words = NULL;
    bool newer = cmd->n > 1 && g_ascii_strtoull(cmd->params[1], NULL, 10) >= 302;

    if (!conn->registered)
        conn->cap_open = true;
    conn->cap_302 = conn->cap_302 || newer;
    words = cap_words(conn, conn->server->offered, newer);
    if (options->extra_caps != NULL) {
        g_auto(GStrv) extra = g_strsplit(options->extra_caps, " ", -1);

        for (char **word = extra; *word != NULL; word++)
            g_ptr_array_add(words, g_strdup(*word));
    }
    if (options->sts && conn->secure)
        g_ptr_array_add(words, g_strdup("sts=duration=600"));
    else if (options->sts)
        g_ptr_array_add(words, g_strdup_printf("sts=port=%u", conn->server->tls_port));
    cap_send(conn, "LS", words, newer && options->split_ls ? CAPS_PER_SPLIT_LINE : G_MAXUINT);
}

/* All of the line or nothing. */
static void
cap_request(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    const char *asked = cmd->n > 1 ? cmd->params[1] : "";
    g_auto(GStrv) words = g_strsplit(asked, " ", -1);
    unsigned caps = conn->caps;

    if (!conn->registered)
        conn->cap_open = true;
    for (char **word = words; *word != NULL; word++) {
        bool off = **word == '-';
        int cap = cap_by_name(*word + (off ? 1 : 0));

        if (**word == '\0')
            continue;
        if (cap < 0 || (!off && (conn->server->offered & CAP_BIT(cap)) == 0)) {
            ircd_send(conn, NULL, ":" IRCD_NAME " CAP %s NAK :%s",
                      conn->nick != NULL ? conn->nick : "*", asked);
            return;
        }
        caps = off ? caps & ~CAP_BIT(cap) : caps | CAP_BIT(cap);
    }
    ircd_send(conn, NULL, ":" IRCD_NAME " CAP %s ACK :%s", conn->nick != NULL ? conn->nick : "*",
              asked);
    conn->caps = caps;
}

static void try_welcome(struct ircd_conn *conn);

static void
cmd_cap(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    g_autofree char *verb = g_ascii_strup(cmd->params[0], -1);

    if (g_str_equal(verb, "LS")) {
        cap_list(conn, cmd);
    } else if (g_str_equal(verb, "LIST")) {
        g_autoptr(GPtrArray) words = cap_words(conn, conn->caps, false);

        cap_send(conn, "LIST", words, G_MAXUINT);
    } else if (g_str_equal(verb, "REQ")) {
        cap_request(conn, cmd);
    } else if (g_str_equal(verb, "END")) {
        conn->cap_open = false;
        try_welcome(conn);
    } else {
        ircd_complain(conn, "unknown CAP", verb);
        ircd_numeric(conn, 410, "%s :Invalid CAP command", verb);
    }
}

void
ircd_caps_changed(struct irc_server *server, unsigned before, unsigned after)
{
    for (unsigned i = 0; i < server->conns->len; i++) {
        struct ircd_conn *conn = g_ptr_array_index(server->conns, i);
        g_autoptr(GPtrArray) gone = cap_words(conn, before & ~after, false);
        g_autoptr(GPtrArray) come = cap_words(conn, after & ~before, conn->cap_302);

        conn->caps &= after;
        if (!conn->cap_302 && !ircd_has_cap(conn, CAP_CAP_NOTIFY))
            continue;
        if (gone->len > 0)
            cap_send(conn, "DEL", gone, G_MAXUINT);
        if (come->len > 0)
            cap_send(conn, "NEW", come, G_MAXUINT);
    }
}

/* ---- registration ---- */

static void
send_isupport(struct ircd_conn *conn)
{
    const struct irc_server_options *options = &conn->server->options;

    ircd_numeric(conn, 5,
                 "CASEMAPPING=rfc1459 CHANTYPES=# PREFIX=(ov)@+ CHANMODES=b,k,l,imnst NICKLEN=%u "
                 "CHANNELLEN=64 TOPICLEN=300 AWAYLEN=200 MODES=4 TARGMAX=PRIVMSG:1,NOTICE:1 "
                 "STATUSMSG=@+ NETWORK=Sandbox MONITOR=100 BOT=B :are supported by this server",
                 options->nick_len);
    if (conn->bound)
        ircd_numeric(conn, 5, "BOUNCER_NETID=%s :are supported by this server",
                     conn->server->netid);
    if (options->client_tag_deny != NULL)
        ircd_numeric(conn, 5, "CLIENTTAGDENY=%s :are supported by this server",
                     options->client_tag_deny);
    if ((conn->server->offered & CAP_BIT(CAP_CHATHISTORY)) != 0)
        ircd_numeric(conn, 5,
                     "WHOX CHATHISTORY=%u MSGREFTYPES=msgid,timestamp%s%s "
                     ":are supported by this server",
                     IRCD_HISTORY_PAGE, options->isupport != NULL ? " " : "",
                     options->isupport != NULL ? options->isupport : "");
    else
        ircd_numeric(conn, 5, "WHOX%s%s :are supported by this server",
                     options->isupport != NULL ? " " : "",
                     options->isupport != NULL ? options->isupport : "");
}

/* By somebody on the network that the bouncer gave this connection: the bouncer goes by another. */
static bool
nick_is_taken(struct ircd_conn *conn)
{
    for (unsigned i = 0; i < conn->server->conns->len; i++) {
        const struct ircd_conn *other = g_ptr_array_index(conn->server->conns, i);

        if (other != conn && other->nick != NULL && ircd_same(other->nick, conn->nick))
            return true;
    }
    return false;
}

static void
try_welcome(struct ircd_conn *conn)
{
    const char *password = conn->server->options.password;

    if (conn->registered || conn->cap_open || conn->nick == NULL || conn->real == NULL)
        return;
    if (password != NULL && !conn->pass_ok) {
        ircd_numeric(conn, 464, ":Password incorrect");
        ircd_conn_end(conn, "Bad Password");
        return;
    }
    while (conn->bound && nick_is_taken(conn)) {
        g_autofree char *was = conn->nick;

        conn->nick = g_strconcat(was, "_", NULL);
    }
    if (strlen(conn->nick) > conn->server->options.nick_len)
        conn->nick[conn->server->options.nick_len] = '\0';
    conn->registered = true;
    ircd_numeric(conn, 1, ":Welcome to the Sandbox %s!%s@%s", conn->nick, conn->user, conn->host);
    ircd_numeric(conn, 2, ":Your host is " IRCD_NAME);
    ircd_numeric(conn, 3, ":This server was made for tests");
    ircd_numeric(conn, 4, IRCD_NAME " sandbox iB biklmnostv bklov");
    send_isupport(conn);
    ircd_numeric(conn, 422, ":There is no message of the day");
    g_autofree char *source = ircd_source_dup(conn);
    ircd_people_tell(conn->server, conn->nick, source);
    ircd_bouncer_welcome(conn);
}

static void
cmd_pass(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    if (conn->registered || conn->nick != NULL)
        ircd_numeric(conn, 462, ":You may not reregister");
    else
        conn->pass_ok = g_strcmp0(conn->server->options.password, cmd->params[0]) == 0;
}

static void
cmd_user(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    if (conn->real != NULL) {
        ircd_numeric(conn, 462, ":You may not reregister");
        return;
    }
    g_free(conn->user);
    conn->user = g_strdup_printf("~%.10s", cmd->params[0]);
    conn->real = g_strdup(cmd->params[3]);
    try_welcome(conn);
}

static bool
nick_is_good(const char *nick)
{
    if (*nick == '\0' || g_ascii_isdigit(*nick) || strlen(nick) > 64)
        return false;
    for (const char *c = nick; *c != '\0'; c++)
        if (!g_ascii_isalnum(*c) && strchr("-_[]\\`^{}|", *c) == NULL)
            return false;
    return true;
}

static void
rename_conn(struct ircd_conn *conn, const char *nick)
{
    g_autofree char *source = ircd_source_dup(conn);
    g_autoptr(GPtrArray) others = ircd_neighbours(conn, true);
    g_autofree char *id = ircd_msgid_new(conn->server);
    struct ircd_tags tags = {.account = conn->account, .msgid = id};
    GHashTableIter channels;
    gpointer channel;

    g_hash_table_iter_init(&channels, conn->server->channels);
    while (g_hash_table_iter_next(&channels, NULL, &channel))
        if (ircd_member(channel, conn) != NULL)
            tags.time_us = ircd_history_event(conn, channel, id, "NICK :%s", nick).time_us;
    g_autofree char *was = g_steal_pointer(&conn->nick);
    conn->nick = g_strdup(nick);
    g_autofree char *renamed = ircd_source_dup(conn);
    ircd_people_tell(conn->server, was, NULL);
    ircd_people_tell(conn->server, nick, renamed);
    for (unsigned i = 0; i < others->len; i++)
        ircd_send(g_ptr_array_index(others, i), &tags, ":%s NICK :%s", source, nick);
}

static void
cmd_nick(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    const char *nick = cmd->params[0];
    struct ircd_conn *holder = ircd_find_nick(conn->server, nick);

    if (!nick_is_good(nick)) {
        ircd_numeric(conn, 432, "%s :Erroneous Nickname", nick);
    } else if (holder != NULL && holder != conn && !conn->server->options.bouncer) {
        ircd_numeric(conn, 433, "%s :Nickname is already in use", nick);
    } else if (conn->registered) {
        rename_conn(conn, nick);
    } else {
        g_free(conn->nick);
        conn->nick = g_strdup(nick);
        try_welcome(conn);
    }
}

static void
cmd_ping(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    ircd_send(conn, NULL, ":" IRCD_NAME " PONG " IRCD_NAME " :%s", cmd->params[0]);
}

static void
cmd_pong(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    (void)conn;
    (void)cmd;
}

static void
cmd_quit(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    g_autofree char *reason = g_strdup_printf("Quit: %s", cmd->n > 0 ? cmd->params[0] : "");

    ircd_conn_end(conn, reason);
}

const struct ircd_cmd_row ircd_register_rows[] = {
    {"CAP", 1, true, cmd_cap},
    {"AUTHENTICATE", 1, true, ircd_cmd_authenticate},
    {"PASS", 1, true, cmd_pass},
    {"NICK", 1, true, cmd_nick},
    {"USER", 4, true, cmd_user},
    {"PING", 1, true, cmd_ping},
    {"PONG", 0, true, cmd_pong},
    {"QUIT", 0, true, cmd_quit},
    {0},
};
