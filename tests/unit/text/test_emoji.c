#include <glib.h>
#include <stdint.h>
#include <string.h>

#include "tests/unit/text/tests.h"
#include "text/emoji.h"
#include "text/width.h"

static void
check_name(GHashTable *names, const char *name)
{
    g_assert_cmpuint(strlen(name), >, 0);
    g_assert_cmpuint(strlen(name), <, EMOJI_NAME_MAX_BYTES);
    g_assert_cmpuint(strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_+-"), ==, strlen(name));
    if (!g_hash_table_add(names, g_strdup(name)))
        g_error("the name \"%s\" stands twice", name);
}

/* Every row is one cluster, and every name calls one emoji. */
static void
test_table(void)
{
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) texts = g_hash_table_new(g_str_hash, g_str_equal);

    g_assert_cmpuint(emoji_count(), >, 600);
    g_assert_null(emoji_at(emoji_count()));
    for (size_t i = 0; i < emoji_count(); i++) {
        const struct emoji *emoji = emoji_at(i);
        g_auto(GStrv) others = g_strsplit(emoji->others, " ", -1);
        size_t len = strlen(emoji->text);
        int cols;

        g_assert_true(g_utf8_validate(emoji->text, -1, NULL));
        if (width_next(emoji->text, len, NULL, &cols) != len || cols != 2)
            g_error("%s (%s) is not one cluster of two columns", emoji->text, emoji->name);
        g_assert_true(g_hash_table_add(texts, (gpointer)(uintptr_t)emoji->text));
        check_name(names, emoji->name);
        g_assert_true(emoji_by_name(emoji->name) == emoji);
        g_assert_true(emoji_by_text(emoji->text) == emoji);
        for (size_t k = 0; others[k]; k++) {
            check_name(names, others[k]);
            g_assert_true(emoji_by_name(others[k]) == emoji);
        }
    }
}

static void
test_by_name(void)
{
    g_autofree char *much = g_strnfill(EMOJI_NAME_MAX_BYTES, 'a');

    g_assert_cmpstr(emoji_by_name("+1")->text, ==, "👍");
    g_assert_cmpstr(emoji_by_name("ThumbsUp")->text, ==, "👍");
    g_assert_cmpstr(emoji_by_name("heart")->text, ==, "❤️");
    g_assert_null(emoji_by_name(""));
    g_assert_null(emoji_by_name("thumbs"));
    g_assert_null(emoji_by_name("joy haha"));
    g_assert_null(emoji_by_name("sm\xc3\xaf"));
    g_assert_null(emoji_by_name(much));
    g_assert_cmpstr(emoji_by_text("❤")->name, ==, "heart"); /* without U+FE0F */
    g_assert_null(emoji_by_text(""));
    g_assert_null(emoji_by_text("\xef\xb8\x8f"));
    g_assert_null(emoji_by_text("x"));
}

static char *
found(const char *part, const struct emoji_recent *recent, size_t max)
{
    const struct emoji *list[4];
    GString *out = g_string_new(NULL);
    size_t n = emoji_find(part, recent, list, MIN(max, G_N_ELEMENTS(list)));

    for (size_t i = 0; i < n; i++)
        g_string_append_printf(out, "%s%s", i > 0 ? " " : "", list[i]->name);
    return g_string_free(out, FALSE);
}

static void
assert_found(const char *part, const struct emoji_recent *recent, const char *names)
{
    g_autofree char *list = found(part, recent, 4);
    g_assert_cmpstr(list, ==, names);
}

static void
test_find(void)
{
    g_autofree char *much = g_strnfill(EMOJI_NAME_MAX_BYTES, 'a');
    g_autofree char *none = found("smile", NULL, 0);

    assert_found("tada", NULL, "tada");
    assert_found("Party Popper", NULL, "tada");
    assert_found("smile", NULL, "smile smiley smiley_cat smile_cat"); /* whole, then beginnings */
    assert_found("CAT", NULL, "cat cat2 smiley_cat smile_cat"); /* whole, start, a word in it */
    assert_found("hear", NULL, "heart hearts heartbeat heartpulse"); /* short before long */
    assert_found("bellb", NULL, "");
    assert_found("amingo", NULL, "flamingo");
    assert_found("", NULL, "grinning smiley smile grin");
    assert_found(much, NULL, "");
    assert_found("\xff", NULL, "");
    g_assert_cmpstr(none, ==, "");
}

static void
test_recent(void)
{
    struct emoji_recent recent = {0};

    emoji_recent_use(&recent, emoji_by_name("smile_cat"));
    emoji_recent_use(&recent, emoji_by_name("tada"));
    assert_found("smile", &recent, "smile smile_cat smiley smiley_cat");
    assert_found("", &recent, "tada smile_cat grinning smiley");
    emoji_recent_use(&recent, emoji_by_name("smile_cat")); /* once, and in front again */
    assert_found("", &recent, "smile_cat tada grinning smiley");
    g_assert_cmpuint(recent.n, ==, 2);
    for (size_t i = 0; i < EMOJI_RECENT_MAX + 3; i++)
        emoji_recent_use(&recent, emoji_at(i));
    g_assert_cmpuint(recent.n, ==, EMOJI_RECENT_MAX);
    g_assert_true(recent.list[0] == emoji_at(EMOJI_RECENT_MAX + 2));
    g_assert_true(recent.list[EMOJI_RECENT_MAX - 1] == emoji_at(3));
    emoji_recent_use(&recent, recent.list[EMOJI_RECENT_MAX - 1]); /* the last goes to the front */
    g_assert_cmpuint(recent.n, ==, EMOJI_RECENT_MAX);
    g_assert_true(recent.list[0] == emoji_at(3));
    g_assert_true(recent.list[EMOJI_RECENT_MAX - 1] == emoji_at(4));
}

void
test_emoji_add(void)
{
    g_test_add_func("/emoji/table", test_table);
    g_test_add_func("/emoji/by-name", test_by_name);
    g_test_add_func("/emoji/find", test_find);
    g_test_add_func("/emoji/recent", test_recent);
}
