/* Choosing an emoji, to react with or to write: a line to type a part of a name in, and what fits
 * above it. */
#include "core/mark.h"
#include "ui/ui_priv.h"

#include <string.h>

#define SHOWN_MAX 10

struct ui_react {
    struct ui *ui;
    struct message *message; /* a reference; NULL: it is written */
    struct editor *query;
    const struct emoji *found[UI_EMOJI_MAX];
    GPtrArray *own;     /* names of the network's own that fit, behind those */
    size_t n, selected; /* of all */
};

/* How many of those that all networks have. */
static size_t
n_common(const struct ui_react *react)
{
    return react->n - react->own->len;
}

static void
find_own(struct ui_react *react)
{
    g_autofree char *part = g_ascii_strdown(editor_text(react->query), -1);

    g_ptr_array_set_size(react->own, 0);
    for (const char *const *name = core_emoji(react->ui->core, react->ui->window->shown);
         *name && react->own->len < UI_EMOJI_MAX; name++) {
        g_autofree char *lower = g_ascii_strdown(*name, -1);
        if (strstr(lower, part))
            g_ptr_array_add(react->own, g_strdup(*name));
    }
}

static void
look(struct ui_react *react)
{
    find_own(react);
    react->n = react->own->len +
               emoji_find(editor_text(react->query), &react->ui->emoji, react->found, UI_EMOJI_MAX);
    react->selected = 0;
}

struct ui_react *
ui_react_new(struct ui *ui, struct message *message)
{
    struct ui_react *react = g_new0(struct ui_react, 1);

    react->ui = ui;
    react->message = message ? message_ref(message) : NULL;
    react->query = editor_new(ui_rules(ui));
    react->own = g_ptr_array_new_with_free_func(g_free);
    look(react);
    return react;
}

void
ui_react_free(struct ui_react *react)
{
    if (!react)
        return;
    message_unref(react->message);
    g_ptr_array_unref(react->own);
    editor_free(react->query);
    g_free(react);
}

/* What has no such name is a reaction as it stands: networks have words of their own. */
static void
choose(struct ui_react *react)
{
    struct ui *ui = react->ui;
    const size_t common = n_common(react);
    const struct emoji *emoji = react->selected < common ? react->found[react->selected] : NULL;
    const char *own = !emoji && react->n > 0 ? react->own->pdata[react->selected - common] : NULL;
    struct message *message = g_steal_pointer(&react->message);
    g_autofree char *text = emoji             ? g_strdup(emoji->text)
                            : own && !message ? g_strconcat(":", own, ":", NULL)
                                              : g_strdup(own ? own : editor_text(react->query));
    const bool writes = emoji || own;

    ui_over_close(ui);
    if (emoji)
        emoji_recent_use(&ui->emoji, emoji);
    if (message && *text)
        ui_message_react(ui, message, text);
    else if (writes)
        editor_insert(ui->editor, text, strlen(text));
    ui_draft_changed(ui);
    message_unref(message);
}

static void
move(struct ui_react *react, int by)
{
    const size_t n = react->n;

    if (n > 0)
        react->selected = (react->selected + n + (size_t)by) % n;
}

void
ui_react_key(struct ui_react *react, enum action action, struct key key)
{
    unsigned serial = editor_serial(react->query);

    switch (action) {
    case ACTION_CANCEL:
        ui_over_close(react->ui);
        return;
    case ACTION_SUBMIT:
        choose(react);
        return;
    case ACTION_UP:
    case ACTION_PREV_BUFFER:
    case ACTION_COMPLETE_BACK:
        move(react, -1);
        return;
    case ACTION_DOWN:
    case ACTION_NEXT_BUFFER:
    case ACTION_COMPLETE:
        move(react, 1);
        return;
    case ACTION_NEWLINE:
        return;
    case ACTION_NONE:
        if (key_is_text(key))
            editor_insert_char(react->query, key.code);
        break;
    default:
        editor_action(react->query, action, NULL);
        break;
    }
    if (serial != editor_serial(react->query))
        look(react);
}

void
ui_react_select(struct ui_react *react, size_t emoji)
{
    if (emoji < react->n)
        react->selected = emoji;
}

void
ui_react_paste(struct ui_react *react, const char *text, size_t len)
{
    editor_insert(react->query, text, len);
    look(react);
}

/* Above the line: what fits, with the one that Enter takes. */
void
ui_react_draw(struct ui_react *react, const struct canvas *canvas, struct rect line,
              struct rect above)
{
    struct view_popup_row rows[SHOWN_MAX];
    const size_t common = n_common(react);
    const bool reacts = react->message != NULL, empty = editor_is_empty(react->query);
    struct view_popup popup = {
        .title = reacts ? "React with" : "Write", .rows = rows, .drawn = &react->ui->drawn};
    struct view_search view = {.prompt = reacts ? " react> " : " emoji> ", .query = react->query};

    if (react->n > 0)
        view.status = reacts ? "Enter: react  Esc" : "Enter: write it  Esc";
    else
        view.status = empty || !reacts ? "Esc" : "Enter: react with this word  Esc";

    popup.total = react->n;
    popup.selected = react->selected;
    popup.first = react->selected / SHOWN_MAX * SHOWN_MAX;
    for (size_t i = popup.first; i < react->n && popup.n < SHOWN_MAX; i++)
        rows[popup.n++] =
            i < common ? (struct view_popup_row){.sign = react->found[i]->text,
                                                 .text = react->found[i]->name}
                       : (struct view_popup_row){.sign = "", .text = react->own->pdata[i - common]};
    pane_popup_draw(canvas, above, &popup);
    pane_find_draw(canvas, line, &view);
}
