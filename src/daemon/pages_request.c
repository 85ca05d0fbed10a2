#include "daemon/pages_request.h"

#include <string.h>

/* "127.0.0.1", "localhost", with or without a port. */
static bool
is_this_machine(const char *host)
{
    static const char *const names[] = {"127.0.0.1", "localhost"};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const size_t len = strlen(names[i]);
        if (g_ascii_strncasecmp(host, names[i], len) == 0 &&
            (host[len] == '\0' || (host[len] == ':' && host[len + 1] != '\0' &&
                                   host[len + 1 + strspn(host + len + 1, "0123456789")] == '\0')))
            return true;
    }
    return false;
}

/* Exactly one Host that is this machine's. */
static bool
host_is_good(char *const *lines)
{
    unsigned n = 0;
    bool good = false;

    for (guint i = 0; lines[i]; i++) {
        if (g_ascii_strncasecmp(lines[i], "host:", 5) != 0)
            continue;
        g_autofree char *host = g_strstrip(g_strdup(lines[i] + 5));
        good = is_this_machine(host);
        n++;
    }
    return n == 1 && good;
}

static enum pages_request_state
read_whole(const char *text, char **ret_path, bool *ret_head)
{
    g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);
    g_auto(GStrv) words = g_strsplit(lines[0] ? lines[0] : "", " ", 4);

    if (g_strv_length(words) != 3 || !g_str_has_prefix(words[2], "HTTP/1."))
        return PAGES_REQUEST_BAD;
    const bool head = strcmp(words[0], "HEAD") == 0;
    if (!head && strcmp(words[0], "GET") != 0)
        return PAGES_REQUEST_METHOD;
    if (!host_is_good(lines + 1))
        return PAGES_REQUEST_HOST;
    *ret_path = g_strdup(words[1]);
    *ret_head = head;
    return PAGES_REQUEST_WHOLE;
}

enum pages_request_state
pages_request_read(const char *bytes, size_t len, char **ret_path, bool *ret_head)
{
    const char *end = g_strstr_len(bytes, (gssize)len, "\r\n\r\n");
    const size_t head_len = end ? (size_t)(end - bytes) : len;

    if (memchr(bytes, '\0', head_len))
        return PAGES_REQUEST_BAD;
    /* What may still be the beginning of the end does not count. */
    if (head_len > PAGES_MAX_BYTES + (end ? 0 : strlen("\r\n\r")))
        return PAGES_REQUEST_LARGE;
    if (!end)
        return PAGES_REQUEST_MORE;
    g_autofree char *text = g_strndup(bytes, head_len);
    return read_whole(text, ret_path, ret_head);
}
