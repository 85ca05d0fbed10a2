/* What the fake network is asked of the person's own: what is muted, drafts. */
#include "tests/unit/core/fake.h"

static bool
asked(struct fake_session *session, op_id op, char *what_take)
{
    g_string_append(session->asked, what_take);
    g_free(what_take);
    session->asked_op = op;
    return true;
}

bool
fake_driver_mute(void *state, op_id op, const struct buffer *buffer, bool on, GError **error)
{
    return asked(state, op, g_strdup_printf("%s %s|", on ? "mute" : "unmute", buffer->remote_id));
}

bool
fake_driver_draft(void *state, op_id op, const struct buffer *buffer, const char *root_id,
                  const char *text, GError **error)
{
    return asked(state, op,
                 g_strdup_printf("draft %s %s %s|", buffer->remote_id, root_id ? root_id : "-",
                                 text ? text : "(none)"));
}
