/* The spans of a message's text, as looks. */
#ifndef WEFT_UI_SPANS_H
#define WEFT_UI_SPANS_H

#include "model/rich.h"
#include "ui/wrap.h"

/* `body` was the last foreign text that was appended to `text`. */
void spans_put(struct styled *text, const struct rich *body);

#endif
