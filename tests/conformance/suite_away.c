/* A hundred things happen to messages while weft is away; then its store is as the server is. */
#include <string.h>

#include "tests/conformance/suite.h"

#define BEFORE 30
#define WHILE  60 /* with what is done to them: more than a hundred */

struct away {
    struct scene *scene;
    GPtrArray *gone; /* remote ids of what was taken back */
    GPtrArray *told; /* struct told: as the server is in the end */
};

static const struct told *
nth(const GPtrArray *told, unsigned n)
{
    return told->pdata[n];
}

static void
take_back(struct away *away, const struct told *told)
{
    const struct scene *scene = away->scene;

    g_ptr_array_add(away->gone, g_strdup(told->remote_id));
    scene->adapter->peer_delete(scene->peer, SCENE_CHANNEL, told->remote_id, "for the test");
}

/* Each kind of deed to what was there before and to what is new, some to one message after the
 * other. */
static void
do_deeds(struct away *away)
{
    const struct adapter *adapter = away->scene->adapter;
    struct peer *peer = away->scene->peer;
    g_autoptr(GPtrArray) now = adapter->peer_tells(peer, SCENE_CHANNEL);

    g_assert_cmpuint(now->len, >=, BEFORE + WHILE);
    for (unsigned i = 0; i < now->len; i++) {
        const struct told *told = nth(now, i);
        g_autofree char *changed = g_strdup_printf("%s, as it is now", told->text);
        if (i % 3 == 0)
            adapter->peer_edit(peer, SCENE_CHANNEL, told->remote_id, changed);
        if (i % 4 == 0)
            adapter->peer_react(peer, SCENE_CHANNEL, told->remote_id, "👍", true);
        if (i % 8 == 1) /* half of what had one before */
            adapter->peer_react(peer, SCENE_CHANNEL, told->remote_id, "👍", false);
        if (i % 7 == 3)
            take_back(away, told);
    }
}

static void
say_all(const struct scene *scene, const char *what, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        g_autofree char *text = g_strdup_printf("%s %02u", what, i);
        scene->adapter->peer_say(scene->peer, SCENE_CHANNEL, text);
    }
}

/* Answers to some, and the first of one thread taken back: its answers go with it. */
static void
answer_some(struct away *away)
{
    const struct adapter *adapter = away->scene->adapter;
    struct peer *peer = away->scene->peer;
    g_autoptr(GPtrArray) now = adapter->peer_tells(peer, SCENE_CHANNEL);

    for (unsigned i = 0; i < now->len; i += 9) {
        g_autofree char *text = g_strdup_printf("to %s", nth(now, i)->text);
        adapter->peer_reply(peer, SCENE_CHANNEL, nth(now, i)->remote_id, text);
    }
    take_back(away, nth(now, 9));
}

static unsigned
reactions_of(const struct message *message)
{
    unsigned n = 0;

    for (guint i = 0; message->reactions && i < message->reactions->len; i++)
        n += ((const struct reaction *)message->reactions->pdata[i])->n;
    return n;
}

static bool
is_as_told(struct scene *scene, const struct message *message, const struct told *told)
{
    if (message && !(message->flags & MESSAGE_DELETED) &&
        strcmp(message->body->text, told->text) == 0 &&
        g_strcmp0(message->reply_to, told->reply_to) == 0 &&
        reactions_of(message) == told->n_reactions)
        return true;
    g_test_message("\"%s\" is \"%s\", %u reactions instead of %u, answers %s instead of %s",
                   told->text, message ? message->body->text : "(not there)",
                   message ? reactions_of(message) : 0, told->n_reactions,
                   message && message->reply_to ? message->reply_to : "-",
                   told->reply_to ? told->reply_to : "-");
    return false;
}

static bool
is_gone(struct scene *scene, int64_t buffer_id, const char *remote_id)
{
    struct message *message = store_find_remote(scene->person->store, buffer_id, remote_id);
    bool gone = !message || (message->flags & MESSAGE_DELETED);

    message_unref(message);
    return gone;
}

static bool
is_as_the_server(void *user)
{
    struct away *away = user;
    struct scene *scene = away->scene;
    const int64_t id = person_buffer(scene->person, SCENE_CHANNEL)->id;
    g_autoptr(GPtrArray) stored = store_load_newest(scene->person->store, id, 1000);
    unsigned n = 0;
    bool good = true;

    for (guint i = 0; good && i < away->told->len; i++) {
        struct message *message =
            store_find_remote(scene->person->store, id, nth(away->told, i)->remote_id);
        good = is_as_told(scene, message, nth(away->told, i));
        message_unref(message);
    }
    for (guint i = 0; good && i < away->gone->len; i++)
        good = is_gone(scene, id, away->gone->pdata[i]);
    for (guint i = 0; i < stored->len; i++) {
        const struct message *message = stored->pdata[i];
        n += message->kind == MESSAGE_TEXT && !(message->flags & MESSAGE_DELETED);
    }
    return good && n == away->told->len;
}

static void
leave(struct scene *scene, bool ends)
{
    if (ends) {
        person_stop(scene->person);
        return;
    }
    core_disconnect(scene->person->core, core_account_by_name(scene->person->core, "home")->id,
                    "back soon");
    person_wait_state(scene->person, ACCOUNT_OFFLINE);
}

static void
come_back(struct scene *scene, bool ended)
{
    g_autoptr(GError) error = NULL;

    if (ended)
        person_start(scene->person);
    else
        core_connect(scene->person->core, core_account_by_name(scene->person->core, "home")->id,
                     &error);
    g_assert_no_error(error);
    person_wait_state(scene->person, ACCOUNT_ONLINE);
    person_wait_joined(scene->person, SCENE_CHANNEL);
}

static void
be_away(struct scene *scene, bool ends)
{
    struct away away = {.scene = scene, .gone = g_ptr_array_new_with_free_func(g_free)};

    scene_gather(scene);
    say_all(scene, "before", BEFORE);
    g_assert_true(person_sees(scene->person, SCENE_CHANNEL, SCENE_PEER, "before 29"));
    g_autoptr(GPtrArray) before = scene->adapter->peer_tells(scene->peer, SCENE_CHANNEL);
    for (unsigned i = 1; i < before->len; i += 8)
        scene->adapter->peer_react(scene->peer, SCENE_CHANNEL, nth(before, i)->remote_id, "👍",
                                   true);
    leave(scene, ends);
    say_all(scene, "meanwhile", WHILE);
    do_deeds(&away);
    answer_some(&away);
    come_back(scene, ends);
    away.told = scene->adapter->peer_tells(scene->peer, SCENE_CHANNEL);
    g_assert_true(person_until(is_as_the_server, &away));
    g_assert_cmpuint(person_gaps(scene->person, SCENE_CHANNEL), ==, 0);
    g_ptr_array_unref(away.told);
    g_ptr_array_unref(away.gone);
}

static void
cut_off(struct scene *scene)
{
    be_away(scene, false);
}

static void
ended(struct scene *scene)
{
    be_away(scene, true);
}

#define DEEDS (SITE_HISTORY | SITE_REACT | SITE_DELETE | SITE_EDIT | SITE_REPLY)

const struct behaviour suite_away[] = {
    {.name = "cut-off", .run = cut_off, .needs = DEEDS},
    {.name = "ended", .run = ended, .needs = DEEDS},
    {0},
};
