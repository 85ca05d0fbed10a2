#include "base/log.h"
#include "tests/unit/base/tests.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/redact.h"

struct scene {
    char *folder;
    char *path;
    char *older;
};

static void
set_up(struct scene *scene, const void *cap)
{
    g_autoptr(GError) error = NULL;

    scene->folder = g_dir_make_tmp("weft-log-XXXXXX", NULL);
    scene->path = g_build_filename(scene->folder, "weft.log", NULL);
    scene->older = g_strconcat(scene->path, ".1", NULL);
    log_set_level(LOG_INFO);
    g_assert_true(log_open(scene->path, GPOINTER_TO_SIZE(cap), &error));
    g_assert_no_error(error);
}

static void
tear_down(struct scene *scene, const void *cap)
{
    log_close();
    log_set_level(LOG_INFO);
    g_unlink(scene->path);
    g_unlink(scene->older);
    g_rmdir(scene->folder);
    g_free(scene->folder);
    g_free(scene->path);
    g_free(scene->older);
}

static char *
contents(const char *path)
{
    char *text = NULL;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

static void
test_lines(struct scene *scene, const void *cap)
{
    struct stat st;

    log_info("net", "hello %d", 1);
    log_debug("net", "not at this level");
    log_set_level(LOG_DEBUG);
    g_assert_cmpint(log_level_now(), ==, LOG_DEBUG);
    log_debug("net", "now");
    log_trace("net", "not even now");
    g_autofree char *text = contents(scene->path);
    g_assert_true(g_regex_match_simple("^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z info "
                                       "\\[net\\] hello 1\\n\\S+ debug \\[net\\] now\\n$",
                                       text, 0, 0));
    g_assert_cmpint(stat(scene->path, &st), ==, 0);
    g_assert_cmpuint(st.st_mode & 0777, ==, 0600);
}

static void
test_redacted_and_escaped(struct scene *scene, const void *cap)
{
    redact_add("pass\nword");
    log_info("account pass\nword", "a\x1b[2J\npass\nword\x7f é\xc2\x9b \xff!");
    log_info("net", "a\u202egpj\u2028\u200b\U000e0041");
    redact_forget("pass\nword");
    g_autofree char *text = contents(scene->path);
    g_assert_nonnull(
        strstr(text, " info [account ***] a\\x1b[2J\\x0a***\\x7f é\\xc2\\x9b \\xff!\n"));
    g_assert_nonnull(
        strstr(text, "a\\xe2\\x80\\xaegpj\\xe2\\x80\\xa8\\xe2\\x80\\x8b\\xf3\\xa0\\x81\\x81\n"));
    g_assert_null(strchr(strchr(strchr(text, '\n') + 1, '\n') + 1, '\n'));
}

static void
test_long_message(struct scene *scene, const void *cap)
{
    g_autofree char *big = g_strnfill(100000, 'x');

    log_info("net", "%s", big);
    g_autofree char *text = contents(scene->path);
    g_assert_cmpuint(strlen(text), <, 17000);
    g_assert_nonnull(strstr(text, "(83616 bytes more)\n"));
}

static void
test_rotation(struct scene *scene, const void *cap)
{
    struct stat st;

    for (int i = 0; i < 100; i++)
        log_info("net", "line %03d", i);
    g_autofree char *now = contents(scene->path);
    g_autofree char *older = contents(scene->older);
    g_assert_cmpuint(strlen(now), <=, GPOINTER_TO_SIZE(cap));
    g_assert_cmpuint(strlen(older), <=, GPOINTER_TO_SIZE(cap));
    g_autofree char *both = g_strconcat(older, now, NULL);
    g_assert_nonnull(strstr(now, "line 099\n"));
    /* No line is lost or halved where one file follows the other. */
    const char *first = strstr(both, "line ");
    int number = atoi(first + 5);
    for (const char *at = first; at; at = strstr(at + 1, "line "))
        g_assert_cmpint(atoi(at + 5), ==, number++);
    g_assert_cmpint(number, ==, 100);
    g_assert_cmpint(stat(scene->path, &st), ==, 0);
    g_assert_cmpuint(st.st_mode & 0777, ==, 0600);
}

static void
test_followed_when_rotated_by_another(struct scene *scene, const void *cap)
{
    g_autofree char *fill = g_strnfill(400, 'x');

    log_info("net", "%s", fill);
    g_assert_cmpint(g_rename(scene->path, scene->older), ==, 0);
    g_assert_true(g_file_set_contents(scene->path, "theirs\n", -1, NULL));
    log_info("net", "%s", fill);
    g_autofree char *now = contents(scene->path);
    g_autofree char *older = contents(scene->older);
    g_assert_true(g_str_has_prefix(now, "theirs\n"));
    g_assert_nonnull(strstr(now, fill));
    g_assert_nonnull(strstr(older, fill));
}

static void
test_glib_and_prints(struct scene *scene, const void *cap)
{
    g_log("Some-Library", G_LOG_LEVEL_MESSAGE, "glib %s", "says");
    log_quiet_stderr(true);
    g_print("printed\n");
    g_printerr("complained\n");
    log_quiet_stderr(false);
    g_autofree char *text = contents(scene->path);
    g_assert_nonnull(strstr(text, " info [Some-Library] glib says\n"));
    g_assert_nonnull(strstr(text, " info [stdout] printed\\x0a\n"));
    g_assert_nonnull(strstr(text, " warning [stderr] complained\\x0a\n"));
}

static void *
chatter(void *user)
{
    for (int i = 0; i < 300; i++)
        log_info("thread", "%s", (const char *)user);
    return NULL;
}

static void
test_threads(struct scene *scene, const void *cap)
{
    g_autofree char *a = g_strnfill(300, 'a');
    g_autofree char *b = g_strnfill(300, 'b');
    GThread *one = g_thread_new("a", chatter, a);
    GThread *two = g_thread_new("b", chatter, b);
    unsigned good = 0;

    g_thread_join(one);
    g_thread_join(two);
    g_autofree char *text = contents(scene->path);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (unsigned i = 0; lines[i]; i++)
        good += g_str_has_suffix(lines[i], a) || g_str_has_suffix(lines[i], b);
    g_assert_cmpuint(good, ==, 600);
    g_assert_cmpuint(g_strv_length(lines), ==, 601);
}

static void
test_refused(struct scene *scene, const void *cap)
{
    g_autoptr(GError) missing = NULL;
    g_autoptr(GError) pipe = NULL;
    g_autofree char *nowhere = g_build_filename(scene->folder, "no", "weft.log", NULL);

    g_assert_false(log_open(nowhere, 0, &missing));
    g_assert_error(missing, WEFT_ERROR, WEFT_ERROR_DISK);
    g_assert_nonnull(strstr(missing->message, nowhere));
    g_assert_cmpint(mkfifo(scene->older, 0600), ==, 0);
    g_assert_false(log_open(scene->older, 0, &pipe));
    g_assert_error(pipe, WEFT_ERROR, WEFT_ERROR_DISK);
    log_info("net", "still here");
    g_autofree char *text = contents(scene->path);
    g_assert_nonnull(strstr(text, "still here"));
}

/* Runs in a process of its own: what reaches stderr without a file. */
static void
test_stderr(void)
{
    if (g_test_subprocess()) {
        log_info("net", "too low");
        log_warning("net", "to be\x1bseen");
        log_quiet_stderr(true);
        log_error("net", "dropped");
        log_quiet_stderr(false);
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_passed();
    g_test_trap_assert_stderr("*warning [net] to be\\x1bseen\n*");
    g_test_trap_assert_stderr_unmatched("*too low*");
    g_test_trap_assert_stderr_unmatched("*dropped*");
}

/* What a service manager's journal gets: levels, no times, whole lines; and the file has them too.
 */
static void
test_echo(struct scene *scene, const void *cap)
{
    if (g_test_subprocess()) {
        log_echo(LOG_WARNING);
        log_info("net", "too low");
        log_warning("net", "to be\x1bseen");
        log_echo(LOG_INFO);
        log_info("net", "now as well");
        log_echo(-1);
        log_error("net", "not any more");
        g_autofree char *text = contents(scene->path);
        g_assert_nonnull(strstr(text, "too low"));
        g_assert_nonnull(strstr(text, "not any more"));
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_passed();
    g_test_trap_assert_stderr("*[net] to be\\x1bseen\n*[net] now as well\n*");
    g_test_trap_assert_stderr_unmatched("*too low*");
    g_test_trap_assert_stderr_unmatched("*not any more*");
    g_test_trap_assert_stderr_unmatched("*Z warning*");
}

static void
add(const char *path, size_t cap, void (*fn)(struct scene *, const void *))
{
    g_test_add(path, struct scene, GSIZE_TO_POINTER(cap), set_up, fn, tear_down);
}

void
test_log_add(void)
{
    add("/log/lines", 0, test_lines);
    add("/log/redacted-and-escaped", 0, test_redacted_and_escaped);
    add("/log/long-message", 0, test_long_message);
    add("/log/rotation", 1000, test_rotation);
    add("/log/followed-when-rotated-by-another", 600, test_followed_when_rotated_by_another);
    add("/log/glib-and-prints", 0, test_glib_and_prints);
    add("/log/threads", 0, test_threads);
    add("/log/echo", 0, test_echo);
    add("/log/refused", 0, test_refused);
    g_test_add_func("/log/stderr", test_stderr);
}
