/* A form that a program asks the person to fill in: its questions below each other, what is wrong
 * with an answer, sending it. Enter sends nothing the first time, nor under the finger. */
#include <string.h>

#include "base/redact.h"
#include "core/form.h"
#include "ui/form.h"
#include "ui/ui_pressed.h"

#define GUARD_US  (700 * 1000)
#define NO_CHOICE "(none)"

static const char *const switches[] = {"no", "yes", NULL};

struct ui_fill {
    struct ui *ui;
    uint64_t id;
    int64_t open_us; /* monotonic */
    struct form *form;
    unsigned n; /* its fields */
    bool waits; /* the answers are under way */
    bool sure;  /* Enter again sends them */
    char *title, *ask, *keys, *error;
};

static const struct program_form *
form_of(const struct ui_fill *fill)
{
    return core_form(fill->ui->core, fill->id);
}

static const struct program_field *
field_of(const struct program_form *form, size_t i)
{
    return form->fields->pdata[i];
}

/* --- as questions
 * --------------------------------------------------------------------------------- */

static char **
choice_names(const struct program_field *field)
{
    GStrvBuilder *names = g_strv_builder_new();

    if (field->optional || !*field->value)
        g_strv_builder_add(names, NO_CHOICE);
    for (guint i = 0; field->choices && i < field->choices->len; i++)
        g_strv_builder_add(names, ((struct button_choice *)field->choices->pdata[i])->label);
    char **all = g_strv_builder_end(names);
    g_strv_builder_unref(names);
    return all;
}

static const char *
label_of(const struct program_field *field, const char *value)
{
    for (guint i = 0; field->choices && i < field->choices->len; i++) {
        const struct button_choice *choice = field->choices->pdata[i];
        if (strcmp(choice->value, value) == 0)
            return choice->label;
    }
    return NO_CHOICE;
}

static char *
help_of(const struct program_field *field)
{
    return g_strdup_printf("%s%s%s%s", field->help ? field->help : "",
                           field->help && *field->help ? " " : "",
                           field->optional ? "May stay empty." : "",
                           field->kind == PROGRAM_LINES ? " Alt-Enter: a new line." : "");
}

static void
add_field(struct ui_fill *fill, const struct program_field *field)
{
    g_autofree char *help = help_of(field);
    g_autofree char *label = g_strconcat(field->label, field->optional ? "" : " *", NULL);

    if (field->kind == PROGRAM_CHOICE) {
        g_auto(GStrv) names = choice_names(field);
        form_add(fill->form, FORM_CHOICE, label, help, (const char *const *)names,
                 label_of(field, field->value));
    } else if (field->kind == PROGRAM_SWITCH) {
        form_add(fill->form, FORM_CHOICE, field->label, help, switches,
                 strcmp(field->value, "true") == 0 ? "yes" : "no");
    } else {
        form_add(fill->form,
                 field->kind == PROGRAM_SECRET  ? FORM_SECRET
                 : field->kind == PROGRAM_LINES ? FORM_LINES
                                                : FORM_TEXT,
                 label, help, NULL, field->value);
    }
}

struct ui_fill *
ui_fill_new(struct ui *ui, uint64_t form_id)
{
    const struct program_form *form = core_form(ui->core, form_id);

    if (!form)
        return NULL;
    const struct buffer *buffer = core_buffer(ui->core, form->buffer_id);
    struct ui_fill *fill = g_new0(struct ui_fill, 1);
    fill->ui = ui;
    fill->id = form_id;
    fill->open_us = clock_mono_us(core_clock(ui->core));
    fill->form = form_new(ui_rules(ui));
    fill->title =
        g_strdup_printf("%s (asked by a program in %s)", form->title, buffer ? buffer->name : "?");
    fill->ask = g_strdup_printf("Enter again sends the answers to the program: %s", form->submit);
    fill->keys =
        g_strdup_printf("Enter: next, and at the end %s   Up: back   Esc: leave", form->submit);
    fill->n = form->fields->len;
    for (guint i = 0; i < fill->n; i++)
        add_field(fill, form->fields->pdata[i]);
    return fill;
}

void
ui_fill_free(struct ui_fill *fill)
{
    if (!fill)
        return;
    form_free(fill->form);
    g_free(fill->title);
    g_free(fill->ask);
    g_free(fill->keys);
    g_free(fill->error);
    g_free(fill);
}

uint64_t
ui_fill_id(const struct ui_fill *fill)
{
    return fill->id;
}

/* --- sending
 * --------------------------------------------------------------------------------------- */

static void
set_error(struct ui_fill *fill, const char *text)
{
    g_free(fill->error);
    fill->error = g_strdup(text);
}

/* To the first answer that is wrong, and what is. */
static void
show_wrong(struct ui_fill *fill, const char *otherwise)
{
    const struct program_form *form = form_of(fill);

    fill->sure = false;
    for (guint i = 0; form && i < form->fields->len; i++) {
        const struct program_field *field = field_of(form, i);
        if (!field->error)
            continue;
        g_autofree char *text = g_strdup_printf("%s: %s", field->label, field->error);
        set_error(fill, text);
        form_go(fill->form, i);
        return;
    }
    set_error(fill, otherwise);
}

static char *
answer(const struct ui_fill *fill, const struct program_field *field, size_t i)
{
    const char *value = form_value(fill->form, i);

    if (field->kind == PROGRAM_SWITCH)
        return g_strdup(strcmp(value, "yes") == 0 ? "true" : "false");
    for (guint k = 0; field->choices && k < field->choices->len; k++) {
        const struct button_choice *choice = field->choices->pdata[k];
        if (strcmp(choice->label, value) == 0)
            return g_strdup(choice->value);
    }
    return field->kind == PROGRAM_CHOICE ? g_strdup("") : g_strdup(value);
}

static void
send_answers(struct ui_fill *fill)
{
    const struct program_form *form = form_of(fill);
    g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func((GDestroyNotify)redact_wipe_free);
    g_autoptr(GError) error = NULL;

    for (guint i = 0; form && i < form->fields->len; i++)
        g_ptr_array_add(values, answer(fill, field_of(form, i), i));
    g_ptr_array_add(values, NULL);
    fill->waits =
        core_form_fill(fill->ui->core, fill->id, (const char *const *)values->pdata, &error);
    set_error(fill, NULL);
    if (error)
        show_wrong(fill, error->message);
}

void
ui_fill_changed(struct ui_fill *fill)
{
    struct ui *ui = fill->ui;
    const struct program_form *form = form_of(fill);

    if (!form) {
        ui_over_close(ui);
        ui_tell(ui, "It was sent. What comes of it is up to the program.", false);
        return;
    }
    fill->waits = form->waits;
    if (!form->waits && form->error)
        show_wrong(fill, form->error);
}

/* --- keys
 * --------------------------------------------------------------------------------------------- */

/* One answer, before the next question. */
static void
answered(struct ui_fill *fill)
{
    const struct program_form *form = form_of(fill);
    const size_t at = form_current(fill->form);

    set_error(fill, NULL);
    if (!form || form->fields->len == 0) {
        send_answers(fill);
        return;
    }
    g_autofree char *value = answer(fill, field_of(form, at), at);
    g_autofree char *wrong = program_field_refuse(field_of(form, at), value);
    if (wrong)
        set_error(fill, wrong);
    else if (fill->sure)
        send_answers(fill);
    else if (!form_step(fill->form))
        fill->sure = true;
}

void
ui_fill_key(struct ui_fill *fill, enum action action, struct key key)
{
    struct ui *ui = fill->ui;

    /* What was meant for the line must not answer. */
    if (clock_mono_us(core_clock(ui->core)) - fill->open_us < GUARD_US)
        return;
    if (action == ACTION_CANCEL) {
        core_form_leave(ui->core, fill->id);
        ui_over_close(ui);
        return;
    }
    if (fill->waits)
        return;
    if (fill->n == 0) {
        if (action == ACTION_SUBMIT)
            send_answers(fill);
        return;
    }
    const enum form_result result = form_key(fill->form, action, key);
    if (result == FORM_ANSWERED)
        answered(fill);
    else
        fill->sure = false;
}

void
ui_fill_paste(struct ui_fill *fill, const char *text, size_t len)
{
    if (!fill->waits && fill->n > 0)
        form_paste(fill->form, text, len);
}

void
ui_fill_draw(struct ui_fill *fill, const struct canvas *canvas, struct rect rect)
{
    const struct program_form *form = form_of(fill);
    const char *step = fill->waits ? "The program is told …" : fill->ask;
    struct view_form view = {
        .title = fill->title,
        .offer = form && *form->intro ? form->intro : NULL,
        .steps = &step,
        .n_steps = fill->waits || fill->sure,
        .error = fill->error,
        .keys = fill->waits ? "Esc: do not wait for it" : fill->keys,
    };

    form_view(fill->form, !fill->waits, &view);
    pane_form_draw(canvas, rect, &view);
}
