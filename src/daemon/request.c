#include "daemon/request.h"

#include <string.h>

#include "base/error.h"
#include "core/export.h"
#include "core/nearest.h"
#include "json/json.h"

#define ID_MAX_BYTES 64

static const char *const names[REQUEST_KIND_N] = {
    [REQUEST_HELLO] = "hello",
    [REQUEST_SEND] = "send",
    [REQUEST_TAIL] = "tail",
    [REQUEST_STOP] = "stop",
    [REQUEST_QUERY] = "query",
    [REQUEST_RELAY] = "relay",
    [REQUEST_FIGURES] = "figures",
    [REQUEST_PAGE] = "page",
    [REQUEST_RELOAD] = "reload",
    [REQUEST_QUIT] = "quit",
    [REQUEST_JOIN] = "join",
    [REQUEST_CONNECT] = "connect",
    [REQUEST_DISCONNECT] = "disconnect",
};

enum value { VALUE_TEXT, VALUE_NUMBER, VALUE_FLAG, VALUE_ID };

#define KIND(kind)  (1U << REQUEST_##kind)
#define FIELD(name) G_STRUCT_OFFSET(struct request, name)
#define NEEDED(k)   .needed_by = (k), .known_by = (k)
#define ALLOWED(k)  .known_by = (k)

static const struct key {
    const char *name;
    enum value value;
    size_t offset;
    unsigned known_by, needed_by; /* kinds */
} keys[] = {
    {"to", VALUE_TEXT, FIELD(to), NEEDED(KIND(SEND) | KIND(JOIN))},
    {"text", VALUE_TEXT, FIELD(text), NEEDED(KIND(SEND))},
    {"wait", VALUE_FLAG, FIELD(wait), ALLOWED(KIND(SEND))},
    {"in", VALUE_TEXT, FIELD(in), ALLOWED(KIND(TAIL) | KIND(QUERY))},
    {"since", VALUE_TEXT, FIELD(since), ALLOWED(KIND(TAIL))},
    {"follow", VALUE_FLAG, FIELD(follow), ALLOWED(KIND(TAIL))},
    {"joins", VALUE_FLAG, FIELD(joins), ALLOWED(KIND(TAIL))},
    {"of", VALUE_ID, FIELD(of), NEEDED(KIND(STOP))},
    {"what", VALUE_TEXT, FIELD(what), NEEDED(KIND(QUERY) | KIND(RELAY))},
    {"words", VALUE_TEXT, FIELD(words), ALLOWED(KIND(QUERY) | KIND(RELAY))},
    {"limit", VALUE_NUMBER, FIELD(limit), ALLOWED(KIND(QUERY))},
    {"message", VALUE_NUMBER, FIELD(message), ALLOWED(KIND(QUERY) | KIND(RELAY))},
    {"gateway", VALUE_TEXT, FIELD(gateway), ALLOWED(KIND(RELAY))},
    {"account", VALUE_TEXT, FIELD(account), NEEDED(KIND(CONNECT) | KIND(DISCONNECT))},
    {"yes", VALUE_FLAG, FIELD(yes), ALLOWED(KIND(RELAY))},
    {"dry", VALUE_FLAG, FIELD(dry), ALLOWED(KIND(RELOAD))},
    {"weft", VALUE_NUMBER, FIELD(weft), ALLOWED(KIND(HELLO))},
};

/* NULL: it is none. */
static char *
read_id(const json_t *value)
{
    if (json_is_integer(value))
        return g_strdup_printf("%" G_GINT64_FORMAT, (int64_t)json_integer_value(value));
    if (!json_is_string(value) || json_string_length(value) > ID_MAX_BYTES)
        return NULL;
    GString *text = g_string_new(NULL);
    export_append_json_string(text, json_string_value(value));
    return g_string_free(text, FALSE);
}

static bool
read_kind(const json_t *object, enum request_kind *ret_kind, GError **error)
{
    const char *name = json_get_text(object, "do");
    struct nearest nearest;

    nearest_init(&nearest, name);
    for (unsigned i = 0; i < REQUEST_KIND_N; i++) {
        if (strcmp(name, names[i]) == 0) {
            *ret_kind = (enum request_kind)i;
            return true;
        }
        nearest_offer(&nearest, names[i]);
    }
    if (!*name)
        return error_refuse(error, "\"do\" is missing: it says what is asked, such as \"hello\".");
    g_autofree char *hint = nearest_hint(&nearest);
    return error_refuse(error, "There is no request \"%s\".%s", name, hint);
}

static bool
read_value(const struct key *key, const json_t *value, struct request *request, GError **error)
{
    void *field = (char *)request + key->offset;

    switch (key->value) {
    case VALUE_TEXT:
        if (!json_is_string(value))
            return error_refuse(error, "\"%s\" must be a text.", key->name);
        *(char **)field = g_strdup(json_string_value(value));
        return true;
    case VALUE_NUMBER:
        if (!json_is_integer(value) || json_integer_value(value) < 0)
            return error_refuse(error, "\"%s\" must be a whole number, 0 or above.", key->name);
        *(int64_t *)field = json_integer_value(value);
        return true;
    case VALUE_FLAG:
        if (!json_is_boolean(value))
            return error_refuse(error, "\"%s\" must be true or false.", key->name);
        *(bool *)field = json_is_true(value);
        return true;
    case VALUE_ID:
        *(char **)field = read_id(value);
        if (*(char **)field)
            return true;
        return error_refuse(error, "\"%s\" must be the id of a request.", key->name);
    }
    return false;
}

/* A key that is not known would ask for something that is then not done. */
static bool
check_known(const json_t *object, enum request_kind kind, GError **error)
{
    const char *name;
    const json_t *value;

    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        bool known = strcmp(name, "id") == 0 || strcmp(name, "do") == 0;
        for (size_t i = 0; !known && i < G_N_ELEMENTS(keys); i++)
            known = (keys[i].known_by & (1U << kind)) && strcmp(name, keys[i].name) == 0;
        if (!known)
            return error_refuse(error, "\"%s\" is not a word of the request \"%s\".", name,
                                names[kind]);
    }
    return true;
}

static bool
fill(const json_t *object, struct request *request, GError **error)
{
    if (!read_kind(object, &request->kind, error) || !check_known(object, request->kind, error))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
        const json_t *value = json_object_get(object, keys[i].name);
        if (value && !read_value(&keys[i], value, request, error))
            return false;
        if (!value && (keys[i].needed_by & (1U << request->kind)))
            return error_refuse(error, "The request \"%s\" needs \"%s\".", names[request->kind],
                                keys[i].name);
    }
    return true;
}

static json_t *
read_object(const char *line, size_t len, GError **error)
{
    static const struct json_limits limits = {.bytes = REQUEST_MAX_LINE_BYTES,
                                              .depth = 4,
                                              .values = 64,
                                              .string_bytes = REQUEST_MAX_LINE_BYTES};
    g_autoptr(GError) why = NULL;
    json_t *object = json_read(line, len, &limits, &why);

    if (json_is_object(object))
        return object;
    json_decref(object);
    if (error_is(why, WEFT_ERROR_TOO_LARGE))
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                    "This request is too large: a line has at most %d bytes, and not more than 64 "
                    "values.",
                    REQUEST_MAX_LINE_BYTES);
    else
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_PROTOCOL,
                            "A request is one JSON object in one line: "
                            "{\"id\":1,\"do\":\"hello\"}. This line is none.");
    return NULL;
}

struct request *
request_read(const char *line, size_t len, char **ret_id, GError **error)
{
    json_t *object = read_object(line, len, error);
    struct request *request = NULL;
    char *id = read_id(json_object_get(object, "id"));

    *ret_id = id ? id : g_strdup("null");
    if (!object)
        return NULL;
    if (!id) {
        error_refuse(error,
                     "\"id\" is missing: a number, or a text of at most %d bytes, which the answer "
                     "has too.",
                     ID_MAX_BYTES);
    } else {
        request = g_new0(struct request, 1);
        request->id = g_strdup(id);
        request->follow = true;
        if (!fill(object, request, error))
            g_clear_pointer(&request, request_free);
    }
    json_decref(object);
    return request;
}

void
request_free(struct request *request)
{
    if (!request)
        return;
    g_free(request->id);
    g_free(request->to);
    g_free(request->text);
    g_free(request->in);
    g_free(request->since);
    g_free(request->what);
    g_free(request->words);
    g_free(request->gateway);
    g_free(request->account);
    g_free(request->of);
    g_free(request);
}
