/* The token, and whether the server is there and takes it. */
#include <string.h>

#include "base/redact.h"
#include "protocols/matterbridge/matterbridge_priv.h"

#define HEALTH_BYTES (64 * 1024)

void
mbridge_forget_token(struct mbridge *mb)
{
    if (mb->token)
        redact_forget(mb->token);
    redact_wipe_free(g_steal_pointer(&mb->token));
    redact_wipe_free(g_steal_pointer(&mb->bearer));
}

static void
tell_self(struct mbridge *mb)
{
    const struct event event = {.type = EVENT_SELF,
                                .self = {.id = mb->config.name,
                                         .name = mb->config.name,
                                         .server_name = mb->config.host,
                                         .insecure = !mb->config.secure}};

    host_emit(mb->host, &event);
    if (mb->config.secure || mb->warned)
        return;
    mb->warned = true;
    mbridge_say(mb, "Nothing is encrypted on the way to this server: the token, and all that is "
                    "said, can be read and changed there. An SSH tunnel or a proxy with TLS "
                    "helps.");
}

static void
on_health(void *user, const struct http_answer *answer, const GError *error)
{
    struct mbridge *mb = user;

    mb->asking = NULL;
    if (error) {
        mbridge_fail(mb, g_error_copy(error));
    } else if (answer->status != 200) {
        mbridge_fail(mb, mbridge_refusal(mb, answer));
    } else if (strncmp(answer->body, "OK", 2) != 0 || answer->len > 4) {
        mbridge_fail(mb, g_error_new(WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                                     "What answers at this address is no Matterbridge API (%s). "
                                     "Check the option server.",
                                     mb->config.base));
    } else {
        tell_self(mb);
        mbridge_gateways_tell(mb);
        mbridge_feed_begin(mb);
    }
}

static void
ask_health(struct mbridge *mb)
{
    static const struct http_events events = {.done = on_health};
    const struct http_request wishes = {.silence_timeout_us = MBRIDGE_ASK_US,
                                        .total_timeout_us = MBRIDGE_ASK_US,
                                        .max_bytes = HEALTH_BYTES};

    host_state(mb->host, ACCOUNT_LOGIN);
    mb->asking = mbridge_ask(mb, "GET", "/api/health", &wishes, &events, mb);
}

static void
on_token(void *user, const char *value, const GError *error)
{
    struct mbridge *mb = user;

    if (mb->phase != MBRIDGE_LOGIN || mb->dying)
        return;
    if (!value || !*value) {
        mbridge_fail(mb, error ? g_error_copy(error)
                               : g_error_new(WEFT_ERROR, WEFT_ERROR_AUTH, "The token is empty."));
        return;
    }
    if (strpbrk(value, " \t\r\n")) {
        mbridge_fail(mb, g_error_new(WEFT_ERROR, WEFT_ERROR_AUTH,
                                     "The token has a blank or a line end in it: copy it again."));
        return;
    }
    mbridge_forget_token(mb);
    mb->token = g_strdup(value);
    redact_add(mb->token);
    mb->bearer = g_strconcat("Authorization: Bearer ", value, NULL);
    ask_health(mb);
}

void
mbridge_login_begin(struct mbridge *mb)
{
    if (secret_configured(mb->options, "token"))
        mb->host->ops->secret(mb->host, "token", on_token, mb);
    else
        ask_health(mb);
}
