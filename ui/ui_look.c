/* Theme and keys, as the configuration wants them. What is wrong there is said in weft's own
 * buffer. */
#include "ui/ui_priv.h"

#include <string.h>

static bool
load_from(struct theme *theme, const char *dir, const char *sub, const char *name, GError **error)
{
    g_autofree char *file = g_strdup_printf("%s.theme", name);
    g_autofree char *path = g_build_filename(dir, sub, file, NULL);

    return g_file_test(path, G_FILE_TEST_EXISTS) && theme_load(theme, path, error);
}

/* The person's own themes go before weft's. False without an error: there is none of this name. */
static bool
load_theme(const struct ui *ui, const char *name, struct theme *theme, GError **error)
{
    g_autoptr(GError) why = NULL;
    bool found = !strchr(name, '/') &&
                 ((ui->paths && load_from(theme, ui->paths->config_dir, "themes", name, &why)) ||
                  (!why && ui->theme_dir && load_from(theme, ui->theme_dir, ".", name, &why)));

    if (!found && !why && strcmp(name, "dark") == 0) {
        theme_init(theme);
        found = true;
    }
    if (why)
        g_propagate_error(error, g_steal_pointer(&why));
    return found;
}

static enum color_depth
depth_of(const struct ui *ui)
{
    return ui->term ? term_depth(ui->term) : COLOR_DEPTH_TRUE;
}

/* What fits a terminal of which weft knows so much. */
static const char *
fitting_theme(const struct ui *ui)
{
    if (depth_of(ui) == COLOR_DEPTH_MONO)
        return "mono";
    return ui->background_is_light ? "light" : "dark";
}

static void
read_theme(struct ui *ui)
{
    const char *name = config_text(ui->config, "look", "theme");
    bool fitting = !name || strcmp(name, "auto") == 0;
    int64_t own = core_own_buffer(ui->core)->id;
    g_autoptr(GError) error = NULL;

    if (!load_theme(ui, fitting ? fitting_theme(ui) : name, &ui->theme, &error)) {
        theme_init(&ui->theme);
        if (error)
            core_say(ui->core, own, "%s", error->message);
        else if (!fitting)
            core_say(ui->core, own, "There is no theme \"%s\"; the built-in one is used.", name);
    }
    if (!config_bool(ui->config, "look", "nick_colors"))
        theme_plain_nicks(&ui->theme);
    theme_limit(&ui->theme, depth_of(ui));
}

static void
bind_key(void *user, const char *action, const char *keys, const char *file, int line)
{
    struct ui *ui = user;
    g_autoptr(GError) error = NULL;

    if (!keymap_bind(ui->keymap, action, keys, &error))
        core_say(ui->core, core_own_buffer(ui->core)->id, "%s:%d: %s", file, line, error->message);
}

static void
read_joins(struct ui *ui)
{
    const char *joins = config_text(ui->config, "look", "joins");

    ui->joins = strcmp(joins, "shown") == 0    ? TIMELINE_JOINS_SHOWN
                : strcmp(joins, "folded") == 0 ? TIMELINE_JOINS_FOLDED
                                               : TIMELINE_JOINS_SMART;
    ui->joins_smart_us = config_number(ui->config, "look", "joins_minutes") * 60 * G_USEC_PER_SEC;
    ui->joins_open = false;
    ui_reading_apply(ui);
}

void
ui_look_read(struct ui *ui)
{
    keymap_free(ui->keymap);
    ui->keymap = keymap_new();
    config_each_key(ui->config, bind_key, ui);
    ui->max_text_cols = (int)config_number(ui->config, "look", "max_width");
    ui->sidebar = config_bool(ui->config, "look", "sidebar");
    ui->members_on = config_bool(ui->config, "look", "members");
    ui->members_forced = false;
    read_joins(ui);
    read_theme(ui);
}

/* By the eye's weights; the middle is where black and white text read equally well. */
void
ui_look_background(struct ui *ui, uint32_t rgb)
{
    unsigned light = (rgb >> 16 & 0xff) * 299 + (rgb >> 8 & 0xff) * 587 + (rgb & 0xff) * 114;
    bool is_light = light > 140 * 1000;

    if (is_light == ui->background_is_light)
        return;
    ui->background_is_light = is_light;
    read_theme(ui);
    ui_changed(ui);
}
