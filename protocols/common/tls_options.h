/* Rows of an account's options that say whom to trust, for a driver's table (struct option_row):
 * the same words in each network. What they hold goes into struct tls_wishes. */
#ifndef WEFT_PROTOCOLS_COMMON_TLS_OPTIONS_H
#define WEFT_PROTOCOLS_COMMON_TLS_OPTIONS_H

#define TLS_OPTIONS_CA                                                                             \
    {                                                                                              \
        .name = "tls_ca", .type = OPTION_PATH, .help = "One more trusted authority, in PEM.",      \
        .example = "ca.pem"                                                                        \
    }
#define TLS_OPTIONS_FINGERPRINT                                                                    \
    {                                                                                              \
        .name = "tls_fingerprint", .type = OPTION_TEXT,                                            \
        .help = "The SHA-256 fingerprint of the server's certificate: this one and no other.",     \
        .example = "9f86d081884c7d65…"                                                           \
    }
/* `clear`: how the configuration says that a connection is in clear. */
#define TLS_OPTIONS_PLAINTEXT(clear)                                                               \
    {                                                                                              \
        .name = "allow_plaintext", .type = OPTION_BOOL, .fallback = "no",                          \
        .help =                                                                                    \
            "Accepts " clear " to another machine: everyone on the way can read and change all.",  \
        .example = "no"                                                                            \
    }

#endif
