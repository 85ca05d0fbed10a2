#include "ui/suggest.h"

#include <glib.h>
#include <string.h>

/* How many letters must change. */
static unsigned
edit_distance(const char *a, const char *b)
{
    unsigned row[64];
    size_t len = strlen(b);
    if (len >= G_N_ELEMENTS(row))
        return G_MAXUINT;
    for (size_t i = 0; i <= len; i++)
        row[i] = (unsigned)i;
    for (unsigned y = 1; *a != '\0'; a++, y++) {
        unsigned corner = row[0];
        row[0] = y;
        for (size_t x = 1; x <= len; x++) {
            unsigned best = corner + (*a != b[x - 1]);
            corner = row[x];
            best = MIN(best, MIN(row[x], row[x - 1]) + 1);
            row[x] = best;
        }
    }
    return row[len];
}

const char *
suggest_nearest(const char *word, suggest_name_fn name_at, int n)
{
    const char *best = name_at(0);
    unsigned best_distance = G_MAXUINT;
    for (int i = 0; i < n; i++) {
        unsigned distance = edit_distance(word, name_at(i));
        if (distance < best_distance) {
            best = name_at(i);
            best_distance = distance;
        }
    }
    return best;
}
