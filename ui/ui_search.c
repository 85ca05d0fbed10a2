/* Searching everything: a line to type in and what is found below it, over the timeline. */
#include <string.h>

#include "core/follow.h"
#include "core/search.h"
#include "ui/spans.h"
#include "ui/ui_priv.h"

struct ui_search {
    struct ui *ui;
    struct search *search;
    struct editor *query;
    GPtrArray *hits; /* struct message */
    size_t selected, top;
    int64_t here; /* the buffer that "in:here" means */
    int64_t behind;
    bool ranked, more, asked;
    bool pins;    /* not a search: what is pinned here, narrowed by what is typed */
    bool typing;  /* the last word may not be whole */
    bool waiting; /* the answer takes longer than a key may */
    bool fresh;   /* nothing has come for this text yet */
    unsigned far; /* networks that have not answered yet */
    char *error;
    char *failed; /* what a network says that could not search; NULL: none */
};

/* The choice stays on its message, whatever comes before it. */
static void
stay_on(struct ui_search *search, const struct message *message)
{
    for (guint i = 0; message && i < search->hits->len; i++) {
        const struct message *hit = search->hits->pdata[i];
        if (hit->id == message->id && hit->buffer_id == message->buffer_id &&
            g_strcmp0(hit->remote_id, message->remote_id) == 0)
            search->selected = i;
    }
    search->selected = MIN(search->selected, search->hits->len > 0 ? search->hits->len - 1U : 0);
}

static void
on_result(void *user, const struct search_result *result, const GError *error)
{
    struct ui_search *search = user;
    struct message *chosen = !search->fresh && search->selected < search->hits->len
                                 ? message_ref(search->hits->pdata[search->selected])
                                 : NULL;

    search->waiting = search->fresh = false;
    g_clear_pointer(&search->error, g_free);
    g_clear_pointer(&search->failed, g_free);
    g_ptr_array_set_size(search->hits, 0);
    if (error)
        search->error = g_strdup(error->message);
    for (guint i = 0; result && i < result->hits->len; i++)
        g_ptr_array_add(search->hits, message_ref(g_ptr_array_index(result->hits, i)));
    search->more = result && result->more;
    search->asked = result && result->asked;
    search->behind = result ? result->behind : 0;
    search->far = result ? result->waiting : 0;
    search->failed = result ? g_strdup(result->failed) : NULL;
    stay_on(search, chosen);
    if (chosen)
        message_unref(chosen);
    ui_changed(search->ui);
}

static void
ask(struct ui_search *search, bool typing)
{
    search->selected = search->top = 0;
    search->more = false;
    search->fresh = true;
    if (search->pins) {
        search_set_pins(search->search, search->here, editor_text(search->query));
        return;
    }
    search->waiting = true;
    search->typing = typing;
    search_set(search->search, editor_text(search->query), search->here, search->ranked, typing);
}

struct ui_search *
ui_search_new(struct ui *ui, const char *text)
{
    struct ui_search *search = g_new0(struct ui_search, 1);

    search->ui = ui;
    search->here = ui->window->shown;
    search->hits = g_ptr_array_new_with_free_func((GDestroyNotify)message_unref);
    search->query = editor_new(ui_rules(ui));
    search->search = search_new(ui->core, on_result, search);
    editor_set(search->query, text ? text : ui->search_text ? ui->search_text : "", SIZE_MAX);
    ask(search, text == NULL);
    return search;
}

struct ui_search *
ui_search_new_pins(struct ui *ui, int64_t buffer_id)
{
    struct ui_search *search = g_new0(struct ui_search, 1);

    search->ui = ui;
    search->here = buffer_id;
    search->pins = true;
    search->hits = g_ptr_array_new_with_free_func((GDestroyNotify)message_unref);
    search->query = editor_new(ui_rules(ui));
    search->search = search_new(ui->core, on_result, search);
    ask(search, true);
    return search;
}

void
ui_search_free(struct ui_search *search)
{
    if (!search)
        return;
    if (!search->pins) {
        g_free(search->ui->search_text);
        search->ui->search_text = g_strdup(editor_text(search->query));
    }
    search_free(search->search);
    editor_free(search->query);
    g_ptr_array_unref(search->hits);
    g_free(search->error);
    g_free(search->failed);
    g_free(search);
}

void
ui_search_changed(struct ui_search *search, struct message *message)
{
    const bool waiting = search->waiting;

    search_changed(search->search, message);
    search->waiting = waiting;
}

/* --- keys
 * ----------------------------------------------------------------------------------------- */

static void
move(struct ui_search *search, int by)
{
    size_t n = search->hits->len;

    if (n == 0)
        return;
    if (by < 0)
        search->selected -= MIN(search->selected, (size_t)-by);
    else
        search->selected = MIN(n - 1, search->selected + (size_t)by);
    if (search->more && search->selected + SEARCH_PAGE / 2 >= n)
        search_more(search->search);
}

void
ui_search_select(struct ui_search *search, size_t hit)
{
    if (hit < search->hits->len)
        search->selected = hit;
}

static int
page(const struct ui_search *search)
{
    struct rect rect = ui_over_place(search->ui);
    return MAX(1, pane_search_list_rows(rect) / pane_search_hit_rows(rect.cols) - 1);
}

/* One that is on the server alone is shown when it is here, with what was said around it. */
static void
fetch_hit(struct ui *ui, const struct message *message)
{
    g_autoptr(GError) error = NULL;

    if (core_show_message(ui->core, message->buffer_id, message->remote_id, &error))
        ui_tell(ui, "This message is fetched from the server, with what was said around it.",
                false);
    else
        ui_tell(ui, error->message, true);
    ui_show(ui, message->buffer_id);
}

/* What is chosen is shown where it was said. */
static void
open_hit(struct ui_search *search)
{
    struct ui *ui = search->ui;
    struct message *message;

    if (search->selected >= search->hits->len)
        return;
    message = message_ref(g_ptr_array_index(search->hits, search->selected));
    ui_over_close(ui);
    if (message->id != 0)
        ui_show_message(ui, message);
    else
        fetch_hit(ui, message);
    message_unref(message);
}

/* True: it was one of those that move or open. */
static bool
list_key(struct ui_search *search, enum action action)
{
    switch (action) {
    case ACTION_DOWN:
    case ACTION_NEXT_BUFFER:
        move(search, 1);
        return true;
    case ACTION_UP:
    case ACTION_PREV_BUFFER:
        move(search, -1);
        return true;
    case ACTION_SCROLL_DOWN:
        move(search, page(search));
        return true;
    case ACTION_SCROLL_UP:
        move(search, -page(search));
        return true;
    case ACTION_COMPLETE:
    case ACTION_COMPLETE_BACK:
        if (!search->pins) {
            search->ranked = !search->ranked;
            ask(search, search->typing);
        }
        return true;
    case ACTION_NEWLINE:
        return true;
    default:
        return false;
    }
}

void
ui_search_key(struct ui_search *search, enum action action, struct key key)
{
    unsigned serial = editor_serial(search->query);

    if (action == ACTION_CANCEL || action == ACTION_SEARCH) {
        ui_over_close(search->ui);
        return;
    }
    if (action == ACTION_SUBMIT) {
        open_hit(search);
        return;
    }
    if (list_key(search, action))
        return;
    if (action != ACTION_NONE)
        editor_action(search->query, action, NULL);
    else if (key_is_text(key))
        editor_insert_char(search->query, key.code);
    if (serial != editor_serial(search->query))
        ask(search, true);
}

void
ui_search_paste(struct ui_search *search, const char *text, size_t len)
{
    editor_insert(search->query, text, len);
    ask(search, true);
}

/* --- drawing
 * -------------------------------------------------------------------------------------- */

/* ", 3 on the server (↓)" */
static char *
far_note(const struct ui_search *search)
{
    unsigned far = 0;

    for (guint i = 0; i < search->hits->len; i++)
        far += ((const struct message *)search->hits->pdata[i])->id == 0;
    g_autofree char *note = far > 0 ? g_strdup_printf(", %u on the server (↓)", far) : g_strdup("");
    return g_strconcat(search->far > 0 ? " so far" : "", note, NULL);
}

static char *
nothing_of(const struct ui_search *search)
{
    if (search->far > 0)
        return g_strdup("Nothing of it is here. The network is asked …");
    if (search->pins)
        return g_strdup(editor_is_empty(search->query)
                            ? "Nothing is pinned. p on a message, or /pin, pins it."
                            : "Nothing that is pinned has this in it.");
    if (search->waiting)
        return g_strdup("Searching …");
    if (!search->asked)
        return g_strdup("Words, \"a phrase\", begin*, -not, from:nick in:#channel in:here "
                        "after:2026-11-01 before:2h. Esc closes.");
    return g_strdup("Nothing was found. Fewer words, or begin* for a beginning, find more.");
}

static char *
status_of(const struct ui_search *search)
{
    const char *order = search->ranked ? "best first" : "newest first";
    const char *other = search->ranked ? "newest first" : "best first";
    g_autofree char *behind =
        search->behind > 0
            ? g_strdup_printf("The index is being built: %" G_GINT64_FORMAT " messages to go. ",
                              search->behind)
            : g_strdup("");

    if (search->error)
        return g_strdup(search->error);
    g_autofree char *before =
        g_strconcat(search->failed ? search->failed : "", search->failed ? " " : "", behind, NULL);
    if (search->hits->len == 0) {
        g_autofree char *nothing = nothing_of(search);
        return g_strconcat(before, nothing, NULL);
    }
    g_autofree char *far = far_note(search);
    if (search->pins)
        return g_strdup_printf("%s%u pinned%s, newest first. Enter: open  Esc", before,
                               search->hits->len, far);
    return g_strdup_printf("%s%u%s found%s, %s. Enter: open  Tab: %s  Esc", before,
                           search->hits->len, search->more ? " and more" : "", far, order, other);
}

static void
fill_hit(const struct ui_search *search, const struct message *message, struct view_hit *hit)
{
    const struct ui *ui = search->ui;
    const struct buffer *buffer = core_buffer(ui->core, message->buffer_id);
    const struct account *account = buffer ? core_account(ui->core, buffer->account_id) : NULL;
    /* What was hidden by its sender is hidden here, and is not marked where it was found. */
    char *text = line_text(message);
    GArray *marks = search->pins ? g_array_new(FALSE, FALSE, sizeof(size_t))
                                 : search_marks(search->search, text);

    hit->when = ui_format_time(ui, message->time_us, "%Y-%m-%d %H:%M");
    hit->buffer = buffer ? buffer->name : "(not listed any more)";
    hit->account = account ? account->label ? account->label : account->name : NULL;
    hit->sender = message->sender_name ? message->sender_name : "";
    /* In one line: a blank for each end of a line, as long as it was, so that the marks stay. */
    hit->text = g_strdelimit(text, "\r\n", ' ');
    hit->far = message->id == 0;
    hit->n_marks = marks->len / 2;
    hit->marks = (size_t *)(void *)g_array_free(marks, FALSE);
}

void
ui_search_draw(struct ui_search *search, const struct canvas *canvas, struct rect rect)
{
    size_t fit = (size_t)(pane_search_list_rows(rect) / pane_search_hit_rows(rect.cols));
    g_autofree char *status = status_of(search);
    struct view_search view = {.prompt = search->pins ? " pinned> " : " search> ",
                               .query = search->query,
                               .status = status,
                               .bad = search->error != NULL,
                               .drawn = &search->ui->drawn};
    struct view_hit *hits;

    if (search->selected < search->top)
        search->top = search->selected;
    if (fit > 0 && search->selected >= search->top + fit)
        search->top = search->selected - fit + 1;
    search->top = MIN(search->top, search->hits->len);
    view.n = MIN(fit, search->hits->len - search->top);
    view.selected = search->selected - search->top;
    hits = g_new0(struct view_hit, MAX(1, view.n));
    for (size_t i = 0; i < view.n; i++)
        fill_hit(search, g_ptr_array_index(search->hits, search->top + i), &hits[i]);
    view.hits = hits;
    pane_search_draw(canvas, rect, &view);
    search->ui->drawn.first = search->top;
    for (size_t i = 0; i < view.n; i++) {
        g_free(hits[i].when);
        g_free(hits[i].text);
        g_free(hits[i].marks);
    }
    g_free(hits);
}
