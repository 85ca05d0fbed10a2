/* What is said for others: RELAYMSG where the server has it, else their name before the text; and
 * the mark by which relays know each other's lines. */
#include <string.h>

#include "base/utf8.h"
#include "protocols/irc/irc_priv.h"
#include "protocols/irc/irc_text.h"

#define MOST_NAME_BYTES  64
#define USUAL_NICK_BYTES 30
#define LEAST_NICK_BYTES 9
#define SUFFIX_BYTES     2 /* "/r", behind a name without a separator */
#define EDGE_BYTES       1 /* "_", before a name that no nick begins with */
#define MOST_MARK_BYTES  64

/* Its value is what a name of another network must hold, and no nick may. */
static const char *const caps[] = {"draft/relaymsg", "overdrivenetworks.com/relaymsg"};

/* NULL: not negotiated. */
static const char *
separators(const struct irc *irc)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(caps); i++) {
        const char *value =
            irc_has(irc, caps[i]) ? g_hash_table_lookup(irc->offered, caps[i]) : NULL;
        if (value)
            return *value ? value : "/";
    }
    return NULL;
}

static bool
is_usable(const struct irc *irc)
{
    return separators(irc) && !irc->msg.relay_off && g_hash_table_size(irc->msg.relay_refused) == 0;
}

static size_t
nick_bytes(const struct irc *irc)
{
    const char *value = irc_isupport_get(&irc->isupport, "NICKLEN");
    guint64 bytes = value ? g_ascii_strtoull(value, NULL, 10) : USUAL_NICK_BYTES;

    return (size_t)CLAMP(bytes, LEAST_NICK_BYTES, MOST_NAME_BYTES);
}

size_t
irc_relay_name_bytes(const struct irc *irc)
{
    return is_usable(irc) ? nick_bytes(irc) - SUFFIX_BYTES - EDGE_BYTES : 0;
}

bool
irc_relay_takes(struct irc *irc, const struct send_request *request, const char *target)
{
    return request->as && request->kind != MESSAGE_NOTICE && is_usable(irc) &&
           irc_is_channel(&irc->isupport, target);
}

/* --- names
 * ---------------------------------------------------------------------------------------------- */

static bool
may_stand(const struct irc *irc, gunichar character)
{
    if (character >= 0x80)
        return irc_isupport_get(&irc->isupport, "UTF8MAPPING") && g_unichar_isgraph(character);
    return g_ascii_isalnum((char)character) ||
           (character != 0 && strchr("-[]\\`_^{|}", (int)character)) ||
           (character > ' ' && character != ':' && character != ',' && character != '!' &&
            character != '@' && character < 0x7f && strchr(separators(irc), (int)character));
}

/* One that the server takes for a nick of elsewhere. */
static char *
relayed_nick(const struct irc *irc, const char *name)
{
    g_autofree char *clean = utf8_sanitize(name, -1, MOST_NAME_BYTES);
    GString *nick = g_string_new(NULL);

    for (char *at = clean; *at; at = g_utf8_next_char(at)) {
        gunichar character = g_utf8_get_char(at);
        g_string_append_unichar(nick, may_stand(irc, character) ? character : '_');
    }
    if (nick->len == 0 || !(g_ascii_isalpha(*nick->str) || (unsigned char)*nick->str >= 0x80 ||
                            strchr("[]\\`_^{|}", *nick->str)))
        g_string_prepend_c(nick, '_');
    g_string_truncate(nick, utf8_cut(nick->str, nick->len, nick_bytes(irc) - SUFFIX_BYTES));
    if (!strpbrk(nick->str, separators(irc)))
        g_string_append_printf(nick, "%cr", *separators(irc));
    return g_string_free(nick, FALSE);
}

char *
irc_relay_text(const struct send_request *request, const char *text)
{
    g_autofree char *name = utf8_sanitize(request->as->name, -1, MOST_NAME_BYTES);

    for (char *at = name; *at; at++) {
        if (g_ascii_iscntrl(*at))
            *at = ' ';
    }
    return g_strdup_printf(request->kind == MESSAGE_ACTION ? "* %s %s" : "<%s> %s", name, text);
}

/* --- saying
 * --------------------------------------------------------------------------------------------- */

void
irc_relayed_free(struct irc_relayed *relayed)
{
    if (!relayed)
        return;
    g_free(relayed->nick);
    g_free(relayed->again);
    g_free(relayed->reply_to);
    g_free(relayed->mark);
    g_free(relayed->key);
    g_free(relayed);
}

void
irc_relay_begin(struct irc *irc, struct irc_op *op, const struct send_request *request,
                const char *plain)
{
    struct irc_relayed *relayed = g_new0(struct irc_relayed, 1);

    relayed->nick = relayed_nick(irc, request->as->name);
    relayed->again = irc_relay_text(request, plain);
    relayed->reply_to = g_strdup(request->reply_to);
    relayed->mark = g_strdup(request->mark);
    relayed->key = g_strdup(request->key);
    op->relayed = relayed;
}

unsigned
irc_relay_tags(struct irc *irc, const char *mark, const char *key, struct irc_tag *ret_tags)
{
    if (!mark || !*mark || strlen(mark) > MOST_MARK_BYTES || !irc_tag_usable(irc, IRC_MARK_TAG + 1))
        return 0;
    ret_tags[0] = (struct irc_tag){IRC_MARK_TAG, mark};
    if (!key || !*key || !irc_tag_usable(irc, IRC_KEY_TAG + 1))
        return 1;
    ret_tags[1] = (struct irc_tag){IRC_KEY_TAG, key};
    return 2;
}

/* --- order
 * ---------------------------------------------------------------------------------------------- */

static bool
is_behind(struct irc *irc, const struct irc_op *op)
{
    for (const GList *at = irc->ops.head; at && at->data != op; at = at->next) {
        const struct irc_op *before = at->data;
        if (before->kind == IRC_OP_SEND && before->relayed &&
            g_strcmp0(before->target, op->target) == 0)
            return true;
    }
    return false;
}

bool
irc_relay_holds(struct irc *irc, const struct irc_op *op)
{
    return !op->relayed && separators(irc) && is_behind(irc, op);
}

void
irc_relay_release(struct irc *irc)
{
    for (const GList *at = irc->ops.head; at; at = at->next) {
        struct irc_op *op = at->data;
        if (!op->held || op->kind != IRC_OP_SEND || is_behind(irc, op))
            continue;
        if (!irc_api_send_line(irc, op, g_steal_pointer(&op->held)))
            irc_op_settle(irc, op,
                          g_error_new_literal(WEFT_ERROR, WEFT_ERROR_RATE_LIMITED,
                                              "Too much waits to be sent already."));
    }
    if (irc->stream)
        irc_flush(irc);
}

/* --- refused
 * -------------------------------------------------------------------------------------------- */

/* As our own, with the name before it: nothing of it has been said, so nothing is said twice. What
 * answers for the first try answers for nothing any more. */
static void
say_again(struct irc *irc, struct irc_op *op)
{
    struct irc_relayed *relayed = g_steal_pointer(&op->relayed);
    const struct irc_channel *channel = irc_channel(irc, op->target);
    const char *params[] = {channel ? channel->name : op->target, relayed->again};
    struct irc_tag tags[IRC_SAID_TAGS];
    unsigned n = 0;

    op->serial = ++irc->last_serial;
    op->left = false;
    op->message = MESSAGE_TEXT;
    g_free(op->plain);
    op->plain = irc_text_plain(relayed->again);
    g_autofree char *label = irc_op_label(irc, op);
    if (label)
        tags[n++] = (struct irc_tag){"label", label};
    n += irc_reply_tags(irc, relayed->reply_to, tags + n);
    n += irc_relay_tags(irc, relayed->mark, relayed->key, tags + n);
    if (!irc_out_line(irc, IRC_TEXT, op->serial,
                      irc_line_build(tags, n, NULL, "PRIVMSG", params, 2), false))
        irc_op_fail(irc, op, WEFT_ERROR_RATE_LIMITED, "Too much waits to be sent already.");
    else if (!irc_has(irc, "echo-message") && !irc_has_labels(irc))
        irc_op_ask_for_proof(irc, op);
    irc_relayed_free(relayed);
}

struct irc_op *
irc_relay_first(struct irc *irc)
{
    for (GList *at = irc->ops.head; at; at = at->next) {
        struct irc_op *op = at->data;
        if (op->kind == IRC_OP_SEND && op->left && op->relayed)
            return op;
    }
    return NULL;
}

bool
irc_relay_refused(struct irc *irc, struct irc_op *op, const char *code, const char *text)
{
    static const char *const final[] = {"BANNED", "BLANK_MSG", "NO_SUCH_CHANNEL", NULL};
    const char *where;

    if (!op || op->kind != IRC_OP_SEND || !op->relayed || g_strv_contains(final, code))
        return false;
    where = op->target;
    if (strcmp(code, "NOT_ENABLED") == 0) {
        irc->msg.relay_off = true;
        irc_say(irc, where,
                "The server lets nobody speak under another name any more: names stand before the "
                "text now. (%s)",
                text);
    } else if (strcmp(code, "INVALID_NICK") != 0 &&
               g_hash_table_add(irc->msg.relay_refused, g_strdup(where))) {
        irc_say(irc, where,
                "The server lets us say nothing under other names here, so names stand before the "
                "text now. When we are an operator here weft tries again. (%s)",
                text);
    }
    say_again(irc, op);
    irc_tell_caps(irc);
    irc_relay_release(irc);
    irc_flush(irc);
    return true;
}

void
irc_relay_allowed(struct irc *irc, const char *id)
{
    if (g_hash_table_remove(irc->msg.relay_refused, id) && irc->phase == IRC_READY)
        irc_tell_caps(irc);
}

/* --- reading
 * -------------------------------------------------------------------------------------------- */

const char *
irc_relay_sender(const struct irc *irc, const struct irc_line *line)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(caps); i++) {
        const char *sender = separators(irc) ? irc_line_tag(line, caps[i]) : NULL;
        if (sender && *sender)
            return sender;
    }
    return NULL;
}

bool
irc_relay_is_nick(const struct irc *irc, const char *nick)
{
    const char *marks = separators(irc);

    return marks && strpbrk(nick, marks) != NULL;
}

const char *
irc_relay_key(const struct irc_context *context)
{
    const char *key = irc_line_tag(context->line, IRC_KEY_TAG);

    return key && *key && (context->own || context->perhaps_own) ? key : NULL;
}

const char *
irc_relay_mark(const struct irc *irc, const struct irc_context *context)
{
    const char *mark = irc_line_tag(context->line, IRC_MARK_TAG);

    if (mark && *mark && strlen(mark) <= MOST_MARK_BYTES)
        return mark;
    mark = irc_relay_sender(irc, context->line);
    if (mark)
        return mark;
    /* In a history the tag is missing; the name is none that anybody here could have. */
    return irc_relay_is_nick(irc, context->nick) ? context->login_host : NULL;
}
