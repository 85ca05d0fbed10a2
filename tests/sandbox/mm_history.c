/* Lists of posts: pages, before, after, since, around what is unread, a thread, pinned, saved. */
#include "tests/sandbox/mm_priv.h"

#include <string.h>

struct list {
    struct mm_request *request;
    JsonArray *order;
    JsonObject *posts;
    enum mm_post_view view;
    bool collapsed;
    struct mm_post *newest; /* of those in order */
    struct mm_post *oldest;
};

static void
list_init(struct list *list, struct mm_request *request)
{
    *list = (struct list){.request = request,
                          .order = json_array_new(),
                          .posts = json_object_new(),
                          .collapsed = mm_query_bool(request, "collapsedThreads")};
    if (list->collapsed)
        list->view = mm_query_bool(request, "collapsedThreadsExtended") ? MM_POST_EXTENDED
                                                                        : MM_POST_COLLAPSED;
    else if (mm_query_bool(request, "skipFetchThreads"))
        list->view = MM_POST_COUNTED;
    else
        list->view = MM_POST_PLAIN;
}

static void
list_put(struct list *list, struct mm_post *post)
{
    if (!json_object_has_member(list->posts, post->id))
        mm_set_object(list->posts, post->id,
                      mm_post_json(list->request->server, post, list->view, list->request->user));
}

/* In the order; with what a reply brings along. */
static void
list_add(struct list *list, struct mm_post *post)
{
    json_array_add_string_element(list->order, post->id);
    list_put(list, post);
    if (list->newest == NULL)
        list->newest = post;
    list->oldest = post;
    if (post->root == NULL || list->collapsed)
        return;
    list_put(list, post->root);
    if (list->view == MM_POST_COUNTED)
        return;
    for (unsigned i = 0; i < post->root->replies->len; i++) {
        struct mm_post *reply = g_ptr_array_index(post->root->replies, i);

        if (reply->delete_at == 0)
            list_put(list, reply);
    }
}

static void
list_drop(struct list *list)
{
    json_array_unref(list->order);
    json_object_unref(list->posts);
}

static JsonObject *
list_json(struct list *list, const char *next, const char *prev)
{
    JsonObject *object = json_object_new();

    mm_set_array(object, "order", list->order);
    mm_set_object(object, "posts", list->posts);
    mm_set(object, "next_post_id", next != NULL ? next : "");
    mm_set(object, "prev_post_id", prev != NULL ? prev : "");
    mm_set_int(object, "first_inaccessible_post_time", 0);
    return object;
}

static bool
shown(const struct list *list, const struct mm_post *post)
{
    return post->delete_at == 0 && (!list->collapsed || post->root == NULL);
}

/* ---- neighbours ---- */

/* The first index whose post is later than `time`. */
static unsigned
index_after(const struct mm_channel *channel, int64_t time)
{
    unsigned low = 0;
    unsigned high = channel->posts->len;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        const struct mm_post *post = g_ptr_array_index(channel->posts, middle);

        if (post->create_at <= time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const char *
newer_than(const struct list *list, const struct mm_post *post)
{
    for (unsigned i = index_after(post->channel, post->create_at); i < post->channel->posts->len;
         i++) {
        const struct mm_post *other = g_ptr_array_index(post->channel->posts, i);

        if (shown(list, other))
            return other->id;
    }
    return "";
}

static const char *
older_than(const struct list *list, const struct mm_post *post)
{
    for (unsigned i = index_after(post->channel, post->create_at - 1); i-- > 0;) {
        const struct mm_post *other = g_ptr_array_index(post->channel->posts, i);

        if (shown(list, other))
            return other->id;
    }
    return "";
}

/* ---- pages ---- */

/* From `index` down to older ones. */
static void
add_older(struct list *list, const struct mm_channel *channel, unsigned index, unsigned skip,
          unsigned count)
{
    while (index-- > 0 && count > 0) {
        struct mm_post *post = g_ptr_array_index(channel->posts, index);

        if (!shown(list, post))
            continue;
        if (skip > 0) {
            skip--;
            continue;
        }
        list_add(list, post);
        count--;
    }
}

/* From `index` up to newer ones, but newest first in the list. */
static void
add_newer(struct list *list, const struct mm_channel *channel, unsigned index, unsigned skip,
          unsigned count)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new();

    for (; index < channel->posts->len && found->len < count; index++) {
        struct mm_post *post = g_ptr_array_index(channel->posts, index);

        if (!shown(list, post))
            continue;
        if (skip > 0)
            skip--;
        else
            g_ptr_array_add(found, post);
    }
    for (unsigned i = found->len; i-- > 0;)
        list_add(list, g_ptr_array_index(found, i));
}

static void
reply_around(struct mm_request *request, struct mm_channel *channel, const char *anchor_id,
             bool after)
{
    struct mm_post *anchor = mm_post_by_id(request->server, anchor_id);
    struct list list;
    unsigned skip = 0;
    unsigned count = 0;
    const char *next = "";
    const char *prev = "";

    list_init(&list, request);
    mm_query_page(request, &skip, &count);
    if (anchor == NULL || anchor->channel != channel) {
        mm_reply_object(request, 200,
                        list_json(&list, after ? "" : anchor_id, after ? anchor_id : ""));
        return;
    }
    if (after)
        add_newer(&list, channel, index_after(channel, anchor->create_at), skip, count);
    else
        add_older(&list, channel, index_after(channel, anchor->create_at - 1), skip, count);
    if (list.newest != NULL) {
        next = newer_than(&list, list.newest);
        prev = older_than(&list, list.oldest);
    }
    if (after && (skip == 0 || list.newest == NULL))
        prev = anchor_id;
    if (!after && (skip == 0 || list.newest == NULL))
        next = anchor_id;
    mm_reply_object(request, 200, list_json(&list, next, prev));
}

static void
reply_page(struct mm_request *request, struct mm_channel *channel)
{
    struct list list;
    unsigned skip = 0;
    unsigned count = 0;

    list_init(&list, request);
    mm_query_page(request, &skip, &count);
    add_older(&list, channel, channel->posts->len, skip, count);
    mm_reply_object(request, 200,
                    list_json(&list, list.newest != NULL ? newer_than(&list, list.newest) : "",
                              list.oldest != NULL ? older_than(&list, list.oldest) : ""));
}

static int
newest_first(gconstpointer a, gconstpointer b)
{
    const struct mm_post *const *one = a;
    const struct mm_post *const *two = b;

    return ((*one)->create_at < (*two)->create_at) - ((*one)->create_at > (*two)->create_at);
}

/* As the real server does: deleted ones and old versions too, and when they are too many, the
 * oldest. */
static void
reply_since(struct mm_request *request, struct mm_channel *channel, int64_t since)
{
    const GPtrArray *sources[] = {channel->versions, channel->posts};
    g_autoptr(GPtrArray) found = g_ptr_array_new();
    struct list list;

    list_init(&list, request);
    for (size_t s = 0; s < G_N_ELEMENTS(sources); s++) {
        for (unsigned i = 0; i < sources[s]->len; i++) {
            struct mm_post *post = g_ptr_array_index(sources[s], i);

            if (post->update_at > since && (!list.collapsed || post->root == NULL))
                g_ptr_array_add(found, post);
        }
    }
    g_ptr_array_sort(found, newest_first);
    for (unsigned i = found->len > MM_SINCE_MAX ? found->len - MM_SINCE_MAX : 0; i < found->len;
         i++) {
        struct mm_post *post = g_ptr_array_index(found, i);

        json_array_add_string_element(list.order, post->id);
        list_put(&list, post);
        if (post->root != NULL)
            list_put(&list, post->root);
    }
    mm_reply_object(request, 200, list_json(&list, "", ""));
}

static bool
give_etag(struct mm_request *request, const struct mm_channel *channel)
{
    return mm_reply_etag(request,
                         g_strdup_printf("%s.%" G_GINT64_FORMAT, MM_VERSION, channel->etag));
}

static bool
number_is_bad(struct mm_request *request, const char *name)
{
    return mm_query(request, name) != NULL && mm_query_int(request, name, -1) < 0;
}

/* True when one of the queries is malformed and has been refused. */
static bool
refuse_query(struct mm_request *request)
{
    static const char *const numbers[] = {"since", "page", "per_page"};
    static const char *const ids[] = {"before", "after"};

    for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
        const char *id = mm_query(request, ids[i]);

        if (id != NULL && !mm_id_is_valid(id)) {
            mm_fail_body(request, ids[i]);
            return true;
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        if (number_is_bad(request, numbers[i])) {
            mm_fail_body(request, numbers[i]);
            return true;
        }
    }
    return false;
}

static void
get_posts(struct mm_request *request)
{
    struct mm_channel *channel = mm_need_channel(request);
    const char *before = mm_query(request, "before");
    const char *after = mm_query(request, "after");
    int64_t since = mm_query_int(request, "since", 0);

    if (channel == NULL || refuse_query(request))
        return;
    if (since > 0)
        reply_since(request, channel, since);
    else if (give_etag(request, channel))
        return;
    else if (after != NULL)
        reply_around(request, channel, after, true);
    else if (before != NULL)
        reply_around(request, channel, before, false);
    else
        reply_page(request, channel);
}

/* ---- around what is unread ---- */

static struct mm_post *
first_unread(const struct list *list, const struct mm_channel *channel, int64_t viewed)
{
    for (unsigned i = index_after(channel, viewed); i < channel->posts->len; i++) {
        struct mm_post *post = g_ptr_array_index(channel->posts, i);

        if (shown(list, post))
            return post;
    }
    return NULL;
}

static void
get_unread(struct mm_request *request)
{
    struct mm_user *user = mm_need_self(request);
    struct mm_channel *channel = user != NULL ? mm_need_channel(request) : NULL;
    struct mm_member *member = channel != NULL ? mm_need_member(request, channel) : NULL;
    int64_t before = MIN(mm_query_int(request, "limit_before", 60), MM_PAGE_MAX);
    int64_t after = MIN(mm_query_int(request, "limit_after", 60), MM_PAGE_MAX);
    struct mm_post *first = NULL;
    JsonObject *object = NULL;
    struct list list;
    unsigned index = 0;

    if (member == NULL)
        return;
    if (after <= 0) {
        mm_fail_body(request, "limit_after");
        return;
    }
    list_init(&list, request);
    if (member->last_viewed_at > 0)
        first = first_unread(&list, channel, member->last_viewed_at);
    if (first == NULL && give_etag(request, channel)) {
        list_drop(&list);
        return;
    }
    index = channel->posts->len;
    if (first != NULL) {
        if (!list.collapsed)
            list.view = MM_POST_COUNTED;
        index = index_after(channel, first->create_at - 1);
        add_newer(&list, channel, index, 0, (unsigned)after);
    }
    add_older(&list, channel, index, 0, (unsigned)before);
    object = list_json(&list, list.newest != NULL ? newer_than(&list, list.newest) : "",
                       list.oldest != NULL ? older_than(&list, list.oldest) : "");
    if (first != NULL)
        mm_set_bool(object, "has_next",
                    list.newest != NULL && newer_than(&list, list.newest)[0] != '\0');
    mm_reply_object(request, 200, object);
}

/* ---- a thread ---- */

static bool
beyond(const struct mm_post *post, int64_t from, const char *from_id, bool down)
{
    if (from_id == NULL)
        return true;
    return down ? post->create_at > from : post->create_at < from;
}

static void
get_thread(struct mm_request *request)
{
    struct mm_post *post = mm_need_post(request);
    struct mm_post *root = post != NULL && post->root != NULL ? post->root : post;
    bool down = g_strcmp0(mm_query(request, "direction"), "up") != 0;
    const char *from_id = mm_query(request, "fromPost");
    int64_t from = mm_query_int(request, "fromCreateAt", 0);
    int64_t updated = mm_query_int(request, "fromUpdateAt", 0);
    int64_t count = mm_query_int(request, "perPage", INT32_MAX);
    JsonObject *object = NULL;
    struct list list;
    bool more = false;

    if (post == NULL)
        return;
    list_init(&list, request);
    if (!list.collapsed)
        list.view = MM_POST_COUNTED;
    json_array_add_string_element(list.order, root->id);
    list_put(&list, root);
    if (down && from_id == NULL && updated == 0)
        count--;
    for (unsigned i = 0; i < root->replies->len && !more; i++) {
        struct mm_post *reply =
            g_ptr_array_index(root->replies, down ? i : root->replies->len - 1 - i);

        if (reply->delete_at != 0 || !beyond(reply, from, from_id, down) ||
            (updated > 0 && reply->update_at <= updated))
            continue;
        more = count == 0;
        if (more)
            break;
        count--;
        json_array_add_string_element(list.order, reply->id);
        list_put(&list, reply);
    }
    object = list_json(&list, "", "");
    mm_set_bool(object, "has_next", more);
    mm_reply_object(request, 200, object);
}

/* ---- pinned and saved ---- */

static void
get_pinned(struct mm_request *request)
{
    struct mm_channel *channel = mm_need_channel(request);
    struct list list;
    g_autofree char *etag = NULL;

    if (channel == NULL)
        return;
    list_init(&list, request);
    for (unsigned i = channel->posts->len; i-- > 0;) {
        struct mm_post *post = g_ptr_array_index(channel->posts, i);

        if (post->delete_at == 0 && post->is_pinned) {
            json_array_add_string_element(list.order, post->id);
            list_put(&list, post);
            if (etag == NULL)
                etag = g_strdup_printf("%s.%s.%s.%" G_GINT64_FORMAT, MM_VERSION, post->id, post->id,
                                       post->update_at);
        }
    }
    if (etag != NULL)
        mm_reply_etag(request, g_steal_pointer(&etag));
    mm_reply_object(request, 200, list_json(&list, "", ""));
}

static void
get_flagged(struct mm_request *request)
{
    struct mm_user *user = mm_need_self(request);
    const char *channel_id = mm_query(request, "channel_id");
    g_autoptr(GPtrArray) found = g_ptr_array_new();
    struct list list;
    unsigned from = 0;
    unsigned count = 0;

    if (user == NULL)
        return;
    for (unsigned i = 0; i < user->prefs->len; i++) {
        const struct mm_pref *pref = g_ptr_array_index(user->prefs, i);
        struct mm_post *post = g_str_equal(pref->category, "flagged_post")
                                   ? mm_post_by_id(request->server, pref->name)
                                   : NULL;

        if (post != NULL && post->delete_at == 0 && mm_can_read(post->channel, user) &&
            (channel_id == NULL || g_str_equal(channel_id, post->channel->id)))
            g_ptr_array_add(found, post);
    }
    g_ptr_array_sort(found, newest_first);
    list_init(&list, request);
    mm_query_page(request, &from, &count);
    for (unsigned i = from; i < found->len && i < from + count; i++) {
        struct mm_post *post = g_ptr_array_index(found, i);

        json_array_add_string_element(list.order, post->id);
        list_put(&list, post);
    }
    mm_reply_object(request, 200, list_json(&list, "", ""));
}

const struct mm_route mm_history_routes[] = {
    {"GET", "channels/:channel/posts", get_posts, 0},
    {"GET", "channels/:channel/pinned", get_pinned, 0},
    {"GET", "users/:user/channels/:channel/posts/unread", get_unread, 0},
    {"GET", "users/:user/posts/flagged", get_flagged, 0},
    {"GET", "posts/:post/thread", get_thread, 0},
    {NULL, NULL, NULL, 0},
};
