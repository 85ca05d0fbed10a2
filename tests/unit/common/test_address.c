#include "base/error.h"
#include "protocols/common/address.h"
#include "tests/unit/common/tests.h"

static void
check_good(const char *text, bool plain, const char *base, const char *host, bool loopback)
{
    struct address address;
    g_autoptr(GError) error = NULL;

    g_assert_true(address_read(text, plain, "https://x", &address, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(address.base, ==, base);
    g_assert_cmpstr(address.host, ==, host);
    g_assert_cmpint(address.secure, ==, g_str_has_prefix(base, "https://"));
    g_assert_cmpint(address.loopback, ==, loopback);
    address_clear(&address);
}

static void
test_good(void)
{
    check_good("chat.example.org", false, "https://chat.example.org", "chat.example.org", false);
    check_good("https://chat.example.org:8065/sub//", false, "https://chat.example.org:8065/sub",
               "chat.example.org", false);
    check_good("http://127.0.0.1:4242", false, "http://127.0.0.1:4242", "127.0.0.1", true);
    check_good("http://[::1]:4242/", false, "http://[::1]:4242", "::1", true);
    check_good("http://LocalHost", false, "http://LocalHost", "LocalHost", true);
    check_good("http://chat.example.org", true, "http://chat.example.org", "chat.example.org",
               false);
}

static void
test_refused(void)
{
    static const char *const bad[] = {
        "http://chat.example.org",
        "http://127.0.0.1.example.org",
        "ftp://127.0.0.1",
        "https://kai:x@example.org",
        "https://example.org/?a=b",
        "https://example.org/#a",
        "https://",
        "https://exa mple.org",
        "https://example.org/\r\nX: y",
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        struct address address;
        g_autoptr(GError) error = NULL;
        g_assert_false(address_read(bad[i], false, "https://x", &address, &error));
        g_assert_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
    }
}

static void
test_probe(void)
{
    g_autofree char *bare = address_to_probe("example.org/"),
                    *full = address_to_probe("http://example.org/a/?x=1#y");

    g_assert_cmpstr(bare, ==, "https://example.org");
    g_assert_cmpstr(full, ==, "http://example.org/a");
}

void
test_address_add(void)
{
    g_test_add_func("/address/good", test_good);
    g_test_add_func("/address/refused", test_refused);
    g_test_add_func("/address/probe", test_probe);
}
