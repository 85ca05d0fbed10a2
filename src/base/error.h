/* The one GError domain of weft.
 *
 * The screen and the relay react to codes, never to texts. A message is one or two whole sentences:
 * what happened, what weft does about it, what the person can do. It never holds a secret. */
#ifndef WEFT_BASE_ERROR_H
#define WEFT_BASE_ERROR_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/exported.h"

enum weft_error {
    WEFT_ERROR_CANCELLED,
    WEFT_ERROR_TIMEOUT,
    WEFT_ERROR_DNS,     /* the name was not found, or no resolver answered */
    WEFT_ERROR_REFUSED, /* every address refused the connection */
    WEFT_ERROR_TLS,     /* certificate or handshake; connecting again does not help by itself */
    WEFT_ERROR_IO,
    WEFT_ERROR_CLOSED, /* the peer ended the connection */
    WEFT_ERROR_AUTH,   /* wrong or expired credentials: do not try again without the person */
    WEFT_ERROR_FORBIDDEN,
    WEFT_ERROR_NOT_FOUND,
    WEFT_ERROR_CONFLICT,
    WEFT_ERROR_TOO_LARGE,
    WEFT_ERROR_RATE_LIMITED, /* see error_retry_after_us() */
    WEFT_ERROR_UNSUPPORTED,  /* the network cannot do this */
    WEFT_ERROR_BAD_INPUT,
    WEFT_ERROR_PROTOCOL, /* the peer broke the protocol */
    WEFT_ERROR_DATABASE,
    WEFT_ERROR_DISK, /* full, read-only or failing */
    WEFT_ERROR_INTERNAL,
    WEFT_ERROR_N
};

#define WEFT_ERROR (error_quark())
GQuark error_quark(void) EXPORTED;

/* "timeout", "rate-limited", …; stable names for logs, scripts and the outbox table. */
const char *error_code_name(enum weft_error code);

/* True when `error` is set and of weft's domain with this code. NULL is allowed. */
bool error_is(const GError *error, enum weft_error code) EXPORTED;

/* The code of any error: of weft's domain its own, else INTERNAL. */
enum weft_error error_code(const GError *error);

/* A rate-limited error that says when to come back. `delay_us` is clamped to 0 … one hour. */
void error_set_rate_limited(GError **error, int64_t delay_us, const char *format, ...)
    G_GNUC_PRINTF(3, 4) EXPORTED;

/* Sets a WEFT_ERROR_BAD_INPUT, a sentence or more. False, so that a check can return it. */
bool error_refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Microseconds until another try is welcome; 0 when the error does not say. */
int64_t error_retry_after_us(const GError *error);

#endif
