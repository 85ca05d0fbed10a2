/* `weft --demo` as a visitor sees it: the place is alive, the keys of the hint work, nothing of the
 * visitor's is touched, and nothing is left, even when weft is killed. */
#include <glib.h>
#include <locale.h>
#include <string.h>

#include "tests/e2e/home.h"
#include "tests/e2e/scene.h"
#include "tests/e2e/tmux.h"
#include "tests/support/loop.h"
#include "tests/support/scratch.h"

struct visit {
    char *home; /* the visitor's own */
    char *temporary;
    struct tmux *tmux;
};

static void
begin(struct visit *visit, const char *arguments)
{
    visit->home = home_new();
    visit->temporary = scratch_new();
    g_setenv("TMPDIR", visit->temporary, TRUE);
    visit->tmux = tmux_new(120, 40, visit->home);
    tmux_run_weft(visit->tmux, arguments);
    g_unsetenv("TMPDIR");
}

static unsigned
count_in(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    unsigned count = 0;

    g_assert_nonnull(dir);
    while (g_dir_read_name(dir) != NULL)
        count++;
    return count;
}

static bool
nothing_is_left(void *user)
{
    struct visit *visit = user;

    return count_in(visit->temporary) == 0;
}

static void
end(struct visit *visit)
{
    tmux_free(visit->tmux);
    g_assert_true(loop_until(nothing_is_left, visit, TMUX_DEADLINE_MS));
    scratch_free(visit->temporary);
    home_free(visit->home);
}

static void
quit(struct visit *visit)
{
    tmux_type(visit->tmux, "/quit");
    tmux_key(visit->tmux, "Enter");
    tmux_wait_end(visit->tmux);
}

static void
go_to(const struct visit *visit, const char *name)
{
    g_autofree char *asked = g_strdup_printf("go> %s", name);

    tmux_key(visit->tmux, "C-k");
    tmux_type(visit->tmux, name);
    tmux_wait(visit->tmux, asked);
    tmux_key(visit->tmux, "Enter");
}

/* Two coops on two networks talk, somebody calls, and the keys of the hint lead there. */
static void
test_visit(void)
{
    struct visit visit = {0};

    begin(&visit, "--demo");
    tmux_wait(visit.tmux, "Mill Street");
    tmux_wait(visit.tmux, "El Patio");
    /* The first network has the first numbers and the first screen, whichever is quicker. */
    tmux_wait(visit.tmux, "1 ~town-square - Commons");
    tmux_wait(visit.tmux, "7 #patio");
    tmux_wait(visit.tmux, "Alt-a: what is new.*Alt-t: thread.*F3: inbox.*F1: all keys");
    g_assert_cmpuint(count_in(visit.temporary), ==, 1);
    tmux_wait(visit.tmux, "can you bring the van");
    tmux_wait(visit.tmux, "[23] replies");
    tmux_key(visit.tmux, "M-t");
    tmux_wait(visit.tmux, "trolley takes 300");
    tmux_key(visit.tmux, "M-t");
    tmux_key(visit.tmux, "F3");
    tmux_wait(visit.tmux, "your roof is next");
    tmux_key(visit.tmux, "Escape");
    tmux_wait_gone(visit.tmux, "INBOX .all");
    tmux_key(visit.tmux, "M-a");
    tmux_wait(visit.tmux, "your roof is next|I keep a pumpkin");
    go_to(&visit, "#patio");
    tmux_wait(visit.tmux, "One sauna for ten degrees");
    tmux_type(visit.tmux, "hello to all, from a visitor");
    tmux_key(visit.tmux, "Enter");
    tmux_wait(visit.tmux, "kai  hello to all, from a visitor");
    tmux_key(visit.tmux, "F1");
    tmux_wait(visit.tmux, "type to filter");
    tmux_key(visit.tmux, "Escape");
    tmux_wait_gone(visit.tmux, "type to filter");
    g_assert_cmpuint(count_in(visit.home), ==, 0);
    quit(&visit);
    end(&visit);
}

static unsigned
times_on_screen(const struct visit *visit, const char *text)
{
    g_autofree char *screen = tmux_screen(visit->tmux, false);
    unsigned times = 0;

    for (const char *at = strstr(screen, text); at; at = strstr(at + 1, text))
        times++;
    return times;
}

/* Two channels are joined: what is said in one is in the other, with the name of who said it and of
 * where they are, and without calling anybody there a second time; it can be paused. */
static void
test_joined(void)
{
    struct visit visit = {0};

    begin(&visit, "--demo");
    tmux_wait(visit.tmux, "#tools <>");
    go_to(&visit, "#tools");
    tmux_wait(visit.tmux, "#tools .*<> Mill Street");
    tmux_wait(visit.tmux, " tomas  Who has a chuck");
    tmux_wait(visit.tmux, " jun/mill  We have that chuck");
    tmux_type(visit.tmux, "I bring the drawing");
    tmux_key(visit.tmux, "Enter");
    tmux_wait(visit.tmux, " kai  I bring the drawing");
    tmux_key(visit.tmux, "C-x");
    tmux_wait(visit.tmux, "~tool-library .*<> El Patio");
    tmux_wait(visit.tmux, "/relay shows how it goes");
    tmux_wait(visit.tmux, " tomas/patio  Who has a chuck");
    tmux_wait(visit.tmux, " kai  I bring the drawing");
    tmux_type(visit.tmux, "/relay");
    tmux_key(visit.tmux, "Enter");
    tmux_wait(visit.tmux, "<> mill/Commons/~tool-library .*runs");
    tmux_wait(visit.tmux, "<> patio/#tools .*runs");
    tmux_key(visit.tmux, "s");
    tmux_wait(visit.tmux, "tools is paused: what is said meanwhile waits");
    tmux_key(visit.tmux, "q");
    tmux_type(visit.tmux, "and the ladder");
    tmux_key(visit.tmux, "Enter");
    tmux_wait(visit.tmux, " kai  and the ladder");
    tmux_type(visit.tmux, "/relay");
    tmux_key(visit.tmux, "Enter");
    tmux_wait(visit.tmux, "<> patio/#tools .*paused, 1 wait");
    tmux_key(visit.tmux, "s");
    tmux_wait(visit.tmux, "<> patio/#tools .*runs");
    tmux_key(visit.tmux, "q");
    tmux_wait(visit.tmux, "~tool-library .*<> El Patio");
    tmux_key(visit.tmux, "C-x");
    tmux_wait(visit.tmux, " kai  and the ladder");
    g_assert_cmpuint(times_on_screen(&visit, "I bring the drawing"), ==, 1);
    g_assert_cmpuint(times_on_screen(&visit, "and the ladder"), ==, 1);
    quit(&visit);
    end(&visit);
}

/* A form that has just opened takes no keys: they were meant for the line. */
static bool
name_is_typed(void *user)
{
    struct visit *visit = user;
    g_autofree char *screen = tmux_screen(visit->tmux, false);

    if (strstr(screen, "Name *            K"))
        return true;
    tmux_type(visit->tmux, "K");
    return false;
}

/* A card's button opens a form, and the program thanks for the answers. */
static void
test_form(void)
{
    struct visit visit = {0};

    begin(&visit, "--demo");
    tmux_wait(visit.tmux, "~bakery");
    go_to(&visit, "~bakery");
    tmux_wait(visit.tmux, "Bread for Friday");
    tmux_key(visit.tmux, "Tab");
    tmux_wait(visit.tmux, "b press");
    tmux_key(visit.tmux, "b");
    tmux_wait(visit.tmux, "Buttons of this message");
    tmux_key(visit.tmux, "Enter");
    tmux_wait(visit.tmux, "Enter again tells the program behind loom's message");
    tmux_key(visit.tmux, "Enter");
    tmux_wait(visit.tmux, "Order bread .asked by a program in ~bakery");
    tmux_until(visit.tmux, name_is_typed, &visit, "the name is typed");
    tmux_type(visit.tmux, "ai");
    tmux_key(visit.tmux, "Enter");
    tmux_wait(visit.tmux, ">Loaves");
    tmux_key(visit.tmux, "Enter");
    tmux_wait(visit.tmux, ">Kind");
    tmux_key(visit.tmux, "Right");
    tmux_key(visit.tmux, "Enter");
    tmux_wait(visit.tmux, ">Cut");
    tmux_key(visit.tmux, "Enter");
    tmux_wait(visit.tmux, ">Wish");
    tmux_key(visit.tmux, "Enter");
    tmux_wait(visit.tmux, ">Paper bag");
    tmux_key(visit.tmux, "Enter");
    tmux_wait(visit.tmux, "Enter again sends the answers");
    tmux_key(visit.tmux, "Enter");
    tmux_wait(visit.tmux, "Thank you, your bread is on the list.*only you see this");
    tmux_key(visit.tmux, "Escape");
    tmux_wait_gone(visit.tmux, "▌"); /* no message is chosen any more */
    quit(&visit);
    end(&visit);
}

static void
test_killed(void)
{
    struct visit visit = {0};

    begin(&visit, "--demo");
    tmux_wait(visit.tmux, "Mill Street");
    g_assert_cmpuint(count_in(visit.temporary), ==, 1);
    tmux_kill(visit.tmux);
    end(&visit);
}

static void
test_first_run(void)
{
    struct visit visit = {0};

    begin(&visit, "");
    tmux_wait(visit.tmux, "Only looking\\?");
    tmux_type(visit.tmux, "demo");
    tmux_key(visit.tmux, "Enter");
    tmux_wait(visit.tmux, "El Patio");
    tmux_wait(visit.tmux, "orning everyone|Good morning!");
    quit(&visit);
    end(&visit);
}

int
main(int argc, char **argv)
{
    g_autofree char *why_not = NULL;

    setlocale(LC_ALL, "");
    g_test_init(&argc, &argv, NULL);
    tmux_available(&why_not);
    scene_add("/e2e/demo/visit", test_visit, why_not);
    scene_add("/e2e/demo/joined", test_joined, why_not);
    scene_add("/e2e/demo/form", test_form, why_not);
    scene_add("/e2e/demo/killed", test_killed, why_not);
    scene_add("/e2e/demo/first-run", test_first_run, why_not);
    return g_test_run();
}
