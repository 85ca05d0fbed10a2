/* Gateways made, changed and ended by words: each difference is shown first, and done by /relay yes
 * on the screen, or by `weft ctl relay … --yes`. */
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "core/address.h"
#include "core/options.h"
#include "core/place.h"
#include "relay/relay_priv.h"

#define NEEDS_ADD                                                                                  \
    "Which channel is to be joined to which gateway? /relay add jobs libera/#coop-jobs out"
#define NEEDS_DROP "Which channel is to leave which gateway? /relay drop jobs libera/#coop-jobs"
#define NEEDS_SET  "Which option of which gateway? /relay set jobs max_late 240"

/* One of these. */
struct change {
    char *made;               /* a section to be added */
    struct config_edit *edit; /* lines to be changed */
    char *ended;              /* the section that they switch off; or NULL */
    GString *first;           /* what must be done before anything crosses: lines */
};

void
change_free(struct change *change)
{
    if (!change)
        return;
    g_free(change->made);
    config_edit_free(change->edit);
    g_free(change->ended);
    g_string_free(change->first, TRUE);
    g_free(change);
}

/* --- on and off --- */

static struct config_edit *
switch_edit(struct relay *relay, const char *section, const char *value, GError **error)
{
    return config_edit_new(
        relay->config,
        &(struct config_line){.kind = "gateway", .name = section, .key = "enable", .value = value},
        error);
}

static char *
typed_on(struct relay *relay, const char *section)
{
    return core_typed(relay->core, "relay set %s enable on%s", section,
                      core_is_unattended(relay->core) ? " --yes" : "");
}

char *
change_how_on(struct relay *relay, const struct gateway *gateway)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *typed = typed_on(relay, gateway->section);
    struct config_edit *edit = switch_edit(relay, gateway->section, "on", &error);
    char *text =
        edit ? g_strdup_printf("\"%s\" begins it again.", typed) : g_strdup(error->message);

    config_edit_free(edit);
    return text;
}

/* --- make --- */

static bool
is_direction(const char *word)
{
    return word &&
           (strcmp(word, "in") == 0 || strcmp(word, "out") == 0 || strcmp(word, "inout") == 0);
}

/* No open buffer is it. The account may be able to go in; nothing does that by itself. */
static void
refuse_unopened(struct relay *relay, const char *address, GError *lack, GError **error)
{
    g_auto(GStrv) parts = address_parse(address, NULL);
    const struct account *account = parts ? core_account_by_name(relay->core, parts[0]) : NULL;
    g_autofree char *how = core_how_to_join(relay->core, address);
    g_autofree char *away = account ? status_account(relay, account) : NULL;

    if (error_code(lack) != WEFT_ERROR_NOT_FOUND || !how)
        g_propagate_error(error, g_error_copy(lack));
    else if (away)
        error_refuse(error, "%s %s Then %s lets weft in; after that it can be a leg.",
                     lack->message, away, how);
    else
        error_refuse(error, "%s %s lets weft in; after that it can be a leg.", lack->message, how);
}

/* The channel is there, and may be a leg. */
static bool
check_leg(struct relay *relay, struct change *change, const char *text, GError **error)
{
    struct config_leg *leg = config_leg_parse(text, error);
    g_autoptr(GError) lack = NULL;

    if (!leg)
        return false;
    const struct buffer *buffer = core_find_address(relay->core, leg->address, &lack);
    const struct account *account = buffer ? core_account(relay->core, buffer->account_id) : NULL;
    const char *refusal = buffer ? gateway_refusal(buffer, false) : NULL;
    g_autofree char *away = account ? status_account(relay, account) : NULL;
    if (!buffer) {
        refuse_unopened(relay, leg->address, lack, error);
    } else if (refusal) {
        error_refuse(error, "%s: %s", leg->address, refusal);
    } else if (!away && !buffer->joined) {
        g_autofree char *absence = status_absence(relay, leg->address, buffer);
        g_string_append_printf(change->first, "\n%s: %s", leg->address, absence);
    }
    config_leg_free(leg);
    return buffer && !refusal;
}

/* The addresses, each with a direction if one follows. */
static bool
append_legs(struct relay *relay, struct change *change, GString *out, char **words, GError **error)
{
    for (unsigned i = 0; words[i]; i++) {
        const bool directed = is_direction(words[i + 1]);
        g_autofree char *text =
            g_strdup_printf("%s %s", words[i], directed ? words[i + 1] : "inout");
        if (!check_leg(relay, change, text, error))
            return false;
        g_string_append_printf(out, "leg = %s\n", text);
        i += directed;
    }
    return true;
}

static bool
is_new(struct relay *relay, const char *name, GError **error)
{
    const struct gateway *gateway = gateways_find(relay, name);

    if (!gateway)
        return true;
    if (options_bool(gateway->options, "enable"))
        return error_refuse(error, "There is a gateway %s already. Choose another name.", name);
    g_autofree char *how = change_how_on(relay, gateway);
    return error_refuse(error,
                        "There is a gateway %s already; it is off in the configuration. %s Or "
                        "choose another name.",
                        name, how);
}

/* `words` follow the verb, here and below. */
static bool
make(struct relay *relay, struct change *change, char **words, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);

    if (!words[0] || !words[1] || !words[2])
        return error_refuse(error,
                            "A gateway needs a name and at least two channels: /relay make jobs "
                            "libera/#coop-jobs patio/coops/jobs");
    if (!gateway_check_name(words[0], error) || !is_new(relay, words[0], error))
        return false;
    g_string_append_printf(text, "[gateway %s]\n", words[0]);
    if (!append_legs(relay, change, text, words + 1, error) ||
        !config_check_section(relay->config, text->str, error))
        return false;
    change->made = g_strdup(text->str);
    return true;
}

/* --- add, drop, set --- */

static bool
edit(struct relay *relay, struct change *change, const struct config_line *line, GError **error)
{
    change->edit = config_edit_new(relay->config, line, error);
    return change->edit != NULL;
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
add(struct relay *relay, struct change *change, const struct gateway *gateway, char **words,
    GError **error)
{
    g_autofree char *rest = words[0] ? g_strjoinv(" ", words) : NULL;
    g_autofree char *text =
        words[0] && !words[1] ? g_strconcat(rest, " inout", NULL) : g_strdup(rest);
    g_autofree char *address = text ? address_of_leg(text, error) : NULL;

    if (!text)
        return error_refuse(error, NEEDS_ADD);
    if (!address || !has_legs(gateway, error) || !check_leg(relay, change, text, error))
        return false;
    /* One that is there gets another direction. */
    const char *old = find_leg(gateway, address);
    if (g_strcmp0(old, text) == 0)
        return error_refuse(error, "%s is a leg of %s already.", address, gateway->section);
    return edit(relay, change,
                &(struct config_line){.kind = "gateway",
                                      .name = gateway->section,
                                      .key = "leg",
                                      .old = old,
                                      .value = text,
                                      .adds = !old},
                error);
}

static bool
drop(struct relay *relay, struct change *change, const struct gateway *gateway, char **words,
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
    return edit(relay, change,
                &(struct config_line){
                    .kind = "gateway", .name = gateway->section, .key = "leg", .old = old},
                error);
}

/* Options that may stand there several times get one more; without a value all of them go. */
static bool
set(struct relay *relay, struct change *change, const struct gateway *gateway, char **words,
    GError **error)
{
    static const char *const many[] = {"ignore", "skip_file", "same", "channel", NULL};

    if (!words[0])
        return error_refuse(error, NEEDS_SET);
    if (strcmp(words[0], "leg") == 0)
        return error_refuse(error, "/relay add and /relay drop are about legs.");
    g_autofree char *value = words[1] ? g_strjoinv(" ", words + 1) : NULL;
    return edit(relay, change,
                &(struct config_line){.kind = "gateway",
                                      .name = gateway->section,
                                      .key = words[0],
                                      .value = value,
                                      .adds = value && g_strv_contains(many, words[0])},
                error);
}

static bool
alter(struct relay *relay, struct change *change, const char *verb, char **words, GError **error)
{
    const struct gateway *gateway = words[0] ? gateways_find(relay, words[0]) : NULL;

    if (!words[0])
        return error_refuse(error, strcmp(verb, "add") == 0    ? NEEDS_ADD
                                   : strcmp(verb, "drop") == 0 ? NEEDS_DROP
                                                               : NEEDS_SET);
    if (!gateways_known(relay, words[0], error))
        return false;
    return strcmp(verb, "add") == 0    ? add(relay, change, gateway, words + 1, error)
           : strcmp(verb, "drop") == 0 ? drop(relay, change, gateway, words + 1, error)
                                       : set(relay, change, gateway, words + 1, error);
}

/* --- end --- */

static bool
end(struct relay *relay, struct change *change, char **words, GError **error)
{
    const struct gateway *gateway = words[0] ? gateways_find(relay, words[0]) : NULL;

    if (!words[0])
        return error_refuse(error, "Which gateway is to end? /relay list names them.");
    if (!gateways_known(relay, words[0], error))
        return false;
    if (words[1])
        return error_refuse(error, "One gateway ends at a time: /relay end %s", words[0]);
    if (strcmp(gateway->section, words[0]) != 0) {
        g_autofree char *typed = core_typed(relay->core, "relay end %s", gateway->section);
        return error_refuse(
            error,
            "%s comes from [gateway %s]. \"%s\" ends all that it joins; to end this "
            "one alone, take its channel out of that section, and reload.",
            gateway->name, gateway->section, typed);
    }
    if (!options_bool(gateway->options, "enable")) {
        g_autofree char *how = change_how_on(relay, gateway);
        return error_refuse(error, "The gateway %s is off already. %s", gateway->section, how);
    }
    change->ended = g_strdup(gateway->section);
    change->edit = switch_edit(relay, gateway->section, "off", error);
    return change->edit != NULL;
}

/* --- any of them --- */

struct change *
change_read(struct relay *relay, char **words, GError **error)
{
    struct change *change = g_new0(struct change, 1);
    change->first = g_string_new(NULL);
    const bool good = strcmp(words[0], "make") == 0 ? make(relay, change, words + 1, error)
                      : strcmp(words[0], "end") == 0
                          ? end(relay, change, words + 1, error)
                          : alter(relay, change, words[0], words + 1, error);

    if (!good)
        g_clear_pointer(&change, change_free);
    return change;
}

char *
change_tell(const struct relay *relay, const struct change *change, const char *how)
{
    g_autofree char *file =
        file_shorten(change->edit ? config_edit_file(change->edit) : config_file(relay->config));

    if (change->made)
        return g_strdup_printf("These lines would be added to %s%s:\n%.*s%s", file, how,
                               (int)strlen(change->made) - 1, change->made, change->first->str);
    return g_strdup_printf("%s would change so%s:\n%s%s", file, how, config_edit_text(change->edit),
                           change->first->str);
}

static char *
tell_done(struct relay *relay, const struct change *change)
{
    if (!change->ended)
        return g_strdup_printf("The %s is written and in force. /relay shows how it goes.",
                               change->made ? "gateway" : "change");
    g_autofree char *typed = typed_on(relay, change->ended);
    return g_strdup_printf("The gateway %s has ended; its lines stay in the configuration. "
                           "\"%s\" begins it again.",
                           change->ended, typed);
}

enum change_result
change_do(struct relay *relay, const struct change *change, char **ret_text, GError **error)
{
    g_autofree char *text = NULL;

    if (!(change->made ? config_append_section(relay->config, change->made, error)
                       : config_edit_do(change->edit, error)))
        return CHANGE_REFUSED;
    /* What it tells of a success is what else has changed meanwhile: mostly nothing. */
    if (!core_reload(relay->core, &text)) {
        *ret_text = g_strdup_printf("The lines are written, but not in force. %s", text);
        return CHANGE_WRITTEN;
    }
    *ret_text = tell_done(relay, change);
    return CHANGE_DONE;
}
