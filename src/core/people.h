/* People that an account knows of, and conversations with them. */
#ifndef WEFT_CORE_PEOPLE_H
#define WEFT_CORE_PEOPLE_H

#include "core/core.h"

struct person {
    int64_t account_id;
    char *name; /* foreign */
};

/* Who is in a conversation of an account that is connected and opens conversations with people
 * (CAP_OPEN_DM), ourselves left out, and those with whom one stands open already. struct person, in
 * no order; unref. */
GPtrArray *core_people(struct core *core);

/* Opens the conversation with somebody and shows it, or shows the one there is. `buffer_id`: where
 * the person is; what fails later is said there. */
bool core_open_direct(struct core *core, int64_t account_id, int64_t buffer_id, const char *name,
                      GError **error);

#endif
