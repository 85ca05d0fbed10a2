/* Netsplits: the line to another server breaks, with everyone who stands behind it, and is mended.
 */
#include "tests/sandbox/ircd_priv.h"

#define FAR_NAME "far.sandbox"

/* One channel in which somebody far was. */
struct seat {
    char *channel;
    bool op;
    bool voice;
};

struct ircd_far {
    struct ircd_conn *conn; /* referenced */
    GPtrArray *seats;       /* struct seat */
};

static void
seat_free(gpointer data)
{
    struct seat *seat = data;

    g_free(seat->channel);
    g_free(seat);
}

void
ircd_far_free(void *data)
{
    struct ircd_far *far = data;

    ircd_conn_unref(far->conn);
    g_ptr_array_unref(far->seats);
    g_free(far);
}

static bool
is_far(const struct irc_server *server, const struct ircd_conn *conn)
{
    for (unsigned i = 0; i < server->far->len; i++)
        if (((struct ircd_far *)g_ptr_array_index(server->far, i))->conn == conn)
            return true;
    return false;
}

/* ---- batches, one for each who hears of it ---- */

struct telling {
    struct ircd_conn *to;
    const char *type;
    char *ref; /* NULL: nothing was told yet */
};

static struct ircd_tags
telling_tags(struct telling *telling)
{
    if (telling->ref == NULL) {
        telling->ref = g_strdup_printf("N%" G_GUINT64_FORMAT, ++telling->to->server->last_id);
        if (ircd_has_cap(telling->to, CAP_BATCH))
            ircd_send(telling->to, NULL, ":" IRCD_NAME " BATCH +%s %s " IRCD_NAME " " FAR_NAME,
                      telling->ref, telling->type);
    }
    return (struct ircd_tags){.batch = telling->ref};
}

static void
telling_end(struct telling *telling)
{
    if (telling->ref != NULL && ircd_has_cap(telling->to, CAP_BATCH))
        ircd_send(telling->to, NULL, ":" IRCD_NAME " BATCH -%s", telling->ref);
    g_free(telling->ref);
}

/* ---- the line breaks ---- */

static void
tell_gone(struct irc_server *server, struct ircd_conn *to)
{
    struct telling telling = {.to = to, .type = "netsplit"};

    for (unsigned i = 0; i < server->far->len; i++) {
        const struct ircd_far *far = g_ptr_array_index(server->far, i);
        g_autoptr(GPtrArray) neighbours = ircd_neighbours(far->conn, false);

        if (g_ptr_array_find(neighbours, to, NULL)) {
            g_autofree char *source = ircd_source_dup(far->conn);
            struct ircd_tags tags = telling_tags(&telling);

            ircd_send(to, &tags, ":%s QUIT :" IRCD_NAME " " FAR_NAME, source);
        }
    }
    telling_end(&telling);
}

static void
leave_seats(struct ircd_far *far)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, far->conn->server->channels);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        struct ircd_channel *channel = value;
        const struct ircd_member *member = ircd_member(channel, far->conn);
        struct seat *seat;

        if (member == NULL)
            continue;
        seat = g_new0(struct seat, 1);
        *seat = (struct seat){g_strdup(channel->name), member->op, member->voice};
        g_ptr_array_add(far->seats, seat);
        ircd_history_event(far->conn, channel, NULL, "QUIT :" IRCD_NAME " " FAR_NAME);
        g_hash_table_remove(channel->members, far->conn);
    }
}

static void
call_split(struct irc_server *server, void *user)
{
    const char *pattern = user;

    for (unsigned i = 0; i < server->conns->len; i++) {
        struct ircd_conn *conn = g_ptr_array_index(server->conns, i);
        struct ircd_far *far;

        if (!conn->registered || !g_pattern_match_simple(pattern, conn->nick))
            continue;
        far = g_new0(struct ircd_far, 1);
        far->conn = ircd_conn_ref(conn);
        far->seats = g_ptr_array_new_with_free_func(seat_free);
        g_ptr_array_add(server->far, far);
    }
    for (unsigned i = 0; i < server->conns->len; i++) {
        struct ircd_conn *to = g_ptr_array_index(server->conns, i);

        if (to->registered && !is_far(server, to))
            tell_gone(server, to);
    }
    for (unsigned i = 0; i < server->far->len; i++)
        leave_seats(g_ptr_array_index(server->far, i));
}

void
irc_server_split(struct irc_server *server, const char *pattern)
{
    g_autofree char *copy = g_strdup(pattern);

    ircd_call(server, call_split, copy);
}

/* ---- and is mended ---- */

static void
take_seat(const struct ircd_far *far, const struct seat *seat)
{
    struct ircd_channel *channel = ircd_channel_find(far->conn->server, seat->channel);
    struct ircd_member *member = g_new0(struct ircd_member, 1);

    member->op = seat->op;
    member->voice = seat->voice;
    ircd_history_event(far->conn, channel, NULL, "JOIN %s", channel->name);
    g_hash_table_insert(channel->members, far->conn, member);
}

static void
tell_seat(struct telling *telling, const struct ircd_far *far, const struct seat *seat)
{
    struct ircd_channel *channel = ircd_channel_find(far->conn->server, seat->channel);
    g_autofree char *source = ircd_source_dup(far->conn);
    struct ircd_tags tags;

    if (ircd_member(channel, telling->to) == NULL)
        return;
    tags = telling_tags(telling);
    if (ircd_has_cap(telling->to, CAP_EXTENDED_JOIN))
        ircd_send(telling->to, &tags, ":%s JOIN %s %s :%s", source, channel->name,
                  far->conn->account != NULL ? far->conn->account : "*", far->conn->real);
    else
        ircd_send(telling->to, &tags, ":%s JOIN %s", source, channel->name);
    if (seat->op)
        ircd_send(telling->to, NULL, ":" FAR_NAME " MODE %s +o %s", channel->name, far->conn->nick);
}

static void
tell_back(struct irc_server *server, struct ircd_conn *to)
{
    struct telling telling = {.to = to, .type = "netjoin"};

    for (unsigned i = 0; i < server->far->len; i++) {
        const struct ircd_far *far = g_ptr_array_index(server->far, i);

        for (unsigned s = 0; far->conn->registered && s < far->seats->len; s++)
            tell_seat(&telling, far, g_ptr_array_index(far->seats, s));
    }
    telling_end(&telling);
}

static void
call_mend(struct irc_server *server, void *user)
{
    (void)user;
    for (unsigned i = 0; i < server->far->len; i++) {
        const struct ircd_far *far = g_ptr_array_index(server->far, i);

        for (unsigned s = 0; far->conn->registered && s < far->seats->len; s++)
            take_seat(far, g_ptr_array_index(far->seats, s));
    }
    for (unsigned i = 0; i < server->conns->len; i++) {
        struct ircd_conn *to = g_ptr_array_index(server->conns, i);

        if (to->registered && !is_far(server, to))
            tell_back(server, to);
    }
    g_ptr_array_set_size(server->far, 0);
}

void
irc_server_mend(struct irc_server *server)
{
    ircd_call(server, call_mend, NULL);
}
