/* Where a relay is killed by SIGKILL: at the N-th write or send that its process makes. The program
 * that links this has its own write, pwrite, fdatasync, send and their like, which count, die when
 * it is time, and else do what the system's do. */
#ifndef WEFT_TESTS_RELAY_KILL_POINT_H
#define WEFT_TESTS_RELAY_KILL_POINT_H

#include <stdbool.h>

/* What is counted: all that others can see, or one kind of it. */
enum kill_kind {
    KILL_ANY,
    KILL_SEND, /* bytes to a network */
    KILL_LOG,  /* a page into the write-ahead log */
    KILL_SYNC, /* the log, or the store, is made to last */
    KILL_FILE, /* a page out of the log into the store: a checkpoint */
    KILL_N
};

/* `WEFT_KILL=KIND N AFTER`: it dies at the N-th of the kind, before it or (1) after it, and counts
 * from the first on or (the fourth word is "armed") from kill_arm() on. Not set: never. */
#define KILL_VARIABLE "WEFT_KILL"
void kill_arm(void);

#endif
