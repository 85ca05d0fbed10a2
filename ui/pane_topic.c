/* The topic in whole: what the title has no room for. */
#include "ui/panes.h"

#include "ui/spans.h"
#include "ui/wrap.h"

static GArray *
lay_out(const struct width_rules *rules, int cols, const char *topic, struct styled *text)
{
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(struct wrap_row));
    struct rich *body = rich_new(topic, -1);

    styled_init(text);
    styled_append_foreign(text, body->text, (gssize)body->len, DISPLAY_BLOCK, ROLE_TITLE, 0);
    spans_put(text, body, true);
    rich_free(body);
    wrap_styled(text, MAX(1, cols - 2), 0, rules, rows);
    return rows;
}

int
pane_topic_rows(const struct width_rules *rules, int cols, const char *topic)
{
    struct styled text;
    g_autoptr(GArray) rows = lay_out(rules, cols, topic, &text);

    styled_fini(&text);
    return (int)rows->len;
}

void
pane_topic_draw(const struct canvas *canvas, struct rect rect, const char *topic)
{
    struct style base = theme_style(canvas->theme, ROLE_TITLE);
    struct styled text;

    if (rect.rows <= 0)
        return;
    g_autoptr(GArray) rows = lay_out(canvas->cells->rules, rect.cols, topic, &text);
    cells_fill(canvas->cells, rect.row, rect.col, rect.rows, rect.cols, base);
    for (int i = 0; i < rect.rows && i < (int)rows->len; i++)
        wrap_draw(canvas->cells, rect.row + i, rect.col + 1, rect.cols - 1, &text,
                  &g_array_index(rows, struct wrap_row, i), canvas->theme, base);
    if ((int)rows->len > rect.rows)
        cells_puts(canvas->cells, rect.row + rect.rows - 1, rect.col + rect.cols - 1, 1, "…", base);
    styled_fini(&text);
}
