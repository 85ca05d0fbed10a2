/* Links to what lies on a server: they come from strangers. */
#include "protocols/mattermost/mattermost_link.h"

#include <string.h>

#include "protocols/mattermost/mattermost_priv.h"
#include "text/site.h"

#define MAX_LINK 2000

static bool
is_plain(const char *part)
{
    return *part && strspn(part, "abcdefghijklmnopqrstuvwxyz0123456789-_.@") == strlen(part);
}

/* "https://chat.example.org:8065/sub", of the first `n` parts of the path. NULL: one is not plain.
 */
static char *
base_of(const GUri *uri, char *const *parts, unsigned n)
{
    GUri *whole = (GUri *)(uintptr_t)uri;
    g_autoptr(GString) base = g_string_new(NULL);

    g_string_append_printf(base, "%s://%s", g_uri_get_scheme(whole), g_uri_get_host(whole));
    if (g_uri_get_port(whole) > 0)
        g_string_append_printf(base, ":%d", g_uri_get_port(whole));
    for (unsigned i = 0; i < n; i++) {
        if (!is_plain(parts[i]))
            return NULL;
        g_string_append_printf(base, "/%s", parts[i]);
    }
    return g_string_free(g_steal_pointer(&base), FALSE);
}

/* ".../signup_user_complete/?id=…" */
static char *
invite_of(const char *last, const char *query)
{
    g_autoptr(GHashTable) words =
        query ? g_uri_parse_params(query, -1, "&", G_URI_PARAMS_NONE, NULL) : NULL;
    const char *id = words ? g_hash_table_lookup(words, "id") : NULL;

    return strcmp(last, "signup_user_complete") == 0 && id && is_plain(id) ? g_strdup(id) : NULL;
}

/* TEAM, a word, and what it is the word for: the last three parts of a path. */
static bool
read_place(char *const *parts, struct link_target *target)
{
    const char *team = parts[0], *word = parts[1], *what = parts[2];
    const bool post = strcmp(word, "pl") == 0 && mmost_is_id(what);
    const bool channel = strcmp(word, "channels") == 0 && is_plain(what);
    const bool person = strcmp(word, "messages") == 0 && *what == '@' && is_plain(what + 1);

    if (!is_plain(team) || !(post || channel || person))
        return false;
    target->space = g_strdup(team);
    target->message = post ? g_strdup(what) : NULL;
    target->conversation = channel  ? g_strconcat("~", what, NULL)
                           : person ? g_strdup(what + 1)
                                    : NULL;
    return true;
}

static bool
is_web(const GUri *uri)
{
    GUri *whole = (GUri *)(uintptr_t)uri;
    const char *scheme = uri ? g_uri_get_scheme(whole) : "";
    const char *host = uri ? g_uri_get_host(whole) : NULL;

    return host && *host && !strpbrk(host, " \r\n") &&
           (strcmp(scheme, "https") == 0 || strcmp(scheme, "http") == 0);
}

bool
mmost_recognise_link(const char *link, struct link_target *ret_target)
{
    if (!link || strlen(link) > MAX_LINK)
        return false;
    g_autoptr(GUri) uri = g_uri_parse(link, G_URI_FLAGS_NONE, NULL);
    if (!is_web(uri))
        return false;
    g_auto(GStrv) parts = g_strsplit(g_uri_get_path(uri), "/", 16);
    unsigned n = g_strv_length(parts); /* the first is "", before the first slash */
    while (n > 1 && !*parts[n - 1])
        n--;
    if (n < 2)
        return false;
    char *invite = invite_of(parts[n - 1], g_uri_get_query(uri));
    const unsigned taken = invite ? 1 : 3;
    g_autofree char *base = n > taken ? base_of(uri, parts + 1, n - 1 - taken) : NULL;
    struct link_target target = {.invite = invite};
    if (!base || (!invite && !read_place(parts + n - 3, &target))) {
        g_free(invite);
        return false;
    }
    target.account_name = site_name(g_uri_get_host(uri), "mattermost");
    target.options = g_strdup_printf("server = %s\n", base);
    target.server = g_steal_pointer(&base);
    *ret_target = target;
    return true;
}
