/* What calls, and when: levels, a while of silence. */
#include <string.h>

#include "base/span.h"
#include "core/command.h"
#include "core/config_priv.h"
#include "core/engine.h"
#include "core/options.h"

#define SNOOZE_MOST_US (30 * 24 * INT64_C(3600) * G_USEC_PER_SEC)

static const char *const level_names[] = {
    [NOTIFY_ALL] = "all", [NOTIFY_MENTIONS] = "mentions", [NOTIFY_NONE] = "none"};

static struct room *
room_here(const struct command_context *context)
{
    return room_get(context->core, context->buffer->id);
}

/* `level` NULL: what stands above this buffer counts. */
static bool
set_level(const struct command_context *context, const char *level, GError **error)
{
    g_autofree char *address = core_buffer_address(context->core, context->buffer);
    g_autofree char *section = g_strconcat("buffer ", address, NULL);

    if (!config_set(context->core->config, section, "notify", level, error))
        return false;
    core_take_config(context->core);
    return true;
}

/* "14:30", or "Tue 07:00" when that is not today. */
static char *
format_moment(const struct core *core, int64_t moment_us)
{
    g_autoptr(GDateTime) now =
        g_date_time_new_from_unix_local(clock_wall_us(core->clock) / G_USEC_PER_SEC);
    g_autoptr(GDateTime) moment = g_date_time_new_from_unix_local(moment_us / G_USEC_PER_SEC);
    const bool today = now != NULL && moment != NULL &&
                       g_date_time_get_day_of_year(now) == g_date_time_get_day_of_year(moment);

    return moment != NULL ? g_date_time_format(moment, today ? "%H:%M" : "%a %d %b %H:%M")
                          : g_strdup("?");
}

static void
append_words(GString *out, const struct options *options)
{
    const char *const *list = options != NULL ? options_list(options, "keyword") : NULL;

    for (; list != NULL && *list != NULL; list++)
        g_string_append_printf(out, "%s%s", out->len > 0 ? ", " : "", *list);
}

static void
append_silence(const struct command_context *context, GString *out)
{
    const struct room *room = room_here(context);
    const int64_t quiet_us = attention_quiet_until(context->core, room);
    const int64_t snoozed_us = attention_snoozed_until(context->core, room);
    g_autofree char *quiet = format_moment(context->core, quiet_us);
    g_autofree char *snoozed = format_moment(context->core, snoozed_us);

    if (quiet_us != 0)
        g_string_append_printf(out, "\nIt is a quiet hour: nothing calls until %s.", quiet);
    if (snoozed_us != 0)
        g_string_append_printf(out, "\nSnoozed until %s; /snooze off ends that.", snoozed);
}

static void
say_level(const struct command_context *context)
{
    const struct core *core = context->core;
    g_autofree char *address = core_buffer_address(context->core, context->buffer);
    g_autoptr(GString) words = g_string_new(NULL);
    const char *where;
    const enum notify_level level =
        config_notify_level(core->config, address, context->buffer->kind, &where);
    g_autoptr(GString) out = g_string_new(NULL);

    g_string_append_printf(out, "Here calls: %s (%s).", level_names[level], where);
    append_words(words, core->config->notify);
    if (context->session)
        append_words(words, config_account_options(core->config, context->session->account->name));
    if (words->len > 0)
        g_string_append_printf(out, " Words that call like a mention: %s.", words->str);
    append_silence(context, out);
    core_say(context->core, context->buffer->id, "%s", out->str);
}

static bool
run_notify(const struct command_context *context, GError **error)
{
    const char *level = context->n > 0 ? context->arguments[0] : NULL;

    if (level && !set_level(context, strcmp(level, "default") == 0 ? NULL : level, error))
        return false;
    say_level(context);
    return true;
}

/* --- /snooze
 * ------------------------------------------------------------------------------------------- */

static bool
refuse_snooze(GError **error)
{
    g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_BAD_INPUT,
                        "How long? /snooze 30m, /snooze 8h, at most 30d; /snooze 2h buffer is for "
                        "this buffer alone, /snooze off ends it.");
    return false;
}

static bool
end_snooze(const struct command_context *context)
{
    struct room *room = room_here(context);
    const bool was = attention_snoozed_until(context->core, room) != 0;

    attention_snooze(context->core, room, 0);
    attention_snooze(context->core, NULL, 0);
    core_say(context->core, context->buffer->id, "%s",
             was ? "What calls you is shown again." : "Nothing is snoozed here.");
    return true;
}

static bool
run_snooze(const struct command_context *context, GError **error)
{
    struct core *core = context->core;
    const char *place = context->n > 1 ? context->arguments[1] : "all";
    const bool here = strcmp(place, "buffer") == 0 || strcmp(place, "here") == 0;
    int64_t span_us;

    if (context->n == 0) {
        say_level(context);
        return true;
    }
    if (strcmp(context->arguments[0], "off") == 0)
        return end_snooze(context);
    if (!span_parse(context->arguments[0], &span_us) || span_us == 0 || span_us > SNOOZE_MOST_US ||
        (!here && strcmp(place, "all") != 0))
        return refuse_snooze(error);
    const int64_t until_us = clock_wall_us(core->clock) + span_us;
    g_autofree char *moment = format_moment(core, until_us);
    attention_snooze(core, here ? room_here(context) : NULL, until_us);
    core_say(core, context->buffer->id,
             "Nothing%s calls you until %s; what did is told then, in one line.",
             here ? " here" : "", moment);
    return true;
}

const struct command commands_attention[] = {
    {.name = "notify",
     .arguments = "[all|mentions|none|default]",
     .help = "Says what calls you in this buffer, or changes it.\n"
             "all: every message; mentions: your name and the words of [notify] keyword; none: "
             "nothing, as /mute does; default: what is set for the account or for all.",
     .example = "/notify all",
     .completes = {COMPLETE_WORDS},
     .most = 1,
     .run = run_notify},
    {.name = "snooze",
     .arguments = "[30m|8h|off] [all|buffer]",
     .help = "Nothing calls you for so long; afterwards one line says what did.\n"
             "For everything, or with buffer for this buffer. It lasts over a restart. Alone, says "
             "what is snoozed.",
     .example = "/snooze 2h",
     .completes = {COMPLETE_WORDS, COMPLETE_WORDS},
     .most = 2,
     .run = run_snooze},
    {0},
};
