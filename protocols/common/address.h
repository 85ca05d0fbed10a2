/* The address of a server that is spoken to by HTTP, as an account's option says it. */
#ifndef WEFT_PROTOCOLS_ADDRESS_H
#define WEFT_PROTOCOLS_ADDRESS_H

#include <glib.h>
#include <stdbool.h>

struct address {
    char *base;    /* "https://chat.example.org/sub", without a slash at the end */
    char *host;    /* as it stands there */
    bool secure;   /* https */
    bool loopback; /* this machine */
};

/* "this machine": a name or a literal address that never leaves it. */
bool address_is_loopback(const char *host);

/* "https://" is put before one that says nothing. Without TLS to another machine it is refused,
 * unless `plain`. `example` and `text` stand in the sentence (BAD_INPUT). */
bool address_read(const char *text, bool plain, const char *example, struct address *ret_address,
                  GError **error);
void address_clear(struct address *address);

/* What a person gave, to be asked: with "https://" if it says nothing, without what stands behind a
 * '?' or '#' and without slashes at the end. g_free(). */
char *address_to_probe(const char *text);

#endif
