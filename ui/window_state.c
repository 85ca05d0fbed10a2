#include "ui/window_state.h"

#include "base/file.h"
#include "base/log.h"

#define MAX_BYTES (256 * 1024)
#define GROUP     "list"

static char *
state_file(const struct paths *paths)
{
    g_autofree char *dir = g_path_get_dirname(paths->log_file);
    return g_build_filename(dir, "window", NULL);
}

int64_t
window_state_read(const struct paths *paths, struct list *list)
{
    g_autoptr(GKeyFile) state = g_key_file_new();
    g_autofree char *path = paths ? state_file(paths) : NULL;
    g_autofree char *text = NULL;
    g_auto(GStrv) folded = NULL;
    size_t len = 0;

    if (!path || !(text = file_read(path, MAX_BYTES, &len, NULL)) ||
        !g_key_file_load_from_data(state, text, len, G_KEY_FILE_NONE, NULL))
        return 0;
    folded = g_key_file_get_string_list(state, GROUP, "folded", NULL, NULL);
    for (size_t i = 0; folded && folded[i]; i++)
        list_fold(list, folded[i], true);
    list_set_unread_only(list, g_key_file_get_boolean(state, GROUP, "unread_only", NULL));
    return g_key_file_get_int64(state, GROUP, "shown", NULL);
}

void
window_state_write(const struct paths *paths, const struct list *list, int64_t shown)
{
    g_autoptr(GKeyFile) state = g_key_file_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *path = paths ? state_file(paths) : NULL;
    g_autofree char *dir = path ? g_path_get_dirname(path) : NULL;
    g_auto(GStrv) folded = list_folded(list);
    g_autofree char *text = NULL;
    size_t len;

    if (!path)
        return;
    g_key_file_set_string_list(state, GROUP, "folded", (const char *const *)folded,
                               g_strv_length(folded));
    g_key_file_set_boolean(state, GROUP, "unread_only", list_unread_only(list));
    g_key_file_set_int64(state, GROUP, "shown", shown);
    text = g_key_file_to_data(state, &len, NULL);
    if (!file_make_private_dir(dir, &error) ||
        !g_file_set_contents_full(path, text, (gssize)len, G_FILE_SET_CONTENTS_NONE, 0600, &error))
        log_warning("ui", "the window's state is not remembered: %s", error->message);
}
