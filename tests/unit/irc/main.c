#include <glib.h>

#include "tests/unit/irc/tests.h"

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    test_flood_add();
    test_isupport_add();
    test_line_add();
    test_link_add();
    test_sasl_add();
    test_services_add();
    test_split_add();
    test_text_add();
    return g_test_run();
}
