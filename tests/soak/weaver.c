/* weft without a screen, as a process of its own, so that it can be killed: core, the real store,
 * driver and sockets, on the profile of WEFT_HOME.
 *
 * It reads lines "BUFFER<tab>WHAT IS TYPED" and writes a line "shown TEXT" for every message that a
 * screen would have shown by then. Ends with its input. As someone who sits there would, it does
 * not wait for the back-off: it connects again a moment after a loss. */
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/log.h"
#include "core/bus.h"
#include "tests/conformance/person.h"

#define IMPATIENCE_US (50 * 1000)

struct weaver {
    struct person *person;
    GMainLoop *loop;
    GString *input;
};

static void
connect_again(void *user)
{
    struct weaver *weaver = user;
    const struct account *account = core_account_by_name(weaver->person->core, "home");

    if (account->state == ACCOUNT_WAITING)
        core_connect(weaver->person->core, account->id, NULL);
}

static void
on_notice(const struct notice *notice, void *user)
{
    struct weaver *weaver = user;

    if (notice->type == NOTICE_ACCOUNT)
        clock_timer_add(weaver->person->clock, IMPATIENCE_US, connect_again, weaver);
    if ((notice->type == NOTICE_MESSAGE || notice->type == NOTICE_MESSAGE_CHANGED) &&
        !(notice->message->flags & MESSAGE_NOT_STORED)) {
        g_autofree char *line = g_strdup_printf("shown %s\n", notice->message->body->text);
        /* Nothing to be done when nobody reads any more. */
        ssize_t n = write(STDOUT_FILENO, line, strlen(line));
        (void)n;
    }
}

static void
take_line(struct weaver *weaver, char *line)
{
    char *text = strchr(line, '\t');
    const struct buffer *buffer;

    g_assert_nonnull(text);
    *text++ = '\0';
    buffer = person_buffer(weaver->person, line);
    /* What is refused stays in the editor of a person: it was never said. */
    if (buffer)
        core_input(weaver->person->core, buffer->id, text, NULL);
}

static gboolean
on_input(int fd, GIOCondition condition, gpointer user)
{
    struct weaver *weaver = user;
    char bytes[4096];
    ssize_t n = read(fd, bytes, sizeof bytes);
    char *end;

    if (n <= 0) {
        g_main_loop_quit(weaver->loop);
        return G_SOURCE_REMOVE;
    }
    g_string_append_len(weaver->input, bytes, n);
    while ((end = memchr(weaver->input->str, '\n', weaver->input->len))) {
        *end = '\0';
        take_line(weaver, weaver->input->str);
        g_string_erase(weaver->input, 0, end + 1 - weaver->input->str);
    }
    return G_SOURCE_CONTINUE;
}

int
main(void)
{
    struct weaver weaver = {
        .person = person_here(), .loop = g_main_loop_new(NULL, FALSE), .input = g_string_new(NULL)};

    /* All that was said on the wire, for the day when something is lost. */
    g_autofree char *log = g_build_filename(g_getenv("WEFT_HOME"), "weaver.log", NULL);

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    log_set_level(LOG_TRACE);
    log_open(log, 0, NULL);
    g_unix_fd_add(STDIN_FILENO, G_IO_IN | G_IO_HUP, on_input, &weaver);
    person_start(weaver.person);
    bus_subscribe(core_bus(weaver.person->core), on_notice, &weaver);
    g_main_loop_run(weaver.loop);
    person_free(weaver.person);
    g_main_loop_unref(weaver.loop);
    g_string_free(weaver.input, TRUE);
    return 0;
}
