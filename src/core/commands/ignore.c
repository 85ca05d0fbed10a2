/* Ignore rules: written, listed, lifted. */
#include <string.h>

#include "core/address.h"
#include "core/command.h"
#include "core/config_priv.h"
#include "core/ignore_rule.h"

static const GPtrArray *
rules_of(const struct command_context *context)
{
    return context->core->config->ignores;
}

static bool
list_rules(const struct command_context *context)
{
    const GPtrArray *rules = rules_of(context);
    g_autoptr(GString) out = g_string_new(NULL);

    for (unsigned i = 0; i < rules->len; i++) {
        const struct config_ignore *ignore = rules->pdata[i];
        g_autofree char *names = ignore_what_names(ignore->rule->what);
        g_autofree char *file = g_path_get_basename(ignore->file);
        g_string_append_printf(out, "%s%u. %s (%s; %s:%d)", i > 0 ? "\n" : "", i + 1,
                               ignore->rule->text, names, file, ignore->line);
    }
    core_say(context->core, context->buffer->id, "%s",
             out->len ? out->str : "Nobody is ignored. /help ignore says how.");
    return true;
}

/* "here", "#coop" (of this account), "libera", "libera/#coop"; "*": everywhere. Without a place, a
 * rule counts in the account in which it was typed. NULL with `error`, or without: everywhere. */
static char *
find_place(const struct command_context *context, char **in, GError **error)
{
    if (!in)
        return context->session ? g_strdup(context->session->account->name) : NULL;
    if (in[1])
        return address_format(in[0], in[2] ? in[1] : NULL, in[2] ? in[2] : in[1]);
    if (strcmp(in[0], "*") == 0)
        return NULL;
    if (strcmp(in[0], "here") == 0)
        return core_buffer_address(context->core, context->buffer);
    if (core_account_by_name(context->core, in[0]))
        return g_strdup(in[0]);
    const struct buffer *buffer =
        context->session ? session_find_buffer(context->session, context->buffer, in[0]) : NULL;
    if (buffer)
        return core_buffer_address(context->core, buffer);
    g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                "There is no account and no buffer here named %s. In a rule stands: in here, "
                "in ACCOUNT, in ADDRESS, or in * for everywhere.",
                in[0]);
    return NULL;
}

static const struct config_ignore *
find_rule(const struct command_context *context, const char *text)
{
    const GPtrArray *rules = rules_of(context);

    for (unsigned i = 0; i < rules->len; i++) {
        const struct config_ignore *ignore = rules->pdata[i];
        if (strcmp(ignore->rule->text, text) == 0)
            return ignore;
    }
    return NULL;
}

static bool
add_rule(const struct command_context *context, const struct ignore_rule *wanted, GError **error)
{
    struct core *core = context->core;
    g_autoptr(GError) why = NULL;
    g_autofree char *place = find_place(context, wanted->in, &why);

    if (why) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    g_autofree char *text = ignore_rule_format(wanted->mask, place, wanted->what, wanted->words);
    if (find_rule(context, text)) {
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_CONFLICT, "There is this rule already: %s", text);
        return false;
    }
    if (!config_add_ignore(core->config, text, error))
        return false;
    core_take_config(core);
    g_autofree char *names = ignore_what_names(wanted->what);
    core_say(core, context->buffer->id,
             "Ignored now: %s (%s). It is kept, and not shown; /unignore %s shows it again.", text,
             names, wanted->mask);
    return true;
}

static bool
run_ignore(const struct command_context *context, GError **error)
{
    if (context->n == 0)
        return list_rules(context);
    struct ignore_rule *wanted = ignore_rule_new(context->arguments[0], error);
    bool good = wanted && add_rule(context, wanted, error);
    ignore_rule_free(wanted);
    return good;
}

static bool
same_mask(const char *a, const char *b)
{
    g_autofree char *folded_a = g_utf8_casefold(a, -1);
    g_autofree char *folded_b = g_utf8_casefold(b, -1);

    return strcmp(folded_a, folded_b) == 0;
}

/* The rules that are meant, by number or mask: texts, copied; those of weft.conf are refused. */
static GPtrArray *
find_meant(const struct command_context *context, GError **error)
{
    const char *meant = context->arguments[0];
    const GPtrArray *rules = rules_of(context);
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    const struct config_ignore *fixed = NULL;
    int64_t number = 0;

    g_ascii_string_to_signed(meant, 10, 1, IGNORE_MAX_RULES, &number, NULL);
    for (unsigned i = 0; i < rules->len; i++) {
        const struct config_ignore *ignore = rules->pdata[i];
        if (number > 0
                ? number != (int64_t)i + 1
                : !same_mask(ignore->rule->mask, meant) && strcmp(ignore->rule->text, meant) != 0)
            continue;
        if (ignore->override)
            g_ptr_array_add(texts, g_strdup(ignore->rule->text));
        else
            fixed = ignore;
    }
    if (fixed)
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_FORBIDDEN,
                    "This rule stands in your own file, which weft never changes. Take out line %d "
                    "of %s, then /reload.",
                    fixed->line, fixed->file);
    else if (texts->len == 0)
        g_set_error(error, WEFT_ERROR, WEFT_ERROR_NOT_FOUND,
                    "No rule has the number or mask %s. /ignore lists them.", meant);
    return fixed || texts->len == 0 ? NULL : g_steal_pointer(&texts);
}

static bool
run_unignore(const struct command_context *context, GError **error)
{
    g_autoptr(GPtrArray) texts = find_meant(context, error);
    bool good = texts != NULL;

    for (unsigned i = 0; good && i < texts->len; i++)
        good = config_remove_ignore(context->core->config, texts->pdata[i], error);
    if (!texts)
        return false;
    core_take_config(context->core);
    if (good)
        core_say(context->core, context->buffer->id,
                 "Lifted: %s. What was hidden by it is shown again.", (char *)texts->pdata[0]);
    return good;
}

const struct command commands_ignore[] = {
    {.name = "ignore",
     .arguments = "[MASK [in PLACE] [WHAT…] [text WORDS]]",
     .help = "Hides what someone says; alone, lists the rules.\n"
             "MASK: a nick or user id, or nick!user@host; * stands for anything, ? for a letter.\n"
             "PLACE: here, an account, a buffer's address, or * for everywhere; if left out, this "
             "account.\n"
             "WHAT: messages notices invites joins nicks ctcp typing all; if left out, all "
             "but joins and nicks. With text, only what holds these words.\n"
             "What is ignored is stored all the same, and /unignore shows it again.",
     .example = "/ignore mallory in here",
     .completes = {COMPLETE_USER, COMPLETE_HIDES, COMPLETE_HIDES},
     .most = 1,
     .run = run_ignore},
    {.name = "unignore",
     .arguments = "NUMBER|MASK",
     .help = "Lifts an ignore rule, and shows what it has hidden.",
     .example = "/unignore mallory",
     .completes = {COMPLETE_RULE},
     .least = 1,
     .most = 1,
     .run = run_unignore},
    {0},
};
