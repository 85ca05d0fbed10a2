#include "tests/sandbox/mm_match.h"

#include <stdlib.h>
#include <string.h>

#define ID_LENGTH     26
#define DIRECT_LENGTH (2 * ID_LENGTH + 2)
#define HASH_LENGTH   64 /* of a configuration */
#define NAME_LENGTH   40 /* of a group message: a hash of ids */
#define TIME_LEAST    ((int64_t)1000000000000)

struct mm_match {
    GHashTable *ids;    /* recorded: the sandbox's; both own their keys */
    GHashTable *taken;  /* the sandbox's: recorded */
    GHashTable *times;  /* recorded: the sandbox's, as texts */
    GPtrArray *journal; /* recorded ids in the order in which they were learnt */
    char *recorded_site;
    char *site;
    const char *const *ignore;
    bool loose;
};

struct mm_match *
mm_match_new(const char *recorded_site, const char *site)
{
    struct mm_match *match = g_new0(struct mm_match, 1);

    match->ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    match->taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    match->times = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    match->journal = g_ptr_array_new_with_free_func(g_free);
    match->recorded_site = g_strdup(recorded_site);
    match->site = g_strdup(site);
    return match;
}

void
mm_match_free(struct mm_match *match)
{
    g_hash_table_unref(match->ids);
    g_hash_table_unref(match->taken);
    g_hash_table_unref(match->times);
    g_ptr_array_unref(match->journal);
    g_free(match->recorded_site);
    g_free(match->site);
    g_free(match);
}

/* ---- ids ---- */

void
mm_match_bind(struct mm_match *match, const char *recorded, const char *id)
{
    g_hash_table_replace(match->ids, g_strdup(recorded), g_strdup(id));
    g_hash_table_replace(match->taken, g_strdup(id), g_strdup(recorded));
    g_ptr_array_add(match->journal, g_strdup(recorded));
}

const char *
mm_match_find(struct mm_match *match, const char *recorded)
{
    return g_hash_table_lookup(match->ids, recorded);
}

static void
forget_to(struct mm_match *match, unsigned length)
{
    while (match->journal->len > length) {
        const char *recorded = g_ptr_array_index(match->journal, match->journal->len - 1);

        g_hash_table_remove(match->taken, mm_match_find(match, recorded));
        g_hash_table_remove(match->ids, recorded);
        g_ptr_array_set_size(match->journal, (int)match->journal->len - 1);
    }
}

/* The length of the run of letters and digits at the beginning. */
static size_t
word_length(const char *text)
{
    return strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789");
}

/* "aaaa…": what the recordings ask for in vain. */
static bool
is_no_id(const char *id)
{
    return strspn(id, "a") == ID_LENGTH;
}

static bool
same_id(struct mm_match *match, const char *recorded, const char *id)
{
    const char *known = mm_match_find(match, recorded);

    if (known != NULL || is_no_id(recorded))
        return g_str_equal(known != NULL ? known : recorded, id);
    if (g_hash_table_contains(match->taken, id))
        return false;
    mm_match_bind(match, recorded, id);
    return true;
}

static char *
with_site(struct mm_match *match, const char *recorded)
{
    g_auto(GStrv) parts = g_strsplit(recorded, match->recorded_site, -1);

    return g_strjoinv(match->site, parts);
}

char *
mm_match_translate(struct mm_match *match, const char *recorded)
{
    g_autofree char *text = with_site(match, recorded);
    GString *out = g_string_new("");

    for (const char *c = text; *c != '\0';) {
        size_t len = MAX(word_length(c), 1);
        g_autofree char *word = g_strndup(c, len);
        const char *known =
            len == ID_LENGTH ? mm_match_find(match, word) : g_hash_table_lookup(match->times, word);

        g_string_append(out, known != NULL ? known : word);
        c += len;
    }
    return g_string_free(out, FALSE);
}

/* ---- texts ---- */

/* Asked about this time again, the sandbox is asked about its own. */
static bool
same_time(struct mm_match *match, int64_t recorded, int64_t time)
{
    if (llabs(recorded - time) > MM_MATCH_TIME_MS)
        return false;
    g_hash_table_replace(match->times, g_strdup_printf("%" G_GINT64_FORMAT, recorded),
                         g_strdup_printf("%" G_GINT64_FORMAT, time));
    return true;
}

static bool
is_time(const char *word)
{
    return strlen(word) == 13 && strspn(word, "0123456789") == 13 && word[0] == '1';
}

static bool
same_word(struct mm_match *match, const char *recorded, const char *word)
{
    size_t len = strlen(recorded);

    if (len == ID_LENGTH && strlen(word) == ID_LENGTH)
        return same_id(match, recorded, word);
    if ((len == HASH_LENGTH || len == NAME_LENGTH) && strlen(word) == len)
        return true;
    if (is_time(recorded) && is_time(word))
        return same_time(match, g_ascii_strtoll(recorded, NULL, 10),
                         g_ascii_strtoll(word, NULL, 10));
    return g_str_equal(recorded, word);
}

/* The name of a direct conversation: two ids, the lesser first, whichever that is here. */
static bool
same_direct(struct mm_match *match, const char *recorded, const char *text)
{
    g_auto(GStrv) a = g_strsplit(recorded, "__", 2);
    g_auto(GStrv) b = g_strsplit(text, "__", 2);
    const char *known[2] = {mm_match_find(match, a[0]), mm_match_find(match, a[1])};

    if (known[0] == NULL || known[1] == NULL)
        return false;
    return (g_str_equal(known[0], b[0]) && g_str_equal(known[1], b[1])) ||
           (g_str_equal(known[0], b[1]) && g_str_equal(known[1], b[0]));
}

/* Such a name stands here. */
static bool
is_direct(const char *text)
{
    return word_length(text) == ID_LENGTH && strncmp(text + ID_LENGTH, "__", 2) == 0 &&
           word_length(text + ID_LENGTH + 2) == ID_LENGTH;
}

static bool
same_text(struct mm_match *match, const char *recorded, const char *text)
{
    g_autofree char *whole = with_site(match, recorded);
    const char *a = whole;
    const char *b = text;

    while (*a != '\0' && *b != '\0') {
        bool direct = is_direct(a) && is_direct(b);
        size_t a_len = direct ? DIRECT_LENGTH : MAX(word_length(a), 1);
        size_t b_len = direct ? DIRECT_LENGTH : MAX(word_length(b), 1);
        g_autofree char *a_word = g_strndup(a, a_len);
        g_autofree char *b_word = g_strndup(b, b_len);

        if (direct ? !same_direct(match, a_word, b_word) : !same_word(match, a_word, b_word))
            return false;
        a += a_len;
        b += b_len;
    }
    return *a == *b;
}

/* ---- nodes ---- */

static void differ(GString *said, const char *path, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void
differ(GString *said, const char *path, const char *format, ...)
{
    va_list list;
    g_autofree char *text = NULL;

    if (said == NULL)
        return;
    va_start(list, format);
    text = g_strdup_vprintf(format, list);
    va_end(list);
    g_string_append_printf(said, "    %s: %s\n", path, text);
}

static bool
nodes(struct mm_match *match, JsonNode *recorded, JsonNode *node, GString *said, const char *path);

static char *
short_text(JsonNode *node)
{
    g_autofree char *text = json_to_string(node, FALSE);

    return g_strndup(text, 160);
}

/* The JSON in a string, where it is some. */
static JsonNode *
inner(const char *text)
{
    JsonNode *node = text[0] == '{' || text[0] == '[' ? json_from_string(text, NULL) : NULL;

    return node;
}

static bool
strings(struct mm_match *match, const char *recorded, const char *text, GString *said,
        const char *path)
{
    g_autoptr(JsonNode) a = inner(recorded);
    g_autoptr(JsonNode) b = a != NULL ? inner(text) : NULL;

    if (b != NULL)
        return nodes(match, a, b, said, path);
    if (same_text(match, recorded, text))
        return true;
    differ(said, path, "\"%.300s\", not \"%.300s\"", text, recorded);
    return false;
}

static bool
values(struct mm_match *match, JsonNode *recorded, JsonNode *node, GString *said, const char *path)
{
    GType type = json_node_get_value_type(recorded);
    bool same = type == json_node_get_value_type(node);
    g_autofree char *a = NULL;
    g_autofree char *b = NULL;

    if (same && type == G_TYPE_STRING)
        return strings(match, json_node_get_string(recorded), json_node_get_string(node), said,
                       path);
    if (same && type == G_TYPE_INT64) {
        int64_t one = json_node_get_int(recorded);
        int64_t two = json_node_get_int(node);

        same = one >= TIME_LEAST && two >= TIME_LEAST ? same_time(match, one, two) : one == two;
    } else if (same && type == G_TYPE_BOOLEAN) {
        same = json_node_get_boolean(recorded) == json_node_get_boolean(node);
    }
    if (same)
        return true;
    a = short_text(recorded);
    b = short_text(node);
    differ(said, path, "%s, not %s", b, a);
    return false;
}

/* Each has its like, somewhere. */
static bool
loose_arrays(struct mm_match *match, JsonArray *recorded, JsonArray *array, GString *said,
             const char *path)
{
    unsigned count = json_array_get_length(recorded);
    g_autofree bool *used = g_new0(bool, count + 1);
    bool same = true;

    for (unsigned i = 0; i < count; i++) {
        g_autofree char *below = g_strdup_printf("%s[%u]", path, i);
        unsigned first = count;
        bool found = false;

        for (unsigned j = 0; j < count && !found; j++) {
            unsigned k = (i + j) % count;

            if (used[k])
                continue;
            first = first == count ? k : first;
            found = nodes(match, json_array_get_element(recorded, i),
                          json_array_get_element(array, k), NULL, below);
            used[k] = found;
        }
        same = same && found;
        if (!found)
            nodes(match, json_array_get_element(recorded, i), json_array_get_element(array, first),
                  said, below);
    }
    return same;
}

static bool
arrays(struct mm_match *match, JsonArray *recorded, JsonArray *array, GString *said,
       const char *path)
{
    unsigned count = json_array_get_length(recorded);
    bool same = true;

    if (count != json_array_get_length(array)) {
        differ(said, path, "%u elements, not %u", json_array_get_length(array), count);
        return false;
    }
    if (match->loose || g_str_has_suffix(path, ".file_ids") || g_str_has_suffix(path, "files"))
        return loose_arrays(match, recorded, array, said, path);
    for (unsigned i = 0; i < count; i++) {
        g_autofree char *below = g_strdup_printf("%s[%u]", path, i);

        same &= nodes(match, json_array_get_element(recorded, i), json_array_get_element(array, i),
                      said, below);
    }
    return same;
}

/* Lists of ids before what is named by them. */
static int
order_first(gconstpointer a, gconstpointer b)
{
    bool one = g_str_equal(a, "order") || g_str_equal(a, "id");
    bool two = g_str_equal(b, "order") || g_str_equal(b, "id");

    return one != two ? two - one : strcmp(a, b);
}

static bool
members(struct mm_match *match, JsonObject *recorded, JsonObject *object, GString *said,
        const char *path)
{
    GList *keys = g_list_sort(json_object_get_members(recorded), order_first);
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GList) own = json_object_get_members(object);
    bool same = true;

    for (GList *link = keys; link != NULL; link = link->next) {
        g_autofree char *key = mm_match_translate(match, link->data);
        g_autofree char *below = g_strconcat(path, ".", link->data, NULL);
        JsonNode *node = json_object_get_member(object, key);

        g_hash_table_add(known, g_strdup(key));
        if (node != NULL) {
            same &= nodes(match, json_object_get_member(recorded, link->data), node, said, below);
        } else {
            same = false;
            differ(said, below, "is not there");
        }
    }
    g_list_free(keys);
    for (GList *link = own; link != NULL; link = link->next) {
        g_autofree char *below = g_strconcat(path, ".", link->data, NULL);

        if (g_hash_table_contains(known, link->data))
            continue;
        same = false;
        differ(said, below, "should not be there");
    }
    return same;
}

static bool
ignored(struct mm_match *match, const char *path)
{
    for (const char *const *glob = match->ignore; glob != NULL && *glob != NULL; glob++) {
        if (g_pattern_match_simple(*glob, path))
            return true;
    }
    return false;
}

static bool
nodes(struct mm_match *match, JsonNode *recorded, JsonNode *node, GString *said, const char *path)
{
    unsigned before = match->journal->len;
    bool same = json_node_get_node_type(recorded) == json_node_get_node_type(node);

    if (ignored(match, path))
        return true;
    if (!same) {
        g_autofree char *a = short_text(recorded);
        g_autofree char *b = short_text(node);

        differ(said, path, "%s, not %s", b, a);
    } else if (JSON_NODE_HOLDS_OBJECT(recorded)) {
        same =
            members(match, json_node_get_object(recorded), json_node_get_object(node), said, path);
    } else if (JSON_NODE_HOLDS_ARRAY(recorded)) {
        same = arrays(match, json_node_get_array(recorded), json_node_get_array(node), said, path);
    } else if (JSON_NODE_HOLDS_VALUE(recorded)) {
        same = values(match, recorded, node, said, path);
    }
    if (!same && said == NULL)
        forget_to(match, before);
    return same;
}

bool
mm_match_nodes(struct mm_match *match, JsonNode *recorded, JsonNode *node,
               const char *const *ignore, bool loose, GString *said)
{
    match->ignore = ignore;
    match->loose = loose;
    return nodes(match, recorded, node, said, "");
}

bool
mm_match_texts(struct mm_match *match, const char *recorded, const char *text, GString *said,
               const char *path)
{
    return strings(match, recorded, text, said, path);
}
