/* WHO: which members of a channel are away, and as whom they are logged in (section 3). Asked once
 * for each channel of a modest size, one at a time, behind everything else. */
#include <string.h>

#include "protocols/irc/irc_command.h"
#include "protocols/irc/irc_priv.h"

#define MOST_MEMBERS   500
#define FIELDS         "%cuhnfart,152"
#define TOKEN          "152"
#define TRY_AGAIN_US   (30 * G_USEC_PER_SEC)
#define MOST_SAID_ROWS 200

static void
on_timer(void *user)
{
    struct irc *irc = user;

    irc->net.who_timer = 0;
    irc_who_next(irc);
    irc_flush(irc);
}

void
irc_who_next(struct irc *irc)
{
    bool busy = irc_op_by_serial(irc, irc->net.who_serial) != NULL;

    while (!busy && irc->online && irc->net.who_timer == 0 && irc->net.who_queue->len > 0) {
        g_autofree char *id = g_ptr_array_steal_index(irc->net.who_queue, 0);
        const struct irc_channel *channel = g_hash_table_lookup(irc->channels, id);
        if (!channel)
            continue;
        struct irc_op *op = irc_op_new(irc, 0, IRC_OP_WHO, channel->name);
        irc->net.who_serial = op->serial;
        irc_out(irc, IRC_BACKGROUND, op->serial, "WHO", channel->name,
                irc_isupport_get(&irc->isupport, "WHOX") ? FIELDS : NULL, NULL);
        return;
    }
}

void
irc_who_want(struct irc *irc, struct irc_channel *channel)
{
    if (channel->who_asked || g_hash_table_size(channel->members) >= MOST_MEMBERS)
        return;
    channel->who_asked = true;
    g_ptr_array_add(irc->net.who_queue, g_strdup(channel->id));
    irc_who_next(irc);
}

/* The question that is being answered: servers answer in order. */
static struct irc_op *
current(struct irc *irc)
{
    struct irc_op *first = NULL;

    for (GList *at = irc->ops.head; at; at = at->next) {
        struct irc_op *op = at->data;
        if (op->kind == IRC_OP_WHO && op->left && (!first || op->left_order < first->left_order))
            first = op;
    }
    return first;
}

/* One row of 352 or 354 with our token, whichever came. */
struct row {
    const char *channel, *user, *host, *nick, *flags;
    const char *account; /* NULL: not said */
    const char *real;
};

static bool
read_row(const struct irc_line *line, int numeric, struct row *row)
{
    if (numeric == 354) {
        if (line->n_params < 9 || strcmp(line->params[1], TOKEN) != 0)
            return false;
        *row = (struct row){line->params[2], line->params[3], line->params[4], line->params[5],
                            line->params[6], line->params[7], line->params[8]};
        return true;
    }
    if (line->n_params < 7)
        return false;
    *row = (struct row){.channel = line->params[1],
                        .user = line->params[2],
                        .host = line->params[3],
                        .nick = line->params[5],
                        .flags = line->params[6],
                        .real = irc_line_param(line, 7)};
    /* "0 Real Name" */
    row->real += strcspn(row->real, " ");
    row->real += strspn(row->real, " ");
    return true;
}

static void
say_row(struct irc *irc, struct irc_op *op, const struct row *row)
{
    bool logged_in = row->account && strcmp(row->account, "0") != 0;

    if (op->rows++ >= MOST_SAID_ROWS)
        return;
    irc_say(irc, op->name, "%s (%s@%s)%s%s%s%s %s", row->nick, row->user, row->host,
            *row->flags == 'G' ? ", away" : "", strchr(row->flags, '*') ? ", operator" : "",
            logged_in ? ", logged in as " : "", logged_in ? row->account : "", row->real);
}

void
irc_on_who_row(struct irc *irc, const struct irc_context *context, int numeric)
{
    const struct irc_line *line = context->line;
    struct irc_op *op = current(irc);
    struct row row;

    if (!read_row(line, numeric, &row)) {
        irc_reply_say(irc, context, numeric);
        return;
    }
    struct irc_channel *channel = irc_channel(irc, row.channel);
    if (channel && irc_member_known(irc, channel, row.nick))
        irc_member_describe(irc, channel, row.nick, row.account, *row.flags == 'G');
    if (irc_is_us(irc, row.nick))
        irc_set_login(irc, row.user, row.host);
    if (op)
        op->since_us = clock_mono_us(irc->host->clock);
    if (op && op->id != 0)
        say_row(irc, op, &row);
}

void
irc_on_who_end(struct irc *irc, const struct irc_line *line)
{
    struct irc_op *op = current(irc);

    if (!op)
        return;
    bool asked = op->id != 0;
    if (asked && op->rows == 0)
        irc_say(irc, op->name, "Nobody matches %s.", irc_line_param(line, 1));
    else if (asked && op->rows > MOST_SAID_ROWS)
        irc_say(irc, op->name, "… and %u more.", op->rows - MOST_SAID_ROWS);
    irc_op_done(irc, op, NULL, 0);
    irc_who_next(irc);
}

bool
irc_who_busy(struct irc *irc)
{
    struct irc_op *op = current(irc);

    if (!op || op->id != 0)
        return false;
    if (op->name == NULL && op->target)
        g_ptr_array_add(irc->net.who_queue, g_strdup(op->target));
    irc_op_done(irc, op, NULL, 0);
    clock_timer_del(irc->host->clock, irc->net.who_timer);
    irc->net.who_timer = clock_timer_add(irc->host->clock, TRY_AGAIN_US, on_timer, irc);
    return true;
}

bool
irc_cmd_who(struct irc *irc, op_id id, const struct buffer *buffer, const char *const *arguments,
            GError **error)
{
    const char *what = arguments[0] ? arguments[0] : irc_cmd_here(irc, buffer, error);
    bool extended = irc_isupport_get(&irc->isupport, "WHOX") != NULL;
    const char *params[] = {what, FIELDS};

    if (!what || !irc_check_name(what, error))
        return false;
    struct irc_op *op = irc_op_new(irc, id, IRC_OP_WHO, what);
    op->name = g_strdup(irc_cmd_place(buffer));
    return irc_cmd_send_op(irc, op, irc_line_build(NULL, 0, NULL, "WHO", params, extended ? 2 : 1),
                           error);
}

void
irc_who_reset(struct irc *irc)
{
    clock_timer_del(irc->host->clock, irc->net.who_timer);
    irc->net.who_timer = 0;
    irc->net.who_serial = 0;
    g_ptr_array_set_size(irc->net.who_queue, 0);
}
