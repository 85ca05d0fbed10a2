#include <gio/gio.h>

#include "tests/unit/net/scene.h"
#include "tests/unit/net/tests.h"

struct certs *scene_certs;

#ifdef __SANITIZE_ADDRESS__
/* AddressSanitizer keeps 256 MB of freed memory by itself; the tests that watch memory need less.
 */
const char *__asan_default_options(void) __attribute__((visibility("default"), used));

const char *
__asan_default_options(void)
{
    return "quarantine_size_mb=4";
}
#endif

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    scene_certs = certs_new();
    test_connect_add();
    test_peer_add();
    test_close_add();
    test_tls_add();
    test_starttls_add();
    int status = g_test_run();
    certs_free(scene_certs);
    return status;
}
