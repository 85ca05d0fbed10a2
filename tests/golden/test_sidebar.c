/* The list of buffers with the keys in it, filtered, and reduced to what is unread. */
#include "tests/golden/golden.h"
#include "tests/golden/scene.h"

static void
compare(struct scene *scene, const char *name)
{
    scene_compare_all(scene, name);
    scene_compare_at(scene, name, "70x6", 6, 70);
    scene_try_all_sizes(scene);
}

static void
test_cursor(void)
{
    struct scene *scene = scene_new();

    scene_say(scene, MESSAGE_TEXT, "maria", "Who takes minutes on Thursday?");
    g_array_index(scene->entries, struct view_entry, 10).cursor = true;
    scene->notice = "Enter show  Space fold  / filter";
    scene_load(scene);
    compare(scene, "list-cursor");
    scene_free(scene);
}

static void
test_filter(void)
{
    struct scene *scene = scene_new();

    g_array_remove_range(scene->entries, 4, scene->entries->len - 4);
    scene->filter = "o";
    scene_load(scene);
    compare(scene, "list-filter");
    scene_free(scene);
}

static void
test_unread(void)
{
    struct scene *scene = scene_new();

    for (guint i = scene->entries->len; i-- > 0;) {
        const struct view_entry *entry = &g_array_index(scene->entries, struct view_entry, i);
        if (entry->kind == VIEW_BUFFER && entry->unread == 0 && !entry->selected)
            g_array_remove_index(scene->entries, i);
    }
    scene->list_note = "only unread";
    scene->number_cols = 4;
    scene_load(scene);
    compare(scene, "list-unread");
    scene_free(scene);
}

/* A network with spaces, and every state that an account can be in. */
static void
test_groups(void)
{
    struct scene *scene = scene_new();
    struct view_entry entries[] = {
        {.name = "weft"},
        {.kind = VIEW_ACCOUNT,
         .name = "Birch",
         .tag = "matrix",
         .mark = "mtx",
         .state = ACCOUNT_ONLINE},
        {.name = "#commons", .number = 1},
        {.kind = VIEW_SPACE, .name = "allotments"},
        {.name = "#ops", .number = 2, .unread = 3, .mentions = 3},
        {.kind = VIEW_SPACE, .name = "a space with a long name", .folded = true, .unread = 12},
        {.kind = VIEW_ACCOUNT, .name = "a", .tag = "irc", .mark = "irc", .state = ACCOUNT_OFFLINE},
        {.kind = VIEW_ACCOUNT,
         .name = "b",
         .tag = "irc",
         .mark = "irc",
         .state = ACCOUNT_CONNECTING},
        {.kind = VIEW_ACCOUNT,
         .name = "c",
         .tag = "irc",
         .mark = "irc",
         .state = ACCOUNT_LOGIN,
         .selected = true},
        {.kind = VIEW_ACCOUNT, .name = "d", .tag = "irc", .mark = "irc", .state = ACCOUNT_CATCH_UP},
        {.kind = VIEW_DIRECT, .name = "DMs", .folded = true, .unread = 1005, .mentions = 1005},
        {.name = "muted with much", .number = 3, .muted = true, .unread = 40},
        {.name = "~tool-library", .number = 4, .quiet = true},
        {.name = "~tool-library", .number = 5, .quiet = true, .muted = true},
        {.name = "~wool-market", .number = 6, .archived = true},
        {.kind = VIEW_ACCOUNT,
         .name = "Mill Street",
         .tag = "mattermost",
         .mark = "mm",
         .state = ACCOUNT_ONLINE},
    };

    g_array_set_size(scene->entries, 0);
    g_array_append_vals(scene->entries, entries, G_N_ELEMENTS(entries));
    scene_load(scene);
    compare(scene, "list-groups");
    scene_free(scene);
}

/* What waits, above the list; very high counts leave the name what room there is. */
static void
test_inbox(void)
{
    static const struct view_inbox_line lines[] = {
        {.calls = 3, .unread = 41},
        {.calls = 1200, .failed = 2, .unread = 1200},
        {.open = true},
    };
    static const char *const names[] = {"list-inbox", "list-inbox-much", "list-inbox-none"};

    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        struct scene *scene = scene_new();
        scene_say(scene, MESSAGE_TEXT, "maria", "Who takes minutes on Thursday?");
        scene->inbox = &lines[i];
        scene_load(scene);
        scene_compare_all(scene, names[i]);
        if (i == 0) {
            scene->filter = "o";
            compare(scene, "list-inbox-filter");
        }
        scene_free(scene);
    }
}

void
test_sidebar_add(void)
{
    g_test_add_func("/golden/list-inbox", test_inbox);
    g_test_add_func("/golden/list-cursor", test_cursor);
    g_test_add_func("/golden/list-filter", test_filter);
    g_test_add_func("/golden/list-unread", test_unread);
    g_test_add_func("/golden/list-groups", test_groups);
}
