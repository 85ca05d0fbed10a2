#include "tests/unit/web/tests.h"

struct certs *scene_certs;

#ifdef __SANITIZE_ADDRESS__
/* As in the streams' tests: memory is watched here. */
const char *__asan_default_options(void) __attribute__((visibility("default"), used));

const char *
__asan_default_options(void)
{
    return "quarantine_size_mb=4";
}

/* GIO's TLS, here the test server's, loses an error by luck: see the streams' tests. */
const char *__lsan_default_suppressions(void) __attribute__((visibility("default"), used));

const char *
__lsan_default_suppressions(void)
{
    return "leak:^g_malloc$";
}
#endif

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    scene_certs = certs_new();
    test_http_add();
    test_http_hostile_add();
    test_module_add();
    test_ws_add();
    test_ws_hostile_add();
    int status = g_test_run();
    certs_free(scene_certs);
    return status;
}
