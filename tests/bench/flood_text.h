/* What the made-up people of the benchmarks say: words as frequent as in a language (the n-th word
 * about 1/n as often as the first), some links, some letters beyond ASCII. Always the same. */
#ifndef WEFT_TESTS_BENCH_FLOOD_TEXT_H
#define WEFT_TESTS_BENCH_FLOOD_TEXT_H

#include <glib.h>
#include <stdint.h>

#define FLOOD_NICKS 200

/* Of 0 to FLOOD_NICKS - 1; static. */
const char *flood_nick(unsigned i);
/* One message of about 70 bytes, in small letters and without control characters: capitals, Greek
 * and Cyrillic never stand in it, so that what the benchmark looks for cannot be met by chance. */
void flood_text(GString *out, uint32_t seed);

#endif
