/* A network that does what it is asked, and writes that down. */
#include <string.h>

#include "core/options.h"
#include "tests/unit/relay/world.h"

#define CAPS                                                                                       \
    (CAP_SEND | CAP_ACTION | CAP_EDIT | CAP_DELETE | CAP_REACT | CAP_REPLY | CAP_TYPING |          \
     CAP_SET_TOPIC | CAP_MEMBERS | CAP_UPLOAD | CAP_DOWNLOAD | CAP_DEDUPE | CAP_JOIN)

#define LINE_BYTES ((size_t)120) /* of a message of "lines" */

static struct world *
world_of(const struct net *net)
{
    return (struct world *)(void *)net->host->net;
}

struct answer {
    struct world *world;
    char *account;
    op_id op;
    char *id;
};

static void
answer(void *user)
{
    struct answer *answer = user;
    struct net *net = world_net(answer->world, answer->account);

    if (net && net->host)
        host_done(net->host, answer->op, answer->id, 0);
    g_free(answer->account);
    g_free(answer->id);
    g_free(answer);
}

static void
answer_later(struct net *net, op_id op, const char *id)
{
    struct world *world = world_of(net);
    struct answer *later = g_new0(struct answer, 1);

    *later = (struct answer){
        .world = world, .account = g_strdup(net->account), .op = op, .id = g_strdup(id)};
    clock_timer_add(world->clock, 0, answer, later);
}

static bool note(struct net *net, op_id op, const char *id, GError **error, const char *format, ...)
    G_GNUC_PRINTF(5, 6);

static bool
note(struct net *net, op_id op, const char *id, GError **error, const char *format, ...)
{
    va_list list;

    if (net->refuse) {
        g_propagate_error(error, g_steal_pointer(&net->refuse));
        return false;
    }
    va_start(list, format);
    g_string_append_vprintf(net->log, format, list);
    va_end(list);
    g_string_append_c(net->log, '\n');
    if (net->holds) {
        const struct held held = {op, id};
        g_array_append_val(net->held, held);
        return true;
    }
    answer_later(net, op, id);
    return true;
}

/* The same for the same key. */
static const char *
id_of(struct net *net, const char *key)
{
    struct server *server = world_server(world_of(net), net->account);
    char *id = g_hash_table_lookup(server->ids, key);

    if (id)
        return id;
    id = g_strdup_printf("%s-%u", net->account, ++server->n_ids);
    g_hash_table_insert(server->ids, g_strdup(key), id);
    return id;
}

static const char *
shows(struct net *net, const char *key, const char *text)
{
    struct server *server = world_server(world_of(net), net->account);
    const bool known = g_hash_table_contains(server->ids, key);
    const char *id = id_of(net, key);

    if (known)
        return id;
    struct shown *shown = g_new0(struct shown, 1);
    shown->id = g_strdup(id);
    shown->key = g_strdup(key);
    shown->text = g_strdup(text);
    g_ptr_array_add(server->shown, shown);
    return id;
}

static struct shown *
find_shown(struct net *net, const char *id)
{
    const struct server *server = world_server(world_of(net), net->account);

    for (unsigned i = 0; i < server->shown->len; i++) {
        struct shown *shown = server->shown->pdata[i];
        if (strcmp(shown->id, id) == 0)
            return shown;
    }
    return NULL;
}

static void *
driver_open(const struct options *options, struct host *host, GError **error)
{
    struct net *net = g_new0(struct net, 1);

    net->host = host;
    net->account = g_strdup(options_text(options, "server"));
    net->log = g_string_new(NULL);
    net->keys = g_string_new(NULL);
    net->looked = g_string_new(NULL);
    net->held = g_array_new(FALSE, FALSE, sizeof(struct held));
    return net;
}

static void
driver_close(void *state)
{
    struct net *net = state;

    if (net->host->net)
        g_ptr_array_remove(world_of(net)->nets, net);
    g_free(net->account);
    g_string_free(net->log, TRUE);
    g_string_free(net->keys, TRUE);
    g_string_free(net->looked, TRUE);
    g_array_unref(net->held);
    g_clear_error(&net->refuse);
    g_free(net->last_key);
    g_free(net->last_mark);
    g_free(net);
}

static void
driver_connect(void *state)
{
    struct net *net = state;
    struct world *world = world_of(net);

    net->connected = true;
    if (!g_ptr_array_find(world->nets, net, NULL))
        g_ptr_array_add(world->nets, net);
}

static void
driver_disconnect(void *state, const char *reason)
{
    g_autoptr(GError) error = g_error_new(WEFT_ERROR, WEFT_ERROR_CANCELLED, "Goodbye.");

    ((struct net *)state)->connected = false;
    host_lost(((struct net *)state)->host, error);
}

static void
append_files(GString *out, const GPtrArray *files)
{
    for (unsigned i = 0; files && i < files->len; i++)
        g_string_append_printf(out, " +%s", ((const struct attachment *)files->pdata[i])->id);
}

static bool
driver_send(void *state, op_id op, const struct send_request *request, GError **error)
{
    struct net *net = state;
    g_autoptr(GString) more = g_string_new(NULL);
    g_autofree char *spans = rich_encode_spans(request->body);

    if (request->reply_to)
        g_string_append_printf(more, " re %s", request->reply_to);
    if (request->thread)
        g_string_append_printf(more, " in %s", request->thread);
    if (spans)
        g_string_append_printf(more, " {%s}", spans);
    append_files(more, request->files);
    g_string_append_printf(net->keys, "%s\n", request->key);
    g_free(net->last_mark);
    net->last_mark = g_strdup(request->mark);
    if (net->refuse) {
        g_propagate_error(error, g_steal_pointer(&net->refuse));
        return false;
    }
    return note(
        net, op, shows(net, request->key, request->body->text), error, "%s %s%s%s%s%s: %s%s",
        request->kind == MESSAGE_ACTION   ? "act"
        : request->kind == MESSAGE_NOTICE ? "note"
                                          : "say",
        request->buffer->name, request->as ? " as " : "", request->as ? request->as->name : "",
        request->as && request->as->avatar ? " with " : "",
        request->as && request->as->avatar ? request->as->avatar : "", request->body->text,
        more->str);
}

/* The networks of "lines" accounts take a line a message. */
static GPtrArray *
driver_split(void *state, const struct send_request *request)
{
    struct net *net = state;
    GPtrArray *parts = g_ptr_array_new_with_free_func((GDestroyNotify)rich_free);
    g_auto(GStrv) lines = g_strsplit(request->body->text, "\n", -1);

    if (!g_str_has_prefix(net->account, "line")) {
        g_ptr_array_add(parts, rich_dup(request->body));
        return parts;
    }
    for (unsigned i = 0; lines[i]; i++)
        for (const char *at = lines[i];; at += LINE_BYTES) {
            const size_t len = strlen(at);
            g_ptr_array_add(parts, rich_new(at, (gssize)MIN(len, LINE_BYTES)));
            if (len <= LINE_BYTES)
                break;
        }
    return parts;
}

static bool
driver_edit(void *state, op_id op, const struct buffer *buffer, const struct message *message,
            const struct rich *body, GError **error)
{
    struct shown *shown = find_shown(state, message->remote_id);

    if (!note(state, op, NULL, error, "edit %s: %s", message->remote_id, body->text))
        return false;
    if (shown) {
        g_free(shown->text);
        shown->text = g_strdup(body->text);
    }
    return true;
}

static bool
driver_delete(void *state, op_id op, const struct buffer *buffer, const char *remote_id,
              GError **error)
{
    struct shown *shown = find_shown(state, remote_id);

    if (!note(state, op, NULL, error, "delete %s", remote_id))
        return false;
    if (shown)
        shown->deleted = true;
    return true;
}

static bool
driver_react(void *state, op_id op, const struct buffer *buffer, const char *remote_id,
             const char *emoji, bool add, GError **error)
{
    if (((struct net *)state)->kills)
        world_keep_disk(world_of(state));
    return note(state, op, NULL, error, "%s %s %s", add ? "react" : "unreact", remote_id, emoji);
}

static bool
driver_set_topic(void *state, op_id op, const struct buffer *buffer, const char *topic,
                 GError **error)
{
    return note(state, op, NULL, error, "topic %s %s", buffer->name, topic);
}

static bool
driver_join(void *state, op_id op, const struct buffer *from, const char *name,
            const char *argument, GError **error)
{
    struct net *net = state;

    host_emit(net->host,
              &(struct event){.type = EVENT_BUFFER,
                              .conversation = name,
                              .buffer = {.kind = BUFFER_CHANNEL, .name = name, .joined = true}});
    host_emit(net->host, &(struct event){.type = EVENT_CAUGHT_UP, .conversation = name});
    return note(net, op, NULL, error, "join %s", name);
}

static bool
driver_members(void *state, op_id op, const struct buffer *buffer, GError **error)
{
    struct net *net = state;

    g_string_append_printf(net->looked, "%s ", buffer->name);
    answer_later(net, op, NULL);
    return true;
}

static bool
driver_upload(void *state, op_id op, const struct upload_request *request, GError **error)
{
    return note(state, op, id_of(state, request->key), error, "upload %s", request->name);
}

static bool
driver_download(void *state, op_id op, const struct download_request *request, GError **error)
{
    struct net *net = state;

    if (!note(net, op, NULL, error, "download %s", request->file_id))
        return false;
    host_bytes(net->host, op, 0, "abc", 3);
    return true;
}

static void
driver_typing(void *state, const struct buffer *buffer, bool active)
{
    g_string_append_printf(((struct net *)state)->log, "typing %s %s\n", buffer->name,
                           active ? "on" : "off");
}

static const struct option_row option_rows[] = {
    {.name = "server", .type = OPTION_TEXT, .required = true, .help = "A name."},
    {.name = "self", .type = OPTION_TEXT, .fallback = WORLD_SELF, .help = "Our name."},
    {.name = "lacks", .type = OPTION_TEXT, .fallback = "", .help = "What it cannot do."},
    {.name = "name_bytes", .type = OPTION_NUMBER, .fallback = "0", .most = 500, .help = "Names."},
    {.name = "line_bytes", .type = OPTION_NUMBER, .fallback = "0", .most = 500, .help = "Lines."},
    {0},
};

static const char *const calls_everyone[] = {"@all", "@channel", NULL};

#define NET                                                                                        \
    .title = "Net", .caps = CAPS,                                                                  \
    .limits = {.max_in_flight = 4, .dedupe_window_us = 30 * SECOND_US, .file_bytes = 1000},        \
    .calls_everyone = calls_everyone, .options = option_rows, .open = driver_open,                 \
    .close = driver_close, .connect = driver_connect, .disconnect = driver_disconnect,             \
    .send = driver_send, .split = driver_split, .edit = driver_edit, .delete_ = driver_delete,     \
    .react = driver_react, .set_topic = driver_set_topic, .upload = driver_upload,                 \
    .download = driver_download, .typing = driver_typing, .join = driver_join,                     \
    .members = driver_members

static const struct driver driver = {.name = "net", NET};
/* Where texts have colours. */
static const struct driver tinted = {.name = "tinted", .has_colors = true, NET};

const struct network world_networks[] = {
    {.name = "net", .driver = &driver}, {.name = "tinted", .driver = &tinted}, {0}};

/* --- what it can --- */

static unsigned
caps_without(const char *lacks)
{
    static const struct {
        const char *name;
        unsigned cap;
    } names[] = {{"edit", CAP_EDIT},       {"delete", CAP_DELETE}, {"react", CAP_REACT},
                 {"reply", CAP_REPLY},     {"upload", CAP_UPLOAD}, {"action", CAP_ACTION},
                 {"topic", CAP_SET_TOPIC}, {"dedupe", CAP_DEDUPE}};
    unsigned caps = CAPS;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (strstr(lacks, names[i].name))
            caps &= ~names[i].cap;
    return caps;
}

void
world_online(struct world *world, const char *account)
{
    const struct options *options = config_account_options(core_config(world->core), account);
    if (!world_net(world, account)->connected) {
        core_connect(world->core, core_account_by_name(world->core, account)->id, NULL);
        world_settle(world);
    }
    struct host *host = world_net(world, account)->host;
    const char *self = options_text(options, "self");
    const struct limits limits = {.max_in_flight = 4,
                                  .dedupe_window_us = 30 * SECOND_US,
                                  .file_bytes = 1000,
                                  .text_bytes = g_str_has_prefix(account, "line") ? LINE_BYTES : 0,
                                  .name_bytes = (size_t)options_number(options, "name_bytes"),
                                  .line_bytes = (size_t)options_number(options, "line_bytes")};

    host_state(host, ACCOUNT_LOGIN);
    host->ops->caps(host, caps_without(options_text(options, "lacks")), &limits);
    host_emit(host, &(struct event){.type = EVENT_SELF,
                                    .self = {.id = self,
                                             .name = self,
                                             .server_name = options_text(options, "server")}});
    host_state(host, ACCOUNT_CATCH_UP);
    host_emit(host,
              &(struct event){.type = EVENT_BUFFER,
                              .conversation = "#lab",
                              .buffer = {.kind = BUFFER_CHANNEL, .name = "#lab", .joined = true}});
    world_settle(world);
}

void
world_names(struct world *world, const char *account, bool on)
{
    struct host *host = world_net(world, account)->host;
    struct limits limits = driver.limits;

    limits.name_bytes = on ? 24 : 0;
    host->ops->caps(host, CAPS & ~CAP_EDIT, &limits);
    world_settle(world);
}

void
world_caught_up(struct world *world, const char *account)
{
    struct host *host = world_net(world, account)->host;

    host_emit(host, &(struct event){.type = EVENT_CAUGHT_UP});
    host_state(host, ACCOUNT_ONLINE);
    world_settle(world);
}
