/* Strict transport security: a server that demands TLS gets it, from then on. The policy is kept in
 * the account's small state as "PORT EXPIRY_S", by host. */
#include <gio/gio.h>
#include <string.h>

#include "base/log.h"
#include "protocols/irc/irc_priv.h"

/* Nobody means longer; and the sum with the clock stays far from any limit. */
#define MOST_DURATION_S (INT64_C(10) * 366 * 24 * 60 * 60)

/* A policy is about a name: an address has none, and this machine needs none. */
static bool
may_have_policy(const struct irc *irc)
{
    return !irc->config.loopback && !g_hostname_is_ip_address(irc->config.server);
}

static char *
key_of(const struct irc *irc)
{
    g_autofree char *host = g_ascii_strdown(irc->config.server, -1);

    return g_strdup_printf("irc.sts.%s", host);
}

static int64_t
wall_s(const struct irc *irc)
{
    return clock_wall_us(irc->host->clock) / G_USEC_PER_SEC;
}

static uint16_t
read_port(const char *text)
{
    guint64 port;

    if (!text || !g_ascii_string_to_unsigned(text, 10, 1, 65535, &port, NULL))
        return 0;
    return (uint16_t)port;
}

/* -1: none, or not a number. */
static int64_t
read_duration(const char *text)
{
    guint64 seconds;

    if (!text || !g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT64, &seconds, NULL))
        return -1;
    return (int64_t)MIN(seconds, (guint64)MOST_DURATION_S);
}

/* "duration=60,port=6697,preload": the value of a key, or NULL. A key counts once. g_free(). */
static char *
value_of(const char *list, const char *key)
{
    g_auto(GStrv) words = g_strsplit(list, ",", 50);
    size_t len = strlen(key);

    for (unsigned i = 0; words[i]; i++) {
        if (strncmp(words[i], key, len) == 0 && words[i][len] == '=')
            return g_strdup(words[i] + len + 1);
    }
    return NULL;
}

static void
forget(struct irc *irc)
{
    g_autofree char *key = key_of(irc);

    irc->host->ops->kv_set(irc->host, key, "");
}

static uint16_t
kept_port(struct irc *irc)
{
    g_autofree char *key = key_of(irc);
    g_autofree char *kept = irc->host->ops->kv_get(irc->host, key);
    g_auto(GStrv) words = g_strsplit(kept ? kept : "", " ", 2);
    uint16_t port = words[0] ? read_port(words[0]) : 0;

    if (port == 0 || !words[1])
        return 0;
    if (g_ascii_strtoll(words[1], NULL, 10) > wall_s(irc))
        return port;
    forget(irc);
    return 0;
}

void
irc_sts_plan(struct irc *irc, uint16_t *ret_port, enum stream_tls *ret_tls)
{
    *ret_port = irc->config.port;
    *ret_tls = irc->config.tls;
    if (irc->config.tls == STREAM_TLS_ON || !may_have_policy(irc))
        return;
    uint16_t port = irc->net.sts_port ? irc->net.sts_port : kept_port(irc);
    if (port == 0)
        return;
    log_info(irc->log_area, "%s demands TLS (STS): port %u.", irc->config.server, port);
    *ret_port = port;
    *ret_tls = STREAM_TLS_ON;
}

/* The port that a policy is about: the one that we speak TLS on, or, raised by STARTTLS, the one
 * that the server names. */
static uint16_t
secure_port(const struct irc *irc, const char *value)
{
    g_autofree char *named = value_of(value, "port");

    if (irc->config.tls == STREAM_TLS_ON)
        return irc->config.port;
    return irc->net.sts_port ? irc->net.sts_port : read_port(named);
}

static void
keep(struct irc *irc, uint16_t port)
{
    g_autofree char *key = key_of(irc);
    g_autofree char *text =
        g_strdup_printf("%u %" G_GINT64_FORMAT, port, wall_s(irc) + irc->net.sts_duration_s);

    irc->host->ops->kv_set(irc->host, key, text);
}

static void
offered_secure(struct irc *irc, const char *value)
{
    g_autofree char *duration = value_of(value, "duration");
    int64_t seconds = read_duration(duration);
    uint16_t port = secure_port(irc, value);

    if (seconds < 0 || port == 0)
        return;
    irc->net.sts_duration_s = seconds;
    irc->net.sts_port = seconds > 0 ? port : 0;
    if (seconds == 0)
        forget(irc);
    else
        keep(irc, port);
}

void
irc_sts_offered(struct irc *irc, const char *value)
{
    g_autofree char *named = value_of(value, "port");
    uint16_t port = read_port(named);

    if (!may_have_policy(irc))
        return;
    if (irc->secure) {
        offered_secure(irc, value);
        return;
    }
    if (port == 0)
        return;
    irc->net.sts_port = port;
    irc->net.sts_leave = true;
    irc_say(irc, NULL,
            "The server demands TLS (STS). weft ends this connection, which anyone could read, and "
            "connects again on port %u with TLS.",
            port);
}

void
irc_sts_renew(struct irc *irc)
{
    if (irc->secure && irc->net.sts_duration_s > 0 && irc->net.sts_port != 0)
        keep(irc, irc->net.sts_port);
    irc->net.sts_duration_s = -1;
}
