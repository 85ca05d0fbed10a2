/* One message of many lines: batches of draft/multiline (section 4.2).
 *
 * What comes is put together as one line with line feeds in it, which takes the tags of the line
 * that opened the batch and goes where a line would: to its handler, or into the history batch
 * around it. What goes out leaves as one block, since nothing else may stand between its lines. */
#include <string.h>

#include "base/log.h"
#include "protocols/irc/irc_priv.h"
#include "protocols/irc/irc_services.h"
#include "protocols/irc/irc_split.h"
#include "protocols/irc/irc_text.h"

struct irc_multiline {
    struct irc_line *opening;
    GString *text;
    unsigned n;
    bool notice;
    bool full; /* the rest is left out */
};

void
irc_multiline_free(struct irc_multiline *multiline)
{
    if (!multiline)
        return;
    irc_line_free(multiline->opening);
    g_string_free(multiline->text, TRUE);
    g_free(multiline);
}

/* --- in
 * ------------------------------------------------------------------------------------------- */

bool
irc_multiline_open(struct irc *irc, struct irc_line *line)
{
    const char *reference = irc_line_param(line, 0);
    struct irc_batch *batch;

    if (strcmp(line->command, "BATCH") != 0 || *reference != '+' || !reference[1] ||
        strcmp(irc_line_param(line, 1), "draft/multiline") != 0 || !irc_has(irc, "batch") ||
        !irc_has(irc, "draft/multiline") || g_hash_table_size(irc->batches) >= IRC_MAX_BATCHES)
        return false;
    batch = g_new0(struct irc_batch, 1);
    batch->type = g_strdup("draft/multiline");
    batch->target = irc_fold(&irc->isupport, irc_line_param(line, 2));
    batch->parent = g_strdup(irc_line_tag(line, "batch"));
    batch->multiline = g_new0(struct irc_multiline, 1);
    batch->multiline->opening = line;
    batch->multiline->text = g_string_new(NULL);
    g_hash_table_replace(irc->batches, g_strdup(reference + 1), batch);
    return true;
}

static bool
has_formatting(const char *text)
{
    return strpbrk(text, "\x02\x03\x04\x11\x16\x1d\x1e\x1f") != NULL;
}

static void
append_text(struct irc_multiline *multiline, const char *text, bool concat)
{
    const char *last = strrchr(multiline->text->str, '\n');

    /* What a line has opened ends with it, as it does for those who see single lines. */
    if (multiline->n > 0 && !concat) {
        if (has_formatting(last ? last + 1 : multiline->text->str))
            g_string_append_c(multiline->text, '\x0f');
        g_string_append_c(multiline->text, '\n');
    }
    g_string_append(multiline->text, text);
    multiline->n++;
}

void
irc_multiline_add(struct irc *irc, struct irc_batch *batch, struct irc_line *line_take)
{
    struct irc_multiline *multiline = batch->multiline;
    const char *text = irc_line_param(line_take, 1);
    bool notice = strcmp(line_take->command, "NOTICE") == 0;
    bool message = notice || strcmp(line_take->command, "PRIVMSG") == 0;
    bool here = irc_same(&irc->isupport, irc_line_param(line_take, 0),
                         irc_line_param(multiline->opening, 2));

    if (!message || !here || line_take->n_params < 2) {
        log_debug(irc->log_area, "A line that does not belong there stood in a multiline batch.");
    } else if (multiline->full || multiline->n >= IRC_MULTILINE_LINES ||
               multiline->text->len + strlen(text) > IRC_MULTILINE_BYTES) {
        if (!multiline->full)
            log_warning(irc->log_area, "A multiline message was too long; its end is left out.");
        multiline->full = true;
    } else {
        if (multiline->n == 0) {
            multiline->notice = notice;
            if (!multiline->opening->source && line_take->source)
                multiline->opening->source =
                    g_string_chunk_insert(multiline->opening->strings, line_take->source);
        }
        append_text(multiline, text, irc_line_tag(line_take, "draft/multiline-concat") != NULL);
    }
    irc_line_free(line_take);
}

struct irc_line *
irc_multiline_close(struct irc_batch *batch)
{
    struct irc_multiline *multiline = batch->multiline;
    struct irc_line *line;

    if (multiline->n == 0 || strspn(multiline->text->str, "\n") == multiline->text->len)
        return NULL;
    if (multiline->full)
        g_string_append(multiline->text, " […]");
    line = g_steal_pointer(&multiline->opening);
    line->command = multiline->notice ? "NOTICE" : "PRIVMSG";
    line->params[0] = line->params[2];
    line->params[1] = g_string_chunk_insert(line->strings, multiline->text->str);
    line->n_params = 2;
    return line;
}

/* --- out
 * ------------------------------------------------------------------------------------------ */

struct most {
    size_t bytes;
    unsigned lines;
};

/* False: the server takes none. */
static bool
read_most(struct irc *irc, struct most *most)
{
    const char *value =
        irc_has(irc, "draft/multiline") && irc_has(irc, "batch") && irc_has(irc, "message-tags")
            ? g_hash_table_lookup(irc->offered, "draft/multiline")
            : NULL;
    g_auto(GStrv) words = g_strsplit(value ? value : "", ",", 20);

    *most = (struct most){0, IRC_MULTILINE_OUT_LINES};
    for (unsigned i = 0; words[i]; i++) {
        if (g_str_has_prefix(words[i], "max-bytes="))
            most->bytes = (size_t)MIN(g_ascii_strtoull(words[i] + 10, NULL, 10), G_MAXINT32);
        else if (g_str_has_prefix(words[i], "max-lines="))
            most->lines =
                (unsigned)MIN(g_ascii_strtoull(words[i] + 10, NULL, 10), IRC_MULTILINE_OUT_LINES);
    }
    if (irc->msg.multiline_bytes != 0)
        most->bytes = MIN(most->bytes, irc->msg.multiline_bytes);
    if (irc->msg.multiline_lines != 0)
        most->lines = MIN(most->lines, irc->msg.multiline_lines);
    return most->bytes > 0 && most->lines > 0;
}

size_t
irc_multiline_most(struct irc *irc)
{
    struct most most;

    return read_most(irc, &most) ? most.bytes : 0;
}

void
irc_multiline_refused(struct irc *irc, const char *code, const char *limit)
{
    guint64 value = g_ascii_strtoull(limit, NULL, 10);

    if (value == 0)
        return;
    if (strcmp(code, "MULTILINE_MAX_BYTES") == 0)
        irc->msg.multiline_bytes = (size_t)MIN(value, G_MAXINT32);
    else if (strcmp(code, "MULTILINE_MAX_LINES") == 0)
        irc->msg.multiline_lines = (unsigned)MIN(value, IRC_MULTILINE_OUT_LINES);
}

struct block {
    GString *text;
    char *reference;
    const char *command;
    const char *target;
    size_t bytes; /* of the message, as the server counts */
    unsigned lines;
};

static bool
add_line(struct block *block, const char *text, bool concat)
{
    const struct irc_tag tags[] = {{"batch", block->reference}, {"draft/multiline-concat", NULL}};
    const char *params[] = {block->target, text};
    g_autofree char *line = irc_line_build(tags, concat ? 2 : 1, NULL, block->command, params, 2);

    if (!line)
        return false;
    g_string_append_printf(block->text, "\r\n%s", line);
    block->bytes += strlen(text) + (block->lines > 0 && !concat ? 1 : 0);
    block->lines++;
    return true;
}

/* One line of the text, in as many as it needs. */
static bool
add_text_line(struct block *block, const struct rich *body, size_t start, size_t end, size_t room)
{
    if (start == end)
        return add_line(block, "", false);
    struct rich *line = irc_text_slice(body, start, end);
    g_autoptr(GPtrArray) parts = irc_split(line, room);
    rich_free(line);
    for (unsigned i = 0; i < parts->len; i++) {
        g_autofree char *text = irc_text_write(parts->pdata[i]);
        if (!add_line(block, text, i > 0))
            return false;
    }
    return true;
}

static bool
add_body(struct block *block, const struct rich *body, size_t room, const struct most *most)
{
    size_t start = 0;

    for (;;) {
        const char *feed = memchr(body->text + start, '\n', body->len - start);
        size_t end = feed ? (size_t)(feed - body->text) : body->len;
        size_t stop = end > start && body->text[end - 1] == '\r' ? end - 1 : end;
        if (!add_text_line(block, body, start, stop, room) || block->bytes > most->bytes ||
            block->lines > most->lines)
            return false;
        if (!feed)
            return true;
        start = end + 1;
    }
}

static bool
is_blank(const struct rich *body)
{
    return strspn(body->text, "\r\n") == body->len;
}

static bool
needs_batch(const struct rich *body, size_t room)
{
    g_autofree char *text = NULL;

    if (memchr(body->text, '\n', body->len))
        return true;
    text = irc_text_write(body);
    return strlen(text) > room;
}

static char *
opening_line(struct irc *irc, const struct send_request *request, const struct block *block,
             uint64_t serial)
{
    g_autofree char *label = g_strdup_printf("w%" G_GUINT64_FORMAT, serial);
    g_autofree char *reference = g_strconcat("+", block->reference, NULL);
    const char *params[] = {reference, "draft/multiline", block->target};
    struct irc_tag tags[IRC_SAID_TAGS];
    unsigned n = 0;

    if (irc_has_labels(irc))
        tags[n++] = (struct irc_tag){"label", label};
    n += irc_reply_tags(irc, request->reply_to, tags + n);
    n += irc_relay_tags(irc, request->mark, request->key, tags + n);
    return irc_line_build(tags, n, NULL, "BATCH", params, 3);
}

char *
irc_multiline_build(struct irc *irc, const struct send_request *request, const char *target,
                    size_t room, uint64_t serial)
{
    const struct rich *body = request->body;
    bool secret = false;
    struct most most;

    /* RELAYMSG knows no batch. */
    if (request->as || request->kind == MESSAGE_ACTION || is_blank(body) ||
        !needs_batch(body, room) || !read_most(irc, &most))
        return NULL;
    g_autofree char *masked = irc_services_mask_text(target, body->text);
    secret = masked != NULL;
    struct block block = {.text = g_string_new(NULL),
                          .reference = g_strdup_printf("m%" G_GUINT64_FORMAT, serial),
                          .command = request->kind == MESSAGE_NOTICE ? "NOTICE" : "PRIVMSG",
                          .target = target};
    g_autofree char *opening = opening_line(irc, request, &block, serial);
    bool good = !secret && opening && add_body(&block, body, room, &most);
    if (good) {
        g_string_prepend(block.text, opening);
        g_string_append_printf(block.text, "\r\nBATCH -%s", block.reference);
    }
    g_free(block.reference);
    return g_string_free(block.text, !good);
}
