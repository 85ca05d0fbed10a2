/* Messages as plain lines for the terminal's own copying: "11:42 <maria> text", in the whole width,
 * a long one broken only where the row is full. What comes later moves nothing. */
#ifndef WEFT_UI_BARE_H
#define WEFT_UI_BARE_H

#include <glib.h>
#include <stdbool.h>

#include "model/message.h"
#include "ui/draw.h"

struct bare;

/* One message as such a line, for the clipboard, to be cleaned there: "11:42 <maria> text".
 * g_free().
 */
char *bare_plain(GTimeZone *zone, const struct message *message);

/* Takes a reference to `zone`. */
struct bare *bare_new(GTimeZone *zone);
void bare_free(struct bare *bare);

/* False: it is left out, as who comes, goes or changes names. */
bool bare_wants(const struct message *message);
/* Adds messages (struct message, oldest first) above those that are there. */
void bare_add_above(struct bare *bare, const GPtrArray *messages);
/* Another state of one of them; others are passed over. */
void bare_change(struct bare *bare, const struct message *message);
unsigned bare_n_lines(const struct bare *bare);

/* By rows, up when positive, as far as there are any. */
void bare_scroll(struct bare *bare, int by);
void bare_scroll_end(struct bare *bare, bool newest);
/* The top row is in sight: more could stand above. As of the last bare_draw(). */
bool bare_top_in_sight(const struct bare *bare);

/* Fills the rows; they join where a line goes on. */
void bare_draw(struct bare *bare, const struct canvas *canvas, struct rect rect);

#endif
