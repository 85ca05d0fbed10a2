#include "core/bus.h"

struct subscriber {
    unsigned id;
    bus_fn fn; /* NULL: has left, and is taken out when nothing is being delivered */
    void *user;
};

struct bus {
    GArray *subscribers;
    GQueue waiting; /* struct notice, owned */
    unsigned last_id;
    bool delivering;
    bool some_left;
};

static void
notice_free(struct notice *notice)
{
    message_unref(notice->message);
    g_free(notice->text);
    g_free(notice);
}

struct bus *
bus_new(void)
{
    struct bus *bus = g_new0(struct bus, 1);
    bus->subscribers = g_array_new(FALSE, FALSE, sizeof(struct subscriber));
    g_queue_init(&bus->waiting);
    return bus;
}

void
bus_free(struct bus *bus)
{
    if (bus == NULL)
        return;
    g_queue_clear_full(&bus->waiting, (GDestroyNotify)notice_free);
    g_array_unref(bus->subscribers);
    g_free(bus);
}

unsigned
bus_subscribe(struct bus *bus, bus_fn fn, void *user)
{
    const struct subscriber subscriber = {.id = ++bus->last_id, .fn = fn, .user = user};
    g_array_append_val(bus->subscribers, subscriber);
    return subscriber.id;
}

static void
take_out_left(struct bus *bus)
{
    for (guint i = bus->subscribers->len; i-- > 0;)
        if (g_array_index(bus->subscribers, struct subscriber, i).fn == NULL)
            g_array_remove_index(bus->subscribers, i);
    bus->some_left = false;
}

void
bus_unsubscribe(struct bus *bus, unsigned id)
{
    for (guint i = 0; i < bus->subscribers->len; i++) {
        struct subscriber *subscriber = &g_array_index(bus->subscribers, struct subscriber, i);
        if (subscriber->id == id)
            subscriber->fn = NULL;
    }
    bus->some_left = true;
    if (!bus->delivering)
        take_out_left(bus);
}

static void
deliver(struct bus *bus, const struct notice *notice)
{
    /* Who subscribes during the delivery hears from the next notice on. The array may move. */
    const guint n = bus->subscribers->len;
    for (guint i = 0; i < n; i++) {
        const struct subscriber subscriber = g_array_index(bus->subscribers, struct subscriber, i);
        if (subscriber.fn != NULL)
            subscriber.fn(notice, subscriber.user);
    }
}

static void
push_copy(struct bus *bus, const struct notice *notice)
{
    struct notice *copy = g_new(struct notice, 1);
    *copy = *notice;
    copy->text = g_strdup(notice->text);
    if (copy->message != NULL)
        message_ref(copy->message);
    g_queue_push_tail(&bus->waiting, copy);
}

/* What comes while nothing is being delivered needs no copy; but a text may belong to something
 * that a subscriber ends. */
static void
deliver_first(struct bus *bus, const struct notice *notice)
{
    if (notice->text != NULL) {
        push_copy(bus, notice);
        return;
    }
    struct message *message = notice->message != NULL ? message_ref(notice->message) : NULL;
    deliver(bus, notice);
    message_unref(message);
}

void
bus_publish(struct bus *bus, const struct notice *notice)
{
    struct notice *copy;
    if (bus->delivering) {
        push_copy(bus, notice);
        return;
    }
    bus->delivering = true;
    deliver_first(bus, notice);
    while ((copy = g_queue_pop_head(&bus->waiting)) != NULL) {
        deliver(bus, copy);
        notice_free(copy);
    }
    bus->delivering = false;
    if (bus->some_left)
        take_out_left(bus);
}
