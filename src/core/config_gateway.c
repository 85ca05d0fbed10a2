/* [gateway NAME]: its legs, and what is wrong with them. */
#include <string.h>

#include "base/error.h"
#include "core/address.h"
#include "core/config_priv.h"
#include "core/gateway.h"
#include "core/nearest.h"
#include "core/options.h"

#define AVATAR_MAX_BYTES 400

const char *const gateway_fields[] = {"name",   "nick",    "coop",  "country", "account", "network",
                                      "buffer", "gateway", "label", "id",      NULL};

static const struct {
    const char *name;
    enum relay_direction direction;
} directions[] = {{"in", RELAY_IN}, {"out", RELAY_OUT}, {"inout", RELAY_INOUT}};

const char *
relay_direction_name(enum relay_direction direction)
{
    for (size_t i = 0; i < G_N_ELEMENTS(directions); i++)
        if (directions[i].direction == direction)
            return directions[i].name;
    return "";
}

/* --- templates --- */

static bool
check_fields(const char *text, bool prefix, GError **error)
{
    for (const char *open = strchr(text, '{'); open; open = strchr(open + 1, '{')) {
        const char *close = strchr(open, '}');
        struct nearest nearest;
        if (!close)
            return error_refuse(error, "A '{' has no '}' behind it.");
        g_autofree char *field = g_strndup(open + 1, (size_t)(close - open - 1));
        if (g_strv_contains(gateway_fields, field) || (prefix && strcmp(field, "as") == 0))
            continue;
        nearest_init(&nearest, field);
        for (size_t i = 0; gateway_fields[i]; i++)
            nearest_offer(&nearest, gateway_fields[i]);
        g_autofree char *hint = nearest_hint(&nearest);
        g_autofree char *all = g_strjoinv("} {", (char **)(uintptr_t)gateway_fields);
        return error_refuse(error, "{%s} is nothing that weft could put there.%s There are: {%s}%s",
                            field, hint, all, prefix ? " and {as}, the name that was made." : ".");
    }
    return true;
}

bool
gateway_check_template(const char *text, GError **error)
{
    return check_fields(text, false, error);
}

bool
gateway_check_prefix(const char *text, GError **error)
{
    return check_fields(text, true, error);
}

bool
gateway_check_avatar(const char *text, GError **error)
{
    static const char scheme[] = "https://";
    const bool secure = g_str_has_prefix(text, scheme);
    const size_t host = secure ? strcspn(text + strlen(scheme), "/{ ") : 0;

    if (strcmp(text, GATEWAY_NO_AVATAR) == 0)
        return true;
    if (host == 0 || text[strlen(scheme) + host] != '/' || strpbrk(text, " \t\"<>\\"))
        return error_refuse(error,
                            "A picture's address looks like https://pictures.example/{nick}.png: "
                            "https, a host, and what may be put in only behind that. \"off\": no "
                            "pictures at all.");
    if (strlen(text) > AVATAR_MAX_BYTES)
        return error_refuse(error, "A picture's address has at most %d bytes.", AVATAR_MAX_BYTES);
    return check_fields(text, false, error);
}

bool
gateway_check_ignore(const char *text, GError **error)
{
    struct ignore_rule *rule = ignore_rule_new(text, error);

    ignore_rule_free(rule);
    return rule != NULL;
}

bool
gateway_check_name(const char *name, GError **error)
{
    if (*name && !strpbrk(name, " \t/\\\"'[]=#;") && strlen(name) <= GATEWAY_MAX_NAME_BYTES)
        return true;
    return error_refuse(
        error, "A gateway's name is one word of at most %d bytes, without / \\ \" ' [ ] = # ;.",
        GATEWAY_MAX_NAME_BYTES);
}

/* --- one leg --- */

void
config_leg_free(struct config_leg *leg)
{
    if (!leg)
        return;
    g_free(leg->address);
    g_free(leg->name);
    g_free(leg->file);
    g_free(leg);
}

/* The length of the address at the beginning: a blank with a backslash before it belongs to it. */
static size_t
address_len(const char *text)
{
    size_t at = 0;

    while (text[at] && text[at] != ' ' && text[at] != '\t')
        at += text[at] == '\\' && text[at + 1] ? 2 : 1;
    return at;
}

static bool
read_direction(const char *word, enum relay_direction *ret_direction, GError **error)
{
    struct nearest nearest;

    nearest_init(&nearest, word);
    for (size_t i = 0; i < G_N_ELEMENTS(directions); i++) {
        if (strcmp(word, directions[i].name) == 0) {
            *ret_direction = directions[i].direction;
            return true;
        }
        nearest_offer(&nearest, directions[i].name);
    }
    g_autofree char *hint = nearest_hint(&nearest);
    return error_refuse(
        error,
        "\"%s\" is no direction: in (what is said there goes to the others), out, or "
        "inout.%s",
        word, hint);
}

static bool
read_address(struct config_leg *leg, const char *text, size_t len, GError **error)
{
    g_autofree char *address = g_strndup(text, len);
    g_auto(GStrv) parts = address_parse(address, error);

    if (!parts)
        return false;
    const unsigned n = g_strv_length(parts);
    if (n < 2)
        return error_refuse(error,
                            "%s names no channel. A leg looks like account/#channel or "
                            "account/space/channel.",
                            address);
    if (parts[n - 1][0] == '@')
        return error_refuse(error, "%s is a conversation between people: these are never relayed.",
                            address);
    leg->address = n == 2 ? address_format(parts[0], NULL, parts[1])
                          : address_format(parts[0], parts[1], parts[2]);
    return true;
}

/* What stands at `at`, if it is a word of its own; then `at` is behind it. */
static bool
take_word(const char **at, const char *word)
{
    const size_t len = strcspn(*at, " \t");

    if (len != strlen(word) || strncmp(*at, word, len) != 0)
        return false;
    *at += len;
    *at += strspn(*at, " \t");
    return true;
}

/* Each once, in any order. */
static void
take_words(struct config_leg *leg, const char **at)
{
    for (bool again = true; again;) {
        const bool everyone = !leg->everyone && take_word(at, "everyone");
        const bool colors = !leg->name_colors && take_word(at, "name_colors");
        leg->everyone = leg->everyone || everyone;
        leg->name_colors = leg->name_colors || colors;
        again = everyone || colors;
    }
}

static bool
read_leg(struct config_leg *leg, const char *text, GError **error)
{
    const size_t len = address_len(text);

    if (!read_address(leg, text, len, error))
        return false;
    const char *at = text + len + strspn(text + len, " \t");
    leg->direction = RELAY_INOUT;
    take_words(leg, &at);
    if (!leg->everyone && !leg->name_colors && *at && !g_str_has_prefix(at, "name=")) {
        const size_t word_len = strcspn(at, " \t");
        g_autofree char *word = g_strndup(at, word_len);
        if (!read_direction(word, &leg->direction, error))
            return false;
        at += word_len;
        at += strspn(at, " \t");
        take_words(leg, &at);
    }
    if (!*at)
        return true;
    if (!g_str_has_prefix(at, "name="))
        return error_refuse(error,
                            "\"%s\" is not understood here; what may follow the direction is "
                            "everyone, name_colors, and then name=TEMPLATE.",
                            at);
    leg->name = g_strdup(at + strlen("name="));
    return gateway_check_template(leg->name, error);
}

struct config_leg *
config_leg_parse(const char *text, GError **error)
{
    struct config_leg *leg = g_new0(struct config_leg, 1);

    if (read_leg(leg, text, error))
        return leg;
    config_leg_free(leg);
    return NULL;
}

/* --- a gateway --- */

void
config_gateway_free(void *memory)
{
    struct config_gateway *gateway = memory;

    g_free(gateway->name);
    g_free(gateway->section);
    g_free(gateway->file);
    options_unref(gateway->options);
    g_ptr_array_unref(gateway->legs);
    g_ptr_array_unref(gateway->ignores);
    g_free(gateway);
}

static void
leg_free(void *leg)
{
    config_leg_free(leg);
}

static void
rule_free(void *rule)
{
    ignore_rule_free(rule);
}

static struct config_gateway *
gateway_new(const struct config_section *section, const struct options *options, char *name_take)
{
    struct config_gateway *gateway = g_new0(struct config_gateway, 1);
    const char *const *rules = options_list(options, "ignore");

    gateway->name = name_take;
    gateway->section = g_strdup(section->name);
    gateway->file = g_strdup(section->file);
    gateway->line = section->line;
    gateway->column = section->column;
    gateway->options = options_ref(options);
    gateway->legs = g_ptr_array_new_with_free_func(leg_free);
    gateway->ignores = g_ptr_array_new_with_free_func(rule_free);
    for (size_t i = 0; rules[i]; i++)
        g_ptr_array_add(gateway->ignores, ignore_rule_new(rules[i], NULL));
    return gateway;
}

/* Where a value of this key stands; its section where it is not known. */
static void
complain(struct config *config, const struct config_section *section, const char *key,
         const char *value, const char *text)
{
    const struct config_pair *found = NULL;

    for (unsigned i = 0; key && i < section->pairs->len; i++) {
        const struct config_pair *pair = section->pairs->pdata[i];
        if (strcmp(pair->key, key) == 0 && strcmp(pair->value, value) == 0)
            found = pair; /* of a leg that is there twice, the second is the one too many */
    }
    if (found)
        config_problem_add(config->problems, found->file, found->line, found->value_column, false,
                           "%s", text);
    else
        config_problem_add(config->problems, section->file, section->line, section->column, false,
                           "%s", text);
}

static void
set_place(struct config_leg *leg, const struct config_section *section, const char *key,
          const char *value)
{
    leg->file = g_strdup(section->file);
    leg->line = section->line;
    leg->column = section->column;
    for (unsigned i = 0; i < section->pairs->len; i++) {
        const struct config_pair *pair = section->pairs->pdata[i];
        if (strcmp(pair->key, key) != 0 || strcmp(pair->value, value) != 0)
            continue;
        g_free(leg->file);
        leg->file = g_strdup(pair->file);
        leg->line = pair->line;
        leg->column = pair->value_column;
        return;
    }
}

static const struct config_leg *
find_leg(const struct config_gateway *gateway, const char *address)
{
    g_autofree char *wanted = g_utf8_casefold(address, -1);

    for (unsigned i = 0; i < gateway->legs->len; i++) {
        const struct config_leg *leg = gateway->legs->pdata[i];
        g_autofree char *is = g_utf8_casefold(leg->address, -1);
        if (strcmp(is, wanted) == 0)
            return leg;
    }
    return NULL;
}

static bool
add_leg(struct config *config, const struct config_section *section, struct config_gateway *gateway,
        const char *key, const char *value, const char *text)
{
    g_autoptr(GError) error = NULL;
    struct config_leg *leg = config_leg_parse(text, &error);

    if (!leg) {
        complain(config, section, key, value, error->message);
        return false;
    }
    const struct config_leg *first = find_leg(gateway, leg->address);
    if (first || gateway->legs->len >= GATEWAY_MAX_LEGS) {
        g_autofree char *why =
            first ? g_strdup_printf("%s is a leg of this gateway already.", leg->address)
                  : g_strdup_printf("A gateway has at most %d legs.", GATEWAY_MAX_LEGS);
        complain(config, section, key, value, why);
        config_leg_free(leg);
        return false;
    }
    set_place(leg, section, key, value);
    g_ptr_array_add(gateway->legs, leg);
    return true;
}

/* Is there a leg from which something could go to another? */
static bool
has_way(const struct config_gateway *gateway)
{
    for (unsigned i = 0; i < gateway->legs->len; i++)
        for (unsigned j = 0; j < gateway->legs->len; j++) {
            const struct config_leg *from = gateway->legs->pdata[i];
            const struct config_leg *to = gateway->legs->pdata[j];
            if (i != j && (from->direction & RELAY_IN) != 0 && (to->direction & RELAY_OUT) != 0)
                return true;
        }
    return false;
}

/* One with a mistake is kept until all of its legs have been looked at. */
static void
keep_gateway(struct config *config, const struct config_section *section,
             struct config_gateway *gateway, bool good)
{
    const char *why =
        gateway->legs->len < 2
            ? (gateway->same ? "A same-channel gateway joins at least two accounts: "
                               "same = ACCOUNT, twice or more often."
                             : "A gateway joins at least two legs: "
                               "leg = ACCOUNT/CHANNEL, twice or more often.")
        : !has_way(gateway)
            ? "Nothing could cross: one leg must be in or inout, another out or inout."
            : NULL;

    if (good && why)
        complain(config, section, NULL, NULL, why);
    gateway->wrong = !good || why;
    g_ptr_array_add(config->gateways, gateway);
}

static void
take_legs(struct config *config, const struct config_section *section,
          const struct options *options, bool good)
{
    struct config_gateway *gateway = gateway_new(section, options, g_strdup(section->name));
    const char *const *legs = options_list(options, "leg");

    for (size_t i = 0; legs[i]; i++)
        good = add_leg(config, section, gateway, "leg", legs[i], legs[i]) && good;
    keep_gateway(config, section, gateway, good);
}

static void
take_same(struct config *config, const struct config_section *section,
          const struct options *options, bool values_good)
{
    const char *const *accounts = options_list(options, "same");
    const char *const *channels = options_list(options, "channel");

    for (size_t c = 0; channels[c]; c++) {
        struct config_gateway *gateway =
            gateway_new(section, options, g_strdup_printf("%s/%s", section->name, channels[c]));
        bool good = values_good;
        gateway->same = true;
        for (size_t a = 0; accounts[a]; a++) {
            g_autofree char *text = g_strdup_printf("%s/%s", accounts[a], channels[c]);
            good = add_leg(config, section, gateway, "same", accounts[a], text) && good;
        }
        keep_gateway(config, section, gateway, good);
    }
}

/* A copied section whose name was not changed joins channels that nobody wanted joined. */
static void
warn_of_second(struct config *config, const struct config_section *section)
{
    if (section->again_line > 0)
        config_problem_add(
            config->problems, section->file, section->again_line, section->again_column, true,
            "[gateway %s] begins in line %d already, and all legs of both are joined. "
            "Another name makes it a gateway of its own.",
            section->name, section->line);
}

void
config_take_gateway(struct config *config, const struct config_section *section,
                    const struct options *options, bool good)
{
    const bool legs = options_list(options, "leg")[0] != NULL;
    const bool same = options_list(options, "same")[0] != NULL;
    const bool channels = options_list(options, "channel")[0] != NULL;
    g_autoptr(GError) error = NULL;

    warn_of_second(config, section);
    if (!gateway_check_name(section->name, &error))
        complain(config, section, NULL, NULL, error->message);
    else if (!good && (legs ? same || channels : !same || !channels))
        return; /* a key that is wrong may be the one that is missed */
    else if (legs && (same || channels))
        complain(config, section, NULL, NULL,
                 "A gateway has either legs, or accounts (same) and channels.");
    else if (same != channels)
        complain(config, section, NULL, NULL,
                 "A same-channel gateway names its accounts (same = ACCOUNT) and its channels "
                 "(channel = NAME).");
    else if (same)
        take_same(config, section, options, good);
    else
        take_legs(config, section, options, good);
}

/* --- all together --- */

static void
check_account(struct config *config, const struct config_leg *leg)
{
    g_auto(GStrv) parts = address_parse(leg->address, NULL);
    g_autofree char *name = g_ascii_strdown(parts[0], -1);
    struct nearest nearest;

    if (g_hash_table_contains(config->account_sections, name))
        return; /* what is wrong with it is told there */
    nearest_init(&nearest, parts[0]);
    for (unsigned i = 0; i < config->accounts->len; i++)
        nearest_offer(&nearest, ((const struct config_account *)config->accounts->pdata[i])->name);
    g_autofree char *hint = nearest_hint(&nearest);
    config_problem_add(config->problems, leg->file, leg->line, leg->column, false,
                       "There is no account %s in the configuration.%s", parts[0], hint);
}

void
config_check_gateways(struct config *config)
{
    for (unsigned i = 0; i < config->gateways->len; i++) {
        const struct config_gateway *gateway = config->gateways->pdata[i];
        bool told = false; /* the channels of one section have the same accounts */
        for (unsigned j = 0; j < i && gateway->same && !told; j++) {
            const struct config_gateway *other = config->gateways->pdata[j];
            told = strcmp(other->section, gateway->section) == 0;
        }
        for (unsigned j = 0; j < gateway->legs->len && !told; j++)
            check_account(config, gateway->legs->pdata[j]);
    }
    for (unsigned i = config->gateways->len; i > 0; i--)
        if (((const struct config_gateway *)config->gateways->pdata[i - 1])->wrong)
            g_ptr_array_remove_index(config->gateways, i - 1);
}

size_t
config_n_gateways(const struct config *config)
{
    return config->gateways->len;
}

const struct config_gateway *
config_gateway(const struct config *config, size_t i)
{
    return config->gateways->pdata[i];
}

const struct options *
config_gateway_options(const struct config *config, const char *section)
{
    for (unsigned i = 0; i < config->gateways->len; i++) {
        const struct config_gateway *gateway = config->gateways->pdata[i];
        if (strcmp(gateway->section, section) == 0)
            return gateway->options;
    }
    return NULL;
}
