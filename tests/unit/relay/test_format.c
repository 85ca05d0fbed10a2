#include <string.h>

#include "relay/edits.h"
#include "relay/format.h"
#include "tests/unit/relay/tests.h"
#include "text/spell.h"

#define NOW    (INT64_C(1700000000) * G_USEC_PER_SEC) /* 2023-11-14 22:13:20 */
#define MINUTE (INT64_C(60) * G_USEC_PER_SEC)

static struct message *
said(const char *text, enum message_kind kind, int64_t ago_us)
{
    struct message *message = message_new();

    message->kind = kind;
    message->time_us = NOW - ago_us;
    message->sender_name = g_strdup("maria");
    rich_free(message->body);
    message->body = rich_new(text, -1);
    return message;
}

static void
assert_copy(struct message *message_take, const struct format *format, const char *wanted)
{
    struct rich *body = format_copy(message_take, format);

    g_assert_cmpstr(body->text, ==, wanted);
    rich_free(body);
    message_unref(message_take);
}

static void
test_prefix(void)
{
    const struct format prefix = {.name = "maria", .prefix = "<maria> ", .now_us = NOW};
    const struct format lines = {
        .name = "maria", .prefix = "<maria> ", .every_line = true, .now_us = NOW};
    const struct format named = {
        .name = "maria", .named = true, .prefix = "<maria> ", .now_us = NOW};

    assert_copy(said("hi", MESSAGE_TEXT, 0), &prefix, "<maria> hi");
    assert_copy(said("a\nb\n\nc\n", MESSAGE_TEXT, 0), &prefix, "<maria> a\nb\n\nc\n");
    assert_copy(said("a\nb\n\nc\n", MESSAGE_TEXT, 0), &lines,
                "<maria> a\n<maria> b\n\n<maria> c\n");
    assert_copy(said("hi", MESSAGE_TEXT, 0), &named, "hi");
    /* Our own words need nobody's name. */
    assert_copy(said("hi", MESSAGE_TEXT, 0), &(struct format){.now_us = NOW}, "hi");
}

static void
assert_spans(struct message *message_take, const struct format *format, const char *text,
             const char *spans)
{
    struct rich *body = format_copy(message_take, format);
    g_autofree char *found = rich_encode_spans(body);

    g_assert_cmpstr(body->text, ==, text);
    g_assert_cmpstr(found, ==, spans);
    rich_free(body);
    message_unref(message_take);
}

/* A colour is the name's, before each line, and of nothing that stands around it. */
static void
test_color(void)
{
    const struct format prefix = {.name = "ana",
                                  .prefix = "<ana> ",
                                  .color = "3",
                                  .name_start = 1,
                                  .name_end = 4,
                                  .now_us = NOW};
    struct format lines = prefix, named = prefix, late = prefix, nowhere = prefix, acts = prefix;
    struct message *bold = said("one\ntwo", MESSAGE_TEXT, 0);

    assert_spans(said("4,5 hi", MESSAGE_TEXT, 0), &prefix, "<ana> 4,5 hi", "C1+3=3");
    assert_spans(said("waves", MESSAGE_ACTION, 0), &prefix, "* ana waves", "C2+3=3");
    lines.every_line = true;
    rich_add(bold->body, 1, 6, SPAN_BOLD, NULL);
    assert_spans(bold, &lines, "<ana> one\n<ana> two", "C1+3=3 b7+11 C11+3=3");
    assert_spans(said("a\n\nb", MESSAGE_ACTION, 0), &lines, "* ana a\n\n<ana> b", "C2+3=3 C10+3=3");
    /* What is divided has room for the codes. */
    lines.line_bytes = 34;
    assert_spans(said("one two three four five six seven eight", MESSAGE_TEXT, 0), &lines,
                 "<ana> one two three four\n<ana> five six seven eight", "C1+3=3 C26+3=3");
    late.late = true;
    assert_spans(said("hi", MESSAGE_TEXT, 11 * MINUTE), &late, "<ana> [22:02] hi", "C1+3=3");
    /* The network shows the name itself; or the prefix has none; or the network lets us act. */
    named.named = true;
    assert_spans(said("hi", MESSAGE_TEXT, 0), &named, "hi", NULL);
    assert_spans(said("waves", MESSAGE_ACTION, 0), &named, "* ana waves", NULL);
    nowhere.name_start = nowhere.name_end = 0;
    assert_spans(said("hi", MESSAGE_TEXT, 0), &nowhere, "<ana> hi", NULL);
    acts.acts = true;
    assert_spans(said("waves", MESSAGE_ACTION, 0), &acts, "ana waves", "C0+3=3");
}

/* Threat 36: no text makes lines of somebody else. */
static void
test_takeover(void)
{
    const struct format prefix = {.name = "maria", .prefix = "<maria> ", .now_us = NOW};
    const struct format lines = {
        .name = "maria", .prefix = "<maria> ", .every_line = true, .now_us = NOW};

    assert_copy(said("a\n<juan> b\n \xe2\x80\x8b<juan> c\nd", MESSAGE_TEXT, 0), &prefix,
                "<maria> a\n… <juan> b\n…  \xe2\x80\x8b<juan> c\nd");
    assert_copy(said("a\n<juan> b", MESSAGE_TEXT, 0), &lines, "<maria> a\n<maria> <juan> b");
    /* Neither does an action, with a name that it begins with, or a line of the relay's own. */
    assert_copy(said("waves\n<juan> b", MESSAGE_ACTION, 0), &prefix, "* maria waves\n… <juan> b");
    assert_copy(said("waves\n* juan has left", MESSAGE_ACTION, 0), &lines,
                "* maria waves\n<maria> * juan has left");
}

/* What becomes several messages says in each whose it is. */
static void
test_long(void)
{
    const struct format lines = {
        .name = "ana", .prefix = "<ana> ", .every_line = true, .line_bytes = 26, .now_us = NOW};

    assert_copy(said("one two three four five six seven eight", MESSAGE_TEXT, 0), &lines,
                "<ana> one two three four\n<ana> five six seven eight");
    assert_copy(said("short\n0123456789012345678901234", MESSAGE_TEXT, 0), &lines,
                "<ana> short\n<ana> 01234567890123456789\n<ana> 01234");
    assert_copy(said("0123456789012345678901234 <bob> x", MESSAGE_TEXT, 0), &lines,
                "<ana> 01234567890123456789\n<ana> 01234 <bob> x");
    assert_copy(said("ééééééééééééééé", MESSAGE_TEXT, 0), &lines, "<ana> éééééééééé\n<ana> ééééé");
}

static void
test_actions(void)
{
    const struct format prefix = {.name = "maria", .prefix = "<maria> ", .now_us = NOW};
    const struct format acts = {.name = "maria", .named = true, .acts = true, .now_us = NOW};
    const struct format shows = {.name = "maria", .named = true, .now_us = NOW};

    assert_copy(said("waves", MESSAGE_ACTION, 0), &prefix, "* maria waves");
    assert_copy(said("waves", MESSAGE_ACTION, 0), &acts, "waves");
    assert_copy(said("waves", MESSAGE_ACTION, 0), &shows, "* maria waves");
}

static void
test_late(void)
{
    const struct format late = {.name = "maria", .prefix = "<maria> ", .late = true, .now_us = NOW};

    assert_copy(said("hi", MESSAGE_TEXT, 20 * MINUTE), &late, "<maria> [21:53] hi");
    assert_copy(said("hi", MESSAGE_TEXT, 20 * 60 * MINUTE), &late, "<maria> [2023-11-14 02:13] hi");
    struct message *copy = said("<maria> [21:53] hi", MESSAGE_TEXT, 0);
    g_assert_true(format_is_late(copy, NOW - 20 * MINUTE));
    g_assert_false(format_is_late(copy, NOW - 30 * MINUTE));
    message_unref(copy);
}

static void
test_quote(void)
{
    struct message *answered =
        said("what time\ndo we meet on the first day of the assembly, and where exactly "
             "is the room?",
             MESSAGE_TEXT, MINUTE);
    const struct format quote = {.name = "juan",
                                 .prefix = "<juan> ",
                                 .now_us = NOW,
                                 .answers = answered,
                                 .answers_name = "maria"};

    assert_copy(said("at ten", MESSAGE_TEXT, 0), &quote,
                "<juan> (re maria: what time do we meet on the first day of the assembly, and…) at "
                "ten");
    answered->flags = MESSAGE_DELETED;
    assert_copy(said("at ten", MESSAGE_TEXT, 0), &quote, "<juan> (re maria) at ten");
    message_unref(answered);
}

static void
test_marks(void)
{
    struct message *message = said("so bold a word", MESSAGE_TEXT, 0);
    const struct format lines = {.name = "m", .prefix = "<m> ", .every_line = true, .now_us = NOW};

    rich_add(message->body, 3, 7, SPAN_BOLD, NULL);
    rich_add(message->body, 8, 14, SPAN_LINK, "https://x.example");
    struct rich *body = format_copy(message, &lines);
    g_autofree char *spans = rich_encode_spans(body);
    g_assert_cmpstr(body->text, ==, "<m> so bold a word");
    g_assert_cmpstr(spans, ==, "b7+4 l12+6=https://x.example");
    rich_free(body);
    message_unref(message);
}

/* Whose words are quoted, and where a link leads, is said also where it has no marks; and a quote
 * begins a line where it has. */
static void
test_written_out(void)
{
    const struct format lines = {
        .name = "kai", .prefix = "<kai> ", .every_line = true, .lacks = SPELL_ALL, .now_us = NOW};
    const struct format marks = {.name = "kai", .prefix = "<kai> ", .now_us = NOW};
    struct message *message = said("the coop is\nbankrupt\nsays it", MESSAGE_TEXT, 0);

    rich_add(message->body, 0, 20, SPAN_QUOTE, NULL);
    rich_add(message->body, 21, 25, SPAN_LINK, "https://x.example/a");
    struct rich *body = format_edited(message->body, SPELL_ALL);
    g_assert_cmpstr(body->text, ==,
                    "(changed) > the coop is\n> bankrupt\nsays <https://x.example/a> it");
    rich_free(body);
    body = format_copy(message, &marks);
    g_autofree char *spans = rich_encode_spans(body);
    g_assert_cmpstr(body->text, ==, "<kai> \nthe coop is\nbankrupt\nsays it");
    g_assert_cmpstr(spans, ==, "q7+20 l28+4=https://x.example/a");
    rich_free(body);
    assert_copy(message, &lines,
                "<kai> > the coop is\n<kai> > bankrupt\n<kai> says <https://x.example/a> it");
}

/* Threat 63: what is carried is what was said, with its marks, whatever it is made of. */
static void
test_round_trip(void)
{
    static const char *const parts[] = {"*",  "_",  "~",     "`",     "<",   ">",  "|",
                                        "&",  ":",  "```\n", "a",     " ",   "\n", "ñ",
                                        "日", "\\", "@all",  "/quit", "\x02"};
    const struct format named = {.name = "m", .named = true, .acts = true, .now_us = NOW};
    const struct format prefix = {.name = "m", .prefix = "m> ", .now_us = NOW};

    for (int round = 0; round < 3000; round++) {
        g_autoptr(GString) text = g_string_new(NULL);
        for (int n = g_test_rand_int_range(0, 20); n > 0; n--)
            g_string_append(text, parts[g_test_rand_int_range(0, G_N_ELEMENTS(parts))]);
        struct message *message = said(text->str, MESSAGE_TEXT, 0);
        for (int n = 0; n < 4; n++)
            rich_add(message->body, (size_t)g_test_rand_int_range(0, 30),
                     (size_t)g_test_rand_int_range(1, 40),
                     (enum span_kind)g_test_rand_int_range(0, SPAN_BLOCK), NULL);
        struct rich *body = format_copy(message, &named);
        g_assert_true(rich_equal(body, message->body));
        rich_free(body);
        body = format_copy(message, &prefix);
        g_assert_true(g_str_has_suffix(body->text, message->body->text));
        g_assert_cmpuint(body->len, ==, message->body->len + 3);
        g_assert_cmpuint(body->spans->len, ==, message->body->spans->len);
        rich_free(body);
        message_unref(message);
    }
}

#define assert_line(made, wanted)                                                                  \
    do {                                                                                           \
        g_autofree char *line = made;                                                              \
        g_assert_cmpstr(line, ==, wanted);                                                         \
    } while (0)

static void
test_lines(void)
{
    struct message *message = said("see you at ten", MESSAGE_TEXT, 20 * MINUTE);
    struct attachment *file = attachment_new("f", "min\nutes.pdf", 48000);

    assert_line(format_file(file, NULL), "[file: min utes.pdf, 48.0\302\240kB]");
    assert_line(format_file(file, "too large to be carried"),
                "[file: min utes.pdf, 48.0\302\240kB; too large to be carried]");
    assert_line(format_deleted("maria", message, NOW), "* what maria said at 21:53 was taken back");
    assert_line(format_reacted("juan", "+1", message), "* juan: 👍 to “see you at ten”");
    assert_line(format_reacted("juan", "coop_parrot", message),
                "* juan: :coop_parrot: to “see you at ten”");
    assert_line(format_topic("maria", "agenda,\nminutes"),
                "* maria set the topic: agenda, minutes");
    assert_line(format_topic("maria", ""), "* maria took the topic away");
    assert_line(format_skipped(1, "#lab (libera)", NOW - 20 * MINUTE, NOW, NOW),
                "* a message in #lab (libera), of 21:53, is not shown here: it came too late");
    assert_line(format_skipped(40, "#lab (libera)", NOW - 20 * MINUTE, NOW - 10 * MINUTE, NOW),
                "* 40 messages in #lab (libera), from 21:53 to 22:03, are not shown here: they "
                "came too late");
    message->kind = MESSAGE_JOIN;
    assert_line(format_presence(message, "maria", "#lab"), "* maria has joined #lab");
    message->kind = MESSAGE_PART;
    assert_line(format_presence(message, "maria", "#lab"), "* maria has left #lab");
    message->kind = MESSAGE_QUIT;
    assert_line(format_presence(message, "maria", "#lab"), "* maria has left (#lab)");
    message->kind = MESSAGE_KICK;
    message->subject = g_strdup("mal\nlory");
    assert_line(format_presence(message, "maria", "#lab"),
                "* maria has removed mal lory from #lab");
    message->kind = MESSAGE_RENAME;
    assert_line(format_presence(message, "maria", "#lab"), "* maria is now mal lory (#lab)");
    message->kind = MESSAGE_TEXT;
    g_assert_null(format_presence(message, "maria", "#lab"));
    attachment_free(file);
    message_unref(message);
}

static void
test_emoji(void)
{
    g_assert_cmpstr(format_emoji("+1"), ==, "👍");
    g_assert_cmpstr(format_emoji("👍"), ==, "👍");
    g_assert_cmpstr(format_emoji("coop_parrot"), ==, "coop_parrot");
}

void
test_format_add(void)
{
    g_test_add_func("/format/prefix", test_prefix);
    g_test_add_func("/format/color", test_color);
    g_test_add_func("/format/takeover", test_takeover);
    g_test_add_func("/format/long", test_long);
    g_test_add_func("/format/actions", test_actions);
    g_test_add_func("/format/late", test_late);
    g_test_add_func("/format/quote", test_quote);
    g_test_add_func("/format/marks", test_marks);
    g_test_add_func("/format/written-out", test_written_out);
    g_test_add_func("/format/round-trip", test_round_trip);
    g_test_add_func("/format/lines", test_lines);
    g_test_add_func("/format/emoji", test_emoji);
}
