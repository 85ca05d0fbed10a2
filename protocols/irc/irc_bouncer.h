/* A bouncer that serves several networks to one login (soju's bouncer-networks, protocol document
 * 1.4). The account's own session is then logged in to the bouncer itself; each network is a leg: a
 * session of its own, on a connection of its own, bound to the network before it registers.
 *
 * To core all of it is one account: a network is a space, and what belongs to a leg carries the
 * leg's id before its own ("3 #lab", "3 maria"), which irc_leg.c puts there and irc_route.c takes
 * away. A leg that is cut comes back by itself; the other legs do not notice. */
#ifndef WEFT_IRC_BOUNCER_H
#define WEFT_IRC_BOUNCER_H

#include <stdbool.h>

#include "base/backoff.h"
#include "protocols/irc/irc_priv.h"

#define IRC_MAX_LEGS        50
#define IRC_MAX_NETID_BYTES 64

#define IRC_CAP_BOUNCER        "soju.im/bouncer-networks"
#define IRC_CAP_BOUNCER_NOTIFY "soju.im/bouncer-networks-notify"

struct irc_leg {
    struct host host;     /* first: what the leg's session is lent */
    struct irc *bouncer;  /* the account's own session */
    struct irc *session;  /* the leg's; owned */
    unsigned number;      /* never given twice: what comes later finds the leg by it */
    char *id;             /* the bouncer's */
    char *name;           /* "libera" */
    char *log_name;       /* "patio/libera" */
    unsigned caps;        /* of this leg; 0: not known yet */
    struct limits limits; /* likewise */
    bool up;              /* between its connect and its end */
    struct backoff backoff;
    unsigned retry_timer;
};

/* --- the networks (irc_bouncer.c) --------------------------------------------------------------
 */

/* BOUNCER NETWORK and the rest. */
void irc_on_bouncer(struct irc *irc, const struct irc_line *line);
/* The connection is registered: asks for the networks when it is one to a bouncer itself. */
void irc_bouncer_ready(struct irc *irc);
/* The connection is over, or the session closes: so are all legs. */
void irc_bouncer_end(struct irc *irc);
/* A leg that is not where it was to be ends, and false. */
bool irc_bouncer_check(struct irc *irc);
/* Says goodbye on all legs. */
void irc_bouncer_disconnect(struct irc *irc, const char *reason);
/* True on the connection to a bouncer itself: it has no channels of its own. */
bool irc_is_bouncer(const struct irc *irc);

struct irc_leg *irc_bouncer_leg(const struct irc *irc, const char *id, size_t len);
struct irc_leg *irc_bouncer_leg_by_name(const struct irc *irc, const char *name, size_t len);
/* What the account can do: whatever one of its connections can. */
void irc_bouncer_tell_caps(struct irc *irc);

/* --- one of them (irc_leg.c) -------------------------------------------------------------------
 */

/* NULL: the options do not fit (said in the log). Does not connect yet. */
struct irc_leg *irc_leg_new(struct irc *bouncer, const char *id, const char *name);
void irc_leg_free(struct irc_leg *leg);
void irc_leg_connect(struct irc_leg *leg);

/* --- from core to the right one (irc_route.c) --------------------------------------------------
 */

/* A buffer as the leg that it belongs to knows it. */
struct irc_part {
    struct irc *session; /* NULL: its network is not connected, or not there any more */
    struct buffer copy;
    const struct buffer *buffer; /* `copy`, or what was given */
};
void irc_route(struct irc *irc, const struct buffer *buffer, struct irc_part *ret_part);

#endif
