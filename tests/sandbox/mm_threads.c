/* Threads: who follows them, what of them is unread, and the lists of collapsed threads. */
#include "tests/sandbox/mm_priv.h"

#include <string.h>

#define PER_PAGE 25

struct mm_follower *
mm_follower(struct mm_post *root, struct mm_user *user, bool make)
{
    struct mm_follower *follower = NULL;

    for (unsigned i = 0; i < root->followers->len; i++) {
        follower = g_ptr_array_index(root->followers, i);
        if (follower->user == user)
            return follower;
    }
    if (!make)
        return NULL;
    follower = g_new0(struct mm_follower, 1);
    follower->user = user;
    g_ptr_array_add(root->followers, follower);
    return follower;
}

unsigned
mm_thread_unread(struct mm_post *root, const struct mm_follower *follower)
{
    unsigned count = 0;

    if (follower == NULL)
        return 0;
    for (unsigned i = 0; i < root->replies->len; i++) {
        const struct mm_post *reply = g_ptr_array_index(root->replies, i);

        /* Also their own, which move the mark when they are said. */
        count += reply->delete_at == 0 && reply->create_at > follower->last_viewed_at;
    }
    return count;
}

static int64_t
last_reply_at(const struct mm_post *root)
{
    for (unsigned i = root->replies->len; i-- > 0;) {
        const struct mm_post *reply = g_ptr_array_index(root->replies, i);

        if (reply->delete_at == 0)
            return reply->create_at;
    }
    return 0;
}

JsonObject *
mm_thread_json(struct mm_server *server, struct mm_post *root, struct mm_user *viewer,
               enum mm_user_view participants)
{
    JsonObject *object = json_object_new();
    struct mm_follower *follower = mm_follower(root, viewer, false);
    JsonObject *post = mm_post_json(server, root, MM_POST_PLAIN, viewer);

    json_object_remove_member(post, "metadata");
    mm_set(object, "id", root->id);
    mm_set_int(object, "reply_count", mm_post_reply_count(root));
    mm_set_int(object, "last_reply_at", last_reply_at(root));
    mm_set_int(object, "last_viewed_at", follower != NULL ? follower->last_viewed_at : 0);
    mm_set_array(object, "participants", mm_participants_json(root, participants));
    mm_set_object(object, "post", post);
    mm_set_int(object, "unread_replies", mm_thread_unread(root, follower));
    mm_set_int(object, "unread_mentions", follower != NULL ? follower->unread_mentions : 0);
    mm_set_bool(object, "is_urgent", false);
    mm_set_int(object, "delete_at", root->delete_at);
    return object;
}

/* previous: what was unread before, mentions and replies; NULL: it is no news of a reply. own: of
 * the follower's own reply, which leaves nothing unread. */
static void
tell_thread(struct mm_server *server, struct mm_post *root, struct mm_follower *follower,
            const int64_t *previous, bool own)
{
    struct mm_target target = {.user_id = follower->user->id, .team = root->channel->team};
    JsonObject *data = json_object_new();
    JsonObject *thread = mm_thread_json(server, root, follower->user, MM_USER_OTHER);
    g_autofree char *text = NULL;

    if (own) {
        mm_set_int(thread, "unread_mentions", 0);
        mm_set_int(thread, "unread_replies", 0);
    }
    text = mm_object_text(thread);
    json_object_unref(thread);
    if (previous != NULL) {
        mm_set_int(data, "previous_unread_mentions", previous[0]);
        mm_set_int(data, "previous_unread_replies", previous[1]);
    }
    mm_set(data, "thread", text);
    mm_emit(server, "thread_updated", data, &target);
}

void
mm_thread_set_unread(struct mm_server *server, struct mm_post *reply, struct mm_user *user)
{
    struct mm_post *root = reply->root;
    struct mm_follower *follower = mm_follower(root, user, true);

    follower->following = true;
    follower->last_viewed_at = reply->create_at - 1;
    follower->unread_mentions = 0;
    for (unsigned i = 0; i < root->replies->len; i++) {
        struct mm_post *each = g_ptr_array_index(root->replies, i);

        follower->unread_mentions += each->delete_at == 0 && each->create_at >= reply->create_at &&
                                     mm_mentions(server, each, user);
    }
    tell_thread(server, root, follower, NULL, false);
}

void
mm_thread_follow(struct mm_server *server, struct mm_post *reply)
{
    struct mm_post *root = reply->root;

    if (mm_post_reply_count(root) == 1)
        mm_follower(root, root->user, true)->following = true;
    mm_follower(root, reply->user, true)->following = true;
    for (unsigned i = 0; i < reply->channel->order->len; i++) {
        struct mm_member *member = g_ptr_array_index(reply->channel->order, i);

        if (reply->channel->team != NULL && mm_mentions(server, reply, member->user))
            mm_follower(root, member->user, true)->following = true;
    }
}

void
mm_thread_replied(struct mm_server *server, struct mm_post *reply)
{
    struct mm_post *root = reply->root;

    for (unsigned i = 0; i < root->followers->len; i++) {
        struct mm_follower *follower = g_ptr_array_index(root->followers, i);
        bool own = follower->user == reply->user;
        int64_t previous[] = {follower->unread_mentions, mm_thread_unread(root, follower) - 1};

        if (!follower->following)
            continue;
        if (mm_mentions(server, reply, follower->user))
            follower->unread_mentions++;
        if (mm_user_crt(server, follower->user))
            tell_thread(server, root, follower, previous, own);
        if (own) {
            follower->last_viewed_at = mm_stamp(server);
            follower->unread_mentions = 0;
        }
    }
}

/* ---- lists ---- */

struct totals {
    unsigned total;
    unsigned unread_threads;
    int64_t unread_mentions;
};

static int
latest_first(gconstpointer a, gconstpointer b)
{
    const struct mm_post *const *one = a;
    const struct mm_post *const *two = b;
    int64_t first = last_reply_at(*one);
    int64_t second = last_reply_at(*two);

    return (first < second) - (first > second);
}

/* The roots that the user follows and that have replies, in the team and beside teams. */
static GPtrArray *
followed(struct mm_server *server, struct mm_user *user, const struct mm_team *team, bool deleted)
{
    GPtrArray *roots = g_ptr_array_new();

    for (unsigned i = 0; i < server->channels->len; i++) {
        const struct mm_channel *channel = g_ptr_array_index(server->channels, i);

        if ((channel->team != NULL && channel->team != team) || mm_member(channel, user) == NULL)
            continue;
        for (unsigned j = 0; j < channel->posts->len; j++) {
            struct mm_post *post = g_ptr_array_index(channel->posts, j);
            struct mm_follower *follower = mm_follower(post, user, false);

            if (follower != NULL && follower->following && (deleted || post->delete_at == 0) &&
                post->replies->len > 0)
                g_ptr_array_add(roots, post);
        }
    }
    g_ptr_array_sort(roots, latest_first);
    return roots;
}

static struct totals
count_totals(const GPtrArray *roots, struct mm_user *user)
{
    struct totals totals = {0};

    for (unsigned i = 0; i < roots->len; i++) {
        struct mm_post *root = g_ptr_array_index(roots, i);
        const struct mm_follower *follower = mm_follower(root, user, false);

        totals.total++;
        totals.unread_threads += mm_thread_unread(root, follower) > 0;
        totals.unread_mentions += follower->unread_mentions;
    }
    return totals;
}

void
mm_thread_totals(struct mm_server *server, struct mm_user *user, struct mm_team *team,
                 int64_t *ret_threads, int64_t *ret_mentions)
{
    g_autoptr(GPtrArray) roots = followed(server, user, team, false);
    struct totals totals = count_totals(roots, user);

    *ret_threads = totals.unread_threads;
    *ret_mentions = totals.unread_mentions;
}

static JsonArray *
threads_page(struct mm_request *request, const GPtrArray *roots)
{
    JsonArray *array = json_array_new();
    int64_t count = mm_query_int(request, "per_page", PER_PAGE);
    int64_t since = mm_query_int(request, "since", 0);
    const char *before = mm_query(request, "before");
    bool unread = mm_query_bool(request, "unread");
    bool passed = before == NULL || *before == '\0';

    for (unsigned i = 0; i < roots->len && count > 0; i++) {
        struct mm_post *root = g_ptr_array_index(roots, i);
        const struct mm_follower *follower = mm_follower(root, request->user, false);
        bool fits = passed && last_reply_at(root) >= since &&
                    (!unread || mm_thread_unread(root, follower) > 0);

        passed = passed || g_str_equal(root->id, before);
        if (!fits)
            continue;
        json_array_add_object_element(array, mm_thread_json(request->server, root, request->user,
                                                            mm_query_bool(request, "extended")
                                                                ? MM_USER_OTHER
                                                                : MM_USER_BLANK_IN_THREAD));
        count--;
    }
    return array;
}

static void
get_threads(struct mm_request *request)
{
    struct mm_user *user = mm_need_self(request);
    struct mm_team *team = user != NULL ? mm_need_team(request) : NULL;
    g_autoptr(GPtrArray) roots = NULL;
    struct totals totals = {0};
    JsonObject *object = NULL;

    if (team == NULL)
        return;
    roots = followed(request->server, user, team, mm_query_bool(request, "deleted"));
    if (!mm_query_bool(request, "threadsOnly"))
        totals = count_totals(roots, user);
    object = json_object_new();
    mm_set_int(object, "total", totals.total);
    mm_set_int(object, "total_unread_threads", totals.unread_threads);
    mm_set_int(object, "total_unread_mentions", totals.unread_mentions);
    mm_set_int(object, "total_unread_urgent_mentions", 0);
    mm_set_array(object, "threads",
                 mm_query_bool(request, "totalsOnly") ? NULL : threads_page(request, roots));
    mm_reply_object(request, 200, object);
}

/* ---- one ---- */

/* The route's thread, named by its root. */
static struct mm_post *
need_root(struct mm_request *request)
{
    struct mm_user *user = mm_need_self(request);
    struct mm_team *team = user != NULL ? mm_need_team(request) : NULL;
    struct mm_post *post = team != NULL ? mm_need_post(request) : NULL;

    return post != NULL && post->root != NULL ? post->root : post;
}

/* Only those that are followed have what is read of them. */
static struct mm_post *
need_followed(struct mm_request *request)
{
    struct mm_post *root = need_root(request);
    const struct mm_follower *follower =
        root != NULL ? mm_follower(root, request->user, false) : NULL;

    if (root == NULL || (follower != NULL && follower->following))
        return root;
    mm_fail(request, 404, "app.user.get_threads_for_user.not_found",
            "User thread doesn't exist or is not followed");
    return NULL;
}

static void
get_one(struct mm_request *request)
{
    struct mm_post *root = need_followed(request);

    if (root != NULL)
        mm_reply_object(request, 200,
                        mm_thread_json(request->server, root, request->user,
                                       mm_query_bool(request, "extended")
                                           ? MM_USER_OTHER
                                           : MM_USER_BLANK_IN_THREAD));
}

static void
set_following(struct mm_request *request, bool following)
{
    struct mm_post *root = need_root(request);
    struct mm_target target = {.user_id = request->user->id};
    JsonObject *data = NULL;

    if (root == NULL)
        return;
    mm_follower(root, request->user, true)->following = following;
    if (following) { /* who follows has seen what was there */
        mm_follower(root, request->user, true)->last_viewed_at = mm_stamp(request->server);
        mm_follower(root, request->user, true)->unread_mentions = 0;
    }
    target.team = root->channel->team;
    data = json_object_new();
    mm_set_int(data, "reply_count", mm_post_reply_count(root));
    mm_set_bool(data, "state", following);
    mm_set(data, "thread_id", root->id);
    mm_emit(request->server, "thread_follow_changed", data, &target);
    mm_reply_ok(request);
}

static void
put_following(struct mm_request *request)
{
    set_following(request, true);
}

static void
delete_following(struct mm_request *request)
{
    set_following(request, false);
}

/* Read up to `time`, with the event that tells the other connections. */
static void
read_up_to(struct mm_request *request, struct mm_post *root, int64_t time)
{
    struct mm_follower *follower = mm_follower(root, request->user, true);
    struct mm_target target = {.user_id = request->user->id, .team = root->channel->team};
    JsonObject *data = json_object_new();

    mm_set_int(data, "previous_unread_mentions", follower->unread_mentions);
    mm_set_int(data, "previous_unread_replies", mm_thread_unread(root, follower));
    follower->last_viewed_at = time;
    follower->unread_mentions = 0;
    for (unsigned i = 0; i < root->replies->len; i++) {
        struct mm_post *reply = g_ptr_array_index(root->replies, i);

        follower->unread_mentions += reply->delete_at == 0 && reply->create_at > time &&
                                     mm_mentions(request->server, reply, request->user);
    }
    mm_set(data, "channel_id", root->channel->id);
    mm_set(data, "thread_id", root->id);
    mm_set_int(data, "timestamp", time);
    mm_set_int(data, "unread_mentions", follower->unread_mentions);
    mm_set_int(data, "unread_replies", mm_thread_unread(root, follower));
    mm_emit(request->server, "thread_read_changed", data, &target);
}

static void
put_read(struct mm_request *request)
{
    struct mm_post *root = need_followed(request);
    int64_t time = 0;

    if (root == NULL)
        return;
    if (!g_ascii_string_to_signed(mm_arg(request, "time"), 10, 0, INT64_MAX, &time, NULL)) {
        mm_fail_url(request, "timestamp");
        return;
    }
    read_up_to(request, root, time);
    mm_reply_object(request, 200,
                    mm_thread_json(request->server, root, request->user, MM_USER_BLANK_IN_THREAD));
}

static void
put_all_read(struct mm_request *request)
{
    struct mm_user *user = mm_need_self(request);
    struct mm_team *team = user != NULL ? mm_need_team(request) : NULL;
    struct mm_target target = {.user_id = request->user->id, .team = team};
    g_autoptr(GPtrArray) roots = NULL;

    if (team == NULL)
        return;
    roots = followed(request->server, user, team, false);
    for (unsigned i = 0; i < roots->len; i++) {
        struct mm_follower *follower = mm_follower(g_ptr_array_index(roots, i), user, false);

        follower->last_viewed_at = mm_stamp(request->server);
        follower->unread_mentions = 0;
    }
    mm_emit(request->server, "thread_read_changed", json_object_new(), &target);
    mm_reply_ok(request);
}

static void
post_set_unread(struct mm_request *request)
{
    struct mm_post *root = need_root(request);
    struct mm_post *from = mm_post_by_id(request->server, mm_arg(request, "from"));
    struct mm_target target = {.user_id = request->user->id};
    JsonObject *data = NULL;

    if (root == NULL)
        return;
    if (from == NULL) {
        mm_fail_url(request, "post_id");
        return;
    }
    target.team = root->channel->team;
    mm_follower(root, request->user, true)->following = true;
    data = json_object_new();
    mm_set_int(data, "reply_count", mm_post_reply_count(root));
    mm_set_bool(data, "state", true);
    mm_set(data, "thread_id", root->id);
    mm_emit(request->server, "thread_follow_changed", data, &target);
    read_up_to(request, root, from->create_at - 1);
    mm_reply_object(request, 200,
                    mm_thread_json(request->server, root, request->user, MM_USER_BLANK_IN_THREAD));
}

const struct mm_route mm_thread_routes[] = {
    {"GET", "users/:user/teams/:team/threads", get_threads, 0},
    {"PUT", "users/:user/teams/:team/threads/read", put_all_read, 0},
    {"GET", "users/:user/teams/:team/threads/:post", get_one, 0},
    {"PUT", "users/:user/teams/:team/threads/:post/following", put_following, 0},
    {"DELETE", "users/:user/teams/:team/threads/:post/following", delete_following, 0},
    {"PUT", "users/:user/teams/:team/threads/:post/read/:time", put_read, 0},
    {"POST", "users/:user/teams/:team/threads/:post/set_unread/:from", post_set_unread, 0},
    {NULL, NULL, NULL, 0},
};
