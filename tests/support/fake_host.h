/* A host for driver tests: no core, no sockets, a clock that stands still. What the driver emits is
 * kept as readable lines, what it writes as the lines it sent; the test plays the server.
 *
 * Also defines options_text() and its sisters over a text of "key = value" lines, so that a
 * driver's test links no core. */
#ifndef WEFT_TESTS_FAKE_HOST_H
#define WEFT_TESTS_FAKE_HOST_H

#include <glib.h>
#include <stdbool.h>

#include "core/driver.h"
#include "core/host.h"

struct fake_host {
    struct host host;
    struct net_ops net;
    struct stream *stream; /* the one that is open, of many the one the test plays; NULL: none */
    bool many;          /* several at a time are good; lines that leave then say which: "2: PING" */
    GPtrArray *streams; /* all that are open */
    char *target;       /* the newest that was opened: "irc.example 6697 tls" */
    GQueue events;      /* of char *: what happened, one a line */
    GQueue sent;        /* of char *: lines that the driver wrote, without their end */
    GHashTable *kv;
    GHashTable *cursors; /* conversation → cursor; follows the messages' cursors */
    GHashTable *known;   /* conversation → GINT_TO_POINTER(kind), joined ones */
    GBytes *binding;     /* tls-exporter data, or NULL */
    char *secret;        /* the answer to every secret; NULL: refused */
    bool away;           /* nobody answers */
    bool refuses;        /* the person does not want to give a secret */
    unsigned opened;     /* how many streams were opened */
    unsigned emitted;    /* events in all, kept or not */
    bool quiet;          /* keep no lines: for fuzzing */
    bool deaf;           /* stream_write refuses */
    bool slow_disk;      /* what waits for the disk comes by fake_settle() */
    GQueue waiting;      /* who waits for it */
    unsigned caps;
    struct limits limits;
    GString *came;        /* what a download gave, as a file would have it */
    struct fake_web *web; /* tests/support/fake_web.h; NULL: there is none */
};

struct fake_host *fake_host_new(gint64 wall_us);
void fake_host_free(struct fake_host *fake);

/* Lines "key = value"; a key may come again. */
struct options *fake_options_new(const char *text);
void fake_options_free(struct options *options);

/* The server's side. */
/* From now on the test plays the server of the n-th stream that was opened (from 1). */
void fake_net_play(struct fake_host *fake, unsigned n);
void fake_net_open(struct fake_host *fake, bool secure);
void fake_net_bytes(struct fake_host *fake, const char *bytes, size_t len);
/* One line; CR LF is added. */
void fake_net_say(struct fake_host *fake, const char *format, ...) G_GNUC_PRINTF(2, 3);
void fake_net_secured(struct fake_host *fake, const struct stream_info *info);
void fake_net_end(struct fake_host *fake);
/* The disk has all: who waited for it is told. */
void fake_settle(struct fake_host *fake);
void fake_advance_s(struct fake_host *fake, double seconds);

/* The next event, or line sent, is this (a glob). Fails the test otherwise, showing all that is
 * there. */
void fake_expect(struct fake_host *fake, const char *pattern);
void fake_expect_sent(struct fake_host *fake, const char *pattern);
void fake_expect_nothing(struct fake_host *fake);
void fake_expect_nothing_sent(struct fake_host *fake);
/* Drops events up to and with the first that matches; false when none does. */
bool fake_skip_to(struct fake_host *fake, const char *pattern);
bool fake_skip_sent_to(struct fake_host *fake, const char *pattern);
/* How many of the kept events match. Drops nothing. */
unsigned fake_count(struct fake_host *fake, const char *pattern);
void fake_forget(struct fake_host *fake);

/* fake_note.c: the lines of EVENT_MESSAGE, EVENT_EDITED and what can be joined. g_free(). */
char *fake_note_message(const struct event *event);
char *fake_note_edited(const struct event *event);
/* Presence and status; groups and what is muted. NULL: none of these. */
char *fake_note_person(const struct event *event);
char *fake_note_listed(const struct listed *listed);

#endif
