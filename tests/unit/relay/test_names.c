#include <stdint.h>
#include <string.h>

#include "relay/names.h"
#include "tests/unit/relay/tests.h"

static const struct names_source maria = {.nick = "maria_patio_ar",
                                          .id = "u1",
                                          .account = "patio",
                                          .network = "mattermost",
                                          .label = "Patio",
                                          .buffer = "jobs",
                                          .gateway = "work"};

static void
assert_name(const char *template, const char *nick, const char *wanted)
{
    struct names_source source = maria;

    source.nick = nick;
    g_autofree char *name = names_make(template, &source);
    g_assert_cmpstr(name, ==, wanted);
}

static void
test_coop(void)
{
    char *name = NULL, *coop = NULL, *country = NULL;

    g_assert_true(names_split_coop("ana_maria_la_patio_AR", &name, &coop, &country));
    g_assert_cmpstr(name, ==, "ana_maria_la");
    g_assert_cmpstr(coop, ==, "patio");
    g_assert_cmpstr(country, ==, "ar");
    g_free(name);
    g_free(coop);
    g_free(country);
    g_assert_false(names_split_coop("maria", &name, &coop, &country));
    g_assert_false(names_split_coop("maria_ar", &name, &coop, &country));
    g_assert_false(names_split_coop("_patio_ar", &name, &coop, &country));
    g_assert_false(names_split_coop("maria__ar", &name, &coop, &country));
    g_assert_false(names_split_coop("maria_patio_a1", &name, &coop, &country));
    g_assert_false(names_split_coop("maria_patio_arg", &name, &coop, &country));
    g_assert_false(names_split_coop("", &name, &coop, &country));
}

static void
test_templates(void)
{
    assert_name("{name}", "maria_patio_ar", "maria");
    assert_name("{name}", "Juan", "Juan");
    assert_name("{nick}", "maria_patio_ar", "maria_patio_ar");
    assert_name("{name} ({coop}, {country})", "maria_patio_ar", "maria (patio, ar)");
    assert_name("{account}/{network}/{label}/{buffer}/{gateway}/{id}", "x",
                "patio/mattermost/Patio/jobs/work/u1");
    /* What is not known leaves nothing behind. */
    assert_name("{name} ({coop})", "juan", "juan");
    assert_name("[{coop}] {name}", "juan", "juan");
    assert_name("{name} [{coop}/{country}]", "juan", "juan");
    assert_name("{name} ([{coop}], {country})", "juan", "juan");
    assert_name("{name} ({label}, {country})", "juan", "juan (Patio, )");
    /* What a name or the template itself says with brackets stays. */
    assert_name("{nick}", "juan[]", "juan[]");
    assert_name("{nick} [] :) <{coop}", "juan", "juan [] :) <");
    /* A nick is no template, and no brace is a field by itself. */
    assert_name("{name}", "{id}", "{id}");
    assert_name("{name", "juan", "{name");
    /* Never empty. */
    assert_name("{coop}", "juan", "somebody");
    assert_name("{name}", "", "somebody");
    assert_name("{name}", "\xe2\x80\x8b\xe2\x80\x8b", "somebody");
}

/* Threat 40: nothing that steers, reorders or hides, and no mention. */
static void
test_clean(void)
{
    assert_name("{name}", "ma\x1b[31mria", "ma[31mria");
    assert_name("{name}", "ma\xe2\x80\xaeria", "maria");
    assert_name("{name}", "ma\xe2\x80\x8bria", "maria");
    assert_name("{name}", "  ma\n\t ria  ", "ma ria");
    assert_name("{name}", "@channel", "channel");
    assert_name("{name}", "@@ all", "all");
    assert_name("{name}", "p\xd0\xb0ypal", "[mix] p\xd0\xb0ypal");
    assert_name("{name}", "\xd0\xbc\xd0\xb0\xd1\x80\xd0\xb8\xd1\x8f",
                "\xd0\xbc\xd0\xb0\xd1\x80\xd0\xb8\xd1\x8f");
}

static void
assert_choice(const char *name, unsigned n, size_t max_bytes, const char *wanted)
{
    g_autofree char *choice = names_choice(name, &maria, n, max_bytes);

    g_assert_cmpstr(choice, ==, wanted);
}

static void
test_choices(void)
{
    assert_choice("maria", 0, 64, "maria");
    assert_choice("maria", 1, 64, "maria (patio)");
    assert_choice("maria", 2, 64, "maria (Patio)");
    assert_choice("maria", 3, 64, "maria (Patio 2)");
    assert_choice("mariaelena", 0, 8, "mariaele");
    assert_choice("mariaelena", 1, 8, "mariae 2");
    assert_choice("maria elena", 0, 6, "maria");
    /* A family of four is one character, and a letter keeps its accent. */
    assert_choice("ab\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa6", 0, 12, "ab");
    assert_choice("mari\x61\xcc\x81", 0, 6, "mari");
}

static void
test_keys(void)
{
    static const char *const same[] = {"maria", "Maria", "MARÍA", "mari\x61\xcc\x81"};
    g_autofree char *other = names_key("marja");

    for (size_t i = 0; i < G_N_ELEMENTS(same); i++) {
        g_autofree char *first = names_key(same[0]);
        g_autofree char *key = names_key(same[i]);
        g_assert_cmpstr(key, ==, first);
        g_assert_cmpstr(key, !=, other);
    }
}

static void
test_prefix(void)
{
    struct names_range range;
    g_autofree char *plain = names_prefix("<{as}> ", &maria, "maria (Patio)", &range);
    g_autofree char *blank = names_prefix("[{network}] {as}:", &maria, "maria", &range);
    g_autofree char *none =
        names_prefix("{coop}", &(struct names_source){.nick = "x"}, "x", &range);

    g_assert_cmpstr(plain, ==, "<maria (Patio)> ");
    g_assert_cmpstr(blank, ==, "[mattermost] maria: ");
    g_assert_cmpstr(none, ==, "");
}

/* Where the name stands in it. */
static void
test_range(void)
{
    static const struct names_source blank = {.nick = "m", .account = "a", .label = ""};
    static const struct names_source marked = {.nick = "a> b", .account = "a", .label = " x  ( "};
    static const struct {
        const char *template, *as, *name;
        const struct names_source *source; /* NULL: maria */
    } rows[] = {
        {"<{as}> ", "maria", "maria", NULL},
        {"{as}", "maria", "maria", NULL},
        {"  {as}:", "maria", "maria", NULL},
        {"[{network}] {as}:", "maria", "maria", NULL},
        /* What stands before it may hold the same letters. */
        {"mattermost a m {as}", "m", "m", NULL},
        {"[{label}] {nick}: ", "x", "maria_patio_ar", NULL},
        {"{name} of {coop} ", "x", "maria", NULL},
        {"({label}) {as} ", "m", "m", &blank},
        {"{label}  {as} ", "m", "m", &marked},
        /* As it is shown. */
        {"<{as}> ", "a> b", "a_ b", &marked},
        {"<{as}> ", "@ a  \xe2\x80\x8b", "@ a", &marked},
        /* Nobody's. */
        {"{network}: ", "maria", "", NULL},
        {"> ", "maria", "", NULL},
        {"", "maria", "", NULL},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        const struct names_source *source = rows[i].source ? rows[i].source : &maria;
        struct names_range range = {.start = 1000};
        g_autofree char *prefix = names_prefix(rows[i].template, source, rows[i].as, &range);
        g_test_message("%s: \"%s\"", rows[i].template, prefix);
        g_assert_cmpuint(range.start, <=, range.end);
        g_assert_cmpuint(range.end, <=, strlen(prefix));
        g_autofree char *name = g_strndup(prefix + range.start, range.end - range.start);
        g_assert_cmpstr(name, ==, rows[i].name);
    }
}

/* Of a number of the palette that chat networks share: relative luminance, as WCAG defines it. */
static double
luminance(const char *color)
{
    static const uint32_t sixteen[] = {0xffffff, 0x000000, 0x00007f, 0x009300, 0xff0000, 0x7f0000,
                                       0x9c009c, 0xfc7f00, 0xffff00, 0x00fc00, 0x009393, 0x00ffff,
                                       0x0000fc, 0xff00ff, 0x7f7f7f, 0xd2d2d2};
    static const double weights[] = {0.0722, 0.7152, 0.2126}; /* blue, green, red */
    guint64 number = 0;
    double sum = 0;

    g_assert_true(g_ascii_string_to_unsigned(color, 10, 0, 15, &number, NULL));
    for (unsigned i = 0; i < 3; i++) {
        const double part = (sixteen[number] >> (8 * i) & 0xff) / 255.0;
        /* Near enough to the curve of sRGB. */
        sum += weights[i] * part * (part * (part * 0.305306 + 0.682171) + 0.012523);
    }
    return sum;
}

/* One person always has the same; it is of those that every program has, and can be read. */
static void
test_color(void)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (unsigned i = 0; i < 500; i++) {
        g_autofree char *name = g_strdup_printf("name%u", i);
        const char *color = names_color(name);
        g_assert_cmpfloat((luminance(color) + 0.05) / 0.05, >, 2.5); /* on black */
        g_assert_cmpfloat(1.05 / (luminance(color) + 0.05), >, 2.5); /* on white */
        g_hash_table_add(seen, (char *)(uintptr_t)color);
    }
    g_assert_cmpuint(g_hash_table_size(seen), ==, 6);
    g_assert_cmpstr(names_color("Maria"), ==, names_color("maria"));
    /* For ever: these are what readers are used to. */
    g_assert_cmpstr(names_color("maria"), ==, "7");
    g_assert_cmpstr(names_color("juan"), ==, "13");
    g_assert_cmpstr(names_color(""), ==, "7");
}

/* Threat 36: a nick that would look like two people and a text between them. */
static void
test_takeover(void)
{
    const struct names_source source = {.nick = "alice> hi <bob"};
    struct names_range range;
    g_autofree char *angles = names_prefix("<{as}> ", &source, "alice> hi <bob", &range);
    g_autofree char *colon =
        names_prefix("{nick}: ", &(struct names_source){.nick = "a: b"}, "a", &range);
    g_autofree char *brackets = names_prefix("[{as}] ", &source, "alice] (x", &range);

    g_assert_cmpstr(angles, ==, "<alice_ hi _bob> ");
    g_assert_cmpstr(colon, ==, "a_ b: ");
    g_assert_cmpstr(brackets, ==, "[alice_ (x] ");
}

/* Whatever people call themselves: valid, within the limit, visible, no mention. */
static void
test_any(void)
{
    static const char *const parts[] = {"a",
                                        "_",
                                        "@",
                                        " ",
                                        "\n",
                                        "{name}",
                                        "\x1b",
                                        "\xcc\x81",
                                        "\xe2\x80\xae",
                                        "\xf0\x9f\x91\xa9",
                                        "\xe2\x80\x8d",
                                        "\xd0\xb0",
                                        "ar",
                                        "(",
                                        ")"};

    for (int round = 0; round < 3000; round++) {
        g_autoptr(GString) nick = g_string_new(NULL);
        for (int n = g_test_rand_int_range(0, 24); n > 0; n--)
            g_string_append(nick, parts[g_test_rand_int_range(0, G_N_ELEMENTS(parts))]);
        struct names_source source = maria;
        source.nick = nick->str;
        const size_t most = (size_t)g_test_rand_int_range(8, 40);
        g_autofree char *name = names_make("{name}", &source);
        g_autofree char *choice =
            names_choice(name, &source, (unsigned)g_test_rand_int_range(0, 5), most);
        g_assert_true(g_utf8_validate(choice, -1, NULL));
        g_assert_cmpuint(strlen(choice), <=, most);
        g_assert_cmpuint(strlen(choice), >, 0);
        g_assert_true(choice[0] != '@' && choice[0] != ' ');
        g_assert_null(strpbrk(choice, "\n\x1b"));
        g_assert_null(strstr(choice, "\xe2\x80\xae"));
    }
}

void
test_names_add(void)
{
    g_test_add_func("/names/coop", test_coop);
    g_test_add_func("/names/templates", test_templates);
    g_test_add_func("/names/clean", test_clean);
    g_test_add_func("/names/choices", test_choices);
    g_test_add_func("/names/keys", test_keys);
    g_test_add_func("/names/prefix", test_prefix);
    g_test_add_func("/names/range", test_range);
    g_test_add_func("/names/color", test_color);
    g_test_add_func("/names/takeover", test_takeover);
    g_test_add_func("/names/any", test_any);
}
