/* What the files of core share among themselves and with nobody else: struct core, sessions, and
 * the calls that commands and completion need from the engine. */
#ifndef WEFT_CORE_CORE_PRIV_H
#define WEFT_CORE_CORE_PRIV_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/backoff.h"
#include "base/error.h"
#include "core/core.h"
#include "core/host.h"
#include "core/secret.h"
#include "store/store.h"

/* What a network may make core keep. */
#define CORE_MAX_NAME_BYTES    512
#define CORE_MAX_ID_BYTES      512
#define CORE_FOUND_MOST        1000 /* messages that one question of ours brings */
#define CORE_MAX_MODES_BYTES   256
#define CORE_MAX_TOPIC_BYTES   (16 * 1024)
#define CORE_MAX_CURSOR_BYTES  4096
#define CORE_MAX_EMOJI_BYTES   128
#define CORE_MAX_BUFFERS       20000 /* of one account */
#define CORE_MAX_SPACES        1000  /* of one account */
#define CORE_MAX_GROUPS        500   /* of one space */
#define CORE_MAX_STATUS_BYTES  512
#define CORE_MAX_MEMBERS       200000 /* of one buffer */
#define CORE_MAX_OPERATIONS    10000  /* of one session, that wait */
#define CORE_OPERATION_WAIT_US (60 * G_USEC_PER_SEC)

/* Of one session: when so much of what it told waits for the disk, its network is not read any more
 * until most of that is stored. */
#define CORE_BACKLOG_MOST_BYTES  (1024 * 1024)
#define CORE_BACKLOG_LEAST_BYTES (512 * 1024)

/* The end of the year 9999: times behind it are nonsense. */
#define CORE_LATEST_US (INT64_C(253402300799) * G_USEC_PER_SEC)

struct calling;
struct drafts;
struct core_relay;
struct session;

/* A buffer as core knows it. `pub` is what everyone else sees, and stands first: ROOM() finds the
 * rest. */
struct room {
    struct buffer pub;
    struct session *session; /* NULL: weft's own */
    unsigned caps_removed;   /* by the network, for this conversation */
    bool confirmed;          /* this connection has spoken of it */
    bool caught_up_stored;   /* with caught_up: what was missed is on the disk as well */
    bool cut_off;            /* its space is lost while the account is not */
    bool keyed;              /* the network gives sort keys of its own: no times */
    bool unstored;           /* it has lines that the disk refused: load again afterwards */
    int64_t newest_key;      /* of all that was put, committed or not */
    int64_t newest_id;       /* of the newest committed; 0: not looked up yet */
    unsigned read_writes;    /* how often counters were written: see unread.c */
    bool gap_open;           /* the last gap waits for the next message */
    struct message
        *attention; /* of what was caught up: the last that calls, told once, at the end; */
    unsigned called, called_mentions; /* for so many, of which so many are mentions */
    struct fetch *fetch;              /* history under way, or NULL */
    bool fetch_lands;                 /* it has come, and is not all on disk yet */
    char *wanted;                     /* the message to be shown when it is here; or NULL */
    bool members_asked;               /* this connection was asked who is here */
    bool looked_at;                   /* and was told that somebody looks */
    int64_t gap_after;                /* its start */
    int at_start;                     /* nothing older exists: 1 yes, 0 no, -1 not looked up yet */
    struct lane *lane;                /* what waits to be sent, or NULL */
    char *hidden_draft;               /* with a secret in it: wiped, never stored; NULL: none */
    GPtrArray *attached;              /* struct attachment: goes with what is said next; NULL */
    GPtrArray *typists;               /* struct typist: who types here; NULL: nobody */
    bool typing;                      /* the network was told that we type here, */
    int64_t typing_told_us;           /* at this (monotonic) time */
    unsigned mark_timer;      /* the network was told how far we have read; not again until then */
    bool mark_due;            /* it is to be told again */
    int64_t snoozed_until_us; /* wall time; 0: it is not */
    int64_t archive_until_us; /* monotonic: until then a second /archive does it; 0: none */
};
#define ROOM(buffer) ((struct room *)(buffer))

struct core {
    struct config *config;
    char *config_dir; /* where the user's file stands */
    struct store *store;
    struct clock *clock;
    struct net_ops *net;
    const struct network *networks;
    struct bus *bus;
    bool read_only;
    bool unattended;
    bool started;
    bool leaving; /* core_free() is at work: nothing begins any more */
    void (*check_config)(struct config *config); /* NULL: nobody has more to say */
    const struct core_front *front;              /* NULL: there is no screen */
    const struct core_relay *relay;              /* NULL: nothing is relayed */
    char *mark;                                  /* of our copies; NULL: not asked for yet */

    /* room.c */
    GPtrArray *accounts;  /* struct account, in the order of the configuration; owned by sessions */
    GHashTable *sessions; /* account id → struct session, owned */
    GHashTable *rooms; /* buffer id → struct room, owned; of configured accounts and weft's own */
    GHashTable *rooms_by_name; /* struct room by account and remote id */
    GHashTable *rooms_by_number;
    GHashTable *spaces; /* space id → struct space, owned */
    GHashTable *groups; /* group id → struct buffer_group, owned */
    GPtrArray *open;    /* struct buffer, in the order of the list */
    struct room *own;
    int64_t last_account_id, last_space_id, last_group_id, last_buffer_id;
    int last_number;

    /* word.c */
    int64_t last_unstored_id; /* below 0: of lines that the disk refuses */
    unsigned stalled;         /* calls that the disk has refused so far */
    bool disk_trouble;
    struct word *words; /* the newest call to the store whose word is awaited */

    /* outbox.c */
    GHashTable *out_by_id;      /* outbox id → struct out_row, owned */
    GHashTable *out_by_message; /* message id → struct out_row */

    GPtrArray *edits; /* edit.c: struct leaving, in the order in which they were typed */

    struct inbox *inbox; /* inbox.c */

    GHashTable *pictures; /* picture.c: account and person → address */

    /* threads.c: what is entered now belongs to this thread; root NULL: to none */
    struct {
        int64_t buffer_id;
        const char *root;
    } writes;
    /* transfer.c */
    char *download_dir, *cache_dir; /* NULL: none */
    GPtrArray *transfers;           /* struct transfer: each stands first in more, owned */
    uint64_t last_transfer;

    /* question.c */
    GHashTable *questions; /* id → struct question, owned */
    uint64_t last_question;

    GPtrArray *forms; /* form.c: struct program_form, NULL: none yet */
    uint64_t last_form;

    int64_t snoozed_until_us; /* everything: wall time; 0: it is not */

    /* core_stop() */
    unsigned stop_timer;
    void (*stop_done)(void *user);
    void *stop_user;

    GPtrArray *trials; /* struct core_trial that are not freed yet */
    GPtrArray *probes; /* struct core_probe that wait for the network */
};

/* --- sessions (session.c, op.c)
 * --------------------------------------------------------------------------- */

/* The end of an operation. `error` NULL: done. */
typedef void (*op_fn)(struct session *session, const GError *error, void *user);

struct session {
    struct host host; /* first: the host functions find the session by it */
    struct core *core;
    struct account *account;       /* owned */
    const struct driver *driver;   /* NULL: this build has no such network */
    const struct options *options; /* of the configuration, or of the trial; a reference */
    const struct options *next;    /* take their place at the next connection; NULL: none */
    struct core_trial *trial;      /* NULL for an account */
    void *state;                   /* the driver's; NULL until it was opened */
    unsigned life;                 /* how often it was opened */
    int place;                     /* among the accounts, from 0 */
    unsigned caps;                 /* after negotiation */
    struct limits limits;
    bool at_start;   /* it connects when weft starts */
    bool removed;    /* the configuration has it no more: not listed, its history stays */
    bool wanted;     /* the person wants it connected */
    bool connected;  /* from driver->connect to host_lost */
    bool saying_bye; /* driver->disconnect was called */
    bool crowded;    /* it has more conversations than core keeps */
    bool stood;      /* this connection was online: others may have lost theirs with it */
    bool grace_over; /* what waits for a conversation to come back does not wait any longer */
    int inside;      /* depth of host calls: the driver is at work above us */
    char *bye;       /* the reason of a disconnect that waits for the driver to return */
    struct backoff backoff;
    unsigned turn_timer;   /* connects, or says goodbye, from the loop */
    unsigned steady_timer; /* the connection has held */
    unsigned bye_timer;    /* the driver did not end in time */
    unsigned grace_timer;
    struct room *server; /* the account's server buffer; NULL in a trial */
    GHashTable *ops;     /* op id → struct op, owned */
    GHashTable *sends;   /* op id → struct out_row */
    GHashTable *fetches; /* op id → struct fetch, owned */
    op_id last_op;
    const struct browse_result *answer; /* for the op_fn that is being called; else NULL, */
    const char *answer_id;              /* and the conversation or file it was; NULL: not known */
    GPtrArray *found;    /* struct message: what the operation under way has brought; NULL: none */
    GHashTable *users;   /* user id → GPtrArray of struct room that the user is a member of */
    GHashTable *secrets; /* struct secret_wait, see question.c */
    unsigned n_rooms, n_spaces;
    size_t backlog_bytes;    /* of its messages, that the store has not answered yet */
    bool paused;             /* its driver does not read */
    struct drafts *drafts;   /* drafts.c: those that its network keeps; NULL: none yet */
    struct calling *calling; /* attention.c: what its configuration says; NULL: not looked up */
};

/* The session of an account or a buffer; NULL: weft's own buffer, or unknown. */
struct session *session_of_account(struct core *core, int64_t account_id);
struct session *session_of_buffer(struct core *core, int64_t buffer_id);

/* Is the account connected, and can this (0: something without a bit) be done in this buffer
 * (NULL: anywhere)? Else a sentence
 * (UNSUPPORTED from capability_lack(), CLOSED "… is not connected …"). For all commands that need
 * the network. */
bool session_can(struct session *session, const struct buffer *buffer, enum capability capability,
                 GError **error);

/* The frame around every operation of a command:
 *
 *     op_id op = session_begin(session, buffer->id, NULL, NULL);
 *     if (!session->driver->join(session->state, op, buffer, name, key, error))
 *         return session_refused(session, op);
 *     return true;
 *
 * session_begin gives the id; a failure later is said in the buffer (0: the account's server
 * buffer) unless `fn` is set, which then is called at the end instead. session_refused forgets the
 * operation, returns false. */
op_id session_begin(struct session *session, int64_t buffer_id, op_fn fn, void *user);
bool session_refused(struct session *session, op_id op);
/* `user` is freed with the operation, however that ends. */
void session_owns(struct session *session, op_id op, GDestroyNotify free_user);
/* At its good end the buffer of this name (as the person typed it) is shown: /join, /query. */
void session_then_show(struct session *session, op_id op, const char *name);

/* A conversation with a person, opened first where there is none: people.c. */
struct people_wish {
    int64_t from_id; /* the buffer where the person is: what fails later is said there */
    const char *name;
    const char *text; /* NULL: nothing to say */
    enum message_kind kind;
    bool show;
};
bool people_open(struct session *session, const struct people_wish *wish, GError **error);

/* The buffer of a conversation by remote id, or by a name as the network compares names, which may
 * be "space/name"; one in the space of `from` (may be NULL) before others. NULL: none. */
const struct buffer *
session_find_buffer(struct session *session, const struct buffer *from, const char *name);

/* --- attach.c: files of our own that are to be sent
 * ------------------------------------------------------------------------------------ */

/* One more goes with what is said next in this buffer. Refuses in words what is no plain file, what
 * cannot be read and what the network would not take. */
bool attach_add(struct core *core, int64_t buffer_id, const char *path, GError **error);
void attach_drop(struct core *core, int64_t buffer_id);
const GPtrArray *attach_list(struct core *core, int64_t buffer_id); /* NULL: none */
/* Sends what is attached and this file (NULL: none more), with a text (NULL: without). */
bool attach_send(struct core *core, int64_t buffer_id, const char *path, const char *text,
                 GError **error);

/* What core and the screen took from the configuration is taken anew. */
void core_take_config(struct core *core);

/* --- sentences
 * ---------------------------------------------------------------------------------------- */

/* Adds what `error` says to the buffer as a line by weft. */
void core_say_error(struct core *core, int64_t buffer_id, const GError *error);
/* core_send() for what a person has typed, with what is attached there: its marks become spans
 * where the network has them. */
bool writing_say(struct core *core, int64_t buffer_id, enum message_kind kind, const char *typed,
                 const char *reply_to, GError **error);

#endif
