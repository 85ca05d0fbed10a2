/* Real servers: each to and from the servers of the tree that can do everything, and to itself. */
#include <glib.h>

#include "tests/relay/matrix.h"
#include "tests/support/certs.h"

struct run {
    const struct certs *certs;
    const struct adapter *from, *to;
};

static void
run_pair(const void *data)
{
    const struct run *run = data;
    enum cell cells[KIND_N];
    g_autofree char *why = NULL;

    if (!run->from->available(&why) || !run->to->available(&why)) {
        g_test_skip(why);
        return;
    }
    matrix_pair(run->from, run->to, run->certs, cells);
    for (int kind = 0; kind < KIND_N; kind++)
        g_test_message("%s: %s", matrix_kind(kind), matrix_word(cells[kind]));
}

static void
add(const struct certs *certs, const struct adapter *from, const struct adapter *to)
{
    struct run *run = g_new0(struct run, 1);
    g_autofree char *path = g_strdup_printf("/matrix/%s→%s", from->name, to->name);

    *run = (struct run){certs, from, to};
    g_test_add_data_func_full(path, run, run_pair, g_free);
}

int
main(int argc, char **argv)
{
    static const struct adapter *const all[] = {&adapter_irc_scripted, &adapter_mattermost_sandbox};
    struct certs *certs;

    g_test_init(&argc, &argv, NULL);
    certs = certs_new();
    for (const struct adapter *const *real = adapters_servers; certs && *real; real++) {
        for (unsigned i = 0; i < G_N_ELEMENTS(all); i++) {
            add(certs, *real, all[i]);
            add(certs, all[i], *real);
        }
        add(certs, *real, *real);
    }
    int status = g_test_run();
    certs_free(certs);
    return status;
}
