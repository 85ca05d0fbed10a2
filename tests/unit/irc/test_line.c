#include <string.h>

#include "protocols/irc/irc_line.h"
#include "tests/unit/irc/tests.h"
#include "tests/unit/irc/vectors.h"

static void
test_split_vectors(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(vectors_split); i++) {
        const struct vector_message *v = &vectors_split[i];
        struct irc_line *line = irc_line_parse(v->input, strlen(v->input));
        unsigned n = 0;

        g_test_message("%s", v->input);
        g_assert_nonnull(line);
        g_assert_cmpstr(line->source, ==, v->source);
        g_assert_cmpstr(line->command, ==, v->verb);
        for (; v->params[n]; n++)
            g_assert_cmpstr(irc_line_param(line, n), ==, v->params[n]);
        g_assert_cmpuint(line->n_params, ==, n);
        for (n = 0; v->tags[n].key; n++)
            g_assert_cmpstr(irc_line_tag(line, v->tags[n].key), ==, v->tags[n].value);
        g_assert_cmpuint(line->n_tags, ==, n);
        irc_line_free(line);
    }
}

static void
test_join_vectors(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(vectors_join); i++) {
        const struct vector_message *v = &vectors_join[i];
        struct irc_tag tags[8];
        unsigned n_tags = 0, n_params = 0;
        bool right = false;

        for (; v->tags[n_tags].key; n_tags++)
            tags[n_tags] = (struct irc_tag){v->tags[n_tags].key, v->tags[n_tags].value};
        while (v->params[n_params])
            n_params++;
        g_autofree char *line =
            irc_line_build(tags, n_tags, v->source, v->verb, v->params, n_params);
        for (unsigned j = 0; v->matches[j]; j++)
            right = right || g_strcmp0(v->matches[j], line) == 0;
        g_test_message("%s", line);
        g_assert_true(right);
    }
}

static void
test_userhost_vectors(void)
{
    GStringChunk *strings = g_string_chunk_new(64);

    for (unsigned i = 0; i < G_N_ELEMENTS(vectors_userhost); i++) {
        const struct vector_userhost *v = &vectors_userhost[i];
        const char *nick, *user, *host;
        irc_source_split(v->source, strings, &nick, &user, &host);
        g_assert_cmpstr(nick, ==, v->nick);
        g_assert_cmpstr(user, ==, v->user);
        g_assert_cmpstr(host, ==, v->host);
    }
    g_string_chunk_free(strings);
}

static void
test_mask_vectors(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(vectors_mask); i++) {
        const struct vector_mask *v = &vectors_mask[i];
        for (unsigned j = 0; v->matches[j]; j++)
            g_assert_true(irc_mask_match(v->mask, v->matches[j]));
        for (unsigned j = 0; v->fails[j]; j++)
            g_assert_false(irc_mask_match(v->mask, v->fails[j]));
    }
}

static void
test_nothing_in_it(void)
{
    static const char *const rows[] = {"",         " ",    ":",     ":source",
                                       ":source ", "@tag", "@tag ", "@a :b "};

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++)
        g_assert_null(irc_line_parse(rows[i], strlen(rows[i])));
}

static void
test_cannot_be_sent(void)
{
    const char *const middle[] = {"a b", "c"};
    const char *const empty[] = {"", "c"};
    const char *const colon[] = {":a", "c"};
    const char *const newline[] = {"a", "b\r\nQUIT"};

    g_assert_null(irc_line_build(NULL, 0, NULL, "X", middle, 2));
    g_assert_null(irc_line_build(NULL, 0, NULL, "X", empty, 2));
    g_assert_null(irc_line_build(NULL, 0, NULL, "X", colon, 2));
    g_assert_null(irc_line_build(NULL, 0, NULL, "X", newline, 2));
    g_assert_null(irc_line_build(NULL, 0, NULL, "X\n", NULL, 0));
    g_assert_null(irc_line_build(NULL, 0, NULL, "", NULL, 0));
    g_assert_null(irc_line_build(NULL, 0, NULL, "@tag", NULL, 0));
}

/* Every cut of a full line, in a buffer of just that size. */
static void
test_truncated(void)
{
    static const char full[] = "@a=b\\:c\\;d;e;time=2026 :n!u@h PRIVMSG #a,#b  x :y z \xc3\xa9\xff";

    for (size_t len = 0; len <= strlen(full); len++) {
        char *copy = g_memdup2(full, len);
        irc_line_free(irc_line_parse(copy, len));
        g_free(copy);
    }
}

static void
test_many(void)
{
    g_autoptr(GString) text = g_string_new("@");

    for (int i = 0; i < 1000; i++)
        g_string_append_printf(text, "k%d=%d;", i, i);
    g_string_append(text, " X");
    for (int i = 0; i < 1000; i++)
        g_string_append_printf(text, " %d", i);
    struct irc_line *line = irc_line_parse(text->str, text->len);
    g_assert_cmpuint(line->n_tags, ==, IRC_MAX_TAGS);
    g_assert_cmpuint(line->n_params, ==, IRC_MAX_PARAMS);
    irc_line_free(line);
}

static void
test_time(void)
{
    gint64 time_us = irc_time_parse("2026-08-20T10:11:12.345Z");
    g_autofree char *text = irc_time_format(time_us);

    g_assert_cmpint(time_us, ==, G_GINT64_CONSTANT(1787220672345000));
    g_assert_cmpstr(text, ==, "2026-08-20T10:11:12.345Z");
    g_assert_cmpint(irc_time_parse(NULL), ==, 0);
    g_assert_cmpint(irc_time_parse(""), ==, 0);
    g_assert_cmpint(irc_time_parse("yesterday"), ==, 0);
    g_assert_cmpint(irc_time_parse("0001-01-01T00:00:00Z"), ==, 0);
    g_assert_cmpint(irc_time_parse("9999-01-01T00:00:00Z"), ==, 0);
}

void
test_line_add(void)
{
    g_test_add_func("/irc/line/split-vectors", test_split_vectors);
    g_test_add_func("/irc/line/join-vectors", test_join_vectors);
    g_test_add_func("/irc/line/userhost-vectors", test_userhost_vectors);
    g_test_add_func("/irc/line/mask-vectors", test_mask_vectors);
    g_test_add_func("/irc/line/nothing-in-it", test_nothing_in_it);
    g_test_add_func("/irc/line/cannot-be-sent", test_cannot_be_sent);
    g_test_add_func("/irc/line/truncated", test_truncated);
    g_test_add_func("/irc/line/many", test_many);
    g_test_add_func("/irc/line/time", test_time);
}
