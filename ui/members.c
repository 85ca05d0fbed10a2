#include "ui/members.h"

#include <string.h>

/* Highest first. A mark that no network here has yet stands above them all. */
static const char ranks[] = "~&@%+";

struct members {
    GPtrArray *rows;   /* struct member_row, sorted */
    GHashTable *by_id; /* the same */
    size_t n_away;
};

static void
row_free(void *data)
{
    struct member_row *row = data;

    if (row->key != row->name)
        g_free(row->key);
    g_free(row->name);
    g_free(row->id);
    g_free(row->status);
    g_free(row);
}

static struct member_row *
row_new(const struct member *member)
{
    struct member_row *row = g_new0(struct member_row, 1);

    row->id = g_strdup(member->id);
    row->name = g_strdup(member->name);
    row->key = g_str_is_ascii(row->name) ? row->name : g_utf8_casefold(row->name, -1);
    row->mark = member->prefix ? member->prefix[0] : '\0';
    row->status = g_strdup(member->status);
    row->away = member->away;
    return row;
}

static int
rank_of(const struct member_row *row)
{
    const char *at = row->mark != '\0' ? strchr(ranks, row->mark) : ranks + strlen(ranks);

    return at ? (int)(at - ranks) : -1;
}

static int
compare(const struct member_row *a, const struct member_row *b)
{
    int order = rank_of(a) - rank_of(b);

    if (order == 0)
        order = g_ascii_strcasecmp(a->key, b->key);
    return order != 0 ? order : strcmp(a->id, b->id);
}

static int
compare_for_sort(const void *a, const void *b)
{
    return compare(*(struct member_row *const *)a, *(struct member_row *const *)b);
}

struct members *
members_new(void)
{
    struct members *members = g_new0(struct members, 1);

    members->rows = g_ptr_array_new_with_free_func(row_free);
    members->by_id = g_hash_table_new(g_str_hash, g_str_equal);
    return members;
}

void
members_free(struct members *members)
{
    if (!members)
        return;
    g_hash_table_unref(members->by_id);
    g_ptr_array_unref(members->rows);
    g_free(members);
}

void
members_load(struct members *members, GHashTable *table)
{
    GHashTableIter iter;
    void *member;

    g_hash_table_remove_all(members->by_id);
    g_ptr_array_set_size(members->rows, 0);
    members->n_away = 0;
    if (!table)
        return;
    g_hash_table_iter_init(&iter, table);
    while (g_hash_table_iter_next(&iter, NULL, &member)) {
        struct member_row *row = row_new(member);
        g_ptr_array_add(members->rows, row);
        g_hash_table_insert(members->by_id, row->id, row);
        members->n_away += row->away;
    }
    g_ptr_array_sort(members->rows, compare_for_sort);
}

/* The first that does not stand before it. */
static guint
place_of(const struct members *members, const struct member_row *row)
{
    guint low = 0, high = members->rows->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (compare(members->rows->pdata[middle], row) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void
members_change(struct members *members, const char *id, const struct member *member)
{
    struct member_row *row = g_hash_table_lookup(members->by_id, id);

    if (row) {
        members->n_away -= row->away;
        g_hash_table_remove(members->by_id, id);
        g_ptr_array_remove_index(members->rows, place_of(members, row));
    }
    if (!member)
        return;
    row = row_new(member);
    members->n_away += row->away;
    g_hash_table_insert(members->by_id, row->id, row);
    g_ptr_array_insert(members->rows, (gint)place_of(members, row), row);
}

size_t
members_n(const struct members *members)
{
    return members->rows->len;
}

size_t
members_n_away(const struct members *members)
{
    return members->n_away;
}

const struct member_row *
members_at(const struct members *members, size_t i)
{
    return members->rows->pdata[i];
}
