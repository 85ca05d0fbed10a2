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

/* GIO's TLS loses the error (16 bytes, and "Error sending data: Broken pipe") when its last alert
 * meets a client that has gone, which is a matter of luck. GLib is built without frame pointers, so
 * the one frame that is known of it must do; g_malloc0() and what else there is stay watched. */
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
    test_connect_add();
    test_peer_add();
    test_close_add();
    test_tls_add();
    test_starttls_add();
    test_listen_add();
    int status = g_test_run();
    certs_free(scene_certs);
    return status;
}
