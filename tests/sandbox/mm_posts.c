/* Saying, editing, deleting. */
#include "tests/sandbox/mm_priv.h"

#include <string.h>

#define DEDUPE_MS 30000
#define FILES_MAX 10

/* ---- mentions ---- */

static bool
word_is_keyword(const char *word, struct mm_user *user, bool whole_channel)
{
    g_autofree char *folded = g_utf8_strdown(word, -1);
    g_autofree char *at = g_strconcat("@", user->username, NULL);
    const char *keys = mm_get(user->notify_props, "mention_keys");
    g_auto(GStrv) words = g_strsplit(keys != NULL ? keys : "", ",", -1);

    if (g_str_equal(folded, at))
        return true;
    if (whole_channel && (g_str_equal(folded, "@channel") || g_str_equal(folded, "@all") ||
                          (g_str_equal(folded, "@here") && g_str_equal(user->status, "online"))))
        return true;
    if (g_strcmp0(mm_get(user->notify_props, "first_name"), "true") == 0 &&
        user->first_name[0] != '\0' && g_str_equal(word, user->first_name))
        return true;
    for (char **each = words; *each != NULL; each++) {
        if ((*each)[0] != '\0' && g_ascii_strcasecmp(word, *each) == 0)
            return true;
    }
    return false;
}

/* The server's rule: the word, then with one after another of ".-_:" taken off its end. */
static bool
word_mentions(char *word, struct mm_user *user, bool whole_channel)
{
    while (word[0] != '\0' && strchr(":.-_", word[0]) != NULL)
        word++;
    for (;;) {
        size_t len = strlen(word);

        if (len == 0)
            return false;
        if (word_is_keyword(word, user, whole_channel))
            return true;
        if (strchr(".-:_", word[len - 1]) == NULL)
            return false;
        word[len - 1] = '\0';
    }
}

static bool
text_mentions(const char *text, struct mm_user *user, bool whole_channel)
{
    g_autoptr(GString) word = g_string_new("");

    for (const char *c = text;; c += g_utf8_skip[(unsigned char)*c]) {
        gunichar u = g_utf8_get_char(c);

        if (u != 0 && (g_unichar_isalnum(u) || (u < 128 && strchr(":.-_@", (int)u) != NULL))) {
            g_string_append_unichar(word, u);
            continue;
        }
        if (word->len > 0 && word_mentions(word->str, user, whole_channel))
            return true;
        g_string_truncate(word, 0);
        if (u == 0)
            return false;
    }
}

bool
mm_mentions(struct mm_server *server, struct mm_post *post, struct mm_user *user)
{
    struct mm_member *member = mm_member(post->channel, user);
    const char *ignore =
        member != NULL ? mm_get(member->notify_props, "ignore_channel_mentions") : "default";
    const char *channel = mm_get(user->notify_props, "channel");

    if (g_str_equal(post->type, "system_add_to_channel"))
        return g_strcmp0(mm_get(post->props, "addedUserId"), user->id) == 0;
    if (user == post->user)
        return false;
    if (g_str_has_prefix(post->type, "system_") && post->channel->team != NULL)
        return false;
    if (post->channel->team == NULL)
        return true;
    return text_mentions(post->message, user,
                         g_strcmp0(channel, "true") == 0 && g_strcmp0(ignore, "on") != 0);
}

/* ---- telling ---- */

struct posted {
    struct mm_server *server;
    struct mm_post *post;
};

static void
fill_posted(JsonObject *data, struct mm_user *user, void *user_data)
{
    const struct posted *posted = user_data;
    struct mm_post *post = posted->post;
    g_autofree char *own = g_strdup_printf("[\"%s\"]", user->id);
    struct mm_follower *follower = NULL;

    if (!mm_mentions(posted->server, post, user))
        return;
    mm_set(data, "mentions", own);
    if (post->root == NULL || user == post->user)
        return;
    follower = mm_follower(post->root, user, false);
    if (follower != NULL && follower->following && mm_user_crt(posted->server, user))
        mm_set(data, "followers", own);
}

static char *
sender_name(struct mm_server *server, struct mm_post *post)
{
    const char *override = mm_get(post->props, "override_username");

    if (g_str_has_prefix(post->type, "system_"))
        return g_strdup("System");
    if (g_str_equal(mm_config(server, "EnablePostUsernameOverride"), "true") &&
        !g_str_equal(post->channel->type, "D") && override != NULL &&
        g_strcmp0(mm_get(post->props, "from_webhook"), "true") == 0)
        return g_strdup(override);
    return g_strconcat("@", post->user->username, NULL);
}

static bool
is_image(struct mm_server *server, struct mm_post *post)
{
    for (unsigned i = 0; i < post->file_ids->len; i++) {
        const struct mm_file *file =
            g_hash_table_lookup(server->files, g_ptr_array_index(post->file_ids, i));

        if (g_str_has_prefix(file->mime_type, "image/"))
            return true;
    }
    return false;
}

/* In the event, and nowhere else, the channels that are named have their ids. */
static void
add_channel_ids(struct mm_server *server, struct mm_post *post, JsonObject *object)
{
    JsonObject *mentioned = mm_get_object(mm_get_object(object, "props"), "channel_mentions");
    g_autoptr(GList) names = mentioned != NULL ? json_object_get_members(mentioned) : NULL;

    for (GList *link = names; link != NULL; link = link->next) {
        const struct mm_channel *channel =
            mm_channel_by_name(server, post->channel->team, link->data);

        mm_set(mm_get_object(mentioned, link->data), "id", channel->id);
    }
}

void
mm_tell_posted(struct mm_server *server, struct mm_post *post, bool set_online)
{
    struct mm_channel *channel = post->channel;
    struct mm_target target = {.channel = channel};
    struct posted posted = {server, post};
    JsonObject *data = json_object_new();
    JsonObject *object = mm_post_whole_json(server, post);
    g_autofree char *sender = sender_name(server, post);
    g_autofree char *direct = g_strconcat("@", post->user->username, NULL);
    g_autofree char *text = NULL;

    mm_set(object, "pending_post_id", post->pending_post_id);
    add_channel_ids(server, post, object);
    text = mm_object_text(object);
    json_object_unref(object);
    mm_set(data, "channel_display_name",
           g_str_equal(channel->type, "D") ? direct : channel->display_name);
    mm_set(data, "channel_name", channel->name);
    mm_set(data, "channel_type", channel->type);
    mm_set(data, "post", text);
    mm_set(data, "sender_name", sender);
    mm_set_bool(data, "set_online", set_online);
    mm_set(data, "team_id", channel->team != NULL ? channel->team->id : "");
    if (post->file_ids != NULL && post->file_ids->len > 0) {
        mm_set(data, "otherFile", "true");
        if (is_image(server, post))
            mm_set(data, "image", "true");
    }
    mm_emit_each(server, "posted", data, &target, fill_posted, &posted);
}

void
mm_tell_edited(struct mm_server *server, struct mm_post *post)
{
    struct mm_target target = {.channel = post->channel};
    JsonObject *object = mm_post_whole_json(server, post);
    g_autofree char *text = mm_object_text(object);
    JsonObject *data = json_object_new();

    json_object_unref(object);
    mm_set(data, "post", text);
    mm_emit(server, "post_edited", data, &target);
}

/* ---- saying ---- */

static void
count_post(struct mm_server *server, struct mm_post *post, bool counts)
{
    struct mm_channel *channel = post->channel;

    channel->last_post_at = MAX(channel->last_post_at, post->create_at);
    if (post->root == NULL)
        channel->last_root_post_at = MAX(channel->last_root_post_at, post->create_at);
    if (counts) {
        channel->total_msg_count++;
        channel->total_msg_count_root += post->root == NULL;
    }
    for (unsigned i = 0; i < channel->order->len; i++) {
        struct mm_member *member = g_ptr_array_index(channel->order, i);

        if (!mm_mentions(server, post, member->user))
            continue;
        member->mention_count++;
        member->mention_count_root += post->root == NULL;
        member->last_update_at = post->create_at;
    }
}

/* "~town-square" and links to posts of this server. */
static void
add_references(struct mm_server *server, struct mm_post *post)
{
    g_auto(GStrv) words = g_strsplit_set(post->message, " \n\t,", -1);
    JsonObject *mentioned = json_object_new();

    for (char **word = words; *word != NULL; word++) {
        const char *link = strstr(*word, "/pl/");

        if ((*word)[0] == '~' && post->channel->team != NULL) {
            struct mm_channel *channel = mm_channel_by_name(server, post->channel->team, *word + 1);
            JsonObject *about = NULL;

            if (channel == NULL || !g_str_equal(channel->type, "O"))
                continue;
            about = json_object_new();
            mm_set(about, "display_name", channel->display_name);
            mm_set(about, "team_name", channel->team->name);
            mm_set_object(mentioned, channel->name, about);
        } else if (link != NULL && g_str_has_prefix(*word, mm_config(server, "SiteURL")) &&
                   mm_post_by_id(server, link + 4) != NULL) {
            mm_set(post->props, "previewed_post", link + 4);
        }
    }
    if (json_object_get_size(mentioned) > 0)
        mm_set_object(post->props, "channel_mentions", json_object_ref(mentioned));
    json_object_unref(mentioned);
}

static int
text_compare(gconstpointer a, gconstpointer b)
{
    const char *const *one = a;
    const char *const *two = b;

    return g_strcmp0(*one, *two);
}

/* Those that are the author's own and free; the others are dropped without a word. */
static void
add_files(struct mm_server *server, struct mm_post *post, JsonArray *ids)
{
    if (ids == NULL || json_array_get_length(ids) == 0)
        return;
    post->file_ids = g_ptr_array_new_with_free_func(g_free);
    for (unsigned i = 0; i < json_array_get_length(ids); i++) {
        const char *id = json_array_get_string_element(ids, i);
        struct mm_file *file = id != NULL ? g_hash_table_lookup(server->files, id) : NULL;

        if (file == NULL || file->post != NULL || file->user != post->user ||
            file->channel != post->channel)
            continue;
        file->post = post;
        g_ptr_array_add(post->file_ids, g_strdup(id));
    }
    if (post->file_ids->len < json_array_get_length(ids))
        post->files_dropped = post->file_ids->len == 0;
    g_ptr_array_sort(post->file_ids, text_compare);
}

static struct mm_post *
say_new(struct mm_server *server, struct mm_post *post, const char *pending, const char *type,
        JsonObject *props, JsonArray *file_ids, bool set_online)
{
    struct mm_user *user = post->user;
    struct mm_post *root = post->root;
    struct mm_member *member = mm_member(post->channel, user);

    if (type != NULL) {
        g_free(post->type);
        post->type = g_strdup(type);
    }
    if (props != NULL) {
        json_object_unref(post->props);
        post->props = props;
    }
    post->integrations = mm_integrations_take(post->props);
    if (user->is_bot)
        mm_set(post->props, "from_bot", "true");
    if (pending != NULL && pending[0] != '\0') {
        g_free(post->pending_post_id);
        post->pending_post_id = g_strdup(pending);
        g_hash_table_replace(server->pending, g_strdup(pending), post);
    }
    add_references(server, post);
    add_files(server, post, file_ids);
    count_post(server, post, true);
    if (root != NULL)
        mm_thread_follow(server, post);
    mm_tell_posted(server, post, set_online);
    if (root != NULL)
        mm_thread_replied(server, post);
    /* Who writes by a program has read nothing. */
    if (member != NULL && !user->is_bot && !post->by_command &&
        g_strcmp0(mm_get(post->props, "from_webhook"), "true") != 0 &&
        (root == NULL || !mm_user_crt(server, user)))
        mm_view_and_tell(server, member);
    if (set_online && !user->status_manual && !g_str_equal(user->status, "online"))
        mm_set_status(server, user, "online", false);
    return post;
}

struct mm_post *
mm_say(struct mm_server *server, struct mm_user *user, struct mm_channel *channel,
       struct mm_post *root, const char *message, const char *pending, const char *type,
       JsonObject *props, JsonArray *file_ids, bool set_online)
{
    return say_new(server, mm_post_new(server, channel, user, root, message), pending, type, props,
                   file_ids, set_online);
}

struct mm_post *
mm_say_by_command(struct mm_server *server, struct mm_user *user, struct mm_channel *channel,
                  struct mm_post *root, const char *message, const char *type, JsonObject *props)
{
    struct mm_post *post = mm_post_new(server, channel, user, root, message);

    post->by_command = true;
    return say_new(server, post, NULL, type, props, NULL, true);
}

void
mm_say_system(struct mm_server *server, struct mm_user *user, struct mm_channel *channel,
              const char *type, const char *message, JsonObject *props, bool counts)
{
    struct mm_post *post = mm_post_new(server, channel, user, NULL, message);

    g_free(post->type);
    post->type = g_strdup(type);
    json_object_unref(post->props);
    post->props = props;
    if (user->is_bot)
        mm_set(post->props, "from_bot", "true");
    count_post(server, post, counts);
    mm_tell_posted(server, post, true);
}

static bool
type_is_known(const char *type)
{
    return type[0] == '\0' || g_str_equal(type, "me") || g_str_has_prefix(type, "custom_");
}

/* True when the post has been refused. */
static bool
refuse_post(struct mm_request *request, JsonObject *body, struct mm_channel *channel)
{
    const char *type = mm_get(body, "type");
    const char *message = mm_get(body, "message");
    const char *root_id = mm_get(body, "root_id");
    JsonArray *files = mm_get_array(body, "file_ids");
    struct mm_post *root = mm_post_by_id(request->server, root_id);
    int64_t max = g_ascii_strtoll(mm_config(request->server, "MaxPostSize"), NULL, 10);

    if (channel == NULL || mm_member(channel, request->user) == NULL)
        mm_fail_permissions(request);
    else if (channel->delete_at != 0)
        mm_fail(request, 400, "api.post.create_post.can_not_post_to_deleted.error",
                "Can not post to deleted channel.");
    else if (type != NULL && g_str_has_prefix(type, "system_"))
        mm_fail_param(request, "post.type");
    else if (root_id != NULL && root_id[0] != '\0' &&
             (root == NULL || root->root != NULL || root->channel != channel ||
              root->delete_at != 0))
        mm_fail(request, 400, "api.post.create_post.root_id.app_error",
                "Invalid RootId parameter.");
    else if (message != NULL && g_utf8_strlen(message, -1) > max)
        mm_fail(request, 400, "model.post.is_valid.message_length.app_error",
                "Post Message property is longer than the maximum permitted length.");
    else if (type != NULL && !type_is_known(type))
        mm_fail(request, 400, "model.post.is_valid.type.app_error", "Invalid type.");
    else if (files != NULL && json_array_get_length(files) > FILES_MAX)
        mm_fail(request, 400, "model.post.is_valid.file_ids.app_error",
                "Invalid file ids. Note that uploads are limited to 10 files maximum. Please use "
                "additional posts for more files.");
    else
        return false;
    return true;
}

static struct mm_post *
find_pending(struct mm_server *server, const char *pending)
{
    struct mm_post *post = pending != NULL && pending[0] != '\0'
                               ? g_hash_table_lookup(server->pending, pending)
                               : NULL;

    return post != NULL && mm_now(server) - post->create_at < DEDUPE_MS ? post : NULL;
}

static void
post_post(struct mm_request *request)
{
    JsonObject *body = mm_need_object(request, "post");
    struct mm_server *server = request->server;
    struct mm_channel *channel = mm_channel_by_id(server, mm_get(body, "channel_id"));
    const char *message = mm_get(body, "message");
    const char *pending = mm_get(body, "pending_post_id");
    JsonObject *props = mm_get_object(body, "props");
    JsonObject *metadata = mm_get_object(body, "metadata");
    struct mm_post *post = NULL;
    JsonObject *answer = NULL;

    if (body == NULL || refuse_post(request, body, channel))
        return;
    if ((message == NULL || message[0] == '\0') && mm_get_array(body, "file_ids") == NULL &&
        mm_get_array(props, "attachments") == NULL)
        mm_complain(server, request->user, "an empty post", channel->name);
    post = find_pending(server, pending);
    if (post != NULL) {
        if (post->user != request->user)
            mm_complain(server, request->user, "another user's pending_post_id", pending);
        if (post->root == NULL)
            mm_view_and_tell(server, mm_member(channel, request->user));
        mm_reply_object(request, 201, mm_post_json(server, post, MM_POST_NO_METADATA, NULL));
        return;
    }
    post = mm_say(server, request->user, channel, mm_post_by_id(server, mm_get(body, "root_id")),
                  message != NULL ? message : "", pending, mm_get(body, "type"),
                  props != NULL ? mm_object_copy(props) : NULL, mm_get_array(body, "file_ids"),
                  g_strcmp0(mm_query(request, "set_online"), "false") != 0);
    if (mm_get_object(metadata, "priority") != NULL)
        post->priority = mm_object_copy(mm_get_object(metadata, "priority"));
    answer = mm_post_json(server, post, MM_POST_COUNTED, request->user);
    mm_set(answer, "pending_post_id", post->pending_post_id);
    mm_reply_object(request, 201, answer);
}

/* ---- editing ---- */

void
mm_edit(struct mm_server *server, struct mm_post *post, const char *message)
{
    int64_t now = mm_stamp(server);

    mm_post_keep_version(server, post, now);
    post->update_at = now;
    post->channel->etag = now;
    if (message != NULL && !g_str_equal(message, post->message)) {
        g_free(post->message);
        post->message = g_strdup(message);
        post->edit_at = now;
        add_references(server, post);
    }
    mm_tell_edited(server, post);
}

static bool
too_old_to_edit(struct mm_request *request, struct mm_post *post)
{
    int64_t limit = g_ascii_strtoll(mm_config(request->server, "PostEditTimeLimit"), NULL, 10);
    g_autofree char *message = NULL;

    if (limit < 0 || mm_now(request->server) <= post->create_at + limit * 1000)
        return false;
    message = g_strdup_printf("Post edit is only allowed for %" G_GINT64_FORMAT
                              " seconds. Please ask your System Administrator for details.",
                              limit);
    mm_fail(request, 400, "api.post.update_post.permissions_time_limit.app_error", message);
    return true;
}

/* The route's post when it may be changed by this user; NULL after a refusal. */
static struct mm_post *
need_own_post(struct mm_request *request)
{
    struct mm_post *post = mm_need_post(request);

    if (post == NULL)
        return NULL;
    if (post->user != request->user && !mm_user_is_admin(request->user)) {
        mm_fail_permissions(request);
        return NULL;
    }
    if (post->channel->delete_at != 0) {
        mm_fail(request, 400, "api.post.update_post.can_not_update_post_in_deleted.error",
                "Can not update a post in a deleted channel.");
        return NULL;
    }
    return post;
}

static void
put_patch(struct mm_request *request)
{
    struct mm_post *post = need_own_post(request);
    JsonObject *body = post != NULL ? mm_need_object(request, "post") : NULL;
    JsonObject *props = mm_get_object(body, "props");

    if (body == NULL || too_old_to_edit(request, post))
        return;
    if (props != NULL) {
        json_object_unref(post->props);
        post->props = mm_object_copy(props);
    }
    mm_edit(request->server, post, mm_get(body, "message"));
    mm_reply_object(request, 200,
                    mm_post_json(request->server, post, MM_POST_COUNTED, request->user));
}

static void
put_post(struct mm_request *request)
{
    mm_complain(request->server, request->user, "PUT /posts/{p} wipes props", request->path);
    put_patch(request);
}

static void
pin(struct mm_request *request, bool pinned)
{
    struct mm_post *post = mm_need_post(request);
    int64_t now = 0;

    if (post == NULL || mm_need_member(request, post->channel) == NULL)
        return;
    now = mm_stamp(request->server);
    mm_post_keep_version(request->server, post, now);
    post->is_pinned = pinned;
    post->update_at = now;
    post->channel->etag = now;
    mm_tell_edited(request->server, post);
    mm_reply_ok(request);
}

static void
post_pin(struct mm_request *request)
{
    pin(request, true);
}

static void
post_unpin(struct mm_request *request)
{
    pin(request, false);
}

static void
get_edit_history(struct mm_request *request)
{
    struct mm_post *post = mm_need_post(request);
    JsonArray *array = NULL;

    if (post == NULL)
        return;
    if (post->user != request->user) {
        mm_fail_permissions(request);
        return;
    }
    array = json_array_new();
    for (unsigned i = post->channel->versions->len; i-- > 0;) {
        struct mm_post *version = g_ptr_array_index(post->channel->versions, i);

        if (g_str_equal(version->original_id, post->id))
            json_array_add_object_element(array, mm_post_whole_json(request->server, version));
    }
    if (json_array_get_length(array) == 0) {
        json_array_unref(array);
        mm_fail(request, 404, "app.post.get_post_history.app_error", "Unable to get the post.");
        return;
    }
    mm_reply_array(request, 200, array);
}

/* ---- deleting ---- */

static void
mark_deleted(struct mm_post *post, struct mm_user *who, int64_t now)
{
    post->delete_at = now;
    post->update_at = now;
    mm_set(post->props, "deleteBy", who->id);
}

void
mm_delete(struct mm_server *server, struct mm_post *post, struct mm_user *who)
{
    struct mm_target people = {.channel = post->channel, .sanitized = true, .not_admins = true};
    struct mm_target admins = {.channel = post->channel, .sensitive = true, .only_admins = true};
    JsonObject *object = mm_post_whole_json(server, post);
    JsonObject *data = json_object_new();
    g_autofree char *text = NULL;
    int64_t now = mm_stamp(server);

    json_object_remove_member(object, "metadata");
    text = mm_object_text(object);
    json_object_unref(object);
    mm_set(data, "post", text);
    mark_deleted(post, who, now);
    for (unsigned i = 0; i < post->replies->len; i++)
        mark_deleted(g_ptr_array_index(post->replies, i), who, now);
    if (post->root != NULL)
        post->root->update_at = now;
    post->channel->etag = now;
    mm_emit(server, "post_deleted", mm_object_copy(data), &people);
    mm_set(data, "delete_by", who->id);
    mm_emit(server, "post_deleted", data, &admins);
}

/* Admins of the server or of the channel's team. */
static bool
may_delete_others(const struct mm_channel *channel, struct mm_user *user)
{
    const struct mm_team_member *member =
        channel->team != NULL ? mm_team_member(channel->team, user) : NULL;

    return mm_user_is_admin(user) || (member != NULL && member->admin);
}

static void
delete_post(struct mm_request *request)
{
    struct mm_post *post = mm_need_post(request);

    if (post == NULL)
        return;
    if (post->user != request->user && !may_delete_others(post->channel, request->user)) {
        mm_fail_permissions(request);
        return;
    }
    if (post->channel->delete_at != 0) {
        mm_fail(request, 400, "api.post.delete_post.can_not_delete_post_in_deleted.error",
                "Can not delete a post in a deleted channel.");
        return;
    }
    mm_delete(request->server, post, request->user);
    mm_reply_ok(request);
}

/* ---- reading one ---- */

static void
get_post(struct mm_request *request)
{
    struct mm_post *post = mm_need_post(request);
    g_autofree char *etag = NULL;

    if (post == NULL)
        return;
    etag = g_strdup_printf("%s.%s.%" G_GINT64_FORMAT, MM_VERSION, post->id, post->update_at);
    if (!mm_reply_etag(request, g_steal_pointer(&etag)))
        mm_reply_object(request, 200,
                        mm_post_json(request->server, post, MM_POST_COUNTED, request->user));
}

static void
post_posts_ids(struct mm_request *request)
{
    g_autoptr(GPtrArray) ids = mm_need_ids(request, "post_ids");
    JsonArray *array = NULL;

    if (ids == NULL)
        return;
    array = json_array_new();
    for (unsigned i = ids->len; i-- > 0;) {
        struct mm_post *post = mm_post_by_id(request->server, g_ptr_array_index(ids, i));

        if (post != NULL && mm_can_read(post->channel, request->user))
            json_array_add_object_element(
                array, mm_post_json(request->server, post, MM_POST_PLAIN, request->user));
    }
    mm_reply_array(request, 200, array);
}

static void
get_post_info(struct mm_request *request)
{
    struct mm_post *post = mm_need_post(request);
    struct mm_channel *channel = post != NULL ? post->channel : NULL;
    JsonObject *object = NULL;

    if (post == NULL)
        return;
    object = json_object_new();
    mm_set(object, "channel_id", channel->id);
    mm_set(object, "channel_type", channel->type);
    mm_set(object, "channel_display_name", channel->display_name);
    mm_set_bool(object, "has_joined_channel", mm_member(channel, request->user) != NULL);
    mm_set(object, "team_id", channel->team != NULL ? channel->team->id : "");
    mm_set(object, "team_type", channel->team != NULL ? "I" : "");
    mm_set(object, "team_display_name", channel->team != NULL ? channel->team->display_name : "");
    mm_set_bool(object, "has_joined_team",
                channel->team == NULL || mm_team_member(channel->team, request->user) != NULL);
    mm_reply_object(request, 200, object);
}

const struct mm_route mm_post_routes[] = {
    {"POST", "posts", post_post, 0},
    {"POST", "posts/ids", post_posts_ids, 0},
    {"GET", "posts/:post", get_post, 0},
    {"GET", "posts/:post/info", get_post_info, 0},
    {"GET", "posts/:post/edit_history", get_edit_history, 0},
    {"PUT", "posts/:post", put_post, 0},
    {"PUT", "posts/:post/patch", put_patch, 0},
    {"DELETE", "posts/:post", delete_post, 0},
    {"POST", "posts/:post/pin", post_pin, 0},
    {"POST", "posts/:post/unpin", post_unpin, 0},
    {NULL, NULL, NULL, 0},
};
