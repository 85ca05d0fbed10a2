/* Every command that can be typed, core's and every driver's: explained, with an example that
 * parses, under names that are nobody else's; told in docs/commands.md and docs/weft.1. */
#include <glib.h>
#include <string.h>

#include "core/command.h"
#include "core/foreign.h"
#include "protocols/registry.h"

/* A row of either kind. */
struct row {
    const char *name, *aliases, *arguments, *help, *example;
    const enum complete_kind *completes;
    int least, most;
    const char *owner; /* "weft", or the driver's title */
};

typedef void (*row_fn)(const struct row *row, void *user);

struct each {
    row_fn fn;
    void *user;
};

static void
each_own(void *user, const char *name)
{
    const struct each *each = user;
    const struct command *found = command_find(name);

    g_assert_nonnull(found);
    g_assert_cmpstr(found->name, ==, name);
    g_assert_nonnull(found->run);
    const struct row row = {found->name,  found->aliases, found->arguments,
                            found->help,  found->example, found->completes,
                            found->least, found->most,    "weft"};
    each->fn(&row, each->user);
}

/* The rows of this driver; NULL: core's. */
static void
each_row(const struct driver *driver, row_fn fn, void *user)
{
    struct each each = {fn, user};

    if (!driver) {
        command_each(NULL, each_own, &each);
        return;
    }
    for (const struct driver_command *found = driver->commands; found && found->name; found++) {
        const struct row row = {found->name,  found->aliases, found->arguments,
                                found->help,  found->example, found->completes,
                                found->least, found->most,    driver->title};
        fn(&row, user);
    }
}

/* --- each by itself --- */

static void
check_example(const struct row *row)
{
    g_autofree char *start = g_strconcat("/", row->name, NULL);
    const char *rest = row->example + strlen(start);

    g_assert_true(g_str_has_prefix(row->example, start));
    g_assert_true(*rest == '\0' || *rest == ' ');
    g_auto(GStrv) words = command_split(rest, MAX(row->most, 1));
    g_assert_cmpint((int)g_strv_length(words), >=, row->least);
    g_assert_cmpint((int)g_strv_length(words), <=, row->most);
}

static void
check_row(const struct row *row, void *user)
{
    g_test_message("%s /%s", row->owner, row->name);
    g_assert_nonnull(row->arguments);
    g_assert_nonnull(row->help);
    g_assert_nonnull(row->example);
    g_assert_cmpint(row->least, >=, 0);
    g_assert_cmpint(row->least, <=, row->most);
    g_assert_cmpint(row->most, <=, COMMAND_MAX_ARGUMENTS);
    g_assert_true((row->most == 0) == (*row->arguments == '\0'));
    /* One sentence first. */
    g_autofree char *sentence = g_strndup(row->help, strcspn(row->help, "\n"));
    g_assert_cmpuint(strlen(sentence), <=, 100);
    g_assert_true(g_str_has_suffix(sentence, "."));
    g_assert_true(g_ascii_isupper(*sentence));
    for (int i = 0; i < COMMAND_MAX_ARGUMENTS; i++)
        g_assert_cmpint(row->completes[i], <, COMPLETE_KIND_N);
    if (row->most == 0)
        g_assert_cmpint(row->completes[0], ==, COMPLETE_NONE);
    check_example(row);
}

static void
test_each(void)
{
    each_row(NULL, check_row, NULL);
    for (const struct network *network = registry_networks(); network->name; network++)
        each_row(network->driver, check_row, NULL);
}

/* --- names --- */

static void
add_name(GHashTable *names, const char *name, const char *row)
{
    const char *known = g_hash_table_lookup(names, name);

    if (known)
        g_error("/%s is a name of /%s and of /%s", name, known, row);
    g_hash_table_insert(names, g_strdup(name), (void *)(uintptr_t)row);
}

/* A network's own row may take the place of core's of the very same name. */
static void
add_names(const struct row *row, void *user)
{
    const struct command *own = strcmp(row->owner, "weft") != 0 ? command_find(row->name) : NULL;

    if (own && strcmp(own->name, row->name) == 0)
        g_hash_table_remove(user, row->name);
    g_auto(GStrv) aliases = g_strsplit(row->aliases ? row->aliases : "", " ", -1);

    add_name(user, row->name, row->name);
    for (unsigned i = 0; aliases[i]; i++) {
        g_assert_true(*aliases[i] != '\0');
        add_name(user, aliases[i], row->name);
    }
}

static void
test_names(void)
{
    for (const struct network *network = registry_networks(); network->name; network++) {
        g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        each_row(NULL, add_names, names);
        each_row(network->driver, add_names, names);
    }
}

/* --- the documentation --- */

static void
append_row(const struct row *row, void *user)
{
    g_auto(GStrv) lines = g_strsplit(row->help, "\n", -1);
    GString *out = user;

    g_string_append_printf(out, "\n### /%s%s%s\n\n", row->name, *row->arguments ? " " : "",
                           row->arguments);
    for (unsigned i = 0; lines[i]; i++)
        g_string_append_printf(out, "%s%s", i ? "  \n" : "", lines[i]);
    g_string_append_printf(out, "\n\nExample: `%s`", row->example);
    if (row->aliases) {
        g_auto(GStrv) aliases = g_strsplit(row->aliases, " ", -1);
        g_autofree char *joined = g_strjoinv("`, `/", aliases);
        g_string_append_printf(out, ". Also: `/%s`", joined);
    }
    g_string_append(out, ".\n");
}

static void
test_document(void)
{
    g_autofree char *file = g_test_build_filename(G_TEST_DIST, "docs", "commands.md", NULL);
    g_autoptr(GString) wanted = g_string_new(
        "# Commands\n\nMade from the tables of the program: "
        "`WEFT_UPDATE_GOLDEN=1 tests/unit/rows-test` writes it anew.\n\n"
        "A line that begins with a slash is a command; two slashes send a text that begins with "
        "one.\n\n## Everywhere\n");
    g_autofree char *text = NULL;

    each_row(NULL, append_row, wanted);
    for (const struct network *network = registry_networks(); network->name; network++) {
        if (!network->driver->commands)
            continue;
        g_string_append_printf(wanted, "\n## %s\n", network->driver->title);
        each_row(network->driver, append_row, wanted);
    }
    if (g_getenv("WEFT_UPDATE_GOLDEN"))
        g_assert_true(g_file_set_contents(file, wanted->str, -1, NULL));
    g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
    if (strcmp(text, wanted->str) != 0)
        g_error("docs/commands.md is not what the tables say: "
                "WEFT_UPDATE_GOLDEN=1 tests/unit/rows-test writes it anew.");
}

/* What other programs call it: not a name of weft's own, and told where one comes from them. */
static void
test_foreign(void)
{
    g_autofree char *file =
        g_test_build_filename(G_TEST_DIST, "docs", "from-weechat-irssi.md", NULL);
    g_autofree char *text = NULL;

    g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
    for (const struct foreign_command *row = foreign_commands; row->names; row++) {
        g_auto(GStrv) names = g_strsplit(row->names, " ", -1);
        g_assert_true(g_str_has_suffix(row->here, "."));
        for (char **name = names; *name; name++) {
            g_autofree char *told = g_strdup_printf("`/%s`", *name);
            if (command_find(*name))
                g_error("/%s is a command of weft's: it has no place in foreign.c.", *name);
            if (!strstr(text, told))
                g_error("docs/from-weechat-irssi.md does not tell of /%s", *name);
        }
    }
}

static void
find_in_manual(const struct row *row, void *user)
{
    g_autofree char *pattern = g_strdup_printf("^\\.B[IR]? .*/%s\\b", row->name);

    if (!g_regex_match_simple(pattern, user, G_REGEX_MULTILINE, 0))
        g_error("docs/weft.1 does not tell of /%s", row->name);
}

static void
test_manual(void)
{
    g_autofree char *file = g_test_build_filename(G_TEST_DIST, "docs", "weft.1", NULL);
    g_autofree char *text = NULL;

    g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
    each_row(NULL, find_in_manual, text);
}

/* --- what documents promise --- */

static void
note_name(const struct row *row, void *user)
{
    g_hash_table_add(user, g_strdup(row->name));
    g_auto(GStrv) aliases = g_strsplit(row->aliases ? row->aliases : "", " ", -1);
    for (char **alias = aliases; *alias; alias++)
        g_hash_table_add(user, g_strdup(*alias));
}

/* "`/name": each is a command of weft. Returns how many there are. */
static unsigned
check_named(GHashTable *names, const char *file, const char *text)
{
    g_autoptr(GRegex) regex = g_regex_new("`/([a-z]+)", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    unsigned n = 0;

    for (g_regex_match(regex, text, 0, &match); g_match_info_matches(match);
         g_match_info_next(match, NULL)) {
        g_autofree char *name = g_match_info_fetch(match, 1);
        if (!g_hash_table_contains(names, name))
            g_error("%s tells of /%s, which is no command: %s", file, name, text);
        n++;
    }
    return n;
}

/* The right column is weft's; where it says "the same", the left one too. */
static unsigned
check_table_row(GHashTable *names, const char *file, const char *line)
{
    g_auto(GStrv) cells = g_strsplit(line, "|", 4);

    if (g_strv_length(cells) != 4)
        g_error("%s: a row has two columns: %s", file, line);
    return check_named(names, file, cells[2]) +
           (strstr(cells[2], "the same;") ? check_named(names, file, cells[1]) : 0);
}

static void
test_promised(void)
{
    static const char *const files[] = {"docs/from-weechat-irssi.md", "docs/configuration.md",
                                        "docs/writing.md", "README.md"};
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    unsigned n = 0;

    each_row(NULL, note_name, names);
    for (const struct network *network = registry_networks(); network->name; network++)
        each_row(network->driver, note_name, names);
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_test_build_filename(G_TEST_DIST, files[i], NULL);
        g_autofree char *text = NULL;
        g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        for (char **line = lines; *line; line++)
            n += i == 0 && **line == '|' ? check_table_row(names, files[i], *line)
                                         : check_named(names, files[i], *line);
    }
    g_assert_cmpuint(n, >, 30);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rows/each", test_each);
    g_test_add_func("/rows/foreign", test_foreign);
    g_test_add_func("/rows/names", test_names);
    g_test_add_func("/rows/document", test_document);
    g_test_add_func("/rows/manual", test_manual);
    g_test_add_func("/rows/promised", test_promised);
    return g_test_run();
}
