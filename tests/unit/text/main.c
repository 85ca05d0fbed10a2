#include <glib.h>

#include "tests/unit/text/tests.h"

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    test_bidi_add();
    test_display_add();
    test_emoji_add();
    test_markup_add();
    test_threats_add();
    test_fold_add();
    test_link_add();
    test_plain_add();
    test_spell_add();
    test_site_add();
    test_target_add();
    test_width_add();
    return g_test_run();
}
