/* What is done to messages: changed, taken back, reacted to; and what is done to a channel. Each is
 * brought to that member of the message's family which stands in the lane, or told in a line. */
#include <string.h>

#include "base/error.h"
#include "core/options.h"
#include "relay/format.h"
#include "relay/relay_priv.h"

static unsigned
caps_of(const struct lane *lane)
{
    const struct buffer *buffer = core_buffer(lane->relay->core, lane->buffer_id);

    return buffer ? buffer->caps : 0;
}

static bool
wants(const struct route *route, const char *option)
{
    return options_bool(route->gateway->options, option);
}

static enum engine_result
end(struct lane *lane, struct relay_task *task)
{
    lane_end(lane, task);
    return ENGINE_DONE;
}

/* --- one deed after another, for the first task of the lane --- */

static void step(struct job *job);

static void
finish(struct job *job, struct lane *lane)
{
    struct relay_task *task = g_queue_pop_head(&lane->window);

    /* With the end of the task in one transaction. */
    if (task->deed == RELAY_REACT || task->deed == RELAY_UNREACT)
        store_count_reaction(lane->relay->store, job->ids[0], format_emoji(task->emoji),
                             task->deed == RELAY_REACT ? 1 : -1, NULL, NULL);
    lane->busy = false;
    lane->deleting = lane->deleting || task->deed == RELAY_DELETE;
    job_free(job);
    lane_end(lane, task);
    lane_kick(lane);
}

static void
failed(struct job *job, struct lane *lane, const GError *error)
{
    struct relay_task *task = g_queue_peek_head(&lane->window);
    const bool again = lane_failed(lane, task, error);

    lane->busy = false;
    if (!again && task->deed == RELAY_REACT)
        store_put_relay_reaction(lane->relay->store, job->ids[0], format_emoji(task->emoji), false);
    if (!again && !lane_degraded(lane, task->id))
        lane_degrade(lane, task->id);
    else if (!again)
        lane_give_up(lane, g_queue_pop_head(&lane->window), error->message);
    job_free(job);
    lane_kick(lane);
}

static void
stepped(struct core *core, const GError *error, void *user)
{
    struct job *job = user;
    struct lane *lane = job_back(job);

    if (!lane)
        return;
    /* What is not there any more needs nothing. */
    if (error && !error_is(error, WEFT_ERROR_NOT_FOUND)) {
        failed(job, lane, error);
        return;
    }
    job->at++;
    step(job);
}

static void
step(struct job *job)
{
    struct lane *lane = lane_get(job->relay, job->lane);
    const struct relay_task *task = g_queue_peek_head(&lane->window);
    struct core *core = job->relay->core;

    if (job->at == job->n)
        finish(job, lane);
    else if (task->deed == RELAY_EDIT && job->at == 0)
        core_copy_edit(core, job->ids[0], job->body, stepped, job);
    else if (task->deed == RELAY_EDIT || task->deed == RELAY_DELETE)
        core_copy_delete(core, job->ids[job->at], stepped, job);
    else
        core_copy_react(core, job->ids[0], format_emoji(task->emoji), task->deed == RELAY_REACT,
                        stepped, job);
}

/* The task stands first again when the first step is made: the lane puts it back. */
static enum engine_result
begin(struct lane *lane, const GArray *members, unsigned n, struct rich *body_take)
{
    struct job *job = job_new(lane, NULL);

    job->ids = g_memdup2(members->data, members->len * sizeof(int64_t));
    job->n = n;
    job->body = body_take;
    lane->begins = job;
    return ENGINE_BUSY;
}

void
deeds_begin(struct lane *lane)
{
    struct job *job = g_steal_pointer(&lane->begins);

    if (job && job->starts)
        job->starts(job);
    else if (job)
        step(job);
}

/* --- which messages --- */

static void
drop_deleted(struct relay *relay, GArray *members)
{
    for (unsigned i = members->len; i > 0; i--) {
        struct message *message = core_message(relay->core, g_array_index(members, int64_t, i - 1));
        if (!message || (message->flags & MESSAGE_DELETED) != 0)
            g_array_remove_index(members, i - 1);
        message_unref(message);
    }
}

/* The members of the family in the lane that are not deleted; empty: there are none. False: they
 * must be waited for. */
static bool
find_members(struct lane *lane, const struct relay_task *task, GArray **ret_members)
{
    struct relay *relay = lane->relay;
    bool waits = false;
    const int64_t origin_id = family_origin(relay, task->source_id);

    *ret_members = NULL;
    if (lane->issued > 0 || lane->deleting)
        return false;
    GArray *members = family_members(relay, origin_id, lane->buffer_id, &waits);
    if (waits || (members->len == 0 && lane_awaits(lane, origin_id))) {
        g_array_unref(members);
        return false;
    }
    drop_deleted(relay, members);
    *ret_members = members;
    return true;
}

static bool
has_id(struct lane *lane, int64_t message_id)
{
    struct message *message = core_message(lane->relay->core, message_id);
    const bool has = message && message->remote_id;

    message_unref(message);
    return has;
}

static bool
can(struct lane *lane, const struct relay_task *task, enum capability capability,
    const GArray *members)
{
    return (caps_of(lane) & capability) != 0 && !lane_degraded(lane, task->id) &&
           has_id(lane, g_array_index(members, int64_t, 0));
}

/* Was this copy refused, so that nobody has seen it? */
static bool
was_refused(struct lane *lane, const GArray *members)
{
    struct message *message = core_message(lane->relay->core, g_array_index(members, int64_t, 0));
    const bool refused = message && message->state == MESSAGE_FAILED;

    message_unref(message);
    return refused;
}

/* --- deletions --- */

static enum engine_result
delete_there(struct lane *lane, const struct route *route, struct relay_task *task,
             const struct message *message)
{
    g_autoptr(GArray) members = NULL;
    struct message *origin =
        core_message(lane->relay->core, family_origin(lane->relay, message->id));
    /* Who takes a copy away elsewhere does not take away what was said. */
    const bool home = origin && origin->buffer_id == lane->buffer_id;
    const bool told = (caps_of(lane) & CAP_DELETE) != 0 && !lane_degraded(lane, task->id);

    message_unref(origin);
    if (home || !wants(route, "deletions"))
        return end(lane, task);
    if (!find_members(lane, task, &members))
        return ENGINE_LATER;
    if (told) {
        /* What had to be said in lines of their own goes with it: "(changed) …". */
        if (!family_add_notes(lane->relay, family_origin(lane->relay, message->id), lane->buffer_id,
                              members))
            return ENGINE_LATER;
        drop_deleted(lane->relay, members);
    }
    if (members->len == 0)
        return end(lane, task);
    if (told)
        return begin(lane, members, members->len, NULL);
    if (was_refused(lane, members))
        return end(lane, task);
    g_autofree char *name =
        engine_plain_name(lane, route, message->sender_id, message->sender_name);
    g_autofree char *text = format_deleted(name, message, relay_now_us(lane->relay));
    engine_note(lane, route, task, text, "deleted");
    return ENGINE_DONE;
}

/* --- changes --- */

/* It may have been said under another name, which the network lets nobody do any more, or not yet.
 */
static bool
says_it_already(struct lane *lane, const GArray *members, const struct engine_copy *now)
{
    struct message *copy = core_message(lane->relay->core, g_array_index(members, int64_t, 0));
    const bool same = copy && members->len == 1 &&
                      (rich_equal(copy->body, now->body) ||
                       (now->otherwise && rich_equal(copy->body, now->otherwise)));

    message_unref(copy);
    return same;
}

static bool
was_late(struct lane *lane, const GArray *members, const struct message *message)
{
    struct message *copy = core_message(lane->relay->core, g_array_index(members, int64_t, 0));
    const bool late = copy && format_is_late(copy, message->time_us);

    message_unref(copy);
    return late;
}

/* It cannot be changed there: the new text is said, once. */
static enum engine_result
say_changed(struct lane *lane, const struct route *route, struct relay_task *task,
            const struct message *message)
{
    struct message *changed = message_dup(message);
    struct engine_copy copy;
    g_autofree char *spans = rich_encode_spans(message->body);
    g_autofree char *said = g_strdup_printf("%s\n%s", message->body->text, spans ? spans : "");
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, said, -1);
    g_autofree char *seed = g_strconcat("changed ", hash, NULL);

    rich_free(changed->body);
    changed->body =
        format_edited(message->body, core_copy_lacks(lane->relay->core, lane->buffer_id));
    const bool formatted = engine_format(lane, route, task, changed, NULL, false, &copy);
    message_unref(changed);
    if (!formatted)
        return ENGINE_LATER;
    engine_say(lane, task, &copy, NULL, seed);
    engine_copy_clear(&copy);
    return ENGINE_DONE;
}

static enum engine_result
change_there(struct lane *lane, const struct route *route, struct relay_task *task,
             const struct message *message)
{
    g_autoptr(GArray) members = NULL;
    struct engine_answer answer;
    struct engine_copy copy;

    /* A copy is changed by us alone. */
    if (!wants(route, "edits") || family_origin(lane->relay, message->id) != message->id ||
        (message->flags & (MESSAGE_DELETED | MESSAGE_IGNORED)) != 0)
        return end(lane, task);
    if (!find_members(lane, task, &members))
        return ENGINE_LATER;
    if (members->len == 0 || was_refused(lane, members))
        return end(lane, task);
    if (!engine_answered(lane, route, message, &answer))
        return ENGINE_LATER;
    const bool late = was_late(lane, members, message);
    const bool formatted = engine_format(lane, route, task, message, &answer, late, &copy);
    engine_answer_clear(&answer);
    if (!formatted)
        return ENGINE_LATER;
    const bool said = says_it_already(lane, members, &copy);
    struct rich *body = g_steal_pointer(&copy.body);
    engine_copy_clear(&copy);
    enum engine_result result;
    if (said)
        result = end(lane, task);
    else if (can(lane, task, CAP_EDIT, members))
        return begin(lane, members, (caps_of(lane) & CAP_DELETE) != 0 ? members->len : 1, body);
    else
        result = say_changed(lane, route, task, message);
    rich_free(body);
    return result;
}

/* --- reactions --- */

static void
counted(void *user, unsigned n)
{
    struct job *job = user;
    struct lane *lane = job_back(job);

    if (!lane)
        return;
    const struct relay_task *task = g_queue_peek_head(&lane->window);
    job->stored = false;
    /* Others have it still: our account keeps it for them. */
    if (n > 1) {
        job->at = job->n;
    } else {
        store_put_relay_reaction(lane->relay->store, job->ids[0], format_emoji(task->emoji), false);
    }
    step(job);
}

static void
count_first(struct job *job)
{
    struct lane *lane = lane_get(job->relay, job->lane);
    const struct relay_task *task = g_queue_peek_head(&lane->window);

    job->stored = true;
    store_count_reaction(lane->relay->store, job->ids[0], format_emoji(task->emoji), 0, counted,
                         job);
}

static void
reserved(void *user, unsigned n)
{
    struct job *job = user;

    if (!job_back(job))
        return;
    job->stored = false;
    step(job);
}

/* On disk before anything leaves: killed in between, weft would take its own reaction for that of
 * somebody there, and bring it back to where it comes from. */
static void
reserve_first(struct job *job)
{
    struct lane *lane = lane_get(job->relay, job->lane);
    const struct relay_task *task = g_queue_peek_head(&lane->window);

    job->stored = true;
    store_put_relay_reaction(lane->relay->store, job->ids[0], format_emoji(task->emoji), true);
    store_count_reaction(lane->relay->store, job->ids[0], format_emoji(task->emoji), 0, reserved,
                         job);
}

static enum engine_result
react_there(struct lane *lane, const struct route *route, struct relay_task *task)
{
    const bool add = task->deed == RELAY_REACT;
    g_autoptr(GArray) members = NULL;

    if (!wants(route, "reactions") || !task->emoji)
        return end(lane, task);
    if (!find_members(lane, task, &members))
        return ENGINE_LATER;
    if (members->len == 0 || was_refused(lane, members))
        return end(lane, task);
    const int64_t target = g_array_index(members, int64_t, 0);
    if (can(lane, task, CAP_REACT, members)) {
        begin(lane, members, 1, NULL);
        lane->begins->starts = add ? reserve_first : count_first;
        return ENGINE_BUSY;
    }
    if (!add)
        return end(lane, task);
    struct message *message = core_message(lane->relay->core, target);
    g_autofree char *name = engine_plain_name(lane, route, NULL, task->who);
    g_autofree char *text = format_reacted(name, task->emoji, message);
    g_autofree char *seed =
        g_strdup_printf("reacted %s %s", task->who ? task->who : "", task->emoji);
    message_unref(message);
    engine_note(lane, route, task, text, seed);
    return ENGINE_DONE;
}

enum engine_result
deeds_do(struct lane *lane, const struct route *route, struct relay_task *task,
         const struct message *message)
{
    switch (task->deed) {
    case RELAY_DELETE:
        return delete_there(lane, route, task, message);
    case RELAY_EDIT:
        return change_there(lane, route, task, message);
    case RELAY_REACT:
    case RELAY_UNREACT:
        return react_there(lane, route, task);
    default:
        return end(lane, task);
    }
}

/* --- topics --- */

static void
topic_set(struct core *core, const GError *error, void *user)
{
    struct job *job = user;
    struct lane *lane = job_back(job);

    if (!lane)
        return;
    if (error) {
        failed(job, lane, error);
        return;
    }
    job->at = job->n;
    step(job);
}

static void
set_topic(struct job *job)
{
    core_copy_topic(job->relay->core, job->lane, job->text, topic_set, job);
}

enum engine_result
deeds_topic(struct lane *lane, const struct route *route, struct relay_task *task,
            const struct message *message)
{
    const char *topics = options_text(route->gateway->options, "topics");
    const struct buffer *buffer = core_buffer(lane->relay->core, lane->buffer_id);
    const char *there = buffer && buffer->topic ? buffer->topic : "";
    const char *topic = message->body->text;
    const bool sets = strcmp(topics, "set") == 0;

    if (strcmp(topics, "off") == 0 || (message->flags & MESSAGE_LATE) != 0)
        return end(lane, task);
    g_autofree char *safe = engine_plain_text(lane, route, topic);
    /* That is how a topic that we have set comes back. */
    if (sets && (strcmp(there, safe) == 0 || strcmp(there, topic) == 0))
        return end(lane, task);
    if (sets && (caps_of(lane) & CAP_SET_TOPIC) != 0 && !lane_degraded(lane, task->id)) {
        g_autoptr(GArray) none = g_array_new(FALSE, FALSE, sizeof(int64_t));
        begin(lane, none, 1, NULL);
        lane->begins->text = g_steal_pointer(&safe);
        lane->begins->starts = set_topic;
        return ENGINE_BUSY;
    }
    g_autofree char *name =
        engine_plain_name(lane, route, message->sender_id, message->sender_name);
    g_autofree char *text = format_topic(name, topic);
    engine_note(lane, route, task, text, "topic");
    return ENGINE_DONE;
}
