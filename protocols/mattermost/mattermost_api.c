/* The other operations: what is done to messages, channels and ourselves. */
#include <string.h>

#include "protocols/mattermost/mattermost_priv.h"

#define TYPING_US (5 * G_USEC_PER_SEC)

void
mmost_on_plain(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
               const GError *error)
{
    if (call->op == 0)
        return;
    if (error)
        host_failed(mm->host, call->op, error);
    else
        host_done(mm->host, call->op, NULL, 0);
}

bool
mmost_refuse(GError **error, int code, const char *sentence)
{
    g_set_error_literal(error, WEFT_ERROR, code, sentence);
    return false;
}

struct mmost_channel *
mmost_channel_of(struct mm *mm, const struct buffer *buffer, GError **error)
{
    struct mmost_channel *channel = buffer ? mmost_channel(mm, buffer->remote_id) : NULL;

    if (!mmost_check_ready(mm, error))
        return NULL;
    if (!channel)
        mmost_refuse(error, WEFT_ERROR_NOT_FOUND, "The server does not know this conversation.");
    return channel;
}

/* --- messages
 * --------------------------------------------------------------------------------------- */

static void
on_deleted(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
           const GError *error)
{
    g_autoptr(GError) plain = NULL;

    if (error && error_is(error, WEFT_ERROR_FORBIDDEN))
        plain = g_error_new(WEFT_ERROR, WEFT_ERROR_FORBIDDEN,
                            "The server does not let you delete this message: it is not "
                            "yours.");
    mmost_on_plain(mm, call, answer, plain ? plain : error);
}

bool
mmost_api_delete(void *session, op_id op, const struct buffer *buffer, const char *remote_id,
                 GError **error)
{
    struct mm *mm = session;

    if (!mmost_check_post(mm, remote_id, error))
        return false;
    mmost_call_urgent(mm, "DELETE", NULL, on_deleted, "/posts/%s", remote_id)->op = op;
    return true;
}

bool
mmost_api_react(void *session, op_id op, const struct buffer *buffer, const char *remote_id,
                const char *emoji, bool add, GError **error)
{
    struct mm *mm = session;
    const char *name = mmost_emoji_out(emoji);
    struct mmost_call *call;

    if (!mmost_check_post(mm, remote_id, error))
        return false;
    if (!name)
        return mmost_refuse(error, WEFT_ERROR_BAD_INPUT,
                            "The server knows reactions by their names, and this has none.");
    if (add) {
        json_t *reaction = json_object();
        json_put_text(reaction, "user_id", mm->self_id);
        json_put_text(reaction, "post_id", remote_id);
        json_put_text(reaction, "emoji_name", name);
        call = mmost_call_urgent(mm, "POST", reaction, mmost_on_plain, "/reactions");
    } else {
        g_autofree char *part = mmost_escape(name);
        call = mmost_call_urgent(mm, "DELETE", NULL, mmost_on_plain,
                                 "/users/me/posts/%s/reactions/%s", remote_id, part);
    }
    call->op = op;
    call->safe = true; /* both ways doing it twice is doing it once */
    return true;
}

/* --- typing, reading
 * -------------------------------------------------------------------------------- */

void
mmost_api_typing(void *session, const struct buffer *buffer, bool active)
{
    struct mm *mm = session;
    const struct mmost_channel *channel = mmost_channel_of(mm, buffer, NULL);
    const int64_t now_us = clock_mono_us(mm->host->clock);
    const int64_t *told_us = channel ? g_hash_table_lookup(mm->typed, channel->id) : NULL;

    /* Nobody can be told that it has stopped. */
    if (!channel || !active || (told_us && now_us - *told_us < TYPING_US))
        return;
    json_t *data = json_object();
    json_put_text(data, "channel_id", channel->id);
    json_put_text(data, "parent_id", "");
    if (mmost_ws_act(mm, "user_typing", data) != 0)
        g_hash_table_replace(mm->typed, g_strdup(channel->id), g_memdup2(&now_us, sizeof now_us));
}

void
mmost_api_look_at(void *session, const struct buffer *buffer)
{
    struct mm *mm = session;
    struct mmost_channel *channel = mmost_channel_of(mm, buffer, NULL);

    if (!channel || !channel->joined)
        return;
    if (!channel->paged && channel->caught) {
        channel->caught = false;
        channel->beyond = true;
        mmost_catch_up(mm, channel);
    } else if (channel->deeds_due && !channel->deeds_asked) {
        channel->deeds_asked = true;
        mmost_deeds_fetch(mm, channel);
    }
}

/* The server knows only "read so far as it goes": who has read half of a channel tells nobody.
 * Telling by this call claims no focus, so that a telephone still rings. */
void
mmost_api_mark_read(void *session, const struct buffer *buffer, const struct message *upto)
{
    struct mm *mm = session;
    struct mmost_channel *channel = mmost_channel_of(mm, buffer, NULL);

    if (!channel || upto->time_us / 1000 < channel->newest_ms ||
        channel->newest_ms <= channel->viewed_ms)
        return;
    channel->viewed_ms = channel->newest_ms;
    json_t *ids = json_array();
    json_array_append_new(ids, json_string(channel->id));
    mmost_call(mm, "POST", ids, mmost_on_plain, "/channels/members/me/mark_read")->safe = true;
}

/* --- channels
 * --------------------------------------------------------------------------------------- */

static void
on_left(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
        const GError *error)
{
    struct mmost_channel *channel = mmost_channel(mm, call->conversation);

    if (!error && channel)
        mmost_channel_left(mm, channel);
    mmost_on_plain(mm, call, answer, error);
}

bool
mmost_api_leave(void *session, op_id op, const struct buffer *buffer, const char *reason,
                GError **error)
{
    struct mm *mm = session;
    const struct mmost_channel *channel = mmost_channel_of(mm, buffer, error);

    if (!channel)
        return false;
    struct mmost_call *call = mmost_call_urgent(
        mm, "DELETE", NULL, on_left, "/channels/%s/members/%s", channel->id, mm->self_id);
    call->op = op;
    call->conversation = g_strdup(channel->id);
    return true;
}

/* A channel that is ours now. */
void
mmost_on_made(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
              const GError *error)
{
    const char *id = json_get_text(answer->json, "id");

    if (!error && mmost_is_id(id)) {
        mmost_channel_fetch(mm, id, call->op);
        return;
    }
    g_autoptr(GError) none =
        error ? g_error_copy(error)
              : g_error_new(WEFT_ERROR, WEFT_ERROR_PROTOCOL, "The server names no channel.");
    host_failed(mm->host, call->op, none);
}

bool
mmost_api_set_topic(void *session, op_id op, const struct buffer *buffer, const char *topic,
                    GError **error)
{
    struct mm *mm = session;
    const struct mmost_channel *channel = mmost_channel_of(mm, buffer, error);
    json_t *body;

    if (!channel)
        return false;
    body = json_object();
    json_put_text(body, "header", topic ? topic : "");
    struct mmost_call *call =
        mmost_call_urgent(mm, "PUT", body, mmost_on_plain, "/channels/%s/patch", channel->id);
    call->op = op;
    return true;
}
