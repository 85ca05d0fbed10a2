#include <string.h>

#include "protocols/irc/irc_isupport.h"
#include "tests/unit/irc/tests.h"

static void
take(struct irc_isupport *isupport, const char *tokens)
{
    g_autofree char *text = g_strdup_printf(":s 005 kai %s :are supported", tokens);
    struct irc_line *line = irc_line_parse(text, strlen(text));

    irc_isupport_take(isupport, line);
    irc_line_free(line);
}

static void
test_defaults_and_changes(void)
{
    struct irc_isupport is;

    irc_isupport_init(&is);
    g_assert_cmpstr(is.prefix_modes, ==, "ov");
    g_assert_cmpstr(is.prefix_chars, ==, "@+");
    g_assert_true(irc_is_channel(&is, "&local"));
    g_assert_false(irc_is_channel(&is, ""));
    take(&is,
         "PREFIX=(qaohv)~&@%+ CHANTYPES=# NETWORK=Test\\x20Net TARGMAX=JOIN:4,KICK: CHATHISTORY=50 "
         "MSGREFTYPES=timestamp,msgid soju.im/SAFERATE");
    g_assert_cmpstr(is.prefix_modes, ==, "qaohv");
    g_assert_cmpstr(irc_isupport_get(&is, "NETWORK"), ==, "Test Net");
    g_assert_false(irc_is_channel(&is, "&local"));
    g_assert_cmpuint(irc_isupport_targmax(&is, "JOIN"), ==, 4);
    g_assert_cmpuint(irc_isupport_targmax(&is, "KICK"), ==, 0);
    g_assert_cmpuint(is.history_limit, ==, 50);
    g_assert_true(is.msgid_refs && is.safe_rate);
    /* Shorter than before, longer than we take, broken. */
    take(&is, "PREFIX=(o)@ -MSGREFTYPES -soju.im/SAFERATE");
    g_assert_cmpstr(is.prefix_chars, ==, "@");
    g_assert_false(is.msgid_refs || is.safe_rate);
    take(&is, "PREFIX=(abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ)"
              "!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!");
    g_assert_cmpuint(strlen(is.prefix_modes), ==, IRC_MAX_PREFIXES);
    take(&is, "PREFIX=(ov");
    g_assert_cmpstr(is.prefix_modes, ==, "");
    take(&is, "-PREFIX");
    g_assert_cmpstr(is.prefix_modes, ==, "ov");
    irc_isupport_clear(&is);
}

static void
test_fold(void)
{
    static const struct {
        const char *mapping, *name, *folded;
    } rows[] = {
        {"CASEMAPPING=ascii", "Kai[]\\~", "kai[]\\~"},
        {"CASEMAPPING=rfc1459", "Kai[]\\~", "kai{}|^"},
        {"CASEMAPPING=rfc1459-strict", "Kai[]\\~", "kai{}|~"},
        {"CASEMAPPING=rfc7613", "K\xc3\x84I[", "k\xc3\x84i["},
        {"-CASEMAPPING", "A~", "a^"},
    };
    struct irc_isupport is;

    irc_isupport_init(&is);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        take(&is, rows[i].mapping);
        g_autofree char *folded = irc_fold(&is, rows[i].name);
        g_assert_cmpstr(folded, ==, rows[i].folded);
        g_assert_true(irc_same(&is, rows[i].name, rows[i].folded));
    }
    g_assert_false(irc_same(&is, "kai", "kaia"));
    irc_isupport_clear(&is);
}

static void
test_modes(void)
{
    struct irc_isupport is;

    irc_isupport_init(&is);
    take(&is, "CHANMODES=b,k,l,imnt PREFIX=(ov)@+");
    g_assert_cmpint(irc_mode_type(&is, 'b'), ==, IRC_MODE_LIST);
    g_assert_cmpint(irc_mode_type(&is, 'k'), ==, IRC_MODE_ALWAYS);
    g_assert_cmpint(irc_mode_type(&is, 'l'), ==, IRC_MODE_SET);
    g_assert_cmpint(irc_mode_type(&is, 'o'), ==, IRC_MODE_PREFIX);
    g_assert_cmpint(irc_mode_type(&is, 'Z'), ==, IRC_MODE_NEVER);
    take(&is, "CHANMODES=,,");
    g_assert_cmpint(irc_mode_type(&is, 'b'), ==, IRC_MODE_NEVER);
    irc_isupport_clear(&is);
}

static void
test_limit(void)
{
    struct irc_isupport is;

    irc_isupport_init(&is);
    for (int i = 0; i < 2000; i++) {
        g_autofree char *token = g_strdup_printf("K%d=x", i);
        take(&is, token);
    }
    g_assert_cmpuint(g_hash_table_size(is.values), ==, IRC_MAX_ISUPPORT);
    irc_isupport_clear(&is);
}

void
test_isupport_add(void)
{
    g_test_add_func("/irc/isupport/defaults-and-changes", test_defaults_and_changes);
    g_test_add_func("/irc/isupport/fold", test_fold);
    g_test_add_func("/irc/isupport/modes", test_modes);
    g_test_add_func("/irc/isupport/limit", test_limit);
}
