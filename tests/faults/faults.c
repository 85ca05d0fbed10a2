/* The list of faults (R1 to R27) as far as they need sockets: a test is named by its number. */
#include <stdio.h>
#include <string.h>

#include "tests/faults/scene.h"
#include "tests/support/loop.h"

static struct certs *certs; /* of the program; NULL: no openssl here */

static bool
never(void *user)
{
    return false;
}

static void
turn_for(int64_t ms)
{
    loop_until(never, NULL, ms);
}

/* --- R3: the network ------------------------------------------------------------------------
 */

struct network_fault {
    const char *name;
    enum proxy_way way;
    struct proxy_faults faults;
    bool ends; /* nothing gets through: it ends by a reset */
};

static const struct network_fault network_faults[] = {
    {"latency", PROXY_BOTH, {.latency_ms = 80, .jitter_ms = 80}, false},
    {"slicer", PROXY_BOTH, {.slice_bytes = 1}, false},
    {"bandwidth", PROXY_DOWN, {.bytes_per_s = 1024}, false},
    {"black-hole", PROXY_BOTH, {.hole = true}, true},
    {"half-open-up", PROXY_UP, {.hole = true}, true},
    {"half-open-down", PROXY_DOWN, {.hole = true}, true},
    {"cut-after-bytes", PROXY_DOWN, {.cut_after_bytes = 700}, false},
    {"slow-close", PROXY_BOTH, {.close_ms = 300, .cut_after_bytes = 900}, false},
};

/* Types so many; returns what the fastest took. Whatever the network does would keep all of them; a
 * busy machine keeps some. */
static int64_t
type_keys(struct fault *fault, unsigned n)
{
    int64_t fastest_us = INT64_MAX;

    while (n-- > 0) {
        const int64_t start_us = g_get_monotonic_time();
        fault_type(fault, 1);
        fastest_us = MIN(fastest_us, g_get_monotonic_time() - start_us);
    }
    return fastest_us;
}

/* What is missed comes afterwards, once and in order; meanwhile a key is answered. */
static void
test_network(const void *data)
{
    const struct network_fault *network = data;
    struct fault fault;

    fault_begin(&fault, NULL, NULL, NULL);
    fault_say(&fault, 5);
    fault_type(&fault, 2);
    turn_for(30);
    proxy_set(fault.proxy, network->way, &network->faults);
    fault_say(&fault, 10);
    const int64_t key_us = type_keys(&fault, 3);
    turn_for(network->ends ? 200 : 20);
    if (network->ends) {
        proxy_reset(fault.proxy);
        fault_say(&fault, 3);
        proxy_heal(fault.proxy);
    }
    fault_type(&fault, 2);
    fault_check(&fault);
    g_test_message("a key in %" G_GINT64_FORMAT " us", key_us);
    g_assert_cmpint(key_us, <, 160000); /* never for the network; the figure is the bench's */
    fault_end(&fault);
}

static void
test_reset(void)
{
    struct fault fault;

    fault_begin(&fault, NULL, NULL, NULL);
    for (int i = 0; i < 3; i++) {
        fault_type(&fault, 3);
        fault_say(&fault, 5);
        proxy_reset(fault.proxy);
        fault_say(&fault, 5);
        fault_check(&fault);
    }
    fault_end(&fault);
}

static void
test_refuse(void)
{
    struct fault fault;

    fault_begin(&fault, NULL, NULL, NULL);
    proxy_refuse(fault.proxy, true);
    proxy_cut(fault.proxy);
    fault_say(&fault, 10);
    fault_type(&fault, 3); /* in the dark */
    for (int i = 0; i < 5; i++) {
        turn_for(30);
        fault_hurry(&fault);
    }
    g_assert_cmpuint(proxy_accepted(fault.proxy), ==, 1);
    proxy_heal(fault.proxy);
    fault_check(&fault);
    fault_end(&fault);
}

static bool
is_cut(void *user)
{
    return proxy_connections(((struct fault *)user)->proxy) == 0;
}

/* TLS finds every changed byte: the connection ends, nothing false is shown. */
static void
test_corrupt_tls(const void *data)
{
    enum proxy_corrupt corrupt = (enum proxy_corrupt)GPOINTER_TO_INT(data);
    struct fault fault;

    if (!certs) {
        g_test_skip("openssl is not installed.");
        return;
    }
    fault_begin(&fault,
                &(struct irc_server_options){.cert_file = certs->server, .key_file = certs->server},
                certs, NULL);
    fault_say(&fault, 5);
    fault_type(&fault, 2);
    proxy_set(fault.proxy, PROXY_DOWN,
              &(struct proxy_faults){.corrupt_every = 300, .corrupt = corrupt});
    fault_say(&fault, 20);
    /* Where the length of a record is what changed, or the record lacks a byte, it is found when as
     * many bytes have come: 16 KiB at most. */
    for (int i = 0; i < 300 && !loop_until(is_cut, &fault, 20); i++)
        fault_say(&fault, 1);
    g_assert_true(is_cut(&fault));
    proxy_heal(fault.proxy);
    fault_check(&fault);
    fault_end(&fault);
}

/* In clear a changed byte is a changed word, at worst an end; it does no harm beyond that. */
static void
test_corrupt_clear(void)
{
    struct fault fault;
    unsigned last;

    fault_begin(&fault, NULL, NULL, NULL);
    for (int kind = PROXY_FLIP; kind <= PROXY_DROP; kind++) {
        proxy_set(fault.proxy, PROXY_DOWN,
                  &(struct proxy_faults){.corrupt_every = 37, .corrupt = (enum proxy_corrupt)kind});
        fault_say(&fault, 50);
        turn_for(200);
        fault_hurry(&fault);
    }
    proxy_heal(fault.proxy);
    proxy_reset(fault.proxy);
    turn_for(100);
    fault_hurry(&fault);
    person_wait_state(fault.person, ACCOUNT_ONLINE);
    person_wait_joined(fault.person, "#lab");
    last = fault.heard;
    fault_say(&fault, 1);
    g_autofree char *text = g_strdup_printf("m%05u", last);
    g_assert_true(person_sees(fault.person, "#lab", "maria", text));
    fault_end(&fault);
}

/* --- R5 and R6: the server ------------------------------------------------------------------
 */

static void
test_restart(void)
{
    struct irc_peer_options peer = {.nick = "maria"};
    struct fault fault;
    g_autoptr(GError) error = NULL;

    fault_begin(&fault, NULL, NULL, NULL);
    peer.port = irc_server_port(fault.server);
    for (int i = 0; i < 4; i++) {
        fault_type(&fault, 250);
        turn_for(g_test_rand_int_range(0, 60));
        irc_server_down(fault.server);
        irc_peer_free(fault.maria);
        turn_for(20);
        irc_server_up(fault.server);
        fault.maria = irc_peer_new(&peer, &error);
        g_assert_no_error(error);
        g_assert_true(irc_peer_join(fault.maria, "#lab"));
        fault_say(&fault, 5);
        fault_check(&fault);
    }
    g_assert_cmpuint(fault.typed, ==, 1000);
    fault_end(&fault);
}

static bool
has_failed(void *user)
{
    struct fault *fault = user;

    fault_hurry(fault);
    return core_account_by_name(fault->person->core, "home")->state == ACCOUNT_FAILED;
}

/* The password is another since: a few tries, and a state that says so; no storm. */
static void
test_revoked(void)
{
    struct fault fault;

    fault_begin(&fault, NULL, NULL, NULL);
    irc_server_add_account(fault.server, "kai", "right");
    g_autofree char *lines = g_strdup_printf("server = localhost:%u\ntls = off\nnick = kai\n"
                                             "flood_control = off\njoin = #lab\nsasl = plain\n"
                                             "password = right\n",
                                             proxy_port(fault.proxy));
    person_stop(fault.person);
    person_configure(fault.person, "irc", lines);
    person_start(fault.person);
    person_wait_state(fault.person, ACCOUNT_ONLINE);
    irc_server_add_account(fault.server, "kai", "another");
    unsigned before = proxy_accepted(fault.proxy);
    proxy_cut(fault.proxy);
    g_assert_true(loop_until(has_failed, &fault, CONFORMANCE_DEADLINE_MS));
    turn_for(300);
    const struct account *account = core_account_by_name(fault.person->core, "home");
    g_assert_cmpint(account->state, ==, ACCOUNT_FAILED);
    g_assert_nonnull(account->state_text);
    g_assert_null(strstr(account->state_text, "right"));
    g_assert_cmpuint(proxy_accepted(fault.proxy) - before, <=, 3);
    fault_end(&fault);
}

/* --- R11: a slow one hurts nobody else ------------------------------------------------------
 */

static void
test_slow_neighbour(void)
{
    struct irc_server *slow = irc_server_start(NULL);
    struct proxy *way = proxy_start(irc_server_port(slow), 1);
    struct fault fault;
    int64_t worst_us = 0;

    proxy_set(way, PROXY_DOWN, &(struct proxy_faults){.slice_bytes = 1, .slice_us = 20000});
    g_autofree char *section =
        g_strdup_printf("[account slow]\nnetwork = irc\nserver = localhost:%u\ntls = off\n"
                        "nick = kai\njoin = #lab\n",
                        proxy_port(way));
    fault_begin(&fault, NULL, NULL, section);
    for (int i = 0; i < 20; i++) {
        g_autofree char *text = g_strdup_printf("m%05u", fault.heard);
        int64_t start_us = g_get_monotonic_time();
        fault_say(&fault, 1);
        g_assert_true(person_sees(fault.person, "#lab", "maria", text));
        worst_us = MAX(worst_us, g_get_monotonic_time() - start_us);
    }
    g_test_message("the other account's worst line took %" G_GINT64_FORMAT " us", worst_us);
    g_assert_cmpuint(proxy_accepted(way), >=, 1);
    /* Behind the other's greeting of a minute or so it would come later by far. */
    g_assert_cmpint(worst_us, <, 10 * G_USEC_PER_SEC);
    g_assert_cmpint(core_account_by_name(fault.person->core, "slow")->state, !=, ACCOUNT_ONLINE);
    fault_check(&fault);
    fault_end(&fault);
    proxy_stop(way);
    irc_server_stop(slow);
}

/* --- R17, R26 -------------------------------------------------------------------------------
 */

static void
test_big(void)
{
    struct fault fault;

    fault_begin(&fault, NULL, NULL, NULL);
    irc_server_send_big_line(fault.server, "kai", 1024 * 1024);
    irc_server_send_big_line(fault.server, "kai", 100 * 1024 * 1024);
    fault_say(&fault, 3);
    fault_type(&fault, 3);
    fault_check(&fault);
    fault_end(&fault);
}

/* Every line twice, and in the wrong order: by the server's time each has one place. */
static void
test_order(void)
{
    struct fault fault;

    fault_begin(&fault, NULL, NULL, NULL);
    irc_server_fault(fault.server, NULL, IRC_FAULT_DUPLICATE, 20);
    fault_say(&fault, 20);
    fault_check(&fault);
    irc_server_heal(fault.server);
    for (unsigned n = 2; n <= 4; n++) {
        irc_server_fault(fault.server, "kai", IRC_FAULT_REVERSE, n);
        fault_say(&fault, n);
        fault_check(&fault);
    }
    fault_end(&fault);
}

int
main(int argc, char **argv)
{
    static const char *const kinds[] = {"flip", "insert", "drop"};
    int status;

    g_test_init(&argc, &argv, NULL);
    certs = certs_new();
    for (guint i = 0; i < G_N_ELEMENTS(network_faults); i++) {
        g_autofree char *path = g_strdup_printf("/fault/R3-network/%s", network_faults[i].name);
        g_test_add_data_func(path, &network_faults[i], test_network);
    }
    g_test_add_func("/fault/R3-network/reset", test_reset);
    g_test_add_func("/fault/R3-network/refuse", test_refuse);
    for (int i = PROXY_FLIP; i <= PROXY_DROP; i++) {
        g_autofree char *path = g_strdup_printf("/fault/R3-network/tls-%s", kinds[i]);
        g_test_add_data_func(path, GINT_TO_POINTER(i), test_corrupt_tls);
    }
    g_test_add_func("/fault/R3-network/clear-corrupted", test_corrupt_clear);
    g_test_add_func("/fault/R5-restart", test_restart);
    g_test_add_func("/fault/R6-revoked", test_revoked);
    g_test_add_func("/fault/R11-slow-neighbour", test_slow_neighbour);
    g_test_add_func("/fault/R17-big", test_big);
    g_test_add_func("/fault/R26-order", test_order);
    status = g_test_run();
    certs_free(certs);
    return status;
}
