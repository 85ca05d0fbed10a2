/* Threads: begun, answered, followed, read, and what of them was missed. */
#include <string.h>

#include "core/threads.h"
#include "tests/conformance/suite.h"

struct wanted {
    struct scene *scene;
    const char *root;
    unsigned replies, unread;
    bool followed;
};

#define ANY UINT_MAX /* of unread replies: not looked at */

static int64_t
channel_id(const struct scene *scene)
{
    return person_buffer(scene->person, SCENE_CHANNEL)->id;
}

static bool
is_so(void *user)
{
    const struct wanted *wanted = user;
    struct thread *thread =
        core_thread(wanted->scene->person->core, channel_id(wanted->scene), wanted->root);
    const bool is = thread && thread->replies == wanted->replies &&
                    (wanted->unread == ANY || thread->unread == wanted->unread) &&
                    thread->followed == wanted->followed;

    thread_free(thread);
    return is;
}

static void
wait_thread(struct scene *scene, const char *root, unsigned replies, unsigned unread, bool followed)
{
    struct wanted wanted = {scene, root, replies, unread, followed};

    if (person_until(is_so, &wanted))
        return;
    struct thread *thread = core_thread(scene->person->core, channel_id(scene), root);
    g_error("the thread has %d replies, %d unread, is%s followed; wanted %u, %u, %s",
            thread ? (int)thread->replies : -1, thread ? (int)thread->unread : -1,
            thread && thread->followed ? "" : " not", replies, unread, followed ? "is" : "is not");
}

/* The texts of the thread as its pane shows them: "root|reply|…". */
static void
assert_shown(struct scene *scene, const char *root, const char *expected)
{
    g_autoptr(GString) text = g_string_new(NULL);
    struct page page = {0};

    core_thread_newest(scene->person->core, channel_id(scene), root, 100, &page);
    for (guint i = 0; i < page.messages->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? "|" : "",
                               ((const struct message *)page.messages->pdata[i])->body->text);
    page_clear(&page);
    g_assert_cmpstr(text->str, ==, expected);
}

static void
peer_replies(struct scene *scene, const char *root, const char *text)
{
    scene->adapter->peer_reply(scene->peer, SCENE_CHANNEL, root, text);
    g_assert_true(person_sees(scene->person, SCENE_CHANNEL, SCENE_PEER, text));
}

/* The peer begins one, the person says something in it: from then on it is their business. */
static void
talk(struct scene *scene)
{
    g_autoptr(GError) error = NULL;

    scene_gather(scene);
    g_autofree char *root = scene_hear(scene, "who takes minutes?");
    peer_replies(scene, root, "anyone?");
    wait_thread(scene, root, 1, 1, false);
    core_input_thread(scene->person->core, channel_id(scene), root, "I do", &error);
    g_assert_no_error(error);
    g_assert_true(
        scene->adapter->peer_sees_reply(scene->peer, SCENE_USER, SCENE_CHANNEL, root, "I do"));
    g_assert_true(person_sees_state(scene->person, SCENE_CHANNEL, "I do", MESSAGE_SENT));
    wait_thread(scene, root, 2, 0, true);
    peer_replies(scene, root, "thank you");
    /* How many are unread is asked apart ("read"): a real server marks the thread of who answers as
     * read up to a moment after the answer, which may take in the one of theirs. */
    wait_thread(scene, root, 3, ANY, true);
    assert_shown(scene, root, "who takes minutes?|anyone?|I do|thank you");
    g_assert_cmpuint(person_count(scene->person, SCENE_CHANNEL, "I do"), ==, 1);
}

/* Followed here is followed on another device, and the other way round. */
static void
follow(struct scene *scene)
{
    const struct adapter *adapter = scene->adapter;
    g_autoptr(GError) error = NULL;

    scene_gather(scene);
    struct peer *device = adapter->device_new(scene->site, SCENE_USER, SCENE_SECRET);
    g_autofree char *root = scene_hear(scene, "who takes minutes?");
    peer_replies(scene, root, "anyone?");
    core_follow_thread(scene->person->core, channel_id(scene), root, true, &error);
    g_assert_no_error(error);
    g_assert_true(adapter->peer_sees_follow(device, root, true));
    wait_thread(scene, root, 1, 0, true);
    adapter->peer_follow(device, root, false);
    wait_thread(scene, root, 1, 0, false);
    adapter->peer_follow(device, root, true);
    wait_thread(scene, root, 1, 0, true);
    core_follow_thread(scene->person->core, channel_id(scene), root, false, &error);
    g_assert_no_error(error);
    g_assert_true(adapter->peer_sees_follow(device, root, false));
    wait_thread(scene, root, 1, 0, false);
    adapter->peer_free(device);
}

/* All of it is read here. */
static void
read_it(struct scene *scene, const char *root)
{
    struct page page = {0};

    core_thread_newest(scene->person->core, channel_id(scene), root, 1, &page);
    core_read_thread(scene->person->core, channel_id(scene), root,
                     message_position(page.messages->pdata[page.messages->len - 1]));
    page_clear(&page);
}

/* A thread is read where it is read: neither with the channel nor by half of the devices. */
static void
read_state(struct scene *scene)
{
    const struct adapter *adapter = scene->adapter;

    scene_gather(scene);
    struct peer *device = adapter->device_new(scene->site, SCENE_USER, SCENE_SECRET);
    g_autofree char *root = scene_say(scene, "who takes minutes?");
    peer_replies(scene, root, "I cannot");
    peer_replies(scene, root, "nor can bo");
    wait_thread(scene, root, 2, 2, true);
    g_autofree char *other = scene_hear(scene, "something else");
    struct message *upto = message_ref(scene->person->seen);
    core_mark_all_read(scene->person->core, channel_id(scene));
    g_assert_true(adapter->peer_sees_mark(device, SCENE_CHANNEL, upto));
    message_unref(upto);
    g_assert_cmpuint(adapter->peer_unread_of(device, root), ==, 2);
    wait_thread(scene, root, 2, 2, true);
    read_it(scene, root);
    g_assert_true(adapter->peer_sees_thread_read(device, root));
    g_assert_cmpuint(adapter->peer_unread_of(device, root), ==, 0);
    wait_thread(scene, root, 2, 0, true);
    peer_replies(scene, root, "carmen perhaps");
    wait_thread(scene, root, 3, 1, true);
    adapter->peer_read_thread(device, root);
    wait_thread(scene, root, 3, 0, true);
    adapter->peer_free(device);
}

/* What was said in a thread while weft was away is there, and is new. */
static void
missed(struct scene *scene)
{
    g_autoptr(GError) error = NULL;

    scene_gather(scene);
    g_autofree char *root = scene_say(scene, "who takes minutes?");
    peer_replies(scene, root, "I cannot");
    wait_thread(scene, root, 1, 1, true);
    read_it(scene, root);
    wait_thread(scene, root, 1, 0, true);
    const int64_t id = core_account_by_name(scene->person->core, "home")->id;
    core_disconnect(scene->person->core, id, "back soon");
    person_wait_state(scene->person, ACCOUNT_OFFLINE);
    scene->adapter->peer_reply(scene->peer, SCENE_CHANNEL, root, "nor can bo");
    scene->adapter->peer_reply(scene->peer, SCENE_CHANNEL, root, "carmen perhaps");
    core_connect(scene->person->core, id, &error);
    g_assert_no_error(error);
    person_wait_state(scene->person, ACCOUNT_ONLINE);
    person_wait_joined(scene->person, SCENE_CHANNEL);
    /* How many there are may be told before they come. */
    g_assert_true(person_sees(scene->person, SCENE_CHANNEL, SCENE_PEER, "nor can bo"));
    g_assert_true(person_sees(scene->person, SCENE_CHANNEL, SCENE_PEER, "carmen perhaps"));
    wait_thread(scene, root, 3, 2, true);
    assert_shown(scene, root, "who takes minutes?|I cannot|nor can bo|carmen perhaps");
    g_assert_cmpuint(person_gaps(scene->person, SCENE_CHANNEL), ==, 0);
}

const struct behaviour suite_threads[] = {
    {.name = "talk", .run = talk, .needs = SITE_REPLY},
    {.name = "follow",
     .run = follow,
     .needs = SITE_REPLY | SITE_DEVICES,
     .ways = WAY_THREADS_APART},
    {.name = "read",
     .run = read_state,
     .needs = SITE_REPLY | SITE_DEVICES | SITE_READ_MARK,
     .ways = WAY_THREADS_APART},
    {.name = "missed", .run = missed, .needs = SITE_REPLY | SITE_HISTORY},
    {0},
};
