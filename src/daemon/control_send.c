/* Sending: answered when it is on the disk, or when the network has it. */
#include "base/error.h"
#include "daemon/control_priv.h"

struct sending {
    int refs;
    struct control *control; /* NULL: it has gone */
    struct client *client;   /* NULL: likewise, nobody is told */
    char *id;
    bool wait;
    unsigned parts;   /* of the text */
    GArray *messages; /* int64_t: those that are on the disk */
    unsigned done;    /* that the network has */
};

static void
sending_unref(void *data)
{
    struct sending *sending = data;

    if (--sending->refs > 0)
        return;
    if (sending->control)
        g_ptr_array_remove_fast(sending->control->sends, sending);
    g_array_unref(sending->messages);
    g_free(sending->id);
    g_free(sending);
}

/* Nobody waits for it any more. */
static void
let_go(struct sending *sending)
{
    if (!sending->client)
        return;
    sending->client->waits--;
    sending->client = NULL;
    sending_unref(sending);
}

static void
put_ids(GString *out, const struct sending *sending)
{
    for (guint i = 0; i < sending->messages->len; i++)
        g_string_append_printf(out, "%s%" G_GINT64_FORMAT, i == 0 ? ",\"messages\":[" : ",",
                               g_array_index(sending->messages, int64_t, i));
    if (sending->messages->len > 0)
        g_string_append_c(out, ']');
}

static void
answer(struct sending *sending, const char *state)
{
    g_autoptr(GString) out = g_string_new(NULL);

    put_ids(out, sending);
    control_put_text(out, "state", state);
    client_answer(sending->client, sending->id, out->str);
    let_go(sending);
}

/* FAILED or UNKNOWN. */
static void
answer_bad(struct sending *sending, const struct message *message)
{
    g_autoptr(GString) line = g_string_new(NULL);

    g_string_append_printf(line, "{\"id\":%s,\"ok\":false", sending->id);
    put_ids(line, sending);
    control_put_text(line, "state", message_state_name(message->state));
    g_string_append_printf(line, ",\"error\":{\"code\":\"%s\"",
                           message->state == MESSAGE_FAILED ? "failed" : "unknown");
    control_put_text(line, "text",
                     message->error ? message->error
                                    : "It is not known whether this message has arrived.");
    g_string_append(line, "}}");
    client_write(sending->client, line);
    let_go(sending);
}

static void
on_told(void *user, const struct message *message, const GError *error)
{
    struct sending *sending = user;

    if (!sending->client)
        return;
    if (!message) {
        client_refuse(sending->client, sending->id, error);
        let_go(sending);
        return;
    }
    g_array_append_val(sending->messages, message->id);
    if (!sending->wait && sending->messages->len == sending->parts)
        answer(sending, message_state_name(message->state));
}

void
control_send(struct client *client, const struct request *request)
{
    struct core *core = client->control->core;
    g_autoptr(GError) error = NULL;
    const struct buffer *buffer = core_find_address(core, request->to, &error);

    if (!buffer) {
        client_refuse(client, request->id, error);
        return;
    }
    if (!client_may_wait(client, request->id))
        return;
    struct sending *sending = g_new0(struct sending, 1);
    sending->refs = 2; /* core's, and until it is answered */
    sending->control = client->control;
    sending->client = client;
    sending->id = g_strdup(request->id);
    sending->wait = request->wait;
    sending->messages = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_ptr_array_add(client->control->sends, sending);
    struct rich *body = rich_new(request->text, -1);
    if (!core_send_for(core, buffer->id, body, on_told, sending, sending_unref, &sending->parts,
                       &error)) {
        client_refuse(client, request->id, error);
        sending_unref(sending);
        let_go(sending);
    }
    rich_free(body);
}

static bool
has(const struct sending *sending, int64_t message_id)
{
    for (guint i = 0; i < sending->messages->len; i++)
        if (g_array_index(sending->messages, int64_t, i) == message_id)
            return true;
    return false;
}

/* The network has the parts in their order, each once. */
static void
on_changed(struct sending *sending, const struct message *message)
{
    switch (message->state) {
    case MESSAGE_SENT:
    case MESSAGE_RECEIVED:
        if (++sending->done == sending->parts)
            answer(sending, message_state_name(message->state));
        break;
    case MESSAGE_FAILED:
    case MESSAGE_UNKNOWN:
        answer_bad(sending, message);
        break;
    default:
        break;
    }
}

void
control_send_notice(struct control *control, const struct notice *notice)
{
    if (notice->type != NOTICE_MESSAGE_CHANGED || !notice->message)
        return;
    for (guint i = control->sends->len; i > 0; i--) {
        struct sending *sending = control->sends->pdata[i - 1];
        if (sending->client && sending->wait && has(sending, notice->message->id))
            on_changed(sending, notice->message);
    }
}

void
control_send_forget(struct control *control, const struct client *client)
{
    for (guint i = control->sends->len; i > 0; i--) {
        struct sending *sending = control->sends->pdata[i - 1];
        if (!client)
            sending->control = NULL;
        if (!client || sending->client == client)
            let_go(sending);
    }
}
