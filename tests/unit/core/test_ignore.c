#include "core/ignore.h"

#include <string.h>
#include <time.h>

#include "base/error.h"
#include "core/config_priv.h"
#include "tests/unit/core/scene.h"
#include "tests/unit/core/tests.h"

/* --- rules
 * --------------------------------------------------------------------------------------------- */

static bool
matches(const char *mask, const char *name, const char *full, bool old_rule)
{
    g_autoptr(GError) error = NULL;
    struct ignore_rule *rule = ignore_rule_new(mask, &error);
    struct ignore_subject subject;

    g_assert_no_error(error);
    ignore_subject_init(&subject, NULL, name, full, old_rule);
    bool is = ignore_rule_matches(rule, &subject);
    ignore_subject_clear(&subject);
    ignore_rule_free(rule);
    return is;
}

static void
test_masks(void)
{
    static const struct {
        const char *mask, *name, *full;
        bool is;
    } rows[] = {
        {"mallory", "mallory", NULL, true},
        {"mallory", "MALLORY", NULL, true},
        {"mallory", "mallory_", NULL, false},
        {"mallory*", "mallory_", NULL, true},
        {"m?llory", "mällory", NULL, true},
        {"?????", "mälly", NULL, true},
        {"????", "mälly", NULL, false},
        {"*", "anyone", NULL, true},
        {"**", "", NULL, true},
        {"a*b*c", "axxbxxbc", NULL, true},
        {"a*b*c", "axxbxxcb", NULL, false},
        {"*bot", "robotbot", NULL, true},
        {"*bot*", "robot", NULL, true},
        {"*ob?t", "robot", NULL, true},
        {"*!*@*.spam.example", "x", "x!~y@a.spam.example", true},
        {"*!*@*.spam.example", "x", "x!~y@spam.example", false},
        {"*@a.spam.example", "x", "x!~y@a.spam.example", true},
        {"~y@a.spam.example", "x", "x!~y@a.spam.example", true},
        {"x!*@*", "x", NULL, true},
        {"x!*@*", "y", NULL, false},
        {"x!*@evil", "x", NULL, false},
        {"x!*@*", "y", "y!x@z", false},
        {"İ*", "i\u0307x", NULL, true},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s on %s, %s", rows[i].mask, rows[i].name, rows[i].full);
        g_assert_true(matches(rows[i].mask, rows[i].name, rows[i].full, false) == rows[i].is);
    }
    g_assert_true(matches("kai[away]", "kai{AWAY}", NULL, true));
    g_assert_true(matches("kai[*", "kai{away}", NULL, true));
    g_assert_false(matches("kai[*", "kai{away}", NULL, false));
}

static void
assert_refused(const char *text, const char *part)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(ignore_rule_new(text, &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT);
    if (!strstr(error->message, part))
        g_error("\"%s\" is not in \"%s\"", part, error->message);
}

static void
test_rule_text(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *long_mask = g_strnfill(IGNORE_MAX_MASK_BYTES + 1, 'a');
    struct ignore_rule *rule =
        ignore_rule_new(" x\\y  in patio/Tool\\ Lib/jobs joins notices text buy  now ", &error);

    g_assert_no_error(error);
    g_assert_cmpstr(rule->mask, ==, "x\\y");
    g_assert_cmpuint(g_strv_length(rule->in), ==, 3);
    g_assert_cmpstr(rule->in[1], ==, "Tool Lib");
    g_assert_cmpuint(rule->what, ==, IGNORE_JOINS | IGNORE_NOTICES);
    g_assert_cmpstr(rule->words, ==, "buy  now");
    g_autofree char *text = ignore_rule_format(rule->mask, "patio", rule->what, rule->words);
    g_assert_cmpstr(text, ==, "x\\y in patio notices joins text buy  now");
    ignore_rule_free(rule);
    rule = ignore_rule_new("x all", &error);
    g_autofree char *names = ignore_what_names(rule->what);
    g_assert_cmpstr(names, ==, "all");
    ignore_rule_free(rule);
    assert_refused("", "begins with a nick");
    assert_refused(long_mask, "at most 128 bytes");
    assert_refused("x mesages", "Did you mean messages?");
    assert_refused("x in", "After \"in\"");
    assert_refused("x in a in b", "one place");
    assert_refused("x text  ", "After \"text\"");
}

/* 1,000 of the worst masks, and a name that nearly fits all of them. */
static void
test_many_rules_hostile_name(void)
{
    struct scene *scene = scene_new();
    g_autoptr(GString) text = g_string_new("[account libera]\nnetwork = net\n[ignore]\n");
    g_autofree char *name = g_strnfill(CORE_MAX_NAME_BYTES, 'a');
    g_autofree char *reload = NULL;

    for (int i = 0; i < IGNORE_MAX_RULES; i++)
        g_string_append_printf(text, "rule = *a*a*a*a*a?a*a*a*a*a*a*a*b%d\n", i);
    g_assert_true(g_file_set_contents(scene->file, text->str, -1, NULL));
    g_assert_true(core_reload(scene->core, &reload));
    struct session *session = session_of_buffer(scene->core, scene_buffer(scene, "#coop")->id);
    const clock_t start = clock();
    for (int i = 0; i < 10; i++)
        g_assert_false(ignore_matches(session, NULL, name, name, NULL, IGNORE_MESSAGES, "hello"));
    const int64_t took_us = (clock() - start) * (G_USEC_PER_SEC / CLOCKS_PER_SEC) / 10;
    g_test_message("%d rules in %d us", IGNORE_MAX_RULES, (int)took_us);
    /* A mask that went back would need years. */
    g_assert_cmpint(took_us, <, 10 * G_USEC_PER_SEC);
    g_string_append(text, "rule = one-more\n");
    g_assert_true(g_file_set_contents(scene->file, text->str, -1, NULL));
    g_autofree char *refused = NULL;
    g_assert_false(core_reload(scene->core, &refused));
    g_assert_nonnull(strstr(refused, "more than 1000 rules"));
    scene_free(scene);
}

/* --- at work
 * ------------------------------------------------------------------------------------------- */

static void
say_as(struct scene *scene, const char *conversation, const char *nick, enum message_kind kind,
       const char *text)
{
    struct rich *body = rich_new(text, -1);
    g_autofree char *mask = g_strdup_printf("%s!~u@host.example", nick);
    struct event event = {.type = EVENT_MESSAGE, .conversation = conversation};

    event.message.kind = kind;
    event.message.sender_id = event.message.sender_name = nick;
    event.message.sender_mask = mask;
    event.message.body = body;
    host_emit(scene->host, &event);
    rich_free(body);
    scene_settle(scene);
}

/* The texts of the buffer that are shown, joined by '|'. */
static char *
shown(struct scene *scene, const char *buffer)
{
    struct page page = {0};
    GString *out = g_string_new(NULL);

    scene_settle(scene);
    core_page_newest(scene->core, scene_buffer(scene, buffer)->id, 100, &page);
    for (unsigned i = 0; i < page.messages->len; i++) {
        const struct message *message = page.messages->pdata[i];
        if ((message->flags & MESSAGE_IGNORED) == 0 && message->kind != MESSAGE_WEFT)
            g_string_append_printf(out, "%s|", message->body->text);
    }
    page_clear(&page);
    return g_string_free(out, FALSE);
}

static void
assert_shown(struct scene *scene, const char *buffer, const char *wanted)
{
    g_autofree char *texts = shown(scene, buffer);
    g_assert_cmpstr(texts, ==, wanted);
}

static void
test_hidden_and_lifted(void)
{
    struct scene *scene = scene_new();
    const struct buffer *coop = scene_buffer(scene, "#coop");

    say_as(scene, "#coop", "troll", MESSAGE_TEXT, "before");
    scene_input(scene, "#coop", "/ignore Troll", NULL);
    g_autofree char *said = scene_last(scene, "#coop");
    g_assert_true(g_str_has_prefix(said, "Ignored now: Troll in libera (messages notices"));
    assert_shown(scene, "#coop", "");
    core_mark_all_read(scene->core, coop->id);
    say_as(scene, "#coop", "troll", MESSAGE_TEXT, "kai: look at me");
    say_as(scene, "#coop", "troll", MESSAGE_NOTICE, "notice");
    say_as(scene, "#coop", "troll", MESSAGE_JOIN, "comes");
    g_assert_cmpuint(coop->unread, ==, 0);
    g_assert_cmpuint(coop->mentions, ==, 0);
    say_as(scene, "#coop", "maria", MESSAGE_TEXT, "kai: hello");
    g_assert_cmpuint(coop->unread, ==, 1);
    g_assert_cmpuint(coop->mentions, ==, 1);
    assert_shown(scene, "#coop", "comes|kai: hello|");
    scene_input(scene, "#coop", "/ignore troll in here joins", NULL);
    assert_shown(scene, "#coop", "kai: hello|");
    scene_input(scene, "#coop", "/ignore", NULL);
    g_autofree char *list = scene_last(scene, "#coop");
    g_assert_nonnull(strstr(list, "1. Troll in libera (messages notices"));
    g_assert_nonnull(strstr(list, "2. troll in libera/#coop joins (joins; override.conf:"));
    scene_input(scene, "#coop", "/unignore 2", NULL);
    scene_input(scene, "#coop", "/unignore TROLL", NULL);
    assert_shown(scene, "#coop", "before|kai: look at me|notice|comes|kai: hello|");
    g_assert_cmpuint(coop->unread, ==, 1);
    scene_input(scene, "#coop", "/unignore troll",
                "No rule has the number or mask troll. /ignore lists them.");
    scene_input(scene, "#coop", "/ignore", NULL);
    g_autofree char *empty = scene_last(scene, "#coop");
    g_assert_cmpstr(empty, ==, "Nobody is ignored. /help ignore says how.");
    scene_free(scene);
}

/* What hid a message by its sender's address is known after the rule is gone, too. */
static void
test_masks_and_words(void)
{
    struct scene *scene = scene_new();

    scene_input(scene, "#coop", "/ignore *!*@host.example", NULL);
    scene_input(scene, "#coop", "/ignore *!*@HOST.* in *", NULL);
    say_as(scene, "#coop", "one", MESSAGE_TEXT, "first");
    assert_shown(scene, "#coop", "");
    scene_input(scene, "#coop", "/unignore *!*@host.example", NULL);
    assert_shown(scene, "#coop", "");
    scene_input(scene, "#coop", "/unignore 1", NULL);
    assert_shown(scene, "#coop", "first|");
    scene_input(scene, "#coop", "/ignore * text BUY now", NULL);
    say_as(scene, "#coop", "one", MESSAGE_TEXT, "please buy now or never");
    say_as(scene, "#coop", "one", MESSAGE_TEXT, "now buy");
    assert_shown(scene, "#coop", "first|now buy|");
    scene_free(scene);
}

/* A word to us by someone ignored opens no conversation; the word is kept. */
static void
test_no_conversation(void)
{
    struct scene *scene = scene_new();
    struct event event = {.type = EVENT_BUFFER, .conversation = "troll"};
    unsigned n = core_buffers(scene->core)->len;

    scene_input(scene, "weft", "/ignore troll", NULL);
    event.buffer.kind = BUFFER_DIRECT;
    event.buffer.name = "troll";
    event.buffer.joined = true;
    host_emit(scene->host, &event);
    say_as(scene, "troll", "troll", MESSAGE_TEXT, "psst");
    g_assert_cmpuint(core_buffers(scene->core)->len, ==, n);
    scene_input(scene, "weft", "/unignore 1", NULL);
    say_as(scene, "troll", "troll", MESSAGE_TEXT, "psst again");
    g_assert_cmpuint(core_buffers(scene->core)->len, ==, n + 1);
    assert_shown(scene, "troll", "psst|psst again|");
    scene_free(scene);
}

static void
test_places(void)
{
    struct scene *scene = scene_new();

    g_assert_true(g_file_set_contents(scene->file,
                                      "[account libera]\nnetwork = net\njoin = #coop\n"
                                      "[ignore]\nrule = fixed in LIBERA\n",
                                      -1, NULL));
    scene_input(scene, "#coop", "/reload", NULL);
    g_autofree char *refusal =
        g_strdup_printf("This rule stands in your own file, which weft never changes. Take out "
                        "line 5 of %s, then /reload.",
                        scene->file);
    scene_input(scene, "#coop", "/unignore fixed", refusal);
    say_as(scene, "#coop", "fixed", MESSAGE_TEXT, "hidden");
    scene_input(scene, "#coop", "/ignore a in #coop", NULL);
    scene_input(scene, "#coop", "/ignore a in #coop",
                "There is this rule already: a in libera/#coop");
    scene_input(scene, "#coop", "/ignore b in libera", NULL);
    scene_input(scene, "#coop", "/ignore c in nowhere",
                "There is no account and no buffer here named nowhere. In a rule stands: in here, "
                "in ACCOUNT, in ADDRESS, or in * for everywhere.");
    scene_input(scene, "#coop", "/set ignore.rule x",
                "Ignore rules are written by /ignore and taken away by /unignore.");
    scene_add_buffer(scene, "#other", BUFFER_CHANNEL);
    say_as(scene, "#other", "a", MESSAGE_TEXT, "shown");
    say_as(scene, "#coop", "a", MESSAGE_TEXT, "hidden");
    say_as(scene, "#other", "b", MESSAGE_TEXT, "hidden");
    assert_shown(scene, "#coop", "");
    assert_shown(scene, "#other", "shown|");
    scene_free(scene);
}

void
test_ignore_add(void)
{
    g_test_add_func("/ignore/masks", test_masks);
    g_test_add_func("/ignore/rule-text", test_rule_text);
    g_test_add_func("/ignore/many-rules-hostile-name", test_many_rules_hostile_name);
    g_test_add_func("/ignore/hidden-and-lifted", test_hidden_and_lifted);
    g_test_add_func("/ignore/masks-and-words", test_masks_and_words);
    g_test_add_func("/ignore/no-conversation", test_no_conversation);
    g_test_add_func("/ignore/places", test_places);
}
