#include <glib.h>

#include "tests/unit/ui/tests.h"
#include "tests/unit/ui/torture.h"
#include <string.h>

int
main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--paint") == 0)
        return paint_torture();
    g_test_init(&argc, &argv, NULL);
    test_cells_add();
    test_clipboard_add();
    test_contrast_add();
    test_editor_add();
    test_golden_add();
    test_keymap_add();
    test_keys_add();
    test_links_add();
    test_members_add();
    test_keys_doc_add();
    test_term_add();
    test_term_types_add();
    test_theme_add();
    test_tmux_add();
    test_bidi_add();
    test_wrap_add();
    return g_test_run();
}
