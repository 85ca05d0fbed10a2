/* Inside the sandbox's Matterbridge: everything here runs on the server's thread. */
#ifndef WEFT_SANDBOX_MB_PRIV_H
#define WEFT_SANDBOX_MB_PRIV_H

#include "tests/sandbox/mb_server.h"
#include "tests/sandbox/web.h"

#include <json-glib/json-glib.h>

#define MB_SMALL_RING 10
#define MB_ACCOUNT    "api.weft"

/* What the API said, and the networks got. */
struct mb_said {
    char *gateway, *name, *picture, *text;
    bool action;
};

struct mb_server {
    struct mb_server_options options;
    char *token;
    uint16_t port;
    GMainContext *context;
    struct thread_loop *loop;
    SoupServer *soup;     /* NULL: it is down */
    GPtrArray *gateways;  /* char * */
    GQueue ring;          /* char *: messages, oldest first */
    unsigned places;      /* of the ring */
    unsigned nanoseconds; /* makes each time another */
    GPtrArray *sockets;   /* SoupWebsocketConnection */
    GPtrArray *streams;   /* struct mb_stream */
    GPtrArray *delayed;   /* struct mb_delayed */
    GPtrArray *faults;    /* web.h */
    GPtrArray *said;      /* struct mb_said */
    GPtrArray *requests;  /* char * */
    GPtrArray *complaints;
    unsigned thrown_away;
};

typedef void (*mb_call_fn)(struct mb_server *server, void *arguments);
/* Carries it out on the server's thread. */
void mb_call(struct mb_server *server, mb_call_fn fn, void *arguments);

void mb_complain(struct mb_server *server, const char *format, ...) G_GNUC_PRINTF(2, 3);
bool mb_fault_take(struct mb_server *server, enum mb_server_fault kind, const char *line,
                   unsigned *ret_value);
/* A time of its own, with nanoseconds. g_free(). */
char *mb_now(struct mb_server *server);
char *mb_text_of(JsonObject *object);
/* Into the ring, and to all sockets. */
void mb_give(struct mb_server *server, const char *message);

/* mb_http.c */
void mb_http_add(struct mb_server *server);
/* To all sockets that are open. */
void mb_http_send(struct mb_server *server, const char *text);
/* All connections end; streams of an old server go on without their readers. */
void mb_http_cut(struct mb_server *server);
/* Nothing of it is left. */
void mb_http_forget(struct mb_server *server);

/* mb_post.c */
void mb_post(struct mb_server *server, SoupServerMessage *msg, const char *line);

#endif
