/* The picture of one gateway: its channels as threads that cross the warp. Private to page.c. */
#ifndef WEFT_DAEMON_PAGE_DRAW_H
#define WEFT_DAEMON_PAGE_DRAW_H

#include "core/relaying.h"

/* Text for HTML and SVG: made fit to be drawn, at most so many columns, escaped. */
void page_put_text(GString *out, const char *text, int cols);

/* What is known of where a leg is. -1: not known. */
int page_leg_people(struct core *core, const struct relay_leg *leg);
/* An <svg>. `legs`: struct relay_leg, all of one gateway, `n` from `first` on. */
void page_draw(GString *out, struct core *core, const GPtrArray *legs, guint first, guint n);
/* "0.2 s", "3 min", "2 h". */
void page_put_span(GString *out, int64_t us);

#endif
