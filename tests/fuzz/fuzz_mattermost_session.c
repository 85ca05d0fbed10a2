/* protocols/mattermost, all of it: events and answers of a server, in any order, with requests,
 * clock steps and lost connections between.
 *
 * An input is lines; the first byte says what a line is:
 *
 *     >NAME|DATA|BROADCAST   an event with the next number
 *     <TEXT   a frame of these bytes
 *     =TEXT   the oldest request that waits is answered so
 *     4TEXT   it is refused (404);  5: in trouble (500);  0: the connection breaks
 *     !       the socket ends;  g: the server greets;  p: it answers a ping
 *     c       the driver is told to connect;  d: to disconnect;  +N: the clock goes on (steps_ms)
 *     sTEXT   send;  hTEXT: history before;  xTEXT: delete;  rTEXT: react;  eTEXT: edit
 *     jTEXT   join;  m: members;  kTEXT: create;  oTEXT: talk with;  bTEXT: browse
 *     l       look;  v: mark read;  /TEXT: a command;  V: earlier texts
 *     t       a whole thread;  f, f-: follow it, or not;  P, P-: pin;  F, F-: flag
 *
 * The first byte of the input: whether a server in its usual state answers what nobody else does.
 *
 * What must hold: an operation that was taken is completed at most once, never from inside the
 * call; the end is told once for each connect; after close nothing is left. */
#include <string.h>

#include "protocols/mattermost/mattermost.h"
#include "tests/drivers/mattermost/world.h"
#include "tests/fuzz/fuzz.h"

#define MAX_STEPS 400

struct life {
    struct world w;
    GHashTable *open;
    op_id calling; /* the operation inside whose call we are; 0: none */
    bool connected;
    const struct host_ops *real;
    struct host_ops ops;
};

static struct life *now;

static void
complete(op_id op)
{
    g_assert_cmpuint(op, !=, now->calling);
    g_assert_true(g_hash_table_remove(now->open, GSIZE_TO_POINTER(op)));
}

static void
on_done(struct host *host, op_id op, const char *remote_id, int64_t time_us)
{
    complete(op);
}

static void
on_history_done(struct host *host, op_id op, const struct history_result *result)
{
    g_assert_true((result->n == 0) == (result->oldest_key == 0));
    complete(op);
}

static void
on_browsed(struct host *host, op_id op, const struct browse_result *result)
{
    complete(op);
}

static void
on_failed(struct host *host, op_id op, const GError *error)
{
    g_assert_nonnull(error);
    complete(op);
}

static void
on_lost(struct host *host, const GError *error)
{
    g_assert_nonnull(error);
    g_assert_true(now->connected);
    now->connected = false;
}

static void
on_emit(struct host *host, const struct event *event)
{
    if (event->type == EVENT_MESSAGE) {
        const struct rich *body = event->message.body;
        fuzz_assert_utf8(body->text, body->len);
        g_assert_cmpint(event->message.sort_key, >, 0);
        g_assert_cmpuint(strlen(event->message.remote_id), ==, 26);
    }
    now->real->emit(host, event);
}

#define POST "p0000000000000000000000001"

/* On one message, or on what is known of a conversation. */
static bool
begin_deed(struct life *life, op_id op, char letter, const struct buffer *lab, const char *text)
{
    const struct driver *driver = &mattermost_driver;
    void *session = life->w.session;
    const struct create_request create = {.from = lab, .name = text};
    const struct browse_request browse = {.from = lab, .words = text};
    struct message *said = message_new();
    struct rich *body = driver->read_typed(session, lab, text);
    bool taken = false;

    fuzz_assert_utf8(body->text, body->len);
    said->remote_id = g_strdup(POST);
    switch (letter) {
    case 'e':
        taken = driver->edit(session, op, lab, said, body, NULL);
        break;
    case 't':
        taken = driver->thread(session, op, lab, POST, NULL);
        break;
    case 'f':
        taken = driver->follow(session, op, lab, POST, *text != '-', NULL);
        break;
    case 'P':
        taken = driver->pin(session, op, lab, POST, *text != '-', NULL);
        break;
    case 'F':
        taken = driver->flag(session, op, lab, POST, *text != '-', NULL);
        break;
    case 'V':
        taken = driver->revisions(session, op, lab, POST, NULL);
        break;
    case '/':
        taken = driver->raw(session, op, lab, text, NULL);
        break;
    case 'k':
        taken = driver->create(session, op, &create, NULL);
        break;
    case 'b':
        taken = driver->browse(session, op, &browse, NULL);
        break;
    default:
        break;
    }
    rich_free(body);
    message_unref(said);
    return taken;
}

static bool
begin(struct life *life, op_id op, char letter, const struct buffer *lab, const char *text)
{
    const struct driver *driver = &mattermost_driver;
    void *session = life->w.session;
    struct rich *body = rich_new(text, -1);
    const struct persona as = {.name = text, .avatar = text}; /* for somebody */
    const struct send_request send = {.buffer = lab,
                                      .kind = *text == '/' ? MESSAGE_ACTION : MESSAGE_TEXT,
                                      .body = body,
                                      .key = "key",
                                      .reply_to = *text == '^' ? text + 1 : NULL,
                                      .as = letter == 'A' ? &as : NULL,
                                      .mark = letter == 'A' ? text : NULL};
    const struct history_request history = {
        .buffer = lab, .remote_id = text, .limit = 10, .newer = *text == 'n'};
    bool taken = false;

    switch (letter) {
    case 's':
    case 'A':
        taken = driver->send(session, op, &send, NULL);
        break;
    case 'h':
        taken = driver->history(session, op, &history, NULL);
        break;
    case 'x':
        taken = driver->delete_(session, op, lab, text, NULL);
        break;
    case 'r':
        taken = driver->react(session, op, lab, "p0000000000000000000000001", text, true, NULL);
        break;
    case 'j':
        taken = driver->join(session, op, lab, text, NULL, NULL);
        break;
    case 'o':
        taken = driver->open_dm(session, op, lab, text, NULL);
        break;
    case 'm':
        taken = driver->members(session, op, lab, NULL);
        break;
    default:
        taken = begin_deed(life, op, letter, lab, text);
    }
    rich_free(body);
    return taken;
}

static void
request(struct life *life, char letter, const char *text)
{
    struct buffer *lab = world_buffer(LAB);
    const op_id op = life->calling = ++life->w.last_op;

    g_hash_table_add(life->open, GSIZE_TO_POINTER(op));
    if (letter == 'l') {
        mattermost_driver.look_at(life->w.session, lab);
        mattermost_driver.typing(life->w.session, lab, true);
    } else if (letter == 'v') {
        struct message *upto = message_new();
        upto->time_us = INT64_MAX;
        mattermost_driver.mark_read(life->w.session, lab, upto);
        message_unref(upto);
    }
    if (!begin(life, op, letter, lab, text))
        g_hash_table_remove(life->open, GSIZE_TO_POINTER(op));
    life->calling = 0;
    if (*text == 'C')
        mattermost_driver.op_cancel(life->w.session, op);
    buffer_free(lab);
}

static void
connect_now(struct life *life)
{
    if (life->connected)
        return;
    g_hash_table_remove_all(life->open); /* their outcome is unknown: core looks for them */
    life->connected = true;
    mattermost_driver.connect(life->w.session);
}

static void
disconnect_now(struct life *life)
{
    if (!life->connected)
        return;
    mattermost_driver.disconnect(life->w.session, "bye");
    fake_advance_s(life->w.fake, 2.1);
    g_assert_false(life->connected);
}

static void
answer(struct life *life, int status, const char *body)
{
    if (fake_web_waiting(life->w.web) > 0)
        fake_web_answer(life->w.web, "*", status, body);
}

static void
tell_event(struct life *life, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "|", 3);
    const unsigned n = g_strv_length(parts);

    if (life->w.web->ws && n > 0)
        world_event(&life->w, parts[0], n > 1 && *parts[1] ? parts[1] : "{}",
                    n > 2 && *parts[2] ? parts[2] : "{\"channel_id\":\"" LAB "\"}");
}

static void
step(struct life *life, char letter, const char *text, size_t len)
{
    static const int steps_ms[] = {0, 10, 500, 1000, 2000, 5000, 30000, 61000, 600000};
    struct world *w = &life->w;

    switch (letter) {
    case '>':
        tell_event(life, text);
        break;
    case '<':
        if (w->web->ws)
            fake_ws_bytes(w->web, text, len, false);
        break;
    case 'g':
        if (w->web->ws)
            world_greet(w, *text ? CONN2 : CONN);
        break;
    case 'p':
        if (w->web->ws)
            fake_ws_say(w->web, "{\"status\":\"OK\",\"seq_reply\":1}");
        break;
    case '!':
        if (w->web->ws)
            fake_ws_end(w->web, 1006);
        break;
    case '=':
        answer(life, 200, text);
        break;
    case '4':
        answer(life, 404, text);
        break;
    case '5':
        answer(life, 500, text);
        break;
    case '0':
        answer(life, 0, text);
        break;
    case '+':
        fake_advance_s(w->fake, steps_ms[(unsigned char)*text % G_N_ELEMENTS(steps_ms)] / 1000.0);
        break;
    case 'c':
        connect_now(life);
        break;
    case 'd':
        disconnect_now(life);
        break;
    default:
        request(life, letter, text);
    }
    for (int i = 0; i < 20; i++)
        fake_advance_s(w->fake, 0);
}

static void
life_begin(struct life *life, unsigned kind)
{
    *life = (struct life){.open = g_hash_table_new(NULL, NULL)};
    now = life;
    life->w.names = (kind & 8) != 0;
    life->w.last_lab_ms = (kind & 4) != 0 ? NOW_MS + 4 : 0;
    world_open(&life->w, (kind & 2) != 0 ? "user = kai\npassword = x\n" : NULL);
    life->w.fake->quiet = true;
    life->real = life->w.fake->host.ops;
    life->ops = *life->real;
    life->ops.done = on_done;
    life->ops.history_done = on_history_done;
    life->ops.browsed = on_browsed;
    life->ops.failed = on_failed;
    life->ops.lost = on_lost;
    life->ops.emit = on_emit;
    life->w.fake->host.ops = &life->ops;
    if ((kind & 1) != 0)
        world_rules(&life->w);
    connect_now(life);
    world_settle(&life->w);
    if ((kind & 1) != 0 && life->w.web->ws)
        world_greet(&life->w, CONN);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct life life;
    const unsigned kind = fuzz_number(&input, 255);

    life_begin(&life, kind);
    for (int i = 0; input.left > 0 && i < MAX_STEPS; i++) {
        size_t len;
        g_autofree char *line = fuzz_line(&input, &len);
        if (len == 0)
            continue;
        struct fuzz_input rest = {(const uint8_t *)line + 1, len - 1};
        g_autofree char *text = *line == '<' ? g_strndup(line + 1, len - 1) : fuzz_text(&rest);
        step(&life, *line, text, strlen(text));
    }
    if (kind < 128)
        disconnect_now(&life);
    world_close(&life.w);
    g_hash_table_unref(life.open);
    now = NULL;
    return 0;
}
