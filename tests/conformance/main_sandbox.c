/* The suite against the scripted servers: needs nothing that is not in the tree. */
#include "tests/conformance/suite.h"

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    return suite_run(adapters_sandbox);
}
