/* Theme and keys, as the configuration wants them. What is wrong there is said in weft's own
 * buffer. */
#include "ui/keymap_config.h"
#include "ui/theme_find.h"
#include "ui/ui_priv.h"

#include <string.h>

static const char *
own_dir(const struct ui *ui)
{
    return ui->paths ? ui->paths->config_dir : NULL;
}

static bool
load_theme(const struct ui *ui, const char *name, struct theme *theme, GError **error)
{
    return theme_find(theme, name, own_dir(ui), ui->theme_dir, error);
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

/* In weft's own buffer, and to who has just asked for it, wherever they are. */
static void
tell_trouble(struct ui *ui, const char *text)
{
    core_say(ui->core, core_own_buffer(ui->core)->id, "%s", text);
    ui_tell(ui, text, true);
}

static void
read_theme(struct ui *ui)
{
    const char *name = config_text(ui->config, "look", "theme");
    bool fitting = !name || strcmp(name, "auto") == 0;
    g_autoptr(GError) error = NULL;

    if (!load_theme(ui, fitting ? fitting_theme(ui) : name, &ui->theme, &error)) {
        g_autofree char *none =
            g_strdup_printf("There is no theme \"%s\"; the built-in one is used. /theme lists "
                            "what there is.",
                            name);
        theme_init(&ui->theme);
        if (error || !fitting)
            tell_trouble(ui, error ? error->message : none);
    }
    if (!config_bool(ui->config, "look", "nick_colors"))
        theme_plain_nicks(&ui->theme);
    ui->theme.no_tints = !config_bool(ui->config, "look", "text_colors");
    if (ui->background_known)
        ui->theme.paper = ui->background;
    theme_limit(&ui->theme, depth_of(ui));
}

char **
ui_look_themes(const struct ui *ui)
{
    return theme_names(own_dir(ui), ui->theme_dir);
}

bool
ui_look_try(struct ui *ui, const char *name, GError **error)
{
    struct theme theme;

    if (strcmp(name, "auto") == 0)
        name = fitting_theme(ui);
    if (!load_theme(ui, name, &theme, error))
        return false;
    ui->theme = theme;
    theme_limit(&ui->theme, depth_of(ui));
    return true;
}

void
ui_look_theme(struct ui *ui)
{
    read_theme(ui);
}

static void
complain(void *user, const struct config_key *key, int column, bool warning, const char *text)
{
    struct ui *ui = user;

    if (warning)
        return;
    core_say(ui->core, core_own_buffer(ui->core)->id, "%s:%d:%d: %s", key->file, key->line, column,
             text);
    ui_tell(ui, "Some lines of [keys] do not count: /go weft goes to where it is said which.",
            true);
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

static void
read_hyperlinks(struct ui *ui)
{
    const char *word = config_text(ui->config, "look", "hyperlinks");

    if (ui->term)
        term_set_hyperlinks(ui->term, strcmp(word, "on") == 0    ? TERM_HYPERLINKS_ON
                                      : strcmp(word, "off") == 0 ? TERM_HYPERLINKS_OFF
                                                                 : TERM_HYPERLINKS_AUTO);
}

static void
read_bidi(struct ui *ui)
{
    const char *word = config_text(ui->config, "look", "bidi");

    if (ui->term)
        term_set_bidi(ui->term, strcmp(word, "on") == 0    ? TERM_BIDI_ON
                                : strcmp(word, "off") == 0 ? TERM_BIDI_OFF
                                                           : TERM_BIDI_AUTO);
}

/* A key may have changed it since: only another word in the configuration does so again. */
static void
read_mouse(struct ui *ui)
{
    const bool on = config_bool(ui->config, "look", "mouse");

    if (on == ui->mouse_configured)
        return;
    ui->mouse = ui->mouse_configured = on;
    ui_mouse_apply(ui);
}

void
ui_look_read(struct ui *ui)
{
    keymap_free(ui->keymap);
    ui->keymap = keymap_from_config(ui->config, complain, ui);
    ui->max_text_cols = (int)config_number(ui->config, "look", "max_width");
    ui->max_rows = (int)config_number(ui->config, "look", "max_lines");
    ui->sidebar = config_bool(ui->config, "look", "sidebar");
    ui->members_on = config_bool(ui->config, "look", "members");
    ui->members_forced = false;
    read_joins(ui);
    read_hyperlinks(ui);
    read_bidi(ui);
    read_mouse(ui);
    read_theme(ui);
}

void
ui_look_begin(struct ui *ui)
{
    /* "15;0", "0;default;15": what stands last is the background's number. The terminal's own word
     * comes later, or never. */
    const char *colors = ui->term ? g_getenv("COLORFGBG") : NULL;
    const char *last = colors ? strrchr(colors, ';') : NULL;
    guint64 n;

    if (last && g_ascii_string_to_unsigned(last + 1, 10, 0, 15, &n, NULL))
        ui->background_is_light = n == 7 || n > 8;
    ui_look_read(ui);
}

/* By the eye's weights; the middle is where black and white text read equally well. */
void
ui_look_background(struct ui *ui, uint32_t rgb)
{
    unsigned light = (rgb >> 16 & 0xff) * 299 + (rgb >> 8 & 0xff) * 587 + (rgb & 0xff) * 114;
    bool is_light = light > 140 * 1000;

    if (is_light == ui->background_is_light && ui->background_known && rgb == ui->background)
        return;
    ui->background = rgb;
    ui->background_known = true;
    ui->background_is_light = is_light;
    read_theme(ui);
    ui_changed(ui);
}
