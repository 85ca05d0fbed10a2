/* An account of one's own (draft/account-registration), and being an operator: what takes a
 * password, which is asked for hidden and never stands in the command. */
#include <string.h>

#include "base/redact.h"
#include "protocols/irc/irc_command.h"
#include "protocols/irc/irc_priv.h"
#include "protocols/irc/irc_text.h"

#define ASK_US   (180 * G_USEC_PER_SEC)
#define REGISTER "draft/account-registration"

static bool
refuse(GError **error, enum weft_error code, const char *sentence)
{
    g_set_error_literal(error, WEFT_ERROR, (int)code, sentence);
    return false;
}

static bool
check_word(const char *word, GError **error)
{
    if (word && *word && *word != ':' && !strpbrk(word, " \r\n"))
        return true;
    return refuse(error, WEFT_ERROR_BAD_INPUT, "This takes words without blanks.");
}

/* --- asking
 * ------------------------------------------------------------------------------------------ */

static void
send_with_secret(struct irc *irc, struct irc_op *op, const char *secret)
{
    g_auto(GStrv) words = g_strsplit(op->name, " ", 3);
    const char *params[3] = {0};
    unsigned n = 0;

    for (unsigned i = 1; words[i]; i++)
        params[n++] = words[i];
    params[n++] = secret;
    char *line = irc_line_build(NULL, 0, NULL, words[0], params, n);
    if (!irc_out_line(irc, IRC_TEXT, op->serial, line, false)) {
        irc_op_fail(irc, op, WEFT_ERROR_BAD_INPUT, "This password cannot be sent as a line.");
        return;
    }
    if (op->kind == IRC_OP_OPER)
        op->kind = IRC_OP_WRITTEN;
    irc_flush(irc);
}

static void
on_answer(void *user, const char *answer, const GError *error)
{
    struct irc *irc = user;
    struct irc_op *op = irc_op_by_serial(irc, irc->net.asked_serial);

    irc->net.asked_serial = 0;
    if (!op || op->kind == IRC_OP_SETTLED)
        return;
    if (answer && *answer)
        send_with_secret(irc, op, answer);
    else
        irc_op_fail(irc, op, WEFT_ERROR_CANCELLED, "No password was given; nothing was sent.");
}

/* `words`: the command and its first parameters; the password follows them. */
static bool
ask(struct irc *irc, op_id id, enum irc_op_kind kind, char *words_take, const char *question,
    GError **error)
{
    g_autofree char *words = words_take;

    if (irc->net.asked_serial != 0)
        return refuse(error, WEFT_ERROR_CONFLICT, "A password is being asked for already.");
    struct irc_op *op = irc_op_new(irc, id, kind, NULL);
    op->name = g_steal_pointer(&words);
    irc->net.asked_serial = op->serial;
    irc->host->ops->ask(irc->host, question, true, ASK_US, on_answer, irc);
    return true;
}

/* --- the commands
 * ---------------------------------------------------------------------------------- */

/* The value of the capability: "before-connect,email-required,custom-account-name". */
static bool
server_says(const struct irc *irc, const char *word)
{
    const char *value = g_hash_table_lookup(irc->offered, REGISTER);
    g_auto(GStrv) words = g_strsplit(value ? value : "", ",", 20);

    return g_strv_contains((const char *const *)words, word);
}

bool
irc_cmd_register(struct irc *irc, op_id op, const struct buffer *buffer,
                 const char *const *arguments, GError **error)
{
    const char *account = arguments[1] ? arguments[0] : "*";
    const char *email = arguments[1] ? arguments[1] : arguments[0];

    if (!irc_has(irc, REGISTER))
        return refuse(error, WEFT_ERROR_UNSUPPORTED,
                      "This server has no command to register. If it has NickServ, /msg NickServ "
                      "HELP REGISTER tells how.");
    if (!irc->secure && !irc->config.loopback)
        return refuse(error, WEFT_ERROR_UNSUPPORTED,
                      "The connection is not protected: a password would be seen. Set tls = on.");
    if (!check_word(account, error) || !check_word(email, error))
        return false;
    if (arguments[1] && !server_says(irc, "custom-account-name") &&
        !irc_same(&irc->isupport, account, irc->nick))
        return refuse(error, WEFT_ERROR_BAD_INPUT,
                      "Here the account has the name of your nick: /register EMAIL.");
    g_autofree char *question =
        g_strdup_printf("A new password for the account %s", arguments[1] ? account : irc->nick);
    return ask(irc, op, IRC_OP_REGISTER, g_strdup_printf("REGISTER %s %s", account, email),
               question, error);
}

bool
irc_cmd_verify(struct irc *irc, op_id id, const struct buffer *buffer, const char *const *arguments,
               GError **error)
{
    const char *params[] = {arguments[0], arguments[1]};

    if (!irc_has(irc, REGISTER))
        return refuse(error, WEFT_ERROR_UNSUPPORTED, "This server has no command to verify.");
    if (!check_word(arguments[0], error) || !check_word(arguments[1], error))
        return false;
    struct irc_op *op = irc_op_new(irc, id, IRC_OP_REGISTER, NULL);
    return irc_cmd_send_op(irc, op, irc_line_build(NULL, 0, NULL, "VERIFY", params, 2), error);
}

bool
irc_cmd_oper(struct irc *irc, op_id op, const struct buffer *buffer, const char *const *arguments,
             GError **error)
{
    if (!irc->secure && !irc->config.loopback)
        return refuse(error, WEFT_ERROR_UNSUPPORTED,
                      "The connection is not protected: a password would be seen. Set tls = on.");
    if (!check_word(arguments[0], error))
        return false;
    if (arguments[1])
        return irc_cmd_send(irc, op, buffer, error, "OPER", arguments[0], arguments[1], NULL);
    g_autofree char *question = g_strdup_printf("The password of the operator %s", arguments[0]);
    return ask(irc, op, IRC_OP_OPER, g_strdup_printf("OPER %s", arguments[0]), question, error);
}

/* --- the answers
 * ----------------------------------------------------------------------------------- */

void
irc_on_register(struct irc *irc, const struct irc_line *line)
{
    const char *status = irc_line_param(line, 0);
    const char *account = irc_line_param(line, 1);
    g_autofree char *text = irc_text_plain(line->n_params > 2 ? line->params[2] : "");
    struct irc_op *op = irc_op_first(irc, IRC_OP_REGISTER, NULL);

    if (strcmp(status, "VERIFICATION_REQUIRED") == 0)
        irc_say(irc, NULL, "The account %s waits for a code: /verify %s CODE. %s", account, account,
                text);
    else if (strcmp(status, "SUCCESS") == 0)
        irc_say(irc, NULL,
                "The account %s is yours. Put its password into the account's section (password, "
                "sasl_user = %s), and weft logs in by itself. %s",
                account, account, text);
    else
        return;
    if (op)
        irc_op_done(irc, op, NULL, 0);
}

bool
irc_register_failed(struct irc *irc, const struct irc_line *line)
{
    const char *command = irc_line_param(line, 0);
    struct irc_op *op;

    if (strcmp(command, "REGISTER") != 0 && strcmp(command, "VERIFY") != 0)
        return false;
    op = irc_op_first(irc, IRC_OP_REGISTER, NULL);
    if (!op)
        return false;
    g_autofree char *why = irc_text_plain(line->params[line->n_params - 1]);
    g_autofree char *sentence = g_strdup_printf("The server refused: %s", why);
    irc_op_fail(irc, op, WEFT_ERROR_FORBIDDEN, sentence);
    return true;
}
