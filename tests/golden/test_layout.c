#include "tests/golden/golden.h"

#include "ui/layout.h"
#include <glib.h>

static void
check_inside(struct rect rect, int rows, int cols)
{
    if (rect.rows == 0)
        return;
    g_assert_cmpint(rect.rows, >, 0);
    g_assert_cmpint(rect.cols, >, 0);
    g_assert_cmpint(rect.row, >=, 0);
    g_assert_cmpint(rect.col, >=, 0);
    g_assert_cmpint(rect.row + rect.rows, <=, rows);
    g_assert_cmpint(rect.col + rect.cols, <=, cols);
}

static bool
overlap(struct rect a, struct rect b)
{
    return a.rows > 0 && b.rows > 0 && a.row < b.row + b.rows && b.row < a.row + a.rows &&
           a.col < b.col + b.cols && b.col < a.col + a.cols;
}

/* Every size: nothing outside, nothing on top of another, always a place to type. */
static void
test_sizes(void)
{
    for (int rows = 1; rows <= 70; rows++) {
        for (int cols = 1; cols <= 210; cols++) {
            struct layout_wants wants = {
                .sidebar = cols % 3 != 0,
                .members = (enum layout_members)(cols / 3 % 3),
                .notice = rows % 2 == 0,
                .input_rows = 1 + cols % 9,
            };
            struct layout l;

            layout_compute(&l, rows, cols, &wants);
            layout_take_topic(&l, cols % 12);
            const struct rect all[] = {l.title,  l.sidebar, l.timeline, l.hotlist, l.notice,
                                       l.status, l.input,   l.members,  l.topic};
            for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
                check_inside(all[i], rows, cols);
                for (size_t j = i + 1; j < G_N_ELEMENTS(all); j++)
                    g_assert_false(overlap(all[i], all[j]));
            }
            g_assert_cmpint(l.input.rows, >=, 1);
            if (rows > 1)
                g_assert_cmpint(l.timeline.rows, >=, 1);
        }
    }
}

static void
test_sidebar(void)
{
    static const int widths[][2] = {{60, 0}, {69, 0}, {70, 17}, {80, 17}, {120, 20}, {200, 27}};
    struct layout_wants wants = {.sidebar = true, .input_rows = 1};
    struct layout layout;

    for (size_t i = 0; i < G_N_ELEMENTS(widths); i++) {
        layout_compute(&layout, 24, widths[i][0], &wants);
        g_assert_cmpint(layout.sidebar.cols, ==, widths[i][1]);
        g_assert_cmpint(layout.hotlist.rows, ==, widths[i][1] == 0);
    }
    wants.sidebar = false;
    layout_compute(&layout, 24, 80, &wants);
    g_assert_cmpint(layout.sidebar.rows, ==, 0);
    g_assert_cmpint(layout.timeline.cols, ==, 80);
}

/* A column of its own from 120 columns on; earlier only when it is asked for, and something is left
 * of the timeline. */
static void
test_members(void)
{
    static const struct {
        int cols;
        int when_wide, when_forced;
    } rows[] = {{40, 0, 0},   {61, 0, 20},   {70, 0, 0},    {80, 0, 20},
                {119, 0, 20}, {120, 20, 20}, {159, 20, 20}, {200, 31, 31}};

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct layout_wants wants = {.sidebar = true, .input_rows = 1};
        struct layout off, wide, forced;

        layout_compute(&off, 24, rows[i].cols, &wants);
        g_assert_cmpint(off.members.rows, ==, 0);
        g_assert_cmpint(layout_has_room_for_members(&off), ==, rows[i].when_forced > 0);
        wants.members = LAYOUT_MEMBERS_AUTO;
        layout_compute(&wide, 24, rows[i].cols, &wants);
        g_assert_cmpint(wide.members.cols, ==, rows[i].when_wide);
        wants.members = LAYOUT_MEMBERS_FORCED;
        layout_compute(&forced, 24, rows[i].cols, &wants);
        g_assert_cmpint(forced.members.cols, ==, rows[i].when_forced);
        if (forced.members.cols > 0) {
            g_assert_cmpint(forced.timeline.col + forced.timeline.cols + 1, ==, forced.members.col);
            g_assert_cmpint(forced.members.col + forced.members.cols, ==, rows[i].cols);
            g_assert_cmpint(forced.members.row, ==,
                            forced.sidebar.rows > 0 ? forced.sidebar.row : 0);
        }
    }
}

void
test_layout_add(void)
{
    g_test_add_func("/layout/members", test_members);
    g_test_add_func("/layout/sizes", test_sizes);
    g_test_add_func("/layout/sidebar", test_sidebar);
}
