#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "core/config.h"

#define PROFILE_MAX_BYTES 64

static bool
check_profile(const char *profile, GError **error)
{
    size_t len = strlen(profile);

    if (len == 0 || len > PROFILE_MAX_BYTES ||
        strspn(profile, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-") != len) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                    "A profile's name is one word of letters, digits, _ and -.");
        return false;
    }
    return true;
}

/* The folder that the variable names, else the one under the home folder. The XDG rule: a relative
 * value counts as none. Read anew each time, unlike g_get_user_config_dir(). */
static char *
base_folder(const char *variable, const char *under_home)
{
    const char *value = g_getenv(variable);

    if (value && g_path_is_absolute(value))
        return g_strdup(value);
    return under_home ? g_build_filename(g_get_home_dir(), under_home, NULL) : NULL;
}

/* `base`/weft, or `base`/weft/profiles/NAME. */
static char *
own_folder(const char *base, const char *profile)
{
    return profile ? g_build_filename(base, "weft", "profiles", profile, NULL)
                   : g_build_filename(base, "weft", NULL);
}

static void
use_home(struct paths *paths, const char *home, const char *profile)
{
    g_autofree char *whole = g_canonicalize_filename(home, NULL);
    g_autofree char *folder =
        profile ? g_build_filename(whole, "profiles", profile, NULL) : g_strdup(whole);

    paths->data_dir = g_build_filename(folder, "data", NULL);
    paths->log_file = g_build_filename(folder, "state", "weft.log", NULL);
    paths->cache_dir = g_build_filename(folder, "cache", NULL);
    paths->download_dir = g_build_filename(folder, "downloads", NULL);
    paths->run_dir = g_build_filename(folder, "run", NULL);
    paths->config_dir = g_steal_pointer(&folder);
}

static void
use_xdg(struct paths *paths, const char *profile)
{
    g_autofree char *config = base_folder("XDG_CONFIG_HOME", ".config");
    g_autofree char *data = base_folder("XDG_DATA_HOME", ".local/share");
    g_autofree char *state = base_folder("XDG_STATE_HOME", ".local/state");
    g_autofree char *cache = base_folder("XDG_CACHE_HOME", ".cache");
    g_autofree char *run = base_folder("XDG_RUNTIME_DIR", NULL);
    g_autofree char *state_dir = own_folder(state, profile);

    paths->config_dir = own_folder(config, profile);
    paths->data_dir = own_folder(data, profile);
    paths->log_file = g_build_filename(state_dir, "weft.log", NULL);
    paths->cache_dir = own_folder(cache, profile);
    const char *downloads = g_get_user_special_dir(G_USER_DIRECTORY_DOWNLOAD);
    paths->download_dir =
        downloads ? g_strdup(downloads) : g_build_filename(g_get_home_dir(), "Downloads", NULL);
    paths->run_dir =
        run ? own_folder(run, profile) : g_build_filename(paths->cache_dir, "run", NULL);
}

struct paths *
paths_new(const char *profile, GError **error)
{
    const char *home = g_getenv("WEFT_HOME");

    if (profile && !check_profile(profile, error))
        return NULL;
    struct paths *paths = g_new0(struct paths, 1);
    if (home && *home)
        use_home(paths, home, profile);
    else
        use_xdg(paths, profile);
    paths->config_file = g_build_filename(paths->config_dir, "weft.conf", NULL);
    paths->override_file = g_build_filename(paths->config_dir, "override.conf", NULL);
    return paths;
}

void
paths_free(struct paths *paths)
{
    if (!paths)
        return;
    g_free(paths->config_file);
    g_free(paths->override_file);
    g_free(paths->config_dir);
    g_free(paths->data_dir);
    g_free(paths->log_file);
    g_free(paths->cache_dir);
    g_free(paths->download_dir);
    g_free(paths->run_dir);
    g_free(paths);
}
