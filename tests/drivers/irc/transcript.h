/* What the transcript tests of the IRC driver share: a session, and a server that the test plays.
 */
#ifndef WEFT_TESTS_IRC_TRANSCRIPT_H
#define WEFT_TESTS_IRC_TRANSCRIPT_H

#include "tests/support/fake_host.h"

#define NOW_US (G_GINT64_CONSTANT(1787220672) * G_USEC_PER_SEC) /* 2026-08-20T10:11:12Z */

struct transcript {
    struct fake_host *fake;
    struct options *options;
    void *session;
    op_id last_op;
};

/* Capabilities that a modern server offers. */
#define MODERN                                                                                     \
    "message-tags server-time batch labeled-response echo-message account-tag multi-prefix "       \
    "userhost-in-names cap-notify chghost setname away-notify extended-join account-notify"
#define WITH_HISTORY MODERN " draft/chathistory"
#define WITH_ALL                                                                                   \
    WITH_HISTORY " draft/event-playback draft/message-redaction draft/read-marker "                \
                 "draft/multiline=max-bytes=200,max-lines=4 standard-replies"

/* `more`: option lines besides server, nick and tls. */
void transcript_open(struct transcript *t, const char *more);
void transcript_close(struct transcript *t);
/* Connects and opens the stream. */
void transcript_connect(struct transcript *t);
/* From the open stream to the end of the motd. `caps` NULL: a server without CAP. */
void transcript_register(struct transcript *t, const char *caps);
/* Both, and answers the sync PING: ONLINE when nothing is joined. Events so far are dropped. */
void transcript_online(struct transcript *t, const char *more, const char *caps);
/* We come into a channel with maria in it; events are dropped. */
void transcript_in_channel(struct transcript *t, const char *channel);
/* Answers the newest "PING s…" that was sent. */
void transcript_answer_sync(struct transcript *t);

op_id transcript_send(struct transcript *t, const char *conversation, enum message_kind kind,
                      const char *text, const char *key);
/* What send refuses with. */
GError *transcript_send_error(struct transcript *t, const char *conversation, const char *text);
/* An answer to a message. */
op_id transcript_reply(struct transcript *t, const char *conversation, const char *text,
                       const char *reply_to);
/* The label of the newest line that was sent with one. */
char *transcript_label(struct transcript *t);
struct buffer *transcript_buffer(const char *conversation);

void test_register_add(void);
void test_login_add(void);
void test_sts_add(void);
void test_presence_add(void);
void test_commands_add(void);
void test_talk_add(void);
void test_relay_add(void);
void test_bouncer_add(void);
void test_people_add(void);
void test_catch_up_add(void);
void test_hostile_add(void);
void test_sequences_add(void);
void test_threats_add(void);
void test_tags_add(void);
void test_deeds_add(void);
void test_multiline_add(void);
void test_playback_add(void);
void test_ctcp_add(void);

#endif
