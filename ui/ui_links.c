/* The links of the buffer, newest first, or of one message: to be seen in whole, opened, copied.
 * The letters are those of the message cursor; "/" narrows the list. */
#include "ui/ui_priv.h"

#include <string.h>

#include "text/fold.h"
#include "text/target.h"
#include "ui/spans.h"

#define LOOKED_THROUGH 1000 /* messages, from the newest in sight up */
#define LINKS_MAX      300

struct entry {
    char *target;
    char *text; /* as the message shows it */
    char *when, *who;
    bool is_named, is_hidden;
    int64_t message_id; /* a file of this message, which `target` names; 0: a link */
    unsigned file;
};

struct ui_links {
    struct ui *ui;
    bool one;         /* of one message */
    GPtrArray *all;   /* struct entry */
    GPtrArray *found; /* those of them that have what was typed; borrowed */
    struct editor *query;
    bool with_files;
    bool filtering; /* letters go to the query */
    size_t selected;
};

static void
entry_free(gpointer data)
{
    struct entry *entry = data;

    g_free(entry->target);
    g_free(entry->text);
    g_free(entry->when);
    g_free(entry->who);
    g_free(entry);
}

/* --- what there is
 * ------------------------------------------------------------------------------------ */

static char *
when_of(const struct ui *ui, const struct message *message)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(message->time_us / G_USEC_PER_SEC);
    g_autoptr(GDateTime) local = utc ? g_date_time_to_timezone(utc, ui->zone) : NULL;

    return local ? g_date_time_format(local, "%H:%M") : g_strdup("");
}

/* Said again and again it is listed once. */
static bool
is_listed(const struct ui_links *links, const struct span_link *link)
{
    for (guint i = 0; i < links->all->len; i++) {
        const struct entry *entry = links->all->pdata[i];
        if (entry->message_id == 0 && !entry->is_named && !link->is_named &&
            entry->is_hidden == link->is_hidden && strcmp(entry->target, link->target) == 0)
            return true;
    }
    return false;
}

static void
add_files(struct ui_links *links, const struct message *message)
{
    for (guint i = 0; message->files && i < message->files->len && links->all->len < LINKS_MAX;
         i++) {
        const struct attachment *file = message->files->pdata[i];
        g_autofree char *size = attachment_format_size(file->size_bytes);
        struct entry *entry = g_new0(struct entry, 1);

        entry->target = g_strdup(file->name);
        entry->text = g_strdup_printf("[file] %s  %s", file->name, size);
        entry->when = when_of(links->ui, message);
        entry->who = g_strdup(message->sender_name ? message->sender_name : "");
        entry->message_id = message->id;
        entry->file = i;
        g_ptr_array_add(links->all, entry);
        links->with_files = true;
    }
}

static void
add_message(struct ui_links *links, const struct message *message)
{
    g_autoptr(GArray) found = NULL;

    if (message->flags & (MESSAGE_IGNORED | MESSAGE_DELETED))
        return;
    add_files(links, message);
    found = spans_links(message->body);
    for (guint i = 0; i < found->len && links->all->len < LINKS_MAX; i++) {
        const struct span_link *link = &g_array_index(found, struct span_link, i);
        struct entry *entry;
        if (is_listed(links, link))
            continue;
        entry = g_new0(struct entry, 1);
        entry->target = g_strdup(link->target);
        entry->text = g_strndup(message->body->text + link->start, link->end - link->start);
        entry->when = when_of(links->ui, message);
        entry->who = g_strdup(message->sender_name ? message->sender_name : "");
        entry->is_named = link->is_named;
        entry->is_hidden = link->is_hidden;
        g_ptr_array_add(links->all, entry);
    }
}

static void
add_buffer(struct ui_links *links)
{
    struct ui *ui = links->ui;
    struct line_shape shape = ui_window_shape(ui->window);
    struct timeline_place place;
    struct page page = {0};

    timeline_place(ui->window->timeline, &shape, MAX(1, ui->layout.timeline.rows), &place);
    if (place.n == 0)
        return;
    struct position at = timeline_item(ui->window->timeline, place.last)->upto;
    at.id++;
    core_page_before(ui->core, ui->window->shown, at, LOOKED_THROUGH, &page);
    for (guint i = page.messages ? page.messages->len : 0; i > 0; i--)
        add_message(links, g_ptr_array_index(page.messages, i - 1));
    page_clear(&page);
}

static bool
has(const char *text, const char *folded)
{
    size_t start, end;

    return fold_find(text, strlen(text), 0, folded, &start, &end);
}

static void
narrow(struct ui_links *links)
{
    const char *typed = editor_text(links->query);
    g_autofree char *folded = fold_text(typed, strlen(typed));

    g_ptr_array_set_size(links->found, 0);
    for (guint i = 0; i < links->all->len; i++) {
        struct entry *entry = links->all->pdata[i];
        if (!*folded || has(entry->target, folded) || has(entry->text, folded) ||
            has(entry->who, folded))
            g_ptr_array_add(links->found, entry);
    }
    links->selected = 0;
}

struct ui_links *
ui_links_new(struct ui *ui, const struct message *message)
{
    struct ui_links *links = g_new0(struct ui_links, 1);

    links->ui = ui;
    links->one = message != NULL;
    links->all = g_ptr_array_new_with_free_func(entry_free);
    links->found = g_ptr_array_new();
    links->query = editor_new(ui_rules(ui));
    if (message)
        add_message(links, message);
    else
        add_buffer(links);
    narrow(links);
    return links;
}

void
ui_links_free(struct ui_links *links)
{
    if (!links)
        return;
    g_ptr_array_unref(links->found);
    g_ptr_array_unref(links->all);
    editor_free(links->query);
    g_free(links);
}

bool
ui_links_is_empty(const struct ui_links *links)
{
    return links->all->len == 0;
}

bool
ui_links_takes_letters(const struct ui_links *links)
{
    return links->filtering;
}

/* --- keys
 * --------------------------------------------------------------------------------------------- */

static void
move(struct ui_links *links, int by)
{
    const int n = (int)links->found->len;

    if (n > 0)
        links->selected = (size_t)CLAMP((int)links->selected + by, 0, n - 1);
}

/* What the letters do to a message with one file. False: it is a link. */
static bool
take_file(struct ui_links *links, enum action action)
{
    struct ui *ui = links->ui;
    const struct entry *entry =
        links->selected < links->found->len ? links->found->pdata[links->selected] : NULL;

    if (!entry || entry->message_id == 0)
        return false;
    if (action != ACTION_MESSAGE_SAVE && action != ACTION_MESSAGE_OPEN) {
        g_autofree char *name = g_strdup(entry->target);
        ui_over_close(ui);
        ui_copy_text(ui, name, "Copied the file's name.");
        return true;
    }
    struct message *message = core_message(ui->core, entry->message_id);
    const unsigned file = entry->file;
    if (ui->large.message_id != entry->message_id)
        ui->large.message_id = 0;
    if (message)
        ui_files_fetch(ui, message, file, action);
    message_unref(message);
    if (ui->large.message_id == 0)
        ui_over_close(ui);
    return true;
}

/* The list is closed: what became of it is told below. */
static void
take(struct ui_links *links, bool opens)
{
    struct ui *ui = links->ui;
    g_autofree char *target = NULL;

    if (links->selected >= links->found->len ||
        take_file(links, opens ? ACTION_MESSAGE_OPEN : ACTION_MESSAGE_COPY))
        return;
    target = g_strdup(((const struct entry *)links->found->pdata[links->selected])->target);
    ui_over_close(ui);
    if (opens)
        ui_open_target(ui, target);
    else
        ui_copy_text(ui, target, "Copied the link.");
}

static void
cancel(struct ui_links *links)
{
    if (!links->filtering && editor_is_empty(links->query)) {
        ui_over_close(links->ui);
        return;
    }
    links->filtering = false;
    editor_set(links->query, "", 0);
    narrow(links);
}

/* True: it was one of those that move, whoever has the letters. */
static bool
move_key(struct ui_links *links, enum action action)
{
    const int page = MAX(1, ui_over_place(links->ui).rows / 2);

    switch (action) {
    case ACTION_UP:
    case ACTION_MESSAGE_UP:
    case ACTION_PREV_BUFFER:
    case ACTION_COMPLETE_BACK:
        move(links, -1);
        return true;
    case ACTION_DOWN:
    case ACTION_MESSAGE_DOWN:
    case ACTION_NEXT_BUFFER:
    case ACTION_COMPLETE:
        move(links, 1);
        return true;
    case ACTION_SCROLL_UP:
    case ACTION_MESSAGE_PAGE_UP:
        move(links, -page);
        return true;
    case ACTION_SCROLL_DOWN:
    case ACTION_MESSAGE_PAGE_DOWN:
        move(links, page);
        return true;
    case ACTION_MESSAGE_FIRST:
    case ACTION_MESSAGE_LAST:
        move(links, action == ACTION_MESSAGE_FIRST ? -LINKS_MAX : LINKS_MAX);
        return true;
    default:
        return false;
    }
}

static void
letter(struct ui_links *links, enum action action, struct key key)
{
    switch (action) {
    case ACTION_MESSAGE_COPY:
    case ACTION_MESSAGE_COPY_ALL:
    case ACTION_MESSAGE_COPY_LINK:
        take(links, false);
        return;
    case ACTION_MESSAGE_SAVE:
        if (take_file(links, action))
            return;
        break;
    case ACTION_NONE:
        if (key.code == '/') {
            links->filtering = true;
            return;
        }
        break;
    default:
        break;
    }
    ui_tell(links->ui, "This does nothing to a link.", false);
}

void
ui_links_key(struct ui_links *links, enum action action, struct key key)
{
    const unsigned serial = editor_serial(links->query);

    if (move_key(links, action))
        return;
    if (action == ACTION_LINKS) {
        ui_over_close(links->ui);
    } else if (action == ACTION_CANCEL) {
        cancel(links);
    } else if (action == ACTION_SUBMIT || action == ACTION_MESSAGE_OPEN ||
               action == ACTION_MESSAGE_EXPAND) {
        take(links, true);
    } else if (!links->filtering) {
        letter(links, action, key);
    } else {
        if (action == ACTION_NONE && key_is_text(key))
            editor_insert_char(links->query, key.code);
        else if (action != ACTION_NONE && action != ACTION_NEWLINE)
            editor_action(links->query, action, NULL);
        if (serial != editor_serial(links->query))
            narrow(links);
    }
}

void
ui_links_paste(struct ui_links *links, const char *text, size_t len)
{
    links->filtering = true;
    editor_insert(links->query, text, len);
    narrow(links);
}

bool
ui_links_select(struct ui_links *links, size_t choice)
{
    const bool was = links->selected == choice;

    links->selected = MIN(choice, MAX(1, links->found->len) - 1);
    return was;
}

/* --- drawing
 * ------------------------------------------------------------------------------------------ */

static const char *
doubt_of(const struct entry *entry)
{
    if (entry->is_named)
        return "The text is not the link: look where it leads.";
    if (entry->message_id != 0)
        return NULL;
    if (entry->is_hidden)
        return "It is hidden in the message.";
    return target_doubt(entry->target);
}

static char *
title_of(const struct ui_links *links)
{
    const struct ui *ui = links->ui;
    GString *keys = g_string_new(NULL);

    ui_hint_add(ui, keys, ACTION_MESSAGE_OPEN, "open");
    ui_hint_add(ui, keys, ACTION_MESSAGE_COPY, "copy");
    if (links->with_files)
        ui_hint_add(ui, keys, ACTION_MESSAGE_SAVE, "save");
    g_string_append_printf(keys, "%s/ filter", keys->len ? "  " : "");
    ui_hint_add(ui, keys, ACTION_CANCEL, "back");
    g_string_prepend(keys, links->one          ? links->with_files ? "Links and files.  "
                                                                   : "Links of this message.  "
                           : links->with_files ? "Links and files, newest first.  "
                                               : "Links, newest first.  ");
    return g_string_free(keys, FALSE);
}

/* "the bank → https://evil.example/" */
static char *
row_text(const struct entry *entry)
{
    if (entry->is_hidden)
        return g_strdup("▒▒▒▒▒▒▒▒");
    return entry->is_named ? g_strdup_printf("%s → %s", entry->text, entry->target)
                           : g_strdup(entry->text);
}

/* All of where the chosen one leads. */
static size_t
add_facts(const struct entry *entry, char *host, struct view_fact facts[3])
{
    size_t n = 0;

    if (entry->message_id != 0) {
        facts[n++] = (struct view_fact){"file", entry->target};
        return n;
    }
    if (host)
        facts[n++] = (struct view_fact){"leads to", host};
    if (entry->is_named)
        facts[n++] = (struct view_fact){"its text", entry->text};
    facts[n++] = (struct view_fact){"whole link", entry->target};
    return n;
}

void
ui_links_draw(struct ui_links *links, const struct canvas *canvas, struct rect rect)
{
    struct view_link *rows = g_new0(struct view_link, MAX(1, links->found->len));
    g_autofree char *title = title_of(links);
    g_autofree char *host = NULL;
    struct view_fact facts[3];
    size_t top = 0;
    const bool typed = links->filtering || !editor_is_empty(links->query);
    struct view_links view = {.title = title,
                              .query = typed ? links->query : NULL,
                              .links = rows,
                              .n = links->found->len,
                              .selected = links->selected,
                              .drawn = &links->ui->drawn,
                              .detail = {.title = "", .facts = facts, .top = &top}};

    for (guint i = 0; i < links->found->len; i++) {
        const struct entry *entry = links->found->pdata[i];
        rows[i] = (struct view_link){.when = entry->when,
                                     .who = entry->who,
                                     .text = row_text(entry),
                                     .doubtful = doubt_of(entry) != NULL};
    }
    if (links->selected < links->found->len) {
        const struct entry *entry = links->found->pdata[links->selected];
        host = entry->message_id == 0 ? target_host(entry->target) : NULL;
        view.detail.n = add_facts(entry, host, facts);
        if (doubt_of(entry))
            view.detail.title = doubt_of(entry);
    }
    pane_links_draw(canvas, rect, &view);
    for (guint i = 0; i < links->found->len; i++)
        g_free(rows[i].text);
    g_free(rows);
}
