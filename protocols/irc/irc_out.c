/* Lines on their way out: queued by priority, paced, written, and named in the log. */
#include <string.h>

#include "base/log.h"
#include "base/redact.h"
#include "protocols/irc/irc_priv.h"
#include "protocols/irc/irc_services.h"

static void
on_out_timer(void *user)
{
    struct irc *irc = user;

    irc->out_timer = 0;
    irc_flush(irc);
}

void
irc_trace(struct irc *irc, const char *arrow, const char *line)
{
    if (log_level_now() < LOG_TRACE)
        return;
    g_autofree char *safe = irc_services_mask_line(line);
    log_trace(irc->log_area, "%s %s", arrow, safe ? safe : line);
}

/* A block is many lines. */
static void
trace_out(struct irc *irc, const char *text)
{
    if (log_level_now() < LOG_TRACE)
        return;
    g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);
    for (unsigned i = 0; lines[i]; i++)
        irc_trace(irc, ">>", lines[i]);
}

static bool
write_line(struct irc *irc, const struct irc_out_line *line)
{
    g_autofree char *bytes = g_strconcat(line->text, "\r\n", NULL);
    struct irc_op *op = irc_op_by_serial(irc, line->serial);
    bool written = irc->host->net->stream_write(irc->stream, bytes, strlen(bytes));

    trace_out(irc, line->text);
    redact_wipe(bytes, strlen(bytes));
    if (!written) {
        irc_fail(irc,
                 g_error_new_literal(WEFT_ERROR, WEFT_ERROR_IO,
                                     "The server takes nothing any more. weft connects again."));
        return false;
    }
    if (line->serial == irc->sync_serial)
        irc->sync_queued = false;
    if (op) {
        op->left = true;
        op->left_order = ++irc->last_left;
        op->since_us = clock_mono_us(irc->host->clock);
        if (op->kind == IRC_OP_WRITTEN)
            irc_op_settle(irc, op, NULL);
    }
    return true;
}

void
irc_flush(struct irc *irc)
{
    int64_t now_us = clock_mono_us(irc->host->clock);
    struct irc_out_line *line;

    while (irc->stream && !irc->dying && (line = irc_flood_pop(&irc->flood, now_us))) {
        bool written = write_line(irc, line);
        irc_out_line_free(line);
        if (!written)
            return;
    }
    int64_t wait_us = irc->stream && !irc->dying ? irc_flood_wait_us(&irc->flood, now_us) : -1;
    clock_timer_del(irc->host->clock, irc->out_timer);
    irc->out_timer =
        wait_us < 0 ? 0 : clock_timer_add(irc->host->clock, wait_us, on_out_timer, irc);
}

/* What is longer would be cut by the server, unsaid, and be something else then. */
static bool
fits(const struct irc *irc, const char *line)
{
    const char *body = *line == '@' ? strchr(line, ' ') : NULL;

    if (strlen(body ? body + 1 : line) <= IRC_BODY_BYTES)
        return true;
    log_warning(irc->log_area, "A line was too long for the server; it was not sent.");
    return false;
}

static char *
pace_key(const struct irc *irc)
{
    g_autofree char *host = g_ascii_strdown(irc->config.server, -1);

    return g_strdup_printf("irc.slow.%s", host);
}

void
irc_pace(struct irc *irc)
{
    bool paced = irc->flood.slowness > 0 || (irc->config.paced && !irc->isupport.safe_rate);

    irc_flood_set_paced(&irc->flood, paced, clock_mono_us(irc->host->clock));
}

void
irc_pace_load(struct irc *irc)
{
    g_autofree char *key = pace_key(irc);
    g_autofree char *kept = irc->host->ops->kv_get(irc->host, key);
    guint64 slowness;

    if (kept && g_ascii_string_to_unsigned(kept, 10, 0, IRC_FLOOD_MOST_SLOWNESS, &slowness, NULL))
        irc->flood.slowness = (unsigned)slowness;
    irc_pace(irc);
}

void
irc_pace_slow_down(struct irc *irc)
{
    g_autofree char *key = pace_key(irc);

    irc_flood_slow_down(&irc->flood, clock_mono_us(irc->host->clock));
    g_autofree char *kept = g_strdup_printf("%u", irc->flood.slowness);
    irc->host->ops->kv_set(irc->host, key, kept);
    irc_say(irc, NULL,
            "We sent too fast for this server. weft sends at half the pace from now on: a line in "
            "%u seconds.",
            (unsigned)(IRC_FLOOD_REFILL_US / G_USEC_PER_SEC) << irc->flood.slowness);
}

bool
irc_out_line(struct irc *irc, enum irc_priority priority, uint64_t serial, char *line_take,
             bool free_of_charge)
{
    /* Servers with UTF8ONLY end the connection over anything else; nobody gains by it elsewhere. */
    if (!line_take || !irc->stream || strpbrk(line_take, "\r\n") ||
        !g_utf8_validate(line_take, -1, NULL) || !fits(irc, line_take)) {
        redact_wipe_free(line_take);
        return false;
    }
    return irc_flood_push(&irc->flood, priority, line_take, serial, free_of_charge);
}

bool
irc_out_block(struct irc *irc, uint64_t serial, char *block_take)
{
    if (!irc->stream || !g_utf8_validate(block_take, -1, NULL)) {
        redact_wipe_free(block_take);
        return false;
    }
    return irc_flood_push(&irc->flood, IRC_TEXT, block_take, serial, false);
}

bool
irc_out(struct irc *irc, enum irc_priority priority, uint64_t serial, ...)
{
    const char *parts[IRC_MAX_PARAMS];
    unsigned n = 0;
    va_list list;

    va_start(list, serial);
    for (const char *part = va_arg(list, const char *); part && n < IRC_MAX_PARAMS;
         part = va_arg(list, const char *))
        parts[n++] = part;
    va_end(list);
    char *line = n > 0 ? irc_line_build(NULL, 0, NULL, parts[0], parts + 1, n - 1) : NULL;
    if (!line)
        log_warning(irc->log_area, "A line could not be built for the server; it was not sent.");
    return irc_out_line(irc, priority, serial, line, false);
}

void
irc_say(struct irc *irc, const char *conversation, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    g_autofree char *text = g_strdup_vprintf(format, list);
    va_end(list);
    host_say(irc->host, conversation, MESSAGE_SERVER, text);
}
