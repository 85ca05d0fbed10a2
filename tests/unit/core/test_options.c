#include <string.h>

#include "base/error.h"
#include "core/nearest.h"
#include "core/options.h"
#include "core/secret.h"
#include "tests/unit/core/tests.h"

static const struct option_row own[] = {
    {.name = "label", .type = OPTION_TEXT},
    {.name = "connect", .type = OPTION_BOOL, .fallback = "on"},
    {0},
};

static const struct option_row rows[] = {
    {.name = "server", .type = OPTION_TEXT, .required = true, .help = "Where.", .example = "a:1"},
    {.name = "tls", .type = OPTION_CHOICE, .choices = "on starttls off", .fallback = "on"},
    {.name = "port", .type = OPTION_NUMBER, .least = 1, .most = 65535, .fallback = "6697"},
    {.name = "any", .type = OPTION_NUMBER},
    {.name = "tls_ca", .type = OPTION_PATH},
    {.name = "join", .type = OPTION_TEXT, .repeatable = true},
    {.name = "perform", .type = OPTION_TEXT, .repeatable = true, .fallback = "hello"},
    {.name = "password", .type = OPTION_SECRET},
    {0},
};

static void
assert_refused(const char *key, const char *value, const char *sentence)
{
    struct options *options = options_new(own, rows);
    g_autoptr(GError) error = NULL;

    g_assert_false(options_add(options, key, value, "/etc", &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
    g_assert_cmpstr(error->message, ==, sentence);
    options_free(options);
}

static void
test_fallbacks(void)
{
    struct options *options = options_new(own, rows);

    g_assert_null(options_text(options, "label"));
    g_assert_null(options_text(options, "server"));
    g_assert_cmpstr(options_text(options, "tls"), ==, "on");
    g_assert_true(options_bool(options, "connect"));
    g_assert_cmpint(options_number(options, "port"), ==, 6697);
    g_assert_cmpint(options_number(options, "any"), ==, 0);
    g_assert_null(options_list(options, "join")[0]);
    g_assert_cmpstr(options_list(options, "perform")[0], ==, "hello");
    g_assert_null(options_list(options, "perform")[1]);
    options_free(options);
}

static void
test_values(void)
{
    g_autoptr(GError) error = NULL;
    struct options *options = options_new_from_text(
        own, rows, "server = x:1\nconnect = No\nport = 1\n join=#b\njoin = #a\ntls_ca = ca.pem\n",
        "/etc/weft", &error);

    g_assert_no_error(error);
    g_assert_cmpstr(options_text(options, "server"), ==, "x:1");
    g_assert_false(options_bool(options, "connect"));
    g_assert_cmpint(options_number(options, "port"), ==, 1);
    g_assert_cmpstr(options_list(options, "join")[0], ==, "#b");
    g_assert_cmpstr(options_list(options, "join")[1], ==, "#a");
    g_assert_null(options_list(options, "join")[2]);
    g_assert_cmpstr(options_text(options, "join"), ==, "#b");
    g_assert_cmpstr(options_text(options, "tls_ca"), ==, "/etc/weft/ca.pem");
    options_free(options);
}

static void
test_refusals(void)
{
    assert_refused("prot", "1", "prot is not a key of this section. Did you mean port?");
    assert_refused("pasword_cmd", "x",
                   "pasword_cmd is not a key of this section. Did you mean password_cmd?");
    assert_refused("zzzzzz", "1", "zzzzzz is not a key of this section.");
    assert_refused("port", "0", "port must be a whole number from 1 to 65535.");
    assert_refused("port", "65536", "port must be a whole number from 1 to 65535.");
    assert_refused("port", "12x", "port must be a whole number from 1 to 65535.");
    assert_refused("port", "99999999999999999999999",
                   "port must be a whole number from 1 to 65535.");
    assert_refused("any", "", "any must be a whole number.");
    assert_refused("connect", "maybe", "connect must be on or off.");
    assert_refused("tls", "strattls",
                   "tls must be one of: on, starttls, off. Did you mean starttls?");
    assert_refused("tls_ca", "", "tls_ca must name a file.");
    assert_refused("server", "", "server must not be empty.");
    assert_refused("password", "", "password is empty. Leave the line out to be asked.");
    assert_refused("password_cmd", "pass 'x",
                   "password_cmd must be a command line; its quotes or backslashes don't match.");
}

static void
test_twice(void)
{
    struct options *options = options_new(own, rows);
    g_autoptr(GError) error = NULL;

    g_assert_true(options_add(options, "server", "a", NULL, NULL));
    g_assert_false(options_add(options, "server", "b", NULL, &error));
    g_assert_cmpstr(error->message, ==, "server is given twice.");
    g_clear_error(&error);
    g_assert_true(options_add(options, "password_file", "x", "/d", NULL));
    g_assert_false(options_add(options, "password", "hunter2", NULL, &error));
    g_assert_cmpstr(
        error->message, ==,
        "password_file and password both say where the same secret is. Keep one of them.");
    for (int i = 0; i < OPTIONS_MAX_VALUES; i++)
        g_assert_true(options_add(options, "join", "#x", NULL, NULL));
    g_assert_false(options_add(options, "join", "#x", NULL, NULL));
    options_free(options);
}

static void
test_from_text(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(options_new_from_text(own, rows, "port = 1\n", NULL, &error));
    g_assert_cmpstr(error->message, ==, "server is missing. Where. For example: server = a:1");
    g_clear_error(&error);
    g_assert_null(options_new_from_text(own, rows, "server = x\nnonsense\n", NULL, &error));
    g_assert_cmpstr(error->message, ==,
                    "Line 2: A key is one word, and '=' follows it: key = value");
    g_clear_error(&error);
    g_assert_null(options_new_from_text(own, rows, "server = x\n[account b]\n", NULL, &error));
    g_assert_cmpstr(error->message, ==, "A section can't begin among the lines of an account.");
}

static void
test_secret_is_hidden(void)
{
    struct options *options = options_new(own, rows);

    g_assert_true(options_add(options, "password", "hunter2", NULL, NULL));
    g_assert_null(options_text(options, "password"));
    g_assert_null(options_list(options, "password")[0]);
    g_assert_cmpstr(options_secret(options, "password", SECRET_PLAIN), ==, "hunter2");
    g_assert_null(options_secret(options, "password", SECRET_CMD));
    g_assert_null(options_secret(options, "server", SECRET_PLAIN));
    options_free(options);
}

static void
test_equal(void)
{
    struct options *a = options_new(own, rows);
    struct options *b = options_new(own, rows);

    g_assert_true(options_equal(a, b));
    g_assert_true(options_add(a, "join", "#x", NULL, NULL));
    g_assert_false(options_equal(a, b));
    g_assert_true(options_add(b, "join", "#y", NULL, NULL));
    g_assert_false(options_equal(a, b));
    options_free(b);
    b = options_new(own, rows);
    g_assert_true(options_add(b, "join", "#x", NULL, NULL));
    g_assert_true(options_equal(a, b));
    options_free(a);
    options_free(b);
}

static const char *
nearest_of(const char *word, struct nearest *nearest)
{
    static const char *const names[] = {"join", "part", "whois", "topic", "query", "quit"};

    nearest_init(nearest, word);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        nearest_offer(nearest, names[i]);
    return nearest->best;
}

static void
test_nearest(void)
{
    struct nearest nearest;
    g_autofree char *long_word = g_strnfill(100000, 'a');

    g_assert_cmpstr(nearest_of("jion", &nearest), ==, "join");
    g_assert_cmpstr(nearest_of("JOIN", &nearest), ==, "join");
    g_assert_cmpstr(nearest_of("quarrel", &nearest), ==, "");
    g_assert_cmpstr(nearest_of("quer", &nearest), ==, "query");
    g_assert_cmpstr(nearest_of("whoiss", &nearest), ==, "whois");
    g_assert_cmpstr(nearest_of("", &nearest), ==, "");
    g_assert_cmpstr(nearest_of("x", &nearest), ==, "");
    g_assert_cmpstr(nearest_of(long_word, &nearest), ==, "");
}

void
test_options_add(void)
{
    g_test_add_func("/options/fallbacks", test_fallbacks);
    g_test_add_func("/options/values", test_values);
    g_test_add_func("/options/refusals", test_refusals);
    g_test_add_func("/options/twice", test_twice);
    g_test_add_func("/options/from-text", test_from_text);
    g_test_add_func("/options/secret-is-hidden", test_secret_is_hidden);
    g_test_add_func("/options/equal", test_equal);
    g_test_add_func("/options/nearest", test_nearest);
}
