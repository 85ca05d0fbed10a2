#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

static void
set_conflict(int fd, GError **error)
{
    char text[24] = "";
    ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
    long pid = n > 0 ? strtol(text, NULL, 10) : 0;
    g_autofree char *who = pid > 0 ? g_strdup_printf(" (process %ld)", pid) : g_strdup("");
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_CONFLICT,
                "Another weft%s is using this profile. This one can only read it; to write here, "
                "end the other first.",
                who);
}

int
lock_take(const char *dir, GError **error)
{
    g_autofree char *path = g_build_filename(dir, "weft.lock", NULL);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        int code = errno;
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_DISK,
                    "%s cannot be made or written: %s. Check the permissions of the folder and the "
                    "room on the disk.",
                    path, g_strerror(code));
        return -1;
    }
    fchmod(fd, 0600);
    /* flock and not fcntl: a lock of fcntl's first kind is lost when any descriptor of the file is
     * closed in the process. */
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        int code = errno;
        if (code == EWOULDBLOCK)
            set_conflict(fd, error);
        else
            g_set_error(error, WEFT_ERROR, WEFT_ERROR_DISK, "%s cannot be locked: %s.", path,
                        g_strerror(code));
        close(fd);
        return -1;
    }
    char text[24];
    /* Always as long as the last one's, and over it: shortening a file can wait milliseconds for
     * the disk, and the first screen with it. */
    int len = snprintf(text, sizeof(text), "%-20ld\n", (long)getpid());
    /* The number is a courtesy: on a full disk the lock holds without it. */
    if (pwrite(fd, text, (size_t)len, 0) != len)
        g_debug("%s: the process number could not be written", path);
    return fd;
}

void
lock_release(int fd)
{
    if (fd >= 0)
        close(fd);
}
