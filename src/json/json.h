/* The only door for JSON that came from a network, and what is asked of it behind the door.
 *
 * jansson's values, but not its reader, which refuses a whole document over one \u0000, a lone
 * surrogate, a byte that is not UTF-8 or an integer beyond 64 bits, and makes 70 bytes of memory of
 * one byte of "[{},{},…". Here the limits are kept while the values are made, in one walk, and what
 * jansson would refuse is put in a form that it takes. What is not JSON at all is refused.
 *
 *   \u0000, a raw NUL, a lone surrogate, bytes that are not UTF-8      U+FFFD
 *   a control character inside a string                                kept
 *   an integer beyond 64 bits                                          a real
 *   a number beyond what a double holds                                the largest double
 *   a byte-order mark before the document                              left out
 *   a key that stands twice in an object                               the last one counts
 *
 * Time is linear. Keys are hashed with a seed of jansson's own choice. */
#ifndef WEFT_JSON_JSON_H
#define WEFT_JSON_JSON_H

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_limits {
    size_t bytes; /* of the text */
    /* Of arrays and objects in each other, at most JSON_DEPTH_MOST; what lies deeper is null, and
     * what is around it survives. */
    unsigned depth;
    size_t values;       /* of all kinds, keys not counted */
    size_t string_bytes; /* of one string or key, as UTF-8 */
    /* An array or object at this depth (1: the outermost) that holds more values than that, or with
     * which three quarters of `values` would be passed, is null, so that what one person packed
     * into a message does not cost the others; 0: none is. */
    unsigned part_depth;
    size_t part_values;
};
#define JSON_DEPTH_MOST 256

/* 16 MiB, 64 deep, 200,000 values (45 MB of memory at worst), strings of 4 MiB. */
extern const struct json_limits json_limits_usual;

/* One document. The caller's: json_decref(). NULL: `error` is PROTOCOL (no JSON) or TOO_LARGE.
 * `limits` NULL: the usual ones. */
json_t *json_read(const char *text, size_t len, const struct json_limits *limits, GError **error);

/* What holds many: the elements of one array, or documents one after the other (lines of JSON).
 * Each is read by itself: limits but `bytes` are each one's own, and one that is beyond them costs
 * no other. `value` is borrowed; NULL for one that was beyond them, then `error` says so. False
 * from `fn` ends the walk. False: what came next is no JSON; what came before was told. */
typedef bool (*json_each_fn)(void *user, json_t *value, const GError *error);
bool json_each(const char *text, size_t len, const struct json_limits *limits, json_each_fn fn,
               void *user, GError **error);

/* --- what an object holds. `object` may be of any kind, or NULL: then nothing is in it. --- */

/* "" when it is not there or no string. Valid UTF-8 without NUL; valid as the object. */
const char *json_get_text(const json_t *object, const char *key);
/* 0 when it is not there or no number; a real is cut to an integer, and to the range. */
int64_t json_get_int(const json_t *object, const char *key);
/* True when it is true: not for 1 or "true". */
bool json_get_bool(const json_t *object, const char *key);
/* NULL when it is not there or of another kind. Borrowed. */
json_t *json_get_object(const json_t *object, const char *key);
json_t *json_get_array(const json_t *object, const char *key);
/* A string that holds JSON, as some networks send it. json_decref(); NULL: none, or no JSON. */
json_t *json_get_nested(const json_t *object, const char *key, const struct json_limits *limits);
/* "" when the value is no string. */
const char *json_as_text(const json_t *value);

/* --- what goes out --- */

/* Sets a text, of any bytes: what is not UTF-8 becomes U+FFFD. NULL: nothing is set. */
void json_put_text(json_t *object, const char *key, const char *text);
/* The document as bytes, compact. Takes `value`. */
GBytes *json_write_take(json_t *value);

#endif
