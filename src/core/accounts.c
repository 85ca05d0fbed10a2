/* The accounts of the configuration and their sessions. One that was removed keeps its session,
 * without a connection and unlisted, so that nothing which still points to it is left in the air;
 * it is taken up again when the account comes back. */
#include <string.h>

#include "core/config_priv.h"
#include "core/engine.h"
#include "core/options.h"

const struct network *
core_network(struct core *core, const char *name)
{
    for (const struct network *network = core->networks; network->name != NULL; network++)
        if (g_strcmp0(network->name, name) == 0)
            return network;
    return NULL;
}

static int64_t
stored_account_id(const GPtrArray *stored, const char *name)
{
    for (guint i = 0; i < stored->len; i++) {
        const struct account *account = stored->pdata[i];
        if (strcmp(account->name, name) == 0)
            return account->id;
    }
    return 0;
}

static struct session *
add_account(struct core *core, const GPtrArray *stored, const char *name, const char *network_name)
{
    const struct options *options = config_account_options(core->config, name);
    const struct network *network = core_network(core, network_name);
    struct account *account = g_new0(struct account, 1);
    const int64_t known_id = stored_account_id(stored, name);

    account->id = known_id != 0 ? known_id : ++core->last_account_id;
    account->name = g_strdup(name);
    account->network = g_strdup(network_name);
    account->label = g_strdup(options_text(options, "label"));
    account->self_id = store_load_kv(core->store, account->id, "core.self_id");
    account->self_name = store_load_kv(core->store, account->id, "core.self_name");
    struct session *session =
        session_new(core, account, network != NULL ? network->driver : NULL, options);
    session->place = (int)core->accounts->len;
    session->at_start = options_bool(options, "connect");
    g_ptr_array_add(core->accounts, account);
    g_hash_table_insert(core->sessions, &account->id, session);
    if (!core->read_only)
        store_put_account(core->store, account);
    return session;
}

void
accounts_load(struct core *core)
{
    g_autoptr(GPtrArray) stored = store_load_accounts(core->store);

    for (size_t i = 0; i < config_n_accounts(core->config); i++)
        add_account(core, stored, config_account_name(core->config, i),
                    config_account_network(core->config, i));
}

struct session *
accounts_find(struct core *core, const char *name)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, core->sessions);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        struct session *session = value;
        if (strcmp(session->account->name, name) == 0)
            return session;
    }
    return NULL;
}

static void
tell(struct core *core, const struct session *session)
{
    bus_publish(core->bus,
                &(struct notice){.type = NOTICE_ACCOUNT, .account_id = session->account->id});
}

/* The account was in the configuration before, as long as this weft has run. */
static void
take_back(struct core *core, struct session *session)
{
    const struct options *options = config_account_options(core->config, session->account->name);

    session->removed = false;
    session->place = (int)core->accounts->len;
    session->at_start = options_bool(options, "connect");
    session_set_options(session, options);
    g_ptr_array_add(core->accounts, session->account);
    room_list_account(core, session);
}

struct session *
accounts_add(struct core *core, const char *name, const char *network)
{
    struct session *session = accounts_find(core, name);

    if (session != NULL) {
        take_back(core, session);
    } else {
        g_autoptr(GPtrArray) stored = store_load_accounts(core->store);
        session = add_account(core, stored, name, network);
        room_load(core);
        threads_load(core);
        outbox_load(core, session);
        edit_load(core, session);
    }
    tell(core, session);
    return session;
}

void
accounts_remove(struct core *core, struct session *session)
{
    session->removed = true;
    session_disconnect(session, NULL);
    g_ptr_array_remove(core->accounts, session->account);
    room_list_account(core, session);
    tell(core, session);
}

void
accounts_sort(struct core *core)
{
    g_ptr_array_set_size(core->accounts, 0);
    for (size_t i = 0; i < config_n_accounts(core->config); i++) {
        struct session *session = accounts_find(core, config_account_name(core->config, i));
        session->place = (int)i;
        g_ptr_array_add(core->accounts, session->account);
    }
    room_sort(core);
}

bool
core_add_account(struct core *core, const char *name, GError **error)
{
    const char *network = NULL;

    for (size_t i = 0; i < config_n_accounts(core->config); i++)
        if (strcmp(config_account_name(core->config, i), name) == 0)
            network = config_account_network(core->config, i);
    if (network == NULL || core_account_by_name(core, name) != NULL) {
        g_set_error(error, WEFT_ERROR, network == NULL ? WEFT_ERROR_NOT_FOUND : WEFT_ERROR_CONFLICT,
                    network == NULL ? "The configuration has no account \"%s\"."
                                    : "The account \"%s\" is there already.",
                    name);
        return false;
    }
    return core_connect(core, accounts_add(core, name, network)->account->id, error);
}

const struct account *
core_account(struct core *core, int64_t id)
{
    const struct session *session = session_of_account(core, id);
    return session != NULL && !session->removed ? session->account : NULL;
}

const char *
core_account_mark(struct core *core, int64_t id)
{
    const struct session *session = session_of_account(core, id);

    if (session == NULL)
        return "";
    return session->driver != NULL && session->driver->brief != NULL ? session->driver->brief
                                                                     : session->account->network;
}

const struct account *
core_account_by_name(struct core *core, const char *name)
{
    for (guint i = 0; i < core->accounts->len; i++) {
        const struct account *account = core->accounts->pdata[i];
        if (g_strcmp0(account->name, name) == 0)
            return account;
    }
    return NULL;
}
