/* text/display, text/link, text/target, text/width, ui/wrap, ui/line and ui/cells: hostile text on
 * its way to the screen. No cell ever holds what steers a terminal, and no cluster is longer than a
 * cell has room for. */
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "text/display.h"
#include "text/link.h"
#include "text/target.h"
#include "text/width.h"
#include "ui/line.h"
#include "ui/spans.h"
#include "ui/theme.h"
#include "ui/wrap.h"

static void
check_display(const char *text, enum display_mode mode)
{
    g_autoptr(GString) out = g_string_new("before");
    GArray *marks = g_array_new(FALSE, FALSE, sizeof(struct display_mark));
    size_t len = strlen(text), start = out->len, place = start;

    display_append(out, marks, text, len, mode);
    fuzz_assert_harmless(out->str, out->len, mode == DISPLAY_BLOCK);
    g_assert_cmpuint(out->len - start, <=, 4 * len + (mode == DISPLAY_NAME ? strlen("<mix>") : 0));
    for (size_t src = 0; src <= len; src++) {
        size_t now = display_map(marks, start, src);
        g_assert_cmpuint(now, >=, place);
        g_assert_cmpuint(now, <=, out->len);
        place = now;
    }
    g_assert_cmpuint(place, ==, out->len);
    if (display_is_plain(text, len))
        g_assert_cmpstr(out->str + start, ==, text);
    g_autofree char *copy = display_dup(text, -1, mode);
    g_assert_cmpstr(copy, ==, out->str + start);
    g_array_unref(marks);
}

static void
check_width(const char *text, int cols)
{
    size_t len = strlen(text), at = 0;
    int sum = 0, used = 0;

    while (at < len) {
        int width = -1;
        size_t n = width_next(text + at, len - at, NULL, &width);
        g_assert_cmpuint(n, >, 0);
        g_assert_cmpuint(n, <=, len - at);
        g_assert_true(width >= 0 && width <= 2);
        g_assert_cmpuint(width_draw_cut(text + at, n), <=, WIDTH_CLUSTER_MAX_BYTES);
        fuzz_assert_utf8(text + at, n);
        g_assert_cmpuint(width_prev(text, at + n), <=, n + at);
        sum += width;
        at += n;
    }
    g_assert_cmpint(width_text(text, len, NULL), ==, sum);
    size_t cut = width_cut(text, len, cols, NULL, &used);
    g_assert_cmpint(used, <=, cols);
    fuzz_assert_utf8(text, cut);
    g_assert_cmpuint(width_cut_words(text, len, cols, NULL, &used), <=, len);
    g_assert_cmpint(used, <=, cols);
}

/* Printable to the last byte, of a few kinds, and no option of the program that gets it. */
static void
check_target(const char *target)
{
    g_autofree char *host = target_host(target);
    g_autofree char *opened = target_for_opening(target, NULL);

    for (const char *c = target; *c; c++)
        g_assert_true(*c > 0x20 && *c < 0x7f);
    if (host)
        g_assert_cmpuint(strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789.-_[]:"), ==,
                         strlen(host));
    if (!opened)
        return;
    g_assert_true(g_ascii_strncasecmp(opened, "http", 4) == 0 ||
                  g_ascii_strncasecmp(opened, "irc", 3) == 0 ||
                  g_ascii_strncasecmp(opened, "mailto:", 7) == 0);
    for (const char *c = opened; *c; c++)
        g_assert_true(*c > 0x20 && *c < 0x7f);
    g_autofree char *same = target_host(opened);
    g_assert_cmpstr(same, ==, host);
}

/* Those of a text with spans, marked or not. */
static void
check_span_links(const struct rich *body)
{
    g_autoptr(GArray) links = spans_links(body);
    size_t before = 0;

    for (guint i = 0; i < links->len; i++) {
        const struct span_link *link = &g_array_index(links, struct span_link, i);
        g_assert_cmpuint(link->start, >=, before);
        g_assert_cmpuint(link->end, >, link->start);
        g_assert_cmpuint(link->end, <=, body->len);
        check_target(link->target);
        before = link->start;
    }
}

static void
check_links(const char *text)
{
    size_t len = strlen(text), at = 0, start, end, before = 0;

    while (link_next(text, len, &at, &start, &end)) {
        g_assert_cmpuint(start, >=, before);
        g_assert_cmpuint(end, >, start);
        g_assert_cmpuint(end, <=, len);
        g_assert_cmpuint(at, ==, end);
        fuzz_assert_utf8(text + start, end - start);
        g_autofree char *target = link_target(text + start, end - start);
        check_target(target);
        before = end;
    }
}

static void
check_cells(const struct cells *cells)
{
    for (int row = 0; row < cells->rows; row++) {
        for (int col = 0; col < cells->cols; col++) {
            const struct cell *cell = cells_at(cells, row, col);
            g_assert_cmpuint(cell->len_bytes, <=, WIDTH_CLUSTER_MAX_BYTES);
            g_assert_cmpuint(strlen(cell->text), ==, cell->len_bytes);
            fuzz_assert_harmless(cell->text, cell->len_bytes, false);
            if (cell->width == 2)
                g_assert_cmpuint(cells_at(cells, row, col + 1)->width, ==, 0);
            if (cell->width == 0)
                g_assert_cmpuint(cells_at(cells, row, col - 1)->width, ==, 2);
        }
    }
}

/* Rows stand in order, show all but blanks and line ends, and none is too wide. */
static void
check_rows(const char *text, size_t len, const GArray *rows, int cols)
{
    size_t at = 0;

    g_assert_cmpuint(rows->len, >=, 1);
    for (unsigned i = 0; i < rows->len; i++) {
        const struct wrap_row *row = &g_array_index(rows, struct wrap_row, i);
        g_assert_cmpuint(row->start_bytes, >=, at);
        for (; at < row->start_bytes; at++)
            g_assert_true(text[at] == ' ' || text[at] == '\n');
        at = row->start_bytes + row->len_bytes;
        g_assert_cmpuint(at, <=, len);
        if (cols > 1)
            g_assert_cmpint(row->indent_cols + row->cols, <=, cols);
    }
    for (; at < len; at++)
        g_assert_true(text[at] == ' ' || text[at] == '\n');
}

static void
check_line(const char *name, const char *body, const char *spans, int cols, unsigned kind)
{
    struct message *message = message_new();
    struct theme theme;
    struct line_shape shape;

    theme_init(&theme);
    message->kind = (enum message_kind)(kind % MESSAGE_KIND_N);
    message->flags = kind % 3 == 0 ? MESSAGE_MENTION : 0;
    message->sender_id = g_strdup(name);
    message->sender_name = g_strdup(name);
    message->subject = g_strdup(name);
    rich_free(message->body);
    message->body = rich_new(body, -1);
    rich_decode_spans(message->body, spans);
    check_span_links(message->body);
    struct line *line = line_new(message);
    line_shape_for(&shape, cols, 0, NULL);
    int n = line_rows(line, &shape);
    g_assert_cmpint(n, >=, 1);
    check_rows(line->text.text->str, line->text.text->len, line->rows, shape.text_cols);
    struct cells *cells = cells_new(MIN(n, CELLS_MAX_ROWS), cols);
    for (int i = 0; i < MIN(n, CELLS_MAX_ROWS); i++) {
        g_autofree char *nick = line_nick(message);
        cells_field(cells, i, shape.nick_col, shape.nick_cols, nick,
                    theme_style(&theme, line_nick_role(message)));
        wrap_draw(cells, i, shape.text_col, shape.text_cols, &line->text,
                  &g_array_index(line->rows, struct wrap_row, i), &theme, (struct style){0});
    }
    check_cells(cells);
    cells_free(cells);
    shape.max_rows = 1 + (int)(kind % 5);
    g_assert_cmpint(line_rows(line, &shape), >=, 1);
    line_set_expanded(line, true);
    g_assert_cmpint(line_rows(line, &shape), ==, n);
    line_free(line);
    message_unref(message);
}

/* What has not come through text/display.h: the grid is the last door. */
static void
check_raw(const char *text, int cols)
{
    struct cells *cells = cells_new(3, cols);

    g_assert_cmpint(cells_puts(cells, 0, 0, cols, text, (struct style){0}), <=, cols);
    cells_puts(cells, 1, cols / 2, cols, text, (struct style){0});
    cells_field(cells, 2, 1, cols - 1, text, (struct style){0});
    for (int row = 0; row < 3; row++) {
        for (int col = 0; col < cols; col++) {
            const struct cell *cell = cells_at(cells, row, col);
            fuzz_assert_utf8(cell->text, cell->len_bytes);
            g_assert_null(strpbrk(cell->text, "\x1b\x07\r\n\x7f"));
        }
    }
    cells_free(cells);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    int cols = (int)fuzz_number(&input, 99) + 1;
    unsigned kind = fuzz_number(&input, 255);
    size_t len;
    g_autofree char *span_bytes = fuzz_line(&input, &len);
    g_autofree char *spans = g_strndup(span_bytes, len);
    g_autofree char *text = fuzz_text(&input);
    const char *end = strchr(text, '\n');
    g_autofree char *name = end ? g_strndup(text, (size_t)(end - text)) : g_strdup("kai");

    check_display(text, DISPLAY_LINE);
    check_display(text, DISPLAY_BLOCK);
    check_display(text, DISPLAY_NAME);
    check_display(text, DISPLAY_INPUT);
    check_width(text, cols);
    check_links(text);
    check_line(name, text, spans, cols, kind);
    check_raw(text, cols);
    return 0;
}
