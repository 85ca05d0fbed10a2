#include "text/link.h"

#include <glib.h>
#include <string.h>

#include "tests/unit/text/tests.h"

static char *
links_of(const char *text)
{
    GString *out = g_string_new(NULL);
    size_t at = 0, start, end;

    while (link_next(text, strlen(text), &at, &start, &end)) {
        g_string_append(out, out->len > 0 ? "|" : "");
        g_string_append_len(out, text + start, (gssize)(end - start));
    }
    return g_string_free(out, FALSE);
}

static void
test_places(void)
{
    static const struct {
        const char *text, *links;
    } rows[] = {
        {"", ""},
        {"no link: here. http:/x https:// http://. www. mailto:", ""},
        {"see https://pads.example/agenda.", "https://pads.example/agenda"},
        {"(https://a.example/x_(y)), [http://b.example]",
         "https://a.example/x_(y)|http://b.example"},
        {"<https://a.example/?q=1&r=2#f>", "https://a.example/?q=1&r=2#f"},
        {"\"https://a.example/\" 'https://b.example'", "https://a.example/|https://b.example"},
        {"HTTPS://A.EXAMPLE/X", "HTTPS://A.EXAMPLE/X"},
        {"www.example.org/a, then", "www.example.org/a"},
        {"xhttps://a.example -https://b.example", "https://b.example"},
        {"漢https://a.example/漢字", "https://a.example/漢字"},
        {"https://a.example/\u202egpj", "https://a.example/"},
        {"https://a.example/\u200bx https://b.example\u00a0c",
         "https://a.example/|https://b.example"},
        {"https://a.example/\033]8;;x\a", "https://a.example/"},
        {"mailto:kai@a.example xmpp:kai@a.example matrix:r/lab:a.example",
         "mailto:kai@a.example|xmpp:kai@a.example|matrix:r/lab:a.example"},
        {"https://[::1]:8080/x", "https://[::1]:8080/x"},
        {"javascript:alert(1) data:text/html,x file:///etc/passwd", ""},
        {"irc://irc.example/lab ircs://irc.example", "irc://irc.example/lab|ircs://irc.example"},
        {"https://a.example/wow!!! https://b.example/?",
         "https://a.example/wow|https://b.example/"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *links = links_of(rows[i].text);
        g_assert_cmpstr(links, ==, rows[i].links);
    }
}

static void
test_target(void)
{
    static const struct {
        const char *link, *target;
    } rows[] = {
        {"https://a.example/x?y=1#z", "https://a.example/x?y=1#z"},
        {"www.example.org", "https://www.example.org"},
        {"https://a.example/caf\u00e9 x", "https://a.example/caf%C3%A9%20x"},
        {"https://a.example/\033]8;;\a\x9c", "https://a.example/%1B]8;;%07%9C"},
        {"https://a.example/\"<>\\", "https://a.example/%22%3C%3E%5C"},
        {"javascript:alert(1)", NULL},
        {"", NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *target = link_target(rows[i].link, strlen(rows[i].link));
        g_assert_cmpstr(target, ==, rows[i].target);
    }
}

/* Neither a link without an end nor many beginnings of one take more than one look at each byte. */
static void
test_long(void)
{
    g_autoptr(GString) text = g_string_new("https://a.example/");
    size_t at = 0, start, end;

    for (int i = 0; i < 100000; i++)
        g_string_append(text, "https://");
    g_assert_false(link_next(text->str, text->len, &at, &start, &end));
    g_assert_null(link_target(text->str, text->len));
    g_string_append(text, " https://b.example");
    at = 0;
    g_assert_true(link_next(text->str, text->len, &at, &start, &end));
    g_assert_cmpuint(end, ==, text->len);
    g_string_assign(text, "");
    for (int i = 0; i < 100000; i++)
        g_string_append(text, "https://.");
    at = 0;
    g_assert_false(link_next(text->str, text->len, &at, &start, &end));
}

void
test_link_add(void)
{
    g_test_add_func("/link/places", test_places);
    g_test_add_func("/link/target", test_target);
    g_test_add_func("/link/long", test_long);
}
