/* Who comes and goes, folded: what is shown, what stays in place, what stays in memory. */
#include <string.h>

#include "tests/golden/golden.h"
#include "tests/golden/scene.h"

#define ROWS 20

static struct line_shape
shape_of(int cols)
{
    struct line_shape shape;
    line_shape_for(&shape, cols, 100, NULL);
    return shape;
}

/* What the items are: "date|maria: hi|3 joined: a, b, c|new". */
static char *
items_of(struct scene *scene)
{
    static const char *const kinds[] = {"top", "gap", "date", "new", "", ""};
    struct line_shape shape = shape_of(62);
    struct timeline_place place;
    GString *out = g_string_new(NULL);

    timeline_place(scene->timeline, &shape, ROWS, &place);
    for (size_t i = place.first; place.n > 0 && i <= place.last; i++) {
        const struct item *item = timeline_item(scene->timeline, i);
        g_string_append_printf(out, "%s%s", out->len > 0 ? "|" : "", kinds[item->kind]);
        if (item->kind == ITEM_MESSAGE)
            g_string_append_printf(out, "%s %s", item->line->message->sender_name,
                                   message_kind_name(item->line->message->kind));
        if (item->kind == ITEM_FOLD) {
            g_autofree char *text = timeline_fold_text(scene->timeline, item);
            g_string_append(out, text);
        }
    }
    return g_string_free(out, FALSE);
}

#define assert_items(scene, expected)                                                              \
    do {                                                                                           \
        g_autofree char *items_ = items_of(scene);                                                 \
        g_assert_cmpstr(items_, ==, expected);                                                     \
    } while (0)

static struct message *
happens(struct scene *scene, enum message_kind kind, const char *who)
{
    return scene_say(scene, kind, who, kind == MESSAGE_QUIT ? "Ping timeout" : "");
}

static void
renames(struct scene *scene, const char *who, const char *now)
{
    happens(scene, MESSAGE_RENAME, who)->subject = g_strdup(now);
}

static void
test_smart(void)
{
    struct scene *scene = scene_new();

    happens(scene, MESSAGE_JOIN, "sol"); /* alone, it says more by itself */
    scene_say(scene, MESSAGE_TEXT, "maria", "hi");
    happens(scene, MESSAGE_JOIN, "jun");
    happens(scene, MESSAGE_QUIT, "Maria"); /* who spoke is shown, however it is written */
    happens(scene, MESSAGE_JOIN, "ana");
    happens(scene, MESSAGE_PART, "jun");
    happens(scene, MESSAGE_JOIN, "jun");
    renames(scene, "jun", "jun2");
    renames(scene, "jun2", "jun3");
    happens(scene, MESSAGE_KICK, "ops");
    happens(scene, MESSAGE_JOIN, "kai")->flags = MESSAGE_OWN;
    scene_load(scene);
    assert_items(scene, "date|sol join|maria text|jun join|Maria quit|"
                        "2 joined, 1 left, 2 renamed: ana, jun (now jun3)|"
                        "ops kick|kai join");
    timeline_set_joins(scene->timeline, TIMELINE_JOINS_FOLDED, 1);
    assert_items(scene, "date|sol join|maria text|"
                        "3 joined, 2 left, 2 renamed: jun (now jun3), Maria, ana|"
                        "ops kick|kai join");
    timeline_set_joins(scene->timeline, TIMELINE_JOINS_SHOWN, 1);
    assert_items(scene, "date|sol join|maria text|jun join|Maria quit|ana join|jun part|jun join|"
                        "jun rename|jun2 rename|ops kick|kai join");
    scene_free(scene);
}

/* Spoken long ago is not spoken; a new name has said what the old one has. */
static void
test_spoken(void)
{
    struct scene *scene = scene_new();

    scene_say(scene, MESSAGE_TEXT, "maria", "hi");
    renames(scene, "maria", "mia");
    happens(scene, MESSAGE_PART, "sol");
    happens(scene, MESSAGE_PART, "mia");
    scene_load(scene);
    timeline_set_joins(scene->timeline, TIMELINE_JOINS_SMART, 2 * SCENE_MINUTE);
    assert_items(scene, "date|maria text|maria rename|2 left: sol, mia");
    timeline_set_joins(scene->timeline, TIMELINE_JOINS_SMART, 3 * SCENE_MINUTE);
    assert_items(scene, "date|maria text|maria rename|sol part|mia part");
    scene_free(scene);
}

/* What breaks a fold: a day, the "new" line, a gap, what is said. What is ignored does not. */
static void
test_breaks(void)
{
    struct scene *scene = scene_new();
    struct gap gap = {.id = 7};
    struct message *read;

    happens(scene, MESSAGE_JOIN, "a");
    happens(scene, MESSAGE_JOIN, "b");
    scene_say(scene, MESSAGE_TEXT, "troll", "x")->flags = MESSAGE_IGNORED;
    happens(scene, MESSAGE_JOIN, "c");
    happens(scene, MESSAGE_JOIN, "hidden")->flags = MESSAGE_IGNORED;
    happens(scene, MESSAGE_JOIN, "d");
    gap.after_sort_key = ((struct message *)scene->messages->pdata[5])->sort_key;
    gap.before_sort_key = gap.after_sort_key + 1;
    read = happens(scene, MESSAGE_JOIN, "e");
    happens(scene, MESSAGE_JOIN, "f");
    scene_say(scene, MESSAGE_TEXT, "maria", "hi");
    for (int i = 0; i < 4; i++) {
        g_autofree char *name = g_strdup_printf("n%d", i);
        struct message *message = happens(scene, MESSAGE_PART, name);
        message->time_us += i >= 2 ? 24 * 60 * SCENE_MINUTE : 0;
        message->sort_key = message->time_us;
    }
    g_array_append_val(scene->gaps, gap);
    timeline_set_new_line(scene->timeline, true, message_position(read));
    scene_load(scene);
    assert_items(scene, "date|4 joined: a, b, c, d|gap|2 joined: e, f|new|maria text|"
                        "2 left: n0, n1|date|2 left: n2, n3");
    scene_free(scene);
}

/* A busy channel in which little is said: many come and go between two lines. */
static struct scene *
busy(int n_said, int n_between)
{
    struct scene *scene = scene_new();

    for (int i = 0; i < n_said; i++) {
        g_autofree char *text = g_strdup_printf("line %d", i);
        scene_say(scene, MESSAGE_TEXT, "maria", text);
        for (int k = 0; k < n_between; k++) {
            g_autofree char *name = g_strdup_printf("u%d", k);
            happens(scene, k % 2 ? MESSAGE_PART : MESSAGE_JOIN, name);
        }
    }
    scene_load(scene);
    return scene;
}

/* The window is full of what is said, not of who comes; and its size has a bound. */
static void
test_window(void)
{
    struct scene *scene = busy(60, 40);
    struct line_shape shape = shape_of(62);
    struct timeline_place place;
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

    timeline_place(scene->timeline, &shape, ROWS, &place);
    g_assert_cmpuint(place.n, >=, ROWS - 1);
    for (int up = 1; up >= 0; up--) {
        g_hash_table_remove_all(seen);
        for (int i = 0; i < 200; i++) {
            timeline_place(scene->timeline, &shape, ROWS, &place);
            for (size_t k = place.first; k <= place.last; k++) {
                const struct item *item = timeline_item(scene->timeline, k);
                if (item->kind == ITEM_MESSAGE)
                    g_hash_table_add(seen, GINT_TO_POINTER(item->pos.id));
            }
            g_assert_cmpuint(timeline_n_messages(scene->timeline), <=,
                             TIMELINE_MAX + TIMELINE_MAX_HIDDEN);
            timeline_scroll(scene->timeline, &shape, ROWS, up ? ROWS - 2 : 2 - ROWS);
        }
        g_assert_cmpuint(g_hash_table_size(seen), ==, 60);
        g_assert_cmpint(timeline_follows(scene->timeline), ==, !up);
    }
    scene_free(scene);
}

/* Where nothing but coming and going is for longer than any window, one can still go through it, in
 * both directions, and nothing moves by itself. */
static void
test_desert(void)
{
    struct scene *scene = scene_new();
    struct line_shape shape = shape_of(62);
    struct timeline_place place;
    int steps = 0;

    scene_say(scene, MESSAGE_TEXT, "maria", "the first");
    for (int i = 0; i < 2 * (TIMELINE_MAX + TIMELINE_MAX_HIDDEN); i++)
        happens(scene, MESSAGE_JOIN, i % 2 ? "a" : "b");
    int64_t newest = scene_say(scene, MESSAGE_TEXT, "sol", "the last")->id;
    scene_load(scene);
    timeline_place(scene->timeline, &shape, ROWS, &place);
    g_assert_cmpint(timeline_item(scene->timeline, place.last)->pos.id, ==, newest);
    g_assert_true(timeline_follows(scene->timeline));
    for (; !timeline_reaches_start(scene->timeline) && steps < 50; steps++) {
        timeline_scroll(scene->timeline, &shape, ROWS, ROWS);
        timeline_place(scene->timeline, &shape, ROWS, &place);
        unsigned n = timeline_n_messages(scene->timeline);
        g_assert_cmpuint(n, <=, TIMELINE_MAX + TIMELINE_MAX_HIDDEN);
        timeline_place(scene->timeline, &shape, ROWS, &place);
        g_assert_cmpuint(timeline_n_messages(scene->timeline), ==, n);
    }
    g_assert_cmpint(steps, <, 50);
    for (steps = 0; !timeline_follows(scene->timeline) && steps < 50; steps++)
        timeline_scroll(scene->timeline, &shape, ROWS, -ROWS);
    g_assert_cmpint(steps, <, 50);
    timeline_place(scene->timeline, &shape, ROWS, &place);
    g_assert_cmpint(timeline_item(scene->timeline, place.last)->pos.id, ==, newest);
    timeline_scroll_top(scene->timeline, &shape, ROWS);
    timeline_scroll_bottom(scene->timeline);
    timeline_place(scene->timeline, &shape, ROWS, &place);
    g_assert_cmpint(timeline_item(scene->timeline, place.last)->pos.id, ==, newest);
    scene_free(scene);
}

/* A flood of them grows one line, and the memory only so far. */
static void
test_flood(void)
{
    struct scene *scene = busy(30, 2);
    struct line_shape shape = shape_of(62);
    struct timeline_place place;

    for (int i = 0; i < 9000; i++) {
        g_autofree char *name = g_strdup_printf("u%d", i);
        timeline_add(scene->timeline, happens(scene, MESSAGE_JOIN, name));
        if (i % 50 == 0)
            timeline_place(scene->timeline, &shape, ROWS, &place);
        g_assert_cmpuint(timeline_n_messages(scene->timeline), <=,
                         TIMELINE_MAX + TIMELINE_MAX_HIDDEN);
    }
    timeline_place(scene->timeline, &shape, ROWS, &place);
    g_assert_cmpint(timeline_item(scene->timeline, place.last)->kind, ==, ITEM_FOLD);
    scene_free(scene);
}

/* The line at the lower edge stays there when all are shown, when they are folded again, and while
 * more come; what is shown then has its bound, too. */
static void
test_place(void)
{
    struct scene *scene = busy(40, 30);
    struct line_shape shape = shape_of(62);
    struct timeline_place place;
    struct position lowest = {0};

    timeline_scroll(scene->timeline, &shape, ROWS, 31);
    for (int round = 0; round < 4; round++) {
        timeline_place(scene->timeline, &shape, ROWS, &place);
        const struct item *item = timeline_item(scene->timeline, place.last);
        if (round == 0)
            lowest = item->pos;
        g_assert_cmpint(item->pos.id, ==, lowest.id);
        timeline_set_joins(scene->timeline, round % 2 ? TIMELINE_JOINS_SMART : TIMELINE_JOINS_SHOWN,
                           30 * SCENE_MINUTE);
        for (int i = 0; i < 5; i++)
            timeline_add(scene->timeline, happens(scene, MESSAGE_JOIN, "x"));
        if (round % 2 == 0)
            g_assert_cmpuint(timeline_n_messages(scene->timeline), <=, TIMELINE_MAX);
    }
    scene_free(scene);
}

static void
test_scroll_to(void)
{
    struct scene *scene = busy(40, 30);
    struct line_shape shape = shape_of(62);
    struct position at = message_position(scene->messages->pdata[31 * 20 + 7]);
    struct timeline_place place;
    bool found = false;

    g_assert_true(timeline_scroll_to(scene->timeline, &shape, ROWS, at));
    timeline_place(scene->timeline, &shape, ROWS, &place);
    for (size_t i = place.first; i <= place.last; i++) {
        const struct item *item = timeline_item(scene->timeline, i);
        found |= item->kind == ITEM_MESSAGE && position_compare(item->pos, at) == 0;
    }
    g_assert_true(found);
    scene_free(scene);
}

static void
test_screens(void)
{
    struct scene *scene = scene_new();

    scene_say(scene, MESSAGE_TEXT, "maria", "Who takes minutes on Thursday?");
    happens(scene, MESSAGE_JOIN, "\033[2J\u202emoc.live");
    renames(scene, "a\nb", "漢字\a");
    for (int i = 0; i < 30; i++) {
        g_autofree char *name = g_strdup_printf("somebody%d", i);
        happens(scene, i % 3 ? MESSAGE_JOIN : MESSAGE_QUIT, name);
    }
    happens(scene, MESSAGE_PART, "maria");
    scene_say(scene, MESSAGE_TEXT, "sol", "I can.");
    scene_load(scene);
    scene_compare_all(scene, "folded");
    scene_try_all_sizes(scene);
    scene_free(scene);
}

void
test_fold_add(void)
{
    g_test_add_func("/fold/smart", test_smart);
    g_test_add_func("/fold/spoken", test_spoken);
    g_test_add_func("/fold/breaks", test_breaks);
    g_test_add_func("/fold/window", test_window);
    g_test_add_func("/fold/desert", test_desert);
    g_test_add_func("/fold/flood", test_flood);
    g_test_add_func("/fold/place", test_place);
    g_test_add_func("/fold/scroll-to", test_scroll_to);
    g_test_add_func("/fold/screens", test_screens);
}
