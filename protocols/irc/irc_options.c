/* The account's options: rows for core, and what the session makes of them. */
#include "protocols/irc/irc_options.h"

#include <gio/gio.h>
#include <string.h>

#include "base/error.h"
#include "protocols/common/tls_options.h"
#include "protocols/irc/irc_services.h"

const struct option_row irc_option_rows[] = {
    {.name = "server",
     .type = OPTION_TEXT,
     .required = true,
     .help = "The server's name, and its port if it is not 6697 (6667 without TLS).",
     .example = "irc.libera.chat:6697"},
    {.name = "tls",
     .type = OPTION_CHOICE,
     .fallback = "on",
     .choices = "on starttls off",
     .help = "How the connection is protected. off is refused to a host that is not this machine.",
     .example = "on"},
    TLS_OPTIONS_PLAINTEXT("tls = off"),
    TLS_OPTIONS_CA,
    {.name = "tls_cert",
     .type = OPTION_PATH,
     .help = "A client certificate with its key, in PEM, for sasl = external.",
     .example = "kai.pem"},
    TLS_OPTIONS_FINGERPRINT,
    {.name = "nick",
     .type = OPTION_TEXT,
     .required = true,
     .help = "Your name there.",
     .example = "kai"},
    {.name = "user",
     .type = OPTION_TEXT,
     .help = "The user name of your address; the nick if absent.",
     .example = "kai"},
    {.name = "realname",
     .type = OPTION_TEXT,
     .help = "Shown by /whois; the nick if absent.",
     .example = "Kai"},
    {.name = "login",
     .type = OPTION_CHOICE,
     .fallback = "sasl",
     .choices = "sasl nickserv",
     .help =
         "Who is told the password: the server by SASL, or NickServ once connected. With sasl = "
         "off, or sasl_required = no on a server without SASL, it is NickServ too.",
     .example = "nickserv"},
    {.name = "sasl",
     .type = OPTION_CHOICE,
     .choices = "password plain scram-sha-256 external off",
     .help = "How to log in. Absent: the best that the server offers when a password or a "
             "certificate is there; password: the best with a password, asked for if none is set.",
     .example = "scram-sha-256"},
    {.name = "sasl_user",
     .type = OPTION_TEXT,
     .help = "The account to log in to; the nick if absent. A bouncer's network is a part of it.",
     .example = "kai/libera"},
    {.name = "sasl_required",
     .type = OPTION_BOOL,
     .fallback = "yes",
     .help = "Disconnects when the login fails: going on would show your address.",
     .example = "yes"},
    {.name = "password", .type = OPTION_SECRET, .help = "The account's password.", .example = ""},
    {.name = "server_password",
     .type = OPTION_SECRET,
     .help = "The server's own password, or a bouncer's user:password.",
     .example = ""},
    {.name = "join",
     .type = OPTION_TEXT,
     .repeatable = true,
     .help = "A channel to join, with its key if it has one.",
     .example = "#coop"},
    {.name = "perform",
     .type = OPTION_TEXT,
     .repeatable = true,
     .help = "A line for the server each time weft has come in, before the channels; $nick is your "
             "nick. No passwords: login and sasl are for those.",
     .example = "MODE $nick +x"},
    {.name = "friend",
     .type = OPTION_TEXT,
     .repeatable = true,
     .help = "Someone whose coming and going is told, where the server knows (MONITOR).",
     .example = "maria"},
    {.name = "bot",
     .type = OPTION_BOOL,
     .fallback = "off",
     .help = "Tells the server that software speaks for this account.",
     .example = "on"},
    {.name = "ctcp_time",
     .type = OPTION_BOOL,
     .fallback = "no",
     .help = "Answers those who ask by CTCP what time it is here.",
     .example = "no"},
    {.name = "charset",
     .type = OPTION_TEXT,
     .fallback = "windows-1252",
     .help = "How lines are read that are no UTF-8. What weft sends is always UTF-8.",
     .example = "koi8-r"},
    {.name = "flood_control",
     .type = OPTION_BOOL,
     .fallback = "on",
     .help = "Paces what is sent, as servers want it. Off where the server lets this account send "
             "at will.",
     .example = "on"},
    {.name = NULL},
};

static bool
refuse(GError **error, const char *sentence, const char *what)
{
    g_autofree char *text = *what ? g_strdup_printf("%s (%s)", sentence, what) : g_strdup(sentence);
    g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT, text);
    return false;
}

/* "host", "host:port", "[v6]:port", "v6". */
static bool
read_server(struct irc_config *config, const char *text, GError **error)
{
    const char *colon = strrchr(text, ':');
    const char *close = strrchr(text, ']');
    guint64 port = config->tls == STREAM_TLS_ON ? 6697 : 6667;
    size_t len = strlen(text);

    if (*text == '[') {
        if (!close || (close[1] != '\0' && close[1] != ':'))
            return refuse(error, "The server's address has no closing bracket.", text);
        colon = close[1] == ':' ? close + 1 : NULL;
        config->server = g_strndup(text + 1, (gsize)(close - text - 1));
    } else {
        if (colon && memchr(text, ':', (gsize)(colon - text)))
            colon = NULL; /* a bare IPv6 address */
        config->server = g_strndup(text, colon ? (gsize)(colon - text) : len);
    }
    if (colon && !g_ascii_string_to_unsigned(colon + 1, 10, 1, 65535, &port, NULL))
        return refuse(error, "The server's port is a number from 1 to 65535.", text);
    config->port = (uint16_t)port;
    if (*config->server == '\0' || strpbrk(config->server, " \t\r\n/@"))
        return refuse(error, "The server is a host name, with a port if need be.", text);
    return true;
}

static bool
is_loopback(const char *server)
{
    g_autoptr(GInetAddress) address = g_inet_address_new_from_string(server);

    if (address)
        return g_inet_address_get_is_loopback(address);
    return g_ascii_strcasecmp(server, "localhost") == 0;
}

static void
read_tls(struct irc_config *config, const struct options *options)
{
    const char *tls = options_text(options, "tls");

    config->tls = STREAM_TLS_ON;
    if (tls && strcmp(tls, "off") == 0)
        config->tls = STREAM_TLS_OFF;
    else if (tls && strcmp(tls, "starttls") == 0)
        config->tls = STREAM_TLS_STARTTLS;
}

static bool
check_plain(const struct irc_config *config, const struct options *options, GError **error)
{
    if (config->tls != STREAM_TLS_OFF || config->loopback ||
        options_bool(options, "allow_plaintext"))
        return true;
    return refuse(error,
                  "Without TLS everyone on the way can read and change what is said. Set tls = on, "
                  "or allow_plaintext = yes if you must.",
                  config->server);
}

static bool
check_word(const char *word, const char *sentence, GError **error)
{
    if (*word && *word != ':' && !strpbrk(word, " \r\n\t,!@\a") && strlen(word) <= 100)
        return true;
    return refuse(error, sentence, word);
}

/* USER is one line. */
static bool
check_realname(const char *text, GError **error)
{
    return strlen(text) <= 200 || refuse(error, "The realname has at most 200 bytes.", "realname");
}

static bool
check_joins(const struct options *options, GError **error)
{
    const char *const *joins = options_list(options, "join");

    for (unsigned i = 0; joins[i]; i++) {
        if (*joins[i] == '\0' || *joins[i] == ':' || strpbrk(joins[i], ",\r\n\a"))
            return refuse(error, "join takes one channel, and its key after a blank.", joins[i]);
    }
    return true;
}

static bool
check_performs(const struct options *options, GError **error)
{
    const char *const *lines = options_list(options, "perform");

    for (unsigned i = 0; lines[i]; i++) {
        g_autofree char *masked = irc_services_mask_line(lines[i]);
        if (masked)
            return refuse(error,
                          "perform would tell a password, which must not stand there. Set login "
                          "and password.",
                          masked);
        if (*lines[i] == '\0' || strpbrk(lines[i], "\r\n") || strlen(lines[i]) > IRC_BODY_BYTES)
            return refuse(error, "perform takes one line of IRC.", lines[i]);
    }
    return true;
}

/* Only what leaves ASCII as it is: a line is divided at its blanks. */
static bool
check_charset(struct irc_config *config, const char *name, GError **error)
{
    static const char ascii[] = "@a=b :kai!k@host PRIVMSG #lab :[\\]^{|}~\x01\x02\x1f";
    g_autofree char *read = name ? g_convert(ascii, -1, "UTF-8", name, NULL, NULL, NULL) : NULL;

    if (!name || g_ascii_strcasecmp(name, "windows-1252") == 0)
        return true;
    config->charset = name;
    return g_strcmp0(read, ascii) == 0 ||
           refuse(error, "charset names none that lines can be read in. iconv -l lists them.",
                  name);
}

static bool
read_login(struct irc_config *config, const struct options *options, GError **error)
{
    const char *sasl = options_text(options, "sasl");

    config->cert = options_text(options, "tls_cert");
    config->sasl_off = sasl && strcmp(sasl, "off") == 0;
    config->sasl = config->sasl_off ? NULL : sasl;
    config->sasl_user = options_text(options, "sasl_user");
    if (!config->sasl_user)
        config->sasl_user = config->nick;
    config->sasl_required = options_bool(options, "sasl_required");
    config->nickserv = g_strcmp0(options_text(options, "login"), "nickserv") == 0;
    if (sasl && strcmp(sasl, "external") == 0 && !config->cert)
        return refuse(error, "sasl = external needs tls_cert = FILE.", sasl);
    if (sasl && strcmp(sasl, "plain") == 0 && config->tls == STREAM_TLS_OFF && !config->loopback)
        return refuse(error, "sasl = plain would show the password; it needs TLS.", sasl);
    return true;
}

bool
irc_config_read(struct irc_config *config, const struct options *options, GError **error)
{
    const char *server = options_text(options, "server");
    const char *nick = options_text(options, "nick");
    const char *user = options_text(options, "user");
    const char *realname = options_text(options, "realname");

    if (!server || !nick)
        return refuse(error, "An IRC account needs server and nick.", server ? "nick" : "server");
    config->nick = nick;
    config->user = user ? user : nick;
    config->realname = realname ? realname : nick;
    config->bot = options_bool(options, "bot");
    config->paced = options_bool(options, "flood_control");
    config->ctcp_time = options_bool(options, "ctcp_time");
    read_tls(config, options);
    if (!read_server(config, server, error))
        return false;
    config->loopback = is_loopback(config->server);
    return check_plain(config, options, error) &&
           check_word(nick, "The nick is one word.", error) &&
           check_word(config->user, "The user name is one word.", error) &&
           check_realname(config->realname, error) && check_joins(options, error) &&
           check_performs(options, error) &&
           check_charset(config, options_text(options, "charset"), error) &&
           read_login(config, options, error);
}

void
irc_config_clear(struct irc_config *config)
{
    g_clear_pointer(&config->server, g_free);
}

bool
irc_config_check(const struct options *options, GError **error)
{
    struct irc_config config = {0};
    bool good = irc_config_read(&config, options, error);

    irc_config_clear(&config);
    return good;
}

const struct setup_row irc_setup_rows[] = {
    {.name = "server",
     .option = "server",
     .label = "Server",
     .help = "The server's name, as irc.libera.chat or irc.example.org:6697, or a link that "
             "somebody gave you, as ircs://irc.libera.chat/#coop.",
     .missing = "A server is needed: irc.libera.chat is one with many channels."},
    {.name = "tls",
     .option = "tls",
     .kind = SETUP_CHOICE,
     .label = "Encryption",
     .help = "on (the usual port is 6697), starttls, or off (only to this machine).",
     .choices = "on starttls off"},
    {.name = "nick",
     .option = "nick",
     .label = "Your nick",
     .help = "The name by which others see you there.",
     .fallback = "$USER",
     .missing = "A nick is needed, without blanks."},
    {.name = "join",
     .option = "join",
     .kind = SETUP_LIST,
     .label = "Channels",
     .help = "To join at every start, separated by blanks: #coop #jobs. May stay empty.",
     .marks = "#&+!"},
    {.name = "login",
     .kind = SETUP_CHOICE,
     .label = "Password",
     .help = "none; account: of your registered nick (SASL login); server: of the server itself, "
             "as with a private server or a bouncer.",
     .choices = "none account server"},
    {.name = "password",
     .option = "password",
     .kind = SETUP_SECRET,
     .label = "Its password",
     .help = "Of your account there. It is not shown while you type.",
     .when = "login=account"},
    {.name = "server_password",
     .option = "server_password",
     .kind = SETUP_SECRET,
     .label = "Its password",
     .help = "Of the server, or user:password of a bouncer. It is not shown while you type.",
     .when = "login=server"},
    {.name = NULL},
};
