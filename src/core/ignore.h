/* The person's ignore rules at work. What matches one is stored with the flag IGNORED and neither
 * shown nor counted; it calls nobody, and a search leaves it out.
 *
 * The flag of the store says what was so when the message came; what counts is today's rules, which
 * are asked again whenever a message is loaded or told of: a rule hides what was said before, and
 * what a lifted rule had hidden is there again. The address that a mask was matched with is kept
 * in `error` of a message that was ignored when it came. */
#ifndef WEFT_CORE_IGNORE_H
#define WEFT_CORE_IGNORE_H

#include "core/core_priv.h"
#include "core/ignore_rule.h"

/* Does a rule hide what this user did in this buffer? `room` NULL: in the account as a whole.
 * `mask`: "nick!user@host" or NULL; `text` NULL: none. */
bool
ignore_matches(struct session *session, const struct room *room, const char *sender_id,
               const char *sender_name, const char *mask, enum ignore_what what, const char *text);
/* By the message's sender, kind and text. Our own and the server's are never ignored. */
bool ignore_message(const struct room *room, const struct message *message, const char *mask);

/* Today's flag: the same message with a reference, or a copy. */
struct message *ignore_seen(struct core *core, struct message *message);
/* The same for all of an array that owns its messages. */
void ignore_seen_all(struct core *core, GPtrArray *messages);

#endif
