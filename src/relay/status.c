/* How it goes, for people. */
#include <string.h>

#include "base/file.h"
#include "base/utf8.h"
#include "core/address.h"
#include "core/options.h"
#include "core/place.h"
#include "relay/relay_priv.h"

#define WHY_TASKS         1000
#define KICK_LOOKS        50 /* messages: little is said after it, for we do not hear it */
#define KICK_REASON_BYTES 300

/* --- legs --- */

/* The account of an address; NULL: there is none. */
static const struct account *
account_at(struct relay *relay, const char *address)
{
    g_auto(GStrv) parts = address_parse(address, NULL);

    return parts ? core_account_by_name(relay->core, parts[0]) : NULL;
}

char *
status_account(struct relay *relay, const struct account *account)
{
    if (account->state == ACCOUNT_ONLINE || account->state == ACCOUNT_CATCH_UP)
        return NULL;
    if (account->state_text)
        return g_strdup_printf("%s is not connected: %s", account->name, account->state_text);
    if (account->state == ACCOUNT_OFFLINE) {
        g_autofree char *typed = core_typed(relay->core, "connect %s", account->name);
        return g_strdup_printf("%s is not connected. \"%s\" does that.", account->name, typed);
    }
    return g_strdup_printf("%s is not connected yet (%s).", account->name,
                           account_state_name(account->state));
}

static bool
is_self(const struct account *account, const char *name)
{
    if (!name || !account->self_name)
        return false;
    g_autofree char *a = g_utf8_casefold(name, -1);
    g_autofree char *b = g_utf8_casefold(account->self_name, -1);
    return strcmp(a, b) == 0;
}

/* Who removed us last, when we have not been there since; NULL: nobody, as far as one can see. To
 * be unref'd. */
static struct message *
find_kick(struct relay *relay, const struct account *account, int64_t buffer_id)
{
    struct message *kick = NULL;
    struct page page;

    core_page_newest(relay->core, buffer_id, KICK_LOOKS, &page);
    for (unsigned i = page.messages->len; i > 0; i--) {
        struct message *message = page.messages->pdata[i - 1];
        if (message->kind == MESSAGE_KICK && is_self(account, message->subject))
            kick = message_ref(message);
        if (kick || (message->flags & MESSAGE_OWN) != 0 ||
            ((message->kind == MESSAGE_JOIN || message->kind == MESSAGE_PART) &&
             is_self(account, message->sender_name)))
            break;
    }
    page_clear(&page);
    return kick;
}

char *
status_absence(struct relay *relay, const char *address, const struct buffer *buffer)
{
    const struct account *account = core_account(relay->core, buffer->account_id);
    struct message *kick = find_kick(relay, account, buffer->id);
    g_autofree char *how = core_how_to_join(relay->core, address);
    GString *out = g_string_new(NULL);

    g_string_append_printf(out, "%s is not in this channel", account->name);
    if (kick) {
        g_autofree char *reason = utf8_sanitize(kick->body->text, -1, KICK_REASON_BYTES);
        g_string_append_printf(out, ": %s removed it",
                               kick->sender_name ? kick->sender_name : "somebody");
        if (*g_strstrip(reason))
            g_string_append_printf(out, " (%s)", reason);
    }
    message_unref(kick);
    g_string_append_c(out, '.');
    if (how)
        g_string_append_printf(out, " %s lets it in.", how);
    return g_string_free(out, FALSE);
}

/* Why nothing is heard from there, or cannot be said there; NULL: all is well. */
static char *
trouble_of(struct relay *relay, const struct leg *leg)
{
    const struct account *account = account_at(relay, leg->config->address);
    const struct buffer *buffer = core_buffer(relay->core, leg->buffer_id);
    g_autoptr(GError) error = NULL;
    char *trouble = account ? status_account(relay, account) : NULL;

    if (trouble || leg->error)
        return trouble ? trouble : g_strdup(leg->error);
    if (account && buffer && !buffer->joined)
        return status_absence(relay, leg->config->address, buffer);
    if ((leg->config->direction & RELAY_OUT) == 0 ||
        core_copy_ready(relay->core, leg->buffer_id, &error))
        return NULL;
    return g_strdup(error ? error->message : "It cannot be written to.");
}

static enum relay_state
state_of(struct relay *relay, const struct gateway *gateway, const struct leg *leg,
         char **ret_error)
{
    *ret_error = NULL;
    if (!options_bool(gateway->options, "enable")) {
        *ret_error = g_strdup("It is off in the configuration.");
        return RELAY_OFF;
    }
    if (gateway->tripped) {
        g_autofree char *typed = core_typed(relay->core, "relay resume %s", gateway->section);
        *ret_error = g_strdup_printf("%s \"%s\" lets it go on.", gateway->tripped, typed);
        return RELAY_TRIPPED;
    }
    if (gateway->paused)
        return RELAY_PAUSED;
    if (leg->refused) {
        *ret_error = g_strdup(leg->error);
        return RELAY_REFUSED;
    }
    *ret_error = trouble_of(relay, leg);
    return *ret_error ? RELAY_WAITS : RELAY_RUNS;
}

static struct relay_leg *
leg_of(struct relay *relay, const struct gateway *gateway, const struct leg *leg)
{
    struct relay_leg *told = g_new0(struct relay_leg, 1);
    /* What is refused may name a channel that another leg carries: that one's figures. */
    const struct lane *lane =
        leg->refused ? NULL : g_hash_table_lookup(relay->lanes, &leg->buffer_id);

    told->gateway = g_strdup(gateway->name);
    told->address = g_strdup(leg->config->address);
    told->buffer_id = leg->error ? 0 : leg->buffer_id;
    told->direction = leg->config->direction;
    told->state = state_of(relay, gateway, leg, &told->error);
    if (lane)
        tally_tell(lane, gateway, told);
    return told;
}

static void
leg_free(void *leg)
{
    relay_leg_free(leg);
}

GPtrArray *
status_legs(void *user)
{
    struct relay *relay = user;
    GPtrArray *legs = g_ptr_array_new_with_free_func(leg_free);

    for (unsigned i = 0; i < relay->gateways->len; i++) {
        const struct gateway *gateway = relay->gateways->pdata[i];
        for (unsigned j = 0; j < gateway->legs->len; j++)
            g_ptr_array_add(legs, leg_of(relay, gateway, gateway->legs->pdata[j]));
    }
    return legs;
}

static const char *
state_name(enum relay_state state)
{
    static const char *const names[] = {
        [RELAY_RUNS] = "runs",   [RELAY_PAUSED] = "paused", [RELAY_TRIPPED] = "stopped itself",
        [RELAY_WAITS] = "waits", [RELAY_OFF] = "off",       [RELAY_REFUSED] = "refused"};

    return names[state];
}

static void
append_leg(GString *out, const struct relay_leg *leg)
{
    g_string_append_printf(out, "\n  %s %s: %s", relay_direction_name(leg->direction), leg->address,
                           state_name(leg->state));
    if (leg->waiting > 0)
        g_string_append_printf(out, ", %u wait", leg->waiting);
    if (leg->unknown > 0)
        g_string_append_printf(out, ", %u may not have arrived", leg->unknown);
    if (leg->given_up > 0)
        g_string_append_printf(out, ", %u given up", leg->given_up);
    if (leg->sent > 0)
        g_string_append_printf(out, ", %" G_GUINT64_FORMAT " carried", leg->sent);
    if (leg->failed > 0)
        g_string_append_printf(out, ", %" G_GUINT64_FORMAT " refused", leg->failed);
    if (leg->error && leg->state != RELAY_TRIPPED)
        g_string_append_printf(out, ". %s", leg->error);
}

char *
status_list(struct relay *relay)
{
    g_autoptr(GPtrArray) legs = status_legs(relay);
    GString *out = g_string_new(NULL);
    const char *gateway = NULL;

    if (legs->len == 0)
        g_string_append(out, "There are no gateways. /relay make NAME ADDRESS ADDRESS proposes "
                             "one between two channels.");
    for (unsigned i = 0; i < legs->len; i++) {
        const struct relay_leg *leg = legs->pdata[i];
        if (!gateway || strcmp(gateway, leg->gateway) != 0)
            g_string_append_printf(out, "%s%s:%s%s", gateway ? "\n" : "", leg->gateway,
                                   leg->state == RELAY_TRIPPED ? " " : "",
                                   leg->state == RELAY_TRIPPED ? leg->error : "");
        gateway = leg->gateway;
        append_leg(out, leg);
    }
    if (legs->len > 0)
        g_string_append(out, "\n/relay alone, or Ctrl-c J, shows this as it goes.");
    return g_string_free(out, FALSE);
}

/* --- why --- */

static char *
address_of(struct relay *relay, int64_t buffer_id)
{
    const struct buffer *buffer = core_buffer(relay->core, buffer_id);

    return buffer ? core_buffer_address(relay->core, buffer) : g_strdup("a channel that is gone");
}

static void
append_copies(GString *out, struct relay *relay, int64_t origin_id, int64_t buffer_id)
{
    g_autoptr(GArray) copies = store_load_copies(relay->store, origin_id, buffer_id);

    for (unsigned i = 0; i < copies->len; i++) {
        const struct relay_copy *copy = &g_array_index(copies, struct relay_copy, i);
        struct message *message = core_message(relay->core, copy->message_id);
        g_autofree char *address = address_of(relay, copy->buffer_id);
        if (message)
            g_string_append_printf(out, "\n  %s: %s%s%s%s", address, copy->note ? "a line, " : "",
                                   message_state_name(message->state),
                                   !message->error                           ? ""
                                   : (message->flags & MESSAGE_DELETED) != 0 ? ", then "
                                                                             : ". ",
                                   message->error ? message->error : "");
        message_unref(message);
    }
}

static const char *
deed_name(enum relay_deed deed)
{
    static const char *const names[] = {[RELAY_SAY] = "the message",
                                        [RELAY_EDIT] = "a change of it",
                                        [RELAY_DELETE] = "that it was taken back",
                                        [RELAY_REACT] = "a reaction",
                                        [RELAY_UNREACT] = "that a reaction was taken back"};

    return names[deed];
}

/* Tasks about one of the family. */
static unsigned
append_tasks(GString *out, struct relay *relay, const GPtrArray *tasks, int64_t origin_id,
             bool given_up)
{
    unsigned n = 0;

    for (unsigned i = 0; i < tasks->len; i++) {
        const struct relay_task *task = tasks->pdata[i];
        if (family_origin(relay, task->source_id) != origin_id)
            continue;
        g_autofree char *address = address_of(relay, task->lane);
        n++;
        if (given_up)
            g_string_append_printf(out, "\n  %s: given up: %s. %s", address, deed_name(task->deed),
                                   task->error ? task->error : "");
        else
            g_string_append_printf(out, "\n  %s: waits: %s.", address, deed_name(task->deed));
    }
    return n;
}

static void
append_standstill(GString *out, struct relay *relay, const struct gateway *gateway)
{
    g_autofree char *typed = core_typed(relay->core, "relay resume %s", gateway->section);

    if (gateway->tripped)
        g_string_append_printf(out, " The gateway %s has stopped: %s", gateway->section,
                               gateway->tripped);
    else
        g_string_append_printf(out, " The gateway %s is paused.", gateway->section);
    g_string_append_printf(out, " \"%s\" lets it go on.", typed);
}

/* Why nothing of it goes there. */
static void
append_lane(GString *out, struct relay *relay, const struct message *origin,
            const struct route *route)
{
    int64_t at_us;
    const char *error = tally_error(lane_get(relay, route->to), route->gateway, &at_us);
    g_autoptr(GPtrArray) tasks = store_load_tasks(relay->store, route->to, 0, WHY_TASKS);
    g_autoptr(GPtrArray) given_up = store_load_given_up(relay->store, route->to, WHY_TASKS);
    g_autofree char *address = address_of(relay, route->to);
    const unsigned n = append_tasks(out, relay, tasks, origin->id, false);

    append_tasks(out, relay, given_up, origin->id, true);
    if (n > 0 && !gateway_runs(route->gateway))
        append_standstill(out, relay, route->gateway);
    else if (n > 0 && error)
        g_string_append_printf(out, " %s", error);
    if ((origin->flags & MESSAGE_RELAYED) != 0)
        g_string_append_printf(out, "\n  %s: not carried: another relay brought it here.", address);
    else if ((origin->flags & MESSAGE_IGNORED) != 0)
        g_string_append_printf(out, "\n  %s: not carried: a rule ignores it.", address);
    else if ((origin->flags & MESSAGE_EPHEMERAL) != 0)
        g_string_append_printf(out, "\n  %s: not carried: it was shown to us alone.", address);
}

char *
status_why(void *user, int64_t message_id)
{
    struct relay *relay = user;
    struct message *origin = core_message(relay->core, family_origin(relay, message_id));
    GHashTableIter iter;
    void *value;

    if (!origin)
        return NULL;
    GString *out = g_string_new(NULL);
    g_autofree char *home = address_of(relay, origin->buffer_id);
    if (origin->id != message_id)
        g_string_append_printf(out, "This is a copy of what %s said in %s.",
                               origin->sender_name ? origin->sender_name : "somebody", home);
    else
        g_string_append_printf(out, "This was said in %s.", home);
    const size_t bare = out->len;
    append_copies(out, relay, origin->id, 0);
    g_hash_table_iter_init(&iter, relay->routes);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct route *route = value;
        if (route->from == origin->buffer_id)
            append_lane(out, relay, origin, route);
    }
    if (out->len == bare)
        g_string_append(out, " It was not carried anywhere: no gateway joined this channel when "
                             "it was said, or nothing of it may cross.");
    message_unref(origin);
    g_autofree char *text = g_string_free(out, FALSE);
    return file_shorten(text);
}
