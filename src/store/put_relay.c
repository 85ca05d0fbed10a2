/* Tasks and copies: what has just become so in one conversation and is to be so in others. The
 * rules are in relay.h. Everything here is called inside the transaction of what it follows from,
 * and costs one look into a table when no route begins in that buffer. */
#include "store/put.h"

struct lane_route {
    int64_t to;
    unsigned kinds;
};

/* --- routes
 * ----------------------------------------------------------------------------------------- */

static void
add_route(GHashTable *routes, const struct relay_route *route)
{
    GArray *list = g_hash_table_lookup(routes, &route->from);
    if (list == NULL) {
        list = g_array_new(FALSE, FALSE, sizeof(struct lane_route));
        g_hash_table_insert(routes, g_memdup2(&route->from, sizeof route->from), list);
    }
    for (guint i = 0; i < list->len; i++) {
        struct lane_route *each = &g_array_index(list, struct lane_route, i);
        if (each->to == route->to) {
            each->kinds |= route->kinds;
            return;
        }
    }
    const struct lane_route added = {route->to, route->kinds};
    g_array_append_val(list, added);
}

static void
free_list(void *list)
{
    g_array_unref(list);
}

void
put_relay_routes(struct put *put, const GArray *routes)
{
    g_clear_pointer(&put->routes, g_hash_table_unref);
    if (routes->len == 0)
        return;
    put->routes = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, free_list);
    for (guint i = 0; i < routes->len; i++) {
        const struct relay_route *route = &g_array_index(routes, struct relay_route, i);
        if (route->from != route->to)
            add_route(put->routes, route);
    }
}

static const GArray *
routes_from(const struct put *put, int64_t buffer_id)
{
    return put->routes != NULL ? g_hash_table_lookup(put->routes, &buffer_id) : NULL;
}

/* --- tasks
 * ------------------------------------------------------------------------------------------ */

static void
note_lane(struct put *put, int64_t lane, int64_t from)
{
    for (guint i = 0; i < put->lanes->len; i++) {
        struct lane_news *news = &g_array_index(put->lanes, struct lane_news, i);
        if (news->lane == lane && news->from == from) {
            news->n++;
            return;
        }
    }
    const struct lane_news first = {lane, from, 1};
    g_array_append_val(put->lanes, first);
}

static unsigned
kind_of(const struct message *message)
{
    switch (message->kind) {
    case MESSAGE_TEXT:
    case MESSAGE_ACTION:
    case MESSAGE_NOTICE:
        return RELAY_TALK;
    case MESSAGE_TOPIC:
        return RELAY_TOPICS;
    case MESSAGE_JOIN:
    case MESSAGE_PART:
    case MESSAGE_QUIT:
    case MESSAGE_KICK:
    case MESSAGE_RENAME:
        /* That the relay's own account comes and goes is nobody's business elsewhere. */
        return (message->flags & MESSAGE_OWN) == 0 ? RELAY_PRESENCE : 0;
    default:
        return 0;
    }
}

/* Once for a message and a lane, also when the row has taken another's place meanwhile. */
static bool
add_say(struct put *put, int64_t lane, const struct message *message, int64_t id, int64_t now_us)
{
    if (!db_run(db_bind(put->db,
                        "INSERT OR IGNORE INTO relay_tasks (lane, source_id, from_id, deed,"
                        " added_us) SELECT ?1, ?2, ?3, 0, ?4 WHERE NOT EXISTS (SELECT 1 FROM"
                        " relay_copies WHERE source_id = ?2 AND buffer_id = ?1 AND NOT note)",
                        "iiii", lane, id, message->buffer_id, now_us)))
        return false;
    if (sqlite3_changes(put->db->handle) > 0)
        note_lane(put, lane, message->buffer_id);
    return true;
}

bool
put_relay_said(struct put *put, const struct message *message, int64_t id, int64_t now_us)
{
    const GArray *routes = routes_from(put, message->buffer_id);
    const unsigned none = MESSAGE_RELAYED | MESSAGE_DELETED | MESSAGE_IGNORED | MESSAGE_EPHEMERAL;
    if (routes == NULL || (message->flags & none) != 0)
        return true;
    const unsigned kind = kind_of(message);
    for (guint i = 0; i < routes->len; i++) {
        const struct lane_route *route = &g_array_index(routes, struct lane_route, i);
        if ((route->kinds & kind) != 0 && !add_say(put, route->to, message, id, now_us))
            return false;
    }
    return true;
}

bool
put_relay_unsent(struct put *put, int64_t message_id, bool *ret_unsent)
{
    bool ok = true;
    *ret_unsent = put->routes != NULL &&
                  db_number(db_bind(put->db, "SELECT state <> 3 FROM messages WHERE id = ?1", "i",
                                    message_id),
                            0, &ok) != 0;
    return ok;
}

/* Whose copy a message is. */
struct kin {
    int64_t origin_id; /* itself, when it is no copy */
    int64_t origin_buffer;
    bool is_copy;
    bool origin_deleted;
};

static bool
find_kin(struct put *put, int64_t message_id, struct kin *ret_kin)
{
    bool ok;
    sqlite3_stmt *statement =
        db_bind(put->db,
                "SELECT c.source_id, m.buffer_id, m.flags & 8 FROM relay_copies c LEFT JOIN"
                " messages m ON m.id = c.source_id WHERE c.message_id = ?1 AND NOT c.note",
                "i", message_id);
    *ret_kin = (struct kin){.origin_id = message_id};
    if (db_step(statement, &ok)) {
        ret_kin->is_copy = true;
        ret_kin->origin_id = sqlite3_column_int64(statement, 0);
        ret_kin->origin_buffer = sqlite3_column_int64(statement, 1);
        ret_kin->origin_deleted = sqlite3_column_int(statement, 2) != 0;
    }
    db_done(statement);
    return ok;
}

/* Is there, or will there be, somebody of the family in this lane to whom it can be done? */
static bool
has_member(struct put *put, int64_t lane, int64_t message_id, const struct kin *kin, bool *ret_has)
{
    bool ok = true;
    if (kin->is_copy && lane == kin->origin_buffer) {
        *ret_has = !kin->origin_deleted;
        return true;
    }
    *ret_has =
        db_number(db_bind(put->db,
                          "SELECT EXISTS (SELECT 1 FROM relay_copies c JOIN messages m"
                          " ON m.id = c.message_id WHERE c.source_id = ?1 AND c.buffer_id = ?2"
                          " AND NOT c.note AND c.message_id <> ?3 AND NOT m.flags & 8)"
                          " OR EXISTS (SELECT 1 FROM relay_tasks WHERE source_id = ?1"
                          " AND lane = ?2 AND deed = 0 AND error IS NULL)",
                          "iii", kin->origin_id, lane, message_id),
                  0, &ok) != 0;
    return ok;
}

/* A change that waits already goes to the end: whoever has just looked at the text looks again. */
static bool
add_task(struct put *put, const struct relay_task *task)
{
    if (!db_run(db_bind(put->db,
                        "INSERT OR REPLACE INTO relay_tasks (lane, source_id, from_id, deed, emoji,"
                        " who, added_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                        "iiidssi", task->lane, task->source_id, task->from, (int)task->deed,
                        task->emoji, task->who, task->added_us)))
        return false;
    note_lane(put, task->lane, task->from);
    return true;
}

/* `task` lacks its lane. */
static bool
add_deed(struct put *put, struct relay_task *task)
{
    const GArray *routes = routes_from(put, task->from);
    struct kin kin;
    if (routes == NULL)
        return true;
    if (!find_kin(put, task->source_id, &kin))
        return false;
    if (kin.is_copy && (task->deed == RELAY_EDIT || kin.origin_deleted))
        return true;
    for (guint i = 0; i < routes->len; i++) {
        const struct lane_route *route = &g_array_index(routes, struct lane_route, i);
        bool has;
        if ((route->kinds & RELAY_TALK) == 0 ||
            (kin.is_copy && task->deed == RELAY_DELETE && route->to == kin.origin_buffer))
            continue;
        task->lane = route->to;
        if (!has_member(put, route->to, task->source_id, &kin, &has) ||
            (has && !add_task(put, task)))
            return false;
    }
    return true;
}

bool
put_relay_edited(struct put *put, const struct message *message, int64_t now_us)
{
    struct relay_task task = {.source_id = message->id,
                              .from = message->buffer_id,
                              .deed = RELAY_EDIT,
                              .added_us = now_us};
    return (message->flags & MESSAGE_RELAYED) != 0 || add_deed(put, &task);
}

bool
put_relay_deleted(struct put *put, int64_t buffer_id, int64_t message_id, int64_t now_us)
{
    struct relay_task task = {
        .source_id = message_id, .from = buffer_id, .deed = RELAY_DELETE, .added_us = now_us};
    return add_deed(put, &task);
}

/* The network tells what the relay itself has done: with its end that is forgotten, unless it has
 * been put again meanwhile. */
static bool
is_relays_own(struct put *put, int64_t message_id, const char *emoji, bool add, bool *ret_is)
{
    bool ok;
    *ret_is = db_number(db_bind(put->db,
                                "SELECT 1 FROM relay_reactions WHERE message_id = ?1"
                                " AND emoji = ?2",
                                "is", message_id, emoji),
                        0, &ok) != 0;
    return ok && (add || !*ret_is ||
                  db_run(db_bind(put->db,
                                 "DELETE FROM relay_reactions WHERE message_id = ?1"
                                 " AND emoji = ?2 AND NOT wanted",
                                 "is", message_id, emoji)));
}

bool
put_relay_reacted(struct put *put, int64_t buffer_id, int64_t message_id, int64_t reaction_id,
                  int64_t now_us)
{
    if (routes_from(put, buffer_id) == NULL)
        return true;
    bool ok, relays_own = false;
    sqlite3_stmt *statement = db_bind(put->db,
                                      "SELECT emoji, ifnull(user_name, user_id), own, gone"
                                      " FROM reactions WHERE id = ?1",
                                      "i", reaction_id);
    const bool found = db_step(statement, &ok);
    g_autofree char *emoji = found ? db_text(statement, 0) : NULL;
    g_autofree char *who = found ? db_text(statement, 1) : NULL;
    const bool own = found && sqlite3_column_int(statement, 2) != 0;
    const bool gone = found && sqlite3_column_int(statement, 3) != 0;
    db_done(statement);
    if (!found || (own && !is_relays_own(put, message_id, emoji, !gone, &relays_own)))
        return ok && !found;
    struct relay_task task = {.source_id = message_id,
                              .from = buffer_id,
                              .deed = gone ? RELAY_UNREACT : RELAY_REACT,
                              .emoji = emoji,
                              .who = who,
                              .added_us = now_us};
    return relays_own || add_deed(put, &task);
}

/* --- what becomes of them
 * --------------------------------------------------------------------------- */

static bool
end_task(struct put *put, int64_t task_id)
{
    return db_run(db_bind(put->db, "DELETE FROM relay_tasks WHERE id = ?1", "i", task_id));
}

static bool
give_up_task(struct put *put, int64_t task_id, const char *error)
{
    return db_run(db_bind(put->db, "UPDATE relay_tasks SET error = ?2 WHERE id = ?1", "is", task_id,
                          error != NULL ? error : ""));
}

/* With a new number, which no other had. */
static bool
retry_task(struct put *put, int64_t task_id, int64_t now_us)
{
    bool ok;
    sqlite3_stmt *statement = db_bind(
        put->db, "SELECT lane, from_id FROM relay_tasks WHERE id = ?1 AND error IS NOT NULL", "i",
        task_id);
    const bool found = db_step(statement, &ok);
    if (found)
        note_lane(put, sqlite3_column_int64(statement, 0), sqlite3_column_int64(statement, 1));
    db_done(statement);
    if (!ok || !found)
        return ok;
    return db_run(db_bind(put->db,
                          "UPDATE OR REPLACE relay_tasks SET error = NULL, added_us = ?2, id ="
                          " (SELECT seq + 1 FROM sqlite_sequence WHERE name = 'relay_tasks')"
                          " WHERE id = ?1",
                          "ii", task_id, now_us)) &&
           db_run(db_bind(
               put->db, "UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'relay_tasks'", ""));
}

bool
put_relay_task(struct put *put, const struct op *op)
{
    switch (op->kind) {
    case OP_END_TASK:
        return end_task(put, op->row_id);
    case OP_GIVE_UP_TASK:
        return give_up_task(put, op->row_id, op->text);
    default:
        return retry_task(put, op->row_id, op->now_us);
    }
}

bool
put_relay_moved(struct put *put, int64_t from_id, int64_t to_id)
{
    bool ok;
    const bool is_copy =
        db_number(
            db_bind(put->db, "SELECT 1 FROM messages WHERE id = ?1 AND flags & 65536", "i", to_id),
            0, &ok) != 0;
    /* It was the echo of a copy: nobody elsewhere is to hear that. */
    return ok &&
           (is_copy || (db_run(db_bind(put->db,
                                       "UPDATE OR IGNORE relay_tasks SET source_id = ?2"
                                       " WHERE source_id = ?1",
                                       "ii", from_id, to_id)) &&
                        db_run(db_bind(put->db,
                                       "UPDATE relay_copies SET source_id = ?2"
                                       " WHERE source_id = ?1",
                                       "ii", from_id, to_id)))) &&
           db_run(db_bind(put->db, "DELETE FROM relay_tasks WHERE source_id = ?1", "i", from_id));
}

/* --- copies
 * ------------------------------------------------------------------------------------------ */

bool
put_relay_may_copy(struct put *put, struct op *op, bool *ret_may)
{
    struct store_copy *copy = op->add.copy;
    bool ok = true;
    *ret_may = true;
    if (copy == NULL)
        return true;
    const char *key = op->add.row->key;
    const bool known =
        key != NULL &&
        db_number(db_bind(put->db, "SELECT 1 FROM messages WHERE buffer_id = ?1 AND key = ?2", "is",
                          op->buffer_id, key),
                  0, &ok) != 0;
    if (!ok)
        return false;
    *ret_may = !known;
    op->result.outcome = STORE_KNOWN;
    if (known)
        return !copy->ends_task || end_task(put, copy->task_id);
    if (copy->task_id == 0)
        return true;
    /* As the task has it now: the source may be another row by now, or nothing to be copied. */
    copy->source_id = db_number(
        db_bind(put->db, "SELECT source_id FROM relay_tasks WHERE id = ?1", "i", copy->task_id), 0,
        &ok);
    *ret_may = copy->source_id != 0;
    op->result.outcome = STORE_MISSING;
    return ok;
}

bool
put_relay_copied(struct put *put, const struct op *op)
{
    const struct store_copy *copy = op->add.copy;
    if (copy == NULL)
        return true;
    if (copy->replaces != 0)
        return db_run(db_bind(put->db,
                              "UPDATE relay_copies SET message_id = ?2 WHERE message_id = ?1", "ii",
                              copy->replaces, op->message->id));
    return db_run(db_bind(put->db,
                          "INSERT INTO relay_copies (message_id, source_id, buffer_id, part, note)"
                          " VALUES (?1, ?2, ?3, ?4, ?5)",
                          "iiidd", op->message->id, copy->source_id, op->buffer_id, (int)copy->part,
                          (int)copy->note)) &&
           (!copy->ends_task || end_task(put, copy->task_id));
}

/* --- reactions, and the end
 * -------------------------------------------------------------------------- */

bool
put_relay_reaction(struct put *put, const struct op *op)
{
    /* Taken back before it was there: no word of it will come. */
    return db_run(db_bind(put->db,
                          "DELETE FROM relay_reactions WHERE message_id = ?1 AND emoji = ?2", "is",
                          op->row_id, op->text)) &&
           db_run(db_bind(put->db,
                          "INSERT INTO relay_reactions (message_id, emoji, wanted)"
                          " SELECT ?1, ?2, ?3 WHERE ?3"
                          " OR EXISTS (SELECT 1 FROM messages m JOIN reactions r ON"
                          " r.buffer_id = m.buffer_id AND r.remote_id = m.remote_id"
                          " WHERE m.id = ?1 AND r.emoji = ?2 AND r.own AND NOT r.gone)",
                          "isd", op->row_id, op->text, (int)op->count.on));
}

bool
put_relay_count(struct put *put, struct op *op)
{
    bool ok;
    if (!db_run(db_bind(put->db,
                        "INSERT INTO relay_counts (message_id, emoji, n) VALUES (?1, ?2,"
                        " max(0, ?3)) ON CONFLICT (message_id, emoji) DO UPDATE"
                        " SET n = max(0, n + ?3)",
                        "isd", op->row_id, op->text, op->count.change)))
        return false;
    op->count.n = (unsigned)db_number(
        db_bind(put->db, "SELECT n FROM relay_counts WHERE message_id = ?1 AND emoji = ?2", "is",
                op->row_id, op->text),
        0, &ok);
    return ok &&
           (op->count.n > 0 ||
            db_run(db_bind(put->db, "DELETE FROM relay_counts WHERE message_id = ?1 AND emoji = ?2",
                           "is", op->row_id, op->text)));
}
