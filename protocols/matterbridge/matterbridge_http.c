/* Requests, and what the server's refusals mean in words. */
#include <string.h>

#include "protocols/matterbridge/matterbridge_priv.h"

#define MESSAGE_BYTES 300

struct http_call *
mbridge_ask(struct mbridge *mb, const char *method, const char *path,
            const struct http_request *wishes, const struct http_events *events, void *user)
{
    g_autofree char *url = g_strconcat(mb->config.base, path, NULL);
    const char *headers[3] = {NULL};
    unsigned n = 0;

    if (mb->bearer)
        headers[n++] = mb->bearer;
    if (wishes->body)
        headers[n++] = "Content-Type: application/json";
    struct http_request request = *wishes;
    request.method = method;
    request.url = url;
    request.headers = headers;
    request.tls = mb->config.tls;
    request.connect_timeout_us = MBRIDGE_ASK_US;
    return mb->host->net->http_start(mb->host->net, &request, events, user);
}

void
mbridge_cancel(struct mbridge *mb, struct http_call **call)
{
    if (*call)
        mb->host->net->http_cancel(*call);
    *call = NULL;
}

bool
mbridge_never_left(const GError *error)
{
    return error_is(error, WEFT_ERROR_DNS) || error_is(error, WEFT_ERROR_REFUSED) ||
           error_is(error, WEFT_ERROR_TLS);
}

static GError *
rate_limited(const struct http_answer *answer)
{
    const int64_t delay_us =
        answer->retry_after_us > 0 ? answer->retry_after_us : 10 * G_USEC_PER_SEC;
    GError *error = NULL;

    error_set_rate_limited(&error, delay_us,
                           "The server asks for a pause of %d s. weft waits so long.",
                           (int)((delay_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC));
    return error;
}

GError *
mbridge_refusal(const struct mbridge *mb, const struct http_answer *answer)
{
    json_t *json = json_read(answer->body, answer->len, NULL, NULL);
    g_autofree char *message = g_strndup(json_get_text(json, "message"), MESSAGE_BYTES);
    g_autofree char *folded = g_ascii_strdown(message, -1);

    json_decref(json);
    if (answer->status == 429)
        return rate_limited(answer);
    if (answer->status == 400 && strstr(folded, "missing key"))
        return g_error_new(WEFT_ERROR, WEFT_ERROR_AUTH,
                           "The server wants a token, and this account sends none. Set token to "
                           "what Token is in the server's [api.…] block, then /reconnect.");
    if (answer->status == 401 || answer->status == 403)
        return g_error_new(WEFT_ERROR, WEFT_ERROR_AUTH,
                           "The server does not take this token. Set token to what Token is in the "
                           "server's [api.…] block, then /reconnect.");
    if (answer->status == 404)
        return g_error_new(WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                           "There is no Matterbridge API at this address (%s). Check the option "
                           "server.",
                           mb->config.base);
    if (answer->status >= 500)
        return g_error_new(WEFT_ERROR, WEFT_ERROR_IO, "The server is in trouble (HTTP %d).",
                           answer->status);
    return g_error_new(WEFT_ERROR, WEFT_ERROR_BAD_INPUT, "The server refuses (HTTP %d)%s%s",
                       answer->status, *message ? ": " : ".", message);
}
