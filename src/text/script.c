#include "text/script.h"

#include <glib.h>

/* What stands in one word. */
enum {
    HAS_ASCII = 1 << 0,
    HAS_DRESSED = 1 << 1, /* ASCII letters in another form */
    HAS_LATIN = 1 << 2,
    HAS_GREEK = 1 << 3,
    HAS_CYRILLIC = 1 << 4,
    HAS_ARMENIAN = 1 << 5,
    HAS_CHEROKEE = 1 << 6,
    HAS_COPTIC = 1 << 7,
    HAS_UNLIKE = 1 << 8 /* a letter that looks like no ASCII letter */
};
#define ALPHABETS (HAS_LATIN | HAS_GREEK | HAS_CYRILLIC | HAS_ARMENIAN | HAS_CHEROKEE | HAS_COPTIC)

/* Letters that are drawn like ASCII ones in most faces. Sorted. */
static const gunichar alike[] = {
    0x0391, 0x0392, 0x0395, 0x0396, 0x0397, 0x0399, 0x039a, 0x039c, 0x039d, 0x039f, 0x03a1, 0x03a4,
    0x03a5, 0x03a7, 0x03b9, 0x03ba, 0x03bd, 0x03bf, 0x03c1, 0x03c5, 0x03f2, 0x03f3, 0x0405, 0x0406,
    0x0408, 0x0410, 0x0412, 0x0415, 0x041a, 0x041c, 0x041d, 0x041e, 0x0420, 0x0421, 0x0422, 0x0423,
    0x0425, 0x0430, 0x0435, 0x043e, 0x0440, 0x0441, 0x0443, 0x0445, 0x0455, 0x0456, 0x0458, 0x04ae,
    0x04af, 0x04bb, 0x04c0, 0x04cf, 0x0501, 0x050c, 0x051a, 0x051b, 0x051c, 0x051d,
};

static bool
looks_like_ascii(gunichar ch)
{
    size_t low = 0, high = G_N_ELEMENTS(alike);

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (alike[middle] < ch)
            low = middle + 1;
        else
            high = middle;
    }
    return low < G_N_ELEMENTS(alike) && alike[low] == ch;
}

static bool
is_dressed_ascii(gunichar ch)
{
    gunichar plain[G_UNICHAR_MAX_DECOMPOSITION_LENGTH];
    gsize n = g_unichar_fully_decompose(ch, TRUE, plain, G_N_ELEMENTS(plain));

    return n == 1 && plain[0] != ch && plain[0] < 0x80 && g_ascii_isalpha((char)plain[0]);
}

static unsigned
letter_kind(gunichar ch)
{
    if (ch < 0x80)
        return HAS_ASCII | HAS_LATIN;
    if (is_dressed_ascii(ch))
        return HAS_DRESSED | HAS_LATIN;
    unsigned unlike = looks_like_ascii(ch) ? 0 : HAS_UNLIKE;
    switch (g_unichar_get_script(ch)) {
    case G_UNICODE_SCRIPT_LATIN:
        return HAS_LATIN | unlike;
    case G_UNICODE_SCRIPT_GREEK:
        return HAS_GREEK | unlike;
    case G_UNICODE_SCRIPT_CYRILLIC:
        return HAS_CYRILLIC | unlike;
    case G_UNICODE_SCRIPT_ARMENIAN:
        return HAS_ARMENIAN | unlike;
    case G_UNICODE_SCRIPT_CHEROKEE:
        return HAS_CHEROKEE | unlike;
    case G_UNICODE_SCRIPT_COPTIC:
        return HAS_COPTIC | unlike;
    default:
        return HAS_UNLIKE;
    }
}

static bool
word_is_doubtful(unsigned has)
{
    unsigned alphabets = has & ALPHABETS;

    if ((alphabets & (alphabets - 1)) != 0)
        return true;
    if ((has & HAS_ASCII) != 0 && (has & HAS_DRESSED) != 0)
        return true;
    return (alphabets == HAS_GREEK || alphabets == HAS_CYRILLIC) && (has & HAS_UNLIKE) == 0;
}

bool
script_is_doubtful(const char *name, size_t len)
{
    const char *end = name + len;
    unsigned has = 0;

    for (const char *at = name; at < end;) {
        gunichar ch = g_utf8_get_char_validated(at, end - at);
        if (ch >= (gunichar)-2) {
            at++;
            continue;
        }
        at += g_utf8_skip[(unsigned char)*at];
        if (g_unichar_isalpha(ch) || is_dressed_ascii(ch)) {
            has |= letter_kind(ch);
        } else if (!g_unichar_ismark(ch) && !g_unichar_isalnum(ch) &&
                   g_unichar_type(ch) != G_UNICODE_FORMAT) {
            if (word_is_doubtful(has))
                return true;
            has = 0;
        }
    }
    return word_is_doubtful(has);
}
