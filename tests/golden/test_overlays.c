/* Switcher, help and the first-run screen. */
#include <string.h>

#include "tests/golden/golden.h"
#include "tests/golden/scene.h"
#include "ui/fuzzy.h"

static const struct {
    const char *name;
    int rows, cols;
} sizes[] = {{"80x24", 24, 80}, {"120x40", 40, 120}, {"200x60", 60, 200}, {"40x10", 10, 40}};

struct over {
    void (*draw)(const struct canvas *canvas, struct rect rect, void *view);
    void *view;
    bool whole; /* covers the screen, not only the timeline */
};

struct drawing {
    struct scene *scene;
    const struct over *over;
};

static void
draw_over(struct cells *cells, const struct theme *theme, void *user)
{
    const struct drawing *drawing = user;
    struct canvas canvas = {cells, theme};
    struct rect rect = {0, 0, cells->rows, cells->cols};

    scene_draw(drawing->scene, cells, theme);
    if (!drawing->over->whole)
        rect = scene_timeline_rect(drawing->scene, cells->rows, cells->cols);
    drawing->over->draw(&canvas, rect, drawing->over->view);
}

static void
compare_over(const char *name, const struct over *over)
{
    struct scene *scene = scene_new();
    struct drawing drawing = {scene, over};
    struct theme theme;

    scene_say(scene, MESSAGE_TEXT, "maria", "Who takes minutes on Thursday?");
    scene_load(scene);
    theme_init(&theme);
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree char *file = g_strdup_printf("%s-%s", name, sizes[i].name);
        scene_compare_themes(file, sizes[i].rows, sizes[i].cols, draw_over, &drawing);
    }
    for (int rows = 1; rows <= 30; rows += 3) {
        for (int cols = 1; cols <= 130; cols += cols < 12 ? 1 : 7) {
            struct cells *cells = cells_new(rows, cols);
            draw_over(cells, &theme, &drawing);
            scene_check_cells(cells);
            cells_free(cells);
        }
    }
    scene_free(scene);
}

static void
draw_switcher(const struct canvas *canvas, struct rect rect, void *view)
{
    pane_switcher_draw(canvas, rect, view);
}

static void
test_switcher(void)
{
    static const char *const names[] = {"~dev", "#dev-random", "dev-fr", "devon", "dé\u202ev 漢字"};
    bool matched[G_N_ELEMENTS(names)][FUZZY_MAX_BYTES] = {0};
    struct view_choice choices[G_N_ELEMENTS(names)] = {0};
    struct view_switcher view = {.choices = choices, .selected = 1};
    struct over over = {draw_switcher, &view, false};

    view.query = editor_new(NULL);
    editor_set(view.query, "dev", SIZE_MAX);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        int score = fuzzy_match("dev", names[i], matched[i]);
        g_assert_true(i < 4 ? score > 0 : score == -1);
        choices[i] = (struct view_choice){.number = (int)i * 5 + 4,
                                          .name = names[i],
                                          .account = "Mill.coop",
                                          .network = "irc",
                                          .unread = i == 0 ? 17 : 0,
                                          .mentions = i == 0 ? 2 : 0,
                                          .left = i == 2,
                                          .matched = matched[i]};
    }
    view.n = G_N_ELEMENTS(names);
    compare_over("switcher", &over);
    view.n = 0;
    view.selected = 0;
    compare_over("switcher-none", &over);
    editor_free(view.query);
}

static void
draw_links(const struct canvas *canvas, struct rect rect, void *view)
{
    pane_links_draw(canvas, rect, view);
}

static void
test_links(void)
{
    static const struct view_fact facts[] = {
        {"leads to", "xn--80ak6aa92e.example"},
        {"its text", "apple\u202e \033[2J"},
        {"whole link",
         "https://xn--80ak6aa92e.example/a/path/that/is/longer/than/one/row/of/the/window/and/goes/"
         "on/in/the/next/agenda-and-minutes.html?with=something&behind=it"},
    };
    static char named[] = "apple\u202e \033[2J → https://xn--80ak6aa92e.example/a/path/that/is",
                plain[] = "https://pads.example/agenda", hidden[] = "▒▒▒▒▒▒▒▒";
    const struct view_link links[] = {
        {"11:42", "maria", plain, false},
        {"11:40", "a-very-long-name\u202e", named, true},
        {"09:02", "漢字", hidden, true},
    };
    size_t top = 0;
    struct view_links view = {.title = "Links, newest first.  o open  y copy  / filter  Esc back",
                              .links = links,
                              .n = G_N_ELEMENTS(links),
                              .selected = 1,
                              .detail = {"The text is not the link: look where it leads.", facts,
                                         G_N_ELEMENTS(facts), &top}};
    struct over over = {draw_links, &view, false};

    compare_over("links", &over);
    view.query = editor_new(NULL);
    editor_set(view.query, "zzz", SIZE_MAX);
    view.n = view.selected = 0;
    compare_over("links-none", &over);
    editor_free(view.query);
}

static void
draw_help(const struct canvas *canvas, struct rect rect, void *view)
{
    pane_help_draw(canvas, rect, view);
}

/* Made by hand: what the real table says is compared with docs/keys.md. */
static void
test_help(void)
{
    static const struct view_help_line lines[] = {
        {NULL, "Here: On a message", NULL},
        {"k, Up", "Go to the message above.", "message-up"},
        {"j, Down", "Go to the message below.", "message-down"},
        {NULL, "Going from buffer to buffer", NULL},
        {"Ctrl-n, Alt-Down, Alt-Right, F6", "Go to the next buffer.", "next-buffer"},
        {"Alt-a, Ctrl-c n",
         "Go where something happened: mentions first; after the last one, back.", "next-activity"},
        {"Alt-1 … Alt-0", "Go to buffer 1 … 10.", "buffer-1 … buffer-10"},
        {"Ctrl-_, Ctrl-/, Alt-Shift-Backspace, Ctrl-c Ctrl-_ Ctrl-_", "Undo.", "undo"},
        {NULL, "Commands", NULL},
        {"/help join", "Says what a command does, with an example.", NULL},
    };
    size_t top = 0;
    struct view_help view = {.lines = lines, .n = G_N_ELEMENTS(lines), .top = &top};
    struct over over = {draw_help, &view, true};

    view.query = editor_new(NULL);
    compare_over("help", &over);
    editor_set(view.query, "nothing like this", SIZE_MAX);
    view.n = 0;
    compare_over("help-none", &over);
    editor_free(view.query);
}

static void
draw_pick(const struct canvas *canvas, struct rect rect, void *view)
{
    pane_pick_draw(canvas, rect, view);
}

/* Names of files are foreign. */
static void
test_pick(void)
{
    static const char *const names[] = {"auto", "colourblind", "dark", "ev\033[31mil\u202e",
                                        "mono"};
    struct view_pick view = {.title = "Themes. Up, Down: look. Enter: keep. Esc: as before.",
                             .names = names,
                             .n = G_N_ELEMENTS(names),
                             .selected = 3};
    struct over over = {draw_pick, &view, false};

    compare_over("pick", &over);
    view.error = "evil.theme:1:1: there is no role \"exec\".";
    compare_over("pick-wrong", &over);
}

static void
draw_first_run(const struct canvas *canvas, struct rect rect, void *view)
{
    pane_form_draw(canvas, rect, view);
}

static void
test_first_run(void)
{
    struct view_field fields[] = {
        {.label = "Server or link", .value = "irc.libera.chat"},
        {.label = "Encryption", .value = "on"},
        {.label = "Your nick", .value = "kai"},
        {.label = "Channels", .value = "#coop #jobs", .current = true},
        {.label = "Password", .value = "hunter2", .secret = true},
        {.label = "Account's name", .value = "lib\033[2Jera"},
    };
    static const char *const steps[] = {"Looking up irc.libera.chat.",
                                        "Connected over TLS 1.3, certificate checked.",
                                        "Logged in as kai after 0.4 s."};
    struct view_form view = {
        .title = "Welcome to weft. Let us add an IRC account.",
        .fields = fields,
        .n = G_N_ELEMENTS(fields),
        .help = "To join at every start, separated by blanks: #coop #jobs. May stay empty.",
        .file = "~/.config/weft/weft.conf",
        .keys = "Enter: next   Up: back   Esc: look around without an account",
    };
    struct over over = {draw_first_run, &view, true};

    view.editor = editor_new(NULL);
    editor_set(view.editor, "#coop #jobs", SIZE_MAX);
    compare_over("first-run-asking", &over);
    fields[3].current = false;
    fields[4].current = true;
    compare_over("first-run-password", &over);
    fields[4].current = false;
    view.help = NULL;
    view.steps = steps;
    view.n_steps = 1;
    view.error = "The certificate of irc.libera.chat is for another name. weft did not connect. "
                 "Check the server's "
                 "name, or pin this certificate with tls_fingerprint.";
    view.keys = "Enter: change the answers   a: add it all the same   Esc: leave";
    compare_over("first-run-failed", &over);
    view.error = NULL;
    view.n_steps = 3;
    view.section =
        "[account libera]\nnetwork = irc\nserver = irc.libera.chat\ntls = on\nnick = kai\n"
        "password_file = libera.password\njoin = #coop\njoin = #jobs\n";
    view.keys = "y: add these lines and connect   n: change the answers   Esc: leave";
    compare_over("first-run-showing", &over);
    fields[0].current = true;
    fields[0].value = "";
    editor_set(view.editor, "", SIZE_MAX);
    view.section = NULL;
    view.n_steps = 0;
    view.offer =
        "Only looking? Type demo and Enter: a made-up place on this machine, where nothing "
        "of yours is touched.";
    view.help = "The server's name, or a link that somebody gave you.";
    view.keys = "Enter: next   Up: back   Esc: look around without an account";
    compare_over("first-run-demo", &over);
    editor_free(view.editor);
}

static void
draw_search(const struct canvas *canvas, struct rect rect, void *view)
{
    pane_search_draw(canvas, rect, view);
}

static void
draw_find(const struct canvas *canvas, struct rect rect, void *view)
{
    rect.row += MAX(0, rect.rows - 1);
    rect.rows = MIN(rect.rows, 1);
    pane_find_draw(canvas, rect, view);
}

/* Threats 1 and 3: what was found is foreign too. */
static void
test_search(void)
{
    size_t soup[] = {4, 8}, late[] = {196, 200}, two[] = {0, 4, 9, 17};
    g_autofree char *filler = g_strnfill(190, 'x');
    g_autofree char *far_away =
        g_strdup_printf("%s then soup at last, and more of it than one line of a window "
                        "of any width that is drawn here has room for, so that it ends before "
                        "its end and says so by the mark that stands for all that is left out, "
                        "at two hundred columns too, where a line has room for a lot",
                        filler);
    struct view_hit hits[] = {
        {.when = (char[]){"2025-10-14 09:41"},
         .buffer = "#general",
         .account = "patio",
         .sender = "maria",
         .text = (char[]){"the soup is ready"},
         .marks = soup,
         .n_marks = 1},
        {.when = (char[]){"2025-10-13 22:05"},
         .buffer = "#\xe6\xbc\xa2\xe5\xad\x97",
         .account = "a-rather-long-account-name",
         .sender = "\x1b[31meve\xe2\x80\xae",
         .text = (char[]){"soup \xf0\x9f\x98\x80 \x1b]0;x\x07soup\nthursday"},
         .marks = two,
         .n_marks = 2},
        {.when = (char[]){"2025-10-12 18:30"},
         .buffer = "#general",
         .account = "patio",
         .sender = "bo",
         .far = true,
         .text = (char[]){"the soup that only the server has"},
         .marks = soup,
         .n_marks = 1},
        {.when = (char[]){"2024-02-29 00:00"},
         .buffer = "weft",
         .sender = "",
         .text = far_away,
         .marks = late,
         .n_marks = 1},
    };
    struct view_search view = {.prompt = " search> ",
                               .hits = hits,
                               .n = G_N_ELEMENTS(hits),
                               .selected = 1,
                               .status = "4 found, 1 on the server (↓), newest first. Enter: open  "
                                         "Tab: best first  Esc"};
    struct over over = {draw_search, &view, false};

    view.query = editor_new(NULL);
    editor_set(view.query, "soup thur", SIZE_MAX);
    compare_over("search", &over);
    view.n = 0;
    view.bad = true;
    view.status = "“in:#lob”: no buffer and no account has that name. Did you mean #lab?";
    compare_over("search-wrong", &over);
    editor_free(view.query);
}

static void
test_find(void)
{
    struct view_search view = {.prompt = " find> ",
                               .status = "Ctrl-s: older  Enter: stay  Esc: back"};
    struct over over = {draw_find, &view, true};

    view.query = editor_new(NULL);
    editor_set(view.query, "minutes", SIZE_MAX);
    compare_over("find", &over);
    editor_free(view.query);
}

static void
draw_inbox(const struct canvas *canvas, struct rect rect, void *view)
{
    pane_inbox_draw(canvas, rect, view);
}

static void
test_inbox(void)
{
    struct view_inbox_entry waiting[] = {
        {'@', ROLE_MENTION, (char[]){"09:58"}, 2, "#ops", "Birch", .sender = "jun",
         .text =
             "@kai can you restart the runner before the meeting? It has eaten all of the disk"},
        {'@', ROLE_MENTION, (char[]){"13 Oct"}, 12, "#a-channel-with-a-long-name",
         "A rather long account", .sender = "maria", .action = true, .text = "waves at kai"},
        {'@', ROLE_MENTION, (char[]){"08:40"}, 8, "maria", "DM", .lead = (char[]){"(3) "},
         .text = "are you coming \xe4\xbc\x9a\xe8\xad\xb0?"},
        {'!', ROLE_FAILED, (char[]){"10:05"}, 5, "#general", "Tool Lib",
         .lead = (char[]){"NOT SENT: "}, .lead_role = ROLE_FAILED, .text = "see you there"},
        {'u', ROLE_UNREAD, (char[]){"17"}, 4, "~dev", "Mill.coop",
         .sender = "\033[31meve\xe2\x80\xae", .text = "ci: \033]0;x\abuild\n812 passed"},
        {'*', ROLE_POPUP, (char[]){"2024"}, 0, "weft", .sender = "sol", .text = ""},
    };
    static const struct view_inbox_tab tabs[] = {{"all", 0, true},      {"mentions", 2, false},
                                                 {"DMs", 1, false},     {"failed", 1, false},
                                                 {"unread", 41, false}, {"saved", 7, false}};
    struct view_inbox view = {.tabs = tabs,
                              .n_tabs = G_N_ELEMENTS(tabs),
                              .entries = waiting,
                              .n = G_N_ELEMENTS(waiting),
                              .selected = 1,
                              .accounts = true};
    struct over over = {draw_inbox, &view, false};

    compare_over("inbox", &over);
    view.prompt = " INBOX filter> ";
    view.editor = editor_new(NULL);
    editor_set(view.editor, "kai", SIZE_MAX);
    view.typing = true;
    view.status = "3 found";
    view.n = 3;
    view.selected = 0;
    view.accounts = false;
    compare_over("inbox-filter", &over);
    editor_free(view.editor);
    view.prompt = NULL;
    view.n_tabs = 1;
    view.n = 0;
    view.empty = "Nothing waits for you.\n\nHere comes what calls you, from all accounts: messages "
                 "with your name or with one of your words, direct messages.";
    compare_over("inbox-empty", &over);
}

void
test_overlays_add(void)
{
    g_test_add_func("/golden/inbox", test_inbox);
    g_test_add_func("/golden/switcher", test_switcher);
    g_test_add_func("/golden/search", test_search);
    g_test_add_func("/golden/find", test_find);
    g_test_add_func("/golden/links", test_links);
    g_test_add_func("/golden/help", test_help);
    g_test_add_func("/golden/pick", test_pick);
    g_test_add_func("/golden/first-run", test_first_run);
}
