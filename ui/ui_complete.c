/* Completing the word at the cursor: names, channels and commands by core, emoji by ":name". */
#include "ui/ui_priv.h"

#include <string.h>

#define SHOWN_MAX 8 /* rows of the list */

static void
forget(struct ui_completion *completion)
{
    g_strfreev(completion->words);
    g_free(completion->typed);
    *completion = (struct ui_completion){0};
}

static bool
is_current(const struct ui *ui)
{
    const struct ui_completion *completion = &ui->completion;

    return completion->n > 0 && completion->serial == editor_serial(ui->editor);
}

/* --- emoji
 * -------------------------------------------------------------------------------------------------
 */

/* Where ":name" begins that ends at the cursor; SIZE_MAX: nowhere. A colon behind a letter or a
 * digit is none: "10:30", "https:". */
static size_t
emoji_start(const char *text, size_t cursor)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-";
    size_t at = cursor;

    if (at > 0 && text[at - 1] == ':')
        at--; /* ":name:" is whole */
    while (at > 0 && strchr(letters, text[at - 1]))
        at--;
    if (at == 0 || text[at - 1] != ':' || at == cursor)
        return SIZE_MAX;
    at--;
    return at > 0 && (guchar)text[at - 1] > ' ' && !strchr("([{\"'*_~>", text[at - 1]) ? SIZE_MAX
                                                                                       : at;
}

static bool
find_emoji(struct ui *ui, size_t start)
{
    struct ui_completion *completion = &ui->completion;
    g_autofree char *name = g_strdup(completion->typed + 1);
    size_t len = strlen(name);
    bool whole = len > 0 && name[len - 1] == ':';
    const struct emoji *found[UI_EMOJI_MAX];
    size_t n;

    if (whole)
        name[len - 1] = '\0';
    n = emoji_find(name, &ui->emoji, found, whole ? 1 : UI_EMOJI_MAX);
    if (whole && (n == 0 || emoji_by_name(name) == NULL))
        return false;
    if (whole)
        found[0] = emoji_by_name(name);
    if (n == 0)
        return false;
    completion->emoji = true;
    completion->start = start;
    completion->words = g_new0(char *, n + 1);
    for (size_t i = 0; i < n; i++)
        completion->words[i] = g_strdup(found[i]->text);
    completion->n = n;
    return true;
}

/* --- the word
 * ---------------------------------------------------------------------------------------------- */

static void
put_candidate(struct ui *ui)
{
    struct ui_completion *completion = &ui->completion;
    const char *word = completion->words[completion->at];

    editor_replace(ui->editor, completion->start, completion->end, word);
    completion->end = completion->start + strlen(word);
    completion->serial = editor_serial(ui->editor);
    ui_draft_changed(ui);
}

static void
begin(struct ui *ui, int by)
{
    struct ui_completion *completion = &ui->completion;
    const char *text = editor_text(ui->editor);
    size_t cursor = editor_cursor(ui->editor);
    size_t start = emoji_start(text, cursor);

    forget(completion);
    completion->end = cursor;
    completion->typed = g_strndup(text + MIN(start, cursor), cursor - MIN(start, cursor));
    if (start == SIZE_MAX || !find_emoji(ui, start)) {
        completion->words =
            core_complete(ui->core, ui->window->shown, text, cursor, &completion->start);
        completion->n = g_strv_length(completion->words);
        g_free(completion->typed);
        completion->typed = g_strndup(text + completion->start, cursor - completion->start);
    }
    completion->at = by > 0 || completion->n == 0 ? 0 : completion->n - 1;
    if (completion->n > 0)
        put_candidate(ui);
    else
        ui_tell(ui, "Nothing begins like this.", false);
}

void
ui_complete(struct ui *ui, int by)
{
    struct ui_completion *completion = &ui->completion;

    if (is_current(ui) && completion->n > 1) {
        completion->at =
            (completion->at + completion->n + (size_t)(by > 0 ? 1 : -1)) % completion->n;
        put_candidate(ui);
    } else if (editor_is_empty(ui->editor) || ui->has_keys != KEYMAP_MAIN) {
        ui_focus_next(ui, by);
    } else {
        begin(ui, by);
    }
}

void
ui_complete_end(struct ui *ui)
{
    struct ui_completion *completion = &ui->completion;

    if (is_current(ui) && completion->emoji)
        emoji_recent_use(&ui->emoji, emoji_by_text(completion->words[completion->at]));
    forget(completion);
}

bool
ui_complete_key(struct ui *ui, enum action action)
{
    struct ui_completion *completion = &ui->completion;

    if (action == ACTION_COMPLETE || action == ACTION_COMPLETE_BACK)
        return false;
    if (is_current(ui) && completion->n > 1) {
        if (action == ACTION_UP || action == ACTION_DOWN) {
            ui_complete(ui, action == ACTION_DOWN ? 1 : -1);
            return true;
        }
        if (action == ACTION_CANCEL) {
            editor_replace(ui->editor, completion->start, completion->end, completion->typed);
            ui_draft_changed(ui);
            forget(completion);
            return true;
        }
    }
    ui_complete_end(ui);
    return false;
}

void
ui_complete_choose(struct ui *ui, size_t word)
{
    if (!is_current(ui) || word >= ui->completion.n)
        return;
    ui->completion.at = word;
    put_candidate(ui);
    ui_complete_end(ui);
}

void
ui_complete_draw(struct ui *ui, const struct canvas *canvas)
{
    const struct ui_completion *completion = &ui->completion;
    struct view_popup_row rows[SHOWN_MAX];
    struct view_popup view = {
        .rows = rows, .total = completion->n, .selected = completion->at, .drawn = &ui->drawn};

    if (!is_current(ui) || completion->n < 2)
        return;
    view.first = completion->at - MIN(completion->at, SHOWN_MAX / 2);
    view.first = MIN(view.first, completion->n - MIN(completion->n, SHOWN_MAX));
    while (view.n < SHOWN_MAX && view.first + view.n < completion->n) {
        const char *word = completion->words[view.first + view.n];
        const struct emoji *emoji = completion->emoji ? emoji_by_text(word) : NULL;
        rows[view.n++] = emoji ? (struct view_popup_row){.sign = emoji->text, .text = emoji->name}
                               : (struct view_popup_row){.text = word};
    }
    pane_popup_draw(canvas, ui_over_place(ui), &view);
}
