#include "ui/notify_cmd.h"

bool
notify_cmd_run(struct runs *runs, const char *command, const struct call *call, notify_done_fn fn,
               void *user, GError **error)
{
    static const char *const urgencies[] = {
        [CALL_LOW] = "low", [CALL_NORMAL] = "normal", [CALL_CRITICAL] = "critical"};
    const char *const environment[] = {"WEFT_TITLE",  call->title,    "WEFT_BODY",
                                       call->body,    "WEFT_SENDER",  call->sender,
                                       "WEFT_BUFFER", call->address,  "WEFT_KIND",
                                       call->kind,    "WEFT_URGENCY", urgencies[call->urgency],
                                       NULL};
    g_autofree char *input = g_strdup_printf("%s\n%s\n", call->title, call->body);
    const struct run_options options = {
        .name = "notify_cmd", .command = command, .environment = environment, .input = input};

    return runs_start(runs, &options, fn, user, error);
}
