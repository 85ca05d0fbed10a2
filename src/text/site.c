#include "text/site.h"

#include <gio/gio.h>
#include <stdbool.h>
#include <string.h>

#define MAX_NAME_BYTES 30
#define NAME_LETTERS   "abcdefghijklmnopqrstuvwxyz0123456789-"

/* Below many countries' endings one registers not at once, but under one of these. The whole list
 * of such endings is long and changes; for a proposal that one may overwrite this will do. */
static const char *const seconds[] = {
    "ac",   "asn", "asso", "co", "com",  "coop", "ed",  "edu", "gen", "gob",
    "gouv", "gov", "gr",   "id", "info", "ltd",  "me",  "mil", "ne",  "net",
    "nhs",  "nom", "ong",  "or", "org",  "plc",  "sch", "web", NULL,
};

/* What a server is, not whose. */
static const char *const services[] = {
    "app", "bouncer", "chat", "chats", "cloud", "forum", "im",   "mail", "messenger",
    "msg", "server",  "talk", "team",  "teams", "web",   "wiki", "www",  NULL,
};

/* How many of `n` labels are the ending. */
static unsigned
ending_of(char *const *labels, unsigned n)
{
    if (n < 2)
        return 0;
    return n > 2 && strlen(labels[n - 1]) == 2 && g_strv_contains(seconds, labels[n - 2]) ? 2 : 1;
}

static bool
says_something(const char *label, const char *network)
{
    return label[strspn(label, "-")] != '\0' && g_ascii_strcasecmp(label, network) != 0 &&
           !g_strv_contains(services, label);
}

char *
site_name(const char *host, const char *network)
{
    g_autofree char *small = g_ascii_strdown(host, -1);
    const char *found = network;

    if (g_str_has_suffix(small, "."))
        small[strlen(small) - 1] = '\0';
    g_auto(GStrv) labels = g_strsplit(g_hostname_is_ip_address(small) ? "" : small, ".", -1);
    const unsigned n = g_strv_length(labels);
    for (unsigned i = n - ending_of(labels, n); i > 0; i--) {
        g_strcanon(labels[i - 1], NAME_LETTERS, '-');
        if (says_something(labels[i - 1], network)) {
            found = labels[i - 1];
            break;
        }
    }
    return g_strndup(found + strspn(found, "-"), MAX_NAME_BYTES);
}
