/* An IRC server that says what the test wants, whatever it is. It lets everyone in, answers PING,
 * JOIN, CAP and BOUNCER BIND, and runs on the default main context. */
#ifndef WEFT_TESTS_E2E_EVIL_H
#define WEFT_TESTS_E2E_EVIL_H

#include <glib.h>
#include <stdint.h>

struct evil;

struct evil_options {
    const char *caps;     /* what CAP LS offers */
    const char *isupport; /* what 005 says besides; or NULL */
    /* What comes in place of the welcome, with its line ends; NULL: the welcome. */
    const char *refusal;
    /* Answers to lines that begin with a word, besides its own: {"WHOIS ", ":s 318 kai x
     * :End\r\n"}, ended by NULLs; or NULL. */
    const char *const (*answers)[2];
};

/* `options` is the caller's and must live as long. */
struct evil *evil_start(const struct evil_options *options);
void evil_stop(struct evil *evil);
uint16_t evil_port(const struct evil *evil);

/* Sends these bytes to all that are connected. */
void evil_say(struct evil *evil, const char *bytes, size_t len);
/* The same for a line; CR LF is added. */
void evil_line(struct evil *evil, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* How many lines came that match the glob. */
unsigned evil_count(const struct evil *evil, const char *pattern);

#endif
