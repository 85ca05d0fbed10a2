/* What was said, as the server finds it, and what is pinned (sections 4.6 and 8). */
#include <string.h>

#include "protocols/mattermost/mattermost_priv.h"

#define MOST_TERMS_BYTES 500
#define MOST_TEAMS       10 /* each is asked by itself */
#define FOUND_PAGE       100
#define DAY_US           (24 * 60 * 60 * INT64_C(1000000))

/* --- the server's words
 * ---------------------------------------------------------------------------------- */

/* Letters, digits and what else is never a sign to it. */
static bool
is_plain(const char *text)
{
    for (const char *at = text; *at; at++) {
        if ((guchar)*at < 0x80 && !g_ascii_isalnum(*at) && *at != '_' && (at != text || *at != '#'))
            return false;
    }
    return true;
}

static void
put_word(GString *terms, const struct search_word *word)
{
    g_autofree char *text = g_strdelimit(g_strdup(word->text), "\"\n\r\t", ' ');

    g_string_append(terms, word->not_ ? " -" : " ");
    if (is_plain(text))
        g_string_append_printf(terms, "%s%s", text, word->prefix ? "*" : "");
    else
        g_string_append_printf(terms, "\"%s\"", text);
}

/* The server knows days, and leaves out the one that is named. g_free(). */
static void
put_day(GString *terms, const char *key, int64_t time_us)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_local(time_us / G_USEC_PER_SEC);
    g_autofree char *day = time ? g_date_time_format(time, "%Y-%m-%d") : NULL;

    if (day)
        g_string_append_printf(terms, " %s:%s", key, day);
}

/* False: it cannot be named, and so no place is. */
static bool
put_place(struct mm *mm, GString *terms, const struct buffer *buffer)
{
    const struct mmost_channel *channel = mmost_channel(mm, buffer->remote_id);
    const char *peer = channel && channel->peer ? mmost_user_name(mm, channel->peer) : NULL;

    if (!channel || (channel->kind != BUFFER_CHANNEL && !peer))
        return false;
    if (channel->kind == BUFFER_CHANNEL)
        g_string_append_printf(terms, " in:%s", channel->slug);
    else
        g_string_append_printf(terms, " in:@%s", peer);
    return true;
}

static void
put_places(struct mm *mm, GString *terms, const GPtrArray *in)
{
    const gsize before = terms->len;

    for (guint i = 0; i < in->len; i++) {
        if (put_place(mm, terms, in->pdata[i]))
            continue;
        g_string_truncate(terms, before);
        return;
    }
}

/* g_free(). */
static char *
terms_of(struct mm *mm, const struct search_request *request)
{
    GString *terms = g_string_new(NULL);

    for (guint i = 0; i < request->words->len; i++)
        put_word(terms, request->words->pdata[i]);
    if (request->from) {
        g_autofree char *from = g_strdelimit(g_strdup(request->from), " \"\n\r\t", '_');
        g_string_append_printf(terms, " from:%s", from + (*from == '@'));
    }
    put_places(mm, terms, request->in);
    if (request->after_us != 0)
        put_day(terms, "after", request->after_us - DAY_US);
    if (request->before_us != 0)
        put_day(terms, "before", request->before_us - 1 + DAY_US);
    g_string_erase(terms, 0, terms->len > 0);
    return g_string_free(terms, FALSE);
}

/* --- answers
 * -------------------------------------------------------------------------------------- */

static void
tell_found(struct mm *mm, struct mmost_job *job)
{
    const json_t *posts = json_get_object(job->json, "posts");
    const json_t *order = json_get_array(job->json, "order");

    for (size_t i = 0; i < json_array_size(order); i++) {
        const json_t *post = json_object_get(posts, json_as_text(json_array_get(order, i)));
        if (json_get_int(post, "delete_at") == 0)
            mmost_post_tell(mm, post, ORIGIN_FOUND, NULL);
    }
    host_done(mm->host, job->op, NULL, 0);
}

static void
people_then_tell(struct mm *mm, op_id op, json_t *list)
{
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
    struct mmost_job *job = g_new0(struct mmost_job, 1);
    const char *id;
    json_t *post;

    json_object_foreach(json_get_object(list, "posts"), id, post)
        g_ptr_array_add(ids, g_strdup(json_get_text(post, "user_id")));
    job->op = op;
    job->json = json_incref(list);
    mmost_users_need(mm, ids, job, tell_found);
}

static void
on_pins(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
        const GError *error)
{
    if (error)
        host_failed(mm->host, call->op, error);
    else
        people_then_tell(mm, call->op, answer->json);
}

bool
mmost_api_pins(void *session, op_id op, const struct buffer *buffer, GError **error)
{
    struct mm *mm = session;
    const struct mmost_channel *channel = mmost_channel_of(mm, buffer, error);

    if (!channel)
        return false;
    mmost_call_urgent(mm, "GET", NULL, on_pins, "/channels/%s/pinned", channel->id)->op = op;
    return true;
}

/* --- asking
 * --------------------------------------------------------------------------------------- */

/* {"terms": …, "teams": [ids that are still to be asked], "order": […], "posts": {…}} */
static void ask_next(struct mm *mm, op_id op, json_t *state_take);

static void
on_found(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
         const GError *error)
{
    size_t i;
    json_t *id;

    if (error) {
        host_failed(mm->host, call->op, error);
        return;
    }
    json_array_foreach(json_get_array(answer->json, "order"), i, id)
        json_array_append(json_object_get(call->json, "order"), id);
    json_object_update(json_object_get(call->json, "posts"),
                       json_get_object(answer->json, "posts"));
    ask_next(mm, call->op, json_incref(call->json));
}

static void
ask_next(struct mm *mm, op_id op, json_t *state_take)
{
    json_t *teams = json_object_get(state_take, "teams");

    if (json_array_size(teams) == 0) {
        people_then_tell(mm, op, state_take);
        json_decref(state_take);
        return;
    }
    g_autoptr(GDateTime) now =
        g_date_time_new_from_unix_local(clock_wall_us(mm->host->clock) / G_USEC_PER_SEC);
    json_t *body = json_object();
    json_put_text(body, "terms", json_get_text(state_take, "terms"));
    json_object_set_new(body, "is_or_search", json_false());
    json_object_set_new(body, "time_zone_offset",
                        json_integer(now ? g_date_time_get_utc_offset(now) / G_USEC_PER_SEC : 0));
    json_object_set_new(body, "page", json_integer(0));
    json_object_set_new(body, "per_page", json_integer(FOUND_PAGE));
    g_autofree char *team = g_strdup(json_as_text(json_array_get(teams, 0)));
    json_array_remove(teams, 0);
    struct mmost_call *call =
        mmost_call_urgent(mm, "POST", body, on_found, "/teams/%s/posts/search", team);
    call->safe = true;
    call->op = op;
    call->json = state_take;
}

/* The teams of the places in question; conversations are found from any. */
static json_t *
teams_of(struct mm *mm, const GPtrArray *in)
{
    json_t *teams = json_array();
    bool any = in->len == 0, conversations = false;
    GHashTableIter iter;
    struct mmost_team *team;

    for (guint i = 0; i < in->len; i++) {
        const struct mmost_channel *channel =
            mmost_channel(mm, ((const struct buffer *)in->pdata[i])->remote_id);
        conversations = conversations || (channel && !channel->team);
    }
    g_hash_table_iter_init(&iter, mm->teams);
    while (json_array_size(teams) < MOST_TEAMS &&
           g_hash_table_iter_next(&iter, NULL, (void **)&team)) {
        bool wanted = any || (conversations && json_array_size(teams) == 0);
        for (guint i = 0; i < in->len && !wanted; i++) {
            const struct mmost_channel *channel =
                mmost_channel(mm, ((const struct buffer *)in->pdata[i])->remote_id);
            wanted = channel && g_strcmp0(channel->team, team->id) == 0;
        }
        if (wanted)
            json_array_append_new(teams, json_string(team->id));
    }
    return teams;
}

bool
mmost_api_search(void *session, op_id op, const struct search_request *request, GError **error)
{
    struct mm *mm = session;

    if (!mmost_check_ready(mm, error))
        return false;
    g_autofree char *terms = terms_of(mm, request);
    if (!*terms || strlen(terms) > MOST_TERMS_BYTES)
        return mmost_refuse(error, WEFT_ERROR_BAD_INPUT,
                            "This search is too long for the server: fewer words or places.");
    json_t *state = json_object();
    json_put_text(state, "terms", terms);
    json_object_set_new(state, "teams", teams_of(mm, request->in));
    json_object_set_new(state, "order", json_array());
    json_object_set_new(state, "posts", json_object());
    ask_next(mm, op, state);
    return true;
}
