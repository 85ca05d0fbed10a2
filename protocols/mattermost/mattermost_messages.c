/* What is done to one message: its text, pins, what we saved, unread from here. (sections 4.3, 4.6)
 */
#include <string.h>

#include "protocols/mattermost/mattermost_priv.h"
#include "protocols/mattermost/mattermost_text.h"

#define MOST_REVISIONS 100
#define EMOJI_PER_PAGE 200

bool
mmost_check_post(struct mm *mm, const char *remote_id, GError **error)
{
    if (!mmost_check_ready(mm, error))
        return false;
    return mmost_is_id(remote_id) ||
           mmost_refuse(error, WEFT_ERROR_NOT_FOUND, "The server does not know this message.");
}

/* --- editing
 * ---------------------------------------------------------------------------------------- */

/* The answer is the post as it is now; the event says the same, before or after. */
static void
on_patched(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
           const GError *error)
{
    if (!error)
        mmost_post_edited(mm, answer->json);
    mmost_on_plain(mm, call, answer, error);
}

bool
mmost_api_edit(void *session, op_id op, const struct buffer *buffer, const struct message *message,
               const struct rich *body, GError **error)
{
    struct mm *mm = session;

    if (!mmost_check_post(mm, message->remote_id, error))
        return false;
    g_autofree char *text = mmost_text_write(mm, body);
    if (strspn(text, " \n\t") == strlen(text))
        return mmost_refuse(error, WEFT_ERROR_BAD_INPUT, "There is nothing in this message.");
    g_autofree char *acted =
        message->kind == MESSAGE_ACTION ? g_strconcat("*", text, "*", NULL) : NULL;
    json_t *patch = json_object();
    json_put_text(patch, "message", acted ? acted : text);
    struct mmost_call *call =
        mmost_call_urgent(mm, "PUT", patch, on_patched, "/posts/%s/patch", message->remote_id);
    call->op = op;
    call->safe = true; /* the same text twice changes nothing */
    return true;
}

/* What it said before: the whole rows, newest first, pins and changes of nothing among them. */
static void
on_history(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
           const GError *error)
{
    const size_t n = MIN(json_array_size(answer->json), MOST_REVISIONS);
    g_autofree struct event_revision *list = g_new0(struct event_revision, n + 1);
    g_autoptr(GPtrArray) bodies = g_ptr_array_new_with_free_func((GDestroyNotify)rich_free);
    size_t i;
    json_t *each;

    if (error) { /* also: it has none */
        host_failed(mm->host, call->op, error);
        return;
    }
    json_array_foreach(answer->json, i, each)
    {
        if (i >= n)
            break;
        struct rich *body = mmost_text_read(mm, call->conversation, json_get_text(each, "message"));
        const int64_t until_ms =
            MAX(json_get_int(each, "delete_at"), json_get_int(each, "update_at"));
        g_ptr_array_add(bodies, body);
        list[i].body = body;
        list[i].until_us = CLAMP(until_ms, 0, INT64_MAX / 1000) * 1000;
    }
    const struct event event = {.type = EVENT_REVISIONS,
                                .conversation = call->conversation,
                                .revisions = {.remote_id = call->text, .list = list, .n = n}};
    host_emit(mm->host, &event);
    host_done(mm->host, call->op, NULL, 0);
}

bool
mmost_api_revisions(void *session, op_id op, const struct buffer *buffer, const char *remote_id,
                    GError **error)
{
    struct mm *mm = session;

    if (!mmost_check_post(mm, remote_id, error))
        return false;
    struct mmost_call *call =
        mmost_call_urgent(mm, "GET", NULL, on_history, "/posts/%s/edit_history", remote_id);
    call->op = op;
    call->text = g_strdup(remote_id);
    call->conversation = g_strdup(buffer->remote_id);
    return true;
}

/* --- pins
 * ------------------------------------------------------------------------------------------- */

bool
mmost_api_pin(void *session, op_id op, const struct buffer *buffer, const char *remote_id, bool on,
              GError **error)
{
    struct mm *mm = session;

    if (!mmost_check_post(mm, remote_id, error))
        return false;
    struct mmost_call *call = mmost_call_urgent(mm, "POST", NULL, mmost_on_plain, "/posts/%s/%s",
                                                remote_id, on ? "pin" : "unpin");
    call->op = op;
    call->safe = true;
    return true;
}

void
mmost_mark_tell(struct mm *mm, enum event_type type, const char *conversation, const char *post,
                bool on)
{
    const struct event event = {
        .type = type, .conversation = conversation, .mark = {.remote_id = post, .on = on}};
    if (mmost_is_id(post))
        host_emit(mm->host, &event);
}

/* --- saved posts
 * ------------------------------------------------------------------------------------ */

#define FLAGGED_KEY "flagged"

static void
keep_flagged(struct mm *mm)
{
    g_autofree char **ids = (char **)g_hash_table_get_keys_as_array(mm->flagged, NULL);
    g_autofree char *list = g_strjoinv(" ", ids);

    mm->host->ops->kv_set(mm->host, FLAGGED_KEY, *list ? list : NULL);
}

bool
mmost_flagged_put(struct mm *mm, const char *id, bool on)
{
    if (!mmost_is_id(id) || (on && g_hash_table_size(mm->flagged) >= MM_MAX_FLAGGED))
        return false;
    return on ? g_hash_table_add(mm->flagged, g_strdup(id)) : g_hash_table_remove(mm->flagged, id);
}

void
mmost_flagged_change(struct mm *mm, const char *id, bool on)
{
    if (!mmost_flagged_put(mm, id, on))
        return;
    mmost_mark_tell(mm, EVENT_FLAGGED, NULL, id, on);
    keep_flagged(mm);
}

/* Only what has changed since weft was here last is told: what is flagged in weft alone stays so.
 */
void
mmost_flagged_compare(struct mm *mm)
{
    g_autofree char *text = mm->host->ops->kv_get(mm->host, FLAGGED_KEY);
    g_auto(GStrv) ids = g_strsplit(text ? text : "", " ", MM_MAX_FLAGGED + 1);
    g_autoptr(GHashTable) before = g_hash_table_new(g_str_hash, g_str_equal);
    GHashTableIter iter;
    void *id;

    for (unsigned i = 0; ids[i]; i++) {
        g_hash_table_add(before, ids[i]);
        if (!g_hash_table_contains(mm->flagged, ids[i]))
            mmost_mark_tell(mm, EVENT_FLAGGED, NULL, ids[i], false);
    }
    g_hash_table_iter_init(&iter, mm->flagged);
    while (g_hash_table_iter_next(&iter, &id, NULL)) {
        if (!g_hash_table_contains(before, id))
            mmost_mark_tell(mm, EVENT_FLAGGED, NULL, id, true);
    }
    keep_flagged(mm);
}

bool
mmost_api_flag(void *session, op_id op, const struct buffer *buffer, const char *remote_id, bool on,
               GError **error)
{
    struct mm *mm = session;

    if (!mmost_check_post(mm, remote_id, error))
        return false;
    json_t *list = json_array(), *preference = json_object();
    json_put_text(preference, "user_id", mm->self_id);
    json_put_text(preference, "category", "flagged_post");
    json_put_text(preference, "name", remote_id);
    json_put_text(preference, "value", "true");
    json_array_append_new(list, preference);
    struct mmost_call *call = mmost_call_urgent(mm, on ? "PUT" : "POST", list, mmost_on_plain,
                                                "/users/me/preferences%s", on ? "" : "/delete");
    call->op = op;
    call->safe = true;
    return true;
}

/* --- unread from here
 * ------------------------------------------------------------------------------- */

void
mmost_api_mark_unread(void *session, const struct buffer *buffer, const struct message *from)
{
    struct mm *mm = session;
    struct mmost_channel *channel = mmost_channel_of(mm, buffer, NULL);
    json_t *body;

    if (!channel || !mmost_is_id(from->remote_id))
        return;
    channel->viewed_ms = from->time_us / 1000 - 1;
    body = json_object();
    json_object_set_new(body, "collapsed_threads_supported", json_true());
    mmost_call_urgent(mm, "POST", body, mmost_on_plain, "/users/me/posts/%s/set_unread",
                      from->remote_id)
        ->safe = true;
}

/* --- addresses and emoji
 * ---------------------------------------------------------------------------- */

char *
mmost_api_link_to(void *session, const struct buffer *buffer, const struct message *message)
{
    const struct mm *mm = session;
    const struct mmost_channel *channel = mmost_channel(session, buffer->remote_id);
    const struct mmost_team *team =
        channel && channel->team ? g_hash_table_lookup(mm->teams, channel->team) : NULL;

    if (!mmost_is_id(message->remote_id))
        return NULL;
    /* A conversation is of no team: the server finds one. */
    return g_strdup_printf("%s/%s/pl/%s", mm->config.base, team ? team->name : "_redirect",
                           message->remote_id);
}

static void ask_emoji(struct mm *mm, unsigned page);

void
mmost_emoji_learn(struct mm *mm, const json_t *emoji)
{
    const char *name = json_get_text(emoji, "name");

    if (mmost_emoji_out(name) && mm->emoji->len <= MM_MAX_EMOJI)
        g_ptr_array_insert(mm->emoji, (int)mm->emoji->len - 1, g_strdup(name));
}

static void
on_emoji(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
         const GError *error)
{
    const size_t n = json_array_size(answer->json);
    size_t i;
    json_t *each;

    mm->emoji_asked = !error;
    json_array_foreach(answer->json, i, each) mmost_emoji_learn(mm, each);
    if (!error && n >= EMOJI_PER_PAGE && mm->emoji->len <= MM_MAX_EMOJI)
        ask_emoji(mm, call->number + 1);
}

static void
ask_emoji(struct mm *mm, unsigned page)
{
    mmost_call_urgent(mm, "GET", NULL, on_emoji, "/emoji?page=%u&per_page=%d&sort=name", page,
                      EMOJI_PER_PAGE)
        ->number = page;
}

const char *const *
mmost_api_emoji(void *session)
{
    struct mm *mm = session;

    if (!mm->emoji_asked && mm->phase == MM_ONLINE) {
        mm->emoji_asked = true;
        g_ptr_array_set_size(mm->emoji, 0);
        g_ptr_array_add(mm->emoji, NULL);
        ask_emoji(mm, 0);
    }
    return (const char *const *)mm->emoji->pdata;
}
