/* The world: users, teams, channels, posts; ids and time. */
#include "tests/sandbox/mm_priv.h"

#include <string.h>

#define ID_LENGTH 26
#define DAY_MS    ((int64_t)86400000)

/* ---- ids and time ---- */

char *
mm_id_new(struct mm_server *server)
{
    static const char alphabet[] = "ybndrfg8ejkmcpqxot1uwisza345h769";
    char *id = g_malloc(ID_LENGTH + 1);

    for (unsigned i = 0; i < ID_LENGTH; i++)
        id[i] = alphabet[g_rand_int_range(server->rand, 0, 32)];
    id[ID_LENGTH] = '\0';
    return id;
}

bool
mm_id_is_valid(const char *id)
{
    return id != NULL && strlen(id) == ID_LENGTH &&
           strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789") == ID_LENGTH;
}

int64_t
mm_now(struct mm_server *server)
{
    if (server->frozen_ms != 0)
        return server->frozen_ms;
    if (server->set_ms != 0)
        return server->set_ms;
    return g_get_real_time() / 1000 + server->clock_offset_ms;
}

int64_t
mm_stamp(struct mm_server *server)
{
    int64_t now = mm_now(server);

    if (server->frozen_ms == 0 && now <= server->last_stamp)
        now = server->last_stamp + 1;
    server->last_stamp = now;
    return now;
}

/* ---- users ---- */

static void
pref_free(gpointer data)
{
    struct mm_pref *pref = data;

    g_free(pref->category);
    g_free(pref->name);
    g_free(pref->value);
    g_free(pref);
}

static void
user_free(gpointer data)
{
    struct mm_user *user = data;
    char *strings[] = {user->id,         user->username,  user->email,    user->nickname,
                       user->first_name, user->last_name, user->position, user->password,
                       user->roles,      user->locale,    user->mfa_code, user->bot_description};

    for (size_t i = 0; i < G_N_ELEMENTS(strings); i++)
        g_free(strings[i]);
    json_object_unref(user->notify_props);
    json_object_unref(user->props);
    g_ptr_array_unref(user->prefs);
    g_free(user);
}

static JsonObject *
user_notify_props(void)
{
    static const char *const defaults[][2] = {
        {"channel", "true"},       {"comments", "never"},      {"desktop", "mention"},
        {"desktop_sound", "true"}, {"desktop_threads", "all"}, {"email", "true"},
        {"email_threads", "all"},  {"first_name", "false"},    {"mention_keys", ""},
        {"push", "mention"},       {"push_status", "online"},  {"push_threads", "all"},
    };
    JsonObject *props = json_object_new();

    for (size_t i = 0; i < G_N_ELEMENTS(defaults); i++)
        mm_set(props, defaults[i][0], defaults[i][1]);
    return props;
}

struct mm_user *
mm_user_new(struct mm_server *server, const char *username, const char *email, const char *password)
{
    struct mm_user *user = g_new0(struct mm_user, 1);

    user->id = mm_id_new(server);
    user->username = g_ascii_strdown(username, -1);
    user->email = email != NULL ? g_strdup(email) : g_strconcat(user->username, "@x.org", NULL);
    user->nickname = g_strdup("");
    user->first_name = g_strdup("");
    user->last_name = g_strdup("");
    user->position = g_strdup("");
    user->password = g_strdup(password);
    user->roles = g_strdup(server->users->len == 0 ? "system_admin system_user" : "system_user");
    user->locale = g_strdup("en");
    user->create_at = mm_stamp(server);
    user->update_at = user->create_at;
    user->last_password_update = user->create_at;
    user->notify_props = user_notify_props();
    user->props = json_object_new();
    user->prefs = g_ptr_array_new_with_free_func(pref_free);
    user->status = "offline";
    g_ptr_array_add(server->users, user);
    g_hash_table_insert(server->user_ids, user->id, user);
    g_hash_table_insert(server->user_names, user->username, user);
    mm_pref_set(user, "recommended_next_steps", "hide", "false");
    mm_pref_set(user, "tutorial_step", user->id, "0");
    mm_pref_set(user, "system_notice", "GMasDM", "true");
    return user;
}

struct mm_user *
mm_user_by_id(struct mm_server *server, const char *id)
{
    return id != NULL ? g_hash_table_lookup(server->user_ids, id) : NULL;
}

struct mm_user *
mm_user_by_name(struct mm_server *server, const char *username)
{
    g_autofree char *folded = username != NULL ? g_ascii_strdown(username, -1) : NULL;

    return folded != NULL ? g_hash_table_lookup(server->user_names, folded) : NULL;
}

void
mm_user_rename(struct mm_server *server, struct mm_user *user, const char *username)
{
    g_hash_table_remove(server->user_names, user->username);
    g_free(user->username);
    user->username = g_ascii_strdown(username, -1);
    g_hash_table_insert(server->user_names, user->username, user);
}

bool
mm_user_is_admin(const struct mm_user *user)
{
    return strstr(user->roles, "system_admin") != NULL;
}

static struct mm_pref *
pref_find(struct mm_user *user, const char *category, const char *name)
{
    for (unsigned i = 0; i < user->prefs->len; i++) {
        struct mm_pref *pref = g_ptr_array_index(user->prefs, i);

        if (g_str_equal(pref->category, category) && g_str_equal(pref->name, name))
            return pref;
    }
    return NULL;
}

const char *
mm_pref_get(struct mm_user *user, const char *category, const char *name)
{
    struct mm_pref *pref = pref_find(user, category, name);

    return pref != NULL ? pref->value : NULL;
}

void
mm_pref_set(struct mm_user *user, const char *category, const char *name, const char *value)
{
    struct mm_pref *pref = pref_find(user, category, name);

    if (pref == NULL) {
        pref = g_new0(struct mm_pref, 1);
        pref->category = g_strdup(category);
        pref->name = g_strdup(name);
        g_ptr_array_add(user->prefs, pref);
    }
    g_free(pref->value);
    pref->value = g_strdup(value);
}

bool
mm_pref_delete(struct mm_user *user, const char *category, const char *name)
{
    struct mm_pref *pref = pref_find(user, category, name);

    return pref != NULL && g_ptr_array_remove(user->prefs, pref);
}

bool
mm_user_crt(struct mm_server *server, struct mm_user *user)
{
    const char *setting = mm_config(server, "CollapsedThreads");
    const char *own = mm_pref_get(user, "display_settings", "collapsed_reply_threads");

    if (g_str_equal(setting, "always_on"))
        return true;
    if (g_str_equal(setting, "disabled"))
        return false;
    if (own != NULL)
        return g_str_equal(own, "on");
    return g_str_equal(setting, "default_on");
}

/* ---- sessions ---- */

static void
session_free(gpointer data)
{
    struct mm_session *session = data;

    g_free(session->id);
    g_free(session->token);
    g_free(session->csrf);
    g_free(session->description);
    g_free(session);
}

struct mm_session *
mm_session_new(struct mm_server *server, struct mm_user *user, bool pat)
{
    struct mm_session *session = g_new0(struct mm_session, 1);
    int64_t length = server->options.session_ms;

    session->id = mm_id_new(server);
    session->token = mm_id_new(server);
    session->csrf = mm_id_new(server);
    session->user = user;
    session->create_at = mm_now(server);
    session->expires_at = session->create_at + (pat ? 36500 * DAY_MS : length);
    session->last_activity_at = session->create_at;
    session->is_pat = pat;
    g_hash_table_insert(server->sessions, session->token, session);
    return session;
}

struct mm_session *
mm_session_find(struct mm_server *server, const char *token)
{
    struct mm_session *session =
        token != NULL ? g_hash_table_lookup(server->sessions, token) : NULL;

    if (session == NULL || session->ended || session->user->delete_at != 0 ||
        session->expires_at <= mm_now(server))
        return NULL;
    return session;
}

/* ---- teams ---- */

static void
team_free(gpointer data)
{
    struct mm_team *team = data;

    g_free(team->id);
    g_free(team->name);
    g_free(team->display_name);
    g_free(team->type);
    g_free(team->email);
    g_free(team->invite_id);
    g_free(team->description);
    g_hash_table_unref(team->members);
    g_ptr_array_unref(team->order);
    g_free(team);
}

struct mm_team *
mm_team_new(struct mm_server *server, const char *name, const char *display_name, const char *type,
            struct mm_user *creator)
{
    struct mm_team *team = g_new0(struct mm_team, 1);

    team->id = mm_id_new(server);
    team->name = g_strdup(name);
    team->display_name = g_strdup(display_name);
    team->type = g_strdup(type);
    team->email = g_strdup(creator->email);
    team->invite_id = mm_id_new(server);
    team->description = g_strdup("");
    team->create_at = mm_stamp(server);
    team->update_at = team->create_at;
    team->members = g_hash_table_new(g_str_hash, g_str_equal);
    team->order = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(server->teams, team);
    g_hash_table_insert(server->team_ids, team->id, team);
    return team;
}

struct mm_team *
mm_team_by_id(struct mm_server *server, const char *id)
{
    return id != NULL ? g_hash_table_lookup(server->team_ids, id) : NULL;
}

struct mm_team *
mm_team_by_name(struct mm_server *server, const char *name)
{
    for (unsigned i = 0; i < server->teams->len; i++) {
        struct mm_team *team = g_ptr_array_index(server->teams, i);

        if (g_strcmp0(team->name, name) == 0)
            return team;
    }
    return NULL;
}

struct mm_team_member *
mm_team_member(const struct mm_team *team, const struct mm_user *user)
{
    struct mm_team_member *member = g_hash_table_lookup(team->members, user->id);

    return member != NULL && member->delete_at == 0 ? member : NULL;
}

/* ---- channels ---- */

static void
member_free(gpointer data)
{
    struct mm_member *member = data;

    json_object_unref(member->notify_props);
    g_free(member);
}

static void
channel_free(gpointer data)
{
    struct mm_channel *channel = data;
    char *strings[] = {channel->id,     channel->type,    channel->display_name, channel->name,
                       channel->header, channel->purpose, channel->creator_id};

    for (size_t i = 0; i < G_N_ELEMENTS(strings); i++)
        g_free(strings[i]);
    g_hash_table_unref(channel->members);
    g_ptr_array_unref(channel->order);
    g_ptr_array_unref(channel->posts);
    g_ptr_array_unref(channel->versions);
    g_free(channel);
}

struct mm_channel *
mm_channel_new(struct mm_server *server, struct mm_team *team, const char *type, const char *name,
               const char *display_name, struct mm_user *creator)
{
    struct mm_channel *channel = g_new0(struct mm_channel, 1);

    channel->id = mm_id_new(server);
    channel->team = team;
    channel->type = g_strdup(type);
    channel->name = g_strdup(name);
    channel->display_name = g_strdup(display_name);
    channel->header = g_strdup("");
    channel->purpose = g_strdup("");
    channel->creator_id = g_strdup(creator != NULL ? creator->id : "");
    channel->create_at = mm_stamp(server);
    channel->update_at = channel->create_at;
    channel->members = g_hash_table_new(g_str_hash, g_str_equal);
    channel->order = g_ptr_array_new_with_free_func(member_free);
    channel->posts = g_ptr_array_new();
    channel->versions = g_ptr_array_new_with_free_func((GDestroyNotify)mm_post_free);
    g_ptr_array_add(server->channels, channel);
    g_hash_table_insert(server->channel_ids, channel->id, channel);
    return channel;
}

struct mm_channel *
mm_channel_by_id(struct mm_server *server, const char *id)
{
    return id != NULL ? g_hash_table_lookup(server->channel_ids, id) : NULL;
}

struct mm_channel *
mm_channel_by_name(struct mm_server *server, const struct mm_team *team, const char *name)
{
    for (unsigned i = 0; i < server->channels->len; i++) {
        struct mm_channel *channel = g_ptr_array_index(server->channels, i);

        if (channel->team == team && g_strcmp0(channel->name, name) == 0)
            return channel;
    }
    return NULL;
}

struct mm_member *
mm_member(const struct mm_channel *channel, const struct mm_user *user)
{
    return g_hash_table_lookup(channel->members, user->id);
}

struct mm_member *
mm_member_new(struct mm_channel *channel, struct mm_user *user, bool admin)
{
    static const char *const defaults[][2] = {
        {"channel_auto_follow_threads", "off"}, {"desktop", "default"}, {"email", "default"},
        {"ignore_channel_mentions", "default"}, {"mark_unread", "all"}, {"push", "default"},
    };
    struct mm_member *member = g_new0(struct mm_member, 1);

    member->user = user;
    member->channel = channel;
    member->admin = admin;
    member->notify_props = json_object_new();
    for (size_t i = 0; i < G_N_ELEMENTS(defaults); i++)
        mm_set(member->notify_props, defaults[i][0], defaults[i][1]);
    g_ptr_array_add(channel->order, member);
    g_hash_table_insert(channel->members, user->id, member);
    return member;
}

void
mm_member_remove(struct mm_channel *channel, struct mm_user *user)
{
    struct mm_member *member = mm_member(channel, user);

    g_hash_table_remove(channel->members, user->id);
    g_ptr_array_remove(channel->order, member);
}

bool
mm_can_read(const struct mm_channel *channel, const struct mm_user *user)
{
    if (mm_member(channel, user) != NULL || mm_user_is_admin(user))
        return true;
    return channel->team != NULL && g_str_equal(channel->type, "O") &&
           mm_team_member(channel->team, user) != NULL;
}

/* ---- posts ---- */

static void
reaction_free(gpointer data)
{
    struct mm_reaction *reaction = data;

    g_free(reaction->emoji);
    g_free(reaction);
}

void
mm_post_free(struct mm_post *post)
{
    char *strings[] = {post->id,   post->original_id, post->message,
                       post->type, post->hashtags,    post->pending_post_id};

    for (size_t i = 0; i < G_N_ELEMENTS(strings); i++)
        g_free(strings[i]);
    g_clear_pointer(&post->props, json_object_unref);
    g_clear_pointer(&post->integrations, json_object_unref);
    g_clear_pointer(&post->priority, json_object_unref);
    g_clear_pointer(&post->file_ids, g_ptr_array_unref);
    g_ptr_array_unref(post->reactions);
    g_ptr_array_unref(post->replies);
    g_ptr_array_unref(post->followers);
    g_free(post);
}

static struct mm_post *
post_alloc(struct mm_server *server)
{
    struct mm_post *post = g_new0(struct mm_post, 1);

    post->id = mm_id_new(server);
    post->reactions = g_ptr_array_new_with_free_func(reaction_free);
    post->replies = g_ptr_array_new();
    post->followers = g_ptr_array_new_with_free_func(g_free);
    return post;
}

struct mm_post *
mm_post_by_id(struct mm_server *server, const char *id)
{
    return id != NULL ? g_hash_table_lookup(server->post_ids, id) : NULL;
}

/* "#bread #jobs", as the server finds them. */
static char *
hashtags_of(const char *message)
{
    GString *tags = g_string_new("");
    g_auto(GStrv) words = g_strsplit_set(message, " \t\r\n", -1);

    for (char **word = words; *word != NULL; word++) {
        size_t len = strlen(*word);

        while (len > 1 && strchr(",.!?:;)", (*word)[len - 1]) != NULL)
            len--;
        if ((*word)[0] != '#' || len < 3 || !g_ascii_isalpha((*word)[1]))
            continue;
        g_string_append_printf(tags, "%s%.*s", tags->len > 0 ? " " : "", (int)len, *word);
    }
    return g_string_free(tags, FALSE);
}

struct mm_post *
mm_post_new(struct mm_server *server, struct mm_channel *channel, struct mm_user *user,
            struct mm_post *root, const char *message)
{
    struct mm_post *post = post_alloc(server);

    post->channel = channel;
    post->user = user;
    post->root = root;
    post->original_id = g_strdup("");
    post->message = g_strdup(message);
    post->type = g_strdup("");
    post->hashtags = hashtags_of(message);
    post->pending_post_id = g_strdup("");
    post->props = json_object_new();
    post->create_at = mm_stamp(server);
    post->update_at = post->create_at;
    channel->etag = post->create_at;
    g_ptr_array_add(channel->posts, post);
    g_hash_table_insert(server->post_ids, post->id, post);
    if (root != NULL) {
        g_ptr_array_add(root->replies, post);
        root->last_reply_at = post->create_at;
        root->update_at = post->create_at;
    }
    return post;
}

void
mm_post_keep_version(struct mm_server *server, struct mm_post *post, int64_t when)
{
    struct mm_post *version = post_alloc(server);

    version->channel = post->channel;
    version->user = post->user;
    version->root = post->root;
    version->original_id = g_strdup(post->id);
    version->message = g_strdup(post->message);
    version->type = g_strdup(post->type);
    version->hashtags = g_strdup(post->hashtags);
    version->pending_post_id = g_strdup("");
    version->props = mm_object_copy(post->props);
    version->create_at = post->create_at;
    version->update_at = when;
    version->edit_at = post->edit_at;
    version->delete_at = when;
    version->is_pinned = post->is_pinned;
    g_ptr_array_add(post->channel->versions, version);
}

unsigned
mm_post_reply_count(const struct mm_post *root)
{
    unsigned count = 0;

    for (unsigned i = 0; i < root->replies->len; i++) {
        const struct mm_post *reply = g_ptr_array_index(root->replies, i);

        count += reply->delete_at == 0;
    }
    return count;
}

/* ---- the rest ---- */

struct mm_emoji *
mm_emoji_by_name(struct mm_server *server, const char *name)
{
    for (unsigned i = 0; i < server->emoji->len; i++) {
        struct mm_emoji *emoji = g_ptr_array_index(server->emoji, i);

        if (g_strcmp0(emoji->name, name) == 0)
            return emoji;
    }
    return NULL;
}

static void
file_free(gpointer data)
{
    struct mm_file *file = data;

    g_free(file->id);
    g_free(file->name);
    g_free(file->extension);
    g_free(file->mime_type);
    g_bytes_unref(file->bytes);
    g_free(file);
}

static void
upload_free(gpointer data)
{
    struct mm_upload *upload = data;

    g_free(upload->id);
    g_free(upload->name);
    g_byte_array_unref(upload->bytes);
    g_free(upload);
}

static void
emoji_free(gpointer data)
{
    struct mm_emoji *emoji = data;

    g_free(emoji->id);
    g_free(emoji->name);
    g_bytes_unref(emoji->image);
    g_free(emoji);
}

static void
category_free(gpointer data)
{
    struct mm_category *category = data;

    g_free(category->id);
    g_free(category->type);
    g_free(category->display_name);
    g_free(category->sorting);
    g_ptr_array_unref(category->channel_ids);
    g_free(category);
}

static void
draft_free(gpointer data)
{
    struct mm_draft *draft = data;

    g_free(draft->user_id);
    g_free(draft->channel_id);
    g_free(draft->root_id);
    g_free(draft->message);
    g_free(draft);
}

static GHashTable *
table_owning(GDestroyNotify free_value)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_value);
}

void
mm_store_init(struct mm_server *server)
{
    server->rand = g_rand_new_with_seed(server->options.seed);
    server->user_ids = table_owning(user_free);
    server->user_names = table_owning(NULL);
    server->users = g_ptr_array_new();
    server->sessions = table_owning(session_free);
    server->team_ids = table_owning(team_free);
    server->teams = g_ptr_array_new();
    server->channel_ids = table_owning(channel_free);
    server->channels = g_ptr_array_new();
    server->post_ids = table_owning((GDestroyNotify)mm_post_free);
    server->pending = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    server->files = table_owning(file_free);
    server->uploads = table_owning(upload_free);
    server->emoji = g_ptr_array_new_with_free_func(emoji_free);
    server->categories = g_ptr_array_new_with_free_func(category_free);
    server->drafts = g_ptr_array_new_with_free_func(draft_free);
    server->hooks = g_ptr_array_new_with_free_func(mm_hook_free);
    server->commands = g_ptr_array_new_with_free_func(mm_command_free);
    server->programs = g_ptr_array_new_with_free_func(mm_program_free);
    mm_programs_init(server);
    mm_config_init(server);
}

void
mm_store_clear(struct mm_server *server)
{
    GHashTable *tables[] = {server->post_ids, server->channel_ids, server->team_ids,
                            server->sessions, server->user_names,  server->user_ids,
                            server->pending,  server->files,       server->uploads,
                            server->config};
    GPtrArray *arrays[] = {server->users, server->teams,      server->channels,
                           server->emoji, server->categories, server->drafts,
                           server->hooks, server->commands,   server->programs};

    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
        g_hash_table_unref(tables[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(arrays); i++)
        g_ptr_array_unref(arrays[i]);
    g_rand_free(server->rand);
    g_free(server->version_id);
}
