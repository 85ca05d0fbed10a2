/* What a server offers, demands and takes away, and what others see of us through it. */
#include <string.h>

#include "tests/conformance/suite.h"

/* People's programs ask ours what it is: it answers seldom, never in a channel, and takes no files.
 */
static void
probe(struct scene *scene)
{
    const struct adapter *adapter = scene->adapter;

    scene_gather(scene);
    adapter->peer_offer_file(scene->peer, SCENE_USER);
    g_assert_true(person_reads(scene->person, "", "does not take these"));
    adapter->peer_probe(scene->peer, SCENE_CHANNEL, 3);
    adapter->peer_say(scene->peer, SCENE_CHANNEL, "asked");
    g_assert_true(person_sees(scene->person, SCENE_CHANNEL, SCENE_PEER, "asked"));
    g_assert_cmpuint(adapter->peer_probed(scene->peer, SCENE_USER), ==, 0);
    adapter->peer_probe(scene->peer, SCENE_USER, 20);
    adapter->peer_say(scene->peer, SCENE_CHANNEL, "asked again");
    g_assert_true(person_sees(scene->person, SCENE_CHANNEL, SCENE_PEER, "asked again"));
    person_types(scene->person, SCENE_CHANNEL, "so I am");
    g_assert_true(adapter->peer_heard(scene->peer, SCENE_USER, SCENE_CHANNEL, "so I am", false));
    g_assert_cmpuint(adapter->peer_probed(scene->peer, SCENE_USER), >=, 1);
    g_assert_cmpuint(adapter->peer_probed(scene->peer, SCENE_USER), <=, 3);
}

static void
bot(struct scene *scene)
{
    scene_configure(scene, LOGIN_NONE, "bot = on\n");
    scene_gather(scene);
    g_assert_true(scene->adapter->peer_sees_bot(scene->peer, SCENE_USER));
}

/* An account for who has none: its password is asked for, hidden, and kept nowhere. */
static void
sign_up(struct scene *scene)
{
    static const char secret[] = "brand-new-and-secret";
    g_autofree char *options =
        scene->adapter->options(scene->site, LOGIN_NONE, "noa", SCENE_SECRET, scene->person->home);
    g_autofree char *code = scene->adapter->mailed_code("noa");
    g_autofree char *verify = g_strdup_printf("/verify noa %s", code);
    g_autofree char *who = NULL;

    person_configure(scene->person, scene->adapter->network, options);
    person_start(scene->person);
    person_wait_state(scene->person, ACCOUNT_ONLINE);
    person_types(scene->person, "", "/register noa@coop.example");
    person_answers(scene->person, secret);
    g_assert_true(person_reads(scene->person, "", "waits for a code"));
    person_types(scene->person, "", verify);
    g_assert_true(person_reads(scene->person, "", "The account noa is yours"));
    who = scene->adapter->logged_in_as(scene->site, "noa");
    g_assert_cmpstr(who, ==, "noa");
    g_assert_true(person_keeps_nothing_of(scene->person, secret));
}

static void
says_once(struct scene *scene, const char *text)
{
    const struct adapter *adapter = scene->adapter;

    person_types(scene->person, SCENE_CHANNEL, text);
    g_assert_true(person_sees_state(scene->person, SCENE_CHANNEL, text, MESSAGE_SENT));
    g_assert_cmpuint(adapter->peer_count(scene->peer, SCENE_USER, SCENE_CHANNEL, text), ==, 1);
    g_assert_cmpuint(person_count(scene->person, SCENE_CHANNEL, text), ==, 1);
}

/* What proves that a message arrived goes and comes back, in the middle of a talk. */
static void
changes(struct scene *scene)
{
    scene_gather(scene);
    says_once(scene, "with all");
    for (unsigned i = 0; i < 2; i++) {
        g_autofree char *without = g_strdup_printf("without %u", i);
        g_autofree char *with = g_strdup_printf("with again %u", i);
        scene->adapter->degrade(scene->site, true);
        says_once(scene, without);
        scene->adapter->degrade(scene->site, false);
        says_once(scene, with);
    }
    person_types(scene->person, SCENE_CHANNEL, "typed before");
    scene->adapter->degrade(scene->site, true);
    g_assert_true(person_sees_state(scene->person, SCENE_CHANNEL, "typed before", MESSAGE_SENT));
}

/* --- several networks behind one account
 * ---------------------------------------------------------------------- */

static const struct buffer *
buffer_in(struct scene *scene, const char *space, const char *name)
{
    const GPtrArray *buffers = core_buffers(scene->person->core);

    for (guint i = 0; i < buffers->len; i++) {
        const struct buffer *buffer = buffers->pdata[i];
        const struct space *of =
            buffer->space_id ? core_space(scene->person->core, buffer->space_id) : NULL;
        if (of && strcmp(of->name, space) == 0 && strcmp(buffer->name, name) == 0)
            return buffer;
    }
    return NULL;
}

static bool
is_in_second(void *user)
{
    const struct buffer *buffer = buffer_in(user, "second", SCENE_CHANNEL);

    return buffer && buffer->joined && buffer->caught_up;
}

static void
says_in(struct scene *scene, const char *space, const char *text)
{
    g_autoptr(GError) error = NULL;

    core_input(scene->person->core, buffer_in(scene, space, SCENE_CHANNEL)->id, text, &error);
    g_assert_no_error(error);
}

/* Channels of one name on two networks are two conversations, and nothing crosses. */
static void
spaces(struct scene *scene)
{
    const struct adapter *adapter = scene->adapter;
    struct peer *uma;

    scene_gather(scene);
    uma = adapter->peer_elsewhere(scene->site, "uma");
    adapter->peer_join(uma, SCENE_CHANNEL);
    g_assert_true(person_reads(scene->person, "", "second: connected"));
    person_types(scene->person, "", "/join second/" SCENE_CHANNEL);
    g_assert_true(person_until(is_in_second, scene));
    says_in(scene, "first", "for maria");
    says_in(scene, "second", "for uma");
    g_assert_true(adapter->peer_heard(scene->peer, SCENE_USER, SCENE_CHANNEL, "for maria", false));
    g_assert_true(adapter->peer_heard(uma, SCENE_USER, SCENE_CHANNEL, "for uma", false));
    g_assert_cmpuint(adapter->peer_count(uma, SCENE_USER, SCENE_CHANNEL, "for maria"), ==, 0);
    g_assert_cmpuint(adapter->peer_count(scene->peer, SCENE_USER, SCENE_CHANNEL, "for uma"), ==, 0);
    g_assert_true(buffer_in(scene, "first", SCENE_CHANNEL) !=
                  buffer_in(scene, "second", SCENE_CHANNEL));
    adapter->peer_free(uma);
}

const struct behaviour suite_server[] = {
    {.name = "probe", .run = probe, .needs = SITE_PROBE},
    {.name = "bot", .run = bot, .needs = SITE_BOT},
    {.name = "sign-up", .run = sign_up, .needs = SITE_SIGN_UP},
    {.name = "changes", .run = changes, .needs = SITE_CHANGES},
    {.name = "spaces", .run = spaces, .needs = SITE_SPACES},
    {0},
};
