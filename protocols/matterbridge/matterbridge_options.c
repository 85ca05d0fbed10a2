/* The account's options: rows for core, and what the session makes of them. */
#include "protocols/matterbridge/matterbridge_options.h"

#include <string.h>

#include "protocols/common/address.h"
#include "protocols/common/tls_options.h"

#define EXAMPLE "http://127.0.0.1:4242"

static bool
check_pattern(const char *value, GError **error)
{
    g_autoptr(GError) wrong = NULL;
    g_autoptr(GRegex) regex = g_regex_new(value, G_REGEX_OPTIMIZE, 0, &wrong);

    if (!regex)
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT, "This is no regular expression: %s.",
                    wrong->message);
    return regex != NULL;
}

static bool
check_avatar(const char *value, GError **error)
{
    if (g_str_has_prefix(value, "https://") && !strpbrk(value, " \t\r\n"))
        return true;
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                "The picture is an address that begins with https://.");
    return false;
}

static bool
check_name(const char *value, GError **error)
{
    if (*value && strlen(value) <= MBRIDGE_MAX_NAME_BYTES)
        return true;
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT, "A name has 1 to %d bytes.",
                MBRIDGE_MAX_NAME_BYTES);
    return false;
}

const struct option_row mbridge_option_rows[] = {
    {.name = "server",
     .type = OPTION_TEXT,
     .required = true,
     .help = "The address of Matterbridge's API: BindAddress of its [api.…] block, or a proxy "
             "before it.",
     .example = EXAMPLE},
    {.name = "token",
     .type = OPTION_SECRET,
     .help = "Token of that block. Without one the server must be on this machine.",
     .example = ""},
    {.name = "name",
     .type = OPTION_TEXT,
     .required = true,
     .check = check_name,
     .help = "Your name, as everyone behind the gateways sees it.",
     .example = "kai"},
    {.name = "avatar",
     .type = OPTION_TEXT,
     .check = check_avatar,
     .help = "The address of your picture, for networks that show one.",
     .example = "https://coop.example/kai.png"},
    {.name = "gateway",
     .type = OPTION_TEXT,
     .repeatable = true,
     .check = check_name,
     .help = "A gateway to be shown from the start; those in which something is said come by "
             "themselves.",
     .example = "commons"},
    {.name = "buffer",
     .type = OPTION_NUMBER,
     .fallback = "10",
     .least = 1,
     .most = 100000,
     .help = "Buffer of the server's block: from so many messages on something may have been lost.",
     .example = "1000"},
    {.name = "stream",
     .type = OPTION_CHOICE,
     .choices = "auto on off",
     .fallback = "auto",
     .help = "auto: a websocket, or asking every 2 seconds where there is none. off: asking. on: "
             "/api/stream, for servers newer than 1.26.0 that nobody else reads.",
     .example = "auto"},
    {.name = "strip",
     .type = OPTION_TEXT,
     .check = check_pattern,
     .help = "What is taken off names, as a regular expression, where the server's "
             "RemoteNickFormat adds something.",
     .example = "^\\[[a-z]+\\] "},
    {.name = "tag",
     .type = OPTION_BOOL,
     .fallback = "on",
     .help = "Shows which network somebody is on behind their name: maria (NETWORK).",
     .example = "on"},
    {.name = "files",
     .type = OPTION_BOOL,
     .fallback = "off",
     .help =
         "Lets you send files, up to 1 MB. Matterbridge 1.26.0 and older stop working when they "
         "get one: only for newer ones.",
     .example = "off"},
    TLS_OPTIONS_CA,
    TLS_OPTIONS_FINGERPRINT,
    TLS_OPTIONS_PLAINTEXT("http://"),
    {.name = NULL},
};

char *
mbridge_full_address(const char *text)
{
    const size_t len = strcspn(text, ":/");
    g_autofree char *host = g_strndup(text, len);

    if (!strstr(text, "://") && address_is_loopback(host))
        return g_strconcat("http://", text, NULL);
    return g_strdup(text);
}

static bool
read_server(struct mbridge_config *config, const struct options *options, GError **error)
{
    const char *server = options_text(options, "server");
    g_autofree char *full = server ? mbridge_full_address(server) : NULL;
    struct address address;

    if (!server || !options_text(options, "name")) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                    "A Matterbridge account needs server and name.");
        return false;
    }
    if (!address_read(full, options_bool(options, "allow_plaintext"), EXAMPLE, &address, error))
        return false;
    config->base = address.base;
    config->host = address.host;
    config->secure = address.secure || address.loopback;
    if (address.loopback || secret_configured(options, "token"))
        return true;
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                "Without a token everyone who reaches %s can read and write there. Set Token in "
                "the server's block, and token here.",
                server);
    return false;
}

bool
mbridge_config_read(struct mbridge_config *config, const struct options *options, GError **error)
{
    const char *stream = options_text(options, "stream"), *strip = options_text(options, "strip");

    config->name = options_text(options, "name");
    config->avatar = options_text(options, "avatar");
    config->gateways = options_list(options, "gateway");
    config->buffer = (unsigned)CLAMP(options_number(options, "buffer"), 1, 100000);
    config->stream = g_strcmp0(stream, "on") == 0    ? MBRIDGE_ON
                     : g_strcmp0(stream, "off") == 0 ? MBRIDGE_OFF
                                                     : MBRIDGE_AUTO;
    config->tag = options_bool(options, "tag");
    config->files = options_bool(options, "files");
    config->tls.ca_file = options_text(options, "tls_ca");
    config->tls.fingerprint = options_text(options, "tls_fingerprint");
    if (strip && !check_pattern(strip, error))
        return false;
    config->strip = strip ? g_regex_new(strip, G_REGEX_OPTIMIZE, 0, NULL) : NULL;
    return read_server(config, options, error);
}

void
mbridge_config_clear(struct mbridge_config *config)
{
    g_clear_pointer(&config->base, g_free);
    g_clear_pointer(&config->host, g_free);
    g_clear_pointer(&config->strip, g_regex_unref);
}

bool
mbridge_config_check(const struct options *options, GError **error)
{
    struct mbridge_config config = {0};
    const bool good = mbridge_config_read(&config, options, error);

    mbridge_config_clear(&config);
    return good;
}
