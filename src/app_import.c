/* weft import matterbridge FILE: without a screen. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "app.h"
#include "base/error.h"
#include "base/file.h"
#include "base/redact.h"
#include "core/config.h"
#include "import/import.h"
#include "import/toml.h"
#include "protocols/registry.h"
#include "text/display.h"

struct wish {
    const char *file;
    bool write;
    bool yes;
};

static int
fail(const char *text)
{
    g_autofree char *shown = display_dup(text, -1, DISPLAY_BLOCK);

    fprintf(stderr, "weft: %s\n", shown);
    return 1;
}

static void
show(FILE *stream, const char *text)
{
    g_autofree char *shown = display_dup(text, -1, DISPLAY_BLOCK);

    fputs(shown, stream);
}

/* --- what it says --- */

static void
tell_secrets(const struct import_result *result, const struct config *config, bool write)
{
    g_autofree char *folder = g_path_get_dirname(config_file(config));
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < result->secrets->len; i++) {
        const struct import_secret *secret = result->secrets->pdata[i];
        g_string_append_printf(text,
                               write ? "%s/%s will hold the %s of line %d.\n"
                                     : "Put the %3$s of line %4$d into %1$s/%2$s and let nobody "
                                       "else read it (chmod 600); --write does so.\n",
                               folder, secret->file, secret->what, secret->line);
    }
    show(stderr, text->str);
}

static void
tell_end(const struct import_result *result, const struct config *config, const struct wish *wish)
{
    g_autoptr(GString) text = g_string_new(NULL);

    g_string_append_printf(text,
                           "Accounts: %u. Gateways: %u. Options: %u are taken over, %u need no "
                           "line, %u are not taken over.\n",
                           result->accounts, result->gateways, result->taken, result->built_in,
                           result->left);
    g_string_append(text, "Matterbridge takes options from its environment as well "
                          "(MATTERBRIDGE_IRC_LIBERA_PASSWORD and the like): these are not here.\n");
    if (result->broken)
        g_string_append(text, "Some lines could not be read, as told above: what they say is "
                              "missing.\n");
    show(stderr, text->str);
    tell_secrets(result, config, wish->write);
}

/* --- writing --- */

/* What the person types, or --yes. */
static bool
is_wanted(const struct config *config, const struct wish *wish)
{
    char answer[16] = "";

    if (wish->yes)
        return true;
    g_autofree char *shown = display_dup(config_file(config), -1, DISPLAY_LINE);
    fprintf(stderr, "Add these lines to %s? Type yes: ", shown);
    fflush(stderr);
    if (fgets(answer, sizeof answer, stdin) == NULL)
        return false;
    g_strchomp(answer);
    return strcmp(answer, "yes") == 0 || strcmp(answer, "y") == 0;
}

static int
write_it(const struct import_result *result, struct config *config, const struct wish *wish)
{
    g_autoptr(GError) error = NULL;

    if (result->broken)
        return fail("nothing is written: mend the lines that could not be read first.");
    if (result->accounts == 0)
        return fail("nothing is written: there is no account that weft could connect.");
    fflush(stdout);
    if (!is_wanted(config, wish)) {
        fputs("Nothing was written.\n", stderr);
        return 1;
    }
    if (!import_write(result, config, &error))
        return fail(error->message);
    g_autofree char *text =
        g_strdup_printf("Written to %s. weft check looks it over.\n", config_file(config));
    show(stderr, text);
    return 0;
}

static int
run(const struct wish *wish, struct config *config, GError **error)
{
    size_t len = 0;
    char *bytes = file_read(wish->file, TOML_MAX_BYTES, &len, error);
    g_autofree char *name = g_path_get_basename(wish->file);
    int status;

    if (bytes == NULL)
        return 1;
    g_autofree char *shown = display_dup(name, -1, DISPLAY_NAME);
    const struct import_options options = {
        .name = shown, .config = config, .networks = registry_networks()};
    struct import_result *result = import_matterbridge(&options, bytes, len);
    redact_wipe(bytes, len);
    g_free(bytes);
    show(stderr, result->told->str);
    show(stdout, result->conf->str);
    fflush(stdout);
    tell_end(result, config, wish);
    status = wish->write ? write_it(result, config, wish) : (result->broken ? 1 : 0);
    import_result_free(result);
    return status;
}

static const char *
read_wish(int argc, char **argv, struct wish *ret_wish)
{
    if (argc < 1 || strcmp(argv[0], "matterbridge") != 0)
        return "import knows one kind of file: weft import matterbridge FILE";
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--write") == 0)
            ret_wish->write = true;
        else if (strcmp(argv[i], "--yes") == 0)
            ret_wish->yes = true;
        else if (argv[i][0] == '-' || ret_wish->file != NULL)
            return "import takes one file, --write and --yes";
        else
            ret_wish->file = argv[i];
    }
    return ret_wish->file == NULL ? "import needs a file: weft import matterbridge FILE" : NULL;
}

int
app_import(const struct app_options *options, int argc, char **argv)
{
    struct wish wish = {0};
    const char *wrong = read_wish(argc, argv, &wish);
    g_autoptr(GError) error = NULL;
    struct paths *paths;
    struct config *config;
    int status;

    if (wrong != NULL) {
        fail(wrong);
        return 2;
    }
    paths = paths_new(options->profile, &error);
    if (paths == NULL)
        return fail(error->message);
    config = config_load(paths, registry_networks());
    status = run(&wish, config, &error);
    if (error != NULL)
        fail(error->message);
    config_free(config);
    paths_free(paths);
    return status;
}
