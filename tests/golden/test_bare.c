/* Bare mode: plain lines in the whole width, which join where they go on. */
#include <string.h>

#include "tests/golden/golden.h"
#include "tests/golden/scene.h"
#include "ui/bare.h"

static struct bare *
bare_of(struct scene *scene)
{
    struct bare *bare = bare_new(scene->zone);

    bare_add_above(bare, scene->messages);
    return bare;
}

static void
draw(struct cells *cells, const struct theme *theme, void *user)
{
    const struct canvas canvas = {cells, theme};

    cells_clear(cells, theme_style(theme, ROLE_TEXT));
    bare_draw(user, &canvas, (struct rect){0, 0, cells->rows, cells->cols});
}

static void
compare(struct bare *bare, const char *name, int rows, int cols)
{
    g_autofree char *file = g_strdup_printf("%s-%dx%d", name, cols, rows);
    scene_compare_themes(file, rows, cols, draw, bare);
}

static struct scene *
talk(void)
{
    struct scene *scene = scene_new();

    scene_say(scene, MESSAGE_TEXT, "maria", "Who takes minutes on Thursday?");
    scene_say(scene, MESSAGE_JOIN, "jun", ""); /* left out */
    scene_say(scene, MESSAGE_TEXT, "jun",
              "https://pads.example/a/link/that/is/longer/than/one/row/of/the/window/and/must/be/"
              "copied/as/one/line/agenda-and-minutes.html");
    scene_say(scene, MESSAGE_TEXT, "sol", "for i in 1 2 3; do\n    echo $i\ndone");
    scene_say(scene, MESSAGE_ACTION, "maria", "waves");
    scene_say(scene, MESSAGE_NOTICE, "bot", "build 812 passed");
    scene_say(scene, MESSAGE_TOPIC, "maria", "agenda, minutes, asks");
    scene_say(scene, MESSAGE_TEXT, "alex", "a secret")->flags = MESSAGE_DELETED;
    scene_say(scene, MESSAGE_TEXT, "mallory", "x")->flags = MESSAGE_IGNORED;
    scene_say(scene, MESSAGE_TEXT, "\033[2J\u202e",
              "\033]52;c;aGk=\a \u202egpj.exe\n11:42 <maria> I never said this");
    scene_say(scene, MESSAGE_TEXT, "漢字",
              "漢字かな交じり文と한국어와中文混排，全角ＡＢＣと半角。"
              "これは折り返しの試験です。もっと続く文章もあります。");
    scene_say(scene, MESSAGE_WEFT, NULL, "The connection was lost and is back.");
    return scene;
}

static void
test_screens(void)
{
    static const int sizes[][2] = {{24, 80}, {40, 120}, {60, 200}, {6, 30}, {3, 8}, {2, 2}, {1, 1}};
    struct scene *scene = talk();

    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        struct bare *bare = bare_of(scene);
        compare(bare, "bare", sizes[i][0], sizes[i][1]);
        bare_free(bare);
    }
    scene_free(scene);
}

static char *
top_row(struct bare *bare, int rows, int cols)
{
    struct cells *cells = cells_new(rows, cols);
    struct theme theme;
    const struct canvas canvas = {cells, &theme};
    char *text;

    theme_init(&theme);
    bare_draw(bare, &canvas, (struct rect){0, 0, rows, cols});
    text = cells_dump_row(cells, 0);
    cells_free(cells);
    return text;
}

#define assert_top(bare, wanted)                                                                   \
    do {                                                                                           \
        g_autofree char *top_ = top_row(bare, 4, 40);                                              \
        g_assert_cmpstr(top_, ==, wanted);                                                         \
    } while (0)

static void
test_scroll(void)
{
    struct scene *scene = scene_new();
    struct bare *bare;

    for (int i = 0; i < 10; i++) {
        g_autofree char *text = g_strdup_printf("line %d", i);
        scene_say(scene, MESSAGE_TEXT, "maria", text);
    }
    bare = bare_of(scene);
    assert_top(bare, "11:47 <maria> line 6");
    g_assert_false(bare_top_in_sight(bare));
    bare_scroll(bare, 2);
    assert_top(bare, "11:45 <maria> line 4");
    /* What is added above moves nothing. */
    bare_add_above(bare, scene->messages);
    assert_top(bare, "11:45 <maria> line 4");
    bare_scroll_end(bare, false);
    assert_top(bare, "11:41 <maria> line 0");
    g_assert_true(bare_top_in_sight(bare));
    bare_scroll(bare, 1);
    bare_scroll(bare, -1);
    bare_scroll(bare, -1);
    assert_top(bare, "11:42 <maria> line 1");
    bare_scroll_end(bare, true);
    assert_top(bare, "11:47 <maria> line 6");
    bare_free(bare);
    scene_free(scene);
}

/* What is taken back is gone at once. */
static void
test_deleted(void)
{
    struct scene *scene = scene_new();
    struct message *message = scene_say(scene, MESSAGE_TEXT, "maria", "a secret");
    struct bare *bare = bare_of(scene);

    assert_top(bare, "11:41 <maria> a secret");
    message->flags |= MESSAGE_DELETED;
    bare_change(bare, message);
    assert_top(bare, "11:41 <maria> (deleted)");
    bare_free(bare);
    scene_free(scene);
}

static void
test_spoiler(void)
{
    struct scene *scene = scene_new();
    struct message *message = scene_say(scene, MESSAGE_TEXT, "maria", "it was the cook");
    rich_add(message->body, 7, 15, SPAN_SPOILER, NULL);
    struct bare *bare = bare_of(scene);

    assert_top(bare, "11:41 <maria> it was ▒▒▒▒▒▒▒▒");
    bare_free(bare);
    scene_free(scene);
}

void
test_bare_add(void)
{
    g_test_add_func("/bare/screens", test_screens);
    g_test_add_func("/bare/scroll", test_scroll);
    g_test_add_func("/bare/deleted", test_deleted);
    g_test_add_func("/bare/spoiler", test_spoiler);
}
