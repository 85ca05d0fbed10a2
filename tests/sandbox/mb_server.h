/* A small Matterbridge for the tests, in this process, on loopback: the API of a version 1.26.0 (or
 * a newer one) with made-up networks behind it. It shares no parser with weft.
 *
 * It runs on a thread and main context of its own; every call here is carried out there and returns
 * when it is done. Strings that are returned are the caller's to g_free().
 *
 * Strict: it forgets what the real one forgets, says yes to what that throws away, and remembers
 * what a client should not have done: mb_server_complaints(). */
#ifndef WEFT_SANDBOX_MB_SERVER_H
#define WEFT_SANDBOX_MB_SERVER_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct mb_server;

struct mb_server_options {
    const char *token; /* NULL: everyone may read and write */
    unsigned buffer;   /* places of the ring until it is first emptied; 0: 10, as afterwards */
    bool newer;        /* a stream notices that its reader has gone, and files are taken */
    bool no_socket;    /* 404 for a websocket */
};

/* NULL options: all defaults. There is one gateway: "commons". */
struct mb_server *mb_server_start(const struct mb_server_options *options);
void mb_server_stop(struct mb_server *server);
uint16_t mb_server_port(const struct mb_server *server);

/* Ends all connections without a word and refuses new ones, until mb_server_up() listens on the
 * same port. The ring is kept, as if the line had been down. */
void mb_server_down(struct mb_server *server);
void mb_server_up(struct mb_server *server);
/* The program has ended and begins anew: the ring is empty, and as large as configured. */
void mb_server_restart(struct mb_server *server);

void mb_server_add_gateway(struct mb_server *server, const char *gateway);
void mb_server_set_token(struct mb_server *server, const char *token);

/* Somebody on a network ("irc.libera") says it. */
void mb_server_say(struct mb_server *server, const char *gateway, const char *account,
                   const char *name, const char *text);
/* The same with more fields, or others: "{\"event\":\"user_action\"}". */
void mb_server_tell(struct mb_server *server, const char *gateway, const char *account,
                    const char *name, const char *text, const char *fields);
/* Sends these bytes to all websockets, as a frame of its own; not into the ring. */
void mb_server_send_raw(struct mb_server *server, const char *text);

enum mb_server_fault {
    MB_FAULT_STATUS, /* this HTTP status, with a page as proxies make them */
    MB_FAULT_DELAY,  /* so many milliseconds later */
    MB_FAULT_LOST,   /* it is carried out, then the connection ends without an answer; 1: and all
                        others do */
    MB_FAULT_HALF,   /* half of the answer, then the connection ends */
    MB_FAULT_TYPE,   /* something on the way changes the content type */
};
/* For the next `times` requests that fit the glob "METHOD /path" (below /api). */
void mb_server_fault(struct mb_server *server, enum mb_server_fault fault, const char *pattern,
                     unsigned times, unsigned value);
void mb_server_heal(struct mb_server *server);
/* Breaks all websockets and streams, without a word. */
void mb_server_drop(struct mb_server *server);

/* How often this was said by the API and has reached the networks behind the gateway. `action`: as
 * /me. The text is a glob. NULL: of whoever, whatever. */
unsigned mb_server_count_said(struct mb_server *server, const char *gateway, const char *name,
                              const char *text, bool action);
/* Likewise, of messages with this picture of who says them. */
unsigned mb_server_count_pictured(struct mb_server *server, const char *gateway, const char *text,
                                  const char *picture);
/* Everything that reached a gateway, one a line: "NAME: TEXT". */
char *mb_server_said_dup(struct mb_server *server, const char *gateway);
/* What was answered with 200 and thrown away. */
unsigned mb_server_thrown_away(struct mb_server *server);
unsigned mb_server_sockets(struct mb_server *server);
/* Streams that take from the ring, with or without somebody who reads them. */
unsigned mb_server_streams(struct mb_server *server);
unsigned mb_server_ring(struct mb_server *server);
/* How many requests fit the glob. */
unsigned mb_server_count(struct mb_server *server, const char *pattern);
char *mb_server_requests_dup(struct mb_server *server);
/* What clients did against the rules, one a line; "" when nothing. */
char *mb_server_complaints(struct mb_server *server);

#endif
