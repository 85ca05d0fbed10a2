/* The only door out. A row is on disk before anything leaves, leaves in the order of its lane (one
 * a buffer), and has one end: done, failed, or unknown. What is unknown is looked for first, and
 * sent again only when that cannot double it. */
#include <string.h>

#include "base/utf8.h"
#include "core/outbox_priv.h"

#define SEND_TIMEOUT_US (60 * G_USEC_PER_SEC)
#define HOLD_US         (5 * G_USEC_PER_SEC)
#define LOOK_MOST_US    (24 * INT64_C(3600) * G_USEC_PER_SEC)
#define ATTEMPTS_MOST   3
#define COPY_TRIES_MOST 8 /* nobody looks whether a copy is to be sent again */

static const char lost_text[] =
    "The connection was lost before the network answered. weft looks for the "
    "message when it is back.";
static const char late_text[] =
    "The network has not answered in time. Look whether the message is there; "
    "then send it again or drop it.";
static const char held_text[] =
    "It is not there yet, but the network may bring it late: weft waits for that, then sends it "
    "again. /retry does so at once.";
static const char broke_text[] = "It has not arrived: each time that weft sent it the connection "
                                 "was lost. Send it again or drop "
                                 "it.";
static const char never_text[] =
    "weft cannot find out whether this message arrived. Look whether it is "
    "there; then send it again or drop it.";

static void
row_free(void *data)
{
    struct out_row *out = data;
    clock_timer_del(out->core->clock, out->timer);
    outbox_row_free(out->row);
    g_free(out);
}

void
outbox_init(struct core *core)
{
    core->out_by_id = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, row_free);
    core->out_by_message = g_hash_table_new(g_int64_hash, g_int64_equal);
}

void
outbox_fini(struct core *core)
{
    g_hash_table_unref(core->out_by_message);
    g_hash_table_unref(core->out_by_id);
}

void
outbox_free_lane(struct room *room)
{
    struct lane *lane = room->lane;
    if (lane == NULL)
        return;
    clock_timer_del(room->session->core->clock, lane->hold_timer);
    g_queue_clear(&lane->rows);
    g_free(lane);
    room->lane = NULL;
}

struct lane *
outbox_lane(struct room *room)
{
    if (room->lane == NULL) {
        room->lane = g_new0(struct lane, 1);
        g_queue_init(&room->lane->rows);
    }
    return room->lane;
}

static struct out_row *
row_take(struct core *core, struct room *room, struct outbox_row *row)
{
    struct out_row *out = g_new0(struct out_row, 1);
    out->core = core;
    out->room = room;
    out->row = row;
    g_hash_table_insert(core->out_by_id, &row->id, out);
    g_hash_table_insert(core->out_by_message, &row->message_id, out);
    g_queue_push_tail(&outbox_lane(room)->rows, out);
    return out;
}

void
outbox_take(struct core *core, struct room *room, struct outbox_row *row_taken, int64_t sort_key)
{
    struct out_row *out = row_take(core, room, row_taken);

    out->sort_key = sort_key;
    if (row_taken->state != OUTBOX_SENDING)
        return;
    out->phase = PHASE_MARKED;
    out->ahead = true;
    room->lane->ahead++;
}

static gboolean
is_value(gpointer key, gpointer value, gpointer user)
{
    return value == user;
}

static void
row_remove(struct out_row *out)
{
    struct core *core = out->core;
    g_hash_table_foreach_remove(out->room->session->sends, is_value, out);
    g_queue_remove(&out->room->lane->rows, out);
    g_hash_table_remove(core->out_by_message, &out->row->message_id);
    g_hash_table_remove(core->out_by_id, &out->row->id);
}

static void
leave_flight(struct out_row *out)
{
    if (out->ahead)
        out->room->lane->ahead--;
    else if (out->phase == PHASE_MARKING || out->phase == PHASE_HANDED)
        out->room->lane->in_flight--;
    out->ahead = false;
    clock_timer_del(out->core->clock, out->timer);
    out->timer = 0;
    out->held = false;
}

/* --- order
 * ------------------------------------------------------------------------------------------ */

static void
moved(struct word *word, const struct store_result *result)
{
    if (result->outcome != STORE_CHANGED || result->message == NULL)
        return;
    struct room *room = room_get(word->core, result->message->buffer_id);
    if (room != NULL)
        unread_note_newest(room, result->message);
    word_publish(word->core, NOTICE_MESSAGE_CHANGED, result->message, false);
}

/* What was typed later and has not arrived yet stays behind what has, though the network's clock
 * put that at a later time than the one at which this was typed. */
static void
keep_behind(struct room *room, int64_t outbox_id, int64_t sort_key)
{
    struct core *core = room->session->core;

    if (room->lane == NULL || core->leaving)
        return;
    for (GList *at = room->lane->rows.head; at != NULL; at = at->next) {
        struct out_row *out = at->data;
        if (out->row->id <= outbox_id || out->sort_key == 0 || out->phase == PHASE_SETTLING ||
            out->withdrawn)
            continue;
        if (out->sort_key > sort_key)
            return;
        out->sort_key = ++sort_key;
        room->newest_key = MAX(room->newest_key, sort_key);
        const struct store_outbox_change change = {
            .outbox_id = out->row->id, .moves = true, .sort_key = sort_key};
        store_set_outbox(core->store, &change, word_came,
                         word_new(core, sizeof(struct word), moved, out->row->id));
    }
}

/* --- settling
 * ---------------------------------------------------------------------------------------------- */

struct settle {
    struct word word; /* id: the outbox row */
    int64_t buffer_id;
    enum outbox_state state;
};

static void
settled(struct word *word, const struct store_result *result)
{
    const struct settle *settle = (struct settle *)word;
    struct core *core = word->core;
    struct room *room = room_get(core, settle->buffer_id);
    struct out_row *out = g_hash_table_lookup(core->out_by_id, &word->id);

    if (result->outcome == STORE_STALLED)
        return;
    if (result->message != NULL) {
        unread_note_newest(room, result->message);
        word_publish(core, NOTICE_MESSAGE_CHANGED, result->message, false);
        if (settle->state == OUTBOX_DONE && room != NULL)
            keep_behind(room, word->id, result->message->sort_key);
        if (settle->state == OUTBOX_DONE && (result->message->flags & MESSAGE_RELAYED) == 0)
            unread_mark(core, room, message_position(result->message), false, false);
    } else if (settle->state == OUTBOX_DROPPED) {
        room_publish(core, room, NOTICE_MESSAGES_RELOAD);
    }
    if (out != NULL && out->phase == PHASE_SETTLING)
        row_remove(out);
}

void
outbox_set_state(struct out_row *out, enum outbox_state state, const char *error)
{
    struct core *core = out->core;
    const struct store_outbox_change change = {
        .outbox_id = out->row->id, .state = state, .error = error};

    leave_flight(out);
    out->row->state = state;
    out->phase = state == OUTBOX_PENDING   ? PHASE_WAITS
                 : state == OUTBOX_DROPPED ? PHASE_SETTLING
                                           : PHASE_RESTS;
    struct settle *settle = word_new(core, sizeof *settle, settled, out->row->id);
    settle->buffer_id = out->room->pub.id;
    settle->state = state;
    store_set_outbox(core->store, &change, word_came, settle);
}

static void
set_done(struct out_row *out, const char *remote_id, int64_t time_us)
{
    struct core *core = out->core;
    g_autofree char *id =
        remote_id != NULL ? utf8_sanitize(remote_id, -1, CORE_MAX_ID_BYTES) : NULL;
    const struct store_outbox_change change = {
        .outbox_id = out->row->id,
        .state = OUTBOX_DONE,
        .remote_id = id,
        .time_us = MAX(time_us, 0),
        .sort_key = out->room->keyed ? 0 : MAX(time_us, 0),
    };

    leave_flight(out);
    out->phase = PHASE_SETTLING;
    out->row->state = OUTBOX_DONE;
    struct settle *settle = word_new(core, sizeof *settle, settled, out->row->id);
    settle->buffer_id = out->room->pub.id;
    settle->state = OUTBOX_DONE;
    store_set_outbox(core->store, &change, word_came, settle);
}

static void
set_unknown(struct out_row *out, const char *error, bool blocks)
{
    out->looks = true;
    out->blocks = blocks;
    outbox_set_state(out, OUTBOX_UNKNOWN, error);
}

void
outbox_merged(struct core *core, int64_t outbox_id, int64_t sort_key)
{
    struct out_row *out = g_hash_table_lookup(core->out_by_id, &outbox_id);
    if (out == NULL)
        return;
    struct room *room = out->room;
    keep_behind(room, outbox_id, sort_key);
    leave_flight(out);
    row_remove(out);
    outbox_run_room(room);
}

/* --- sending
 * ------------------------------------------------------------------------------------------------
 */

static int
attempts_most(const struct out_row *out)
{
    return out->row->mark != NULL ? COPY_TRIES_MOST : ATTEMPTS_MOST;
}

/* Inside the window in which the same key cannot double, counted from the first time it left. */
static bool
dedupes(const struct out_row *out)
{
    const struct session *session = out->room->session;
    const int64_t since_us = clock_wall_us(out->core->clock) - out->first_sent_us;

    return (session->caps & CAP_DEDUPE) != 0 && out->first_sent_us != 0 && since_us >= 0 &&
           since_us < session->limits.dedupe_window_us;
}

static void
hold_over(void *user)
{
    struct room *room = user;
    room->lane->hold_timer = 0;
    outbox_run_room(room);
}

static void
hold(struct room *room, int64_t delay_us)
{
    struct clock *clock = room->session->core->clock;
    clock_timer_del(clock, room->lane->hold_timer);
    room->lane->hold_timer =
        clock_timer_add(clock, delay_us > 0 ? delay_us : HOLD_US, hold_over, room);
}

/* Nothing of the lane leaves until the driver has said whether it still had the send: what comes
 * back unsent keeps its place. */
static void
give_up(struct out_row *out)
{
    struct room *room = out->room;
    const struct session *session = room->session;

    set_unknown(out, late_text, false);
    if (session->state == NULL || session->driver->op_cancel == NULL)
        return;
    if (room->lane->hold_timer == 0)
        hold(room, 1);
    session->driver->op_cancel(session->state, out->op);
}

/* One that was given up on has not left: what was handed over after it is not to overtake it. */
static void
take_back_after(const struct out_row *given_up)
{
    const struct session *session = given_up->room->session;

    if (session->state == NULL || session->driver->op_cancel == NULL)
        return;
    for (GList *at = g_queue_find(&given_up->room->lane->rows, given_up)->next; at != NULL;
         at = at->next) {
        const struct out_row *out = at->data;
        if (out->phase == PHASE_HANDED && !out->resend)
            session->driver->op_cancel(session->state, out->op);
    }
}

static void
send_failed(struct out_row *out, const GError *error)
{
    const bool given_up = out->phase == PHASE_RESTS && out->row->state == OUTBOX_UNKNOWN;
    const int code = error_code(error);

    if (given_up && (code == WEFT_ERROR_TIMEOUT || (out->resend && code == WEFT_ERROR_CANCELLED)))
        return; /* nothing new: it may have left */
    if (given_up && code == WEFT_ERROR_CANCELLED)
        take_back_after(out);
    out->looks = out->blocks = false;
    switch (code) {
    case WEFT_ERROR_RATE_LIMITED:
        outbox_set_state(out, OUTBOX_PENDING, NULL);
        hold(out->room, error_retry_after_us(error));
        break;
    case WEFT_ERROR_CLOSED:
    case WEFT_ERROR_CANCELLED:
        if (out->withdrawn) {
            outbox_set_state(out, OUTBOX_DROPPED, "Given up.");
            break;
        }
        /* The bytes have not left now, but they may have before. */
        if (out->resend)
            set_unknown(out, lost_text, true);
        else
            outbox_set_state(out, OUTBOX_PENDING, NULL);
        break;
    case WEFT_ERROR_TIMEOUT:
        set_unknown(out, late_text, false);
        break;
    default:
        outbox_set_state(out, OUTBOX_FAILED, error->message);
        break;
    }
}

bool
outbox_completed(struct session *session, op_id op, const char *remote_id, int64_t time_us,
                 const GError *error)
{
    struct out_row *out = g_hash_table_lookup(session->sends, &op);

    if (out == NULL)
        return false;
    g_hash_table_remove(session->sends, &op);
    struct room *room = out->room;
    if (out->phase == PHASE_SETTLING)
        return true;
    if (error == NULL)
        set_done(out, remote_id, time_us); /* also when it comes after its time was over */
    else if (out->op == op && (out->phase == PHASE_HANDED || out->row->state == OUTBOX_UNKNOWN))
        send_failed(out, error);
    outbox_run_room(room);
    return true;
}

static void
send_overdue(void *user)
{
    struct out_row *out = user;
    struct room *room = out->room;

    out->timer = 0;
    if (dedupes(out) && out->row->attempts < attempts_most(out)) {
        leave_flight(out);
        out->resend = true;
        out->phase = PHASE_WAITS;
    } else {
        /* The operation is not forgotten here: its answer may still come. */
        give_up(out);
    }
    outbox_run_room(room);
}

/* The network has lost the way to say it under another name: then the text says whose it is. */
static struct rich *
with_name(const struct outbox_row *row)
{
    g_autofree char *head = g_strdup_printf("<%s> ", row->as_name);
    struct rich *body = rich_new_take(g_strconcat(head, row->body->text, NULL));

    for (guint i = 0; i < row->body->spans->len; i++) {
        const struct span *span = &g_array_index(row->body->spans, struct span, i);
        rich_add(body, span->start + strlen(head), span->end + strlen(head), span->kind,
                 span->data);
    }
    return body;
}

static void
hand_over(struct out_row *out)
{
    struct session *session = out->room->session;
    const struct persona as = {out->row->as_name, out->row->as_avatar};
    const bool says_as = as.name != NULL && session->limits.name_bytes > 0;
    struct rich *named = as.name != NULL && !says_as ? with_name(out->row) : NULL;
    const int64_t wait_us =
        session->limits.send_timeout_us > 0 ? session->limits.send_timeout_us : SEND_TIMEOUT_US;
    const struct send_request request = {
        .buffer = &out->room->pub,
        .kind = out->row->kind,
        .body = named != NULL ? named : out->row->body,
        .key = out->row->key,
        .reply_to = out->row->reply_to,
        .thread = out->row->thread,
        .files = out->row->files,
        .resend = out->resend,
        .as = says_as ? &as : NULL,
        .mark = out->row->mark,
    };
    g_autoptr(GError) error = NULL;

    out->phase = PHASE_HANDED;
    out->op = op_next_id(session);
    g_hash_table_insert(session->sends, g_memdup2(&out->op, sizeof out->op), out);
    out->timer = clock_timer_add(out->core->clock, wait_us, send_overdue, out);
    const bool taken = session->driver->send(session->state, out->op, &request, &error);
    rich_free(named);
    if (taken)
        return;
    g_hash_table_remove(session->sends, &out->op);
    send_failed(out, error);
    outbox_run_room(out->room);
}

/* What a person has typed does not wait until the history of all conversations is here: it leaves
 * as soon as the conversation is there. What is in doubt blocks its lane until it was looked for.
 */
bool
outbox_is_ready(const struct room *room)
{
    const struct session *session = room->session;
    const bool to_rejoin = room->pub.joined && room->pub.kind != BUFFER_DIRECT;

    if (!session_online(session) || room->cut_off)
        return false;
    if (room->pub.caught_up || session->grace_over)
        return true;
    return !to_rejoin || room->confirmed;
}

static void
leave(struct out_row *out)
{
    out->row->attempts++;
    out->row->sent_us = clock_wall_us(out->core->clock);
    if (out->first_sent_us == 0)
        out->first_sent_us = out->row->sent_us;
    hand_over(out);
}

/* What is before it has come back meanwhile, or the network wants a pause. */
static bool
is_overtaking(const struct out_row *out)
{
    const struct lane *lane = out->room->lane;

    if (lane->hold_timer != 0)
        return true;
    for (const GList *at = lane->rows.head; at != NULL && at->data != out; at = at->next) {
        const struct out_row *before = at->data;
        if (before->blocks || before->phase == PHASE_WAITS || before->phase == PHASE_MARKED)
            return true;
    }
    return false;
}

static void
step_back(struct out_row *out)
{
    out->ahead = true;
    out->room->lane->in_flight--;
    out->room->lane->ahead++;
}

static void
marked(struct word *word, const struct store_result *result)
{
    struct core *core = word->core;
    struct out_row *out = g_hash_table_lookup(core->out_by_id, &word->id);

    if (result->outcome == STORE_STALLED || out == NULL || out->phase != PHASE_MARKING)
        return;
    if (result->outcome != STORE_CHANGED) {
        struct room *room = out->room;
        leave_flight(out);
        row_remove(out);
        outbox_run_room(room);
        return;
    }
    out->row->state = OUTBOX_SENDING;
    if (out->withdrawn) {
        struct room *room = out->room;
        outbox_set_state(out, OUTBOX_DROPPED, "Given up.");
        outbox_run_room(room);
        return;
    }
    word_publish(core, NOTICE_MESSAGE_CHANGED, result->message, false);
    if (!out->ahead && is_overtaking(out))
        step_back(out);
    if (out->ahead) {
        out->phase = PHASE_MARKED;
        outbox_run_room(out->room);
        return;
    }
    if (!outbox_is_ready(out->room)) {
        /* Cut while it was being written: nothing has left. */
        g_autoptr(GError) error = g_error_new(WEFT_ERROR, WEFT_ERROR_CLOSED, "Cut.");
        send_failed(out, error);
        return;
    }
    leave(out);
}

static void
mark(struct out_row *out)
{
    const struct store_outbox_change change = {.outbox_id = out->row->id, .state = OUTBOX_SENDING};
    out->phase = PHASE_MARKING;
    store_set_outbox(out->core->store, &change, word_came,
                     word_new(out->core, sizeof(struct word), marked, out->row->id));
}

static void
start(struct out_row *out)
{
    if (outbox_files_missing(out->row)) {
        outbox_files_start(out);
        return;
    }
    out->room->lane->in_flight++;
    mark(out);
}

/* Killed between its mark and its turn, it is looked for in vain and sent: so the network must know
 * how to take a message twice. What a person types is marked when it leaves, and not before. */
static bool
can_mark_ahead(const struct out_row *out)
{
    return out->row->mark != NULL && !out->resend && out->row->attempts == 0 &&
           (out->room->session->caps & CAP_DEDUPE) != 0 &&
           out->room->lane->ahead < OUTBOX_AHEAD_MOST && !outbox_files_missing(out->row);
}

static void
take_turn(struct out_row *out)
{
    out->ahead = false;
    out->room->lane->ahead--;
    out->room->lane->in_flight++;
    leave(out);
}

void
outbox_run_room(struct room *room)
{
    struct lane *lane = room->lane;

    if (lane == NULL || lane->hold_timer != 0 || !outbox_is_ready(room))
        return;
    const int most = room->session->limits.max_in_flight;
    bool marking = false, behind = false; /* of those before it */
    for (GList *at = lane->rows.head; at != NULL; at = at->next) {
        struct out_row *out = at->data;
        const bool has_turn = lane->in_flight < most;
        if (out->blocks || (!has_turn && out->phase == PHASE_WAITS && !can_mark_ahead(out)))
            return;
        if (out->phase == PHASE_MARKED && has_turn && !marking) {
            take_turn(out);
            outbox_run_room(room);
            return;
        }
        if (out->phase == PHASE_WAITS && has_turn && !behind) {
            start(out);
        } else if (out->phase == PHASE_WAITS) {
            if (!can_mark_ahead(out))
                return;
            out->ahead = true;
            lane->ahead++;
            mark(out);
        }
        marking |= out->phase == PHASE_MARKING;
        behind |= out->ahead;
    }
}

static void
run_room(struct room *room, void *user)
{
    outbox_run_room(room);
    edit_run_room(room);
}

void
outbox_run(struct session *session)
{
    if (session->trial == NULL)
        room_each(session, run_room, NULL);
}

/* --- what became of it
 * --------------------------------------------------------------------------------------- */

void
outbox_lost_room(struct room *room)
{
    if (room->lane == NULL)
        return;
    for (GList *at = room->lane->rows.head; at != NULL; at = at->next) {
        struct out_row *out = at->data;
        if (out->held)
            leave_flight(out); /* looked for again when the network is back */
        if (out->phase != PHASE_HANDED)
            continue;
        g_hash_table_remove(room->session->sends, &out->op);
        set_unknown(out, lost_text, true);
    }
}

static void
room_lost(struct room *room, void *user)
{
    outbox_lost_room(room);
}

void
outbox_lost(struct session *session)
{
    room_each(session, room_lost, NULL);
    g_hash_table_remove_all(session->sends);
}

static void
send_again(struct out_row *out)
{
    out->looks = out->blocks = out->held = false;
    out->resend = true;
    out->phase = PHASE_WAITS;
}

/* What takes the connection down with it is not sent for ever. */
static void
is_not_there(struct out_row *out)
{
    if (out->row->attempts < attempts_most(out)) {
        send_again(out);
        return;
    }
    out->looks = out->blocks = false;
    outbox_set_state(out, OUTBOX_FAILED, broke_text);
}

/* Whoever had it in between has brought it by now, or never will: all that was said since the look
 * has come to us. */
static void
hold_is_over(void *user)
{
    struct out_row *out = user;
    struct room *room = out->room;

    out->timer = 0;
    is_not_there(out);
    outbox_run_room(room);
}

/* How long what was not found may still come. */
static int64_t
held_for_us(const struct out_row *out)
{
    const int64_t hold_us = out->room->session->limits.hold_us;
    const int64_t since_us = clock_wall_us(out->core->clock) - out->row->sent_us;

    return since_us >= hold_us ? 0 : MIN(hold_us, hold_us - since_us);
}

/* It keeps its place in the lane: what follows waits with it. */
static void
wait_for_late(struct out_row *out, int64_t for_us)
{
    set_unknown(out, held_text, true);
    out->held = true;
    out->timer = clock_timer_add(out->core->clock, for_us, hold_is_over, out);
}

static void
not_found(struct out_row *out, bool history_whole)
{
    const bool safe = dedupes(out);
    const int64_t wait_us = held_for_us(out);

    out->looks = out->blocks = false;
    if (!history_whole && (!safe || out->row->attempts >= attempts_most(out)))
        outbox_set_state(out, OUTBOX_UNKNOWN, never_text);
    else if (!safe && wait_us > 0)
        wait_for_late(out, wait_us);
    else
        is_not_there(out);
}

void
outbox_caught_up(struct room *room, bool history_whole)
{
    if (room->lane == NULL)
        return;
    for (GList *at = room->lane->rows.head; at != NULL; at = at->next) {
        struct out_row *out = at->data;
        if (out->phase == PHASE_RESTS && out->looks && !out->held)
            not_found(out, history_whole);
    }
    outbox_run_room(room);
}

/* --- at the start
 * ---------------------------------------------------------------------------------------------- */

static void
load_row(struct core *core, struct outbox_row *stored)
{
    struct room *room = room_get(core, stored->buffer_id);
    const int64_t now_us = clock_wall_us(core->clock);

    if (room == NULL || room->session == NULL ||
        g_hash_table_contains(core->out_by_id, &stored->id)) {
        outbox_row_free(stored);
        return;
    }
    struct out_row *out = row_take(core, room, stored);
    /* When it left first is known of the first attempt only; of more, that it was after it was
     * made. */
    out->first_sent_us = stored->attempts > 1 ? stored->created_us : stored->sent_us;
    switch (stored->state) {
    case OUTBOX_SENDING:
        out->phase = PHASE_RESTS;
        set_unknown(out, lost_text, true);
        break;
    case OUTBOX_UNKNOWN:
        out->phase = PHASE_RESTS;
        out->looks = out->blocks = now_us - stored->sent_us < LOOK_MOST_US;
        break;
    case OUTBOX_PENDING:
        out->phase = PHASE_WAITS;
        break;
    default:
        out->phase = PHASE_RESTS;
        break;
    }
}

void
outbox_load(struct core *core, const struct session *session)
{
    if (core->read_only)
        return;
    GPtrArray *rows = store_load_outbox(core->store, session != NULL ? session->account->id : 0);
    g_ptr_array_set_free_func(rows, NULL);
    for (guint i = 0; i < rows->len; i++)
        load_row(core, rows->pdata[i]);
    g_ptr_array_unref(rows);
}
