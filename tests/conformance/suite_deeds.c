/* What happens to messages after they were said, and who is there to see it. */
#include <string.h>

#include "tests/conformance/suite.h"

struct deed {
    struct scene *scene;
    const char *remote_id;
    const char *emoji;
    unsigned n; /* how many have reacted so */
    bool own;
    unsigned unread;
};

static struct message *
find(const struct deed *deed)
{
    const struct buffer *buffer = person_buffer(deed->scene->person, SCENE_CHANNEL);

    return store_find_remote(deed->scene->person->store, buffer->id, deed->remote_id);
}

/* --- reactions
 * -----------------------------------------------------------------------------------------------
 */

static bool
is_reacted(void *user)
{
    const struct deed *deed = user;
    struct message *message = find(deed);
    unsigned n = 0;
    bool own = false;

    for (guint i = 0; message && message->reactions && i < message->reactions->len; i++) {
        const struct reaction *reaction = message->reactions->pdata[i];
        if (strcmp(reaction->emoji, deed->emoji) != 0)
            continue;
        n = reaction->n;
        own = reaction->own;
    }
    message_unref(message);
    return n == deed->n && own == deed->own;
}

static void
wait_reacted(struct scene *scene, const char *remote_id, unsigned n, bool own)
{
    struct deed deed = {.scene = scene, .remote_id = remote_id, .emoji = "👍", .n = n, .own = own};
    g_assert_true(person_until(is_reacted, &deed));
}

static void
react(struct scene *scene)
{
    const struct adapter *adapter = scene->adapter;

    scene_gather(scene);
    g_autofree char *id = scene_hear(scene, "soup on Thursday?");
    adapter->peer_react(scene->peer, SCENE_CHANNEL, id, "👍", true);
    wait_reacted(scene, id, 1, false);
    person_types(scene->person, SCENE_CHANNEL, "/react 👍");
    g_assert_true(
        adapter->peer_sees_reaction(scene->peer, SCENE_USER, SCENE_CHANNEL, id, "👍", true));
    wait_reacted(scene, id, 2, true);
}

static void
unreact(struct scene *scene)
{
    const struct adapter *adapter = scene->adapter;

    react(scene);
    g_autofree char *id = g_strdup(scene->person->seen->remote_id);
    person_types(scene->person, SCENE_CHANNEL, "/unreact 👍");
    g_assert_true(
        adapter->peer_sees_reaction(scene->peer, SCENE_USER, SCENE_CHANNEL, id, "👍", false));
    wait_reacted(scene, id, 1, false);
    adapter->peer_react(scene->peer, SCENE_CHANNEL, id, "👍", false);
    wait_reacted(scene, id, 0, false);
}

/* --- deletions
 * -----------------------------------------------------------------------------------------------
 */

static bool
is_deleted(void *user)
{
    struct message *message = find(user);
    const bool deleted = message && (message->flags & MESSAGE_DELETED) != 0;

    if (deleted)
        g_assert_cmpstr(message->body->text, ==, "");
    message_unref(message);
    return deleted;
}

static void
wait_deleted(struct scene *scene, const char *remote_id)
{
    struct deed deed = {.scene = scene, .remote_id = remote_id};
    g_assert_true(person_until(is_deleted, &deed));
}

/* Either takes back what was theirs. */
static void
delete_own(struct scene *scene)
{
    const struct adapter *adapter = scene->adapter;

    scene_gather(scene);
    g_autofree char *mine = scene_say(scene, "wrong window");
    person_types(scene->person, SCENE_CHANNEL, "/delete");
    g_assert_true(adapter->peer_sees_deletion(scene->peer, SCENE_USER, SCENE_CHANNEL, mine));
    wait_deleted(scene, mine);
    g_autofree char *theirs = scene_hear(scene, "mine too");
    adapter->peer_delete(scene->peer, SCENE_CHANNEL, theirs, "wrong window");
    wait_deleted(scene, theirs);
    g_assert_cmpuint(person_count(scene->person, SCENE_CHANNEL, "wrong window"), ==, 0);
    g_assert_cmpuint(person_count(scene->person, SCENE_CHANNEL, "mine too"), ==, 0);
}

/* The peer, who made the channel, takes back what the person said; after a restart it stays so. */
static void
delete_by_moderator(struct scene *scene)
{
    struct message *message;

    scene_gather(scene);
    g_autofree char *id = scene_say(scene, "buy my watches");
    scene->adapter->peer_delete(scene->peer, SCENE_CHANNEL, id, "spam");
    wait_deleted(scene, id);
    message = store_find_remote(scene->person->store,
                                person_buffer(scene->person, SCENE_CHANNEL)->id, id);
    if (!(scene->adapter->ways & WAY_SILENT_DELETION)) {
        g_assert_nonnull(strstr(message->error, SCENE_PEER));
        g_assert_nonnull(strstr(message->error, "spam"));
    }
    message_unref(message);
    person_stop(scene->person);
    person_start(scene->person);
    person_wait_state(scene->person, ACCOUNT_ONLINE);
    person_wait_joined(scene->person, SCENE_CHANNEL);
    g_autofree char *later = scene_hear(scene, "quiet again");
    wait_deleted(scene, id);
    g_assert_cmpuint(person_count(scene->person, SCENE_CHANNEL, "buy my watches"), ==, 0);
}

/* What is somebody else's is not taken back by who may not: it stands, and the person is told. */
static void
delete_refused(struct scene *scene)
{
    g_autoptr(GError) error = NULL;
    struct message *message;

    scene_gather(scene);
    g_autofree char *id = scene_hear(scene, "mine alone");
    core_delete(scene->person->core, scene->person->seen->id, &error);
    g_assert_no_error(error);
    g_assert_true(person_reads(scene->person, SCENE_CHANNEL, "does not let you delete"));
    message = store_find_remote(scene->person->store,
                                person_buffer(scene->person, SCENE_CHANNEL)->id, id);
    g_assert_cmpstr(message->body->text, ==, "mine alone");
    message_unref(message);
}

/* --- changes
 * -------------------------------------------------------------------------------------------------
 */

struct change {
    struct deed deed;
    const char *text;
};

static bool
is_changed(void *user)
{
    const struct change *change = user;
    struct message *message = find(&change->deed);
    const bool changed = message && strcmp(message->body->text, change->text) == 0 &&
                         (message->flags & MESSAGE_EDITED);

    message_unref(message);
    return changed;
}

static void
wait_changed(struct scene *scene, const char *remote_id, const char *text)
{
    struct change change = {{.scene = scene, .remote_id = remote_id}, text};
    g_assert_true(person_until(is_changed, &change));
}

/* Either says otherwise what they have said, and it stays one message. */
static void
edit(struct scene *scene)
{
    const struct adapter *adapter = scene->adapter;

    scene_gather(scene);
    g_autofree char *mine = scene_say(scene, "soup at noon");
    person_types(scene->person, SCENE_CHANNEL, "/edit soup at one");
    g_assert_true(adapter->peer_sees_edit(scene->peer, SCENE_CHANNEL, mine, "soup at one"));
    wait_changed(scene, mine, "soup at one");
    g_autofree char *theirs = scene_hear(scene, "I bring bred");
    adapter->peer_edit(scene->peer, SCENE_CHANNEL, theirs, "I bring bread");
    wait_changed(scene, theirs, "I bring bread");
    g_assert_cmpuint(person_count_of(scene->person, SCENE_CHANNEL, "soup"), ==, 1);
    g_assert_cmpuint(person_count_of(scene->person, SCENE_CHANNEL, "I bring"), ==, 1);
}

/* --- answers, lines
 * ------------------------------------------------------------------------------------------ */

static void
reply(struct scene *scene)
{
    const struct adapter *adapter = scene->adapter;

    scene_gather(scene);
    g_autofree char *id = scene_hear(scene, "who takes minutes?");
    g_autofree char *peer = scene_name(scene, SCENE_PEER);
    g_autofree char *line = g_strdup_printf("/reply %s I do", peer);
    person_types(scene->person, SCENE_CHANNEL, line);
    g_assert_true(adapter->peer_sees_reply(scene->peer, SCENE_USER, SCENE_CHANNEL, id, "I do"));
    g_assert_true(person_sees_state(scene->person, SCENE_CHANNEL, "I do", MESSAGE_SENT));
    g_assert_true(person_sees(scene->person, SCENE_CHANNEL, SCENE_USER, "I do"));
    g_assert_cmpstr(scene->person->seen->reply_to, ==, id);
    g_autofree char *mine = g_strdup(scene->person->seen->remote_id);
    adapter->peer_reply(scene->peer, SCENE_CHANNEL, mine, "thank you");
    g_assert_true(person_sees(scene->person, SCENE_CHANNEL, SCENE_PEER, "thank you"));
    g_assert_cmpstr(scene->person->seen->reply_to, ==,
                    adapter->ways & WAY_FLAT_THREADS ? id : mine);
}

/* Several lines are one message on either way, and once. */
static void
lines(struct scene *scene)
{
    scene_gather(scene);
    person_types(scene->person, SCENE_CHANNEL, "bread\nsoup");
    g_assert_true(person_sees_state(scene->person, SCENE_CHANNEL, "bread\nsoup", MESSAGE_SENT));
    g_assert_true(
        scene->adapter->peer_heard(scene->peer, SCENE_USER, SCENE_CHANNEL, "bread", false));
    g_assert_true(
        scene->adapter->peer_heard(scene->peer, SCENE_USER, SCENE_CHANNEL, "soup", false));
    scene->adapter->peer_say_lines(scene->peer, SCENE_CHANNEL, "bowls", "spoons");
    g_assert_true(person_sees(scene->person, SCENE_CHANNEL, SCENE_PEER, "bowls\nspoons"));
    g_assert_cmpuint(person_count(scene->person, SCENE_CHANNEL, "bread\nsoup"), ==, 1);
    g_assert_cmpuint(person_count(scene->person, SCENE_CHANNEL, "soup"), ==, 0);
}

/* --- who types, who is there, how far was read
 * ------------------------------------------------------------- */

static bool
peer_types(void *user)
{
    struct scene *scene = user;
    g_auto(GStrv) names =
        core_who_types(scene->person->core, person_buffer(scene->person, SCENE_CHANNEL)->id);

    return names[0] && person_is_called(scene->person, names[0], SCENE_PEER);
}

static bool
nobody_types(void *user)
{
    return !peer_types(user);
}

static void
typing(struct scene *scene)
{
    const struct adapter *adapter = scene->adapter;

    scene_gather(scene);
    const int64_t id = person_buffer(scene->person, SCENE_CHANNEL)->id;
    adapter->peer_type(scene->peer, SCENE_CHANNEL, true);
    g_assert_true(person_until(peer_types, scene));
    adapter->peer_say(scene->peer, SCENE_CHANNEL, "there");
    g_assert_true(person_until(nobody_types, scene));
    for (unsigned i = 0; i < 20; i++)
        core_typing(scene->person->core, id, true);
    if (!adapter->peer_sees_typing)
        return;
    g_assert_true(adapter->peer_sees_typing(scene->peer, SCENE_USER, SCENE_CHANNEL, true));
    core_typing(scene->person->core, id, false);
    if (!(adapter->ways & WAY_ENDLESS_TYPING))
        g_assert_true(adapter->peer_sees_typing(scene->peer, SCENE_USER, SCENE_CHANNEL, false));
}

static void
away(struct scene *scene)
{
    scene_gather(scene);
    scene->adapter->peer_say(scene->peer, SCENE_USER, "are you there?");
    g_assert_true(person_sees(scene->person, SCENE_PEER, SCENE_PEER, "are you there?"));
    scene->adapter->peer_away(scene->peer, true);
    scene_wait_presence(scene, SCENE_PEER, PRESENCE_AWAY);
    scene->adapter->peer_away(scene->peer, false);
    scene_wait_presence(scene, SCENE_PEER, PRESENCE_HERE);
}

static bool
has_unread(void *user)
{
    const struct deed *deed = user;
    return person_buffer(deed->scene->person, SCENE_CHANNEL)->unread == deed->unread;
}

/* Read on another device is read here, and the other way round. */
static void
read_mark(struct scene *scene)
{
    const struct adapter *adapter = scene->adapter;
    struct deed deed = {.scene = scene};
    struct peer *device;

    scene_gather(scene);
    device = adapter->device_new(scene->site, SCENE_USER, SCENE_SECRET);
    adapter->peer_join(device, SCENE_CHANNEL);
    g_autofree char *first = scene_hear(scene, "one");
    struct message *one = message_ref(scene->person->seen);
    g_autofree char *second = scene_hear(scene, "two");
    struct message *two = message_ref(scene->person->seen);
    deed.unread = 2;
    g_assert_true(person_until(has_unread, &deed));
    adapter->peer_mark(device, SCENE_CHANNEL, one);
    deed.unread = adapter->ways & WAY_MARKS_WHOLE ? 0 : 1;
    g_assert_true(person_until(has_unread, &deed));
    if (adapter->ways & WAY_MARKS_WHOLE) {
        message_unref(two);
        g_autofree char *third = scene_hear(scene, "three");
        two = message_ref(scene->person->seen);
    }
    core_mark_all_read(scene->person->core, person_buffer(scene->person, SCENE_CHANNEL)->id);
    g_assert_true(adapter->peer_sees_mark(device, SCENE_CHANNEL, two));
    message_unref(one);
    message_unref(two);
    adapter->peer_free(device);
}

const struct behaviour suite_deeds[] = {
    {.name = "react", .run = react, .needs = SITE_REACT},
    {.name = "unreact", .run = unreact, .needs = SITE_REACT},
    {.name = "delete-own", .run = delete_own, .needs = SITE_DELETE},
    {.name = "delete-by-moderator", .run = delete_by_moderator, .needs = SITE_DELETE},
    {.name = "delete-refused", .run = delete_refused, .needs = SITE_DELETE},
    {.name = "edit", .run = edit, .needs = SITE_EDIT},
    {.name = "reply", .run = reply, .needs = SITE_REPLY},
    {.name = "lines", .run = lines, .needs = SITE_MULTILINE},
    {.name = "typing", .run = typing, .needs = SITE_TYPING},
    {.name = "away", .run = away, .needs = SITE_AWAY},
    {.name = "read-mark",
     .run = read_mark,
     .needs = SITE_READ_MARK | SITE_DEVICES,
     .login = LOGIN_PLAIN,
     .needs_login = true},
    {0},
};
