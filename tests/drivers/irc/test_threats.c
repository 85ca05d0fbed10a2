/* What a server or a person may try with the driver: docs/security.md, by the threats' numbers. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "protocols/irc/irc.h"
#include "tests/drivers/irc/transcript.h"

/* --- 1: every message with every part absent, empty, in the wrong number --- */

static const char *const commands[] = {
    "ACCOUNT", "ACK",    "AUTHENTICATE", "AWAY",    "BATCH",   "CAP",    "CHATHISTORY", "CHGHOST",
    "ERROR",   "FAIL",   "INVITE",       "JOIN",    "KICK",    "KILL",   "MARKREAD",    "MODE",
    "MONITOR", "NICK",   "NOTE",         "NOTICE",  "PART",    "PING",   "PONG",        "PRIVMSG",
    "QUIT",    "REDACT", "REGISTER",     "RENAME",  "SETNAME", "TAGMSG", "TOPIC",       "VERIFY",
    "WALLOPS", "WARN",   "BOUNCER",      "UNKNOWN",
};

static const char *const sources[] = {NULL,  "",     ":maria!m@h ", ":kai!k@h ", ":irc.example ",
                                      ":! ", ":!@ ", ": "};

/* A parameter as it should be, by its place. */
static const char *const likely[] = {"kai", "#lab", "maria", "+o", "maria", "last words"};

struct runner {
    struct transcript t;
    unsigned lines;
};

static void
be_online(struct runner *runner)
{
    struct transcript *t = &runner->t;

    t->fake->quiet = true;
    irc_driver.connect(t->session);
    fake_advance_s(t->fake, 0);
    if (!t->fake->stream)
        return;
    fake_net_open(t->fake, true);
    fake_net_say(t->fake, ":irc.example CAP * LS :" WITH_HISTORY);
    fake_net_say(t->fake, ":irc.example CAP * ACK :" WITH_HISTORY);
    fake_net_say(t->fake, ":irc.example 001 kai :Welcome\r\n:irc.example 422 kai :none");
    if (t->fake->stream)
        fake_net_say(t->fake, ":kai!k@h JOIN #lab\r\n:irc.example 353 kai = #lab :kai @maria\r\n"
                              ":irc.example 366 kai #lab :End");
    fake_forget(t->fake);
}

/* Feeds one line to a session that is online; what a line ended is begun again. */
static void
feed(struct runner *runner, const char *line)
{
    for (int i = 0; i < 3 && !runner->t.fake->stream; i++) {
        fake_advance_s(runner->t.fake, 1);
        be_online(runner);
    }
    if (!runner->t.fake->stream)
        return;
    fake_net_bytes(runner->t.fake, line, strlen(line));
    fake_net_bytes(runner->t.fake, "\r\n", 2);
    fake_advance_s(runner->t.fake, 0);
    runner->lines++;
}

/* One command with n likely parameters, of which `odd` is empty (or, as the last, missing words).
 */
static void
feed_shapes(struct runner *runner, const char *command)
{
    for (size_t s = 0; s < G_N_ELEMENTS(sources); s++) {
        for (unsigned n = 0; n <= G_N_ELEMENTS(likely); n++) {
            for (unsigned odd = 0; odd <= n; odd++) {
                g_autoptr(GString) line = g_string_new(sources[s]);
                g_string_append(line, command);
                for (unsigned i = 0; i < n; i++) {
                    bool last = i + 1 == n;
                    /* In the middle nothing can be empty: it is left out. */
                    if (i == odd && !last)
                        continue;
                    g_string_append_printf(line, " %s%s", last ? ":" : "",
                                           i == odd ? "" : likely[i]);
                }
                feed(runner, line->str);
            }
        }
    }
    g_autofree char *many = g_strnfill(300, 'x');
    for (size_t i = 1; i < 300; i += 2)
        many[i] = ' ';
    g_autofree char *line = g_strdup_printf(":maria!m@h %s %s", command, many);
    feed(runner, line);
    fake_forget(runner->t.fake);
}

static void
test_every_shape(void)
{
    struct runner runner = {.t = {.fake = fake_host_new(NOW_US)}};
    struct transcript *t = &runner.t;

    t->fake->secret = g_strdup("secret");
    t->fake->quiet = true;
    t->options = fake_options_new("server = localhost\nnick = kai\npassword = x\n"
                                  "sasl_required = no\njoin = #lab\nflood_control = off");
    t->session = irc_driver.open(t->options, &t->fake->host, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        feed_shapes(&runner, commands[i]);
    for (unsigned numeric = 1; numeric < 1000; numeric++) {
        char word[8];
        g_snprintf(word, sizeof word, "%03u", numeric);
        /* All that is known lies in few ranges; of the others a sample will do. */
        if ((numeric > 10 && numeric < 200 && numeric % 37) || (numeric > 560 && numeric < 660) ||
            (numeric > 770 && numeric < 900 && numeric % 37) || numeric > 910)
            continue;
        feed_shapes(&runner, word);
    }
    g_assert_cmpuint(runner.lines, >, 50000);
    /* And it still works. */
    for (int i = 0; i < 100 && !t->fake->stream; i++)
        feed(&runner, "PING x");
    t->fake->quiet = false;
    fake_forget(t->fake);
    feed(&runner, ":maria!m@h PRIVMSG #lab :still here");
    g_assert_true(fake_skip_to(t->fake, "*<maria> still here*"));
    transcript_close(t);
}

/* --- 40: what a person types is one command on the wire --- */

static const char *const evil[] = {
    "a\r\nQUIT",
    "a\nQUIT :x",
    "a\rQUIT",
    "\r\n",
    "a\xe2\x80\xa8QUIT",
    "a\xe2\x80\xa9QUIT",
    "a\xc2\x85QUIT",
    "a\x01QUIT\x01",
    ":a QUIT",
    " QUIT",
    "a QUIT",
    "",
    "@tag=x QUIT",
    "a\x0bQUIT",
    "#lab,#x\r\nQUIT",
    "#lab\r\nQUIT",
    "maria\nQUIT",
    "#lab x\r\nQUIT",
    "</message>QUIT",
    "\\r\\nQUIT",
};

/* Nothing that was written holds a line end, and no line's command is QUIT. */
static void
assert_one_command(struct transcript *t, const char *what)
{
    for (GList *at = t->fake->sent.head; at; at = at->next) {
        const char *line = at->data;
        const char *command = *line == '@' ? strchr(line, ' ') : line;
        command += strspn(command, " ");
        if (strpbrk(line, "\r\n") || g_ascii_strncasecmp(command, "QUIT", 4) == 0)
            g_error("%s wrote \"%s\"", what, line);
    }
    fake_forget(t->fake);
}

static void
try_operations(struct transcript *t, const char *name, const char *text)
{
    struct buffer *buffer = transcript_buffer(name);
    struct rich *body = rich_new(text, -1);
    struct send_request send = {.buffer = buffer, .body = body, .key = text, .reply_to = text};
    struct history_request history = {.buffer = buffer, .remote_id = text, .limit = 10};
    void *session = t->session;

    for (int kind = MESSAGE_TEXT; kind <= MESSAGE_NOTICE; kind++) {
        send.kind = (enum message_kind)kind;
        GPtrArray *parts = irc_driver.split(session, &send);
        if (parts)
            g_ptr_array_unref(parts);
        irc_driver.send(session, ++t->last_op, &send, NULL);
    }
    irc_driver.history(session, ++t->last_op, &history, NULL);
    irc_driver.join(session, ++t->last_op, buffer, text, NULL, NULL);
    irc_driver.join(session, ++t->last_op, buffer, "#x", text, NULL);
    irc_driver.leave(session, ++t->last_op, buffer, text, NULL);
    irc_driver.open_dm(session, ++t->last_op, buffer, text, NULL);
    irc_driver.members(session, ++t->last_op, buffer, NULL);
    irc_driver.user_info(session, ++t->last_op, buffer, text, NULL);
    irc_driver.set_topic(session, ++t->last_op, buffer, text, NULL);
    irc_driver.set_presence(session, ++t->last_op, text, NULL);
    if (irc_driver.delete_)
        irc_driver.delete_(session, ++t->last_op, buffer, text, NULL);
    if (irc_driver.react) {
        irc_driver.react(session, ++t->last_op, buffer, text, text, true, NULL);
        irc_driver.react(session, ++t->last_op, buffer, text, text, false, NULL);
    }
    if (irc_driver.search)
        irc_driver.search(session, ++t->last_op, &(struct search_request){.from = text}, NULL);
    /* What /raw takes is a line of the person's own; still only one. */
    g_autofree char *raw = g_strconcat("PRIVMSG maria :", text, NULL);
    irc_driver.raw(session, ++t->last_op, buffer, raw, NULL);
    fake_advance_s(t->fake, 0);
    rich_free(body);
    buffer_free(buffer);
    assert_one_command(t, text);
}

static void
try_commands(struct transcript *t, const char *text)
{
    struct buffer *buffer = transcript_buffer("#lab");

    for (const struct driver_command *row = irc_driver.commands; row->name; row++) {
        for (int given = row->least; given <= row->most; given++) {
            for (int odd = 0; odd < MAX(given, 1); odd++) {
                const char *arguments[16] = {NULL};
                for (int i = 0; i < given; i++)
                    arguments[i] = i == odd ? text : "maria";
                irc_driver.command(t->session, ++t->last_op, row, buffer, arguments, NULL);
                fake_advance_s(t->fake, 0);
                assert_one_command(t, row->name);
            }
        }
    }
    buffer_free(buffer);
}

static void
test_one_command(void)
{
    static const char *const caps[] = {NULL, MODERN, WITH_HISTORY};

    for (size_t c = 0; c < G_N_ELEMENTS(caps); c++) {
        struct transcript t = {0};
        transcript_online(&t, "", caps[c]);
        if (c < 2)
            transcript_in_channel(&t, "#lab");
        else
            fake_net_say(t.fake, ":kai!k@h JOIN #lab\r\n:s 353 kai = #lab :kai @maria\r\n"
                                 ":s 366 kai #lab :End");
        for (size_t i = 0; i < G_N_ELEMENTS(evil); i++) {
            try_operations(&t, "#lab", evil[i]);
            try_operations(&t, evil[i], "text");
            try_commands(&t, evil[i]);
            g_assert_nonnull(t.fake->stream);
        }
        transcript_close(&t);
    }
}

/* --- 46: what is refused is not kept --- */

static size_t
resident_bytes(void)
{
    unsigned long pages = 0;
    g_autofree char *text = NULL;

    if (g_file_get_contents("/proc/self/statm", &text, NULL, NULL)) {
        const char *second = strchr(text, ' ');
        pages = second ? (unsigned long)g_ascii_strtoull(second + 1, NULL, 10) : 0;
    }
    return pages * 4096;
}

static void
test_endless_line(void)
{
    struct transcript t = {0};
    g_autofree char *much = g_strnfill(64 * 1024, 'x');
    size_t before;

    transcript_online(&t, "", MODERN);
    transcript_in_channel(&t, "#lab");
    /* 512 MiB without a line end. The first half fills what a sanitizer keeps of freed memory. */
    for (int i = 0; i < 4096; i++)
        fake_net_bytes(t.fake, much, 64 * 1024);
    before = resident_bytes();
    for (int i = 0; i < 4096; i++)
        fake_net_bytes(t.fake, much, 64 * 1024);
    g_assert_cmpuint(resident_bytes(), <, before + 16 * 1024 * 1024);
    fake_net_bytes(t.fake, "\r\n", 2);
    fake_net_say(t.fake, ":maria!m@h PRIVMSG #lab :short");
    g_assert_true(fake_skip_to(t.fake, "live text #lab <maria> short cursor"));
    transcript_close(&t);
}

static void
test_refused_lines(void)
{
    static const char *const refused[] = {
        ":x\r\n",
        "@a=b\r\n",
        ":maria!m@h PRIVMSG\r\n",
        ":s 353\r\n",
        "@batch=none :s X\r\n",
        ":s BATCH -nothing\r\n",
        ": \r\n",
        ":maria!m@h JOIN\r\n",
    };
    struct transcript t = {0};
    size_t before = 0;

    transcript_online(&t, "", MODERN);
    t.fake->quiet = true;
    for (unsigned i = 0; i < 300 * 1000; i++) {
        const char *line = refused[i % G_N_ELEMENTS(refused)];
        fake_net_bytes(t.fake, line, strlen(line));
        /* The sanitizer's own store of freed memory fills first. */
        if (i == 200 * 1000)
            before = resident_bytes();
        if (i % 10000 == 0)
            fake_forget(t.fake);
    }
    g_assert_cmpuint(resident_bytes(), <, before + 48 * 1024 * 1024);
    g_assert_nonnull(t.fake->stream);
    transcript_close(&t);
}

void
test_threats_add(void)
{
    g_test_add_func("/threat/01-every-shape", test_every_shape);
    g_test_add_func("/threat/40-one-command", test_one_command);
    g_test_add_func("/threat/46-endless-line", test_endless_line);
    g_test_add_func("/threat/46-refused-lines", test_refused_lines);
}
