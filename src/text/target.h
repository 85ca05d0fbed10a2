/* Where the target of a link (text/link.h: link_target()) leads, and whether it may be followed.
 *
 * A target is printable ASCII; a host's other letters stand there as %XX. */
#ifndef WEFT_TEXT_TARGET_H
#define WEFT_TEXT_TARGET_H

#include <glib.h>
#include <stdbool.h>

/* The host as networks have it: small letters, "xn--…" for what is not ASCII, without user and
 * port. NULL: it has none, or none that could be. g_free(). */
char *target_host(const char *target);

/* Why a person should see where it leads before it is followed, in a sentence: a name before the
 * host ("bank.example@evil.example"), a host with letters that can be taken for others, a mail with
 * more than an address. NULL: nothing. */
const char *target_doubt(const char *target);

/* What is handed to a program that opens links: http, https, irc and ircs with their host as by
 * target_host(); of mailto the address alone, since some mail programs attach files that a link
 * names. NULL for everything else, in a sentence: UNSUPPORTED, BAD_INPUT. g_free(). */
char *target_for_opening(const char *target, GError **error);

#endif
