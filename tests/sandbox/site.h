/* One network of a world on one of the sandbox's servers, with its people on it. */
#ifndef WEFT_SANDBOX_SITE_H
#define WEFT_SANDBOX_SITE_H

#include "tests/sandbox/world.h"

struct site;

struct site_ops {
    const char *kind; /* of struct world_net */
    /* Starts the server; everyone but the visitor is there, and nobody has said anything. It was
     * made before `now_ms`. */
    struct site *(*open)(const struct world *world, const struct world_net *net, uint32_t seed,
                         int64_t now_ms);
    void (*close)(struct site *site);
    uint16_t (*port)(struct site *site);
    /* By what the visitor logs in; "": by nothing. g_free(). */
    char *(*secret)(struct site *site);
    /* By what the program's account (world.h) is let in; NULL: there is none. g_free(). */
    char *(*bot_secret)(struct site *site);
    /* Lines of the account's section in weft.conf; its secret is in that file. g_free(). */
    char *(*config)(struct site *site, const char *secret_file);
    /* Of one of its rooms, in weft.conf. g_free(). */
    char *(*address)(struct site *site, const struct world_room *room);
    bool (*visitor_is_here)(struct site *site);
    /* The visitor's program has been told in which rooms they are. */
    bool (*visitor_has_rooms)(struct site *site);
    /* Answers the visitor nothing from now on, or goes on; NULL: it cannot wait. */
    void (*hold)(struct site *site, bool held);
    /* The server's clock stands there; 0: it runs. */
    void (*set_clock)(struct site *site, int64_t now_ms);
    /* The visitor has read all that was said. */
    void (*read_all)(struct site *site);
    /* `on`: the id of the message that the deed is about, or NULL. Returns the id of what was said;
     * NULL: nothing was, or it has none. g_free(). `now_ms`: when, of what is past. */
    char *(*act)(struct site *site, const struct world_deed *deed, const char *on, int64_t now_ms);
    /* A test's order (world/README.md), without the network's name. NULL when it was carried out,
     * else a sentence. g_free(). */
    char *(*control)(struct site *site, char **words, unsigned n);
    /* What clients did against the rules. g_free(). */
    char *(*complaints)(struct site *site);
};

struct site {
    const struct site_ops *ops;
    const struct world *world;
    const struct world_net *net;
};

extern const struct site_ops site_mm_ops;
extern const struct site_ops site_irc_ops;

/* A number of an order; 0 when there is none. */
unsigned site_number(char **words, unsigned n, unsigned index);
/* The word for everyone is "*". */
const char *site_whom(char **words, unsigned n, unsigned index);
bool site_has_person(const struct site *site, const char *nick);

#endif
