#include "tests/support/fake_host.h"

#include <string.h>

#include "base/error.h"
#include "tests/support/fake_thread.h"

struct stream {
    struct fake_host *fake;
    const struct stream_events *events;
    void *user;
    GString *partial;
    unsigned no;
};
struct options {
    GPtrArray *keys, *values;
    GHashTable *lists; /* key → const char ** */
};

/* --- options
 * -------------------------------------------------------------------------------------- */

struct options *
fake_options_new(const char *text)
{
    struct options *options = g_new0(struct options, 1);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    options->keys = g_ptr_array_new_with_free_func(g_free);
    options->values = g_ptr_array_new_with_free_func(g_free);
    options->lists = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (unsigned i = 0; lines[i]; i++) {
        g_auto(GStrv) pair = g_strsplit(lines[i], "=", 2);
        if (!pair[0] || !pair[1])
            continue;
        g_ptr_array_add(options->keys, g_strdup(g_strstrip(pair[0])));
        g_ptr_array_add(options->values, g_strdup(g_strstrip(pair[1])));
    }
    return options;
}

void
fake_options_free(struct options *options)
{
    g_ptr_array_unref(options->keys);
    g_ptr_array_unref(options->values);
    g_hash_table_unref(options->lists);
    g_free(options);
}

const char *
options_text(const struct options *options, const char *name)
{
    for (unsigned i = 0; i < options->keys->len; i++) {
        if (strcmp(options->keys->pdata[i], name) == 0)
            return options->values->pdata[i];
    }
    return NULL;
}

bool
options_bool(const struct options *options, const char *name)
{
    const char *text = options_text(options, name);

    return text && (strcmp(text, "yes") == 0 || strcmp(text, "on") == 0);
}

int64_t
options_number(const struct options *options, const char *name)
{
    const char *text = options_text(options, name);

    return text ? g_ascii_strtoll(text, NULL, 10) : 0;
}

const char *const *
options_list(const struct options *options, const char *name)
{
    GPtrArray *list = g_ptr_array_new();

    for (unsigned i = 0; i < options->keys->len; i++) {
        if (strcmp(options->keys->pdata[i], name) == 0)
            g_ptr_array_add(list, options->values->pdata[i]);
    }
    g_ptr_array_add(list, NULL);
    void **strings = g_ptr_array_free(list, FALSE);
    g_hash_table_replace(options->lists, g_strdup(name), strings);
    return (const char *const *)strings;
}

bool
secret_configured(const struct options *options, const char *name)
{
    return options_text(options, name) != NULL;
}

/* --- what the driver tells
 * -------------------------------------------------------------------------- */

static struct fake_host *
fake_of(struct host *host)
{
    return (struct fake_host *)host;
}

static void note(struct fake_host *fake, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void
note(struct fake_host *fake, const char *format, ...)
{
    va_list list;

    fake->emitted++;
    if (fake->quiet)
        return;
    va_start(list, format);
    g_queue_push_tail(&fake->events, g_strdup_vprintf(format, list));
    va_end(list);
}

static void
note_message(struct fake_host *fake, const struct event *event)
{
    g_autofree char *line = fake_note_message(event);

    if (event->message.cursor)
        g_hash_table_replace(fake->cursors, g_strdup(event->conversation),
                             g_strdup(event->message.cursor));
    note(fake, "%s", line);
}

static void
note_buffer(struct fake_host *fake, const struct event *event)
{
    static const char *const kinds[] = {"core", "server", "channel", "private", "direct", "group"};

    if (event->buffer.joined)
        g_hash_table_replace(fake->known, g_strdup(event->conversation),
                             GINT_TO_POINTER(event->buffer.kind));
    else
        g_hash_table_remove(fake->known, event->conversation);
    note(fake, "buffer %s %s %s%s%s%s%s%s%s", event->conversation, kinds[event->buffer.kind],
         event->buffer.name, event->buffer.joined ? " joined" : "",
         event->buffer.topic ? " topic=" : "", event->buffer.topic ? event->buffer.topic : "",
         event->buffer.modes ? " modes=" : "", event->buffer.modes ? event->buffer.modes : "",
         event->buffer.archived ? " archived" : "");
}

static int
by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
note_members(struct fake_host *fake, const struct event *event)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

    for (size_t i = 0; i < event->members.n; i++)
        g_ptr_array_add(names, g_strdup_printf("%s%s", event->members.members[i]->prefix,
                                               event->members.members[i]->name));
    g_ptr_array_sort(names, by_text);
    g_ptr_array_add(names, NULL);
    g_autofree char *text = g_strjoinv(" ", (char **)names->pdata);
    note(fake, "members %s %s", event->conversation, text);
}

static const char *
or_dash(const char *text)
{
    return text ? text : "-";
}

static const char *
origin_word(enum event_origin origin)
{
    static const char *const words[] = {"", " catch-up", " history", " echo"};
    return words[origin];
}

/* What happens to messages and people after they were told of. False: none of these. */
static bool
note_deed(struct fake_host *fake, const struct event *event)
{
    switch (event->type) {
    case EVENT_REACTION:
        note(fake, "reaction %s %s %s%s %s%s%s", event->conversation, event->reaction.remote_id,
             event->reaction.add ? "+" : "-", event->reaction.emoji,
             or_dash(event->reaction.user_name), event->reaction.own ? " own" : "",
             origin_word(event->reaction.origin));
        return true;
    case EVENT_REACTIONS:
        note(fake, "reactions %s %s %zu", event->conversation, event->reactions.remote_id,
             event->reactions.n);
        return true;
    case EVENT_DELETED:
        note(fake, "deleted %s %s %s%s%s%s", event->conversation, event->deleted.remote_id,
             or_dash(event->deleted.by_name), event->deleted.reason ? " reason=" : "",
             event->deleted.reason ? event->deleted.reason : "",
             origin_word(event->deleted.origin));
        return true;
    case EVENT_EDITED: {
        g_autofree char *edited = fake_note_edited(event);
        note(fake, "%s", edited);
        return true;
    }
    case EVENT_THREAD:
        note(fake, "%s", fake_thread_text(event, (char[1024]){0}, 1024));
        return true;
    case EVENT_REVISIONS:
        for (const struct event_revision *at = event->revisions.list;
             at < event->revisions.list + event->revisions.n; at++)
            note(fake, "revision %" G_GINT64_FORMAT " %s", at->until_us, at->body->text);
        return true;
    case EVENT_PINNED:
    case EVENT_FLAGGED:
        note(fake, "%s %s %s", event->type == EVENT_PINNED ? "pinned" : "flagged",
             event->mark.remote_id, event->mark.on ? "on" : "off");
        return true;
    case EVENT_TYPING:
        note(fake, "typing %s %s %s", event->conversation, or_dash(event->typing.user_name),
             !event->typing.active  ? "done"
             : event->typing.paused ? "paused"
                                    : "active");
        return true;
    case EVENT_READ:
    case EVENT_UNREAD:
        note(fake, "%s %s %" G_GINT64_FORMAT, event->type == EVENT_READ ? "read" : "unread",
             event->conversation, event->read_us);
        return true;
    default: {
        g_autofree char *line = fake_note_person(event);
        if (line)
            note(fake, "%s", line);
        return line != NULL;
    }
    }
}

static void
on_emit(struct host *host, const struct event *event)
{
    struct fake_host *fake = fake_of(host);

    switch (event->type) {
    case EVENT_SELF:
        note(fake, "self %s %s %s%s", event->self.id, event->self.name,
             or_dash(event->self.server_name), event->self.insecure ? " insecure" : "");
        break;
    case EVENT_SPACE:
        note(fake, "space %s %s%s", event->space.id, event->space.name ? event->space.name : "-",
             event->space.lost ? " lost" : "");
        break;
    case EVENT_BUFFER:
        note_buffer(fake, event);
        break;
    case EVENT_MESSAGE:
        note_message(fake, event);
        break;
    case EVENT_MEMBERS:
        note_members(fake, event);
        break;
    case EVENT_MEMBER_ADDED:
        note(fake, "member %s %s%s%s%s%s", event->conversation, event->member->prefix,
             event->member->name, event->member->login ? " login=" : "",
             event->member->login ? event->member->login : "", event->member->away ? " away" : "");
        break;
    case EVENT_MEMBER_REMOVED:
        note(fake, "member-removed %s %s", event->conversation, event->user_id);
        break;
    case EVENT_MEMBER_RENAMED:
        note(fake, "member-renamed %s %s %s %s", or_dash(event->conversation), event->renamed.id,
             event->renamed.new_id, event->renamed.new_name);
        break;
    case EVENT_USER_GONE:
        note(fake, "gone %s", event->user_id);
        break;
    case EVENT_GAP:
        note(fake, "gap %s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "%s", event->conversation,
             event->gap.after_sort_key, event->gap.before_sort_key,
             event->gap.fillable ? " fillable" : "");
        break;
    case EVENT_KNOWN_SPAN:
        note(fake, "span %s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, event->conversation,
             event->span.after_sort_key, event->span.before_sort_key);
        break;
    case EVENT_CAUGHT_UP:
        note(fake, "caught-up %s%s", or_dash(event->conversation),
             event->history_whole ? " whole" : "");
        break;
    case EVENT_BUFFER_RENAMED:
        note(fake, "buffer-renamed %s %s %s", event->conversation, event->buffer_renamed.new_id,
             event->buffer_renamed.new_name);
        break;
    default:
        if (!note_deed(fake, event))
            note(fake, "event %d", (int)event->type);
    }
}

static void
on_done(struct host *host, op_id op, const char *remote_id, int64_t time_us)
{
    note(fake_of(host), "done %" G_GUINT64_FORMAT " %s", op, or_dash(remote_id));
}

static void
on_history_done(struct host *host, op_id op, const struct history_result *result)
{
    g_autofree char *from = result->oldest_key != 0
                                ? g_strdup_printf(" from=%" G_GINT64_FORMAT, result->oldest_key)
                                : g_strdup("");
    note(fake_of(host), "history-done %" G_GUINT64_FORMAT " %u%s%s", op, result->n, from,
         result->end ? " end" : "");
}

static void
on_browsed(struct host *host, op_id op, const struct browse_result *result)
{
    for (size_t i = 0; i < result->n; i++) {
        g_autofree char *line = fake_note_listed(&result->list[i]);
        note(fake_of(host), "%s", line);
    }
    note(fake_of(host), "browsed %" G_GUINT64_FORMAT " %zu%s", op, result->n,
         result->more ? " more" : "");
}

static void
on_progress(struct host *host, op_id op, uint64_t done_bytes)
{
    note(fake_of(host), "progress %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, op, done_bytes);
}

static void
on_bytes(struct host *host, op_id op, uint64_t at, const char *bytes, size_t len)
{
    g_autofree char *text = g_strndup(bytes, MIN(len, 40));

    if (at <= fake_of(host)->came->len)
        g_string_append_len(g_string_truncate(fake_of(host)->came, at), bytes, (gssize)len);
    note(fake_of(host), "bytes %" G_GUINT64_FORMAT " at %" G_GUINT64_FORMAT " %zu: %s", op, at, len,
         text);
}

static void
on_failed(struct host *host, op_id op, const GError *error)
{
    note(fake_of(host), "failed %" G_GUINT64_FORMAT " %s: %s", op,
         error_code_name(error_code(error)), error->message);
}

static void
on_state(struct host *host, enum account_state state)
{
    static const char *const names[] = {"offline", "connecting", "login", "catch-up",
                                        "online",  "waiting",    "failed"};

    note(fake_of(host), "state %s", names[state]);
}

static void
on_lost(struct host *host, const GError *error)
{
    note(fake_of(host), "lost %s: %s", error_code_name(error_code(error)), error->message);
}

static void
on_caps(struct host *host, unsigned caps, const struct limits *limits)
{
    fake_of(host)->caps = caps;
    fake_of(host)->limits = *limits;
}

static void
on_say(struct host *host, const char *conversation, enum message_kind kind, const char *text)
{
    note(fake_of(host), "say %s: %s", conversation && *conversation ? conversation : "-", text);
}

struct question {
    struct fake_host *fake;
    host_answer_fn fn;
    void *user;
};

static void
answer_question(void *data)
{
    struct question *question = data;
    const int code = question->fake->refuses ? WEFT_ERROR_CANCELLED : WEFT_ERROR_AUTH;
    g_autoptr(GError) error = g_error_new_literal(WEFT_ERROR, code, "The question was refused.");

    question->fn(question->user, question->fake->secret, question->fake->secret ? NULL : error);
    g_free(question);
}

static void
on_secret(struct host *host, const char *option, host_answer_fn fn, void *user)
{
    struct question *question;

    if (fake_of(host)->away)
        return;
    question = g_new(struct question, 1);
    *question = (struct question){fake_of(host), fn, user};
    clock_timer_add(host->clock, 0, answer_question, question);
}

static void
on_ask(struct host *host, const char *text, bool hidden, int64_t deadline_us, host_answer_fn fn,
       void *user)
{
    on_secret(host, text, fn, user);
}

static char *
on_kv_get(struct host *host, const char *key)
{
    return g_strdup(g_hash_table_lookup(fake_of(host)->kv, key));
}

static void
on_kv_set(struct host *host, const char *key, const char *value)
{
    g_hash_table_replace(fake_of(host)->kv, g_strdup(key), g_strdup(value));
}

static char *
on_cursor_get(struct host *host, const char *conversation)
{
    return g_strdup(g_hash_table_lookup(fake_of(host)->cursors, conversation ? conversation : ""));
}

static char **
on_conversations(struct host *host, enum buffer_kind kind)
{
    GPtrArray *names = g_ptr_array_new();
    GHashTableIter iter;
    void *name, *is;

    g_hash_table_iter_init(&iter, fake_of(host)->known);
    while (g_hash_table_iter_next(&iter, &name, &is)) {
        if (GPOINTER_TO_INT(is) == (int)kind)
            g_ptr_array_add(names, g_strdup(name));
    }
    g_ptr_array_sort(names, by_text);
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(names, FALSE);
}

struct waiter {
    void (*fn)(void *user);
    void *user;
    GDestroyNotify free_user;
};

static bool
on_ignores(struct host *host, const char *sender_id, const char *sender_name, const char *mask)
{
    return g_strcmp0(sender_id, "ignored") == 0;
}

static void
on_settled(struct host *host, void (*fn)(void *user), void *user, GDestroyNotify free_user)
{
    struct waiter *waiter = g_new(struct waiter, 1);

    *waiter = (struct waiter){fn, user, free_user};
    g_queue_push_tail(&fake_of(host)->waiting, waiter);
    if (!fake_of(host)->slow_disk)
        fake_settle(fake_of(host));
}

static void
end_waiters(struct fake_host *fake, bool call)
{
    struct waiter *waiter;

    while ((waiter = g_queue_pop_head(&fake->waiting))) {
        if (call)
            waiter->fn(waiter->user);
        if (waiter->free_user)
            waiter->free_user(waiter->user);
        g_free(waiter);
    }
}

void
fake_settle(struct fake_host *fake)
{
    end_waiters(fake, true);
}

static const struct host_ops host_ops = {
    .emit = on_emit,
    .done = on_done,
    .history_done = on_history_done,
    .browsed = on_browsed,
    .progress = on_progress,
    .bytes = on_bytes,
    .failed = on_failed,
    .state = on_state,
    .lost = on_lost,
    .caps = on_caps,
    .say = on_say,
    .secret = on_secret,
    .ask = on_ask,
    .kv_get = on_kv_get,
    .kv_set = on_kv_set,
    .cursor_get = on_cursor_get,
    .conversations = on_conversations,
    .ignores = on_ignores,
    .settled = on_settled,
};

/* --- the stream
 * ------------------------------------------------------------------------------------- */

static struct stream *
net_open(struct net_ops *net, const struct stream_options *options,
         const struct stream_events *events, void *user)
{
    struct fake_host *fake =
        (struct fake_host *)(void *)((char *)net - G_STRUCT_OFFSET(struct fake_host, net));
    static const char *const tls[] = {"plain", "tls", "starttls"};
    struct stream *stream = g_new0(struct stream, 1);

    g_assert_true(!fake->stream || fake->many);
    *stream = (struct stream){fake, events, user, g_string_new(NULL), ++fake->opened};
    g_ptr_array_add(fake->streams, stream);
    fake->stream = stream;
    g_free(fake->target);
    fake->target = g_strdup_printf("%s %u %s", options->host, options->port, tls[options->tls]);
    return stream;
}

static bool
net_write(struct stream *stream, const char *bytes, size_t len)
{
    char *end;

    if (stream->fake->deaf)
        return false;
    g_string_append_len(stream->partial, bytes, (gssize)len);
    while ((end = strstr(stream->partial->str, "\r\n"))) {
        size_t n = (size_t)(end - stream->partial->str);
        char *line = g_strndup(stream->partial->str, n);
        g_assert_null(strpbrk(line, "\r\n"));
        if (stream->fake->many) {
            char *said = g_strdup_printf("%u: %s", stream->no, line);
            g_free(line);
            line = said;
        }
        if (stream->fake->quiet)
            g_free(line);
        else
            g_queue_push_tail(&stream->fake->sent, line);
        g_string_erase(stream->partial, 0, (gssize)n + 2);
    }
    return true;
}

static size_t
net_pending(struct stream *stream)
{
    return 0;
}

static void
net_starttls(struct stream *stream)
{
    note(stream->fake, "starttls");
}

static GBytes *
net_binding(struct stream *stream, const char *kind)
{
    bool ours = strcmp(kind, "tls-exporter") == 0 && stream->fake->binding;

    return ours ? g_bytes_ref(stream->fake->binding) : NULL;
}

static void
net_pause(struct stream *stream, bool paused)
{
    note(stream->fake, paused ? "reads no more" : "reads again");
}

static void
net_close(struct stream *stream)
{
    struct fake_host *fake = stream->fake;

    g_ptr_array_remove(fake->streams, stream);
    if (fake->stream == stream)
        fake->stream = NULL;
    g_string_free(stream->partial, TRUE);
    g_free(stream);
}

/* --- for the test
 * ----------------------------------------------------------------------------------- */

struct fake_host *
fake_host_new(gint64 wall_us)
{
    struct fake_host *fake = g_new0(struct fake_host, 1);

    fake->net = (struct net_ops){.stream_open = net_open,
                                 .stream_write = net_write,
                                 .stream_pending = net_pending,
                                 .stream_starttls = net_starttls,
                                 .stream_channel_binding = net_binding,
                                 .stream_pause = net_pause,
                                 .stream_close = net_close};
    fake->host = (struct host){
        .ops = &host_ops, .clock = clock_fake_new(wall_us), .net = &fake->net, .account = "test"};
    fake->streams = g_ptr_array_new();
    g_queue_init(&fake->events);
    g_queue_init(&fake->sent);
    g_queue_init(&fake->waiting);
    fake->came = g_string_new(NULL);
    fake->kv = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    fake->cursors = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    fake->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return fake;
}

void
fake_host_free(struct fake_host *fake)
{
    g_assert_cmpuint(fake->streams->len, ==, 0);
    g_ptr_array_unref(fake->streams);
    fake_forget(fake);
    end_waiters(fake, false);
    g_string_free(fake->came, TRUE);
    g_hash_table_unref(fake->kv);
    g_hash_table_unref(fake->cursors);
    g_hash_table_unref(fake->known);
    if (fake->binding)
        g_bytes_unref(fake->binding);
    g_free(fake->secret);
    g_free(fake->target);
    clock_free(fake->host.clock);
    g_free(fake);
}

void
fake_net_play(struct fake_host *fake, unsigned n)
{
    fake->stream = NULL;
    for (unsigned i = 0; i < fake->streams->len; i++) {
        struct stream *stream = fake->streams->pdata[i];
        if (stream->no == n)
            fake->stream = stream;
    }
    g_assert_nonnull(fake->stream);
}

void
fake_net_open(struct fake_host *fake, bool secure)
{
    struct stream_info info = {"127.0.0.1:6697", secure, secure ? "TLS 1.3" : NULL};

    g_assert_nonnull(fake->stream);
    fake->stream->events->opened(fake->stream->user, &info);
}

void
fake_net_bytes(struct fake_host *fake, const char *bytes, size_t len)
{
    /* A copy of just that size: reading past it is seen. */
    char *copy = g_memdup2(bytes, len);

    g_assert_nonnull(fake->stream);
    fake->stream->events->data(fake->stream->user, copy, len);
    g_free(copy);
}

void
fake_net_say(struct fake_host *fake, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    g_autofree char *text = g_strdup_vprintf(format, list);
    va_end(list);
    g_autofree char *line = g_strconcat(text, "\r\n", NULL);
    fake_net_bytes(fake, line, strlen(line));
}

void
fake_net_secured(struct fake_host *fake, const struct stream_info *info)
{
    g_assert_nonnull(fake->stream);
    fake->stream->events->secured(fake->stream->user, info);
}

void
fake_net_end(struct fake_host *fake)
{
    g_autoptr(GError) error =
        g_error_new_literal(WEFT_ERROR, WEFT_ERROR_CLOSED, "The peer ended the connection.");

    g_assert_nonnull(fake->stream);
    fake->stream->events->closed(fake->stream->user, error);
}

void
fake_advance_s(struct fake_host *fake, double seconds)
{
    clock_fake_advance(fake->host.clock, (int64_t)(seconds * G_USEC_PER_SEC));
}

static void
show_and_fail(const GQueue *queue, const char *what, const char *pattern, const char *got)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (GList *at = queue->head; at; at = at->next)
        g_string_append_printf(text, "\n  %s", (const char *)at->data);
    g_error("expected %s: %s\n got: %s\n then:%s", what, pattern, got, text->str);
}

static void
expect(GQueue *queue, const char *what, const char *pattern)
{
    g_autofree char *got = g_queue_pop_head(queue);

    if (!got || !g_pattern_match_simple(pattern, got))
        show_and_fail(queue, what, pattern, or_dash(got));
}

void
fake_expect(struct fake_host *fake, const char *pattern)
{
    expect(&fake->events, "event", pattern);
}

void
fake_expect_sent(struct fake_host *fake, const char *pattern)
{
    expect(&fake->sent, "line", pattern);
}

void
fake_expect_nothing(struct fake_host *fake)
{
    if (!g_queue_is_empty(&fake->events))
        show_and_fail(&fake->events, "event", "nothing", "");
}

void
fake_expect_nothing_sent(struct fake_host *fake)
{
    if (!g_queue_is_empty(&fake->sent))
        show_and_fail(&fake->sent, "line", "nothing", "");
}

static bool
skip_to(GQueue *queue, const char *pattern)
{
    while (!g_queue_is_empty(queue)) {
        g_autofree char *line = g_queue_pop_head(queue);
        if (g_pattern_match_simple(pattern, line))
            return true;
    }
    return false;
}

bool
fake_skip_to(struct fake_host *fake, const char *pattern)
{
    return skip_to(&fake->events, pattern);
}

bool
fake_skip_sent_to(struct fake_host *fake, const char *pattern)
{
    return skip_to(&fake->sent, pattern);
}

unsigned
fake_count(struct fake_host *fake, const char *pattern)
{
    unsigned n = 0;

    for (GList *at = fake->events.head; at; at = at->next)
        n += g_pattern_match_simple(pattern, at->data);
    return n;
}

void
fake_forget(struct fake_host *fake)
{
    g_queue_clear_full(&fake->events, g_free);
    g_queue_clear_full(&fake->sent, g_free);
}
