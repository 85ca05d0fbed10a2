#include "protocols/irc/irc_services.h"

#include <glib.h>

#include "tests/unit/irc/tests.h"

static void
check_line(const char *line, const char *expected)
{
    g_autofree char *masked = irc_services_mask_line(line);
    g_assert_cmpstr(masked, ==, expected);
}

static void
test_lines(void)
{
    check_line("PASS kai:soup", "PASS ***");
    check_line("AUTHENTICATE c291cA==", "AUTHENTICATE ***");
    check_line("oper kai soup", "oper ***");
    check_line("REGISTER * * :soup", "REGISTER ***");
    check_line("NS identify soup", "NS ***");
    check_line("NICKSERV :identify soup", "NICKSERV ***");
    check_line("@label=w1 IDENTIFY soup", "@label=w1 IDENTIFY ***");
    check_line("JOIN #lab,#den soup", "JOIN #lab,#den ***");
    check_line("JOIN #lab", NULL);
    check_line("MODE #lab +ik soup 5", "MODE #lab +ik ***");
    check_line(":maria!m@h MODE #lab :+k soup", ":maria!m@h MODE #lab :+k ***");
    check_line(":s 324 kai #lab +ntk soup", ":s 324 kai #lab +ntk ***");
    check_line("mode +k soup", "mode +k ***");
    check_line("MODE #lab +o kai", NULL);
    check_line("MODE #lab +k", NULL);
    check_line("MODE #lab", NULL);
    check_line("MODE", NULL);
    check_line(":uma!u@h JOIN #lab uma :Uma", NULL);
    check_line("PRIVMSG NickServ :IDENTIFY kai soup", "PRIVMSG NickServ :IDENTIFY ***");
    check_line("privmsg #lab,nickserv :soup soup", "privmsg #lab,nickserv :soup ***");
    check_line("PRIVMSG Q@CServe.quakenet.org :AUTH kai soup",
               "PRIVMSG Q@CServe.quakenet.org :AUTH ***");
    check_line("PRIVMSG x@channels.undernet.org :login kai soup",
               "PRIVMSG x@channels.undernet.org :login ***");
    check_line("@time=1;msgid=a :kai!k@h  PRIVMSG  NICKSERV  :IDENTIFY soup",
               "@time=1;msgid=a :kai!k@h  PRIVMSG  NICKSERV  :IDENTIFY ***");
    check_line("NOTICE AuthServ :  AUTH kai soup", "NOTICE AuthServ :  AUTH ***");
    check_line("PRIVMSG NickServ HELP", NULL);
    check_line("PRIVMSG #lab :IDENTIFY soup", NULL);
    check_line("PRIVMSG x :what a soup", NULL);
    check_line(":NickServ!s@h NOTICE kai :You are now identified.", NULL);
    check_line("PING x", NULL);
    check_line("", NULL);
    check_line("@a", NULL);
    check_line(":a", NULL);
    check_line("PASS", NULL);
}

static void
check_text(const char *target, const char *text, const char *expected)
{
    g_autofree char *masked = irc_services_mask_text(target, text);
    g_assert_cmpstr(masked, ==, expected);
}

static void
test_texts(void)
{
    check_text("NickServ", "IDENTIFY soup", "IDENTIFY ***");
    check_text("nickserv@services.example", "  identify kai soup", "identify ***");
    check_text("AuthServ", "AUTH kai soup", "AUTH ***");
    check_text("ChanServ", "SET #lab FOUNDERPASS soup", "SET #lab FOUNDERPASS ***");
    check_text("NickServ", "set password soup", "set password ***");
    check_text("NickServ", "help\nGHOST kai soup", "GHOST ***");
    check_text("NickServ", "hello soup", "hello ***");
    check_text("ChanServ", "OP #lab maria", NULL);
    check_text("NickServ", "SET EMAIL kai@example.test", NULL);
    check_text("NickServ", "IDENTIFY ", NULL);
    check_text("NickServ", "HELP IDENTIFY", NULL);
    check_text("NickServ", "", NULL);
    check_text("maria", "IDENTIFY soup", NULL);
    check_text("", "IDENTIFY soup", NULL);
    check_text("X", "login kai soup", NULL);
}

void
test_services_add(void)
{
    g_test_add_func("/services/lines", test_lines);
    g_test_add_func("/services/texts", test_texts);
}
