/* What the tests of the Mattermost driver on real sockets share: the sandbox's server, and a
 * session on it. */
#ifndef WEFT_TESTS_MATTERMOST_LIVE_H
#define WEFT_TESTS_MATTERMOST_LIVE_H

#include "tests/sandbox/mm_server.h"
#include "tests/support/fake_host.h"

#define LIVE_DEADLINE_MS 20000

struct live {
    struct mm_server *server;
    struct fake_host *fake;
    struct clock *fake_clock;
    struct options *options;
    void *session;
    const char *team, *square, *lab; /* ids */
    const char *pattern;
    op_id last_op;
};

/* kai and maria in one team, with a channel besides. */
void live_begin(struct live *live, const struct mm_server_options *options);
/* `login`: option lines; NULL: a token, of kai or of `user`. */
void live_open(struct live *live, const char *login);
void live_open_of(struct live *live, const char *user, const char *login);
void live_end(struct live *live);
/* Waits for an event, and drops those before it and itself; `kept`: drops nothing. */
void live_await(struct live *live, const char *pattern);
void live_await_format(struct live *live, const char *format, ...) G_GNUC_PRINTF(2, 3);
void live_await_kept(struct live *live, const char *format, ...) G_GNUC_PRINTF(2, 3);

void test_live_search_add(void);
void test_live_form_add(void);
void test_live_own_add(void);
void test_live_relay_add(void);

#endif
