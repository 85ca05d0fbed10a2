/* Who is on the bridge: one HTML page with a picture of each gateway, that needs nothing from
 * elsewhere. Everything foreign in it is made fit to be drawn, cut and escaped. */
#ifndef WEFT_DAEMON_PAGE_H
#define WEFT_DAEMON_PAGE_H

#include "core/core.h"

/* What a browser must keep to, for the header of an answer: "default-src 'none'; …". g_free(). */
char *page_policy(void);
/* g_free(). `refresh_s`: seconds after which a browser asks again; 0: it does not. At most
 * PAGE_LEGS_MOST legs are drawn, and the rest counted: below 1 MiB in any case. */
#define PAGE_LEGS_MOST 300
char *page_html(struct core *core, unsigned refresh_s);

#endif
