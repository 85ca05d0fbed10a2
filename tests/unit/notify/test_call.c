/* The words of a call, and the bytes that they become. */
#include "config.h"

#include <string.h>

#include "tests/unit/notify/tests.h"
#include "ui/notify_term.h"

#ifdef HAVE_LIBNOTIFY
#include "ui/notify_desktop.h"
#endif

static struct message *
message_of(const struct buffer *buffer, const char *sender, const char *text)
{
    struct message *message = message_new();

    message->buffer_id = buffer->id;
    message->sender_name = g_strdup(sender);
    rich_free(message->body);
    message->body = rich_new(text, -1);
    return message;
}

static void
assert_call(struct fake *fake, const struct message *message, unsigned n, unsigned mentions,
            enum call_show show, const char *title, const char *body)
{
    struct call *call = call_new(fake->core, message, n, mentions, show);

    g_assert_nonnull(call);
    g_assert_cmpstr(call->title, ==, title);
    g_assert_cmpstr(call->body, ==, body);
    call_free(call);
}

static void
test_words(void)
{
    struct fake *fake = fake_new(1);

    fake_online(fake, 0);
    fake_channel(fake, 0, "uma", BUFFER_DIRECT);
    fake_channel(fake, 0, "trio", BUFFER_GROUP);
    struct message *lab = message_of(fake_buffer(fake, 0, "#lab"), "Uma", "soup,\nkai?");
    struct message *uma = message_of(fake_buffer(fake, 0, "uma"), "Uma", "soup");
    struct message *trio = message_of(fake_buffer(fake, 0, "trio"), "Uma", "soup");
    assert_call(fake, lab, 1, 1, CALL_SHOW_MESSAGE, "Uma in #lab", "soup, kai?");
    assert_call(fake, lab, 3, 3, CALL_SHOW_MESSAGE, "3 mentions in #lab", "Uma: soup, kai?");
    assert_call(fake, lab, 3, 1, CALL_SHOW_MESSAGE, "3 messages in #lab", "Uma: soup, kai?");
    assert_call(fake, uma, 1, 1, CALL_SHOW_MESSAGE, "uma", "soup");
    assert_call(fake, uma, 2, 2, CALL_SHOW_MESSAGE, "2 messages from uma", "soup");
    assert_call(fake, trio, 1, 0, CALL_SHOW_MESSAGE, "trio", "Uma: soup");
    assert_call(fake, trio, 2, 0, CALL_SHOW_MESSAGE, "2 messages from trio", "Uma: soup");
    lab->kind = MESSAGE_ACTION;
    assert_call(fake, lab, 1, 1, CALL_SHOW_MESSAGE, "Uma in #lab", "* Uma soup, kai?");
    assert_call(fake, lab, 1, 1, CALL_SHOW_SENDER, "Uma in #lab", "");
    assert_call(fake, lab, 3, 2, CALL_SHOW_NOTHING, "weft", "2 mentions");
    assert_call(fake, lab, 3, 0, CALL_SHOW_NOTHING, "weft", "3 messages");
    assert_call(fake, uma, 1, 1, CALL_SHOW_NOTHING, "weft", "1 direct message");
    struct call *nothing = call_new(fake->core, uma, 1, 1, CALL_SHOW_NOTHING);
    g_assert_cmpstr(nothing->sender, ==, "");
    g_assert_cmpstr(nothing->address, ==, "");
    call_free(nothing);
    message_unref(lab);
    message_unref(uma);
    message_unref(trio);
    /* With more than one account it is said which. */
    configure(fake, 2, "");
    struct message *again = message_of(fake_buffer(fake, 0, "#lab"), "Uma", "soup");
    assert_call(fake, again, 1, 1, CALL_SHOW_MESSAGE, "Uma in #lab (one)", "soup");
    again->buffer_id = 4711;
    g_assert_null(call_new(fake->core, again, 1, 1, CALL_SHOW_MESSAGE));
    message_unref(again);
    fake_free(fake);
}

static void
test_spoiler(void)
{
    struct fake *fake = fake_new(1);

    fake_online(fake, 0);
    struct message *lab = message_of(fake_buffer(fake, 0, "#lab"), "Uma", "it was the cook, kai");
    rich_add(lab->body, 7, 15, SPAN_SPOILER, NULL);
    rich_add(lab->body, 11, 15, SPAN_SPOILER, NULL);
    rich_add(lab->body, 0, 2, SPAN_BOLD, NULL);
    assert_call(fake, lab, 1, 1, CALL_SHOW_MESSAGE, "Uma in #lab", "it was [spoiler], kai");
    message_unref(lab);
    /* As it is done where there is nothing but colours. */
    lab = message_of(fake_buffer(fake, 0, "#lab"), "Uma", "it was the cook, kai");
    rich_add(lab->body, 7, 15, SPAN_COLOR, "1,1");
    assert_call(fake, lab, 1, 1, CALL_SHOW_MESSAGE, "Uma in #lab", "it was [spoiler], kai");
    message_unref(lab);
    fake_free(fake);
}

static void
test_summary(void)
{
    struct fake *fake = fake_new(1);
    g_autoptr(GArray) sums = g_array_new(FALSE, FALSE, sizeof(struct call_sum));

    fake_online(fake, 0);
    g_assert_null(call_new_summary(fake->core, sums, "", CALL_SHOW_MESSAGE));
    for (unsigned i = 0; i < 8; i++) {
        g_autofree char *name = g_strdup_printf("#c%u", i);
        fake_channel(fake, 0, name, BUFFER_CHANNEL);
        const struct call_sum sum = {fake_buffer(fake, 0, name)->id, i + 2, i < 5 ? i : 0};
        g_array_append_val(sums, sum);
    }
    fake_channel(fake, 0, "uma", BUFFER_DIRECT);
    const struct call_sum uma = {fake_buffer(fake, 0, "uma")->id, 1, 1};
    g_array_append_val(sums, uma);
    struct call *all =
        call_new_summary(fake->core, sums, " while you were away", CALL_SHOW_MESSAGE);
    g_assert_cmpstr(all->title, ==, "weft");
    g_assert_cmpstr(all->body, ==,
                    "10 mentions in 4 channels, 1 direct message from 1 conversation, 34 messages "
                    "in 8 channels while you were away: #c4 4, #c3 3, #c2 2, #c1 1, uma 1, and 4 "
                    "more");
    call_free(all);
    struct call *none = call_new_summary(fake->core, sums, " now", CALL_SHOW_NOTHING);
    g_assert_null(strstr(none->body, "#c"));
    g_assert_null(strstr(none->body, "uma"));
    call_free(none);
    fake_free(fake);
}

/* --- threat 28
 * ---------------------------------------------------------------------------------------------- */

static const char wicked[] = "<b>&amp;<a href='x'>\033]52;c;eA==\007\033\\\302\234\302\233"
                             "2J\n\r\t\342\200\256\177;9;4;1\033P";

/* Nothing of it could steer a terminal, whatever the way. */
static void
assert_harmless(const char *bytes)
{
    g_assert_true(g_utf8_validate(bytes, -1, NULL));
    for (const char *at = bytes; *at != '\0'; at += g_utf8_skip[(guchar)*at]) {
        const gunichar c = g_utf8_get_char(at);
        if (c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e))
            g_error("U+%04X in \"%s\"", c, bytes);
    }
}

/* One string and its end, and nothing of it within. */
static void
assert_one_string(const char *bytes, const char *start)
{
    g_assert_true(g_str_has_prefix(bytes, start));
    g_assert_true(g_str_has_suffix(bytes, "\033\\"));
    g_autofree char *inside =
        g_strndup(bytes + strlen(start), strlen(bytes) - strlen(start) - strlen("\033\\"));
    assert_harmless(inside);
}

static struct call *
wicked_call(struct fake *fake)
{
    g_autofree char *much = g_strnfill(5000, 'x');
    g_autofree char *endless = g_strconcat(wicked, much, NULL);
    g_autofree char *channel = g_strconcat("#", wicked, NULL);

    fake_channel(fake, 0, channel, BUFFER_CHANNEL);
    const GPtrArray *buffers = core_buffers(fake->core);
    const struct buffer *buffer = g_ptr_array_index(buffers, buffers->len - 1);
    struct message *message = message_of(buffer, wicked, endless);
    struct call *call = call_new(fake->core, message, 1, 1, CALL_SHOW_MESSAGE);
    message_unref(message);
    return call;
}

static void
test_hostile(void)
{
    struct fake *fake = fake_new(1);

    fake_online(fake, 0);
    struct call *call = wicked_call(fake);
    g_assert_cmpint(g_utf8_strlen(call->title, -1), <=, CALL_TITLE_CHARS);
    g_assert_cmpint(g_utf8_strlen(call->body, -1), ==, CALL_BODY_CHARS);
    g_assert_true(g_str_has_suffix(call->body, "…"));
    assert_harmless(call->title);
    assert_harmless(call->body);
    assert_harmless(call->sender);
    assert_harmless(call->address);
    for (int osc = NOTIFY_OSC_9; osc <= NOTIFY_OSC_777; osc++) {
        g_autoptr(GString) bytes = g_string_new(NULL);
        notify_term_append(bytes, (struct notify_term){(enum notify_osc)osc, false}, call, 1);
        assert_one_string(bytes->str, osc == NOTIFY_OSC_9 ? "\033]9;" : "\033]777;notify;");
    }
    call_free(call);
    /* What no caller hands over does not pass either. */
    struct call *raw = call_of(wicked, wicked);
    for (int osc = NOTIFY_OSC_9; osc <= NOTIFY_OSC_777; osc++) {
        g_autoptr(GString) bytes = g_string_new(NULL);
        notify_term_append(bytes, (struct notify_term){(enum notify_osc)osc, false}, raw, 1);
        g_assert_null(strchr(bytes->str + 1, '\007'));
        g_assert_cmpuint(strcspn(bytes->str + 1, "\033"), ==, bytes->len - 3);
        g_assert_null(strstr(bytes->str, "\302\234"));
    }
    call_free(raw);
    fake_free(fake);
}

#ifdef HAVE_LIBNOTIFY
static void
test_markup(void)
{
    g_autofree char *title = notify_desktop_title("<b>R&D</b>");
    g_autofree char *body = notify_desktop_body("<b>&amp;<a href=\"x\">", true);
    g_autofree char *plain = notify_desktop_body("<b>&", false);

    g_assert_cmpstr(title, ==, "‹b›R＆D‹/b›");
    g_assert_cmpstr(body, ==, "&lt;b&gt;&amp;amp;&lt;a href=&quot;x&quot;&gt;");
    g_assert_cmpstr(plain, ==, "<b>&");
}
#endif

/* --- bytes
 * ---------------------------------------------------------------------------------------------- */

static void
assert_bytes(enum notify_osc osc, bool tmux, const char *title, const char *body,
             const char *wanted)
{
    struct call *call = call_of(title, body);
    g_autoptr(GString) bytes = g_string_new(NULL);

    notify_term_append(bytes, (struct notify_term){osc, tmux}, call, 7);
    g_assert_cmpstr(bytes->str, ==, wanted);
    call_free(call);
}

static void
test_bytes(void)
{
    assert_bytes(NOTIFY_OSC_NONE, false, "t", "b", "");
    assert_bytes(NOTIFY_OSC_NONE, true, "t", "b", "\a");
    assert_bytes(NOTIFY_OSC_9, false, "Uma in #lab", "kai; é?",
                 "\033]9;Uma in #lab: kai; é?\033\\");
    assert_bytes(NOTIFY_OSC_9, false, "Uma", "", "\033]9;Uma\033\\");
    /* "9;4;1;50" is a progress bar to some terminals. */
    assert_bytes(NOTIFY_OSC_9, false, "4;1;50", "", "\033]9;4,1;50\033\\");
    assert_bytes(NOTIFY_OSC_777, false, "a;b", "c;d", "\033]777;notify;a,b;c;d\033\\");
    assert_bytes(
        NOTIFY_OSC_99, false, "Uma", "kai?",
        "\033]99;i=weft7:d=0:e=1:u=1;VW1h\033\\\033]99;i=weft7:d=1:e=1:p=body;a2FpPw==\033\\");
    assert_bytes(NOTIFY_OSC_99, false, "Uma", "", "\033]99;i=weft7:d=1:e=1:u=1;VW1h\033\\");
    assert_bytes(NOTIFY_OSC_9, true, "Uma", "kai?",
                 "\033Ptmux;\033\033]9;Uma: kai?\033\033\\\033\\\a");
    assert_bytes(NOTIFY_OSC_99, true, "Uma", "",
                 "\033Ptmux;\033\033]99;i=weft7:d=1:e=1:u=1;VW1h\033\033\\\033\\\a");
}

static const char *const *environment;

static const char *
get(const char *name)
{
    for (const char *const *at = environment; *at != NULL; at += 2)
        if (strcmp(at[0], name) == 0)
            return at[1];
    return NULL;
}

static void
test_terminals(void)
{
    static const struct {
        const char *environment[7];
        struct notify_term term;
    } cases[] = {
        {{NULL}, {NOTIFY_OSC_NONE, false}},
        {{"TERM", "xterm-256color", NULL}, {NOTIFY_OSC_NONE, false}},
        {{"TERM", "xterm-kitty", NULL}, {NOTIFY_OSC_99, false}},
        {{"TERM", "foot-extra", NULL}, {NOTIFY_OSC_777, false}},
        {{"TERM", "xterm-256color", "TERM_PROGRAM", "WezTerm", NULL}, {NOTIFY_OSC_777, false}},
        {{"TERM", "xterm-256color", "TERM_PROGRAM", "iTerm.app", NULL}, {NOTIFY_OSC_9, false}},
        {{"TERM", "tmux-256color", "TMUX", "/x,1,0", NULL}, {NOTIFY_OSC_NONE, true}},
        {{"TERM", "tmux-256color", "TMUX", "/x,1,0", "KITTY_WINDOW_ID", "1", NULL},
         {NOTIFY_OSC_99, true}},
        {{"TERM", "screen-256color", "TMUX", "/x,1,0", "LC_TERMINAL", "iTerm2", NULL},
         {NOTIFY_OSC_9, true}},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        environment = cases[i].environment;
        const struct notify_term term = notify_term_find(get);
        g_assert_cmpint(term.osc, ==, cases[i].term.osc);
        g_assert_true(term.tmux == cases[i].term.tmux);
    }
}

void
test_call_add(void)
{
    g_test_add_func("/call/words", test_words);
    g_test_add_func("/call/spoiler", test_spoiler);
    g_test_add_func("/call/summary", test_summary);
    g_test_add_func("/threat/28-words-and-bytes", test_hostile);
#ifdef HAVE_LIBNOTIFY
    g_test_add_func("/threat/28-markup", test_markup);
#endif
    g_test_add_func("/call/bytes", test_bytes);
    g_test_add_func("/call/terminals", test_terminals);
}
