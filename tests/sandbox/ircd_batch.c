/* What clients send as one: draft/multiline. */
#include "tests/sandbox/ircd_priv.h"

#include <string.h>

struct ircd_batch {
    char *ref;
    char *target;
    char *tags; /* of the line that opened it */
    char *label;
    char *command;    /* of its lines; NULL: none yet */
    GPtrArray *parts; /* struct ircd_part */
    size_t bytes;
    bool blank;    /* so far */
    char *failure; /* " MULTILINE_…" with its context and text; NULL: good so far */
};

static void
part_free(gpointer data)
{
    struct ircd_part *part = data;

    g_free(part->text);
    g_free(part);
}

void
ircd_batch_free(struct ircd_batch *batch)
{
    if (batch == NULL)
        return;
    g_free(batch->ref);
    g_free(batch->target);
    g_free(batch->tags);
    g_free(batch->label);
    g_free(batch->command);
    g_ptr_array_unref(batch->parts);
    g_free(batch->failure);
    g_free(batch);
}

static void
fail(struct ircd_conn *conn, struct ircd_batch *batch, char *failure)
{
    if (batch->failure == NULL)
        ircd_complain(conn, "bad multiline batch", failure);
    if (batch->failure == NULL)
        batch->failure = failure;
    else
        g_free(failure);
}

/* ---- its lines ---- */

static void
add_part(struct ircd_conn *conn, struct ircd_batch *batch, const struct ircd_cmd *cmd)
{
    const struct irc_server_options *options = &conn->server->options;
    g_autofree char *concat = ircd_tag_dup(cmd->tags, "draft/multiline-concat");
    struct ircd_part *part = g_new0(struct ircd_part, 1);

    part->text = g_strdup(cmd->params[1]);
    part->concat = concat != NULL;
    batch->bytes += strlen(part->text) + (batch->parts->len > 0 && !part->concat ? 1 : 0);
    batch->blank = batch->blank && *part->text == '\0';
    g_ptr_array_add(batch->parts, part);
    if (part->concat && *part->text == '\0')
        fail(conn, batch,
             g_strdup("MULTILINE_INVALID :Invalid multiline batch with concatenated blank line"));
    if (batch->bytes > options->multiline_bytes)
        fail(conn, batch,
             g_strdup_printf("MULTILINE_MAX_BYTES %u :Multiline batch max-bytes exceeded",
                             options->multiline_bytes));
    if (batch->parts->len > options->multiline_lines)
        fail(conn, batch,
             g_strdup_printf("MULTILINE_MAX_LINES %u :Multiline batch max-lines exceeded",
                             options->multiline_lines));
}

static bool
only_its_tags(const char *tags)
{
    g_auto(GStrv) words = g_strsplit(tags, ";", -1);

    for (char **word = words; *word != NULL; word++)
        if (!g_str_has_prefix(*word, "batch=") && !g_str_equal(*word, "draft/multiline-concat"))
            return false;
    return true;
}

bool
ircd_batch_member(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    g_autofree char *ref = ircd_tag_dup(cmd->tags, "batch");
    struct ircd_batch *batch = conn->batch;

    if (ref == NULL) {
        if (batch != NULL && !g_str_equal(cmd->name, "BATCH"))
            ircd_complain(conn, "a line between those of a batch", cmd->name);
        return false;
    }
    conn->no_answer = true;
    if (batch == NULL || !g_str_equal(ref, batch->ref)) {
        ircd_complain(conn, "a line of no batch", cmd->name);
    } else if (cmd->n < 2 ||
               (!g_str_equal(cmd->name, "PRIVMSG") && !g_str_equal(cmd->name, "NOTICE")) ||
               (batch->command != NULL && !g_str_equal(cmd->name, batch->command)) ||
               !only_its_tags(cmd->tags)) {
        fail(conn, batch, g_strdup("MULTILINE_INVALID :Invalid multiline batch"));
    } else if (!g_str_equal(cmd->params[0], batch->target)) {
        fail(conn, batch,
             g_strdup_printf("MULTILINE_INVALID_TARGET %s %s :Invalid multiline target",
                             batch->target, cmd->params[0]));
    } else {
        if (batch->command == NULL)
            batch->command = g_strdup(cmd->name);
        add_part(conn, batch, cmd);
    }
    return true;
}

/* ---- its ends ---- */

static void
open_batch(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    const char *ref = cmd->params[0] + 1;
    const char *type = cmd->n > 1 ? cmd->params[1] : "";
    struct ircd_batch *batch;

    if (!g_str_equal(type, "draft/multiline") || !ircd_has_cap(conn, CAP_MULTILINE)) {
        g_autofree char *context = g_strdup_printf("%s %s", ref, *type != '\0' ? type : "*");

        ircd_complain(conn, "a batch of no kind", type);
        ircd_fail(conn, "BATCH", "UNKNOWN_TYPE", context, "Unknown batch type");
        return;
    }
    if (conn->batch != NULL || cmd->n < 3 || *ref == '\0') {
        ircd_complain(conn, "bad BATCH", ref);
        ircd_fail(conn, "BATCH", "INVALID_REFTAG", *ref != '\0' ? ref : "*", "Invalid batch");
        return;
    }
    batch = g_new0(struct ircd_batch, 1);
    batch->ref = g_strdup(ref);
    batch->target = g_strdup(cmd->params[2]);
    batch->tags = g_strdup(cmd->tags);
    batch->parts = g_ptr_array_new_with_free_func(part_free);
    batch->blank = true;
    batch->label = g_strdup(conn->label);
    conn->batch = batch;
    conn->no_answer = true; /* its end is answered, under this label */
}

static char *
joined(const GPtrArray *parts)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < parts->len; i++) {
        const struct ircd_part *part = g_ptr_array_index(parts, i);

        g_string_append_printf(text, "%s%s", i > 0 && !part->concat ? "\n" : "", part->text);
    }
    return g_string_free(text, FALSE);
}

static void
close_batch(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    struct ircd_batch *batch = conn->batch;

    if (batch == NULL || !g_str_equal(cmd->params[0] + 1, batch->ref)) {
        ircd_complain(conn, "the end of no batch", cmd->params[0]);
        ircd_fail(conn, "BATCH", "INVALID_REFTAG", "*", "No such batch");
        return;
    }
    conn->batch = NULL;
    if (batch->label != NULL && conn->label == NULL)
        ircd_label_take(conn, g_strdup(batch->label));
    if (batch->blank)
        fail(conn, batch,
             g_strdup("MULTILINE_INVALID :Invalid multiline batch with blank lines only"));
    if (batch->failure != NULL) {
        ircd_send(conn, NULL, ":" IRCD_NAME " FAIL BATCH %s", batch->failure);
    } else {
        g_autofree char *text = joined(batch->parts);
        struct ircd_speech speech = {.command = batch->command,
                                     .target = batch->target,
                                     .text = text,
                                     .tags = batch->tags,
                                     .parts_take = g_ptr_array_ref(batch->parts)};

        ircd_say(conn, &speech);
    }
    ircd_batch_free(batch);
}

static void
cmd_batch(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    if (cmd->params[0][0] == '+') {
        open_batch(conn, cmd);
    } else if (cmd->params[0][0] == '-') {
        close_batch(conn, cmd);
    } else {
        ircd_complain(conn, "bad BATCH", cmd->params[0]);
        ircd_fail(conn, "BATCH", "INVALID_REFTAG", "*", "Invalid batch");
    }
}

const struct ircd_cmd_row ircd_batch_rows[] = {
    {"BATCH", 1, false, cmd_batch},
    {0},
};
