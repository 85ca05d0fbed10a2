/* Capability negotiation and login (sections 1.1, 1.2, 2). Answers are accepted in any order. */
#include "protocols/irc/irc_priv.h"

#include <string.h>

#include "base/log.h"
#include "base/redact.h"

#define REQ_BYTES 400

static const char *const wanted[] = {
    "message-tags",
    "server-time",
    "batch",
    "labeled-response",
    "echo-message",
    "account-tag",
    "multi-prefix",
    "userhost-in-names",
    "cap-notify",
    "chghost",
    "setname",
    "away-notify",
    "extended-join",
    "account-notify",
    "draft/chathistory",
    "invite-notify",
    "znc.in/self-message",
};

static void
end_sasl(struct irc *irc)
{
    clock_timer_del(irc->host->clock, irc->sasl_timer);
    irc->sasl_timer = 0;
    g_clear_pointer(&irc->sasl, irc_sasl_free);
    irc->mechanism = IRC_SASL_NONE;
    g_string_truncate(irc->sasl_in, 0);
}

void
irc_caps_reset(struct irc *irc)
{
    end_sasl(irc);
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

bool
irc_wants_login(const struct irc *irc)
{
    return !irc->config.sasl_off && (irc->config.sasl || irc->password || irc->config.cert);
}

static void
cap_end(struct irc *irc)
{
    if (irc->cap_ended || irc->phase != IRC_REGISTER)
        return;
    irc->cap_ended = true;
    irc_out(irc, IRC_URGENT, 0, "CAP", "END", NULL);
}

/* No login came to be. Before the registration this decides whether we go on. */
static void
login_failed(struct irc *irc, enum weft_error code, const char *sentence)
{
    end_sasl(irc);
    irc->login_tried = true;
    if (irc->phase == IRC_REGISTER && irc->config.sasl_required) {
        if (code == WEFT_ERROR_AUTH)
            irc_forget_passwords(irc);
        irc_fail(irc, g_error_new_literal(WEFT_ERROR, (int)code, sentence));
        return;
    }
    irc_say(irc, NULL, "%s", sentence);
    cap_end(irc);
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
want(const struct irc *irc, const char *cap)
{
    return g_hash_table_contains(irc->offered, cap) && !irc_has(irc, cap) &&
           !g_hash_table_contains(irc->refused, cap);
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

static void begin_login(struct irc *irc);

/* Every request is answered: log in, or go on. */
static void
settle(struct irc *irc)
{
    if (!irc->ls_done || irc->requested->len > 0 || irc->sasl || irc->cap_ended)
        return;
    if (irc->phase != IRC_REGISTER)
        return;
    if (!irc_wants_login(irc) || irc->login_tried)
        cap_end(irc);
    else if (irc_has(irc, "sasl"))
        begin_login(irc);
    else
        login_failed(irc, WEFT_ERROR_UNSUPPORTED,
                     "The server offers no login (SASL) now. weft tries again later; "
                     "sasl_required = no connects without one.");
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
    }
}

static void
on_ls(struct irc *irc, const struct irc_line *line)
{
    bool more = line->n_params >= 4 && strcmp(line->params[2], "*") == 0;

    offer(irc, line->params[line->n_params - 1]);
    if (more || irc->ls_done)
        return;
    irc->ls_done = true;
    request_wanted(irc);
    settle(irc);
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

static void
on_ack(struct irc *irc, const char *caps)
{
    g_auto(GStrv) words = g_strsplit(caps, " ", -1);

    for (unsigned i = 0; words[i]; i++) {
        const char *word = words[i] + strspn(words[i], "~=");
        if (*word == '-')
            g_hash_table_remove(irc->enabled, word + 1);
        else if (*word && g_hash_table_size(irc->enabled) < IRC_MAX_CAPS)
            g_hash_table_add(irc->enabled, g_strdup(word));
    }
    /* An answer may come in several lines: the request is over when all it asked for is decided. */
    g_autofree char *request = take_request(irc, caps);
    g_auto(GStrv) asked = g_strsplit(request ? request : "", " ", -1);
    for (unsigned i = 0; asked[i]; i++) {
        if (*asked[i] && !irc_has(irc, asked[i])) {
            g_ptr_array_add(irc->requested, g_steal_pointer(&request));
            break;
        }
    }
    if (irc->phase == IRC_READY) {
        irc_tell_caps(irc);
        if (irc_has(irc, "sasl") && irc_wants_login(irc) && !irc->logged_in && !irc->sasl &&
            !irc->login_tried)
            begin_login(irc);
    }
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
    offer(irc, caps);
    g_auto(GStrv) words = g_strsplit(caps, " ", -1);
    for (unsigned i = 0; words[i]; i++) {
        /* The login service is back: log in late, again if need be. */
        if (strcmp(words[i], "sasl") == 0 || g_str_has_prefix(words[i], "sasl=")) {
            g_hash_table_remove(irc->enabled, "sasl");
            g_hash_table_remove(irc->refused, "sasl");
            irc->login_tried = false;
        }
    }
    if (irc->ls_done)
        request_wanted(irc);
}

static void
on_del(struct irc *irc, const char *caps)
{
    g_auto(GStrv) words = g_strsplit(caps, " ", -1);

    for (unsigned i = 0; words[i]; i++) {
        g_hash_table_remove(irc->offered, words[i]);
        g_hash_table_remove(irc->enabled, words[i]);
    }
    if (irc->phase == IRC_READY)
        irc_tell_caps(irc);
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
        irc_fail(irc, g_error_new_literal(WEFT_ERROR, WEFT_ERROR_UNSUPPORTED,
                                          "The server let us in without a login (SASL), which this "
                                          "account requires. sasl_required = no, or sasl = off, "
                                          "connects without one."));
}

/* --- login
 * ---------------------------------------------------------------------------------------- */

static void
on_sasl_timer(void *user)
{
    struct irc *irc = user;

    irc->sasl_timer = 0;
    irc_out(irc, IRC_URGENT, 0, "AUTHENTICATE", "*", NULL);
    login_failed(irc, WEFT_ERROR_TIMEOUT,
                 "The server's login service did not answer in 15 seconds.");
    irc_flush(irc);
}

static void
begin_login(struct irc *irc)
{
    g_autoptr(GBytes) binding =
        irc->secure ? irc->host->net->stream_channel_binding(irc->stream, "tls-exporter") : NULL;
    struct irc_sasl_choice choice = {
        .wanted = irc->config.sasl,
        .offered = g_hash_table_lookup(irc->offered, "sasl"),
        .certificate = irc->config.cert && irc->secure,
        .password = irc->password != NULL,
        .safe = irc->secure || irc->config.loopback,
        .binding = binding != NULL,
    };
    g_autoptr(GError) error = NULL;

    irc->login_tried = true;
    irc->mechanism = irc_sasl_choose(&choice);
    if (irc->mechanism == IRC_SASL_NONE) {
        login_failed(
            irc, WEFT_ERROR_UNSUPPORTED,
            "The server offers no way to log in that this account can use. See the options "
            "sasl, password and tls_cert.");
        return;
    }
    irc->sasl = irc_sasl_new(irc->mechanism, irc->config.sasl_user, irc->password, binding, &error);
    if (!irc->sasl) {
        login_failed(irc, WEFT_ERROR_AUTH, error->message);
        return;
    }
    irc->sasl_timer = clock_timer_add(irc->host->clock, IRC_SASL_TIMEOUT_US, on_sasl_timer, irc);
    irc_out(irc, IRC_URGENT, 0, "AUTHENTICATE", irc_sasl_name(irc->mechanism), NULL);
}

static void
send_answer(struct irc *irc, const char *answer)
{
    size_t len = strlen(answer);
    size_t at = 0;

    for (; at < len; at += IRC_SASL_CHUNK) {
        g_autofree char *chunk = g_strndup(answer + at, IRC_SASL_CHUNK);
        irc_out(irc, IRC_URGENT, 0, "AUTHENTICATE", chunk, NULL);
        redact_wipe(chunk, strlen(chunk));
    }
    /* A full last chunk needs an empty one after it; so does an empty answer. */
    if (len % IRC_SASL_CHUNK == 0)
        irc_out(irc, IRC_URGENT, 0, "AUTHENTICATE", "+", NULL);
}

void
irc_on_authenticate(struct irc *irc, const struct irc_line *line)
{
    const char *chunk = irc_line_param(line, 0);
    g_autoptr(GError) error = NULL;
    char *answer = NULL;

    if (!irc->sasl)
        return;
    if (strcmp(chunk, "+") != 0)
        g_string_append(irc->sasl_in, chunk);
    if (irc->sasl_in->len > IRC_SASL_MAX_BYTES) {
        irc_out(irc, IRC_URGENT, 0, "AUTHENTICATE", "*", NULL);
        login_failed(irc, WEFT_ERROR_PROTOCOL, "The server's login challenge is too long.");
        return;
    }
    if (strlen(chunk) == IRC_SASL_CHUNK)
        return;
    if (irc_sasl_step(irc->sasl, irc->sasl_in->str, &answer, &error)) {
        send_answer(irc, answer);
        redact_wipe_free(answer);
    } else {
        irc_out(irc, IRC_URGENT, 0, "AUTHENTICATE", "*", NULL);
        login_failed(irc, WEFT_ERROR_AUTH, error->message);
    }
    g_string_truncate(irc->sasl_in, 0);
}

static void
on_success(struct irc *irc)
{
    if (!irc->sasl)
        return;
    if (!irc_sasl_finished(irc->sasl)) {
        login_failed(
            irc, WEFT_ERROR_AUTH,
            "The server says that the login succeeded, but did not prove that it knows the "
            "password. Someone may be in between.");
        return;
    }
    end_sasl(irc);
    irc->logged_in = true;
    cap_end(irc);
}

void
irc_on_sasl_numeric(struct irc *irc, const struct irc_line *line, int numeric)
{
    switch (numeric) {
    case 900:
        g_free(irc->account);
        irc->account = g_strdup(irc_line_param(line, 2));
        break;
    case 901:
        g_clear_pointer(&irc->account, g_free);
        break;
    case 903:
    case 907:
        on_success(irc);
        break;
    case 908:
        /* What it knows instead; 904 follows and says the rest. */
        if (line->n_params >= 2)
            g_hash_table_replace(irc->offered, g_strdup("sasl"), g_strdup(line->params[1]));
        break;
    default:
        if (irc->sasl) {
            g_autofree char *sentence = g_strdup_printf(
                "The server refused the login as \"%s\": %s", irc->config.sasl_user,
                line->n_params > 1 ? line->params[line->n_params - 1] : "it gave no reason.");
            login_failed(irc, WEFT_ERROR_AUTH, sentence);
        }
    }
}
