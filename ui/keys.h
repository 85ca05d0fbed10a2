/* Bytes from a terminal → keys, pastes, the mouse and answers. A pure decoder: no terminal, no
 * clock, no globals.
 *
 * Feed bytes as they come, then take events until there are none. What a terminal says by itself
 * (answers to queries, focus) is never taken for typing, wherever the bytes are cut. */
#ifndef WEFT_UI_KEYS_H
#define WEFT_UI_KEYS_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum key_mod { KEY_SHIFT = 1, KEY_ALT = 2, KEY_CTRL = 4, KEY_SUPER = 8 };

/* Keys without a character have codes above Unicode. */
enum key_code {
    KEY_NONE = 0,
    KEY_UP = 0x110000,
    KEY_DOWN,
    KEY_RIGHT,
    KEY_LEFT,
    KEY_HOME,
    KEY_END,
    KEY_PGUP,
    KEY_PGDN,
    KEY_INSERT,
    KEY_DELETE,
    KEY_ENTER,
    KEY_TAB,
    KEY_BACKSPACE,
    KEY_ESC,
    KEY_F1, /* … KEY_F1 + 23 is F24 */
    KEY_F24 = KEY_F1 + 23,
    KEY_LAST
};

/* A character key holds what was typed: Shift is part of a letter ("A", never Shift-a);
 * Ctrl-letters are lower case. Space is ' '. */
struct key {
    uint32_t code; /* a Unicode character, or enum key_code */
    uint32_t mods; /* enum key_mod, or-ed */
};

static inline bool
key_equal(struct key a, struct key b)
{
    return a.code == b.code && a.mods == b.mods;
}
/* True for a character that an editor would insert: no Ctrl, Alt or Super, not a control character.
 */
bool key_is_text(struct key key);

/* "Alt-a", "Ctrl-n", "F3", "Alt-Shift-Down", "PgUp", "Alt-Enter", "Space", "Alt-=". Modifiers stand
 * in the order Ctrl-Alt-Super-Shift. Free with g_free(). */
char *key_format(struct key key);
/* Any order and case of modifiers; names in any case ("pgup", "pageup", "return", "esc"). One key.
 * Errors: BAD_INPUT. */
bool key_parse(const char *text, struct key *ret_key, GError **error);

enum mouse_kind { MOUSE_PRESS, MOUSE_RELEASE, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };

struct mouse {
    enum mouse_kind kind;
    int button;    /* pressed or released: 1 left, 2 middle, 3 right; else 0 */
    int row, col;  /* from 0; never beyond what a grid can have (ui/cells.h) */
    uint32_t mods; /* enum key_mod, or-ed */
};

enum keys_event_kind {
    KEYS_KEY,
    KEYS_PASTE, /* text that was pasted: valid UTF-8, the only controls are '\n' and '\t'; for
                   others stands what shows them ("␛") */
    KEYS_FOCUS, /* the terminal's window got or lost the focus */
    KEYS_MOUSE, /* a button or the wheel (SGR, mode 1006) */
    KEYS_REPORT /* an answer to a query; for term_report() */
};

enum keys_report_kind {
    KEYS_REPORT_OTHER,  /* understood as an answer, of no interest */
    KEYS_REPORT_DEVICE, /* CSI ? … c */
    KEYS_REPORT_CURSOR, /* CSI row ; col R */
    KEYS_REPORT_MODE,   /* CSI ? mode ; value $ y: a = mode, b = value */
    KEYS_REPORT_KITTY,  /* CSI ? flags u: a = flags */
    KEYS_REPORT_COLOR   /* OSC 10 or 11: a = 10 or 11, b = 0xrrggbb */
};

struct keys_event {
    enum keys_event_kind kind;
    struct key key; /* KEYS_KEY */
    char *paste;    /* KEYS_PASTE; freed by keys_event_clear(), or take it by g_steal_pointer() */
    size_t paste_len;
    bool paste_cut;               /* more than KEYS_PASTE_MAX_BYTES came; the rest was dropped */
    bool focused;                 /* KEYS_FOCUS */
    struct mouse mouse;           /* KEYS_MOUSE */
    enum keys_report_kind report; /* KEYS_REPORT */
    int64_t a, b;
};

#define KEYS_PASTE_MAX_BYTES (1024 * 1024)
#define KEYS_ESC_MS          50

struct keys *keys_new(void);
void keys_free(struct keys *keys);

/* A key string of this terminal's own (terminfo), which goes before the built-in ones. Strings that
 * do not begin with ESC or another control character are ignored. */
void keys_add(struct keys *keys, const char *sequence, struct key key);

void keys_feed(struct keys *keys, const char *bytes, size_t len);

/* True with the next event, false when more bytes (or the timeout) are needed. Clear each event. */
bool keys_next(struct keys *keys, struct keys_event *ret_event);
void keys_event_clear(struct keys_event *event);

/* After keys_next() said false: how long to wait for more bytes before keys_timeout(), or -1 for as
 * long as it takes. 50 ms for an ESC that may be the key Esc. */
int keys_timeout_ms(const struct keys *keys);
/* Nothing came in that time: what was waiting is what it is. Take events again afterwards. */
void keys_timeout(struct keys *keys);

#endif
