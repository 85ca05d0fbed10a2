/* /list, and looking for a channel to join: the channels of a server, the fullest first. A large
 * network has tens of thousands: what comes is read as it comes, and only the fullest are kept. */
#include <string.h>

#include "protocols/irc/irc_command.h"
#include "protocols/irc/irc_priv.h"
#include "protocols/irc/irc_text.h"

#define MOST_KEPT   100
#define MOST_SHOWN  1000 /* to look through */
#define TOPIC_BYTES 300

struct irc_list {
    uint64_t serial; /* of the operation */
    char *place;
    char *pattern; /* matched here, folded; NULL: the server does, or all */
    bool browsed;  /* to be joined, not to be read */
    unsigned most; /* rows that are kept */
    GPtrArray *rows;
    unsigned least; /* members of the emptiest row kept, once they are full */
    unsigned n;     /* that matched */
};

struct row {
    unsigned members;
    char *name, *topic;
};

static void
row_free(void *data)
{
    struct row *row = data;

    g_free(row->name);
    g_free(row->topic);
    g_free(row);
}

static void
list_free(struct irc_list *list)
{
    if (!list)
        return;
    g_free(list->place);
    g_free(list->pattern);
    g_ptr_array_unref(list->rows);
    g_free(list);
}

void
irc_list_reset(struct irc *irc)
{
    list_free(g_steal_pointer(&irc->net.list));
}

static int
by_members(const void *a, const void *b)
{
    const struct row *one = *(const struct row *const *)a;
    const struct row *other = *(const struct row *const *)b;

    return one->members > other->members ? -1 : one->members < other->members;
}

/* Does the server's LIST know this letter: "M" patterns, "U" numbers? */
static bool
can_filter(const struct irc *irc, char letter)
{
    const char *value = irc_isupport_get(&irc->isupport, "ELIST");

    return value && (strchr(value, letter) || strchr(value, g_ascii_tolower(letter)));
}

static bool
is_under_way(struct irc *irc, GError **error)
{
    if (!irc->net.list || !irc_op_by_serial(irc, irc->net.list->serial))
        return false;
    g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_CONFLICT,
                        "The channels are being listed already.");
    return true;
}

static struct irc_op *
begin(struct irc *irc, op_id id, unsigned most)
{
    struct irc_op *op;

    irc_list_reset(irc);
    op = irc_op_new(irc, id, IRC_OP_LIST, NULL);
    irc->net.list = g_new0(struct irc_list, 1);
    irc->net.list->serial = op->serial;
    irc->net.list->most = most;
    irc->net.list->rows = g_ptr_array_new_with_free_func(row_free);
    return op;
}

/* The words may stand anywhere in the name: "coop" finds "#breadcoop". */
bool
irc_list_browse(struct irc *irc, op_id id, const char *words, GError **error)
{
    g_autofree char *pattern = *words ? g_strdup_printf("*%s*", words) : NULL;
    const bool there = pattern && can_filter(irc, 'M') && !strpbrk(words, " ,");
    const char *params[] = {there ? pattern : NULL};

    if (!irc_check_ready(irc, error) || is_under_way(irc, error))
        return false;
    struct irc_op *op = begin(irc, id, MOST_SHOWN);
    irc->net.list->browsed = true;
    irc->net.list->pattern = pattern ? irc_fold(&irc->isupport, pattern) : NULL;
    return irc_cmd_send_op(irc, op,
                           irc_line_build(NULL, 0, NULL, "LIST", params, params[0] ? 1 : 0), error);
}

bool
irc_cmd_list(struct irc *irc, op_id id, const struct buffer *buffer, const char *const *arguments,
             GError **error)
{
    const char *given = arguments[0];
    bool number = given && (*given == '>' || *given == '<');
    bool there = given && can_filter(irc, number ? 'U' : 'M');
    const char *params[] = {there || (given && !strpbrk(given, "*?<>")) ? given : NULL};

    if (is_under_way(irc, error) || (given && !irc_check_name(given, error)))
        return false;
    if (number && !there) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED,
                            "This server cannot choose channels by their size. /list PATTERN "
                            "chooses by name.");
        return false;
    }
    struct irc_op *op = begin(irc, id, MOST_KEPT);
    irc->net.list->place = g_strdup(irc_cmd_place(buffer));
    irc->net.list->pattern = given && !number ? irc_fold(&irc->isupport, given) : NULL;
    return irc_cmd_send_op(irc, op,
                           irc_line_build(NULL, 0, NULL, "LIST", params, params[0] ? 1 : 0), error);
}

/* At most so many bytes, cut before a character. g_free(). */
static char *
shortened(const char *text)
{
    const char *end = text + MIN(strlen(text), TOPIC_BYTES);

    while (end > text && (*end & 0xC0) == 0x80)
        end--;
    return g_strdup_printf("%.*s%s", (int)(end - text), text, *end ? "…" : "");
}

static void
keep(struct irc_list *list, const struct irc_line *line, unsigned members)
{
    g_autofree char *plain = irc_text_plain(irc_line_param(line, 3));
    struct row *row = g_new(struct row, 1);

    row->members = members;
    row->topic = shortened(plain);
    row->name = irc_text_plain(line->params[1]);
    g_ptr_array_add(list->rows, row);
    if (list->rows->len < 2 * list->most)
        return;
    g_ptr_array_sort(list->rows, by_members);
    g_ptr_array_set_size(list->rows, (gint)list->most);
    list->least = ((struct row *)list->rows->pdata[list->most - 1])->members;
}

void
irc_on_list_row(struct irc *irc, const struct irc_context *context)
{
    const struct irc_line *line = context->line;
    struct irc_list *list = irc->net.list;
    struct irc_op *op = list ? irc_op_by_serial(irc, list->serial) : NULL;
    guint64 members = 0;

    if (!op || line->n_params < 3) {
        if (!list)
            irc_reply_say(irc, context, 322);
        return;
    }
    op->since_us = clock_mono_us(irc->host->clock); /* a large answer takes its time */
    g_autofree char *id = irc_fold(&irc->isupport, line->params[1]);
    if (list->pattern && !g_pattern_match_simple(list->pattern, id))
        return;
    g_ascii_string_to_unsigned(line->params[2], 10, 0, G_MAXINT, &members, NULL);
    list->n++;
    if (list->rows->len < list->most || members > list->least)
        keep(list, line, (unsigned)members);
}

static void
tell_browsed(struct irc *irc, const struct irc_list *list, struct irc_op *op)
{
    g_autofree struct listed *rows = g_new0(struct listed, list->rows->len + 1);
    struct browse_result result = {.list = rows, .n = MIN(list->rows->len, list->most)};

    for (size_t i = 0; i < result.n; i++) {
        const struct row *row = list->rows->pdata[i];
        rows[i] = (struct listed){.id = row->name,
                                  .name = row->name,
                                  .purpose = row->topic,
                                  .members = row->members,
                                  .joined = irc_channel(irc, row->name) != NULL};
    }
    const op_id id = op->id;
    op->id = 0; /* it is completed here */
    irc_op_done(irc, op, NULL, 0);
    if (id != 0)
        host_browsed(irc->host, id, &result);
}

static void
say_list(struct irc *irc, const struct irc_list *list)
{
    for (unsigned i = 0; i < MIN(list->rows->len, list->most); i++) {
        const struct row *row = list->rows->pdata[i];
        irc_say(irc, list->place, "%s (%u)%s%s", row->name, row->members, *row->topic ? ": " : "",
                row->topic);
    }
    if (list->n > list->most)
        irc_say(irc, list->place,
                "… and %u smaller ones. /list PATTERN or /list >N shows fewer, /join NAME goes.",
                list->n - list->most);
    else if (list->n == 0)
        irc_say(irc, list->place, "No channel matches.");
}

void
irc_on_list_end(struct irc *irc)
{
    struct irc_list *list = irc->net.list;
    struct irc_op *op = list ? irc_op_by_serial(irc, list->serial) : NULL;

    if (!list)
        return;
    irc->net.list = NULL;
    g_ptr_array_sort(list->rows, by_members);
    if (list->browsed && op) {
        tell_browsed(irc, list, op);
    } else if (!list->browsed) {
        say_list(irc, list);
        if (op)
            irc_op_done(irc, op, NULL, 0);
    }
    list_free(list);
}
