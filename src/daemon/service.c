#include "daemon/service.h"

#include <string.h>

#include "base/log.h"

/* A manager that wants to hear more often than this is not served. */
#define LEAST_US (20 * (int64_t)1000)

struct service {
    struct net_ops *net;
    struct clock *clock;
    char *socket; /* NULL: nobody listens */
    char *status;
    int64_t every_us; /* 0: no signs of life */
    unsigned timer;
    bool complained;
};

static void
tell(struct service *service, const char *text)
{
    g_autoptr(GError) error = NULL;

    if (!service->socket || service->net->datagram(service->net, service->socket, text, &error))
        return;
    if (!service->complained)
        log_warning("service", "The service manager was not reached: %s.", error->message);
    service->complained = true;
}

static void
on_time(void *user)
{
    struct service *service = user;

    service->timer = clock_timer_add(service->clock, service->every_us, on_time, service);
    tell(service, "WATCHDOG=1");
}

struct service *
service_new(const struct service_options *options)
{
    struct service *service = g_new0(struct service, 1);
    guint64 watchdog_us = 0;

    service->net = options->net;
    service->clock = options->clock;
    if (options->socket && strchr("/@", options->socket[0]) && options->socket[0])
        service->socket = g_strdup(options->socket);
    if (service->socket && options->watchdog_us &&
        g_ascii_string_to_unsigned(options->watchdog_us, 10, 1, G_MAXINT64, &watchdog_us, NULL))
        service->every_us = MAX((int64_t)watchdog_us / 2, LEAST_US);
    return service;
}

void
service_ready(struct service *service)
{
    tell(service, "READY=1");
    if (service->every_us > 0 && service->timer == 0)
        on_time(service);
}

void
service_reloading(struct service *service)
{
    g_autofree char *text = g_strdup_printf("RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT,
                                            clock_mono_us(service->clock));
    tell(service, text);
}

void
service_stopping(struct service *service)
{
    tell(service, "STOPPING=1");
}

void
service_status(struct service *service, const char *text)
{
    g_autofree char *line = NULL;

    if (g_strcmp0(service->status, text) == 0)
        return;
    g_free(service->status);
    service->status = g_strdup(text);
    line = g_strconcat("STATUS=", text, NULL);
    g_strdelimit(line, "\r\n", ' ');
    tell(service, line);
}

void
service_free(struct service *service)
{
    if (!service)
        return;
    clock_timer_del(service->clock, service->timer);
    g_free(service->socket);
    g_free(service->status);
    g_free(service);
}
