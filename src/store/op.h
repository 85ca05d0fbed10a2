/* A writing call on its way to the disk and back. Private to src/store.
 *
 * The main thread makes it, the writer applies it (perhaps several times, when the disk refuses),
 * the main thread delivers its result and frees it. It has one owner at a time, and shares nothing
 * but a message that neither side changes meanwhile.
 */
#ifndef WEFT_STORE_OP_H
#define WEFT_STORE_OP_H

#include "model/edit.h"
#include "store/relay.h"
#include "store/store.h"
#include "store/threads.h"

enum op_kind {
    OP_ACCOUNT,
    OP_SPACE,
    OP_GROUP,
    OP_BUFFER,
    OP_MESSAGE,
    OP_REACTION,
    OP_REACTIONS,
    OP_DELETION,
    OP_EDIT,
    OP_ADD_EDIT,
    OP_SET_EDIT,
    OP_REVISIONS,
    OP_PIN,
    OP_CURSOR,
    OP_KV,
    OP_GAP,
    OP_CLOSE_GAPS,
    OP_READ,
    OP_DRAFT,
    OP_ADD_OUTBOX,
    OP_SET_OUTBOX,
    OP_UNINDEXED,
    OP_INBOX,
    OP_FLAGGED,
    OP_DRAFT_REPLY,
    OP_THREAD,
    OP_THREAD_DRAFT,
    OP_ROUTES,
    OP_END_TASK,
    OP_GIVE_UP_TASK,
    OP_RETRY_TASK,
    OP_RELAY_REACTION,
    OP_COUNT_REACTION,
};

struct op {
    enum op_kind kind;
    bool told; /* its callback has had STORE_STALLED */
    store_fn fn;
    void *user;
    int64_t account_id;
    int64_t buffer_id;
    int64_t now_us;
    struct message *message; /* MESSAGE: the caller's too, not changed here; ADD_OUTBOX: a copy */
    int64_t row_id; /* MESSAGE: of the row made of it; …_TASK: the task; …_REACTION of the
                       relay: the message */
    char *name;     /* MESSAGE: the key that it came with; KV: the key; REACTION(S), DELETION, EDIT,
                       REVISIONS, PIN: the message's remote id; THREAD, THREAD_DRAFT: the root's */
    char *text;     /* MESSAGE, CURSOR: cursor; KV: value; DRAFT: text; REACTION: emoji; DELETION:
                       note; EDIT: text; SET_EDIT: why it failed; THREAD: people; THREAD_DRAFT: text;
                       GIVE_UP_TASK: why; …_REACTION of the relay: emoji */
    union {
        struct {
            char *spans, *files, *file_names, *buttons; /* as they are stored; NULL: none */
            int64_t time_us;                            /* the network's; 0: not known */
        } edit;                                         /* EDIT */
        struct edit *new_edit;                          /* ADD_EDIT */
        struct {
            int64_t id;
            enum edit_state state;
        } set_edit;
        GPtrArray *revisions; /* struct revision */
        bool pinned;
        struct account *account;
        struct space *space;
        struct buffer_group *group; /* place 0: it is no more */
        struct buffer *buffer;
        struct {
            bool look_own;
            bool look_replay;
            bool counts_unread;
            bool counts_reply;
            bool chains;
            bool relays;
            enum store_inbox inbox;
        } put;
        struct {
            char *user_id;
            char *user_name;
            int64_t time_us;
            bool add;
            bool own;
        } reaction;
        struct {
            GPtrArray *list;
            int64_t time_us;
        } stay; /* REACTIONS */
        struct gap gap;
        struct {
            int64_t after;
            int64_t before;
        } span;
        struct {
            struct position position;
            unsigned unread;
            unsigned mentions;
        } read;
        struct {
            struct outbox_row *row;
            bool clear_draft;
            bool in_thread;
            struct store_copy *copy; /* NULL: it is none */
        } add;
        struct store_put_thread thread;    /* its strings are the op's */
        struct store_outbox_change change; /* its strings are the op's */
        int64_t upto;                      /* UNINDEXED */
        GArray *routes;                    /* struct relay_route */
        struct {
            bool on;    /* RELAY_REACTION */
            int change; /* COUNT_REACTION, all below */
            unsigned n; /* what it has become */
            void (*fn)(void *user, unsigned n);
            void *user;
        } count;
        struct {
            int64_t message_id; /* DRAFT_REPLY too */
            int state;          /* FLAGGED: 0 or 1 */
            int64_t until_us;
        } inbox;
    };
    struct store_result result; /* message and outbox_key are the op's */
};

struct op *op_new(enum op_kind kind, store_fn fn, void *user);
void op_free(struct op *op);
/* Forgets a result, so that the op can be applied again. */
void op_clear_result(struct op *op);

/* Tasks that a transaction has added to a lane. */
struct lane_news {
    int64_t lane;
    int64_t from;
    unsigned n;
};

/* What goes to the disk as one transaction. */
struct batch {
    GPtrArray *ops;     /* struct op; NULL where one was given up */
    unsigned drop_from; /* before this there is no message left to give up */
    unsigned delivered; /* callbacks up to here have been made */
    bool durable;       /* holds a mark that must survive a power cut */
    GArray *lanes;      /* struct lane_news, once it is committed; NULL: none, or told */
};
struct batch *batch_new(void);
void batch_free(struct batch *batch);
void batch_add_take(struct batch *batch, struct op *op);

#endif
