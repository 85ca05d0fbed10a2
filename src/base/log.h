/* The log: one file, 0600, capped and rotated (weft.log, weft.log.1), written whole lines at a
 * time.
 *
 * Every line goes through redaction, and control characters are written as \xNN, so that a log
 * shown in a terminal cannot attack it. The only mutable file-scope state outside main.c.
 * Thread-safe. */
#ifndef WEFT_BASE_LOG_H
#define WEFT_BASE_LOG_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/exported.h"

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG, LOG_TRACE };

/* Opens (creates 0600, appends). Until this is called, lines of level warning and above go to
 * stderr. `cap_bytes`: at this size the file becomes PATH.1 (replacing an older one) and a new one
 * begins. 0: no cap. Also takes over GLib's log handlers. Sets `error` (DISK) when the file cannot
 * be written; an earlier log stays open then. */
bool log_open(const char *path, size_t cap_bytes, GError **error);
void log_close(void);
void log_set_level(enum log_level level);
enum log_level log_level_now(void) EXPORTED;
/* By its name: error, warning, info, debug, trace. False: there is no such level. */
bool log_set_level_name(const char *name);

/* From the moment the terminal is taken nothing may reach it but by the screen: while quiet, lines
 * are dropped when no file is open, and g_print() and g_printerr() go to the log. */
void log_quiet_stderr(bool quiet);

/* `area`: the module, or "account NAME". Both parts are redacted, then escaped; a message beyond 16
 * KiB is cut, and says so. */
void log_write(enum log_level level, const char *area, const char *format, ...)
    G_GNUC_PRINTF(3, 4) EXPORTED;

/* A text of several lines, each as a line of its own; empty ones are left out. */
void log_lines(enum log_level level, const char *area, const char *text) EXPORTED;

/* Lines of this level and above go to standard error as well, without a time: for a service
 * manager's journal, and for who watches. Below LOG_ERROR: none do. */
void log_echo(int level);

#define log_error(area, ...)   log_write(LOG_ERROR, area, __VA_ARGS__)
#define log_warning(area, ...) log_write(LOG_WARNING, area, __VA_ARGS__)
#define log_info(area, ...)    log_write(LOG_INFO, area, __VA_ARGS__)
#define log_debug(area, ...)                                                                       \
    do {                                                                                           \
        if (log_level_now() >= LOG_DEBUG)                                                          \
            log_write(LOG_DEBUG, area, __VA_ARGS__);                                               \
    } while (0)
#define log_trace(area, ...)                                                                       \
    do {                                                                                           \
        if (log_level_now() >= LOG_TRACE)                                                          \
            log_write(LOG_TRACE, area, __VA_ARGS__);                                               \
    } while (0)

#endif
