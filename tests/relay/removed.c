/* Who is not wanted in a channel stays out of it: a relay that was removed, or banned, waits there
 * and says why, asks for nothing, and carries on everywhere else. */
#include <signal.h>
#include <string.h>

#include "tests/conformance/adapter_irc.h"
#include "tests/relay/town.h"
#include "tests/support/loop.h"

#define PLACES     3 /* people talk in the first, and are heard in the others */
#define LAB        0
#define LINES      3
#define QUIET_US   (3 * G_USEC_PER_SEC)
#define QUIET_MOST 4096 /* bytes: what a connection says that has nothing to say */

struct plan {
    const char *path;
    const struct certs *certs;
    const struct adapter *from; /* NULL: IRC */
    bool ban, restart;
};

struct street {
    struct place places[PLACES];
    struct carrier carrier;
    unsigned n_lines;
};

static void
say_some(struct street *street)
{
    const struct place *place = &street->places[0];

    for (unsigned i = 0; i < LINES; i++) {
        g_autofree char *text = g_strdup_printf("loaf %u", street->n_lines++);
        place->adapter->peer_say(place->speaker, town_channels[LAB], text);
    }
}

static unsigned
heard(const struct street *street, unsigned at)
{
    const struct place *place = &street->places[at];
    g_autoptr(GPtrArray) told = place->adapter->peer_tells(place->ear, town_channels[LAB]);

    return told->len;
}

struct awaited {
    struct street *street;
    unsigned at, n;
};

static bool
has_heard(void *user)
{
    const struct awaited *awaited = user;

    return heard(awaited->street, awaited->at) >= awaited->n;
}

static void
wait_heard(struct street *street, unsigned at, unsigned n)
{
    struct awaited awaited = {street, at, n};

    if (loop_until(has_heard, &awaited, 4 * CONFORMANCE_DEADLINE_MS))
        return;
    carrier_ask(&street->carrier);
    g_autofree char *text = carrier_text(&street->carrier);
    g_error("in %s %u lines were heard, not %u:\n%s", street->places[at].name, heard(street, at), n,
            text);
}

static const struct carrier_leg *
leg_of(struct street *street, char place)
{
    carrier_ask(&street->carrier);
    for (unsigned i = 0; i < street->carrier.legs->len; i++) {
        const struct carrier_leg *leg = street->carrier.legs->pdata[i];
        if (*leg->address == place && strcmp(leg->gateway, town_channels[LAB] + 1) == 0)
            return leg;
    }
    return NULL;
}

static bool
is_out(void *user)
{
    const struct carrier_leg *leg = leg_of(user, 'b');

    return leg && leg->state == RELAY_WAITS && strstr(leg->error, "is not in this channel");
}

static bool
is_out_and_keeps(void *user)
{
    return is_out(user) && leg_of(user, 'b')->waiting == LINES;
}

static void
wait_for(struct street *street, bool (*done)(void *user))
{
    if (loop_until(done, street, 4 * CONFORMANCE_DEADLINE_MS))
        return;
    g_autofree char *text = carrier_text(&street->carrier);
    g_error("it does not come to that:\n%s(all of it: %s)", text, street->carrier.home);
}

/* Who made the channel can send others away; the relay is "weft1" there. */
static void
send_away(struct street *street, bool ban)
{
    const struct place *place = &street->places[1];

    if (ban) {
        irc_peer_send(place->speaker->line, "MODE %s +b weft1!*@*", town_channels[LAB]);
        g_assert_true(irc_peer_sync(place->speaker->line));
    }
    place->adapter->peer_kick(place->speaker, town_channels[LAB], "weft1");
}

static bool
runs(struct street *street, char place)
{
    const struct carrier_leg *leg = leg_of(street, place);

    return leg && leg->state == RELAY_RUNS;
}

static bool
comes_back(void *user)
{
    return runs(user, 'a') && runs(user, 'c');
}

static void
run(gconstpointer data)
{
    const struct plan *plan = data;
    const struct adapter *adapters[PLACES] = {&adapter_irc_scripted, plan->from,
                                              &adapter_irc_scripted};
    struct street street = {0};
    g_autofree char *why = NULL;

    if (!plan->from->available(&why)) {
        g_test_skip(why);
        return;
    }
    for (unsigned i = 0; i < PLACES; i++)
        place_start(&street.places[i], i, adapters[i], plan->certs, true);
    carrier_init(&street.carrier, "weft", street.places, PLACES);
    carrier_start(&street.carrier);
    carrier_wait(&street.carrier);
    say_some(&street);
    wait_heard(&street, 1, LINES);
    send_away(&street, plan->ban);
    wait_for(&street, is_out);
    if (plan->restart) {
        g_assert_true(carrier_leave(&street.carrier));
        carrier_start(&street.carrier);
        wait_for(&street, comes_back);
    }
    say_some(&street);
    wait_heard(&street, 2, 2 * LINES);
    wait_for(&street, is_out_and_keeps);
    const unsigned before = heard(&street, 1);
    const uint64_t passed = proxy_passed(street.places[1].proxy, PROXY_UP);
    const unsigned accepted = proxy_accepted(street.places[1].proxy);
    loop_turn_until(g_get_monotonic_time() + QUIET_US);
    g_assert_cmpuint(proxy_passed(street.places[1].proxy, PROXY_UP) - passed, <, QUIET_MOST);
    g_assert_cmpuint(proxy_accepted(street.places[1].proxy), ==, accepted);
    g_assert_cmpuint(heard(&street, 1), ==, before);
    carrier_end(&street.carrier);
    for (unsigned i = 0; i < PLACES; i++)
        place_stop(&street.places[i]);
}

int
main(int argc, char **argv)
{
    static struct plan plans[] = {
        {"/removed/irc", NULL, &adapter_irc_scripted, false, false},
        {"/removed/irc-restart", NULL, &adapter_irc_scripted, false, true},
        {"/removed/irc-banned", NULL, &adapter_irc_scripted, true, false},
        {"/removed/irc-banned-restart", NULL, &adapter_irc_scripted, true, true},
        {"/removed/mattermost", NULL, &adapter_mattermost_sandbox, false, false},
        {"/removed/mattermost-restart", NULL, &adapter_mattermost_sandbox, false, true},
    };
    struct certs *certs;

    signal(SIGPIPE, SIG_IGN);
    g_test_init(&argc, &argv, NULL);
    certs = certs_new();
    for (unsigned i = 0; certs && i < G_N_ELEMENTS(plans); i++) {
        plans[i].certs = certs;
        g_test_add_data_func(plans[i].path, &plans[i], run);
    }
    int status = g_test_run();
    certs_free(certs);
    return status;
}
