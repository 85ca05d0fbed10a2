/* What stands at an address, asked of the drivers. Who asks before the network is there, as the
 * first frame does for a link of the command line, is told when it is. */
#include "core/setup.h"

#include "core/engine.h"

struct core_probe {
    struct core *core;
    char *address;
    const struct network *at; /* the one that is asked now */
    bool alone;               /* and no other */
    void *state;              /* of its driver */
    core_probe_fn fn;
    void *user;
};

const struct network *
core_networks(struct core *core)
{
    return core->networks;
}

static void
end_state(struct core_probe *probe)
{
    if (probe->state != NULL)
        probe->at->driver->probe_end(probe->state);
    probe->state = NULL;
}

void
core_probe_free(struct core_probe *probe)
{
    if (probe == NULL)
        return;
    g_ptr_array_remove(probe->core->probes, probe);
    end_state(probe);
    g_free(probe->address);
    g_free(probe);
}

static bool ask_next(struct core_probe *probe);

static void
answered(void *user, const struct probe_result *result, const GError *error)
{
    struct core_probe *probe = user;
    const struct network *network = probe->at;
    g_autoptr(GError) kept = error != NULL ? g_error_copy(error) : NULL;

    if (error == NULL) {
        probe->fn(probe->user, network, result, NULL);
        return;
    }
    end_state(probe);
    probe->at++;
    if (probe->alone || !ask_next(probe)) {
        probe->at = network;
        probe->fn(probe->user, NULL, NULL, kept);
    }
}

/* The first from `at` on that can be asked. */
static bool
find_next(struct core_probe *probe)
{
    while (probe->at->name != NULL && probe->at->driver->probe == NULL)
        probe->at++;
    return probe->at->name != NULL;
}

static bool
ask_next(struct core_probe *probe)
{
    if (!find_next(probe))
        return false;
    probe->state = probe->at->driver->probe(probe->core->net, probe->address, answered, probe);
    return true;
}

struct core_probe *
core_probe_new(struct core *core, const struct network *network, const char *address,
               core_probe_fn fn, void *user)
{
    struct core_probe *probe = g_new0(struct core_probe, 1);

    probe->core = core;
    probe->address = g_strdup(address);
    probe->at = network != NULL ? network : core->networks;
    probe->alone = network != NULL;
    probe->fn = fn;
    probe->user = user;
    if ((network != NULL && network->driver->probe == NULL) || !find_next(probe)) {
        core_probe_free(probe);
        return NULL;
    }
    if (core->net != NULL)
        ask_next(probe);
    else
        g_ptr_array_add(core->probes, probe);
    return probe;
}

void
setup_start(struct core *core)
{
    while (core->probes->len > 0)
        ask_next(g_ptr_array_steal_index(core->probes, 0));
}
