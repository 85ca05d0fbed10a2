/* Who comes, goes and is called what; topics and modes. */
#include "protocols/irc/irc_priv.h"

#include <string.h>

#include "protocols/irc/irc_text.h"

static const char *
or_null(const char *text)
{
    return text && *text ? text : NULL;
}

static void
on_own_join(struct irc *irc, const struct irc_context *context, struct irc_channel *channel)
{
    struct irc_op *op = irc_op_first(irc, IRC_OP_JOIN, channel->id);

    irc_set_login(irc, context->user, context->login_host);
    if (op && op->name) {
        g_autofree char *kv = g_strdup_printf("irc.key.%s", channel->id);
        irc->host->ops->kv_set(irc->host, kv, op->name);
    }
    irc_keep_out(irc, channel->id, false);
    channel->joined_us = context->time_us;
    irc_history_joined(irc, channel);
}

static void
on_join(struct irc *irc, const struct irc_context *context)
{
    const struct irc_line *line = context->line;
    const char *name = irc_line_param(line, 0);
    const char *account = irc_has(irc, "extended-join") && line->n_params >= 3
                              ? line->params[1]
                              : irc_line_tag(line, "account");

    if (!*context->nick || !*name)
        return;
    struct irc_channel *channel =
        context->own ? irc_channel_join(irc, name) : irc_channel(irc, name);
    if (!channel)
        return;
    if (context->own)
        on_own_join(irc, context, channel);
    irc_member_join(irc, channel, context->nick, account);
    if (irc_netsplit_join(irc, context, channel))
        return;
    g_autofree char *address =
        *context->login_host ? g_strdup_printf("%s@%s", context->user, context->login_host) : NULL;
    irc_emit_note(irc, context, channel->id, MESSAGE_JOIN, NULL, address);
    struct irc_op *op = context->own ? irc_op_first(irc, IRC_OP_JOIN, channel->id) : NULL;
    if (op)
        irc_op_done(irc, op, channel->id, 0);
}

static void
leave_channel(struct irc *irc, struct irc_channel *channel)
{
    struct irc_op *op = irc_op_first(irc, IRC_OP_LEAVE, channel->id);

    irc_channel_leave(irc, channel);
    if (op)
        irc_op_done(irc, op, NULL, 0);
}

static void
on_part(struct irc *irc, const struct irc_context *context)
{
    struct irc_channel *channel = irc_channel(irc, irc_line_param(context->line, 0));

    if (!channel || !*context->nick)
        return;
    irc_emit_note(irc, context, channel->id, MESSAGE_PART, NULL,
                  or_null(irc_line_param(context->line, 1)));
    if (context->own)
        leave_channel(irc, channel);
    else
        irc_member_leave(irc, channel, context->nick);
}

static void
kick_one(struct irc *irc, const struct irc_context *context, const char *name, const char *nick)
{
    struct irc_channel *channel = irc_channel(irc, name);

    if (!channel || !*nick)
        return;
    irc_emit_note(irc, context, channel->id, MESSAGE_KICK, nick,
                  or_null(irc_line_param(context->line, 2)));
    if (irc_is_us(irc, nick)) {
        /* Not after a restart either, whatever the configuration joins. */
        irc_keep_out(irc, channel->id, true);
        leave_channel(irc, channel);
    } else {
        irc_member_leave(irc, channel, nick);
    }
}

static void
on_kick(struct irc *irc, const struct irc_context *context)
{
    g_auto(GStrv) names = g_strsplit(irc_line_param(context->line, 0), ",", 100);
    g_auto(GStrv) nicks = g_strsplit(irc_line_param(context->line, 1), ",", 100);
    unsigned n_names = g_strv_length(names);

    for (unsigned i = 0; n_names > 0 && nicks[i]; i++)
        kick_one(irc, context, names[MIN(i, n_names - 1)], nicks[i]);
}

/* A line about a person in each conversation that we share. */
static void
note_everywhere(struct irc *irc, const struct irc_context *context, enum message_kind kind,
                const char *subject, const char *body)
{
    GHashTableIter iter;
    struct irc_channel *channel;
    g_autoptr(GPtrArray) shared = g_ptr_array_new_with_free_func(g_free);

    /* Collected first: core may answer an event by a call that changes the table. */
    g_hash_table_iter_init(&iter, irc->channels);
    while (g_hash_table_iter_next(&iter, NULL, (void **)&channel)) {
        if (irc_member_known(irc, channel, context->nick))
            g_ptr_array_add(shared, g_strdup(channel->id));
    }
    if (kind == MESSAGE_RENAME && context->sender_id &&
        g_hash_table_contains(irc->direct, context->sender_id))
        g_ptr_array_add(shared, g_strdup(context->sender_id));
    for (unsigned i = 0; i < shared->len; i++)
        irc_emit_note(irc, context, shared->pdata[i], kind, subject, body);
}

/* ngIRCd puts what a person said in quotes, and an empty pair when they said nothing. */
static char *
unquoted(const char *text)
{
    size_t len = strlen(text);

    return len >= 2 && *text == '"' && text[len - 1] == '"' ? g_strndup(text + 1, len - 2)
                                                            : g_strdup(text);
}

static void
on_quit(struct irc *irc, const struct irc_context *context)
{
    if (!*context->nick)
        return;
    g_autofree char *reason = unquoted(irc_line_param(context->line, 0));

    if (!irc_netsplit_quit(irc, context, reason))
        note_everywhere(irc, context, MESSAGE_QUIT, NULL, or_null(reason));
    if (context->own)
        return;
    irc_member_gone(irc, context->nick);
    irc_nick_freed(irc, context->nick);
}

static void
on_nick(struct irc *irc, const struct irc_context *context)
{
    const char *new_nick = irc_line_param(context->line, 0);

    if (!*context->nick || !*new_nick)
        return;
    note_everywhere(irc, context, MESSAGE_RENAME, new_nick, NULL);
    irc_member_rename(irc, context->nick, new_nick);
    if (context->own) {
        irc_set_nick(irc, new_nick);
        irc_nick_changed(irc);
        irc_tell_self(irc);
    } else {
        irc_nick_freed(irc, context->nick);
    }
}

static void
on_topic(struct irc *irc, const struct irc_context *context)
{
    struct irc_channel *channel = irc_channel(irc, irc_line_param(context->line, 0));
    const char *topic = irc_line_param(context->line, 1);

    if (!channel)
        return;
    irc_channel_announce(irc, channel, topic);
    irc_emit_note(irc, context, channel->id, MESSAGE_TOPIC, NULL, topic);
    struct irc_op *op = context->own ? irc_op_first(irc, IRC_OP_TOPIC, channel->id) : NULL;
    if (op)
        irc_op_done(irc, op, NULL, 0);
}

static char *
join_params(const struct irc_line *line, unsigned from)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = from; i < line->n_params; i++)
        g_string_append_printf(text, "%s%s", i > from ? " " : "", line->params[i]);
    return g_string_free(text, FALSE);
}

static void
apply_modes(struct irc *irc, struct irc_channel *channel, const struct irc_line *line)
{
    bool on = true;
    unsigned next = 2;

    for (const char *at = irc_line_param(line, 1); *at; at++) {
        if (*at == '+' || *at == '-') {
            on = *at == '+';
            continue;
        }
        enum irc_mode_type type = irc_mode_type(&irc->isupport, *at);
        if (type == IRC_MODE_NEVER || (type == IRC_MODE_SET && !on))
            continue;
        if (next >= line->n_params)
            return;
        if (type == IRC_MODE_PREFIX)
            irc_member_mode(irc, channel, line->params[next], *at, on);
        next++;
    }
}

static void
on_mode(struct irc *irc, const struct irc_context *context)
{
    const struct irc_line *line = context->line;
    struct irc_channel *channel = irc_channel(irc, irc_line_param(line, 0));
    g_autofree char *text = join_params(line, 1);

    if (line->n_params < 2)
        return;
    if (!channel) {
        irc_say(irc, NULL, "%s has the modes %s now.", line->params[0], text);
        if (irc_is_us(irc, line->params[0]))
            irc_nickserv_modes(irc, line->params[1]);
        return;
    }
    irc_emit_note(irc, context, channel->id, MESSAGE_MODE, NULL, text);
    apply_modes(irc, channel, line);
    irc_modes_changed(irc, channel, line->params[1]);
    irc_colors_changed(channel, line->params[1]);
}

/* Into the server's buffer, since it is about none that we have; it calls us. */
static void
tell_invited(struct irc *irc, const struct irc_context *context, const char *name)
{
    struct rich *body = irc_text_read(name);
    struct event event;

    irc_message_event(context, &event, "", MESSAGE_INVITE);
    event.message.subject = irc->nick;
    event.message.body = body;
    host_emit(irc->host, &event);
    rich_free(body);
}

static void
on_invite(struct irc *irc, const struct irc_context *context)
{
    const char *nick = irc_line_param(context->line, 0);
    const char *name = irc_line_param(context->line, 1);
    struct irc_channel *channel = irc_channel(irc, name);

    if (!*context->nick || !*name)
        return;
    if (irc_is_us(irc, nick))
        tell_invited(irc, context, name);
    else if (!channel)
        irc_say(irc, NULL, "%s invites %s to %s.", context->nick, nick, name);
    else
        irc_emit_note(irc, context, channel->id, MESSAGE_INVITE, nick, NULL);
}

static void
on_chghost(struct irc *irc, const struct irc_context *context)
{
    if (context->own && context->line->n_params >= 2)
        irc_set_login(irc, context->line->params[0], context->line->params[1]);
}

bool
irc_on_membership(struct irc *irc, const struct irc_context *context)
{
    static const struct {
        const char *command;
        void (*fn)(struct irc *irc, const struct irc_context *context);
    } rows[] = {
        {"JOIN", on_join},         {"PART", on_part},     {"KICK", on_kick},
        {"QUIT", on_quit},         {"NICK", on_nick},     {"TOPIC", on_topic},
        {"MODE", on_mode},         {"INVITE", on_invite}, {"CHGHOST", on_chghost},
        {"RENAME", irc_on_rename},
    };
    const struct irc_line *line = context->line;

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (strcmp(line->command, rows[i].command) == 0) {
            rows[i].fn(irc, context);
            return true;
        }
    }
    if (strcmp(line->command, "ACCOUNT") == 0 && line->n_params >= 1)
        irc_member_set_account(irc, context->nick, line->params[0]);
    else if (strcmp(line->command, "AWAY") == 0)
        irc_member_set_away(irc, context->nick, *irc_line_param(line, 0) != '\0');
    else
        return strcmp(line->command, "SETNAME") == 0 || strcmp(line->command, "WALLOPS") == 0 ||
               strcmp(line->command, "KILL") == 0 || strcmp(line->command, "AWAY") == 0 ||
               strcmp(line->command, "ACCOUNT") == 0;
    return true;
}
