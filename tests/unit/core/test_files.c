/* Files up and down, and buttons: what is on the disk, what a cut and a restart make of it. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "core/transfer.h"
#include "tests/unit/core/fake.h"
#include "tests/unit/core/tests.h"

/* --- names
 * --------------------------------------------------------------------------------------- */

static void
test_names(void)
{
    static const char *const rows[][2] = {
        {"minutes.odt", "minutes.odt"},
        {"../../etc/passwd", "passwd"},
        {"/etc/passwd", "passwd"},
        {"C:\\Windows\\x.dll", "x.dll"},
        {"..", "file"},
        {".", "file"},
        {"", "file"},
        {"/", "file"},
        {".bashrc", "bashrc"},
        {"-rf", "rf"},
        {"~kai", "kai"},
        {" --help.txt ", "help.txt"},
        {"a\nb\tc\x1b[2J.txt", "a b c[2J.txt"},
        {"gpj.\xe2\x80\xae"
         "exe",
         "gpj.exe"},
        {"a\xe2\x80\x8b\xef\xbb\xbf.odt", "a.odt"},
        {"\xff\xfe.odt", "odt"},
        {"soup.", "soup"},
        {"löffel 🥄.png", "löffel 🥄.png"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *safe = transfer_safe_name(rows[i][0]);
        g_assert_cmpstr(safe, ==, rows[i][1]);
    }
    g_autofree char *many = g_strnfill(5000, 'x');
    g_autofree char *given = g_strconcat(many, ".tar.gz", NULL);
    g_autofree char *safe = transfer_safe_name(given);
    g_assert_cmpuint(strlen(safe), <=, 200);
    g_assert_true(g_str_has_suffix(safe, ".gz"));
}

/* --- down
 * ---------------------------------------------------------------------------------------- */

static int64_t
say_file(struct fake *fake, const char *id, const char *name, int64_t size_bytes)
{
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func((GDestroyNotify)attachment_free);
    g_ptr_array_add(files, attachment_new(id, name, size_bytes));
    fake_say(fake, 0, &(struct fake_said){.text = "", .id = id, .files = files});
    fake_settle(fake);
    struct message *message = fake_newest(fake, 0);
    const int64_t row = message->id;
    g_assert_cmpuint(message->files->len, ==, 1);
    message_unref(message);
    return row;
}

static void
give(struct fake *fake, uint64_t at, const char *text)
{
    struct fake_session *session = fake_session(fake, 0);
    host_bytes(session->host, session->asked_op, at, text, strlen(text));
}

/* Until what came is written, the transfers gone (`n` 0) or waiting. */
static void
written(struct fake *fake, unsigned n)
{
    const GPtrArray *all = core_transfers(fake->core);
    const int64_t deadline = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;

    fake_settle(fake);
    while ((all->len > n || (n > 0 && !((const struct transfer *)all->pdata[0])->waits)) &&
           g_get_monotonic_time() < deadline)
        g_main_context_iteration(NULL, FALSE);
    g_assert_cmpuint(all->len, ==, n);
    fake_settle(fake);
}

static void
end(struct fake *fake)
{
    struct fake_session *session = fake_session(fake, 0);
    host_done(session->host, session->asked_op, NULL, 0);
    written(fake, 0);
}

static void
fetch(struct fake *fake, int64_t row)
{
    g_autoptr(GError) error = NULL;
    g_assert_true(core_fetch_file(fake->core, row, 0, TRANSFER_SAVE, false, &error));
    g_assert_no_error(error);
    fake_settle(fake);
}

static void
assert_asked(struct fake *fake, const char *what)
{
    GString *asked = fake_session(fake, 0)->asked;
    g_assert_cmpstr(asked->str, ==, what);
    g_string_truncate(asked, 0);
}

static void
assert_saved(struct fake *fake, const char *name, const char *content)
{
    g_autofree char *path = g_build_filename(fake->download_dir, name, NULL);
    g_autofree char *got = NULL;
    struct stat st;
    g_assert_true(g_file_get_contents(path, &got, NULL, NULL));
    g_assert_cmpstr(got, ==, content);
    g_assert_cmpint(stat(path, &st), ==, 0);
    g_assert_cmpint(st.st_mode & 0777, ==, 0600);
}

/* Files in the folder, partial ones too. */
static unsigned
n_files(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    unsigned n = 0;
    while (dir != NULL && g_dir_read_name(dir) != NULL)
        n++;
    return n;
}

static struct fake *
online(void)
{
    struct fake *fake = fake_new(1);
    fake_online(fake, 0);
    fake_settle(fake);
    g_string_truncate(fake_session(fake, 0)->asked, 0);
    return fake;
}

static void
test_save(void)
{
    struct fake *fake = online();
    const int64_t row = say_file(fake, "f1", "../minutes.odt", 10);

    fetch(fake, row);
    assert_asked(fake, "download f1 from 0|");
    give(fake, 0, "hello");
    g_assert_cmpuint(core_transfers(fake->core)->len, ==, 1);
    const struct transfer *transfer = core_transfers(fake->core)->pdata[0];
    g_assert_cmpuint(transfer->done_bytes, ==, 5);
    give(fake, 5, "world");
    end(fake);
    g_assert_cmpuint(core_transfers(fake->core)->len, ==, 0);
    g_assert_cmpuint(fake->counts[NOTICE_FILE], ==, 1);
    assert_saved(fake, "minutes.odt", "helloworld");
    /* Nothing is overwritten. */
    fetch(fake, row);
    give(fake, 0, "HELLOworld");
    end(fake);
    assert_saved(fake, "minutes.odt", "helloworld");
    assert_saved(fake, "minutes (2).odt", "HELLOworld");
    g_assert_cmpuint(n_files(fake->download_dir), ==, 2);
    fake_free(fake);
}

/* From where it stood, after a cut and after a restart; a server that knows no ranges begins anew.
 */
static void
test_resume(void)
{
    struct fake *fake = online();
    const int64_t row = say_file(fake, "f1", "a.txt", 9);

    fetch(fake, row);
    assert_asked(fake, "download f1 from 0|");
    give(fake, 0, "abc");
    fake_lost(fake, 0, WEFT_ERROR_IO);
    written(fake, 1);
    g_assert_true(((struct transfer *)core_transfers(fake->core)->pdata[0])->waits);
    fake_advance(fake, 60 * SECOND_US);
    fake_online(fake, 0);
    fake_settle(fake);
    assert_asked(fake, "download f1 from 3|");
    give(fake, 3, "def");
    fake_restart(fake);
    fake_online(fake, 0);
    fake_settle(fake);
    g_string_truncate(fake_session(fake, 0)->asked, 0);
    fetch(fake, row);
    assert_asked(fake, "download f1 from 6|");
    give(fake, 0, "ABC");
    give(fake, 3, "DEFGHI");
    end(fake);
    assert_saved(fake, "a.txt", "ABCDEFGHI");
    g_assert_cmpuint(n_files(fake->download_dir), ==, 1);
    fake_free(fake);
}

/* What is longer than it was said to be, or has holes, leaves nothing; what was stopped neither. */
static void
test_lies(void)
{
    struct fake *fake = online();
    const int64_t row = say_file(fake, "f1", "a.txt", 4);

    fetch(fake, row);
    give(fake, 0, "abc");
    give(fake, 3, "much more");
    g_assert_cmpuint(fake_session(fake, 0)->cancelled->len, ==, 1);
    fake_failed(fake, 0, fake_session(fake, 0)->asked_op, WEFT_ERROR_CANCELLED);
    written(fake, 0);
    g_assert_cmpuint(n_files(fake->download_dir), ==, 0);
    fetch(fake, row);
    give(fake, 2, "cd");
    fake_failed(fake, 0, fake_session(fake, 0)->asked_op, WEFT_ERROR_CANCELLED);
    written(fake, 0);
    g_assert_cmpuint(n_files(fake->download_dir), ==, 0);
    fetch(fake, row);
    give(fake, 0, "ab");
    const struct transfer *transfer = core_transfers(fake->core)->pdata[0];
    g_assert_true(core_stop_transfer(fake->core, transfer->id));
    fake_settle(fake);
    g_assert_cmpuint(core_transfers(fake->core)->len, ==, 0);
    g_assert_cmpuint(n_files(fake->download_dir), ==, 0);
    g_assert_cmpuint(fake->counts[NOTICE_FILE], ==, 0);
    fake_free(fake);
}

/* Something else lies where the piece would: it is not touched, nor followed. */
static void
test_in_the_way(void)
{
    struct fake *fake = online();
    const int64_t row = say_file(fake, "f1", "a.txt", 4);
    g_autofree char *victim = g_build_filename(fake->dir, "victim", NULL);

    fetch(fake, row);
    give(fake, 0, "ab");
    g_autoptr(GDir) dir = g_dir_open(fake->download_dir, 0, NULL);
    g_autofree char *part = g_build_filename(fake->download_dir, g_dir_read_name(dir), NULL);
    g_assert_true(g_str_has_suffix(part, ".part"));
    fake_failed(fake, 0, fake_session(fake, 0)->asked_op, WEFT_ERROR_FORBIDDEN);
    written(fake, 0);
    g_file_set_contents(victim, "mine", -1, NULL);
    g_assert_cmpint(symlink(victim, part), ==, 0);
    g_autoptr(GError) error = NULL;
    core_fetch_file(fake->core, row, 0, TRANSFER_SAVE, false, &error);
    fake_settle(fake);
    g_assert_cmpuint(core_transfers(fake->core)->len, ==, 0);
    g_autofree char *left = NULL;
    g_assert_true(g_file_get_contents(victim, &left, NULL, NULL));
    g_assert_cmpstr(left, ==, "mine");
    fake_free(fake);
}

static void
test_large(void)
{
    struct fake *fake = online();
    const int64_t row = say_file(fake, "f1", "a.iso", INT64_C(900) * 1000 * 1000);
    g_autoptr(GError) error = NULL;

    g_assert_false(core_fetch_file(fake->core, row, 0, TRANSFER_SAVE, false, &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE);
    g_clear_error(&error);
    g_assert_true(core_fetch_file(fake->core, row, 0, TRANSFER_SAVE, true, &error));
    g_assert_false(core_fetch_file(fake->core, row, 0, TRANSFER_SAVE, true, &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_CONFLICT);
    g_clear_error(&error);
    g_assert_false(core_fetch_file(fake->core, row, 1, TRANSFER_SAVE, true, &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND);
    fake_free(fake);
}

/* --- up
 * ------------------------------------------------------------------------------------------ */

static char *
make_file(struct fake *fake, const char *name, const char *content)
{
    char *path = g_build_filename(fake->dir, name, NULL);
    g_assert_true(g_file_set_contents(path, content, -1, NULL));
    return path;
}

static void
uploaded(struct fake *fake, const char *id)
{
    struct fake_session *session = fake_session(fake, 0);
    host_done(session->host, session->asked_op, id, 0);
    fake_settle(fake);
}

static void
enter(struct fake *fake, const char *line)
{
    g_autoptr(GError) error = NULL;
    core_input(fake->core, fake_buffer(fake, 0, "#lab")->id, line, &error);
    g_assert_no_error(error);
}

static void
type_upload(struct fake *fake, const char *path, const char *text)
{
    g_autofree char *line = g_strdup_printf("/upload \"%s\"%s", path, text);
    enter(fake, line);
    fake_settle(fake);
}

static void
test_upload(void)
{
    struct fake *fake = online();
    g_autofree char *path = make_file(fake, "the minutes.odt", "four");

    type_upload(fake, path, " here they are");
    assert_asked(fake, "upload the minutes.odt 4|");
    g_assert_cmpuint(fake_session(fake, 0)->sends->len, ==, 0);
    enter(fake, "meanwhile");
    fake_settle(fake);
    g_assert_cmpstr(fake_sent(fake, 0, 0)->text, ==, "meanwhile"); /* does not wait for it */
    fake_done(fake, 0, fake_sent(fake, 0, 0)->op, "r1", 0);
    uploaded(fake, "f7");
    g_assert_cmpuint(fake_session(fake, 0)->sends->len, ==, 2);
    g_assert_cmpstr(fake_sent(fake, 0, 1)->text, ==, "here they are");
    g_assert_nonnull(strstr(fake_sent(fake, 0, 1)->files, " f7 "));
    fake_done(fake, 0, fake_sent(fake, 0, 1)->op, "r2", 0);
    fake_settle(fake);
    g_assert_cmpuint(core_transfers(fake->core)->len, ==, 0);
    fake_free(fake);
}

/* Killed while it goes over, and while its message does: no file twice, no message twice. */
static void
test_upload_killed(void)
{
    struct fake *fake = online();
    g_autofree char *path = make_file(fake, "a.odt", "four");

    type_upload(fake, path, "");
    assert_asked(fake, "upload a.odt 4|");
    g_autofree char *key = g_strdup(fake_session(fake, 0)->upload_key);
    fake_restart(fake);
    fake_online(fake, 0);
    fake_settle(fake);
    g_assert_nonnull(strstr(fake_session(fake, 0)->asked->str, "upload a.odt 4|"));
    g_assert_cmpstr(fake_session(fake, 0)->upload_key, ==, key);
    uploaded(fake, "f7");
    g_assert_cmpuint(fake_session(fake, 0)->sends->len, ==, 1);
    g_autofree char *send_key = g_strdup(fake_sent(fake, 0, 0)->key);
    fake_restart(fake);
    fake_online(fake, 0);
    fake_settle(fake);
    /* It is not there: the same message again, with the file that is over there already. */
    g_assert_null(strstr(fake_session(fake, 0)->asked->str, "upload"));
    g_assert_cmpuint(fake_session(fake, 0)->sends->len, ==, 1);
    g_assert_cmpstr(fake_sent(fake, 0, 0)->key, ==, send_key);
    g_assert_nonnull(strstr(fake_sent(fake, 0, 0)->files, " f7 "));
    fake_free(fake);
}

static void
test_upload_refused(void)
{
    struct fake *fake = online();
    g_autofree char *path = make_file(fake, "a.odt", "four");

    type_upload(fake, path, " text");
    fake_failed(fake, 0, fake_session(fake, 0)->asked_op, WEFT_ERROR_TOO_LARGE);
    fake_settle(fake);
    struct message *message = fake_newest(fake, 0);
    g_assert_cmpint(message->state, ==, MESSAGE_FAILED);
    g_string_truncate(fake_session(fake, 0)->asked, 0);
    g_autoptr(GError) error = NULL;
    g_assert_true(core_retry(fake->core, message->id, &error));
    message_unref(message);
    fake_settle(fake);
    assert_asked(fake, "upload a.odt 4|");
    /* Stopped: nothing is sent, and it can be given up. */
    const struct transfer *transfer = core_transfers(fake->core)->pdata[0];
    g_assert_true(core_stop_transfer(fake->core, transfer->id));
    fake_settle(fake);
    message = fake_newest(fake, 0);
    g_assert_cmpint(message->state, ==, MESSAGE_FAILED);
    g_assert_true(core_drop(fake->core, message->id, &error));
    message_unref(message);
    g_assert_cmpuint(fake_session(fake, 0)->sends->len, ==, 0);
    fake_free(fake);
}

static void
refuses(struct fake *fake, const char *line, const char *part)
{
    g_autoptr(GError) error = NULL;
    g_assert_false(core_input(fake->core, fake_buffer(fake, 0, "#lab")->id, line, &error));
    g_assert_nonnull(error);
    if (strstr(error->message, part) == NULL)
        g_error("\"%s\" does not say \"%s\"", error->message, part);
}

static void
test_unfit(void)
{
    struct fake *fake = online();
    g_autofree char *pipe = g_build_filename(fake->dir, "pipe", NULL);
    g_autofree char *link = g_build_filename(fake->dir, "link", NULL);
    g_autofree char *empty = make_file(fake, "empty", "");
    g_autofree char *good = make_file(fake, "good", "good");
    const struct limits limits = {.max_in_flight = 1, .file_bytes = 3};

    g_assert_cmpint(mkfifo(pipe, 0600), ==, 0);
    g_assert_cmpint(symlink(pipe, link), ==, 0);
    g_autofree char *by_pipe = g_strconcat("/upload ", pipe, NULL);
    g_autofree char *by_link = g_strconcat("/upload ", link, NULL);
    g_autofree char *by_empty = g_strconcat("/attach ", empty, NULL);
    g_autofree char *by_good = g_strconcat("/attach ", good, NULL);
    refuses(fake, by_pipe, "no plain file");
    refuses(fake, by_link, "no plain file");
    refuses(fake, by_empty, "empty");
    refuses(fake, "/upload /dev/zero", "no plain file");
    refuses(fake, "/upload /nonexistent/x", "cannot be read");
    refuses(fake, "/upload /tmp", "folder");
    refuses(fake, "/upload \"/tmp/x", "quote");
    refuses(fake, "/upload", "Nothing is attached");
    refuses(fake, "/detach", "Nothing is attached");
    refuses(fake, "/stop", "No file");
    enter(fake, by_good);
    refuses(fake, by_good, "at most 1 file");
    enter(fake, "/detach");
    fake_caps(fake, 0, ~0u, &limits);
    refuses(fake, by_good, "at most");
    fake_caps(fake, 0, ~0u & ~(unsigned)CAP_UPLOAD, NULL);
    refuses(fake, by_good, "no files");
    g_assert_cmpuint(core_transfers(fake->core)->len, ==, 0);
    fake_free(fake);
}

/* What was attached goes with the next words, once. */
static void
test_attach(void)
{
    struct fake *fake = online();
    g_autofree char *path = make_file(fake, "a.odt", "four");
    g_autofree char *line = g_strconcat("/attach ", path, NULL);

    enter(fake, line);
    fake_settle(fake);
    assert_asked(fake, "");
    enter(fake, "look");
    fake_settle(fake);
    g_assert_nonnull(strstr(fake_session(fake, 0)->asked->str, "upload a.odt 4|"));
    uploaded(fake, "f1");
    g_assert_cmpstr(fake_sent(fake, 0, 0)->text, ==, "look");
    g_assert_nonnull(fake_sent(fake, 0, 0)->files);
    fake_done(fake, 0, fake_sent(fake, 0, 0)->op, "r1", 0);
    enter(fake, "more");
    fake_settle(fake);
    g_assert_null(fake_sent(fake, 0, 1)->files);
    fake_free(fake);
}

/* --- the store keeps them, and the echo of our own brings the network's
 * --------------------------------------------- */

static void
test_echo(void)
{
    struct fake *fake = online();
    g_autofree char *path = make_file(fake, "a.odt", "four");
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func((GDestroyNotify)attachment_free);

    type_upload(fake, path, " text");
    uploaded(fake, "f1");
    g_ptr_array_add(files, attachment_new("f1", "a.odt", 4));
    fake_say(fake, 0,
             &(struct fake_said){.text = "text",
                                 .id = "r1",
                                 .key = fake_sent(fake, 0, 0)->key,
                                 .origin = ORIGIN_ECHO,
                                 .files = files});
    fake_settle(fake);
    struct message *message = fake_newest(fake, 0);
    g_assert_cmpint(message->state, ==, MESSAGE_SENT);
    const struct attachment *file = message->files->pdata[0];
    g_assert_cmpstr(file->id, ==, "f1");
    g_assert_null(file->path);
    message_unref(message);
    fake_free(fake);
}

static void
test_press(void)
{
    struct fake *fake = online();
    g_autoptr(GPtrArray) buttons = g_ptr_array_new_with_free_func((GDestroyNotify)button_free);
    struct button *menu = button_new("who", "Who", "cookie");
    g_autoptr(GError) error = NULL;

    button_add_choice(menu, "Uma", "u1");
    g_ptr_array_add(buttons, button_new("ok", "OK", NULL));
    g_ptr_array_add(buttons, menu);
    fake_say(fake, 0, &(struct fake_said){.text = "approve?", .id = "r1", .buttons = buttons});
    fake_settle(fake);
    struct message *message = fake_newest(fake, 0);
    const int64_t row = message->id;
    g_assert_cmpuint(message->buttons->len, ==, 2);
    message_unref(message);
    g_string_truncate(fake_session(fake, 0)->asked, 0);
    g_assert_true(core_press(fake->core, row, 0, -1, &error));
    assert_asked(fake, "press r1 ok - -|");
    g_assert_true(core_press(fake->core, row, 1, 0, &error));
    assert_asked(fake, "press r1 who cookie u1|");
    g_assert_false(core_press(fake->core, row, 1, -1, NULL));
    g_assert_false(core_press(fake->core, row, 1, 1, NULL));
    g_assert_false(core_press(fake->core, row, 0, 0, NULL));
    g_assert_false(core_press(fake->core, row, 2, -1, &error));
    g_assert_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND);
    fake_free(fake);
}

static void
test_complete(void)
{
    struct fake *fake = online();
    g_autofree char *path = make_file(fake, "the minutes.odt", "four");
    g_autofree char *line = g_strdup_printf("/upload %s/the", fake->dir);
    size_t start;
    g_auto(GStrv) found =
        core_complete(fake->core, fake_buffer(fake, 0, "#lab")->id, line, strlen(line), &start);
    g_autofree char *want = g_strdup_printf("%s/the\\ minutes.odt ", fake->dir);

    g_assert_cmpstr(found[0], ==, want);
    g_assert_cmpuint(start, ==, strlen("/upload "));
    fake_free(fake);
}

void
test_files_add(void)
{
    g_test_add_func("/files/names", test_names);
    g_test_add_func("/files/save", test_save);
    g_test_add_func("/files/resume", test_resume);
    g_test_add_func("/files/lies", test_lies);
    g_test_add_func("/files/in-the-way", test_in_the_way);
    g_test_add_func("/files/large", test_large);
    g_test_add_func("/files/upload", test_upload);
    g_test_add_func("/files/upload-killed", test_upload_killed);
    g_test_add_func("/files/upload-refused", test_upload_refused);
    g_test_add_func("/files/unfit", test_unfit);
    g_test_add_func("/files/attach", test_attach);
    g_test_add_func("/files/echo", test_echo);
    g_test_add_func("/files/press", test_press);
    g_test_add_func("/files/complete", test_complete);
}
