/* [irc.NAME] */
#include <gio/gio.h>
#include <string.h>

#include "base/error.h"
#include "core/address.h"
#include "import/import_priv.h"

static bool
is_loopback(const char *server)
{
    size_t len = strcspn(server, ":");
    g_autofree char *host =
        *server == '[' ? g_strndup(server + 1, strcspn(server + 1, "]")) : g_strndup(server, len);
    g_autoptr(GInetAddress) address = g_inet_address_new_from_string(host);

    return address != NULL ? g_inet_address_get_is_loopback(address)
                           : g_ascii_strcasecmp(host, "localhost") == 0;
}

/* A line without which nothing can be checked. */
static bool
need(struct importing *importing, struct import_account *account, const char *theirs,
     const char *ours, GError **error)
{
    const struct toml_pair *pair = import_account_find(importing, account, theirs);
    const char *text = import_text(pair);

    if (text == NULL) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT, "it has no %s.", theirs);
        return false;
    }
    g_autofree char *shown = import_shown(text);
    if (strcmp(shown, text) != 0 || strchr(text, '@') != NULL) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT, "its %s is none that weft could use.",
                    theirs);
        return false;
    }
    g_string_append_printf(account->lines, "%s = %s\n", ours, text);
    import_tell_option(importing, account->full, pair, IMPORT_TAKEN, "%s = %s", ours, text);
    return true;
}

/* Off is Matterbridge's way when nothing is said. */
static void
take_tls(struct importing *importing, struct import_account *account)
{
    const struct toml_pair *pair = import_account_find(importing, account, "UseTLS");
    const char *server = import_account_text(importing, account, "Server");

    if (import_on(pair)) {
        g_string_append(account->lines, "tls = on\n");
        import_tell_option(importing, account->full, pair, IMPORT_TAKEN, "tls = on");
        return;
    }
    g_string_append(account->lines, "tls = off\n");
    if (!is_loopback(server)) {
        g_string_append(account->lines, "allow_plaintext = yes\n");
        import_account_note(account, "Without TLS, as it was: everyone on the way can read and "
                                     "change what is said.");
        import_account_note(account, "Most servers have it: remove both lines below, and write "
                                     "the port 6697.");
    }
    g_autofree char *full = import_shown(account->full);
    if (pair != NULL)
        import_tell_option(importing, account->full, pair, IMPORT_TAKEN,
                           "tls = off, as it was; better is TLS, if the server has it");
    else
        import_tell(importing, account->line,
                    "[%s] UseTLS is not said, which is off: tls = off; better is TLS, if the "
                    "server has it",
                    full);
}

static bool
begin(struct importing *importing, struct import_account *account, GError **error)
{
    if (!need(importing, account, "Server", "server", error))
        return false;
    take_tls(importing, account);
    return need(importing, account, "Nick", "nick", error);
}

static void
take_text(struct importing *importing, struct import_account *account, const char *theirs,
          const char *ours)
{
    const struct toml_pair *pair = import_account_find(importing, account, theirs);

    if (import_text(pair) != NULL)
        import_account_take(importing, account, pair, ours, import_text(pair));
}

/* Without SASL the nick of Matterbridge's option is whom the password is told. */
static void
take_login(struct importing *importing, struct import_account *account)
{
    const struct toml_pair *nick = import_account_find(importing, account, "NickServNick");
    const struct toml_pair *password = import_account_find(importing, account, "NickServPassword");
    const struct toml_pair *sasl = import_account_find(importing, account, "UseSASL");
    bool has_sasl = import_on(sasl);
    static const char only[] = "weft tells a password to NickServ or by SASL, to no other service.";

    if (import_text(password) == NULL)
        return;
    if (!has_sasl && import_text(nick) != NULL &&
        g_ascii_strcasecmp(import_text(nick), "nickserv") != 0) {
        import_tell_option(importing, account->full, nick, IMPORT_LEFT, "%s", only);
        import_tell_option(importing, account->full, password, IMPORT_LEFT, "%s", only);
        return;
    }
    if (sasl != NULL)
        import_account_take(importing, account, sasl, "login", has_sasl ? "sasl" : "nickserv");
    else
        import_account_try(account, "login", "nickserv", NULL);
    if (has_sasl && import_text(nick) != NULL)
        import_account_take(importing, account, nick, "sasl_user", import_text(nick));
    else if (import_text(nick) != NULL)
        import_tell_option(importing, account->full, nick, IMPORT_TAKEN, "login = nickserv");
    import_account_secret(importing, account, password, "password", import_text(password));
}

static void
take_commands(struct importing *importing, struct import_account *account)
{
    const struct toml_pair *pair = import_account_find(importing, account, "RunCommands");

    if (pair == NULL || pair->value->kind != TOML_ARRAY)
        return;
    for (unsigned i = 0; i < pair->value->items->len; i++) {
        const struct toml_value *item = pair->value->items->pdata[i];
        const struct toml_pair one = {.key = pair->key, .line = item->line, .value = pair->value};
        if (item->kind != TOML_TEXT)
            continue;
        g_autoptr(GString) line = g_string_new(item->text);
        g_string_replace(line, "{BOTNICK}", "$nick", 0);
        import_account_take(importing, account, &one, "perform", line->str);
        g_hash_table_remove(importing->told, &one);
        import_tell_done(importing, pair);
    }
}

static void
take_charset(struct importing *importing, struct import_account *account)
{
    const struct toml_pair *pair = import_account_find(importing, account, "Charset");
    const char *name = import_text(pair);
    static const char *const usual[] = {"utf-8", "utf8", "autodetect", NULL};

    if (name == NULL)
        return;
    g_autofree char *lower = g_ascii_strdown(name, -1);
    if (g_strv_contains(usual, lower))
        import_tell_option(importing, account->full, pair, IMPORT_BUILT_IN,
                           "UTF-8 is always read and sent.");
    else
        import_account_take(importing, account, pair, "charset", name);
}

static void
more(struct importing *importing, struct import_account *account)
{
    const struct toml_pair *password = import_account_find(importing, account, "Password");

    take_text(importing, account, "UserName", "user");
    take_text(importing, account, "RealName", "realname");
    take_text(importing, account, "TLSClientCertificate", "tls_cert");
    if (import_text(password) != NULL)
        import_account_secret(importing, account, password, "server_password",
                              import_text(password));
    take_login(importing, account);
    take_charset(importing, account);
    take_commands(importing, account);
}

static char *
address(const struct import_account *account, const char *channel, GError **error)
{
    if (channel == NULL)
        return g_strdup(account->name);
    if (strchr("#&+!", *channel) != NULL)
        return address_format(account->name, NULL, channel);
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                "a channel of IRC begins with #, and only channels are relayed.");
    return NULL;
}

const struct import_protocol import_irc = {
    .name = "irc",
    .network = "irc",
    .joins = true,
    .colors = true,
    .begin = begin,
    .more = more,
    .address = address,
};
