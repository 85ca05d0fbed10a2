/* Reactions and custom emoji. */
#include "tests/sandbox/mm_priv.h"

#include <string.h>

#define NAME_MAX_LENGTH 64

/* Besides the names in mm_emoji_names.c, which are those that people type in other programs: how
 * the real server spells some, as far as the tests and the demo use them. */
static const char *const server_spellings[] = {
    "cheese_wedge", "face_with_rolling_eyes",
    "flag-ar",      "flag-br",
    "flag-de",      "flag-es",
    "flag-fr",      "flag-gb",
    "flag-it",      "flag-pt",
    "moon",         "relaxed",
    "simple_smile", "smiling_face_with_3_hearts",
    "star-struck",  "thinking_face",
    "unicorn_face",
};

static bool
name_is_known(struct mm_server *server, const char *name)
{
    if (name == NULL || strlen(name) > NAME_MAX_LENGTH)
        return false;
    for (const char *const *known = mm_emoji_names; *known != NULL; known++) {
        if (g_str_equal(*known, name))
            return true;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(server_spellings); i++) {
        if (g_str_equal(server_spellings[i], name))
            return true;
    }
    return mm_emoji_by_name(server, name) != NULL;
}

/* ---- reactions ---- */

static struct mm_reaction *
reaction_find(struct mm_post *post, const struct mm_user *user, const char *emoji)
{
    for (unsigned i = 0; i < post->reactions->len; i++) {
        struct mm_reaction *reaction = g_ptr_array_index(post->reactions, i);

        if (reaction->user == user && g_str_equal(reaction->emoji, emoji))
            return reaction;
    }
    return NULL;
}

static void
tell_reaction(struct mm_server *server, struct mm_post *post, const char *event, JsonObject *object)
{
    struct mm_target target = {.channel = post->channel};
    JsonObject *data = json_object_new();
    g_autofree char *text = mm_object_text(object);

    mm_set(data, "reaction", text);
    mm_emit(server, event, data, &target);
    json_object_unref(object);
}

static void
reaction_add(struct mm_server *server, struct mm_post *post, struct mm_user *user,
             const char *emoji)
{
    struct mm_reaction *reaction = reaction_find(post, user, emoji);

    if (reaction == NULL) {
        reaction = g_new0(struct mm_reaction, 1);
        reaction->user = user;
        reaction->emoji = g_strdup(emoji);
        g_ptr_array_add(post->reactions, reaction);
    }
    reaction->create_at = mm_stamp(server);
    post->update_at = reaction->create_at;
    post->channel->etag = post->update_at;
    tell_reaction(server, post, "reaction_added", mm_reaction_json(post, reaction));
}

static void
reaction_remove(struct mm_server *server, struct mm_post *post, struct mm_user *user,
                const char *emoji)
{
    struct mm_reaction *reaction = reaction_find(post, user, emoji);
    g_autofree char *name = g_strdup(emoji);
    struct mm_reaction gone = {.user = user, .emoji = name};
    JsonObject *object = mm_reaction_json(post, &gone);

    if (reaction != NULL)
        g_ptr_array_remove(post->reactions, reaction);
    post->update_at = mm_stamp(server);
    post->channel->etag = post->update_at;
    mm_set_int(object, "update_at", post->update_at);
    mm_set(object, "channel_id", "");
    tell_reaction(server, post, "reaction_removed", object);
}

void
mm_react(struct mm_server *server, struct mm_post *post, struct mm_user *user, const char *emoji,
         bool add)
{
    if (add)
        reaction_add(server, post, user, emoji);
    else
        reaction_remove(server, post, user, emoji);
}

static unsigned
distinct_emoji(struct mm_post *post, const char *besides)
{
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    g_hash_table_add(names, g_strdup(besides));
    for (unsigned i = 0; i < post->reactions->len; i++) {
        const struct mm_reaction *reaction = g_ptr_array_index(post->reactions, i);

        g_hash_table_add(names, g_strdup(reaction->emoji));
    }
    return g_hash_table_size(names);
}

static void
post_reaction(struct mm_request *request)
{
    JsonObject *body = mm_need_object(request, "reaction");
    const char *emoji = mm_get(body, "emoji_name");
    const char *user_id = mm_get(body, "user_id");
    struct mm_post *post = mm_post_by_id(request->server, mm_get(body, "post_id"));
    const char *max = mm_config(request->server, "UniqueEmojiReactionLimitPerPost");

    if (body == NULL)
        return;
    if (g_strcmp0(user_id, request->user->id) != 0) {
        mm_fail(request, 403, "api.reaction.save_reaction.user_id.app_error",
                "You cannot save reaction for the other user.");
    } else if (post == NULL || mm_member(post->channel, request->user) == NULL) {
        mm_fail_permissions(request);
    } else if (post->delete_at != 0) {
        mm_fail(request, 404, "app.post.get.app_error", "Unable to get the post.");
    } else if (!name_is_known(request->server, emoji)) {
        mm_complain(request->server, request->user, "no such emoji", emoji != NULL ? emoji : "");
        mm_fail(request, 404, "app.emoji.get_by_name.no_result", "We couldn’t find the emoji.");
    } else if (post->channel->delete_at != 0) {
        mm_fail(request, 403, "api.reaction.save.archived_channel.app_error",
                "You cannot react in an archived channel.");
    } else if (distinct_emoji(post, emoji) > g_ascii_strtoull(max, NULL, 10)) {
        mm_fail(request, 400, "app.reaction.save.save.too_many_reactions",
                "Reaction limit has been reached for this post.");
    } else {
        mm_react(request->server, post, request->user, emoji, true);
        mm_reply_object(request, 200,
                        mm_reaction_json(post, reaction_find(post, request->user, emoji)));
    }
}

static void
delete_reaction(struct mm_request *request)
{
    struct mm_user *user = mm_need_self(request);
    struct mm_post *post = user != NULL ? mm_need_post(request) : NULL;

    if (post == NULL || mm_need_member(request, post->channel) == NULL)
        return;
    mm_react(request->server, post, user, mm_arg(request, "name"), false);
    mm_reply_ok(request);
}

static void
get_reactions(struct mm_request *request)
{
    struct mm_post *post = mm_need_post(request);

    if (post == NULL)
        return;
    if (post->reactions->len == 0)
        mm_reply_text(request, 200, "application/json", g_strdup("null"));
    else
        mm_reply_array(request, 200, mm_reactions_json(post));
}

static void
post_ids_reactions(struct mm_request *request)
{
    g_autoptr(GPtrArray) ids = mm_need_ids(request, "post_ids");
    JsonObject *object = NULL;

    if (ids == NULL)
        return;
    object = json_object_new();
    for (unsigned i = 0; i < ids->len; i++) {
        struct mm_post *post = mm_post_by_id(request->server, g_ptr_array_index(ids, i));

        if (post != NULL && mm_can_read(post->channel, request->user))
            mm_set_array(object, post->id, mm_reactions_json(post));
    }
    mm_reply_object(request, 200, object);
}

/* ---- custom emoji ---- */

static void
get_emoji_by_name(struct mm_request *request)
{
    struct mm_emoji *emoji = mm_emoji_by_name(request->server, mm_arg(request, "name"));

    if (emoji != NULL)
        mm_reply_object(request, 200, mm_emoji_json(emoji));
    else
        mm_fail(request, 404, "app.emoji.get_by_name.no_result", "We couldn’t find the emoji.");
}

static void
get_emoji(struct mm_request *request)
{
    JsonArray *array = json_array_new();
    unsigned from = 0;
    unsigned count = 0;

    mm_query_page(request, &from, &count);
    for (unsigned i = from; i < request->server->emoji->len && i < from + count; i++)
        json_array_add_object_element(array,
                                      mm_emoji_json(g_ptr_array_index(request->server->emoji, i)));
    mm_reply_array(request, 200, array);
}

static void
post_emoji_names(struct mm_request *request)
{
    g_autoptr(GPtrArray) names = mm_need_ids(request, "emojinames");
    JsonArray *array = NULL;

    if (names == NULL)
        return;
    array = json_array_new();
    for (unsigned i = 0; i < names->len; i++) {
        struct mm_emoji *emoji = mm_emoji_by_name(request->server, g_ptr_array_index(names, i));

        if (emoji != NULL)
            json_array_add_object_element(array, mm_emoji_json(emoji));
    }
    mm_reply_array(request, 200, array);
}

static struct mm_emoji *
emoji_by_id(struct mm_server *server, const char *id)
{
    for (unsigned i = 0; i < server->emoji->len; i++) {
        struct mm_emoji *emoji = g_ptr_array_index(server->emoji, i);

        if (g_str_equal(emoji->id, id))
            return emoji;
    }
    return NULL;
}

static void
get_emoji_image(struct mm_request *request)
{
    struct mm_emoji *emoji = emoji_by_id(request->server, mm_arg(request, "emoji"));

    if (emoji == NULL)
        mm_fail(request, 404, "app.emoji.get.no_result", "We couldn’t find the emoji.");
    else
        mm_reply_bytes(request, 200, "image/png", emoji->image);
}

static void
delete_emoji(struct mm_request *request)
{
    struct mm_emoji *emoji = emoji_by_id(request->server, mm_arg(request, "emoji"));

    if (emoji == NULL) {
        mm_fail(request, 404, "app.emoji.get.no_result", "We couldn’t find the emoji.");
    } else if (emoji->creator != request->user && !mm_user_is_admin(request->user)) {
        mm_fail_permissions(request);
    } else {
        g_ptr_array_remove(request->server->emoji, emoji);
        mm_reply_ok(request);
    }
}

static struct mm_emoji *
emoji_new(struct mm_server *server, struct mm_user *creator, const char *name, GBytes *image)
{
    struct mm_emoji *emoji = g_new0(struct mm_emoji, 1);
    struct mm_target target = {NULL};
    JsonObject *data = json_object_new();
    JsonObject *object = NULL;
    g_autofree char *text = NULL;

    emoji->id = mm_id_new(server);
    emoji->name = g_strdup(name);
    emoji->creator = creator;
    emoji->create_at = mm_stamp(server);
    emoji->image = g_bytes_ref(image);
    g_ptr_array_add(server->emoji, emoji);
    object = mm_emoji_json(emoji);
    text = mm_object_text(object);
    json_object_unref(object);
    mm_set(data, "emoji", text);
    mm_emit(server, "emoji_added", data, &target);
    return emoji;
}

/* Multipart: "emoji" is JSON, "image" its picture. */
static void
post_emoji(struct mm_request *request)
{
    g_autoptr(GHashTable) parts = mm_multipart(request);
    GBytes *about = parts != NULL ? g_hash_table_lookup(parts, "emoji") : NULL;
    GBytes *image = parts != NULL ? g_hash_table_lookup(parts, "image") : NULL;
    g_autofree char *text =
        about != NULL ? g_strndup(g_bytes_get_data(about, NULL), g_bytes_get_size(about)) : NULL;
    g_autoptr(JsonNode) node = text != NULL ? json_from_string(text, NULL) : NULL;
    JsonObject *object =
        node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
    const char *name = mm_get(object, "name");

    if (name == NULL || image == NULL)
        mm_fail_body(request, "emoji");
    else if (name_is_known(request->server, name))
        mm_fail(request, 400, "api.emoji.create.duplicate.app_error",
                "Unable to create emoji. Another emoji with the same name already exists.");
    else
        mm_reply_object(request, 200,
                        mm_emoji_json(emoji_new(request->server, request->user, name, image)));
}

const struct mm_route mm_reaction_routes[] = {
    {"POST", "reactions", post_reaction, 0},
    {"DELETE", "users/:user/posts/:post/reactions/:name", delete_reaction, 0},
    {"GET", "posts/:post/reactions", get_reactions, 0},
    {"POST", "posts/ids/reactions", post_ids_reactions, 0},
    {"GET", "emoji", get_emoji, 0},
    {"POST", "emoji", post_emoji, 0},
    {"GET", "emoji/name/:name", get_emoji_by_name, 0},
    {"POST", "emoji/names", post_emoji_names, 0},
    {"GET", "emoji/:emoji/image", get_emoji_image, 0},
    {"DELETE", "emoji/:emoji", delete_emoji, 0},
    {NULL, NULL, NULL, 0},
};
