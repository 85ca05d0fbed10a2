#include "ui/links.h"

#include <glib.h>
#include <stdbool.h>

/* More than any screen shows: the numbers are given anew after so many. */
#define KEEP_MOST 2000

struct links {
    GHashTable *numbers; /* target → number */
    GHashTable *targets; /* number → the same target */
    uint32_t last;
};

struct links *
links_new(void)
{
    struct links *links = g_new0(struct links, 1);
    links->numbers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    links->targets = g_hash_table_new(NULL, NULL);
    return links;
}

void
links_free(struct links *links)
{
    if (links == NULL)
        return;
    g_hash_table_unref(links->targets);
    g_hash_table_unref(links->numbers);
    g_free(links);
}

/* The last door: whatever gave it, nothing but these may stand in a terminal's sequence. */
static bool
is_harmless(const char *target)
{
    for (const char *at = target; *at != '\0'; at++)
        if (*at <= 0x20 || *at >= 0x7f)
            return false;
    return *target != '\0';
}

uint32_t
links_number(struct links *links, const char *target)
{
    uint32_t number = GPOINTER_TO_UINT(g_hash_table_lookup(links->numbers, target));
    if (number != 0 || !is_harmless(target) || links->last == UINT32_MAX)
        return number;
    char *copy = g_strdup(target);
    number = ++links->last;
    g_hash_table_insert(links->numbers, copy, GUINT_TO_POINTER(number));
    g_hash_table_insert(links->targets, GUINT_TO_POINTER(number), copy);
    return number;
}

const char *
links_target(const struct links *links, uint32_t number)
{
    return g_hash_table_lookup(links->targets, GUINT_TO_POINTER(number));
}

void
links_begin(struct links *links)
{
    if (g_hash_table_size(links->numbers) <= KEEP_MOST)
        return;
    g_hash_table_remove_all(links->targets);
    g_hash_table_remove_all(links->numbers);
}
