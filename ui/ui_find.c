/* Finding in the buffer that is shown: a line at the bottom, the timeline goes where it stands. */
#include <string.h>

#include "core/search.h"
#include "ui/ui_priv.h"

static const struct position newest = {.sort_key = INT64_MAX, .id = INT64_MAX};

struct ui_find {
    struct ui *ui;
    struct search_find *find;
    struct editor *query;
    struct position at; /* of what is found; id 0: nothing yet */
    struct position origin;
    bool followed; /* the newest line was in sight when it began */
    bool waiting;
    bool further; /* asked for the next one before the answer came */
    bool none;    /* nothing (older) has it */
};

static void older_than(struct ui_find *find, struct position from);

static void
on_found(void *user, const struct message *message)
{
    struct ui_find *find = user;

    find->waiting = false;
    find->none = message == NULL;
    if (message) {
        find->at = message_position(message);
        ui_show_message(find->ui, message);
    }
    if (find->further && message) {
        find->further = false;
        older_than(find, find->at);
    }
    ui_changed(find->ui);
}

static void
older_than(struct ui_find *find, struct position from)
{
    find->waiting = true;
    search_find_older(find->find, find->ui->window->shown, from, editor_text(find->query));
}

static void
ask(struct ui_find *find)
{
    find->at = (struct position){0};
    find->none = find->waiting = find->further = false;
    if (*editor_text(find->query))
        older_than(find, newest);
}

struct ui_find *
ui_find_new(struct ui *ui)
{
    struct ui_find *find = g_new0(struct ui_find, 1);

    find->ui = ui;
    find->followed = timeline_follows(ui->window->timeline);
    find->origin = ui->window->newest_seen;
    find->query = editor_new(ui_rules(ui));
    find->find = search_find_new(ui->core, on_found, find);
    return find;
}

void
ui_find_free(struct ui_find *find)
{
    if (!find)
        return;
    if (*editor_text(find->query)) {
        g_free(find->ui->find_text);
        find->ui->find_text = g_strdup(editor_text(find->query));
    }
    search_find_free(find->find);
    editor_free(find->query);
    g_free(find);
}

static void
go_back(struct ui_find *find)
{
    struct ui *ui = find->ui;

    ui->window->marked = (struct position){0};
    if (find->followed)
        timeline_scroll_bottom(ui->window->timeline);
    else
        ui_scroll_to(ui, find->origin);
}

/* Again: to the next older one; in an empty line, what was looked for last. */
static void
again(struct ui_find *find)
{
    if (editor_is_empty(find->query)) {
        editor_set(find->query, find->ui->find_text ? find->ui->find_text : "", SIZE_MAX);
        ask(find);
    } else if (find->waiting) {
        find->further = true;
    } else if (find->at.id != 0 && !find->none) {
        older_than(find, find->at);
    } else {
        ask(find); /* from the newest, round again */
    }
}

void
ui_find_key(struct ui_find *find, enum action action, struct key key)
{
    unsigned serial = editor_serial(find->query);

    if (action == ACTION_CANCEL) {
        go_back(find);
        ui_over_close(find->ui);
    } else if (action == ACTION_SUBMIT) {
        ui_over_close(find->ui);
    } else if (action == ACTION_FIND || action == ACTION_UP) {
        again(find);
    } else {
        if (action == ACTION_NONE && key_is_text(key))
            editor_insert_char(find->query, key.code);
        else if (action != ACTION_NONE && action != ACTION_NEWLINE)
            editor_action(find->query, action, NULL);
        if (serial != editor_serial(find->query))
            ask(find);
    }
}

void
ui_find_paste(struct ui_find *find, const char *text, size_t len)
{
    editor_insert(find->query, text, len);
    ask(find);
}

void
ui_find_draw(struct ui_find *find, const struct canvas *canvas, struct rect rect)
{
    struct view_search view = {.prompt = " find> ",
                               .query = find->query,
                               .status = find->waiting               ? "Searching ..."
                                         : find->none && find->at.id ? "Nothing older."
                                         : find->none                ? "Not in this buffer."
                                                      : "Ctrl-s: older  Enter: stay  Esc: back",
                               .bad = find->none};

    pane_find_draw(canvas, rect, &view);
}
