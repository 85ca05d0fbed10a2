/* Two channels that a relay joins over four servers of two networks, in which people talk, change
 * their mind and react, while the relay is killed with SIGKILL and its lines are cut, at random
 * moments.
 *
 * Proven at the end, for every line and each of the other places: it arrived once, and in the order
 * in which its author said it there; what was changed reads as it does at home (where nothing can
 * be changed, a line says so, once for each text); what was taken back is not there; who reacted is
 * seen. At home each line stands once: nothing came back. Nothing waits, nothing was given up, and
 * nobody wonders about any copy: these networks let it be found out.
 *
 * WEFT_KILLS, WEFT_CUTS: how many of each (5). WEFT_MESSAGES: how many lines at least (200).
 * WEFT_SEED: the seed that an earlier run printed. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "tests/relay/town.h"
#include "tests/soak/cut.h"
#include "tests/support/loop.h"

#define PLACES        4
#define SETTLE_MS     120000
#define LOOK_AGAIN_US (G_USEC_PER_SEC)
#define KNOWN_MOST    30 /* lines that are still changed, taken back, reacted to */
#define FAULTS_MOST   20

struct line {
    unsigned number; /* in soak.lines */
    unsigned place, channel;
    unsigned version; /* of its text: 0, then counted up by each change */
    bool deleted, reacted;
    char *id; /* at home; NULL: nobody asked for it */
};

struct soak {
    struct place places[PLACES];
    struct carrier carrier;
    GRand *rand;
    GPtrArray *lines; /* struct line */
    GPtrArray *known; /* those of which the id is known, and that are not taken back */
    unsigned kills, cuts;
    unsigned n_changes, n_deletions, n_reactions;
};

static unsigned
any(struct soak *soak, unsigned n)
{
    return (unsigned)g_rand_int_range(soak->rand, 0, (gint32)n);
}

/* --- the conversation --- */

static void
line_free(void *memory)
{
    struct line *line = memory;

    g_free(line->id);
    g_free(line);
}

static char *
line_text(const struct soak *soak, const struct line *line)
{
    return g_strdup_printf("%s%06u v%u", soak->places[line->place].name, line->number,
                           line->version);
}

struct looking {
    struct soak *soak;
    struct line *line;
    const char *text;
};

static bool
is_found(void *user)
{
    const struct looking *looking = user;
    const struct place *place = &looking->soak->places[looking->line->place];

    looking->line->id =
        place->adapter->peer_find(place->ear, town_channels[looking->line->channel], looking->text);
    return looking->line->id != NULL;
}

static void
say(struct soak *soak, unsigned at, unsigned channel)
{
    const struct place *place = &soak->places[at];
    struct line *line = g_new0(struct line, 1);

    *line = (struct line){.number = soak->lines->len, .place = at, .channel = channel};
    g_ptr_array_add(soak->lines, line);
    g_autofree char *text = line_text(soak, line);
    place->adapter->peer_say(place->speaker, town_channels[channel], text);
    if (any(soak, 3) > 0)
        return;
    struct looking looking = {soak, line, text};
    g_assert_true(loop_until(is_found, &looking, CONFORMANCE_DEADLINE_MS));
    if (soak->known->len == KNOWN_MOST)
        g_ptr_array_remove_index(soak->known, 0);
    g_ptr_array_add(soak->known, line);
}

static void
change(struct soak *soak, struct line *line)
{
    const struct place *place = &soak->places[line->place];

    if (!(place->adapter->can & SITE_EDIT))
        return;
    line->version++;
    soak->n_changes++;
    g_autofree char *text = line_text(soak, line);
    place->adapter->peer_edit(place->speaker, town_channels[line->channel], line->id, text);
}

static void
take_back(struct soak *soak, struct line *line)
{
    const struct place *place = &soak->places[line->place];

    line->deleted = true;
    soak->n_deletions++;
    place->adapter->peer_delete(place->speaker, town_channels[line->channel], line->id, "a slip");
    g_ptr_array_remove(soak->known, line);
}

static void
react(struct soak *soak, struct line *line)
{
    const struct place *place = &soak->places[line->place];

    if (line->reacted)
        return;
    line->reacted = true;
    soak->n_reactions++;
    place->adapter->peer_react(place->speaker, town_channels[line->channel], line->id, "👍", true);
}

static void
somebody_does_something(struct soak *soak)
{
    const unsigned what = any(soak, 12);
    struct line *line =
        soak->known->len > 0 ? soak->known->pdata[any(soak, soak->known->len)] : NULL;

    if (what == 0 && line)
        take_back(soak, line);
    else if (what <= 2 && line)
        change(soak, line);
    else if (what == 3 && line)
        react(soak, line);
    else
        for (unsigned n = any(soak, 4) + 1, at = any(soak, PLACES); n > 0; n--)
            say(soak, at, any(soak, TOWN_CHANNELS));
}

static void
talk_for(struct soak *soak, int64_t time_us)
{
    int64_t end_us = g_get_monotonic_time() + time_us;

    do {
        somebody_does_something(soak);
        while (g_main_context_iteration(NULL, FALSE))
            ;
    } while (g_get_monotonic_time() < end_us);
    /* Nothing to the time of a commit and a flight. */
    loop_turn_until(g_get_monotonic_time() + any(soak, 15000));
}

static void
talk_meanwhile(void *user)
{
    talk_for(user, 50000);
}

static void
kill_it(struct soak *soak)
{
    soak->kills--;
    carrier_kill(&soak->carrier);
    if (g_rand_boolean(soak->rand))
        talk_for(soak, 0);
    carrier_start(&soak->carrier);
}

static void
cut_one(struct soak *soak)
{
    soak->cuts--;
    cut_somehow(soak->places[any(soak, PLACES)].proxy, soak->rand, talk_meanwhile, soak);
}

/* --- the account --- */

/* What one place has of one line. */
struct tally {
    unsigned n, n_changed; /* said; said with "(changed)" */
    unsigned version, last;
    unsigned n_reactions;
    bool disordered;  /* the changes do not count up */
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
count(struct reckoning *reckoning, const struct place *place, unsigned channel, GPtrArray *told)
{
    unsigned newest[PLACES] = {0};

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
        tally->n_later = newest[line->place] > line->number ? newest[line->place] : 0;
        newest[line->place] = MAX(newest[line->place], line->number);
    }
}

static void
judge(struct reckoning *reckoning, const struct place *place, const struct line *line)
{
    const struct tally *tally = &reckoning->tallies[line->number];
    const bool edits = (place->adapter->can & SITE_EDIT) != 0;
    g_autofree char *text = line_text(reckoning->soak, line);
    g_autofree char *where = g_strdup_printf("\"%s\", said in %s%s, is in %s", text,
                                             reckoning->soak->places[line->place].name,
                                             town_channels[line->channel], place->name);

    reckoning->n_arrived += tally->n;
    if (line->deleted) {
        if (tally->n + tally->n_changed > 0)
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
    if (tally->n == 1 && tally->n_reactions != (unsigned)line->reacted)
        fault(reckoning, "%s with %u reactions, not %d", where, tally->n_reactions, line->reacted);
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
    for (unsigned p = 0; p < PLACES; p++) {
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
            judge(ret_reckoning, place, soak->lines->pdata[i]);
        g_clear_pointer(&ret_reckoning->tallies, g_free);
    }
}

static bool
legs_rest(struct soak *soak)
{
    unsigned busy = 0;

    carrier_ask(&soak->carrier);
    for (unsigned i = 0; i < soak->carrier.legs->len; i++) {
        const struct carrier_leg *leg = soak->carrier.legs->pdata[i];
        busy += leg->state != RELAY_RUNS || leg->waiting > 0;
    }
    return busy == 0 && soak->carrier.legs->len > 0;
}

/* Until everything is right, or the patience is at its end; then the test ends. */
static void
settle(struct soak *soak)
{
    const int64_t until_us = g_get_monotonic_time() + SETTLE_MS * INT64_C(1000);
    struct reckoning reckoning;
    bool late;

    for (;;) {
        late = g_get_monotonic_time() > until_us;
        if (late || legs_rest(soak)) {
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
    g_test_message("%u lines, %u changes, %u taken back, %u reactions; %u stand in %d places; "
                   "none lost, none doubled",
                   soak->lines->len, soak->n_changes, soak->n_deletions, soak->n_reactions,
                   reckoning.n_arrived, PLACES);
    g_string_free(reckoning.faults, TRUE);
}

/* --- the run --- */

static unsigned
wanted(const char *name, unsigned otherwise)
{
    const char *text = g_getenv(name);

    return text ? (unsigned)strtoul(text, NULL, 10) : otherwise;
}

static void
begin(struct soak *soak, const struct certs *certs)
{
    static const struct adapter *const adapters[PLACES] = {
        &adapter_irc_scripted, &adapter_mattermost_sandbox, &adapter_irc_scripted,
        &adapter_mattermost_sandbox};
    const guint32 seed = wanted("WEFT_SEED", g_random_int());

    soak->kills = wanted("WEFT_KILLS", 5);
    soak->cuts = wanted("WEFT_CUTS", 5);
    g_test_message("%u kills, %u cuts, seed: WEFT_SEED=%u", soak->kills, soak->cuts, seed);
    soak->rand = g_rand_new_with_seed(seed);
    soak->lines = g_ptr_array_new_with_free_func(line_free);
    soak->known = g_ptr_array_new();
    for (unsigned i = 0; i < PLACES; i++)
        place_start(&soak->places[i], i, adapters[i], certs, true);
    carrier_init(&soak->carrier, "weft", soak->places, PLACES);
    g_test_message("the log, when it fails: %s/carrier.log", soak->carrier.home);
    carrier_start(&soak->carrier);
    carrier_wait(&soak->carrier);
}

static void
everyone_says_one(struct soak *soak)
{
    for (unsigned i = 0; i < PLACES; i++)
        for (unsigned channel = 0; channel < TOWN_CHANNELS; channel++)
            say(soak, i, channel);
}

static void
end(struct soak *soak)
{
    carrier_end(&soak->carrier);
    for (unsigned i = 0; i < PLACES; i++)
        place_stop(&soak->places[i]);
    g_ptr_array_unref(soak->known);
    g_ptr_array_unref(soak->lines);
    g_rand_free(soak->rand);
}

static void
run(gconstpointer certs)
{
    const unsigned messages = wanted("WEFT_MESSAGES", 200);
    struct soak soak = {0};
    g_autofree char *why = NULL;

    if (!adapter_mattermost_sandbox.available(&why)) {
        g_test_skip(why);
        return;
    }
    begin(&soak, certs);
    /* What was said before a relay came is not its matter: from here on everything is. */
    everyone_says_one(&soak);
    settle(&soak);
    while (soak.kills + soak.cuts > 0 || soak.lines->len < messages) {
        talk_for(&soak, any(&soak, 800000));
        if (soak.kills + soak.cuts == 0)
            continue;
        if (any(&soak, soak.kills + soak.cuts) < soak.kills)
            kill_it(&soak);
        else
            cut_one(&soak);
    }
    for (unsigned i = 0; i < PLACES; i++)
        proxy_heal(soak.places[i].proxy);
    everyone_says_one(&soak);
    settle(&soak);
    end(&soak);
}

int
main(int argc, char **argv)
{
    struct certs *certs;
    int status;

    signal(SIGPIPE, SIG_IGN);
    g_test_init(&argc, &argv, NULL);
    certs = certs_new();
    if (certs)
        g_test_add_data_func("/soak/relay", certs, run);
    status = g_test_run();
    certs_free(certs);
    return status;
}
