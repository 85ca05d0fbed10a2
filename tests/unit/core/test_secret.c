#include "core/secret.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/redact.h"
#include "core/options.h"
#include "tests/support/loop.h"
#include "tests/support/scratch.h"
#include "tests/unit/core/tests.h"

static const struct option_row rows[] = {
    {.name = "password", .type = OPTION_SECRET},
    {.name = "nick", .type = OPTION_TEXT},
    {0},
};

struct answer {
    bool came;
    char *value;
    GError *error;
};

static void
take(void *user, const char *value, const GError *error)
{
    struct answer *answer = user;

    g_assert_false(answer->came);
    answer->came = true;
    answer->value = g_strdup(value);
    answer->error = error ? g_error_copy(error) : NULL;
}

static void
ask_within(const char *key, const char *setting, unsigned limit_ms, struct answer *answer)
{
    struct options *options = options_new(rows, NULL);

    *answer = (struct answer){0};
    if (key)
        g_assert_true(options_add(options, key, setting, NULL, NULL));
    g_assert_true(secret_configured(options, "password") == (key != NULL));
    secret_get_within(options, "password", limit_ms, take, answer);
    g_assert_false(answer->came);
    g_assert_true(loop_until_true(&answer->came, 20000));
    options_free(options);
}

static void
assert_value(const char *key, const char *setting, const char *value)
{
    struct answer answer;

    ask_within(key, setting, 20000, &answer);
    g_assert_no_error(answer.error);
    g_assert_cmpstr(answer.value, ==, value);
    g_free(answer.value);
}

static void
assert_failure(const char *key, const char *setting, enum weft_error code, const char *part)
{
    struct answer answer;

    ask_within(key, setting, 20000, &answer);
    g_assert_null(answer.value);
    g_assert_error(answer.error, WEFT_ERROR, (int)code);
    if (!strstr(answer.error->message, part))
        g_error("'%s' is not in: %s", part, answer.error->message);
    g_assert_null(strstr(answer.error->message, "hunter"));
    g_error_free(answer.error);
}

static void
test_command(void)
{
    assert_value("password_cmd", "printf 'hunter1\\nsecond line\\n'", "hunter1");
    assert_value("password_cmd", "printf hunter1", "hunter1");
    assert_value("password_cmd", "printf 'hunter1\\r\\n'", "hunter1");
    /* No shell: neither a variable nor a second command. */
    assert_value("password_cmd", "echo '$HOME;' \"a  b\" | cat", "$HOME; a  b | cat");
    /* Much more than the first line. */
    assert_value("password_cmd", "seq 1 100000", "1");
    assert_failure("password_cmd", "false", WEFT_ERROR_AUTH, "password_cmd failed");
    assert_failure("password_cmd", "sh -c 'echo hunter2; exit 3'", WEFT_ERROR_AUTH, "3");
    assert_failure("password_cmd", "true", WEFT_ERROR_AUTH, "empty first line");
    assert_failure("password_cmd", "printf '\\nhunter2\\n'", WEFT_ERROR_AUTH, "empty first line");
    assert_failure("password_cmd", "printf '\\377hunter2'", WEFT_ERROR_AUTH, "no text");
    assert_failure("password_cmd", "weft-no-such-program x", WEFT_ERROR_AUTH, "cannot be run");
    assert_failure("password_cmd", "head -c 70000 /dev/zero", WEFT_ERROR_AUTH, "more than 65536");
}

static bool
is_gone(void *user)
{
    return kill(*(pid_t *)user, 0) != 0;
}

static bool
has_pid(void *user)
{
    g_autofree char *text = file_read(user, 100, NULL, NULL);
    return text && strchr(text, '\n');
}

static pid_t
read_pid(const char *path)
{
    g_assert_true(loop_until(has_pid, (void *)(uintptr_t)path, 20000));
    g_autofree char *text = file_read(path, 100, NULL, NULL);
    return (pid_t)strtol(text, NULL, 10);
}

/* A command that hangs is stopped with all that it started. */
static void
test_hanging_command(void)
{
    char *folder = scratch_new();
    g_autofree char *pid_file = g_build_filename(folder, "pid", NULL);
    g_autofree char *command = g_strdup_printf("sh -c 'sleep 1000 & echo $! >%s; wait'", pid_file);
    struct answer answer;

    ask_within("password_cmd", command, 500, &answer);
    g_assert_error(answer.error, WEFT_ERROR, WEFT_ERROR_TIMEOUT);
    g_assert_nonnull(strstr(answer.error->message, "within 1 seconds"));
    g_error_free(answer.error);
    pid_t pid = read_pid(pid_file);
    g_assert_true(loop_until(is_gone, &pid, 20000));
    scratch_free(folder);
}

static void
test_cancel(void)
{
    char *folder = scratch_new();
    g_autofree char *pid_file = g_build_filename(folder, "pid", NULL);
    g_autofree char *command = g_strdup_printf("sh -c 'echo $$ >%s; exec sleep 1000'", pid_file);
    struct options *options = options_new(rows, NULL);
    struct answer answer = {0};

    g_assert_true(options_add(options, "password_cmd", command, NULL, NULL));
    struct secret_request *request = secret_get(options, "password", take, &answer);
    pid_t pid = read_pid(pid_file);
    secret_cancel(request);
    g_assert_true(loop_until(is_gone, &pid, 20000));
    options_free(options);

    options = options_new(rows, NULL);
    request = secret_get(options, "password", take, &answer);
    secret_cancel(request);
    while (g_main_context_iteration(NULL, FALSE))
        ;
    g_assert_false(answer.came);
    options_free(options);
    scratch_free(folder);
}

static void
test_file(void)
{
    char *folder = scratch_new();
    g_autofree char *path = g_build_filename(folder, "secret", NULL);

    g_assert_true(file_write_atomic(path, "hunter3\nmore\n", 13, NULL));
    assert_value("password_file", path, "hunter3");
    g_assert_cmpint(chmod(path, 0640), ==, 0);
    assert_failure("password_file", path, WEFT_ERROR_AUTH, "chmod go=");
    g_assert_cmpint(unlink(path), ==, 0);
    assert_failure("password_file", path, WEFT_ERROR_AUTH, path);
    scratch_free(folder);
}

static void
test_environment(void)
{
    g_setenv("WEFT_TEST_SECRET", "hunter4", TRUE);
    assert_value("password_env", "WEFT_TEST_SECRET", "hunter4");
    g_setenv("WEFT_TEST_SECRET", "", TRUE);
    assert_failure("password_env", "WEFT_TEST_SECRET", WEFT_ERROR_AUTH, "not set");
    g_unsetenv("WEFT_TEST_SECRET");
    assert_failure("password_env", "WEFT_TEST_SECRET", WEFT_ERROR_AUTH, "not set");
}

static void
test_plain_and_none(void)
{
    assert_value("password", "hunter5-plain", "hunter5-plain");
    g_autoptr(GString) line = g_string_new("PASS hunter5-plain");
    redact_text(line);
    g_assert_cmpstr(line->str, ==, "PASS ***");
    assert_failure(NULL, NULL, WEFT_ERROR_NOT_FOUND, "No source");
}

void
test_secret_add(void)
{
    g_test_add_func("/secret/command", test_command);
    g_test_add_func("/secret/hanging-command", test_hanging_command);
    g_test_add_func("/secret/cancel", test_cancel);
    g_test_add_func("/secret/file", test_file);
    g_test_add_func("/secret/environment", test_environment);
    g_test_add_func("/secret/plain-and-none", test_plain_and_none);
}
