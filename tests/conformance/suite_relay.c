/* What other relays bring: each person under their own name, and known as a copy. */
#include <string.h>

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

const struct behaviour suite_relay[] = {
    {.name = "persona", .run = persona, .relays = true},
    {.name = "mark", .run = mark, .relays = true},
    {.name = "missed", .run = missed, .needs = SITE_HISTORY, .relays = true},
    {0},
};
