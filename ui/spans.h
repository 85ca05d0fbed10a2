/* The spans of a message's text, as looks. */
#ifndef WEFT_UI_SPANS_H
#define WEFT_UI_SPANS_H

#include "model/rich.h"
#include "ui/wrap.h"
#include <stdbool.h>

/* `body` was the last foreign text that was appended to `text`. What of it is a link without being
 * marked as one becomes one, too. Spoilers are hidden unless `revealed`; true: there are some. */
bool spans_put(struct styled *text, const struct rich *body, bool revealed);

/* Marked as one, or text in the colour of its ground, as those do who have no other way. */
bool span_is_spoiler(const struct span *span);
/* A link of a text: bytes of it, and where it leads. */
struct span_link {
    size_t start, end;
    char *target;   /* by text/link.h */
    bool is_named;  /* what is shown is another text than where it leads */
    bool is_hidden; /* in a spoiler */
};

/* The links of a text in their order, in code too: struct span_link, to be unref'd. */
GArray *spans_links(const struct rich *body);

/* The text with "▒" for each character of a spoiler: for places that show a piece of it. g_free().
 */
char *spans_without_spoilers(const struct rich *body);

#endif
