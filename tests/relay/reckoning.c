#include "tests/relay/reckoning.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/loop.h"

#define PATIENCE_MS   120000 /* in which nothing gets better, */
#define REST_MS       30000  /* and nothing waits */
#define LOOK_AGAIN_US (G_USEC_PER_SEC)
#define FAULTS_MOST   20

char *
reckoning_text(const struct soak *soak, const struct line *line, unsigned version)
{
    return g_strdup_printf("%s%06u v%u", soak->places[line->place].name, line->number, version);
}

struct line *
reckoning_root(struct line *line)
{
    while (line->answers)
        line = line->answers;
    return line;
}

/* --- what a place has --- */

/* What one place has of one line. */
struct tally {
    unsigned n, n_changed; /* said; said with "(changed)" */
    unsigned version, last;
    unsigned n_reactions;
    const struct line *answers; /* NULL: none */
    bool answers_unknown;       /* something that is none of these lines */
    bool disordered;            /* the changes do not count up */
    unsigned n_later; /* lines of the same author there that stand before it and were said later */
};

struct reckoning {
    struct soak *soak;
    struct tally *tallies; /* one a line */
    GString *faults;
    unsigned n_faults;
    unsigned n_arrived;
};

static void G_GNUC_PRINTF(2, 3) fault(struct reckoning *reckoning, const char *format, ...)
{
    va_list list;

    if (reckoning->n_faults++ >= FAULTS_MOST)
        return;
    va_start(list, format);
    g_string_append_vprintf(reckoning->faults, format, list);
    va_end(list);
    g_string_append_c(reckoning->faults, '\n');
}

/* "… a000042 v1": false: it is none of ours. */
static bool
read_text(const struct soak *soak, const char *text, struct line **ret_line, unsigned *ret_version)
{
    const char *space = strrchr(text, ' ');

    if (!space || space - text < 7 || space[1] != 'v' || strspn(space + 2, "0123456789") == 0 ||
        space[2 + strspn(space + 2, "0123456789")] != '\0')
        return false;
    const char *number = space - 6;
    const unsigned n = (unsigned)strtoul(number, NULL, 10);
    if (n >= soak->lines->len)
        return false;
    *ret_line = soak->lines->pdata[n];
    *ret_version = (unsigned)strtoul(space + 2, NULL, 10);
    return number[-1] == *soak->places[(*ret_line)->place].name;
}

static void
take_answer(struct tally *tally, const struct told *told, GHashTable *by_id)
{
    tally->answers = told->reply_to ? g_hash_table_lookup(by_id, told->reply_to) : NULL;
    tally->answers_unknown = told->reply_to && !tally->answers;
}

static void
count(struct reckoning *reckoning, const struct place *place, unsigned channel, GPtrArray *told)
{
    unsigned newest[SOAK_PLACES] = {0};
    g_autoptr(GHashTable) by_id = g_hash_table_new(g_str_hash, g_str_equal);

    for (unsigned i = 0; i < told->len; i++) {
        const struct told *each = told->pdata[i];
        struct line *line;
        unsigned version;
        if (!read_text(reckoning->soak, each->text, &line, &version) || line->channel != channel) {
            fault(reckoning, "in %s%s somebody said \"%s\"", place->name, town_channels[channel],
                  each->text);
            continue;
        }
        struct tally *tally = &reckoning->tallies[line->number];
        if (strstr(each->text, "(changed) ")) {
            tally->disordered = tally->disordered || tally->n == 0 || version <= tally->last;
            tally->n_changed++;
            tally->last = version;
            continue;
        }
        tally->n++;
        tally->version = tally->last = version;
        tally->n_reactions = each->n_reactions;
        take_answer(tally, each, by_id);
        if (each->remote_id)
            g_hash_table_insert(by_id, each->remote_id, line);
        tally->n_later = newest[line->place] > line->number ? newest[line->place] : 0;
        newest[line->place] = MAX(newest[line->place], line->number);
    }
}

/* Of those elsewhere who react, one is seen: the relay. */
static unsigned
reactions_at(const struct line *line, unsigned at)
{
    bool elsewhere = false;

    for (unsigned i = 0; i < SOAK_PLACES; i++)
        elsewhere |= i != at && line->reacted[i];
    return (unsigned)line->reacted[at] + elsewhere;
}

static void
judge_deeds(struct reckoning *reckoning, unsigned at, struct line *line, const char *where)
{
    const struct place *place = &reckoning->soak->places[at];
    const struct tally *tally = &reckoning->tallies[line->number];
    const bool flat = (place->adapter->ways & WAY_FLAT_THREADS) != 0;
    const struct line *answers = line->answers && flat ? reckoning_root(line) : line->answers;

    if (tally->answers_unknown || tally->answers != answers)
        fault(reckoning, "%s as an answer to number %d, not %d", where,
              tally->answers ? (int)tally->answers->number : -1,
              answers ? (int)answers->number : -1);
    /* What was on its way to a copy that is taken back may come or not. */
    if (!line->copies_deleted && tally->n_reactions != reactions_at(line, at))
        fault(reckoning, "%s with %u reactions, not %u", where, tally->n_reactions,
              reactions_at(line, at));
}

static void
judge(struct reckoning *reckoning, unsigned at, struct line *line)
{
    const struct place *place = &reckoning->soak->places[at];
    const struct tally *tally = &reckoning->tallies[line->number];
    const bool edits = (place->adapter->can & SITE_EDIT) != 0;
    g_autofree char *text = reckoning_text(reckoning->soak, line, line->version);
    g_autofree char *where = g_strdup_printf("\"%s\", said in %s%s, is in %s", text,
                                             reckoning->soak->places[line->place].name,
                                             town_channels[line->channel], place->name);

    reckoning->n_arrived += tally->n;
    if (line->deleted || (line->copies_deleted && at != line->place)) {
        if (tally->n > 0 || (at != line->deleted_at && tally->n_changed > 0))
            fault(reckoning, "%s %u times (%u changed), and was taken back", where, tally->n,
                  tally->n_changed);
        return;
    }
    if (tally->n != 1)
        fault(reckoning, "%s %u times", where, tally->n);
    else if (tally->last != line->version)
        fault(reckoning, "%s as version %u", where, tally->last);
    if (tally->disordered || (edits && tally->n_changed > 0))
        fault(reckoning, "%s changed in other ways (%u, the last %u)", where, tally->n_changed,
              tally->last);
    if (tally->n_later > 0)
        fault(reckoning, "%s behind number %u", where, tally->n_later);
    if (tally->n == 1)
        judge_deeds(reckoning, at, line, where);
}

static void
judge_legs(struct reckoning *reckoning)
{
    struct soak *soak = reckoning->soak;

    carrier_ask(&soak->carrier);
    for (unsigned i = 0; i < soak->carrier.legs->len; i++) {
        const struct carrier_leg *leg = soak->carrier.legs->pdata[i];
        if (leg->state != RELAY_RUNS || leg->waiting + leg->unknown + leg->given_up > 0)
            fault(reckoning, "%s %s: state %d, waiting %u, unknown %u, given up %u, %s",
                  leg->gateway, leg->address, (int)leg->state, leg->waiting, leg->unknown,
                  leg->given_up, leg->error);
    }
}

/* What each place has, for who looks for the cause. */
static void
write_view(const struct soak *soak, const struct place *place, unsigned channel,
           const GPtrArray *told)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *name =
        g_strdup_printf("seen-%s-%s.txt", place->name, town_channels[channel] + 1);
    g_autofree char *path = g_build_filename(soak->carrier.home, name, NULL);

    for (unsigned i = 0; i < told->len; i++) {
        const struct told *each = told->pdata[i];
        g_string_append_printf(text, "%s: %s (%u)\n", each->remote_id ? each->remote_id : "",
                               each->text, each->n_reactions);
    }
    g_file_set_contents(path, text->str, (gssize)text->len, NULL);
}

static void
take_account(struct soak *soak, struct reckoning *ret_reckoning, bool writes)
{
    *ret_reckoning = (struct reckoning){.soak = soak, .faults = g_string_new(NULL)};
    judge_legs(ret_reckoning);
    for (unsigned p = 0; p < SOAK_PLACES; p++) {
        const struct place *place = &soak->places[p];
        ret_reckoning->tallies = g_new0(struct tally, soak->lines->len);
        for (unsigned channel = 0; channel < TOWN_CHANNELS; channel++) {
            g_autoptr(GPtrArray) told =
                place->adapter->peer_tells(place->ear, town_channels[channel]);
            count(ret_reckoning, place, channel, told);
            if (writes)
                write_view(soak, place, channel, told);
        }
        for (unsigned i = 0; i < soak->lines->len; i++)
            judge(ret_reckoning, p, soak->lines->pdata[i]);
        g_clear_pointer(&ret_reckoning->tallies, g_free);
    }
}

unsigned
reckoning_waiting(struct soak *soak)
{
    unsigned waiting = 0;

    carrier_ask(&soak->carrier);
    for (unsigned i = 0; i < soak->carrier.legs->len; i++) {
        const struct carrier_leg *leg = soak->carrier.legs->pdata[i];
        waiting += leg->waiting + (leg->state != RELAY_RUNS);
    }
    return soak->carrier.legs->len > 0 ? waiting : 1;
}

void
reckoning_settle(struct soak *soak)
{
    int64_t until_us = g_get_monotonic_time() + PATIENCE_MS * INT64_C(1000);
    unsigned least = UINT_MAX;
    struct reckoning reckoning;
    bool late;

    for (;;) {
        const unsigned waiting = reckoning_waiting(soak);
        if (waiting < least)
            until_us =
                g_get_monotonic_time() + (waiting > 0 ? PATIENCE_MS : REST_MS) * INT64_C(1000);
        least = MIN(least, waiting);
        late = g_get_monotonic_time() > until_us;
        if (late || waiting == 0) {
            take_account(soak, &reckoning, late);
            if (reckoning.n_faults == 0 || late)
                break;
            g_string_free(reckoning.faults, TRUE);
        }
        loop_turn_until(g_get_monotonic_time() + LOOK_AGAIN_US);
    }
    if (reckoning.n_faults > 0)
        g_error("%u things are not as they should be:\n%sAll of it, and what each place has, is in "
                "%s.",
                reckoning.n_faults, reckoning.faults->str, soak->carrier.home);
    g_test_message("%u lines, of which %u answers; %u changes, %u taken back, %u reactions; %u "
                   "stand in %d places; none lost, none doubled",
                   soak->lines->len, soak->n_answers, soak->n_changes, soak->n_deletions,
                   soak->n_reactions, reckoning.n_arrived, SOAK_PLACES);
    g_string_free(reckoning.faults, TRUE);
}
