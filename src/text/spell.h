/* What a network has no marks for, written into the text: nothing of what was said is lost there,
 * and nobody's words become somebody else's.
 *
 *     a link that shows something else than where it leads:  the agenda <https://coop.example/a>
 *     a quoted line:                                          > the coop is bankrupt
 */
#ifndef WEFT_TEXT_SPELL_H
#define WEFT_TEXT_SPELL_H

#include "model/rich.h"

/* The kinds that can be written out, as a sum of 1 << enum span_kind. */
#define SPELL_ALL (1U << SPAN_LINK | 1U << SPAN_QUOTE)

/* A copy of `rich` with the spans of these kinds written out and gone; all others stand where they
 * stood. Doing it twice is doing it once. rich_free(). */
struct rich *spell_out(const struct rich *rich, unsigned kinds);

#endif
