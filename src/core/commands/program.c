/* The program itself: help, settings, searching, leaving. */
#include "config.h"

#include <string.h>

#include "core/command.h"
#include "core/config_priv.h"
#include "core/gateway.h"
#include "core/options.h"

static bool
run_help(const struct command_context *context, GError **error)
{
    const char *name = context->n ? context->arguments[0] : NULL;
    const struct core_front *front = context->core->front;
    g_autoptr(GError) unknown = NULL;
    g_autofree char *text = command_help(command_session(context->core, context->buffer),
                                         name && *name == '/' ? name + 1 : name, &unknown);

    if (!text && front)
        text = front->help(front->user, name);
    if (text)
        core_say(context->core, context->buffer->id, "%s", text);
    else
        g_propagate_error(error, g_steal_pointer(&unknown));
    return text != NULL;
}

static bool
run_redraw(const struct command_context *context, GError **error)
{
    bus_publish(context->core->bus, &(struct notice){.type = NOTICE_REDRAW});
    return true;
}

static bool
run_about(const struct command_context *context, GError **error)
{
    core_say(context->core, context->buffer->id, "This is %s.", PACKAGE_STRING);
    return true;
}

static bool
run_search(const struct command_context *context, GError **error)
{
    struct notice notice = {.type = NOTICE_SEARCH,
                            .buffer_id = context->buffer->id,
                            .text =
                                context->n > 0 ? (char *)(uintptr_t)context->arguments[0] : NULL};
    bus_publish(context->core->bus, &notice);
    return true;
}

static bool
run_quit(const struct command_context *context, GError **error)
{
    core_quit(context->core);
    return true;
}

/* --- /set
 * ---------------------------------------------------------------------------------------------- */

/* "account.libera.nick" is the key "nick" of the section "account libera"; names may hold dots. */
static bool
split_setting(const char *setting, char **ret_section, char **ret_key, GError **error)
{
    const char *first = strchr(setting, '.');
    const char *last = strrchr(setting, '.');

    if (!first || first == setting || !last[1]) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                            "A setting looks like look.theme, account.NAME.nick or "
                            "buffer.ADDRESS.notify.");
        return false;
    }
    g_autofree char *kind = g_strndup(setting, (size_t)(first - setting));
    g_autofree char *name =
        first < last ? g_strndup(first + 1, (size_t)(last - first - 1)) : g_strdup("");
    *ret_section = *name ? g_strdup_printf("%s %s", kind, name) : g_strdup(kind);
    *ret_key = g_strdup(last + 1);
    return true;
}

static const struct options *
find_options(const struct config *config, const char *section)
{
    if (g_str_has_prefix(section, "account "))
        return config_account_options(config, section + strlen("account "));
    if (g_str_has_prefix(section, "gateway "))
        return config_gateway_options(config, section + strlen("gateway "));
    return strcmp(section, "look") == 0     ? config->look
           : strcmp(section, "notify") == 0 ? config->notify
                                            : NULL;
}

static void
append_value(GString *out, const struct options *options, const struct option_row *row)
{
    if (row->type == OPTION_SECRET) {
        bool asked = !secret_configured(options, row->name) ||
                     options_secret(options, row->name, SECRET_ASK);
        g_string_append(out, asked ? "(asked for)" : "(a secret)");
    } else if (row->repeatable) {
        const char *const *list = options_list(options, row->name);
        for (size_t i = 0; list[i]; i++)
            g_string_append_printf(out, "%s%s", i ? ", " : "", list[i]);
        if (!list[0])
            g_string_append(out, "(nothing)");
    } else {
        const char *text = options_text(options, row->name);
        g_string_append(out, text ? text : "(nothing)");
    }
}

static void
append_rows(GString *out, const char *prefix, const struct options *options,
            const struct option_row *rows, bool with_help)
{
    for (const struct option_row *row = rows; options && row && row->name; row++) {
        g_string_append_printf(out, "%s%s.%s = ", out->len ? "\n" : "", prefix, row->name);
        append_value(out, options, row);
        if (with_help && row->help)
            g_string_append_printf(out, "\n    %s", row->help);
    }
}

static void
append_account(GString *out, const struct config *config, const char *name, bool with_help)
{
    const struct options *options = config_account_options(config, name);
    g_autofree char *prefix = g_strconcat("account.", name, NULL);

    for (unsigned i = 0; options && i < config->accounts->len; i++) {
        const struct config_account *account = config->accounts->pdata[i];
        if (account->options != options)
            continue;
        append_rows(out, prefix, options, config_rows_account, with_help);
        append_rows(out, prefix, options, config_network(config, account->network)->driver->options,
                    with_help);
    }
}

static bool
show_all(const struct command_context *context)
{
    const struct config *config = context->core->config;
    g_autoptr(GString) out = g_string_new(NULL);

    append_rows(out, "look", config->look, config_rows_look, false);
    append_rows(out, "notify", config->notify, config_rows_notify, false);
    if (context->session)
        append_account(out, config, context->session->account->name, false);
    core_say(context->core, context->buffer->id, "%s", out->str);
    return true;
}

/* "look.", "account.libera.": all of one section, each with its help. */
static bool
show_section(const struct command_context *context, const char *prefix, GError **error)
{
    const struct config *config = context->core->config;
    g_autoptr(GString) out = g_string_new(NULL);
    g_autofree char *section = g_strndup(prefix, strlen(prefix) - 1);

    if (strcmp(section, "look") == 0)
        append_rows(out, section, config->look, config_rows_look, true);
    else if (strcmp(section, "notify") == 0)
        append_rows(out, section, config->notify, config_rows_notify, true);
    else if (g_str_has_prefix(section, "account."))
        append_account(out, config, section + strlen("account."), true);
    else if (g_str_has_prefix(section, "gateway."))
        append_rows(out, section, config_gateway_options(config, section + strlen("gateway.")),
                    config_rows_gateway, true);
    if (out->len == 0) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                    "There are no settings %s… The sections are look., notify., account.NAME. and "
                    "gateway.NAME.",
                    prefix);
        return false;
    }
    core_say(context->core, context->buffer->id, "%s", out->str);
    return true;
}

static enum notify_level
level_of(const struct command_context *context, const char *address)
{
    const struct buffer *buffer = core_find_address(context->core, address, NULL);

    return config_notify_level(context->core->config, address,
                               buffer ? buffer->kind : BUFFER_CHANNEL, NULL);
}

static bool
show_one(const struct command_context *context, const char *section, const char *key,
         GError **error)
{
    const struct config *config = context->core->config;
    const struct options *options = find_options(config, section);
    g_autoptr(GString) out = g_string_new(context->arguments[0]);

    g_string_append(out, " = ");
    if (g_str_has_prefix(section, "buffer ") && strcmp(key, "notify") == 0) {
        static const char *const words[] = {"all", "mentions", "none"};
        g_string_append(out, words[level_of(context, section + strlen("buffer "))]);
    } else {
        const struct option_row *row = options ? options_row(options, key) : NULL;
        if (!row) {
            g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                        "There is no setting %s. /set alone lists what there is.",
                        context->arguments[0]);
            return false;
        }
        append_value(out, options, row);
        if (row->help)
            g_string_append_printf(out, "\n%s", row->help);
    }
    core_say(context->core, context->buffer->id, "%s", out->str);
    return true;
}

/* Of an account's settings, those that need no new connection. */
static bool
counts_at_once(const char *key)
{
    static const char *const keys[] = {"notify", "notify_direct", "keyword", "quiet", NULL};

    return g_strv_contains(keys, key);
}

/* `value` NULL: takes back what was set. */
static bool
change(const struct command_context *context, const char *section, const char *key,
       const char *value, GError **error)
{
    struct core *core = context->core;

    if (!core_set(core, section, key, value, error))
        return false;
    const char *account =
        g_str_has_prefix(section, "account ") && !counts_at_once(key) ? section + 8 : NULL;
    g_autofree char *later =
        account ? g_strdup_printf(" /reload connects %s anew with it.", account) : g_strdup("");
    core_say(core, context->buffer->id, "%s: %s %s.%s", context->arguments[0],
             value ? "written to" : "taken out of", core->config->override_file, later);
    return true;
}

static bool
run_reload(const struct command_context *context, GError **error)
{
    const int64_t typed_in = context->buffer->id;
    g_autofree char *text = NULL;

    core_reload(context->core, &text);
    /* The buffer may have left with its account. */
    core_say(context->core,
             core_buffer(context->core, typed_in) ? typed_in : core_own_buffer(context->core)->id,
             "%s", text);
    return true;
}

static bool
run_set(const struct command_context *context, GError **error)
{
    g_autofree char *section = NULL;
    g_autofree char *key = NULL;

    if (context->n == 0)
        return show_all(context);
    if (context->n == 1 && g_str_has_suffix(context->arguments[0], "."))
        return show_section(context, context->arguments[0], error);
    if (!split_setting(context->arguments[0], &section, &key, error))
        return false;
    if (context->n == 1)
        return show_one(context, section, key, error);
    return change(context, section, key, context->arguments[1], error);
}

static bool
run_unset(const struct command_context *context, GError **error)
{
    g_autofree char *section = NULL;
    g_autofree char *key = NULL;

    return split_setting(context->arguments[0], &section, &key, error) &&
           change(context, section, key, NULL, error);
}

const struct command commands_program[] = {
    {.name = "help",
     .arguments = "[COMMAND|KEY|ACTION]",
     .help = "Lists the commands of this buffer, or says what a command, a key or an action does.\n"
             "F1 shows all keys.",
     .example = "/help join",
     .completes = {COMPLETE_COMMAND},
     .most = 1,
     .run = run_help},
    {.name = "redraw",
     .arguments = "",
     .help = "Draws the screen anew, after something else has written on it.",
     .example = "/redraw",
     .run = run_redraw},
    {.name = "about",
     .arguments = "",
     .help = "Says which weft this is.",
     .example = "/about",
     .run = run_about},
    {.name = "set",
     .arguments = "[SETTING [VALUE]]",
     .help = "Changes a setting; without a value, shows it; alone, lists what there is.\n"
             "/set look. shows a section's settings with their help. The change is written to "
             "override.conf; weft.conf is never touched.",
     .example = "/set look.theme dark",
     .completes = {COMPLETE_OPTION, COMPLETE_VALUE},
     .most = 2,
     .run = run_set},
    {.name = "unset",
     .arguments = "SETTING",
     .help = "Takes back what /set changed: what weft.conf says counts again.",
     .example = "/unset look.theme",
     .completes = {COMPLETE_OPTION},
     .least = 1,
     .most = 1,
     .run = run_unset},
    {.name = "reload",
     .arguments = "",
     .help = "Reads the configuration anew and applies what is different.\n"
             "Only accounts whose section has changed are connected anew, new ones join, removed "
             "ones leave with their history kept. With an error in a file nothing is changed.",
     .example = "/reload",
     .run = run_reload},
    {.name = "search",
     .arguments = "[WORDS]",
     .help =
         "Searches everything that was ever said, newest first.\n"
         "Words, \"a phrase\", begin* for a beginning, -not; from:nick, in:#channel, in:account, "
         "in:here; after:2026-11-01, before:2h. Networks that can search are asked too. Ctrl-f "
         "does "
         "the same; Ctrl-s finds in one buffer.",
     .example = "/search soup from:maria after:3d",
     .most = 1,
     .run = run_search},
    {.name = "quit",
     .aliases = "exit bye",
     .arguments = "",
     .help = "Says goodbye to all networks and ends weft.",
     .example = "/quit",
     .run = run_quit},
    {0},
};
