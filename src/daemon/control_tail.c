/* Tails: what is stored since a moment, by time over all buffers, and then what comes. Nothing is
 * kept for a client but the lines that wait for it: what is stored is read a page at a time, as it
 * reads. */
#include <string.h>

#include "base/error.h"
#include "core/export.h"
#include "daemon/control_priv.h"

#define PAGE_MESSAGES 50
/* So much is put before a client that may still read slowly. */
#define AHEAD_BYTES (128 * 1024)
/* Looked at, then the loop turns: what is not wanted fills no client. */
#define TURN_MESSAGES 1000

/* A buffer's stored messages, from a place on. */
struct source {
    int64_t buffer_id;
    struct position after;  /* all up to here was told, or is not wanted */
    struct position newest; /* the row of the greatest id that was read */
    GPtrArray *messages;    /* or NULL: to be loaded */
    guint next;
    bool done; /* nothing newer is stored */
};

struct tail {
    struct client *client;
    char *id;
    int64_t buffer_id; /* 0: all */
    int64_t since_us;
    bool follow, joins;
    bool live;          /* what is stored was told */
    GPtrArray *sources; /* struct source */
    GSource *rest;      /* to go on when the loop has turned; or NULL */
};

static void
source_free(void *data)
{
    struct source *source = data;

    if (source->messages)
        g_ptr_array_unref(source->messages);
    g_free(source);
}

void
tail_free(void *data)
{
    struct tail *tail = data;

    tail->client->waits--;
    if (tail->rest) {
        g_source_destroy(tail->rest);
        g_source_unref(tail->rest);
    }
    g_ptr_array_unref(tail->sources);
    g_free(tail->id);
    g_free(tail);
}

static bool
is_wanted(const struct tail *tail, const struct message *message)
{
    if (message->flags & MESSAGE_IGNORED)
        return false;
    switch (message->kind) {
    case MESSAGE_JOIN:
    case MESSAGE_PART:
    case MESSAGE_QUIT:
    case MESSAGE_RENAME:
    case MESSAGE_MODE:
        return tail->joins;
    default:
        return true;
    }
}

static void
write_message(struct tail *tail, const char *name, const struct message *message)
{
    g_autoptr(GString) line = g_string_new(NULL);

    g_string_append_printf(line, "{\"id\":%s", tail->id);
    control_put_message(line, tail->client->control->core, name, message);
    g_string_append_c(line, '}');
    client_write(tail->client, line);
}

static void
end_well(struct tail *tail)
{
    struct client *client = tail->client;

    client_answer(client, tail->id, ",\"end\":true");
    g_ptr_array_remove(client->tails, tail);
}

/* --- what is stored --- */

/* False: nothing newer is there. */
static bool
source_load(struct tail *tail, struct source *source)
{
    if (source->messages && source->next < source->messages->len)
        return true;
    if (source->done)
        return false;
    g_clear_pointer(&source->messages, g_ptr_array_unref);
    source->messages = core_stored_after(tail->client->control->core, source->buffer_id,
                                         source->after, PAGE_MESSAGES);
    source->next = 0;
    source->done = source->messages->len == 0;
    for (guint i = 0; i < source->messages->len; i++) {
        const struct position at = message_position(source->messages->pdata[i]);
        if (at.id > source->newest.id)
            source->newest = at;
    }
    return !source->done;
}

static struct source *
source_first(struct tail *tail)
{
    struct source *first = NULL;
    int64_t first_us = 0;

    for (guint i = 0; i < tail->sources->len; i++) {
        struct source *source = tail->sources->pdata[i];
        if (!source_load(tail, source))
            continue;
        const struct message *message = source->messages->pdata[source->next];
        if (!first || message->time_us < first_us) {
            first = source;
            first_us = message->time_us;
        }
    }
    return first;
}

static void go_on(struct tail *tail);

static gboolean
on_rested(void *user)
{
    struct tail *tail = user;

    g_clear_pointer(&tail->rest, g_source_unref);
    go_on(tail);
    return G_SOURCE_REMOVE;
}

static void
rest(struct tail *tail)
{
    tail->rest = g_idle_source_new();
    g_source_set_callback(tail->rest, on_rested, tail, NULL);
    g_source_attach(tail->rest, NULL);
}

static void
go_on(struct tail *tail)
{
    unsigned n = 0;

    while (!tail->rest && client_backlog(tail->client) < AHEAD_BYTES && !tail->client->cut) {
        struct source *source = source_first(tail);
        if (!source) {
            tail->live = true;
            if (!tail->follow)
                end_well(tail);
            return;
        }
        const struct message *message = source->messages->pdata[source->next++];
        source->after = message_position(message);
        if (message->time_us >= tail->since_us && is_wanted(tail, message))
            write_message(tail, "message", message);
        if (++n == TURN_MESSAGES)
            rest(tail);
    }
}

void
control_tail_go_on(struct client *client)
{
    for (guint i = client->tails->len; i > 0; i--) {
        struct tail *tail = client->tails->pdata[i - 1];
        if (!tail->live)
            go_on(tail);
    }
}

static struct source *
source_add(struct tail *tail, int64_t buffer_id)
{
    struct source *source = g_new0(struct source, 1);

    source->buffer_id = buffer_id;
    g_ptr_array_add(tail->sources, source);
    return source;
}

/* From the first message of that time on: page_after() wants what stands before it. */
static void
source_begin(struct tail *tail, const struct buffer *buffer)
{
    struct core *core = tail->client->control->core;
    struct position at;

    if (!core_find_time(core, buffer->id, tail->since_us, &at))
        return;
    source_add(tail, buffer->id)->after =
        (struct position){.sort_key = at.sort_key, .id = at.id - 1};
}

/* --- what comes --- */

static void
cut(struct tail *tail)
{
    struct client *client = tail->client;
    g_autoptr(GError) error =
        g_error_new(WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                    "This program reads too slowly: %d KiB wait for it. The messages stay in the "
                    "history; ask again, with since.",
                    OUT_TAIL_BYTES / 1024);

    client_refuse(client, tail->id, error);
    g_ptr_array_remove(client->tails, tail);
}

static struct source *
source_of(const struct tail *tail, int64_t buffer_id)
{
    for (guint i = 0; i < tail->sources->len; i++) {
        struct source *source = tail->sources->pdata[i];
        if (source->buffer_id == buffer_id)
            return source;
    }
    return NULL;
}

static void
tell_now(struct tail *tail, const char *name, const struct message *message)
{
    if (!is_wanted(tail, message))
        return;
    if (client_backlog(tail->client) > OUT_TAIL_BYTES)
        cut(tail);
    else
        write_message(tail, name, message);
}

/* It is stored, and will be read; false: it stands before what was told already. */
static bool
will_be_read(struct tail *tail, struct source *source, const struct message *message)
{
    if (!source) {
        source = source_add(tail, message->buffer_id);
        source->after = (struct position){.sort_key = message->sort_key, .id = message->id - 1};
    } else if (position_compare(message_position(message), source->after) <= 0) {
        return false;
    }
    /* It may belong amid what was read, or have changed since. */
    g_clear_pointer(&source->messages, g_ptr_array_unref);
    source->done = false;
    return true;
}

/* The disk had it before we heard of it. Rows are numbered as they come; a number is given again
 * only when the newest row has gone. */
static bool
was_read(const struct source *source, const struct message *message)
{
    return message->id > 0 &&
           (message->id < source->newest.id ||
            (message->id == source->newest.id && message->sort_key == source->newest.sort_key));
}

static void
on_new(struct tail *tail, const struct message *message)
{
    struct source *source = source_of(tail, message->buffer_id);

    if (source && was_read(source, message))
        return;
    if (tail->live || message->id <= 0)
        tell_now(tail, "message", message);
    else if (!will_be_read(tail, source, message) && message->time_us >= tail->since_us)
        tell_now(tail, "message", message);
}

static void
on_changed(struct tail *tail, const struct message *message)
{
    struct source *source = source_of(tail, message->buffer_id);

    if (tail->live || (source && !will_be_read(tail, source, message)))
        tell_now(tail, "changed", message);
}

static void
tell(struct tail *tail, const struct notice *notice)
{
    const struct message *message = notice->message;

    if (tail->buffer_id != 0 && tail->buffer_id != message->buffer_id)
        return;
    if (notice->type == NOTICE_MESSAGE)
        on_new(tail, message);
    else
        on_changed(tail, message);
}

void
control_tail_notice(struct client *client, const struct notice *notice)
{
    if ((notice->type != NOTICE_MESSAGE && notice->type != NOTICE_MESSAGE_CHANGED) ||
        !notice->message)
        return;
    for (guint i = client->tails->len; i > 0; i--)
        tell(client->tails->pdata[i - 1], notice);
}

/* --- requests --- */

static bool
begin(struct tail *tail, const struct request *request, GError **error)
{
    struct core *core = tail->client->control->core;
    const GPtrArray *buffers = core_buffers(core);
    const struct buffer *one = NULL;

    if (request->since && !export_parse_since(request->since, clock_wall_us(core_clock(core)),
                                              &tail->since_us, error))
        return false;
    if (request->in && !(one = core_find_address(core, request->in, error)))
        return false;
    tail->buffer_id = one ? one->id : 0;
    tail->live = !request->since && request->follow;
    if (tail->live)
        return true;
    if (one)
        source_begin(tail, one);
    for (guint i = 0; !one && i < buffers->len; i++)
        source_begin(tail, buffers->pdata[i]);
    return true;
}

static struct tail *
find(struct client *client, const char *id)
{
    for (guint i = 0; i < client->tails->len; i++) {
        struct tail *tail = client->tails->pdata[i];
        if (strcmp(tail->id, id) == 0)
            return tail;
    }
    return NULL;
}

void
control_tail(struct client *client, const struct request *request)
{
    g_autoptr(GError) error = NULL;

    if (find(client, request->id)) {
        g_set_error_literal(&error, WEFT_ERROR, WEFT_ERROR_CONFLICT,
                            "A tail of this id runs already: give this one another.");
        client_refuse(client, request->id, error);
        return;
    }
    if (!client_may_wait(client, request->id))
        return;
    struct tail *tail = g_new0(struct tail, 1);
    tail->client = client;
    tail->id = g_strdup(request->id);
    tail->follow = request->follow;
    tail->joins = request->joins;
    tail->sources = g_ptr_array_new_with_free_func(source_free);
    if (!begin(tail, request, &error)) {
        client_refuse(client, request->id, error);
        tail_free(tail);
        return;
    }
    g_ptr_array_add(client->tails, tail);
    if (!tail->live)
        go_on(tail);
}

void
control_stop(struct client *client, const struct request *request)
{
    struct tail *tail = find(client, request->of);
    g_autoptr(GError) error = NULL;

    if (!tail) {
        g_set_error(&error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "No tail of the id %s runs.",
                    request->of);
        client_refuse(client, request->id, error);
        return;
    }
    end_well(tail);
    client_answer(client, request->id, "");
}
