/* Drafts, which the server keeps for all of the person's devices where it allows that (section 7).
 *
 * A draft that we told of comes back as an event, before its answer or after it: what was told and
 * has not come back yet is remembered, so that core never hears of its own. */
#include <string.h>

#include "base/log.h"
#include "protocols/mattermost/mattermost_priv.h"

#define MOST_DRAFTS 1000 /* of one answer */
#define MOST_TOLD   16   /* of one draft, that did not come back */

/* "CHANNEL ROOT" */
static char *
key_of(const char *channel, const char *root)
{
    return g_strdup_printf("%s %s", channel, root);
}

static void
emit(struct mm *mm, const char *channel, const char *root, const char *text)
{
    const struct mmost_channel *known = mmost_channel(mm, channel);
    const struct event event = {
        .type = EVENT_DRAFT,
        .conversation = channel,
        .draft = {.thread = *root ? root : NULL, .text = text && *text ? text : NULL}};

    if (known && known->told)
        host_emit(mm->host, &event);
}

/* --- all of them
 * -------------------------------------------------------------------------------------- */

static void
all_told(struct mm *mm)
{
    const struct event event = {.type = EVENT_DRAFTS};

    host_emit(mm->host, &event);
}

/* An event has told more of it, and was here before the list. */
static bool
is_overtaken(struct mm *mm, const char *channel, const char *root, const json_t *draft)
{
    g_autofree char *key = key_of(channel, root);
    const int64_t *seen = g_hash_table_lookup(mm->drafts_seen, key);

    return seen && json_get_int(draft, "update_at") <= *seen;
}

/* Those of direct conversations are in the answer for each team. */
static void
on_drafts(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
          const GError *error)
{
    size_t i;
    json_t *each;

    if (error) {
        /* Core goes on with what it has, and tells nothing. */
        log_info(mm->log_area, "the drafts of a team did not come: %s", error->message);
        mm->drafts_failed = true;
    }
    json_array_foreach(answer->json, i, each)
    {
        const char *channel = json_get_text(each, "channel_id");
        const char *root = json_get_text(each, "root_id");
        if (i < MOST_DRAFTS && mmost_is_id(channel) && (!*root || mmost_is_id(root)) &&
            !is_overtaken(mm, channel, root, each))
            emit(mm, channel, root, json_get_text(each, "message"));
    }
    if (--mm->drafts_asked == 0 && !mm->drafts_failed)
        all_told(mm);
}

void
mmost_drafts_fetch(struct mm *mm)
{
    GHashTableIter iter;
    struct mmost_team *team;

    g_hash_table_remove_all(mm->drafts_told);
    g_hash_table_remove_all(mm->drafts_seen);
    mm->drafts_asked = 0;
    mm->drafts_failed = false;
    if (!mm->drafts)
        return;
    g_hash_table_iter_init(&iter, mm->teams);
    while (g_hash_table_iter_next(&iter, NULL, (void **)&team)) {
        mmost_call(mm, "GET", NULL, on_drafts, "/users/me/teams/%s/drafts", team->id);
        mm->drafts_asked++;
    }
}

/* --- one
 * ---------------------------------------------------------------------------------------------- */

/* What we told comes back; older ones that were overtaken with it. */
static bool
is_ours(struct mm *mm, const char *key, const char *text)
{
    GPtrArray *told = g_hash_table_lookup(mm->drafts_told, key);

    for (guint i = 0; told && i < told->len; i++) {
        if (strcmp(told->pdata[i], text) == 0) {
            g_ptr_array_remove_range(told, 0, i + 1);
            return true;
        }
    }
    return false;
}

static void
remember(struct mm *mm, const char *key, const char *text)
{
    GPtrArray *told = g_hash_table_lookup(mm->drafts_told, key);

    if (!told) {
        told = g_ptr_array_new_with_free_func(g_free);
        g_hash_table_replace(mm->drafts_told, g_strdup(key), told);
    }
    if (told->len >= MOST_TOLD)
        g_ptr_array_remove_index(told, 0);
    g_ptr_array_add(told, g_strdup(text));
}

void
mmost_draft(struct mm *mm, const json_t *data, bool deleted)
{
    json_t *draft = json_get_nested(data, "draft", &mmost_post_limits);
    const char *channel = json_get_text(draft, "channel_id");
    const char *root = json_get_text(draft, "root_id");
    const char *text = deleted ? "" : json_get_text(draft, "message");

    if (mm->drafts && mmost_is_id(channel) && (!*root || mmost_is_id(root)) &&
        strcmp(json_get_text(draft, "user_id"), mm->self_id) == 0) {
        g_autofree char *key = key_of(channel, root);
        const int64_t update_ms = json_get_int(draft, "update_at");
        g_hash_table_replace(mm->drafts_seen, g_strdup(key),
                             g_memdup2(&update_ms, sizeof update_ms));
        if (!is_ours(mm, key, text))
            emit(mm, channel, root, text);
    }
    json_decref(draft);
}

static void
on_told(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
        const GError *error)
{
    /* Nothing comes back of what was refused. */
    if (error)
        g_hash_table_remove(mm->drafts_told, call->conversation);
    mmost_on_plain(mm, call, answer, error);
}

static json_t *
draft_object(const struct mm *mm, const char *channel, const char *root, const char *text)
{
    json_t *body = json_object();

    json_put_text(body, "user_id", mm->self_id);
    json_put_text(body, "channel_id", channel);
    json_put_text(body, "root_id", root);
    json_put_text(body, "message", text);
    json_object_set_new(body, "props", json_object());
    json_object_set_new(body, "file_ids", json_array());
    return body;
}

bool
mmost_api_draft(void *session, op_id op, const struct buffer *buffer, const char *root_id,
                const char *text, GError **error)
{
    struct mm *mm = session;
    const struct mmost_channel *channel = mmost_channel_of(mm, buffer, error);
    const char *root = root_id ? root_id : "";
    struct mmost_call *call;

    if (!channel)
        return false;
    if (!mm->drafts)
        return mmost_refuse(error, WEFT_ERROR_UNSUPPORTED, "This server keeps no drafts.");
    if (*root && !mmost_is_id(root))
        return mmost_refuse(error, WEFT_ERROR_BAD_INPUT, "This is no thread of the server's.");
    g_autofree char *key = key_of(channel->id, root);
    if (text)
        call =
            mmost_call(mm, "POST", draft_object(mm, channel->id, root, text), on_told, "/drafts");
    else
        call = mmost_call(mm, "DELETE", NULL, on_told, "/users/me/channels/%s/drafts%s%s",
                          channel->id, *root ? "/" : "", root);
    remember(mm, key, text ? text : "");
    call->op = op;
    call->safe = true;
    call->conversation = g_steal_pointer(&key);
    return true;
}
