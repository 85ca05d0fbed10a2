/* One posting in a buffer, as it is stored and shown. Shared between the bus, the screen and the
 * relay by reference count, and never changed after it was handed out: a change is a new message
 * with the same id. */
#ifndef WEFT_MODEL_MESSAGE_H
#define WEFT_MODEL_MESSAGE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/attachment.h"
#include "model/rich.h"

/* The numbers are stored: add at the end. */
enum message_kind {
    MESSAGE_TEXT = 0,
    MESSAGE_ACTION = 1, /* /me */
    MESSAGE_NOTICE = 2, /* never answered by software */
    MESSAGE_JOIN = 3,
    MESSAGE_PART = 4,
    MESSAGE_QUIT = 5,
    MESSAGE_KICK = 6,   /* subject: who was removed */
    MESSAGE_RENAME = 7, /* a user's new name; subject: the new name */
    MESSAGE_TOPIC = 8,  /* body: the topic */
    MESSAGE_MODE = 9,
    MESSAGE_SERVER = 10, /* what the server says to us: motd, numerics, errors */
    MESSAGE_WEFT = 11,   /* what weft itself says in this buffer */
    MESSAGE_INVITE = 12,
    MESSAGE_KIND_N
};

/* Stored: add at the end. */
enum message_state {
    MESSAGE_RECEIVED = 0,
    MESSAGE_PENDING = 1, /* ours, waits in the outbox */
    MESSAGE_SENDING = 2, /* ours, handed to the driver */
    MESSAGE_SENT = 3,    /* ours, confirmed by the network */
    MESSAGE_FAILED = 4,  /* ours, refused; `error` says why */
    MESSAGE_UNKNOWN = 5, /* ours, the connection was lost before an answer */
    MESSAGE_STATE_N
};

/* Stored: add at the end. */
enum message_flags {
    MESSAGE_OWN = 1 << 0,     /* we said it, here or on another device */
    MESSAGE_MENTION = 1 << 1, /* calls us */
    MESSAGE_EDITED = 1 << 2,
    MESSAGE_DELETED = 1 << 3,
    MESSAGE_LATE = 1 << 4,    /* came by history, not live */
    MESSAGE_IGNORED = 1 << 5, /* matched an ignore rule: kept, not shown or counted */
    MESSAGE_BOT = 1 << 6,
    MESSAGE_NOT_STORED = 1 << 7, /* never stored: set while the disk refuses */
    MESSAGE_REACTED = 1 << 8,    /* somebody has reacted: `reactions` is not empty */
    MESSAGE_FLAGGED = 1 << 9,    /* the person wants to find it again */
    MESSAGE_PINNED = 1 << 10,    /* to the conversation, for everybody */
    MESSAGE_CHANGING = 1 << 11,  /* ours: a change of it waits or is under way */
    MESSAGE_UNCHANGED = 1 << 12, /* ours: a change of it was refused, and its text is kept */
    MESSAGE_ASIDE = 1 << 13,     /* stands in its thread alone, not in the channel as well */
    MESSAGE_ROOT = 1 << 14,      /* a thread hangs from it: `replies` is there */
    MESSAGE_EPHEMERAL = 1 << 15, /* the network shows it to us alone, and keeps it nowhere */
    MESSAGE_RELAYED = 1 << 16,   /* a copy of what was said elsewhere, by our relay or another; ours
                                    (OWN) has the name of who said it there as sender_name */
};

/* One emoji under a message, and by how many. */
struct reaction {
    char *emoji; /* as the network has it: a character, or a name without colons */
    unsigned n;  /* people; at least 1 */
    bool own;    /* we are among them */
};

/* What hangs from the root of a thread, in short (model/thread.h has all of it). */
struct replies {
    unsigned n;
    int64_t last_us; /* time of the newest; 0: not known */
    char *last_name; /* who said that, where it is stored; or NULL */
    bool followed;
    unsigned unread;
};

/* Where a message stands in its buffer: by the network's order, then by arrival. */
struct position {
    int64_t sort_key;
    int64_t id;
};

struct message {
    int64_t id; /* row in the store; below 0: not stored (yet) */
    int64_t buffer_id;
    int64_t sort_key; /* the network's order; never the local clock where the network has one */
    int64_t time_us;  /* when it was said, by the network's word */
    enum message_kind kind;
    enum message_state state;
    unsigned flags;
    char *remote_id;      /* the network's id; NULL when it has none */
    char *key;            /* idempotency key of our own message; else NULL */
    char *sender_id;      /* the network's user id, canonical; NULL: the server itself or weft */
    char *sender_name;    /* as shown then */
    char *subject;        /* see the kinds; else NULL */
    char *reply_to;       /* remote id of the message that this answers; else NULL */
    char *thread;         /* remote id of the root of its thread; NULL: it is no reply in one */
    char *error;          /* FAILED and UNKNOWN: a sentence; IGNORED: "nick!user@host", if known */
    struct rich *body;    /* never NULL; empty when DELETED: what was said is not kept */
    GPtrArray *reactions; /* struct reaction, in the order in which they came; NULL: none */
    struct replies *replies; /* ROOT: else NULL */
    GPtrArray *files;        /* struct attachment; NULL: none */
    GPtrArray *buttons;      /* struct button; NULL: none */
};

/* A zeroed message with an empty body and one reference. */
struct message *message_new(void);
struct message *message_ref(struct message *message);
void message_unref(struct message *message); /* NULL is allowed */
/* A copy with one reference, to be changed before it is handed out. */
struct message *message_dup(const struct message *message);

struct reaction *reaction_new(const char *emoji, unsigned n, bool own);
void reaction_free(struct reaction *reaction); /* NULL is allowed */

struct replies *replies_dup(const struct replies *replies); /* NULL is allowed */
void replies_free(struct replies *replies);                 /* likewise */

int position_compare(struct position a, struct position b);
static inline struct position
message_position(const struct message *message)
{
    return (struct position){.sort_key = message->sort_key, .id = message->id};
}

/* "text", "action", "join", … and "received", "pending", …: for exports and logs. */
const char *message_kind_name(enum message_kind kind);
const char *message_state_name(enum message_state state);

/* A span of time in a buffer for which weft may lack messages. Shown in the timeline as that. */
struct gap {
    int64_t id;
    int64_t buffer_id;
    int64_t after_sort_key;  /* the newest known before it */
    int64_t before_sort_key; /* the oldest known after it; INT64_MAX while open at the end */
    int64_t from_us;         /* wall time at both ends, for the sentence */
    int64_t to_us;
    bool fillable; /* the network can still be asked */
};

#endif
