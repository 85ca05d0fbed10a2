/* Accounts, spaces, buffers and members as plain data. Core owns them and changes them only on the
 * main loop; everyone else reads, and learns of changes by the bus. */
#ifndef WEFT_MODEL_BUFFER_H
#define WEFT_MODEL_BUFFER_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/message.h"

enum account_state {
    ACCOUNT_OFFLINE,    /* not asked to connect */
    ACCOUNT_CONNECTING, /* name look-up, TCP, TLS */
    ACCOUNT_LOGIN,
    ACCOUNT_CATCH_UP, /* logged in, fetching what was missed */
    ACCOUNT_ONLINE,
    ACCOUNT_WAITING, /* lost; another try is planned */
    ACCOUNT_FAILED,  /* needs the person: wrong password, bad certificate, banned */
};

struct account {
    int64_t id;
    char *name;    /* the user's word for it: [account NAME] */
    char *network; /* the driver's name, as the configuration has it */
    char *label;   /* the coop's name from the configuration (label = …), or NULL */
    enum account_state state;
    char *state_text;    /* a sentence for WAITING and FAILED; else NULL */
    int64_t retry_at_us; /* monotonic; WAITING */
    char *self_id;       /* our own user id there; NULL before login */
    char *self_name;     /* our own name there; NULL before login */
    char *server_name;   /* what the network calls itself ("Libera.Chat"); NULL before login */
    bool insecure;       /* connected without verified TLS: marked in the status line */
};

struct space {
    int64_t id;
    int64_t account_id;
    char *remote_id;
    char *name;
};

/* The person has put conversations of a space together, on the network. */
struct buffer_group {
    int64_t id;
    int64_t account_id;
    int64_t space_id;
    char *remote_id;
    char *name;
    int place; /* among those of its space, from 1 */
};

/* Stored: add at the end. */
enum buffer_kind {
    BUFFER_CORE = 0,   /* weft's own: what it does and says */
    BUFFER_SERVER = 1, /* what an account's server says */
    BUFFER_CHANNEL = 2,
    BUFFER_PRIVATE = 3, /* a channel that only members can find */
    BUFFER_DIRECT = 4,
    BUFFER_GROUP = 5,
};

enum presence { PRESENCE_UNKNOWN, PRESENCE_HERE, PRESENCE_AWAY, PRESENCE_GONE };

enum notify_level { NOTIFY_ALL, NOTIFY_MENTIONS, NOTIFY_NONE };

struct buffer {
    int64_t id;
    int64_t account_id; /* 0: weft's own */
    int64_t space_id;   /* 0: none */
    int64_t group_id;   /* 0: none */
    /* Under which space it is listed: its own or, of a direct one, that of its group. 0: none. */
    int64_t listed_in;
    int group_place; /* of its group there; 0: none */
    char *remote_id; /* the network's id, canonical; "" for CORE and SERVER */
    enum buffer_kind kind;
    char *name;  /* as shown: "#lab", "maria" */
    char *topic; /* or NULL */
    char *modes; /* of the channel, as the network writes them ("+nt"); NULL: none, or not known */
    int number;  /* stable: given once, never renumbered by activity; 0: weft's own and servers */
    bool joined; /* we are in it now */
    bool archived;  /* closed for everybody, for all that is known on this connection */
    bool closed;    /* the person closed it: not listed, kept in the store */
    bool draft;     /* something was typed here and not sent */
    bool caught_up; /* since the last connect, what was missed is here (or a gap says so) */
    unsigned caps;  /* what can be done here, intersected: enum capability of core/driver.h */
    enum notify_level notify;
    bool muted;           /* on the network, by the person: `notify` is NONE then */
    struct position read; /* the last message read; 0,0: none */
    unsigned unread;      /* messages after it that count */
    unsigned mentions;
    unsigned thread_unread; /* replies in followed threads that stand apart from the channel */
    unsigned thread_mentions;
    int64_t last_sort_key;    /* of the newest message known; 0: none */
    int64_t last_activity_us; /* time of the newest message that counts; 0: none */
    enum presence presence;   /* DIRECT: of the other one; */
    char *status;             /* likewise, what they say of themselves; NULL: nothing */
    GHashTable *members;      /* user id → struct member; NULL when not known */
    bool members_whole;       /* the network has listed all of them: else some may lack */
};

struct member {
    char *id;     /* the network's user id, canonical */
    char *name;   /* as shown */
    char *prefix; /* rank marks, highest first: "@+"; "" for none */
    char *login;  /* the network's account name, or NULL */
    char *status; /* what they say of themselves ("at lunch"), or NULL */
    bool away;
    int64_t spoke_us; /* when they last said something here, for completion; 0: never */
};

/* Each frees what hangs from it. NULL is allowed. */
void account_free(struct account *account);
void space_free(struct space *space);
void buffer_group_free(struct buffer_group *group);
void buffer_free(struct buffer *buffer);
void member_free(struct member *member);
/* It is direct, or a group of people, and stands with the others of its kind, in no space. */
bool buffer_stands_apart(const struct buffer *buffer);
struct member *member_new(const char *id, const char *name, const char *prefix);

/* "offline", "connecting", …: one word for the screen and the log. */
const char *account_state_name(enum account_state state);

#endif
