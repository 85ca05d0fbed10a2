/* `weft export`: a buffer's stored messages as lines, oldest first. Needs only a store (READ_ONLY
 * is enough, beside a running weft); memory does not grow with the history.
 *
 *   text   one message a line, safe for a terminal whatever was said; a line that begins with
 *          blanks goes on with the message above it
 *   jsonl  one JSON object a line; control, direction, private and unseen characters are escaped
 *
 * Where weft may lack messages, a line says so in both forms. */
#ifndef WEFT_CORE_EXPORT_H
#define WEFT_CORE_EXPORT_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/message.h"

struct store;

enum export_format { EXPORT_TEXT, EXPORT_JSONL };

struct export_options {
    const char *address; /* core/core.h; closed buffers are found as well */
    int64_t since_us;    /* 0: from the beginning */
    enum export_format format;
};

/* Takes one line with its newline. False: nobody listens any more (a closed pipe); the export ends.
 */
typedef bool (*export_write_fn)(void *user, const char *bytes, size_t len);

/* False: NOT_FOUND with the nearest address, BAD_INPUT. A reader that stopped listening is no
 * error. */
bool export_run(struct store *store, const struct export_options *options, export_write_fn write,
                void *user, GError **error);

/* "2026-11-22", "2026-11-22T10:00", "2026-11-22T10:00:05Z", "…+02:00" (without a zone: local time),
 * or a span before `now_us`: "90s", "30m", "2h", "7d", "4w". */
bool export_parse_since(const char *text, int64_t now_us, int64_t *ret_us, GError **error);
/* "text" or "jsonl". */
bool export_parse_format(const char *text, enum export_format *ret_format, GError **error);

/* One message, with its newline. */
void export_append_text(GString *out, const struct message *message);
void export_append_json(GString *out, const struct message *message);
/* A JSON string, quotes and all. `text` NULL: null. Invalid UTF-8 becomes U+FFFD. */
void export_append_json_string(GString *out, const char *text);

#endif
