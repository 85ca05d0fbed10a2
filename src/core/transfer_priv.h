/* What the files of transfers share: transfer.c (their way), transfer_copy.c (for the relay). */
#ifndef WEFT_TRANSFER_PRIV_H
#define WEFT_TRANSFER_PRIV_H

#include "core/engine.h"
#include "core/transfer.h"

#define TRANSFER_PART_END ".part"

/* Who asks for a file that is to be carried elsewhere. */
struct waiter {
    copy_file_fn fn;
    void *user;
};

struct moving {
    struct transfer pub; /* first */
    struct core *core;
    struct session *session;
    op_id op; /* 0: none is under way */
    unsigned timer, tries;
    int64_t told_us;
    GError *failed; /* our own side's fault, found while bytes came */
    bool stopped;
    char *file_id; /* down: which; up: which it became */
    /* down */
    uint64_t max_bytes;
    GArray *waiters;     /* struct waiter: for the relay; NULL: for the person */
    char *folder, *part; /* where it goes, and where it lies until it is whole */
    struct spool *spool; /* writes it, and lives a little longer than the operation; NULL: none */
    GError *outcome;     /* of an operation whose bytes are still written; NULL: it went well */
    /* up */
    char *key, *path;
    transfer_up_fn fn;
    int64_t user_id;
};

/* On the list, and not begun yet. */
struct moving *transfer_begin(struct room *room, int64_t message_id, enum transfer_kind kind,
                              const struct attachment *file);
/* From the loop: the driver, or the outbox, is at work above us. */
void transfer_go_soon(struct moving *moving);
/* The `index`th file of a message that the network would give us. */
const struct attachment *
transfer_find_file(const struct message *message, unsigned index, GError **error);
/* Where it lies until it is whole; g_free(). */
char *transfer_part(const struct room *room, const char *folder, const char *file_id);
/* And then, when it is carried elsewhere; g_free(). */
char *transfer_kept_path(const char *part);
bool transfer_has_room(const char *folder, int64_t size_bytes, GError **error);
/* What lies there longer than a day goes. */
void transfer_sweep(const char *folder);

#endif
