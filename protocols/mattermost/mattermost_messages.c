/* What is done to one message: changing what it says. (section 4.3) */
#include <string.h>

#include "protocols/mattermost/mattermost_priv.h"
#include "protocols/mattermost/mattermost_text.h"

bool
mmost_check_post(struct mm *mm, const char *remote_id, GError **error)
{
    if (!mmost_check_ready(mm, error))
        return false;
    return mmost_is_id(remote_id) ||
           mmost_refuse(error, WEFT_ERROR_NOT_FOUND, "The server does not know this message.");
}

/* --- editing
 * ---------------------------------------------------------------------------------------- */

/* The answer is the post as it is now; the event says the same, before or after. */
static void
on_patched(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
           const GError *error)
{
    if (!error)
        mmost_post_edited(mm, answer->json);
    mmost_on_plain(mm, call, answer, error);
}

bool
mmost_api_edit(void *session, op_id op, const struct buffer *buffer, const struct message *message,
               const struct rich *body, GError **error)
{
    struct mm *mm = session;

    if (!mmost_check_post(mm, message->remote_id, error))
        return false;
    g_autofree char *text = mmost_text_write(mm, body);
    if (strspn(text, " \n\t") == strlen(text))
        return mmost_refuse(error, WEFT_ERROR_BAD_INPUT, "There is nothing in this message.");
    g_autofree char *acted =
        message->kind == MESSAGE_ACTION ? g_strconcat("*", text, "*", NULL) : NULL;
    json_t *patch = json_object();
    json_put_text(patch, "message", acted ? acted : text);
    struct mmost_call *call =
        mmost_call_urgent(mm, "PUT", patch, on_patched, "/posts/%s/patch", message->remote_id);
    call->op = op;
    call->safe = true; /* the same text twice changes nothing */
    return true;
}
