#include "core/secret.h"

#include <gio/gio.h>
#include <string.h>

#include "base/child.h"
#include "base/error.h"
#include "base/file.h"
#include "base/redact.h"
#include "core/options.h"

#define COMMAND_LIMIT_MS 30000
#define VALUE_MAX_BYTES  65536 /* of a file, or of a command's first line */
#define CHUNK_BYTES      4096

struct secret_request {
    char *name;
    secret_fn fn;
    void *user;
    unsigned source; /* the timeout or the turn of the loop that is awaited */

    /* a command */
    unsigned limit_ms;
    GSubprocess *process;
    GCancellable *cancel; /* cancelled: the request is over, a read under way is only waited for */
    GInputStream *output;
    char chunk[CHUNK_BYTES];
    char *line;
    size_t line_len;
    bool line_ended;
    bool line_too_long;

    /* the outcome */
    char *value;
    GError *error;
};

static void
request_free(struct secret_request *request)
{
    if (request->source)
        g_source_remove(request->source);
    g_clear_object(&request->process);
    g_clear_object(&request->cancel);
    redact_wipe(request->chunk, sizeof request->chunk);
    redact_wipe_free(request->line);
    redact_wipe_free(request->value);
    g_clear_error(&request->error);
    g_free(request->name);
    g_free(request);
}

/* Tells the outcome and frees. */
static void
finish(struct secret_request *request)
{
    if (request->value)
        redact_add(request->value);
    request->fn(request->user, request->value, request->error);
    request_free(request);
}

static gboolean
finish_in_turn(void *user)
{
    struct secret_request *request = user;

    request->source = 0;
    finish(request);
    return G_SOURCE_REMOVE;
}

static void
finish_later(struct secret_request *request)
{
    request->source = g_idle_add_full(G_PRIORITY_DEFAULT, finish_in_turn, request, NULL);
}

static void fail(struct secret_request *request, enum weft_error code, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

static void
fail(struct secret_request *request, enum weft_error code, const char *format, ...)
{
    va_list arguments;

    if (request->error)
        return;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(&request->error, WEFT_ERROR, (int)code, text);
}

/* The first line of what a source gave, without its end. Takes and wipes `text`. */
static void
take_line(struct secret_request *request, char *text, size_t len, const char *where)
{
    size_t line_len = 0;

    while (line_len < len && text[line_len] != '\n')
        line_len++;
    if (line_len > 0 && text[line_len - 1] == '\r')
        line_len--;
    if (line_len == 0)
        fail(request, WEFT_ERROR_AUTH, "%s gave an empty first line in place of a secret.", where);
    else if (memchr(text, '\0', line_len) || !g_utf8_validate(text, (gssize)line_len, NULL))
        fail(request, WEFT_ERROR_AUTH, "What %s gave is no text.", where);
    else
        request->value = g_strndup(text, line_len);
    if (text) {
        redact_wipe(text, len);
        g_free(text);
    }
}

/* --- a command
 * ----------------------------------------------------------------------------------------- */

static void read_more(struct secret_request *request);

static void
command_ended(GObject *object, GAsyncResult *result, void *user)
{
    struct secret_request *request = user;
    g_autoptr(GError) error = NULL;
    bool good = g_subprocess_wait_check_finish(G_SUBPROCESS(object), result, &error);
    g_autofree char *where = g_strconcat(request->name, "_cmd", NULL);

    if (g_cancellable_is_cancelled(request->cancel)) {
        request_free(request);
        return;
    }
    if (!good)
        fail(request, WEFT_ERROR_AUTH,
             "The command of %s failed (%s). Run it in a shell to see why.", where, error->message);
    else if (request->line_too_long)
        fail(request, WEFT_ERROR_AUTH, "The command of %s gave a line of more than %d bytes.",
             where, VALUE_MAX_BYTES);
    else
        take_line(request, g_steal_pointer(&request->line), request->line_len, where);
    finish(request);
}

/* Keeps what belongs to the first line; the rest is read so that the command can end, and
 * forgotten. */
static void
keep(struct secret_request *request, size_t len)
{
    const char *newline = memchr(request->chunk, '\n', len);
    size_t wanted = newline ? (size_t)(newline - request->chunk) : len;

    if (!request->line_ended && wanted > VALUE_MAX_BYTES - request->line_len)
        request->line_too_long = true;
    else if (!request->line_ended) {
        memcpy(request->line + request->line_len, request->chunk, wanted);
        request->line_len += wanted;
    }
    request->line_ended = request->line_ended || newline || request->line_too_long;
    redact_wipe(request->chunk, len);
}

static void
chunk_read(GObject *object, GAsyncResult *result, void *user)
{
    struct secret_request *request = user;
    gssize len = g_input_stream_read_finish(G_INPUT_STREAM(object), result, NULL);

    if (g_cancellable_is_cancelled(request->cancel)) {
        request_free(request);
        return;
    }
    if (len > 0) {
        keep(request, (size_t)len);
        read_more(request);
        return;
    }
    g_subprocess_wait_check_async(request->process, request->cancel, command_ended, request);
}

static void
read_more(struct secret_request *request)
{
    g_input_stream_read_async(request->output, request->chunk, sizeof request->chunk,
                              G_PRIORITY_DEFAULT, request->cancel, chunk_read, request);
}

/* The request is over while GIO still holds it: its next callback frees it. */
static void
abandon(struct secret_request *request)
{
    if (request->source)
        g_source_remove(request->source);
    request->source = 0;
    child_kill(request->process);
    g_cancellable_cancel(request->cancel);
}

static gboolean
command_hangs(void *user)
{
    struct secret_request *request = user;
    g_autoptr(GError) error = g_error_new(
        WEFT_ERROR, WEFT_ERROR_TIMEOUT,
        "The command of %s_cmd did not end within %u seconds and was stopped. Does it ask "
        "for something? It has no terminal.",
        request->name, (request->limit_ms + 999) / 1000);
    secret_fn fn = request->fn;
    void *fn_user = request->user;

    request->source = 0;
    abandon(request);
    fn(fn_user, NULL, error);
    return G_SOURCE_REMOVE;
}

static void
start_command(struct secret_request *request, const char *command)
{
    g_autoptr(GError) error = NULL;

    request->process = child_start(
        command, NULL, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL,
        NULL, &error);
    if (!request->process) {
        fail(request, WEFT_ERROR_AUTH, "The command of %s_cmd cannot be run: %s.", request->name,
             error->message);
        finish_later(request);
        return;
    }
    request->cancel = g_cancellable_new();
    request->line = g_malloc0(VALUE_MAX_BYTES + 1);
    request->output = g_subprocess_get_stdout_pipe(request->process);
    request->source = g_timeout_add(request->limit_ms, command_hangs, request);
    read_more(request);
}

/* --- the other sources
 * --------------------------------------------------------------------------------- */

static void
use_file(struct secret_request *request, const char *path)
{
    size_t len = 0;
    g_autoptr(GError) error = NULL;
    char *text = NULL;

    if (file_check_private(path, &error))
        text = file_read(path, VALUE_MAX_BYTES, &len, &error);
    if (text)
        take_line(request, text, len, path);
    else
        fail(request, WEFT_ERROR_AUTH, "%s", error->message);
    finish_later(request);
}

static void
use_environment(struct secret_request *request, const char *variable)
{
    const char *value = g_getenv(variable);

    if (value && *value)
        take_line(request, g_strdup(value), strlen(value), variable);
    else
        fail(request, WEFT_ERROR_AUTH, "%s_env names the variable %s, which is not set.",
             request->name, variable);
    finish_later(request);
}

struct secret_request *
secret_get_within(const struct options *options, const char *name, unsigned limit_ms, secret_fn fn,
                  void *user)
{
    struct secret_request *request = g_new0(struct secret_request, 1);
    const char *setting;

    request->name = g_strdup(name);
    request->fn = fn;
    request->user = user;
    request->limit_ms = limit_ms;
    if ((setting = options_secret(options, name, SECRET_CMD))) {
        start_command(request, setting);
    } else if ((setting = options_secret(options, name, SECRET_FILE))) {
        use_file(request, setting);
    } else if ((setting = options_secret(options, name, SECRET_ENV))) {
        use_environment(request, setting);
    } else if ((setting = options_secret(options, name, SECRET_PLAIN))) {
        request->value = g_strdup(setting);
        finish_later(request);
    } else { /* NAME_ask too: the person is the source */
        fail(request, WEFT_ERROR_NOT_FOUND, "No source for %s is configured.", name);
        finish_later(request);
    }
    return request;
}

struct secret_request *
secret_get(const struct options *options, const char *name, secret_fn fn, void *user)
{
    return secret_get_within(options, name, COMMAND_LIMIT_MS, fn, user);
}

void
secret_cancel(struct secret_request *request)
{
    if (request->process)
        abandon(request);
    else
        request_free(request);
}

bool
secret_configured(const struct options *options, const char *name)
{
    for (int source = 0; source < SECRET_N; source++)
        if (options_secret(options, name, (enum secret_source)source))
            return true;
    return false;
}
