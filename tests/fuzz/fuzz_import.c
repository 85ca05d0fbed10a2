/* import: a matterbridge.toml, and TOML in general. */
#include <string.h>
#include <unistd.h>

#include "core/config.h"
#include "core/config_read.h"
#include "import/import.h"
#include "import/toml.h"
#include "protocols/registry.h"
#include "tests/fuzz/fuzz.h"

static void
check_value(const struct toml_value *value, int depth, unsigned *ret_n)
{
    g_assert_cmpint(depth, <=, 2 * TOML_MAX_DEPTH + 2);
    g_assert_cmpuint(++*ret_n, <=, TOML_MAX_VALUES);
    g_assert_cmpint(value->line, >=, 1);
    g_assert_true((value->kind == TOML_ARRAY) == (value->items != NULL));
    g_assert_true((value->kind == TOML_TABLE) == (value->pairs != NULL));
    g_assert_true((value->items == NULL && value->pairs == NULL) == (value->text != NULL));
    if (value->text != NULL)
        fuzz_assert_utf8(value->text, strlen(value->text));
    for (unsigned i = 0; value->items != NULL && i < value->items->len; i++)
        check_value(value->items->pdata[i], depth + 1, ret_n);
    for (unsigned i = 0; value->pairs != NULL && i < value->pairs->len; i++) {
        const struct toml_pair *pair = value->pairs->pdata[i];
        g_assert_true(toml_find(value, pair->key) == pair);
        check_value(pair->value, depth + 1, ret_n);
    }
    /* Who walks into a list of tables takes its last. */
    g_assert_true(value->made != TOML_MADE_TABLES || value->items->len > 0);
}

static void
check_toml(const char *bytes, size_t len)
{
    struct toml *toml = toml_read(bytes, len);
    int last = 0;
    unsigned n = 0;

    g_assert_cmpuint(toml->problems->len, <=, TOML_MAX_PROBLEMS + 1);
    for (unsigned i = 0; i < toml->problems->len; i++) {
        const struct toml_problem *problem = toml->problems->pdata[i];
        g_assert_cmpint(problem->line, >=, last);
        g_assert_cmpint(problem->column, >=, 1);
        last = problem->line;
    }
    check_value(toml->root, 0, &n);
    toml_free(toml);
}

/* What `weft check` would say. */
static void
check_load(const GString *conf)
{
    g_autofree char *name = g_strdup_printf("%s/weft-fuzz-%d.conf", g_get_tmp_dir(), getpid());

    if (!g_file_set_contents_full(name, conf->str, (gssize)conf->len, G_FILE_SET_CONTENTS_NONE,
                                  0600, NULL))
        return;
    struct config *config = config_load_file(name, NULL, registry_networks());
    for (unsigned i = 0; i < config_problems(config)->len; i++) {
        const struct config_problem *problem = config_problems(config)->pdata[i];
        if (!problem->warning)
            g_error("%d: %s\n%s", problem->line, problem->text, conf->str);
    }
    config_free(config);
    unlink(name);
}

/* Whatever the file says: the sections hold accounts and gateways, without an error. */
static void
check_import(const char *bytes, size_t len)
{
    const struct import_options options = {.name = "fuzz", .networks = registry_networks()};
    struct import_result *result = import_matterbridge(&options, bytes, len);
    struct config_source *source = config_source_new();

    fuzz_assert_utf8(result->conf->str, result->conf->len);
    fuzz_assert_harmless(result->told->str, result->told->len, true);
    config_source_read_text(source, "fuzz", result->conf->str, result->conf->len);
    for (unsigned i = 0; i < source->problems->len; i++) {
        const struct config_problem *problem = source->problems->pdata[i];
        g_assert_true(problem->warning);
    }
    for (unsigned i = 0; i < source->sections->len; i++) {
        const struct config_section *section = source->sections->pdata[i];
        g_assert_true(strcmp(section->kind, "account") == 0 ||
                      strcmp(section->kind, "gateway") == 0);
        g_assert_cmpstr(section->name, !=, "");
    }
    g_assert_cmpuint(source->sections->len, ==, result->accounts + result->gateways);
    config_source_free(source);
    check_load(result->conf);
    for (unsigned i = 0; i < result->secrets->len; i++) {
        const struct import_secret *secret = result->secrets->pdata[i];
        g_assert_null(strchr(secret->file, '/'));
        g_assert_null(strchr(secret->value, '\n'));
    }
    import_result_free(result);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    size_t len;
    g_autofree char *bytes = fuzz_rest(&input, &len);

    check_toml(bytes, len);
    check_import(bytes, len);
    return 0;
}
