/* What calls the person, and when nothing may: words, quiet hours, /snooze. What is done with a
 * call is the screen's affair. */
#include <string.h>

#include "core/config_priv.h"
#include "core/engine.h"
#include "core/keyword.h"
#include "core/options.h"
#include "core/quiet.h"

#define SNOOZE_KEY "core.snooze"

/* What the configuration says of an account, made ready. */
struct calling {
    char *nick; /* the words hold it; NULL: the driver knows mentions better */
    struct keywords *words;
    GArray *quiet; /* struct quiet */
};

static void
calling_free(struct calling *calling)
{
    if (calling == NULL)
        return;
    g_free(calling->nick);
    keywords_free(calling->words);
    g_array_unref(calling->quiet);
    g_free(calling);
}

void
attention_forget(struct session *session)
{
    g_clear_pointer(&session->calling, calling_free);
}

static void
add_words(struct keywords *words, const struct options *options)
{
    const char *const *list = options_list(options, "keyword");

    for (; *list != NULL; list++)
        keywords_add(words, *list);
}

static void
add_quiet(GArray *quiet, const struct options *options)
{
    const char *const *list = options_list(options, "quiet");
    struct quiet each;

    for (; *list != NULL; list++)
        if (quiet_parse(*list, &each, NULL))
            g_array_append_val(quiet, each);
}

static struct calling *
calling_new(struct core *core, const char *account, const char *nick)
{
    const struct options *options = config_account_options(core->config, account);
    struct calling *calling = g_new0(struct calling, 1);

    calling->nick = g_strdup(nick);
    calling->words = keywords_new();
    calling->quiet = g_array_new(FALSE, FALSE, sizeof(struct quiet));
    if (nick != NULL)
        keywords_add(calling->words, nick);
    add_words(calling->words, core->config->notify);
    if (options != NULL) {
        add_words(calling->words, options);
        add_quiet(calling->quiet, options);
    }
    /* An account's own hours take the place of the general ones. */
    if (calling->quiet->len == 0)
        add_quiet(calling->quiet, core->config->notify);
    return calling;
}

static const struct calling *
calling_of(struct session *session)
{
    const struct driver *driver = session->driver;
    const bool by_name = driver == NULL || driver->mentions_us == NULL || session->state == NULL;
    const char *nick = by_name ? session->account->self_name : NULL;

    if (session->calling != NULL && g_strcmp0(session->calling->nick, nick) != 0)
        attention_forget(session);
    if (session->calling == NULL)
        session->calling = calling_new(session->core, session->account->name, nick);
    return session->calling;
}

bool
attention_calls(struct session *session, const struct room *room, const struct rich *body)
{
    const struct driver *driver = session->driver;

    if (driver != NULL && driver->mentions_us != NULL && session->state != NULL &&
        driver->mentions_us(session->state, &room->pub, body))
        return true;
    return keywords_hit(calling_of(session)->words, body->text);
}

/* --- not now
 * -------------------------------------------------------------------------------------------- */

static int64_t
quiet_end(const GArray *quiet, int64_t now_us)
{
    int64_t end_us = 0;

    if (quiet->len == 0)
        return 0;
    g_autoptr(GTimeZone) zone = g_time_zone_new_local();
    for (guint i = 0; i < quiet->len; i++)
        end_us = MAX(end_us, quiet_until(&g_array_index(quiet, struct quiet, i), now_us, zone));
    return end_us;
}

int64_t
attention_quiet_until(struct core *core, const struct room *room)
{
    const int64_t now_us = clock_wall_us(core->clock);

    if (room->session != NULL)
        return quiet_end(calling_of(room->session)->quiet, now_us);
    g_autoptr(GArray) general = g_array_new(FALSE, FALSE, sizeof(struct quiet));
    add_quiet(general, core->config->notify);
    return quiet_end(general, now_us);
}

int64_t
attention_snoozed_until(struct core *core, const struct room *room)
{
    const int64_t until_us = MAX(core->snoozed_until_us, room->snoozed_until_us);

    return until_us > clock_wall_us(core->clock) ? until_us : 0;
}

int64_t
core_hushed_until(struct core *core, int64_t buffer_id)
{
    const struct room *room = room_get(core, buffer_id);

    if (room == NULL)
        return 0;
    return MAX(attention_quiet_until(core, room), attention_snoozed_until(core, room));
}

/* --- /snooze, over a restart too
 * ------------------------------------------------------------------------ */

/* "all 1700000000000000\n17 1700000000000000\n" */
static void
store_snoozes(struct core *core)
{
    const int64_t now_us = clock_wall_us(core->clock);
    g_autoptr(GString) text = g_string_new(NULL);
    GHashTableIter iter;
    gpointer value;

    if (core->read_only)
        return;
    if (core->snoozed_until_us > now_us)
        g_string_append_printf(text, "all %" G_GINT64_FORMAT "\n", core->snoozed_until_us);
    g_hash_table_iter_init(&iter, core->rooms);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct room *room = value;
        if (room->snoozed_until_us > now_us)
            g_string_append_printf(text, "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n",
                                   room->pub.id, room->snoozed_until_us);
    }
    store_set_kv(core->store, 0, SNOOZE_KEY, text->len > 0 ? text->str : NULL);
}

void
attention_load(struct core *core)
{
    g_autofree char *text = store_load_kv(core->store, 0, SNOOZE_KEY);
    g_auto(GStrv) lines = g_strsplit(text != NULL ? text : "", "\n", -1);

    for (char **line = lines; *line != NULL; line++) {
        char *until = strchr(*line, ' ');
        if (until == NULL)
            continue;
        const int64_t until_us = g_ascii_strtoll(until + 1, NULL, 10);
        if (g_str_has_prefix(*line, "all "))
            core->snoozed_until_us = until_us;
        struct room *room = room_get(core, g_ascii_strtoll(*line, NULL, 10));
        if (room != NULL)
            room->snoozed_until_us = until_us;
    }
}

void
attention_snooze(struct core *core, struct room *room, int64_t until_us)
{
    if (room != NULL)
        room->snoozed_until_us = until_us;
    else
        core->snoozed_until_us = until_us;
    store_snoozes(core);
    bus_publish(core->bus, &(struct notice){.type = NOTICE_HUSH});
}
