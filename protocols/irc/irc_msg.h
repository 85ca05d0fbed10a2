/* Messages beyond a plain line (section 4 of the protocol document): client-only tags, reactions,
 * typing, deletion, multiline, read marks, CTCP, standard replies; and what a session can do of all
 * that after negotiation. Included by irc_priv.h. */
#ifndef WEFT_IRC_MSG_H
#define WEFT_IRC_MSG_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/driver.h"
#include "protocols/irc/irc_line.h"

struct irc;
struct irc_channel;
struct irc_op;
struct irc_batch;
struct irc_context;
struct irc_multiline;

/* What the driver can do at best; irc_tell_caps() (irc_can.c) narrows it. */
#define IRC_DRIVER_CAPS                                                                            \
    (CAP_SEND | CAP_ACTION | CAP_NOTICE | CAP_HISTORY | CAP_JOIN | CAP_LEAVE | CAP_OPEN_DM |       \
     CAP_MEMBERS | CAP_USER_INFO | CAP_SET_TOPIC | CAP_PRESENCE | CAP_RAW | CAP_ECHO | CAP_REPLY | \
     CAP_REACT | CAP_TYPING | CAP_DELETE | CAP_MARK_READ | CAP_CREATE | CAP_BROWSE)
#define IRC_MAX_IN_FLIGHT 8
/* Without a pace all that is handed over leaves at once, and none of it waits here half said. */
#define IRC_UNPACED_IN_FLIGHT 32

#define IRC_MAX_MSGID_BYTES     500 /* longer ones are shown, but not sent back in a tag */
#define IRC_MAX_REACTION_BYTES  100
#define IRC_MULTILINE_BYTES     (64 * 1024) /* of one that comes; what is beyond is cut off */
#define IRC_MULTILINE_LINES     1000
#define IRC_MULTILINE_OUT_LINES 100 /* where the server names no limit */
#define IRC_TYPING_US           (3 * G_USEC_PER_SEC)
#define IRC_MARK_US             (3 * G_USEC_PER_SEC)
#define IRC_CTCP_US             (3 * G_USEC_PER_SEC)
#define IRC_CTCP_PING_BYTES     100

struct irc_msg {
    GHashTable *typing; /* folded target → struct: what we last told there */
    unsigned typing_timer;
    GHashTable *marks;      /* folded conversation → struct: how far it is read */
    GHashTable *taken_back; /* likewise → int64_t: up to here it is unread again; kept over a cut */
    unsigned mark_timer;
    int64_t mark_sent_us; /* monotonic; 0: never */
    int64_t ctcp_us;      /* monotonic: when the last answer went out; 0: never */
    /* Smaller than what the server's capability said, since it refused; 0: not known. */
    size_t multiline_bytes;
    unsigned multiline_lines;
    GHashTable *relay_refused; /* folded channels in which RELAYMSG is not for us */
    bool relay_off;            /* nor anywhere else */
};

void irc_msg_init(struct irc *irc);
void irc_msg_clear(struct irc *irc);
/* The connection is gone: what was known of it is forgotten. */
void irc_msg_reset(struct irc *irc);
/* Ready: asks how far private conversations are read. */
void irc_msg_begin(struct irc *irc);

/* TAGMSG, REDACT, MARKREAD, READ. False: none of these. */
bool irc_on_deed(struct irc *irc, const struct irc_context *context);
/* The server has taken an operation without an echo of its own: tells what follows, and that it is
 * done. */
void irc_op_accept(struct irc *irc, struct irc_op *op);

/* --- tags (irc_tags.c) ---------------------------------------------------------------------- */

/* True when tags pass at all and CLIENTTAGDENY does not name this one ("typing", "draft/react"). */
bool irc_tag_usable(struct irc *irc, const char *name);
/* The id that the line answers, or NULL. */
const char *irc_reply_of(const struct irc_line *line);
/* +reply and +draft/reply, as far as they pass. How many. */
unsigned irc_reply_tags(struct irc *irc, const char *reply_to, struct irc_tag ret_tags[2]);
bool irc_is_bot(const struct irc_line *line);
/* The channel that a private message was sent on the occasion of, if we share it; or NULL. */
const char *irc_channel_context(struct irc *irc, const struct irc_line *line);
/* The conversation (folded) that a line without text is about, when it is open; NULL otherwise.
 * g_free(). */
char *irc_conversation_of(struct irc *irc, const struct irc_context *context);

void irc_api_typing(void *session, const struct buffer *buffer, bool active);
/* A message to this target (folded) has said it all. */
void irc_typing_ends(struct irc *irc, const char *id);
void irc_on_typing(struct irc *irc, const struct irc_context *context);

/* --- reactions, deletion, read marks (irc_react.c, irc_redact.c, irc_read.c) ----------------- */

bool irc_api_react(void *session, op_id op, const struct buffer *buffer, const char *remote_id,
                   const char *emoji, bool add, GError **error);
/* A reaction in the tags of a TAGMSG, or of a message. */
void irc_on_reaction(struct irc *irc, const struct irc_context *context);
void irc_react_accepted(struct irc *irc, const struct irc_op *op);

bool irc_api_delete(void *session, op_id op, const struct buffer *buffer, const char *remote_id,
                    GError **error);
void irc_on_redact(struct irc *irc, const struct irc_context *context);
void irc_redact_accepted(struct irc *irc, const struct irc_op *op);

bool irc_has_read_marks(const struct irc *irc);
void irc_api_mark_read(void *session, const struct buffer *buffer, const struct message *upto);
void irc_api_mark_back(void *session, const struct buffer *buffer, const struct message *upto);
void irc_on_markread(struct irc *irc, const struct irc_context *context);
/* A private conversation was opened: how far is it read? Asked once a connection. */
void irc_read_ask(struct irc *irc, const char *id, const char *nick);

/* --- multiline (irc_multiline.c) -------------------------------------------------------------- */

/* Takes the line that opens such a batch; false: it is none, or not negotiated. */
bool irc_multiline_open(struct irc *irc, struct irc_line *line);
/* Takes a line of it. */
void irc_multiline_add(struct irc *irc, struct irc_batch *batch, struct irc_line *line_take);
/* The whole as one line, or NULL when it is empty. The caller frees it. */
struct irc_line *irc_multiline_close(struct irc_batch *batch);
void irc_multiline_free(struct irc_multiline *multiline); /* NULL is allowed */
/* Bytes that a message of several lines may have; 0: the server takes none. */
size_t irc_multiline_most(struct irc *irc);
/* The batch that carries this text, lines parted by CR LF; NULL when one line does, or the server
 * takes no batch, or none of this size. `room`: bytes of text in one line. g_free(). */
char *irc_multiline_build(struct irc *irc, const struct send_request *request, const char *target,
                          size_t room, uint64_t serial);
/* FAIL BATCH MULTILINE_MAX_…: remembers the limit. */
void irc_multiline_refused(struct irc *irc, const char *code, const char *limit);

/* --- colours (irc_colors.c) ------------------------------------------------------------------- */

/* The server refuses with this sentence what was sent with marks: core sends it again, and then it
 * has none. False: it is refused for something else. */
bool irc_colors_refused(struct irc *irc, struct irc_op *op, const char *text);
/* The text without its spans, where these are refused; rich_free(). NULL: it may be said as it is.
 */
struct rich *irc_colors_left_out(struct irc *irc, const char *target, const struct rich *body);
/* MODE: with other letters it is tried again. */
void irc_colors_changed(struct irc_channel *channel, const char *letters);

/* --- for others (irc_relaymsg.c) ---------------------------------------------------------------
 */

#define IRC_MARK_TAG "+weft/relay"
/* Which of our sends a copy is: its text may not say so, where it was said again with a name. */
#define IRC_KEY_TAG "+weft/key"
/* Tags of one line: label, reply, mark, key. */
#define IRC_SAID_TAGS 6

/* What an operation needs while the server may still refuse it this way. */
struct irc_relayed {
    char *nick;  /* that it is said under */
    char *again; /* the text with the name before it */
    char *reply_to, *mark, *key;
};
void irc_relayed_free(struct irc_relayed *relayed); /* NULL is allowed */

/* A name may have so many bytes; 0: nothing is said under other names, here or now. */
size_t irc_relay_name_bytes(const struct irc *irc);
/* It goes out as RELAYMSG; false: as our own, by irc_relay_text() where it is for somebody. */
bool irc_relay_takes(struct irc *irc, const struct send_request *request, const char *target);
/* The text with the name before it; for an action without its CTCP. g_free(). */
char *irc_relay_text(const struct send_request *request, const char *text);
/* Gives the operation what it needs for RELAYMSG. `plain`: as for irc_relay_text(). */
void irc_relay_begin(struct irc *irc, struct irc_op *op, const struct send_request *request,
                     const char *plain);
/* The mark of a relay, when tags pass: how many tags. */
unsigned
irc_relay_tags(struct irc *irc, const char *mark, const char *key, struct irc_tag *ret_tags);
/* The key that a line of ours carries; NULL: none. */
const char *irc_relay_key(const struct irc_context *context);
/* The first that is under way; NULL: none is. Where no label says which. */
struct irc_op *irc_relay_first(struct irc *irc);
/* A send (or NULL, or something else) was refused. True: it was RELAYMSG, and is said again, with
 * the name before the text. */
bool irc_relay_refused(struct irc *irc, struct irc_op *op, const char *code, const char *text);
/* In this channel (folded) it may be tried again: we have a rank there, or have left. */
void irc_relay_allowed(struct irc *irc, const char *id);
/* Who sent a line under another name; NULL: it bears the sender's own. */
const char *irc_relay_sender(const struct irc *irc, const struct irc_line *line);
/* What is said as our own waits until all that was said there before it under another name has its
 * answer: that may be refused, and is said again then, and not to be overtaken. */
bool irc_relay_holds(struct irc *irc, const struct irc_op *op);
/* What needs to wait no more leaves. */
void irc_relay_release(struct irc *irc);
/* Only what is relayed can have this name. */
bool irc_relay_is_nick(const struct irc *irc, const char *nick);
/* Which relay has brought the line (event.h: relayed_by); NULL: none. Borrowed from it. */
const char *irc_relay_mark(const struct irc *irc, const struct irc_context *context);

/* --- CTCP (irc_ctcp.c) ------------------------------------------------------------------------ */

/* What stands between \x01; not ACTION. */
void irc_on_ctcp(struct irc *irc, const struct irc_context *context, const char *text, bool notice);
/* The line of /ctcp NICK COMMAND [TEXT]. NULL and `error` when it cannot be. g_free(). */
char *irc_ctcp_build(struct irc *irc, const char *nick, const char *command, GError **error);

#endif
