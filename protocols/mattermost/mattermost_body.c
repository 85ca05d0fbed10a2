/* What a post says, and what hangs from it: files, and "message attachments" with their buttons
 * (sections 4.8 and 5). */
#include <string.h>

#include "protocols/mattermost/mattermost_priv.h"
#include "protocols/mattermost/mattermost_text.h"

#define CARDS_MAX  20 /* attachments of one post */
#define FIELDS_MAX 50

/* --- gathering
 * ---------------------------------------------------------------------------------- */

struct gathered {
    struct mm *mm;
    const char *channel;
    GString *text;
    GArray *spans; /* struct span, of `text`; data owned */
};

static void
add_span(struct gathered *gathered, size_t start, size_t end, enum span_kind kind, const char *data)
{
    const struct span span = {(uint32_t)start, (uint32_t)end, kind, g_strdup(data)};

    if (end > start && end <= RICH_MAX_BYTES)
        g_array_append_val(gathered->spans, span);
    else
        g_free(span.data);
}

/* The server's markdown, on a line of its own. */
static size_t
add_markdown(struct gathered *gathered, const char *markdown)
{
    struct rich *rich = mmost_text_read(gathered->mm, gathered->channel, markdown);

    if (gathered->text->len > 0 && rich->len > 0)
        g_string_append_c(gathered->text, '\n');
    const size_t at = gathered->text->len;
    g_string_append_len(gathered->text, rich->text, (gssize)rich->len);
    for (unsigned i = 0; i < rich->spans->len; i++) {
        const struct span *span = &g_array_index(rich->spans, struct span, i);
        add_span(gathered, at + span->start, at + span->end, span->kind, span->data);
    }
    rich_free(rich);
    return at;
}

static struct rich *
finish(struct gathered *gathered)
{
    struct rich *rich = rich_new(gathered->text->str, (gssize)gathered->text->len);

    for (unsigned i = 0; i < gathered->spans->len; i++) {
        struct span *span = &g_array_index(gathered->spans, struct span, i);
        rich_add(rich, span->start, span->end, span->kind, span->data);
        g_free(span->data);
    }
    g_string_free(gathered->text, TRUE);
    g_array_unref(gathered->spans);
    return rich;
}

/* --- cards
 * -------------------------------------------------------------------------------------- */

/* "#RRGGBB" or one of the words that integrations use; NULL: none. */
static const char *
colour_of(const json_t *card)
{
    static const char *const words[][2] = {
        {"good", "#2eb886"}, {"warning", "#daa038"}, {"danger", "#a30200"}};
    const char *colour = json_get_text(card, "color");

    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++) {
        if (g_ascii_strcasecmp(colour, words[i][0]) == 0)
            return words[i][1];
    }
    return *colour == '#' && strlen(colour) == 7 &&
                   strspn(colour + 1, "0123456789abcdefABCDEF") == 6
               ? colour
               : NULL;
}

/* A line with a link of its own, such as the title. */
static void
add_headline(struct gathered *gathered, const char *text, const char *link, const char *colour)
{
    const size_t at = add_markdown(gathered, text);
    const size_t end = gathered->text->len;

    add_span(gathered, at, end, SPAN_BOLD, NULL);
    if (*link)
        add_span(gathered, at, end, SPAN_LINK, link);
    else if (colour)
        add_span(gathered, at, end, SPAN_COLOR, colour);
}

/* The value may be a number there. */
static char *
value_of(const json_t *field)
{
    const json_t *value = json_object_get(field, "value");

    if (json_is_integer(value))
        return g_strdup_printf("%" G_GINT64_FORMAT, json_get_int(field, "value"));
    if (json_is_boolean(value))
        return g_strdup(json_is_true(value) ? "true" : "false");
    return g_strdup(json_as_text(value));
}

static void
add_fields(struct gathered *gathered, const json_t *card)
{
    const json_t *fields = json_get_array(card, "fields");
    size_t i;
    json_t *each;

    json_array_foreach(fields, i, each)
    {
        const char *title = json_get_text(each, "title");
        g_autofree char *value = value_of(each);
        if (i >= FIELDS_MAX)
            break;
        const char *line_end = strchr(value, '\n') ? "\n" : " ";
        g_autofree char *line =
            *title ? g_strconcat("**", title, ":**", line_end, value, NULL) : g_strdup(value);
        if (*line)
            add_markdown(gathered, line);
    }
}

static void
add_link(struct gathered *gathered, const char *word, const char *url)
{
    if (!*url)
        return;
    g_autofree char *line = g_strconcat(word, url, NULL);
    add_markdown(gathered, line);
}

static void
add_card(struct gathered *gathered, const json_t *card)
{
    const char *pretext = json_get_text(card, "pretext"), *text = json_get_text(card, "text");
    const char *author = json_get_text(card, "author_name"), *title = json_get_text(card, "title");
    const char *footer = json_get_text(card, "footer"), *fallback = json_get_text(card, "fallback");
    const char *colour = colour_of(card);

    if (*pretext)
        add_markdown(gathered, pretext);
    const size_t before = gathered->text->len;
    if (*author)
        add_headline(gathered, author, json_get_text(card, "author_link"), colour);
    if (*title)
        add_headline(gathered, title, json_get_text(card, "title_link"), colour);
    if (*text)
        add_markdown(gathered, text);
    add_fields(gathered, card);
    add_link(gathered, "[image] ", json_get_text(card, "image_url"));
    add_link(gathered, "[image] ", json_get_text(card, "thumb_url"));
    if (*footer)
        add_markdown(gathered, footer);
    if (gathered->text->len == before && !*pretext && *fallback)
        add_markdown(gathered, fallback);
    if (gathered->text->len == before)
        return;
    const size_t start = before > 0 ? before + 1 : 0;
    add_span(gathered, start, gathered->text->len, SPAN_QUOTE, NULL);
}

static const json_t *
cards_of(const json_t *post)
{
    return json_get_array(json_get_object(post, "props"), "attachments");
}

/* --- buttons
 * ------------------------------------------------------------------------------------ */

static void
add_button(GPtrArray *buttons, const json_t *action)
{
    const char *cookie = json_get_text(action, "cookie");
    const json_t *options = json_get_array(action, "options");
    struct button *button = button_new(json_get_text(action, "id"), json_get_text(action, "name"),
                                       *cookie ? cookie : NULL);
    size_t i;
    json_t *each;

    json_array_foreach(options, i, each)
        button_add_choice(button, json_get_text(each, "text"), json_get_text(each, "value"));
    /* A menu whose choices are people or channels needs more than a list: not shown. */
    if (strcmp(json_get_text(action, "type"), "select") == 0 && !button->choices)
        button_free(button);
    else if (json_is_true(json_object_get(action, "disabled")))
        button_free(button);
    else
        g_ptr_array_add(buttons, button);
}

static GPtrArray *
buttons_of(const json_t *post)
{
    GPtrArray *buttons = g_ptr_array_new_with_free_func((GDestroyNotify)button_free);
    size_t i, k;
    json_t *card, *action;

    json_array_foreach(cards_of(post), i, card)
    {
        const json_t *actions = json_get_array(card, "actions");
        json_array_foreach(actions, k, action)
        {
            if (buttons->len < BUTTONS_MAX)
                add_button(buttons, action);
        }
    }
    return buttons;
}

/* --- files
 * -------------------------------------------------------------------------------------- */

static struct attachment *
file_of(const json_t *info)
{
    const char *type = json_get_text(info, "mime_type");
    struct attachment *file =
        attachment_new(json_get_text(info, "id"), json_get_text(info, "name"),
                       json_object_get(info, "size") ? json_get_int(info, "size") : -1);

    file->type = *type ? g_strdup(type) : NULL;
    file->width = (unsigned)CLAMP(json_get_int(info, "width"), 0, G_MAXINT);
    file->height = (unsigned)CLAMP(json_get_int(info, "height"), 0, G_MAXINT);
    return file;
}

static GPtrArray *
files_of(const json_t *post)
{
    GPtrArray *files = g_ptr_array_new_with_free_func((GDestroyNotify)attachment_free);
    const json_t *infos = json_get_array(json_get_object(post, "metadata"), "files");
    const json_t *ids = json_get_array(post, "file_ids");
    size_t i;
    json_t *each;

    json_array_foreach(infos, i, each)
    {
        if (files->len < ATTACHMENTS_MAX && mmost_is_id(json_get_text(each, "id")))
            g_ptr_array_add(files, file_of(each));
    }
    if (files->len > 0)
        return files;
    /* Without its particulars a file can still be fetched. */
    json_array_foreach(ids, i, each)
    {
        if (files->len < ATTACHMENTS_MAX && mmost_is_id(json_as_text(each)))
            g_ptr_array_add(files, attachment_new(json_as_text(each), "file", -1));
    }
    return files;
}

/* --- all of it
 * ---------------------------------------------------------------------------------- */

void
mmost_parts_read(struct mm *mm, const json_t *post, enum message_kind kind,
                 struct mmost_parts *ret_parts)
{
    const char *message = json_get_text(post, "message");
    const size_t len = strlen(message);
    g_autofree char *act = NULL;
    struct gathered gathered = {mm, json_get_text(post, "channel_id"), g_string_new(NULL),
                                g_array_new(FALSE, FALSE, sizeof(struct span))};
    size_t i;
    json_t *each;

    /* The server's own /me writes *waves*. */
    if (kind == MESSAGE_ACTION && len >= 2 && message[0] == '*' && message[len - 1] == '*')
        message = act = g_strndup(message + 1, len - 2);
    if (kind == MESSAGE_TOPIC)
        message = json_get_text(json_get_object(post, "props"), "new_header");
    /* The server's sentence ("maria joined the channel.") says what the kind says. */
    if (kind == MESSAGE_JOIN || kind == MESSAGE_PART || kind == MESSAGE_KICK)
        message = "";
    add_markdown(&gathered, message);
    json_array_foreach(cards_of(post), i, each)
    {
        if (i < CARDS_MAX)
            add_card(&gathered, each);
    }
    *ret_parts = (struct mmost_parts){
        .body = finish(&gathered), .files = files_of(post), .buttons = buttons_of(post)};
}

void
mmost_parts_clear(struct mmost_parts *parts)
{
    rich_free(parts->body);
    g_ptr_array_unref(parts->files);
    g_ptr_array_unref(parts->buttons);
}
