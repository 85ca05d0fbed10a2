/* A length of time as people write it: a whole number and a letter, without anything between:
 * 90s, 30m, 2h, 3d, 4w, 1y. */
#ifndef WEFT_BASE_SPAN_H
#define WEFT_BASE_SPAN_H

#include <stdbool.h>
#include <stdint.h>

/* False when the text is none. More than 1,000 years count as these. */
bool span_parse(const char *text, int64_t *ret_us);
/* So long before `now_us`; never before 1970 (1 at least: 0 is "no time" in many places). */
bool span_parse_ago(const char *text, int64_t now_us, int64_t *ret_us);

#endif
