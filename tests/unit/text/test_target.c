/* Where links lead, and which of them may be handed to a program. */
#include "text/target.h"

#include <string.h>

#include "base/error.h"
#include "tests/unit/text/tests.h"
#include "text/link.h"

static void
test_host(void)
{
    static const struct {
        const char *target, *host;
    } rows[] = {
        {"https://a.example", "a.example"},
        {"HTTPS://A.Example:8443/x@y", "a.example"},
        {"https://bank.example@evil.example/", "evil.example"},
        {"https://a@b@c.example?x", "c.example"},
        {"https://[::1]:8080/x", "[::1]"},
        {"https://b%C3%BCcher.example/", "xn--bcher-kva.example"},
        {"https://%65vil.example/", "evil.example"},
        {"https://a.example%2fevil.example/", NULL},
        {"https://%00a.example/", NULL},
        {"https://%FF.example/", NULL},
        {"https://a%20b/", NULL},
        {"https://[::1/", NULL},
        {"https://[::1]x/", NULL},
        {"https://-x/", NULL},
        {"https:///x", NULL},
        {"mailto:kai@a.example", NULL},
        {"", NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *host = target_host(rows[i].target);
        g_assert_cmpstr(host, ==, rows[i].host);
    }
}

/* Threat 25: a name before the host, and letters that can be taken for others. */
static void
test_doubt(void)
{
    static const char *const plain[] = {"https://a.example/x@y", "http://a.example:80",
                                        "mailto:kai@a.example", "irc://irc.example/lab",
                                        "https://a.example/caf%C3%A9"};
    static const char *const doubtful[] = {"https://bank.example@evil.example/",
                                           "https://bank.example:x@evil.example",
                                           "https://xn--80ak6aa92e.com/",
                                           "https://www.xn--80ak6aa92e.com/",
                                           "https://%D0%B0pple.com/",
                                           "https://%65vil.example/",
                                           "https://a.example%2f/",
                                           "https://\\evil.example"};

    for (size_t i = 0; i < G_N_ELEMENTS(plain); i++)
        g_assert_cmpstr(target_doubt(plain[i]), ==, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(doubtful); i++)
        g_assert_nonnull(target_doubt(doubtful[i]));
}

/* Threats 38 and 39: what a program gets, and what none ever gets. */
static void
test_opening(void)
{
    static const struct {
        const char *target, *opened;
    } rows[] = {
        {"https://a.example/x?y=1&z=$(touch%20x);`id`#f",
         "https://a.example/x?y=1&z=$(touch%20x);`id`#f"},
        {"http://A.example:80", "http://a.example:80"},
        {"https://b%C3%BCcher.example/", "https://xn--bcher-kva.example/"},
        {"https://kai@a.example/x", "https://kai@a.example/x"},
        {"irc://irc.example/lab", "irc://irc.example/lab"},
        {"mailto:kai@a.example", "mailto:kai@a.example"},
        {"mailto:kai@a.example?subject=x&attach=/etc/passwd", "mailto:kai@a.example"},
        {"mailto:-attach@a.example", NULL},
        {"mailto:a@b@c.example", NULL},
        {"mailto:a%0Ab@c.example", NULL},
        {"mailto:a", NULL},
        {"mailto:@", NULL},
        {"mailto:?attach=/etc/passwd", NULL},
        {"-e", NULL},
        {"--help", NULL},
        {"", NULL},
        {"/usr/bin/x.desktop", NULL},
        {"x.sh", NULL},
        {"file:///etc/passwd", NULL},
        {"file:///etc/x.desktop", NULL},
        {"file://a.example/x.html", NULL},
        {"smb://a.example/x", NULL},
        {"javascript:alert(1)", NULL},
        {"data:text/html,x", NULL},
        {"ftp://a.example/x.sh", NULL},
        {"magnet:?xt=1", NULL},
        {"vscode://a.example/x", NULL},
        {"https://", NULL},
        {"https://-e/", NULL},
        {"https://a b/", NULL},
        {"https://a.example/\n-e", NULL},
        {"https://a.example/\xc3\xa9", NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *opened = target_for_opening(rows[i].target, &error);
        g_assert_cmpstr(opened, ==, rows[i].opened);
        g_assert_true((error != NULL) == (opened == NULL));
    }
}

void
test_target_add(void)
{
    g_test_add_func("/target/host", test_host);
    g_test_add_func("/threat/25-doubtful-hosts", test_doubt);
    g_test_add_func("/threat/39-what-is-opened", test_opening);
}
