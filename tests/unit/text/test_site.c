#include <glib.h>

#include "tests/unit/text/tests.h"
#include "text/site.h"

static void
test_names(void)
{
    static const char *const rows[][2] = {
        {"irc.libera.chat", "libera"},
        {"libera.chat", "libera"},
        {"chat.example.org", "example"},
        {"Chat.Example.ORG.", "example"},
        /* Endings of two words. */
        {"chat.coops.org.uk", "coops"},
        {"coops.co.uk", "coops"},
        {"chat.bakery.com.au", "bakery"},
        {"talk.a.kooperativa.coop.br", "kooperativa"},
        {"me.uk", "me"},
        {"ed.example.com", "example"},
        /* What only says what it is. */
        {"chat.coop", "net"},
        {"mill.chat.coop", "mill"},
        {"mill.cloud.net.com", "mill"},
        {"net.chat.org.uk", "net"},
        {"www.chat", "net"},
        /* No names. */
        {"localhost", "localhost"},
        {"chat", "net"},
        {"127.0.0.1", "net"},
        {"::1", "net"},
        {"[", "net"},
        {"", "net"},
        {".", "net"},
        {"...", "net"},
        {"a..org", "a"},
        /* Letters that a name does not have. */
        {"chat.käserei.example", "k--serei"},
        {"chat.-a_b.example", "a-b"},
        {"xn--ksereichur-v2a.example", "xn--ksereichur-v2a"},
        {"abcdefghijklmnopqrstuvwxyz0123456789.example", "abcdefghijklmnopqrstuvwxyz0123"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = site_name(rows[i][0], "net");
        g_test_message("%s", rows[i][0]);
        g_assert_cmpstr(name, ==, rows[i][1]);
    }
}

void
test_site_add(void)
{
    g_test_add_func("/site/names", test_names);
}
