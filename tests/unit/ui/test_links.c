/* Links on their way to a terminal. */
#include "tests/unit/ui/screen.h"
#include "tests/unit/ui/tests.h"
#include "ui/links.h"
#include "ui/term_draw.h"
#include "ui/term_kind.h"
#include <glib.h>
#include <string.h>

#define START "\033[0m\033[H\033[2J\033[?25h\033[?25l"
#define END   "\033]8;;\033\\"

static void
test_numbers(void)
{
    struct links *links = links_new();
    uint32_t a = links_number(links, "https://a.example"), b = links_number(links, "xmpp:b");
    uint32_t last = 0;

    g_assert_cmpuint(a, !=, 0);
    g_assert_cmpuint(a, !=, b);
    g_assert_cmpuint(links_number(links, "https://a.example"), ==, a);
    g_assert_cmpstr(links_target(links, b), ==, "xmpp:b");
    g_assert_null(links_target(links, 77));
    /* A number is never given to another target. */
    for (int i = 0; i < 9000; i++) {
        g_autofree char *target = g_strdup_printf("https://a.example/%d", i);
        if (i % 100 == 0)
            links_begin(links);
        uint32_t number = links_number(links, target);
        g_assert_cmpuint(number, >, last);
        g_assert_cmpstr(links_target(links, number), ==, target);
        last = number;
    }
    g_assert_null(links_target(links, a));
    g_assert_cmpuint(links_number(links, "https://a.example"), >, last);
    links_free(links);
}

/* Threat 18: whatever comes this far, nothing but a harmless target reaches the terminal. */
static void
test_harmless(void)
{
    static const char *const bad[] = {
        "",     "a b", "https://a\033]8;;", "https://a\a", "https://\302\234", "https://\303\251",
        "a\nb", "\177"};
    struct links *links = links_new();

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_cmpuint(links_number(links, bad[i]), ==, 0);
    links_free(links);
}

struct page {
    GString *out;
    struct term_painter painter;
    struct cells *cells;
};

static void
open_page(struct page *page, bool hyperlinks)
{
    page->out = g_string_new(NULL);
    page->painter = (struct term_painter){.out = page->out,
                                          .depth = COLOR_DEPTH_TRUE,
                                          .colors = 256,
                                          .attrs = 0xff,
                                          .bce = true,
                                          .hide = "\033[?25l",
                                          .show = "\033[?25h",
                                          .hyperlinks = hyperlinks};
    page->cells = cells_new(3, 12);
    page->cells->links = links_new();
}

static void
close_page(struct page *page)
{
    links_free(page->cells->links);
    cells_free(page->cells);
    cells_free(page->painter.shown);
    g_string_free(page->out, TRUE);
}

static const char *
paint(struct page *page)
{
    g_string_truncate(page->out, 0);
    g_assert_true(term_paint(&page->painter, page->cells, 10000));
    return page->out->str;
}

static void
put(struct page *page, int row, int col, const char *text, const char *target)
{
    int cols = cells_puts(page->cells, row, col, 12, text, (struct style){0});

    if (target)
        cells_link(page->cells, row, col, cols, target);
}

static void
test_painted(void)
{
    struct page page;

    open_page(&page, true);
    put(&page, 0, 0, "see ab", NULL);
    put(&page, 0, 4, "ab", "https://a.example");
    put(&page, 1, 0, "cd", "https://a.example");
    put(&page, 2, 0, "x", "https://b.example");
    g_assert_cmpstr(paint(&page), ==,
                    START "see \033]8;id=w1;https://a.example\033\\ab\r\ncd\r\n"
                          "\033]8;id=w2;https://b.example\033\\x" END);
    g_assert_cmpstr(paint(&page), ==, "");
    /* The same text with another target is written again; an equal link is not. */
    links_begin(page.cells->links);
    put(&page, 0, 4, "ab", "https://c.example");
    put(&page, 1, 0, "cd", "https://a.example");
    g_assert_cmpstr(paint(&page), ==, "\033[1;5H\033]8;id=w3;https://c.example\033\\ab" END);
    /* What is erased is no link. */
    cells_clear(page.cells, (struct style){0});
    g_assert_null(strstr(paint(&page), "https"));
    close_page(&page);
}

static void
test_off(void)
{
    struct page page;

    open_page(&page, false);
    put(&page, 0, 0, "ab", "https://a.example");
    g_assert_cmpstr(paint(&page), ==, START "ab");
    close_page(&page);
    /* A grid without a table holds none. */
    open_page(&page, true);
    g_clear_pointer(&page.cells->links, links_free);
    put(&page, 0, 0, "ab", "https://a.example");
    g_assert_cmpstr(paint(&page), ==, START "ab");
    close_page(&page);
}

/* --- which terminal takes them --- */

static const char *const *environment;

static const char *
get(const char *name)
{
    for (const char *const *at = environment; at[0]; at += 2)
        if (strcmp(at[0], name) == 0)
            return at[1];
    return NULL;
}

static void
test_kinds(void)
{
    static const struct {
        const char *type;
        const char *variables[8];
        bool has;
    } rows[] = {
        {"xterm-256color", {NULL}, false},
        {"xterm-256color", {"VTE_VERSION", "7006"}, true},
        {"xterm-256color", {"VTE_VERSION", "4002"}, false},
        {"xterm-256color", {"TERM_PROGRAM", "WezTerm"}, true},
        {"xterm-256color", {"TERM_PROGRAM", "Apple_Terminal"}, false},
        {"xterm-256color", {"KONSOLE_VERSION", "221203"}, true},
        {"xterm-kitty", {NULL}, true},
        {"foot-direct", {NULL}, true},
        {"linux", {NULL}, false},
        {"linux", {"KITTY_WINDOW_ID", "1"}, false},
        {"tmux-256color", {"TERM_PROGRAM", "tmux", "TERM_PROGRAM_VERSION", "3.3a"}, false},
        {"tmux-256color", {"TERM_PROGRAM", "tmux", "TERM_PROGRAM_VERSION", "3.4"}, true},
        {"screen-256color",
         {"TMUX", "x", "TERM_PROGRAM", "tmux", "TERM_PROGRAM_VERSION", "3.5a"},
         true},
        {"tmux-256color", {"TERM_PROGRAM", "tmux", "TERM_PROGRAM_VERSION", "next-3.6"}, true},
        {"tmux-256color", {"TERM_PROGRAM", "tmux", "TERM_PROGRAM_VERSION", "master"}, true},
        {"tmux-256color", {"TERM_PROGRAM", "tmux", "TERM_PROGRAM_VERSION", "4"}, true},
        {"tmux-256color", {"TERM_PROGRAM", "tmux", "TERM_PROGRAM_VERSION", ""}, false},
        /* The terminal's own variables reach into a tmux that does not pass them. */
        {"tmux-256color", {"TMUX", "x", "VTE_VERSION", "7006", "TERM_PROGRAM", "tmux"}, false},
        {"screen", {"STY", "1.pts", "VTE_VERSION", "7006"}, false},
        {"screen", {"VTE_VERSION", "7006"}, false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        environment = rows[i].variables;
        if (term_kind_has_hyperlinks(rows[i].type, get) != rows[i].has)
            g_error("row %zu (%s)", i, rows[i].type);
    }
}

/* Who puts right-to-left text in order by itself. */
static void
test_bidi_kinds(void)
{
    static const struct {
        const char *type;
        const char *variables[8];
        enum term_kind_bidi kind;
    } rows[] = {
        {"xterm-256color", {NULL}, TERM_KIND_BIDI_NONE},
        {"xterm-256color", {"VTE_VERSION", "5600"}, TERM_KIND_BIDI_NONE},
        {"xterm-256color", {"VTE_VERSION", "7006"}, TERM_KIND_BIDI_TOLD},
        {"mlterm-256color", {NULL}, TERM_KIND_BIDI_TOLD},
        {"tmux-256color", {"TMUX", "x", "VTE_VERSION", "7006"}, TERM_KIND_BIDI_ITSELF},
        {"screen", {"STY", "1.pts", "VTE_VERSION", "7006"}, TERM_KIND_BIDI_ITSELF},
        {"xterm-256color", {"KONSOLE_VERSION", "221203"}, TERM_KIND_BIDI_ITSELF},
        {"xterm-256color", {"TERM_PROGRAM", "Apple_Terminal"}, TERM_KIND_BIDI_ITSELF},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        environment = rows[i].variables;
        if (term_kind_bidi(rows[i].type, get) != rows[i].kind)
            g_error("row %zu (%s)", i, rows[i].type);
    }
}

void
test_links_add(void)
{
    g_test_add_func("/links/numbers", test_numbers);
    g_test_add_func("/links/threat-18-harmless", test_harmless);
    g_test_add_func("/links/painted", test_painted);
    g_test_add_func("/links/off", test_off);
    g_test_add_func("/links/kinds", test_kinds);
    g_test_add_func("/bidi/terminals", test_bidi_kinds);
}
