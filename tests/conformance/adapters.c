/* Which sites the suite and the soak run on. */
#include "tests/conformance/adapter.h"

void
told_free(void *data)
{
    struct told *told = data;

    g_free(told->remote_id);
    g_free(told->text);
    g_free(told->reply_to);
    g_free(told);
}

#ifndef HAVE_SANDBOX_WEB
static bool
without_web(char **ret_why_not)
{
    *ret_why_not = g_strdup("built without libsoup-3.0-dev and libjson-glib-dev, by which the "
                            "people of these tests speak");
    return false;
}

const struct adapter adapter_mattermost_sandbox = {
    .name = "mattermost/sandbox", .network = "mattermost", .available = without_web};
const struct adapter adapter_mattermost_server = {
    .name = "mattermost/server", .network = "mattermost", .available = without_web};
const struct adapter adapter_matterbridge_sandbox = {
    .name = "matterbridge/sandbox", .network = "matterbridge", .available = without_web};
#endif

const struct mark_form marks_irc[MARK_N] = {
    [MARK_BOLD] = {"\x02", "\x0f", false},
    [MARK_CODE] = {"\x11", "\x0f", false},
    [MARK_LINK] = {"", " <" MARK_TARGET ">", true},
    [MARK_QUOTE] = {"> ", "", true},
    [MARK_SPOILER] = {"\x03"
                      "01,01",
                      "\x0f", false},
    [MARK_STARS] = {"*", "*", false},
};

const struct mark_form marks_markdown[MARK_N] = {
    [MARK_BOLD] = {"**", "**", false},
    [MARK_CODE] = {"`", "`", false},
    [MARK_LINK] = {"[", "](" MARK_TARGET ")", false},
    [MARK_QUOTE] = {"> ", "", false},
    [MARK_STARS] = {"\\*", "\\*", false},
};

/* Most networks behind it know no backslash. */
const struct mark_form marks_matterbridge[MARK_N] = {
    [MARK_BOLD] = {"**", "**", false},
    [MARK_CODE] = {"`", "`", false},
    [MARK_LINK] = {"[", "](" MARK_TARGET ")", false},
    [MARK_QUOTE] = {"> ", "", false},
    [MARK_STARS] = {"*", "*", true},
};

const struct adapter *const adapters_soak[] = {&adapter_irc_scripted,
                                               &adapter_irc_without_login,
                                               &adapter_irc_plain_echo,
                                               &adapter_irc_plain,
                                               &adapter_irc_znc,
                                               &adapter_irc_bouncer,
                                               &adapter_mattermost_sandbox,
                                               NULL};
const struct adapter *const adapters_sandbox[] = {&adapter_irc_scripted,
                                                  &adapter_irc_bouncer,
                                                  &adapter_irc_znc,
                                                  &adapter_irc_plain_echo,
                                                  &adapter_mattermost_sandbox,
                                                  &adapter_matterbridge_sandbox,
                                                  NULL};
const struct adapter *const adapters_servers[] = {&adapter_irc_inspircd, &adapter_irc_anope,
                                                  &adapter_irc_ngircd, &adapter_mattermost_server,
                                                  NULL};
