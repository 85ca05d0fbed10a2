/* What a TLS connection needs from the disk: the TLS library itself, the authorities, the client's
 * certificate. Loading blocks (15 to 40 ms), so a worker does it. */
#ifndef WEFT_NET_TRUST_H
#define WEFT_NET_TRUST_H

#include <gio/gio.h>

struct trust {
    GTlsDatabase *system;    /* NULL: the machine has no authorities */
    GTlsDatabase *extra;     /* those of ca_file, or NULL */
    GTlsCertificate *client; /* or NULL */
};

/* Calls `done` from the default main context. Paths may be NULL. */
void trust_load(const char *ca_file, const char *cert_file, GCancellable *cancellable,
                GAsyncReadyCallback done, void *user);

/* For `done`. Free with trust_free(). Errors: TLS, BAD_INPUT, CANCELLED, in whole sentences. */
struct trust *trust_load_finish(GAsyncResult *result, GError **error);

/* NULL is allowed. */
void trust_free(struct trust *trust);

#endif
