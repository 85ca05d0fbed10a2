/* Files up and down (section 5). A file goes over in an upload session, whose id is kept until it
 * is whole: a second try, also after a restart, sends only what is missing. What comes down is
 * asked for from the byte at which it stopped. */
#include <string.h>

#include "protocols/mattermost/mattermost_priv.h"

#define SILENCE_US  (60 * G_USEC_PER_SEC)
#define ERROR_BYTES (64 * 1024)

struct mmost_transfer {
    struct mm *mm;
    op_id op;
    struct http_call *http; /* NULL: none is under way */
    /* down */
    uint64_t at; /* the byte that comes next */
    uint64_t max_bytes;
    /* up */
    char *key; /* under which the session's id is kept */
    char *upload_id;
    char *channel, *path, *name;
    int64_t size_bytes;
    uint64_t start;
    bool again; /* the server had forgotten the session, and there is a new one */
};

static void
transfer_free(struct mmost_transfer *transfer)
{
    struct mm *mm = transfer->mm;

    g_queue_remove(&mm->transfers, transfer);
    if (transfer->http)
        mm->host->net->http_cancel(transfer->http);
    g_free(transfer->key);
    g_free(transfer->upload_id);
    g_free(transfer->channel);
    g_free(transfer->path);
    g_free(transfer->name);
    g_free(transfer);
}

static struct mmost_transfer *
transfer_new(struct mm *mm, op_id op)
{
    struct mmost_transfer *transfer = g_new0(struct mmost_transfer, 1);

    transfer->mm = mm;
    transfer->op = op;
    g_queue_push_tail(&mm->transfers, transfer);
    return transfer;
}

static struct mmost_transfer *
transfer_of(const struct mm *mm, op_id op)
{
    for (GList *at = mm->transfers.head; at; at = at->next) {
        struct mmost_transfer *transfer = at->data;
        if (transfer->op == op)
            return transfer;
    }
    return NULL;
}

static void
fail(struct mmost_transfer *transfer, const GError *error)
{
    struct mm *mm = transfer->mm;
    const op_id op = transfer->op;

    transfer_free(transfer);
    host_failed(mm->host, op, error);
}

bool
mmost_transfer_cancel(struct mm *mm, op_id op)
{
    struct mmost_transfer *transfer = transfer_of(mm, op);
    struct mmost_call *call = mmost_call_of(mm, op);
    g_autoptr(GError) error = NULL;

    if (!transfer)
        return false;
    if (call)
        mmost_call_drop(call);
    error = g_error_new(WEFT_ERROR, WEFT_ERROR_CANCELLED, "Cancelled.");
    fail(transfer, error);
    return true;
}

/* Core ends their operations itself: nothing of a file is in doubt. */
void
mmost_transfers_end(struct mm *mm)
{
    while (mm->transfers.length > 0)
        transfer_free(mm->transfers.head->data);
}

/* The answer, or what it refuses, of a request of our own. NULL: good. */
static GError *
error_of(const struct http_answer *http, const GError *error)
{
    if (error)
        return g_error_copy(error);
    if (http->status >= 200 && http->status < 300)
        return NULL;
    struct mmost_answer answer = {.status = http->status,
                                  .json = json_read(http->body, http->len, NULL, NULL),
                                  .http = http,
                                  .id = ""};
    GError *made = mmost_answer_error(&answer);
    json_decref(answer.json);
    return made;
}

static void
start(struct mmost_transfer *transfer, struct http_request *request,
      const struct http_events *events)
{
    struct mm *mm = transfer->mm;
    g_autofree char *bearer =
        mm->token ? g_strconcat("Authorization: Bearer ", mm->token, NULL) : NULL;
    const char *headers[5] = {"Accept-Encoding: identity"};
    g_autofree char *range = NULL;
    unsigned n = 1;

    if (bearer)
        headers[n++] = bearer;
    if (request->body_path)
        headers[n++] = "Content-Type: application/octet-stream";
    else if (transfer->at > 0)
        headers[n++] = range = g_strdup_printf("Range: bytes=%" G_GUINT64_FORMAT "-", transfer->at);
    request->headers = headers;
    request->tls = mm->config.tls;
    request->silence_timeout_us = SILENCE_US;
    transfer->http = mm->host->net->http_start(mm->host->net, request, events, transfer);
}

/* --- down
 * --------------------------------------------------------------------------------------- */

/* A server that knows no ranges begins anew. */
static void
on_begin(void *user, const struct http_answer *answer)
{
    struct mmost_transfer *transfer = user;

    if (answer->status != 206)
        transfer->at = 0;
}

static void
on_data(void *user, const char *bytes, size_t len)
{
    struct mmost_transfer *transfer = user;
    const uint64_t at = transfer->at;

    transfer->at += len;
    host_bytes(transfer->mm->host, transfer->op, at, bytes, len); /* may have ended it */
}

static void
on_down(void *user, const struct http_answer *answer, const GError *http_error)
{
    struct mmost_transfer *transfer = user;
    struct mm *mm = transfer->mm;
    const op_id op = transfer->op;
    g_autoptr(GError) error = NULL;

    transfer->http = NULL;
    /* Nothing is left: what is here is all, if its size is right. */
    const bool beyond = answer && answer->status == 416 && transfer->at > 0;
    error = beyond ? NULL : error_of(answer, http_error);
    const bool expired = answer && answer->status == 401;
    if (error) {
        fail(transfer, error);
    } else {
        transfer_free(transfer);
        host_done(mm->host, op, NULL, 0);
    }
    if (expired)
        mmost_session_ended(mm);
}

bool
mmost_api_download(void *session, op_id op, const struct download_request *request, GError **error)
{
    static const struct http_events events = {.begin = on_begin, .data = on_data, .done = on_down};
    struct mm *mm = session;

    if (!mmost_check_ready(mm, error))
        return false;
    if (!mmost_is_id(request->file_id))
        return mmost_refuse(error, WEFT_ERROR_NOT_FOUND, "The server does not know this file.");
    struct mmost_transfer *transfer = transfer_new(mm, op);
    g_autofree char *url =
        g_strconcat(mm->config.base, "/api/v4/files/", request->file_id, "?download=1", NULL);
    const uint64_t most = MAX(request->max_bytes, 1);
    struct http_request http = {.method = "GET",
                                .url = url,
                                .follow = true,
                                .max_bytes = (size_t)MIN(MAX(most, ERROR_BYTES), SIZE_MAX / 2)};

    transfer->at = request->start;
    transfer->max_bytes = request->max_bytes;
    start(transfer, &http, &events);
    return true;
}

/* --- up
 * ----------------------------------------------------------------------------------------- */

static void ask_session(struct mmost_transfer *transfer);

static void
forget_session(struct mmost_transfer *transfer)
{
    transfer->mm->host->ops->kv_set(transfer->mm->host, transfer->key, NULL);
    g_clear_pointer(&transfer->upload_id, g_free);
}

static void
on_up_progress(void *user, uint64_t sent, uint64_t to_send, uint64_t received, uint64_t to_receive)
{
    struct mmost_transfer *transfer = user;

    if (sent > 0)
        host_progress(transfer->mm->host, transfer->op, transfer->start + sent);
}

static void
on_up(void *user, const struct http_answer *answer, const GError *http_error)
{
    struct mmost_transfer *transfer = user;
    struct mm *mm = transfer->mm;
    const op_id op = transfer->op;
    g_autoptr(GError) error = error_of(answer, http_error);

    transfer->http = NULL;
    if (!error && answer->status == 204) {
        ask_session(transfer); /* it wants more: a part was lost on the way */
        return;
    }
    /* Sent once more below us, when the first answer was lost: the session ended with the file. */
    if (answer && answer->status == 404 && !transfer->again) {
        transfer->again = true;
        forget_session(transfer);
        ask_session(transfer);
        return;
    }
    json_t *info = error ? NULL : json_read(answer->body, answer->len, NULL, &error);
    g_autofree char *id = g_strdup(json_get_text(info, "id"));
    json_decref(info);
    if (!error && !mmost_is_id(id))
        error = g_error_new(WEFT_ERROR, WEFT_ERROR_PROTOCOL,
                            "The server took the file, but its answer says nothing.");
    /* Refused is refused: the next try begins with a new session. */
    if (!error || answer)
        forget_session(transfer);
    const bool expired = answer && answer->status == 401;
    if (error) {
        fail(transfer, error);
    } else {
        transfer_free(transfer);
        host_done(mm->host, op, id, 0);
    }
    if (expired)
        mmost_session_ended(mm);
}

static void
send_rest(struct mmost_transfer *transfer, int64_t offset)
{
    static const struct http_events events = {.progress = on_up_progress, .done = on_up};
    struct mm *mm = transfer->mm;
    g_autofree char *url =
        g_strconcat(mm->config.base, "/api/v4/uploads/", transfer->upload_id, NULL);
    struct http_request http = {.method = "POST",
                                .url = url,
                                .body_path = transfer->path,
                                .body_start = (uint64_t)CLAMP(offset, 0, transfer->size_bytes)};

    transfer->start = http.body_start;
    host_progress(mm->host, transfer->op, transfer->start);
    start(transfer, &http, &events);
}

/* The answer is a session; else it is begun anew, or the end. */
static void
on_session(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
           const GError *error)
{
    struct mmost_transfer *transfer = transfer_of(mm, call->op);
    const char *id = json_get_text(answer->json, "id");
    const bool known = transfer && transfer->upload_id != NULL;

    if (!transfer)
        return;
    if (known && answer->status == 404) {
        forget_session(transfer);
        ask_session(transfer);
        return;
    }
    g_autoptr(GError) wrong =
        error ? g_error_copy(error)
        : !mmost_is_id(id) ||
                (known && json_get_int(answer->json, "file_size") != transfer->size_bytes)
            ? g_error_new(WEFT_ERROR, WEFT_ERROR_PROTOCOL,
                          "The server does not say where to bring the file.")
            : NULL;
    if (wrong) {
        if (answer->status != 0)
            forget_session(transfer);
        fail(transfer, wrong);
        return;
    }
    if (!known) {
        transfer->upload_id = g_strdup(id);
        mm->host->ops->kv_set(mm->host, transfer->key, id);
    }
    send_rest(transfer, json_get_int(answer->json, "file_offset"));
}

/* Of one that is known, how far it is. */
static void
ask_session(struct mmost_transfer *transfer)
{
    struct mm *mm = transfer->mm;
    struct mmost_call *call;

    if (transfer->upload_id) {
        call = mmost_call_urgent(mm, "GET", NULL, on_session, "/uploads/%s", transfer->upload_id);
    } else {
        json_t *body = json_object();
        json_put_text(body, "channel_id", transfer->channel);
        json_put_text(body, "filename", transfer->name);
        json_object_set_new(body, "file_size", json_integer(transfer->size_bytes));
        call = mmost_call_urgent(mm, "POST", body, on_session, "/uploads");
    }
    call->op = transfer->op;
}

bool
mmost_api_upload(void *session, op_id op, const struct upload_request *request, GError **error)
{
    struct mm *mm = session;
    const struct mmost_channel *channel = mmost_channel_of(mm, request->buffer, error);

    if (!channel)
        return false;
    struct mmost_transfer *transfer = transfer_new(mm, op);
    transfer->key = g_strconcat("upload.", request->key, NULL);
    transfer->channel = g_strdup(channel->id);
    transfer->path = g_strdup(request->path);
    transfer->name = g_strdup(request->name);
    transfer->size_bytes = request->size_bytes;
    g_autofree char *kept = mm->host->ops->kv_get(mm->host, transfer->key);
    if (mmost_is_id(kept))
        transfer->upload_id = g_steal_pointer(&kept);
    ask_session(transfer);
    return true;
}
