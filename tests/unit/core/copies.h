/* Two networks with #lab, and copies that go from the first to the second: for the tests of what
 * the relay asks of core. */
#ifndef WEFT_TESTS_UNIT_CORE_COPIES_H
#define WEFT_TESTS_UNIT_CORE_COPIES_H

#include "core/copy.h"
#include "tests/unit/core/fake.h"

#define COPIES_NAMES 40 /* bytes of another name */

/* What a callback was told. */
struct copies_answer {
    unsigned calls;
    bool added;
    int code; /* -1: no error */
};

/* A copy_done_fn; `user` is a struct copies_answer. */
void copies_on_done(struct core *core, const GError *error, void *user);

int64_t copies_lab(struct fake *fake, unsigned i);
struct fake_session *copies_session_at(struct fake *fake, unsigned i);
void copies_come_online(struct fake *fake, unsigned i);
/* Two networks; all that is said in #lab of the first is to be said in that of the second. */
struct fake *copies_joined(void);
/* Uma says it in the first; its row. */
int64_t copies_uma_says(struct fake *fake, const char *id, const char *text);
GPtrArray *copies_tasks(struct fake *fake);
unsigned copies_n_tasks(struct fake *fake);
/* Not on the disk yet. */
void
copies_add_soon(struct fake *fake, int64_t source, const char *text, struct copies_answer *answer);
void copies_add(struct fake *fake, int64_t source, const char *text, struct copies_answer *answer);
/* The message that stands for it; unref. */
struct message *copies_of(struct fake *fake, int64_t source, unsigned part);
int64_t copies_id(struct fake *fake, int64_t source);
void copies_lose(struct fake *fake, unsigned i);
void copies_come_back(struct fake *fake, unsigned i);

#endif
