#include "base/error.h"

#include <string.h>

/* GLib's macro wants these names; the delay travels inside the GError. */
typedef struct {
    int64_t retry_after_us;
} weftPrivate;

static void
error_private_init(weftPrivate *priv)
{
    priv->retry_after_us = 0;
}

static void
error_private_copy(const weftPrivate *from, weftPrivate *to)
{
    *to = *from;
}

static void
error_private_clear(weftPrivate *priv)
{
    priv->retry_after_us = 0;
}

/* The macro casts a const away. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wcast-qual"
G_DEFINE_EXTENDED_ERROR(weft, error)
#pragma GCC diagnostic pop

static const char *const code_names[WEFT_ERROR_N] = {
    [WEFT_ERROR_CANCELLED] = "cancelled",
    [WEFT_ERROR_TIMEOUT] = "timeout",
    [WEFT_ERROR_DNS] = "dns",
    [WEFT_ERROR_REFUSED] = "refused",
    [WEFT_ERROR_TLS] = "tls",
    [WEFT_ERROR_IO] = "io",
    [WEFT_ERROR_CLOSED] = "closed",
    [WEFT_ERROR_AUTH] = "auth",
    [WEFT_ERROR_FORBIDDEN] = "forbidden",
    [WEFT_ERROR_NOT_FOUND] = "not-found",
    [WEFT_ERROR_CONFLICT] = "conflict",
    [WEFT_ERROR_TOO_LARGE] = "too-large",
    [WEFT_ERROR_RATE_LIMITED] = "rate-limited",
    [WEFT_ERROR_UNSUPPORTED] = "unsupported",
    [WEFT_ERROR_BAD_INPUT] = "bad-input",
    [WEFT_ERROR_PROTOCOL] = "protocol",
    [WEFT_ERROR_DATABASE] = "database",
    [WEFT_ERROR_DISK] = "disk",
    [WEFT_ERROR_INTERNAL] = "internal",
};

const char *
error_code_name(enum weft_error code)
{
    if ((unsigned)code >= WEFT_ERROR_N)
        return code_names[WEFT_ERROR_INTERNAL];
    return code_names[code];
}

bool
error_is(const GError *error, enum weft_error code)
{
    return g_error_matches(error, WEFT_ERROR, (int)code);
}

enum weft_error
error_code(const GError *error)
{
    if (!error || error->domain != WEFT_ERROR || (unsigned)error->code >= WEFT_ERROR_N)
        return WEFT_ERROR_INTERNAL;
    return (enum weft_error)error->code;
}

void
error_set_rate_limited(GError **error, int64_t delay_us, const char *format, ...)
{
    if (!error)
        return;
    va_list args;
    va_start(args, format);
    GError *made = g_error_new_valist(WEFT_ERROR, WEFT_ERROR_RATE_LIMITED, format, args);
    va_end(args);
    error_get_private(made)->retry_after_us = CLAMP(delay_us, 0, (int64_t)3600 * G_USEC_PER_SEC);
    g_propagate_error(error, made);
}

bool
error_refuse(GError **error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    g_propagate_error(error, g_error_new_valist(WEFT_ERROR, WEFT_ERROR_BAD_INPUT, format, args));
    va_end(args);
    return false;
}

int64_t
error_retry_after_us(const GError *error)
{
    if (!error || error->domain != WEFT_ERROR)
        return 0;
    return error_get_private(error)->retry_after_us;
}
