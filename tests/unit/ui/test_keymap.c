#include "base/error.h"
#include "tests/unit/ui/tests.h"
#include "ui/keymap.h"
#include <glib.h>
#include <string.h>

static enum keymap_result
press(struct keymap *keymap, const char *name, enum action *ret_action, int *ret_number)
{
    struct key key;
    g_assert_true(key_parse(name, &key, NULL));
    *ret_action = ACTION_NONE;
    return keymap_feed(keymap, KEYMAP_MAIN, key, ret_action, ret_number);
}

static enum action
press_in(struct keymap *keymap, enum keymap_context context, const char *name)
{
    struct key key;
    enum action action = ACTION_NONE;
    int number;
    g_assert_true(key_parse(name, &key, NULL));
    keymap_feed(keymap, context, key, &action, &number);
    return action;
}

static void
test_preset(void)
{
    struct keymap *keymap = keymap_new();
    enum action action;
    int number;
    g_assert_cmpint(press(keymap, "Alt-a", &action, &number), ==, KEYMAP_ACTION);
    g_assert_cmpint(action, ==, ACTION_NEXT_ACTIVITY);
    g_assert_cmpint(press(keymap, "x", &action, &number), ==, KEYMAP_UNBOUND);
    g_assert_cmpint(press(keymap, "Ctrl-c", &action, &number), ==, KEYMAP_PENDING);
    g_assert_cmpstr(keymap_pending(keymap), ==, "Ctrl-c");
    g_assert_cmpint(press(keymap, "Enter", &action, &number), ==, KEYMAP_ACTION);
    g_assert_cmpint(action, ==, ACTION_NEWLINE);
    g_assert_cmpstr(keymap_pending(keymap), ==, "");
    g_assert_cmpint(press(keymap, "Ctrl-c", &action, &number), ==, KEYMAP_PENDING);
    g_assert_cmpint(press(keymap, "x", &action, &number), ==, KEYMAP_DROPPED);
    g_assert_cmpint(press(keymap, "Alt-h", &action, &number), ==, KEYMAP_PENDING);
    g_assert_cmpint(press(keymap, "Esc", &action, &number), ==, KEYMAP_DROPPED);
    g_assert_cmpint(press(keymap, "Esc", &action, &number), ==, KEYMAP_ACTION);
    g_assert_cmpint(action, ==, ACTION_CANCEL);
    /* Every action has a key, and one at least that needs no Alt. */
    for (int i = 1; i < ACTION_N; i++) {
        g_autofree char *keys = keymap_keys(keymap, (enum action)i);
        g_auto(GStrv) list = g_strsplit(keys, ", ", -1);
        bool without_alt = false;
        for (int k = 0; list[k] != NULL; k++)
            without_alt = without_alt || strstr(list[k], "Alt-") == NULL;
        g_assert_cmpstr(keys, !=, "");
        if (!without_alt)
            g_error("%s needs Alt: %s", action_name((enum action)i), keys);
        g_assert_cmpint(action_from_name(action_name((enum action)i)), ==, i);
        g_assert_true(g_str_has_suffix(action_help((enum action)i), "."));
    }
    keymap_free(keymap);
}

static void
test_digits(void)
{
    struct keymap *keymap = keymap_new();
    enum action action;
    int number;
    g_assert_cmpint(press(keymap, "Alt-j", &action, &number), ==, KEYMAP_PENDING);
    g_assert_cmpint(press(keymap, "1", &action, &number), ==, KEYMAP_PENDING);
    g_assert_cmpstr(keymap_pending(keymap), ==, "Alt-j 1");
    g_assert_cmpint(press(keymap, "2", &action, &number), ==, KEYMAP_ACTION);
    g_assert_cmpint(action, ==, ACTION_BUFFER_JUMP);
    g_assert_cmpint(number, ==, 12);
    press(keymap, "Ctrl-c", &action, &number);
    press(keymap, "j", &action, &number);
    press(keymap, "7", &action, &number);
    g_assert_cmpint(press(keymap, "Enter", &action, &number), ==, KEYMAP_ACTION);
    g_assert_cmpint(number, ==, 7);
    press(keymap, "Alt-j", &action, &number);
    g_assert_cmpint(press(keymap, "x", &action, &number), ==, KEYMAP_DROPPED);
    press(keymap, "Alt-j", &action, &number);
    g_assert_cmpint(press(keymap, "Esc", &action, &number), ==, KEYMAP_DROPPED);
    /* Another key may stand behind the first, a digit may not. */
    g_assert_true(keymap_bind(keymap, "buffer-last", "Alt-j Alt-l", NULL));
    g_assert_false(keymap_bind(keymap, "buffer-last", "Alt-j 7", NULL));
    press(keymap, "Alt-j", &action, &number);
    g_assert_cmpint(press(keymap, "Alt-l", &action, &number), ==, KEYMAP_ACTION);
    g_assert_cmpint(action, ==, ACTION_BUFFER_LAST);
    press(keymap, "Alt-j", &action, &number);
    press(keymap, "0", &action, &number);
    g_assert_cmpint(press(keymap, "Alt-l", &action, &number), ==, KEYMAP_DROPPED);
    g_assert_cmpint(press(keymap, "5", &action, &number), ==, KEYMAP_UNBOUND);
    keymap_free(keymap);
}

static void
test_bind(void)
{
    static const struct {
        const char *action, *keys, *message;
    } wrong[] = {
        {"next-bufer", "Alt-x",
         "There is no action \"next-bufer\"; the nearest is \"next-buffer\"."},
        {"next-buffer", "Alt-", "\"Alt-\" is not a key"},
        {"next-buffer", "", "a key is missing"},
        {"next-buffer", "a b c d e", "\"a b c d e\" is too long"},
        {"next-buffer", "Ctrl-c", "\"Ctrl-c\" can't be bound while \"Ctrl-c "},
        {"next-buffer", "Alt-a b",
         "\"Alt-a b\" can't be bound while \"Alt-a\" calls next-activity"},
    };
    struct keymap *keymap = keymap_new();
    enum action action;
    int number;
    g_autoptr(GError) error = NULL;
    g_assert_true(keymap_bind(keymap, "next-buffer", "Alt-a", &error));
    g_assert_no_error(error);
    g_assert_cmpint(press(keymap, "Alt-a", &action, &number), ==, KEYMAP_ACTION);
    g_assert_cmpint(action, ==, ACTION_NEXT_BUFFER);
    g_assert_cmpint(press(keymap, "Ctrl-n", &action, &number), ==, KEYMAP_ACTION);
    g_assert_true(keymap_bind(keymap, "none", "Ctrl-n", &error));
    g_assert_cmpint(press(keymap, "Ctrl-n", &action, &number), ==, KEYMAP_UNBOUND);
    g_assert_true(keymap_bind(keymap, "help", "Ctrl-q  x y", &error));
    press(keymap, "Ctrl-q", &action, &number);
    press(keymap, "x", &action, &number);
    g_assert_cmpint(press(keymap, "y", &action, &number), ==, KEYMAP_ACTION);
    g_assert_cmpint(action, ==, ACTION_HELP);
    g_assert_true(keymap_bind(keymap, "next-activity", "Alt-a", &error));
    for (unsigned i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_assert_false(keymap_bind(keymap, wrong[i].action, wrong[i].keys, &error));
        g_assert_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
        g_test_message("%s", error->message);
        g_assert_true(g_str_has_prefix(error->message, wrong[i].message));
        g_clear_error(&error);
    }
    keymap_free(keymap);
}

/* A context's own bindings go first, then those of main. */
static void
test_context(void)
{
    struct keymap *keymap = keymap_new();
    enum action action;
    int number;
    g_autoptr(GError) error = NULL;
    g_assert_true(keymap_bind(keymap, "list.help", "n", &error));
    g_assert_true(keymap_bind(keymap, "list.redraw", "y y", &error));
    g_assert_true(keymap_bind(keymap, "list.last-buffer", "Alt-a", &error));
    g_assert_no_error(error);
    g_assert_cmpint(press_in(keymap, KEYMAP_LIST, "n"), ==, ACTION_HELP);
    g_assert_cmpint(press_in(keymap, KEYMAP_MAIN, "n"), ==, ACTION_NONE);
    g_assert_cmpint(press_in(keymap, KEYMAP_MESSAGE, "n"), ==, ACTION_NONE);
    g_assert_cmpint(press_in(keymap, KEYMAP_LIST, "y"), ==, ACTION_NONE);
    g_assert_cmpstr(keymap_pending(keymap), ==, "y");
    g_assert_cmpint(press_in(keymap, KEYMAP_LIST, "y"), ==, ACTION_REDRAW);
    g_assert_cmpint(press_in(keymap, KEYMAP_LIST, "Alt-a"), ==, ACTION_LAST_BUFFER);
    g_assert_cmpint(press_in(keymap, KEYMAP_MAIN, "Alt-a"), ==, ACTION_NEXT_ACTIVITY);
    g_assert_cmpint(press_in(keymap, KEYMAP_LIST, "Ctrl-l"), ==, ACTION_REDRAW);
    /* Not the beginning of two in one context; in two it may be. */
    g_assert_false(keymap_bind(keymap, "list.help", "y", &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
    g_clear_error(&error);
    g_assert_true(keymap_bind(keymap, "message.help", "y", &error));
    g_assert_false(keymap_bind(keymap, "lisp.help", "g", &error));
    g_assert_cmpstr(error->message, ==, "There is no context \"lisp\"; the nearest is \"list\".");
    g_clear_error(&error);
    g_assert_true(keymap_bind(keymap, "list.none", "Alt-a", &error));
    g_assert_cmpint(press_in(keymap, KEYMAP_LIST, "Alt-a"), ==, ACTION_NEXT_ACTIVITY);
    g_assert_true(keymap_bind(keymap, "none", "n", &error));
    g_assert_cmpint(press_in(keymap, KEYMAP_LIST, "n"), ==, ACTION_NONE);
    g_assert_cmpint(press(keymap, "Alt-a", &action, &number), ==, KEYMAP_ACTION);
    keymap_free(keymap);
}

/* An action for each preset keeps a key that needs no Alt, and the rows bind what they say. */
static void
test_presets(void)
{
    for (int p = 0; keymap_presets[p] != NULL; p++) {
        struct keymap *keymap = keymap_new();
        g_autoptr(GError) error = NULL;
        g_assert_true(keymap_use_preset(keymap, keymap_presets[p], &error));
        g_assert_no_error(error);
        for (int i = 1; i < ACTION_N; i++) {
            g_autofree char *keys = keymap_keys(keymap, (enum action)i);
            g_auto(GStrv) list = g_strsplit(keys, ", ", -1);
            bool without_alt = false;
            for (int k = 0; list[k] != NULL; k++)
                without_alt = without_alt || strstr(list[k], "Alt-") == NULL;
            if (*keys == '\0' || !without_alt)
                g_error("%s: %s needs Alt: %s", keymap_presets[p], action_name((enum action)i),
                        keys);
        }
        keymap_free(keymap);
    }
    struct keymap *keymap = keymap_new();
    g_autoptr(GError) error = NULL;
    g_assert_false(keymap_use_preset(keymap, "weechatt", &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
    g_assert_true(g_str_has_prefix(error->message, "There is no preset \"weechatt\"; the nearest "
                                                   "is \"weechat\"."));
    g_assert_cmpint(press_in(keymap, KEYMAP_MAIN, "Ctrl-f"), ==, ACTION_SEARCH);
    keymap_free(keymap);
}

/* A buffer's number is part of an action's name; the same key may be looked up without calling it.
 */
static void
test_numbers(void)
{
    struct keymap *keymap = keymap_new(), *other = keymap_new();
    enum action action;
    int number = 0;
    g_autoptr(GError) error = NULL;
    g_assert_true(keymap_bind(keymap, "buffer-17", "Alt-u", &error));
    g_assert_no_error(error);
    g_assert_cmpint(press(keymap, "Alt-u", &action, &number), ==, KEYMAP_ACTION);
    g_assert_cmpint(action, ==, ACTION_BUFFER_JUMP);
    g_assert_cmpint(number, ==, 17);
    g_assert_false(keymap_bind(keymap, "buffer-0", "Alt-u", &error));
    g_clear_error(&error);
    g_assert_false(keymap_bind(keymap, "buffer-x", "Alt-u", &error));
    g_clear_error(&error);
    g_assert_true(keymap_bind(keymap, "list.help", "F20", &error));
    g_autofree char *difference = keymap_difference(other, keymap);
    g_assert_cmpstr(difference, ==,
                    "first-unread: Alt-u, Ctrl-c u → Ctrl-c u\nbuffer-17: (no key) → Alt-u\n"
                    "list.help: (no key) → F20");
    g_autofree char *none = keymap_difference(keymap, keymap);
    g_assert_cmpstr(none, ==, "");
    const struct keymap_binding *found = keymap_find(keymap, KEYMAP_LIST, "F20", &error);
    g_assert_nonnull(found);
    g_assert_cmpint(found->action, ==, ACTION_HELP);
    g_assert_null(keymap_find(keymap, KEYMAP_MAIN, "F20", &error));
    g_assert_cmpint(keymap_find(keymap, KEYMAP_LIST, "Ctrl-c  Enter", &error)->action, ==,
                    ACTION_NEWLINE);
    g_assert_no_error(error);
    g_assert_null(keymap_find(keymap, KEYMAP_LIST, "Ctrl-", &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
    keymap_free(keymap);
    keymap_free(other);
}

void
test_keymap_add(void)
{
    g_test_add_func("/keymap/context", test_context);
    g_test_add_func("/keymap/presets", test_presets);
    g_test_add_func("/keymap/numbers", test_numbers);
    g_test_add_func("/keymap/preset", test_preset);
    g_test_add_func("/keymap/digits", test_digits);
    g_test_add_func("/keymap/bind", test_bind);
}
