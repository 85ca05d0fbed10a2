/* The writing calls of store.h: each copies what it is given into an op; messages, which nobody
 * changes any more, are shared. */
#include "store/edit.h"
#include "store/inbox.h"
#include "store/store_priv.h"

static int64_t
store_now_us(const struct store *store)
{
    return store->clock != NULL ? clock_wall_us(store->clock) : g_get_real_time();
}

void
store_put_account(struct store *store, const struct account *account)
{
    struct op *op = op_new(OP_ACCOUNT, NULL, NULL);
    op->account = g_new0(struct account, 1);
    op->account->id = account->id;
    op->account->name = g_strdup(account->name);
    op->account->network = g_strdup(account->network);
    store_gather_take(store, op);
}

void
store_put_space(struct store *store, const struct space *space)
{
    struct op *op = op_new(OP_SPACE, NULL, NULL);
    op->space = g_memdup2(space, sizeof(*space));
    op->space->remote_id = g_strdup(space->remote_id);
    op->space->name = g_strdup(space->name);
    store_gather_take(store, op);
}

void
store_put_group(struct store *store, const struct buffer_group *group)
{
    struct op *op = op_new(OP_GROUP, NULL, NULL);
    op->group = g_memdup2(group, sizeof(*group));
    op->group->remote_id = g_strdup(group->remote_id);
    op->group->name = g_strdup(group->name);
    store_gather_take(store, op);
}

void
store_put_buffer(struct store *store, const struct buffer *buffer)
{
    struct op *op = op_new(OP_BUFFER, NULL, NULL);
    op->buffer = g_memdup2(buffer, sizeof(*buffer));
    op->buffer->remote_id = g_strdup(buffer->remote_id);
    op->buffer->name = g_strdup(buffer->name);
    op->buffer->topic = g_strdup(buffer->topic);
    op->buffer->modes = op->buffer->status = NULL;
    op->buffer->members = NULL;
    store_gather_take(store, op);
}

void
store_put_message(struct store *store, const struct store_put_message *put, store_fn fn, void *user)
{
    struct op *op = op_new(OP_MESSAGE, fn, user);
    op->account_id = put->account_id;
    op->buffer_id = put->message->buffer_id;
    op->message = message_ref(put->message);
    op->name = g_strdup(put->message->key);
    op->text = g_strdup(put->cursor);
    op->put.look_own = put->look_own;
    op->put.look_replay = put->look_replay;
    op->put.counts_unread = put->counts_unread;
    op->put.counts_reply = put->counts_reply;
    op->put.chains = put->chains;
    op->put.relays = put->relays;
    op->now_us = store_now_us(store);
    op->put.inbox = put->inbox;
    store_gather_take(store, op);
}

void
store_put_reaction(struct store *store, const struct store_put_reaction *put, store_fn fn,
                   void *user)
{
    struct op *op = op_new(OP_REACTION, fn, user);
    op->account_id = put->account_id;
    op->buffer_id = put->buffer_id;
    op->name = g_strdup(put->remote_id);
    op->text = g_strdup(put->emoji);
    op->reaction.user_id = g_strdup(put->user_id);
    op->reaction.user_name = g_strdup(put->user_name);
    op->reaction.time_us = put->time_us;
    op->reaction.add = put->add;
    op->reaction.own = put->own;
    op->now_us = store_now_us(store);
    store_gather_take(store, op);
}

void
store_put_reactions(struct store *store, const struct store_put_reactions *put, store_fn fn,
                    void *user)
{
    struct op *op = op_new(OP_REACTIONS, fn, user);
    op->account_id = put->account_id;
    op->buffer_id = put->buffer_id;
    op->name = g_strdup(put->remote_id);
    op->stay.time_us = put->time_us;
    op->now_us = store_now_us(store);
    op->stay.list = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < put->stay->len; i++)
        g_ptr_array_add(op->stay.list, g_strdup(put->stay->pdata[i]));
    store_gather_take(store, op);
}

void
store_put_deletion(struct store *store, const struct store_put_deletion *put, store_fn fn,
                   void *user)
{
    struct op *op = op_new(OP_DELETION, fn, user);
    op->account_id = put->account_id;
    op->buffer_id = put->buffer_id;
    op->name = g_strdup(put->remote_id);
    op->text = g_strdup(put->note);
    op->now_us = store_now_us(store);
    store_gather_take(store, op);
}

void
store_put_edit(struct store *store, const struct store_put_edit *put, store_fn fn, void *user)
{
    struct op *op = op_new(OP_EDIT, fn, user);
    op->account_id = put->account_id;
    op->buffer_id = put->buffer_id;
    op->name = g_strdup(put->remote_id);
    op->text = g_strdup(put->body->text);
    op->edit.spans = rich_encode_spans(put->body);
    op->edit.files = attachments_encode(put->files);
    op->edit.file_names = attachments_names(put->files);
    op->edit.buttons = buttons_encode(put->buttons);
    op->edit.time_us = put->time_us;
    op->now_us = store_now_us(store);
    store_gather_take(store, op);
}

void
store_add_edit(struct store *store, const struct edit *edit, store_fn fn, void *user)
{
    struct op *op = op_new(OP_ADD_EDIT, fn, user);
    op->account_id = edit->account_id;
    op->buffer_id = edit->buffer_id;
    op->new_edit = g_memdup2(edit, sizeof *edit);
    op->new_edit->body = rich_dup(edit->body);
    op->new_edit->source = g_strdup(edit->source);
    op->new_edit->base = op->new_edit->error = NULL;
    store_gather_take(store, op);
}

void
store_set_edit(struct store *store, const struct store_edit_change *change, store_fn fn, void *user)
{
    struct op *op = op_new(OP_SET_EDIT, fn, user);
    op->set_edit.id = change->edit_id;
    op->set_edit.state = change->state;
    op->text = g_strdup(change->error);
    op->now_us = store_now_us(store);
    store_gather_take(store, op);
}

void
store_put_revisions(struct store *store, const struct store_put_revisions *put, store_fn fn,
                    void *user)
{
    struct op *op = op_new(OP_REVISIONS, fn, user);
    op->account_id = put->account_id;
    op->buffer_id = put->buffer_id;
    op->name = g_strdup(put->remote_id);
    op->revisions = g_ptr_array_new_with_free_func((GDestroyNotify)revision_free);
    for (guint i = 0; i < MIN(put->revisions->len, STORE_REVISIONS_MAX); i++) {
        const struct revision *each = put->revisions->pdata[i];
        struct revision *copy = g_new0(struct revision, 1);
        copy->until_us = each->until_us;
        copy->body = rich_dup(each->body);
        g_ptr_array_add(op->revisions, copy);
    }
    store_gather_take(store, op);
}

void
store_put_pin(struct store *store, const struct store_put_pin *put, store_fn fn, void *user)
{
    struct op *op = op_new(OP_PIN, fn, user);
    op->account_id = put->account_id;
    op->buffer_id = put->buffer_id;
    op->name = g_strdup(put->remote_id);
    op->pinned = put->pinned;
    store_gather_take(store, op);
}

void
store_set_cursor(struct store *store, int64_t account_id, int64_t buffer_id, const char *cursor)
{
    struct op *op = op_new(OP_CURSOR, NULL, NULL);
    op->account_id = account_id;
    op->buffer_id = buffer_id;
    op->text = g_strdup(cursor);
    store_gather_take(store, op);
}

void
store_set_kv(struct store *store, int64_t account_id, const char *key, const char *value)
{
    struct op *op = op_new(OP_KV, NULL, NULL);
    op->account_id = account_id;
    op->name = g_strdup(key);
    op->text = g_strdup(value);
    store_gather_take(store, op);
}

void
store_put_gap(struct store *store, const struct gap *gap)
{
    struct op *op = op_new(OP_GAP, NULL, NULL);
    op->gap = *gap;
    store_gather_take(store, op);
}

void
store_close_gaps(struct store *store, int64_t buffer_id, int64_t after_sort_key,
                 int64_t before_sort_key)
{
    struct op *op = op_new(OP_CLOSE_GAPS, NULL, NULL);
    op->buffer_id = buffer_id;
    op->span.after = after_sort_key;
    op->span.before = before_sort_key;
    store_gather_take(store, op);
}

void
store_set_read(struct store *store, int64_t buffer_id, struct position read, unsigned unread,
               unsigned mentions)
{
    struct op *op = op_new(OP_READ, NULL, NULL);
    op->buffer_id = buffer_id;
    op->read.position = read;
    op->read.unread = unread;
    op->read.mentions = mentions;
    store_gather_take(store, op);
}

void
store_set_draft(struct store *store, int64_t buffer_id, const char *text)
{
    struct op *op = op_new(OP_DRAFT, NULL, NULL);
    op->buffer_id = buffer_id;
    op->text = g_strdup(text);
    store_gather_take(store, op);
}

static struct outbox_row *
copy_row(const struct outbox_row *row)
{
    struct outbox_row *copy = g_memdup2(row, sizeof(*row));
    copy->key = NULL;
    copy->error = NULL;
    copy->state = OUTBOX_PENDING;
    copy->attempts = 0;
    copy->sent_us = 0;
    copy->as_name = g_strdup(row->as_name);
    copy->as_avatar = g_strdup(row->as_avatar);
    copy->mark = g_strdup(row->mark);
    copy->body = rich_dup(row->body);
    copy->source = g_strdup(row->source);
    copy->reply_to = g_strdup(row->reply_to);
    copy->thread = g_strdup(row->thread);
    copy->files = attachments_dup(row->files);
    return copy;
}

static struct op *
new_outbox(const struct outbox_row *row, const struct message *message, store_fn fn, void *user)
{
    struct op *op = op_new(OP_ADD_OUTBOX, fn, user);
    op->account_id = row->account_id;
    op->buffer_id = row->buffer_id;
    op->add.row = copy_row(row);
    op->message = message_dup(message);
    op->message->id = 0;
    op->message->buffer_id = row->buffer_id;
    op->message->state = MESSAGE_PENDING;
    op->message->flags = (message->flags & ~(unsigned)MESSAGE_NOT_STORED) | MESSAGE_OWN;
    g_clear_pointer(&op->message->remote_id, g_free);
    g_clear_pointer(&op->message->key, g_free);
    g_clear_pointer(&op->message->error, g_free);
    return op;
}

void
store_add_outbox(struct store *store, const struct outbox_row *row, const struct message *message,
                 enum store_clears clears, store_fn fn, void *user)
{
    struct op *op = new_outbox(row, message, fn, user);
    op->add.clear_draft = clears != STORE_CLEARS_NOTHING;
    op->add.in_thread = clears == STORE_CLEARS_THREAD_DRAFT;
    store_gather_take(store, op);
}

void
store_add_copy(struct store *store, const struct outbox_row *row, const struct message *message,
               const struct store_copy *copy, store_fn fn, void *user)
{
    struct op *op = new_outbox(row, message, fn, user);
    op->message->flags |= MESSAGE_RELAYED;
    op->add.row->key = copy->replaces == 0 ? g_strdup(row->key) : NULL;
    op->add.copy = g_memdup2(copy, sizeof *copy);
    if (copy->leaves) {
        op->add.row->state = OUTBOX_SENDING;
        op->add.row->attempts = 1;
        op->add.row->sent_us = store_now_us(store);
        op->message->state = MESSAGE_SENDING;
    }
    store_gather_take(store, op);
}

void
store_set_outbox(struct store *store, const struct store_outbox_change *change, store_fn fn,
                 void *user)
{
    struct op *op = op_new(OP_SET_OUTBOX, fn, user);
    op->change = *change;
    op->change.remote_id = g_strdup(change->remote_id);
    op->change.error = g_strdup(change->error);
    op->change.files = g_strdup(change->files);
    op->now_us = store_now_us(store);
    store_gather_take(store, op);
}

void
store_set_inbox(struct store *store, int64_t message_id, enum inbox_state state, int64_t until_us,
                store_fn fn, void *user)
{
    struct op *op = op_new(OP_INBOX, fn, user);
    op->inbox.message_id = message_id;
    op->inbox.state = (int)state;
    op->inbox.until_us = until_us;
    store_gather_take(store, op);
}

void
store_set_flagged(struct store *store, int64_t message_id, bool flagged, store_fn fn, void *user)
{
    struct op *op = op_new(OP_FLAGGED, fn, user);
    op->inbox.message_id = message_id;
    op->inbox.state = flagged;
    store_gather_take(store, op);
}

void
store_put_flag(struct store *store, int64_t account_id, const char *remote_id, bool flagged,
               store_fn fn, void *user)
{
    struct op *op = op_new(OP_FLAGGED, fn, user);
    op->account_id = account_id;
    op->name = g_strdup(remote_id);
    op->inbox.state = flagged;
    store_gather_take(store, op);
}

void
store_set_draft_reply(struct store *store, int64_t buffer_id, int64_t message_id)
{
    struct op *op = op_new(OP_DRAFT_REPLY, NULL, NULL);
    op->buffer_id = buffer_id;
    op->inbox.message_id = message_id;
    store_gather_take(store, op);
}

void
store_put_thread(struct store *store, const struct store_put_thread *put, store_fn fn, void *user)
{
    struct op *op = op_new(OP_THREAD, fn, user);
    op->buffer_id = put->buffer_id;
    op->name = g_strdup(put->root);
    op->text = g_strdup(put->people);
    op->thread = *put;
    op->thread.root = op->name;
    op->thread.people = op->text;
    store_gather_take(store, op);
}

void
store_set_thread_draft(struct store *store, int64_t buffer_id, const char *root, const char *text)
{
    struct op *op = op_new(OP_THREAD_DRAFT, NULL, NULL);
    op->buffer_id = buffer_id;
    op->name = g_strdup(root);
    op->text = g_strdup(text);
    store_gather_take(store, op);
}

/* --- the relay
 * -------------------------------------------------------------------------------------- */

void
store_set_routes(struct store *store, const struct relay_route *routes, size_t n)
{
    struct op *op = op_new(OP_ROUTES, NULL, NULL);
    op->routes = g_array_new(FALSE, FALSE, sizeof *routes);
    if (n > 0)
        g_array_append_vals(op->routes, routes, (guint)n);
    store_gather_take(store, op);
}

static void
put_task(struct store *store, enum op_kind kind, int64_t task_id, const char *error,
         store_counted_fn fn, void *user)
{
    struct op *op = op_new(kind, NULL, NULL);
    op->row_id = task_id;
    op->count.fn = fn;
    op->count.user = user;
    op->text = g_strdup(error);
    op->now_us = store_now_us(store);
    store_gather_take(store, op);
}

void
store_end_task(struct store *store, int64_t task_id, store_counted_fn fn, void *user)
{
    put_task(store, OP_END_TASK, task_id, NULL, fn, user);
}

void
store_give_up_task(struct store *store, int64_t task_id, const char *error, store_counted_fn fn,
                   void *user)
{
    put_task(store, OP_GIVE_UP_TASK, task_id, error, fn, user);
}

void
store_retry_task(struct store *store, int64_t task_id)
{
    put_task(store, OP_RETRY_TASK, task_id, NULL, NULL, NULL);
}

void
store_put_relay_reaction(struct store *store, int64_t message_id, const char *emoji, bool on)
{
    struct op *op = op_new(OP_RELAY_REACTION, NULL, NULL);
    op->row_id = message_id;
    op->text = g_strdup(emoji);
    op->count.on = on;
    store_gather_take(store, op);
}

void
store_count_reaction(struct store *store, int64_t message_id, const char *emoji, int change,
                     store_counted_fn fn, void *user)
{
    struct op *op = op_new(OP_COUNT_REACTION, NULL, NULL);
    op->row_id = message_id;
    op->text = g_strdup(emoji);
    op->count.change = change;
    op->count.fn = fn;
    op->count.user = user;
    store_gather_take(store, op);
}
