/* Files of messages: fetched once, uploaded for each lane; a line where that cannot be. */
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "core/options.h"
#include "relay/format.h"
#include "relay/relay_priv.h"

#define REMEMBERED 256
#define TRIES_MOST 12
#define AGAIN_US   (10 * G_USEC_PER_SEC)
#define MEGABYTE   (INT64_C(1024) * 1024)

struct fetched {
    bool under_way;
    char *path;       /* NULL: it is not here, */
    char *error;      /* and why; NULL: it is to be tried again, */
    int64_t again_us; /* at this (monotonic) time */
    unsigned tries;
};

struct media {
    GHashTable *files; /* "MESSAGE INDEX LIMIT" → struct fetched */
};

static void
fetched_free(void *memory)
{
    struct fetched *fetched = memory;

    g_free(fetched->path);
    g_free(fetched->error);
    g_free(fetched);
}

struct media *
media_new(void)
{
    struct media *media = g_new0(struct media, 1);

    media->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, fetched_free);
    return media;
}

void
media_free(struct media *media)
{
    if (!media)
        return;
    g_hash_table_unref(media->files);
    g_free(media);
}

/* --- one file --- */

static void
wake(struct relay *relay)
{
    GHashTableIter iter;
    void *value;

    g_hash_table_iter_init(&iter, relay->lanes);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        struct lane *lane = value;
        if (lane->files) {
            lane->files = false;
            lane_kick(lane);
        }
    }
}

static void
has_come(struct core *core, const char *path, const GError *error, void *user)
{
    struct job *job = user;
    struct lane *lane = job_back(job);

    if (!lane)
        return;
    struct relay *relay = lane->relay;
    struct fetched *fetched = g_hash_table_lookup(relay->media->files, job->text);
    if (fetched) {
        const enum weft_error code = error ? error_code(error) : WEFT_ERROR_NOT_FOUND;
        const bool again = !path && fetched->tries < TRIES_MOST &&
                           (code == WEFT_ERROR_CLOSED || code == WEFT_ERROR_RATE_LIMITED ||
                            code == WEFT_ERROR_TIMEOUT || code == WEFT_ERROR_IO);
        fetched->under_way = false;
        fetched->path = g_strdup(path);
        fetched->again_us = clock_mono_us(relay->clock) + AGAIN_US;
        fetched->error = path || again
                             ? NULL
                             : g_strdup(code == WEFT_ERROR_TOO_LARGE ? "too large to be carried"
                                                                     : "it could not be fetched");
    }
    job_free(job);
    wake(relay);
}

/* What is under way is awaited by somebody: only what rests goes. */
static void
forget_some(struct media *media)
{
    GHashTableIter iter;
    void *value;

    if (g_hash_table_size(media->files) < REMEMBERED)
        return;
    g_hash_table_iter_init(&iter, media->files);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        if (!((const struct fetched *)value)->under_way)
            g_hash_table_iter_remove(&iter);
}

/* The file's path, or why it is not there. False: it is awaited. */
static bool
fetch(struct lane *lane, const struct message *message, unsigned index, uint64_t max_bytes,
      const struct fetched **ret_fetched)
{
    struct relay *relay = lane->relay;
    g_autofree char *key = g_strdup_printf("%" G_GINT64_FORMAT " %u %" G_GUINT64_FORMAT,
                                           message->id, index, max_bytes);
    struct fetched *fetched = g_hash_table_lookup(relay->media->files, key);

    if (fetched && fetched->path && access(fetched->path, R_OK) != 0)
        g_clear_pointer(&fetched->path, g_free);
    if (fetched && (fetched->path || fetched->error)) {
        *ret_fetched = fetched;
        return true;
    }
    if (!fetched) {
        forget_some(relay->media);
        fetched = g_new0(struct fetched, 1);
        g_hash_table_insert(relay->media->files, g_strdup(key), fetched);
    }
    const int64_t wait_us = fetched->again_us - clock_mono_us(relay->clock);
    if (!fetched->under_way && wait_us > 0) {
        lane_delay(lane, wait_us);
        return false;
    }
    lane->files = true;
    if (fetched->under_way)
        return false;
    fetched->under_way = true;
    fetched->tries++;
    struct job *job = job_new(lane, NULL);
    job->text = g_steal_pointer(&key);
    core_copy_fetch(relay->core, message->id, index, max_bytes, has_come, job);
    return false;
}

static bool
is_skipped(const struct route *route, const char *name)
{
    const char *const *patterns = options_list(route->gateway->options, "skip_file");
    g_autofree char *folded = g_utf8_casefold(name, -1);

    for (size_t i = 0; patterns[i]; i++) {
        g_autofree char *pattern = g_utf8_casefold(patterns[i], -1);
        if (g_pattern_match_simple(pattern, folded))
            return true;
    }
    return false;
}

/* --- all of a message --- */

static void
add_line(GPtrArray **lines, const struct attachment *file, const char *why)
{
    if (!*lines)
        *lines = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(*lines, format_file(file, why));
}

static void
add_file(GPtrArray **files, const struct attachment *file, const char *path)
{
    struct attachment *copy = attachment_new(NULL, file->name, file->size_bytes);

    copy->type = g_strdup(file->type);
    copy->path = g_strdup(path);
    copy->width = file->width;
    copy->height = file->height;
    if (!*files)
        *files = g_ptr_array_new_with_free_func((GDestroyNotify)attachment_free);
    g_ptr_array_add(*files, copy);
}

/* Why a file is not to be carried; NULL: it is. */
static const char *
refusal_of(const struct route *route, const struct attachment *file, int64_t max_bytes)
{
    if (is_skipped(route, file->name))
        return "files of this kind are not carried";
    if (file->size_bytes > max_bytes)
        return "too large to be carried";
    return NULL;
}

bool
media_prepare(struct lane *lane, const struct route *route, const struct message *message,
              bool upload, GPtrArray **ret_files, GPtrArray **ret_lines)
{
    const int64_t max_bytes = options_number(route->gateway->options, "max_file") * MEGABYTE;
    GPtrArray *files = NULL;
    GPtrArray *lines = NULL;
    bool whole = true;

    for (unsigned i = 0; message->files && i < message->files->len && whole; i++) {
        const struct attachment *file = message->files->pdata[i];
        const char *refusal = upload ? refusal_of(route, file, max_bytes) : NULL;
        const struct fetched *fetched = NULL;
        if (!upload || refusal)
            add_line(&lines, file, refusal);
        else if (!fetch(lane, message, i, (uint64_t)max_bytes, &fetched))
            whole = false;
        else if (fetched->path)
            add_file(&files, file, fetched->path);
        else
            add_line(&lines, file, fetched->error);
    }
    if (!whole) {
        g_clear_pointer(&files, g_ptr_array_unref);
        g_clear_pointer(&lines, g_ptr_array_unref);
    }
    *ret_files = files;
    *ret_lines = lines;
    return whole;
}
