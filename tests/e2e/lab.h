/* weft in tmux, before the sandbox's server of teams, threads and files: kai sits in ~lab, where
 * maria has asked something and jun has answered in the thread under it. */
#ifndef WEFT_TESTS_E2E_LAB_H
#define WEFT_TESTS_E2E_LAB_H

#include "tests/e2e/tmux.h"
#include "tests/sandbox/mm_server.h"

struct lab {
    struct mm_server *server;
    const char *team, *lab, *square;
    const char *root; /* maria's post in lab */
    char *home;
    struct tmux *tmux;
};

/* weft runs, and shows ~lab. */
void lab_begin(struct lab *lab, int cols, int rows);
/* weft is started anew, and goes to ~lab. */
void lab_again(struct lab *lab);
void lab_end(struct lab *lab);

/* The server has this in ~lab, once. */
void assert_said(const struct lab *lab, const char *text);
/* A test that is skipped by name where there is no tmux. */
void lab_add(const char *path, void (*test)(void));

#endif
