/* Login by SASL: which mechanism, the exchange, and what its end means (section 1.2). It may be
 * asked for at any time: services come late, go, and come back. */
#include <string.h>

#include "base/log.h"
#include "base/redact.h"
#include "protocols/irc/irc_priv.h"

#define FIRST_RETRY_US (60 * G_USEC_PER_SEC)
#define MOST_RETRY_US  (600 * G_USEC_PER_SEC)

bool
irc_wants_login(const struct irc *irc)
{
    return !irc->config.sasl_off && !irc->config.nickserv &&
           (irc->config.sasl || irc->password || irc->config.cert);
}

static void
end_exchange(struct irc *irc)
{
    clock_timer_del(irc->host->clock, irc->sasl_timer);
    irc->sasl_timer = 0;
    g_clear_pointer(&irc->sasl, irc_sasl_free);
    irc->mechanism = IRC_SASL_NONE;
    g_string_truncate(irc->sasl_in, 0);
    irc->net.mechanisms_said = false;
    irc->net.login_waits = false;
}

void
irc_login_end(struct irc *irc)
{
    end_exchange(irc);
    clock_timer_del(irc->host->clock, irc->net.login_timer);
    irc->net.login_timer = 0;
    irc->net.login_delay_us = 0;
    irc->net.mechanisms_refused = 0;
}

/* --- failing
 * -------------------------------------------------------------------------------------- */

static void
on_login_timer(void *user)
{
    struct irc *irc = user;

    irc->net.login_timer = 0;
    if (irc->phase != IRC_READY || irc->logged_in || irc->sasl || !irc_has(irc, "sasl"))
        return;
    irc->net.mechanisms_refused = 0;
    irc_login_begin(irc);
    irc_flush(irc);
}

/* Some servers say nothing when their services come back: it is tried again by itself. Not a wrong
 * password, which would lock the account. */
static void
try_later(struct irc *irc)
{
    int64_t delay_us = irc->net.login_delay_us;

    irc->net.login_delay_us = delay_us == 0 ? FIRST_RETRY_US : MIN(2 * delay_us, MOST_RETRY_US);
    clock_timer_del(irc->host->clock, irc->net.login_timer);
    irc->net.login_timer =
        clock_timer_add(irc->host->clock, irc->net.login_delay_us, on_login_timer, irc);
}

void
irc_login_failed(struct irc *irc, enum weft_error code, const char *sentence)
{
    end_exchange(irc);
    irc->login_tried = true;
    if (irc->phase == IRC_REGISTER && irc->config.sasl_required) {
        if (code == WEFT_ERROR_AUTH)
            irc_forget_passwords(irc);
        irc_fail(irc, g_error_new(WEFT_ERROR, (int)code,
                                  "%s The account requires a login, since without one your address "
                                  "shows; sasl_required = no goes on without%s.",
                                  sentence,
                                  code == WEFT_ERROR_UNSUPPORTED
                                      ? ", and login = nickserv logs in by NickServ instead"
                                      : ""));
        return;
    }
    irc_say(irc, NULL, "%s", sentence);
    if (code != WEFT_ERROR_AUTH && irc_has(irc, "sasl"))
        try_later(irc);
    irc_caps_end(irc);
}

static void
on_sasl_timer(void *user)
{
    struct irc *irc = user;

    irc->sasl_timer = 0;
    if (irc->sasl)
        irc_out(irc, IRC_URGENT, 0, "AUTHENTICATE", "*", NULL);
    irc_login_failed(irc, WEFT_ERROR_TIMEOUT,
                     "The server's login service did not answer in 15 seconds.");
    irc_flush(irc);
}

static void
arm(struct irc *irc)
{
    clock_timer_del(irc->host->clock, irc->sasl_timer);
    irc->sasl_timer = clock_timer_add(irc->host->clock, IRC_SASL_TIMEOUT_US, on_sasl_timer, irc);
}

void
irc_login_service_gone(struct irc *irc)
{
    bool under_way = irc->sasl != NULL;

    if (!under_way)
        return;
    end_exchange(irc);
    irc->login_tried = false;
    if (irc->phase != IRC_REGISTER) {
        irc_say(irc, NULL,
                "The server's login service went away during the login. weft logs in "
                "when it is back.");
        return;
    }
    /* InspIRCd takes it away and offers it again at once when services link. */
    irc->net.login_waits = true;
    arm(irc);
}

void
irc_login_service_back(struct irc *irc)
{
    irc_login_end(irc);
    irc->login_tried = false;
}

/* --- the exchange
 * --------------------------------------------------------------------------------- */

static GBytes *
binding_of(struct irc *irc)
{
    return irc->secure ? irc->host->net->stream_channel_binding(irc->stream, "tls-exporter") : NULL;
}

static enum irc_mechanism
choose(struct irc *irc, bool binding)
{
    struct irc_sasl_choice choice = {
        .wanted = irc->config.sasl,
        .offered = g_hash_table_lookup(irc->offered, "sasl"),
        .certificate = irc->config.cert && irc->secure,
        .password = irc->password != NULL,
        .safe = irc->secure || irc->config.loopback,
        .binding = binding,
        .refused = irc->net.mechanisms_refused,
    };

    return irc_sasl_choose(&choice);
}

/* False: there is none (more). */
static bool
begin(struct irc *irc)
{
    g_autoptr(GBytes) binding = binding_of(irc);
    enum irc_mechanism mechanism = choose(irc, binding != NULL);
    g_autoptr(GError) error = NULL;

    end_exchange(irc);
    irc->login_tried = true;
    if (mechanism == IRC_SASL_NONE)
        return false;
    irc->mechanism = mechanism;
    irc->sasl = irc_sasl_new(mechanism, irc->config.sasl_user, irc->password, binding, &error);
    if (!irc->sasl) {
        irc_login_failed(irc, WEFT_ERROR_AUTH, error->message);
        return true;
    }
    arm(irc);
    irc_out(irc, IRC_URGENT, 0, "AUTHENTICATE", irc_sasl_name(mechanism), NULL);
    return true;
}

void
irc_login_begin(struct irc *irc)
{
    if (!begin(irc))
        irc_login_failed(irc, WEFT_ERROR_UNSUPPORTED,
                         "The server offers no way to log in that this account can use. See the "
                         "options sasl, password and tls_cert.");
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
        irc_login_failed(irc, WEFT_ERROR_PROTOCOL, "The server's login challenge is too long.");
        return;
    }
    if (strlen(chunk) == IRC_SASL_CHUNK)
        return;
    if (irc_sasl_step(irc->sasl, irc->sasl_in->str, &answer, &error)) {
        send_answer(irc, answer);
        redact_wipe_free(answer);
    } else {
        irc_out(irc, IRC_URGENT, 0, "AUTHENTICATE", "*", NULL);
        irc_login_failed(irc, WEFT_ERROR_AUTH, error->message);
    }
    g_string_truncate(irc->sasl_in, 0);
}

static void
on_success(struct irc *irc)
{
    if (!irc->sasl)
        return;
    if (!irc_sasl_finished(irc->sasl)) {
        irc_login_failed(
            irc, WEFT_ERROR_AUTH,
            "The server says that the login succeeded, but did not prove that it knows the "
            "password. Someone may be in between.");
        return;
    }
    irc_login_end(irc);
    irc->logged_in = true;
    irc_caps_end(irc);
}

/* 907: services kept our login while we thought it lost. Believed only with an account's name. */
static void
on_already(struct irc *irc)
{
    if (!irc->sasl)
        return;
    if (!irc->account) {
        irc_login_failed(irc, WEFT_ERROR_PROTOCOL,
                         "The server says that we are logged in already, but not as whom.");
        return;
    }
    irc_login_end(irc);
    irc->logged_in = true;
    irc_caps_end(irc);
}

static void
on_logged_in(struct irc *irc, const struct irc_line *line)
{
    g_free(irc->account);
    irc->account = g_strdup(irc_line_param(line, 2));
    /* By a service, or by the certificate alone. */
    if (!irc->sasl && *irc->account) {
        irc->logged_in = true;
        irc_nickserv_confirmed(irc);
    }
}

static bool
is_offered(struct irc *irc, enum irc_mechanism mechanism)
{
    const char *list = g_hash_table_lookup(irc->offered, "sasl");
    g_auto(GStrv) words = g_strsplit(list ? list : "", ",", 100);

    for (unsigned i = 0; words[i]; i++) {
        if (g_ascii_strcasecmp(words[i], irc_sasl_name(mechanism)) == 0)
            return true;
    }
    return false;
}

static char *
refusal(struct irc *irc, const struct irc_line *line, int numeric)
{
    const char *why = line->n_params > 1 ? line->params[line->n_params - 1] : "it gave no reason";

    if (irc->mechanism == IRC_SASL_EXTERNAL)
        return g_strdup_printf("The server does not know the client certificate: %s. Log in once "
                               "by password and add it: /msg NickServ CERT ADD.",
                               why);
    if (numeric == 902)
        return g_strdup_printf("The account \"%s\" is locked or needs another nick: %s.",
                               irc->config.sasl_user, why);
    if (numeric == 905)
        return g_strdup_printf("The login was too long for the server: %s. A shorter password may "
                               "help.",
                               why);
    return g_strdup_printf("The server refused the login as \"%s\": %s.", irc->config.sasl_user,
                           why);
}

static void
on_refused(struct irc *irc, const struct irc_line *line, int numeric)
{
    enum irc_mechanism tried = irc->mechanism;
    bool unknown = irc->net.mechanisms_said && !is_offered(irc, tried);

    if (!irc->sasl)
        return;
    g_autofree char *sentence = refusal(irc, line, numeric);
    irc->net.mechanisms_refused |= 1u << tried;
    /* A mechanism that the server does not have, or a certificate that it does not know yet, says
     * nothing about the password; a refused password is not tried in a weaker way. */
    if ((unknown || (tried == IRC_SASL_EXTERNAL && numeric == 904)) && begin(irc))
        return;
    if (unknown)
        irc_login_failed(irc, WEFT_ERROR_UNSUPPORTED,
                         "The server has no way to log in that this account can use. See the "
                         "options sasl, password and tls_cert.");
    else
        irc_login_failed(irc, WEFT_ERROR_AUTH, sentence);
}

void
irc_on_sasl_numeric(struct irc *irc, const struct irc_line *line, int numeric)
{
    switch (numeric) {
    case 900:
        on_logged_in(irc, line);
        break;
    case 901:
        g_clear_pointer(&irc->account, g_free);
        irc->logged_in = false;
        break;
    case 903:
        on_success(irc);
        break;
    case 906:
        if (irc->sasl)
            irc_login_failed(irc, WEFT_ERROR_CLOSED, "The server ended the login half-way.");
        break;
    case 907:
        on_already(irc);
        break;
    case 908:
        /* What it knows instead; 904 follows and says the rest. */
        if (line->n_params < 2)
            break;
        g_hash_table_replace(irc->offered, g_strdup("sasl"), g_strdup(line->params[1]));
        irc->net.mechanisms_said = true;
        break;
    default:
        on_refused(irc, line, numeric);
    }
}
