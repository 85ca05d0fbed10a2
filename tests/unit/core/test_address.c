#include "core/address.h"

#include "base/error.h"
#include "tests/unit/core/tests.h"

static void
assert_round_trip(const char *account, const char *space, const char *name, const char *address)
{
    g_autofree char *written = address_format(account, space, name);
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) parts = address_parse(written, &error);
    unsigned n = 0;

    g_assert_cmpstr(written, ==, address);
    g_assert_no_error(error);
    g_assert_cmpstr(parts[n++], ==, account);
    if (space)
        g_assert_cmpstr(parts[n++], ==, space);
    if (name)
        g_assert_cmpstr(parts[n++], ==, name);
    g_assert_null(parts[n]);
    g_assert_cmpint(address_match(parts, account, space, name), ==, 2);
}

static void
test_round_trip(void)
{
    assert_round_trip("libera", NULL, NULL, "libera");
    assert_round_trip("libera", NULL, "#coop", "libera/#coop");
    assert_round_trip("patio", "coops", "jobs", "patio/coops/jobs");
    assert_round_trip("a", "Tool Lib", "a/b \"c\" 'd' \\",
                      "a/Tool\\ Lib/a\\/b\\ \\\"c\\\"\\ \\'d\\'\\ \\\\");
    /* Legal in the names of IRC channels. */
    assert_round_trip("a", NULL, "#\x02loud\x1d\t\n", "a/#\\\x02loud\\\x1d\\\t\\\n");
    assert_round_trip("a", NULL, "\u00e9t\u00e9 \u2014", "a/\u00e9t\u00e9\\ \u2014");
}

static void
test_refusals(void)
{
    static const char *const bad[] = {"",     "/",         "a/",    "/a", "a//b",
                                      "a b",  "a\"b",      "a/b\\", "a'", "a/b/c/d",
                                      "a\tb", "a/\x1b[2J", "a/\xff"};

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(address_parse(bad[i], &error));
        g_assert_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
        g_assert_null(address_canonical(bad[i], NULL));
    }
    g_autofree char *canonical = address_canonical("a/\\#x\\/y", NULL);
    g_assert_cmpstr(canonical, ==, "a/#x\\/y");
}

static void
test_match(void)
{
    g_auto(GStrv) own = address_parse("WEFT", NULL);
    g_auto(GStrv) two = address_parse("patio/jobs", NULL);
    g_auto(GStrv) three = address_parse("patio/coops/Jobs", NULL);

    g_assert_cmpint(address_match(own, NULL, NULL, "weft"), ==, 1);
    g_assert_cmpint(address_match(own, "libera", NULL, NULL), ==, 0);
    g_assert_cmpint(address_match(two, "patio", "coops", "jobs"), ==, 2);
    g_assert_cmpint(address_match(two, "patio", NULL, "JOBS"), ==, 1);
    g_assert_cmpint(address_match(two, "patio", NULL, NULL), ==, 0);
    g_assert_cmpint(address_match(three, "patio", "coops", "jobs"), ==, 1);
    /* A sign may be left out, and not another one be put there. */
    g_assert_cmpint(address_match(three, "patio", "coops", "~jobs"), ==, 1);
    g_assert_cmpint(address_match(two, "patio", NULL, "~jobs"), ==, 1);
    g_assert_cmpint(address_match(two, "patio", NULL, "~~jobs"), ==, 0);
    g_assert_cmpint(address_match(two, "patio", NULL, "#jobs"), ==, 0);
    g_assert_cmpint(address_match(three, "patio", "other", "jobs"), ==, 0);
    g_assert_cmpint(address_match(three, "patio", NULL, "jobs"), ==, 0);
    g_assert_cmpint(address_match(three, "patio2", "coops", "jobs"), ==, 0);
}

void
test_address_add(void)
{
    g_test_add_func("/address/round-trip", test_round_trip);
    g_test_add_func("/address/refusals", test_refusals);
    g_test_add_func("/address/match", test_match);
}
