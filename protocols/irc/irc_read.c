/* How far we have read, here and on other devices: MARKREAD, or READ of older bouncers (section 6).
 */
#include <string.h>

#include "protocols/irc/irc_priv.h"

#define MOST_ASKED 200 /* private conversations, at the beginning */

struct mark {
    int64_t heard_us;  /* the server's word; 0: none */
    int64_t known_us;  /* that, or later: what we have said */
    uint64_t serial;   /* of the line that says it, which may wait still */
    int64_t wanted_us; /* what we have read and not said yet; 0: nothing */
    char name[256];
};

bool
irc_has_read_marks(const struct irc *irc)
{
    return irc_has(irc, "server-time") &&
           (irc_has(irc, "draft/read-marker") || irc_has(irc, "soju.im/read"));
}

static const char *
command(const struct irc *irc)
{
    return irc_has(irc, "draft/read-marker") ? "MARKREAD" : "READ";
}

static struct mark *
mark_of(struct irc *irc, const char *id, const char *name)
{
    struct mark *mark = g_hash_table_lookup(irc->msg.marks, id);

    if (mark || strlen(name) >= sizeof mark->name ||
        g_hash_table_size(irc->msg.marks) >= IRC_MAX_CHANNELS + IRC_MAX_CONVERSATIONS)
        return mark;
    mark = g_new0(struct mark, 1);
    g_strlcpy(mark->name, name, sizeof mark->name);
    g_hash_table_insert(irc->msg.marks, g_strdup(id), mark);
    return mark;
}

/* Up to here the person has taken back having read; 0: nothing. */
static int64_t
taken_back(const struct irc *irc, const char *id)
{
    const int64_t *time_us = g_hash_table_lookup(irc->msg.taken_back, id);

    return time_us ? *time_us : 0;
}

/* --- saying
 * --------------------------------------------------------------------------------------- */

static void
on_mark_timer(void *user)
{
    struct irc *irc = user;
    GHashTableIter iter;
    struct mark *mark;

    irc->msg.mark_timer = 0;
    irc->msg.mark_sent_us = clock_mono_us(irc->host->clock);
    g_hash_table_iter_init(&iter, irc->msg.marks);
    while (g_hash_table_iter_next(&iter, NULL, (void **)&mark)) {
        if (mark->wanted_us > mark->known_us) {
            g_autofree char *time = irc_time_format(mark->wanted_us);
            g_autofree char *param = g_strconcat("timestamp=", time, NULL);
            mark->serial = ++irc->last_serial;
            irc_out(irc, IRC_BACKGROUND, mark->serial, command(irc), mark->name, param, NULL);
            mark->known_us = mark->wanted_us;
        }
        mark->wanted_us = 0;
    }
    irc_flush(irc);
}

/* The server is told at once, then every 3 s at the most: who reads along in a busy channel would
 * otherwise answer each line. */
void
irc_api_mark_read(void *session, const struct buffer *buffer, const struct message *upto)
{
    struct irc *irc = session;

    if (!irc_check_ready(irc, NULL) || !irc_has_read_marks(irc) || buffer->kind == BUFFER_SERVER ||
        !irc_check_name(buffer->remote_id, NULL))
        return;
    /* It must be the time of a real message: not of one that only we know. */
    if (upto->time_us <= 0 || upto->kind == MESSAGE_SERVER || upto->kind == MESSAGE_WEFT ||
        ((upto->flags & MESSAGE_OWN) != 0 && !upto->remote_id))
        return;
    if (upto->time_us >= taken_back(irc, buffer->remote_id))
        g_hash_table_remove(irc->msg.taken_back, buffer->remote_id);
    struct mark *mark = mark_of(irc, buffer->remote_id, irc_target_of(irc, buffer));
    if (!mark || upto->time_us <= MAX(mark->known_us, mark->wanted_us))
        return;
    mark->wanted_us = upto->time_us;
    if (irc->msg.mark_timer != 0)
        return;
    int64_t now_us = clock_mono_us(irc->host->clock);
    int64_t due_us = irc->msg.mark_sent_us == 0 ? now_us : irc->msg.mark_sent_us + IRC_MARK_US;
    irc->msg.mark_timer =
        clock_timer_add(irc->host->clock, MAX(due_us - now_us, 0), on_mark_timer, irc);
}

void
irc_api_mark_back(void *session, const struct buffer *buffer, const struct message *upto)
{
    struct irc *irc = session;
    struct mark *mark = g_hash_table_lookup(irc->msg.marks, buffer->remote_id);

    if (!mark)
        return;
    mark->wanted_us = 0;
    if (irc_flood_remove(&irc->flood, mark->serial))
        mark->known_us = mark->heard_us;
    mark->serial = 0;
    /* The server's mark never goes back: what it says of that, now or after the next login, is
     * what the person has taken back. */
    if (!upto || mark->known_us > upto->time_us)
        g_hash_table_replace(irc->msg.taken_back, g_strdup(buffer->remote_id),
                             g_memdup2(&mark->known_us, sizeof mark->known_us));
    if (upto)
        irc_api_mark_read(irc, buffer, upto);
}

/* --- asking and hearing
 * --------------------------------------------------------------------------- */

void
irc_read_ask(struct irc *irc, const char *id, const char *nick)
{
    if (!irc_has_read_marks(irc) || irc->phase != IRC_READY ||
        g_hash_table_contains(irc->msg.marks, id) || !irc_check_name(nick, NULL) ||
        !mark_of(irc, id, nick))
        return;
    irc_out(irc, IRC_BACKGROUND, 0, command(irc), nick, NULL);
}

void
irc_msg_begin(struct irc *irc)
{
    if (!irc_has_read_marks(irc))
        return;
    g_auto(GStrv) open = irc->host->ops->conversations(irc->host, BUFFER_DIRECT);
    for (unsigned i = 0; open[i] && i < MOST_ASKED; i++)
        irc_read_ask(irc, open[i], open[i]);
}

void
irc_on_markread(struct irc *irc, const struct irc_context *context)
{
    const char *name = irc_line_param(context->line, 0);
    const char *param = irc_line_param(context->line, 1);
    g_autofree char *id = irc_fold(&irc->isupport, name);
    struct event event = {.type = EVENT_READ, .conversation = id};

    if (!irc_has_read_marks(irc) || !g_str_has_prefix(param, "timestamp="))
        return; /* "*": not known */
    int64_t time_us = irc_time_parse(param + strlen("timestamp="));
    bool ours = irc_channel(irc, name) || g_hash_table_contains(irc->direct, id) ||
                g_hash_table_contains(irc->msg.marks, id);
    struct mark *mark = time_us != 0 && ours ? mark_of(irc, id, name) : NULL;
    if (!mark)
        return;
    time_us = MIN(time_us, irc_now_us(irc));
    /* Never back. What we said ourselves comes back once more, which changes nothing. */
    if (time_us < mark->known_us)
        return;
    mark->known_us = mark->heard_us = time_us;
    if (time_us <= taken_back(irc, id))
        return;
    event.read_us = time_us;
    host_emit(irc->host, &event);
}
