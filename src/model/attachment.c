#include "model/attachment.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

#define NUMBER_MAX (INT64_C(1) << 60)
#define SIDE_MAX   1000000

/* --- making
 * ----------------------------------------------------------------------------------------- */

struct attachment *
attachment_new(const char *id, const char *name, int64_t size_bytes)
{
    struct attachment *attachment = g_new0(struct attachment, 1);

    attachment->id = g_strdup(id);
    attachment->name = g_strdup(name);
    attachment->size_bytes = size_bytes;
    return attachment;
}

struct attachment *
attachment_dup(const struct attachment *attachment)
{
    struct attachment *copy = g_memdup2(attachment, sizeof *attachment);

    copy->id = g_strdup(attachment->id);
    copy->name = g_strdup(attachment->name);
    copy->type = g_strdup(attachment->type);
    copy->path = g_strdup(attachment->path);
    return copy;
}

void
attachment_free(struct attachment *attachment)
{
    if (attachment == NULL)
        return;
    g_free(attachment->id);
    g_free(attachment->name);
    g_free(attachment->type);
    g_free(attachment->path);
    g_free(attachment);
}

static void
choice_free(void *data)
{
    struct button_choice *choice = data;
    g_free(choice->label);
    g_free(choice->value);
    g_free(choice);
}

struct button *
button_new(const char *id, const char *label, const char *data)
{
    struct button *button = g_new0(struct button, 1);

    button->id = g_strdup(id);
    button->label = g_strdup(label);
    button->data = g_strdup(data);
    return button;
}

void
button_add_choice(struct button *button, const char *label, const char *value)
{
    struct button_choice *choice = g_new0(struct button_choice, 1);

    choice->label = g_strdup(label);
    choice->value = g_strdup(value);
    if (button->choices == NULL)
        button->choices = g_ptr_array_new_with_free_func(choice_free);
    g_ptr_array_add(button->choices, choice);
}

struct button *
button_dup(const struct button *button)
{
    struct button *copy = button_new(button->id, button->label, button->data);

    for (guint i = 0; button->choices != NULL && i < button->choices->len; i++) {
        const struct button_choice *choice = button->choices->pdata[i];
        button_add_choice(copy, choice->label, choice->value);
    }
    return copy;
}

void
button_free(struct button *button)
{
    if (button == NULL)
        return;
    g_free(button->id);
    g_free(button->label);
    g_free(button->data);
    if (button->choices != NULL)
        g_ptr_array_unref(button->choices);
    g_free(button);
}

static GPtrArray *
new_attachments(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)attachment_free);
}

static GPtrArray *
new_buttons(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)button_free);
}

/* NULL instead of an empty array. */
static GPtrArray *
some(GPtrArray *array_take)
{
    if (array_take->len > 0)
        return array_take;
    g_ptr_array_unref(array_take);
    return NULL;
}

GPtrArray *
attachments_dup(const GPtrArray *attachments)
{
    GPtrArray *copy = new_attachments();

    for (guint i = 0; attachments != NULL && i < attachments->len; i++)
        g_ptr_array_add(copy, attachment_dup(attachments->pdata[i]));
    return some(copy);
}

GPtrArray *
buttons_dup(const GPtrArray *buttons)
{
    GPtrArray *copy = new_buttons();

    for (guint i = 0; buttons != NULL && i < buttons->len; i++)
        g_ptr_array_add(copy, button_dup(buttons->pdata[i]));
    return some(copy);
}

/* --- the door
 * --------------------------------------------------------------------------------------- */

/* Valid, on one line, without controls; NULL for NULL and for nothing. */
static char *
one_line(const char *text, size_t max_bytes)
{
    char *clean = text != NULL ? utf8_sanitize(text, -1, max_bytes) : NULL;

    for (char *at = clean; at != NULL && *at != '\0'; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = ' ';
    if (clean != NULL)
        g_strstrip(clean);
    if (clean != NULL && *clean == '\0')
        g_clear_pointer(&clean, g_free);
    return clean;
}

GPtrArray *
attachments_clean(const GPtrArray *attachments)
{
    GPtrArray *clean = new_attachments();

    for (guint i = 0; attachments != NULL && i < attachments->len; i++) {
        const struct attachment *given = attachments->pdata[i];
        if (clean->len >= ATTACHMENTS_MAX)
            break;
        g_autofree char *id = one_line(given->id, ATTACHMENT_ID_MAX_BYTES);
        g_autofree char *name = one_line(given->name, ATTACHMENT_NAME_MAX_BYTES);
        struct attachment *made =
            attachment_new(id, name != NULL ? name : "file",
                           given->size_bytes < 0 ? -1 : MIN(given->size_bytes, NUMBER_MAX));
        made->type = one_line(given->type, ATTACHMENT_TYPE_MAX_BYTES);
        made->width = MIN(given->width, SIDE_MAX);
        made->height = MIN(given->height, SIDE_MAX);
        g_ptr_array_add(clean, made);
    }
    return some(clean);
}

static void
clean_choices(struct button *made, const struct button *given)
{
    for (guint i = 0; given->choices != NULL && i < given->choices->len; i++) {
        const struct button_choice *choice = given->choices->pdata[i];
        if (made->choices != NULL && made->choices->len >= BUTTON_CHOICES_MAX)
            break;
        g_autofree char *label = one_line(choice->label, BUTTON_LABEL_MAX_BYTES);
        g_autofree char *value = one_line(choice->value, BUTTON_DATA_MAX_BYTES);
        if (value != NULL)
            button_add_choice(made, label != NULL ? label : value, value);
    }
}

GPtrArray *
buttons_clean(const GPtrArray *buttons)
{
    GPtrArray *clean = new_buttons();

    for (guint i = 0; buttons != NULL && i < buttons->len; i++) {
        const struct button *given = buttons->pdata[i];
        if (clean->len >= BUTTONS_MAX)
            break;
        g_autofree char *id = one_line(given->id, ATTACHMENT_ID_MAX_BYTES);
        g_autofree char *label = one_line(given->label, BUTTON_LABEL_MAX_BYTES);
        const bool fits = given->data == NULL || strlen(given->data) <= BUTTON_DATA_MAX_BYTES;
        if (id == NULL || label == NULL || !fits)
            continue;
        g_autofree char *data = one_line(given->data, BUTTON_DATA_MAX_BYTES);
        struct button *made = button_new(id, label, data);
        clean_choices(made, given);
        if (given->choices != NULL && made->choices == NULL)
            button_free(made); /* a menu without a choice */
        else
            g_ptr_array_add(clean, made);
    }
    return some(clean);
}

/* --- as the store keeps them: a line each, of fields between blanks. "-" is NULL.
 * ------------------- */

static void
put_field(GString *out, const char *text)
{
    if (out->len > 0 && out->str[out->len - 1] != '\n')
        g_string_append_c(out, ' ');
    if (text == NULL) {
        g_string_append_c(out, '-');
        return;
    }
    if (*text == '\0')
        g_string_append(out, "%");
    for (const char *at = text; *at != '\0'; at++) {
        if ((unsigned char)*at <= 0x20 || *at == '%' || *at == 0x7f ||
            (*at == '-' && at == text && at[1] == '\0'))
            g_string_append_printf(out, "%%%02x", (unsigned char)*at);
        else
            g_string_append_c(out, *at);
    }
}

/* False: it is broken. */
static bool
read_field(const char *field, char **ret_text)
{
    GString *out = g_string_new(NULL);

    *ret_text = NULL;
    if (strcmp(field, "-") == 0 || strcmp(field, "%") == 0) {
        g_string_free(out, TRUE);
        *ret_text = *field == '%' ? g_strdup("") : NULL;
        return true;
    }
    for (const char *at = field; *at != '\0'; at++) {
        if (*at != '%') {
            g_string_append_c(out, *at);
            continue;
        }
        const int high = g_ascii_xdigit_value(at[1]);
        const int low = high >= 0 ? g_ascii_xdigit_value(at[2]) : -1;
        if (low < 0 || high * 16 + low == 0) {
            g_string_free(out, TRUE);
            return false;
        }
        g_string_append_c(out, (char)(high * 16 + low));
        at += 2;
    }
    *ret_text = g_string_free(out, FALSE);
    return true;
}

char *
attachments_encode(const GPtrArray *attachments)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; attachments != NULL && i < attachments->len; i++) {
        const struct attachment *each = attachments->pdata[i];
        g_string_append_printf(out, "%s%" G_GINT64_FORMAT " %u %u", i > 0 ? "\n" : "",
                               each->size_bytes, each->width, each->height);
        put_field(out, each->id);
        put_field(out, each->type);
        put_field(out, each->path);
        put_field(out, each->name);
    }
    return g_string_free(out, out->len == 0);
}

static struct attachment *
decode_attachment(const char *line)
{
    g_auto(GStrv) fields = g_strsplit(line, " ", 8);
    struct attachment *made = g_new0(struct attachment, 1);

    if (g_strv_length(fields) == 7 && read_field(fields[3], &made->id) &&
        read_field(fields[4], &made->type) && read_field(fields[5], &made->path) &&
        read_field(fields[6], &made->name) && made->name != NULL) {
        made->size_bytes = CLAMP(g_ascii_strtoll(fields[0], NULL, 10), -1, NUMBER_MAX);
        made->width = (unsigned)CLAMP(g_ascii_strtoll(fields[1], NULL, 10), 0, SIDE_MAX);
        made->height = (unsigned)CLAMP(g_ascii_strtoll(fields[2], NULL, 10), 0, SIDE_MAX);
        return made;
    }
    attachment_free(made);
    return NULL;
}

GPtrArray *
attachments_decode(const char *encoded)
{
    g_auto(GStrv) lines = g_strsplit(encoded != NULL ? encoded : "", "\n", ATTACHMENTS_MAX + 1);
    GPtrArray *made = new_attachments();

    for (guint i = 0; lines[i] != NULL && i < ATTACHMENTS_MAX; i++) {
        struct attachment *each = decode_attachment(lines[i]);
        if (each != NULL)
            g_ptr_array_add(made, each);
    }
    return some(made);
}

char *
buttons_encode(const GPtrArray *buttons)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; buttons != NULL && i < buttons->len; i++) {
        const struct button *each = buttons->pdata[i];
        if (i > 0)
            g_string_append_c(out, '\n');
        put_field(out, each->id);
        put_field(out, each->label);
        put_field(out, each->data);
        for (guint k = 0; each->choices != NULL && k < each->choices->len; k++) {
            const struct button_choice *choice = each->choices->pdata[k];
            put_field(out, choice->label);
            put_field(out, choice->value);
        }
    }
    return g_string_free(out, out->len == 0);
}

static struct button *
decode_button(const char *line)
{
    g_auto(GStrv) fields = g_strsplit(line, " ", 3 + 2 * BUTTON_CHOICES_MAX + 1);
    const guint n = g_strv_length(fields);
    struct button *made = g_new0(struct button, 1);

    bool good = n >= 3 && read_field(fields[0], &made->id) && read_field(fields[1], &made->label) &&
                read_field(fields[2], &made->data) && made->id != NULL && made->label != NULL;
    for (guint i = 3; good && i + 1 < n; i += 2) {
        g_autofree char *label = NULL, *value = NULL;
        good = read_field(fields[i], &label) && read_field(fields[i + 1], &value) &&
               label != NULL && value != NULL;
        if (good)
            button_add_choice(made, label, value);
    }
    if (good)
        return made;
    button_free(made);
    return NULL;
}

GPtrArray *
buttons_decode(const char *encoded)
{
    g_auto(GStrv) lines = g_strsplit(encoded != NULL ? encoded : "", "\n", BUTTONS_MAX + 1);
    GPtrArray *made = new_buttons();

    for (guint i = 0; lines[i] != NULL && i < BUTTONS_MAX; i++) {
        struct button *each = *lines[i] != '\0' ? decode_button(lines[i]) : NULL;
        if (each != NULL)
            g_ptr_array_add(made, each);
    }
    return some(made);
}

char *
attachments_names(const GPtrArray *attachments)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; attachments != NULL && i < attachments->len; i++)
        g_string_append_printf(out, "%s%s", i > 0 ? "\n" : "",
                               ((const struct attachment *)attachments->pdata[i])->name);
    return g_string_free(out, out->len == 0);
}

char *
attachment_format_size(int64_t size_bytes)
{
    return size_bytes >= 0 ? g_format_size((guint64)size_bytes) : g_strdup("");
}
