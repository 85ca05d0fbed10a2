/* A bouncer's network as a session of its own: a host between it and core, which marks what belongs
 * to it. */
#include <string.h>

#include "base/log.h"
#include "protocols/irc/irc_bouncer.h"

#define LEG_FIRST_US (10 * G_USEC_PER_SEC)
#define LEG_MOST_US  (600 * G_USEC_PER_SEC)
#define LEG_LEAST_US (2 * G_USEC_PER_SEC)

static struct irc_leg *
leg_of(struct host *host)
{
    return (struct irc_leg *)host;
}

static struct host *
above(const struct irc_leg *leg)
{
    return leg->bouncer->host;
}

/* --- names and ids
 * ------------------------------------------------------------------------------ */

/* "3 #lab" for "#lab"; NULL and "" (the server itself) stay. */
static char *
marked(const struct irc_leg *leg, const char *id)
{
    return id && *id ? g_strdup_printf("%s %s", leg->id, id) : g_strdup(id);
}

/* "#lab" for "3 #lab", in its memory; NULL: of another leg. */
static const char *
unmarked(const struct irc_leg *leg, const char *id)
{
    const size_t len = strlen(leg->id);

    return strncmp(id, leg->id, len) == 0 && id[len] == ' ' ? id + len + 1 : NULL;
}

/* --- events
 * ------------------------------------------------------------------------------------- */

/* What marked() makes lives as long as the event. */
struct marking {
    const struct irc_leg *leg;
    GPtrArray *strings;
    struct rich *body; /* that stands in for the event's; or NULL */
};

static void
mark(struct marking *marking, const char **id)
{
    char *text = marked(marking->leg, *id);

    if (text)
        g_ptr_array_add(marking->strings, text);
    *id = text;
}

static const struct member *
mark_member(struct marking *marking, const struct member *member, struct member *ret_copy)
{
    const char *id = member->id;

    *ret_copy = *member;
    mark(marking, &id);
    ret_copy->id = (char *)(uintptr_t)id;
    return ret_copy;
}

static void
mark_buffer(struct marking *marking, struct event *event)
{
    const struct irc_leg *leg = marking->leg;
    unsigned all = leg->bouncer->caps;

    for (unsigned i = 0; i < leg->bouncer->legs->len; i++)
        all |= ((const struct irc_leg *)leg->bouncer->legs->pdata[i])->caps;
    event->buffer.space = leg->id;
    if (leg->caps != 0)
        event->buffer.caps_removed |= all & ~leg->caps;
}

static void
mark_message(struct marking *marking, struct event *event)
{
    mark(marking, &event->message.sender_id);
    if (!event->conversation || *event->conversation)
        return;
    /* In the account's server buffer several servers speak. */
    if (!event->message.sender_name)
        event->message.sender_name = marking->leg->name;
    if (event->message.kind == MESSAGE_INVITE && event->message.body) {
        g_autofree char *name =
            g_strdup_printf("%s/%s", marking->leg->name, event->message.body->text);
        event->message.body = marking->body = rich_new(name, -1);
    }
}

static void
emit_members(struct marking *marking, struct event *event)
{
    const size_t n = event->members.n;
    g_autofree struct member *copies = g_new0(struct member, n + 1);
    g_autofree const struct member **list = g_new0(const struct member *, n + 1);

    for (size_t i = 0; i < n; i++)
        list[i] = mark_member(marking, event->members.members[i], &copies[i]);
    event->members.members = list;
    host_emit(above(marking->leg), event);
}

/* "Every one" of a leg is not every one of the account. */
static void
emit_caught_up(const struct irc_leg *leg, const struct event *event)
{
    static const enum buffer_kind kinds[] = {BUFFER_CHANNEL, BUFFER_PRIVATE, BUFFER_DIRECT};
    struct host *host = above(leg);

    for (unsigned k = 0; k < G_N_ELEMENTS(kinds); k++) {
        g_auto(GStrv) ids = host->ops->conversations(host, kinds[k]);
        for (unsigned i = 0; ids && ids[i]; i++) {
            const char *id = unmarked(leg, ids[i]);
            /* A channel that did not take us back has nothing to say. */
            if (!id || (kinds[k] != BUFFER_DIRECT && !irc_channel(leg->session, id)))
                continue;
            struct event each = *event;
            each.conversation = ids[i];
            host_emit(host, &each);
        }
    }
}

static void
emit_marked(struct marking *marking, struct event *event)
{
    struct member copy;

    mark(marking, &event->conversation);
    switch (event->type) {
    case EVENT_BUFFER:
        mark_buffer(marking, event);
        break;
    case EVENT_BUFFER_RENAMED:
        mark(marking, &event->buffer_renamed.new_id);
        break;
    case EVENT_MESSAGE:
        mark_message(marking, event);
        break;
    case EVENT_MEMBERS:
        emit_members(marking, event);
        return;
    case EVENT_MEMBER_ADDED:
        event->member = mark_member(marking, event->member, &copy);
        break;
    case EVENT_MEMBER_RENAMED:
        mark(marking, &event->renamed.id);
        mark(marking, &event->renamed.new_id);
        break;
    case EVENT_MEMBER_REMOVED:
    case EVENT_USER_GONE:
        mark(marking, &event->user_id);
        break;
    case EVENT_TYPING:
        mark(marking, &event->typing.user_id);
        break;
    case EVENT_REACTION:
        mark(marking, &event->reaction.user_id);
        break;
    case EVENT_DELETED:
        mark(marking, &event->deleted.by_id);
        break;
    case EVENT_PRESENCE:
        mark(marking, &event->presence.user_id);
        break;
    default:
        break;
    }
    host_emit(above(marking->leg), event);
}

static void
on_emit(struct host *host, const struct event *event)
{
    const struct irc_leg *leg = leg_of(host);
    struct event copy = *event;

    /* Who we are is the bouncer's word; each leg knows its own nick for itself. */
    if (event->type == EVENT_SELF || event->type == EVENT_SPACE || event->type == EVENT_CURSOR)
        return;
    if (event->type == EVENT_CAUGHT_UP && !event->conversation) {
        emit_caught_up(leg, event);
        return;
    }
    struct marking marking = {.leg = leg, .strings = g_ptr_array_new_with_free_func(g_free)};
    emit_marked(&marking, &copy);
    rich_free(marking.body);
    g_ptr_array_unref(marking.strings);
}

/* --- completions and state
 * ---------------------------------------------------------------------- */

/* Operations that the bouncer made itself have no id: nobody waits for them. */
static void
on_done(struct host *host, op_id op, const char *remote_id, int64_t time_us)
{
    if (op != 0)
        host_done(above(leg_of(host)), op, remote_id, time_us);
}

static void
on_history_done(struct host *host, op_id op, const struct history_result *result)
{
    host_history_done(above(leg_of(host)), op, result);
}

static void
on_browsed(struct host *host, op_id op, const struct browse_result *result)
{
    host_browsed(above(leg_of(host)), op, result);
}

static void
on_failed(struct host *host, op_id op, const GError *error)
{
    if (op != 0)
        host_failed(above(leg_of(host)), op, error);
}

static void
on_state(struct host *host, enum account_state state)
{
    struct irc_leg *leg = leg_of(host);

    if (state != ACCOUNT_ONLINE)
        return;
    backoff_reset(&leg->backoff);
    irc_say(leg->bouncer, NULL, "%s: connected.", leg->name);
}

static void
on_retry(void *user)
{
    struct irc_leg *leg = user;

    leg->retry_timer = 0;
    irc_leg_connect(leg);
}

static void
on_lost(struct host *host, const GError *error)
{
    struct irc_leg *leg = leg_of(host);
    struct event event = {.type = EVENT_SPACE};
    const bool over = leg->bouncer->phase != IRC_READY || error_is(error, WEFT_ERROR_CANCELLED);

    leg->up = false;
    event.space.id = leg->id;
    event.space.lost = true;
    host_emit(above(leg), &event);
    if (over)
        return;
    /* Its password is the account's: a leg that is refused is not tried again and again. */
    if (error_is(error, WEFT_ERROR_AUTH) || error_is(error, WEFT_ERROR_UNSUPPORTED)) {
        irc_say(leg->bouncer, NULL, "%s: %s /reconnect tries again.", leg->name, error->message);
        return;
    }
    const int64_t delay_us = backoff_next_us(&leg->backoff, NULL);
    irc_say(leg->bouncer, NULL, "%s: %s weft tries again in %d seconds.", leg->name, error->message,
            (int)(delay_us / G_USEC_PER_SEC));
    leg->retry_timer = clock_timer_add(leg->host.clock, delay_us, on_retry, leg);
}

static void
on_caps(struct host *host, unsigned caps, const struct limits *limits)
{
    struct irc_leg *leg = leg_of(host);

    leg->caps = caps;
    leg->limits = *limits;
    irc_bouncer_tell_caps(leg->bouncer);
}

static void
on_say(struct host *host, const char *conversation, enum message_kind kind, const char *text)
{
    const struct irc_leg *leg = leg_of(host);
    g_autofree char *id = marked(leg, conversation);
    g_autofree char *line = id && *id ? g_strdup(text) : g_strdup_printf("%s: %s", leg->name, text);

    host_say(above(leg), id, kind, line);
}

/* --- questions, memory
 * --------------------------------------------------------------------------- */

/* A leg may be gone before its account is, and another one stand in its memory: what it waits for
 * finds it by number, or is not called. */
static struct irc_leg *
leg_by_number(const struct irc *bouncer, unsigned number)
{
    for (unsigned i = 0; i < bouncer->legs->len; i++) {
        struct irc_leg *leg = bouncer->legs->pdata[i];
        if (leg->number == number)
            return leg;
    }
    return NULL;
}

struct asking {
    struct irc *bouncer;
    unsigned leg;
    unsigned connection; /* the one that asked */
    host_answer_fn fn;
    void *user;
};

static void
answered(void *user, const char *answer, const GError *error)
{
    const struct asking asking = *(struct asking *)user;
    const struct irc_leg *leg = leg_by_number(asking.bouncer, asking.leg);

    g_ptr_array_remove_fast(asking.bouncer->leg_asks, user);
    if (leg && leg->session->connection == asking.connection)
        asking.fn(asking.user, answer, error);
}

static struct asking *
asking_new(const struct irc_leg *leg, host_answer_fn fn, void *user)
{
    struct asking *asking = g_new0(struct asking, 1);

    *asking = (struct asking){leg->bouncer, leg->number, leg->session->connection, fn, user};
    g_ptr_array_add(leg->bouncer->leg_asks, asking);
    return asking;
}

static void
on_secret(struct host *host, const char *option, host_answer_fn fn, void *user)
{
    const struct irc_leg *leg = leg_of(host);
    struct host *up = above(leg);

    up->ops->secret(up, option, answered, asking_new(leg, fn, user));
}

static void
on_ask(struct host *host, const char *question, bool hidden, int64_t deadline_us, host_answer_fn fn,
       void *user)
{
    const struct irc_leg *leg = leg_of(host);
    struct host *up = above(leg);
    g_autofree char *text = g_strdup_printf("%s: %s", leg->name, question);

    up->ops->ask(up, text, hidden, deadline_us, answered, asking_new(leg, fn, user));
}

static char *
on_kv_get(struct host *host, const char *key)
{
    const struct irc_leg *leg = leg_of(host);
    g_autofree char *name = marked(leg, key);

    return above(leg)->ops->kv_get(above(leg), name);
}

static void
on_kv_set(struct host *host, const char *key, const char *value)
{
    const struct irc_leg *leg = leg_of(host);
    g_autofree char *name = marked(leg, key);

    above(leg)->ops->kv_set(above(leg), name, value);
}

static char *
on_cursor_get(struct host *host, const char *conversation)
{
    const struct irc_leg *leg = leg_of(host);
    g_autofree char *id = marked(leg, conversation);

    return id ? above(leg)->ops->cursor_get(above(leg), id) : NULL;
}

static char **
on_conversations(struct host *host, enum buffer_kind kind)
{
    const struct irc_leg *leg = leg_of(host);
    g_auto(GStrv) all = above(leg)->ops->conversations(above(leg), kind);
    GPtrArray *ours = g_ptr_array_new();

    for (unsigned i = 0; all && all[i]; i++) {
        const char *id = unmarked(leg, all[i]);
        if (id)
            g_ptr_array_add(ours, g_strdup(id));
    }
    g_ptr_array_add(ours, NULL);
    return (char **)g_ptr_array_free(ours, FALSE);
}

struct settling {
    struct irc *bouncer;
    unsigned leg;
    void (*fn)(void *user);
    void *user;
    GDestroyNotify free_user;
};

static bool
on_ignores(struct host *host, const char *sender_id, const char *sender_name, const char *mask)
{
    struct host *up = above(leg_of(host));

    return up->ops->ignores(up, sender_id, sender_name, mask);
}

static void
settled(void *user)
{
    const struct settling *settling = user;

    if (leg_by_number(settling->bouncer, settling->leg))
        settling->fn(settling->user);
}

static void
settling_free(void *data)
{
    struct settling *settling = data;

    if (settling->free_user)
        settling->free_user(settling->user);
    g_free(settling);
}

static void
on_settled(struct host *host, void (*fn)(void *user), void *user, GDestroyNotify free_user)
{
    struct irc_leg *leg = leg_of(host);
    struct settling *settling = g_new0(struct settling, 1);

    *settling = (struct settling){leg->bouncer, leg->number, fn, user, free_user};
    above(leg)->ops->settled(above(leg), settled, settling, settling_free);
}

static const struct host_ops leg_ops = {
    .emit = on_emit,
    .done = on_done,
    .history_done = on_history_done,
    .browsed = on_browsed,
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

/* --- its life
 * ------------------------------------------------------------------------------------ */

struct irc_leg *
irc_leg_new(struct irc *bouncer, const char *id, const char *name)
{
    struct irc_leg *leg = g_new0(struct irc_leg, 1);
    g_autoptr(GError) error = NULL;

    leg->bouncer = bouncer;
    leg->number = ++bouncer->last_leg;
    leg->id = g_strdup(id);
    leg->name = g_strdup(name);
    leg->log_name = g_strdup_printf("%s/%s", bouncer->host->account, name);
    leg->host = *bouncer->host;
    leg->host.ops = &leg_ops;
    leg->host.account = leg->log_name;
    backoff_init(&leg->backoff, LEG_FIRST_US, LEG_MOST_US, LEG_LEAST_US);
    leg->session = irc_session_open(bouncer->options, &leg->host, &error);
    if (!leg->session) {
        log_warning(bouncer->log_area, "network %s: %s", name, error->message);
        irc_leg_free(leg);
        return NULL;
    }
    leg->session->netid = g_strdup(id);
    return leg;
}

void
irc_leg_free(struct irc_leg *leg)
{
    clock_timer_del(leg->host.clock, leg->retry_timer);
    if (leg->session)
        irc_session_close(leg->session);
    g_free(leg->id);
    g_free(leg->name);
    g_free(leg->log_name);
    g_free(leg);
}

void
irc_leg_connect(struct irc_leg *leg)
{
    const struct irc *bouncer = leg->bouncer;

    leg->up = true;
    /* The person was asked once. */
    irc_session_lend_passwords(leg->session, bouncer);
    irc_session_connect(leg->session);
}
