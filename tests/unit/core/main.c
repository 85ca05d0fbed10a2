#include <glib.h>

#include "tests/unit/core/tests.h"

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    test_address_add();
    test_config_add();
    test_config_read_add();
    test_options_add();
    test_secret_add();
    return g_test_run();
}
