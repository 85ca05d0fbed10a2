/* What the fake network is asked of the person's own: what is muted, drafts. */
#include "model/program_form.h"
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
fake_driver_fill(void *state, op_id op, const struct buffer *buffer,
                 const struct program_form *form, bool leave, GError **error)
{
    GString *line = g_string_new(NULL);

    g_string_append_printf(line, "%s %s", leave ? "leave" : "fill", form->key);
    for (guint i = 0; i < form->fields->len && !leave; i++) {
        const struct program_field *field = form->fields->pdata[i];
        g_string_append_printf(line, " %s=%s", field->name, field->value);
    }
    g_string_append_c(line, '|');
    return asked(state, op, g_string_free(line, FALSE));
}

bool
fake_driver_draft(void *state, op_id op, const struct buffer *buffer, const char *root_id,
                  const char *text, GError **error)
{
    return asked(state, op,
                 g_strdup_printf("draft %s %s %s|", buffer->remote_id, root_id ? root_id : "-",
                                 text ? text : "(none)"));
}
