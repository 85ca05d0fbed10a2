/* What a person is asked for a new account, and what a server tells before anyone has logged in. */
#include "protocols/mattermost/mattermost_setup.h"

#include <string.h>

#include "base/error.h"
#include "base/net_ops.h"
#include "protocols/common/address.h"
#include "json/json.h"

#define PROBE_US          (15 * G_USEC_PER_SEC)
#define MOST_PROBED_BYTES (1024 * 1024)

const struct setup_row mmost_setup_rows[] = {
    {.name = "server",
     .option = "server",
     .label = "Server",
     .help = "The address of the workspace, as https://chat.example.org, or any link into it.",
     .missing = "An address is needed, as https://chat.example.org."},
    {.name = "login",
     .kind = SETUP_CHOICE,
     .label = "Log in by",
     .help = "password; token: a personal access token; session: a browser that is logged in "
             "(for single sign-on).",
     .choices = "password token session"},
    {.name = "user",
     .option = "user",
     .label = "Your user name",
     .help = "Or the e-mail address that you log in with.",
     .missing = "A user name or an e-mail address is needed.",
     .when = "login=password"},
    {.name = "password",
     .option = "password",
     .kind = SETUP_SECRET,
     .label = "Your password",
     .help = "It is not shown while you type. A second factor is asked for if the server wants it.",
     .when = "login=password"},
    {.name = "token",
     .option = "token",
     .kind = SETUP_SECRET,
     .label = "The token",
     .help = "Made in the browser: Profile, Security, Personal Access Tokens. It is not shown.",
     .when = "login=token"},
    {.name = "session",
     .option = "token",
     .kind = SETUP_SECRET,
     .label = "The session",
     .help = "Log in with a browser, open its tools for developers (F12), Storage or Application, "
             "Cookies, and paste the value of MMAUTHTOKEN. It is not shown.",
     .when = "login=session"},
    {.name = NULL},
};

struct probe {
    struct net_ops *net;
    struct http_call *call;
    char *base; /* what is asked now: without an end slash */
    probe_fn fn;
    void *user;
};

static void ask(struct probe *probe);

static bool
is_true(const json_t *config, const char *key)
{
    return strcmp(json_get_text(config, key), "true") == 0;
}

/* "GitLab, SAML": single sign-on. NULL: there is none. */
static char *
sign_on(const json_t *config)
{
    static const struct {
        const char *key, *name;
    } ways[] = {{"EnableSignUpWithGitLab", "GitLab"},
                {"EnableSignUpWithGoogle", "Google"},
                {"EnableSignUpWithOffice365", "Office 365"},
                {"EnableSignUpWithOpenId", "OpenID"},
                {"EnableSaml", "SAML"}};
    g_autoptr(GString) names = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++)
        if (is_true(config, ways[i].key))
            g_string_append_printf(names, "%s%s", names->len ? ", " : "", ways[i].name);
    return names->len > 0 ? g_string_free(g_steal_pointer(&names), FALSE) : NULL;
}

static void
tell(struct probe *probe, const json_t *config)
{
    const bool password = is_true(config, "EnableSignInWithEmail") ||
                          is_true(config, "EnableSignInWithUsername") ||
                          is_true(config, "EnableLdap");
    const char *site = json_get_text(config, "SiteName");
    g_autofree char *ways = sign_on(config);
    g_autofree char *title = g_strdup_printf("%s, Mattermost %s", *site ? site : probe->base,
                                             json_get_text(config, "Version"));
    g_autofree char *note =
        ways ? g_strdup_printf("People log in there by %s: with the session of a browser weft can "
                               "do so too.",
                               ways)
             : NULL;
    /* Whether it gives tokens it tells only who is logged in. */
    const struct probe_result result = {.server = probe->base,
                                        .title = title,
                                        .login =
                                            password ? "password token session" : "session token",
                                        .note = note};
    probe->fn(probe->user, &result, NULL);
}

/* "https://host/team/" may be a team of "https://host". False: nothing is left to take off. */
static bool
shorten(struct probe *probe)
{
    char *host = strstr(probe->base, "://");
    char *slash = host ? strrchr(host + 3, '/') : NULL;

    if (!slash)
        return false;
    *slash = '\0';
    return true;
}

static void
done(void *user, const struct http_answer *answer, const GError *error)
{
    struct probe *probe = user;
    json_t *config =
        !error && answer->status == 200 ? json_read(answer->body, answer->len, NULL, NULL) : NULL;

    probe->call = NULL;
    if (json_is_object(config) && *json_get_text(config, "Version")) {
        tell(probe, config);
    } else if (!error && shorten(probe)) {
        ask(probe);
    } else {
        g_autoptr(GError) none = error ? g_error_copy(error)
                                       : g_error_new(WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                                                     "There is no Mattermost at %s.", probe->base);
        probe->fn(probe->user, NULL, none);
    }
    json_decref(config);
}

static void
ask(struct probe *probe)
{
    static const struct http_events events = {.done = done};
    g_autofree char *url = g_strdup_printf("%s/api/v4/config/client?format=old", probe->base);
    const struct http_request request = {.method = "GET",
                                         .url = url,
                                         .connect_timeout_us = PROBE_US,
                                         .silence_timeout_us = PROBE_US,
                                         .total_timeout_us = PROBE_US,
                                         .max_bytes = MOST_PROBED_BYTES};

    probe->call = probe->net->http_start(probe->net, &request, &events, probe);
}

void *
mmost_probe(struct net_ops *net, const char *address, probe_fn fn, void *user)
{
    struct probe *probe = g_new0(struct probe, 1);

    probe->net = net;
    probe->base = address_to_probe(address);
    probe->fn = fn;
    probe->user = user;
    ask(probe);
    return probe;
}

void
mmost_probe_end(void *user)
{
    struct probe *probe = user;

    if (probe->call)
        probe->net->http_cancel(probe->call);
    g_free(probe->base);
    g_free(probe);
}
