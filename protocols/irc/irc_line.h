/* One line of IRC: taken apart, and put together (protocol document, section 0).
 *
 * Nothing here trusts a byte: every field is bounded, fields that are not UTF-8 are read as
 * Windows-1252, NUL, CR and LF never come out of a field that is sent. */
#ifndef WEFT_IRC_LINE_H
#define WEFT_IRC_LINE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define IRC_MAX_LINE_BYTES (16 * 1024) /* inbound, tags included */
#define IRC_MAX_TAGS       64
#define IRC_MAX_PARAMS     100
#define IRC_BODY_BYTES     510  /* outbound, without tags and CR LF */
#define IRC_TAGS_BYTES     4094 /* outbound, "@" and the blank included */

struct irc_tag {
    const char *key;
    const char *value; /* unescaped; "" when it has none */
};

struct irc_line {
    const char *source; /* NULL: none */
    const char *command;
    const char **params; /* in the line's own memory, like the tags */
    unsigned n_params;   /* IRC_MAX_PARAMS at most */
    struct irc_tag *tags;
    unsigned n_tags;       /* IRC_MAX_TAGS at most */
    GStringChunk *strings; /* owns what the others point to */
};

/* Parses one line without its CR LF. NULL when there is no command in it. */
struct irc_line *irc_line_parse(const char *bytes, size_t len);
void irc_line_free(struct irc_line *line); /* NULL is allowed */

/* NULL when the tag is absent; "" when it has no value. */
const char *irc_line_tag(const struct irc_line *line, const char *key);
/* "" when there are fewer parameters. */
const char *irc_line_param(const struct irc_line *line, unsigned i);

/* "nick!user@host" as its three parts, in memory of `strings`; absent parts are "". */
void irc_source_split(const char *source, GStringChunk *strings, const char **ret_nick,
                      const char **ret_user, const char **ret_host);

/* True when the server's glob `mask` (*, ?) matches the whole of `text`. */
bool irc_mask_match(const char *mask, const char *text);

/* Puts a line together, without CR LF. `tags` as "key=value" is escaped here: pairs of key and
 * value (value "" or NULL: none), n_tags of them. NULL when a part cannot be sent: a middle
 * parameter that is empty, has a blank or begins with ':', a command that is empty or begins tags,
 * or CR, LF or NUL anywhere. */
char *irc_line_build(const struct irc_tag *tags, unsigned n_tags, const char *source,
                     const char *command, const char *const *params, unsigned n_params);

/* Microseconds since 1970 for "2026-08-20T10:11:12.345Z"; 0 when it is no such time, or before
 * 1990 or after 2200. */
gint64 irc_time_parse(const char *text);
/* The same form, with milliseconds. g_free(). */
char *irc_time_format(gint64 time_us);

#endif
