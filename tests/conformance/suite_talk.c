/* Saying and hearing. */
#include <string.h>

#include "tests/conformance/suite.h"

static void
send(struct scene *scene)
{
    const struct adapter *adapter = scene->adapter;

    scene_gather(scene);
    person_types(scene->person, SCENE_CHANNEL, "soup at noon?");
    g_assert_true(
        adapter->peer_heard(scene->peer, SCENE_USER, SCENE_CHANNEL, "soup at noon?", false));
    g_assert_true(person_sees_state(scene->person, SCENE_CHANNEL, "soup at noon?", MESSAGE_SENT));
    g_assert_cmpuint(adapter->peer_count(scene->peer, SCENE_USER, SCENE_CHANNEL, "soup at noon?"),
                     ==, 1);
    g_assert_cmpuint(person_count(scene->person, SCENE_CHANNEL, "soup at noon?"), ==, 1);
}

static void
order(struct scene *scene)
{
    g_autoptr(GPtrArray) stored = NULL;
    unsigned next = 0;

    scene_gather(scene);
    for (int i = 0; i < 20; i++) {
        g_autofree char *line = g_strdup_printf("line %02d", i);
        person_types(scene->person, SCENE_CHANNEL, line);
    }
    g_assert_true(person_sees_state(scene->person, SCENE_CHANNEL, "line 19", MESSAGE_SENT));
    for (int i = 0; i < 20; i++) {
        g_autofree char *line = g_strdup_printf("line %02d", i);
        g_assert_cmpuint(scene->adapter->peer_count(scene->peer, SCENE_USER, SCENE_CHANNEL, line),
                         ==, 1);
        g_assert_cmpuint(person_count(scene->person, SCENE_CHANNEL, line), ==, 1);
    }
    stored = store_load_newest(scene->person->store,
                               person_buffer(scene->person, SCENE_CHANNEL)->id, 100);
    for (guint i = 0; i < stored->len; i++) {
        const struct message *message = stored->pdata[i];
        g_autofree char *line = g_strdup_printf("line %02u", next);
        next += strcmp(message->body->text, line) == 0;
    }
    g_assert_cmpuint(next, ==, 20);
}

struct counts {
    struct scene *scene;
    const char *name;
    unsigned unread, mentions;
};

static bool
counts_are(void *user)
{
    const struct counts *counts = user;
    const struct buffer *buffer = person_buffer(counts->scene->person, counts->name);
    return buffer && buffer->unread == counts->unread && buffer->mentions == counts->mentions;
}

static void
wait_counts(struct scene *scene, const char *name, unsigned unread, unsigned mentions)
{
    struct counts counts = {scene, name, unread, mentions};
    g_assert_true(person_until(counts_are, &counts));
}

static void
receive(struct scene *scene)
{
    const char *call = scene->adapter->call ? scene->adapter->call : "";
    g_autofree char *name = scene_name(scene, SCENE_USER);
    g_autofree char *question = g_strdup_printf("can you, %s%s?", call, name);

    scene_gather(scene);
    scene->adapter->peer_say(scene->peer, SCENE_CHANNEL, "who takes minutes?");
    g_assert_true(person_sees(scene->person, SCENE_CHANNEL, SCENE_PEER, "who takes minutes?"));
    g_assert_cmpint(scene->person->seen->kind, ==, MESSAGE_TEXT);
    g_assert_cmpuint(scene->person->seen->flags & (MESSAGE_OWN | MESSAGE_MENTION), ==, 0);
    wait_counts(scene, SCENE_CHANNEL, 1, 0);
    scene->adapter->peer_say(scene->peer, SCENE_CHANNEL, question);
    g_assert_true(person_sees(scene->person, SCENE_CHANNEL, SCENE_PEER, question));
    g_assert_true(scene->person->seen->flags & MESSAGE_MENTION);
    wait_counts(scene, SCENE_CHANNEL, 2, 1);
}

static void
unicode(struct scene *scene)
{
    static const char *const texts[] = {
        "réunion jeudi à 14 h",
        "会議は木曜日です",
        "👩‍👩‍👧‍👦 🇨🇦 ❤️ 👍🏽",
        "مرحبا بكم",
        "e\xcc\x81 combining marks",
        "a -- b; %n%s <tag> &amp;",
    };

    scene_gather(scene);
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        person_types(scene->person, SCENE_CHANNEL, texts[i]);
        g_assert_true(
            scene->adapter->peer_heard(scene->peer, SCENE_USER, SCENE_CHANNEL, texts[i], false));
        scene->adapter->peer_say(scene->peer, SCENE_CHANNEL, texts[i]);
        g_assert_true(person_sees(scene->person, SCENE_CHANNEL, SCENE_PEER, texts[i]));
    }
}

/* A text beyond the network's limit goes in parts, cut between words; together they are the text.
 * Where the network knows long messages it is one, though a peer may hear it in pieces. */
static void
long_text(struct scene *scene)
{
    GString *text = g_string_new(NULL);
    g_autoptr(GString) joined = g_string_new(NULL);
    g_autoptr(GPtrArray) stored = NULL;
    unsigned parts = 0;

    scene_gather(scene);
    for (int i = 0; i < 200; i++)
        g_string_append_printf(text, "%sword%03d", i ? " " : "", i);
    person_types(scene->person, SCENE_CHANNEL, text->str);
    person_types(scene->person, SCENE_CHANNEL, "after the long one");
    g_assert_true(
        person_sees_state(scene->person, SCENE_CHANNEL, "after the long one", MESSAGE_SENT));
    stored = store_load_newest(scene->person->store,
                               person_buffer(scene->person, SCENE_CHANNEL)->id, 100);
    for (guint i = 0; i < stored->len; i++) {
        const struct message *message = stored->pdata[i];
        if (!(message->flags & MESSAGE_OWN) || !g_str_has_prefix(message->body->text, "word"))
            continue;
        parts++;
        g_assert_cmpint(message->state, ==, MESSAGE_SENT);
        if (joined->len && joined->str[joined->len - 1] != ' ')
            g_string_append_c(joined, ' ');
        g_string_append(joined, message->body->text);
        if (scene->adapter->text_bytes)
            g_assert_true(scene->adapter->peer_heard(scene->peer, SCENE_USER, SCENE_CHANNEL,
                                                     message->body->text, false));
    }
    if (!scene->adapter->text_bytes)
        g_assert_true(
            scene->adapter->peer_heard(scene->peer, SCENE_USER, SCENE_CHANNEL, "*word199", false));
    g_assert_cmpstr(joined->str, ==, text->str);
    if (scene->adapter->text_bytes)
        g_assert_cmpuint(parts, >, 1);
    else
        g_assert_cmpuint(parts, ==, 1);
    g_string_free(text, TRUE);
}

static void
action(struct scene *scene)
{
    scene_gather(scene);
    person_types(scene->person, SCENE_CHANNEL, "/me waves");
    g_assert_true(
        scene->adapter->peer_heard(scene->peer, SCENE_USER, SCENE_CHANNEL, "waves", true));
    g_assert_true(person_sees_state(scene->person, SCENE_CHANNEL, "waves", MESSAGE_SENT));
    scene->adapter->peer_act(scene->peer, SCENE_CHANNEL, "waves back");
    g_assert_true(person_sees(scene->person, SCENE_CHANNEL, SCENE_PEER, "waves back"));
    g_assert_cmpint(scene->person->seen->kind, ==, MESSAGE_ACTION);
}

static void
direct(struct scene *scene)
{
    scene_gather(scene);
    scene->adapter->peer_say(scene->peer, SCENE_USER, "are you coming?");
    g_assert_true(person_sees(scene->person, SCENE_PEER, SCENE_PEER, "are you coming?"));
    g_assert_cmpint(person_buffer(scene->person, SCENE_PEER)->kind, ==, BUFFER_DIRECT);
    wait_counts(scene, SCENE_PEER, 1, 1);
    person_types(scene->person, SCENE_PEER, "at two");
    g_assert_true(scene->adapter->peer_heard(scene->peer, SCENE_USER, SCENE_USER, "at two", false));
    g_assert_true(person_sees_state(scene->person, SCENE_PEER, "at two", MESSAGE_SENT));
}

/* What old programs send: no UTF-8, and still a text. */
static void
bytes(struct scene *scene)
{
    scene_gather(scene);
    scene->adapter->peer_say_bytes(scene->peer, SCENE_CHANNEL, "caf\xe9 \x80 5");
    g_assert_true(person_sees(scene->person, SCENE_CHANNEL, SCENE_PEER, "café € 5"));
}

/* Cut, it is cut between characters, for whoever hears it. */
static void
long_unicode(struct scene *scene)
{
    GString *text = g_string_new(NULL);

    scene_gather(scene);
    for (int i = 0; i < 200; i++)
        g_string_append(text, i % 2 ? "漢🍲" : "é");
    person_types(scene->person, SCENE_CHANNEL, text->str);
    person_types(scene->person, SCENE_CHANNEL, "after the long one");
    g_assert_true(
        person_sees_state(scene->person, SCENE_CHANNEL, "after the long one", MESSAGE_SENT));
    g_assert_true(
        scene->adapter->peer_heard(scene->peer, SCENE_USER, SCENE_CHANNEL, "*漢🍲", false));
    g_assert_true(scene->adapter->peer_heard(scene->peer, SCENE_USER, SCENE_CHANNEL,
                                             "after the long one", false));
    g_assert_cmpuint(person_count_of(scene->person, SCENE_CHANNEL, "\xef\xbf\xbd"), ==, 0);
    g_string_free(text, TRUE);
}

const struct behaviour suite_talk[] = {
    {.name = "send", .run = send},
    {.name = "order", .run = order},
    {.name = "receive", .run = receive},
    {.name = "unicode", .run = unicode},
    {.name = "long", .run = long_text},
    {.name = "action", .run = action},
    {.name = "direct", .run = direct, .not_ways = WAY_GIVEN_CHANNELS},
    {.name = "bytes", .run = bytes, .needs = SITE_BYTES},
    {.name = "long-unicode", .run = long_unicode},
    {0},
};
