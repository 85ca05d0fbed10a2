/* A made-up place as data (world/README.md): coops on networks, what they said before, a scripted
 * hour, and small talk for the rest of it. Reading is strict: what cannot be carried out is an
 * error that says where it stands.
 *
 * A plan is what happens, in order. It depends on the data and a seed alone. */
#ifndef WEFT_SANDBOX_WORLD_H
#define WEFT_SANDBOX_WORLD_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct world_person {
    const char *nick;
    const char *name;
};

struct world_room {
    const char *name;
    const char *title; /* NULL: the name */
    const char *topic; /* or NULL */
    bool has_bot;      /* the network's bot is in it */
};

struct world_net {
    const char *id;    /* "mill": the account's name too */
    const char *kind;  /* "mattermost" or "irc" */
    const char *label; /* of the account */
    const char *team;  /* of Mattermost: the team's name and title */
    const char *team_title;
    GPtrArray *people; /* struct world_person; on Mattermost the first administers the server */
    GPtrArray *rooms;  /* struct world_room; all people are in all of them */
    struct world_person *bot; /* a program's account, of Mattermost; or NULL */
};

struct world_place {
    const struct world_net *net;
    const struct world_room *room;
};

/* Rooms that the visitor's program joins: what is said in one is said in the others. */
struct world_gateway {
    const char *id;
    const char *names; /* the template of names; NULL: the usual one */
    GArray *places;    /* struct world_place */
};

enum world_deed_kind {
    WORLD_SAY,
    WORLD_EDIT,
    WORLD_DELETE,
    WORLD_REACT,
    WORLD_TYPE,
};

struct world_deed {
    int64_t at_ms; /* after the hour began; before it: negative */
    enum world_deed_kind kind;
    const struct world_net *net;
    const char *room; /* a room's name; "@": between the two alone, who and the visitor */
    const char *who;
    const char *text;      /* what is said, the new text, the reaction */
    const char *as;        /* a name by which later deeds mean this message; or NULL */
    const char *on;        /* the message that is edited, deleted, reacted to, answered; or NULL */
    const char *card;      /* of what a bot says: the title of a card with a button; or NULL */
    const char *file_name; /* or NULL */
    const char *file_text;
};

struct world {
    struct world_person visitor;
    GPtrArray *nets;      /* struct world_net */
    GPtrArray *gateways;  /* struct world_gateway */
    GPtrArray *past;      /* struct world_deed, oldest first */
    GPtrArray *hour;      /* the same, in order */
    GPtrArray *smalltalk; /* the same, without times */
    GStringChunk *strings;
};

/* NULL and a sentence when it cannot be read. */
struct world *world_load(const char *path, GError **error);
void world_free(struct world *world);

/* Past, hour and small talk up to the hour's end: struct world_deed, owned by the array. */
GPtrArray *world_plan(const struct world *world, uint32_t seed);
/* One line a deed. */
char *world_plan_text(const GPtrArray *plan);

#endif
