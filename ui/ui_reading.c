/* What of the timeline is shown in short, and the keys that show it in whole. */
#include "ui/ui_priv.h"

void
ui_reading_apply(struct ui *ui)
{
    const enum timeline_joins joins = ui->joins_open ? TIMELINE_JOINS_SHOWN : ui->joins;

    g_autofree char *key = keymap_first_key(ui->keymap, ACTION_THREAD);

    for (struct ui_window *window = NULL; (window = ui_window_next(ui, window));) {
        if (!window->timeline)
            continue;
        timeline_set_joins(window->timeline, joins, ui->joins_smart_us);
        timeline_set_thread_key(window->timeline, key);
    }
}

static void
toggle_joins(struct ui *ui)
{
    ui->joins_open = !ui->joins_open;
    ui_reading_apply(ui);
    ui_tell(ui,
            ui->joins_open ? "All who come and go are shown."
                           : "Who comes and goes is folded again.",
            false);
}

bool
ui_expand(struct ui *ui, const struct message *message)
{
    struct line_shape shape = ui_window_shape(ui->window);

    return timeline_expand(ui->window->timeline, &shape, MAX(1, ui->layout.timeline.rows),
                           message_position(message));
}

static void
expand_in_sight(struct ui *ui)
{
    struct line_shape shape = ui_window_shape(ui->window);

    if (!timeline_expand_in_sight(ui->window->timeline, &shape, MAX(1, ui->layout.timeline.rows)))
        ui_tell(ui, "Nothing that is in sight is shown short.", false);
}

/* --- the topic
 * ----------------------------------------------------------------------------------------------
 */

static const char *
topic_of(const struct ui *ui)
{
    const struct buffer *buffer = ui_buffer(ui);

    return buffer && buffer->topic && *buffer->topic ? buffer->topic : NULL;
}

void
ui_topic_lay_out(struct ui *ui)
{
    const char *topic = topic_of(ui);

    if (ui->topic_open && topic)
        layout_take_topic(&ui->layout,
                          pane_topic_rows(ui_rules(ui), ui->layout.timeline.cols, topic));
}

void
ui_topic_draw(const struct ui *ui, const struct canvas *canvas)
{
    const char *topic = topic_of(ui);

    if (topic)
        pane_topic_draw(canvas, ui->layout.topic, topic);
}

static void
toggle_topic(struct ui *ui)
{
    ui->topic_open = !ui->topic_open && topic_of(ui);
    if (!topic_of(ui))
        ui_tell(ui, "This buffer has no topic.", false);
}

void
ui_reading_forget(struct ui *ui)
{
    ui->topic_open = false;
}

bool
ui_reading_cancel(struct ui *ui)
{
    bool was_open = ui->topic_open;

    ui->topic_open = false;
    return was_open;
}

/* --- the keys
 * -----------------------------------------------------------------------------------------------
 */

bool
ui_reading_action(struct ui *ui, enum action action)
{
    switch (action) {
    case ACTION_EXPAND:
        expand_in_sight(ui);
        return true;
    case ACTION_TOGGLE_JOINS:
        toggle_joins(ui);
        return true;
    case ACTION_TOGGLE_TOPIC:
        toggle_topic(ui);
        return true;
    case ACTION_TOGGLE_MEMBERS:
        ui_members_toggle(ui);
        return true;
    case ACTION_MEMBERS_UP:
    case ACTION_MEMBERS_DOWN:
        ui_members_scroll(ui, action == ACTION_MEMBERS_DOWN ? 1 : -1);
        return true;
    default:
        return false;
    }
}
