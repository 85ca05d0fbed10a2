/* What the timeline and its right side show. */
#include <string.h>

#include "tests/golden/golden.h"
#include "tests/golden/scene.h"

static const struct view_member people[] = {
    {.name = "owner", .mark = '~'},
    {.name = "maria", .mark = '@'},
    {.name = "Zoe", .mark = '@', .away = true},
    {.name = "bot", .mark = '+'},
    {.name = "a-name-that-is-longer-than-any-column", .away = true},
    {.name = "jun"},
    {.name = "kai", .self = true},
    {.name = "sol", .away = true},
    {.name = "漢字の名前"},
    {.name = "שרה"},
    {.name = "\033[2J\a\u202emoc.live"},
    {.name = "pаypal"},
};

static void
test_members(void)
{
    struct view_members view = {
        .members = people, .n = G_N_ELEMENTS(people), .total = 212, .away = 41, .whole = true};
    struct scene *scene = scene_new();

    scene_say(scene, MESSAGE_TEXT, "maria", "Who takes minutes on Thursday?");
    scene_say(scene, MESSAGE_TEXT, "jun", "I can.");
    scene->members = &view;
    scene_load(scene);
    scene_compare_all(scene, "members");
    scene_try_all_sizes(scene);
    /* They are asked for. */
    view.n = view.total = view.away = 0;
    view.whole = false;
    scene_compare_all(scene, "members-asked");
    scene_free(scene);
}

static void
test_topic(void)
{
    struct scene *scene = scene_new();

    for (int i = 0; i < 30; i++)
        scene_say(scene, MESSAGE_TEXT, i % 2 ? "maria" : "sol", "Who takes minutes?");
    scene->title.modes = "+lnt";
    scene->title.topic =
        "The tool library's room. Open on Thursdays from 2 pm to 6 pm; agenda and minutes stand at "
        "https://pads.example/agenda, what is lent out at https://lending.example/now. "
        "\033[2J\a\u202e Be kind. שלום. Bring back the drill, whoever has it!";
    scene->whole_topic = true;
    scene_load(scene);
    scene_compare_all(scene, "topic");
    scene_compare_at(scene, "topic", "40x10", 10, 40);
    scene_try_all_sizes(scene);
    scene_free(scene);
}

void
test_reading_add(void)
{
    g_test_add_func("/reading/topic", test_topic);
    g_test_add_func("/reading/members", test_members);
}
