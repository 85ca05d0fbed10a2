/* What people say of themselves: the custom status (section 6). */
#include <string.h>

#include "protocols/mattermost/mattermost_priv.h"

#define MOST_TEXT_RUNES 100
#define MOST_ASKED      200

/* --- others'
 * ------------------------------------------------------------------------------------------ */

/* When it ends, in milliseconds; 0: never. */
static int64_t
end_of(const json_t *status)
{
    const char *text = json_get_text(status, "expires_at");

    if (!*json_get_text(status, "duration") || !*text)
        return 0;
    g_autoptr(GDateTime) at = g_date_time_new_from_iso8601(text, NULL);
    return at && g_date_time_get_year(at) > 1 ? g_date_time_to_unix(at) * 1000 : 0;
}

static bool
is_over(const struct mm *mm, int64_t until_ms)
{
    return until_ms != 0 && until_ms <= clock_wall_us(mm->host->clock) / 1000;
}

/* "🍞 baking". NULL: it says nothing. g_free(). */
static char *
status_text(const json_t *status)
{
    const char *name = json_get_text(status, "emoji"), *text = json_get_text(status, "text");
    const char *emoji = *name ? mmost_emoji_in(name) : "";
    const bool named = *name && strcmp(emoji, name) == 0; /* one of the server's own */

    if (!*name && !*text)
        return NULL;
    return g_strconcat(named ? ":" : "", emoji, named ? ":" : "", *name && *text ? " " : "", text,
                       NULL);
}

const char *
mmost_direct_with(struct mm *mm, const char *user)
{
    GHashTableIter iter;
    struct mmost_channel *channel;

    g_hash_table_iter_init(&iter, mm->channels);
    while (g_hash_table_iter_next(&iter, NULL, (void **)&channel)) {
        if (channel->told && g_strcmp0(channel->peer, user) == 0)
            return channel->id;
    }
    return NULL;
}

void
mmost_status_tell(struct mm *mm, const struct mmost_user *user)
{
    const struct event event = {.type = EVENT_STATUS,
                                .conversation = mmost_direct_with(mm, user->id),
                                .status = {.user_id = user->id, .text = user->status}};
    host_emit(mm->host, &event);
}

static void
set_status(struct mm *mm, struct mmost_user *user, char *text_take, int64_t until_ms)
{
    const bool same = g_strcmp0(user->status, text_take) == 0;

    g_free(user->status);
    user->status = text_take;
    user->status_until_ms = until_ms;
    if (!same && (mm->phase == MM_ONLINE || mm->phase == MM_CATCH_UP))
        mmost_status_tell(mm, user);
}

void
mmost_status_take(struct mm *mm, struct mmost_user *user, const json_t *object)
{
    const json_t *props = json_get_object(object, "props");

    if (!props)
        return; /* it tells nothing of that */
    json_t *status = json_get_nested(props, "customStatus", NULL);
    const int64_t until_ms = end_of(status);

    set_status(mm, user, is_over(mm, until_ms) ? NULL : status_text(status), until_ms);
    json_decref(status);
}

void
mmost_status_expire(struct mm *mm)
{
    GHashTableIter iter;
    struct mmost_user *user;

    g_hash_table_iter_init(&iter, mm->users);
    while (g_hash_table_iter_next(&iter, NULL, (void **)&user)) {
        if (user->status && is_over(mm, user->status_until_ms))
            set_status(mm, user, NULL, 0);
    }
}

static void
on_users(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
         const GError *error)
{
    size_t i;
    json_t *each;

    json_array_foreach(answer->json, i, each) mmost_user_put(mm, each);
}

void
mmost_status_fetch(struct mm *mm)
{
    json_t *ids = json_array();
    GHashTableIter iter;
    struct mmost_channel *channel;

    g_hash_table_iter_init(&iter, mm->channels);
    while (g_hash_table_iter_next(&iter, NULL, (void **)&channel)) {
        struct mmost_user *user = mmost_user(mm, channel->peer);
        if (!user || !channel->joined)
            continue;
        if (user->status)
            mmost_status_tell(mm, user);
        if (json_array_size(ids) < MOST_ASKED)
            json_array_append_new(ids, json_string(user->id));
    }
    if (json_array_size(ids) == 0)
        json_decref(ids);
    else
        mmost_call(mm, "POST", ids, on_users, "/users/ids")->safe = true;
}

/* --- our own
 * ------------------------------------------------------------------------------------------ */

const struct driver_command mmost_command_rows[] = {
    {.name = "status",
     .arguments = "[EMOJI] [TEXT]",
     .help = "Tells the others what you are about, beside your name; alone, that you say nothing "
             "any more.\n"
             "The emoji is a character, or a name between colons. Whether you are there is told by "
             "/away and /back.",
     .example = "/status :bread: baking until noon",
     .most = 1},
    {0},
};

/* ":bread: baking" → "bread", "baking": the rest of `line`. NULL: it begins with none. g_free(). */
static char *
take_emoji(const char *line, const char **ret_text)
{
    const size_t len = strcspn(line, " ");
    g_autofree char *word = g_strndup(line, len);
    const size_t end = len > 2 && word[0] == ':' && word[len - 1] == ':' ? len - 2 : 0;
    g_autofree char *bare = g_strndup(word + (end > 0), end > 0 ? end : len);
    const char *name = end > 0 || !g_str_is_ascii(word) ? mmost_emoji_out(bare) : NULL;

    *ret_text = line;
    if (!name)
        return NULL;
    *ret_text = line + len + strspn(line + len, " ");
    return g_strdup(name);
}

bool
mmost_api_command(void *session, op_id op, const struct driver_command *command,
                  const struct buffer *buffer, const char *const *arguments, GError **error)
{
    struct mm *mm = session;
    g_autofree char *line = g_strstrip(g_strdup(arguments[0] ? arguments[0] : ""));
    struct mmost_call *call;
    const char *text;

    if (!mmost_check_ready(mm, error))
        return false;
    g_autofree char *emoji = take_emoji(line, &text);
    if (g_utf8_strlen(text, -1) > MOST_TEXT_RUNES)
        return mmost_refuse(error, WEFT_ERROR_BAD_INPUT, "A status has at most 100 letters here.");
    if (!*line) {
        call = mmost_call_urgent(mm, "DELETE", NULL, mmost_on_plain, "/users/me/status/custom");
    } else {
        json_t *body = json_object();
        json_put_text(body, "emoji", emoji ? emoji : "");
        json_put_text(body, "text", text);
        json_put_text(body, "duration", "");
        call = mmost_call_urgent(mm, "PUT", body, mmost_on_plain, "/users/me/status/custom");
    }
    call->op = op;
    call->safe = true;
    return true;
}
