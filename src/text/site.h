/* What a place is called, by its server's host: a short word for a person, as a new account's name
 * is proposed. */
#ifndef WEFT_TEXT_SITE_H
#define WEFT_TEXT_SITE_H

/* "chat.libera.example" → "libera", "chat.coops.org.uk" → "coops": the word under which the host is
 * registered; where that says only what stands there ("chat", "www", or the `network`), the one
 * before it. Small letters of ASCII, digits and '-', 30 at most. Without such a word, and for an
 * address in numbers: `network`, the network's name. `host`: without port; anything else may stand
 * in it. g_free(). */
char *site_name(const char *host, const char *network);

#endif
