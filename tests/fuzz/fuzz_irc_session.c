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
 * What must hold: an operation that was taken is completed at most once, never from inside the
 * call; every line that leaves fits the protocol's limits; the end is told once for each connect;
 * after close nothing is left. */
#include <stdlib.h>
#include <string.h>

#include "core/host.h"
#include "protocols/irc/irc.h"
#include "protocols/irc/irc_line.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/fake_host.h"

#define NOW_US    (G_GINT64_CONSTANT(1787220672) * G_USEC_PER_SEC)
#define MAX_STEPS 2000

struct life {
    struct fake_host *fake;
    struct options *options;
    void *session;
    op_id last_op;
    op_id calling; /* the operation inside whose call we are; 0: none */
    GHashTable *open;
    bool connected; /* connect() was called and no end was told */
    struct host_ops ops;
    const struct host_ops *real;
};

/* The host's functions are given the host only; one life is lived at a time. */
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
    now->real->done(host, op, remote_id, time_us);
}

static void
on_history_done(struct host *host, op_id op, const struct history_result *result)
{
    complete(op);
    now->real->history_done(host, op, result);
}

static void
on_browsed(struct host *host, op_id op, const struct browse_result *result)
{
    complete(op);
    now->real->browsed(host, op, result);
}

static void
on_failed(struct host *host, op_id op, const GError *error)
{
    g_assert_nonnull(error);
    complete(op);
    now->real->failed(host, op, error);
}

static void
on_lost(struct host *host, const GError *error)
{
    g_assert_nonnull(error);
    g_assert_true(now->connected);
    now->connected = false;
    now->real->lost(host, error);
}

static void
on_emit(struct host *host, const struct event *event)
{
    if (event->type == EVENT_MESSAGE || event->type == EVENT_BUFFER)
        g_assert_nonnull(event->conversation);
    if (event->type == EVENT_MESSAGE) {
        g_assert_cmpint((int)event->message.kind, <, MESSAGE_KIND_N);
        g_assert_cmpint(event->message.time_us, >=, 0);
    }
    now->real->emit(host, event);
}

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
    op_id op = life->calling = ++life->last_op;

    g_hash_table_add(life->open, GSIZE_TO_POINTER(op));
    if (!begin(life, op, letter, buffer, text))
        g_hash_table_remove(life->open, GSIZE_TO_POINTER(op));
    life->calling = 0;
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
        op_id op = life->calling = ++life->last_op;
        g_hash_table_add(life->open, GSIZE_TO_POINTER(op));
        if (!irc_driver.command(life->session, op, row, buffer, (const char *const *)words + 1,
                                NULL))
            g_hash_table_remove(life->open, GSIZE_TO_POINTER(op));
        life->calling = 0;
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

static void
connect_now(struct life *life)
{
    if (life->connected)
        return;
    g_hash_table_remove_all(life->open); /* their outcome is unknown: core looks for them */
    life->connected = true;
    irc_driver.connect(life->session);
    fake_advance_s(life->fake, 0);
    if (life->fake->stream)
        fake_net_open(life->fake, true);
}

static void
disconnect_now(struct life *life, const char *reason)
{
    if (!life->connected)
        return;
    irc_driver.disconnect(life->session, reason);
    fake_advance_s(life->fake, 2.1);
    g_assert_false(life->connected);
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
        fake_advance_s(life->fake,
                       steps_ms[(unsigned char)*text % G_N_ELEMENTS(steps_ms)] / 1000.0);
        break;
    case '-':
        clock_fake_step_wall(life->fake->host.clock, *text == '-' ? -86400000000 : 86400000000);
        break;
    case 'c':
        connect_now(life);
        break;
    case 'd':
        disconnect_now(life, text);
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

static void
life_begin(struct life *life, unsigned kind)
{
    static const char *const more[] = {
        "password = x\nsasl_required = no\njoin = #lab\n",
        "",
        "password = x\njoin = #lab key\nflood_control = on\n",
        "server_password = a:b\njoin = #lab\njoin = #ops\nsasl = plain\nsasl_required = no\n",
    };
    g_autofree char *text = g_strconcat("server = localhost\nnick = kai\ntls = on\n",
                                        more[kind % G_N_ELEMENTS(more)], NULL);

    *life = (struct life){.fake = fake_host_new(NOW_US), .options = fake_options_new(text)};
    life->open = g_hash_table_new(NULL, NULL);
    life->real = life->fake->host.ops;
    life->ops = *life->real;
    life->ops.done = on_done;
    life->ops.history_done = on_history_done;
    life->ops.browsed = on_browsed;
    life->ops.failed = on_failed;
    life->ops.lost = on_lost;
    life->ops.emit = on_emit;
    life->fake->host.ops = &life->ops;
    life->fake->secret = g_strdup("secret");
    now = life;
    life->session = irc_driver.open(life->options, &life->fake->host, NULL);
    g_assert_nonnull(life->session);
    connect_now(life);
}

static void
life_end(struct life *life, bool politely)
{
    life->fake->deaf = false;
    fake_settle(life->fake);
    if (politely)
        disconnect_now(life, "bye");
    irc_driver.close(life->session);
    g_assert_cmpuint(clock_fake_pending(life->fake->host.clock), ==, 0);
    g_assert_null(life->fake->stream);
    g_hash_table_unref(life->open);
    fake_options_free(life->options);
    fake_host_free(life->fake);
    now = NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    struct life life;
    unsigned kind = fuzz_number(&input, 255);

    life_begin(&life, kind);
    for (int i = 0; input.left > 0 && i < MAX_STEPS; i++) {
        size_t len;
        g_autofree char *line = fuzz_line(&input, &len);
        if (len == 0)
            continue;
        if (*line == '>' || *line == '<') {
            step(&life, *line, line + 1, len - 1);
        } else {
            struct fuzz_input rest = {(const uint8_t *)line + 1, len - 1};
            g_autofree char *text = fuzz_text(&rest);
            step(&life, *line, text, strlen(text));
        }
    }
    life_end(&life, kind < 128);
    return 0;
}
