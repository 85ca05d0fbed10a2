/* docs/control.md: every request has an example there, and every example is answered as it says.
 *
 *     > {"id":1,"do":"hello"}
 *     < {"id":1,"ok":true,"weft":1,"version":"…","pid":…,…}
 *
 * A "…" in an answer stands for anything. */
#include <string.h>

#include "daemon/request.h"
#include "tests/unit/daemon/desk.h"
#include "tests/unit/daemon/tests.h"

#define ANYTHING "…"

/* Every piece between what stands for anything is there, in this order. */
static bool
matches(const char *wanted, const char *line)
{
    g_auto(GStrv) pieces = g_strsplit(wanted, ANYTHING, -1);
    const char *at = line;

    if (!g_str_has_prefix(line, pieces[0]))
        return false;
    for (guint i = 0; pieces[i]; i++) {
        const char *found = strstr(at, pieces[i]);
        if (!found)
            return false;
        at = found + strlen(pieces[i]);
    }
    return *at == '\0' || g_str_has_suffix(wanted, ANYTHING) ||
           g_str_has_suffix(line, pieces[g_strv_length(pieces) - 1]);
}

static void
check_answer(struct peer *peer, const char *wanted)
{
    const char *line = peer_line(peer);

    if (!line || !matches(wanted, line))
        g_error("docs/control.md says\n%s\nand weft\n%s", wanted, line ? line : "(nothing)");
}

/* What the examples speak of. */
static void
set_stage(struct desk *desk)
{
    desk_relay(desk);
    scene_add_buffer(desk->scene, "#lab", BUFFER_CHANNEL);
    desk_hear(desk, "#coop", "soup on thursday", SCENE_NOW_US - G_USEC_PER_SEC);
}

static void
test_examples(void)
{
    g_autofree char *file = g_test_build_filename(G_TEST_DIST, "docs", "control.md", NULL);
    g_autofree char *text = NULL;
    struct desk *desk = desk_new();
    struct peer *peer = peer_new_bare(desk);
    unsigned asked = 0;

    set_stage(desk);
    g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        if (g_str_has_prefix(*line, "> {")) {
            peer_say(peer, *line + 2);
            asked++;
        } else if (g_str_has_prefix(*line, "< {")) {
            check_answer(peer, *line + 2);
        } else if (g_str_has_prefix(*line, "(uma says in #lab: ")) {
            g_autofree char *said = g_strdup(*line + strlen("(uma says in #lab: "));
            *strrchr(said, ')') = '\0';
            desk_turn(desk);
            desk_hear(desk, "#lab", said, SCENE_NOW_US);
        } else if (strcmp(*line, "(the network takes it)") == 0) {
            for (unsigned i = 0; i < 20; i++)
                desk_turn(desk);
            scene_settle(desk->scene);
            desk_sent(desk, "r1");
        }
    }
    g_assert_cmpuint(asked, >, 15);
    peer_free(peer);
    desk_free(desk);
}

static void
test_all_told(void)
{
    static const char *const names[] = {"hello", "send",    "tail",      "stop",   "query",
                                        "relay", "figures", "page",      "reload", "quit",
                                        "join",  "connect", "disconnect"};
    g_autofree char *file = g_test_build_filename(G_TEST_DIST, "docs", "control.md", NULL);
    g_autofree char *text = NULL;

    g_assert_cmpuint(G_N_ELEMENTS(names), ==, REQUEST_KIND_N);
    g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *example = g_strdup_printf("\"do\":\"%s\"", names[i]);
        assert_has(text, example);
    }
}

void
test_control_doc_add(void)
{
    g_test_add_func("/control/doc/examples", test_examples);
    g_test_add_func("/control/doc/all-told", test_all_told);
}
