/* Where a secret comes from: NAME_cmd (a shell-free command line of the user's own file, run
 * without blocking, its first line is the value, 30 s at most), NAME_file (must be private),
 * NAME_env, NAME in clear (with a warning), else the person is asked. Values are given to
 * redact_add() before they go anywhere. */
#ifndef WEFT_CORE_SECRET_H
#define WEFT_CORE_SECRET_H

#include <glib.h>

#include "core/driver.h"

typedef void (*secret_fn)(void *user, const char *value, const GError *error);

struct secret_request;

/* `fn` is called once, from the main loop, never from inside. NOT_FOUND: no source is configured
 * (ask the person). AUTH: the source gives nothing, TIMEOUT: its command did not end. The value is
 * wiped after the call. */
struct secret_request *
secret_get(const struct options *options, const char *name, secret_fn fn, void *user);
/* `fn` is not called any more. Not to be called after `fn` was. */
void secret_cancel(struct secret_request *request);
/* secret_configured() is in core/driver.h. */

/* secret_get() with another limit than 30 s for a command. */
struct secret_request *secret_get_within(const struct options *options, const char *name,
                                         unsigned limit_ms, secret_fn fn, void *user);

#endif
