/* Values: numbers, dates, arrays and inline tables. Strings are in toml_string.c. */
#include <string.h>

#include "import/toml_priv.h"

/* --- what a word is: true, 42, 1979-05-27T07:32:00Z ------------------------------------------ */

/* `pattern`: d a digit; anything else itself. Over what fits, or NULL. */
static const char *
fit(const char *text, const char *pattern)
{
    for (; *pattern != '\0'; pattern++, text++) {
        bool good = *pattern == 'd' ? g_ascii_isdigit(*text) : *text == *pattern;
        if (!good)
            return NULL;
    }
    return text;
}

static int
two_digits(const char *text)
{
    return (text[0] - '0') * 10 + text[1] - '0';
}

static const char *
fit_date(const char *text)
{
    const char *end = fit(text, "dddd-dd-dd");

    if (end == NULL)
        return NULL;
    GDateYear year = (GDateYear)(two_digits(text) * 100 + two_digits(text + 2));
    int month = two_digits(text + 5);
    int day = two_digits(text + 8);
    /* The year 0 is TOML's, but no date of GLib's: it is a leap year like 2000. */
    bool good = month >= 1 && month <= 12 && day >= 1 &&
                day <= g_date_get_days_in_month((GDateMonth)month, year > 0 ? year : 2000);
    return good ? end : NULL;
}

static const char *
fit_time(const char *text)
{
    const char *end = fit(text, "dd:dd:dd");

    if (end == NULL || two_digits(text) > 23 || two_digits(text + 3) > 59 ||
        two_digits(text + 6) > 60)
        return NULL;
    if (*end == '.') {
        if (!g_ascii_isdigit(end[1]))
            return NULL;
        for (end++; g_ascii_isdigit(*end);)
            end++;
    }
    return end;
}

static bool
is_time(const char *text)
{
    const char *end = fit_date(text);

    if (end == NULL) {
        end = fit_time(text);
        return end != NULL && *end == '\0';
    }
    if (*end == '\0')
        return true;
    if (strchr("Tt ", *end) == NULL || (end = fit_time(end + 1)) == NULL)
        return false;
    if (*end == 'Z' || *end == 'z')
        return end[1] == '\0';
    if (*end == '+' || *end == '-') {
        const char *offset = end + 1;
        end = fit(offset, "dd:dd");
        return end != NULL && *end == '\0' && two_digits(offset) <= 23 &&
               two_digits(offset + 3) <= 59;
    }
    return *end == '\0';
}

/* Digits of this base; an underscore only between two of them. Over them, or NULL. */
static const char *
fit_digits(const char *text, unsigned base)
{
    const char *from = text;

    for (;; text++) {
        int value = g_ascii_xdigit_value(*text);
        if (value >= 0 && value < (int)base)
            continue;
        if (*text == '_' && text > from && text[-1] != '_' && g_ascii_isxdigit(text[1]))
            continue;
        break;
    }
    return text > from && text[-1] != '_' ? text : NULL;
}

/* No zero in front of other digits. */
static const char *
fit_decimal(const char *text)
{
    const char *end;

    if (*text == '+' || *text == '-')
        text++;
    end = fit_digits(text, 10);
    return end != NULL && *text == '0' && end - text > 1 ? NULL : end;
}

static bool
is_integer(const char *text, int64_t *ret_number)
{
    static const struct {
        const char *front;
        unsigned base;
    } bases[] = {{"0x", 16}, {"0o", 8}, {"0b", 2}};
    const char *digits = text;
    unsigned base = 10;
    const char *end = fit_decimal(text);

    for (unsigned i = 0; i < G_N_ELEMENTS(bases); i++) {
        if (!g_str_has_prefix(text, bases[i].front))
            continue;
        base = bases[i].base;
        digits = text + 2;
        end = fit_digits(digits, base);
    }
    if (end == NULL || *end != '\0')
        return false;
    g_auto(GStrv) parts = g_strsplit(digits, "_", -1);
    g_autofree char *joined = g_strjoinv("", parts);
    const char *number = *joined == '+' ? joined + 1 : joined;
    return g_ascii_string_to_signed(number, base, G_MININT64, G_MAXINT64, ret_number, NULL);
}

static bool
is_float(const char *text)
{
    const char *end = text + strspn(text, "+-");

    if (end - text <= 1 && (strcmp(end, "inf") == 0 || strcmp(end, "nan") == 0))
        return true;
    end = fit_decimal(text);
    if (end == NULL || *end == '\0')
        return false;
    if (*end == '.')
        end = fit_digits(end + 1, 10);
    if (end != NULL && (*end == 'e' || *end == 'E')) {
        end++;
        if (*end == '+' || *end == '-')
            end++;
        end = fit_digits(end, 10);
    }
    return end != NULL && *end == '\0';
}

/* A date and a time may have one blank between them. */
static const char *
word_end(const struct toml_reading *reading)
{
    static const char ends[] = " \t\r\n,#]}";
    const char *end = reading->at;

    while (end < reading->end && strchr(ends, *end) == NULL)
        end++;
    if (end - reading->at == 10 && end + 3 < reading->end && *end == ' ' &&
        fit(reading->at, "dddd-dd-dd") != NULL && fit(end + 1, "dd:") != NULL) {
        end++;
        while (end < reading->end && strchr(ends, *end) == NULL)
            end++;
    }
    return end;
}

static void mend(struct toml_reading *reading, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void
mend(struct toml_reading *reading, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    toml_tell(reading, reading->at, true, format, arguments);
    va_end(arguments);
}

static bool
is_clean(const char *word)
{
    for (; *word != '\0'; word += g_utf8_skip[(guchar)*word])
        if (g_unichar_iscntrl(g_utf8_get_char(word)) || strchr("\"'\\=", *word) != NULL)
            return false;
    return true;
}

static struct toml_value *
read_word(struct toml_reading *reading, bool bare)
{
    const char *end = word_end(reading);
    g_autofree char *word = g_strndup(reading->at, (gsize)(end - reading->at));
    enum toml_kind kind = TOML_TEXT;
    int64_t number = 0;
    struct toml_value *value;

    if (strcmp(word, "true") == 0 || strcmp(word, "false") == 0)
        kind = TOML_BOOL;
    else if (is_time(word))
        kind = TOML_TIME;
    else if (is_integer(word, &number))
        kind = TOML_NUMBER;
    else if (is_float(word))
        kind = TOML_FLOAT;
    else if (*word == '\0' || !bare || !is_clean(word)) {
        toml_fail(reading, reading->at,
                  *word == '\0' ? "A value is missing here."
                                : "This is no value. A text stands in "
                                  "double quotes.");
        return NULL;
    } else
        mend(reading,
             "This is no value: a text stands in double quotes. It is taken as if it did.");
    value = toml_value_new(reading, kind, TOML_MADE_CLOSED);
    if (value == NULL)
        return NULL;
    value->text = g_steal_pointer(&word);
    value->number = number;
    value->truth = kind == TOML_BOOL && *value->text == 't';
    reading->at = end;
    return value;
}

/* --- containers --- */

/* Over the comma between two, or the end. `first`: nothing was there yet. False: told. */
static bool
next_item(struct toml_reading *reading, char close, bool first, bool *ret_more)
{
    if (reading->at < reading->end && *reading->at == close) {
        reading->at++;
        *ret_more = false;
        return true;
    }
    if (!first && !toml_skip_word(reading, ","))
        return toml_fail(reading, reading->at, "A comma or %c is missing here.", close);
    *ret_more = true;
    return true;
}

static bool
read_items(struct toml_reading *reading, struct toml_value *array)
{
    bool more = true;

    for (;;) {
        if (!toml_skip_space(reading) || !next_item(reading, ']', array->items->len == 0, &more))
            return false;
        if (!more)
            return true;
        if (!toml_skip_space(reading))
            return false;
        /* A comma may stand behind the last. */
        if (array->items->len > 0 && toml_skip_word(reading, "]"))
            return true;
        struct toml_value *item = toml_read_value(reading, false);
        if (item == NULL)
            return false;
        g_ptr_array_add(array->items, item);
    }
}

/* On one line, but for what its values hold; no comma behind the last. */
static bool
read_pairs(struct toml_reading *reading, struct toml_value *table)
{
    bool more = true;

    for (;;) {
        toml_skip_blanks(reading);
        if (!next_item(reading, '}', table->pairs->len == 0, &more))
            return false;
        if (!more)
            return true;
        toml_skip_blanks(reading);
        if (!toml_read_pair(reading, table, false))
            return false;
    }
}

static struct toml_value *
read_container(struct toml_reading *reading)
{
    bool is_array = *reading->at == '[';
    struct toml_value *value;
    bool good;

    if (reading->depth == TOML_MAX_DEPTH) {
        toml_fail(reading, reading->at, "Values stand in each other at most %d deep.",
                  TOML_MAX_DEPTH);
        return NULL;
    }
    value = toml_value_new(reading, is_array ? TOML_ARRAY : TOML_TABLE, TOML_MADE_CLOSED);
    if (value == NULL)
        return NULL;
    reading->at++;
    reading->depth++;
    /* Dotted keys may add to what they made while the braces are open, and never later. */
    good = is_array ? read_items(reading, value) : read_pairs(reading, value);
    reading->depth--;
    if (good)
        return value;
    toml_value_free(value);
    return NULL;
}

struct toml_value *
toml_read_value(struct toml_reading *reading, bool bare)
{
    struct toml_value *value;
    char first = reading->at < reading->end ? *reading->at : '\0';

    if (first == '[' || first == '{')
        return read_container(reading);
    if (first != '"' && first != '\'')
        return read_word(reading, bare);
    value = toml_value_new(reading, TOML_TEXT, TOML_MADE_CLOSED);
    if (value == NULL)
        return NULL;
    value->text = toml_read_string(reading, false);
    if (value->text != NULL)
        return value;
    toml_value_free(value);
    return NULL;
}
