/* What the relay asks of core: messages said for others, and what is done to them. Everything goes
 * through the same door out as what a person types: on disk first, in order, found again after a
 * crash. */
#ifndef WEFT_CORE_COPY_H
#define WEFT_CORE_COPY_H

#include "core/core.h"
#include "store/relay.h"

struct copy_request {
    int64_t source_id;      /* the message that it is a copy of, or that a note speaks of */
    int64_t buffer_id;      /* where to */
    int64_t task_id;        /* ends with it; 0: none */
    enum message_kind kind; /* TEXT, ACTION or NOTICE */
    const struct rich *body;
    const char *as_name, *as_avatar; /* core_copy_name_bytes(); NULL: the text says whose it is */
    const char *said_by;             /* who is shown here as having said it; NULL: as_name */
    const char *reply_to, *thread;   /* remote ids there; or NULL */
    const GPtrArray *files;          /* struct attachment with a path: uploaded first; NULL: none */
    bool note;                       /* it is no copy, but tells of something */
    const char *key_seed; /* NOTE: what makes its key differ from others of the same source;
                             else NULL */
};
/* Divides the text as the network must have it, and adds every part to the outbox in one
 * transaction. `fn` once, when that is on disk (false: nothing was added, since it was there
 * already (CONFLICT), is not here any more (NOT_FOUND: load the task again) or cannot be said;
 * `error` says which). What becomes of it is told by
 * NOTICE_MESSAGE_CHANGED of the copies. */
typedef void (*copy_fn)(struct core *core, bool added, const GError *error, void *user);
void core_copy(struct core *core, const struct copy_request *request, copy_fn fn, void *user);

/* The other name that a message can be said under there has so many bytes; 0: there is none. */
size_t core_copy_name_bytes(struct core *core, int64_t buffer_id);
/* Some people there see each line, and each so many bytes of one, as a message of its own, also
 * when it was said as one (limits.line_bytes); 0: nobody does. */
size_t core_copy_line_bytes(struct core *core, int64_t buffer_id);
/* The kinds of span (1 << enum span_kind) that the network has no form for, and that are written
 * out there (text/spell.h). */
unsigned core_copy_lacks(struct core *core, int64_t buffer_id);
/* Can a text have colours there? */
bool core_copy_has_colors(struct core *core, int64_t buffer_id);
/* So many copies of this lane are on their way: added, and not SENT, FAILED or UNKNOWN; those that
 * are looked for while all others wait for that count. */
unsigned core_copies_under_way(struct core *core, int64_t buffer_id);
/* The network has answered for this one, and that is being written. */
bool core_copy_settles(struct core *core, int64_t message_id);
/* So many of them may wait for the network's answer at a time; at least 1. */
unsigned core_copies_at_once(struct core *core, int64_t buffer_id);
/* The account is online and this conversation can be written to now; else a sentence. */
bool core_copy_ready(struct core *core, int64_t buffer_id, GError **error);
/* What was missed in this conversation is here, or cannot be known. */
bool core_copy_caught_up(struct core *core, int64_t buffer_id);

/* Done to a message of any sender (REACT, UNREACT) or to a copy of ours (DELETE, EDIT). Doing one
 * twice is doing it once. `fn` once, never before these return: `error` NULL: done. CLOSED and
 * TIMEOUT: the connection went, or nobody has answered: ask again later; RATE_LIMITED: after its
 * delay; NOT_FOUND: it is not there any more; others will not work. A change is on disk before it
 * leaves, and goes on after a restart (without `fn`): asking again replaces what waits. What was
 * not sent yet is not sent after core_copy_delete(). Nobody is called while core ends. */
typedef void (*copy_done_fn)(struct core *core, const GError *error, void *user);
void core_copy_edit(struct core *core, int64_t message_id, const struct rich *body, copy_done_fn fn,
                    void *user);
void core_copy_delete(struct core *core, int64_t message_id, copy_done_fn fn, void *user);
void core_copy_react(struct core *core, int64_t message_id, const char *emoji, bool add,
                     copy_done_fn fn, void *user);
void core_copy_topic(struct core *core, int64_t buffer_id, const char *topic, copy_done_fn fn,
                     void *user);
/* Somebody types elsewhere. Dropped when the network cannot show it. */
void core_copy_typing(struct core *core, int64_t buffer_id, bool active);

/* Brings a file of a stored message to the disk, at most `max_bytes` (TOO_LARGE); `path` is in the
 * cache and stays there for a day at least. It comes once, for however many ask. */
typedef void (*copy_file_fn)(struct core *core, const char *path, const GError *error, void *user);
void core_copy_fetch(struct core *core, int64_t message_id, unsigned file, uint64_t max_bytes,
                     copy_file_fn fn, void *user);

/* Where the picture of who said this is, as their network says it: an http or https address,
 * printable ASCII, which nothing of weft fetches. NULL: none is known. g_free(). */
#define COPY_PICTURE_MAX_BYTES 1024
char *core_copy_picture(struct core *core, const struct message *message);

/* The mark of this profile's relay: 16 hex digits. */
const char *core_copy_mark(struct core *core);
/* The words that call everybody in this buffer's network; never NULL. */
const char *const *core_copy_calls_everyone(struct core *core, int64_t buffer_id);
/* The store, for store/relay.h; the relay writes nothing else to it. */
struct store *core_copy_store(struct core *core);

#endif
