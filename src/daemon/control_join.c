/* Accounts and channels: connecting, disconnecting, joining. */
#include "base/error.h"
#include "base/log.h"
#include "core/place.h"
#include "daemon/control_priv.h"

/* --- joining --- */

struct joining {
    struct client *client;
    char *id;
    struct core_ask *ask; /* NULL: it has ended */
};

void
joining_free(void *data)
{
    struct joining *joining = data;

    core_ask_forget(joining->ask);
    joining->client->waits--;
    g_free(joining->id);
    g_free(joining);
}

static void
on_joined(void *user, const struct browse_result *result, const GError *error)
{
    struct joining *joining = user;
    struct client *client = joining->client;

    joining->ask = NULL;
    if (error)
        client_refuse(client, joining->id, error);
    else
        client_answer(client, joining->id, "");
    g_ptr_array_remove(client->joins, joining);
}

void
control_join(struct client *client, const struct request *request)
{
    g_autoptr(GError) error = NULL;

    if (!client_may_wait(client, request->id))
        return;
    struct joining *joining = g_new0(struct joining, 1);
    joining->client = client;
    joining->id = g_strdup(request->id);
    g_ptr_array_add(client->joins, joining);
    struct core_ask *ask =
        core_join(client->control->core, request->to, on_joined, joining, &error);
    if (!ask) {
        client_refuse(client, request->id, error);
        g_ptr_array_remove(client->joins, joining);
    } else if (g_ptr_array_find(client->joins, joining, NULL)) {
        joining->ask = ask; /* a network that knows at once has answered already */
    }
}

/* --- connecting --- */

/* NULL: it was refused. */
static const struct account *
account_of(struct client *client, const struct request *request)
{
    const struct account *account = core_account_by_name(client->control->core, request->account);

    if (!account) {
        g_autoptr(GError) error = g_error_new(WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                                              "There is no account %s.", request->account);
        client_refuse(client, request->id, error);
    }
    return account;
}

void
control_connect(struct client *client, const struct request *request)
{
    const struct account *account = account_of(client, request);
    g_autoptr(GError) error = NULL;

    if (!account)
        return;
    if (core_connect(client->control->core, account->id, &error))
        client_answer(client, request->id, "");
    else
        client_refuse(client, request->id, error);
}

void
control_disconnect(struct client *client, const struct request *request)
{
    const struct account *account = account_of(client, request);

    if (!account)
        return;
    log_info("control", "A program disconnects %s.", account->name);
    core_disconnect(client->control->core, account->id, NULL);
    client_answer(client, request->id, "");
}
