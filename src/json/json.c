#include "json/json.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/utf8.h"

#define REPLACEMENT "\xef\xbf\xbd"

const struct json_limits json_limits_usual = {
    .bytes = 16 * 1024 * 1024,
    .depth = 64,
    .values = 200000,
    .string_bytes = 4 * 1024 * 1024,
};

/* One walk over the text. `out` gets what jansson is to read. */
struct scan {
    const char *at, *end;
    const struct json_limits *limits;
    size_t values;
    GString *out;
    GError **error;
    char close[JSON_DEPTH_MOST]; /* what ends each array and object that is open */
    unsigned depth;
    const char *part; /* where the part that is counted by itself begins; NULL: in none */
    size_t part_out, part_values;
};

static bool
no_json(struct scan *scan)
{
    g_set_error(scan->error, WEFT_ERROR, WEFT_ERROR_PROTOCOL,
                "The server sent something that is no JSON.");
    return false;
}

static bool
too_large(struct scan *scan, const char *what)
{
    g_set_error(scan->error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                "The server sent JSON with too many or too long parts (%s).", what);
    return false;
}

static void
skip_blanks(struct scan *scan)
{
    while (scan->at < scan->end &&
           (*scan->at == ' ' || *scan->at == '\n' || *scan->at == '\t' || *scan->at == '\r'))
        scan->at++;
}

static void
skip_mark(struct scan *scan)
{
    if (scan->end - scan->at >= 3 && memcmp(scan->at, "\xef\xbb\xbf", 3) == 0)
        scan->at += 3;
}

/* --- strings
 * ---------------------------------------------------------------------------------- */

/* Four hexadecimal digits; -1: there are none. */
static int
read_hex4(const struct scan *scan, const char *at)
{
    int value = 0;

    if (scan->end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        const int digit = g_ascii_xdigit_value(at[i]);
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* At the four digits that follow "\u". */
static bool
scan_unicode(struct scan *scan)
{
    const int first = read_hex4(scan, scan->at);
    int second = -1;

    if (first < 0)
        return no_json(scan);
    const bool high = first >= 0xd800 && first < 0xdc00;
    if (high && scan->end - scan->at >= 10 && scan->at[4] == '\\' && scan->at[5] == 'u')
        second = read_hex4(scan, scan->at + 6);
    if (high && second >= 0xdc00 && second < 0xe000) {
        g_string_append_unichar(scan->out, 0x10000u + (((unsigned)first - 0xd800u) << 10) +
                                               ((unsigned)second - 0xdc00u));
        scan->at += 10;
        return true;
    }
    scan->at += 4;
    if (first == 0 || (first >= 0xd800 && first < 0xe000))
        g_string_append(scan->out, REPLACEMENT);
    else if (first < 0x20 || first == '"' || first == '\\')
        g_string_append_printf(scan->out, "\\u%04x", (unsigned)first);
    else
        g_string_append_unichar(scan->out, (gunichar)first);
    return true;
}

/* Behind a backslash. */
static bool
scan_escape(struct scan *scan)
{
    if (scan->at >= scan->end || !*scan->at || !strchr("\"\\/bfnrtu", *scan->at))
        return no_json(scan);
    if (*scan->at == 'u') {
        scan->at++;
        return scan_unicode(scan);
    }
    g_string_append_c(scan->out, '\\');
    g_string_append_c(scan->out, *scan->at++);
    return true;
}

/* Up to the next byte that means something, or that no string may hold. */
static void
scan_plain(struct scan *scan)
{
    const char *from = scan->at;

    while (scan->at < scan->end && *scan->at != '"' && *scan->at != '\\' &&
           (unsigned char)*scan->at >= 0x20)
        scan->at++;
    const gssize len = scan->at - from;
    if (g_utf8_validate_len(from, (gsize)len, NULL)) {
        g_string_append_len(scan->out, from, len);
        return;
    }
    g_autofree char *clean = utf8_sanitize(from, len, G_MAXSIZE);
    g_string_append(scan->out, clean);
}

/* At the opening quote. */
static bool
scan_string(struct scan *scan)
{
    const size_t start = scan->out->len;

    g_string_append_c(scan->out, *scan->at++);
    while (scan->at < scan->end && *scan->at != '"') {
        const unsigned char byte = (unsigned char)*scan->at;
        if (byte == '\\') {
            scan->at++;
            if (!scan_escape(scan))
                return false;
        } else if (byte < 0x20) {
            if (byte == 0)
                g_string_append(scan->out, REPLACEMENT);
            else
                g_string_append_printf(scan->out, "\\u%04x", (unsigned)byte);
            scan->at++;
        } else {
            scan_plain(scan);
        }
        /* Escapes that stay are longer here than in the string: the limit is met a little early. */
        if (scan->out->len - start > scan->limits->string_bytes)
            return too_large(scan, "a string");
    }
    if (scan->at >= scan->end)
        return no_json(scan);
    g_string_append_c(scan->out, *scan->at++);
    return true;
}

/* --- numbers and words
 * ------------------------------------------------------------------------ */

static bool
scan_digits(struct scan *scan)
{
    const char *from = scan->at;

    while (scan->at < scan->end && g_ascii_isdigit(*scan->at))
        scan->at++;
    return scan->at > from;
}

static void
put_real(GString *out, const char *text)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];
    double value = g_ascii_strtod(text, NULL);

    if (!isfinite(value))
        value = copysign(G_MAXDOUBLE, value);
    g_ascii_dtostr(digits, sizeof digits, value);
    g_string_append(out, digits);
    if (!strpbrk(digits, ".e"))
        g_string_append(out, ".0");
}

static bool
scan_number(struct scan *scan)
{
    const char *from = scan->at;
    bool real = false;
    gint64 integer;

    if (*scan->at == '-')
        scan->at++;
    if (scan->at < scan->end && *scan->at == '0')
        scan->at++;
    else if (!scan_digits(scan))
        return no_json(scan);
    if (scan->at < scan->end && *scan->at == '.') {
        real = true;
        scan->at++;
        if (!scan_digits(scan))
            return no_json(scan);
    }
    if (scan->at < scan->end && (*scan->at == 'e' || *scan->at == 'E')) {
        real = true;
        scan->at++;
        if (scan->at < scan->end && (*scan->at == '+' || *scan->at == '-'))
            scan->at++;
        if (!scan_digits(scan))
            return no_json(scan);
    }
    g_autofree char *text = g_strndup(from, (gsize)(scan->at - from));
    if (!real && g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &integer, NULL))
        g_string_append(scan->out, text);
    else
        put_real(scan->out, text);
    return true;
}

static bool
scan_word(struct scan *scan)
{
    static const char *const words[] = {"true", "false", "null"};

    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++) {
        const size_t len = strlen(words[i]);
        if ((size_t)(scan->end - scan->at) >= len && memcmp(scan->at, words[i], len) == 0) {
            g_string_append(scan->out, words[i]);
            scan->at += len;
            return true;
        }
    }
    return no_json(scan);
}

/* --- the whole
 * -------------------------------------------------------------------------------- */

/* Key and colon. */
static bool
scan_key(struct scan *scan)
{
    skip_blanks(scan);
    if (scan->at >= scan->end || *scan->at != '"')
        return no_json(scan);
    if (!scan_string(scan))
        return false;
    skip_blanks(scan);
    if (scan->at >= scan->end || *scan->at != ':')
        return no_json(scan);
    g_string_append_c(scan->out, *scan->at++);
    return true;
}

/* Over a value that is not wanted: brackets are counted, strings are jumped. */
static void
skip_value(struct scan *scan)
{
    size_t open = 0;

    for (; scan->at < scan->end; scan->at++) {
        if (*scan->at == '"') {
            for (scan->at++; scan->at < scan->end && *scan->at != '"'; scan->at++)
                scan->at += *scan->at == '\\' && scan->at + 1 < scan->end;
            if (scan->at >= scan->end)
                return;
        } else if (*scan->at == '[' || *scan->at == '{') {
            open++;
        } else if (open > 0 && (*scan->at == ']' || *scan->at == '}')) {
            open--;
        }
        if (open == 0) {
            scan->at++;
            return;
        }
    }
}

/* Begins an array or object. False: it has ended (empty, or null since it lies too deep), or there
 * was an error (*ret_good). */
static bool
enter(struct scan *scan, bool *ret_good)
{
    const char open = *scan->at;

    *ret_good = true;
    if (scan->depth >= MIN(scan->limits->depth, JSON_DEPTH_MOST)) {
        skip_value(scan);
        g_string_append(scan->out, "null");
        return false;
    }
    if (scan->depth + 1 == scan->limits->part_depth) {
        scan->part = scan->at;
        scan->part_out = scan->out->len;
        scan->part_values = scan->values;
    }
    g_string_append_c(scan->out, open);
    scan->at++;
    scan->close[scan->depth++] = open == '[' ? ']' : '}';
    skip_blanks(scan);
    if (scan->at < scan->end && *scan->at == scan->close[scan->depth - 1])
        return false;
    *ret_good = open == '[' || scan_key(scan);
    return *ret_good;
}

/* Behind a value: closes what ends here. True: another value follows; false: the document is whole,
 * or there was an error (*ret_good). */
static bool
leave(struct scan *scan, bool *ret_good)
{
    *ret_good = true;
    while (scan->depth > 0) {
        const char close = scan->close[scan->depth - 1];
        skip_blanks(scan);
        if (scan->at >= scan->end || (*scan->at != close && *scan->at != ',')) {
            *ret_good = no_json(scan);
            return false;
        }
        const char byte = *scan->at++;
        g_string_append_c(scan->out, byte);
        if (byte == ',') {
            *ret_good = close == ']' || scan_key(scan);
            return *ret_good;
        }
        scan->depth--;
        if (scan->depth < scan->limits->part_depth)
            scan->part = NULL;
    }
    return false;
}

static bool
part_is_full(const struct scan *scan)
{
    /* A quarter of all is kept for what lies outside of parts. */
    return scan->part && (scan->values - scan->part_values > scan->limits->part_values ||
                          scan->values > scan->limits->values / 4 * 3);
}

/* It is null after all. */
static void
cut_part(struct scan *scan)
{
    scan->at = scan->part;
    scan->part = NULL;
    scan->depth = scan->limits->part_depth - 1;
    scan->values = scan->part_values;
    skip_value(scan);
    g_string_truncate(scan->out, scan->part_out);
    g_string_append(scan->out, "null");
}

static bool
scan_scalar(struct scan *scan)
{
    if (*scan->at == '"')
        return scan_string(scan);
    if (*scan->at == '-' || g_ascii_isdigit(*scan->at))
        return scan_number(scan);
    return scan_word(scan);
}

static bool
scan_value(struct scan *scan)
{
    bool good = true;

    scan->depth = 0;
    scan->part = NULL;
    do {
        skip_blanks(scan);
        if (scan->at >= scan->end)
            return no_json(scan);
        if (++scan->values > scan->limits->values)
            return too_large(scan, "values");
        if (part_is_full(scan)) {
            cut_part(scan);
        } else if (*scan->at == '[' || *scan->at == '{') {
            if (enter(scan, &good))
                continue;
            if (!good)
                return false;
        } else if (!scan_scalar(scan)) {
            return false;
        }
        if (!leave(scan, &good))
            return good;
    } while (true);
}

static json_t *
load(const GString *text, GError **error)
{
    json_error_t why;
    json_t *value = json_loadb(text->str, text->len, JSON_DECODE_ANY, &why);

    if (!value)
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_PROTOCOL,
                    "The server sent JSON that could not be read (%s).", why.text);
    return value;
}

static bool
begin(struct scan *scan, const char *text, size_t len, const struct json_limits *limits)
{
    scan->at = text;
    scan->end = text + len;
    scan->limits = limits ? limits : &json_limits_usual;
    if (len > scan->limits->bytes)
        return too_large(scan, "bytes");
    skip_mark(scan);
    return true;
}

json_t *
json_read(const char *text, size_t len, const struct json_limits *limits, GError **error)
{
    g_autoptr(GString) out = g_string_sized_new(MIN(len, 65536) + 1);
    struct scan scan = {.out = out, .error = error};

    if (!begin(&scan, text, len, limits) || !scan_value(&scan))
        return NULL;
    skip_blanks(&scan);
    if (scan.at < scan.end) {
        no_json(&scan);
        return NULL;
    }
    return load(out, error);
}

/* --- many
 * ------------------------------------------------------------------------------------- */

/* One element. False: no JSON, or `fn` wants no more (*ret_more false). */
static bool
tell(struct scan *scan, json_each_fn fn, void *user, bool *ret_more)
{
    const char *from = scan->at;
    g_autoptr(GError) error = NULL;
    GError **outer = scan->error;
    json_t *value = NULL;

    scan->values = 0;
    g_string_truncate(scan->out, 0);
    scan->error = &error;
    const bool good = scan_value(scan);
    scan->error = outer;
    if (good) {
        value = load(scan->out, &error);
    } else if (error_is(error, WEFT_ERROR_TOO_LARGE)) {
        scan->at = from;
        skip_value(scan);
    }
    if (!value && !error_is(error, WEFT_ERROR_TOO_LARGE)) {
        g_propagate_error(outer, g_steal_pointer(&error));
        return false;
    }
    *ret_more = fn(user, value, error);
    json_decref(value);
    return *ret_more;
}

bool
json_each(const char *text, size_t len, const struct json_limits *limits, json_each_fn fn,
          void *user, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);
    struct scan scan = {.out = out, .error = error};
    bool more = true;

    if (!begin(&scan, text, len, limits))
        return false;
    skip_blanks(&scan);
    const bool array = scan.at < scan.end && *scan.at == '[';
    scan.at += array;
    skip_blanks(&scan);
    if (array && scan.at < scan.end && *scan.at == ']') {
        scan.at++;
    } else if (array || scan.at < scan.end) {
        do {
            if (!tell(&scan, fn, user, &more))
                return !more;
            skip_blanks(&scan);
            if (!array)
                continue;
            if (scan.at >= scan.end || (*scan.at != ',' && *scan.at != ']'))
                return no_json(&scan);
            more = *scan.at++ == ',';
        } while (array ? more : scan.at < scan.end);
    }
    skip_blanks(&scan);
    return scan.at >= scan.end || no_json(&scan);
}
