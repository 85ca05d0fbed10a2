/* The four forms of a string. */
#include <string.h>

#include "base/redact.h"
#include "import/toml_priv.h"

struct form {
    const char *quotes; /* what ends it */
    bool escapes;
    bool lines; /* it may go on over line ends */
};

static const struct form forms[] = {
    {"\"\"\"", true, true},
    {"'''", false, true},
    {"\"", true, false},
    {"'", false, false},
};

/* Takes `digits` hexadecimal digits. */
static bool
read_code_point(struct toml_reading *reading, int digits, GString *text)
{
    const char *where = reading->at;
    gunichar c = 0;

    for (int i = 0; i < digits; i++) {
        int digit = reading->at < reading->end ? g_ascii_xdigit_value(*reading->at) : -1;
        if (digit < 0)
            return toml_fail(reading, where, "Here %d hexadecimal digits must follow.", digits);
        c = c * 16 + (gunichar)digit;
        reading->at++;
    }
    if (c == 0 || !g_unichar_validate(c))
        return toml_fail(reading, where, "This is no character that a text can hold.");
    g_string_append_unichar(text, c);
    return true;
}

/* A backslash at the end of a line: it and all blanks up to the next word are left out. */
static bool
join_lines(struct toml_reading *reading)
{
    const char *before = reading->at;

    toml_skip_blanks(reading);
    if (!toml_skip_newline(reading)) {
        reading->at = before;
        return false;
    }
    do
        toml_skip_blanks(reading);
    while (toml_skip_newline(reading));
    return true;
}

static bool
read_escape(struct toml_reading *reading, const struct form *form, GString *text)
{
    static const char letters[] = "btnfr\"\\";
    static const char meant[] = "\b\t\n\f\r\"\\";
    const char *where = reading->at++;

    if (form->lines && join_lines(reading))
        return true;
    char letter = reading->at < reading->end ? *reading->at : '\0';
    const char *known = letter != '\0' ? strchr(letters, letter) : NULL;
    if (letter == 'u' || letter == 'U') {
        reading->at++;
        return read_code_point(reading, letter == 'u' ? 4 : 8, text);
    }
    if (known == NULL)
        return toml_fail(reading, where,
                         "A backslash begins nothing that TOML knows here. Write two of them, or "
                         "put the text in single quotes.");
    reading->at++;
    g_string_append_c(text, meant[known - letters]);
    return true;
}

/* One character as it stands. */
static bool
read_plain(struct toml_reading *reading, const struct form *form, GString *text)
{
    unsigned char c = (unsigned char)*reading->at;

    if (form->lines && toml_skip_newline(reading)) {
        g_string_append_c(text, '\n');
        return true;
    }
    if (c == '\n' || c == '\r')
        return toml_fail(reading, reading->at, "The quotes are not closed on this line.");
    if ((c < 0x20 && c != '\t') || c == 0x7f)
        return toml_fail(reading, reading->at, "A control character stands in this text.");
    g_string_append_c(text, *reading->at++);
    return true;
}

/* Up to two more quotes belong to the text when three end it: """"a quote at the end"""". */
static void
take_extra_quotes(struct toml_reading *reading, const struct form *form, GString *text)
{
    for (int i = 0; form->lines && i < 2; i++)
        if (reading->at < reading->end && *reading->at == *form->quotes)
            g_string_append_c(text, *reading->at++);
}

static bool
read_inside(struct toml_reading *reading, const struct form *form, GString *text)
{
    const int line = reading->line;

    if (form->lines)
        toml_skip_newline(reading);
    while (reading->at < reading->end) {
        if (toml_skip_word(reading, form->quotes)) {
            take_extra_quotes(reading, form, text);
            return true;
        }
        if (form->escapes && *reading->at == '\\') {
            if (!read_escape(reading, form, text))
                return false;
        } else if (!read_plain(reading, form, text)) {
            return false;
        }
    }
    return toml_fail(reading, reading->at, "The text that begins on line %d is not ended by %s.",
                     line, form->quotes);
}

char *
toml_read_string(struct toml_reading *reading, bool one_line)
{
    const char *where = reading->at;
    const struct form *form = forms;
    GString *text = g_string_new(NULL);
    bool good;

    while (!toml_skip_word(reading, form->quotes))
        form++;
    good = form->lines && one_line
               ? toml_fail(reading, where, "A name stands in single or in double quotes.")
               : read_inside(reading, form, text);
    if (good)
        return g_string_free(text, FALSE);
    redact_wipe(text->str, text->allocated_len);
    g_string_free(text, TRUE);
    return NULL;
}
