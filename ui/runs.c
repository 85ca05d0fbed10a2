#include "ui/runs.h"

#include "base/child.h"
#include "base/error.h"

struct run {
    struct runs *runs; /* NULL: nobody waits for it any more */
    GSubprocess *process;
    const char *name;
    unsigned timer;
    bool stays, late;
    runs_done_fn fn;
    void *user;
};

struct runs {
    struct clock *clock;
    GPtrArray *all; /* struct run; each is freed when its program was waited for */
};

static void
run_free(struct run *run)
{
    g_object_unref(run->process);
    g_free(run);
}

/* Nobody waits for it any more. */
static void
drop(struct run *run)
{
    struct runs *runs = g_steal_pointer(&run->runs);

    clock_timer_del(runs->clock, run->timer);
    g_ptr_array_remove_fast(runs->all, run);
}

static void
run_ended(GObject *object, GAsyncResult *result, void *user)
{
    struct run *run = user;
    g_autoptr(GError) why = NULL;
    g_autoptr(GError) error = NULL;

    g_subprocess_wait_check_finish(G_SUBPROCESS(object), result, &why);
    if (run->runs != NULL) {
        drop(run);
        if (run->late)
            g_set_error(&error, WEFT_ERROR, WEFT_ERROR_TIMEOUT,
                        "%s did not end within %d seconds and was stopped.", run->name,
                        (int)(RUNS_LIMIT_US / G_USEC_PER_SEC));
        else if (why != NULL)
            g_set_error(&error, WEFT_ERROR, WEFT_ERROR_IO,
                        "%s failed (%s). Run it in a shell to see why.", run->name, why->message);
        run->fn(run->user, error);
    }
    run_free(run);
}

static void
run_is_late(void *user)
{
    struct run *run = user;

    run->timer = 0;
    if (run->stays) {
        drop(run);
        run->fn(run->user, NULL);
        return;
    }
    run->late = true;
    child_kill(run->process);
}

bool
runs_start(struct runs *runs, const struct run_options *options, runs_done_fn fn, void *user,
           GError **error)
{
    g_autoptr(GError) why = NULL;

    if (runs->all->len >= RUNS_MOST) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_CONFLICT, "%s runs %d times already.",
                    options->name, RUNS_MOST);
        return false;
    }
    GSubprocess *process =
        child_start(options->command, options->argument,
                    G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                    options->environment, options->input, &why);
    if (process == NULL) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_IO, "%s cannot be run: %s.", options->name,
                    why->message);
        return false;
    }
    struct run *run = g_new0(struct run, 1);
    run->runs = runs;
    run->process = process;
    run->name = options->name;
    run->stays = options->stays;
    run->fn = fn;
    run->user = user;
    run->timer = clock_timer_add(runs->clock, RUNS_LIMIT_US, run_is_late, run);
    g_ptr_array_add(runs->all, run);
    g_subprocess_wait_check_async(process, NULL, run_ended, run);
    return true;
}

struct runs *
runs_new(struct clock *clock)
{
    struct runs *runs = g_new0(struct runs, 1);

    runs->clock = clock;
    runs->all = g_ptr_array_new();
    return runs;
}

void
runs_free(struct runs *runs)
{
    if (runs == NULL)
        return;
    while (runs->all->len > 0) {
        struct run *run = runs->all->pdata[0];
        drop(run);
        if (!run->stays)
            child_kill(run->process);
    }
    g_ptr_array_unref(runs->all);
    g_free(runs);
}
