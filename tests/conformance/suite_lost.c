/* When the connection goes: what was missed, what was typed, and nothing twice. */
#include <string.h>

#include "tests/conformance/suite.h"

static void
reconnect(struct scene *scene)
{
    g_autoptr(GError) error = NULL;
    const struct account *account = core_account_by_name(scene->person->core, "home");

    /* The person does not wait for the back-off. */
    core_connect(scene->person->core, account->id, &error);
    person_wait_state(scene->person, ACCOUNT_ONLINE);
    person_wait_joined(scene->person, SCENE_CHANNEL);
}

static bool
is_away(void *user)
{
    struct scene *scene = user;
    enum account_state state = core_account_by_name(scene->person->core, "home")->state;
    return state == ACCOUNT_WAITING || state == ACCOUNT_CONNECTING;
}

/* The server loses power in mid-conversation and comes back. */
static void
server_dies(struct scene *scene)
{
    const struct adapter *adapter = scene->adapter;

    scene_gather(scene);
    adapter->peer_say(scene->peer, SCENE_CHANNEL, "before");
    g_assert_true(person_sees(scene->person, SCENE_CHANNEL, SCENE_PEER, "before"));
    person_types(scene->person, SCENE_CHANNEL, "mine before");
    g_assert_true(person_sees_state(scene->person, SCENE_CHANNEL, "mine before", MESSAGE_SENT));
    adapter->kill(scene->site);
    g_assert_true(person_until(is_away, scene));
    /* Typed while there is no server: it waits, and is sent once. */
    person_types(scene->person, SCENE_CHANNEL, "typed in the dark");
    g_assert_true(
        person_sees_state(scene->person, SCENE_CHANNEL, "typed in the dark", MESSAGE_PENDING));
    adapter->peer_free(scene->peer);
    adapter->revive(scene->site);
    scene->peer = adapter->peer_new(scene->site, SCENE_PEER);
    adapter->peer_join(scene->peer, SCENE_CHANNEL);
    reconnect(scene);
    g_assert_true(
        adapter->peer_heard(scene->peer, SCENE_USER, SCENE_CHANNEL, "typed in the dark", false));
    g_assert_true(
        person_sees_state(scene->person, SCENE_CHANNEL, "typed in the dark", MESSAGE_SENT));
    adapter->peer_say(scene->peer, SCENE_CHANNEL, "after");
    g_assert_true(person_sees(scene->person, SCENE_CHANNEL, SCENE_PEER, "after"));
    g_assert_cmpuint(
        adapter->peer_count(scene->peer, SCENE_USER, SCENE_CHANNEL, "typed in the dark"), ==, 1);
    g_assert_cmpuint(person_count(scene->person, SCENE_CHANNEL, "before"), ==, 1);
    g_assert_cmpuint(person_count(scene->person, SCENE_CHANNEL, "mine before"), ==, 1);
    g_assert_cmpuint(person_count(scene->person, SCENE_CHANNEL, "typed in the dark"), ==, 1);
    g_assert_cmpuint(person_count(scene->person, SCENE_CHANNEL, "after"), ==, 1);
}

/* weft is away while others talk: what they said comes back, or the timeline says what may be
 * missing. */
static void
missed(struct scene *scene)
{
    const struct adapter *adapter = scene->adapter;
    const struct account *account;

    scene_gather(scene);
    adapter->peer_say(scene->peer, SCENE_CHANNEL, "heard live");
    g_assert_true(person_sees(scene->person, SCENE_CHANNEL, SCENE_PEER, "heard live"));
    account = core_account_by_name(scene->person->core, "home");
    core_disconnect(scene->person->core, account->id, "back soon");
    person_wait_state(scene->person, ACCOUNT_OFFLINE);
    for (int i = 0; i < 30; i++) {
        g_autofree char *line = g_strdup_printf("missed %02d", i);
        adapter->peer_say(scene->peer, SCENE_CHANNEL, line);
    }
    reconnect(scene);
    adapter->peer_say(scene->peer, SCENE_CHANNEL, "live again");
    g_assert_true(person_sees(scene->person, SCENE_CHANNEL, SCENE_PEER, "live again"));
    if (adapter->can & SITE_HISTORY) {
        for (int i = 0; i < 30; i++) {
            g_autofree char *line = g_strdup_printf("missed %02d", i);
            g_assert_true(person_sees(scene->person, SCENE_CHANNEL, SCENE_PEER, line));
            g_assert_cmpuint(person_count(scene->person, SCENE_CHANNEL, line), ==, 1);
        }
        g_assert_cmpuint(person_gaps(scene->person, SCENE_CHANNEL), ==, 0);
    } else {
        g_assert_cmpuint(person_gaps(scene->person, SCENE_CHANNEL), ==, 1);
    }
    g_assert_cmpuint(person_count(scene->person, SCENE_CHANNEL, "heard live"), ==, 1);
}

/* The same with weft ended and started again. */
static void
restarted(struct scene *scene)
{
    const struct adapter *adapter = scene->adapter;

    scene_gather(scene);
    adapter->peer_say(scene->peer, SCENE_CHANNEL, "first run");
    g_assert_true(person_sees(scene->person, SCENE_CHANNEL, SCENE_PEER, "first run"));
    person_stop(scene->person);
    adapter->peer_say(scene->peer, SCENE_CHANNEL, "between runs");
    person_start(scene->person);
    person_wait_state(scene->person, ACCOUNT_ONLINE);
    person_wait_joined(scene->person, SCENE_CHANNEL);
    adapter->peer_say(scene->peer, SCENE_CHANNEL, "second run");
    g_assert_true(person_sees(scene->person, SCENE_CHANNEL, SCENE_PEER, "second run"));
    if (adapter->can & SITE_HISTORY || adapter->ways & WAY_SHORT_MEMORY) {
        g_assert_true(person_sees(scene->person, SCENE_CHANNEL, SCENE_PEER, "between runs"));
        g_assert_cmpuint(person_count(scene->person, SCENE_CHANNEL, "between runs"), ==, 1);
    } else {
        g_assert_cmpuint(person_gaps(scene->person, SCENE_CHANNEL), ==, 1);
    }
    g_assert_cmpuint(person_count(scene->person, SCENE_CHANNEL, "first run"), ==, 1);
}

/* Who came and went meanwhile, and what the talk was to be about. */
static void
events(struct scene *scene)
{
    const struct adapter *adapter = scene->adapter;
    struct peer *jun = adapter->peer_new(scene->site, "jun");

    scene_gather(scene);
    core_disconnect(scene->person->core, core_account_by_name(scene->person->core, "home")->id,
                    "back soon");
    person_wait_state(scene->person, ACCOUNT_OFFLINE);
    adapter->peer_join(jun, SCENE_CHANNEL);
    adapter->peer_topic(scene->peer, SCENE_CHANNEL, "soup & minutes");
    adapter->peer_leave(jun, SCENE_CHANNEL);
    reconnect(scene);
    g_assert_true(person_sees_kind(scene->person, SCENE_CHANNEL, MESSAGE_JOIN, "jun"));
    g_assert_true(person_sees_kind(scene->person, SCENE_CHANNEL, MESSAGE_PART, "jun"));
    g_assert_true(person_sees_kind(scene->person, SCENE_CHANNEL, MESSAGE_TOPIC, SCENE_PEER));
    g_assert_true(scene->person->seen->flags & MESSAGE_LATE);
    /* It is no news of who is there now. */
    scene_wait_member(scene, "jun", false);
    g_assert_cmpstr(person_buffer(scene->person, SCENE_CHANNEL)->topic, ==, "soup & minutes");
    adapter->peer_free(jun);
}

/* The message was delivered, its answer was not: weft looks before it sends again, or says that it
 * cannot know. */
static void
cut_before_echo(struct scene *scene)
{
    const struct adapter *adapter = scene->adapter;

    scene_gather(scene);
    adapter->cut_before_echo(scene->site, SCENE_USER);
    person_types(scene->person, SCENE_CHANNEL, "did it arrive?");
    g_assert_true(
        adapter->peer_heard(scene->peer, SCENE_USER, SCENE_CHANNEL, "did it arrive?", false));
    g_assert_true(person_until(is_away, scene));
    reconnect(scene);
    g_assert_true(person_sees_state(scene->person, SCENE_CHANNEL, "did it arrive?",
                                    adapter->can & SITE_LOOK ? MESSAGE_SENT : MESSAGE_UNKNOWN));
    person_types(scene->person, SCENE_CHANNEL, "and this?");
    g_assert_true(adapter->peer_heard(scene->peer, SCENE_USER, SCENE_CHANNEL, "and this?", false));
    g_assert_cmpuint(adapter->peer_count(scene->peer, SCENE_USER, SCENE_CHANNEL, "did it arrive?"),
                     ==, 1);
    g_assert_cmpuint(person_count(scene->person, SCENE_CHANNEL, "did it arrive?"), ==, 1);
}

/* "ok" typed twice is two messages, and stays two after a restart. */
static void
same_text_twice(struct scene *scene)
{
    scene_gather(scene);
    person_types(scene->person, SCENE_CHANNEL, "ok");
    person_types(scene->person, SCENE_CHANNEL, "ok");
    person_types(scene->person, SCENE_CHANNEL, "that is two");
    g_assert_true(person_sees_state(scene->person, SCENE_CHANNEL, "that is two", MESSAGE_SENT));
    g_assert_cmpuint(scene->adapter->peer_count(scene->peer, SCENE_USER, SCENE_CHANNEL, "ok"), ==,
                     2);
    g_assert_cmpuint(person_count(scene->person, SCENE_CHANNEL, "ok"), ==, 2);
    person_stop(scene->person);
    person_start(scene->person);
    person_wait_state(scene->person, ACCOUNT_ONLINE);
    person_wait_joined(scene->person, SCENE_CHANNEL);
    g_assert_cmpuint(person_count(scene->person, SCENE_CHANNEL, "ok"), ==, 2);
}

const struct behaviour suite_lost[] = {
    {.name = "server-dies", .run = server_dies},
    {.name = "missed", .run = missed},
    {.name = "restarted", .run = restarted},
    {.name = "events", .run = events, .needs = SITE_EVENTS},
    {.name = "cut-before-echo", .run = cut_before_echo, .needs = SITE_CUT_BEFORE_ECHO},
    {.name = "same-text-twice", .run = same_text_twice},
    {0},
};
