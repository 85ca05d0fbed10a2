/* What the transcript tests of the Matterbridge driver share: a session, and a server that the test
 * plays: one gateway, "commons", with people on two networks. */
#ifndef WEFT_TESTS_MATTERBRIDGE_WORLD_H
#define WEFT_TESTS_MATTERBRIDGE_WORLD_H

#include "tests/support/fake_web.h"

#define NOW_US G_GINT64_CONSTANT(1795367500000000)
#define HEALTH "GET */api/health"
#define RING   "GET */api/messages"
#define STREAM "GET */api/stream"
#define POST   "POST */api/message"

struct world {
    struct fake_host *fake;
    struct fake_web *web;
    struct options *options;
    void *session;
    op_id last_op;
};

/* `more`: option lines besides server, token, name and buffer, or NULL. */
void world_open(struct world *w, const char *more);
/* Ends the session and begins another over the same host, as a restart does. */
void world_reopen(struct world *w, const char *more);
void world_close(struct world *w);
/* Connects to a server that is well. */
void world_connect(struct world *w);
/* The same, and its socket greets. The ring is being asked for. */
void world_greeted(struct world *w);
/* The same, ONLINE with an empty ring; events and requests so far are dropped. */
void world_online(struct world *w, const char *more);
/* Timers of now, and answers. */
void world_settle(struct world *w);

/* A message of maria, irc.libera, in commons, so many milliseconds after NOW. `extra`:
 * ",\"key\":value", which may say something else of all that, or "". g_free(). */
char *world_message(int64_t ms, const char *text, const char *extra);
/* By the socket. */
void world_say(struct world *w, int64_t ms, const char *text, const char *extra);
/* The ring with n messages "m1" …, the first at `ms`, one each second. g_free(). */
char *world_ring(unsigned n, int64_t ms);

struct buffer *world_buffer(const char *conversation);
/* False: `error` is dropped. */
bool world_try(struct world *w, const struct send_request *request);
op_id world_send(struct world *w, enum message_kind kind, const char *text);
/* The answer to the POST that waits: what was sent, as the server gives it back. */
char *world_taken(const char *name, const char *text, const char *gateway);

void test_connect_add(void);
void test_read_add(void);
void test_send_add(void);
void test_files_add(void);
void test_hostile_add(void);

#endif
