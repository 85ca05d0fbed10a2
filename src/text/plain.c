#include "text/plain.h"

#include <stdbool.h>

static bool
is_left_out(gunichar c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) ||         /* C0, DEL, C1 */
           c == 0x61c || c == 0x200e || c == 0x200f ||    /* ALM, LRM, RLM */
           (c >= 0x202a && c <= 0x202e) ||                /* embeddings, overrides */
           (c >= 0x2066 && c <= 0x206f) ||                /* isolates, deprecated formats */
           c == 0x200b || (c >= 0x2060 && c <= 0x2065) || /* zero-width space, word joiner … */
           c == 0xfeff || c == 0xad || c == 0x180e ||     /* BOM, soft hyphen, Mongolian */
           c == 0x115f || c == 0x1160 || c == 0x3164 ||   /* fillers */
           c == 0xffa0 || (c >= 0xfff0 && c <= 0xfffb) || /* annotations */
           (c >= 0xe0000 && c <= 0xe0fff && !(c >= 0xe0100 && c <= 0xe01ef)); /* tags */
}

char *
plain_dup(const char *text, size_t max_bytes)
{
    GString *out = g_string_new(NULL);

    while (*text != '\0') {
        const char *next = text + g_utf8_skip[(unsigned char)*text];
        const gunichar c = g_utf8_get_char(text);
        const bool ends = c == '\n' || c == '\r' || c == 0x2028 || c == 0x2029 || c == 0x85;
        const size_t len = ends ? 1 : (size_t)(next - text);

        if (c == '\r' && *next == '\n')
            next++;
        if ((ends || c == '\t' || !is_left_out(c))) {
            if (out->len + len > max_bytes)
                break;
            g_string_append_len(out, ends ? "\n" : text, (gssize)len);
        }
        text = next;
    }
    return g_string_free(out, FALSE);
}
