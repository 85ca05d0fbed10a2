/* Who is there: the people we talk with, and the friends that the account names (section 3,
 * MONITOR). Without MONITOR nothing is asked. */
#include <string.h>

#include "protocols/irc/irc_command.h"
#include "protocols/irc/irc_priv.h"

#define MOST_WATCHED 1000
#define LINE_BYTES   400
#define FRIENDS_KEY  "irc.friends"

struct watched {
    char *name;
    enum presence presence;
    bool dear; /* a friend: their coming and going is said */
};

static void
watched_free(void *data)
{
    struct watched *watched = data;

    g_free(watched->name);
    g_free(watched);
}

void
irc_monitor_init(struct irc *irc)
{
    irc->net.watched = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, watched_free);
}

void
irc_monitor_clear(struct irc *irc)
{
    g_hash_table_unref(irc->net.watched);
}

/* How many the server takes; 0: it cannot. */
static unsigned
limit(const struct irc *irc)
{
    const char *value = irc_isupport_get(&irc->isupport, "MONITOR");
    guint64 most;

    if (!value)
        return 0;
    if (*value == '\0' || !g_ascii_string_to_unsigned(value, 10, 1, G_MAXUINT, &most, NULL))
        return MOST_WATCHED;
    return (unsigned)MIN(most, MOST_WATCHED);
}

/* --- asking
 * ------------------------------------------------------------------------------------------ */

static void
flush_names(struct irc *irc, GString *names)
{
    if (names->len > 0)
        irc_out(irc, IRC_BACKGROUND, 0, "MONITOR", "+", names->str, NULL);
    g_string_truncate(names, 0);
}

static bool
watch(struct irc *irc, const char *nick, bool dear, GString *names)
{
    g_autofree char *id = irc_fold(&irc->isupport, nick);
    struct watched *watched = g_hash_table_lookup(irc->net.watched, id);

    if (watched) {
        watched->dear = watched->dear || dear;
        return false;
    }
    if (g_hash_table_size(irc->net.watched) >= limit(irc) || !irc_check_name(nick, NULL) ||
        irc_is_channel(&irc->isupport, nick) || irc_is_us(irc, nick) || strpbrk(nick, "*?!@"))
        return false;
    watched = g_new0(struct watched, 1);
    watched->name = g_strdup(nick);
    watched->dear = dear;
    g_hash_table_insert(irc->net.watched, g_steal_pointer(&id), watched);
    if (names->len + strlen(nick) > LINE_BYTES)
        flush_names(irc, names);
    g_string_append_printf(names, "%s%s", names->len > 0 ? "," : "", nick);
    return true;
}

static void
watch_all(struct irc *irc, const char *const *nicks, bool dear, GString *names)
{
    for (unsigned i = 0; nicks && nicks[i]; i++) {
        g_auto(GStrv) each = g_strsplit_set(nicks[i], ", ", -1);
        for (unsigned j = 0; each[j]; j++) {
            if (*each[j])
                watch(irc, each[j], dear, names);
        }
    }
}

static char **
kept_friends(struct irc *irc)
{
    g_autofree char *kept = irc->host->ops->kv_get(irc->host, FRIENDS_KEY);

    return g_strsplit(kept ? kept : "", " ", MOST_WATCHED);
}

void
irc_monitor_begin(struct irc *irc)
{
    g_autoptr(GString) names = g_string_new(NULL);
    g_auto(GStrv) direct = irc->host->ops->conversations(irc->host, BUFFER_DIRECT);
    g_auto(GStrv) kept = kept_friends(irc);

    /* Friends first: the server's limit may leave somebody out. */
    watch_all(irc, options_list(irc->options, "friend"), true, names);
    watch_all(irc, (const char *const *)kept, true, names);
    watch_all(irc, (const char *const *)direct, false, names);
    flush_names(irc, names);
}

void
irc_monitor_add(struct irc *irc, const char *nick)
{
    g_autoptr(GString) names = g_string_new(NULL);

    if (irc->phase != IRC_READY)
        return; /* all are asked for when we are in */
    watch(irc, nick, false, names);
    flush_names(irc, names);
}

/* --- hearing
 * ----------------------------------------------------------------------------------------- */

static void
tell(struct irc *irc, const char *id, enum presence presence)
{
    struct event event = {.type = EVENT_PRESENCE};

    event.presence.user_id = id;
    event.presence.presence = presence;
    host_emit(irc->host, &event);
}

static void
set_presence(struct irc *irc, const char *nick, enum presence presence)
{
    g_autofree char *id = irc_fold(&irc->isupport, nick);
    struct watched *watched = g_hash_table_lookup(irc->net.watched, id);

    if (!watched || watched->presence == presence)
        return;
    bool was_there = watched->presence == PRESENCE_HERE || watched->presence == PRESENCE_AWAY;
    watched->presence = presence;
    tell(irc, id, presence);
    if (!watched->dear)
        return;
    if (presence == PRESENCE_GONE && was_there)
        irc_say(irc, NULL, "%s is gone.", nick);
    else if (presence == PRESENCE_HERE && !was_there)
        irc_say(irc, NULL, "%s is here.", nick);
}

void
irc_monitor_numeric(struct irc *irc, const struct irc_line *line, int numeric)
{
    const char *list = irc_line_param(line, numeric == 734 ? 2 : 1);
    g_auto(GStrv) targets = g_strsplit(list, ",", IRC_MAX_LINE_BYTES);

    for (unsigned i = 0; targets[i]; i++) {
        targets[i][strcspn(targets[i], "!")] = '\0';
        if (numeric == 730) {
            set_presence(irc, targets[i], PRESENCE_HERE);
        } else if (numeric == 731) {
            set_presence(irc, targets[i], PRESENCE_GONE);
            irc_nick_freed(irc, targets[i]);
        } else if (numeric == 734) {
            g_autofree char *id = irc_fold(&irc->isupport, targets[i]);
            g_hash_table_remove(irc->net.watched, id);
        }
    }
    if (numeric == 734)
        irc_say(irc, NULL, "The server watches at most %s nicks for us; not %s.",
                irc_line_param(line, 1), list);
}

void
irc_monitor_away(struct irc *irc, const char *nick, bool away)
{
    set_presence(irc, nick, away ? PRESENCE_AWAY : PRESENCE_HERE);
}

void
irc_monitor_lost(struct irc *irc)
{
    GHashTableIter iter;
    void *id;
    struct watched *watched;

    g_hash_table_iter_init(&iter, irc->net.watched);
    while (g_hash_table_iter_next(&iter, &id, (void **)&watched)) {
        if (watched->presence != PRESENCE_UNKNOWN)
            tell(irc, id, PRESENCE_UNKNOWN);
    }
    g_hash_table_remove_all(irc->net.watched);
}

/* --- friends, by hand
 * -------------------------------------------------------------------------------- */

static const char *
word_of(enum presence presence)
{
    switch (presence) {
    case PRESENCE_HERE:
        return "here";
    case PRESENCE_AWAY:
        return "away";
    case PRESENCE_GONE:
        return "gone";
    default:
        return "not known";
    }
}

static void
say_friends(struct irc *irc, const char *conversation)
{
    GHashTableIter iter;
    struct watched *watched;
    unsigned n = 0;

    g_hash_table_iter_init(&iter, irc->net.watched);
    while (g_hash_table_iter_next(&iter, NULL, (void **)&watched)) {
        if (!watched->dear)
            continue;
        irc_say(irc, conversation, "%s: %s", watched->name, word_of(watched->presence));
        n++;
    }
    if (n == 0)
        irc_say(irc, conversation, "No friends are watched here. /friend NICK adds one.");
}

static void
keep_friends(struct irc *irc, char **friends, const char *without, const char *with)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (unsigned i = 0; friends[i]; i++) {
        if (*friends[i] && !irc_same(&irc->isupport, friends[i], without))
            g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", friends[i]);
    }
    if (with)
        g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", with);
    irc->host->ops->kv_set(irc->host, FRIENDS_KEY, text->str);
}

static void
settle(struct irc *irc, op_id op)
{
    irc_op_settle(irc, irc_op_new(irc, op, IRC_OP_WRITTEN, NULL), NULL);
    irc_flush(irc);
}

bool
irc_cmd_friend(struct irc *irc, op_id op, const struct buffer *buffer, const char *const *arguments,
               GError **error)
{
    const char *nick = arguments[0];
    g_autoptr(GString) names = g_string_new(NULL);

    if (limit(irc) == 0) {
        g_set_error_literal(error, WEFT_ERROR, WEFT_ERROR_UNSUPPORTED,
                            "This server does not tell who comes and goes (MONITOR).");
        return false;
    }
    if (nick && !irc_check_name(nick, error))
        return false;
    if (nick) {
        g_auto(GStrv) friends = kept_friends(irc);
        keep_friends(irc, friends, nick, nick);
        watch(irc, nick, true, names);
        flush_names(irc, names);
    } else {
        say_friends(irc, irc_cmd_place(buffer));
    }
    settle(irc, op);
    return true;
}

bool
irc_cmd_unfriend(struct irc *irc, op_id op, const struct buffer *buffer,
                 const char *const *arguments, GError **error)
{
    const char *nick = arguments[0];
    g_auto(GStrv) friends = kept_friends(irc);
    g_autofree char *id = irc_fold(&irc->isupport, nick);

    if (!irc_check_name(nick, error))
        return false;
    keep_friends(irc, friends, nick, NULL);
    if (g_hash_table_remove(irc->net.watched, id)) {
        irc_out(irc, IRC_TEXT, 0, "MONITOR", "-", nick, NULL);
        tell(irc, id, PRESENCE_UNKNOWN);
    }
    settle(irc, op);
    return true;
}
