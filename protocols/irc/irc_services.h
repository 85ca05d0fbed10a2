/* What is said to a network's services, and which of it is a secret (protocol document, section
 * 1.3): passwords are typed to NickServ as messages, and the server sends them back. Services are
 * NickServ, ChanServ, AuthServ and Q, also with "@server" behind, and X with it. */
#ifndef WEFT_IRC_SERVICES_H
#define WEFT_IRC_SERVICES_H

/* The form that may be kept of `text` (formatting aside) said to `target`: "IDENTIFY ***". NULL
 * when nothing is secret in it: another recipient, a command that carries no password, or nothing
 * behind it. Of more lines, the first that has a secret. g_free(). */
char *irc_services_mask_text(const char *target, const char *text);

/* A whole line, in or out, tags and source in front: without what PASS, AUTHENTICATE, OPER,
 * REGISTER and the keys of our own JOIN carry, and of what goes to services only the first word.
 * NULL when the line may stand as it is. g_free(). */
char *irc_services_mask_line(const char *line);

#endif
