#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

#define APPEND_MAX_BYTES (64 * 1024 * 1024)
#define LINKS_MAX        40

static bool
fail(GError **error, const char *path, const char *what, int number)
{
    g_autofree char *shown = g_filename_display_name(path);
    enum weft_error code = number == ENOENT || number == ENOTDIR ? WEFT_ERROR_NOT_FOUND
                           : number == EISDIR                    ? WEFT_ERROR_BAD_INPUT
                                                                 : WEFT_ERROR_DISK;
    g_set_error(error, WEFT_ERROR, (int)code, "%s cannot be %s: %s.", shown, what,
                g_strerror(number));
    return false;
}

bool
file_make_private_dir(const char *path, GError **error)
{
    if (g_mkdir_with_parents(path, 0700) != 0) {
        int number = errno;
        g_autofree char *shown = g_filename_display_name(path);
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_DISK, "The folder %s cannot be made: %s.", shown,
                    g_strerror(number));
        return false;
    }
    if (!g_file_test(path, G_FILE_TEST_IS_DIR)) {
        g_autofree char *shown = g_filename_display_name(path);
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_DISK, "%s is in the way: it is not a folder.",
                    shown);
        return false;
    }
    return true;
}

/* Reads to the end; -1 with errno, EFBIG when there is more than `max_bytes`. */
static char *
read_all(int fd, size_t max_bytes, size_t *ret_len)
{
    g_autoptr(GString) text = g_string_new(NULL);
    char chunk[16384];

    for (;;) {
        ssize_t got = read(fd, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return NULL;
        if (got == 0)
            break;
        if ((size_t)got > max_bytes - text->len) {
            errno = EFBIG;
            return NULL;
        }
        g_string_append_len(text, chunk, got);
    }
    *ret_len = text->len;
    return g_string_free(g_steal_pointer(&text), FALSE);
}

char *
file_read(const char *path, size_t max_bytes, size_t *ret_len, GError **error)
{
    struct stat st;
    size_t len;
    /* Nonblocking: a pipe or a terminal by that name must not hang the program. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    if (fd < 0 || fstat(fd, &st) != 0) {
        fail(error, path, "read", errno);
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    /* Character devices for /dev/null, by which people say "no file". */
    if (!S_ISREG(st.st_mode) && !S_ISCHR(st.st_mode)) {
        g_autofree char *shown = g_filename_display_name(path);
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT, "%s is not a file that can be read.",
                    shown);
        close(fd);
        return NULL;
    }
    char *text = read_all(fd, max_bytes, &len);
    int number = errno;
    close(fd);
    if (!text && number == EFBIG) {
        g_autofree char *shown = g_filename_display_name(path);
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                    "%s is too large: weft reads at most %zu bytes of such a file.", shown,
                    max_bytes);
    } else if (!text) {
        fail(error, path, "read", number);
    } else if (ret_len) {
        *ret_len = len;
    }
    return text;
}

/* Where a write has to go: `path` with symbolic links followed, also one that points to nothing
 * yet. */
static char *
follow_links(const char *path, GError **error)
{
    g_autofree char *now = g_strdup(path);

    for (int i = 0; i < LINKS_MAX; i++) {
        g_autofree char *target = g_file_read_link(now, NULL);
        if (!target)
            return g_steal_pointer(&now);
        g_autofree char *folder = g_path_get_dirname(now);
        g_free(now);
        now = g_path_is_absolute(target) ? g_steal_pointer(&target)
                                         : g_build_filename(folder, target, NULL);
    }
    fail(error, path, "written", ELOOP);
    return NULL;
}

static bool
put_whole(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t wrote = write(fd, data, len);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return false;
        data += wrote;
        len -= (size_t)wrote;
    }
    return true;
}

/* Without this the new name itself may be lost in a power cut. Not every file system can: no error
 * then. */
static void
sync_folder_of(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
}

static bool
replace(const char *path, mode_t mode, const char *data, size_t len, GError **error)
{
    g_autofree char *real = follow_links(path, error);
    if (!real)
        return false;
    if (g_file_test(real, G_FILE_TEST_IS_DIR))
        return fail(error, path, "written", EISDIR);
    g_autofree char *temporary = g_strconcat(real, ".XXXXXX", NULL);
    int fd = g_mkstemp_full(temporary, O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(error, path, "written", errno);
    bool good = put_whole(fd, data, len) && fchmod(fd, mode) == 0 && fsync(fd) == 0;
    int number = errno;
    if (close(fd) != 0 && good) {
        good = false;
        number = errno;
    }
    if (good && rename(temporary, real) != 0) {
        good = false;
        number = errno;
    }
    if (!good) {
        unlink(temporary);
        return fail(error, path, "written", number);
    }
    sync_folder_of(real);
    return true;
}

bool
file_write_atomic(const char *path, const char *data, size_t len, GError **error)
{
    return replace(path, 0600, data, len, error);
}

bool
file_write_public(const char *path, const char *data, size_t len, GError **error)
{
    return replace(path, 0644, data, len, error);
}

bool
file_append_atomic(const char *path, const char *data, size_t len, GError **error)
{
    g_autoptr(GError) why = NULL;
    struct stat st;
    size_t old_len = 0;
    mode_t mode = stat(path, &st) == 0 ? st.st_mode & 0777 : 0600;
    g_autofree char *old = file_read(path, APPEND_MAX_BYTES, &old_len, &why);

    if (!old && !error_is(why, WEFT_ERROR_NOT_FOUND)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    g_autoptr(GString) whole = g_string_new_len(old, (gssize)old_len);
    g_string_append_len(whole, data, (gssize)len);
    return replace(path, mode, whole->str, whole->len, error);
}

bool
file_check_private(const char *path, GError **error)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return fail(error, path, "read", errno);
    g_autofree char *shown = g_filename_display_name(path);
    if (st.st_uid != geteuid()) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                    "%s belongs to another user. Make a file of your own for this.", shown);
        return false;
    }
    if (st.st_mode & 077) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                    "Others may read or change %s. Close it to them: chmod go= %s", shown, shown);
        return false;
    }
    return true;
}

char *
file_expand(const char *path, const char *base)
{
    if (path[0] == '~' && (path[1] == '/' || path[1] == '\0'))
        return g_build_filename(g_get_home_dir(), path + 1, NULL);
    if (g_path_is_absolute(path) || !base)
        return g_strdup(path);
    return g_build_filename(base, path, NULL);
}

char *
file_shorten(const char *text)
{
    const char *home = g_get_home_dir();
    const size_t len = strlen(home);
    GString *out = g_string_new(NULL);

    for (const char *at = text; *at;) {
        const bool begins = at == text || !g_ascii_isgraph(at[-1]) || strchr("\"'(", at[-1]);
        if (begins && len > 1 && strncmp(at, home, len) == 0 &&
            (at[len] == '/' || at[len] == '\0')) {
            g_string_append_c(out, '~');
            at += len;
        } else {
            g_string_append_c(out, *at++);
        }
    }
    return g_string_free(out, FALSE);
}
