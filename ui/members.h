/* Who is in the conversation that is shown, in the order in which the list shows them: by rank,
 * then by name. Built once for a buffer, then changed by one member at a time, so that 10,000 of
 * them cost no frame anything. */
#ifndef WEFT_UI_MEMBERS_H
#define WEFT_UI_MEMBERS_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "model/buffer.h"

struct member_row {
    char *id;
    char *name;
    char *key;    /* by which names are sorted; may be `name` */
    char *status; /* what they say of themselves, or NULL */
    char mark;    /* of the highest rank; '\0': none */
    bool away;
};

struct members;

struct members *members_new(void);
void members_free(struct members *members); /* NULL is allowed */

/* All of `table` (user id → struct member; NULL: nobody) in place of what was known. */
void members_load(struct members *members, GHashTable *table);
/* One came, left (`member` NULL) or changed. `member` is copied. */
void members_change(struct members *members, const char *id, const struct member *member);

size_t members_n(const struct members *members);
size_t members_n_away(const struct members *members);
const struct member_row *members_at(const struct members *members, size_t i);

#endif
