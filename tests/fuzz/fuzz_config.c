/* core/config_read and core/config: weft.conf with any bytes in it. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "core/config.h"
#include "core/config_read.h"
#include "protocols/registry.h"
#include "tests/fuzz/fuzz.h"

static void
check_problems(const GPtrArray *problems)
{
    g_assert_cmpuint(problems->len, <=, CONFIG_MAX_PROBLEMS + 2);
    for (unsigned i = 0; i < problems->len; i++) {
        const struct config_problem *problem = problems->pdata[i];
        g_assert_cmpint(problem->line, >=, 0);
        fuzz_assert_utf8(problem->text, strlen(problem->text));
    }
}

/* A value that was read can be written so that it is read again as the same. */
static void
check_pair(const struct config_pair *pair)
{
    fuzz_assert_utf8(pair->key, strlen(pair->key));
    fuzz_assert_utf8(pair->value, strlen(pair->value));
    for (const char *at = pair->value; *at; at++)
        g_assert_true((unsigned char)*at >= 0x20 || *at == '\t');
    g_assert_cmpint(pair->line, >=, 1);
    g_assert_cmpint(pair->column, >=, 1);
    g_autofree char *quoted = config_quote(pair->value);
    g_autofree char *line = g_strconcat("#\n", pair->key, " = ", quoted, "\n", NULL);
    if (strlen(line) > CONFIG_MAX_LINE_BYTES)
        return;
    struct config_source *source = config_source_new();
    config_source_read_pairs(source, line);
    const GPtrArray *pairs = config_source_pairs(source);
    g_assert_cmpuint(pairs->len, ==, 1);
    const struct config_pair *again = pairs->pdata[0];
    g_assert_cmpstr(again->key, ==, pair->key);
    g_assert_cmpstr(again->value, ==, pair->value);
    config_source_free(source);
}

static void
check_read(const char *bytes, size_t len)
{
    struct config_source *source = config_source_new();

    config_source_read_text(source, "weft.conf", bytes, len);
    check_problems(source->problems);
    g_assert_cmpuint(source->sections->len, <=, CONFIG_MAX_SECTIONS);
    for (unsigned i = 0; i < source->sections->len; i++) {
        const struct config_section *section = source->sections->pdata[i];
        fuzz_assert_utf8(section->kind, strlen(section->kind));
        fuzz_assert_utf8(section->name, strlen(section->name));
        g_assert_cmpuint(section->pairs->len, <=, CONFIG_MAX_PAIRS);
        g_assert_true(config_source_find(source, section->kind, section->name) == section);
        for (unsigned k = 0; k < section->pairs->len && k < 20; k++)
            check_pair(section->pairs->pdata[k]);
    }
    config_source_free(source);
}

static void
check_load(const char *bytes, size_t len)
{
    g_autofree char *name = g_strdup_printf("%s/weft-fuzz-%d.conf", g_get_tmp_dir(), getpid());

    if (!g_file_set_contents_full(name, bytes, (gssize)len, G_FILE_SET_CONTENTS_NONE, 0600, NULL))
        return;
    struct config *config = config_load_file(name, NULL, registry_networks());
    g_autoptr(GString) out = g_string_new(NULL);
    check_problems(config_problems(config));
    g_assert_cmpint(config_check_print(config, out), ==, config_has_errors(config) ? 1 : 0);
    for (size_t i = 0; i < config_n_accounts(config); i++) {
        const char *account = config_account_name(config, i);
        g_assert_nonnull(config_account_options(config, account));
        g_assert_nonnull(config_account_network(config, i));
    }
    g_assert_nonnull(config_text(config, "look", "theme"));
    config_notify_level(config, "libera/#coop", BUFFER_CHANNEL, NULL);
    config_free(config);
    unlink(name);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    size_t len;
    g_autofree char *bytes = fuzz_rest(&input, &len);

    struct fuzz_input again = {data, size};
    g_autofree char *text = fuzz_text(&again);

    check_read(bytes, len);
    if (!strstr(text, "include")) /* no other file is read */
        check_load(bytes, len);
    return 0;
}
