/* Files come inside their message, and the server has forgotten them by then: they are kept here,
 * up to a limit, while the session lives. Those of ours go inside theirs. */
#include <string.h>

#include "base/file.h"
#include "protocols/matterbridge/matterbridge_priv.h"

#define CHUNK_BYTES (64 * 1024)

/* --- what came
 * --------------------------------------------------------------------------------- */

static void
cache_add(struct mbridge *mb, const char *id, GBytes *bytes)
{
    if (g_hash_table_contains(mb->files, id))
        return;
    char *key = g_strdup(id);
    g_hash_table_insert(mb->files, key, g_bytes_ref(bytes));
    g_queue_push_tail(&mb->files_order, key);
    mb->files_bytes += g_bytes_get_size(bytes);
    while (mb->files_bytes > MBRIDGE_CACHE_BYTES) {
        const char *oldest = g_queue_pop_head(&mb->files_order);
        mb->files_bytes -= g_bytes_get_size(g_hash_table_lookup(mb->files, oldest));
        g_hash_table_remove(mb->files, oldest);
    }
}

/* The last part of a path, of either kind. */
static const char *
clean_name(const char *name)
{
    const char *last = name;

    for (const char *at = name; *at; at++)
        if (*at == '/' || *at == '\\')
            last = at + 1;
    return *last && strcmp(last, ".") != 0 && strcmp(last, "..") != 0 ? last : "file";
}

static void G_GNUC_PRINTF(2, 3) add_line(GString *text, const char *format, ...)
{
    va_list list;

    if (text->len > 0)
        g_string_append_c(text, '\n');
    va_start(list, format);
    g_string_append_vprintf(text, format, list);
    va_end(list);
}

/* NULL: its bytes did not come along, or are too many. */
static struct attachment *
keep_file(struct mbridge *mb, const char *name, const json_t *data)
{
    const char *coded = json_as_text(data);
    gsize len = 0;

    if (!*coded || strlen(coded) > (size_t)MBRIDGE_FILE_BYTES / 3 * 4 + 4)
        return NULL;
    guchar *decoded = g_base64_decode(coded, &len);
    g_autoptr(GBytes) bytes = g_bytes_new_take(decoded, len);
    g_autofree char *id = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);
    cache_add(mb, id, bytes);
    return attachment_new(id, name, (int64_t)g_bytes_get_size(bytes));
}

static void
read_file(struct mbridge *mb, const json_t *file, GPtrArray *files, GString *text)
{
    const char *name = clean_name(json_get_text(file, "Name"));
    const char *url = json_get_text(file, "URL"), *comment = json_get_text(file, "Comment");

    if (json_get_bool(file, "Avatar"))
        return;
    struct attachment *kept = keep_file(mb, name, json_object_get(file, "Data"));
    if (*comment && strcmp(comment, text->str) != 0)
        add_line(text, "%s", comment);
    if (kept)
        g_ptr_array_add(files, kept);
    else if (g_str_has_prefix(url, "https://") || g_str_has_prefix(url, "http://"))
        add_line(text, "%s: %s", name, url);
    else
        add_line(text, "%s (a file that did not come along)", name);
}

GPtrArray *
mbridge_files_read(struct mbridge *mb, const json_t *object, GString *text)
{
    const json_t *extra = json_get_object(object, "Extra");
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func((GDestroyNotify)attachment_free);

    if (!extra)
        extra = json_get_object(object, "extra");
    const json_t *list = json_get_array(extra, "file");
    for (size_t i = 0; i < MIN(json_array_size(list), MBRIDGE_MAX_FILES); i++)
        if (json_is_object(json_array_get(list, i)))
            read_file(mb, json_array_get(list, i), files, text);
    const json_t *large = json_get_array(extra, "file_failure_size");
    for (size_t i = 0; i < MIN(json_array_size(large), MBRIDGE_MAX_FILES); i++)
        add_line(text, "%s (a file that was too large for the bridge)",
                 clean_name(json_get_text(json_array_get(large, i), "Name")));
    return files->len > 0 ? g_steal_pointer(&files) : NULL;
}

/* --- what goes
 * --------------------------------------------------------------------------------- */

json_t *
mbridge_files_write(const GPtrArray *files, GError **error)
{
    json_t *list = json_array(), *extra = NULL;

    for (guint i = 0; i < files->len; i++) {
        const struct attachment *file = files->pdata[i];
        size_t len;
        g_autofree char *bytes =
            file->path ? file_read(file->path, MBRIDGE_UPLOAD_BYTES, &len, error) : NULL;
        if (!bytes) {
            if (!file->path)
                g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                            "The file %s is not here any more.", file->name);
            json_decref(list);
            return NULL;
        }
        g_autofree char *coded = g_base64_encode((const guchar *)bytes, len);
        json_t *object = json_object();
        json_put_text(object, "Name", file->name);
        json_put_text(object, "Data", coded);
        json_object_set_new(object, "Size", json_integer((json_int_t)len));
        json_array_append_new(list, object);
    }
    extra = json_object();
    json_object_set_new(extra, "file", list);
    return extra;
}

/* --- operations, a piece at each turn of the loop
 * ---------------------------------------------- */

struct mbridge_transfer {
    struct mbridge *mb;
    op_id op;
    unsigned timer;
    GBytes *bytes; /* what comes down; NULL: something goes up */
    size_t at;
};

static void
transfer_free(struct mbridge_transfer *transfer)
{
    struct mbridge *mb = transfer->mb;

    g_queue_remove(&mb->transfers, transfer);
    clock_timer_del(mb->host->clock, transfer->timer);
    if (transfer->bytes)
        g_bytes_unref(transfer->bytes);
    g_free(transfer);
}

static struct mbridge_transfer *
transfer_of(const struct mbridge *mb, op_id op)
{
    for (GList *at = mb->transfers.head; at; at = at->next) {
        struct mbridge_transfer *transfer = at->data;
        if (transfer->op == op)
            return transfer;
    }
    return NULL;
}

static void
go_on(void *user)
{
    struct mbridge_transfer *transfer = user;
    struct mbridge *mb = transfer->mb;
    const op_id op = transfer->op;
    size_t len = 0;
    const char *bytes = transfer->bytes ? g_bytes_get_data(transfer->bytes, &len) : NULL;
    const size_t at = transfer->at, part = MIN(len - MIN(at, len), CHUNK_BYTES);

    transfer->timer = 0;
    if (part == 0) {
        const bool up = !transfer->bytes;
        transfer_free(transfer);
        host_done(mb->host, op, up ? "inside" : NULL, 0);
        return;
    }
    transfer->at += part;
    transfer->timer = clock_timer_add(mb->host->clock, 0, go_on, transfer);
    host_bytes(mb->host, op, at, bytes + at, part); /* may have ended it */
}

static void
transfer_begin(struct mbridge *mb, op_id op, GBytes *bytes, size_t at)
{
    struct mbridge_transfer *transfer = g_new0(struct mbridge_transfer, 1);

    *transfer = (struct mbridge_transfer){
        .mb = mb, .op = op, .bytes = bytes ? g_bytes_ref(bytes) : NULL, .at = at};
    g_queue_push_tail(&mb->transfers, transfer);
    transfer->timer = clock_timer_add(mb->host->clock, 0, go_on, transfer);
}

bool
mbridge_api_download(void *session, op_id op, const struct download_request *request,
                     GError **error)
{
    struct mbridge *mb = session;
    GBytes *bytes = g_hash_table_lookup(mb->files, request->file_id);

    if (!bytes) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                    "This file came inside its message, and weft keeps such files only while it "
                    "runs. Ask for it to be sent again.");
        return false;
    }
    if (g_bytes_get_size(bytes) > request->max_bytes) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE, "The file is too large.");
        return false;
    }
    transfer_begin(mb, op, bytes, (size_t)MIN(request->start, g_bytes_get_size(bytes)));
    return true;
}

/* It goes inside its message: here it is only looked at. */
bool
mbridge_api_upload(void *session, op_id op, const struct upload_request *request, GError **error)
{
    struct mbridge *mb = session;

    if (!mbridge_check_ready(mb, error))
        return false;
    if (!mb->config.files || request->size_bytes > MBRIDGE_UPLOAD_BYTES) {
        g_set_error(error, WEFT_ERROR,
                    mb->config.files ? WEFT_ERROR_TOO_LARGE : WEFT_ERROR_UNSUPPORTED,
                    "Through this bridge files go up to 1 MB, and only with files = on.");
        return false;
    }
    transfer_begin(mb, op, NULL, 0);
    return true;
}

bool
mbridge_transfer_cancel(struct mbridge *mb, op_id op)
{
    struct mbridge_transfer *transfer = transfer_of(mb, op);
    g_autoptr(GError) error = NULL;

    if (!transfer)
        return false;
    transfer_free(transfer);
    error = g_error_new(WEFT_ERROR, WEFT_ERROR_CANCELLED, "Cancelled.");
    host_failed(mb->host, op, error);
    return true;
}

/* Core ends their operations itself: nothing of a file is in doubt. */
void
mbridge_transfers_end(struct mbridge *mb)
{
    while (mb->transfers.length > 0)
        transfer_free(mb->transfers.head->data);
}
