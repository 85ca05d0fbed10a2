/* Numerics, FAIL and ERROR (sections 3 and 10). */
#include "protocols/irc/irc_priv.h"

#include <string.h>

#include "base/log.h"
#include "protocols/irc/irc_text.h"

/* The parameters from `from` on, as a sentence for people: formatting taken out. */
static char *
sentence(const struct irc_line *line, unsigned from)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (unsigned i = from; i < line->n_params; i++)
        g_string_append_printf(text, "%s%s", i > from ? " " : "", line->params[i]);
    return irc_text_plain(text->str);
}

static const char *
last(const struct irc_line *line)
{
    return line->n_params > 0 ? line->params[line->n_params - 1] : "";
}

/* --- registration
 * ----------------------------------------------------------------------------------- */

static void
on_welcome(struct irc *irc, const struct irc_context *context)
{
    const char *nick = irc_line_param(context->line, 0);
    int64_t time_us = irc_time_parse(irc_line_tag(context->line, "time"));

    if (!*nick)
        return;
    if (time_us != 0)
        irc->clock_offset_us = time_us - clock_wall_us(irc->host->clock);
    irc_welcome(irc, nick);
    irc_say(irc, NULL, "%s", last(context->line));
}

static void
on_nick_refused(struct irc *irc, const struct irc_context *context, int numeric)
{
    g_autofree char *text = irc_reply_text(context->line, numeric);

    irc_nick_refused(irc, context->line, numeric, text);
}

static void
on_isupport(struct irc *irc, const struct irc_context *context)
{
    const char *network = irc_isupport_get(&irc->isupport, "NETWORK");
    g_autofree char *was = g_strdup(network);

    irc_isupport_take(&irc->isupport, context->line);
    irc_pace(irc);
    network = irc_isupport_get(&irc->isupport, "NETWORK");
    if (g_strcmp0(was, network) != 0 && irc->phase >= IRC_WELCOMED)
        irc_tell_self(irc);
    if (irc->phase == IRC_READY)
        irc_tell_caps(irc); /* CLIENTTAGDENY may have changed */
}

/* --- channels
 * --------------------------------------------------------------------------------------- */

static void
on_topic_is(struct irc *irc, const struct irc_context *context, int numeric)
{
    struct irc_channel *channel = irc_channel(irc, irc_line_param(context->line, 1));

    if (!channel)
        return;
    const char *topic = numeric == 332 ? irc_line_param(context->line, 2) : "";
    g_autofree char *plain = irc_text_plain(topic);
    irc_channel_announce(irc, channel, plain);
}

static void
on_names(struct irc *irc, const struct irc_context *context)
{
    const struct irc_line *line = context->line;
    struct irc_channel *channel = irc_channel(irc, irc_line_param(line, 2));

    if (line->n_params < 4 || !channel)
        return;
    bool secret = *line->params[1] == '@' || *line->params[1] == '*';
    if (secret != channel->secret) {
        channel->secret = secret;
        irc_channel_announce(irc, channel, NULL);
    }
    irc_names_take(irc, channel, line->params[3]);
}

static void
on_names_end(struct irc *irc, const struct irc_context *context)
{
    struct irc_channel *channel = irc_channel(irc, irc_line_param(context->line, 1));

    if (!channel)
        return;
    irc_names_end(irc, channel);
    irc_who_want(irc, channel);
    struct irc_op *op = irc_op_first(irc, IRC_OP_NAMES, channel->id);
    if (!op)
        return;
    if (op->name)
        irc_names_say(irc, channel);
    irc_op_done(irc, op, NULL, 0);
}

/* --- about a person
 * --------------------------------------------------------------------------------- */

static const char *
whois_conversation(struct irc *irc, const char *nick)
{
    g_autofree char *id = irc_fold(&irc->isupport, nick);
    struct irc_op *op = irc_op_first(irc, IRC_OP_WHOIS, id);
    void *known;

    if (op)
        return op->name;
    /* 301 answers a message to someone who is away. */
    return g_hash_table_lookup_extended(irc->direct, id, &known, NULL) ? known : NULL;
}

static void
say_idle(struct irc *irc, const char *conversation, const struct irc_line *line)
{
    guint64 seconds = g_ascii_strtoull(irc_line_param(line, 2), NULL, 10);

    irc_say(irc, conversation, "%s has been idle for %u h %02u min.", line->params[1],
            (unsigned)MIN(seconds / 3600, 1000000), (unsigned)(seconds / 60 % 60));
}

static void
on_whois(struct irc *irc, const struct irc_context *context, int numeric)
{
    const struct irc_line *line = context->line;
    const char *nick = irc_line_param(line, 1);
    const char *where = whois_conversation(irc, nick);
    g_autofree char *rest = sentence(line, 2);

    if (line->n_params < 2)
        return;
    if (numeric == 311 && line->n_params >= 6)
        irc_say(irc, where, "%s is %s@%s (%s).", nick, line->params[2], line->params[3],
                last(line));
    else if (numeric == 312 && line->n_params >= 4)
        irc_say(irc, where, "%s is on %s (%s).", nick, line->params[2], line->params[3]);
    else if (numeric == 317)
        say_idle(irc, where, line);
    else if (numeric == 319)
        irc_say(irc, where, "%s is in %s", nick, rest);
    else if (numeric == 330 && line->n_params >= 3)
        irc_say(irc, where, "%s is logged in as %s.", nick, line->params[2]);
    else if (numeric == 301)
        irc_say(irc, where, "%s is away: %s", nick, rest);
    else
        irc_say(irc, where, "%s %s", nick, rest);
}

static void
on_whois_end(struct irc *irc, const struct irc_context *context)
{
    g_autofree char *id = irc_fold(&irc->isupport, irc_line_param(context->line, 1));
    struct irc_op *op = irc_op_first(irc, IRC_OP_WHOIS, id);

    if (op)
        irc_op_done(irc, op, NULL, 0);
}

/* --- refusals
 * --------------------------------------------------------------------------------------- */

static enum weft_error
code_of(int numeric)
{
    switch (numeric) {
    case 401:
    case 403:
    case 406:
        return WEFT_ERROR_NOT_FOUND;
    case 417:
        return WEFT_ERROR_TOO_LARGE;
    case 263:
    case 439:
        return WEFT_ERROR_RATE_LIMITED;
    case 421:
        return WEFT_ERROR_UNSUPPORTED;
    case 433:
    case 436:
        return WEFT_ERROR_CONFLICT;
    default:
        return WEFT_ERROR_FORBIDDEN;
    }
}

static bool
concerns_kind(enum irc_op_kind kind, int numeric)
{
    switch (kind) {
    case IRC_OP_SEND:
    case IRC_OP_REACT:
    case IRC_OP_REDACT:
        return numeric == 401 || numeric == 403 || numeric == 404 || numeric == 407 ||
               numeric == 408 || numeric == 415 || numeric == 477 || numeric == 486 ||
               numeric == 489 || numeric == 531 || numeric == 716;
    case IRC_OP_JOIN:
        return numeric == 403 || numeric == 405 || numeric == 437 ||
               (numeric >= 470 && numeric <= 480) || numeric == 485 || numeric == 489 ||
               numeric == 520 || numeric == 407 || numeric == 448;
    case IRC_OP_LEAVE:
        return numeric == 403 || numeric == 442;
    case IRC_OP_TOPIC:
        return numeric == 403 || numeric == 442 || numeric == 482 || numeric == 477;
    case IRC_OP_WHOIS:
        return numeric == 401 || numeric == 402;
    case IRC_OP_NAMES:
        return numeric == 403 || numeric == 402;
    case IRC_OP_MODES:
        return numeric == 403 || numeric == 442 || numeric == 482 || numeric == 477;
    default:
        return false;
    }
}

/* Without a label: the oldest operation for the target that this can be the answer to. Lines are
 * answered in order, and what was accepted before it has been echoed (or was alone): so it is the
 * first. */
static struct irc_op *
refused_op(struct irc *irc, const char *target, int numeric)
{
    g_autofree char *id = irc_fold(&irc->isupport, target);

    for (GList *at = irc->ops.head; at; at = at->next) {
        struct irc_op *op = at->data;
        if (op->left && concerns_kind(op->kind, numeric) && g_strcmp0(op->target, id) == 0)
            return op;
    }
    return NULL;
}

/* 421 RELAYMSG, or "you are no operator". */
static bool
relaying_refused(struct irc *irc, const struct irc_context *context, int numeric, const char *text)
{
    const struct irc_line *line = context->line;
    struct irc_op *op =
        context->label ? irc_op_by_label(irc, context->label) : irc_relay_first(irc);
    g_autofree char *id = irc_fold(&irc->isupport, irc_line_param(line, 1));

    if (numeric == 421 && g_ascii_strcasecmp(irc_line_param(line, 1), "RELAYMSG") == 0)
        return irc_relay_refused(irc, op, "NOT_ENABLED", text);
    return numeric == 482 && op && g_strcmp0(op->target, id) == 0 &&
           irc_relay_refused(irc, op, "PRIVS_NEEDED", text);
}

static void
on_refusal(struct irc *irc, const struct irc_context *context, int numeric)
{
    const struct irc_line *line = context->line;
    const char *target = irc_line_param(line, 1);
    g_autofree char *text = irc_reply_text(line, numeric);
    struct irc_op *op = irc_op_by_label(irc, context->label);

    if (irc_history_failed(irc, context->label, "", text) ||
        relaying_refused(irc, context, numeric, text))
        return;
    if (!op && !context->label && line->n_params > 2)
        op = refused_op(irc, target, numeric);
    if (op && irc_colors_refused(irc, op, last(line)))
        return;
    if (op && op->kind != IRC_OP_SETTLED) {
        g_autofree char *why = g_strdup_printf("The server refused: %s", last(line));
        irc_op_fail(irc, op, code_of(numeric), why);
        return;
    }
    irc_reply_say(irc, context, numeric);
}

/* The channel that one wanted leads to another one, whose JOIN follows. */
static void
on_forwarded(struct irc *irc, const struct irc_context *context)
{
    g_autofree char *id = irc_fold(&irc->isupport, irc_line_param(context->line, 1));
    struct irc_op *op = irc_op_first(irc, IRC_OP_JOIN, id);

    irc_reply_say(irc, context, 470);
    if (!op)
        return;
    g_free(op->target);
    op->target = irc_fold(&irc->isupport, irc_line_param(context->line, 2));
    g_clear_pointer(&op->name, g_free); /* the key was for the other one */
}

static void
on_join_refused(struct irc *irc, const struct irc_context *context, int numeric)
{
    g_autofree char *id = irc_fold(&irc->isupport, irc_line_param(context->line, 1));
    bool ours = g_hash_table_contains(irc->known, id);

    on_refusal(irc, context, numeric);
    /* It was open before: its window says why it is not now. */
    if (ours && !irc_channel(irc, id)) {
        struct event event = {.type = EVENT_BUFFER, .conversation = id};
        event.buffer.kind = BUFFER_CHANNEL;
        event.buffer.name = irc_line_param(context->line, 1);
        host_emit(irc->host, &event);
        irc_say(irc, id, "%s", last(context->line));
    }
}

/* --- the end
 * ------------------------------------------------------------------------------------------ */

static GError *
banned(const char *text)
{
    GError *error = NULL;

    error_set_rate_limited(&error, IRC_BANNED_DELAY_US,
                           "The server turned us away: %s. weft waits ten minutes before it tries "
                           "again.",
                           text);
    return error;
}

static bool
has_any(const char *text, const char *const *words)
{
    g_autofree char *lower = g_ascii_strdown(text, -1);

    for (; *words; words++) {
        if (strstr(lower, *words))
            return true;
    }
    return false;
}

void
irc_on_error(struct irc *irc, const struct irc_context *context)
{
    static const char *const floods[] = {"excess flood", "sendq", "recvq", NULL};
    static const char *const throttles[] = {"throttl",         "too fast",     "too many",
                                            "try again later", "reconnecting", NULL};
    static const char *const bans[] = {"k-line", "g-line", "z-line", "d-line", "banned",
                                       "akill",  "klined", "glined", "zlined", NULL};
    g_autofree char *text = sentence(context->line, 0);

    if (irc->phase == IRC_QUITTING) {
        irc_fail(irc, g_error_new_literal(WEFT_ERROR, WEFT_ERROR_CANCELLED, "Disconnected."));
        return;
    }
    if (has_any(text, floods)) {
        irc_pace_slow_down(irc);
    }
    if (has_any(text, throttles) || has_any(text, bans))
        irc_fail(irc, banned(text));
    else
        irc_fail(irc,
                 g_error_new(
                     WEFT_ERROR, WEFT_ERROR_CLOSED, "The server ended the connection: %s%s", text,
                     g_str_has_suffix(text, "?") || g_str_has_suffix(text, ".") ? "" : "."));
}

static void
on_bad_password(struct irc *irc, const struct irc_context *context)
{
    if (irc->phase != IRC_REGISTER)
        return;
    irc_forget_passwords(irc);
    irc_fail(irc, g_error_new(WEFT_ERROR, WEFT_ERROR_AUTH,
                              "The server refused the server password: %s. Correct "
                              "server_password in the account.",
                              last(context->line)));
}

static void
on_starttls(struct irc *irc, int numeric)
{
    if (irc->phase != IRC_STARTTLS)
        return;
    if (numeric == 670)
        irc->host->net->stream_starttls(irc->stream);
    else
        irc_fail(irc, g_error_new_literal(WEFT_ERROR, WEFT_ERROR_TLS,
                                          "The server refuses STARTTLS. Use its TLS port and "
                                          "tls = on."));
}

/* --- the table
 * ---------------------------------------------------------------------------------------- */

static void
say_motd(struct irc *irc, const struct irc_context *context, int numeric)
{
    g_autofree char *text = sentence(context->line, 1);
    g_autofree char *place = NULL;

    irc_asked_where(irc, context, numeric, &place);
    irc_say(irc, place, "%s", text);
}

static void
on_away_reply(struct irc *irc)
{
    struct irc_op *op = irc_op_first(irc, IRC_OP_AWAY, NULL);

    if (op)
        irc_op_done(irc, op, NULL, 0);
}

/* Handled here; false: the rest is said. */
static bool
on_state_numeric(struct irc *irc, const struct irc_context *context, int numeric)
{
    switch (numeric) {
    case 1:
        on_welcome(irc, context);
        return true;
    case 5:
        on_isupport(irc, context);
        return true;
    case 376:
    case 422:
        say_motd(irc, context, numeric);
        irc_ready(irc);
        return true;
    case 396:
        irc_set_login(irc, NULL, irc_line_param(context->line, 1));
        return false;
    case 331:
    case 332:
        on_topic_is(irc, context, numeric);
        return true;
    case 353:
        on_names(irc, context);
        return true;
    case 366:
        on_names_end(irc, context);
        return true;
    case 221:
        irc_nickserv_modes(irc, irc_line_param(context->line, 1));
        return false;
    case 302:
        return irc_on_userhost(irc, context->line);
    case 321:
        return true;
    case 322:
        irc_on_list_row(irc, context);
        return true;
    case 323:
        irc_on_list_end(irc);
        return true;
    case 315:
        irc_on_who_end(irc, context->line);
        return true;
    case 352:
    case 354:
        irc_on_who_row(irc, context, numeric);
        return true;
    case 730:
    case 731:
    case 734:
        irc_monitor_numeric(irc, context->line, numeric);
        return true;
    case 732:
    case 733:
        return true; /* we know whom we watch */
    case 305:
    case 306:
        on_away_reply(irc);
        return true;
    case 318:
        on_whois_end(irc, context);
        return true;
    case 324:
    case 329:
        return irc_modes_are(irc, context->line, numeric);
    default:
        return false;
    }
}

static bool
on_login_numeric(struct irc *irc, const struct irc_context *context, int numeric)
{
    if (numeric >= 900 && numeric <= 908) {
        irc_on_sasl_numeric(irc, context->line, numeric);
        return true;
    }
    switch (numeric) {
    case 410:
    case 421: {
        const char *command = irc_line_param(context->line, 1);
        if (irc->phase != IRC_REGISTER || g_ascii_strcasecmp(command, "CAP") != 0)
            return false;
        return true; /* an old server: 001 follows */
    }
    case 431:
    case 432:
    case 433:
    case 436:
    case 437:
    case 438:
    case 447:
        if (numeric == 437 && irc_is_channel(&irc->isupport, irc_line_param(context->line, 1)))
            return false;
        on_nick_refused(irc, context, numeric);
        return true;
    case 464:
        on_bad_password(irc, context);
        return true;
    case 465:
        irc_fail(irc, banned(last(context->line)));
        return true;
    case 670:
    case 691:
        on_starttls(irc, numeric);
        return true;
    default:
        return false;
    }
}

static bool
is_whois(int numeric)
{
    static const int numerics[] = {301, 276, 307, 311, 312, 313, 317, 319,
                                   320, 330, 335, 338, 378, 379, 671};

    for (unsigned i = 0; i < G_N_ELEMENTS(numerics); i++) {
        if (numerics[i] == numeric)
            return true;
    }
    return false;
}

void
irc_on_numeric(struct irc *irc, const struct irc_context *context, int numeric)
{
    if (on_login_numeric(irc, context, numeric) || on_state_numeric(irc, context, numeric))
        return;
    if (is_whois(numeric))
        on_whois(irc, context, numeric);
    else if (numeric == 401 && irc_nickserv_absent(irc, context->line))
        return;
    else if (numeric == 263 && g_ascii_strcasecmp(irc_line_param(context->line, 1), "WHO") == 0 &&
             irc_who_busy(irc))
        return;
    else if (numeric == 470 && context->line->n_params >= 4)
        on_forwarded(irc, context);
    else if (concerns_kind(IRC_OP_JOIN, numeric))
        on_join_refused(irc, context, numeric);
    else if ((numeric >= 400 && numeric < 600) || numeric == 263)
        on_refusal(irc, context, numeric);
    else
        irc_reply_say(irc, context, numeric);
}
