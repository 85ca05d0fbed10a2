/* Why a certificate was refused, in sentences: the same for streams, HTTP and WebSockets. */
#ifndef WEFT_NET_REFUSAL_H
#define WEFT_NET_REFUSAL_H

#include <gio/gio.h>

#include "base/exported.h"

/* SHA-256 of the DER form, in lower-case hex. g_free(). */
char *refusal_fingerprint(GTlsCertificate *certificate);
/* One sentence for each thing that is wrong with it, the gravest first. g_free(). */
char *refusal_words(const char *address, const char *host, GTlsCertificate *certificate,
                    GTlsCertificateFlags flags) EXPORTED;
/* It is not the one that the account names. g_free(). */
char *refusal_pin_words(const char *address, GTlsCertificate *certificate) EXPORTED;

#endif
