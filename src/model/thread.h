/* A thread: a root and the replies under it, on whatever network. */
#ifndef WEFT_MODEL_THREAD_H
#define WEFT_MODEL_THREAD_H

#include <stdbool.h>
#include <stdint.h>

#include "model/message.h"

struct thread {
    int64_t buffer_id;
    char *root;         /* remote id of the message that began it */
    unsigned replies;   /* by the network's word, else as many as are stored */
    int64_t last_us;    /* time of the newest reply; 0: none */
    char *last_name;    /* who said that, where it is stored; or NULL */
    char *people;       /* names of those who took part, a line each; or NULL */
    bool followed;      /* what is new in it is the person's business */
    bool told;          /* the network keeps what is followed and read of it */
    unsigned unread;    /* replies that count */
    unsigned mentions;  /* … and call the person */
    int64_t read_key;   /* sort key up to which it is read; 0: nothing */
    struct message *at; /* the root itself; NULL: it is not here */
};

void thread_free(struct thread *thread); /* NULL is allowed */

#endif
