/* The modes of a channel: asked for once somebody looks at it, followed from then on. Letters only:
 * what stands behind them may be a key. */
#include <string.h>

#include "protocols/irc/irc_priv.h"

#define MOST_LETTERS 100

static void
tell(struct irc *irc, const struct irc_channel *channel)
{
    struct event event = {.type = EVENT_BUFFER, .conversation = channel->id};

    event.buffer.kind = channel->secret ? BUFFER_PRIVATE : BUFFER_CHANNEL;
    event.buffer.name = channel->name;
    event.buffer.joined = true;
    event.buffer.modes = channel->modes;
    host_emit(irc->host, &event);
}

/* Letters are kept sorted: "+imnt", "" for none. */
static void
set_letter(GString *modes, char letter, bool on)
{
    const char *at = strchr(modes->str, letter);

    if (!on && at) {
        g_string_erase(modes, at - modes->str, 1);
    } else if (on && !at && g_ascii_isgraph(letter) && modes->len < MOST_LETTERS) {
        gssize place = 0;
        while (modes->str[place] != '\0' && modes->str[place] < letter)
            place++;
        g_string_insert_c(modes, place, letter);
    }
}

static void
apply(struct irc *irc, GString *modes, const char *change)
{
    bool on = true;

    for (; *change; change++) {
        enum irc_mode_type type = irc_mode_type(&irc->isupport, *change);
        if (*change == '+' || *change == '-')
            on = *change == '+';
        else if (type != IRC_MODE_LIST && type != IRC_MODE_PREFIX)
            set_letter(modes, *change, on);
    }
}

static void
change(struct irc *irc, struct irc_channel *channel, const char *modes, const char *change)
{
    g_autoptr(GString) letters = g_string_new(*modes == '+' ? modes + 1 : modes);

    apply(irc, letters, change);
    if (letters->len > 0)
        g_string_prepend_c(letters, '+');
    if (g_strcmp0(channel->modes, letters->str) == 0)
        return;
    g_free(channel->modes);
    channel->modes = g_strdup(letters->str);
    tell(irc, channel);
}

void
irc_modes_changed(struct irc *irc, struct irc_channel *channel, const char *letters)
{
    if (channel->modes)
        change(irc, channel, channel->modes, letters);
}

void
irc_modes_look(struct irc *irc, struct irc_channel *channel)
{
    if (channel->modes || channel->modes_asked)
        return;
    channel->modes_asked = true;
    struct irc_op *op = irc_op_new(irc, 0, IRC_OP_MODES, channel->name);
    irc_out(irc, IRC_BACKGROUND, op->serial, "MODE", channel->name, NULL);
    irc_flush(irc);
}

bool
irc_modes_are(struct irc *irc, const struct irc_line *line, int numeric)
{
    struct irc_channel *channel = irc_channel(irc, irc_line_param(line, 1));

    if (!channel)
        return false;
    if (numeric == 329) { /* when it was made comes behind, as often as not */
        bool ours = channel->made_follows;
        channel->made_follows = false;
        return ours;
    }
    if (channel->modes_asked)
        change(irc, channel, "", irc_line_param(line, 2));
    struct irc_op *op = irc_op_first(irc, IRC_OP_MODES, channel->id);
    channel->made_follows = op != NULL;
    if (op)
        irc_op_done(irc, op, NULL, 0);
    return op != NULL;
}
