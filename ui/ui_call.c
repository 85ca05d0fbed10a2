/* Between what calls and who tells of it: the screen says what is being looked at, and lends its
 * terminal. */
#include "ui/ui_priv.h"

#include "ui/attention.h"
#include "ui/notify.h"

static bool
looks_at(void *user, int64_t buffer_id)
{
    const struct ui *ui = user;

    for (struct ui_window *window = NULL; (window = ui_window_next(ui, window));)
        if (window->shown == buffer_id && ui_window_in_sight(window))
            return ui_present(ui);
    return false;
}

static void
show(void *user, struct call *call)
{
    struct ui *ui = user;

    notify_show(ui->notify, call);
}

void
ui_call_start(struct ui *ui)
{
    const struct attention_hooks hooks = {looks_at, show, ui};
    const struct notify_options options = {
        .core = ui->core, .context = ui->context, .send = ui_term_send, .user = ui};

    ui->notify = notify_new(&options);
    ui->attention = attention_new(ui->core, &hooks);
}

void
ui_call_stop(struct ui *ui)
{
    attention_free(ui->attention);
    notify_free(ui->notify);
}

void
ui_call_notice(struct ui *ui, const struct notice *notice)
{
    if (ui->attention == NULL)
        return;
    if (notice->type == NOTICE_CONFIG)
        notify_configure(ui->notify);
    else
        attention_notice(ui->attention, notice);
}
