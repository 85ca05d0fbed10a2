/* What a message says, and what it has said: changes by others, our own on their way, pins. */
#include <string.h>

#include "store/edit.h"
#include "store/put.h"
#include "store/rows.h"

#define FLAG_EDITED    "4"
#define FLAG_PINNED    "1024"
#define FLAG_CHANGING  "2048"
#define FLAG_UNCHANGED "4096"

static bool
load_result(struct put *put, struct op *op, int64_t message_id)
{
    bool ok;
    op->result.outcome = STORE_CHANGED;
    op->result.message = put_load(put->db, message_id, &ok);
    return ok;
}

/* --- texts
 * ------------------------------------------------------------------------------------------ */

bool
put_source(struct put *put, int64_t message_id, const char *source)
{
    if (source == NULL)
        return db_run(
            db_bind(put->db, "DELETE FROM sources WHERE message_id = ?1", "i", message_id));
    return db_run(db_bind(put->db,
                          "INSERT INTO sources (message_id, body) VALUES (?1, ?2)"
                          " ON CONFLICT (message_id) DO UPDATE SET body = ?2",
                          "is", message_id, source));
}

bool
put_forget_texts(struct put *put, int64_t message_id)
{
    return put_source(put, message_id, NULL) &&
           db_run(
               db_bind(put->db, "DELETE FROM revisions WHERE message_id = ?1", "i", message_id)) &&
           db_run(db_bind(put->db, "DELETE FROM edits WHERE message_id = ?1", "i", message_id));
}

static bool
trim_revisions(struct put *put, int64_t message_id)
{
    return db_run(db_bind(put->db,
                          "DELETE FROM revisions WHERE id IN (SELECT id FROM revisions"
                          " WHERE message_id = ?1 ORDER BY until_us DESC, id DESC"
                          " LIMIT -1 OFFSET ?2)",
                          "ii", message_id, (int64_t)STORE_REVISIONS_MAX));
}

static bool
is_same(struct put *put, int64_t message_id, const char *text, const char *spans, bool *ret_same)
{
    bool ok;
    *ret_same =
        db_number(db_bind(put->db, "SELECT body = ?2 AND spans IS ?3 FROM messages WHERE id = ?1",
                          "iss", message_id, text, spans),
                  0, &ok) != 0;
    return ok;
}

/* The newest of a message's revisions. */
#define NEWEST                                                                                     \
    "(SELECT id FROM revisions WHERE message_id = ?1 ORDER BY until_us DESC, id DESC LIMIT 1)"

/* The network says since when the message has said what it says: what was guessed of that, and of
 * the time before, by a clock that may be ahead gives way. */
static bool
adopt_time(struct put *put, int64_t message_id, int64_t time_us)
{
    return db_run(db_bind(put->db,
                          "UPDATE revisions SET until_us = ?2, guessed = 0"
                          " WHERE guessed AND id = " NEWEST,
                          "ii", message_id, time_us)) &&
           db_run(db_bind(put->db,
                          "UPDATE revisions SET until_us = ?2"
                          " WHERE message_id = ?1 AND guessed AND until_us > ?2",
                          "ii", message_id, time_us));
}

/* By this machine's clock, which may be behind: it comes after all that is known. */
static bool
add_guessed(struct put *put, int64_t message_id, const char *text, int64_t now_us)
{
    return db_run(db_bind(put->db,
                          "INSERT INTO revisions (message_id, until_us, body, spans, guessed)"
                          " SELECT id, max(?2, ifnull((SELECT max(until_us) FROM revisions"
                          " WHERE message_id = ?1), 0)), body, spans, 1"
                          " FROM messages WHERE id = ?1 AND body <> ?3",
                          "iis", message_id, now_us, text));
}

static bool
add_timed(struct put *put, int64_t message_id, const char *text, int64_t time_us)
{
    return db_run(db_bind(put->db,
                          "UPDATE revisions SET until_us = ?2"
                          " WHERE message_id = ?1 AND guessed AND until_us > ?2",
                          "ii", message_id, time_us)) &&
           db_run(db_bind(put->db,
                          "INSERT INTO revisions (message_id, until_us, body, spans)"
                          " SELECT id, ?2, body, spans FROM messages WHERE id = ?1 AND body <> ?3",
                          "iis", message_id, time_us, text));
}

/* The message says this now; what it said becomes a revision. `time_us`: the network's, or 0. */
static bool
replace_text(struct put *put, int64_t message_id, const char *text, const char *spans,
             int64_t time_us, int64_t now_us)
{
    return put_unindex(put, message_id) &&
           (time_us > 0 ? add_timed(put, message_id, text, time_us)
                        : add_guessed(put, message_id, text, now_us)) &&
           trim_revisions(put, message_id) &&
           db_run(db_bind(put->db,
                          "UPDATE messages SET body = ?2, spans = ?3, flags = flags | " FLAG_EDITED
                          " WHERE id = ?1",
                          "iss", message_id, text, spans));
}

static bool
set_parts(struct put *put, int64_t message_id, const char *files, const char *file_names,
          const char *buttons)
{
    return put_unindex(put, message_id) &&
           db_run(db_bind(put->db,
                          "UPDATE messages SET files = ?2, file_names = ?3, buttons = ?4"
                          " WHERE id = ?1",
                          "isss", message_id, files, file_names, buttons));
}

bool
put_attached(struct put *put, int64_t message_id, const GPtrArray *files, const GPtrArray *buttons)
{
    g_autofree char *encoded = attachments_encode(files);
    g_autofree char *names = attachments_names(files);
    g_autofree char *encoded_buttons = buttons_encode(buttons);
    return set_parts(put, message_id, encoded, names, encoded_buttons);
}

static bool
has_parts(struct put *put, int64_t message_id, const struct op *op, bool *ret_same)
{
    bool ok;
    *ret_same = db_number(db_bind(put->db,
                                  "SELECT files IS ?2 AND buttons IS ?3 FROM messages"
                                  " WHERE id = ?1",
                                  "iss", message_id, op->edit.files, op->edit.buttons),
                          0, &ok) != 0;
    return ok;
}

/* What a network is asked and what it tells by itself overtake each other: an older state of a
 * message is no change. Only the network's own times can be compared: where what it says now was
 * said by us, at a time that the network has not told, all that the network had told of before is
 * older. */
static bool
is_overtaken(struct put *put, int64_t message_id, const struct op *op, bool *ret_overtaken)
{
    bool ok = true;
    *ret_overtaken =
        op->edit.time_us > 0 &&
        db_number(db_bind(put->db,
                          "SELECT EXISTS (SELECT 1 FROM revisions WHERE message_id = ?1"
                          " AND NOT guessed AND until_us > ?2 -"
                          " (SELECT guessed FROM revisions WHERE id = " NEWEST "))",
                          "ii", message_id, op->edit.time_us),
                  0, &ok) != 0;
    return ok;
}

bool
put_edit(struct put *put, struct op *op)
{
    int64_t message_id;
    unsigned flags;
    bool same, same_parts, overtaken;
    if (!put_find_message(put, op->buffer_id, op->name, &message_id, &flags))
        return false;
    op->result.outcome = message_id == 0 ? STORE_MISSING : STORE_KNOWN;
    if (message_id == 0 || (flags & MESSAGE_DELETED) != 0)
        return true;
    if (!is_overtaken(put, message_id, op, &overtaken) ||
        !is_same(put, message_id, op->text, op->edit.spans, &same) ||
        !has_parts(put, message_id, op, &same_parts))
        return false;
    if (!overtaken && same && op->edit.time_us > 0 &&
        !adopt_time(put, message_id, op->edit.time_us))
        return false;
    if (overtaken || (same && same_parts))
        return true;
    return (same || (put_source(put, message_id, NULL) &&
                     replace_text(put, message_id, op->text, op->edit.spans, op->edit.time_us,
                                  op->now_us))) &&
           (same_parts ||
            set_parts(put, message_id, op->edit.files, op->edit.file_names, op->edit.buttons)) &&
           load_result(put, op, message_id) &&
           put_relay_edited(put, op->result.message, op->now_us);
}

bool
put_revisions(struct put *put, struct op *op)
{
    int64_t message_id;
    unsigned flags;
    if (!put_find_message(put, op->buffer_id, op->name, &message_id, &flags))
        return false;
    op->result.outcome = message_id == 0 ? STORE_MISSING : STORE_KNOWN;
    if (message_id == 0 || (flags & MESSAGE_DELETED) != 0)
        return true;
    if (!db_run(db_bind(put->db, "DELETE FROM revisions WHERE message_id = ?1", "i", message_id)))
        return false;
    for (guint i = 0; i < op->revisions->len; i++) {
        const struct revision *each = op->revisions->pdata[i];
        g_autofree char *spans = rich_encode_spans(each->body);
        if (!db_run(db_bind(put->db,
                            "INSERT INTO revisions (message_id, until_us, body, spans)"
                            " VALUES (?1, ?2, ?3, ?4)",
                            "iiss", message_id, each->until_us, each->body->text, spans)))
            return false;
    }
    return load_result(put, op, message_id);
}

/* --- our own
 * ---------------------------------------------------------------------------------------- */

static bool
flag_changing(struct put *put, int64_t message_id)
{
    return db_run(db_bind(put->db,
                          "UPDATE messages SET flags = (flags & ~(" FLAG_CHANGING
                          " | " FLAG_UNCHANGED ")) |"
                          " iif(EXISTS (SELECT 1 FROM edits e WHERE e.message_id = messages.id"
                          " AND e.state IN (0, 1)), " FLAG_CHANGING ", 0) |"
                          " iif(EXISTS (SELECT 1 FROM edits e WHERE e.message_id = messages.id"
                          " AND e.state = 2), " FLAG_UNCHANGED ", 0) WHERE id = ?1",
                          "i", message_id));
}

bool
put_edit_add(struct put *put, struct op *op)
{
    const struct edit *edit = op->new_edit;
    g_autofree char *spans = rich_encode_spans(edit->body);
    bool ok;
    op->result.outcome = STORE_MISSING;
    const bool there =
        db_number(db_bind(put->db, "SELECT 1 FROM messages WHERE id = ?1 AND NOT flags & 8", "i",
                          edit->message_id),
                  0, &ok) != 0;
    if (!ok || !there)
        return ok;
    if (!db_run(db_bind(put->db, "DELETE FROM edits WHERE message_id = ?1 AND state IN (0, 2)", "i",
                        edit->message_id)) ||
        !db_run(db_bind(put->db,
                        "INSERT INTO edits (account_id, buffer_id, message_id, state, body, spans,"
                        " source, base, created_us) SELECT ?1, buffer_id, id, 0, ?3, ?4, ?5, body,"
                        " ?6 FROM messages WHERE id = ?2",
                        "iisssi", edit->account_id, edit->message_id, edit->body->text, spans,
                        edit->source, edit->created_us)))
        return false;
    op->result.outbox_id = sqlite3_last_insert_rowid(put->db->handle);
    if (!flag_changing(put, edit->message_id) || !load_result(put, op, edit->message_id))
        return false;
    op->result.outcome = STORE_NEW;
    return true;
}

/* The network may have told of it already, in its own form: that stays. */
static bool
settle(struct put *put, const struct op *op, const struct edit *edit, bool *ret_replaced)
{
    g_autofree char *spans = rich_encode_spans(edit->body);
    bool ok, same;
    const bool untold = db_number(db_bind(put->db,
                                          "SELECT body = ?2 FROM messages WHERE id = ?1"
                                          " AND NOT flags & 8",
                                          "is", edit->message_id, edit->base),
                                  0, &ok) != 0;
    if (!ok || !is_same(put, edit->message_id, edit->body->text, spans, &same))
        return false;
    *ret_replaced = untold && !same;
    if (*ret_replaced &&
        !replace_text(put, edit->message_id, edit->body->text, spans, 0, op->now_us))
        return false;
    /* What was typed after it was typed over it. */
    return put_source(put, edit->message_id, edit->source) &&
           db_run(db_bind(put->db,
                          "UPDATE edits SET base = (SELECT body FROM messages WHERE id = ?1)"
                          " WHERE message_id = ?1",
                          "i", edit->message_id));
}

static bool
find_edit(struct put *put, int64_t id, struct edit **ret_edit)
{
    bool ok;
    sqlite3_stmt *statement = db_bind(put->db, ROW_EDIT "WHERE id = ?1", "i", id);
    *ret_edit = db_step(statement, &ok) ? row_edit(statement) : NULL;
    db_done(statement);
    return ok;
}

static bool
change(struct put *put, struct op *op, const struct edit *edit)
{
    const bool over = op->set_edit.state == EDIT_DONE || op->set_edit.state == EDIT_DROPPED;

    bool replaced = false;
    if (op->set_edit.state == EDIT_DONE && !settle(put, op, edit, &replaced))
        return false;
    if (over && !db_run(db_bind(put->db, "DELETE FROM edits WHERE id = ?1", "i", edit->id)))
        return false;
    if (!over && !db_run(db_bind(put->db, "UPDATE edits SET state = ?2, error = ?3 WHERE id = ?1",
                                 "ids", edit->id, (int)op->set_edit.state, op->text)))
        return false;
    return flag_changing(put, edit->message_id) && load_result(put, op, edit->message_id) &&
           (!replaced || op->result.message == NULL ||
            put_relay_edited(put, op->result.message, op->now_us));
}

bool
put_edit_change(struct put *put, struct op *op)
{
    struct edit *edit;
    op->result.outcome = STORE_MISSING;
    if (!find_edit(put, op->set_edit.id, &edit))
        return false;
    const bool ok = edit == NULL || change(put, op, edit);
    op->result.outbox_id = edit != NULL ? edit->id : 0;
    edit_free(edit);
    return ok;
}

/* --- pins
 * ------------------------------------------------------------------------------------------ */

bool
put_pin(struct put *put, struct op *op)
{
    int64_t message_id;
    unsigned flags;
    if (!put_find_message(put, op->buffer_id, op->name, &message_id, &flags))
        return false;
    op->result.outcome = message_id == 0 ? STORE_MISSING : STORE_KNOWN;
    if (message_id == 0 || (flags & MESSAGE_DELETED) != 0 ||
        ((flags & MESSAGE_PINNED) != 0) == op->pinned)
        return true;
    return db_run(db_bind(put->db,
                          "UPDATE messages SET flags = (flags & ~" FLAG_PINNED ") |"
                          " iif(?2, " FLAG_PINNED ", 0) WHERE id = ?1",
                          "id", message_id, (int)op->pinned)) &&
           load_result(put, op, message_id);
}
