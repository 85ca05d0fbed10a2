/* core/command, core/complete and core/address: what is typed after a slash, at each place of the
 * cursor. */
#include <string.h>

#include "core/address.h"
#include "core/command.h"
#include "core/complete.h"
#include "tests/fuzz/fuzz.h"

static void
check_split(const char *text, int most)
{
    g_auto(GStrv) words = command_split(text, most);
    int n = (int)g_strv_length(words);
    const char *at = text;

    g_assert_cmpint(n, <=, most);
    for (int i = 0; i < n; i++) {
        g_assert_cmpint(*words[i], !=, '\0');
        if (i + 1 < most)
            g_assert_null(strpbrk(words[i], " \n"));
        at = strstr(at, words[i]); /* in order, and unchanged */
        g_assert_nonnull(at);
        at += strlen(words[i]);
    }
}

static void
check_completer(const char *text, size_t cursor)
{
    size_t start = complete_word_start(text, cursor);

    g_assert_cmpuint(start, <=, cursor);
    g_autofree char *word = g_strndup(text + start, cursor - start);
    struct completer *completer = completer_new(word, " ");
    g_auto(GStrv) offered = g_strsplit(text, "\n", 300);
    for (int i = 0; offered[i]; i++)
        completer_offer(completer, offered[i], i % 7);
    g_auto(GStrv) found = completer_finish(completer);
    g_assert_cmpuint(g_strv_length(found), <=, COMPLETE_MAX_RESULTS);
    for (int i = 0; found[i]; i++) {
        fuzz_assert_utf8(found[i], strlen(found[i]));
        g_assert_true(g_str_has_suffix(found[i], " "));
        for (int before = 0; before < i; before++)
            g_assert_cmpstr(found[before], !=, found[i]);
    }
    completer_free(completer);
}

static void
check_address(const char *text)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) parts = address_parse(text, &error);

    if (!parts) {
        g_assert_nonnull(error);
        fuzz_assert_utf8(error->message, strlen(error->message));
        return;
    }
    unsigned n = g_strv_length(parts);
    g_assert_true(n >= 1 && n <= 3);
    g_autofree char *written =
        address_format(parts[0], n == 3 ? parts[1] : NULL, n > 1 ? parts[n - 1] : NULL);
    g_autofree char *canonical = address_canonical(text, NULL);
    g_assert_cmpstr(written, ==, canonical);
    g_auto(GStrv) again = address_parse(written, NULL);
    g_assert_nonnull(again);
    g_assert_true(g_strv_equal((const char *const *)parts, (const char *const *)again));
}

static void
check_help(const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *help = command_help(NULL, name, &error);

    if (help)
        g_assert_no_error(error);
    else
        fuzz_assert_utf8(error->message, strlen(error->message));
    command_find(name);
    command_completes(NULL, name, 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    int most = (int)fuzz_number(&input, 4) + 1;
    g_autofree char *text = fuzz_text(&input);
    size_t len = strlen(text);

    check_split(text, most);
    check_address(text);
    check_help(text);
    for (size_t cursor = len > 20 ? len - 20 : 0; cursor <= len; cursor++) {
        if (cursor == len || ((unsigned char)text[cursor] & 0xc0) != 0x80)
            check_completer(text, cursor);
    }
    return 0;
}
