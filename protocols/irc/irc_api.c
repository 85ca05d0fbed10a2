/* Requests out: what core asks for, as lines. */
#include "protocols/irc/irc_priv.h"

#include <string.h>

#include "protocols/irc/irc_command.h"
#include "protocols/irc/irc_services.h"
#include "protocols/irc/irc_split.h"
#include "protocols/irc/irc_text.h"

/* What others may see of us when the server has not told: section 4.1. */
#define ASSUMED_USER_BYTES 10
#define ASSUMED_HOST_BYTES 63
#define LEAST_TEXT_BYTES   100

static bool
refuse(GError **error, enum weft_error code, const char *sentence)
{
    g_set_error_literal(error, WEFT_ERROR, (int)code, sentence);
    return false;
}

bool
irc_check_ready(struct irc *irc, GError **error)
{
    if (irc->phase == IRC_READY && !irc->dying)
        return true;
    return refuse(error, WEFT_ERROR_CLOSED, "There is no connection to the server now.");
}

bool
irc_check_name(const char *name, GError **error)
{
    if (name && *name && *name != ':' && !strpbrk(name, " ,\r\n\a\t") && strlen(name) <= 200)
        return true;
    return refuse(error, WEFT_ERROR_BAD_INPUT, "A nick or channel is one word, without a comma.");
}

const char *
irc_target_of(struct irc *irc, const struct buffer *buffer)
{
    g_autofree char *id = irc_fold(&irc->isupport, buffer->name ? buffer->name : "");

    return strcmp(id, buffer->remote_id) == 0 ? buffer->name : buffer->remote_id;
}

static bool
check_target(const struct buffer *buffer, GError **error)
{
    if (buffer->kind == BUFFER_SERVER || buffer->kind == BUFFER_CORE)
        return refuse(error, WEFT_ERROR_BAD_INPUT,
                      "Nobody reads this: it is what the server says. /raw sends it a line.");
    return irc_check_name(buffer->remote_id, error);
}

/* --- saying
 * ----------------------------------------------------------------------------------------- */

static const char *
send_command(enum message_kind kind)
{
    return kind == MESSAGE_NOTICE ? "NOTICE" : "PRIVMSG";
}

/* Bytes of a line as others get it, without the text. Said for somebody, it has room for the name
 * in either form. */
static size_t
overhead(const struct irc *irc, const struct send_request *request, const char *target)
{
    const enum message_kind kind = request->kind;
    const size_t name = request->as ? strlen("_/r<> ") + strlen(request->as->name) : 0;
    const char *nick = irc->nick ? irc->nick : irc->config.nick;
    size_t user = irc->login_user ? strlen(irc->login_user) : ASSUMED_USER_BYTES;
    size_t host = irc->login_host ? strlen(irc->login_host) : ASSUMED_HOST_BYTES;
    size_t action = kind == MESSAGE_ACTION ? strlen("\x01"
                                                    "ACTION \x01")
                                           : 0;

    return strlen(":!@ ") + strlen(nick) + user + host + strlen(send_command(kind)) +
           strlen("  :") + strlen(target) + action + name;
}

static size_t
text_room(const struct irc *irc, const struct send_request *request, const char *target)
{
    size_t used = overhead(irc, request, target);

    return used + LEAST_TEXT_BYTES < IRC_BODY_BYTES ? IRC_BODY_BYTES - used : LEAST_TEXT_BYTES;
}

size_t
irc_api_line_bytes(const struct irc *irc)
{
    static const char usual_channel[] = "#a-channel-whose-name-is-longer-than-most-of-them";
    const struct send_request request = {.kind = MESSAGE_TEXT};

    return text_room(irc, &request, usual_channel);
}

GPtrArray *
irc_api_split(void *session, const struct send_request *request)
{
    struct irc *irc = session;
    const char *target = irc_target_of(irc, request->buffer);
    size_t room = text_room(irc, request, target);
    g_autofree char *block = irc_multiline_build(irc, request, target, room, 0);

    if (!block)
        return irc_split(request->body, room);
    GPtrArray *whole = g_ptr_array_new_with_free_func((GDestroyNotify)rich_free);
    g_ptr_array_add(whole, rich_dup(request->body));
    return whole;
}

size_t
irc_api_left(void *session, const struct send_request *request)
{
    struct irc *irc = session;
    size_t room = text_room(irc, request, irc_target_of(irc, request->buffer));
    size_t most = request->kind == MESSAGE_ACTION ? 0 : irc_multiline_most(irc);

    if (most > 0)
        return most - MIN(most, request->body->len);
    g_autoptr(GPtrArray) parts = irc_split(request->body, room);
    g_autofree char *last = irc_text_write(parts->pdata[parts->len - 1]);
    return room - MIN(room, strlen(last));
}

char *
irc_api_hides(const char *conversation, const char *text)
{
    return conversation ? irc_services_mask_text(conversation, text) : irc_services_mask_line(text);
}

/* `prefixed`: it is said for somebody, by us. */
static char *
wire_text(const struct send_request *request, bool prefixed)
{
    g_autofree char *text = irc_text_write(request->body);

    if (prefixed)
        return irc_relay_text(request, text);
    if (request->kind == MESSAGE_ACTION)
        return g_strdup_printf("\x01"
                               "ACTION %s\x01",
                               text);
    return g_steal_pointer(&text);
}

static char *
send_line(struct irc *irc, const struct irc_op *op, const struct send_request *request,
          const char *target, const char *text)
{
    g_autofree char *label = irc_op_label(irc, op);
    const char *params[3] = {target};
    struct irc_tag tags[IRC_SAID_TAGS];
    unsigned n = 0, n_params = 1;

    if (label)
        tags[n++] = (struct irc_tag){"label", label};
    n += irc_reply_tags(irc, request->reply_to, tags + n);
    n += irc_relay_tags(irc, request->mark, request->key, tags + n);
    if (op->relayed)
        params[n_params++] = op->relayed->nick;
    params[n_params++] = text;
    return irc_line_build(tags, n, NULL, op->relayed ? "RELAYMSG" : send_command(op->message),
                          params, n_params);
}

bool
irc_api_send_line(struct irc *irc, struct irc_op *op, char *line_take)
{
    if (!(op->block ? irc_out_block(irc, op->serial, line_take)
                    : irc_out_line(irc, IRC_TEXT, op->serial, line_take, false)))
        return false;
    /* What proves that it was taken, where nothing comes back: the answer to a PING after it. */
    if (!irc_has(irc, "echo-message") && !irc_has_labels(irc))
        irc_op_ask_for_proof(irc, op);
    return true;
}

/* One line, or a batch of them. False when too much waits. */
static bool
send_op(struct irc *irc, struct irc_op *op, const struct send_request *request, const char *target,
        const char *text)
{
    size_t room = text_room(irc, request, target);
    char *block = irc_multiline_build(irc, request, target, room, op->serial);
    char *line = block ? block : send_line(irc, op, request, target, text);

    op->block = block != NULL;
    op->labelled = irc_has_labels(irc);
    if (line && irc_relay_holds(irc, op)) {
        op->held = line;
        return true;
    }
    if (!irc_api_send_line(irc, op, line))
        return false;
    irc_typing_ends(irc, op->target);
    irc_flush(irc);
    return true;
}

/* False and `error` when the server would cut its end off. */
static bool
check_length(struct irc *irc, const struct send_request *request, const char *target,
             const char *text, GError **error)
{
    size_t room = text_room(irc, request, target);
    size_t action = request->kind == MESSAGE_ACTION ? strlen("\x01"
                                                             "ACTION \x01")
                                                    : 0;

    size_t name = request->as ? strlen("RELAYMSG _/r<> ") + strlen(request->as->name) : 0;
    size_t line_bytes =
        strlen(send_command(request->kind)) + strlen("  :") + strlen(target) + strlen(text);

    if (line_bytes <= IRC_BODY_BYTES &&
        (!irc->login_host || strlen(text) - action <= MAX(room, LEAST_TEXT_BYTES) + name))
        return true;
    g_autofree char *block = irc_multiline_build(irc, request, target, room, 0);
    return block || refuse(error, WEFT_ERROR_TOO_LARGE,
                           "The server would cut the end of this line off. Send it in two parts.");
}

static bool
say(struct irc *irc, op_id id, const struct send_request *request, const char *target,
    GError **error)
{
    const bool relays = irc_relay_takes(irc, request, target);
    const bool prefixed = request->as && !relays;
    g_autofree char *text = wire_text(request, prefixed);
    if (!check_length(irc, request, target, text, error))
        return false;
    struct irc_op *op = irc_op_new(irc, id, IRC_OP_SEND, target);
    op->message = prefixed && request->kind == MESSAGE_ACTION ? MESSAGE_TEXT : request->kind;
    op->key = g_strdup(request->key);
    op->plain = irc_text_plain(prefixed ? text : request->body->text);
    op->marked = request->body->spans->len > 0;
    if (relays) {
        g_autofree char *said = irc_text_write(request->body);
        irc_relay_begin(irc, op, request, said);
    }
    if (!send_op(irc, op, request, target, text)) {
        op->id = 0;
        irc_op_done(irc, op, NULL, 0);
        return refuse(error, WEFT_ERROR_RATE_LIMITED, "Too much waits to be sent already.");
    }
    return true;
}

bool
irc_api_send(void *session, op_id id, const struct send_request *request, GError **error)
{
    struct irc *irc = session;

    if (!irc_check_ready(irc, error) || !check_target(request->buffer, error))
        return false;
    if (request->body->len == 0)
        return refuse(error, WEFT_ERROR_BAD_INPUT, "There is nothing to say.");
    const char *target = irc_target_of(irc, request->buffer);
    struct rich *plain = irc_colors_left_out(irc, target, request->body);
    struct send_request allowed = *request;
    if (plain)
        allowed.body = plain;
    const bool said = say(irc, id, &allowed, target, error);
    rich_free(plain);
    return said;
}

/* --- one line, one answer
 * ------------------------------------------------------------------------------ */

static bool
push_op(struct irc *irc, op_id id, enum irc_op_kind kind, const char *target, const char *name,
        enum irc_priority priority, char *line_take, GError **error)
{
    struct irc_op *op;

    if (!line_take)
        return refuse(error, WEFT_ERROR_BAD_INPUT, "This cannot be written as a line of IRC.");
    op = irc_op_new(irc, id, kind, target);
    op->name = g_strdup(name);
    if (!irc_out_line(irc, priority, op->serial, line_take, false)) {
        op->id = 0;
        irc_op_done(irc, op, NULL, 0);
        return refuse(error, WEFT_ERROR_BAD_INPUT, "This cannot be sent as one line.");
    }
    irc_flush(irc);
    return true;
}

static char *
build(const char *command, const char *first, const char *second)
{
    const char *params[] = {first, second};

    return irc_line_build(NULL, 0, NULL, command, params, !first ? 0 : second ? 2 : 1);
}

static void
settle_now(struct irc *irc, op_id id)
{
    irc_op_settle(irc, irc_op_new(irc, id, IRC_OP_WRITTEN, NULL), NULL);
}

bool
irc_api_join(void *session, op_id op, const struct buffer *from, const char *name,
             const char *argument, GError **error)
{
    struct irc *irc = session;

    if (!irc_check_ready(irc, error) || !irc_check_name(name, error) ||
        (argument && *argument && !irc_check_name(argument, error)))
        return false;
    const char *key = argument && *argument ? argument : NULL;
    g_autofree char *channel =
        irc_is_channel(&irc->isupport, name) ? g_strdup(name) : g_strconcat("#", name, NULL);
    if (irc_channel(irc, channel)) {
        irc_op_settle(irc, irc_op_new(irc, op, IRC_OP_JOIN, channel), NULL);
        return true;
    }
    return push_op(irc, op, IRC_OP_JOIN, channel, key, IRC_TEXT, build("JOIN", channel, key),
                   error);
}

bool
irc_api_leave(void *session, op_id op, const struct buffer *buffer, const char *reason,
              GError **error)
{
    struct irc *irc = session;

    if (!irc_check_ready(irc, error) || !check_target(buffer, error))
        return false;
    struct irc_channel *channel = irc_channel(irc, buffer->remote_id);
    if (!channel) {
        settle_now(irc, op);
        return true;
    }
    return push_op(irc, op, IRC_OP_LEAVE, channel->name, NULL, IRC_TEXT,
                   build("PART", channel->name, reason && *reason ? reason : NULL), error);
}

bool
irc_api_open_dm(void *session, op_id op, const struct buffer *from, const char *user,
                GError **error)
{
    struct irc *irc = session;

    if (!irc_check_ready(irc, error) || !irc_check_name(user, error))
        return false;
    if (irc_is_channel(&irc->isupport, user))
        return refuse(error, WEFT_ERROR_BAD_INPUT, "That is a channel: /join opens it.");
    if (irc_is_channel(&irc->isupport, user + strspn(user, irc->isupport.statusmsg)))
        return refuse(error, WEFT_ERROR_BAD_INPUT,
                      "That is the operators of a channel: /omsg, typed there, says it to them.");
    g_autofree char *id = irc_fold(&irc->isupport, user);
    if (!irc_direct_announce(irc, id, user))
        return refuse(error, WEFT_ERROR_TOO_LARGE, "Too many private conversations are open.");
    irc_flush(irc);
    settle_now(irc, op);
    return true;
}

static bool
ask_names(struct irc *irc, op_id op, const struct buffer *buffer, bool said, GError **error)
{
    struct irc_channel *channel;

    if (!irc_check_ready(irc, error) || !check_target(buffer, error))
        return false;
    channel = irc_channel(irc, buffer->remote_id);
    if (!channel)
        return refuse(error, WEFT_ERROR_NOT_FOUND, "You are not in this channel.");
    if (!said && !irc_names_on_demand(irc)) {
        /* They come behind our JOIN by themselves. */
        irc_op_new(irc, op, IRC_OP_NAMES, channel->name)->left = true;
        return true;
    }
    return push_op(irc, op, IRC_OP_NAMES, channel->name, said ? channel->id : NULL,
                   said ? IRC_TEXT : IRC_BACKGROUND, build("NAMES", channel->name, NULL), error);
}

void
irc_api_look_at(void *session, const struct buffer *buffer)
{
    struct irc *irc = session;
    struct irc_channel *channel = irc_channel(irc, buffer->remote_id);

    if (channel && irc_check_ready(irc, NULL))
        irc_modes_look(irc, channel);
}

bool
irc_api_members(void *session, op_id op, const struct buffer *buffer, GError **error)
{
    return ask_names(session, op, buffer, false, error);
}

bool
irc_ask_names(struct irc *irc, op_id op, const struct buffer *buffer, GError **error)
{
    return ask_names(irc, op, buffer, true, error);
}

bool
irc_api_user_info(void *session, op_id op, const struct buffer *buffer, const char *user,
                  GError **error)
{
    struct irc *irc = session;

    if (!irc_check_ready(irc, error) || !irc_check_name(user, error))
        return false;
    return push_op(irc, op, IRC_OP_WHOIS, user, buffer ? buffer->remote_id : "", IRC_TEXT,
                   build("WHOIS", user, NULL), error);
}

bool
irc_api_set_topic(void *session, op_id op, const struct buffer *buffer, const char *topic,
                  GError **error)
{
    struct irc *irc = session;

    if (!irc_check_ready(irc, error) || !check_target(buffer, error))
        return false;
    const char *target = irc_target_of(irc, buffer);
    return push_op(irc, op, IRC_OP_TOPIC, target, NULL, IRC_TEXT,
                   build("TOPIC", target, topic ? topic : ""), error);
}

bool
irc_api_set_presence(void *session, op_id op, const char *away_text, GError **error)
{
    struct irc *irc = session;

    if (!irc_check_ready(irc, error))
        return false;
    g_free(irc->net.away);
    irc->net.away = g_strdup(away_text);
    return push_op(irc, op, IRC_OP_AWAY, NULL, NULL, IRC_TEXT, build("AWAY", away_text, NULL),
                   error);
}

bool
irc_api_raw(void *session, op_id op, const struct buffer *from, const char *line, GError **error)
{
    struct irc *irc = session;

    if (!irc_check_ready(irc, error))
        return false;
    if (!*line || strlen(line) > IRC_BODY_BYTES)
        return refuse(error, WEFT_ERROR_BAD_INPUT, "A line of IRC has 1 to 510 bytes.");
    g_autofree char *command = g_strndup(line, strcspn(line, " "));
    g_autofree char *label = irc_asked_add(irc, command, irc_cmd_place(from));
    char *text =
        label && *line != '@' ? g_strdup_printf("@label=%s %s", label, line) : g_strdup(line);
    return push_op(irc, op, IRC_OP_WRITTEN, NULL, NULL, IRC_TEXT, text, error);
}

bool
irc_api_history(void *session, op_id op, const struct history_request *request, GError **error)
{
    struct irc *irc = session;

    if (!irc_check_ready(irc, error) || !check_target(request->buffer, error))
        return false;
    if (!irc_history_fetch(irc, op, request, irc_target_of(irc, request->buffer), error))
        return false;
    irc_flush(irc);
    return true;
}

/* An echo without a label is known by its text: what core gave up on must not take the echo of the
 * same words said again. A label and the PING's token name their send however late. */
static void
give_up_send(struct irc *irc, struct irc_op *op)
{
    if (!irc_has(irc, "echo-message") || irc_has_labels(irc))
        return;
    irc_op_settle(
        irc, op,
        g_error_new_literal(WEFT_ERROR, WEFT_ERROR_TIMEOUT, "The server did not answer in time."));
}

void
irc_api_op_cancel(void *session, op_id id)
{
    struct irc *irc = session;
    GError *cancelled = g_error_new_literal(WEFT_ERROR, WEFT_ERROR_CANCELLED, "Cancelled.");

    if (irc_history_cancel(irc, id)) {
        irc_op_settle(irc, irc_op_new(irc, id, IRC_OP_WRITTEN, NULL), cancelled);
        return;
    }
    for (GList *at = irc->ops.head; at; at = at->next) {
        struct irc_op *op = at->data;
        if (op->id != id || op->kind == IRC_OP_SETTLED)
            continue;
        /* What has left is not taken back. */
        if (op->left && op->kind == IRC_OP_SEND) {
            give_up_send(irc, op);
            break;
        }
        irc_op_settle(irc, op, cancelled);
        return;
    }
    g_error_free(cancelled);
}

bool
irc_api_send_waits(void *session, op_id id)
{
    const struct irc *irc = session;

    for (const GList *at = irc->ops.head; at; at = at->next) {
        const struct irc_op *op = at->data;
        if (op->id == id && op->kind == IRC_OP_SEND)
            return !op->left;
    }
    return false;
}

/* --- joining again
 * ---------------------------------------------------------------------------------------- */

struct joiner {
    struct irc *irc;
    GString *names;
    GString *keys;
    unsigned n;
    unsigned most;
    GHashTable *seen; /* folded */
};

static void
send_joins(struct joiner *joiner)
{
    if (joiner->n == 0)
        return;
    irc_out(joiner->irc, IRC_JOINS, 0, "JOIN", joiner->names->str,
            joiner->keys->len > 0 ? joiner->keys->str : NULL, NULL);
    g_string_truncate(joiner->names, 0);
    g_string_truncate(joiner->keys, 0);
    joiner->n = 0;
}

static void
add_join(struct joiner *joiner, const char *name, const char *key)
{
    struct irc *irc = joiner->irc;
    g_autofree char *id = irc_fold(&irc->isupport, name);
    g_autofree char *kv = g_strdup_printf("irc.key.%s", id);
    g_autofree char *kept = key ? NULL : irc->host->ops->kv_get(irc->host, kv);

    if (!irc_check_name(name, NULL) || g_hash_table_contains(joiner->seen, id) ||
        g_hash_table_contains(irc->left, id) || irc_is_kept_out(irc, id))
        return;
    g_hash_table_add(joiner->seen, g_steal_pointer(&id));
    key = key ? key : kept;
    if (key && !irc_check_name(key, NULL))
        key = NULL;
    /* Keys belong to the first names of a line: one that has a key goes alone. */
    size_t len = joiner->names->len + strlen(name) + (key ? strlen(key) : 0);
    if (key || joiner->keys->len > 0 || len > 440 || (joiner->most && joiner->n >= joiner->most))
        send_joins(joiner);
    g_string_append_printf(joiner->names, "%s%s", joiner->n > 0 ? "," : "", name);
    if (key)
        g_string_append(joiner->keys, key);
    joiner->n++;
}

static void
add_configured(struct joiner *joiner)
{
    const char *const *joins = options_list(joiner->irc->options, "join");

    for (unsigned i = 0; joins[i]; i++) {
        g_auto(GStrv) words = g_strsplit_set(joins[i], " \t", -1);
        const char *key = NULL;
        for (unsigned j = 1; words[0] && words[j]; j++) {
            if (*words[j]) {
                key = words[j];
                break;
            }
        }
        if (words[0])
            add_join(joiner, words[0], key);
    }
}

static void
add_open(struct joiner *joiner, enum buffer_kind kind)
{
    struct irc *irc = joiner->irc;
    g_auto(GStrv) open = irc->host->ops->conversations(irc->host, kind);

    for (unsigned i = 0; open && open[i]; i++) {
        /* Where we could not come back since, an older time stands. */
        if (!g_hash_table_contains(irc->known, open[i])) {
            int64_t behind_us = irc_behind_get(irc, open[i]);
            irc_remember(irc, open[i], behind_us != 0 ? behind_us : irc->was_alive_us);
        }
        add_join(joiner, open[i], NULL);
    }
}

void
irc_join_all(struct irc *irc)
{
    struct joiner joiner = {.irc = irc,
                            .names = g_string_new(NULL),
                            .keys = g_string_new(NULL),
                            .most = irc_isupport_targmax(&irc->isupport, "JOIN"),
                            .seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL)};
    g_auto(GStrv) direct = irc->host->ops->conversations(irc->host, BUFFER_DIRECT);

    if (!irc->netid) /* a bouncer keeps its own list */
        add_configured(&joiner);
    add_open(&joiner, BUFFER_CHANNEL);
    add_open(&joiner, BUFFER_PRIVATE);
    send_joins(&joiner);
    /* Core knows these: a notice from them belongs there. */
    for (unsigned i = 0; direct && direct[i]; i++) {
        if (!g_hash_table_contains(irc->direct, direct[i]))
            g_hash_table_insert(irc->direct, g_strdup(direct[i]), g_strdup(""));
    }
    g_string_free(joiner.names, TRUE);
    g_string_free(joiner.keys, TRUE);
    g_hash_table_unref(joiner.seen);
}

/* --- names
 * ---------------------------------------------------------------------------------------------- */

bool
irc_api_same_name(void *session, const char *a, const char *b)
{
    struct irc *irc = session;

    return irc_same(&irc->isupport, a, b);
}

bool
irc_api_names_channel(void *session, const char *text)
{
    struct irc *irc = session;

    return irc_is_channel(&irc->isupport, text);
}

static bool
is_word(gunichar character)
{
    return g_unichar_isalnum(character) ||
           (character < 0x80 && character != 0 && strchr("-[]\\^_{|}`", (int)character));
}

static bool
stands_alone(const char *text, const char *at, size_t len)
{
    const char *before = at > text ? g_utf8_prev_char(at) : NULL;

    return !(before && is_word(g_utf8_get_char(before))) && !is_word(g_utf8_get_char(at + len));
}

bool
irc_api_mentions_us(void *session, const struct buffer *buffer, const struct rich *body)
{
    struct irc *irc = session;
    size_t len = irc->nick ? strlen(irc->nick) : 0;
    g_autofree char *nick = len > 0 ? irc_fold(&irc->isupport, irc->nick) : NULL;
    g_autofree char *text = irc_fold(&irc->isupport, body->text);

    if (len == 0)
        return false;
    for (const char *at = strstr(text, nick); at; at = strstr(at + 1, nick)) {
        size_t offset = (size_t)(at - text);
        if (stands_alone(body->text, body->text + offset, len))
            return true;
    }
    return false;
}
