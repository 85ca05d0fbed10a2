/* Accounts: their connections, and the raw line. */
#include <string.h>

#include "core/command.h"
#include "core/nearest.h"

/* The named account, or the one of this buffer. */
static const struct account *
find_account(const struct command_context *context, GError **error)
{
    const GPtrArray *accounts = core_accounts(context->core);
    struct nearest nearest;

    if (context->n == 0) {
        if (!command_needs_account(context, error))
            return NULL;
        return context->session->account;
    }
    nearest_init(&nearest, context->arguments[0]);
    for (unsigned i = 0; i < accounts->len; i++) {
        const struct account *account = accounts->pdata[i];
        if (strcmp(account->name, context->arguments[0]) == 0)
            return account;
        nearest_offer(&nearest, account->name);
    }
    g_autofree char *hint = nearest_hint(&nearest);
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "There is no account %s.%s",
                context->arguments[0],
                *hint ? hint
                      : " /account lists what there is; \"weft LINK\", or a section [account NAME] "
                        "in weft.conf, adds one.");
    return NULL;
}

static bool
run_connect(const struct command_context *context, GError **error)
{
    const struct account *account = find_account(context, error);

    return account && core_connect(context->core, account->id, error);
}

static bool
run_disconnect(const struct command_context *context, GError **error)
{
    const struct account *account = find_account(context, error);

    if (account)
        core_disconnect(context->core, account->id, NULL);
    return account != NULL;
}

static bool
run_reconnect(const struct command_context *context, GError **error)
{
    const struct account *account = find_account(context, error);

    if (!account)
        return false;
    core_disconnect(context->core, account->id, NULL);
    return core_connect(context->core, account->id, error);
}

static bool
run_account(const struct command_context *context, GError **error)
{
    const GPtrArray *accounts = core_accounts(context->core);
    g_autoptr(GString) out = g_string_new(NULL);

    for (unsigned i = 0; i < accounts->len; i++) {
        const struct account *account = accounts->pdata[i];
        g_string_append_printf(out, "%s%s (%s): %s", i ? "\n" : "", account->name, account->network,
                               account_state_name(account->state));
        if (account->self_name)
            g_string_append_printf(out, " as %s", account->self_name);
        if (account->insecure)
            g_string_append(out, ", not encrypted");
        if (account->state_text)
            g_string_append_printf(out, ". %s", account->state_text);
    }
    core_say(context->core, context->buffer->id, "%s",
             out->len ? out->str : "There is no account yet.");
    return true;
}

static bool
run_raw(const struct command_context *context, GError **error)
{
    struct session *session = context->session;

    if (!command_needs_account(context, error) || !session_can(session, NULL, CAP_RAW, error))
        return false;
    op_id op = session_begin(session, context->buffer->id, NULL, NULL);
    if (!session->driver->raw(session->state, op, command_from(context), context->arguments[0],
                              error))
        return session_refused(session, op);
    return true;
}

const struct command commands_account[] = {
    {.name = "connect",
     .aliases = "server",
     .arguments = "[ACCOUNT]",
     .help = "Connects this buffer's account, or the named one.",
     .example = "/connect libera",
     .completes = {COMPLETE_ACCOUNT},
     .most = 1,
     .of_account = CAP_SEND,
     .run = run_connect},
    {.name = "disconnect",
     .arguments = "[ACCOUNT]",
     .help = "Disconnects this buffer's account, or the named one, and leaves it so.",
     .example = "/disconnect libera",
     .completes = {COMPLETE_ACCOUNT},
     .most = 1,
     .of_account = CAP_SEND,
     .run = run_disconnect},
    {.name = "reconnect",
     .arguments = "[ACCOUNT]",
     .help = "Disconnects an account and connects it again.",
     .example = "/reconnect libera",
     .completes = {COMPLETE_ACCOUNT},
     .most = 1,
     .of_account = CAP_SEND,
     .run = run_reconnect},
    {.name = "account",
     .aliases = "accounts",
     .arguments = "",
     .help = "Lists the accounts and how they are.",
     .example = "/account",
     .run = run_account},
    {.name = "raw",
     .aliases = "quote",
     .arguments = "LINE",
     .help = "Sends one line to the server as it is.",
     .example = "/raw LIST >20",
     .least = 1,
     .most = 1,
     .of_account = CAP_RAW,
     .run = run_raw},
    {0},
};
