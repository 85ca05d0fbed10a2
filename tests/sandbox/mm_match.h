/* Compares what a recording says with what the sandbox answered, field by field. Ids of the
 * recording stand for the sandbox's: whichever it gives where one is met first, and the same one
 * from then on. Times agree to within MM_MATCH_TIME_MS, as the sandbox's clock is set by the
 * recording.
 */
#ifndef WEFT_SANDBOX_MM_MATCH_H
#define WEFT_SANDBOX_MM_MATCH_H

#include <glib.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>

#define MM_MATCH_TIME_MS 400

struct mm_match;

/* site: the address under which the recorded server was known, and the sandbox's. */
struct mm_match *mm_match_new(const char *recorded_site, const char *site);
void mm_match_free(struct mm_match *match);

/* The recorded text with the sandbox's ids and times in it. */
char *mm_match_translate(struct mm_match *match, const char *recorded);
/* These two ids are the same from now on. */
void mm_match_bind(struct mm_match *match, const char *recorded, const char *id);
const char *mm_match_find(struct mm_match *match, const char *recorded);

/* True when they agree. Else the differences, one a line, are appended to `said`; without it
 * (NULL) what was learnt on the way is forgotten. `ignore`: paths, globs like "*.request_id", ended
 * by NULL. `loose`: arrays agree when their elements do, in whatever order. */
bool mm_match_nodes(struct mm_match *match, JsonNode *recorded, JsonNode *node,
                    const char *const *ignore, bool loose, GString *said);
bool mm_match_texts(struct mm_match *match, const char *recorded, const char *text, GString *said,
                    const char *path);

#endif
