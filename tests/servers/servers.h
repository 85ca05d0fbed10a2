/* Real servers for the tests: each runs as a child of the test in a scratch folder, on loopback, on
 * ports that the kernel gave, and is ended by its pid. It dies with the test, a crash of the test
 * included.
 *
 * The programs are the unpacked Debian packages under $WEFT_TEST_SERVERS (tests/servers/unpack);
 * nothing of the machine's own services is used or touched. All calls block, at most
 * SERVER_DEADLINE_US, so they are made between turns of the loop, not from inside it. A start is
 * done when a registration was answered. */
#ifndef WEFT_TESTS_SERVERS_H
#define WEFT_TESTS_SERVERS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define SERVER_DEADLINE_US (20 * G_USEC_PER_SEC)

enum server_kind {
    SERVER_INSPIRCD,       /* tags, echo, labels, account, chanhistory; no SASL */
    SERVER_INSPIRCD_ANOPE, /* the same with NickServ and SASL PLAIN and EXTERNAL */
    SERVER_NGIRCD,         /* multi-prefix and nothing else */
    SERVER_KIND_N
};

struct server_options {
    enum server_kind kind;
    const char *cert_file; /* PEM for localhost, absolute paths; NULL: no TLS port */
    const char *key_file;
    const char *password; /* clients must send it with PASS; NULL: none */
    bool late_services; /* INSPIRCD_ANOPE: services come with the first server_restart_services() */
    bool default_limits; /* the server's own flood limits; else raised so that a suite is not
                            throttled */
};

struct server;

/* "inspircd", "inspircd+anope", "ngircd": for test names and for $WEFT_SERVERS. */
const char *server_kind_name(enum server_kind kind);

/* True when $WEFT_SERVERS (words; unset or empty: all) names it: "inspircd" asks for
 * "inspircd+anope" as well. */
bool server_wanted(const char *name);

/* True when the programs are at hand and server_wanted() says so of this
 * kind. Else false, and a sentence for g_test_skip() (g_free it). */
bool server_kind_available(enum server_kind kind, char **ret_why_not);

/* Starts and waits until it answers. NULL and `error` (G_IO_ERROR) with the end of its log when it
 * does not. */
struct server *server_start(const struct server_options *options, GError **error);

uint16_t server_port(const struct server *server);     /* plain */
uint16_t server_tls_port(const struct server *server); /* 0: none */

/* SIGKILL: as a machine that loses power in mid-conversation. Ports and data are kept; services, if
 * any, are ended in order, so that they save the accounts. */
void server_kill(struct server *server);
/* Starts a killed server again on the same ports with the same data. */
bool server_restart(struct server *server, GError **error);

/* Only INSPIRCD_ANOPE: ends and starts the services alone. (InspIRCd 3 announces SASL with CAP NEW
 * when services link for the first time; it keeps offering it, and says nothing, while they are
 * away.) */
void server_kill_services(struct server *server);
bool server_restart_services(struct server *server, GError **error);

/* What the programs wrote, for a failed test's output. Free with g_free(). */
char *server_log_dup(const struct server *server);

/* Ends the processes and removes the scratch folder. NULL is allowed. */
void server_stop(struct server *server);

#endif
