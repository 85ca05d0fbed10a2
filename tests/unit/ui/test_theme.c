#include "base/error.h"
#include "tests/unit/ui/tests.h"
#include "ui/theme.h"
#include <glib.h>
#include <string.h>

static void
test_files(void)
{
    struct theme built_in, dark, light;
    g_autoptr(GError) error = NULL;
    g_autofree char *dark_path = g_test_build_filename(G_TEST_DIST, "themes", "dark.theme", NULL);
    g_autofree char *light_path = g_test_build_filename(G_TEST_DIST, "themes", "light.theme", NULL);
    theme_init(&built_in);
    theme_load(&dark, dark_path, &error);
    g_assert_no_error(error);
    theme_load(&light, light_path, &error);
    g_assert_no_error(error);
    for (int role = 0; role < ROLE_N; role++)
        if (!style_equal(built_in.roles[role], dark.roles[role]))
            g_error("%s differs from the built-in look", role_name((enum role)role));
    g_assert_false(style_equal(light.roles[ROLE_TITLE], dark.roles[ROLE_TITLE]));
    g_assert_false(theme_load(&dark, "no/such.theme", &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND);
}

/* What is selected is told by more than its colour, in every depth. */
static void
test_not_by_color_alone(void)
{
    struct theme theme;
    theme_init(&theme);
    struct style selected = style_reduce(theme.roles[ROLE_SIDEBAR_SELECTED], COLOR_DEPTH_MONO);
    struct style other = style_reduce(theme.roles[ROLE_SIDEBAR], COLOR_DEPTH_MONO);
    g_assert_cmpuint(selected.attrs, !=, other.attrs);
    g_assert_true((style_reduce(theme.roles[ROLE_MARK], COLOR_DEPTH_MONO).attrs & STYLE_REVERSE) !=
                  0);
}

static void
test_parse(void)
{
    struct theme theme;
    theme_init(&theme);
    const char *text = "# comment\n; another\n\n  text =  fg=#Ff8000   bg=bright-blue bold  \r\n"
                       "dim=fg=7 bg=default\nmark =\n"
                       "date = fg=#5f87ff,69,bright-white bg=236,default\n";
    g_autoptr(GError) error = NULL;
    theme_parse(&theme, "t", text, strlen(text), &error);
    g_assert_no_error(error);
    struct style style = theme_style(&theme, ROLE_TEXT);
    g_assert_cmphex(style.fg, ==, COLOR_RGB(0xff8000));
    g_assert_cmphex(style.bg, ==, COLOR_INDEX(12));
    g_assert_cmpuint(style.attrs, ==, STYLE_BOLD);
    g_assert_cmphex(theme_style(&theme, ROLE_DIM).fg, ==, COLOR_INDEX(7));
    g_assert_true(style_equal(theme_style(&theme, ROLE_MARK), (struct style){0}));
    static const uint32_t date[COLOR_DEPTH_N][2] = {
        [COLOR_DEPTH_TRUE] = {COLOR_RGB(0x5f87ff), COLOR_INDEX(236)},
        [COLOR_DEPTH_256] = {COLOR_INDEX(69), COLOR_INDEX(236)},
        [COLOR_DEPTH_16] = {COLOR_INDEX(15), COLOR_DEFAULT},
        [COLOR_DEPTH_MONO] = {COLOR_INDEX(15), COLOR_DEFAULT},
    };
    for (int depth = 0; depth < COLOR_DEPTH_N; depth++) {
        theme_limit(&theme, (enum color_depth)depth);
        g_assert_cmphex(theme_style(&theme, ROLE_DATE).fg, ==, date[depth][0]);
        g_assert_cmphex(theme_style(&theme, ROLE_DATE).bg, ==, date[depth][1]);
    }
}

static void
test_errors(void)
{
    static const struct {
        const char *text, *message;
    } bad[] = {
        {"text = fg=red\nmentoin = bold",
         "t:2:1: there is no role \"mentoin\"; the nearest is \"mention\"."},
        {"text = fg=redd", "t:1:8: \"redd\" is not a colour"},
        {"text = fg=#12345", "t:1:8: \"#12345\" is not a colour"},
        {"text = fg=256", "t:1:8: \"256\" is not a colour"},
        {"text = fg=1,", "t:1:8: \"1,\" is not a colour"},
        {"text = fg=,1", "t:1:8: \",1\" is not a colour"},
        {"text = fg=1,2,3,4", "t:1:8: \"1,2,3,4\" is not a colour"},
        {"text = bold  bolder", "t:1:14: \"bolder\" is not part of a look"},
        {"text bold", "t:1:1: a line reads"},
        {"  text more = bold", "t:1:3: a line reads"},
        {"exec = /bin/sh", "t:1:1: there is no role"},
        {"text = bold\ntext = dim", "t:2:1: \"text\" stands in this file twice."},
        {"text = \xff", "t is not UTF-8"},
        {"include = x", "t:1:1: there is no role"},
    };
    struct theme before, theme;
    theme_init(&before);
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        theme = before;
        g_assert_false(theme_parse(&theme, "t", bad[i].text, strlen(bad[i].text), &error));
        g_assert_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
        g_test_message("%s", error->message);
        g_assert_true(g_str_has_prefix(error->message, bad[i].message));
        g_assert_cmpmem(&theme, sizeof theme, &before, sizeof before);
    }
    g_autofree char *huge = g_strnfill(70000, '\n');
    g_autoptr(GError) error = NULL;
    g_assert_false(theme_parse(&theme, "t", huge, 70000, &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE);
}

static void
test_depths(void)
{
    g_assert_cmphex(color_reduce(COLOR_RGB(0xff0000), COLOR_DEPTH_TRUE), ==, COLOR_RGB(0xff0000));
    g_assert_cmphex(color_reduce(COLOR_RGB(0xff0000), COLOR_DEPTH_256), ==, COLOR_INDEX(196));
    g_assert_cmphex(color_reduce(COLOR_RGB(0x808080), COLOR_DEPTH_256), ==, COLOR_INDEX(244));
    g_assert_cmphex(color_reduce(COLOR_RGB(0xfe0102), COLOR_DEPTH_16), ==, COLOR_INDEX(9));
    g_assert_cmphex(color_reduce(COLOR_INDEX(196), COLOR_DEPTH_16), ==, COLOR_INDEX(9));
    g_assert_cmphex(color_reduce(COLOR_INDEX(3), COLOR_DEPTH_16), ==, COLOR_INDEX(3));
    g_assert_cmphex(color_reduce(COLOR_INDEX(3), COLOR_DEPTH_MONO), ==, COLOR_DEFAULT);
    /* Every palette colour finds itself again (greys may meet the cube's). */
    for (unsigned n = 16; n < 256; n++) {
        uint32_t found = color_reduce(COLOR_RGB(color_palette_rgb(n)), COLOR_DEPTH_256);
        g_assert_cmphex(color_palette_rgb(found & 0xff), ==, color_palette_rgb(n));
    }
    struct style near = {.fg = COLOR_INDEX(237), .bg = COLOR_INDEX(236)};
    struct style reduced = style_reduce(near, COLOR_DEPTH_16);
    g_assert_true(reduced.fg != reduced.bg);
}

static void
test_nicks(void)
{
    bool seen[ROLE_N] = {false};
    int kinds = 0;
    for (int i = 0; i < 200; i++) {
        g_autofree char *nick = g_strdup_printf("nick%d", i);
        enum role role = theme_nick_role(nick);
        g_assert_cmpint(role, ==, theme_nick_role(nick));
        g_assert_cmpint(role, >=, ROLE_NICK_1);
        g_assert_cmpint(role, <=, ROLE_NICK_8);
        kinds += !seen[role];
        seen[role] = true;
    }
    g_assert_cmpint(kinds, ==, ROLE_NICKS);
    static const char *const same[][2] = {
        {"Maria", "maria"}, {"jun[x]\\~", "JUN{X}|^"}, {"kai", "kai_"},
        {"kai", "KAI__`"},  {"ÉLAN", "élan"},          {"____", "____"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(same); i++)
        g_assert_cmpint(theme_nick_role(same[i][0]), ==, theme_nick_role(same[i][1]));
    struct theme theme;
    theme_init(&theme);
    theme_plain_nicks(&theme);
    for (int depth = 0; depth < COLOR_DEPTH_N; depth++) {
        theme_limit(&theme, (enum color_depth)depth);
        for (int role = ROLE_NICK_1; role <= ROLE_NICK_8; role++)
            g_assert_true(style_equal(theme_style(&theme, (enum role)role),
                                      theme_style(&theme, ROLE_NICK_OTHER)));
    }
    g_assert_cmpint(role_from_name("nick.self"), ==, ROLE_NICK_SELF);
    g_assert_cmpint(role_from_name("nope"), ==, ROLE_N);
}

void
test_theme_add(void)
{
    g_test_add_func("/theme/files", test_files);
    g_test_add_func("/theme/not-by-color-alone", test_not_by_color_alone);
    g_test_add_func("/theme/parse", test_parse);
    g_test_add_func("/theme/errors", test_errors);
    g_test_add_func("/theme/depths", test_depths);
    g_test_add_func("/theme/nicks", test_nicks);
}
