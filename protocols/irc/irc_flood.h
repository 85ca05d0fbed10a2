/* Lines that wait to be sent, paced as the server wants (section 8): a bucket and four priorities.
 */
#ifndef WEFT_IRC_FLOOD_H
#define WEFT_IRC_FLOOD_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/bucket.h"

enum irc_priority {
    IRC_URGENT, /* PONG, registration, QUIT: not paced */
    IRC_TEXT,   /* what a person waits for */
    IRC_JOINS,
    IRC_BACKGROUND, /* history, names */
    IRC_PRIORITIES
};

#define IRC_FLOOD_BURST         4
#define IRC_FLOOD_REFILL_US     (2 * G_USEC_PER_SEC)
#define IRC_FLOOD_MAX_LINES     20000
#define IRC_FLOOD_MOST_SLOWNESS 5

struct irc_out_line {
    char *text;          /* without CR LF */
    uint64_t serial;     /* of the operation that it carries; 0: none */
    bool free_of_charge; /* the PING after a text: takes no token */
};

struct irc_flood {
    GQueue queues[IRC_PRIORITIES]; /* struct irc_out_line */
    struct bucket bucket;
    bool paced;
    unsigned slowness; /* how often the pace was halved */
};

void irc_flood_init(struct irc_flood *flood, bool paced, int64_t now_us);
/* Frees what waits. */
void irc_flood_clear(struct irc_flood *flood);
/* Off, or on at the pace of its slowness. */
void irc_flood_set_paced(struct irc_flood *flood, bool paced, int64_t now_us);
/* The server complained: half the pace from now on, at most 32 times slower. */
void irc_flood_slow_down(struct irc_flood *flood, int64_t now_us);

/* Takes `text`. False (and freed) when too much waits. */
bool irc_flood_push(struct irc_flood *flood, enum irc_priority priority, char *text_take,
                    uint64_t serial, bool free_of_charge);
/* The next line that may leave now, or NULL. Joins and background leave one token of the bucket for
 * a line that is typed. The caller frees it by irc_out_line_free(). */
struct irc_out_line *irc_flood_pop(struct irc_flood *flood, int64_t now_us);
/* Microseconds until a line may leave; -1: nothing waits. */
int64_t irc_flood_wait_us(struct irc_flood *flood, int64_t now_us);
/* Takes the lines of an operation out. True when one was there. */
bool irc_flood_remove(struct irc_flood *flood, uint64_t serial);
void irc_out_line_free(struct irc_out_line *line); /* NULL is allowed */

#endif
