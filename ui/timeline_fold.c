/* Who comes, goes and is called what: shown when it is about somebody who spoke not long ago, else
 * one line for all of them in a row. Decided once for each line, so that nothing moves under the
 * reader's eyes when older lines come. */
#include "ui/timeline_priv.h"

#include <string.h>

#include "text/display.h"

/* More names than any row has room for. */
#define NAMES_MOST 60

static bool
is_coming_or_going(const struct message *message)
{
    switch (message->kind) {
    case MESSAGE_JOIN:
    case MESSAGE_PART:
    case MESSAGE_QUIT:
    case MESSAGE_RENAME:
        return !(message->flags & MESSAGE_OWN) && message->sender_name;
    default:
        return false;
    }
}

bool
timeline_is_folded(const struct line *line)
{
    return line->fold == LINE_FOLD_YES && !line->unfolded;
}

/* Names as every network folds them. */
static guint
name_hash(const void *name)
{
    guint hash = 5381;

    for (const char *at = name; *at; at++)
        hash = hash * 33 + (guchar)g_ascii_tolower(*at);
    return hash;
}

static gboolean
name_equal(const void *a, const void *b)
{
    return g_ascii_strcasecmp(a, b) == 0;
}

static bool
spoke(GHashTable *spoken, const struct message *message, int64_t smart_us)
{
    const int64_t *time_us = g_hash_table_lookup(spoken, message->sender_name);

    return time_us && message->time_us - *time_us <= smart_us;
}

/* A new name has said what the old one has. */
static void
learn(GHashTable *spoken, const struct message *message)
{
    void *when = NULL;

    if (!message->sender_name || message->flags & MESSAGE_IGNORED)
        return;
    if (message->kind <= MESSAGE_NOTICE)
        g_hash_table_replace(spoken, message->sender_name, (void *)(uintptr_t)&message->time_us);
    else if (message->kind == MESSAGE_RENAME && message->subject &&
             (when = g_hash_table_lookup(spoken, message->sender_name)))
        g_hash_table_replace(spoken, message->subject, when);
}

void
timeline_decide_folds(struct timeline *timeline)
{
    g_autoptr(GHashTable) spoken = NULL; /* name → when, both the messages' */
    guint i = 0;

    while (i < timeline->lines->len && timeline_line(timeline, i)->fold != LINE_FOLD_UNKNOWN)
        i++;
    if (i == timeline->lines->len)
        return;
    spoken = g_hash_table_new(name_hash, name_equal);
    for (i = 0; i < timeline->lines->len; i++) {
        struct line *line = timeline_line(timeline, i);

        if (line->fold == LINE_FOLD_UNKNOWN && !is_coming_or_going(line->message))
            line->fold = LINE_FOLD_NO;
        else if (line->fold == LINE_FOLD_UNKNOWN)
            line->fold = timeline->joins == TIMELINE_JOINS_SHOWN ||
                                 (timeline->joins == TIMELINE_JOINS_SMART &&
                                  spoke(spoken, line->message, timeline->smart_us))
                             ? LINE_FOLD_NO
                             : LINE_FOLD_YES;
        learn(spoken, line->message);
    }
}

void
timeline_set_joins(struct timeline *timeline, enum timeline_joins joins, int64_t smart_us)
{
    if (timeline->joins == joins && timeline->smart_us == smart_us)
        return;
    timeline->joins = joins;
    timeline->smart_us = smart_us;
    for (guint i = 0; i < timeline->lines->len; i++) {
        struct line *line = timeline_line(timeline, i);
        line->fold = LINE_FOLD_UNKNOWN;
        line->unfolded = false;
    }
    timeline->stale = true;
    /* What was folded away may be more than a window holds. */
    if (timeline->lines->len > TIMELINE_MAX)
        timeline_reload(timeline);
}

/* --- the line
 * -------------------------------------------------------------------------------------------- */

struct person {
    const char *name;
    const char *now; /* called so in the end; NULL: the same */
};

struct fold {
    unsigned joined, left, renamed;
    GHashTable *by_name; /* name → index into `people`, and 1 */
    GArray *people;      /* struct person */
};

static void
note_person(struct fold *fold, const struct message *message)
{
    guint at = GPOINTER_TO_UINT(g_hash_table_lookup(fold->by_name, message->sender_name));

    if (at == 0 && fold->people->len < NAMES_MOST) {
        struct person person = {message->sender_name, NULL};
        g_array_append_val(fold->people, person);
        at = fold->people->len;
        g_hash_table_insert(fold->by_name, message->sender_name, GUINT_TO_POINTER(at));
    }
    if (at == 0 || message->kind != MESSAGE_RENAME || !message->subject)
        return;
    g_array_index(fold->people, struct person, at - 1).now = message->subject;
    g_hash_table_insert(fold->by_name, message->subject, GUINT_TO_POINTER(at));
}

static void
put_people(GString *out, const struct fold *fold)
{
    for (guint i = 0; i < fold->people->len; i++) {
        const struct person *person = &g_array_index(fold->people, struct person, i);
        g_autofree char *name = display_dup(person->name, -1, DISPLAY_NAME);
        g_autofree char *now = person->now ? display_dup(person->now, -1, DISPLAY_NAME) : NULL;

        g_string_append_printf(out, "%s%s", i > 0 ? ", " : ": ", name);
        if (now)
            g_string_append_printf(out, " (now %s)", now);
    }
}

static void
put_count(GString *out, unsigned n, const char *word)
{
    if (n > 0)
        g_string_append_printf(out, "%s%u %s", out->len > 0 ? ", " : "", n, word);
}

char *
timeline_fold_text(const struct timeline *timeline, const struct item *item)
{
    g_autoptr(GHashTable) by_name = g_hash_table_new(name_hash, name_equal);
    g_autoptr(GArray) people = g_array_new(FALSE, FALSE, sizeof(struct person));
    struct fold fold = {.by_name = by_name, .people = people};
    GString *text = g_string_new(NULL);

    for (guint i = item->first_line; i < item->first_line + item->n_lines; i++) {
        const struct line *line = timeline_line(timeline, i);
        const struct message *message = line->message;

        if (!timeline_is_folded(line) || message->flags & MESSAGE_IGNORED)
            continue;
        fold.joined += message->kind == MESSAGE_JOIN;
        fold.left += message->kind == MESSAGE_PART || message->kind == MESSAGE_QUIT;
        fold.renamed += message->kind == MESSAGE_RENAME;
        note_person(&fold, message);
    }
    put_count(text, fold.joined, "joined");
    put_count(text, fold.left, "left");
    put_count(text, fold.renamed, "renamed");
    put_people(text, &fold);
    return g_string_free(text, FALSE);
}

int64_t
timeline_fold_time_us(const struct timeline *timeline, const struct item *item)
{
    return timeline_line(timeline, item->first_line + item->n_lines - 1)->message->time_us;
}
