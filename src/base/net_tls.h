/* What an account may say about TLS, for everything that net connects. */
#ifndef WEFT_BASE_NET_TLS_H
#define WEFT_BASE_NET_TLS_H

/* Strings are copied by whoever takes them; each may be NULL. */
struct tls_wishes {
    const char *ca_file;     /* one more trusted authority, besides the system's */
    const char *cert_file;   /* client certificate and key in PEM */
    const char *fingerprint; /* SHA-256 of the server's certificate in hex: this one and no other */
};

#endif
