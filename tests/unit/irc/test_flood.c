#include "protocols/irc/irc_flood.h"
#include "tests/unit/irc/tests.h"

static unsigned
pop_all(struct irc_flood *flood, int64_t now_us)
{
    struct irc_out_line *line;
    unsigned n = 0;

    while ((line = irc_flood_pop(flood, now_us))) {
        irc_out_line_free(line);
        n++;
    }
    return n;
}

static void
push(struct irc_flood *flood, enum irc_priority priority, const char *text)
{
    g_assert_true(irc_flood_push(flood, priority, g_strdup(text), 0, false));
}

static void
test_pace(void)
{
    struct irc_flood flood;

    irc_flood_init(&flood, true, 0);
    g_assert_cmpint(irc_flood_wait_us(&flood, 0), ==, -1);
    for (int i = 0; i < 10; i++)
        push(&flood, IRC_TEXT, "x");
    g_assert_cmpuint(pop_all(&flood, 0), ==, IRC_FLOOD_BURST);
    g_assert_cmpint(irc_flood_wait_us(&flood, 0), ==, IRC_FLOOD_REFILL_US);
    g_assert_cmpuint(pop_all(&flood, IRC_FLOOD_REFILL_US - 1), ==, 0);
    g_assert_cmpuint(pop_all(&flood, IRC_FLOOD_REFILL_US), ==, 1);
    irc_flood_slow_down(&flood, IRC_FLOOD_REFILL_US);
    g_assert_cmpint(irc_flood_wait_us(&flood, IRC_FLOOD_REFILL_US), ==, 2 * IRC_FLOOD_REFILL_US);
    irc_flood_set_paced(&flood, false, IRC_FLOOD_REFILL_US);
    g_assert_cmpuint(pop_all(&flood, IRC_FLOOD_REFILL_US), ==, 5);
    irc_flood_clear(&flood);
}

static void
test_order(void)
{
    static const char *const order[] = {"PONG", "hello", "JOIN", "NAMES"};
    struct irc_flood flood;

    irc_flood_init(&flood, true, 0);
    push(&flood, IRC_BACKGROUND, "NAMES");
    push(&flood, IRC_JOINS, "JOIN");
    push(&flood, IRC_TEXT, "hello");
    push(&flood, IRC_URGENT, "PONG");
    for (unsigned i = 0; i < G_N_ELEMENTS(order); i++) {
        struct irc_out_line *line = irc_flood_pop(&flood, 0);
        g_assert_cmpstr(line->text, ==, order[i]);
        irc_out_line_free(line);
    }
    irc_flood_clear(&flood);
}

/* However much nobody waits for, what is typed leaves at once. */
static void
test_room_for_typing(void)
{
    struct irc_flood flood;

    irc_flood_init(&flood, true, 0);
    for (int i = 0; i < 50; i++)
        push(&flood, i % 2 ? IRC_BACKGROUND : IRC_JOINS, "x");
    g_assert_cmpuint(pop_all(&flood, 0), ==, IRC_FLOOD_BURST - 1);
    push(&flood, IRC_TEXT, "hello");
    g_assert_cmpint(irc_flood_wait_us(&flood, 0), ==, 0);
    g_assert_cmpuint(pop_all(&flood, 0), ==, 1);
    /* Two refills: one for the next line, one for the next that is typed. */
    g_assert_cmpuint(pop_all(&flood, IRC_FLOOD_REFILL_US), ==, 0);
    g_assert_cmpuint(pop_all(&flood, 2 * IRC_FLOOD_REFILL_US), ==, 1);
    g_assert_cmpuint(pop_all(&flood, 3 * IRC_FLOOD_REFILL_US), ==, 1);
    irc_flood_clear(&flood);
}

static void
test_bounds_and_removal(void)
{
    struct irc_flood flood;

    irc_flood_init(&flood, false, 0);
    for (int i = 0; i < IRC_FLOOD_MAX_LINES; i++)
        g_assert_true(irc_flood_push(&flood, IRC_TEXT, g_strdup("x"), i < 2 ? 7 : 0, false));
    g_assert_false(irc_flood_push(&flood, IRC_TEXT, g_strdup("x"), 0, false));
    g_assert_true(irc_flood_remove(&flood, 7));
    g_assert_false(irc_flood_remove(&flood, 7));
    g_assert_cmpuint(pop_all(&flood, 0), ==, IRC_FLOOD_MAX_LINES - 2);
    irc_flood_clear(&flood);
}

void
test_flood_add(void)
{
    g_test_add_func("/irc/flood/pace", test_pace);
    g_test_add_func("/irc/flood/room-for-typing", test_room_for_typing);
    g_test_add_func("/irc/flood/order", test_order);
    g_test_add_func("/irc/flood/bounds-and-removal", test_bounds_and_removal);
}
