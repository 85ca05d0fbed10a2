/* draft/chathistory: LATEST, BEFORE, AFTER, AROUND, BETWEEN, TARGETS. */
#include "tests/sandbox/ircd_priv.h"

#include <string.h>

/* A channel has one history; so have two people, whoever asks. */
static char *
history_key(const char *a, const char *b)
{
    g_autofree char *one = ircd_fold(a);
    g_autofree char *two = ircd_fold(b);

    if (one[0] == '#')
        return g_steal_pointer(&one);
    return strcmp(one, two) < 0 ? g_strconcat(one, " ", two, NULL)
                                : g_strconcat(two, " ", one, NULL);
}

static char *
nick_of(const char *source)
{
    return g_strndup(source, strcspn(source, "!"));
}

static int
compare_times(gconstpointer a, gconstpointer b)
{
    const struct ircd_entry *one = *(struct ircd_entry *const *)a;
    const struct ircd_entry *two = *(struct ircd_entry *const *)b;

    return one->time_us < two->time_us ? -1 : one->time_us > two->time_us;
}

void
ircd_history_add(struct irc_server *server, struct ircd_entry *entry)
{
    g_autofree char *from = nick_of(entry->source);
    g_autofree char *key = history_key(entry->target, from);
    GPtrArray *entries = g_hash_table_lookup(server->history, key);
    bool late;

    if (entries == NULL) {
        entries = g_ptr_array_new_with_free_func((GDestroyNotify)ircd_entry_free);
        g_hash_table_insert(server->history, g_strdup(key), entries);
    }
    late = entries->len > 0 &&
           ((struct ircd_entry *)g_ptr_array_index(entries, entries->len - 1))->time_us >
               entry->time_us;
    g_ptr_array_add(entries, entry);
    if (late)
        g_ptr_array_sort(entries, compare_times);
}

const GPtrArray *
ircd_history_of(struct irc_server *server, const char *target, const char *nick)
{
    g_autofree char *key = history_key(target, nick);

    return g_hash_table_lookup(server->history, key);
}

struct ircd_entry *
ircd_history_find(struct irc_server *server, const char *target, const char *nick,
                  const char *msgid)
{
    const GPtrArray *entries = ircd_history_of(server, target, nick);

    /* Mostly something that was said a moment ago. */
    for (unsigned i = entries != NULL ? entries->len : 0; i-- > 0;) {
        struct ircd_entry *entry = g_ptr_array_index(entries, i);

        if (g_str_equal(entry->msgid, msgid))
            return entry;
    }
    return NULL;
}

bool
ircd_history_has_time(struct irc_server *server, const char *target, const char *nick,
                      int64_t time_us)
{
    const GPtrArray *entries = ircd_history_of(server, target, nick);

    for (unsigned i = 0; entries != NULL && i < entries->len; i++) {
        const struct ircd_entry *entry = g_ptr_array_index(entries, i);

        if (entry->time_us / 1000 == time_us / 1000)
            return true;
    }
    return entries == NULL;
}

struct ircd_tags
ircd_history_event(struct ircd_conn *conn, const struct ircd_channel *channel, const char *id,
                   const char *format, ...)
{
    struct ircd_entry *entry = g_new0(struct ircd_entry, 1);
    va_list args;

    va_start(args, format);
    entry->event = g_strdup_vprintf(format, args);
    va_end(args);
    entry->msgid = id != NULL ? g_strdup(id) : ircd_msgid_new(conn->server);
    entry->time_us = ircd_message_time_us(conn->server);
    entry->source = ircd_source_dup(conn);
    entry->account = g_strdup(conn->account);
    entry->command = g_strndup(entry->event, strcspn(entry->event, " "));
    entry->target = g_strdup(channel->name);
    ircd_history_add(conn->server, entry);
    return (struct ircd_tags){
        .time_us = entry->time_us, .msgid = entry->msgid, .account = entry->account};
}

/* What this client may be told of. */
static bool
is_visible(const struct ircd_conn *conn, const struct ircd_entry *entry)
{
    if (entry->redacted_by != NULL && !ircd_has_cap(conn, CAP_REDACTION))
        return false;
    return g_str_equal(entry->command, "PRIVMSG") || g_str_equal(entry->command, "NOTICE") ||
           ircd_has_cap(conn, CAP_EVENT_PLAYBACK);
}

static GPtrArray *
visible_of(const struct ircd_conn *conn, const GPtrArray *entries)
{
    GPtrArray *visible = g_ptr_array_new();

    for (unsigned i = 0; entries != NULL && i < entries->len; i++)
        if (is_visible(conn, g_ptr_array_index(entries, i)))
            g_ptr_array_add(visible, g_ptr_array_index(entries, i));
    return visible;
}

static bool
is_message(const struct ircd_entry *entry)
{
    return entry->text != NULL && entry->redacted_by == NULL;
}

/* The newest message of a conversation, events aside; NULL: none. */
static const struct ircd_entry *
last_message(const GPtrArray *entries)
{
    for (unsigned i = entries->len; i > 0; i--)
        if (is_message(g_ptr_array_index(entries, i - 1)))
            return g_ptr_array_index(entries, i - 1);
    return NULL;
}

/* ---- references ---- */

enum side { SIDE_BEFORE, SIDE_AFTER };

/* The index of the first entry that is after the reference (SIDE_AFTER), or at or after it
 * (SIDE_BEFORE: the end of what is before). -1 for a reference that means nothing, -2 for a msgid
 * that is not known. */
static int
reference_index(const GPtrArray *entries, const char *reference, enum side side)
{
    if (g_str_has_prefix(reference, "msgid=")) {
        for (unsigned i = entries->len; i-- > 0;) {
            const struct ircd_entry *entry = g_ptr_array_index(entries, i);

            if (g_str_equal(entry->msgid, reference + 6))
                return (int)i + (side == SIDE_AFTER ? 1 : 0);
        }
        return -2;
    }
    if (g_str_has_prefix(reference, "timestamp=")) {
        g_autoptr(GDateTime) when = g_date_time_new_from_iso8601(reference + 10, NULL);
        int64_t ms;
        unsigned i;

        if (when == NULL)
            return -1;
        ms = g_date_time_to_unix(when) * 1000 + g_date_time_get_microsecond(when) / 1000;
        for (i = entries->len; i > 0; i--) {
            int64_t entry_ms =
                ((struct ircd_entry *)g_ptr_array_index(entries, i - 1))->time_us / 1000;

            if (side == SIDE_AFTER ? entry_ms <= ms : entry_ms < ms)
                break;
        }
        return (int)i;
    }
    return -1;
}

/* What was asked for: entries from `from` up to but not including `to`. */
struct page {
    int from;
    int to;
    const char *code; /* of a failure, or NULL */
};

static bool
page_reference(struct page *page, int index)
{
    if (index == -1)
        page->code = "INVALID_PARAMS";
    if (index == -2)
        page->code = "MESSAGE_ERROR";
    return index >= 0;
}

static void
page_newest(struct page *page, int limit)
{
    page->from = MAX(page->from, page->to - limit);
}

static void
page_oldest(struct page *page, int limit)
{
    page->to = MIN(page->to, page->from + limit);
}

static void
page_between(struct page *page, const GPtrArray *entries, char *const *params, int limit)
{
    int first_after = reference_index(entries, params[2], SIDE_AFTER);
    int first_before = reference_index(entries, params[2], SIDE_BEFORE);
    int last_before = reference_index(entries, params[3], SIDE_BEFORE);
    int last_after = reference_index(entries, params[3], SIDE_AFTER);

    if (!page_reference(page, first_after) || !page_reference(page, last_before))
        return;
    if (first_before <= last_before) { /* the limit counts from the first reference on */
        page->from = first_after;
        page->to = MAX(last_before, first_after);
        page_oldest(page, limit);
    } else {
        page->from = last_after;
        page->to = MAX(first_before, last_after);
        page_newest(page, limit);
    }
}

static struct page
find_page(const GPtrArray *entries, const char *verb, char *const *params, int limit)
{
    struct page page = {0, (int)entries->len, NULL};
    int index;

    if (g_str_equal(verb, "LATEST")) {
        if (!g_str_equal(params[2], "*") &&
            page_reference(&page, index = reference_index(entries, params[2], SIDE_AFTER)))
            page.from = index;
        page_newest(&page, limit);
    } else if (g_str_equal(verb, "BEFORE")) {
        if (page_reference(&page, index = reference_index(entries, params[2], SIDE_BEFORE)))
            page.to = index;
        page_newest(&page, limit);
    } else if (g_str_equal(verb, "AFTER")) {
        if (page_reference(&page, index = reference_index(entries, params[2], SIDE_AFTER)))
            page.from = index;
        page_oldest(&page, limit);
    } else if (g_str_equal(verb, "AROUND")) {
        if (page_reference(&page, index = reference_index(entries, params[2], SIDE_BEFORE)))
            page.from = MAX(0, index - limit / 2);
        page_oldest(&page, limit);
    } else {
        page_between(&page, entries, params, limit);
    }
    return page;
}

/* ---- answers ---- */

static char *
batch_begin(struct ircd_conn *conn, const char *type_and_target)
{
    char *ref = g_strdup_printf("H%" G_GUINT64_FORMAT, ++conn->server->last_id);

    if (ircd_has_cap(conn, CAP_BATCH))
        ircd_send(conn, NULL, ":" IRCD_NAME " BATCH +%s %s", ref, type_and_target);
    return ref;
}

/* Takes `ref`. */
static void
batch_end(struct ircd_conn *conn, char *ref)
{
    if (ircd_has_cap(conn, CAP_BATCH))
        ircd_send(conn, NULL, ":" IRCD_NAME " BATCH -%s", ref);
    g_free(ref);
}

static void
send_page(struct ircd_conn *conn, const char *target, const GPtrArray *entries, struct page page)
{
    g_autofree char *what = g_strdup_printf("chathistory %s", target);
    char *ref = batch_begin(conn, what);

    for (int i = page.from; i < page.to; i++)
        ircd_entry_send(conn, g_ptr_array_index(entries, (unsigned)i), ref);
    batch_end(conn, ref);
}

static void
fail(struct ircd_conn *conn, const char *code, const struct ircd_cmd *cmd, const char *text)
{
    g_autofree char *context = cmd->n > 1 ? g_strdup_printf("%s %s", cmd->params[0], cmd->params[1])
                                          : g_strdup(cmd->params[0]);

    ircd_fail(conn, "CHATHISTORY", code, context, text);
}

/* Conversations of this nick, and channels it is in, whose last message lies between the two times.
 */
static void
send_targets(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    char *ref = batch_begin(conn, "draft/chathistory-targets");
    struct ircd_tags tags = {.batch = ref};
    g_autofree char *self = ircd_fold(conn->nick);
    GHashTableIter iter;
    gpointer key, value;

    g_hash_table_iter_init(&iter, conn->server->history);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        const GPtrArray *entries = value;
        const struct ircd_entry *last = last_message(entries);
        int after = reference_index(entries, cmd->params[1], SIDE_AFTER);
        int before = reference_index(entries, cmd->params[2], SIDE_BEFORE);
        g_autofree char *time = ircd_time_text(last != NULL ? last->time_us : 0);
        g_auto(GStrv) nicks = g_strsplit(key, " ", 2);
        struct ircd_channel *channel = ircd_channel_find(conn->server, nicks[0]);
        g_autofree char *from = nick_of(last != NULL ? last->source : "");

        if (last == NULL)
            continue;
        if (MIN(after, before) >= MAX(after, before))
            continue; /* none in between */
        if (nicks[1] == NULL && channel != NULL && ircd_member(channel, conn) != NULL)
            ircd_send(conn, &tags, ":" IRCD_NAME " CHATHISTORY TARGETS %s %s", channel->name, time);
        else if (nicks[1] != NULL && g_strv_contains((const char *const *)nicks, self))
            ircd_send(conn, &tags, ":" IRCD_NAME " CHATHISTORY TARGETS %s %s",
                      ircd_same(from, conn->nick) ? last->target : from, time);
    }
    batch_end(conn, ref);
}

static bool
may_read(struct ircd_conn *conn, const char *target)
{
    struct ircd_channel *channel = ircd_channel_find(conn->server, target);

    return target[0] != '#' || (channel != NULL && ircd_member(channel, conn) != NULL);
}

/* How many parameters a verb takes; 0: not a verb. */
static unsigned
verb_params(const char *verb)
{
    static const char *const three[] = {"LATEST", "BEFORE", "AFTER", "AROUND", "TARGETS", NULL};

    if (g_str_equal(verb, "BETWEEN"))
        return 5;
    return g_strv_contains(three, verb) ? 4 : 0;
}

static void
cmd_chathistory(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    g_autofree char *verb = g_ascii_strup(cmd->params[0], -1);
    unsigned wanted = verb_params(verb);
    g_autoptr(GPtrArray) entries = NULL;
    struct page page;
    int limit;

    if (!ircd_has_cap(conn, CAP_CHATHISTORY)) {
        ircd_complain(conn, "CHATHISTORY without its capability", verb);
        ircd_numeric(conn, 421, "CHATHISTORY :Unknown command");
        return;
    }
    if (wanted == 0 || cmd->n != wanted) {
        ircd_complain(conn, "bad CHATHISTORY", verb);
        fail(conn, "INVALID_PARAMS", cmd, "Invalid parameters");
        return;
    }
    limit = (int)CLAMP(g_ascii_strtoll(cmd->params[wanted - 1], NULL, 10), 0, IRCD_HISTORY_PAGE);
    if (g_str_equal(verb, "TARGETS")) {
        send_targets(conn, cmd);
        return;
    }
    if (!may_read(conn, cmd->params[1])) {
        fail(conn, "INVALID_TARGET", cmd, "Messages could not be retrieved");
        return;
    }
    entries = visible_of(conn, ircd_history_of(conn->server, cmd->params[1], conn->nick));
    page = find_page(entries, verb, cmd->params, limit);
    if (page.code != NULL)
        fail(conn, page.code, cmd, "Messages could not be retrieved");
    else
        send_page(conn, cmd->params[1], entries, page);
}

const struct ircd_cmd_row ircd_history_rows[] = {
    {"CHATHISTORY", 1, false, cmd_chathistory},
    {0},
};
