#include "tests/relay/town.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/file.h"
#include "tests/support/loop.h"
#include "tests/support/scratch.h"

#define SECRET      "no-real-secret"
#define PATIENCE_MS (4 * CONFORMANCE_DEADLINE_MS) /* several processes share the machine */

const char *const town_channels[TOWN_CHANNELS] = {"#lab", "#den"};

static const char *const speakers[] = {"maria", "bob", "ana", "jun"};

/* --- places --- */

void
place_start(struct place *place, unsigned number, const struct adapter *adapter,
            const struct certs *certs, bool proxied)
{
    g_autofree char *ear = g_strdup_printf("ear%u", number);

    g_assert_cmpuint(number, <, G_N_ELEMENTS(speakers));
    *place = (struct place){.adapter = adapter, .name = {(char)('a' + number)}};
    place->site = adapter->start(certs);
    /* Servers of the tree count alike: what is the same on two of them would be one and the same.
     */
    for (unsigned i = 0; adapter->suffix && i < number * 8; i++) {
        g_autofree char *guest = g_strdup_printf("guest%u", i);
        adapter->make_user(place->site, guest, SECRET);
    }
    place->speaker = adapter->peer_new(place->site, speakers[number]);
    place->ear = adapter->peer_new(place->site, ear);
    for (unsigned i = 0; i < TOWN_CHANNELS; i++) {
        adapter->peer_join(place->speaker, town_channels[i]);
        adapter->peer_join(place->ear, town_channels[i]);
    }
    place->proxy = proxied ? adapter->proxy(place->site) : NULL;
}

void
place_stop(struct place *place)
{
    place->adapter->peer_free(place->speaker);
    place->adapter->peer_free(place->ear);
    place->adapter->stop(place->site);
}

char *
place_channel(const struct place *place, unsigned channel)
{
    char *name = g_strdup(town_channels[channel]);

    if (place->adapter->channel_sign)
        *name = place->adapter->channel_sign;
    return name;
}

/* --- carriers --- */

static void
leg_free(void *memory)
{
    struct carrier_leg *leg = memory;

    g_free(leg->gateway);
    g_free(leg->address);
    g_free(leg->error);
    g_free(leg);
}

static void
add_account(struct carrier *carrier, const struct place *place, unsigned number, GString *conf)
{
    const struct adapter *adapter = place->adapter;
    const enum login login = adapter->logins & (1u << LOGIN_PLAIN) ? LOGIN_PLAIN : LOGIN_NONE;
    g_autofree char *user = g_strdup_printf("%s%u", carrier->name, number);
    g_autofree char *folder = g_build_filename(carrier->home, user, NULL);
    g_autoptr(GError) error = NULL;

    file_make_private_dir(folder, &error);
    g_assert_no_error(error);
    adapter->make_user(place->site, user, SECRET);
    g_autofree char *options = adapter->options(place->site, login, user, SECRET, folder);
    g_string_append_printf(conf, "[account %s]\nnetwork = %s\n%s", place->name, adapter->network,
                           options);
    for (unsigned i = 0; i < TOWN_CHANNELS; i++) {
        g_autofree char *in = adapter->place(place->site, user, town_channels[i]);
        g_string_append(conf, in);
    }
}

void
carrier_init(struct carrier *carrier, const char *name, const struct place *places, unsigned n)
{
    g_autoptr(GString) gateways = g_string_new(NULL);

    for (unsigned channel = 0; channel < TOWN_CHANNELS; channel++) {
        g_string_append_printf(gateways, "[gateway %s]\n", town_channels[channel] + 1);
        for (unsigned i = 0; i < n; i++) {
            g_autofree char *there = place_channel(&places[i], channel);
            g_string_append_printf(gateways, "leg = %s/%s inout\n", places[i].name, there);
        }
    }
    carrier_init_with(carrier, name, places, n, gateways->str);
}

void
carrier_init_with(struct carrier *carrier, const char *name, const struct place *places, unsigned n,
                  const char *gateways)
{
    g_autoptr(GString) conf = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    *carrier = (struct carrier){.name = g_strdup(name),
                                .home = scratch_new(),
                                .legs = g_ptr_array_new_with_free_func(leg_free)};
    for (unsigned i = 0; i < n; i++)
        add_account(carrier, &places[i], i, conf);
    g_string_append(conf, gateways);
    g_setenv("WEFT_HOME", carrier->home, TRUE);
    struct paths *paths = paths_new(NULL, &error);
    g_assert_no_error(error);
    file_write_atomic(paths->config_file, conf->str, conf->len, &error);
    g_assert_no_error(error);
    paths_free(paths);
    carrier->environment = g_environ_setenv(g_get_environ(), "WEFT_HOME", carrier->home, TRUE);
}

static void
take_line(char *line, void *user)
{
    struct carrier *carrier = user;
    g_auto(GStrv) words = g_strsplit(line, "\t", 7);

    if (strcmp(line, "end") == 0) {
        carrier->told = true;
        return;
    }
    g_assert_cmpuint(g_strv_length(words), ==, 7);
    struct carrier_leg *leg = g_new0(struct carrier_leg, 1);
    *leg = (struct carrier_leg){.gateway = g_strdup(words[0]),
                                .address = g_strdup(words[1]),
                                .state = (enum relay_state)atoi(words[2]),
                                .waiting = (unsigned)atoi(words[3]),
                                .unknown = (unsigned)atoi(words[4]),
                                .given_up = (unsigned)atoi(words[5]),
                                .error = g_strdup(words[6])};
    g_ptr_array_add(carrier->legs, leg);
}

void
carrier_start(struct carrier *carrier)
{
    carrier->puppet = puppet_start("relay", "carrier", carrier->environment, take_line, carrier);
}

void
carrier_set(struct carrier *carrier, const char *name, const char *value)
{
    carrier->environment = value ? g_environ_setenv(carrier->environment, name, value, TRUE)
                                 : g_environ_unsetenv(carrier->environment, name);
}

bool
carrier_is_dead(const struct carrier *carrier)
{
    return puppet_has_ended(carrier->puppet);
}

void
carrier_kill(struct carrier *carrier)
{
    puppet_kill(carrier->puppet);
}

void
carrier_arm(struct carrier *carrier)
{
    puppet_try(carrier->puppet, "arm\n");
}

bool
carrier_leave(struct carrier *carrier)
{
    return puppet_leave(carrier->puppet);
}

void
carrier_end(struct carrier *carrier)
{
    puppet_end(carrier->puppet);
    g_ptr_array_unref(carrier->legs);
    scratch_free(carrier->home);
    g_strfreev(carrier->environment);
    g_free(carrier->name);
}

static bool
has_told_or_died(void *user)
{
    const struct carrier *carrier = user;

    return carrier->told || carrier_is_dead(carrier);
}

bool
carrier_try(struct carrier *carrier)
{
    g_ptr_array_set_size(carrier->legs, 0);
    carrier->told = false;
    if (!puppet_try(carrier->puppet, "tell\n"))
        return false;
    g_assert_true(loop_until(has_told_or_died, carrier, PATIENCE_MS));
    return carrier->told;
}

void
carrier_ask(struct carrier *carrier)
{
    g_assert_true(carrier_try(carrier));
}

static bool
all_run(void *user)
{
    struct carrier *carrier = user;
    bool run = true;

    carrier_ask(carrier);
    for (unsigned i = 0; i < carrier->legs->len; i++)
        run = run && ((struct carrier_leg *)carrier->legs->pdata[i])->state == RELAY_RUNS;
    return run && carrier->legs->len > 0;
}

void
carrier_wait(struct carrier *carrier)
{
    if (loop_until(all_run, carrier, PATIENCE_MS))
        return;
    g_autofree char *text = carrier_text(carrier);
    g_error("not every leg runs:\n%s(all of it: %s)", text, carrier->home);
}

char *
carrier_text(const struct carrier *carrier)
{
    static const char *const states[] = {
        [RELAY_RUNS] = "runs",   [RELAY_PAUSED] = "paused", [RELAY_TRIPPED] = "stopped",
        [RELAY_WAITS] = "waits", [RELAY_OFF] = "off",       [RELAY_REFUSED] = "refused"};
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < carrier->legs->len; i++) {
        const struct carrier_leg *leg = carrier->legs->pdata[i];
        g_string_append_printf(text, "%s %s: %s, waiting %u, unknown %u, given up %u %s\n",
                               leg->gateway, leg->address, states[leg->state], leg->waiting,
                               leg->unknown, leg->given_up, leg->error);
    }
    return g_string_free(text, FALSE);
}
