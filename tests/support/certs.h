/* Certificates for tests: one throw-away authority a call, in a temporary folder of its own.
 *
 * Every path is a PEM file; those of servers and clients hold the certificate and its key. */
#ifndef WEFT_TESTS_SUPPORT_CERTS_H
#define WEFT_TESTS_SUPPORT_CERTS_H

struct certs {
    char *folder;
    char *ca;          /* the authority, certificate only */
    char *other_ca;    /* another authority, certificate only */
    char *server;      /* good for localhost, irc.sandbox, 127.0.0.1 and ::1 */
    char *wrong_name;  /* good, but for elsewhere.example */
    char *expired;     /* for localhost, ended in 2021 */
    char *future;      /* for localhost, begins in 2090 */
    char *self_signed; /* for localhost, signed by itself */
    char *unknown;     /* for localhost, signed by other_ca */
    char *client;      /* for a client named "weaver", signed by ca */
};

/* NULL when the openssl command is not installed: then skip the test. Any other failure ends the
 * program. */
struct certs *certs_new(void);
/* Removes the folder as well. NULL is allowed. */
void certs_free(struct certs *certs);

/* SHA-256 of the certificate in DER, in lower-case hex without colons. Free with g_free(). */
char *certs_fingerprint(const char *path);

#endif
