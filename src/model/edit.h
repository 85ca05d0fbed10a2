/* A change of a message of our own: on disk before it leaves, like what is said. */
#ifndef WEFT_MODEL_EDIT_H
#define WEFT_MODEL_EDIT_H

#include <glib.h>
#include <stdint.h>

#include "model/rich.h"

/* Stored: add at the end. */
enum edit_state {
    EDIT_WAITS = 0,   /* for the network */
    EDIT_SENDING = 1, /* committed before the bytes leave: it may have arrived */
    EDIT_FAILED = 2,  /* refused; `error` says why. The text stays until it is typed anew */
    EDIT_DONE = 3,    /* never stored: the network has it, and the message says it */
    EDIT_DROPPED = 4, /* likewise: given up by the person */
};

struct edit {
    int64_t id;
    int64_t account_id;
    int64_t buffer_id;
    int64_t message_id;
    enum edit_state state;
    struct rich *body;
    char *source; /* as it was typed; NULL: as the body's text is */
    char *base;   /* what the message said when it was typed */
    int64_t created_us;
    char *error;
};
void edit_free(struct edit *edit); /* NULL is allowed */

/* What a message said before. */
struct revision {
    int64_t until_us; /* when something else took its place */
    struct rich *body;
};
void revision_free(struct revision *revision); /* NULL is allowed */

#endif
