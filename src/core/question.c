/* Questions to the person, and secrets, which become one when no source is configured. */
#include "base/log.h"
#include "base/redact.h"
#include "base/utf8.h"
#include "core/engine.h"
#include "core/options.h"

#define SECRET_DEADLINE_US (5 * 60 * G_USEC_PER_SEC)
#define QUESTION_BYTES     1024

struct question {
    uint64_t id;
    struct session *session;
    host_answer_fn fn;
    void *user;
    bool hidden;
    unsigned timer;
    GError *refusal; /* nobody is there to be asked */
};

struct secret_wait {
    struct session *session;
    struct secret_request *request;
    char *option;
    host_answer_fn fn;
    void *user;
};

static void
question_free(void *data)
{
    struct question *question = data;
    clock_timer_del(question->session->core->clock, question->timer);
    g_clear_error(&question->refusal);
    g_free(question);
}

void
question_init(struct core *core)
{
    core->questions = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, question_free);
}

void
question_fini(struct core *core)
{
    g_hash_table_unref(core->questions);
}

/* Its one end: out of the table first, since the driver may ask again from inside. */
static void
question_end(struct question *question, const char *answer, const GError *error)
{
    struct core *core = question->session->core;
    g_hash_table_steal(core->questions, &question->id);
    question->fn(question->user, answer, error);
    question_free(question);
}

static void
question_overdue(void *user)
{
    struct question *question = user;
    g_autoptr(GError) error =
        g_error_new(WEFT_ERROR, WEFT_ERROR_TIMEOUT, "The question was not answered in time.");
    question->timer = 0;
    question_end(question, NULL, question->refusal != NULL ? question->refusal : error);
}

/* The account fails and rests: AUTH, which is not tried again by itself. */
static GError *
refusal_of(const struct session *session, const char *text, const char *option)
{
    const char *name = session->account->name;

    if (option != NULL)
        return g_error_new(WEFT_ERROR, WEFT_ERROR_AUTH,
                           "%s needs %s, and nobody is here to be asked. Put %s_cmd = COMMAND or "
                           "%s_file = FILE into [account %s].",
                           name, option, option, option, name);
    return g_error_new(WEFT_ERROR, WEFT_ERROR_AUTH,
                       "%s asks: \"%s\". Nobody is here to answer. Configure a login that asks "
                       "nothing (a token or a certificate) in [account %s], or start weft in a "
                       "terminal and answer there.",
                       name, text, name);
}

/* `option`: the secret that it is about; NULL: none. */
static void
ask(struct session *session, const char *text, const char *option, bool hidden, int64_t deadline_us,
    host_answer_fn fn, void *user)
{
    struct core *core = session->core;
    struct question *question = g_new0(struct question, 1);
    g_autofree char *clean = utf8_sanitize(text != NULL ? text : "", -1, QUESTION_BYTES);

    question->id = ++core->last_question;
    question->session = session;
    question->fn = fn;
    question->user = user;
    question->hidden = hidden;
    if (core->unattended) {
        question->refusal = refusal_of(session, clean, option);
        deadline_us = 0;
    }
    question->timer = clock_timer_add(core->clock, MAX(deadline_us, 0), question_overdue, question);
    g_hash_table_insert(core->questions, &question->id, question);
    if (core->unattended)
        return;
    bus_publish(core->bus, &(struct notice){.type = NOTICE_QUESTION,
                                            .account_id = session->account->id,
                                            .text = clean,
                                            .question = question->id,
                                            .hidden = hidden});
}

void
question_ask(struct session *session, const char *text, bool hidden, int64_t deadline_us,
             host_answer_fn fn, void *user)
{
    ask(session, text, NULL, hidden, deadline_us, fn, user);
}

void
core_answer(struct core *core, uint64_t id, const char *answer)
{
    struct question *question = g_hash_table_lookup(core->questions, &id);

    if (question == NULL)
        return;
    if (answer == NULL) {
        g_autoptr(GError) error =
            g_error_new(WEFT_ERROR, WEFT_ERROR_CANCELLED, "The question was refused.");
        question_end(question, NULL, error);
        return;
    }
    char *copy = g_strdup(answer);
    if (question->hidden)
        redact_add(copy);
    question_end(question, copy, NULL);
    redact_wipe_free(copy);
}

static void
secret_wait_free(struct secret_wait *wait)
{
    g_hash_table_remove(wait->session->secrets, wait);
    g_free(wait->option);
    g_free(wait);
}

static void
secret_came(void *user, const char *value, const GError *error)
{
    struct secret_wait *wait = user;
    struct session *session = wait->session;

    if (value == NULL && error_is(error, WEFT_ERROR_NOT_FOUND)) {
        const struct option_row *row = options_row(session->options, wait->option);
        g_autofree char *text = g_strdup_printf("%s: %s. %s", session->account->name, wait->option,
                                                row != NULL && row->help != NULL ? row->help : "");
        ask(session, text, wait->option, true, SECRET_DEADLINE_US, wait->fn, wait->user);
    } else {
        wait->fn(wait->user, value, error);
    }
    secret_wait_free(wait);
}

void
question_secret(struct session *session, const char *option, host_answer_fn fn, void *user)
{
    struct secret_wait *wait = g_new0(struct secret_wait, 1);

    wait->session = session;
    wait->option = g_strdup(option);
    wait->fn = fn;
    wait->user = user;
    g_hash_table_add(session->secrets, wait);
    wait->request = secret_get(session->options, option, secret_came, wait);
}

static gboolean
is_of_session(gpointer key, gpointer value, gpointer session)
{
    return ((const struct question *)value)->session == session;
}

void
question_forget(struct session *session)
{
    GHashTableIter iter;
    gpointer key;

    g_hash_table_foreach_remove(session->core->questions, is_of_session, session);
    g_hash_table_iter_init(&iter, session->secrets);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        struct secret_wait *wait = key;
        g_hash_table_iter_remove(&iter);
        secret_cancel(wait->request);
        g_free(wait->option);
        g_free(wait);
    }
}
