/* Forms that a program opens by a button or a command (section 4.8): shown by core, their answers
 * brought back to the program by the server. */
#include <string.h>

#include "model/program_form.h"
#include "protocols/mattermost/mattermost_text.h"

#define MOST_FORMS 16
#define TEXT_MOST  150 /* what the server's own programs take where a form does not say */
#define LINES_MOST 3000

/* --- a form that comes
 * ---------------------------------------------------------------------------------- */

static enum program_field_kind
kind_of(const json_t *element)
{
    const char *type = json_get_text(element, "type");
    const char *subtype = json_get_text(element, "subtype");

    if (strcmp(type, "textarea") == 0)
        return PROGRAM_LINES;
    if (strcmp(type, "bool") == 0)
        return PROGRAM_SWITCH;
    if ((strcmp(type, "select") == 0 || strcmp(type, "radio") == 0) &&
        !*json_get_text(element, "data_source"))
        return PROGRAM_CHOICE;
    if (strcmp(subtype, "number") == 0)
        return PROGRAM_NUMBER;
    return strcmp(subtype, "password") == 0 ? PROGRAM_SECRET : PROGRAM_TEXT;
}

/* "who comes for it. What the bakers should know." */
static char *
help_of(const json_t *element)
{
    const char *source = json_get_text(element, "data_source");
    const char *type = json_get_text(element, "type");
    const char *parts[] = {
        json_get_text(element, "placeholder"),
        json_get_text(element, "help_text"),
        strcmp(source, "users") == 0      ? "The name of somebody here: @maria."
        : strcmp(source, "channels") == 0 ? "The name of a channel that you are in: ~jobs."
        : strcmp(type, "date") == 0       ? "A day: 2026-11-30."
        : strcmp(type, "datetime") == 0   ? "A day and a time: 2026-11-30T09:00:00Z."
                                          : "",
    };
    g_autoptr(GString) help = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (!*parts[i])
            continue;
        if (help->len > 0)
            g_string_append(help, g_str_has_suffix(help->str, ".") ? " " : ". ");
        g_string_append(help, parts[i]);
    }
    return help->len > 0 ? g_strdup(help->str) : NULL;
}

static unsigned
length(const json_t *element, const char *key, unsigned otherwise)
{
    const int64_t value = json_get_int(element, key);

    return value > 0 && value <= 1000000 ? (unsigned)value : otherwise;
}

static void
add_field(struct program_form *form, const json_t *element)
{
    const enum program_field_kind kind = kind_of(element);
    const char *name = json_get_text(element, "name"),
               *label = json_get_text(element, "display_name");
    const char *value = json_get_text(element, "default");
    size_t i;
    json_t *each;

    if (!*name)
        return;
    struct program_field *field = program_form_add(form, kind, name, *label ? label : name);
    if (!field)
        return;
    field->help = help_of(element);
    field->optional = json_get_bool(element, "optional") || kind == PROGRAM_SWITCH;
    field->least = length(element, "min_length", 0);
    field->most = length(element, "max_length", kind == PROGRAM_LINES ? LINES_MOST : TEXT_MOST);
    json_array_foreach(json_get_array(element, "options"), i, each)
        program_field_add_choice(field, json_get_text(each, "text"), json_get_text(each, "value"));
    if (*value && kind != PROGRAM_SECRET) {
        g_free(field->value);
        field->value = g_strdup(kind != PROGRAM_SWITCH       ? value
                                : strcmp(value, "true") == 0 ? "true"
                                                             : "false");
    }
}

/* `about`: what goes back with the answers. */
static void
open_form(struct mm *mm, const json_t *dialog, const char *url, const char *conversation)
{
    const char *submit = json_get_text(dialog, "submit_label");
    g_autofree char *key = g_strdup_printf("form%u", ++mm->last_form);
    struct program_form *form = program_form_new(key);
    json_t *about = json_object();
    size_t i;
    json_t *each;

    if (g_hash_table_size(mm->forms) >= MOST_FORMS)
        g_hash_table_remove_all(mm->forms);
    json_put_text(about, "url", url);
    json_put_text(about, "callback_id", json_get_text(dialog, "callback_id"));
    json_put_text(about, "state", json_get_text(dialog, "state"));
    json_put_text(about, "channel_id", conversation ? conversation : "");
    json_object_set_new(about, "tell_leaving",
                        json_boolean(json_get_bool(dialog, "notify_on_cancel")));
    json_object_set_new(about, "elements", json_deep_copy(json_get_array(dialog, "elements")));
    g_hash_table_replace(mm->forms, g_strdup(key), about);
    g_free(form->title);
    form->title = g_strdup(json_get_text(dialog, "title"));
    struct rich *intro = mmost_text_read(mm, conversation ? conversation : "",
                                         json_get_text(dialog, "introduction_text"));
    g_free(form->intro);
    form->intro = g_strdup(intro->text);
    rich_free(intro);
    g_free(form->submit);
    form->submit = g_strdup(*submit ? submit : "Submit");
    json_array_foreach(json_get_array(dialog, "elements"), i, each) add_field(form, each);
    const struct event event = {.type = EVENT_FORM, .conversation = conversation, .form = form};
    host_emit(mm->host, &event);
    program_form_free(form);
}

void
mmost_dialog(struct mm *mm, const json_t *data)
{
    json_t *request = json_get_nested(data, "dialog", NULL);
    const json_t *dialog = json_get_object(request, "dialog");

    if (dialog && *json_get_text(request, "url"))
        open_form(mm, dialog, json_get_text(request, "url"), mm->pressed_in);
    json_decref(request);
}

/* --- the answers
 * ---------------------------------------------------------------------------------------- */

static void
refuse_field(struct mm *mm, const char *key, const char *name, const char *text)
{
    const struct event event = {.type = EVENT_FORM_REFUSED,
                                .form_refused = {.key = key, .name = name, .text = text}};

    host_emit(mm->host, &event);
}

static void
on_submitted(struct mm *mm, struct mmost_call *call, const struct mmost_answer *answer,
             const GError *error)
{
    json_t *errors = json_get_object(answer->json, "errors"), *each;
    const char *why = json_get_text(answer->json, "error"), *name;
    const json_t *next = json_get_object(answer->json, "form");

    if (error || (json_object_size(errors) == 0 && !*why)) {
        json_t *about = g_hash_table_lookup(mm->forms, call->text);
        /* One step of several. */
        if (!error && next && about && strcmp(json_get_text(answer->json, "type"), "form") == 0) {
            g_autofree char *url = g_strdup(json_get_text(about, "url"));
            open_form(mm, next, url, call->conversation);
        }
        if (!error)
            g_hash_table_remove(mm->forms, call->text);
        mmost_on_plain(mm, call, answer, error);
        return;
    }
    json_object_foreach(errors, name, each) refuse_field(mm, call->text, name, json_as_text(each));
    g_autoptr(GError) refusal =
        g_error_new(WEFT_ERROR, WEFT_ERROR_BAD_INPUT, "%s",
                    *why ? why : "The program does not take all of these answers.");
    host_failed(mm->host, call->op, refusal);
}

static const json_t *
element_of(const json_t *about, const char *name)
{
    size_t i;
    json_t *each;

    json_array_foreach(json_get_array(about, "elements"), i, each)
    {
        if (strcmp(json_get_text(each, "name"), name) == 0)
            return each;
    }
    return NULL;
}

/* People and channels are typed by name, and sent by id. NULL: nobody is called so. */
static const char *
id_of(struct mm *mm, const char *source, const char *team, const char *name)
{
    if (strcmp(source, "users") == 0) {
        const struct mmost_user *user = mmost_user_by_name(mm, *name == '@' ? name + 1 : name);
        return user ? user->id : NULL;
    }
    const struct mmost_channel *channel =
        mmost_channel_by_slug(mm, team, *name == '~' ? name + 1 : name);
    return channel ? channel->id : NULL;
}

static json_t *
value_of(struct mm *mm, const struct program_field *field, const json_t *element,
         const struct mmost_channel *channel)
{
    const char *source = json_get_text(element, "data_source");

    if (field->kind == PROGRAM_SWITCH)
        return json_boolean(strcmp(field->value, "true") == 0);
    if (field->kind == PROGRAM_NUMBER)
        return json_real(g_ascii_strtod(field->value, NULL));
    if (!*source)
        return json_string(field->value);
    const char *id = id_of(mm, source, channel->team, field->value);
    return id ? json_string(id) : NULL;
}

/* NULL: an answer names what is not there; `error`. */
static json_t *
submission(struct mm *mm, const struct program_form *form, const json_t *about,
           const struct mmost_channel *channel, GError **error)
{
    json_t *all = json_object();

    for (guint i = 0; i < form->fields->len; i++) {
        const struct program_field *field = form->fields->pdata[i];
        if (!*field->value)
            continue;
        json_t *value = value_of(mm, field, element_of(about, field->name), channel);
        if (!value) {
            g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                        "%s: weft knows nothing here that is called %s.", field->label,
                        field->value);
            json_decref(all);
            return NULL;
        }
        json_object_set_new(all, field->name, value);
    }
    return all;
}

bool
mmost_api_fill(void *session, op_id op, const struct buffer *buffer,
               const struct program_form *form, bool leave, GError **error)
{
    struct mm *mm = session;
    const struct mmost_channel *channel = mmost_channel_of(mm, buffer, error);
    const json_t *about = g_hash_table_lookup(mm->forms, form->key);
    json_t *answers;

    if (!channel)
        return false;
    if (!about)
        return mmost_refuse(error, WEFT_ERROR_NOT_FOUND, "This form is not asked for any more.");
    if (leave && !json_get_bool(about, "tell_leaving")) {
        g_hash_table_remove(mm->forms, form->key);
        return mmost_refuse(error, WEFT_ERROR_CANCELLED, "The program does not want to know.");
    }
    answers = leave ? json_object() : submission(mm, form, about, channel, error);
    if (!answers)
        return false;
    json_t *body = json_object();
    json_put_text(body, "url", json_get_text(about, "url"));
    json_put_text(body, "callback_id", json_get_text(about, "callback_id"));
    json_put_text(body, "state", json_get_text(about, "state"));
    json_put_text(body, "channel_id", channel->id);
    json_put_text(body, "team_id", mmost_team_for(mm, channel));
    json_object_set_new(body, "submission", answers);
    if (leave)
        json_object_set_new(body, "cancelled", json_true());
    struct mmost_call *call =
        mmost_call_urgent(mm, "POST", body, on_submitted, "/actions/dialogs/submit");
    call->op = op;
    call->text = g_strdup(form->key);
    call->conversation = g_strdup(channel->id);
    return true;
}
