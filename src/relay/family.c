/* A message and its copies. */
#include <string.h>

#include "relay/relay_priv.h"

/* A copy of ours is met again by another account within this time. */
#define MEET_US       (2 * 60 * G_USEC_PER_SEC)
#define MEET_MESSAGES 32

int64_t
family_origin(struct relay *relay, int64_t message_id)
{
    struct relay_copy copy;

    return store_find_copy(relay->store, message_id, &copy) ? copy.source_id : message_id;
}

/* One that may have arrived is looked for first. */
static bool
is_on_its_way(struct relay *relay, int64_t message_id)
{
    struct message *message = core_message(relay->core, message_id);
    const bool waits =
        message && (message->state == MESSAGE_PENDING || message->state == MESSAGE_SENDING ||
                    (message->state == MESSAGE_UNKNOWN &&
                     (core_copies_under_way(relay->core, message->buffer_id) > 0 ||
                      core_copy_settles(relay->core, message_id))));

    message_unref(message);
    return waits;
}

GArray *
family_members(struct relay *relay, int64_t origin_id, int64_t buffer_id, bool *ret_waits)
{
    GArray *members = g_array_new(FALSE, FALSE, sizeof(int64_t));
    struct message *origin = core_message(relay->core, origin_id);
    const bool home = origin && origin->buffer_id == buffer_id;

    message_unref(origin);
    if (home) {
        g_array_append_val(members, origin_id);
    } else {
        g_autoptr(GArray) copies = store_load_copies(relay->store, origin_id, buffer_id);
        for (unsigned i = 0; i < copies->len; i++) {
            const struct relay_copy *copy = &g_array_index(copies, struct relay_copy, i);
            if (!copy->note)
                g_array_append_val(members, copy->message_id);
        }
    }
    *ret_waits = false;
    for (unsigned i = 0; i < members->len && !*ret_waits; i++)
        *ret_waits = is_on_its_way(relay, g_array_index(members, int64_t, i));
    return members;
}

bool
family_add_notes(struct relay *relay, int64_t origin_id, int64_t buffer_id, GArray *members)
{
    g_autoptr(GArray) copies = store_load_copies(relay->store, origin_id, buffer_id);

    for (unsigned i = 0; i < copies->len; i++) {
        const struct relay_copy *copy = &g_array_index(copies, struct relay_copy, i);
        if (!copy->note)
            continue;
        if (is_on_its_way(relay, copy->message_id))
            return false;
        g_array_append_val(members, copy->message_id);
    }
    return true;
}

/* --- two accounts in one channel --- */

static bool
is_member(const struct buffer *buffer, const char *user_id)
{
    return buffer->members && user_id && g_hash_table_contains(buffer->members, user_id);
}

bool
family_same_channel(struct relay *relay, const struct buffer *a, const struct buffer *b)
{
    const struct account *x = core_account(relay->core, a->account_id);
    const struct account *y = core_account(relay->core, b->account_id);

    if (a == b)
        return true;
    if (!x || !y || x == y || strcmp(x->network, y->network) != 0 ||
        strcmp(a->remote_id, b->remote_id) != 0 || !x->server_name || !y->server_name ||
        strcmp(x->server_name, y->server_name) != 0 || !x->self_id || !y->self_id)
        return false;
    /* Two servers may go by one name; who is there tells them apart. */
    return strcmp(x->self_id, y->self_id) == 0 || is_member(a, y->self_id) ||
           is_member(b, x->self_id);
}

/* The network gives no ids: by what was said, lately, by us. */
static bool
has_said(struct relay *relay, int64_t buffer_id, const struct message *message)
{
    g_autoptr(GPtrArray) newest = store_load_newest(relay->store, buffer_id, MEET_MESSAGES);
    const unsigned ours = MESSAGE_RELAYED | MESSAGE_OWN;

    for (unsigned i = 0; i < newest->len; i++) {
        const struct message *own = newest->pdata[i];
        if ((own->flags & ours) == ours && ABS(own->time_us - message->time_us) < MEET_US &&
            strcmp(own->body->text, message->body->text) == 0)
            return true;
    }
    return false;
}

/* Was it said by another account of ours on the same network? */
static bool
is_another_of_us(struct relay *relay, const struct buffer *here, const struct message *message)
{
    const GPtrArray *accounts = core_accounts(relay->core);
    const struct account *own = core_account(relay->core, here->account_id);

    for (unsigned i = 0; own && message->sender_id && i < accounts->len; i++) {
        const struct account *account = accounts->pdata[i];
        if (account != own && account->self_id &&
            strcmp(account->self_id, message->sender_id) == 0 &&
            strcmp(account->network, own->network) == 0)
            return true;
    }
    return false;
}

bool
family_is_seen_copy(struct relay *relay, const struct message *message)
{
    const struct buffer *here = core_buffer(relay->core, message->buffer_id);
    const GPtrArray *buffers = core_buffers(relay->core);

    if (!here || !is_another_of_us(relay, here, message))
        return false;
    for (unsigned i = 0; i < buffers->len; i++) {
        const struct buffer *other = buffers->pdata[i];
        const struct account *account = core_account(relay->core, other->account_id);
        if (other == here || strcmp(other->remote_id, here->remote_id) != 0 || !account ||
            !account->self_id || strcmp(account->self_id, message->sender_id) != 0 ||
            !family_same_channel(relay, here, other))
            continue;
        struct message *own = message->remote_id
                                  ? store_find_remote(relay->store, other->id, message->remote_id)
                                  : NULL;
        const bool copy = own && (own->flags & MESSAGE_RELAYED) != 0;
        message_unref(own);
        if (copy || has_said(relay, other->id, message))
            return true;
    }
    return false;
}
