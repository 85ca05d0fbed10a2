/* Standard replies: FAIL, WARN and NOTE, as sentences, where they belong. */
#include <string.h>

#include "protocols/irc/irc_priv.h"
#include "protocols/irc/irc_text.h"

struct reason {
    const char *command;
    const char *code;
    enum weft_error error;
    const char *sentence; /* NULL: the server's own words */
};

static const struct reason reasons[] = {
    {"REDACT", "INVALID_TARGET", WEFT_ERROR_FORBIDDEN,
     "The server deletes no messages in this conversation."},
    {"REDACT", "REDACT_FORBIDDEN", WEFT_ERROR_FORBIDDEN,
     "The server does not let you delete this message."},
    {"REDACT", "REDACT_WINDOW_EXPIRED", WEFT_ERROR_FORBIDDEN,
     "This message is too old to be deleted."},
    {"REDACT", "UNKNOWN_MSGID", WEFT_ERROR_NOT_FOUND,
     "The server does not know this message any more, so it cannot delete it."},
    {"BATCH", "MULTILINE_MAX_BYTES", WEFT_ERROR_TOO_LARGE,
     "The server takes no text of this length at once. Send it in parts."},
    {"BATCH", "MULTILINE_MAX_LINES", WEFT_ERROR_TOO_LARGE,
     "The server takes fewer lines at once. Send it in parts."},
    {"BATCH", "MULTILINE_INVALID_TARGET", WEFT_ERROR_PROTOCOL, NULL},
    {"BATCH", "MULTILINE_INVALID", WEFT_ERROR_PROTOCOL, NULL},
    {"BATCH", "TIMEOUT", WEFT_ERROR_TIMEOUT, NULL},
    {"RELAYMSG", "BANNED", WEFT_ERROR_FORBIDDEN,
     "The operators of the channel have banned this person of another network."},
    {"RELAYMSG", "BLANK_MSG", WEFT_ERROR_BAD_INPUT, "There is nothing to say."},
    {"RELAYMSG", "NO_SUCH_CHANNEL", WEFT_ERROR_NOT_FOUND, NULL},
    {"MARKREAD", "INTERNAL_ERROR", WEFT_ERROR_INTERNAL, NULL},
    {"*", "INVALID_UTF8", WEFT_ERROR_BAD_INPUT, NULL},
    {"*", "ACCOUNT_REQUIRED", WEFT_ERROR_AUTH, NULL},
    {"*", "RATE_LIMITED", WEFT_ERROR_RATE_LIMITED, NULL},
};

/* The row for a code; of any command where it has none of its own. NULL: unknown. */
static const struct reason *
reason_of(const char *command, const char *code)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(reasons); i++) {
        if ((strcmp(reasons[i].command, "*") == 0 || strcmp(reasons[i].command, command) == 0) &&
            strcmp(reasons[i].code, code) == 0)
            return &reasons[i];
    }
    return NULL;
}

/* "FAIL command code [context…] :text": a server that leaves the text out has none. */
static char *
text_of(const struct irc_line *line)
{
    if (line->n_params >= 3)
        return irc_text_plain(line->params[line->n_params - 1]);
    return irc_text_plain(irc_line_param(line, 1));
}

/* The first conversation that its context names; NULL: the server's buffer. */
static char *
place_of(struct irc *irc, const struct irc_line *line)
{
    for (unsigned i = 2; i + 1 < line->n_params; i++) {
        g_autofree char *id = irc_fold(&irc->isupport, line->params[i]);
        if (g_hash_table_contains(irc->channels, id) || g_hash_table_contains(irc->direct, id))
            return g_steal_pointer(&id);
    }
    return NULL;
}

/* Without a label: the oldest request that this can be about. */
static struct irc_op *
concerned(struct irc *irc, const struct irc_line *line)
{
    const char *command = irc_line_param(line, 0);
    const char *remote_id = line->n_params >= 5 ? line->params[3] : NULL;

    for (GList *at = irc->ops.head; at; at = at->next) {
        struct irc_op *op = at->data;
        if (!op->left)
            continue;
        if (op->kind == IRC_OP_REDACT && strcmp(command, "REDACT") == 0 &&
            (!remote_id || strcmp(remote_id, op->remote_id) == 0))
            return op;
        if (op->kind == IRC_OP_SEND && op->block && strcmp(command, "BATCH") == 0)
            return op;
        if (op->kind == IRC_OP_REACT && strcmp(command, "TAGMSG") == 0)
            return op;
    }
    return strcmp(command, "RELAYMSG") == 0 ? irc_relay_first(irc) : NULL;
}

static void
fail(struct irc *irc, struct irc_op *op, const struct reason *reason, const char *text)
{
    g_autofree char *why = g_strdup_printf("The server refused: %s", text);

    irc_op_fail(irc, op, reason ? reason->error : WEFT_ERROR_FORBIDDEN,
                reason && reason->sentence ? reason->sentence : why);
}

static void
say(struct irc *irc, const struct irc_context *context, const char *place,
    const struct reason *reason, const char *text)
{
    const struct irc_line *line = context->line;
    const char *command = irc_line_param(line, 0);
    const char *code = irc_line_param(line, 1);
    bool any = strcmp(command, "*") == 0 || !*command;

    if (strcmp(line->command, "NOTE") == 0)
        irc_say(irc, place, "%s", text);
    else if (strcmp(line->command, "WARN") == 0)
        irc_say(irc, place, "The server warns%s%s: %s", any ? "" : " about ", any ? "" : command,
                text);
    else if (reason && reason->sentence)
        irc_say(irc, place, "%s", reason->sentence);
    else
        irc_say(irc, place, "The server refused%s%s: %s (%s)", any ? "" : " ", any ? "" : command,
                text, code);
}

void
irc_on_standard_reply(struct irc *irc, const struct irc_context *context)
{
    const struct irc_line *line = context->line;
    const char *command = irc_line_param(line, 0);
    const char *code = irc_line_param(line, 1);
    bool failed = strcmp(line->command, "FAIL") == 0;
    const struct reason *reason = failed ? reason_of(command, code) : NULL;
    struct irc_op *op = irc_op_by_label(irc, context->label);
    g_autofree char *text = text_of(line);

    if (line->n_params == 0)
        return;
    if (failed && irc_register_failed(irc, line))
        return;
    if (failed && strcmp(command, "CHATHISTORY") == 0 &&
        irc_history_failed(irc, context->label, code, text))
        return;
    if (failed && strcmp(command, "BATCH") == 0 && line->n_params >= 4)
        irc_multiline_refused(irc, code, line->params[2]);
    if (failed && !op && !context->label)
        op = concerned(irc, line);
    if (failed && strcmp(command, "RELAYMSG") == 0 && irc_relay_refused(irc, op, code, text))
        return;
    if (failed && op && op->kind != IRC_OP_SETTLED) {
        fail(irc, op, reason, text);
        return;
    }
    g_autofree char *place = NULL;
    if (!context->label || !irc_asked_where(irc, context, 0, &place))
        place = place_of(irc, line);
    say(irc, context, place, reason, text);
}
