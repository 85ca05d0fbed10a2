/* What the targets of whole drivers share: a session over a fake host, told what to do line by
 * line, and what must hold for every driver. An operation that was taken is completed at most once,
 * never from inside the call; the end is told once for each connect, and at once after a
 * disconnect; an event names its conversation, and its kind and time are some. */
#ifndef WEFT_TESTS_FUZZ_LIFE_H
#define WEFT_TESTS_FUZZ_LIFE_H

#include "core/driver.h"
#include "core/host.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/fake_host.h"

struct life {
    struct host_ops ops; /* first: the host's functions find the life by it */
    const struct host_ops *real;
    const struct driver *driver;
    struct fake_host *fake;
    void *session;
    double goodbye_s;                         /* so long an end may take */
    void (*check)(const struct event *event); /* what must hold on this network besides */
    GHashTable *open;                         /* operations that are not completed */
    op_id last_op;
    op_id calling; /* the operation inside whose call we are; 0: none */
    bool connected;
};

/* The session is open and not connected. `driver` to `check` are set, all else is 0. */
void life_begin(struct life *life);
void life_connect(struct life *life);
/* Nothing where it is not connected, both. */
void life_disconnect(struct life *life, const char *reason);
/* When the session is closed. */
void life_end(struct life *life);

/* Before and after the driver is asked for something. */
op_id life_ask(struct life *life);
void life_asked(struct life *life, bool taken);

/* The clock goes on by one of these. */
void life_wait(struct life *life, const int *steps_ms, unsigned n, const char *choice);

/* One line of the input: its first byte, and the rest. After a letter of `raw` these are bytes, and
 * nothing ends them; else valid UTF-8, ended by a NUL. */
typedef void (*life_step_fn)(struct life *life, char letter, const char *text, size_t len);
void life_live(struct life *life, struct fuzz_input *input, unsigned most, const char *raw,
               life_step_fn step);

#endif
