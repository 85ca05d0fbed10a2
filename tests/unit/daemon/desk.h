/* A running core (tests/unit/core/scene.h) that is served at a control socket, programs that talk
 * to it over the real socket, and a relay that says what the test says. */
#ifndef WEFT_TESTS_UNIT_DAEMON_DESK_H
#define WEFT_TESTS_UNIT_DAEMON_DESK_H

#include "core/relaying.h"
#include "daemon/control.h"
#include "tests/unit/core/scene.h"

#define DESK_WAIT_MS 20000

struct desk {
    struct scene *scene;
    struct clock *clock; /* of the sockets: the machine's */
    struct net_ops *net;
    char *run_dir;
    struct control *control;
    /* The relay. */
    struct core_relay relay;
    GPtrArray *legs; /* struct relay_leg, copied when it is asked */
    GString *relay_calls;
    bool relay_refuses;
};

struct desk *desk_new(void);
void desk_free(struct desk *desk);
/* Says something there as somebody else. */
void desk_hear(struct desk *desk, const char *conversation, const char *text, int64_t time_us);
/* Lends the relay, with two gateways. */
void desk_relay(struct desk *desk);
void desk_add_leg(struct desk *desk, const char *gateway, const char *address,
                  enum relay_direction direction, enum relay_state state);
/* The driver completes the last send. */
void desk_sent(struct desk *desk, const char *remote_id);
void desk_failed(struct desk *desk, const char *why);
/* Turns everything once. */
void desk_turn(struct desk *desk);

/* A program at the socket. */
struct peer {
    struct desk *desk;
    struct stream *stream;
    GString *got;
    char *line; /* the last */
    bool up, over;
    GError *error;
};
struct peer *peer_new(struct desk *desk); /* after the greeting */
struct peer *peer_new_bare(struct desk *desk);
/* At a port. */
struct peer *peer_new_at(struct desk *desk, uint16_t port);
void peer_free(struct peer *peer);
void peer_say(struct peer *peer, const char *line); /* with its end */
/* The next line, without its end; NULL: the connection ended. The peer's. */
const char *peer_line(struct peer *peer);
/* Says it and gives the next line. */
const char *peer_ask(struct peer *peer, const char *line);
/* Waits until the other end has closed. */
void peer_wait_end(struct peer *peer);
/* The line holds this. */
void assert_has(const char *line, const char *part);

#endif
