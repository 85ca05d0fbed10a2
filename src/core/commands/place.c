/* Making channels, finding them, inviting to them, archiving them. */
#include <string.h>

#include "core/command.h"
#include "core/place.h"

/* What only the screen can ask for: it asks. */
static bool
let_screen_ask(const struct command_context *context, const char *name, GError **error)
{
    const struct core_front *front = context->core->front;

    if (front)
        return front->command(front->user, name, context->n > 0 ? context->arguments[0] : NULL,
                              context->buffer->id, error);
    g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED, "There is no screen here.");
    return false;
}

/* --- making
 * --------------------------------------------------------------------------------------------- */

/* "Bread & Roses private": the last word may say how. g_free(). */
static char *
read_wish(const char *text, bool *ret_private)
{
    g_autofree char *name = g_strdup(text);
    char *blank = strrchr(name, ' ');

    *ret_private = blank && (strcmp(blank + 1, "private") == 0 || strcmp(blank + 1, "public") == 0);
    if (*ret_private) {
        *ret_private = strcmp(blank + 1, "private") == 0;
        *blank = '\0';
    }
    return g_strdup(g_strstrip(name));
}

/* The place that is meant, if that is plain. */
static bool
find_place(const struct command_context *context, enum capability capability,
           struct place *ret_place)
{
    const struct session *session = context->session;
    g_autoptr(GArray) places = core_places(context->core, capability, context->buffer->id);
    unsigned n = 0;

    for (guint i = 0; i < places->len; i++) {
        const struct place *place = &g_array_index(places, struct place, i);
        if (place->account_id != session->account->id)
            continue;
        if (n++ == 0 || place->space_id == context->buffer->space_id)
            *ret_place = *place;
        if (place->space_id != 0 && place->space_id == context->buffer->space_id)
            return true;
    }
    return n == 1;
}

static bool
run_create(const struct command_context *context, GError **error)
{
    struct session *session = context->session;
    struct core_wish wish = {0};

    if (context->n == 0)
        return let_screen_ask(context, "create", error);
    if (!command_needs_account(context, error) || !session_can(session, NULL, CAP_CREATE, error))
        return false;
    if (!find_place(context, CAP_CREATE, &wish.place))
        return let_screen_ask(context, "create", error);
    g_autofree char *name = read_wish(context->arguments[0], &wish.private_);
    wish.name = name;
    return core_create(context->core, context->buffer->id, &wish, NULL, NULL, error) != NULL;
}

/* --- finding, inviting, archiving
 * ----------------------------------------------------------------------- */

static bool
run_list(const struct command_context *context, GError **error)
{
    return let_screen_ask(context, "list", error);
}

static bool
run_invite(const struct command_context *context, GError **error)
{
    const char *where = context->n > 1 ? context->arguments[1] : NULL;

    if (!command_needs_account(context, error))
        return false;
    if (where && strcmp(where, "space") != 0 && strcmp(where, "team") != 0) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                            "Behind the name only space (or team) may stand: it invites to all of "
                            "it, not only to this channel.");
        return false;
    }
    return core_invite(context->core, context->buffer->id, context->arguments[0], where != NULL,
                       error);
}

static bool
run_archive(const struct command_context *context, GError **error)
{
    return command_needs_account(context, error) &&
           core_archive(context->core, context->buffer->id, error);
}

const struct command commands_place[] = {
    {.name = "create",
     .aliases = "newchannel",
     .arguments = "[NAME [private]]",
     .help = "Makes a channel in this space and shows it.\n"
             "Without a name, or where it is not plain in which space, weft asks. In a list of "
             "buffers that has the keys, a does the same.",
     .example = "/create bread-and-roses private",
     .most = 1,
     .of_account = CAP_CREATE,
     .run = run_create},
    {.name = "list",
     .aliases = "browse channels",
     .arguments = "[WORDS]",
     .help = "Lists the channels that you can join, to look through and join them.",
     .example = "/list bakers",
     .most = 1,
     .of_account = CAP_BROWSE,
     .run = run_list},
    {.name = "invite",
     .arguments = "NICK [space]",
     .help = "Adds somebody to this channel; with space (or team), to all of this space.",
     .example = "/invite maria",
     .completes = {COMPLETE_USER},
     .least = 1,
     .most = 2,
     .run = run_invite},
    {.name = "archive",
     .arguments = "",
     .help = "Closes this channel for everybody; twice. What was said stays.",
     .example = "/archive",
     .run = run_archive},
    {0},
};
