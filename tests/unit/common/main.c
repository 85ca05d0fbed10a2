#include <glib.h>

#include "tests/unit/common/tests.h"

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    test_address_add();
    test_json_add();
    test_markdown_add();
    return g_test_run();
}
