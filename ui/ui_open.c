/* Opening links, by the person's own program; and the links of one message. */
#include "core/mark.h"
#include "ui/ui_priv.h"

#include "text/target.h"
#include "ui/runs.h"
#include "ui/spans.h"

#define USUAL_PROGRAM        "xdg-open"
#define LOOKED_THROUGH_BYTES 16384

/* Nothing is said when it went well: that was said before. */
static void
opened(void *user, const GError *error)
{
    struct ui *ui = user;

    if (!error)
        return;
    ui_tell(ui, error->message, true);
    ui_changed(ui);
}

/* `*ret_name`: what sentences call it. NULL: there is none. g_free(). */
static char *
find_program(const struct ui *ui, const char **ret_name)
{
    const char *command = config_text(ui->config, "look", "open_cmd");
    g_autofree char *path = command ? NULL : g_find_program_in_path(USUAL_PROGRAM);

    *ret_name = command ? "open_cmd" : USUAL_PROGRAM;
    return g_strdup(command ? command : path ? USUAL_PROGRAM : NULL);
}

void
ui_open_target(struct ui *ui, const char *target)
{
    g_autoptr(GError) error = NULL;

    if (ui_follow_ours(ui, target))
        return;
    g_autofree char *link = target_for_opening(target, &error);
    const char *name;
    g_autofree char *command = find_program(ui, &name);
    g_autofree char *words = NULL;

    if (!link) {
        ui_tell(ui, error->message, true);
        return;
    }
    if (!command) {
        ui_tell(ui, "weft finds no program to open links with: name one in look.open_cmd.", true);
        return;
    }
    const struct run_options options = {
        .name = name, .command = command, .argument = link, .stays = true};
    words = g_strdup_printf("Opening %s", link);
    if (runs_start(ui->runs, &options, opened, ui, &error))
        ui_tell(ui, words, false);
    else
        ui_tell(ui, error->message, true);
}

/* What would run rather than be shown. */
static bool
is_program(const char *path)
{
    static const char *const endings[] = {".desktop", ".appimage", ".jar", ".exe", ".com", ".bat",
                                          ".cmd",     ".msi",      ".ps1", ".vbs", ".sh",  ".run",
                                          ".scr",     ".deb",      ".rpm", ".url", ".lnk"};
    g_autofree char *lower = g_ascii_strdown(path, -1);

    for (size_t i = 0; i < G_N_ELEMENTS(endings); i++)
        if (g_str_has_suffix(lower, endings[i]))
            return true;
    return false;
}

void
ui_open_file(struct ui *ui, const char *path)
{
    g_autoptr(GError) error = NULL;
    const char *name;
    g_autofree char *command = find_program(ui, &name);
    g_autofree char *shown = g_filename_display_name(path);
    g_autofree char *words = NULL;

    if (is_program(path)) {
        words =
            g_strdup_printf("%s may be a program: weft fetched it and does not open it.", shown);
        ui_tell(ui, words, true);
        return;
    }
    if (!command) {
        words = g_strdup_printf("It lies at %s; weft finds no program to open it: name one in "
                                "look.open_cmd.",
                                shown);
        ui_tell(ui, words, true);
        return;
    }
    const struct run_options options = {
        .name = name, .command = command, .argument = path, .stays = true};
    words = g_strdup_printf("Opening %s", shown);
    const bool good = runs_start(ui->runs, &options, opened, ui, &error);
    ui_tell(ui, good ? words : error->message, !good);
}

/* --- of one message
 * ---------------------------------------------------------------------------------- */

/* What is shown is where it leads. */
static bool
is_plain(const struct span_link *link)
{
    return !link->is_named && !link->is_hidden && !target_doubt(link->target);
}

/* Of a message that is shown short it might stand below. */
static void
open_from(struct ui *ui, const struct message *message)
{
    g_autoptr(GArray) links = spans_links(message->body);
    const bool seen = !timeline_cursor_is_short(ui->window->timeline);
    const guint n_files = message->files ? message->files->len : 0;

    if (links->len == 0 && n_files == 0)
        ui_tell(ui, "There is no link in this message.", true);
    else if (links->len == 0 && n_files == 1)
        ui_files_fetch(ui, message, 0, ACTION_MESSAGE_OPEN);
    else if (n_files > 0)
        ui_over_links(ui, message);
    else if (links->len == 1 && seen && is_plain(&g_array_index(links, struct span_link, 0)))
        ui_open_target(ui, g_array_index(links, struct span_link, 0).target);
    else
        ui_over_links(ui, message);
}

/* The message's own address; where there is none, what it links to. */
static void
copy_link(struct ui *ui, const struct message *message)
{
    g_autoptr(GArray) links = spans_links(message->body);
    g_autoptr(GError) error = NULL;
    g_autofree char *own = core_link_to(ui->core, message, &error);

    if (own)
        ui_copy_text(ui, own, "Copied the address of this message.");
    else if (links->len == 0)
        ui_tell(ui, error->message, true);
    else if (links->len == 1)
        ui_copy_text(ui, g_array_index(links, struct span_link, 0).target, "Copied the link.");
    else
        ui_over_links(ui, message);
}

bool
ui_open_action(struct ui *ui, enum action action, const struct message *message)
{
    switch (action) {
    case ACTION_MESSAGE_OPEN:
        open_from(ui, message);
        return true;
    case ACTION_MESSAGE_COPY_LINK:
        copy_link(ui, message);
        return true;
    default:
        return false;
    }
}

/* Asked for every frame: a long text is not looked through. */
bool
ui_open_can(const struct message *message)
{
    g_autoptr(GArray) links = NULL;

    if (message->body->len > LOOKED_THROUGH_BYTES || ui_files_has(message))
        return true;
    links = spans_links(message->body);
    return links->len > 0;
}
