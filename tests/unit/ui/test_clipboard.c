/* What is given to the terminal's clipboard. */
#include "tests/unit/ui/tests.h"
#include "ui/clipboard.h"
#include <glib.h>
#include <string.h>

static void
test_plain(void)
{
    static const struct {
        const char *text;
        size_t max;
        const char *wanted;
        bool cut;
    } rows[] = {
        {"", 10, "", false},
        {"one\ntwo\n\n", 20, "one\ntwo", false},
        {"one\ntwo", 7, "one\ntwo", false},
        {"one\ntwo", 6, "one", true},
        {"one\ntwo", 4, "one", true},
        {"one\ntwo", 3, "one", true},
        {"one\ntwo", 2, "on", true}, /* no line fits */
        {"größe", 3, "gr", true},
        {" \n\t\n", 10, "", false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        bool cut;
        g_autofree char *plain = clipboard_plain(rows[i].text, rows[i].max, &cut);
        g_assert_cmpstr(plain, ==, rows[i].wanted);
        g_assert_true(cut == rows[i].cut);
    }
}

/* Threat 18: whatever a message holds, no control but line ends and tabs is in what one pastes. */
static void
test_no_controls(void)
{
    static const char bad[] = "rm\033[2J\033]52;c;aGk=\a\r\nx\x7f\b\v\f\xc2\x9b"
                              "1m\u202egpj\u2066\u200b\U000e0041\tend\u2028last";
    bool cut;
    g_autofree char *plain = clipboard_plain(bad, CLIPBOARD_MAX_BYTES, &cut);
    g_autoptr(GString) bytes = g_string_new(NULL);

    g_assert_cmpstr(plain, ==, "rm[2J]52;c;aGk=\nx1mgpj\tend\nlast");
    clipboard_append(bytes, plain, true);
    for (const char *at = bytes->str; *at; at++)
        g_assert_true(*at == '\033' || (*at >= 0x20 && *at < 0x7f));
}

static void
test_bytes(void)
{
    g_autoptr(GString) alone = g_string_new("x");
    g_autoptr(GString) in_tmux = g_string_new(NULL);
    g_autofree char *long_text = g_strnfill(200000, 'a');
    bool cut;
    g_autofree char *most = clipboard_plain(long_text, CLIPBOARD_MAX_BYTES, &cut);
    g_autoptr(GString) long_bytes = g_string_new(NULL);

    clipboard_append(alone, "hi", false);
    g_assert_cmpstr(alone->str, ==, "x\033]52;c;aGk=\033\\");
    clipboard_append(in_tmux, "hi", true);
    g_assert_cmpstr(in_tmux->str, ==,
                    "\033]52;c;aGk=\033\\\033Ptmux;\033\033]52;c;aGk=\033\033\\\033\\");
    g_assert_true(cut);
    clipboard_append(long_bytes, most, false);
    g_assert_cmpuint(long_bytes->len - strlen("\033]52;c;\033\\"), <=, 100000);
}

static const char *
screen(const char *name)
{
    return strcmp(name, "STY") == 0 ? "1.x" : "screen-256color";
}

static const char *
console(const char *name)
{
    return strcmp(name, "TERM") == 0 ? "linux" : NULL;
}

static const char *
xterm(const char *name)
{
    return strcmp(name, "TERM") == 0 ? "xterm-256color" : NULL;
}

static void
test_lack(void)
{
    g_assert_nonnull(clipboard_lack(screen));
    g_assert_nonnull(clipboard_lack(console));
    g_assert_null(clipboard_lack(xterm));
}

void
test_clipboard_add(void)
{
    g_test_add_func("/clipboard/plain", test_plain);
    g_test_add_func("/threat/18-copied", test_no_controls);
    g_test_add_func("/clipboard/bytes", test_bytes);
    g_test_add_func("/clipboard/lack", test_lack);
}
