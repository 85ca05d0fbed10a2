/* Emoji by the names that people type for them: "smile", "+1". */
#ifndef WEFT_TEXT_EMOJI_H
#define WEFT_TEXT_EMOJI_H

#include <stdbool.h>
#include <stddef.h>

struct emoji {
    const char *text;   /* one cluster */
    const char *name;   /* the one that is shown; of a-z, 0-9, '_', '+' and '-' */
    const char *others; /* more names, separated by blanks; "" when there are none */
};

#define EMOJI_NAME_MAX_BYTES 64 /* of a name, or of what is looked for; a longer one is none */

size_t emoji_count(void);
const struct emoji *emoji_at(size_t i);
/* By any of its names, without the colons; letters' case aside. NULL: there is none. */
const struct emoji *emoji_by_name(const char *name);
/* By the emoji itself; U+FE0F at its end may be missing. NULL: it has no name here. */
const struct emoji *emoji_by_text(const char *text);

/* What was chosen last, newest first. All zero: nothing yet. */
#define EMOJI_RECENT_MAX 24
struct emoji_recent {
    const struct emoji *list[EMOJI_RECENT_MAX];
    size_t n;
};
void emoji_recent_use(struct emoji_recent *recent, const struct emoji *emoji);

/* Those with a name that holds `part` (a blank counts as '_'; letters' case aside), best first:
 * those whose name it is, recent ones, then those whose name begins with it (of one word before
 * others, short before long), has a word that begins with it, holds it anywhere; equals in the
 * order of the table. An empty `part` fits all. Writes at most `max`; returns how many. `recent`
 * may be NULL. */
size_t emoji_find(const char *part, const struct emoji_recent *recent, const struct emoji **ret,
                  size_t max);

#endif
