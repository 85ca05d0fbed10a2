#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/redact.h"

#define MESSAGE_MAX_BYTES 16384

static GMutex mutex;
static struct {
    int fd; /* meaningful while `path` is set; -1: could not be opened again */
    char *path;
    size_t cap_bytes;
    bool quiet;
    int echo;        /* level + 1; 0: nothing */
    bool writer_set; /* GLib allows it once a process */
    GPrintFunc print_before;
    GPrintFunc printerr_before;
} state = {.fd = -1};
static int level_now = LOG_INFO; /* atomic: asked before every debug line */

static const char *const level_names[] = {
    [LOG_ERROR] = "error", [LOG_WARNING] = "warning", [LOG_INFO] = "info",
    [LOG_DEBUG] = "debug", [LOG_TRACE] = "trace",
};

/* A log is read in a terminal: nothing in it steers one, turns a line's direction or hides. */
static bool
is_plain(gunichar point)
{
    switch (g_unichar_type(point)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_UNASSIGNED:
        return false;
    default:
        return true;
    }
}

static void
escape_append(GString *out, const char *text, size_t len)
{
    const char *end = text + len;

    while (text < end) {
        gunichar point = g_utf8_get_char_validated(text, end - text);
        /* Errors of the decoder are the two largest values. */
        bool plain = point < (gunichar)-2 && is_plain(point);
        size_t used = point >= (gunichar)-2 ? 1 : (size_t)g_utf8_skip[(unsigned char)*text];
        if (plain) {
            g_string_append_len(out, text, (gssize)used);
        } else {
            for (size_t i = 0; i < used; i++)
                g_string_append_printf(out, "\\x%02x", (unsigned char)text[i]);
        }
        text += used;
    }
}

static void
write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t wrote = write(fd, bytes, len);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0) /* a full disk: the log is the last to complain about it */
            return;
        bytes += wrote;
        len -= (size_t)wrote;
    }
}

static int
open_file(const char *path)
{
    /* Nonblocking, so that a pipe by that name does not hang; a log is a regular file. */
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
    struct stat st;

    if (fd < 0)
        return -1;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        if ((st.st_mode & 0777) == 0600 || fchmod(fd, 0600) == 0)
            return fd;
    } else {
        errno = EINVAL;
    }
    int saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

static void
rotate_for(size_t adds)
{
    struct stat mine, named;

    if (state.cap_bytes == 0 || fstat(state.fd, &mine) != 0 || mine.st_size == 0 ||
        (size_t)mine.st_size + adds <= state.cap_bytes)
        return;
    /* Another weft may have rotated the same file already: then only follow it. */
    bool same =
        stat(state.path, &named) == 0 && named.st_ino == mine.st_ino && named.st_dev == mine.st_dev;
    g_autofree char *older = g_strconcat(state.path, ".1", NULL);
    if (same && rename(state.path, older) != 0) {
        if (ftruncate(state.fd, 0) != 0) /* the cap holds even where nothing can be renamed */
            g_clear_pointer(&state.path, g_free);
        return;
    }
    close(state.fd);
    state.fd = open_file(state.path);
}

static void
put_line(enum log_level level, const GString *line, size_t text_at)
{
    g_mutex_lock(&mutex);
    if (state.path && state.fd >= 0)
        rotate_for(line->len);
    if (state.path && state.fd >= 0)
        write_all(state.fd, line->str, line->len);
    else if (level <= LOG_WARNING && !state.quiet)
        write_all(STDERR_FILENO, line->str, line->len);
    if (state.path && state.fd >= 0 && (int)level < state.echo)
        write_all(STDERR_FILENO, line->str + text_at, line->len - text_at);
    g_mutex_unlock(&mutex);
}

/* A cut inside a character is no harm: escaping shows its bytes. */
static void
append_redacted(GString *line, const char *text)
{
    g_autoptr(GString) copy = g_string_new(text);

    redact_text(copy);
    size_t len = MIN(copy->len, MESSAGE_MAX_BYTES);
    escape_append(line, copy->str, len);
    if (len < copy->len)
        g_string_append_printf(line, " … (%zu bytes more)", copy->len - len);
}

static void
write_message(enum log_level level, const char *area, const char *message)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *time = g_date_time_format(now, "%Y-%m-%dT%H:%M:%S");
    g_autoptr(GString) line = g_string_new(NULL);

    g_string_append_printf(line, "%s.%03dZ %s [", time, g_date_time_get_microsecond(now) / 1000,
                           level_names[level]);
    const size_t area_at = line->len - 1;
    append_redacted(line, area);
    g_string_append(line, "] ");
    append_redacted(line, message);
    g_string_append_c(line, '\n');
    put_line(level, line, area_at);
}

void
log_write(enum log_level level, const char *area, const char *format, ...)
{
    if (level > log_level_now())
        return;
    va_list args;
    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    write_message(level, area ? area : "weft", message);
}

void
log_lines(enum log_level level, const char *area, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (char **line = lines; *line; line++)
        if (**line)
            log_write(level, area, "%s", *line);
}

static enum log_level
level_from_glib(GLogLevelFlags flags)
{
    if (flags & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL))
        return LOG_ERROR;
    if (flags & G_LOG_LEVEL_WARNING)
        return LOG_WARNING;
    if (flags & (G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_INFO))
        return LOG_INFO;
    return LOG_TRACE;
}

void
log_echo(int level)
{
    g_mutex_lock(&mutex);
    state.echo = level + 1;
    g_mutex_unlock(&mutex);
}

static GLogWriterOutput
on_glib_log(GLogLevelFlags flags, const GLogField *fields, gsize n_fields, void *user)
{
    g_autofree char *message = NULL;
    g_autofree char *domain = NULL;

    for (gsize i = 0; i < n_fields; i++) {
        char **into = strcmp(fields[i].key, "MESSAGE") == 0       ? &message
                      : strcmp(fields[i].key, "GLIB_DOMAIN") == 0 ? &domain
                                                                  : NULL;
        if (!into || *into)
            continue;
        gssize len = fields[i].length;
        *into = len < 0 ? g_strdup(fields[i].value) : g_strndup(fields[i].value, (gsize)len);
    }
    log_write(level_from_glib(flags), domain ? domain : "glib", "%s", message ? message : "");
    return G_LOG_WRITER_HANDLED;
}

static void
on_print(const char *text)
{
    log_write(LOG_INFO, "stdout", "%s", text);
}

static void
on_printerr(const char *text)
{
    log_write(LOG_WARNING, "stderr", "%s", text);
}

bool
log_open(const char *path, size_t cap_bytes, GError **error)
{
    int fd = open_file(path);

    if (fd < 0) {
        int saved = errno;
        g_autofree char *shown = g_filename_display_name(path);
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_DISK,
                    "The log %s cannot be written: %s. weft goes on without a log.", shown,
                    saved == EINVAL ? "it is not a regular file" : g_strerror(saved));
        return false;
    }
    log_close();
    g_mutex_lock(&mutex);
    state.fd = fd;
    state.path = g_strdup(path);
    state.cap_bytes = cap_bytes;
    bool first = !state.writer_set;
    state.writer_set = true;
    g_mutex_unlock(&mutex);
    if (first)
        g_log_set_writer_func(on_glib_log, NULL, NULL);
    return true;
}

void
log_close(void)
{
    g_mutex_lock(&mutex);
    if (state.fd >= 0)
        close(state.fd);
    state.fd = -1;
    g_clear_pointer(&state.path, g_free);
    g_mutex_unlock(&mutex);
}

void
log_set_level(enum log_level level)
{
    g_atomic_int_set(&level_now, CLAMP((int)level, LOG_ERROR, LOG_TRACE));
}

bool
log_set_level_name(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(level_names); i++) {
        if (level_names[i] && strcmp(level_names[i], name) == 0) {
            log_set_level((enum log_level)i);
            return true;
        }
    }
    return false;
}

enum log_level
log_level_now(void)
{
    return (enum log_level)g_atomic_int_get(&level_now);
}

void
log_quiet_stderr(bool quiet)
{
    g_mutex_lock(&mutex);
    bool was = state.quiet;
    state.quiet = quiet;
    g_mutex_unlock(&mutex);
    if (quiet == was)
        return;
    if (quiet) {
        state.print_before = g_set_print_handler(on_print);
        state.printerr_before = g_set_printerr_handler(on_printerr);
    } else {
        g_set_print_handler(state.print_before);
        g_set_printerr_handler(state.printerr_before);
    }
}
