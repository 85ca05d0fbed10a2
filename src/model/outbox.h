/* What the person (or the relay) wants sent: a row that is on disk before anything leaves. */
#ifndef WEFT_MODEL_OUTBOX_H
#define WEFT_MODEL_OUTBOX_H

#include <glib.h>
#include <stdint.h>

#include "model/message.h"

/* Stored: add at the end. */
enum outbox_state {
    OUTBOX_PENDING = 0,
    OUTBOX_SENDING = 1, /* committed before the bytes leave */
    OUTBOX_DONE = 2,
    OUTBOX_FAILED = 3,
    OUTBOX_UNKNOWN = 4, /* left, no answer: look before sending again */
    OUTBOX_DROPPED = 5, /* given up by the person */
};

struct outbox_row {
    int64_t id;
    int64_t account_id;
    int64_t buffer_id; /* also its lane: rows of one lane leave in order */
    int64_t message_id;
    enum message_kind kind; /* TEXT, ACTION or NOTICE */
    enum outbox_state state;
    char *as_name;   /* a copy that is said for somebody else: send_request.as; or NULL */
    char *as_avatar; /* likewise */
    char *mark;      /* a copy: send_request.mark; else NULL */
    char *key;       /* the same after a crash, another for the same text typed twice */
    struct rich *body;
    char *source;     /* as it was typed; NULL: as the body's text is, or not known */
    char *reply_to;   /* remote id, or NULL */
    char *thread;     /* remote id of the root of the thread that it is said in, or NULL */
    GPtrArray *files; /* struct attachment: what is uploaded before it is sent; NULL: none */
    int attempts;
    int64_t created_us;
    int64_t sent_us; /* when it last became SENDING; 0: never */
    char *error;
};

void outbox_row_free(struct outbox_row *row); /* NULL is allowed */

#endif
