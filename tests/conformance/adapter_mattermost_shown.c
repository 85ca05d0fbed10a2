/* How posts are shown to people on Mattermost: under which name, with which files. */
#include <string.h>

#include "tests/conformance/adapter_mattermost.h"

/* The post of an event "posted" in this channel; NULL: it is another event. */
static JsonNode *
post_of(JsonObject *event, const char *channel_id)
{
    JsonNode *post;

    if (strcmp(mm_text(event, "event"), "posted") != 0)
        return NULL;
    post = json_from_string(mm_text(json_object_get_object_member(event, "data"), "post"), NULL);
    if (post && strcmp(mm_text(json_node_get_object(post), "channel_id"), channel_id) == 0)
        return post;
    g_clear_pointer(&post, json_node_unref);
    return NULL;
}

static bool
is_like(const char *text, const char *pattern)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    bool like = g_pattern_match_simple(pattern, text);

    for (unsigned i = 0; lines[i] && !like; i++)
        like = g_pattern_match_simple(pattern, lines[i]);
    return like;
}

static void
take_events(struct peer *peer)
{
    JsonObject *frame;

    while (peer->socket && (frame = mm_socket_next(peer->socket, 0)))
        g_ptr_array_add(peer->events, frame);
}

/* What the poster's program has set, else the poster's own. */
static char *
shown_name(struct peer *peer, JsonObject *post)
{
    JsonObject *props =
        json_object_has_member(post, "props") ? json_object_get_object_member(post, "props") : NULL;
    const char *other = props ? mm_text(props, "override_username") : "";

    return g_strdup(*other ? other : mm_site_name(peer->site, mm_text(post, "user_id")));
}

/* The newest that is like the pattern; NULL: none has come. */
static JsonNode *
newest_like(struct peer *peer, const char *channel, const char *pattern)
{
    const char *id = mm_site_channel(peer->site, peer->token, channel);

    take_events(peer);
    for (unsigned i = peer->events->len; i-- > 0;) {
        JsonNode *post = post_of(peer->events->pdata[i], id);
        if (post && is_like(mm_text(json_node_get_object(post), "message"), pattern))
            return post;
        g_clear_pointer(&post, json_node_unref);
    }
    return NULL;
}

char *
mm_peer_author(struct peer *peer, const char *channel, const char *pattern)
{
    g_autoptr(JsonNode) post = newest_like(peer, channel, pattern);

    return post ? shown_name(peer, json_node_get_object(post)) : NULL;
}

bool
mm_peer_sees_picture(struct peer *peer, const char *channel, const char *pattern,
                     const char *picture)
{
    g_autoptr(JsonNode) node = newest_like(peer, channel, pattern);
    JsonObject *post = node ? json_node_get_object(node) : NULL;

    return post && json_object_has_member(post, "props") &&
           strcmp(mm_text(json_object_get_object_member(post, "props"), "override_icon_url"),
                  picture) == 0;
}

/* --- files --- */

static char *
upload(struct peer *peer, const char *channel_id, const char *name, const char *text)
{
    g_autofree char *path =
        g_strdup_printf("/api/v4/files?channel_id=%s&filename=%s", channel_id, name);
    struct mm_answer *answer = mm_client_ask_at(peer->site->base, "POST", path, peer->token, text,
                                                strlen(text), "application/octet-stream", NULL);

    g_assert_cmpuint(answer->status, ==, 201);
    JsonArray *infos =
        json_object_get_array_member(json_node_get_object(answer->json), "file_infos");
    char *id = g_strdup(mm_text(json_array_get_object_element(infos, 0), "id"));
    mm_answer_free(answer);
    return id;
}

void
mm_peer_file(struct peer *peer, const char *channel, const char *name, const char *text)
{
    const char *channel_id = mm_site_channel(peer->site, peer->token, channel);
    g_autofree char *id = upload(peer, channel_id, name, text);
    JsonNode *body = mm_body("channel_id", channel_id, "message", "", NULL);
    JsonArray *ids = json_array_new();

    json_array_add_string_element(ids, id);
    json_object_set_array_member(json_node_get_object(body), "file_ids", ids);
    JsonNode *node = mm_site_ask(peer->site, peer->token, "POST", body, "/posts");
    g_clear_pointer(&node, json_node_unref);
}

static char *
id_of_file(JsonObject *post, const char *name)
{
    JsonObject *metadata = json_object_has_member(post, "metadata")
                               ? json_object_get_object_member(post, "metadata")
                               : NULL;
    JsonArray *files = metadata && json_object_has_member(metadata, "files")
                           ? json_object_get_array_member(metadata, "files")
                           : NULL;

    for (unsigned i = 0; files && i < json_array_get_length(files); i++) {
        JsonObject *each = json_array_get_object_element(files, i);
        if (strcmp(mm_text(each, "name"), name) == 0)
            return g_strdup(mm_text(each, "id"));
    }
    return NULL;
}

char *
mm_peer_file_id(struct peer *peer, const char *channel, const char *name)
{
    const char *id = mm_site_channel(peer->site, peer->token, channel);
    char *file = NULL;

    take_events(peer);
    for (unsigned i = peer->events->len; i-- > 0 && !file;) {
        g_autoptr(JsonNode) node = post_of(peer->events->pdata[i], id);
        file = node ? id_of_file(json_node_get_object(node), name) : NULL;
    }
    return file;
}

bool
mm_peer_has_file(struct peer *peer, const char *channel, const char *name)
{
    g_autofree char *id = mm_peer_file_id(peer, channel, name);

    return id != NULL;
}
