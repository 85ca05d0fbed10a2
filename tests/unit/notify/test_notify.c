/* One way after the other; the person's own program. */
#include <glib/gstdio.h>
#include <string.h>

#include "tests/support/loop.h"
#include "tests/support/scratch.h"
#include "tests/unit/notify/tests.h"
#include "ui/notify.h"
#include "ui/notify_cmd.h"

static const char *const no_environment[] = {"TERM", "xterm-256color", NULL};

struct scene {
    struct fake *fake;
    struct notify *notify;
    GString *sent;
    bool deaf; /* the terminal takes nothing */
    char *dir;
    bool done; /* a program has ended */
};

/* getenv() has no place for a test's own words. */
static const char *
get(const char *name)
{
    for (const char *const *at = no_environment; *at != NULL; at += 2)
        if (strcmp(at[0], name) == 0)
            return at[1];
    return NULL;
}

static const char *
get_kitty_in_tmux(const char *name)
{
    return strcmp(name, "KITTY_WINDOW_ID") == 0 || strcmp(name, "TMUX") == 0 ? "1" : NULL;
}

static bool
send(void *user, const char *bytes, size_t len)
{
    struct scene *scene = user;

    if (!scene->deaf)
        g_string_append_len(scene->sent, bytes, (gssize)len);
    return !scene->deaf;
}

static struct scene *
scene_new(const char *more, const char *(*environment)(const char *name))
{
    struct scene *scene = g_new0(struct scene, 1);

    scene->dir = scratch_new();
    scene->fake = fake_new(1);
    g_autofree char *config = g_strdup(more);
    char *dir = strstr(config, "DIR/");
    g_autofree char *with_dir =
        dir == NULL ? g_strdup(config)
                    : g_strdup_printf("%.*s%s%s", (int)(dir - config), config, scene->dir, dir + 3);
    configure(scene->fake, 1, with_dir);
    scene->sent = g_string_new(NULL);
    const struct notify_options options = {
        .core = scene->fake->core, .send = send, .user = scene, .get = environment};
    scene->notify = notify_new(&options);
    return scene;
}

static void
scene_free(struct scene *scene)
{
    notify_free(scene->notify);
    fake_free(scene->fake);
    scratch_free(scene->dir);
    g_string_free(scene->sent, TRUE);
    g_free(scene);
}

static void
assert_sent(struct scene *scene, const char *wanted)
{
    g_assert_cmpstr(scene->sent->str, ==, wanted);
    g_string_truncate(scene->sent, 0);
}

/* The newest line in weft's own buffer; "" for none. */
static char *
own_line(struct scene *scene)
{
    fake_settle(scene->fake);
    g_autoptr(GPtrArray) lines =
        store_load_newest(scene->fake->store, core_own_buffer(scene->fake->core)->id, 1);
    return g_strdup(lines->len > 0 ? ((struct message *)lines->pdata[0])->body->text : "");
}

static void
assert_own_line(struct scene *scene, const char *part)
{
    g_autofree char *line = own_line(scene);

    if (strstr(line, part) == NULL)
        g_error("\"%s\" is not in \"%s\"", part, line);
}

static void
test_order(void)
{
    static const struct {
        const char *config, *wanted;
    } cases[] = {
        {"", "\a"},
        {"[notify]\nmethod = none\n", ""},
        {"[notify]\nmethod = bell\nmethod = osc9\n", "\a"},
        {"[notify]\nmethod = osc9\nmethod = bell\n", "\033]9;Uma: kai?\033\\"},
        {"[notify]\nmethod = osc9\nbell = on\n", "\033]9;Uma: kai?\033\\\a"},
        {"[notify]\nmethod = osc777\n", "\033]777;notify;Uma;kai?\033\\"},
        {"[notify]\nmethod = kitty\nurgency = critical\n",
         "\033]99;i=weft1:d=0:e=1:u=2;VW1h\033\\\033]99;i=weft1:d=1:e=1:p=body;a2FpPw==\033\\"},
        /* Nothing is known of this terminal. */
        {"[notify]\nmethod = terminal\nmethod = bell\n", "\a"},
        {"[notify]\nmethod = command\nmethod = bell\n", "\a"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct scene *scene = scene_new(cases[i].config, get);
        notify_show(scene->notify, call_of("Uma", "kai?"));
        assert_sent(scene, cases[i].wanted);
        scene_free(scene);
    }
}

static void
test_terminal(void)
{
    struct scene *scene = scene_new("[notify]\nbell = on\n", get_kitty_in_tmux);

    /* Through tmux, with a bell that tmux passes on always: one is enough. */
    notify_show(scene->notify, call_of("Uma", ""));
    assert_sent(scene, "\033Ptmux;\033\033]99;i=weft1:d=1:e=1:u=1;VW1h\033\033\\\033\\\a");
    configure(scene->fake, 1, "[notify]\nmethod = bell\n");
    notify_configure(scene->notify);
    notify_show(scene->notify, call_of("Uma", ""));
    assert_sent(scene, "\a");
    scene->deaf = true;
    notify_show(scene->notify, call_of("Uma", ""));
    assert_sent(scene, "");
    scene_free(scene);
}

/* --- the person's own program
 * --------------------------------------------------------------------------------- */

static void
write_program(struct scene *scene, const char *text)
{
    g_autofree char *path = g_build_filename(scene->dir, "call", NULL);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_assert_cmpint(g_chmod(path, 0700), ==, 0);
}

static bool
has_file(void *user)
{
    const struct scene *scene = user;
    g_autofree char *path = g_build_filename(scene->dir, "done", NULL);

    return g_file_test(path, G_FILE_TEST_EXISTS);
}

static bool
has_rung(void *user)
{
    return ((struct scene *)user)->sent->len > 0;
}

#define COMMAND                                                                                    \
    "[notify]\nnotify_cmd = DIR/call 'a b' $HOME \"*\"\nmethod = command\nmethod = bell\n"

/* The words as they are, whatever a shell would make of them; no shell in between. */
static void
test_program(void)
{
    struct scene *scene = scene_new(COMMAND, get);
    g_autofree char *out = g_build_filename(scene->dir, "out", NULL);
    g_autofree char *made = g_build_filename(scene->dir, "made", NULL);
    g_autofree char *title = g_strdup_printf("$(touch %s); `touch %s`", made, made);
    g_autofree char *program = g_strdup_printf(
        "#!/bin/sh\ncd %s\n{ for word; do echo \"$word\"; done; cat; echo \"$WEFT_TITLE|$WEFT_BODY|"
        "$WEFT_SENDER|$WEFT_BUFFER|$WEFT_KIND|$WEFT_URGENCY\"; } >out\nmv out done\n",
        scene->dir);

    write_program(scene, program);
    notify_show(scene->notify, call_of(title, "-e \"*\" '"));
    g_assert_true(loop_until(has_file, scene, 20000));
    g_autofree char *path = g_build_filename(scene->dir, "done", NULL);
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_autofree char *wanted = g_strdup_printf(
        "a b\n$HOME\n*\n%s\n-e \"*\" '\n%s|-e \"*\" '|uma|one/#lab|mention|normal\n", title, title);
    g_assert_cmpstr(text, ==, wanted);
    g_assert_false(g_file_test(made, G_FILE_TEST_EXISTS));
    assert_sent(scene, "");
    scene_free(scene);
}

static void
test_program_fails(void)
{
    struct scene *scene = scene_new(COMMAND, get);

    /* There is none. */
    notify_show(scene->notify, call_of("Uma", "kai?"));
    assert_sent(scene, "\a");
    assert_own_line(scene, "notify_cmd cannot be run");
    write_program(scene, "#!/bin/sh\nexit 3\n");
    notify_configure(scene->notify);
    notify_show(scene->notify, call_of("Uma", "kai?"));
    assert_sent(scene, "");
    g_assert_true(loop_until(has_rung, scene, 20000));
    assert_own_line(scene, "notify_cmd failed (Child process exited with code 3)");
    scene_free(scene);
}

/* It is ended when its time is over, with what it has started; so many run at a time. */
static void
test_program_hangs(void)
{
    struct scene *scene = scene_new(COMMAND, get);
    g_autofree char *program = g_strdup_printf("#!/bin/sh\ncat %s/never &\nwait\n", scene->dir);
    g_autofree char *fifo = g_build_filename(scene->dir, "never", NULL);

    g_assert_true(g_file_set_contents(fifo, "", 0, NULL));
    write_program(scene, "#!/bin/sh\nexec tail -f /dev/null\n");
    for (int i = 0; i < RUNS_MOST; i++)
        notify_show(scene->notify, call_of("Uma", "kai?"));
    assert_sent(scene, "");
    notify_show(scene->notify, call_of("Uma", "one too many"));
    assert_sent(scene, "\a");
    fake_advance(scene->fake, RUNS_LIMIT_US - 1);
    assert_sent(scene, "");
    notify_configure(scene->notify);
    fake_advance(scene->fake, 1);
    g_assert_true(loop_until(has_rung, scene, 20000));
    assert_own_line(scene, "did not end within 10 seconds and was stopped");
    /* Others run when weft ends: they are stopped, and nothing is told of them. */
    notify_show(scene->notify, call_of("Uma", "kai?"));
    scene_free(scene);
    while (g_main_context_iteration(NULL, FALSE))
        ;
}

static void
no_answer(void *user, const GError *error)
{
    g_assert_not_reached();
}

/* A last argument is the one foreign thing that a program gets. */
static void
test_no_options(void)
{
    static const char *const options[] = {"-e", "--exec=x", "-", ""};
    struct scene *scene = scene_new("", get);
    struct runs *runs = runs_new(core_clock(scene->fake->core));

    for (size_t i = 0; i < G_N_ELEMENTS(options); i++) {
        const struct run_options run = {
            .name = "open_cmd", .command = "true", .argument = options[i]};
        g_autoptr(GError) error = NULL;
        g_assert_false(runs_start(runs, &run, no_answer, NULL, &error));
        g_assert_nonnull(strstr(error->message, "would be read as an option"));
    }
    runs_free(runs);
    scene_free(scene);
}

void
test_notify_add(void)
{
    g_test_add_func("/notify/order", test_order);
    g_test_add_func("/notify/terminal", test_terminal);
    g_test_add_func("/notify/program", test_program);
    g_test_add_func("/notify/program-fails", test_program_fails);
    g_test_add_func("/threat/38-no-options", test_no_options);
    g_test_add_func("/notify/program-hangs", test_program_hangs);
}
