#include "tests/drivers/irc/transcript.h"

#include <string.h>

#include "protocols/irc/irc.h"

void
transcript_open(struct transcript *t, const char *more)
{
    g_autofree char *text = g_strconcat("server = localhost\nnick = kai\ntls = on\n"
                                        "flood_control = off\nsasl_required = yes\n",
                                        more, NULL);
    g_autoptr(GError) error = NULL;

    if (!t->fake)
        t->fake = fake_host_new(NOW_US);
    t->options = fake_options_new(text);
    t->session = irc_driver.open(t->options, &t->fake->host, &error);
    g_assert_no_error(error);
}

void
transcript_close(struct transcript *t)
{
    irc_driver.close(t->session);
    g_assert_cmpuint(clock_fake_pending(t->fake->host.clock), ==, 0);
    fake_options_free(t->options);
    fake_host_free(t->fake);
}

void
transcript_connect(struct transcript *t)
{
    irc_driver.connect(t->session);
    fake_advance_s(t->fake, 0);
    fake_net_open(t->fake, true);
}

void
transcript_register(struct transcript *t, const char *caps)
{
    if (caps) {
        fake_net_say(t->fake, ":irc.example CAP * LS :%s", caps);
        while (fake_skip_sent_to(t->fake, "CAP REQ *"))
            fake_net_say(t->fake, ":irc.example CAP kai ACK :%s", caps);
    } else {
        fake_net_say(t->fake, ":irc.example 421 * CAP :Unknown command");
    }
    fake_net_say(t->fake, ":irc.example 001 kai :Welcome");
    fake_net_say(t->fake, ":irc.example 005 kai NETWORK=TestNet CHANTYPES=# PREFIX=(qaohv)~&@%%+ "
                          "CHANMODES=beI,k,l,imnpst STATUSMSG=@+ CASEMAPPING=ascii CHATHISTORY=100 "
                          "MSGREFTYPES=msgid,timestamp :are supported");
    fake_net_say(t->fake, ":irc.example 376 kai :End of MOTD");
}

void
transcript_answer_sync(struct transcript *t)
{
    g_autofree char *token = NULL;

    for (GList *at = t->fake->sent.head; at; at = at->next) {
        if (g_pattern_match_simple("PING s*", at->data)) {
            g_free(token);
            token = g_strdup((const char *)at->data + strlen("PING "));
        }
    }
    g_assert_nonnull(token);
    fake_net_say(t->fake, ":irc.example PONG irc.example %s", token);
}

void
transcript_online(struct transcript *t, const char *more, const char *caps)
{
    transcript_open(t, more);
    transcript_connect(t);
    transcript_register(t, caps);
    transcript_answer_sync(t);
    g_assert_true(fake_skip_to(t->fake, "state online"));
    fake_forget(t->fake);
}

void
transcript_in_channel(struct transcript *t, const char *channel)
{
    fake_net_say(t->fake, ":kai!k@host JOIN %s", channel);
    fake_net_say(t->fake, ":irc.example 353 kai = %s :kai @maria", channel);
    fake_net_say(t->fake, ":irc.example 366 kai %s :End", channel);
    transcript_answer_sync(t);
    fake_forget(t->fake);
}

struct buffer *
transcript_buffer(const char *conversation)
{
    struct buffer *buffer = g_new0(struct buffer, 1);

    buffer->remote_id = g_strdup(conversation);
    buffer->name = g_strdup(conversation);
    buffer->kind = *conversation == '#' ? BUFFER_CHANNEL : BUFFER_DIRECT;
    return buffer;
}

static bool
send_text(struct transcript *t, const char *conversation, enum message_kind kind, const char *text,
          const char *key, GError **error)
{
    struct buffer *buffer = transcript_buffer(conversation);
    struct rich *body = rich_new(text, -1);
    struct send_request request = {.buffer = buffer, .kind = kind, .body = body, .key = key};
    bool taken = irc_driver.send(t->session, ++t->last_op, &request, error);

    rich_free(body);
    buffer_free(buffer);
    return taken;
}

op_id
transcript_send(struct transcript *t, const char *conversation, enum message_kind kind,
                const char *text, const char *key)
{
    g_autoptr(GError) error = NULL;

    send_text(t, conversation, kind, text, key, &error);
    g_assert_no_error(error);
    return t->last_op;
}

GError *
transcript_send_error(struct transcript *t, const char *conversation, const char *text)
{
    GError *error = NULL;

    g_assert_false(send_text(t, conversation, MESSAGE_TEXT, text, "key", &error));
    return error;
}
