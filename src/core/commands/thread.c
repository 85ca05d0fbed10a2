/* /thread: opening one, following it or not. */
#include <string.h>

#include "core/command.h"
#include "core/threads.h"

static bool
run_thread(const struct command_context *context, GError **error)
{
    const char *word = context->n > 0 ? context->arguments[0] : "open";
    const struct core_front *front = context->core->front;
    const int64_t id = context->buffer->id;
    const bool follow = strcmp(word, "follow") == 0;

    if (!command_needs_account(context, error))
        return false;
    if (!follow && strcmp(word, "unfollow") != 0) {
        if (front)
            return front->command(front->user, "thread", word, id, error);
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED, "There is no screen here.");
        return false;
    }
    g_autofree char *newest = core_newest_thread(context->core, id);
    const char *root = context->core->writes.root ? context->core->writes.root : newest;
    if (!root) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                            "There is no thread in this buffer yet. The key t on a message begins "
                            "one.");
        return false;
    }
    return core_follow_thread(context->core, id, root, follow, error);
}

const struct command commands_thread[] = {
    {.name = "thread",
     .arguments = "[open|close|follow|unfollow|list]",
     .help = "Opens the newest thread of this buffer beside it, or closes it.\nfollow and unfollow "
             "mean the thread that is open, when it is typed there, else the newest; list shows "
             "those that you follow, over all accounts.",
     .example = "/thread follow",
     .completes = {COMPLETE_WORDS},
     .most = 1,
     .run = run_thread},
    {0},
};
