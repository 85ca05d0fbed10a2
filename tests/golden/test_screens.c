/* Scenes of a conversation, at three sizes and small ones. */
#include <string.h>

#include "tests/golden/golden.h"
#include "tests/golden/scene.h"

static void
mark(struct message *message, size_t start, size_t end, enum span_kind kind, const char *data)
{
    g_assert_true(rich_add(message->body, start, end, kind, data));
}

static struct scene *
talk(void)
{
    struct scene *scene = scene_new();
    struct message *message;
    struct position read;

    message = scene_say(scene, MESSAGE_TEXT, "sol", "good night, all");
    message->time_us -= 12 * 60 * SCENE_MINUTE;
    message = scene_say(scene, MESSAGE_TEXT, "maria", "Who takes minutes on Thursday?");
    message->remote_id = g_strdup("m1");
    scene_say(scene, MESSAGE_JOIN, "jun", "");
    message = scene_say(scene, MESSAGE_TEXT, "jun", "I can. Draft: https://pads.example/agenda");
    mark(message, 14, 41, SPAN_LINK, "https://pads.example/agenda");
    message->reply_to = g_strdup("m1");
    scene_say(scene, MESSAGE_ACTION, "maria", "waves");
    message = scene_say(scene, MESSAGE_TEXT, "sol", "bold italic code red");
    mark(message, 0, 4, SPAN_BOLD, NULL);
    mark(message, 5, 11, SPAN_ITALIC, NULL);
    mark(message, 12, 16, SPAN_CODE, NULL);
    mark(message, 17, 20, SPAN_COLOR, "4,1");
    message = scene_say(scene, MESSAGE_TEXT, "kai", "2 pm, then?");
    message->flags = MESSAGE_OWN | MESSAGE_EDITED;
    message->state = MESSAGE_SENT;
    read = message_position(message);
    message = scene_say(scene, MESSAGE_TEXT, "maria",
                        "kai: 2 pm suits Halifax better, and the hall is free "
                        "until five, so nobody has to run for the bus");
    message->flags = MESSAGE_MENTION;
    scene_say(scene, MESSAGE_NOTICE, "bot", "build 812 passed");
    message = scene_say(scene, MESSAGE_RENAME, "jun", "");
    message->subject = g_strdup("jun_away");
    message = scene_say(scene, MESSAGE_KICK, "maria", "spam");
    message->subject = g_strdup("seller");
    message = scene_say(scene, MESSAGE_MODE, "maria", "+o sol");
    scene_say(scene, MESSAGE_TOPIC, "maria", "agenda, minutes, asks: pads.example/agenda");
    scene_say(scene, MESSAGE_QUIT, "jun_away", "Ping timeout");
    message = scene_say(scene, MESSAGE_TEXT, "alex", "gone");
    message->flags = MESSAGE_DELETED;
    scene_say(scene, MESSAGE_WEFT, NULL, "The connection was lost and is back.");
    timeline_set_new_line(scene->timeline, true, read);
    timeline_set_top(scene->timeline, TIMELINE_TOP_BEGINNING);
    editor_set(scene->editor, "see you thursday", SIZE_MAX);
    scene_load(scene);
    return scene;
}

static void
test_talk(void)
{
    struct scene *scene = talk();

    scene_compare_all(scene, "talk");
    scene_free(scene);
}

static void
test_small(void)
{
    static const int small[][2] = {{20, 60}, {12, 45}, {8, 30}, {5, 20},
                                   {3, 10},  {2, 8},   {1, 4},  {1, 1}};
    struct scene *scene = talk();

    for (size_t i = 0; i < G_N_ELEMENTS(small); i++) {
        g_autofree char *size = g_strdup_printf("%dx%d", small[i][1], small[i][0]);
        scene_compare_at(scene, "small", size, small[i][0], small[i][1]);
    }
    scene_try_all_sizes(scene);
    scene_free(scene);
}

static void
test_no_sidebar(void)
{
    struct scene *scene = talk();

    scene->no_sidebar = true;
    scene_compare_all(scene, "no-sidebar");
    scene_free(scene);
}

static void
test_scripts(void)
{
    static const char *const lines[][2] = {
        {"👩\u200d🚀", "family 👨\u200d👩\u200d👧\u200d👦 rainbow 🏳\ufe0f\u200d🌈 flags "
                     "🇳🇱🇧🇷🇯🇵 "
                     "tones "
                     "👍🏻👍🏿 keycap 1\ufe0f\u20e3 end"},
        {"vs16", "text ☎ emoji ☎\ufe0f heart ❤\ufe0f clock ⌚\ufe0e end"},
        {"漢字の名前",
         "漢字かな交じり文と한국어와中文混排，全角ＡＢＣと半角ｱｲｳ。これは折り返しの試験です。"},
        {"zalgo", "combining e\u0301a\u0308o\u0303 and "
                  "h\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030a\u030b end"},
        {"שרה", "Hebrew שָׁלוֹם עולם and Arabic السلام عليكم stay in their cells"},
        {"devi", "नमस्ते क्षत्रिय สวัสดีครับ வணக்கம் end"},
    };
    struct scene *scene = scene_new();

    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++)
        scene_say(scene, MESSAGE_TEXT, lines[i][0], lines[i][1]);
    scene->title.topic = "thé à la menthe 🍵 漢字";
    editor_set(scene->editor, "👨\u200d👩\u200d👧 漢字 é", SIZE_MAX);
    scene_load(scene);
    scene_compare_all(scene, "scripts");
    scene_try_all_sizes(scene);
    scene_free(scene);
}

static void
test_hostile(void)
{
    static const char bad[] =
        "\033[2J\033]52;c;aGk=\a\x7f a\u202egpj.exe \u2066x \ufff9a\ufffb \xc2\x9b"
        "31m \u200b\u200b\u200b\u200b\u200b\U000e0041 \t| \nsecond line";
    struct scene *scene = scene_new();
    struct message *message;

    scene_say(scene, MESSAGE_TEXT, bad, bad);
    scene_say(scene, MESSAGE_ACTION, bad, bad);
    scene_say(scene, MESSAGE_NOTICE, bad, bad);
    scene_say(scene, MESSAGE_TOPIC, bad, bad);
    scene_say(scene, MESSAGE_QUIT, bad, bad);
    message = scene_say(scene, MESSAGE_KICK, bad, bad);
    message->subject = g_strdup(bad);
    message = scene_say(scene, MESSAGE_TEXT, "kai", "mine");
    message->state = MESSAGE_FAILED;
    message->error = g_strdup(bad);
    g_array_index(scene->entries, struct view_entry, 2).name = bad;
    g_array_index(scene->entries, struct view_entry, 1).name = bad;
    g_array_index(scene->hot, struct view_hot, 0).name = bad;
    scene->title.name = scene->title.topic = scene->title.network = bad;
    scene->title.account = bad + 1;
    scene->status.name = scene->status.account = scene->status.self = bad;
    scene->input.self = bad;
    scene->input.question = bad;
    scene->notice = bad;
    scene_load(scene);
    scene_compare_all(scene, "hostile");
    scene_try_all_sizes(scene);
    scene_free(scene);
}

static struct message *
own(struct scene *scene, const char *text, enum message_state state, const char *error)
{
    struct message *message = scene_say(scene, MESSAGE_TEXT, "kai", text);

    message->flags = MESSAGE_OWN;
    message->state = state;
    message->error = g_strdup(error);
    return message;
}

static void
test_states(void)
{
    struct scene *scene = scene_new();

    scene_say(scene, MESSAGE_TEXT, "maria", "and?");
    own(scene, "this one arrived", MESSAGE_SENT, NULL);
    own(scene, "nobody knows of this one", MESSAGE_UNKNOWN,
        "The connection was lost before an answer.");
    own(scene, "refused", MESSAGE_FAILED, "You may not speak in #general. /retry sends it again.");
    own(scene, "on its way", MESSAGE_SENDING, NULL);
    own(scene, "waiting behind it", MESSAGE_PENDING, NULL);
    scene_say(scene, MESSAGE_TEXT, "maria", "the disk is full")->flags = MESSAGE_NOT_STORED;
    scene->status.insecure = true;
    scene->status.state = "waiting";
    scene->status.keys = "Alt-j";
    scene->notice = "libera: reconnect in 20 s. The server closed the connection.";
    scene->notice_bad = true;
    scene->input.question = "Password of kai on irc.libera.chat";
    scene->input.hidden = true;
    scene->input.hidden_typed = true;
    scene_load(scene);
    scene_compare_all(scene, "states");
    scene_try_all_sizes(scene);
    scene_free(scene);
}

static void
scroll(struct scene *scene, int rows, int cols, int by)
{
    struct rect rect = scene_timeline_rect(scene, rows, cols);
    struct line_shape shape;

    line_shape_for(&shape, rect.cols, 100, NULL);
    timeline_scroll(scene->timeline, &shape, rect.rows, by);
}

static void
test_gap(void)
{
    for (size_t i = 0; i < SCENE_SIZES; i++) {
        struct scene *scene = scene_new();
        struct gap gap = {.id = 7, .fillable = true};

        for (int n = 0; n < 90; n++) {
            g_autofree char *text = g_strdup_printf("line %d", n);
            struct message *message = scene_say(scene, MESSAGE_TEXT, n % 3 ? "maria" : "sol", text);
            message->time_us += n > 20 ? 20 * 60 * SCENE_MINUTE : 0;
        }
        gap.after_sort_key = SCENE_START_US + 10 * SCENE_MINUTE;
        gap.before_sort_key = gap.after_sort_key + SCENE_MINUTE;
        gap.from_us = gap.after_sort_key;
        gap.to_us = gap.before_sort_key;
        g_array_append_val(scene->gaps, gap);
        timeline_set_top(scene->timeline, TIMELINE_TOP_ASK);
        scene_load(scene);
        scroll(scene, scene_sizes[i].rows, scene_sizes[i].cols, 1000);
        scene_compare_at(scene, "gap", scene_sizes[i].name, scene_sizes[i].rows,
                         scene_sizes[i].cols);
        scene_free(scene);
    }
}

static void
test_empty(void)
{
    struct scene *scene = scene_new();

    scene->empty = "You are not in this channel. /join enters it, /close takes it off the list.";
    scene->title.note = "not joined";
    scene->title.topic = NULL;
    scene->status.members = 0;
    scene->status.self = NULL;
    scene->input.self = NULL;
    g_array_set_size(scene->hot, 0);
    timeline_set_top(scene->timeline, TIMELINE_TOP_NO_HISTORY);
    scene_load(scene);
    scene_compare_all(scene, "empty");
    scene_try_all_sizes(scene);
    scene_free(scene);
}

static void
test_long_names(void)
{
    static const char longest[] =
        "#a-channel-with-a-name-that-goes-on-and-on-and-on-until-nobody-reads-it-any-more";
    struct scene *scene = scene_new();

    for (int i = 12; i < 80; i++) {
        struct view_entry entry = {.name = longest, .number = i, .unread = (unsigned)i};
        struct view_hot hot = {.number = i, .name = longest, .unread = (unsigned)i};
        entry.selected = i == 14;
        g_array_append_val(scene->entries, entry);
        g_array_append_val(scene->hot, hot);
    }
    g_array_index(scene->entries, struct view_entry, 4).selected = false;
    g_array_index(scene->entries, struct view_entry, 1).name = longest;
    scene->title.name = longest;
    scene->title.account = longest + 1;
    scene->status.name = scene->status.account = scene->status.self = longest;
    scene->input.self = longest;
    scene_say(scene, MESSAGE_TEXT, longest, longest);
    scene_say(scene, MESSAGE_ACTION, longest, "waves");
    editor_set(scene->editor,
               "a text that is longer than one row of the input can hold, so that it wraps and "
               "takes a second "
               "one, and a third where the window is narrow enough for that to be needed at all",
               SIZE_MAX);
    scene_load(scene);
    scene_compare_all(scene, "long-names");
    scene_try_all_sizes(scene);
    scene_free(scene);
}

void
test_screens_add(void)
{
    g_test_add_func("/golden/talk", test_talk);
    g_test_add_func("/golden/small", test_small);
    g_test_add_func("/golden/no-sidebar", test_no_sidebar);
    g_test_add_func("/golden/scripts", test_scripts);
    g_test_add_func("/golden/hostile", test_hostile);
    g_test_add_func("/golden/states", test_states);
    g_test_add_func("/golden/gap", test_gap);
    g_test_add_func("/golden/empty", test_empty);
    g_test_add_func("/golden/long-names", test_long_names);
}
