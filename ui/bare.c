#include "ui/bare.h"

#include <string.h>

#include "text/plain.h"
#include "ui/line.h"
#include "ui/spans.h"

/* What goes on below a line end of the text's own is set in: it cannot pass for another message. */
#define INDENT "  "

struct bare_line {
    int64_t id;
    char *lead; /* when and who */
    char *text;
    guint n_rows; /* for the width of `bare`; 0: not wrapped */
};

struct bare_row {
    size_t start, len; /* of lead and text as one */
    bool inset, joins;
};

struct bare {
    GTimeZone *zone;
    GPtrArray *lines; /* struct bare_line, oldest first */
    int cols, rows;   /* of the last draw */
    int up;           /* rows below those in sight */
    bool top_in_sight;
};

static void
line_clear(gpointer data)
{
    struct bare_line *line = data;

    g_free(line->lead);
    g_free(line->text);
    g_free(line);
}

struct bare *
bare_new(GTimeZone *zone)
{
    struct bare *bare = g_new0(struct bare, 1);

    bare->zone = g_time_zone_ref(zone);
    bare->lines = g_ptr_array_new_with_free_func(line_clear);
    return bare;
}

void
bare_free(struct bare *bare)
{
    if (!bare)
        return;
    g_time_zone_unref(bare->zone);
    g_ptr_array_unref(bare->lines);
    g_free(bare);
}

/* --- what a line says --- */

static char *
time_text(GTimeZone *zone, int64_t time_us)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(time_us / G_USEC_PER_SEC);
    g_autoptr(GDateTime) local = utc ? g_date_time_to_timezone(utc, zone) : NULL;

    return local ? g_date_time_format(local, "%H:%M") : g_strdup("--:--");
}

static char *
lead_of(GTimeZone *zone, const struct message *message)
{
    g_autofree char *when = time_text(zone, message->time_us);
    g_autofree char *who =
        display_dup(message->sender_name ? message->sender_name : "the server", -1, DISPLAY_NAME);

    switch (message->kind) {
    case MESSAGE_TEXT:
        return g_strdup_printf("%s <%s> ", when, who);
    case MESSAGE_ACTION:
        return g_strdup_printf("%s * %s ", when, who);
    case MESSAGE_NOTICE:
        return g_strdup_printf("%s -%s- ", when, who);
    case MESSAGE_SERVER:
    case MESSAGE_WEFT:
        return g_strdup_printf("%s -- ", when);
    default:
        return g_strdup_printf("%s -- %s %s: ", when, message_kind_name(message->kind), who);
    }
}

static char *
text_of(const struct message *message)
{
    if (message->flags & MESSAGE_DELETED)
        return g_strdup("(deleted)");
    g_autofree char *text = line_text(message);
    return display_dup(text, -1, DISPLAY_BLOCK);
}

char *
bare_plain(GTimeZone *zone, const struct message *message)
{
    const bool deleted = (message->flags & MESSAGE_DELETED) != 0;
    g_autofree char *lead = lead_of(zone, message);
    g_autofree char *names = attachments_names(message->files);
    g_autofree char *said =
        names ? g_strjoin(message->body->len > 0 ? "\n" : "", message->body->text, names, NULL)
              : g_strdup(message->body->text);
    g_autofree char *text = plain_dup(deleted ? "(deleted)" : said, (size_t)-1);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autofree char *joined = g_strjoinv("\n" INDENT, lines);

    return g_strconcat(lead, joined, NULL);
}

bool
bare_wants(const struct message *message)
{
    return (message->flags & MESSAGE_IGNORED) == 0 && message->kind != MESSAGE_JOIN &&
           message->kind != MESSAGE_PART && message->kind != MESSAGE_QUIT &&
           message->kind != MESSAGE_RENAME;
}

void
bare_add_above(struct bare *bare, const GPtrArray *messages)
{
    guint at = 0;

    for (guint i = 0; i < messages->len; i++) {
        const struct message *message = g_ptr_array_index(messages, i);
        struct bare_line *line;

        if (!bare_wants(message))
            continue;
        line = g_new0(struct bare_line, 1);
        line->id = message->id;
        line->lead = lead_of(bare->zone, message);
        line->text = text_of(message);
        g_ptr_array_insert(bare->lines, (gint)at++, line);
    }
}

void
bare_change(struct bare *bare, const struct message *message)
{
    for (guint i = 0; i < bare->lines->len; i++) {
        struct bare_line *line = g_ptr_array_index(bare->lines, i);

        if (line->id != message->id)
            continue;
        g_free(line->text);
        line->text = text_of(message);
        line->n_rows = 0;
    }
}

unsigned
bare_n_lines(const struct bare *bare)
{
    return bare->lines->len;
}

/* --- rows --- */

/* The row that begins at `*at` of the text; moves it behind. False: there is none. */
static bool
next_row(const char *text, size_t len, int cols, const struct width_rules *rules, size_t *at,
         struct bare_row *ret_row)
{
    struct bare_row row = {.start = *at};
    size_t paragraph;
    int room;

    if (*at > len || (*at == len && len > 0 && text[len - 1] != '\n'))
        return false;
    row.inset = *at > 0 && text[*at - 1] == '\n' && cols > 8;
    room = cols - (row.inset ? (int)strlen(INDENT) : 0);
    paragraph = strcspn(text + *at, "\n");
    row.len = width_cut(text + *at, paragraph, room, rules, NULL);
    if (row.len == 0 && paragraph > 0)
        row.len = width_next(text + *at, paragraph, rules, NULL); /* wider than the window */
    row.joins = row.len < paragraph;
    *at += row.len + (row.joins ? 0 : 1);
    *ret_row = row;
    return true;
}

static void
wrap_line(const struct bare *bare, struct bare_line *line, const struct width_rules *rules,
          GArray *ret_rows)
{
    g_autofree char *whole = g_strconcat(line->lead, line->text, NULL);
    const size_t len = strlen(whole);
    struct bare_row row;
    size_t at = 0;

    line->n_rows = 0;
    while (next_row(whole, len, bare->cols, rules, &at, &row)) {
        line->n_rows++;
        if (ret_rows)
            g_array_append_val(ret_rows, row);
    }
}

static guint
line_rows_of(const struct bare *bare, struct bare_line *line, const struct width_rules *rules)
{
    if (line->n_rows == 0)
        wrap_line(bare, line, rules, NULL);
    return line->n_rows;
}

static void
draw_row(const struct canvas *canvas, int row, const struct bare_line *line,
         const struct bare_row *which)
{
    g_autofree char *whole = g_strconcat(line->lead, line->text, NULL);
    const size_t lead_len = strlen(line->lead);
    const size_t end = which->start + which->len;
    const size_t split = CLAMP(lead_len, which->start, end);
    int col = which->inset ? (int)strlen(INDENT) : 0;

    /* The lead alone is bold: a text that looks like one does not pass for it. */
    col += cells_put(canvas->cells, row, col, canvas->cells->cols, whole + which->start,
                     split - which->start, theme_style(canvas->theme, ROLE_PROMPT));
    cells_put(canvas->cells, row, col, canvas->cells->cols - col, whole + split, end - split,
              theme_style(canvas->theme, ROLE_TEXT));
    if (which->joins)
        cells_join(canvas->cells, row);
}

static void
set_size(struct bare *bare, struct rect rect)
{
    if (bare->cols != rect.cols)
        for (guint i = 0; i < bare->lines->len; i++)
            ((struct bare_line *)g_ptr_array_index(bare->lines, i))->n_rows = 0;
    bare->cols = rect.cols;
    bare->rows = rect.rows;
}

/* From the newest line up: as many rows as are below those in sight are passed over. */
static int
draw_lines(struct bare *bare, const struct canvas *canvas, struct rect rect, int bottom)
{
    const struct width_rules *rules = canvas->cells->rules;
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(struct bare_row));

    for (guint i = bare->lines->len; i > 0 && bottom > rect.row; i--) {
        struct bare_line *line = g_ptr_array_index(bare->lines, i - 1);
        const int n = (int)line_rows_of(bare, line, rules);

        if (bottom - n < rect.row + rect.rows) {
            g_array_set_size(rows, 0);
            wrap_line(bare, line, rules, rows);
            for (int k = 0; k < n; k++)
                if (bottom - n + k >= rect.row && bottom - n + k < rect.row + rect.rows)
                    draw_row(canvas, bottom - n + k, line,
                             &g_array_index(rows, struct bare_row, (guint)k));
        }
        bottom -= n;
    }
    return bottom;
}

void
bare_draw(struct bare *bare, const struct canvas *canvas, struct rect rect)
{
    int total = 0;

    set_size(bare, rect);
    for (guint i = bare->lines->len; i > 0 && total <= rect.rows + bare->up; i--)
        total +=
            (int)line_rows_of(bare, g_ptr_array_index(bare->lines, i - 1), canvas->cells->rules);
    bare->up = CLAMP(bare->up, 0, MAX(0, total - rect.rows));
    bare->top_in_sight = total <= rect.rows + bare->up;
    /* Few lines stand at the top. */
    draw_lines(bare, canvas, rect, rect.row + MIN(total, rect.rows + bare->up));
}

void
bare_scroll(struct bare *bare, int by)
{
    bare->up = MAX(0, bare->up + by);
}

void
bare_scroll_end(struct bare *bare, bool newest)
{
    bare->up = newest ? 0 : G_MAXINT / 2;
}

bool
bare_top_in_sight(const struct bare *bare)
{
    return bare->top_in_sight;
}
