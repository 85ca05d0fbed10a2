/* The text form of a buffer's address; what stands behind it is found by core_find_address()
 * (core/core.h).
 *
 *   weft                   weft's own buffer
 *   libera                 an account's server buffer
 *   libera/#coop           account/name
 *   patio/coops/jobs       account/space/name
 *
 * A '/', blank, quote, backslash or control character (a channel's name may hold one) inside a part
 * is written with a backslash before it. */
#ifndef WEFT_CORE_ADDRESS_H
#define WEFT_CORE_ADDRESS_H

#include <glib.h>
#include <stdbool.h>

#define ADDRESS_OWN "weft"

/* Appends one part, escaped. */
void address_append_part(GString *out, const char *part);
/* `space` and `name` NULL: none. g_free(). */
char *address_format(const char *account, const char *space, const char *name);
/* One to three parts, NULL-terminated; g_strfreev(). NULL: BAD_INPUT says what is wrong. */
char **address_parse(const char *address, GError **error);
/* The address as address_format() would write it; NULL and BAD_INPUT. g_free(). */
char *address_canonical(const char *address, GError **error);
/* How well a buffer fits the parts: 2 exactly, 1 but for the case of letters or a sign, 0 not.
 * `account` NULL: weft's own buffer; `name` NULL: an account's server buffer. A space may be left
 * out of the parts, and so may the '~' before a channel's name. */
int address_match(char **parts, const char *account, const char *space, const char *name);

#endif
