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

/* One walk over the text, which makes the values as it meets them. */
struct scan {
    const char *at, *end;
    const struct json_limits *limits;
    size_t values;
    json_t *top;   /* NULL: nothing was met yet */
    GString *text; /* the string or number that was read last */
    GString *key;  /* under which the next value of an object stands */
    GError **error;
    json_t *open[JSON_DEPTH_MOST]; /* arrays and objects, each held by the one before it */
    unsigned depth;
    const char *part; /* where the part that is counted by itself begins; NULL: in none */
    GString *part_key;
    size_t part_values;
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

/* Takes the value: it stands in the innermost array or object that is open. */
static bool
put_take(struct scan *scan, json_t *value)
{
    json_t *in = scan->depth > 0 ? scan->open[scan->depth - 1] : NULL;
    int code = -1;

    if (in && json_is_object(in))
        code = json_object_set_new_nocheck(in, scan->key->str, value);
    else if (in)
        code = json_array_append_new(in, value);
    else if (value)
        code = 0, scan->top = value;
    return code == 0 || no_json(scan);
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
        g_string_append_unichar(scan->text, 0x10000u + (((unsigned)first - 0xd800u) << 10) +
                                                ((unsigned)second - 0xdc00u));
        scan->at += 10;
        return true;
    }
    scan->at += 4;
    if (first == 0 || (first >= 0xd800 && first < 0xe000))
        g_string_append(scan->text, REPLACEMENT);
    else
        g_string_append_unichar(scan->text, (gunichar)first);
    return true;
}

/* Behind a backslash. */
static bool
scan_escape(struct scan *scan)
{
    static const char names[] = "\"\\/bfnrtu", bytes[] = "\"\\/\b\f\n\r\t";
    const char *name = scan->at < scan->end && *scan->at ? strchr(names, *scan->at) : NULL;

    if (!name)
        return no_json(scan);
    scan->at++;
    if (*name == 'u')
        return scan_unicode(scan);
    g_string_append_c(scan->text, bytes[name - names]);
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
        g_string_append_len(scan->text, from, len);
        return;
    }
    g_autofree char *clean = utf8_sanitize(from, len, G_MAXSIZE);
    g_string_append(scan->text, clean);
}

/* At the opening quote. */
static bool
scan_string(struct scan *scan)
{
    g_string_truncate(scan->text, 0);
    scan->at++;
    while (scan->at < scan->end && *scan->at != '"') {
        const unsigned char byte = (unsigned char)*scan->at;
        if (byte == '\\') {
            scan->at++;
            if (!scan_escape(scan))
                return false;
        } else if (byte == 0) {
            g_string_append(scan->text, REPLACEMENT);
            scan->at++;
        } else if (byte < 0x20) {
            g_string_append_c(scan->text, (char)byte);
            scan->at++;
        } else {
            scan_plain(scan);
        }
        if (scan->text->len > scan->limits->string_bytes)
            return too_large(scan, "a string");
    }
    if (scan->at >= scan->end)
        return no_json(scan);
    scan->at++;
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

static json_t *
real_of(const char *text)
{
    const double value = g_ascii_strtod(text, NULL);

    return json_real(isfinite(value) ? value : copysign(G_MAXDOUBLE, value));
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
    g_string_truncate(scan->text, 0);
    g_string_append_len(scan->text, from, scan->at - from);
    const char *text = scan->text->str;
    if (!real && g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &integer, NULL))
        return put_take(scan, json_integer(integer));
    return put_take(scan, real_of(text));
}

static bool
scan_word(struct scan *scan)
{
    static const struct {
        const char *word;
        json_type type;
    } words[] = {{"true", JSON_TRUE}, {"false", JSON_FALSE}, {"null", JSON_NULL}};

    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++) {
        const size_t len = strlen(words[i].word);
        if ((size_t)(scan->end - scan->at) >= len && memcmp(scan->at, words[i].word, len) == 0) {
            scan->at += len;
            return put_take(scan, words[i].type == JSON_NULL
                                      ? json_null()
                                      : json_boolean(words[i].type == JSON_TRUE));
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
    g_string_assign(scan->key, scan->text->str);
    skip_blanks(scan);
    if (scan->at >= scan->end || *scan->at != ':')
        return no_json(scan);
    scan->at++;
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
    const bool array = *scan->at == '[';

    if (scan->depth >= MIN(scan->limits->depth, JSON_DEPTH_MOST)) {
        skip_value(scan);
        *ret_good = put_take(scan, json_null());
        return false;
    }
    if (scan->depth + 1 == scan->limits->part_depth) {
        scan->part = scan->at;
        g_string_assign(scan->part_key, scan->key->str);
        scan->part_values = scan->values;
    }
    json_t *value = array ? json_array() : json_object();
    *ret_good = put_take(scan, value);
    if (!*ret_good)
        return false;
    scan->open[scan->depth++] = value;
    scan->at++;
    skip_blanks(scan);
    if (scan->at < scan->end && *scan->at == (array ? ']' : '}'))
        return false;
    *ret_good = array || scan_key(scan);
    return *ret_good;
}

/* Behind a value: closes what ends here. True: another value follows; false: the document is whole,
 * or there was an error (*ret_good). */
static bool
leave(struct scan *scan, bool *ret_good)
{
    *ret_good = true;
    while (scan->depth > 0) {
        const char close = json_is_array(scan->open[scan->depth - 1]) ? ']' : '}';
        skip_blanks(scan);
        if (scan->at >= scan->end || (*scan->at != close && *scan->at != ',')) {
            *ret_good = no_json(scan);
            return false;
        }
        if (*scan->at++ == ',') {
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
static bool
cut_part(struct scan *scan)
{
    scan->at = scan->part;
    scan->part = NULL;
    scan->depth = scan->limits->part_depth - 1;
    scan->values = scan->part_values;
    skip_value(scan);
    if (scan->depth == 0)
        json_decref(g_steal_pointer(&scan->top));
    else if (json_is_array(scan->open[scan->depth - 1]))
        json_array_remove(scan->open[scan->depth - 1],
                          json_array_size(scan->open[scan->depth - 1]) - 1);
    g_string_assign(scan->key, scan->part_key->str);
    return put_take(scan, json_null());
}

static bool
scan_scalar(struct scan *scan)
{
    if (*scan->at == '"')
        return scan_string(scan) &&
               put_take(scan, json_stringn_nocheck(scan->text->str, scan->text->len));
    if (*scan->at == '-' || g_ascii_isdigit(*scan->at))
        return scan_number(scan);
    return scan_word(scan);
}

static bool
scan_all(struct scan *scan)
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
            if (!cut_part(scan))
                return false;
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

/* NULL: `error` says why. */
static json_t *
scan_value(struct scan *scan)
{
    scan->values = 0;
    const bool good = scan_all(scan);
    json_t *value = g_steal_pointer(&scan->top);

    if (!good)
        json_decref(value);
    return good ? value : NULL;
}

static bool
begin(struct scan *scan, const char *text, size_t len, const struct json_limits *limits,
      GError **error)
{
    *scan = (struct scan){.text = g_string_new(NULL),
                          .key = g_string_new(NULL),
                          .part_key = g_string_new(NULL),
                          .error = error};
    scan->at = text;
    scan->end = text + len;
    scan->limits = limits ? limits : &json_limits_usual;
    if (len > scan->limits->bytes)
        return too_large(scan, "bytes");
    skip_mark(scan);
    return true;
}

static void
end(struct scan *scan)
{
    g_string_free(scan->text, TRUE);
    g_string_free(scan->key, TRUE);
    g_string_free(scan->part_key, TRUE);
}

json_t *
json_read(const char *text, size_t len, const struct json_limits *limits, GError **error)
{
    struct scan scan;
    json_t *value = begin(&scan, text, len, limits, error) ? scan_value(&scan) : NULL;

    skip_blanks(&scan);
    if (value && scan.at < scan.end) {
        no_json(&scan);
        json_decref(g_steal_pointer(&value));
    }
    end(&scan);
    return value;
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

    scan->error = &error;
    json_t *value = scan_value(scan);
    scan->error = outer;
    if (!value && error_is(error, WEFT_ERROR_TOO_LARGE)) {
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

static bool
each(struct scan *scan, json_each_fn fn, void *user)
{
    bool more = true;

    skip_blanks(scan);
    const bool array = scan->at < scan->end && *scan->at == '[';
    scan->at += array;
    skip_blanks(scan);
    if (array && scan->at < scan->end && *scan->at == ']') {
        scan->at++;
    } else if (array || scan->at < scan->end) {
        do {
            if (!tell(scan, fn, user, &more))
                return !more;
            skip_blanks(scan);
            if (!array)
                continue;
            if (scan->at >= scan->end || (*scan->at != ',' && *scan->at != ']'))
                return no_json(scan);
            more = *scan->at++ == ',';
        } while (array ? more : scan->at < scan->end);
    }
    skip_blanks(scan);
    return scan->at >= scan->end || no_json(scan);
}

bool
json_each(const char *text, size_t len, const struct json_limits *limits, json_each_fn fn,
          void *user, GError **error)
{
    struct scan scan;
    const bool good = begin(&scan, text, len, limits, error) && each(&scan, fn, user);

    end(&scan);
    return good;
}
