/* The names of keys, both ways. */
#include "ui/keys.h"

#include "base/error.h"
#include <string.h>

/* The first name of a key is the one that is written. */
static const struct {
    uint32_t code;
    const char *name;
} names[] = {
    {KEY_UP, "Up"},         {KEY_DOWN, "Down"},           {KEY_RIGHT, "Right"},
    {KEY_LEFT, "Left"},     {KEY_HOME, "Home"},           {KEY_END, "End"},
    {KEY_PGUP, "PgUp"},     {KEY_PGDN, "PgDn"},           {KEY_INSERT, "Insert"},
    {KEY_DELETE, "Delete"}, {KEY_ENTER, "Enter"},         {KEY_TAB, "Tab"},
    {KEY_ESC, "Esc"},       {KEY_BACKSPACE, "Backspace"}, {' ', "Space"},
    {KEY_PGUP, "PageUp"},   {KEY_PGDN, "PageDown"},       {KEY_ENTER, "Return"},
    {KEY_ESC, "Escape"},    {KEY_DELETE, "Del"},          {KEY_INSERT, "Ins"},
};

static const struct {
    uint32_t mod;
    const char *prefix;
} mods[] = {
    {KEY_CTRL, "Ctrl-"},
    {KEY_ALT, "Alt-"},
    {KEY_SUPER, "Super-"},
    {KEY_SHIFT, "Shift-"},
};

bool
key_is_text(struct key key)
{
    return (key.mods & (KEY_CTRL | KEY_ALT | KEY_SUPER)) == 0 && key.code >= 0x20 &&
           key.code < 0x110000 && !(key.code >= 0x7f && key.code < 0xa0);
}

char *
key_format(struct key key)
{
    GString *out = g_string_new(NULL);
    for (unsigned i = 0; i < G_N_ELEMENTS(mods); i++)
        if ((key.mods & mods[i].mod) != 0)
            g_string_append(out, mods[i].prefix);
    if (key.code >= KEY_F1 && key.code <= KEY_F24) {
        g_string_append_printf(out, "F%u", key.code - KEY_F1 + 1);
        return g_string_free(out, FALSE);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        if (names[i].code == key.code) {
            g_string_append(out, names[i].name);
            return g_string_free(out, FALSE);
        }
    }
    if (key.code < 0x110000)
        g_string_append_unichar(out, key.code);
    return g_string_free(out, FALSE);
}

static uint32_t
code_from_name(const char *name)
{
    guint64 n;
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_ascii_strcasecmp(names[i].name, name) == 0)
            return names[i].code;
    if ((name[0] == 'F' || name[0] == 'f') &&
        g_ascii_string_to_unsigned(name + 1, 10, 1, 24, &n, NULL))
        return KEY_F1 + (uint32_t)n - 1;
    gunichar ch = g_utf8_get_char_validated(name, -1);
    if (ch < 0x110000 && g_unichar_isgraph(ch) &&
        *(name + g_utf8_skip[(unsigned char)name[0]]) == '\0')
        return ch;
    return KEY_NONE;
}

bool
key_parse(const char *text, struct key *ret_key, GError **error)
{
    struct key key = {0};
    const char *at = text;
    for (unsigned i = 0; i < G_N_ELEMENTS(mods);) {
        size_t len = strlen(mods[i].prefix);
        if (g_ascii_strncasecmp(at, mods[i].prefix, len) == 0 && at[len] != '\0') {
            key.mods |= mods[i].mod;
            at += len;
            i = 0;
        } else {
            i++;
        }
    }
    key.code = code_from_name(at);
    if (key.code == KEY_NONE) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                    "\"%s\" is not a key; keys are written like Alt-a, Ctrl-n, F3, Alt-Shift-Down, "
                    "PgUp, Tab or Space.",
                    text);
        return false;
    }
    if (key.code < 0x110000 && (key.mods & KEY_CTRL) != 0) {
        key.code = g_unichar_tolower(key.code);
    } else if ((key.mods & KEY_SHIFT) != 0 && g_unichar_isalpha(key.code)) {
        key.code = g_unichar_toupper(key.code);
        key.mods &= ~(uint32_t)KEY_SHIFT;
    }
    *ret_key = key;
    return true;
}
