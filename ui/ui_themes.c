/* Choosing a theme: each is shown as one goes through their names. */
#include <string.h>

#include "ui/ui_priv.h"

struct ui_themes {
    struct ui *ui;
    char **names;
    size_t n, selected;
    char *error; /* why the selected one cannot be shown */
};

static void
try_selected(struct ui_themes *themes)
{
    g_autoptr(GError) error = NULL;

    g_clear_pointer(&themes->error, g_free);
    if (!ui_look_try(themes->ui, themes->names[themes->selected], &error))
        themes->error = g_strdup(error ? error->message : "It is not there any more.");
}

struct ui_themes *
ui_themes_new(struct ui *ui)
{
    struct ui_themes *themes = g_new0(struct ui_themes, 1);
    const char *current = config_text(ui->config, "look", "theme");

    themes->ui = ui;
    themes->names = ui_look_themes(ui);
    themes->n = g_strv_length(themes->names);
    for (size_t i = 0; i < themes->n; i++)
        if (strcmp(themes->names[i], current) == 0)
            themes->selected = i;
    return themes;
}

/* What was only tried goes. */
void
ui_themes_free(struct ui_themes *themes)
{
    if (!themes)
        return;
    ui_look_theme(themes->ui);
    g_strfreev(themes->names);
    g_free(themes->error);
    g_free(themes);
}

static void
take(struct ui_themes *themes)
{
    struct ui *ui = themes->ui;
    g_autofree char *name = g_strdup(themes->names[themes->selected]);
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;

    if (themes->error)
        return;
    ui_over_close(ui);
    if (core_set(ui->core, "look", "theme", name, &error))
        text = g_strdup_printf("The theme is %s, now and from now on.", name);
    ui_tell(ui, text ? text : error->message, !text);
}

void
ui_themes_key(struct ui_themes *themes, enum action action)
{
    switch (action) {
    case ACTION_CANCEL:
        ui_over_close(themes->ui);
        return;
    case ACTION_SUBMIT:
        take(themes);
        return;
    case ACTION_DOWN:
    case ACTION_NEXT_BUFFER:
    case ACTION_COMPLETE:
        themes->selected = (themes->selected + 1) % themes->n;
        break;
    case ACTION_UP:
    case ACTION_PREV_BUFFER:
    case ACTION_COMPLETE_BACK:
        themes->selected = (themes->selected + themes->n - 1) % themes->n;
        break;
    default:
        return;
    }
    try_selected(themes);
}

void
ui_themes_select(struct ui_themes *themes, size_t name)
{
    if (name >= themes->n)
        return;
    themes->selected = name;
    try_selected(themes);
}

void
ui_themes_draw(const struct ui_themes *themes, const struct canvas *canvas, struct rect rect)
{
    struct view_pick view = {
        .title = "Themes. Up, Down: look. Enter: keep. Esc: as before.",
        .names = (const char *const *)themes->names,
        .n = themes->n,
        .selected = themes->selected,
        .error = themes->error,
        .drawn = &themes->ui->drawn,
    };
    pane_pick_draw(canvas, rect, &view);
}
