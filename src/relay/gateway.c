/* Which conversations are joined now: the configuration's gateways, the buffers behind their
 * addresses, and the store's routes that follow. */
#include <string.h>

#include "base/error.h"
#include "core/address.h"
#include "core/nearest.h"
#include "core/options.h"
#include "core/place.h"
#include "relay/relay_priv.h"

#define PAUSED_WORD  "paused"
#define TRIPPED_WORD "tripped "

static void
leg_free(void *memory)
{
    struct leg *leg = memory;

    config_leg_free(leg->config);
    g_free(leg->error);
    g_free(leg);
}

static void
gateway_free(void *memory)
{
    struct gateway *gateway = memory;

    g_free(gateway->name);
    g_free(gateway->section);
    options_unref(gateway->options);
    g_ptr_array_unref(gateway->legs);
    g_ptr_array_unref(gateway->ignores);
    guard_breaker_free(gateway->breaker);
    g_free(gateway->tripped);
    g_free(gateway);
}

static void
rule_free(void *rule)
{
    ignore_rule_free(rule);
}

/* --- paused, tripped --- */

static char *
state_key(const struct gateway *gateway)
{
    return g_strdup_printf("relay state %s", gateway->name);
}

static void
load_state(struct relay *relay, struct gateway *gateway)
{
    g_autofree char *key = state_key(gateway);
    g_autofree char *state = store_load_kv(relay->store, 0, key);

    gateway->paused = g_strcmp0(state, PAUSED_WORD) == 0;
    if (state && g_str_has_prefix(state, TRIPPED_WORD))
        gateway->tripped = g_strdup(state + strlen(TRIPPED_WORD));
}

bool
gateway_runs(const struct gateway *gateway)
{
    return options_bool(gateway->options, "enable") && !gateway->paused && !gateway->tripped;
}

/* Only the lanes that it writes into: nothing waits for it elsewhere. */
static void
its_lanes_again(struct relay *relay, const struct gateway *gateway)
{
    GHashTableIter iter;
    void *value;

    g_hash_table_iter_init(&iter, relay->routes);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct route *route = value;
        if (route->gateway == gateway)
            lane_again(lane_get(relay, route->to));
    }
}

void
gateway_pause(struct relay *relay, struct gateway *gateway, bool paused)
{
    g_autofree char *key = state_key(gateway);

    gateway->paused = paused;
    g_clear_pointer(&gateway->tripped, g_free);
    guard_breaker_reset(gateway->breaker);
    store_set_kv(relay->store, 0, key, paused ? PAUSED_WORD : NULL);
    its_lanes_again(relay, gateway);
    relay_changed(relay);
}

void
gateway_trip(struct relay *relay, struct gateway *gateway, const char *why)
{
    g_autofree char *key = state_key(gateway);
    g_autofree char *state = g_strconcat(TRIPPED_WORD, why, NULL);
    g_autofree char *typed = core_typed(relay->core, "relay resume %s", gateway->section);

    if (gateway->tripped)
        return;
    gateway->tripped = g_strdup(why);
    store_set_kv(relay->store, 0, key, state);
    core_say(relay->core, core_own_buffer(relay->core)->id,
             "The gateway %s has stopped: %s \"%s\" lets it go on; what is said "
             "meanwhile crosses then.",
             gateway->section, why, typed);
    for (unsigned i = 0; i < gateway->legs->len; i++) {
        const struct leg *leg = gateway->legs->pdata[i];
        if (leg->buffer_id && !leg->error && core_buffer(relay->core, leg->buffer_id))
            core_say(relay->core, leg->buffer_id,
                     "The gateway %s has stopped: %s \"%s\" lets it go on.", gateway->section, why,
                     typed);
    }
    relay_changed(relay);
}

/* --- from the configuration --- */

static struct gateway *
gateway_new(struct relay *relay, const struct config_gateway *config)
{
    struct gateway *gateway = g_new0(struct gateway, 1);
    const char *const *rules = options_list(config->options, "ignore");

    gateway->name = g_strdup(config->name);
    gateway->section = g_strdup(config->section);
    gateway->same = config->same;
    gateway->options = options_ref(config->options);
    gateway->legs = g_ptr_array_new_with_free_func(leg_free);
    gateway->ignores = g_ptr_array_new_with_free_func(rule_free);
    for (size_t i = 0; rules[i]; i++)
        g_ptr_array_add(gateway->ignores, ignore_rule_new(rules[i], NULL));
    for (unsigned i = 0; i < config->legs->len; i++) {
        const struct config_leg *from = config->legs->pdata[i];
        struct leg *leg = g_new0(struct leg, 1);
        leg->config = g_new0(struct config_leg, 1);
        leg->config->address = g_strdup(from->address);
        leg->config->direction = from->direction;
        leg->config->everyone = from->everyone;
        leg->config->name_colors = from->name_colors;
        leg->config->name = g_strdup(from->name);
        g_ptr_array_add(gateway->legs, leg);
    }
    gateway->breaker = guard_breaker_new();
    load_state(relay, gateway);
    return gateway;
}

/* What its breaker has seen stays with it, and whether it is paused: the store may not have that
 * yet. */
static void
keep_state(const GPtrArray *known, struct gateway *gateway)
{
    for (unsigned i = 0; i < known->len; i++) {
        struct gateway *before = known->pdata[i];
        if (strcmp(before->name, gateway->name) != 0)
            continue;
        struct guard_breaker *breaker = gateway->breaker;
        gateway->breaker = before->breaker;
        before->breaker = breaker;
        gateway->paused = before->paused;
        g_free(gateway->tripped);
        gateway->tripped = g_strdup(before->tripped);
    }
}

/* --- since when --- */

static char *
since_key(const struct gateway *gateway, const struct leg *leg)
{
    return g_strdup_printf("relay since %s %s", gateway->name, leg->config->address);
}

static struct leg *
same_leg(const GPtrArray *gateways, const struct gateway *of, const struct leg *leg)
{
    for (unsigned i = 0; i < gateways->len; i++) {
        const struct gateway *gateway = gateways->pdata[i];
        for (unsigned j = 0; strcmp(gateway->name, of->name) == 0 && j < gateway->legs->len; j++) {
            struct leg *each = gateway->legs->pdata[j];
            if (strcmp(each->config->address, leg->config->address) == 0)
                return each;
        }
    }
    return NULL;
}

static void
set_since(struct relay *relay, const struct gateway *gateway, struct leg *leg, int64_t since_us)
{
    g_autofree char *key = since_key(gateway, leg);
    g_autofree char *value = since_us ? g_strdup_printf("%" G_GINT64_FORMAT, since_us) : NULL;

    leg->since_us = since_us;
    if (!core_is_read_only(relay->core))
        store_set_kv(relay->store, 0, key, value);
}

/* From when on what is said in a leg is meant for the others as well. */
static void
note_since(struct relay *relay, const GPtrArray *known, const struct gateway *gateway,
           struct leg *leg)
{
    const struct leg *before = same_leg(known, gateway, leg);
    const bool on = options_bool(gateway->options, "enable");

    if (before) {
        leg->since_us = before->since_us;
    } else {
        g_autofree char *key = since_key(gateway, leg);
        g_autofree char *value = store_load_kv(relay->store, 0, key);
        leg->since_us = value ? g_ascii_strtoll(value, NULL, 10) : 0;
    }
    if (!on && leg->since_us)
        set_since(relay, gateway, leg, 0);
    else if (on && !leg->since_us && leg->buffer_id && !leg->error)
        set_since(relay, gateway, leg, relay_now_us(relay));
}

/* Who was dropped and comes back begins anew. */
static void
note_all_since(struct relay *relay, const GPtrArray *known, const GPtrArray *fresh)
{
    for (unsigned i = 0; i < fresh->len; i++) {
        const struct gateway *gateway = fresh->pdata[i];
        for (unsigned j = 0; j < gateway->legs->len; j++)
            note_since(relay, known, gateway, gateway->legs->pdata[j]);
    }
    for (unsigned i = 0; i < known->len; i++) {
        const struct gateway *gateway = known->pdata[i];
        for (unsigned j = 0; j < gateway->legs->len; j++) {
            struct leg *leg = gateway->legs->pdata[j];
            if (leg->since_us && !same_leg(fresh, gateway, leg))
                set_since(relay, gateway, leg, 0);
        }
    }
}

/* --- the buffers --- */

const char *
gateway_refusal(const struct buffer *buffer, bool same)
{
    switch (buffer->kind) {
    case BUFFER_CHANNEL:
        return NULL;
    case BUFFER_PRIVATE:
        return same ? "This is a private channel: only a leg that names it joins it to others."
                    : NULL;
    case BUFFER_DIRECT:
    case BUFFER_GROUP:
        return "This is a conversation between people: these are never relayed.";
    default:
        return "This is no channel.";
    }
}

/* Why no conversation has this address. */
static void
explain_lack(struct relay *relay, struct leg *leg, const GError *error)
{
    g_auto(GStrv) parts = address_parse(leg->config->address, NULL);
    g_autofree char *how = core_how_to_join(relay->core, leg->config->address);

    leg->refused = !parts || !core_account_by_name(relay->core, parts[0]);
    if (leg->refused)
        leg->error = g_strdup_printf("There is no account %s in the configuration.",
                                     parts ? parts[0] : leg->config->address);
    else if (how)
        leg->error = g_strdup_printf("%s weft waits for it, and does not go in by itself: %s lets "
                                     "it in.",
                                     error->message, how);
    else
        leg->error = g_strdup_printf("%s weft waits for it.", error->message);
}

static void
find_buffer(struct relay *relay, const struct gateway *gateway, struct leg *leg)
{
    g_autoptr(GError) error = NULL;
    const struct buffer *buffer = core_find_address(relay->core, leg->config->address, &error);
    const char *refusal = buffer ? gateway_refusal(buffer, gateway->same) : NULL;

    leg->buffer_id = buffer ? buffer->id : 0;
    leg->refused = refusal != NULL;
    if (!buffer)
        explain_lack(relay, leg, error);
    else if (refusal)
        leg->error = g_strdup(refusal);
    for (unsigned i = 0; buffer && !leg->error && i < gateway->legs->len; i++) {
        const struct leg *other = gateway->legs->pdata[i];
        if (other == leg)
            break;
        const struct buffer *first =
            other->error ? NULL : core_buffer(relay->core, other->buffer_id);
        leg->refused = first && family_same_channel(relay, first, buffer);
        if (leg->refused)
            leg->error = g_strdup_printf("This is the same channel as %s, which carries it.",
                                         other->config->address);
    }
}

/* --- routes --- */

/* Both ids in one key; buffers' ids are small numbers that count up. */
static int64_t
pair_of(int64_t from, int64_t to)
{
    return (int64_t)((uint64_t)from << 32 | (uint64_t)to);
}

struct keyed_route {
    int64_t key; /* first: the table looks at it */
    struct route route;
};

const struct route *
gateways_route(const struct relay *relay, int64_t from, int64_t to)
{
    const int64_t key = pair_of(from, to);

    return g_hash_table_lookup(relay->routes, &key);
}

static unsigned
kinds_of(const struct gateway *gateway)
{
    return RELAY_TALK | (options_bool(gateway->options, "joins") ? RELAY_PRESENCE : 0) |
           (strcmp(options_text(gateway->options, "topics"), "off") != 0 ? RELAY_TOPICS : 0);
}

static void
add_route(struct relay *relay, struct gateway *gateway, const struct leg *from,
          const struct leg *to)
{
    if (from->error || to->error || from->buffer_id == to->buffer_id ||
        (from->config->direction & RELAY_IN) == 0 || (to->config->direction & RELAY_OUT) == 0 ||
        gateways_route(relay, from->buffer_id, to->buffer_id))
        return;
    struct keyed_route *keyed = g_new(struct keyed_route, 1);
    keyed->key = pair_of(from->buffer_id, to->buffer_id);
    keyed->route = (struct route){.from = from->buffer_id,
                                  .to = to->buffer_id,
                                  .kinds = kinds_of(gateway),
                                  .gateway = gateway,
                                  .leg = to,
                                  .since_us = MAX(from->since_us, to->since_us)};
    g_hash_table_insert(relay->routes, &keyed->key, &keyed->route);
}

GHashTable *
gateways_routes_new(void)
{
    /* The key stands in the keyed_route, which goes with it. */
    return g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
}

static void
give_routes(struct relay *relay)
{
    g_autoptr(GArray) routes = g_array_new(FALSE, FALSE, sizeof(struct relay_route));
    GHashTableIter iter;
    void *value;

    g_hash_table_iter_init(&iter, relay->routes);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct route *route = value;
        const struct relay_route row = {
            .from = route->from, .to = route->to, .kinds = route->kinds};
        g_array_append_val(routes, row);
        lane_get(relay, route->to);
    }
    store_set_routes(relay->store, (const struct relay_route *)(void *)routes->data, routes->len);
}

/* All that may differ, in short. */
static char *
describe(const GPtrArray *gateways)
{
    GString *out = g_string_new(NULL);

    for (unsigned i = 0; i < gateways->len; i++) {
        const struct gateway *gateway = gateways->pdata[i];
        g_string_append_printf(out, "%s\n", gateway->name);
        for (unsigned j = 0; j < gateway->legs->len; j++) {
            const struct leg *leg = gateway->legs->pdata[j];
            g_string_append_printf(out, "%s %d %" G_GINT64_FORMAT " %s\n", leg->config->address,
                                   (int)leg->config->direction, leg->buffer_id,
                                   leg->error ? leg->error : "");
        }
    }
    return g_string_free(out, FALSE);
}

static bool
differ(const GPtrArray *known, const GPtrArray *fresh)
{
    g_autofree char *before = describe(known);
    g_autofree char *now = describe(fresh);
    bool differ = strcmp(before, now) != 0;

    for (unsigned i = 0; i < known->len && !differ; i++)
        differ = !options_equal(((const struct gateway *)known->pdata[i])->options,
                                ((const struct gateway *)fresh->pdata[i])->options);
    return differ;
}

static GPtrArray *
read_gateways(struct relay *relay)
{
    const struct config *config = core_config(relay->core);
    GPtrArray *gateways = g_ptr_array_new_with_free_func(gateway_free);

    for (size_t i = 0; i < config_n_gateways(config); i++) {
        struct gateway *gateway = gateway_new(relay, config_gateway(config, i));
        g_ptr_array_add(gateways, gateway);
        for (unsigned j = 0; j < gateway->legs->len; j++)
            find_buffer(relay, gateway, gateway->legs->pdata[j]);
    }
    return gateways;
}

static void
make_routes(struct relay *relay)
{
    relay->lacks = false;
    for (unsigned i = 0; i < relay->gateways->len; i++) {
        struct gateway *gateway = relay->gateways->pdata[i];
        const unsigned n = options_bool(gateway->options, "enable") ? gateway->legs->len : 0;
        for (unsigned a = 0; a < n; a++)
            relay->lacks =
                relay->lacks || ((const struct leg *)gateway->legs->pdata[a])->buffer_id == 0;
        for (unsigned a = 0; a < n; a++)
            for (unsigned b = 0; b < n; b++)
                add_route(relay, gateway, gateway->legs->pdata[a], gateway->legs->pdata[b]);
    }
}

/* --- what differs for a lane --- */

/* Is what crosses by both the same? The other legs of a gateway are routes of their own. */
static bool
route_equal(const struct route *a, const struct route *b)
{
    static const char *const legs[] = {"leg", "same", "channel", NULL};

    return strcmp(a->gateway->name, b->gateway->name) == 0 &&
           gateway_runs(a->gateway) == gateway_runs(b->gateway) &&
           options_equal_but(a->gateway->options, b->gateway->options, legs) &&
           a->leg->config->everyone == b->leg->config->everyone &&
           a->leg->config->name_colors == b->leg->config->name_colors &&
           g_strcmp0(a->leg->config->name, b->leg->config->name) == 0;
}

/* The lanes of routes that are not among the others as they are here. */
static void
differing_again(struct relay *relay, GHashTable *routes, GHashTable *others)
{
    GHashTableIter iter;
    void *key, *value;

    g_hash_table_iter_init(&iter, routes);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        const struct route *route = value;
        const struct route *other = g_hash_table_lookup(others, key);
        struct lane *lane = g_hash_table_lookup(relay->lanes, &route->to);
        if (lane && (!other || !route_equal(route, other)))
            lane_again(lane);
    }
}

void
gateways_apply(struct relay *relay)
{
    GPtrArray *fresh = read_gateways(relay);

    if (!differ(relay->gateways, fresh)) {
        g_ptr_array_unref(fresh);
        return;
    }
    g_autoptr(GPtrArray) gateways_before = relay->gateways;
    g_autoptr(GHashTable) routes_before = relay->routes;
    for (unsigned i = 0; i < fresh->len; i++)
        keep_state(gateways_before, fresh->pdata[i]);
    note_all_since(relay, gateways_before, fresh);
    relay->gateways = fresh;
    relay->routes = gateways_routes_new();
    make_routes(relay);
    if (!core_is_read_only(relay->core))
        give_routes(relay);
    people_forget(relay->people);
    differing_again(relay, relay->routes, routes_before);
    differing_again(relay, routes_before, relay->routes);
    /* What no route is for waits while a leg is missing, in any lane. */
    lanes_kick(relay);
    relay_changed(relay);
}

void
gateways_look(const struct relay *relay)
{
    for (unsigned i = 0; i < relay->gateways->len; i++) {
        const struct gateway *gateway = relay->gateways->pdata[i];
        const unsigned n = options_bool(gateway->options, "enable") ? gateway->legs->len : 0;
        for (unsigned j = 0; j < n; j++) {
            const struct leg *leg = gateway->legs->pdata[j];
            if (leg->buffer_id && !leg->error)
                core_look_at(relay->core, leg->buffer_id);
        }
    }
}

void
gateways_clear(struct relay *relay)
{
    g_hash_table_remove_all(relay->routes);
    g_ptr_array_set_size(relay->gateways, 0);
}

struct gateway *
gateways_find(const struct relay *relay, const char *name)
{
    for (unsigned i = 0; i < relay->gateways->len; i++) {
        struct gateway *gateway = relay->gateways->pdata[i];
        if (strcmp(gateway->section, name) == 0 || strcmp(gateway->name, name) == 0)
            return gateway;
    }
    return NULL;
}

bool
gateways_known(const struct relay *relay, const char *name, GError **error)
{
    struct nearest nearest;

    if (gateways_find(relay, name))
        return true;
    nearest_init(&nearest, name);
    for (unsigned i = 0; i < relay->gateways->len; i++)
        nearest_offer(&nearest, ((const struct gateway *)relay->gateways->pdata[i])->section);
    g_autofree char *hint = nearest_hint(&nearest);
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "There is no gateway %s.%s", name, hint);
    return false;
}
