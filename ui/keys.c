#include "ui/keys.h"

#include <string.h>

#include "base/utf8.h"
#include "ui/keys_code.h"
#include "ui/keys_mouse.h"

#define ESC '\033'

/* A sequence that goes on longer is none that weft knows; what is beyond is not kept, but still
 * belongs to it. */
#define SEQUENCE_MAX_BYTES 4096
#define INTRODUCER_MS      1000
#define PASTE_MS           2000

static const char paste_end[] = "\033[201~";
#define PASTE_END_LEN (sizeof paste_end - 1)

struct sequence {
    char *bytes;
    size_t len;
    struct key key;
};

struct keys {
    GString *in; /* from `at` on not yet understood */
    size_t at;
    GArray *extra;  /* struct sequence */
    GString *paste; /* what a paste brought so far; NULL when none is under way */
    bool paste_cut;
    bool final;    /* no more bytes came in time */
    bool late_esc; /* the key before was an Esc that timed out: a report may have been cut there */
    int wait_ms;
};

enum verdict {
    MORE,  /* the bytes may be the beginning of something */
    EVENT, /* an event of `used` bytes */
    SKIP   /* `used` bytes that mean nothing */
};

/* What one step looks at, and what it found. */
struct step {
    struct keys *keys;
    const unsigned char *b;
    size_t n;
    struct keys_event *event;
    size_t used;
};

static void
sequence_clear(void *data)
{
    struct sequence *sequence = data;
    g_free(sequence->bytes);
}

struct keys *
keys_new(void)
{
    struct keys *keys = g_new0(struct keys, 1);
    keys->in = g_string_new(NULL);
    keys->extra = g_array_new(FALSE, FALSE, sizeof(struct sequence));
    g_array_set_clear_func(keys->extra, sequence_clear);
    keys->wait_ms = -1;
    return keys;
}

void
keys_free(struct keys *keys)
{
    if (keys == NULL)
        return;
    g_string_free(keys->in, TRUE);
    g_array_unref(keys->extra);
    if (keys->paste != NULL)
        g_string_free(keys->paste, TRUE);
    g_free(keys);
}

void
keys_add(struct keys *keys, const char *sequence, struct key key)
{
    unsigned char first = (unsigned char)sequence[0];
    if ((first >= 0x20 && first != 0x7f) || first == '\0' || strcmp(sequence, "\033") == 0)
        return;
    struct sequence add = {g_strdup(sequence), strlen(sequence), key};
    g_array_append_val(keys->extra, add);
}

void
keys_feed(struct keys *keys, const char *bytes, size_t len)
{
    if (keys->at > 0) {
        g_string_erase(keys->in, 0, (gssize)keys->at);
        keys->at = 0;
    }
    g_string_append_len(keys->in, bytes, (gssize)len);
    keys->final = false;
}

void
keys_event_clear(struct keys_event *event)
{
    g_clear_pointer(&event->paste, g_free);
}

static enum verdict
more(struct step *step, int wait_ms)
{
    step->keys->wait_ms = wait_ms;
    return MORE;
}

static enum verdict
skip(struct step *step, size_t used)
{
    step->used = used;
    return SKIP;
}

static enum verdict
key_event(struct step *step, size_t used, uint32_t code, uint32_t mods)
{
    *step->event = (struct keys_event){.kind = KEYS_KEY, .key = {code, mods}};
    step->used = used;
    return EVENT;
}

static enum verdict
report(struct step *step, size_t used, enum keys_report_kind kind, int64_t a, int64_t b)
{
    *step->event = (struct keys_event){.kind = KEYS_REPORT, .report = kind, .a = a, .b = b};
    step->used = used;
    return EVENT;
}

/* A sequence without an end in sight: its middle is dropped, so that no peer of the tty can make us
 * keep more and more. */
static void
shorten(struct step *step)
{
    struct keys *keys = step->keys;
    if (step->n > SEQUENCE_MAX_BYTES) {
        g_string_truncate(keys->in, keys->at + SEQUENCE_MAX_BYTES / 2);
    }
}

/* --- CSI --- */

#define CSI_PARAMS 8

struct csi {
    unsigned char prefix;       /* one of < = > ?, or 0 */
    unsigned char intermediate; /* the last, or 0 */
    unsigned char final;
    int count; /* numbers given */
    int value[CSI_PARAMS], sub[CSI_PARAMS];
    size_t used;
};

static uint32_t
mods_of(int param)
{
    return param > 1 ? (uint32_t)(param - 1) & 15 : 0;
}

/* A character with modifiers as the rest of weft knows it: Shift goes into a letter, except under
 * Ctrl. */
static enum verdict
char_event(struct step *step, size_t used, int number, int shifted, uint32_t mods)
{
    uint32_t code = keys_code_kitty(number);
    if (code == KEY_NONE)
        return skip(step, used);
    if (code < 0x110000 && (mods & KEY_CTRL) != 0) {
        code = g_unichar_tolower(code);
    } else if (code < 0x110000 && (mods & KEY_SHIFT) != 0) {
        if (shifted > 0 && keys_code_kitty(shifted) != KEY_NONE)
            code = keys_code_kitty(shifted);
        else
            code = g_unichar_toupper(code);
        mods &= ~(uint32_t)KEY_SHIFT;
    }
    return key_event(step, used, code, mods);
}

static enum verdict
csi_tilde(struct step *step, const struct csi *csi)
{
    if (csi->value[0] == 200 && csi->count == 1) {
        step->keys->paste = g_string_new(NULL);
        step->keys->paste_cut = false;
        return skip(step, csi->used);
    }
    if (csi->value[0] == 27 && csi->count >= 3)
        return char_event(step, csi->used, csi->value[2], 0, mods_of(csi->value[1]));
    uint32_t code = keys_code_tilde(csi->value[0]);
    uint32_t mods = mods_of(csi->value[1]);
    if (csi->final == '^' || csi->final == '@')
        mods |= KEY_CTRL;
    if (csi->final == '$' || csi->final == '@')
        mods |= KEY_SHIFT;
    return code != KEY_NONE ? key_event(step, csi->used, code, mods)
                            : report(step, csi->used, KEYS_REPORT_OTHER, 0, 0);
}

static enum verdict
csi_mouse(struct step *step, const struct csi *csi)
{
    struct mouse mouse;

    if (!keys_mouse_read(csi->value, csi->final == 'm', &mouse))
        return report(step, csi->used, KEYS_REPORT_OTHER, 0, 0);
    *step->event = (struct keys_event){.kind = KEYS_MOUSE, .mouse = mouse};
    step->used = csi->used;
    return EVENT;
}

static enum verdict
csi_report(struct step *step, const struct csi *csi)
{
    if (csi->prefix == '<' && csi->intermediate == 0 && csi->count == 3 &&
        (csi->final == 'M' || csi->final == 'm'))
        return csi_mouse(step, csi);
    if (csi->intermediate == '$' && csi->final == 'y')
        return report(step, csi->used, KEYS_REPORT_MODE, csi->value[0], csi->value[1]);
    if (csi->prefix == '?' && csi->intermediate == 0 && csi->final == 'c')
        return report(step, csi->used, KEYS_REPORT_DEVICE, csi->value[0], 0);
    if (csi->prefix == '?' && csi->intermediate == 0 && csi->final == 'u')
        return report(step, csi->used, KEYS_REPORT_KITTY, csi->value[0], 0);
    return report(step, csi->used, KEYS_REPORT_OTHER, 0, 0);
}

static enum verdict
csi_event(struct step *step, const struct csi *csi)
{
    uint32_t mods = mods_of(csi->value[1]);
    if (csi->prefix != 0 || csi->intermediate != 0)
        return csi_report(step, csi);
    switch (csi->final) {
    case '~':
    case '^':
    case '$':
    case '@':
        return csi_tilde(step, csi);
    case 'u':
        return csi->sub[1] == 3 ? skip(step, csi->used)
                                : char_event(step, csi->used, csi->value[0], csi->sub[0], mods);
    case 'Z':
        return key_event(step, csi->used, KEY_TAB, mods | KEY_SHIFT);
    case 'I':
    case 'O':
        *step->event = (struct keys_event){.kind = KEYS_FOCUS, .focused = csi->final == 'I'};
        step->used = csi->used;
        return EVENT;
    case 'a':
    case 'b':
    case 'c':
    case 'd':
        if (csi->count == 0)
            return key_event(step, csi->used, keys_code_letter((unsigned char)(csi->final - 32)),
                             KEY_SHIFT);
        break;
    case 'R':
        /* Row 1 can't be told from F3 with modifiers; neither is typing. */
        if (csi->count == 2 && !(csi->value[0] == 1 && csi->value[1] <= 16))
            return report(step, csi->used, KEYS_REPORT_CURSOR, csi->value[0], csi->value[1]);
        break;
    default:
        break;
    }
    uint32_t code = keys_code_letter(csi->final);
    if (code == KEY_NONE || csi->sub[1] == 3)
        return report(step, csi->used, KEYS_REPORT_OTHER, 0, 0);
    return key_event(step, csi->used, code, mods);
}

static void
csi_number(struct csi *csi, unsigned char byte, int *sub)
{
    int *value = csi->count > 0 ? &csi->value[csi->count - 1] : NULL;
    if (byte == ';') {
        if (csi->count == 0)
            csi->count = 1;
        if (csi->count < CSI_PARAMS)
            csi->count++;
        *sub = 0;
    } else if (byte == ':') {
        ++*sub;
    } else if (byte >= '0' && byte <= '9') {
        if (value == NULL) {
            csi->count = 1;
            value = &csi->value[0];
        }
        if (*sub == 1)
            value = &csi->sub[csi->count - 1];
        if (*sub <= 1 && *value < 10000000)
            *value = *value * 10 + (byte - '0');
    }
}

/* rxvt's Shift-keys end in '$', which is an intermediate everywhere else. */
static bool
is_rxvt_shift(const struct csi *csi)
{
    return csi->prefix == 0 && csi->count == 1 && keys_code_tilde(csi->value[0]) != KEY_NONE;
}

/* Reads from behind "ESC [". False: it goes on behind what is there, or (`*ret_bad`) it is broken.
 */
static bool
csi_read(const unsigned char *b, size_t n, struct csi *csi, bool *ret_bad)
{
    size_t at = 2;
    int sub = 0;
    *ret_bad = false;
    if (at < n && b[at] >= '<' && b[at] <= '?')
        csi->prefix = b[at++];
    for (; at < n; at++) {
        if (b[at] >= 0x30 && b[at] <= 0x3f && csi->intermediate == 0) {
            csi_number(csi, b[at], &sub);
        } else if (b[at] == '$' && is_rxvt_shift(csi)) {
            break;
        } else if (b[at] >= 0x20 && b[at] <= 0x2f) {
            csi->intermediate = b[at];
        } else {
            *ret_bad = b[at] < 0x40 || b[at] > 0x7e;
            break;
        }
    }
    csi->used = at;
    if (at >= n || *ret_bad)
        return false;
    csi->final = b[at];
    csi->used = at + 1;
    return true;
}

static enum verdict
parse_csi(struct step *step)
{
    struct csi csi = {0};
    bool bad;
    if (step->n == 2)
        return step->keys->final ? key_event(step, 2, '[', KEY_ALT) : more(step, INTRODUCER_MS);
    if (step->b[2] == '[') {
        /* The Linux console's F1 to F5. */
        if (step->n < 4)
            return more(step, -1);
        if (step->b[3] >= 'A' && step->b[3] <= 'E')
            return key_event(step, 4, (uint32_t)(KEY_F1 + step->b[3] - 'A'), 0);
        return skip(step, 3);
    }
    if (!csi_read(step->b, step->n, &csi, &bad)) {
        if (bad)
            return skip(step, csi.used);
        shorten(step);
        return more(step, -1);
    }
    if (csi.final == 'M' && csi.count == 0 && csi.prefix == 0) {
        /* An old mouse report brings three bytes more. */
        return step->n < csi.used + 3 ? more(step, -1)
                                      : report(step, csi.used + 3, KEYS_REPORT_OTHER, 0, 0);
    }
    return csi_event(step, &csi);
}

/* --- other sequences --- */

static enum verdict
parse_ss3(struct step *step)
{
    static const char keypad[] = "0123456789";
    if (step->n == 2)
        return step->keys->final ? key_event(step, 2, 'O', KEY_ALT) : more(step, INTRODUCER_MS);
    unsigned char letter = step->b[2];
    if (letter >= 'a' && letter <= 'd')
        return key_event(step, 3, keys_code_letter((unsigned char)(letter - 32)), KEY_CTRL);
    if (letter == 'M')
        return key_event(step, 3, KEY_ENTER, 0);
    if (letter >= 'p' && letter <= 'y')
        return key_event(step, 3, (uint32_t)keypad[letter - 'p'], 0);
    uint32_t code = keys_code_letter(letter);
    if (code != KEY_NONE)
        return key_event(step, 3, code, 0);
    return skip(step, letter >= 0x20 && letter < 0x7f ? 3 : 2);
}

/* "10;rgb:RRRR/GGGG/BBBB" and 11: the terminal's own colours. */
static enum verdict
parse_color(struct step *step, const char *body, size_t len, size_t used)
{
    g_autofree char *text = g_strndup(body, len);
    unsigned which, parts[3];
    g_auto(GStrv) words = g_strsplit_set(text, ";:/", 6);
    if (g_strv_length(words) != 5 || strcmp(words[1], "rgb") != 0)
        return report(step, used, KEYS_REPORT_OTHER, 0, 0);
    guint64 n;
    if (!g_ascii_string_to_unsigned(words[0], 10, 10, 11, &n, NULL))
        return report(step, used, KEYS_REPORT_OTHER, 0, 0);
    which = (unsigned)n;
    for (int i = 0; i < 3; i++) {
        size_t digits = strlen(words[2 + i]);
        if (digits < 1 || digits > 4 ||
            !g_ascii_string_to_unsigned(words[2 + i], 16, 0, 0xffff, &n, NULL))
            return report(step, used, KEYS_REPORT_OTHER, 0, 0);
        parts[i] = (unsigned)(n * 255 / ((1u << (4 * digits)) - 1));
    }
    return report(step, used, KEYS_REPORT_COLOR, which, parts[0] << 16 | parts[1] << 8 | parts[2]);
}

/* OSC, DCS, APC and PM: up to ST or BEL. Another control character means that it was none. */
static enum verdict
parse_string(struct step *step)
{
    if (step->n == 2 && step->keys->final)
        return key_event(step, 2, step->b[1], KEY_ALT);
    if (step->n == 2)
        return more(step, INTRODUCER_MS);
    size_t at = 2;
    while (at < step->n && step->b[at] >= 0x20)
        at++;
    size_t used = 0;
    if (at < step->n && step->b[at] == '\a')
        used = at + 1;
    else if (at + 1 < step->n && step->b[at] == ESC && step->b[at + 1] == '\\')
        used = at + 2;
    else if (at < step->n && !(step->b[at] == ESC && at + 1 == step->n))
        return skip(step, at);
    if (used == 0) {
        if (at == step->n)
            shorten(step);
        return more(step, -1);
    }
    if (step->b[1] == ']')
        return parse_color(step, (const char *)step->b + 2, at - 2, used);
    return report(step, used, KEYS_REPORT_OTHER, 0, 0);
}

static enum verdict
parse_control(struct step *step, uint32_t mods)
{
    unsigned char c = step->b[0];
    switch (c) {
    case '\t':
        return key_event(step, 1, KEY_TAB, mods);
    case '\r':
        return key_event(step, 1, KEY_ENTER, mods);
    case 0x7f:
        return key_event(step, 1, KEY_BACKSPACE, mods);
    case 0:
        return key_event(step, 1, ' ', mods | KEY_CTRL);
    default:
        return key_event(step, 1, c < 27 ? (uint32_t)c + 'a' - 1 : (uint32_t)c + '@',
                         mods | KEY_CTRL);
    }
}

#define MAX_ANSWER_BYTES (64 * 1024)

/* A terminal that was left in its 8-bit mode answers so: no character begins with these bytes, and
 * what follows, as far as it comes in time, is not typed either. 0: none of them. */
static size_t
eight_bit_answer(const struct step *step, bool *ret_whole)
{
    size_t at = 1;

    *ret_whole = true;
    if (step->b[0] == 0x9b) { /* CSI */
        while (at < step->n && step->b[at] >= 0x20 && step->b[at] < 0x40)
            at++;
        *ret_whole = at < step->n;
        return at < step->n && step->b[at] >= 0x40 && step->b[at] < 0x7f ? at + 1 : at;
    }
    if (step->b[0] == 0x90 || (step->b[0] >= 0x9d && step->b[0] <= 0x9f)) { /* DCS, OSC, PM, APC */
        while (at < step->n && step->b[at] >= 0x20 && step->b[at] != 0x9c)
            at++;
        *ret_whole = at < step->n;
        return at < step->n && step->b[at] == 0x9c ? at + 1 : at;
    }
    return 0;
}

static enum verdict
parse_char(struct step *step, uint32_t mods)
{
    bool whole;
    size_t answer = eight_bit_answer(step, &whole);

    if (answer > 0 && !whole && !step->keys->final && answer < MAX_ANSWER_BYTES)
        return more(step, KEYS_ESC_MS);
    if (answer > 0)
        return skip(step, answer);
    if (step->b[0] < 0x20 || step->b[0] == 0x7f)
        return parse_control(step, mods);
    gunichar ch = g_utf8_get_char_validated((const char *)step->b, (gssize)step->n);
    if (ch == (gunichar)-2 && !step->keys->final)
        return more(step, KEYS_ESC_MS);
    if (ch >= 0x110000 || (ch >= 0x80 && ch < 0xa0))
        return skip(step, ch >= 0x110000 ? 1 : 2);
    return key_event(step, g_utf8_skip[step->b[0]], ch, mods);
}

static enum verdict parse_escape(struct step *step);

/* ESC ESC: rxvt's way of Alt with a key, or Esc and something of its own behind it. */
static enum verdict
parse_double_escape(struct step *step)
{
    if (step->n == 2)
        return step->keys->final ? key_event(step, 1, KEY_ESC, 0) : more(step, KEYS_ESC_MS);
    if (step->b[2] == '[' || step->b[2] == 'O') {
        struct step inner = *step;
        inner.b++;
        inner.n--;
        enum verdict verdict = parse_escape(&inner);
        if (verdict == MORE)
            return MORE;
        if (verdict == EVENT && inner.event->kind == KEYS_KEY && inner.event->key.code >= KEY_UP) {
            step->event->key.mods |= KEY_ALT;
            step->used = inner.used + 1;
            return EVENT;
        }
        /* Begun again from the second ESC, whatever it was. */
        if (step->keys->paste != NULL) {
            g_string_free(step->keys->paste, TRUE);
            step->keys->paste = NULL;
        }
        keys_event_clear(step->event);
    }
    return key_event(step, 1, KEY_ESC, 0);
}

static enum verdict
parse_escape(struct step *step)
{
    if (step->n == 1) {
        if (!step->keys->final)
            return more(step, KEYS_ESC_MS);
        enum verdict verdict = key_event(step, 1, KEY_ESC, 0);
        step->keys->late_esc = true;
        return verdict;
    }
    switch (step->b[1]) {
    case '[':
        return parse_csi(step);
    case 'O':
        return parse_ss3(step);
    case ']':
    case 'P':
    case '_':
    case '^':
        return parse_string(step);
    case ESC:
        return parse_double_escape(step);
    default:
        break;
    }
    struct step inner = *step;
    inner.b++;
    inner.n--;
    enum verdict verdict = parse_char(&inner, KEY_ALT);
    step->used = inner.used + 1;
    return verdict;
}

/* Behind an Esc that timed out: "[?1;2c" is an answer whose ESC came early, "[<0;4;5M" the mouse.
 * Only what weft asks for is looked for; anything else is typing. */
static enum verdict
parse_late_report(struct step *step, bool *ret_is_one)
{
    const char *finals = step->n > 1 && step->b[1] == '<' ? "Mm" : "cuy";
    size_t at = 2;
    *ret_is_one = false;
    if (step->b[0] != '[' || (step->n > 1 && step->b[1] != '?' && step->b[1] != '<'))
        return SKIP;
    while (at < step->n &&
           (g_ascii_isdigit(step->b[at]) || step->b[at] == ';' || (at > 2 && step->b[at] == '$')))
        at++;
    if (at >= step->n) {
        *ret_is_one = !step->keys->final;
        return more(step, INTRODUCER_MS);
    }
    if (at == 2 || strchr(finals, step->b[at]) == NULL)
        return SKIP;
    *ret_is_one = true;
    g_autofree unsigned char *whole = g_malloc(at + 2);
    whole[0] = ESC;
    memcpy(whole + 1, step->b, at + 1);
    struct step full = *step;
    full.b = whole;
    full.n = at + 2;
    enum verdict verdict = parse_csi(&full);
    step->used = at + 1;
    return verdict;
}

/* This terminal's own strings: the longest that fits. */
static bool
parse_extra(struct step *step, enum verdict *ret)
{
    const struct sequence *best = NULL;
    bool begun = false;
    for (unsigned i = 0; i < step->keys->extra->len; i++) {
        const struct sequence *s = &g_array_index(step->keys->extra, struct sequence, i);
        if (memcmp(step->b, s->bytes, MIN(s->len, step->n)) != 0)
            continue;
        if (s->len > step->n)
            begun = true;
        else if (best == NULL || s->len > best->len)
            best = s;
    }
    if (best != NULL)
        *ret = key_event(step, best->len, best->key.code, best->key.mods);
    else if (begun && !step->keys->final && step->n > 1)
        *ret = more(step, KEYS_ESC_MS);
    else
        return false;
    return true;
}

static enum verdict
parse(struct step *step)
{
    enum verdict verdict;
    bool late = step->keys->late_esc, is_late = false;
    if (late) {
        verdict = parse_late_report(step, &is_late);
        if (is_late) {
            step->keys->late_esc = verdict == MORE;
            return verdict;
        }
        step->keys->late_esc = false;
    }
    bool control = step->b[0] < 0x20 || step->b[0] == 0x7f;
    if (control && parse_extra(step, &verdict))
        return verdict;
    if (step->b[0] == ESC)
        return parse_escape(step);
    return parse_char(step, 0);
}

/* --- pastes --- */

/* What stands for a control character that came with a paste: nobody sends it unseen. */
static void
append_picture(GString *out, unsigned char c, bool c1)
{
    g_string_append_unichar(out, c1 ? 0xfffd : c == 0x7f ? 0x2421 : 0x2400 + (gunichar)c);
}

/* Text of a paste as it may be inserted: line ends as '\n', tabs, and no other control. */
static char *
clean_paste(const GString *raw, size_t *ret_len)
{
    g_autofree char *text = utf8_sanitize(raw->str, (gssize)raw->len, KEYS_PASTE_MAX_BYTES * 3);
    GString *out = g_string_sized_new(raw->len + 1);
    for (const char *at = text; *at != '\0';) {
        unsigned char c = (unsigned char)at[0];
        size_t n = g_utf8_skip[c];
        bool c1 = c == 0xc2 && (unsigned char)at[1] < 0xa0;
        if (c == '\r' && at[1] != '\n')
            g_string_append_c(out, '\n');
        else if (c == '\n' || c == '\t' || (c >= 0x20 && c != 0x7f && !c1))
            g_string_append_len(out, at, (gssize)n);
        else if (c != '\r')
            append_picture(out, c, c1);
        at += n;
    }
    if (out->len > KEYS_PASTE_MAX_BYTES)
        g_string_truncate(out, utf8_cut(out->str, out->len, KEYS_PASTE_MAX_BYTES));
    *ret_len = out->len;
    return g_string_free(out, FALSE);
}

static bool
finish_paste(struct keys *keys, struct keys_event *event)
{
    *event = (struct keys_event){.kind = KEYS_PASTE, .paste_cut = keys->paste_cut};
    event->paste = clean_paste(keys->paste, &event->paste_len);
    g_string_free(keys->paste, TRUE);
    keys->paste = NULL;
    return true;
}

static void
take_paste(struct keys *keys, size_t n)
{
    size_t room = KEYS_PASTE_MAX_BYTES - keys->paste->len;
    g_string_append_len(keys->paste, keys->in->str + keys->at, (gssize)MIN(n, room));
    keys->paste_cut = keys->paste_cut || n > room;
    keys->at += n;
}

static const char *
find_paste_end(const char *start, size_t n)
{
    const char *at = start, *stop = start + n;
    while ((at = memchr(at, ESC, (size_t)(stop - at))) != NULL) {
        if ((size_t)(stop - at) >= PASTE_END_LEN && memcmp(at, paste_end, PASTE_END_LEN) == 0)
            return at;
        at++;
    }
    return NULL;
}

static bool
next_of_paste(struct keys *keys, struct keys_event *event)
{
    const char *start = keys->in->str + keys->at;
    size_t n = keys->in->len - keys->at;
    const char *end = find_paste_end(start, n);
    if (end != NULL) {
        take_paste(keys, (size_t)(end - start));
        keys->at += PASTE_END_LEN;
        return finish_paste(keys, event);
    }
    if (keys->final) {
        take_paste(keys, n);
        return finish_paste(keys, event);
    }
    /* The end may have been cut: keep as much of it as is there. */
    size_t tail = MIN(n, PASTE_END_LEN - 1);
    while (tail > 0 && memcmp(start + n - tail, paste_end, tail) != 0)
        tail--;
    take_paste(keys, n - tail);
    keys->wait_ms = PASTE_MS;
    return false;
}

bool
keys_next(struct keys *keys, struct keys_event *ret_event)
{
    keys->wait_ms = -1;
    for (;;) {
        *ret_event = (struct keys_event){0};
        if (keys->paste != NULL)
            return next_of_paste(keys, ret_event);
        if (keys->at >= keys->in->len) {
            g_string_truncate(keys->in, 0);
            keys->at = 0;
            keys->final = false;
            return false;
        }
        struct step step = {.keys = keys,
                            .b = (const unsigned char *)keys->in->str + keys->at,
                            .n = keys->in->len - keys->at,
                            .event = ret_event};
        enum verdict verdict = parse(&step);
        if (verdict == MORE)
            return false;
        keys->at += step.used;
        if (verdict == EVENT)
            return true;
    }
}

int
keys_timeout_ms(const struct keys *keys)
{
    return keys->wait_ms;
}

void
keys_timeout(struct keys *keys)
{
    keys->final = keys->wait_ms >= 0;
}
