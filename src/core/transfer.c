/* Files on their way: an operation each, begun anew after a cut, from where it stood. */
#include "core/transfer.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "base/spool.h"
#include "core/transfer_priv.h"

#define AT_ONCE_MOST      3 /* downloads of one account */
#define TRIES_MOST        6 /* without a byte in between */
#define TOLD_EVERY_US     (250 * 1000)
#define TRANSFER_PART_END ".part"
#define OLD_S             (24 * 60 * 60)

static void go(struct moving *moving);
static void poke(struct session *session, bool all);

static void
tell(struct moving *moving)
{
    moving->told_us = clock_mono_us(moving->core->clock);
    bus_publish(moving->core->bus,
                &(struct notice){.type = NOTICE_TRANSFER, .buffer_id = moving->pub.buffer_id});
}

static void
moving_free(void *data)
{
    struct moving *moving = data;

    clock_timer_del(moving->core->clock, moving->timer);
    if (moving->spool != NULL && moving->stopped)
        spool_drop(moving->spool);
    else
        spool_free(moving->spool);
    g_clear_error(&moving->failed);
    g_clear_pointer(&moving->waiters, g_array_unref);
    g_clear_error(&moving->outcome);
    g_free(moving->pub.name);
    g_free(moving->file_id);
    g_free(moving->folder);
    g_free(moving->part);
    g_free(moving->key);
    g_free(moving->path);
    g_free(moving);
}

void
transfer_init(struct core *core)
{
    core->transfers = g_ptr_array_new_with_free_func(moving_free);
}

void
transfer_fini(struct core *core)
{
    g_clear_pointer(&core->transfers, g_ptr_array_unref);
}

static struct moving *
by_op(const struct session *session, op_id op)
{
    const GPtrArray *all = session->core->transfers;

    for (guint i = 0; op != 0 && i < all->len; i++) {
        struct moving *moving = all->pdata[i];
        if (moving->session == session && moving->op == op)
            return moving;
    }
    return NULL;
}

static struct moving *
by_id(const struct core *core, uint64_t id)
{
    for (guint i = 0; i < core->transfers->len; i++) {
        struct moving *moving = core->transfers->pdata[i];
        if (moving->pub.id == id)
            return moving;
    }
    return NULL;
}

struct moving *
transfer_begin(struct room *room, int64_t message_id, enum transfer_kind kind,
               const struct attachment *file)
{
    struct core *core = room->session->core;
    struct moving *moving = g_new0(struct moving, 1);

    moving->pub = (struct transfer){.id = ++core->last_transfer,
                                    .kind = kind,
                                    .buffer_id = room->pub.id,
                                    .message_id = message_id,
                                    .name = g_strdup(file->name),
                                    .total_bytes = file->size_bytes};
    moving->core = core;
    moving->session = room->session;
    g_ptr_array_add(core->transfers, moving);
    return moving;
}

/* --- the end
 * ---------------------------------------------------------------------------------------- */

/* Takes it off the list; the last that is done with it. */
static void
drop(struct moving *moving)
{
    struct core *core = moving->core;
    struct session *session = moving->session;
    const int64_t buffer_id = moving->pub.buffer_id;

    g_ptr_array_remove(core->transfers, moving);
    bus_publish(core->bus, &(struct notice){.type = NOTICE_TRANSFER, .buffer_id = buffer_id});
    poke(session, false);
}

/* It is over for those who asked for it, too; `path` NULL: `error`. */
static void
tell_waiters(struct moving *moving, const char *path, const GError *error)
{
    struct core *core = moving->core;
    g_autoptr(GArray) waiters = g_steal_pointer(&moving->waiters);
    g_autoptr(GError) why = error != NULL ? g_error_copy(error) : NULL; /* may be its own */

    drop(moving);
    for (guint i = 0; !core->leaving && i < waiters->len; i++) {
        const struct waiter *each = &g_array_index(waiters, struct waiter, i);
        each->fn(core, path, why, each->user);
    }
}

static void
fail(struct moving *moving, const GError *error)
{
    struct core *core = moving->core;

    if (moving->part != NULL)
        g_unlink(moving->part);
    if (moving->waiters != NULL) {
        tell_waiters(moving, NULL, error);
        return;
    }
    if (moving->fn != NULL) {
        const transfer_up_fn fn = moving->fn;
        const int64_t user_id = moving->user_id;
        drop(moving);
        fn(core, user_id, NULL, error);
        return;
    }
    if (!moving->stopped) {
        g_autoptr(GError) said =
            g_error_new(WEFT_ERROR, error_code(error), "%s was not fetched. %s", moving->pub.name,
                        error->message);
        core_say_error(core, moving->pub.buffer_id, said);
    }
    drop(moving);
}

/* What is carried elsewhere lies there under the name of its part, without the end. */
char *
transfer_kept_path(const char *part)
{
    return g_strndup(part, strlen(part) - strlen(TRANSFER_PART_END));
}

static void
finish(struct moving *moving)
{
    struct core *core = moving->core;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = moving->waiters != NULL
                                ? transfer_kept_path(moving->part)
                                : transfer_take_name(moving->folder, moving->pub.name, &error);

    if (path != NULL && rename(moving->part, path) != 0) {
        g_set_error(&error, WEFT_ERROR, WEFT_ERROR_DISK, "It could not be put in its place: %s.",
                    g_strerror(errno));
        g_unlink(path);
    }
    if (error != NULL) {
        fail(moving, error);
        return;
    }
    if (moving->waiters != NULL) {
        tell_waiters(moving, path, NULL);
        return;
    }
    bus_publish(core->bus, &(struct notice){.type = NOTICE_FILE,
                                            .buffer_id = moving->pub.buffer_id,
                                            .text = path,
                                            .live = moving->pub.kind == TRANSFER_OPEN});
    drop(moving);
}

/* --- again
 * ------------------------------------------------------------------------------------------ */

static void
again(void *user)
{
    struct moving *moving = user;

    moving->timer = 0;
    go(moving);
}

/* Worth another try, in a while, or as soon as the connection is back. */
static bool
waits_for_better(struct moving *moving, const GError *error)
{
    const int code = error_code(error);
    const bool passes = code == WEFT_ERROR_CLOSED || code == WEFT_ERROR_IO ||
                        code == WEFT_ERROR_TIMEOUT || code == WEFT_ERROR_RATE_LIMITED ||
                        code == WEFT_ERROR_DNS || code == WEFT_ERROR_REFUSED;

    if (moving->stopped || moving->failed != NULL || !passes)
        return false;
    if (session_online(moving->session) && code != WEFT_ERROR_CLOSED &&
        moving->tries++ >= TRIES_MOST)
        return false;
    const int64_t delay_us = code == WEFT_ERROR_RATE_LIMITED
                                 ? error_retry_after_us(error)
                                 : G_USEC_PER_SEC << MIN(moving->tries, 5);
    moving->pub.waits = true;
    clock_timer_del(moving->core->clock, moving->timer);
    moving->timer = clock_timer_add(moving->core->clock, delay_us, again, moving);
    tell(moving);
    return true;
}

static void
refuse_disk(struct moving *moving, int number)
{
    g_autofree char *shown = g_filename_display_name(moving->folder);

    g_clear_error(&moving->failed);
    g_set_error(&moving->failed, WEFT_ERROR, WEFT_ERROR_DISK, "It cannot be written into %s: %s.",
                shown, g_strerror(number));
}

/* The operation is over, and all that came is on the disk. */
static void
settle(struct moving *moving, const GError *error)
{
    g_autoptr(GError) lack = NULL;

    if (moving->failed != NULL)
        error = moving->failed;
    else if (error == NULL && moving->fn == NULL && moving->pub.total_bytes >= 0 &&
             moving->pub.done_bytes != (uint64_t)moving->pub.total_bytes)
        error = lack = g_error_new(WEFT_ERROR, WEFT_ERROR_IO, "Not all of it has come.");
    else if (error == NULL && moving->fn != NULL && moving->file_id == NULL)
        error = lack = g_error_new(WEFT_ERROR, WEFT_ERROR_PROTOCOL,
                                   "The network took the file and gave it no name.");
    if (error != NULL && waits_for_better(moving, error))
        return;
    if (error != NULL) {
        fail(moving, error);
    } else if (moving->fn != NULL) {
        struct core *core = moving->core;
        const transfer_up_fn fn = moving->fn;
        const int64_t user_id = moving->user_id;
        g_autofree char *file_id = g_steal_pointer(&moving->file_id);
        drop(moving);
        fn(core, user_id, file_id, NULL);
    } else {
        finish(moving);
    }
}

static void
written(void *user)
{
    struct moving *moving = user;
    g_autoptr(GError) outcome = g_steal_pointer(&moving->outcome);
    const int number = spool_error(moving->spool);

    g_clear_pointer(&moving->spool, spool_free);
    if (number != 0)
        refuse_disk(moving, number);
    settle(moving, outcome);
}

static void
ended(struct session *session, const GError *error, void *user)
{
    struct moving *moving = by_id(session->core, (uint64_t)(uintptr_t)user);

    if (moving == NULL)
        return;
    moving->op = 0;
    if (moving->fn != NULL && error == NULL)
        moving->file_id = ingest_clean(session->answer_id, ATTACHMENT_ID_MAX_BYTES);
    if (moving->spool == NULL) {
        settle(moving, error);
        return;
    }
    moving->outcome = error != NULL ? g_error_copy(error) : NULL;
    spool_end(moving->spool, written, moving);
}

/* --- begun
 * ------------------------------------------------------------------------------------------ */

static bool
open_part(struct moving *moving, GError **error)
{
    struct stat st;
    const int fd =
        open(moving->part, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);

    if (fd < 0 || fstat(fd, &st) != 0) {
        g_autofree char *shown = g_filename_display_name(moving->folder);
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_DISK, "No file can be made in %s: %s.", shown,
                    g_strerror(errno));
        if (fd >= 0)
            close(fd);
        return false;
    }
    if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || st.st_nlink != 1) {
        g_autofree char *shown = g_filename_display_name(moving->part);
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_DISK,
                    "%s is in the way: it is none of weft's files.", shown);
        close(fd);
        return false;
    }
    moving->spool = spool_new(fd);
    moving->pub.done_bytes = (uint64_t)st.st_size;
    if ((uint64_t)st.st_size > moving->max_bytes) {
        moving->pub.done_bytes = 0;
        spool_put(moving->spool, 0, true, "", 0);
    }
    return true;
}

static bool
begin_down(struct moving *moving, GError **error)
{
    struct session *session = moving->session;

    if (!open_part(moving, error))
        return false;
    const struct download_request request = {
        .buffer = core_buffer(moving->core, moving->pub.buffer_id),
        .file_id = moving->file_id,
        .start = moving->pub.done_bytes,
        .max_bytes = moving->max_bytes,
    };
    return session->driver->download(session->state, moving->op, &request, error);
}

static bool
begin_up(struct moving *moving, GError **error)
{
    struct session *session = moving->session;
    const struct upload_request request = {
        .buffer = core_buffer(moving->core, moving->pub.buffer_id),
        .key = moving->key,
        .path = moving->path,
        .name = moving->pub.name,
        .size_bytes = moving->pub.total_bytes,
    };

    return session->driver->upload(session->state, moving->op, &request, error);
}

static bool
has_turn(const struct moving *moving)
{
    unsigned n = 0;

    for (guint i = 0; i < moving->core->transfers->len; i++) {
        const struct moving *other = moving->core->transfers->pdata[i];
        n += other->session == moving->session && other->op != 0;
    }
    return n < AT_ONCE_MOST;
}

/* All of it came before weft could say so. */
static bool
is_whole(const struct moving *moving)
{
    struct stat st;

    return moving->part != NULL && moving->pub.total_bytes > 0 && lstat(moving->part, &st) == 0 &&
           S_ISREG(st.st_mode) && st.st_uid == geteuid() && st.st_nlink == 1 &&
           st.st_size == moving->pub.total_bytes;
}

static void
go(struct moving *moving)
{
    g_autoptr(GError) error = NULL;
    struct session *session = moving->session;

    if (moving->op != 0 || moving->timer != 0 || moving->spool != NULL)
        return;
    if (core_buffer(moving->core, moving->pub.buffer_id) == NULL) {
        error = g_error_new(WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "Its conversation is gone.");
        fail(moving, error);
        return;
    }
    moving->pub.waits = !session_online(session) || !has_turn(moving);
    if (!moving->pub.waits && is_whole(moving)) {
        finish(moving);
        return;
    }
    if (!moving->pub.waits) {
        moving->op =
            session_begin(session, moving->pub.buffer_id, ended, (void *)(uintptr_t)moving->pub.id);
        const bool taken =
            moving->fn != NULL ? begin_up(moving, &error) : begin_down(moving, &error);
        if (!taken) {
            session_refused(session, moving->op);
            moving->op = 0;
            g_clear_pointer(&moving->spool, spool_free);
            if (error == NULL)
                error = g_error_new(WEFT_ERROR, WEFT_ERROR_DISK, "The disk refuses.");
            if (!waits_for_better(moving, error))
                fail(moving, error);
            return;
        }
    }
    tell(moving);
}

/* From the loop: the driver, or the outbox, is at work above us. */
void
transfer_go_soon(struct moving *moving)
{
    if (moving->op == 0 && moving->timer == 0)
        moving->timer = clock_timer_add(moving->core->clock, 0, again, moving);
}

/* Those that wait for their turn; `all`: and those that wait for better times. */
static void
poke(struct session *session, bool all)
{
    const GPtrArray *transfers = session->core->transfers;

    for (guint i = 0; i < transfers->len; i++) {
        struct moving *moving = transfers->pdata[i];
        if (moving->session != session || moving->op != 0 || (moving->timer != 0 && !all))
            continue;
        clock_timer_del(session->core->clock, moving->timer);
        moving->timer = 0;
        transfer_go_soon(moving);
    }
}

void
transfer_run(struct session *session)
{
    if (session->trial == NULL)
        poke(session, true);
}

/* --- under way
 * -------------------------------------------------------------------------------------- */

static void
moved(struct moving *moving)
{
    moving->tries = 0;
    if (clock_mono_us(moving->core->clock) - moving->told_us >= TOLD_EVERY_US)
        tell(moving);
}

void
transfer_progress(struct session *session, op_id op, uint64_t done_bytes)
{
    struct moving *moving = by_op(session, op);

    if (moving == NULL)
        return;
    moving->pub.done_bytes = done_bytes;
    moved(moving);
}

static void
take_bytes(struct moving *moving, uint64_t at, const char *bytes, size_t len)
{
    if (at > moving->pub.done_bytes) {
        g_set_error(&moving->failed, WEFT_ERROR, WEFT_ERROR_PROTOCOL,
                    "The network left out a part of it.");
    } else if (len > moving->max_bytes || at > moving->max_bytes - len) {
        g_set_error(&moving->failed, WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                    "It is larger than the network said.");
    } else if (spool_error(moving->spool) != 0) {
        refuse_disk(moving, spool_error(moving->spool));
    } else {
        spool_put(moving->spool, at, at < moving->pub.done_bytes, bytes, len);
        moving->pub.done_bytes = at + len;
        moved(moving);
    }
}

void
transfer_bytes(struct session *session, op_id op, uint64_t at, const char *bytes, size_t len)
{
    struct moving *moving = by_op(session, op);

    if (moving == NULL || moving->spool == NULL || moving->failed != NULL)
        return;
    take_bytes(moving, at, bytes, len);
    if (moving->failed != NULL && session->driver->op_cancel != NULL)
        session->driver->op_cancel(session->state, op);
}

/* --- asked for
 * -------------------------------------------------------------------------------------- */

uint64_t
transfer_up(struct room *room, int64_t message_id, const char *key, const struct attachment *file,
            transfer_up_fn fn, int64_t user_id)
{
    struct moving *moving = transfer_begin(room, message_id, TRANSFER_UP, file);

    moving->key = g_strdup(key);
    moving->path = g_strdup(file->path);
    moving->fn = fn;
    moving->user_id = user_id;
    transfer_go_soon(moving);
    return moving->pub.id;
}

static void
stop(struct moving *moving)
{
    struct session *session = moving->session;
    const op_id op = moving->op;

    moving->stopped = true;
    if (op == 0)
        return;
    moving->op = 0;
    session_refused(session, op); /* its end is nobody's business any more */
    if (session->state != NULL && session->driver->op_cancel != NULL)
        session->driver->op_cancel(session->state, op);
}

void
transfer_forget(struct core *core, uint64_t id)
{
    struct moving *moving = by_id(core, id);

    if (moving == NULL)
        return;
    stop(moving);
    drop(moving);
}

bool
core_stop_transfer(struct core *core, uint64_t id)
{
    struct moving *moving = by_id(core, id);
    g_autoptr(GError) error = NULL;

    if (moving == NULL)
        return false;
    error = g_error_new(WEFT_ERROR, WEFT_ERROR_CANCELLED,
                        "You stopped %s on its way: nothing was sent.", moving->pub.name);
    stop(moving);
    fail(moving, error);
    return true;
}

const GPtrArray *
core_transfers(struct core *core)
{
    return core->transfers;
}

/* The `index`th file of a message that the network would give us. */
const struct attachment *
transfer_find_file(const struct message *message, unsigned index, GError **error)
{
    const struct attachment *file =
        message != NULL && message->files != NULL && index < message->files->len
            ? message->files->pdata[index]
            : NULL;

    if (file == NULL)
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "There is no file in this message.");
    else if (file->id == NULL)
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED,
                    file->path != NULL ? "This file is your own, and not sent yet."
                                       : "The network does not say how this file is fetched.");
    return file != NULL && file->id != NULL ? file : NULL;
}

static char *
folder_for(struct core *core, enum transfer_kind kind, GError **error)
{
    const char *set = config_text(core->config, "look", "save_folder");
    const char *folder = set != NULL ? set : core->download_dir;

    if (kind == TRANSFER_OPEN && core->cache_dir != NULL)
        return g_build_filename(core->cache_dir, "files", NULL);
    if (folder == NULL)
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                    "weft knows no folder to save files in: name one in look.save_folder.");
    return g_strdup(folder);
}

/* What was fetched to be opened is of no use the next day. */
void
transfer_sweep(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const int64_t now_s = g_get_real_time() / G_USEC_PER_SEC;
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        struct stat st;
        if (lstat(path, &st) == 0 && S_ISREG(st.st_mode) && now_s - st.st_mtime > OLD_S)
            g_unlink(path);
    }
}

bool
transfer_has_room(const char *folder, int64_t size_bytes, GError **error)
{
    struct statvfs disk;

    if (size_bytes <= 0 || statvfs(folder, &disk) != 0 ||
        (uint64_t)size_bytes / MAX(1, disk.f_frsize) < disk.f_bavail)
        return true;
    g_autofree char *size = attachment_format_size(size_bytes);
    g_autofree char *shown = g_filename_display_name(folder);
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_DISK,
                "There is no room for %s in %s. Make some, or name another folder in "
                "look.save_folder.",
                size, shown);
    return false;
}

static bool
may_be_so_large(struct core *core, const struct attachment *file, bool large, GError **error)
{
    const int64_t most = config_number(core->config, "look", "ask_above") * 1000 * 1000;

    if (large || file->size_bytes <= most)
        return true;
    g_autofree char *size = attachment_format_size(file->size_bytes);
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                "%s has %s: the same key again fetches it.", file->name, size);
    return false;
}

static bool
is_under_way(struct core *core, const char *part, GError **error)
{
    for (guint i = 0; i < core->transfers->len; i++) {
        const struct moving *moving = core->transfers->pdata[i];
        if (g_strcmp0(moving->part, part) != 0)
            continue;
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_CONFLICT, "%s is on its way already.",
                    moving->pub.name);
        return true;
    }
    return false;
}

/* The same name for the same file, so that what has come of it is found again after a restart. */
char *
transfer_part(const struct room *room, const char *folder, const char *file_id)
{
    g_autofree char *seed = g_strconcat(room->session->account->name, "\n", file_id, NULL);
    g_autofree char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, seed, -1);
    g_autofree char *name = g_strdup_printf(".weft-%.24s" TRANSFER_PART_END, sum);

    return g_build_filename(folder, name, NULL);
}

static bool
fetch(struct core *core, const struct message *message, unsigned index, enum transfer_kind kind,
      bool large, GError **error)
{
    struct room *room = message != NULL ? room_get(core, message->buffer_id) : NULL;
    const struct attachment *file = transfer_find_file(message, index, error);
    g_autofree char *folder = file != NULL ? folder_for(core, kind, error) : NULL;

    if (folder == NULL || room == NULL ||
        !session_can(room->session, &room->pub, CAP_DOWNLOAD, error) ||
        !may_be_so_large(core, file, large, error) || !file_make_private_dir(folder, error) ||
        !transfer_has_room(folder, file->size_bytes, error))
        return false;
    g_autofree char *part = transfer_part(room, folder, file->id);
    if (is_under_way(core, part, error))
        return false;
    if (kind == TRANSFER_OPEN)
        transfer_sweep(folder);
    struct moving *moving = transfer_begin(room, message->id, kind, file);
    moving->file_id = g_strdup(file->id);
    moving->folder = g_steal_pointer(&folder);
    moving->part = g_steal_pointer(&part);
    moving->max_bytes =
        file->size_bytes >= 0 ? (uint64_t)file->size_bytes
        : large               ? (uint64_t)INT64_MAX
                : (uint64_t)config_number(core->config, "look", "ask_above") * 1000 * 1000;
    go(moving);
    return true;
}

bool
core_fetch_file(struct core *core, int64_t message_id, unsigned index, enum transfer_kind kind,
                bool large, GError **error)
{
    struct message *message = store_load_message(core->store, message_id);
    const bool good = fetch(core, message, index, kind, large, error);

    message_unref(message);
    return good;
}
