/* Searching posts and files, as the real server does on a plain database: words by their English
 * stems, one page of a hundred at most. */
#include "tests/sandbox/mm_priv.h"

#include <string.h>

#define FOUND_MAX 100
#define DAY_MS    (24 * 60 * 60 * INT64_C(1000))

/* "needle", "need*", "needle alpha" in quotes, #haystack. */
struct term {
    GPtrArray *words; /* char *, in small letters */
    bool prefix;
    bool not_;
    bool tag;
};

/* from:carmen, -in:jobs. */
struct filter {
    char *key;
    char *value;
    bool not_;
};

struct wanted {
    struct mm_request *request;
    GPtrArray *terms;
    GPtrArray *filters;
    bool any;         /* one of the words is enough */
    bool stopped;     /* words that are in every text were named */
    int64_t offset_s; /* of the person's days */
};

/* ---- what is asked ---- */

static void
term_free(gpointer data)
{
    struct term *term = data;

    g_ptr_array_unref(term->words);
    g_free(term);
}

static void
filter_free(gpointer data)
{
    struct filter *filter = data;

    g_free(filter->key);
    g_free(filter->value);
    g_free(filter);
}

/* Letters and digits, in small letters; a '#' stays with `tags`. */
static GPtrArray *
words_of(const char *text, bool tags)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *small = g_utf8_strdown(text, -1);
    GString *word = g_string_new(NULL);

    for (char *at = small;; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);

        if (c != 0 && (g_unichar_isalnum(c) || c == '_' || (tags && c == '#'))) {
            g_string_append_unichar(word, c);
            continue;
        }
        if (word->len > 0)
            g_ptr_array_add(words, g_strdup(word->str));
        g_string_truncate(word, 0);
        if (c == 0)
            break;
    }
    g_string_free(word, TRUE);
    return words;
}

static void
add_term(struct wanted *wanted, const char *text, bool not_, bool quoted)
{
    static const char *const stop[] = {"the", "a", "an", "and", "of", "to", "is", "in", NULL};
    size_t len = strlen(text);
    struct term *term = NULL;

    if (g_strv_contains(stop, text)) {
        wanted->stopped = true;
        return;
    }
    term = g_new0(struct term, 1);
    term->not_ = not_;
    term->tag = text[0] == '#';
    term->prefix = !quoted && len > 1 && text[len - 1] == '*';
    term->words = words_of(text, term->tag);
    g_ptr_array_add(wanted->terms, term);
}

static bool
add_filter(struct wanted *wanted, const char *text, bool not_)
{
    static const char *const keys[] = {"from", "in", "channel", "before", "after", "on", "ext"};
    const char *colon = strchr(text, ':');

    for (size_t i = 0; colon != NULL && i < G_N_ELEMENTS(keys); i++) {
        struct filter *filter = NULL;

        if (strlen(keys[i]) != (size_t)(colon - text) ||
            strncmp(keys[i], text, strlen(keys[i])) != 0)
            continue;
        filter = g_new0(struct filter, 1);
        filter->key = g_strdup(i == 2 ? "in" : keys[i]);
        filter->value = g_strdup(colon + 1);
        filter->not_ = not_;
        g_ptr_array_add(wanted->filters, filter);
        return true;
    }
    return false;
}

static void
read_terms(struct wanted *wanted, const char *at)
{
    while (*(at += strspn(at, " ")) != '\0') {
        bool not_ = at[0] == '-';
        bool quoted = at[not_] == '"';
        const char *start = at + not_ + quoted;
        size_t len = strcspn(start, quoted ? "\"" : " ");
        g_autofree char *text = g_strndup(start, len);

        at = start + len + (quoted && start[len] == '"');
        if (text[0] != '\0' && (quoted || !add_filter(wanted, text, not_)))
            add_term(wanted, text, not_, quoted);
    }
}

/* False after it has been refused. */
static bool
wanted_init(struct wanted *wanted, struct mm_request *request)
{
    JsonObject *body = mm_need_object(request, "searchParams");
    const char *terms = mm_get(body, "terms");

    if (body == NULL)
        return false;
    if (terms == NULL || terms[0] == '\0') {
        mm_fail_body(request, "terms");
        return false;
    }
    *wanted = (struct wanted){.request = request,
                              .terms = g_ptr_array_new_with_free_func(term_free),
                              .filters = g_ptr_array_new_with_free_func(filter_free),
                              .any = mm_get_bool(body, "is_or_search", false),
                              .offset_s = mm_get_int(body, "time_zone_offset", 0)};
    read_terms(wanted, terms);
    return true;
}

static void
wanted_clear(struct wanted *wanted)
{
    g_ptr_array_unref(wanted->terms);
    g_ptr_array_unref(wanted->filters);
}

/* ---- what fits ---- */

static bool
same_stem(const char *one, const char *other)
{
    size_t a = strlen(one);
    size_t b = strlen(other);

    a -= a > 3 && one[a - 1] == 's';
    b -= b > 3 && other[b - 1] == 's';
    return a == b && strncmp(one, other, a) == 0;
}

static bool
has_term(const GPtrArray *words, const struct term *term)
{
    for (unsigned i = 0; i + term->words->len <= words->len; i++) {
        unsigned n = 0;

        for (; n < term->words->len; n++) {
            const char *want = g_ptr_array_index(term->words, n);
            const char *is = g_ptr_array_index(words, i + n);

            if (term->prefix ? !g_str_has_prefix(is, want) : !same_stem(is, want))
                break;
        }
        if (n == term->words->len)
            return true;
    }
    return false;
}

static bool
terms_fit(const struct wanted *wanted, const char *text, const char *hashtags)
{
    g_autoptr(GPtrArray) words = words_of(text, false);
    g_autoptr(GPtrArray) tags = words_of(hashtags != NULL ? hashtags : "", true);
    unsigned asked = 0;
    unsigned here = 0;

    for (unsigned i = 0; i < wanted->terms->len; i++) {
        const struct term *term = g_ptr_array_index(wanted->terms, i);
        bool has = has_term(term->tag ? tags : words, term);

        if (term->not_ && has)
            return false;
        asked += !term->not_;
        here += !term->not_ && has;
    }
    return asked == 0 ? !wanted->stopped : wanted->any ? here > 0 : here == asked;
}

static int64_t
day_ms(const struct wanted *wanted, const char *text)
{
    g_autofree char *full = g_strconcat(text, "T00:00:00Z", NULL);
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(full, NULL);

    return time != NULL ? (g_date_time_to_unix(time) - wanted->offset_s) * 1000 : 0;
}

static bool
is_in(const struct wanted *wanted, const struct mm_channel *channel, const char *name)
{
    struct mm_user *peer = NULL;

    if (name[0] != '@')
        return g_str_equal(channel->name, name);
    peer = mm_user_by_name(wanted->request->server, name + 1);
    return g_str_equal(channel->type, "D") && peer != NULL && mm_member(channel, peer) != NULL;
}

static bool
filter_fits(const struct wanted *wanted, const struct filter *filter,
            const struct mm_channel *channel, const struct mm_user *user, int64_t time)
{
    const char *value = filter->value;

    if (g_str_equal(filter->key, "from"))
        return g_str_equal(user->username, value);
    if (g_str_equal(filter->key, "in"))
        return is_in(wanted, channel, value);
    if (g_str_equal(filter->key, "before"))
        return time < day_ms(wanted, value);
    if (g_str_equal(filter->key, "after"))
        return time >= day_ms(wanted, value) + DAY_MS;
    if (g_str_equal(filter->key, "on"))
        return time >= day_ms(wanted, value) && time < day_ms(wanted, value) + DAY_MS;
    return true; /* of files */
}

/* Of several places or senders one is enough. */
static bool
filters_fit(const struct wanted *wanted, const struct mm_channel *channel,
            const struct mm_user *user, int64_t time)
{
    for (unsigned i = 0; i < wanted->filters->len; i++) {
        const struct filter *filter = g_ptr_array_index(wanted->filters, i);
        bool fits = false;

        if (filter->not_ && filter_fits(wanted, filter, channel, user, time))
            return false;
        for (unsigned n = 0; n < wanted->filters->len && !filter->not_; n++) {
            const struct filter *other = g_ptr_array_index(wanted->filters, n);

            fits = fits || (!other->not_ && g_str_equal(other->key, filter->key) &&
                            filter_fits(wanted, other, channel, user, time));
        }
        if (!filter->not_ && !fits)
            return false;
    }
    return true;
}

/* The person is in it, and it is of the team that is asked, if one is. */
static bool
is_searched(const struct wanted *wanted, const struct mm_channel *channel,
            const struct mm_team *team)
{
    return mm_member(channel, wanted->request->user) != NULL && channel->delete_at == 0 &&
           (team == NULL || channel->team == NULL || channel->team == team);
}

/* ---- posts ---- */

static int
newest_first(gconstpointer a, gconstpointer b)
{
    const struct mm_post *const *one = a;
    const struct mm_post *const *two = b;

    return ((*one)->create_at < (*two)->create_at) - ((*one)->create_at > (*two)->create_at);
}

static void
add_found(const struct wanted *wanted, const struct mm_channel *channel, GPtrArray *found)
{
    for (unsigned i = 0; i < channel->posts->len; i++) {
        struct mm_post *post = g_ptr_array_index(channel->posts, i);

        if (post->delete_at == 0 && !g_str_has_prefix(post->type, "system_") &&
            terms_fit(wanted, post->message, post->hashtags) &&
            filters_fit(wanted, channel, post->user, post->create_at))
            g_ptr_array_add(found, post);
    }
}

static void
reply_posts(struct mm_request *request, const GPtrArray *found)
{
    JsonObject *object = json_object_new();
    JsonObject *posts = json_object_new();
    JsonArray *order = json_array_new();

    for (unsigned i = 0; i < MIN(found->len, FOUND_MAX); i++) {
        struct mm_post *post = g_ptr_array_index(found, i);

        json_array_add_string_element(order, post->id);
        mm_set_object(posts, post->id,
                      mm_post_json(request->server, post, MM_POST_PLAIN, request->user));
    }
    mm_set_array(object, "order", order);
    mm_set_object(object, "posts", posts);
    mm_set(object, "next_post_id", "");
    mm_set(object, "prev_post_id", "");
    mm_set_int(object, "first_inaccessible_post_time", 0);
    mm_set_object(object, "matches", NULL);
    mm_reply_object(request, 200, object);
}

static void
search_posts(struct mm_request *request, const struct mm_team *team)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new();
    struct wanted wanted;

    if (!wanted_init(&wanted, request))
        return;
    for (unsigned i = 0; i < request->server->channels->len; i++) {
        const struct mm_channel *channel = g_ptr_array_index(request->server->channels, i);

        if (is_searched(&wanted, channel, team))
            add_found(&wanted, channel, found);
    }
    /* Only the first page brings anything. */
    if (mm_get_int(json_node_get_object(request->body), "page", 0) > 0)
        g_ptr_array_set_size(found, 0);
    g_ptr_array_sort(found, newest_first);
    reply_posts(request, found);
    wanted_clear(&wanted);
}

static void
post_search(struct mm_request *request)
{
    search_posts(request, NULL);
}

static void
post_team_search(struct mm_request *request)
{
    struct mm_team *team = mm_need_team(request);

    if (team != NULL)
        search_posts(request, team);
}

/* ---- files ---- */

static bool
file_fits(const struct wanted *wanted, const struct mm_file *file)
{
    for (unsigned i = 0; i < wanted->filters->len; i++) {
        const struct filter *filter = g_ptr_array_index(wanted->filters, i);

        if (g_str_equal(filter->key, "ext") &&
            g_str_equal(filter->value, file->extension) == filter->not_)
            return false;
    }
    return terms_fit(wanted, file->name, NULL) &&
           filters_fit(wanted, file->channel, file->user, file->create_at);
}

static int
newest_file_first(gconstpointer a, gconstpointer b)
{
    const struct mm_file *const *one = a;
    const struct mm_file *const *two = b;

    return ((*one)->create_at < (*two)->create_at) - ((*one)->create_at > (*two)->create_at);
}

static void
post_file_search(struct mm_request *request)
{
    struct mm_team *team = mm_need_team(request);
    g_autoptr(GPtrArray) found = g_ptr_array_new();
    struct wanted wanted;
    JsonObject *object = NULL;
    JsonObject *infos = NULL;
    JsonArray *order = NULL;
    GHashTableIter iter;
    struct mm_file *file = NULL;

    if (team == NULL || !wanted_init(&wanted, request))
        return;
    g_hash_table_iter_init(&iter, request->server->files);
    while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&file)) {
        if (file->post != NULL && file->post->delete_at == 0 &&
            is_searched(&wanted, file->channel, team) && file_fits(&wanted, file))
            g_ptr_array_add(found, file);
    }
    g_ptr_array_sort(found, newest_file_first);
    object = json_object_new();
    infos = json_object_new();
    order = json_array_new();
    for (unsigned i = 0; i < found->len; i++) {
        struct mm_file *each = g_ptr_array_index(found, i);

        json_array_add_string_element(order, each->id);
        mm_set_object(infos, each->id, mm_file_json(each));
    }
    mm_set_array(object, "order", order);
    mm_set_object(object, "file_infos", infos);
    mm_set(object, "next_file_info_id", "");
    mm_set(object, "prev_file_info_id", "");
    mm_set_int(object, "first_inaccessible_file_time", 0);
    mm_reply_object(request, 200, object);
    wanted_clear(&wanted);
}

const struct mm_route mm_search_routes[] = {
    {"POST", "posts/search", post_search, 0},
    {"POST", "teams/:team/posts/search", post_team_search, 0},
    {"POST", "teams/:team/files/search", post_file_search, 0},
    {NULL, NULL, NULL, 0},
};
