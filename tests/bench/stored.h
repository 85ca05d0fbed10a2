/* What weft has on disk, asked of its databases while it runs. */
#ifndef WEFT_TESTS_BENCH_STORED_H
#define WEFT_TESTS_BENCH_STORED_H

#include "tests/bench/stage.h"

/* The number that the question gives, to data/weft.db of the program's home; -1: none. */
int64_t stored_ask(const struct stage *stage, const char *sql);
/* What people said, so many and no more, is there at once. */
bool stored_holds(struct stage *stage, int64_t messages);
/* The same, waited for. */
bool stored_wait(struct stage *stage, int64_t messages, unsigned deadline_ms);
/* The index names the newest of what is there: waits for it. */
bool stored_indexed(struct stage *stage);

#endif
