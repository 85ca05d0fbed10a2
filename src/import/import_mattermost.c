/* [mattermost.NAME] */
#include <gio/gio.h>
#include <string.h>

#include "base/error.h"
#include "core/address.h"
#include "import/import_priv.h"

static bool
take_server(struct importing *importing, struct import_account *account, GError **error)
{
    const struct toml_pair *pair = import_account_find(importing, account, "Server");
    const struct toml_pair *plain = import_account_find(importing, account, "NoTLS");
    const char *host = import_text(pair);
    const char *scheme = import_on(plain) ? "http" : "https";

    if (host == NULL)
        return error_refuse(error, "it has no Server.");
    const char *begin = strstr(host, "://");
    g_autofree char *shown = import_shown(begin != NULL ? begin + 3 : host);
    if (strpbrk(shown, "@<^ ") != NULL)
        return error_refuse(error, "its Server is none that weft could use.");
    g_string_append_printf(account->lines, "server = %s://%s\n", scheme, shown);
    import_tell_option(importing, account->full, pair, IMPORT_TAKEN, "server = %s://%s", scheme,
                       shown);
    if (!import_on(plain))
        return true;
    g_string_append(account->lines, "allow_plaintext = yes\n");
    import_account_note(account, "Without TLS, as it was: everyone on the way can read and change "
                                 "what is said.");
    import_tell_option(importing, account->full, plain, IMPORT_TAKEN,
                       "http:// and allow_plaintext = yes, as it was; better is https://");
    return true;
}

/* A token may stand in the password's place too, as "token=…" or as the browser's cookie. */
static const char *
token_in(const char *password)
{
    static const char *const fronts[] = {"token=", "MMAUTHTOKEN="};

    for (unsigned i = 0; password != NULL && i < G_N_ELEMENTS(fronts); i++)
        if (g_str_has_prefix(password, fronts[i]))
            return password + strlen(fronts[i]);
    return NULL;
}

static bool
begin(struct importing *importing, struct import_account *account, GError **error)
{
    const struct toml_pair *token = import_account_find(importing, account, "Token");
    const struct toml_pair *login = import_account_find(importing, account, "Login");
    const struct toml_pair *password = import_account_find(importing, account, "Password");
    const char *other = token_in(import_text(password));

    if (!take_server(importing, account, error))
        return false;
    if (import_text(token) == NULL && import_text(login) == NULL && other == NULL)
        return error_refuse(error,
                            "it has neither Login nor Token; weft does not speak by webhooks.");
    /* The address of its channels begins with the team. */
    account->space = import_account_text(importing, account, "Team");
    if (account->space == NULL)
        return error_refuse(error, "it has no Team.");
    if (import_text(token) != NULL || other != NULL) {
        /* So that the rest can be checked: the line is there before the secret is. */
        const struct toml_pair *pair = import_text(token) != NULL ? token : password;
        import_account_secret(importing, account, pair, "token",
                              pair == token ? import_text(token) : other);
        if (login != NULL)
            import_tell_option(importing, account->full, login, IMPORT_BUILT_IN,
                               "the token says who it is.");
        if (pair == token && password != NULL)
            import_tell_option(importing, account->full, password, IMPORT_BUILT_IN,
                               "the token is used.");
        return true;
    }
    import_account_take(importing, account, login, "user", import_text(login));
    return true;
}

static void
more(struct importing *importing, struct import_account *account)
{
    const struct toml_pair *password = import_account_find(importing, account, "Password");
    const struct toml_pair *team = import_account_find(importing, account, "Team");

    if (import_text(password) != NULL && !g_hash_table_contains(importing->told, password))
        import_account_secret(importing, account, password, "password", import_text(password));
    import_account_take(importing, account, team, "team", import_text(team));
}

static char *
address(const struct import_account *account, const char *channel, GError **error)
{
    if (channel == NULL)
        return address_format(account->name, NULL, account->space);
    if (!g_str_has_prefix(channel, "ID:")) {
        g_autofree char *name = g_strconcat("~", channel, NULL);
        return address_format(account->name, account->space, name);
    }
    error_refuse(error, "weft calls a channel by its name, as it stands in the browser's address.");
    return NULL;
}

const struct import_protocol import_mattermost = {
    .name = "mattermost",
    .network = "mattermost",
    .pictures = true,
    .begin = begin,
    .more = more,
    .address = address,
};
