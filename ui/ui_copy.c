/* Texts for the clipboard: by the terminal, or by the person's own program. What was not copied is
 * said. */
#include "ui/ui_priv.h"

#include <string.h>

#include "ui/bare.h"
#include "ui/clipboard.h"
#include "ui/runs.h"

/* For a program, which takes all; from so many messages. */
#define COMMAND_MAX_BYTES (4 * 1024 * 1024)
#define MESSAGES_MAX      5000
#define PAGE              200

static unsigned
count_lines(const char *text)
{
    unsigned n = 1;

    for (; *text; text++)
        n += *text == '\n';
    return n;
}

/* --- to the clipboard
 * -------------------------------------------------------------------------------- */

static void
copied(void *user, const GError *error)
{
    struct ui *ui = user;

    ui_tell(ui, error ? error->message : ui->copied, error != NULL);
    ui_changed(ui);
}

/* When it has ended, ui->copied is said. */
static void
by_command(struct ui *ui, const char *command, const char *text)
{
    const struct run_options options = {.name = "copy_cmd", .command = command, .input = text};
    g_autoptr(GError) error = NULL;

    if (runs_start(ui->runs, &options, copied, ui, &error))
        ui_tell(ui, "Copying …", false);
    else
        ui_tell(ui, error->message, true);
}

/* Whether the terminal does it is not known: that is said once. */
static void
by_terminal(struct ui *ui, const char *text)
{
    const char *tmux = g_getenv("TMUX");
    const char *lack = ui->term ? clipboard_lack(g_getenv) : "There is no terminal to copy to.";
    g_autoptr(GString) bytes = g_string_new(NULL);
    g_autofree char *words = NULL;

    if (lack) {
        words =
            g_strdup_printf("Not copied. %s copy_cmd = PROGRAM in [look] names another way.", lack);
        ui_tell(ui, words, true);
        return;
    }
    clipboard_append(bytes, text, tmux && *tmux);
    if (!ui_term_send(ui, bytes->str, bytes->len)) {
        ui_tell(ui, "Not copied: the terminal is too slow just now.", true);
        return;
    }
    words = g_strconcat(
        ui->copied, ui->copied_before ? "" : " Not there? The terminal refused: see look.copy_cmd.",
        NULL);
    ui->copied_before = true;
    ui_tell(ui, words, false);
}

static char *
words_for(const char *whole, const char *text, bool cut, bool by_command)
{
    const unsigned n = count_lines(text);

    if (!cut)
        return g_strdup_printf("Copied %u line%s.", n, n == 1 ? "" : "s");
    return g_strdup_printf("Copied the first %u of %u lines: %s takes no more.%s", n,
                           count_lines(whole), by_command ? "copy_cmd" : "the terminal",
                           by_command ? "" : " copy_cmd does.");
}

void
ui_copy_text(struct ui *ui, const char *text, const char *words)
{
    const char *command = config_text(ui->config, "look", "copy_cmd");
    bool cut;
    g_autofree char *plain =
        clipboard_plain(text, command ? COMMAND_MAX_BYTES : CLIPBOARD_MAX_BYTES, &cut);

    if (!*plain) {
        ui_tell(ui, "There is nothing in it to copy.", true);
        return;
    }
    g_free(ui->copied);
    ui->copied = words && !cut ? g_strdup(words) : words_for(text, plain, cut, command != NULL);
    if (command)
        by_command(ui, command, plain);
    else
        by_terminal(ui, plain);
}

/* --- of messages
 * ------------------------------------------------------------------------------------- */

static void
append_message(const struct ui *ui, GString *out, const struct message *message, bool all)
{
    if (all) {
        g_autofree char *line = bare_plain(ui->zone, message);
        g_string_append_printf(out, "%s\n", line);
    } else if (message->body->len > 0) {
        g_string_append_printf(out, "%s\n", message->body->text);
    } else if (message->files) {
        g_autofree char *names = attachments_names(message->files);
        g_string_append_printf(out, "%s\n", names);
    }
}

/* From the one where it began to the cursor, either way round. */
static bool
append_range(const struct ui *ui, GString *out, const struct message *message, bool all)
{
    const struct position here = message_position(message);
    const bool down = position_compare(ui->picked, here) <= 0;
    const struct position from = down ? ui->picked : here, to = down ? here : ui->picked;
    struct position at = {from.sort_key, from.id - 1};
    unsigned n = 0;

    for (bool more = true; more && n < MESSAGES_MAX;) {
        struct page page = {0};
        core_page_after(ui->core, ui->window->shown, at, PAGE, &page);
        more = page.messages && page.messages->len > 0 && !page.at_end;
        for (guint i = 0; page.messages && i < page.messages->len; i++, n++) {
            const struct message *each = g_ptr_array_index(page.messages, i);
            at = message_position(each);
            if (position_compare(at, to) > 0) {
                more = false;
                break;
            }
            if (bare_wants(each))
                append_message(ui, out, each, all);
        }
        page_clear(&page);
    }
    return n < MESSAGES_MAX;
}

static void
copy(struct ui *ui, const struct message *message, bool all)
{
    g_autoptr(GString) out = g_string_new(NULL);

    if (ui->picked.id == 0) {
        append_message(ui, out, message, all);
    } else if (!append_range(ui, out, message, all)) {
        ui_tell(ui, "These are too many messages to copy at once.", true);
        return;
    }
    ui->picked = (struct position){0};
    ui_copy_text(ui, out->str, NULL);
}

static void
pick(struct ui *ui, const struct message *message)
{
    if (ui->picked.id != 0)
        ui->picked = (struct position){0};
    else
        ui->picked = message_position(message);
}

bool
ui_copy_action(struct ui *ui, enum action action, const struct message *message)
{
    switch (action) {
    case ACTION_MESSAGE_COPY:
    case ACTION_MESSAGE_COPY_ALL:
        copy(ui, message, action == ACTION_MESSAGE_COPY_ALL);
        return true;
    case ACTION_MESSAGE_PICK:
        pick(ui, message);
        return true;
    default:
        return false;
    }
}
