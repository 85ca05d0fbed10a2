/* protocols/mattermost, all of it: events and answers of a server, in any order, with requests,
 * clock steps and lost connections between.
 *
 * An input is lines; the first byte says what a line is:
 *
 *     >NAME|DATA|BROADCAST   an event with the next number
 *     <TEXT   a frame of these bytes
 *     =TEXT   the oldest request that waits is answered so
 *     4TEXT   it is refused (404);  u: (401);  5: in trouble (500);  0: the connection breaks
 *     !       the socket ends;  g: the server greets;  p: it answers a ping
 *     c       the driver is told to connect;  d: to disconnect;  +N: the clock goes on (steps_ms)
 *     sTEXT   send;  hTEXT: history before;  xTEXT: delete;  rTEXT: react;  eTEXT: edit
 *     jTEXT   join;  m: members;  kTEXT: create;  oTEXT: talk with;  bTEXT: browse
 *     l       look;  v: mark read;  /TEXT: a command;  V: earlier texts
 *     t       a whole thread;  f, f-: follow it, or not;  P, P-: pin;  F, F-: flag
 *
 * The first byte of the input: whether a server in its usual state answers what nobody else does.
 *
 * What must hold besides life.h: after close nothing is left. */
#include <string.h>

#include "protocols/mattermost/mattermost.h"
#include "tests/drivers/mattermost/world.h"
#include "tests/fuzz/life_web.h"

#define MAX_STEPS 400

struct talk {
    struct life life; /* first: steps find the talk by it */
    struct world w;
};

static void
check_event(const struct event *event)
{
    const struct rich *body = event->type == EVENT_MESSAGE ? event->message.body : NULL;

    if (!body)
        return;
    fuzz_assert_utf8(body->text, body->len);
    g_assert_cmpint(event->message.sort_key, >, 0);
    g_assert_cmpuint(strlen(event->message.remote_id), ==, 26);
}

#define POST "p0000000000000000000000001"

/* On one message, or on what is known of a conversation. */
static bool
begin_deed(struct life *life, op_id op, char letter, const struct buffer *lab, const char *text)
{
    const struct driver *driver = &mattermost_driver;
    void *session = life->session;
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
    void *session = life->session;
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
    const op_id op = life_ask(life);

    if (letter == 'l') {
        mattermost_driver.look_at(life->session, lab);
        mattermost_driver.typing(life->session, lab, true);
    } else if (letter == 'v') {
        struct message *upto = message_new();
        upto->time_us = INT64_MAX;
        mattermost_driver.mark_read(life->session, lab, upto);
        message_unref(upto);
    }
    life_asked(life, begin(life, op, letter, lab, text));
    if (*text == 'C')
        mattermost_driver.op_cancel(life->session, op);
    buffer_free(lab);
}

static void
tell_event(struct talk *talk, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "|", 3);
    const unsigned n = g_strv_length(parts);

    if (talk->w.web->ws && n > 0)
        world_event(&talk->w, parts[0], n > 1 && *parts[1] ? parts[1] : "{}",
                    n > 2 && *parts[2] ? parts[2] : "{\"channel_id\":\"" LAB "\"}");
}

static void
step(struct life *life, char letter, const char *text, size_t len)
{
    static const int steps_ms[] = {0, 10, 500, 1000, 2000, 5000, 30000, 61000, 600000};
    struct talk *talk = (struct talk *)(void *)life;
    struct world *w = &talk->w;

    switch (letter) {
    case '>':
        tell_event(talk, text);
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
    case '+':
        life_wait(life, steps_ms, G_N_ELEMENTS(steps_ms), text);
        break;
    case 'c':
        life_connect(life);
        break;
    case 'd':
        life_disconnect(life, "bye");
        break;
    default:
        if (!life_web_answer(w->web, letter, text))
            request(life, letter, text);
    }
    life_web_settle(life);
}

static void
open_talk(struct talk *talk, unsigned kind)
{
    struct world *w = &talk->w;

    *talk = (struct talk){
        .w = {.names = (kind & 8) != 0, .last_lab_ms = (kind & 4) != 0 ? NOW_MS + 4 : 0}};
    world_open(w, (kind & 2) != 0 ? "user = kai\npassword = x\n" : NULL);
    w->fake->quiet = true;
    talk->life.driver = &mattermost_driver;
    talk->life.fake = w->fake;
    talk->life.session = w->session;
    talk->life.goodbye_s = 2.1;
    talk->life.check = check_event;
    life_begin(&talk->life);
    if ((kind & 1) != 0)
        world_rules(w);
    life_connect(&talk->life);
    world_settle(w);
    if ((kind & 1) != 0 && w->web->ws)
        world_greet(w, CONN);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct talk talk;
    const unsigned kind = fuzz_number(&input, 255);

    open_talk(&talk, kind);
    life_live(&talk.life, &input, MAX_STEPS, "<", step);
    if (kind < 128)
        life_disconnect(&talk.life, "bye");
    world_close(&talk.w);
    life_end(&talk.life);
    return 0;
}
