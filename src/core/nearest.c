#include "core/nearest.h"

#include <glib.h>
#include <string.h>

/* Insertions, deletions, changes and swaps of neighbours (optimal string alignment). */
static unsigned
distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    unsigned rows[3][NEAREST_MAX_BYTES + 1];

    for (size_t j = 0; j <= b_len; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= a_len; i++) {
        unsigned *now = rows[i % 3];
        const unsigned *above = rows[(i + 2) % 3];
        const unsigned *above2 = rows[(i + 1) % 3];
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= b_len; j++) {
            char x = g_ascii_tolower(a[i - 1]);
            char y = g_ascii_tolower(b[j - 1]);
            unsigned least = above[j - 1] + (x != y);
            least = MIN(least, above[j] + 1);
            least = MIN(least, now[j - 1] + 1);
            if (i > 1 && j > 1 && x == g_ascii_tolower(b[j - 2]) && y == g_ascii_tolower(a[i - 2]))
                least = MIN(least, above2[j - 2] + 1);
            now[j] = least;
        }
    }
    return rows[a_len % 3][b_len];
}

void
nearest_init(struct nearest *nearest, const char *word)
{
    *nearest = (struct nearest){.word = word, .distance = G_MAXUINT};
}

void
nearest_offer(struct nearest *nearest, const char *candidate)
{
    size_t a = strlen(nearest->word);
    size_t b = strlen(candidate);
    /* A third of the letters may be wrong; in a word of one or two, none but the case. */
    size_t tolerance = MAX(a, b) / 3;

    if (a > NEAREST_MAX_BYTES || b > NEAREST_MAX_BYTES || (a > b ? a - b : b - a) > tolerance)
        return;
    unsigned d = distance(nearest->word, a, candidate, b);
    if (d <= tolerance && d < nearest->distance) {
        memcpy(nearest->best, candidate, b + 1);
        nearest->distance = d;
    }
}

char *
nearest_hint(const struct nearest *nearest)
{
    return *nearest->best ? g_strdup_printf(" Did you mean %s?", nearest->best) : g_strdup("");
}
