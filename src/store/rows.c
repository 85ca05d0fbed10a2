#include "store/rows.h"

static struct rich *
read_rich(sqlite3_stmt *statement, int text, int spans)
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
    message->body = read_rich(statement, 10, 11);
    message->subject = db_text(statement, 12);
    message->reply_to = db_text(statement, 13);
    message->key = db_text(statement, 14);
    message->error = db_text(statement, 15);
    return message;
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
    row->body = read_rich(statement, 7, 8);
    row->reply_to = db_text(statement, 9);
    row->attempts = sqlite3_column_int(statement, 10);
    row->created_us = sqlite3_column_int64(statement, 11);
    row->sent_us = sqlite3_column_int64(statement, 12);
    row->error = db_text(statement, 13);
    return row;
}

bool
row_counts(const struct message *message)
{
    if ((message->flags & (MESSAGE_OWN | MESSAGE_IGNORED)) != 0)
        return false;
    return message->kind == MESSAGE_TEXT || message->kind == MESSAGE_ACTION ||
           message->kind == MESSAGE_NOTICE || message->kind == MESSAGE_INVITE;
}
