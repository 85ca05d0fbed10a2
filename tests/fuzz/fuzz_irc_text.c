/* protocols/irc/irc_text: formatting both ways, whole and cut off after each byte. */
#include <string.h>

#include "base/utf8.h"
#include "protocols/irc/irc_text.h"
#include "tests/fuzz/fuzz.h"

#define MAX_CUTS 200 /* a longer text is cut at its last so many bytes only */

/* What holds at one byte. */
struct look {
    unsigned kinds;
    const char *color;
};

static struct look
look_at(const struct rich *rich, size_t at)
{
    struct look look = {0, NULL};

    for (unsigned i = 0; i < rich->spans->len; i++) {
        const struct span *span = &g_array_index(rich->spans, struct span, i);
        if (span->start > at || span->end <= at)
            continue;
        look.kinds |= 1u << span->kind;
        if (span->kind == SPAN_COLOR)
            look.color = span->data;
    }
    return look;
}

static void
check_spans(const struct rich *rich)
{
    g_assert_cmpuint(rich->spans->len, <=, RICH_MAX_SPANS);
    for (unsigned i = 0; i < rich->spans->len; i++) {
        const struct span *span = &g_array_index(rich->spans, struct span, i);
        g_assert_cmpuint(span->start, <, span->end);
        g_assert_cmpuint(span->end, <=, rich->len);
        fuzz_assert_utf8(rich->text, span->start);
        fuzz_assert_utf8(rich->text, span->end);
    }
}

/* Written for the wire and read again it looks the same at every byte. */
static void
check_round_trip(const struct rich *rich)
{
    g_autofree char *wire = irc_text_write(rich);

    g_assert_null(strpbrk(wire, "\r\n\x01"));
    if (rich->spans->len >= RICH_MAX_SPANS)
        return; /* those beyond the limit are not there */
    struct rich *again = irc_text_read(wire);
    g_assert_cmpuint(again->len, ==, rich->len);
    for (size_t i = 0; i < rich->len; i++) {
        bool blank = strchr("\r\n\x01", rich->text[i]) != NULL;
        g_assert_cmpint(again->text[i], ==, blank ? ' ' : rich->text[i]);
        struct look was = look_at(rich, i), now = look_at(again, i);
        g_assert_cmpuint(was.kinds, ==, now.kinds);
        g_assert_cmpstr(was.color, ==, now.color);
    }
    rich_free(again);
}

static void
check_text(const char *text)
{
    struct rich *rich = irc_text_read(text);
    g_autofree char *plain = irc_text_plain(text);

    g_assert_cmpuint(rich->len, <=, strlen(text));
    g_assert_null(strpbrk(rich->text, "\x02\x03\x04\x0f\x11\x16\x1d\x1e\x1f"));
    g_assert_cmpstr(plain, ==, rich->text);
    fuzz_assert_utf8(rich->text, rich->len);
    check_spans(rich);
    if (rich->len <= 1000)
        check_round_trip(rich);
    rich_free(rich);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (size_t len = size > MAX_CUTS ? size - MAX_CUTS : 0; len <= size; len++) {
        struct fuzz_input input = {data, len};
        g_autofree char *text = fuzz_text(&input);
        if (len == size)
            check_text(text);
        else
            rich_free(irc_text_read(text));
    }
    return 0;
}
