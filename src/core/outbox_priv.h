/* What the files of the outbox share: outbox.c (the way out), outbox_add.c (into it),
 * outbox_decide.c (what the person decides of what is still here), outbox_files.c (the files of a
 * message). */
#ifndef WEFT_OUTBOX_PRIV_H
#define WEFT_OUTBOX_PRIV_H

#include "core/engine.h"

/* A mark costs a sync of the disk, and so many copies share one. */
#define OUTBOX_AHEAD_MOST 16

enum phase {
    PHASE_WAITS,    /* for its turn */
    PHASE_UPLOADS,  /* its files are brought over first; what follows does not wait for that */
    PHASE_MARKING,  /* "sending" is being committed */
    PHASE_MARKED,   /* it was, ahead of its turn */
    PHASE_HANDED,   /* the driver has it */
    PHASE_SETTLING, /* its end is being committed */
    PHASE_RESTS,    /* failed or unknown: waits for the person, or for what catching up finds */
};

struct out_row {
    struct core *core;
    struct room *room;
    struct outbox_row *row;
    enum phase phase;
    op_id op;
    unsigned timer;
    bool resend;           /* it may have left before */
    bool looks;            /* unknown, and catching up may tell */
    bool blocks;           /* what comes after it in the lane waits for that */
    bool ahead;            /* MARKING, MARKED: nothing hands it over but its turn */
    bool withdrawn;        /* by the person, before it left: the driver gives it back */
    bool held;             /* it was not found, and may still come: the timer runs */
    int64_t first_sent_us; /* 0: never */
    int64_t sort_key;      /* where it stands; 0: not known */
    uint64_t transfer;     /* UPLOADS: of the file that is under way */
};

struct lane {
    GQueue rows;         /* struct out_row, in the order of their ids */
    int in_flight;       /* being marked in their turn, or with the driver */
    int ahead;           /* marked, or being marked, ahead of it */
    int promised;        /* being added with their marks */
    unsigned hold_timer; /* the network wants a pause */
};

/* Made when it is first asked for. */
struct lane *outbox_lane(struct room *room);

/* Its end is written, or that it waits again; it is under way no more. */
void outbox_set_state(struct out_row *out, enum outbox_state state, const char *error);

/* A file of it has no id of the network's yet. */
bool outbox_files_missing(const struct outbox_row *row);
/* They are brought over, one after the other; then it waits for its turn again. */
void outbox_files_start(struct out_row *out);
/* Not any more. */
void outbox_files_stop(struct out_row *out);

#endif
