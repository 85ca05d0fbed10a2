#include "store/rows.h"

struct rich *
row_rich(sqlite3_stmt *statement, int text, int spans)
{
    char *body = db_text(statement, text);
    struct rich *rich = rich_new_take(body != NULL ? body : g_strdup(""));
    g_autofree char *encoded = db_text(statement, spans);
    rich_decode_spans(rich, encoded);
    return rich;
}

static enum message_kind
read_kind(sqlite3_stmt *statement, int column)
{
    /* A number from a newer or damaged file is shown as plain text. */
    int kind = sqlite3_column_int(statement, column);
    return kind >= 0 && kind < MESSAGE_KIND_N ? (enum message_kind)kind : MESSAGE_TEXT;
}

struct message *
row_message(sqlite3_stmt *statement)
{
    struct message *message = message_new();
    rich_free(message->body);
    message->id = sqlite3_column_int64(statement, 0);
    message->buffer_id = sqlite3_column_int64(statement, 1);
    message->sort_key = sqlite3_column_int64(statement, 2);
    message->time_us = sqlite3_column_int64(statement, 3);
    message->kind = read_kind(statement, 4);
    int state = sqlite3_column_int(statement, 5);
    message->state =
        state >= 0 && state < MESSAGE_STATE_N ? (enum message_state)state : MESSAGE_RECEIVED;
    message->flags = (unsigned)sqlite3_column_int(statement, 6);
    message->sender_id = db_text(statement, 7);
    message->sender_name = db_text(statement, 8);
    message->remote_id = db_text(statement, 9);
    message->body = row_rich(statement, 10, 11);
    message->subject = db_text(statement, 12);
    message->reply_to = db_text(statement, 13);
    message->key = db_text(statement, 14);
    message->error = db_text(statement, 15);
    message->thread = db_text(statement, 16);
    g_autofree char *files = db_text(statement, 17), *buttons = db_text(statement, 18);
    message->files = files != NULL ? attachments_decode(files) : NULL;
    message->buttons = buttons != NULL ? buttons_decode(buttons) : NULL;
    return message;
}

struct edit *
row_edit(sqlite3_stmt *statement)
{
    struct edit *edit = g_new0(struct edit, 1);
    const int state = sqlite3_column_int(statement, 4);
    edit->id = sqlite3_column_int64(statement, 0);
    edit->account_id = sqlite3_column_int64(statement, 1);
    edit->buffer_id = sqlite3_column_int64(statement, 2);
    edit->message_id = sqlite3_column_int64(statement, 3);
    /* Of what is not known, assume that it may have left. */
    edit->state = state >= 0 && state <= EDIT_FAILED ? (enum edit_state)state : EDIT_SENDING;
    edit->body = row_rich(statement, 5, 6);
    edit->source = db_text(statement, 7);
    edit->base = db_text(statement, 8);
    edit->created_us = sqlite3_column_int64(statement, 9);
    edit->error = db_text(statement, 10);
    return edit;
}

struct outbox_row *
row_outbox(sqlite3_stmt *statement)
{
    struct outbox_row *row = g_new0(struct outbox_row, 1);
    row->id = sqlite3_column_int64(statement, 0);
    row->account_id = sqlite3_column_int64(statement, 1);
    row->buffer_id = sqlite3_column_int64(statement, 2);
    row->message_id = sqlite3_column_int64(statement, 3);
    row->kind = read_kind(statement, 4);
    int state = sqlite3_column_int(statement, 5);
    /* Of what is not known, assume that it may have left. */
    row->state = state >= 0 && state <= OUTBOX_DROPPED ? (enum outbox_state)state : OUTBOX_UNKNOWN;
    row->key = db_text(statement, 6);
    row->body = row_rich(statement, 7, 8);
    row->reply_to = db_text(statement, 9);
    row->attempts = sqlite3_column_int(statement, 10);
    row->created_us = sqlite3_column_int64(statement, 11);
    row->sent_us = sqlite3_column_int64(statement, 12);
    row->error = db_text(statement, 13);
    row->thread = db_text(statement, 14);
    g_autofree char *files = db_text(statement, 15);
    row->files = files != NULL ? attachments_decode(files) : NULL;
    row->as_name = db_text(statement, 16);
    row->as_avatar = db_text(statement, 17);
    row->mark = db_text(statement, 18);
    return row;
}

/* What is shown under one message; a network may tell of as many as it likes. */
#define EMOJI_MOST 50

static void
add_reaction(struct message *message, sqlite3_stmt *statement)
{
    if (message->reactions == NULL)
        message->reactions = g_ptr_array_new_with_free_func((GDestroyNotify)reaction_free);
    if (message->reactions->len >= EMOJI_MOST)
        return;
    g_autofree char *emoji = db_text(statement, 1);
    g_ptr_array_add(message->reactions, reaction_new(emoji != NULL ? emoji : "",
                                                     (unsigned)sqlite3_column_int(statement, 2),
                                                     sqlite3_column_int(statement, 3) != 0));
}

/* "[17,18,40]", for json_each(): SQLite has no array to bind. */
static char *
ids_with(GPtrArray *messages, unsigned flag, GHashTable *by_id)
{
    GString *ids = NULL;
    for (guint i = 0; i < messages->len; i++) {
        struct message *message = messages->pdata[i];
        if ((message->flags & flag) == 0)
            continue;
        if (ids == NULL)
            ids = g_string_new("[");
        g_string_append_printf(ids, "%s%" G_GINT64_FORMAT, ids->len > 1 ? "," : "", message->id);
        g_hash_table_insert(by_id, &message->id, message);
    }
    return ids != NULL ? g_string_free(g_string_append_c(ids, ']'), FALSE) : NULL;
}

bool
row_reactions(struct db *db, GPtrArray *messages)
{
    g_autoptr(GHashTable) by_id = g_hash_table_new(g_int64_hash, g_int64_equal);
    g_autofree char *ids = ids_with(messages, MESSAGE_REACTED, by_id);
    if (ids == NULL)
        return true;
    sqlite3_stmt *statement =
        db_bind(db,
                "SELECT m.id, r.emoji, count(*), max(r.own) FROM json_each(?1) j"
                " CROSS JOIN messages m ON m.id = j.value CROSS JOIN reactions r"
                " ON r.buffer_id = m.buffer_id AND r.remote_id = m.remote_id WHERE NOT r.gone"
                " GROUP BY m.id, r.emoji ORDER BY m.id, min(r.id)",
                "s", ids);
    bool ok;
    while (db_step(statement, &ok)) {
        const int64_t id = sqlite3_column_int64(statement, 0);
        struct message *message = g_hash_table_lookup(by_id, &id);
        if (message != NULL)
            add_reaction(message, statement);
    }
    db_done(statement);
    return ok;
}

bool
row_reactions_of(struct db *db, struct message *message)
{
    if ((message->flags & MESSAGE_REACTED) == 0)
        return true;
    g_autoptr(GPtrArray) one = g_ptr_array_new();
    g_ptr_array_add(one, message);
    return row_reactions(db, one);
}

/* --- what hangs from roots
 * ------------------------------------------------------------------------------ */

static void
set_replies(struct message *message, sqlite3_stmt *statement)
{
    struct replies *replies = g_new0(struct replies, 1);
    replies->n = (unsigned)MAX(sqlite3_column_int64(statement, 1), 0);
    replies->last_us = sqlite3_column_int64(statement, 2);
    replies->followed = sqlite3_column_int(statement, 3) == 1;
    replies->unread = (unsigned)MAX(sqlite3_column_int64(statement, 4), 0);
    replies->last_name = db_text(statement, 5);
    replies_free(message->replies);
    message->replies = replies;
}

bool
row_replies(struct db *db, GPtrArray *messages)
{
    g_autoptr(GHashTable) by_id = g_hash_table_new(g_int64_hash, g_int64_equal);
    g_autofree char *ids = ids_with(messages, MESSAGE_ROOT, by_id);
    if (ids == NULL)
        return true;
    sqlite3_stmt *statement =
        db_bind(db,
                "SELECT m.id, t.replies, t.last_us, t.followed, t.unread, " ROW_THREAD_LAST
                " FROM json_each(?1) j CROSS JOIN messages m ON m.id = j.value"
                " CROSS JOIN threads t ON t.buffer_id = m.buffer_id AND t.root = m.remote_id",
                "s", ids);
    bool ok;
    while (db_step(statement, &ok)) {
        const int64_t id = sqlite3_column_int64(statement, 0);
        struct message *message = g_hash_table_lookup(by_id, &id);
        if (message != NULL && sqlite3_column_int64(statement, 1) > 0)
            set_replies(message, statement);
    }
    db_done(statement);
    return ok;
}

bool
row_replies_of(struct db *db, struct message *message)
{
    if ((message->flags & MESSAGE_ROOT) == 0)
        return true;
    g_autoptr(GPtrArray) one = g_ptr_array_new();
    g_ptr_array_add(one, message);
    return row_replies(db, one);
}

bool
row_counts(const struct message *message)
{
    if ((message->flags & (MESSAGE_OWN | MESSAGE_IGNORED | MESSAGE_DELETED)) != 0)
        return false;
    return message->kind == MESSAGE_TEXT || message->kind == MESSAGE_ACTION ||
           message->kind == MESSAGE_NOTICE || message->kind == MESSAGE_INVITE;
}
