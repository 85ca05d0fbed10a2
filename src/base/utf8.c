#include "base/utf8.h"

#include <stdint.h>
#include <string.h>

#define REPLACEMENT "\xEF\xBF\xBD"

/* Length of the sequence that a lead byte begins, and the range of its second byte (table 3-7 of
 * the Unicode Standard); 0 for a byte that begins nothing. */
static size_t
lead(unsigned char byte, unsigned char *ret_low, unsigned char *ret_high)
{
    *ret_low = 0x80;
    *ret_high = 0xBF;
    if (byte < 0x80)
        return 1;
    if (byte < 0xC2 || byte > 0xF4)
        return 0;
    if (byte == 0xE0)
        *ret_low = 0xA0;
    else if (byte == 0xED)
        *ret_high = 0x9F;
    else if (byte == 0xF0)
        *ret_low = 0x90;
    else if (byte == 0xF4)
        *ret_high = 0x8F;
    return byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

/* Bytes of the character, or of the maximal ill-formed part, that begins here (at least one).
 * `ret_wanted`: how many a whole character would have; 0: none begins here. */
static size_t
step(const unsigned char *bytes, size_t len, size_t *ret_wanted)
{
    unsigned char low, high;
    size_t wanted = lead(bytes[0], &low, &high);
    size_t got = 1;

    while (got < wanted && got < len && bytes[got] >= low && bytes[got] <= high) {
        low = 0x80;
        high = 0xBF;
        got++;
    }
    *ret_wanted = wanted;
    return got;
}

static size_t
real_len(const char *bytes, gssize len)
{
    if (!bytes)
        return 0;
    return len < 0 ? strlen(bytes) : (size_t)len;
}

char *
utf8_sanitize(const char *bytes, gssize len, size_t max_bytes)
{
    const unsigned char *at = (const unsigned char *)bytes;
    size_t left = real_len(bytes, len);

    /* Nearly everything is good as it came. */
    if (g_utf8_validate_len(bytes != NULL ? bytes : "", left, NULL))
        return g_strndup(bytes != NULL ? bytes : "", utf8_cut(bytes, left, max_bytes));
    GString *out = g_string_sized_new(MIN(left, max_bytes));
    while (left > 0) {
        size_t wanted;
        size_t used = step(at, left, &wanted);
        bool good = used == wanted && at[0] != 0;
        size_t adds = good ? used : strlen(REPLACEMENT);
        if (adds > max_bytes - out->len)
            break;
        g_string_append_len(out, good ? (const char *)at : REPLACEMENT, (gssize)adds);
        at += used;
        left -= used;
    }
    return g_string_free(out, FALSE);
}

static bool
is_utf8(const char *bytes, size_t len)
{
    const unsigned char *at = (const unsigned char *)bytes;
    bool multi = false;

    while (len > 0) {
        size_t wanted;
        size_t used = step(at, len, &wanted);
        if (used != wanted) /* good only as the cut end of a text that is clearly UTF-8 */
            return multi && wanted > used && used == len;
        multi = multi || used > 1;
        at += used;
        len -= used;
    }
    return true;
}

char *
utf8_from_legacy(const char *bytes, gssize len, size_t max_bytes)
{
    static const uint16_t high[32] = {
        0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178};
    size_t left = real_len(bytes, len);

    if (is_utf8(bytes, left))
        return utf8_sanitize(bytes, (gssize)left, max_bytes);
    GString *out = g_string_sized_new(MIN(left, max_bytes));
    for (size_t i = 0; i < left; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        gunichar point = byte == 0                     ? 0xFFFD
                         : byte >= 0x80 && byte < 0xA0 ? high[byte - 0x80]
                                                       : byte;
        char encoded[6];
        int adds = g_unichar_to_utf8(point, encoded);
        if ((size_t)adds > max_bytes - out->len)
            break;
        g_string_append_len(out, encoded, adds);
    }
    return g_string_free(out, FALSE);
}

size_t
utf8_cut(const char *text, size_t len, size_t max_bytes)
{
    if (len <= max_bytes)
        return len;
    while (max_bytes > 0 && ((unsigned char)text[max_bytes] & 0xC0) == 0x80)
        max_bytes--;
    return max_bytes;
}
