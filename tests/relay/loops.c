/* Rings of relays, over real sites and with each relay a process of its own: two wefts that join
 * the same two channels, three places in a ring (in one weft, and over three), and weft beside a
 * real Matterbridge (WEFT_TEST_MATTERBRIDGE is the path of one).
 *
 * Proven in each: what people say crosses; how much ever appears is bounded, and then it is quiet;
 * where a network keeps the mark of a relay, everything appears once and nothing comes back; where
 * none does, the breaker pauses a gateway, and says why. */
#include <gio/gio.h>
#include <signal.h>
#include <string.h>

#include "tests/relay/town.h"
#include "tests/support/loop.h"
#include "tests/support/scratch.h"

#define MOST        3
#define LINES       3
#define DEADLINE_US (60 * G_USEC_PER_SEC)
#define QUIET_US    (G_USEC_PER_SEC)
#define SLOW_US     (5 * G_USEC_PER_SEC) /* Matterbridge says a line in 1.3 s */
#define BOUND       200                  /* so many lines in all are a storm */
#define LAB         0
#define RING        "as in a ring of two relays: another bridge may join these channels too."
#define MOUTH       "mb" /* how a Matterbridge is called on IRC */

struct town {
    struct place places[MOST];
    struct carrier carriers[MOST];
    unsigned n_places, n_carriers;
    unsigned n_lines;
    GPtrArray *said; /* char *: texts */
    /* Between the first two places, a Matterbridge stands beside weft: */
    struct peer *mouth; /* in the first one; NULL: it does not */
    const char *mark;   /* what it puts before names for the API; "": nothing */
    unsigned n_carried[2];
};

/* --- the town --- */

static void
town_start(struct town *town, const struct certs *certs, const struct adapter *const *adapters)
{
    *town = (struct town){.said = g_ptr_array_new_with_free_func(g_free)};
    for (; town->n_places < MOST && adapters[town->n_places]; town->n_places++)
        place_start(&town->places[town->n_places], town->n_places, adapters[town->n_places], certs,
                    false);
}

/* A relay with these gateways. */
static struct carrier *
town_relay(struct town *town, const char *gateways)
{
    static const char *const names[MOST] = {"weft", "wool", "yarn"};
    struct carrier *carrier = &town->carriers[town->n_carriers];

    carrier_init_with(carrier, names[town->n_carriers++], town->places, town->n_places, gateways);
    carrier_start(carrier);
    carrier_wait(carrier);
    return carrier;
}

static void
town_stop(struct town *town)
{
    for (unsigned i = 0; i < town->n_carriers; i++)
        carrier_end(&town->carriers[i]);
    for (unsigned i = 0; i < town->n_places; i++)
        place_stop(&town->places[i]);
    g_ptr_array_unref(town->said);
}

/* "[gateway NAME]" between two places; `ways`: of the first and the second leg. g_free(). */
static char *
gateway(const struct town *town, const char *name, unsigned from, unsigned to, const char *way_from,
        const char *way_to)
{
    g_autofree char *first = place_channel(&town->places[from], LAB);
    g_autofree char *second = place_channel(&town->places[to], LAB);

    return g_strdup_printf("[gateway %s]\nleg = %s/%s %s\nleg = %s/%s %s\n", name,
                           town->places[from].name, first, way_from, town->places[to].name, second,
                           way_to);
}

/* --- what is said and heard --- */

static void
say(struct town *town, unsigned at)
{
    const struct place *place = &town->places[at];
    char *text = g_strdup_printf("loaf %s%02u", place->name, town->n_lines++);

    place->adapter->peer_say(place->speaker, town_channels[LAB], text);
    g_ptr_array_add(town->said, text);
}

static void
everyone_says(struct town *town)
{
    for (unsigned i = 0; i < LINES; i++)
        for (unsigned at = 0; at < town->n_places; at++)
            say(town, at);
}

static unsigned
heard(const struct town *town, unsigned at, const char *part)
{
    const struct place *place = &town->places[at];
    g_autoptr(GPtrArray) told = place->adapter->peer_tells(place->ear, town_channels[LAB]);
    unsigned n = 0;

    for (unsigned i = 0; i < told->len; i++)
        n += strstr(((const struct told *)told->pdata[i])->text, part) != NULL;
    return n;
}

static unsigned
heard_in_all(const struct town *town)
{
    unsigned n = 0;

    for (unsigned at = 0; at < town->n_places; at++)
        n += heard(town, at, "");
    return n;
}

static void
tell_all(const struct town *town)
{
    for (unsigned at = 0; at < town->n_places; at++) {
        const struct place *place = &town->places[at];
        g_autoptr(GPtrArray) told = place->adapter->peer_tells(place->ear, town_channels[LAB]);
        for (unsigned i = 0; i < told->len; i++)
            g_test_message("%s: %s", place->name, ((const struct told *)told->pdata[i])->text);
    }
    for (unsigned i = 0; i < town->n_carriers; i++) {
        g_autofree char *text = carrier_text(&town->carriers[i]);
        g_test_message("%s: %s", town->carriers[i].name, text);
    }
}

/* Every line has come to every place. */
static bool
all_crossed(struct town *town)
{
    for (unsigned i = 0; i < town->said->len; i++)
        for (unsigned at = 0; at < town->n_places; at++)
            if (heard(town, at, town->said->pdata[i]) == 0)
                return false;
    return true;
}

/* What is new in a place, under the name of who said it there. */
static void
carry(struct town *town, unsigned from,
      void (*bring)(struct town *town, const char *name, const char *text))
{
    const struct place *place = &town->places[from];
    g_autoptr(GPtrArray) told = place->adapter->peer_tells(place->ear, town_channels[LAB]);

    for (; town->n_carried[from] < told->len; town->n_carried[from]++) {
        const char *text = ((const struct told *)told->pdata[town->n_carried[from]])->text;
        g_autofree char *name = place->adapter->peer_author(place->ear, town_channels[LAB], text);
        if (from != 0 || g_strcmp0(name, MOUTH) != 0)
            bring(town, name, text);
    }
}

/* To who reads the API. */
static void
bring_to_api(struct town *town, const char *name, const char *text)
{
    const struct place *api = &town->places[1];
    g_autofree char *there = g_strconcat(town->mark, name, NULL);
    struct peer *somebody = api->adapter->peer_new(api->site, there);

    api->adapter->peer_say(somebody, town_channels[LAB], text);
    api->adapter->peer_free(somebody);
}

static void
bring_to_people(struct town *town, const char *name, const char *text)
{
    g_autofree char *line = g_strdup_printf("<%s> %s", name, text);

    town->places[0].adapter->peer_say(town->mouth, town_channels[LAB], line);
}

static void
turn(struct town *town)
{
    loop_turn_until(g_get_monotonic_time() + 50000);
    if (!town->mouth)
        return;
    carry(town, 0, bring_to_api);
    carry(town, 1, bring_to_people);
}

/* Until nothing has been said for this long. Ends the test when there is no end of it. */
static void
fall_quiet(struct town *town, int64_t quiet_us)
{
    const int64_t until_us = g_get_monotonic_time() + DEADLINE_US;
    int64_t since_us = g_get_monotonic_time();
    unsigned before = 0;

    while (g_get_monotonic_time() - since_us < quiet_us) {
        const unsigned n = heard_in_all(town);
        if (n != before)
            since_us = g_get_monotonic_time();
        before = n;
        if (n > BOUND || g_get_monotonic_time() > until_us) {
            tell_all(town);
            g_error("it does not end: %u lines so far.", n);
        }
        turn(town);
    }
}

static void
wait_crossed(struct town *town)
{
    const int64_t until_us = g_get_monotonic_time() + DEADLINE_US;

    while (!all_crossed(town)) {
        if (g_get_monotonic_time() > until_us) {
            tell_all(town);
            g_error("not everything has crossed.");
        }
        turn(town);
    }
}

static void
assert_heard(struct town *town, const char *text, unsigned at, unsigned times)
{
    const unsigned n = heard(town, at, text);

    if (n == times)
        return;
    tell_all(town);
    g_error("\"%s\" is in %s %u times, not %u.", text, town->places[at].name, n, times);
}

/* Everything that was said is everywhere, once. */
static void
assert_all_once(struct town *town)
{
    for (unsigned i = 0; i < town->said->len; i++)
        for (unsigned at = 0; at < town->n_places; at++)
            assert_heard(town, town->said->pdata[i], at, 1);
}

static unsigned
count_tripped(struct town *town, const char **ret_why)
{
    unsigned n = 0;

    for (unsigned i = 0; i < town->n_carriers; i++) {
        struct carrier *carrier = &town->carriers[i];
        bool tripped = false;
        carrier_ask(carrier);
        for (unsigned j = 0; j < carrier->legs->len; j++) {
            const struct carrier_leg *leg = carrier->legs->pdata[j];
            tripped |= leg->state == RELAY_TRIPPED;
            if (leg->state == RELAY_TRIPPED && ret_why)
                *ret_why = leg->error;
        }
        n += tripped;
    }
    return n;
}

/* --- two wefts over the same two channels --- */

struct plan {
    const char *path;
    GTestDataFunc run;
    const struct certs *certs;
    const struct adapter *adapters[MOST + 1];
    enum {
        KEEP_MARKS,  /* all of these networks */
        KEEP_NONE,   /* none of them */
        ONE_KEEPS_IT /* what comes there goes no further */
    } marks;
    bool fast; /* Matterbridge does not pace what it says */
};

static bool
may_run(const struct plan *plan)
{
    g_autofree char *why = NULL;

    for (unsigned i = 0; plan->adapters[i]; i++) {
        if (plan->adapters[i]->available(&why))
            continue;
        g_test_skip(why);
        return false;
    }
    return true;
}

/* One at least was paused, and says why. */
static void
assert_paused(struct town *town, unsigned most)
{
    const char *why = NULL;
    const unsigned n = count_tripped(town, &why);

    if (n == 0 || n > most)
        tell_all(town);
    g_assert_cmpuint(n, >, 0);
    g_assert_cmpuint(n, <=, most);
    g_assert_nonnull(strstr(why, RING));
}

/* What is said from here on is everywhere, once. */
static void
say_more(struct town *town, int64_t quiet_us)
{
    g_ptr_array_set_size(town->said, 0);
    everyone_says(town);
    wait_crossed(town);
    fall_quiet(town, quiet_us);
    assert_all_once(town);
}

/* Each carries everything, once. Where the mark is lost they are a ring, of which one stands
 * still, and the other goes on. */
static void
run_two_wefts(gconstpointer data)
{
    const struct plan *plan = data;
    struct town town;

    if (!may_run(plan))
        return;
    town_start(&town, plan->certs, plan->adapters);
    g_autofree char *both = gateway(&town, "lab", 0, 1, "inout", "inout");
    town_relay(&town, both);
    town_relay(&town, both);
    everyone_says(&town);
    wait_crossed(&town);
    fall_quiet(&town, QUIET_US);
    if (plan->marks == KEEP_NONE) {
        assert_paused(&town, 1);
        say_more(&town, QUIET_US);
    } else {
        g_assert_cmpuint(count_tripped(&town, NULL), ==, 0);
        for (unsigned i = 0; plan->marks == KEEP_MARKS && i < town.said->len; i++)
            for (unsigned at = 0; at < 2; at++)
                assert_heard(&town, town.said->pdata[i], at, i % 2 == at ? 1 : 2);
    }
    town_stop(&town);
}

/* --- a ring of three --- */

static void
run_ring_in_one(gconstpointer data)
{
    const struct plan *plan = data;
    struct town town;

    if (!may_run(plan))
        return;
    town_start(&town, plan->certs, plan->adapters);
    g_autofree char *a = gateway(&town, "one", 0, 1, "inout", "inout");
    g_autofree char *b = gateway(&town, "two", 1, 2, "inout", "inout");
    g_autofree char *c = gateway(&town, "three", 2, 0, "inout", "inout");
    g_autofree char *all = g_strconcat(a, b, c, NULL);
    town_relay(&town, all);
    everyone_says(&town);
    wait_crossed(&town);
    fall_quiet(&town, QUIET_US);
    assert_all_once(&town);
    g_assert_cmpuint(count_tripped(&town, NULL), ==, 0);
    town_stop(&town);
}

static void
assert_one_step(struct town *town)
{
    for (unsigned i = 0; i < town->said->len; i++)
        for (unsigned at = 0; at < MOST; at++)
            assert_heard(town, town->said->pdata[i], at, at == (i + 2) % MOST ? 0 : 1);
}

/* A→B, B→C, C→A: each line goes one step on, for a copy is never carried on. */
static void
run_round_in_one(gconstpointer data)
{
    const struct plan *plan = data;
    struct town town;

    if (!may_run(plan))
        return;
    town_start(&town, plan->certs, plan->adapters);
    g_autofree char *a = gateway(&town, "one", 0, 1, "in", "out");
    g_autofree char *b = gateway(&town, "two", 1, 2, "in", "out");
    g_autofree char *c = gateway(&town, "three", 2, 0, "in", "out");
    g_autofree char *all = g_strconcat(a, b, c, NULL);
    town_relay(&town, all);
    everyone_says(&town);
    fall_quiet(&town, QUIET_US);
    assert_one_step(&town);
    g_assert_cmpuint(count_tripped(&town, NULL), ==, 0);
    town_stop(&town);
}

/* Three channels, each joined to the next one, by a relay of its own. */
static void
run_three(const struct plan *plan, const char *first, const char *second,
          void (*assert_carried)(struct town *town))
{
    struct town town;

    if (!may_run(plan))
        return;
    town_start(&town, plan->certs, plan->adapters);
    for (unsigned i = 0; i < MOST; i++) {
        g_autofree char *text = gateway(&town, "lab", i, (i + 1) % MOST, first, second);
        town_relay(&town, text);
    }
    everyone_says(&town);
    if (strcmp(first, "inout") == 0)
        wait_crossed(&town);
    fall_quiet(&town, QUIET_US);
    if (plan->marks == KEEP_NONE)
        assert_paused(&town, MOST);
    else
        g_assert_cmpuint(count_tripped(&town, NULL), ==, 0);
    if (plan->marks == KEEP_MARKS)
        assert_carried(&town);
    town_stop(&town);
}

static void
run_ring_of_three(gconstpointer plan)
{
    run_three(plan, "inout", "inout", assert_all_once);
}

static void
run_round_of_three(gconstpointer plan)
{
    run_three(plan, "in", "out", assert_one_step);
}

/* --- who takes the relay's name --- */

/* The first relay is called so in the first place; it gets another name there. */
static void
run_name_taken(gconstpointer data)
{
    const struct plan *plan = data;
    const struct adapter *adapter = plan->adapters[0];
    struct town town;

    if (!may_run(plan))
        return;
    town_start(&town, plan->certs, plan->adapters);
    adapter->make_user(town.places[0].site, "weft0", "no-real-secret");
    adapter->peer_free(town.places[0].speaker);
    town.places[0].speaker = adapter->peer_new(town.places[0].site, "weft0");
    adapter->peer_join(town.places[0].speaker, town_channels[LAB]);
    g_autofree char *both = gateway(&town, "lab", 0, 1, "inout", "inout");
    town_relay(&town, both);
    everyone_says(&town);
    wait_crossed(&town);
    fall_quiet(&town, QUIET_US);
    assert_all_once(&town);
    g_autofree char *name =
        adapter->peer_author(town.places[0].ear, town_channels[LAB], "*loaf b01");
    g_assert_nonnull(name);
    g_assert_cmpstr(name, !=, "weft0");
    g_assert_cmpuint(count_tripped(&town, NULL), ==, 0);
    town_stop(&town);
}

/* --- beside a Matterbridge --- */

struct other {
    char *home;
    GSubprocess *process;
};

/* The value behind "KEY = " in an account's lines. g_free(); NULL: there is none. */
static char *
option_of(const char *lines, const char *key)
{
    g_auto(GStrv) list = g_strsplit(lines, "\n", -1);
    g_autofree char *start = g_strconcat(key, " = ", NULL);

    for (unsigned i = 0; list[i]; i++)
        if (g_str_has_prefix(list[i], start))
            return g_strdup(list[i] + strlen(start));
    return NULL;
}

static void
configure_place(struct other *other, const struct place *place, bool fast, GString *text)
{
    const struct adapter *adapter = place->adapter;
    g_autofree char *user = g_strdup_printf("mb%s", place->name);

    adapter->make_user(place->site, user, "no-real-secret");
    g_autofree char *options =
        adapter->options(place->site, LOGIN_NONE, user, "no-real-secret", other->home);
    g_autofree char *server = option_of(options, "server");
    g_string_append_printf(text,
                           "[irc.%s]\nNick = \"%s\"\nServer = \"%s\"\nUseTLS = true\n"
                           "SkipTLSVerify = true\nRemoteNickFormat = \"<{NICK}> \"\n%s",
                           place->name, user, server,
                           fast ? "MessageDelay = 1\nMessageQueue = 1000\n" : "");
}

static void
other_start(struct other *other, const struct town *town, const char *program, bool fast)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    other->home = scratch_new();
    for (unsigned i = 0; i < 2; i++)
        configure_place(other, &town->places[i], fast, text);
    g_string_append(text, "[[gateway]]\nname = \"lab\"\nenable = true\n");
    for (unsigned i = 0; i < 2; i++)
        g_string_append_printf(text, "[[gateway.inout]]\naccount = \"irc.%s\"\nchannel = \"%s\"\n",
                               town->places[i].name, town_channels[LAB]);
    g_autofree char *path = g_build_filename(other->home, "matterbridge.toml", NULL);
    g_assert_true(g_file_set_contents(path, text->str, -1, NULL));
    g_autofree char *log = g_build_filename(other->home, "log", NULL);
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDERR_MERGE);
    g_subprocess_launcher_set_stdout_file_path(launcher, log);
    other->process = g_subprocess_launcher_spawn(launcher, &error, program, "-conf", path, NULL);
    g_assert_no_error(error);
}

static void
other_end(struct other *other)
{
    g_subprocess_force_exit(other->process);
    g_subprocess_wait(other->process, NULL, NULL);
    g_object_unref(other->process);
    scratch_free(other->home);
}

/* It is there when it has carried something. */
static void
other_wait(struct other *other, struct town *town)
{
    const int64_t until_us = g_get_monotonic_time() + DEADLINE_US;

    for (;;) {
        say(town, 0);
        const char *text = town->said->pdata[town->said->len - 1];
        const int64_t again_us = g_get_monotonic_time() + 2 * G_USEC_PER_SEC;
        do {
            loop_turn_until(g_get_monotonic_time() + 50000);
            if (heard(town, 1, text) > 0)
                return;
        } while (g_get_monotonic_time() < again_us);
        if (g_get_monotonic_time() < until_us)
            continue;
        g_autofree char *log = g_build_filename(other->home, "log", NULL);
        g_autofree char *told = NULL;
        g_file_get_contents(log, &told, NULL, NULL);
        g_error("Matterbridge carries nothing:\n%s", told);
    }
}

static void
run_matterbridge(gconstpointer data)
{
    const struct plan *plan = data;
    const char *program = g_getenv("WEFT_TEST_MATTERBRIDGE");
    struct other other = {0};
    struct town town;

    if (!program) {
        g_test_skip("no real Matterbridge is named: WEFT_TEST_MATTERBRIDGE is its path");
        return;
    }
    if (!may_run(plan))
        return;
    town_start(&town, plan->certs, plan->adapters);
    other_start(&other, &town, program, plan->fast);
    other_wait(&other, &town);
    fall_quiet(&town, SLOW_US);
    g_ptr_array_set_size(town.said, 0);
    g_autofree char *both = gateway(&town, "lab", 0, 1, "inout", "inout");
    town_relay(&town, both);
    everyone_says(&town);
    wait_crossed(&town);
    fall_quiet(&town, SLOW_US);
    assert_paused(&town, 1);
    /* Matterbridge alone carries now. */
    say_more(&town, SLOW_US);
    other_end(&other);
    town_stop(&town);
}

/* A Matterbridge carries between its API, where weft is, and the IRC channel, where weft is too. */
static void
run_beside_api(const struct plan *plan, const char *mark)
{
    const struct adapter *irc = plan->adapters[0];
    struct town town;

    if (!may_run(plan))
        return;
    town_start(&town, plan->certs, plan->adapters);
    town.mark = mark;
    town.mouth = irc->peer_new(town.places[0].site, MOUTH);
    irc->peer_join(town.mouth, town_channels[LAB]);
    g_autofree char *both = gateway(&town, "lab", 0, 1, "inout", "inout");
    town_relay(&town, both);
    for (unsigned i = 0; i < LINES; i++)
        say(&town, 0);
    wait_crossed(&town);
    fall_quiet(&town, QUIET_US);
    assert_paused(&town, 1);
    /* Matterbridge alone carries now. */
    g_ptr_array_set_size(town.said, 0);
    say(&town, 0);
    fall_quiet(&town, QUIET_US);
    assert_heard(&town, town.said->pdata[0], 0, 1);
    assert_heard(&town, town.said->pdata[0], 1, 0);
    irc->peer_free(town.mouth);
    town_stop(&town);
}

/* Names come as they are, as weft asks for it, */
static void
run_matterbridge_api(gconstpointer plan)
{
    run_beside_api(plan, "");
}

/* or with something before them. */
static void
run_matterbridge_api_marked(gconstpointer plan)
{
    run_beside_api(plan, "[irc] ");
}

/* --- all --- */

#define IRC   &adapter_irc_scripted
#define PLAIN &adapter_irc_plain
#define MM    &adapter_mattermost_sandbox
#define API   &adapter_matterbridge_sandbox

int
main(int argc, char **argv)
{
    static struct plan plans[] = {
        {"/loops/two-wefts/irc-irc", run_two_wefts, NULL, {IRC, IRC}, KEEP_MARKS, false},
        {"/loops/two-wefts/irc-mattermost", run_two_wefts, NULL, {IRC, MM}, KEEP_MARKS, false},
        {"/loops/two-wefts/plain-plain", run_two_wefts, NULL, {PLAIN, PLAIN}, KEEP_NONE, false},
        {"/loops/two-wefts/plain-mattermost",
         run_two_wefts,
         NULL,
         {PLAIN, MM},
         ONE_KEEPS_IT,
         false},
        {"/loops/ring-in-one", run_ring_in_one, NULL, {IRC, MM, IRC}, KEEP_MARKS, false},
        {"/loops/round-in-one", run_round_in_one, NULL, {IRC, MM, IRC}, KEEP_MARKS, false},
        {"/loops/ring-of-three/marked", run_ring_of_three, NULL, {IRC, MM, IRC}, KEEP_MARKS, false},
        {"/loops/ring-of-three/unmarked",
         run_ring_of_three,
         NULL,
         {PLAIN, PLAIN, PLAIN},
         KEEP_NONE,
         false},
        {"/loops/ring-of-three/mixed",
         run_ring_of_three,
         NULL,
         {PLAIN, MM, PLAIN},
         ONE_KEEPS_IT,
         false},
        {"/loops/round-of-three/marked",
         run_round_of_three,
         NULL,
         {IRC, MM, IRC},
         KEEP_MARKS,
         false},
        {"/loops/round-of-three/unmarked",
         run_round_of_three,
         NULL,
         {PLAIN, PLAIN, PLAIN},
         KEEP_NONE,
         false},
        {"/loops/round-of-three/mixed",
         run_round_of_three,
         NULL,
         {PLAIN, MM, PLAIN},
         ONE_KEEPS_IT,
         false},
        {"/loops/name-taken/marked", run_name_taken, NULL, {IRC, MM}, KEEP_MARKS, false},
        {"/loops/name-taken/unmarked", run_name_taken, NULL, {PLAIN, PLAIN}, KEEP_NONE, false},
        {"/loops/matterbridge/api", run_matterbridge_api, NULL, {IRC, API}, KEEP_NONE, false},
        {"/loops/matterbridge/api-plain",
         run_matterbridge_api,
         NULL,
         {PLAIN, API},
         KEEP_NONE,
         false},
        {"/loops/matterbridge/api-marked",
         run_matterbridge_api_marked,
         NULL,
         {PLAIN, API},
         KEEP_NONE,
         false},
        {"/loops/matterbridge/usual", run_matterbridge, NULL, {IRC, IRC}, KEEP_NONE, false},
        {"/loops/matterbridge/fast", run_matterbridge, NULL, {PLAIN, PLAIN}, KEEP_NONE, true},
    };
    struct certs *certs;

    signal(SIGPIPE, SIG_IGN);
    g_test_init(&argc, &argv, NULL);
    certs = certs_new();
    for (unsigned i = 0; certs && i < G_N_ELEMENTS(plans); i++) {
        plans[i].certs = certs;
        g_test_add_data_func(plans[i].path, &plans[i], plans[i].run);
    }
    int status = g_test_run();
    certs_free(certs);
    return status;
}
