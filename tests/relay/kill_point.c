#include "tests/relay/kill_point.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

/* Read once, before there are threads. */
static struct {
    bool set, after;
    enum kill_kind kind;
    int at;
    atomic_bool armed;
    atomic_int count;
} point;

__attribute__((constructor)) static void
read_point(void)
{
    const char *text = getenv(KILL_VARIABLE);
    int kind, at, after;
    char armed[8] = "";

    if (!text || sscanf(text, "%d %d %d %7s", &kind, &at, &after, armed) < 3)
        return;
    point.kind = (enum kill_kind)kind;
    point.at = at;
    point.after = after != 0;
    point.armed = strcmp(armed, "armed") != 0;
    point.set = true;
}

void
kill_arm(void)
{
    point.armed = true;
}

static bool
is_socket(int fd)
{
    struct stat stat;

    return fstat(fd, &stat) == 0 && S_ISSOCK(stat.st_mode);
}

static bool
ends_with(const char *text, const char *end)
{
    const size_t n = strlen(text), m = strlen(end);

    return n >= m && strcmp(text + n - m, end) == 0;
}

/* KILL_ANY: nothing that counts. */
static enum kill_kind
kind_of_file(int fd, bool sync)
{
    char link[32], path[4096];

    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    const ssize_t n = readlink(link, path, sizeof path - 1);
    if (n < 0)
        return KILL_ANY;
    path[n] = '\0';
    const bool file = ends_with(path, "/weft.db");
    if (!file && !ends_with(path, "/weft.db-wal"))
        return KILL_ANY;
    return sync ? KILL_SYNC : file ? KILL_FILE : KILL_LOG;
}

/* True: this is the call; it dies now, or (`after`) once the call is over. */
static bool
is_it(enum kill_kind kind)
{
    if (kind == KILL_ANY || !point.armed || (point.kind != KILL_ANY && point.kind != kind) ||
        atomic_fetch_add(&point.count, 1) + 1 != point.at)
        return false;
    if (!point.after)
        kill(getpid(), SIGKILL);
    return true;
}

static ssize_t
done(bool it, ssize_t result)
{
    if (it)
        kill(getpid(), SIGKILL);
    return result;
}

static bool
sends(int fd)
{
    return point.set && is_socket(fd) && is_it(KILL_SEND);
}

static bool
writes(int fd, bool sync)
{
    return point.set && is_it(kind_of_file(fd, sync));
}

/* --- in place of the C library's --- */

#pragma GCC visibility push(default)

ssize_t
write(int fd, const void *bytes, size_t n)
{
    return done(sends(fd), syscall(SYS_write, fd, bytes, n));
}

ssize_t
writev(int fd, const struct iovec *parts, int n)
{
    return done(sends(fd), syscall(SYS_writev, fd, parts, n));
}

ssize_t
send(int fd, const void *bytes, size_t n, int flags)
{
    return done(sends(fd), syscall(SYS_sendto, fd, bytes, n, flags, NULL, 0));
}

ssize_t
sendmsg(int fd, const struct msghdr *message, int flags)
{
    return done(sends(fd), syscall(SYS_sendmsg, fd, message, flags));
}

ssize_t
pwrite(int fd, const void *bytes, size_t n, off_t offset)
{
    return done(writes(fd, false), syscall(SYS_pwrite64, fd, bytes, n, offset));
}

/* The name that SQLite calls it by. */
ssize_t pwrite64(int fd, const void *bytes, size_t n, int64_t offset);

ssize_t
pwrite64(int fd, const void *bytes, size_t n, int64_t offset)
{
    return done(writes(fd, false), syscall(SYS_pwrite64, fd, bytes, n, offset));
}

int
fdatasync(int fd)
{
    return (int)done(writes(fd, true), syscall(SYS_fdatasync, fd));
}

int
fsync(int fd)
{
    return (int)done(writes(fd, true), syscall(SYS_fsync, fd));
}

#pragma GCC visibility pop
