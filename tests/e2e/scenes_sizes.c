/* Every pane at the three sizes that are promised: one weft, opened, resized, closed. */
#include <string.h>

#include "tests/e2e/scene.h"
#include "tests/support/loop.h"

/* The first is where it is opened, and where it is closed again. */
static const int sizes[][2] = {{80, 24}, {120, 40}, {200, 60}, {80, 24}};

struct pane {
    const char *name;
    const char *open;  /* keys, with blanks between; "'word" is typed */
    const char *shows; /* at every size */
    const char *close;
    const char *gone; /* what is not there any more then */
};

static const struct pane panes[] = {
    {"list", "F2 F2", "Enter show", "Escape", "Enter show"},
    {"members", "M-N", "Members +2", "M-N", "Members +2"},
    {"topic", "M-T", "│ soup every Thursday(.*\n){0,2}.*and bring a bowl", "M-T", NULL},
    {"inbox", "F3", "INBOX \\[all\\]", "F3", "INBOX \\["},
    {"switcher", "C-g 'jo", "go> jo(.*\n)+.*#jobs", "Escape", "go> jo"},
    {"search", "C-f 'soup", "search> soup", "Escape", "search> soup"},
    {"help", "F1", "keys>.*Esc: close", "Escape", "keys>"},
    {"links", "C-o", "Links, newest first", "Escape", "Links, newest first"},
    {"bare", "M-l", "Copy with the mouse", "Escape", "Copy with the mouse"},
    {"cursor", "F2", "q quote", "Escape", "q quote"},
    {"windows", "M-w v", "#lab.*»1 #lab", "M-w c", "#lab.*»1 #lab"},
    {"lines", "'one M-Enter 'two M-Enter 'three", "\\[kai\\] one\n +two\n +three", "Enter",
     "\\[kai\\] one"},
};

static void
press(struct scene *scene, const char *keys)
{
    g_auto(GStrv) words = g_strsplit(keys, " ", -1);

    for (char **word = words; *word; word++) {
        if (**word == '\'')
            tmux_type(scene->tmux, *word + 1);
        else
            tmux_key(scene->tmux, *word);
    }
}

struct drawing {
    struct tmux *tmux;
    int rows;
};

/* What is written in stands in the lowest row: where the window grew, what still stands there from
 * the size before does not reach so far. */
static bool
reaches_down(void *user)
{
    const struct drawing *drawing = user;
    g_autofree char *screen = tmux_screen(drawing->tmux, false);
    g_auto(GStrv) rows = g_strsplit(screen, "\n", -1);

    return (int)g_strv_length(rows) > drawing->rows && *g_strstrip(rows[drawing->rows - 1]);
}

static void
at_each_size(struct scene *scene, const char *name, const char *shows)
{
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++) {
        struct drawing drawing = {scene->tmux, sizes[i][1]};
        g_test_message("%s at %dx%d", name, sizes[i][0], sizes[i][1]);
        tmux_resize(scene->tmux, sizes[i][0], sizes[i][1]);
        tmux_until(scene->tmux, reaches_down, &drawing, "the lowest row is drawn");
        tmux_wait(scene->tmux, shows);
    }
}

struct closing {
    struct tmux *tmux;
    const char *gone; /* NULL: nothing */
};

/* Not only in the blink of a frame that is being drawn: the timeline's first row is back as well.
 */
static bool
is_closed(void *user)
{
    const struct closing *closing = user;
    g_autofree char *screen = tmux_screen(closing->tmux, false);

    return strstr(screen, "PgUp asks the network") && strstr(screen, "\n[kai]") &&
           !(closing->gone && g_regex_match_simple(closing->gone, screen, G_REGEX_MULTILINE, 0));
}

static void
test_sizes(void)
{
    struct scene scene = {0};
    g_autoptr(GString) paste = g_string_new(NULL);

    scene_start(&scene, 80, 24);
    scene_enter(&scene);
    g_assert_true(irc_peer_topic(scene.maria, "#lab",
                                 "soup every Thursday in the yard behind the house, whatever the "
                                 "weather does, and bring a bowl"));
    g_assert_true(irc_peer_say(scene.maria, "#lab", "agenda: https://pads.example/agenda"));
    g_assert_true(irc_peer_say(scene.maria, "#jobs", "kai: a job"));
    tmux_wait(scene.tmux, "#jobs +@1");
    tmux_wait(scene.tmux, "pads\\.example");
    for (guint i = 0; i < G_N_ELEMENTS(panes); i++) {
        press(&scene, panes[i].open);
        at_each_size(&scene, panes[i].name, panes[i].shows);
        press(&scene, panes[i].close);
        struct closing closing = {scene.tmux, panes[i].gone};
        if (!loop_until(is_closed, &closing, TMUX_DEADLINE_MS)) {
            g_autofree char *screen = tmux_screen(scene.tmux, false);
            g_error("%s is not closed:\n%s", panes[i].name, screen);
        }
    }
    for (int i = 0; i < 31; i++)
        g_string_append_printf(paste, "%sline %d", i > 0 ? "\r" : "", i);
    tmux_paste(scene.tmux, paste->str);
    at_each_size(&scene, "paste", "31 lines were pasted\\. Send\\?");
    scene_end(&scene);
}

void
scenes_sizes_add(const char *why_not)
{
    scene_add("/e2e/sizes", test_sizes, why_not);
}
