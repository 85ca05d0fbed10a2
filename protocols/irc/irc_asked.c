/* Where a person asked the server something: the answer is said there. With labels it names its
 * question; without, what it is about and how soon it comes must do. */
#include <string.h>

#include "protocols/irc/irc_priv.h"

#define MOST_ASKED 20
#define SOON_US    (30 * G_USEC_PER_SEC)

struct asked {
    uint64_t serial;
    char *command;
    char *place;   /* NULL: the server's buffer */
    int64_t at_us; /* monotonic */
};

static void
asked_free(void *data)
{
    struct asked *asked = data;

    g_free(asked->command);
    g_free(asked->place);
    g_free(asked);
}

void
irc_asked_reset(struct irc *irc)
{
    g_queue_clear_full(&irc->net.asked, asked_free);
}

char *
irc_asked_add(struct irc *irc, const char *command, const char *place)
{
    struct asked *asked = g_new0(struct asked, 1);

    asked->serial = ++irc->last_serial;
    asked->command = g_ascii_strup(command, -1);
    asked->place = g_strdup(place);
    asked->at_us = clock_mono_us(irc->host->clock);
    g_queue_push_head(&irc->net.asked, asked);
    if (irc->net.asked.length > MOST_ASKED)
        asked_free(g_queue_pop_tail(&irc->net.asked));
    return irc_has_labels(irc) ? g_strdup_printf("q%" G_GUINT64_FORMAT, asked->serial) : NULL;
}

/* What a numeric answers; of several commands, one after another. */
static const struct {
    int from, to;
    const char *command;
} answers[] = {
    {251, 255, "LUSERS"}, {265, 266, "LUSERS"},  {256, 259, "ADMIN"}, {312, 314, "WHOWAS"},
    {341, 341, "INVITE"}, {351, 351, "VERSION"}, {364, 365, "LINKS"}, {369, 369, "WHOWAS"},
    {371, 374, "INFO"},   {372, 372, "MOTD"},    {375, 376, "MOTD"},  {381, 381, "OPER"},
    {391, 391, "TIME"},   {406, 406, "WHOWAS"},  {422, 422, "MOTD"},  {443, 443, "INVITE"},
    {464, 464, "OPER"},   {480, 480, "KNOCK"},   {491, 491, "OPER"},  {711, 714, "KNOCK"},
    {221, 221, "MODE"},   {501, 502, "MODE"},
};

static bool
is_answer(const struct asked *asked, const struct irc_line *line, int numeric)
{
    bool known = false;

    /* "421 kai KNOCK :Unknown command" */
    if (numeric == 421 || numeric == 461 || numeric == 263)
        return g_ascii_strcasecmp(irc_line_param(line, 1), asked->command) == 0;
    for (unsigned i = 0; i < G_N_ELEMENTS(answers); i++) {
        if (numeric < answers[i].from || numeric > answers[i].to)
            continue;
        if (strcmp(answers[i].command, asked->command) == 0)
            return true;
        known = true;
    }
    return !known && numeric >= 400 && numeric < 600;
}

static bool
by_label(const struct asked *asked, const char *label)
{
    return *label == 'q' && g_ascii_strtoull(label + 1, NULL, 10) == asked->serial;
}

bool
irc_asked_lately(struct irc *irc, const char *command, char **ret_place)
{
    int64_t now_us = clock_mono_us(irc->host->clock);

    for (GList *at = irc->net.asked.head; at; at = at->next) {
        const struct asked *asked = at->data;
        if (strcmp(asked->command, command) != 0 || now_us - asked->at_us > SOON_US)
            continue;
        *ret_place = g_strdup(asked->place);
        return true;
    }
    return false;
}

bool
irc_asked_where(struct irc *irc, const struct irc_context *context, int numeric, char **ret_place)
{
    int64_t now_us = clock_mono_us(irc->host->clock);

    for (GList *at = irc->net.asked.head; at; at = at->next) {
        const struct asked *asked = at->data;
        if (context->label
                ? !by_label(asked, context->label)
                : now_us - asked->at_us > SOON_US || !is_answer(asked, context->line, numeric))
            continue;
        *ret_place = g_strdup(asked->place);
        return true;
    }
    return false;
}
