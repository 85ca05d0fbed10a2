#include "tests/drivers/irc/transcript.h"

#include <string.h>

#include "protocols/irc/irc.h"

void
transcript_open(struct transcript *t, const char *more)
{
    const char *unpaced = strstr(more, "flood_control") ? "" : "flood_control = off\n";
    g_autofree char *text = g_strconcat("server = localhost\nnick = kai\ntls = on\n"
                                        "sasl_required = yes\n",
                                        unpaced, more, NULL);
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

/* As servers acknowledge: without the values. */
static char *
without_values(const char *caps)
{
    g_auto(GStrv) words = g_strsplit(caps, " ", -1);

    for (unsigned i = 0; words[i]; i++)
        words[i][strcspn(words[i], "=")] = '\0';
    return g_strjoinv(" ", words);
}

void
transcript_register(struct transcript *t, const char *caps)
{
    if (caps) {
        g_autofree char *names = without_values(caps);

        fake_net_say(t->fake, ":irc.example CAP * LS :%s", caps);
        while (fake_skip_sent_to(t->fake, "CAP REQ *"))
            fake_net_say(t->fake, ":irc.example CAP kai ACK :%s", names);
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

/* The label of the request for the channel's history, or NULL. */
static char *
history_label(struct transcript *t, const char *channel)
{
    g_autofree char *pattern = g_strdup_printf("@label=h* CHATHISTORY LATEST %s *", channel);

    for (GList *at = t->fake->sent.tail; at; at = at->prev) {
        const char *line = at->data;
        if (g_pattern_match_simple(pattern, line))
            return g_strndup(line + 7, strcspn(line + 7, "; "));
    }
    return NULL;
}

static void
answer_with_nothing(struct transcript *t, const char *label, const char *channel)
{
    fake_net_say(t->fake, "@label=%s :irc.example BATCH +none chathistory %s", label, channel);
    fake_net_say(t->fake, ":irc.example BATCH -none");
}

void
transcript_in_channel(struct transcript *t, const char *channel)
{
    fake_net_say(t->fake, ":kai!k@host JOIN %s", channel);
    fake_net_say(t->fake, ":irc.example 353 kai = %s :kai @maria", channel);
    fake_net_say(t->fake, ":irc.example 366 kai %s :End", channel);
    g_autofree char *label = history_label(t, channel);
    if (label)
        answer_with_nothing(t, label, channel);
    else
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

char *
transcript_label(struct transcript *t)
{
    const char *line = g_queue_peek_tail(&t->fake->sent);

    for (GList *at = t->fake->sent.tail; at; at = at->prev) {
        line = at->data;
        if (g_str_has_prefix(line, "@label="))
            return g_strndup(line + 7, strcspn(line + 7, "; "));
    }
    g_error("no line with a label was sent");
}

op_id
transcript_reply(struct transcript *t, const char *conversation, const char *text,
                 const char *reply_to)
{
    struct buffer *buffer = transcript_buffer(conversation);
    struct rich *body = rich_new(text, -1);
    struct send_request request = {
        .buffer = buffer, .kind = MESSAGE_TEXT, .body = body, .key = "k", .reply_to = reply_to};
    g_autoptr(GError) error = NULL;

    irc_driver.send(t->session, ++t->last_op, &request, &error);
    g_assert_no_error(error);
    rich_free(body);
    buffer_free(buffer);
    return t->last_op;
}
