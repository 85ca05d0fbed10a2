#include "tests/unit/store/refusing_memory.h"

#include <glib.h>
#include <sqlite3.h>

/* One for the process, as SQLite's allocator is. */
static struct {
    sqlite3_mem_methods real;
    int left;
    int on; /* 1: one is refused, 2: all from there on */
    int refused;
} memory;

static bool
refuses(void)
{
    int on = g_atomic_int_get(&memory.on);

    if (on == 0)
        return false;
    int left = g_atomic_int_add(&memory.left, -1);
    if (left > 0 || (left < 0 && on == 1))
        return false;
    g_atomic_int_set(&memory.refused, 1);
    return true;
}

static void *
x_malloc(int bytes)
{
    return refuses() ? NULL : memory.real.xMalloc(bytes);
}

static void *
x_realloc(void *old, int bytes)
{
    return refuses() ? NULL : memory.real.xRealloc(old, bytes);
}

void
refusing_memory_install(void)
{
    g_assert_cmpint(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &memory.real), ==, SQLITE_OK);
    sqlite3_mem_methods methods = memory.real;
    methods.xMalloc = x_malloc;
    methods.xRealloc = x_realloc;
    g_assert_cmpint(sqlite3_config(SQLITE_CONFIG_MALLOC, &methods), ==, SQLITE_OK);
    /* Small pieces come from the allocator, too. */
    g_assert_cmpint(sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0), ==, SQLITE_OK);
}

void
refusing_memory_refuse(int nth, bool lasting)
{
    g_atomic_int_set(&memory.on, 0);
    g_atomic_int_set(&memory.refused, 0);
    g_atomic_int_set(&memory.left, nth);
    g_atomic_int_set(&memory.on, nth < 0 ? 0 : lasting ? 2 : 1);
}

bool
refusing_memory_has_refused(void)
{
    return g_atomic_int_get(&memory.refused) != 0;
}
