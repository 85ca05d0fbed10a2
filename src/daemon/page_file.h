/* The page as a file, for a web server to show: written anew when something on it has changed, a
 * few seconds later, and whole or not at all. Who can use this machine can read it (0644). */
#ifndef WEFT_DAEMON_PAGE_FILE_H
#define WEFT_DAEMON_PAGE_FILE_H

#include "core/core.h"

#define PAGE_FILE_EVERY_US (5 * (int64_t)G_USEC_PER_SEC) /* at most */

struct page_file;

/* Writes it at once. A file that cannot be written is logged, and tried again with what changes
 * next. `core` is borrowed, `path` copied. Never NULL. */
struct page_file *page_file_new(struct core *core, const char *path);
void page_file_free(struct page_file *page); /* NULL is allowed; the file stays */

#endif
