/* What a message says, or what can be joined, as one line. */
#include "model/program_form.h"
#include "tests/support/fake_host.h"

#include <string.h>

/* " file=a.png (12, image/png, id=…)", " button=ok OK", " menu=who Who: Uma=u1" */
static void
note_parts(GString *line, const GPtrArray *files, const GPtrArray *buttons)
{
    for (guint i = 0; files != NULL && i < files->len; i++) {
        const struct attachment *file = files->pdata[i];
        g_string_append_printf(line, " file=%s (%" G_GINT64_FORMAT "%s%s) id=%s", file->name,
                               file->size_bytes, file->type ? ", " : "",
                               file->type ? file->type : "", file->id);
    }
    for (guint i = 0; buttons != NULL && i < buttons->len; i++) {
        const struct button *button = buttons->pdata[i];
        g_string_append_printf(line, " %s=%s %s", button->choices ? "menu" : "button", button->id,
                               button->label);
        for (guint k = 0; button->choices != NULL && k < button->choices->len; k++) {
            const struct button_choice *choice = button->choices->pdata[k];
            g_string_append_printf(line, " %s=%s", choice->label, choice->value);
        }
    }
}

char *
fake_note_message(const struct event *event)
{
    static const char *const origins[] = {"live", "catch-up", "history", "echo", "found"};
    static const char *const kinds[] = {"text",   "action", "notice", "join",  "part",
                                        "quit",   "kick",   "rename", "topic", "mode",
                                        "server", "weft",   "invite"};
    GString *line = g_string_new(NULL);

    g_string_append_printf(line, "%s %s %s <%s> %s",
                           event->message.missed ? "missed" : origins[event->message.origin],
                           kinds[event->message.kind], event->conversation,
                           event->message.sender_name ? event->message.sender_name : "",
                           event->message.body ? event->message.body->text : "");
    if (event->message.subject)
        g_string_append_printf(line, " subject=%s", event->message.subject);
    if (event->message.remote_id)
        g_string_append_printf(line, " id=%s", event->message.remote_id);
    if (event->message.key)
        g_string_append_printf(line, " key=%s", event->message.key);
    if (event->message.reply_to)
        g_string_append_printf(line, " reply-to=%s", event->message.reply_to);
    /* One account, many people. */
    if (event->message.sender_id && strchr(event->message.sender_id, '/') &&
        g_strcmp0(event->message.sender_id, event->message.sender_name) != 0)
        g_string_append_printf(line, " by=%s", event->message.sender_id);
    if (event->message.sender_picture && *event->message.sender_picture)
        g_string_append_printf(line, " picture=%s", event->message.sender_picture);
    if (event->message.relayed_by)
        g_string_append_printf(line, " relayed-by=%s", event->message.relayed_by);
    if (event->message.own)
        g_string_append(line, " own");
    if (event->message.perhaps_own)
        g_string_append(line, " perhaps-own");
    if (event->message.bot)
        g_string_append(line, " bot");
    if (event->message.edited)
        g_string_append(line, " edited");
    if (event->message.pinned)
        g_string_append(line, " pinned");
    if (event->message.flagged)
        g_string_append(line, " flagged");
    if (event->message.ephemeral)
        g_string_append(line, " ephemeral");
    note_parts(line, event->message.files, event->message.buttons);
    if (event->message.cursor)
        g_string_append(line, " cursor");
    return g_string_free(line, FALSE);
}

char *
fake_note_edited(const struct event *event)
{
    GString *line = g_string_new(NULL);

    g_string_append_printf(line, "edited %s %s %s", event->conversation, event->edited.remote_id,
                           event->edited.body ? event->edited.body->text : "");
    note_parts(line, event->edited.files, event->edited.buttons);
    return g_string_free(line, FALSE);
}

char *
fake_note_listed(const struct listed *listed)
{
    return g_strdup_printf("listed %s %s title=%s purpose=%s members=%u%s%s", listed->id,
                           listed->name, listed->title ? listed->title : "",
                           listed->purpose ? listed->purpose : "", listed->members,
                           listed->joined ? " joined" : "", listed->archived ? " archived" : "");
}

/* "groups TEAM Favourites=a,b Channels=" */
static char *
note_groups(const struct event *event)
{
    GString *line = g_string_new(NULL);

    g_string_printf(line, "groups %s", event->groups.space);
    for (size_t i = 0; i < event->groups.n; i++) {
        g_autofree char *all =
            g_strjoinv(",", (char **)(uintptr_t)event->groups.list[i].conversations);
        g_string_append_printf(line, " %s=%s", event->groups.list[i].name, all);
    }
    return g_string_free(line, FALSE);
}

static void
note_field(GString *line, const struct program_field *field)
{
    static const char *const kinds[] = {"text", "lines", "number", "secret", "choice", "switch"};

    g_string_append_printf(line, " %s:%s \"%s\"", kinds[field->kind], field->name, field->label);
    if (*field->value)
        g_string_append_printf(line, "=%s", field->value);
    if (field->least > 0)
        g_string_append_printf(line, " %u-%u", field->least, field->most);
    for (guint i = 0; field->choices && i < field->choices->len; i++) {
        const struct button_choice *choice = field->choices->pdata[i];
        g_string_append_printf(line, " %s=%s", choice->label, choice->value);
    }
    if (field->optional)
        g_string_append(line, " optional");
}

static char *
note_form(const struct event *event)
{
    const struct program_form *form = event->form;
    GString *line = g_string_new(NULL);

    g_string_printf(line, "form %s %s \"%s\" \"%s\" \"%s\"",
                    event->conversation ? event->conversation : "-", form->key, form->title,
                    form->intro, form->submit);
    for (guint i = 0; i < form->fields->len; i++)
        note_field(line, form->fields->pdata[i]);
    return g_string_free(line, FALSE);
}

char *
fake_note_person(const struct event *event)
{
    static const char *const presences[] = {"unknown", "here", "away", "gone"};

    switch (event->type) {
    case EVENT_PRESENCE:
        return g_strdup_printf("presence %s %s", event->presence.user_id,
                               presences[event->presence.presence]);
    case EVENT_STATUS:
        return g_strdup_printf("status %s %s %s", event->conversation ? event->conversation : "-",
                               event->status.user_id,
                               event->status.text ? event->status.text : "-");
    case EVENT_MUTED:
        return g_strdup_printf("muted %s %s", event->conversation, event->muted ? "on" : "off");
    case EVENT_FORM:
        return note_form(event);
    case EVENT_FORM_REFUSED:
        return g_strdup_printf("refused %s %s %s", event->form_refused.key,
                               event->form_refused.name, event->form_refused.text);
    case EVENT_DRAFT:
        return g_strdup_printf("draft %s %s %s", event->conversation,
                               event->draft.thread ? event->draft.thread : "-",
                               event->draft.text ? event->draft.text : "(none)");
    case EVENT_DRAFTS:
        return g_strdup("drafts told");
    case EVENT_GROUPS:
        return note_groups(event);
    default:
        return NULL;
    }
}
