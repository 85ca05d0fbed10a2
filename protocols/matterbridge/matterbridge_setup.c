/* What a person is asked for a new account, and what a server tells before anyone has a token. */
#include "protocols/matterbridge/matterbridge_setup.h"

#include <string.h>
#include <sys/random.h>

#include "base/error.h"
#include "base/net_ops.h"
#include "protocols/common/address.h"
#include "protocols/matterbridge/matterbridge_options.h"
#include "json/json.h"

#define PROBE_US     (15 * G_USEC_PER_SEC)
#define PROBED_BYTES (64 * 1024)
#define TOKEN_BYTES  24

const struct setup_row mbridge_setup_rows[] = {
    {.name = "server",
     .option = "server",
     .label = "Server",
     .help = "The address of a Matterbridge's API, as http://127.0.0.1:4242. The manual has the "
             "lines that its admin adds for you.",
     .missing = "An address is needed, as http://127.0.0.1:4242."},
    {.name = "login",
     .kind = SETUP_CHOICE,
     .label = "Log in by",
     .help = "token: what Token is in the server's [api.…] block; none: it has no Token.",
     .choices = "token none"},
    {.name = "token",
     .option = "token",
     .kind = SETUP_SECRET,
     .label = "The token",
     .help = "The server's admin has it, as Token in the [api.…] block. It is not shown.",
     .when = "login=token"},
    {.name = "name",
     .option = "name",
     .label = "Your name",
     .help = "As everyone behind the gateways sees it.",
     .fallback = "$USER",
     .missing = "A name is needed."},
    {.name = "gateways",
     .option = "gateway",
     .kind = SETUP_LIST,
     .label = "Gateways",
     .help = "Names of gateways to be shown from the start. Others come when something is said "
             "there."},
    {.name = "buffer",
     .option = "buffer",
     .label = "Buffer",
     .help = "What Buffer is in that block: from so many messages on weft says that some may be "
             "missing.",
     .fallback = "1000"},
    {.name = NULL},
};

struct probe {
    struct net_ops *net;
    struct http_call *call;
    char *base;
    probe_fn fn;
    void *user;
};

/* Hex; NULL: the system has none to give at this moment. */
static char *
new_token(void)
{
    unsigned char bytes[TOKEN_BYTES];
    GString *text = NULL;

    if (getrandom(bytes, sizeof bytes, GRND_NONBLOCK) != (ssize_t)sizeof bytes)
        return NULL;
    text = g_string_new(NULL);
    for (unsigned i = 0; i < sizeof bytes; i++)
        g_string_append_printf(text, "%02x", bytes[i]);
    return g_string_free(text, FALSE);
}

static void
tell(struct probe *probe, bool open)
{
    g_autofree char *token = new_token();
    g_autofree char *title = g_strdup_printf("Matterbridge API at %s", probe->base);
    g_autofree char *note =
        g_strdup_printf("%s Each reader needs an [api.…] block of its own there: two on one take "
                        "each other's messages. A new token for yours, if you want one: %s",
                        open ? "This one has no token: everyone who reaches it can read and write."
                             : "This one wants a token: its admin has it.",
                        token ? token : "(none to be had now)");
    const struct probe_result result = {.server = probe->base,
                                        .title = title,
                                        .login = open ? "none token" : "token",
                                        .note = note};

    probe->fn(probe->user, &result, NULL);
}

/* Without a token the server says in its own words that one is missing. */
static bool
wants_token(const struct http_answer *answer)
{
    json_t *json = json_read(answer->body, answer->len, NULL, NULL);
    g_autofree char *message = g_ascii_strdown(json_get_text(json, "message"), -1);

    json_decref(json);
    return answer->status == 400 && strstr(message, "missing key") != NULL;
}

static void
done(void *user, const struct http_answer *answer, const GError *error)
{
    struct probe *probe = user;
    const bool open =
        answer && answer->status == 200 && strncmp(answer->body, "OK", 2) == 0 && answer->len <= 4;

    probe->call = NULL;
    if (open || (answer && wants_token(answer))) {
        tell(probe, open);
        return;
    }
    g_autoptr(GError) none = error
                                 ? g_error_copy(error)
                                 : g_error_new(WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                                               "There is no Matterbridge API at %s.", probe->base);
    probe->fn(probe->user, NULL, none);
}

void *
mbridge_probe(struct net_ops *net, const char *address, probe_fn fn, void *user)
{
    static const struct http_events events = {.done = done};
    struct probe *probe = g_new0(struct probe, 1);
    g_autofree char *full = mbridge_full_address(address);

    *probe = (struct probe){.net = net, .base = address_to_probe(full), .fn = fn, .user = user};
    g_autofree char *url = g_strconcat(probe->base, "/api/health", NULL);
    const struct http_request request = {.method = "GET",
                                         .url = url,
                                         .connect_timeout_us = PROBE_US,
                                         .silence_timeout_us = PROBE_US,
                                         .total_timeout_us = PROBE_US,
                                         .max_bytes = PROBED_BYTES};
    probe->call = net->http_start(net, &request, &events, probe);
    return probe;
}

void
mbridge_probe_end(void *user)
{
    struct probe *probe = user;

    if (probe->call)
        probe->net->http_cancel(probe->call);
    g_free(probe->base);
    g_free(probe);
}
