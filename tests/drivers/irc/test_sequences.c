/* Legal lines in a random order, and numerics of every shape: docs/security.md, 2 and 4. A seed
 * that fails is shown by g_test ("--seed"); `-m slow` goes on for long. */
#include <string.h>

#include "protocols/irc/irc.h"
#include "tests/drivers/irc/transcript.h"

static const char *const nicks[] = {"kai", "maria", "bo", "anna", "Maria", "kai_", "x[y]"};
static const char *const channels[] = {"#lab", "#ops", "#LAB", "&here"};

#define PICK(rand, list) list[g_rand_int_range(rand, 0, G_N_ELEMENTS(list))]

/* One legal line about somebody, somewhere. */
static void
say_something(struct fake_host *fake, GRand *rand)
{
    const char *who = PICK(rand, nicks), *whom = PICK(rand, nicks), *where = PICK(rand, channels);

    switch (g_rand_int_range(rand, 0, 20)) {
    case 0:
    case 1:
    case 2:
        fake_net_say(fake, ":%s!u@h JOIN %s", who, where);
        break;
    case 3:
        fake_net_say(fake, ":%s!u@h PART %s :x", who, where);
        break;
    case 4:
        fake_net_say(fake, ":%s!u@h NICK %s", who, whom);
        break;
    case 5:
        fake_net_say(fake, ":%s!u@h QUIT :%s", who, g_rand_boolean(rand) ? "a.b c.d" : "bye");
        break;
    case 6:
        fake_net_say(fake, ":%s!u@h KICK %s %s :out", who, where, whom);
        break;
    case 7:
        fake_net_say(fake, ":%s!u@h MODE %s +ov-v %s %s %s", who, where, whom, who, whom);
        break;
    case 8:
        fake_net_say(fake, ":s 353 kai = %s :@%s +%s", where, who, whom);
        break;
    case 9:
        fake_net_say(fake, ":s 366 kai %s :End", where);
        break;
    case 10:
        fake_net_say(fake, ":s BATCH +%s netsplit a.b c.d", who);
        break;
    case 11:
        fake_net_say(fake, "@batch=%s :%s!u@h QUIT :a.b c.d", who, whom);
        break;
    case 12:
        fake_net_say(fake, ":s BATCH -%s", who);
        break;
    case 13:
        fake_net_say(fake, ":s CAP kai %s :%s", g_rand_boolean(rand) ? "NEW" : "DEL",
                     g_rand_boolean(rand) ? "sasl=PLAIN" : "batch echo-message");
        break;
    case 14:
        fake_net_say(fake, ":s CAP kai %s :%s", g_rand_boolean(rand) ? "ACK" : "NAK",
                     g_rand_boolean(rand) ? "sasl" : "batch echo-message");
        break;
    case 15:
        fake_net_say(fake, g_rand_boolean(rand) ? "AUTHENTICATE +" : ":s 904 kai :no");
        break;
    case 16:
        fake_net_say(fake, ":s 903 kai :yes");
        break;
    case 17:
        fake_net_say(fake, ":%s!u@h ACCOUNT %s", who, whom);
        break;
    case 18:
        fake_net_say(fake, ":s 730 kai :%s!u@h,%s", who, whom);
        break;
    default:
        fake_net_say(fake, ":%s!u@h PRIVMSG %s :hello", who, g_rand_boolean(rand) ? where : whom);
    }
}

static void
ask_something(struct transcript *t, GRand *rand)
{
    struct buffer *buffer = transcript_buffer(PICK(rand, channels));
    struct rich *body = rich_new("soup?", -1);
    struct send_request send = {.buffer = buffer, .kind = MESSAGE_TEXT, .body = body, .key = "k"};

    switch (g_rand_int_range(rand, 0, 5)) {
    case 0:
        irc_driver.send(t->session, ++t->last_op, &send, NULL);
        break;
    case 1:
        irc_driver.join(t->session, ++t->last_op, NULL, buffer->name, NULL, NULL);
        break;
    case 2:
        irc_driver.leave(t->session, ++t->last_op, buffer, NULL, NULL);
        break;
    case 3:
        irc_driver.user_info(t->session, ++t->last_op, buffer, PICK(rand, nicks), NULL);
        break;
    default:
        irc_driver.op_cancel(t->session, 1 + (op_id)g_rand_int(rand) % (t->last_op + 1));
    }
    rich_free(body);
    buffer_free(buffer);
}

static void
come_online(struct transcript *t)
{
    fake_advance_s(t->fake, 1);
    irc_driver.connect(t->session);
    fake_advance_s(t->fake, 0);
    if (!t->fake->stream)
        return;
    fake_net_open(t->fake, true);
    fake_net_say(t->fake, ":s CAP * LS :sasl=PLAIN " WITH_HISTORY);
    fake_net_say(t->fake, ":s CAP * ACK :sasl " WITH_HISTORY);
    if (t->fake->stream)
        fake_net_say(t->fake, "AUTHENTICATE +\r\n:s 903 kai :yes\r\n:s 001 kai :hi");
    if (t->fake->stream)
        fake_net_say(t->fake, ":s 005 kai CHANTYPES=#& PREFIX=(ov)@+ MONITOR=9 :are");
    if (t->fake->stream)
        fake_net_say(t->fake, ":s 422 kai :none");
}

static void
one_life(GRand *rand, int steps)
{
    struct transcript t = {.fake = fake_host_new(NOW_US)};

    t.fake->secret = g_strdup("secret");
    t.fake->quiet = true;
    t.options = fake_options_new("server = localhost\nnick = kai\npassword = x\n"
                                 "sasl_required = no\njoin = #lab\nflood_control = off");
    t.session = irc_driver.open(t.options, &t.fake->host, NULL);
    for (int i = 0; i < steps; i++) {
        if (!t.fake->stream)
            come_online(&t);
        if (t.fake->stream)
            say_something(t.fake, rand);
        if (g_rand_int_range(rand, 0, 5) == 0)
            ask_something(&t, rand);
        fake_advance_s(t.fake, g_rand_int_range(rand, 0, 30) == 0 ? 31 : 0.01);
        if (g_rand_int_range(rand, 0, 100) == 0 && t.fake->stream)
            fake_net_end(t.fake);
    }
    g_assert_cmpuint(t.fake->emitted, >, (unsigned)steps / 4); /* it was heard */
    transcript_close(&t);
}

static void
test_freed_while_used(void)
{
    GRand *rand = g_rand_new_with_seed((guint32)g_test_rand_int());
    int lives = g_test_slow() ? 5000 : 20;

    for (int i = 0; i < lives; i++)
        one_life(rand, 500);
    g_rand_free(rand);
}

/* Every numeric with 0 … 20 parameters: likely ones, empty ones, 64 KiB of one. */
static void
test_numeric_shapes(void)
{
    static const char *const words[] = {
        "kai",      "#lab", "maria", "0", "-1", "=", "@", "+o", "99999999999999999999",
        "PREFIX=(", "H@"};
    GRand *rand = g_rand_new_with_seed(4);
    g_autofree char *large = g_strnfill(64 * 1024, 'x');
    struct transcript t = {.fake = fake_host_new(NOW_US)};

    t.fake->quiet = true;
    t.options = fake_options_new("server = localhost\nnick = kai\nflood_control = off");
    t.session = irc_driver.open(t.options, &t.fake->host, NULL);
    for (int numeric = 0; numeric < 1000; numeric++) {
        for (int n = 0; n <= 20; n += numeric % 7 == 0 ? 1 : 4) {
            g_autoptr(GString) line = g_string_new(NULL);
            g_string_printf(line, ":s %03d", numeric);
            for (int i = 0; i < n; i++)
                g_string_append_printf(line, " %s%s", i + 1 == n ? ":" : "",
                                       i + 1 == n && g_rand_boolean(rand) ? "" : PICK(rand, words));
            if (n == 20 && numeric % 50 == 0)
                g_string_append(line, large);
            if (!t.fake->stream)
                come_online(&t);
            if (t.fake->stream)
                fake_net_say(t.fake, "%s", line->str);
        }
        fake_advance_s(t.fake, 0.01);
    }
    g_rand_free(rand);
    transcript_close(&t);
}

void
test_sequences_add(void)
{
    g_test_add_func("/threat/02-freed-while-used", test_freed_while_used);
    g_test_add_func("/threat/04-numeric-shapes", test_numeric_shapes);
}
