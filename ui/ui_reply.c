/* What is being written answers a message: shown above it, kept with the draft, sent with it. */
#include "ui/ui_priv.h"

static void
take(struct ui *ui, struct message *message_take)
{
    message_unref(ui->reply);
    ui->reply = message_take;
    ui_changed(ui);
}

void
ui_reply_set(struct ui *ui, struct message *message)
{
    take(ui, message ? message_ref(message) : NULL);
    core_set_draft_reply(ui->core, ui->window->shown, message ? message->id : 0);
}

void
ui_reply_load(struct ui *ui)
{
    take(ui, ui->window->root ? NULL : core_draft_reply(ui->core, ui->window->shown));
}

void
ui_reply_changed(struct ui *ui, struct message *message)
{
    if (ui->reply && ui->reply->id == message->id)
        take(ui, message_ref(message));
}

/* A command is a command, and two slashes are one, as in core_input(). */
bool
ui_reply_takes(const struct ui *ui, const char *text)
{
    return ui->reply && !(text[0] == '/' && text[1] != '/');
}

bool
ui_reply_send(struct ui *ui, const char *text, GError **error)
{
    const int64_t id = ui->reply->id;

    if (!core_reply(ui->core, id, text[0] == '/' ? text + 1 : text, error))
        return false;
    ui_reply_set(ui, NULL);
    return true;
}

void
ui_reply_view(const struct ui *ui, struct view_reply *ret_view, char **ret_words)
{
    const struct message *message = ui->reply;

    *ret_words = message ? line_words(message) : NULL;
    *ret_view = (struct view_reply){0};
    if (!message)
        return;
    ret_view->name = message->sender_name ? message->sender_name : "the server";
    ret_view->words = *ret_words;
    ret_view->by_name = !core_can_reply(ui->core, message);
}
