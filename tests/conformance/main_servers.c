/* The suite against real servers (make check-servers). */
#include "tests/conformance/suite.h"

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    return suite_run(adapters_servers);
}
