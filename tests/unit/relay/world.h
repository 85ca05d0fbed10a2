/* Accounts on networks of their own, which answer at once, and a relay between them; with a real
 * store in a folder of its own and a clock that stands still. */
#ifndef WEFT_TESTS_UNIT_RELAY_WORLD_H
#define WEFT_TESTS_UNIT_RELAY_WORLD_H

#include "base/error.h"
#include "core/core.h"
#include "core/host.h"
#include "relay/relay.h"
#include "store/store.h"

#define WORLD_NOW_US INT64_C(1700000000000000) /* 2023-11-14 22:13:20 */
#define SECOND_US    INT64_C(1000000)
#define MINUTE_US    (60 * SECOND_US)
#define WORLD_SELF   "weft" /* our name, where the section has no `self` */

/* What a network has, whether we are connected or not. It knows a message by its key. */
struct shown {
    char *id, *key, *text;
    bool deleted;
};
struct server {
    char *account;
    unsigned n_ids;
    GHashTable *ids;  /* key → id */
    GPtrArray *shown; /* struct shown: what we have said there, in order */
};

/* One account's network: what it was asked, "say #lab hello", a line each. Options of its section:
 * server = NAME, name_bytes = N, line_bytes = N, lacks = react edit delete reply upload …, self =
 * NAME. "network = tinted" is the same, and texts have colours there. */
struct net {
    struct host *host;
    char *account;
    GString *log;
    bool connected;
    bool kills;     /* weft is killed when it is asked for a reaction: world_restart_killed() */
    bool holds;     /* answers nothing; what waits: */
    GArray *held;   /* struct held */
    GError *refuse; /* what is asked next is refused with it */
    char *last_key, *last_mark;
    GString *keys;   /* of all that was said, a line each */
    GString *looked; /* the conversations whose members it was asked for: "#lab " */
};

struct held {
    op_id op;
    const char *id; /* the server's; NULL: none */
};

struct world {
    struct net_ops ops; /* first: how the driver finds the world */
    char *dir, *config_file, *override_file;
    struct clock *clock;
    struct store *store;
    struct config *config;
    struct core *core;
    struct relay *relay;
    GPtrArray *nets;    /* struct net, by account */
    GPtrArray *servers; /* struct server */
    unsigned n_notices; /* NOTICE_RELAY */
    bool read_only;     /* from the next opening on: another weft runs the profile */
    bool mistaken;      /* it may begin with mistakes in its configuration */
};

/* `config`: accounts (network = net) and gateways. All accounts are online, each in #lab. */
struct world *world_new(const char *config);
void world_free(struct world *world);
/* Ends all and opens it again, as a new process would; nobody is online. */
void world_restart(struct world *world);
/* The same with what was on the disk at the last world_keep_disk(). */
void world_restart_killed(struct world *world);
void world_keep_disk(struct world *world);
void world_settle(struct world *world);
void world_advance(struct world *world, int64_t by_us);

struct server *world_server(struct world *world, const char *account);
struct net *world_net(struct world *world, const char *account);
void world_online(struct world *world, const char *account);
void world_lost(struct world *world, const char *account);
/* From now on the network lets us speak under other names, or not, and change nothing. */
void world_names(struct world *world, const char *account, bool on);
void
world_channel(struct world *world, const char *account, const char *name, enum buffer_kind kind);
/* Tells of all that we have said there, as a network does of what was missed. */
void world_replay(struct world *world, const char *account);
void world_caught_up(struct world *world, const char *account);
const struct buffer *world_buffer(struct world *world, const char *account, const char *name);

struct world_said {
    const char *conversation; /* NULL: #lab */
    const char *who;          /* NULL: uma; also the id */
    const char *text;
    const char *id; /* NULL: the network gives none */
    const char *reply_to, *thread;
    const char *user, *user_id; /* a part of the text that mentions a user */
    const char *relayed_by, *picture;
    enum message_kind kind;
    enum event_origin origin;
    const char *subject;
    int64_t ago_us; /* said so long before now */
    bool own, bot, ephemeral, missed;
    const GPtrArray *files;
};
void world_say(struct world *world, const char *account, const struct world_said *said);
void world_edit(struct world *world, const char *account, const char *id, const char *text);
void world_delete(struct world *world, const char *account, const char *id);
void world_react(struct world *world, const char *account, const char *id, const char *who,
                 const char *emoji, bool add);

/* Asserts what the account's network was asked since the last time. */
#define world_assert(world, account, wanted)                                                       \
    do {                                                                                           \
        g_autofree char *found_here = world_take(world, account);                                  \
        g_assert_cmpstr(found_here, ==, wanted);                                                   \
    } while (0)
char *world_take(struct world *world, const char *account);
/* Answers what is held: done with ids; or as if the connection were cut in the middle. */
void world_release(struct world *world, const char *account);
void world_release_first(struct world *world, const char *account); /* done; others are held */

/* Types in #lab of an account; the newest line there afterwards. */
char *world_type(struct world *world, const char *account, const char *text);
void world_set(struct world *world, const char *key, const char *value); /* of [gateway g] */

extern const struct network world_networks[];

#endif
