#include <glib.h>

#include "tests/unit/ui/tests.h"

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    test_cells_add();
    test_editor_add();
    test_golden_add();
    test_keymap_add();
    test_keys_add();
    test_term_add();
    test_theme_add();
    test_wrap_add();
    return g_test_run();
}
