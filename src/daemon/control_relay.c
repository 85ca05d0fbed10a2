/* How the relay is doing, and what one may tell it. */
#include <string.h>

#include "base/error.h"
#include "base/log.h"
#include "core/relaying.h"
#include "daemon/control_priv.h"
#include "daemon/legs.h"

static void
put_leg(GString *out, const struct relay_leg *leg)
{
    control_put_text(out, "gateway", leg->gateway);
    control_put_text(out, "address", leg->address);
    control_put_text(out, "direction", leg_direction_name(leg->direction));
    control_put_text(out, "state", leg_state_name(leg->state));
    control_put_number(out, "waiting", leg->waiting);
    control_put_number(out, "unknown", leg->unknown);
    control_put_number(out, "given_up", leg->given_up);
    control_put_number(out, "oldest_us", leg->oldest_us);
    control_put_number(out, "lag_us", leg->lag_us);
    control_put_number(out, "sent", (int64_t)leg->sent);
    control_put_number(out, "failed", (int64_t)leg->failed);
    control_put_number(out, "per_minute", leg->per_minute);
    control_put_number(out, "error_us", leg->error_us);
    control_put_text(out, "error", leg->error);
}

static void
status(struct client *client, const struct request *request)
{
    g_autoptr(GPtrArray) legs = legs_of(client->control->core);
    g_autoptr(GString) out = g_string_new(",\"legs\":[");

    for (guint i = 0; i < legs->len; i++) {
        g_autoptr(GString) one = g_string_new(NULL);
        put_leg(one, legs->pdata[i]);
        g_string_append_printf(out, "%s{%s}", i == 0 ? "" : ",", one->str + 1);
    }
    g_string_append_c(out, ']');
    client_answer(client, request->id, out->str);
}

static void
why(struct client *client, const struct request *request, const struct core_relay *relay)
{
    g_autofree char *text = relay->why(relay->user, request->message);
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    if (text) {
        control_put_text(out, "text", text);
        client_answer(client, request->id, out->str);
        return;
    }
    g_set_error(&error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                "There is no message %" G_GINT64_FORMAT ".", request->message);
    client_refuse(client, request->id, error);
}

static void
change(struct client *client, const struct request *request, const struct core_relay *relay)
{
    g_autofree char *text = NULL;
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    if (!relay->change(relay->user, request->what, request->gateway, request->words, request->yes,
                       &text, &error)) {
        client_refuse(client, request->id, error);
        return;
    }
    if (request->yes)
        log_lines(LOG_INFO, "control", text);
    control_put_flag(out, "done", request->yes);
    control_put_text(out, "text", text);
    client_answer(client, request->id, out->str);
}

void
control_relay(struct client *client, const struct request *request)
{
    static const char *const changes[] = {"make", "add", "drop", "set", "end", NULL};
    const struct core_relay *relay = core_relay(client->control->core);
    g_autoptr(GError) error = NULL;
    bool done = false;

    if (!relay) {
        g_set_error_literal(&error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED,
                            "No relay runs in this weft: no [gateway …] is configured, or another "
                            "weft of this profile runs it.");
    } else if (strcmp(request->what, "status") == 0) {
        status(client, request);
    } else if (strcmp(request->what, "why") == 0) {
        why(client, request, relay);
    } else if (g_strv_contains(changes, request->what)) {
        change(client, request, relay);
    } else if (strcmp(request->what, "pause") == 0) {
        done = relay->pause(relay->user, request->gateway, true, &error);
    } else if (strcmp(request->what, "resume") == 0) {
        done = relay->pause(relay->user, request->gateway, false, &error);
    } else if (strcmp(request->what, "retry") == 0) {
        done = relay->retry(relay->user, request->gateway, &error);
    } else {
        g_set_error_literal(&error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                            "\"what\" is status, why, make, add, drop, set, end, pause, resume "
                            "or retry.");
    }
    if (done)
        client_answer(client, request->id, "");
    else if (error)
        client_refuse(client, request->id, error);
}
