#include "import/import.h"

#include "base/redact.h"
#include "import/import_priv.h"

static void
secret_free(void *memory)
{
    struct import_secret *secret = memory;

    g_free(secret->account);
    g_free(secret->file);
    redact_wipe_free(secret->value);
    g_free(secret->what);
    g_free(secret);
}

static void
line_free(void *memory)
{
    struct import_line *line = memory;

    g_free(line->text);
    g_free(line);
}

void
import_result_free(struct import_result *result)
{
    g_string_free(result->conf, TRUE);
    g_string_free(result->told, TRUE);
    g_ptr_array_unref(result->secrets);
    g_free(result);
}

static void
tell_problems(struct importing *importing, const struct toml *toml)
{
    for (unsigned i = 0; i < toml->problems->len; i++) {
        const struct toml_problem *problem = toml->problems->pdata[i];
        g_autofree char *text = import_shown(problem->text);
        import_tell(importing, problem->line, "column %d: %s%s", problem->column, text,
                    problem->mended ? "" : " This is not read.");
    }
    importing->result->problems = toml->problems->len;
    importing->result->broken = toml_is_broken(toml);
}

static const struct toml_value *
table_of(const struct toml_value *root, const char *key)
{
    const struct toml_pair *pair = import_find(root, key);

    return pair != NULL && pair->value->kind == TOML_TABLE ? pair->value : NULL;
}

static gint
compare_lines(gconstpointer a, gconstpointer b)
{
    const struct import_line *x = *(const struct import_line *const *)a;
    const struct import_line *y = *(const struct import_line *const *)b;

    return x->line != y->line ? (x->line < y->line ? -1 : 1) : (x->n < y->n ? -1 : 1);
}

static void
write_told(struct importing *importing)
{
    g_ptr_array_sort(importing->lines, compare_lines);
    for (unsigned i = 0; i < importing->lines->len; i++) {
        const struct import_line *line = importing->lines->pdata[i];
        g_string_append_printf(importing->result->told, "%s:%d: %s\n", importing->options->name,
                               line->line, line->text);
    }
}

static void
run(struct importing *importing)
{
    const struct toml_value *tengo = table_of(importing->root, "tengo");

    g_string_append_printf(importing->result->conf, "# Taken over from %s.\n",
                           importing->options->name);
    import_accounts_read(importing);
    import_gateways_mark(importing);
    import_accounts_build(importing);
    import_gateways_join(importing);
    import_accounts_write(importing);
    import_gateways_write(importing);
    import_general_looks(importing);
    if (importing->general != NULL)
        import_tell_table(importing, "general", "general", importing->general, NULL);
    if (tengo != NULL)
        import_tell_table(importing, "tengo", "tengo", tengo, NULL);
    write_told(importing);
}

struct import_result *
import_matterbridge(const struct import_options *options, const char *bytes, size_t len)
{
    struct import_result *result = g_new0(struct import_result, 1);
    struct importing importing = {.options = options, .result = result};
    struct toml *toml = toml_read(bytes, len);

    result->conf = g_string_new(NULL);
    result->told = g_string_new(NULL);
    result->secrets = g_ptr_array_new_with_free_func(secret_free);
    importing.root = toml->root;
    importing.general = table_of(toml->root, "general");
    importing.accounts = g_ptr_array_new_with_free_func(import_account_free);
    importing.gateways = g_ptr_array_new_with_free_func(import_gateway_free);
    importing.lines = g_ptr_array_new_with_free_func(line_free);
    importing.told = g_hash_table_new(NULL, NULL);
    tell_problems(&importing, toml);
    run(&importing);
    g_ptr_array_unref(importing.gateways);
    g_ptr_array_unref(importing.accounts);
    g_ptr_array_unref(importing.lines);
    g_hash_table_unref(importing.told);
    toml_free(toml);
    return result;
}
