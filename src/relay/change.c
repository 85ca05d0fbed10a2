/* Gateways made and changed by what is typed: each difference is shown first, and done by /relay
 * yes. */
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "core/address.h"
#include "core/options.h"
#include "relay/relay_priv.h"

#define NEEDS_ADD                                                                                  \
    "Which channel is to be joined to which gateway? /relay add jobs libera/#coop-jobs out"
#define NEEDS_DROP "Which channel is to leave which gateway? /relay drop jobs libera/#coop-jobs"
#define NEEDS_SET  "Which option of which gateway? /relay set jobs max_late 240"

/* What was refused does not leave an older one to be said yes to. */
static void
forget(struct relay *relay)
{
    g_clear_pointer(&relay->proposal, g_free);
    g_clear_pointer(&relay->edit, config_edit_free);
}

void
change_clear(struct relay *relay)
{
    forget(relay);
}

/* --- make --- */

static bool
is_direction(const char *word)
{
    return word &&
           (strcmp(word, "in") == 0 || strcmp(word, "out") == 0 || strcmp(word, "inout") == 0);
}

/* The channel is there, and may be a leg. */
static bool
check_leg(struct relay *relay, const char *text, bool same, GError **error)
{
    struct config_leg *leg = config_leg_parse(text, error);
    const struct buffer *buffer = leg ? core_find_address(relay->core, leg->address, error) : NULL;
    const char *refusal = buffer ? gateway_refusal(buffer, same) : NULL;

    if (refusal)
        error_refuse(error, "%s: %s", leg->address, refusal);
    config_leg_free(leg);
    return buffer && !refusal;
}

/* The addresses, each with a direction if one follows. */
static bool
append_legs(struct relay *relay, GString *out, char **words, GError **error)
{
    for (unsigned i = 0; words[i]; i++) {
        const bool directed = is_direction(words[i + 1]);
        g_autofree char *text =
            g_strdup_printf("%s %s", words[i], directed ? words[i + 1] : "inout");
        if (!check_leg(relay, text, false, error))
            return false;
        g_string_append_printf(out, "leg = %s\n", text);
        i += directed;
    }
    return true;
}

bool
change_make(struct relay *relay, int64_t buffer_id, char **words, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);

    forget(relay);
    if (!words[0] || !words[1] || !words[2])
        return error_refuse(error,
                            "A gateway needs a name and at least two channels: /relay make jobs "
                            "libera/#coop-jobs patio/coops/jobs");
    if (!gateway_check_name(words[0], error))
        return false;
    if (gateways_find(relay, words[0]))
        return error_refuse(error, "There is a gateway %s already. Choose another name.", words[0]);
    g_string_append_printf(text, "[gateway %s]\n", words[0]);
    if (!append_legs(relay, text, words + 1, error) ||
        !config_check_section(relay->config, text->str, error))
        return false;
    relay->proposal = g_strdup(text->str);
    g_autofree char *file = file_shorten(config_file(relay->config));
    core_say(relay->core, buffer_id, "These lines would be added to %s; /relay yes does it:\n%s",
             file, g_strchomp(text->str));
    return true;
}

/* --- add, drop, set --- */

static bool
propose(struct relay *relay, int64_t buffer_id, const struct config_line *line, GError **error)
{
    relay->edit = config_edit_new(relay->config, line, error);
    if (!relay->edit)
        return false;
    g_autofree char *file = file_shorten(config_edit_file(relay->edit));
    core_say(relay->core, buffer_id, "%s would change so; /relay yes does it:\n%s", file,
             config_edit_text(relay->edit));
    return true;
}

/* The line that makes the leg of this address; NULL: there is none. */
static const char *
find_leg(const struct gateway *gateway, const char *address)
{
    const char *const *values = options_list(gateway->options, "leg");
    g_autofree char *wanted = g_utf8_casefold(address, -1);

    for (size_t i = 0; values[i]; i++) {
        struct config_leg *leg = config_leg_parse(values[i], NULL);
        g_autofree char *is = leg ? g_utf8_casefold(leg->address, -1) : NULL;
        config_leg_free(leg);
        if (g_strcmp0(is, wanted) == 0)
            return values[i];
    }
    return NULL;
}

static bool
has_legs(const struct gateway *gateway, GError **error)
{
    return !gateway->same ||
           error_refuse(
               error,
               "%s joins channels of one name in several accounts: \"/relay set %s channel "
               "NAME\" and \"/relay set %s same ACCOUNT\" add to it.",
               gateway->section, gateway->section, gateway->section);
}

/* As it is written everywhere. g_free(); NULL: it is none. */
static char *
address_of_leg(const char *text, GError **error)
{
    struct config_leg *leg = config_leg_parse(text, error);
    char *address = leg ? g_strdup(leg->address) : NULL;

    config_leg_free(leg);
    return address;
}

static bool
add(struct relay *relay, int64_t buffer_id, const struct gateway *gateway, char **words,
    GError **error)
{
    g_autofree char *rest = words[0] ? g_strjoinv(" ", words) : NULL;
    g_autofree char *text =
        words[0] && !words[1] ? g_strconcat(rest, " inout", NULL) : g_strdup(rest);
    g_autofree char *address = text ? address_of_leg(text, error) : NULL;

    if (!text)
        return error_refuse(error, NEEDS_ADD);
    if (!address || !has_legs(gateway, error) || !check_leg(relay, text, false, error))
        return false;
    /* One that is there gets another direction. */
    const char *old = find_leg(gateway, address);
    if (g_strcmp0(old, text) == 0)
        return error_refuse(error, "%s is a leg of %s already.", address, gateway->section);
    return propose(relay, buffer_id,
                   &(struct config_line){.kind = "gateway",
                                         .name = gateway->section,
                                         .key = "leg",
                                         .old = old,
                                         .value = text,
                                         .adds = !old},
                   error);
}

static bool
drop(struct relay *relay, int64_t buffer_id, const struct gateway *gateway, char **words,
     GError **error)
{
    g_autofree char *address = words[0] ? address_of_leg(words[0], error) : NULL;

    if (!words[0] || words[1])
        return error_refuse(error, NEEDS_DROP);
    if (!address || !has_legs(gateway, error))
        return false;
    const char *old = find_leg(gateway, address);
    if (!old)
        return error_refuse(error, "%s is no leg of %s.", address, gateway->section);
    if (gateway->legs->len <= 2)
        return error_refuse(error,
                            "A gateway joins at least two legs. \"/relay end %s\" ends it, or add "
                            "another one first.",
                            gateway->section);
    return propose(relay, buffer_id,
                   &(struct config_line){
                       .kind = "gateway", .name = gateway->section, .key = "leg", .old = old},
                   error);
}

/* Options that may stand there several times get one more; without a value all of them go. */
static bool
set(struct relay *relay, int64_t buffer_id, const struct gateway *gateway, char **words,
    GError **error)
{
    static const char *const many[] = {"ignore", "skip_file", "same", "channel", NULL};

    if (!words[0])
        return error_refuse(error, NEEDS_SET);
    if (strcmp(words[0], "leg") == 0)
        return error_refuse(error, "/relay add and /relay drop are about legs.");
    g_autofree char *value = words[1] ? g_strjoinv(" ", words + 1) : NULL;
    return propose(relay, buffer_id,
                   &(struct config_line){.kind = "gateway",
                                         .name = gateway->section,
                                         .key = words[0],
                                         .value = value,
                                         .adds = value && g_strv_contains(many, words[0])},
                   error);
}

bool
change_gateway(struct relay *relay, int64_t buffer_id, const char *verb, char **words,
               GError **error)
{
    const struct gateway *gateway = words[0] ? gateways_find(relay, words[0]) : NULL;

    forget(relay);
    if (!words[0])
        return error_refuse(error, strcmp(verb, "add") == 0    ? NEEDS_ADD
                                   : strcmp(verb, "drop") == 0 ? NEEDS_DROP
                                                               : NEEDS_SET);
    if (!gateways_known(relay, words[0], error))
        return false;
    return strcmp(verb, "add") == 0    ? add(relay, buffer_id, gateway, words + 1, error)
           : strcmp(verb, "drop") == 0 ? drop(relay, buffer_id, gateway, words + 1, error)
                                       : set(relay, buffer_id, gateway, words + 1, error);
}

/* --- yes --- */

bool
change_yes(struct relay *relay, int64_t buffer_id, GError **error)
{
    g_autofree char *proposal = g_steal_pointer(&relay->proposal);
    struct config_edit *edit = g_steal_pointer(&relay->edit);
    const bool any = proposal || edit;
    const bool done = proposal ? config_append_section(relay->config, proposal, error)
                               : edit && config_edit_do(edit, error);
    g_autofree char *text = NULL;

    config_edit_free(edit);
    if (!any)
        return error_refuse(error, "Nothing is proposed. /relay make, add, drop and set do so.");
    if (!done)
        return false;
    /* What it tells of a success is what else has changed meanwhile: mostly nothing. */
    if (core_reload(relay->core, &text))
        core_say(relay->core, buffer_id,
                 proposal ? "The gateway is written and in force. /relay shows how it goes."
                          : "The change is written and in force. /relay shows how it goes.");
    else
        core_say(relay->core, buffer_id, "The lines are written, but not in force. %s", text);
    return true;
}
