#include <glib.h>

#include "tests/golden/golden.h"

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    test_bare_add();
    test_deeds_add();
    test_fold_add();
    test_formats_add();
    test_fuzzy_add();
    test_layout_add();
    test_long_add();
    test_overlays_add();
    test_reading_add();
    test_screens_add();
    test_sidebar_add();
    test_threats_add();
    test_timeline_add();
    test_writing_panes_add();
    return g_test_run();
}
