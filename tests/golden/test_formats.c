/* Formatting: what spans look like, where links lead, and what is hidden. */
#include <string.h>

#include "tests/golden/golden.h"
#include "tests/golden/scene.h"
#include "ui/spans.h"

static void
mark(struct message *message, const char *what, enum span_kind kind, const char *data)
{
    const char *at = strstr(message->body->text, what);
    size_t start = (size_t)(at - message->body->text);

    g_assert_nonnull(at);
    g_assert_true(rich_add(message->body, start, start + strlen(what), kind, data));
}

static struct scene *
formats(void)
{
    struct scene *scene = scene_new();
    struct message *message;

    message = scene_say(scene, MESSAGE_TEXT, "maria", "bold italic under strike reverse code");
    mark(message, "bold", SPAN_BOLD, NULL);
    mark(message, "italic", SPAN_ITALIC, NULL);
    mark(message, "under", SPAN_UNDERLINE, NULL);
    mark(message, "strike", SPAN_STRIKE, NULL);
    mark(message, "reverse", SPAN_REVERSE, NULL);
    mark(message, "code", SPAN_CODE, NULL);
    message = scene_say(scene, MESSAGE_TEXT, "sol", "as it says:\nint main(void)\n{\n}\nso");
    mark(message, "int main(void)\n{\n}", SPAN_BLOCK, "c");
    message = scene_say(scene, MESSAGE_TEXT, "jun", "who said this\nand this?\nnot me");
    mark(message, "who said this\nand this?", SPAN_QUOTE, NULL);
    message = scene_say(scene, MESSAGE_TEXT, "maria", "the end: he was it https://x.example/ all");
    mark(message, "he was it https://x.example/", SPAN_SPOILER, NULL);
    message = scene_say(scene, MESSAGE_TEXT, "maria", "red on black, white, blue, same, hex");
    mark(message, "red on black", SPAN_COLOR, "4,1");
    mark(message, "white", SPAN_COLOR, "0");
    mark(message, "blue", SPAN_COLOR, "2");
    mark(message, "same", SPAN_COLOR, "1,1");
    mark(message, "hex", SPAN_COLOR, "#ffeedd");
    scene_say(scene, MESSAGE_TEXT, "sol",
              "(see https://a.example/x_(y)), www.b.example. and mailto:kai@c.example");
    message = scene_say(scene, MESSAGE_TEXT, "sol", "here, https://good.example and more");
    mark(message, "here", SPAN_LINK, "https://there.example/\303\251");
    mark(message, "https://good.example", SPAN_LINK, "https://evil.example/");
    message = scene_say(scene, MESSAGE_TEXT, "sol", "javascript and `https://code.example`");
    mark(message, "javascript", SPAN_LINK, "javascript:alert(1)");
    mark(message, "https://code.example", SPAN_CODE, NULL);
    scene_say(scene, MESSAGE_TEXT, "sol",
              "https://long.example/a/path/that/is/longer/than/any/row/of/a/narrow/window/can/be/"
              "and/goes/on?with=a&query=too&and=more#fragment then words");
    message = scene_say(scene, MESSAGE_TEXT, "jun", "@kai @all #lab");
    mark(message, "@kai", SPAN_USER, "kai");
    mark(message, "@all", SPAN_EVERYONE, NULL);
    mark(message, "#lab", SPAN_CHANNEL, "#lab");
    message =
        scene_say(scene, MESSAGE_TEXT, "troll",
                  "https://a.example/\033]8;;https://b.example\033\\ x\nhttps://\u202egpj.exe");
    mark(message, " x", SPAN_LINK, "https://c.example/\033]8;;\a\n\302\234");
    scene_load(scene);
    return scene;
}

static void
test_screens(void)
{
    struct scene *scene = formats();

    scene_compare_all(scene, "formats");
    scene_compare_at(scene, "formats", "30x40", 40, 30);
    scene_try_all_sizes(scene);
    scene_free(scene);
}

/* A spoiler is shown when it is expanded, and nowhere else: not by what answers it. */
static void
test_spoiler(void)
{
    struct scene *scene = scene_new();
    struct message *message = scene_say(scene, MESSAGE_TEXT, "maria", "it was the gärtner, yes");
    struct line_shape shape;
    struct theme theme;
    struct cells *cells = cells_new(24, 80);

    theme_init(&theme);
    mark(message, "the gärtner", SPAN_SPOILER, NULL);
    message->remote_id = g_strdup("m1");
    scene_say(scene, MESSAGE_TEXT, "sol", "no!")->reply_to = g_strdup("m1");
    scene_load(scene);
    line_shape_for(&shape, 62, 100, NULL);
    for (int i = 0; i < 3; i++) {
        scene_draw(scene, cells, &theme);
        g_autofree char *text = cells_dump_text(cells);
        g_assert_cmpint(strstr(text, "maria  it was the gärtner, yes") != NULL, ==, i == 1);
        g_assert_cmpint(strstr(text, "maria  it was ▒▒▒▒▒▒▒▒▒▒▒, yes") != NULL, ==, i != 1);
        g_assert_nonnull(strstr(text, "re maria: it was ▒▒▒▒▒▒▒▒▒▒▒, yes"));
        g_assert_true(timeline_expand_in_sight(scene->timeline, &shape, 20));
    }
    /* Who is led to it has not asked for it. */
    g_assert_true(timeline_expand_in_sight(scene->timeline, &shape, 20));
    g_assert_true(timeline_scroll_to(scene->timeline, &shape, 20, message_position(message)));
    for (int i = 0; i < 2; i++) {
        scene_draw(scene, cells, &theme);
        g_autofree char *text = cells_dump_text(cells);
        g_assert_cmpint(strstr(text, "maria  it was the gärtner, yes") != NULL, ==, i == 1);
        g_assert_true(timeline_expand_in_sight(scene->timeline, &shape, 20));
    }
    cells_free(cells);
    scene_free(scene);
}

/* Many links, and a link in every span: one walk, and a bound. */
static void
test_many_links(void)
{
    struct scene *scene = scene_new();
    g_autoptr(GString) text = g_string_new(NULL);

    for (int i = 0; i < 20000; i++)
        g_string_append_printf(text, "https://a.example/%d ", i);
    struct message *message = scene_say(scene, MESSAGE_TEXT, "sol", text->str);
    for (size_t i = 0; i < RICH_MAX_SPANS; i++)
        rich_add(message->body, i * 20, i * 20 + 10, SPAN_CODE, NULL);
    struct line *line = line_new(message);
    struct line_shape shape;
    line_shape_for(&shape, 80, 100, NULL);
    g_assert_cmpint(line_rows(line, &shape), >, 1000);
    g_assert_cmpuint(line->text.links->len, ==, STYLED_MAX_LINKS);
    line_free(line);
    scene_free(scene);
}

/* Those of a text in their order, each with where it leads: for who opens or copies them. */
static void
test_links(void)
{
    static const struct {
        const char *text, *named, *target; /* NULL: no span */
        enum span_kind kind;
        const char *wanted;
    } rows[] = {
        {"no link", NULL, NULL, SPAN_LINK, ""},
        {"https://a.example, www.b.example", NULL, NULL, SPAN_LINK,
         "https://a.example|https://www.b.example|"},
        {"see here or https://a.example", "here", "https://b.example", SPAN_LINK,
         "https://b.example named|https://a.example|"},
        {"https://a.example or here", "here", "https://b.example", SPAN_LINK,
         "https://a.example|https://b.example named|"},
        {"https://a.example", "https://a.example", "https://evil.example", SPAN_LINK,
         "https://a.example|"},
        {"https://a.example is good", "https://a.example is good", "https://evil.example",
         SPAN_LINK, "https://a.example named|"},
        {"a https://a.example b", "a https://a.example b", "https://evil.example", SPAN_LINK,
         "https://evil.example named|"},
        {"here", "here", "file:///etc/passwd", SPAN_LINK, ""},
        {"run https://a.example", "https://a.example", NULL, SPAN_CODE, "https://a.example|"},
        {"it is https://a.example!", "is https://a.ex", NULL, SPAN_SPOILER,
         "https://a.example hidden|"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct scene *scene = scene_new();
        struct message *message = scene_say(scene, MESSAGE_TEXT, "maria", rows[i].text);
        g_autoptr(GString) found = g_string_new(NULL);
        if (rows[i].named)
            mark(message, rows[i].named, rows[i].kind, rows[i].target);
        g_autoptr(GArray) links = spans_links(message->body);
        for (guint k = 0; k < links->len; k++) {
            const struct span_link *link = &g_array_index(links, struct span_link, k);
            g_string_append_printf(found, "%s%s%s|", link->target, link->is_named ? " named" : "",
                                   link->is_hidden ? " hidden" : "");
        }
        g_assert_cmpstr(found->str, ==, rows[i].wanted);
        scene_free(scene);
    }
}

void
test_formats_add(void)
{
    g_test_add_func("/golden/formats/links", test_links);
    g_test_add_func("/formats/screens", test_screens);
    g_test_add_func("/formats/spoiler", test_spoiler);
    g_test_add_func("/formats/many-links", test_many_links);
}
