/* Our own messages, changed: what is typed is on disk before it leaves, survives a kill, and is
 * asked for again when a connection was lost before the answer. Until the network has taken it the
 * message says what it said, with the flag CHANGING; one that was refused keeps its text (flag
 * UNCHANGED) until the person has typed it anew or gives it up. */
#ifndef WEFT_CORE_EDIT_H
#define WEFT_CORE_EDIT_H

#include "core/core.h"
#include "model/edit.h"

/* False: `error` is a sentence: somebody else's, not sent yet, too old for this network, … */
bool core_may_edit(struct core *core, const struct message *message, GError **error);
/* Our newest message there that may be changed, of the `back`-th newest of ours (from 1); unref.
 * NULL: `error` says why not. */
struct message *
core_own_message(struct core *core, int64_t buffer_id, unsigned back, GError **error);
/* What to put into the editor: the text of a change that has not been taken yet, else what was
 * typed, else what one would type for it. g_free(). */
char *core_edit_source(struct core *core, const struct message *message);
/* `typed`: no command. */
bool core_edit(struct core *core, int64_t message_id, const char *typed, GError **error);
/* Gives up a change that the network has refused, if there is one. */
void core_edit_drop(struct core *core, int64_t message_id);

/* What a message said before, newest first; struct revision, unref. */
GPtrArray *core_revisions(struct core *core, int64_t message_id);

#endif
