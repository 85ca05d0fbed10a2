/* What has become of everything that was said and done. */
#include <stdlib.h>
#include <string.h>

#include "tests/soak/soak.h"
#include "tests/support/loop.h"

/* How far the clocks of a server and of the test may be apart, with what lies on the wire. */
#define SLACK_US (3 * G_USEC_PER_SEC)
/* Reading all of a store and of a server takes time, which the conversation needs. */
#define LOOK_AGAIN_US (300 * 1000)
#define DEEDS         (SITE_REACT | SITE_DELETE | SITE_EDIT | SITE_REPLY)
#define FAULTS_MOST   4000 /* bytes */

struct findings {
    GPtrArray *messages; /* struct message: all that have a text or had one */
    GHashTable *by_id;   /* remote id → struct message */
    GHashTable *counts;  /* text → GINT_TO_POINTER(number) */
    GHashTable *states;  /* text → enum message_state */
    GPtrArray *gaps;
    GPtrArray *order; /* texts as they stand */
    bool waiting;     /* something is still on its way */
    /* What the server has. NULL: nothing but talking is possible there. */
    GPtrArray *told;      /* struct told */
    GHashTable *told_ids; /* remote id → struct told */
    GHashTable *on_site;  /* text → struct told */
    GHashTable *answers;  /* remote id of a root → GUINT_TO_POINTER(number) */
    unsigned unheard;     /* taken back there, which nobody has told weft */
    GString *faults;
};

static void
findings_clear(struct findings *findings)
{
    g_clear_pointer(&findings->messages, g_ptr_array_unref);
    g_clear_pointer(&findings->by_id, g_hash_table_unref);
    g_clear_pointer(&findings->counts, g_hash_table_unref);
    g_clear_pointer(&findings->states, g_hash_table_unref);
    g_clear_pointer(&findings->gaps, g_ptr_array_unref);
    g_clear_pointer(&findings->order, g_ptr_array_unref);
    g_clear_pointer(&findings->told, g_ptr_array_unref);
    g_clear_pointer(&findings->told_ids, g_hash_table_unref);
    g_clear_pointer(&findings->on_site, g_hash_table_unref);
    g_clear_pointer(&findings->answers, g_hash_table_unref);
    if (findings->faults)
        g_string_free(findings->faults, TRUE);
    findings->faults = NULL;
}

static void G_GNUC_PRINTF(2, 3) fault(struct findings *findings, const char *format, ...)
{
    va_list list;

    if (findings->faults->len > FAULTS_MOST)
        return;
    va_start(list, format);
    g_string_append_vprintf(findings->faults, format, list);
    va_end(list);
    g_string_append_c(findings->faults, '\n');
}

/* The line that says this now. */
static struct line *
line_of(const struct soak *soak, const char *text)
{
    g_autofree char *word = g_strndup(text, strcspn(text, " "));

    return g_hash_table_lookup(soak->by_text, word);
}

static bool
is_there(const struct message *message)
{
    return message->kind == MESSAGE_TEXT && !(message->flags & MESSAGE_DELETED);
}

static void
count_message(const struct soak *soak, struct findings *findings, struct message *message)
{
    const struct line *line = line_of(soak, message->body->text);

    if (message->kind != MESSAGE_TEXT)
        return;
    if (message->remote_id)
        g_hash_table_insert(findings->by_id, message->remote_id, message);
    if (!line || !is_there(message))
        return;
    const unsigned n = GPOINTER_TO_UINT(g_hash_table_lookup(findings->counts, line->text));
    g_hash_table_insert(findings->counts, line->text, GUINT_TO_POINTER(n + 1));
    g_hash_table_insert(findings->states, line->text, GINT_TO_POINTER(message->state));
    g_ptr_array_add(findings->order, line->text);
    if (message->state == MESSAGE_PENDING || message->state == MESSAGE_SENDING ||
        (message->flags & MESSAGE_CHANGING) ||
        (message->state == MESSAGE_UNKNOWN && (soak->scene.adapter->can & SITE_LOOK)))
        findings->waiting = true;
}

/* The store as another process sees it. */
static void
read_store(struct soak *soak, struct findings *findings)
{
    struct store_options options = {.dir = soak->scene.person->paths->data_dir,
                                    .mode = STORE_READ_ONLY};
    g_autoptr(GError) error = NULL;
    struct store *store = store_open(&options, NULL, &error);
    g_autoptr(GPtrArray) buffers = NULL;

    g_assert_no_error(error);
    *findings = (struct findings){.by_id = g_hash_table_new(g_str_hash, g_str_equal),
                                  .counts = g_hash_table_new(g_str_hash, g_str_equal),
                                  .states = g_hash_table_new(g_str_hash, g_str_equal),
                                  .order = g_ptr_array_new(),
                                  .faults = g_string_new(NULL)};
    buffers = store_load_buffers(store);
    for (guint i = 0; i < buffers->len; i++) {
        const struct buffer *buffer = buffers->pdata[i];
        if (strcmp(buffer->name, soak->channel) != 0)
            continue;
        findings->messages = store_load_newest(store, buffer->id, 1000000);
        for (guint m = 0; m < findings->messages->len; m++)
            count_message(soak, findings, findings->messages->pdata[m]);
        findings->gaps = store_load_gaps(store, buffer->id);
    }
    store_close(store);
}

/* --- against what the server has --- */

static void
read_site(struct soak *soak, struct findings *findings)
{
    const struct adapter *adapter = soak->scene.adapter;

    if (!(adapter->can & DEEDS))
        return;
    findings->told = adapter->peer_tells(soak->ear, SCENE_CHANNEL);
    findings->told_ids = g_hash_table_new(g_str_hash, g_str_equal);
    findings->on_site = g_hash_table_new(g_str_hash, g_str_equal);
    findings->answers = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < findings->told->len; i++) {
        struct told *told = findings->told->pdata[i];
        const struct line *line = line_of(soak, told->text);
        const unsigned n =
            told->reply_to
                ? GPOINTER_TO_UINT(g_hash_table_lookup(findings->answers, told->reply_to))
                : 0;
        if (told->remote_id)
            g_hash_table_insert(findings->told_ids, told->remote_id, told);
        if (told->reply_to)
            g_hash_table_insert(findings->answers, told->reply_to, GUINT_TO_POINTER(n + 1));
        if (line && !g_hash_table_insert(findings->on_site, line->text, told))
            fault(findings, "%s stands on the server more than once", line->text);
    }
}

static unsigned
reactions_of(const struct message *message)
{
    unsigned n = 0;

    for (guint i = 0; message->reactions && i < message->reactions->len; i++)
        n += ((const struct reaction *)message->reactions->pdata[i])->n;
    return n;
}

static void
compare(const struct soak *soak, struct findings *findings, const struct told *told)
{
    const unsigned ways = soak->scene.adapter->ways;
    const struct message *message = g_hash_table_lookup(findings->by_id, told->remote_id);
    const unsigned answers =
        GPOINTER_TO_UINT(g_hash_table_lookup(findings->answers, told->remote_id));

    if (!message || !is_there(message)) {
        fault(findings, "%s (%s) is %s", told->text, told->remote_id,
              message ? "taken back here, not on the server" : "not here");
        return;
    }
    const char *answered = ways & WAY_FLAT_THREADS ? message->thread : message->reply_to;
    const unsigned replies = message->replies ? message->replies->n : 0;
    if (strcmp(message->body->text, told->text) != 0)
        fault(findings, "%s says %s here", told->text, message->body->text);
    if (told->edited != ((message->flags & MESSAGE_EDITED) != 0))
        fault(findings, "%s is %schanged by its mark", told->text, told->edited ? "not " : "");
    if (g_strcmp0(answered, told->reply_to) != 0)
        fault(findings, "%s answers %s here, not %s", told->text, answered ? answered : "nothing",
              told->reply_to ? told->reply_to : "nothing");
    if (reactions_of(message) != told->n_reactions)
        fault(findings, "%s has %u reactions here, not %u", told->text, reactions_of(message),
              told->n_reactions);
    if ((ways & WAY_THREADS_APART) && replies != answers)
        fault(findings, "%s has %u replies here, not %u", told->text, replies, answers);
}

/* The first line that must be there in the end. */
static guint
heard_from(const struct soak *soak)
{
    if (!(soak->scene.adapter->can & SITE_HISTORY))
        return soak->heard_from;
    return soak->scene.adapter->ways & WAY_FIRST_PAGE ? soak->heard_from : 0;
}

static bool
is_awaited(const struct soak *soak, const struct line *line)
{
    for (guint i = 0; i < heard_from(soak); i++)
        if (soak->lines->pdata[i] == line)
            return false;
    return true;
}

/* Both ways: what is there is here, and what is here is there. */
static void
compare_all(const struct soak *soak, struct findings *findings)
{
    for (guint i = 0; findings->told && i < findings->told->len; i++) {
        const struct told *told = findings->told->pdata[i];
        const struct line *line = line_of(soak, told->text);
        if (line && told->remote_id && is_awaited(soak, line))
            compare(soak, findings, told);
    }
    for (guint i = 0; findings->told && findings->messages && i < findings->messages->len; i++) {
        const struct message *message = findings->messages->pdata[i];
        if (!is_there(message) || !message->remote_id || !line_of(soak, message->body->text) ||
            g_hash_table_contains(findings->told_ids, message->remote_id))
            continue;
        if (soak->scene.adapter->ways & WAY_DELETION_BESIDE)
            findings->unheard++;
        else
            fault(findings, "%s is here and was taken back", message->body->text);
    }
}

/* --- line for line --- */

static bool
in_a_gap(const struct findings *findings, const struct line *line)
{
    for (guint i = 0; findings->gaps && i < findings->gaps->len; i++) {
        const struct gap *gap = findings->gaps->pdata[i];
        if (line->said_us >= gap->after_sort_key - SLACK_US &&
            (gap->before_sort_key == INT64_MAX || line->said_us <= gap->before_sort_key + SLACK_US))
            return true;
    }
    return false;
}

static unsigned
stored(const struct findings *findings, const struct line *line)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(findings->counts, line->text));
}

static int
state_of(const struct findings *findings, const char *text)
{
    return GPOINTER_TO_INT(g_hash_table_lookup(findings->states, text));
}

/* Taken back, and it is. */
static bool
is_gone(const struct findings *findings, const struct line *line)
{
    return line->taken_back && findings->on_site &&
           !g_hash_table_contains(findings->on_site, line->text);
}

static void
check_heard(struct soak *soak, struct findings *findings, const struct line *line)
{
    if (stored(findings, line) == 1)
        return;
    if (soak->scene.adapter->can & SITE_HISTORY)
        fault(findings, "%s was said and has not been caught up with", line->text);
    else if (!in_a_gap(findings, line))
        fault(findings, "%s was said, is not in the store, and no gap is shown there", line->text);
}

static void
check_change(struct findings *findings, const struct line *line)
{
    const struct told *told =
        findings->on_site ? g_hash_table_lookup(findings->on_site, line->text) : NULL;
    const char *version = told ? strstr(told->text, " v") : NULL;
    const unsigned n = version ? (unsigned)strtoul(version + 2, NULL, 10) : 0;

    if (told && n < line->kept)
        fault(findings, "%s is on the server, and a change up to v%u was kept to be made",
              told->text, line->kept);
}

static void
check_typed(struct soak *soak, struct findings *findings, const struct line *line)
{
    const unsigned heard = line->heard, n = stored(findings, line);
    const int state = state_of(findings, line->text);

    if (heard > 1)
        fault(findings, "%s was sent %u times", line->text, heard);
    if (heard == 1 && n != 1)
        fault(findings, "%s was sent and is not in the store", line->text);
    if (n == 1 && state != MESSAGE_UNKNOWN && (heard == 1) != (state == MESSAGE_SENT))
        fault(findings, "%s arrived %u times and is shown as %s", line->text, heard,
              message_state_name(state));
    if (n == 1 && state == MESSAGE_UNKNOWN && (soak->scene.adapter->can & SITE_LOOK))
        fault(findings, "what became of %s could have been found out", line->text);
    check_change(findings, line);
}

/* Each in the order in which it was said: what each of the others said, and what we did. */
static void
check_order(struct findings *findings)
{
    const char *last[128] = {NULL};

    for (guint i = 0; i < findings->order->len; i++) {
        const char *text = findings->order->pdata[i];
        const char **before = &last[(unsigned char)*text & 127];
        /* What was not said, or may not have been, stands where it was typed. */
        if (state_of(findings, text) == MESSAGE_UNKNOWN ||
            state_of(findings, text) == MESSAGE_FAILED)
            continue;
        if (*before && strcmp(*before, text) > 0)
            fault(findings, "%s stands after %s", text, *before);
        *before = text;
    }
}

/* Before the store is read: it turns the loop. */
static void
ask_maria(struct soak *soak)
{
    const bool changes = (soak->scene.adapter->can & SITE_EDIT) != 0;

    for (guint i = 0; i < soak->lines->len; i++) {
        struct line *line = soak->lines->pdata[i];
        g_autofree char *text = g_strconcat(line->text, changes ? "*" : "", NULL);
        /* Under whatever nick: a server may have held the first one for a while. */
        if (line->typed)
            line->heard = soak->scene.adapter->peer_count(soak->scene.peer, SCENE_USER "*",
                                                          SCENE_CHANNEL, text);
    }
}

static void
check_line(struct soak *soak, struct findings *findings, const struct line *line, bool awaited)
{
    const unsigned n = stored(findings, line);

    if (n > 1)
        fault(findings, "%s is %u times in the store", line->text, n);
    if (is_gone(findings, line))
        return;
    if (line->shown && n != 1)
        fault(findings, "%s was shown and is not in the store", line->text);
    if (line->typed)
        check_typed(soak, findings, line);
    else if (awaited)
        check_heard(soak, findings, line);
}

static void
sum_up(const struct soak *soak, const struct findings *findings)
{
    unsigned n_typed = 0, n_shown = 0, n_stored = 0, n_unknown = 0;

    for (guint i = 0; i < soak->lines->len; i++) {
        const struct line *line = soak->lines->pdata[i];
        n_typed += line->typed;
        n_shown += line->shown;
        n_stored += stored(findings, line);
        n_unknown +=
            stored(findings, line) == 1 && state_of(findings, line->text) == MESSAGE_UNKNOWN;
    }
    g_test_message("%u lines (%u typed), %u shown, %u in the store (%u unknown), %u gaps; none "
                   "lost, none doubled",
                   soak->lines->len, n_typed, n_shown, n_stored, n_unknown,
                   findings->gaps ? findings->gaps->len : 0);
    if (findings->told)
        g_test_message("%u changes, %u taken back (%u unheard of), %u reactions, %u answers were "
                       "asked for; what stands in the store is what the server has",
                       soak->changes, soak->deletions, findings->unheard, soak->reactions,
                       soak->answers);
}

void
reckon_all(struct soak *soak)
{
    struct findings findings;

    ask_maria(soak);
    read_store(soak, &findings);
    read_site(soak, &findings);
    compare_all(soak, &findings);
    for (guint i = 0; i < soak->lines->len; i++)
        check_line(soak, &findings, soak->lines->pdata[i], i >= heard_from(soak));
    check_order(&findings);
    if (findings.faults->len > 0)
        g_error("these are not as they should be:\n%s", findings.faults->str);
    sum_up(soak, &findings);
    findings_clear(&findings);
}

/* --- rest --- */

/* Adds a fault for each that is waited for. */
static void
await(struct soak *soak, struct findings *findings)
{
    /* Without a history what was missed stays so: only the last is waited for. */
    guint from = soak->scene.adapter->can & SITE_HISTORY ? heard_from(soak) : soak->lines->len - 1;

    for (guint i = 0; i < soak->lines->len; i++) {
        const struct line *line = soak->lines->pdata[i];
        const bool here = stored(findings, line) > 0;
        const int state = state_of(findings, line->text);
        if (here && state != MESSAGE_SENT && state != MESSAGE_RECEIVED && findings->waiting)
            fault(findings, "%s is %s", line->text, message_state_name(state));
        else if (i >= from && !here && !line->typed && !is_gone(findings, line))
            fault(findings, "%s is not there%s", line->text,
                  i + 1 == soak->lines->len ? ": the last" : "");
    }
}

static void
take_account(struct soak *soak, struct findings *findings)
{
    read_store(soak, findings);
    if (!findings->waiting) {
        read_site(soak, findings);
        compare_all(soak, findings);
    }
    await(soak, findings);
}

bool
reckon_is_settled(void *user)
{
    struct soak *soak = user;
    struct findings findings;

    if (g_get_monotonic_time() < soak->look_us)
        return false;
    take_account(soak, &findings);
    const bool settled = !findings.waiting && findings.faults->len == 0;
    findings_clear(&findings);
    soak->look_us = g_get_monotonic_time() + LOOK_AGAIN_US;
    return settled;
}

bool
reckon_has(struct soak *soak, const struct line *line)
{
    struct findings findings;

    if (g_get_monotonic_time() < soak->look_us)
        return false;
    read_store(soak, &findings);
    const bool has = stored(&findings, line) > 0;
    findings_clear(&findings);
    soak->look_us = g_get_monotonic_time() + LOOK_AGAIN_US;
    return has;
}

void
reckon_tell(struct soak *soak)
{
    struct findings findings;

    take_account(soak, &findings);
    g_error("the conversation has not come to rest:\n%s%s", findings.faults->str,
            findings.waiting ? "something is still on its way\n" : "");
}
