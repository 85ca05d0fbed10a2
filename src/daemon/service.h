/* What a service manager is told (sd_notify(3)'s protocol): ready, reloading, stopping, one line of
 * status, and that the loop still turns. Without a socket to tell it nothing happens. */
#ifndef WEFT_DAEMON_SERVICE_H
#define WEFT_DAEMON_SERVICE_H

#include "base/clock.h"
#include "base/net_ops.h"

struct service_options {
    struct net_ops *net;     /* borrowed */
    struct clock *clock;     /* borrowed */
    const char *socket;      /* NOTIFY_SOCKET, or NULL */
    const char *watchdog_us; /* WATCHDOG_USEC, or NULL: nobody waits for a sign of life */
};

struct service;

struct service *service_new(const struct service_options *options);
/* From then on the signs of life are given, at half of the time that is allowed. */
void service_ready(struct service *service);
/* service_ready() follows when it is done. */
void service_reloading(struct service *service);
void service_stopping(struct service *service);
/* One line; told only when it is another one. */
void service_status(struct service *service, const char *text);
void service_free(struct service *service); /* NULL is allowed */

#endif
