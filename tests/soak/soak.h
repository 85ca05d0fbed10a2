/* A conversation while weft is killed and cut off: what its files share. talk.c lets people do
 * things, reckon.c counts what has become of them, soak.c kills, cuts and runs. */
#ifndef WEFT_TESTS_SOAK_SOAK_H
#define WEFT_TESTS_SOAK_SOAK_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "tests/conformance/adapter.h"
#include "tests/conformance/suite.h"
#include "tests/soak/puppet.h"

struct line {
    char *text;      /* as it was said first, one word: the first word of whatever it says later */
    bool typed;      /* in weft; else said by maria or ines */
    bool shown;      /* weft had it on the screen */
    bool taken_back; /* somebody has asked for it; or it went with the first of its thread */
    unsigned heard;  /* typed: how often it came to maria */
    int64_t said_us; /* wall time */
    char *id;        /* the network's, once weft or ines has seen it */
    const struct line *root;  /* it goes when that one does; NULL: with none */
    unsigned version;         /* of its text, as it was asked for last; 0: never changed */
    unsigned kept;            /* typed: this version or a later one is weft's to bring there */
    unsigned ines_has, k_has; /* whose reactions: bits of the emoji */
};

struct soak {
    struct scene scene; /* its peer is maria, who talks */
    struct peer *ines;  /* who talks as well, and does things to what was said */
    struct peer *ear;   /* who says nothing, and tells what there is */
    struct proxy *proxy;
    GRand *rand;
    char channel[sizeof SCENE_CHANNEL]; /* as weft calls it */
    GPtrArray *lines;                   /* struct line */
    GHashTable *by_text;                /* text → struct line */
    GPtrArray *known; /* lines whose id is known and that nobody takes back, newest last */
    struct puppet *weaver;
    bool renamed;
    unsigned kills, cuts, topics;
    unsigned changes, deletions, reactions, answers; /* that somebody asked for */
    unsigned heard_from; /* lines before it may have been said before we were in */
    unsigned peace_from; /* lines from here on are said when nothing fails any more */
    int64_t asked_us;    /* monotonic: when maria last said something to see whether we are in */
    int64_t look_us;     /* monotonic: the account is not taken again before */
};

/* --- talk.c --- */

void talk_init(struct soak *soak);
void talk_free(struct soak *soak);
/* One line that the weaver has written; user: the soak. */
void talk_take(char *text, void *soak);
void talk_one(struct soak *soak);                     /* maria says one line */
void talk_for(struct soak *soak, int64_t time_us);    /* everybody does something, for so long */
void talk_others(struct soak *soak, int64_t time_us); /* all but weft */
void talk_pour(struct soak *soak);                    /* maria says a few lines */
void talk_type(struct soak *soak);                    /* weft's person types a few */

/* --- reckon.c --- */

/* Everything is where it belongs, and nothing is under way. user: the soak. */
bool reckon_is_settled(void *soak);
/* Whether weft's store has this line, as another process sees it. */
bool reckon_has(struct soak *soak, const struct line *line);
/* Aborts the test, with what is not as it should be. */
void reckon_tell(struct soak *soak);
/* Proves it, line for line. */
void reckon_all(struct soak *soak);

#endif
