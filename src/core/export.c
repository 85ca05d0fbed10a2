#include "core/export.h"

#include <string.h>

#include "base/error.h"
#include "base/span.h"
#include "base/utf8.h"
#include "core/address.h"
#include "core/nearest.h"
#include "model/buffer.h"
#include "store/store.h"
#include "text/display.h"

#define PAGE_MESSAGES 100

/* --- one message --- */

static void
append_time(GString *out, int64_t time_us)
{
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(time_us / G_USEC_PER_SEC);
    g_autofree char *text = time ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ") : NULL;

    if (text)
        g_string_append(out, text);
    else /* a time that no calendar has */
        g_string_append_printf(out, "@%" G_GINT64_FORMAT, time_us / G_USEC_PER_SEC);
}

static void
append_shown(GString *out, const char *text, enum display_mode mode)
{
    g_autofree char *shown = display_dup(text, -1, mode);

    /* What goes on below the first line is set in, so that no text can pass for another line of
     * ours. */
    for (const char *c = shown; *c; c++) {
        g_string_append_c(out, *c);
        if (*c == '\n')
            g_string_append(out, "    ");
    }
}

void
export_append_text(GString *out, const struct message *message)
{
    const char *sender = message->sender_name ? message->sender_name : "*";

    append_time(out, message->time_us);
    if (message->state == MESSAGE_FAILED || message->state == MESSAGE_UNKNOWN ||
        message->state == MESSAGE_PENDING || message->state == MESSAGE_SENDING)
        g_string_append_printf(out, " [%s]", message_state_name(message->state));
    switch (message->kind) {
    case MESSAGE_TEXT:
        g_string_append(out, " <");
        append_shown(out, sender, DISPLAY_NAME);
        g_string_append(out, "> ");
        break;
    case MESSAGE_ACTION:
        g_string_append(out, " * ");
        append_shown(out, sender, DISPLAY_NAME);
        g_string_append_c(out, ' ');
        break;
    default:
        g_string_append_printf(out, " -- %s ", message_kind_name(message->kind));
        append_shown(out, sender, DISPLAY_NAME);
        g_string_append_c(out, ' ');
    }
    if (message->subject) {
        g_string_append_c(out, '(');
        append_shown(out, message->subject, DISPLAY_LINE);
        g_string_append(out, ") ");
    }
    if (message->flags & MESSAGE_DELETED)
        g_string_append(out, "(deleted) ");
    append_shown(out, message->body->text, DISPLAY_BLOCK);
    for (guint i = 0; message->files && i < message->files->len; i++) {
        g_string_append(out, message->body->len > 0 || i > 0 ? "\n  [file] " : "[file] ");
        append_shown(out, ((const struct attachment *)message->files->pdata[i])->name,
                     DISPLAY_LINE);
    }
    if (message->flags & MESSAGE_EDITED)
        g_string_append(out, " (edited)");
    /* No line ends in blanks, and none is empty: that would not begin with blanks. */
    while (out->len > 0 && strchr(" \n", out->str[out->len - 1]))
        g_string_truncate(out, out->len - 1);
    g_string_append_c(out, '\n');
}

/* Marks on one base that are written as they are. */
#define MARKS_MOST 8

/* Characters without a look of their own that are not of the kind "format". */
static bool
is_invisible(gunichar c)
{
    return c == 0x34f || c == 0x115f || c == 0x1160 || c == 0x17b4 || c == 0x17b5 || c == 0x3164 ||
           c == 0xffa0 || (c >= 0x180b && c <= 0x180f) || (c >= 0xfe00 && c <= 0xfe0f) ||
           (c >= 0xe0100 && c <= 0xe01ef);
}

/* Beyond what JSON asks for: nothing in the output steers a terminal, turns a line's direction,
 * hides in it or towers above it. `marks`: how many stand on the base so far, this one included. */
static bool
is_escaped(gunichar c, unsigned marks)
{
    if (marks > MARKS_MOST || is_invisible(c))
        return true;
    switch (g_unichar_type(c)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
        return true;
    default:
        return false;
    }
}

/* Above U+FFFF as a pair of surrogates, RFC 8259, 7. */
static void
append_escape(GString *out, gunichar c)
{
    if (c > 0xffff) {
        g_string_append_printf(out, "\\u%04x", (unsigned)(0xd800 + ((c - 0x10000) >> 10)));
        c = 0xdc00 + ((c - 0x10000) & 0x3ff);
    }
    g_string_append_printf(out, "\\u%04x", (unsigned)c);
}

void
export_append_json_string(GString *out, const char *text)
{
    if (!text) {
        g_string_append(out, "null");
        return;
    }
    g_autofree char *valid = utf8_sanitize(text, -1, G_MAXSSIZE);
    unsigned marks = 0;
    g_string_append_c(out, '"');
    for (const char *c = valid; *c; c += g_utf8_skip[(guchar)*c]) {
        gunichar u = g_utf8_get_char(c);
        marks = g_unichar_ismark(u) ? marks + 1 : 0;
        if (u == '"' || u == '\\')
            g_string_append_printf(out, "\\%c", (char)u);
        else if (u == '\n')
            g_string_append(out, "\\n");
        else if (u == '\t')
            g_string_append(out, "\\t");
        else if (is_escaped(u, marks))
            append_escape(out, u);
        else
            g_string_append_unichar(out, u);
    }
    g_string_append_c(out, '"');
}

static void
append_member(GString *out, const char *name, const char *text)
{
    if (!text)
        return;
    g_string_append_printf(out, ",\"%s\":", name);
    export_append_json_string(out, text);
}

/* ,"files":[{"id":"…","name":"minutes.odt","bytes":48123}] */
static void
append_files(GString *out, const struct message *message)
{
    for (guint i = 0; message->files && i < message->files->len; i++) {
        const struct attachment *file = message->files->pdata[i];
        g_string_append_printf(out, "%s{\"bytes\":%" G_GINT64_FORMAT, i == 0 ? ",\"files\":[" : ",",
                               file->size_bytes);
        append_member(out, "name", file->name);
        append_member(out, "id", file->id);
        append_member(out, "type", file->type);
        g_string_append(out, i + 1 == message->files->len ? "}]" : "}");
    }
}

void
export_append_json(GString *out, const struct message *message)
{
    static const struct {
        unsigned flag;
        const char *name;
    } flags[] = {{MESSAGE_OWN, "own"},
                 {MESSAGE_MENTION, "mention"},
                 {MESSAGE_EDITED, "edited"},
                 {MESSAGE_DELETED, "deleted"},
                 {MESSAGE_IGNORED, "ignored"},
                 {MESSAGE_BOT, "bot"},
                 {MESSAGE_EPHEMERAL, "ephemeral"},
                 {MESSAGE_RELAYED, "relayed"}};

    g_string_append_printf(out, "{\"id\":%" G_GINT64_FORMAT ",\"time\":\"", message->id);
    append_time(out, message->time_us);
    g_string_append_printf(
        out, "\",\"time_us\":%" G_GINT64_FORMAT ",\"kind\":\"%s\",\"state\":\"%s\"",
        message->time_us, message_kind_name(message->kind), message_state_name(message->state));
    append_member(out, "remote_id", message->remote_id);
    append_member(out, "sender_id", message->sender_id);
    append_member(out, "sender", message->sender_name);
    append_member(out, "subject", message->subject);
    append_member(out, "reply_to", message->reply_to);
    const bool masked = message->state == MESSAGE_RECEIVED &&
                        (message->flags & (MESSAGE_IGNORED | MESSAGE_DELETED)) == MESSAGE_IGNORED;
    append_member(out, masked ? "sender_mask" : "error", message->error);
    for (size_t i = 0; i < G_N_ELEMENTS(flags); i++)
        if (message->flags & flags[i].flag)
            g_string_append_printf(out, ",\"%s\":true", flags[i].name);
    append_member(out, "text", message->body->text);
    append_files(out, message);
    g_string_append(out, "}\n");
}

static void
append_gap(GString *out, const struct gap *gap, enum export_format format)
{
    g_string_append(out, format == EXPORT_JSONL ? "{\"kind\":\"gap\",\"from\":\"" : "-- ");
    append_time(out, gap->from_us);
    g_string_append(out, format == EXPORT_JSONL ? "\",\"to\":\"" : " to ");
    append_time(out, gap->to_us);
    g_string_append(out, format == EXPORT_JSONL ? "\"}\n" : ": messages may be missing here\n");
}

/* --- the buffer --- */

static const char *
account_name(const GPtrArray *accounts, int64_t id)
{
    for (unsigned i = 0; i < accounts->len; i++) {
        const struct account *account = accounts->pdata[i];
        if (account->id == id)
            return account->name;
    }
    return NULL;
}

static const char *
space_name(const GPtrArray *spaces, int64_t id)
{
    for (unsigned i = 0; id && i < spaces->len; i++) {
        const struct space *space = spaces->pdata[i];
        if (space->id == id)
            return space->name;
    }
    return NULL;
}

/* The buffer's id; 0 and `error` when not exactly one fits best. */
static int64_t
find_buffer(struct store *store, const char *address, GError **error)
{
    g_auto(GStrv) parts = address_parse(address, error);
    int best = 0;
    unsigned n_best = 0;
    int64_t id = 0;
    struct nearest nearest;

    if (!parts)
        return 0;
    g_autoptr(GPtrArray) accounts = store_load_accounts(store);
    g_autoptr(GPtrArray) spaces = store_load_spaces(store);
    g_autoptr(GPtrArray) buffers = store_load_buffers(store);
    nearest_init(&nearest, address);
    for (unsigned i = 0; i < buffers->len; i++) {
        const struct buffer *buffer = buffers->pdata[i];
        const char *account = account_name(accounts, buffer->account_id);
        const char *space = space_name(spaces, buffer->space_id);
        const char *name = buffer->kind == BUFFER_SERVER ? NULL : buffer->name;
        g_autofree char *whole =
            account ? address_format(account, space, name) : g_strdup(ADDRESS_OWN);
        int match = address_match(parts, account, space, name);
        nearest_offer(&nearest, whole);
        if (match > best) {
            best = match;
            n_best = 0;
            id = buffer->id;
        }
        n_best += match > 0 && match == best;
    }
    if (n_best == 1)
        return id;
    g_autofree char *hint = nearest_hint(&nearest);
    if (n_best == 0)
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                    "No stored buffer has the address %s.%s", address, hint);
    else
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                    "%u buffers have the address %s. Name the space too: account/space/name.",
                    n_best, address);
    return 0;
}

struct exporting {
    const struct export_options *options;
    export_write_fn write;
    void *user;
    GPtrArray *gaps;
    unsigned next_gap;
    GString *line;
};

static bool
put_line(struct exporting *exporting)
{
    return exporting->write(exporting->user, exporting->line->str, exporting->line->len);
}

/* The gaps that end before this place. */
static bool
put_gaps(struct exporting *exporting, int64_t before_sort_key)
{
    while (exporting->next_gap < exporting->gaps->len) {
        const struct gap *gap = exporting->gaps->pdata[exporting->next_gap];
        if (gap->before_sort_key > before_sort_key)
            return true;
        exporting->next_gap++;
        if (gap->to_us < exporting->options->since_us)
            continue;
        g_string_truncate(exporting->line, 0);
        append_gap(exporting->line, gap, exporting->options->format);
        if (!put_line(exporting))
            return false;
    }
    return true;
}

static bool
put_message(struct exporting *exporting, const struct message *message)
{
    if (!put_gaps(exporting, message->sort_key))
        return false;
    /* Where the network's order is not that of time, older ones may stand among the newer. */
    if (message->time_us < exporting->options->since_us)
        return true;
    g_string_truncate(exporting->line, 0);
    if (exporting->options->format == EXPORT_JSONL)
        export_append_json(exporting->line, message);
    else
        export_append_text(exporting->line, message);
    return put_line(exporting);
}

static void
put_all(struct exporting *exporting, struct store *store, int64_t buffer_id, struct position from)
{
    for (;;) {
        g_autoptr(GPtrArray) page =
            store_load_page(store, buffer_id, from, STORE_AFTER, PAGE_MESSAGES);
        for (unsigned i = 0; i < page->len; i++)
            if (!put_message(exporting, page->pdata[i]))
                return;
        if (page->len < PAGE_MESSAGES)
            break;
        from = message_position(page->pdata[page->len - 1]);
    }
    put_gaps(exporting, INT64_MAX);
}

bool
export_run(struct store *store, const struct export_options *options, export_write_fn write,
           void *user, GError **error)
{
    int64_t buffer_id = find_buffer(store, options->address, error);
    struct position from = {.sort_key = INT64_MIN, .id = INT64_MIN};
    struct exporting exporting = {.options = options, .write = write, .user = user};

    if (!buffer_id)
        return false;
    if (options->since_us && store_find_time(store, buffer_id, options->since_us, &from))
        from.id--;
    else if (options->since_us)
        from = (struct position){.sort_key = INT64_MAX, .id = INT64_MAX};
    exporting.gaps = store_load_gaps(store, buffer_id);
    exporting.line = g_string_new(NULL);
    put_all(&exporting, store, buffer_id, from);
    g_ptr_array_unref(exporting.gaps);
    g_string_free(exporting.line, TRUE);
    return true;
}

/* --- the command line --- */

/* The zone that stands behind a time; NULL: none that is understood. */
static GTimeZone *
parse_zone(const char *text)
{
    if (*text == '\0')
        return g_time_zone_new_local();
    if (strcmp(text, "Z") == 0)
        return g_time_zone_new_utc();
    if ((*text == '+' || *text == '-') && strlen(text) == 6 && text[3] == ':')
        return g_time_zone_new_identifier(text);
    return NULL;
}

/* Exactly `n` digits at *text, which moves on behind them. */
static bool
take_number(const char **text, int n, int *ret_number)
{
    int number = 0;

    for (int i = 0; i < n; i++) {
        if (!g_ascii_isdigit((*text)[i]))
            return false;
        number = number * 10 + g_ascii_digit_value((*text)[i]);
    }
    *text += n;
    *ret_number = number;
    return true;
}

static bool
take_mark(const char **text, char mark)
{
    if (**text != mark)
        return false;
    ++*text;
    return true;
}

static bool
parse_date(const char *text, int64_t *ret_us)
{
    int year, month, day, hour = 0, minute = 0, second = 0;

    if (!take_number(&text, 4, &year) || !take_mark(&text, '-') || !take_number(&text, 2, &month) ||
        !take_mark(&text, '-') || !take_number(&text, 2, &day))
        return false;
    if (take_mark(&text, 'T') || take_mark(&text, ' ')) {
        if (!take_number(&text, 2, &hour) || !take_mark(&text, ':') ||
            !take_number(&text, 2, &minute))
            return false;
        if (take_mark(&text, ':') && !take_number(&text, 2, &second))
            return false;
    }
    GTimeZone *zone = parse_zone(text);
    if (!zone)
        return false;
    g_autoptr(GDateTime) time = g_date_time_new(zone, year, month, day, hour, minute, second);
    g_time_zone_unref(zone);
    if (time)
        *ret_us = g_date_time_to_unix(time) * G_USEC_PER_SEC;
    return time != NULL;
}

bool
export_parse_since(const char *text, int64_t now_us, int64_t *ret_us, GError **error)
{
    if (span_parse_ago(text, now_us, ret_us) || parse_date(text, ret_us))
        return true;
    g_set_error_literal(
        error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
        "--since takes a time such as 2026-11-22T10:00Z or 2026-11-22, or a span such as "
        "90s, 30m, 2h, 7d, 4w.");
    return false;
}

bool
export_parse_format(const char *text, enum export_format *ret_format, GError **error)
{
    bool json = strcmp(text, "jsonl") == 0;

    if (!json && strcmp(text, "text") != 0) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT, "--format is text or jsonl.");
        return false;
    }
    *ret_format = json ? EXPORT_JSONL : EXPORT_TEXT;
    return true;
}
