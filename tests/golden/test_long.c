/* Long messages, shown short. */
#include <string.h>

#include "tests/golden/golden.h"
#include "tests/golden/scene.h"

#define ROWS 20

static struct line_shape
shape_of(int cols, int max_rows)
{
    struct line_shape shape;

    line_shape_for(&shape, cols, 100, NULL);
    shape.max_rows = max_rows;
    return shape;
}

static char *
lines(int n)
{
    GString *text = g_string_new(NULL);

    for (int i = 1; i <= n; i++)
        g_string_append_printf(text, "%sline %d", i > 1 ? "\n" : "", i);
    return g_string_free(text, FALSE);
}

static struct message *
pastes(struct scene *scene, int n)
{
    g_autofree char *text = lines(n);

    return scene_say(scene, MESSAGE_TEXT, "maria", text);
}

/* The rows of a line, joined by '|'. */
static char *
rows_of(struct line *line, const struct line_shape *shape)
{
    GString *out = g_string_new(NULL);
    int n = line_rows(line, shape);

    for (int i = 0; i < n; i++) {
        const struct wrap_row *row = &g_array_index(line->rows, struct wrap_row, i);
        g_string_append(out, i > 0 ? "|" : "");
        g_string_append_len(out, line->text.text->str + row->start_bytes, row->len_bytes);
    }
    return g_string_free(out, FALSE);
}

#define assert_rows(line, shape, expected)                                                         \
    do {                                                                                           \
        g_autofree char *rows_ = rows_of(line, shape);                                             \
        g_assert_cmpstr(rows_, ==, expected);                                                      \
    } while (0)

static void
test_rows(void)
{
    struct scene *scene = scene_new();
    struct line_shape shape = shape_of(80, 4), all = shape_of(80, 0), narrow = shape_of(30, 4);
    struct message *message = pastes(scene, 7);
    struct line *line;

    message->reactions = g_ptr_array_new_with_free_func((GDestroyNotify)reaction_free);
    g_ptr_array_add(message->reactions, reaction_new("+1", 4, false));
    line = line_new(message);
    assert_rows(line, &all, "line 1|line 2|line 3|line 4|line 5|line 6|line 7|+1 x4");
    g_assert_false(line_can_expand(line));
    assert_rows(line, &shape, "line 1|line 2|line 3|… 4 more lines|+1 x4");
    g_assert_true(line_can_expand(line));
    assert_rows(line, &narrow, "maria: line 1|line 2|line 3|… 4 more lines|+1 x4");
    assert_rows(line, &shape, "line 1|line 2|line 3|… 4 more lines|+1 x4");
    line_set_expanded(line, true);
    assert_rows(line, &shape, "line 1|line 2|line 3|line 4|line 5|line 6|line 7|+1 x4");
    g_assert_true(line_can_expand(line));
    line_set_expanded(line, false);
    /* Our own says in its last row what became of it. */
    message->state = MESSAGE_FAILED;
    message->error = g_strdup("No.");
    assert_rows(line, &shape, "line 1|line 2|line 3|… 4 more lines  NOT SENT: No.|+1 x4");
    line_free(line);
    /* As long as allowed is not long; and what weft itself says is never cut. */
    line = line_new(pastes(scene, 4));
    assert_rows(line, &shape, "line 1|line 2|line 3|line 4");
    g_assert_false(line_can_expand(line));
    line_free(line);
    message = pastes(scene, 9);
    message->kind = MESSAGE_WEFT;
    line = line_new(message);
    g_assert_cmpint(line_rows(line, &shape), ==, 9);
    line_free(line);
    scene_free(scene);
}

/* A megabyte of line ends costs no memory once it is cut. */
static void
test_bomb(void)
{
    struct line_shape shape = shape_of(80, 12);
    struct message *message = message_new();
    char *text = g_malloc(RICH_MAX_BYTES + 1);

    memset(text, '\n', RICH_MAX_BYTES);
    text[RICH_MAX_BYTES] = '\0';
    rich_free(message->body);
    message->body = rich_new_take(text);
    struct line *line = line_new(message);
    g_assert_cmpint(line_rows(line, &shape), ==, 12);
    g_assert_cmpuint(line->rows->len, ==, 12);
    line_free(line);
    message_unref(message);
}

static int64_t
top_id(struct scene *scene, const struct line_shape *shape, int *ret_skip)
{
    struct timeline_place place;

    timeline_place(scene->timeline, shape, ROWS, &place);
    *ret_skip = place.skip;
    return timeline_item(scene->timeline, place.first)->pos.id;
}

/* What is at the top stays there, whatever is expanded below it, and while one looks nothing moves.
 */
static void
test_expand(void)
{
    struct scene *scene = scene_new();
    struct line_shape shape = shape_of(80, 4);
    struct timeline_place place;
    int skip, skip_now;

    for (int i = 0; i < 30; i++)
        scene_say(scene, MESSAGE_TEXT, "sol", "short");
    struct message *paste = pastes(scene, 60);
    for (int i = 0; i < 8; i++)
        scene_say(scene, MESSAGE_TEXT, "sol", "short");
    scene_load(scene);
    int64_t top = top_id(scene, &shape, &skip);
    g_assert_true(timeline_expand(scene->timeline, &shape, ROWS, message_position(paste)));
    g_assert_cmpint(top_id(scene, &shape, &skip_now), ==, top);
    g_assert_cmpint(skip_now, ==, skip);
    g_assert_false(timeline_follows(scene->timeline));
    timeline_add(scene->timeline, scene_say(scene, MESSAGE_TEXT, "sol", "new"));
    g_assert_cmpint(top_id(scene, &shape, &skip_now), ==, top);
    /* From the middle of it: its first row comes to the top. */
    timeline_scroll(scene->timeline, &shape, ROWS, -35);
    g_assert_cmpint(top_id(scene, &shape, &skip), ==, paste->id);
    g_assert_cmpint(skip, >, 4);
    g_assert_true(timeline_expand_in_sight(scene->timeline, &shape, ROWS));
    timeline_place(scene->timeline, &shape, ROWS, &place);
    bool in_sight = false;
    for (size_t i = place.first; i <= place.last; i++)
        in_sight |= timeline_item(scene->timeline, i)->pos.id == paste->id;
    g_assert_true(in_sight);
    g_assert_true(timeline_follows(scene->timeline));
    g_assert_false(timeline_expand(scene->timeline, &shape, ROWS,
                                   message_position(scene->messages->pdata[0])));
    timeline_scroll(scene->timeline, &shape, ROWS, 100);
    g_assert_false(timeline_expand_in_sight(scene->timeline, &shape, ROWS));
    /* What was looked for is shown in whole. */
    g_assert_true(timeline_scroll_to(scene->timeline, &shape, ROWS, message_position(paste)));
    timeline_place(scene->timeline, &shape, ROWS, &place);
    struct line *found = timeline_item(scene->timeline, place.last)->line;
    g_assert_true(line_shows_all(found));
    g_assert_false(found->is_cut);
    /* The next key shows it short again. */
    g_assert_true(timeline_expand_in_sight(scene->timeline, &shape, ROWS));
    line_rows(found, &shape);
    g_assert_true(found->is_cut);
    scene_free(scene);
}

/* A fold is expanded and folded again in the same way. */
static void
test_fold(void)
{
    struct scene *scene = scene_new();
    struct line_shape shape = shape_of(80, 4);
    struct timeline_place place;

    scene_say(scene, MESSAGE_TEXT, "sol", "hi");
    struct message *first = scene_say(scene, MESSAGE_JOIN, "a", "");
    struct message *last = scene_say(scene, MESSAGE_JOIN, "b", "");
    scene_say(scene, MESSAGE_TEXT, "sol", "hi");
    scene_load(scene);
    timeline_place(scene->timeline, &shape, ROWS, &place);
    g_assert_cmpuint(place.n, ==, 4); /* with the date */
    for (int i = 0; i < 2; i++) {
        g_assert_true(timeline_expand(scene->timeline, &shape, ROWS, message_position(first)));
        timeline_place(scene->timeline, &shape, ROWS, &place);
        g_assert_cmpuint(place.n, ==, 5);
        g_assert_true(timeline_expand(scene->timeline, &shape, ROWS, message_position(last)));
        timeline_place(scene->timeline, &shape, ROWS, &place);
        g_assert_cmpuint(place.n, ==, 4);
    }
    scene_free(scene);
}

static void
test_screens(void)
{
    struct scene *scene = scene_new();

    scene_say(scene, MESSAGE_TEXT, "sol", "What does the log say?");
    pastes(scene, 43);
    pastes(scene, 20)->state = MESSAGE_UNKNOWN;
    scene_say(scene, MESSAGE_TEXT, "sol", "thanks");
    scene->max_rows = 12;
    scene_load(scene);
    scene_compare_all(scene, "long");
    scene_try_all_sizes(scene);
    scene_free(scene);
}

void
test_long_add(void)
{
    g_test_add_func("/long/rows", test_rows);
    g_test_add_func("/long/bomb", test_bomb);
    g_test_add_func("/long/expand", test_expand);
    g_test_add_func("/long/fold", test_fold);
    g_test_add_func("/long/screens", test_screens);
}
