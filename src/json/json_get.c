/* What is asked of JSON behind the door, and what goes out. */
#include <string.h>

#include "base/utf8.h"
#include "json/json.h"

/* --- what an object holds
 * --------------------------------------------------------------------- */

const char *
json_as_text(const json_t *value)
{
    const char *text = json_string_value(value);
    return text ? text : "";
}

const char *
json_get_text(const json_t *object, const char *key)
{
    return json_as_text(json_object_get(object, key));
}

int64_t
json_get_int(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    if (!json_is_real(value))
        return json_integer_value(value);
    const double real = json_real_value(value);
    if (real >= 0x1p63)
        return INT64_MAX;
    return real <= -0x1p63 ? INT64_MIN : (int64_t)real;
}

bool
json_get_bool(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

json_t *
json_get_object(const json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);
    return json_is_object(value) ? value : NULL;
}

json_t *
json_get_array(const json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);
    return json_is_array(value) ? value : NULL;
}

json_t *
json_get_nested(const json_t *object, const char *key, const struct json_limits *limits)
{
    const json_t *value = json_object_get(object, key);

    return json_is_string(value)
               ? json_read(json_string_value(value), json_string_length(value), limits, NULL)
               : NULL;
}

/* --- what goes out
 * ---------------------------------------------------------------------------- */

void
json_put_text(json_t *object, const char *key, const char *text)
{
    if (!text)
        return;
    g_autofree char *clean = utf8_sanitize(text, -1, G_MAXSIZE);
    json_object_set_new(object, key, json_string(clean));
}

GBytes *
json_write_take(json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);

    json_decref(value);
    GBytes *bytes = g_bytes_new(text ? text : "null", strlen(text ? text : "null"));
    free(text);
    return bytes;
}
