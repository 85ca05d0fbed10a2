/* protocols/matterbridge, all of it: frames, lines and answers of a server, in any order, with
 * requests, clock steps and lost connections between.
 *
 * An input is lines; the first byte says what a line is:
 *
 *     >FIELDS a message by the socket with these fields ("\"text\":\"x\",\"id\":\"1\"")
 *     <TEXT   a frame of these bytes
 *     =TEXT   the oldest request that waits is answered so
 *     4TEXT   it is refused (404);  u: (401);  5: in trouble (500);  0: the connection breaks
 *     rN      the ring is answered with N messages
 *     lTEXT   a piece of the stream;  LTEXT: its line ends
 *     !       the socket ends;  g: it greets;  n: it is refused
 *     c       the driver is told to connect;  d: to disconnect;  +N: the clock goes on (steps_ms)
 *     z, Z    reading pauses, goes on
 *     sTEXT   send;  fTEXT: download
 *
 * The first byte of the input: which way of reading, and whether a server that is well answers what
 * nobody else does.
 *
 * What must hold besides life.h: at most one reads the ring, and one message is under way; after
 * close nothing is left. */
#include <string.h>

#include "protocols/matterbridge/matterbridge.h"
#include "tests/drivers/matterbridge/world.h"
#include "tests/fuzz/life_web.h"

#define MAX_STEPS 300

struct talk {
    struct life life; /* first: steps find the talk by it */
    struct world w;
    unsigned said;
};

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
check_event(const struct event *event)
{
    const struct rich *body = event->type == EVENT_MESSAGE ? event->message.body : NULL;

    if (event->type != EVENT_MESSAGE)
        return;
    if (body)
        fuzz_assert_utf8(body->text, body->len);
    g_assert_true(*event->conversation);
    check_files(event->message.files);
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
    const op_id op = life_ask(life);
    const bool taken = letter == 'f'
                           ? matterbridge_driver.download(life->session, op, &download, NULL)
                           : matterbridge_driver.send(life->session, op, &send, NULL);

    life_asked(life, taken);
    if (*text == 'C')
        matterbridge_driver.op_cancel(life->session, op);
    rich_free(body);
    buffer_free(buffer);
}

static void
ring(struct talk *talk, const char *text)
{
    g_autofree char *body = world_ring((unsigned)(*text & 31), 1000 * (int64_t)talk->said++);

    if (fake_web_fits(talk->w.web, RING) > 0)
        fake_web_answer(talk->w.web, RING, 200, body);
}

static void
stream(struct talk *talk, const char *text, const char *end)
{
    g_autofree char *piece = g_strconcat(text, end, NULL);

    if (fake_web_fits(talk->w.web, STREAM) > 0)
        fake_web_data(talk->w.web, STREAM, piece);
}

static void
tell(struct talk *talk, const char *fields)
{
    g_autofree char *extra = *fields ? g_strconcat(",", fields, NULL) : g_strdup("");

    if (talk->w.web->ws)
        world_say(&talk->w, 1000 * (int64_t)talk->said++, "soup", extra);
}

static void
socket_step(struct talk *talk, char letter, const char *text, size_t len)
{
    struct fake_web *web = talk->w.web;

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
    struct talk *talk = (struct talk *)(void *)life;

    switch (letter) {
    case '>':
        tell(talk, text);
        break;
    case '<':
    case 'g':
    case '!':
    case 'n':
        socket_step(talk, letter, text, len);
        break;
    case 'r':
        ring(talk, text);
        break;
    case 'l':
    case 'L':
        stream(talk, text, letter == 'L' ? "\n" : "");
        break;
    case '+':
        life_wait(life, steps_ms, G_N_ELEMENTS(steps_ms), text);
        break;
    case 'c':
        life_connect(life);
        break;
    case 'd':
        life_disconnect(life, "bye");
        break;
    case 'z':
    case 'Z':
        matterbridge_driver.pause(life->session, letter == 'z');
        break;
    default:
        if (!life_web_answer(talk->w.web, letter, text))
            request(life, letter, text);
    }
    life_web_settle(life);
    g_assert_cmpuint(fake_web_fits(talk->w.web, RING) + fake_web_fits(talk->w.web, STREAM), <=, 1);
    g_assert_cmpuint(fake_web_fits(talk->w.web, POST), <=, 1);
}

static void
begin(struct talk *talk, unsigned kind)
{
    static const char *const ways[] = {"stream = auto\n", "stream = on\n", "stream = off\n",
                                       "stream = auto\ntag = on\nstrip = ^.\n"};
    g_autofree char *more = g_strconcat("gateway = commons\n", ways[kind & 3], NULL);

    *talk = (struct talk){.said = 0};
    world_open(&talk->w, more);
    talk->w.fake->quiet = true;
    talk->life.driver = &matterbridge_driver;
    talk->life.fake = talk->w.fake;
    talk->life.session = talk->w.session;
    talk->life.goodbye_s = 2;
    talk->life.check = check_event;
    life_begin(&talk->life);
    if ((kind & 4) != 0)
        fake_web_rule(talk->w.web, HEALTH, 0, 200, "OK", NULL);
    talk->w.web->silent = (kind & 8) != 0;
    life_connect(&talk->life);
    world_settle(&talk->w);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct talk talk;
    const unsigned kind = fuzz_number(&input, 255);

    begin(&talk, kind);
    life_live(&talk.life, &input, MAX_STEPS, "<", step);
    if (kind < 128)
        life_disconnect(&talk.life, "bye");
    world_close(&talk.w);
    life_end(&talk.life);
    return 0;
}
