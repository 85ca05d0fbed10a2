#include "tests/unit/core/scene.h"

#include <string.h>

#include "base/error.h"
#include "tests/support/scratch.h"

static struct scene *
scene_of(void *state)
{
    return (struct scene *)((struct host *)state)->net;
}

static bool
note(void *state, op_id op, GError **error, const char *format, ...) G_GNUC_PRINTF(4, 5);

static bool
note(void *state, op_id op, GError **error, const char *format, ...)
{
    struct scene *scene = scene_of(state);
    va_list arguments;

    va_start(arguments, format);
    g_string_append_vprintf(scene->calls, format, arguments);
    va_end(arguments);
    g_string_append_c(scene->calls, '|');
    scene->op = op;
    if (!scene->refuse)
        return true;
    scene->refuse = false;
    g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_FORBIDDEN, "The driver refuses.");
    return false;
}

static void *
driver_open(const struct options *options, struct host *host, GError **error)
{
    return host;
}

static void
driver_close(void *state)
{
}

static void
driver_connect(void *state)
{
    scene_of(state)->host = state;
    g_string_append(scene_of(state)->calls, "connect|");
}

static void
driver_disconnect(void *state, const char *reason)
{
    g_autoptr(GError) error = g_error_new(WEFT_ERROR, WEFT_ERROR_CANCELLED, "Goodbye.");

    g_string_append(scene_of(state)->calls, "disconnect|");
    host_lost(state, error);
}

static bool
driver_send(void *state, op_id op, const struct send_request *request, GError **error)
{
    return note(state, op, error, "send %s %s %s%s%s", request->buffer->name,
                message_kind_name(request->kind), request->body->text,
                request->reply_to ? " re " : "", request->reply_to ? request->reply_to : "");
}

static bool
driver_react(void *state, op_id op, const struct buffer *buffer, const char *remote_id,
             const char *emoji, bool add, GError **error)
{
    return note(state, op, error, "%s %s %s", add ? "react" : "unreact", remote_id, emoji);
}

static bool
driver_delete(void *state, op_id op, const struct buffer *buffer, const char *remote_id,
              GError **error)
{
    return note(state, op, error, "delete %s", remote_id);
}

static bool
driver_join(void *state, op_id op, const struct buffer *from, const char *name, const char *key,
            GError **error)
{
    return note(state, op, error, "join %s %s", name, key ? key : "-");
}

static bool
driver_leave(void *state, op_id op, const struct buffer *buffer, const char *reason, GError **error)
{
    return note(state, op, error, "leave %s %s", buffer->name, reason ? reason : "-");
}

static bool
driver_open_dm(void *state, op_id op, const struct buffer *from, const char *user, GError **error)
{
    return note(state, op, error, "open %s", user);
}

static bool
driver_create(void *state, op_id op, const struct create_request *request, GError **error)
{
    return note(state, op, error, "create %s in %s%s%s%s", request->name,
                request->space ? request->space : "-", request->private_ ? " private" : "",
                request->purpose ? " for " : "", request->purpose ? request->purpose : "");
}

static bool
driver_browse(void *state, op_id op, const struct browse_request *request, GError **error)
{
    return note(state, op, error, "browse %s page %u \"%s\"", request->space ? request->space : "-",
                request->page, request->words);
}

static bool
driver_invite(void *state, op_id op, const struct buffer *buffer, const char *user,
              bool whole_space, GError **error)
{
    return note(state, op, error, "invite %s to %s%s", user, buffer->name,
                whole_space ? "'s space" : "");
}

static bool
driver_archive(void *state, op_id op, const struct buffer *buffer, GError **error)
{
    return note(state, op, error, "archive %s", buffer->name);
}

static bool
driver_set_topic(void *state, op_id op, const struct buffer *buffer, const char *topic,
                 GError **error)
{
    return note(state, op, error, "topic %s %s", buffer->name, topic);
}

static bool
driver_set_presence(void *state, op_id op, const char *text, GError **error)
{
    return note(state, op, error, "away %s", text ? text : "-");
}

static bool
driver_raw(void *state, op_id op, const struct buffer *from, const char *line, GError **error)
{
    return note(state, op, error, "raw %s", line);
}

static bool
driver_command(void *state, op_id op, const struct driver_command *command,
               const struct buffer *buffer, const char *const *arguments, GError **error)
{
    g_autofree char *text = g_strjoinv("/", (char **)(uintptr_t)arguments);

    return note(state, op, error, "%s in %s: %s", command->name, buffer->name, text);
}

static bool
driver_check(const struct options *options, GError **error)
{
    if (strcmp(options_text(options, "nick"), "bad") != 0)
        return true;
    g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT, "This driver wants no such nick.");
    return false;
}

static bool
driver_names_channel(void *state, const char *text)
{
    return *text == '#';
}

static const struct option_row option_rows[] = {
    {.name = "nick", .type = OPTION_TEXT, .fallback = "kai", .help = "Your name there."},
    {.name = "password", .type = OPTION_SECRET, .help = "The account's password."},
    {.name = "join", .type = OPTION_TEXT, .repeatable = true},
    {0},
};
static const struct driver_command command_rows[] = {
    {.name = "kick",
     .aliases = "x ki",
     .arguments = "NICK [REASON]",
     .help = "Removes someone.",
     .example = "/kick rude",
     .completes = {COMPLETE_MEMBER},
     .least = 1,
     .most = 2},
    {.name = "names", .arguments = "", .help = "Asks who is here."},
    {0},
};
static const struct driver driver = {
    .name = "net",
    .title = "Net",
    .caps = CAP_SEND | CAP_ACTION | CAP_JOIN | CAP_LEAVE | CAP_OPEN_DM | CAP_SET_TOPIC |
            CAP_PRESENCE | CAP_RAW | CAP_REPLY | CAP_REACT | CAP_DELETE | CAP_CREATE | CAP_BROWSE |
            CAP_INVITE | CAP_ARCHIVE | CAP_THREADS | CAP_FOLLOW,
    .making = {.private_ = true, .purpose = true},
    .limits = {.max_in_flight = 1},
    .options = option_rows,
    .commands = command_rows,
    .check = driver_check,
    .open = driver_open,
    .close = driver_close,
    .connect = driver_connect,
    .disconnect = driver_disconnect,
    .send = driver_send,
    .react = driver_react,
    .delete_ = driver_delete,
    .join = driver_join,
    .leave = driver_leave,
    .create = driver_create,
    .browse = driver_browse,
    .invite = driver_invite,
    .archive = driver_archive,
    .open_dm = driver_open_dm,
    .set_topic = driver_set_topic,
    .set_presence = driver_set_presence,
    .raw = driver_raw,
    .command = driver_command,
    .names_channel = driver_names_channel,
};
static const struct network networks[] = {{.name = "net", .driver = &driver}, {0}};
/* The same, with commands of the server's own besides. */
static struct driver commanded_driver;
static const struct network commanded_networks[] = {{.name = "net", .driver = &commanded_driver},
                                                    {0}};

static void
on_notice(const struct notice *notice, void *user)
{
    struct scene *scene = user;

    if (notice->type == NOTICE_SHOW_BUFFER)
        scene->shown = notice->buffer_id;
    scene->n_config += notice->type == NOTICE_CONFIG;
    scene->n_clear += notice->type == NOTICE_CLEAR;
    scene->n_redraw += notice->type == NOTICE_REDRAW;
    scene->n_quit += notice->type == NOTICE_QUIT;
}

void
scene_settle(struct scene *scene)
{
    for (int i = 0; i < 6; i++) {
        clock_fake_advance(scene->clock, 0);
        store_flush(scene->store);
    }
}

void
scene_add_buffer(struct scene *scene, const char *name, enum buffer_kind kind)
{
    struct event event = {.type = EVENT_BUFFER, .conversation = name};

    event.buffer.kind = kind;
    event.buffer.name = name;
    event.buffer.joined = true;
    host_emit(scene->host, &event);
    event = (struct event){.type = EVENT_CAUGHT_UP, .conversation = name};
    host_emit(scene->host, &event);
    scene_settle(scene);
}

void
scene_add_member(struct scene *scene, const char *conversation, const char *name, int64_t spoke_us)
{
    struct member *member = member_new(name, name, "");
    struct event event = {.type = EVENT_MEMBER_ADDED, .conversation = conversation};

    event.member = member;
    host_emit(scene->host, &event);
    member_free(member);
    /* Core itself notes when someone speaks. */
    member = g_hash_table_lookup(scene_buffer(scene, conversation)->members, name);
    member->spoke_us = spoke_us;
}

static struct scene *
scene_new_on(const struct network *network_rows)
{
    static const char text[] = "[account libera]\nnetwork = net\njoin = #coop\n";
    struct scene *scene = g_new0(struct scene, 1);
    g_autoptr(GError) error = NULL;

    scene->calls = g_string_new(NULL);
    scene->folder = scratch_new();
    scene->file = g_build_filename(scene->folder, "weft.conf", NULL);
    scene->override_file = g_build_filename(scene->folder, "override.conf", NULL);
    g_assert_true(g_file_set_contents(scene->file, text, -1, NULL));
    scene->clock = clock_fake_new(SCENE_NOW_US);
    struct store_options options = {
        .dir = scene->folder, .mode = STORE_WRITE, .clock = scene->clock};
    scene->store = store_open(&options, NULL, &error);
    g_assert_no_error(error);
    scene->core = core_new(&(struct core_options){
        .config = config_load_file(scene->file, scene->override_file, network_rows),
        .store = scene->store,
        .clock = scene->clock,
        .networks = network_rows,
    });
    bus_subscribe(core_bus(scene->core), on_notice, scene);
    core_start(scene->core, &scene->net);
    scene_settle(scene);
    struct event self = {.type = EVENT_SELF};
    self.self.id = self.self.name = "kai";
    host_state(scene->host, ACCOUNT_LOGIN);
    host_emit(scene->host, &self);
    host_state(scene->host, ACCOUNT_ONLINE);
    scene_add_buffer(scene, "#coop", BUFFER_CHANNEL);
    scene_assert_calls(scene, "connect|");
    return scene;
}

struct scene *
scene_new(void)
{
    return scene_new_on(networks);
}

struct scene *
scene_new_commanded(void)
{
    commanded_driver = driver;
    commanded_driver.raw_takes_commands = true;
    return scene_new_on(commanded_networks);
}

void
scene_free(struct scene *scene)
{
    core_free(scene->core);
    store_close(scene->store);
    clock_free(scene->clock);
    scratch_free(scene->folder);
    g_free(scene->file);
    g_free(scene->override_file);
    g_string_free(scene->calls, TRUE);
    g_free(scene);
}

const struct buffer *
scene_buffer(struct scene *scene, const char *name)
{
    const GPtrArray *buffers = core_buffers(scene->core);

    for (unsigned i = 0; i < buffers->len; i++) {
        const struct buffer *buffer = buffers->pdata[i];
        if (strcmp(buffer->name, name) == 0)
            return buffer;
    }
    g_error("no buffer %s", name);
}

char *
scene_last(struct scene *scene, const char *buffer)
{
    struct page page = {0};

    scene_settle(scene);
    core_page_newest(scene->core, scene_buffer(scene, buffer)->id, 1, &page);
    g_assert_cmpuint(page.messages->len, ==, 1);
    const struct message *message = page.messages->pdata[0];
    char *text = g_strdup(message->body->text);
    page_clear(&page);
    return text;
}

void
scene_input(struct scene *scene, const char *buffer, const char *text, const char *refusal)
{
    g_autoptr(GError) error = NULL;
    bool done = core_input(scene->core, scene_buffer(scene, buffer)->id, text, &error);

    g_assert_cmpstr(error ? error->message : NULL, ==, refusal);
    g_assert_true(done == !refusal);
    scene_settle(scene);
}

void
scene_assert_calls(struct scene *scene, const char *calls)
{
    g_assert_cmpstr(scene->calls->str, ==, calls);
    g_string_truncate(scene->calls, 0);
}
