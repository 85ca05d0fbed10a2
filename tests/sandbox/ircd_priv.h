/* What the files of the scripted IRC server share. Everything here is touched on the server's
 * thread alone. */
#ifndef WEFT_SANDBOX_IRCD_PRIV_H
#define WEFT_SANDBOX_IRCD_PRIV_H

#include "tests/sandbox/irc_server.h"

#include <gio/gio.h>
#include <gsasl.h>

#define IRCD_NAME         "irc.sandbox"
#define IRCD_MAX_PARAMS   15
#define IRCD_BODY_BYTES   512  /* with CR LF */
#define IRCD_TAGS_BYTES   4094 /* what a client may send, "@" and the space included */
#define IRCD_INPUT_BYTES  16384
#define IRCD_HISTORY_PAGE 100

enum ircd_cap {
    CAP_MESSAGE_TAGS,
    CAP_SERVER_TIME,
    CAP_BATCH,
    CAP_LABELED_RESPONSE,
    CAP_ECHO_MESSAGE,
    CAP_ACCOUNT_TAG,
    CAP_ACCOUNT_NOTIFY,
    CAP_MULTI_PREFIX,
    CAP_USERHOST_IN_NAMES,
    CAP_CAP_NOTIFY,
    CAP_CHGHOST,
    CAP_SETNAME,
    CAP_AWAY_NOTIFY,
    CAP_EXTENDED_JOIN,
    CAP_CHATHISTORY,
    CAP_SASL,
    CAP_REDACTION,
    CAP_MULTILINE,
    CAP_READ_MARKER,
    CAP_EVENT_PLAYBACK,
    CAP_STANDARD_REPLIES,
    CAP_EXTENDED_MONITOR,
    CAP_CHANNEL_RENAME,
    CAP_REGISTRATION,
    CAP_INVITE_NOTIFY,
    CAP_RELAYMSG,
    /* What a bouncer is known by: not offered unless named. */
    CAP_BOUNCER_NETWORKS,
    CAP_BOUNCER_NOTIFY,
    CAP_ZNC_PLAYBACK,
    CAP_ZNC_SELF,
    CAP_N
};
#define CAP_BIT(cap) (1u << (cap))
#define CAP_SERVER   (CAP_BIT(CAP_BOUNCER_NETWORKS) - 1) /* all that a server offers */

struct ircd_account {
    char *name;
    char *secret;
    GPtrArray *fingerprints; /* SHA-256 of the certificate, hex */
};

struct ircd_fault {
    enum irc_server_fault kind;
    char *nick;    /* NULL: everyone */
    char *command; /* swallow this command; then `kind` means nothing */
    unsigned n;
};

struct ircd_member {
    bool op;
    bool voice;
};

struct ircd_channel {
    char *name;
    char *topic;
    char *topic_by;
    int64_t topic_time_us;
    int64_t made_us;
    GHashTable *members; /* struct ircd_conn * (not owned) → struct ircd_member * */
    bool invite_only, moderated, no_outside, topic_locked, secret;
    char *key;
    unsigned limit;
    GPtrArray *bans;     /* masks */
    GHashTable *invited; /* folded nicks: they may come in although it is invite_only */
};

/* One line of a multiline message. */
struct ircd_part {
    char *text;
    bool concat; /* goes on where the line before ended */
};

/* One message, or one thing that happened in a channel, as the server keeps it. */
struct ircd_entry {
    char *msgid;
    int64_t time_us;
    char *source;  /* nick!user@host */
    char *account; /* or NULL */
    char *command;
    char *target;
    char *text;        /* NULL: TAGMSG, or an event. Multiline: the whole of it */
    GPtrArray *parts;  /* multiline: struct ircd_part; else NULL */
    char *event;       /* the line behind its source ("JOIN #lab"); NULL: a message */
    char *client_tags; /* "+reply=x;+y", or NULL */
    bool bot;
    char *relayed_by;  /* RELAYMSG: the nick that sent it under another; else NULL */
    char *redacted_by; /* the source that took it back; NULL: it stands */
    char *redacted_why;
    int64_t redacted_us;
};

struct irc_server {
    struct irc_server_options options; /* strings are owned by `strings` */
    GPtrArray *strings;
    GMainContext *context;
    struct thread_loop *loop; /* NULL: it is turned by the server beside */
    GSocketService *plain;    /* NULL: does not listen */
    GSocketService *tls;
    uint16_t port;
    uint16_t tls_port;
    GTlsCertificate *certificate;
    Gsasl *gsasl;
    unsigned offered;     /* bits of enum ircd_cap */
    GHashTable *accounts; /* name → struct ircd_account */
    GPtrArray *conns;     /* referenced */
    GHashTable *channels; /* folded name → struct ircd_channel */
    GHashTable *history; /* folded channel, or two folded nicks → GPtrArray of struct ircd_entry */
    GHashTable *marks;   /* "reader target", folded → int64_t: read up to */
    GPtrArray *faults;   /* struct ircd_fault */
    GPtrArray *received;   /* struct ircd_received */
    GPtrArray *complaints; /* char * */
    GPtrArray *far;        /* struct ircd_far: who stands behind another server */
    uint64_t last_id;
    int64_t last_time_us;
    /* A bouncer: its networks, each a server of its own on the same thread. */
    GPtrArray *networks;        /* struct irc_server *, owned */
    struct irc_server *bouncer; /* of a network; else NULL */
    char *netid;                /* likewise */
    char *netname;
    GHashTable *ops;  /* "channel nick", folded: operators from when they come */
    GHashTable *kept; /* channels that the bouncer's user is in: folded → name */
};

struct ircd_received {
    char *nick;
    char *line;
};

struct ircd_conn {
    unsigned refs;
    struct irc_server *server;
    GSocketConnection *socket;
    GIOStream *stream;         /* the TLS connection, or the socket's */
    GCancellable *cancel;      /* everything */
    GCancellable *read_cancel; /* the read alone, to close in order */
    bool secure;
    bool reading, writing;
    bool waited; /* the first line has had its IRC_FAULT_DELAY */
    bool ending; /* close when everything is written */
    bool closed;
    char buffer[4096];
    GByteArray *input;
    GQueue output;   /* GBytes, whole lines with CR LF */
    size_t out_done; /* bytes of the first that are written, with IRC_FAULT_TRICKLE */
    GBytes *writing_now;
    GSource *delay;
    GPtrArray *held; /* GBytes that wait to be reversed */

    char *nick, *user, *host, *real, *away, *account, *mechanism;
    char *fingerprint; /* of the client certificate, or NULL */
    bool registered, cap_open, cap_302, pass_ok;
    bool bot; /* user mode B */
    unsigned caps;

    Gsasl_session *sasl;
    GString *sasl_input;
    bool sasl_last; /* the server's last word is sent, "+" is awaited */

    int64_t flood_us; /* until when lines are used up */

    /* While a labelled command is worked on, what goes to its sender is gathered. */
    char *label;
    GPtrArray *gathered; /* struct ircd_line */
    bool no_answer;      /* IRC_FAULT_NO_ECHO: not even an ACK */

    GHashTable *monitored; /* folded nick → nick; NULL: none */
    char *unverified;      /* the password of an account that waits for its code */
    bool bound;            /* to a bouncer's network */

    struct ircd_batch *batch; /* that the client has open, or NULL */
    GHashTable *typing_us;    /* target → int64_t: when it last told that it types there */
};

/* A line on its way: tags without "@", and the rest. */
struct ircd_line {
    GString *tags;
    char *body;
};

/* Tags of an outgoing line; NULL members are left out. `time_us` 0: now. */
struct ircd_tags {
    int64_t time_us;
    const char *msgid;
    const char *account;
    const char *client;
    const char *batch;
    bool bot;
    bool context; /* draft/chathistory-context */
};

/* A command that came in. Strings point into the line. */
struct ircd_cmd {
    char *tags; /* without "@", or NULL */
    char *name; /* upper case */
    char *params[IRCD_MAX_PARAMS + 1];
    unsigned n;
};

struct ircd_speech;
typedef void (*ircd_cmd_fn)(struct ircd_conn *conn, const struct ircd_cmd *cmd);

struct ircd_cmd_row {
    const char *name;
    unsigned least; /* parameters, or 461 */
    bool early;     /* allowed before registration */
    ircd_cmd_fn fn;
};

/* ircd_conn.c */
struct ircd_conn *ircd_conn_accept(struct irc_server *server, GSocketConnection *socket, bool tls);
struct ircd_conn *ircd_conn_ref(struct ircd_conn *conn);
void ircd_conn_unref(struct ircd_conn *conn);
/* Ends it at once; the others see QUIT. */
void ircd_conn_cut(struct ircd_conn *conn, const char *reason);
/* Sends ERROR, and closes when it is written. */
void ircd_conn_end(struct ircd_conn *conn, const char *reason);
/* Goes on reading and writing after a fault. */
void ircd_conn_resume(struct ircd_conn *conn);
/* Bytes as they stand; faults count them as one line. Takes `bytes`. */
void ircd_conn_queue_take(struct ircd_conn *conn, GBytes *bytes);
void ircd_conn_queue_text_take(struct ircd_conn *conn, char *text);
/* One line; its body is cut to the limit. */
void ircd_send(struct ircd_conn *conn, const struct ircd_tags *tags, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
/* A numeric: ":irc.sandbox 401 nick …". */
void
ircd_numeric(struct ircd_conn *conn, unsigned number, const char *format, ...) G_GNUC_PRINTF(3, 4);
void ircd_fail(struct ircd_conn *conn, const char *command, const char *code, const char *context,
               const char *text);
/* "nick!user@host"; g_free it. */
char *ircd_source_dup(const struct ircd_conn *conn);
bool ircd_has_cap(const struct ircd_conn *conn, enum ircd_cap cap);
char *ircd_time_text(int64_t time_us);

/* ircd_dispatch.c */
void ircd_take_line(struct ircd_conn *conn, char *line, size_t len, bool cr);
/* The value of a tag, unescaped; NULL when it is not there. g_free it. */
char *ircd_tag_dup(const char *tags, const char *key);
/* From now on what goes to the sender is gathered under this label. Takes it. */
void ircd_label_take(struct ircd_conn *conn, char *label);

/* irc_server.c */
typedef void (*ircd_call_fn)(struct irc_server *server, void *arguments);
/* From the test's thread: carries out `fn` on the server's and returns when it is done. */
void ircd_call(struct irc_server *server, ircd_call_fn fn, void *arguments);
int64_t ircd_now_us(struct irc_server *server);
void ircd_complain(struct ircd_conn *conn, const char *what, const char *line);
struct ircd_fault *ircd_fault_find(struct ircd_conn *conn, enum irc_server_fault kind);
/* A server on that thread and with these options and accounts, which does not listen yet. */
struct irc_server *
ircd_server_new(const struct irc_server_options *options, struct irc_server *beside);
void ircd_server_free(struct irc_server *server);
void ircd_listen_start(struct irc_server *server);
void ircd_listen_stop(struct irc_server *server);
/* Uses the fault up by one. */
bool ircd_fault_take(struct ircd_conn *conn, enum irc_server_fault kind);
bool ircd_swallow_take(struct ircd_conn *conn, const char *command);
struct ircd_conn *ircd_find_nick(struct irc_server *server, const char *nick);
/* Lower case by the rules of rfc1459; g_free it. */
char *ircd_fold(const char *name);
char *ircd_op_key(const char *channel, const char *nick); /* of `ops` */
bool ircd_same(const char *a, const char *b);

/* ircd_register.c */
extern const struct ircd_cmd_row ircd_register_rows[];
extern const char *const ircd_cap_names[CAP_N];
unsigned ircd_caps_parse(const char *words);
void ircd_caps_changed(struct irc_server *server, unsigned before, unsigned after);
/* ircd_sasl.c */
void ircd_sasl_init(struct irc_server *server);
void ircd_sasl_fini(struct irc_server *server);
void ircd_sasl_end(struct ircd_conn *conn);
void ircd_cmd_authenticate(struct ircd_conn *conn, const struct ircd_cmd *cmd);
char *ircd_sasl_offer(const struct ircd_conn *conn);
/* ircd_channel.c, ircd_query.c */
extern const struct ircd_cmd_row ircd_channel_rows[];
extern const struct ircd_cmd_row ircd_query_rows[];
struct ircd_channel *ircd_channel_find(struct irc_server *server, const char *name);
void ircd_channel_free(struct ircd_channel *channel);
struct ircd_member *ircd_member(const struct ircd_channel *channel, struct ircd_conn *conn);
/* Everyone who shares a channel with it; with `self`, it as well. Free with g_ptr_array_unref(). */
GPtrArray *ircd_neighbours(struct ircd_conn *conn, bool self);
void ircd_leave_all(struct ircd_conn *conn, const char *reason);
void ircd_cmd_names(struct ircd_conn *conn, const struct ircd_cmd *cmd);
/* Without a word from the client; a channel that does not let it in tells so. */
void ircd_join(struct ircd_conn *conn, const char *name);
/* ircd_split.c */
void ircd_far_free(void *far);
/* ircd_bouncer.c */
extern const struct ircd_cmd_row ircd_bouncer_rows[];
/* After the greeting: the channels that are kept, or the networks that there are. */
void ircd_bouncer_welcome(struct ircd_conn *conn);
/* Somebody of the bouncer's came into the channel, or left it. */
void ircd_bouncer_keep(struct ircd_conn *conn, const char *channel, bool in);
/* ircd_playback.c: true when it was for ZNC's module. */
bool ircd_playback_heard(struct ircd_conn *conn, const struct ircd_speech *speech);
/* ircd_people.c: the nick is there (`source`) or gone (NULL); and says that it is away. */
extern const struct ircd_cmd_row ircd_people_rows[];
void ircd_people_tell(struct irc_server *server, const char *nick, const char *source);
void ircd_people_away(struct ircd_conn *conn, const char *line);
/* ircd_message.c, ircd_history.c */
extern const struct ircd_cmd_row ircd_message_rows[];
extern const struct ircd_cmd_row ircd_history_rows[];
extern const struct ircd_cmd_row ircd_batch_rows[];
extern const struct ircd_cmd_row ircd_mark_rows[];
/* What somebody says. `text` NULL: TAGMSG. `parts`: of a multiline message; kept. */
struct ircd_speech {
    const char *command;
    const char *target;
    const char *text;
    const char *tags; /* of the command, as they came */
    GPtrArray *parts_take;
};
void ircd_say(struct ircd_conn *conn, const struct ircd_speech *speech);
/* ircd_services.c: true when it was for a service. */
extern const struct ircd_cmd_row ircd_services_rows[];
bool ircd_services_heard(struct ircd_conn *conn, const struct ircd_speech *speech);
/* Never twice the same millisecond, so that the order of messages is clear to those who page by
 * time. */
int64_t ircd_message_time_us(struct irc_server *server);
/* ircd_batch.c: true when the line belongs to the client's batch, or breaks it. */
bool ircd_batch_member(struct ircd_conn *conn, const struct ircd_cmd *cmd);
void ircd_batch_free(struct ircd_batch *batch); /* NULL is allowed */
/* ircd_mark.c: tells where this client has read up to. */
void ircd_mark_send(struct ircd_conn *conn, const char *target);
/* Remembers what happened in a channel; `id` NULL: a new one. Its tags are for the live line.
 * Returned in memory of the entry. */
struct ircd_tags ircd_history_event(struct ircd_conn *conn, const struct ircd_channel *channel,
                                    const char *id, const char *format, ...) G_GNUC_PRINTF(4, 5);
/* The entry of this id in the channel, or in the conversation of the two; NULL: none. */
struct ircd_entry *ircd_history_find(struct irc_server *server, const char *target,
                                     const char *nick, const char *msgid);
/* True when one of its entries has this time, to the millisecond, or there is none at all. */
bool ircd_history_has_time(struct irc_server *server, const char *target, const char *nick,
                           int64_t time_us);
/* Takes `entry`. */
void ircd_history_add(struct irc_server *server, struct ircd_entry *entry);
/* What was said in the channel, or between the two; NULL: nothing. */
const GPtrArray *ircd_history_of(struct irc_server *server, const char *target, const char *nick);
void ircd_entry_free(struct ircd_entry *entry);
char *ircd_msgid_new(struct irc_server *server);
void ircd_entry_send(struct ircd_conn *conn, const struct ircd_entry *entry, const char *batch);

#endif
