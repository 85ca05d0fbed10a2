#include "store/damaged.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "store/migrate.h"
#include "store/salvage.h"

#define HEADER_BYTES 100

static uint32_t
be32(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static bool
has_log(const char *path)
{
    g_autofree char *wal = g_strconcat(path, "-wal", NULL);
    struct stat st;
    return stat(wal, &st) == 0 && st.st_size > 0;
}

/* SQLite's file format, 1.3: magic, page size at 16, change counter at 24, pages at 28, application
 * id at 68, the counter that the number of pages belongs to at 92. */
static char *
look_at_header(const char *path, const unsigned char *header, size_t len, off_t size)
{
    if (size == 0)
        return g_strdup("was empty");
    if (len < HEADER_BYTES || memcmp(header, "SQLite format 3", 16) != 0)
        return g_strdup("was not a history of weft");
    if (be32(header + 68) != MIGRATE_APPLICATION_ID)
        return g_strdup("belonged to another program");
    uint32_t page_bytes = (uint32_t)header[16] << 8 | header[17];
    page_bytes = page_bytes == 1 ? 65536 : page_bytes;
    if (page_bytes < 512 || (page_bytes & (page_bytes - 1)) != 0)
        return g_strdup("was damaged");
    /* While there is a log, the last pages may stand only in it. */
    if (be32(header + 24) == be32(header + 92) && !has_log(path) &&
        (int64_t)be32(header + 28) * page_bytes > (int64_t)size)
        return g_strdup("was cut short");
    return NULL;
}

enum damaged_look
damaged_look(const char *path, char **ret_why, GError **error)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return DAMAGED_MISSING;
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        int code = fd < 0 ? errno : EISDIR;
        if (fd >= 0)
            close(fd);
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_DISK,
                    "The history %s cannot be opened: %s. Check the permissions of the file and of "
                    "its folder.",
                    path, g_strerror(code));
        return DAMAGED_UNKNOWN;
    }
    fchmod(fd, 0600);
    unsigned char header[HEADER_BYTES];
    ssize_t len = pread(fd, header, sizeof(header), 0);
    int code = errno;
    close(fd);
    if (len < 0) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_DISK, "The history %s cannot be read: %s.", path,
                    g_strerror(code));
        return DAMAGED_UNKNOWN;
    }
    char *why = look_at_header(path, header, (size_t)len, st.st_size);
    if (why == NULL)
        return DAMAGED_NO;
    *ret_why = why;
    return DAMAGED_YES;
}

void
damaged_sync_folder(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}

/* A name that nothing has yet: an earlier damaged file is never overwritten. */
static char *
aside_name(const char *path)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autofree char *date = g_date_time_format(now, "%Y-%m-%d-%H%M%S");
    char *name = g_strdup_printf("%s.damaged-%s", path, date);
    for (unsigned i = 2; g_file_test(name, G_FILE_TEST_EXISTS); i++) {
        g_free(name);
        name = g_strdup_printf("%s.damaged-%s-%u", path, date, i);
    }
    return name;
}

static bool
move(const char *from, const char *to, GError **error)
{
    if (rename(from, to) == 0)
        return true;
    int code = errno;
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_DISK,
                "The damaged history %s cannot be moved to %s: %s. Nothing was changed.", from, to,
                g_strerror(code));
    return false;
}

/* The log goes first: beside the new file it would be taken for that one's. */
static bool
swap(const char *path, const char *fresh, const char *aside, GError **error)
{
    g_autofree char *wal = g_strconcat(path, "-wal", NULL);
    g_autofree char *shm = g_strconcat(path, "-shm", NULL);
    g_autofree char *aside_wal = g_strconcat(aside, "-wal", NULL);
    if (has_log(path) && !move(wal, aside_wal, error))
        return false;
    unlink(wal); /* an empty one, left by the look inside */
    unlink(shm);
    if (!move(path, aside, error) || !move(fresh, path, error))
        return false;
    damaged_sync_folder(path);
    return true;
}

bool
damaged_replace(const char *path, const char *why, const struct store_hooks *hooks,
                char **ret_notice, GError **error)
{
    g_autofree char *fresh = g_strconcat(path, ".new", NULL);
    g_autofree char *aside = aside_name(path);
    struct salvage_count count = {0};
    if (!migrate_create(fresh, hooks, error) || !salvage_copy(path, fresh, hooks, &count, error) ||
        !swap(path, fresh, aside, error))
        return false;
    *ret_notice = g_strdup_printf(
        "The history file %s. It was kept as %s, and a new one was begun: %u unsent messages and "
        "%u drafts were saved; what the networks still have is fetched again.",
        why, aside, count.outbox, count.drafts);
    log_warning("store", "%s", *ret_notice);
    return true;
}
