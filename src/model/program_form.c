#include "model/program_form.h"

#include "base/redact.h"

#define MOST_CHOICES 500

/* --- one form
 * ------------------------------------------------------------------------------------- */

static void
field_free(void *data)
{
    struct program_field *field = data;

    g_free(field->name);
    g_free(field->label);
    g_free(field->help);
    redact_wipe_free(field->value);
    g_free(field->error);
    g_clear_pointer(&field->choices, g_ptr_array_unref);
    g_free(field);
}

static void
choice_free(void *data)
{
    struct button_choice *choice = data;

    g_free(choice->label);
    g_free(choice->value);
    g_free(choice);
}

struct program_form *
program_form_new(const char *key)
{
    struct program_form *form = g_new0(struct program_form, 1);

    form->key = g_strdup(key);
    form->title = g_strdup("");
    form->intro = g_strdup("");
    form->submit = g_strdup("");
    form->fields = g_ptr_array_new_with_free_func(field_free);
    return form;
}

void
program_form_free(void *data)
{
    struct program_form *form = data;

    if (form == NULL)
        return;
    g_free(form->key);
    g_free(form->title);
    g_free(form->intro);
    g_free(form->submit);
    g_free(form->error);
    g_ptr_array_unref(form->fields);
    g_free(form);
}

struct program_field *
program_form_add(struct program_form *form, enum program_field_kind kind, const char *name,
                 const char *label)
{
    struct program_field *field;

    if (form->fields->len >= PROGRAM_FORM_FIELDS)
        return NULL;
    field = g_new0(struct program_field, 1);
    field->kind = kind;
    field->name = g_strdup(name);
    field->label = g_strdup(label);
    field->value = g_strdup(kind == PROGRAM_SWITCH ? "false" : "");
    g_ptr_array_add(form->fields, field);
    return field;
}

void
program_field_add_choice(struct program_field *field, const char *label, const char *value)
{
    struct button_choice *choice;

    if (field->choices == NULL)
        field->choices = g_ptr_array_new_with_free_func(choice_free);
    if (field->choices->len >= MOST_CHOICES)
        return;
    choice = g_new0(struct button_choice, 1);
    choice->label = g_strdup(label);
    choice->value = g_strdup(value);
    g_ptr_array_add(field->choices, choice);
}

static bool
is_choice(const struct program_field *field, const char *value)
{
    for (guint i = 0; field->choices != NULL && i < field->choices->len; i++)
        if (g_str_equal(((const struct button_choice *)field->choices->pdata[i])->value, value))
            return true;
    return false;
}

static bool
is_number(const char *value)
{
    char *end = NULL;

    g_ascii_strtod(value, &end);
    return end != value && *end == '\0';
}

char *
program_field_refuse(const struct program_field *field, const char *value)
{
    const glong length = g_utf8_strlen(value, -1);

    if (*value == '\0')
        return field->optional ? NULL : g_strdup("An answer is needed here.");
    if (field->kind == PROGRAM_CHOICE && !is_choice(field, value))
        return g_strdup("This is none of the answers that can be chosen.");
    if (field->kind == PROGRAM_NUMBER && !is_number(value))
        return g_strdup("This has to be a number.");
    if (field->kind == PROGRAM_CHOICE || field->kind == PROGRAM_SWITCH)
        return NULL;
    if (field->least > 0 && length < (glong)field->least)
        return g_strdup_printf("At least %u characters are needed.", field->least);
    if (field->most > 0 && length > (glong)field->most)
        return g_strdup_printf("At most %u characters can be sent; these are %ld.", field->most,
                               length);
    return NULL;
}
