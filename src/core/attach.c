/* Files of the person's own that are to be sent: what may be, said before anything leaves. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/utf8.h"
#include "core/engine.h"

static bool
refuse(GError **error, int code, const char *path, const char *why)
{
    g_autofree char *shown = g_filename_display_name(path);

    g_set_error(error, WEFT_ERROR, code, "%s %s", shown, why);
    return false;
}

/* What it is, and nothing else: a pipe would keep weft waiting, a device has no end. */
static bool
look_at(const char *path, int64_t *ret_size_bytes, GError **error)
{
    struct stat st;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    const int number = errno;
    const bool known = fd >= 0 && fstat(fd, &st) == 0;

    if (fd >= 0)
        close(fd);
    if (!known) {
        g_autofree char *why =
            g_strdup_printf("cannot be read: %s.", g_strerror(fd < 0 ? number : errno));
        return refuse(error, number == ENOENT ? WEFT_ERROR_NOT_FOUND : WEFT_ERROR_BAD_INPUT, path,
                      why);
    }
    if (S_ISDIR(st.st_mode))
        return refuse(error, WEFT_ERROR_BAD_INPUT, path, "is a folder: name a file in it.");
    if (!S_ISREG(st.st_mode))
        return refuse(
            error, WEFT_ERROR_BAD_INPUT, path,
            "is no plain file (but a pipe, a device or the like): weft does not send it.");
    if (st.st_size == 0)
        return refuse(error, WEFT_ERROR_BAD_INPUT, path, "is empty: networks take no such files.");
    *ret_size_bytes = st.st_size;
    return true;
}

/* Where links lead is settled now: what they are turned to later is not sent. */
static struct attachment *
attachment_of(const char *typed, GError **error)
{
    g_autofree char *folder = g_get_current_dir();
    g_autofree char *expanded = file_expand(typed, folder);
    int64_t size_bytes = 0;

    if (!look_at(expanded, &size_bytes, error))
        return NULL;
    char *real = realpath(expanded, NULL);
    if (real == NULL) {
        refuse(error, WEFT_ERROR_NOT_FOUND, expanded, "is gone.");
        return NULL;
    }
    g_autofree char *base = g_path_get_basename(expanded);
    g_autofree char *shown = g_filename_display_name(base);
    g_autofree char *name = utf8_sanitize(shown, -1, ATTACHMENT_NAME_MAX_BYTES);
    struct attachment *file = attachment_new(NULL, name, size_bytes);
    file->path = g_strdup(real);
    free(real);
    return file;
}

static bool
may_upload(struct room *room, GError **error)
{
    if (room->session == NULL) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED,
                    "This is weft's own buffer: nobody listens here. Go to a conversation first.");
        return false;
    }
    if ((room->pub.caps & CAP_UPLOAD) != 0)
        return true;
    g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED, capability_lack(CAP_UPLOAD));
    return false;
}

static bool
fits(const struct room *room, const struct attachment *file, guint n_already, GError **error)
{
    const struct limits *limits = &room->session->limits;
    const unsigned most = (unsigned)MIN(MAX(limits->max_files, 1), ATTACHMENTS_MAX);

    if (n_already >= most) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE,
                    "%s takes at most %u file%s in one message.", room->session->account->name,
                    most, most == 1 ? "" : "s");
        return false;
    }
    if (limits->file_bytes == 0 || file->size_bytes <= limits->file_bytes)
        return true;
    g_autofree char *size = attachment_format_size(file->size_bytes);
    g_autofree char *limit = attachment_format_size(limits->file_bytes);
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_TOO_LARGE, "%s has %s, and %s takes at most %s.",
                file->name, size, room->session->account->name, limit);
    return false;
}

bool
attach_add(struct core *core, int64_t buffer_id, const char *path, GError **error)
{
    struct room *room = room_get(core, buffer_id);

    if (!may_upload(room, error))
        return false;
    struct attachment *file = attachment_of(path, error);
    if (file == NULL)
        return false;
    if (!fits(room, file, room->attached != NULL ? room->attached->len : 0, error)) {
        attachment_free(file);
        return false;
    }
    if (room->attached == NULL)
        room->attached = g_ptr_array_new_with_free_func((GDestroyNotify)attachment_free);
    g_ptr_array_add(room->attached, file);
    return true;
}

void
attach_drop(struct core *core, int64_t buffer_id)
{
    g_clear_pointer(&room_get(core, buffer_id)->attached, g_ptr_array_unref);
}

const GPtrArray *
attach_list(struct core *core, int64_t buffer_id)
{
    return room_get(core, buffer_id)->attached;
}

bool
attach_send(struct core *core, int64_t buffer_id, const char *path, const char *text,
            GError **error)
{
    struct room *room = room_get(core, buffer_id);
    const guint before = room->attached != NULL ? room->attached->len : 0;

    if (path != NULL && !attach_add(core, buffer_id, path, error))
        return false;
    if (room->attached == NULL) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                    "Nothing is attached here. Write /upload and a file's name.");
        return false;
    }
    struct message *answered = core_draft_reply(core, buffer_id);
    const bool ties = answered != NULL && core_can_reply(core, answered);
    const bool good = writing_say(core, buffer_id, MESSAGE_TEXT, text != NULL ? text : "",
                                  ties ? answered->remote_id : NULL, error);
    message_unref(answered);
    if (!good && before == 0)
        attach_drop(core, buffer_id);
    else if (!good && room->attached->len > before)
        g_ptr_array_set_size(room->attached, (int)before);
    return good;
}
