/* The text of a search taken apart: a pure function. What the parts mean here (which buffer is
 * "#lab") is core/search.c's. The language stands in core/search.h. */
#ifndef WEFT_CORE_SEARCH_QUERY_H
#define WEFT_CORE_SEARCH_QUERY_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/driver.h"

#define SEARCH_MAX_BYTES 4000
#define SEARCH_MAX_PARTS 64

struct search_query {
    GPtrArray *words; /* struct search_word */
    char *from;       /* NULL: anybody */
    GPtrArray *in;    /* char *: names, accounts, addresses, "here"; empty: everywhere */
    int64_t after_us; /* 0: no limit */
    int64_t before_us;
    bool empty; /* nothing is asked for (yet) */
};

/* `typing`: the last word may be the beginning of one, and a part that has no value yet does not
 * count. NULL and BAD_INPUT: a sentence that names the part. `text` need not be valid UTF-8. */
struct search_query *
search_query_parse(const char *text, int64_t now_us, bool typing, GError **error);
void search_query_free(struct search_query *query); /* NULL is allowed */

#endif
