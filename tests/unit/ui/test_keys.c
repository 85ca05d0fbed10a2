#include "tests/unit/ui/tests.h"
#include "ui/keys.h"
#include <glib.h>
#include <string.h>

/* What the bytes mean, as names joined by blanks; reports as <kind a b>, pastes in quotes, the
 * mouse as <what button row,col mods>. */
static void
describe(struct keys *keys, GString *out)
{
    static const char *const deeds[] = {"press", "release", "up", "down"};
    struct keys_event event;
    while (keys_next(keys, &event)) {
        g_autofree char *name = key_format(event.key);
        if (out->len > 0)
            g_string_append_c(out, ' ');
        if (event.kind == KEYS_KEY)
            g_string_append(out, name);
        else if (event.kind == KEYS_PASTE)
            g_string_append_printf(out, "\"%s\"%s", event.paste, event.paste_cut ? "cut" : "");
        else if (event.kind == KEYS_FOCUS)
            g_string_append(out, event.focused ? "<in>" : "<out>");
        else if (event.kind == KEYS_MOUSE)
            g_string_append_printf(out, "<%s%d %d,%d %x>", deeds[event.mouse.kind],
                                   event.mouse.button, event.mouse.row, event.mouse.col,
                                   event.mouse.mods);
        else
            g_string_append_printf(out, "<%d %d %x>", event.report, (int)event.a, (int)event.b);
        keys_event_clear(&event);
    }
}

static const struct {
    const char *bytes, *keys;
} samples[] = {
    {"aé漢😀", "a é 漢 😀"},
    {"\x01\x1a\t\r\n\x7f\b", "Ctrl-a Ctrl-z Tab Enter Ctrl-j Backspace Ctrl-h"},
    {"\x1c\x1d\x1e\x1f", "Ctrl-\\ Ctrl-] Ctrl-^ Ctrl-_"},
    {"\033a\033A\0331\033é\033\r\033\x7f\033\x0e",
     "Alt-a Alt-A Alt-1 Alt-é Alt-Enter Alt-Backspace Ctrl-Alt-n"},
    {"\033[A\033[B\033[C\033[D\033[H\033[F", "Up Down Right Left Home End"},
    {"\033OA\033OH\033OP\033OQ\033OR\033OS", "Up Home F1 F2 F3 F4"},
    {"\033[1;3A\033[1;4B\033[1;5C\033[1;2D", "Alt-Up Alt-Shift-Down Ctrl-Right Shift-Left"},
    {"\033[1~\033[2~\033[3~\033[4~\033[5~\033[6~\033[7~\033[8~",
     "Home Insert Delete End PgUp PgDn Home End"},
    {"\033[11~\033[15~\033[17~\033[24~\033[34~\033[5;3~", "F1 F5 F6 F12 F20 Alt-PgUp"},
    {"\033[[A\033[[E", "F1 F5"},
    {"\033[7^\033[8$\033[3@\033[a\033Ob\033\033[A",
     "Ctrl-Home Shift-End Ctrl-Shift-Delete Shift-Up Ctrl-Down Alt-Up"},
    {"\033[Z", "Shift-Tab"},
    {"\033[97;3u\033[97;4u\033[110;5u\033[27u\033[13;2u\033[9;2u",
     "Alt-a Alt-A Ctrl-n Esc Shift-Enter Shift-Tab"},
    {"\033[47:63;4u\033[97;5:3ux", "Alt-? x"},
    {"\033[57399u\033[57417u\033[57376u\033[57358u", "0 Left F13"},
    {"\033[27;5;105~", "Ctrl-i"},
    {"\033[I\033[O", "<in> <out>"},
    {"\033[200~one\r\ntwo\rthree\tx\033[31m\a\033[201~z", "\"one\ntwo\nthree\tx␛[31m␇\" z"},
    {"\033[200~\xff\xc2\x9b|\033[20\033[201~", "\"��|␛[20\""},
    {"\033[201~x", "<0 0 0> x"},
    /* the mouse */
    {"\033[<0;10;1Mx\033[<0;10;1m", "<press1 0,9 0> x <release1 0,9 0>"},
    {"\033[<2;1;24M\033[<17;3;4M", "<press3 23,0 0> <press2 3,2 4>"},
    {"\033[<64;10;5M\033[<65;10;5M\033[<69;10;5M", "<up0 4,9 0> <down0 4,9 0> <down0 4,9 1>"},
    {"\033[<0;1000;500M", "<press1 499,999 0>"},
    /* moves, the wheel to a side, further buttons, none; places that are none; half a report */
    {"\033[<32;5;5M\033[<66;5;5M\033[<128;5;5M\033[<3;5;5M\033[<64;5;5m",
     "<0 0 0> <0 0 0> <0 0 0> <0 0 0> <0 0 0>"},
    {"\033[<0;0;1M\033[<0;1;0M\033[<0;1001;1M\033[<0;1;501M\033[<0;99999999999;1M",
     "<0 0 0> <0 0 0> <0 0 0> <0 0 0> <0 0 0>"},
    {"\033[<0;5M\033[<M\033[<;;M\033[<0;5;5;5M", "<0 0 0> <0 0 0> <0 0 0> <0 0 0>"},
    /* what a terminal says */
    {"\033[?62;22c", "<1 62 0>"},
    {"\033[>0;276;0c", "<0 0 0>"},
    {"\033[12;40R", "<2 12 28>"},
    {"\033[0n", "<0 0 0>"},
    {"\033[?2026;2$y", "<3 2026 2>"},
    {"\033[4;2$y", "<3 4 2>"},
    {"\033[?5u", "<4 5 0>"},
    {"\033]11;rgb:ffff/8080/0000\033\\", "<5 11 ff8000>"},
    {"\033]10;rgb:f/8/0\a", "<5 10 ff8800>"},
    {"\033]52;c;cm0gLXJmCg==\a", "<0 0 0>"},
    {"\033P1$r0m\033\\", "<0 0 0>"},
    {"\033P>|term 1.0\033\\", "<0 0 0>"},
    {"\033_Gi=1;OK\033\\", "<0 0 0>"},
    {"\033^x\033\\", "<0 0 0>"},
    {"\033[M !!", "<0 0 0>"},
    {"\033[8;24;80t", "<0 0 0>"},
    {"\033[?997;1n", "<0 0 0>"},
    {"\033[1;1:3B", "<0 0 0>"},
    /* broken ones end where something else begins */
    {"\033[12\033[A", "Up"},
    {"\033[12\rx", "Enter x"},
    {"\033]0;abc\033[A", "Up"},
    {"\033]0;abc\rx", "Enter x"},
    {"\033[5é", "é"},
    {"\xc2\x9b"
     "a\xff\xf0\x9f",
     "a"},
};

static void
test_samples(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(samples); i++) {
        struct keys *keys = keys_new();
        g_autoptr(GString) out = g_string_new(NULL);
        g_test_message("sample %u", i);
        keys_feed(keys, samples[i].bytes, strlen(samples[i].bytes));
        describe(keys, out);
        g_assert_cmpstr(out->str, ==, samples[i].keys);
        keys_free(keys);
    }
}

/* The same, cut into two at every place, and byte by byte. */
static void
test_cut(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(samples); i++) {
        size_t len = strlen(samples[i].bytes);
        g_test_message("sample %u", i);
        for (size_t cut = 0; cut <= len; cut++) {
            struct keys *keys = keys_new();
            g_autoptr(GString) out = g_string_new(NULL);
            for (size_t at = 0; cut == 0 && at < len; at++) {
                keys_feed(keys, samples[i].bytes + at, 1);
                describe(keys, out);
            }
            if (cut > 0) {
                keys_feed(keys, samples[i].bytes, cut);
                describe(keys, out);
                keys_feed(keys, samples[i].bytes + cut, len - cut);
                describe(keys, out);
            }
            g_assert_cmpstr(out->str, ==, samples[i].keys);
            keys_free(keys);
        }
    }
}

/* An answer that a slow line cuts, with a timeout at the cut, is still not typed. */
static void
test_late_reports(void)
{
    static const char *const answers[] = {"\033[?62;22c", "\033[?2026;2$y", "\033[?1u",
                                          "\033[<64;12;30M", "\033[<0;1;1m"};
    for (unsigned i = 0; i < G_N_ELEMENTS(answers); i++) {
        size_t len = strlen(answers[i]);
        for (size_t cut = 1; cut < len; cut++) {
            struct keys *keys = keys_new();
            struct keys_event event;
            keys_feed(keys, answers[i], cut);
            while (keys_next(keys, &event))
                g_assert_cmpint(event.kind, !=, KEYS_KEY);
            if (cut == 1) {
                g_assert_cmpint(keys_timeout_ms(keys), ==, KEYS_ESC_MS);
                keys_timeout(keys);
            }
            keys_feed(keys, "", 0);
            keys_feed(keys, answers[i] + cut, len - cut);
            while (keys_next(keys, &event))
                g_assert_false(event.kind == KEYS_KEY && key_is_text(event.key));
            keys_free(keys);
        }
    }
    struct keys *keys = keys_new();
    g_autoptr(GString) out = g_string_new(NULL);
    keys_feed(keys, "\033", 1);
    describe(keys, out);
    keys_timeout(keys);
    describe(keys, out);
    keys_feed(keys, "[?62", 4);
    describe(keys, out);
    keys_feed(keys, ";4cx", 4);
    describe(keys, out);
    g_assert_cmpstr(out->str, ==, "Esc <1 62 0> x");
    g_string_truncate(out, 0);
    keys_feed(keys, "\033", 1);
    describe(keys, out);
    keys_timeout(keys);
    describe(keys, out);
    keys_feed(keys, "[", 1);
    describe(keys, out);
    g_assert_cmpstr(out->str, ==, "Esc");
    keys_feed(keys, "x", 1);
    describe(keys, out);
    g_assert_cmpstr(out->str, ==, "Esc [ x");
    keys_free(keys);
}

static void
test_timeouts(void)
{
    struct keys *keys = keys_new();
    g_autoptr(GString) out = g_string_new(NULL);
    g_assert_cmpint(keys_timeout_ms(keys), ==, -1);
    keys_feed(keys, "\033", 1);
    describe(keys, out);
    g_assert_cmpstr(out->str, ==, "");
    g_assert_cmpint(keys_timeout_ms(keys), ==, KEYS_ESC_MS);
    keys_timeout(keys);
    describe(keys, out);
    g_assert_cmpint(keys_timeout_ms(keys), ==, -1);
    keys_feed(keys, "\033[", 2);
    describe(keys, out);
    g_assert_cmpint(keys_timeout_ms(keys), >, KEYS_ESC_MS);
    keys_timeout(keys);
    describe(keys, out);
    g_assert_cmpstr(out->str, ==, "Esc Alt-[");
    keys_feed(keys, "\033[200~half", 10);
    describe(keys, out);
    g_assert_cmpint(keys_timeout_ms(keys), >, 0);
    keys_timeout(keys);
    describe(keys, out);
    keys_feed(keys, "x", 1);
    describe(keys, out);
    g_assert_cmpstr(out->str, ==, "Esc Alt-[ \"half\" x");
    keys_feed(keys, "\033[12;", 5);
    describe(keys, out);
    g_assert_cmpint(keys_timeout_ms(keys), ==, -1);
    keys_free(keys);
}

/* Sizes that nobody types: bounded, linear, and nothing of it is a key. */
static void
test_limits(void)
{
    struct keys *keys = keys_new();
    struct keys_event event;
    g_autofree char *digits = g_strnfill(1000000, '7');
    keys_feed(keys, "\033[", 2);
    for (int i = 0; i < 10; i++) {
        keys_feed(keys, digits, 100000);
        g_assert_false(keys_next(keys, &event));
    }
    keys_feed(keys, "m", 1);
    g_assert_true(keys_next(keys, &event));
    g_assert_cmpint(event.kind, ==, KEYS_REPORT);
    keys_feed(keys, "\033]52;", 5);
    for (int i = 0; i < 10; i++) {
        keys_feed(keys, digits, 100000);
        g_assert_false(keys_next(keys, &event));
    }
    keys_feed(keys, "\a", 1);
    g_assert_true(keys_next(keys, &event));
    g_assert_cmpint(event.kind, ==, KEYS_REPORT);

    keys_feed(keys, "\033[200~", 6);
    for (int i = 0; i < 3; i++)
        keys_feed(keys, digits, 1000000);
    keys_feed(keys, "\033[201~", 6);
    g_assert_true(keys_next(keys, &event));
    g_assert_cmpint(event.kind, ==, KEYS_PASTE);
    g_assert_cmpuint(event.paste_len, ==, KEYS_PASTE_MAX_BYTES);
    g_assert_true(event.paste_cut);
    keys_event_clear(&event);
    g_assert_false(keys_next(keys, &event));
    keys_free(keys);
}

static void
test_random(void)
{
    static const char alphabet[] = "\033\033\033[[]OP?;:0123$~umyRcM\a\\\r a\xc3\xa9\xff<_^";
    g_autoptr(GRand) rand = g_rand_new_with_seed(3);
    for (int i = 0; i < 3000; i++) {
        struct keys *keys = keys_new();
        struct keys_event event;
        for (int round = 0; round < 20; round++) {
            char bytes[12];
            int n = g_rand_int_range(rand, 0, 12);
            for (int k = 0; k < n; k++)
                bytes[k] = alphabet[g_rand_int_range(rand, 0, sizeof alphabet - 1)];
            keys_feed(keys, bytes, (size_t)n);
            while (keys_next(keys, &event)) {
                if (event.kind == KEYS_KEY)
                    g_assert_true(event.key.code >= 0x20 && event.key.code < KEY_LAST);
                keys_event_clear(&event);
            }
            if (keys_timeout_ms(keys) >= 0 && g_rand_boolean(rand))
                keys_timeout(keys);
        }
        keys_free(keys);
    }
}

static void
test_extra(void)
{
    struct keys *keys = keys_new();
    g_autoptr(GString) out = g_string_new(NULL);
    keys_add(keys, "\033kx", (struct key){KEY_F1, 0});
    keys_add(keys, "plain", (struct key){KEY_F1 + 1, 0});
    keys_add(keys, "\b", (struct key){KEY_BACKSPACE, 0});
    keys_feed(keys, "\033kx\bplain", 9);
    describe(keys, out);
    g_assert_cmpstr(out->str, ==, "F1 Backspace p l a i n");
    keys_free(keys);
}

static void
test_names(void)
{
    static const char *const same[] = {
        "Alt-a", "Ctrl-n", "F3",    "Alt-Shift-Down",           "PgUp", "Alt-Enter", "Tab",
        "Space", "Alt-=",  "Alt--", "Ctrl-Alt-Super-Shift-F24", "é",    "Ctrl-^"};
    static const char *const others[][2] = {
        {"ctrl-N", "Ctrl-n"}, {"shift-alt-down", "Alt-Shift-Down"},
        {"pageup", "PgUp"},   {"Alt-Shift-b", "Alt-B"},
        {"RETURN", "Enter"},  {"escape", "Esc"}};
    static const char *const wrong[] = {"",        "Alt-", "F25",      "F0", "ab",
                                        "Hyper-a", "\033", "Ctrl-Foo", "a b"};
    struct key key;
    for (unsigned i = 0; i < G_N_ELEMENTS(same); i++) {
        g_assert_true(key_parse(same[i], &key, NULL));
        g_autofree char *name = key_format(key);
        g_assert_cmpstr(name, ==, same[i]);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(others); i++) {
        g_assert_true(key_parse(others[i][0], &key, NULL));
        g_autofree char *name = key_format(key);
        g_assert_cmpstr(name, ==, others[i][1]);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(wrong); i++)
        g_assert_false(key_parse(wrong[i], &key, NULL));
}

void
test_keys_add(void)
{
    g_test_add_func("/keys/samples", test_samples);
    g_test_add_func("/keys/cut", test_cut);
    g_test_add_func("/keys/late-reports", test_late_reports);
    g_test_add_func("/keys/timeouts", test_timeouts);
    g_test_add_func("/keys/limits", test_limits);
    g_test_add_func("/keys/random", test_random);
    g_test_add_func("/keys/extra", test_extra);
    g_test_add_func("/keys/names", test_names);
}
