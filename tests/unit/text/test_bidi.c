#include "tests/unit/text/tests.h"
#include "text/bidi.h"
#include "text/width.h"
#include <string.h>

/* The row as it is seen from the left. */
static char *
seen(const char *text, bool rtl)
{
    g_autoptr(GArray) clusters = g_array_new(FALSE, TRUE, sizeof(struct bidi_cluster));
    g_autoptr(GString) shown = g_string_new(NULL);
    GString *row = g_string_new(NULL);
    size_t len = strlen(text);

    for (size_t at = 0; at < len;) {
        size_t n = width_next(text + at, len - at, NULL, NULL);
        struct bidi_cluster cluster = {.at = (unsigned)at, .len = (unsigned)n};
        g_array_append_val(clusters, cluster);
        at += n;
    }
    g_autofree unsigned *order = g_new(unsigned, clusters->len + 1);
    struct bidi_cluster *all = (struct bidi_cluster *)(void *)clusters->data;
    bidi_row(text, all, clusters->len, rtl, order, shown);
    for (guint i = 0; i < clusters->len; i++)
        g_string_append_len(row, shown->str + all[order[i]].shown_at, all[order[i]].shown_len);
    return g_string_free(row, FALSE);
}

static void
assert_seen(const char *text, bool rtl, const char *wanted)
{
    g_autofree char *row = seen(text, rtl);
    g_assert_cmpstr(row, ==, wanted);
}

static void
test_needed(void)
{
    static const char *const none[] = {"", "plain", "déjà vu — «oui»", "日本語", "नमस्ते", "🎉 ok"};
    static const char *const some[] = {"שלום", "see مرحبا", "ܫܠܡܐ", "\ufefbx", "𞤀"};

    for (size_t i = 0; i < G_N_ELEMENTS(none); i++)
        g_assert_false(bidi_is_needed(none[i], strlen(none[i])));
    for (size_t i = 0; i < G_N_ELEMENTS(some); i++)
        g_assert_true(bidi_is_needed(some[i], strlen(some[i])));
}

static void
test_direction(void)
{
    g_assert_false(bidi_is_rtl("", 0));
    g_assert_false(bidi_is_rtl("12 — ok שלום", strlen("12 — ok שלום")));
    g_assert_true(bidi_is_rtl("12: שלום ok", strlen("12: שלום ok")));
    g_assert_true(bidi_is_rtl("(مرحبا)", strlen("(مرحبا)")));
}

static void
test_order(void)
{
    assert_seen("", false, "");
    assert_seen("abc", false, "abc");
    assert_seen("שלום", true, "םולש");
    assert_seen("say שלום now", false, "say םולש now");
    /* A number keeps its order among letters from the right; what stands in between goes along. */
    assert_seen("אבג 123 דהו", true, "והד 123 גבא");
    assert_seen("see אבג 12, דה!", false, "see הד ,12 גבא!");
    assert_seen("אבג ok דה", true, "הד ok גבא");
    /* Brackets are seen from the other side. */
    assert_seen("(אב) ג", true, "ג (בא)");
    /* Blanks at the end stand where the paragraph ends. */
    assert_seen("אב  ", true, "  בא");
    assert_seen("אב  ", false, "בא  ");
}

/* A mark stays on its letter; letters that join are shown so, one to a cell. */
static void
test_clusters(void)
{
    assert_seen("שָׁב", true, "בשָׁ");
    assert_seen("سلام", true, "ﻡﺎﻠﺳ");
    assert_seen("a سلام", false, "a ﻡﺎﻠﺳ");
}

void
test_bidi_add(void)
{
    g_test_add_func("/bidi/needed", test_needed);
    g_test_add_func("/bidi/direction", test_direction);
    g_test_add_func("/bidi/order", test_order);
    g_test_add_func("/bidi/clusters", test_clusters);
}
