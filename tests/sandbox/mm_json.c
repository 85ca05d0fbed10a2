/* The world's things as the API shows them, and short ways with json-glib. */
#include "tests/sandbox/mm_priv.h"

#include <string.h>

/* ---- short ways ---- */

void
mm_set(JsonObject *object, const char *key, const char *value)
{
    if (value == NULL)
        json_object_set_null_member(object, key);
    else
        json_object_set_string_member(object, key, value);
}

void
mm_set_int(JsonObject *object, const char *key, int64_t value)
{
    json_object_set_int_member(object, key, value);
}

void
mm_set_bool(JsonObject *object, const char *key, bool value)
{
    json_object_set_boolean_member(object, key, value);
}

void
mm_set_object(JsonObject *object, const char *key, JsonObject *value)
{
    if (value == NULL)
        json_object_set_null_member(object, key);
    else
        json_object_set_object_member(object, key, value);
}

void
mm_set_array(JsonObject *object, const char *key, JsonArray *value)
{
    if (value == NULL)
        json_object_set_null_member(object, key);
    else
        json_object_set_array_member(object, key, value);
}

static JsonNode *
member_of(JsonObject *object, const char *key)
{
    return object != NULL ? json_object_get_member(object, key) : NULL;
}

const char *
mm_get(JsonObject *object, const char *key)
{
    JsonNode *node = member_of(object, key);

    return node != NULL && json_node_get_value_type(node) == G_TYPE_STRING
               ? json_node_get_string(node)
               : NULL;
}

int64_t
mm_get_int(JsonObject *object, const char *key, int64_t otherwise)
{
    JsonNode *node = member_of(object, key);

    return node != NULL && json_node_get_value_type(node) == G_TYPE_INT64 ? json_node_get_int(node)
                                                                          : otherwise;
}

bool
mm_get_bool(JsonObject *object, const char *key, bool otherwise)
{
    JsonNode *node = member_of(object, key);

    return node != NULL && json_node_get_value_type(node) == G_TYPE_BOOLEAN
               ? json_node_get_boolean(node)
               : otherwise;
}

JsonObject *
mm_get_object(JsonObject *object, const char *key)
{
    JsonNode *node = member_of(object, key);

    return node != NULL && JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;
}

JsonArray *
mm_get_array(JsonObject *object, const char *key)
{
    JsonNode *node = member_of(object, key);

    return node != NULL && JSON_NODE_HOLDS_ARRAY(node) ? json_node_get_array(node) : NULL;
}

char *
mm_object_text(JsonObject *object)
{
    g_autoptr(JsonNode) node = json_node_init_object(json_node_alloc(), object);

    return json_to_string(node, FALSE);
}

char *
mm_array_text(JsonArray *array)
{
    g_autoptr(JsonNode) node = json_node_init_array(json_node_alloc(), array);

    return json_to_string(node, FALSE);
}

JsonObject *
mm_object_copy(JsonObject *object)
{
    g_autofree char *text = mm_object_text(object);
    g_autoptr(JsonNode) node = json_from_string(text, NULL);

    return json_node_dup_object(node);
}

JsonNode *
mm_parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    JsonNode *node = json_from_string(text, &error);

    if (error != NULL)
        g_clear_pointer(&node, json_node_unref);
    return node;
}

GPtrArray *
mm_strings_of(JsonNode *node)
{
    GPtrArray *strings = NULL;
    JsonArray *array = NULL;

    if (node == NULL || !JSON_NODE_HOLDS_ARRAY(node))
        return NULL;
    array = json_node_get_array(node);
    strings = g_ptr_array_new_with_free_func(g_free);
    for (unsigned i = 0; i < json_array_get_length(array); i++) {
        JsonNode *element = json_array_get_element(array, i);

        if (json_node_get_value_type(element) != G_TYPE_STRING) {
            g_ptr_array_unref(strings);
            return NULL;
        }
        g_ptr_array_add(strings, g_strdup(json_node_get_string(element)));
    }
    return strings;
}

/* ---- people ---- */

static JsonObject *
timezone_json(void)
{
    JsonObject *zone = json_object_new();

    mm_set(zone, "automaticTimezone", "");
    mm_set(zone, "manualTimezone", "");
    mm_set(zone, "useAutomaticTimezone", "true");
    return zone;
}

static void
user_names_json(struct mm_user *user, JsonObject *object)
{
    mm_set(object, "username", user->username);
    mm_set(object, "email", user->email);
    mm_set(object, "nickname", user->nickname);
    mm_set(object, "first_name", user->first_name);
    mm_set(object, "last_name", user->last_name);
    mm_set(object, "position", user->position);
    mm_set(object, "roles", user->roles);
    mm_set(object, "locale", user->locale);
    mm_set_object(object, "timezone", timezone_json());
    if (!user->is_bot)
        mm_set(object, "remote_id", "");
    mm_set_int(object, "create_at", user->create_at);
    mm_set_int(object, "update_at", user->update_at);
    if (json_object_get_size(user->props) > 0)
        mm_set_object(object, "props", mm_object_copy(user->props));
}

static void
user_blank_json(JsonObject *object)
{
    static const char *const blank[] = {"username",  "email",    "nickname", "first_name",
                                        "last_name", "position", "roles",    "locale"};

    for (size_t i = 0; i < G_N_ELEMENTS(blank); i++)
        mm_set(object, blank[i], "");
    mm_set_object(object, "timezone", NULL);
}

JsonObject *
mm_user_json(struct mm_user *user, enum mm_user_view view)
{
    JsonObject *object = json_object_new();
    bool blank = view == MM_USER_BLANK || view == MM_USER_BLANK_IN_THREAD;

    mm_set(object, "id", user->id);
    mm_set_int(object, "delete_at", blank ? 0 : user->delete_at);
    mm_set(object, "auth_service", "");
    mm_set_bool(object, "disable_welcome_email", false);
    if (blank) {
        user_blank_json(object);
        if (view == MM_USER_BLANK_IN_THREAD)
            mm_set(object, "auth_data", "");
        return object;
    }
    user_names_json(user, object);
    if (user->is_bot) {
        mm_set_bool(object, "is_bot", true);
        mm_set(object, "bot_description",
               user->bot_description != NULL ? user->bot_description : "");
    }
    if (view == MM_USER_SELF) {
        mm_set_object(object, "notify_props", mm_object_copy(user->notify_props));
        mm_set_int(object, "last_password_update", user->last_password_update);
    } else {
        mm_set(object, "auth_data", "");
    }
    return object;
}

JsonObject *
mm_team_json(struct mm_team *team, bool with_email)
{
    JsonObject *object = json_object_new();

    mm_set(object, "id", team->id);
    mm_set_int(object, "create_at", team->create_at);
    mm_set_int(object, "update_at", team->update_at);
    mm_set_int(object, "delete_at", 0);
    mm_set(object, "display_name", team->display_name);
    mm_set(object, "name", team->name);
    mm_set(object, "description", team->description);
    mm_set(object, "email", with_email ? team->email : "");
    mm_set(object, "type", team->type);
    mm_set(object, "company_name", "");
    mm_set(object, "allowed_domains", "");
    mm_set(object, "invite_id", team->invite_id);
    mm_set_bool(object, "allow_open_invite", false);
    mm_set(object, "scheme_id", NULL);
    mm_set(object, "group_constrained", NULL);
    mm_set(object, "policy_id", NULL);
    mm_set_bool(object, "cloud_limits_archived", false);
    return object;
}

JsonObject *
mm_team_member_json(struct mm_team *team, struct mm_team_member *member)
{
    JsonObject *object = json_object_new();

    mm_set(object, "team_id", team->id);
    mm_set(object, "user_id", member->user->id);
    mm_set(object, "roles", member->admin ? "team_user team_admin" : "team_user");
    mm_set_int(object, "delete_at", member->delete_at);
    mm_set_bool(object, "scheme_guest", false);
    mm_set_bool(object, "scheme_user", true);
    mm_set_bool(object, "scheme_admin", member->admin);
    mm_set(object, "explicit_roles", "");
    return object;
}

/* ---- channels ---- */

JsonObject *
mm_channel_json(struct mm_channel *channel)
{
    JsonObject *object = json_object_new();

    mm_set(object, "id", channel->id);
    mm_set_int(object, "create_at", channel->create_at);
    mm_set_int(object, "update_at", channel->update_at);
    mm_set_int(object, "delete_at", channel->delete_at);
    mm_set(object, "team_id", channel->team != NULL ? channel->team->id : "");
    mm_set(object, "type", channel->type);
    mm_set(object, "display_name", channel->display_name);
    mm_set(object, "name", channel->name);
    mm_set(object, "header", channel->header);
    mm_set(object, "purpose", channel->purpose);
    mm_set_int(object, "last_post_at", channel->last_post_at);
    mm_set_int(object, "total_msg_count", channel->total_msg_count);
    mm_set_int(object, "extra_update_at", 0);
    mm_set(object, "creator_id", channel->creator_id);
    mm_set(object, "scheme_id", NULL);
    mm_set(object, "props", NULL);
    mm_set(object, "group_constrained", NULL);
    mm_set_bool(object, "autotranslation", false);
    if (channel->team != NULL)
        mm_set(object, "shared", NULL);
    else
        mm_set_bool(object, "shared", false);
    mm_set_int(object, "total_msg_count_root", channel->total_msg_count_root);
    mm_set(object, "policy_id", NULL);
    mm_set_int(object, "last_root_post_at", channel->last_root_post_at);
    mm_set(object, "banner_info", NULL);
    mm_set_bool(object, "policy_enforced", false);
    mm_set_bool(object, "policy_is_active", false);
    mm_set(object, "default_category_name", "");
    return object;
}

JsonObject *
mm_member_json(struct mm_member *member)
{
    JsonObject *object = json_object_new();

    mm_set(object, "channel_id", member->channel->id);
    mm_set(object, "user_id", member->user->id);
    mm_set(object, "roles", member->admin ? "channel_user channel_admin" : "channel_user");
    mm_set_int(object, "last_viewed_at", member->last_viewed_at);
    mm_set_int(object, "msg_count", member->msg_count);
    mm_set_int(object, "mention_count", member->mention_count);
    mm_set_int(object, "mention_count_root", member->mention_count_root);
    mm_set_int(object, "urgent_mention_count", 0);
    mm_set_int(object, "msg_count_root", member->msg_count_root);
    mm_set_object(object, "notify_props", mm_object_copy(member->notify_props));
    mm_set_int(object, "last_update_at", member->last_update_at);
    mm_set_bool(object, "scheme_guest", false);
    mm_set_bool(object, "scheme_user", true);
    mm_set_bool(object, "scheme_admin", member->admin);
    mm_set(object, "explicit_roles", "");
    mm_set_bool(object, "autotranslation_disabled", false);
    return object;
}

/* ---- what hangs on posts ---- */

JsonObject *
mm_reaction_json(struct mm_post *post, const struct mm_reaction *reaction)
{
    JsonObject *object = json_object_new();

    mm_set(object, "user_id", reaction->user->id);
    mm_set(object, "post_id", post->id);
    mm_set(object, "emoji_name", reaction->emoji);
    mm_set_int(object, "create_at", reaction->create_at);
    mm_set_int(object, "update_at", reaction->create_at);
    mm_set_int(object, "delete_at", 0);
    mm_set(object, "remote_id", "");
    mm_set(object, "channel_id", post->channel->id);
    return object;
}

JsonArray *
mm_reactions_json(struct mm_post *post)
{
    JsonArray *array = json_array_new();

    for (unsigned i = 0; i < post->reactions->len; i++)
        json_array_add_object_element(
            array, mm_reaction_json(post, g_ptr_array_index(post->reactions, i)));
    return array;
}

/* Of a PNG, from its head. */
static void
add_picture(struct mm_file *file, JsonObject *object)
{
    size_t size = 0;
    const uint8_t *data = g_bytes_get_data(file->bytes, &size);

    if (size < 24 || memcmp(data + 1, "PNG", 3) != 0)
        return;
    mm_set_int(object, "width", data[18] << 8 | data[19]);
    mm_set_int(object, "height", data[22] << 8 | data[23]);
    mm_set_bool(object, "has_preview_image", true);
    mm_set(object, "mini_preview", "/9j/2wCEAA==");
}

JsonObject *
mm_file_json(struct mm_file *file)
{
    JsonObject *object = json_object_new();

    mm_set(object, "id", file->id);
    mm_set(object, "user_id", file->user->id);
    if (file->post != NULL)
        mm_set(object, "post_id", file->post->id);
    mm_set(object, "channel_id", file->channel->id);
    mm_set_int(object, "create_at", file->create_at);
    mm_set_int(object, "update_at", file->create_at);
    mm_set_int(object, "delete_at", 0);
    mm_set(object, "name", file->name);
    mm_set(object, "extension", file->extension);
    mm_set_int(object, "size", (int64_t)g_bytes_get_size(file->bytes));
    mm_set(object, "mime_type", file->mime_type);
    mm_set(object, "mini_preview", NULL);
    mm_set(object, "remote_id", "");
    mm_set_bool(object, "archived", false);
    add_picture(file, object);
    return object;
}

JsonObject *
mm_emoji_json(struct mm_emoji *emoji)
{
    JsonObject *object = json_object_new();

    mm_set(object, "id", emoji->id);
    mm_set_int(object, "create_at", emoji->create_at);
    mm_set_int(object, "update_at", emoji->create_at);
    mm_set_int(object, "delete_at", 0);
    mm_set(object, "creator_id", emoji->creator->id);
    mm_set(object, "name", emoji->name);
    return object;
}

/* ---- posts ---- */

static void
add_emoji_of(struct mm_server *server, struct mm_post *post, JsonObject *metadata)
{
    JsonArray *emojis = json_array_new();

    for (unsigned i = 0; i < server->emoji->len; i++) {
        struct mm_emoji *emoji = g_ptr_array_index(server->emoji, i);
        g_autofree char *colons = g_strconcat(":", emoji->name, ":", NULL);
        bool used = strstr(post->message, colons) != NULL;

        for (unsigned j = 0; j < post->reactions->len && !used; j++) {
            const struct mm_reaction *reaction = g_ptr_array_index(post->reactions, j);

            used = g_str_equal(reaction->emoji, emoji->name);
        }
        if (used)
            json_array_add_object_element(emojis, mm_emoji_json(emoji));
    }
    if (json_array_get_length(emojis) > 0)
        mm_set_array(metadata, "emojis", json_array_ref(emojis));
    json_array_unref(emojis);
}

/* A link to a post of this server: what it shows of that. */
static void
add_permalink(struct mm_server *server, struct mm_post *post, JsonObject *metadata)
{
    struct mm_post *linked = mm_post_by_id(server, mm_get(post->props, "previewed_post"));
    JsonArray *embeds = NULL;
    JsonObject *embed = NULL;
    JsonObject *data = NULL;

    if (linked == NULL || linked->delete_at != 0)
        return;
    data = json_object_new();
    mm_set(data, "post_id", linked->id);
    mm_set_object(data, "post", mm_post_json(server, linked, MM_POST_PLAIN, NULL));
    mm_set(data, "team_name", linked->channel->team != NULL ? linked->channel->team->name : "");
    mm_set(data, "channel_display_name", linked->channel->display_name);
    mm_set(data, "channel_type", linked->channel->type);
    mm_set(data, "channel_id", linked->channel->id);
    embed = json_object_new();
    mm_set(embed, "type", "permalink");
    mm_set_object(embed, "data", data);
    embeds = json_array_new();
    json_array_add_object_element(embeds, embed);
    mm_set_array(metadata, "embeds", embeds);
}

static void
add_files_of(struct mm_server *server, struct mm_post *post, JsonObject *metadata)
{
    JsonArray *files = NULL;

    if (post->file_ids == NULL || post->file_ids->len == 0)
        return;
    files = json_array_new();
    for (unsigned i = 0; i < post->file_ids->len; i++) {
        struct mm_file *file =
            g_hash_table_lookup(server->files, g_ptr_array_index(post->file_ids, i));

        json_array_add_object_element(files, mm_file_json(file));
    }
    mm_set_array(metadata, "files", files);
}

static void
add_card(struct mm_post *post, JsonObject *metadata)
{
    JsonObject *embed = NULL;
    JsonArray *embeds = NULL;

    if (mm_get_array(post->props, "attachments") == NULL)
        return;
    embed = json_object_new();
    embeds = json_array_new();
    mm_set(embed, "type", "message_attachment");
    json_array_add_object_element(embeds, embed);
    mm_set_array(metadata, "embeds", embeds);
}

static JsonObject *
metadata_json(struct mm_server *server, struct mm_post *post)
{
    JsonObject *metadata = json_object_new();

    if (post->delete_at != 0 && post->message[0] == '\0')
        return metadata;
    add_emoji_of(server, post, metadata);
    add_files_of(server, post, metadata);
    add_permalink(server, post, metadata);
    add_card(post, metadata);
    if (post->reactions->len > 0)
        mm_set_array(metadata, "reactions", mm_reactions_json(post));
    if (post->priority != NULL)
        mm_set_object(metadata, "priority", json_object_ref(post->priority));
    return metadata;
}

static JsonArray *
file_ids_json(struct mm_post *post)
{
    JsonArray *ids = json_array_new();

    for (unsigned i = 0; post->file_ids != NULL && i < post->file_ids->len; i++)
        json_array_add_string_element(ids, g_ptr_array_index(post->file_ids, i));
    return ids;
}

static JsonObject *
post_json(struct mm_post *post, bool blank)
{
    JsonObject *object = json_object_new();

    mm_set(object, "id", post->id);
    mm_set_int(object, "create_at", post->create_at);
    mm_set_int(object, "update_at", post->update_at);
    mm_set_int(object, "edit_at", post->edit_at);
    mm_set_int(object, "delete_at", post->delete_at);
    mm_set_bool(object, "is_pinned", post->is_pinned);
    mm_set(object, "user_id", post->user->id);
    mm_set(object, "channel_id", post->channel->id);
    mm_set(object, "root_id", post->root != NULL ? post->root->id : "");
    mm_set(object, "original_id", post->original_id);
    mm_set(object, "message", blank ? "" : post->message);
    mm_set(object, "type", post->type);
    mm_set_object(object, "props", mm_object_copy(post->props));
    mm_set(object, "hashtags", post->hashtags);
    if (post->files_dropped)
        mm_set_array(object, "file_ids", NULL);
    else
        mm_set_array(object, "file_ids", blank ? json_array_new() : file_ids_json(post));
    mm_set(object, "pending_post_id", "");
    if (post->reactions->len > 0 && !blank)
        mm_set_bool(object, "has_reactions", true);
    if (!post->by_command && !g_str_has_prefix(post->type, "system_") &&
        mm_get(post->props, "webhook_display_name") == NULL)
        mm_set(object, "remote_id", "");
    mm_set_int(object, "reply_count", 0);
    mm_set_int(object, "last_reply_at", 0);
    mm_set(object, "participants", NULL);
    return object;
}

static void
add_thread(struct mm_post *post, JsonObject *object, enum mm_post_view view, struct mm_user *viewer)
{
    unsigned count = mm_post_reply_count(post);
    struct mm_follower *follower = viewer != NULL ? mm_follower(post, viewer, false) : NULL;

    mm_set_int(object, "reply_count", count);
    if (count == 0)
        return;
    mm_set_int(object, "last_reply_at", post->last_reply_at);
    mm_set_array(
        object, "participants",
        mm_participants_json(post, view == MM_POST_EXTENDED ? MM_USER_OTHER : MM_USER_BLANK));
    mm_set_bool(object, "is_following", follower != NULL && follower->following);
}

JsonObject *
mm_post_json(struct mm_server *server, struct mm_post *post, enum mm_post_view view,
             struct mm_user *viewer)
{
    JsonObject *object = post_json(post, post->delete_at != 0);
    struct mm_post *root = post->root != NULL ? post->root : post;

    if (view != MM_POST_NO_METADATA) {
        JsonObject *metadata =
            post->delete_at != 0 ? json_object_new() : metadata_json(server, post);

        mm_set_object(object, "metadata", metadata);
    }
    if (view == MM_POST_COUNTED || view == MM_POST_NO_METADATA)
        mm_set_int(object, "reply_count", mm_post_reply_count(root));
    else if ((view == MM_POST_COLLAPSED || view == MM_POST_EXTENDED) && post->root == NULL)
        add_thread(post, object, view, viewer);
    return object;
}

JsonObject *
mm_post_whole_json(struct mm_server *server, struct mm_post *post)
{
    JsonObject *object = post_json(post, false);
    struct mm_post *root = post->root != NULL ? post->root : post;

    mm_set_int(object, "reply_count", mm_post_reply_count(root));
    mm_set_object(object, "metadata", metadata_json(server, post));
    return object;
}

JsonArray *
mm_participants_json(struct mm_post *root, enum mm_user_view view)
{
    JsonArray *array = json_array_new();
    g_autoptr(GPtrArray) people = g_ptr_array_new();

    for (unsigned i = 0; i < root->replies->len; i++) {
        struct mm_post *reply = g_ptr_array_index(root->replies, i);

        g_ptr_array_remove(people, reply->user);
        g_ptr_array_add(people, reply->user);
    }
    for (unsigned i = 0; i < people->len; i++)
        json_array_add_object_element(array, mm_user_json(g_ptr_array_index(people, i), view));
    return array;
}
