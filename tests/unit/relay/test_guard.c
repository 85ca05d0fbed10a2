#include <string.h>

#include "core/address.h"
#include "relay/guard.h"
#include "tests/unit/relay/tests.h"

#define ZW "\xe2\x80\x8b"
#define US G_USEC_PER_SEC

static const char *const calls[] = {"@all", "@channel", "@here", "<!channel>", "@**all**", NULL};
static const char *const no_calls[] = {NULL};

static bool
find(void *user, const char *name, struct guard_person *ret_person)
{
    if (g_ascii_strcasecmp(name, "Juan P") != 0 && g_ascii_strcasecmp(name, "maria (Patio)") != 0)
        return false;
    ret_person->id = g_strdup("id-7");
    ret_person->name = g_strdup("juan");
    return true;
}

static struct rich *
guarded(const struct rich *body, const char *const *words, bool everyone)
{
    return guard_text(
        body, &(struct guard_text){.calls_everyone = words, .everyone = everyone, .find = find});
}

static void
assert_text(const char *text, const char *wanted)
{
    struct rich *body = rich_new(text, -1);
    struct rich *safe = guarded(body, calls, false);

    g_assert_cmpstr(safe->text, ==, wanted);
    rich_free(body);
    rich_free(safe);
}

/* Threat 60: from each source each form, to each target. */
static void
test_everyone(void)
{
    assert_text("@all", "@" ZW "all");
    assert_text("hey @ALL, @channel! @here", "hey @" ZW "ALL, @" ZW "channel! @" ZW "here");
    assert_text("<!channel> @**all**", "<" ZW "!channel> @" ZW "**all**");
    assert_text("@all_ @all- @all.", "@" ZW "all_ @" ZW "all- @" ZW "all.");
    assert_text("(@all)@all", "(@" ZW "all)@" ZW "all");
    /* Words of their own, and addresses. */
    assert_text("@allmende @hereford me@all.example.org", "@allmende @hereford me@all.example.org");
    assert_text("a<!channel>.b", "a<" ZW "!channel>.b");
    assert_text("@@all", "@@" ZW "all");
    assert_text("", "");
    /* Where nobody is called so, and where it is wanted. */
    struct rich *body = rich_new("@all here", -1);
    rich_add(body, 0, 4, SPAN_EVERYONE, NULL);
    struct rich *plain = guarded(body, no_calls, false);
    struct rich *wanted = guarded(body, calls, true);
    g_assert_cmpstr(plain->text, ==, "@all here");
    g_assert_cmpuint(plain->spans->len, ==, 0);
    g_assert_cmpstr(wanted->text, ==, "@all here");
    rich_free(body);
    rich_free(plain);
    rich_free(wanted);
}

/* A mark in the middle of the word does not put it together again. */
static void
test_everyone_marked(void)
{
    struct rich *body = rich_new("now @channel now", -1);
    rich_add(body, 4, 8, SPAN_BOLD, NULL);
    rich_add(body, 0, 16, SPAN_ITALIC, NULL);
    struct rich *safe = guarded(body, calls, false);
    g_autofree char *spans = rich_encode_spans(safe);

    g_assert_cmpstr(safe->text, ==, "now @" ZW "channel now");
    g_assert_cmpstr(spans, ==, "i0+19 b4+7");
    rich_free(body);
    rich_free(safe);
}

static void
test_mentions(void)
{
    struct rich *body = rich_new("@maria asks @ana and #lab :wave:", -1);
    rich_add(body, 0, 6, SPAN_USER, "u1");
    rich_add(body, 12, 16, SPAN_USER, "u2");
    rich_add(body, 12, 16, SPAN_BOLD, NULL);
    rich_add(body, 21, 25, SPAN_CHANNEL, "c1");
    rich_add(body, 26, 32, SPAN_EMOJI, "wave");
    struct rich *safe = guarded(body, calls, false);
    g_autofree char *spans = rich_encode_spans(safe);

    /* Who is not there is not called: the name stays, the mark goes. */
    g_assert_cmpstr(safe->text, ==, "maria asks ana and #lab :wave:");
    g_assert_cmpstr(spans, ==, "b11+3");
    rich_free(body);
    rich_free(safe);
}

static void
assert_mention(const char *text, const char *const *words, const char *wanted, const char *spans)
{
    struct rich *body = rich_new(text, -1);
    struct rich *safe = guarded(body, words, false);
    g_autofree char *encoded = rich_encode_spans(safe);

    g_assert_cmpstr(safe->text, ==, wanted);
    g_assert_cmpstr(encoded, ==, spans);
    rich_free(body);
    rich_free(safe);
}

/* Who is heard here under a name is called by the name that they have at home. */
static void
test_known(void)
{
    assert_mention("@juan p, come", calls, "@juan, come", "@0+5=id-7");
    assert_mention("@Juan P come", no_calls, "juan come", "@0+4=id-7");
    assert_mention("Juan P: come", calls, "@juan: come", "@0+5=id-7");
    assert_mention("Juan P come", calls, "Juan P come", NULL);
    assert_mention("so @maria (Patio)!", calls, "so @juan!", "@3+5=id-7");
    assert_mention("@Juan Pablo", calls, "@Juan Pablo", NULL);
    assert_mention("x@juan p", calls, "x@juan p", NULL);
    assert_mention("@all @juan p", calls, "@" ZW "all @juan", "@8+5=id-7");
}

static void
test_known_in_code(void)
{
    struct rich *body = rich_new("run @juan p", -1);
    rich_add(body, 0, 11, SPAN_CODE, NULL);
    struct rich *safe = guarded(body, calls, false);

    g_assert_cmpstr(safe->text, ==, "run @juan p");
    rich_free(body);
    rich_free(safe);
}

/* Threat 63: what a text is made of stays as it is, and its marks mark the same. */
static void
test_untouched(void)
{
    static const char *const parts[] = {
        "*", "_",  "~",     "`",      "<",     ">", "|",  "&",  ":",      "```\n", "a",
        " ", "\n", "/quit", "!users", ".kick", "ñ", "日", "\\", "[x](y)", "#",     "{name}"};

    for (int round = 0; round < 3000; round++) {
        g_autoptr(GString) text = g_string_new(NULL);
        for (int n = g_test_rand_int_range(0, 20); n > 0; n--)
            g_string_append(text, parts[g_test_rand_int_range(0, G_N_ELEMENTS(parts))]);
        struct rich *body = rich_new(text->str, -1);
        for (int n = 0; n < 4; n++)
            rich_add(body, (size_t)g_test_rand_int_range(0, 30),
                     (size_t)g_test_rand_int_range(1, 40),
                     n == 3 ? SPAN_LINK : (enum span_kind)g_test_rand_int_range(0, SPAN_QUOTE),
                     n == 3 ? "https://x.example" : NULL);
        struct rich *safe = guarded(body, calls, false);
        g_assert_true(rich_equal(body, safe));
        rich_free(body);
        rich_free(safe);
    }
}

/* Whatever is said, no call comes through whole. */
static void
test_any(void)
{
    static const char *const parts[] = {"@", "all", "channel", "here", " ", "\n", "<!",
                                        ">", "*",   "@all",    "é",    ".", "A",  "juan p"};

    for (int round = 0; round < 5000; round++) {
        g_autoptr(GString) text = g_string_new(NULL);
        for (int n = g_test_rand_int_range(0, 16); n > 0; n--)
            g_string_append(text, parts[g_test_rand_int_range(0, G_N_ELEMENTS(parts))]);
        struct rich *body = rich_new(text->str, -1);
        struct rich *safe = guarded(body, calls, false);
        g_assert_true(g_utf8_validate(safe->text, -1, NULL));
        g_assert_false(
            g_regex_match_simple("(^|[^a-z0-9])@(all|channel|here)([^a-z0-9]|$)|<!channel>",
                                 safe->text, G_REGEX_CASELESS, 0));
        rich_free(body);
        rich_free(safe);
    }
}

/* --- people --- */

static bool
ignores(const char *rule, const char *address, const char *id, const char *name, const char *text,
        enum message_kind kind)
{
    g_autoptr(GPtrArray) rules = g_ptr_array_new_with_free_func((GDestroyNotify)ignore_rule_free);
    g_auto(GStrv) parts = address_parse(address, NULL);
    struct message *message = message_new();

    g_ptr_array_add(rules, ignore_rule_new(rule, NULL));
    message->sender_id = g_strdup(id);
    message->sender_name = g_strdup(name);
    message->kind = kind;
    rich_free(message->body);
    message->body = rich_new(text, -1);
    const bool found = guard_ignores(rules, message, parts);
    message_unref(message);
    return found;
}

static void
test_ignores(void)
{
    g_assert_true(ignores("mallory", "a/#x", "mallory", "Mallory", "hi", MESSAGE_TEXT));
    g_assert_true(ignores("*bot in a", "a/#x", "i", "newsbot", "hi", MESSAGE_ACTION));
    g_assert_false(ignores("*bot in b", "a/#x", "i", "newsbot", "hi", MESSAGE_TEXT));
    g_assert_true(ignores("*bot in a/#x", "a/#x", "i", "newsbot", "hi", MESSAGE_TEXT));
    g_assert_false(ignores("*bot in a/#y", "a/#x", "i", "newsbot", "hi", MESSAGE_TEXT));
    g_assert_true(ignores("*bot in a/s/x", "a/s/x", "i", "newsbot", "hi", MESSAGE_TEXT));
    g_assert_true(ignores("* text buy now", "a/#x", "i", "x", "BUY now!", MESSAGE_TEXT));
    g_assert_false(ignores("* text buy now", "a/#x", "i", "x", "hello", MESSAGE_TEXT));
    g_assert_false(ignores("mallory notices", "a/#x", "mallory", "m", "hi", MESSAGE_TEXT));
    g_assert_true(ignores("mallory joins", "a/#x", "mallory", "m", "", MESSAGE_JOIN));
    g_assert_false(ignores("* text x", "a/#x", NULL, NULL, "x", MESSAGE_TEXT));
}

/* --- rings --- */

static bool
trips(struct guard_breaker *breaker, int64_t id, const char *who, const char *text, bool bot,
      int64_t at_us)
{
    struct message *message = message_new();

    message->id = id;
    message->buffer_id = 1;
    message->sender_id = g_strdup(who);
    message->time_us = US + at_us;
    message->flags = bot ? MESSAGE_BOT : 0;
    rich_free(message->body);
    message->body = rich_new(text, -1);
    const bool tripped = guard_breaker_trips(breaker, message, US + at_us);
    message_unref(message);
    return tripped;
}

static unsigned
count_until_trip(struct guard_breaker *breaker, const char *text, bool bot, int64_t step_us)
{
    for (unsigned i = 0; i < 200; i++)
        if (trips(breaker, i + 1, "x", text, bot, i * step_us))
            return i;
    return 200;
}

static void
test_breaker(void)
{
    struct guard_breaker *breaker = guard_breaker_new();

    /* A person may write as fast as they can. */
    g_assert_cmpuint(count_until_trip(breaker, "hi", false, 1000), ==, 200);
    /* A bot may not; a slow one may. */
    g_assert_cmpuint(count_until_trip(breaker, "hi", true, US / 10), ==, GUARD_MOST);
    guard_breaker_reset(breaker);
    g_assert_cmpuint(count_until_trip(breaker, "hi", true, US), ==, 200);
    guard_breaker_reset(breaker);
    /* Who repeats what we have just said is another relay, whatever it says of itself. */
    guard_breaker_said(breaker, 1, "Good Morning", US);
    g_assert_cmpuint(count_until_trip(breaker, "<maria> good morning", false, 1000), ==,
                     GUARD_MOST);
    guard_breaker_reset(breaker);
    guard_breaker_said(breaker, 2, "Good Morning", US);
    g_assert_cmpuint(count_until_trip(breaker, "<maria> good morning", false, 1000), ==, 200);
    guard_breaker_free(breaker);
}

/* One message that goes into many lanes is one message. */
static void
test_breaker_lanes(void)
{
    struct guard_breaker *breaker = guard_breaker_new();

    for (unsigned i = 0; i < 300; i++)
        g_assert_false(trips(breaker, 7, "x", "hi", true, i));
    guard_breaker_free(breaker);
}

/* What was missed for hours and comes at once is no storm. */
static void
test_breaker_caught_up(void)
{
    struct guard_breaker *breaker = guard_breaker_new();

    g_assert_cmpuint(count_until_trip(breaker, "hi", true, 60 * US), ==, 200);
    guard_breaker_free(breaker);
}

/* --- what comes round --- */

static unsigned
rounds(struct guard_breaker *breaker, int64_t id, const char *text, int64_t at_us)
{
    struct message *message = message_new();

    message->id = id;
    message->buffer_id = id % 3;
    rich_free(message->body);
    message->body = rich_new(text, -1);
    const unsigned n = guard_breaker_rounds(breaker, message, US + at_us);
    message_unref(message);
    return n;
}

/* However slowly, in whatever channels, and cut at its end. */
static void
test_rounds(void)
{
    struct guard_breaker *breaker = guard_breaker_new();
    g_autofree char *tail = g_strnfill(400, 'x');
    g_autofree char *text =
        g_strconcat("A Thing That Is Said Once And Goes Round Then", tail, NULL);

    for (unsigned i = 0; i < 12; i++) {
        g_autofree char *cut = g_strndup(text, 400);
        g_assert_cmpuint(rounds(breaker, i + 1, cut, INT64_C(500) * i * US), ==, i);
        g_assert_cmpuint(rounds(breaker, i + 1, cut, INT64_C(500) * i * US), ==,
                         i); /* another lane */
        g_autofree char *next = g_strdup_printf(i % 2 ? "[irc] <other> %s" : "<b> %s", cut);
        g_free(text);
        text = g_steal_pointer(&next);
    }
    /* Too long ago. */
    g_assert_cmpuint(rounds(breaker, 20, text, INT64_C(6000) * US + 600 * US), ==, 0);
    guard_breaker_reset(breaker);
    g_assert_cmpuint(rounds(breaker, 21, text, INT64_C(6000) * US + 601 * US), ==, 0);
    guard_breaker_free(breaker);
}

/* What people do: repeat, laugh, quote, paste. */
static void
test_rounds_of_people(void)
{
    static const char *const said[] = {
        "ok",
        "ok",
        "yes ok",
        "bob: yes ok",
        "ok",
        "yes ok",
        "ha",
        "ha ha",
        "ha ha ha",
        "ha ha ha ha",
        "ha ha ha ha ha",
        "ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha",
        "ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha ha",
        "la le la le",
        "la le la le la le la le la le la le la le la le la le la le la le",
        "la le la le la le la le la le la le la le la le la le la le la le la le",
        "la le la le la le la le la le la le la le la le la le la le la le la le la le",
        "[12:00] <maria> ok",
        "[12:01] <bob> yes ok",
        "",
        "",
        " ",
        "  "};
    struct guard_breaker *breaker = guard_breaker_new();

    for (unsigned i = 0; i < 3 * G_N_ELEMENTS(said); i++)
        g_assert_cmpuint(rounds(breaker, i + 1, said[i % G_N_ELEMENTS(said)], i * US), <,
                         GUARD_ROUNDS);
    guard_breaker_free(breaker);
}

/* No more is remembered than so much. */
static void
test_rounds_many(void)
{
    struct guard_breaker *breaker = guard_breaker_new();

    for (unsigned i = 0; i < 5000; i++) {
        g_autofree char *text = g_strdup_printf("line %u", i);
        g_assert_cmpuint(rounds(breaker, i + 1, text, i), ==, 0);
    }
    g_assert_cmpuint(rounds(breaker, 9000, "<x> line 10", 5000), ==, 0);
    g_assert_cmpuint(rounds(breaker, 9001, "<x> line 4990", 5000), ==, 1);
    guard_breaker_free(breaker);
}

void
test_guard_add(void)
{
    g_test_add_func("/guard/everyone", test_everyone);
    g_test_add_func("/guard/everyone-marked", test_everyone_marked);
    g_test_add_func("/guard/mentions", test_mentions);
    g_test_add_func("/guard/known", test_known);
    g_test_add_func("/guard/known-in-code", test_known_in_code);
    g_test_add_func("/guard/untouched", test_untouched);
    g_test_add_func("/guard/any", test_any);
    g_test_add_func("/guard/ignores", test_ignores);
    g_test_add_func("/guard/breaker", test_breaker);
    g_test_add_func("/guard/breaker-lanes", test_breaker_lanes);
    g_test_add_func("/guard/breaker-caught-up", test_breaker_caught_up);
    g_test_add_func("/guard/rounds", test_rounds);
    g_test_add_func("/guard/rounds-of-people", test_rounds_of_people);
    g_test_add_func("/guard/rounds-many", test_rounds_many);
}
