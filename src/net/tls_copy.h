/* An account's wishes about TLS, kept. */
#ifndef WEFT_NET_TLS_COPY_H
#define WEFT_NET_TLS_COPY_H

#include "base/net_tls.h"

struct tls_copy {
    char *ca_file, *cert_file, *fingerprint;
};

void tls_copy_set(struct tls_copy *copy, const struct tls_wishes *wishes);
void tls_copy_clear(struct tls_copy *copy);
/* Valid as long as the copy. */
struct tls_wishes tls_copy_wishes(const struct tls_copy *copy);

#endif
