/* The help: the keys of where one is, then all others, as they are bound now. It lies over
 * everything, and what it covers stays as it is. */
#include <string.h>

#include "ui/ui_priv.h"

struct ui_help {
    struct ui *ui;
    struct editor *query; /* only lines with all of its words are shown */
    size_t top;
    enum keymap_context context; /* where one was */
    enum ui_over over;
};

/* --- the lines
 * ------------------------------------------------------------------------------------------- */

static const struct {
    enum action from;
    const char *heading;
} groups[] = {
    {ACTION_NEXT_BUFFER, "Going from buffer to buffer"},
    {ACTION_WINDOW_BESIDE, "Several windows"},
    {ACTION_SCROLL_UP, "Reading"},
    {ACTION_TOGGLE_SIDEBAR, "The screen"},
    {ACTION_SUBMIT, "Writing"},
    {ACTION_LEFT, "Editing"},
};

/* Over the timeline the actions of writing have other meanings. */
static const struct {
    enum ui_over over;
    enum action action;
    const char *text;
} over_rows[] = {
    {UI_OVER_SWITCHER, ACTION_SUBMIT, "Go to the buffer that is marked."},
    {UI_OVER_SWITCHER, ACTION_DOWN, "Mark the next one."},
    {UI_OVER_SWITCHER, ACTION_UP, "Mark the one before."},
    {UI_OVER_SWITCHER, ACTION_CANCEL, "Stay where you are."},
    {UI_OVER_SEARCH, ACTION_SUBMIT, "Open the message that is marked, where it was said."},
    {UI_OVER_SEARCH, ACTION_COMPLETE, "Newest first, or best first."},
    {UI_OVER_SEARCH, ACTION_DOWN, "Mark the next one."},
    {UI_OVER_SEARCH, ACTION_UP, "Mark the one before."},
    {UI_OVER_SEARCH, ACTION_CANCEL, "Close the search."},
    {UI_OVER_FIND, ACTION_FIND, "Go on to the next older place."},
    {UI_OVER_FIND, ACTION_SUBMIT, "Stay at this place."},
    {UI_OVER_FIND, ACTION_CANCEL, "Go back to where you were."},
    {UI_OVER_REACT, ACTION_SUBMIT, "Take the emoji that is marked, or react with the word."},
    {UI_OVER_REACT, ACTION_DOWN, "Mark the next one."},
    {UI_OVER_REACT, ACTION_UP, "Mark the one before."},
    {UI_OVER_REACT, ACTION_CANCEL, "Take none."},
    {UI_OVER_BUTTONS, ACTION_SUBMIT, "Press the button that is marked; twice."},
    {UI_OVER_BUTTONS, ACTION_DOWN, "Mark the next one."},
    {UI_OVER_BUTTONS, ACTION_UP, "Mark the one before."},
    {UI_OVER_BUTTONS, ACTION_CANCEL, "Press none."},
    {UI_OVER_FILL, ACTION_SUBMIT,
     "To the next question; behind the last, twice: send the answers."},
    {UI_OVER_FILL, ACTION_RIGHT, "Another of what can be chosen."},
    {UI_OVER_FILL, ACTION_NEWLINE, "A new line, where there may be several."},
    {UI_OVER_FILL, ACTION_UP, "Back to the question before."},
    {UI_OVER_FILL, ACTION_CANCEL, "Send nothing."},
    {UI_OVER_FLOOD, ACTION_CANCEL, "Edit it first."},
    {UI_OVER_RECALL, ACTION_RECALL, "Go on to the next older line."},
    {UI_OVER_RECALL, ACTION_DOWN, "Back to the next newer line."},
    {UI_OVER_RECALL, ACTION_COMPLETE, "This buffer, or all."},
    {UI_OVER_RECALL, ACTION_SUBMIT, "Take the line that is marked; nothing is sent."},
    {UI_OVER_RECALL, ACTION_CANCEL, "Back to what was typed."},
    {UI_OVER_FACTS, ACTION_SCROLL_DOWN, "Scroll down by a page."},
    {UI_OVER_FACTS, ACTION_SCROLL_UP, "Scroll up by a page."},
    {UI_OVER_FACTS, ACTION_CANCEL, "Go back to the message."},
    {UI_OVER_BARE, ACTION_SCROLL_UP, "Scroll up."},
    {UI_OVER_BARE, ACTION_SCROLL_DOWN, "Scroll down."},
    {UI_OVER_BARE, ACTION_LINE_START, "To the oldest line."},
    {UI_OVER_BARE, ACTION_LINE_END, "To the newest line."},
    {UI_OVER_BARE, ACTION_BARE, "Back."},
    {UI_OVER_BARE, ACTION_CANCEL, "Back."},
    {UI_OVER_FIRST_RUN, ACTION_SUBMIT, "To the next question."},
    {UI_OVER_FIRST_RUN, ACTION_UP, "Back to the question before."},
    {UI_OVER_FIRST_RUN, ACTION_CANCEL, "Look around without an account."},
    {UI_OVER_MAKE, ACTION_SUBMIT, "To the next question; at the last, make the channel."},
    {UI_OVER_MAKE, ACTION_RIGHT, "Another of what can be chosen."},
    {UI_OVER_MAKE, ACTION_UP, "Back to the question before."},
    {UI_OVER_MAKE, ACTION_CANCEL, "Make none."},
    {UI_OVER_BROWSE, ACTION_SUBMIT, "Join the channel that is marked, and show it."},
    {UI_OVER_BROWSE, ACTION_DOWN, "Mark the next one; what follows is fetched."},
    {UI_OVER_BROWSE, ACTION_UP, "Mark the one before."},
    {UI_OVER_BROWSE, ACTION_COMPLETE, "The channels of another space."},
    {UI_OVER_BROWSE, ACTION_CANCEL, "Join none."},
    {UI_OVER_THEMES, ACTION_DOWN, "Look at the next theme."},
    {UI_OVER_THEMES, ACTION_UP, "Look at the theme before."},
    {UI_OVER_THEMES, ACTION_SUBMIT, "Keep the theme that is marked."},
    {UI_OVER_THEMES, ACTION_CANCEL, "Take the theme back that was there."},
};

static const char *
over_heading(enum ui_over over)
{
    switch (over) {
    case UI_OVER_SWITCHER:
        return "Here: going to a buffer";
    case UI_OVER_SEARCH:
        return "Here: searching everything";
    case UI_OVER_FIND:
        return "Here: finding in this buffer";
    case UI_OVER_BARE:
        return "Here: copying with the terminal";
    case UI_OVER_FIRST_RUN:
        return "Here: setting up an account";
    case UI_OVER_REACT:
        return "Here: choosing an emoji";
    case UI_OVER_BUTTONS:
        return "Here: choosing a button of a message";
    case UI_OVER_FILL:
        return "Here: a form that a program asks for";
    case UI_OVER_FLOOD:
        return "Here: before many messages (s, o, e, d)";
    case UI_OVER_RECALL:
        return "Here: finding what was sent before";
    case UI_OVER_FACTS:
        return "Here: what weft knows of a message";
    case UI_OVER_MAKE:
        return "Here: making a channel";
    case UI_OVER_BROWSE:
        return "Here: finding a channel to join";
    case UI_OVER_THEMES:
        return "Here: choosing a theme";
    default:
        return NULL;
    }
}

struct listing {
    const struct ui_help *help;
    char **words; /* of the filter, case-folded */
    GArray *lines;
    GPtrArray *owned;
    const char *heading; /* said before the next line that is shown; NULL: said */
};

/* What others call it, for the filter alone. */
static const struct {
    const char *name, *words;
} synonyms[] = {
    {"delete-", "kill cut"},  {"yank", "kill ring paste"}, {"submit", "send"},
    {"find", "lastlog grep"}, {"search", "lastlog grep"},  {"switcher", "jump goto"},
    {"quit", "exit"},
};

static const char *
also_called(const char *name)
{
    for (size_t i = 0; name && i < G_N_ELEMENTS(synonyms); i++)
        if (g_str_has_prefix(name, synonyms[i].name))
            return synonyms[i].words;
    return "";
}

static bool
passes(const struct listing *listing, const struct view_help_line *line)
{
    g_autofree char *all =
        g_strjoin(" ", line->keys, line->text, also_called(line->name), line->name, NULL);
    g_autofree char *folded = g_utf8_casefold(all, -1);

    for (size_t i = 0; listing->words[i]; i++)
        if (!strstr(folded, listing->words[i]))
            return false;
    return true;
}

static void
add_line(struct listing *listing, char *keys, const char *text, const char *name)
{
    const struct view_help_line line = {keys, text, name};

    g_ptr_array_add(listing->owned, keys);
    if (!*keys || !passes(listing, &line))
        return;
    if (listing->heading) {
        const struct view_help_line heading = {NULL, listing->heading, NULL};
        g_array_append_val(listing->lines, heading);
        listing->heading = NULL;
    }
    g_array_append_val(listing->lines, line);
}

static char *
first_to_last(const struct keymap *keymap, enum action first, enum action last)
{
    g_autofree char *from = keymap_first_key(keymap, first);
    g_autofree char *to = keymap_first_key(keymap, last);

    return g_strdup_printf("%s … %s", from, to);
}

static void
add_context(struct listing *listing, enum keymap_context context)
{
    const struct keymap *keymap = listing->help->ui->keymap;

    for (int action = 1; action < ACTION_N; action++) {
        if (action_context((enum action)action) != context)
            continue;
        for (size_t i = 0; i < G_N_ELEMENTS(groups); i++)
            if ((int)groups[i].from == action)
                listing->heading = groups[i].heading;
        if (action >= ACTION_BUFFER_1 && action < ACTION_BUFFER_10)
            continue; /* ten lines that say the same; the tenth stands for them */
        if (action == ACTION_BUFFER_10)
            add_line(listing, first_to_last(keymap, ACTION_BUFFER_1, ACTION_BUFFER_10),
                     "Go to buffer 1 … 10.", "buffer-1 … buffer-10");
        else
            add_line(listing, keymap_keys(keymap, (enum action)action),
                     action_help((enum action)action), action_name((enum action)action));
    }
}

/* What has been bound to one buffer's number, or to an action in a context that is not its own. */
static void
add_others(struct listing *listing)
{
    const struct keymap *keymap = listing->help->ui->keymap;

    listing->heading = "Bound by you or by the preset";
    for (size_t i = 0; i < keymap_n_bindings(keymap); i++) {
        const struct keymap_binding *binding = keymap_binding(keymap, i);
        if (binding->number == 0 && binding->context == action_context(binding->action))
            continue;
        char *name = keymap_binding_name(binding);
        g_ptr_array_add(listing->owned, name);
        add_line(listing, keymap_format(binding->keys, binding->n), action_help(binding->action),
                 name);
    }
}

static bool
shows_context(const struct ui_help *help)
{
    return help->over == UI_OVER_NONE || help->over == UI_OVER_INBOX;
}

static void
add_here(struct listing *listing)
{
    const struct ui_help *help = listing->help;

    listing->heading = over_heading(help->over);
    for (size_t i = 0; i < G_N_ELEMENTS(over_rows); i++)
        if (over_rows[i].over == help->over)
            add_line(listing, keymap_keys(help->ui->keymap, over_rows[i].action), over_rows[i].text,
                     NULL);
    if (shows_context(help) && help->context != KEYMAP_MAIN) {
        g_autofree char *heading =
            g_strdup_printf("Here: %s", keymap_context_heading(help->context));
        listing->heading = heading;
        add_context(listing, help->context);
        if (!listing->heading)
            g_ptr_array_add(listing->owned, g_steal_pointer(&heading));
    }
}

static void
list_all(struct listing *listing)
{
    const struct ui_help *help = listing->help;

    add_here(listing);
    listing->heading = NULL;
    add_context(listing, KEYMAP_MAIN);
    for (int context = KEYMAP_MAIN + 1; context < KEYMAP_CONTEXT_N; context++) {
        if (shows_context(help) && (enum keymap_context)context == help->context)
            continue;
        listing->heading = keymap_context_heading((enum keymap_context)context);
        add_context(listing, (enum keymap_context)context);
    }
    add_others(listing);
    listing->heading = "Commands";
    add_line(listing, g_strdup("/help"), "Lists what can be typed after a slash.", NULL);
    add_line(listing, g_strdup("/help join"), "Says what a command does, with an example.", NULL);
    add_line(listing, g_strdup("/help Alt-a"), "Says what a key or an action does.", NULL);
    add_line(listing, g_strdup("/keys weechat"), "Changes to the keys of another program.", NULL);
}

/* --- life
 * ------------------------------------------------------------------------------------------------
 */

void
ui_help_open(struct ui *ui)
{
    struct ui_help *help = g_new0(struct ui_help, 1);

    help->ui = ui;
    help->query = editor_new(ui_rules(ui));
    help->context = ui_context(ui);
    help->over = ui->over;
    ui->help = help;
    ui_changed(ui);
}

void
ui_help_close(struct ui *ui)
{
    struct ui_help *help = g_steal_pointer(&ui->help);

    if (!help)
        return;
    editor_free(help->query);
    g_free(help);
}

static void
filter_key(struct ui_help *help, enum action action, struct key key)
{
    unsigned serial = editor_serial(help->query);

    if (action != ACTION_NONE && action != ACTION_NEWLINE)
        editor_action(help->query, action, NULL);
    else if (key_is_text(key))
        editor_insert_char(help->query, key.code);
    if (serial != editor_serial(help->query))
        help->top = 0;
}

void
ui_help_key(struct ui *ui, enum action action, struct key key)
{
    struct ui_help *help = ui->help;
    size_t page = (size_t)MAX(1, ui_over_place(ui).rows - 2);

    if (action == ACTION_SCROLL_DOWN)
        help->top += page;
    else if (action == ACTION_DOWN || action == ACTION_SUBMIT)
        help->top++;
    else if (action == ACTION_SCROLL_UP)
        help->top -= MIN(page, help->top);
    else if (action == ACTION_UP)
        help->top -= MIN(1, help->top);
    else if (action == ACTION_SCROLL_TOP)
        help->top = 0;
    else if (action == ACTION_SCROLL_BOTTOM)
        help->top = G_MAXINT;
    else if (action == ACTION_CANCEL && !editor_is_empty(help->query))
        editor_set(help->query, "", 0);
    else if (action == ACTION_CANCEL)
        ui_help_close(ui);
    else
        filter_key(help, action, key);
}

void
ui_help_paste(struct ui_help *help, const char *text, size_t len)
{
    editor_insert(help->query, text, len);
    help->top = 0;
}

void
ui_help_draw(struct ui_help *help, const struct canvas *canvas, struct rect rect)
{
    g_autoptr(GPtrArray) owned = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GArray) lines = g_array_new(FALSE, TRUE, sizeof(struct view_help_line));
    g_autofree char *folded = g_utf8_casefold(editor_text(help->query), -1);
    g_auto(GStrv) words = g_strsplit(folded, " ", -1);
    struct listing listing = {.help = help, .words = words, .lines = lines, .owned = owned};

    list_all(&listing);
    const struct view_help view = {
        .query = help->query,
        .lines = (const struct view_help_line *)(void *)lines->data,
        .n = lines->len,
        .top = &help->top,
    };
    pane_help_draw(canvas, rect, &view);
}
