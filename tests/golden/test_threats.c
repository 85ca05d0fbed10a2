/* What people on a network may try with a screen: docs/security.md, by the threats' numbers. */
#include <string.h>
#include <time.h>

#include "tests/golden/golden.h"
#include "tests/golden/scene.h"

static char *
row_text(const struct cells *cells, int row)
{
    GString *text = g_string_new(NULL);

    for (int col = 0; col < cells->cols; col++) {
        const struct cell *cell = cells_at(cells, row, col);
        if (cell->width > 0)
            g_string_append(text, cell->len_bytes > 0 ? cell->text : " ");
    }
    return g_string_free(text, FALSE);
}

static struct cells *
draw(struct scene *scene, int rows, int cols)
{
    struct cells *cells = cells_new(rows, cols);
    struct theme theme;

    theme_init(&theme);
    scene_draw(scene, cells, &theme);
    scene_check_cells(cells);
    return cells;
}

/* The number of rows on which the text stands. */
static int
count_rows(const struct cells *cells, const char *text)
{
    int n = 0;

    for (int row = 0; row < cells->rows; row++) {
        g_autofree char *line = row_text(cells, row);
        n += strstr(line, text) != NULL;
    }
    return n;
}

/* Lines leave the window while they are in sight, hidden, or both. */
static void
test_lines_that_expire(void)
{
    struct scene *scene = scene_new();
    struct line_shape shape;
    struct timeline_place in_sight;

    line_shape_for(&shape, 62, 100, NULL);
    for (int i = 0; i < 300; i++)
        scene_say(scene, MESSAGE_TEXT, i % 3 ? "sol" : "troll", "before the flood");
    scene_load(scene);
    timeline_scroll(scene->timeline, &shape, 20, 150);
    for (guint i = 0; i < 300; i += 3) { /* hide */
        struct message *hidden = message_dup(g_ptr_array_index(scene->messages, i));
        hidden->flags |= MESSAGE_IGNORED;
        timeline_change(scene->timeline, hidden);
        timeline_place(scene->timeline, &shape, 20, &in_sight);
        message_unref(hidden);
    }
    for (int i = 0; i < 3 * TIMELINE_MAX; i++) { /* flood past what is kept in memory */
        timeline_add(scene->timeline, scene_say(scene, MESSAGE_TEXT, "sol", "flood"));
        if (i % 50 == 0)
            cells_free(draw(scene, 24, 80));
    }
    for (guint i = 0; i < 300; i += 3) { /* show again, in the window or not */
        timeline_change(scene->timeline, g_ptr_array_index(scene->messages, i));
        timeline_place(scene->timeline, &shape, 20, &in_sight);
    }
    g_assert_cmpuint(timeline_n_messages(scene->timeline), <=, TIMELINE_MAX + TIMELINE_MAX_HIDDEN);
    timeline_scroll_top(scene->timeline, &shape, 20);
    cells_free(draw(scene, 24, 80));
    timeline_scroll_bottom(scene->timeline);
    struct cells *cells = draw(scene, 24, 80);
    g_assert_cmpint(count_rows(cells, "flood"), >, 10);
    cells_free(cells);
    scene_free(scene);
}

/* In every field a peer has: drawn as it stands. */
static void
test_format_strings(void)
{
    static const char text[] = "%n%s%s%s%5$n%%";
    struct scene *scene = scene_new();

    for (int kind = 0; kind < MESSAGE_KIND_N; kind++)
        scene_say(scene, (enum message_kind)kind, text, text)->subject = g_strdup(text);
    g_array_index(scene->entries, struct view_entry, 2).name = text;
    g_array_index(scene->hot, struct view_hot, 0).name = text;
    scene->title.name = scene->title.topic = scene->title.network = scene->title.account = text;
    scene->status.name = scene->status.account = scene->status.self = text;
    scene->input.self = scene->input.question = scene->notice = text;
    scene_load(scene);
    struct cells *cells = draw(scene, 60, 200);
    g_assert_cmpint(count_rows(cells, text), >=, MESSAGE_KIND_N + 3);
    cells_free(cells);
    scene_free(scene);
}

/* One message with a mountain of marks or of nothing: drawn at once, kept as it was said. */
static void
draw_bomb(const char *head, const char *unit, const char *sender_unit)
{
    struct scene *scene = scene_new();
    g_autoptr(GString) text = g_string_new(head);
    g_autoptr(GString) nick = g_string_new("n");

    while (text->len < RICH_MAX_BYTES - 8)
        g_string_append(text, unit);
    for (int i = 0; i < 200; i++)
        g_string_append(nick, sender_unit);
    scene_say(scene, MESSAGE_TEXT, nick->str, text->str);
    scene_say(scene, MESSAGE_TEXT, "sol", "the next line");
    scene_load(scene);
    scene->title.topic = text->str;
    const clock_t start = clock();
    struct cells *cells = draw(scene, 24, 80);
    /* Of the processor's time 50 ms as built for use; ten times that under sanitizers. */
    g_assert_cmpfloat((double)(clock() - start) / CLOCKS_PER_SEC, <, 0.5);
    g_assert_cmpint(count_rows(cells, "the next line"), ==, 1);
    for (int row = 0; row < cells->rows; row++)
        for (int col = 0; col < cells->cols; col++)
            g_assert_cmpint(g_utf8_strlen(cells_at(cells, row, col)->text, -1), <=,
                            1 + WIDTH_CLUSTER_MAX_MARKS);
    const struct message *kept = g_ptr_array_index(scene->messages, 0);
    g_assert_cmpuint(kept->body->len, ==, text->len);
    cells_free(cells);
    scene_free(scene);
}

static void
test_combining_bomb(void)
{
    draw_bomb("e", "\u0301", "\u0301");
    draw_bomb("\u0e01", "\u0e34\u0e49", "\u20dd");
}

static void
test_zero_width_bomb(void)
{
    static const char *const units[] = {"\u200b", "\u200d", "\ufe0f", "\u2060"};

    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        draw_bomb("x", units[i], units[i]);
}

/* What surrounds a text with direction controls is drawn as if it were not there. */
static void
test_bidi_neighbours(void)
{
    struct cells *screens[2];

    for (int i = 0; i < 2; i++) {
        struct scene *scene = scene_new();
        scene_say(scene, MESSAGE_TEXT, "sol", "line before");
        scene_say(scene, MESSAGE_TEXT, "eve", i ? "a\u202egpj.exe\u2066\u2067" : "plain");
        scene_say(scene, MESSAGE_TEXT, "sol", "line after, שלום too");
        scene_load(scene);
        screens[i] = draw(scene, 24, 80);
        scene_free(scene);
    }
    g_assert_cmpint(count_rows(screens[1], "a<RLO>gpj.exe<LRI><RLI>"), ==, 1);
    int differing = 0;
    for (int row = 0; row < 24; row++) {
        g_autofree char *plain = row_text(screens[0], row);
        g_autofree char *turned = row_text(screens[1], row);
        differing += strcmp(plain, turned) != 0;
    }
    g_assert_cmpint(differing, ==, 1);
    cells_free(screens[0]);
    cells_free(screens[1]);
}

static void
test_look_alike_nick(void)
{
    struct scene *scene = scene_new();

    scene_say(scene, MESSAGE_TEXT, "maria", "the true one");
    scene_say(scene, MESSAGE_TEXT, "m\u0430ria", "the other one");
    scene_say(scene, MESSAGE_JOIN, "m\u0430ria", "");
    scene_load(scene);
    struct cells *cells = draw(scene, 24, 100);
    g_assert_cmpint(count_rows(cells, " maria  the true one"), ==, 1);
    g_assert_cmpint(count_rows(cells, "<mix>m\u0430ria  the other one"), ==, 1);
    g_assert_cmpint(count_rows(cells, "<mix>m\u0430ria joined"), ==, 1);
    cells_free(cells);
    scene_free(scene);
}

static void
test_rewritten_lines(void)
{
    struct scene *scene = scene_new();

    scene_say(scene, MESSAGE_TEXT, "eve", "pay alice\b\b\b\b\bmallory");
    scene_say(scene, MESSAGE_TEXT, "eve",
              "one\rtwo\vthree\u2028four\xc2\x85"
              "five\ffold");
    scene_load(scene);
    struct cells *cells = draw(scene, 24, 100);
    g_assert_cmpint(count_rows(cells, "eve  pay alice<^H*5>mallory"), ==, 1);
    g_assert_cmpint(count_rows(cells, "eve  one^Mtwo^Kthree<LS>four<NEL>five^Lfold"), ==, 1);
    cells_free(cells);
    scene_free(scene);
}

/* A name that Tab completed, a paste: foreign text in the input line. */
static void
test_typed_text(void)
{
    static const char typed[] = "a\033[2Jb\U000e0041\U000e0042c\u202ed\u200be\ufff9f\u00adg";
    struct scene *scene = scene_new();

    scene_load(scene);
    editor_set(scene->editor, typed, SIZE_MAX);
    struct cells *cells = draw(scene, 24, 100);
    g_assert_cmpint(count_rows(cells, "[kai] a[2Jb<tags*2>c<RLO>d<ZWSP>e<U+FFF9>f<SHY>g"), ==, 1);
    cells_free(cells);
    for (int cols = 1; cols < 40; cols++)
        cells_free(draw(scene, 10, cols));
    scene_free(scene);
}

/* Nobody's words stand where weft's own do: names that weft writes into the sender's column are
 * shown in brackets, and text begins right of that column, or, in a window too small for one, set
 * in. */
static void
test_own_lines(void)
{
    static const char *const nicks[] = {"weft", "Weft", "--", "*", "-maria-", "-", "maria"};
    struct scene *scene = scene_new();
    static const int sizes[][2] = {{40, 120}, {40, 80}, {60, 30}, {60, 20}};

    scene_say(scene, MESSAGE_WEFT, NULL, "weft says it");
    for (size_t i = 0; i < G_N_ELEMENTS(nicks); i++)
        scene_say(scene, MESSAGE_TEXT, nicks[i],
                  "x\nweft says\n11:58 -- kai quit\n-!- kai\n--- new ---\n  weft  says");
    scene_load(scene);
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree char *size = g_strdup_printf("%dx%d", sizes[i][1], sizes[i][0]);
        scene_compare_at(scene, "own-lines", size, sizes[i][0], sizes[i][1]);
    }
    struct cells *cells = draw(scene, 60, 120);
    static const char *const shown[] = {
        " weft  weft says it", "<weft>  x", "<Weft>  x", "<-->  x", "<*>  x",
        "<-maria->  x",        " maria  x"};
    for (size_t i = 0; i < G_N_ELEMENTS(shown); i++)
        g_assert_cmpint(count_rows(cells, shown[i]), ==, 1);
    g_assert_cmpint(count_rows(cells, " weft  x"), ==, 0);
    cells_free(cells);
    scene_free(scene);
}

void
test_threats_add(void)
{
    g_test_add_func("/threat/03-lines-that-expire", test_lines_that_expire);
    g_test_add_func("/threat/12-format-strings", test_format_strings);
    g_test_add_func("/threat/18-typed-text", test_typed_text);
    g_test_add_func("/threat/21-combining-bomb-drawn", test_combining_bomb);
    g_test_add_func("/threat/22-zero-width-bomb-drawn", test_zero_width_bomb);
    g_test_add_func("/threat/23-bidi-neighbours", test_bidi_neighbours);
    g_test_add_func("/threat/24-look-alike-nick", test_look_alike_nick);
    g_test_add_func("/threat/26-rewritten-lines", test_rewritten_lines);
    g_test_add_func("/threat/27-own-lines", test_own_lines);
}
