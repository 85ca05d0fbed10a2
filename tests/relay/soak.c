/* Two channels that a relay joins over four servers of two networks, in which people talk, answer
 * each other, change their mind and react, to what was said at home and to copies, while the relay
 * is killed with SIGKILL and its lines are cut, at random moments.
 *
 * Proven at the end, for every line and each of the other places: it arrived once, and in the order
 * in which its author said it there; what was changed reads as it does at home (where nothing can
 * be changed, a line says so, once for each text); what was taken back is not there, and when a
 * copy was, no other copy is; it answers what it answers at home; as many react as are to be seen.
 * At home each line stands once: nothing came back. Nothing waits, nothing was given up, and nobody
 * wonders about any copy: these networks let it be found out.
 *
 * WEFT_KILLS, WEFT_CUTS: how many of each (5), spread over the lines. WEFT_MESSAGES: how many lines
 * at least (200). WEFT_MINUTES: people talk no longer than that (any time), and kills and cuts are
 * spread over it. WEFT_SEED: the seed that an earlier run printed. With nothing of these it is the
 * short form of `make check`, whose seed is always the same. People talk as fast as the relay says
 * it elsewhere, and while it is dead or cut off too. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "tests/relay/reckoning.h"
#include "tests/soak/cut.h"
#include "tests/support/loop.h"

#define KNOWN_MOST 100 /* lines that things are still done to */
#define AHEAD_MOST 300 /* tasks that wait, three a line: then people pause, */
#define PAUSE_US   50000
#define PAUSE_MS   20000  /* and no longer than that */
#define TALK_US    800000 /* at most, before somebody looks whether a kill or a cut is due, */
#define TALK_LINES 20     /* and in the mean, where lines are few */
#define TELL_EVERY 5000
/* Before the newest that it knows, weft looks again at twice so much. */
#define LOOKED_AT_US (5 * G_USEC_PER_SEC)
#define SHORT_SEED   6

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

    for (unsigned i = 0; i < SOAK_PLACES; i++)
        g_free(line->ids[i]);
    g_free(line);
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
    struct line *line = looking->line;
    const struct place *place = &looking->soak->places[line->place];

    line->ids[line->place] =
        place->adapter->peer_find(place->ear, town_channels[line->channel], looking->text);
    return line->ids[line->place] != NULL;
}

/* Of some, so that things can be done to them. */
static void
get_to_know(struct soak *soak, struct line *line, const char *text)
{
    struct looking looking = {soak, line, text};

    if (any(soak, 3) > 0)
        return;
    g_assert_true(loop_until(is_found, &looking, CONFORMANCE_DEADLINE_MS));
    if (soak->known->len == KNOWN_MOST)
        g_ptr_array_remove_index(soak->known, 0);
    g_ptr_array_add(soak->known, line);
}

static struct line *
line_new(struct soak *soak, unsigned at, unsigned channel)
{
    struct line *line = g_new0(struct line, 1);

    *line = (struct line){.number = soak->lines->len,
                          .place = at,
                          .channel = channel,
                          .said_us = g_get_monotonic_time()};
    g_ptr_array_add(soak->lines, line);
    if (soak->lines->len % TELL_EVERY == 0)
        g_test_message("%u lines, %u kills and %u cuts left", soak->lines->len, soak->kills,
                       soak->cuts);
    return line;
}

static void
say(struct soak *soak, unsigned at, unsigned channel)
{
    const struct place *place = &soak->places[at];
    struct line *line = line_new(soak, at, channel);
    g_autofree char *text = reckoning_text(soak, line, 0);

    place->adapter->peer_say(place->speaker, town_channels[channel], text);
    get_to_know(soak, line, text);
}

/* Its id at that place; NULL: it has not come there yet. */
static const char *
id_at(struct soak *soak, struct line *line, unsigned at)
{
    const struct place *place = &soak->places[at];

    for (unsigned version = 0; version <= line->version && !line->ids[at]; version++) {
        g_autofree char *text = reckoning_text(soak, line, version);
        line->ids[at] = place->adapter->peer_find(place->ear, town_channels[line->channel], text);
    }
    return line->ids[at];
}

/* To a line of somebody there, or to a copy. What is answered is not taken back: on some networks
 * all answers would go with it. */
static void
answer(struct soak *soak, struct line *to)
{
    const unsigned at = any(soak, SOAK_PLACES);
    const struct place *place = &soak->places[at];
    const char *id = id_at(soak, to, at);

    if (!id)
        return;
    struct line *line = line_new(soak, at, to->channel);
    g_autofree char *text = reckoning_text(soak, line, 0);
    line->answers = place->adapter->ways & WAY_FLAT_THREADS ? reckoning_root(to) : to;
    to->answered = reckoning_root(to)->answered = true;
    soak->n_answers++;
    place->adapter->peer_reply(place->speaker, town_channels[to->channel], id, text);
    get_to_know(soak, line, text);
}

static void
change(struct soak *soak, struct line *line)
{
    const struct place *place = &soak->places[line->place];

    if (!(place->adapter->can & SITE_EDIT))
        return;
    line->version++;
    soak->n_changes++;
    g_autofree char *text = reckoning_text(soak, line, line->version);
    place->adapter->peer_edit(place->speaker, town_channels[line->channel], line->ids[line->place],
                              text);
}

/* A relay that is away when it is taken back would learn of it. */
static bool
is_told_later(const struct line *line, const struct place *place)
{
    return !(place->adapter->ways & WAY_DELETION_BESIDE) ||
           g_get_monotonic_time() - line->said_us < LOOKED_AT_US;
}

/* By who said it, or elsewhere by who made the channel there. */
static void
take_back(struct soak *soak, struct line *line, unsigned at)
{
    const struct place *place = &soak->places[at];
    const char *id = line->answered || !is_told_later(line, place) ? NULL : id_at(soak, line, at);

    if (!id)
        return;
    line->deleted = at == line->place;
    line->copies_deleted = !line->deleted;
    line->deleted_at = at;
    soak->n_deletions++;
    place->adapter->peer_delete(place->speaker, town_channels[line->channel], id, "a slip");
    g_ptr_array_remove(soak->known, line);
}

/* Or no more. */
static void
react(struct soak *soak, struct line *line, unsigned at)
{
    const struct place *place = &soak->places[at];
    const char *id = id_at(soak, line, at);

    if (!id)
        return;
    line->reacted[at] = !line->reacted[at];
    soak->n_reactions++;
    place->adapter->peer_react(place->speaker, town_channels[line->channel], id, "👍",
                               line->reacted[at]);
}

static void
somebody_does_something(struct soak *soak)
{
    const unsigned what = any(soak, 16);
    struct line *line =
        soak->known->len > 0 ? soak->known->pdata[any(soak, soak->known->len)] : NULL;

    if (what == 0 && line)
        take_back(soak, line, line->place);
    else if (what == 1 && line)
        take_back(soak, line, any(soak, SOAK_PLACES));
    else if (what <= 3 && line)
        change(soak, line);
    else if (what <= 5 && line)
        react(soak, line, any(soak, SOAK_PLACES));
    else if (what <= 7 && line)
        answer(soak, line);
    else
        for (unsigned n = any(soak, 4) + 1, at = any(soak, SOAK_PLACES); n > 0; n--)
            say(soak, at, any(soak, TOWN_CHANNELS));
}

/* For so long, or until so many lines are said. */
static void
talk_for(struct soak *soak, int64_t time_us, unsigned n_lines)
{
    const int64_t end_us = g_get_monotonic_time() + time_us;
    const unsigned end_len = soak->lines->len + n_lines;

    do {
        somebody_does_something(soak);
        while (g_main_context_iteration(NULL, FALSE))
            ;
    } while (g_get_monotonic_time() < end_us && soak->lines->len < end_len);
    /* Nothing to the time of a commit and a flight. */
    loop_turn_until(g_get_monotonic_time() + any(soak, 15000));
}

static void
talk_meanwhile(void *user)
{
    talk_for(user, 50000, UINT_MAX / 2);
}

static void
kill_it(struct soak *soak)
{
    soak->kills--;
    carrier_kill(&soak->carrier);
    if (g_rand_boolean(soak->rand))
        talk_for(soak, 0, 1);
    carrier_start(&soak->carrier);
}

static void
cut_one(struct soak *soak)
{
    soak->cuts--;
    cut_somehow(soak->places[any(soak, SOAK_PLACES)].proxy, soak->rand, talk_meanwhile, soak);
}

/* --- the run --- */

static unsigned
wanted(const char *name, unsigned otherwise)
{
    const char *text = g_getenv(name);

    return text ? (unsigned)strtoul(text, NULL, 10) : otherwise;
}

static bool
is_short(void)
{
    static const char *const names[] = {"WEFT_KILLS", "WEFT_CUTS", "WEFT_MESSAGES", "WEFT_MINUTES"};

    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_getenv(names[i]))
            return false;
    return true;
}

static void
begin(struct soak *soak, const struct certs *certs)
{
    static const struct adapter *const adapters[SOAK_PLACES] = {
        &adapter_irc_scripted, &adapter_mattermost_sandbox, &adapter_irc_scripted,
        &adapter_mattermost_sandbox};
    const guint32 seed = wanted("WEFT_SEED", is_short() ? SHORT_SEED : g_random_int());

    soak->kills = wanted("WEFT_KILLS", 5);
    soak->cuts = wanted("WEFT_CUTS", 5);
    g_test_message("%u kills, %u cuts, seed: WEFT_SEED=%u", soak->kills, soak->cuts, seed);
    soak->rand = g_rand_new_with_seed(seed);
    soak->lines = g_ptr_array_new_with_free_func(line_free);
    soak->known = g_ptr_array_new();
    for (unsigned i = 0; i < SOAK_PLACES; i++)
        place_start(&soak->places[i], i, adapters[i], certs, true);
    carrier_init(&soak->carrier, "weft", soak->places, SOAK_PLACES);
    g_test_message("the log, when it fails: %s/carrier.log", soak->carrier.home);
    carrier_start(&soak->carrier);
    carrier_wait(&soak->carrier);
}

static void
everyone_says_one(struct soak *soak)
{
    for (unsigned i = 0; i < SOAK_PLACES; i++)
        for (unsigned channel = 0; channel < TOWN_CHANNELS; channel++)
            say(soak, i, channel);
}

struct extent {
    unsigned events; /* kills and cuts */
    unsigned messages;
    int64_t begun_us, time_us; /* 0: any time */
    /* What came of it: */
    unsigned most_waiting; /* tasks, whenever somebody looked */
    unsigned last, widest; /* lines at the last kill or cut, and most between two of them */
};

/* Nobody talks so fast that everything would only wait: who answers a copy must have seen it. */
static void
pause(struct soak *soak, struct extent *extent)
{
    const int64_t until_us = g_get_monotonic_time() + PAUSE_MS * INT64_C(1000);
    unsigned waiting = reckoning_waiting(soak);

    extent->most_waiting = MAX(extent->most_waiting, waiting);
    while (g_get_monotonic_time() < until_us && waiting > AHEAD_MOST) {
        loop_turn_until(g_get_monotonic_time() + PAUSE_US);
        waiting = reckoning_waiting(soak);
    }
}

/* Some of the lines that come between two kills or cuts, so that these are as even among the lines
 * as in time. */
static unsigned
some_lines(struct soak *soak, const struct extent *extent)
{
    const unsigned between = extent->events > 0 ? extent->messages / extent->events : TALK_LINES;

    return any(soak, 2 * MAX(between, TALK_LINES)) + 1;
}

/* How much of the conversation is over, of 1. */
static double
share(const struct soak *soak, const struct extent *extent)
{
    const double said = extent->messages > 0 ? (double)soak->lines->len / extent->messages : 1;
    const double passed =
        extent->time_us > 0
            ? (double)(g_get_monotonic_time() - extent->begun_us) / (double)extent->time_us
            : 0;

    return MAX(said, passed);
}

/* Kills and cuts come evenly. */
static bool
is_due(const struct soak *soak, const struct extent *extent)
{
    const unsigned left = soak->kills + soak->cuts;

    return left > 0 && share(soak, extent) * extent->events >= extent->events - left;
}

static void
interrupt(struct soak *soak, struct extent *extent)
{
    extent->widest = MAX(extent->widest, soak->lines->len - extent->last);
    extent->last = soak->lines->len;
    if (any(soak, soak->kills + soak->cuts) < soak->kills)
        kill_it(soak);
    else
        cut_one(soak);
}

static void
tell(const struct soak *soak, const struct extent *extent)
{
    const double time_s =
        (double)(g_get_monotonic_time() - extent->begun_us) / (double)G_USEC_PER_SEC;

    g_test_message("%u lines in %.0f s (%.0f a second), at most %u between two kills or cuts; at "
                   "most %u tasks waited",
                   soak->lines->len, time_s, soak->lines->len / time_s, extent->widest,
                   extent->most_waiting);
}

static void
end(struct soak *soak)
{
    carrier_end(&soak->carrier);
    for (unsigned i = 0; i < SOAK_PLACES; i++)
        place_stop(&soak->places[i]);
    g_ptr_array_unref(soak->known);
    g_ptr_array_unref(soak->lines);
    g_rand_free(soak->rand);
}

static void
run(gconstpointer certs)
{
    struct extent extent = {.messages = wanted("WEFT_MESSAGES", 200),
                            .time_us = wanted("WEFT_MINUTES", 0) * 60 * G_USEC_PER_SEC};
    struct soak soak = {0};
    g_autofree char *why = NULL;

    if (!adapter_mattermost_sandbox.available(&why)) {
        g_test_skip(why);
        return;
    }
    begin(&soak, certs);
    extent.events = soak.kills + soak.cuts;
    extent.begun_us = g_get_monotonic_time();
    /* What was said before a relay came is not its matter: from here on everything is. */
    everyone_says_one(&soak);
    reckoning_settle(&soak);
    while (soak.kills + soak.cuts > 0 || share(&soak, &extent) < 1) {
        talk_for(&soak, any(&soak, TALK_US), some_lines(&soak, &extent));
        /* Nothing comes between what was said last and the kill: it is still under way. */
        if (is_due(&soak, &extent))
            interrupt(&soak, &extent);
        else
            pause(&soak, &extent);
    }
    tell(&soak, &extent);
    for (unsigned i = 0; i < SOAK_PLACES; i++)
        proxy_heal(soak.places[i].proxy);
    everyone_says_one(&soak);
    reckoning_settle(&soak);
    end(&soak);
}

static void
drop(const char *domain, GLogLevelFlags level, const char *text, void *user)
{
}

int
main(int argc, char **argv)
{
    struct certs *certs;
    int status;

    signal(SIGPIPE, SIG_IGN);
    g_test_init(&argc, &argv, NULL);
    /* libsoup warns of a client that was gone as soon as it came, and tells of every frame. */
    g_log_set_always_fatal(G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
    g_log_set_handler("libsoup", G_LOG_LEVEL_DEBUG, drop, NULL);
    certs = certs_new();
    if (certs)
        g_test_add_data_func(is_short() ? "/soak/relay/short" : "/soak/relay/long", certs, run);
    status = g_test_run();
    certs_free(certs);
    return status;
}
