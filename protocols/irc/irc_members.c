/* Channels we are in, and who is in them. */
#include "protocols/irc/irc_priv.h"

#include <string.h>

static void
member_clear(void *data)
{
    struct irc_member *member = data;

    g_free(member->nick);
    g_free(member->account);
    g_free(member);
}

static GHashTable *
new_members(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, member_clear);
}

struct irc_channel *
irc_channel(struct irc *irc, const char *name)
{
    g_autofree char *id = irc_fold(&irc->isupport, name);

    return g_hash_table_lookup(irc->channels, id);
}

void
irc_channel_announce(struct irc *irc, const struct irc_channel *channel, const char *topic)
{
    struct event event = {.type = EVENT_BUFFER, .conversation = channel->id};

    event.buffer.kind = channel->secret ? BUFFER_PRIVATE : BUFFER_CHANNEL;
    event.buffer.name = channel->name;
    event.buffer.topic = topic;
    event.buffer.joined = true;
    host_emit(irc->host, &event);
}

struct irc_channel *
irc_channel_join(struct irc *irc, const char *name)
{
    struct irc_channel *channel = irc_channel(irc, name);

    if (!channel) {
        if (g_hash_table_size(irc->channels) >= IRC_MAX_CHANNELS)
            return NULL;
        channel = g_new0(struct irc_channel, 1);
        channel->id = irc_fold(&irc->isupport, name);
        channel->members = new_members();
        g_hash_table_insert(irc->channels, channel->id, channel);
    }
    g_free(channel->name);
    channel->name = g_strdup(name);
    g_hash_table_remove(irc->left, channel->id);
    irc_channel_announce(irc, channel, NULL);
    return channel;
}

void
irc_channel_leave(struct irc *irc, struct irc_channel *channel)
{
    struct event event = {.type = EVENT_BUFFER, .conversation = channel->id};

    event.buffer.kind = channel->secret ? BUFFER_PRIVATE : BUFFER_CHANNEL;
    event.buffer.name = channel->name;
    event.buffer.joined = false;
    host_emit(irc->host, &event);
    irc_relay_allowed(irc, channel->id);
    g_hash_table_add(irc->left, g_strdup(channel->id));
    g_hash_table_remove(irc->known, channel->id);
    g_hash_table_remove(irc->keys, channel->id);
    g_hash_table_remove(irc->channels, channel->id);
}

static char *
out_key(const char *id)
{
    return g_strdup_printf("irc.out.%s", id);
}

bool
irc_is_kept_out(struct irc *irc, const char *id)
{
    g_autofree char *key = out_key(id);
    g_autofree char *kept = irc->host->ops->kv_get(irc->host, key);

    return kept && *kept;
}

void
irc_keep_out(struct irc *irc, const char *id, bool out)
{
    g_autofree char *key = out_key(id);

    if (irc_is_kept_out(irc, id) != out)
        irc->host->ops->kv_set(irc->host, key, out ? "1" : "");
}

void
irc_channel_free(struct irc_channel *channel)
{
    if (!channel)
        return;
    g_free(channel->id);
    g_free(channel->name);
    g_free(channel->modes);
    g_hash_table_unref(channel->members);
    if (channel->naming)
        g_hash_table_unref(channel->naming);
    g_free(channel);
}

/* Rank letters as their marks. */
static void
write_prefix(struct irc *irc, const struct irc_member *member, char *ret)
{
    const struct irc_isupport *isupport = &irc->isupport;

    for (unsigned i = 0; isupport->prefix_modes[i]; i++) {
        if (strchr(member->modes, isupport->prefix_modes[i]))
            *ret++ = isupport->prefix_chars[i];
    }
    *ret = '\0';
}

static void
tell_member(struct irc *irc, const struct irc_channel *channel, char *id,
            const struct irc_member *known)
{
    char prefix[IRC_MAX_PREFIXES + 1];
    struct member member = {.id = id, .name = known->nick, .prefix = prefix};
    struct event event = {.type = EVENT_MEMBER_ADDED, .conversation = channel->id};

    write_prefix(irc, known, prefix);
    member.login = known->account;
    member.away = known->away;
    event.member = &member;
    host_emit(irc->host, &event);
}

bool
irc_member_known(struct irc *irc, const struct irc_channel *channel, const char *nick)
{
    g_autofree char *id = irc_fold(&irc->isupport, nick);

    return g_hash_table_contains(channel->members, id);
}

/* Makes it when it is new and there is room. */
static struct irc_member *
member_of(GHashTable *members, const char *id, const char *nick)
{
    struct irc_member *member = g_hash_table_lookup(members, id);

    if (!member) {
        if (g_hash_table_size(members) >= IRC_MAX_MEMBERS)
            return NULL;
        member = g_new0(struct irc_member, 1);
        g_hash_table_insert(members, g_strdup(id), member);
    }
    g_free(member->nick);
    member->nick = g_strdup(nick);
    return member;
}

static void
set_account(struct irc_member *member, const char *account)
{
    bool none = strcmp(account, "*") == 0 || strcmp(account, "0") == 0 || !*account;

    g_free(member->account);
    member->account = none ? NULL : g_strdup(account);
}

void
irc_member_join(struct irc *irc, struct irc_channel *channel, const char *nick, const char *account)
{
    g_autofree char *id = irc_fold(&irc->isupport, nick);
    struct irc_member *member = *nick ? member_of(channel->members, id, nick) : NULL;

    if (!member)
        return;
    if (account)
        set_account(member, account);
    tell_member(irc, channel, id, member);
}

void
irc_member_leave(struct irc *irc, struct irc_channel *channel, const char *nick)
{
    g_autofree char *id = irc_fold(&irc->isupport, nick);
    struct event event = {.type = EVENT_MEMBER_REMOVED, .conversation = channel->id};

    if (!g_hash_table_remove(channel->members, id))
        return;
    event.user_id = id;
    host_emit(irc->host, &event);
}

static void
set_mode(char *modes, char mode, bool on)
{
    char *at = strchr(modes, mode);

    if (on && !at && strlen(modes) < IRC_MAX_PREFIXES) {
        at = modes + strlen(modes);
        at[0] = mode;
        at[1] = '\0';
    } else if (!on && at) {
        memmove(at, at + 1, strlen(at));
    }
}

void
irc_member_mode(struct irc *irc, struct irc_channel *channel, const char *nick, char mode, bool on)
{
    g_autofree char *id = irc_fold(&irc->isupport, nick);
    struct irc_member *member = g_hash_table_lookup(channel->members, id);

    if (!member)
        return;
    set_mode(member->modes, mode, on);
    tell_member(irc, channel, id, member);
    if (on && irc_is_us(irc, nick))
        irc_relay_allowed(irc, channel->id);
}

void
irc_member_rename(struct irc *irc, const char *nick, const char *new_nick)
{
    g_autofree char *id = irc_fold(&irc->isupport, nick);
    g_autofree char *new_id = irc_fold(&irc->isupport, new_nick);
    struct event event = {.type = EVENT_MEMBER_RENAMED};
    GHashTableIter iter;
    struct irc_channel *channel;
    void *key, *value;

    g_hash_table_iter_init(&iter, irc->channels);
    while (g_hash_table_iter_next(&iter, NULL, (void **)&channel)) {
        if (!g_hash_table_steal_extended(channel->members, id, &key, &value))
            continue;
        struct irc_member *member = value;
        g_free(key);
        g_free(member->nick);
        member->nick = g_strdup(new_nick);
        g_hash_table_replace(channel->members, g_strdup(new_id), member);
    }
    event.renamed.id = id;
    event.renamed.new_id = new_id;
    event.renamed.new_name = new_nick;
    host_emit(irc->host, &event);
}

static void
change_everywhere(struct irc *irc, const char *nick, const char *account, const bool *away)
{
    g_autofree char *id = irc_fold(&irc->isupport, nick);
    GHashTableIter iter;
    struct irc_channel *channel;

    g_hash_table_iter_init(&iter, irc->channels);
    while (g_hash_table_iter_next(&iter, NULL, (void **)&channel)) {
        struct irc_member *member = g_hash_table_lookup(channel->members, id);
        if (!member)
            continue;
        if (account)
            set_account(member, account);
        if (away)
            member->away = *away;
        tell_member(irc, channel, id, member);
    }
}

void
irc_member_set_account(struct irc *irc, const char *nick, const char *account)
{
    change_everywhere(irc, nick, account, NULL);
}

void
irc_member_set_away(struct irc *irc, const char *nick, bool away)
{
    change_everywhere(irc, nick, NULL, &away);
    irc_monitor_away(irc, nick, away);
}

void
irc_member_describe(struct irc *irc, struct irc_channel *channel, const char *nick,
                    const char *account, bool away)
{
    g_autofree char *id = irc_fold(&irc->isupport, nick);
    struct irc_member *member = g_hash_table_lookup(channel->members, id);

    if (!member)
        return;
    g_autofree char *was = g_strdup(member->account);
    bool was_away = member->away;
    if (account)
        set_account(member, account);
    member->away = away;
    if (was_away != away || g_strcmp0(was, member->account) != 0)
        tell_member(irc, channel, id, member);
}

void
irc_member_gone(struct irc *irc, const char *nick)
{
    g_autofree char *id = irc_fold(&irc->isupport, nick);
    struct event event = {.type = EVENT_USER_GONE};
    GHashTableIter iter;
    struct irc_channel *channel;

    g_hash_table_iter_init(&iter, irc->channels);
    while (g_hash_table_iter_next(&iter, NULL, (void **)&channel))
        g_hash_table_remove(channel->members, id);
    event.user_id = id;
    host_emit(irc->host, &event);
}

bool
irc_names_on_demand(const struct irc *irc)
{
    return irc_has(irc, "no-implicit-names") || irc_has(irc, "draft/no-implicit-names") ||
           irc_has(irc, "soju.im/no-implicit-names");
}

/* One word of 353: "@+kai" or "@+kai!k@host". What is known of a member stays. */
static void
take_name(struct irc *irc, struct irc_channel *channel, const char *word)
{
    char modes[IRC_MAX_PREFIXES + 1] = "";
    const char *mark;

    while (*word && (mark = strchr(irc->isupport.prefix_chars, *word))) {
        set_mode(modes, irc->isupport.prefix_modes[mark - irc->isupport.prefix_chars], true);
        word++;
    }
    g_autofree char *nick = g_strndup(word, strcspn(word, "!"));
    if (!*nick)
        return;
    if (strchr(word, '!') && irc_is_us(irc, nick)) {
        const char *at = strchr(word, '@');
        g_autofree char *user =
            at ? g_strndup(strchr(word, '!') + 1, (gsize)MAX(at - strchr(word, '!') - 1, 0)) : NULL;
        irc_set_login(irc, user, at ? at + 1 : NULL);
    }
    g_autofree char *id = irc_fold(&irc->isupport, nick);
    struct irc_member *member = member_of(channel->naming, id, nick);
    const struct irc_member *was = g_hash_table_lookup(channel->members, id);
    if (!member)
        return;
    g_strlcpy(member->modes, modes, sizeof member->modes);
    if (was && !member->account) {
        member->account = g_strdup(was->account);
        member->away = was->away;
    }
}

void
irc_names_take(struct irc *irc, struct irc_channel *channel, const char *names)
{
    g_auto(GStrv) words = g_strsplit(names, " ", -1);

    if (!channel->naming)
        channel->naming = new_members();
    for (unsigned i = 0; words[i]; i++)
        take_name(irc, channel, words[i]);
}

static void
fill_member(struct irc *irc, struct member *member, void *id, const struct irc_member *known)
{
    char prefix[IRC_MAX_PREFIXES + 1];

    write_prefix(irc, known, prefix);
    *member = (struct member){.id = id,
                              .name = known->nick,
                              .prefix = g_strdup(prefix),
                              .login = known->account,
                              .away = known->away};
}

void
irc_names_end(struct irc *irc, struct irc_channel *channel)
{
    struct event event = {.type = EVENT_MEMBERS, .conversation = channel->id};
    GHashTableIter iter;
    void *id, *known;
    unsigned n = 0;

    if (!channel->naming)
        return;
    g_hash_table_unref(channel->members);
    channel->members = g_steal_pointer(&channel->naming);
    unsigned size = g_hash_table_size(channel->members);
    g_autofree struct member *members = g_new0(struct member, size);
    g_autofree const struct member **list = g_new0(const struct member *, size);
    g_hash_table_iter_init(&iter, channel->members);
    while (g_hash_table_iter_next(&iter, &id, &known)) {
        fill_member(irc, &members[n], id, known);
        list[n] = &members[n];
        n++;
    }
    event.members.members = list;
    event.members.n = n;
    host_emit(irc->host, &event);
    for (unsigned i = 0; i < n; i++)
        g_free(members[i].prefix);
}

/* More than a screen of names helps nobody. */
#define MAX_SAID_NAMES 200

static int
by_rank(const void *a, const void *b, void *user)
{
    const struct irc *irc = user;
    const struct irc_member *one = *(struct irc_member *const *)a;
    const struct irc_member *other = *(struct irc_member *const *)b;
    const char *order = irc->isupport.prefix_modes;
    const char *at = *one->modes ? strchr(order, *one->modes) : NULL;
    const char *other_at = *other->modes ? strchr(order, *other->modes) : NULL;
    int rank = at ? (int)(at - order) : IRC_MAX_PREFIXES;
    int other_rank = other_at ? (int)(other_at - order) : IRC_MAX_PREFIXES;

    return rank != other_rank ? rank - other_rank : g_ascii_strcasecmp(one->nick, other->nick);
}

void
irc_names_say(struct irc *irc, struct irc_channel *channel)
{
    g_autoptr(GPtrArray) members = g_ptr_array_new();
    g_autoptr(GString) text = g_string_new(NULL);
    GHashTableIter iter;
    void *known;

    g_hash_table_iter_init(&iter, channel->members);
    while (g_hash_table_iter_next(&iter, NULL, &known))
        g_ptr_array_add(members, known);
    g_ptr_array_sort_with_data(members, by_rank, irc);
    for (guint i = 0; i < MIN(members->len, MAX_SAID_NAMES); i++) {
        const struct irc_member *member = g_ptr_array_index(members, i);
        char prefix[IRC_MAX_PREFIXES + 1];

        write_prefix(irc, member, prefix);
        g_string_append_printf(text, " %s%s", prefix, member->nick);
    }
    if (members->len > MAX_SAID_NAMES)
        g_string_append_printf(text, " and %u more", members->len - MAX_SAID_NAMES);
    irc_say(irc, channel->id, "In %s (%u):%s", channel->name, members->len, text->str);
}
