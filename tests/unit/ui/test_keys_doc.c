/* docs/keys.md and the keys in docs/weft.1 are what the tables say. */
#include "tests/unit/ui/tests.h"
#include "ui/keymap.h"
#include <glib.h>
#include <string.h>

#define AGAIN "WEFT_UPDATE_GOLDEN=1 tests/unit/ui-test writes it anew"

static void
compare(const char *name, const char *wanted)
{
    g_autofree char *file = g_test_build_filename(G_TEST_DIST, "docs", name, NULL);
    g_autofree char *text = NULL;

    if (g_getenv("WEFT_UPDATE_GOLDEN"))
        g_assert_true(g_file_set_contents(file, wanted, -1, NULL));
    g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
    if (strcmp(text, wanted) != 0)
        g_error("docs/%s does not tell the keys of ui/keymap.h: " AGAIN ".", name);
}

/* --- Markdown --- */

/* `Alt-a`, `Ctrl-c n`; a backtick and a bar need care in a table. */
static char *
marked_keys(const char *keys)
{
    g_auto(GStrv) each = g_strsplit(keys, ", ", -1);
    g_autofree char *joined = g_strjoinv("`, `", each);
    g_autoptr(GString) out = g_string_new(NULL);

    g_string_append_printf(out, "`%s`", joined);
    g_string_replace(out, "|", "\\|", 0);
    g_string_replace(out, "`Alt-``", "`` Alt-` ``", 0);
    return g_strdup(out->str);
}

static void
append_context(GString *out, const struct keymap *keymap, enum keymap_context context)
{
    g_string_append_printf(out,
                           "\n## %s (`%s`)\n\n| keys | action | what it does |\n|---|---|---|\n",
                           keymap_context_heading(context), keymap_context_name(context));
    for (int action = 1; action < ACTION_N; action++) {
        g_autofree char *keys = keymap_keys(keymap, (enum action)action);
        g_autofree char *marked = marked_keys(keys);
        if (action_context((enum action)action) == context)
            g_string_append_printf(out, "| %s | `%s` | %s |\n", marked,
                                   action_name((enum action)action),
                                   action_help((enum action)action));
    }
}

static void
append_preset(GString *out, const struct keymap *ours, const char *name)
{
    struct keymap *theirs = keymap_new();
    g_assert_true(keymap_use_preset(theirs, name, NULL));
    g_autofree char *difference = keymap_difference(ours, theirs);
    g_auto(GStrv) lines = g_strsplit(difference, "\n", -1);

    g_string_append_printf(out, "\n## Preset `%s`\n\nWhat differs from the keys above:\n\n", name);
    for (int i = 0; lines[i] != NULL; i++)
        g_string_append_printf(out, "- %s\n", lines[i]);
    keymap_free(theirs);
}

static void
test_markdown(void)
{
    g_autoptr(GString) wanted = g_string_new(
        "# Keys\n\nMade from the tables of the program: " AGAIN ".\n\n"
        "Every action can be bound to other keys: [configuration.md](configuration.md), `[keys]`. "
        "In weft, F1 shows the keys of where you are, and Alt-k (or Ctrl-c k) says what the next "
        "key does. No action needs Alt.\n\n"
        "A context's own keys go before those that work everywhere.\n");
    struct keymap *keymap = keymap_new();

    for (int context = 0; context < KEYMAP_CONTEXT_N; context++)
        append_context(wanted, keymap, (enum keymap_context)context);
    for (int i = 1; keymap_presets[i] != NULL; i++)
        append_preset(wanted, keymap, keymap_presets[i]);
    compare("keys.md", wanted->str);
    keymap_free(keymap);
}

/* --- the manual --- */

static void
append_escaped(GString *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\\')
            g_string_append(out, "\\e");
        else if (*text == '-')
            g_string_append(out, "\\-");
        else if (*text == '`')
            g_string_append(out, "\\(ga");
        else if (*text == '\'')
            g_string_append(out, "\\(aq");
        else if (*text == '^')
            g_string_append(out, "\\(ha");
        else if (*text == '"')
            g_string_append(out, "\\(dq");
        else
            g_string_append_c(out, *text);
    }
}

static void
append_manual(GString *out)
{
    struct keymap *keymap = keymap_new();

    for (int context = 0; context < KEYMAP_CONTEXT_N; context++) {
        g_string_append_printf(out, ".SS %s\n",
                               keymap_context_heading((enum keymap_context)context));
        for (int action = 1; action < ACTION_N; action++) {
            if (action_context((enum action)action) != (enum keymap_context)context)
                continue;
            g_autofree char *keys = keymap_keys(keymap, (enum action)action);
            g_string_append(out, ".TP\n.B \"");
            append_escaped(out, keys);
            g_string_append(out, "\"\n");
            append_escaped(out, action_help((enum action)action));
            g_string_append(out, "\n.RI ( ");
            append_escaped(out, action_name((enum action)action));
            g_string_append(out, " )\n");
        }
    }
    keymap_free(keymap);
}

static void
test_manual(void)
{
    static const char begin[] = ".\\\" The keys, made from the program's tables: " AGAIN ".\n";
    static const char end[] = ".\\\" The end of the keys.\n";
    g_autofree char *file = g_test_build_filename(G_TEST_DIST, "docs", "weft.1", NULL);
    g_autofree char *text = NULL;
    g_autoptr(GString) wanted = g_string_new(NULL);

    g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
    const char *from = strstr(text, begin), *to = strstr(text, end);
    g_assert_true(from != NULL && to != NULL && from < to);
    g_string_append_len(wanted, text, from - text);
    g_string_append(wanted, begin);
    append_manual(wanted);
    g_string_append(wanted, to);
    compare("weft.1", wanted->str);
}

void
test_keys_doc_add(void)
{
    g_test_add_func("/keys-doc/markdown", test_markdown);
    g_test_add_func("/keys-doc/manual", test_manual);
}
