/* Reading the files: at the start, after a change, and anew beside what is known. */
#include <string.h>

#include "core/config_priv.h"
#include "core/gateway.h"
#include "core/options.h"

/* `edited`: as if this file held `text`; NULL: none. */
static void
read_all(struct config *config, const char *override_text, const char *edited, const char *text)
{
    struct config_source *source = config_source_new();

    source->include = true;
    source->edited = edited;
    source->edited_text = text;
    config_source_read(source, config->file, config->must_exist);
    source->override = true;
    if (override_text)
        config_source_read_text(source, config->override_file, override_text,
                                strlen(override_text));
    else if (config->override_file)
        config_source_read(source, config->override_file, false);
    config_take(config, source);
    config_check_gateways(config);
    config_source_free(source);
}

struct config *
config_load(const struct paths *paths, const struct network *networks)
{
    struct config *config = config_new(paths->config_file, paths->override_file, false, networks);

    read_all(config, NULL, NULL, NULL);
    return config;
}

struct config *
config_load_file(const char *file, const char *override_file, const struct network *networks)
{
    struct config *config = config_new(file, override_file, true, networks);

    read_all(config, NULL, NULL, NULL);
    return config;
}

struct config *
config_read_again(const struct config *config, const char *override_text)
{
    struct config *fresh =
        config_new(config->file, config->override_file, config->must_exist, config->networks);

    read_all(fresh, override_text, NULL, NULL);
    return fresh;
}

struct config *
config_read_edited(const struct config *config, const char *file, const char *text)
{
    struct config *fresh =
        config_new(config->file, config->override_file, config->must_exist, config->networks);

    read_all(fresh, NULL, file, text);
    return fresh;
}

/* --- what is different
 * ---------------------------------------------------------------------------------- */

static bool
keys_equal(const GPtrArray *a, const GPtrArray *b)
{
    if (a->len != b->len)
        return false;
    for (unsigned i = 0; i < a->len; i++) {
        const struct config_key *x = a->pdata[i];
        const struct config_key *y = b->pdata[i];
        if (strcmp(x->action, y->action) != 0 || strcmp(x->keys, y->keys) != 0)
            return false;
    }
    return true;
}

static bool
levels_equal(GHashTable *a, GHashTable *b)
{
    GHashTableIter iter;
    void *key, *value;

    if (g_hash_table_size(a) != g_hash_table_size(b))
        return false;
    g_hash_table_iter_init(&iter, a);
    while (g_hash_table_iter_next(&iter, &key, &value))
        if (g_hash_table_lookup(b, key) != value)
            return false;
    return true;
}

static bool
ignores_equal(const GPtrArray *a, const GPtrArray *b)
{
    if (a->len != b->len)
        return false;
    for (unsigned i = 0; i < a->len; i++) {
        const struct config_ignore *x = a->pdata[i];
        const struct config_ignore *y = b->pdata[i];
        if (strcmp(x->rule->text, y->rule->text) != 0)
            return false;
    }
    return true;
}

static bool
gateways_equal(const GPtrArray *a, const GPtrArray *b)
{
    if (a->len != b->len)
        return false;
    for (unsigned i = 0; i < a->len; i++) {
        const struct config_gateway *x = a->pdata[i];
        const struct config_gateway *y = b->pdata[i];
        if (strcmp(x->name, y->name) != 0 || !options_equal(x->options, y->options))
            return false;
    }
    return true;
}

/* Equal options stay the same object, so that who keeps them sees that nothing has changed. */
static void
keep_equal(GPtrArray *fresh, const GPtrArray *known)
{
    for (unsigned i = 0; i < fresh->len; i++) {
        struct config_account *now = fresh->pdata[i];
        for (unsigned j = 0; j < known->len; j++) {
            const struct config_account *before = known->pdata[j];
            if (strcmp(before->name, now->name) != 0 ||
                !options_equal(before->options, now->options))
                continue;
            options_unref(now->options);
            now->options = options_ref(before->options);
        }
    }
}

#define SWAP(a, b, type)                                                                           \
    do {                                                                                           \
        type swapped = a;                                                                          \
        a = b;                                                                                     \
        b = swapped;                                                                               \
    } while (0)

unsigned
config_compare(const struct config *config, struct config *fresh)
{
    unsigned changed = 0;

    if (!options_equal(config->look, fresh->look))
        changed |= CONFIG_LOOK;
    if (!keys_equal(config->keys, fresh->keys))
        changed |= CONFIG_KEYS;
    if (!options_equal(config->notify, fresh->notify) ||
        !levels_equal(config->levels, fresh->levels))
        changed |= CONFIG_NOTIFY;
    if (!options_equal(config->relay, fresh->relay))
        changed |= CONFIG_RELAY;
    if (!ignores_equal(config->ignores, fresh->ignores))
        changed |= CONFIG_IGNORE;
    if (!gateways_equal(config->gateways, fresh->gateways))
        changed |= CONFIG_GATEWAYS;
    keep_equal(fresh->accounts, config->accounts);
    return changed;
}

unsigned
config_adopt(struct config *config, struct config *fresh)
{
    const unsigned changed = config_compare(config, fresh);

    SWAP(config->problems, fresh->problems, GPtrArray *);
    SWAP(config->hidden, fresh->hidden, GPtrArray *);
    SWAP(config->weft, fresh->weft, struct options *);
    SWAP(config->look, fresh->look, struct options *);
    SWAP(config->notify, fresh->notify, struct options *);
    SWAP(config->relay, fresh->relay, struct options *);
    SWAP(config->accounts, fresh->accounts, GPtrArray *);
    SWAP(config->keys, fresh->keys, GPtrArray *);
    SWAP(config->theme, fresh->theme, GPtrArray *);
    SWAP(config->levels, fresh->levels, GHashTable *);
    SWAP(config->ignores, fresh->ignores, GPtrArray *);
    SWAP(config->gateways, fresh->gateways, GPtrArray *);
    config_free(fresh);
    return changed;
}

void
config_reload(struct config *config)
{
    config_adopt(config, config_read_again(config, NULL));
}
