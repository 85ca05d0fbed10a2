/* What happened to messages after they were said, answers, texts of several lines, who types. */
#include <string.h>

#include "tests/golden/golden.h"
#include "tests/golden/scene.h"

static void
react(struct message *message, const char *emoji, unsigned n, bool own)
{
    if (!message->reactions)
        message->reactions = g_ptr_array_new_with_free_func((GDestroyNotify)reaction_free);
    g_ptr_array_add(message->reactions, reaction_new(emoji, n, own));
    message->flags |= MESSAGE_REACTED;
}

static struct message *
answer(struct scene *scene, const char *who, const char *text, const char *reply_to)
{
    struct message *message = scene_say(scene, MESSAGE_TEXT, who, text);
    message->reply_to = g_strdup(reply_to);
    return message;
}

static void
take_back(struct message *message, const char *note)
{
    message->flags |= MESSAGE_DELETED;
    message->error = g_strdup(note);
    rich_free(message->body);
    message->body = rich_new("", 0);
}

static struct scene *
deeds(void)
{
    static const char *const typing[] = {"maria", "sol", NULL};
    struct scene *scene = scene_new();
    struct message *message;

    message = scene_say(scene, MESSAGE_TEXT, "maria", "Who takes minutes on Thursday?");
    message->remote_id = g_strdup("m1");
    react(message, "+1", 4, false);
    react(message, "❤️", 2, true);
    message = answer(scene, "jun", "I can. Draft: pads.example/agenda", "m1");
    message->remote_id = g_strdup("m2");
    answer(scene, "sol", "and who brings the soup?", "long-ago");
    message = scene_say(scene, MESSAGE_TEXT, "seller", "cheap watches");
    message->remote_id = g_strdup("m3");
    take_back(message, "deleted by maria: spam");
    answer(scene, "sol", "what was that?", "m3");
    take_back(scene_say(scene, MESSAGE_TEXT, "alex", "wrong room"), NULL);
    take_back(scene_say(scene, MESSAGE_ACTION, "alex", "leaves"), "deleted by alex");
    message = scene_say(scene, MESSAGE_TEXT, "maria",
                        "The list:\n  - bread\n  - soup, and bowls for everybody who comes, which "
                        "may well be forty people this time\n\nthanks!");
    message->remote_id = g_strdup("m4");
    answer(scene, "kai", "got it\nsee you there", "m4")->flags = MESSAGE_OWN;
    scene->typing = typing;
    scene_load(scene);
    return scene;
}

static void
test_screens(void)
{
    struct scene *scene = deeds();

    scene_compare_all(scene, "deeds");
    scene_compare_at(scene, "deeds", "36x20", 20, 36); /* without a column for names */
    scene_try_all_sizes(scene);
    scene_free(scene);
}

/* Somebody who begins and stops to type moves nothing else. */
static void
test_typing_moves_nothing(void)
{
    static const char *const nobody[] = {NULL};
    static const char *const many[] = {"maria", "sol", "jun", "alex", "uma", NULL};
    const char *const *const who[] = {nobody, many};
    struct cells *cells = cells_new(24, 80);
    char **lines[2] = {NULL, NULL};
    struct scene *scene = deeds();
    struct theme theme;

    theme_init(&theme);
    for (int i = 0; i < 2; i++) {
        scene->typing = who[i];
        scene_draw(scene, cells, &theme);
        g_autofree char *text = cells_dump_text(cells);
        lines[i] = g_strsplit(text, "\n", -1);
    }
    unsigned differ = 0;
    for (int row = 0; lines[0][row] && lines[1][row]; row++)
        differ += strcmp(lines[0][row], lines[1][row]) != 0;
    g_assert_cmpuint(differ, ==, 1);
    g_strfreev(lines[0]);
    g_strfreev(lines[1]);
    cells_free(cells);
    scene_free(scene);
}

/* R: no byte of a network steers the terminal, none breaks the layout. */
static void
test_hostile(void)
{
    static const char bad[] =
        "\033[2J\033]52;c;aGk=\a\x7f a\u202egpj.exe \u2066x \ufff9a\ufffb \xc2\x9b"
        "31m \u200b\u200b\u200b\u200b\u200b\U000e0041 \t| \nsecond line";
    g_autoptr(GString) marks = g_string_new("e");
    struct scene *scene = scene_new();
    struct message *message;

    for (unsigned i = 0; i < 100000; i++)
        g_string_append(marks, "\u0301");
    const char *const typing[] = {bad, marks->str, NULL};
    message = scene_say(scene, MESSAGE_TEXT, bad, bad);
    message->remote_id = g_strdup("m1");
    react(message, bad, 1, false);
    react(message, marks->str, UINT_MAX, true);
    react(message, "", 0, false);
    for (unsigned i = 0; i < 60; i++)
        react(message, "\u202e\u202e", i, i % 2 == 0);
    answer(scene, bad, bad, "m1");
    message = scene_say(scene, MESSAGE_TEXT, marks->str, marks->str);
    message->remote_id = g_strdup("m2");
    answer(scene, "sol", "short", "m2");
    take_back(scene_say(scene, MESSAGE_TEXT, "x", "y"), bad);
    take_back(scene_say(scene, MESSAGE_TEXT, "x", "y"), marks->str);
    scene->typing = typing;
    scene_load(scene);
    scene_compare_at(scene, "deeds-hostile", "80x24", 24, 80);
    scene_try_all_sizes(scene);
    scene_free(scene);
}

/* A deletion of what is answered takes its words from the answer, in sight or not. */
static void
test_answer_follows(void)
{
    struct scene *scene = scene_new();
    struct message *message = scene_say(scene, MESSAGE_TEXT, "maria", "the plan is secret");
    struct cells *cells = cells_new(24, 80);
    struct theme theme;

    theme_init(&theme);
    message->remote_id = g_strdup("m1");
    answer(scene, "sol", "is it?", "m1");
    scene_load(scene);
    scene_draw(scene, cells, &theme);
    g_autofree char *before = cells_dump_text(cells);
    g_assert_nonnull(strstr(before, "re maria: the plan is secret"));
    struct message *gone = message_dup(message);
    take_back(gone, "deleted by maria");
    timeline_change(scene->timeline, gone);
    scene_draw(scene, cells, &theme);
    g_autofree char *after = cells_dump_text(cells);
    g_assert_nonnull(strstr(after, "re maria: (deleted)"));
    g_assert_null(strstr(after, "secret"));
    message_unref(gone);
    cells_free(cells);
    scene_free(scene);
}

void
test_deeds_add(void)
{
    g_test_add_func("/golden/deeds/screens", test_screens);
    g_test_add_func("/golden/deeds/typing-moves-nothing", test_typing_moves_nothing);
    g_test_add_func("/golden/deeds/hostile", test_hostile);
    g_test_add_func("/golden/deeds/answer-follows", test_answer_follows);
}
