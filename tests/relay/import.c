/* A matterbridge.toml taken over, and what is said crosses as it did before. */
#include <glib.h>
#include <string.h>

#include "import/import.h"
#include "protocols/registry.h"
#include "tests/relay/bridge.h"
#include "tests/sandbox/irc_server.h"
#include "tests/servers/irc_peer.h"

static const char file[] = "[irc.patio]\nServer = \"localhost:%u\"\nNick = \"bridge\"\n"
                           "RemoteNickFormat = \"[{LABEL}] <{NICK}> \"\nLabel = \"Patio\"\n"
                           "ColorNicks = true\n"
                           "Password = \"open-sesame\"\n"
                           "[irc.library]\nServer = \"localhost:%u\"\nNick = \"bridges\"\n"
                           "RemoteNickFormat = \"{NICK}: \"\nLabel = \"Tool Library\"\n"
                           "ColorNicks = true\n"
                           "IgnoreNicks = \"^mallory$\"\n"
                           "[[gateway]]\nname = \"lab\"\nenable = true\ninout = [\n"
                           "  { account = \"irc.patio\", channel = \"#lab\" },\n"
                           "  { account = \"irc.library\", channel = \"#tools\" },\n]\n";

static void
take_over(const struct bridge *bridge, const char *text)
{
    struct config *config = config_load(bridge->paths, registry_networks());
    const struct import_options options = {
        .name = "matterbridge.toml", .config = config, .networks = registry_networks()};
    struct import_result *result = import_matterbridge(&options, text, strlen(text));
    g_autoptr(GError) error = NULL;

    g_assert_cmpuint(result->gateways, ==, 1);
    import_write(result, config, &error);
    g_assert_no_error(error);
    import_result_free(result);
    config_free(config);
}

static struct irc_peer *
come(const struct irc_server *server, const char *nick, const char *password, const char *channel)
{
    const struct irc_peer_options options = {
        .port = irc_server_port(server), .nick = nick, .password = password};
    g_autoptr(GError) error = NULL;
    struct irc_peer *peer = irc_peer_new(&options, &error);

    g_assert_no_error(error);
    g_assert_true(irc_peer_join(peer, channel));
    return peer;
}

static void
hears(struct bridge *bridge, struct irc_peer *peer, const char *pattern)
{
    if (irc_peer_wait(peer, pattern))
        return;
    g_autofree char *state = bridge_tell(bridge);
    g_autofree char *log = irc_peer_log_dup(peer);
    g_error("%s was not heard in:\n%s\n%s", pattern, log, state);
}

static void
crosses(void)
{
    /* One knows no RELAYMSG, so the name stands in front of the text there. */
    static const struct irc_server_options closed = {
        .password = "open-sesame", .caps = "message-tags server-time echo-message batch"};
    struct irc_server *patio = irc_server_start(&closed);
    struct irc_server *library = irc_server_start(NULL);
    struct bridge *bridge = bridge_new();
    g_autofree char *text = g_strdup_printf(file, irc_server_port(patio), irc_server_port(library));

    take_over(bridge, text);
    bridge_start(bridge);
    bridge_wait_joined(bridge, "patio", "#lab");
    bridge_wait_joined(bridge, "library", "#tools");
    struct irc_peer *maria = come(patio, "maria", "open-sesame", "#lab");
    struct irc_peer *bob = come(library, "bob", NULL, "#tools");
    struct irc_peer *mallory = come(library, "mallory", NULL, "#tools");
    g_assert_true(irc_peer_say(maria, "#lab", "who has the long ladder?"));
    /* A nick has no colour, and neither has what stands behind it. */
    hears(bridge, bob, "*:maria/r!* PRIVMSG #tools :who has the long ladder?");
    g_assert_true(irc_peer_say(mallory, "#tools", "buy now"));
    g_assert_true(irc_peer_say(bob, "#tools", "5,5 m, it leans at the back door"));
    hears(
        bridge, maria,
        "*:bridge!* PRIVMSG #lab :<\x03???Tool Library? bob\x0f> 5,5 m, it leans at the back door");
    g_assert_cmpuint(irc_peer_count(maria, "*buy now*"), ==, 0);
    irc_peer_free(maria);
    irc_peer_free(bob);
    irc_peer_free(mallory);
    bridge_free(bridge);
    irc_server_stop(patio);
    irc_server_stop(library);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/import/crosses", crosses);
    return g_test_run();
}
