/* What a test asks of the running server and does to it. Each call is carried out on the server's
 * thread. */
#include "tests/sandbox/ircd_priv.h"

#include <string.h>

struct arguments {
    const char *a;
    const char *b;
    const char *c;
    int64_t number;
    enum irc_server_fault fault;
    size_t len;
    char *ret_text;
    unsigned ret_count;
};

/* ---- accounts and capabilities ---- */

static void
call_add_account(struct irc_server *server, void *user)
{
    const struct arguments *arguments = user;
    struct ircd_account *account = g_new0(struct ircd_account, 1);

    account->name = g_strdup(arguments->a);
    account->secret = g_strdup(arguments->b);
    account->fingerprints = g_ptr_array_new_with_free_func(g_free);
    g_hash_table_replace(server->accounts, account->name, account);
}

void
irc_server_add_account(struct irc_server *server, const char *name, const char *secret)
{
    struct arguments arguments = {.a = name, .b = secret};

    ircd_call(server, call_add_account, &arguments);
}

static void
call_add_cert(struct irc_server *server, void *user)
{
    const struct arguments *arguments = user;
    struct ircd_account *account = g_hash_table_lookup(server->accounts, arguments->a);
    g_autoptr(GTlsCertificate) certificate = g_tls_certificate_new_from_file(arguments->b, NULL);
    g_autoptr(GByteArray) der = NULL;

    g_assert_nonnull(account);
    g_assert_nonnull(certificate);
    g_object_get(certificate, "certificate", &der, NULL);
    g_ptr_array_add(account->fingerprints,
                    g_compute_checksum_for_data(G_CHECKSUM_SHA256, der->data, der->len));
}

void
irc_server_add_cert(struct irc_server *server, const char *account, const char *cert_file)
{
    struct arguments arguments = {.a = account, .b = cert_file};

    ircd_call(server, call_add_cert, &arguments);
}

static void
call_account_of(struct irc_server *server, void *user)
{
    struct arguments *arguments = user;
    struct ircd_conn *conn = ircd_find_nick(server, arguments->a);

    if (conn != NULL)
        arguments->ret_text = g_strdup(arguments->number != 0 ? conn->mechanism : conn->account);
}

char *
irc_server_account_of(struct irc_server *server, const char *nick)
{
    struct arguments arguments = {.a = nick};

    ircd_call(server, call_account_of, &arguments);
    return arguments.ret_text;
}

char *
irc_server_mechanism_of(struct irc_server *server, const char *nick)
{
    struct arguments arguments = {.a = nick, .number = 1};

    ircd_call(server, call_account_of, &arguments);
    return arguments.ret_text;
}

static void
call_add_op(struct irc_server *server, void *user)
{
    const struct arguments *arguments = user;

    g_hash_table_add(server->ops, ircd_op_key(arguments->a, arguments->b));
}

void
irc_server_add_op(struct irc_server *server, const char *channel, const char *nick)
{
    struct arguments arguments = {.a = channel, .b = nick};

    ircd_call(server, call_add_op, &arguments);
}

static void
call_set_caps(struct irc_server *server, void *user)
{
    const struct arguments *arguments = user;
    unsigned before = server->offered;

    server->offered = ircd_caps_parse(arguments->a);
    ircd_caps_changed(server, before, server->offered);
}

void
irc_server_set_caps(struct irc_server *server, const char *caps)
{
    struct arguments arguments = {.a = caps};

    ircd_call(server, call_set_caps, &arguments);
}

/* ---- faults ---- */

static struct ircd_fault *
add_fault(struct irc_server *server, const struct arguments *arguments)
{
    struct ircd_fault *fault = g_new0(struct ircd_fault, 1);

    fault->kind = arguments->fault;
    fault->nick = g_strdup(arguments->a);
    fault->command = g_strdup(arguments->b);
    fault->n = (unsigned)arguments->number;
    g_ptr_array_add(server->faults, fault);
    return fault;
}

static void
call_fault(struct irc_server *server, void *user)
{
    const struct arguments *arguments = user;

    if (arguments->b == NULL && arguments->fault == IRC_FAULT_CUT) {
        for (unsigned i = server->conns->len; i > 0; i--) {
            struct ircd_conn *conn =
                i <= server->conns->len ? g_ptr_array_index(server->conns, i - 1) : NULL;

            if (conn != NULL && (arguments->a == NULL ||
                                 (conn->nick != NULL && ircd_same(conn->nick, arguments->a))))
                ircd_conn_cut(conn, "Cut");
        }
    } else if (arguments->b == NULL && arguments->fault == IRC_FAULT_REFUSE) {
        ircd_listen_stop(server);
    } else {
        add_fault(server, arguments);
    }
}

void
irc_server_fault(struct irc_server *server, const char *nick, enum irc_server_fault fault,
                 unsigned n)
{
    struct arguments arguments = {.a = nick, .fault = fault, .number = n};

    ircd_call(server, call_fault, &arguments);
}

void
irc_server_swallow(struct irc_server *server, const char *nick, const char *command, unsigned n)
{
    struct arguments arguments = {.a = nick, .b = command, .number = n};

    ircd_call(server, call_fault, &arguments);
}

static void
call_heal(struct irc_server *server, void *user)
{
    g_autoptr(GPtrArray) conns = g_ptr_array_new_with_free_func((GDestroyNotify)ircd_conn_unref);

    (void)user;
    g_ptr_array_set_size(server->faults, 0);
    ircd_listen_start(server);
    for (unsigned i = 0; i < server->conns->len; i++)
        g_ptr_array_add(conns, ircd_conn_ref(g_ptr_array_index(server->conns, i)));
    for (unsigned i = 0; i < conns->len; i++)
        ircd_conn_resume(g_ptr_array_index(conns, i));
}

void
irc_server_heal(struct irc_server *server)
{
    ircd_call(server, call_heal, NULL);
}

static void
call_send_raw(struct irc_server *server, void *user)
{
    const struct arguments *arguments = user;
    struct ircd_conn *conn = ircd_find_nick(server, arguments->a);

    if (conn != NULL)
        ircd_conn_queue_take(conn, g_bytes_new(arguments->b, arguments->len));
}

void
irc_server_send_raw(struct irc_server *server, const char *nick, const char *bytes, size_t len)
{
    struct arguments arguments = {.a = nick, .b = bytes, .len = len};

    ircd_call(server, call_send_raw, &arguments);
}

void
irc_server_send_big_line(struct irc_server *server, const char *nick, size_t bytes)
{
    GString *line = g_string_new(":big!b@localhost PRIVMSG ");

    g_string_append_printf(line, "%s :", nick);
    for (size_t i = 0; i < bytes; i++)
        g_string_append_c(line, (char)('a' + i % 26));
    g_string_append(line, "\r\n");
    irc_server_send_raw(server, nick, line->str, line->len);
    g_string_free(line, TRUE);
}

static void
call_change_host(struct irc_server *server, void *user)
{
    const struct arguments *arguments = user;
    struct ircd_conn *conn = ircd_find_nick(server, arguments->a);
    g_autoptr(GPtrArray) others = NULL;
    g_autofree char *source = NULL;

    if (conn == NULL)
        return;
    others = ircd_neighbours(conn, true);
    source = ircd_source_dup(conn);
    g_free(conn->user);
    g_free(conn->host);
    conn->user = g_strdup(arguments->b);
    conn->host = g_strdup(arguments->c);
    for (unsigned i = 0; i < others->len; i++)
        if (ircd_has_cap(g_ptr_array_index(others, i), CAP_CHGHOST))
            ircd_send(g_ptr_array_index(others, i), NULL, ":%s CHGHOST %s %s", source, conn->user,
                      conn->host);
    ircd_numeric(conn, 396, "%s :is now your displayed host", conn->host);
}

void
irc_server_change_host(struct irc_server *server, const char *nick, const char *user,
                       const char *host)
{
    struct arguments arguments = {.a = nick, .b = user, .c = host};

    ircd_call(server, call_change_host, &arguments);
}

/* ---- what it knows ---- */

static void
call_add_history(struct irc_server *server, void *user)
{
    const struct arguments *arguments = user;
    struct ircd_entry *entry = g_new0(struct ircd_entry, 1);

    entry->msgid = ircd_msgid_new(server);
    entry->time_us = arguments->number;
    entry->source = g_strdup_printf("%s!~%s@localhost", arguments->b, arguments->b);
    entry->command = g_strdup("PRIVMSG");
    entry->target = g_strdup(arguments->a);
    entry->text = g_strdup(arguments->c);
    ircd_history_add(server, entry);
}

void
irc_server_add_history(struct irc_server *server, const char *target, const char *from,
                       const char *text, int64_t time_us)
{
    struct arguments arguments = {.a = target, .b = from, .c = text, .number = time_us};

    ircd_call(server, call_add_history, &arguments);
}

static void
call_count_said(struct irc_server *server, void *user)
{
    struct arguments *arguments = user;
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, server->history);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const GPtrArray *entries = value;

        for (unsigned i = 0; i < entries->len; i++) {
            const struct ircd_entry *entry = g_ptr_array_index(entries, i);

            if (g_str_equal(entry->command, "PRIVMSG") && ircd_same(entry->target, arguments->a) &&
                g_str_equal(entry->text, arguments->b))
                arguments->ret_count++;
        }
    }
}

unsigned
irc_server_count_said(struct irc_server *server, const char *target, const char *text)
{
    struct arguments arguments = {.a = target, .b = text};

    ircd_call(server, call_count_said, &arguments);
    return arguments.ret_count;
}

static void
call_read_mark(struct irc_server *server, void *user)
{
    struct arguments *arguments = user;
    g_autofree char *reader = ircd_fold(arguments->a);
    g_autofree char *target = ircd_fold(arguments->b);
    g_autofree char *key = g_strdup_printf("%s %s", reader, target);
    const int64_t *mark = g_hash_table_lookup(server->marks, key);

    arguments->number = mark != NULL ? *mark : 0;
}

int64_t
irc_server_read_mark(struct irc_server *server, const char *reader, const char *target)
{
    struct arguments arguments = {.a = reader, .b = target};

    ircd_call(server, call_read_mark, &arguments);
    return arguments.number;
}

static void
call_count_received(struct irc_server *server, void *user)
{
    struct arguments *arguments = user;

    for (unsigned i = 0; i < server->received->len; i++) {
        const struct ircd_received *received = g_ptr_array_index(server->received, i);

        if ((arguments->a == NULL || ircd_same(received->nick, arguments->a)) &&
            g_pattern_match_simple(arguments->b, received->line))
            arguments->ret_count++;
    }
}

unsigned
irc_server_count_received(struct irc_server *server, const char *nick, const char *pattern)
{
    struct arguments arguments = {.a = nick, .b = pattern};

    ircd_call(server, call_count_received, &arguments);
    return arguments.ret_count;
}

static void
call_received(struct irc_server *server, void *user)
{
    struct arguments *arguments = user;
    GString *all = g_string_new(NULL);

    for (unsigned i = 0; i < server->received->len; i++) {
        const struct ircd_received *received = g_ptr_array_index(server->received, i);

        g_string_append_printf(all, "%s: %s\n", received->nick, received->line);
    }
    arguments->ret_text = g_string_free(all, FALSE);
}

char *
irc_server_received_dup(struct irc_server *server)
{
    struct arguments arguments = {0};

    ircd_call(server, call_received, &arguments);
    return arguments.ret_text;
}

static void
call_complaints(struct irc_server *server, void *user)
{
    struct arguments *arguments = user;
    GString *all = g_string_new(NULL);

    for (unsigned i = 0; i < server->complaints->len; i++)
        g_string_append_printf(all, "%s\n", (char *)g_ptr_array_index(server->complaints, i));
    arguments->ret_text = g_string_free(all, FALSE);
}

char *
irc_server_complaints(struct irc_server *server)
{
    struct arguments arguments = {0};

    ircd_call(server, call_complaints, &arguments);
    return arguments.ret_text;
}

static void
call_connections(struct irc_server *server, void *user)
{
    struct arguments *arguments = user;

    arguments->ret_count = server->conns->len;
}

unsigned
irc_server_connections(struct irc_server *server)
{
    struct arguments arguments = {0};

    ircd_call(server, call_connections, &arguments);
    return arguments.ret_count;
}

static void
call_has(struct irc_server *server, void *user)
{
    struct arguments *arguments = user;
    struct ircd_conn *conn = ircd_find_nick(server, arguments->a);
    struct ircd_channel *channel =
        arguments->b != NULL ? ircd_channel_find(server, arguments->b) : NULL;

    if (conn == NULL || !conn->registered)
        return;
    arguments->ret_count =
        arguments->b == NULL || (channel != NULL && ircd_member(channel, conn) != NULL);
}

bool
irc_server_has(struct irc_server *server, const char *nick, const char *channel)
{
    struct arguments arguments = {.a = nick, .b = channel};

    ircd_call(server, call_has, &arguments);
    return arguments.ret_count > 0;
}
