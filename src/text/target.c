#include "text/target.h"

#include <string.h>

#include "base/error.h"

#define HOST_MAX_BYTES 253

/* "https://user@host:port/path": where its pieces are. */
struct pieces {
    const char *user; /* NULL: none */
    const char *host;
    size_t user_len, host_len;
    const char *rest; /* port, path and all */
};

static bool
divide(const char *target, struct pieces *ret)
{
    const char *at = strstr(target, "://");
    struct pieces pieces = {0};

    if (at == NULL)
        return false;
    at += strlen("://");
    const size_t len = strcspn(at, "/?#");
    const char *user_end = g_strrstr_len(at, (gssize)len, "@");
    if (user_end != NULL) {
        pieces.user = at;
        pieces.user_len = (size_t)(user_end - at);
        at = user_end + 1;
    }
    pieces.host = at;
    pieces.host_len = *at == '[' ? strcspn(at, "]/?#") + 1 : strcspn(at, ":/?#");
    if (pieces.host_len > strlen(at))
        return false;
    pieces.rest = at + pieces.host_len;
    *ret = pieces;
    return strchr(":/?#", *pieces.rest) != NULL; /* or the end */
}

static bool
is_host(const char *host)
{
    const size_t len = strlen(host);

    if (*host == '[')
        return len > 2 && strspn(host + 1, "0123456789abcdef:.") == len - 2 && host[len - 1] == ']';
    return len > 0 && len <= HOST_MAX_BYTES && *host != '-' && *host != '.' &&
           strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789.-_") == len;
}

static char *
host_of(const struct pieces *pieces)
{
    g_autofree char *raw =
        g_uri_unescape_segment(pieces->host, pieces->host + pieces->host_len, "/");
    g_autofree char *ascii =
        raw != NULL && g_utf8_validate(raw, -1, NULL) ? g_hostname_to_ascii(raw) : NULL;
    g_autofree char *host = ascii != NULL ? g_ascii_strdown(ascii, -1) : NULL;

    return host != NULL && is_host(host) ? g_steal_pointer(&host) : NULL;
}

char *
target_host(const char *target)
{
    struct pieces pieces;

    return divide(target, &pieces) ? host_of(&pieces) : NULL;
}

static bool
has_scheme(const char *target, const char *scheme)
{
    return g_ascii_strncasecmp(target, scheme, strlen(scheme)) == 0;
}

const char *
target_doubt(const char *target)
{
    struct pieces pieces;

    if (!divide(target, &pieces))
        return strchr(target, '?') != NULL && has_scheme(target, "mailto:")
                   ? "The address alone is handed on, not what stands behind it."
                   : NULL;
    g_autofree char *host = host_of(&pieces);
    if (host == NULL)
        return "What stands where a host should is none.";
    if (pieces.user != NULL)
        return "What stands before the @ is a name, not where it leads.";
    if (strstr(host, "xn--") != NULL)
        return "The host's name has letters that can be taken for others.";
    if (memchr(pieces.host, '%', pieces.host_len) != NULL)
        return "The host's name is written in a way that hides it.";
    return NULL;
}

/* No more than "kai@a.example": neither fields, which can name files, nor what a program could take
 * for an option. */
static char *
mail_for_opening(const char *target, GError **error)
{
    const char *address = target + strlen("mailto:");
    const size_t len = strcspn(address, "?");
    const char *at = memchr(address, '@', len);

    if (len > 1 && at != NULL && g_ascii_isalnum(*address) && at + 1 < address + len &&
        memchr(at + 1, '@', (size_t)(address + len - at - 1)) == NULL &&
        strspn(address, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.+_-@") ==
            len)
        return g_strndup(target, strlen("mailto:") + len);
    g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                        "This is no address that weft would hand to a mail program.");
    return NULL;
}

static bool
is_opened(const char *target)
{
    static const char *const schemes[] = {"https://", "http://", "ircs://", "irc://"};

    for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++)
        if (has_scheme(target, schemes[i]))
            return true;
    return false;
}

static bool
is_printable(const char *target)
{
    for (; *target != '\0'; target++)
        if (*target <= 0x20 || *target >= 0x7f)
            return false;
    return true;
}

char *
target_for_opening(const char *target, GError **error)
{
    struct pieces pieces;
    g_autofree char *host = NULL;

    if (is_printable(target) && has_scheme(target, "mailto:"))
        return mail_for_opening(target, error);
    if (!is_printable(target) || !is_opened(target)) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED,
                            "weft opens links of the web, of IRC and to mail addresses alone.");
        return NULL;
    }
    if (divide(target, &pieces))
        host = host_of(&pieces);
    if (host == NULL) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                            "This link leads to no host, and was not opened.");
        return NULL;
    }
    return g_strdup_printf("%.*s%s%s", (int)(pieces.host - target), target, host, pieces.rest);
}
