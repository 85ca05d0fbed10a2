/* What joins channels of several networks; the relay itself (src/relay) reads what is typed. */
#include "core/command.h"
#include "core/relaying.h"

static bool
run_relay(const struct command_context *context, GError **error)
{
    const struct core_relay *relay = context->core->relay;
    const struct core_front *front = context->core->front;
    g_autofree char *typed = g_strjoinv(" ", (char **)(uintptr_t)context->arguments);

    if (context->n == 0 && front)
        return front->command(front->user, "relay", NULL, context->buffer->id, error);
    if (relay)
        return relay->command(relay->user, context->buffer->id, context->n ? typed : NULL, error);
    g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED, "This weft relays nothing.");
    return false;
}

const struct command commands_relay[] = {
    {.name = "relay",
     .arguments =
         "[list|make|add|drop|set|yes|pause|resume|end|retry|why|reload] [GATEWAY] [ADDRESS…]",
     .help =
         "Shows which channels are joined to which, and how what is said there is carried on.\n"
         "make NAME ADDRESS ADDRESS… proposes a gateway between channels (each address may be "
         "followed by in, out or inout); add GATEWAY ADDRESS proposes one more leg or another "
         "direction, drop GATEWAY ADDRESS one less, set GATEWAY OPTION VALUE another option "
         "(without a value: none), and end GATEWAY that it carries nothing any more. Each "
         "shows the lines, and yes writes them into weft.conf. pause, resume and retry are about "
         "one gateway, or without a name about all; retry tries again what it gave up, and not "
         "what another one did in the same channel. why says what became of the newest "
         "message here; reload reads the configuration anew.",
     .example = "/relay make jobs libera/#coop-jobs patio/coops/jobs",
     .completes = {COMPLETE_WORDS, COMPLETE_GATEWAY, COMPLETE_BUFFER},
     .most = 3,
     .run = run_relay},
    {0},
};
