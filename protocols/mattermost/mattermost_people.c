/* Who is in a channel, who somebody is, talking with them; whether we are there. */
#include <string.h>

#include "protocols/mattermost/mattermost_priv.h"

#define PER_PAGE     200
#define MOST_MEMBERS 5000

/* The server's own sentence is about "your username". */
GError *
mmost_person_error(const struct mmost_call *call, const GError *error)
{
    return error_is(error, WEFT_ERROR_NOT_FOUND)
               ? g_error_new(WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                             "There is nobody called %s here. Tab completes the names of those "
                             "whom weft knows.",
                             call->text)
               : g_error_copy(error);
}

static void
on_person(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
          const GError *error)
{
    const char *id = json_get_text(answer->json, "id");

    if (error || !mmost_is_id(id)) {
        g_autoptr(GError) none =
            error ? mmost_person_error(call, error)
                  : g_error_new(WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "There is no such person.");
        host_failed(mm->host, call->op, none);
        return;
    }
    mmost_user_put(mm, answer->json);
    json_t *ids = json_array();
    json_array_append_new(ids, json_string(mm->self_id));
    json_array_append_new(ids, json_string(id));
    struct mmost_call *next = mmost_call_urgent(mm, "POST", ids, mmost_on_made, "/channels/direct");
    next->safe = true; /* the same one each time */
    next->op = call->op;
}

static const char *
bare_name(const char *user)
{
    return *user == '@' ? user + 1 : user;
}

struct mmost_call *
mmost_ask_person(struct mm *mm, const char *user, mmost_answer_fn fn)
{
    const struct mmost_user *known = mmost_user(mm, user);
    g_autofree char *lower = g_ascii_strdown(known ? known->name : bare_name(user), -1);
    g_autofree char *part = mmost_escape(lower);

    struct mmost_call *call = mmost_call_urgent(mm, "GET", NULL, fn, "/users/username/%s", part);
    call->text = g_steal_pointer(&lower);
    return call;
}

bool
mmost_api_open_dm(void *session, op_id op, const struct buffer *from, const char *user,
                  GError **error)
{
    struct mm *mm = session;

    if (!mmost_check_ready(mm, error))
        return false;
    if (!*bare_name(user))
        return mmost_refuse(error, WEFT_ERROR_BAD_INPUT, "Say with whom.");
    if (strchr(user, ','))
        return mmost_open_group(mm, op, user, error);
    mmost_ask_person(mm, user, on_person)->op = op;
    return true;
}

/* --- people
 * ----------------------------------------------------------------------------------------- */

static void
ask_members(struct mm *mm, op_id op, const char *channel, unsigned page, json_t *so_far_take);

static void
tell_members(struct mm *mm, const char *conversation, const json_t *users)
{
    g_autoptr(GPtrArray) members = g_ptr_array_new_with_free_func((GDestroyNotify)member_free);
    size_t i;
    json_t *each;

    json_array_foreach(users, i, each)
    {
        const char *id = json_get_text(each, "id"), *name = json_get_text(each, "username");
        if (!mmost_is_id(id) || !*name)
            continue;
        const struct mmost_user *user = mmost_user(mm, id);
        struct member *member = member_new(id, name, "");
        member->status = g_strdup(user ? user->status : NULL);
        g_ptr_array_add(members, member);
    }
    const struct event event = {
        .type = EVENT_MEMBERS,
        .conversation = conversation,
        .members = {(const struct member *const *)members->pdata, members->len}};
    host_emit(mm->host, &event);
}

static void
on_members(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
           const GError *error)
{
    size_t i;
    json_t *each;

    if (error) {
        host_failed(mm->host, call->op, error);
        return;
    }
    json_array_foreach(answer->json, i, each)
    {
        mmost_user_put(mm, each);
        json_array_append(call->json, each);
    }
    if (json_array_size(answer->json) >= PER_PAGE && json_array_size(call->json) < MOST_MEMBERS) {
        ask_members(mm, call->op, call->conversation, call->number + 1, json_incref(call->json));
        return;
    }
    tell_members(mm, call->conversation, call->json);
    host_done(mm->host, call->op, NULL, 0);
}

static void
ask_members(struct mm *mm, op_id op, const char *channel, unsigned page, json_t *so_far_take)
{
    struct mmost_call *call =
        mmost_call_urgent(mm, "GET", NULL, on_members, "/users?in_channel=%s&page=%u&per_page=%d",
                          channel, page, PER_PAGE);

    call->op = op;
    call->number = page;
    call->conversation = g_strdup(channel);
    call->json = so_far_take;
}

bool
mmost_api_members(void *session, op_id op, const struct buffer *buffer, GError **error)
{
    struct mm *mm = session;
    const struct mmost_channel *channel = mmost_channel_of(mm, buffer, error);

    if (!channel)
        return false;
    ask_members(mm, op, channel->id, 0, json_array());
    return true;
}

static void
on_user_info(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
             const GError *error)
{
    static const struct {
        const char *key, *word;
    } rows[] = {{"first_name", "first name"}, {"last_name", "last name"}, {"nickname", "nickname"},
                {"position", "position"},     {"email", "e-mail"},        {"locale", "language"}};
    g_autoptr(GString) line = g_string_new(NULL);

    if (error) {
        g_autoptr(GError) told = mmost_person_error(call, error);
        host_failed(mm->host, call->op, told);
        return;
    }
    mmost_user_put(mm, answer->json);
    g_string_append_printf(line, "@%s%s", json_get_text(answer->json, "username"),
                           json_get_bool(answer->json, "is_bot")         ? " (a bot)"
                           : json_get_int(answer->json, "delete_at") > 0 ? " (deactivated)"
                                                                         : "");
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *text = json_get_text(answer->json, rows[i].key);
        if (*text)
            g_string_append_printf(line, ", %s: %s", rows[i].word, text);
    }
    host_say(mm->host, call->conversation, MESSAGE_SERVER, line->str);
    host_done(mm->host, call->op, NULL, 0);
}

bool
mmost_api_user_info(void *session, op_id op, const struct buffer *buffer, const char *user,
                    GError **error)
{
    struct mm *mm = session;

    if (!mmost_check_ready(mm, error))
        return false;
    struct mmost_call *call = mmost_ask_person(mm, user, on_user_info);
    call->op = op;
    call->conversation = g_strdup(buffer ? buffer->remote_id : NULL);
    return true;
}

bool
mmost_api_set_presence(void *session, op_id op, const char *away_text, GError **error)
{
    struct mm *mm = session;
    json_t *body;

    if (!mmost_check_ready(mm, error))
        return false;
    body = json_object();
    json_put_text(body, "user_id", mm->self_id);
    json_put_text(body, "status", away_text ? "away" : "online");
    struct mmost_call *call =
        mmost_call_urgent(mm, "PUT", body, mmost_on_plain, "/users/me/status");
    call->op = op;
    call->safe = true;
    return true;
}
