#include "core/config.h"

#include <string.h>

#include "base/error.h"
#include "core/address.h"
#include "core/config_priv.h"
#include "core/core.h"
#include "core/nearest.h"
#include "core/options.h"

#define ACCOUNT_NAME_MAX_BYTES 64

static void
account_entry_free(void *memory)
{
    struct config_account *account = memory;

    g_free(account->name);
    g_free(account->file);
    options_unref(account->options);
    g_free(account);
}

static void
key_free(void *memory)
{
    struct config_key *key = memory;

    g_free(key->action);
    g_free(key->keys);
    g_free(key->file);
    g_free(key);
}

static void
ignore_free(void *memory)
{
    struct config_ignore *ignore = memory;

    ignore_rule_free(ignore->rule);
    g_free(ignore->file);
    g_free(ignore);
}

static void
problem_free(void *problem)
{
    config_problem_free(problem);
}

struct config *
config_new(const char *file, const char *override_file, bool must_exist,
           const struct network *networks)
{
    struct config *config = g_new0(struct config, 1);

    config->file = g_strdup(file);
    config->override_file = g_strdup(override_file);
    config->must_exist = must_exist;
    config->networks = networks;
    config->problems = g_ptr_array_new_with_free_func(problem_free);
    config->hidden = g_ptr_array_new_with_free_func(problem_free);
    config->account_sections = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    config->weft = options_new(config_rows_weft, NULL);
    config->look = options_new(config_rows_look, NULL);
    config->notify = options_new(config_rows_notify, NULL);
    config->relay = options_new(config_rows_relay, NULL);
    config->accounts = g_ptr_array_new_with_free_func(account_entry_free);
    config->keys = g_ptr_array_new_with_free_func(key_free);
    config->theme = g_ptr_array_new_with_free_func(key_free);
    config->levels = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    config->ignores = g_ptr_array_new_with_free_func(ignore_free);
    config->gateways = g_ptr_array_new_with_free_func(config_gateway_free);
    return config;
}

void
config_free(struct config *config)
{
    if (!config)
        return;
    g_free(config->file);
    g_free(config->override_file);
    g_ptr_array_unref(config->problems);
    g_ptr_array_unref(config->hidden);
    g_hash_table_unref(config->account_sections);
    options_free(config->weft);
    options_free(config->look);
    options_free(config->notify);
    options_free(config->relay);
    g_ptr_array_unref(config->accounts);
    g_ptr_array_unref(config->keys);
    g_ptr_array_unref(config->theme);
    g_hash_table_unref(config->levels);
    g_ptr_array_unref(config->ignores);
    g_ptr_array_unref(config->gateways);
    g_free(config);
}

/* --- taking what was read
 * ------------------------------------------------------------------------------ */

struct taking {
    struct config *config;
    const struct config_section *section;
    const struct option_row *own;
    const struct option_row *more;
    bool good;
};

#define complain_at(taking, pair, column, ...)                                                     \
    config_problem_add((taking)->config->problems, (pair)->file, (pair)->line, column, false,      \
                       __VA_ARGS__)

/* True when both pairs speak of one option: the same key, or two sources of one secret. */
static bool
same_option(const struct taking *taking, const struct config_pair *a, const struct config_pair *b)
{
    const struct option_row *row = options_find_row(taking->own, taking->more, a->key, NULL);

    if (!row)
        return strcmp(a->key, b->key) == 0;
    return row == options_find_row(taking->own, taking->more, b->key, NULL);
}

/* The pair before `at` in the same file group that says the same; NULL when there is none. */
static const struct config_pair *
earlier(const struct taking *taking, unsigned at)
{
    const GPtrArray *pairs = taking->section->pairs;
    const struct config_pair *pair = pairs->pdata[at];

    for (unsigned i = 0; i < at; i++) {
        const struct config_pair *other = pairs->pdata[i];
        if (other->override == pair->override && same_option(taking, other, pair))
            return other;
    }
    return NULL;
}

static bool
overridden(const struct taking *taking, unsigned at)
{
    const GPtrArray *pairs = taking->section->pairs;
    const struct config_pair *pair = pairs->pdata[at];

    for (unsigned i = at + 1; !pair->override && i < pairs->len; i++) {
        const struct config_pair *other = pairs->pdata[i];
        if (!other->override || !same_option(taking, other, pair))
            continue;
        config_problem_add(taking->config->hidden, pair->file, pair->line, pair->column, true,
                           "This does not count: line %d of %s says otherwise.", other->line,
                           other->file);
        return true;
    }
    return false;
}

static void
complain_twice(const struct taking *taking, const struct config_pair *pair,
               const struct config_pair *first)
{
    g_autofree char *file = strcmp(first->file, pair->file) == 0
                                ? g_strdup("")
                                : g_strdup_printf(" of %s", first->file);

    if (strcmp(first->key, pair->key) == 0)
        complain_at(taking, pair, pair->column,
                    "%s is given again; line %d%s has it first. Keep one of the two.", pair->key,
                    first->line, file);
    else
        complain_at(taking, pair, pair->column,
                    "%s and %s (line %d%s) both say where the same secret is. Keep one of the two.",
                    pair->key, first->key, first->line, file);
}

static bool
take_pair(struct taking *taking, unsigned at, struct options *options)
{
    const struct config_pair *pair = taking->section->pairs->pdata[at];
    enum secret_source source = SECRET_PLAIN;
    const struct option_row *row = options_find_row(taking->own, taking->more, pair->key, &source);
    const struct config_pair *first = row && row->repeatable ? NULL : earlier(taking, at);
    g_autofree char *folder = g_path_get_dirname(pair->file);
    g_autoptr(GError) error = NULL;

    if (first) {
        complain_twice(taking, pair, first);
        return false;
    }
    if (overridden(taking, at))
        return true;
    if (!options_add(options, pair->key, pair->value, folder, &error)) {
        complain_at(taking, pair, row ? pair->value_column : pair->column, "%s", error->message);
        return false;
    }
    if (row->type == OPTION_SECRET && source == SECRET_PLAIN)
        config_problem_add(
            taking->config->problems, pair->file, pair->line, pair->column, true,
            "%s stands here for everyone to read who gets this file. %s_cmd, %s_file or "
            "%s_env keep it elsewhere.",
            pair->key, pair->key, pair->key, pair->key);
    return true;
}

/* The section's values but for those that are wrong: then `ret_good` is false. */
static struct options *
take_options_told(struct taking *taking, bool whole, bool *ret_good)
{
    struct options *options = options_new(taking->own, taking->more);
    g_autoptr(GError) error = NULL;
    bool good = true;

    for (unsigned i = 0; i < taking->section->pairs->len; i++)
        good = take_pair(taking, i, options) && good;
    if (good && whole && !options_complete(options, &error)) {
        complain_at(taking, taking->section, taking->section->column, "%s", error->message);
        good = false;
    }
    *ret_good = good;
    return options;
}

/* The section's values; NULL when one of them is wrong and `whole`. */
static struct options *
take_options(struct taking *taking, bool whole)
{
    bool good;
    struct options *options = take_options_told(taking, whole, &good);

    if (!good && whole)
        g_clear_pointer(&options, options_free);
    return options;
}

static void
take_simple(struct config *config, const struct config_section *section,
            const struct option_row *rows, struct options **options)
{
    struct taking taking = {.config = config, .section = section, .own = rows};
    struct options *fresh = take_options(&taking, false);

    options_free(*options);
    *options = fresh;
}

static const struct config_pair *
find_pair(const struct config_section *section, const char *key)
{
    const struct config_pair *found = NULL;

    for (unsigned i = 0; i < section->pairs->len; i++) {
        const struct config_pair *pair = section->pairs->pdata[i];
        if (strcmp(pair->key, key) == 0 && (!found || pair->override))
            found = pair;
    }
    return found;
}

static struct config_key *
key_of(const struct config_pair *pair)
{
    struct config_key *key = g_new0(struct config_key, 1);

    key->action = g_strdup(pair->key);
    key->keys = g_strdup(pair->value);
    key->file = g_strdup(pair->file);
    key->line = pair->line;
    key->action_column = pair->column;
    key->keys_column = pair->value_column;
    key->override = pair->override;
    return key;
}

static void
take_keys(struct config *config, const struct config_section *section)
{
    struct taking taking = {.config = config, .section = section};

    for (unsigned i = 0; i < section->pairs->len; i++)
        if (!overridden(&taking, i))
            g_ptr_array_add(config->keys, key_of(section->pairs->pdata[i]));
}

/* Its name means something to the screen alone, which complains of it there. */
static void
note_theme(struct config *config, const struct config_section *section)
{
    const struct config_pair *pair = find_pair(section, "theme");

    g_ptr_array_set_size(config->theme, 0);
    if (pair)
        g_ptr_array_add(config->theme, key_of(pair));
}

/* The lines of all files add up: what /ignore writes stands beside what weft.conf says. */
static void
take_ignores(struct config *config, const struct config_section *section)
{
    struct taking taking = {.config = config, .section = section};

    for (unsigned i = 0; i < section->pairs->len; i++) {
        const struct config_pair *pair = section->pairs->pdata[i];
        g_autoptr(GError) error = NULL;
        struct ignore_rule *rule = NULL;
        if (strcmp(pair->key, config_rows_ignore[0].name) != 0)
            complain_at(&taking, pair, pair->column,
                        "%s is not a key of this section, which holds lines rule = MASK …",
                        pair->key);
        else if (config->ignores->len >= IGNORE_MAX_RULES)
            complain_at(&taking, pair, pair->column, "There are more than %d rules.",
                        IGNORE_MAX_RULES);
        else if (!(rule = ignore_rule_new(pair->value, &error)))
            complain_at(&taking, pair, pair->value_column, "%s", error->message);
        if (!rule)
            continue;
        struct config_ignore *ignore = g_new0(struct config_ignore, 1);
        ignore->rule = rule;
        ignore->file = g_strdup(pair->file);
        ignore->line = pair->line;
        ignore->override = pair->override;
        g_ptr_array_add(config->ignores, ignore);
    }
}

char *
config_level_key(const char *canonical_address)
{
    return g_utf8_casefold(canonical_address, -1);
}

static bool
read_level(const char *word, enum notify_level *ret_level)
{
    if (word == NULL)
        return false;
    *ret_level = strcmp(word, "all") == 0    ? NOTIFY_ALL
                 : strcmp(word, "none") == 0 ? NOTIFY_NONE
                                             : NOTIFY_MENTIONS;
    return true;
}

static void
take_buffer(struct config *config, const struct config_section *section)
{
    struct taking taking = {.config = config, .section = section, .own = config_rows_buffer};
    g_autoptr(GError) error = NULL;
    g_autofree char *address = address_canonical(section->name, &error);

    if (!address) {
        complain_at(&taking, section, section->column, "%s", error->message);
        return;
    }
    struct options *options = take_options(&taking, false);
    enum notify_level level;
    if (read_level(options_text(options, "notify"), &level))
        g_hash_table_replace(config->levels, config_level_key(address), GINT_TO_POINTER(1 + level));
    options_free(options);
}

const struct network *
config_network(const struct config *config, const char *name)
{
    for (const struct network *network = config->networks; network && network->name; network++)
        if (strcmp(network->name, name) == 0)
            return network;
    return NULL;
}

bool
config_check_account_name(const char *name, GError **error)
{
    bool digits = true;

    for (const char *c = name; *c; c++)
        digits = digits && g_ascii_isdigit(*c);
    if (!*name || digits || strpbrk(name, " \t/\\\"'[]=") || strcmp(name, ADDRESS_OWN) == 0 ||
        strlen(name) > ACCOUNT_NAME_MAX_BYTES) {
        g_set_error(
            error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
            "An account's name is one word of at most %d bytes, without / \\ \" ' [ ] =, not only "
            "digits, and not %s.",
            ACCOUNT_NAME_MAX_BYTES, ADDRESS_OWN);
        return false;
    }
    return true;
}

/* The value that counts for a key: the last that is not overridden. */
static const struct network *
take_network(struct taking *taking)
{
    const struct config_pair *pair = find_pair(taking->section, "network");
    const struct network *network = pair ? config_network(taking->config, pair->value) : NULL;
    struct nearest nearest;

    if (network)
        return network;
    if (!pair) {
        complain_at(taking, taking->section, taking->section->column,
                    "The account needs a line network = NAME.");
        return NULL;
    }
    nearest_init(&nearest, pair->value);
    for (network = taking->config->networks; network && network->name; network++)
        nearest_offer(&nearest, network->name);
    g_autofree char *hint = nearest_hint(&nearest);
    complain_at(taking, pair, pair->value_column,
                "This build of weft has no network of that name.%s", hint);
    return NULL;
}

static void
take_account(struct config *config, const struct config_section *section)
{
    struct taking taking = {.config = config, .section = section, .own = config_rows_account};
    g_autoptr(GError) error = NULL;

    if (!config_check_account_name(section->name, &error)) {
        complain_at(&taking, section, section->column, "%s", error->message);
        return;
    }
    g_hash_table_add(config->account_sections, g_ascii_strdown(section->name, -1));
    const struct network *network = take_network(&taking);
    if (!network)
        return;
    taking.more = network->driver->options;
    struct options *options = take_options(&taking, true);
    if (!options)
        return;
    if (network->driver->check && !network->driver->check(options, &error))
        complain_at(&taking, section, section->column, "%s", error->message);
    struct config_account *account = g_new0(struct config_account, 1);
    account->name = g_strdup(section->name);
    account->network = network->name;
    account->options = options;
    account->file = g_strdup(section->file);
    account->line = section->line;
    g_ptr_array_add(config->accounts, account);
}

static void
take_gateway(struct config *config, const struct config_section *section)
{
    struct taking taking = {.config = config, .section = section, .own = config_rows_gateway};
    bool good;
    struct options *options = take_options_told(&taking, true, &good);

    config_take_gateway(config, section, options, good);
    options_free(options);
}

static void
take_look(struct config *config, const struct config_section *section,
          const struct option_row *rows)
{
    take_simple(config, section, rows, &config->look);
    note_theme(config, section);
}

static void
refuse_kind(struct config *config, const struct config_section *section)
{
    struct nearest nearest;

    nearest_init(&nearest, section->kind);
    for (const struct config_kind *kind = config_kinds; kind->kind; kind++)
        nearest_offer(&nearest, kind->kind);
    g_autofree char *hint = nearest_hint(&nearest);
    config_problem_add(config->problems, section->file, section->line, section->column, false,
                       "[%s] is not a section of weft's.%s", section->kind, hint);
}

static void
take_section(struct config *config, const struct config_section *section)
{
    const struct config_kind *kind = config_kind_find(section->kind);

    if (!kind)
        refuse_kind(config, section);
    else if (kind->named && !*section->name)
        config_problem_add(config->problems, section->file, section->line, section->column, false,
                           "This section needs a name: [%s %s]", kind->kind, kind->argument);
    else if (!kind->named && *section->name)
        config_problem_add(config->problems, section->file, section->line, section->column, false,
                           "This section has no name of its own: [%s]", kind->kind);
    else if (kind->rows == config_rows_account)
        take_account(config, section);
    else if (kind->rows == config_rows_buffer)
        take_buffer(config, section);
    else if (kind->rows == config_rows_ignore)
        take_ignores(config, section);
    else if (kind->rows == config_rows_gateway)
        take_gateway(config, section);
    else if (kind->rows == config_rows_look)
        take_look(config, section, kind->rows);
    else if (kind->rows == config_rows_notify)
        take_simple(config, section, kind->rows, &config->notify);
    else if (kind->rows == config_rows_relay)
        take_simple(config, section, kind->rows, &config->relay);
    else if (kind->rows == config_rows_weft)
        take_simple(config, section, kind->rows, &config->weft);
    else
        take_keys(config, section);
}

void
config_take(struct config *config, struct config_source *source)
{
    for (unsigned i = 0; i < source->problems->len; i++) {
        const struct config_problem *problem = source->problems->pdata[i];
        config_problem_add(config->problems, problem->file, problem->line, problem->column,
                           problem->warning, "%s", problem->text);
    }
    for (unsigned i = 0; i < source->sections->len; i++)
        take_section(config, source->sections->pdata[i]);
}

/* --- asking
 * -------------------------------------------------------------------------------------------- */

const struct config_key *
config_theme(const struct config *config)
{
    return config->theme->len > 0 ? config->theme->pdata[0] : NULL;
}

const char *
config_file(const struct config *config)
{
    return config->file;
}

const GPtrArray *
config_problems(const struct config *config)
{
    return config->problems;
}

void
config_complain(struct config *config, const char *file, int line, int column, bool warning,
                const char *text)
{
    config_problem_add(config->problems, file, line, column, warning, "%s", text);
}

bool
config_has_errors(const struct config *config)
{
    for (unsigned i = 0; i < config->problems->len; i++) {
        const struct config_problem *problem = config->problems->pdata[i];
        if (!problem->warning)
            return true;
    }
    return false;
}

static const struct options *
section_options(const struct config *config, const char *section)
{
    if (strcmp(section, "look") == 0)
        return config->look;
    if (strcmp(section, "relay") == 0)
        return config->relay;
    if (strcmp(section, "notify") == 0)
        return config->notify;
    return config->weft;
}

const char *
config_text(const struct config *config, const char *section, const char *key)
{
    return options_text(section_options(config, section), key);
}

bool
config_bool(const struct config *config, const char *section, const char *key)
{
    return options_bool(section_options(config, section), key);
}

int64_t
config_number(const struct config *config, const char *section, const char *key)
{
    return options_number(section_options(config, section), key);
}

const char *const *
config_list(const struct config *config, const char *section, const char *key)
{
    return options_list(section_options(config, section), key);
}

void
config_each_key(const struct config *config, void (*fn)(void *user, const struct config_key *key),
                void *user)
{
    for (unsigned i = 0; i < config->keys->len; i++)
        fn(user, config->keys->pdata[i]);
}

size_t
config_n_accounts(const struct config *config)
{
    return config->accounts->len;
}

const char *
config_account_name(const struct config *config, size_t i)
{
    const struct config_account *account = config->accounts->pdata[i];
    return account->name;
}

const char *
config_account_network(const struct config *config, size_t i)
{
    const struct config_account *account = config->accounts->pdata[i];
    return account->network;
}

const struct options *
config_account_options(const struct config *config, const char *name)
{
    for (unsigned i = 0; i < config->accounts->len; i++) {
        const struct config_account *account = config->accounts->pdata[i];
        if (strcmp(account->name, name) == 0)
            return account->options;
    }
    return NULL;
}

/* The level of this very buffer; 0: none, else one more. */
static int
own_level(const struct config *config, const char *address)
{
    if (g_hash_table_size(config->levels) == 0)
        return 0;
    g_autofree char *canonical = address_canonical(address, NULL);
    g_autofree char *key = canonical ? config_level_key(canonical) : NULL;

    return key ? GPOINTER_TO_INT(g_hash_table_lookup(config->levels, key)) : 0;
}

enum notify_level
config_notify_level(const struct config *config, const char *address, enum buffer_kind kind,
                    const char **ret_where)
{
    const bool direct = kind == BUFFER_DIRECT || kind == BUFFER_GROUP;
    g_autofree char *account = g_strndup(address, strcspn(address, "/"));
    const struct options *options = config_account_options(config, account);
    const int own = own_level(config, address);
    const char *where = "set for this buffer";
    enum notify_level level = NOTIFY_MENTIONS;

    if (own > 0) {
        level = (enum notify_level)(own - 1);
    } else if (options &&
               read_level(options_text(options, direct ? "notify_direct" : "notify"), &level)) {
        where = "set for the account";
    } else {
        read_level(config_text(config, "notify", direct ? "direct" : "level"), &level);
        where = direct ? "as for all direct conversations" : "as for all channels";
    }
    if (ret_where)
        *ret_where = where;
    return level;
}
