/* The account's options: rows for core, and what the session makes of them. */
#include "protocols/mattermost/mattermost_options.h"

#include "protocols/common/address.h"
#include "protocols/common/tls_options.h"

const struct option_row mmost_option_rows[] = {
    {.name = "server",
     .type = OPTION_TEXT,
     .required = true,
     .help = "The server's address, as in a browser, without a team; https:// if it says nothing.",
     .example = "https://chat.example.org"},
    {.name = "user",
     .type = OPTION_TEXT,
     .help = "Your user name or e-mail address there, for a login with a password.",
     .example = "kai"},
    {.name = "password",
     .type = OPTION_SECRET,
     .help = "The password of `user`. A second factor is asked for when the server wants one.",
     .example = ""},
    {.name = "token",
     .type = OPTION_SECRET,
     .help = "Instead of user and password: a personal access token, or what the cookie "
             "MMAUTHTOKEN of a browser holds that is logged in (for servers with single sign-on).",
     .example = ""},
    {.name = "team",
     .type = OPTION_TEXT,
     .repeatable = true,
     .help = "A team that is shown, by its name in links; all of yours if absent.",
     .example = "coops"},
    TLS_OPTIONS_CA,
    TLS_OPTIONS_FINGERPRINT,
    TLS_OPTIONS_PLAINTEXT("http://"),
    {.name = NULL},
};

static bool
refuse(GError **error, const char *sentence, const char *what)
{
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT, "%s (%s)", sentence, what);
    return false;
}

static bool
read_server(struct mmost_config *config, const char *text, bool plain, GError **error)
{
    struct address address;

    if (!address_read(text, plain, "https://chat.example.org", &address, error))
        return false;
    config->base = address.base;
    config->host = address.host;
    config->secure = address.secure;
    return true;
}

bool
mmost_config_read(struct mmost_config *config, const struct options *options, GError **error)
{
    const char *server = options_text(options, "server");

    if (!server)
        return refuse(error, "A Mattermost account needs server.", "server");
    config->user = options_text(options, "user");
    config->teams = options_list(options, "team");
    config->tls.ca_file = options_text(options, "tls_ca");
    config->tls.fingerprint = options_text(options, "tls_fingerprint");
    if (!config->user && !secret_configured(options, "token"))
        return refuse(error, "A Mattermost account needs user (and its password), or token.",
                      "user");
    return read_server(config, server, options_bool(options, "allow_plaintext"), error);
}

void
mmost_config_clear(struct mmost_config *config)
{
    g_clear_pointer(&config->base, g_free);
    g_clear_pointer(&config->host, g_free);
}

bool
mmost_config_check(const struct options *options, GError **error)
{
    struct mmost_config config = {0};
    const bool good = mmost_config_read(&config, options, error);

    mmost_config_clear(&config);
    return good;
}
