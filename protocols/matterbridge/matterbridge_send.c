/* What goes out: one at a time, never twice. The server says at once what it has understood, and
 * throws away without a word what it has not; whether the networks behind it got anything, nobody
 * tells. So an answer that does not come leaves the outcome open: a person decides. */
#include <string.h>

#include "protocols/matterbridge/matterbridge_priv.h"

#define ANSWER_BYTES (8 * 1024 * 1024)
#define SAID_US      (60 * G_USEC_PER_SEC)

struct mbridge_post {
    op_id op;
    char *gateway, *name, *text;
    GBytes *body;
};

struct mbridge_said {
    int64_t at_us;
    char *gateway, *name, *text;
};

static void run_next(struct mbridge *mb);

static void
post_free(struct mbridge_post *post)
{
    g_free(post->gateway);
    g_free(post->name);
    g_free(post->text);
    g_bytes_unref(post->body);
    g_free(post);
}

/* --- what we have said
 * ------------------------------------------------------------------------- */

static void
said_free(void *data)
{
    struct mbridge_said *said = data;

    g_free(said->gateway);
    g_free(said->name);
    g_free(said->text);
    g_free(said);
}

static void
forget_old(struct mbridge *mb)
{
    const int64_t now_us = clock_mono_us(mb->host->clock);

    while (mb->said.head && now_us - ((struct mbridge_said *)mb->said.head->data)->at_us > SAID_US)
        said_free(g_queue_pop_head(&mb->said));
}

static void
remember(struct mbridge *mb, const struct mbridge_post *post)
{
    struct mbridge_said *said = g_new(struct mbridge_said, 1);

    forget_old(mb);
    *said = (struct mbridge_said){clock_mono_us(mb->host->clock), g_strdup(post->gateway),
                                  g_strdup(post->name), g_strdup(post->text)};
    g_queue_push_tail(&mb->said, said);
}

bool
mbridge_said_it(struct mbridge *mb, const char *gateway, const char *name, const char *text)
{
    forget_old(mb);
    for (GList *at = mb->said.head; at; at = at->next) {
        const struct mbridge_said *said = at->data;
        if (strcmp(said->gateway, gateway) == 0 && strcmp(said->text, text) == 0 &&
            strcmp(said->name, name) == 0)
            return true;
    }
    return false;
}

void
mbridge_said_forget(struct mbridge *mb)
{
    g_queue_clear_full(&mb->said, said_free);
}

/* --- the answer
 * -------------------------------------------------------------------------------- */

static void
fail_op(struct mbridge *mb, op_id op, int code, const char *sentence)
{
    g_autoptr(GError) error = g_error_new_literal(WEFT_ERROR, code, sentence);

    host_failed(mb->host, op, error);
}

/* NULL: it is what we said. Else what became of it. */
static const char *
difference(const struct mbridge_post *post, const json_t *answer)
{
    if (!json_is_object(answer))
        return "the answer says nothing";
    if (strcmp(json_get_text(answer, "gateway"), post->gateway) != 0)
        return "it names another gateway";
    if (strcmp(json_get_text(answer, "username"), post->name) != 0)
        return "it names another person";
    if (strcmp(json_get_text(answer, "text"), post->text) != 0)
        return "its text is another";
    return NULL;
}

static void
learn_account(struct mbridge *mb, const char *account)
{
    if (!*account || strlen(account) > MBRIDGE_MAX_NAME_BYTES ||
        g_strcmp0(account, mb->account) == 0)
        return;
    g_free(mb->account);
    mb->account = g_strdup(account);
    mb->host->ops->kv_set(mb->host, "account", account);
}

static void
taken(struct mbridge *mb, const struct mbridge_post *post, const struct http_answer *answer)
{
    json_t *json = json_read(answer->body, answer->len, NULL, NULL);
    const char *other = difference(post, json);

    if (other) {
        g_autofree char *text = g_strdup_printf(
            "The server has taken something else than what was sent (%s), and thrown it away. Is "
            "there something between weft and it that changes requests?",
            other);
        fail_op(mb, post->op, WEFT_ERROR_PROTOCOL, text);
    } else {
        learn_account(mb, json_get_text(json, "account"));
        host_done(mb->host, post->op, NULL, mbridge_time_us(json_get_text(json, "timestamp")));
    }
    json_decref(json);
}

static void
refused(struct mbridge *mb, const struct mbridge_post *post, const struct http_answer *answer)
{
    GError *error = mbridge_refusal(mb, answer);

    if (answer->status >= 500) {
        /* A proxy says so as well, when the server has it already. */
        fail_op(mb, post->op, WEFT_ERROR_TIMEOUT, error->message);
        g_error_free(error);
        return;
    }
    host_failed(mb->host, post->op, error);
    if (error_is(error, WEFT_ERROR_AUTH))
        mbridge_fail(mb, error);
    else
        g_error_free(error);
}

static void
on_posted(void *user, const struct http_answer *answer, const GError *error)
{
    struct mbridge *mb = user;
    struct mbridge_post *post = g_queue_pop_head(&mb->posts);

    mb->posting = NULL;
    if (answer && answer->status == 200) {
        taken(mb, post, answer);
    } else if (answer) {
        refused(mb, post, answer);
    } else if (mbridge_never_left(error)) {
        fail_op(mb, post->op, WEFT_ERROR_CLOSED, "The server could not be reached.");
        mbridge_fail(mb, g_error_copy(error));
    } else {
        fail_op(mb, post->op, WEFT_ERROR_TIMEOUT, error->message);
    }
    post_free(post);
    if (mb->dying || mb->phase == MBRIDGE_LEAVING)
        mbridge_end_soon(mb);
    else
        run_next(mb);
}

/* --- sending
 * ----------------------------------------------------------------------------------- */

static void
on_post_timer(void *user)
{
    static const struct http_events events = {.done = on_posted};
    struct mbridge *mb = user;
    const struct mbridge_post *post = g_queue_peek_head(&mb->posts);

    mb->post_timer = 0;
    if (!post || mb->posting || mb->dying)
        return;
    const struct http_request wishes = {.body = post->body,
                                        .once = true,
                                        .silence_timeout_us = MBRIDGE_ASK_US,
                                        .total_timeout_us = MBRIDGE_ASK_US,
                                        .max_bytes = ANSWER_BYTES};
    remember(mb, post);
    mb->posting = mbridge_ask(mb, "POST", "/api/message", &wishes, &events, mb);
}

static void
run_next(struct mbridge *mb)
{
    if (!mb->posting && mb->post_timer == 0 && mb->posts.length > 0)
        mb->post_timer = clock_timer_add(mb->host->clock, 0, on_post_timer, mb);
}

static json_t *
object_of(const struct mbridge *mb, const struct send_request *request,
          const struct mbridge_post *post)
{
    const char *avatar = request->as ? request->as->avatar : mb->config.avatar;
    json_t *object = json_object();

    json_put_text(object, "text", post->text);
    json_put_text(object, "username", post->name);
    json_put_text(object, "gateway", post->gateway);
    json_put_text(object, "avatar", avatar ? avatar : "");
    json_put_text(object, "userid", post->name);
    json_put_text(object, "event", request->kind == MESSAGE_ACTION ? "user_action" : "");
    json_put_text(object, "parent_id", "");
    return object;
}

bool
mbridge_api_send(void *session, op_id op, const struct send_request *request, GError **error)
{
    struct mbridge *mb = session;
    const char *gateway = request->buffer->remote_id;

    if (!mbridge_check_ready(mb, error))
        return false;
    /* A name that the server does not know is taken with a smile, and thrown away. */
    if (!gateway || !mbridge_gateway_known(mb, gateway)) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                    "Nothing was ever heard from this gateway, and the option gateway does not "
                    "name it.");
        return false;
    }
    g_autofree char *text = mbridge_text_write(request->body);
    if (strspn(text, " \n\t") == strlen(text) && !request->files) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT, "There is nothing in this message.");
        return false;
    }
    json_t *extra = request->files ? mbridge_files_write(request->files, error) : NULL;
    if (request->files && !extra)
        return false;
    struct mbridge_post *post = g_new0(struct mbridge_post, 1);
    post->op = op;
    post->gateway = g_strdup(gateway);
    post->name = g_strdup(request->as ? request->as->name : mb->config.name);
    post->text = g_steal_pointer(&text);
    json_t *object = object_of(mb, request, post);
    json_object_set_new(object, "Extra", extra ? extra : json_null());
    post->body = json_write_take(object);
    g_queue_push_tail(&mb->posts, post);
    run_next(mb);
    return true;
}

static struct mbridge_post *
waiting_post(const struct mbridge *mb, op_id op)
{
    for (GList *at = mb->posts.head; at; at = at->next) {
        struct mbridge_post *post = at->data;
        if (post->op == op)
            return mb->posting && at == mb->posts.head ? NULL : post;
    }
    return NULL;
}

bool
mbridge_api_send_waits(void *session, op_id op)
{
    return waiting_post(session, op) != NULL;
}

/* One that has left keeps its answer. */
void
mbridge_api_op_cancel(void *session, op_id op)
{
    struct mbridge *mb = session;
    struct mbridge_post *post = waiting_post(mb, op);

    if (mbridge_transfer_cancel(mb, op) || !post)
        return;
    g_queue_remove(&mb->posts, post);
    post_free(post);
    fail_op(mb, op, WEFT_ERROR_CANCELLED, "Cancelled.");
}

void
mbridge_posts_end(struct mbridge *mb)
{
    struct mbridge_post *post;

    clock_timer_del(mb->host->clock, mb->post_timer);
    mb->post_timer = 0;
    if (mb->posting) {
        mbridge_cancel(mb, &mb->posting);
        post_free(g_queue_pop_head(&mb->posts));
    }
    while ((post = g_queue_pop_head(&mb->posts))) {
        fail_op(mb, post->op, WEFT_ERROR_CLOSED, "The connection ended before this was sent.");
        post_free(post);
    }
}
