/* What other relays bring, and what ours takes there: each person under their own name, and known
 * as a copy. */
#include <string.h>

#include "core/copy.h"
#include "tests/conformance/suite.h"

/* Somebody whom the account of SCENE_PEER speaks for says it; the sender's id: g_free(). */
static char *
hear(struct scene *scene, const char *name, const char *text)
{
    scene->adapter->peer_relay(scene->peer, SCENE_CHANNEL, name, text);
    g_assert_true(person_sees(scene->person, SCENE_CHANNEL, name ? name : SCENE_PEER, text));
    g_assert_true((scene->person->seen->flags & MESSAGE_RELAYED) != 0);
    g_assert_true((scene->person->seen->flags & MESSAGE_OWN) == 0);
    return g_strdup(scene->person->seen->sender_id);
}

/* One account says things for two people: they are two, and neither of them is the account. */
static void
persona(struct scene *scene)
{
    scene_gather(scene);
    g_autofree char *ann = hear(scene, "ann/x", "soup on Thursday?");
    g_autofree char *cem = hear(scene, "cem/x", "and bread");
    g_autofree char *again = hear(scene, "ann/x", "good");
    g_autofree char *peer = NULL;

    g_assert_cmpstr(ann, ==, again);
    g_assert_cmpstr(ann, !=, cem);
    g_free(scene_hear(scene, "as myself"));
    peer = g_strdup(scene->person->seen->sender_id);
    g_assert_cmpstr(peer, !=, ann);
    g_assert_true((scene->person->seen->flags & MESSAGE_RELAYED) == 0);
}

/* A copy that says nothing but its mark. */
static void
mark(struct scene *scene)
{
    scene_gather(scene);
    g_autofree char *peer = hear(scene, NULL, "<ann> soup on Thursday?");
    g_autofree char *id = scene_hear(scene, "no copy");

    g_assert_nonnull(peer);
    g_assert_true((scene->person->seen->flags & MESSAGE_RELAYED) == 0);
}

/* Missed, it is told under the same names, as copies, and once. */
static void
missed(struct scene *scene)
{
    scene_gather(scene);
    g_autofree char *before = hear(scene, "ann/x", "before");
    person_stop(scene->person);
    scene->adapter->peer_relay(scene->peer, SCENE_CHANNEL, "ann/x", "while you were away");
    person_start(scene->person);
    g_assert_true(person_sees(scene->person, SCENE_CHANNEL, "ann/x", "while you were away"));
    g_assert_true((scene->person->seen->flags & MESSAGE_RELAYED) != 0);
    g_assert_true((scene->person->seen->flags & MESSAGE_OWN) == 0);
    g_assert_cmpstr(scene->person->seen->sender_id, ==, before);
    g_assert_cmpuint(person_count(scene->person, SCENE_CHANNEL, "before"), ==, 1);
}

struct copying {
    struct scene *scene;
    const char *text;
    bool is_answered, is_added;
    char *author;
};

static void
on_copied(struct core *core, bool added, const GError *error, void *user)
{
    struct copying *copying = user;

    g_assert_no_error(error);
    copying->is_answered = true;
    copying->is_added = added;
}

static bool
is_answered(void *user)
{
    return ((struct copying *)user)->is_answered;
}

static bool
is_heard(void *user)
{
    struct copying *copying = user;
    const struct scene *scene = copying->scene;

    copying->author = scene->adapter->peer_author(scene->peer, SCENE_CHANNEL, copying->text);
    return copying->author != NULL;
}

/* Says for ann what maria has said, as the relay does; the name that it has there: g_free(). */
static char *
carry(struct scene *scene, const char *text, const char *as_name)
{
    struct copying copying = {.scene = scene, .text = text};
    struct rich *body = rich_new(text, -1);

    /* Where not everybody may speak for others, somebody lets us: what is said then comes after. */
    if (scene->adapter->peer_trusts)
        scene->adapter->peer_trusts(scene->peer, SCENE_CHANNEL, SCENE_USER);
    scene->adapter->peer_say(scene->peer, SCENE_CHANNEL, "soup on Thursday?");
    g_assert_true(person_sees(scene->person, SCENE_CHANNEL, SCENE_PEER, "soup on Thursday?"));
    const struct copy_request request = {.source_id = scene->person->seen->id,
                                         .buffer_id =
                                             person_buffer(scene->person, SCENE_CHANNEL)->id,
                                         .kind = MESSAGE_TEXT,
                                         .body = body,
                                         .as_name = as_name,
                                         .said_by = "ann"};

    core_copy(scene->person->core, &request, on_copied, &copying);
    g_assert_true(person_until(is_answered, &copying));
    g_assert_true(copying.is_added);
    g_assert_true(person_until(is_heard, &copying));
    rich_free(body);
    return copying.author;
}

/* What our relay says for others has their name where the network has one for each message, and
 * else says it itself. It is a copy and ours, also when it is told again. */
static void
carried(struct scene *scene)
{
    scene_gather(scene);
    const int64_t lab = person_buffer(scene->person, SCENE_CHANNEL)->id;
    const bool named = core_copy_name_bytes(scene->person->core, lab) > 0;
    const char *text = named ? "at noon, in the yard" : "<ann> at noon, in the yard";
    g_autofree char *author = carry(scene, text, named ? "ann" : NULL);

    g_assert_true(g_str_has_prefix(author, named ? "ann" : SCENE_USER));
    for (int i = 0; i < 2; i++) {
        g_assert_true(person_sees_state(scene->person, SCENE_CHANNEL, text, MESSAGE_SENT));
        g_assert_cmpuint(person_count(scene->person, SCENE_CHANNEL, text), ==, 1);
        const unsigned flags = person_flags(scene->person, SCENE_CHANNEL, text);
        g_assert_true((flags & MESSAGE_RELAYED) != 0);
        g_assert_true((flags & MESSAGE_OWN) != 0);
        if (i == 0) {
            person_stop(scene->person);
            scene_come(scene);
            person_wait_joined(scene->person, SCENE_CHANNEL);
        }
    }
}

const struct behaviour suite_relay[] = {
    {.name = "carried", .run = carried},
    {.name = "persona", .run = persona, .relays = true},
    {.name = "mark", .run = mark, .relays = true},
    {.name = "missed", .run = missed, .needs = SITE_HISTORY, .relays = true},
    {0},
};
