/* Secrets that must never be written anywhere: registered once, replaced by "***" in every log line
 * and error text that goes through redact_text(). Thread-safe. */
#ifndef WEFT_BASE_REDACT_H
#define WEFT_BASE_REDACT_H

#include <glib.h>
#include <stddef.h>

/* Remembers `secret` (counted; a second call with the same value needs a second redact_forget()).
 * Values shorter than 4 bytes are ignored, since replacing them would make every log unreadable.
 * The base64 form that protocols send is the caller's to register as well. */
void redact_add(const char *secret);
void redact_forget(const char *secret);

/* Replaces every registered secret in place. */
void redact_text(GString *text);

/* Overwrites memory in a way that the compiler keeps, then frees it. NULL is allowed. */
void redact_wipe_free(char *secret);
void redact_wipe(void *memory, size_t len);

#endif
