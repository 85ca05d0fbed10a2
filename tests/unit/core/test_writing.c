/* What a person writes, on its way into core. */
#include <string.h>

#include "tests/unit/core/fake.h"
#include "tests/unit/core/tests.h"

static void
enter(struct fake *fake, const char *text, const char *refusal)
{
    g_autoptr(GError) error = NULL;
    bool taken = core_input(fake->core, fake_buffer(fake, 0, "#lab")->id, text, &error);

    g_assert_cmpstr(error ? error->message : NULL, ==, refusal);
    g_assert_cmpint(taken, ==, refusal == NULL);
    fake_settle(fake);
}

/* The newest message of #lab as "text|spans". */
static void
assert_newest(struct fake *fake, const char *expected)
{
    struct message *message = fake_newest(fake, 0);
    g_autofree char *spans = rich_encode_spans(message->body);
    g_autofree char *got = g_strdup_printf("%s|%s", message->body->text, spans ? spans : "");

    g_assert_cmpstr(got, ==, expected);
    message_unref(message);
}

static void
configure(struct fake *fake, const char *section)
{
    g_autofree char *text = NULL;

    g_assert_true(g_file_get_contents(fake->config_file, &text, NULL, NULL));
    g_autofree char *longer = g_strconcat(text, section, NULL);
    g_assert_true(g_file_set_contents(fake->config_file, longer, -1, NULL));
    fake_restart(fake);
}

/* Marks become what they stand for where the network has it, and only in what was typed. */
static void
test_markup(void)
{
    struct fake *fake = fake_new(1);

    fake_online(fake, 0);
    enter(fake, "**so** _so_ `x`", NULL);
    assert_newest(fake, "so _so_ x|b0+2 c8+1");
    enter(fake, "/me **waves**", NULL);
    assert_newest(fake, "waves|b0+5");
    enter(fake, "// **x**", NULL);
    assert_newest(fake, "/ x|b2+1");
    enter(fake, "/msg #lab \\**x**", NULL);
    assert_newest(fake, "**x**|");
    configure(fake, "[look]\nmarkup = off\n");
    fake_online(fake, 0);
    enter(fake, "**so** \\**so**", NULL);
    assert_newest(fake, "**so** \\**so**|");
    fake_free(fake);
}

/* A password is not touched. */
static void
test_markup_secret(void)
{
    struct fake *fake = fake_new(1);

    fake_online(fake, 0);
    enter(fake, "secret **pass** word", NULL);
    g_assert_cmpstr(fake_sent(fake, 0, 0)->text, ==, "secret **pass** word");
    g_assert_true(core_has_secret(fake->core, fake_buffer(fake, 0, "#lab")->id, "secret x"));
    g_assert_true(core_has_secret(fake->core, fake_buffer(fake, 0, "#lab")->id, "/msg a secret x"));
    g_assert_false(core_has_secret(fake->core, fake_buffer(fake, 0, "#lab")->id, "no secret"));
    g_assert_false(core_has_secret(fake->core, core_own_buffer(fake->core)->id, "secret x"));
    fake_free(fake);
}

static void
send_lines(struct fake *fake, const char *text, const char *refusal)
{
    g_autoptr(GError) error = NULL;
    bool taken =
        core_send_lines(fake->core, fake_buffer(fake, 0, "#lab")->id, NULL, text, 0, &error);

    g_assert_cmpstr(error ? error->message : NULL, ==, refusal);
    g_assert_cmpint(taken, ==, refusal == NULL);
    fake_settle(fake);
}

/* Lines go as they are: no command, no mark, nothing between them. */
static void
test_lines(void)
{
    struct fake *fake = fake_new(1);
    g_autoptr(GString) many = g_string_new(NULL);

    fake_online(fake, 0);
    send_lines(fake, "/quit\n\n  **two**\n//three\n", NULL);
    g_autofree char *timeline = fake_timeline(fake, 0);
    g_assert_cmpstr(timeline, ==, "/quit/sending|  **two**/pending|//three/pending");
    g_assert_cmpuint(fake->counts[NOTICE_QUIT], ==, 0);
    assert_newest(fake, "//three|");
    /* All or nothing. */
    send_lines(fake, "four\nsecret five",
               "There is a password in it, which goes in a line of its own. Nothing was sent or "
               "stored.");
    send_lines(fake, "\n\n", "There is nothing to send.");
    for (int i = 0; i <= CORE_MAX_LINES; i++)
        g_string_append(many, "x\n");
    send_lines(fake, many->str,
               "These are 201 messages; weft sends at most 200 at once. Send them in parts.");
    assert_newest(fake, "//three|");
    fake_free(fake);
}

static void
assert_measure(struct fake *fake, const char *text, unsigned messages, size_t left_bytes)
{
    struct measure measure;

    core_measure(fake->core, fake_buffer(fake, 0, "#lab")->id, text, &measure);
    g_assert_cmpuint(measure.messages, ==, messages);
    g_assert_cmpuint(measure.left_bytes, ==, left_bytes);
}

static void
test_measure(void)
{
    const struct limits limits = {.text_bytes = 10, .max_in_flight = 1};
    struct fake *fake = fake_new(1);

    fake_online(fake, 0);
    assert_measure(fake, "a|b|c", 3, SIZE_MAX);
    fake_caps(fake, 0, CAP_SEND, &limits);
    assert_measure(fake, "a", 1, 9);
    assert_measure(fake, "**a**", 1, 9); /* the marks do not count */
    assert_measure(fake, "//", 1, 9);
    assert_measure(fake, "hello hello", 1, 0);
    assert_measure(fake, "/me a", 0, SIZE_MAX);
    assert_measure(fake, "", 0, SIZE_MAX);
    struct measure measure;
    core_measure(fake->core, core_own_buffer(fake->core)->id, "a", &measure);
    g_assert_cmpuint(measure.messages, ==, 0);
    fake_free(fake);
}

static bool
has_draft(struct fake *fake)
{
    return fake_buffer(fake, 0, "#lab")->draft;
}

/* Everyone can see that something was typed and not sent, over a restart too. */
static void
test_draft(void)
{
    struct fake *fake = fake_new(1);

    fake_online(fake, 0);
    g_assert_false(has_draft(fake));
    fake_clear(fake);
    core_set_draft(fake->core, fake_buffer(fake, 0, "#lab")->id, "half a");
    core_set_draft(fake->core, fake_buffer(fake, 0, "#lab")->id, "half a sentence");
    g_assert_cmpuint(fake->counts[NOTICE_BUFFER_CHANGED], ==, 1);
    g_assert_true(has_draft(fake));
    fake_settle(fake);
    fake_restart(fake);
    g_assert_true(has_draft(fake));
    fake_online(fake, 0);
    fake_type(fake, 0, "half a sentence.");
    g_assert_false(has_draft(fake));
    core_set_draft(fake->core, fake_buffer(fake, 0, "#lab")->id, "secret x");
    g_assert_true(has_draft(fake));
    core_set_draft(fake->core, fake_buffer(fake, 0, "#lab")->id, "");
    g_assert_false(has_draft(fake));
    core_set_draft(fake->core, fake_buffer(fake, 0, "#lab")->id, NULL);
    fake_settle(fake);
    fake_restart(fake);
    g_assert_false(has_draft(fake));
    fake_free(fake);
}

void
test_writing_add(void)
{
    g_test_add_func("/writing/draft", test_draft);
    g_test_add_func("/writing/markup", test_markup);
    g_test_add_func("/writing/markup-secret", test_markup_secret);
    g_test_add_func("/writing/lines", test_lines);
    g_test_add_func("/writing/measure", test_measure);
}
