#include <glib.h>

#include "tests/unit/import/tests.h"

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    test_import_add();
    test_toml_add();
    return g_test_run();
}
