/* A post as events: who said it, what it is, what hangs from it (sections 4.1 and 4.8). */
#include <string.h>

#include "base/log.h"
#include "protocols/mattermost/mattermost_priv.h"
#include "text/emoji.h"

/* A post lies three deep in a list, and its props four. */
const struct json_limits mmost_page_limits = {.bytes = 16 * 1024 * 1024,
                                              .depth = 64,
                                              .values = 200000,
                                              .string_bytes = 4 * 1024 * 1024,
                                              .part_depth = 4,
                                              .part_values = 4000};
const struct json_limits mmost_post_limits = {.bytes = 4 * 1024 * 1024,
                                              .depth = 64,
                                              .values = 20000,
                                              .string_bytes = 4 * 1024 * 1024,
                                              .part_depth = 2,
                                              .part_values = 4000};

/* --- how far a channel is known
 * ------------------------------------------------------------------------- */

void
mmost_mark_note(const struct mm *mm, struct mmost_channel *channel, const json_t *post, bool told)
{
    struct mmost_mark *mark = &channel->mark;
    const int64_t create_ms = json_get_int(post, "create_at");

    /* What was done while we were away is asked for from where it was. */
    if (!channel->deeds_due)
        mark->sync_ms = MAX(mark->sync_ms, json_get_int(post, "update_at"));
    if (!told)
        return;
    /* What stands apart is not read with the channel. */
    if (!mm->apart || !*json_get_text(post, "root_id"))
        channel->newest_ms = MAX(channel->newest_ms, create_ms);
    if (create_ms < mark->last_ms)
        return;
    if (create_ms > mark->last_ms) {
        memcpy(mark->anchor_id, mark->last_id, sizeof mark->anchor_id);
        mark->anchor_ms = mark->last_ms;
        mark->last_ms = create_ms;
    }
    g_strlcpy(mark->last_id, json_get_text(post, "id"), sizeof mark->last_id);
}

char *
mmost_mark_format(const struct mmost_mark *mark)
{
    return g_strdup_printf("1 %s %" G_GINT64_FORMAT " %s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT,
                           *mark->anchor_id ? mark->anchor_id : "-", mark->anchor_ms,
                           *mark->last_id ? mark->last_id : "-", mark->last_ms, mark->sync_ms);
}

static bool
read_ms(const char *text, int64_t *ret)
{
    return g_ascii_string_to_signed(text, 10, 0, INT64_MAX / 1000, ret, NULL);
}

bool
mmost_mark_parse(struct mmost_mark *mark, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", 7);
    struct mmost_mark read = {0};

    if (g_strv_length(words) != 6 || strcmp(words[0], "1") != 0 ||
        !read_ms(words[2], &read.anchor_ms) || !read_ms(words[4], &read.last_ms) ||
        !read_ms(words[5], &read.sync_ms))
        return false;
    if (mmost_is_id(words[1]))
        g_strlcpy(read.anchor_id, words[1], sizeof read.anchor_id);
    if (mmost_is_id(words[3]))
        g_strlcpy(read.last_id, words[3], sizeof read.last_id);
    *mark = read;
    return true;
}

/* --- reactions
 * -------------------------------------------------------------------------------------- */

/* weft knows more names than the server: only the first one of each, and the two signs, are both's.
 */
const char *
mmost_emoji_in(const char *name)
{
    const struct emoji *emoji = emoji_by_name(name);

    if (emoji &&
        (strcmp(emoji->name, name) == 0 || strcmp(name, "+1") == 0 || strcmp(name, "-1") == 0))
        return emoji->text;
    return name;
}

const char *
mmost_emoji_out(const char *text)
{
    const struct emoji *emoji = emoji_by_text(text);

    if (emoji)
        return emoji->name;
    const size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                    "0123456789_+-");
    return len > 0 && text[len] == '\0' && len <= EMOJI_NAME_MAX_BYTES ? text : NULL;
}

void
mmost_reaction_tell(struct mm *mm, const json_t *reaction, const char *conversation,
                    enum event_origin origin, bool add)
{
    const char *user = json_get_text(reaction, "user_id");
    const char *name = json_get_text(reaction, "emoji_name");
    const char *post = json_get_text(reaction, "post_id");
    const bool own = g_strcmp0(user, mm->self_id) == 0;
    /* Taking one back has no time of its making. */
    const int64_t said_ms =
        MAX(json_get_int(reaction, "create_at"), json_get_int(reaction, "update_at"));

    if (!mmost_is_id(user) || !mmost_is_id(post) || !*name)
        return;
    const struct event event = {
        .type = EVENT_REACTION,
        .conversation = conversation,
        .reaction = {.origin = own && origin == ORIGIN_LIVE ? ORIGIN_ECHO : origin,
                     .remote_id = post,
                     .user_id = user,
                     .user_name = mmost_user_name(mm, user),
                     .emoji = mmost_emoji_in(name),
                     .time_us = CLAMP(said_ms, 0, INT64_MAX / 1000) * 1000,
                     .add = add,
                     .own = own}};
    host_emit(mm->host, &event);
}

static void
tell_reactions(struct mm *mm, const json_t *post, enum event_origin origin)
{
    const json_t *list = json_get_array(json_get_object(post, "metadata"), "reactions");
    size_t i;
    json_t *each;

    json_array_foreach(list, i, each)
        mmost_reaction_tell(mm, each, json_get_text(post, "channel_id"), origin, true);
}

void
mmost_reactions_tell(struct mm *mm, const json_t *post)
{
    const json_t *list = json_get_array(json_get_object(post, "metadata"), "reactions");
    g_autofree struct event_reaction *stay =
        g_new0(struct event_reaction, json_array_size(list) + 1);
    struct event event = {
        .type = EVENT_REACTIONS,
        .conversation = json_get_text(post, "channel_id"),
        .reactions = {.remote_id = json_get_text(post, "id"),
                      .list = stay,
                      .n = json_array_size(list),
                      .time_us =
                          CLAMP(json_get_int(post, "update_at"), 0, INT64_MAX / 1000) * 1000}};
    size_t i;
    json_t *each;

    /* Left out, it says nothing. */
    if (!json_get_object(post, "metadata"))
        return;
    tell_reactions(mm, post, ORIGIN_CATCH_UP);
    json_array_foreach(list, i, each)
    {
        stay[i].user_id = json_get_text(each, "user_id");
        stay[i].emoji = mmost_emoji_in(json_get_text(each, "emoji_name"));
    }
    host_emit(mm->host, &event);
}

/* --- threads
 * ---------------------------------------------------------------------------------------- */

static void
remember_root(struct mm *mm, const char *id, const char *root)
{
    if (g_hash_table_size(mm->roots) >= MM_MAX_ROOTS)
        g_hash_table_remove_all(mm->roots);
    g_hash_table_replace(mm->roots, g_strdup(id), g_strdup(mmost_is_id(root) ? root : id));
}

static void
tell_deleted(struct mm *mm, const char *channel, const char *id, enum event_origin origin)
{
    const struct event event = {.type = EVENT_DELETED,
                                .conversation = channel,
                                .deleted = {.origin = origin, .remote_id = id}};
    host_emit(mm->host, &event);
}

/* One event stands for a root and all its replies. */
void
mmost_post_deleted(struct mm *mm, const json_t *post, enum event_origin origin)
{
    const char *id = json_get_text(post, "id"), *channel = json_get_text(post, "channel_id");
    GHashTableIter iter;
    void *reply, *root;

    if (!mmost_is_id(id) || !mmost_channel(mm, channel))
        return;
    tell_deleted(mm, channel, id, origin);
    g_hash_table_iter_init(&iter, mm->roots);
    while (g_hash_table_iter_next(&iter, &reply, &root)) {
        if (strcmp(root, id) == 0 && strcmp(reply, id) != 0)
            tell_deleted(mm, channel, reply, origin);
    }
}

/* --- who and what
 * ------------------------------------------------------------------------------------- */

static enum message_kind
kind_of(const char *type)
{
    static const struct {
        const char *type;
        enum message_kind kind;
    } rows[] = {
        {"me", MESSAGE_ACTION},
        {"system_join_channel", MESSAGE_JOIN},
        {"system_guest_join_channel", MESSAGE_JOIN},
        {"system_join_team", MESSAGE_JOIN},
        {"system_leave_channel", MESSAGE_PART},
        {"system_leave_team", MESSAGE_PART},
        {"system_remove_from_channel", MESSAGE_KICK},
        {"system_header_change", MESSAGE_TOPIC},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (strcmp(type, rows[i].type) == 0)
            return rows[i].kind;
    }
    return g_str_has_prefix(type, "system_") ? MESSAGE_SERVER : MESSAGE_TEXT;
}

/* The name that a post shows instead of its account's; NULL: none. Anybody can write one into a
 * post: it counts where the server's own clients show it. */
static const char *
override_of(struct mm *mm, const json_t *post)
{
    const json_t *props = json_get_object(post, "props");
    const struct mmost_channel *channel = mmost_channel(mm, json_get_text(post, "channel_id"));
    const char *name = json_get_text(props, "override_username");

    if (!mm->names || !*name || (channel && channel->kind == BUFFER_DIRECT) ||
        strcmp(json_get_text(props, "from_webhook"), "true") != 0)
        return NULL;
    return name;
}

/* Which relay has copied it here; NULL: none. The mark of Matterbridge is the name of a prop. */
static const char *
mark_of(const json_t *post)
{
    json_t *props = json_get_object(post, "props"), *value;
    const char *mark = json_get_text(props, MM_MARK_PROP), *key;

    if (*mark)
        return mark;
    json_object_foreach(props, key, value)
    {
        if (g_str_has_prefix(key, "matterbridge_"))
            return key;
    }
    return NULL;
}

/* The key of what we sent ourselves, here; NULL: none. */
static const char *
key_of(const struct mm *mm, const json_t *post)
{
    const char *key = json_get_text(json_get_object(post, "props"), MM_KEY_PROP);

    if (!*key || g_strcmp0(json_get_text(post, "user_id"), mm->self_id) != 0)
        return NULL;
    return key;
}

void
mmost_post_people(struct mm *mm, const json_t *post, GPtrArray *ids)
{
    const json_t *list = json_get_array(json_get_object(post, "metadata"), "reactions");
    size_t i;
    json_t *each;

    g_ptr_array_add(ids, g_strdup(json_get_text(post, "user_id")));
    json_array_foreach(list, i, each)
        g_ptr_array_add(ids, g_strdup(json_get_text(each, "user_id")));
}

void
mmost_page_need(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
                const GError *error, mmost_users_fn fn)
{
    json_t *post;
    const char *id;

    if (error) {
        host_failed(mm->host, call->op, error);
        return;
    }
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
    json_object_foreach(json_get_object(answer->json, "posts"), id, post)
        mmost_post_people(mm, post, ids);
    struct mmost_job *job = g_new0(struct mmost_job, 1);
    job->op = call->op;
    job->conversation = g_strdup(call->conversation);
    job->text = g_strdup(call->text);
    job->number = call->number;
    job->json = json_incref(answer->json);
    mmost_users_need(mm, ids, job, fn);
}

static const char *
sender_of(struct mm *mm, const json_t *post, const char *sender)
{
    const char *id = json_get_text(post, "user_id"), *override = override_of(mm, post);

    if (override)
        return override;
    if (sender && *sender == '@' && !mmost_user(mm, id))
        mmost_user_learn(mm, id, sender + 1);
    const char *name = mmost_user_name(mm, id);
    if (!name && g_str_has_prefix(json_get_text(post, "type"), "system_"))
        name = json_get_text(json_get_object(post, "props"), "username");
    return name && *name ? name : sender && *sender ? sender : "somebody";
}

/* Who writes for many is each of them: "USER/NAME". NULL: it is the account itself. g_free(). */
static char *
persona_id(struct mm *mm, const json_t *post)
{
    const char *override = override_of(mm, post);

    return override ? g_strconcat(json_get_text(post, "user_id"), "/", override, NULL) : NULL;
}

/* `persona`: persona_id(). */
static void
fill_message(struct mm *mm, struct event *event, const json_t *post, const char *sender,
             const char *persona)
{
    const char *id = json_get_text(post, "user_id"), *root = json_get_text(post, "root_id");
    const json_t *props = json_get_object(post, "props");
    const struct mmost_user *user = mmost_user(mm, id);

    /* What our account says under another name is ours when weft has said it. */
    event->message.own =
        g_strcmp0(id, mm->self_id) == 0 && (!persona || key_of(mm, post)) &&
        (event->message.kind == MESSAGE_TEXT || event->message.kind == MESSAGE_ACTION);
    event->message.relayed_by = mark_of(post);
    event->message.bot =
        (user && user->bot) || persona || strcmp(json_get_text(props, "from_bot"), "true") == 0;
    event->message.key = event->message.own ? key_of(mm, post) : NULL;
    event->message.reply_to = event->message.thread = mmost_is_id(root) ? root : NULL;
    if (event->message.kind != MESSAGE_SERVER) {
        event->message.sender_id = persona ? persona : id;
        event->message.sender_name = sender_of(mm, post, sender);
    }
    /* The picture of an account is shown only to who is logged in. */
    if (persona && mm->icons)
        event->message.sender_picture = json_get_text(props, "override_icon_url");
    if (event->message.kind == MESSAGE_KICK)
        event->message.subject = json_get_text(props, "removedUsername");
    if (event->message.origin == ORIGIN_LIVE && event->message.key)
        event->message.origin = ORIGIN_ECHO;
}

bool
mmost_post_tell(struct mm *mm, const json_t *post, enum event_origin origin, const char *sender)
{
    const char *id = json_get_text(post, "id");
    struct mmost_channel *channel = mmost_channel(mm, json_get_text(post, "channel_id"));
    const int64_t create_ms = json_get_int(post, "create_at");
    const enum message_kind kind = kind_of(json_get_text(post, "type"));

    if (!channel || !mmost_is_id(id) || create_ms <= 0 || create_ms > INT64_MAX / 1000 ||
        *json_get_text(post, "original_id"))
        return false;
    /* What was only found is not known: it moves nothing. */
    if (origin != ORIGIN_FOUND)
        remember_root(mm, id, json_get_text(post, "root_id"));
    const struct mmost_mark before = channel->mark;
    if (origin != ORIGIN_ECHO && origin != ORIGIN_FOUND)
        mmost_mark_note(mm, channel, post, true);
    const bool moved = memcmp(&before, &channel->mark, sizeof before) != 0;
    g_autofree char *cursor = moved ? mmost_mark_format(&channel->mark) : NULL;
    struct mmost_parts parts;
    mmost_parts_read(mm, post, kind, &parts);
    struct event event = {
        .type = EVENT_MESSAGE,
        .conversation = channel->id,
        .message = {.origin = origin,
                    .kind = kind,
                    .remote_id = id,
                    .sort_key = create_ms * 1000,
                    .time_us = create_ms * 1000,
                    .edited = json_get_int(post, "edit_at") > 0,
                    .missed = origin == ORIGIN_HISTORY && !channel->caught &&
                              channel->known_ms > 0 && create_ms > channel->known_ms,
                    .pinned = json_get_bool(post, "is_pinned"),
                    .flagged = g_hash_table_contains(mm->flagged, id),
                    .ephemeral = strcmp(json_get_text(post, "type"), "system_ephemeral") == 0,
                    .body = parts.body,
                    .files = parts.files,
                    .buttons = parts.buttons,
                    .cursor = cursor}};
    g_autofree char *persona = persona_id(mm, post);
    fill_message(mm, &event, post, sender, persona);
    host_emit(mm->host, &event);
    mmost_parts_clear(&parts);
    if (origin == ORIGIN_HISTORY || origin == ORIGIN_CATCH_UP)
        tell_reactions(mm, post, origin);
    if (origin != ORIGIN_FOUND)
        mmost_thread_count(mm, post);
    return true;
}

void
mmost_post_edited(struct mm *mm, const json_t *post)
{
    const char *id = json_get_text(post, "id");
    const struct mmost_channel *channel = mmost_channel(mm, json_get_text(post, "channel_id"));

    if (!channel || !mmost_is_id(id) || *json_get_text(post, "original_id"))
        return;
    /* Pins, and changes of what nobody sees, are told of as well. */
    if (json_object_get(post, "is_pinned"))
        mmost_mark_tell(mm, EVENT_PINNED, channel->id, id, json_get_bool(post, "is_pinned"));
    if (json_get_int(post, "edit_at") <= 0)
        return;
    const int64_t edit_ms = MIN(json_get_int(post, "edit_at"), INT64_MAX / 1000);
    struct mmost_parts parts;
    mmost_parts_read(mm, post, kind_of(json_get_text(post, "type")), &parts);
    const struct event event = {.type = EVENT_EDITED,
                                .conversation = channel->id,
                                .edited = {.remote_id = id,
                                           .time_us = edit_ms * 1000,
                                           .body = parts.body,
                                           .files = parts.files,
                                           .buttons = parts.buttons}};
    host_emit(mm->host, &event);
    mmost_parts_clear(&parts);
}
