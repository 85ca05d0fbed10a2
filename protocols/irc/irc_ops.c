/* Operations that wait for the server's answer. */
#include "protocols/irc/irc_priv.h"

#include <string.h>

struct irc_op *
irc_op_new(struct irc *irc, op_id id, enum irc_op_kind kind, const char *target)
{
    struct irc_op *op = g_new0(struct irc_op, 1);

    op->serial = ++irc->last_serial;
    op->id = id;
    op->kind = kind;
    op->target = target ? irc_fold(&irc->isupport, target) : NULL;
    op->since_us = clock_mono_us(irc->host->clock);
    g_queue_push_tail(&irc->ops, op);
    return op;
}

static void
op_free(struct irc *irc, struct irc_op *op)
{
    const bool relayed = op->relayed != NULL;

    g_queue_remove(&irc->ops, op);
    irc_flood_remove(&irc->flood, op->serial);
    g_free(op->target);
    g_free(op->name);
    g_free(op->key);
    g_free(op->plain);
    g_free(op->remote_id);
    g_free(op->emoji);
    irc_relayed_free(op->relayed);
    g_free(op->held);
    g_clear_error(&op->settled);
    g_free(op);
    if (relayed)
        irc_relay_release(irc);
}

char *
irc_op_label(const struct irc *irc, const struct irc_op *op)
{
    return irc_has_labels(irc) ? g_strdup_printf("w%" G_GUINT64_FORMAT, op->serial) : NULL;
}

void
irc_op_ask_for_proof(struct irc *irc, const struct irc_op *op)
{
    irc_out_line(irc, IRC_TEXT, op->serial, g_strdup_printf("PING w%" G_GUINT64_FORMAT, op->serial),
                 true);
}

bool
irc_op_send(struct irc *irc, struct irc_op *op, char *line_take, GError **error)
{
    if (!irc_out_line(irc, IRC_TEXT, op->serial, line_take, false)) {
        op_free(irc, op);
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                            "This cannot be sent as one line.");
        return false;
    }
    if (!irc_has_labels(irc))
        irc_op_ask_for_proof(irc, op);
    irc_flush(irc);
    return true;
}

struct irc_op *
irc_op_by_serial(struct irc *irc, uint64_t serial)
{
    for (GList *at = irc->ops.head; at; at = at->next) {
        struct irc_op *op = at->data;
        if (op->serial == serial && serial != 0)
            return op;
    }
    return NULL;
}

struct irc_op *
irc_op_by_label(struct irc *irc, const char *label)
{
    if (!label || *label != 'w')
        return NULL;
    return irc_op_by_serial(irc, g_ascii_strtoull(label + 1, NULL, 10));
}

struct irc_op *
irc_op_first(struct irc *irc, enum irc_op_kind kind, const char *target)
{
    for (GList *at = irc->ops.head; at; at = at->next) {
        struct irc_op *op = at->data;
        if (op->kind == kind && op->left && (!target || g_strcmp0(op->target, target) == 0))
            return op;
    }
    return NULL;
}

void
irc_op_done(struct irc *irc, struct irc_op *op, const char *remote_id, int64_t time_us)
{
    op_id id = op->id;

    op_free(irc, op);
    if (id != 0)
        host_done(irc->host, id, remote_id, time_us);
}

void
irc_op_fail_with(struct irc *irc, struct irc_op *op, const GError *error)
{
    op_id id = op->id;

    op_free(irc, op);
    if (id != 0)
        host_failed(irc->host, id, error);
}

void
irc_op_fail(struct irc *irc, struct irc_op *op, enum weft_error code, const char *sentence)
{
    g_autoptr(GError) error = g_error_new_literal(WEFT_ERROR, (int)code, sentence);

    irc_op_fail_with(irc, op, error);
}

static void
complete_settled(struct irc *irc, struct irc_op *op)
{
    g_autoptr(GError) error = g_steal_pointer(&op->settled);
    g_autofree char *joined = op->is_join ? g_strdup(op->target) : NULL;

    if (error)
        irc_op_fail_with(irc, op, error);
    else
        irc_op_done(irc, op, joined, 0);
}

static struct irc_op *
first_settled(struct irc *irc)
{
    for (GList *at = irc->ops.head; at; at = at->next) {
        struct irc_op *op = at->data;
        if (op->kind == IRC_OP_SETTLED)
            return op;
    }
    return NULL;
}

static void
on_settle(void *user)
{
    struct irc *irc = user;
    struct irc_op *op;

    irc->settle_timer = 0;
    while ((op = first_settled(irc)))
        complete_settled(irc, op);
}

void
irc_op_settle(struct irc *irc, struct irc_op *op, GError *error_take)
{
    irc_flood_remove(&irc->flood, op->serial);
    op->is_join = op->kind == IRC_OP_JOIN;
    op->kind = IRC_OP_SETTLED;
    g_clear_error(&op->settled);
    op->settled = error_take;
    if (irc->settle_timer == 0)
        irc->settle_timer = clock_timer_add(irc->host->clock, 0, on_settle, irc);
}

void
irc_ops_end(struct irc *irc)
{
    clock_timer_del(irc->host->clock, irc->settle_timer);
    irc->settle_timer = 0;
    while (!g_queue_is_empty(&irc->ops)) {
        struct irc_op *op = g_queue_peek_head(&irc->ops);
        if (op->kind == IRC_OP_SETTLED) {
            complete_settled(irc, op);
        } else if (op->left) {
            /* Core knows then that the outcome is not known. */
            op->id = 0;
            op_free(irc, op);
        } else {
            irc_op_fail(irc, op, WEFT_ERROR_CLOSED,
                        "The connection ended before this could be sent.");
        }
    }
}

void
irc_ops_check_timeouts(struct irc *irc)
{
    int64_t now_us = clock_mono_us(irc->host->clock);
    GList *next;

    for (GList *at = irc->ops.head; at; at = next) {
        struct irc_op *op = at->data;
        next = at->next;
        /* A send's time is core's to watch: its outcome is unknown, not failed. */
        if (op->kind == IRC_OP_SEND || op->kind == IRC_OP_SETTLED || !op->left ||
            now_us - op->since_us < IRC_OP_TIMEOUT_US)
            continue;
        irc_op_fail(irc, op, WEFT_ERROR_TIMEOUT, "The server did not answer.");
    }
}
