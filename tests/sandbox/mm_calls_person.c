/* What a person does to their own view of the server, on another device. Each call is carried out
 * on the server's thread. */
#include "tests/sandbox/mm_priv.h"

struct person_call {
    const char *username;
    const char *team_id, *channel_id;
    const char *category;
    const char *emoji, *text, *until;
    const char *root_id;
    char *ret_text;
    bool on;
};

/* It is the test's mistake when there is none. */
static struct mm_user *
user_of(struct mm_server *server, const struct person_call *call)
{
    struct mm_user *user = mm_user_by_name(server, call->username);

    if (user == NULL)
        g_error("the test names a user that it has not made: %s", call->username);
    return user;
}

static void
call_status(struct mm_server *server, void *data)
{
    const struct person_call *call = data;
    struct mm_user *user = user_of(server, call);
    JsonObject *body = json_object_new();

    if (call->emoji[0] == '\0' && call->text[0] == '\0') {
        mm_set(user->props, "customStatus", "");
        mm_tell_user(server, user);
    } else {
        mm_set(body, "emoji", call->emoji);
        mm_set(body, "text", call->text);
        mm_set(body, "duration", call->until != NULL ? "date_and_time" : "");
        mm_set(body, "expires_at", call->until != NULL ? call->until : "");
        mm_user_set_custom_status(server, user, body);
    }
    json_object_unref(body);
}

void
mm_server_set_custom_status(struct mm_server *server, const char *username, const char *emoji,
                            const char *text, const char *until)
{
    struct person_call call = {.username = username, .emoji = emoji, .text = text, .until = until};

    mm_call(server, call_status, &call);
}

static void
call_mute(struct mm_server *server, void *data)
{
    const struct person_call *call = data;
    struct mm_channel *channel = mm_channel_by_id(server, call->channel_id);
    struct mm_member *member = channel != NULL ? mm_member(channel, user_of(server, call)) : NULL;

    if (member == NULL)
        g_error("the test mutes a channel for somebody who is not in it: %s", call->username);
    mm_set(member->notify_props, "mark_unread", call->on ? "mention" : "all");
    member->last_update_at = mm_stamp(server);
    mm_tell_member(server, member);
}

void
mm_server_mute(struct mm_server *server, const char *username, const char *channel_id, bool muted)
{
    struct person_call call = {.username = username, .channel_id = channel_id, .on = muted};

    mm_call(server, call_mute, &call);
}

static void
call_sort(struct mm_server *server, void *data)
{
    const struct person_call *call = data;
    struct mm_team *team = mm_team_by_id(server, call->team_id);

    if (team == NULL)
        g_error("the test names a team that it has not made: %s", call->team_id);
    mm_category_put(server, user_of(server, call), team, call->category, call->channel_id);
}

void
mm_server_sort(struct mm_server *server, const char *username, const char *team_id,
               const char *category, const char *channel_id)
{
    struct person_call call = {
        .username = username, .team_id = team_id, .category = category, .channel_id = channel_id};

    mm_call(server, call_sort, &call);
}

static void
call_set_draft(struct mm_server *server, void *data)
{
    const struct person_call *call = data;

    if (call->text != NULL)
        json_object_unref(mm_draft_put(server, user_of(server, call), call->channel_id,
                                       call->root_id, call->text));
    else
        mm_draft_delete(server, user_of(server, call), call->channel_id, call->root_id);
}

void
mm_server_set_draft(struct mm_server *server, const char *username, const char *channel_id,
                    const char *root_id, const char *text)
{
    struct person_call call = {.username = username,
                               .channel_id = channel_id,
                               .root_id = root_id != NULL ? root_id : "",
                               .text = text};

    mm_call(server, call_set_draft, &call);
}

static void
call_draft(struct mm_server *server, void *data)
{
    struct person_call *call = data;

    call->ret_text =
        g_strdup(mm_draft_text(server, user_of(server, call), call->channel_id, call->root_id));
}

char *
mm_server_draft_dup(struct mm_server *server, const char *username, const char *channel_id,
                    const char *root_id)
{
    struct person_call call = {
        .username = username, .channel_id = channel_id, .root_id = root_id != NULL ? root_id : ""};

    mm_call(server, call_draft, &call);
    return call.ret_text;
}
