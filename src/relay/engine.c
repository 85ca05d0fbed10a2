/* What becomes of one task: a message that is said elsewhere. What is done to messages: deeds.c. */
#include <string.h>

#include "base/error.h"
#include "core/address.h"
#include "core/options.h"
#include "relay/format.h"
#include "relay/relay_priv.h"
#include "text/spell.h"

/* --- who, and what must not cross --- */

static const char *
label_of(const struct account *account)
{
    return account->label ? account->label : account->name;
}

/* "libera/#lab", as people of other places read it. */
static char *
place_of(struct lane *lane, int64_t buffer_id)
{
    const struct buffer *buffer = core_buffer(lane->relay->core, buffer_id);
    const struct account *account =
        buffer ? core_account(lane->relay->core, buffer->account_id) : NULL;

    return account ? g_strdup_printf("%s (%s)", buffer->name, label_of(account)) : g_strdup("?");
}

static const char *
template_of(const struct route *route)
{
    return route->leg->config->name ? route->leg->config->name
                                    : options_text(route->gateway->options, "name");
}

static bool
read_who(struct lane *lane, const struct route *route, const char *id, const char *nick,
         struct people_who *ret_who)
{
    struct core *core = lane->relay->core;
    const struct buffer *buffer = core_buffer(core, route->from);
    const struct account *account = buffer ? core_account(core, buffer->account_id) : NULL;

    if (!account)
        return false;
    *ret_who = (struct people_who){.account_id = account->id,
                                   .source = {.nick = nick ? nick : id,
                                              .id = id ? id : nick,
                                              .account = account->name,
                                              .network = account->network,
                                              .label = account->label,
                                              .buffer = buffer->name,
                                              .gateway = route->gateway->section}};
    return ret_who->source.nick != NULL;
}

char *
engine_name(struct lane *lane, const struct route *route, const char *id, const char *nick)
{
    const size_t bytes = core_copy_name_bytes(lane->relay->core, lane->buffer_id);
    struct people_who who;

    if (!read_who(lane, route, id, nick, &who))
        return g_strdup("somebody");
    return people_name(lane->relay->people, lane->buffer_id, &who, template_of(route),
                       bytes > 0 ? bytes : NAMES_MAX_BYTES);
}

char *
engine_plain_name(struct lane *lane, const struct route *route, const char *id, const char *nick)
{
    struct people_who who;

    return read_who(lane, route, id, nick, &who) ? names_make(template_of(route), &who.source)
                                                 : g_strdup("somebody");
}

/* Their own comes before what the gateway has for those who have none. NULL: nothing is known of a
 * picture. */
static char *
avatar_of(struct lane *lane, const struct route *route, const struct message *message)
{
    const char *template = options_text(route->gateway->options, "avatar");
    struct people_who who;

    if (template && strcmp(template, GATEWAY_NO_AVATAR) == 0)
        return NULL;
    char *own = core_copy_picture(lane->relay->core, message);
    if (own)
        return own;
    return template && read_who(lane, route, message->sender_id, message->sender_name, &who)
               ? names_address(template, &who.source)
               : NULL;
}

static char *
prefix_of(struct lane *lane, const struct route *route, const struct message *message,
          const char *name, struct names_range *ret_name)
{
    struct people_who who;

    if (!read_who(lane, route, message->sender_id, message->sender_name, &who))
        return g_strdup("");
    return names_prefix(options_text(route->gateway->options, "prefix"), &who.source, name,
                        ret_name);
}

/* NULL: names have none there. */
static const char *
color_of(struct lane *lane, const struct route *route, const char *name)
{
    const bool wanted =
        route->leg->config->name_colors || options_bool(route->gateway->options, "name_colors");

    return wanted && name && core_copy_has_colors(lane->relay->core, lane->buffer_id)
               ? names_color(name)
               : NULL;
}

struct finding {
    struct relay *relay;
    int64_t from;    /* buffer: where the name is heard */
    int64_t account; /* of the lane: where its owner must be at home */
};

static bool
find_shown(void *user, const char *name, struct guard_person *ret_person)
{
    const struct finding *finding = user;
    const struct person *person = people_find(finding->relay->people, finding->from, name);

    if (!person || person->account_id != finding->account)
        return false;
    ret_person->id = g_strdup(person->id);
    ret_person->name = g_strdup(person->nick);
    return true;
}

static struct rich *
guarded(struct lane *lane, const struct route *route, const struct rich *body)
{
    struct core *core = lane->relay->core;
    const struct buffer *buffer = core_buffer(core, lane->buffer_id);
    struct finding finding = {
        .relay = lane->relay, .from = route->from, .account = buffer ? buffer->account_id : 0};
    const struct guard_text guard = {.calls_everyone =
                                         core_copy_calls_everyone(core, lane->buffer_id),
                                     .everyone = route->leg->config->everyone ||
                                                 options_bool(route->gateway->options, "everyone"),
                                     .find = find_shown,
                                     .user = &finding};

    return guard_text(body, &guard);
}

char *
engine_plain_text(struct lane *lane, const struct route *route, const char *text)
{
    struct rich *body = rich_new(text, -1);
    struct rich *safe = guarded(lane, route, body);
    char *plain = g_strdup(safe->text);

    rich_free(body);
    rich_free(safe);
    return plain;
}

/* --- giving it to core --- */

static void
was_added(struct core *core, bool added, const GError *error, void *user)
{
    struct job *job = user;
    struct lane *lane = job_back(job);

    if (!lane)
        return;
    struct relay_task *task = g_steal_pointer(&job->task);
    lane->issued--;
    job_free(job);
    if (!added)
        tally_abort(lane, task->source_id);
    if (!error || error_is(error, WEFT_ERROR_CONFLICT)) {
        lane_ended(lane, task); /* it is there, from now on or already */
    } else if (error_is(error, WEFT_ERROR_NOT_FOUND)) {
        relay_task_free(task); /* its source is another row by now */
        lane_again(lane);
    } else if (task->deed == RELAY_SAY && !lane_degraded(lane, task->id) &&
               (error_is(error, WEFT_ERROR_TOO_LARGE) || error_is(error, WEFT_ERROR_UNSUPPORTED))) {
        /* Without its files it may do. */
        lane_degrade(lane, task->id);
        relay_task_free(task);
        lane_again(lane);
    } else if (lane_failed(lane, task, error)) {
        relay_task_free(task);
        lane_again(lane);
    } else {
        lane_give_up(lane, task, error->message);
    }
    lane_kick(lane);
}

static void
launch(struct lane *lane, const struct copy_request *request, struct relay_task *task_take)
{
    lane->issued++;
    tally_launch(lane, task_take);
    struct job *job = job_new(lane, task_take);
    job->stored = true;
    core_copy(lane->relay->core, request, was_added, job);
}

void
engine_say(struct lane *lane, struct relay_task *task_take, const struct engine_copy *copy,
           const struct engine_answer *answer, const char *note_seed)
{
    const struct copy_request request = {.source_id = task_take->source_id,
                                         .buffer_id = lane->buffer_id,
                                         .task_id = task_take->id,
                                         .kind = copy->kind,
                                         .body = copy->body,
                                         .as_name = copy->name,
                                         .as_avatar = copy->avatar,
                                         .said_by = copy->said_by,
                                         .reply_to = answer ? answer->reply_to : NULL,
                                         .thread = answer ? answer->thread : NULL,
                                         .files = copy->files,
                                         .note = note_seed != NULL,
                                         .key_seed = note_seed};

    launch(lane, &request, task_take);
}

static unsigned
caps_of(const struct lane *lane)
{
    const struct buffer *buffer = core_buffer(lane->relay->core, lane->buffer_id);

    return buffer ? buffer->caps : 0;
}

void
engine_note(struct lane *lane, const struct route *route, struct relay_task *task_take,
            const char *text, const char *key_seed)
{
    struct rich *body = rich_new(text, -1);
    struct rich *safe = guarded(lane, route, body);
    const struct copy_request request = {.source_id = task_take->source_id,
                                         .buffer_id = lane->buffer_id,
                                         .task_id = task_take->id,
                                         .kind = (caps_of(lane) & CAP_NOTICE) != 0 ? MESSAGE_NOTICE
                                                                                   : MESSAGE_TEXT,
                                         .body = safe,
                                         .note = true,
                                         .key_seed = key_seed};

    launch(lane, &request, task_take);
    rich_free(body);
    rich_free(safe);
}

/* --- what it answers --- */

void
engine_answer_clear(struct engine_answer *answer)
{
    g_free(answer->reply_to);
    g_free(answer->thread);
    g_free(answer->quoted_name);
    message_unref(answer->quoted);
}

/* The remote id, in the lane, of a message of the source. False: its copy is on its way. */
static bool
find_there(struct lane *lane, const struct route *route, const char *remote_id, char **ret_id,
           struct message **ret_message)
{
    struct relay *relay = lane->relay;
    struct message *message = core_find_message(relay->core, route->from, remote_id);
    bool waits = false;

    *ret_id = NULL;
    *ret_message = message;
    if (!message)
        return true;
    const int64_t origin_id = family_origin(relay, message->id);
    g_autoptr(GArray) members = family_members(relay, origin_id, lane->buffer_id, &waits);
    if (waits || (members->len == 0 && lane_awaits(lane, origin_id)))
        return false;
    for (unsigned i = 0; i < members->len && !*ret_id; i++) {
        struct message *member = core_message(relay->core, g_array_index(members, int64_t, i));
        if (member && (member->flags & MESSAGE_DELETED) == 0)
            *ret_id = g_strdup(member->remote_id);
        message_unref(member);
    }
    return true;
}

/* Who said the message, as they are known in the lane. */
static char *
author_of(struct lane *lane, const struct route *route, const struct message *message)
{
    struct relay_copy copy;
    struct message *origin = store_find_copy(lane->relay->store, message->id, &copy)
                                 ? core_message(lane->relay->core, copy.source_id)
                                 : NULL;
    const struct route *way =
        origin ? gateways_route(lane->relay, origin->buffer_id, lane->buffer_id) : route;
    char *name = NULL;

    const struct message *said = origin ? origin : message;
    if ((said->flags & MESSAGE_OWN) != 0 || said->buffer_id == lane->buffer_id)
        name = g_strdup(said->sender_name);
    else if (origin && way)
        name = engine_name(lane, way, origin->sender_id, origin->sender_name);
    else if (message->sender_id || message->sender_name)
        name = engine_name(lane, route, message->sender_id, message->sender_name);
    message_unref(origin);
    return name;
}

bool
engine_answered(struct lane *lane, const struct route *route, const struct message *message,
                struct engine_answer *ret_answer)
{
    const unsigned caps = caps_of(lane);
    const bool replies = options_bool(route->gateway->options, "replies");
    const char *reply_to = message->reply_to ? message->reply_to : message->thread;
    struct message *answered = NULL;
    struct message *root = NULL;

    *ret_answer = (struct engine_answer){0};
    if (!replies || !reply_to)
        return true;
    if (lane->issued > 0 || !find_there(lane, route, reply_to, &ret_answer->reply_to, &answered)) {
        message_unref(answered);
        return false;
    }
    if (message->thread && (caps & CAP_THREADS) != 0)
        find_there(lane, route, message->thread, &ret_answer->thread, &root);
    message_unref(root);
    if ((caps & (CAP_REPLY | CAP_THREADS)) == 0)
        g_clear_pointer(&ret_answer->reply_to, g_free);
    if (answered && !ret_answer->reply_to && !ret_answer->thread) {
        ret_answer->quoted = message_ref(answered);
        ret_answer->quoted_name = author_of(lane, route, answered);
    }
    message_unref(answered);
    return true;
}

/* --- what it looks like --- */

void
engine_copy_clear(struct engine_copy *copy)
{
    rich_free(copy->body);
    rich_free(copy->otherwise);
    g_free(copy->name);
    g_free(copy->said_by);
    g_free(copy->avatar);
    g_clear_pointer(&copy->files, g_ptr_array_unref);
}

#define SHORT_BYTES 200 /* no network divides so short a text */

/* Does each line become a message of its own there, for some people at least, and how long may one
 * be? */
static void
ask_lines(struct lane *lane, const struct message *message, struct format *format)
{
    struct core *core = lane->relay->core;
    struct measure measure = {0};

    struct rich *body = spell_out(message->body, format->lacks);
    const bool is_short = !strchr(body->text, '\n') && body->len < SHORT_BYTES && !format->lines;
    const size_t apart_bytes = core_copy_line_bytes(core, lane->buffer_id);
    rich_free(body);
    if (is_short)
        return;
    core_measure(core, lane->buffer_id, "a\nb", &measure);
    format->every_line = measure.messages > 1 || apart_bytes > 0;
    core_measure(core, lane->buffer_id, "a", &measure);
    if (measure.messages == 1 && measure.left_bytes < SIZE_MAX)
        format->line_bytes = measure.left_bytes + 1;
    if (apart_bytes > 0)
        format->line_bytes =
            format->line_bytes > 0 ? MIN(format->line_bytes, apart_bytes) : apart_bytes;
}

static enum message_kind
kind_there(const struct message *message, unsigned caps, bool says_who)
{
    if (message->kind == MESSAGE_ACTION && (caps & CAP_ACTION) != 0 && !says_who)
        return MESSAGE_ACTION;
    if (message->kind == MESSAGE_NOTICE && (caps & CAP_NOTICE) != 0)
        return MESSAGE_NOTICE;
    return MESSAGE_TEXT;
}

bool
engine_format(struct lane *lane, const struct route *route, const struct relay_task *task,
              const struct message *message, const struct engine_answer *answer, bool late,
              struct engine_copy *ret_copy)
{
    const unsigned caps = caps_of(lane);
    const bool own = (message->flags & MESSAGE_OWN) != 0;
    const bool named = core_copy_name_bytes(lane->relay->core, lane->buffer_id) > 0;
    const bool can_upload =
        (caps & CAP_UPLOAD) != 0 && options_bool(route->gateway->options, "files");
    const bool upload = can_upload && task->deed == RELAY_SAY && !lane_degraded(lane, task->id);
    const bool tells_files = task->deed == RELAY_SAY || !can_upload;
    GPtrArray *lines = NULL;

    *ret_copy = (struct engine_copy){0};
    if (tells_files && !media_prepare(lane, route, message, upload, &ret_copy->files, &lines))
        return false;
    g_autofree char *name =
        own ? NULL : engine_name(lane, route, message->sender_id, message->sender_name);
    struct names_range range = {0};
    const char *color = color_of(lane, route, name);
    g_autofree char *prefix =
        own ? NULL : prefix_of(lane, route, message, name, color ? &range : NULL);
    ret_copy->kind = kind_there(message, caps, name && !named);
    struct format format = {.name = name,
                            .named = named,
                            .prefix = prefix,
                            .color = color,
                            .name_start = range.start,
                            .name_end = range.end,
                            .lacks = core_copy_lacks(lane->relay->core, lane->buffer_id),
                            .acts = ret_copy->kind == MESSAGE_ACTION,
                            .late = late,
                            .now_us = relay_now_us(lane->relay),
                            .answers = answer ? answer->quoted : NULL,
                            .answers_name = answer ? answer->quoted_name : NULL,
                            .lines = lines};
    ask_lines(lane, message, &format);
    struct rich *body = format_copy(message, &format);
    ret_copy->body = guarded(lane, route, body);
    if (name && task->deed == RELAY_EDIT) {
        rich_free(body);
        format.named = !named;
        body = format_copy(message, &format);
        ret_copy->otherwise = guarded(lane, route, body);
    }
    ret_copy->said_by = g_strdup(name);
    if (named && name)
        ret_copy->avatar = avatar_of(lane, route, message);
    ret_copy->name = named ? g_steal_pointer(&name) : NULL;
    rich_free(body);
    g_clear_pointer(&lines, g_ptr_array_unref);
    return true;
}

/* --- what came too late --- */

static void
skip(struct lane *lane, struct relay_task *task_take, const struct message *message)
{
    struct late_run *late = &lane->late;

    if (late->ids->len == 0) {
        late->from = task_take->from;
        late->from_us = late->to_us = message->time_us;
    }
    late->from_us = MIN(late->from_us, message->time_us);
    late->to_us = MAX(late->to_us, message->time_us);
    late->last_source_id = task_take->source_id;
    g_array_append_val(late->ids, task_take->id);
    relay_task_free(task_take);
}

/* The line takes the last of the tasks with it; the others end in the same transaction. */
void
engine_tell_late(struct lane *lane)
{
    struct late_run *late = &lane->late;
    const unsigned n = late->ids->len;
    const struct route *route =
        n > 0 ? gateways_route(lane->relay, late->from, lane->buffer_id) : NULL;

    if (!route)
        return;
    g_autofree char *place = place_of(lane, late->from);
    g_autofree char *text =
        format_skipped(n, place, late->from_us, late->to_us, relay_now_us(lane->relay));
    struct relay_task *task = g_new0(struct relay_task, 1);
    *task = (struct relay_task){.id = g_array_index(late->ids, int64_t, n - 1),
                                .lane = lane->buffer_id,
                                .source_id = late->last_source_id,
                                .from = late->from,
                                .deed = RELAY_SAY,
                                .added_us = relay_now_us(lane->relay)};
    for (unsigned i = 0; i + 1 < n; i++) {
        struct relay_task *other = g_new0(struct relay_task, 1);
        other->id = g_array_index(late->ids, int64_t, i);
        other->from = late->from;
        lane_end(lane, other);
    }
    g_array_set_size(late->ids, 0);
    engine_note(lane, route, task, text, "late");
}

static bool
is_too_late(const struct lane *lane, const struct route *route, const struct relay_task *task,
            const struct message *message)
{
    const int64_t most_us =
        options_number(route->gateway->options, "max_late") * 60 * G_USEC_PER_SEC;

    return (message->flags & MESSAGE_LATE) != 0 && task->added_us - message->time_us > most_us;
}

/* --- a message --- */

static bool
is_talk(const struct message *message)
{
    return message->kind == MESSAGE_TEXT || message->kind == MESSAGE_ACTION ||
           message->kind == MESSAGE_NOTICE;
}

/* Is there something that may be said elsewhere? */
static bool
may_cross(struct lane *lane, const struct route *route, const struct message *message)
{
    const unsigned never = MESSAGE_DELETED | MESSAGE_IGNORED | MESSAGE_EPHEMERAL | MESSAGE_RELAYED;
    struct relay *relay = lane->relay;
    const struct buffer *buffer = core_buffer(relay->core, message->buffer_id);

    if (!buffer || (message->flags & never) != 0 || buffer->kind == BUFFER_DIRECT ||
        buffer->kind == BUFFER_GROUP || family_is_seen_copy(relay, message))
        return false;
    if (is_talk(message) && message->body->len == 0 && !message->files)
        return false;
    /* Fetched, from before the channels were joined: who said it did not know of the others. */
    if ((message->flags & MESSAGE_LATE) != 0 &&
        message->time_us < route->since_us - RELAY_CLOCKS_US)
        return false;
    if (route->gateway->ignores->len == 0)
        return true;
    g_autofree char *address = core_buffer_address(relay->core, buffer);
    g_auto(GStrv) parts = address_parse(address, NULL);
    return !parts || !guard_ignores(route->gateway->ignores, message, parts);
}

/* Two relays in a ring see the same: the one whose name comes first there waits for the other to
 * stand still. */
static unsigned
rounds_most(const struct lane *lane, const struct message *message)
{
    const struct buffer *buffer = core_buffer(lane->relay->core, message->buffer_id);
    const struct account *account =
        buffer ? core_account(lane->relay->core, buffer->account_id) : NULL;

    return account && account->self_id && message->sender_id &&
                   strcmp(account->self_id, message->sender_id) < 0
               ? GUARD_PATIENT
               : GUARD_ROUNDS;
}

#define AS_IN_A_RING                                                                               \
    "as in a ring of two relays: another bridge may join these channels too. Let one of the two "  \
    "carry them."

/* A ring: the gateway stands still until somebody has looked. */
static bool
trips(struct lane *lane, const struct route *route, const struct message *message)
{
    struct guard_breaker *breaker = route->gateway->breaker;
    const int64_t now_us = relay_now_us(lane->relay);
    const char *who = message->sender_name ? message->sender_name : "somebody";
    const bool storm = guard_breaker_trips(breaker, message, now_us);
    const bool ring = guard_breaker_rounds(breaker, message, now_us) >= rounds_most(lane, message);

    if (!storm && !ring)
        return false;
    g_autofree char *place = place_of(lane, message->buffer_id);
    g_autofree char *why =
        storm ? g_strdup_printf(
                    "%s sent more than %d messages within %d seconds in %s, " AS_IN_A_RING, who,
                    GUARD_MOST, (int)(GUARD_SPAN_US / G_USEC_PER_SEC), place)
              : g_strdup_printf("What this gateway carried comes back again and again, by %s in "
                                "%s, " AS_IN_A_RING,
                                who, place);
    gateway_trip(lane->relay, route->gateway, why);
    return true;
}

static enum engine_result
say(struct lane *lane, const struct route *route, struct relay_task *task,
    const struct message *message)
{
    const bool late = relay_now_us(lane->relay) - message->time_us > RELAY_LATE_US;
    struct engine_answer answer;
    struct engine_copy copy;

    if (trips(lane, route, message))
        return ENGINE_LATER;
    if (!engine_answered(lane, route, message, &answer))
        return ENGINE_LATER;
    if (!engine_format(lane, route, task, message, &answer, late, &copy)) {
        engine_answer_clear(&answer);
        return ENGINE_LATER;
    }
    guard_breaker_said(route->gateway->breaker, lane->buffer_id, message->body->text,
                       relay_now_us(lane->relay));
    engine_say(lane, task, &copy, &answer, NULL);
    engine_answer_clear(&answer);
    engine_copy_clear(&copy);
    return ENGINE_DONE;
}

/* Half a network that goes and comes back is no hundred lines, behind which talk would wait. */
static char *
presence_text(struct lane *lane, const struct message *message, const char *name)
{
    const int64_t now_us = clock_mono_us(lane->relay->clock);
    g_autofree char *place = place_of(lane, message->buffer_id);
    struct comings *comings = g_hash_table_lookup(lane->comings, &message->buffer_id);

    if (message->kind == MESSAGE_KICK)
        return format_presence(message, name, place);
    if (!comings) {
        comings = g_new0(struct comings, 1);
        g_hash_table_insert(lane->comings,
                            g_memdup2(&message->buffer_id, sizeof message->buffer_id), comings);
    }
    if (now_us - comings->since_us >= RELAY_COMINGS_US)
        *comings = (struct comings){.since_us = now_us};
    comings->n++;
    return comings->n <= RELAY_COMINGS       ? format_presence(message, name, place)
           : comings->n == RELAY_COMINGS + 1 ? format_crowd(place)
                                             : NULL;
}

static enum engine_result
tell_presence(struct lane *lane, const struct route *route, struct relay_task *task,
              const struct message *message)
{
    g_autofree char *name =
        engine_plain_name(lane, route, message->sender_id, message->sender_name);
    /* That we come and go ourselves is nobody's news. */
    const bool tells = (message->flags & (MESSAGE_OWN | MESSAGE_LATE)) == 0 &&
                       options_bool(route->gateway->options, "joins");
    g_autofree char *text = tells ? presence_text(lane, message, name) : NULL;

    if (text)
        engine_note(lane, route, task, text, "presence");
    else
        lane_end(lane, task);
    return ENGINE_DONE;
}

static enum engine_result
do_message(struct lane *lane, const struct route *route, struct relay_task *task,
           const struct message *message)
{
    if (!may_cross(lane, route, message)) {
        lane_end(lane, task);
        return ENGINE_DONE;
    }
    const bool late = is_talk(message) && is_too_late(lane, route, task, message);
    if (lane->late.ids->len > 0 && (!late || lane->late.from != task->from))
        engine_tell_late(lane);
    if (late) {
        skip(lane, task, message);
        return ENGINE_DONE;
    }
    if (message->kind == MESSAGE_TOPIC)
        return deeds_topic(lane, route, task, message);
    if (!is_talk(message))
        return tell_presence(lane, route, task, message);
    return say(lane, route, task, message);
}

enum engine_result
engine_do(struct lane *lane, const struct route *route, struct relay_task *task)
{
    struct message *message = core_message(lane->relay->core, task->source_id);
    enum engine_result result = ENGINE_DONE;

    if (!message)
        lane_end(lane, task);
    else if (task->deed == RELAY_SAY)
        result = do_message(lane, route, task, message);
    else
        result = deeds_do(lane, route, task, message);
    message_unref(message);
    return result;
}
