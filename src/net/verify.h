/* Who the peer of a TLS connection of curl or libwebsockets is: chain, name and dates by the
 * system's authorities, by one more, or by a fingerprint alone. Both libraries are given the same
 * check, so that they refuse the same and in the same words (those of net/stream.h's refusals).
 *
 * OpenSSL and curl take some 30 ms to get going and authorities are files, so a worker loads. */
#ifndef WEFT_NET_VERIFY_H
#define WEFT_NET_VERIFY_H

#include <gio/gio.h>
#include <openssl/ssl.h>
#include <stdbool.h>

#include "net/tls_copy.h"

struct verify;

/* `host`: a name in ASCII or a literal address; NULL: without TLS, only the libraries are set up.
 * Calls `done` from the default main context. */
void verify_load(const char *host, const struct tls_wishes *wishes, GCancellable *cancellable,
                 GAsyncReadyCallback done, void *user);
/* For `done`. Free with verify_free(). Errors: TLS, BAD_INPUT, CANCELLED, in whole sentences. */
struct verify *verify_load_finish(GAsyncResult *result, GError **error);
void verify_free(struct verify *verify); /* NULL is allowed */

/* The check itself, as SSL_CTX_set_cert_verify_callback() wants it: 1 accepts. */
int verify_peer(struct verify *verify, X509_STORE_CTX *peer);
/* Our own certificate, as SSL_CTX_set_client_cert_cb() wants it: 1, and references, or 0. */
int verify_client(const struct verify *verify, X509 **ret_certificate, EVP_PKEY **ret_key);
/* Why the last peer was refused, in sentences; NULL: none was. */
const char *verify_refusal(const struct verify *verify);

#endif
