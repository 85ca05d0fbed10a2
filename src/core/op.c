/* Operations of a session: an id each, one end each, and a deadline for a network that never
 * answers. */
#include "core/engine.h"

struct op {
    op_id id;
    struct session *session;
    int64_t buffer_id; /* where a failure is said */
    op_fn fn;
    void *user;
    GDestroyNotify free_user; /* or NULL */
    char *show;               /* a buffer of this name is shown at the good end */
    unsigned timer;
};

static void
op_free(void *data)
{
    struct op *op = data;
    clock_timer_del(op->session->core->clock, op->timer);
    if (op->free_user != NULL)
        op->free_user(op->user);
    g_free(op->show);
    g_free(op);
}

void
op_init(struct session *session)
{
    session->ops = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, op_free);
}

void
op_fini(struct session *session)
{
    g_clear_pointer(&session->ops, g_hash_table_unref);
}

op_id
op_next_id(struct session *session)
{
    return ++session->last_op;
}

static void
op_overdue(void *user)
{
    struct op *op = user;
    struct session *session = op->session;
    const op_id id = op->id;

    op->timer = 0;
    if (session->state != NULL && session->driver->op_cancel != NULL)
        session->driver->op_cancel(session->state, id);
    g_autoptr(GError) error =
        g_error_new(WEFT_ERROR, WEFT_ERROR_TIMEOUT,
                    "%s has not answered within %d s. Nothing more is waited for; try again.",
                    session->account->name, (int)(CORE_OPERATION_WAIT_US / G_USEC_PER_SEC));
    op_end(session, id, error);
}

op_id
session_begin(struct session *session, int64_t buffer_id, op_fn fn, void *user)
{
    struct op *op = g_new0(struct op, 1);
    op->id = op_next_id(session);
    op->session = session;
    op->buffer_id = buffer_id;
    op->fn = fn;
    op->user = user;
    op->timer = clock_timer_add(session->core->clock, CORE_OPERATION_WAIT_US, op_overdue, op);
    g_hash_table_insert(session->ops, &op->id, op);
    return op->id;
}

void
session_owns(struct session *session, op_id id, GDestroyNotify free_user)
{
    struct op *op = g_hash_table_lookup(session->ops, &id);

    if (op != NULL)
        op->free_user = free_user;
}

void
op_moves(struct session *session, op_id id)
{
    struct op *op = g_hash_table_lookup(session->ops, &id);
    struct clock *clock = session->core->clock;

    if (op == NULL)
        return;
    clock_timer_del(clock, op->timer);
    op->timer = clock_timer_add(clock, CORE_OPERATION_WAIT_US, op_overdue, op);
}

bool
session_refused(struct session *session, op_id op)
{
    g_hash_table_remove(session->ops, &op);
    return false;
}

void
session_then_show(struct session *session, op_id id, const char *name)
{
    struct op *op = g_hash_table_lookup(session->ops, &id);
    if (op == NULL)
        return;
    g_free(op->show);
    op->show = g_strdup(name);
}

void
op_names(struct session *session, op_id id, const char *remote_id)
{
    const struct op *op = g_hash_table_lookup(session->ops, &id);

    if (op != NULL && op->show != NULL && remote_id != NULL)
        session_then_show(session, id, remote_id);
}

static void
tell_end(struct op *op, const GError *error)
{
    struct session *session = op->session;
    struct core *core = session->core;

    if (op->fn != NULL) {
        op->fn(session, error, op->user);
    } else if (error != NULL) {
        const struct room *server = session->server;
        if (op->buffer_id != 0 || server != NULL)
            core_say_error(core, op->buffer_id != 0 ? op->buffer_id : server->pub.id, error);
    }
    if (error == NULL && op->show != NULL) {
        const struct buffer *buffer =
            session_find_buffer(session, core_buffer(core, op->buffer_id), op->show);
        if (buffer != NULL)
            core_show_buffer(core, buffer->id);
    }
}

bool
op_end(struct session *session, op_id id, const GError *error)
{
    gpointer stolen = NULL;

    /* Out of the table first: what is told may end or begin others. */
    if (!g_hash_table_steal_extended(session->ops, &id, NULL, &stolen))
        return false;
    tell_end(stolen, error);
    op_free(stolen);
    return true;
}

void
op_end_all(struct session *session)
{
    g_autoptr(GError) error = g_error_new(
        WEFT_ERROR, WEFT_ERROR_CLOSED,
        "The connection to %s was lost before an answer came. Try again when it is back.",
        session->account->name);
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(op_id));
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, session->ops);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        g_array_append_val(ids, ((struct op *)value)->id);
    for (guint i = 0; i < ids->len; i++)
        op_end(session, g_array_index(ids, op_id, i), error);
}
