/* Text with spans: the one form in which text crosses the driver seam, is stored and is drawn.
 *
 * `text` is valid UTF-8 (base/utf8.h has been the door) and may hold newlines. A span marks bytes
 * [start, end) of it; spans may nest and overlap, and are sorted by start, then longer first. */
#ifndef WEFT_MODEL_RICH_H
#define WEFT_MODEL_RICH_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* The letters of the stored form are in rich.c. */
enum span_kind {
    SPAN_BOLD,
    SPAN_ITALIC,
    SPAN_UNDERLINE,
    SPAN_STRIKE,
    SPAN_REVERSE,
    SPAN_CODE,     /* in line */
    SPAN_BLOCK,    /* data: the language, or NULL */
    SPAN_QUOTE,    /* whole lines */
    SPAN_LINK,     /* data: the target */
    SPAN_USER,     /* mention of a user; data: the network's user id */
    SPAN_CHANNEL,  /* mention of a channel; data: the network's channel id */
    SPAN_EVERYONE, /* @everyone, @here, @all … */
    SPAN_EMOJI,    /* custom emoji; data: its name */
    SPAN_SPOILER,
    SPAN_COLOR, /* data: "FG", "FG,BG" or ",BG"; each a number 0–98 (a palette that chat networks
                   share) or #RRGGBB */
    SPAN_N
};

/* "bold", "link", …: one word. */
const char *span_kind_name(enum span_kind kind);

struct span {
    uint32_t start; /* bytes */
    uint32_t end;
    enum span_kind kind;
    char *data; /* owned by the rich; NULL when the kind has none */
};

/* Limits for what a peer sends. A longer text is cut at a character's edge when the rich is made;
 * rich_add() refuses spans beyond theirs. */
#define RICH_MAX_BYTES      (1024 * 1024)
#define RICH_MAX_SPANS      2000
#define RICH_MAX_DATA_BYTES 4096

struct rich {
    char *text;
    size_t len;
    GArray *spans; /* struct span; never NULL */
};

/* Copies `text` (valid UTF-8; `len` -1: up to the NUL). */
struct rich *rich_new(const char *text, gssize len);
/* Keeps `text`. */
struct rich *rich_new_take(char *text);
void rich_free(struct rich *rich); /* NULL is allowed */
struct rich *rich_dup(const struct rich *rich);

/* Adds a span; copies `data` (left out when the kind has none). False (and nothing added) when it
 * is empty, out of the text, cuts a character, its data is not UTF-8, or a limit is reached. */
bool rich_add(struct rich *rich, size_t start, size_t end, enum span_kind kind, const char *data);

/* The spans as a short text for the store; NULL when there are none. Free with g_free(). */
char *rich_encode_spans(const struct rich *rich);
/* Adds the spans of an encoded text. What does not parse or fit is left out, never fatal. */
void rich_decode_spans(struct rich *rich, const char *encoded);

bool rich_equal(const struct rich *a, const struct rich *b);

#endif
