/* The threads that the person follows, over all accounts: those with something new first. Its keys
 * are those of the inbox. */
#include <string.h>

#include "core/threads.h"
#include "ui/ui_priv.h"

#define THREADS_MOST 200

struct ui_threads {
    struct ui *ui;
    GPtrArray *threads; /* struct thread */
    size_t selected, top;
    size_t fit; /* entries in sight at the last draw */
    bool stale;
};

static void
load(struct ui_threads *list)
{
    g_clear_pointer(&list->threads, g_ptr_array_unref);
    list->threads = core_threads(list->ui->core, THREADS_MOST);
    list->selected = MIN(list->selected, MAX(1, (size_t)list->threads->len) - 1);
    list->stale = false;
}

struct ui_threads *
ui_threads_new(struct ui *ui)
{
    struct ui_threads *list = g_new0(struct ui_threads, 1);

    list->ui = ui;
    load(list);
    return list;
}

void
ui_threads_free(struct ui_threads *list)
{
    if (!list)
        return;
    g_ptr_array_unref(list->threads);
    g_free(list);
}

void
ui_threads_changed(struct ui_threads *list)
{
    if (list)
        list->stale = true;
}

/* --- keys
 * ---------------------------------------------------------------------------------------------- */

static const struct thread *
chosen(const struct ui_threads *list)
{
    return list->selected < list->threads->len ? list->threads->pdata[list->selected] : NULL;
}

static void
open_chosen(struct ui_threads *list)
{
    struct ui *ui = list->ui;
    const struct thread *thread = chosen(list);

    if (!thread)
        return;
    const int64_t buffer_id = thread->buffer_id;
    g_autofree char *root = g_strdup(thread->root);
    ui_over_close(ui);
    ui_thread_show(ui, buffer_id, root);
}

/* All of it is read. */
static void
done(struct ui_threads *list)
{
    const struct thread *thread = chosen(list);
    struct page page = {0};

    if (!thread)
        return;
    core_thread_newest(list->ui->core, thread->buffer_id, thread->root, 1, &page);
    if (page.messages->len > 0)
        core_read_thread(list->ui->core, thread->buffer_id, thread->root,
                         message_position(page.messages->pdata[page.messages->len - 1]));
    page_clear(&page);
}

static void
move(struct ui_threads *list, int64_t by)
{
    const int64_t last = (int64_t)list->threads->len - 1;

    list->selected = (size_t)CLAMP((int64_t)list->selected + by, 0, MAX(0, last));
}

void
ui_threads_key(struct ui_threads *list, enum action action)
{
    const int64_t page = MAX(1, (int64_t)list->fit - 1);

    switch (action) {
    case ACTION_INBOX_UP:
    case ACTION_INBOX_DOWN:
        move(list, action == ACTION_INBOX_DOWN ? 1 : -1);
        break;
    case ACTION_INBOX_PAGE_UP:
    case ACTION_INBOX_PAGE_DOWN:
        move(list, action == ACTION_INBOX_PAGE_DOWN ? page : -page);
        break;
    case ACTION_INBOX_FIRST:
    case ACTION_INBOX_LAST:
        move(list, action == ACTION_INBOX_LAST ? THREADS_MOST : -THREADS_MOST);
        break;
    case ACTION_INBOX_OPEN:
    case ACTION_INBOX_REPLY:
        open_chosen(list);
        break;
    case ACTION_INBOX_DONE:
        done(list);
        break;
    case ACTION_INBOX_CLOSE:
    case ACTION_CANCEL:
    case ACTION_THREADS:
        ui_over_close(list->ui);
        break;
    default:
        break;
    }
}

void
ui_threads_choose(struct ui_threads *list, size_t row)
{
    list->selected = MIN(row, MAX(1, (size_t)list->threads->len) - 1);
    open_chosen(list);
}

char *
ui_threads_hint(const struct ui_threads *list)
{
    const struct ui *ui = list->ui;
    GString *out = g_string_new(NULL);

    if (list->threads->len > 0) {
        ui_hint_add(ui, out, ACTION_INBOX_OPEN, "open");
        ui_hint_add(ui, out, ACTION_INBOX_DONE, "mark as read");
    }
    ui_hint_add(ui, out, ACTION_INBOX_CLOSE, "back");
    return g_string_free(out, FALSE);
}

/* --- drawing
 * ------------------------------------------------------------------------------------------ */

/* "(3 new) ", "5 replies " */
static char *
lead_of(const struct thread *thread)
{
    if (thread->unread > 0)
        return g_strdup_printf("(%u new) ", thread->unread);
    return g_strdup_printf("%u repl%s ", thread->replies, thread->replies == 1 ? "y" : "ies");
}

static void
fill_entry(const struct ui *ui, const struct thread *thread, struct view_inbox_entry *view,
           char **ret_words)
{
    const struct buffer *buffer = core_buffer(ui->core, thread->buffer_id);
    const struct account *account = buffer ? core_account(ui->core, buffer->account_id) : NULL;

    *ret_words = thread->at ? line_words(thread->at) : g_strdup("(a message that is not here)");
    view->mark = 'T';
    view->role = thread->mentions > 0 ? ROLE_MENTION
                 : thread->unread > 0 ? ROLE_UNREAD
                                      : ROLE_POPUP;
    view->when = ui_when(ui, thread->last_us);
    view->name = buffer ? buffer->name : "";
    view->number = buffer ? buffer->number : 0;
    view->account = account ? account->label ? account->label : account->name : NULL;
    view->lead = lead_of(thread);
    view->lead_role = thread->unread > 0 ? ROLE_UNREAD : ROLE_POPUP;
    view->sender = thread->at ? thread->at->sender_name : NULL;
    view->text = *ret_words;
}

static void
keep_in_sight(struct ui_threads *list, size_t fit)
{
    list->fit = fit;
    if (list->selected < list->top)
        list->top = list->selected;
    if (fit > 0 && list->selected >= list->top + fit)
        list->top = list->selected - fit + 1;
    list->top = MIN(list->top, list->threads->len > fit ? list->threads->len - fit : 0);
}

void
ui_threads_draw(struct ui_threads *list, const struct canvas *canvas, struct rect rect)
{
    const int each = pane_inbox_entry_rows(rect.cols);
    const size_t fit = (size_t)(pane_inbox_list_rows(rect) / each);
    struct view_inbox view = {
        .title = " THREADS that you follow",
        .accounts = core_accounts(list->ui->core)->len > 1,
        .empty = "You follow no thread. One is followed in which you wrote, which you began, or in "
                 "which you were called; /thread follow follows another.",
    };

    if (list->stale)
        load(list);
    keep_in_sight(list, fit);
    view.n = MIN(fit, list->threads->len - list->top);
    view.selected = list->selected - list->top;
    g_autofree struct view_inbox_entry *entries = g_new0(struct view_inbox_entry, MAX(1, view.n));
    g_autofree char **words = g_new0(char *, MAX(1, view.n));
    for (size_t i = 0; i < view.n; i++)
        fill_entry(list->ui, list->threads->pdata[list->top + i], &entries[i], &words[i]);
    view.entries = entries;
    pane_inbox_draw(canvas, rect, &view);
    list->ui->drawn =
        (struct drawn_list){.rect = {rect.row + 1, rect.col, (int)view.n * each, rect.cols},
                            .each = each,
                            .first = list->top,
                            .n = view.n};
    for (size_t i = 0; i < view.n; i++) {
        g_free(entries[i].when);
        g_free(entries[i].lead);
        g_free(words[i]);
    }
}
