#include "core/edit.h"

#include "core/engine.h"
#include "store/edit.h"
#include "text/markup.h"

#define TRIES_MOST 3
#define PAUSE_US   (5 * G_USEC_PER_SEC)
#define OWN_LOOKED 500 /* messages back */
#define WHEN_REFUSED                                                                               \
    "It says what it said before; your text is kept: e on it, or /edit, brings it back."

enum phase {
    PHASE_WAITS,    /* for its turn */
    PHASE_MARKING,  /* "sending" is being committed */
    PHASE_HANDED,   /* the driver has it */
    PHASE_SETTLING, /* its end is being committed */
};

/* One that is on its way. Failed ones are on the disk alone. */
struct leaving {
    struct core *core;
    struct edit *edit;
    enum phase phase;
    bool may_have_left;
    bool copy; /* of what others said: refused, it is nobody's text to be kept */
    unsigned tries, timer;
    copy_done_fn fn; /* NULL: nobody asks */
    void *user;
    GError *outcome; /* SETTLING: what `fn` is told; NULL: done */
};

static void
leaving_free(void *data)
{
    struct leaving *leaving = data;
    clock_timer_del(leaving->core->clock, leaving->timer);
    edit_free(leaving->edit);
    g_clear_error(&leaving->outcome);
    g_free(leaving);
}

void
edit_init(struct core *core)
{
    core->edits = g_ptr_array_new_with_free_func(leaving_free);
}

void
edit_fini(struct core *core)
{
    g_ptr_array_unref(core->edits);
}

static struct leaving *
find(struct core *core, int64_t edit_id)
{
    for (guint i = 0; i < core->edits->len; i++) {
        struct leaving *leaving = core->edits->pdata[i];
        if (leaving->edit->id == edit_id)
            return leaving;
    }
    return NULL;
}

static struct leaving *
take(struct core *core, struct edit *edit_taken)
{
    struct leaving *leaving = g_new0(struct leaving, 1);
    leaving->core = core;
    leaving->edit = edit_taken;
    leaving->may_have_left = edit_taken->state == EDIT_SENDING;
    g_ptr_array_add(core->edits, leaving);
    return leaving;
}

/* It is over; NULL: well. */
static void
forget(struct leaving *leaving, const GError *error)
{
    struct core *core = leaving->core;
    const copy_done_fn fn = leaving->fn;
    void *user = leaving->user;
    g_autoptr(GError) kept = error != NULL ? g_error_copy(error) : NULL;

    g_ptr_array_remove(core->edits, leaving);
    if (fn != NULL)
        fn(core, kept, user);
}

void
edit_load(struct core *core, const struct session *session)
{
    if (core->read_only)
        return;
    g_autoptr(GPtrArray) edits =
        store_load_edits(core->store, session != NULL ? session->account->id : 0);
    g_ptr_array_set_free_func(edits, NULL);
    for (guint i = 0; i < edits->len; i++) {
        struct edit *edit = edits->pdata[i];
        const struct room *room = room_get(core, edit->buffer_id);
        if (edit->state == EDIT_FAILED || room == NULL || room->session == NULL ||
            find(core, edit->id) != NULL)
            edit_free(edit);
        else
            take(core, edit);
    }
}

/* --- the end
 * ---------------------------------------------------------------------------------------- */

struct settle {
    struct word word; /* id: the change */
    int64_t buffer_id;
    bool done;
};

/* What waits behind it was typed over it, as the store has it too. */
static void
rebase(struct core *core, const struct message *message)
{
    for (guint i = 0; i < core->edits->len; i++) {
        struct edit *edit = ((struct leaving *)core->edits->pdata[i])->edit;
        if (edit->message_id == message->id) {
            g_free(edit->base);
            edit->base = g_strdup(message->body->text);
        }
    }
}

static void
settled(struct word *word, const struct store_result *result)
{
    struct core *core = word->core;
    struct leaving *leaving = find(core, word->id);
    struct room *room = room_get(core, ((struct settle *)word)->buffer_id);

    if (result->outcome == STORE_STALLED)
        return;
    if (result->message != NULL && ((struct settle *)word)->done)
        rebase(core, result->message);
    if (result->message != NULL)
        word_publish(core, NOTICE_MESSAGE_CHANGED, result->message, false);
    if (leaving != NULL)
        forget(leaving, leaving->outcome);
    if (room != NULL)
        edit_run_room(room);
}

static void
end(struct leaving *leaving, enum edit_state state, const char *error)
{
    struct core *core = leaving->core;
    const struct store_edit_change change = {leaving->edit->id, state, error};
    struct settle *settle = word_new(core, sizeof *settle, settled, leaving->edit->id);

    settle->buffer_id = leaving->edit->buffer_id;
    settle->done = state == EDIT_DONE;
    leaving->phase = PHASE_SETTLING;
    store_set_edit(core->store, &change, word_came, settle);
    if (state == EDIT_FAILED)
        core_say(core, settle->buffer_id,
                 "Your change of a message was not taken: %s " WHEN_REFUSED, error);
}

/* What a person has typed is kept with the message; a copy's is not. */
static void
refused(struct leaving *leaving, int code, const char *error)
{
    if (leaving->copy) {
        leaving->outcome = g_error_new_literal(WEFT_ERROR, code, error);
        end(leaving, EDIT_DROPPED, NULL);
    } else {
        end(leaving, EDIT_FAILED, error);
    }
}

static void
pause_over(void *user)
{
    struct leaving *leaving = user;
    struct room *room = room_get(leaving->core, leaving->edit->buffer_id);

    leaving->timer = 0;
    if (room != NULL)
        edit_run_room(room);
}

static void
try_again(struct leaving *leaving, int64_t pause_us)
{
    leaving->phase = PHASE_WAITS;
    leaving->timer = clock_timer_add(leaving->core->clock, pause_us, pause_over, leaving);
}

static void
failed(struct leaving *leaving, const GError *error)
{
    const int code = error_code(error);

    if (code == WEFT_ERROR_RATE_LIMITED) {
        const int64_t wait_us = error_retry_after_us(error);
        try_again(leaving, wait_us > 0 ? wait_us : PAUSE_US);
    } else if (code != WEFT_ERROR_CLOSED && code != WEFT_ERROR_CANCELLED &&
               code != WEFT_ERROR_TIMEOUT) {
        refused(leaving, code, error->message);
    } else if (leaving->tries >= TRIES_MOST) {
        refused(
            leaving, WEFT_ERROR_TIMEOUT,
            "each time that weft asked for it the answer was lost, and it is not known whether it "
            "has arrived.");
    } else {
        try_again(leaving, PAUSE_US);
    }
}

static void
ended(struct session *session, const GError *error, void *user)
{
    struct leaving *leaving = find(session->core, (int64_t)(intptr_t)user);

    if (leaving == NULL || leaving->phase != PHASE_HANDED)
        return;
    if (error == NULL)
        end(leaving, EDIT_DONE, NULL);
    else
        failed(leaving, error);
}

/* --- the way out
 * -------------------------------------------------------------------------------------- */

/* What became of the message while weft was away is known first. */
static bool
is_ready(const struct room *room)
{
    return outbox_is_ready(room) && (room->pub.caught_up || room->session->grace_over);
}

/* What it would change says something else than when it was typed. */
static bool
is_overtaken(const struct leaving *leaving, const struct message *message)
{
    return g_strcmp0(message->body->text, leaving->edit->base) != 0;
}

static void
hand_over(struct leaving *leaving, struct room *room, const struct message *message)
{
    struct session *session = room->session;
    g_autoptr(GError) error = NULL;
    const op_id op =
        session_begin(session, room->pub.id, ended, (void *)(intptr_t)leaving->edit->id);

    leaving->phase = PHASE_HANDED;
    leaving->may_have_left = true;
    leaving->tries++;
    if (session->driver->edit(session->state, op, &room->pub, message, leaving->edit->body, &error))
        return;
    session_refused(session, op);
    failed(leaving, error);
}

/* On the disk it is marked as having left. */
static void
to_wait(struct leaving *leaving)
{
    leaving->phase = PHASE_WAITS;
    leaving->may_have_left = true;
}

static void
marked(struct word *word, const struct store_result *result)
{
    struct core *core = word->core;
    struct leaving *leaving = find(core, word->id);
    struct room *room = leaving != NULL ? room_get(core, leaving->edit->buffer_id) : NULL;
    const struct message *message = result->message;

    if (result->outcome == STORE_STALLED || leaving == NULL || leaving->phase != PHASE_MARKING)
        return;
    g_autoptr(GError) gone =
        g_error_new(WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "This message is not there any more.");
    leaving->copy = message != NULL && (message->flags & MESSAGE_RELAYED) != 0;
    if (message == NULL || message->remote_id == NULL) /* typed anew, or taken back meanwhile */
        forget(leaving, gone);
    else if (room == NULL || !is_ready(room))
        to_wait(leaving);
    else if (leaving->may_have_left && rich_equal(message->body, leaving->edit->body))
        end(leaving, EDIT_DONE, NULL);
    else if (!leaving->may_have_left && is_overtaken(leaving, message))
        refused(leaving, WEFT_ERROR_CONFLICT, "the message was changed elsewhere meanwhile.");
    else
        hand_over(leaving, room, message);
}

static void
start(struct leaving *leaving)
{
    const struct store_edit_change change = {leaving->edit->id, EDIT_SENDING, NULL};

    leaving->phase = PHASE_MARKING;
    store_set_edit(leaving->core->store, &change, word_came,
                   word_new(leaving->core, sizeof(struct word), marked, leaving->edit->id));
}

/* Of one message one after the other. */
static bool
is_first(const struct core *core, const struct leaving *leaving)
{
    for (guint i = 0; i < core->edits->len; i++) {
        const struct leaving *other = core->edits->pdata[i];
        if (other == leaving)
            return true;
        if (other->edit->message_id == leaving->edit->message_id)
            return false;
    }
    return true;
}

void
edit_run_room(struct room *room)
{
    struct core *core = room->session != NULL ? room->session->core : NULL;

    if (core == NULL || core->leaving || !is_ready(room))
        return;
    for (guint i = 0; i < core->edits->len; i++) {
        struct leaving *leaving = core->edits->pdata[i];
        if (leaving->edit->buffer_id == room->pub.id && leaving->phase == PHASE_WAITS &&
            leaving->timer == 0 && is_first(core, leaving))
            start(leaving);
    }
}

/* --- what the person wants
 * ---------------------------------------------------------------------------- */

static bool
refuse(GError **error, int code, const char *sentence)
{
    g_set_error_literal(error, WEFT_ERROR, code, sentence);
    return false;
}

static bool
is_said(const struct message *message)
{
    return message->kind == MESSAGE_TEXT || message->kind == MESSAGE_ACTION ||
           message->kind == MESSAGE_NOTICE;
}

static char *
span_words(int64_t seconds)
{
    if (seconds < 120)
        return g_strdup_printf("%d seconds", (int)seconds);
    if (seconds < 7200)
        return g_strdup_printf("%d minutes", (int)(seconds / 60));
    return g_strdup_printf("%d hours", (int)MIN(seconds / 3600, INT_MAX));
}

/* The network's own time limit. */
static bool
in_time(struct core *core, const struct session *session, const struct message *message,
        GError **error)
{
    const int64_t window_us = session->limits.edit_window_us;

    if (window_us <= 0 || clock_wall_us(core->clock) - message->time_us <= window_us)
        return true;
    g_autofree char *span = span_words(window_us / G_USEC_PER_SEC);
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_FORBIDDEN,
                "%s lets a message be changed for %s only, and this one is older.",
                session->account->name, span);
    return false;
}

/* What markup_write() has no marks for would be lost. */
static bool
can_be_typed(const struct session *session, const struct message *message, GError **error)
{
    if (session->driver->write_typed != NULL)
        return true;
    for (guint i = 0; i < message->body->spans->len; i++)
        if (g_array_index(message->body->spans, struct span, i).kind == SPAN_BLOCK)
            return refuse(error, WEFT_ERROR_UNSUPPORTED,
                          "There is a block of code in it, which weft cannot write: change it "
                          "where you wrote it.");
    return true;
}

static bool
may_change(struct core *core, const struct message *message, GError **error)
{
    const struct room *room = room_get(core, message->buffer_id);

    if (core->read_only)
        return refuse(error, WEFT_ERROR_CONFLICT,
                      "Another weft runs with this profile: this one only reads.");
    if (room == NULL || room->session == NULL || (room->pub.caps & CAP_EDIT) == 0)
        return refuse(error, WEFT_ERROR_UNSUPPORTED, capability_lack(CAP_EDIT));
    if ((message->flags & MESSAGE_OWN) == 0)
        return refuse(error, WEFT_ERROR_FORBIDDEN,
                      "Only what you have said yourself can be changed.");
    if (!is_said(message) || (message->flags & MESSAGE_DELETED) != 0)
        return refuse(error, WEFT_ERROR_NOT_FOUND, "There is no text in it that could be changed.");
    if (message->remote_id == NULL || message->id <= 0)
        return refuse(error, WEFT_ERROR_CONFLICT,
                      "This message is not sent yet: it can be changed when the network has it.");
    return in_time(core, room->session, message, error);
}

bool
core_may_edit(struct core *core, const struct message *message, GError **error)
{
    const struct room *room = room_get(core, message->buffer_id);

    return may_change(core, message, error) && can_be_typed(room->session, message, error);
}

struct message *
core_own_message(struct core *core, int64_t buffer_id, unsigned back, GError **error)
{
    const struct room *room = room_get(core, buffer_id);
    g_autoptr(GPtrArray) messages = store_load_newest(core->store, buffer_id, OWN_LOOKED);

    if (room != NULL && (room->pub.caps & CAP_EDIT) == 0) {
        refuse(error, WEFT_ERROR_UNSUPPORTED, capability_lack(CAP_EDIT));
        return NULL;
    }
    for (guint i = messages->len; i > 0; i--) {
        struct message *message = messages->pdata[i - 1];
        if ((message->flags & (MESSAGE_OWN | MESSAGE_RELAYED)) != MESSAGE_OWN ||
            (message->flags & MESSAGE_DELETED) != 0 || !is_said(message) || --back > 0)
            continue;
        return core_may_edit(core, message, error) ? message_ref(message) : NULL;
    }
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                "You have said nothing among the newest %d messages of this buffer.", OWN_LOOKED);
    return NULL;
}

/* What one would type there for this text. */
static char *
written(const struct room *room, const struct rich *body)
{
    const struct session *session = room != NULL ? room->session : NULL;

    if (session == NULL || session->driver == NULL)
        return markup_write(body, 0);
    if (session->driver->write_typed == NULL || session->state == NULL)
        return markup_write(body, session->driver->marks);
    return session->driver->write_typed(session->state, &room->pub, body);
}

char *
core_edit_source(struct core *core, const struct message *message)
{
    struct edit *edit = store_find_edit(core->store, message->id);
    g_autofree char *typed = edit != NULL ? NULL : store_load_source(core->store, message->id);
    char *source = edit == NULL           ? g_steal_pointer(&typed)
                   : edit->source != NULL ? g_strdup(edit->source)
                                          : g_strdup(edit->body->text);

    edit_free(edit);
    return source != NULL ? source : written(room_get(core, message->buffer_id), message->body);
}

struct adding {
    struct word word; /* id: the buffer */
    struct edit *edit;
    copy_done_fn fn;
    void *user;
};

static void
adding_fini(struct word *word)
{
    edit_free(((struct adding *)word)->edit);
}

/* Those that had not left make room for it, as they did on the disk. */
static void
forget_waiting(struct core *core, int64_t message_id)
{
    g_autoptr(GError) over =
        g_error_new(WEFT_ERROR, WEFT_ERROR_CANCELLED, "Another change has taken its place.");

    for (guint i = core->edits->len; i-- > 0;) {
        const struct leaving *leaving = core->edits->pdata[i];
        if (leaving->edit->message_id == message_id && leaving->phase == PHASE_WAITS &&
            !leaving->may_have_left)
            forget(core->edits->pdata[i], over);
    }
}

static void
added(struct word *word, const struct store_result *result)
{
    struct adding *adding = (struct adding *)word;
    struct core *core = word->core;
    struct room *room = room_get(core, word->id);

    if (result->outcome == STORE_MISSING && adding->fn != NULL) {
        g_autoptr(GError) gone =
            g_error_new(WEFT_ERROR, WEFT_ERROR_NOT_FOUND, "This message is not there any more.");
        adding->fn(core, gone, adding->user);
    }
    if (result->outcome != STORE_NEW || room == NULL)
        return;
    struct edit *edit = g_steal_pointer(&adding->edit);
    struct edit *stored = store_find_edit(core->store, edit->message_id);
    edit->id = result->outbox_id;
    edit->base = stored != NULL ? g_strdup(stored->base) : NULL;
    edit_free(stored);
    forget_waiting(core, edit->message_id);
    struct leaving *leaving = take(core, edit);
    leaving->fn = adding->fn;
    leaving->user = adding->user;
    word_publish(core, NOTICE_MESSAGE_CHANGED, result->message, false);
    edit_run_room(room);
}

static struct adding *
add(struct core *core, struct room *room, const struct message *message, struct rich *body_taken,
    const char *typed)
{
    struct adding *adding = word_new(core, sizeof *adding, added, room->pub.id);
    struct edit *edit = g_new0(struct edit, 1);

    adding->word.fini = adding_fini;
    adding->edit = edit;
    edit->account_id = room->session->account->id;
    edit->buffer_id = room->pub.id;
    edit->message_id = message->id;
    edit->body = body_taken;
    edit->source = g_strcmp0(typed, body_taken->text) != 0 ? g_strdup(typed) : NULL;
    edit->created_us = clock_wall_us(core->clock);
    store_add_edit(core->store, edit, word_came, adding);
    return adding;
}

static bool
change(struct core *core, const struct message *message, const char *typed, GError **error)
{
    struct room *room = room_get(core, message->buffer_id);

    if (!core_may_edit(core, message, error))
        return false;
    if (*typed == '\0')
        return refuse(error, WEFT_ERROR_BAD_INPUT,
                      "An empty text is no message. To take it back for everybody: d on it, or "
                      "/delete.");
    struct rich *body = writing_read(core, room, typed);
    if (!writing_is_one(core, room, message->kind, body, error)) {
        rich_free(body);
        return false;
    }
    add(core, room, message, body, typed);
    return true;
}

bool
core_edit(struct core *core, int64_t message_id, const char *typed, GError **error)
{
    struct message *message = store_load_message(core->store, message_id);
    const bool good = message != NULL
                          ? change(core, message, typed, error)
                          : refuse(error, WEFT_ERROR_NOT_FOUND, "This message is not here.");

    message_unref(message);
    return good;
}

static bool
is_changing(const struct core *core, int64_t message_id)
{
    for (guint i = 0; i < core->edits->len; i++)
        if (((const struct leaving *)core->edits->pdata[i])->edit->message_id == message_id)
            return true;
    return false;
}

void
core_copy_edit(struct core *core, int64_t message_id, const struct rich *body, copy_done_fn fn,
               void *user)
{
    struct message *message = store_load_message(core->store, message_id);
    struct room *room = message != NULL ? room_get(core, message->buffer_id) : NULL;
    GError *error = NULL;
    bool may = false;

    if (message == NULL || (message->flags & MESSAGE_DELETED) != 0)
        refuse(&error, WEFT_ERROR_NOT_FOUND, "This message is not there any more.");
    else
        may = may_change(core, message, &error) &&
              writing_is_one(core, room, message->kind, body, &error);
    if (may && (is_changing(core, message_id) || !rich_equal(message->body, body))) {
        struct adding *adding = add(core, room, message, rich_dup(body), body->text);
        adding->fn = fn;
        adding->user = user;
    } else {
        copy_answer(core, fn, user, error);
    }
    message_unref(message);
}

void
core_edit_drop(struct core *core, int64_t message_id)
{
    struct edit *edit = store_find_edit(core->store, message_id);

    if (edit != NULL && edit->state == EDIT_FAILED && !core->read_only) {
        const struct store_edit_change change = {edit->id, EDIT_DROPPED, NULL};
        struct settle *settle = word_new(core, sizeof *settle, settled, edit->id);
        settle->buffer_id = edit->buffer_id;
        store_set_edit(core->store, &change, word_came, settle);
    }
    edit_free(edit);
}

GPtrArray *
core_revisions(struct core *core, int64_t message_id)
{
    return store_load_revisions(core->store, message_id);
}
