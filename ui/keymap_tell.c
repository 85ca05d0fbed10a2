/* What a keymap says of itself: for help, hints, and the difference between two. */
#include "ui/keymap.h"

#include <string.h>

/* The keys of all bindings of this name. */
static char *
keys_of(const struct keymap *keymap, const char *name)
{
    GString *out = g_string_new(NULL);
    for (size_t i = 0; i < keymap_n_bindings(keymap); i++) {
        const struct keymap_binding *binding = keymap_binding(keymap, i);
        g_autofree char *its_name = keymap_binding_name(binding);
        if (strcmp(its_name, name) != 0)
            continue;
        g_autofree char *keys = keymap_format(binding->keys, binding->n);
        g_string_append_printf(out, "%s%s", out->len > 0 ? ", " : "", keys);
    }
    return g_string_free(out, FALSE);
}

char *
keymap_binding_name(const struct keymap_binding *binding)
{
    enum action action = binding->action;
    g_autofree char *number = binding->number > 0 ? g_strdup_printf("buffer-%d", binding->number)
                                                  : g_strdup(action_name(action));
    if (binding->context == action_context(action))
        return g_steal_pointer(&number);
    return g_strconcat(keymap_context_name(binding->context), ".", number, NULL);
}

char *
keymap_keys(const struct keymap *keymap, enum action action)
{
    return keys_of(keymap, action_name(action));
}

char *
keymap_first_key(const struct keymap *keymap, enum action action)
{
    char *keys = keymap_keys(keymap, action);
    char *end = strstr(keys, ", ");
    if (end != NULL)
        *end = '\0';
    return keys;
}

static void
add_names(GPtrArray *names, const struct keymap *keymap)
{
    for (size_t i = 0; i < keymap_n_bindings(keymap); i++) {
        char *name = keymap_binding_name(keymap_binding(keymap, i));
        if (g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
            g_free(name);
        else
            g_ptr_array_add(names, name);
    }
}

char *
keymap_difference(const struct keymap *from, const struct keymap *to)
{
    GString *out = g_string_new(NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    for (int action = 1; action < ACTION_N; action++)
        g_ptr_array_add(names, g_strdup(action_name((enum action)action)));
    add_names(names, from);
    add_names(names, to);
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        g_autofree char *before = keys_of(from, name);
        g_autofree char *after = keys_of(to, name);
        if (strcmp(before, after) != 0)
            g_string_append_printf(out, "%s%s: %s → %s", out->len > 0 ? "\n" : "", name,
                                   *before != '\0' ? before : "(no key)",
                                   *after != '\0' ? after : "(no key)");
    }
    return g_string_free(out, FALSE);
}
