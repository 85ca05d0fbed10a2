/* Grids compared with files in tests/golden/cells. WEFT_UPDATE_GOLDEN=1 writes them anew; read the
 * difference before keeping it. */
#include "tests/unit/ui/tests.h"
#include "tests/unit/ui/torture.h"
#include "ui/wrap.h"
#include <glib.h>
#include <string.h>

static void
compare(const char *name, const struct cells *cells)
{
    g_autofree char *dump = cells_dump_styled(cells);
    g_autofree char *path =
        g_test_build_filename(G_TEST_DIST, "tests", "golden", "cells", name, NULL);
    g_autofree char *expected = NULL;
    g_autoptr(GError) error = NULL;
    if (g_getenv("WEFT_UPDATE_GOLDEN") != NULL) {
        g_file_set_contents(path, dump, -1, &error);
        g_assert_no_error(error);
    }
    g_file_get_contents(path, &expected, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(dump, ==, expected);
}

static const char *const torture[] = {
    "family 👨\u200d👩\u200d👧\u200d👦 pair "
    "👩🏽\u200d❤\ufe0f\u200d💋\u200d👨🏿 "
    "rainbow "
    "🏳\ufe0f\u200d🌈 tones 👍🏻👍🏿 hand ☝🏽 end",
    "flags 🇳🇱🇧🇷🇯🇵 alone 🇳 England "
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f "
    "keycaps 1\ufe0f\u20e3#\ufe0f\u20e3 end",
    "text ☎ emoji ☎\ufe0f text ⌚\ufe0e emoji ⌚ heart ❤\ufe0f new \U0001fae9 end",
    "漢字かな交じり文と한국어와中文混排，全角ＡＢＣと半角ｱｲｳ。これは折り返しの試験です。",
    "jamo \u1112\u1161\u11ab\u1100\u1173\u11af combining e\u0301a\u0308o\u0303 zalgo "
    "h\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030a\u030bi end",
    "Hebrew שָׁלוֹם עולם and Arabic السلام عليكم and Persian می\u200cخواهم end",
    "Devanagari नमस्ते क्षत्रिय स्त्री Thai สวัสดีครับ Tamil வணக்கம் spacing कि गाँव น้ำ end",
    "override a\u202egpj.exe isolate \u2066x\u2069 escape \033[31mred\033]0;t\a C1 \xc2\x9b"
    "2J tags \U000e0041\U000e0042 end",
    "zero a\u200b\u200b\u200b\u200b\u200bb\u2060c\ufeffd annotation \ufff9a\ufffab\ufffb private "
    "\ue0b0 back\b\b\b\b\bspace end",
};

struct cells *
torture_cells(int rows, int cols)
{
    struct theme theme;
    struct cells *cells = cells_new(rows, cols);
    int row = 0;
    theme_init(&theme);
    for (unsigned i = 0; i < G_N_ELEMENTS(torture); i++) {
        struct styled styled;
        g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(struct wrap_row));
        styled_init(&styled);
        styled_append_foreign(&styled, torture[i], -1, DISPLAY_BLOCK, ROLE_TEXT, 0);
        wrap_styled(&styled, cols - 1, 2, NULL, lines);
        for (unsigned r = 0; r < lines->len; r++, row++)
            wrap_draw(cells, row, 0, cols - 1, &styled, &g_array_index(lines, struct wrap_row, r),
                      &theme, (struct style){0});
        styled_fini(&styled);
    }
    g_assert_cmpint(row, <=, rows);
    cells_vline(cells, 0, cols - 1, rows, theme_style(&theme, ROLE_BORDER));
    return cells;
}

static void
test_torture(void)
{
    struct cells *wide = torture_cells(14, 80), *narrow = torture_cells(32, 33);
    compare("torture-80", wide);
    compare("torture-33", narrow);
    cells_free(wide);
    cells_free(narrow);
}

void
test_golden_add(void)
{
    g_test_add_func("/golden/torture", test_torture);
}
