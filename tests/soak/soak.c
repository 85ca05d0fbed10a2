/* A busy conversation in which weft is killed with SIGKILL and the network is cut, at random
 * moments, on every kind of site. Maria and ines talk with weft's person; ines and weft's person
 * change what they said, take back, react and answer, as far as the network knows that, also while
 * weft is killed or cut off.
 *
 * Proven at the end, for every line. What weft has shown is in the store; nothing is there twice;
 * what others said is in order, and there, or (where the network keeps no history) lies in a gap
 * that the timeline shows. What was typed arrived at most once, is in the store whenever it
 * arrived, and in the state that is true: sent, not sent, or unknown (never unknown where it can be
 * found out). What stands in the store is what the server has: texts, marks of changes, reactions,
 * what answers what, how many replies; what was taken back is there no more (where the network
 * tells of it). A change that weft had
 * taken on has been made.
 *
 * WEFT_KILLS, WEFT_CUTS: how many of each (5). WEFT_SEED: the seed that an earlier run printed. */
#include <glib.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "tests/soak/cut.h"
#include "tests/soak/soak.h"
#include "tests/support/loop.h"

#define SETTLE_MS 180000
#define ASK_US    (500 * 1000)

/* --- the process ------------------------------------------------------------------------------
 */

static void
start(struct soak *soak)
{
    soak->weaver = puppet_start("soak", "weaver", NULL, talk_take, soak);
}

static void
kill_it(struct soak *soak)
{
    soak->kills--;
    puppet_kill(soak->weaver);
    if (g_rand_boolean(soak->rand))
        talk_others(soak, g_rand_int_range(soak->rand, 0, 50000));
    start(soak);
}

static void
talk_meanwhile(void *user)
{
    talk_for(user, 50000);
}

static void
cut_it(struct soak *soak)
{
    soak->cuts--;
    cut_somehow(soak->proxy, soak->rand, talk_meanwhile, soak);
}

/* One line after the other until weft shows the last: so seldom that the first page of a history
 * has all that were said before weft came, however long that took. */
static bool
is_in(void *user)
{
    struct soak *soak = user;
    const unsigned n = soak->lines->len;
    const int64_t now_us = g_get_monotonic_time();

    if (n > soak->peace_from && ((struct line *)soak->lines->pdata[n - 1])->shown)
        return true;
    if (now_us - soak->asked_us > ASK_US) {
        soak->asked_us = now_us;
        talk_one(soak);
    }
    return false;
}

/* A first life that ends before it has kept anything never was: the next one asks for no more than
 * the first page. */
static bool
is_kept(void *user)
{
    struct soak *soak = user;

    return reckon_has(soak, soak->lines->pdata[soak->heard_from]);
}

static void
come(struct soak *soak)
{
    g_assert_true(loop_until(is_in, soak, CONFORMANCE_DEADLINE_MS));
    soak->heard_from = soak->lines->len - 1;
    g_assert_true(loop_until(is_kept, soak, CONFORMANCE_DEADLINE_MS));
}

/* --- the run ----------------------------------------------------------------------------------
 */

static unsigned
wanted(const char *name)
{
    const char *text = g_getenv(name);
    return text ? (unsigned)strtoul(text, NULL, 10) : 5;
}

static void
gather(struct soak *soak)
{
    const struct adapter *adapter = soak->scene.adapter;

    soak->ines = adapter->peer_new(soak->scene.site, "ines");
    soak->ear = adapter->peer_new(soak->scene.site, "uma");
    soak->scene.peer = adapter->peer_new(soak->scene.site, SCENE_PEER);
    /* Who comes first may set topics, and lets ines take back what others said. */
    adapter->peer_join(soak->scene.peer, SCENE_CHANNEL);
    adapter->peer_join(soak->ines, SCENE_CHANNEL);
    adapter->peer_join(soak->ear, SCENE_CHANNEL);
    if (adapter->peer_trusts)
        adapter->peer_trusts(soak->scene.peer, SCENE_CHANNEL, "ines");
}

static void
begin(struct soak *soak, const struct adapter *adapter, const struct certs *certs)
{
    const char *seed_text = g_getenv("WEFT_SEED");
    guint32 seed = seed_text ? (guint32)strtoul(seed_text, NULL, 10) : g_random_int();

    soak->kills = wanted("WEFT_KILLS");
    soak->cuts = wanted("WEFT_CUTS");
    g_test_message("%u kills, %u cuts, seed: WEFT_SEED=%u", soak->kills, soak->cuts, seed);
    soak->rand = g_rand_new_with_seed(seed);
    talk_init(soak);
    memcpy(soak->channel, SCENE_CHANNEL, sizeof SCENE_CHANNEL);
    if (adapter->channel_sign)
        soak->channel[0] = adapter->channel_sign;
    soak->scene = (struct scene){.certs = certs, .proxied = true};
    enum login login = adapter->logins & (1u << LOGIN_PLAIN) ? LOGIN_PLAIN : LOGIN_NONE;
    scene_start(&soak->scene, adapter, login);
    g_autofree char *options = adapter->options(soak->scene.site, login, SCENE_USER, SCENE_SECRET,
                                                soak->scene.person->home);
    gather(soak);
    g_autofree char *in = adapter->place(soak->scene.site, SCENE_USER, SCENE_CHANNEL);
    g_autofree char *all = g_strconcat(options, in, NULL);
    person_configure(soak->scene.person, adapter->network, all);
    g_test_message("the log, when it fails: %s/weaver.log", soak->scene.person->home);
    soak->proxy = adapter->proxy(soak->scene.site);
    start(soak);
}

static void
end(struct soak *soak)
{
    puppet_end(soak->weaver);
    soak->scene.adapter->peer_free(soak->ines);
    soak->scene.adapter->peer_free(soak->ear);
    scene_end(&soak->scene);
    talk_free(soak);
    g_rand_free(soak->rand);
}

struct run {
    const struct adapter *adapter;
    const struct certs *certs;
};

static void
run(gconstpointer data)
{
    const struct run *run = data;
    g_autofree char *why = NULL;
    struct soak soak = {0};

    if (!run->adapter->available(&why)) {
        g_test_skip(why);
        return;
    }
    begin(&soak, run->adapter, run->certs);
    come(&soak);
    while (soak.kills + soak.cuts > 0) {
        talk_for(&soak, g_rand_int_range(soak.rand, 0, 800000));
        if ((guint32)g_rand_int_range(soak.rand, 0, (gint32)(soak.kills + soak.cuts)) < soak.kills)
            kill_it(&soak);
        else
            cut_it(&soak);
    }
    proxy_heal(soak.proxy);
    soak.peace_from = soak.lines->len;
    g_assert_true(loop_until(is_in, &soak, SETTLE_MS));
    if (!loop_until(reckon_is_settled, &soak, SETTLE_MS + run->adapter->hold_ms))
        reckon_tell(&soak);
    reckon_all(&soak);
    end(&soak);
}

/* R27: weft stands still (its terminal was stopped) while others talk, longer than the server
 * waits; R2: and is killed while lines pour in. */
static void
stopped(gconstpointer data)
{
    const struct run *run = data;
    struct soak soak = {0};

    begin(&soak, run->adapter, run->certs);
    come(&soak);
    for (int i = 0; i < 3; i++) {
        puppet_signal(soak.weaver, SIGSTOP);
        for (int n = 0; n < 10; n++)
            talk_pour(&soak);
        talk_type(&soak);
        proxy_reset(soak.proxy); /* "Ping timeout" */
        for (int n = 0; n < 10; n++)
            talk_pour(&soak);
        puppet_signal(soak.weaver, SIGCONT);
        talk_pour(&soak);
        if (i == 1)
            kill_it(&soak);
    }
    soak.peace_from = soak.lines->len;
    g_assert_true(loop_until(is_in, &soak, SETTLE_MS));
    if (!loop_until(reckon_is_settled, &soak, SETTLE_MS + run->adapter->hold_ms))
        reckon_tell(&soak);
    reckon_all(&soak);
    end(&soak);
}

/* `runs` owns what the cases are given, those too that are not chosen. */
static struct run *
run_new(GPtrArray *runs, const struct adapter *adapter, const struct certs *certs)
{
    struct run *run = g_new0(struct run, 1);

    *run = (struct run){.adapter = adapter, .certs = certs};
    g_ptr_array_add(runs, run);
    return run;
}

static void
add(GPtrArray *runs, const struct adapter *const *adapters, const struct certs *certs)
{
    for (; *adapters; adapters++) {
        g_autofree char *path = g_strdup_printf("/soak/%s", (*adapters)->name);

        /* A real server is soaked once: without its services. */
        if (!strchr((*adapters)->name, '+'))
            g_test_add_data_func(path, run_new(runs, *adapters, certs), run);
    }
}

int
main(int argc, char **argv)
{
    g_autoptr(GPtrArray) runs = g_ptr_array_new_with_free_func(g_free);
    struct certs *certs;
    int status;

    signal(SIGPIPE, SIG_IGN);
    g_test_init(&argc, &argv, NULL);
    certs = certs_new();
    if (certs) {
        add(runs, adapters_soak, certs);
        add(runs, adapters_servers, certs);
        g_test_add_data_func("/fault/R27-stopped", run_new(runs, adapters_soak[0], certs), stopped);
    }
    status = g_test_run();
    certs_free(certs);
    return status;
}
