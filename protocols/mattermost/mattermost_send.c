/* What goes out: messages, exactly once (section 4.3).
 *
 * A message carries its key twice: as the pending id, by which the server knows a second try for
 * half a minute, and in its props, by which we know it again for ever. While it is not sure that
 * one has arrived it is sent again, as long as the server would know; then the connection ends, and
 * what was missed says whether it has. */
#include <string.h>

#include "protocols/mattermost/mattermost_priv.h"
#include "protocols/mattermost/mattermost_text.h"

#define PENDING    "api.post.deduplicate_create_post.pending"
#define WRONG_ROOT "api.post.create_post.root_id.app_error"
#define TRY_US     G_USEC_PER_SEC

static void post_now(struct mm *mm, op_id op, json_t *post_take);

/* Before a byte of it has left. */
static bool
never_left(const GError *error)
{
    return error_is(error, WEFT_ERROR_DNS) || error_is(error, WEFT_ERROR_REFUSED) ||
           error_is(error, WEFT_ERROR_TLS);
}

static bool
is_unsure(const struct mmost_answer *answer, const GError *error)
{
    return answer->status == 0 || answer->status >= 500 || strcmp(answer->id, PENDING) == 0 ||
           (answer->status < 300 && error != NULL);
}

static void
fail_unsent(struct mm *mm, op_id op)
{
    g_autoptr(GError) error =
        g_error_new(WEFT_ERROR, WEFT_ERROR_CLOSED, "The server could not be reached.");
    host_failed(mm->host, op, error);
}

/* Its outcome cannot be told by asking: catching up tells it. */
static void
give_up(struct mm *mm, const GError *error)
{
    mmost_fail(mm,
               g_error_new(WEFT_ERROR, WEFT_ERROR_IO,
                           "%s It is not known whether a message has arrived: weft connects again "
                           "and looks.",
                           error->message));
}

/* The server leaves out, without a word, what it does not know or what hangs from another post. */
static void
tell_dropped(struct mm *mm, const struct mmost_call *call, const json_t *post)
{
    const size_t n = json_array_size(json_get_array(post, "file_ids"));

    if (n >= call->number)
        return;
    g_autofree char *text = g_strdup_printf(
        "The server has left out %zu of the %u files of this message. Send %s again.",
        call->number - n, call->number, call->number - n == 1 ? "it" : "them");
    host_say(mm->host, json_get_text(post, "channel_id"), MESSAGE_SERVER, text);
}

static bool
is_copy(const json_t *post)
{
    return *json_get_text(json_get_object(post, "props"), MM_MARK_PROP) != '\0';
}

/* What it answers has been taken back: nothing can be said under that. A person decides what then
 * becomes of it; what is relayed is said all the same. */
static void
root_gone(struct mm *mm, struct mmost_call *call, const GError *error)
{
    if (call->json && is_copy(call->json)) {
        json_object_del(call->json, "root_id");
        post_now(mm, call->op, json_incref(call->json));
        return;
    }
    g_autoptr(GError) gone =
        g_error_new(WEFT_ERROR, error_code(error),
                    "What this answers is not there any more, and the server lets nothing be said "
                    "under it. Say it without answering.");
    host_failed(mm->host, call->op, gone);
}

static void
on_posted(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
          const GError *error)
{
    const int64_t since_us = clock_mono_us(mm->host->clock) - call->since_us;
    const char *id = json_get_text(answer->json, "id");
    const int64_t create_ms = json_get_int(answer->json, "create_at");

    if (!error && mmost_is_id(id)) {
        tell_dropped(mm, call, answer->json);
        /* The event came before, as a rule. Where it did not, or never will, this gives the message
         * its place among the others. */
        mmost_post_tell(mm, answer->json, ORIGIN_ECHO, NULL);
        host_done(mm->host, call->op, id, CLAMP(create_ms, 0, INT64_MAX / 1000) * 1000);
        return;
    }
    if (error && never_left(error) && call->tries == 1) {
        fail_unsent(mm, call->op);
        return;
    }
    if (!error || is_unsure(answer, error)) {
        if (since_us < MM_RETRY_US)
            mmost_call_again(call, TRY_US << MIN(call->tries - 1, 3));
        else if (error)
            give_up(mm, error);
        else
            mmost_fail(mm, g_error_new(WEFT_ERROR, WEFT_ERROR_PROTOCOL,
                                       "The server's answer to a message says nothing."));
        return;
    }
    if (strcmp(answer->id, WRONG_ROOT) == 0)
        root_gone(mm, call, error);
    else
        host_failed(mm->host, call->op, error);
}

static void
post_now(struct mm *mm, op_id op, json_t *post_take)
{
    const unsigned n_files = (unsigned)json_array_size(json_get_array(post_take, "file_ids"));
    json_t *kept = is_copy(post_take) ? json_incref(post_take) : NULL;
    struct mmost_call *call =
        mmost_call_urgent(mm, "POST", post_take, on_posted, "/posts?set_online=true");
    call->op = op;
    call->number = n_files;
    call->json = kept;
}

/* --- answers
 * ---------------------------------------------------------------------------------------- */

/* Nobody answers a reply there: what it belongs to is answered. */
static void
on_root(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
        const GError *error)
{
    const char *root = json_get_text(answer->json, "root_id");

    if (error && (answer->status == 0 || answer->status >= 500)) {
        fail_unsent(mm, call->op);
        return;
    }
    if (error && answer->status == 404) {
        root_gone(mm, call, error);
        return;
    }
    if (error) {
        host_failed(mm->host, call->op, error);
        return;
    }
    json_put_text(call->json, "root_id", mmost_is_id(root) ? root : call->text);
    post_now(mm, call->op, json_incref(call->json));
}

static void
post_answer(struct mm *mm, op_id op, const char *reply_to, json_t *post_take)
{
    const char *root = g_hash_table_lookup(mm->roots, reply_to);

    if (root) {
        json_put_text(post_take, "root_id", root);
        post_now(mm, op, post_take);
        return;
    }
    struct mmost_call *call = mmost_call_urgent(mm, "GET", NULL, on_root, "/posts/%s", reply_to);
    call->op = op;
    call->text = g_strdup(reply_to);
    call->json = post_take;
}

static void
put_files(json_t *post, const GPtrArray *files)
{
    json_t *ids = json_array();

    for (guint i = 0; files && i < files->len; i++) {
        const struct attachment *file = files->pdata[i];
        if (mmost_is_id(file->id))
            json_array_append_new(ids, json_string(file->id));
    }
    if (json_array_size(ids) > 0)
        json_object_set(post, "file_ids", ids);
    json_decref(ids);
}

/* Whom it is said for: as the server's own clients show it, and its relays mark it. */
static void
put_persona(const struct mm *mm, json_t *props, const struct send_request *request)
{
    const struct persona *as = mm->names ? request->as : NULL;

    if (as) {
        g_autofree char *name = mmost_persona_name(as);
        json_put_text(props, "from_webhook", "true");
        json_put_text(props, "override_username", name);
        if (mm->icons && as->avatar && g_str_has_prefix(as->avatar, "https://"))
            json_put_text(props, "override_icon_url", as->avatar);
    }
    json_put_text(props, MM_MARK_PROP, request->mark);
}

/* As the server takes it. Where names were switched off after it was written for one, the name
 * stands before the text: nothing that is relayed is without one. */
static char *
message_of(struct mm *mm, const struct send_request *request)
{
    g_autofree char *text = mmost_text_write(mm, request->body);
    g_autofree char *acted =
        request->kind == MESSAGE_ACTION ? g_strconcat("*", text, "*", NULL) : g_strdup(text);

    if (!request->as || mm->names || strspn(text, " \n\t") == strlen(text))
        return g_steal_pointer(&acted);
    g_autofree char *name = mmost_persona_name(request->as);
    struct rich *rich = rich_new(g_strdelimit(name, "@~", '_'), -1);
    rich_add(rich, 0, rich->len, SPAN_BOLD, NULL);
    g_autofree char *written = mmost_text_write(mm, rich);
    rich_free(rich);
    return g_strconcat(written, " ", acted, NULL);
}

/* Nobody speaks for others there: no client would show it. */
static bool
check_persona(const struct mmost_channel *channel, const struct send_request *request,
              GError **error)
{
    return !request->as || channel->kind != BUFFER_DIRECT ||
           mmost_refuse(error, WEFT_ERROR_UNSUPPORTED,
                        "In a direct conversation nobody can be named but who writes.");
}

bool
mmost_api_send(void *session, op_id op, const struct send_request *request, GError **error)
{
    struct mm *mm = session;
    const struct mmost_channel *channel = mmost_channel(mm, request->buffer->remote_id);

    if (!mmost_check_ready(mm, error))
        return false;
    if (!channel) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                    "The server does not know this conversation.");
        return false;
    }
    const bool act = request->kind == MESSAGE_ACTION;
    const char *said = request->body->text;
    if (strspn(said, " \n\t") == request->body->len && !request->files)
        return mmost_refuse(error, WEFT_ERROR_BAD_INPUT, "There is nothing in this message.");
    if (!check_persona(channel, request, error))
        return false;
    g_autofree char *message = message_of(mm, request);
    json_t *post = json_object(), *props = json_object();
    json_put_text(post, "channel_id", channel->id);
    json_put_text(post, "message", message);
    json_put_text(post, "type", act ? "me" : NULL);
    if (request->key) {
        g_autofree char *pending = g_strconcat(mm->self_id, ":", request->key, NULL);
        json_put_text(post, "pending_post_id", pending);
        json_put_text(props, MM_KEY_PROP, request->key);
    }
    put_persona(mm, props, request);
    json_object_set_new(post, "props", props);
    put_files(post, request->files);
    if (request->thread && mmost_is_id(request->thread)) {
        json_put_text(post, "root_id", request->thread);
        post_now(mm, op, post);
    } else if (request->reply_to && mmost_is_id(request->reply_to)) {
        post_answer(mm, op, request->reply_to, post);
    } else {
        post_now(mm, op, post);
    }
    return true;
}

/* One that has left keeps its answer. */
void
mmost_api_op_cancel(void *session, op_id op)
{
    struct mm *mm = session;
    struct mmost_call *call = mmost_call_of(mm, op);
    g_autoptr(GError) error = NULL;

    if (mmost_transfer_cancel(mm, op) || !call || call->since_us != 0)
        return;
    mmost_call_drop(call);
    error = g_error_new(WEFT_ERROR, WEFT_ERROR_CANCELLED, "Cancelled.");
    host_failed(mm->host, op, error);
}
