#include "ui/panes.h"

#include <string.h>

/* More are never shown: ui/layout.c gives it a third of the window. */
#define MAX_ROWS 200
/* In a narrow window nothing is said of the length. */
#define LENGTH_MIN_COLS 40

/* A prompt leaves at least two thirds of the line for what is typed. */
static char *
prompt_text(const struct width_rules *rules, int cols, const struct view_input *view)
{
    g_autofree char *name = NULL;
    char *prompt;
    int name_cols;

    if (view->question || !view->self || cols < 12)
        return g_strdup(cols < 4 ? "" : "> ");
    if (view->reply.changing)
        return g_strdup(cols < 30 ? "edit> " : "[editing] ");
    g_autofree char *whole =
        view->account ? g_strdup_printf("%s/%s", view->account, view->self) : g_strdup(view->self);
    name = display_dup(whole, -1, DISPLAY_NAME);
    prompt = g_strdup_printf("[%s] ", name);
    if (width_text(prompt, strlen(prompt), rules) <= cols / 3)
        return prompt;
    g_free(prompt);
    name[width_cut(name, strlen(name), MAX(1, cols / 3 - 4), rules, &name_cols)] = '\0';
    return g_strdup_printf("[%s…] ", name);
}

/* What is left for the text beside the prompt and what is said of its length. */
static int
text_cols(int cols, int prompt_cols, const struct view_input *view)
{
    int length_cols = view->length && cols >= LENGTH_MIN_COLS ? (int)strlen(view->length) + 1 : 0;

    return MAX(1, cols - prompt_cols - length_cols);
}

int
pane_input_rows(const struct width_rules *rules, int cols, const struct view_input *view)
{
    g_autofree char *prompt = prompt_text(rules, cols, view);
    int room = text_cols(cols, width_text(prompt, strlen(prompt), rules), view);

    if (view->question)
        return 2;
    return editor_rows(view->editor, MAX(1, room), MAX_ROWS) + (view->reply.name != NULL);
}

/* "reply to maria: Who takes minutes…                  Esc drops it" */
static void
draw_reply(const struct canvas *canvas, struct rect *rect, const struct view_reply *reply)
{
    const struct style style = theme_style(canvas->theme, ROLE_QUOTE);
    const char *note = reply->changing  ? "Enter changes it; Esc gives up"
                       : reply->by_name ? "begins with the name; Esc drops it"
                                        : "Esc drops it";
    const int note_cols = (int)strlen(note), end = rect->col + rect->cols;
    int col = rect->col;

    if (rect->rows < 2)
        return;
    col += draw_own(canvas, rect->row, col, rect->cols,
                    reply->changing ? "your message" : "reply to ", style);
    col += draw_foreign(canvas, rect->row, col, MIN(end - col, MAX(8, rect->cols / 4)), reply->name,
                        DISPLAY_NAME, style);
    col += draw_own(canvas, rect->row, col, end - col, ": ", style);
    if (end - col > note_cols + 12) {
        draw_foreign(canvas, rect->row, col, end - col - note_cols - 2, reply->words, DISPLAY_LINE,
                     style);
        draw_own(canvas, rect->row, end - note_cols, note_cols, note,
                 theme_style(canvas->theme, ROLE_DIM));
    } else {
        draw_foreign(canvas, rect->row, col, end - col, reply->words, DISPLAY_LINE, style);
    }
    rect->row++;
    rect->rows--;
}

static void
draw_question(const struct canvas *canvas, struct rect *rect, const struct view_input *view)
{
    if (rect->rows < 2)
        return;
    draw_foreign(canvas, rect->row, rect->col, rect->cols, view->question, DISPLAY_LINE,
                 theme_style(canvas->theme, ROLE_PROMPT));
    rect->row++;
    rect->rows--;
}

void
pane_input_draw(const struct canvas *canvas, struct rect rect, const struct view_input *view)
{
    g_autofree char *prompt = prompt_text(canvas->cells->rules, rect.cols, view);
    struct style style = theme_style(canvas->theme, ROLE_INPUT);
    int taken;

    if (view->text)
        *view->text = (struct rect){0};
    if (rect.rows <= 0)
        return;
    cells_fill(canvas->cells, rect.row, rect.col, rect.rows, rect.cols, style);
    if (view->question)
        draw_question(canvas, &rect, view);
    else if (view->reply.name)
        draw_reply(canvas, &rect, &view->reply);
    taken = cells_puts(canvas->cells, rect.row, rect.col, rect.cols, prompt,
                       theme_style(canvas->theme, ROLE_PROMPT));
    if (view->question && view->hidden) {
        const char *text = view->hidden_typed ? "(typed, not shown) " : "(not shown) ";
        taken += draw_own(canvas, rect.row, rect.col + taken, rect.cols - taken, text,
                          theme_style(canvas->theme, ROLE_DIM));
        cells_set_cursor(canvas->cells, rect.row, MIN(rect.col + taken, rect.col + rect.cols - 1),
                         CURSOR_DEFAULT);
        return;
    }
    int room = text_cols(rect.cols, taken, view);
    if (view->length && taken + room < rect.cols)
        draw_own(canvas, rect.row, rect.col + taken + room + 1, rect.cols - taken - room - 1,
                 view->length, theme_style(canvas->theme, view->too_long ? ROLE_FAILED : ROLE_DIM));
    if (view->text)
        *view->text = (struct rect){rect.row, rect.col + taken, rect.rows, room};
    editor_draw(view->editor, canvas->cells, rect.row, rect.col + taken, rect.rows, room, style);
}
