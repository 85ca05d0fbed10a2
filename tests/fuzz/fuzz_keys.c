/* ui/keys: bytes from a terminal. Where they are cut changes nothing, and nothing is left when the
 * timeout has passed. */
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "ui/cells.h"
#include "ui/keymap.h"
#include "ui/keys.h"

static void
check_key(struct key key)
{
    g_assert_cmpuint(key.code, !=, KEY_NONE);
    g_assert_cmpuint(key.code, <, KEY_LAST);
    g_assert_cmpuint(key.mods, <, 16);
    g_autofree char *name = key_format(key);
    struct key back;
    if (key_parse(name, &back, NULL))
        g_assert_true(key_equal(key, back));
}

static void
check_paste(const struct keys_event *event)
{
    g_assert_cmpuint(strlen(event->paste), ==, event->paste_len);
    g_assert_cmpuint(event->paste_len, <=, KEYS_PASTE_MAX_BYTES);
    fuzz_assert_utf8(event->paste, event->paste_len);
    for (const char *at = event->paste; *at; at = g_utf8_next_char(at)) {
        gunichar point = g_utf8_get_char(at);
        g_assert_true((point >= 0x20 && point != 0x7f && !(point >= 0x80 && point < 0xa0)) ||
                      point == '\n' || point == '\t');
    }
}

static void
check_mouse(const struct mouse *mouse)
{
    bool wheel = mouse->kind == MOUSE_WHEEL_UP || mouse->kind == MOUSE_WHEEL_DOWN;

    g_assert_cmpint(mouse->row, >=, 0);
    g_assert_cmpint(mouse->row, <, CELLS_MAX_ROWS);
    g_assert_cmpint(mouse->col, >=, 0);
    g_assert_cmpint(mouse->col, <, CELLS_MAX_COLS);
    g_assert_cmpint(mouse->button, >=, wheel ? 0 : 1);
    g_assert_cmpint(mouse->button, <=, wheel ? 0 : 3);
    g_assert_cmpuint(mouse->mods, <, 16);
}

/* Takes all events there are and writes them down. */
static void
take_events(struct keys *keys, GString *out)
{
    struct keys_event event;

    while (keys_next(keys, &event)) {
        switch (event.kind) {
        case KEYS_KEY:
            check_key(event.key);
            g_string_append_printf(out, "key %x %x\n", event.key.code, event.key.mods);
            break;
        case KEYS_PASTE:
            check_paste(&event);
            g_string_append_printf(out, "paste %d %s\n", event.paste_cut, event.paste);
            break;
        case KEYS_FOCUS:
            g_string_append_printf(out, "focus %d\n", event.focused);
            break;
        case KEYS_MOUSE:
            check_mouse(&event.mouse);
            g_string_append_printf(out, "mouse %d %d %d %d\n", (int)event.mouse.kind,
                                   event.mouse.button, event.mouse.row, event.mouse.col);
            break;
        case KEYS_REPORT:
            g_string_append_printf(out, "report %d %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n",
                                   (int)event.report, event.a, event.b);
        }
        keys_event_clear(&event);
    }
}

static struct keys *
new_decoder(void)
{
    struct keys *keys = keys_new();

    keys_add(keys, "\x1b[[A", (struct key){KEY_F1, 0});
    keys_add(keys, "\x1bOx", (struct key){KEY_F1 + 1, 0});
    return keys;
}

static void
end(struct keys *keys, GString *out)
{
    for (int i = 0; keys_timeout_ms(keys) >= 0; i++) {
        g_assert_cmpint(i, <, 10000);
        keys_timeout(keys);
        take_events(keys, out);
    }
    keys_free(keys);
}

static char *
decode(const char *bytes, size_t len, size_t piece_bytes)
{
    struct keys *keys = new_decoder();
    GString *out = g_string_new(NULL);

    for (size_t at = 0; at < len; at += piece_bytes) {
        size_t piece = MIN(piece_bytes, len - at);
        g_autofree char *copy = g_memdup2(bytes + at, piece);
        keys_feed(keys, copy, piece);
        take_events(keys, out);
    }
    end(keys, out);
    return g_string_free(out, FALSE);
}

static void
check_name(const char *text)
{
    struct keymap *keymap = keymap_new();
    struct key key;
    g_autoptr(GError) error = NULL;

    if (key_parse(text, &key, &error)) {
        g_autofree char *name = key_format(key);
        struct key back;
        g_assert_true(key_parse(name, &back, NULL));
        g_assert_true(key_equal(key, back));
    } else {
        fuzz_assert_utf8(error->message, strlen(error->message));
    }
    if (keymap_bind(keymap, "redraw", text, NULL)) {
        g_autofree char *shown = keymap_keys(keymap, ACTION_REDRAW);
        g_assert_cmpstr(shown, !=, "");
    }
    keymap_free(keymap);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    size_t piece = fuzz_number(&input, 15) + 1, len;
    g_autofree char *bytes = fuzz_rest(&input, &len);
    g_autofree char *whole = decode(bytes, len, MAX(len, 1));
    g_autofree char *cut = decode(bytes, len, piece);
    g_autofree char *single = decode(bytes, len, 1);

    g_assert_cmpstr(whole, ==, cut);
    g_assert_cmpstr(whole, ==, single);
    if (len < 200 && g_utf8_validate_len(bytes, len, NULL)) {
        g_autofree char *text = g_strndup(bytes, len);
        check_name(text);
    }
    return 0;
}
