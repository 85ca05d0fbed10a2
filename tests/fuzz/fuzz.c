#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "base/log.h"
#include "base/utf8.h"

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    g_log_set_always_fatal(G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
    log_set_level(LOG_ERROR);
    log_quiet_stderr(true);
    g_set_printerr_handler(NULL); /* what g_assert says is seen */
    return 0;
}

static unsigned
take_byte(struct fuzz_input *input)
{
    if (input->left == 0)
        return 0;
    input->left--;
    return *input->at++;
}

unsigned
fuzz_number(struct fuzz_input *input, unsigned max)
{
    unsigned number = take_byte(input);

    if (max > 255)
        number = number << 8 | take_byte(input);
    return number % (max + 1);
}

static char *
take(struct fuzz_input *input, size_t len, size_t *ret_len)
{
    char *bytes = g_malloc(MAX(len, 1));

    if (len > 0)
        memcpy(bytes, input->at, len);
    input->at += len;
    input->left -= len;
    *ret_len = len;
    return bytes;
}

char *
fuzz_line(struct fuzz_input *input, size_t *ret_len)
{
    const uint8_t *end = input->left > 0 ? memchr(input->at, '\n', input->left) : NULL;
    char *line = take(input, end ? (size_t)(end - input->at) : input->left, ret_len);

    if (end)
        take_byte(input);
    return line;
}

char *
fuzz_rest(struct fuzz_input *input, size_t *ret_len)
{
    return take(input, input->left, ret_len);
}

char *
fuzz_text(struct fuzz_input *input)
{
    size_t len;
    g_autofree char *bytes = fuzz_rest(input, &len);
    g_autofree char *text = utf8_sanitize(bytes, (gssize)len, SIZE_MAX);

    return g_strdup(text); /* without the room that a GString leaves behind it */
}

void
fuzz_assert_utf8(const char *text, size_t len)
{
    g_assert_true(g_utf8_validate_len(text, len, NULL));
}

static bool
is_harmful(gunichar point, bool newlines)
{
    return (point < 0x20 && !(newlines && point == '\n')) || (point >= 0x7f && point < 0xa0) ||
           point == 0x2028 || point == 0x2029 || (point >= 0x202a && point <= 0x202e) ||
           (point >= 0x2066 && point <= 0x206f) || point == 0x200e || point == 0x200f ||
           point == 0x61c || (point >= 0xfff9 && point <= 0xfffb);
}

void
fuzz_assert_harmless(const char *text, size_t len, bool newlines)
{
    fuzz_assert_utf8(text, len);
    for (const char *at = text; at < text + len; at = g_utf8_next_char(at))
        g_assert_false(is_harmful(g_utf8_get_char(at), newlines));
}
