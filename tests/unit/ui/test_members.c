#include "ui/members.h"

#include <string.h>

#include "tests/unit/ui/tests.h"

static void
put(GHashTable *table, const char *id, const char *name, const char *prefix, bool away)
{
    struct member *member = member_new(id, name, prefix);

    member->away = away;
    g_hash_table_replace(table, member->id, member);
}

static GHashTable *
table_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)member_free);
}

static char *
names_of(const struct members *members)
{
    GString *out = g_string_new(NULL);

    for (size_t i = 0; i < members_n(members); i++) {
        const struct member_row *row = members_at(members, i);
        g_string_append(out, i > 0 ? " " : "");
        if (row->mark != '\0')
            g_string_append_c(out, row->mark);
        g_string_append_printf(out, "%s%s", row->name, row->away ? "(away)" : "");
    }
    return g_string_free(out, FALSE);
}

#define assert_names(members, expected)                                                            \
    do {                                                                                           \
        g_autofree char *names_ = names_of(members);                                               \
        g_assert_cmpstr(names_, ==, expected);                                                     \
    } while (0)

static void
change(struct members *members, GHashTable *table, const char *id)
{
    members_change(members, id, g_hash_table_lookup(table, id));
}

static void
test_order(void)
{
    g_autoptr(GHashTable) table = table_new();
    struct members *members = members_new();

    members_load(members, NULL);
    g_assert_cmpuint(members_n(members), ==, 0);
    put(table, "zoe", "Zoe", "@+", false);
    put(table, "maria", "maria", "@", false);
    put(table, "bot", "bot", "+", true);
    put(table, "jun", "jun", "", false);
    put(table, "Ana", "Ana", "", false);
    put(table, "elan", "Élan", "", true);
    put(table, "own", "owner", "~", false);
    put(table, "odd", "odd", "!", false);
    members_load(members, table);
    assert_names(members, "!odd ~owner @maria @Zoe +bot(away) Ana jun Élan(away)");
    g_assert_cmpuint(members_n_away(members), ==, 2);
    put(table, "jun", "jun", "@", true);
    change(members, table, "jun");
    assert_names(members, "!odd ~owner @jun(away) @maria @Zoe +bot(away) Ana Élan(away)");
    g_assert_cmpuint(members_n_away(members), ==, 3);
    /* A new name is one who left and one who came. */
    g_hash_table_remove(table, "Ana");
    put(table, "zz", "zz", "", false);
    change(members, table, "Ana");
    change(members, table, "zz");
    change(members, table, "nobody");
    assert_names(members, "!odd ~owner @jun(away) @maria @Zoe +bot(away) zz Élan(away)");
    g_hash_table_remove(table, "jun");
    change(members, table, "jun");
    change(members, table, "jun");
    g_assert_cmpuint(members_n_away(members), ==, 2);
    members_free(members);
}

/* However they come, go and change, the list is what a new one would be. */
static void
test_follows(void)
{
    static const char *const prefixes[] = {"", "+", "@", "~@", "%"};
    g_autoptr(GHashTable) table = table_new();
    struct members *members = members_new(), *fresh = members_new();
    g_autoptr(GRand) rand = g_rand_new_with_seed(5);

    for (int i = 0; i < 3000; i++) {
        g_autofree char *id = g_strdup_printf("n%d", g_rand_int_range(rand, 0, 400));
        if (g_rand_int_range(rand, 0, 3) == 0)
            g_hash_table_remove(table, id);
        else
            put(table, id, id, prefixes[g_rand_int_range(rand, 0, 5)], g_rand_boolean(rand));
        change(members, table, id);
    }
    members_load(fresh, table);
    g_autofree char *now = names_of(members), *should = names_of(fresh);
    g_assert_cmpstr(now, ==, should);
    g_assert_cmpuint(members_n_away(members), ==, members_n_away(fresh));
    members_free(members);
    members_free(fresh);
}

void
test_members_add(void)
{
    g_test_add_func("/members/order", test_order);
    g_test_add_func("/members/follows", test_follows);
}
