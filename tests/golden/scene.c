#include "tests/golden/scene.h"

#include <string.h>

/* --- pages
 * -------------------------------------------------------------------------------------------------
 */

static void
fill_page(struct scene *scene, guint from, guint to, struct page *ret_page)
{
    ret_page->messages = g_ptr_array_new_with_free_func((GDestroyNotify)message_unref);
    ret_page->gaps = g_ptr_array_new_with_free_func(g_free);
    for (guint i = from; i < to; i++)
        g_ptr_array_add(ret_page->messages, message_ref(g_ptr_array_index(scene->messages, i)));
    for (guint i = 0; i < scene->gaps->len; i++)
        g_ptr_array_add(ret_page->gaps,
                        g_memdup2(&g_array_index(scene->gaps, struct gap, i), sizeof(struct gap)));
    ret_page->at_start = from == 0;
    ret_page->at_end = to == scene->messages->len;
}

/* The first message that does not stand before `at`. */
static guint
search(const struct scene *scene, struct position at)
{
    guint i = 0;

    while (i < scene->messages->len &&
           position_compare(message_position(g_ptr_array_index(scene->messages, i)), at) < 0)
        i++;
    return i;
}

static void
page_newest(void *user, unsigned limit, struct page *ret_page)
{
    struct scene *scene = user;
    guint n = scene->messages->len;
    fill_page(scene, n > limit ? n - limit : 0, n, ret_page);
}

static void
page_before(void *user, struct position before, unsigned limit, struct page *ret_page)
{
    guint to = search(user, before);
    fill_page(user, to > limit ? to - limit : 0, to, ret_page);
}

static void
page_after(void *user, struct position after, unsigned limit, struct page *ret_page)
{
    struct scene *scene = user;
    guint from = search(scene, after);

    if (from < scene->messages->len &&
        position_compare(message_position(g_ptr_array_index(scene->messages, from)), after) == 0)
        from++;
    fill_page(scene, from, MIN(from + limit, scene->messages->len), ret_page);
}

static void
page_around(void *user, struct position at, unsigned limit, struct page *ret_page)
{
    struct scene *scene = user;
    guint middle = search(scene, at);
    guint from = middle > limit / 2 ? middle - limit / 2 : 0;
    fill_page(scene, from, MIN(middle + limit / 2, scene->messages->len), ret_page);
}

static struct message *
find_message(void *user, const char *remote_id)
{
    struct scene *scene = user;

    for (guint i = 0; i < scene->messages->len; i++) {
        struct message *message = scene->messages->pdata[i];
        if (g_strcmp0(message->remote_id, remote_id) == 0)
            return message_ref(message);
    }
    return NULL;
}

struct timeline_source
scene_source(struct scene *scene)
{
    return (struct timeline_source){scene,      page_newest, page_before,
                                    page_after, page_around, find_message};
}

/* --- the world
 * --------------------------------------------------------------------------------------------- */

static const struct view_entry world[] = {
    {.name = "weft"},
    {.kind = VIEW_ACCOUNT,
     .name = "Tool Lib",
     .tag = "irc",
     .mark = "irc",
     .state = ACCOUNT_ONLINE},
    {.name = "#commons", .number = 3, .unread = 4},
    {.name = "#ops", .number = 4, .unread = 9, .mentions = 2},
    {.name = "#general", .number = 5, .selected = true},
    {.name = "#random", .number = 6, .muted = true},
    {.name = "#old-shed", .number = 7, .left = true},
    {.name = "#annex", .number = 9, .quiet = true},
    {.kind = VIEW_ACCOUNT, .name = "libera", .tag = "irc", .mark = "irc", .state = ACCOUNT_WAITING},
    {.name = "#co-ops", .number = 10, .unread = 1250},
    {.kind = VIEW_ACCOUNT,
     .name = "orchard",
     .tag = "irc",
     .mark = "irc",
     .state = ACCOUNT_ONLINE,
     .folded = true,
     .unread = 31,
     .mentions = 1},
    {.kind = VIEW_ACCOUNT, .name = "garden", .tag = "irc", .mark = "irc", .state = ACCOUNT_FAILED},
    {.kind = VIEW_DIRECT, .name = "DMs"},
    {.name = "maria", .number = 8, .unread = 1, .mentions = 1, .owner = "Tool Lib"},
};

static const struct view_hot world_hot[] = {
    {.number = 4, .name = "#ops", .mentions = 2, .unread = 9},
    {.number = 8, .name = "maria", .mentions = 1, .unread = 1},
    {.number = 3, .name = "#commons", .unread = 4},
    {.number = 10, .name = "#co-ops", .unread = 1250},
};

struct scene *
scene_new(void)
{
    struct scene *scene = g_new0(struct scene, 1);
    struct timeline_source source = scene_source(scene);

    scene->messages = g_ptr_array_new_with_free_func((GDestroyNotify)message_unref);
    scene->gaps = g_array_new(FALSE, FALSE, sizeof(struct gap));
    scene->zone = g_time_zone_new_identifier("+02");
    scene->timeline = timeline_new(&source, scene->zone);
    scene->editor = editor_new(NULL);
    scene->number_cols = 2;
    scene->entries = g_array_new(FALSE, TRUE, sizeof(struct view_entry));
    scene->hot = g_array_new(FALSE, TRUE, sizeof(struct view_hot));
    g_array_append_vals(scene->entries, world, G_N_ELEMENTS(world));
    g_array_append_vals(scene->hot, world_hot, G_N_ELEMENTS(world_hot));
    scene->title = (struct view_title){.number = 5,
                                       .name = "#general",
                                       .account = "Tool Lib",
                                       .network = "irc",
                                       .topic = "agenda, minutes, asks: pads.example/agenda"};
    scene->status = (struct view_status){.clock = "11:58",
                                         .account = "toollib",
                                         .self = "kai",
                                         .number = 5,
                                         .name = "#general",
                                         .members = 212,
                                         .keys = ""};
    scene->input = (struct view_input){.self = "kai", .editor = scene->editor};
    return scene;
}

void
scene_free(struct scene *scene)
{
    g_ptr_array_unref(scene->messages);
    g_array_unref(scene->gaps);
    timeline_free(scene->timeline);
    g_time_zone_unref(scene->zone);
    editor_free(scene->editor);
    g_array_unref(scene->entries);
    g_array_unref(scene->hot);
    g_free(scene);
}

struct message *
scene_say(struct scene *scene, enum message_kind kind, const char *sender, const char *text)
{
    struct message *message = message_new();
    guint n = scene->messages->len;

    message->id = n + 1;
    message->buffer_id = 5;
    message->time_us = SCENE_START_US + n * SCENE_MINUTE;
    message->sort_key = message->time_us;
    message->kind = kind;
    message->sender_id = g_strdup(sender);
    message->sender_name = g_strdup(sender);
    rich_free(message->body);
    message->body = rich_new(text, -1);
    g_ptr_array_add(scene->messages, message);
    return message;
}

void
scene_load(struct scene *scene)
{
    timeline_load(scene->timeline);
}

static void
lay_out(struct scene *scene, int rows, int cols, struct layout *ret_layout)
{
    struct layout_wants wants = {
        .sidebar = !scene->no_sidebar,
        .members = scene->members ? LAYOUT_MEMBERS_AUTO : LAYOUT_MEMBERS_OFF,
        .notice = scene->notice != NULL || scene->typing != NULL,
        .input_rows = pane_input_rows(NULL, cols, &scene->input),
    };
    layout_compute(ret_layout, rows, cols, &wants);
    if (scene->whole_topic)
        layout_take_topic(ret_layout,
                          pane_topic_rows(NULL, ret_layout->timeline.cols, scene->title.topic));
}

struct rect
scene_timeline_rect(struct scene *scene, int rows, int cols)
{
    struct layout layout;
    lay_out(scene, rows, cols, &layout);
    return layout.timeline;
}

void
scene_draw(struct scene *scene, struct cells *cells, const struct theme *theme)
{
    const struct canvas canvas = {cells, theme};
    struct view_timeline timeline = {.timeline = scene->timeline,
                                     .zone = scene->zone,
                                     .max_text_cols = 100,
                                     .max_rows = scene->max_rows,
                                     .empty = scene->empty};
    struct view_sidebar sidebar = {
        .inbox = scene->inbox,
        .entries = (const struct view_entry *)(void *)scene->entries->data,
        .n = scene->entries->len,
        .number_cols = scene->number_cols,
        .filter = scene->filter,
        .filtering = scene->filter != NULL,
        .note = scene->list_note,
    };
    struct layout layout;

    lay_out(scene, cells->rows, cells->cols, &layout);
    cells_clear(cells, theme_style(theme, ROLE_TEXT));
    pane_timeline_draw(&canvas, layout.timeline, &timeline);
    scene->status.scrolled = !timeline_follows(scene->timeline);
    scene->status.below = timeline_below(scene->timeline, &scene->status.below_more);
    scene->status.hot = (const struct view_hot *)(void *)scene->hot->data;
    scene->status.n_hot = layout.hotlist.rows == 0 ? scene->hot->len : 0;
    if (layout.sidebar.rows > 0) {
        pane_sidebar_draw(&canvas, layout.sidebar, &sidebar);
        cells_vline(cells, layout.border_row, layout.border_col, layout.border_rows,
                    theme_style(theme, ROLE_BORDER));
    }
    if (layout.members.rows > 0) {
        pane_members_draw(&canvas, layout.members, scene->members);
        cells_vline(cells, layout.members.row, layout.members.col - 1, layout.members.rows,
                    theme_style(theme, ROLE_BORDER));
    }
    pane_title_draw(&canvas, layout.title, &scene->title);
    if (scene->whole_topic)
        pane_topic_draw(&canvas, layout.topic, scene->title.topic);
    pane_hotlist_draw(&canvas, layout.hotlist, scene->status.hot, scene->hot->len);
    if (scene->notice)
        pane_notice_draw(&canvas, layout.notice, scene->notice, scene->notice_bad);
    else if (scene->typing)
        pane_typing_draw(&canvas, layout.notice, scene->typing);
    pane_status_draw(&canvas, layout.status, &scene->status);
    pane_input_draw(&canvas, layout.input, &scene->input);
}

/* --- comparing
 * --------------------------------------------------------------------------------------------- */

/* Names the first line that differs: a whole screen as one escaped string helps nobody. */
static void
assert_same(const char *name, const char *dump, const char *expected)
{
    g_auto(GStrv) now = g_strsplit(dump, "\n", -1);
    g_auto(GStrv) then = g_strsplit(expected, "\n", -1);
    guint i = 0;

    while (now[i] && then[i] && strcmp(now[i], then[i]) == 0)
        i++;
    if (!now[i] && !then[i])
        return;
    g_test_message("%s:%u\n  is     %s\n  should %s", name, i + 1, now[i] ? now[i] : "(nothing)",
                   then[i] ? then[i] : "(nothing)");
    g_test_fail();
}

const char *const scene_themes[SCENE_THEMES] = {"dark", "light", "mono", "colourblind",
                                                "colourblind-light"};

static void
load_theme(struct theme *theme, const char *name)
{
    g_autofree char *file = g_strconcat(name, ".theme", NULL);
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "themes", file, NULL);
    g_autoptr(GError) error = NULL;

    theme_init(theme);
    theme_load(theme, path, &error);
    g_assert_no_error(error);
}

static size_t
end_of_line(const char *text)
{
    size_t len = strcspn(text, "\n");
    return len + (text[len] == '\n');
}

/* Where the looks begin: behind the map, which has as many rows as the text before `mark`. */
static const char *
looks_of(const char *dump, const char *mark)
{
    const char *to = mark + end_of_line(mark);

    for (const char *at = dump; at < mark; at += end_of_line(at))
        to += end_of_line(to);
    return to;
}

/* "-- styles" stands between the text and the map of looks. */
static void
append_theme(GString *out, const char *theme, const char *first, const char *dump)
{
    static const char mark[] = "-- styles\n";
    const char *first_map = strstr(first, mark), *map = strstr(dump, mark);

    g_assert_true(first_map && map);
    g_string_append_printf(out, "== %s\n", theme);
    if (first_map - first != map - dump || strncmp(first, dump, (size_t)(map - dump)) != 0)
        g_error("the theme %s changes the text:\n%s", theme, dump);
    const char *first_looks = looks_of(first, first_map), *looks = looks_of(dump, map);
    bool same_map = first_looks - first_map == looks - map &&
                    strncmp(first_map, map, (size_t)(looks - map)) == 0;
    g_string_append(out, same_map ? looks : map);
}

void
scene_compare_dumps(const char *name, char *const dumps[SCENE_THEMES])
{
    g_autoptr(GString) dump = g_string_new(dumps[0]);
    g_autofree char *path =
        g_test_build_filename(G_TEST_DIST, "tests", "golden", "screens", name, NULL);
    g_autofree char *expected = NULL;
    g_autoptr(GError) error = NULL;

    for (size_t i = 1; i < SCENE_THEMES; i++)
        append_theme(dump, scene_themes[i], dumps[0], dumps[i]);
    if (g_getenv("WEFT_UPDATE_GOLDEN")) {
        g_file_set_contents(path, dump->str, -1, &error);
        g_assert_no_error(error);
    }
    g_file_get_contents(path, &expected, NULL, &error);
    g_assert_no_error(error);
    assert_same(name, dump->str, expected);
}

void
scene_compare_themes(const char *name, int rows, int cols, scene_draw_fn draw, void *user)
{
    char *dumps[SCENE_THEMES];

    for (size_t i = 0; i < SCENE_THEMES; i++) {
        struct cells *cells = cells_new(rows, cols);
        struct theme theme;

        load_theme(&theme, scene_themes[i]);
        cells->links = links_new();
        draw(cells, &theme, user);
        scene_check_cells(cells);
        dumps[i] = cells_dump_styled(cells);
        links_free(cells->links);
        cells_free(cells);
    }
    scene_compare_dumps(name, dumps);
    for (size_t i = 0; i < SCENE_THEMES; i++)
        g_free(dumps[i]);
}

void
scene_check_cells(const struct cells *cells)
{
    for (int row = 0; row < cells->rows; row++) {
        for (int col = 0; col < cells->cols; col++) {
            const struct cell *cell = cells_at(cells, row, col);

            for (const char *at = cell->text; *at; at++)
                g_assert_true((unsigned char)*at >= 0x20 && *at != 0x7f);
            g_assert_true(g_utf8_validate(cell->text, -1, NULL));
            if (cell->width == 2)
                g_assert_true(col + 1 < cells->cols && cells_at(cells, row, col + 1)->width == 0);
        }
    }
}

/* --- at many sizes
 * ----------------------------------------------------------------------------------------- */

const struct scene_size scene_sizes[SCENE_SIZES] = {
    {"80x24", 24, 80}, {"120x40", 40, 120}, {"200x60", 60, 200}};

static void
draw_scene(struct cells *cells, const struct theme *theme, void *user)
{
    scene_draw(user, cells, theme);
}

void
scene_compare_at(struct scene *scene, const char *name, const char *size, int rows, int cols)
{
    g_autofree char *file = g_strdup_printf("%s-%s", name, size);
    scene_compare_themes(file, rows, cols, draw_scene, scene);
}

void
scene_compare_all(struct scene *scene, const char *name)
{
    for (size_t i = 0; i < SCENE_SIZES; i++)
        scene_compare_at(scene, name, scene_sizes[i].name, scene_sizes[i].rows,
                         scene_sizes[i].cols);
}

/* No size may break anything; small ones show what they can. */
void
scene_try_all_sizes(struct scene *scene)
{
    struct theme theme;

    theme_init(&theme);
    for (int rows = 1; rows <= 30; rows += rows < 8 ? 1 : 5) {
        for (int cols = 1; cols <= 130; cols += cols < 12 ? 1 : 7) {
            struct cells *cells = cells_new(rows, cols);
            scene_draw(scene, cells, &theme);
            scene_check_cells(cells);
            cells_free(cells);
        }
    }
}
