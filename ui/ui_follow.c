/* Links that lead to what weft knows: from the command line, /go, a message, what is pasted. */
#include "base/error.h"
#include "core/follow.h"

#include "ui/ui_priv.h"

bool
ui_follow_setup(struct ui *ui, const char *link, GError **error)
{
    if (core_is_read_only(ui->core)) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_CONFLICT,
                            "Another weft runs with this profile: add the account there.");
        return false;
    }
    g_free(ui->link);
    ui->link = g_strdup(link);
    ui_over_open(ui, UI_OVER_FIRST_RUN);
    return true;
}

/* Its server is none of the accounts': one is proposed, and the link followed when it is there. */
static void
propose_account(struct ui *ui, const char *link)
{
    g_autoptr(GError) error = NULL;

    if (!ui_follow_setup(ui, link, &error))
        ui_tell(ui, error->message, true);
}

void
ui_follow(struct ui *ui, const char *link)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *copy = g_strdup(link);
    const bool again = ui->link != NULL;

    if (core_is_read_only(ui->core)) {
        g_autofree char *text = g_strdup_printf(
            "Another weft runs with this profile: open the link there with /go %s", copy);
        ui_tell(ui, text, true);
        return;
    }
    switch (core_follow_link(ui->core, ui->window->shown, copy, &error)) {
    case FOLLOW_UNKNOWN:
        ui_tell(ui, "No network that weft knows has such links.", true);
        break;
    case FOLLOW_NEW:
        propose_account(ui, copy);
        return;
    case FOLLOW_WAITS:
        g_free(ui->link);
        ui->link = g_steal_pointer(&copy);
        if (!again)
            ui_tell(ui, "The link is opened as soon as its account is connected.", false);
        return;
    case FOLLOW_OPENS:
        ui->new_account = 0; /* the link says where to go */
        break;
    case FOLLOW_REFUSED:
        ui_tell(ui, error->message, true);
        break;
    }
    g_clear_pointer(&ui->link, g_free);
}

void
ui_follow_waiting(struct ui *ui, int64_t account_id)
{
    const struct account *account = core_account(ui->core, account_id);

    if (ui->link && ui->over != UI_OVER_FIRST_RUN && account && account->state == ACCOUNT_ONLINE)
        ui_follow(ui, ui->link);
}

bool
ui_follow_ours(struct ui *ui, const char *link)
{
    g_autoptr(GError) error = NULL;

    switch (core_follow_link(ui->core, ui->window->shown, link, &error)) {
    case FOLLOW_OPENS:
        return true;
    case FOLLOW_WAITS:
        ui_follow(ui, link);
        return true;
    case FOLLOW_REFUSED:
        ui_tell(ui, error->message, true);
        return true;
    default:
        return false;
    }
}

void
ui_follow_pasted(struct ui *ui)
{
    struct link_target target = {0};

    if (!core_recognise_link(ui->core, editor_text(ui->editor), &target))
        return;
    link_target_clear(&target);
    ui_tell(ui, "weft can open this link: write /go before it. Enter alone sends it.", false);
}
