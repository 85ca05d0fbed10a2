/* Who is here, what it is about, and how that changes. */
#include <string.h>

#include "tests/conformance/suite.h"

struct look {
    struct scene *scene;
    const char *member; /* display name */
    bool present;
    enum presence presence;
    const char *topic;
};

static bool
member_is(void *user)
{
    const struct look *look = user;
    const struct buffer *buffer = person_buffer(look->scene->person, SCENE_CHANNEL);
    GHashTableIter iter;
    gpointer value;

    if (!buffer || !buffer->members)
        return false;
    g_hash_table_iter_init(&iter, buffer->members);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct member *member = value;
        if (person_is_called(look->scene->person, member->name, look->member))
            return look->present;
    }
    return !look->present;
}

void
scene_wait_member(struct scene *scene, const char *name, bool present)
{
    struct look look = {.scene = scene, .member = name, .present = present};

    /* Some networks are asked for a list only when somebody looks. */
    core_look_at(scene->person->core, person_buffer(scene->person, SCENE_CHANNEL)->id);
    g_assert_true(person_until(member_is, &look));
}

static bool
topic_is(void *user)
{
    const struct look *look = user;
    const struct buffer *buffer = person_buffer(look->scene->person, SCENE_CHANNEL);
    return g_strcmp0(buffer->topic, look->topic) == 0;
}

static void
topic(struct scene *scene)
{
    struct look look = {.scene = scene, .topic = "soup & minutes"};

    scene_gather(scene);
    scene->adapter->peer_topic(scene->peer, SCENE_CHANNEL, look.topic);
    g_assert_true(person_until(topic_is, &look));
    g_assert_true(person_sees(scene->person, SCENE_CHANNEL, SCENE_PEER, look.topic));
    g_assert_cmpint(scene->person->seen->kind, ==, MESSAGE_TOPIC);
}

/* In a channel where the topic is theirs to set. */
static void
set_topic(struct scene *scene)
{
    scene_gather(scene);
    scene_make_channel(scene, "#kitchen");
    scene->adapter->peer_join(scene->peer, "#kitchen");
    person_types(scene->person, "#kitchen", "/topic réunion jeudi");
    g_assert_true(scene->adapter->peer_sees_topic(scene->peer, "#kitchen", "réunion jeudi"));
    g_assert_true(person_sees(scene->person, "#kitchen", SCENE_USER, "réunion jeudi"));
    g_assert_cmpstr(person_buffer(scene->person, "#kitchen")->topic, ==, "réunion jeudi");
}

static void
members(struct scene *scene)
{
    struct peer *jun;

    scene_gather(scene);
    scene_wait_member(scene, SCENE_PEER, true);
    scene_wait_member(scene, SCENE_USER, true);
    jun = scene->adapter->peer_new(scene->site, "jun");
    scene->adapter->peer_join(jun, SCENE_CHANNEL);
    scene_wait_member(scene, "jun", true);
    scene->adapter->peer_leave(jun, SCENE_CHANNEL);
    scene_wait_member(scene, "jun", false);
    scene->adapter->peer_join(jun, SCENE_CHANNEL);
    scene_wait_member(scene, "jun", true);
    if (!(scene->adapter->ways & WAY_STAYING_MEMBERS)) {
        scene->adapter->peer_quit(jun);
        scene_wait_member(scene, "jun", false);
    }
    scene->adapter->peer_free(jun);
}

static void
rename_peer(struct scene *scene)
{
    scene_gather(scene);
    scene_wait_member(scene, SCENE_PEER, true);
    scene->adapter->peer_rename(scene->peer, "mariana");
    scene_wait_member(scene, "mariana", true);
    scene_wait_member(scene, SCENE_PEER, false);
    scene->adapter->peer_say(scene->peer, SCENE_CHANNEL, "it is me");
    g_assert_true(person_sees(scene->person, SCENE_CHANNEL, "mariana", "it is me"));
}

static bool
has_left(void *user)
{
    const struct look *look = user;
    return !person_buffer(look->scene->person, SCENE_CHANNEL)->joined;
}

static void
leave(struct scene *scene)
{
    struct look look = {.scene = scene};

    scene_gather(scene);
    person_types(scene->person, SCENE_CHANNEL, "/part");
    g_assert_true(person_until(has_left, &look));
    person_types(scene->person, "", "/join " SCENE_CHANNEL);
    person_wait_joined(scene->person, SCENE_CHANNEL);
}

/* Removed by someone: the buffer stays, says so, and weft does not storm back in. */
static void
kicked(struct scene *scene)
{
    struct look look = {.scene = scene};
    const struct buffer *buffer;
    g_autoptr(GError) error = NULL;

    scene_gather(scene);
    scene->adapter->peer_kick(scene->peer, SCENE_CHANNEL, SCENE_USER);
    g_assert_true(person_until(has_left, &look));
    buffer = person_buffer(scene->person, SCENE_CHANNEL);
    g_assert_nonnull(buffer);
    g_assert_false(core_input(scene->person->core, buffer->id, "hello?", &error));
    g_assert_nonnull(error);
    person_types(scene->person, SCENE_CHANNEL, "/join " SCENE_CHANNEL);
    person_wait_joined(scene->person, SCENE_CHANNEL);
}

static bool
presence_is(void *user)
{
    const struct look *look = user;
    const struct buffer *buffer = person_buffer(look->scene->person, look->member);

    return buffer && buffer->presence == look->presence;
}

static bool
has_buffer(void *user)
{
    const struct look *look = user;

    return person_buffer(look->scene->person, look->member) != NULL;
}

static bool
presence_is_known(void *user)
{
    const struct look *look = user;
    const struct buffer *buffer = person_buffer(look->scene->person, look->member);

    return buffer && buffer->presence != PRESENCE_UNKNOWN;
}

void
scene_wait_presence(struct scene *scene, const char *name, enum presence presence)
{
    struct look look = {.scene = scene, .member = name, .presence = presence};
    const int64_t deadline_us =
        g_get_monotonic_time() + CONFORMANCE_DEADLINE_MS * G_TIME_SPAN_MILLISECOND;

    if (!(scene->adapter->ways & WAY_ASKED_PRESENCE)) {
        g_assert_true(person_until(presence_is, &look));
        return;
    }
    g_assert_true(person_until(has_buffer, &look));
    do {
        person_stop(scene->person);
        person_start(scene->person);
        g_assert_true(person_until(presence_is_known, &look));
    } while (!presence_is(&look) && g_get_monotonic_time() < deadline_us);
    g_assert_true(presence_is(&look));
}

/* Someone whom one talks with in private comes and goes, with no channel in common. */
static void
presence(struct scene *scene)
{
    struct peer *jun = scene->adapter->peer_new(scene->site, "jun");
    g_autofree char *name = scene_name(scene, "jun");
    g_autofree char *line = g_strconcat("/query ", name, NULL);

    scene_come(scene);
    person_types(scene->person, "", line);
    scene_wait_presence(scene, "jun", PRESENCE_HERE);
    scene->adapter->peer_quit(jun);
    scene->adapter->peer_free(jun);
    scene_wait_presence(scene, "jun", PRESENCE_GONE);
    jun = scene->adapter->peer_new(scene->site, "jun");
    scene_wait_presence(scene, "jun", PRESENCE_HERE);
    scene->adapter->peer_free(jun);
}

/* Where nobody tells, weft claims nothing, whoever is there. */
static void
presence_unknown(struct scene *scene)
{
    struct look look = {.scene = scene, .member = SCENE_PEER};

    scene_gather(scene);
    scene->adapter->peer_say(scene->peer, SCENE_USER, "are you there?");
    g_assert_true(person_sees(scene->person, SCENE_PEER, SCENE_PEER, "are you there?"));
    g_assert_false(presence_is_known(&look));
    scene->adapter->peer_quit(scene->peer);
    scene_wait_member(scene, SCENE_PEER, false);
    g_assert_false(presence_is_known(&look));
}

static bool
self_is(void *user)
{
    const struct look *look = user;
    const struct account *account = core_account_by_name(look->scene->person->core, "home");

    return (g_strcmp0(account->self_name, look->member) == 0) == look->present;
}

/* Somebody else has our name when we come, and gives it back. */
static void
name_taken(struct scene *scene)
{
    struct look look = {.scene = scene, .member = SCENE_USER, .present = false};
    struct peer *holder = scene->adapter->peer_new(scene->site, SCENE_USER);

    person_start(scene->person);
    person_wait_state(scene->person, ACCOUNT_ONLINE);
    g_assert_true(person_until(self_is, &look));
    scene->adapter->peer_quit(holder);
    scene->adapter->peer_free(holder);
    look.present = true;
    g_assert_true(person_until(self_is, &look));
}

/* What was said before and after stands in one buffer, under the new name. */
static void
channel_renamed(struct scene *scene)
{
    int64_t id;

    scene_gather(scene);
    id = person_buffer(scene->person, SCENE_CHANNEL)->id;
    scene->adapter->peer_say(scene->peer, SCENE_CHANNEL, "before");
    g_assert_true(person_sees(scene->person, SCENE_CHANNEL, SCENE_PEER, "before"));
    scene->adapter->rename_channel(scene->site, SCENE_CHANNEL, "#atelier");
    g_assert_cmpint(person_wait_joined(scene->person, "#atelier")->id, ==, id);
    scene->adapter->peer_say(scene->peer, "#atelier", "after");
    g_assert_true(person_sees(scene->person, "#atelier", SCENE_PEER, "after"));
    g_assert_cmpuint(person_count(scene->person, "#atelier", "before"), ==, 1);
    person_types(scene->person, "#atelier", "I am here");
    g_assert_true(
        scene->adapter->peer_heard(scene->peer, SCENE_USER, "#atelier", "I am here", false));
}

static const struct member *
member_of(struct scene *scene, const char *name)
{
    const struct buffer *buffer = person_buffer(scene->person, SCENE_CHANNEL);
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, buffer->members);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        if (strcmp(((const struct member *)value)->name, name) == 0)
            return value;
    }
    return NULL;
}

static bool
member_is_away(void *user)
{
    const struct look *look = user;
    const struct member *member = member_of(look->scene, look->member);

    return member && member->away;
}

/* Who was away before one came. */
static void
member_away(struct scene *scene)
{
    struct look look = {.scene = scene, .member = "jun"};
    struct peer *jun = scene->adapter->peer_new(scene->site, "jun");

    scene->adapter->peer_join(jun, SCENE_CHANNEL);
    scene->adapter->peer_away(jun, true);
    scene_gather(scene);
    g_assert_true(person_until(member_is_away, &look));
    g_assert_false(member_of(scene, SCENE_PEER)->away);
    scene->adapter->peer_free(jun);
}

static bool
member_has_login(void *user)
{
    const struct look *look = user;
    const struct member *member = member_of(look->scene, look->member);

    return member && g_strcmp0(member->login, "jun") == 0;
}

/* As whom people are logged in: who was there before, and who comes. */
static void
member_login(struct scene *scene)
{
    struct look look = {.scene = scene, .member = "jun-phone"};
    struct peer *jun;

    scene->adapter->make_user(scene->site, "jun", SCENE_SECRET);
    jun = scene->adapter->device_new(scene->site, "jun", SCENE_SECRET);
    scene->adapter->peer_join(jun, SCENE_CHANNEL);
    scene_gather(scene);
    g_assert_true(person_until(member_has_login, &look));
    scene->adapter->peer_leave(jun, SCENE_CHANNEL);
    scene_wait_member(scene, "jun-phone", false);
    scene->adapter->peer_join(jun, SCENE_CHANNEL);
    g_assert_true(person_until(member_has_login, &look));
    scene->adapter->peer_free(jun);
}

/* It calls the person, who can go. */
static void
invited(struct scene *scene)
{
    scene_gather(scene);
    scene->adapter->peer_join(scene->peer, "#kitchen");
    scene->adapter->peer_invite(scene->peer, "#kitchen", SCENE_USER);
    g_assert_true(person_sees_kind(scene->person, "", MESSAGE_INVITE, SCENE_PEER));
    g_assert_nonnull(strstr(scene->person->seen->body->text, "#kitchen"));
    g_assert_true(scene->person->seen->flags & MESSAGE_MENTION);
    person_types(scene->person, "", "/join #kitchen");
    person_wait_joined(scene->person, "#kitchen");
}

static void
invites(struct scene *scene)
{
    scene_gather(scene);
    person_types(scene->person, "", "/join #kitchen");
    person_wait_joined(scene->person, "#kitchen");
    person_types(scene->person, "#kitchen", "/invite " SCENE_PEER);
    g_assert_true(scene->adapter->peer_sees_invite(scene->peer, SCENE_USER, "#kitchen"));
    g_assert_true(person_reads(scene->person, "#kitchen", "You have invited " SCENE_PEER));
}

/* The person, who may invite there, is told when others do. */
static void
invite_seen(struct scene *scene)
{
    struct peer *jun = scene->adapter->peer_new(scene->site, "jun");

    scene_gather(scene);
    person_types(scene->person, "", "/join #kitchen");
    person_wait_joined(scene->person, "#kitchen");
    scene->adapter->peer_join(scene->peer, "#kitchen");
    person_types(scene->person, "#kitchen", "/op " SCENE_PEER);
    g_assert_true(person_sees_kind(scene->person, "#kitchen", MESSAGE_MODE, SCENE_USER));
    scene->adapter->peer_invite(scene->peer, "#kitchen", "jun");
    g_assert_true(person_sees_kind(scene->person, "#kitchen", MESSAGE_INVITE, SCENE_PEER));
    g_assert_cmpstr(scene->person->seen->subject, ==, "jun");
    scene->adapter->peer_free(jun);
}

#define FAR 12

/* Everyone behind another server goes at once and comes back at once: one line each, and who is
 * there stays exact. */
static void
split(struct scene *scene)
{
    struct peer *far[FAR];

    scene_gather(scene);
    for (unsigned i = 0; i < FAR; i++) {
        g_autofree char *name = g_strdup_printf("far%02u", i);
        far[i] = scene->adapter->peer_new(scene->site, name);
        scene->adapter->peer_join(far[i], SCENE_CHANNEL);
        scene_wait_member(scene, name, true);
    }
    scene->adapter->split(scene->site, "far*");
    g_assert_true(person_reads(scene->person, SCENE_CHANNEL, "12 people left in a netsplit"));
    scene_wait_member(scene, "far11", false);
    scene->adapter->mend(scene->site);
    g_assert_true(person_reads(scene->person, SCENE_CHANNEL, "12 people came back"));
    scene_wait_member(scene, "far11", true);
    g_assert_cmpuint(person_count_kind(scene->person, SCENE_CHANNEL, MESSAGE_QUIT), ==, 0);
    g_assert_cmpuint(person_count_kind(scene->person, SCENE_CHANNEL, MESSAGE_SERVER), ==, 2);
    for (unsigned i = 0; i < FAR; i++)
        scene->adapter->peer_free(far[i]);
}

const struct behaviour suite_people[] = {
    {.name = "topic", .run = topic, .not_ways = WAY_GIVEN_CHANNELS},
    {.name = "set-topic", .run = set_topic, .not_ways = WAY_GIVEN_CHANNELS},
    {.name = "members", .run = members, .not_ways = WAY_GIVEN_CHANNELS},
    {.name = "rename", .run = rename_peer, .not_ways = WAY_GIVEN_CHANNELS},
    {.name = "leave", .run = leave, .not_ways = WAY_GIVEN_CHANNELS},
    {.name = "kicked", .run = kicked, .not_ways = WAY_GIVEN_CHANNELS},
    {.name = "presence", .run = presence, .needs = SITE_PRESENCE},
    {.name = "presence-unknown",
     .run = presence_unknown,
     .lacks = SITE_PRESENCE,
     .not_ways = WAY_GIVEN_CHANNELS},
    {.name = "name-taken", .run = name_taken, .needs = SITE_REGAIN},
    {.name = "member-away", .run = member_away, .needs = SITE_MEMBERS_AWAY},
    {.name = "member-login",
     .run = member_login,
     .needs = SITE_DEVICES | SITE_LOGINS_SEEN,
     .login = LOGIN_PLAIN,
     .needs_login = true},
    {.name = "invited", .run = invited, .needs = SITE_INVITE},
    {.name = "invites", .run = invites, .needs = SITE_INVITE},
    {.name = "invite-seen", .run = invite_seen, .needs = SITE_INVITE_SEEN},
    {.name = "split", .run = split, .needs = SITE_SPLIT},
    {.name = "channel-renamed", .run = channel_renamed, .needs = SITE_RENAME},
    {0},
};
