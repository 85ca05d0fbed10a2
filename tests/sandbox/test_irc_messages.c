/* What the scripted server does with messages beyond a line: tags, reactions, redaction, multiline,
 * read marks, events in the history. */
#include "tests/sandbox/test_irc_messages.h"

#include "tests/sandbox/irc_server.h"
#include "tests/servers/irc_peer.h"

#include <string.h>

#define TALK_CAPS "message-tags server-time batch labeled-response echo-message"
#define ALL_CAPS                                                                                   \
    TALK_CAPS " draft/chathistory draft/message-redaction draft/multiline draft/read-marker "      \
              "draft/event-playback standard-replies"

struct room {
    struct irc_server *server;
    struct irc_peer *kai; /* operator of #lab, knows everything */
    struct irc_peer *mia; /* knows tags */
    struct irc_peer *old; /* knows nothing */
};

static struct irc_peer *
peer_new(struct irc_server *server, const char *nick, const char *caps)
{
    struct irc_peer_options options = {.port = irc_server_port(server), .nick = nick, .caps = caps};
    g_autoptr(GError) error = NULL;
    struct irc_peer *peer = irc_peer_new(&options, &error);

    g_assert_no_error(error);
    g_assert_true(irc_peer_join(peer, "#lab"));
    return peer;
}

static void
room_open(struct room *room, const struct irc_server_options *options)
{
    room->server = irc_server_start(options);
    room->kai = peer_new(room->server, "kai", ALL_CAPS);
    room->mia = peer_new(room->server, "mia", TALK_CAPS);
    room->old = peer_new(room->server, "old", NULL);
}

static void
room_close(struct room *room)
{
    irc_peer_free(room->kai);
    irc_peer_free(room->mia);
    irc_peer_free(room->old);
    irc_server_stop(room->server);
}

#define assert_line(peer, pattern)                                                                 \
    do {                                                                                           \
        if (irc_peer_wait(peer, pattern) == NULL) {                                                \
            g_autofree char *log_ = irc_peer_log_dup(peer);                                        \
            g_error("no line \"%s\" in:\n%s", pattern, log_);                                      \
        }                                                                                          \
    } while (0)

static void
assert_complaints(struct irc_server *server, const char *pattern)
{
    g_autofree char *complaints = irc_server_complaints(server);

    if (!g_pattern_match_simple(pattern, complaints))
        g_error("complaints are not \"%s\" but:\n%s", pattern, complaints);
}

/* The id of the newest message that the peer has seen with this text. */
static char *
msgid_of(struct irc_peer *peer, const char *pattern)
{
    const char *line = irc_peer_wait(peer, pattern);

    g_assert_nonnull(line);
    line = strstr(line, "msgid=");
    g_assert_nonnull(line);
    return g_strndup(line + 6, strcspn(line + 6, "; "));
}

static void
test_tags(void)
{
    const struct irc_server_options options = {.client_tag_deny = "*,-typing,-reply,-draft/react"};
    struct room room;

    room_open(&room, &options);
    irc_peer_send(room.kai, "@+typing=active TAGMSG #lab");
    assert_line(room.mia, "@time=*;+typing=active :kai!* TAGMSG #lab");
    irc_peer_send(room.kai, "@+reply=a;+draft/react=:) TAGMSG #lab");
    assert_line(room.mia, "@time=*;+reply=a;+draft/react=:) :kai!* TAGMSG #lab");
    g_assert_true(irc_peer_sync(room.old));
    g_assert_cmpuint(irc_peer_count(room.old, "*TAGMSG*"), ==, 0);
    assert_complaints(room.server, "");
    irc_peer_send(room.kai, "@+draft/typing=active TAGMSG #lab");
    irc_peer_send(room.kai, "@+typing=done TAGMSG #lab");
    irc_peer_send(room.kai, "@+draft/react=:) TAGMSG #lab");
    irc_peer_send(room.kai, "PRIVMSG @#lab :only for those");
    assert_line(room.kai, "*PRIVMSG @#lab :only for those");
    irc_peer_send(room.kai, "MODE kai +B");
    irc_peer_send(room.kai, "PRIVMSG #lab :beep");
    assert_line(room.mia, "@*;bot :kai!* PRIVMSG #lab :beep");
    g_assert_cmpuint(irc_peer_count(room.mia, "*draft/typing*"), ==, 0);
    g_assert_cmpuint(irc_peer_count(room.mia, "*only for those*"), ==, 0);
    assert_complaints(room.server, "*CLIENTTAGDENY*typing within 3 s*reaction to nothing*");
    room_close(&room);
}

static void
test_redaction(void)
{
    const struct irc_server_options options = {.redact_window_ms = 3600 * 1000};
    struct room room;

    room_open(&room, &options);
    irc_peer_send(room.mia, "PRIVMSG #lab :cold soup");
    g_autofree char *id = msgid_of(room.kai, "@*:mia!* PRIVMSG #lab :cold soup");
    irc_peer_send(room.mia, "REDACT #lab %s", id);
    assert_line(room.mia, "*421 mia REDACT *");
    irc_peer_send(room.kai, "@label=r1 REDACT #lab %s :no soup", id);
    g_autofree char *pattern = g_strdup_printf("@*label=r1 :kai!* REDACT #lab %s :no soup", id);
    assert_line(room.kai, pattern);
    irc_peer_send(room.kai, "REDACT #lab %s", id);
    assert_line(room.kai, "*FAIL REDACT UNKNOWN_MSGID #lab *");
    irc_peer_send(room.kai, "REDACT #else x");
    assert_line(room.kai, "*FAIL REDACT INVALID_TARGET #else *");
    irc_peer_send(room.kai, "MODE #lab -o kai");
    irc_peer_send(room.mia, "PRIVMSG #lab :hot soup");
    g_autofree char *second = msgid_of(room.kai, "@*:mia!* PRIVMSG #lab :hot soup");
    irc_peer_send(room.kai, "REDACT #lab %s", second);
    assert_line(room.kai, "*FAIL REDACT REDACT_FORBIDDEN #lab *");
    irc_server_add_history(room.server, "#lab", "kai", "old soup", 1000000);
    irc_peer_send(room.kai, "CHATHISTORY LATEST #lab * 50");
    g_autofree char *third = msgid_of(room.kai, "*PRIVMSG #lab :old soup");
    assert_line(room.kai, "*PRIVMSG #lab :(taken back)");
    assert_line(room.kai, "*draft/chathistory-context* REDACT #lab * :no soup");
    irc_peer_send(room.kai, "REDACT #lab %s", third);
    assert_line(room.kai, "*FAIL REDACT REDACT_WINDOW_EXPIRED #lab * 3600 *");
    g_assert_cmpuint(irc_peer_count(room.mia, "*:kai!* REDACT*"), ==, 0);
    room_close(&room);
}

static void
test_multiline(void)
{
    const struct irc_server_options options = {.multiline_bytes = 100, .multiline_lines = 3};
    struct room room;

    room_open(&room, &options);
    irc_peer_send(room.kai, "@label=m1;+reply=abc BATCH +m draft/multiline #lab");
    irc_peer_send(room.kai, "@batch=m PRIVMSG #lab :first");
    irc_peer_send(room.kai, "@batch=m PRIVMSG #lab :");
    irc_peer_send(room.kai, "@batch=m PRIVMSG #lab :third");
    irc_peer_send(room.kai, "BATCH -m");
    assert_line(room.kai, "@*msgid=*+reply=abc;label=m1 :kai!* BATCH +M* draft/multiline #lab");
    assert_line(room.kai, "@*batch=M* :kai!* PRIVMSG #lab :first");
    assert_line(room.kai, "@*batch=M* :kai!* PRIVMSG #lab :");
    assert_line(room.kai, "*BATCH -M*");
    assert_line(room.mia, "@*msgid=*;+reply=abc :kai!* PRIVMSG #lab :first");
    assert_line(room.mia, "*PRIVMSG #lab :third");
    g_assert_cmpuint(irc_peer_count(room.mia, "*PRIVMSG #lab :"), ==, 0);
    g_assert_cmpuint(irc_server_count_said(room.server, "#lab", "first\n\nthird"), ==, 1);
    assert_complaints(room.server, "");
    irc_peer_send(room.kai, "BATCH +x draft/multiline #lab");
    irc_peer_send(room.kai, "@batch=x PRIVMSG #lab :a");
    irc_peer_send(room.kai, "@batch=x;draft/multiline-concat PRIVMSG #lab :b");
    irc_peer_send(room.kai, "BATCH -x");
    assert_line(room.kai, "@*draft/multiline-concat :kai!* PRIVMSG #lab :b");
    g_assert_cmpuint(irc_server_count_said(room.server, "#lab", "ab"), ==, 1);
    irc_peer_send(room.kai, "@label=m2 BATCH +y draft/multiline #lab");
    for (int i = 0; i < 4; i++)
        irc_peer_send(room.kai, "@batch=y PRIVMSG #lab :%d", i);
    irc_peer_send(room.kai, "BATCH -y");
    assert_line(room.kai, "@*label=m2 *FAIL BATCH MULTILINE_MAX_LINES 3 :*");
    irc_peer_send(room.kai, "BATCH +z draft/multiline #lab");
    irc_peer_send(room.kai, "@batch=z PRIVMSG #else :a");
    irc_peer_send(room.kai, "BATCH -z");
    assert_line(room.kai, "*FAIL BATCH MULTILINE_INVALID_TARGET #lab #else :*");
    room_close(&room);
}

static void
test_read_marks(void)
{
    struct room room;

    room_open(&room, NULL);
    g_assert_cmpuint(irc_peer_count(room.kai, "*MARKREAD #lab \\*"), ==, 0);
    irc_peer_send(room.kai, "MARKREAD #lab");
    assert_line(room.kai, "*:irc.sandbox MARKREAD #lab ?");
    irc_server_add_history(room.server, "#lab", "mia", "soup", G_GINT64_CONSTANT(1700000000000000));
    irc_peer_send(room.kai, "MARKREAD #lab timestamp=2023-11-14T22:13:20.000Z");
    assert_line(room.kai, "*MARKREAD #lab timestamp=2023-11-14T22:13:20.000Z");
    g_assert_cmpint(irc_server_read_mark(room.server, "kai", "#lab"), ==,
                    G_GINT64_CONSTANT(1700000000000000));
    assert_complaints(room.server, "");
    irc_peer_send(room.kai, "MARKREAD #lab timestamp=2020-01-01T00:00:00.000Z");
    assert_line(room.kai, "*MARKREAD #lab timestamp=2023-11-14T22:13:20.000Z");
    irc_peer_send(room.kai, "MARKREAD #lab 2020");
    assert_line(room.kai, "*FAIL MARKREAD INVALID_PARAMS 2020 *");
    irc_peer_send(room.mia, "MARKREAD #lab");
    assert_line(room.mia, "*421 mia MARKREAD *");
    room_close(&room);
}

/* Said within one millisecond, the last of them bears a time that is still to come. */
static void
test_mark_of_fast_lines(void)
{
    struct room room;

    room_open(&room, NULL);
    for (int i = 0; i < 40; i++)
        irc_peer_send(room.mia, "PRIVMSG #lab :line %d", i);
    const char *last = irc_peer_wait(room.kai, "*PRIVMSG #lab :line 39");
    g_assert_nonnull(last);
    const char *time = strstr(last, "time=");
    g_assert_nonnull(time);
    g_autofree char *at = g_strndup(time + strlen("time="), strlen("2023-11-14T22:13:20.000Z"));
    irc_peer_send(room.kai, "MARKREAD #lab timestamp=%s", at);
    g_autofree char *told = g_strdup_printf("*MARKREAD #lab timestamp=%s", at);
    assert_line(room.kai, told);
    assert_complaints(room.server, "");
    room_close(&room);
}

static void
test_event_playback(void)
{
    struct room room;

    room_open(&room, NULL);
    irc_peer_send(room.mia, "@+reply=a;+draft/react=x TAGMSG #lab");
    irc_peer_send(room.mia, "@+typing=done TAGMSG #lab");
    g_assert_true(irc_peer_rename(room.mia, "mia2"));
    g_assert_true(irc_peer_topic(room.kai, "#lab", "soup"));
    g_assert_true(irc_peer_kick(room.kai, "#lab", "old", "bye"));
    g_assert_true(irc_peer_sync(room.mia));
    g_assert_true(irc_peer_quit(room.mia, "gone"));
    assert_line(room.kai, "*QUIT*gone");
    irc_peer_send(room.kai, "@label=h1 CHATHISTORY LATEST #lab * 50");
    assert_line(room.kai, "@*label=h1 *BATCH +* chathistory #lab");
    assert_line(room.kai, "@*batch=*msgid=* :mia!* JOIN #lab");
    assert_line(room.kai, "@*batch=*+draft/react=x :mia!* TAGMSG #lab");
    assert_line(room.kai, "@*batch=* :mia!* NICK :mia2");
    assert_line(room.kai, "@*batch=* :kai!* TOPIC #lab :soup");
    assert_line(room.kai, "@*batch=* :kai!* KICK #lab old :bye");
    assert_line(room.kai, "@*batch=* :mia2!* QUIT :Quit: gone");
    assert_complaints(room.server, "");
    irc_peer_send(room.kai, "CAP REQ -draft/event-playback");
    irc_peer_send(room.kai, "@label=h2 CHATHISTORY LATEST #lab * 50");
    assert_line(room.kai, "@*label=h2 *BATCH +* chathistory #lab");
    assert_line(room.kai, "*BATCH -*");
    room_close(&room);
}

/* Under another name: told to all, its sender too, with who did it; kept without that. */
static void
test_relaymsg(void)
{
    struct room room;

    room_open(&room, NULL);
    irc_peer_send(room.kai, "CAP REQ :draft/relaymsg");
    irc_peer_send(room.kai, "@label=a;+weft/relay=77 RELAYMSG #lab maria/x :soup on Thursday");
    assert_line(room.kai, "@*draft/relaymsg=kai;+weft/relay=77;label=a :maria/x!~u@* PRIVMSG #lab "
                          ":soup on Thursday");
    assert_line(room.mia, "@*draft/relaymsg=kai;+weft/relay=77 :maria/x!~u@* PRIVMSG #lab :soup*");
    assert_line(room.old, ":maria/x!~u@* PRIVMSG #lab :soup on Thursday");
    g_assert_cmpuint(irc_server_count_said(room.server, "#lab", "soup on Thursday"), ==, 1);
    irc_peer_send(room.kai, "@label=h CHATHISTORY LATEST #lab * 50");
    assert_line(room.kai, "@*batch=*msgid=* :maria/x!~u@* PRIVMSG #lab :soup on Thursday");
    g_assert_cmpuint(irc_peer_count(room.kai, "@*batch=*relaymsg*"), ==, 0);
    irc_peer_send(room.mia, "@label=b RELAYMSG #lab maria/x :no operator");
    assert_line(room.mia, "@*label=b* FAIL RELAYMSG PRIVS_NEEDED :*");
    irc_server_add_op(room.server, "#lab", "MIA");
    g_assert_true(irc_peer_part(room.mia, "#lab", "a moment"));
    g_assert_true(irc_peer_join(room.mia, "#lab"));
    irc_peer_send(room.mia, "RELAYMSG #lab maria/x :an operator");
    assert_line(room.kai, "@*draft/relaymsg=mia :maria/x!~u@* PRIVMSG #lab :an operator");
    irc_peer_send(room.kai, "RELAYMSG #none maria/x :no channel");
    assert_line(room.kai, "* 403 kai #none *");
    assert_complaints(room.server, "");
    irc_peer_send(room.kai, "RELAYMSG #lab maria :no mark of elsewhere");
    assert_line(room.kai, "*FAIL RELAYMSG INVALID_NICK *");
    irc_server_set_caps(room.server, TALK_CAPS);
    irc_peer_send(room.kai, "RELAYMSG #lab maria/x :it is gone");
    assert_line(room.kai, "* 421 kai RELAYMSG *");
    room_close(&room);
}

void
test_irc_messages_add(void)
{
    g_test_add_func("/irc-server/messages/tags", test_tags);
    g_test_add_func("/irc-server/messages/redaction", test_redaction);
    g_test_add_func("/irc-server/messages/multiline", test_multiline);
    g_test_add_func("/irc-server/messages/read-marks", test_read_marks);
    g_test_add_func("/irc-server/messages/mark-of-fast-lines", test_mark_of_fast_lines);
    g_test_add_func("/irc-server/messages/event-playback", test_event_playback);
    g_test_add_func("/irc-server/messages/relaymsg", test_relaymsg);
}
