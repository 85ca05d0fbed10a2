#include "core/complete.h"

#include <string.h>

#include "tests/unit/core/scene.h"
#include "tests/unit/core/tests.h"

static void
assert_offers(struct scene *scene, const char *buffer, const char *text, size_t start,
              const char *wanted)
{
    size_t got_start = 999;
    g_auto(GStrv) list =
        core_complete(scene->core, scene_buffer(scene, buffer)->id, text, strlen(text), &got_start);
    g_autofree char *joined = g_strjoinv("|", list);

    g_assert_cmpstr(joined, ==, wanted);
    g_assert_cmpuint(got_start, ==, start);
}

static struct scene *
peopled(void)
{
    struct scene *scene = scene_new();

    scene_add_member(scene, "#coop", "maria", 5);
    scene_add_member(scene, "#coop", "Marc", 9);
    scene_add_member(scene, "#coop", "mara", 0);
    scene_add_member(scene, "#coop", "jun", 7);
    scene_add_member(scene, "#coop", "\u00c9lise", 0);
    scene_add_buffer(scene, "#jobs", BUFFER_CHANNEL);
    scene_add_buffer(scene, "#a b", BUFFER_CHANNEL);
    scene_settle(scene);
    return scene;
}

static void
test_members(void)
{
    struct scene *scene = peopled();

    assert_offers(scene, "#coop", "ma", 0, "Marc: |maria: |mara: ");
    assert_offers(scene, "#coop", "MAR", 0, "Marc: |maria: |mara: ");
    assert_offers(scene, "#coop", "hello ma", 6, "Marc |maria |mara ");
    assert_offers(scene, "#coop", "\u00e9l", 0, "\u00c9lise: ");
    assert_offers(scene, "#coop", "@mari", 0, "@maria ");
    assert_offers(scene, "#coop", "see #j", 4, "#jobs ");
    assert_offers(scene, "#coop", "//ma", 0, "");
    assert_offers(scene, "#coop", "xyz", 0, "");
    assert_offers(scene, "#coop", "", 0, "");
    assert_offers(scene, "#coop", "\xff", 0, "");
    scene_input(scene, "#coop", "/set look.nick_suffix ,", NULL);
    assert_offers(scene, "#coop", "ma", 0, "Marc, |maria, |mara, ");
    scene_free(scene);
}

static void
test_commands(void)
{
    struct scene *scene = peopled();

    assert_offers(scene, "#coop", "/jo", 1, "join ");
    assert_offers(scene, "#coop", "/K", 1, "keys |kick ");
    assert_offers(scene, "weft", "/ki", 1, "kick ");
    assert_offers(scene, "#coop", "/recon", 1, "reconnect ");
    assert_offers(scene, "#coop", "/join #j", 6, "#jobs ");
    assert_offers(scene, "#coop", "/kick mari", 6, "maria ");
    assert_offers(scene, "#coop", "/kick maria ju", 12, "jun ");
    assert_offers(scene, "#coop", "/me greets ju", 11, "jun ");
    assert_offers(scene, "#coop", "/go libera/#a", 4, "libera/#a\\ b ");
    assert_offers(scene, "#coop", "/go libera/#a\\ ", 4, "libera/#a\\ b ");
    assert_offers(scene, "#coop", "/connect l", 9, "libera ");
    assert_offers(scene, "#coop", "/set look.them", 5, "look.theme ");
    assert_offers(
        scene, "#coop", "/set account.libera.pass", 5,
        "account.libera.password |account.libera.password_ask |account.libera.password_cmd "
        "|account.libera.password_env |account.libera.password_file ");
    assert_offers(scene, "#coop", "/help no", 6, "notice |notify ");
    assert_offers(scene, "#coop", "/nothing x", 9, "");
    scene_free(scene);
}

/* Words that the help of a command or of a setting names. */
static void
test_words(void)
{
    struct scene *scene = peopled();

    assert_offers(scene, "#coop", "/notify ", 8, "all |mentions |none |default ");
    assert_offers(scene, "#coop", "/notify d", 8, "default ");
    assert_offers(scene, "#coop", "/snooze ", 8, "30m |8h |off ");
    assert_offers(scene, "#coop", "/snooze 2h b", 11, "buffer ");
    assert_offers(scene, "#coop", "/set look.hints ", 16, "on |off ");
    assert_offers(scene, "#coop", "/set look.joins s", 16, "smart |shown ");
    assert_offers(scene, "#coop", "/set notify.level ", 18, "all |mentions |none ");
    assert_offers(scene, "#coop", "/set buffer.libera/#coop.notify m", 32, "mentions ");
    assert_offers(scene, "#coop", "/set account.libera.notify ", 27, "all |mentions |none ");
    assert_offers(scene, "#coop", "/set account.nobody.tls ", 24, "");
    assert_offers(scene, "#coop", "/set look.nick_suffix m", 22, "");
    assert_offers(scene, "#coop", "/set keys.", 5, "keys.preset ");
    assert_offers(scene, "#coop", "/ignore maria i", 14, "in |invites ");
    assert_offers(scene, "#coop", "/ignore maria in her", 17, "here ");
    assert_offers(scene, "#coop", "/ignore maria in libera/#j", 17, "libera/#jobs ");
    assert_offers(scene, "#coop", "/ignore maria in here joins t", 28, "typing |text ");
    assert_offers(scene, "#coop", "/ignore maria text jo", 19, "");
    scene_free(scene);
}

static void
test_own_buffer(void)
{
    struct scene *scene = peopled();

    assert_offers(scene, "weft", "/join #j", 6, "#jobs ");
    assert_offers(scene, "weft", "see #j", 4, "#jobs ");
    scene_free(scene);
}

static void
test_order_and_bounds(void)
{
    struct completer *completer = completer_new("a", "");

    for (int i = 0; i < 20000; i++) {
        g_autofree char *name = g_strdup_printf("a%05d", i);
        completer_offer(completer, name, i % 2);
        completer_offer(completer, name, i % 2);
    }
    g_auto(GStrv) list = completer_finish(completer);
    g_assert_cmpuint(g_strv_length(list), ==, COMPLETE_MAX_RESULTS);
    g_assert_cmpstr(list[0], ==, "a00001");
    g_assert_cmpstr(list[199], ==, "a00399");
    completer_free(completer);

    g_autofree char *word = g_strnfill(COMPLETE_MAX_WORD + 1, 'a');
    completer = completer_new(word, "");
    completer_offer(completer, word, 0);
    g_auto(GStrv) none = completer_finish(completer);
    g_assert_null(none[0]);
    completer_free(completer);
    g_assert_cmpuint(complete_word_start("a b\\ c", 6), ==, 2);
    g_assert_cmpuint(complete_word_start("a ", 2), ==, 2);
    g_assert_cmpuint(complete_word_start("\\", 1), ==, 0);
}

static void
test_ten_thousand_buffers(void)
{
    struct scene *scene = scene_new();
    struct event event = {.type = EVENT_BUFFER};

    for (int i = 0; i < 10000; i++) {
        g_autofree char *name = g_strdup_printf("#%0199d", i);
        event.conversation = name;
        event.buffer.kind = BUFFER_CHANNEL;
        event.buffer.name = name;
        event.buffer.joined = true;
        host_emit(scene->host, &event);
    }
    scene_settle(scene);
    size_t start;
    g_auto(GStrv) list =
        core_complete(scene->core, scene_buffer(scene, "#coop")->id, "/go libera/#0", 13, &start);
    g_assert_cmpuint(g_strv_length(list), ==, COMPLETE_MAX_RESULTS);
    scene_free(scene);
}

/* A nick with a line end in it would begin a line of its own in what is typed. */
static void
test_line_ends(void)
{
    struct scene *scene = peopled();

    scene_add_member(scene, "#coop", "zoe\n/quit", 0);
    scene_add_member(scene, "#coop", "zoe\r", 0);
    scene_add_member(scene, "#coop", "zoe", 0);
    scene_settle(scene);
    assert_offers(scene, "#coop", "zo", 0, "zoe: ");
    scene_free(scene);
}

void
test_complete_add(void)
{
    g_test_add_func("/threat/26-completed-line-ends", test_line_ends);
    g_test_add_func("/complete/members", test_members);
    g_test_add_func("/complete/commands", test_commands);
    g_test_add_func("/complete/words", test_words);
    g_test_add_func("/complete/own-buffer", test_own_buffer);
    g_test_add_func("/complete/order-and-bounds", test_order_and_bounds);
    g_test_add_func("/complete/ten-thousand-buffers", test_ten_thousand_buffers);
}
