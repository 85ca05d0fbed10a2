/* The markdown that people write in chats, and our spans: what networks of that dialect share.
 *
 * Read are **bold** and __bold__, *italic* and _italic_ (by CommonMark's rules of flanking),
 * ~~struck~~, `code` and ``co`de``, fences of ``` and ~~~ with a language, lines that begin with
 * "> ", headings (bold), [text](target) and ![text](target), <https://target>, and backslashes
 * before punctuation. A line end is a line end. What else there is in markdown (lists, tables,
 * rules) stays as it was typed: it reads well so. Inside links that stand in the text by themselves
 * nothing is a mark.
 *
 * Written are the same spans. A mark in the text that would act as one gets a backslash; what
 * begins a list, a heading or a link is left alone: who types it means it. */
#ifndef WEFT_PROTOCOLS_MARKDOWN_H
#define WEFT_PROTOCOLS_MARKDOWN_H

#include "model/rich.h"

/* What a word means on one network. Either may be NULL. */
struct markdown_words {
    /* A word at `text`, behind no letter, digit or '_': its length when it means something (a
     * mention, an emoji), with the span's kind and data (g_free()d here; NULL: none) and, where
     * something else is shown instead, *ret_shown (likewise). 0: it means nothing. */
    size_t (*read)(void *user, const char *text, size_t len, enum span_kind *ret_kind,
                   char **ret_data, char **ret_shown);
    /* What stands for a span of the kinds that `read` gives; NULL: the text as it is. g_free(). */
    char *(*write)(void *user, enum span_kind kind, const char *data, const char *text);
    void *user;
};

/* A longer text is read as it is: no person wrote it. */
#define MARKDOWN_MAX_BYTES (128 * 1024)

/* `text` is valid UTF-8. Time is linear in its length. `ret_kind` of SPAN_N: no span, only what is
 * shown. */
struct rich *markdown_read(const char *text, const struct markdown_words *words);
/* g_free(). Underline, reverse, colour and spoilers have no marks and are left out. */
char *markdown_write(const struct rich *rich, const struct markdown_words *words);

#endif
