/* What people see whose programs know no messages of many lines, on a server that has them: every
 * line, and each says whose it is (threat 36). The others see one message. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "relay/names.h"
#include "tests/conformance/adapter_irc.h"
#include "tests/relay/bridge.h"
#include "tests/support/certs.h"

#define SECRET  "no-real-secret"
#define CHANNEL "#lab"
#define END     "that is all"

/* Everything but RELAYMSG: names stand before the text. */
#define SERVER_CAPS                                                                                \
    "message-tags server-time batch labeled-response echo-message account-tag multi-prefix "       \
    "userhost-in-names cap-notify away-notify draft/multiline draft/message-redaction "            \
    "standard-replies"

/* What the bridge has said to them, as they see it: a line each. */
static GPtrArray *
seen_by(struct peer *peer)
{
    GPtrArray *seen = g_ptr_array_new_with_free_func(g_free);

    g_assert_nonnull(irc_peer_wait(peer->line, "*:there!* PRIVMSG " CHANNEL " :*" END));
    g_autofree char *log = irc_peer_log_dup(peer->line);
    g_auto(GStrv) lines = g_strsplit(log, "\n", -1);
    for (unsigned i = 0; lines[i]; i++) {
        const char *text = strstr(lines[i], " PRIVMSG " CHANNEL " ");
        if (g_str_has_prefix(lines[i], "<< ") && text && strstr(lines[i], ":there!"))
            g_ptr_array_add(seen, g_strdup(text + strlen(" PRIVMSG " CHANNEL " :")));
    }
    return seen;
}

static void
assert_seen(struct peer *peer, const char *prefix)
{
    static const char *const wanted[] = {
        "> the coop is bankrupt", "answer",         "1. one",          "2. two",
        "* kai has left",         "<kai> I resign", "[file: f.txt, *",
    };
    g_autoptr(GPtrArray) seen = seen_by(peer);

    g_assert_cmpuint(seen->len, ==, G_N_ELEMENTS(wanted) + 3);
    for (unsigned i = 0; i < seen->len; i++) {
        g_test_message("%s", (char *)seen->pdata[i]);
        g_assert_true(g_str_has_prefix(seen->pdata[i], prefix));
    }
    /* Then one that is longer than a line, and the end. */
    for (unsigned i = 0; i < G_N_ELEMENTS(wanted); i++) {
        const char *text = (const char *)seen->pdata[i] + strlen(prefix);
        g_assert_true(g_pattern_match_simple(wanted[i], text));
    }
}

static void
configure(struct bridge *bridge, const char *account, const struct adapter *adapter,
          struct site *site, GString *conf)
{
    g_autofree char *folder = bridge_folder(bridge, account);
    g_autofree char *options = adapter->options(site, LOGIN_NONE, account, SECRET, folder);
    g_autofree char *place = adapter->place(site, account, CHANNEL);

    g_string_append_printf(conf, "[account %s]\nnetwork = %s\n%s%s\n", account, adapter->network,
                           options, place);
}

static void
speak(const struct adapter *from, struct peer *maria)
{
    g_autofree char *longer = g_strnfill(600, 'x');

    for (size_t at = 5; at < strlen(longer); at += 6)
        longer[at] = ' ';
    from->peer_say(maria, CHANNEL, "> the coop is bankrupt\nanswer");
    from->peer_say(maria, CHANNEL, "1. one\n2. two\n* kai has left\n<kai> I resign");
    from->peer_file(maria, CHANNEL, "f.txt", "words");
    from->peer_say(maria, CHANNEL, longer);
    from->peer_say(maria, CHANNEL, END);
}

/* What stands before each line of maria's. */
static char *
prefix_of(const char *suffix, bool colors)
{
    g_autofree char *name = g_strconcat("maria", suffix, NULL);

    return colors ? g_strdup_printf("<\x03%02d%s\x0f> ", atoi(names_color(name)), name)
                  : g_strdup_printf("<%s> ", name);
}

static void
run(const struct certs *certs, bool colors)
{
    const struct adapter *from = &adapter_mattermost_sandbox, *to = &adapter_irc_scripted;
    struct bridge *bridge = bridge_new();
    g_autoptr(GString) conf = g_string_new(NULL);
    struct site *here = from->start(certs), *there = to->start(certs);

    irc_server_set_caps(there->scripted, SERVER_CAPS);
    from->make_user(here, "here", SECRET);
    to->make_user(there, "there", SECRET);
    struct peer *maria = from->peer_new(here, "maria");
    from->peer_join(maria, CHANNEL);
    there->peer_caps = PEER_CAPS;
    struct peer *lines = to->peer_new(there, "bob");
    to->peer_join(lines, CHANNEL);
    there->peer_caps = "message-tags server-time";
    struct peer *old = to->peer_new(there, "olga");
    to->peer_join(old, CHANNEL);
    configure(bridge, "here", from, here, conf);
    configure(bridge, "there", to, there, conf);
    g_string_append_printf(conf,
                           "[gateway lab]\nleg = here/~lab in\nleg = there/" CHANNEL " out%s\n",
                           colors ? " name_colors" : "");
    bridge_configure(bridge, conf->str);
    bridge_start(bridge);
    bridge_wait_joined(bridge, "here", "~lab");
    bridge_wait_joined(bridge, "there", CHANNEL);
    speak(from, maria);
    g_free(bridge_wait_message(bridge, "there", CHANNEL, END));
    g_autofree char *prefix = prefix_of(from->suffix ? from->suffix(here) : "", colors);
    assert_seen(old, prefix);
    assert_seen(lines, prefix);
    g_assert_cmpuint(irc_peer_count(lines->line, "*BATCH +* draft/multiline " CHANNEL), ==, 3);
    g_assert_cmpuint(irc_peer_count(old->line, "*BATCH *"), ==, 0);
    bridge_free(bridge);
    from->peer_free(maria);
    to->peer_free(lines);
    to->peer_free(old);
    from->stop(here);
    to->stop(there);
}

static void
test_fallback(const void *certs)
{
    run(certs, false);
}

/* The codes are of the name alone, and what is divided has room for them. */
static void
test_colors(const void *certs)
{
    run(certs, true);
}

int
main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    g_test_init(&argc, &argv, NULL);
    struct certs *certs = certs_new();
    if (certs) {
        g_test_add_data_func("/threat/36-lines-apart", certs, test_fallback);
        g_test_add_data_func("/threat/36-lines-apart-in-colour", certs, test_colors);
    }
    int status = g_test_run();
    certs_free(certs);
    return status;
}
