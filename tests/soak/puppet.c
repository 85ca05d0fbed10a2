#include "tests/soak/puppet.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "tests/conformance/adapter.h"
#include "tests/support/loop.h"

/* Lines out of what is read from a pipe. */
struct reader {
    GString *text; /* up to the last end of line */
    unsigned source;
    puppet_line_fn fn;
    void *user;
    GMainLoop *loop; /* ends with the input; or NULL */
};

struct puppet {
    GPid pid;
    int input, output;
    struct reader reader;
};

static gboolean
on_bytes(int fd, GIOCondition condition, gpointer user)
{
    struct reader *reader = user;
    char bytes[4096];
    ssize_t n = read(fd, bytes, sizeof bytes);
    char *end;

    if (n <= 0) {
        reader->source = 0;
        if (reader->loop)
            g_main_loop_quit(reader->loop);
        return G_SOURCE_REMOVE;
    }
    g_string_append_len(reader->text, bytes, n);
    while ((end = memchr(reader->text->str, '\n', reader->text->len))) {
        g_autofree char *line = g_strndup(reader->text->str, (gsize)(end - reader->text->str));
        g_string_erase(reader->text, 0, end + 1 - reader->text->str);
        reader->fn(line, reader->user);
    }
    return G_SOURCE_CONTINUE;
}

static void
reader_init(struct reader *reader, int fd, puppet_line_fn fn, void *user)
{
    *reader = (struct reader){.text = g_string_new(NULL), .fn = fn, .user = user};
    reader->source = g_unix_fd_add(fd, G_IO_IN | G_IO_HUP, on_bytes, reader);
}

/* --- the test's side --- */

struct puppet *
puppet_start(const char *folder, const char *name, char **environment, puppet_line_fn fn,
             void *user)
{
    g_autofree char *program = g_test_build_filename(G_TEST_BUILT, "tests", folder, name, NULL);
    char *argv[] = {program, NULL};
    struct puppet *puppet = g_new0(struct puppet, 1);
    g_autoptr(GError) error = NULL;

    g_spawn_async_with_pipes(NULL, argv, environment, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
                             &puppet->pid, &puppet->input, &puppet->output, NULL, &error);
    g_assert_no_error(error);
    reader_init(&puppet->reader, puppet->output, fn, user);
    return puppet;
}

bool
puppet_try(struct puppet *puppet, const char *line)
{
    return write(puppet->input, line, strlen(line)) == (ssize_t)strlen(line);
}

void
puppet_write(struct puppet *puppet, const char *line)
{
    g_assert_true(puppet_try(puppet, line));
}

void
puppet_signal(struct puppet *puppet, int number)
{
    kill(puppet->pid, number);
}

bool
puppet_has_ended(const struct puppet *puppet)
{
    return puppet->reader.source == 0;
}

static bool
has_ended(void *user)
{
    return puppet_has_ended(user);
}

static int
reap(struct puppet *puppet)
{
    int status;

    g_assert_true(loop_until(has_ended, puppet, CONFORMANCE_DEADLINE_MS));
    g_assert_cmpint(waitpid(puppet->pid, &status, 0), ==, puppet->pid);
    if (puppet->input >= 0)
        close(puppet->input);
    close(puppet->output);
    g_string_free(puppet->reader.text, TRUE);
    g_free(puppet);
    return status;
}

void
puppet_kill(struct puppet *puppet)
{
    puppet_signal(puppet, SIGKILL);
    const int status = reap(puppet);
    g_assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

bool
puppet_leave(struct puppet *puppet)
{
    close(puppet->input);
    puppet->input = -1;
    const int status = reap(puppet);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        return false;
    g_assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    return true;
}

void
puppet_end(struct puppet *puppet)
{
    g_assert_true(puppet_leave(puppet));
}

/* --- the program's side --- */

void
puppet_main(const char *log_name, puppet_line_fn fn, void *user)
{
    g_autofree char *log = g_build_filename(g_getenv("WEFT_HOME"), log_name, NULL);
    struct reader reader;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* All that was said on the wire, for the day when something is lost. */
    log_set_level(LOG_TRACE);
    log_open(log, 0, NULL);
    reader_init(&reader, STDIN_FILENO, fn, user);
    reader.loop = g_main_loop_new(NULL, FALSE);
    g_main_loop_run(reader.loop);
    g_main_loop_unref(reader.loop);
    g_string_free(reader.text, TRUE);
}

void
puppet_tell(const char *format, ...)
{
    va_list list;

    va_start(list, format);
    g_autofree char *text = g_strdup_vprintf(format, list);
    va_end(list);
    g_strdelimit(text, "\n", ' ');
    g_autofree char *line = g_strconcat(text, "\n", NULL);
    /* Nothing to be done when nobody reads any more. */
    ssize_t n = write(STDOUT_FILENO, line, strlen(line));
    (void)n;
}
