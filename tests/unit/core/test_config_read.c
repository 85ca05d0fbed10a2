#include <string.h>

#include "base/file.h"
#include "core/config_read.h"
#include "tests/support/scratch.h"
#include "tests/unit/core/tests.h"

static struct config_source *
read_bytes(const char *text, size_t len)
{
    struct config_source *source = config_source_new();

    config_source_read_text(source, "f", text, len);
    return source;
}

static struct config_source *
read_text(const char *text)
{
    return read_bytes(text, strlen(text));
}

static const struct config_pair *
only_pair(const struct config_source *source)
{
    g_assert_cmpuint(source->sections->len, ==, 1);
    const struct config_section *section = source->sections->pdata[0];
    g_assert_cmpuint(section->pairs->len, ==, 1);
    return section->pairs->pdata[0];
}

static void
assert_problem(const struct config_source *source, unsigned i, int line, int column,
               const char *text)
{
    g_assert_cmpuint(source->problems->len, >, i);
    const struct config_problem *problem = source->problems->pdata[i];
    g_assert_cmpstr(problem->text, ==, text);
    g_assert_cmpint(problem->line, ==, line);
    g_assert_cmpint(problem->column, ==, column);
    g_assert_false(problem->warning);
}

/* One pair, and the value that it must give. */
static void
assert_value(const char *line, const char *key, const char *value)
{
    g_autofree char *text = g_strconcat("[s]\n", line, "\n", NULL);
    struct config_source *source = read_text(text);

    g_assert_cmpuint(source->problems->len, ==, 0);
    g_assert_cmpstr(only_pair(source)->key, ==, key);
    g_assert_cmpstr(only_pair(source)->value, ==, value);
    config_source_free(source);
}

static void
assert_wrong(const char *line, int column, const char *sentence)
{
    g_autofree char *text = g_strconcat("[s]\n", line, "\n", NULL);
    struct config_source *source = read_text(text);

    assert_problem(source, 0, 2, column, sentence);
    g_assert_cmpuint(source->problems->len, ==, 1);
    g_assert_cmpuint(((struct config_section *)source->sections->pdata[0])->pairs->len, ==, 0);
    config_source_free(source);
}

static void
test_values(void)
{
    assert_value("a = b", "a", "b");
    assert_value("a=b", "a", "b");
    assert_value("\t a \t=\t b c \t", "a", "b c");
    assert_value("a = b = c", "a", "b = c");
    assert_value("next = Alt-=", "next", "Alt-=");
    assert_value("a ==", "a", "=");
    assert_value("a =", "a", "");
    assert_value("a = \"\"", "a", "");
    assert_value("a = \" b \"", "a", " b ");
    assert_value("a = \"\"b\"\"", "a", "\"b\"");
    assert_value("a = b\"", "a", "b\"");
    assert_value("a = #b ; c", "a", "#b ; c");
    assert_value("a = \\n\\\\", "a", "\\n\\\\");
    assert_value("join = #caf\u00e9", "join", "#caf\u00e9");
    assert_value("a = [b]", "a", "[b]");
}

static void
test_wrong_lines(void)
{
    const char *one_word = "A key is one word, and '=' follows it: key = value";
    const char *open = "A value that begins with a double quote must end with one. If the quote "
                       "belongs to the value, put another pair around all of it.";

    assert_wrong("word", 5, one_word);
    assert_wrong("two words = x", 5, one_word);
    assert_wrong("= x", 1, "A key must stand before the '='.");
    assert_wrong("  = x", 3, "A key must stand before the '='.");
    assert_wrong("a = \"b", 5, open);
    assert_wrong("a = \"", 5, open);
    assert_wrong("a = \"b\" # no comment here", 5, open);
    assert_wrong(
        "a = \u00a0b", 5,
        "An unusual blank (U+00A0) stands here. Remove it, or put the value in double quotes.");
    assert_wrong(
        "a = \u00e9\u00e9 \u2003", 8,
        "An unusual blank (U+2003) stands here. Remove it, or put the value in double quotes.");
    assert_wrong("\u00e9\u00e9 = \x1b[2J", 6,
                 "A control character (U+001B) stands here. Remove it.");
    assert_wrong("a = \xc2\x85", 5, "A control character (U+0085) stands here. Remove it.");
    assert_wrong("a = \x7f", 5, "A control character (U+007F) stands here. Remove it.");
    assert_wrong("# even in a comment \x07", 21,
                 "A control character (U+0007) stands here. Remove it.");
    assert_wrong("\u00e9 = \xff", 5,
                 "This is not valid UTF-8. Save the file in the encoding UTF-8.");
}

static void
test_quote_in_the_middle(void)
{
    struct config_source *source = read_text("[s]\na = \"my prog\" \"x\"\n");
    const struct config_problem *problem = source->problems->pdata[0];

    g_assert_cmpuint(source->problems->len, ==, 1);
    g_assert_true(problem->warning);
    g_assert_cmpint(problem->column, ==, 5);
    g_assert_cmpstr(only_pair(source)->value, ==, "my prog\" \"x");
    config_source_free(source);
}

static void
test_nul_and_marks(void)
{
    struct config_source *source = read_bytes("[s]\na = b\0c\nd = e\n", 18);

    assert_problem(source, 0, 2, 6, "A NUL byte stands here. Remove it.");
    g_assert_cmpstr(only_pair(source)->key, ==, "d");
    config_source_free(source);

    source = read_text("\xef\xbb\xbf[s]\na = b");
    g_assert_cmpuint(source->problems->len, ==, 0);
    g_assert_cmpstr(only_pair(source)->value, ==, "b");
    config_source_free(source);

    source = read_bytes("\xff\xfe[\0", 4);
    assert_problem(source, 0, 1, 1,
                   "This is not valid UTF-8. Save the file in the encoding UTF-8.");
    config_source_free(source);

    source = read_text("[s]\r\na = b\r\nc = d\r\n");
    assert_problem(
        source, 0, 1, 4,
        "The lines end with CR LF, as on another system. Save the file with plain line ends.");
    g_assert_cmpuint(source->problems->len, ==, 1);
    config_source_free(source);
}

static void
test_comments(void)
{
    struct config_source *source =
        read_text("# a\n; b\n\n  \t\n   # indented\n[s]\n;x = y\n   k = v\n#\n");

    g_assert_cmpuint(source->problems->len, ==, 0);
    g_assert_cmpstr(only_pair(source)->key, ==, "k");
    g_assert_cmpint(only_pair(source)->line, ==, 8);
    g_assert_cmpint(only_pair(source)->column, ==, 4);
    g_assert_cmpint(only_pair(source)->value_column, ==, 8);
    config_source_free(source);
}

static void
test_headers(void)
{
    struct config_source *source = read_text("  [ account   libera  ]  \na = 1\n[buffer x/#a]b]\n"
                                             "b = 2\n[account libera]\nc = 3\n");
    const struct config_section *account = config_source_find(source, "account", "libera");
    const struct config_section *buffer = config_source_find(source, "buffer", "x/#a]b");

    g_assert_cmpuint(source->problems->len, ==, 0);
    g_assert_cmpuint(source->sections->len, ==, 2);
    g_assert_nonnull(account);
    g_assert_cmpuint(account->pairs->len, ==, 2);
    g_assert_cmpint(account->column, ==, 3);
    g_assert_nonnull(buffer);
    config_source_free(source);

    source = read_text("early = 1\n[look] # no\na = passed over\n[]\n[ok]\n");
    assert_problem(source, 0, 1, 1,
                   "This stands before the first section, such as [weft] or [account NAME].");
    assert_problem(source, 1, 2, 12,
                   "A section's line ends with ']'. A comment needs a line of its own.");
    assert_problem(source, 2, 4, 1, "A section needs a name between its brackets.");
    g_assert_cmpuint(source->problems->len, ==, 3);
    g_assert_cmpuint(source->sections->len, ==, 1);
    config_source_free(source);

    source = read_text("[");
    assert_problem(source, 0, 1, 2,
                   "A section's line ends with ']'. A comment needs a line of its own.");
    config_source_free(source);
}

static void
test_limits(void)
{
    g_autofree char *filler = g_strnfill(CONFIG_MAX_LINE_BYTES - 4, 'x');
    g_autofree char *fits = g_strconcat("[s]\na = ", filler, "\n", NULL);
    g_autofree char *longer = g_strconcat("[s]\na = x", filler, "\nb = 1\n", NULL);
    struct config_source *source = read_text(fits);

    g_assert_cmpuint(source->problems->len, ==, 0);
    g_assert_cmpstr(only_pair(source)->value, ==, filler);
    config_source_free(source);
    source = read_text(longer);
    assert_problem(source, 0, 2, 1, "This line is longer than 8192 bytes.");
    g_assert_cmpstr(only_pair(source)->key, ==, "b");
    config_source_free(source);

    g_autoptr(GString) many = g_string_new("[s]\n");
    for (int i = 0; i < 100000; i++)
        g_string_append(many, "x\n");
    source = read_text(many->str);
    g_assert_cmpuint(source->problems->len, ==, CONFIG_MAX_PROBLEMS + 1);
    config_source_free(source);

    g_string_assign(many, "");
    for (int i = 0; i < CONFIG_MAX_SECTIONS + 1; i++)
        g_string_append_printf(many, "[s %d]\nk = v\n", i);
    source = read_text(many->str);
    g_assert_cmpuint(source->sections->len, ==, CONFIG_MAX_SECTIONS);
    g_assert_cmpuint(source->problems->len, ==, 1);
    config_source_free(source);

    g_string_assign(many, "[s]\n");
    for (int i = 0; i < CONFIG_MAX_PAIRS + 1; i++)
        g_string_append(many, "k = v\n");
    source = read_text(many->str);
    assert_problem(source, 0, CONFIG_MAX_PAIRS + 2, 1, "This section has more than 2000 lines.");
    config_source_free(source);
}

static void
put(const char *folder, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *parent = g_path_get_dirname(path);

    g_assert_true(file_make_private_dir(parent, NULL));
    g_assert_true(file_write_atomic(path, text, strlen(text), NULL));
}

static struct config_source *
read_folder(const char *folder, const char *name)
{
    struct config_source *source = config_source_new();
    g_autofree char *path = g_build_filename(folder, name, NULL);

    source->include = true;
    config_source_read(source, path, true);
    return source;
}

static void
test_includes(void)
{
    char *folder = scratch_new();

    put(folder, "weft.conf", "[weft]\ninclude = sub/a.conf\ninclude = b.conf\n[s]\nk = 3\n");
    put(folder, "sub/a.conf", "[s]\nk = 1\n[weft]\ninclude = c.conf\n");
    put(folder, "sub/c.conf", "[s]\nk = 2\n");
    put(folder, "b.conf", "");
    struct config_source *source = read_folder(folder, "weft.conf");
    const struct config_section *section = config_source_find(source, "s", "");
    g_assert_cmpuint(source->problems->len, ==, 0);
    g_assert_cmpuint(section->pairs->len, ==, 3);
    for (unsigned i = 0; i < 3; i++) {
        g_autofree char *wanted = g_strdup_printf("%u", i + 1);
        const struct config_pair *pair = section->pairs->pdata[i];
        g_assert_cmpstr(pair->value, ==, wanted);
    }
    g_assert_true(g_str_has_suffix(section->file, "/sub/a.conf"));
    config_source_free(source);
    scratch_free(folder);
}

static void
test_include_cycle(void)
{
    char *folder = scratch_new();

    put(folder, "weft.conf", "[weft]\ninclude = a.conf\n");
    put(folder, "a.conf", "[weft]\n\n include = ./weft.conf\n");
    struct config_source *source = read_folder(folder, "weft.conf");
    g_autofree char *text =
        g_strdup_printf("The files include each other in a circle: %s/weft.conf "
                        "includes %s/a.conf includes %s/./weft.conf.",
                        folder, folder, folder);
    assert_problem(source, 0, 3, 12, text);
    config_source_free(source);

    put(folder, "self.conf", "[weft]\ninclude = self.conf\n");
    source = read_folder(folder, "self.conf");
    g_assert_cmpuint(source->problems->len, ==, 1);
    config_source_free(source);
    scratch_free(folder);
}

static void
test_include_limits(void)
{
    char *folder = scratch_new();
    g_autoptr(GString) many = g_string_new("[weft]\n");

    for (int i = 0; i < CONFIG_MAX_DEPTH + 2; i++) {
        g_autofree char *name = g_strdup_printf("d%d.conf", i);
        g_autofree char *text = g_strdup_printf("[weft]\ninclude = d%d.conf\n", i + 1);
        put(folder, name, text);
    }
    struct config_source *source = read_folder(folder, "d0.conf");
    assert_problem(source, 0, 2, 11, "Files include each other more than 8 deep.");
    g_assert_cmpuint(source->problems->len, ==, 1);
    config_source_free(source);

    put(folder, "leaf.conf", "");
    for (int i = 0; i < CONFIG_MAX_INCLUDES + 1; i++)
        g_string_append(many, "include = leaf.conf\n");
    put(folder, "many.conf", many->str);
    source = read_folder(folder, "many.conf");
    assert_problem(source, 0, CONFIG_MAX_INCLUDES + 2, 11, "More than 32 files are included.");
    g_assert_cmpuint(source->problems->len, ==, 1);
    config_source_free(source);

    put(folder, "gone.conf", "[weft]\ninclude = nothing.conf\ninclude =\n");
    source = read_folder(folder, "gone.conf");
    g_assert_cmpuint(source->problems->len, ==, 2);
    g_assert_cmpint(((struct config_problem *)source->problems->pdata[0])->column, ==, 11);
    assert_problem(source, 1, 3, 10, "include must name a file.");
    config_source_free(source);
    scratch_free(folder);
}

static void
test_large_file(void)
{
    char *folder = scratch_new();
    g_autofree char *text = g_strnfill(CONFIG_MAX_FILE_BYTES + 1, '\n');

    put(folder, "big.conf", text);
    struct config_source *source = read_folder(folder, "big.conf");
    g_assert_cmpuint(source->problems->len, ==, 1);
    const struct config_problem *problem = source->problems->pdata[0];
    g_assert_nonnull(strstr(problem->text, "too large"));
    config_source_free(source);
    scratch_free(folder);
}

static void
test_quote_round_trip(void)
{
    static const char *const values[] = {
        "",   "a",   " a",    "a ",    "\"", "\"a\"",   "a\"b", "\"a b", "\u00a0x",
        "#a", "[x]", "a = b", "\ttab", "\\", "\u00e9 ", "\"\"", "a\"",   "'",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        g_autofree char *quoted = config_quote(values[i]);
        g_autofree char *text = g_strconcat("[s]\nk = ", quoted, "\n", NULL);
        struct config_source *source = read_text(text);
        g_assert_cmpstr(only_pair(source)->value, ==, values[i]);
        config_source_free(source);
    }
}

/* No bytes make the reader read past the end or say a place that is not there. */
static void
test_random_bytes(void)
{
    static const char alphabet[] = "[] =\"#\n\r\t\0ab\xc3\xa9\xff\x1b";
    GRand *rand = g_rand_new_with_seed(20261122);

    for (int round = 0; round < 20000; round++) {
        size_t len = (size_t)g_rand_int_range(rand, 0, 40);
        char *bytes = g_malloc(len ? len : 1); /* exact, so that a sanitizer sees a step too far */
        for (size_t i = 0; i < len; i++)
            bytes[i] = alphabet[g_rand_int_range(rand, 0, (int)sizeof alphabet - 1)];
        struct config_source *source = read_bytes(bytes, len);
        for (unsigned i = 0; i < source->problems->len; i++) {
            const struct config_problem *problem = source->problems->pdata[i];
            g_assert_cmpint(problem->line, >=, 1);
            g_assert_cmpint(problem->column, >=, 1);
            g_assert_cmpint(problem->column, <=, (int)len + 1);
        }
        config_source_free(source);
        g_free(bytes);
    }
    g_rand_free(rand);
}

void
test_config_read_add(void)
{
    g_test_add_func("/config-read/values", test_values);
    g_test_add_func("/config-read/wrong-lines", test_wrong_lines);
    g_test_add_func("/config-read/quote-in-the-middle", test_quote_in_the_middle);
    g_test_add_func("/config-read/nul-and-marks", test_nul_and_marks);
    g_test_add_func("/config-read/comments", test_comments);
    g_test_add_func("/config-read/headers", test_headers);
    g_test_add_func("/config-read/limits", test_limits);
    g_test_add_func("/config-read/includes", test_includes);
    g_test_add_func("/config-read/include-cycle", test_include_cycle);
    g_test_add_func("/config-read/include-limits", test_include_limits);
    g_test_add_func("/config-read/large-file", test_large_file);
    g_test_add_func("/config-read/quote-round-trip", test_quote_round_trip);
    g_test_add_func("/config-read/random-bytes", test_random_bytes);
}
