/* What core lends to a session: the only functions that a driver may call. In tests a fake fills
 * the same table and moves the clock (tests/support/fake_host.h). All of it belongs to the main
 * loop. */
#ifndef WEFT_CORE_HOST_H
#define WEFT_CORE_HOST_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/net_ops.h"
#include "core/driver.h"
#include "core/event.h"

/* The answer to a question or the value of a secret. NULL: refused, or the deadline passed; `error`
 * says why. The text is wiped after the call. None comes any more after host_lost() or close(). */
typedef void (*host_answer_fn)(void *user, const char *answer, const GError *error);

struct host_ops {
    void (*emit)(struct host *host, const struct event *event);
    /* Completions of operations. `time_us` (0: not known) is for send; so is `remote_id` (may be
     * NULL), and for join: which conversation that was, whatever the name that was asked for. */
    void (*done)(struct host *host, op_id op, const char *remote_id, int64_t time_us);
    void (*history_done)(struct host *host, op_id op, const struct history_result *result);
    /* A page of what was browsed; borrowed for the call. */
    void (*browsed)(struct host *host, op_id op, const struct browse_result *result);
    void (*failed)(struct host *host, op_id op, const GError *error);
    /* Of an upload: so many bytes of it are over there. */
    void (*progress)(struct host *host, op_id op, uint64_t done_bytes);
    /* Of a download: bytes of the file from its byte `at` on, in order. `at` may be 0 although only
     * a later part was asked for. The operation may be cancelled from inside. */
    void (*bytes)(struct host *host, op_id op, uint64_t at, const char *bytes, size_t len);
    /* Progress of the connection: CONNECTING, LOGIN, CATCH_UP, ONLINE. */
    void (*state)(struct host *host, enum account_state state);
    /* There is no connection any more (or none came to be). Core decides when to connect again:
     * AUTH and TLS errors wait for the person, RATE_LIMITED for its delay, others back off. */
    void (*lost)(struct host *host, const GError *error);
    /* What this session can do, after negotiation: a subset of the driver's bits. */
    void (*caps)(struct host *host, unsigned caps, const struct limits *limits);
    /* A line in the account's server buffer (conversation NULL or "") or in another: what the
     * server says that is not a message. Not counted as unread. */
    void (*say)(struct host *host, const char *conversation, enum message_kind kind,
                const char *text);
    /* The value of a SECRET option. The answer comes later, never from inside the call. */
    void (*secret)(struct host *host, const char *option, host_answer_fn fn, void *user);
    /* A question to the person, with a deadline. `hidden`: the answer is a secret. */
    void (*ask)(struct host *host, const char *question, bool hidden, int64_t deadline_us,
                host_answer_fn fn, void *user);
    /* Small state that survives restarts. Get: free with g_free(), NULL when there is none. */
    char *(*kv_get)(struct host *host, const char *key);
    void (*kv_set)(struct host *host, const char *key, const char *value);
    /* The resume cursor of a conversation (NULL: the account's); NULL when there is none. g_free().
     */
    char *(*cursor_get)(struct host *host, const char *conversation);
    /* The conversations of this account in which the person still is (joined, not closed): remote
     * ids, NULL-terminated; g_strfreev(). For rejoining. */
    char **(*conversations)(struct host *host, enum buffer_kind kind);
    /* Does the person ignore the requests of this user's program (CTCP), which are no messages?
     * Then the driver neither tells of one nor answers. `mask`: "nick!user@host" or NULL. */
    bool (*ignores)(struct host *host, const char *sender_id, const char *sender_name,
                    const char *mask);
    /* Calls `fn` once, when all that was emitted before is on disk (or the disk refuses: then at
     * once, since a network that gets no answer would end the conversation as well). For
     * acknowledgements. May come from inside. Not called after close(); `free_user` (may be NULL)
     * is called in any case. */
    void (*settled)(struct host *host, void (*fn)(void *user), void *user,
                    GDestroyNotify free_user);
};

struct host {
    const struct host_ops *ops;
    struct clock *clock;    /* borrowed; the driver's only source of time and timers */
    struct net_ops *net;    /* borrowed */
    const char *account;    /* the account's name, for the log */
    const char *config_dir; /* relative OPTION_PATH values were expanded against it already */
};

static inline void
host_emit(struct host *host, const struct event *event)
{
    host->ops->emit(host, event);
}
static inline void
host_done(struct host *host, op_id op, const char *remote_id, int64_t time_us)
{
    host->ops->done(host, op, remote_id, time_us);
}
static inline void
host_failed(struct host *host, op_id op, const GError *error)
{
    host->ops->failed(host, op, error);
}
static inline void
host_history_done(struct host *host, op_id op, const struct history_result *result)
{
    host->ops->history_done(host, op, result);
}
static inline void
host_browsed(struct host *host, op_id op, const struct browse_result *result)
{
    host->ops->browsed(host, op, result);
}
static inline void
host_progress(struct host *host, op_id op, uint64_t done_bytes)
{
    host->ops->progress(host, op, done_bytes);
}
static inline void
host_bytes(struct host *host, op_id op, uint64_t at, const char *bytes, size_t len)
{
    host->ops->bytes(host, op, at, bytes, len);
}
static inline void
host_state(struct host *host, enum account_state state)
{
    host->ops->state(host, state);
}
static inline void
host_lost(struct host *host, const GError *error)
{
    host->ops->lost(host, error);
}
static inline void
host_say(struct host *host, const char *conversation, enum message_kind kind, const char *text)
{
    host->ops->say(host, conversation, kind, text);
}

#endif
