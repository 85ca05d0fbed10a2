/* What the relay's files share. */
#ifndef WEFT_RELAY_RELAY_PRIV_H
#define WEFT_RELAY_RELAY_PRIV_H

#include "base/backoff.h"
#include "core/copy.h"
#include "core/gateway.h"
#include "core/relaying.h"
#include "relay/guard.h"
#include "relay/people.h"
#include "relay/relay.h"
#include "store/relay.h"

#define RELAY_WINDOW      256    /* tasks of a lane in memory */
#define RELAY_WINDOW_MOST 4096   /* where what was caught up must be put in order */
#define RELAY_UNDER_WAY   16     /* copies of a lane that are not settled, */
#define RELAY_TIMES       2      /* or so many times as many as the network takes at once */
#define RELAY_LANE_MOST   100000 /* tasks that may wait in a lane */
#define RELAY_LATE_US     (10 * 60 * G_USEC_PER_SEC)
#define RELAY_CATCH_UP_US (60 * G_USEC_PER_SEC)
#define RELAY_CLOCKS_US   (60 * G_USEC_PER_SEC) /* a server's clock may differ so far from ours */
#define RELAY_PATIENCE_US (INT64_C(24) * 3600 * G_USEC_PER_SEC)
#define RELAY_KEPT_US     (INT64_C(30) * 24 * 3600 * G_USEC_PER_SEC) /* what was given up */
#define RELAY_COMINGS     6 /* lines of who comes and goes in RELAY_COMINGS_US, from one place */
#define RELAY_COMINGS_US  (60 * G_USEC_PER_SEC)
#define RELAY_LAGS        32
#define RELAY_FAILED_MOST 1000

struct leg {
    struct config_leg *config;
    int64_t buffer_id; /* 0: none */
    char *error;       /* why not; or NULL */
    bool refused;      /* and waiting does not help */
    int64_t since_us;  /* when the gateway first had it; 0: not yet, or it is off */
};

struct gateway {
    char *name, *section;
    bool same;
    const struct options *options; /* a reference */
    GPtrArray *legs;               /* struct leg */
    GPtrArray *ignores;            /* struct ignore_rule */
    struct guard_breaker *breaker;
    bool paused;
    char *tripped; /* why; or NULL */
};

struct route {
    int64_t from, to;
    unsigned kinds;
    struct gateway *gateway; /* the relay's */
    const struct leg *leg;   /* that of `to` */
    int64_t since_us;        /* what was missed before is not for those there */
};

/* What came too late to be shown: a run of tasks that end with one line. */
struct late_run {
    GArray *ids;  /* int64_t */
    int64_t from; /* buffer */
    int64_t last_source_id;
    int64_t from_us, to_us;
};

/* Who comes and goes in one source. */
struct comings {
    int64_t since_us; /* by the clock that nobody sets */
    unsigned n;       /* since then */
};

/* A copy that the network refused. */
struct lane_failed {
    int64_t copy_id;
    int64_t from; /* buffer of its source */
};

struct lane {
    struct relay *relay;
    int64_t buffer_id;
    GQueue window;      /* struct relay_task: loaded, not done */
    int64_t loaded;     /* the last id that was loaded */
    bool dry;           /* the store has none behind it */
    bool anew;          /* all is to be loaded again, as soon as nothing is issued */
    unsigned issued;    /* given to core_copy(), and not on disk yet */
    unsigned ending;    /* tasks of which the end is not on disk yet */
    bool deleting;      /* one of these took something back: not yet is it seen in the store */
    bool busy;          /* something else is being done for the first task */
    bool files;         /* waits for a file to be fetched */
    int64_t awaited;    /* message: to be said first, for the first task speaks of it; 0: none */
    unsigned n_awaited; /* brought forward since a task was done */
    bool kept_out;      /* the conversation could not be written to at the last look */
    bool passed;        /* some that could not be done are not in the window */
    /* Buffers (int64_t) of which tasks were loaded before they had caught up: what they missed
     * stands behind these in the store, and belongs before them. */
    GHashTable *behind;
    /* Timers: its next turn; a delay after a failure; another look at what cannot be done yet. */
    unsigned kick, wait, look;
    struct backoff backoff;
    int64_t failing_id;   /* the task that failed last, */
    unsigned failures;    /* so often */
    GHashTable *degraded; /* ids (int64_t) of tasks that the network would not do as they are */
    struct job *begins;   /* what the first task wants done, once it is the first again */
    struct late_run late;
    GHashTable *comings; /* source's buffer (int64_t) → struct comings */
    GQueue failed;       /* struct lane_failed, oldest first */
    struct tally *tally; /* never NULL */
};

struct relay {
    struct core *core;
    struct config *config;
    struct store *store;
    struct clock *clock;
    unsigned subscription;
    GPtrArray *gateways; /* struct gateway */
    GHashTable *routes;  /* struct route, by from and to */
    bool lacks;          /* a leg of a gateway that is on has no buffer (yet) */
    GHashTable *lanes;   /* buffer id → struct lane */
    GHashTable *jobs;    /* struct job: what core will call back for */
    GHashTable *present; /* buffer id → GHashTable of names_key(): who is there */
    struct people *people;
    struct media *media;
    struct change *proposal; /* what /relay yes would do; or NULL */
    struct core_relay table;
    unsigned tell_timer, day_timer, names_timer, apply_timer, look_timer;
    GHashTable *typed; /* buffer ids (int64_t) in which somebody types */
};

/* --- relay.c --- */

void relay_changed(struct relay *relay); /* NOTICE_RELAY, soon */
int64_t relay_now_us(const struct relay *relay);

/* Something that core was asked to do, and calls back about, perhaps after the relay is gone. */
struct job {
    struct relay *relay; /* NULL: it is gone */
    int64_t lane;
    struct relay_task *task; /* owned; NULL: none */
    int64_t *ids;            /* more that goes with it, with its length */
    unsigned n, at;
    char *text;                      /* likewise */
    struct rich *body;               /* likewise */
    void (*starts)(struct job *job); /* NULL: with the first step */
    bool stored;                     /* the store calls back, not a network */
};
struct job *job_new(struct lane *lane, struct relay_task *task_take);
/* Its lane; NULL: the relay is gone, and the job was freed. */
struct lane *job_back(struct job *job);
void job_free(struct job *job);

/* --- gateway.c --- */

GHashTable *gateways_routes_new(void);
/* Reads the configuration and finds the buffers; gives the store its routes. Lanes for which a
 * route has come, gone or changed are loaded anew; the others go on with what they have. */
void gateways_apply(struct relay *relay);
/* Asks who is in the conversations that are joined, where a network tells only who asks: names of
 * people there are not taken, mentions find them, and the page counts them. Core asks once a
 * connection, so this may be called as often as anything has changed. */
void gateways_look(const struct relay *relay);
void gateways_clear(struct relay *relay);
const struct route *gateways_route(const struct relay *relay, int64_t from, int64_t to);
/* The first of this name or section. */
struct gateway *gateways_find(const struct relay *relay, const char *name);
/* False: there is none; a sentence says which is near. */
bool gateways_known(const struct relay *relay, const char *name, GError **error);
bool gateway_runs(const struct gateway *gateway);
/* Why this conversation is no leg, a sentence; NULL: it may be one. `same`: its gateway is a
 * same-channel one. */
const char *gateway_refusal(const struct buffer *buffer, bool same);
void gateway_pause(struct relay *relay, struct gateway *gateway, bool paused);
void gateway_trip(struct relay *relay, struct gateway *gateway, const char *why);

/* --- lane.c --- */

struct lane *lane_get(struct relay *relay, int64_t buffer_id);
void lane_free(void *lane);
/* Its turn comes when the loop turns. */
void lane_kick(struct lane *lane);
void lanes_kick(struct relay *relay);
/* All of it is loaded again: what could not be done may be possible now. */
void lane_again(struct lane *lane);
void lane_delay(struct lane *lane, int64_t delay_us);
/* True: this message is still to be said in the lane, behind the first task or once its source has
 * caught up. The first task, which speaks of it, is LATER then. */
bool lane_awaits(struct lane *lane, int64_t message_id);
/* The task is over; it is not in the window any more. */
void lane_end(struct lane *lane, struct relay_task *task_take);
/* The same, where the store has ended it with its copy. */
void lane_ended(struct lane *lane, struct relay_task *task_take);
void lane_give_up(struct lane *lane, struct relay_task *task_take, const char *why);
/* An attempt has failed. True: another one comes later. */
bool lane_failed(struct lane *lane, const struct relay_task *task, const GError *error);
/* What was given up or refused is tried again, the oldest first: of one gateway, or of all (NULL).
 * A source's tasks are one gateway's, so its order stays. */
void lane_retry(struct lane *lane, const struct gateway *gateway);
bool lane_degraded(const struct lane *lane, int64_t task_id);
void lane_degrade(struct lane *lane, int64_t task_id);
/* A copy in it is there, or has changed. */
void lane_copy_added(struct lane *lane, const struct message *copy, int64_t source_id);
void lane_copy_changed(struct lane *lane, const struct message *copy);

/* --- tally.c --- */

struct tally *tally_new(void);
void tally_free(struct tally *tally);
unsigned tally_waiting(const struct lane *lane); /* tasks */
void tally_load(struct lane *lane, const struct relay_depth *depth);
void tally_add(struct lane *lane, int64_t from, unsigned n); /* tasks have come */
void tally_end(struct lane *lane, const struct relay_task *task);
void tally_end_all(struct lane *lane);
void tally_give_up(struct lane *lane, int64_t from); /* besides tally_end() */
void tally_forget_given_up(struct lane *lane, int64_t from);
/* What goes wrong with what comes from there; `from` 0: with the conversation itself. NULL: nothing
 * any more. */
void tally_trouble(struct lane *lane, int64_t from, const char *text);
/* Is what comes from there the gateway's business in the lane? What no gateway joins is
 * everybody's. */
bool tally_concerns(const struct lane *lane, const struct gateway *gateway, int64_t from);
/* The gateway's (NULL: all) is tried again: nothing of it is given up, or wrong. */
void tally_retry(struct lane *lane, const struct gateway *gateway);
/* A copy is given to core; it was not taken; it is there; nobody knows whether it arrived. */
void tally_launch(struct lane *lane, const struct relay_task *task);
void tally_abort(struct lane *lane, int64_t source_id);
bool tally_flies(const struct message *copy);
/* `source_id` 0: whoever tells does not know. */
void tally_copy_added(struct lane *lane, int64_t copy_id, int64_t source_id);
void tally_copy_unknown(struct lane *lane, int64_t copy_id);
/* It was there already when weft began, and since `added_us` (wall time). */
void tally_copy_kept(struct lane *lane, int64_t copy_id, int64_t added_us);
/* Where it comes from (a buffer); 0: it was not on its way by what is counted here. */
int64_t tally_copy_changed(struct lane *lane, const struct message *copy);
/* What went wrong last, and when that was (wall time; 0: never). NULL: all is well. */
const char *tally_error(const struct lane *lane, const struct gateway *gateway, int64_t *ret_at_us);
/* Fills in the figures; `error` unless there is one. */
void tally_tell(const struct lane *lane, const struct gateway *gateway, struct relay_leg *told);

/* --- engine.c, deeds.c --- */

enum engine_result {
    ENGINE_DONE,  /* the task was taken and is over, or will be */
    ENGINE_BUSY,  /* it stays the first: something is under way for it */
    ENGINE_LATER, /* it stays, and must wait for what has happened before */
};
/* `task` is out of the window with DONE, and owned by whoever ends it. */
enum engine_result engine_do(struct lane *lane, const struct route *route, struct relay_task *task);
/* The line for what came too late. */
void engine_tell_late(struct lane *lane);
enum engine_result deeds_do(struct lane *lane, const struct route *route, struct relay_task *task,
                            const struct message *message);
/* TOPIC */
enum engine_result deeds_topic(struct lane *lane, const struct route *route,
                               struct relay_task *task, const struct message *message);
/* Begins what was BUSY. */
void deeds_begin(struct lane *lane);

/* A line of weft's own: nobody's message. Takes the task. */
void engine_note(struct lane *lane, const struct route *route, struct relay_task *task_take,
                 const char *text, const char *key_seed);

/* What a message answers, there: ids, or where it cannot be tied, what is shown of it. */
struct engine_answer {
    char *reply_to, *thread;
    struct message *quoted;
    char *quoted_name;
};
/* False: what it answers is on its way there. */
bool engine_answered(struct lane *lane, const struct route *route, const struct message *message,
                     struct engine_answer *ret_answer);
void engine_answer_clear(struct engine_answer *answer);

/* A message as it is said there. */
struct engine_copy {
    struct rich *body;
    struct rich *otherwise; /* of a change: without the name before it, or with it; or NULL */
    char *name;             /* whom it is said for; NULL: the text says it, or it is our own */
    char *said_by;
    char *avatar; /* with a name: where their picture is; or NULL */
    enum message_kind kind;
    GPtrArray *files; /* struct attachment; NULL: none */
};
/* `answer` NULL: none. False: a file is being fetched. */
bool engine_format(struct lane *lane, const struct route *route, const struct relay_task *task,
                   const struct message *message, const struct engine_answer *answer, bool late,
                   struct engine_copy *ret_copy);
void engine_copy_clear(struct engine_copy *copy);
/* Gives it to core. Takes the task. `note_seed`: it is a note, with this for its key. */
void engine_say(struct lane *lane, struct relay_task *task_take, const struct engine_copy *copy,
                const struct engine_answer *answer, const char *note_seed);

/* Under which name somebody of the source is heard in the lane. g_free(). */
char *engine_name(struct lane *lane, const struct route *route, const char *id, const char *nick);
/* The same for a line about them, which takes no name from anybody. g_free(). */
char *
engine_plain_name(struct lane *lane, const struct route *route, const char *id, const char *nick);
/* Without what must not cross. g_free(). */
char *engine_plain_text(struct lane *lane, const struct route *route, const char *text);

/* --- family.c --- */

/* The message and all its copies are one family. The origin's id. */
int64_t family_origin(struct relay *relay, int64_t message_id);
/* Those of it that stand in a buffer: ids (int64_t), the origin alone or the parts of the copy;
 * `ret_waits`: one of them is still on its way. g_array_unref. */
GArray *family_members(struct relay *relay, int64_t origin_id, int64_t buffer_id, bool *ret_waits);
/* Adds the lines there that told of what was done to it, and quote it. False: one of them is still
 * on its way. */
bool family_add_notes(struct relay *relay, int64_t origin_id, int64_t buffer_id, GArray *members);
/* Is this message a copy that another account of ours has said in the same channel? */
bool family_is_seen_copy(struct relay *relay, const struct message *message);
/* The same channel of the same network by another account? */
bool family_same_channel(struct relay *relay, const struct buffer *a, const struct buffer *b);

/* --- change.c --- */

/* A gateway to be made, changed or ended. `words`: make, add, drop, set or end, and what follows
 * it. Nothing is changed; NULL: a sentence says why it cannot be. */
struct change;
struct change *change_read(struct relay *relay, char **words, GError **error);
void change_free(struct change *change); /* NULL is allowed */
/* What it would change, for a person: a sentence with `how` at its end, and lines. g_free(). */
char *change_tell(const struct relay *relay, const struct change *change, const char *how);
/* How one that is off begins again, in a sentence: what is to be typed, or what keeps it from being
 * so. g_free(). */
char *change_how_on(struct relay *relay, const struct gateway *gateway);
enum change_result {
    CHANGE_REFUSED, /* nothing is written: `error` */
    CHANGE_WRITTEN, /* but not in force */
    CHANGE_DONE,
};
/* `ret_text`: what has become of it, unless it was refused; g_free(). */
enum change_result
change_do(struct relay *relay, const struct change *change, char **ret_text, GError **error);

/* --- media.c --- */

struct media *media_new(void);
void media_free(struct media *media); /* NULL is allowed */
/* The files of a message for a lane: what can be uploaded (struct attachment with a path; NULL:
 * none), and lines about the rest (char *; NULL: none). False: one is being fetched; lanes are
 * kicked when it is there. */
bool media_prepare(struct lane *lane, const struct route *route, const struct message *message,
                   bool upload, GPtrArray **ret_files, GPtrArray **ret_lines);

/* --- status.c, command.c --- */

/* Why nothing crosses to and from this account now; NULL: it is connected. g_free(). */
char *status_account(struct relay *relay, const struct account *account);
/* That the account is not in this channel of its, why, and what lets it in. g_free(). */
char *status_absence(struct relay *relay, const char *address, const struct buffer *buffer);
GPtrArray *status_legs(void *relay);
char *status_why(void *relay, int64_t message_id);
char *status_list(struct relay *relay);
bool command_relay(void *relay, int64_t buffer_id, const char *arguments, GError **error);
bool command_change(void *relay, const char *what, const char *gateway, const char *words,
                    bool does, char **ret_text, GError **error);
bool command_pause(void *relay, const char *gateway, bool paused, GError **error);
bool command_retry(void *relay, const char *gateway, GError **error);

#endif
