/* protocols/irc, all of it: what a server sends, in any order and cut anywhere, with requests,
 * clock steps and lost connections between.
 *
 * An input is lines; the first byte says what a line is:
 *
 *     >TEXT   the server says TEXT and CR LF         <TEXT   these bytes and no more
 *     !       the server ends the connection         +N      the clock goes on (see steps_ms)
 *     d       the driver is told to disconnect       c       … to connect
 *     =TEXT   the server does what is usual: "l" registers, "j" takes us into #lab
 *     D       the stream takes nothing (on, off)     Ws W    the disk is slow; it has all
 *     sTEXT   send to #lab                           nTEXT   send a notice to maria
 *     mTEXT   an action in #lab                      /N|A    a command of the driver's
 *     --      the wall clock steps back by a day     other letters: see begin()
 *
 * What must hold besides life.h: every line that leaves fits the protocol's limits; after close
 * nothing is left. */
#include <stdlib.h>
#include <string.h>

#include "protocols/irc/irc.h"
#include "protocols/irc/irc_line.h"
#include "tests/fuzz/life.h"

#define NOW_US    (G_GINT64_CONSTANT(1787220672) * G_USEC_PER_SEC)
#define MAX_STEPS 2000

static void
check_sent(struct fake_host *fake)
{
    for (GList *at = fake->sent.head; at; at = at->next) {
        const char *line = at->data;
        const char *body = line;
        if (*line == '@') {
            body = strchr(line, ' ');
            g_assert_nonnull(body);
            body++;
            g_assert_cmpint(body - line - 1, <=, IRC_TAGS_BYTES + 1);
        }
        g_assert_cmpuint(strlen(body), <=, IRC_BODY_BYTES);
        g_assert_cmpint(*body, !=, '\0');
    }
    fake_forget(fake);
}

static struct buffer *
buffer_of(const char *conversation)
{
    struct buffer *buffer = g_new0(struct buffer, 1);

    buffer->remote_id = g_strdup(conversation);
    buffer->name = g_strdup(conversation);
    buffer->kind = *conversation == '#' ? BUFFER_CHANNEL
                   : *conversation      ? BUFFER_DIRECT
                                        : BUFFER_SERVER;
    return buffer;
}

static enum message_kind
kind_of(char letter)
{
    return letter == 'm' ? MESSAGE_ACTION : letter == 'n' ? MESSAGE_NOTICE : MESSAGE_TEXT;
}

/* What carries a text or asks for history. */
static bool
request_words(struct life *life, op_id op, char letter, const struct buffer *buffer,
              const char *text)
{
    const struct driver *driver = &irc_driver;
    /* For somebody: "NAME|TEXT", a name of "*" acts. */
    const char *bar = letter == 'A' ? strchr(text, '|') : NULL;
    g_autofree char *name = bar ? g_strndup(text, (size_t)(bar - text)) : NULL;
    struct rich *body = rich_new(bar ? bar + 1 : text, -1);
    const struct persona as = {.name = name};
    const struct send_request send = {.buffer = buffer,
                                      .kind =
                                          name && *name == '*' ? MESSAGE_ACTION : kind_of(letter),
                                      .body = body,
                                      .key = "key",
                                      .resend = letter == 'S',
                                      .as = name ? &as : NULL,
                                      .mark = name};
    const struct history_request history = {.buffer = buffer,
                                            .limit = 20,
                                            .newer = *text == 'n',
                                            .remote_id = *text == 'i' ? "x1" : NULL,
                                            .time_us = *text == 't' ? NOW_US - 1000 : 0};
    bool taken = false;

    if (letter == 'h') {
        taken = driver->history && driver->history(life->session, op, &history, NULL);
    } else if (letter == 'e') {
        struct message *said = message_new();
        said->remote_id = g_strdup("x1");
        taken = driver->edit && driver->edit(life->session, op, buffer, said, body, NULL);
        message_unref(said);
    } else if (letter == 'g' && driver->split) {
        GPtrArray *parts = driver->split(life->session, &send);
        g_assert_cmpuint(parts->len, >=, 1);
        g_ptr_array_unref(parts);
    } else {
        taken = driver->send(life->session, op, &send, NULL);
    }
    rich_free(body);
    return taken;
}

/* What is told and never answered. */
static void
tell(struct life *life, op_id op, char letter, const struct buffer *buffer, const char *text)
{
    struct message *message = message_new();

    message->time_us = NOW_US;
    if (letter == 'y' && irc_driver.typing)
        irc_driver.typing(life->session, buffer, *text != '-');
    else if (letter == 'k' && irc_driver.mark_read)
        irc_driver.mark_read(life->session, buffer, message);
    else if (letter == 'C' && irc_driver.op_cancel && op > 1)
        irc_driver.op_cancel(life->session, 1 + (op_id)strlen(text) % (op - 1));
    message_unref(message);
}

/* Driver operations by letter. True when it was taken. */
static bool
begin(struct life *life, op_id op, char letter, const struct buffer *buffer, const char *text)
{
    const struct driver *driver = &irc_driver;

    switch (letter) {
    case 's':
    case 'n':
    case 'm':
    case 'S':
    case 'h':
    case 'e':
    case 'g':
    case 'A':
        return request_words(life, op, letter, buffer, text);
    case 'j':
        return driver->join && driver->join(life->session, op, NULL, text, NULL, NULL);
    case 'p':
        return driver->leave && driver->leave(life->session, op, buffer, text, NULL);
    case 'q':
        return driver->open_dm && driver->open_dm(life->session, op, NULL, text, NULL);
    case 'w':
        return driver->user_info && driver->user_info(life->session, op, buffer, text, NULL);
    case 'u':
        return driver->members && driver->members(life->session, op, buffer, NULL);
    case 't':
        return driver->set_topic && driver->set_topic(life->session, op, buffer, text, NULL);
    case 'a':
        return driver->set_presence &&
               driver->set_presence(life->session, op, *text ? text : NULL, NULL);
    case 'r':
        return driver->raw && driver->raw(life->session, op, NULL, text, NULL);
    case 'x':
        return driver->delete_ && driver->delete_(life->session, op, buffer, "x1", NULL);
    case 'R':
        return driver->react &&
               driver->react(life->session, op, buffer, "x1", text, *text != '-', NULL);
    default:
        tell(life, op, letter, buffer, text);
        return false;
    }
}

static void
request(struct life *life, char letter, const char *text)
{
    struct buffer *buffer = buffer_of(letter == 'n' ? "maria" : letter == 'w' ? "" : "#lab");
    const op_id op = life_ask(life);

    life_asked(life, begin(life, op, letter, buffer, text));
    buffer_free(buffer);
}

/* One of the driver's own commands: "/NAME ARGUMENT|ARGUMENT". */
static void
run_command(struct life *life, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, "|", 4);
    const struct driver_command *row = irc_driver.commands;
    struct buffer *buffer = buffer_of("#lab");

    while (row->name && g_strcmp0(row->name, words[0]) != 0)
        row++;
    int n = words[0] ? (int)g_strv_length(words) - 1 : 0;
    if (row->name && n >= row->least && n <= row->most) {
        const op_id op = life_ask(life);
        life_asked(life, irc_driver.command(life->session, op, row, buffer,
                                            (const char *const *)words + 1, NULL));
    }
    buffer_free(buffer);
}

static void
say(struct life *life, const char *line)
{
    if (life->fake->stream)
        fake_net_say(life->fake, "%s", line);
}

/* What a server usually says, so that an input need not. */
static void
usual(struct life *life, char which)
{
    if (which == 'j') {
        say(life, ":kai!k@host JOIN #lab");
        say(life, ":irc.example 353 kai = #lab :kai @maria +bo");
        say(life, ":irc.example 366 kai #lab :End");
        return;
    }
    say(life, ":irc.example CAP * LS :message-tags server-time batch labeled-response echo-message "
              "account-tag multi-prefix chghost setname away-notify extended-join account-notify "
              "cap-notify standard-replies sasl=PLAIN draft/chathistory draft/event-playback "
              "draft/multiline=max-bytes=4096,max-lines=20 draft/message-redaction "
              "draft/read-marker invite-notify draft/typing draft/relaymsg=/");
    while (life->fake->stream) {
        g_autofree char *wanted = NULL;
        for (GList *at = life->fake->sent.head; at; at = at->next) {
            if (g_str_has_prefix(at->data, "CAP REQ ")) {
                g_free(wanted);
                wanted = g_strconcat(":irc.example CAP kai ACK ",
                                     (const char *)at->data + strlen("CAP REQ "), NULL);
            }
        }
        check_sent(life->fake);
        if (!wanted)
            break;
        say(life, wanted);
    }
    say(life, "AUTHENTICATE +");
    say(life, ":irc.example 903 kai :Logged in");
    say(life, ":irc.example 001 kai :Welcome");
    say(life, ":irc.example 005 kai NETWORK=TestNet CHANTYPES=# PREFIX=(qaohv)~&@%+ "
              "CHANMODES=beI,k,l,imnpst STATUSMSG=@+ CASEMAPPING=rfc1459 CHATHISTORY=100 "
              "MONITOR=100 WHOX MSGREFTYPES=msgid,timestamp :are supported");
    say(life, ":irc.example 376 kai :End of MOTD");
}

/* And the stream opens. */
static void
connect_now(struct life *life)
{
    const bool was_connected = life->connected;

    life_connect(life);
    if (was_connected)
        return;
    fake_advance_s(life->fake, 0);
    if (life->fake->stream)
        fake_net_open(life->fake, true);
}

static void
step(struct life *life, char letter, const char *text, size_t len)
{
    static const int steps_ms[] = {0, 10, 500, 2000, 11000, 31000, 65000, 200000, 4000000};

    switch (letter) {
    case '>':
        if (life->fake->stream) {
            g_autoptr(GString) line = g_string_new_len(text, (gssize)len);
            g_string_append(line, "\r\n");
            fake_net_bytes(life->fake, line->str, line->len);
        }
        break;
    case '<':
        if (life->fake->stream && len > 0)
            fake_net_bytes(life->fake, text, len);
        break;
    case '!':
        if (life->fake->stream)
            fake_net_end(life->fake);
        break;
    case '+':
        life_wait(life, steps_ms, G_N_ELEMENTS(steps_ms), text);
        break;
    case '-':
        clock_fake_step_wall(life->fake->host.clock, *text == '-' ? -86400000000 : 86400000000);
        break;
    case 'c':
        connect_now(life);
        break;
    case 'd':
        life_disconnect(life, text);
        break;
    case '=':
        usual(life, *text);
        break;
    case 'D':
        life->fake->deaf = !life->fake->deaf;
        break;
    case 'W':
        life->fake->slow_disk = *text == 's';
        fake_settle(life->fake);
        break;
    case '/':
        run_command(life, text);
        break;
    default:
        request(life, letter, text);
    }
    check_sent(life->fake);
}

static struct options *
options_of(unsigned kind)
{
    static const char *const more[] = {
        "password = x\nsasl_required = no\njoin = #lab\n",
        "",
        "password = x\njoin = #lab key\nflood_control = on\n",
        "server_password = a:b\njoin = #lab\njoin = #ops\nsasl = plain\nsasl_required = no\n",
    };
    g_autofree char *text = g_strconcat("server = localhost\nnick = kai\ntls = on\n",
                                        more[kind % G_N_ELEMENTS(more)], NULL);

    return fake_options_new(text);
}

static void
close_session(struct life *life, bool politely)
{
    life->fake->deaf = false;
    fake_settle(life->fake);
    if (politely)
        life_disconnect(life, "bye");
    irc_driver.close(life->session);
    g_assert_cmpuint(clock_fake_pending(life->fake->host.clock), ==, 0);
    g_assert_null(life->fake->stream);
    life_end(life);
    fake_host_free(life->fake);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    const unsigned kind = fuzz_number(&input, 255);
    struct options *options = options_of(kind);
    struct life life = {.driver = &irc_driver, .fake = fake_host_new(NOW_US), .goodbye_s = 2.1};

    life.fake->secret = g_strdup("secret");
    life.session = irc_driver.open(options, &life.fake->host, NULL);
    g_assert_nonnull(life.session);
    life_begin(&life);
    connect_now(&life);
    life_live(&life, &input, MAX_STEPS, "<>", step);
    close_session(&life, kind < 128);
    fake_options_free(options);
    return 0;
}
