/* A working day in short: three accounts, sixty buffers, other people who talk, a person who moves
 * about, types, looks things up and changes the window, and a server that dies twice. At the end
 * everything that was said is in the store, once, and weft has ended without a word from a
 * sanitizer or from valgrind.
 *
 * WEFT_MINUTES: how long (0.3). WEFT_SEED: the seed that an earlier run printed. WEFT_TEST_UNDER:
 * see tmux.h. */
#include <glib.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "store/store.h"
#include "tests/e2e/home.h"
#include "tests/e2e/tmux.h"
#include "tests/sandbox/irc_server.h"
#include "tests/servers/irc_peer.h"
#include "tests/support/loop.h"

#define N_ACCOUNTS 3
#define N_CHANNELS 20 /* of each account */
#define STEP_MS    150
#define DOWN_MS    3000
#define ESC_MS     200

struct place {
    const char *name;
    const char *caps; /* NULL: all */
    struct irc_server *server;
    struct irc_peer *maria;
    GPtrArray *said; /* char *: texts that must be in the store */
};

struct day {
    struct place places[N_ACCOUNTS];
    struct tmux *tmux;
    char *home;
    GRand *rand;
    int64_t start_us;
    int64_t length_us;
    unsigned steps;
    unsigned typed;
    unsigned deaths;
};

static char *
channel(int n)
{
    return g_strdup_printf("#room%02d", n);
}

/* --- setting out
 * -------------------------------------------------------------------------------- */

static void
maria_comes(struct place *place)
{
    struct irc_peer_options options = {.nick = "maria", .port = irc_server_port(place->server)};
    g_autoptr(GError) error = NULL;

    place->maria = irc_peer_new(&options, &error);
    g_assert_no_error(error);
    for (int i = 0; i < N_CHANNELS; i++) {
        g_autofree char *name = channel(i);
        g_assert_true(irc_peer_join(place->maria, name));
    }
}

static char *
write_home(struct day *day)
{
    char *home = home_new();
    g_autofree char *path = g_build_filename(home, "weft.conf", NULL);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    for (int a = 0; a < N_ACCOUNTS; a++) {
        g_string_append_printf(text,
                               "[account %s]\nnetwork = irc\nserver = 127.0.0.1:%u\ntls = off\n"
                               "nick = kai\nflood_control = off\n",
                               day->places[a].name, irc_server_port(day->places[a].server));
        for (int i = 0; i < N_CHANNELS; i++) {
            g_autofree char *name = channel(i);
            g_string_append_printf(text, "join = %s\n", name);
        }
    }
    file_write_atomic(path, text->str, text->len, &error);
    g_assert_no_error(error);
    return home;
}

static bool
kai_is_in(void *user)
{
    const struct place *place = user;
    g_autofree char *last = channel(N_CHANNELS - 1);

    return irc_server_has(place->server, "kai", last);
}

static void
wait_for_kai(struct day *day, struct place *place)
{
    if (!loop_until(kai_is_in, place, 6 * TMUX_DEADLINE_MS)) {
        g_autofree char *screen = tmux_screen(day->tmux, false);
        g_error("kai did not come (back) to %s:\n%s", place->name, screen);
    }
}

static void
day_begin(struct day *day)
{
    static const char *const names[] = {"patio", "factic", "libera"};
    static const char *const caps[] = {
        NULL, "multi-prefix", "message-tags server-time batch echo-message labeled-response"};

    for (int a = 0; a < N_ACCOUNTS; a++) {
        struct place *place = &day->places[a];
        struct irc_server_options options = {.caps = caps[a]};
        place->name = names[a];
        place->caps = caps[a];
        place->server = irc_server_start(&options);
        place->said = g_ptr_array_new_with_free_func(g_free);
        maria_comes(place);
    }
    day->home = write_home(day);
    day->tmux = tmux_new(120, 40, day->home);
    tmux_run_weft(day->tmux, "");
    for (int a = 0; a < N_ACCOUNTS; a++)
        wait_for_kai(day, &day->places[a]);
    tmux_wait(day->tmux, "#room00"); /* weft knows as well */
    tmux_key(day->tmux, "C-g");
    tmux_type(day->tmux, "room00");
    tmux_key(day->tmux, "Enter");
    tmux_wait(day->tmux, "#room00( [+][a-z]+)? - ");
}

/* --- what others do
 * ----------------------------------------------------------------------------- */

static void
maria_says(struct day *day, struct place *place)
{
    static const char *const colours[] = {
        "soup at noon? %s",
        "kai: can you look at this? %s",
        "\00304red\003 and \002bold\002 %s",
        "\u5171\u540c\u4f53 \U0001f9f5\u200d\U0001f9f6 %s",
        "\u202e\u2066 turned round %s",
        "a long one: weaving needs two hands, patience, a thread that crosses all the others, and "
        "somebody who makes tea while the rest of us argue about the colour of the border %s",
    };
    g_autofree char *mark = g_strdup_printf("w%06u", day->steps);
    g_autofree char *name = channel(g_rand_int_range(day->rand, 0, N_CHANNELS));
    const char *form = colours[g_rand_int_range(day->rand, 0, G_N_ELEMENTS(colours))];
    g_autoptr(GString) text = g_string_new(form);

    g_string_replace(text, "%s", mark, 0);
    irc_peer_send(place->maria, "PRIVMSG %s :%s", name, text->str);
    g_ptr_array_add(place->said, g_steal_pointer(&mark));
}

static void
maria_does(struct day *day, struct place *place)
{
    g_autofree char *name = channel(g_rand_int_range(day->rand, 0, N_CHANNELS));

    switch (g_rand_int_range(day->rand, 0, 7)) {
    case 0:
        irc_peer_send(place->maria, "PRIVMSG %s :\001ACTION waves\001", name);
        break;
    case 1:
        irc_peer_send(place->maria, "NOTICE %s :the kettle is on", name);
        break;
    case 2:
        irc_peer_send(place->maria, "TOPIC %s :agenda of step %u", name, day->steps);
        break;
    case 3:
        irc_peer_send(place->maria, "PART %s :back soon", name);
        irc_peer_send(place->maria, "JOIN %s", name);
        break;
    case 4:
        irc_peer_send(place->maria, "NICK maria%u", day->steps % 3);
        break;
    case 5:
        irc_peer_send(place->maria, "PRIVMSG kai :between us, %u", day->steps);
        break;
    case 6:
        irc_peer_send(place->maria, "AWAY%s", day->steps % 2 ? " :at the loom" : "");
        break;
    }
}

static void
server_dies(struct day *day, struct place *place)
{
    day->deaths++;
    g_assert_true(irc_peer_sync(place->maria));
    irc_server_down(place->server);
    irc_peer_free(place->maria);
    const int64_t until_us = g_get_monotonic_time() + DOWN_MS * 1000;
    while (g_get_monotonic_time() < until_us) {
        tmux_key(day->tmux, "C-n");
        loop_turn_until(g_get_monotonic_time() + STEP_MS * 1000);
    }
    irc_server_up(place->server);
    maria_comes(place);
    wait_for_kai(day, place);
}

/* --- what the person does
 * ----------------------------------------------------------------------- */

/* A key that follows at once would make it Alt with that key. */
static void
kai_escapes(struct day *day)
{
    tmux_key(day->tmux, "Escape");
    loop_turn_until(g_get_monotonic_time() + ESC_MS * 1000);
}

static void
kai_types(struct day *day)
{
    g_autofree char *text = g_strdup_printf("t%06u said by hand\r", day->steps);

    tmux_type(day->tmux, text);
    day->typed++;
}

static void
kai_goes_to(struct day *day)
{
    g_autofree char *name = channel(g_rand_int_range(day->rand, 0, N_CHANNELS));

    tmux_key(day->tmux, "C-g");
    tmux_type(day->tmux, name + 1);
    tmux_key(day->tmux, "Enter");
}

static void
kai_completes(struct day *day)
{
    tmux_type(day->tmux, "ma");
    tmux_key(day->tmux, "Tab");
    tmux_key(day->tmux, "Tab");
    tmux_key(day->tmux, "C-u");
}

static void
kai_looks_up(struct day *day)
{
    static const char *const commands[] = {"/names\r", "/help\r",          "/whois maria\r",
                                           "/topic\r", "/nosuchcommand\r", "/away tea\r"};

    if (g_rand_int_range(day->rand, 0, 4) == 0) {
        tmux_key(day->tmux, "C-f");
        tmux_type(day->tmux, "soup");
        tmux_key(day->tmux, "Down");
        kai_escapes(day);
        return;
    }
    if (g_rand_int_range(day->rand, 0, 4) == 0) {
        tmux_key(day->tmux, "F1");
        tmux_key(day->tmux, "PageDown");
        kai_escapes(day);
        return;
    }
    tmux_type(day->tmux, commands[g_rand_int_range(day->rand, 0, G_N_ELEMENTS(commands))]);
}

static void
kai_changes_the_window(struct day *day)
{
    static const int sizes[][2] = {{80, 24}, {120, 40}, {200, 60}, {40, 10}};
    const int *size = sizes[g_rand_int_range(day->rand, 0, G_N_ELEMENTS(sizes))];

    tmux_resize(day->tmux, size[0], size[1]);
}

static void
kai_moves(struct day *day)
{
    static const char *const keys[] = {"M-a",      "C-n", "C-p", "PageUp", "PageUp", "M-End", "M-/",
                                       "PageDown", "M-1", "M-5", "C-l",    "M-Up",   "M-u"};

    tmux_key(day->tmux, keys[g_rand_int_range(day->rand, 0, G_N_ELEMENTS(keys))]);
}

static void
step(struct day *day)
{
    struct place *place = &day->places[g_rand_int_range(day->rand, 0, N_ACCOUNTS)];
    const int what = g_rand_int_range(day->rand, 0, 100);

    day->steps++;
    if (what < 40)
        maria_says(day, place);
    else if (what < 50)
        maria_does(day, place);
    else if (what < 60)
        kai_types(day);
    else if (what < 68)
        kai_goes_to(day);
    else if (what < 72)
        kai_completes(day);
    else if (what < 78)
        kai_looks_up(day);
    else if (what < 80)
        kai_changes_the_window(day);
    else
        kai_moves(day);
}

/* --- the end
 * ------------------------------------------------------------------------------------ */

/* The mark at the end of each text ("w000123") and how often it is stored, in all buffers. */
static GHashTable *
read_marks(struct day *day)
{
    g_autofree char *dir = g_build_filename(day->home, "data", NULL);
    struct store_options options = {.dir = dir, .mode = STORE_READ_ONLY};
    g_autoptr(GError) error = NULL;
    struct store *store = store_open(&options, NULL, &error);
    GHashTable *marks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    g_assert_no_error(error);
    g_autoptr(GPtrArray) buffers = store_load_buffers(store);
    for (guint b = 0; b < buffers->len; b++) {
        const struct buffer *buffer = buffers->pdata[b];
        g_autoptr(GPtrArray) messages = store_load_newest(store, buffer->id, 1000000);
        for (guint i = 0; i < messages->len; i++) {
            const struct message *message = messages->pdata[i];
            const char *mark = strrchr(message->body->text, ' ');
            if (mark == NULL || mark[1] != 'w' || strlen(mark) != 8)
                continue;
            const int n = GPOINTER_TO_INT(g_hash_table_lookup(marks, mark + 1));
            g_hash_table_insert(marks, g_strdup(mark + 1), GINT_TO_POINTER(n + 1));
        }
    }
    store_close(store);
    return marks;
}

static unsigned
check_store(struct day *day)
{
    g_autoptr(GHashTable) marks = read_marks(day);
    unsigned said = 0;

    for (int a = 0; a < N_ACCOUNTS; a++) {
        const struct place *place = &day->places[a];
        for (guint i = 0; i < place->said->len; i++) {
            const int n = GPOINTER_TO_INT(g_hash_table_lookup(marks, place->said->pdata[i]));
            if (n != 1)
                g_error("%s of %s is %d times in the store", (char *)place->said->pdata[i],
                        place->name, n);
            said++;
        }
    }
    return said;
}

static void
day_end(struct day *day)
{
    for (int a = 0; a < N_ACCOUNTS; a++)
        g_assert_true(irc_peer_sync(day->places[a].maria));
    tmux_resize(day->tmux, 120, 40);
    kai_escapes(day);
    tmux_key(day->tmux, "C-u");
    tmux_type(day->tmux, "the day is over\r");
    for (int a = 0; a < N_ACCOUNTS; a++) {
        /* What was said before this line has come: kai's answer to the PING proves it. */
        g_autofree char *ping = g_strdup_printf("PING :over%d\r\n", a);
        irc_server_send_raw(day->places[a].server, "kai", ping, strlen(ping));
    }
    for (int a = 0; a < N_ACCOUNTS; a++) {
        g_autofree char *pong = g_strdup_printf("PONG*over%d*", a);
        const int64_t until_us = g_get_monotonic_time() + 60 * G_USEC_PER_SEC;
        while (irc_server_count_received(day->places[a].server, "kai", pong) == 0) {
            g_assert_cmpint(g_get_monotonic_time(), <, until_us);
            loop_turn_until(g_get_monotonic_time() + 20000);
        }
    }
    tmux_key(day->tmux, "C-u"); /* where nothing can be said, the line is still there */
    tmux_type(day->tmux, "/quit\r");
    tmux_wait_end(day->tmux);
}

static void
test_day(void)
{
    const char *seed_text = g_getenv("WEFT_SEED");
    const char *minutes = g_getenv("WEFT_MINUTES");
    const guint32 seed = seed_text ? (guint32)strtoul(seed_text, NULL, 10) : g_random_int();
    struct day day = {.rand = g_rand_new_with_seed(seed)};

    day.length_us = (int64_t)((minutes ? g_ascii_strtod(minutes, NULL) : 0.3) * 60e6);
    g_test_message("%.1f minutes, seed: WEFT_SEED=%u", (double)day.length_us / 60e6, seed);
    day_begin(&day);
    day.start_us = g_get_monotonic_time();
    int64_t next_us = day.start_us;
    /* Until weft is back after a death may take longer than a short day. */
    while (day.deaths < 2 || g_get_monotonic_time() - day.start_us < day.length_us) {
        step(&day);
        const int64_t passed_us = g_get_monotonic_time() - day.start_us;
        if (passed_us * 3 > day.length_us * (day.deaths + 1) && day.deaths < 2)
            server_dies(&day, &day.places[0]);
        next_us += STEP_MS * 1000;
        loop_turn_until(next_us);
    }
    day_end(&day);
    const unsigned said = check_store(&day);
    g_test_message("%u steps, %u lines said, each once in the store; %u typed; 2 deaths", day.steps,
                   said, day.typed);
    tmux_free(day.tmux);
    for (int a = 0; a < N_ACCOUNTS; a++) {
        irc_peer_free(day.places[a].maria);
        irc_server_stop(day.places[a].server);
        g_ptr_array_free(day.places[a].said, TRUE);
    }
    home_free(day.home);
    g_rand_free(day.rand);
}

int
main(int argc, char **argv)
{
    g_autofree char *why = NULL;

    setlocale(LC_ALL, "");
    g_test_init(&argc, &argv, NULL);
    if (!tmux_available(&why)) {
        g_test_add_data_func("/e2e/day", why, (GTestDataFunc)g_test_skip);
        return g_test_run();
    }
    g_test_add_func("/e2e/day", test_day);
    return g_test_run();
}
