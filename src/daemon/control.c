#include "daemon/control.h"

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "core/export.h"
#include "daemon/control_priv.h"
#include "daemon/figures.h"
#include "daemon/page.h"

/* Handed to the stream at a time. */
#define CHUNK_BYTES (64 * 1024)

static void client_turn(struct client *client);

/* --- what goes out --- */

void
control_put_text(GString *out, const char *name, const char *text)
{
    if (!text)
        return;
    g_string_append_printf(out, ",\"%s\":", name);
    export_append_json_string(out, text);
}

void
control_put_number(GString *out, const char *name, int64_t number)
{
    g_string_append_printf(out, ",\"%s\":%" G_GINT64_FORMAT, name, number);
}

void
control_put_flag(GString *out, const char *name, bool flag)
{
    if (flag)
        g_string_append_printf(out, ",\"%s\":true", name);
}

void
control_put_message(GString *out, struct core *core, const char *name,
                    const struct message *message)
{
    const struct buffer *buffer = core_buffer(core, message->buffer_id);
    g_autofree char *address = buffer ? core_buffer_address(core, buffer) : NULL;

    control_put_text(out, "in", address);
    g_string_append_printf(out, ",\"%s\":", name);
    export_append_json(out, message);
    g_string_truncate(out, out->len - 1); /* its newline */
}

size_t
client_backlog(const struct client *client)
{
    const struct net_ops *net = client->control->net;

    return client->out->len - client->out_at +
           (client->stream ? net->stream_pending(client->stream) : 0);
}

static void
pump(struct client *client)
{
    const struct net_ops *net = client->control->net;

    while (client->out_at < client->out->len && net->stream_pending(client->stream) < CHUNK_BYTES) {
        const size_t len = MIN(client->out->len - client->out_at, CHUNK_BYTES);
        if (!net->stream_write(client->stream, client->out->str + client->out_at, len))
            return; /* `closed` follows */
        client->out_at += len;
    }
    if (client->out_at >= OUT_PAUSE_BYTES || client->out_at == client->out->len) {
        g_string_erase(client->out, 0, (gssize)client->out_at);
        client->out_at = 0;
    }
}

void
client_write(struct client *client, const GString *line)
{
    if (client->cut)
        return;
    if (client_backlog(client) + line->len > OUT_MOST_BYTES) {
        log_warning("control", "A program at the control socket does not read its answers, and is "
                               "cut off.");
        client->cut = true;
        return;
    }
    g_string_append_len(client->out, line->str, (gssize)line->len);
    g_string_append_c(client->out, '\n');
    pump(client);
}

void
client_answer(struct client *client, const char *id, const char *members)
{
    g_autoptr(GString) line = g_string_new(NULL);

    g_string_append_printf(line, "{\"id\":%s,\"ok\":true%s}", id, members);
    client_write(client, line);
}

void
client_refuse(struct client *client, const char *id, const GError *error)
{
    g_autoptr(GString) line = g_string_new(NULL);

    g_string_append_printf(line, "{\"id\":%s,\"ok\":false,\"error\":{\"code\":\"%s\"", id,
                           error_code_name(error_code(error)));
    control_put_text(line, "text", error->message);
    g_string_append(line, "}}");
    client_write(client, line);
}

bool
client_may_wait(struct client *client, const char *id)
{
    if (client->waits < CONTROL_WAITS_MOST) {
        client->waits++;
        return true;
    }
    g_autoptr(GError) error =
        g_error_new(WEFT_ERROR, WEFT_ERROR_RATE_LIMITED,
                    "%d requests of this program wait already. Wait for one of them to end.",
                    CONTROL_WAITS_MOST);
    client_refuse(client, id, error);
    return false;
}

/* --- requests --- */

static void
hello(struct client *client, const struct request *request)
{
    const struct control *control = client->control;
    g_autoptr(GString) out = g_string_new(NULL);

    if (request->weft > REQUEST_PROTOCOL) {
        g_autoptr(GError) error =
            g_error_new(WEFT_ERROR, WEFT_ERROR_UNSUPPORTED,
                        "This weft (%s) speaks version %d of the protocol. Use a newer weft, or "
                        "an older client.",
                        control->version, REQUEST_PROTOCOL);
        client_refuse(client, request->id, error);
        return;
    }
    control_put_number(out, "weft", REQUEST_PROTOCOL);
    control_put_text(out, "version", control->version);
    control_put_number(out, "pid", getpid());
    control_put_number(out, "started_us", control->started_us);
    control_put_flag(out, "headless", control->headless);
    client_answer(client, request->id, out->str);
}

static void
answer_text_take(struct client *client, const struct request *request, const char *name, char *text)
{
    g_autoptr(GString) out = g_string_new(NULL);

    control_put_text(out, name, text);
    client_answer(client, request->id, out->str);
    g_free(text);
}

static void
reload(struct client *client, const struct request *request)
{
    struct core *core = client->control->core;
    char *text = NULL;

    if (request->dry ? core_preview_reload(core, &text) : core_reload(core, &text)) {
        if (!request->dry)
            log_lines(LOG_INFO, "control", text);
        answer_text_take(client, request, "text", text);
        return;
    }
    g_autoptr(GError) error = g_error_new_literal(WEFT_ERROR, WEFT_ERROR_BAD_INPUT, text);
    client_refuse(client, request->id, error);
    g_free(text);
}

static void
quit(struct client *client, const struct request *request)
{
    client_answer(client, request->id, "");
    log_info("control", "A program asks weft to end.");
    core_quit(client->control->core);
}

static void
obey(struct client *client, const struct request *request)
{
    struct core *core = client->control->core;

    switch (request->kind) {
    case REQUEST_HELLO:
        hello(client, request);
        break;
    case REQUEST_SEND:
        control_send(client, request);
        break;
    case REQUEST_TAIL:
        control_tail(client, request);
        break;
    case REQUEST_STOP:
        control_stop(client, request);
        break;
    case REQUEST_QUERY:
        control_query(client, request);
        break;
    case REQUEST_RELAY:
        control_relay(client, request);
        break;
    case REQUEST_JOIN:
        control_join(client, request);
        break;
    case REQUEST_CONNECT:
        control_connect(client, request);
        break;
    case REQUEST_DISCONNECT:
        control_disconnect(client, request);
        break;
    case REQUEST_FIGURES:
        answer_text_take(client, request, "text", figures_text(core, client->control->version));
        break;
    case REQUEST_PAGE:
        answer_text_take(client, request, "html", page_html(core, 0));
        break;
    case REQUEST_RELOAD:
        reload(client, request);
        break;
    case REQUEST_QUIT:
        quit(client, request);
        break;
    case REQUEST_KIND_N:
        break;
    }
}

static void
on_line(struct client *client, const char *line, size_t len)
{
    g_autofree char *id = NULL;
    g_autoptr(GError) error = NULL;

    if (len > 0 && line[len - 1] == '\r')
        len--;
    if (len == 0)
        return;
    struct request *request = request_read(line, len, &id, &error);
    if (request)
        obey(client, request);
    else
        client_refuse(client, id, error);
    request_free(request);
}

/* --- lines --- */

static void
refuse_long_line(struct client *client)
{
    g_autoptr(GError) error =
        g_error_new(WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                    "A line of more than %d bytes is left out. What follows is read again.",
                    REQUEST_MAX_LINE_BYTES);

    client->skipping = true;
    client_refuse(client, "null", error);
}

/* The next whole line; false: there is none, or this is not the time. */
static bool
take_line(struct client *client)
{
    if (client->cut || client_backlog(client) > OUT_PAUSE_BYTES)
        return false;
    const char *line = client->in->str + client->in_at;
    const size_t rest = client->in->len - client->in_at;
    const char *end = memchr(line, '\n', rest);
    const size_t len = end ? (size_t)(end - line) : rest;
    if (len > REQUEST_MAX_LINE_BYTES && !client->skipping)
        refuse_long_line(client);
    else if (end && !client->skipping)
        on_line(client, line, len);
    client->skipping = client->skipping && !end;
    if (end)
        client->in_at += len + 1;
    else if (client->skipping)
        client->in_at = client->in->len;
    return end != NULL;
}

static void
client_free(void *data)
{
    struct client *client = data;

    control_send_forget(client->control, client);
    g_ptr_array_unref(client->tails);
    g_ptr_array_unref(client->finds);
    g_ptr_array_unref(client->joins);
    client->control->net->stream_close(client->stream);
    g_string_free(client->in, TRUE);
    g_string_free(client->out, TRUE);
    g_free(client);
}

/* Looks at what waits; the last thing that its caller does with a client. */
static void
client_turn(struct client *client)
{
    if (client->busy)
        return;
    client->busy = true;
    control_tail_go_on(client);
    while (take_line(client))
        continue;
    /* Once for all of them: programs may send nothing but line ends. */
    g_string_erase(client->in, 0, (gssize)client->in_at);
    client->in_at = 0;
    client->busy = false;
    if (client->cut)
        g_ptr_array_remove(client->control->clients, client);
    else
        client->control->net->stream_pause(client->stream,
                                           client_backlog(client) > OUT_PAUSE_BYTES);
}

static void
on_data(void *user, const char *bytes, size_t len)
{
    struct client *client = user;

    if (client->refused)
        return;
    g_string_append_len(client->in, bytes, (gssize)len);
    client_turn(client);
}

static void
on_drained(void *user)
{
    struct client *client = user;

    if (client->refused) {
        g_ptr_array_remove(client->control->clients, client);
        return;
    }
    pump(client);
    client_turn(client);
}

static void
on_closed(void *user, const GError *error)
{
    struct client *client = user;

    g_ptr_array_remove(client->control->clients, client);
}

static void
greet(struct client *client)
{
    g_autoptr(GString) line = g_string_new(NULL);

    g_string_append_printf(line, "{\"weft\":%d", REQUEST_PROTOCOL);
    control_put_text(line, "version", client->control->version);
    g_string_append_c(line, '}');
    client_write(client, line);
}

static void
turn_away(struct client *client)
{
    g_autoptr(GError) error = g_error_new(
        WEFT_ERROR, WEFT_ERROR_RATE_LIMITED,
        "%d programs are connected already: that is as many as weft takes.", CONTROL_CLIENTS_MOST);

    client->refused = true;
    client_refuse(client, "null", error);
}

static void
on_accepted(void *user, struct stream *stream)
{
    static const struct stream_events events = {
        .data = on_data, .drained = on_drained, .closed = on_closed};
    struct control *control = user;
    /* Some who are turned away may still read why. */
    const unsigned most = 2 * CONTROL_CLIENTS_MOST;
    struct client *client;

    if (control->clients->len >= most) {
        control->net->stream_close(stream);
        return;
    }
    client = g_new0(struct client, 1);
    client->control = control;
    client->stream = stream;
    client->in = g_string_new(NULL);
    client->out = g_string_new(NULL);
    client->tails = g_ptr_array_new_with_free_func(tail_free);
    client->finds = g_ptr_array_new_with_free_func(finding_free);
    client->joins = g_ptr_array_new_with_free_func(joining_free);
    g_ptr_array_add(control->clients, client);
    control->net->stream_take(stream, &events, client);
    if (control->clients->len > CONTROL_CLIENTS_MOST)
        turn_away(client);
    else
        greet(client);
}

/* --- life --- */

static void
on_notice(const struct notice *notice, void *user)
{
    struct control *control = user;

    control_send_notice(control, notice);
    for (guint i = control->clients->len; i > 0; i--) {
        struct client *client = control->clients->pdata[i - 1];
        control_tail_notice(client, notice);
        client_turn(client);
    }
}

struct control *
control_new(const struct control_options *options, GError **error)
{
    g_autofree char *path = g_build_filename(options->run_dir, CONTROL_SOCKET, NULL);
    struct control *control = g_new0(struct control, 1);

    control->core = options->core;
    control->net = options->net;
    control->version = options->version;
    control->headless = options->headless;
    control->started_us = clock_wall_us(core_clock(options->core));
    control->clients = g_ptr_array_new_with_free_func(client_free);
    control->sends = g_ptr_array_new();
    control->subscription = bus_subscribe(core_bus(control->core), on_notice, control);
    control->listener = control->net->listen(control->net, &(struct listen_options){.path = path},
                                             on_accepted, control, error);
    if (!control->listener)
        g_clear_pointer(&control, control_free);
    return control;
}

void
control_free(struct control *control)
{
    if (!control)
        return;
    control->net->listen_close(control->listener);
    bus_unsubscribe(core_bus(control->core), control->subscription);
    g_ptr_array_unref(control->clients);
    control_send_forget(control, NULL);
    g_ptr_array_unref(control->sends);
    g_free(control);
}
