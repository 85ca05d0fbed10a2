/* A core with a real store in a folder of its own, a clock that stands still, and a driver that
 * does what the test says. */
#ifndef WEFT_TESTS_UNIT_CORE_FAKE_H
#define WEFT_TESTS_UNIT_CORE_FAKE_H

#include "base/error.h"
#include "core/core.h"
#include "core/host.h"
#include "store/hooks.h"

#define FAKE_NOW_US INT64_C(1700000000000000)
#define SECOND_US   INT64_C(1000000)

struct fake_send {
    op_id op;
    char *conversation;
    char *key;
    char *text;
    char *reply_to;
    char *files; /* as the store writes them; NULL: none */
    char *thread;
    char *as_name, *as_avatar, *mark; /* NULL: none */
    bool resend;
};

/* What the fake network can at first; FAKE_THREADS, CAP_SEARCH and CAP_OPEN_DM besides when a
 * test says so. */
#define FAKE_CAPS                                                                                  \
    (CAP_SEND | CAP_ACTION | CAP_NOTICE | CAP_HISTORY | CAP_LEAVE | CAP_MARK_READ | CAP_DEDUPE |   \
     CAP_REACT | CAP_DELETE | CAP_EDIT | CAP_PIN | CAP_TYPING | CAP_MEMBERS | CAP_REPLY |          \
     CAP_JOIN | CAP_CREATE | CAP_BROWSE | CAP_UPLOAD | CAP_DOWNLOAD | CAP_BUTTONS)
#define FAKE_THREADS (CAP_THREADS | CAP_FOLLOW)

/* The driver's side of one account. */
struct fake_session {
    struct host *host;
    GPtrArray *sends;  /* struct fake_send, all that were ever handed over */
    GArray *cancelled; /* op_id */
    unsigned connects, disconnects, marks, leaves;
    bool keeps;     /* what is handed over has not left */
    char *marked;   /* the remote id of the last mark; "back to …" */
    GString *asked; /* "react r1 +1|delete r1|typing #lab on|": the test empties it */
    op_id asked_op; /* of the last of these */
    char *upload_key;
    op_id history_op;
    bool history_around;     /* the last request was for one message */
    int64_t history_time_us; /* of the last request */
    GError *refuse;          /* the next send is refused with it at once */
    bool mute;               /* does not answer a disconnect */
    bool paused;             /* does not read */
    unsigned pauses;
};

struct fake {
    struct net_ops net; /* first: how the driver finds the test */
    char *dir;
    char *config_file;
    char *download_dir, *cache_dir;
    struct clock *clock;
    struct store *store;
    struct core *core;
    const char *vfs;                /* for the store, or NULL */
    bool unattended;                /* from the next opening on */
    bool read_only;                 /* likewise: another weft runs the profile */
    bool unstarted;                 /* likewise: core_start() is the test's */
    const struct network *networks; /* fake_networks, until a test says otherwise */
    GPtrArray *sessions; /* struct fake_session, in the order of their first connection */
    GPtrArray *notices;  /* "TYPE buffer-name text" */
    unsigned counts[NOTICE_QUIT + 1];
    uint64_t question; /* the last one */
    char *disk;        /* what NOTICE_DISK said last */
};

/* Accounts one … n, started; connected when `n` > 0 and the loop has turned. */
struct fake *fake_new(unsigned n_accounts);
struct fake *fake_new_on(unsigned n_accounts, const char *vfs);
void fake_free(struct fake *fake);
/* Ends core and store and opens them again, as a new process would. `settle` false: as after kill
 * -9, what the driver had is not told to the store. */
void fake_restart(struct fake *fake);
/* Opens what fake_restart() closes. */
void fake_open(struct fake *fake);
void fake_close(struct fake *fake);

/* Timers that are due, commits and their words, until nothing moves. */
void fake_settle(struct fake *fake);
void fake_advance(struct fake *fake, int64_t by_us);
void fake_clear(struct fake *fake); /* the notices */

struct fake_session *fake_session(struct fake *fake, unsigned i);
const struct account *fake_account(struct fake *fake, unsigned i);
/* Logs account i in ("kai"), with a channel #lab that is caught up. */
void fake_online(struct fake *fake, unsigned i);
void fake_state(struct fake *fake, unsigned i, enum account_state state);
void fake_lost(struct fake *fake, unsigned i, enum weft_error code);
void fake_channel(struct fake *fake, unsigned i, const char *name, enum buffer_kind kind);
void fake_caught_up(struct fake *fake, unsigned i, const char *conversation, bool whole);
void fake_caps(struct fake *fake, unsigned i, unsigned caps, const struct limits *limits);

/* "uma" (or "kai", own) says something in #lab; `time_us` after FAKE_NOW_US, 0: not said. */
struct fake_said {
    const char *conversation; /* NULL: #lab */
    const char *text;
    const char *id;
    const char *key;
    enum message_kind kind;
    enum event_origin origin;
    int64_t time_us;
    bool own;
    bool perhaps_own; /* by uma, for all that is known */
    const char *cursor;
    const char *spoiler; /* a part of the text that is one */
    const char *link;    /* … that leads to `target` */
    const char *target;
    const GPtrArray *files, *buttons;
    const char *relayed_by;
};
void fake_say(struct fake *fake, unsigned i, const struct fake_said *said);

const struct buffer *fake_buffer(struct fake *fake, unsigned i, const char *remote_id);
/* Types into #lab of account i; must be taken. Not settled. */
void fake_type(struct fake *fake, unsigned i, const char *text);
/* The newest messages of #lab: "text/state" joined by '|', oldest first. g_free(). */
char *fake_timeline(struct fake *fake, unsigned i);
/* The n-th send of a session. */
const struct fake_send *fake_sent(struct fake *fake, unsigned i, unsigned n);
void fake_done(struct fake *fake, unsigned i, op_id op, const char *remote_id, int64_t time_us);
void fake_failed(struct fake *fake, unsigned i, op_id op, enum weft_error code);
/* The newest message of #lab. Unref. */
struct message *fake_newest(struct fake *fake, unsigned i);

extern const struct network fake_networks[];
/* The same network, which keeps what is muted: fake_restart() takes them up. */
extern const struct network fake_keeping_networks[];

/* fake_own.c: of the driver's table */
bool fake_driver_mute(void *state, op_id op, const struct buffer *buffer, bool on, GError **error);
bool fake_driver_fill(void *state, op_id op, const struct buffer *buffer,
                      const struct program_form *form, bool leave, GError **error);
bool fake_driver_draft(void *state, op_id op, const struct buffer *buffer, const char *root_id,
                       const char *text, GError **error);

#endif
