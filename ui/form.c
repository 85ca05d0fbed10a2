#include "ui/form.h"

#include <string.h>

#include "ui/secret_text.h"

#define MOST_CHOICE_BYTES 50 /* all of them are shown beside each other */

struct field {
    enum form_kind kind;
    char *label, *help;
    char **choices; /* NULL: none */
    char *value;    /* not of a SECRET */
    struct secret_text *secret;
    bool hidden;
    char *drawn; /* of a CHOICE */
};

struct form {
    GPtrArray *fields; /* struct field */
    struct editor *editor;
    size_t current;
    GArray *views; /* struct view_field */
};

static void
field_free(void *data)
{
    struct field *field = data;

    g_free(field->label);
    g_free(field->help);
    g_strfreev(field->choices);
    g_free(field->value);
    g_free(field->drawn);
    if (field->secret) {
        secret_text_wipe(field->secret);
        g_free(field->secret);
    }
    g_free(field);
}

struct form *
form_new(const struct width_rules *rules)
{
    struct form *form = g_new0(struct form, 1);

    form->fields = g_ptr_array_new_with_free_func(field_free);
    form->editor = editor_new(rules);
    form->views = g_array_new(FALSE, TRUE, sizeof(struct view_field));
    return form;
}

void
form_free(struct form *form)
{
    if (!form)
        return;
    g_ptr_array_unref(form->fields);
    editor_free(form->editor);
    g_array_unref(form->views);
    g_free(form);
}

static bool
is_typed(const struct field *field)
{
    return field->kind == FORM_TEXT || field->kind == FORM_LINES;
}

static struct field *
field_at(const struct form *form, size_t field)
{
    g_assert(field < form->fields->len);
    return form->fields->pdata[field];
}

/* --- what stands there
 * --------------------------------------------------------------------------------- */

size_t
form_choice(const struct form *form, size_t at)
{
    const struct field *field = field_at(form, at);

    for (size_t i = 0; field->choices && field->choices[i]; i++)
        if (strcmp(field->choices[i], field->value) == 0)
            return i;
    return 0;
}

size_t
form_add(struct form *form, enum form_kind kind, const char *label, const char *help,
         const char *const *choices, const char *value)
{
    struct field *field = g_new0(struct field, 1);

    field->kind = kind;
    field->label = g_strdup(label);
    field->help = g_strdup(help);
    field->choices = choices ? g_strdupv((char **)(uintptr_t)choices) : NULL;
    field->value = g_strdup(value ? value : choices && choices[0] ? choices[0] : "");
    if (kind == FORM_SECRET)
        field->secret = g_new0(struct secret_text, 1);
    g_ptr_array_add(form->fields, field);
    if (form->fields->len == 1)
        form_go(form, 0);
    return form->fields->len - 1;
}

void
form_truncate(struct form *form, size_t field)
{
    g_ptr_array_set_size(form->fields, (gint)MIN(field, form->fields->len));
    if (form->current >= form->fields->len && form->fields->len > 0)
        form_go(form, form->fields->len - 1);
}

const char *
form_value(const struct form *form, size_t at)
{
    const struct field *field = field_at(form, at);

    if (field->secret)
        return field->secret->text;
    return is_typed(field) && at == form->current ? editor_text(form->editor) : field->value;
}

void
form_set(struct form *form, size_t at, const char *value)
{
    struct field *field = field_at(form, at);

    if (field->secret) {
        secret_text_wipe(field->secret);
        secret_text_insert(field->secret, value, strlen(value));
        return;
    }
    g_free(field->value);
    field->value = g_strdup(value);
    if (at == form->current && is_typed(field))
        editor_set(form->editor, value, SIZE_MAX);
}

void
form_set_choices(struct form *form, size_t at, const char *const *choices)
{
    struct field *field = field_at(form, at);

    g_strfreev(field->choices);
    field->choices = g_strdupv((char **)(uintptr_t)choices);
    if (!g_strv_contains((const char *const *)field->choices, field->value) && choices[0])
        form_set(form, at, choices[0]);
}

void
form_set_help(struct form *form, size_t at, const char *help)
{
    struct field *field = field_at(form, at);

    g_free(field->help);
    field->help = g_strdup(help);
}

void
form_show(struct form *form, size_t field, bool shown)
{
    field_at(form, field)->hidden = !shown;
}

bool
form_is_shown(const struct form *form, size_t field)
{
    return !field_at(form, field)->hidden;
}

/* --- going
 * --------------------------------------------------------------------------------------------- */

size_t
form_current(const struct form *form)
{
    return form->current;
}

static void
keep_typed(struct form *form)
{
    struct field *field = field_at(form, form->current);

    if (!is_typed(field))
        return;
    g_free(field->value);
    field->value = g_strstrip(g_strdup(editor_text(form->editor)));
}

void
form_go(struct form *form, size_t at)
{
    const struct field *field = field_at(form, at);

    form->current = at;
    editor_set(form->editor, is_typed(field) ? field->value : "", SIZE_MAX);
}

bool
form_step(struct form *form)
{
    size_t at = form->current + 1;

    while (at < form->fields->len && field_at(form, at)->hidden)
        at++;
    keep_typed(form);
    if (at >= form->fields->len)
        return false;
    form_go(form, at);
    return true;
}

static void
step_back(struct form *form)
{
    size_t at = form->current;

    do {
        if (at == 0)
            return;
        at--;
    } while (field_at(form, at)->hidden);
    keep_typed(form);
    form_go(form, at);
}

/* --- keys
 * ---------------------------------------------------------------------------------------------- */

static void
turn(struct form *form, int by)
{
    struct field *field = field_at(form, form->current);
    const size_t n = field->choices ? g_strv_length(field->choices) : 0;

    if (n > 0)
        form_set(form, form->current,
                 field->choices[(form_choice(form, form->current) + n + (size_t)by) % n]);
}

/* The next one that begins with this letter. */
static void
turn_to(struct form *form, uint32_t letter)
{
    struct field *field = field_at(form, form->current);
    const size_t n = field->choices ? g_strv_length(field->choices) : 0;
    const size_t at = form_choice(form, form->current);

    if (letter == ' ') {
        turn(form, 1);
        return;
    }
    for (size_t i = 1; i <= n; i++) {
        const char *word = field->choices[(at + i) % n];
        if (g_unichar_tolower(g_utf8_get_char(word)) == g_unichar_tolower(letter)) {
            form_set(form, form->current, word);
            return;
        }
    }
}

static void
choice_key(struct form *form, enum action action, struct key key)
{
    if (action == ACTION_LEFT)
        turn(form, -1);
    else if (action == ACTION_RIGHT)
        turn(form, 1);
    else if (action == ACTION_NONE && key_is_text(key))
        turn_to(form, key.code);
}

enum form_result
form_key(struct form *form, enum action action, struct key key)
{
    struct field *field = field_at(form, form->current);

    switch (action) {
    case ACTION_CANCEL:
        return FORM_CANCEL;
    case ACTION_SUBMIT:
    case ACTION_DOWN:
    case ACTION_COMPLETE:
        keep_typed(form);
        return FORM_ANSWERED;
    case ACTION_UP:
    case ACTION_COMPLETE_BACK:
        step_back(form);
        return FORM_STAYS;
    case ACTION_NEWLINE:
        if (field->kind == FORM_LINES)
            editor_insert_char(form->editor, '\n');
        return FORM_STAYS;
    default:
        break;
    }
    if (field->kind == FORM_CHOICE)
        choice_key(form, action, key);
    else if (field->secret)
        secret_text_key(field->secret, action, key);
    else if (action != ACTION_NONE)
        editor_action(form->editor, action, NULL);
    else if (key_is_text(key))
        editor_insert_char(form->editor, key.code);
    return FORM_STAYS;
}

void
form_paste(struct form *form, const char *text, size_t len)
{
    struct field *field = field_at(form, form->current);
    size_t line = 0;

    /* One field, one line: what comes after a newline is not typed into the next. */
    while (line < len && text[line] != '\n' && text[line] != '\t')
        line++;
    if (field->secret)
        secret_text_insert(field->secret, text, line);
    else if (is_typed(field))
        editor_insert(form->editor, text, line);
}

/* --- what is to be seen
 * -------------------------------------------------------------------------------- */

/* "[public]  private", or "< Bakers >  2 of 9". */
static const char *
draw_choices(const struct form *form, size_t at)
{
    struct field *field = field_at(form, at);
    const size_t n = field->choices ? g_strv_length(field->choices) : 0;
    const size_t chosen = form_choice(form, at);
    g_autoptr(GString) all = g_string_new(NULL);

    for (size_t i = 0; i < n; i++)
        g_string_append_printf(all, i == chosen ? "%s[%s]" : "%s %s ", i > 0 ? " " : "",
                               field->choices[i]);
    g_free(field->drawn);
    if (at != form->current || n < 2)
        field->drawn = g_strdup(field->value);
    else if (all->len <= MOST_CHOICE_BYTES)
        field->drawn = g_strdup(all->str);
    else
        field->drawn = g_strdup_printf("< %s >  %zu of %zu", field->value, chosen + 1, n);
    return field->drawn;
}

void
form_view(struct form *form, bool asking, struct view_form *view)
{
    g_array_set_size(form->views, 0);
    for (size_t i = 0; i < form->fields->len; i++) {
        const struct field *field = field_at(form, i);
        const struct view_field shown = {
            .label = field->label,
            .value = field->kind == FORM_CHOICE ? draw_choices(form, i) : form_value(form, i),
            .secret = field->secret != NULL,
            .choice = field->kind == FORM_CHOICE,
            .lines = field->kind == FORM_LINES,
            .current = asking && i == form->current,
        };
        if (!field->hidden)
            g_array_append_val(form->views, shown);
    }
    view->fields = (const struct view_field *)(void *)form->views->data;
    view->n = form->views->len;
    view->editor = form->editor;
    view->help = asking && form->fields->len > 0 ? field_at(form, form->current)->help : NULL;
}
