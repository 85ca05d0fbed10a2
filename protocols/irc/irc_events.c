/* A line to its handler, and what all messages share. */
#include "protocols/irc/irc_bouncer.h"

#include <string.h>

#include "base/log.h"
#include "protocols/irc/irc_text.h"

/* A server's clock may be a little ahead of what we measured. */
#define FUTURE_SLACK_US (60 * G_USEC_PER_SEC)

static int64_t
line_time(struct irc *irc, const struct irc_line *line, bool *ret_said)
{
    int64_t time_us = irc_has(irc, "server-time") ? irc_time_parse(irc_line_tag(line, "time")) : 0;
    int64_t now_us = irc_now_us(irc);

    *ret_said = time_us != 0;
    if (time_us > now_us + FUTURE_SLACK_US)
        return now_us;
    return time_us != 0 ? time_us : now_us;
}

static const char *
line_label(struct irc *irc, const struct irc_line *line)
{
    const char *label = irc_line_tag(line, "label");
    const struct irc_batch *batch = label ? NULL : irc_batch_of(irc, line);

    /* Batches nest; the chain is short, and a circle must end. */
    for (unsigned depth = 0; batch && depth < 5; depth++) {
        if (batch->label)
            return batch->label;
        batch = batch->parent ? g_hash_table_lookup(irc->batches, batch->parent) : NULL;
    }
    return label;
}

void
irc_context_init(struct irc *irc, struct irc_context *context, const struct irc_line *line)
{
    const char *msgid = irc_line_tag(line, "msgid");
    bool said;

    *context = (struct irc_context){.line = line, .origin = ORIGIN_LIVE};
    irc_source_split(line->source, line->strings, &context->nick, &context->user,
                     &context->login_host);
    context->from_user = *context->nick && (*context->login_host || !strchr(context->nick, '.'));
    context->own =
        *context->nick &&
        irc_is_us(irc, irc_relay_sender(irc, line) ? irc_relay_sender(irc, line) : context->nick);
    context->sender_id = context->from_user ? irc_fold(&irc->isupport, context->nick) : NULL;
    context->time_us = line_time(irc, line, &said);
    context->sort_key = context->time_us;
    if (!said) {
        context->sort_key = MAX(context->sort_key, irc->last_key);
        irc->last_key = context->sort_key;
    }
    context->msgid = msgid && *msgid ? msgid : NULL;
    context->label = line_label(irc, line);
    context->relayed_by = irc_relay_mark(irc, context);
}

void
irc_context_clear(struct irc_context *context)
{
    g_free(context->sender_id);
}

void
irc_message_event(const struct irc_context *context, struct event *event, const char *conversation,
                  enum message_kind kind)
{
    *event = (struct event){.type = EVENT_MESSAGE, .conversation = conversation};
    event->message.origin = context->origin;
    event->message.kind = kind;
    event->message.remote_id = context->msgid;
    event->message.sort_key = context->sort_key;
    event->message.time_us = context->time_us;
    event->message.sender_id = context->sender_id;
    event->message.sender_name = context->from_user ? context->nick : NULL;
    event->message.sender_mask =
        context->from_user && *context->login_host ? context->line->source : NULL;
    event->message.own = context->own;
    event->message.reply_to = irc_reply_of(context->line);
    event->message.bot = irc_is_bot(context->line);
    event->message.relayed_by = context->relayed_by;
    event->message.key = irc_relay_key(context);
    event->message.perhaps_own = context->perhaps_own;
}

void
irc_emit_message(struct irc *irc, const struct irc_context *context, struct event *event)
{
    g_autofree char *cursor = irc_cursor(irc, context, event->conversation);

    event->message.cursor = cursor;
    host_emit(irc->host, event);
    event->message.cursor = NULL;
}

void
irc_emit_note(struct irc *irc, const struct irc_context *context, const char *conversation,
              enum message_kind kind, const char *subject, const char *body)
{
    struct rich *rich = body ? irc_text_read(body) : NULL;
    struct event event;

    irc_message_event(context, &event, conversation, kind);
    event.message.subject = subject;
    event.message.body = rich;
    irc_emit_message(irc, context, &event);
    rich_free(rich);
}

/* --- batches
 * -------------------------------------------------------------------------------------- */

void
irc_batch_free(struct irc_batch *batch)
{
    g_free(batch->type);
    g_free(batch->target);
    g_free(batch->label);
    g_free(batch->parent);
    if (batch->lines)
        g_ptr_array_unref(batch->lines);
    irc_multiline_free(batch->multiline);
    g_free(batch);
}

struct irc_batch *
irc_batch_of(struct irc *irc, const struct irc_line *line)
{
    const char *reference = irc_line_tag(line, "batch");

    return reference ? g_hash_table_lookup(irc->batches, reference) : NULL;
}

static bool
is_history(const char *type)
{
    return strcmp(type, "chathistory") == 0 || strcmp(type, "znc.in/playback") == 0;
}

static void
open_batch(struct irc *irc, const struct irc_context *context, const char *reference)
{
    const struct irc_line *line = context->line;
    const char *parent = irc_line_tag(line, "batch");

    if (*reference == '\0' || g_hash_table_size(irc->batches) >= IRC_MAX_BATCHES)
        return;
    struct irc_batch *batch = g_new0(struct irc_batch, 1);
    batch->type = g_strdup(irc_line_param(line, 1));
    batch->target = irc_fold(&irc->isupport, irc_line_param(line, 2));
    batch->label = g_strdup(context->label);
    batch->parent = g_strdup(parent);
    batch->end = irc_line_tag(line, "draft/chathistory-end") != NULL;
    if (is_history(batch->type))
        batch->lines = g_ptr_array_new_with_free_func((GDestroyNotify)irc_line_free);
    g_hash_table_replace(irc->batches, g_strdup(reference), batch);
}

/* The answer to a labelled command is complete. */
static void
labelled_answer_ends(struct irc *irc, const char *label)
{
    struct irc_op *op = irc_op_by_label(irc, label);

    if (op && op->left)
        irc_op_accept(irc, op);
}

static void
close_multiline(struct irc *irc, struct irc_batch *batch)
{
    struct irc_line *line = irc_multiline_close(batch);

    if (line)
        irc_dispatch_line(irc, line);
}

static void
close_batch(struct irc *irc, const char *reference)
{
    struct irc_batch *batch;
    void *key, *value;

    if (!g_hash_table_steal_extended(irc->batches, reference, &key, &value))
        return;
    g_free(key);
    batch = value;
    if (is_history(batch->type) || strcmp(batch->type, "draft/chathistory-targets") == 0)
        irc_history_batch(irc, batch);
    else if (strcmp(batch->type, "labeled-response") == 0)
        labelled_answer_ends(irc, batch->label);
    else if (strcmp(batch->type, "netsplit") == 0 || strcmp(batch->type, "netjoin") == 0)
        irc_netsplit_flush(irc);
    else if (batch->multiline)
        close_multiline(irc, batch);
    irc_batch_free(batch);
}

void
irc_on_batch(struct irc *irc, const struct irc_context *context)
{
    const char *reference = irc_line_param(context->line, 0);

    if (*reference == '+')
        open_batch(irc, context, reference + 1);
    else if (*reference == '-')
        close_batch(irc, reference + 1);
}

/* --- dispatch
 * ------------------------------------------------------------------------------------- */

static void
on_pong(struct irc *irc, const struct irc_line *line)
{
    const char *token = line->n_params > 0 ? line->params[line->n_params - 1] : "";
    guint64 serial = *token ? g_ascii_strtoull(token + 1, NULL, 10) : 0;

    if (*token == 's') {
        irc_history_synced(irc, serial);
    } else if (*token == 'w') {
        struct irc_op *op = irc_op_by_serial(irc, serial);
        /* With echo the echo is the proof, and brings the id. */
        if (op && op->left &&
            (op->kind == IRC_OP_SEND || op->kind == IRC_OP_REACT || op->kind == IRC_OP_REDACT))
            irc_op_accept(irc, op);
    }
}

struct answer {
    struct irc *irc;
    unsigned connection; /* the one that asked */
    char *token;
};

static void
answer_free(void *data)
{
    struct answer *answer = data;

    g_free(answer->token);
    g_free(answer);
}

static void
answer_ping(void *user)
{
    const struct answer *answer = user;
    struct irc *irc = answer->irc;

    if (irc->connection != answer->connection || !irc->stream)
        return;
    irc_out(irc, IRC_URGENT, 0, "PONG", answer->token, NULL);
    if (!irc->dispatching)
        irc_flush(irc);
}

/* Whoever sees our PONG may take it that what came before is safe: it waits for the disk. */
static void
on_ping(struct irc *irc, const struct irc_line *line)
{
    struct answer *answer = g_new(struct answer, 1);
    const char *token = line->n_params > 0 ? line->params[line->n_params - 1] : "weft";

    *answer = (struct answer){irc, irc->connection, g_strdup(token)};
    irc->host->ops->settled(irc->host, answer_ping, answer, answer_free);
}

static bool
on_protocol(struct irc *irc, const struct irc_context *context)
{
    const struct irc_line *line = context->line;
    const char *command = line->command;

    if (strcmp(command, "PING") == 0)
        on_ping(irc, line);
    else if (strcmp(command, "PONG") == 0)
        on_pong(irc, line);
    else if (strcmp(command, "CAP") == 0)
        irc_on_cap(irc, line);
    else if (strcmp(command, "AUTHENTICATE") == 0)
        irc_on_authenticate(irc, line);
    else if (strcmp(command, "BATCH") == 0)
        irc_on_batch(irc, context);
    else if (strcmp(command, "ACK") == 0)
        labelled_answer_ends(irc, context->label);
    else if (strcmp(command, "ERROR") == 0)
        irc_on_error(irc, context);
    else if (strcmp(command, "FAIL") == 0 || strcmp(command, "WARN") == 0 ||
             strcmp(command, "NOTE") == 0)
        irc_on_standard_reply(irc, context);
    else if (strcmp(command, "REGISTER") == 0 || strcmp(command, "VERIFY") == 0)
        irc_on_register(irc, line);
    else if (strcmp(command, "BOUNCER") == 0)
        irc_on_bouncer(irc, line);
    else if (strcmp(command, "CHATHISTORY") == 0)
        irc_history_targets_line(irc, line);
    else
        return false;
    return true;
}

static int
numeric_of(const char *command)
{
    if (!g_ascii_isdigit(command[0]) || !g_ascii_isdigit(command[1]) ||
        !g_ascii_isdigit(command[2]) || command[3] != '\0')
        return 0;
    return (command[0] - '0') * 100 + (command[1] - '0') * 10 + command[2] - '0';
}

static bool
is_message(const struct irc_line *line)
{
    return strcmp(line->command, "PRIVMSG") == 0 || strcmp(line->command, "NOTICE") == 0;
}

static void
on_message(struct irc *irc, const struct irc_context *context)
{
    bool notice = strcmp(context->line->command, "NOTICE") == 0;

    if (!irc_nickserv_takes(irc, context, notice))
        irc_on_message(irc, context, notice);
}

static void
handle(struct irc *irc, const struct irc_line *line)
{
    struct irc_context context;
    int numeric = numeric_of(line->command);

    /* What comes in clear before TLS is believed in nothing but its answer. */
    if (irc->phase == IRC_STARTTLS && numeric != 670 && numeric != 691 &&
        strcmp(line->command, "ERROR") != 0)
        return;
    irc_context_init(irc, &context, line);
    if (numeric > 0)
        irc_on_numeric(irc, &context, numeric);
    else if (is_message(line))
        on_message(irc, &context);
    else if (!on_protocol(irc, &context) && !irc_on_deed(irc, &context) &&
             !irc_on_membership(irc, &context))
        log_debug(irc->log_area, "The server sent %s, which weft does not know.", line->command);
    irc_context_clear(&context);
}

/* Lines of a history batch wait for its end. True when this one does. */
static bool
keep_for_batch(struct irc *irc, struct irc_line *line)
{
    struct irc_batch *batch = irc_batch_of(irc, line);

    if (irc_multiline_open(irc, line))
        return true;
    if (batch && batch->multiline && strcmp(line->command, "BATCH") != 0) {
        irc_multiline_add(irc, batch, line);
        return true;
    }
    for (unsigned depth = 0; batch && !batch->lines && batch->parent && depth < 5; depth++)
        batch = g_hash_table_lookup(irc->batches, batch->parent);

    if (!batch || !batch->lines || strcmp(line->command, "BATCH") == 0)
        return false;
    /* The oldest give way: what is missing then lies before what came, where it is looked for. */
    if (batch->lines->len >= IRC_MAX_BATCH_LINES)
        g_ptr_array_remove_index(batch->lines, 0);
    g_ptr_array_add(batch->lines, line);
    return true;
}

void
irc_dispatch_line(struct irc *irc, struct irc_line *line_take)
{
    if (keep_for_batch(irc, line_take))
        return;
    handle(irc, line_take);
    irc_line_free(line_take);
}

/* A line in the charset of the configuration, as UTF-8; NULL: it is UTF-8, or stays to be guessed.
 */
static char *
converted(const struct irc *irc, const char *bytes, size_t len, size_t *ret_len)
{
    if (!irc->config.charset || g_utf8_validate_len(bytes, len, NULL))
        return NULL;
    return g_convert_with_fallback(bytes, (gssize)len, "UTF-8", irc->config.charset, "\xef\xbf\xbd",
                                   NULL, ret_len, NULL);
}

void
irc_dispatch(struct irc *irc, const char *bytes, size_t len)
{
    size_t utf8_len;
    g_autofree char *utf8 = converted(irc, bytes, len, &utf8_len);
    struct irc_line *line = utf8 ? irc_line_parse(utf8, utf8_len) : irc_line_parse(bytes, len);

    if (line)
        irc_dispatch_line(irc, line);
}
