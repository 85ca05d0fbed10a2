#include "tests/e2e/vt.h"

#include <string.h>

/* No sequence of weft's is longer. */
#define SEQUENCE_MAX_BYTES 48
#define STRING_MAX_BYTES   8192
/* WIDTH_CLUSTER_MAX_MARKS, written down a second time on purpose. */
#define MARKS_MAX 8

struct vt {
    bool screen;
    GString *pending; /* a sequence or a character that is not whole yet */
    GString *text, *bytes;
    GString *complaints;
    GRegex *known;
    unsigned n_complaints;
    unsigned marks; /* on the base before */
    bool calls;     /* notifications are allowed */
    bool clipboard;
    bool bells;
    GPtrArray *strings;
    unsigned n_bells;
};

/* All that weft has to say to a terminal (xterm-256color): styles, places, erasing, modes. */
static const char known_sequences[] =
    "^\033\\[(?:"
    "[0-9;]*m"                     /* style */
    "|[0-9]*(?:;[0-9]+)?H|[0-9]*C" /* place */
    "|2J|K"                        /* erase */
    "|[0246] q"                    /* the cursor's shape */
    "|\\?1049[hl]|2[23];0;0t"      /* the other screen */
    "|\\?25[hl]|\\?12l|\\?2004[hl]|\\?100[046][hl]|\\?2026[hl]"
    "|\\?u|\\?2026\\$p|\\?1007(?:\\$p|[hl])|[>=]5u|<u" /* what the terminal can do */
    ")$";

struct vt *
vt_new(bool screen)
{
    struct vt *vt = g_new0(struct vt, 1);

    vt->screen = screen;
    vt->pending = g_string_new(NULL);
    vt->text = g_string_new(NULL);
    vt->bytes = g_string_new(NULL);
    vt->complaints = g_string_new(NULL);
    vt->strings = g_ptr_array_new_with_free_func(g_free);
    vt->known = g_regex_new(known_sequences, G_REGEX_RAW | G_REGEX_DOLLAR_ENDONLY, 0, NULL);
    g_assert_nonnull(vt->known);
    return vt;
}

void
vt_free(struct vt *vt)
{
    if (!vt)
        return;
    g_string_free(vt->pending, TRUE);
    g_string_free(vt->text, TRUE);
    g_string_free(vt->bytes, TRUE);
    g_string_free(vt->complaints, TRUE);
    g_ptr_array_unref(vt->strings);
    g_regex_unref(vt->known);
    g_free(vt);
}

void
vt_allow_calls(struct vt *vt, bool bells)
{
    vt->calls = true;
    vt->bells = bells;
}

void
vt_allow_clipboard(struct vt *vt)
{
    vt->clipboard = true;
}

const GPtrArray *
vt_strings(const struct vt *vt)
{
    return vt->strings;
}

unsigned
vt_bells(const struct vt *vt)
{
    return vt->n_bells;
}

GString *
vt_text(struct vt *vt)
{
    return vt->text;
}

GString *
vt_bytes(struct vt *vt)
{
    return vt->bytes;
}

const char *
vt_complaints(struct vt *vt)
{
    return vt->complaints->str;
}

/* With what stood before it, so that one finds where it came from. */
static void
complain(struct vt *vt, const char *what)
{
    gsize from = vt->text->len > 60 ? vt->text->len - 60 : 0;
    g_autofree char *before = g_strescape(vt->text->str + from, NULL);
    g_autofree char *bytes = g_strescape(vt->pending->str, NULL);

    if (vt->n_complaints++ < 100)
        g_string_append_printf(vt->complaints, "%s: \"%s\" after \"%s\"\n", what, bytes, before);
}

static bool
is_invisible(gunichar ch)
{
    static const gunichar invisible[] = {0xad,   0x34f,  0x115f, 0x1160, 0x17b4,
                                         0x17b5, 0x180e, 0x3164, 0xffa0, 0xfeff};

    for (size_t i = 0; i < G_N_ELEMENTS(invisible); i++)
        if (invisible[i] == ch)
            return true;
    return (ch >= 0x200b && ch <= 0x200f) || (ch >= 0x2028 && ch <= 0x202e) ||
           (ch >= 0x2060 && ch <= 0x206f) || (ch >= 0xfe00 && ch <= 0xfe0f) ||
           (ch >= 0xfff9 && ch <= 0xfffb) || (ch >= 0xe0000 && ch <= 0xe0fff) ||
           (ch >= 0x1d173 && ch <= 0x1d17a);
}

static void
check_character(struct vt *vt, gunichar ch)
{
    GUnicodeType type = g_unichar_type(ch);

    vt->marks = g_unichar_ismark(ch) ? vt->marks + 1 : 0;
    if (vt->marks > MARKS_MAX)
        complain(vt, "a mountain of marks");
    if (type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT || type == G_UNICODE_PRIVATE_USE ||
        type == G_UNICODE_SURROGATE || is_invisible(ch))
        complain(vt, "a forbidden character");
}

static void
take_character(struct vt *vt, gunichar ch)
{
    check_character(vt, ch);
    g_string_append_unichar(vt->text, ch);
    g_string_truncate(vt->pending, 0);
}

/* --- strings: a title, a notification
 * --------------------------------------------------------------------- */

static bool
is_string(const GString *pending)
{
    return pending->len > 1 && strchr("]PX^_", pending->str[1]) != NULL;
}

/* Inside of what tmux hands through, each ESC is doubled. */
static bool
is_whole_string(const GString *pending)
{
    const char *str = pending->str;
    size_t n = 0;

    if (str[pending->len - 1] == '\a')
        return str[1] == ']';
    if (pending->len < 4 || str[pending->len - 1] != '\\')
        return false;
    while (n + 3 < pending->len && str[pending->len - 2 - n] == '\033')
        n++;
    return n % 2 == 1;
}

/* What somebody will paste, perhaps into a shell. */
static void
check_clipboard(struct vt *vt, const char *coded)
{
    size_t len;
    g_autofree guchar *bytes = g_base64_decode(coded, &len);
    g_autofree char *text = g_strndup((const char *)bytes, len);

    if (strlen(text) != len || !g_utf8_validate(text, -1, NULL)) {
        complain(vt, "no text for the clipboard");
        return;
    }
    for (const char *at = text; *at != '\0'; at += g_utf8_skip[(guchar)*at])
        if (g_unichar_iscntrl(g_utf8_get_char(at)) && *at != '\n' && *at != '\t')
            complain(vt, "a control for the clipboard");
}

static void
take_string(struct vt *vt, const char *string, const char *through)
{
    static const char clipboard[] = "]52;c;";
    static const char *const calls[] = {"]9;", "]99;", "]777;notify;"};
    bool known = g_str_has_prefix(string, "]2;") || strcmp(string, "]11;?") == 0;

    if (vt->clipboard && g_str_has_prefix(string, clipboard)) {
        check_clipboard(vt, string + strlen(clipboard));
        known = true;
    }
    for (size_t i = 0; vt->calls && i < G_N_ELEMENTS(calls); i++)
        known = known || g_str_has_prefix(string, calls[i]);
    if (!vt->screen || !known)
        complain(vt, "a foreign string");
    if (!g_utf8_validate(string, -1, NULL)) {
        complain(vt, "no UTF-8");
        return;
    }
    vt->marks = 0;
    for (const char *at = string; *at != '\0'; at += g_utf8_skip[(guchar)*at])
        check_character(vt, g_utf8_get_char(at));
    g_ptr_array_add(vt->strings, g_strconcat(through, string, NULL));
}

static void
take_whole_string(struct vt *vt)
{
    static const char tmux[] = "\033Ptmux;";
    g_autoptr(GString) string = g_string_new(vt->pending->str);
    const char *through = "";

    g_string_truncate(string, string->len - (g_str_has_suffix(string->str, "\a") ? 1 : 2));
    if (vt->calls && g_str_has_prefix(string->str, tmux)) {
        through = "tmux ";
        g_string_erase(string, 0, strlen(tmux));
        g_string_replace(string, "\033\033", "\033", 0);
        if (g_str_has_suffix(string->str, "\033\\"))
            g_string_truncate(string, string->len - 2);
        else if (g_str_has_suffix(string->str, "\a"))
            g_string_truncate(string, string->len - 1);
        else
            complain(vt, "half a string handed through");
    }
    if (string->len == 0 || string->str[0] != '\033')
        complain(vt, "no string");
    else
        take_string(vt, string->str + 1, through);
    g_string_truncate(vt->pending, 0);
}

static bool
is_whole_sequence(const GString *pending)
{
    unsigned char last = (unsigned char)pending->str[pending->len - 1];

    if (pending->len < 2)
        return false;
    if (pending->len == 2)
        return pending->str[1] != '[';
    return last >= 0x40 && last <= 0x7e;
}

static void
take_sequence(struct vt *vt)
{
    bool whole = is_whole_sequence(vt->pending);

    if (!whole && vt->pending->len < SEQUENCE_MAX_BYTES)
        return;
    vt->marks = 0;
    if (!vt->screen || !g_regex_match(vt->known, vt->pending->str, 0, NULL))
        complain(vt, "a foreign sequence");
    else if (vt->pending->str[vt->pending->len - 1] == 'H' ||
             vt->pending->str[vt->pending->len - 1] == 'C')
        g_string_append_c(vt->text, '\n');
    g_string_truncate(vt->pending, 0);
}

static void
take_byte(struct vt *vt, char byte)
{
    g_string_append_c(vt->pending, byte);
    if (is_string(vt->pending) && vt->pending->str[0] == '\033' &&
        vt->pending->len < STRING_MAX_BYTES) {
        if (is_whole_string(vt->pending))
            take_whole_string(vt);
        return;
    }
    if (vt->pending->str[0] == '\033') {
        take_sequence(vt);
        return;
    }
    if (vt->bells && byte == '\a') {
        vt->n_bells++;
        g_string_truncate(vt->pending, 0);
        return;
    }
    if (vt->pending->len == 1 && (unsigned char)byte < 0x20) {
        vt->marks = 0;
        if (byte != '\r' && byte != '\n')
            complain(vt, "a control character");
        g_string_append_c(vt->text, '\n');
        g_string_truncate(vt->pending, 0);
        return;
    }
    gunichar ch = g_utf8_get_char_validated(vt->pending->str, (gssize)vt->pending->len);
    if (ch == (gunichar)-2)
        return; /* not whole */
    if (ch == (gunichar)-1) {
        complain(vt, "no UTF-8");
        g_string_truncate(vt->pending, 0);
        return;
    }
    take_character(vt, ch);
}

void
vt_feed(struct vt *vt, const char *bytes, size_t len)
{
    g_string_append_len(vt->bytes, bytes, (gssize)len);
    for (size_t i = 0; i < len; i++)
        take_byte(vt, bytes[i]);
}

void
vt_end(struct vt *vt)
{
    if (vt->pending->len > 0)
        complain(vt, "something half");
}
