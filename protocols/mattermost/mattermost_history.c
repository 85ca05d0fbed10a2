/* Older messages, when somebody asks (section 4.2). */
#include <string.h>

#include "protocols/mattermost/mattermost_priv.h"

#define MOST_ASKED 200
#define AROUND     30 /* before and after a message that is shown */

static void
tell_history(struct mm *mm, struct mmost_job *job)
{
    const json_t *order = json_get_array(job->json, "order");
    const json_t *posts = json_get_object(job->json, "posts");
    struct history_result result = {.end = job->number == 0 &&
                                           !*json_get_text(job->json, "prev_post_id")};

    for (size_t i = json_array_size(order); i > 0; i--) {
        const json_t *post = json_object_get(posts, json_as_text(json_array_get(order, i - 1)));
        const int64_t create_ms = json_get_int(post, "create_at");
        if (strcmp(json_get_text(post, "channel_id"), job->conversation) != 0 ||
            json_get_int(post, "delete_at") > 0 || !mmost_post_tell(mm, post, ORIGIN_HISTORY, NULL))
            continue;
        result.n++;
        if (result.oldest_key == 0 || create_ms * 1000 < result.oldest_key)
            result.oldest_key = create_ms * 1000;
        result.newest_key = MAX(result.newest_key, create_ms * 1000);
    }
    /* An empty page is the end, unless the server did not know where from. */
    host_history_done(mm->host, job->op, &result);
}

static void
on_history(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
           const GError *error)
{
    mmost_page_need(mm, call, answer, error, tell_history);
}

/* A post, and half of what is wanted on each side: three answers, put together in one. */
static void
on_around(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
          const GError *error)
{
    static const char *const sides[] = {"before", "after"};
    json_t *order, *posts, *id;
    size_t i;

    if (error) {
        host_failed(mm->host, call->op, error);
        return;
    }
    if (!call->json) { /* the post alone has come */
        call->json = json_pack("{s:[O],s:{s:O}}", "order", json_object_get(answer->json, "id"),
                               "posts", call->text, answer->json);
    } else {
        order = json_object_get(call->json, "order");
        posts = json_object_get(call->json, "posts");
        json_array_foreach(json_get_array(answer->json, "order"), i, id)
            json_array_append(order, id);
        json_object_update_missing(posts, json_get_object(answer->json, "posts"));
    }
    if (!call->json || call->number >= 2) {
        const struct mmost_answer whole = {.status = 200, .json = call->json};
        call->number = 1; /* no end was seen */
        on_history(mm, call, &whole, NULL);
        return;
    }
    struct mmost_call *next = mmost_call_urgent(
        mm, "GET", NULL, on_around, "/channels/%s/posts?%s=%s&per_page=%d&skipFetchThreads=true",
        call->conversation, sides[call->number], call->text, AROUND);
    next->op = call->op;
    next->number = call->number + 1;
    next->conversation = g_strdup(call->conversation);
    next->text = g_strdup(call->text);
    next->json = json_incref(call->json);
}

bool
mmost_api_history(void *session, op_id op, const struct history_request *request, GError **error)
{
    struct mm *mm = session;
    const char *id = request->buffer->remote_id, *from = request->remote_id;
    const unsigned limit = CLAMP(request->limit, 1, MOST_ASKED);
    struct mmost_call *call;

    if (!mmost_check_ready(mm, error))
        return false;
    if (!mmost_channel(mm, id)) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                    "The server does not know this "
                    "conversation.");
        return false;
    }
    if (request->around && !mmost_is_id(from)) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                    "The server does not know this message.");
        return false;
    }
    if (request->around) {
        call = mmost_call_urgent(mm, "GET", NULL, on_around, "/posts/%s", from);
        call->text = g_strdup(from);
    } else if (mmost_is_id(from))
        call = mmost_call_urgent(mm, "GET", NULL, on_history,
                                 "/channels/%s/posts?%s=%s&per_page=%u&skipFetchThreads=true", id,
                                 request->newer ? "after" : "before", from, limit);
    else
        call = mmost_call_urgent(mm, "GET", NULL, on_history,
                                 "/channels/%s/posts?per_page=%u&skipFetchThreads=true", id, limit);
    call->op = op;
    call->number = request->around ? 0 : request->newer;
    call->conversation = g_strdup(id);
    return true;
}
