/* soju's bouncer-networks: one login, several networks, each on a connection of its own. A network
 * is a server that lives on the bouncer's thread; BOUNCER BIND hands a connection over to it. */
#include "tests/sandbox/ircd_priv.h"

static struct irc_server *
network_by_id(struct irc_server *server, const char *id)
{
    for (unsigned i = 0; i < server->networks->len; i++) {
        struct irc_server *network = g_ptr_array_index(server->networks, i);

        if (g_str_equal(network->netid, id))
            return network;
    }
    return NULL;
}

static void
send_network(struct ircd_conn *conn, const struct irc_server *network, const char *batch)
{
    struct ircd_tags tags = {.batch = batch};

    ircd_send(conn, &tags, ":" IRCD_NAME " BOUNCER NETWORK %s name=%s;state=connected",
              network->netid, network->netname);
}

static void
list_networks(struct ircd_conn *conn)
{
    g_autofree char *ref = g_strdup_printf("B%" G_GUINT64_FORMAT, ++conn->server->last_id);

    if (ircd_has_cap(conn, CAP_BATCH))
        ircd_send(conn, NULL, ":" IRCD_NAME " BATCH +%s soju.im/bouncer-networks", ref);
    for (unsigned i = 0; i < conn->server->networks->len; i++)
        send_network(conn, g_ptr_array_index(conn->server->networks, i), ref);
    if (ircd_has_cap(conn, CAP_BATCH))
        ircd_send(conn, NULL, ":" IRCD_NAME " BATCH -%s", ref);
}

/* An older connection of the same person that is not known to be dead: the newer one takes its
 * place. */
static void
cut_older(struct irc_server *network, const struct ircd_conn *conn)
{
    struct ircd_conn *older = conn->nick != NULL ? ircd_find_nick(network, conn->nick) : NULL;

    if (older != NULL && older->bound)
        ircd_conn_cut(older, "Another connection");
}

static void
bind_to(struct ircd_conn *conn, struct irc_server *network)
{
    cut_older(network, conn);
    ircd_conn_ref(conn);
    g_ptr_array_remove(conn->server->conns, conn);
    g_ptr_array_add(network->conns, conn);
    conn->server = network;
    conn->bound = true;
}

static void
cmd_bouncer(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    g_autofree char *verb = g_ascii_strup(cmd->params[0], -1);
    struct irc_server *network = cmd->n > 1 ? network_by_id(conn->server, cmd->params[1]) : NULL;

    if (!ircd_has_cap(conn, CAP_BOUNCER_NETWORKS)) {
        ircd_complain(conn, "BOUNCER without its capability", verb);
        ircd_numeric(conn, 421, "BOUNCER :Unknown command");
    } else if (g_str_equal(verb, "LISTNETWORKS")) {
        list_networks(conn);
    } else if (!g_str_equal(verb, "BIND")) {
        ircd_fail(conn, "BOUNCER", "UNKNOWN_COMMAND", verb, "Unknown subcommand");
    } else if (conn->registered) {
        ircd_fail(conn, "BOUNCER", "REGISTRATION_IS_COMPLETED", verb, "Too late");
    } else if (conn->account == NULL) {
        ircd_fail(conn, "BOUNCER", "ACCOUNT_REQUIRED", verb, "Log in first");
    } else if (network == NULL) {
        ircd_fail(conn, "BOUNCER", "INVALID_NETID", cmd->params[cmd->n - 1], "Unknown network");
    } else {
        bind_to(conn, network);
    }
}

/* Who comes through a bouncer stays in the channels while they are gone: ZNC's user as well. */
static bool
is_kept(const struct ircd_conn *conn)
{
    return conn->bound || ircd_has_cap(conn, CAP_ZNC_PLAYBACK);
}

void
ircd_bouncer_keep(struct ircd_conn *conn, const char *channel, bool in)
{
    g_autofree char *id = ircd_fold(channel);

    if (conn->server->networks->len > 0)
        ircd_complain(conn, "a channel on the bouncer itself", channel);
    if (!is_kept(conn))
        return;
    if (in)
        g_hash_table_replace(conn->server->kept, g_steal_pointer(&id), g_strdup(channel));
    else
        g_hash_table_remove(conn->server->kept, id);
}

void
ircd_bouncer_welcome(struct ircd_conn *conn)
{
    g_autoptr(GList) kept = is_kept(conn) ? g_hash_table_get_values(conn->server->kept) : NULL;

    for (const GList *at = kept; at != NULL; at = at->next) {
        g_autofree char *name = g_strdup(at->data);

        ircd_join(conn, name);
    }
    if (!conn->bound && ircd_has_cap(conn, CAP_BOUNCER_NOTIFY))
        list_networks(conn);
}

/* ---- from the test ---- */

struct adding {
    const char *id;
    const char *name;
    struct irc_server *ret_network;
};

static void
call_add(struct irc_server *server, void *user)
{
    struct adding *adding = user;
    struct irc_server *network = ircd_server_new(&server->options, server);

    network->options.bouncer = false;
    network->offered &= CAP_SERVER;
    network->netid = g_strdup(adding->id);
    network->netname = g_strdup(adding->name);
    g_ptr_array_add(server->networks, network);
    ircd_listen_start(network);
    for (unsigned i = 0; i < server->conns->len; i++) {
        struct ircd_conn *conn = g_ptr_array_index(server->conns, i);

        if (conn->registered && ircd_has_cap(conn, CAP_BOUNCER_NOTIFY))
            send_network(conn, network, NULL);
    }
    adding->ret_network = network;
}

struct irc_server *
irc_server_add_network(struct irc_server *server, const char *id, const char *name)
{
    struct adding adding = {.id = id, .name = name};

    ircd_call(server, call_add, &adding);
    return adding.ret_network;
}

static void
call_keep(struct irc_server *network, void *user)
{
    const char *channel = user;

    g_hash_table_replace(network->kept, ircd_fold(channel), g_strdup(channel));
}

void
irc_server_keep_channel(struct irc_server *network, const char *channel)
{
    g_autofree char *copy = g_strdup(channel);

    ircd_call(network, call_keep, copy);
}

const struct ircd_cmd_row ircd_bouncer_rows[] = {
    {"BOUNCER", 1, true, cmd_bouncer},
    {0},
};
