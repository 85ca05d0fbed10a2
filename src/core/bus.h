/* What happened, told to whoever shows or relays it: in order, after it is on disk. A notice owns
 * its data and is shared by all subscribers; no subscriber can stop, change or reorder one. A
 * subscriber may call core from inside (what that causes comes later, never nested) and may
 * unsubscribe itself. */
#ifndef WEFT_CORE_BUS_H
#define WEFT_CORE_BUS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/buffer.h"
#include "model/message.h"

enum notice_type {
    NOTICE_ACCOUNT,        /* added, or its state, name or label changed */
    NOTICE_BUFFER_ADDED,   /* also: opened again */
    NOTICE_BUFFER_CHANGED, /* name, topic, joined, caps, members' number, counters, read position,
                              draft, presence, whether it is muted */
    NOTICE_BUFFER_MOVED,   /* its place in the list: number, space, kind */
    NOTICE_BUFFER_CLOSED,  /* no longer listed */
    NOTICE_GROUPS,  /* an account's buffers stand in other groups, or these in another order */
    NOTICE_MESSAGE, /* a new row (or, with NOT_STORED, a line that the disk refuses) */
    NOTICE_MESSAGE_CHANGED, /* a row that was there: state, text, place */
    NOTICE_MESSAGES_RELOAD, /* much changed in a buffer (history came, gaps closed): load again */
    NOTICE_MEMBERS, /* text: the id of the one who came, left or changed; NULL: the whole list */
    NOTICE_THREAD,  /* what is known of a thread; text: its root's remote id */
    NOTICE_DRAFT,   /* a draft has come from elsewhere; text: its thread's root, "": none */
    NOTICE_TYPING,
    /* A link asks for this message to be shown. */
    NOTICE_SHOW_MESSAGE,
    NOTICE_FORM,        /* core/form.h; question: its id */
    NOTICE_QUESTION,    /* the person is asked: core_question_…() */
    NOTICE_ATTENTION,   /* this message calls the person; not `live`: what was missed does */
    NOTICE_HUSH,        /* /snooze: core_hushed_until() says something else */
    NOTICE_DISK,        /* the disk refuses, or works again */
    NOTICE_SHOW_BUFFER, /* a command asks for this buffer to be shown */
    NOTICE_SEARCH,      /* a command asks for a search; text: for what, NULL: to be typed */
    NOTICE_CHANGE,      /* a command asks for our message to be changed */
    NOTICE_PINS,        /* a command asks for what is pinned in this buffer */
    NOTICE_INBOX,       /* what waits has changed (core/inbox.h); once, until somebody has looked */
    NOTICE_TRANSFER,    /* files move, or some have come to their end (core/transfer.h) */
    NOTICE_FILE,        /* a file was fetched; text: where it lies; `live`: to be opened */
    NOTICE_RELAY,       /* how relayed channels are doing has changed (core/relaying.h) */
    NOTICE_CONFIG,      /* keys, theme or look changed */
    NOTICE_CLEAR,       /* /clear: what this buffer shows goes out of sight */
    NOTICE_REDRAW,      /* /redraw: the screen may be disturbed */
    NOTICE_QUIT,        /* the person wants to leave; the last of the list */
};

struct notice {
    enum notice_type type;
    int64_t account_id;
    int64_t buffer_id;
    struct message *message; /* MESSAGE, MESSAGE_CHANGED, CHANGE, SHOW_MESSAGE, ATTENTION; owned by
                                the notice */
    bool live;               /* MESSAGE, ATTENTION: said now, not fetched */
    int64_t copies;    /* MESSAGE: what core_copy() was to copy, and this is new of it; else 0 */
    unsigned calls;    /* ATTENTION: how many messages call, `message` the last of them, */
    unsigned mentions; /* and how many of these are mentions */
    char *text; /* MEMBERS: whom; TYPING: who; QUESTION: what; DISK: why (NULL: works again) */
    uint64_t question; /* QUESTION, FORM: its id */
    bool hidden;       /* QUESTION: the answer is a secret */
};

typedef void (*bus_fn)(const struct notice *notice, void *user);

struct bus;

struct bus *bus_new(void);
void bus_free(struct bus *bus);

/* Returns an id for bus_unsubscribe(). */
unsigned bus_subscribe(struct bus *bus, bus_fn fn, void *user);
void bus_unsubscribe(struct bus *bus, unsigned id);

/* Delivers it to all, at once when nothing is being delivered, else (a copy of it, with its text
 * and a reference to its message) after what is. */
void bus_publish(struct bus *bus, const struct notice *notice);

#endif
