#include "tests/unit/core/fake.h"

#include <string.h>

#include "tests/support/scratch.h"

/* --- the driver
 * ------------------------------------------------------------------------------------- */

static void *
driver_open(const struct options *options, struct host *host, GError **error)
{
    struct fake_session *session = g_new0(struct fake_session, 1);
    session->host = host;
    session->sends = g_ptr_array_new();
    session->cancelled = g_array_new(false, false, sizeof(op_id));
    session->asked = g_string_new(NULL);
    return session;
}

static void
driver_close(void *state)
{
    struct fake_session *session = state;
    struct fake *fake = (struct fake *)session->host->net;

    if (fake != NULL)
        g_ptr_array_remove(fake->sessions, session);
    for (guint i = 0; i < session->sends->len; i++) {
        struct fake_send *send = session->sends->pdata[i];
        g_free(send->conversation);
        g_free(send->key);
        g_free(send->text);
        g_free(send->reply_to);
        g_free(send->files);
        g_free(send->thread);
        g_free(send->as_name);
        g_free(send->as_avatar);
        g_free(send->mark);
        g_free(send);
    }
    g_ptr_array_unref(session->sends);
    g_array_unref(session->cancelled);
    g_string_free(session->asked, TRUE);
    g_free(session->marked);
    g_free(session->upload_key);
    g_clear_error(&session->refuse);
    g_free(session);
}

static void
driver_connect(void *state)
{
    struct fake_session *session = state;
    struct fake *fake = (struct fake *)session->host->net;

    if (!g_ptr_array_find(fake->sessions, session, NULL))
        g_ptr_array_add(fake->sessions, session);
    session->connects++;
}

static void
driver_disconnect(void *state, const char *reason)
{
    struct fake_session *session = state;
    g_autoptr(GError) error = g_error_new(WEFT_ERROR, WEFT_ERROR_CANCELLED, "Goodbye.");

    session->disconnects++;
    if (!session->mute)
        host_lost(session->host, error);
}

static bool
driver_send(void *state, op_id op, const struct send_request *request, GError **error)
{
    struct fake_session *session = state;
    struct fake_send *send = g_new0(struct fake_send, 1);

    send->op = op;
    send->conversation = g_strdup(request->buffer->remote_id);
    send->key = g_strdup(request->key);
    send->text = g_strdup(request->body->text);
    send->reply_to = g_strdup(request->reply_to);
    send->thread = g_strdup(request->thread);
    send->resend = request->resend;
    send->as_name = g_strdup(request->as != NULL ? request->as->name : NULL);
    send->as_avatar = g_strdup(request->as != NULL ? request->as->avatar : NULL);
    send->mark = g_strdup(request->mark);
    send->files = attachments_encode(request->files);
    g_ptr_array_add(session->sends, send);
    if (session->refuse == NULL)
        return true;
    g_propagate_error(error, g_steal_pointer(&session->refuse));
    return false;
}

/* A text is divided at its bars. */
static GPtrArray *
driver_split(void *state, const struct send_request *request)
{
    GPtrArray *parts = g_ptr_array_new_with_free_func((GDestroyNotify)rich_free);
    g_auto(GStrv) texts = g_strsplit(request->body->text, "|", -1);

    for (char **text = texts; *text != NULL; text++)
        g_ptr_array_add(parts, texts[1] == NULL ? rich_dup(request->body) : rich_new(*text, -1));
    return parts;
}

/* A secret is what follows the word; to sesame, all of it. */
static char *
driver_hides(const char *conversation, const char *text)
{
    if (g_str_has_prefix(text, "secret "))
        return g_strdup("secret ***");
    return g_strcmp0(conversation, "sesame") == 0 ? g_strdup("***") : NULL;
}

static bool
driver_history(void *state, op_id op, const struct history_request *request, GError **error)
{
    struct fake_session *session = state;
    session->history_op = op;
    session->history_time_us = request->time_us;
    session->history_around = request->around;
    return true;
}

static bool
driver_leave(void *state, op_id op, const struct buffer *buffer, const char *reason, GError **error)
{
    ((struct fake_session *)state)->leaves++;
    return true;
}

static void
driver_mark_read(void *state, const struct buffer *buffer, const struct message *upto)
{
    struct fake_session *session = state;
    session->marks++;
    g_free(session->marked);
    session->marked = g_strdup(upto->remote_id);
}

static void
driver_mark_back(void *state, const struct buffer *buffer, const struct message *upto)
{
    struct fake_session *session = state;
    g_free(session->marked);
    session->marked = g_strdup_printf("back to %s", upto != NULL ? upto->remote_id : "nothing");
}

static bool
    G_GNUC_PRINTF(3, 4) asked(struct fake_session *session, op_id op, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    g_string_append_vprintf(session->asked, format, list);
    va_end(list);
    session->asked_op = op;
    return true;
}

static bool
driver_react(void *state, op_id op, const struct buffer *buffer, const char *remote_id,
             const char *emoji, bool add, GError **error)
{
    return asked(state, op, "%s %s %s|", add ? "react" : "unreact", remote_id, emoji);
}

static bool
driver_delete(void *state, op_id op, const struct buffer *buffer, const char *remote_id,
              GError **error)
{
    return asked(state, op, "delete %s|", remote_id);
}

static bool
driver_edit(void *state, op_id op, const struct buffer *buffer, const struct message *message,
            const struct rich *body, GError **error)
{
    return asked(state, op, "edit %s %s|", message->remote_id, body->text);
}

static bool
driver_set_topic(void *state, op_id op, const struct buffer *buffer, const char *topic,
                 GError **error)
{
    return asked(state, op, "topic %s %s|", buffer->remote_id, topic);
}

static bool
driver_upload(void *state, op_id op, const struct upload_request *request, GError **error)
{
    struct fake_session *session = state;
    session->asked_op = op;
    g_string_append_printf(session->asked, "upload %s %" G_GINT64_FORMAT "|", request->name,
                           request->size_bytes);
    g_assert_true(g_path_is_absolute(request->path));
    g_free(session->upload_key);
    session->upload_key = g_strdup(request->key);
    return true;
}

static bool
driver_pin(void *state, op_id op, const struct buffer *buffer, const char *remote_id, bool on,
           GError **error)
{
    return asked(state, op, "%s %s|", on ? "pin" : "unpin", remote_id);
}

static bool
driver_pins(void *state, op_id op, const struct buffer *buffer, GError **error)
{
    return asked(state, op, "pins %s|", buffer->remote_id);
}

/* "search soup* -draft from:maria in:#lab|" */
static bool
driver_search(void *state, op_id op, const struct search_request *request, GError **error)
{
    g_autoptr(GString) line = g_string_new("search");

    for (guint i = 0; i < request->words->len; i++) {
        const struct search_word *word = request->words->pdata[i];
        g_string_append_printf(line, " %s%s%s", word->not_ ? "-" : "", word->text,
                               word->prefix ? "*" : "");
    }
    if (request->from != NULL)
        g_string_append_printf(line, " from:%s", request->from);
    for (guint i = 0; i < request->in->len; i++)
        g_string_append_printf(line, " in:%s",
                               ((const struct buffer *)request->in->pdata[i])->remote_id);
    return asked(state, op, "%s|", line->str);
}

static bool
driver_download(void *state, op_id op, const struct download_request *request, GError **error)
{
    return asked(state, op, "download %s from %" G_GUINT64_FORMAT "|", request->file_id,
                 request->start);
}

static bool
driver_press(void *state, op_id op, const struct buffer *buffer, const char *remote_id,
             const struct button *button, const char *choice, GError **error)
{
    return asked(state, op, "press %s %s %s %s|", remote_id, button->id,
                 button->data != NULL ? button->data : "-", choice != NULL ? choice : "-");
}

static bool
driver_flag(void *state, op_id op, const struct buffer *buffer, const char *remote_id, bool on,
            GError **error)
{
    return asked(state, op, "%s %s|", on ? "flag" : "unflag", remote_id);
}

static char *
driver_link_to(void *state, const struct buffer *buffer, const struct message *message)
{
    return g_strconcat("fake://", message->remote_id, NULL);
}

static void
driver_mark_unread(void *state, const struct buffer *buffer, const struct message *from)
{
    g_string_append_printf(((struct fake_session *)state)->asked, "unread %s|", from->remote_id);
}

static bool
driver_members(void *state, op_id op, const struct buffer *buffer, GError **error)
{
    return asked(state, op, "members %s|", buffer->remote_id);
}

static bool
driver_join(void *state, op_id op, const struct buffer *from, const char *name,
            const char *argument, GError **error)
{
    return asked(state, op, "join %s|", name);
}

static bool
driver_open_dm(void *state, op_id op, const struct buffer *from, const char *user, GError **error)
{
    return asked(state, op, "open %s|", user);
}

static bool
driver_create(void *state, op_id op, const struct create_request *request, GError **error)
{
    return asked(state, op, "create %s in %s%s%s%s|", request->name,
                 request->space ? request->space : "-", request->private_ ? " private" : "",
                 request->purpose ? " for " : "", request->purpose ? request->purpose : "");
}

static bool
driver_browse(void *state, op_id op, const struct browse_request *request, GError **error)
{
    return asked(state, op, "browse %s %u \"%s\"|", request->space ? request->space : "-",
                 request->page, request->words);
}

static bool
driver_thread(void *state, op_id op, const struct buffer *buffer, const char *root_id,
              GError **error)
{
    return asked(state, op, "thread %s|", root_id);
}

static bool
driver_follow(void *state, op_id op, const struct buffer *buffer, const char *root_id, bool on,
              GError **error)
{
    return asked(state, op, "%s %s|", on ? "follow" : "unfollow", root_id);
}

static void
driver_mark_thread_read(void *state, const struct buffer *buffer, const char *root_id,
                        const struct message *upto)
{
    g_string_append_printf(((struct fake_session *)state)->asked, "thread-read %s to %s|", root_id,
                           upto->remote_id);
}

static void
driver_look_at(void *state, const struct buffer *buffer)
{
    struct fake_session *session = state;
    g_string_append_printf(session->asked, "look %s|", buffer->remote_id);
}

static void
driver_typing(void *state, const struct buffer *buffer, bool active)
{
    g_string_append_printf(((struct fake_session *)state)->asked, "typing %s %s|",
                           buffer->remote_id, active ? "on" : "off");
}

static void
driver_op_cancel(void *state, op_id op)
{
    g_array_append_val(((struct fake_session *)state)->cancelled, op);
}

static bool
driver_send_waits(void *state, op_id op)
{
    return ((struct fake_session *)state)->keeps;
}

static void
driver_pause(void *state, bool paused)
{
    struct fake_session *session = state;
    g_assert_true(session->paused != paused);
    session->paused = paused;
    session->pauses += paused;
}

static bool
driver_link(const char *link, struct link_target *ret_target)
{
    g_auto(GStrv) parts = NULL;

    if (!g_str_has_prefix(link, "fake://"))
        return false;
    parts = g_strsplit(link + strlen("fake://"), "/", 3);
    ret_target->server = g_strdup(parts[0]);
    ret_target->options = g_strdup_printf("server = %s\n", parts[0]);
    ret_target->conversation = g_strdup(parts[0] ? parts[1] : NULL);
    ret_target->message = g_strdup(parts[0] && parts[1] ? parts[2] : NULL);
    return true;
}

static bool
driver_open_link(void *state, op_id op, const struct link_target *target, GError **error)
{
    return asked(state, op, "link %s %s|", target->conversation,
                 target->message ? target->message : "-");
}

static const struct option_row driver_options[] = {
    {.name = "server", .type = OPTION_TEXT, .fallback = "Fake.example", .help = "A server."},
    {.name = "nick", .type = OPTION_TEXT, .help = "A name."},
    {.name = "password", .type = OPTION_SECRET, .help = "A password."},
    {0},
};

static const struct setup_row driver_setup[] = {
    {.name = "server",
     .option = "server",
     .label = "Server",
     .help = "Any name, as fake.example.",
     .missing = "A server is needed."},
    {.name = "login",
     .kind = SETUP_CHOICE,
     .label = "Log in by",
     .help = "none or password.",
     .choices = "none password"},
    {.name = "nick",
     .option = "nick",
     .label = "Your nick",
     .help = "A name.",
     .missing = "A nick is needed."},
    {.name = "password",
     .option = "password",
     .kind = SETUP_SECRET,
     .label = "Your password",
     .help = "It is not shown.",
     .when = "login=password"},
    {0},
};

static const struct driver_command driver_commands[] = {{.name = "whois",
                                                         .arguments = "NICK",
                                                         .help = "Tells who someone is.",
                                                         .example = "/whois uma",
                                                         .completes = {COMPLETE_USER},
                                                         .least = 1,
                                                         .most = 1},
                                                        {0}};

static bool
driver_command(void *state, op_id op, const struct driver_command *command,
               const struct buffer *buffer, const char *const *arguments, GError **error)
{
    return asked(state, op, "%s %s|", command->name, arguments[0]);
}

#define DRIVER_FIELDS                                                                              \
    .title = "Fake", .caps = FAKE_CAPS | FAKE_THREADS | CAP_SET_TOPIC | CAP_SEARCH | CAP_OPEN_DM,  \
    .marks = 1U << SPAN_BOLD | 1U << SPAN_CODE,                                                    \
    .limits = {.max_in_flight = 1, .dedupe_window_us = 30 * SECOND_US},                            \
    .making = {.note = "In links it is written small.", .private_ = true, .purpose = true},        \
    .options = driver_options, .commands = driver_commands, .open = driver_open,                   \
    .close = driver_close, .upload = driver_upload, .download = driver_download,                   \
    .press = driver_press, .connect = driver_connect, .disconnect = driver_disconnect,             \
    .send = driver_send, .split = driver_split, .hides = driver_hides, .history = driver_history,  \
    .thread = driver_thread, .replies_thread = true, .follow = driver_follow,                      \
    .mark_thread_read = driver_mark_thread_read, .join = driver_join, .create = driver_create,     \
    .open_dm = driver_open_dm, .browse = driver_browse, .leave = driver_leave,                     \
    .mark_read = driver_mark_read, .mark_back = driver_mark_back, .react = driver_react,           \
    .edit = driver_edit, .set_topic = driver_set_topic, .pin = driver_pin, .pins = driver_pins,    \
    .search = driver_search, .flag = driver_flag, .link_to = driver_link_to,                       \
    .mark_unread = driver_mark_unread, .delete_ = driver_delete, .typing = driver_typing,          \
    .members = driver_members, .look_at = driver_look_at, .command = driver_command,               \
    .op_cancel = driver_op_cancel, .send_waits = driver_send_waits, .pause = driver_pause,         \
    .draft = fake_driver_draft, .fill = fake_driver_fill, .setup = driver_setup,                   \
    .open_link = driver_open_link, .recognise_link = driver_link

static const struct driver driver_fake = {.name = "fake", DRIVER_FIELDS};
static const struct driver driver_keeping = {
    .name = "fake", DRIVER_FIELDS, .mute = fake_driver_mute};

const struct network fake_networks[] = {{.name = "fake", .driver = &driver_fake}, {0}};
const struct network fake_keeping_networks[] = {{.name = "fake", .driver = &driver_keeping}, {0}};

/* --- the fixture
 * ------------------------------------------------------------------------------------ */

static void
on_notice(const struct notice *notice, void *user)
{
    static const char *const names[] = {
        [NOTICE_ACCOUNT] = "account",
        [NOTICE_BUFFER_ADDED] = "added",
        [NOTICE_BUFFER_CHANGED] = "changed",
        [NOTICE_BUFFER_MOVED] = "moved",
        [NOTICE_BUFFER_CLOSED] = "closed",
        [NOTICE_GROUPS] = "groups",
        [NOTICE_MESSAGE] = "message",
        [NOTICE_MESSAGE_CHANGED] = "message-changed",
        [NOTICE_MESSAGES_RELOAD] = "reload",
        [NOTICE_MEMBERS] = "members",
        [NOTICE_DRAFT] = "draft",
        [NOTICE_FORM] = "form",
        [NOTICE_TYPING] = "typing",
        [NOTICE_TRANSFER] = "transfer",
        [NOTICE_FILE] = "file",
        [NOTICE_QUESTION] = "question",
        [NOTICE_ATTENTION] = "attention",
        [NOTICE_DISK] = "disk",
        [NOTICE_SHOW_BUFFER] = "show",
        [NOTICE_SHOW_MESSAGE] = "show-message",
        [NOTICE_CONFIG] = "config",
        [NOTICE_QUIT] = "quit",
    };
    struct fake *fake = user;
    const struct buffer *buffer = core_buffer(fake->core, notice->buffer_id);
    const char *text = notice->message != NULL ? notice->message->body->text : notice->text;
    const bool unstored =
        notice->message != NULL && (notice->message->flags & MESSAGE_NOT_STORED) != 0;

    fake->counts[notice->type]++;
    if (notice->type == NOTICE_INBOX)
        return; /* what made it change is told too */
    g_ptr_array_add(fake->notices,
                    g_strdup_printf("%s %s %s%s", names[notice->type],
                                    buffer != NULL ? buffer->name : "-", text != NULL ? text : "-",
                                    unstored ? " (not stored)" : ""));
    if (notice->type == NOTICE_QUESTION)
        fake->question = notice->question;
    if (notice->type == NOTICE_DISK) {
        g_free(fake->disk);
        fake->disk = g_strdup(notice->text);
    }
}

void
fake_open(struct fake *fake)
{
    const struct store_options options = {
        .dir = fake->dir, .mode = STORE_WRITE, .clock = fake->clock};
    const struct store_hooks hooks = {.vfs = fake->vfs};
    g_autofree char *override_file = g_build_filename(fake->dir, "override.conf", NULL);
    g_autoptr(GError) error = NULL;

    fake->store = store_open_hooked(&options, &hooks, NULL, &error);
    g_assert_no_error(error);
    fake->core = core_new(&(struct core_options){
        .config = config_load_file(fake->config_file, override_file, fake->networks),
        .store = fake->store,
        .clock = fake->clock,
        .networks = fake->networks,
        .download_dir = fake->download_dir,
        .cache_dir = fake->cache_dir,
        .unattended = fake->unattended,
        .read_only = fake->read_only,
    });
    bus_subscribe(core_bus(fake->core), on_notice, fake);
    if (!fake->unstarted)
        core_start(fake->core, &fake->net);
    fake_settle(fake);
}

void
fake_close(struct fake *fake)
{
    core_free(fake->core);
    fake->core = NULL;
    store_close(fake->store);
    fake->store = NULL;
}

void
fake_restart(struct fake *fake)
{
    fake_close(fake);
    fake_clear(fake);
    fake_open(fake);
}

struct fake *
fake_new_on(unsigned n_accounts, const char *vfs)
{
    static const char *const names[] = {"one", "two", "three"};
    struct fake *fake = g_new0(struct fake, 1);
    g_autoptr(GString) text = g_string_new("[notify]\n");

    fake->dir = scratch_new();
    fake->vfs = vfs;
    fake->networks = fake_networks;
    fake->config_file = g_build_filename(fake->dir, "weft.conf", NULL);
    fake->download_dir = g_build_filename(fake->dir, "downloads", NULL);
    fake->cache_dir = g_build_filename(fake->dir, "cache", NULL);
    g_string_truncate(text, 0);
    for (unsigned i = 0; i < n_accounts; i++)
        g_string_append_printf(text, "[account %s]\nnetwork = fake\n", names[i]);
    g_file_set_contents(fake->config_file, text->str, -1, NULL);
    fake->clock = clock_fake_new(FAKE_NOW_US);
    fake->sessions = g_ptr_array_new();
    fake->notices = g_ptr_array_new_with_free_func(g_free);
    fake_open(fake);
    return fake;
}

struct fake *
fake_new(unsigned n_accounts)
{
    return fake_new_on(n_accounts, NULL);
}

void
fake_free(struct fake *fake)
{
    fake_close(fake);
    clock_free(fake->clock);
    g_ptr_array_unref(fake->sessions);
    g_ptr_array_unref(fake->notices);
    g_free(fake->disk);
    g_free(fake->config_file);
    g_free(fake->download_dir);
    g_free(fake->cache_dir);
    scratch_free(fake->dir);
    g_free(fake);
}

void
fake_settle(struct fake *fake)
{
    /* What a commit's word causes may be stored in turn: a send takes four rounds. */
    for (int i = 0; i < 6; i++) {
        clock_fake_advance(fake->clock, 0);
        store_flush(fake->store);
    }
}

void
fake_advance(struct fake *fake, int64_t by_us)
{
    clock_fake_advance(fake->clock, by_us);
    fake_settle(fake);
}

void
fake_clear(struct fake *fake)
{
    g_ptr_array_set_size(fake->notices, 0);
    memset(fake->counts, 0, sizeof fake->counts);
}

struct fake_session *
fake_session(struct fake *fake, unsigned i)
{
    g_assert_cmpuint(i, <, fake->sessions->len);
    return fake->sessions->pdata[i];
}

const struct account *
fake_account(struct fake *fake, unsigned i)
{
    return core_accounts(fake->core)->pdata[i];
}

void
fake_state(struct fake *fake, unsigned i, enum account_state state)
{
    host_state(fake_session(fake, i)->host, state);
    fake_settle(fake);
}

void
fake_channel(struct fake *fake, unsigned i, const char *name, enum buffer_kind kind)
{
    host_emit(fake_session(fake, i)->host,
              &(struct event){.type = EVENT_BUFFER,
                              .conversation = name,
                              .buffer = {.kind = kind, .name = name, .joined = true}});
}

void
fake_caught_up(struct fake *fake, unsigned i, const char *conversation, bool whole)
{
    host_emit(fake_session(fake, i)->host, &(struct event){.type = EVENT_CAUGHT_UP,
                                                           .conversation = conversation,
                                                           .history_whole = whole});
    fake_settle(fake);
}

void
fake_online(struct fake *fake, unsigned i)
{
    struct host *host = fake_session(fake, i)->host;

    host_state(host, ACCOUNT_LOGIN);
    fake_caps(fake, i, FAKE_CAPS, NULL);
    host_emit(host, &(struct event){.type = EVENT_SELF,
                                    .self = {.id = "kai", .name = "Kai", .server_name = "Fake"}});
    host_state(host, ACCOUNT_CATCH_UP);
    fake_channel(fake, i, "#lab", BUFFER_CHANNEL);
    fake_caught_up(fake, i, NULL, false);
    host_state(host, ACCOUNT_ONLINE);
    fake_settle(fake);
}

void
fake_lost(struct fake *fake, unsigned i, enum weft_error code)
{
    g_autoptr(GError) error = g_error_new(WEFT_ERROR, code, "The line is cut.");
    host_lost(fake_session(fake, i)->host, error);
    fake_settle(fake);
}

void
fake_caps(struct fake *fake, unsigned i, unsigned caps, const struct limits *limits)
{
    struct host *host = fake_session(fake, i)->host;
    host->ops->caps(host, caps, limits);
}

static void
mark(struct rich *body, const char *part, enum span_kind kind, const char *data)
{
    if (part == NULL)
        return;
    const size_t start = (size_t)(strstr(body->text, part) - body->text);
    rich_add(body, start, start + strlen(part), kind, data);
}

void
fake_say(struct fake *fake, unsigned i, const struct fake_said *said)
{
    struct rich *body = rich_new(said->text, -1);
    const bool own = said->own || said->origin == ORIGIN_ECHO;
    const struct event event = {
        .type = EVENT_MESSAGE,
        .conversation = said->conversation != NULL ? said->conversation : "#lab",
        .message = {.origin = said->origin,
                    .kind = said->kind,
                    .remote_id = said->id,
                    .key = said->key,
                    .time_us = said->time_us != 0 ? FAKE_NOW_US + said->time_us : 0,
                    .sender_id = own ? "kai" : "uma",
                    .sender_name = own ? "Kai" : "Uma",
                    .own = own,
                    .perhaps_own = said->perhaps_own,
                    .body = body,
                    .files = said->files,
                    .buttons = said->buttons,
                    .relayed_by = said->relayed_by,
                    .cursor = said->cursor},
    };
    mark(body, said->spoiler, SPAN_SPOILER, NULL);
    mark(body, said->link, SPAN_LINK, said->target);
    host_emit(fake_session(fake, i)->host, &event);
    rich_free(body);
}

const struct buffer *
fake_buffer(struct fake *fake, unsigned i, const char *remote_id)
{
    const int64_t account_id = fake_account(fake, i)->id;
    const GPtrArray *buffers = core_buffers(fake->core);

    for (guint n = 0; n < buffers->len; n++) {
        const struct buffer *buffer = buffers->pdata[n];
        if (buffer->account_id == account_id && strcmp(buffer->remote_id, remote_id) == 0)
            return buffer;
    }
    return NULL;
}

void
fake_type(struct fake *fake, unsigned i, const char *text)
{
    g_autoptr(GError) error = NULL;
    struct rich *body = rich_new(text, -1);

    core_send(fake->core, fake_buffer(fake, i, "#lab")->id, MESSAGE_TEXT, body, NULL, &error);
    g_assert_no_error(error);
    rich_free(body);
}

char *
fake_timeline(struct fake *fake, unsigned i)
{
    GString *text = g_string_new(NULL);
    g_autoptr(GPtrArray) messages =
        store_load_newest(fake->store, fake_buffer(fake, i, "#lab")->id, 100);

    for (guint n = 0; n < messages->len; n++) {
        const struct message *message = messages->pdata[n];
        g_string_append_printf(text, "%s%s/%s", n > 0 ? "|" : "", message->body->text,
                               message_state_name(message->state));
    }
    return g_string_free(text, FALSE);
}

const struct fake_send *
fake_sent(struct fake *fake, unsigned i, unsigned n)
{
    const struct fake_session *session = fake_session(fake, i);
    g_assert_cmpuint(n, <, session->sends->len);
    return session->sends->pdata[n];
}

void
fake_done(struct fake *fake, unsigned i, op_id op, const char *remote_id, int64_t time_us)
{
    host_done(fake_session(fake, i)->host, op, remote_id, time_us != 0 ? FAKE_NOW_US + time_us : 0);
}

void
fake_failed(struct fake *fake, unsigned i, op_id op, enum weft_error code)
{
    g_autoptr(GError) error = g_error_new(WEFT_ERROR, code, "You are not in #lab.");
    host_failed(fake_session(fake, i)->host, op, error);
}

struct message *
fake_newest(struct fake *fake, unsigned i)
{
    g_autoptr(GPtrArray) messages =
        store_load_newest(fake->store, fake_buffer(fake, i, "#lab")->id, 1);
    g_assert_cmpuint(messages->len, ==, 1);
    return message_ref(messages->pdata[0]);
}
