#include <glib.h>

#include "tests/unit/base/tests.h"

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    test_backoff_add();
    test_bucket_add();
    test_clock_add();
    test_error_add();
    test_file_add();
    test_log_add();
    test_redact_add();
    test_span_add();
    test_spool_add();
    test_utf8_add();
    return g_test_run();
}
