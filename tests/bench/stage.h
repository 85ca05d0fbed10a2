/* A program that is measured, with a home of its own that is new, on its terminal, at its server.
 */
#ifndef WEFT_TESTS_BENCH_STAGE_H
#define WEFT_TESTS_BENCH_STAGE_H

#include "tests/bench/flood_server.h"
#include "tests/bench/mm_flood.h"
#include "tests/bench/tty.h"

/* Behind the clients: what is only a relay. */
enum subject_kind { SUBJECT_WEFT, SUBJECT_IRSSI, SUBJECT_WEECHAT, SUBJECT_N, SUBJECT_MATTERBRIDGE };

struct subject {
    enum subject_kind kind;
    const char *name;
    char *program; /* NULL: not installed */
};

/* The three, found: weft is `weft`, the others by their names in PATH. */
void subjects_find(struct subject subjects[SUBJECT_N], const char *weft);

struct stage {
    const struct subject *subject;
    char *home;
    bool own_home;               /* made for this */
    struct flood_server *server; /* NULL: offline, or at `chat` */
    struct mm_flood *chat;       /* NULL: none */
    const char *ca;              /* who vouches for `chat`; NULL: as `chat` */
    bool has_chat;               /* its accounts are Mattermost's */
    struct tty tty;
    int64_t started_us;
    struct cost cost; /* stage_costs() */
};

/* `home` NULL: a new one. */
void stage_open(struct stage *stage, const struct subject *subject, bool online, const char *home);
/* weft with Mattermost accounts: as many as `chat_take` has, over TLS by the authority `ca` (a
 * path, borrowed). NULL for both: one account of a server that is not there. */
void stage_open_chat(struct stage *stage, const struct subject *subject, struct mm_flood *chat_take,
                     const char *ca, const char *home);
/* Ends the program; the home that was made is removed. */
void stage_close(struct stage *stage);
/* Ends the program and starts it again in the same home, offline. */
void stage_restart_offline(struct stage *stage);

/* Each of these prints what went wrong and is false. */
bool stage_whole(struct stage *stage); /* its first screen is there */
bool stage_join(struct stage *stage);  /* connected, in FLOOD_CHANNEL, quiet */
/* Until one of `texts` is on the terminal. */
bool stage_find(struct stage *stage, const char **texts, unsigned deadline_ms);

/* Until every account at `chat` has caught up with everything. */
bool stage_caught_up(struct stage *stage, unsigned deadline_ms);
/* The first channel of the first account is shown, and all is quiet. */
bool stage_go_first(struct stage *stage);

/* Terminal and server, once; waits up to a millisecond when there is nothing. False: it has ended.
 */
bool stage_turn(struct stage *stage);
/* Until nothing was written for that long, at most ten times as long. */
void stage_quiet(struct stage *stage, unsigned quiet_ms);
void stage_wait(struct stage *stage, unsigned wait_ms);
bool stage_complain(const struct stage *stage, const char *what); /* returns false */

#endif
