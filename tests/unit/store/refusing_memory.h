/* Memory that runs out when told to: SQLite's allocator with a switch in front of it. */
#ifndef WEFT_TESTS_UNIT_STORE_REFUSING_MEMORY_H
#define WEFT_TESTS_UNIT_STORE_REFUSING_MEMORY_H

#include <stdbool.h>

/* Before anything else is asked of SQLite. */
void refusing_memory_install(void);

/* The `nth` allocation from now on (0: the next), by any thread, fails; when `lasting`, so do all
 * after it. Below 0: memory is there again. */
void refusing_memory_refuse(int nth, bool lasting);
/* True when one has been refused since. */
bool refusing_memory_has_refused(void);

#endif
