/* Files: sent, attached, stopped on their way. */
#include <string.h>

#include "core/command.h"
#include "core/transfer.h"

/* The first word of what was typed, with quotes and backslashes taken off; `*ret_rest`: what stands
 * behind it. NULL: a quote is not closed. g_free(). */
static char *
first_path(const char *typed, const char **ret_rest)
{
    GString *out = g_string_new(NULL);
    char quote = '\0';
    const char *at = typed;

    for (; *at != '\0' && (quote != '\0' || strchr(" \t\n", *at) == NULL); at++) {
        if (*at == '\\' && at[1] != '\0' && quote != '\'')
            g_string_append_c(out, *++at);
        else if (quote == '\0' && (*at == '"' || *at == '\'') && at == typed)
            quote = *at;
        else if (*at == quote)
            quote = '\0';
        else
            g_string_append_c(out, *at);
    }
    *ret_rest = at + strspn(at, " \t\n");
    return g_string_free(out, quote != '\0');
}

static char *
path_of(const struct command_context *context, const char **ret_rest, GError **error)
{
    char *path = first_path(context->arguments[0], ret_rest);

    if (path == NULL)
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                            "The quote before the file's name is not closed.");
    return path;
}

static bool
run_upload(const struct command_context *context, GError **error)
{
    const char *text = NULL;
    g_autofree char *path = NULL;

    if (context->n > 0 && (path = path_of(context, &text, error)) == NULL)
        return false;
    return attach_send(context->core, context->buffer->id, path, text, error);
}

/* "minutes.odt (48 kB), plan.pdf (1.2 MB)" */
static char *
listed(const GPtrArray *files)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; i < files->len; i++) {
        const struct attachment *file = files->pdata[i];
        g_autofree char *size = attachment_format_size(file->size_bytes);
        g_string_append_printf(out, "%s%s (%s)", i > 0 ? ", " : "", file->name, size);
    }
    return g_string_free(out, FALSE);
}

static bool
run_attach(const struct command_context *context, GError **error)
{
    const char *rest;
    g_autofree char *path = path_of(context, &rest, error);

    if (path == NULL)
        return false;
    if (*rest != '\0') {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                    "/attach takes one file; a blank in its name is written \"\\ \". /upload takes "
                    "a text behind it.");
        return false;
    }
    if (!attach_add(context->core, context->buffer->id, path, error))
        return false;
    g_autofree char *files = listed(attach_list(context->core, context->buffer->id));
    core_say(context->core, context->buffer->id,
             "Goes with what you say here next: %s. /detach takes it off, /upload sends it alone.",
             files);
    return true;
}

static bool
run_detach(const struct command_context *context, GError **error)
{
    if (attach_list(context->core, context->buffer->id) == NULL) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "Nothing is attached here.");
        return false;
    }
    attach_drop(context->core, context->buffer->id);
    core_say(context->core, context->buffer->id, "Nothing is attached here any more.");
    return true;
}

/* The newest on its way whose name begins so. */
static const struct transfer *
find_transfer(struct core *core, const char *name)
{
    const GPtrArray *all = core_transfers(core);

    for (guint i = all->len; i > 0; i--) {
        const struct transfer *transfer = all->pdata[i - 1];
        if (name == NULL || g_str_has_prefix(transfer->name, name))
            return transfer;
    }
    return NULL;
}

static bool
run_stop(const struct command_context *context, GError **error)
{
    const char *name = context->n > 0 ? context->arguments[0] : NULL;
    const struct transfer *transfer = find_transfer(context->core, name);

    if (transfer == NULL) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "No%s file is on its way.",
                    name != NULL ? " such" : "");
        return false;
    }
    return core_stop_transfer(context->core, transfer->id);
}

const struct command commands_files[] = {
    {.name = "upload",
     .arguments = "[FILE [TEXT]]",
     .help = "Sends a file, with a text if one stands behind it.\n"
             "Blanks in the file's name are written \"\\ \", or the name stands in quotes; Tab "
             "completes it. Alone it sends what is attached. The network's limits are said before "
             "anything leaves.",
     .example = "/upload ~/minutes.odt Here they are",
     .completes = {COMPLETE_FILE},
     .most = 1,
     .run = run_upload},
    {.name = "attach",
     .arguments = "FILE",
     .help = "Lets a file go with what you say next in this buffer; again: one more.\n"
             "Until weft ends, it is not kept.",
     .example = "/attach ~/minutes.odt",
     .completes = {COMPLETE_FILE},
     .least = 1,
     .most = 1,
     .run = run_attach},
    {.name = "detach",
     .arguments = "",
     .help = "Takes off what is attached in this buffer.",
     .example = "/detach",
     .run = run_detach},
    {.name = "stop",
     .arguments = "[NAME]",
     .help = "Stops the file that began to move last, or the one whose name begins so.\n"
             "What was to be sent with it is kept as not sent: /retry sends it, /drop gives it up.",
     .example = "/stop minutes",
     .most = 1,
     .run = run_stop},
    {0},
};
