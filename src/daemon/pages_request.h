/* The request that the page's server reads: as much of HTTP/1.1 as is needed to answer or to refuse
 * it. Bytes of strangers: nothing is kept of them but the path. */
#ifndef WEFT_DAEMON_PAGES_REQUEST_H
#define WEFT_DAEMON_PAGES_REQUEST_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define PAGES_MAX_BYTES 8192 /* of a request, with its headers */

enum pages_request_state {
    PAGES_REQUEST_MORE,   /* its end is not there yet */
    PAGES_REQUEST_WHOLE,  /* GET or HEAD of a path, for this machine */
    PAGES_REQUEST_BAD,    /* no request of HTTP/1.x */
    PAGES_REQUEST_LARGE,  /* more than PAGES_MAX_BYTES */
    PAGES_REQUEST_METHOD, /* something else than reading */
    PAGES_REQUEST_HOST    /* not, or not only, for 127.0.0.1 or localhost */
};

/* Reads what came so far, from the first byte. With WHOLE: `ret_path` (g_free()) and whether it is
 * HEAD; else they are not touched. What follows the request's end is not looked at. */
enum pages_request_state
pages_request_read(const char *bytes, size_t len, char **ret_path, bool *ret_head);

#endif
