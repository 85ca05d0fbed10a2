/* What the files of the control socket share: control.c (clients, lines), control_send.c,
 * control_tail.c, control_query.c, control_relay.c, control_join.c. */
#ifndef WEFT_DAEMON_CONTROL_PRIV_H
#define WEFT_DAEMON_CONTROL_PRIV_H

#include "daemon/control.h"
#include "daemon/request.h"

/* Of what a client has not read yet. */
#define OUT_PAUSE_BYTES (256 * 1024)      /* no further request is looked at */
#define OUT_TAIL_BYTES  (1024 * 1024)     /* its tails are ended */
#define OUT_MOST_BYTES  (8 * 1024 * 1024) /* it is cut off */

struct control {
    struct core *core;
    struct net_ops *net;
    const char *version;
    bool headless;
    int64_t started_us; /* wall time */
    struct listener *listener;
    unsigned subscription;
    GPtrArray *clients; /* struct client */
    GPtrArray *sends;   /* struct sending: what has not been answered */
};

struct client {
    struct control *control;
    struct stream *stream;
    GString *in;   /* of a line that has not ended, and lines that wait */
    size_t in_at;  /* bytes of `in` that are done, amid client_turn() */
    bool skipping; /* the rest of a line that was too long */
    bool refused;  /* one too many: it is only told so */
    bool busy;     /* inside client_turn() */
    bool cut;      /* to be freed when nothing of it is on the stack */
    GString *out;
    size_t out_at;    /* bytes of `out` that are handed over */
    GPtrArray *tails; /* struct tail */
    GPtrArray *finds; /* struct finding */
    GPtrArray *joins; /* struct joining */
    unsigned waits;
};

/* --- control.c --- */

/* One line, with its end, which is put behind it. */
void client_write(struct client *client, const GString *line);
size_t client_backlog(const struct client *client);
/* {"id":ID,"ok":true MEMBERS} ; `members` begins with a comma, or is "". */
void client_answer(struct client *client, const char *id, const char *members);
void client_refuse(struct client *client, const char *id, const GError *error);
/* One more that waits; false: that is too many, and it was told so. */
bool client_may_wait(struct client *client, const char *id);

/* ,"NAME":"TEXT"; nothing for NULL. */
void control_put_text(GString *out, const char *name, const char *text);
void control_put_number(GString *out, const char *name, int64_t number);
void control_put_flag(GString *out, const char *name, bool flag); /* nothing when it is false */
/* ,"in":ADDRESS,"NAME":{…} */
void control_put_message(GString *out, struct core *core, const char *name,
                         const struct message *message);

/* --- each its requests; `request` is borrowed --- */

void control_send(struct client *client, const struct request *request);
void control_send_notice(struct control *control, const struct notice *notice);
void control_send_forget(struct control *control, const struct client *client); /* NULL: all */

struct tail;
void control_tail(struct client *client, const struct request *request);
void control_stop(struct client *client, const struct request *request);
void control_tail_notice(struct client *client, const struct notice *notice);
/* The client has room: what is stored goes on. */
void control_tail_go_on(struct client *client);
void tail_free(void *tail);

void control_query(struct client *client, const struct request *request);
void finding_free(void *finding);

void control_relay(struct client *client, const struct request *request);

void control_join(struct client *client, const struct request *request);
void joining_free(void *joining);
void control_connect(struct client *client, const struct request *request);
void control_disconnect(struct client *client, const struct request *request);

#endif
