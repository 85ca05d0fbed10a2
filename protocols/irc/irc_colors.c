/* Channels that take no colours (mode c, on servers that refuse such a line instead of taking the
 * colours out). What was refused is said again without marks, and so is all that follows. */
#include <string.h>

#include "base/error.h"
#include "protocols/irc/irc_msg.h"
#include "protocols/irc/irc_priv.h"

#define AGAIN_US (100 * G_TIME_SPAN_MILLISECOND)

static bool
speaks_of_colors(const char *text)
{
    g_autofree char *small = g_ascii_strdown(text, -1);

    return strstr(small, "color") || strstr(small, "colour");
}

bool
irc_colors_refused(struct irc *irc, struct irc_op *op, const char *text)
{
    struct irc_channel *channel = op->target ? irc_channel(irc, op->target) : NULL;

    if (op->kind != IRC_OP_SEND || !op->marked || !channel || !speaks_of_colors(text))
        return false;
    if (!channel->no_colors)
        irc_say(irc, channel->id,
                "Nobody may colour a text here, so weft says all without colours, bold and the "
                "like. (%s)",
                text);
    channel->no_colors = true;
    g_autoptr(GError) error = NULL;
    error_set_rate_limited(&error, AGAIN_US, "It is said again without colours.");
    irc_op_fail_with(irc, op, error);
    return true;
}

struct rich *
irc_colors_left_out(struct irc *irc, const char *target, const struct rich *body)
{
    const struct irc_channel *channel = irc_channel(irc, target);

    if (!channel || !channel->no_colors || body->spans->len == 0)
        return NULL;
    return rich_new(body->text, (gssize)body->len);
}

void
irc_colors_changed(struct irc_channel *channel, const char *letters)
{
    if (strchr(letters, 'c'))
        channel->no_colors = false;
}
