/* A file that a thread of its own writes, in order, so that a slow disk is not felt. */
#ifndef WEFT_BASE_SPOOL_H
#define WEFT_BASE_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct spool;
typedef void (*spool_fn)(void *user);

struct spool *spool_new(int fd_take);
/* To be written at `at`; `cut`: what lies from there on is thrown away before. Waits only while
 * SPOOL_MOST_BYTES are not written yet. */
void spool_put(struct spool *spool, uint64_t at, bool cut, const char *bytes, size_t len);
#define SPOOL_MOST_BYTES ((size_t)8 * 1024 * 1024)
/* The errno of the first write that failed, behind which nothing is written; 0: none has. */
int spool_error(struct spool *spool);
/* All that was put is written and the file closed; then `fn` is called from the loop, once, unless
 * the spool was freed before. Nothing may be put any more. */
void spool_end(struct spool *spool, spool_fn fn, void *user);
/* Waits until all that was put is written. NULL is allowed. */
void spool_free(struct spool *spool);
/* Frees it without waiting: what is not written yet is not written at all. */
void spool_drop(struct spool *spool);

#endif
