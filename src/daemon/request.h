/* One line of the control socket, read strictly. docs/control.md tells the protocol. */
#ifndef WEFT_DAEMON_REQUEST_H
#define WEFT_DAEMON_REQUEST_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REQUEST_PROTOCOL       1           /* what "weft" counts */
#define REQUEST_MAX_LINE_BYTES (64 * 1024) /* without its end */

enum request_kind {
    REQUEST_HELLO,
    REQUEST_SEND,
    REQUEST_TAIL,
    REQUEST_STOP,
    REQUEST_QUERY,
    REQUEST_RELAY,
    REQUEST_JOIN,
    REQUEST_CONNECT,
    REQUEST_DISCONNECT,
    REQUEST_FIGURES,
    REQUEST_PAGE,
    REQUEST_RELOAD,
    REQUEST_QUIT,
    REQUEST_KIND_N
};

/* Texts that were not given are NULL, numbers 0, flags false (`follow`: true). All valid UTF-8. */
struct request {
    enum request_kind kind;
    char *id;        /* as it goes into the answer: a number, or a string with its quotes */
    char *to;        /* send, join: an address */
    char *text;      /* send */
    char *in;        /* tail, query search: an address; NULL: all */
    char *since;     /* tail: as `weft export --since` */
    char *what;      /* query, relay */
    char *words;     /* query search, relay make, add, drop, set */
    char *account;   /* connect, disconnect: its name */
    char *gateway;   /* relay; NULL: all, where that can be meant */
    char *of;        /* stop: the id of the tail, as `id` */
    int64_t message; /* query message, relay why */
    int64_t limit;   /* query search: at most so many; 0: as many as usual */
    int64_t weft;    /* hello: the client's number of the protocol */
    bool yes;        /* relay make, add, drop, set, end: it is done, not only told */
    bool dry;        /* reload: only told */
    bool wait;       /* send: answers when the network has it */
    bool follow;     /* tail: goes on with what is said from now on */
    bool joins;      /* tail: also who comes, goes and changes */
};

/* NULL and `error`: PROTOCOL (no JSON), BAD_INPUT (what is missing, unknown or of the wrong kind,
 * in a sentence), TOO_LARGE, UNSUPPORTED. `ret_id` is set in any case: the id, when there was one,
 * else "null"; g_free(). */
struct request *request_read(const char *line, size_t len, char **ret_id, GError **error);
void request_free(struct request *request); /* NULL is allowed */

#endif
