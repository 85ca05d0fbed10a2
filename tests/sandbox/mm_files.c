/* Files: sent whole or in parts, and fetched. Pictures are not made smaller: their preview is
 * themselves. */
#include "tests/sandbox/mm_priv.h"

#include <string.h>

#define FIRST_PART_MIN 5242880

static const char *
type_of(const char *name)
{
    static const struct {
        const char *suffix;
        const char *type;
    } types[] = {
        {".png", "image/png"},       {".jpg", "image/jpeg"},
        {".gif", "image/gif"},       {".txt", "text/plain; charset=utf-8"},
        {".pdf", "application/pdf"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        if (g_str_has_suffix(name, types[i].suffix))
            return types[i].type;
    }
    return "application/octet-stream";
}

struct mm_file *
mm_file_new(struct mm_server *server, struct mm_user *user, struct mm_channel *channel,
            const char *name, GBytes *bytes)
{
    struct mm_file *file = g_new0(struct mm_file, 1);
    const char *dot = strrchr(name, '.');

    file->id = mm_id_new(server);
    file->user = user;
    file->channel = channel;
    file->name = g_strdup(name);
    file->extension = g_strdup(dot != NULL ? dot + 1 : "");
    file->mime_type = g_strdup(type_of(name));
    file->create_at = mm_stamp(server);
    file->bytes = g_bytes_ref(bytes);
    g_hash_table_insert(server->files, file->id, file);
    return file;
}

/* ---- sent whole ---- */

static void
reply_infos(struct mm_request *request, JsonArray *infos, JsonArray *client_ids)
{
    JsonObject *object = json_object_new();

    mm_set_array(object, "file_infos", infos);
    mm_set_array(object, "client_ids", client_ids);
    mm_reply_object(request, 201, object);
}

static void
fail_read(struct mm_request *request)
{
    mm_fail(request, 400, "api.file.upload_file.read_request.app_error",
            "Unable to upload file(s). Error reading or parsing request data.");
}

static bool
too_large(struct mm_request *request, size_t size)
{
    if (size <= g_ascii_strtoull(mm_config(request->server, "MaxFileSize"), NULL, 10))
        return false;
    mm_fail(request, 413, "api.file.upload_file.too_large_detailed.app_error",
            "Unable to upload file. File is too large.");
    return true;
}

static void
post_raw(struct mm_request *request)
{
    struct mm_channel *channel = mm_channel_by_id(request->server, mm_query(request, "channel_id"));
    const char *name = mm_query(request, "filename");
    g_autoptr(GBytes) bytes =
        soup_message_body_flatten(soup_server_message_get_request_body(request->msg));
    JsonArray *infos = NULL;

    if (mm_query(request, "channel_id") == NULL) {
        mm_fail_url(request, "channel_id");
    } else if (channel == NULL || mm_member(channel, request->user) == NULL) {
        mm_fail_permissions(request);
    } else if (g_bytes_get_size(bytes) == 0) {
        fail_read(request);
    } else if (!too_large(request, g_bytes_get_size(bytes))) {
        infos = json_array_new();
        json_array_add_object_element(
            infos, mm_file_json(mm_file_new(request->server, request->user, channel,
                                            name != NULL ? name : "file", bytes)));
        reply_infos(request, infos, NULL);
    }
}

struct form {
    struct mm_channel *channel;
    JsonArray *infos;
    JsonArray *client_ids;
    bool refused;
};

static void
take_part(struct mm_request *request, struct form *form, const char *name, const char *file_name,
          GBytes *bytes)
{
    g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));

    if (g_strcmp0(name, "channel_id") == 0) {
        form->channel = mm_channel_by_id(request->server, text);
        if (form->channel == NULL || mm_member(form->channel, request->user) == NULL) {
            mm_fail_permissions(request);
            form->refused = true;
        }
    } else if (g_strcmp0(name, "client_ids") == 0) {
        if (json_array_get_length(form->infos) > 0) {
            mm_fail_body(request, "client_ids");
            form->refused = true;
        } else {
            json_array_add_string_element(form->client_ids, text);
        }
    } else if (g_strcmp0(name, "files") == 0 && form->channel != NULL) {
        form->refused = too_large(request, g_bytes_get_size(bytes));
        if (!form->refused)
            json_array_add_object_element(
                form->infos,
                mm_file_json(mm_file_new(request->server, request->user, form->channel,
                                         file_name != NULL ? file_name : "file", bytes)));
    } else {
        mm_complain(request->server, request->user, "files before channel_id", request->path);
    }
}

static void
post_form(struct mm_request *request, SoupMultipart *multipart)
{
    struct form form = {.infos = json_array_new(), .client_ids = json_array_new()};

    for (int i = 0; i < soup_multipart_get_length(multipart) && !form.refused; i++) {
        SoupMessageHeaders *headers = NULL;
        GBytes *bytes = NULL;
        g_autofree char *disposition = NULL;
        g_autoptr(GHashTable) params = NULL;

        soup_multipart_get_part(multipart, i, &headers, &bytes);
        if (soup_message_headers_get_content_disposition(headers, &disposition, &params))
            take_part(request, &form, g_hash_table_lookup(params, "name"),
                      g_hash_table_lookup(params, "filename"), bytes);
    }
    if (!form.refused && json_array_get_length(form.infos) == 0) {
        fail_read(request);
        form.refused = true;
    }
    if (!form.refused) {
        reply_infos(request, form.infos, form.client_ids);
        return;
    }
    json_array_unref(form.infos);
    json_array_unref(form.client_ids);
}

static void
post_files(struct mm_request *request)
{
    SoupMessageHeaders *headers = soup_server_message_get_request_headers(request->msg);
    const char *type = soup_message_headers_get_content_type(headers, NULL);
    g_autoptr(GBytes) body =
        soup_message_body_flatten(soup_server_message_get_request_body(request->msg));
    SoupMultipart *multipart = NULL;

    if (g_strcmp0(type, "multipart/form-data") != 0) {
        post_raw(request);
        return;
    }
    multipart = soup_multipart_new_from_message(headers, body);
    if (multipart == NULL) {
        fail_read(request);
        return;
    }
    post_form(request, multipart);
    soup_multipart_free(multipart);
}

/* ---- in parts ---- */

static JsonObject *
upload_json(const struct mm_upload *upload)
{
    JsonObject *object = json_object_new();

    mm_set(object, "id", upload->id);
    mm_set(object, "type", "attachment");
    mm_set_int(object, "create_at", upload->create_at);
    mm_set(object, "user_id", upload->user->id);
    mm_set(object, "channel_id", upload->channel->id);
    mm_set(object, "filename", upload->name);
    mm_set_int(object, "file_size", upload->size);
    mm_set_int(object, "file_offset", upload->bytes->len);
    mm_set(object, "remote_id", "");
    mm_set(object, "req_file_id", "");
    return object;
}

static void
post_uploads(struct mm_request *request)
{
    JsonObject *body = mm_need_object(request, "upload");
    struct mm_channel *channel = mm_channel_by_id(request->server, mm_get(body, "channel_id"));
    int64_t size = mm_get_int(body, "file_size", 0);
    struct mm_upload *upload = NULL;

    if (body == NULL)
        return;
    if (channel == NULL || mm_member(channel, request->user) == NULL) {
        mm_fail_permissions(request);
    } else if (size > g_ascii_strtoll(mm_config(request->server, "MaxFileSize"), NULL, 10)) {
        mm_fail(request, 413, "api.upload.create.upload_too_large.app_error",
                "Unable to upload file. File is too large.");
    } else if (size <= 0 || mm_get(body, "filename") == NULL) {
        mm_fail(request, 400, "model.upload_session.is_valid.file_size.app_error",
                "Invalid value for FileSize");
    } else {
        upload = g_new0(struct mm_upload, 1);
        upload->id = mm_id_new(request->server);
        upload->user = request->user;
        upload->channel = channel;
        upload->name = g_strdup(mm_get(body, "filename"));
        upload->create_at = mm_stamp(request->server);
        upload->size = size;
        upload->bytes = g_byte_array_new();
        g_hash_table_insert(request->server->uploads, upload->id, upload);
        mm_reply_object(request, 201, upload_json(upload));
    }
}

static struct mm_upload *
need_upload(struct mm_request *request)
{
    struct mm_upload *upload =
        g_hash_table_lookup(request->server->uploads, mm_arg(request, "upload"));

    if (upload != NULL && upload->user == request->user)
        return upload;
    mm_fail(request, 404, "app.upload.get.app_error", "Failed to get upload.");
    return NULL;
}

static void
get_upload(struct mm_request *request)
{
    struct mm_upload *upload = need_upload(request);

    if (upload != NULL)
        mm_reply_object(request, 200, upload_json(upload));
}

static void
post_upload(struct mm_request *request)
{
    struct mm_upload *upload = need_upload(request);
    g_autoptr(GBytes) part =
        soup_message_body_flatten(soup_server_message_get_request_body(request->msg));
    size_t size = g_bytes_get_size(part);
    g_autoptr(GBytes) whole = NULL;
    struct mm_file *file = NULL;

    if (upload == NULL)
        return;
    if ((int64_t)(upload->bytes->len + size) > upload->size) {
        mm_fail(request, 400, "api.upload.upload_data.invalid_content_length",
                "Invalid Content-Length.");
        return;
    }
    if (upload->bytes->len == 0 && (int64_t)size < upload->size && size < FIRST_PART_MIN) {
        mm_fail(request, 400, "app.upload.upload_data.first_part_too_small.app_error",
                "Failed to upload data. First part must be at least 5242880 Bytes.");
        return;
    }
    g_byte_array_append(upload->bytes, g_bytes_get_data(part, NULL), (unsigned)size);
    if (upload->bytes->len < upload->size) {
        soup_server_message_set_status(request->msg, 204, NULL);
        return;
    }
    whole = g_bytes_new(upload->bytes->data, upload->bytes->len);
    file = mm_file_new(request->server, upload->user, upload->channel, upload->name, whole);
    g_hash_table_remove(request->server->uploads, upload->id);
    mm_reply_object(request, 200, mm_file_json(file));
}

/* ---- fetched ---- */

static struct mm_file *
need_file(struct mm_request *request)
{
    struct mm_file *file = g_hash_table_lookup(request->server->files, mm_arg(request, "file"));

    if (file == NULL) {
        mm_fail(request, 404, "api.file.get_file_info.app_error", "Failed to get file info.");
        return NULL;
    }
    if (mm_can_read(file->channel, request->user))
        return file;
    mm_fail_permissions(request);
    return NULL;
}

static void
reply_file(struct mm_request *request, struct mm_file *file)
{
    SoupMessageHeaders *headers = soup_server_message_get_response_headers(request->msg);
    bool inside = g_str_has_prefix(file->mime_type, "image/") &&
                  g_strcmp0(mm_query(request, "download"), "1") != 0;
    g_autofree char *escaped = g_uri_escape_string(file->name, NULL, FALSE);
    g_autofree char *disposition =
        g_strdup_printf("%s;filename=\"%s\"; filename*=UTF-8''%s", inside ? "inline" : "attachment",
                        escaped, escaped);

    soup_message_headers_replace(headers, "Content-Disposition", disposition);
    soup_message_headers_replace(headers, "Cache-Control", "private, max-age=86400");
    soup_message_headers_replace(headers, "Accept-Ranges", "bytes");
    mm_reply_bytes(request, 200, file->mime_type, file->bytes);
}

static void
get_file(struct mm_request *request)
{
    struct mm_file *file = need_file(request);

    if (file != NULL)
        reply_file(request, file);
}

static void
get_preview(struct mm_request *request)
{
    struct mm_file *file = need_file(request);

    if (file == NULL)
        return;
    if (g_str_has_prefix(file->mime_type, "image/"))
        reply_file(request, file);
    else if (g_str_has_suffix(request->path, "thumbnail"))
        mm_fail(request, 400, "api.file.get_file_thumbnail.no_thumbnail.app_error",
                "File doesn't have a thumbnail image.");
    else
        mm_fail(request, 400, "api.file.get_file_preview.no_preview.app_error",
                "File doesn't have a preview image.");
}

static void
get_info(struct mm_request *request)
{
    struct mm_file *file = need_file(request);

    if (file != NULL)
        mm_reply_object(request, 200, mm_file_json(file));
}

static void
get_link(struct mm_request *request)
{
    if (need_file(request) != NULL)
        mm_fail(request, 403, "api.file.get_public_link.disabled.app_error",
                "Public links have been disabled.");
}

static void
get_post_infos(struct mm_request *request)
{
    struct mm_post *post = mm_need_post(request);
    JsonArray *array = NULL;

    if (post == NULL)
        return;
    mm_reply_etag(
        request, g_strdup_printf("%s.%s.%" G_GINT64_FORMAT, MM_VERSION, post->id, post->create_at));
    array = json_array_new();
    for (unsigned i = 0; post->file_ids != NULL && i < post->file_ids->len; i++)
        json_array_add_object_element(
            array, mm_file_json(g_hash_table_lookup(request->server->files,
                                                    g_ptr_array_index(post->file_ids, i))));
    mm_reply_array(request, 200, array);
}

const struct mm_route mm_file_routes[] = {
    {"POST", "files", post_files, 0},
    {"GET", "files/:file", get_file, 0},
    {"GET", "files/:file/thumbnail", get_preview, 0},
    {"GET", "files/:file/preview", get_preview, 0},
    {"GET", "files/:file/info", get_info, 0},
    {"GET", "files/:file/link", get_link, 0},
    {"GET", "posts/:post/files/info", get_post_infos, 0},
    {"POST", "uploads", post_uploads, 0},
    {"GET", "uploads/:upload", get_upload, 0},
    {"POST", "uploads/:upload", post_upload, 0},
    {NULL, NULL, NULL, 0},
};
