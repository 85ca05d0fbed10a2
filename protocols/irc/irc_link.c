#include "protocols/irc/irc_link.h"

#include <string.h>

#include "text/site.h"

#define MAX_LINK 2000

/* The channel of path and fragment ("irc://host/#lab" has it in the fragment), or the nick. NULL:
 * none. */
static char *
conversation(const char *path, const char *fragment)
{
    g_autofree char *name = NULL;
    bool nick = false;

    while (path && *path == '/')
        path++;
    if (path && *path)
        name = fragment ? g_strconcat(path, "#", fragment, NULL) : g_strdup(path);
    else if (fragment && *fragment)
        name = g_strconcat("#", fragment, NULL);
    if (!name)
        return NULL;
    char *comma = strchr(name, ',');
    if (comma) {
        nick = strstr(comma, "isnick") || strstr(comma, "isuser");
        *comma = '\0';
    }
    if (*name == '\0' || strpbrk(name, " \r\n\a") || strlen(name) > 200)
        return NULL;
    if (!nick && !strchr("#&+!", *name))
        return g_strconcat("#", name, NULL);
    return g_steal_pointer(&name);
}

bool
irc_recognise_link(const char *link, struct link_target *ret_target)
{
    if (!link || strlen(link) > MAX_LINK)
        return false;
    g_autoptr(GUri) uri = g_uri_parse(link, G_URI_FLAGS_PARSE_RELAXED, NULL);
    const char *scheme = uri ? g_uri_get_scheme(uri) : NULL;
    if (!scheme ||
        (strcmp(scheme, "irc") != 0 && strcmp(scheme, "ircs") != 0 && strcmp(scheme, "irc6") != 0))
        return false;
    const char *host = g_uri_get_host(uri);
    if (!host || !*host || strpbrk(host, " \r\n"))
        return false;
    bool tls = strcmp(scheme, "ircs") == 0;
    bool literal6 = strchr(host, ':') != NULL;
    int port = g_uri_get_port(uri);
    g_autofree char *bare = g_strdup_printf(literal6 ? "[%s]" : "%s", host);
    g_autofree char *server = port > 0 ? g_strdup_printf("%s:%d", bare, port) : g_strdup(bare);
    char *name = conversation(g_uri_get_path(uri), g_uri_get_fragment(uri));

    /* irc:// is plain by its letter; with no port weft proposes TLS, since the same hosts offer it.
     */
    GString *options = g_string_new(NULL);
    g_string_append_printf(options, "server = %s\n", server);
    if (!tls && port > 0 && port != 6697)
        g_string_append(options, "tls = off\n");
    if (name && strchr("#&+!", *name))
        g_string_append_printf(options, "join = %s\n", name);
    *ret_target = (struct link_target){
        .account_name = site_name(host, "irc"),
        .options = g_string_free(options, FALSE),
        .server = g_strdup(host),
        .conversation = name,
    };
    return true;
}
