/* What a message looks like elsewhere: its text with all marks, what stands before it, and lines
 * about what cannot be carried. Pure. What comes out goes through guard_text() besides. */
#ifndef WEFT_RELAY_FORMAT_H
#define WEFT_RELAY_FORMAT_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/message.h"

struct format {
    const char *name;   /* who said it; NULL: us, so nothing needs to say so */
    bool named;         /* the message has that name elsewhere: its text need not say it */
    const char *prefix; /* else this stands before it */
    const char *color;  /* of the name that stands there, as data of SPAN_COLOR; NULL: none */
    size_t name_start, name_end; /* where it stands in the prefix; equal: nowhere */
    bool
        every_line; /* each line becomes a message there, or some see it so: each gets the prefix */
    size_t line_bytes; /* and so does what is longer than this; 0: there is no limit */
    unsigned lacks;    /* kinds of span that are written out there: text/spell.h */
    bool acts;         /* an ACTION stays one: else the text shows it */
    bool late;         /* it says when it was said: */
    int64_t now_us;
    const struct message *answers; /* what it answers cannot be tied to it: shown in short; or
                                      NULL */
    const char *answers_name;      /* who said that, as they are known here; or NULL */
    const GPtrArray *lines;        /* char *: stand below it; NULL: none */
};
struct rich *format_copy(const struct message *message, const struct format *format);

/* "[14:02] ", or with the day. g_free(). */
char *format_time(int64_t time_us, int64_t now_us);
/* Does this copy say when it was said? */
bool format_is_late(const struct message *copy, int64_t time_us);

/* The first words of a message, in a line; of a deleted or empty one NULL. g_free(). */
char *format_excerpt(const struct message *message);

/* Lines for what a network cannot do; g_free(). `name`: who did it. `of`: of which message; `to`:
 * the conversation in which it was done. */
char *format_file(const struct attachment *file, const char *why);
char *format_deleted(const char *name, const struct message *of, int64_t now_us);
char *format_reacted(const char *name, const char *emoji, const struct message *to);
char *format_topic(const char *name, const char *topic);
/* JOIN, PART, QUIT, KICK, RENAME; NULL for other kinds. */
char *format_presence(const struct message *message, const char *name, const char *where);
char *format_crowd(const char *where); /* in place of a line for each */
char *format_skipped(unsigned n, const char *where, int64_t from_us, int64_t to_us, int64_t now_us);
/* The text of an edit where an edit is a message of its own. */
struct rich *format_edited(const struct rich *body, unsigned lacks);

/* The character of a name, where it has one: "+1" becomes a thumb; else the name. */
const char *format_emoji(const char *emoji);

#endif
