/* The SASL mechanisms that IRC uses (section 1.2), over GNU SASL: which one, and what to answer.
 * The conversation with the server is irc_caps.c (CAP) and irc_login.c. */
#ifndef WEFT_IRC_SASL_H
#define WEFT_IRC_SASL_H

#include <glib.h>
#include <stdbool.h>

#define IRC_SASL_CHUNK            400
#define IRC_SASL_MAX_BYTES        16384 /* of one challenge */
#define IRC_SASL_LEAST_ITERATIONS 4096
/* The key is derived on the main loop, 1.3 us a round here: more would be felt at the keyboard. */
#define IRC_SASL_MOST_ITERATIONS 100000

enum irc_mechanism {
    IRC_SASL_NONE,
    IRC_SASL_PLAIN,
    IRC_SASL_SCRAM,
    IRC_SASL_SCRAM_PLUS,
    IRC_SASL_EXTERNAL,
};

struct irc_sasl_choice {
    const char *wanted;  /* the option: "plain", "scram-sha-256", "external", "password": the best
                            that takes one; or NULL: the best */
    const char *offered; /* "PLAIN,EXTERNAL", or NULL or "": not said */
    bool certificate;    /* a client certificate is set */
    bool password;
    bool safe;        /* TLS, or loopback: a password may be shown */
    bool binding;     /* channel binding data is at hand */
    unsigned refused; /* bits 1 << enum irc_mechanism: tried in vain */
};

/* EXTERNAL > SCRAM-SHA-256-PLUS > SCRAM-SHA-256 > PLAIN. */
enum irc_mechanism irc_sasl_choose(const struct irc_sasl_choice *given);
const char *irc_sasl_name(enum irc_mechanism mechanism);

struct irc_sasl;

/* `binding`: tls-exporter data, for SCRAM-SHA-256-PLUS; also told to the server by plain SCRAM that
 * we could. May be NULL. */
struct irc_sasl *irc_sasl_new(enum irc_mechanism mechanism, const char *user, const char *password,
                              GBytes *binding, GError **error);
void irc_sasl_free(struct irc_sasl *sasl); /* NULL is allowed */

/* Answers a challenge in base64 ("" for "+"). `ret_answer`: base64, "" for "+"; redact_wipe_free().
 * False: `error` AUTH, the exchange must be aborted. */
bool irc_sasl_step(struct irc_sasl *sasl, const char *challenge, char **ret_answer, GError **error);
/* True when the mechanism has come to its end: with SCRAM, when the server has proven that it knows
 * the password too. A success that comes before is a lie. */
bool irc_sasl_finished(const struct irc_sasl *sasl);

#endif
