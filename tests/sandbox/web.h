/* What the servers share that are made with libsoup. */
#ifndef WEFT_SANDBOX_WEB_H
#define WEFT_SANDBOX_WEB_H

#include <libsoup/soup.h>
#include <stdbool.h>
#include <stdint.h>

/* On this machine alone. `*port` 0: the kernel's choice, which is written there. */
void web_listen(SoupServer *soup, uint16_t *port, SoupServerListenOptions options);

/* The connection of a request is shut down, without an answer. */
void web_cut(SoupServerMessage *msg);

/* What goes wrong with the next `times` requests that fit a glob "METHOD /path". `kind` is the
 * server's word for it, `value` what that needs. */
GPtrArray *web_faults_new(void);
void
web_fault_add(GPtrArray *faults, int kind, const char *pattern, unsigned times, unsigned value);
/* Uses one up. False: there is none for this request. `ret_value` may be NULL. */
bool web_fault_take(GPtrArray *faults, int kind, const char *line, unsigned *ret_value);

#endif
