#include "ui/list.h"

#include <string.h>

struct list {
    struct core *core;
    struct activity *activity;
    GArray *rows; /* struct list_row; wrong while `stale` */
    bool stale;
    unsigned serial;
    int number_cols;
    int64_t shown;
    size_t shown_row;
    bool for_shown; /* something is in the rows only because it is shown */
    GArray *order;  /* of int64_t: list_order()'s; NULL: not known */
    bool unread_only;
    char *filter, *folded_filter; /* as typed; with the letters' case taken off */
    GHashTable *folded;           /* names of groups, owned */
};

/* --- what is kept --- */

static bool
has_text(const struct list *list, const char *name)
{
    g_autofree char *folded = g_utf8_casefold(name, -1);
    return strstr(folded, list->folded_filter) != NULL;
}

static bool
is_filtered(const struct list *list)
{
    return *list->folded_filter != '\0';
}

static bool
is_folded(const struct list *list, const char *group)
{
    return !is_filtered(list) && g_hash_table_contains(list->folded, group);
}

/* `named`: the group's own name has what is filtered by. */
static bool
wants_buffer(struct list *list, const struct buffer *buffer, bool folded, bool named)
{
    if (is_filtered(list))
        return named || has_text(list, buffer->name);
    if (!folded && (!list->unread_only || activity_level(buffer) > ACTIVITY_NONE))
        return true;
    list->for_shown |= buffer->id == list->shown;
    return buffer->id == list->shown;
}

/* A heading that nothing stands under, while only a part of the list is asked for. */
static bool
wants_lone_heading(const struct list *list, struct activity_sum sum, bool folded, bool named)
{
    if (is_filtered(list))
        return named;
    return !list->unread_only || (folded && (sum.unread > 0 || sum.mentions > 0));
}

/* --- making the rows --- */

static void
add_row(struct list *list, struct list_row row)
{
    if (row.buffer_id != 0 && row.buffer_id == list->shown)
        list->shown_row = list->rows->len;
    g_array_append_val(list->rows, row);
}

static void
add_buffer(struct list *list, const struct buffer *buffer)
{
    add_row(list,
            (struct list_row){.kind = LIST_BUFFER, .id = buffer->id, .buffer_id = buffer->id});
}

static char *
space_group(struct list *list, const struct space *space)
{
    const struct account *account = core_account(list->core, space->account_id);
    return g_strdup_printf("space/%s/%s", account ? account->name : "", space->remote_id);
}

static char *
group_group(struct list *list, const struct buffer_group *group)
{
    const struct space *space = core_space(list->core, group->space_id);
    g_autofree char *in = space ? space_group(list, space) : g_strdup("space//");
    return g_strdup_printf("group%s/%s", in + strlen("space"), group->remote_id);
}

/* Where in the list what is being added stands. */
struct under {
    guint end;   /* its buffers end there, at the latest */
    bool folded; /* a heading above it is */
    bool named;  /* a heading above it has what is filtered by in its name */
};

/* A heading, unless it is folded away itself; what it has follows. */
static guint
begin_heading(struct list *list, struct list_row heading, struct under under)
{
    const guint before = list->rows->len;

    if (!under.folded)
        add_row(list, heading);
    return before;
}

/* Takes the heading back where nothing stands under it and nobody asks for it. */
static void
end_heading(struct list *list, struct list_row heading, guint before, struct activity_sum sum,
            struct under under)
{
    if (!under.folded && list->rows->len == before + 1 &&
        !wants_lone_heading(list, sum, heading.folded, under.named))
        g_array_set_size(list->rows, before);
}

/* Takes the buffers from `*at` on that stand in the same group as the first; with its heading. */
static void
add_group(struct list *list, guint *at, struct under under)
{
    const GPtrArray *buffers = core_buffers(list->core);
    const int64_t group_id = ((const struct buffer *)buffers->pdata[*at])->group_id;
    const struct buffer_group *group = core_group(list->core, group_id);
    g_autofree char *name = group ? group_group(list, group) : g_strdup("");
    const struct list_row heading = {
        .kind = LIST_GROUP, .id = group_id, .folded = is_folded(list, name)};

    under.named = under.named || (group && is_filtered(list) && has_text(list, group->name));
    const guint before = begin_heading(list, heading, under);
    for (; *at < under.end; ++*at) {
        const struct buffer *buffer = buffers->pdata[*at];
        if (buffer->group_id != group_id)
            break;
        if (wants_buffer(list, buffer, under.folded || heading.folded, under.named))
            add_buffer(list, buffer);
    }
    end_heading(list, heading, before, activity_of_group(list->activity, group_id), under);
}

/* Takes the buffers from `*at` on that stand in this space. One group alone needs no heading. */
static void
add_space(struct list *list, int64_t space_id, guint *at, struct under under)
{
    const GPtrArray *buffers = core_buffers(list->core);
    const struct space *space = core_space(list->core, space_id);
    g_autofree char *name = space ? space_group(list, space) : g_strdup("");
    const struct list_row heading = {
        .kind = LIST_SPACE, .id = space_id, .folded = is_folded(list, name)};
    const struct buffer *first = buffers->pdata[*at];
    guint end = *at;

    while (end < under.end && ((const struct buffer *)buffers->pdata[end])->listed_in == space_id)
        end++;
    const struct buffer *last = buffers->pdata[end - 1];
    const bool grouped = first->group_place != last->group_place;
    under.named = under.named || (space && is_filtered(list) && has_text(list, space->name));
    const guint before = begin_heading(list, heading, under);
    const struct under inside = {end, under.folded || heading.folded, under.named};
    while (*at < end) {
        const struct buffer *buffer = buffers->pdata[*at];
        if (grouped && buffer->group_place != 0) {
            add_group(list, at, inside);
            continue;
        }
        if (wants_buffer(list, buffer, inside.folded, inside.named))
            add_buffer(list, buffer);
        ++*at;
    }
    end_heading(list, heading, before, activity_of_space(list->activity, space_id), under);
}

/* Whether the account's own buffer is a reason for its heading to stay. */
static bool
calls(struct list *list, const struct account *account, const struct buffer *server)
{
    if (is_filtered(list))
        return false;
    return account->state == ACCOUNT_FAILED || account->state == ACCOUNT_WAITING ||
           (server && wants_buffer(list, server, false, false));
}

static const char *
account_title(const struct account *account)
{
    return account->label ? account->label : account->name;
}

/* Takes the account's buffers, which stand together: [from, end). */
static void
add_account(struct list *list, const struct account *account, guint from, guint end)
{
    const GPtrArray *buffers = core_buffers(list->core);
    const struct buffer *server = NULL;
    g_autofree char *group = g_strconcat("account/", account->name, NULL);
    struct list_row heading = {
        .kind = LIST_ACCOUNT, .id = account->id, .folded = is_folded(list, group)};
    const bool named = is_filtered(list) &&
                       (has_text(list, account_title(account)) || has_text(list, account->name));
    const guint before = list->rows->len;

    if (from < end && ((const struct buffer *)buffers->pdata[from])->kind == BUFFER_SERVER)
        server = buffers->pdata[from++];
    heading.buffer_id = server ? server->id : 0;
    add_row(list, heading);
    while (from < end) {
        const struct buffer *buffer = buffers->pdata[from];
        if (buffer->listed_in != 0) {
            add_space(list, buffer->listed_in, &from, (struct under){end, heading.folded, named});
            continue;
        }
        if (!buffer_stands_apart(buffer) && wants_buffer(list, buffer, heading.folded, named))
            add_buffer(list, buffer);
        from++;
    }
    if (list->rows->len == before + 1 && !calls(list, account, server) &&
        !wants_lone_heading(list, activity_of_account(list->activity, account->id), heading.folded,
                            named)) {
        g_array_set_size(list->rows, before);
    }
}

static gint
compare_numbers(gconstpointer a, gconstpointer b)
{
    const struct buffer *one = *(const struct buffer *const *)a;
    const struct buffer *other = *(const struct buffer *const *)b;
    return one->number < other->number ? -1 : one->number > other->number;
}

static void
add_direct(struct list *list, GPtrArray *direct)
{
    const struct list_row heading = {.kind = LIST_DIRECT, .folded = is_folded(list, "direct")};
    const guint before = list->rows->len;

    if (direct->len == 0)
        return;
    g_ptr_array_sort(direct, compare_numbers);
    add_row(list, heading);
    for (guint i = 0; i < direct->len; i++)
        if (wants_buffer(list, direct->pdata[i], heading.folded, false))
            add_buffer(list, direct->pdata[i]);
    if (list->rows->len == before + 1 &&
        !wants_lone_heading(list, activity_of_direct(list->activity), heading.folded, false))
        g_array_set_size(list->rows, before);
}

static void
make_rows(struct list *list)
{
    const GPtrArray *buffers = core_buffers(list->core);
    g_autoptr(GPtrArray) direct = g_ptr_array_new();
    const struct buffer *own = core_own_buffer(list->core);
    int most = 0;
    guint at = 0;

    if (wants_buffer(list, own, false, false))
        add_buffer(list, own);
    while (at < buffers->len) {
        const int64_t account_id = ((const struct buffer *)buffers->pdata[at])->account_id;
        const struct account *account = core_account(list->core, account_id);
        const guint from = at;

        for (; at < buffers->len; at++) {
            const struct buffer *buffer = buffers->pdata[at];
            if (buffer->account_id != account_id)
                break;
            most = MAX(most, buffer->number);
            if (buffer_stands_apart(buffer))
                g_ptr_array_add(direct, buffers->pdata[at]);
        }
        if (account)
            add_account(list, account, from, at);
    }
    add_direct(list, direct);
    list->number_cols = most > 9999 ? 5 : most > 999 ? 4 : most > 99 ? 3 : 2;
}

const struct list_row *
list_rows(struct list *list, size_t *ret_n)
{
    if (list->stale) {
        list->stale = false;
        list->serial++;
        list->shown_row = SIZE_MAX;
        list->for_shown = false;
        g_array_set_size(list->rows, 0);
        make_rows(list);
    }
    *ret_n = list->rows->len;
    return (const struct list_row *)(void *)list->rows->data;
}

/* --- places --- */

size_t
list_shown_row(struct list *list)
{
    size_t n;

    list_rows(list, &n);
    return list->shown_row;
}

size_t
list_find(struct list *list, const struct list_row *row)
{
    size_t n;
    const struct list_row *rows = list_rows(list, &n);

    for (size_t i = 0; i < n; i++)
        if (rows[i].kind == row->kind && rows[i].id == row->id)
            return i;
    return SIZE_MAX;
}

/* A row stands under the first before it that is less deep. */
static int
depth_of(enum list_kind kind)
{
    static const int depths[] = {[LIST_ACCOUNT] = 0,
                                 [LIST_DIRECT] = 0,
                                 [LIST_SPACE] = 1,
                                 [LIST_GROUP] = 2,
                                 [LIST_BUFFER] = 3};
    return depths[kind];
}

size_t
list_heading(struct list *list, size_t row)
{
    size_t n;
    const struct list_row *rows = list_rows(list, &n);
    const int depth = row < n ? depth_of(rows[row].kind) : 0;

    while (depth > 0 && row-- > 0)
        if (depth_of(rows[row].kind) < depth)
            return row;
    return SIZE_MAX;
}

static GArray *
make_order(struct list *list)
{
    const GPtrArray *buffers = core_buffers(list->core);
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GPtrArray) direct = g_ptr_array_new();

    for (guint i = 0; i < buffers->len; i++) {
        const struct buffer *buffer = buffers->pdata[i];
        if (buffer_stands_apart(buffer))
            g_ptr_array_add(direct, buffers->pdata[i]);
        else
            g_array_append_val(ids, buffer->id);
    }
    g_ptr_array_sort(direct, compare_numbers);
    for (guint i = 0; i < direct->len; i++)
        g_array_append_val(ids, ((const struct buffer *)direct->pdata[i])->id);
    return ids;
}

GArray *
list_order(struct list *list)
{
    if (!list->order)
        list->order = make_order(list);
    return g_array_ref(list->order);
}

int
list_number_cols(struct list *list)
{
    size_t n;

    list_rows(list, &n);
    return list->number_cols;
}

unsigned
list_serial(struct list *list)
{
    size_t n;

    list_rows(list, &n);
    return list->serial;
}

/* --- what is asked for --- */

void
list_stale(struct list *list)
{
    list->stale = true;
    g_clear_pointer(&list->order, g_array_unref);
}

void
list_level_changed(struct list *list)
{
    list->stale |= list->unread_only;
}

static size_t
row_of_buffer(const struct list *list, int64_t buffer_id)
{
    for (guint i = 0; buffer_id != 0 && i < list->rows->len; i++)
        if (g_array_index(list->rows, struct list_row, i).buffer_id == buffer_id)
            return i;
    return SIZE_MAX;
}

void
list_set_shown(struct list *list, int64_t buffer_id)
{
    if (list->shown == buffer_id)
        return;
    list->shown = buffer_id;
    /* Mostly the rows stay, and only the place is another. */
    list->stale |= list->for_shown;
    if (!list->stale) {
        list->shown_row = row_of_buffer(list, buffer_id);
        list->stale = list->shown_row == SIZE_MAX;
    }
}

void
list_set_unread_only(struct list *list, bool on)
{
    list->unread_only = on;
    list->stale = true;
}

bool
list_unread_only(const struct list *list)
{
    return list->unread_only;
}

void
list_set_filter(struct list *list, const char *text)
{
    g_free(list->filter);
    g_free(list->folded_filter);
    list->filter = g_strdup(text);
    list->folded_filter = g_utf8_casefold(text, -1);
    list->stale = true;
}

const char *
list_filter(const struct list *list)
{
    return list->filter;
}

char *
list_group_name(struct list *list, const struct list_row *row)
{
    const struct account *account;
    const struct space *space;
    const struct buffer_group *group;

    switch (row->kind) {
    case LIST_ACCOUNT:
        account = core_account(list->core, row->id);
        return account ? g_strconcat("account/", account->name, NULL) : NULL;
    case LIST_SPACE:
        space = core_space(list->core, row->id);
        return space ? space_group(list, space) : NULL;
    case LIST_GROUP:
        group = core_group(list->core, row->id);
        return group ? group_group(list, group) : NULL;
    case LIST_DIRECT:
        return g_strdup("direct");
    case LIST_BUFFER:
        break;
    }
    return NULL;
}

void
list_fold(struct list *list, const char *group, bool fold)
{
    if (fold)
        g_hash_table_add(list->folded, g_strdup(group));
    else
        g_hash_table_remove(list->folded, group);
    list->stale = true;
}

static gint
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char **
list_folded(const struct list *list)
{
    GPtrArray *names = g_ptr_array_new();
    GHashTableIter iter;
    gpointer name;

    g_hash_table_iter_init(&iter, list->folded);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        g_ptr_array_add(names, g_strdup(name));
    g_ptr_array_sort(names, compare_names);
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(names, FALSE);
}

/* --- life --- */

struct list *
list_new(struct core *core, struct activity *activity)
{
    struct list *list = g_new0(struct list, 1);

    list->core = core;
    list->activity = activity;
    list->rows = g_array_new(FALSE, FALSE, sizeof(struct list_row));
    list->stale = true;
    list->filter = g_strdup("");
    list->folded_filter = g_strdup("");
    list->folded = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return list;
}

void
list_free(struct list *list)
{
    if (!list)
        return;
    g_array_unref(list->rows);
    g_clear_pointer(&list->order, g_array_unref);
    g_free(list->filter);
    g_free(list->folded_filter);
    g_hash_table_unref(list->folded);
    g_free(list);
}
