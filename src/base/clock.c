#include "base/clock.h"

/* What both kinds share: how they end. */
struct own_clock {
    struct clock clock;
    void (*destroy)(struct clock *clock);
};

struct system_clock {
    struct own_clock own;
    GHashTable *sources; /* id → GSource, only those that wait */
    unsigned last_id;
};

struct system_timer {
    struct system_clock *clock;
    unsigned id;
    timer_fn fn;
    void *user;
};

static int64_t
system_wall_us(const struct clock *clock)
{
    return g_get_real_time();
}

static int64_t
system_mono_us(const struct clock *clock)
{
    return g_get_monotonic_time();
}

static gboolean
on_system_timer(void *data)
{
    struct system_timer timer = *(struct system_timer *)data;

    /* Forgotten first: the callback may delete its own id, add a timer or free the clock. */
    g_hash_table_remove(timer.clock->sources, GUINT_TO_POINTER(timer.id));
    timer.fn(timer.user);
    return G_SOURCE_REMOVE;
}

static gboolean
dispatch_timer(GSource *source, GSourceFunc callback, void *data)
{
    g_source_set_ready_time(source, -1);
    return callback(data);
}

/* A ready time instead of g_timeout: microseconds, not whole milliseconds. */
static GSourceFuncs timer_funcs = {.dispatch = dispatch_timer};

static unsigned
system_timer_add(struct clock *base, int64_t delay_us, timer_fn fn, void *user)
{
    struct system_clock *clock = (struct system_clock *)base;
    struct system_timer *timer = g_new(struct system_timer, 1);
    GSource *source = g_source_new(&timer_funcs, sizeof(GSource));

    do
        clock->last_id++;
    while (clock->last_id == 0 ||
           g_hash_table_contains(clock->sources, GUINT_TO_POINTER(clock->last_id)));
    *timer = (struct system_timer){clock, clock->last_id, fn, user};
    int64_t now_us = g_get_monotonic_time();
    g_source_set_ready_time(source, now_us + CLAMP(delay_us, 0, G_MAXINT64 - now_us));
    g_source_set_callback(source, on_system_timer, timer, g_free);
    g_source_attach(source, NULL);
    g_hash_table_insert(clock->sources, GUINT_TO_POINTER(timer->id), source);
    return timer->id;
}

static void
system_timer_del(struct clock *base, unsigned id)
{
    struct system_clock *clock = (struct system_clock *)base;
    GSource *source = g_hash_table_lookup(clock->sources, GUINT_TO_POINTER(id));

    if (source) {
        g_source_destroy(source);
        g_hash_table_remove(clock->sources, GUINT_TO_POINTER(id));
    }
}

static void
system_destroy(struct clock *base)
{
    struct system_clock *clock = (struct system_clock *)base;
    GHashTableIter iter;
    void *source;

    g_hash_table_iter_init(&iter, clock->sources);
    while (g_hash_table_iter_next(&iter, NULL, &source))
        g_source_destroy(source);
    g_hash_table_unref(clock->sources);
    g_free(clock);
}

struct clock *
clock_system_new(void)
{
    struct system_clock *clock = g_new0(struct system_clock, 1);

    clock->own = (struct own_clock){
        .clock = {system_wall_us, system_mono_us, system_timer_add, system_timer_del},
        .destroy = system_destroy,
    };
    clock->sources = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_source_unref);
    return &clock->own.clock;
}

struct fake_timer {
    unsigned id;
    int64_t due_us;
    timer_fn fn;
    void *user;
};

struct fake_clock {
    struct own_clock own;
    int64_t wall_us;
    int64_t mono_us;
    unsigned last_id;
    GArray *timers; /* of struct fake_timer, earliest first; equal times in the order of adding */
};

/* A timer that arms itself again without delay would never let clock_fake_advance() end. */
#define FAKE_MOST_CALLS 10000000

static int64_t
fake_wall_us(const struct clock *clock)
{
    return ((const struct fake_clock *)clock)->wall_us;
}

static int64_t
fake_mono_us(const struct clock *clock)
{
    return ((const struct fake_clock *)clock)->mono_us;
}

static unsigned
fake_timer_add(struct clock *base, int64_t delay_us, timer_fn fn, void *user)
{
    struct fake_clock *clock = (struct fake_clock *)base;
    delay_us = CLAMP(delay_us, 0, G_MAXINT64 - clock->mono_us);
    struct fake_timer timer = {++clock->last_id, clock->mono_us + delay_us, fn, user};
    unsigned at = clock->timers->len;

    while (at > 0 && g_array_index(clock->timers, struct fake_timer, at - 1).due_us > timer.due_us)
        at--;
    g_array_insert_val(clock->timers, at, timer);
    return timer.id;
}

static void
fake_timer_del(struct clock *base, unsigned id)
{
    struct fake_clock *clock = (struct fake_clock *)base;

    for (unsigned i = 0; id != 0 && i < clock->timers->len; i++) {
        if (g_array_index(clock->timers, struct fake_timer, i).id == id) {
            g_array_remove_index(clock->timers, i);
            return;
        }
    }
}

static void
fake_destroy(struct clock *base)
{
    struct fake_clock *clock = (struct fake_clock *)base;

    g_array_unref(clock->timers);
    g_free(clock);
}

static struct fake_clock *
fake(const struct clock *clock)
{
    /* A test that moves the machine's clock has a mistake. */
    g_assert(clock->wall_us == fake_wall_us);
    return (struct fake_clock *)(uintptr_t)clock;
}

struct clock *
clock_fake_new(int64_t wall_us)
{
    struct fake_clock *clock = g_new0(struct fake_clock, 1);

    clock->own = (struct own_clock){
        .clock = {fake_wall_us, fake_mono_us, fake_timer_add, fake_timer_del},
        .destroy = fake_destroy,
    };
    clock->wall_us = wall_us;
    /* Not 0, so that code which takes 0 for "never" shows its mistake by its own doing only. */
    clock->mono_us = 1000 * G_USEC_PER_SEC;
    clock->timers = g_array_new(FALSE, FALSE, sizeof(struct fake_timer));
    return &clock->own.clock;
}

static void
fake_move_to(struct fake_clock *clock, int64_t mono_us)
{
    if (mono_us > clock->mono_us) {
        clock->wall_us += mono_us - clock->mono_us;
        clock->mono_us = mono_us;
    }
}

void
clock_fake_advance(struct clock *base, int64_t by_us)
{
    struct fake_clock *clock = fake(base);
    int64_t until_us = clock->mono_us + MAX(by_us, 0);

    for (unsigned calls = 0; clock->timers->len > 0; calls++) {
        struct fake_timer timer = g_array_index(clock->timers, struct fake_timer, 0);
        if (timer.due_us > until_us)
            break;
        g_assert_cmpuint(calls, <, FAKE_MOST_CALLS);
        g_array_remove_index(clock->timers, 0);
        fake_move_to(clock, timer.due_us);
        timer.fn(timer.user);
    }
    fake_move_to(clock, until_us);
}

void
clock_fake_step_wall(struct clock *clock, int64_t by_us)
{
    fake(clock)->wall_us += by_us;
}

unsigned
clock_fake_pending(const struct clock *clock)
{
    return fake(clock)->timers->len;
}

void
clock_free(struct clock *clock)
{
    if (clock)
        ((struct own_clock *)clock)->destroy(clock);
}
