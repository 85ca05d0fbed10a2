/* What reading and writing must agree on. */
#ifndef WEFT_PROTOCOLS_MARKDOWN_PRIV_H
#define WEFT_PROTOCOLS_MARKDOWN_PRIV_H

#include <stddef.h>

#include "protocols/common/markdown.h"

/* How much of a link that stands in the text is its own: marks around it are not, nor what a
 * backslash keeps. */
size_t markdown_own_link(const char *link, size_t len);

enum piece_kind {
    PIECE_TEXT,
    PIECE_MARKS, /* a run of one mark; what is not used stays in the text */
    PIECE_SPAN,  /* text with a span over it */
    PIECE_OPEN,  /* begins a link; its end is `other` */
    PIECE_CLOSE,
};

struct piece {
    enum piece_kind kind;
    const char *text; /* of the source, or `own` */
    size_t len;
    char *own;
    enum span_kind span;      /* SPAN */
    char *data;               /* SPAN, OPEN */
    unsigned other;           /* OPEN */
    bool can_open, can_close; /* MARKS */
};

/* A span whose ends are places in the output: pieces and marks used before it there. */
struct pair {
    unsigned open, close; /* pieces */
    enum span_kind kind;
};

struct reader {
    const struct markdown_words *words;
    GString *out;
    GArray *spans;  /* struct span, of `out` */
    GArray *pieces; /* struct piece, of the block at hand */
    GArray *pairs;  /* struct pair, likewise */
};

/* Adds the pieces of [from, end) to those at hand. What stands before `from` begins at `start`.
 * In a link there are no links. */
void markdown_read_inline(struct reader *reader, const char *start, const char *from,
                          const char *end, bool in_link);
/* How many bytes at `at` are the same. */
size_t markdown_run_of(const char *at, const char *end);

#endif
