/* Capability negotiation (sections 1.1, 2). Answers are accepted in any order, at any time. */
#include "protocols/irc/irc_bouncer.h"

#include <string.h>

#include "base/log.h"

#define REQ_BYTES 400

static const char *const wanted[] = {
    "message-tags",
    IRC_CAP_BOUNCER,
    IRC_CAP_BOUNCER_NOTIFY,
    "server-time",
    "batch",
    "labeled-response",
    "echo-message",
    "account-tag",
    "multi-prefix",
    "userhost-in-names",
    "no-implicit-names",
    "draft/no-implicit-names",
    "soju.im/no-implicit-names",
    "cap-notify",
    "chghost",
    "setname",
    "away-notify",
    "extended-join",
    "account-notify",
    "draft/chathistory",
    "draft/event-playback",
    "draft/read-marker",
    "soju.im/read",
    "draft/message-redaction",
    "draft/multiline",
    "standard-replies",
    "invite-notify",
    "extended-monitor",
    "draft/channel-rename",
    "draft/extended-isupport",
    "draft/account-registration",
    "draft/pre-away",
    "draft/relaymsg",
    "overdrivenetworks.com/relaymsg",
    "znc.in/self-message",
    "znc.in/playback",
};

void
irc_caps_reset(struct irc *irc)
{
    irc_login_end(irc);
    g_hash_table_remove_all(irc->offered);
    g_hash_table_remove_all(irc->enabled);
    g_hash_table_remove_all(irc->refused);
    g_ptr_array_set_size(irc->requested, 0);
    irc->ls_done = irc->cap_ended = irc->logged_in = irc->login_tried = false;
}

void
irc_caps_begin(struct irc *irc)
{
    irc_out(irc, IRC_URGENT, 0, "CAP", "LS", "302", NULL);
}

void
irc_caps_end(struct irc *irc)
{
    if (irc->cap_ended || irc->phase != IRC_REGISTER)
        return;
    irc->cap_ended = true;
    /* Nobody sees us here for a moment after a cut. */
    if (irc->net.away && irc_has(irc, "draft/pre-away"))
        irc_out(irc, IRC_URGENT, 0, "AWAY", irc->net.away, NULL);
    if (irc->netid && irc_has(irc, IRC_CAP_BOUNCER))
        irc_out(irc, IRC_URGENT, 0, "BOUNCER", "BIND", irc->netid, NULL);
    irc_out(irc, IRC_URGENT, 0, "CAP", "END", NULL);
}

/* --- requesting
 * ----------------------------------------------------------------------------------- */

static void
request(struct irc *irc, const char *caps)
{
    g_ptr_array_add(irc->requested, g_strdup(caps));
    irc_out(irc, IRC_URGENT, 0, "CAP", "REQ", caps, NULL);
}

static bool
is_asked(const struct irc *irc, const char *cap)
{
    for (unsigned i = 0; i < irc->requested->len; i++) {
        g_auto(GStrv) asked = g_strsplit(irc->requested->pdata[i], " ", -1);
        if (g_strv_contains((const char *const *)asked, cap))
            return true;
    }
    return false;
}

static bool
want(const struct irc *irc, const char *cap)
{
    /* The older name of the same. */
    if (strcmp(cap, "soju.im/read") == 0 &&
        g_hash_table_contains(irc->offered, "draft/read-marker"))
        return false;
    return g_hash_table_contains(irc->offered, cap) && !irc_has(irc, cap) &&
           !g_hash_table_contains(irc->refused, cap) && !is_asked(irc, cap) &&
           !(irc->netid && strcmp(cap, IRC_CAP_BOUNCER_NOTIFY) == 0);
}

/* All that is offered and wanted, in lines below the limit: one refused cap refuses its whole line.
 */
static void
request_wanted(struct irc *irc)
{
    g_autoptr(GString) caps = g_string_new(NULL);

    for (unsigned i = 0; i < G_N_ELEMENTS(wanted); i++) {
        if (!want(irc, wanted[i]))
            continue;
        if (caps->len + strlen(wanted[i]) > REQ_BYTES) {
            request(irc, caps->str);
            g_string_truncate(caps, 0);
        }
        g_string_append_printf(caps, "%s%s", caps->len > 0 ? " " : "", wanted[i]);
    }
    if (irc_wants_login(irc) && want(irc, "sasl"))
        g_string_append_printf(caps, "%ssasl", caps->len > 0 ? " " : "");
    if (caps->len > 0)
        request(irc, caps->str);
}

/* Every request is answered: log in, or go on. */
static void
settle(struct irc *irc)
{
    if (!irc->ls_done || irc->requested->len > 0 || irc->sasl || irc->net.login_waits)
        return;
    if (irc->phase > IRC_REGISTER) {
        if (irc_has(irc, "sasl") && irc_wants_login(irc) && !irc->logged_in && !irc->login_tried)
            irc_login_begin(irc);
        return;
    }
    if (irc->cap_ended || irc->phase != IRC_REGISTER)
        return;
    if (!irc_wants_login(irc) || irc->login_tried)
        irc_caps_end(irc);
    else if (irc_has(irc, "sasl"))
        irc_login_begin(irc);
    else
        irc_login_failed(irc, WEFT_ERROR_UNSUPPORTED,
                         "This server offers no login by SASL now: it has none, or its services "
                         "are away.");
}

static void
offer(struct irc *irc, const char *list)
{
    g_auto(GStrv) words = g_strsplit(list, " ", -1);

    for (unsigned i = 0; words[i]; i++) {
        char *equals = strchr(words[i], '=');
        if (equals)
            *equals = '\0';
        if (*words[i] && g_hash_table_size(irc->offered) < IRC_MAX_CAPS)
            g_hash_table_replace(irc->offered, g_strdup(words[i]),
                                 g_strdup(equals ? equals + 1 : ""));
        if (strcmp(words[i], "sts") == 0 && equals)
            irc_sts_offered(irc, equals + 1);
    }
}

static void
on_ls(struct irc *irc, const struct irc_line *line)
{
    bool more = line->n_params >= 4 && strcmp(line->params[2], "*") == 0;

    offer(irc, line->params[line->n_params - 1]);
    if (more || irc->net.sts_leave)
        return;
    irc->ls_done = true;
    request_wanted(irc);
    settle(irc);
}

/* What proves that a message of ours was taken may go while messages are on their way. Servers work
 * in order: what they read before answers as it did, and a PING behind all of it proves the rest.
 */
static void
take_away(struct irc *irc, const char *cap)
{
    bool proof = strcmp(cap, "echo-message") == 0 || strcmp(cap, "labeled-response") == 0 ||
                 strcmp(cap, "batch") == 0;

    if (!g_hash_table_remove(irc->enabled, cap) || !proof)
        return;
    for (GList *at = irc->ops.head; at; at = at->next) {
        struct irc_op *op = at->data;
        if (op->kind == IRC_OP_SEND)
            irc_out_line(irc, IRC_TEXT, op->serial,
                         g_strdup_printf("PING w%" G_GUINT64_FORMAT, op->serial), true);
    }
}

/* The request that this answer is about: the oldest one that names its first capability, else the
 * oldest. */
static char *
take_request(struct irc *irc, const char *caps)
{
    g_auto(GStrv) answered = g_strsplit(caps, " ", -1);
    unsigned which = 0;

    if (irc->requested->len == 0)
        return NULL;
    for (unsigned i = 0; answered[0] && *answered[0] && i < irc->requested->len; i++) {
        g_auto(GStrv) asked = g_strsplit(irc->requested->pdata[i], " ", -1);
        if (g_strv_contains((const char *const *)asked, answered[0])) {
            which = i;
            break;
        }
    }
    char *request = g_strdup(irc->requested->pdata[which]);
    g_ptr_array_remove_index(irc->requested, which);
    return request;
}

/* What a line of ours asked for is decided when all of it is on or refused: the answer may come in
 * several lines. */
static void
settle_request(struct irc *irc, const char *caps)
{
    g_autofree char *request = take_request(irc, caps);
    g_auto(GStrv) asked = g_strsplit(request ? request : "", " ", -1);

    for (unsigned i = 0; asked[i]; i++) {
        if (*asked[i] && !irc_has(irc, asked[i]) &&
            !g_hash_table_contains(irc->refused, asked[i])) {
            g_ptr_array_add(irc->requested, g_steal_pointer(&request));
            return;
        }
    }
}

static void
on_ack(struct irc *irc, const char *caps)
{
    g_auto(GStrv) words = g_strsplit(caps, " ", -1);
    g_autoptr(GString) plain = g_string_new(NULL);

    for (unsigned i = 0; words[i]; i++) {
        const char *word = words[i] + strspn(words[i], "~=");
        bool off = *word == '-';
        word += off;
        if (!*word)
            continue;
        g_string_append_printf(plain, "%s%s", plain->len > 0 ? " " : "", word);
        if (off) {
            take_away(irc, word);
            g_hash_table_add(irc->refused, g_strdup(word));
        } else if (g_hash_table_size(irc->enabled) < IRC_MAX_CAPS) {
            g_hash_table_add(irc->enabled, g_strdup(word));
        }
    }
    settle_request(irc, plain->str);
    if (irc->phase == IRC_REGISTER &&
        g_strv_contains((const char *const *)words, "draft/extended-isupport"))
        irc_out(irc, IRC_URGENT, 0, "ISUPPORT", NULL);
    if (irc->phase == IRC_READY)
        irc_tell_caps(irc);
    settle(irc);
}

static void
on_nak(struct irc *irc, const char *caps)
{
    g_autofree char *refused = take_request(irc, caps);
    g_auto(GStrv) words = g_strsplit(refused ? refused : "", " ", -1);
    unsigned n = g_strv_length(words);

    /* One of them is refused, and we cannot know which: ask for each alone. */
    for (unsigned i = 0; i < n; i++) {
        if (n > 1)
            request(irc, words[i]);
        else
            g_hash_table_add(irc->refused, g_strdup(words[i]));
    }
    settle(irc);
}

static void
on_new(struct irc *irc, const char *caps)
{
    g_auto(GStrv) words = g_strsplit(caps, " ", -1);

    offer(irc, caps);
    for (unsigned i = 0; words[i]; i++) {
        words[i][strcspn(words[i], "=")] = '\0';
        /* What was refused or taken away once may be had now. */
        g_hash_table_remove(irc->refused, words[i]);
        if (strcmp(words[i], "sasl") == 0) {
            g_hash_table_remove(irc->enabled, "sasl");
            irc_login_service_back(irc);
        }
    }
    if (irc->ls_done && !irc->net.sts_leave)
        request_wanted(irc);
}

static void
on_del(struct irc *irc, const char *caps)
{
    g_auto(GStrv) words = g_strsplit(caps, " ", -1);

    for (unsigned i = 0; words[i]; i++) {
        if (!*words[i])
            continue;
        g_hash_table_remove(irc->offered, words[i]);
        /* A request that named it is answered by NAK, or by an ACK that counts no more. */
        take_away(irc, words[i]);
        if (strcmp(words[i], "sasl") == 0)
            irc_login_service_gone(irc);
    }
    if (irc->phase == IRC_READY)
        irc_tell_caps(irc);
    settle(irc);
}

void
irc_on_cap(struct irc *irc, const struct irc_line *line)
{
    if (line->n_params < 3)
        return;
    const char *verb = line->params[1];
    const char *list = line->params[line->n_params - 1];

    if (g_ascii_strcasecmp(verb, "LS") == 0)
        on_ls(irc, line);
    else if (g_ascii_strcasecmp(verb, "ACK") == 0)
        on_ack(irc, list);
    else if (g_ascii_strcasecmp(verb, "NAK") == 0)
        on_nak(irc, list);
    else if (g_ascii_strcasecmp(verb, "NEW") == 0)
        on_new(irc, list);
    else if (g_ascii_strcasecmp(verb, "DEL") == 0)
        on_del(irc, list);
}

void
irc_caps_skipped(struct irc *irc)
{
    bool asked = irc->cap_ended;

    irc->cap_ended = true;
    if (!asked && irc_wants_login(irc) && !irc->logged_in && irc->config.sasl_required)
        irc_fail(irc,
                 g_error_new_literal(WEFT_ERROR, WEFT_ERROR_UNSUPPORTED,
                                     "This server knows no login by SASL, and the account requires "
                                     "a login, since without one your address shows. login = "
                                     "nickserv logs in by NickServ instead; sasl_required = no "
                                     "goes on without."));
}
