/* What Mattermost keeps, as people there see it: files, pins, what somebody saved, and whether they
 * are away. */
#include <string.h>

#include "tests/conformance/adapter_mattermost.h"
#include "tests/support/loop.h"

struct look {
    struct peer *peer;
    const char *channel, *name, *remote_id;
    bool on;
};

static void
does(struct peer *peer, const char *method, JsonNode *body_take, const char *path)
{
    JsonNode *node = mm_site_ask(peer->site, peer->token, method, body_take, "%s", path);

    g_clear_pointer(&node, json_node_unref);
}

/* --- files --- */

static bool
has_come(void *user)
{
    const struct look *look = user;

    return mm_peer_has_file(look->peer, look->channel, look->name);
}

GBytes *
mm_peer_reads_file(struct peer *peer, const char *channel, const char *name)
{
    struct look look = {.peer = peer, .channel = channel, .name = name};

    if (!loop_until(has_come, &look, CONFORMANCE_DEADLINE_MS))
        return NULL;
    g_autofree char *id = mm_peer_file_id(peer, channel, name);
    g_autofree char *path = g_strdup_printf("/api/v4/files/%s", id);
    struct mm_answer *answer =
        mm_client_ask_at(peer->site->base, "GET", path, peer->token, NULL, 0, NULL, NULL);

    g_assert_cmpuint(answer->status, ==, 200);
    GBytes *bytes = g_bytes_new(answer->text, answer->len);
    mm_answer_free(answer);
    return bytes;
}

/* --- pins --- */

void
mm_peer_pin(struct peer *peer, const char *remote_id, bool on)
{
    g_autofree char *path = g_strdup_printf("/posts/%s/%s", remote_id, on ? "pin" : "unpin");

    does(peer, "POST", NULL, path);
}

static bool
is_pinned_so(void *user)
{
    const struct look *look = user;
    const char *channel = mm_site_channel(look->peer->site, look->peer->token, look->channel);
    g_autoptr(JsonNode) node = mm_site_ask(look->peer->site, look->peer->token, "GET", NULL,
                                           "/channels/%s/pinned", channel);
    JsonObject *posts = json_object_get_object_member(json_node_get_object(node), "posts");

    return json_object_has_member(posts, look->remote_id) == look->on;
}

bool
mm_peer_sees_pin(struct peer *peer, const char *channel, const char *remote_id, bool on)
{
    struct look look = {.peer = peer, .channel = channel, .remote_id = remote_id, .on = on};

    return loop_until(is_pinned_so, &look, CONFORMANCE_DEADLINE_MS);
}

/* --- what somebody saved --- */

void
mm_peer_save(struct peer *peer, const char *remote_id, bool on)
{
    JsonNode *body = json_node_new(JSON_NODE_ARRAY);
    JsonArray *array = json_array_new();

    json_array_add_element(array, mm_body("user_id", peer->id, "category", "flagged_post", "name",
                                          remote_id, "value", "true", NULL));
    json_node_take_array(body, array);
    does(peer, on ? "PUT" : "POST", body,
         on ? "/users/me/preferences" : "/users/me/preferences/delete");
}

static bool
is_saved_so(void *user)
{
    const struct look *look = user;
    g_autoptr(JsonNode) node =
        mm_site_ask(look->peer->site, look->peer->token, "GET", NULL, "/users/me/preferences");
    JsonArray *all = json_node_get_array(node);
    bool on = false;

    for (unsigned i = 0; i < json_array_get_length(all); i++) {
        JsonObject *each = json_array_get_object_element(all, i);
        if (strcmp(mm_text(each, "category"), "flagged_post") == 0 &&
            strcmp(mm_text(each, "name"), look->remote_id) == 0)
            on = strcmp(mm_text(each, "value"), "true") == 0;
    }
    return on == look->on;
}

bool
mm_peer_sees_saved(struct peer *peer, const char *remote_id, bool on)
{
    struct look look = {.peer = peer, .remote_id = remote_id, .on = on};

    return loop_until(is_saved_so, &look, CONFORMANCE_DEADLINE_MS);
}

/* --- drafts --- */

void
mm_peer_draft(struct peer *peer, const char *channel, const char *text)
{
    const char *id = mm_site_channel(peer->site, peer->token, channel);
    g_autofree char *path = g_strdup_printf("/users/me/channels/%s/drafts", id);

    if (text)
        does(peer, "POST",
             mm_body("user_id", peer->id, "channel_id", id, "root_id", "", "message", text, NULL),
             "/drafts");
    else
        does(peer, "DELETE", NULL, path);
}

static bool
has_draft(void *user)
{
    const struct look *look = user;
    const char *channel = mm_site_channel(look->peer->site, look->peer->token, look->channel);
    g_autoptr(JsonNode) teams =
        mm_site_ask(look->peer->site, look->peer->token, "GET", NULL, "/users/me/teams");
    JsonArray *all = json_node_get_array(teams);
    bool found = false;

    for (unsigned i = 0; i < json_array_get_length(all); i++) {
        g_autoptr(JsonNode) node = mm_site_ask(
            look->peer->site, look->peer->token, "GET", NULL, "/users/me/teams/%s/drafts",
            mm_text(json_array_get_object_element(all, i), "id"));
        JsonArray *drafts = JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
        for (unsigned k = 0; drafts && k < json_array_get_length(drafts); k++) {
            JsonObject *draft = json_array_get_object_element(drafts, k);
            if (strcmp(mm_text(draft, "channel_id"), channel) != 0 || *mm_text(draft, "root_id"))
                continue;
            found = true;
            if (look->name && strcmp(mm_text(draft, "message"), look->name) == 0)
                return true;
        }
    }
    return !found && !look->name;
}

bool
mm_peer_sees_draft(struct peer *peer, const char *channel, const char *text)
{
    struct look look = {.peer = peer, .channel = channel, .name = text};

    return loop_until(has_draft, &look, CONFORMANCE_DEADLINE_MS);
}

/* --- who is there --- */

void
mm_peer_away(struct peer *peer, bool away)
{
    does(peer, "PUT", mm_body("user_id", peer->id, "status", away ? "away" : "online", NULL),
         "/users/me/status");
}
