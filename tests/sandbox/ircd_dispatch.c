/* From a line to a command: strict parsing, the order of things, labels. */
#include "tests/sandbox/ircd_priv.h"

#include <string.h>

static const struct ircd_cmd_row *const tables[] = {
    ircd_register_rows, ircd_channel_rows, ircd_query_rows,  ircd_message_rows,  ircd_history_rows,
    ircd_batch_rows,    ircd_mark_rows,    ircd_people_rows, ircd_services_rows, ircd_bouncer_rows,
};

static const struct ircd_cmd_row *
row_find(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
        for (const struct ircd_cmd_row *row = tables[i]; row->name != NULL; row++)
            if (g_str_equal(row->name, name))
                return row;
    return NULL;
}

static char *
unescape(const char *value, size_t len)
{
    GString *out = g_string_sized_new(len);

    for (size_t i = 0; i < len; i++) {
        if (value[i] != '\\') {
            g_string_append_c(out, value[i]);
            continue;
        }
        if (++i == len)
            break;
        switch (value[i]) {
        case ':':
            g_string_append_c(out, ';');
            break;
        case 's':
            g_string_append_c(out, ' ');
            break;
        case 'r':
            g_string_append_c(out, '\r');
            break;
        case 'n':
            g_string_append_c(out, '\n');
            break;
        default:
            g_string_append_c(out, value[i]);
        }
    }
    return g_string_free(out, FALSE);
}

char *
ircd_tag_dup(const char *tags, const char *key)
{
    size_t key_len = strlen(key);
    char *found = NULL;

    while (tags != NULL && *tags != '\0') {
        size_t len = strcspn(tags, ";");

        if (strncmp(tags, key, key_len) == 0 &&
            (len == key_len || (len > key_len && tags[key_len] == '='))) {
            g_free(found); /* the last one counts */
            found = len == key_len ? g_strdup("") : unescape(tags + key_len + 1, len - key_len - 1);
        }
        tags += len + (tags[len] == ';' ? 1 : 0);
    }
    return found;
}

/* Cuts `line` into pieces. Without message-tags a line that begins with "@" is a command of that
 * name. */
static bool
parse(struct ircd_conn *conn, char *line, struct ircd_cmd *cmd)
{
    char *at = line;

    if (*at == '@' && ircd_has_cap(conn, CAP_MESSAGE_TAGS)) {
        cmd->tags = at + 1;
        at = strchr(at, ' ');
        if (at == NULL)
            return false;
        *at++ = '\0';
    }
    at += strspn(at, " ");
    if (*at == ':') { /* a client's source means nothing */
        at += strcspn(at, " ");
        at += strspn(at, " ");
    }
    cmd->name = at;
    at += strcspn(at, " ");
    while (*at != '\0' && cmd->n < IRCD_MAX_PARAMS) {
        *at++ = '\0';
        at += strspn(at, " ");
        if (*at == '\0')
            break;
        if (*at == ':' || cmd->n == IRCD_MAX_PARAMS - 1) {
            cmd->params[cmd->n++] = at + (*at == ':' ? 1 : 0);
            break;
        }
        cmd->params[cmd->n++] = at;
        at += strcspn(at, " ");
    }
    for (char *c = cmd->name; *c != '\0'; c++)
        *c = g_ascii_toupper(*c);
    return *cmd->name != '\0';
}

/* ---- labels ---- */

static void
line_free(gpointer data)
{
    struct ircd_line *line = data;

    g_string_free(line->tags, TRUE);
    g_free(line->body);
    g_free(line);
}

void
ircd_label_take(struct ircd_conn *conn, char *label)
{
    conn->label = label;
    conn->gathered = g_ptr_array_new_with_free_func(line_free);
}

static void
label_begin(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    char *label;

    if (!ircd_has_cap(conn, CAP_LABELED_RESPONSE))
        return;
    label = ircd_tag_dup(cmd->tags, "label");
    if (label != NULL && (*label == '\0' || strlen(label) > 64)) {
        ircd_complain(conn, "bad label", label);
        g_clear_pointer(&label, g_free);
    }
    if (label != NULL)
        ircd_label_take(conn, label);
}

/* " BATCH +ref chathistory …" at the front and its end at the end: the answer is one batch already.
 */
static bool
is_one_batch(const GPtrArray *lines)
{
    const struct ircd_line *first = g_ptr_array_index(lines, 0);
    const struct ircd_line *last = g_ptr_array_index(lines, lines->len - 1);

    return strstr(first->body, " BATCH +") != NULL && strstr(last->body, " BATCH -") != NULL;
}

static void
send_gathered(struct ircd_conn *conn, const struct ircd_line *line, const char *key,
              const char *value)
{
    GString *tags = g_string_new(line->tags->str);

    if (key != NULL) {
        if (tags->len > 0)
            g_string_append_c(tags, ';');
        g_string_append_printf(tags, "%s=%s", key, value);
    }
    if (tags->len > 0) {
        g_string_prepend_c(tags, '@');
        g_string_append_c(tags, ' ');
    }
    g_string_append_printf(tags, "%s\r\n", line->body);
    ircd_conn_queue_text_take(conn, g_string_free(tags, FALSE));
}

/* Nothing: ACK. One line, or one batch: the label goes on it. Else: a labeled-response batch. */
static void
label_end(struct ircd_conn *conn)
{
    g_autofree char *label = g_steal_pointer(&conn->label);
    g_autoptr(GPtrArray) lines = g_steal_pointer(&conn->gathered);
    struct irc_server *server = conn->server;

    if (label == NULL || conn->no_answer)
        return;
    if (lines->len == 0) {
        ircd_conn_queue_text_take(conn, g_strdup_printf("@label=%s :" IRCD_NAME " ACK\r\n", label));
    } else if (lines->len == 1 || is_one_batch(lines)) {
        for (unsigned i = 0; i < lines->len; i++)
            send_gathered(conn, g_ptr_array_index(lines, i), i == 0 ? "label" : NULL, label);
    } else {
        g_autofree char *ref = g_strdup_printf("L%" G_GUINT64_FORMAT, ++server->last_id);

        ircd_conn_queue_text_take(
            conn,
            g_strdup_printf("@label=%s :" IRCD_NAME " BATCH +%s labeled-response\r\n", label, ref));
        for (unsigned i = 0; i < lines->len; i++) {
            const struct ircd_line *line = g_ptr_array_index(lines, i);
            bool inner = strstr(line->tags->str, "batch=") != NULL;

            send_gathered(conn, line, inner ? NULL : "batch", ref);
        }
        ircd_conn_queue_text_take(conn, g_strdup_printf(":" IRCD_NAME " BATCH -%s\r\n", ref));
    }
}

/* ---- order ---- */

static void
dispatch(struct ircd_conn *conn, const struct ircd_cmd *cmd, const char *line)
{
    const struct ircd_cmd_row *row = row_find(cmd->name);

    if (row == NULL || (conn->server->options.no_cap && g_str_equal(cmd->name, "CAP"))) {
        if (!g_str_equal(cmd->name, "CAP"))
            ircd_complain(conn, "unknown command", line);
        ircd_numeric(conn, 421, "%s :Unknown command", cmd->name);
    } else if (!conn->registered && !row->early) {
        ircd_complain(conn, "not registered", line);
        ircd_numeric(conn, 451, ":You have not registered");
    } else if (cmd->n < row->least) {
        ircd_complain(conn, "too few parameters", line);
        ircd_numeric(conn, 461, "%s :Not enough parameters", cmd->name);
    } else if (!ircd_batch_member(conn, cmd)) {
        row->fn(conn, cmd);
    }
}

static bool
too_long(const char *line, size_t len, bool tags_allowed)
{
    size_t tags_len = 0;

    if (line[0] == '@' && tags_allowed) {
        const char *space = strchr(line, ' ');

        tags_len = space != NULL ? (size_t)(space - line) + 1 : len;
    }
    return tags_len > IRCD_TAGS_BYTES || len - tags_len > IRCD_BODY_BYTES - 2;
}

/* A bucket of `flood_burst` lines that refills by one each `flood_ms`. */
static bool
floods(struct ircd_conn *conn)
{
    const struct irc_server_options *options = &conn->server->options;
    int64_t now_us = g_get_monotonic_time();
    int64_t step_us = (int64_t)options->flood_ms * 1000;

    if (options->flood_burst == 0 || !conn->registered)
        return false;
    conn->flood_us = MAX(conn->flood_us, now_us) + step_us;
    return conn->flood_us - now_us > (int64_t)options->flood_burst * step_us;
}

static void
remember(struct ircd_conn *conn, const char *line)
{
    struct ircd_received *received = g_new0(struct ircd_received, 1);

    received->nick = g_strdup(conn->nick != NULL ? conn->nick : "*");
    received->line = g_strdup(line);
    g_ptr_array_add(conn->server->received, received);
}

static bool
is_utf8_only(const struct irc_server *server)
{
    return server->options.isupport != NULL && strstr(server->options.isupport, "UTF8ONLY") != NULL;
}

void
ircd_take_line(struct ircd_conn *conn, char *line, size_t len, bool cr)
{
    struct ircd_cmd cmd = {0};
    g_autofree char *whole = g_strdup(line);

    ircd_conn_ref(conn);
    remember(conn, line);
    if (!g_utf8_validate(line, -1, NULL) && is_utf8_only(conn->server))
        ircd_complain(conn, "not UTF-8", line);
    if (!cr || strlen(line) != len) {
        ircd_complain(conn, cr ? "NUL in a line" : "line without CR", line);
        ircd_conn_end(conn, "Lines end with CR LF");
    } else if (floods(conn)) {
        ircd_complain(conn, "flood", line);
        ircd_conn_end(conn, "Excess Flood");
    } else if (too_long(line, len, ircd_has_cap(conn, CAP_MESSAGE_TAGS))) {
        ircd_complain(conn, "too long", line);
        ircd_numeric(conn, 417, ":Input line was too long");
    } else if (parse(conn, line, &cmd) && !ircd_swallow_take(conn, cmd.name)) {
        conn->no_answer = false;
        label_begin(conn, &cmd);
        dispatch(conn, &cmd, whole);
        label_end(conn);
    }
    ircd_conn_unref(conn);
}
