/* Answers for people: plain lines, whose columns are aligned. */
#include <string.h>

#include "daemon/ctl_priv.h"
#include "text/display.h"
#include "text/width.h"

/* --- columns --- */

#define COLUMNS_MOST 6

struct table {
    GPtrArray *cells; /* char *, row by row */
    int columns;
    int widths[COLUMNS_MOST];
};

static void
table_begin(struct table *table, int columns)
{
    *table = (struct table){.cells = g_ptr_array_new_with_free_func(g_free), .columns = columns};
}

static void
table_put(struct table *table, const char *text)
{
    char *shown = display_dup(text ? text : "", -1, DISPLAY_LINE);
    int *width = &table->widths[(int)table->cells->len % table->columns];

    *width = MAX(*width, width_text(shown, strlen(shown), NULL));
    g_ptr_array_add(table->cells, shown);
}

static void
table_put_number(struct table *table, int64_t number)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, number);

    table_put(table, text);
}

static void
table_end(struct table *table, GString *out)
{
    for (guint i = 0; i < table->cells->len; i++) {
        const char *cell = table->cells->pdata[i];
        const int column = (int)i % table->columns;
        const bool last = column + 1 == table->columns;
        g_string_append(out, cell);
        for (int pad = width_text(cell, strlen(cell), NULL); !last && pad < table->widths[column];
             pad++)
            g_string_append_c(out, ' ');
        if (!last) {
            g_string_append(out, "  ");
            continue;
        }
        while (out->len > 0 && out->str[out->len - 1] == ' ')
            g_string_truncate(out, out->len - 1);
        g_string_append_c(out, '\n');
    }
    g_ptr_array_unref(table->cells);
}

/* --- a message --- */

static void
put_shown(GString *out, const char *text, enum display_mode mode)
{
    g_autofree char *shown = display_dup(text, -1, mode);

    /* What goes on below the first line is set in: no text passes for another line of ours. */
    for (const char *c = shown; *c; c++) {
        g_string_append_c(out, *c);
        if (*c == '\n')
            g_string_append(out, "    ");
    }
}

static void
put_files(GString *out, const json_t *message)
{
    const json_t *files = json_get_array(message, "files");

    for (size_t i = 0; i < json_array_size(files); i++) {
        g_string_append(out, " [file] ");
        put_shown(out, json_get_text(json_array_get(files, i), "name"), DISPLAY_LINE);
    }
}

/* "2026-11-22T10:00:05Z libera/#coop <maria> good morning" */
static void
put_message(GString *out, const char *address, const json_t *message, bool changed)
{
    const char *kind = json_get_text(message, "kind");
    const char *state = json_get_text(message, "state");
    const char *sender = json_get_text(message, "sender");

    put_shown(out, json_get_text(message, "time"), DISPLAY_LINE);
    g_string_append_c(out, ' ');
    put_shown(out, address, DISPLAY_NAME);
    if (changed)
        g_string_append(out, " [changed]");
    if (strcmp(state, "received") != 0 && strcmp(state, "sent") != 0)
        g_string_append_printf(out, " [%s]", state);
    g_string_append(out, strcmp(kind, "text") == 0     ? " <"
                         : strcmp(kind, "action") == 0 ? " * "
                                                       : " -- ");
    if (strcmp(kind, "text") != 0 && strcmp(kind, "action") != 0) {
        put_shown(out, kind, DISPLAY_LINE);
        g_string_append_c(out, ' ');
    }
    put_shown(out, *sender ? sender : "*", DISPLAY_NAME);
    g_string_append(out, strcmp(kind, "text") == 0 ? "> " : " ");
    if (json_get_bool(message, "deleted"))
        g_string_append(out, "(deleted) ");
    put_shown(out, json_get_text(message, "text"), DISPLAY_BLOCK);
    put_files(out, message);
    while (out->len > 0 && strchr(" \n", out->str[out->len - 1]))
        g_string_truncate(out, out->len - 1);
    g_string_append_c(out, '\n');
}

static void
put_event(GString *out, const json_t *event)
{
    const json_t *changed = json_get_object(event, "changed");
    const json_t *message = changed ? changed : json_get_object(event, "message");

    if (message)
        put_message(out, json_get_text(event, "in"), message, changed != NULL);
}

/* --- lists --- */

static void
put_accounts(GString *out, const json_t *answer)
{
    const json_t *accounts = json_get_array(answer, "accounts");
    struct table table;

    table_begin(&table, 4);
    for (size_t i = 0; i < json_array_size(accounts); i++) {
        const json_t *account = json_array_get(accounts, i);
        table_put(&table, json_get_text(account, "name"));
        table_put(&table, json_get_text(account, "network"));
        table_put(&table, json_get_text(account, "state"));
        table_put(&table, json_get_text(account, "text"));
    }
    table_end(&table, out);
}

static void
put_buffers(GString *out, const json_t *answer)
{
    const json_t *buffers = json_get_array(answer, "buffers");
    struct table table;

    table_begin(&table, 5);
    for (size_t i = 0; i < json_array_size(buffers); i++) {
        const json_t *buffer = json_array_get(buffers, i);
        table_put(&table, json_get_text(buffer, "address"));
        table_put(&table, json_get_text(buffer, "kind"));
        table_put_number(&table, json_get_int(buffer, "unread"));
        table_put_number(&table, json_get_int(buffer, "mentions"));
        table_put(&table, json_get_text(buffer, "topic"));
    }
    table_end(&table, out);
}

static void
put_hits(GString *out, const json_t *answer)
{
    const json_t *hits = json_get_array(answer, "hits");

    for (size_t i = 0; i < json_array_size(hits); i++)
        put_event(out, json_array_get(hits, i));
    if (json_get_bool(answer, "more"))
        g_string_append(out, "There are more: narrow it with from:, in:, after: or before:.\n");
}

/* "12 ms", "4.2 s", "7 min", "3 h" */
static void
append_span(GString *out, int64_t span_us)
{
    if (span_us < G_USEC_PER_SEC)
        g_string_append_printf(out, "%d ms", (int)(span_us / 1000));
    else if (span_us < 60 * (int64_t)G_USEC_PER_SEC)
        g_string_append_printf(out, "%.1f s", (double)span_us / G_USEC_PER_SEC);
    else if (span_us < 3600 * (int64_t)G_USEC_PER_SEC)
        g_string_append_printf(out, "%d min", (int)(span_us / G_USEC_PER_SEC / 60));
    else
        g_string_append_printf(out, "%" G_GINT64_FORMAT " h", span_us / G_USEC_PER_SEC / 3600);
}

static void
put_leg(struct table *table, const json_t *leg)
{
    g_autoptr(GString) figures = g_string_new(NULL);
    g_autoptr(GString) rest = g_string_new("lag ");
    const int64_t oldest_us = json_get_int(leg, "oldest_us");
    const int64_t lag_us = json_get_int(leg, "lag_us");
    const char *error = json_get_text(leg, "error");

    g_string_append_printf(figures, "%" G_GINT64_FORMAT " waiting", json_get_int(leg, "waiting"));
    if (oldest_us > 0) {
        g_string_append(figures, " for ");
        append_span(figures, oldest_us);
    }
    g_string_append_printf(figures, ", %" G_GINT64_FORMAT " unknown, %" G_GINT64_FORMAT " given up",
                           json_get_int(leg, "unknown"), json_get_int(leg, "given_up"));
    if (lag_us > 0)
        append_span(rest, lag_us);
    else
        g_string_append_c(rest, '-');
    g_string_append_printf(rest, ", %" G_GINT64_FORMAT " a minute",
                           json_get_int(leg, "per_minute"));
    if (*error)
        g_string_append_printf(rest, "  %s", error);
    table_put(table, json_get_text(leg, "gateway"));
    table_put(table, json_get_text(leg, "address"));
    table_put(table, json_get_text(leg, "direction"));
    table_put(table, json_get_text(leg, "state"));
    table_put(table, figures->str);
    table_put(table, rest->str);
}

static void
put_legs(GString *out, const json_t *answer)
{
    const json_t *legs = json_get_array(answer, "legs");
    struct table table;

    table_begin(&table, 6);
    for (size_t i = 0; i < json_array_size(legs); i++)
        put_leg(&table, json_array_get(legs, i));
    table_end(&table, out);
}

static void
put_text(GString *out, const json_t *answer)
{
    g_autofree char *shown = display_dup(json_get_text(answer, "text"), -1, DISPLAY_BLOCK);

    g_string_append(out, shown);
    if (out->len > 0 && out->str[out->len - 1] != '\n')
        g_string_append_c(out, '\n');
}

static void
put_hello(GString *out, const json_t *answer)
{
    g_autofree char *version = display_dup(json_get_text(answer, "version"), -1, DISPLAY_LINE);

    g_string_append_printf(out, "weft %s, process %" G_GINT64_FORMAT "%s\n", version,
                           json_get_int(answer, "pid"),
                           json_get_bool(answer, "headless") ? ", without a screen" : "");
}

void
ctl_print(GString *out, enum ctl_view view, const json_t *answer)
{
    switch (view) {
    case CTL_VIEW_NOTHING:
    case CTL_VIEW_SENT:
        break;
    case CTL_VIEW_TEXT:
        put_text(out, answer);
        break;
    case CTL_VIEW_CHANGE:
        put_text(out, answer);
        if (!json_get_bool(answer, "done"))
            g_string_append(out, "Nothing is changed yet. The same with --yes does it.\n");
        break;
    case CTL_VIEW_HTML:
        g_string_append(out, json_get_text(answer, "html"));
        break;
    case CTL_VIEW_TAIL:
    case CTL_VIEW_MESSAGE:
        put_event(out, answer);
        break;
    case CTL_VIEW_ACCOUNTS:
        put_accounts(out, answer);
        break;
    case CTL_VIEW_BUFFERS:
        put_buffers(out, answer);
        break;
    case CTL_VIEW_HITS:
        put_hits(out, answer);
        break;
    case CTL_VIEW_LEGS:
        put_legs(out, answer);
        break;
    case CTL_VIEW_HELLO:
        put_hello(out, answer);
        break;
    }
}
