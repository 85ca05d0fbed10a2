#include "ui/switcher.h"

#include <string.h>

#include "ui/fuzzy.h"

struct candidate {
    int64_t buffer_id;
    int score, urgency, order;
    bool matched[FUZZY_MAX_BYTES];
};

struct switcher {
    struct core *core;
    int64_t shown;
    struct editor *query;
    GArray *candidates; /* struct candidate, best first */
    GArray *choices;    /* struct view_choice, made by switcher_view() */
    size_t selected;
};

struct switcher *
switcher_new(struct core *core, int64_t shown, const struct width_rules *rules)
{
    struct switcher *switcher = g_new0(struct switcher, 1);

    switcher->core = core;
    switcher->shown = shown;
    switcher->query = editor_new(rules);
    switcher->candidates = g_array_new(FALSE, TRUE, sizeof(struct candidate));
    switcher->choices = g_array_new(FALSE, TRUE, sizeof(struct view_choice));
    switcher_update(switcher);
    return switcher;
}

void
switcher_free(struct switcher *switcher)
{
    if (!switcher)
        return;
    editor_free(switcher->query);
    g_array_unref(switcher->candidates);
    g_array_unref(switcher->choices);
    g_free(switcher);
}

struct editor *
switcher_query(struct switcher *switcher)
{
    return switcher->query;
}

static const char *
account_label(struct core *core, const struct buffer *buffer)
{
    const struct account *account = core_account(core, buffer->account_id);

    if (!account)
        return NULL;
    return account->label ? account->label : account->name;
}

/* A name fits by itself, as "account name", or by its number. */
static bool
rate(const struct switcher *switcher, const struct buffer *buffer, struct candidate *candidate)
{
    const char *query = editor_text(switcher->query);
    const char *label = account_label(switcher->core, buffer);
    char number[16];

    candidate->score = fuzzy_match(query, buffer->name, candidate->matched);
    if (candidate->score < 0 && label) {
        g_autofree char *both = g_strdup_printf("%s %s", label, buffer->name);
        candidate->score = fuzzy_match(query, both, NULL);
        memset(candidate->matched, 0, sizeof candidate->matched);
    }
    g_snprintf(number, sizeof number, "%d", buffer->number);
    if (strcmp(query, number) == 0)
        candidate->score = G_MAXINT;
    return candidate->score >= 0;
}

static int
urgency(const struct switcher *switcher, const struct buffer *buffer)
{
    if (buffer->id == switcher->shown)
        return -1;
    if (buffer->mentions > 0)
        return 3;
    if (buffer->unread > 0)
        return buffer->kind == BUFFER_DIRECT ? 2 : 1;
    return 0;
}

static gint
compare(gconstpointer one, gconstpointer two)
{
    const struct candidate *a = one, *b = two;

    if (a->score != b->score)
        return a->score < b->score ? 1 : -1;
    if (a->urgency != b->urgency)
        return a->urgency < b->urgency ? 1 : -1;
    return a->order - b->order;
}

void
switcher_update(struct switcher *switcher)
{
    const GPtrArray *buffers = core_buffers(switcher->core);

    g_array_set_size(switcher->candidates, 0);
    for (guint i = 0; i < buffers->len; i++) {
        const struct buffer *buffer = g_ptr_array_index(buffers, i);
        struct candidate candidate = {.buffer_id = buffer->id, .order = (int)i};

        if (!rate(switcher, buffer, &candidate))
            continue;
        candidate.urgency = urgency(switcher, buffer);
        g_array_append_val(switcher->candidates, candidate);
    }
    g_array_sort(switcher->candidates, compare);
    switcher->selected = 0;
}

void
switcher_move(struct switcher *switcher, int by)
{
    int n = (int)switcher->candidates->len;

    if (n > 0)
        switcher->selected = (size_t)((((int)switcher->selected + by) % n + n) % n);
}

void
switcher_select(struct switcher *switcher, size_t choice)
{
    if (choice < switcher->candidates->len)
        switcher->selected = choice;
}

int64_t
switcher_selected(const struct switcher *switcher)
{
    if (switcher->selected >= switcher->candidates->len)
        return 0;
    return g_array_index(switcher->candidates, struct candidate, switcher->selected).buffer_id;
}

void
switcher_view(struct switcher *switcher, struct view_switcher *ret_view)
{
    g_array_set_size(switcher->choices, 0);
    for (guint i = 0; i < switcher->candidates->len; i++) {
        const struct candidate *candidate =
            &g_array_index(switcher->candidates, struct candidate, i);
        const struct buffer *buffer = core_buffer(switcher->core, candidate->buffer_id);
        const struct account *account =
            buffer ? core_account(switcher->core, buffer->account_id) : NULL;
        struct view_choice choice = {
            .name = buffer ? buffer->name : "",
            .number = buffer ? buffer->number : 0,
            .account = buffer ? account_label(switcher->core, buffer) : NULL,
            .network = account ? account->network : NULL,
            .unread = buffer ? buffer->unread : 0,
            .mentions = buffer ? buffer->mentions : 0,
            .left = buffer && buffer->kind == BUFFER_CHANNEL && !buffer->joined,
            .matched = candidate->matched,
        };
        g_array_append_val(switcher->choices, choice);
    }
    *ret_view = (struct view_switcher){
        .query = switcher->query,
        .choices = (const struct view_choice *)(void *)switcher->choices->data,
        .n = switcher->choices->len,
        .selected = switcher->selected,
    };
}
