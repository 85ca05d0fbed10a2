/* "Did you mean …?": the candidate that is fewest slips of the finger away from what was typed. */
#ifndef WEFT_CORE_NEAREST_H
#define WEFT_CORE_NEAREST_H

#define NEAREST_MAX_BYTES 64 /* longer words are never near, so that the work is bounded */

struct nearest {
    const char *word;                 /* borrowed */
    char best[NEAREST_MAX_BYTES + 1]; /* "": nothing is near */
    unsigned distance;
};

void nearest_init(struct nearest *nearest, const char *word);
/* Letters' case does not count. */
void nearest_offer(struct nearest *nearest, const char *candidate);
/* " Did you mean X?" or "". g_free(). */
char *nearest_hint(const struct nearest *nearest);

#endif
