/* The same grid as a real terminal keeps it: painted inside tmux, read back from tmux. */
#include "tests/unit/ui/tests.h"
#include "tests/unit/ui/torture.h"
#include "ui/term.h"
#include <glib.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define ROWS 16
#define COLS 80

int
paint_torture(void)
{
    struct term_options options = {0};
    g_autoptr(GError) error = NULL;
    struct term *term = term_open(&options, &error);
    if (term == NULL) {
        g_printerr("%s\n", error->message);
        return 1;
    }
    struct cells *cells = torture_cells(ROWS, COLS);
    struct keys *keys = keys_new();
    struct keys_event event;
    bool stay = true, drawn = false;
    /* Twice, the second time over the first: what is left behind would be seen. */
    for (int i = 0; i < 2; i++) {
        cells_scroll(cells, 0, 0, ROWS, COLS - 1, i == 0 ? 1 : -1, (struct style){0});
        if (i == 1) {
            cells_free(cells);
            cells = torture_cells(ROWS, COLS);
            cells_puts(cells, ROWS - 1, 0, COLS, "ready", (struct style){0});
        }
        do
            drawn = term_draw(term, cells);
        while (!drawn);
    }
    while (stay) {
        struct pollfd ready = {term_fd(term), POLLIN, 0};
        poll(&ready, 1, 10000);
        stay = (ready.revents & POLLIN) != 0 && term_read(term, keys) != TERM_READ_GONE;
        while (keys_next(keys, &event)) {
            stay = stay && event.kind != KEYS_KEY;
            keys_event_clear(&event);
        }
    }
    term_close(term);
    keys_free(keys);
    cells_free(cells);
    return 0;
}

static char *
tmux(const char *folder, const char *const *arguments)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_auto(GStrv) env = g_environ_unsetenv(g_get_environ(), "TMUX");
    g_autofree char *socket = g_build_filename(folder, "socket", NULL);
    char *out = NULL;
    g_autofree char *messages = NULL;
    g_autoptr(GError) error = NULL;
    const char *const first[] = {"tmux", "-u", "-f", "/dev/null", "-S", socket};
    for (unsigned i = 0; i < G_N_ELEMENTS(first); i++)
        g_ptr_array_add(argv, g_strdup(first[i]));
    for (unsigned i = 0; arguments[i] != NULL; i++)
        g_ptr_array_add(argv, g_strdup(arguments[i]));
    g_ptr_array_set_free_func(argv, g_free);
    g_ptr_array_add(argv, NULL);
    g_spawn_sync(NULL, (char **)argv->pdata, env, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &messages,
                 NULL, &error);
    g_assert_no_error(error);
    return out;
}

/* Printable ASCII but blanks. */
static char *
ascii_of(const char *text)
{
    GString *out = g_string_new(NULL);
    for (; *text != '\0'; text++)
        if (*text > ' ' && *text < 0x7f)
            g_string_append_c(out, *text);
    return g_string_free(out, FALSE);
}

/* tmux 3.3a keeps at most 21 bytes of a cluster, drops tones and gives VS15, spacing marks and
 * keycaps widths of its own. There the words around them and the border must stand; all other rows
 * must be equal. */
static void
compare_rows(const char *shown, const char *expected)
{
    static const char *const special[] = {"family", "flags", "text", "Devanagari"};
    g_auto(GStrv) got = g_strsplit(shown, "\n", -1);
    g_auto(GStrv) wanted = g_strsplit(expected, "\n", -1);
    g_assert_cmpuint(g_strv_length(got), ==, g_strv_length(wanted));
    for (int row = 0; wanted[row] != NULL; row++) {
        bool lenient = false;
        for (unsigned i = 0; i < G_N_ELEMENTS(special); i++)
            lenient = lenient || g_str_has_prefix(wanted[row], special[i]);
        g_autofree char *got_ascii = ascii_of(got[row]), *wanted_ascii = ascii_of(wanted[row]);
        g_assert_cmpstr(got_ascii, ==, wanted_ascii);
        if (lenient)
            g_assert_true(g_str_has_suffix(got[row], "│"));
        else
            g_assert_cmpstr(got[row], ==, wanted[row]);
    }
}

static void
test_read_back(void)
{
    g_autofree char *program = g_find_program_in_path("tmux");
    if (program == NULL) {
        g_test_skip("tmux is not installed");
        return;
    }
    g_autofree char *folder = g_dir_make_tmp("weft-ui-XXXXXX", NULL);
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *quoted = g_shell_quote(self);
    g_autofree char *command = g_strdup_printf("exec %s --paint", quoted);
    const char *const start[] = {"start-server", ";",  "set",         "-g",    "status",
                                 "off",          ";",  "new-session", "-d",    "-x",
                                 "80",           "-y", "16",          command, NULL};
    const char *const capture[] = {"capture-pane", "-p", NULL};
    const char *const end[] = {"kill-server", NULL};
    g_autofree char *shown = NULL;
    g_free(tmux(folder, start));
    gint64 deadline = g_get_monotonic_time() + 30 * G_USEC_PER_SEC;
    while (g_get_monotonic_time() < deadline) {
        g_free(shown);
        shown = tmux(folder, capture);
        if (strstr(shown, "ready") != NULL)
            break;
        g_poll(NULL, 0, 20);
    }
    g_free(tmux(folder, end));
    struct cells *cells = torture_cells(ROWS, COLS);
    cells_puts(cells, ROWS - 1, 0, COLS, "ready", (struct style){0});
    g_autofree char *expected = cells_dump_text(cells);
    compare_rows(shown, expected);
    cells_free(cells);
    g_autofree char *socket = g_build_filename(folder, "socket", NULL);
    g_unlink(socket);
    g_rmdir(folder);
}

void
test_tmux_add(void)
{
    g_test_add_func("/tmux/read-back", test_read_back);
}
