/* pictures FOLDER: plays a short hour of three made-up coops on two servers and writes what the
 * real binary shows, as captures with colours (FOLDER/NAME-COLSxROWS.ansi). docs/pictures/make
 * turns them into pictures. */
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "tests/e2e/home.h"
#include "tests/e2e/tmux.h"
#include "tests/sandbox/irc_server.h"
#include "tests/servers/irc_peer.h"

struct world {
    struct irc_server *patio, *birch;
    struct irc_peer *maria, *jun, *sol;
    char *home;
    struct tmux *tmux;
    const char *folder;
};

static struct irc_peer *
person(struct irc_server *server, const char *nick, const char *channels)
{
    struct irc_peer_options options = {.nick = nick, .port = irc_server_port(server)};
    g_auto(GStrv) names = g_strsplit(channels, " ", -1);
    g_autoptr(GError) error = NULL;
    struct irc_peer *peer = irc_peer_new(&options, &error);

    g_assert_no_error(error);
    for (char **name = names; *name; name++)
        g_assert_true(irc_peer_join(peer, *name));
    return peer;
}

/* Yesterday's talk, known to the server. */
static void
yesterday(struct world *world)
{
    static const char *const lines[][2] = {
        {"maria", "The flour order goes out on Thursday, last call"},
        {"jun", "12 kg rye for the bakery please"},
        {"sol", "réunion jeudi à 14 h ou 15 h ?"},
        {"maria", "2 pm suits Halifax better"},
        {"jun", "14 h it is. Minutes: https://pads.example/2026-11"},
    };
    int64_t now_us = g_get_real_time();

    for (guint i = 0; i < G_N_ELEMENTS(lines); i++)
        irc_server_add_history(world->patio, "#commons", lines[i][0], lines[i][1],
                               now_us - (26 * 60 - (int64_t)i * 3) * 60 * G_USEC_PER_SEC);
}

static void
open_world(struct world *world, const char *theme)
{
    g_autofree char *config = NULL;
    g_autofree char *path = NULL;
    g_autoptr(GError) error = NULL;

    world->patio = irc_server_start(NULL);
    world->birch = irc_server_start(NULL);
    yesterday(world);
    world->maria = person(world->patio, "maria", "#commons #bakery");
    world->jun = person(world->patio, "jun", "#commons #bakery #housing");
    world->sol = person(world->birch, "sol", "#general #jobs");
    g_assert_true(
        irc_peer_topic(world->maria, "#commons", "what we share | agenda, minutes, asks"));
    g_assert_true(irc_peer_topic(world->sol, "#jobs", "work that coops look for and offer"));
    world->home = home_new();
    config = g_strdup_printf(
        "[look]\ntheme = %s\n"
        "[account patio]\nnetwork = irc\nserver = 127.0.0.1:%u\ntls = off\nnick = kai\n"
        "flood_control = off\nlabel = Patio coop\njoin = #commons\njoin = #bakery\njoin = "
        "#housing\n"
        "[account birch]\nnetwork = irc\nserver = 127.0.0.1:%u\ntls = off\nnick = kai\n"
        "flood_control = off\nlabel = Birch\njoin = #general\njoin = #jobs\n",
        theme, irc_server_port(world->patio), irc_server_port(world->birch));
    path = g_build_filename(world->home, "weft.conf", NULL);
    g_assert_true(file_write_atomic(path, config, strlen(config), &error));
}

static void
close_world(struct world *world)
{
    tmux_free(world->tmux);
    irc_peer_free(world->maria);
    irc_peer_free(world->jun);
    irc_peer_free(world->sol);
    irc_server_stop(world->patio);
    irc_server_stop(world->birch);
    home_free(world->home);
}

static bool
everyone_is_in(void *user)
{
    struct world *world = user;
    return irc_server_has(world->patio, "kai", "#housing") &&
           irc_server_has(world->birch, "kai", "#jobs");
}

static void
take(struct world *world, const char *name, int cols, int rows)
{
    g_autofree char *path = g_strdup_printf("%s/%s-%dx%d.ansi", world->folder, name, cols, rows);
    g_autofree char *screen = tmux_screen(world->tmux, true);
    g_autoptr(GError) error = NULL;

    g_assert_true(file_write_atomic(path, screen, strlen(screen), &error));
    printf("%s\n", path);
}

static void
say(struct irc_peer *peer, const char *channel, const char *text)
{
    g_assert_true(irc_peer_say(peer, channel, text));
}

static void
an_hour(struct world *world)
{
    say(world->jun, "#commons", "good morning everyone ☕");
    say(world->maria, "#commons", "The new oven arrives at ten. Who can help to carry? 💪");
    say(world->jun, "#commons", "I can, and 会議の後で Aiko too");
    g_assert_true(irc_peer_action(world->maria, "#commons", "puts the kettle on"));
    say(world->maria, "#commons", "مرحبا to the new members 🌻");
    say(world->sol, "#jobs", "Bakery coop in Halifax looks for a bookkeeper, 12 h a week");
    say(world->sol, "#jobs", "kai: you asked for this one, didn't you?");
    say(world->jun, "#bakery", "rye is in");
    say(world->jun, "#commons",
        "kai: can you bring the van, and the straps? The ones from the last time were "
        "too short, so we had to borrow some from the neighbours");
}

/* What one may open from the talk: the keys, a text that is then on the screen, the keys back. */
struct shot {
    const char *name;
    const char *const keys[6]; /* "=words" are typed as they are */
    const char *wait;
    /* One Escape each, and what is then not on the screen any more. */
    const char *const gone[2];
};

static const struct shot shots[] = {
    {"switcher", {"C-g", "=b"}, "go> b", {"go> b"}},
    {"help", {"F1"}, "type to filter", {"keys>"}},
    {"message", {"Tab", "k", "k"}, "r reply", {"r reply"}},
    {"reaction", {"Tab", "k", "k", "a", "=hea"}, "heart", {"hea", "r reply"}},
    {"search", {"C-f", "=van"}, "the van, and the", {"search> van"}},
    {"inbox", {"F3"}, "you asked for this", {"INBOX .all"}},
    {"links", {"C-o"}, "Links, newest", {"Links, newest"}},
    {"windows", {"=/window splitv", "Enter", "=/go birch/#jobs", "Enter"}, "bookkeeper", {NULL}},
};

static void
press(struct world *world, const char *const *keys, size_t most)
{
    for (size_t i = 0; i < most && keys[i]; i++) {
        if (keys[i][0] == '=')
            tmux_type(world->tmux, keys[i] + 1);
        else
            tmux_key(world->tmux, keys[i]);
    }
}

static void
take_shots(struct world *world, const char *theme, int cols, int rows)
{
    for (size_t i = 0; i < G_N_ELEMENTS(shots); i++) {
        const struct shot *shot = &shots[i];
        g_autofree char *name = g_strdup_printf("%s-%s", shot->name, theme);
        press(world, shot->keys, G_N_ELEMENTS(shot->keys));
        tmux_wait(world->tmux, shot->wait);
        take(world, name, cols, rows);
        for (size_t e = 0; e < G_N_ELEMENTS(shot->gone) && shot->gone[e]; e++) {
            tmux_key(world->tmux, "Escape");
            tmux_wait_gone(world->tmux, shot->gone[e]);
        }
    }
}

static void
play(const char *folder, const char *theme, int cols, int rows, bool all)
{
    struct world world = {.folder = folder};
    g_autofree char *talk = g_strdup_printf("talk-%s", theme);

    open_world(&world, theme);
    world.tmux = tmux_new(cols, rows, world.home);
    tmux_run_weft(world.tmux, "");
    tmux_until(world.tmux, everyone_is_in, &world, "everyone is in");
    tmux_key(world.tmux, "C-g");
    tmux_type(world.tmux, "commons");
    tmux_key(world.tmux, "Enter");
    tmux_wait(world.tmux, "14 h it is");
    an_hour(&world);
    tmux_wait(world.tmux, "straps");
    tmux_type(world.tmux, "yes, at half past nine");
    tmux_key(world.tmux, "Enter");
    g_assert_nonnull(irc_peer_wait(world.maria, "*half past nine"));
    tmux_wait_gone(world.tmux, "catch-up");
    tmux_wait_gone(world.tmux, "sending");
    tmux_type(world.tmux, "and I ask Aiko for the");
    tmux_wait(world.tmux, "kai\\] and I ask");
    take(&world, talk, cols, rows);
    tmux_key(world.tmux, "C-u");
    tmux_wait_gone(world.tmux, "I ask Aiko");
    if (all)
        take_shots(&world, theme, cols, rows);
    close_world(&world);
}

/* The first minute of `weft --demo`, where its servers could be built. */
static void
the_demo(const char *folder)
{
    struct world world = {.folder = folder};
    static const char *const said[] = {"bring the van", "[23] replies", "3 replies",
                                       "Wharf Lane: 91 cm", "89. Said the paper"};

    world.home = home_new();
    world.tmux = tmux_new(120, 40, world.home);
    tmux_run_weft(world.tmux, "--demo");
    tmux_wait(world.tmux, "town-square");
    tmux_key(world.tmux, "C-g");
    tmux_type(world.tmux, "town");
    tmux_key(world.tmux, "Enter");
    for (size_t i = 0; i < G_N_ELEMENTS(said); i++)
        tmux_wait(world.tmux, said[i]);
    tmux_type(world.tmux, "@maria yes, the van and the long straps, at half past nine");
    tmux_key(world.tmux, "Enter");
    tmux_wait(world.tmux, "kai  @maria yes");
    tmux_key(world.tmux, "M-t");
    tmux_wait(world.tmux, "trolley takes 300");
    take(&world, "demo-dark", 120, 40);
    tmux_free(world.tmux);
    home_free(world.home);
}

static void
first_minutes(const char *folder)
{
    struct world world = {.folder = folder};

    world.home = home_new();
    world.tmux = tmux_new(80, 24, world.home);
    tmux_run_weft(world.tmux, "");
    tmux_wait(world.tmux, "irc");
    take(&world, "first-run", 80, 24);
    tmux_free(world.tmux);
    home_free(world.home);
}

int
main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("pictures: run docs/pictures/make\n", stderr);
        return 2;
    }
    play(argv[1], "dark", 120, 40, true);
    play(argv[1], "dark", 80, 24, false);
    play(argv[1], "dark", 200, 60, false);
    play(argv[1], "light", 120, 40, false);
    play(argv[1], "mono", 120, 40, false);
    first_minutes(argv[1]);
    g_autofree char *helper = g_build_filename(
        g_getenv("G_TEST_BUILDDIR") ? g_getenv("G_TEST_BUILDDIR") : ".", "weft-sandbox", NULL);
    if (g_file_test(helper, G_FILE_TEST_IS_EXECUTABLE))
        the_demo(argv[1]);
    return 0;
}
