/* What one sees while writing: the input with many lines, and the lists above it. Drawn alone, so
 * that a change of the rest changes nothing here. */
#include <string.h>

#include "tests/golden/golden.h"
#include "tests/golden/scene.h"
#include "ui/theme.h"

struct pane {
    const struct view_input *input;
    const struct view_popup *popup;
    bool columns;
};

static void
draw(struct cells *cells, const struct theme *theme, void *user)
{
    const struct pane *pane = user;
    const struct canvas canvas = {cells, theme};
    const struct layout_wants wants = {
        .sidebar = true,
        .input_rows = pane_input_rows(cells->rules, cells->cols, pane->input),
    };
    struct layout layout;

    layout_compute(&layout, cells->rows, cells->cols, &wants);
    cells_clear(cells, theme_style(theme, ROLE_TEXT));
    pane_input_draw(&canvas, layout.input, pane->input);
    if (pane->popup && pane->columns)
        pane_popup_draw_columns(&canvas, layout.timeline, pane->popup);
    else if (pane->popup)
        pane_popup_draw(&canvas, layout.timeline, pane->popup);
}

static void
compare(const char *name, struct pane *pane)
{
    struct theme theme;

    theme_init(&theme);
    for (size_t i = 0; i < SCENE_SIZES; i++) {
        g_autofree char *file = g_strdup_printf("%s-%s", name, scene_sizes[i].name);
        scene_compare_themes(file, scene_sizes[i].rows, scene_sizes[i].cols, draw, pane);
    }
    for (int rows = 1; rows <= 30; rows += 3) {
        for (int cols = 1; cols <= 130; cols += cols < 12 ? 1 : 7) {
            struct cells *cells = cells_new(rows, cols);
            draw(cells, &theme, pane);
            scene_check_cells(cells);
            cells_free(cells);
        }
    }
}

static void
test_lines(void)
{
    static const char text[] =
        "Minutes of Thursday:\n\t- the hall is free until five\n"
        "\t- 👩‍🌾 Sol brings 漢字 and **bread**\n"
        "\nA line that is much longer than the window is wide, so that it is cut "
        "into rows, between its words or not, and the cursor has a place behind "
        "every one of its letters, whatever comes.\none\ntwo\nthree\nfour\nfive\n"
        "six\nseven\neight\nnine\nten\neleven\ntwelve";
    struct editor *editor = editor_new(NULL);
    const struct view_input input = {.self = "kai", .editor = editor, .length = "17 messages"};
    struct pane pane = {.input = &input};

    editor_set(editor, text, 36);
    for (int i = 0; i < 3; i++)
        editor_action(editor, ACTION_SELECT_WORD_RIGHT, NULL);
    compare("writing-lines", &pane);
    editor_free(editor);
}

static void
test_length(void)
{
    struct editor *editor = editor_new(NULL);
    const struct view_input input = {
        .self = "kai", .editor = editor, .length = "too long", .too_long = true};
    struct pane pane = {.input = &input};

    editor_set(editor, "see you on thursday", SIZE_MAX);
    compare("writing-too-long", &pane);
    editor_free(editor);
}

static void
test_candidates(void)
{
    static const struct view_popup_row rows[] = {
        {"😄", "smile"},
        {"😃", "smiley"},
        {"❤️", "heart"},
        {"👩‍💻", "technologist"},
        {NULL, "ma\033ria\u202e"},
        {NULL, "a name that is so long that no window has the room that it "
               "would want, even if there were nothing else to be seen in it"},
    };
    struct editor *editor = editor_new(NULL);
    const struct view_input input = {.self = "kai", .editor = editor};
    const struct view_popup popup = {
        .rows = rows, .n = G_N_ELEMENTS(rows), .first = 3, .total = 60, .selected = 4};
    struct pane pane = {.input = &input, .popup = &popup};

    editor_set(editor, "so 😃", SIZE_MAX);
    compare("writing-candidates", &pane);
    editor_free(editor);
}

static void
test_flood(void)
{
    static const struct view_popup_row rows[] = {
        {"s", "as they are, each line a message"},
        {"o", "as one message"},
        {"e", "edit first"},
        {"d", "drop what was pasted"},
    };
    struct editor *editor = editor_new(NULL);
    const struct view_input input = {.self = "kai", .editor = editor};
    const struct view_popup popup = {.title = "31 lines were pasted. Send?",
                                     .rows = rows,
                                     .n = G_N_ELEMENTS(rows),
                                     .total = G_N_ELEMENTS(rows),
                                     .selected = SIZE_MAX};
    struct pane pane = {.input = &input, .popup = &popup};

    editor_set(editor, "all:\n\tmake check\n\nclean:\n\trm -f *.o\n", SIZE_MAX);
    compare("writing-flood", &pane);
    editor_free(editor);
}

static void
test_next_keys(void)
{
    static const struct view_popup_row some[] = {{"b", "bold"},
                                                 {"Enter", "newline"},
                                                 {"w", "…"},
                                                 {"Ctrl-_", "redo"},
                                                 {"Up", "previous-unread"}};
    struct view_popup_row rows[40];
    struct editor *editor = editor_new(NULL);
    const struct view_input input = {.self = "kai", .editor = editor};
    const struct view_popup popup = {.title = "Ctrl-c",
                                     .rows = rows,
                                     .n = G_N_ELEMENTS(rows),
                                     .total = G_N_ELEMENTS(rows),
                                     .selected = SIZE_MAX};
    struct pane pane = {.input = &input, .popup = &popup, .columns = true};

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        rows[i] = some[i % G_N_ELEMENTS(some)];
    compare("writing-next-keys", &pane);
    editor_free(editor);
}

void
test_writing_panes_add(void)
{
    g_test_add_func("/golden/writing/lines", test_lines);
    g_test_add_func("/golden/writing/too-long", test_length);
    g_test_add_func("/golden/writing/candidates", test_candidates);
    g_test_add_func("/golden/writing/flood", test_flood);
    g_test_add_func("/golden/writing/next-keys", test_next_keys);
}
