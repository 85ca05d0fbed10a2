/* Keys, and what they mean for what lies over the timeline: switcher, help, first run, a question.
 */
#include "ui/ui_pressed.h"

#include <string.h>

#include "base/error.h"

/* An Enter that was meant for the line below must not answer a question that appeared under the
 * finger. */
#define QUESTION_GUARD_US (700 * 1000)

/* --- opening and closing
 * ----------------------------------------------------------------------------------- */

static void
first_run_changed(void *user)
{
    struct ui *ui = user;
    ui_changed(ui);
}

void
ui_over_pins(struct ui *ui, int64_t buffer_id)
{
    ui_over_close(ui);
    ui->over = UI_OVER_SEARCH;
    ui->search = ui_search_new_pins(ui, buffer_id);
    ui_changed(ui);
}

void
ui_over_search(struct ui *ui, const char *text)
{
    ui_over_close(ui);
    ui->over = UI_OVER_SEARCH;
    ui->search = ui_search_new(ui, text);
    ui_changed(ui);
}

bool
ui_over_make(struct ui *ui, int64_t buffer_id, const char *name, GError **error)
{
    struct ui_make *make = ui_make_new(ui, buffer_id, name);

    if (!make) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED,
                            "No account that is connected can make a channel.");
        return false;
    }
    ui_over_close(ui);
    ui->over = UI_OVER_MAKE;
    ui->make = make;
    ui_changed(ui);
    return true;
}

bool
ui_over_browse(struct ui *ui, int64_t buffer_id, const char *words, GError **error)
{
    struct ui_browse *browse = ui_browse_new(ui, buffer_id, words);

    if (!browse) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED,
                            "No account that is connected lists what can be joined.");
        return false;
    }
    ui_over_close(ui);
    ui->over = UI_OVER_BROWSE;
    ui->browse = browse;
    ui_changed(ui);
    return true;
}

void
ui_over_react(struct ui *ui, struct message *message)
{
    ui_over_close(ui);
    ui->over = UI_OVER_REACT;
    ui->react = ui_react_new(ui, message);
}

void
ui_over_facts(struct ui *ui, const struct message *message, bool who)
{
    ui_over_close(ui);
    ui->over = UI_OVER_FACTS;
    ui->facts = ui_facts_new(ui, message, who);
}

void
ui_over_links(struct ui *ui, const struct message *message)
{
    struct ui_links *links = ui_links_new(ui, message);

    if (ui_links_is_empty(links)) {
        ui_links_free(links);
        ui_tell(ui, "No link is in sight, nor above.", false);
        return;
    }
    ui_over_close(ui);
    ui->over = UI_OVER_LINKS;
    ui->over_links = links;
}

void
ui_over_buttons(struct ui *ui, struct message *message)
{
    ui_over_close(ui);
    ui->over = UI_OVER_BUTTONS;
    ui->buttons = ui_buttons_new(ui, message);
}

/* A form that is new, has changed, or is gone. */
void
ui_over_fill(struct ui *ui, uint64_t form_id)
{
    if (ui->fill && ui_fill_id(ui->fill) == form_id) {
        ui_fill_changed(ui->fill);
        return;
    }
    struct ui_fill *fill = ui_fill_new(ui, form_id);
    if (!fill)
        return;
    ui_over_close(ui);
    ui->over = UI_OVER_FILL;
    ui->fill = fill;
}

void
ui_over_open(struct ui *ui, enum ui_over over)
{
    ui_over_close(ui);
    ui->over = over;
    if (over == UI_OVER_SWITCHER) {
        ui->switcher = switcher_new(ui->core, ui->window->shown, ui_rules(ui));
    } else if (over == UI_OVER_SEARCH) {
        ui->search = ui_search_new(ui, NULL);
    } else if (over == UI_OVER_FIND) {
        ui->find = ui_find_new(ui);
    } else if (over == UI_OVER_THEMES) {
        ui->themes = ui_themes_new(ui);
    } else if (over == UI_OVER_REACT) {
        ui->react = ui_react_new(ui, NULL);
    } else if (over == UI_OVER_RECALL) {
        ui->recall = ui_recall_new(ui);
    } else if (over == UI_OVER_BARE) {
        ui->bare = ui_bare_new(ui);
        ui_mouse_apply(ui); /* it is the terminal's, to copy with */
    } else if (over == UI_OVER_INBOX) {
        ui->inbox = ui_inbox_new(ui);
    } else if (over == UI_OVER_THREADS) {
        ui->threads = ui_threads_new(ui);
    } else if (over == UI_OVER_RELAY) {
        ui->relay = ui_relay_new(ui);
    } else if (over == UI_OVER_FIRST_RUN && !first_run_can(ui->core)) {
        ui->over = UI_OVER_NONE;
        ui_tell(ui, "This weft was built without any network.", true);
    } else if (over == UI_OVER_FIRST_RUN) {
        struct first_run_options options = {
            .core = ui->core,
            .config = ui->config,
            .paths = ui->paths,
            .link = ui->link,
            .rules = ui_rules(ui),
            .demo = ui->demo != NULL,
            .changed = first_run_changed,
            .user = ui,
        };
        ui->first_run = first_run_new(&options);
    }
}

void
ui_over_close(struct ui *ui)
{
    ui->over = UI_OVER_NONE;
    switcher_free(ui->switcher);
    ui->switcher = NULL;
    ui_search_free(g_steal_pointer(&ui->search));
    ui_find_free(g_steal_pointer(&ui->find));
    g_clear_pointer(&ui->flood, g_free);
    ui_themes_free(g_steal_pointer(&ui->themes));
    ui_react_free(g_steal_pointer(&ui->react));
    ui_facts_free(g_steal_pointer(&ui->facts));
    ui_recall_free(g_steal_pointer(&ui->recall));
    ui_links_free(g_steal_pointer(&ui->over_links));
    ui_buttons_free(g_steal_pointer(&ui->buttons));
    ui_fill_free(g_steal_pointer(&ui->fill));
    if (ui->bare) {
        ui_term_redraw(ui); /* rows that joined must not join any more */
        ui_mouse_apply(ui);
    }
    ui_bare_free(g_steal_pointer(&ui->bare));
    ui_inbox_free(g_steal_pointer(&ui->inbox));
    ui_make_free(g_steal_pointer(&ui->make));
    ui_browse_free(g_steal_pointer(&ui->browse));
    ui_threads_free(g_steal_pointer(&ui->threads));
    ui_relay_free(g_steal_pointer(&ui->relay));
    first_run_free(ui->first_run);
    ui->first_run = NULL;
}

/* --- switcher, help, first run
 * ----------------------------------------------------------------------------- */

static void
switcher_choose(struct ui *ui)
{
    const int64_t chosen = switcher_selected(ui->switcher);
    const struct person *person = switcher_person(ui->switcher);
    g_autoptr(GError) error = NULL;

    if (person &&
        !core_open_direct(ui->core, person->account_id, ui->window->shown, person->name, &error))
        ui_tell(ui, error->message, true);
    ui_over_close(ui);
    if (chosen != 0)
        ui_go(ui, chosen);
}

static void
switcher_key(struct ui *ui, enum action action, struct key key)
{
    struct editor *query = switcher_query(ui->switcher);
    unsigned serial = editor_serial(query);

    switch (action) {
    case ACTION_CANCEL:
    case ACTION_SWITCHER:
        ui_over_close(ui);
        return;
    case ACTION_SUBMIT:
        switcher_choose(ui);
        return;
    case ACTION_DOWN:
    case ACTION_NEXT_BUFFER:
    case ACTION_COMPLETE:
        switcher_move(ui->switcher, 1);
        return;
    case ACTION_UP:
    case ACTION_PREV_BUFFER:
    case ACTION_COMPLETE_BACK:
        switcher_move(ui->switcher, -1);
        return;
    case ACTION_NEWLINE:
        return;
    case ACTION_NONE:
        if (key_is_text(key))
            editor_insert_char(query, key.code);
        break;
    default:
        editor_action(query, action, NULL);
        break;
    }
    if (serial != editor_serial(query))
        switcher_update(ui->switcher);
}

/* A page that is longer than the window. True: it was a key that scrolls. */
static bool
scroll_key(const struct ui *ui, enum action action, size_t *top)
{
    size_t page = (size_t)MAX(1, ui_over_place(ui).rows - 2);

    if (action == ACTION_SCROLL_DOWN)
        *top += page;
    else if (action == ACTION_DOWN || action == ACTION_SUBMIT)
        (*top)++;
    else if (action == ACTION_SCROLL_UP)
        *top -= MIN(page, *top);
    else if (action == ACTION_UP)
        *top -= MIN(1, *top);
    else if (action == ACTION_SCROLL_TOP || action == ACTION_LINE_START)
        *top = 0;
    else if (action == ACTION_SCROLL_BOTTOM || action == ACTION_LINE_END)
        *top = G_MAXINT;
    else
        return false;
    return true;
}

static void
facts_key(struct ui *ui, enum action action, struct key key)
{
    if (!scroll_key(ui, action, ui_facts_top(ui->facts)) &&
        (action == ACTION_CANCEL || key.code == 'q'))
        ui_over_close(ui);
}

/* The account is there: its server's buffer is shown, where the connection tells of itself. */
static void
show_account(struct ui *ui, const char *name)
{
    const struct account *account = core_account_by_name(ui->core, name);
    const GPtrArray *buffers = core_buffers(ui->core);

    ui->new_account = account ? account->id : 0;
    for (guint i = 0; account && i < buffers->len; i++) {
        const struct buffer *buffer = g_ptr_array_index(buffers, i);
        if (buffer->account_id == account->id) {
            ui_show(ui, buffer->id);
            return;
        }
    }
}

static void
first_run_pressed(struct ui *ui, enum action action, struct key key)
{
    g_autofree char *name = NULL;

    first_run_key(ui->first_run, action, key);
    if (first_run_state(ui->first_run) == FIRST_RUN_ADDED) {
        name = g_strdup(first_run_account(ui->first_run));
        ui_over_close(ui);
        show_account(ui, name);
    } else if (first_run_state(ui->first_run) == FIRST_RUN_LEFT) {
        g_clear_pointer(&ui->link, g_free);
        ui_over_close(ui);
    } else if (first_run_state(ui->first_run) == FIRST_RUN_DEMO) {
        ui_over_close(ui);
        ui_leave_for_demo(ui);
    }
}

void
ui_over_key(struct ui *ui, enum action action, struct key key)
{
    if (ui->over == UI_OVER_SWITCHER)
        switcher_key(ui, action, key);
    else if (ui->over == UI_OVER_THEMES)
        ui_themes_key(ui->themes, action);
    else if (ui->over == UI_OVER_FIRST_RUN)
        first_run_pressed(ui, action, key);
    else if (ui->over == UI_OVER_SEARCH)
        ui_search_key(ui->search, action, key);
    else if (ui->over == UI_OVER_FIND)
        ui_find_key(ui->find, action, key);
    else if (ui->over == UI_OVER_FLOOD)
        ui_flood_key(ui, action, key);
    else if (ui->over == UI_OVER_REACT)
        ui_react_key(ui->react, action, key);
    else if (ui->over == UI_OVER_FACTS)
        facts_key(ui, action, key);
    else if (ui->over == UI_OVER_RECALL)
        ui_recall_key(ui->recall, action, key);
    else if (ui->over == UI_OVER_BARE)
        ui_bare_key(ui, action, key);
    else if (ui->over == UI_OVER_LINKS)
        ui_links_key(ui->over_links, action, key);
    else if (ui->over == UI_OVER_INBOX)
        ui_inbox_key(ui->inbox, action, key);
    else if (ui->over == UI_OVER_MAKE)
        ui_make_key(ui->make, action, key);
    else if (ui->over == UI_OVER_BROWSE)
        ui_browse_key(ui->browse, action, key);
    else if (ui->over == UI_OVER_THREADS)
        ui_threads_key(ui->threads, action);
    else if (ui->over == UI_OVER_RELAY)
        ui_relay_key(ui->relay, action);
    else if (ui->over == UI_OVER_FILL)
        ui_fill_key(ui->fill, action, key);
    else if (ui->over == UI_OVER_BUTTONS)
        ui_buttons_key(ui->buttons, action);
}

/* What a key led to stays in sight. */
static void
draw_help(const struct ui *ui, const struct canvas *canvas)
{
    struct rect rect = {0, 0, canvas->cells->rows, canvas->cells->cols};

    if (ui->message && ui->layout.notice.rows > 0)
        rect.rows = ui->layout.notice.row;
    else if (ui->layout.status.rows > 0)
        rect.rows = ui->layout.status.row;
    ui_help_draw(ui->help, canvas, rect);
}

struct rect
ui_over_place(const struct ui *ui)
{
    return ui->split ? ui->area : ui->layout.timeline;
}

void
ui_over_draw(struct ui *ui, const struct canvas *canvas)
{
    struct rect all = {0, 0, canvas->cells->rows, canvas->cells->cols};
    const struct rect place = ui_over_place(ui), most = place.rows > 1 ? place : all;

    if (ui->over == UI_OVER_SWITCHER) {
        struct view_switcher view;
        switcher_view(ui->switcher, &view);
        view.drawn = &ui->drawn;
        pane_switcher_draw(canvas, most, &view);
    } else if (ui->over == UI_OVER_SEARCH) {
        ui_search_draw(ui->search, canvas, most);
    } else if (ui->over == UI_OVER_FIND) {
        ui_find_draw(ui->find, canvas, ui->layout.input.rows > 0 ? ui->layout.input : all);
    } else if (ui->over == UI_OVER_FLOOD) {
        ui_flood_draw(ui, canvas);
    } else if (ui->over == UI_OVER_THEMES) {
        ui_themes_draw(ui->themes, canvas, most);
    } else if (ui->over == UI_OVER_REACT) {
        ui_react_draw(ui->react, canvas, ui->layout.input.rows > 0 ? ui->layout.input : all, place);
    } else if (ui->over == UI_OVER_FACTS) {
        ui_facts_draw(ui->facts, canvas, most);
    } else if (ui->over == UI_OVER_RECALL) {
        ui_recall_draw(ui->recall, canvas);
    } else if (ui->over == UI_OVER_BARE) {
        ui_bare_draw(ui, canvas);
    } else if (ui->over == UI_OVER_LINKS) {
        ui_links_draw(ui->over_links, canvas, most);
    } else if (ui->over == UI_OVER_BUTTONS) {
        ui_buttons_draw(ui->buttons, canvas, most);
    } else if (ui->over == UI_OVER_FILL) {
        ui_fill_draw(ui->fill, canvas, most);
    } else if (ui->over == UI_OVER_INBOX) {
        ui_inbox_draw(ui->inbox, canvas, most);
    } else if (ui->over == UI_OVER_MAKE) {
        ui_make_draw(ui->make, canvas, most);
    } else if (ui->over == UI_OVER_BROWSE) {
        ui_browse_draw(ui->browse, canvas, most);
    } else if (ui->over == UI_OVER_THREADS) {
        ui_threads_draw(ui->threads, canvas, most);
    } else if (ui->over == UI_OVER_RELAY) {
        ui_relay_draw(ui->relay, canvas, most);
    } else if (ui->over == UI_OVER_FIRST_RUN) {
        struct view_form view;
        first_run_view(ui->first_run, &view);
        if (!g_queue_is_empty(&ui->questions))
            all.rows = ui->layout.input.row; /* a question of the trial is asked below */
        pane_form_draw(canvas, all, &view);
    }
    if (ui->help) {
        ui->drawn = (struct drawn_list){0};
        draw_help(ui, canvas);
    }
}

/* --- questions
 * --------------------------------------------------------------------------------------------- */

void
ui_question_free(gpointer data)
{
    struct ui_question *question = data;

    g_free(question->text);
    g_free(question);
}

static void
begin_question(struct ui *ui)
{
    secret_text_wipe(&ui->secret);
    editor_set(ui->answer, "", 0);
    ui->asked_us = ui_now_us(ui);
}

void
ui_ask(struct ui *ui, uint64_t id, const char *text, bool hidden)
{
    struct ui_question *question = g_new0(struct ui_question, 1);

    question->id = id;
    question->text = g_strdup(text);
    question->hidden = hidden;
    if (ui->over == UI_OVER_BARE)
        ui_over_close(ui); /* nothing is to be asked unseen */
    g_queue_push_tail(&ui->questions, question);
    if (g_queue_get_length(&ui->questions) == 1)
        begin_question(ui);
}

static void
answer(struct ui *ui, bool refused)
{
    struct ui_question *question = g_queue_pop_head(&ui->questions);
    const char *text = question->hidden ? ui->secret.text : editor_text(ui->answer);

    core_answer(ui->core, question->id, refused ? NULL : text);
    ui_question_free(question);
    begin_question(ui);
}

void
ui_answer_key(struct ui *ui, enum action action, struct key key)
{
    const struct ui_question *question = g_queue_peek_head(&ui->questions);

    if (action == ACTION_SUBMIT) {
        if (ui_now_us(ui) - ui->asked_us >= QUESTION_GUARD_US)
            answer(ui, false);
    } else if (action == ACTION_CANCEL) {
        answer(ui, true);
    } else if (question->hidden) {
        secret_text_key(&ui->secret, action, key);
    } else if (action == ACTION_NONE) {
        if (key_is_text(key))
            editor_insert_char(ui->answer, key.code);
    } else if (action != ACTION_NEWLINE) {
        editor_action(ui->answer, action, NULL);
    }
}

/* --- keys
 * --------------------------------------------------------------------------------------------------
 */

/* Ways to other places lead out of the inbox, which takes no letters for them. */
static bool
leaves_inbox(const struct ui *ui, enum action action)
{
    return (ui->threads || ui->relay || (ui->inbox && !ui_inbox_types(ui->inbox))) &&
           action >= ACTION_NEXT_UNREAD && action <= ACTION_SEARCH;
}

/* What works whatever lies over the timeline. */
static bool
works_everywhere(struct ui *ui, enum action action)
{
    if (action == ACTION_REDRAW)
        ui_term_redraw(ui);
    else if (action == ACTION_SUSPEND)
        ui_term_suspend(ui);
    else if (action == ACTION_WHAT_KEY)
        ui_what_key_ask(ui);
    else if (action == ACTION_HELP && ui->help)
        ui_help_close(ui);
    else if (action == ACTION_HELP)
        ui_help_open(ui);
    else
        return false;
    return true;
}

enum keymap_context
ui_context(const struct ui *ui)
{
    bool covered = ui->over != UI_OVER_NONE || ui->help || ui->questions.length > 0;

    /* What is done to a message is done to a link. */
    if (ui->over_links && !ui->help && ui->questions.length == 0 &&
        !ui_links_takes_letters(ui->over_links))
        return KEYMAP_MESSAGE;
    if ((ui->threads || ui->relay) && !ui->help && ui->questions.length == 0)
        return KEYMAP_INBOX;
    if (ui->over == UI_OVER_INBOX && !ui->help && ui->questions.length == 0)
        return ui_inbox_types(ui->inbox) ? KEYMAP_MAIN : KEYMAP_INBOX;
    return covered || ui->list.filtering ? KEYMAP_MAIN : ui->has_keys;
}

void
ui_key(struct ui *ui, struct key key)
{
    enum action action = ACTION_NONE;
    int number = 0;
    enum keymap_context context = ui_context(ui);
    enum keymap_result result;

    ui->key_us = MAX(1, ui_now_us(ui));
    ui->dirty = true;
    ui_tell(ui, NULL, false);
    if (ui_what_key(ui, key))
        return;
    result = keymap_feed(ui->keymap, context, key, &action, &number);
    ui_next_keys(ui, result == KEYMAP_PENDING);
    if (result == KEYMAP_PENDING || result == KEYMAP_DROPPED)
        return;
    if (result == KEYMAP_UNBOUND)
        action = ACTION_NONE;
    ui->used[action]++;
    if (works_everywhere(ui, action))
        return;
    if (!g_queue_is_empty(&ui->questions))
        ui_answer_key(ui, action, key);
    else if (ui->help)
        ui_help_key(ui, action, key);
    else if (leaves_inbox(ui, action)) {
        ui_over_close(ui);
        ui_action(ui, action, number);
    } else if (ui->over != UI_OVER_NONE)
        ui_over_key(ui, action, key);
    else if (ui_complete_key(ui, action) ||
             (context == KEYMAP_MESSAGE && ui_cursor_action(ui, action)))
        return;
    else if (ui->has_keys == KEYMAP_LIST && ui_list_action(ui, action, key))
        return;
    else if (action != ACTION_NONE)
        ui_action(ui, action, number);
    else if (context == KEYMAP_MAIN)
        ui_type(ui, key);
    else if (key_is_text(key)) {
        /* It means nothing here: who types it is writing. */
        ui_focus_set(ui, KEYMAP_MAIN);
        ui_type(ui, key);
    }
}

/* Where only one line is wanted. */
static size_t
first_line(const char *text, size_t len)
{
    const char *end = memchr(text, '\n', len);
    return end ? (size_t)(end - text) : len;
}

void
ui_paste(struct ui *ui, const char *text, size_t len)
{
    const struct ui_question *question = g_queue_peek_head(&ui->questions);

    ui->key_us = MAX(1, ui_now_us(ui));
    ui->dirty = true;
    if (question && question->hidden) {
        secret_text_insert(&ui->secret, text, first_line(text, len));
    } else if (question) {
        editor_insert(ui->answer, text, first_line(text, len));
    } else if (ui->help) {
        ui_help_paste(ui->help, text, first_line(text, len));
    } else if (ui->over == UI_OVER_FIRST_RUN) {
        first_run_paste(ui->first_run, text, len);
    } else if (ui->over == UI_OVER_SWITCHER) {
        editor_insert(switcher_query(ui->switcher), text, first_line(text, len));
        switcher_update(ui->switcher);
    } else if (ui->over == UI_OVER_SEARCH) {
        ui_search_paste(ui->search, text, first_line(text, len));
    } else if (ui->over == UI_OVER_REACT) {
        ui_react_paste(ui->react, text, first_line(text, len));
    } else if (ui->over == UI_OVER_FIND) {
        ui_find_paste(ui->find, text, first_line(text, len));
    } else if (ui->over == UI_OVER_RECALL) {
        ui_recall_paste(ui->recall, text, first_line(text, len));
    } else if (ui->over == UI_OVER_LINKS) {
        ui_links_paste(ui->over_links, text, first_line(text, len));
    } else if (ui->over == UI_OVER_FILL) {
        ui_fill_paste(ui->fill, text, len);
    } else if (ui->over == UI_OVER_MAKE) {
        ui_make_paste(ui->make, text, first_line(text, len));
    } else if (ui->over == UI_OVER_BROWSE) {
        ui_browse_paste(ui->browse, text, first_line(text, len));
    } else if (ui->over == UI_OVER_INBOX) {
        ui_inbox_paste(ui->inbox, text, first_line(text, len));
    } else if (ui->over == UI_OVER_NONE || ui->over == UI_OVER_FLOOD) {
        ui_paste_text(ui, text, len);
    }
}

void
ui_focus(struct ui *ui, bool focused)
{
    ui->focus_known = true;
    ui->focused = focused;
    ui_changed(ui);
}
