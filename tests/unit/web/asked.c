#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/loop.h"
#include "tests/unit/web/tests.h"

struct asked *
asked_new(void)
{
    struct asked *asked = g_new0(struct asked, 1);

    asked->body = g_string_new(NULL);
    asked->headers = g_ptr_array_new_with_free_func(g_free);
    return asked;
}

void
asked_free(struct asked *asked)
{
    g_string_free(asked->body, TRUE);
    g_ptr_array_unref(asked->headers);
    g_clear_error(&asked->error);
    g_free(asked);
}

static void
on_data(void *user, const char *bytes, size_t len)
{
    struct asked *asked = user;

    g_assert_cmpuint(asked->done, ==, 0);
    asked->data++;
    g_string_append_len(asked->body, bytes, (gssize)len);
}

static void
on_done(void *user, const struct http_answer *answer, const GError *error)
{
    struct asked *asked = user;

    g_assert_cmpuint(asked->done, ==, 0);
    g_assert_true((answer == NULL) == (error != NULL));
    asked->done++;
    asked->call = NULL;
    if (error) {
        g_assert_cmpuint(error->domain, ==, WEFT_ERROR);
        asked->error = g_error_copy(error);
    } else {
        asked->status = answer->status;
        asked->retry_after_us = answer->retry_after_us;
        g_assert_cmpint(answer->body[answer->len], ==, '\0');
        g_string_append_len(asked->body, answer->body, (gssize)answer->len);
        for (unsigned i = 0; i < answer->headers->len; i++)
            g_ptr_array_add(asked->headers, g_strdup(g_ptr_array_index(answer->headers, i)));
    }
    if (asked->on_done)
        asked->on_done(asked);
}

void
asked_start(struct scene *scene, struct asked *asked, const struct http_request *request,
            bool streams)
{
    const struct http_events events = {.data = streams ? on_data : NULL, .done = on_done};

    g_string_truncate(asked->body, 0);
    g_ptr_array_set_size(asked->headers, 0);
    g_clear_error(&asked->error);
    asked->done = asked->data = 0;
    asked->status = 0;
    asked->call = scene->net->http_start(scene->net, request, &events, asked);
    g_assert_nonnull(asked->call);
    g_assert_cmpuint(asked->done, ==, 0);
}

static bool
is_done(void *user)
{
    struct asked *asked = user;

    return asked->done > 0;
}

void
asked_wait(struct asked *asked)
{
    if (!loop_until(is_done, asked, SCENE_WAIT_MS))
        g_error("the request did not end");
}

char *
url_of(const struct scene *scene, const char *scheme, const char *path)
{
    return g_strdup_printf("%s://%s:%u/%s", scheme, scene->options.host, scene->port, path);
}

void
say_bytes(struct scene *scene, const void *bytes, size_t len)
{
    if (scene->io)
        g_output_stream_write_all(g_io_stream_get_output_stream(scene->io), bytes, len, NULL, NULL,
                                  NULL);
}

size_t
resident_bytes(void)
{
    g_autofree char *text = NULL;
    unsigned long total = 0, resident = 0;

    g_assert_true(g_file_get_contents("/proc/self/statm", &text, NULL, NULL));
    g_assert_cmpint(sscanf(text, "%lu %lu", &total, &resident), ==, 2);
    return resident * (size_t)sysconf(_SC_PAGESIZE);
}

GByteArray *
packed_zeros(size_t n, bool raw)
{
    GByteArray *packed = g_byte_array_new();
    g_autoptr(GZlibCompressor) zip = g_zlib_compressor_new(
        raw ? G_ZLIB_COMPRESSOR_FORMAT_RAW : G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9);
    static const char zeros[65536];
    char out[65536];
    GConverterResult result = G_CONVERTER_CONVERTED;

    while (result != G_CONVERTER_FINISHED) {
        size_t len = MIN(n, sizeof zeros);
        gsize took = 0, gave = 0;
        result =
            g_converter_convert(G_CONVERTER(zip), zeros, len, out, sizeof out,
                                n <= sizeof zeros ? G_CONVERTER_INPUT_AT_END : G_CONVERTER_NO_FLAGS,
                                &took, &gave, NULL);
        g_assert_cmpint(result, !=, G_CONVERTER_ERROR);
        n -= took;
        g_byte_array_append(packed, (guint8 *)out, (guint)gave);
    }
    return packed;
}
