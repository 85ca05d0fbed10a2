/* weft is killed with SIGKILL at random moments of a busy conversation, and started again.
 *
 * Proven at the end, for every line: what weft acknowledged (a PONG for the PING that followed the
 * line, or the server's echo) or showed on the terminal is in the store, once; what was typed was
 * sent at most once, is in the store once whenever it was sent or shown, and is confirmed or marked
 * as unknown.
 *
 * WEFT_E2E_KILLS: how often (15). WEFT_SEED: the seed that an earlier run printed. */
#include <glib.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "store/store.h"
#include "tests/e2e/home.h"
#include "tests/e2e/tmux.h"
#include "tests/sandbox/irc_server.h"
#include "tests/servers/irc_peer.h"
#include "tests/support/loop.h"

/* After the last kill: weft may wait out a back-off before all is settled. */
#define SETTLE_MS 180000

struct line {
    char *text;
    bool typed;        /* else said by maria */
    bool acknowledged; /* see above */
    bool seen;         /* on the terminal */
};

struct trial {
    struct irc_server *server;
    struct irc_peer *maria;
    struct tmux *tmux;
    char *home;
    GRand *rand;
    bool has_history;    /* the server can tell weft what it missed, and what it had sent */
    GPtrArray *lines;    /* struct line */
    unsigned first_open; /* lines before this one need no more looking at */
};

static void
line_free(gpointer data)
{
    struct line *line = data;
    g_free(line->text);
    g_free(line);
}

static bool
kai_is_in(void *user)
{
    struct trial *trial = user;
    return irc_server_has(trial->server, "kai", "#lab");
}

/* What weft had sent when it died has been read by then. */
static bool
kai_is_gone(void *user)
{
    struct trial *trial = user;
    return !irc_server_has(trial->server, "kai", NULL);
}

static struct line *
add_line(struct trial *trial, bool typed)
{
    struct line *line = g_new0(struct line, 1);

    line->typed = typed;
    line->text = g_strdup_printf("%c%05u", typed ? 't' : 'm', trial->lines->len);
    g_ptr_array_add(trial->lines, line);
    return line;
}

/* A burst, and a PING after each of its lines: one PONG acknowledges what came before it. */
static void
maria_says(struct trial *trial)
{
    unsigned first = trial->lines->len;
    bool heard = kai_is_in(trial); /* else a PONG acknowledges nothing */
    int n = g_rand_int_range(trial->rand, 1, 8);

    while (n-- > 0)
        irc_peer_send(trial->maria, "PRIVMSG #lab :%s", add_line(trial, false)->text);
    g_assert_true(irc_peer_sync(trial->maria));
    for (guint i = first; heard && i < trial->lines->len; i++) {
        const struct line *line = trial->lines->pdata[i];
        g_autofree char *ping = g_strdup_printf("PING :%s\r\n", line->text);
        irc_server_send_raw(trial->server, "kai", ping, strlen(ping));
    }
}

static void
kai_types(struct trial *trial)
{
    g_autoptr(GString) keys = g_string_new(NULL);

    for (int n = g_rand_int_range(trial->rand, 1, 4); n > 0; n--)
        g_string_append_printf(keys, "%s\r", add_line(trial, true)->text);
    tmux_type(trial->tmux, keys->str);
}

static bool
is_acknowledged(struct trial *trial, const struct line *line)
{
    g_autofree char *pattern = g_strdup_printf("PONG*%s*", line->text);

    if (line->typed)
        return irc_server_count_said(trial->server, "#lab", line->text) > 0;
    return irc_server_count_received(trial->server, "kai", pattern) > 0;
}

/* After the kill: what the server had heard from weft, and what stood in the timeline (the last row
 * is the editor). */
static void
take_stock(struct trial *trial)
{
    g_autofree char *screen = tmux_screen(trial->tmux, false);
    char *editor = strstr(screen, "\n[kai]");

    /* Before the first frame the terminal echoes what is typed: weft shows nothing yet. */
    if (editor)
        *editor = '\0';
    else
        *screen = '\0';
    for (guint i = trial->first_open; i < trial->lines->len; i++) {
        struct line *line = trial->lines->pdata[i];
        line->acknowledged = is_acknowledged(trial, line);
        line->seen = strstr(screen, line->text) != NULL;
    }
    trial->first_open = trial->lines->len;
}

static void
wait_until_in(struct trial *trial)
{
    if (!loop_until(kai_is_in, trial, TMUX_DEADLINE_MS)) {
        g_autofree char *screen = tmux_screen(trial->tmux, false);
        g_error("weft did not come into #lab:\n%s", screen);
    }
}

/* From the second time on weft begins where the last talk was; the first time one goes there. */
static void
first_start(struct trial *trial)
{
    tmux_run_weft(trial->tmux, "");
    wait_until_in(trial);
    tmux_wait(trial->tmux, "#lab"); /* weft knows as well */
    tmux_key(trial->tmux, "C-g");
    tmux_type(trial->tmux, "lab");
    tmux_key(trial->tmux, "Enter");
    tmux_wait(trial->tmux, "#lab( [+][a-z]+)? - ");
    maria_says(trial);
    tmux_key(trial->tmux, "M-End");
    tmux_wait(trial->tmux, "m00000");
    tmux_kill(trial->tmux);
    tmux_until(trial->tmux, kai_is_gone, trial, "kai leaves the server");
}

static bool
is_drawn(struct trial *trial)
{
    g_autofree char *screen = tmux_screen(trial->tmux, false);
    return strstr(screen, "\n[kai]") != NULL;
}

/* Until a random moment, which may come before weft is even connected, maria and kai talk. */
static void
one_round(struct trial *trial)
{
    int64_t end_us;
    bool can_type = false;

    tmux_run_weft(trial->tmux, "");
    if (g_rand_int_range(trial->rand, 0, 4) > 0)
        wait_until_in(trial);
    end_us = g_get_monotonic_time() + g_rand_int_range(trial->rand, 50000, 1500000);
    do {
        can_type = can_type || is_drawn(trial);
        if (can_type && g_rand_int_range(trial->rand, 0, 3) == 0)
            kai_types(trial);
        else
            maria_says(trial);
        while (g_main_context_iteration(NULL, FALSE))
            ;
    } while (g_get_monotonic_time() < end_us);
    if (can_type)
        kai_types(trial);
    /* Between the keys and the death: nothing to the time of a commit and a flight. */
    end_us = g_get_monotonic_time() + g_rand_int_range(trial->rand, 0, 15000);
    while (g_get_monotonic_time() < end_us)
        g_main_context_iteration(NULL, FALSE);
    tmux_kill(trial->tmux);
    tmux_until(trial->tmux, kai_is_gone, trial, "kai leaves the server");
    take_stock(trial);
}

struct tally {
    unsigned n;
    enum message_state state;
};

/* How often each text stands in #lab, and in which state. */
static GHashTable *
read_store(struct trial *trial)
{
    g_autofree char *dir = g_build_filename(trial->home, "data", NULL);
    struct store_options options = {.dir = dir, .mode = STORE_READ_ONLY};
    g_autoptr(GError) error = NULL;
    struct store *store = store_open(&options, NULL, &error);
    GHashTable *tallies = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GPtrArray) buffers = NULL;

    g_assert_no_error(error);
    buffers = store_load_buffers(store);
    for (guint b = 0; b < buffers->len; b++) {
        const struct buffer *buffer = buffers->pdata[b];
        g_autoptr(GPtrArray) messages = NULL;
        if (strcmp(buffer->name, "#lab") != 0)
            continue;
        messages = store_load_newest(store, buffer->id, 1000000);
        for (guint i = 0; i < messages->len; i++) {
            const struct message *message = messages->pdata[i];
            struct tally *tally = g_hash_table_lookup(tallies, message->body->text);
            if (!tally) {
                tally = g_new0(struct tally, 1);
                g_hash_table_insert(tallies, g_strdup(message->body->text), tally);
            }
            tally->n++;
            tally->state = message->state;
        }
    }
    store_close(store);
    return tallies;
}

static void
check_line(struct trial *trial, const struct line *line, const struct tally *tally)
{
    unsigned said = irc_server_count_said(trial->server, "#lab", line->text);
    unsigned stored = tally ? tally->n : 0;

    if (stored > 1)
        g_error("%s is %u times in the store", line->text, stored);
    if ((line->acknowledged || line->seen) && stored != 1)
        g_error("%s was %s and is not in the store", line->text,
                line->acknowledged ? "acknowledged" : "shown");
    if (!line->typed) {
        if (trial->has_history && stored != 1)
            g_error("%s was said and has not been caught up with", line->text);
        return;
    }
    if (said > 1)
        g_error("%s was sent %u times", line->text, said);
    if (said == 1 && stored != 1)
        g_error("%s was sent and is not in the store", line->text);
    if (stored == 1 && tally->state != MESSAGE_UNKNOWN &&
        (said != 1 || tally->state != MESSAGE_SENT))
        g_error("%s was sent %u times and is shown as %s", line->text, said,
                message_state_name(tally->state));
}

/* After the last kill weft is started once more and left alone until nothing waits. */
static bool
is_settled(void *user)
{
    struct trial *trial = user;
    g_autoptr(GHashTable) tallies = read_store(trial);
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, tallies);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct tally *tally = value;
        if (tally->state == MESSAGE_PENDING || tally->state == MESSAGE_SENDING)
            return false;
        /* Until the history has been looked through. */
        if (trial->has_history && tally->state == MESSAGE_UNKNOWN)
            return false;
    }
    /* What is said now may be stored before what is caught up with. */
    for (guint i = trial->lines->len; i-- > 0;) {
        const struct line *line = trial->lines->pdata[i];
        if (line->typed)
            continue;
        if (!g_hash_table_contains(tallies, line->text))
            return false;
        if (!trial->has_history)
            break;
    }
    return true;
}

/* How many lines, and what became of them. */
static void
check_all(struct trial *trial)
{
    g_autoptr(GHashTable) tallies = read_store(trial);
    unsigned acknowledged = 0, seen = 0, typed = 0, stored = 0, unknown = 0, arrived = 0;

    for (guint i = 0; i < trial->lines->len; i++) {
        const struct line *line = trial->lines->pdata[i];
        const struct tally *tally = g_hash_table_lookup(tallies, line->text);
        check_line(trial, line, tally);
        stored += tally != NULL;
        if (tally && tally->state == MESSAGE_UNKNOWN) {
            unknown++;
            arrived += irc_server_count_said(trial->server, "#lab", line->text) > 0;
        }
        acknowledged += line->acknowledged;
        seen += line->seen;
        typed += line->typed;
    }
    g_test_message("%u lines (%u typed): %u acknowledged, %u seen, %u in the store (%u unknown, of "
                   "which %u have arrived), none lost, none doubled",
                   trial->lines->len, typed, acknowledged, seen, stored, unknown, arrived);
}

/* `caps`: what the server offers; NULL: all. */
static void
run_trial(const char *caps, int kills)
{
    const char *seed_text = g_getenv("WEFT_SEED");
    guint32 seed = seed_text ? (guint32)strtoul(seed_text, NULL, 10) : g_random_int();
    struct irc_server_options server_options = {.caps = caps};
    struct irc_peer_options options = {.nick = "maria"};
    struct trial trial = {.has_history = !caps};
    g_autoptr(GError) error = NULL;

    g_test_message("%d kills, seed: WEFT_SEED=%u", kills, seed);
    trial.rand = g_rand_new_with_seed(seed);
    trial.lines = g_ptr_array_new_with_free_func(line_free);
    trial.server = irc_server_start(&server_options);
    options.port = irc_server_port(trial.server);
    trial.maria = irc_peer_new(&options, &error);
    g_assert_no_error(error);
    g_assert_true(irc_peer_join(trial.maria, "#lab"));
    trial.home = home_new_irc(irc_server_port(trial.server), "join = #lab\nflood_control = off\n");
    trial.tmux = tmux_new(100, 40, trial.home);
    first_start(&trial);
    while (kills-- > 0)
        one_round(&trial);
    tmux_run_weft(trial.tmux, "");
    wait_until_in(&trial);
    maria_says(&trial);
    const bool settled = loop_until(is_settled, &trial, SETTLE_MS);
    check_all(&trial); /* names the line that is missing */
    g_assert_true(settled);
    tmux_free(trial.tmux);
    irc_peer_free(trial.maria);
    irc_server_stop(trial.server);
    home_free(trial.home);
    g_ptr_array_free(trial.lines, TRUE);
    g_rand_free(trial.rand);
}

static int
kills_wanted(void)
{
    const char *kills = g_getenv("WEFT_E2E_KILLS");
    return kills ? (int)strtol(kills, NULL, 10) : 15;
}

/* weft catches up, and looks there for what it had sent. */
static void
test_history(void)
{
    run_trial(NULL, kills_wanted());
}

/* A plain server as of old: nothing tells whether a line has arrived. */
static void
test_plain(void)
{
    run_trial("multi-prefix", (kills_wanted() + 2) / 3);
}

int
main(int argc, char **argv)
{
    g_autofree char *why = NULL;

    setlocale(LC_ALL, "");
    g_test_init(&argc, &argv, NULL);
    if (!tmux_available(&why)) {
        g_test_add_data_func("/e2e/kill", why, (GTestDataFunc)g_test_skip);
        return g_test_run();
    }
    g_test_add_func("/e2e/kill/history", test_history);
    g_test_add_func("/e2e/kill/plain", test_plain);
    return g_test_run();
}
