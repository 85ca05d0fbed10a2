/* protocols/matterbridge, all of it: frames, lines and answers of a server, in any order, with
 * requests, clock steps and lost connections between.
 *
 * An input is lines; the first byte says what a line is:
 *
 *     >FIELDS a message by the socket with these fields ("\"text\":\"x\",\"id\":\"1\"")
 *     <TEXT   a frame of these bytes
 *     =TEXT   the oldest request that waits is answered so
 *     rN      the ring is answered with N messages;  lTEXT: a piece of the stream, LTEXT: its line
 * ends 4TEXT   refused (404);  u: (401);  5: in trouble (500);  0: the connection breaks ! the
 * socket ends;  g: it greets;  n: it is refused c       the driver is told to connect;  d: to
 * disconnect;  +N: the clock goes on (steps_ms) z, Z    reading pauses, goes on sTEXT   send;
 * fTEXT: download
 *
 * The first byte of the input: which way of reading, and whether a server that is well answers what
 * nobody else does.
 *
 * What must hold: an operation that was taken is completed at most once, never from inside the
 * call; the end is told once for each connect; at most one reads the ring, and one message is
 * under way; after close nothing is left. */
#include <string.h>

#include "protocols/matterbridge/matterbridge.h"
#include "tests/drivers/matterbridge/world.h"
#include "tests/fuzz/fuzz.h"

#define MAX_STEPS 300

struct life {
    struct world w;
    GHashTable *open;
    op_id calling; /* the operation inside whose call we are; 0: none */
    bool connected;
    const struct host_ops *real;
    struct host_ops ops;
    unsigned said;
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
    g_assert_cmpint(time_us, >=, 0);
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
check_files(const GPtrArray *files)
{
    for (guint i = 0; files && i < files->len; i++) {
        const struct attachment *file = files->pdata[i];
        g_assert_true(*file->name && !strchr(file->name, '/') && strcmp(file->name, "..") != 0);
        g_assert_cmpint(file->size_bytes, >=, 0);
    }
}

static void
on_emit(struct host *host, const struct event *event)
{
    if (event->type == EVENT_MESSAGE) {
        const struct rich *body = event->message.body;
        if (body)
            fuzz_assert_utf8(body->text, body->len);
        g_assert_true(*event->conversation);
        g_assert_cmpint(event->message.time_us, >=, 0);
        check_files(event->message.files);
    }
    now->real->emit(host, event);
}

static void
request(struct life *life, char letter, const char *text)
{
    struct buffer *buffer = world_buffer("commons");
    struct rich *body = rich_new(text, -1);
    const struct persona as = {.name = text};
    const struct send_request send = {.buffer = buffer,
                                      .kind = *text == '/' ? MESSAGE_ACTION : MESSAGE_TEXT,
                                      .body = body,
                                      .key = "key",
                                      .as = *text == '^' ? &as : NULL};
    const struct download_request download = {.file_id = text, .max_bytes = 1000};
    const op_id op = life->calling = ++life->w.last_op;

    g_hash_table_add(life->open, GSIZE_TO_POINTER(op));
    const bool taken = letter == 'f'
                           ? matterbridge_driver.download(life->w.session, op, &download, NULL)
                           : matterbridge_driver.send(life->w.session, op, &send, NULL);
    if (!taken)
        g_hash_table_remove(life->open, GSIZE_TO_POINTER(op));
    life->calling = 0;
    if (*text == 'C')
        matterbridge_driver.op_cancel(life->w.session, op);
    rich_free(body);
    buffer_free(buffer);
}

static void
connect_now(struct life *life)
{
    if (life->connected)
        return;
    g_hash_table_remove_all(life->open); /* their outcome is unknown */
    life->connected = true;
    matterbridge_driver.connect(life->w.session);
}

static void
disconnect_now(struct life *life)
{
    if (!life->connected)
        return;
    matterbridge_driver.disconnect(life->w.session, "bye");
    fake_advance_s(life->w.fake, 2);
    g_assert_false(life->connected);
}

static void
answer(struct life *life, int status, const char *body)
{
    if (fake_web_waiting(life->w.web) > 0)
        fake_web_answer(life->w.web, "*", status, body);
}

static void
ring(struct life *life, const char *text)
{
    g_autofree char *body = world_ring((unsigned)(*text & 31), 1000 * (int64_t)life->said++);

    if (fake_web_fits(life->w.web, RING) > 0)
        fake_web_answer(life->w.web, RING, 200, body);
}

static void
stream(struct life *life, const char *text, const char *end)
{
    g_autofree char *piece = g_strconcat(text, end, NULL);

    if (fake_web_fits(life->w.web, STREAM) > 0)
        fake_web_data(life->w.web, STREAM, piece);
}

static void
tell(struct life *life, const char *fields)
{
    g_autofree char *extra = *fields ? g_strconcat(",", fields, NULL) : g_strdup("");

    if (life->w.web->ws)
        world_say(&life->w, 1000 * (int64_t)life->said++, "soup", extra);
}

static void
socket_step(struct life *life, char letter, const char *text, size_t len)
{
    struct fake_web *web = life->w.web;

    if (!web->ws)
        return;
    if (letter == '<')
        fake_ws_bytes(web, text, len, false);
    else if (letter == 'g')
        fake_ws_say(web, "{\"event\":\"api_connected\"}");
    else if (letter == '!')
        fake_ws_end(web, 1006);
    else
        fake_ws_refuse(web, *text == '1' ? 401 : 404);
}

static void
step(struct life *life, char letter, const char *text, size_t len)
{
    static const int steps_ms[] = {0, 20, 300, 1600, 2000, 5000, 31000, 61000, 600000};
    struct world *w = &life->w;

    switch (letter) {
    case '>':
        tell(life, text);
        break;
    case '<':
    case 'g':
    case '!':
    case 'n':
        socket_step(life, letter, text, len);
        break;
    case 'r':
        ring(life, text);
        break;
    case 'l':
    case 'L':
        stream(life, text, letter == 'L' ? "\n" : "");
        break;
    case '=':
        answer(life, 200, text);
        break;
    case '4':
        answer(life, 404, text);
        break;
    case 'u':
        answer(life, 401, text);
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
    case 'z':
    case 'Z':
        matterbridge_driver.pause(w->session, letter == 'z');
        break;
    default:
        request(life, letter, text);
    }
    for (int i = 0; i < 20; i++)
        fake_advance_s(w->fake, 0);
    g_assert_cmpuint(fake_web_fits(w->web, RING) + fake_web_fits(w->web, STREAM), <=, 1);
    g_assert_cmpuint(fake_web_fits(w->web, POST), <=, 1);
}

static void
life_begin(struct life *life, unsigned kind)
{
    static const char *const ways[] = {"stream = auto\n", "stream = on\n", "stream = off\n",
                                       "stream = auto\ntag = on\nstrip = ^.\n"};
    g_autofree char *more = g_strconcat("gateway = commons\n", ways[kind & 3], NULL);

    *life = (struct life){.open = g_hash_table_new(NULL, NULL)};
    now = life;
    world_open(&life->w, more);
    life->w.fake->quiet = true;
    life->real = life->w.fake->host.ops;
    life->ops = *life->real;
    life->ops.done = on_done;
    life->ops.failed = on_failed;
    life->ops.lost = on_lost;
    life->ops.emit = on_emit;
    life->w.fake->host.ops = &life->ops;
    if ((kind & 4) != 0)
        fake_web_rule(life->w.web, HEALTH, 0, 200, "OK", NULL);
    life->w.web->silent = (kind & 8) != 0;
    connect_now(life);
    world_settle(&life->w);
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
