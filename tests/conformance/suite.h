/* The conformance suite: what every network must do, written once against the driver seam. */
#ifndef WEFT_TESTS_CONFORMANCE_SUITE_H
#define WEFT_TESTS_CONFORMANCE_SUITE_H

#include "tests/conformance/adapter.h"
#include "tests/conformance/person.h"

/* One test in flight: a site, a person who uses weft ("kai") and someone who does not ("maria"). */
struct scene {
    const struct adapter *adapter;
    const struct certs *certs;
    struct site *site;
    struct person *person;
    struct peer *peer;
    bool proxied;          /* the person's way leads through the site's proxy */
    bool slowly;           /* and that is a bad network */
    struct rested *rested; /* where a site is taken from and left; NULL: nowhere */
};

/* A site that is as new between two scenes: see the adapter's `rest`. */
struct rested {
    const struct adapter *adapter;
    struct site *site;
};

#define SCENE_USER    "kai"
#define SCENE_SECRET  "weaving-needs-two-hands"
#define SCENE_PEER    "maria"
#define SCENE_CHANNEL "#lab"

/* Site and person, not yet started. */
void scene_start(struct scene *scene, const struct adapter *adapter, enum login login);
/* The person starts, for the first time, and is online. */
void scene_come(struct scene *scene);
/* Then: both are in the channel and the person is online. */
void scene_gather(struct scene *scene);
void scene_end(struct scene *scene);

/* Runs every behaviour for every adapter; a site that is not at hand is skipped by name. Returns
 * the program's exit status. */
int suite_run(const struct adapter *const *adapters);

/* By topic. */
typedef void (*suite_fn)(struct scene *scene);
struct behaviour {
    const char *name;
    suite_fn run;
    unsigned needs;    /* enum site_can */
    unsigned lacks;    /* likewise: only where the site can do none of these */
    unsigned ways;     /* enum site_way: only where the site goes these */
    unsigned not_ways; /* and none of these */
    enum login login;
    bool needs_login; /* only where the site offers `login` */
    bool relays;      /* only where one account may speak for many (peer_relay) */
};
extern const struct behaviour suite_login[];
extern const struct behaviour suite_talk[];
extern const struct behaviour suite_threads[];
extern const struct behaviour suite_people[];
extern const struct behaviour suite_relay[];
extern const struct behaviour suite_deeds[];
extern const struct behaviour suite_kept[]; /* deeds too */
extern const struct behaviour suite_away[];
extern const struct behaviour suite_lost[];
extern const struct behaviour suite_server[];

/* The options of the scene's account anew, with these lines besides; before the person starts. */
void scene_configure(struct scene *scene, enum login login, const char *more);
/* How that one is called on the site: g_free(). */
char *scene_name(const struct scene *scene, const char *who);
/* The peer has said this in the channel, and it is here. Its remote id: g_free(). */
char *scene_hear(struct scene *scene, const char *text);
/* The person has said this there, and it is sent. Likewise. */
char *scene_say(struct scene *scene, const char *text);
/* The person is in a channel that was not there before, and made it where one does so by coming. */
void scene_make_channel(struct scene *scene, const char *channel);
/* Waits until the channel has that member, or has them no more. */
void scene_wait_member(struct scene *scene, const char *name, bool present);
/* Waits until that is known of who is talked to alone; where it is asked for only at the start, the
 * person goes and comes again. */
void scene_wait_presence(struct scene *scene, const char *name, enum presence presence);

#endif
