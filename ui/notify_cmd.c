#include "ui/notify_cmd.h"

#include "base/child.h"
#include "base/error.h"

struct run {
    struct notify_cmd *cmd; /* NULL: it was freed, the program was stopped */
    GSubprocess *process;
    unsigned timer;
    bool late;
    notify_done_fn fn;
    void *user;
};

struct notify_cmd {
    struct clock *clock;
    GPtrArray *runs; /* struct run; each is freed when its program was waited for */
};

static void
run_free(struct run *run)
{
    g_object_unref(run->process);
    g_free(run);
}

static void
run_ended(GObject *object, GAsyncResult *result, void *user)
{
    struct run *run = user;
    g_autoptr(GError) why = NULL;
    g_autoptr(GError) error = NULL;

    g_subprocess_wait_check_finish(G_SUBPROCESS(object), result, &why);
    if (run->cmd == NULL) {
        run_free(run);
        return;
    }
    clock_timer_del(run->cmd->clock, run->timer);
    g_ptr_array_remove_fast(run->cmd->runs, run);
    if (run->late)
        g_set_error(&error, WEFT_ERROR, WEFT_ERROR_TIMEOUT,
                    "notify_cmd did not end within %d seconds and was stopped.",
                    (int)(NOTIFY_CMD_LIMIT_US / G_USEC_PER_SEC));
    else if (why != NULL)
        g_set_error(&error, WEFT_ERROR, WEFT_ERROR_IO,
                    "notify_cmd failed (%s). Run it in a shell to see why.", why->message);
    run->fn(run->user, error);
    run_free(run);
}

static void
run_is_late(void *user)
{
    struct run *run = user;

    run->timer = 0;
    run->late = true;
    child_kill(run->process);
}

bool
notify_cmd_run(struct notify_cmd *cmd, const char *command, const struct call *call,
               notify_done_fn fn, void *user, GError **error)
{
    static const char *const urgencies[] = {
        [CALL_LOW] = "low", [CALL_NORMAL] = "normal", [CALL_CRITICAL] = "critical"};
    const char *const environment[] = {"WEFT_TITLE",  call->title,    "WEFT_BODY",
                                       call->body,    "WEFT_SENDER",  call->sender,
                                       "WEFT_BUFFER", call->address,  "WEFT_KIND",
                                       call->kind,    "WEFT_URGENCY", urgencies[call->urgency],
                                       NULL};
    g_autofree char *input = g_strdup_printf("%s\n%s\n", call->title, call->body);
    g_autoptr(GError) why = NULL;

    if (cmd->runs->len >= NOTIFY_CMD_MOST) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_CONFLICT, "notify_cmd runs %d times already.",
                    NOTIFY_CMD_MOST);
        return false;
    }
    GSubprocess *process =
        child_start(command, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                    environment, input, &why);
    if (process == NULL) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_IO, "notify_cmd cannot be run: %s.",
                    why->message);
        return false;
    }
    struct run *run = g_new0(struct run, 1);
    run->cmd = cmd;
    run->process = process;
    run->fn = fn;
    run->user = user;
    run->timer = clock_timer_add(cmd->clock, NOTIFY_CMD_LIMIT_US, run_is_late, run);
    g_ptr_array_add(cmd->runs, run);
    g_subprocess_wait_check_async(process, NULL, run_ended, run);
    return true;
}

struct notify_cmd *
notify_cmd_new(struct clock *clock)
{
    struct notify_cmd *cmd = g_new0(struct notify_cmd, 1);

    cmd->clock = clock;
    cmd->runs = g_ptr_array_new();
    return cmd;
}

void
notify_cmd_free(struct notify_cmd *cmd)
{
    if (cmd == NULL)
        return;
    for (guint i = 0; i < cmd->runs->len; i++) {
        struct run *run = cmd->runs->pdata[i];
        clock_timer_del(cmd->clock, run->timer);
        child_kill(run->process);
        run->cmd = NULL;
    }
    g_ptr_array_unref(cmd->runs);
    g_free(cmd);
}
