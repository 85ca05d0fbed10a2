/* Channels: who is in them and what they are set to. */
#include "tests/sandbox/ircd_priv.h"

#include <string.h>

struct ircd_channel *
ircd_channel_find(struct irc_server *server, const char *name)
{
    g_autofree char *key = ircd_fold(name);

    return g_hash_table_lookup(server->channels, key);
}

void
ircd_channel_free(struct ircd_channel *channel)
{
    g_hash_table_unref(channel->members);
    g_ptr_array_unref(channel->bans);
    g_hash_table_unref(channel->invited);
    g_free(channel->name);
    g_free(channel->topic);
    g_free(channel->topic_by);
    g_free(channel->key);
    g_free(channel);
}

static struct ircd_channel *
channel_new(struct irc_server *server, const char *name)
{
    struct ircd_channel *channel = g_new0(struct ircd_channel, 1);

    channel->name = g_strdup(name);
    channel->made_us = ircd_now_us(server);
    channel->members = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    channel->bans = g_ptr_array_new_with_free_func(g_free);
    channel->invited = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    channel->no_outside = true;
    channel->topic_locked = true;
    g_hash_table_insert(server->channels, ircd_fold(name), channel);
    return channel;
}

struct ircd_member *
ircd_member(const struct ircd_channel *channel, struct ircd_conn *conn)
{
    return g_hash_table_lookup(channel->members, conn);
}

/* Something happens in the channel: told to every member, and kept. */
static void happen(struct ircd_conn *conn, struct ircd_channel *channel, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

static void
happen(struct ircd_conn *conn, struct ircd_channel *channel, const char *format, ...)
{
    g_autofree char *source = ircd_source_dup(conn);
    g_autofree char *line = NULL;
    struct ircd_tags tags;
    GHashTableIter iter;
    gpointer member;
    va_list args;

    va_start(args, format);
    line = g_strdup_vprintf(format, args);
    va_end(args);
    tags = ircd_history_event(conn, channel, NULL, "%s", line);
    g_hash_table_iter_init(&iter, channel->members);
    while (g_hash_table_iter_next(&iter, &member, NULL))
        ircd_send(member, &tags, ":%s %s", source, line);
}

GPtrArray *
ircd_neighbours(struct ircd_conn *conn, bool self)
{
    GPtrArray *all = g_ptr_array_new();
    GHashTableIter channels;
    gpointer value;

    if (self)
        g_ptr_array_add(all, conn);
    g_hash_table_iter_init(&channels, conn->server->channels);
    while (g_hash_table_iter_next(&channels, NULL, &value)) {
        struct ircd_channel *channel = value;
        GHashTableIter members;
        gpointer member;

        if (ircd_member(channel, conn) == NULL)
            continue;
        g_hash_table_iter_init(&members, channel->members);
        while (g_hash_table_iter_next(&members, &member, NULL))
            if (member != conn && !g_ptr_array_find(all, member, NULL))
                g_ptr_array_add(all, member);
    }
    return all;
}

/* The nick is free again and the others see QUIT. Channels stay, with topic and history. */
void
ircd_leave_all(struct ircd_conn *conn, const char *reason)
{
    g_autoptr(GPtrArray) others = ircd_neighbours(conn, false);
    GHashTableIter channels;
    gpointer value;
    g_autofree char *source = conn->registered ? ircd_source_dup(conn) : NULL;
    g_autofree char *id = ircd_msgid_new(conn->server);
    struct ircd_tags tags = {.msgid = id};

    g_hash_table_iter_init(&channels, conn->server->channels);
    while (g_hash_table_iter_next(&channels, NULL, &value)) {
        struct ircd_channel *channel = value;

        if (g_hash_table_remove(channel->members, conn) && source != NULL)
            tags.time_us = ircd_history_event(conn, channel, id, "QUIT :%s", reason).time_us;
    }
    if (source != NULL)
        ircd_people_tell(conn->server, conn->nick, NULL);
    conn->registered = false;
    g_clear_pointer(&conn->nick, g_free);
    for (unsigned i = 0; i < others->len; i++)
        ircd_send(g_ptr_array_index(others, i), &tags, ":%s QUIT :%s", source, reason);
}

/* ---- JOIN, PART, KICK ---- */

static bool
may_join(struct ircd_conn *conn, const struct ircd_channel *channel, const char *key)
{
    g_autofree char *source = ircd_source_dup(conn);
    g_autofree char *nick = ircd_fold(conn->nick);

    if (channel->invite_only && !g_hash_table_contains(channel->invited, nick)) {
        ircd_numeric(conn, 473, "%s :Cannot join channel (+i)", channel->name);
        return false;
    }
    if (channel->key != NULL && g_strcmp0(channel->key, key) != 0) {
        ircd_numeric(conn, 475, "%s :Cannot join channel (+k)", channel->name);
        return false;
    }
    if (channel->limit > 0 && g_hash_table_size(channel->members) >= channel->limit) {
        ircd_numeric(conn, 471, "%s :Cannot join channel (+l)", channel->name);
        return false;
    }
    for (unsigned i = 0; i < channel->bans->len; i++) {
        if (g_pattern_match_simple(g_ptr_array_index(channel->bans, i), source)) {
            ircd_numeric(conn, 474, "%s :Cannot join channel (+b)", channel->name);
            return false;
        }
    }
    return true;
}

static void
announce_join(struct ircd_conn *conn, const struct ircd_channel *channel)
{
    g_autofree char *source = ircd_source_dup(conn);
    struct ircd_tags tags = ircd_history_event(conn, channel, NULL, "JOIN %s", channel->name);
    GHashTableIter iter;
    gpointer member;

    g_hash_table_iter_init(&iter, channel->members);
    while (g_hash_table_iter_next(&iter, &member, NULL)) {
        if (ircd_has_cap(member, CAP_EXTENDED_JOIN))
            ircd_send(member, &tags, ":%s JOIN %s %s :%s", source, channel->name,
                      conn->account != NULL ? conn->account : "*", conn->real);
        else
            ircd_send(member, &tags, ":%s JOIN %s", source, channel->name);
        if (conn->away != NULL && member != conn && ircd_has_cap(member, CAP_AWAY_NOTIFY))
            ircd_send(member, NULL, ":%s AWAY :%s", source, conn->away);
    }
}

static void
send_topic(struct ircd_conn *conn, const struct ircd_channel *channel)
{
    if (channel->topic == NULL)
        return;
    ircd_numeric(conn, 332, "%s :%s", channel->name, channel->topic);
    ircd_numeric(conn, 333, "%s %s %" G_GINT64_FORMAT, channel->name, channel->topic_by,
                 channel->topic_time_us / G_USEC_PER_SEC);
}

char *
ircd_op_key(const char *channel, const char *nick)
{
    g_autofree char *where = ircd_fold(channel);
    g_autofree char *who = ircd_fold(nick);

    return g_strconcat(where, " ", who, NULL);
}

static bool
is_born_op(const struct ircd_conn *conn, const struct ircd_channel *channel)
{
    g_autofree char *key = ircd_op_key(channel->name, conn->nick);

    return g_hash_table_size(channel->members) == 0 ||
           g_hash_table_contains(conn->server->ops, key);
}

static void
join_one(struct ircd_conn *conn, const char *name, const char *key)
{
    struct ircd_channel *channel = ircd_channel_find(conn->server, name);
    struct ircd_member *member;
    struct ircd_cmd names = {.n = 1};

    if (name[0] != '#' || strlen(name) > 64 || strpbrk(name, " ,\a") != NULL) {
        ircd_numeric(conn, 403, "%s :No such channel", name);
        return;
    }
    if (channel == NULL)
        channel = channel_new(conn->server, name);
    if (ircd_member(channel, conn) != NULL || !may_join(conn, channel, key))
        return;
    member = g_new0(struct ircd_member, 1);
    member->op = is_born_op(conn, channel);
    g_hash_table_insert(channel->members, conn, member);
    announce_join(conn, channel);
    ircd_bouncer_keep(conn, channel->name, true);
    ircd_mark_send(conn, channel->name);
    send_topic(conn, channel);
    names.params[0] = channel->name;
    ircd_cmd_names(conn, &names);
}

void
ircd_join(struct ircd_conn *conn, const char *name)
{
    join_one(conn, name, NULL);
}

static void
cmd_join(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    g_auto(GStrv) names = g_strsplit(cmd->params[0], ",", -1);
    g_auto(GStrv) keys = g_strsplit(cmd->n > 1 ? cmd->params[1] : "", ",", -1);
    unsigned n_keys = g_strv_length(keys);

    for (unsigned i = 0; names[i] != NULL; i++)
        join_one(conn, names[i], i < n_keys ? keys[i] : NULL);
}

/* The channel, when it is there and the sender in it; else says what is wrong. */
static struct ircd_channel *
own_channel(struct ircd_conn *conn, const char *name)
{
    struct ircd_channel *channel = ircd_channel_find(conn->server, name);

    if (channel == NULL)
        ircd_numeric(conn, 403, "%s :No such channel", name);
    else if (ircd_member(channel, conn) == NULL)
        ircd_numeric(conn, 442, "%s :You're not on that channel", name);
    else
        return channel;
    return NULL;
}

static bool
is_op(struct ircd_conn *conn, const struct ircd_channel *channel)
{
    if (ircd_member(channel, conn)->op)
        return true;
    ircd_numeric(conn, 482, "%s :You're not channel operator", channel->name);
    return false;
}

static void
cmd_part(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    g_auto(GStrv) names = g_strsplit(cmd->params[0], ",", -1);

    for (char **name = names; *name != NULL; name++) {
        struct ircd_channel *channel = own_channel(conn, *name);

        if (channel == NULL)
            continue;
        happen(conn, channel, "PART %s%s%s", channel->name, cmd->n > 1 ? " :" : "",
               cmd->n > 1 ? cmd->params[1] : "");
        g_hash_table_remove(channel->members, conn);
        ircd_bouncer_keep(conn, channel->name, false);
    }
}

static void
tell_invited(struct ircd_channel *channel, const struct ircd_conn *guest, const char *line)
{
    GHashTableIter iter;
    gpointer member;

    g_hash_table_iter_init(&iter, channel->members);
    while (g_hash_table_iter_next(&iter, &member, NULL))
        if (member != guest && ircd_has_cap(member, CAP_INVITE_NOTIFY))
            ircd_send(member, NULL, "%s", line);
}

static void
cmd_invite(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    struct ircd_conn *guest = ircd_find_nick(conn->server, cmd->params[0]);
    struct ircd_channel *channel = own_channel(conn, cmd->params[1]);
    g_autofree char *source = ircd_source_dup(conn);
    g_autofree char *line = NULL;

    if (channel == NULL || (channel->invite_only && !is_op(conn, channel)))
        return;
    if (guest == NULL || !guest->registered) {
        ircd_numeric(conn, 401, "%s :No such nick", cmd->params[0]);
    } else if (ircd_member(channel, guest) != NULL) {
        ircd_numeric(conn, 443, "%s %s :is already on channel", guest->nick, channel->name);
    } else {
        g_hash_table_add(channel->invited, ircd_fold(guest->nick));
        line = g_strdup_printf(":%s INVITE %s %s", source, guest->nick, channel->name);
        ircd_numeric(conn, 341, "%s %s", guest->nick, channel->name);
        ircd_send(guest, NULL, "%s", line);
        tell_invited(channel, guest, line);
    }
}

static void
cmd_kick(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    struct ircd_channel *channel = own_channel(conn, cmd->params[0]);
    struct ircd_conn *victim = ircd_find_nick(conn->server, cmd->params[1]);

    if (channel == NULL || !is_op(conn, channel))
        return;
    if (victim == NULL || ircd_member(channel, victim) == NULL) {
        ircd_numeric(conn, 441, "%s %s :They aren't on that channel", cmd->params[1],
                     channel->name);
        return;
    }
    happen(conn, channel, "KICK %s %s :%s", channel->name, victim->nick,
           cmd->n > 2 ? cmd->params[2] : conn->nick);
    g_hash_table_remove(channel->members, victim);
    ircd_bouncer_keep(victim, channel->name, false);
}

static void
cmd_topic(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    struct ircd_channel *channel = own_channel(conn, cmd->params[0]);

    if (channel == NULL)
        return;
    if (cmd->n < 2) {
        if (channel->topic == NULL)
            ircd_numeric(conn, 331, "%s :No topic is set", channel->name);
        send_topic(conn, channel);
        return;
    }
    if (channel->topic_locked && !is_op(conn, channel))
        return;
    g_free(channel->topic);
    g_free(channel->topic_by);
    channel->topic = *cmd->params[1] != '\0' ? g_strndup(cmd->params[1], 300) : NULL;
    channel->topic_by = ircd_source_dup(conn);
    channel->topic_time_us = ircd_now_us(conn->server);
    happen(conn, channel, "TOPIC %s :%s", channel->name,
           channel->topic != NULL ? channel->topic : "");
}

/* ---- MODE ---- */

struct mode_change {
    struct ircd_conn *conn;
    struct ircd_channel *channel;
    const struct ircd_cmd *cmd;
    unsigned next; /* parameter */
    bool on;
    GString *letters; /* what was done, and its parameters */
    GString *arguments;
    char sign;
};

static const char *
mode_argument(struct mode_change *change)
{
    return change->next < change->cmd->n ? change->cmd->params[change->next++] : NULL;
}

static void
mode_done(struct mode_change *change, char letter, const char *argument)
{
    char sign = change->on ? '+' : '-';

    if (change->sign != sign)
        g_string_append_c(change->letters, sign);
    change->sign = sign;
    g_string_append_c(change->letters, letter);
    if (argument != NULL)
        g_string_append_printf(change->arguments, " %s", argument);
}

static void
mode_member(struct mode_change *change, char letter)
{
    const char *nick = mode_argument(change);
    struct ircd_conn *target = nick != NULL ? ircd_find_nick(change->conn->server, nick) : NULL;
    struct ircd_member *member = target != NULL ? ircd_member(change->channel, target) : NULL;

    if (member == NULL) {
        ircd_numeric(change->conn, 441, "%s %s :They aren't on that channel",
                     nick != NULL ? nick : "*", change->channel->name);
        return;
    }
    if (letter == 'o')
        member->op = change->on;
    else
        member->voice = change->on;
    mode_done(change, letter, target->nick);
}

static void
mode_ban(struct mode_change *change)
{
    const char *mask = mode_argument(change);
    unsigned index;

    if (mask == NULL) {
        for (unsigned i = 0; i < change->channel->bans->len; i++)
            ircd_numeric(change->conn, 367, "%s %s", change->channel->name,
                         (char *)g_ptr_array_index(change->channel->bans, i));
        ircd_numeric(change->conn, 368, "%s :End of channel ban list", change->channel->name);
        return;
    }
    if (change->on)
        g_ptr_array_add(change->channel->bans, g_strdup(mask));
    else if (g_ptr_array_find_with_equal_func(change->channel->bans, mask, g_str_equal, &index))
        g_ptr_array_remove_index(change->channel->bans, index);
    mode_done(change, 'b', mask);
}

static bool *
mode_flag(struct ircd_channel *channel, char letter)
{
    switch (letter) {
    case 'i':
        return &channel->invite_only;
    case 'm':
        return &channel->moderated;
    case 'n':
        return &channel->no_outside;
    case 't':
        return &channel->topic_locked;
    case 's':
        return &channel->secret;
    default:
        return NULL;
    }
}

static void
mode_letter(struct mode_change *change, char letter)
{
    bool *flag = mode_flag(change->channel, letter);
    const char *argument;

    if (flag != NULL) {
        *flag = change->on;
        mode_done(change, letter, NULL);
    } else if (letter == 'o' || letter == 'v') {
        mode_member(change, letter);
    } else if (letter == 'b') {
        mode_ban(change);
    } else if (letter == 'k' && (argument = mode_argument(change)) != NULL) {
        g_free(change->channel->key);
        change->channel->key = change->on ? g_strdup(argument) : NULL;
        mode_done(change, letter, argument);
    } else if (letter == 'l') {
        argument = change->on ? mode_argument(change) : NULL;
        change->channel->limit =
            argument != NULL ? (unsigned)g_ascii_strtoull(argument, NULL, 10) : 0;
        mode_done(change, letter, argument);
    } else {
        ircd_numeric(change->conn, 472, "%c :is unknown mode char to me", letter);
    }
}

static void
mode_show(struct ircd_conn *conn, struct ircd_channel *channel)
{
    GString *letters = g_string_new("+");

    for (const char *letter = "imnst"; *letter != '\0'; letter++)
        if (*mode_flag(channel, *letter))
            g_string_append_c(letters, *letter);
    if (channel->key != NULL)
        g_string_append_c(letters, 'k');
    if (channel->limit > 0)
        g_string_append_printf(letters, "l %u", channel->limit);
    ircd_numeric(conn, 324, "%s %s", channel->name, letters->str);
    ircd_numeric(conn, 329, "%s %" G_GINT64_FORMAT, channel->name,
                 channel->made_us / G_USEC_PER_SEC);
    g_string_free(letters, TRUE);
}

static void
mode_channel(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    struct ircd_channel *channel = ircd_channel_find(conn->server, cmd->params[0]);
    struct mode_change change = {.conn = conn, .channel = channel, .cmd = cmd, .next = 2};
    bool ask_bans = cmd->n == 2 && strspn(cmd->params[1], "+b") == strlen(cmd->params[1]);

    if (channel == NULL) {
        ircd_numeric(conn, 403, "%s :No such channel", cmd->params[0]);
        return;
    }
    if (cmd->n < 2) {
        mode_show(conn, channel);
        return;
    }
    if (!ask_bans && (own_channel(conn, channel->name) == NULL || !is_op(conn, channel)))
        return;
    change.on = true;
    change.letters = g_string_new(NULL);
    change.arguments = g_string_new(NULL);
    for (const char *c = cmd->params[1]; *c != '\0'; c++) {
        if (*c == '+' || *c == '-')
            change.on = *c == '+';
        else
            mode_letter(&change, *c);
    }
    if (change.letters->len > 0)
        happen(conn, channel, "MODE %s %s%s", channel->name, change.letters->str,
               change.arguments->str);
    g_string_free(change.letters, TRUE);
    g_string_free(change.arguments, TRUE);
}

static void
set_user_mode(struct ircd_conn *conn, const char *letters)
{
    if (strchr(letters, 'B') != NULL)
        conn->bot = *letters != '-';
    ircd_send(conn, NULL, ":%s MODE %s :%s", conn->nick, conn->nick, letters);
}

static void
cmd_mode(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    if (cmd->params[0][0] == '#')
        mode_channel(conn, cmd);
    else if (!ircd_same(cmd->params[0], conn->nick))
        ircd_numeric(conn, 502, ":Cannot change mode for other users");
    else if (cmd->n < 2)
        ircd_numeric(conn, 221, "+");
    else
        set_user_mode(conn, cmd->params[1]);
}

const struct ircd_cmd_row ircd_channel_rows[] = {
    {"JOIN", 1, false, cmd_join},
    {"PART", 1, false, cmd_part},
    {"KICK", 2, false, cmd_kick},
    {"MODE", 1, false, cmd_mode},
    {"TOPIC", 1, false, cmd_topic},
    {"INVITE", 2, false, cmd_invite},
    {0},
};
