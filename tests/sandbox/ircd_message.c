/* PRIVMSG, NOTICE, TAGMSG: who may speak, who hears it, and the faults between the two. */
#include "tests/sandbox/ircd_priv.h"

#include <string.h>

char *
ircd_msgid_new(struct irc_server *server)
{
    /* Opaque, and not only letters and digits: clients may assume nothing. */
    return g_strdup_printf("sb~%05" G_GUINT64_FORMAT "_-x", ++server->last_id);
}

void
ircd_entry_free(struct ircd_entry *entry)
{
    g_free(entry->msgid);
    g_free(entry->source);
    g_free(entry->account);
    g_free(entry->command);
    g_free(entry->target);
    g_free(entry->text);
    if (entry->parts != NULL)
        g_ptr_array_unref(entry->parts);
    g_free(entry->event);
    g_free(entry->client_tags);
    g_free(entry->relayed_by);
    g_free(entry->redacted_by);
    g_free(entry->redacted_why);
    g_free(entry);
}

static struct ircd_tags
entry_tags(const struct ircd_entry *entry, const char *batch)
{
    return (struct ircd_tags){
        .time_us = entry->time_us,
        .msgid = entry->msgid,
        .account = entry->account,
        /* Of what was relayed the history keeps neither who did it nor tags. */
        .client = entry->relayed_by != NULL && batch != NULL ? NULL : entry->client_tags,
        .batch = batch,
        .bot = entry->bot,
    };
}

/* A batch of its own; or, for who does not know it, lines, of which only the first has the id. */
static void
send_parts(struct ircd_conn *conn, const struct ircd_entry *entry, const char *batch)
{
    bool whole = ircd_has_cap(conn, CAP_MULTILINE) && ircd_has_cap(conn, CAP_BATCH);
    g_autofree char *ref = g_strdup_printf("M%" G_GUINT64_FORMAT, ++conn->server->last_id);
    struct ircd_tags tags = entry_tags(entry, batch);

    if (whole)
        ircd_send(conn, &tags, ":%s BATCH +%s draft/multiline %s", entry->source, ref,
                  entry->target);
    for (unsigned i = 0; i < entry->parts->len; i++) {
        const struct ircd_part *part = g_ptr_array_index(entry->parts, i);
        struct ircd_tags inner = {.time_us = entry->time_us, .batch = ref};

        if (!whole && *part->text == '\0')
            continue;
        if (whole && part->concat)
            inner.client = "draft/multiline-concat";
        ircd_send(conn, whole ? &inner : &tags, ":%s %s %s :%s", entry->source, entry->command,
                  entry->target, part->text);
        tags.msgid = NULL;
        tags.client = NULL;
    }
    if (whole)
        ircd_send(conn, NULL, ":" IRCD_NAME " BATCH -%s", ref);
}

/* What was taken back stands in the history without its words, and who took it back after it. */
static void
send_redacted(struct ircd_conn *conn, const struct ircd_entry *entry, const char *batch)
{
    struct ircd_tags tags = entry_tags(entry, batch);
    struct ircd_tags after = {.time_us = entry->redacted_us, .batch = batch, .context = true};

    if (entry->text != NULL)
        ircd_send(conn, &tags, ":%s %s %s :(taken back)", entry->source, entry->command,
                  entry->target);
    ircd_send(conn, &after, ":%s REDACT %s %s :%s", entry->redacted_by, entry->target, entry->msgid,
              entry->redacted_why);
}

void
ircd_entry_send(struct ircd_conn *conn, const struct ircd_entry *entry, const char *batch)
{
    struct ircd_tags tags = entry_tags(entry, batch);

    if (entry->redacted_by != NULL)
        send_redacted(conn, entry, batch);
    else if (entry->event != NULL)
        ircd_send(conn, &tags, ":%s %s", entry->source, entry->event);
    else if (entry->parts != NULL)
        send_parts(conn, entry, batch);
    else if (entry->text != NULL)
        ircd_send(conn, &tags, ":%s %s %s :%s", entry->source, entry->command, entry->target,
                  entry->text);
    else if (ircd_has_cap(conn, CAP_MESSAGE_TAGS)) /* TAGMSG */
        ircd_send(conn, &tags, ":%s %s %s", entry->source, entry->command, entry->target);
}

int64_t
ircd_message_time_us(struct irc_server *server)
{
    server->last_time_us = MAX(ircd_now_us(server), server->last_time_us + 1000);
    return server->last_time_us;
}

/* ---- client-only tags ---- */

static bool
is_denied(const struct irc_server *server, const char *name)
{
    const char *list = server->options.client_tag_deny;
    g_auto(GStrv) words = g_strsplit(list != NULL ? list : "", ",", -1);
    g_autofree char *allowed = g_strconcat("-", name, NULL);
    const char *const *all = (const char *const *)words;

    if (g_strv_contains(all, "*"))
        return !g_strv_contains(all, allowed);
    return g_strv_contains(all, name);
}

/* The client-only tags, as they came, without those that are denied. */
static char *
client_tags_dup(struct ircd_conn *conn, const char *tags)
{
    g_auto(GStrv) words = g_strsplit(tags != NULL ? tags : "", ";", -1);
    GString *kept = g_string_new(NULL);

    for (char **word = words; *word != NULL; word++) {
        g_autofree char *name = g_strndup(*word, strcspn(*word, "="));

        if (*name != '+')
            continue;
        if (is_denied(conn->server, name + 1))
            ircd_complain(conn, "a tag that CLIENTTAGDENY names", *word);
        else
            g_string_append_printf(kept, "%s%s", kept->len > 0 ? ";" : "", *word);
    }
    return g_string_free(kept, kept->len == 0);
}

static bool
has_tag(const char *tags, const char *name)
{
    g_autofree char *value = ircd_tag_dup(tags, name);

    return value != NULL;
}

static bool
is_reaction(const char *tags)
{
    return has_tag(tags, "+draft/react") || has_tag(tags, "+draft/unreact");
}

/* What a server lets through, and a good client does not do. */
static void
check_tags(struct ircd_conn *conn, const char *target, const char *tags)
{
    if (is_reaction(tags) && !has_tag(tags, "+reply") && !has_tag(tags, "+draft/reply"))
        ircd_complain(conn, "a reaction to nothing", tags);
    if (has_tag(tags, "+draft/react") && has_tag(tags, "+draft/unreact"))
        ircd_complain(conn, "a reaction given and taken back", tags);
    if (has_tag(tags, "+typing") || has_tag(tags, "+draft/typing")) {
        int64_t now_us = g_get_monotonic_time();
        g_autofree char *key = ircd_fold(target);
        const int64_t *last_us = g_hash_table_lookup(conn->typing_us, key);

        if (last_us != NULL && now_us - *last_us < 2900 * 1000)
            ircd_complain(conn, "a word about typing within 3 s of the last", tags);
        g_hash_table_replace(conn->typing_us, g_steal_pointer(&key),
                             g_memdup2(&now_us, sizeof now_us));
    }
}

/* ---- who hears it ---- */

/* Says why when the sender may not speak there. */
static bool
may_speak(struct ircd_conn *conn, struct ircd_channel *channel, const char *target)
{
    struct ircd_member *member = channel != NULL ? ircd_member(channel, conn) : NULL;

    if (channel == NULL) {
        ircd_numeric(conn, 403, "%s :No such channel", target);
        return false;
    }
    if ((channel->no_outside && member == NULL) ||
        (channel->moderated && (member == NULL || (!member->op && !member->voice)))) {
        ircd_numeric(conn, 404, "%s :Cannot send to channel", channel->name);
        return false;
    }
    return true;
}

static void
deliver(struct ircd_conn *to, const struct ircd_entry *entry)
{
    ircd_entry_send(to, entry, NULL);
    if (ircd_fault_take(to, IRC_FAULT_DUPLICATE))
        ircd_entry_send(to, entry, NULL);
}

/* `rank`: '@' or '+' of a STATUSMSG; 0: everyone. */
static void
deliver_all(struct ircd_conn *conn, struct ircd_channel *channel, struct ircd_conn *person,
            char rank, const struct ircd_entry *entry)
{
    GHashTableIter iter;
    gpointer key, value;

    if (person != NULL) {
        deliver(person, entry);
        return;
    }
    g_hash_table_iter_init(&iter, channel->members);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        const struct ircd_member *member = value;

        if (key != conn && (rank == 0 || member->op || (rank == '+' && member->voice)))
            deliver(key, entry);
    }
}

static void
echo(struct ircd_conn *conn, const struct ircd_entry *entry)
{
    if (ircd_fault_take(conn, IRC_FAULT_CUT_BEFORE_ECHO)) {
        ircd_conn_cut(conn, "Cut before the echo");
        return;
    }
    if (ircd_fault_take(conn, IRC_FAULT_NO_ECHO)) {
        conn->no_answer = true;
        return;
    }
    if (ircd_has_cap(conn, CAP_ECHO_MESSAGE) || entry->relayed_by != NULL)
        deliver(conn, entry);
}

/* ---- saying ---- */

struct hearers {
    struct ircd_channel *channel;
    struct ircd_conn *person;
    char rank;
};

static bool
find_hearers(struct ircd_conn *conn, const char *target, struct hearers *hearers)
{
    *hearers = (struct hearers){0};
    if (strchr(target, ',') != NULL) {
        ircd_numeric(conn, 407, "%s :Too many targets", target);
        return false;
    }
    if ((*target == '@' || *target == '+') && target[1] == '#')
        hearers->rank = *target++;
    if (*target == '#') {
        hearers->channel = ircd_channel_find(conn->server, target);
        return may_speak(conn, hearers->channel, target);
    }
    hearers->person = ircd_find_nick(conn->server, target);
    if (hearers->person != NULL && hearers->person->registered)
        return true;
    ircd_numeric(conn, 401, "%s :No such nick", target);
    return false;
}

static struct ircd_entry *
entry_new(struct ircd_conn *conn, const struct ircd_speech *speech, const struct hearers *hearers)
{
    struct ircd_entry *entry = g_new0(struct ircd_entry, 1);
    char rank[2] = {hearers->rank, '\0'};

    entry->msgid = ircd_msgid_new(conn->server);
    entry->time_us = ircd_message_time_us(conn->server);
    entry->source = ircd_source_dup(conn);
    entry->account = g_strdup(conn->account);
    entry->command = g_strdup(speech->command);
    entry->target = hearers->channel != NULL ? g_strconcat(rank, hearers->channel->name, NULL)
                                             : g_strdup(hearers->person->nick);
    entry->text = g_strdup(speech->text);
    entry->parts = speech->parts_take != NULL ? g_ptr_array_ref(speech->parts_take) : NULL;
    entry->client_tags = client_tags_dup(conn, speech->tags);
    entry->bot = conn->bot;
    return entry;
}

void
ircd_say(struct ircd_conn *conn, const struct ircd_speech *speech)
{
    g_autoptr(GPtrArray) parts = speech->parts_take;
    struct ircd_conn *person;
    struct hearers hearers;
    struct ircd_entry *entry;

    if (ircd_services_heard(conn, speech) || ircd_playback_heard(conn, speech) ||
        !find_hearers(conn, speech->target, &hearers))
        return;
    check_tags(conn, speech->target, speech->tags);
    entry = entry_new(conn, speech, &hearers);
    person = hearers.person;
    if (speech->text == NULL && entry->client_tags == NULL) {
        ircd_entry_free(entry); /* nothing is left to tell */
        return;
    }
    deliver_all(conn, hearers.channel, person, hearers.rank, entry);
    if (person != NULL && person->away != NULL && g_str_equal(speech->command, "PRIVMSG"))
        ircd_numeric(conn, 301, "%s :%s", person->nick, person->away);
    echo(conn, entry);
    if (hearers.rank == 0 && (speech->text != NULL || is_reaction(entry->client_tags)))
        ircd_history_add(conn->server, entry);
    else
        ircd_entry_free(entry);
}

static void
cmd_message(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    struct ircd_speech speech = {
        .command = cmd->name, .target = cmd->params[0], .text = cmd->params[1], .tags = cmd->tags};

    if (cmd->n < 1)
        ircd_numeric(conn, 411, ":No recipient given (%s)", cmd->name);
    else if (cmd->n < 2 || *cmd->params[1] == '\0')
        ircd_numeric(conn, 412, ":No text to send");
    else
        ircd_say(conn, &speech);
}

static void
cmd_tagmsg(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    struct ircd_speech speech = {.command = cmd->name, .target = cmd->params[0], .tags = cmd->tags};

    if (!ircd_has_cap(conn, CAP_MESSAGE_TAGS)) {
        ircd_complain(conn, "TAGMSG without message-tags", cmd->params[0]);
        ircd_numeric(conn, 421, "TAGMSG :Unknown command");
        return;
    }
    ircd_say(conn, &speech);
}

/* ---- under another name ---- */

static bool
is_relay_nick(const char *nick)
{
    if (strpbrk(nick, " ,*?.!@:") != NULL || strchr("#&+$%~", nick[0]) != NULL)
        return false;
    for (const char *byte = nick; *byte != '\0'; byte++)
        if (*byte <= ' ' || *byte > '~') /* names are ASCII here */
            return false;
    return strchr(nick, '/') != NULL;
}

/* As ergo has it: for operators of the channel; always told to the sender too; no account. */
static void
cmd_relaymsg(struct ircd_conn *conn, const struct ircd_cmd *cmd)
{
    struct ircd_speech speech = {.command = "PRIVMSG", .text = cmd->params[2], .tags = cmd->tags};
    const char *nick = cmd->params[1];
    struct hearers hearers = {.channel = ircd_channel_find(conn->server, cmd->params[0])};
    struct ircd_member *member =
        hearers.channel != NULL ? ircd_member(hearers.channel, conn) : NULL;
    struct ircd_entry *entry = NULL;
    g_autofree char *tags = NULL;

    if ((conn->server->offered & CAP_BIT(CAP_RELAYMSG)) == 0) {
        ircd_numeric(conn, 421, "RELAYMSG :Unknown command");
    } else if (hearers.channel == NULL) {
        ircd_numeric(conn, 403, "%s :No such channel", cmd->params[0]);
    } else if (member == NULL || !member->op) {
        ircd_fail(conn, "RELAYMSG", "PRIVS_NEEDED", NULL,
                  "You cannot relay messages to this channel");
    } else if (strspn(speech.text, " ") == strlen(speech.text)) {
        ircd_complain(conn, "nothing is relayed", nick);
        ircd_fail(conn, "RELAYMSG", "BLANK_MSG", NULL, "The message must not be blank");
    } else if (!is_relay_nick(nick)) {
        ircd_complain(conn, "a bad name for RELAYMSG", nick);
        ircd_fail(conn, "RELAYMSG", "INVALID_NICK", NULL, "Invalid nickname");
    } else {
        entry = entry_new(conn, &speech, &hearers);
        tags = entry->client_tags;
        entry->client_tags = g_strdup_printf("draft/relaymsg=%s%s%s", conn->nick,
                                             tags != NULL ? ";" : "", tags != NULL ? tags : "");
        entry->relayed_by = g_strdup(conn->nick);
        g_free(entry->source);
        entry->source = g_strdup_printf("%s!~u@%s", nick, conn->host);
        g_clear_pointer(&entry->account, g_free);
        deliver_all(conn, hearers.channel, NULL, 0, entry);
        echo(conn, entry);
        ircd_history_add(conn->server, entry);
    }
}

const struct ircd_cmd_row ircd_message_rows[] = {
    {"PRIVMSG", 0, false, cmd_message},
    {"NOTICE", 0, false, cmd_message},
    {"TAGMSG", 1, false, cmd_tagmsg},
    {"RELAYMSG", 3, false, cmd_relaymsg},
    {0},
};
