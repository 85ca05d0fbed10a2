/* The relay as the screen, the commands and the control socket see it. The relay (src/relay) fills
 * this table and lends it to core, as the screen does with its own (core_set_front): nobody but
 * src/app.c knows both. */
#ifndef WEFT_CORE_RELAYING_H
#define WEFT_CORE_RELAYING_H

#include "core/core.h"

/* Where core is read-only: what `legs` tells is what the configuration says, and no more. */
#define RELAY_ELSEWHERE                                                                            \
    "Another weft runs this profile: \"weft ctl relay status\" shows how it goes."

enum relay_direction {
    RELAY_IN = 1,  /* what is said there goes to the other legs */
    RELAY_OUT = 2, /* what is said in the other legs goes there */
    RELAY_INOUT = 3,
};

enum relay_state {
    RELAY_RUNS,
    RELAY_PAUSED,  /* by the person */
    RELAY_TRIPPED, /* by the breaker: `error` says why */
    RELAY_WAITS,   /* the account or the conversation is not there now; `error` says which */
    RELAY_OFF,     /* `enable = off`: only the configuration begins it again */
    RELAY_REFUSED, /* it cannot be a leg as it is (a private channel, no such account, …); `error`
                      says why, and waiting does not help */
};

/* One leg of a gateway, now. */
struct relay_leg {
    char *gateway;
    char *address;
    int64_t buffer_id; /* 0: there is no such buffer (yet), or none that may be joined */
    enum relay_direction direction;
    enum relay_state state;
    unsigned waiting;  /* tasks in its lane, and copies under way */
    unsigned unknown;  /* copies of which nobody knows whether they arrived */
    unsigned given_up; /* tasks that will not be tried again by themselves */
    int64_t oldest_us; /* age of the oldest that waits; 0: none */
    int64_t lag_us;    /* of the last copies that arrived: the median time they took; 0: none yet */
    uint64_t sent, failed; /* copies since weft runs */
    unsigned per_minute;   /* copies that arrived within the last minute */
    char *error;           /* why nothing crosses, or what went wrong last; NULL: all is well */
    int64_t error_us;      /* when a copy or a task last went wrong, wall time; 0: never */
};
void relay_leg_free(struct relay_leg *leg);

struct core_relay {
    void *user;
    /* In the order of the configuration; struct relay_leg, owned by the caller. */
    GPtrArray *(*legs)(void *user);
    /* What became of a message: lines of text, for a person. NULL: it is not here. g_free(). */
    char *(*why)(void *user, int64_t message_id);
    /* "/relay ARGUMENTS" as typed behind the name; NULL: none. False: a sentence. What it answers
     * is said in the buffer. */
    bool (*command)(void *user, int64_t buffer_id, const char *arguments, GError **error);
    /* Is this buffer a leg of a gateway that runs? */
    bool (*relays)(void *user, int64_t buffer_id);
    /* What "/relay WHAT GATEWAY WORDS" would change, WHAT being make, add, drop, set or end: told
     * in `ret_text` for a person; with `does` it is done, and `ret_text` tells so. `gateway`,
     * `words` NULL: none. What /relay yes would do stays as it is. False: a sentence says why not,
     * or that it is written and not in force. */
    bool (*change)(void *user, const char *what, const char *gateway, const char *words, bool does,
                   char **ret_text, GError **error);
    /* Pause, go on (also after the breaker), try again what was given up. `gateway` NULL: all. */
    bool (*pause)(void *user, const char *gateway, bool paused, GError **error);
    bool (*retry)(void *user, const char *gateway, GError **error);
};
/* Borrowed, until it is taken back with NULL. Changes of what `legs` tells come as NOTICE_RELAY, at
 * most a few times a second. */
void core_set_relay(struct core *core, const struct core_relay *relay);
const struct core_relay *core_relay(struct core *core); /* NULL: there is none */

#endif
