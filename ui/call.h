/* What the person is told outside of weft's window: the words of it. Whatever shows them, a
 * terminal, a desktop or a program, gets text without controls, of bounded length. */
#ifndef WEFT_UI_CALL_H
#define WEFT_UI_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/core.h"
#include "text/display.h"

#define CALL_TITLE_CHARS 80
#define CALL_BODY_CHARS  200

enum call_urgency { CALL_LOW, CALL_NORMAL, CALL_CRITICAL };

/* How much may leave weft. */
enum call_show { CALL_SHOW_MESSAGE, CALL_SHOW_SENDER, CALL_SHOW_NOTHING };

struct call {
    char *title;
    char *body; /* may be "" */
    enum call_urgency urgency;
    /* For the person's own program; "" where there is none, or it may not leave. */
    const char *kind; /* "mention", "direct", "message", "summary" */
    char *sender;
    char *address; /* of the buffer */
};

/* `n` messages of one buffer, `message` the last of them, `mentions` of them mentions. */
struct call *call_new(struct core *core, const struct message *message, unsigned n,
                      unsigned mentions, enum call_show show);

/* Several buffers in one. */
struct call_sum {
    int64_t buffer_id;
    unsigned n, mentions;
};
/* `why`: " while you were away". `sums`: struct call_sum; those that count most are named. */
struct call *
call_new_summary(struct core *core, const GArray *sums, const char *why, enum call_show show);

void call_free(struct call *call); /* NULL is allowed */

/* What may be shown of a text in one line: at most so many characters, the last then "…". g_free().
 */
char *call_text(const char *text, enum display_mode mode, unsigned chars);

#endif
