#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "import/import.h"

static char *
path_of(const char *folder, const struct import_secret *secret)
{
    return g_build_filename(folder, secret->file, NULL);
}

static bool
write_all(int fd, const char *text, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, text, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        text += n;
        len -= (size_t)n;
    }
    return true;
}

/* One line, in a file that was not there: nothing is overwritten, and no link is followed. */
static bool
write_secret(const char *path, const char *value, GError **error)
{
    int fd = g_open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd < 0) {
        bool there = errno == EEXIST;
        g_set_error(error, WEFT_ERROR, there ? WEFT_ERROR_CONFLICT : WEFT_ERROR_DISK,
                    "%s cannot be made: %s. Nothing was written.", path, g_strerror(errno));
        return false;
    }
    bool good = write_all(fd, value, strlen(value)) && write_all(fd, "\n", 1) && fsync(fd) == 0;
    int why = errno;
    good = close(fd) == 0 && good;
    if (good)
        return true;
    g_unlink(path);
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_DISK,
                "%s cannot be written: %s. Nothing was written.", path, g_strerror(why));
    return false;
}

static void
take_away(const struct import_result *result, const char *folder, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        g_autofree char *path = path_of(folder, result->secrets->pdata[i]);
        g_unlink(path);
    }
}

bool
import_write(const struct import_result *result, struct config *config, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(config_file(config));
    unsigned made = 0;
    bool good = file_make_private_dir(folder, error);

    while (good && made < result->secrets->len) {
        const struct import_secret *secret = result->secrets->pdata[made];
        g_autofree char *path = path_of(folder, secret);
        good = write_secret(path, secret->value, error);
        made += good ? 1 : 0;
    }
    good = good && config_append_section(config, result->conf->str, error);
    if (!good)
        take_away(result, folder, made);
    return good;
}
