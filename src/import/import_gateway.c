/* [[gateway]] and [[samechannelgateway]]: what they say. import_section.c writes them. */
#include <string.h>

#include "core/address.h"
#include "core/config_read.h"
#include "core/gateway.h"
#include "import/import_priv.h"

static void
leg_free(void *memory)
{
    struct import_leg *leg = memory;

    g_free(leg->channel);
    g_free(leg->said);
    g_free(leg->address);
    g_free(leg->why);
    g_free(leg);
}

void
import_gateway_free(void *memory)
{
    struct import_gateway *gateway = memory;

    g_free(gateway->name);
    g_free(gateway->full);
    g_ptr_array_unref(gateway->legs);
    g_ptr_array_unref(gateway->channels);
    g_free(gateway);
}

/* --- names --- */

static bool
is_taken(const struct importing *importing, const char *name)
{
    const struct config *config = importing->options->config;

    if (config != NULL && config_gateway_options(config, name) != NULL)
        return true;
    for (unsigned i = 0; i < importing->gateways->len; i++) {
        const struct import_gateway *other = importing->gateways->pdata[i];
        if (g_ascii_strcasecmp(other->name, name) == 0)
            return true;
    }
    return false;
}

static char *
choose_name(const struct importing *importing, const char *full)
{
    g_autoptr(GString) name = g_string_new(NULL);
    g_autoptr(GString) wanted = NULL;

    for (const char *c = full; *c != '\0' && name->len < 48; c++)
        g_string_append_c(name, g_ascii_isalnum(*c) || strchr("_-.", *c) != NULL ? *c : '-');
    if (name->len == 0)
        g_string_assign(name, "gateway");
    wanted = g_string_new(name->str);
    for (int n = 2; is_taken(importing, wanted->str); n++)
        g_string_printf(wanted, "%s-%d", name->str, n);
    return g_strdup(wanted->str);
}

/* --- legs --- */

static void
add_leg(struct importing *importing, struct import_gateway *gateway, const struct toml_value *table,
        unsigned ways)
{
    const char *full = import_text(import_find(table, "account"));
    const char *channel = import_text(import_find(table, "channel"));
    struct import_leg *leg;

    for (unsigned i = 0; i < gateway->legs->len && full != NULL && channel != NULL; i++) {
        leg = gateway->legs->pdata[i];
        if (leg->account != NULL && leg->account == import_account_by_name(importing, full) &&
            g_strcmp0(leg->channel, channel) == 0) {
            leg->ways |= ways; /* it stands under in and under out */
            return;
        }
    }
    leg = g_new0(struct import_leg, 1);
    leg->account = full != NULL ? import_account_by_name(importing, full) : NULL;
    leg->table = table;
    leg->channel = g_strdup(channel);
    leg->ways = ways;
    leg->line = table->line;
    g_autofree char *shown_full = import_shown(full != NULL ? full : "(no account)");
    g_autofree char *shown_channel = import_shown(channel != NULL ? channel : "(no channel)");
    leg->said = g_strdup_printf("%s %s", shown_full, shown_channel);
    g_ptr_array_add(gateway->legs, leg);
}

/* Every table of in, out and inout, whether tables of their own or inline. */
static void
read_legs(struct importing *importing, struct import_gateway *gateway)
{
    static const struct {
        const char *key;
        unsigned ways;
    } kinds[] = {
        {"in", IMPORT_TAKES}, {"out", IMPORT_GIVES}, {"inout", IMPORT_TAKES | IMPORT_GIVES}};

    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        const struct toml_pair *pair = import_find(gateway->table, kinds[i].key);
        const GPtrArray *items = pair != NULL ? pair->value->items : NULL;
        for (unsigned j = 0; items != NULL && j < items->len; j++) {
            const struct toml_value *table = items->pdata[j];
            if (table->kind == TOML_TABLE)
                add_leg(importing, gateway, table, kinds[i].ways);
        }
    }
}

static const char *
item_text(const struct toml_value *item)
{
    return item->text != NULL && *item->text != '\0' ? item->text : NULL;
}

static void
add_channel(struct importing *importing, struct import_gateway *gateway,
            const struct toml_value *item)
{
    g_autoptr(GString) address = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    if (item_text(item) == NULL)
        return;
    address_append_part(address, item->text);
    if (config_check_text(address->str, "its name", &error)) {
        g_ptr_array_add(gateway->channels, g_strdup(item->text));
        return;
    }
    g_autofree char *shown = import_shown(item->text);
    import_tell(importing, item->line, "[[%s]] %s is not taken over: %s", gateway->full, shown,
                error->message);
}

static void
read_same(struct importing *importing, struct import_gateway *gateway)
{
    const struct toml_pair *accounts = import_find(gateway->table, "accounts");
    const struct toml_pair *channels = import_find(gateway->table, "channels");
    const GPtrArray *items = accounts != NULL ? accounts->value->items : NULL;

    for (unsigned i = 0; items != NULL && i < items->len; i++) {
        const struct toml_value *item = items->pdata[i];
        if (item_text(item) == NULL)
            continue;
        struct import_leg *leg = g_new0(struct import_leg, 1);
        leg->account = import_account_by_name(importing, item->text);
        leg->said = import_shown(item->text);
        leg->ways = IMPORT_TAKES | IMPORT_GIVES;
        leg->line = item->line;
        g_ptr_array_add(gateway->legs, leg);
    }
    items = channels != NULL ? channels->value->items : NULL;
    for (unsigned i = 0; items != NULL && i < items->len; i++)
        add_channel(importing, gateway, items->pdata[i]);
}

static void
read_gateways(struct importing *importing, const char *key, bool same)
{
    const struct toml_pair *pair = import_find(importing->root, key);
    const GPtrArray *items = pair != NULL ? pair->value->items : NULL;

    if (pair != NULL && items == NULL)
        import_tell_option(importing, "", pair, IMPORT_LEFT, "it is not written as [[%s]].", key);
    for (unsigned i = 0; items != NULL && i < items->len; i++) {
        const struct toml_value *table = items->pdata[i];
        if (table->kind != TOML_TABLE)
            continue;
        const char *name = import_text(import_find(table, "name"));
        struct import_gateway *gateway = g_new0(struct import_gateway, 1);
        gateway->full = import_shown(name != NULL ? name : key);
        gateway->name = choose_name(importing, gateway->full);
        gateway->same = same;
        gateway->enabled = import_on(import_find(table, "enable"));
        gateway->line = table->line;
        gateway->table = table;
        gateway->legs = g_ptr_array_new_with_free_func(leg_free);
        gateway->channels = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(importing->gateways, gateway);
        if (same)
            read_same(importing, gateway);
        else
            read_legs(importing, gateway);
    }
}

void
import_gateways_mark(struct importing *importing)
{
    read_gateways(importing, "gateway", false);
    read_gateways(importing, "samechannelgateway", true);
    for (unsigned i = 0; i < importing->gateways->len; i++) {
        const struct import_gateway *gateway = importing->gateways->pdata[i];
        for (unsigned j = 0; j < gateway->legs->len; j++) {
            const struct import_leg *leg = gateway->legs->pdata[j];
            if (leg->account != NULL)
                leg->account->used = true;
        }
    }
}

/* --- joining --- */

static const struct toml_pair *
key_of(const struct import_leg *leg)
{
    const struct toml_pair *options =
        leg->table != NULL ? import_find(leg->table, "options") : NULL;
    bool good = options != NULL && options->value->kind == TOML_TABLE;
    const struct toml_pair *key = good ? import_find(options->value, "key") : NULL;

    return import_text(key) != NULL ? key : NULL;
}

static void
join(const struct import_leg *leg, const char *channel)
{
    struct import_account *account = leg->account;
    const struct toml_pair *key = key_of(leg);
    g_autofree char *line = g_strdup_printf("join = %s\n", channel);
    g_autofree char *shown = import_shown(channel);

    if (account == NULL || account->lack != NULL || !account->protocol->joins ||
        strchr(channel, ' ') != NULL)
        return;
    if (strstr(account->lines->str, line) == NULL)
        import_account_try(account, "join", channel, NULL);
    if (key != NULL)
        import_account_note(account,
                            "%s has a key (line %d), which is not copied: write it behind the "
                            "channel's name, join = %s KEY",
                            shown, key->line, shown);
}

void
import_gateways_join(struct importing *importing)
{
    for (unsigned i = 0; i < importing->gateways->len; i++) {
        const struct import_gateway *gateway = importing->gateways->pdata[i];
        for (unsigned j = 0; j < gateway->legs->len; j++) {
            const struct import_leg *leg = gateway->legs->pdata[j];
            if (leg->channel != NULL)
                join(leg, leg->channel);
            for (unsigned k = 0; k < gateway->channels->len; k++)
                join(leg, gateway->channels->pdata[k]);
        }
    }
}

void
import_gateways_write(struct importing *importing)
{
    for (unsigned i = 0; i < importing->gateways->len; i++)
        import_section_write(importing, importing->gateways->pdata[i]);
}
