#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/redact.h"
#include "core/address.h"
#include "core/config.h"
#include "core/config_priv.h"
#include "core/core.h"
#include "core/gateway.h"
#include "core/options.h"

#define OVERRIDE_HEAD                                                                              \
    "# Written by weft: what /set and /ignore wrote. It is read last and wins over weft.conf.\n"   \
    "# Lines may be removed; comments are not kept.\n"

/* --- one value into override.conf
 * ---------------------------------------------------------------------- */

/* Which section is meant: its kind, the canonical form of its name, and the rows that apply. */
struct target {
    const struct config_kind *kind;
    char *name;
    const struct option_row *more;
};

static bool
find_target(const struct config *config, const char *section, struct target *ret_target,
            GError **error)
{
    size_t kind_len = strcspn(section, " ");
    g_autofree char *word = g_strndup(section, kind_len);
    g_autofree char *name = g_strstrip(g_strdup(section + kind_len));
    struct target target = {.kind = config_kind_find(word)};

    if (!target.kind)
        return error_refuse(error, "[%s] is not a section of weft's.", word);
    if (target.kind->named && !*name)
        return error_refuse(error, "[%s %s] needs a name.", word, target.kind->argument);
    if (!target.kind->named && *name)
        return error_refuse(error, "[%s] has no name of its own.", word);
    if (target.kind->rows == config_rows_buffer) {
        target.name = address_canonical(name, error);
        if (!target.name)
            return false;
    } else if (target.kind->rows == config_rows_account) {
        for (unsigned i = 0; i < config->accounts->len; i++) {
            const struct config_account *account = config->accounts->pdata[i];
            if (strcmp(account->name, name) == 0)
                target.more = config_network(config, account->network)->driver->options;
        }
        if (!config_account_options(config, name))
            return error_refuse(error, "There is no account %s in the configuration.", name);
    }
    if (target.kind->rows == config_rows_gateway && !config_gateway_options(config, name))
        return error_refuse(error, "There is no gateway %s in the configuration.", name);
    if (!target.name)
        target.name = g_steal_pointer(&name);
    *ret_target = target;
    return true;
}

static bool
check_setting(const struct config *config, const struct target *target, const char *key,
              const char *value, GError **error)
{
    enum secret_source source = SECRET_PLAIN;
    g_autofree char *folder = g_path_get_dirname(config->override_file);

    if (!config_check_text(key, "The key", error) ||
        (value && !config_check_text(value, "The value", error)))
        return false;
    if (!target->kind->rows) {
        if (!*key || strpbrk(key, " \t=[#;\""))
            return error_refuse(error, "An action's name is one word.");
        return !value || *value || error_refuse(error, "The keys of the action are missing.");
    }
    const struct option_row *row = options_find_row(target->kind->rows, target->more, key, &source);
    struct options *scratch = options_new(target->kind->rows, target->more);
    /* With no value to check, an empty one still finds the unknown key. */
    bool good = (row && !value) || options_add(scratch, key, value ? value : "", folder, error);
    options_free(scratch);
    if (!good)
        return false;
    if (row->type == OPTION_SECRET && source == SECRET_PLAIN && value)
        return error_refuse(
            error,
            "A secret is not set this way: it would stand in a file. Use %s_cmd, %s_file or "
            "%s_env.",
            key, key, key);
    if (target->kind->rows == config_rows_ignore)
        return error_refuse(error,
                            "Ignore rules are written by /ignore and taken away by /unignore.");
    if (target->kind->rows == config_rows_weft || target->kind->rows == config_rows_relay ||
        (target->kind->rows == config_rows_account && strcmp(key, "network") == 0))
        return error_refuse(error, "%s can only be changed in weft.conf.", key);
    return true;
}

/* Drops what the section says of this option. */
static void
remove_option(struct config_section *section, const struct target *target, const char *key)
{
    const struct option_row *row = options_find_row(target->kind->rows, target->more, key, NULL);

    for (unsigned i = section->pairs->len; i > 0; i--) {
        const struct config_pair *pair = section->pairs->pdata[i - 1];
        const struct option_row *other =
            options_find_row(target->kind->rows, target->more, pair->key, NULL);
        if (strcmp(pair->key, key) == 0 || (row && row == other))
            g_ptr_array_remove_index(section->pairs, i - 1);
    }
}

static void
write_pair(GString *out, const char *key, const char *value)
{
    g_autofree char *quoted = config_quote(value);

    g_string_append_printf(out, "%s = %s\n", key, quoted);
}

/* The whole of override.conf. `target` gets `key` and `value` as its last pair; value NULL: no
 * pair. */
static char *
write_override(const struct config_source *source, const struct target *target, const char *key,
               const char *value)
{
    GString *out = g_string_new(OVERRIDE_HEAD);
    const struct config_section *wanted =
        config_source_find(source, target->kind->kind, target->name);
    bool done = value == NULL;

    for (unsigned i = 0; i < source->sections->len; i++) {
        const struct config_section *section = source->sections->pdata[i];
        bool here = section == wanted && value;
        if (section->pairs->len == 0 && !here)
            continue;
        g_string_append_printf(out, "\n[%s%s%s]\n", section->kind, *section->name ? " " : "",
                               section->name);
        for (unsigned j = 0; j < section->pairs->len; j++) {
            const struct config_pair *pair = section->pairs->pdata[j];
            write_pair(out, pair->key, pair->value);
        }
        if (here)
            write_pair(out, key, value);
        done = done || here;
    }
    if (!done) {
        g_string_append_printf(out, "\n[%s%s%s]\n", target->kind->kind, *target->name ? " " : "",
                               target->name);
        write_pair(out, key, value);
    }
    return g_string_free(out, FALSE);
}

bool
config_knows_problem(const struct config *config, const struct config_problem *problem)
{
    for (unsigned i = 0; i < config->problems->len; i++) {
        const struct config_problem *known = config->problems->pdata[i];
        if (strcmp(known->text, problem->text) == 0)
            return true;
    }
    return false;
}

/* An account whose values are good each but not together has its driver's word for it. */
static bool
check_account(const struct config *config, const struct config *fresh, const struct target *target,
              GError **error)
{
    g_autoptr(GError) why = NULL;
    const struct options *options = target->kind->rows == config_rows_account
                                        ? config_account_options(fresh, target->name)
                                        : NULL;

    for (unsigned i = 0; options && i < fresh->accounts->len; i++) {
        const struct config_account *account = fresh->accounts->pdata[i];
        const struct network *network = config_network(fresh, account->network);
        if (account->options != options || !network->driver->check ||
            network->driver->check(options, &why))
            continue;
        /* What it objects to already does not keep anybody from mending the rest. */
        const struct config_problem known = {.text = why->message};
        if (config_knows_problem(config, &known))
            continue;
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    return true;
}

/* All files as they would be with this override.conf: written and taken in when they hold no
 * error that they do not hold now. */
static bool
commit(struct config *config, const struct target *target, const char *text, GError **error)
{
    struct config *fresh = config_read_again(config, text);
    bool good = check_account(config, fresh, target, error);

    for (unsigned i = 0; good && i < fresh->problems->len; i++) {
        const struct config_problem *problem = fresh->problems->pdata[i];
        if (!problem->warning && !config_knows_problem(config, problem))
            good = error_refuse(error, "%s:%d:%d: %s Nothing was written.", problem->file,
                                problem->line, problem->column, problem->text);
    }
    good = good && file_write_atomic(config->override_file, text, strlen(text), error);
    if (good)
        config_adopt(config, fresh);
    else
        config_free(fresh);
    return good;
}

/* What stands in override.conf now; NULL and `error` when it has an error. */
static struct config_source *
read_override(const struct config *config, GError **error)
{
    struct config_source *source = config_source_new();
    g_autofree char *folder = g_path_get_dirname(config->override_file);
    bool good = file_make_private_dir(folder, error);

    source->override = true;
    config_source_read(source, config->override_file, false);
    for (unsigned i = 0; good && i < source->problems->len; i++) {
        const struct config_problem *problem = source->problems->pdata[i];
        if (!problem->warning)
            good = error_refuse(error,
                                "%s:%d:%d: %s Nothing was written: mend or remove that line first.",
                                problem->file, problem->line, problem->column, problem->text);
    }
    if (!good)
        g_clear_pointer(&source, config_source_free);
    return source;
}

static bool
change_override(struct config *config, const struct target *target, const char *key,
                const char *value, GError **error)
{
    struct config_source *source = read_override(config, error);

    if (!source)
        return false;
    struct config_section *section = config_source_find(source, target->kind->kind, target->name);
    if (section)
        remove_option(section, target, key);
    g_autofree char *text = write_override(source, target, key, value);
    config_source_free(source);
    return commit(config, target, text, error);
}

static bool
has_override(const struct config *config, GError **error)
{
    if (config->override_file)
        return true;
    g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED,
                        "This configuration has no file for changes.");
    return false;
}

bool
config_set(struct config *config, const char *section, const char *key, const char *value,
           GError **error)
{
    struct target target = {0};

    if (!has_override(config, error))
        return false;
    bool good = find_target(config, section, &target, error) &&
                check_setting(config, &target, key, value, error) &&
                change_override(config, &target, key, value, error);
    g_free(target.name);
    return good;
}

/* --- ignore rules
 * -------------------------------------------------------------------------------------- */

static const struct target ignore_target = {
    .kind = &(const struct config_kind){.kind = "ignore", .rows = config_rows_ignore},
    .name = (char *)(uintptr_t) "",
};

bool
config_add_ignore(struct config *config, const char *rule, GError **error)
{
    struct config_source *source = NULL;

    if (!has_override(config, error) || !config_check_text(rule, "The rule", error) ||
        !(source = read_override(config, error)))
        return false;
    g_autofree char *text = write_override(source, &ignore_target, "rule", rule);
    config_source_free(source);
    return commit(config, &ignore_target, text, error);
}

bool
config_remove_ignore(struct config *config, const char *rule, GError **error)
{
    struct config_source *source = NULL;

    if (!has_override(config, error) || !(source = read_override(config, error)))
        return false;
    const struct config_section *section = config_source_find(source, "ignore", "");
    for (unsigned i = section ? section->pairs->len : 0; i > 0; i--) {
        const struct config_pair *pair = section->pairs->pdata[i - 1];
        if (strcmp(pair->value, rule) == 0)
            g_ptr_array_remove_index(section->pairs, i - 1);
    }
    g_autofree char *text = write_override(source, &ignore_target, "rule", NULL);
    config_source_free(source);
    return commit(config, &ignore_target, text, error);
}

/* --- a new account
 * ------------------------------------------------------------------------------------- */

static bool
check_new_name(const struct config *config, const char *name, GError **error)
{
    if (!config_check_text(name, "The account's name", error) ||
        !config_check_account_name(name, error))
        return false;
    if (config_account_options(config, name)) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_CONFLICT,
                    "There is an account %s already. Choose another name.", name);
        return false;
    }
    return true;
}

char *
config_account_section(const struct config *config, const char *name, const char *network,
                       const char *options, GError **error)
{
    const struct network *row = config_network(config, network);
    g_autofree char *folder = g_path_get_dirname(config->file);

    if (!check_new_name(config, name, error))
        return NULL;
    if (!row) {
        error_refuse(error, "This build of weft has no network named %s.", network);
        return NULL;
    }
    struct options *checked = options_new_from_text(config_rows_account + 1, row->driver->options,
                                                    options, folder, error);
    if (!checked)
        return NULL;
    options_free(checked);
    struct config_source *source = config_source_new();
    GString *out = g_string_new(NULL);
    config_source_read_pairs(source, options);
    g_string_append_printf(out, "[account %s]\nnetwork = %s\n", name, network);
    const GPtrArray *pairs = config_source_pairs(source);
    for (unsigned i = 0; i < pairs->len; i++) {
        const struct config_pair *pair = pairs->pdata[i];
        write_pair(out, pair->key, pair->value);
    }
    config_source_free(source);
    return g_string_free(out, FALSE);
}

static bool
check_new_gateways(const struct config *config, const struct config *trial, GError **error)
{
    for (unsigned i = 0; i < trial->gateways->len; i++) {
        const struct config_gateway *gateway = trial->gateways->pdata[i];
        if (!config_gateway_options(config, gateway->section))
            continue;
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_CONFLICT,
                    "There is a gateway %s already. Choose another name.", gateway->section);
        return false;
    }
    return true;
}

/* What stands in this line of the text: "[gateway jobs] leg". g_free(). */
static char *
name_line(const struct config_source *source, int line)
{
    for (unsigned i = 0; i < source->sections->len; i++) {
        const struct config_section *section = source->sections->pdata[i];
        const char *blank = *section->name ? " " : "";
        for (unsigned j = 0; j < section->pairs->len; j++) {
            const struct config_pair *pair = section->pairs->pdata[j];
            if (pair->line == line)
                return g_strdup_printf("[%s%s%s] %s", section->kind, blank, section->name,
                                       pair->key);
        }
        if (section->line == line)
            return g_strdup_printf("[%s%s%s]", section->kind, blank, section->name);
    }
    return g_strdup_printf("Line %d of these lines", line);
}

/* The text must be good by itself and hold only what is not there yet. */
bool
config_check_section(const struct config *config, const char *text, GError **error)
{
    struct config *trial = config_new(config->file, NULL, false, config->networks);
    struct config_source *source = config_source_new();
    bool good = true;

    config_source_read_text(source, config->file, text, strlen(text));
    config_take(trial, source);
    for (unsigned i = 0; good && i < trial->problems->len; i++) {
        const struct config_problem *problem = trial->problems->pdata[i];
        g_autofree char *where = name_line(source, problem->line);
        if (!problem->warning)
            good = error_refuse(error, "%s: %s", where, problem->text);
    }
    config_source_free(source);
    for (unsigned i = 0; good && i < trial->accounts->len; i++) {
        const struct config_account *account = trial->accounts->pdata[i];
        good = check_new_name(config, account->name, error);
    }
    good = good && check_new_gateways(config, trial, error);
    config_free(trial);
    return good;
}

bool
config_append_section(struct config *config, const char *text, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(config->file);
    g_autoptr(GError) why = NULL;
    size_t len = 0;

    if (!config_check_section(config, text, error) || !file_make_private_dir(folder, error))
        return false;
    g_autofree char *old = file_read(config->file, CONFIG_MAX_FILE_BYTES, &len, &why);
    if (!old && !error_is(why, WEFT_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    /* A header must not end up on the last line of a file that lacks its newline. */
    const char *before = len == 0 ? "" : old[len - 1] == '\n' ? "\n" : "\n\n";
    const char *after = g_str_has_suffix(text, "\n") ? "" : "\n";
    g_autofree char *whole = g_strconcat(before, text, after, NULL);
    if (old)
        redact_wipe(old, len);
    if (!file_append_atomic(config->file, whole, strlen(whole), error))
        return false;
    config_reload(config);
    return true;
}

/* --- weft check
 * ---------------------------------------------------------------------------------------- */

int
config_check_print(const struct config *config, GString *out)
{
    unsigned n_errors = 0;
    unsigned n_warnings = 0;

    for (unsigned i = 0; i < config->problems->len; i++) {
        const struct config_problem *problem = config->problems->pdata[i];
        if (problem->warning)
            n_warnings++;
        else
            n_errors++;
        g_string_append(out, problem->file);
        if (problem->line > 0)
            g_string_append_printf(out, ":%d:%d", problem->line, problem->column);
        g_string_append_printf(out, ": %s: %s\n", problem->warning ? "warning" : "error",
                               problem->text);
    }
    for (unsigned i = 0; i < config->hidden->len; i++) {
        const struct config_problem *hidden = config->hidden->pdata[i];
        g_string_append_printf(out, "%s:%d:%d: note: %s\n", hidden->file, hidden->line,
                               hidden->column, hidden->text);
    }
    g_string_append_printf(out, "%s: %u account%s, %u error%s, %u warning%s\n", config->file,
                           config->accounts->len, config->accounts->len == 1 ? "" : "s", n_errors,
                           n_errors == 1 ? "" : "s", n_warnings, n_warnings == 1 ? "" : "s");
    return n_errors > 0 ? 1 : 0;
}
