/* Forms that programs ask the person to fill in: cleaned, kept until they are answered, and their
 * answers brought back. */
#include "core/form.h"

#include "base/error.h"
#include "base/log.h"
#include "base/redact.h"
#include "core/engine.h"

#define MOST_FORMS  8 /* that wait for the person */
#define LABEL_BYTES 512
#define HELP_BYTES  2048
#define VALUE_BYTES (16 * 1024)

/* --- those of core
 * ------------------------------------------------------------------------------- */

static struct program_form *
find(struct core *core, uint64_t id)
{
    for (guint i = 0; core->forms != NULL && i < core->forms->len; i++) {
        struct program_form *form = core->forms->pdata[i];
        if (form->id == id)
            return form;
    }
    return NULL;
}

static void
publish(struct core *core, uint64_t id, int64_t buffer_id)
{
    bus_publish(core->bus,
                &(struct notice){.type = NOTICE_FORM, .question = id, .buffer_id = buffer_id});
}

static void
set_text(char **text, char *value_take)
{
    g_free(*text);
    *text = value_take != NULL ? value_take : g_strdup("");
}

static void
copy_field(struct program_form *form, const struct program_field *told)
{
    g_autofree char *name = ingest_clean(told->name, LABEL_BYTES);
    g_autofree char *label = ingest_clean(told->label, LABEL_BYTES);
    struct program_field *field = program_form_add(form, told->kind, name, label);

    if (field == NULL)
        return;
    field->help = ingest_clean(told->help, HELP_BYTES);
    set_text(&field->value, ingest_clean(told->value, VALUE_BYTES));
    field->optional = told->optional;
    field->least = told->least;
    field->most = told->most;
    for (guint i = 0; told->choices != NULL && i < told->choices->len; i++) {
        const struct button_choice *choice = told->choices->pdata[i];
        g_autofree char *shown = ingest_clean(choice->label, LABEL_BYTES);
        g_autofree char *value = ingest_clean(choice->value, LABEL_BYTES);
        program_field_add_choice(field, shown, value);
    }
}

static void
on_form(struct session *session, const struct event *event)
{
    struct core *core = session->core;
    const struct room *room = ingest_find(session, event->conversation);
    const struct program_form *told = event->form;
    struct program_form *form;

    if (room == NULL)
        room = session->server;
    if (room == NULL || told == NULL || told->key == NULL)
        return;
    if (core->forms == NULL)
        core->forms = g_ptr_array_new_with_free_func(program_form_free);
    if (core->forms->len >= MOST_FORMS)
        g_ptr_array_remove_index(core->forms, 0);
    form = program_form_new(told->key);
    form->id = ++core->last_form;
    form->buffer_id = room->pub.id;
    set_text(&form->title, ingest_clean(told->title, LABEL_BYTES));
    set_text(&form->intro, ingest_clean(told->intro, HELP_BYTES));
    set_text(&form->submit, ingest_clean(told->submit, LABEL_BYTES));
    for (guint i = 0; i < told->fields->len; i++)
        copy_field(form, told->fields->pdata[i]);
    g_ptr_array_add(core->forms, form);
    publish(core, form->id, form->buffer_id);
}

/* What the program says of single answers; the operation fails after it. */
static void
on_refused(struct session *session, const struct event *event)
{
    struct core *core = session->core;

    for (guint i = 0; core->forms != NULL && i < core->forms->len; i++) {
        const struct program_form *form = core->forms->pdata[i];
        if (!form->waits || session_of_buffer(core, form->buffer_id) != session ||
            g_strcmp0(form->key, event->form_refused.key) != 0)
            continue;
        for (guint k = 0; k < form->fields->len; k++) {
            struct program_field *field = form->fields->pdata[k];
            if (g_strcmp0(field->name, event->form_refused.name) == 0)
                set_text(&field->error, ingest_clean(event->form_refused.text, HELP_BYTES));
        }
    }
}

void
forms_event(struct session *session, const struct event *event)
{
    if (event->type == EVENT_FORM)
        on_form(session, event);
    else
        on_refused(session, event);
}

void
forms_fini(struct core *core)
{
    g_clear_pointer(&core->forms, g_ptr_array_unref);
}

const struct program_form *
core_form(struct core *core, uint64_t id)
{
    return find(core, id);
}

static void
on_filled(struct session *session, const GError *error, void *user)
{
    struct core *core = session->core;
    const uint64_t id = *(const uint64_t *)user;
    struct program_form *form = find(core, id);

    if (form == NULL)
        return;
    const int64_t buffer_id = form->buffer_id;
    form->waits = false;
    if (error != NULL)
        set_text(&form->error, g_strdup(error->message));
    else
        g_ptr_array_remove(core->forms, form);
    publish(core, id, buffer_id);
}

/* Every answer, or none is taken. */
static bool
take_answers(struct program_form *form, const char *const *values)
{
    bool good = true;

    for (guint i = 0; i < form->fields->len; i++) {
        struct program_field *field = form->fields->pdata[i];
        g_free(field->error);
        field->error = program_field_refuse(field, values[i]);
        redact_wipe_free(field->value);
        field->value = g_strdup(values[i]);
        good &= field->error == NULL;
    }
    return good;
}

static bool
tell(struct session *session, struct program_form *form, bool leave, op_fn fn, GError **error)
{
    const struct buffer *buffer = core_buffer(session->core, form->buffer_id);
    uint64_t *id = g_memdup2(&form->id, sizeof form->id);
    const op_id op = session_begin(session, form->buffer_id, fn, id);

    session_owns(session, op, g_free);
    return session->driver->fill(session->state, op, buffer, form, leave, error) ||
           session_refused(session, op);
}

bool
core_form_fill(struct core *core, uint64_t id, const char *const *values, GError **error)
{
    struct program_form *form = find(core, id);
    struct session *session = form != NULL ? session_of_buffer(core, form->buffer_id) : NULL;

    if (form == NULL || session == NULL || session->driver->fill == NULL) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                            "This form is not asked for any more.");
        return false;
    }
    g_clear_pointer(&form->error, g_free);
    if (!take_answers(form, values)) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                            "Not every answer can be sent like this.");
        return false;
    }
    if (!session_can(session, NULL, 0, error))
        return false;
    form->waits = tell(session, form, false, on_filled, error);
    return form->waits;
}

static void
on_left(struct session *session, const GError *error, void *user)
{
    if (error != NULL)
        log_info(session->host.account, "a form was left, which could not be told: %s",
                 error->message);
}

void
core_form_leave(struct core *core, uint64_t id)
{
    struct program_form *form = find(core, id);
    struct session *session = form != NULL ? session_of_buffer(core, form->buffer_id) : NULL;

    if (form == NULL)
        return;
    if (session != NULL && !form->waits && session->driver->fill != NULL &&
        session_can(session, NULL, 0, NULL))
        tell(session, form, true, on_left, NULL);
    g_ptr_array_remove(core->forms, form);
}
