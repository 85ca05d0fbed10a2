/* Who is here, what it is about, and how that changes. */
#include <string.h>

#include "tests/conformance/suite.h"

struct look {
    struct scene *scene;
    const char *member; /* display name */
    bool present;
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
        if (strcmp(member->name, look->member) == 0)
            return look->present;
    }
    return !look->present;
}

static void
wait_member(struct scene *scene, const char *name, bool present)
{
    struct look look = {.scene = scene, .member = name, .present = present};
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

/* In a channel that the person has made, where the topic is theirs to set. */
static void
set_topic(struct scene *scene)
{
    scene_gather(scene);
    person_types(scene->person, "", "/join #kitchen");
    person_wait_joined(scene->person, "#kitchen");
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
    wait_member(scene, SCENE_PEER, true);
    wait_member(scene, SCENE_USER, true);
    jun = scene->adapter->peer_new(scene->site, "jun");
    scene->adapter->peer_join(jun, SCENE_CHANNEL);
    wait_member(scene, "jun", true);
    scene->adapter->peer_leave(jun, SCENE_CHANNEL);
    wait_member(scene, "jun", false);
    scene->adapter->peer_join(jun, SCENE_CHANNEL);
    wait_member(scene, "jun", true);
    scene->adapter->peer_quit(jun);
    wait_member(scene, "jun", false);
    scene->adapter->peer_free(jun);
}

static void
rename_peer(struct scene *scene)
{
    scene_gather(scene);
    wait_member(scene, SCENE_PEER, true);
    scene->adapter->peer_rename(scene->peer, "mariana");
    wait_member(scene, "mariana", true);
    wait_member(scene, SCENE_PEER, false);
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

    return buffer && (buffer->presence == PRESENCE_HERE) == look->present &&
           buffer->presence != PRESENCE_UNKNOWN;
}

/* Someone whom one talks with in private comes and goes, with no channel in common. */
static void
presence(struct scene *scene)
{
    struct look look = {.scene = scene, .member = "jun", .present = true};
    struct peer *jun = scene->adapter->peer_new(scene->site, "jun");

    person_start(scene->person);
    person_wait_state(scene->person, ACCOUNT_ONLINE);
    person_types(scene->person, "", "/query jun");
    g_assert_true(person_until(presence_is, &look));
    scene->adapter->peer_quit(jun);
    scene->adapter->peer_free(jun);
    look.present = false;
    g_assert_true(person_until(presence_is, &look));
    jun = scene->adapter->peer_new(scene->site, "jun");
    look.present = true;
    g_assert_true(person_until(presence_is, &look));
    scene->adapter->peer_free(jun);
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

const struct behaviour suite_people[] = {
    {.name = "topic", .run = topic},
    {.name = "set-topic", .run = set_topic},
    {.name = "members", .run = members},
    {.name = "rename", .run = rename_peer},
    {.name = "leave", .run = leave},
    {.name = "kicked", .run = kicked},
    {.name = "presence", .run = presence, .needs = SITE_PRESENCE},
    {.name = "name-taken", .run = name_taken, .needs = SITE_PRESENCE},
    {.name = "channel-renamed", .run = channel_renamed, .needs = SITE_RENAME},
    {0},
};
