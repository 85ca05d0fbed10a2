#include "tests/fuzz/life.h"

#include <string.h>

static struct life *
life_of(struct host *host)
{
    return (struct life *)(uintptr_t)host->ops;
}

/* --- what the driver tells --- */

static void
complete(struct host *host, op_id op)
{
    struct life *life = life_of(host);

    g_assert_cmpuint(op, !=, life->calling);
    g_assert_true(g_hash_table_remove(life->open, GSIZE_TO_POINTER(op)));
}

static void
on_done(struct host *host, op_id op, const char *remote_id, int64_t time_us)
{
    g_assert_cmpint(time_us, >=, 0);
    complete(host, op);
    life_of(host)->real->done(host, op, remote_id, time_us);
}

static void
on_history_done(struct host *host, op_id op, const struct history_result *result)
{
    g_assert_true((result->n == 0) == (result->oldest_key == 0));
    complete(host, op);
    life_of(host)->real->history_done(host, op, result);
}

static void
on_browsed(struct host *host, op_id op, const struct browse_result *result)
{
    complete(host, op);
    life_of(host)->real->browsed(host, op, result);
}

static void
on_failed(struct host *host, op_id op, const GError *error)
{
    g_assert_nonnull(error);
    complete(host, op);
    life_of(host)->real->failed(host, op, error);
}

static void
on_lost(struct host *host, const GError *error)
{
    struct life *life = life_of(host);

    g_assert_nonnull(error);
    g_assert_true(life->connected);
    life->connected = false;
    life->real->lost(host, error);
}

static void
on_emit(struct host *host, const struct event *event)
{
    const struct life *life = life_of(host);

    if (event->type == EVENT_MESSAGE || event->type == EVENT_BUFFER)
        g_assert_nonnull(event->conversation);
    if (event->type == EVENT_MESSAGE) {
        g_assert_cmpint((int)event->message.kind, <, MESSAGE_KIND_N);
        g_assert_cmpint(event->message.time_us, >=, 0);
    }
    if (life->check)
        life->check(event);
    life->real->emit(host, event);
}

void
life_begin(struct life *life)
{
    life->open = g_hash_table_new(NULL, NULL);
    life->real = life->fake->host.ops;
    life->ops = *life->real;
    life->ops.done = on_done;
    life->ops.history_done = on_history_done;
    life->ops.browsed = on_browsed;
    life->ops.failed = on_failed;
    life->ops.lost = on_lost;
    life->ops.emit = on_emit;
    life->fake->host.ops = &life->ops;
}

void
life_end(struct life *life)
{
    g_hash_table_unref(life->open);
}

/* --- what it is told --- */

void
life_connect(struct life *life)
{
    if (life->connected)
        return;
    g_hash_table_remove_all(life->open); /* their outcome is unknown: core looks for them */
    life->connected = true;
    life->driver->connect(life->session);
}

void
life_disconnect(struct life *life, const char *reason)
{
    if (!life->connected)
        return;
    life->driver->disconnect(life->session, reason);
    fake_advance_s(life->fake, life->goodbye_s);
    g_assert_false(life->connected);
}

op_id
life_ask(struct life *life)
{
    life->calling = ++life->last_op;
    g_hash_table_add(life->open, GSIZE_TO_POINTER(life->calling));
    return life->calling;
}

void
life_asked(struct life *life, bool taken)
{
    if (!taken)
        g_hash_table_remove(life->open, GSIZE_TO_POINTER(life->calling));
    life->calling = 0;
}

void
life_wait(struct life *life, const int *steps_ms, unsigned n, const char *choice)
{
    fake_advance_s(life->fake, steps_ms[(unsigned char)*choice % n] / 1000.0);
}

void
life_live(struct life *life, struct fuzz_input *input, unsigned most, const char *raw,
          life_step_fn step)
{
    for (unsigned i = 0; input->left > 0 && i < most; i++) {
        size_t len;
        g_autofree char *line = fuzz_line(input, &len);
        if (len == 0)
            continue;
        if (*line != '\0' && strchr(raw, *line)) {
            step(life, *line, line + 1, len - 1);
        } else {
            struct fuzz_input rest = {(const uint8_t *)line + 1, len - 1};
            g_autofree char *text = fuzz_text(&rest);
            step(life, *line, text, strlen(text));
        }
    }
}
