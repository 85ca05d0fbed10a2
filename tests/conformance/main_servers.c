/* The suite against real servers (make check-servers). */
#include "tests/conformance/suite.h"

int
main(int argc, char **argv)
{
    struct certs *certs;
    int status;

    g_test_init(&argc, &argv, NULL);
    certs = certs_new();
    if (certs)
        suite_add(adapters_servers, certs);
    status = g_test_run();
    certs_free(certs);
    return status;
}
