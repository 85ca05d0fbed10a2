/* Configurations of InspIRCd 3, Anope 2 and ngIRCd 26 as they were tried. */
#include "tests/servers/servers_priv.h"

#include <unistd.h>

static const char *const inspircd_modules[] = {
    "botmode",
    "cap",
    "chanhistory",
    "chghost",
    "chgident",
    "hidechans",
    "ircv3",
    "ircv3_accounttag",
    "ircv3_batch",
    "ircv3_capnotify",
    "ircv3_chghost",
    "ircv3_ctctags",
    "ircv3_echomessage",
    "ircv3_invitenotify",
    "ircv3_labeledresponse",
    "ircv3_msgid",
    "ircv3_servertime",
    "monitor",
    "namesx",
    "sasl",
    "services_account",
    "setname",
    "spanningtree",
    "uhnames",
};

static GPtrArray *
command_new(const struct server *server, const char *program)
{
    GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(argv, g_build_filename(server->root, program, NULL));
    return argv;
}

static void
inspircd_add_modules(const struct server *server, GString *conf)
{
    g_string_append_printf(conf,
                           "<path moduledir=\"%s/usr/lib/inspircd/modules\" datadir=\"%s\" "
                           "configdir=\"%s\" logdir=\"%s\" runtimedir=\"%s\">\n",
                           server->root, server->dir, server->dir, server->dir, server->dir);
    for (size_t i = 0; i < G_N_ELEMENTS(inspircd_modules); i++)
        g_string_append_printf(conf, "<module name=\"%s\">\n", inspircd_modules[i]);
    if (server->tls_port != 0)
        g_string_append_printf(
            conf,
            "<module name=\"ssl_gnutls\"> <module name=\"sslinfo\">\n"
            "<sslprofile name=\"tls\" provider=\"gnutls\" certfile=\"%s\" keyfile=\"%s\" "
            "requestclientcert=\"yes\">\n"
            "<bind address=\"127.0.0.1\" port=\"%u\" type=\"clients\" sslprofile=\"tls\">\n",
            server->options.cert_file, server->options.key_file, server->tls_port);
    if (server->tls_port != 0)
        g_string_append_printf(conf,
                               "<module name=\"ircv3_sts\">\n"
                               "<sts host=\"irc.sandbox\" duration=\"10m\" port=\"%u\">\n",
                               server->tls_port);
}

static bool
inspircd_configure(struct server *server, GError **error)
{
    GString *conf = g_string_new(NULL);

    g_string_append(conf, "<server name=\"irc.test\" description=\"test\" network=\"TestNet\" "
                          "id=\"1AA\">\n<admin name=\"a\" nick=\"a\" email=\"a@localhost\">\n");
    inspircd_add_modules(server, conf);
    g_string_append_printf(conf,
                           "<bind address=\"127.0.0.1\" port=\"%u\" type=\"clients\">\n"
                           "<bind address=\"127.0.0.1\" port=\"%u\" type=\"servers\">\n",
                           server->port, server->link_port);
    g_string_append(conf, "<connect name=\"main\" allow=\"*\" timeout=\"30\" globalmax=\"100\" "
                          "localmax=\"100\" resolvehostnames=\"no\" useident=\"no\"");
    if (server->options.password != NULL)
        g_string_append_printf(conf, " password=\"%s\"", server->options.password);
    if (!server->options.default_limits)
        g_string_append(
            conf, " threshold=\"100000\" commandrate=\"100000\" fakelag=\"no\" recvq=\"65536\" "
                  "softsendq=\"65536\" hardsendq=\"1048576\"");
    g_string_append_printf(
        conf,
        ">\n<options casemapping=\"ascii\" defaultmodes=\"not\">\n<dns timeout=\"1\" "
        "enabled=\"no\">\n"
        "<pid file=\"%s/inspircd.pid\">\n"
        "<log method=\"file\" type=\"* -USERINPUT -USEROUTPUT\" level=\"default\" "
        "target=\"%s/inspircd.log\">\n"
        "<chanhistory maxlines=\"500\" prefixmsg=\"no\">\n"
        "<link name=\"services.test\" ipaddr=\"127.0.0.1\" allowmask=\"127.0.0.1\" port=\"%u\" "
        "sendpass=\"link\" recvpass=\"link\">\n"
        "<uline server=\"services.test\" silent=\"yes\">\n"
        "<sasl target=\"services.test\" requiressl=\"no\">\n",
        server->dir, server->dir, server->link_port);
    return server_write_take(server, "inspircd.conf", conf, error);
}

static GPtrArray *
inspircd_command(const struct server *server)
{
    GPtrArray *argv = command_new(server, "usr/sbin/inspircd");

    g_ptr_array_add(argv, g_strdup("--nofork"));
    if (geteuid() == 0)
        g_ptr_array_add(argv, g_strdup("--runasroot"));
    g_ptr_array_add(argv, g_strdup_printf("--config=%s/inspircd.conf", server->dir));
    g_ptr_array_add(argv, NULL);
    return argv;
}

static const char anope_conf[] =
    "serverinfo { name = \"services.test\"; description = \"test\"; pid = \"services.pid\"; "
    "motd = \"services.motd\"; localhost = \"127.0.0.1\"; }\n"
    "module { name = \"inspircd3\"; use_server_side_mlock = yes; use_server_side_topiclock = yes; "
    "}\n"
    "networkinfo { networkname = \"TestNet\"; nicklen = 30; userlen = 10; hostlen = 64; "
    "chanlen = 32; modelistsize = 100; "
    "vhost_chars = \"abcdefghijklmnopqrstuvwxyz0123456789.-\"; allow_undotted_vhosts = false; "
    "disallow_start_or_end = \".-\"; }\n"
    "options { casemap = \"ascii\"; seed = 1234567; strictpasswords = no; badpasslimit = 0; "
    "updatetimeout = 2s; expiretimeout = 30m; readtimeout = 5s; warningtimeout = 4h; "
    "timeoutcheck = 1s; retrywait = 1s; hideprivilegedcommands = yes; servicealias = no; }\n"
    "module { name = \"enc_sha256\"; }\n"
    "module { name = \"db_flatfile\"; database = \"anope.db\"; keepbackups = 0; nobackupokay = "
    "yes; "
    "fork = no; }\n"
    "service { nick = \"NickServ\"; user = \"services\"; host = \"services.test\"; gecos = \"n\"; "
    "}\n"
    "module { name = \"nickserv\"; client = \"NickServ\"; defaults = \"ns_private hide_email\"; "
    "guestnickprefix = \"Guest\"; confirmemailchanges = no; forceemail = no; "
    "unregistered_notice = \"\"; }\n"
    "module { name = \"ns_register\"; registration = \"none\"; nickregdelay = 0; }\n"
    "command { service = \"NickServ\"; name = \"REGISTER\"; command = \"nickserv/register\"; }\n"
    "module { name = \"ns_identify\"; }\n"
    "command { service = \"NickServ\"; name = \"IDENTIFY\"; command = \"nickserv/identify\"; }\n"
    "module { name = \"ns_cert\"; max = 5; }\n"
    "command { service = \"NickServ\"; name = \"CERT\"; command = \"nickserv/cert\"; }\n"
    "module { name = \"m_sasl\"; }\n";

static bool
inspircd_anope_configure(struct server *server, GError **error)
{
    GString *conf = g_string_new(NULL);

    if (!inspircd_configure(server, error)) {
        g_string_free(conf, TRUE);
        return false;
    }
    g_string_append_printf(conf,
                           "uplink { host = \"127.0.0.1\"; port = %u; password = \"link\"; "
                           "ssl = no; ipv6 = no; }\n",
                           server->link_port);
    g_string_append(conf, anope_conf);
    return server_write_take(server, "services.conf", conf, error) &&
           server_write_take(server, "services.motd", g_string_new("test\n"), error);
}

static GPtrArray *
anope_command(const struct server *server)
{
    GPtrArray *argv = command_new(server, "usr/sbin/anope");

    g_ptr_array_add(argv, g_strdup("--config=services.conf"));
    g_ptr_array_add(argv, g_strdup_printf("--confdir=%s", server->dir));
    g_ptr_array_add(argv, g_strdup_printf("--dbdir=%s", server->dir));
    g_ptr_array_add(argv, g_strdup_printf("--logdir=%s", server->dir));
    g_ptr_array_add(argv, g_strdup_printf("--localedir=%s", server->dir));
    g_ptr_array_add(argv, g_strdup_printf("--modulesdir=%s/usr/lib/anope", server->root));
    g_ptr_array_add(argv, g_strdup("--nofork"));
    g_ptr_array_add(argv, NULL);
    return argv;
}

static bool
ngircd_configure(struct server *server, GError **error)
{
    GString *conf = g_string_new(NULL);

    g_string_append_printf(conf,
                           "[Global]\nName = ng.test\nInfo = test\nListen = 127.0.0.1\nPorts = %u\n"
                           "MotdPhrase = hi\n",
                           server->port);
    if (server->options.password != NULL)
        g_string_append_printf(conf, "Password = %s\n", server->options.password);
    g_string_append(conf, "[Limits]\nMaxConnectionsIP = 0\nMaxNickLength = 30\nConnectRetry = 1\n");
    if (!server->options.default_limits)
        g_string_append(conf, "MaxPenaltyTime = 0\n");
    g_string_append(conf, "[Options]\nDNS = no\nIdent = no\nPAM = no\n");
    if (server->tls_port != 0)
        g_string_append_printf(conf, "[SSL]\nCertFile = %s\nKeyFile = %s\nPorts = %u\n",
                               server->options.cert_file, server->options.key_file,
                               server->tls_port);
    return server_write_take(server, "ngircd.conf", conf, error);
}

static GPtrArray *
ngircd_command(const struct server *server)
{
    GPtrArray *argv = command_new(server, "usr/sbin/ngircd");

    g_ptr_array_add(argv, g_strdup("-n"));
    g_ptr_array_add(argv, g_strdup("-f"));
    g_ptr_array_add(argv, g_build_filename(server->dir, "ngircd.conf", NULL));
    g_ptr_array_add(argv, NULL);
    return argv;
}

static const char *const inspircd_programs[] = {"usr/sbin/inspircd", NULL};
static const char *const inspircd_anope_programs[] = {"usr/sbin/inspircd", "usr/sbin/anope", NULL};
static const char *const ngircd_programs[] = {"usr/sbin/ngircd", NULL};

const struct server_row server_inspircd_row = {
    .name = "inspircd",
    .programs = inspircd_programs,
    .configure = inspircd_configure,
    .command = inspircd_command,
};

const struct server_row server_inspircd_anope_row = {
    .name = "inspircd+anope",
    .programs = inspircd_anope_programs,
    .configure = inspircd_anope_configure,
    .command = inspircd_command,
    .services_command = anope_command,
};

const struct server_row server_ngircd_row = {
    .name = "ngircd",
    .programs = ngircd_programs,
    .configure = ngircd_configure,
    .command = ngircd_command,
};
