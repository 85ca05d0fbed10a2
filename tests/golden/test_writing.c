/* Writing, over a real core and store: completion, what was sent before, many lines. */
#include <string.h>

#include "tests/golden/world.h"

static void
add_member(struct world *world, const char *name)
{
    struct member *member = member_new(name, name, "");
    const struct event event = {
        .type = EVENT_MEMBER_ADDED, .conversation = "#lab", .member = member};

    emit(world, &event);
    member_free(member);
    fake_settle(world->fake);
}

static struct world *
in_lab(void)
{
    struct world *world = world_new(1);

    go(world, 0, "#lab");
    return world;
}

/* Whoever spoke last comes first; the list shows where one is. */
static void
test_completion(void)
{
    struct world *world = in_lab();

    add_member(world, "mara");
    add_member(world, "mark");
    add_member(world, "maria");
    type(world, "mar");
    press(world, "Tab");
    assert_shows(world, "[Kai] mara:\n");
    assert_shows(world, "maria:");
    assert_shows(world, "mark:");
    press(world, "Tab");
    assert_shows(world, "[Kai] maria:\n");
    press(world, "Shift-Tab");
    press(world, "Up");
    assert_shows(world, "[Kai] mark:\n");
    press(world, "Esc"); /* as it was typed */
    assert_shows(world, "[Kai] mar\n");
    g_assert_false(shows(world, "mark"));
    press(world, "Tab");
    press(world, "Down");
    type(world, "hi");
    assert_shows(world, "[Kai] maria: hi");
    g_assert_false(shows(world, "mark"));
    press(world, "Ctrl-_");
    press(world, "Ctrl-_");
    press(world, "Ctrl-_");
    assert_shows(world, "[Kai] mar\n");
    world_free(world);
}

static void
draft_elsewhere(struct world *world, const char *text)
{
    emit(world,
         &(struct event){.type = EVENT_DRAFT, .conversation = "#lab", .draft = {.text = text}});
    fake_settle(world->fake);
}

/* A draft that was written elsewhere stands in the line, but never takes the place of what is being
 * typed there. */
static void
test_draft(void)
{
    struct world *world = in_lab();
    struct fake_session *session = fake_session(world->fake, 0);

    emit(world, &(struct event){.type = EVENT_DRAFTS});
    draft_elsewhere(world, "from afar");
    assert_shows(world, "[Kai] from afar\n");
    draft_elsewhere(world, "from afar, too");
    assert_shows(world, "[Kai] from afar, too\n");
    type(world, " and here");
    draft_elsewhere(world, "something else");
    assert_shows(world, "[Kai] from afar, too and here\n");
    fake_advance(world->fake, SECOND_US);
    fake_advance(world->fake, SECOND_US);
    g_assert_true(g_str_has_suffix(session->asked->str, "|draft #lab - from afar, too and here|"));
    host_done(session->host, session->asked_op, NULL, 0);
    draft_elsewhere(world, "something else");
    assert_shows(world, "[Kai] from afar, too and here\n");
    /* It waits until one comes back. */
    fake_channel(world->fake, 0, "#other", BUFFER_CHANNEL);
    go(world, 0, "#other");
    go(world, 0, "#lab");
    assert_shows(world, "[Kai] something else\n");
    draft_elsewhere(world, NULL);
    assert_shows(world, "[Kai]\n");
    world_free(world);
}

static void
test_emoji(void)
{
    struct world *world = in_lab();

    type(world, "at 10:3");
    press(world, "Tab");
    assert_shows(world, "Nothing begins like this.");
    press(world, "Ctrl-u");
    type(world, "so :smile");
    press(world, "Tab");
    assert_shows(world, "[Kai] so 😄");
    assert_shows(world, "😃  smiley");
    press(world, "Tab");
    press(world, "Tab");
    assert_shows(world, "[Kai] so 😺");
    type(world, "!");
    g_assert_false(shows(world, "smiley"));
    press(world, "Ctrl-u");
    type(world, ":smil"); /* what was chosen last comes first */
    press(world, "Tab");
    assert_shows(world, "[Kai] 😺");
    press(world, "Esc");
    type(world, "e"); /* but behind a whole name */
    press(world, "Tab");
    assert_shows(world, "[Kai] 😄");
    press(world, "Esc");
    type(world, ":"); /* the name between its signs */
    press(world, "Tab");
    assert_shows(world, "[Kai] 😄");
    press(world, "Ctrl-u");
    type(world, ":smile: :nosuch:"); /* not chosen: text */
    press(world, "Tab");
    press(world, "Enter");
    g_assert_cmpstr(fake_sent(world->fake, 0, 0)->text, ==, ":smile: :nosuch:");
    world_free(world);
}

/* By a part of its name, without one in mind. */
static void
test_emoji_choice(void)
{
    struct world *world = in_lab();

    type(world, "fine  then");
    press(world, "Alt-b");
    press(world, "Left");
    press(world, "Ctrl-c");
    press(world, "e");
    assert_shows(world, "emoji>");
    type(world, "thumbs_u");
    assert_shows(world, "👍  thumbsup");
    press(world, "Enter");
    assert_shows(world, "[Kai] fine 👍 then");
    press(world, "Ctrl-c");
    press(world, "e");
    assert_shows(world, "👍  thumbsup"); /* it was chosen last */
    type(world, "nothing like this");
    press(world, "Enter");
    assert_shows(world, "[Kai] fine 👍 then");
    world_free(world);
}

static void
test_recall(void)
{
    struct world *world = in_lab();
    const char *server;

    type(world, "one");
    press(world, "Enter");
    type(world, "secret word"); /* kept nowhere */
    press(world, "Enter");
    type(world, "dra");
    press(world, "Up");
    assert_shows(world, "[Kai] one");
    press(world, "Up");
    assert_shows(world, "[Kai] one");
    press(world, "Down");
    assert_shows(world, "[Kai] dra");
    press(world, "Ctrl-u");
    press(world, "Ctrl-p"); /* the server's buffer has nothing of its own */
    server = core_buffer(world->fake->core, ui_shown_buffer(world->ui))->name;
    g_assert_cmpstr(server, !=, "#lab");
    press(world, "Up");
    g_assert_false(shows(world, "[Kai] one"));
    press(world, "Ctrl-Up");
    assert_shows(world, "[Kai] one");
    press(world, "Ctrl-Down");
    g_assert_false(shows(world, "[Kai] one"));
    world_free(world);
}

static void
paste(struct world *world, const char *text)
{
    ui_paste(world->ui, text, strlen(text));
    fake_settle(world->fake);
}

/* The person has read the question. */
static void
wait_a_second(struct world *world)
{
    fake_advance(world->fake, SECOND_US);
}

static void
assert_timeline(struct world *world, const char *expected)
{
    g_autofree char *timeline = fake_timeline(world->fake, 0);
    g_assert_cmpstr(timeline, ==, expected);
}

/* A few lines go into the input and nowhere else; a slash at their beginning is one. */
static void
test_paste(void)
{
    struct world *world = in_lab();

    paste(world, "/quit\n/quit\n/quit");
    assert_shows(world, "[Kai] //quit\n");
    assert_shows(world, "Pasted as text");
    g_assert_false(world->has_quit);
    press(world, "Enter");
    g_assert_false(world->has_quit);
    assert_timeline(world, "/quit\n/quit\n/quit/sending");
    paste(world, "//x");
    press(world, "Ctrl-a");
    paste(world, "/");
    assert_shows(world, "[Kai] ////x"); /* "/" doubled before "//x" */
    press(world, "Ctrl-_");
    assert_shows(world, "[Kai] //x");
    press(world, "Ctrl-u");
    press(world, "Ctrl-k");
    press(world, "Esc");
    type(world, "/me ");
    paste(world, "/waves");
    press(world, "Enter");
    assert_timeline(world, "/quit\n/quit\n/quit/sending|/waves/pending");
    world_free(world);
}

#define SIX "one\n\n/two\n**three**\nfour\nfive\nsix\n"

static void
test_flood_lines(void)
{
    struct world *world = in_lab();

    paste(world, SIX);
    assert_shows(world, "6 lines were pasted. Send?");
    assert_shows(world, "as they are, each line a message");
    assert_shows(world, "as one message");
    assert_shows(world, "drop what was pasted");
    press(world, "Enter");
    type(world, "s"); /* too early: it was meant for the line */
    assert_timeline(world, "");
    wait_a_second(world);
    press(world, "Enter");
    press(world, "x");
    assert_timeline(world, "");
    press(world, "s");
    g_assert_false(shows(world, "drop what was pasted"));
    assert_timeline(world, "one/sending|/two/pending|**three**/pending|four/pending|five/pending|"
                           "six/pending");
    assert_shows(world, "[Kai]\n");
    g_autofree char *draft = core_draft(world->fake->core, fake_buffer(world->fake, 0, "#lab")->id);
    g_assert_null(draft);
    world_free(world);
}

/* Lines in answer to a message: the first one answers it. */
static void
test_flood_reply(void)
{
    struct world *world = in_lab();
    int64_t id = fake_buffer(world->fake, 0, "#lab")->id;

    fake_caps(world->fake, 0, CAP_SEND | CAP_REPLY, NULL);
    fake_say(world->fake, 0, &(struct fake_said){.text = "how?", .id = "q1", .time_us = SECOND_US});
    fake_settle(world->fake);
    press(world, "F2");
    press(world, "r");
    assert_shows(world, "reply to Uma");
    paste(world, SIX);
    wait_a_second(world);
    press(world, "s");
    assert_shows(world, "six");
    g_assert_false(shows(world, "reply to Uma"));
    struct page page;
    core_page_newest(world->fake->core, id, 6, &page);
    for (guint i = 0; i < page.messages->len; i++) {
        const struct message *message = g_ptr_array_index(page.messages, i);
        g_assert_cmpstr(message->reply_to, ==, i == 0 ? "q1" : NULL);
    }
    page_clear(&page);
    world_free(world);
}

static void
test_flood_answers(void)
{
    struct world *world = in_lab();

    type(world, "see: ");
    paste(world, SIX);
    wait_a_second(world);
    press(world, "d");
    assert_shows(world, "[Kai] see:\n");
    paste(world, SIX);
    paste(world, SIX); /* once more before an answer */
    wait_a_second(world);
    press(world, "d");
    assert_shows(world, "[Kai] see:\n");
    paste(world, SIX);
    press(world, "Esc");
    g_assert_false(shows(world, "drop what was pasted"));
    assert_shows(world, "four");
    press(world, "Ctrl-_");
    paste(world, SIX);
    wait_a_second(world);
    press(world, "o");
    assert_timeline(world, "see: one\n\n/two\nthree\nfour\nfive\nsix\n/sending");
    /* Behind a command's beginning nothing is sent from here. */
    type(world, "/me ");
    paste(world, SIX);
    wait_a_second(world);
    g_assert_false(shows(world, "each line a message"));
    press(world, "s");
    press(world, "o");
    assert_shows(world, "edit first");
    press(world, "e");
    g_assert_false(shows(world, "edit first"));
    world_free(world);
}

/* What would become many messages is asked for as well. */
static void
test_flood_submit(void)
{
    struct world *world = in_lab();

    type(world, "1|2|3|4|5");
    press(world, "Enter");
    g_assert_cmpuint(fake_session(world->fake, 0)->sends->len, ==, 1);
    type(world, "1|2|3|4|5|6");
    press(world, "Enter");
    assert_shows(world, "This would be 6 messages. Send?");
    press(world, "Esc");
    assert_shows(world, "[Kai] 1|2|3|4|5|6");
    press(world, "Enter");
    wait_a_second(world);
    press(world, "d");
    assert_shows(world, "This would be 6 messages. Send?");
    press(world, "s");
    assert_shows(world, "[Kai]\n");
    assert_shows(world, "6");
    world_free(world);
}

/* What was typed and not sent is marked in the list, but for the buffer that is shown. */
static void
test_draft_mark(void)
{
    static const int sizes[][2] = {{24, 80}, {40, 120}, {60, 200}};
    struct world *world = in_lab();

    type(world, "half a sentence");
    g_assert_false(shows(world, "✎"));
    press(world, "Ctrl-p");
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        cells_resize(world->cells, sizes[i][0], sizes[i][1]);
        assert_shows(world, "✎");
    }
    go(world, 0, "#lab");
    g_assert_false(shows(world, "✎"));
    press(world, "Ctrl-u");
    press(world, "Ctrl-p");
    g_assert_false(shows(world, "✎"));
    world_free(world);
}

static void
test_search_history(void)
{
    static const char *const said[] = {"soup at two", "bread", "the soup is hot", "bread"};
    struct world *world = in_lab();

    for (size_t i = 0; i < G_N_ELEMENTS(said); i++) {
        type(world, said[i]);
        press(world, "Enter");
    }
    type(world, "half a sentence");
    press(world, "Ctrl-a");
    press(world, "Ctrl-r");
    assert_shows(world, "1 of 3, sent in this buffer. Tab: in any");
    assert_shows(world, "[Kai] bread");
    type(world, "SOUP");
    assert_shows(world, "1 of 2");
    assert_shows(world, "[Kai] the soup is hot");
    press(world, "Ctrl-r");
    assert_shows(world, "[Kai] soup at two");
    press(world, "Ctrl-r"); /* there is none further */
    assert_shows(world, "[Kai] soup at two");
    press(world, "Ctrl-s");
    assert_shows(world, "[Kai] the soup is hot");
    type(world, "x");
    assert_shows(world, "Nothing sent has it.");
    assert_shows(world, "[Kai] half a sentence");
    press(world, "Enter"); /* nothing to take */
    assert_shows(world, "[Kai] half a sentence");
    press(world, "Ctrl-r");
    press(world, "Esc");
    type(world, "|"); /* where the cursor was */
    assert_shows(world, "[Kai] |half a sentence");
    press(world, "Ctrl-r");
    press(world, "Up");
    press(world, "Enter");
    assert_shows(world, "[Kai] the soup is hot");
    g_assert_cmpuint(fake_session(world->fake, 0)->sends->len, ==, 1); /* nothing was sent */
    press(world, "Ctrl-_");
    assert_shows(world, "[Kai] |half a sentence");
    press(world, "Ctrl-p"); /* elsewhere: nothing of its own, all in Tab's reach */
    press(world, "Ctrl-r");
    assert_shows(world, "0 of 0");
    press(world, "Tab");
    assert_shows(world, "1 of 3, sent in any buffer. Tab: in this one");
    world_free(world);
}

static void
test_format(void)
{
    struct world *world = in_lab();

    type(world, "so hot");
    press(world, "Ctrl-c");
    press(world, "b");
    assert_shows(world, "[Kai] so **hot**");
    press(world, "Ctrl-a");
    press(world, "Shift-End");
    press(world, "Ctrl-c");
    press(world, "i");
    assert_shows(world, "[Kai] _so **hot**_");
    press(world, "Ctrl-_");
    press(world, "Ctrl-c");
    press(world, "c");
    type(world, "x");
    press(world, "Enter");
    assert_timeline(world, "so hotx/sending"); /* both became what they stand for */
    press(world, "Alt-v");
    assert_shows(world, "This message is not sent yet");
    fake_caps(world->fake, 0, CAP_SEND, NULL);
    press(world, "Alt-v");
    assert_shows(world, "This network has no way to edit a message. Up recalls it");
    world_free(world);
}

/* Who waits is shown what may follow. */
static void
test_next_keys(void)
{
    struct world *world = in_lab();

    press(world, "Ctrl-c");
    g_assert_false(shows(world, "b  bold"));
    fake_advance(world->fake, SECOND_US);
    cells_resize(world->cells, 60, 120); /* where all have room */
    assert_shows(world, "b          bold");
    assert_shows(world, "w          …");
    assert_shows(world, "Enter      newline");
    cells_resize(world->cells, 12, 60); /* where not all have room */
    assert_shows(world, "more\n");
    cells_resize(world->cells, 24, 80);
    press(world, "w");
    assert_shows(world, "upcase-word");
    g_assert_false(shows(world, "bold"));
    press(world, "Esc");
    g_assert_false(shows(world, "upcase-word"));
    press(world, "Ctrl-c");
    press(world, "b");
    fake_advance(world->fake, SECOND_US);
    g_assert_false(shows(world, "upcase-word"));
    assert_shows(world, "[Kai] ****");
    world_free(world);
}

/* How much still fits, and what becomes of more. */
static void
test_length(void)
{
    const struct limits limits = {.text_bytes = 70, .max_in_flight = 1};
    struct world *world = in_lab();

    type(world, "one|two");
    assert_shows(world, "2 messages");
    press(world, "Ctrl-u");
    fake_caps(world->fake, 0, CAP_SEND, &limits);
    type(world, "0123456789");
    g_assert_false(shows(world, " left"));
    type(world, "0");
    assert_shows(world, "59 left");
    type(world, "**b**"); /* marks are not sent */
    assert_shows(world, "54 left");
    press(world, "Ctrl-p"); /* another buffer has a limit of its own */
    g_assert_false(shows(world, "54 left"));
    go(world, 0, "#lab");
    assert_shows(world, "54 left");
    world_free(world);
}

void
test_writing_add(void)
{
    g_test_add_func("/writing/draft", test_draft);
    g_test_add_func("/writing/length", test_length);
    g_test_add_func("/writing/search-history", test_search_history);
    g_test_add_func("/writing/format", test_format);
    g_test_add_func("/writing/next-keys", test_next_keys);
    g_test_add_func("/writing/draft-mark", test_draft_mark);
    g_test_add_func("/writing/paste", test_paste);
    g_test_add_func("/writing/flood-lines", test_flood_lines);
    g_test_add_func("/writing/flood-reply", test_flood_reply);
    g_test_add_func("/writing/flood-answers", test_flood_answers);
    g_test_add_func("/writing/flood-submit", test_flood_submit);
    g_test_add_func("/writing/completion", test_completion);
    g_test_add_func("/writing/emoji", test_emoji);
    g_test_add_func("/writing/emoji-choice", test_emoji_choice);
    g_test_add_func("/writing/recall", test_recall);
}
