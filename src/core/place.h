/* Where conversations are made and found: an account, and one of its spaces where it has them.
 * Making a channel, looking for one to join, inviting, archiving: for the screen, and for what is
 * typed. */
#ifndef WEFT_CORE_PLACE_H
#define WEFT_CORE_PLACE_H

#include "core/core.h"

struct place {
    int64_t account_id;
    int64_t space_id; /* 0: the account has none */
};

/* Those that are connected and can do this (CAP_CREATE, CAP_BROWSE), the one of a buffer first.
 * struct place; unref. */
GArray *core_places(struct core *core, enum capability capability, int64_t buffer_id);
/* "Mill.coop, Bakers": may be foreign. g_free(). */
char *core_place_name(struct core *core, const struct place *place);
/* Of the account's network; NULL: it makes none. */
const struct create_rules *core_place_making(struct core *core, const struct place *place);

/* --- what is asked of a network, and comes later --- */

struct core_ask;
/* `result`: of browsing, borrowed for the call; else NULL. `error` NULL: done. Called once, after
 * which the ask is gone. */
typedef void (*core_ask_fn)(void *user, const struct browse_result *result, const GError *error);
/* Nothing is called any more; what was asked is done all the same. NULL is allowed. */
void core_ask_forget(struct core_ask *ask);

struct core_wish {
    struct place place;
    const char *name; /* as a person types it */
    bool private_;
    const char *purpose; /* or NULL */
};
/* At its good end the channel is shown. `buffer_id`: where the person is; with `fn` NULL a failure
 * is said there. NULL: refused. */
struct core_ask *core_create(struct core *core, int64_t buffer_id, const struct core_wish *wish,
                             core_ask_fn fn, void *user, GError **error);
/* A page of what can be joined. */
struct core_ask *core_browse(struct core *core, const struct place *place, const char *words,
                             unsigned page, core_ask_fn fn, void *user, GError **error);
/* Joins what was browsed, by its id, and shows it; what fails is said in `buffer_id`. */
bool core_join_listed(struct core *core, const struct place *place, int64_t buffer_id,
                      const char *id, GError **error);
/* Joins what has this address, whether weft knows it or not; nothing is shown. */
struct core_ask *
core_join(struct core *core, const char *address, core_ask_fn fn, void *user, GError **error);
/* How weft comes into the channel of this address, as the subject of a sentence: "\"/join #new\" in
 * a buffer of libera". NULL: there is no such account, or nothing to join on its network. g_free().
 */
char *core_how_to_join(struct core *core, const char *address);
/* Nobody can say anything there any more; its history stays. The first call asks, in the buffer,
 * for a second within a minute. */
bool core_archive(struct core *core, int64_t buffer_id, GError **error);
/* What fails is said there. */
bool core_invite(struct core *core, int64_t buffer_id, const char *user, bool whole_space,
                 GError **error);

#endif
