/* Files that the relay carries from one network to another: fetched once, however many ask. */
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

#include "base/file.h"
#include "core/transfer_priv.h"

/* It was fetched not long ago: then it lies here for another day. */
static bool
is_kept(const char *path, const struct attachment *file)
{
    struct stat st;

    return lstat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() &&
           (file->size_bytes < 0 || st.st_size == file->size_bytes) && utime(path, NULL) == 0;
}

static struct moving *
by_part(const struct core *core, const char *part)
{
    for (guint i = 0; i < core->transfers->len; i++) {
        struct moving *moving = core->transfers->pdata[i];
        if (moving->waiters != NULL && g_strcmp0(moving->part, part) == 0)
            return moving;
    }
    return NULL;
}

static bool
may_carry(struct core *core, const struct attachment *file, struct room *room, uint64_t max_bytes,
          const char *folder, GError **error)
{
    if (file->size_bytes >= 0 && (uint64_t)file->size_bytes > max_bytes) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE, "%s is too large to be carried over.",
                    file->name);
        return false;
    }
    return session_can(room->session, &room->pub, CAP_DOWNLOAD, error) &&
           file_make_private_dir(folder, error) &&
           transfer_has_room(folder, file->size_bytes, error);
}

/* *ret_path: it is here already. NULL: it is on its way, or `error`. */
static struct moving *
carry(struct core *core, const struct message *message, unsigned index, uint64_t max_bytes,
      char **ret_path, GError **error)
{
    struct room *room = message != NULL ? room_get(core, message->buffer_id) : NULL;
    const struct attachment *file = transfer_find_file(message, index, error);

    if (file == NULL)
        return NULL;
    if (room == NULL || room->session == NULL || core->cache_dir == NULL) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED, "There is no place for files.");
        return NULL;
    }
    g_autofree char *folder = g_build_filename(core->cache_dir, "relay", NULL);
    g_autofree char *part = transfer_part(room, folder, file->id);
    g_autofree char *path = transfer_kept_path(part);
    struct moving *moving = by_part(core, part);
    if (moving != NULL)
        return moving;
    transfer_sweep(folder);
    if (is_kept(path, file)) {
        *ret_path = g_steal_pointer(&path);
        return NULL;
    }
    if (!may_carry(core, file, room, max_bytes, folder, error))
        return NULL;
    moving = transfer_begin(room, message->id, TRANSFER_OPEN, file);
    moving->waiters = g_array_new(FALSE, FALSE, sizeof(struct waiter));
    moving->file_id = g_strdup(file->id);
    moving->folder = g_steal_pointer(&folder);
    moving->part = g_steal_pointer(&part);
    moving->max_bytes = file->size_bytes >= 0 ? (uint64_t)file->size_bytes : max_bytes;
    transfer_go_soon(moving);
    return moving;
}

void
core_copy_fetch(struct core *core, int64_t message_id, unsigned index, uint64_t max_bytes,
                copy_file_fn fn, void *user)
{
    struct message *message = store_load_message(core->store, message_id);
    const struct waiter waiter = {fn, user};
    g_autofree char *path = NULL;
    GError *error = NULL;
    struct moving *moving = carry(core, message, index, max_bytes, &path, &error);

    message_unref(message);
    if (moving != NULL)
        g_array_append_val(moving->waiters, waiter);
    else
        copy_answer_file(core, fn, user, path, error);
}
