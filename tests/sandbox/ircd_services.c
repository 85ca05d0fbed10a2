/* Accounts without SASL: REGISTER and VERIFY (draft/account-registration), and a NickServ. The code
 * of a new account is its name read backwards. */
#include "tests/sandbox/ircd_priv.h"

#include <string.h>

#define SERVICE "NickServ!services@services.sandbox"

static void
log_in(struct ircd_conn *conn, const char *account, const char *way)
{
    g_autofree char *source = ircd_source_dup(conn);

    g_free(conn->account);
    g_free(conn->mechanism);
    conn->account = g_strdup(account);
    conn->mechanism = g_strdup(way);
    ircd_numeric(conn, 900, "%s %s :You are now logged in as %s", source, account, account);
}

static void
add_account(struct irc_server *server, const char *name, const char *secret)
{
    struct ircd_account *account = g_new0(struct ircd_account, 1);

    account->name = g_strdup(name);
    account->secret = g_strdup(secret);
    account->fingerprints = g_ptr_array_new_with_free_func(g_free);
    g_hash_table_replace(server->accounts, account->name, account);
}

/* ---- REGISTER, VERIFY ---- */

static void
cmd_register(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    const char *account = g_str_equal(cmd->params[0], "*") ? conn->nick : cmd->params[0];

    if (!ircd_same(account, conn->nick)) {
        ircd_fail(conn, "REGISTER", "ACCOUNT_NAME_MUST_BE_NICK", account, "Use your nick");
    } else if (g_hash_table_contains(conn->server->accounts, account)) {
        ircd_fail(conn, "REGISTER", "ACCOUNT_EXISTS", account, "This account exists already");
    } else if (strchr(cmd->params[1], '@') == NULL) {
        ircd_fail(conn, "REGISTER", "INVALID_EMAIL", account, "This is no e-mail address");
    } else if (strlen(cmd->params[2]) < 5) {
        ircd_fail(conn, "REGISTER", "WEAK_PASSWORD", account, "This password is too short");
    } else {
        g_free(conn->unverified);
        conn->unverified = g_strdup(cmd->params[2]);
        ircd_send(conn, NULL, ":" IRCD_NAME " REGISTER VERIFICATION_REQUIRED %s :Look at your mail",
                  account);
    }
}

static void
cmd_verify(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    g_autofree char *code = g_strreverse(g_strdup(cmd->params[0]));

    if (conn->unverified == NULL || !g_str_equal(code, cmd->params[1])) {
        ircd_fail(conn, "VERIFY", "INVALID_CODE", cmd->params[0], "This is not the code");
        return;
    }
    add_account(conn->server, cmd->params[0], conn->unverified);
    ircd_send(conn, NULL, ":" IRCD_NAME " VERIFY SUCCESS %s :Your account is ready",
              cmd->params[0]);
    log_in(conn, cmd->params[0], "VERIFY");
}

/* ---- NickServ ---- */

static void
identify(struct ircd_conn *conn, char **words)
{
    bool named = words[1] != NULL && words[2] != NULL;
    const char *name = named ? words[1] : conn->nick;
    const char *secret = named ? words[2] : words[1];
    const struct ircd_account *account = g_hash_table_lookup(conn->server->accounts, name);

    if (account == NULL || g_strcmp0(account->secret, secret) != 0) {
        ircd_send(conn, NULL, ":" SERVICE " NOTICE %s :Password incorrect.", conn->nick);
        return;
    }
    log_in(conn, account->name, "NICKSERV");
    ircd_send(conn, NULL, ":" SERVICE " NOTICE %s :You are now identified for %s.", conn->nick,
              account->name);
}

bool
ircd_services_heard(struct ircd_conn *conn, const struct ircd_speech *speech)
{
    g_auto(GStrv) words = g_strsplit(speech->text != NULL ? speech->text : "", " ", 3);

    if (!conn->server->options.services || !ircd_same(speech->target, "NickServ") ||
        words[0] == NULL)
        return false;
    if (ircd_has_cap(conn, CAP_ECHO_MESSAGE)) {
        g_autofree char *source = ircd_source_dup(conn);
        ircd_send(conn, NULL, ":%s %s NickServ :%s", source, speech->command, speech->text);
    }
    if (g_ascii_strcasecmp(words[0], "IDENTIFY") == 0)
        identify(conn, words);
    else
        ircd_send(conn, NULL, ":" SERVICE " NOTICE %s :Unknown command %s.", conn->nick, words[0]);
    return true;
}

const struct ircd_cmd_row ircd_services_rows[] = {
    {"REGISTER", 3, false, cmd_register},
    {"VERIFY", 2, false, cmd_verify},
    {0},
};
