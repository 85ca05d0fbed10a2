#include "store/op.h"

struct op *
op_new(enum op_kind kind, store_fn fn, void *user)
{
    struct op *op = g_new0(struct op, 1);
    op->kind = kind;
    op->fn = fn;
    op->user = user;
    return op;
}

void
op_clear_result(struct op *op)
{
    message_unref(op->result.message);
    g_free((char *)(uintptr_t)op->result.outbox_key);
    op->result = (struct store_result){.outcome = STORE_MISSING};
}

void
op_free(struct op *op)
{
    if (op == NULL)
        return;
    op_clear_result(op);
    switch (op->kind) {
    case OP_ACCOUNT:
        account_free(op->account);
        break;
    case OP_SPACE:
        space_free(op->space);
        break;
    case OP_GROUP:
        buffer_group_free(op->group);
        break;
    case OP_BUFFER:
        buffer_free(op->buffer);
        break;
    case OP_REACTION:
        g_free(op->reaction.user_id);
        g_free(op->reaction.user_name);
        break;
    case OP_REACTIONS:
        g_ptr_array_unref(op->stay.list);
        break;
    case OP_EDIT:
        g_free(op->edit.spans);
        g_free(op->edit.files);
        g_free(op->edit.file_names);
        g_free(op->edit.buttons);
        break;
    case OP_ADD_EDIT:
        edit_free(op->new_edit);
        break;
    case OP_REVISIONS:
        g_ptr_array_unref(op->revisions);
        break;
    case OP_ADD_OUTBOX:
        outbox_row_free(op->add.row);
        g_free(op->add.copy);
        break;
    case OP_ROUTES:
        g_array_unref(op->routes);
        break;
    case OP_SET_OUTBOX:
        g_free((char *)(uintptr_t)op->change.remote_id);
        g_free((char *)(uintptr_t)op->change.error);
        g_free((char *)(uintptr_t)op->change.files);
        break;
    default:
        break;
    }
    message_unref(op->message);
    g_free(op->name);
    g_free(op->text);
    g_free(op);
}

static void
free_element(void *op)
{
    op_free(op);
}

struct batch *
batch_new(void)
{
    struct batch *batch = g_new0(struct batch, 1);
    batch->ops = g_ptr_array_new_with_free_func(free_element);
    return batch;
}

void
batch_free(struct batch *batch)
{
    if (batch == NULL)
        return;
    g_ptr_array_unref(batch->ops);
    g_clear_pointer(&batch->lanes, g_array_unref);
    g_free(batch);
}

void
batch_add_take(struct batch *batch, struct op *op)
{
    if ((op->kind == OP_SET_OUTBOX && op->change.state == OUTBOX_SENDING) ||
        (op->kind == OP_ADD_OUTBOX && op->add.row->state == OUTBOX_SENDING) ||
        (op->kind == OP_SET_EDIT && op->set_edit.state == EDIT_SENDING))
        batch->durable = true;
    g_ptr_array_add(batch->ops, op);
}
