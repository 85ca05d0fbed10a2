#include "ui/theme_find.h"

#include <string.h>

#include "base/error.h"
#include "core/nearest.h"

static bool
load_from(struct theme *theme, const char *dir, const char *sub, const char *name, GError **error)
{
    g_autofree char *file = g_strdup_printf("%s.theme", name);
    g_autofree char *path = g_build_filename(dir, sub, file, NULL);

    return g_file_test(path, G_FILE_TEST_EXISTS) && theme_load(theme, path, error);
}

bool
theme_find(struct theme *theme, const char *name, const char *own, const char *dir, GError **error)
{
    g_autoptr(GError) why = NULL;
    bool found = !strchr(name, '/') && ((own && load_from(theme, own, "themes", name, &why)) ||
                                        (!why && dir && load_from(theme, dir, ".", name, &why)));

    if (!found && !why && strcmp(name, "dark") == 0) {
        theme_init(theme);
        found = true;
    }
    if (why)
        g_propagate_error(error, g_steal_pointer(&why));
    return found;
}

static void
add_names(GPtrArray *names, const char *dir, const char *sub)
{
    g_autofree char *path = g_build_filename(dir, sub, NULL);
    g_autoptr(GDir) files = g_dir_open(path, 0, NULL);
    const char *file;

    while (files && (file = g_dir_read_name(files))) {
        g_autofree char *name = g_strndup(file, strlen(file) - MIN(strlen(file), 6));
        if (!g_str_has_suffix(file, ".theme") || !g_utf8_validate(name, -1, NULL) ||
            g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
            continue;
        g_ptr_array_add(names, g_steal_pointer(&name));
    }
}

static int
compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char **
theme_names(const char *own, const char *dir)
{
    GPtrArray *names = g_ptr_array_new();

    if (own)
        add_names(names, own, "themes");
    if (dir)
        add_names(names, dir, ".");
    if (!g_ptr_array_find_with_equal_func(names, "dark", g_str_equal, NULL))
        g_ptr_array_add(names, g_strdup("dark"));
    g_ptr_array_sort(names, compare_names);
    g_ptr_array_insert(names, 0, g_strdup("auto"));
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(names, FALSE);
}

bool
theme_check(const char *name, const char *own, const char *dir, GError **error)
{
    g_autoptr(GError) why = NULL;
    struct theme theme;

    if (strcmp(name, "auto") == 0 || theme_find(&theme, name, own, dir, &why))
        return true;
    if (why) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    g_auto(GStrv) names = theme_names(own, dir);
    g_autofree char *list = g_strjoinv(", ", names);
    struct nearest nearest;
    nearest_init(&nearest, name);
    for (char **at = names; *at; at++)
        nearest_offer(&nearest, *at);
    g_autofree char *hint = nearest_hint(&nearest);
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "There is no theme %s.%s There are: %s.",
                name, hint, list);
    return false;
}
