/* What the files of the IRC driver share: the session, and who calls whom.
 *
 * irc.c opens the stream and cuts it into lines; irc_events.c hands each line to its handler, which
 * emits events and writes lines back by irc_out(). A handler never ends the session under itself:
 * irc_fail() notes why, and the session ends when the handler has returned. */
#ifndef WEFT_IRC_PRIV_H
#define WEFT_IRC_PRIV_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "core/driver.h"
#include "core/host.h"
#include "protocols/irc/irc_flood.h"
#include "protocols/irc/irc_isupport.h"
#include "protocols/irc/irc_line.h"
#include "protocols/irc/irc_msg.h"
#include "protocols/irc/irc_net.h"
#include "protocols/irc/irc_sasl.h"

struct irc;

#define IRC_MAX_CHANNELS      20000
#define IRC_MAX_MEMBERS       100000 /* of one channel */
#define IRC_MAX_CONVERSATIONS 20000  /* private ones that strangers may open */
#define IRC_MAX_BATCHES       50
#define IRC_MAX_BATCH_LINES   2000
#define IRC_MAX_CAPS          300
#define IRC_MAX_TEXT_BYTES    (IRC_MAX_LINE_BYTES * 3)

#define IRC_REGISTER_TIMEOUT_US (60 * G_USEC_PER_SEC)
#define IRC_SASL_TIMEOUT_US     (15 * G_USEC_PER_SEC)
#define IRC_MOTD_TIMEOUT_US     (15 * G_USEC_PER_SEC)
#define IRC_SILENCE_US          (60 * G_USEC_PER_SEC)
#define IRC_DEAD_US             (30 * G_USEC_PER_SEC)
#define IRC_QUIT_TIMEOUT_US     (1500 * 1000)
#define IRC_OP_TIMEOUT_US       (30 * G_USEC_PER_SEC)
#define IRC_HISTORY_TIMEOUT_US  (60 * G_USEC_PER_SEC)
#define IRC_BANNED_DELAY_US     (600 * G_USEC_PER_SEC)
#define IRC_HOLD_US             (120 * G_USEC_PER_SEC) /* by a bouncer, of what we say */

enum irc_phase {
    IRC_OFF,
    IRC_SECRETS, /* waits for passwords */
    IRC_OPENING,
    IRC_STARTTLS,
    IRC_REGISTER, /* until 001 */
    IRC_WELCOMED, /* until the end of the motd */
    IRC_READY,
    IRC_QUITTING,
};

struct irc_config {
    char *server; /* name or literal address */
    uint16_t port;
    enum stream_tls tls;
    bool loopback;
    const char *nick;
    const char *user;
    const char *realname;
    const char *sasl; /* NULL: the best */
    const char *sasl_user;
    bool sasl_off;
    bool sasl_required;
    bool paced;
    const char *cert;
    bool bot;            /* says that software speaks */
    bool nickserv;       /* login = nickserv: the password is for NickServ */
    bool ctcp_time;      /* CTCP TIME is answered */
    const char *charset; /* of lines that are no UTF-8; NULL: Windows-1252 */
};

/* --- members (irc_members.c) --------------------------------------------------------------------
 */

struct irc_member {
    char *nick;
    char *account;                    /* or NULL */
    char modes[IRC_MAX_PREFIXES + 1]; /* letters, highest first */
    bool away;
};

struct irc_channel {
    char *id;            /* folded */
    char *name;          /* as the server writes it */
    GHashTable *members; /* folded nick → struct irc_member */
    GHashTable *naming;  /* the list that 353 builds until 366; or NULL */
    bool secret;
    char *modes;          /* "+nt"; NULL: not known */
    bool modes_asked;     /* for the screen, or will be */
    bool no_colors;       /* a line with marks was refused for them */
    bool made_follows;    /* the 329 behind our 324 is not said */
    bool who_asked;       /* WHO was asked about it, or will be */
    bool behind;          /* what was missed is not settled yet: live lines move no cursor */
    bool known_before;    /* it had a past with us when we joined */
    bool at_connect;      /* joined before all was caught up, not in mid-session */
    int64_t reference_us; /* the newest thing known from before; 0: none */
    int64_t entered_us;   /* when we joined */
    int64_t joined_us;    /* the sort key of our joining */
    uint64_t sync_serial; /* the PING whose answer proves that all playback has come; 0: none */
    int64_t playback_oldest_us; /* of lines that the server played back by itself; 0: none */
};

struct irc_channel *irc_channel(struct irc *irc, const char *name);
/* Makes it, emits EVENT_BUFFER. NULL when there are too many. */
struct irc_channel *irc_channel_join(struct irc *irc, const char *name);
/* Forgets it, emits EVENT_BUFFER (not joined). */
void irc_channel_leave(struct irc *irc, struct irc_channel *channel);
/* Somebody has sent us out: nothing but the person joins it again, after a restart either. */
void irc_keep_out(struct irc *irc, const char *id, bool out);
bool irc_is_kept_out(struct irc *irc, const char *id);
void irc_channel_free(struct irc_channel *channel);
void irc_channel_announce(struct irc *irc, const struct irc_channel *channel, const char *topic);

bool irc_member_known(struct irc *irc, const struct irc_channel *channel, const char *nick);
/* Adds or changes; `account` NULL: not said. */
void irc_member_join(struct irc *irc, struct irc_channel *channel, const char *nick,
                     const char *account);
void irc_member_leave(struct irc *irc, struct irc_channel *channel, const char *nick);
void
irc_member_mode(struct irc *irc, struct irc_channel *channel, const char *nick, char mode, bool on);
/* In every channel. */
void irc_member_rename(struct irc *irc, const char *nick, const char *new_nick);
void irc_member_set_account(struct irc *irc, const char *nick, const char *account);
void irc_member_set_away(struct irc *irc, const char *nick, bool away);
void irc_member_gone(struct irc *irc, const char *nick);
/* What WHO says of a member; `account` NULL: nothing. Told when it is news. */
void irc_member_describe(struct irc *irc, struct irc_channel *channel, const char *nick,
                         const char *account, bool away);
/* The server lists nobody before it is asked (no-implicit-names). */
bool irc_names_on_demand(const struct irc *irc);
/* 353 and 366. */
void irc_names_take(struct irc *irc, struct irc_channel *channel, const char *names);
void irc_names_end(struct irc *irc, struct irc_channel *channel);
/* Says who is there, those with a rank first. */
void irc_names_say(struct irc *irc, struct irc_channel *channel);

/* --- modes (irc_modes.c) ------------------------------------------------------------------------
 */

/* Somebody looks at the channel: asks for its modes, once. */
void irc_modes_look(struct irc *irc, struct irc_channel *channel);
/* MODE: "+nt-i". */
void irc_modes_changed(struct irc *irc, struct irc_channel *channel, const char *letters);
/* 324 and 329. True: nobody but we asked for it. */
bool irc_modes_are(struct irc *irc, const struct irc_line *line, int numeric);

/* --- operations (irc_ops.c) ---------------------------------------------------------------------
 */

enum irc_op_kind {
    IRC_OP_SEND,
    IRC_OP_JOIN,
    IRC_OP_LEAVE,
    IRC_OP_TOPIC,
    IRC_OP_AWAY,
    IRC_OP_WHOIS,
    IRC_OP_NAMES,
    IRC_OP_NICK,
    IRC_OP_WHO,
    IRC_OP_MODES, /* of a channel, for the screen: nobody asked */
    IRC_OP_REACT,
    IRC_OP_REDACT,
    IRC_OP_LIST,
    IRC_OP_BAN,      /* waits for the host of a nick */
    IRC_OP_REGISTER, /* REGISTER, VERIFY */
    IRC_OP_OPER,     /* waits for its password */
    IRC_OP_CERT,     /* waits for a program, not for the server */
    IRC_OP_WRITTEN,  /* done when its line has left */
    IRC_OP_SETTLED,  /* done already: the completion follows from the main loop */
};

struct irc_op {
    uint64_t serial;
    op_id id;
    enum irc_op_kind kind;
    char *target;        /* folded; or NULL */
    char *name;          /* JOIN: the key. WHOIS, NAMES: the conversation that asked. Else NULL */
    bool left;           /* its bytes are written */
    uint64_t left_order; /* counts up */
    unsigned rows;       /* of the answer so far */
    int64_t since_us;    /* monotonic; when it was asked for */
    /* SEND */
    enum message_kind message;
    char *key;
    char *plain; /* its text without formatting */
    bool marked; /* it was sent with formatting */
    bool block;  /* a multiline batch */
    bool labelled;
    struct irc_relayed *relayed; /* under another name; NULL: as ourselves */
    char *held; /* its line or block, which waits for the answer to what is before it; or NULL */
    /* REACT, REDACT */
    char *remote_id; /* of the message */
    char *emoji;
    bool add;
    GError *settled; /* SETTLED: the failure, or NULL */
    bool is_join;    /* SETTLED: it was one, and `target` is its channel */
};

struct irc_op *irc_op_new(struct irc *irc, op_id id, enum irc_op_kind kind, const char *target);
/* Its label, when the server knows labels; else NULL. g_free(). */
char *irc_op_label(const struct irc *irc, const struct irc_op *op);
/* Sends its line (NULL: it could not be built), and asks for proof where nothing would come back.
 * False and `error`, the operation gone, when it cannot leave. */
bool irc_op_send(struct irc *irc, struct irc_op *op, char *line_take, GError **error);
/* The answer to a PING after it proves that the server has read it. */
void irc_op_ask_for_proof(struct irc *irc, const struct irc_op *op);
struct irc_op *irc_op_by_serial(struct irc *irc, uint64_t serial);
/* The operation that a label of ours ("w17") names, or NULL. */
struct irc_op *irc_op_by_label(struct irc *irc, const char *label);
/* The oldest one of that kind whose bytes have left, for the folded target (NULL: any). */
struct irc_op *irc_op_first(struct irc *irc, enum irc_op_kind kind, const char *target);
/* Completions from a handler or timer; all free the operation. */
void irc_op_done(struct irc *irc, struct irc_op *op, const char *remote_id, int64_t time_us);
void irc_op_fail(struct irc *irc, struct irc_op *op, enum weft_error code, const char *sentence);
void irc_op_fail_with(struct irc *irc, struct irc_op *op, const GError *error);
/* A completion from inside a call of core: it follows from the main loop. */
void irc_op_settle(struct irc *irc, struct irc_op *op, GError *error_take);
/* The connection is over. */
void irc_ops_end(struct irc *irc);
void irc_ops_check_timeouts(struct irc *irc);

/* --- channels that have to catch up (irc_behind.c) ----------------------------------------------
 */

void irc_behind_load(struct irc *irc);
/* Joined in mid-session, and known up to there. */
void irc_behind_set(struct irc *irc, const char *id, int64_t known_us);
void irc_behind_clear(struct irc *irc, const char *id);
int64_t irc_behind_get(const struct irc *irc, const char *id); /* 0: it is not behind */

/* --- the session (irc.c) ------------------------------------------------------------------------
 */

struct irc_batch {
    char *type;
    char *target;     /* first parameter, folded; or "" */
    char *label;      /* or NULL */
    char *parent;     /* or NULL */
    GPtrArray *lines; /* struct irc_line: kept until its end, the newest; NULL: handled at once */
    struct irc_multiline *multiline; /* or NULL */
    bool end;                        /* draft/chathistory-end: nothing more lies beyond */
};

struct irc_job; /* irc_history.c */

struct irc {
    struct host *host;
    char *netid;          /* this connection is a bouncer's network: its id; else NULL */
    GPtrArray *legs;      /* struct irc_leg, owned: the networks of a bouncer */
    unsigned last_leg;    /* the number of the last of them */
    GPtrArray *leg_asks;  /* what legs have asked the person, owned: see irc_leg.c */
    unsigned caps;        /* what this connection can do */
    struct limits limits; /* likewise */
    const struct options *options;
    struct irc_config config;
    char *log_area;
    char *password; /* wiped when freed */
    char *server_password;
    bool asking; /* a secret is under way */

    enum irc_phase phase;
    struct stream *stream;
    unsigned connection; /* counts up */
    bool secure;
    bool starttls; /* this connection begins in clear */
    GString *in;
    bool in_too_long; /* the line that comes is beyond the limit: dropped up to its end */
    bool dispatching;
    GError *dying; /* the session ends for this */
    unsigned end_timer;
    unsigned phase_timer;
    unsigned out_timer;
    unsigned alive_timer;
    unsigned settle_timer;
    int64_t heard_us;      /* monotonic */
    int64_t heard_wall_us; /* by the server's clock */
    bool pinged;
    bool paused; /* core does not want more just now */
    int64_t saved_alive_us;
    int64_t was_alive_us; /* when we last were connected, before this connection; 0: never */

    struct irc_flood flood;
    struct irc_isupport isupport;
    char *nick;       /* ours now */
    char *login_user; /* our user and host as others see them; NULL: not known */
    char *login_host;
    char *account; /* that we are logged in to, or NULL */
    unsigned nick_tries;
    int64_t clock_offset_us; /* server's clock less ours */
    int64_t last_key;

    /* irc_caps.c */
    GHashTable *offered; /* cap → value */
    GHashTable *enabled;
    GHashTable *refused;
    GPtrArray *requested; /* of char *: lines of REQ that wait for an answer */
    bool ls_done;
    bool cap_ended;
    enum irc_mechanism mechanism; /* under way */
    struct irc_sasl *sasl;
    GString *sasl_in;
    unsigned sasl_timer;
    bool logged_in;
    bool login_tried;

    GHashTable *channels; /* folded name → struct irc_channel */
    GHashTable *direct;   /* folded nick → the name announced */
    GHashTable *left;     /* channels left or lost by hand: folded; not joined again */
    GHashTable *known; /* channels we were in before: folded → int64_t, up to when we heard them */
    GHashTable *keys;  /* folded channel → key, for this run's joins */
    GHashTable *batches; /* reference → struct irc_batch */
    GHashTable *behind;  /* irc_behind.c: folded channel → int64_t */
    char *last_nick;     /* that we had when we last were online, and no more; or NULL */
    uint64_t last_serial;
    uint64_t last_left;
    GQueue ops; /* struct irc_op, oldest first */

    /* irc_history.c */
    GQueue jobs; /* struct irc_job; the head is under way when job_serial is not 0 */
    uint64_t job_serial;
    unsigned job_timer;
    uint64_t sync_serial;   /* of the newest PING that asks "have my joins been answered?" */
    bool sync_queued;       /* it has not left yet */
    int64_t sync_since_us;  /* monotonic */
    bool plays_since_alive; /* the bouncer plays all since we last were connected */
    bool direct_whole;      /* every private conversation that missed something is known */
    bool online;            /* caught up once since the connection */

    struct irc_net net; /* irc_net.h */
    struct irc_msg msg; /* irc_msg.h */
};

/* A session that is not connected; frees; begins to connect; says goodbye. As the driver's table
 * has them, for one connection. */
struct irc *irc_session_open(const struct options *options, struct host *host, GError **error);
void irc_session_close(struct irc *irc);
void irc_session_connect(struct irc *irc);
void irc_session_disconnect(struct irc *irc, const char *reason);
void irc_session_pause(struct irc *irc, bool paused);
/* The passwords that another connection of the account was given: nobody is asked twice. */
void irc_session_lend_passwords(struct irc *irc, const struct irc *from);

/* Writes a line of these parts (a NULL ends them). A part that cannot be sent makes it a no-op that
 * is logged. `serial`: of the operation it carries, or 0. */
bool
irc_out(struct irc *irc, enum irc_priority priority, uint64_t serial, ...) G_GNUC_NULL_TERMINATED;
/* A whole line, checked for CR LF. */
bool irc_out_line(struct irc *irc, enum irc_priority priority, uint64_t serial, char *line_take,
                  bool free_of_charge);
/* Lines parted by CR LF that leave together, nothing in between. Each was built by
 * irc_line_build(). */
bool irc_out_block(struct irc *irc, uint64_t serial, char *block_take);
/* A line as it stands in the log: without its secrets (irc_services_mask_line()). */
void irc_trace(struct irc *irc, const char *arrow, const char *line);
/* Sends what may leave now, and arms the timer for the rest. */
void irc_flush(struct irc *irc);
/* The connection is over, for this reason; the first one counts. Takes `error`. */
void irc_fail(struct irc *irc, GError *error_take);
bool irc_has(const struct irc *irc, const char *cap);
/* Labels, and the batches that answers to them may come in. */
bool irc_has_labels(const struct irc *irc);
/* We were in the channel (folded) and heard all of it up to this time, by the server's clock; 0:
 * not known. */
void irc_remember(struct irc *irc, const char *id, int64_t until_us);
bool irc_is_us(struct irc *irc, const char *nick);
void irc_set_nick(struct irc *irc, const char *nick);
void irc_set_login(struct irc *irc, const char *user, const char *host);
/* The server's time now, by its clock. */
int64_t irc_now_us(const struct irc *irc);
/* Registered, and the motd is over. */
void irc_welcome(struct irc *irc, const char *nick);
void irc_ready(struct irc *irc);
/* Ready, and as whom is settled: joins, and all that follows. */
void irc_come_in(struct irc *irc);
void irc_tell_self(struct irc *irc);
void irc_tell_caps(struct irc *irc);
/* After joins, motd and catch-up: ONLINE. */
void irc_maybe_online(struct irc *irc);
/* Begins to register: CAP, PASS, NICK, USER. */
void irc_register(struct irc *irc);
void irc_save_alive(struct irc *irc);
/* They were refused: the next connection asks for them again. */
void irc_forget_passwords(struct irc *irc);

/* A line for the server buffer (conversation NULL) or another. */
void
irc_say(struct irc *irc, const char *conversation, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* --- capabilities (irc_caps.c); login is in irc_net.h
 * ---------------------------------------------------------- */

void irc_caps_reset(struct irc *irc);
void irc_caps_begin(struct irc *irc);
/* CAP END, when it is due and was not sent. */
void irc_caps_end(struct irc *irc);
void irc_on_cap(struct irc *irc, const struct irc_line *line);
/* The server knows no CAP, or 001 came before its end. */
void irc_caps_skipped(struct irc *irc);

/* --- a line and what is known about it (irc_events.c)
 * --------------------------------------------- */

struct irc_context {
    const struct irc_line *line;
    const char *nick; /* of the source: "" when absent */
    const char *user;
    const char *login_host;
    char *sender_id; /* folded nick; NULL: the server */
    bool own;
    bool perhaps_own; /* event.h */
    bool from_user;   /* the source is a user, not a server */
    int64_t time_us;
    int64_t sort_key;
    const char *msgid;      /* or NULL */
    const char *label;      /* of it or its batch; or NULL */
    const char *relayed_by; /* irc_relay_mark() */
    enum event_origin origin;
    bool replayed;            /* in a history batch */
    const char *conversation; /* replayed: the folded name that the batch is about */
    bool moves_cursor; /* the cursor moves although we are behind: nothing older is missing */
};

void irc_dispatch(struct irc *irc, const char *bytes, size_t len);
/* To the batch that keeps it, or to its handler. */
void irc_dispatch_line(struct irc *irc, struct irc_line *line_take);
void irc_context_init(struct irc *irc, struct irc_context *context, const struct irc_line *line);
void irc_context_clear(struct irc_context *context);
/* Fills in the fields of an event that every message of this line shares. */
void irc_message_event(const struct irc_context *context, struct event *event,
                       const char *conversation, enum message_kind kind);
void irc_emit_message(struct irc *irc, const struct irc_context *context, struct event *event);
/* A message of the channel with a plain body (NULL: none). */
void irc_emit_note(struct irc *irc, const struct irc_context *context, const char *conversation,
                   enum message_kind kind, const char *subject, const char *body);

/* irc_membership.c: JOIN PART KICK QUIT NICK MODE TOPIC … */
bool irc_on_membership(struct irc *irc, const struct irc_context *context);
/* irc_message.c: PRIVMSG, NOTICE. Returns true when it gave a message of a conversation. */
bool irc_on_message(struct irc *irc, const struct irc_context *context, bool notice);
/* irc_numeric.c */
void irc_on_numeric(struct irc *irc, const struct irc_context *context, int numeric);
/* irc_standard.c: FAIL, WARN, NOTE */
void irc_on_standard_reply(struct irc *irc, const struct irc_context *context);
void irc_on_error(struct irc *irc, const struct irc_context *context);
/* The private conversation with a nick: told to core once. False when there are too many. */
bool irc_direct_announce(struct irc *irc, const char *id, const char *nick);

/* --- history (irc_history.c)
 * ---------------------------------------------------------------------- */

bool irc_has_history(const struct irc *irc);
/* irc_replay.c: a line of a conversation's past, as an event. True when it was a message. */
bool irc_replay_line(struct irc *irc, const struct irc_line *line, const char *conversation,
                     enum event_origin origin, bool moves_cursor);
/* Added by the server to explain the line before it; neither counted nor a place in time. */
bool irc_replay_is_context(const struct irc_line *line);
/* Frees all of it without a word to the host. */
void irc_history_reset(struct irc *irc);
void irc_history_check_timeouts(struct irc *irc);
/* We joined; `forced` or not. Decides how what was missed is found. */
void irc_history_joined(struct irc *irc, struct irc_channel *channel);
/* Up to when a channel that has not caught up is known. What is said after we entered is missed
 * like anything else, even when the connection ends before its first page has come. */
int64_t irc_history_known_until(const struct irc_channel *channel);
/* A PING behind the joins, once for all that are queued. */
void irc_history_sync(struct irc *irc);
/* ZNC's playback module: asks for what came since we last were here. */
void irc_history_play(struct irc *irc);
void irc_history_synced(struct irc *irc, uint64_t serial);
/* Asks for private conversations that were active while we were away. */
void irc_history_targets(struct irc *irc);
bool irc_history_fetch(struct irc *irc, op_id op, const struct history_request *request,
                       const char *target, GError **error);
bool irc_history_cancel(struct irc *irc, op_id op);
void irc_history_batch(struct irc *irc, struct irc_batch *batch);
void irc_history_targets_line(struct irc *irc, const struct irc_line *line);
/* FAIL CHATHISTORY, or an error numeric with the job's label. */
bool irc_history_failed(struct irc *irc, const char *label, const char *code, const char *text);
void irc_history_end(struct irc *irc);
/* What waits for the channel waits for it under its new name. */
void irc_history_renamed(struct irc *irc, const char *id, const char *new_id, const char *name);
bool irc_history_busy(const struct irc *irc);
void irc_history_tell_caught_up(struct irc *irc, const char *conversation, bool whole);
/* A line came by itself that is older than our joining. */
void irc_history_played_back(struct irc *irc, struct irc_channel *channel, int64_t time_us);
/* "time_us msgid" of a line, when the conversation's cursor may move now; else NULL. g_free(). */
char *irc_cursor(struct irc *irc, const struct irc_context *context, const char *conversation);

void irc_on_batch(struct irc *irc, const struct irc_context *context);
struct irc_batch *irc_batch_of(struct irc *irc, const struct irc_line *line);
void irc_batch_free(struct irc_batch *batch);

/* --- requests (irc_api.c, irc_commands.c)
 * ----------------------------------------------------------- */

extern const struct driver_command irc_commands[];
bool irc_api_command(void *session, op_id op, const struct driver_command *command,
                     const struct buffer *buffer, const char *const *arguments, GError **error);
bool irc_api_send(void *session, op_id op, const struct send_request *request, GError **error);
/* Queues a line, or with op->block a block. False when too much waits. */
bool irc_api_send_line(struct irc *irc, struct irc_op *op, char *line_take);
char *irc_api_hides(const char *conversation, const char *text);
/* What is longer than this is seen as several messages by who has no draft/multiline. */
size_t irc_api_line_bytes(const struct irc *irc);
GPtrArray *irc_api_split(void *session, const struct send_request *request);
size_t irc_api_left(void *session, const struct send_request *request);
bool
irc_api_history(void *session, op_id op, const struct history_request *request, GError **error);
bool irc_api_join(void *session, op_id op, const struct buffer *from, const char *name,
                  const char *argument, GError **error);
bool irc_api_leave(void *session, op_id op, const struct buffer *buffer, const char *reason,
                   GError **error);
bool irc_api_open_dm(void *session, op_id op, const struct buffer *from, const char *user,
                     GError **error);
/* The same for a person who asked: the answer is said in the channel too. */
bool irc_ask_names(struct irc *irc, op_id op, const struct buffer *buffer, GError **error);
void irc_api_look_at(void *session, const struct buffer *buffer);
bool irc_api_members(void *session, op_id op, const struct buffer *buffer, GError **error);
bool irc_api_user_info(void *session, op_id op, const struct buffer *buffer, const char *user,
                       GError **error);
bool irc_api_set_topic(void *session, op_id op, const struct buffer *buffer, const char *topic,
                       GError **error);
bool irc_api_set_presence(void *session, op_id op, const char *away_text, GError **error);
bool
irc_api_raw(void *session, op_id op, const struct buffer *from, const char *line, GError **error);
void irc_api_op_cancel(void *session, op_id op);
bool irc_api_send_waits(void *session, op_id op);
bool irc_api_same_name(void *session, const char *a, const char *b);
bool irc_api_names_channel(void *session, const char *text);
bool irc_api_mentions_us(void *session, const struct buffer *buffer, const struct rich *body);
/* Joins what is configured and what was left open. */
void irc_join_all(struct irc *irc);
/* False and `error` (CLOSED) when nothing can be sent now. */
bool irc_check_ready(struct irc *irc, GError **error);
/* The name that the server knows the conversation by. */
const char *irc_target_of(struct irc *irc, const struct buffer *buffer);
/* A name that may stand as one parameter. False and `error` otherwise. */
bool irc_check_name(const char *name, GError **error);

#endif
