/* What a numeric says to a person, and where: in the channel or private conversation that it names,
 * else with the server. A numeric without a row here reads as the server wrote it. */
#include <string.h>

#include "protocols/irc/irc_priv.h"
#include "protocols/irc/irc_text.h"

/* $1 … $9: a parameter (0 is our nick); $T: the last one; $R2: all from the second on; @3: the time
 * that a parameter says in seconds. What stands in [] is left out when its parameter is absent. An
 * empty format is not shown. */
struct reply {
    int numeric;
    const char *format;
};

static const struct reply replies[] = {
    {221, "Your modes: $R1"},
    {265, "$T"},
    {266, "$T"},
    {302, "$T"},
    {314, "$1 was $2@$3 ($T)."},
    {315, ""},
    {323, ""},
    {324, "The modes of $1: $R2"},
    {325, "$1 belongs to $2."},
    {328, "The address of $1: $T"},
    {329, "$1 was made on @2."},
    {333, "The topic of $1 was set by $2[ on @3]."},
    {336, "You are invited to $1."},
    {337, ""},
    {341, "You have invited $1 to $2."},
    {346, "$1 lets in without an invitation: $2[ (set by $3][ on @4)]"},
    {347, "No more invitations of $1."},
    {348, "$1 excepts from its bans: $2[ (set by $3][ on @4)]"},
    {349, "No more exceptions of $1."},
    {351, "$2 runs $1 $T"},
    {364, "$1 by $2: $T"},
    {365, ""},
    {367, "$1 bans $2[ (set by $3][ on @4)]"},
    {368, "No more bans of $1."},
    {369, ""},
    {371, "$T"},
    {374, ""},
    {381, "$T"},
    {391, "$1: $T"},
    {396, "You are seen as coming from $1."},
    {443, "$1 is in $2 already."},
    {470, "$1 sends you on to $2."},
    {710, "$2 knocks at $1: $T"},
    {711, "Your knock at $1 was heard."},
    {728, "$1 quiets $3[ (set by $4][ on @5)]"},
    {729, "No more quiets of $1."},
};

static const char *
format_of(int numeric)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(replies); i++) {
        if (replies[i].numeric == numeric)
            return replies[i].format;
    }
    return NULL;
}

static void
append_rest(GString *text, const struct irc_line *line, unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++)
        g_string_append_printf(text, "%s%s", i > from ? " " : "", line->params[i]);
}

static void
append_time(GString *text, const char *seconds)
{
    gint64 at;
    g_autoptr(GDateTime) time = NULL;

    if (g_ascii_string_to_signed(seconds, 10, 0, G_MAXINT64, &at, NULL))
        time = g_date_time_new_from_unix_local(at);
    g_autofree char *said = time ? g_date_time_format(time, "%Y-%m-%d %H:%M") : NULL;
    g_string_append(text, said ? said : seconds);
}

/* One "$…" or "@…" at `*at`, which is moved behind it. False: its parameter is absent. */
static bool
append_one(GString *text, const struct irc_line *line, const char **at)
{
    char kind = *(*at)++;
    char what = *(*at)++;
    unsigned n = (unsigned)(what - '0');

    if (what == 'T') {
        append_rest(text, line, line->n_params - 1, line->n_params);
        return true;
    }
    if (what == 'R') {
        append_rest(text, line, (unsigned)(*(*at)++ - '0'), line->n_params);
        return true;
    }
    if (n >= line->n_params)
        return false;
    if (kind == '@')
        append_time(text, line->params[n]);
    else
        g_string_append(text, line->params[n]);
    return true;
}

static void
fill(GString *text, const struct irc_line *line, const char *format)
{
    size_t mark = 0;
    bool whole = true;

    while (*format) {
        if (*format == '$' || (*format == '@' && g_ascii_isdigit(format[1]))) {
            whole = append_one(text, line, &format) && whole;
        } else if (*format == '[') {
            mark = text->len;
            whole = true;
            format++;
        } else if (*format == ']') {
            if (!whole)
                g_string_truncate(text, mark);
            whole = true;
            format++;
        } else {
            g_string_append_c(text, *format++);
        }
    }
}

/* "No such nick: bob": what is wrong, and with what. */
static void
fill_error(GString *text, const struct irc_line *line)
{
    const char *why = line->params[line->n_params - 1];
    size_t len = strlen(why);

    while (len > 0 && strchr(" .:", why[len - 1]))
        len--;
    g_string_append_len(text, why, (gssize)len);
    if (line->n_params > 2) {
        g_string_append(text, ": ");
        append_rest(text, line, 1, line->n_params - 1);
    }
}

char *
irc_reply_text(const struct irc_line *line, int numeric)
{
    const char *format = format_of(numeric);
    g_autoptr(GString) text = g_string_new(NULL);
    bool error = (numeric >= 400 && numeric < 600) || numeric == 263 || numeric == 696;

    if (line->n_params < 2)
        g_string_append(text, line->n_params > 0 ? line->params[0] : "");
    else if (format)
        fill(text, line, format);
    else if (error)
        fill_error(text, line);
    else
        append_rest(text, line, 1, line->n_params);
    return irc_text_plain(text->str);
}

char *
irc_reply_place(struct irc *irc, const struct irc_context *context, int numeric)
{
    const struct irc_line *line = context->line;
    char *asked = NULL;

    if (context->label && irc_asked_where(irc, context, numeric, &asked))
        return asked;
    for (unsigned i = 1; i < line->n_params && i < 4; i++) {
        const struct irc_channel *channel = irc_channel(irc, line->params[i]);
        if (channel)
            return g_strdup(channel->id);
    }
    if (line->n_params > 2) {
        g_autofree char *id = irc_fold(&irc->isupport, line->params[1]);
        if (g_hash_table_contains(irc->direct, id))
            return g_steal_pointer(&id);
    }
    irc_asked_where(irc, context, numeric, &asked);
    return asked;
}

void
irc_reply_say(struct irc *irc, const struct irc_context *context, int numeric)
{
    g_autofree char *text = irc_reply_text(context->line, numeric);
    g_autofree char *place = irc_reply_place(irc, context, numeric);

    if (*text)
        irc_say(irc, place, "%s", text);
}
