#include "ui/switcher.h"

#include <string.h>

#include "ui/fuzzy.h"

struct candidate {
    int64_t buffer_id;           /* 0: a person */
    const struct person *person; /* of switcher->people */
    int score, urgency, order;
    bool matched[FUZZY_MAX_BYTES];
};

struct switcher {
    struct core *core;
    int64_t shown;
    struct editor *query;
    GPtrArray *people;  /* struct person: those of when it was opened */
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
    switcher->people = core_people(core);
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
    g_ptr_array_unref(switcher->people);
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
account_label(struct core *core, int64_t account_id)
{
    const struct account *account = core_account(core, account_id);

    if (!account)
        return NULL;
    return account->label ? account->label : account->name;
}

/* A name fits by itself or as "account name". */
static void
rate_name(const struct switcher *switcher, const char *name, const char *label,
          struct candidate *candidate)
{
    const char *query = editor_text(switcher->query);

    candidate->score = fuzzy_match(query, name, candidate->matched);
    if (candidate->score < 0 && label) {
        g_autofree char *both = g_strdup_printf("%s %s", label, name);
        candidate->score = fuzzy_match(query, both, NULL);
        memset(candidate->matched, 0, sizeof candidate->matched);
    }
}

/* By its name or its number. */
static bool
rate(const struct switcher *switcher, const struct buffer *buffer, struct candidate *candidate)
{
    const char *query = editor_text(switcher->query);
    char number[16];

    rate_name(switcher, buffer->name, account_label(switcher->core, buffer->account_id), candidate);
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
    return a->person && b->person ? strcmp(a->person->name, b->person->name) : a->order - b->order;
}

/* Everybody is no answer to nothing typed. Where a buffer fits as well as they do, it goes first.
 */
static void
add_people(struct switcher *switcher)
{
    if (!*editor_text(switcher->query))
        return;
    for (guint i = 0; i < switcher->people->len; i++) {
        const struct person *person = g_ptr_array_index(switcher->people, i);
        struct candidate candidate = {.person = person, .urgency = -2, .order = (int)i};

        rate_name(switcher, person->name, account_label(switcher->core, person->account_id),
                  &candidate);
        if (candidate.score >= 0)
            g_array_append_val(switcher->candidates, candidate);
    }
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
    add_people(switcher);
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

static const struct candidate *
selected(const struct switcher *switcher)
{
    return switcher->selected < switcher->candidates->len
               ? &g_array_index(switcher->candidates, struct candidate, switcher->selected)
               : NULL;
}

int64_t
switcher_selected(const struct switcher *switcher)
{
    const struct candidate *candidate = selected(switcher);
    return candidate ? candidate->buffer_id : 0;
}

const struct person *
switcher_person(const struct switcher *switcher)
{
    const struct candidate *candidate = selected(switcher);
    return candidate ? candidate->person : NULL;
}

static struct view_choice
view_person(const struct switcher *switcher, const struct candidate *candidate)
{
    const struct person *person = candidate->person;
    const struct account *account = core_account(switcher->core, person->account_id);

    return (struct view_choice){
        .name = person->name,
        .account = account_label(switcher->core, person->account_id),
        .network = account ? account->network : NULL,
        .person = true,
        .matched = candidate->matched,
    };
}

static struct view_choice
view_buffer(const struct switcher *switcher, const struct candidate *candidate)
{
    const struct buffer *buffer = core_buffer(switcher->core, candidate->buffer_id);
    const struct account *account =
        buffer ? core_account(switcher->core, buffer->account_id) : NULL;

    if (!buffer)
        return (struct view_choice){.name = ""};
    return (struct view_choice){
        .name = buffer->name,
        .number = buffer->number,
        .account = account_label(switcher->core, buffer->account_id),
        .network = account ? account->network : NULL,
        .unread = buffer->unread,
        .mentions = buffer->mentions,
        .left = buffer->kind == BUFFER_CHANNEL && !buffer->joined,
        .archived = buffer->archived,
        .matched = candidate->matched,
    };
}

void
switcher_view(struct switcher *switcher, struct view_switcher *ret_view)
{
    g_array_set_size(switcher->choices, 0);
    for (guint i = 0; i < switcher->candidates->len; i++) {
        const struct candidate *candidate =
            &g_array_index(switcher->candidates, struct candidate, i);
        const struct view_choice choice =
            candidate->person ? view_person(switcher, candidate) : view_buffer(switcher, candidate);
        g_array_append_val(switcher->choices, choice);
    }
    *ret_view = (struct view_switcher){
        .query = switcher->query,
        .choices = (const struct view_choice *)(void *)switcher->choices->data,
        .n = switcher->choices->len,
        .selected = switcher->selected,
    };
}
