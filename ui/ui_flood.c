/* The question before many messages go out at once: after a paste of many lines, and when what is
 * sent would become many. What it is about stands in the input already. */
#include <string.h>

#include "ui/ui_priv.h"

/* A key that was meant for the line must not answer. */
#define GUARD_US (700 * 1000)

struct ui_flood {
    bool pasted;       /* else: Enter was pressed */
    unsigned pastes;   /* steps to undo */
    unsigned lines;    /* of the last paste, or of the text */
    unsigned messages; /* of the whole, when it is sent; 0: not known */
    int64_t since_us;  /* monotonic */
};

unsigned
ui_flood_lines(const char *text, size_t len)
{
    unsigned lines = 0;

    for (size_t at = 0; at < len;) {
        const char *end = memchr(text + at, '\n', len - at);
        size_t next = end ? (size_t)(end - text) : len;
        lines += next > at;
        at = next + 1;
    }
    return lines;
}

static bool
is_command(const char *text)
{
    return text[0] == '/' && text[1] != '/';
}

static unsigned
most(const struct ui *ui)
{
    return (unsigned)config_number(ui->config, "look", "paste_lines");
}

static struct ui_flood *
begin(struct ui *ui)
{
    struct measure measure;

    core_measure(ui->core, ui->window->shown, editor_text(ui->editor), &measure);
    if (ui->over != UI_OVER_FLOOD) {
        ui_over_open(ui, UI_OVER_FLOOD);
        ui->flood = g_new0(struct ui_flood, 1);
    }
    ui->flood->messages = measure.messages;
    ui->flood->since_us = ui_now_us(ui);
    return ui->flood;
}

void
ui_flood_pasted(struct ui *ui, unsigned lines)
{
    struct ui_flood *flood;

    if (ui->over != UI_OVER_FLOOD && (most(ui) == 0 || lines <= most(ui)))
        return;
    flood = begin(ui);
    flood->pasted = true;
    flood->pastes++;
    flood->lines = lines;
}

bool
ui_flood_asks(struct ui *ui)
{
    const char *text = editor_text(ui->editor);
    struct measure measure;
    unsigned lines = ui_flood_lines(text, strlen(text));

    core_measure(ui->core, ui->window->shown, text, &measure);
    unsigned messages = measure.messages > 0 ? measure.messages : lines;
    if (most(ui) == 0 || is_command(text) || messages <= most(ui))
        return false;
    begin(ui)->lines = lines;
    return true;
}

/* --- answers
 * ------------------------------------------------------------------------------------------------
 */

static void
send_lines(struct ui *ui)
{
    const char *text = editor_text(ui->editor);
    g_autoptr(GError) error = NULL;

    if (!core_send_lines(ui->core, ui->window->shown, ui->window->root,
                         text[0] == '/' ? text + 1 : text, ui->reply ? ui->reply->id : 0, &error)) {
        ui_tell(ui, error->message, true);
        return;
    }
    ui_remember(ui, text);
    g_free(editor_take(ui->editor));
    ui->draft_serial = editor_serial(ui->editor);
    ui_reply_set(ui, NULL);
    ui_tell(ui, "/drop all takes back what has not left yet.", false);
    timeline_scroll_bottom(ui->window->timeline);
}

static void
drop(struct ui *ui, unsigned pastes)
{
    while (pastes-- > 0)
        editor_action(ui->editor, ACTION_UNDO, NULL);
    ui_draft_changed(ui);
}

void
ui_flood_key(struct ui *ui, enum action action, struct key key)
{
    const struct ui_flood flood = *ui->flood;
    bool letter = action == ACTION_NONE && key_is_text(key);
    bool command = is_command(editor_text(ui->editor));

    if (action == ACTION_CANCEL || (letter && key.code == 'e')) {
        ui_over_close(ui);
    } else if (!letter || ui_now_us(ui) - flood.since_us < GUARD_US) {
        return;
    } else if (key.code == 's' && !command) {
        ui_over_close(ui);
        if (flood.pasted)
            send_lines(ui);
        else
            ui_send(ui);
    } else if (key.code == 'o' && !command && flood.pasted && flood.messages == 1) {
        ui_over_close(ui);
        ui_send(ui);
    } else if (key.code == 'd' && flood.pasted) {
        ui_over_close(ui);
        drop(ui, flood.pastes);
    }
}

/* --- what is seen
 * -------------------------------------------------------------------------------------------
 */

static char *
title_of(const struct ui_flood *flood)
{
    if (flood->pasted)
        return g_strdup_printf("%u line%s pasted. Send?", flood->lines,
                               flood->lines == 1 ? " was" : "s were");
    if (flood->messages > 0)
        return g_strdup_printf("This would be %u messages. Send?", flood->messages);
    return g_strdup_printf("These are %u lines. Send?", flood->lines);
}

void
ui_flood_draw(const struct ui *ui, const struct canvas *canvas)
{
    const struct ui_flood *flood = ui->flood;
    g_autofree char *title = title_of(flood);
    struct view_popup_row rows[4];
    struct view_popup view = {.title = title, .rows = rows, .selected = SIZE_MAX};
    bool command = is_command(editor_text(ui->editor));

    if (!command && flood->pasted)
        rows[view.n++] = (struct view_popup_row){"s", "as they are, each line a message"};
    else if (!command)
        rows[view.n++] = (struct view_popup_row){"s", "send"};
    if (!command && flood->pasted && flood->messages == 1)
        rows[view.n++] = (struct view_popup_row){"o", "as one message"};
    rows[view.n++] = (struct view_popup_row){"e", "edit first"};
    if (flood->pasted)
        rows[view.n++] = (struct view_popup_row){"d", "drop what was pasted"};
    view.total = view.n;
    pane_popup_draw(canvas, ui_over_place(ui), &view);
}
