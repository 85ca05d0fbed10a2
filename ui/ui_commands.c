/* The screen's own commands: /theme, /keys, /inbox, /window, and what /help says of keys and
 * actions. */
#include <string.h>

#include "base/error.h"
#include "ui/keymap_config.h"
#include "ui/ui_priv.h"

/* --- /theme
 * ---------------------------------------------------------------------------------------------- */

static bool
refuse_theme(const struct ui *ui, const char *name, GError **error)
{
    g_auto(GStrv) names = ui_look_themes(ui);
    g_autofree char *all = g_strjoinv(", ", names);

    g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                "There is no theme \"%s\". These are here: %s.", name, all);
    return false;
}

static bool
run_theme(struct ui *ui, const char *name, GError **error)
{
    g_autoptr(GError) why = NULL;

    if (!name) {
        ui_over_open(ui, UI_OVER_THEMES);
        return true;
    }
    if (!ui_look_try(ui, name, &why)) {
        if (!why)
            return refuse_theme(ui, name, error);
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    if (!core_set(ui->core, "look", "theme", name, error)) {
        ui_look_theme(ui);
        return false;
    }
    g_autofree char *text = g_strdup_printf("The theme is %s, now and from now on.", name);
    ui_tell(ui, text, false);
    return true;
}

/* --- /keys
 * -----------------------------------------------------------------------------------------------
 */

static void
ignore_complaint(void *user, const struct config_key *key, int column, bool warning,
                 const char *text)
{
}

static bool
run_keys(struct ui *ui, const char *preset, GError **error)
{
    if (!preset) {
        ui_help_open(ui);
        return true;
    }
    struct keymap *before = keymap_from_config(ui->config, ignore_complaint, NULL);
    /* A name that is none is refused before it is written. */
    struct keymap *scratch = keymap_new();
    bool good = keymap_use_preset(scratch, preset, error) &&
                core_set(ui->core, "keys", "preset", preset, error);
    if (good) {
        g_autofree char *difference = keymap_difference(before, ui->keymap);
        /* Many lines, which nobody asked for in the conversation. */
        core_say(ui->core, core_own_buffer(ui->core)->id, "The keys are those of the preset %s%s%s",
                 preset, *difference ? "; this is different now:\n" : ", as before.", difference);
        g_autofree char *key = keymap_first_key(ui->keymap, ACTION_HELP);
        g_autofree char *text =
            g_strdup_printf("These are the keys of %s now. %s shows all%s.", preset, key,
                            *difference ? "; /go weft: what is different" : "");
        ui_tell(ui, text, false);
    }
    keymap_free(scratch);
    keymap_free(before);
    return good;
}

/* --- /help
 * -----------------------------------------------------------------------------------------------
 */

static void
append_binding(GString *out, const struct keymap_binding *binding)
{
    g_autofree char *name = keymap_binding_name(binding);
    const bool main = binding->context == KEYMAP_MAIN;

    g_string_append_printf(out, "\n  %s%s%s. %s",
                           main ? "" : keymap_context_heading(binding->context), main ? "" : ": ",
                           name, action_help(binding->action));
}

/* What the keys do in each context that has a word of its own on them. */
static char *
help_of_keys(const struct ui *ui, const char *keys)
{
    GString *out = g_string_new(NULL);

    for (int context = 0; context < KEYMAP_CONTEXT_N; context++) {
        const struct keymap_binding *binding =
            keymap_find(ui->keymap, (enum keymap_context)context, keys, NULL);
        if (binding && binding->context == (enum keymap_context)context)
            append_binding(out, binding);
    }
    if (out->len == 0)
        g_string_append(out, " does nothing of its own.");
    g_string_prepend(out, keys);
    return g_string_free(out, FALSE);
}

static char *
help_of_action(const struct ui *ui, enum action action)
{
    g_autofree char *keys = keymap_keys(ui->keymap, action);

    return g_strdup_printf("%s: %s\nKeys: %s", action_name(action), action_help(action),
                           *keys ? keys : "none");
}

/* The names of keys in the spelling that weft uses; NULL: they are none. */
static char *
spelt_keys(const char *text)
{
    g_auto(GStrv) words = g_strsplit_set(text, " \t", -1);
    g_autoptr(GString) out = g_string_new(NULL);

    for (size_t i = 0; words[i]; i++) {
        struct key key;
        if (!*words[i])
            continue;
        if (!key_parse(words[i], &key, NULL))
            return NULL;
        g_autofree char *name = key_format(key);
        g_string_append_printf(out, "%s%s", out->len > 0 ? " " : "", name);
    }
    return out->len > 0 ? g_strdup(out->str) : NULL;
}

/* --- what core calls
 * ------------------------------------------------------------------------------------ */

static bool
on_command(void *user, const char *name, const char *argument, int64_t buffer_id, GError **error)
{
    if (strcmp(name, "theme") == 0)
        return run_theme(user, argument, error);
    if (strcmp(name, "inbox") == 0) {
        ui_over_open(user, UI_OVER_INBOX);
        return true;
    }
    if (strcmp(name, "relay") == 0) {
        ui_over_open(user, UI_OVER_RELAY);
        return true;
    }
    if (strcmp(name, "create") == 0)
        return ui_over_make(user, buffer_id, argument, error);
    if (strcmp(name, "list") == 0)
        return ui_over_browse(user, buffer_id, argument, error);
    if (strcmp(name, "thread") == 0) {
        if (ui_thread_command(user, argument, buffer_id))
            return true;
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                    "Nothing is done to a thread by \"%s\"; see /help thread.", argument);
        return false;
    }
    if (strcmp(name, "setup") == 0)
        return ui_follow_setup(user, argument, error);
    if (strcmp(name, "link") == 0) {
        ui_follow(user, argument);
        return true;
    }
    if (strcmp(name, "window") == 0)
        return ui_window_command(user, argument, error);
    return run_keys(user, argument, error);
}

static char **
action_names(void)
{
    char **names = g_new0(char *, ACTION_N);

    for (int i = 1; i < ACTION_N; i++)
        names[i - 1] = g_strdup(action_name((enum action)i));
    return names;
}

static char **
on_words(void *user, enum complete_kind kind)
{
    if (kind == COMPLETE_ACTION)
        return action_names();
    if (kind == COMPLETE_WINDOW)
        return ui_window_words();
    return kind == COMPLETE_THEME ? ui_look_themes(user)
                                  : g_strdupv((char **)(uintptr_t)keymap_presets);
}

static char *
on_help(void *user, const char *topic)
{
    enum action action = action_from_name(topic);

    if (action != ACTION_NONE)
        return help_of_action(user, action);
    g_autofree char *keys = spelt_keys(topic);
    return keys ? help_of_keys(user, keys) : NULL;
}

void
ui_commands_begin(struct ui *ui)
{
    ui->front = (struct core_front){ui, on_command, on_words, on_help};
    core_set_front(ui->core, &ui->front);
}

/* --- what does this key do?
 * ----------------------------------------------------------------------------- */

void
ui_what_key_ask(struct ui *ui)
{
    ui->what_key = g_string_new(NULL);
    ui_tell(ui, "Press a key, or several: weft says what it does, and does not do it.", false);
}

static void
what_key_answer(struct ui *ui, const struct keymap_binding *binding, struct key key)
{
    g_autofree char *keys = g_string_free(g_steal_pointer(&ui->what_key), FALSE);
    g_autofree char *name = binding ? keymap_binding_name(binding) : NULL;
    g_autofree char *text = NULL;

    if (binding)
        text = g_strdup_printf("%s: %s. %s", keys, name, action_help(binding->action));
    else if (key_is_text(key) && strchr(keys, ' ') == NULL)
        text = g_strdup_printf("%s is typed as it is.", keys);
    else
        text = g_strdup_printf("%s calls nothing.", keys);
    keymap_reset(ui->keymap);
    ui_tell(ui, text, false);
}

bool
ui_what_key(struct ui *ui, struct key key)
{
    g_autofree char *name = key_format(key);
    const struct keymap_binding *binding;
    enum action action;
    int number;

    if (!ui->what_key)
        return false;
    g_string_append_printf(ui->what_key, "%s%s", ui->what_key->len > 0 ? " " : "", name);
    binding = keymap_find(ui->keymap, ui_context(ui), ui->what_key->str, NULL);
    if (binding || keymap_feed(ui->keymap, ui_context(ui), key, &action, &number) != KEYMAP_PENDING)
        what_key_answer(ui, binding, key);
    return true;
}
