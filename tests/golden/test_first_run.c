/* The first account, key by key, where a network can be asked what stands at an address. */
#include <string.h>

#include "tests/golden/world.h"
#include "ui/first_run.h"

#define ADDRESS "https://chat.bakery.org.uk"

/* Who was asked, and wants to know. */
static probe_fn asker;
static void *asker_user;
static unsigned n_asked;

static void *
probe(struct net_ops *net, const char *address, probe_fn fn, void *user)
{
    g_assert_cmpstr(address, ==, ADDRESS);
    n_asked++;
    asker = fn;
    asker_user = user;
    return &n_asked;
}

static void
probe_end(void *state)
{
    g_assert_true(state == &n_asked);
}

static void
changed(void *user)
{
}

static void
enter(struct first_run *run, const char *text)
{
    if (text)
        first_run_paste(run, text, strlen(text));
    first_run_key(run, ACTION_SUBMIT, (struct key){0});
}

/* A trial fails; the answers stand there still, and the way through them is open: the address was
 * found out before, and is right. */
static void
test_again(void)
{
    struct fake *fake = fake_new(0);
    struct driver driver = *fake_networks[0].driver;
    const struct network networks[] = {{.name = "fake", .driver = &driver}, {0}};
    const struct probe_result result = {.server = ADDRESS, .title = "Forum of Coops"};
    struct first_run_options options = {.changed = changed};
    struct view_form view;

    driver.probe = probe;
    driver.probe_end = probe_end;
    fake->networks = networks;
    fake_restart(fake);
    options.core = fake->core;
    struct first_run *run = first_run_new(&options);
    enter(run, ADDRESS);
    g_assert_cmpint(first_run_state(run), ==, FIRST_RUN_PROBING);
    asker(asker_user, &result, NULL);
    enter(run, NULL);  /* log in by: none */
    enter(run, "kai"); /* the nick */
    first_run_view(run, &view);
    g_assert_cmpstr(editor_text(view.editor), ==, "bakery");
    enter(run, "home"); /* the account's name */
    g_assert_cmpint(first_run_state(run), ==, FIRST_RUN_TRYING);
    fake_settle(fake);
    fake_lost(fake, 0, WEFT_ERROR_AUTH);
    g_assert_cmpint(first_run_state(run), ==, FIRST_RUN_FAILED);
    enter(run, NULL);
    for (unsigned i = 0; i < 4; i++) {
        g_assert_cmpint(first_run_state(run), ==, FIRST_RUN_ASKING);
        enter(run, NULL);
        first_run_view(run, &view);
        g_assert_cmpstr(view.error, ==, NULL);
    }
    g_assert_cmpint(first_run_state(run), ==, FIRST_RUN_TRYING);
    g_assert_cmpuint(n_asked, ==, 1);
    first_run_free(run);
    fake_settle(fake);
    fake_free(fake);
}

void
test_first_run_add(void)
{
    g_test_add_func("/first-run/again", test_again);
}
