#include "core/ignore.h"

#include <string.h>

#include "core/address.h"
#include "core/config_priv.h"
#include "core/engine.h"

static unsigned
what_of(enum message_kind kind)
{
    switch (kind) {
    case MESSAGE_TEXT:
    case MESSAGE_ACTION:
        return IGNORE_MESSAGES;
    case MESSAGE_NOTICE:
        return IGNORE_NOTICES;
    case MESSAGE_INVITE:
        return IGNORE_INVITES;
    case MESSAGE_JOIN:
    case MESSAGE_PART:
    case MESSAGE_QUIT:
        return IGNORE_JOINS;
    case MESSAGE_RENAME:
        return IGNORE_NICKS;
    default:
        return 0; /* topics, modes and kicks are about the channel */
    }
}

static bool
is_here(const struct ignore_rule *rule, struct session *session, const struct room *room)
{
    const char *account = session->account->name;

    if (!rule->in)
        return true;
    if (!rule->in[1]) {
        g_autofree char *wanted = g_utf8_casefold(rule->in[0], -1);
        g_autofree char *is = g_utf8_casefold(account, -1);
        return strcmp(wanted, is) == 0;
    }
    if (!room)
        return false;
    const struct space *space =
        room->pub.space_id ? core_space(session->core, room->pub.space_id) : NULL;
    return address_match(rule->in, account, space ? space->name : NULL,
                         room->pub.kind == BUFFER_SERVER ? NULL : room->pub.name) > 0;
}

/* Does the network take {}|^ for []\~, as the oldest ones did in their first countries? */
static bool
has_old_rule(const struct session *session)
{
    return session->driver && session->driver->same_name && session->state &&
           session->driver->same_name(session->state, "a[", "a{");
}

static bool
has_words(const struct ignore_rule *rule, const char *text, char **folded)
{
    if (!rule->folded_words)
        return true;
    if (!text)
        return false;
    if (!*folded)
        *folded = g_utf8_casefold(text, -1);
    return strstr(*folded, rule->folded_words) != NULL;
}

bool
ignore_matches(struct session *session, const struct room *room, const char *sender_id,
               const char *sender_name, const char *mask, enum ignore_what what, const char *text)
{
    const GPtrArray *rules = session->core->config->ignores;
    struct ignore_subject subject;
    g_autofree char *folded = NULL;
    bool found = false;

    if (rules->len == 0 || what == 0 || (!sender_id && !sender_name))
        return false;
    ignore_subject_init(&subject, sender_id, sender_name, mask, has_old_rule(session));
    for (unsigned i = 0; i < rules->len && !found; i++) {
        const struct config_ignore *ignore = rules->pdata[i];
        const struct ignore_rule *rule = ignore->rule;
        found = (rule->what & (unsigned)what) != 0 && ignore_rule_matches(rule, &subject) &&
                is_here(rule, session, room) && has_words(rule, text, &folded);
    }
    ignore_subject_clear(&subject);
    return found;
}

bool
ignore_message(const struct room *room, const struct message *message, const char *mask)
{
    if (!room->session || (message->flags & MESSAGE_OWN) != 0 || !message->sender_id)
        return false;
    return ignore_matches(room->session, room, message->sender_id, message->sender_name, mask,
                          what_of(message->kind), message->body->text);
}

struct message *
ignore_seen(struct core *core, struct message *message)
{
    const struct room *room = room_get(core, message->buffer_id);
    const bool was = (message->flags & MESSAGE_IGNORED) != 0;
    const bool masked = was && (message->flags & MESSAGE_DELETED) == 0;
    const bool is = room && ignore_message(room, message, masked ? message->error : NULL);

    if (is == was)
        return message_ref(message);
    struct message *copy = message_dup(message);
    copy->flags ^= MESSAGE_IGNORED;
    return copy;
}

void
ignore_seen_all(struct core *core, GPtrArray *messages)
{
    for (unsigned i = 0; messages && i < messages->len; i++) {
        struct message *message = messages->pdata[i];
        messages->pdata[i] = ignore_seen(core, message);
        message_unref(message);
    }
}
