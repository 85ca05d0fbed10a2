/* Giving the terminal back when there is no time left: a crash, SIGTERM, SIGHUP, and stop and
 * continue.
 *
 * A signal handler gets no pointer, so rescue.c holds the one file-scope pointer of the screen. All
 * that a handler does is async-signal-safe: prepared bytes are written, modes are set, and the
 * signal is raised again with the handling it had before. */
#ifndef WEFT_UI_RESCUE_H
#define WEFT_UI_RESCUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

struct rescue {
    int fd;
    struct termios found, taken; /* modes as they were found, and as weft uses them */
    const char *enter, *leave;   /* bytes that take the terminal and give it back */
    const char *again;           /* what somebody else may have undone meanwhile; pushes nothing */
    size_t enter_len, leave_len, again_len;
    pthread_t owner;          /* the thread that called rescue_arm() */
    volatile int is_taken;    /* the terminal is in weft's hands now */
    volatile int was_stopped; /* it was given back and taken again: draw all */
    volatile int is_lent;     /* to a program that weft has started: nothing here takes it */
};

/* Sets the handlers. `rescue` is kept until rescue_disarm(). SIGTERM, SIGHUP, SIGINT and SIGQUIT
 * are left alone where something else handles them already; who wants them later takes them
 * (g_unix_signal_add). */
void rescue_arm(struct rescue *rescue);
/* Puts back the handlers that were found, except where someone else has taken the signal since. */
void rescue_disarm(void);

/* Gives the terminal to a program of weft's own process group, and takes it back. In between the
 * keys that interrupt and quit are for that program, and a stop stops both. */
void rescue_lend(struct rescue *rescue);
bool rescue_take_back(struct rescue *rescue);

/* Gives the terminal back or takes it (again): what the handlers do, for orderly ways. Does nothing
 * when it is so already. False when the terminal refused its modes. */
bool rescue_leave(struct rescue *rescue);
bool rescue_enter(struct rescue *rescue);

#endif
