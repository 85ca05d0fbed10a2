/* What the timeline and its right side show, over a real core. */
#include <string.h>

#include "tests/golden/world.h"
#include "ui/theme.h"

static void
resize(struct world *world, int rows, int cols)
{
    cells_free(world->cells);
    world->cells = cells_new(rows, cols);
}

static void
comes(struct world *world, const char *nick, const char *prefix, bool away)
{
    struct member *member = member_new(nick, nick, prefix);

    member->away = away;
    emit(world,
         &(struct event){.type = EVENT_MEMBER_ADDED, .conversation = "#lab", .member = member});
    member_free(member);
}

static void
names(struct world *world, const char *const *nicks)
{
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)member_free);

    for (; *nicks; nicks++)
        g_ptr_array_add(all, member_new(*nicks, *nicks, ""));
    emit(world, &(struct event){.type = EVENT_MEMBERS,
                                .conversation = "#lab",
                                .members = {(const struct member *const *)all->pdata, all->len}});
}

/* The list is asked for, follows who comes, goes and changes, and is scrolled and hidden by keys.
 */
static void
test_members(void)
{
    static const char *const some[] = {"maria", "sol", NULL};
    struct world *world = world_new(1);

    resize(world, 40, 120);
    go(world, 0, "#lab");
    assert_shows(world, "│Members            …");
    g_assert_nonnull(strstr(fake_session(world->fake, 0)->asked->str, "members #lab|"));
    names(world, some);
    assert_shows(world, "│Members            2");
    assert_shows(world, "│ maria");
    comes(world, "jun", "@", true);
    assert_shows(world, "│Members          2/3");
    assert_shows(world, "│@jun            away");
    emit(world, &(struct event){.type = EVENT_MEMBER_RENAMED,
                                .renamed = {.id = "sol", .new_id = "ana", .new_name = "ana"}});
    emit(world, &(struct event){.type = EVENT_USER_GONE, .user_id = "maria"});
    assert_shows(world, "│Members          1/2");
    assert_shows(world, "│ ana");
    g_assert_false(shows(world, "│ maria"));
    press(world, "Alt-N");
    g_assert_false(shows(world, "Members"));
    press(world, "F12");
    assert_shows(world, "No list of members is shown (Alt-N, Ctrl-c m).");
    press(world, "Ctrl-c");
    press(world, "m");
    assert_shows(world, "│ ana");
    /* Another buffer has other people, a server none. */
    press(world, "Ctrl-p");
    g_assert_false(shows(world, "Members"));
    press(world, "Alt-N");
    assert_shows(world, "This buffer has no members to list.");
    world_free(world);
}

static void
test_members_narrow(void)
{
    static const char *const some[] = {"maria", "sol", NULL};
    struct world *world = world_new(1);

    go(world, 0, "#lab");
    names(world, some);
    g_assert_false(shows(world, "Members"));
    press(world, "Alt-N");
    assert_shows(world, "│Members            2");
    press(world, "Alt-N");
    g_assert_false(shows(world, "Members"));
    resize(world, 24, 60);
    g_assert_false(shows(world, "Members"));
    press(world, "Alt-N");
    assert_shows(world, "too narrow for the list of members");
    world_free(world);
}

/* Scrolling stays inside, and a frame walks through no more than it shows. */
static void
test_members_many(void)
{
    g_autoptr(GPtrArray) nicks = g_ptr_array_new_with_free_func(g_free);
    struct world *world = world_new(1);

    for (int i = 0; i < 2000; i++)
        g_ptr_array_add(nicks, g_strdup_printf("n%04d", i));
    g_ptr_array_add(nicks, NULL);
    resize(world, 40, 120);
    go(world, 0, "#lab");
    names(world, (const char *const *)nicks->pdata);
    assert_shows(world, "│ n0000");
    press(world, "F12");
    g_assert_false(shows(world, "│ n0000"));
    assert_shows(world, "│ n0040");
    for (int i = 0; i < 100; i++)
        press(world, "F12");
    assert_shows(world, "│ n1999");
    press(world, "F11");
    assert_shows(world, "│ n1930");
    for (int i = 0; i < 100; i++)
        press(world, "F11");
    assert_shows(world, "│ n0000");
    world_free(world);
}

static uint32_t
color_of(struct world *world, const char *name)
{
    g_autofree char *screen = look(world);

    for (int row = 0; row < world->cells->rows; row++) {
        g_autofree char *text = cells_dump_row(world->cells, row);
        const char *at = strstr(text, name);
        if (at)
            return cells_at(world->cells, row, (int)g_utf8_pointer_to_offset(text, at))->style.fg;
    }
    g_assert_not_reached();
}

static void
test_nick_colors(void)
{
    struct world *world = world_new(1);
    struct theme theme;

    theme_init(&theme);
    go(world, 0, "#lab");
    says(world, 0, NULL, "hello", 1);
    g_assert_cmpuint(color_of(world, "Uma"), ==, theme_style(&theme, theme_nick_role("uma")).fg);
    set_look(world, "nick_colors = off");
    g_assert_cmpuint(color_of(world, "Uma"), ==, theme_style(&theme, ROLE_NICK_OTHER).fg);
    world_free(world);
}

static void
joins(struct world *world, const char *nick, int minute)
{
    emit(world, &(struct event){.type = EVENT_MESSAGE,
                                .conversation = "#lab",
                                .message = {.kind = MESSAGE_JOIN,
                                            .sender_id = nick,
                                            .sender_name = nick,
                                            .time_us = FAKE_NOW_US + minute * 60 * SECOND_US}});
}

static void
test_joins(void)
{
    struct world *world = world_new(1);

    go(world, 0, "#lab");
    says(world, 0, NULL, "hello", 1);
    joins(world, "ana", 2);
    joins(world, "ben", 3);
    assert_shows(world, "2 joined: ana, ben");
    joins(world, "Uma", 4); /* has spoken */
    assert_shows(world, "Uma joined");
    press(world, "Alt-=");
    assert_shows(world, "ana joined");
    assert_shows(world, "All who come and go are shown.");
    press(world, "Ctrl-c");
    press(world, "=");
    assert_shows(world, "2 joined: ana, ben");
    set_look(world, "joins = folded");
    assert_shows(world, "3 joined: ana, ben, Uma");
    set_look(world, "joins_minutes = 2");
    assert_shows(world, "3 joined: ana, ben, Uma");
    set_look(world, "joins = shown");
    assert_shows(world, "ben joined");
    /* The setting counts for the next buffer, too. */
    press(world, "Ctrl-p");
    go(world, 0, "#lab");
    assert_shows(world, "ben joined");
    world_free(world);
}

static void
test_long(void)
{
    struct world *world = world_new(1);
    g_autoptr(GString) text = g_string_new("line 1");

    for (int i = 2; i <= 40; i++)
        g_string_append_printf(text, "\nline %d", i);
    go(world, 0, "#lab");
    says(world, 0, NULL, text->str, 1);
    assert_shows(world, "… 29 more lines");
    press(world, "Alt-,");
    g_assert_false(shows(world, "more lines"));
    assert_shows(world, "Uma  line 1");
    assert_shows(world, "line 15");
    press(world, "Ctrl-c");
    press(world, ",");
    assert_shows(world, "… 29 more lines");
    set_look(world, "max_lines = 0");
    assert_shows(world, "line 40");
    press(world, "Alt-,");
    assert_shows(world, "Nothing that is in sight is shown short.");
    world_free(world);
}

static void
topic_is(struct world *world, const char *topic, const char *modes)
{
    emit(world, &(struct event){.type = EVENT_BUFFER,
                                .conversation = "#lab",
                                .buffer = {.kind = BUFFER_CHANNEL,
                                           .name = "#lab",
                                           .topic = topic,
                                           .modes = modes,
                                           .joined = true}});
}

static void
test_topic(void)
{
    struct world *world = world_new(1);

    go(world, 0, "#lab");
    press(world, "Alt-T");
    assert_shows(world, "This buffer has no topic.");
    topic_is(world,
             "The beginning of a topic that has no room in one row of a narrow window and ends",
             "+nt");
    assert_shows(world, "1 #lab +nt - one (fake) | The beginning");
    g_assert_false(shows(world, "window and ends"));
    press(world, "Alt-T");
    assert_shows(world, "window and ends");
    press(world, "Esc");
    g_assert_false(shows(world, "window and ends"));
    press(world, "Ctrl-c");
    press(world, "T");
    assert_shows(world, "window and ends");
    /* Somewhere else it is closed. */
    press(world, "Ctrl-p");
    go(world, 0, "#lab");
    g_assert_false(shows(world, "window and ends"));
    topic_is(world, "", "");
    assert_shows(world, "1 #lab - one (fake)\n");
    world_free(world);
}

void
test_world_reading_add(void)
{
    g_test_add_func("/world/topic", test_topic);
    g_test_add_func("/world/long", test_long);
    g_test_add_func("/world/joins", test_joins);
    g_test_add_func("/world/members", test_members);
    g_test_add_func("/world/members-narrow", test_members_narrow);
    g_test_add_func("/world/members-many", test_members_many);
    g_test_add_func("/world/nick-colors", test_nick_colors);
}
