#include "tests/golden/golden.h"

#include "ui/fuzzy.h"
#include <glib.h>
#include <string.h>

static void
test_order(void)
{
    g_assert_cmpint(fuzzy_match("dev", "~dev", NULL), >, fuzzy_match("dev", "#dev-random", NULL));
    g_assert_cmpint(fuzzy_match("dev", "#dev-random", NULL), >,
                    fuzzy_match("dev", "#double-eve", NULL));
    g_assert_cmpint(fuzzy_match("gd", "#general-dev", NULL), >, fuzzy_match("gd", "#ragged", NULL));
    g_assert_cmpint(fuzzy_match("x", "#dev", NULL), ==, -1);
    g_assert_cmpint(fuzzy_match("ved", "#dev", NULL), ==, -1);
    g_assert_cmpint(fuzzy_match("", "#dev", NULL), ==, 0);
    g_assert_cmpint(fuzzy_match("ÉT", "été", NULL), >, 0);
}

static void
test_matched(void)
{
    bool matched[FUZZY_MAX_BYTES] = {false};

    /* The later, whole "dev" is what was meant, not the first letters that fit. */
    g_assert_cmpint(fuzzy_match("dev", "d-e-dev", matched), >, 0);
    g_assert_false(matched[0]);
    g_assert_true(matched[4] && matched[5] && matched[6]);
}

static void
test_long(void)
{
    g_autofree char *name = g_strnfill(100000, 'a');

    g_assert_cmpint(fuzzy_match("aaaa", name, NULL), >, 0);
    name[99999] = 'z';
    g_assert_cmpint(fuzzy_match("z", name, NULL), ==, -1);
}

void
test_fuzzy_add(void)
{
    g_test_add_func("/fuzzy/order", test_order);
    g_test_add_func("/fuzzy/matched", test_matched);
    g_test_add_func("/fuzzy/long", test_long);
}
