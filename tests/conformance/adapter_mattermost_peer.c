/* People on Mattermost for the suite, and what they do to messages. */
#include <string.h>

#include "tests/conformance/adapter_mattermost.h"
#include "tests/support/loop.h"

#define PER_PAGE  200
#define FIND_MOST 2000 /* of the newest events */

/* --- a person
 * --------------------------------------------------------------------------------------- */

static void
said_free(void *data)
{
    struct said *said = data;

    g_free(said->user);
    g_free(said->text);
    g_free(said);
}

struct peer *
mm_peer_new(struct site *site, const char *user)
{
    struct peer *peer = g_new0(struct peer, 1);

    peer->site = site;
    peer->token = g_strdup(mm_site_token(site, user));
    peer->id = g_strdup(mm_site_user(site, user, NULL)->id);
    peer->events = g_ptr_array_new();
    peer->said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, said_free);
    peer->socket = mm_socket_open_at(site->base, "/api/v4/websocket", peer->token, NULL);
    g_assert_cmpuint(mm_socket_status(peer->socket), ==, 101);
    g_assert_nonnull(mm_socket_event(peer->socket, "hello", CONFORMANCE_DEADLINE_MS));
    return peer;
}

struct peer *
mm_device_new(struct site *site, const char *user, const char *secret)
{
    return mm_peer_new(site, user);
}

void
mm_peer_quit(struct peer *peer)
{
    if (peer->socket)
        mm_socket_close(peer->socket);
    peer->socket = NULL;
}

void
mm_peer_free(struct peer *peer)
{
    mm_peer_quit(peer);
    g_ptr_array_unref(peer->events);
    g_hash_table_unref(peer->said);
    g_free(peer->counted);
    g_free(peer->anchor);
    g_free(peer->id);
    g_free(peer->token);
    g_free(peer);
}

static void
does(struct peer *peer, const char *method, JsonNode *body_take, const char *path)
{
    JsonNode *node = mm_site_ask(peer->site, peer->token, method, body_take, "%s", path);

    g_clear_pointer(&node, json_node_unref);
}

static const char *
channel_of(struct peer *peer, const char *channel)
{
    const char *id = mm_site_channel(peer->site, peer->token, channel);

    if (!id)
        g_error("there is no channel %s", channel);
    return id;
}

/* A channel, or the conversation with that user; g_free(). */
static char *
target_of(struct peer *peer, const char *target)
{
    if (*target == '#')
        return g_strdup(channel_of(peer, target));
    JsonNode *ids = json_node_new(JSON_NODE_ARRAY);
    JsonArray *array = json_array_new();
    json_array_add_string_element(array, peer->id);
    json_array_add_string_element(array, mm_site_user(peer->site, target, NULL)->id);
    json_node_take_array(ids, array);
    JsonNode *node = mm_site_ask(peer->site, peer->token, "POST", ids, "/channels/direct");
    char *id = g_strdup(mm_text(json_node_get_object(node), "id"));
    json_node_unref(node);
    return id;
}

/* The first one makes it. */
void
mm_peer_join(struct peer *peer, const char *channel)
{
    const char *id = mm_site_channel(peer->site, peer->token, channel);

    if (!id) {
        does(peer, "POST",
             mm_body("team_id", peer->site->team, "name", channel + 1, "display_name", channel + 1,
                     "type", "O", NULL),
             "/channels");
        return;
    }
    g_autofree char *path = g_strdup_printf("/channels/%s/members", id);
    does(peer, "POST", mm_body("user_id", peer->id, NULL), path);
}

void
mm_peer_leave(struct peer *peer, const char *channel)
{
    g_autofree char *path =
        g_strdup_printf("/channels/%s/members/%s", channel_of(peer, channel), peer->id);

    does(peer, "DELETE", NULL, path);
}

void
mm_peer_kick(struct peer *peer, const char *channel, const char *user)
{
    g_autofree char *path = g_strdup_printf("/channels/%s/members/%s", channel_of(peer, channel),
                                            mm_site_user(peer->site, user, NULL)->id);

    does(peer, "DELETE", NULL, path);
}

void
mm_peer_topic(struct peer *peer, const char *channel, const char *topic)
{
    g_autofree char *path = g_strdup_printf("/channels/%s/patch", channel_of(peer, channel));

    does(peer, "PUT", mm_body("header", topic, NULL), path);
}

void
mm_peer_rename(struct peer *peer, const char *name)
{
    g_autofree char *whole = g_strconcat(name, peer->site->suffix, NULL);

    does(peer, "PUT", mm_body("username", whole, NULL), "/users/me/patch");
    g_hash_table_insert(peer->site->names, g_strdup(peer->id), g_strdup(name));
}

/* --- saying
 * ------------------------------------------------------------------------------------------- */

static void
post(struct peer *peer, const char *target, const char *root, const char *type, const char *text)
{
    g_autofree char *channel = target_of(peer, target);

    does(peer, "POST",
         mm_body("channel_id", channel, "root_id", root, "type", type, "message", text, NULL),
         "/posts");
}

void
mm_peer_say(struct peer *peer, const char *target, const char *text)
{
    post(peer, target, "", "", text);
}

void
mm_peer_relay(struct peer *peer, const char *channel, const char *name, const char *text)
{
    g_autofree char *id = target_of(peer, channel);
    JsonNode *body = mm_body("channel_id", id, "message", text, NULL);
    JsonObject *props = json_object_new();

    json_object_set_string_member(props, "weft_relay", "77");
    if (name) {
        g_autofree char *whole = g_strconcat(name, peer->site->suffix, NULL);
        json_object_set_string_member(props, "from_webhook", "true");
        json_object_set_string_member(props, "override_username", whole);
    }
    json_object_set_object_member(json_node_get_object(body), "props", props);
    does(peer, "POST", body, "/posts");
}

void
mm_peer_act(struct peer *peer, const char *target, const char *text)
{
    g_autofree char *starred = g_strdup_printf("*%s*", text);

    post(peer, target, "", "me", starred);
}

void
mm_peer_say_lines(struct peer *peer, const char *channel, const char *first, const char *second)
{
    g_autofree char *text = g_strdup_printf("%s\n%s", first, second);

    post(peer, channel, "", "", text);
}

/* What is answered there is the first of a thread; g_free(). */
static char *
root_of(struct peer *peer, const char *remote_id)
{
    JsonNode *node = mm_site_ask(peer->site, peer->token, "GET", NULL, "/posts/%s", remote_id);
    const char *root = mm_text(json_node_get_object(node), "root_id");
    char *id = g_strdup(*root ? root : remote_id);

    json_node_unref(node);
    return id;
}

void
mm_peer_reply(struct peer *peer, const char *channel, const char *remote_id, const char *text)
{
    g_autofree char *root = root_of(peer, remote_id);

    post(peer, channel, root, "", text);
}

/* --- what has come
 * ------------------------------------------------------------------------------------ */

struct search {
    struct peer *peer;
    const char *event, *part; /* part: of its data, which holds JSON; NULL: none */
    const char *channel;      /* id; NULL: any */
    const char *from, *text, *root, *post, *emoji, *user;
    bool action;
    int64_t since_ms;
};

typedef bool (*fits_fn)(const struct search *search, JsonObject *event, JsonObject *part);

struct looking {
    const struct search *search;
    fits_fn fits;
};

static void
take_events(struct peer *peer)
{
    JsonObject *frame;

    while (peer->socket && (frame = mm_socket_next(peer->socket, 0)))
        g_ptr_array_add(peer->events, frame);
}

static bool
fits_one(const struct looking *looking, JsonObject *event)
{
    const struct search *search = looking->search;
    JsonObject *data, *broadcast;
    g_autoptr(JsonNode) part = NULL;

    if (strcmp(mm_text(event, "event"), search->event) != 0)
        return false;
    data = json_object_get_object_member(event, "data");
    broadcast = json_object_get_object_member(event, "broadcast");
    if (search->part)
        part = json_from_string(mm_text(data, search->part), NULL);
    JsonObject *inner = part ? json_node_get_object(part) : NULL;
    if (search->channel && strcmp(mm_text(broadcast, "channel_id"), search->channel) != 0 &&
        strcmp(mm_text(inner, "channel_id"), search->channel) != 0)
        return false;
    return looking->fits(search, event, inner);
}

static bool
has_come(void *user)
{
    const struct looking *looking = user;
    GPtrArray *events = looking->search->peer->events;

    take_events(looking->search->peer);
    for (unsigned i = events->len; i-- > 0;)
        if (fits_one(looking, events->pdata[i]))
            return true;
    return false;
}

static bool
comes(const struct search *search, fits_fn fits)
{
    struct looking looking = {search, fits};

    if (loop_until(has_come, &looking, CONFORMANCE_DEADLINE_MS))
        return true;
    g_test_message("what was waited for has not come among:");
    for (unsigned i = 0; i < search->peer->events->len; i++) {
        g_autoptr(JsonNode) node = json_node_new(JSON_NODE_OBJECT);
        json_node_set_object(node, search->peer->events->pdata[i]);
        g_autofree char *text = json_to_string(node, FALSE);
        g_test_message("%s", text);
    }
    return false;
}

static JsonObject *
data_of(JsonObject *event)
{
    return json_object_get_object_member(event, "data");
}

static bool
is_by(const struct search *search, const char *user_id)
{
    return !search->from ||
           g_pattern_match_simple(search->from, mm_site_name(search->peer->site, user_id));
}

/* The text, or one line of it. */
static bool
is_said(const char *text, const char *wanted)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    bool said = g_pattern_match_simple(wanted, text);

    for (char **line = lines; *line && !said; line++)
        said = g_pattern_match_simple(wanted, *line);
    return said;
}

static bool
fits_post(const struct search *search, JsonObject *event, JsonObject *part)
{
    const char *type = mm_text(part, "type");

    if (!is_by(search, mm_text(part, "user_id")) || strcmp(type, search->action ? "me" : "") != 0)
        return false;
    if (!search->channel && strcmp(mm_text(data_of(event), "channel_type"), "D") != 0)
        return false;
    if (search->root && strcmp(mm_text(part, "root_id"), search->root) != 0)
        return false;
    return is_said(mm_text(part, "message"), search->text);
}

bool
mm_peer_heard(struct peer *peer, const char *from, const char *target, const char *text,
              bool action)
{
    g_autofree char *starred = action ? g_strdup_printf("*%s*", text) : NULL;
    struct search search = {.peer = peer,
                            .event = "posted",
                            .part = "post",
                            .channel = *target == '#' ? channel_of(peer, target) : NULL,
                            .from = from,
                            .text = action ? starred : text,
                            .action = action};

    return comes(&search, fits_post);
}

bool
mm_peer_sees_reply(struct peer *peer, const char *from, const char *channel, const char *remote_id,
                   const char *text)
{
    g_autofree char *root = root_of(peer, remote_id);
    struct search search = {.peer = peer,
                            .event = "posted",
                            .part = "post",
                            .channel = channel_of(peer, channel),
                            .from = from,
                            .text = text,
                            .root = root};

    return comes(&search, fits_post);
}

static bool
fits_topic(const struct search *search, JsonObject *event, JsonObject *part)
{
    return strcmp(mm_text(part, "header"), search->text) == 0;
}

bool
mm_peer_sees_topic(struct peer *peer, const char *channel, const char *topic)
{
    struct search search = {
        .peer = peer, .event = "channel_updated", .part = "channel", .text = topic};

    return comes(&search, fits_topic);
}

/* --- how often it was said
 * ----------------------------------------------------------------------------- */

static void
keep_said(struct peer *peer, JsonObject *each)
{
    struct said *said = g_new0(struct said, 1);

    said->user = g_strdup(mm_text(each, "user_id"));
    said->text = g_strdup(mm_text(each, "message"));
    g_hash_table_insert(peer->said, g_strdup(mm_text(each, "id")), said);
}

/* A page of posts, newest first. True when there may be more. The anchor moves to the newest that
 * is older than the newest of all: the server tells of those that are later than its anchor. */
static bool
take_page(struct peer *peer, JsonObject *page, bool anchors)
{
    JsonArray *order = json_object_get_array_member(page, "order");
    JsonObject *posts = json_object_get_object_member(page, "posts");
    const unsigned n = json_array_get_length(order);
    int64_t newest_ms = 0;
    bool anchored = false;

    for (unsigned i = 0; i < n; i++) {
        const char *id = json_array_get_string_element(order, i);
        JsonObject *each = json_object_get_object_member(posts, id);
        const int64_t ms = json_object_get_int_member(each, "create_at");
        newest_ms = i == 0 ? ms : newest_ms;
        if (anchors && !anchored && ms < newest_ms) {
            anchored = true;
            g_free(peer->anchor);
            peer->anchor = g_strdup(id);
        }
        keep_said(peer, each);
    }
    return n >= PER_PAGE;
}

static bool
ask_page(struct peer *peer, const char *channel, unsigned page)
{
    g_autofree char *anchor = g_strdup(peer->anchor);
    JsonNode *node =
        anchor ? mm_site_ask(peer->site, peer->token, "GET", NULL,
                             "/channels/%s/posts?after=%s&per_page=%d&skipFetchThreads=true",
                             channel, anchor, PER_PAGE)
               : mm_site_ask(peer->site, peer->token, "GET", NULL,
                             "/channels/%s/posts?page=%u&per_page=%d&skipFetchThreads=true",
                             channel, page, PER_PAGE);
    const bool more = take_page(peer, json_node_get_object(node), anchor || page == 0);

    json_node_unref(node);
    return more && (!anchor || strcmp(anchor, peer->anchor) != 0);
}

static void
catch_up(struct peer *peer, const char *channel)
{
    if (g_strcmp0(peer->counted, channel) != 0) {
        g_hash_table_remove_all(peer->said);
        g_clear_pointer(&peer->anchor, g_free);
        g_free(peer->counted);
        peer->counted = g_strdup(channel);
        /* All pages by number; then what came meanwhile. */
        g_autofree char *first = NULL;
        bool more = true;
        for (unsigned page = 0; more; page++) {
            more = ask_page(peer, channel, page);
            if (page == 0)
                first = g_steal_pointer(&peer->anchor);
        }
        peer->anchor = g_steal_pointer(&first);
    }
    while (ask_page(peer, channel, 0))
        ;
}

unsigned
mm_peer_count(struct peer *peer, const char *from, const char *target, const char *text)
{
    g_autofree char *channel = target_of(peer, target);
    GHashTableIter iter;
    void *value;
    unsigned n = 0;

    catch_up(peer, channel);
    g_hash_table_iter_init(&iter, peer->said);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct said *said = value;
        n += is_said(said->text, text) &&
             g_pattern_match_simple(from, mm_site_name(peer->site, said->user));
    }
    return n;
}

/* --- what is done to messages
 * ---------------------------------------------------------------------------- */

static const char *
name_of(const char *emoji)
{
    /* As the network's own clients call it. */
    return strcmp(emoji, "👍") == 0 ? "+1" : "tada";
}

void
mm_peer_react(struct peer *peer, const char *channel, const char *remote_id, const char *emoji,
              bool add)
{
    g_autofree char *path =
        g_strdup_printf("/users/me/posts/%s/reactions/%s", remote_id, name_of(emoji));

    if (add)
        does(peer, "POST",
             mm_body("user_id", peer->id, "post_id", remote_id, "emoji_name", name_of(emoji), NULL),
             "/reactions");
    else
        does(peer, "DELETE", NULL, path);
}

/* There are two names for one thumb. */
static bool
fits_reaction(const struct search *search, JsonObject *event, JsonObject *part)
{
    const char *name = mm_text(part, "emoji_name");

    return strcmp(mm_text(part, "post_id"), search->post) == 0 &&
           is_by(search, mm_text(part, "user_id")) &&
           (strcmp(name, search->emoji) == 0 ||
            (strcmp(search->emoji, "+1") == 0 && strcmp(name, "thumbsup") == 0));
}

bool
mm_peer_sees_reaction(struct peer *peer, const char *from, const char *channel,
                      const char *remote_id, const char *emoji, bool add)
{
    struct search search = {.peer = peer,
                            .event = add ? "reaction_added" : "reaction_removed",
                            .part = "reaction",
                            .channel = channel_of(peer, channel),
                            .from = from,
                            .post = remote_id,
                            .emoji = name_of(emoji)};

    return comes(&search, fits_reaction);
}

void
mm_peer_edit(struct peer *peer, const char *channel, const char *remote_id, const char *text)
{
    g_autofree char *path = g_strdup_printf("/posts/%s/patch", remote_id);

    does(peer, "PUT", mm_body("message", text, NULL), path);
}

static bool
fits_edit(const struct search *search, JsonObject *event, JsonObject *part)
{
    return strcmp(mm_text(part, "id"), search->post) == 0 &&
           strcmp(mm_text(part, "message"), search->text) == 0;
}

bool
mm_peer_sees_edit(struct peer *peer, const char *channel, const char *remote_id, const char *text)
{
    struct search search = {.peer = peer,
                            .event = "post_edited",
                            .part = "post",
                            .channel = channel_of(peer, channel),
                            .post = remote_id,
                            .text = text};

    return comes(&search, fits_edit);
}

static struct told *
told_of(JsonObject *each)
{
    struct told *told = g_new0(struct told, 1);
    JsonNode *metadata = json_object_get_member(each, "metadata");
    JsonObject *more =
        metadata && JSON_NODE_HOLDS_OBJECT(metadata) ? json_node_get_object(metadata) : NULL;
    JsonNode *reactions = more ? json_object_get_member(more, "reactions") : NULL;

    told->remote_id = g_strdup(mm_text(each, "id"));
    told->text = g_strdup(mm_text(each, "message"));
    told->edited = json_object_get_int_member_with_default(each, "edit_at", 0) > 0;
    told->reply_to = *mm_text(each, "root_id") ? g_strdup(mm_text(each, "root_id")) : NULL;
    if (reactions && JSON_NODE_HOLDS_ARRAY(reactions))
        told->n_reactions = json_array_get_length(json_node_get_array(reactions));
    return told;
}

GPtrArray *
mm_peer_tells(struct peer *peer, const char *channel)
{
    GPtrArray *all = g_ptr_array_new_with_free_func(told_free);
    unsigned n = PER_PAGE;

    for (unsigned page = 0; n == PER_PAGE; page++) {
        g_autoptr(JsonNode) node = mm_site_ask(peer->site, peer->token, "GET", NULL,
                                               "/channels/%s/posts?page=%u&per_page=%d",
                                               channel_of(peer, channel), page, PER_PAGE);
        JsonObject *object = json_node_get_object(node);
        JsonArray *order = json_object_get_array_member(object, "order");
        JsonObject *posts = json_object_get_object_member(object, "posts");
        n = json_array_get_length(order);
        for (unsigned i = 0; i < n; i++) {
            JsonObject *each =
                json_object_get_object_member(posts, json_array_get_string_element(order, i));
            if (!*mm_text(each, "type"))
                g_ptr_array_insert(all, 0, told_of(each));
        }
    }
    return all;
}

char *
mm_peer_find(struct peer *peer, const char *channel, const char *text)
{
    const char *id = channel_of(peer, channel);
    /* JSON writes it as it is. */
    const bool plain = text[strspn(text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS " ")] == '\0';

    take_events(peer);
    for (unsigned i = peer->events->len, left = FIND_MOST; i-- > 0 && left-- > 0;) {
        JsonObject *event = peer->events->pdata[i];
        if (strcmp(mm_text(event, "event"), "posted") != 0)
            continue;
        const char *said = mm_text(data_of(event), "post");
        if (plain && !strstr(said, text))
            continue;
        g_autoptr(JsonNode) node = json_from_string(said, NULL);
        JsonObject *post = node ? json_node_get_object(node) : NULL;
        if (strcmp(mm_text(post, "channel_id"), id) == 0 &&
            g_str_has_suffix(mm_text(post, "message"), text))
            return g_strdup(mm_text(post, "id"));
    }
    return NULL;
}

/* Who takes back what somebody else said is made an admin of the team first. */
void
mm_peer_delete(struct peer *peer, const char *channel, const char *remote_id, const char *reason)
{
    g_autofree char *path = g_strdup_printf("/posts/%s", remote_id);
    g_autoptr(JsonNode) node = mm_site_ask(peer->site, peer->token, "GET", NULL, "%s", path);

    if (strcmp(mm_text(json_node_get_object(node), "user_id"), peer->id) != 0) {
        JsonNode *roles = mm_body("x", "", NULL);
        json_object_remove_member(json_node_get_object(roles), "x");
        json_object_set_boolean_member(json_node_get_object(roles), "scheme_admin", TRUE);
        json_object_set_boolean_member(json_node_get_object(roles), "scheme_user", TRUE);
        JsonNode *done =
            mm_site_ask(peer->site, peer->site->admin, "PUT", roles,
                        "/teams/%s/members/%s/schemeRoles", peer->site->team, peer->id);
        json_node_unref(done);
    }
    does(peer, "DELETE", NULL, path);
}

static bool
fits_deletion(const struct search *search, JsonObject *event, JsonObject *part)
{
    return strcmp(mm_text(part, "id"), search->post) == 0;
}

bool
mm_peer_sees_deletion(struct peer *peer, const char *by, const char *channel, const char *remote_id)
{
    struct search search = {.peer = peer,
                            .event = "post_deleted",
                            .part = "post",
                            .channel = channel_of(peer, channel),
                            .post = remote_id};

    return comes(&search, fits_deletion);
}

/* --- typing, reading
 * ----------------------------------------------------------------------------------- */

void
mm_peer_type(struct peer *peer, const char *channel, bool active)
{
    g_autofree char *text =
        g_strdup_printf("{\"action\":\"user_typing\",\"seq\":%d,\"data\":{\"channel_id\":\"%s\","
                        "\"parent_id\":\"\"}}",
                        g_random_int_range(1000, 1000000), channel_of(peer, channel));

    if (active)
        mm_socket_send(peer->socket, text);
}

static bool
fits_typing(const struct search *search, JsonObject *event, JsonObject *part)
{
    return is_by(search, mm_text(data_of(event), "user_id"));
}

bool
mm_peer_sees_typing(struct peer *peer, const char *from, const char *channel, bool active)
{
    struct search search = {
        .peer = peer, .event = "typing", .channel = channel_of(peer, channel), .from = from};

    g_assert_true(active);
    return comes(&search, fits_typing);
}

void
mm_peer_mark(struct peer *peer, const char *channel, const struct message *upto)
{
    does(peer, "POST", mm_body("channel_id", channel_of(peer, channel), NULL),
         "/channels/members/me/view");
}

static bool
fits_mark(const struct search *search, JsonObject *event, JsonObject *part)
{
    JsonObject *times = json_object_get_object_member(data_of(event), "channel_times");

    return times &&
           json_object_get_int_member_with_default(times, search->post, 0) >= search->since_ms;
}

bool
mm_peer_sees_mark(struct peer *peer, const char *channel, const struct message *upto)
{
    struct search search = {.peer = peer,
                            .event = "multiple_channels_viewed",
                            .post = channel_of(peer, channel),
                            .since_ms = upto->time_us / 1000};

    return comes(&search, fits_mark);
}

/* --- threads
 * ----------------------------------------------------------------------------------------- */

static char *
thread_path(struct peer *peer, const char *root, const char *more)
{
    return g_strdup_printf("/users/me/teams/%s/threads/%s%s", peer->site->team, root, more);
}

void
mm_peer_follow(struct peer *peer, const char *root, bool on)
{
    g_autofree char *path = thread_path(peer, root, "/following");

    does(peer, on ? "PUT" : "DELETE", NULL, path);
}

static bool
fits_follow(const struct search *search, JsonObject *event, JsonObject *part)
{
    JsonObject *data = data_of(event);

    return strcmp(mm_text(data, "thread_id"), search->root) == 0 &&
           json_object_get_boolean_member_with_default(data, "state", FALSE) == search->action;
}

bool
mm_peer_sees_follow(struct peer *peer, const char *root, bool on)
{
    struct search search = {
        .peer = peer, .event = "thread_follow_changed", .root = root, .action = on};

    return comes(&search, fits_follow);
}

void
mm_peer_read_thread(struct peer *peer, const char *root)
{
    g_autofree char *path = thread_path(peer, root, "");
    g_autoptr(JsonNode) thread = mm_site_ask(peer->site, peer->token, "GET", NULL, "%s", path);
    g_autofree char *read =
        g_strdup_printf("%s/read/%" G_GINT64_FORMAT, path,
                        json_object_get_int_member(json_node_get_object(thread), "last_reply_at"));

    does(peer, "PUT", NULL, read);
}

static bool
fits_thread_read(const struct search *search, JsonObject *event, JsonObject *part)
{
    JsonObject *data = data_of(event);

    return strcmp(mm_text(data, "thread_id"), search->root) == 0 &&
           json_object_get_int_member_with_default(data, "unread_replies", -1) == 0;
}

bool
mm_peer_sees_thread_read(struct peer *peer, const char *root)
{
    struct search search = {.peer = peer, .event = "thread_read_changed", .root = root};

    return comes(&search, fits_thread_read);
}

unsigned
mm_peer_unread_of(struct peer *peer, const char *root)
{
    g_autofree char *path = thread_path(peer, root, "");
    g_autoptr(JsonNode) thread = mm_site_ask(peer->site, peer->token, "GET", NULL, "%s", path);

    return (unsigned)json_object_get_int_member(json_node_get_object(thread), "unread_replies");
}
