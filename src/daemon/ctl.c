#include "daemon/ctl.h"

#include <glib-unix.h>
#include <string.h>

#include "base/error.h"
#include "daemon/control.h"
#include "daemon/ctl_priv.h"
#include "daemon/request.h"

#define REQUEST_ID 1

struct ctl {
    const struct ctl_options *options;
    struct ctl_command command;
    GMainLoop *loop;
    struct stream *stream;
    GString *in;
    unsigned timer;
    bool greeted;
    bool over;
    enum ctl_exit status;
};

static void
end(struct ctl *ctl, enum ctl_exit status, const char *complaint)
{
    if (ctl->over)
        return;
    ctl->over = true;
    ctl->status = status;
    if (complaint)
        ctl->options->complain(ctl->options->user, complaint);
    g_main_loop_quit(ctl->loop);
}

/* False: nobody reads any more. */
static bool
put(struct ctl *ctl, const char *bytes, size_t len)
{
    if (len == 0 || ctl->options->put(ctl->options->user, bytes, len))
        return true;
    end(ctl, CTL_DONE, NULL);
    return false;
}

/* --- what comes --- */

static void
on_refused(struct ctl *ctl, const json_t *answer)
{
    const json_t *error = json_get_object(answer, "error");
    const bool unknown = strcmp(json_get_text(error, "code"), "unknown") == 0;

    end(ctl, unknown ? CTL_UNKNOWN : CTL_REFUSED, json_get_text(error, "text"));
}

static void
on_answer(struct ctl *ctl, const json_t *answer, const char *line, size_t len)
{
    const json_t *ok = json_object_get(answer, "ok");
    g_autoptr(GString) out = g_string_new(NULL);

    if (ctl->command.json)
        g_string_append_printf(out, "%.*s\n", (int)len, line);
    else if (!ok || json_is_true(ok))
        ctl_print(out, ctl->command.view, answer);
    if (!put(ctl, out->str, out->len) || !ok)
        return;
    if (json_is_true(ok))
        end(ctl, CTL_DONE, NULL);
    else
        on_refused(ctl, answer);
}

static void
on_greeting(struct ctl *ctl, const json_t *greeting)
{
    const struct net_ops *net = ctl->options->net;

    if (json_get_int(greeting, "weft") != REQUEST_PROTOCOL) {
        /* One that turns us away says so at once. */
        if (json_is_false(json_object_get(greeting, "ok")))
            on_refused(ctl, greeting);
        else
            end(ctl, CTL_NOBODY, "What answers there is no weft of this version.");
        return;
    }
    ctl->greeted = true;
    json_object_set_new(ctl->command.request, "id", json_integer(REQUEST_ID));
    json_incref(ctl->command.request);
    g_autoptr(GBytes) bytes = json_write_take(ctl->command.request);
    gsize len;
    const char *text = g_bytes_get_data(bytes, &len);
    if (len > REQUEST_MAX_LINE_BYTES)
        end(ctl, CTL_USAGE, "This text is too long for one request.");
    else if (!net->stream_write(ctl->stream, text, len) || !net->stream_write(ctl->stream, "\n", 1))
        end(ctl, CTL_NOBODY, "weft has ended.");
}

static void
on_line(struct ctl *ctl, const char *line, size_t len)
{
    g_autoptr(GError) error = NULL;
    json_t *value = json_read(line, len, NULL, &error);

    if (!value)
        end(ctl, CTL_NOBODY, "weft's answer could not be read.");
    else if (!ctl->greeted)
        on_greeting(ctl, value);
    else
        on_answer(ctl, value, line, len);
    json_decref(value);
}

static void
on_data(void *user, const char *bytes, size_t len)
{
    struct ctl *ctl = user;
    size_t at = 0;

    g_string_append_len(ctl->in, bytes, (gssize)len);
    for (const char *end; !ctl->over && (end = memchr(ctl->in->str + at, '\n', ctl->in->len - at));
         at = (size_t)(end - ctl->in->str) + 1)
        on_line(ctl, ctl->in->str + at, (size_t)(end - ctl->in->str) - at);
    g_string_erase(ctl->in, 0, (gssize)at);
    if (ctl->in->len > HTTP_BODY_MAX_BYTES)
        end(ctl, CTL_NOBODY, "weft's answer is too long.");
}

static void
on_opened(void *user, const struct stream_info *info)
{
}

/* Who reads has enough, and there may never be another line to notice it by. */
static gboolean
on_reader_gone(int fd, GIOCondition condition, gpointer user)
{
    end(user, CTL_DONE, NULL);
    return G_SOURCE_CONTINUE;
}

static bool
is_quitting(const struct ctl *ctl)
{
    return strcmp(json_get_text(ctl->command.request, "do"), "quit") == 0;
}

static void
on_closed(void *user, const GError *error)
{
    struct ctl *ctl = user;
    g_autofree char *text = NULL;

    if (ctl->greeted && is_quitting(ctl)) {
        end(ctl, CTL_DONE, NULL);
        return;
    }
    if (!ctl->greeted &&
        (error_is(error, WEFT_ERROR_NOT_FOUND) || error_is(error, WEFT_ERROR_REFUSED)))
        text = g_strdup("No weft runs with this profile. Start weft, or weft --headless.");
    else if (!ctl->greeted)
        text = g_strdup(error->message);
    else
        text = g_strdup("weft has ended before it answered.");
    end(ctl, CTL_NOBODY, text);
}

static void
on_timeout(void *user)
{
    struct ctl *ctl = user;
    const bool sends = ctl->command.view == CTL_VIEW_SENT;

    ctl->timer = 0;
    end(ctl, sends && ctl->greeted ? CTL_UNKNOWN : CTL_NOBODY,
        sends && ctl->greeted ? "The network has not answered in time. The message is kept, and "
                                "leaves when it can: do not send it again."
                              : "weft has not answered in time.");
}

/* --- life --- */

static void
talk(struct ctl *ctl)
{
    static const struct stream_events events = {
        .opened = on_opened, .data = on_data, .closed = on_closed};
    g_autofree char *path = g_build_filename(ctl->options->run_dir, CONTROL_SOCKET, NULL);
    const struct stream_options where = {.path = path};

    ctl->loop = g_main_loop_new(NULL, FALSE);
    ctl->in = g_string_new(NULL);
    ctl->stream = ctl->options->net->stream_open(ctl->options->net, &where, &events, ctl);
    if (ctl->command.timeout_us > 0)
        ctl->timer = clock_timer_add(ctl->options->clock, ctl->command.timeout_us, on_timeout, ctl);
    const unsigned reader = ctl->options->put_fd >= 0
                                ? g_unix_fd_add(ctl->options->put_fd, G_IO_ERR, on_reader_gone, ctl)
                                : 0;
    g_main_loop_run(ctl->loop);
    if (reader != 0)
        g_source_remove(reader);
    clock_timer_del(ctl->options->clock, ctl->timer);
    ctl->options->net->stream_close(ctl->stream);
    g_main_loop_unref(ctl->loop);
    g_string_free(ctl->in, TRUE);
}

static bool
take_input(struct ctl *ctl, GError **error)
{
    g_autofree char *text = ctl->options->input(ctl->options->user, CTL_TEXT_MAX_BYTES, error);

    if (!text)
        return false;
    for (size_t len = strlen(text); len > 0 && strchr("\r\n", text[len - 1]); len--)
        text[len - 1] = '\0';
    json_put_text(ctl->command.request, "text", text);
    return true;
}

enum ctl_exit
ctl_run(const struct ctl_options *options, int argc, char **argv)
{
    struct ctl ctl = {.options = options, .status = CTL_USAGE};
    g_autoptr(GError) error = NULL;
    bool wants_input = false;

    if (!ctl_args_read(&ctl.command, argc, argv, &wants_input, &error) ||
        (wants_input && !take_input(&ctl, &error)))
        options->complain(options->user, error->message);
    else
        talk(&ctl);
    ctl_args_clear(&ctl.command);
    return ctl.status;
}
