/* Files and folders the way weft keeps them: private, whole or not at all. Errors: DISK, NOT_FOUND,
 * BAD_INPUT, TOO_LARGE. Messages name the path. */
#ifndef WEFT_BASE_FILE_H
#define WEFT_BASE_FILE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* Creates the folder and its parents, new ones 0700. True when it is there and is a folder. */
bool file_make_private_dir(const char *path, GError **error);

/* The whole file, at most `max_bytes`. The result is NUL-terminated. Free with g_free(). */
char *file_read(const char *path, size_t max_bytes, size_t *ret_len, GError **error);

/* Writes to a temporary file beside it (0600, O_EXCL), syncs, renames: after a crash the old or the
 * new content is there, never neither. A symbolic link is followed first, so that it stays a link.
 */
bool file_write_atomic(const char *path, const char *data, size_t len, GError **error);

/* The same for what everybody may read: 0644. */
bool file_write_public(const char *path, const char *data, size_t len, GError **error);

/* Adds to the end of the file (0600 when new) by the same way: old or new, never half. */
bool file_append_atomic(const char *path, const char *data, size_t len, GError **error);

/* True when the file is the user's own and nobody else may read it; else a sentence in `error`. */
bool file_check_private(const char *path, GError **error);

/* "~/x" and "~" with the home folder put in; relative paths are taken from `base`. Free with
 * g_free(). */
char *file_expand(const char *path, const char *base);
/* A text for people with "~" for the home folder where a path begins with it. g_free(). */
char *file_shorten(const char *text);

#endif
