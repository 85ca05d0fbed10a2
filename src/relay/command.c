/* What a person types behind /relay, or behind `weft ctl relay`. */
#include <string.h>

#include "base/error.h"
#include "core/nearest.h"
#include "core/options.h"
#include "relay/relay_priv.h"

/* By its own name, or that of the section that made it and others. */
static bool
is_called(const struct gateway *gateway, const char *name)
{
    return strcmp(gateway->section, name) == 0 || strcmp(gateway->name, name) == 0;
}

static bool
may_write(struct relay *relay, GError **error)
{
    if (!core_is_read_only(relay->core))
        return true;
    g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_CONFLICT,
                        "Another weft runs with this profile and relays: this one only reads.");
    return false;
}

/* One that the configuration has switched off cannot go on by being told so. */
static bool
is_on(struct relay *relay, const char *name, GError **error)
{
    const struct gateway *gateway = gateways_find(relay, name);

    if (options_bool(gateway->options, "enable"))
        return true;
    g_autofree char *how = change_how_on(relay, gateway);
    return error_refuse(error, "The gateway %s is off in the configuration. %s", gateway->section,
                        how);
}

bool
command_pause(void *user, const char *name, bool paused, GError **error)
{
    struct relay *relay = user;

    if (!may_write(relay, error) ||
        (name && (!gateways_known(relay, name, error) || !is_on(relay, name, error))))
        return false;
    for (unsigned i = 0; i < relay->gateways->len; i++) {
        struct gateway *gateway = relay->gateways->pdata[i];
        if (!name || is_called(gateway, name))
            gateway_pause(relay, gateway, paused);
    }
    return true;
}

bool
command_retry(void *user, const char *name, GError **error)
{
    struct relay *relay = user;
    g_autoptr(GHashTable) done = g_hash_table_new(NULL, NULL);

    if (!may_write(relay, error) || (name && !gateways_known(relay, name, error)))
        return false;
    for (unsigned i = 0; i < relay->gateways->len; i++) {
        const struct gateway *gateway = relay->gateways->pdata[i];
        for (unsigned j = 0; j < gateway->legs->len; j++) {
            const struct leg *leg = gateway->legs->pdata[j];
            struct lane *lane = g_hash_table_lookup(relay->lanes, &leg->buffer_id);
            if (lane && name && is_called(gateway, name))
                lane_retry(lane, gateway);
            else if (lane && !name && g_hash_table_add(done, lane))
                lane_retry(lane, NULL);
        }
    }
    return true;
}

/* A blank with a backslash before it belongs to an address. */
static char **
split_words(const char *text)
{
    GPtrArray *words = g_ptr_array_new();

    while (*(text += strspn(text, " \t\n"))) {
        size_t len = 0;
        while (text[len] && !strchr(" \t\n", text[len]))
            len += text[len] == '\\' && text[len + 1] ? 2 : 1;
        g_ptr_array_add(words, g_strndup(text, len));
        text += len;
    }
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(words, FALSE);
}

/* --- the others --- */

/* What was refused does not leave an older one to be said yes to. */
static bool
propose(struct relay *relay, int64_t buffer_id, char **words, GError **error)
{
    g_clear_pointer(&relay->proposal, change_free);
    relay->proposal = change_read(relay, words, error);
    if (!relay->proposal)
        return false;
    g_autofree char *text = change_tell(relay, relay->proposal, "; /relay yes does it");
    core_say(relay->core, buffer_id, "%s", text);
    return true;
}

static bool
do_change_take(struct relay *relay, int64_t buffer_id, struct change *change, GError **error)
{
    g_autofree char *text = NULL;
    const bool written = change_do(relay, change, &text, error) != CHANGE_REFUSED;

    change_free(change);
    if (written)
        core_say(relay->core, buffer_id, "%s", text);
    return written;
}

static bool
yes(struct relay *relay, int64_t buffer_id, GError **error)
{
    if (!relay->proposal)
        return error_refuse(error,
                            "Nothing is proposed. /relay make, add, drop, set and end do so.");
    return do_change_take(relay, buffer_id, g_steal_pointer(&relay->proposal), error);
}

bool
command_change(void *user, const char *what, const char *gateway, const char *words, bool does,
               char **ret_text, GError **error)
{
    struct relay *relay = user;
    g_auto(GStrv) rest = split_words(words ? words : "");
    g_autoptr(GPtrArray) all = g_ptr_array_new(); /* the words are borrowed */
    g_autofree char *text = NULL;

    if (!may_write(relay, error))
        return false;
    g_ptr_array_add(all, (char *)(uintptr_t)what);
    if (gateway)
        g_ptr_array_add(all, (char *)(uintptr_t)gateway);
    for (char **word = rest; gateway && *word; word++)
        g_ptr_array_add(all, *word);
    g_ptr_array_add(all, NULL);
    struct change *change = change_read(relay, (char **)all->pdata, error);
    if (!change)
        return false;
    if (!does)
        text = change_tell(relay, change, "");
    const enum change_result result = does ? change_do(relay, change, &text, error) : CHANGE_DONE;
    change_free(change);
    if (result == CHANGE_WRITTEN)
        error_refuse(error, "%s", text);
    else if (result == CHANGE_DONE)
        *ret_text = g_steal_pointer(&text);
    return result == CHANGE_DONE;
}

static bool
why(struct relay *relay, int64_t buffer_id, const char *id, GError **error)
{
    struct page page = {0};
    int64_t message_id = 0;

    if (id && !g_ascii_string_to_signed(id, 10, 1, G_MAXINT64, &message_id, NULL))
        return error_refuse(error,
                            "/relay why is about the newest message here, or about the one of a "
                            "number.");
    core_page_newest(relay->core, buffer_id, id ? 0 : 20, &page);
    for (unsigned i = page.messages ? page.messages->len : 0; i > 0 && !message_id; i--) {
        const struct message *message = page.messages->pdata[i - 1];
        if (message->kind != MESSAGE_WEFT)
            message_id = message->id;
    }
    page_clear(&page);
    if (!message_id)
        return error_refuse(error, "Nothing was said here.");
    g_autofree char *text = status_why(relay, message_id);
    if (!text)
        return error_refuse(error, "This message is not here.");
    core_say(relay->core, buffer_id, "%s", text);
    return true;
}

static bool
pause_or_resume(struct relay *relay, int64_t buffer_id, const char *name, bool paused,
                GError **error)
{
    if (!command_pause(relay, name, paused, error))
        return false;
    core_say(relay->core, buffer_id,
             paused ? "%s %s paused. What is said meanwhile crosses when it goes on: /relay resume."
                    : "%s %s on.",
             name ? name : "Every gateway", paused ? "is" : "goes");
    return true;
}

static bool
reload(struct relay *relay, int64_t buffer_id)
{
    g_autofree char *text = NULL;

    core_reload(relay->core, &text);
    core_say(relay->core,
             core_buffer(relay->core, buffer_id) ? buffer_id : core_own_buffer(relay->core)->id,
             "%s", text);
    return true;
}

bool
command_relay(void *user, int64_t buffer_id, const char *arguments, GError **error)
{
    static const char *const known[] = {"list",   "make", "add",   "drop", "set",    "yes", "pause",
                                        "resume", "end",  "retry", "why",  "reload", NULL};
    static const char *const proposed[] = {"make", "add", "drop", "set", "end", NULL};
    struct relay *relay = user;
    g_auto(GStrv) words = split_words(arguments ? arguments : "list");
    const char *verb = words[0] ? words[0] : "list";
    const char *name = words[0] ? words[1] : NULL;
    struct nearest nearest;

    if (core_is_read_only(relay->core) && (strcmp(verb, "list") == 0 || strcmp(verb, "why") == 0))
        return error_refuse(error, "%s", RELAY_ELSEWHERE);
    if (strcmp(verb, "list") == 0) {
        g_autofree char *text = status_list(relay);
        core_say(relay->core, buffer_id, "%s", text);
        return true;
    }
    if (strcmp(verb, "why") == 0)
        return why(relay, buffer_id, name, error);
    if (strcmp(verb, "reload") == 0)
        return reload(relay, buffer_id);
    if (g_strv_contains(known, verb) && !may_write(relay, error))
        return false;
    if (g_strv_contains(proposed, verb))
        return propose(relay, buffer_id, words, error);
    if (strcmp(verb, "yes") == 0)
        return yes(relay, buffer_id, error);
    if (strcmp(verb, "pause") == 0 || strcmp(verb, "resume") == 0)
        return pause_or_resume(relay, buffer_id, name, *verb == 'p', error);
    if (strcmp(verb, "retry") == 0) {
        if (!command_retry(relay, name, error))
            return false;
        core_say(relay->core, buffer_id,
                 name ? "What %s gave up is tried again." : "What was given up is tried again.",
                 name);
        return true;
    }
    nearest_init(&nearest, verb);
    for (size_t i = 0; known[i]; i++)
        nearest_offer(&nearest, known[i]);
    g_autofree char *hint = nearest_hint(&nearest);
    return error_refuse(
        error,
        "/relay knows list, make, add, drop, set, yes, pause, resume, end, retry, why and "
        "reload.%s",
        hint);
}
