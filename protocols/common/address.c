#include "protocols/common/address.h"

#include <gio/gio.h>
#include <string.h>

#include "base/error.h"

bool
address_is_loopback(const char *host)
{
    g_autoptr(GInetAddress) address = g_inet_address_new_from_string(host);

    if (address)
        return g_inet_address_get_is_loopback(address);
    return g_ascii_strcasecmp(host, "localhost") == 0;
}

static void
cut_slashes(char *text)
{
    for (size_t len = strlen(text); len > 0 && text[len - 1] == '/'; len--)
        text[len - 1] = '\0';
}

static char *
with_scheme(const char *text)
{
    return strstr(text, "://") ? g_strdup(text) : g_strconcat("https://", text, NULL);
}

char *
address_to_probe(const char *text)
{
    char *base = with_scheme(text);

    base[strcspn(base, "?#")] = '\0';
    cut_slashes(base);
    return base;
}

bool
address_read(const char *text, bool plain, const char *example, struct address *ret_address,
             GError **error)
{
    g_autofree char *full = with_scheme(text);
    g_autoptr(GUri) uri = g_uri_parse(full, G_URI_FLAGS_NONE, NULL);
    const char *scheme = uri ? g_uri_get_scheme(uri) : NULL;
    const char *host = uri ? g_uri_get_host(uri) : NULL;

    if (!host || !*host || strpbrk(full, " \t\r\n") || g_uri_get_userinfo(uri) ||
        g_uri_get_query(uri) || g_uri_get_fragment(uri) ||
        (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0)) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                    "The server is an address like %s. (%s)", example, text);
        return false;
    }
    const bool secure = strcmp(scheme, "https") == 0, loopback = address_is_loopback(host);
    if (!secure && !plain && !loopback) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                    "Without TLS everyone on the way can read and change what is said. Use "
                    "https://, or allow_plaintext = yes if you must. (%s)",
                    text);
        return false;
    }
    cut_slashes(full);
    *ret_address = (struct address){g_steal_pointer(&full), g_strdup(host), secure, loopback};
    return true;
}

void
address_clear(struct address *address)
{
    g_clear_pointer(&address->base, g_free);
    g_clear_pointer(&address->host, g_free);
}
