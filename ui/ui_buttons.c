/* The buttons and menus of a message, in a list: Enter says what would be told to whom, Enter again
 * does it. */
#include "ui/ui_pressed.h"

struct ui_buttons {
    struct ui *ui;
    struct message *message; /* a reference */
    GPtrArray *names;        /* what is shown; NULL at the end */
    GArray *rows;            /* struct row, of each */
    size_t selected;
    char *question; /* once more, and it is done; NULL: not asked yet */
};

struct row {
    unsigned button;
    int choice; /* -1: it is no menu */
};

static void
add_row(struct ui_buttons *buttons, unsigned button, int choice, char *name_take)
{
    const struct row row = {button, choice};

    g_array_append_val(buttons->rows, row);
    g_ptr_array_add(buttons->names, name_take);
}

static void
add_button(struct ui_buttons *buttons, unsigned i)
{
    const struct button *button = buttons->message->buttons->pdata[i];

    if (!button->choices)
        add_row(buttons, i, -1, g_strdup(button->label));
    for (guint k = 0; button->choices && k < button->choices->len; k++) {
        const struct button_choice *choice = button->choices->pdata[k];
        add_row(buttons, i, (int)k, g_strdup_printf("%s: %s", button->label, choice->label));
    }
}

struct ui_buttons *
ui_buttons_new(struct ui *ui, struct message *message)
{
    struct ui_buttons *buttons = g_new0(struct ui_buttons, 1);

    buttons->ui = ui;
    buttons->message = message_ref(message);
    buttons->names = g_ptr_array_new_with_free_func(g_free);
    buttons->rows = g_array_new(FALSE, FALSE, sizeof(struct row));
    for (guint i = 0; message->buttons && i < message->buttons->len; i++)
        add_button(buttons, i);
    return buttons;
}

void
ui_buttons_free(struct ui_buttons *buttons)
{
    if (!buttons)
        return;
    message_unref(buttons->message);
    g_ptr_array_unref(buttons->names);
    g_array_unref(buttons->rows);
    g_free(buttons->question);
    g_free(buttons);
}

static void
ask(struct ui_buttons *buttons)
{
    const struct message *message = buttons->message;

    buttons->question = g_strdup_printf("Enter again tells the program behind %s's message: %s",
                                        message->sender_name ? message->sender_name : "the server",
                                        (const char *)buttons->names->pdata[buttons->selected]);
}

static void
press(struct ui_buttons *buttons)
{
    struct ui *ui = buttons->ui;
    const struct row row = g_array_index(buttons->rows, struct row, buttons->selected);
    const int64_t message_id = buttons->message->id;
    g_autoptr(GError) error = NULL;

    ui_over_close(ui);
    if (core_press(ui->core, message_id, row.button, row.choice, &error))
        ui_tell(ui, "It was told. What comes of it is up to the program behind it.", false);
    else
        ui_tell(ui, error->message, true);
}

void
ui_buttons_select(struct ui_buttons *buttons, size_t choice)
{
    if (choice >= buttons->rows->len)
        return;
    if (choice != buttons->selected)
        g_clear_pointer(&buttons->question, g_free);
    buttons->selected = choice;
}

static void
move(struct ui_buttons *buttons, size_t by)
{
    if (buttons->rows->len > 0)
        ui_buttons_select(buttons, (buttons->selected + by) % buttons->rows->len);
}

void
ui_buttons_key(struct ui_buttons *buttons, enum action action)
{
    switch (action) {
    case ACTION_CANCEL:
        ui_over_close(buttons->ui);
        break;
    case ACTION_SUBMIT:
        if (buttons->rows->len == 0)
            ui_over_close(buttons->ui);
        else if (buttons->question)
            press(buttons);
        else
            ask(buttons);
        break;
    case ACTION_DOWN:
    case ACTION_NEXT_BUFFER:
    case ACTION_COMPLETE:
        move(buttons, 1);
        break;
    case ACTION_UP:
    case ACTION_PREV_BUFFER:
    case ACTION_COMPLETE_BACK:
        move(buttons, MAX(1, buttons->rows->len) - 1);
        break;
    default:
        break;
    }
}

void
ui_buttons_draw(struct ui_buttons *buttons, const struct canvas *canvas, struct rect rect)
{
    const struct view_pick view = {
        .title = "Buttons of this message. Up, Down: choose. Enter: press. Esc: none.",
        .names = (const char *const *)buttons->names->pdata,
        .n = buttons->names->len,
        .selected = buttons->selected,
        .error = buttons->question,
        .drawn = &buttons->ui->drawn,
    };
    pane_pick_draw(canvas, rect, &view);
}
