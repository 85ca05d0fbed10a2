/* What was missed, and what is older (section 5).
 *
 * Requests stand in a queue, one under way at a time. Pages of a catch-up come newest first; they
 * are held back and emitted oldest first, so that the cursor never stands behind a hole. */
#include "protocols/irc/irc_priv.h"

#include <limits.h>
#include <string.h>

#define PAGE_LINES       100
#define FIRST_LINES      50
#define CATCH_UP_LINES   1000
#define TARGETS_MOST     50
#define FETCH_MOST_PAGES 5
#define SKEW_US          (10 * G_USEC_PER_SEC)
#define SYNC_TIMEOUT_US  (30 * G_USEC_PER_SEC)

enum job_kind {
    JOB_CATCH_UP,
    JOB_FIRST, /* a conversation without a past: its last page */
    JOB_FETCH, /* asked for by core */
    JOB_TARGETS,
};

struct irc_job {
    enum job_kind kind;
    char *id;             /* folded; NULL: TARGETS */
    char *name;           /* as the server knows it */
    int64_t reference_us; /* CATCH_UP: what is known up to here */
    GQueue lines;         /* CATCH_UP: struct irc_line, oldest first */
    int64_t oldest_us;    /* of what has come; 0: nothing yet */
    char *oldest_id;      /* its msgid, or NULL */
    unsigned pages;
    unsigned n_missed; /* CATCH_UP: of the lines, when they reached what is known; 0: not yet */
    bool end;          /* nothing lies before what has come */
    /* FETCH */
    op_id op; /* 0: cancelled */
    bool newer;
    char *remote_id;
    int64_t time_us;
    unsigned limit;
    bool by_time; /* the server does not know the id */
    /* TARGETS */
    unsigned n_targets;
};

static void start_next(struct irc *irc);

static void
job_free(struct irc_job *job)
{
    g_queue_clear_full(&job->lines, (GDestroyNotify)irc_line_free);
    g_free(job->id);
    g_free(job->name);
    g_free(job->oldest_id);
    g_free(job->remote_id);
    g_free(job);
}

static struct irc_job *
job_new(struct irc *irc, enum job_kind kind, const char *name)
{
    struct irc_job *job = g_new0(struct irc_job, 1);

    job->kind = kind;
    job->name = g_strdup(name);
    job->id = name ? irc_fold(&irc->isupport, name) : NULL;
    g_queue_init(&job->lines);
    g_queue_push_tail(&irc->jobs, job);
    return job;
}

bool
irc_has_history(const struct irc *irc)
{
    /* Without message-tags too: a bouncer takes it away when the network behind it has none. */
    return irc_has(irc, "draft/chathistory") && irc_has(irc, "batch") &&
           irc_has(irc, "server-time");
}

static struct irc_job *
current(const struct irc *irc)
{
    return irc->job_serial != 0 ? g_queue_peek_head((GQueue *)(uintptr_t)&irc->jobs) : NULL;
}

bool
irc_history_busy(const struct irc *irc)
{
    return irc->sync_serial != 0 || irc->jobs.length > 0;
}

void
irc_history_reset(struct irc *irc)
{
    g_queue_clear_full(&irc->jobs, (GDestroyNotify)job_free);
    clock_timer_del(irc->host->clock, irc->job_timer);
    irc->job_timer = 0;
    irc->job_serial = 0;
    irc->sync_serial = 0;
    irc->sync_queued = false;
}

static void
fail_fetch(struct irc *irc, struct irc_job *job, enum weft_error code, const char *sentence)
{
    g_autoptr(GError) error = g_error_new_literal(WEFT_ERROR, (int)code, sentence);

    if (job->op != 0)
        host_failed(irc->host, job->op, error);
    job->op = 0;
}

void
irc_history_end(struct irc *irc)
{
    for (GList *at = irc->jobs.head; at; at = at->next)
        fail_fetch(irc, at->data, WEFT_ERROR_CLOSED, "The connection ended before the answer.");
    irc_history_reset(irc);
}

void
irc_history_renamed(struct irc *irc, const char *id, const char *new_id, const char *name)
{
    for (GList *at = irc->jobs.head; at; at = at->next) {
        struct irc_job *job = at->data;
        if (g_strcmp0(job->id, id) != 0)
            continue;
        g_free(job->id);
        g_free(job->name);
        job->id = g_strdup(new_id);
        job->name = g_strdup(name);
    }
}

/* --- telling core
 * ----------------------------------------------------------------------------------- */

void
irc_history_tell_caught_up(struct irc *irc, const char *conversation, bool whole)
{
    struct event event = {.type = EVENT_CAUGHT_UP, .conversation = conversation};

    event.history_whole = whole;
    host_emit(irc->host, &event);
}

static void
tell_span(struct irc *irc, const char *conversation, int64_t after, int64_t before)
{
    struct event event = {.type = EVENT_KNOWN_SPAN, .conversation = conversation};

    if (after >= before)
        return;
    event.span.after_sort_key = after;
    event.span.before_sort_key = before;
    host_emit(irc->host, &event);
}

static void
tell_gap(struct irc *irc, const char *conversation, int64_t after, int64_t before, bool fillable)
{
    struct event event = {.type = EVENT_GAP, .conversation = conversation};

    if (after >= before)
        return;
    event.gap.after_sort_key = after;
    event.gap.before_sort_key = before;
    event.gap.from_us = after;
    event.gap.to_us = before;
    event.gap.fillable = fillable;
    host_emit(irc->host, &event);
}

char *
irc_cursor(struct irc *irc, const struct irc_context *context, const char *conversation)
{
    const struct irc_channel *channel = g_hash_table_lookup(irc->channels, conversation);
    bool behind = channel ? channel->behind : !irc->online;

    if (!context->moves_cursor && (behind || context->replayed))
        return NULL;
    return g_strdup_printf("%" G_GINT64_FORMAT " %s", context->time_us,
                           context->msgid ? context->msgid : "");
}

/* The time of the conversation's cursor; 0: none. */
static int64_t
cursor_time(struct irc *irc, const char *conversation)
{
    g_autofree char *cursor = irc->host->ops->cursor_get(irc->host, conversation);

    return cursor ? g_ascii_strtoll(cursor, NULL, 10) : 0;
}

/* --- pages
 * ------------------------------------------------------------------------------------------ */

static int64_t
time_of(const struct irc_line *line)
{
    return irc_time_parse(irc_line_tag(line, "time"));
}

/* The same, when the line stands at its own place among the others; else 0. */
static int64_t
place_of(const struct irc_line *line)
{
    return irc_replay_is_context(line) ? 0 : time_of(line);
}

/* Lines that count towards the limit. */
static unsigned
count(const GPtrArray *lines)
{
    unsigned n = 0;

    for (unsigned i = 0; i < lines->len; i++)
        n += irc_replay_is_context(lines->pdata[i]) ? 0 : 1;
    return n;
}

/* The oldest line of a page; the page need not be in order. */
static const struct irc_line *
oldest_of(const GPtrArray *lines)
{
    const struct irc_line *oldest = NULL;

    for (unsigned i = 0; i < lines->len; i++) {
        int64_t time_us = place_of(lines->pdata[i]);
        if (time_us != 0 && (!oldest || time_us < time_of(oldest)))
            oldest = lines->pdata[i];
    }
    return oldest;
}

/* --- asking
 * ------------------------------------------------------------------------------------------ */

static unsigned
page_lines(const struct irc *irc, unsigned wanted)
{
    unsigned limit = irc->isupport.history_limit ? irc->isupport.history_limit : PAGE_LINES;

    return CLAMP(wanted, 1, MIN(limit, PAGE_LINES));
}

static char *
reference(const struct irc *irc, const char *msgid, int64_t time_us)
{
    if (msgid && *msgid && irc->isupport.msgid_refs)
        return g_strconcat("msgid=", msgid, NULL);
    g_autofree char *time = irc_time_format(time_us);
    return g_strconcat("timestamp=", time, NULL);
}

static void
job_words(struct irc *irc, const struct irc_job *job, const char **ret_verb, char **ret_reference,
          unsigned *ret_lines)
{
    *ret_verb = "LATEST";
    *ret_lines = page_lines(irc, job->kind == JOB_FIRST   ? FIRST_LINES
                                 : job->kind == JOB_FETCH ? job->limit
                                                          : PAGE_LINES);
    if (job->oldest_us != 0) {
        *ret_verb = "BEFORE";
        *ret_reference = reference(irc, job->oldest_id, job->oldest_us);
    } else if (job->kind == JOB_CATCH_UP) {
        *ret_reference = reference(irc, NULL, job->reference_us - SKEW_US);
    } else if (job->kind == JOB_FETCH && (job->remote_id || job->time_us != 0)) {
        *ret_verb = job->newer ? "AFTER" : "BEFORE";
        *ret_reference = reference(irc, job->by_time ? NULL : job->remote_id, job->time_us);
    } else {
        *ret_reference = g_strdup("*");
    }
}

static char *
job_line(struct irc *irc, const struct irc_job *job)
{
    g_autofree char *label = g_strdup_printf("h%" G_GUINT64_FORMAT, irc->job_serial);
    struct irc_tag tag = {"label", label};
    unsigned n_tags = irc_has(irc, "labeled-response") ? 1 : 0;
    g_autofree char *count = NULL;
    g_autofree char *from = NULL;

    if (job->kind == JOB_TARGETS) {
        g_autofree char *to = reference(irc, NULL, irc_now_us(irc) + SKEW_US);
        from = reference(irc, NULL, job->reference_us - SKEW_US);
        count = g_strdup_printf("%d", TARGETS_MOST);
        const char *params[] = {"TARGETS", from, to, count};
        return irc_line_build(&tag, n_tags, NULL, "CHATHISTORY", params, 4);
    }
    const char *verb;
    unsigned lines;
    job_words(irc, job, &verb, &from, &lines);
    count = g_strdup_printf("%u", lines);
    const char *params[] = {verb, job->name, from, count};
    return irc_line_build(&tag, n_tags, NULL, "CHATHISTORY", params, 4);
}

static void finish(struct irc *irc, bool failed, const char *why);

static void
on_job_timer(void *user)
{
    struct irc *irc = user;

    irc->job_timer = 0;
    finish(irc, true, "The server did not answer.");
    irc_flush(irc);
}

static void
send_job(struct irc *irc, const struct irc_job *job)
{
    irc->job_serial = ++irc->last_serial;
    clock_timer_del(irc->host->clock, irc->job_timer);
    irc->job_timer = clock_timer_add(irc->host->clock, IRC_HISTORY_TIMEOUT_US, on_job_timer, irc);
    /* A line that cannot be built is answered by the timer. */
    irc_out_line(irc, job->kind == JOB_FETCH ? IRC_TEXT : IRC_BACKGROUND, irc->job_serial,
                 job_line(irc, job), false);
}

static void
start_next(struct irc *irc)
{
    struct irc_job *job = g_queue_peek_head(&irc->jobs);

    if (irc->job_serial != 0 || !irc->stream)
        return;
    if (job)
        send_job(irc, job);
    else
        irc_maybe_online(irc);
}

/* --- the end of a job
 * -------------------------------------------------------------------------------- */

static void
settled(struct irc *irc, const char *conversation, bool whole)
{
    struct irc_channel *channel = irc_channel(irc, conversation);

    if (channel)
        channel->behind = false;
    irc_behind_clear(irc, conversation);
    irc_history_tell_caught_up(irc, conversation, whole);
}

static void
finish_catch_up(struct irc *irc, struct irc_job *job, bool failed)
{
    bool reached = !failed && job->pages != UINT_MAX;
    struct irc_line *line;

    if (!reached)
        tell_gap(irc, job->id, job->reference_us,
                 job->oldest_us != 0 ? job->oldest_us : irc_now_us(irc), true);
    while ((line = g_queue_pop_head(&job->lines))) {
        irc_replay_line(irc, line, job->id, ORIGIN_CATCH_UP, true);
        irc_line_free(line);
    }
    if (reached)
        tell_span(irc, job->id, job->reference_us, irc_now_us(irc));
    settled(irc, job->id, reached);
}

static void
finish_first(struct irc *irc, struct irc_job *job, bool failed)
{
    struct irc_line *line;

    while ((line = g_queue_pop_head(&job->lines))) {
        irc_replay_line(irc, line, job->id, ORIGIN_HISTORY, true);
        irc_line_free(line);
    }
    if (!failed && job->end)
        tell_span(irc, job->id, INT64_MIN, irc_now_us(irc));
    settled(irc, job->id, !failed);
}

static void
finish(struct irc *irc, bool failed, const char *why)
{
    struct irc_job *job = current(irc);

    if (!job)
        return;
    g_queue_pop_head(&irc->jobs);
    irc->job_serial = 0;
    clock_timer_del(irc->host->clock, irc->job_timer);
    irc->job_timer = 0;
    if (job->kind == JOB_CATCH_UP)
        finish_catch_up(irc, job, failed);
    else if (job->kind == JOB_FIRST)
        finish_first(irc, job, failed);
    else if (job->kind == JOB_TARGETS)
        irc->direct_whole = !failed && job->n_targets < TARGETS_MOST;
    else if (failed)
        fail_fetch(irc, job, WEFT_ERROR_NOT_FOUND, why);
    job_free(job);
    start_next(irc);
}

/* --- a page
 * ------------------------------------------------------------------------------------------ */

/* Takes the page's lines before those that have come. False when it brought nothing older. */
static bool
take_page(struct irc_job *job, GPtrArray *lines)
{
    const struct irc_line *oldest = oldest_of(lines);

    if (!oldest || (job->oldest_us != 0 && time_of(oldest) > job->oldest_us))
        return false;
    bool same = job->oldest_us == time_of(oldest) &&
                g_strcmp0(job->oldest_id, irc_line_tag(oldest, "msgid")) == 0;
    job->oldest_us = time_of(oldest);
    g_free(job->oldest_id);
    job->oldest_id = g_strdup(irc_line_tag(oldest, "msgid"));
    for (unsigned i = lines->len; i > 0; i--)
        g_queue_push_head(&job->lines, lines->pdata[i - 1]);
    g_ptr_array_set_free_func(lines, NULL);
    return !same;
}

static void
catch_up_page(struct irc *irc, struct irc_job *job, GPtrArray *lines, bool end)
{
    /* A server that does not say how long its pages are may send short ones: only an empty one is
     * the end then. */
    unsigned n = count(lines);
    bool full = !end && (n >= page_lines(irc, PAGE_LINES) ||
                         (irc->isupport.history_limit == 0 && n > 0 && job->kind == JOB_CATCH_UP));
    bool older = take_page(job, lines);

    job->pages++;
    job->end = end || lines->len == 0;
    if (full && !older)
        job->pages = UINT_MAX; /* it goes in circles: what lies before is not known */
    if (job->n_missed == 0 && job->oldest_us <= job->reference_us)
        job->n_missed = job->lines.length;
    if (!full || !older || job->kind == JOB_FIRST ||
        job->oldest_us <= job->reference_us - SKEW_US) {
        finish(irc, false, NULL);
    } else if (job->lines.length - job->n_missed >= CATCH_UP_LINES) {
        /* Behind what is known so many are enough, even where they were said within SKEW_US. */
        if (job->n_missed == 0)
            job->pages = UINT_MAX; /* not reached */
        finish(irc, false, NULL);
    } else {
        send_job(irc, job);
    }
}

static void
tell_fetched(struct irc *irc, const struct irc_job *job, const GPtrArray *lines)
{
    int64_t first = 0, last = 0;

    for (unsigned i = 0; i < lines->len; i++) {
        int64_t time_us = place_of(lines->pdata[i]);
        if (time_us == 0)
            continue;
        first = first == 0 ? time_us : MIN(first, time_us);
        last = MAX(last, time_us);
    }
    if (job->time_us == 0)
        tell_span(irc, job->id, first, last);
    else if (job->newer)
        tell_span(irc, job->id, job->time_us, lines->len > 0 ? last : irc_now_us(irc));
    else
        tell_span(irc, job->id, first, job->time_us);
}

static void
fetch_page(struct irc *irc, struct irc_job *job, const GPtrArray *lines, bool end)
{
    struct history_result result = {.end = end || lines->len == 0};

    for (unsigned i = 0; i < lines->len; i++)
        result.n += irc_replay_line(irc, lines->pdata[i], job->id, ORIGIN_HISTORY, false);
    /* A page of nothing but joins and quits: the person asked for messages. */
    const struct irc_line *oldest = oldest_of(lines);
    if (result.n == 0 && !result.end && !job->newer && oldest &&
        (job->oldest_us == 0 || time_of(oldest) < job->oldest_us) &&
        ++job->pages < FETCH_MOST_PAGES) {
        job->oldest_us = time_of(oldest);
        g_free(job->oldest_id);
        job->oldest_id = g_strdup(irc_line_tag(oldest, "msgid"));
        send_job(irc, job);
        return;
    }
    tell_fetched(irc, job, lines);
    result.oldest_key = oldest ? time_of(oldest) : 0;
    op_id op = job->op;
    job->op = 0;
    if (op != 0)
        host_history_done(irc->host, op, &result);
    finish(irc, false, NULL);
}

/* A server that plays back what it has when one joins, unasked. */
static void
unasked(struct irc *irc, const struct irc_batch *batch)
{
    struct irc_channel *channel = irc_channel(irc, batch->target);
    enum event_origin origin = ORIGIN_HISTORY;

    if (*batch->target == '\0')
        return;
    if (!channel || (channel->behind && channel->known_before))
        origin = ORIGIN_CATCH_UP;
    for (unsigned i = 0; i < batch->lines->len; i++) {
        const struct irc_line *line = batch->lines->pdata[i];
        if (channel)
            irc_history_played_back(irc, channel, time_of(line));
        irc_replay_line(irc, line, batch->target, origin, false);
    }
}

static bool
is_answer(struct irc *irc, const struct irc_job *job, const struct irc_batch *batch)
{
    if (irc_has(irc, "labeled-response"))
        return batch->label && *batch->label == 'h' &&
               g_ascii_strtoull(batch->label + 1, NULL, 10) == irc->job_serial;
    if (job->kind == JOB_TARGETS)
        return batch->lines == NULL;
    return batch->lines && strcmp(job->id, batch->target) == 0;
}

void
irc_history_batch(struct irc *irc, struct irc_batch *batch)
{
    struct irc_job *job = current(irc);

    if (!job || !is_answer(irc, job, batch)) {
        if (batch->lines)
            unasked(irc, batch);
        return;
    }
    if (job->kind == JOB_TARGETS || !batch->lines)
        finish(irc, false, NULL);
    else if (job->kind == JOB_FETCH)
        fetch_page(irc, job, batch->lines, batch->end);
    else
        catch_up_page(irc, job, batch->lines, batch->end);
}

bool
irc_history_failed(struct irc *irc, const char *label, const char *code, const char *text)
{
    struct irc_job *job = current(irc);

    if (!job)
        return false;
    if (label ? *label != 'h' || g_ascii_strtoull(label + 1, NULL, 10) != irc->job_serial
              : irc_has(irc, "labeled-response") || !*code)
        return false;
    if (job->kind == JOB_FETCH && !job->by_time && job->remote_id && job->time_us != 0) {
        job->by_time = true;
        send_job(irc, job);
        return true;
    }
    g_autofree char *why = g_strdup_printf("The server has no history for this: %s", text);
    finish(irc, true, why);
    return true;
}

/* --- private conversations
 * ---------------------------------------------------------------------------- */

void
irc_history_targets(struct irc *irc)
{
    if (!irc_has_history(irc))
        return;
    if (irc->was_alive_us == 0) {
        irc->direct_whole = true; /* nothing was before */
        return;
    }
    struct irc_job *job = job_new(irc, JOB_TARGETS, NULL);
    job->reference_us = irc->was_alive_us;
    start_next(irc);
}

void
irc_history_targets_line(struct irc *irc, const struct irc_line *line)
{
    struct irc_job *job = current(irc);
    const char *name = irc_line_param(line, 1);

    if (!job || job->kind != JOB_TARGETS || strcmp(irc_line_param(line, 0), "TARGETS") != 0 ||
        !*name || job->n_targets >= TARGETS_MOST)
        return;
    job->n_targets++;
    if (irc_is_channel(&irc->isupport, name))
        return;
    struct irc_job *next = job_new(irc, JOB_CATCH_UP, name);
    int64_t known_us = cursor_time(irc, next->id);
    next->reference_us = known_us != 0 ? known_us : irc->was_alive_us;
    irc_direct_announce(irc, next->id, name);
}

/* --- joining
 * -------------------------------------------------------------------------------------------- */

int64_t
irc_history_known_until(const struct irc_channel *channel)
{
    return channel->reference_us != 0 ? channel->reference_us : channel->entered_us;
}

void
irc_history_joined(struct irc *irc, struct irc_channel *channel)
{
    int64_t cursor_us = cursor_time(irc, channel->id);
    const int64_t *was_in_until = g_hash_table_lookup(irc->known, channel->id);

    channel->behind = true;
    channel->known_before = was_in_until || cursor_us != 0;
    channel->reference_us = was_in_until ? MAX(cursor_us, *was_in_until) : cursor_us;
    g_hash_table_remove(irc->known, channel->id);
    channel->playback_oldest_us = 0;
    channel->sync_serial = 0;
    channel->at_connect = !irc->online;
    channel->entered_us = irc_now_us(irc);
    bool past = channel->known_before && channel->reference_us != 0;
    /* Before that "when we last were connected" is not saved, and stands for all. */
    if (past && irc->online)
        irc_behind_set(irc, channel->id, channel->reference_us);
    if (!irc_has_history(irc)) {
        irc_history_sync(irc);
        channel->sync_serial = irc->sync_serial;
        return;
    }
    struct irc_job *job = job_new(irc, past ? JOB_CATCH_UP : JOB_FIRST, channel->name);
    job->reference_us = channel->reference_us;
    start_next(irc);
}

void
irc_history_played_back(struct irc *irc, struct irc_channel *channel, int64_t time_us)
{
    if (time_us != 0 && (channel->playback_oldest_us == 0 || time_us < channel->playback_oldest_us))
        channel->playback_oldest_us = time_us;
}

#define PLAY_FUZZ_US (10 * G_USEC_PER_SEC)

void
irc_history_play(struct irc *irc)
{
    if (!irc_has(irc, "znc.in/playback") || irc_has_history(irc))
        return;
    /* Without a past: all that the bouncer has kept. */
    const int64_t from_us = MAX(0, irc->was_alive_us - PLAY_FUZZ_US);
    g_autofree char *play =
        g_strdup_printf("PLAY * %" G_GINT64_FORMAT ".%03d", from_us / G_USEC_PER_SEC,
                        (int)(from_us % G_USEC_PER_SEC / 1000));
    irc->plays_since_alive = irc->was_alive_us != 0;
    /* Before what is typed, which it would play as well. */
    irc_out(irc, IRC_URGENT, 0, "PRIVMSG", "*playback", play, NULL);
}

void
irc_history_sync(struct irc *irc)
{
    if (irc->sync_queued)
        return;
    irc->sync_serial = ++irc->last_serial;
    irc->sync_queued = true;
    irc->sync_since_us = clock_mono_us(irc->host->clock);
    /* Behind the JOIN lines that wait: servers answer in order. */
    irc_out_line(irc, IRC_JOINS, irc->sync_serial,
                 g_strdup_printf("PING s%" G_GUINT64_FORMAT, irc->sync_serial), true);
}

/* A bouncer that was asked when we connected has played all that lies behind then: what is known of
 * this channel must reach that far, and it must be one of those that we came back to. */
static bool
is_played(const struct irc *irc, const struct irc_channel *channel)
{
    return irc->plays_since_alive && channel->at_connect &&
           channel->reference_us >= irc->was_alive_us - PLAY_FUZZ_US;
}

/* No history to ask for: all that could come by itself has come. */
static void
settle_channel(struct irc *irc, struct irc_channel *channel)
{
    int64_t oldest_us = channel->playback_oldest_us;
    bool past = channel->known_before && channel->reference_us != 0;
    bool covered =
        past && (is_played(irc, channel) || (oldest_us != 0 && oldest_us <= channel->reference_us));

    channel->sync_serial = 0;
    if (covered)
        tell_span(irc, channel->id, channel->reference_us, channel->joined_us);
    else if (past)
        tell_gap(irc, channel->id, channel->reference_us,
                 oldest_us != 0 ? oldest_us : channel->joined_us, false);
    settled(irc, channel->id, covered);
}

void
irc_history_synced(struct irc *irc, uint64_t serial)
{
    g_autoptr(GPtrArray) ready = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter iter;
    struct irc_channel *channel;

    g_hash_table_iter_init(&iter, irc->channels);
    while (g_hash_table_iter_next(&iter, NULL, (void **)&channel)) {
        if (channel->sync_serial != 0 && channel->sync_serial <= serial)
            g_ptr_array_add(ready, g_strdup(channel->id));
    }
    for (unsigned i = 0; i < ready->len; i++) {
        channel = g_hash_table_lookup(irc->channels, ready->pdata[i]);
        if (channel)
            settle_channel(irc, channel);
    }
    if (serial >= irc->sync_serial)
        irc->sync_serial = 0;
    irc_maybe_online(irc);
}

void
irc_history_check_timeouts(struct irc *irc)
{
    int64_t waited_us = clock_mono_us(irc->host->clock) - irc->sync_since_us;

    /* A server that answers PING without our token. */
    if (irc->sync_serial != 0 && !irc->sync_queued && waited_us > SYNC_TIMEOUT_US)
        irc_history_synced(irc, irc->sync_serial);
}

/* --- asked for
 * ------------------------------------------------------------------------------------------ */

/* A person waits for it: it goes before what weft asks for by itself, but for a question that the
 * server has already. */
static void
put_first(struct irc *irc, struct irc_job *fetch)
{
    const struct irc_job *asked = current(irc);

    if (asked && asked->kind != JOB_FETCH && irc_flood_remove(&irc->flood, irc->job_serial)) {
        clock_timer_del(irc->host->clock, irc->job_timer);
        irc->job_timer = 0;
        irc->job_serial = 0;
    }
    GList *at = irc->jobs.head;

    if (at && irc->job_serial != 0)
        at = at->next;
    while (at && ((struct irc_job *)at->data)->kind == JOB_FETCH)
        at = at->next;
    g_queue_remove(&irc->jobs, fetch);
    g_queue_insert_before(&irc->jobs, at, fetch);
}

bool
irc_history_fetch(struct irc *irc, op_id op, const struct history_request *request,
                  const char *target, GError **error)
{
    if (!irc_has_history(irc)) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED,
                            "This server keeps no history that weft could fetch.");
        return false;
    }
    struct irc_job *job = job_new(irc, JOB_FETCH, target);
    job->op = op;
    job->newer = request->newer;
    job->remote_id = g_strdup(request->remote_id);
    job->time_us = request->time_us;
    job->limit = request->limit ? request->limit : PAGE_LINES;
    job->by_time = !irc->isupport.msgid_refs;
    put_first(irc, job);
    start_next(irc);
    return true;
}

bool
irc_history_cancel(struct irc *irc, op_id op)
{
    for (GList *at = irc->jobs.head; at; at = at->next) {
        struct irc_job *job = at->data;
        if (job->kind != JOB_FETCH || job->op != op)
            continue;
        /* One that is under way goes on without anyone waiting. */
        job->op = 0;
        return true;
    }
    return false;
}
