#include "tests/sandbox/world.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define MINUTE_MS  ((int64_t)60 * 1000)
#define HOUR_MS    (60 * MINUTE_MS)
#define JITTER_MS  900
#define PAUSE_MS   20000 /* between two lines of small talk, at least */
#define PAUSE_MORE 60000
#define LINES_MAX  5000
#define ALONE      "@"

struct reader {
    struct world *world;
    GError *error;
    const char *list; /* where we are, for errors */
    unsigned index;
    GHashTable *names; /* messages that may be meant: name → struct world_deed */
};

G_GNUC_PRINTF(2, 3)
static void
fail(struct reader *reader, const char *format, ...)
{
    va_list list;
    g_autofree char *text = NULL;

    if (reader->error != NULL)
        return;
    va_start(list, format);
    text = g_strdup_vprintf(format, list);
    va_end(list);
    reader->error = g_error_new(G_MARKUP_ERROR, G_MARKUP_ERROR_INVALID_CONTENT,
                                "In \"%s\", number %u: %s.", reader->list, reader->index + 1, text);
}

/* ---- JSON ---- */

/* NULL when it is not there. */
static const char *
text_of(struct reader *reader, JsonObject *object, const char *key)
{
    JsonNode *node = json_object_get_member(object, key);

    if (node == NULL)
        return NULL;
    if (json_node_get_value_type(node) != G_TYPE_STRING) {
        fail(reader, "%s is no text", key);
        return NULL;
    }
    return g_string_chunk_insert_const(reader->world->strings, json_node_get_string(node));
}

/* Never NULL; "" after it has been refused. */
static const char *
need_text(struct reader *reader, JsonObject *object, const char *key)
{
    const char *text = text_of(reader, object, key);

    if (text == NULL || *text == '\0')
        fail(reader, "%s is missing", key);
    return text != NULL ? text : "";
}

static bool
has_only(struct reader *reader, JsonObject *object, const char *const *keys)
{
    g_autoptr(GList) members = json_object_get_members(object);

    for (GList *link = members; link != NULL; link = link->next) {
        if (!g_strv_contains(keys, link->data)) {
            fail(reader, "nobody knows what \"%s\" is", (const char *)link->data);
            return false;
        }
    }
    return true;
}

typedef void (*each_fn)(struct reader *reader, JsonObject *object, void *into);

static void
each(struct reader *reader, JsonObject *parent, const char *key, each_fn read, void *into)
{
    JsonNode *node = json_object_get_member(parent, key);
    JsonArray *array =
        node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;

    reader->list = key;
    reader->index = 0;
    if (array == NULL || json_array_get_length(array) > LINES_MAX) {
        fail(reader, "it is no list");
        return;
    }
    for (; reader->index < json_array_get_length(array) && reader->error == NULL; reader->index++) {
        JsonNode *element = json_array_get_element(array, reader->index);

        if (JSON_NODE_HOLDS_OBJECT(element))
            read(reader, json_node_get_object(element), into);
        else
            fail(reader, "it is no object");
    }
}

/* ---- networks ---- */

static void
read_person(struct reader *reader, JsonObject *object, void *into)
{
    static const char *const keys[] = {"nick", "name", NULL};
    struct world_person *person = g_new0(struct world_person, 1);

    has_only(reader, object, keys);
    person->nick = need_text(reader, object, "nick");
    person->name = need_text(reader, object, "name");
    g_ptr_array_add(into, person);
}

/* A network has one bot at most, so a room has it or not. */
static bool
read_bots(struct reader *reader, JsonObject *object, const struct world_net *net)
{
    JsonNode *node = json_object_get_member(object, "bots");
    JsonArray *array =
        node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;

    if (node == NULL)
        return false;
    if (array == NULL || json_array_get_length(array) != 1 || net->bot == NULL ||
        g_strcmp0(json_node_get_string(json_array_get_element(array, 0)), net->bot->nick) != 0) {
        fail(reader, "bots is a list with the name of the network's bot");
        return false;
    }
    return true;
}

static void
read_room(struct reader *reader, JsonObject *object, void *into)
{
    static const char *const keys[] = {"name", "title", "topic", "bots", NULL};
    struct world_net *net = into;
    struct world_room *room = g_new0(struct world_room, 1);

    g_ptr_array_add(net->rooms, room);
    has_only(reader, object, keys);
    room->name = need_text(reader, object, "name");
    room->title = text_of(reader, object, "title");
    room->topic = text_of(reader, object, "topic");
    room->has_bot = read_bots(reader, object, net);
}

static void
net_free(gpointer data)
{
    struct world_net *net = data;

    g_ptr_array_unref(net->people);
    g_ptr_array_unref(net->rooms);
    g_free(net->bot);
    g_free(net);
}

static void
read_bot(struct reader *reader, JsonObject *object, struct world_net *net)
{
    static const char *const keys[] = {"nick", "name", NULL};
    JsonNode *node = json_object_get_member(object, "bot");

    if (node == NULL)
        return;
    if (!JSON_NODE_HOLDS_OBJECT(node) || !g_str_equal(net->kind, "mattermost")) {
        fail(reader, "bot is an object, on Mattermost");
        return;
    }
    net->bot = g_new0(struct world_person, 1);
    has_only(reader, json_node_get_object(node), keys);
    net->bot->nick = need_text(reader, json_node_get_object(node), "nick");
    net->bot->name = need_text(reader, json_node_get_object(node), "name");
}

static void
read_net(struct reader *reader, JsonObject *object, void *into)
{
    static const char *const keys[] = {"id",     "kind",  "label", "team", "team_title",
                                       "people", "rooms", "bot",   NULL};
    struct world_net *net = g_new0(struct world_net, 1);
    unsigned index = reader->index;

    net->people = g_ptr_array_new_with_free_func(g_free);
    net->rooms = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(into, net);
    has_only(reader, object, keys);
    net->id = need_text(reader, object, "id");
    net->kind = need_text(reader, object, "kind");
    net->label = need_text(reader, object, "label");
    if (g_str_equal(net->kind, "mattermost")) {
        net->team = need_text(reader, object, "team");
        net->team_title = need_text(reader, object, "team_title");
    } else if (!g_str_equal(net->kind, "irc")) {
        fail(reader, "there is no network \"%s\" here", net->kind);
    }
    read_bot(reader, object, net);
    each(reader, object, "people", read_person, net->people);
    each(reader, object, "rooms", read_room, net);
    if (net->people->len == 0 || net->rooms->len == 0)
        fail(reader, "a network needs people and rooms");
    reader->list = "networks";
    reader->index = index;
}

static const struct world_room *
find_room(const struct world_net *net, const char *name)
{
    for (unsigned i = 0; i < net->rooms->len; i++) {
        const struct world_room *room = g_ptr_array_index(net->rooms, i);

        if (g_str_equal(room->name, name))
            return room;
    }
    return NULL;
}

/* "mill/bakery": the network, and what stands behind it. NULL: it is on none. */
static const struct world_net *
find_net(struct reader *reader, const char *in, const char **ret_room)
{
    const GPtrArray *nets = reader->world->nets;
    const char *slash = strchr(in, '/');

    for (unsigned i = 0; slash != NULL && i < nets->len; i++) {
        const struct world_net *net = g_ptr_array_index(nets, i);

        if (strlen(net->id) == (size_t)(slash - in) && g_str_has_prefix(in, net->id)) {
            *ret_room = slash + 1;
            return net;
        }
    }
    fail(reader, "\"%s\" is on no network", in);
    return NULL;
}

/* ---- gateways ---- */

static void
gateway_free(gpointer data)
{
    struct world_gateway *gateway = data;

    g_array_unref(gateway->places);
    g_free(gateway);
}

static void
add_place(struct reader *reader, JsonNode *node, struct world_gateway *gateway)
{
    const char *in =
        json_node_get_value_type(node) == G_TYPE_STRING ? json_node_get_string(node) : "";
    const char *name = NULL;
    struct world_place place = {.net = find_net(reader, in, &name)};

    if (place.net == NULL)
        return;
    place.room = find_room(place.net, name);
    if (place.room == NULL)
        fail(reader, "there is no room \"%s\"", in);
    g_array_append_val(gateway->places, place);
}

static void
read_gateway(struct reader *reader, JsonObject *object, void *into)
{
    static const char *const keys[] = {"id", "names", "rooms", NULL};
    struct world_gateway *gateway = g_new0(struct world_gateway, 1);
    JsonNode *node = json_object_get_member(object, "rooms");
    JsonArray *rooms =
        node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;

    gateway->places = g_array_new(FALSE, FALSE, sizeof(struct world_place));
    g_ptr_array_add(into, gateway);
    has_only(reader, object, keys);
    gateway->id = need_text(reader, object, "id");
    gateway->names = text_of(reader, object, "names");
    for (unsigned i = 0; rooms != NULL && i < json_array_get_length(rooms); i++)
        add_place(reader, json_array_get_element(rooms, i), gateway);
    if (gateway->places->len < 2)
        fail(reader, "a gateway joins two rooms or more");
}

/* ---- deeds ---- */

static bool
is_on(const struct world *world, const struct world_net *net, const char *nick)
{
    for (unsigned i = 0; i < net->people->len; i++) {
        const struct world_person *person = g_ptr_array_index(net->people, i);

        if (g_str_equal(person->nick, nick))
            return true;
    }
    return g_str_equal(world->visitor.nick, nick);
}

static bool
is_bot_of(const struct world_net *net, const char *room_name, const char *nick)
{
    const struct world_room *room = find_room(net, room_name);

    return room != NULL && room->has_bot && g_str_equal(net->bot->nick, nick);
}

/* "mill/bakery", "mill/@kai" */
static void
read_place(struct reader *reader, JsonObject *object, struct world_deed *deed)
{
    const struct world *world = reader->world;
    const char *in = need_text(reader, object, "in");

    deed->net = find_net(reader, in, &deed->room);
    if (deed->net == NULL)
        return;
    if (*deed->room == '@' && g_str_equal(deed->room + 1, world->visitor.nick))
        deed->room = ALONE;
    else if (find_room(deed->net, deed->room) == NULL)
        fail(reader, "there is no room \"%s\"", in);
    if (!is_on(world, deed->net, deed->who) && !is_bot_of(deed->net, deed->room, deed->who))
        fail(reader, "%s is not on %s", deed->who, deed->net->id);
}

static void
read_file(struct reader *reader, JsonObject *object, struct world_deed *deed)
{
    static const char *const keys[] = {"name", "text", NULL};
    JsonNode *node = json_object_get_member(object, "file");

    if (node == NULL)
        return;
    if (!JSON_NODE_HOLDS_OBJECT(node)) {
        fail(reader, "file is no object");
        return;
    }
    has_only(reader, json_node_get_object(node), keys);
    deed->file_name = need_text(reader, json_node_get_object(node), "name");
    deed->file_text = need_text(reader, json_node_get_object(node), "text");
}

static void
read_kind(struct reader *reader, JsonObject *object, struct world_deed *deed)
{
    if (json_object_has_member(object, "say")) {
        deed->kind = WORLD_SAY;
        deed->text = need_text(reader, object, "say");
        deed->on = text_of(reader, object, "reply");
        deed->card = text_of(reader, object, "card");
        if (deed->card != NULL && !is_bot_of(deed->net, deed->room, deed->who))
            fail(reader, "only a bot that is there shows a card");
    } else if (json_object_has_member(object, "edit") && g_str_equal(deed->net->kind, "irc")) {
        fail(reader, "nothing can be edited on IRC");
    } else if (json_object_has_member(object, "edit")) {
        deed->kind = WORLD_EDIT;
        deed->on = need_text(reader, object, "edit");
        deed->text = need_text(reader, object, "text");
    } else if (json_object_has_member(object, "delete")) {
        deed->kind = WORLD_DELETE;
        deed->on = need_text(reader, object, "delete");
    } else if (json_object_has_member(object, "react")) {
        deed->kind = WORLD_REACT;
        deed->text = need_text(reader, object, "react");
        deed->on = need_text(reader, object, "on");
    } else if (json_object_has_member(object, "type")) {
        deed->kind = WORLD_TYPE;
    } else {
        fail(reader, "nothing is done");
    }
}

/* What it is about must have been said before, in the same room, and by the same person when it is
 * changed. */
static void
check_names(struct reader *reader, struct world_deed *deed)
{
    const struct world_deed *said =
        deed->on != NULL ? g_hash_table_lookup(reader->names, deed->on) : NULL;

    if (deed->on != NULL &&
        (said == NULL || said->net != deed->net || !g_str_equal(said->room, deed->room)))
        fail(reader, "nobody has said \"%s\" there before", deed->on);
    else if ((deed->kind == WORLD_EDIT || deed->kind == WORLD_DELETE) &&
             !g_str_equal(said->who, deed->who))
        fail(reader, "\"%s\" was said by somebody else", deed->on);
    if (deed->as != NULL &&
        !g_hash_table_insert(reader->names, (gpointer)(uintptr_t)deed->as, deed))
        fail(reader, "\"%s\" means two messages", deed->as);
}

static void
read_deed(struct reader *reader, JsonObject *object, void *into)
{
    static const char *const keys[] = {"ago",   "at",   "in",     "who",   "say", "as",
                                       "reply", "edit", "delete", "react", "on",  "text",
                                       "type",  "file", "card",   NULL};
    struct world_deed *deed = g_new0(struct world_deed, 1);

    g_ptr_array_add(into, deed);
    has_only(reader, object, keys);
    deed->who = need_text(reader, object, "who");
    read_place(reader, object, deed);
    if (deed->net == NULL)
        return;
    read_kind(reader, object, deed);
    deed->as = text_of(reader, object, "as");
    read_file(reader, object, deed);
    if (json_object_has_member(object, "ago"))
        deed->at_ms = -json_object_get_int_member(object, "ago") * MINUTE_MS;
    else if (json_object_has_member(object, "at"))
        deed->at_ms = json_object_get_int_member(object, "at") * 1000;
    if (reader->error == NULL)
        check_names(reader, deed);
}

/* Each list in order: the past before the hour. */
static void
check_order(struct reader *reader, const char *list, const GPtrArray *deeds, bool before)
{
    reader->list = list;
    for (reader->index = 0; reader->index < deeds->len; reader->index++) {
        const struct world_deed *deed = g_ptr_array_index(deeds, reader->index);
        const struct world_deed *last =
            reader->index > 0 ? g_ptr_array_index(deeds, reader->index - 1) : NULL;

        if ((deed->at_ms < 0) != before || deed->at_ms >= HOUR_MS)
            fail(reader, "its time is not in there");
        else if (last != NULL && deed->at_ms <= last->at_ms)
            fail(reader, "it is not later than the one before it");
        else if (before && deed->kind != WORLD_SAY)
            fail(reader, "only what was said can be past");
    }
}

static void
read_world(struct reader *reader, JsonObject *root)
{
    static const char *const keys[] = {"visitor", "networks",  "gateways", "past",
                                       "hour",    "smalltalk", NULL};
    struct world *world = reader->world;
    JsonNode *visitor = json_object_get_member(root, "visitor");

    reader->list = "visitor";
    has_only(reader, root, keys);
    if (visitor == NULL || !JSON_NODE_HOLDS_OBJECT(visitor)) {
        fail(reader, "it is missing");
        return;
    }
    world->visitor.nick = need_text(reader, json_node_get_object(visitor), "nick");
    world->visitor.name = need_text(reader, json_node_get_object(visitor), "name");
    each(reader, root, "networks", read_net, world->nets);
    each(reader, root, "gateways", read_gateway, world->gateways);
    each(reader, root, "past", read_deed, world->past);
    each(reader, root, "hour", read_deed, world->hour);
    each(reader, root, "smalltalk", read_deed, world->smalltalk);
    if (reader->error == NULL) {
        check_order(reader, "past", world->past, true);
        check_order(reader, "hour", world->hour, false);
    }
}

struct world *
world_load(const char *path, GError **error)
{
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    struct reader reader = {0};
    struct world *world = NULL;

    if (!json_parser_load_from_file(parser, path, error))
        return NULL;
    world = g_new0(struct world, 1);
    world->nets = g_ptr_array_new_with_free_func(net_free);
    world->gateways = g_ptr_array_new_with_free_func(gateway_free);
    world->past = g_ptr_array_new_with_free_func(g_free);
    world->hour = g_ptr_array_new_with_free_func(g_free);
    world->smalltalk = g_ptr_array_new_with_free_func(g_free);
    world->strings = g_string_chunk_new(4096);
    reader.world = world;
    reader.names = g_hash_table_new(g_str_hash, g_str_equal);
    reader.list = "the file";
    if (JSON_NODE_HOLDS_OBJECT(json_parser_get_root(parser)))
        read_world(&reader, json_node_get_object(json_parser_get_root(parser)));
    else
        fail(&reader, "it is no object");
    g_hash_table_unref(reader.names);
    if (reader.error == NULL)
        return world;
    g_propagate_error(error, reader.error);
    world_free(world);
    return NULL;
}

void
world_free(struct world *world)
{
    if (world == NULL)
        return;
    g_ptr_array_unref(world->past);
    g_ptr_array_unref(world->hour);
    g_ptr_array_unref(world->smalltalk);
    g_ptr_array_unref(world->gateways);
    g_ptr_array_unref(world->nets);
    g_string_chunk_free(world->strings);
    g_free(world);
}

/* ---- the plan ---- */

static struct world_deed *
plan_add(GPtrArray *plan, const struct world_deed *deed, int64_t at_ms)
{
    struct world_deed *copy = g_memdup2(deed, sizeof *deed);

    copy->at_ms = at_ms;
    g_ptr_array_add(plan, copy);
    return copy;
}

/* Everything that is said once in a random order, again and again, until the hour is over. */
static void
add_smalltalk(const struct world *world, GRand *rand, GPtrArray *plan, int64_t at_ms)
{
    g_autoptr(GArray) order = g_array_new(FALSE, FALSE, sizeof(unsigned));

    for (unsigned i = 0; i < world->smalltalk->len; i++)
        g_array_append_val(order, i);
    while (order->len > 0) {
        for (unsigned i = order->len - 1; i > 0; i--) {
            unsigned other = (unsigned)g_rand_int_range(rand, 0, (int)i + 1);
            unsigned held = g_array_index(order, unsigned, i);

            g_array_index(order, unsigned, i) = g_array_index(order, unsigned, other);
            g_array_index(order, unsigned, other) = held;
        }
        for (unsigned i = 0; i < order->len; i++) {
            at_ms += PAUSE_MS + g_rand_int_range(rand, 0, PAUSE_MORE);
            if (at_ms >= HOUR_MS)
                return;
            plan_add(plan, g_ptr_array_index(world->smalltalk, g_array_index(order, unsigned, i)),
                     at_ms);
        }
    }
}

GPtrArray *
world_plan(const struct world *world, uint32_t seed)
{
    GPtrArray *plan = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    int64_t at_ms = 0;

    for (unsigned i = 0; i < world->past->len; i++) {
        const struct world_deed *deed = g_ptr_array_index(world->past, i);

        plan_add(plan, deed, deed->at_ms);
    }
    /* Nobody talks by the clock; at times that are seconds apart their order stays. */
    for (unsigned i = 0; i < world->hour->len; i++) {
        const struct world_deed *deed = g_ptr_array_index(world->hour, i);

        at_ms = deed->at_ms + g_rand_int_range(rand, 0, JITTER_MS);
        plan_add(plan, deed, at_ms);
    }
    add_smalltalk(world, rand, plan, at_ms);
    return plan;
}

char *
world_plan_text(const GPtrArray *plan)
{
    static const char *const words[] = {"says", "changes", "deletes", "reacts", "types"};
    GString *text = g_string_new("");

    for (unsigned i = 0; i < plan->len; i++) {
        const struct world_deed *deed = g_ptr_array_index(plan, i);

        g_string_append_printf(text, "%" G_GINT64_FORMAT " %s/%s %s %s %s %s\n", deed->at_ms,
                               deed->net->id, deed->room, deed->who, words[deed->kind],
                               deed->on != NULL ? deed->on : "-",
                               deed->text != NULL ? deed->text : "-");
    }
    return g_string_free(text, FALSE);
}
