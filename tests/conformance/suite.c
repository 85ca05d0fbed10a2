#include "tests/conformance/suite.h"

#include <gio/gio.h>
#include <string.h>

#include "base/log.h"

/* What a train, or a phone in a cellar, does to a connection: all arrives, late and in crumbs. */
static const struct proxy_faults bad_network = {
    .latency_ms = 2, .jitter_ms = 8, .slice_bytes = 61, .slice_us = 300};

void
scene_configure(struct scene *scene, enum login login, const char *more)
{
    g_autofree char *options =
        scene->adapter->options(scene->site, login, SCENE_USER, SCENE_SECRET, scene->person->home);
    g_autofree char *given = scene->adapter->ways & WAY_GIVEN_CHANNELS
                                 ? scene->adapter->place(scene->site, SCENE_USER, SCENE_CHANNEL)
                                 : NULL;
    g_autofree char *all = g_strconcat(options, more, given, NULL);

    person_configure(scene->person, scene->adapter->network, all);
}

static void
rested_stop(struct rested *rested)
{
    if (rested->site)
        rested->adapter->stop(g_steal_pointer(&rested->site));
}

static struct site *
site_of(const struct scene *scene)
{
    struct rested *rested = scene->rested;

    if (rested && rested->site && rested->adapter == scene->adapter)
        return g_steal_pointer(&rested->site);
    if (rested)
        rested_stop(rested);
    return scene->adapter->start(scene->certs);
}

void
scene_start(struct scene *scene, const struct adapter *adapter, enum login login)
{
    scene->adapter = adapter;
    scene->site = site_of(scene);
    if (scene->proxied)
        adapter->proxy(scene->site);
    if (scene->slowly)
        proxy_set(adapter->proxy(scene->site), PROXY_BOTH, &bad_network);
    adapter->make_user(scene->site, SCENE_USER, SCENE_SECRET);
    scene->person = person_new();
    scene->person->channel_sign = adapter->channel_sign;
    scene->person->suffix = adapter->suffix ? adapter->suffix(scene->site) : NULL;
    scene_configure(scene, login, "");
}

static void
wait_inside(struct scene *scene)
{
    const char *greeting = scene->adapter->greeting;

    person_wait_state(scene->person, ACCOUNT_ONLINE);
    g_assert_true(!greeting || person_reads(scene->person, "", greeting));
}

void
scene_come(struct scene *scene)
{
    person_start(scene->person);
    wait_inside(scene);
}

void
scene_gather(struct scene *scene)
{
    if (scene->adapter->slow_door)
        person_start(scene->person);
    scene->peer = scene->adapter->peer_new(scene->site, SCENE_PEER);
    scene->adapter->peer_join(scene->peer, SCENE_CHANNEL);
    if (scene->adapter->slow_door)
        wait_inside(scene);
    else
        scene_come(scene);
    if (!(scene->adapter->ways & WAY_GIVEN_CHANNELS))
        person_types(scene->person, "", "/join " SCENE_CHANNEL);
    person_wait_joined(scene->person, SCENE_CHANNEL);
}

char *
scene_name(const struct scene *scene, const char *who)
{
    return g_strconcat(who, scene->person->suffix, NULL);
}

char *
scene_hear(struct scene *scene, const char *text)
{
    scene->adapter->peer_say(scene->peer, SCENE_CHANNEL, text);
    g_assert_true(person_sees(scene->person, SCENE_CHANNEL, SCENE_PEER, text));
    g_assert_nonnull(scene->person->seen->remote_id);
    return g_strdup(scene->person->seen->remote_id);
}

char *
scene_say(struct scene *scene, const char *text)
{
    person_types(scene->person, SCENE_CHANNEL, text);
    g_assert_true(person_sees_state(scene->person, SCENE_CHANNEL, text, MESSAGE_SENT));
    g_assert_true(person_sees(scene->person, SCENE_CHANNEL, SCENE_USER, text));
    g_assert_nonnull(scene->person->seen->remote_id);
    return g_strdup(scene->person->seen->remote_id);
}

void
scene_make_channel(struct scene *scene, const char *channel)
{
    g_autofree char *line = g_strconcat("/join ", channel, NULL);

    if (scene->adapter->ways & WAY_MADE_CHANNELS)
        scene->adapter->peer_join(scene->peer, channel);
    person_types(scene->person, "", line);
    person_wait_joined(scene->person, channel);
}

void
scene_end(struct scene *scene)
{
    person_free(scene->person);
    if (scene->peer)
        scene->adapter->peer_free(scene->peer);
    if (scene->rested && scene->adapter->rest && scene->adapter->rest(scene->site))
        *scene->rested = (struct rested){scene->adapter, scene->site};
    else
        scene->adapter->stop(scene->site);
    scene->peer = NULL;
}

struct run {
    const struct adapter *adapter;
    const struct behaviour *behaviour;
    const struct certs *certs;
    struct rested *rested;
    bool slowly;
};

static void
run(const void *data)
{
    const struct run *run = data;
    g_autofree char *why = NULL;
    struct scene scene = {.certs = run->certs, .rested = run->rested};

    if (!run->adapter->available(&why)) {
        g_test_skip(why);
        return;
    }
    scene.slowly = run->slowly;
    scene_start(&scene, run->adapter, run->behaviour->login);
    run->behaviour->run(&scene);
    scene_end(&scene);
}

static void
add_topic(GPtrArray *runs, const struct run *each, const char *topic,
          const struct behaviour *behaviours)
{
    const struct adapter *adapter = each->adapter;

    for (const struct behaviour *behaviour = behaviours; behaviour->name; behaviour++) {
        g_autofree char *path =
            g_strdup_printf("/%s%s/%s/%s", adapter->name, each->slowly ? "+bad-network" : "", topic,
                            behaviour->name);
        struct run *data;

        /* What a site cannot do is no behaviour of it: not registered, rather than counted as
         * skipped. */
        if ((adapter->can & behaviour->needs) != behaviour->needs)
            continue;
        if ((adapter->can & behaviour->lacks) != 0)
            continue;
        if ((adapter->ways & behaviour->ways) != behaviour->ways)
            continue;
        if (behaviour->relays && !adapter->peer_relay)
            continue;
        if ((adapter->ways & behaviour->not_ways) != 0)
            continue;
        if (behaviour->needs_login && !(adapter->logins & (1u << behaviour->login)))
            continue;
        data = g_memdup2(each, sizeof *each);
        data->behaviour = behaviour;
        g_ptr_array_add(runs, data);
        g_test_add_data_func(path, data, run);
    }
}

static void
add_all(GPtrArray *runs, const struct run *each)
{
    add_topic(runs, each, "login", suite_login);
    add_topic(runs, each, "talk", suite_talk);
    add_topic(runs, each, "people", suite_people);
    add_topic(runs, each, "deeds", suite_deeds);
    add_topic(runs, each, "deeds", suite_kept);
    add_topic(runs, each, "threads", suite_threads);
    add_topic(runs, each, "relay", suite_relay);
    add_topic(runs, each, "away", suite_away);
    add_topic(runs, each, "lost", suite_lost);
    add_topic(runs, each, "server", suite_server);
}

/* GIO reads all authorities of the system anew for every connection of whoever does not name a
 * database; here none of them signs anything. Who trusts them is what the streams' tests are about.
 */
static void
trust_one_stranger(const struct certs *certs)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GTlsDatabase) stranger = g_tls_file_database_new(certs->other_ca, &error);

    g_assert_no_error(error);
    g_tls_backend_set_default_database(g_tls_backend_get_default(), stranger);
}

int
suite_run(const struct adapter *const *adapters)
{
    struct certs *certs = certs_new();
    /* GLib would free only those that are run, which with -p are few. */
    GPtrArray *runs = g_ptr_array_new_with_free_func(g_free);
    struct rested rested = {0};

    if (certs)
        trust_one_stranger(certs);
    for (; certs && *adapters; adapters++) {
        struct run each = {.adapter = *adapters, .certs = certs, .rested = &rested};
        add_all(runs, &each);
        each.slowly = true;
        if ((*adapters)->again_slowly)
            add_all(runs, &each);
    }
    const int status = g_test_run();
    rested_stop(&rested);
    g_ptr_array_unref(runs);
    certs_free(certs);
    return status;
}
