/* Channels as places: joining, making, finding, inviting, archiving; groups. */
#include <string.h>

#include "protocols/mattermost/mattermost_priv.h"

#define MOST_NAME_BYTES 64 /* of a name in links; letters of a title */
#define MOST_IN_GROUP   7  /* besides us */
#define MOST_FOUND      100

/* --- teams and names
 * ----------------------------------------------------------------------------------- */

static const struct mmost_team *
team_named(struct mm *mm, const char *wanted, GError **error)
{
    GHashTableIter iter;
    struct mmost_team *each;

    g_hash_table_iter_init(&iter, mm->teams);
    while (g_hash_table_iter_next(&iter, NULL, (void **)&each))
        if (strcmp(each->name, wanted) == 0 || strcmp(each->title, wanted) == 0)
            return each;
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "You are in no team \"%s\" here.", wanted);
    return NULL;
}

/* "~jobs", "jobs", "coops/jobs". */
static const struct mmost_team *
read_name(struct mm *mm, const struct buffer *from, const char *name, char **ret_slug,
          GError **error)
{
    const char *slash = strchr(name, '/'), *slug = slash ? slash + 1 : name;

    slug += *slug == '~' || *slug == '#';
    *ret_slug = g_ascii_strdown(slug, -1);
    if (!slash)
        return mmost_team_meant(mm, from, error);
    g_autofree char *wanted = g_strndup(name, (gsize)(slash - name));
    return team_named(mm, wanted, error);
}

static const struct mmost_team *
team_of(struct mm *mm, const char *space, const struct buffer *from, GError **error)
{
    const struct mmost_team *team = space ? g_hash_table_lookup(mm->teams, space) : NULL;

    if (!space)
        return mmost_team_meant(mm, from, error);
    if (!team)
        mmost_refuse(error, WEFT_ERROR_NOT_FOUND, "You are not in this team any more.");
    return team;
}

/* --- joining
 * ------------------------------------------------------------------------------------------- */

static void
on_joined(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
          const GError *error)
{
    if (error)
        host_failed(mm->host, call->op, error);
    else
        mmost_channel_fetch(mm, call->conversation, call->op);
}

static void
join_id(struct mm *mm, op_id op, const char *id)
{
    json_t *body = json_object();

    json_put_text(body, "user_id", mm->self_id);
    struct mmost_call *call =
        mmost_call_urgent(mm, "POST", body, on_joined, "/channels/%s/members", id);
    call->safe = true;
    call->op = op;
    call->conversation = g_strdup(id);
}

static void
on_found(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
         const GError *error)
{
    const char *id = json_get_text(answer->json, "id");

    if (!error && mmost_is_id(id)) {
        join_id(mm, call->op, id);
        return;
    }
    g_autoptr(GError) none =
        !error ? g_error_new(WEFT_ERROR, WEFT_ERROR_PROTOCOL, "The server names no channel.")
        : error_is(error, WEFT_ERROR_NOT_FOUND)
            ? g_error_new(WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                          "There is no channel %s here that you can join. /list shows those that "
                          "there are; /create %s makes it.",
                          call->text, call->text)
            : g_error_copy(error);
    host_failed(mm->host, call->op, none);
}

bool
mmost_api_join(void *session, op_id op, const struct buffer *from, const char *name,
               const char *argument, GError **error)
{
    struct mm *mm = session;
    g_autofree char *slug = NULL;

    if (!mmost_check_ready(mm, error))
        return false;
    if (mmost_is_id(name)) {
        join_id(mm, op, name);
        return true;
    }
    const struct mmost_team *team = read_name(mm, from, name, &slug, error);
    if (!team)
        return false;
    g_autofree char *part = mmost_escape(slug);
    struct mmost_call *call =
        mmost_call_urgent(mm, "GET", NULL, on_found, "/teams/%s/channels/name/%s", team->id, part);
    call->op = op;
    call->text = g_steal_pointer(&slug);
    return true;
}

/* --- making
 * -------------------------------------------------------------------------------------------- */

/* "Bread & Roses" → "bread-roses": what stands in links. A name without such letters gets one made
 * up from it, as the server's own programs do. g_free(). */
static char *
slug_of(const char *name)
{
    GString *out = g_string_new(NULL);

    for (const char *at = name; *at && out->len < MOST_NAME_BYTES - 4; at++) {
        if (g_ascii_isalnum(*at) || *at == '_')
            g_string_append_c(out, g_ascii_tolower(*at));
        else if (out->len > 0 && out->str[out->len - 1] != '-')
            g_string_append_c(out, '-');
    }
    while (out->len > 0 && (out->str[out->len - 1] == '-' || out->str[out->len - 1] == '_'))
        g_string_truncate(out, out->len - 1);
    if (out->len == 0) {
        g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, name, -1);
        g_string_printf(out, "channel-%.12s", sum);
    }
    return g_string_free(out, FALSE);
}

bool
mmost_api_create(void *session, op_id op, const struct create_request *request, GError **error)
{
    struct mm *mm = session;

    if (!mmost_check_ready(mm, error))
        return false;
    const struct mmost_team *team = team_of(mm, request->space, request->from, error);
    if (!team)
        return false;
    const char *title = request->name + (*request->name == '~' || *request->name == '#');
    if (!*title || g_utf8_strlen(title, -1) > MOST_NAME_BYTES)
        return mmost_refuse(error, WEFT_ERROR_BAD_INPUT,
                            "A channel's name has 1 to 64 letters here.");
    g_autofree char *slug = slug_of(title);
    json_t *body = json_object();
    json_put_text(body, "team_id", team->id);
    json_put_text(body, "name", slug);
    json_put_text(body, "display_name", title);
    json_put_text(body, "purpose", request->purpose ? request->purpose : "");
    json_put_text(body, "type", request->private_ ? "P" : "O");
    mmost_call_urgent(mm, "POST", body, mmost_on_made, "/channels")->op = op;
    return true;
}

/* --- finding
 * ------------------------------------------------------------------------------------------- */

/* How many are in each, where the server tells that (since 8.0). */
static void
on_counts(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
          const GError *error)
{
    const size_t n = MIN(json_array_size(call->json), MOST_FOUND);
    g_autofree struct listed *list = g_new0(struct listed, n + 1);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    struct browse_result result = {.list = list, .more = call->number != 0};

    for (size_t i = 0; i < n; i++) {
        const json_t *object = json_array_get(call->json, i);
        const char *id = json_get_text(object, "id");
        const struct mmost_channel *known = mmost_channel(mm, id);
        const json_int_t members = error ? 0 : json_get_int(answer->json, id);

        if (!mmost_is_id(id))
            continue;
        g_ptr_array_add(names, g_strconcat("~", json_get_text(object, "name"), NULL));
        list[result.n++] = (struct listed){
            .id = id,
            .name = names->pdata[names->len - 1],
            .title = json_get_text(object, "display_name"),
            .purpose = json_get_text(object, "purpose"),
            .members = members > 0 ? (unsigned)MIN(members, G_MAXINT) : 0,
            .joined = known && known->joined,
            .archived = json_get_int(object, "delete_at") > 0,
        };
    }
    host_browsed(mm->host, call->op, &result);
}

static void
on_browsed(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
           const GError *error)
{
    json_t *ids = json_array();
    size_t i;
    json_t *each;

    if (error) {
        json_decref(ids);
        host_failed(mm->host, call->op, error);
        return;
    }
    json_array_foreach(answer->json, i, each)
    {
        if (mmost_is_id(json_get_text(each, "id")) && i < MOST_FOUND)
            json_array_append_new(ids, json_string(json_get_text(each, "id")));
    }
    struct mmost_call *next =
        mmost_call_urgent(mm, "POST", ids, on_counts, "/channels/stats/member_count");
    next->safe = true;
    next->op = call->op;
    next->json = json_incref(answer->json);
    /* Looking for words brings all at once. */
    next->number = call->text == NULL && json_array_size(answer->json) >= MM_BROWSE_PAGE;
}

bool
mmost_api_browse(void *session, op_id op, const struct browse_request *request, GError **error)
{
    struct mm *mm = session;
    struct mmost_call *call;

    if (!mmost_check_ready(mm, error))
        return false;
    const struct mmost_team *team = team_of(mm, request->space, request->from, error);
    if (!team)
        return false;
    if (*request->words) {
        json_t *body = json_object();
        json_put_text(body, "term", request->words);
        call =
            mmost_call_urgent(mm, "POST", body, on_browsed, "/teams/%s/channels/search", team->id);
        call->safe = true;
        call->text = g_strdup(request->words);
    } else {
        call =
            mmost_call_urgent(mm, "GET", NULL, on_browsed, "/teams/%s/channels?page=%u&per_page=%d",
                              team->id, request->page, MM_BROWSE_PAGE);
    }
    call->op = op;
    return true;
}

/* --- inviting, archiving
 * ------------------------------------------------------------------------------- */

static void
on_invited_person(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
                  const GError *error)
{
    const char *id = json_get_text(answer->json, "id");
    const struct mmost_channel *channel = mmost_channel(mm, call->conversation);

    if (error || !mmost_is_id(id) || !channel) {
        g_autoptr(GError) none =
            error ? mmost_person_error(call, error)
                  : g_error_new(WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "There is no such person.");
        host_failed(mm->host, call->op, none);
        return;
    }
    mmost_user_put(mm, answer->json);
    const bool team = call->number != 0;
    json_t *body = json_object();
    json_put_text(body, "user_id", id);
    if (team)
        json_put_text(body, "team_id", channel->team);
    struct mmost_call *next =
        mmost_call_urgent(mm, "POST", body, mmost_on_plain, "/%s/%s/members",
                          team ? "teams" : "channels", team ? channel->team : channel->id);
    next->safe = true;
    next->op = call->op;
}

bool
mmost_api_invite(void *session, op_id op, const struct buffer *buffer, const char *user,
                 bool whole_space, GError **error)
{
    struct mm *mm = session;
    const struct mmost_channel *channel = mmost_channel_of(mm, buffer, error);

    if (!channel)
        return false;
    if (!channel->team)
        return mmost_refuse(error, WEFT_ERROR_UNSUPPORTED,
                            "Nobody can be added to this conversation: begin another one with "
                            "/query and all names, with commas between them.");
    struct mmost_call *call = mmost_ask_person(mm, user, on_invited_person);
    call->op = op;
    call->number = whole_space;
    call->conversation = g_strdup(channel->id);
    return true;
}

bool
mmost_api_archive(void *session, op_id op, const struct buffer *buffer, GError **error)
{
    struct mm *mm = session;
    const struct mmost_channel *channel = mmost_channel_of(mm, buffer, error);

    if (!channel)
        return false;
    mmost_call_urgent(mm, "DELETE", NULL, mmost_on_plain, "/channels/%s", channel->id)->op = op;
    return true;
}

/* --- groups
 * -------------------------------------------------------------------------------------------- */

static void
on_group_people(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
                const GError *error)
{
    json_t *ids = json_array(), *each;
    size_t i;

    json_array_foreach(answer->json, i, each)
    {
        mmost_user_put(mm, each);
        if (mmost_is_id(json_get_text(each, "id")))
            json_array_append_new(ids, json_string(json_get_text(each, "id")));
    }
    if (error || json_array_size(ids) < call->number) {
        g_autoptr(GError) none =
            error ? g_error_copy(error)
                  : g_error_new(WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                                "Of these people (%s) the server does not know all.", call->text);
        json_decref(ids);
        host_failed(mm->host, call->op, none);
        return;
    }
    json_array_append_new(ids, json_string(mm->self_id));
    struct mmost_call *next = mmost_call_urgent(mm, "POST", ids, mmost_on_made, "/channels/group");
    next->safe = true; /* the same one each time */
    next->op = call->op;
}

bool
mmost_open_group(struct mm *mm, op_id op, const char *users, GError **error)
{
    g_auto(GStrv) parts = g_strsplit_set(users, ", ", -1);
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter iter;
    gpointer name;

    for (char **part = parts; *part; part++) {
        g_autofree char *lower = g_ascii_strdown(*part + (**part == '@'), -1);
        if (*lower && g_strcmp0(lower, mm->self_name) != 0)
            g_hash_table_add(names, g_steal_pointer(&lower));
    }
    const unsigned n = g_hash_table_size(names);
    if (n < 2 || n > MOST_IN_GROUP)
        return mmost_refuse(error, WEFT_ERROR_BAD_INPUT,
                            "A group here has 2 to 7 people besides you. For one, write /query "
                            "NAME; for more, make a channel.");
    json_t *body = json_array();
    g_hash_table_iter_init(&iter, names);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        json_array_append_new(body, json_string(name));
    struct mmost_call *call =
        mmost_call_urgent(mm, "POST", body, on_group_people, "/users/usernames");
    call->safe = true;
    call->op = op;
    call->number = n;
    call->text = g_strdup(users);
    return true;
}

/* --- links
 * --------------------------------------------------------------------------------------------- */

/* A post tells its channel. */
static void
on_linked_post(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
               const GError *error)
{
    const char *id = json_get_text(answer->json, "channel_id");
    const struct mmost_channel *channel = mmost_channel(mm, id);

    if (error || !mmost_is_id(id)) {
        g_autoptr(GError) none =
            error ? g_error_copy(error)
                  : g_error_new(WEFT_ERROR, WEFT_ERROR_PROTOCOL, "The server names no channel.");
        host_failed(mm->host, call->op, none);
    } else if (channel && channel->joined) {
        host_done(mm->host, call->op, id, 0);
    } else {
        join_id(mm, call->op, id);
    }
}

static void
on_team_joined(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
               const GError *error)
{
    if (!error)
        mmost_say(mm, "You are in the team that the link invites to.");
    mmost_on_plain(mm, call, answer, error);
}

bool
mmost_api_open_link(void *session, op_id op, const struct link_target *target, GError **error)
{
    struct mm *mm = session;

    if (!mmost_check_ready(mm, error))
        return false;
    if (target->invite) {
        g_autofree char *part = mmost_escape(target->invite);
        mmost_call_urgent(mm, "POST", NULL, on_team_joined, "/teams/members/invite?invite_id=%s",
                          part)
            ->op = op;
        return true;
    }
    if (target->message) {
        mmost_call_urgent(mm, "GET", NULL, on_linked_post, "/posts/%s", target->message)->op = op;
        return true;
    }
    if (*target->conversation != '~')
        return mmost_api_open_dm(mm, op, NULL, target->conversation, error);
    g_autofree char *name = g_strdup_printf("%s/%s", target->space, target->conversation);
    return mmost_api_join(mm, op, NULL, name, NULL, error);
}
