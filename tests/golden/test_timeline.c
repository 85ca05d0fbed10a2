/* The window on a buffer's messages: paging, scrolling, growing, changing. */
#include <string.h>

#include "tests/golden/golden.h"
#include "tests/golden/scene.h"

#define ROWS 20

static struct scene *
long_scene(int n)
{
    struct scene *scene = scene_new();

    for (int i = 0; i < n; i++) {
        g_autoptr(GString) text = g_string_new(NULL);
        for (int word = 0; word <= i % 23; word++)
            g_string_append_printf(text, "word%d ", i);
        scene_say(scene, MESSAGE_TEXT, i % 2 ? "maria" : "sol", text->str);
    }
    scene_load(scene);
    return scene;
}

static struct line_shape
shape_of(int cols)
{
    struct line_shape shape;
    line_shape_for(&shape, cols, 100, NULL);
    return shape;
}

static void
place(struct scene *scene, int cols, struct timeline_place *ret_place)
{
    struct line_shape shape = shape_of(cols);
    timeline_place(scene->timeline, &shape, ROWS, ret_place);
}

static int64_t
lowest(struct scene *scene, int cols)
{
    struct timeline_place in_sight;

    place(scene, cols, &in_sight);
    g_assert_cmpuint(in_sight.n, >, 0);
    return timeline_item(scene->timeline, in_sight.last)->pos.id;
}

static void
see(struct scene *scene, int cols, GHashTable *seen)
{
    struct timeline_place in_sight;
    struct line_shape shape = shape_of(cols);
    int rows = 0;

    place(scene, cols, &in_sight);
    for (size_t i = in_sight.first; i <= in_sight.last; i++) {
        const struct item *item = timeline_item(scene->timeline, i);
        rows += timeline_item_rows(scene->timeline, i, &shape);
        if (item->kind == ITEM_MESSAGE)
            g_hash_table_add(seen, GINT_TO_POINTER(item->pos.id));
    }
    g_assert_cmpint(rows - in_sight.skip, >=, ROWS);
    g_assert_cmpuint(timeline_n_messages(scene->timeline), <=, TIMELINE_MAX);
}

/* Up to the oldest and down again: every message comes into sight on both ways, and the window
 * stays small. */
static void
test_scroll(void)
{
    struct scene *scene = long_scene(2500);
    struct line_shape shape = shape_of(62);
    g_autoptr(GHashTable) up = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) down = g_hash_table_new(NULL, NULL);

    see(scene, 62, up);
    for (int i = 0; i < 2000 && !g_hash_table_contains(up, GINT_TO_POINTER(1)); i++) {
        timeline_scroll(scene->timeline, &shape, ROWS, ROWS - 2);
        see(scene, 62, up);
    }
    g_assert_cmpuint(g_hash_table_size(up), ==, 2500);
    g_assert_false(timeline_follows(scene->timeline));
    for (int i = 0; i < 2000 && !timeline_follows(scene->timeline); i++) {
        see(scene, 62, down);
        timeline_scroll(scene->timeline, &shape, ROWS, -(ROWS - 2));
    }
    see(scene, 62, down);
    g_assert_cmpuint(g_hash_table_size(down), ==, 2500);
    g_assert_true(timeline_follows(scene->timeline));
    scene_free(scene);
}

static void
test_ends(void)
{
    struct scene *scene = long_scene(1000);
    struct line_shape shape = shape_of(62);
    struct timeline_place in_sight;

    timeline_scroll_top(scene->timeline, &shape, ROWS);
    place(scene, 62, &in_sight);
    g_assert_cmpuint(in_sight.first, ==, 0);
    g_assert_cmpint(in_sight.skip, ==, 0);
    g_assert_cmpint(timeline_item(scene->timeline, 1)->pos.id, ==, 1);
    g_assert_true(timeline_reaches_start(scene->timeline));
    timeline_scroll_bottom(scene->timeline);
    g_assert_cmpint(lowest(scene, 62), ==, 1000);
    g_assert_true(timeline_follows(scene->timeline));
    scene_free(scene);
}

/* What comes while one reads further up moves nothing, and is counted. */
static void
test_grow_above(void)
{
    struct scene *scene = long_scene(300);
    struct line_shape shape = shape_of(62);
    int64_t before;
    bool more;

    timeline_scroll(scene->timeline, &shape, ROWS, 100);
    before = lowest(scene, 62);
    unsigned below = timeline_below(scene->timeline, &more);
    for (int i = 0; i < 1000; i++)
        timeline_add(scene->timeline, scene_say(scene, MESSAGE_TEXT, "sol", "new"));
    g_assert_cmpint(lowest(scene, 62), ==, before);
    g_assert_cmpuint(timeline_below(scene->timeline, &more), ==, below + 1000);
    g_assert_cmpuint(timeline_n_messages(scene->timeline), <=, TIMELINE_MAX);
    timeline_scroll_bottom(scene->timeline);
    g_assert_cmpint(lowest(scene, 62), ==, 1300);
    g_assert_cmpuint(timeline_below(scene->timeline, &more), ==, 0);
    g_assert_false(more);
    scene_free(scene);
}

static void
test_follow(void)
{
    struct scene *scene = long_scene(300);

    for (int i = 0; i < 1000; i++) {
        timeline_add(scene->timeline, scene_say(scene, MESSAGE_TEXT, "sol", "new"));
        if (i % 100 == 0)
            g_assert_cmpint(lowest(scene, 62), ==, 301 + i);
    }
    g_assert_cmpint(lowest(scene, 62), ==, 1300);
    g_assert_cmpuint(timeline_n_messages(scene->timeline), <=, TIMELINE_MAX);
    scene_free(scene);
}

/* The same message stays at the lower edge when the window changes its width or more history comes.
 */
static void
test_keeps_place(void)
{
    struct scene *scene = long_scene(900);
    struct line_shape shape = shape_of(62);
    int64_t before;

    timeline_scroll(scene->timeline, &shape, ROWS, 500);
    before = lowest(scene, 62);
    g_assert_cmpint(lowest(scene, 30), ==, before);
    g_assert_cmpint(lowest(scene, 160), ==, before);
    timeline_reload(scene->timeline);
    g_assert_cmpint(lowest(scene, 62), ==, before);
    scene_free(scene);
}

static void
test_change(void)
{
    struct scene *scene = long_scene(0);
    struct message *message = scene_say(scene, MESSAGE_TEXT, "kai", "mine");
    struct message *other = scene_say(scene, MESSAGE_TEXT, "sol", "other");
    struct message *sent;
    struct timeline_place in_sight;

    message->state = MESSAGE_PENDING;
    message->flags = MESSAGE_OWN;
    timeline_add(scene->timeline, message);
    timeline_add(scene->timeline, other);
    /* The server's order puts it behind the other one. */
    sent = message_dup(message);
    sent->state = MESSAGE_SENT;
    sent->sort_key = other->sort_key + 1;
    timeline_change(scene->timeline, sent);
    timeline_add(scene->timeline, sent);
    place(scene, 62, &in_sight);
    g_assert_cmpuint(timeline_n_messages(scene->timeline), ==, 2);
    g_assert_cmpint(timeline_item(scene->timeline, in_sight.last)->pos.id, ==, message->id);
    g_assert_cmpint(timeline_item(scene->timeline, in_sight.last)->line->message->state, ==,
                    MESSAGE_SENT);
    message_unref(sent);
    scene_free(scene);
}

/* What the disk refused is in no page; it stays in sight over a reload. */
static void
test_not_stored(void)
{
    struct scene *scene = long_scene(10);
    struct message *message = message_new();

    message->id = -1;
    message->sort_key = message->time_us = SCENE_START_US + 100 * SCENE_MINUTE;
    message->flags = MESSAGE_NOT_STORED;
    timeline_add(scene->timeline, message);
    timeline_reload(scene->timeline);
    g_assert_cmpuint(timeline_n_messages(scene->timeline), ==, 11);
    g_assert_cmpint(lowest(scene, 62), ==, -1);
    message_unref(message);
    scene_free(scene);
}

static void
test_new_line(void)
{
    struct scene *scene = long_scene(900);
    struct line_shape shape = shape_of(62);
    struct position read = message_position(g_ptr_array_index(scene->messages, 99));
    struct timeline_place in_sight;

    g_assert_false(timeline_scroll_new(scene->timeline, &shape, ROWS));
    timeline_set_new_line(scene->timeline, true, read);
    g_assert_true(timeline_scroll_new(scene->timeline, &shape, ROWS));
    place(scene, 62, &in_sight);
    g_assert_cmpint(timeline_item(scene->timeline, in_sight.first)->kind, ==, ITEM_NEW);
    g_assert_cmpint(timeline_item(scene->timeline, in_sight.first)->pos.id, ==, 101);
    scene_free(scene);
}

/* An ignored message is there but not shown; our own does not begin what is new. */
static void
test_hidden(void)
{
    struct scene *scene = scene_new();
    int kinds[ITEM_MESSAGE + 1] = {0};
    struct timeline_place in_sight;

    scene_say(scene, MESSAGE_TEXT, "troll", "x")->flags = MESSAGE_IGNORED;
    scene_say(scene, MESSAGE_TEXT, "kai", "x")->flags = MESSAGE_OWN;
    timeline_set_new_line(scene->timeline, true, (struct position){0});
    scene_load(scene);
    place(scene, 62, &in_sight);
    for (size_t i = 0; i < in_sight.n; i++)
        kinds[timeline_item(scene->timeline, in_sight.first + i)->kind]++;
    g_assert_cmpint(kinds[ITEM_MESSAGE], ==, 1);
    g_assert_cmpint(kinds[ITEM_NEW], ==, 0);
    g_assert_cmpint(kinds[ITEM_DATE], ==, 1);
    scene_free(scene);
}

/* A page of nothing but ignored messages does not hide what is older. */
static void
test_all_hidden(void)
{
    struct scene *scene = scene_new();
    struct timeline_place in_sight;

    int64_t id = scene_say(scene, MESSAGE_TEXT, "maria", "the one")->id;
    for (int i = 0; i < 3 * TIMELINE_PAGE; i++)
        scene_say(scene, MESSAGE_TEXT, "troll", "x")->flags = MESSAGE_IGNORED;
    scene_load(scene);
    place(scene, 62, &in_sight);
    g_assert_cmpuint(in_sight.n, >, 0);
    g_assert_cmpint(timeline_item(scene->timeline, in_sight.last)->pos.id, ==, id);
    scene_free(scene);
}

/* What was cleared is out of sight, what comes stands at the top, and scrolling shows all again. */
static void
test_clear(void)
{
    struct scene *scene = long_scene(30);
    struct line_shape shape = shape_of(62);
    struct timeline_place in_sight;

    timeline_clear(scene->timeline);
    place(scene, 62, &in_sight);
    g_assert_cmpuint(in_sight.n, ==, 0);
    struct message *fresh = scene_say(scene, MESSAGE_TEXT, "maria", "after it");
    timeline_add(scene->timeline, fresh);
    place(scene, 62, &in_sight);
    g_assert_cmpuint(in_sight.n, ==, 1);
    g_assert_cmpint(lowest(scene, 62), ==, fresh->id);
    timeline_scroll(scene->timeline, &shape, ROWS, 1);
    place(scene, 62, &in_sight);
    g_assert_cmpuint(in_sight.n, >, 3);
    timeline_scroll_bottom(scene->timeline);
    place(scene, 62, &in_sight);
    g_assert_cmpuint(in_sight.n, >, 1);
    g_assert_cmpint(lowest(scene, 62), ==, fresh->id);
    scene_free(scene);
}

/* Times that no calendar has, as a peer may send them. */
static void
test_absurd_times(void)
{
    static const int64_t times[] = {INT64_MIN, INT64_MAX, 0, -1};
    struct scene *scene = scene_new();
    struct cells *cells = cells_new(24, 80);
    struct theme theme;

    theme_init(&theme);
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++)
        scene_say(scene, MESSAGE_TEXT, "sol", "x")->time_us = times[i];
    scene_load(scene);
    scene_draw(scene, cells, &theme);
    scene_check_cells(cells);
    cells_free(cells);
    scene_free(scene);
}

/* A screenful is drawn from a long window without looking at every message: what is wrapped stays
 * wrapped. */
static void
test_wrapped_once(void)
{
    struct scene *scene = long_scene(600);
    struct timeline_place in_sight;
    unsigned wrapped = 0;

    place(scene, 62, &in_sight);
    for (size_t i = 0; i <= in_sight.last; i++) {
        const struct item *item = timeline_item(scene->timeline, i);
        wrapped += item->kind == ITEM_MESSAGE && item->line->for_cols != 0;
    }
    g_assert_cmpuint(wrapped, <=, ROWS);
    scene_free(scene);
}

void
test_timeline_add(void)
{
    g_test_add_func("/timeline/scroll", test_scroll);
    g_test_add_func("/timeline/ends", test_ends);
    g_test_add_func("/timeline/grow-above", test_grow_above);
    g_test_add_func("/timeline/follow", test_follow);
    g_test_add_func("/timeline/keeps-place", test_keeps_place);
    g_test_add_func("/timeline/all-hidden", test_all_hidden);
    g_test_add_func("/timeline/clear", test_clear);
    g_test_add_func("/timeline/change", test_change);
    g_test_add_func("/timeline/not-stored", test_not_stored);
    g_test_add_func("/timeline/new-line", test_new_line);
    g_test_add_func("/timeline/hidden", test_hidden);
    g_test_add_func("/threat/07-absurd-times", test_absurd_times);
    g_test_add_func("/timeline/wrapped-once", test_wrapped_once);
}
