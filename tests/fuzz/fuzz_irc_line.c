/* protocols/irc/irc_line: any bytes as one line. What was taken apart and can be sent is, put
 * together and taken apart again, the same. */
#include <string.h>

#include "protocols/irc/irc_line.h"
#include "tests/fuzz/fuzz.h"

static void
check_fields(const struct irc_line *line)
{
    g_assert_cmpuint(line->n_params, <=, IRC_MAX_PARAMS);
    g_assert_cmpuint(line->n_tags, <=, IRC_MAX_TAGS);
    g_assert_cmpint(*line->command, !=, '\0');
    fuzz_assert_utf8(line->command, strlen(line->command));
    for (unsigned i = 0; i < line->n_params; i++) {
        fuzz_assert_utf8(line->params[i], strlen(line->params[i]));
        if (i + 1 < line->n_params)
            g_assert_null(strchr(line->params[i], ' '));
    }
    for (unsigned i = 0; i < line->n_tags; i++) {
        fuzz_assert_utf8(line->tags[i].key, strlen(line->tags[i].key));
        fuzz_assert_utf8(line->tags[i].value, strlen(line->tags[i].value));
        g_assert_true(irc_line_tag(line, line->tags[i].key) == line->tags[i].value);
    }
    g_assert_cmpstr(irc_line_param(line, line->n_params), ==, "");
}

static void
check_same(const struct irc_line *a, const struct irc_line *b)
{
    g_assert_nonnull(b);
    g_assert_cmpstr(a->source, ==, b->source);
    g_assert_cmpstr(a->command, ==, b->command);
    g_assert_cmpuint(a->n_params, ==, b->n_params);
    for (unsigned i = 0; i < a->n_params; i++)
        g_assert_cmpstr(a->params[i], ==, b->params[i]);
    g_assert_cmpuint(a->n_tags, ==, b->n_tags);
    for (unsigned i = 0; i < a->n_tags; i++) {
        g_assert_cmpstr(a->tags[i].key, ==, b->tags[i].key);
        g_assert_cmpstr(a->tags[i].value, ==, b->tags[i].value);
    }
}

static void
check_build(const struct irc_line *line)
{
    g_autofree char *built = irc_line_build(line->tags, line->n_tags, line->source, line->command,
                                            line->params, line->n_params);

    if (!built)
        return;
    g_assert_null(strpbrk(built, "\r\n"));
    struct irc_line *again = irc_line_parse(built, strlen(built));
    check_same(line, again);
    irc_line_free(again);
}

static void
check_source(const struct irc_line *line)
{
    GStringChunk *strings = g_string_chunk_new(64);
    const char *nick, *user, *host;

    irc_source_split(line->source, strings, &nick, &user, &host);
    g_autofree char *joined =
        g_strconcat(nick, *user ? "!" : "", user, *host ? "@" : "", host, NULL);
    g_assert_cmpuint(strlen(joined), <=, line->source ? strlen(line->source) : 0);
    g_string_chunk_free(strings);
}

static void
check_mask(const char *mask, const char *text)
{
    bool matches = irc_mask_match(mask, text);

    g_assert_true(irc_mask_match("*", text));
    if (!strpbrk(mask, "*?"))
        g_assert_cmpint(matches, ==, strcmp(mask, text) == 0);
}

static void
check_time(const char *text)
{
    gint64 time_us = irc_time_parse(text);

    if (time_us == 0)
        return;
    g_autofree char *written = irc_time_format(time_us);
    g_assert_cmpuint(strlen(written), ==, strlen("2026-08-20T10:11:12.345Z"));
    g_assert_cmpint(irc_time_parse(written), ==, time_us - time_us % 1000);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    size_t len;
    g_autofree char *bytes = fuzz_rest(&input, &len);
    struct irc_line *line = irc_line_parse(bytes, len);

    if (!line)
        return 0;
    check_fields(line);
    check_build(line);
    check_source(line);
    check_mask(irc_line_param(line, 0), irc_line_param(line, 1));
    check_time(irc_line_tag(line, "time"));
    check_time(irc_line_param(line, 0));
    irc_line_free(line);
    return 0;
}
