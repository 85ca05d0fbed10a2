/* The draft in the person's own editor, which has the terminal meanwhile; the rest of weft goes on.
 * What it wrote comes back into the input, and is sent by nobody but the person. */
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/error.h"
#include "base/file.h"
#include "ui/ui_priv.h"

struct ui_outside {
    struct ui *ui;
    int64_t buffer_id;
    char *file, *before; /* what was written into it */
    GSubprocess *child;
    GCancellable *cancel;
};

static void
outside_free(struct ui_outside *outside)
{
    g_clear_object(&outside->cancel);
    g_clear_object(&outside->child);
    g_free(outside->before);
    g_free(outside->file);
    g_free(outside);
}

/* Editors end a text with a line end, and miss it when it is not there. */
static char *
strip_end(char *text)
{
    size_t len = strlen(text);

    while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r'))
        text[--len] = '\0';
    return text;
}

static char *
read_back(const struct ui_outside *outside, GError **error)
{
    size_t len;
    g_autofree char *bytes = file_read(outside->file, EDITOR_MAX_BYTES, &len, error);

    if (!bytes)
        return NULL;
    return strip_end(g_utf8_make_valid(bytes, (gssize)len));
}

/* --- the end
 * ------------------------------------------------------------------------------------------------
 */

/* Into the input when it shows that buffer still, else into its draft. */
static void
take_text(const struct ui_outside *outside, const char *text)
{
    struct ui *ui = outside->ui;

    if (ui->window->shown == outside->buffer_id) {
        editor_replace(ui->editor, 0, SIZE_MAX, text);
        ui_draft_changed(ui);
    } else if (!ui_change_put(ui, outside->buffer_id, text)) {
        core_set_draft(ui->core, outside->buffer_id, text);
    }
}

/* Takes the text. */
static void
tell_bad(const struct ui_outside *outside, char *text_take)
{
    g_autofree char *text = text_take;

    ui_tell(outside->ui, text, true);
}

/* It ended by itself and said that all is well. */
static bool
take_good(const struct ui_outside *outside, const char *text, const GError *error)
{
    if (!text) {
        tell_bad(outside, g_strdup_printf("What you wrote was not taken: %s It is in %s",
                                          error->message, outside->file));
        return false;
    }
    if (!core_buffer(outside->ui->core, outside->buffer_id)) {
        tell_bad(outside,
                 g_strdup_printf("The conversation was closed meanwhile. What you wrote is in %s",
                                 outside->file));
        return false;
    }
    take_text(outside, text);
    ui_tell(outside->ui, *text ? "Enter sends what you wrote." : NULL, false);
    return true;
}

/* `failure`: how it ended, when it did not end well. False: the file is to be kept. */
static bool
take_result(const struct ui_outside *outside, const GError *failure)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = read_back(outside, &error);

    if (!failure)
        return take_good(outside, text, error);
    bool wrote = text && strcmp(text, outside->before) != 0;
    tell_bad(outside,
             g_strdup_printf("The editor failed (%s). What was typed is as it was%s%s",
                             failure->message, wrote ? "; what the editor wrote is in " : ".",
                             wrote ? outside->file : ""));
    return !wrote;
}

/* The terminal or weft has ended before the editor: what it has written by now is the draft. */
static void
take_rest(const struct ui_outside *outside)
{
    g_autofree char *text = read_back(outside, NULL);

    if (!text)
        return;
    /* Empty: it was about to write. */
    if (*text && strcmp(text, outside->before) != 0) {
        take_text(outside, text);
        ui_draft_save(outside->ui);
    }
    g_unlink(outside->file);
}

static void
on_end(GObject *source, GAsyncResult *result, gpointer user)
{
    struct ui_outside *outside = user;

    g_autoptr(GError) failure = NULL;

    g_subprocess_wait_check_finish(G_SUBPROCESS(source), result, &failure);
    if (g_error_matches(failure, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return; /* weft has ended first, and nothing is left of `outside` */
    struct ui *ui = outside->ui;
    ui->outside = NULL;
    if (!ui_term_take_back(ui))
        take_rest(outside);
    else if (take_result(outside, failure))
        g_unlink(outside->file);
    outside_free(outside);
    ui_changed(ui);
}

/* --- the beginning
 * ------------------------------------------------------------------------------------------
 */

static char *
find_editor(void)
{
    static const char *const usual[] = {"editor", "nano", "vi"};
    const char *command = g_getenv("VISUAL");

    if (!command || !*command)
        command = g_getenv("EDITOR");
    if (command && *command)
        return g_strdup(command);
    for (size_t i = 0; i < G_N_ELEMENTS(usual); i++) {
        g_autofree char *path = g_find_program_in_path(usual[i]);
        if (path)
            return g_strdup(usual[i]);
    }
    return NULL;
}

static bool
write_all(int fd, const char *text, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, text, len);
        if (n < 0 && errno != EINTR)
            return false;
        text += MAX(n, 0);
        len -= (size_t)MAX(n, 0);
    }
    return true;
}

/* Nobody else may read it; its name is nobody's before. */
static bool
write_file(struct ui_outside *outside, GError **error)
{
    const char *folder = outside->ui->paths->run_dir;
    g_autofree char *text = g_strconcat(outside->before, *outside->before ? "\n" : "", NULL);
    int fd;

    if (!file_make_private_dir(folder, error))
        return false;
    outside->file = g_build_filename(folder, "draft-XXXXXX.txt", NULL);
    fd = g_mkstemp_full(outside->file, O_RDWR | O_CLOEXEC, 0600);
    bool good = fd >= 0 && write_all(fd, text, strlen(text));
    if (fd >= 0 && close(fd) != 0)
        good = false;
    if (good)
        return true;
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_DISK, "%s cannot be written (%s).", outside->file,
                g_strerror(errno));
    if (fd >= 0)
        g_unlink(outside->file);
    return false;
}

static bool
start(struct ui_outside *outside, const char *command, GError **error)
{
    struct ui *ui = outside->ui;
    int fd;

    if (!write_file(outside, error))
        return false;
    fd = ui_term_lend(ui, error);
    if (fd >= 0) {
        outside->child = child_start_on_terminal(command, outside->file, fd, error);
        close(fd);
        if (!outside->child)
            ui_term_take_back(ui);
    }
    if (!outside->child)
        g_unlink(outside->file);
    return outside->child != NULL;
}

void
ui_outside_open(struct ui *ui)
{
    g_autofree char *command = find_editor();
    g_autoptr(GError) error = NULL;
    struct ui_outside *outside;

    if (!ui->term || !ui->paths || ui->outside)
        return;
    if (!command) {
        ui_tell(ui, "No editor is known. Name one in VISUAL or EDITOR before weft starts.", true);
        return;
    }
    ui_draft_save(ui);
    outside = g_new0(struct ui_outside, 1);
    outside->ui = ui;
    outside->buffer_id = ui->window->shown;
    outside->before = g_strdup(editor_text(ui->editor));
    if (!start(outside, command, &error)) {
        g_autofree char *text =
            g_strdup_printf("The editor (%s) was not started: %s", command, error->message);
        ui_tell(ui, text, true);
        outside_free(outside);
        return;
    }
    ui->outside = outside;
    outside->cancel = g_cancellable_new();
    g_subprocess_wait_check_async(outside->child, outside->cancel, on_end, outside);
}

/* It is asked to end as by a terminal that is gone. */
void
ui_outside_end(struct ui *ui)
{
    struct ui_outside *outside = g_steal_pointer(&ui->outside);

    if (!outside)
        return;
    g_cancellable_cancel(outside->cancel);
    g_subprocess_send_signal(outside->child, SIGHUP);
    ui_term_take_back(ui);
    take_rest(outside);
    outside_free(outside);
}
