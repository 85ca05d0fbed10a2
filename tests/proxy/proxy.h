/* A TCP proxy for the tests, with the faults that networks have (the list is toxiproxy's).
 *
 * It runs on a thread of its own, listens on loopback on a port that the kernel gives, and passes
 * on to one port of this machine. Faults are set while connections stand and touch them at once, as
 * well as those to come. Every call returns when it has taken effect. */
#ifndef WEFT_TESTS_PROXY_H
#define WEFT_TESTS_PROXY_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct proxy;

enum proxy_way { PROXY_UP = 1, PROXY_DOWN = 2, PROXY_BOTH = 3 }; /* UP: from who connects */

enum proxy_corrupt { PROXY_FLIP, PROXY_INSERT, PROXY_DROP };

/* All 0: no fault. */
struct proxy_faults {
    unsigned latency_ms; /* of every byte */
    unsigned jitter_ms;  /* and at random up to so much more; the order is kept */
    unsigned bytes_per_s;
    unsigned slice_bytes; /* at most so many are passed on at a time, */
    unsigned slice_us;    /* with this pause between two slices */
    /* Passes nothing on, takes nothing, tells of no end: a cable that was pulled. */
    bool hole;
    unsigned close_ms; /* the end of one side is told to the other so late */
    /* The connection is cut after so many more bytes; used up by one cut. */
    uint64_t cut_after_bytes;
    unsigned corrupt_every; /* the last of every so many bytes is not as it was */
    enum proxy_corrupt corrupt;
};

/* Passes on to this port of 127.0.0.1. `seed`: of jitter and of what is put in. Aborts the test
 * when it cannot listen. */
struct proxy *proxy_start(uint16_t port, guint32 seed);
/* Resets what stands. NULL is allowed. */
void proxy_stop(struct proxy *proxy);
uint16_t proxy_port(const struct proxy *proxy);

/* Takes the place of what was set for this way. NULL: no fault. */
void proxy_set(struct proxy *proxy, enum proxy_way way, const struct proxy_faults *faults);
/* No new connections: the port is closed. */
void proxy_refuse(struct proxy *proxy, bool refuse);
/* No fault in either way, new connections are let in. */
void proxy_heal(struct proxy *proxy);

/* Ends all connections in order (FIN), both sides; what is under way is lost. */
void proxy_cut(struct proxy *proxy);
/* Ends them by RST. */
void proxy_reset(struct proxy *proxy);

unsigned proxy_connections(struct proxy *proxy);                /* that stand */
unsigned proxy_accepted(struct proxy *proxy);                   /* in all */
uint64_t proxy_passed(struct proxy *proxy, enum proxy_way way); /* bytes; of one way */

#endif
