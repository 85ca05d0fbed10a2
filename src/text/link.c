#include "text/link.h"

#include <glib.h>
#include <string.h>
#include <utf8proc.h>

/* What a person follows from a chat. Never "javascript:", "data:", "file:" and the like. */
static const char *const schemes[] = {
    "https://",  "http://",   "ftp://",  "ftps://", "sftp://", "ircs://",  "irc://",
    "gemini://", "gopher://", "mailto:", "xmpp:",   "matrix:", "magnet:?",
};

static size_t
scheme_len(const char *text, size_t len)
{
    for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++) {
        size_t n = strlen(schemes[i]);
        if (n <= len && g_ascii_strncasecmp(text, schemes[i], n) == 0)
            return n;
    }
    return 0;
}

static bool
is_www(const char *text, size_t len)
{
    return len > 4 && g_ascii_strncasecmp(text, "www.", 4) == 0;
}

/* What a link can't hold. A character that is not there yet for this Unicode version can. */
static bool
ends_link(int32_t cp)
{
    switch (utf8proc_get_property(cp)->category) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_ZS:
        return true;
    default:
        return cp == '<' || cp == '>' || cp == '"' || cp == '`';
    }
}

/* Bytes of the character at `text`; 0 when a link ends before it. */
static size_t
step(const char *text, size_t len)
{
    int32_t cp;
    unsigned char byte = (unsigned char)*text;

    if (byte < 0x80)
        return byte > 0x20 && byte != 0x7f && !ends_link(byte);
    utf8proc_ssize_t n =
        utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)len, &cp);
    return n > 0 && !ends_link(cp) ? (size_t)n : 0;
}

/* A bracket that closes what was opened inside stays: "…/Weft_(cloth)". */
static size_t
without_end(const char *text, size_t len, size_t least)
{
    static const char open[] = "([{", close[] = ")]}";
    int depth[sizeof open - 1] = {0};

    for (size_t i = 0; i < len; i++) {
        for (size_t kind = 0; kind < G_N_ELEMENTS(depth); kind++)
            depth[kind] += (text[i] == open[kind]) - (text[i] == close[kind]);
    }
    while (len > least) {
        const char *bracket = strchr(close, text[len - 1]);
        if (bracket && depth[bracket - close] < 0)
            depth[bracket - close]++;
        else if (!strchr(".,;:!?'*|", text[len - 1]))
            break;
        len--;
    }
    return len;
}

/* Bytes of the link that begins at `text`; 0: none does. */
static size_t
measure(const char *text, size_t len)
{
    size_t head = scheme_len(text, len);
    size_t end;

    if (head == 0 && is_www(text, len))
        head = 4;
    if (head == 0 || head == len || (g_ascii_ispunct(text[head]) && !strchr("[/#@?%", text[head])))
        return 0;
    for (end = head; end < len;) {
        size_t n = step(text + end, len - end);
        if (n == 0)
            break;
        end += n;
    }
    end = without_end(text, end, head);
    return end > head ? end : 0;
}

/* In the middle of a word nothing begins: "xhttps://". */
static bool
may_begin(const char *text, size_t at)
{
    unsigned char before = at > 0 ? (unsigned char)text[at - 1] : ' ';

    return !g_ascii_isalnum(before);
}

bool
link_next(const char *text, size_t len, size_t *at, size_t *ret_start, size_t *ret_end)
{
    for (size_t i = *at; i < len; i++) {
        if (!g_ascii_isalpha(text[i]) || !may_begin(text, i))
            continue;
        size_t n = measure(text + i, len - i);
        if (n == 0)
            continue;
        *at = i + n;
        if (n > LINK_MAX_BYTES) {
            i += n - 1;
            continue;
        }
        *ret_start = i;
        *ret_end = i + n;
        return true;
    }
    *at = len;
    return false;
}

char *
link_target(const char *link, size_t len)
{
    GString *out = g_string_new(is_www(link, len) ? "https://" : NULL);

    if (len <= LINK_MAX_BYTES && (out->len > 0 || scheme_len(link, len) > 0)) {
        for (size_t i = 0; i < len; i++) {
            unsigned char byte = (unsigned char)link[i];
            if (byte > 0x20 && byte < 0x7f && !strchr("\"<>\\^`{|}", byte))
                g_string_append_c(out, (char)byte);
            else
                g_string_append_printf(out, "%%%02X", byte);
        }
        return g_string_free(out, FALSE);
    }
    g_string_free(out, TRUE);
    return NULL;
}
