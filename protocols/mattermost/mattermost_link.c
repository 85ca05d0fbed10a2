/* Links to what lies on a server: they come from strangers. */
#include "protocols/mattermost/mattermost_link.h"

#include <string.h>

#include "protocols/mattermost/mattermost_priv.h"

#define MAX_LINK 2000

/* The first part of a host that says something: "chat.example.org" → "example". */
static char *
account_name(const char *host)
{
    g_auto(GStrv) parts = g_strsplit(host, ".", -1);
    const unsigned n = g_strv_length(parts);
    const char *word = n >= 2 && !g_ascii_isdigit(*parts[n - 1]) ? parts[n - 2] : "mattermost";
    GString *name = g_string_new(NULL);

    for (; *word && name->len < 30; word++) {
        if (g_ascii_isalnum(*word) || *word == '-')
            g_string_append_c(name, *word);
    }
    return g_string_free(name, FALSE);
}

static bool
is_plain(const char *part)
{
    return *part && strspn(part, "abcdefghijklmnopqrstuvwxyz0123456789-_.@") == strlen(part);
}

bool
mmost_recognise_link(const char *link, struct link_target *ret_target)
{
    if (!link || strlen(link) > MAX_LINK)
        return false;
    g_autoptr(GUri) uri = g_uri_parse(link, G_URI_FLAGS_NONE, NULL);
    const char *scheme = uri ? g_uri_get_scheme(uri) : NULL,
               *host = uri ? g_uri_get_host(uri) : NULL;
    if (!host || !*host || strpbrk(host, " \r\n") ||
        (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0))
        return false;
    g_auto(GStrv) parts = g_strsplit(g_uri_get_path(uri), "/", 16);
    const unsigned n = g_strv_length(parts);
    if (n < 4) /* "" before the first slash, team, word, what */
        return false;
    const char *team = parts[n - 3], *word = parts[n - 2], *what = parts[n - 1];
    const bool post = strcmp(word, "pl") == 0 && mmost_is_id(what);
    const bool channel = strcmp(word, "channels") == 0 && is_plain(what);
    const bool person = strcmp(word, "messages") == 0 && *what == '@' && is_plain(what + 1);
    if (!is_plain(team) || !(post || channel || person))
        return false;
    g_autoptr(GString) base = g_string_new(NULL);
    g_string_append_printf(base, "%s://%s", scheme, host);
    if (g_uri_get_port(uri) > 0)
        g_string_append_printf(base, ":%d", g_uri_get_port(uri));
    for (unsigned i = 1; i + 3 < n; i++) {
        if (!is_plain(parts[i]))
            return false;
        g_string_append_printf(base, "/%s", parts[i]);
    }
    *ret_target = (struct link_target){
        .account_name = account_name(host),
        .options = g_strdup_printf("server = %s\n", base->str),
        .server = g_strdup(base->str),
        .conversation = channel  ? g_strconcat("~", what, NULL)
                        : person ? g_strdup(what + 1)
                                 : NULL,
        .message = post ? g_strdup(what) : NULL,
    };
    return true;
}
