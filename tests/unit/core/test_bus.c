#include <string.h>

#include "core/bus.h"
#include "tests/unit/core/tests.h"

struct ear {
    struct bus *bus;
    GString *heard;
    unsigned id;
    bool answers; /* publishes two more from inside the first */
    bool leaves;  /* unsubscribes itself at the first */
};

static void
listen(const struct notice *notice, void *user)
{
    struct ear *ear = user;

    g_string_append(ear->heard, notice->text);
    if (ear->answers && strcmp(notice->text, "a") == 0) {
        char b[] = "b", c[] = "c";
        bus_publish(ear->bus, &(struct notice){.type = NOTICE_DISK, .text = b});
        bus_publish(ear->bus, &(struct notice){.type = NOTICE_DISK, .text = c});
        g_string_append_c(ear->heard, '.'); /* before what it caused */
    }
    if (ear->leaves)
        bus_unsubscribe(ear->bus, ear->id);
}

static void
publish(struct bus *bus, const char *text)
{
    g_autofree char *copy = g_strdup(text);
    bus_publish(bus, &(struct notice){.type = NOTICE_DISK, .text = copy});
}

/* What a subscriber causes comes after what is being told, to all in the same order. */
static void
test_order(void)
{
    struct bus *bus = bus_new();
    struct ear first = {.bus = bus, .heard = g_string_new(NULL), .answers = true};
    struct ear second = {.bus = bus, .heard = g_string_new(NULL)};

    first.id = bus_subscribe(bus, listen, &first);
    second.id = bus_subscribe(bus, listen, &second);
    publish(bus, "a");
    publish(bus, "d");
    g_assert_cmpstr(first.heard->str, ==, "a.bcd");
    g_assert_cmpstr(second.heard->str, ==, "abcd");
    g_string_free(first.heard, TRUE);
    g_string_free(second.heard, TRUE);
    bus_free(bus);
}

static void
test_leave(void)
{
    struct bus *bus = bus_new();
    struct ear first = {.bus = bus, .heard = g_string_new(NULL), .leaves = true};
    struct ear second = {.bus = bus, .heard = g_string_new(NULL)};

    first.id = bus_subscribe(bus, listen, &first);
    second.id = bus_subscribe(bus, listen, &second);
    g_assert_cmpuint(first.id, !=, second.id);
    publish(bus, "a");
    publish(bus, "b");
    bus_unsubscribe(bus, second.id);
    publish(bus, "c");
    g_assert_cmpstr(first.heard->str, ==, "a");
    g_assert_cmpstr(second.heard->str, ==, "ab");
    g_string_free(first.heard, TRUE);
    g_string_free(second.heard, TRUE);
    bus_free(bus);
}

void
test_bus_add(void)
{
    g_test_add_func("/bus/order", test_order);
    g_test_add_func("/bus/leave", test_leave);
}
