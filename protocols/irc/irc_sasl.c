#include "protocols/irc/irc_sasl.h"

#include <gsasl.h>
#include <string.h>

#include "base/error.h"
#include "base/redact.h"

struct irc_sasl {
    enum irc_mechanism mechanism;
    Gsasl *context;
    Gsasl_session *session;
    unsigned steps;
    bool finished;
};

static bool
has_word(const char *list, const char *word)
{
    g_auto(GStrv) words = g_strsplit(list, ",", 100);

    for (unsigned i = 0; words[i]; i++) {
        if (g_ascii_strcasecmp(words[i], word) == 0)
            return true;
    }
    return false;
}

static bool
usable(const struct irc_sasl_choice *choice, enum irc_mechanism mechanism)
{
    /* A list that is not said is tried with what every server knows. */
    bool offered = choice->offered && *choice->offered;

    if (choice->refused & (1u << mechanism))
        return false;
    if (offered && !has_word(choice->offered, irc_sasl_name(mechanism)))
        return false;
    switch (mechanism) {
    case IRC_SASL_EXTERNAL:
        return choice->certificate;
    case IRC_SASL_SCRAM_PLUS:
        return offered && choice->password && choice->binding;
    case IRC_SASL_SCRAM:
        return choice->password && (offered || choice->wanted);
    case IRC_SASL_PLAIN:
        return choice->password && choice->safe;
    default:
        return false;
    }
}

enum irc_mechanism
irc_sasl_choose(const struct irc_sasl_choice *given)
{
    struct irc_sasl_choice best = *given;
    const struct irc_sasl_choice *choice = &best;
    static const struct {
        enum irc_mechanism mechanism;
        const char *option;
    } order[] = {
        {IRC_SASL_EXTERNAL, "external"},
        {IRC_SASL_SCRAM_PLUS, "scram-sha-256"},
        {IRC_SASL_SCRAM, "scram-sha-256"},
        {IRC_SASL_PLAIN, "plain"},
    };

    if (g_strcmp0(best.wanted, "password") == 0) {
        best.wanted = NULL;
        best.certificate = false;
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(order); i++) {
        if (choice->wanted && strcmp(choice->wanted, order[i].option) != 0)
            continue;
        if (usable(choice, order[i].mechanism))
            return order[i].mechanism;
    }
    return IRC_SASL_NONE;
}

const char *
irc_sasl_name(enum irc_mechanism mechanism)
{
    switch (mechanism) {
    case IRC_SASL_PLAIN:
        return "PLAIN";
    case IRC_SASL_SCRAM:
        return "SCRAM-SHA-256";
    case IRC_SASL_SCRAM_PLUS:
        return "SCRAM-SHA-256-PLUS";
    case IRC_SASL_EXTERNAL:
        return "EXTERNAL";
    default:
        return "";
    }
}

static int
on_property(Gsasl *context, Gsasl_session *session, Gsasl_property property)
{
    /* All properties are set beforehand; what is asked beyond them we do not have. */
    return GSASL_NO_CALLBACK;
}

static bool
fail(GError **error, int code, const char *what)
{
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_AUTH, "The login could not be %s: %s.", what,
                gsasl_strerror(code));
    return false;
}

struct irc_sasl *
irc_sasl_new(enum irc_mechanism mechanism, const char *user, const char *password, GBytes *binding,
             GError **error)
{
    struct irc_sasl *sasl = g_new0(struct irc_sasl, 1);
    int code = gsasl_init(&sasl->context);

    sasl->mechanism = mechanism;
    if (code == GSASL_OK) {
        gsasl_callback_set(sasl->context, on_property);
        code = gsasl_client_start(sasl->context, irc_sasl_name(mechanism), &sasl->session);
    }
    if (code == GSASL_OK && mechanism != IRC_SASL_EXTERNAL) {
        code = gsasl_property_set(sasl->session, GSASL_AUTHID, user);
        if (code == GSASL_OK)
            code = gsasl_property_set(sasl->session, GSASL_PASSWORD, password);
    }
    if (code == GSASL_OK && mechanism == IRC_SASL_SCRAM_PLUS && binding) {
        g_autofree char *base64 =
            g_base64_encode(g_bytes_get_data(binding, NULL), g_bytes_get_size(binding));
        code = gsasl_property_set(sasl->session, GSASL_CB_TLS_EXPORTER, base64);
    }
    if (code != GSASL_OK) {
        fail(error, code, "begun");
        irc_sasl_free(sasl);
        return NULL;
    }
    return sasl;
}

void
irc_sasl_free(struct irc_sasl *sasl)
{
    if (!sasl)
        return;
    if (sasl->session)
        gsasl_finish(sasl->session);
    if (sasl->context)
        gsasl_done(sasl->context);
    g_free(sasl);
}

/* A server may not make us derive a key for minutes, nor make it cheap to guess. */
static bool
check_iterations(const char *challenge, GError **error)
{
    gsize len = 0;
    g_autofree char *text = (char *)g_base64_decode(challenge, &len);
    g_autofree char *message = g_strndup(text ? text : "", len);
    const char *at = strstr(message, ",i=");
    gint64 rounds = at ? g_ascii_strtoll(at + 3, NULL, 10) : 0;

    if (rounds >= IRC_SASL_LEAST_ITERATIONS && rounds <= IRC_SASL_MOST_ITERATIONS)
        return true;
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_AUTH,
                "The server asks for %" G_GINT64_FORMAT
                " rounds of SCRAM; weft accepts from %d to %d. Ask the server's people, or set "
                "sasl = plain over TLS.",
                rounds, IRC_SASL_LEAST_ITERATIONS, IRC_SASL_MOST_ITERATIONS);
    return false;
}

bool
irc_sasl_step(struct irc_sasl *sasl, const char *challenge, char **ret_answer, GError **error)
{
    bool scram = sasl->mechanism == IRC_SASL_SCRAM || sasl->mechanism == IRC_SASL_SCRAM_PLUS;

    /* After the server's proof an empty answer closes the exchange. */
    if (sasl->finished) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_AUTH,
                    "The server went on asking after the login was complete.");
        return false;
    }
    if (scram && sasl->steps == 1 && !check_iterations(challenge, error))
        return false;
    char *answer = NULL;
    int code = gsasl_step64(sasl->session, challenge, &answer);
    sasl->steps++;
    if (code != GSASL_OK && code != GSASL_NEEDS_MORE)
        return fail(error, code, "completed");
    sasl->finished = code == GSASL_OK;
    *ret_answer = g_strdup(answer ? answer : "");
    redact_wipe(answer, answer ? strlen(answer) : 0);
    gsasl_free(answer);
    return true;
}

bool
irc_sasl_finished(const struct irc_sasl *sasl)
{
    return sasl->finished;
}
