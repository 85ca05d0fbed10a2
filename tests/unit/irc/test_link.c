#include "protocols/irc/irc_link.h"
#include "tests/unit/irc/tests.h"

static void
clear(struct link_target *target)
{
    g_free(target->account_name);
    g_free(target->options);
    g_free(target->server);
    g_free(target->conversation);
    g_free(target->message);
}

static void
test_links(void)
{
    static const struct {
        const char *link, *name, *server, *conversation, *options;
    } rows[] = {
        {"ircs://irc.libera.chat/#coop", "libera", "irc.libera.chat", "#coop",
         "server = irc.libera.chat\njoin = #coop\n"},
        {"ircs://irc.libera.chat:7000/coop,needkey", "libera", "irc.libera.chat", "#coop",
         "server = irc.libera.chat:7000\njoin = #coop\n"},
        {"irc://irc.example.org/%23lab", "example", "irc.example.org", "#lab",
         "server = irc.example.org\njoin = #lab\n"},
        {"ircs://chat.coops.org.uk", "coops", "chat.coops.org.uk", NULL,
         "server = chat.coops.org.uk\n"},
        {"irc://127.0.0.1:6667/lab", "irc", "127.0.0.1", "#lab",
         "server = 127.0.0.1:6667\ntls = off\njoin = #lab\n"},
        {"irc6://[::1]:6667", "irc", "::1", NULL, "server = [::1]:6667\ntls = off\n"},
        {"ircs://irc.example.org/maria,isnick", "example", "irc.example.org", "maria",
         "server = irc.example.org\n"},
        {"ircs://irc.example.org", "example", "irc.example.org", NULL,
         "server = irc.example.org\n"},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct link_target target;
        g_assert_true(irc_recognise_link(rows[i].link, &target));
        g_assert_cmpstr(target.account_name, ==, rows[i].name);
        g_assert_cmpstr(target.server, ==, rows[i].server);
        g_assert_cmpstr(target.conversation, ==, rows[i].conversation);
        g_assert_cmpstr(target.options, ==, rows[i].options);
        clear(&target);
    }
}

static void
test_not_ours(void)
{
    static const char *const rows[] = {
        "",     "https://irc.example.org/", "irc:",         "irc://",
        "#lab", "matrix:r/lab:example.org", "ircs:///#lab", "irc://a b/"};
    struct link_target target;

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++)
        g_assert_false(irc_recognise_link(rows[i], &target));
}

/* A link comes from strangers: it may not write options of its own. */
static void
test_no_injection(void)
{
    static const char *const rows[] = {"ircs://irc.example.org/%23a%0Atls%20=%20off",
                                       "ircs://irc.example.org/%23a%0D%0Ax",
                                       "ircs://irc.example.org%0Atls=off/"};

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct link_target target;
        if (!irc_recognise_link(rows[i], &target))
            continue;
        g_assert_cmpstr(target.options, ==, "server = irc.example.org\n");
        clear(&target);
    }
}

void
test_link_add(void)
{
    g_test_add_func("/irc/link/links", test_links);
    g_test_add_func("/irc/link/not-ours", test_not_ours);
    g_test_add_func("/irc/link/no-injection", test_no_injection);
}
