/* [PROTOCOL.NAME] becomes [account NAME]. A section is only written when the driver is content with
 * it; what would spoil it is left out and told. */
#include <string.h>

#include "core/config_read.h"
#include "core/core.h"
#include "core/ignore_rule.h"
#include "core/options.h"
#include "import/import_priv.h"

static const struct import_protocol *const protocols[] = {&import_irc, &import_mattermost};

void
import_account_free(void *memory)
{
    struct import_account *account = memory;

    g_free(account->full);
    g_free(account->name);
    g_free(account->lack);
    g_string_free(account->lines, TRUE);
    g_ptr_array_unref(account->notes);
    g_ptr_array_unref(account->ignores);
    g_free(account);
}

struct import_account *
import_account_by_name(const struct importing *importing, const char *full)
{
    for (unsigned i = 0; i < importing->accounts->len; i++) {
        struct import_account *account = importing->accounts->pdata[i];
        if (g_ascii_strcasecmp(account->full, full) == 0)
            return account;
    }
    return NULL;
}

/* --- what is there --- */

static const struct network *
find_network(const struct importing *importing, const char *name)
{
    for (const struct network *row = importing->options->networks; row->name != NULL; row++)
        if (strcmp(row->name, name) == 0)
            return row;
    return NULL;
}

static void
find_protocol(const struct importing *importing, struct import_account *account)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(protocols); i++)
        if (g_ascii_strcasecmp(protocols[i]->name, account->word) == 0)
            account->protocol = protocols[i];
    account->network = find_network(
        importing, account->protocol != NULL ? account->protocol->network : account->word);
    g_autofree char *word = import_shown(account->word);
    if (g_ascii_strcasecmp(account->word, "api") == 0)
        account->lack = g_strdup("weft does not serve Matterbridge's API; programs speak to weft "
                                 "by weft ctl.");
    else if (account->network == NULL)
        account->lack = g_strdup_printf("this build of weft has no driver for %s.", word);
    else if (account->protocol == NULL)
        account->lack =
            g_strdup_printf("accounts of %s are not taken over; connect it in weft.", word);
}

static void
add_account(struct importing *importing, const char *word, const struct toml_pair *pair)
{
    struct import_account *account = g_new0(struct import_account, 1);

    account->full = g_strdup_printf("%s.%s", word, pair->key);
    account->word = word;
    account->line = pair->line;
    account->table = pair->value;
    account->lines = g_string_new(NULL);
    account->notes = g_ptr_array_new_with_free_func(g_free);
    account->ignores = g_ptr_array_new_with_free_func(g_free);
    find_protocol(importing, account);
    g_ptr_array_add(importing->accounts, account);
}

/* Any table at the top that holds tables is a network with accounts. */
void
import_accounts_read(struct importing *importing)
{
    static const char *const others[] = {"general", "tengo", "gateway", "samechannelgateway", NULL};

    for (unsigned i = 0; i < importing->root->pairs->len; i++) {
        const struct toml_pair *pair = importing->root->pairs->pdata[i];
        g_autofree char *word = g_ascii_strdown(pair->key, -1);
        if (g_strv_contains(others, word))
            continue;
        if (pair->value->kind != TOML_TABLE) {
            import_tell_option(importing, "", pair, IMPORT_LEFT,
                               "it stands outside of every section.");
            continue;
        }
        for (unsigned j = 0; j < pair->value->pairs->len; j++) {
            const struct toml_pair *inner = pair->value->pairs->pdata[j];
            if (inner->value->kind == TOML_TABLE)
                add_account(importing, pair->key, inner);
            else
                import_tell_option(importing, pair->key, inner, IMPORT_LEFT,
                                   "it belongs to no account.");
        }
    }
}

/* --- names --- */

static bool
is_taken(const struct importing *importing, const struct import_account *own, const char *name)
{
    const struct config *config = importing->options->config;

    if (config != NULL && config_account_options(config, name) != NULL)
        return true;
    for (unsigned i = 0; i < importing->accounts->len; i++) {
        const struct import_account *other = importing->accounts->pdata[i];
        if (other != own && other->name != NULL && g_ascii_strcasecmp(other->name, name) == 0)
            return true;
    }
    return false;
}

/* Matterbridge's, made fit; with the network, then with a number behind it when that is taken. */
static void
choose_name(const struct importing *importing, struct import_account *account)
{
    const char *own = strchr(account->full, '.') + 1;
    g_autoptr(GString) name = g_string_new(NULL);
    g_autoptr(GString) wanted = NULL;

    for (const char *c = own; *c != '\0' && name->len < 32; c++)
        g_string_append_c(name, g_ascii_isalnum(*c) || strchr("_-.", *c) != NULL ? *c : '-');
    if (name->len == 0 || strspn(name->str, "0123456789") == name->len ||
        strcmp(name->str, "weft") == 0)
        g_string_append_printf(name, "-%s", account->word);
    wanted = g_string_new(name->str);
    for (int n = 1; is_taken(importing, account, wanted->str); n++) {
        g_string_printf(wanted, "%s-%s", name->str, account->word);
        if (n > 1)
            g_string_append_printf(wanted, "-%d", n);
    }
    account->name = g_strdup(wanted->str);
}

/* --- lines --- */

/* Would the driver take these lines? */
static bool
check_lines(const struct import_account *account, const char *lines, GError **error)
{
    const struct driver *driver = account->network->driver;
    struct options *options = options_new_from_text(NULL, driver->options, lines, "/", error);
    bool good = options != NULL && (driver->check == NULL || driver->check(options, error));

    options_free(options);
    return good;
}

static void
append_line(GString *lines, const char *key, const char *value)
{
    g_autofree char *quoted = config_quote(value);

    g_string_append_printf(lines, "%s = %s\n", key, quoted);
}

bool
import_account_try(struct import_account *account, const char *key, const char *value,
                   GError **error)
{
    g_autoptr(GString) lines = g_string_new(account->lines->str);

    if (!config_check_text(value, key, error))
        return false;
    append_line(lines, key, value);
    if (!check_lines(account, lines->str, error))
        return false;
    g_string_assign(account->lines, lines->str);
    return true;
}

void
import_account_take(struct importing *importing, struct import_account *account,
                    const struct toml_pair *pair, const char *key, const char *value)
{
    g_autoptr(GError) error = NULL;

    if (import_account_try(account, key, value, &error)) {
        g_autofree char *shown = import_shown(value);
        import_tell_option(importing, account->full, pair, IMPORT_TAKEN, "%s = %s", key, shown);
    } else {
        g_autofree char *why = import_shown(error->message);
        import_tell_option(importing, account->full, pair, IMPORT_LEFT, "%s", why);
    }
}

static void
secret_add(struct importing *importing, const struct import_account *account,
           const struct toml_pair *pair, const char *file, const char *value)
{
    struct import_secret *secret = g_new0(struct import_secret, 1);

    secret->account = g_strdup(account->name);
    secret->file = g_strdup(file);
    secret->value = g_strdup(value);
    secret->what = import_shown(pair->key);
    secret->line = pair->line;
    g_ptr_array_add(importing->result->secrets, secret);
}

void
import_account_secret(struct importing *importing, struct import_account *account,
                      const struct toml_pair *pair, const char *key, const char *value)
{
    g_autofree char *line_key = g_strdup_printf("%s_file", key);
    g_autofree char *file = g_strdup_printf("%s.%s", account->name, key);
    g_autoptr(GError) error = NULL;

    if (!config_check_text(value, "The secret", &error) ||
        !import_account_try(account, line_key, file, &error)) {
        g_autofree char *why = import_shown(error->message);
        import_tell_option(importing, account->full, pair, IMPORT_LEFT, "%s", why);
        return;
    }
    secret_add(importing, account, pair, file, value);
    import_tell_option(importing, account->full, pair, IMPORT_TAKEN,
                       "%s = %s, a file for the secret alone, which is not copied here", line_key,
                       file);
}

void
import_account_note(struct import_account *account, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_ptr_array_add(account->notes, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

/* --- sections --- */

static void
drop_secrets(struct importing *importing, const struct import_account *account)
{
    GPtrArray *secrets = importing->result->secrets;

    for (unsigned i = secrets->len; i > 0; i--) {
        const struct import_secret *secret = secrets->pdata[i - 1];
        if (strcmp(secret->account, account->name) == 0)
            g_ptr_array_remove_index(secrets, i - 1);
    }
}

/* "spam.* ^bot" of one option: a rule each, where a mask or plain words say the same. */
static void
take_ignores(struct importing *importing, struct import_account *account, const char *key,
             bool names)
{
    const struct toml_pair *pair = import_account_find(importing, account, key);
    g_auto(GStrv) words =
        g_strsplit_set(import_text(pair) != NULL ? import_text(pair) : "", " \t\r\n", -1);

    for (unsigned i = 0; words[i] != NULL; i++) {
        if (*words[i] == '\0')
            continue;
        g_autofree char *shown = import_shown(words[i]);
        g_autofree char *mask = names ? import_mask(words[i]) : g_strdup("*");
        g_autofree char *text = names ? NULL : import_words(words[i]);
        g_autofree char *rule =
            mask != NULL && (names || text != NULL)
                ? ignore_rule_format(mask, account->name, 0, names ? NULL : text)
                : NULL;
        struct ignore_rule *parsed = rule != NULL ? ignore_rule_new(rule, NULL) : NULL;
        if (parsed != NULL) {
            import_tell_option(importing, account->full, pair, IMPORT_TAKEN, "ignore = %s", rule);
            g_ptr_array_add(account->ignores, g_steal_pointer(&rule));
        } else {
            import_tell_option(importing, account->full, pair, IMPORT_LEFT,
                               "%s says more than an ignore rule can.", shown);
        }
        ignore_rule_free(parsed);
    }
}

static void
build(struct importing *importing, struct import_account *account)
{
    g_autoptr(GError) error = NULL;

    choose_name(importing, account);
    if (account->lack != NULL)
        return;
    if (!account->protocol->begin(importing, account, &error) ||
        !check_lines(account, account->lines->str, &error)) {
        account->lack = import_shown(error->message);
        drop_secrets(importing, account);
        return;
    }
    account->protocol->more(importing, account);
    take_ignores(importing, account, "IgnoreNicks", true);
    take_ignores(importing, account, "IgnoreMessages", false);
}

/* False: no line of weft.conf can hold it, which was told. */
static bool
fits_a_line(struct importing *importing, const char *place, const struct toml_pair *pair)
{
    g_autoptr(GError) error = NULL;

    if (config_check_text(import_text(pair), "It", &error))
        return true;
    import_tell_option(importing, place, pair, IMPORT_LEFT, "%s", error->message);
    return false;
}

/* Core's own lines, which the driver does not know. */
static void
write_common(struct importing *importing, struct import_account *account, GString *conf)
{
    const struct toml_pair *label = import_account_find(importing, account, "Label");
    const char *text = import_text(label);

    if (text != NULL && fits_a_line(importing, account->full, label)) {
        g_autofree char *shown = import_shown(text);
        append_line(conf, "label", text);
        import_tell_option(importing, account->full, label, IMPORT_TAKEN, "label = %s", shown);
    }
    if (!account->used)
        g_string_append(conf, "# No gateway uses it.\nconnect = off\n");
}

static void
tell_format(struct importing *importing, const struct import_account *account)
{
    const struct toml_pair *format = import_find(account->table, "RemoteNickFormat");
    struct import_name name = {0};

    if (account->lack != NULL || import_text(format) == NULL ||
        !fits_a_line(importing, account->full, format))
        return;
    import_name_init(&name, import_text(format));
    g_autofree char *shown = import_shown(name.name);
    g_autofree char *prefix = import_shown(name.prefix);
    g_autofree char *lost = import_shown(name.lost != NULL ? name.lost : "");
    import_tell_option(importing, account->full, format, IMPORT_TAKEN,
                       "name = %s and prefix = %s, of gateways that write here%s%s", shown, prefix,
                       name.lost != NULL ? "; weft has nothing for " : "", lost);
    import_name_clear(&name);
}

static const char *
icon_of(const struct toml_pair *pair)
{
    return pair != NULL && !import_is_empty(pair->value) ? import_text(pair) : NULL;
}

char *
import_account_picture(const struct importing *importing, const struct import_account *account)
{
    const char *format = account->protocol->pictures
                             ? icon_of(import_account_find(importing, account, "IconURL"))
                             : NULL;

    return format != NULL ? import_picture(format, NULL) : NULL;
}

static void
tell_picture(struct importing *importing, const char *place, const struct toml_value *table)
{
    const struct toml_pair *pair = import_find(table, "IconURL");
    g_autoptr(GError) error = NULL;

    if (icon_of(pair) == NULL)
        return;
    g_autofree char *template = import_picture(icon_of(pair), &error);
    g_autofree char *shown = import_shown(template != NULL ? template : error->message);
    if (template != NULL)
        import_tell_option(importing, place, pair, IMPORT_TAKEN,
                           "avatar = %s, of gateways that write here", shown);
    else
        import_tell_option(importing, place, pair, IMPORT_LEFT, "%s", shown);
}

void
import_general_looks(struct importing *importing)
{
    const struct toml_pair *format = import_find(importing->general, "RemoteNickFormat");

    if (import_text(format) != NULL)
        fits_a_line(importing, "general", format);
    tell_picture(importing, "general", importing->general);
}

static void
write_section(struct importing *importing, struct import_account *account)
{
    GString *conf = importing->result->conf;
    g_autofree char *full = import_shown(account->full);

    g_string_append_printf(conf, "\n# [%s], %s:%d\n", full, importing->options->name,
                           account->line);
    if (account->lack != NULL) {
        g_string_append_printf(conf, "# It is not taken over: %s\n", account->lack);
        return;
    }
    for (unsigned i = 0; i < account->notes->len; i++)
        g_string_append_printf(conf, "# %s\n", (const char *)account->notes->pdata[i]);
    for (unsigned i = 0; i < importing->result->secrets->len; i++) {
        const struct import_secret *secret = importing->result->secrets->pdata[i];
        if (strcmp(secret->account, account->name) == 0)
            g_string_append_printf(conf,
                                   "# %s, beside this file, holds the %s of line %d; nobody else "
                                   "may read it.\n",
                                   secret->file, secret->what, secret->line);
    }
    g_string_append_printf(conf, "[account %s]\nnetwork = %s\n%s", account->name,
                           account->network->name, account->lines->str);
    write_common(importing, account, conf);
    importing->result->accounts++;
}

void
import_accounts_build(struct importing *importing)
{
    for (unsigned i = 0; i < importing->accounts->len; i++)
        build(importing, importing->accounts->pdata[i]);
}

void
import_accounts_write(struct importing *importing)
{
    for (unsigned i = 0; i < importing->accounts->len; i++) {
        struct import_account *account = importing->accounts->pdata[i];
        g_autofree char *word = g_ascii_strdown(account->word, -1);
        g_autofree char *full = import_shown(account->full);
        write_section(importing, account);
        if (account->lack != NULL)
            import_tell(importing, account->line, "[%s] is not taken over: %s", full,
                        account->lack);
        else
            import_tell(importing, account->line, "[%s] is taken over: [account %s]", full,
                        account->name);
        tell_format(importing, account);
        if (account->lack == NULL && account->protocol->pictures)
            tell_picture(importing, account->full, account->table);
        import_tell_table(importing, account->full, word, account->table, account->lack);
    }
}
