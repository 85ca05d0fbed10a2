#include <glib.h>

#include "tests/unit/relay/tests.h"

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    test_colors_add();
    test_command_add();
    test_cut_add();
    test_deeds_add();
    test_durable_add();
    test_format_add();
    test_gateway_add();
    test_guard_add();
    test_names_add();
    test_random_add();
    test_rings_add();
    test_say_add();
    return g_test_run();
}
