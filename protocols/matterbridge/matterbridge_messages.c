/* What came, as events: each message once, with its kind and who said it where. */
#include <string.h>

#include "protocols/matterbridge/matterbridge_priv.h"

#define NOT_FOUND "msg-parent-not-found"
#define OURS      "matterbridge" /* the mark of what we have said there ourselves */

/* --- gateways
 * ---------------------------------------------------------------------------------- */

bool
mbridge_gateway_known(const struct mbridge *mb, const char *name)
{
    return g_hash_table_contains(mb->gateways, name);
}

static void
read_cursor(struct mbridge *mb, const char *gateway)
{
    g_autofree char *cursor = mb->host->ops->cursor_get(mb->host, gateway);

    if (cursor)
        mb->newest_us = MAX(mb->newest_us, g_ascii_strtoll(cursor, NULL, 10));
}

/* False: it is none that can be shown. */
static bool
tell_gateway(struct mbridge *mb, const char *name)
{
    const size_t len = strlen(name);
    const struct event event = {.type = EVENT_BUFFER,
                                .conversation = name,
                                .buffer = {.kind = BUFFER_CHANNEL, .name = name, .joined = true}};

    if (mbridge_gateway_known(mb, name))
        return true;
    if (len == 0 || len > MBRIDGE_MAX_NAME_BYTES ||
        g_hash_table_size(mb->gateways) >= MBRIDGE_MAX_GATEWAYS)
        return false;
    g_hash_table_add(mb->gateways, g_strdup(name));
    host_emit(mb->host, &event);
    read_cursor(mb, name);
    return true;
}

void
mbridge_gateways_tell(struct mbridge *mb)
{
    g_auto(GStrv) earlier = mb->host->ops->conversations(mb->host, BUFFER_CHANNEL);

    g_hash_table_remove_all(mb->gateways);
    for (const char *const *name = mb->config.gateways; *name; name++)
        tell_gateway(mb, *name);
    for (char **name = earlier; name && *name; name++)
        tell_gateway(mb, *name);
}

void
mbridge_tell_gap(struct mbridge *mb, int64_t to_us)
{
    GHashTableIter iter;
    gpointer name;

    g_hash_table_iter_init(&iter, mb->gateways);
    while (g_hash_table_iter_next(&iter, &name, NULL)) {
        const struct event event = {.type = EVENT_GAP,
                                    .conversation = name,
                                    .gap = {.from_us = mb->newest_us, .to_us = to_us}};
        host_emit(mb->host, &event);
    }
}

/* --- one message
 * ------------------------------------------------------------------------------- */

int64_t
mbridge_time_us(const char *text)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, NULL);
    const int64_t s = time ? g_date_time_to_unix(time) : 0;

    return s > 0 ? s * G_USEC_PER_SEC + g_date_time_get_microsecond(time) : 0;
}

/* The same message comes by the socket and once more in the ring. False: it was here. */
static bool
is_new(struct mbridge *mb, const json_t *object)
{
    static const char *const fields[] = {"account",  "channel",   "gateway", "userid",
                                         "username", "timestamp", "event",   "text"};
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

    for (unsigned i = 0; i < G_N_ELEMENTS(fields); i++) {
        const char *text = json_get_text(object, fields[i]);
        g_checksum_update(sum, (const guchar *)text, (gssize)strlen(text) + 1);
    }
    char *digest = g_strdup(g_checksum_get_string(sum));
    if (!g_hash_table_add(mb->seen, digest))
        return false;
    g_queue_push_tail(&mb->seen_order, digest);
    if (mb->seen_order.length > MBRIDGE_MAX_SEEN)
        g_hash_table_remove(mb->seen, g_queue_pop_head(&mb->seen_order));
    return true;
}

/* What one message is told with. */
struct said {
    const json_t *object;
    const char *gateway, *account, *text;
    char *name;      /* as it is shown */
    char *sender_id; /* account, name and the network's own id of them: none of these is enough */
    char *remote_id; /* NULL: it has none */
    char *reply_to;
    int64_t time_us;
};

static char *
shown_name(const struct mbridge *mb, const json_t *object)
{
    const char *given = json_get_text(object, "username");
    const char *protocol = json_get_text(object, "protocol");
    g_autofree char *bare = g_strndup(given, MIN(strlen(given), 4 * MBRIDGE_MAX_NAME_BYTES));
    g_autofree char *stripped =
        mb->config.strip ? g_regex_replace_literal(mb->config.strip, bare, -1, 0, "", 0, NULL)
                         : NULL;
    char *name = g_strstrip(stripped && *stripped ? stripped : bare);

    if (!*name)
        name = (char *)(uintptr_t)json_get_text(object, "account");
    return mb->config.tag && *protocol ? g_strdup_printf("%s (%s)", name, protocol)
                                       : g_strdup(name);
}

static char *
remote_id_of(const char *account, const char *id)
{
    return *id ? g_strconcat(account, "/", id, NULL) : NULL;
}

/* The parent's id is its own network's, with or without that one's name before it; whose account it
 * has is not said. */
static char *
parent_of(const struct mbridge *mb, const json_t *object)
{
    const char *parent = json_get_text(object, "parent_id"), *blank = strchr(parent, ' ');
    const char *known = NULL;

    if (!*parent || strcmp(parent, NOT_FOUND) == 0)
        return NULL;
    known = g_hash_table_lookup(mb->ids, parent);
    if (!known && blank)
        known = g_hash_table_lookup(mb->ids, blank + 1);
    return g_strdup(known);
}

static void
said_init(struct said *said, struct mbridge *mb, const json_t *object)
{
    const char *user = json_get_text(object, "userid"), *name = json_get_text(object, "username");

    *said = (struct said){.object = object,
                          .gateway = json_get_text(object, "gateway"),
                          .account = json_get_text(object, "account"),
                          .text = json_get_text(object, "text"),
                          .time_us = mbridge_time_us(json_get_text(object, "timestamp"))};
    said->name = shown_name(mb, object);
    said->sender_id = g_strjoin("/", said->account, user, name, NULL);
    said->remote_id = remote_id_of(said->account, json_get_text(object, "id"));
    said->reply_to = parent_of(mb, object);
}

static void
said_clear(struct said *said)
{
    g_free(said->name);
    g_free(said->sender_id);
    g_free(said->remote_id);
    g_free(said->reply_to);
}

/* Who came or went is not who has the message's picture. */
static const char *
picture_of(const struct said *said, const char *sender)
{
    return sender == said->name ? json_get_text(said->object, "avatar") : NULL;
}

static void
tell(struct mbridge *mb, const struct said *said, enum message_kind kind, enum event_origin origin,
     const char *sender, struct rich *body_take, const GPtrArray *files)
{
    g_autofree char *cursor = g_strdup_printf("%" G_GINT64_FORMAT, mb->newest_us);
    const bool ours =
        mbridge_said_it(mb, said->gateway, json_get_text(said->object, "username"), said->text);
    const struct event event = {.type = EVENT_MESSAGE,
                                .conversation = said->gateway,
                                .message = {.origin = origin,
                                            .kind = kind,
                                            .remote_id = said->remote_id,
                                            .time_us = said->time_us,
                                            .sender_id = sender ? said->sender_id : NULL,
                                            .sender_name = sender,
                                            .sender_picture = picture_of(said, sender),
                                            .reply_to = said->reply_to,
                                            .relayed_by = ours ? OURS : NULL,
                                            .body = body_take,
                                            .files = files,
                                            .cursor = cursor}};

    host_emit(mb->host, &event);
    rich_free(body_take);
}

/* An id that comes again is an edit. Core may know one that this run has not seen, so it is told of
 * both: it takes the one that is news. */
static void
tell_edit(struct mbridge *mb, const struct said *said, const char *text, const GPtrArray *files)
{
    struct rich *body = mbridge_text_read(text);
    const struct event event = {
        .type = EVENT_EDITED,
        .conversation = said->gateway,
        .edited = {
            .remote_id = said->remote_id, .body = body, .time_us = said->time_us, .files = files}};

    host_emit(mb->host, &event);
    rich_free(body);
}

static void
keep_id(struct mbridge *mb, const struct said *said)
{
    if (g_hash_table_size(mb->ids) >= MBRIDGE_MAX_SEEN)
        g_hash_table_remove_all(mb->ids);
    g_hash_table_insert(mb->ids, g_strdup(json_get_text(said->object, "id")),
                        g_strdup(said->remote_id));
}

static void
tell_text(struct mbridge *mb, const struct said *said, enum message_kind kind,
          enum event_origin origin)
{
    g_autoptr(GString) text = g_string_new(said->text);
    g_autoptr(GPtrArray) files = mbridge_files_read(mb, said->object, text);
    const char *id = json_get_text(said->object, "id");
    const bool again =
        said->remote_id && g_strcmp0(g_hash_table_lookup(mb->ids, id), said->remote_id) == 0;

    if (text->len == 0 && !files)
        return;
    if (!again)
        tell(mb, said, kind, origin, said->name, mbridge_text_read(text->str), files);
    if (said->remote_id) {
        tell_edit(mb, said, text->str, files);
        keep_id(mb, said);
    }
}

/* "maria joins", "maria (m@host) quits": the words of one bridge. Others are told as they are. */
static void
tell_coming(struct mbridge *mb, const struct said *said, enum event_origin origin)
{
    static const struct {
        const char *end;
        enum message_kind kind;
    } ends[] = {{" joins", MESSAGE_JOIN}, {" parts", MESSAGE_PART}, {" quits", MESSAGE_QUIT}};
    g_autofree char *who = g_strndup(said->text, strcspn(said->text, " "));

    for (unsigned i = 0; i < G_N_ELEMENTS(ends); i++) {
        if (*who && g_str_has_suffix(said->text, ends[i].end)) {
            tell(mb, said, ends[i].kind, origin, who, NULL, NULL);
            return;
        }
    }
    tell(mb, said, MESSAGE_SERVER, origin, NULL, rich_new(said->text, -1), NULL);
}

/* "@maria set the channel topic: bread" */
static void
tell_topic(struct mbridge *mb, const struct said *said, enum event_origin origin)
{
    const char *mark = strstr(said->text, " channel topic: ");
    const char *topic = mark ? mark + strlen(" channel topic: ") : said->text;

    tell(mb, said, MESSAGE_TOPIC, origin, said->name, rich_new(topic, -1), NULL);
}

static void
tell_typing(struct mbridge *mb, const struct said *said, enum event_origin origin)
{
    const struct event event = {
        .type = EVENT_TYPING,
        .conversation = said->gateway,
        .typing = {.user_id = said->sender_id, .user_name = said->name, .active = true}};

    if (origin == ORIGIN_LIVE)
        host_emit(mb->host, &event);
}

/* What is not known is no message: bridges tell each other more than people do. */
static void
tell_event(struct mbridge *mb, const struct said *said, enum event_origin origin)
{
    const char *event = json_get_text(said->object, "event");

    if (!*event || strcmp(event, "file_failure_size") == 0)
        tell_text(mb, said, MESSAGE_TEXT, origin);
    else if (strcmp(event, "user_action") == 0)
        tell_text(mb, said, MESSAGE_ACTION, origin);
    else if (g_str_has_prefix(event, "notice_"))
        tell_text(mb, said, MESSAGE_NOTICE, origin);
    else if (strcmp(event, "join_leave") == 0 || strcmp(event, "join") == 0 ||
             strcmp(event, "leave") == 0)
        tell_coming(mb, said, origin);
    else if (strcmp(event, "topic_change") == 0)
        tell_topic(mb, said, origin);
    else if (strcmp(event, "user_typing") == 0)
        tell_typing(mb, said, origin);
}

void
mbridge_take(struct mbridge *mb, const json_t *object, enum event_origin origin)
{
    const char *account = json_get_text(object, "account");
    struct said said;

    /* What we say does not come back, unless somebody wired the bridge so. */
    if ((mb->account && strcmp(account, mb->account) == 0) || !is_new(mb, object) ||
        !tell_gateway(mb, json_get_text(object, "gateway")))
        return;
    said_init(&said, mb, object);
    mb->newest_us = MAX(mb->newest_us, said.time_us);
    tell_event(mb, &said, origin);
    said_clear(&said);
}

/* --- a ring's content
 * -------------------------------------------------------------------------- */

/* It holds as many as it can, and all of them are younger than what we know: older ones may have
 * been pushed out. */
static bool
has_lost(const struct mbridge *mb, const GPtrArray *list)
{
    const json_t *oldest = list->len > 0 ? list->pdata[0] : NULL;
    const bool full = list->len >= mb->config.buffer || list->len == MBRIDGE_SMALL_RING;

    return full && mbridge_time_us(json_get_text(oldest, "timestamp")) > mb->newest_us;
}

void
mbridge_take_ring(struct mbridge *mb, const GPtrArray *list, bool whole, enum event_origin origin)
{
    bool gap = !whole || has_lost(mb, list);

    for (guint i = 0; i < list->len; i++)
        gap = gap || !list->pdata[i];
    if (gap)
        mbridge_tell_gap(mb, list->len > 0 && list->pdata[0]
                                 ? mbridge_time_us(json_get_text(list->pdata[0], "timestamp"))
                                 : 0);
    for (guint i = 0; i < list->len; i++)
        if (list->pdata[i])
            mbridge_take(mb, list->pdata[i], origin);
}
