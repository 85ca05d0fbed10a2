/* One line of the control socket: a request that keeps what it promises, or a sentence; in both
 * cases an id that can be put into the answer as it is. */
#include <string.h>

#include "base/error.h"
#include "daemon/request.h"
#include "tests/fuzz/fuzz.h"
#include "json/json.h"

static void
check_text(const char *text)
{
    if (text)
        fuzz_assert_utf8(text, strlen(text));
}

static void
check_id(const char *id)
{
    json_t *value = json_loads(id, JSON_DECODE_ANY, NULL);

    fuzz_assert_harmless(id, strlen(id), false);
    g_assert_true(json_is_integer(value) || json_is_string(value) || json_is_null(value));
    json_decref(value);
}

static void
check_request(const struct request *request, const char *id)
{
    g_assert_cmpint(request->kind, <, REQUEST_KIND_N);
    g_assert_cmpstr(request->id, ==, id);
    g_assert_cmpstr(id, !=, "null");
    g_assert_true(request->kind != REQUEST_SEND || (request->to && request->text));
    g_assert_true(request->kind != REQUEST_STOP || request->of);
    g_assert_true((request->kind != REQUEST_QUERY && request->kind != REQUEST_RELAY) ||
                  request->what);
    g_assert_cmpint(request->message, >=, 0);
    g_assert_cmpint(request->limit, >=, 0);
    check_text(request->to);
    check_text(request->text);
    check_text(request->in);
    check_text(request->since);
    check_text(request->what);
    check_text(request->words);
    check_text(request->gateway);
    if (request->of)
        check_id(request->of);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    g_autoptr(GError) error = NULL;
    g_autofree char *id = NULL;
    size_t len;
    g_autofree char *line = fuzz_line(&input, &len);
    struct request *request = request_read(line, len, &id, &error);

    check_id(id);
    g_assert_true((request == NULL) == (error != NULL));
    if (request)
        check_request(request, id);
    else
        check_text(error->message);
    request_free(request);
    return 0;
}
