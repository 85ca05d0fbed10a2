/* The screen's own: core knows their names, the screen does what they say. */
#include "core/command.h"

static bool
run_front(const struct command_context *context, const char *name, GError **error)
{
    const struct core_front *front = context->core->front;

    if (front)
        return front->command(front->user, name, context->n > 0 ? context->arguments[0] : NULL,
                              context->buffer->id, error);
    g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED, "There is no screen here.");
    return false;
}

static bool
run_theme(const struct command_context *context, GError **error)
{
    return run_front(context, "theme", error);
}

static bool
run_keys(const struct command_context *context, GError **error)
{
    return run_front(context, "keys", error);
}

static bool
run_setup(const struct command_context *context, GError **error)
{
    return run_front(context, "setup", error);
}

static bool
run_inbox(const struct command_context *context, GError **error)
{
    return run_front(context, "inbox", error);
}

/* Where a window is what weft calls a buffer, /window 3 goes to it. */
static bool
run_window(const struct command_context *context, GError **error)
{
    const struct core_front *front = context->core->front;
    g_auto(GStrv) words = front ? front->words(front->user, COMPLETE_WINDOW) : NULL;

    if (words && g_strv_contains((const char *const *)words, context->arguments[0]))
        return run_front(context, "window", error);
    return command_go(context, error);
}

const struct command commands_screen[] = {
    {.name = "window",
     .aliases = "win",
     .arguments = "splitv|splith|close|merge|zoom|next|previous|up|down|left|right|NUMBER",
     .help = "Puts a window beside this one (splitv) or below it (splith), closes or zooms it.\n"
             "merge closes all others; next, previous and the directions go to another. What is "
             "typed goes to the buffer of the window one is in. With a buffer's number or address "
             "it does what /go does.",
     .example = "/window splitv",
     .completes = {COMPLETE_WINDOW},
     .least = 1,
     .most = 1,
     .run = run_window},
    {.name = "setup",
     .arguments = "[LINK]",
     .help = "Adds an account by questions: from a server's address, or any link into it.",
     .example = "/setup https://chat.example.org",
     .most = 1,
     .run = run_setup},
    {.name = "inbox",
     .arguments = "",
     .help = "Shows what waits for you, over all accounts.\n"
             "What calls you, direct messages, what was not sent, unread channels, what you "
             "flagged. Each line opens what it is about, or is dealt with there.",
     .example = "/inbox",
     .run = run_inbox},
    {.name = "theme",
     .arguments = "[NAME]",
     .help = "Changes the colours; alone, lists the themes and shows each as you go through them.\n"
             "auto takes what fits the terminal's background. The change is written to "
             "override.conf.",
     .example = "/theme colourblind",
     .completes = {COMPLETE_THEME},
     .most = 1,
     .run = run_theme},
    {.name = "keys",
     .arguments = "[PRESET]",
     .help = "Shows all keys, or changes to those of another program: weft, weechat or irssi.\n"
             "What you bound yourself stays. What differs is said; the change is written to "
             "override.conf.",
     .example = "/keys weechat",
     .completes = {COMPLETE_PRESET},
     .most = 1,
     .run = run_keys},
    {0},
};
