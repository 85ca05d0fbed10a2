/* A relay between three servers is killed by SIGKILL at the N-th thing that it writes or sends:
 * before a send, after it and before the answer, after the answer and before the commit, in a
 * checkpoint; at chosen points and at random ones, from its start on and in the middle of talk.
 *
 * Proven at the end of each line that people said: where the network lets it be found out what
 * arrived (IRC with echoes and a history, Mattermost), it is there once, and in order. Where
 * nothing can be found out (IRC without all that) it is there once at most, and those that are not
 * there are marked: their outcome counts as unknown.
 *
 * WEFT_POINTS: how many (40; `make soak`: 1,200, of which every sixth is a chosen one). WEFT_SEED:
 * the seed that an earlier run printed. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "tests/relay/kill_point.h"
#include "tests/relay/town.h"
#include "tests/support/loop.h"

#define PLACES       3
#define SPEAKERS     2 /* the third keeps no history: what was said while nobody was there is gone */
#define LAB          0
#define POINTS       40
#define PROGRESS     100
#define CHOSEN_EVERY 6
#define ANY_MOST     120 /* so many writes and sends a life has, more or less */
#define REST_US      (150 * 1000)
#define LIFE_US      (20 * G_USEC_PER_SEC)
#define SETTLE_US    (90 * G_USEC_PER_SEC)

struct kills {
    struct place places[PLACES];
    struct carrier carrier;
    GRand *rand;
    unsigned n_lines;
    unsigned n_died, n_rested; /* at their point; they had nothing more to do before that */
    unsigned by_kind[KILL_N];
};

/* --- one life --- */

static void
say_some(struct kills *kills)
{
    for (unsigned n = (unsigned)g_rand_int_range(kills->rand, 1, 4); n > 0; n--) {
        const unsigned at = kills->n_lines % SPEAKERS;
        const struct place *place = &kills->places[at];
        g_autofree char *text = g_strdup_printf("%s%06u", place->name, kills->n_lines++);
        place->adapter->peer_say(place->speaker, town_channels[LAB], text);
    }
}

static bool
legs_rest(struct kills *kills)
{
    bool rest;

    if (!carrier_try(&kills->carrier))
        return false;
    rest = kills->carrier.legs->len > 0;
    for (unsigned i = 0; i < kills->carrier.legs->len; i++) {
        const struct carrier_leg *leg = kills->carrier.legs->pdata[i];
        rest = rest && leg->state == RELAY_RUNS && leg->waiting == 0;
    }
    return rest;
}

/* Until it is dead, or has had nothing to do for a moment. */
static bool
lives_on(struct kills *kills)
{
    const int64_t until_us = g_get_monotonic_time() + LIFE_US;
    int64_t rests_us = 0;

    while (!carrier_is_dead(&kills->carrier)) {
        const int64_t now_us = g_get_monotonic_time();
        if (!legs_rest(kills))
            rests_us = 0;
        else if (rests_us == 0)
            rests_us = now_us;
        else if (now_us - rests_us > REST_US)
            return true;
        if (now_us > until_us)
            return true;
        loop_turn_until(now_us + 10000);
    }
    return false;
}

/* `armed`: people talk when it is there, and it counts from then on. */
static void
live(struct kills *kills, enum kill_kind kind, unsigned at, bool after, bool armed)
{
    g_autofree char *point =
        g_strdup_printf("%d %u %d %s", (int)kind, at, (int)after, armed ? "armed" : "at once");

    carrier_set(&kills->carrier, KILL_VARIABLE, point);
    say_some(kills);
    carrier_start(&kills->carrier);
    if (armed && lives_on(kills)) {
        carrier_arm(&kills->carrier);
        say_some(kills);
    }
    const bool rests = !carrier_is_dead(&kills->carrier) && lives_on(kills);
    /* A checkpoint is made when it ends. */
    const bool ended = rests && (kind == KILL_FILE || g_rand_boolean(kills->rand));
    const bool died = ended ? !carrier_leave(&kills->carrier) : !rests;
    if (!ended)
        carrier_kill(&kills->carrier);
    kills->n_died += died;
    kills->n_rested += !died;
    kills->by_kind[kind] += died;
}

static void
live_somehow(struct kills *kills, unsigned i)
{
    const unsigned chosen = i / CHOSEN_EVERY;

    if (i % CHOSEN_EVERY == 0)
        live(kills, (enum kill_kind)(1 + chosen % (KILL_N - 1)), 1 + chosen / (2 * (KILL_N - 1)),
             chosen / (KILL_N - 1) % 2 != 0, true);
    else
        live(kills, KILL_ANY, (unsigned)g_rand_int_range(kills->rand, 1, ANY_MOST),
             g_rand_boolean(kills->rand), g_rand_boolean(kills->rand));
}

/* --- the account --- */

struct account_of {
    GString *faults;
    unsigned n_faults, n_arrived, n_missing;
};

static void G_GNUC_PRINTF(2, 3) fault(struct account_of *account, const char *format, ...)
{
    va_list list;

    if (account->n_faults++ >= 20)
        return;
    va_start(list, format);
    g_string_append_vprintf(account->faults, format, list);
    va_end(list);
    g_string_append_c(account->faults, '\n');
}

static void
count(const struct kills *kills, unsigned at, struct account_of *account)
{
    const struct place *place = &kills->places[at];
    g_autoptr(GPtrArray) told = place->adapter->peer_tells(place->ear, town_channels[LAB]);
    g_autofree unsigned *times = g_new0(unsigned, kills->n_lines);
    unsigned newest[SPEAKERS] = {0};

    for (unsigned i = 0; i < told->len; i++) {
        const char *text = ((const struct told *)told->pdata[i])->text;
        const size_t len = strlen(text);
        const unsigned n = len < 7 ? kills->n_lines : (unsigned)strtoul(text + len - 6, NULL, 10);
        if (n >= kills->n_lines) {
            fault(account, "%s: \"%s\" is no line of ours", place->name, text);
            continue;
        }
        if (n < newest[n % SPEAKERS] && times[n] == 0)
            fault(account, "%s: %u stands behind %u", place->name, n, newest[n % SPEAKERS]);
        newest[n % SPEAKERS] = MAX(newest[n % SPEAKERS], n);
        times[n]++;
    }
    for (unsigned i = 0; i < kills->n_lines; i++) {
        account->n_arrived += times[i];
        account->n_missing += times[i] == 0;
        if (times[i] > 1 || (times[i] == 0 && at < SPEAKERS))
            fault(account, "%s: %u is there %u times", place->name, i, times[i]);
    }
}

static unsigned
unknown_in(struct kills *kills, struct account_of *account)
{
    unsigned unknown = 0;

    carrier_ask(&kills->carrier);
    for (unsigned i = 0; i < kills->carrier.legs->len; i++) {
        const struct carrier_leg *leg = kills->carrier.legs->pdata[i];
        unknown += leg->unknown;
        if (leg->given_up > 0 || leg->waiting > 0 || (leg->unknown > 0 && *leg->address != 'c'))
            fault(account, "%s: waiting %u, unknown %u, given up %u %s", leg->address, leg->waiting,
                  leg->unknown, leg->given_up, leg->error);
    }
    return unknown;
}

static void
take_account(struct kills *kills, struct account_of *ret_account)
{
    *ret_account = (struct account_of){.faults = g_string_new(NULL)};
    for (unsigned at = 0; at < PLACES; at++)
        count(kills, at, ret_account);
    const unsigned unknown = unknown_in(kills, ret_account);
    if (ret_account->n_missing > unknown)
        fault(ret_account, "c: %u are not there, and %u are marked", ret_account->n_missing,
              unknown);
}

static void
settle(struct kills *kills)
{
    const int64_t until_us = g_get_monotonic_time() + SETTLE_US;
    struct account_of account;

    carrier_set(&kills->carrier, KILL_VARIABLE, NULL);
    carrier_start(&kills->carrier);
    carrier_wait(&kills->carrier);
    for (;;) {
        take_account(kills, &account);
        if (account.n_faults == 0 || g_get_monotonic_time() > until_us)
            break;
        g_string_free(account.faults, TRUE);
        loop_turn_until(g_get_monotonic_time() + G_USEC_PER_SEC);
    }
    if (account.n_faults > 0)
        g_error("%u things are not as they should be:\n%s(all of it: %s)", account.n_faults,
                account.faults->str, kills->carrier.home);
    g_string_free(account.faults, TRUE);
    g_test_message("%u lines; died at its point %u times (%u any, %u send, %u log, %u sync, %u "
                   "checkpoint), %u times at rest; %u stand in %d places; none lost, none doubled; "
                   "%u are marked where nothing can be found out",
                   kills->n_lines, kills->n_died, kills->by_kind[KILL_ANY],
                   kills->by_kind[KILL_SEND], kills->by_kind[KILL_LOG], kills->by_kind[KILL_SYNC],
                   kills->by_kind[KILL_FILE], kills->n_rested, account.n_arrived, PLACES,
                   account.n_missing);
}

/* --- the run --- */

static unsigned
wanted(const char *name, unsigned otherwise)
{
    const char *text = g_getenv(name);

    return text ? (unsigned)strtoul(text, NULL, 10) : otherwise;
}

static void
run(gconstpointer certs)
{
    static const struct adapter *const adapters[PLACES] = {
        &adapter_irc_scripted, &adapter_mattermost_sandbox, &adapter_irc_plain};
    const guint32 seed = wanted("WEFT_SEED", g_random_int());
    const unsigned points = wanted("WEFT_POINTS", POINTS);
    struct kills kills = {.rand = g_rand_new_with_seed(seed)};
    g_autofree char *why = NULL;

    if (!adapter_mattermost_sandbox.available(&why)) {
        g_test_skip(why);
        return;
    }
    g_test_message("%u points, seed: WEFT_SEED=%u", points, seed);
    for (unsigned i = 0; i < PLACES; i++)
        place_start(&kills.places[i], i, adapters[i], certs, false);
    carrier_init(&kills.carrier, "weft", kills.places, PLACES);
    /* What was said before there was a relay is not its matter. */
    carrier_start(&kills.carrier);
    carrier_wait(&kills.carrier);
    say_some(&kills);
    g_assert_true(lives_on(&kills));
    carrier_kill(&kills.carrier);
    for (unsigned i = 0; i < points; i++) {
        live_somehow(&kills, i);
        if ((i + 1) % PROGRESS == 0)
            g_test_message("%u points, %u lines so far", i + 1, kills.n_lines);
    }
    settle(&kills);
    carrier_end(&kills.carrier);
    for (unsigned i = 0; i < PLACES; i++)
        place_stop(&kills.places[i]);
    g_rand_free(kills.rand);
}

int
main(int argc, char **argv)
{
    struct certs *certs;
    int status;

    signal(SIGPIPE, SIG_IGN);
    g_test_init(&argc, &argv, NULL);
    /* libsoup warns of a client that was gone as soon as it came. */
    g_log_set_always_fatal(G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
    certs = certs_new();
    if (certs)
        g_test_add_data_func("/fault/R1-relay-killed", certs, run);
    status = g_test_run();
    certs_free(certs);
    return status;
}
