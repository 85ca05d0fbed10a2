/* Trying an account before it is saved: a session that nobody else sees and that stores nothing. */
#include "base/redact.h"
#include "base/utf8.h"
#include "core/engine.h"
#include "core/options.h"

struct core_trial {
    struct session *session;
    struct options *options;
    core_trial_fn fn;
    void *user;
    int64_t since_us;
    int64_t took_us; /* to log in */
    unsigned timer;
    bool over;
    bool works;
    bool unwanted; /* freed while the driver was at work above us */
};

static struct core_trial *
trial_of(struct host *host)
{
    return ((struct session *)host)->trial;
}

/* A server may quote what it was sent, the password too. */
static char *
without_secrets(const char *text)
{
    GString *safe = g_string_new(text);
    redact_text(safe);
    return g_string_free(safe, FALSE);
}

static void
say(struct core_trial *trial, const char *text)
{
    /* A server's greeting after the login is not what was tried. */
    if (trial->works || trial->over || trial->unwanted)
        return;
    g_autofree char *safe = without_secrets(text);
    trial->fn(trial->user, safe, false, NULL);
}

static void
end(struct core_trial *trial, const char *text, const GError *error)
{
    if (trial->over || trial->unwanted)
        return;
    trial->over = true;
    g_autofree char *safe = without_secrets(text);
    g_autoptr(GError) safe_error = error != NULL ? g_error_copy(error) : NULL;
    if (safe_error != NULL) {
        g_free(safe_error->message);
        safe_error->message = without_secrets(error->message);
    }
    trial->fn(trial->user, safe, true, safe_error);
}

static void
trial_destroy(struct core_trial *trial)
{
    struct core *core = trial->session->core;
    clock_timer_del(core->clock, trial->timer);
    g_ptr_array_remove_fast(core->trials, trial);
    session_free(trial->session);
    options_free(trial->options);
    g_free(trial);
}

static void
destroy_later(void *user)
{
    struct core_trial *trial = user;
    trial->timer = 0;
    trial_destroy(trial);
}

void
core_trial_free(struct core_trial *trial)
{
    if (trial == NULL || trial->unwanted)
        return;
    trial->unwanted = true;
    clock_timer_del(trial->session->core->clock, trial->timer);
    /* From the loop: the driver or `fn` may be above us. */
    trial->timer = clock_timer_add(trial->session->core->clock, 0, destroy_later, trial);
}

void
trial_free_all(struct core *core)
{
    while (core->trials->len > 0)
        trial_destroy(core->trials->pdata[core->trials->len - 1]);
}

/* --- the host that stores nothing
 * ------------------------------------------------------------------------------ */

static void
replace(char **text, const char *given)
{
    if (given == NULL)
        return;
    g_free(*text);
    *text = utf8_sanitize(given, -1, CORE_MAX_NAME_BYTES);
}

static void
on_emit(struct host *host, const struct event *event)
{
    struct account *account = ((struct session *)host)->account;

    if (event->type != EVENT_SELF)
        return;
    replace(&account->self_name, event->self.name);
    replace(&account->server_name, event->self.server_name);
    account->insecure = event->self.insecure;
}

static void
say_goodbye(void *user)
{
    struct core_trial *trial = user;
    struct session *session = trial->session;

    trial->timer = 0;
    if (session->connected && !session->saying_bye) {
        session->saying_bye = true;
        session->driver->disconnect(session->state, "");
    }
}

/* From the loop, when the driver has also said who we are. */
static void
report(void *user)
{
    struct core_trial *trial = user;
    const struct account *account = trial->session->account;
    const int64_t took_us = trial->took_us;

    trial->timer = 0;
    g_autoptr(GString) text = g_string_new("Logged in");

    if (account->server_name != NULL)
        g_string_append_printf(text, " to %s", account->server_name);
    if (account->self_name != NULL)
        g_string_append_printf(text, " as %s", account->self_name);
    g_string_append_printf(
        text, "%s after %d.%d s.", account->insecure ? ", without encryption," : "",
        (int)(took_us / G_USEC_PER_SEC), (int)(took_us % G_USEC_PER_SEC / 100000));
    end(trial, text->str, NULL);
    if (trial->unwanted)
        return; /* its timer is the one that frees it */
    say_goodbye(trial);
}

static void
on_state(struct host *host, enum account_state state)
{
    struct core_trial *trial = trial_of(host);
    struct session *session = trial->session;
    struct account *account = session->account;

    if (!session->connected || trial->works || account->state == state)
        return;
    account->state = state;
    if (state == ACCOUNT_CONNECTING) {
        say(trial, "Connecting.");
    } else if (state == ACCOUNT_LOGIN) {
        say(trial, "Connected. Logging in.");
    } else if (session_online(session)) {
        trial->took_us = clock_mono_us(session->core->clock) - trial->since_us;
        trial->works = true;
        trial->timer = clock_timer_add(session->core->clock, 0, report, trial);
    }
}

static void
on_lost(struct host *host, const GError *error)
{
    struct core_trial *trial = trial_of(host);
    struct session *session = trial->session;

    session->connected = false;
    question_forget(session);
    g_autoptr(GError) unsaid = NULL;
    if (error == NULL)
        error = unsaid = g_error_new(WEFT_ERROR, WEFT_ERROR_CLOSED, "The connection was lost.");
    end(trial, error->message, error);
}

static void
on_done(struct host *host, op_id op, const char *remote_id, int64_t time_us)
{
}

static void
on_history_done(struct host *host, op_id op, const struct history_result *result)
{
}

static void
on_progress(struct host *host, op_id op, uint64_t done_bytes)
{
}

static void
on_bytes(struct host *host, op_id op, uint64_t at, const char *bytes, size_t len)
{
}

static void
on_failed(struct host *host, op_id op, const GError *error)
{
}

static void
on_caps(struct host *host, unsigned caps, const struct limits *limits)
{
}

static void
on_say(struct host *host, const char *conversation, enum message_kind kind, const char *text)
{
    g_autofree char *clean = utf8_sanitize(text != NULL ? text : "", -1, 1024);
    if (conversation == NULL || *conversation == '\0')
        say(trial_of(host), clean);
}

static void
on_secret(struct host *host, const char *option, host_answer_fn fn, void *user)
{
    question_secret((struct session *)host, option, fn, user);
}

static void
on_ask(struct host *host, const char *question, bool hidden, int64_t deadline_us, host_answer_fn fn,
       void *user)
{
    question_ask((struct session *)host, question, hidden, deadline_us, fn, user);
}

static char *
on_kv_get(struct host *host, const char *key)
{
    return NULL;
}

static void
on_kv_set(struct host *host, const char *key, const char *value)
{
}

static char *
on_cursor_get(struct host *host, const char *conversation)
{
    return NULL;
}

static void
on_browsed(struct host *host, op_id op, const struct browse_result *result)
{
}

static char **
on_conversations(struct host *host, enum buffer_kind kind)
{
    return g_new0(char *, 1);
}

static bool
on_ignores(struct host *host, const char *sender_id, const char *sender_name, const char *mask)
{
    return true; /* a trial answers nobody */
}

/* Nothing is stored, so nothing is waited for. */
static void
on_settled(struct host *host, void (*fn)(void *user), void *user, GDestroyNotify free_user)
{
    fn(user);
    if (free_user != NULL)
        free_user(user);
}

static const struct host_ops trial_ops = {
    .emit = on_emit,
    .done = on_done,
    .history_done = on_history_done,
    .browsed = on_browsed,
    .progress = on_progress,
    .bytes = on_bytes,
    .failed = on_failed,
    .state = on_state,
    .lost = on_lost,
    .caps = on_caps,
    .say = on_say,
    .secret = on_secret,
    .ask = on_ask,
    .kv_get = on_kv_get,
    .kv_set = on_kv_set,
    .cursor_get = on_cursor_get,
    .conversations = on_conversations,
    .ignores = on_ignores,
    .settled = on_settled,
};

/* --- beginning
 * --------------------------------------------------------------------------------------------------
 */

static void
begin(void *user)
{
    struct core_trial *trial = user;
    struct session *session = trial->session;

    trial->timer = 0;
    session->connected = true;
    trial->since_us = clock_mono_us(session->core->clock);
    session->driver->connect(session->state);
}

struct core_trial *
core_try_account(struct core *core, const char *network, const char *options, core_trial_fn fn,
                 void *user, GError **error)
{
    const struct network *row = core_network(core, network);

    if (row == NULL || core->net == NULL) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED,
                    "This weft has no driver for the network \"%s\".", network);
        return NULL;
    }
    struct options *parsed =
        options_new_from_text(row->driver->options, NULL, options, core->config_dir, error);
    if (parsed == NULL)
        return NULL;
    struct core_trial *trial = g_new0(struct core_trial, 1);
    struct account *account = g_new0(struct account, 1);
    account->name = g_strdup("new account");
    account->network = g_strdup(network);
    trial->options = parsed;
    trial->fn = fn;
    trial->user = user;
    trial->session = session_new(core, account, row->driver, parsed);
    trial->session->host.ops = &trial_ops;
    trial->session->trial = trial;
    g_ptr_array_add(core->trials, trial);
    if (!session_open(trial->session, error)) {
        trial_destroy(trial);
        return NULL;
    }
    trial->timer = clock_timer_add(core->clock, 0, begin, trial);
    return trial;
}
