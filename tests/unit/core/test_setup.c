/* What stands at an address: asked of the drivers, once the network is there. */
#include "core/setup.h"
#include "tests/unit/core/fake.h"
#include "tests/unit/core/tests.h"

/* A driver that keeps the questions for the test. */
struct asked {
    unsigned n, ended;
    struct net_ops *net;
    probe_fn fn;
    void *user;
};
static struct asked asked;

static void *
probe(struct net_ops *net, const char *address, probe_fn fn, void *user)
{
    g_assert_cmpstr(address, ==, "chat.example");
    asked.n++;
    asked.net = net;
    asked.fn = fn;
    asked.user = user;
    return &asked;
}

static void
probe_end(void *state)
{
    g_assert_true(state == &asked);
    asked.ended++;
}

static void
on_answer(void *user, const struct network *network, const struct probe_result *result,
          const GError *error)
{
    g_assert_no_error(error);
    g_assert_cmpstr(network->name, ==, "fake");
    *(char **)user = g_strdup(result->title);
}

/* A driver that can be asked, in a core that was opened but not started. */
static struct fake *
unstarted(struct driver *ret_driver, struct network *ret_networks)
{
    struct fake *fake = fake_new(0);

    asked = (struct asked){0};
    *ret_driver = *fake_networks[0].driver;
    ret_driver->probe = probe;
    ret_driver->probe_end = probe_end;
    ret_networks[0] = (struct network){.name = "fake", .driver = ret_driver};
    ret_networks[1] = (struct network){0};
    fake->networks = ret_networks;
    fake->unstarted = true;
    fake_restart(fake);
    return fake;
}

/* Asked before the network is there, it waits for that instead of being no question at all. */
static void
test_early(void)
{
    struct driver driver;
    struct network networks[2];
    struct fake *fake = unstarted(&driver, networks);
    g_autofree char *title = NULL;
    struct core_probe *early = core_probe_new(fake->core, NULL, "chat.example", on_answer, &title);
    struct core_probe *given_up =
        core_probe_new(fake->core, networks, "chat.example", on_answer, &title);
    const struct probe_result result = {.title = "Forum of Coops"};

    g_assert_nonnull(early);
    g_assert_nonnull(given_up);
    core_probe_free(given_up);
    g_assert_cmpuint(asked.n, ==, 0);
    core_start(fake->core, &fake->net);
    g_assert_cmpuint(asked.n, ==, 1);
    g_assert_true(asked.net == &fake->net);
    asked.fn(asked.user, &result, NULL);
    g_assert_cmpstr(title, ==, "Forum of Coops");
    core_probe_free(early);
    g_assert_cmpuint(asked.ended, ==, 1);
    fake_free(fake);
}

/* Nobody can be asked: said at once. */
static void
test_nobody(void)
{
    struct fake *fake = fake_new(0);

    g_assert_null(core_probe_new(fake->core, NULL, "chat.example", on_answer, NULL));
    g_assert_null(core_probe_new(fake->core, fake_networks, "chat.example", on_answer, NULL));
    fake_free(fake);
}

void
test_setup_add(void)
{
    g_test_add_func("/core/setup/early", test_early);
    g_test_add_func("/core/setup/nobody", test_nobody);
}
