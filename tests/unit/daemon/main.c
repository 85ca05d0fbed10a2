#include <glib.h>

#include "tests/unit/daemon/tests.h"

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    test_request_add();
    test_control_add();
    test_control_doc_add();
    test_ctl_add();
    test_pages_add();
    test_service_add();
    return g_test_run();
}
