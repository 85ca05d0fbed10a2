/* The list where a network has groups, what is muted there, and what people say of themselves. */
#include <string.h>

#include "tests/golden/scene.h"
#include "tests/golden/world.h"
#include "ui/list.h"

static void
add(struct world *world, const char *name, enum buffer_kind kind, const char *space)
{
    emit(world,
         &(struct event){
             .type = EVENT_BUFFER,
             .conversation = name,
             .buffer = {.kind = kind, .space = space, .name = name, .topic = "", .joined = true}});
}

static const char *const loved[] = {"#rye", "maria", NULL};
static const char *const mill[] = {"#oats", "#wheels", NULL};
static const char *const plain[] = {"#town", "#talk", NULL};

static void
tell_groups(struct world *world, const struct event_group *list, size_t n)
{
    emit(world,
         &(struct event){.type = EVENT_GROUPS, .groups = {.space = "s", .list = list, .n = n}});
    fake_settle(world->fake);
}

static struct world *
begin(void)
{
    static const struct event_group groups[] = {
        {"f", "Favourites", loved}, {"m", "The mill", mill}, {"p", "Channels", plain}};
    struct world *world = world_new(1);

    emit(world, &(struct event){.type = EVENT_SPACE, .space = {.id = "s", .name = "Bakers"}});
    add(world, "#town", BUFFER_CHANNEL, "s");
    add(world, "#talk", BUFFER_CHANNEL, "s");
    add(world, "#oats", BUFFER_CHANNEL, "s");
    add(world, "#wheels", BUFFER_PRIVATE, "s");
    add(world, "#rye", BUFFER_CHANNEL, "s");
    add(world, "maria", BUFFER_DIRECT, NULL);
    add(world, "bo", BUFFER_DIRECT, NULL);
    tell_groups(world, groups, G_N_ELEMENTS(groups));
    go(world, 0, "#rye");
    says(world, 0, "#rye", "The oven is on.", 1);
    says(world, 0, "#oats", "Kai: the oats are in.", 2);
    says(world, 0, "#wheels", "They turn.", 3);
    return world;
}

static void
compare_sizes(struct world *world, const char *name)
{
    for (size_t i = 0; i < SCENE_SIZES; i++) {
        g_autofree char *full = g_strdup_printf("%s-%s", name, scene_sizes[i].name);
        cells_free(world->cells);
        world->cells = cells_new(scene_sizes[i].rows, scene_sizes[i].cols);
        g_free(look(world));
        g_free(look(world));
        world_compare(world, full);
    }
    cells_free(world->cells);
    world->cells = cells_new(24, 80);
    g_free(look(world));
    g_free(look(world));
}

/* "weft -one #lab … =Favourites #rye": a group's heading has a "=", or a "+" when folded. */
static char *
rows_of(struct world *world, struct list *list)
{
    struct core *core = world->fake->core;
    GString *out = g_string_new(NULL);
    size_t n;
    const struct list_row *rows = list_rows(list, &n);

    for (size_t i = 0; i < n; i++) {
        const struct list_row *row = &rows[i];
        const char *name = row->kind == LIST_ACCOUNT  ? core_account(core, row->id)->name
                           : row->kind == LIST_SPACE  ? core_space(core, row->id)->name
                           : row->kind == LIST_GROUP  ? core_group(core, row->id)->name
                           : row->kind == LIST_DIRECT ? "direct"
                                                      : core_buffer(core, row->id)->name;
        g_string_append_printf(out, "%s%s%s", i > 0 ? " " : "",
                               row->kind == LIST_BUFFER  ? ""
                               : row->folded             ? "+"
                               : row->kind == LIST_GROUP ? "="
                                                         : "-",
                               name);
    }
    return g_string_free(out, FALSE);
}

#define assert_rows(world, list, wanted)                                                           \
    do {                                                                                           \
        g_autofree char *rows_ = rows_of(world, list);                                             \
        g_assert_cmpstr(rows_, ==, wanted);                                                        \
    } while (0)

#define HEAD "weft -one #lab -Bakers "

static void
test_rows(void)
{
    struct world *world = begin();
    struct activity *activity = activity_new(world->fake->core);
    struct list *list = list_new(world->fake->core, activity);
    const struct event_group one[] = {{"p", "Channels", plain}};
    const char *const all[] = {"#town", "#talk", "#oats", "#wheels", "#rye", NULL};
    const struct event_group whole[] = {{"p", "Channels", all}};

    assert_rows(world, list,
                HEAD "=Favourites #rye maria =The mill #oats #wheels =Channels #town #talk "
                     "-direct bo");
    list_fold(list, "group/one/s/m", true);
    assert_rows(world, list,
                HEAD "=Favourites #rye maria +The mill =Channels #town #talk -direct bo");
    /* What it hides is counted at its heading. */
    const struct buffer *oats = fake_buffer(world->fake, 0, "#oats");
    const struct activity_sum sum = activity_of_group(activity, oats->group_id);
    g_assert_cmpuint(sum.unread, ==, 2);
    g_assert_cmpuint(sum.mentions, ==, 1);
    list_set_shown(list, oats->id);
    assert_rows(world, list,
                HEAD "=Favourites #rye maria +The mill #oats =Channels #town #talk -direct bo");
    list_set_unread_only(list, true);
    assert_rows(world, list, "-one -Bakers =Favourites #rye +The mill #oats");
    list_set_unread_only(list, false);
    list_set_filter(list, "mill");
    assert_rows(world, list, "-one -Bakers =The mill #oats #wheels");
    list_set_filter(list, "mari");
    assert_rows(world, list, "-one -Bakers =Favourites maria");
    list_set_filter(list, "");
    /* Headings: of a buffer its group, of that its space, of that its account. */
    const struct list_row bread = {.kind = LIST_BUFFER, .id = oats->id};
    size_t row = list_heading(list, list_find(list, &bread)), n;
    g_assert_cmpint(list_rows(list, &n)[row].kind, ==, LIST_GROUP);
    row = list_heading(list, row);
    g_assert_cmpint(list_rows(list, &n)[row].kind, ==, LIST_SPACE);
    row = list_heading(list, row);
    g_assert_cmpint(list_rows(list, &n)[row].kind, ==, LIST_ACCOUNT);
    g_assert_cmpuint(list_heading(list, row), ==, SIZE_MAX);
    list_fold(list, "space/one/s", true);
    assert_rows(world, list, "weft -one #lab +Bakers #oats -direct bo");
    list_fold(list, "space/one/s", false);
    /* Some in a group, some in none; all in one, which needs no heading. */
    tell_groups(world, one, 1);
    list_stale(list);
    assert_rows(world, list, HEAD "#oats #wheels #rye =Channels #town #talk -direct maria bo");
    tell_groups(world, whole, 1);
    list_stale(list);
    assert_rows(world, list, HEAD "#town #talk #oats #wheels #rye -direct maria bo");
    list_free(list);
    activity_free(activity);
    world_free(world);
}

static void
test_screens(void)
{
    struct world *world = begin();

    emit(world, &(struct event){.type = EVENT_MUTED, .conversation = "#talk", .muted = true});
    assert_shows(world, "The mill");
    compare_sizes(world, "groups");
    /* By keys: to the heading, and folded, which says what waits there. */
    press(world, "Shift-Tab");
    press(world, "Left");
    assert_shows(world, "-Favourites");
    press(world, "Left");
    assert_shows(world, "+Favourites");
    press(world, "j");
    press(world, "j");
    press(world, "Left");
    compare_sizes(world, "groups-folded");
    assert_shows(world, "+The mill");
    press(world, "Right");
    assert_shows(world, "-The mill");
    world_free(world);
}

/* It stands so before the network has answered. */
static void
test_start(void)
{
    struct world *world = begin();

    assert_shows(world, "-Favourites");
    press(world, "Shift-Tab");
    press(world, "Left");
    press(world, "Left");
    assert_shows(world, "+Favourites");
    world_restart(world);
    assert_shows(world, "+Favourites");
    assert_shows(world, "-The mill");
    world_free(world);
}

static void
add_member(struct world *world, const char *id, const char *name, bool away, const char *status)
{
    struct member *member = member_new(id, name, "");

    member->away = away;
    member->status = g_strdup(status);
    emit(world,
         &(struct event){.type = EVENT_MEMBER_ADDED, .conversation = "#rye", .member = member});
    member_free(member);
}

static void
test_status(void)
{
    struct world *world = begin();

    add_member(world, "bo", "bo", true, "asleep");
    add_member(world, "maria", "maria", false, NULL);
    add_member(world, "jo", "jo", false, "\xf0\x9f\x8d\x9e at the mill until noon\n\x1b[31m");
    emit(world, &(struct event){.type = EVENT_STATUS,
                                .conversation = "maria",
                                .status = {.user_id = "maria", .text = "\xf0\x9f\x8e\x89 new"}});
    emit(world, &(struct event){.type = EVENT_PRESENCE,
                                .conversation = "maria",
                                .presence = {.user_id = "maria", .presence = PRESENCE_HERE}});
    fake_settle(world->fake);
    compare_sizes(world, "status-members");
    go(world, 0, "maria");
    says(world, 0, "maria", "Is the oven on?", 5);
    assert_shows(world, "online, \xf0\x9f\x8e\x89 new");
    compare_sizes(world, "status-direct");
    emit(world, &(struct event){.type = EVENT_STATUS,
                                .conversation = "maria",
                                .status = {.user_id = "maria", .text = NULL}});
    g_assert_false(shows(world, "\xf0\x9f\x8e\x89"));
    assert_shows(world, ", online");
    world_free(world);
}

void
test_groups_add(void)
{
    g_test_add_func("/groups/rows", test_rows);
    g_test_add_func("/groups/screens", test_screens);
    g_test_add_func("/groups/start", test_start);
    g_test_add_func("/groups/status", test_status);
}
