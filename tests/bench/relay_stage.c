#include "tests/bench/relay_stage.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/scratch.h"

#define JOIN_MS  30000
#define FIRST_MS 20000
#define REST_MS  500
#define REST_CPU 5 /* ms of it */

static bool
is_neighbours(const struct relay_want *want, unsigned channel)
{
    return want->neighbour && channel == want->channels - 1;
}

/* --- what it is told
 * ---------------------------------------------------------------------------------------------- */

static void
weft_account(const struct relay_stage *stage, GString *text, const char *name, enum relay_place at)
{
    g_string_append_printf(text,
                           "[account %s]\nnetwork = irc\nserver = 127.0.0.1:%u\ntls = off\n"
                           "nick = kai\n%s",
                           name, relay_server_port(stage->servers[at]),
                           stage->want.paced ? "" : "flood_control = off\n");
    for (unsigned i = 0; i < stage->want.channels; i++)
        if (at == RELAY_SOURCE || (at == RELAY_NEIGHBOUR) == is_neighbours(&stage->want, i))
            g_string_append_printf(text, "join = #c%03u\n", i);
}

static void
weft_chat_account(const struct relay_stage *stage, GString *text, const char *name)
{
    g_autofree char *token = mm_flood_token(0);

    g_string_append_printf(text,
                           "[account %s]\nnetwork = mattermost\nserver = https://localhost:%u\n"
                           "token = %s\ntls_ca = %s\n",
                           name, mm_flood_port(stage->chat), token, stage->want.ca);
}

static void
weft_gateway(const struct relay_stage *stage, GString *text, unsigned channel)
{
    g_string_append_printf(text, "[gateway g%u]\nleg = one/#c%03u\n", channel, channel);
    if (stage->chat != NULL)
        g_string_append_printf(text, "leg = two/coops/%s\n", mm_world_name(channel));
    else
        g_string_append_printf(text, "leg = %s/#c%03u\n",
                               is_neighbours(&stage->want, channel) ? "three" : "two", channel);
}

static void
weft_configuration(const struct relay_stage *stage, GString *text)
{
    weft_account(stage, text, "one", RELAY_SOURCE);
    if (stage->chat != NULL)
        weft_chat_account(stage, text, "two");
    else
        weft_account(stage, text, "two", RELAY_DESTINATION);
    if (stage->want.neighbour)
        weft_account(stage, text, "three", RELAY_NEIGHBOUR);
    for (unsigned i = 0; i < stage->want.channels; i++)
        weft_gateway(stage, text, i);
}

static void
matterbridge_account(const struct relay_stage *stage, GString *text, const char *name,
                     enum relay_place at)
{
    g_string_append_printf(text,
                           "[irc.%s]\nServer=\"127.0.0.1:%u\"\nNick=\"kai\"\nUseTLS=false\n"
                           "UseSASL=false\nRemoteNickFormat=\"<{NICK}> \"\n%s",
                           name, relay_server_port(stage->servers[at]),
                           stage->want.paced ? "" : "MessageDelay=1\nMessageQueue=100000\n");
}

static void
matterbridge_configuration(const struct relay_stage *stage, GString *text)
{
    matterbridge_account(stage, text, "one", RELAY_SOURCE);
    matterbridge_account(stage, text, "two", RELAY_DESTINATION);
    if (stage->want.neighbour)
        g_string_append_printf(text,
                               "[mattermost.three]\nWebhookURL=\"http://127.0.0.1:%u/hook\"\n"
                               "RemoteNickFormat=\"{NICK}\"\n",
                               relay_server_port(stage->servers[RELAY_NEIGHBOUR]));
    for (unsigned i = 0; i < stage->want.channels; i++) {
        const bool neighbours = is_neighbours(&stage->want, i);
        g_string_append_printf(text,
                               "[[gateway]]\nname=\"g%u\"\nenable=true\n"
                               "[[gateway.inout]]\naccount=\"irc.one\"\nchannel=\"#c%03u\"\n"
                               "[[gateway.%s]]\naccount=\"%s\"\nchannel=\"%s%03u\"\n",
                               i, i, neighbours ? "out" : "inout",
                               neighbours ? "mattermost.three" : "irc.two", neighbours ? "c" : "#c",
                               i);
    }
}

static void
start(struct relay_stage *stage)
{
    const bool weft = stage->subject->kind == SUBJECT_WEFT;
    g_autofree char *path =
        g_build_filename(stage->home, weft ? "weft.conf" : "matterbridge.toml", NULL);
    g_autofree char *home = g_strconcat("HOME=", stage->home, NULL);
    g_autofree char *weft_home = g_strconcat("WEFT_HOME=", stage->home, NULL);
    const char *const environment[] = {home, weft_home, NULL};
    const char *const argv[] = {stage->subject->program, weft ? "--headless" : "-conf",
                                weft ? NULL : path, NULL};
    g_autoptr(GString) text = g_string_new(NULL);

    if (weft)
        weft_configuration(stage, text);
    else
        matterbridge_configuration(stage, text);
    g_file_set_contents_full(path, text->str, (gssize)text->len, G_FILE_SET_CONTENTS_CONSISTENT,
                             0600, NULL);
    tty_start(&stage->tty, argv, environment);
}

/* --- running
 * -----------------------------------------------------------------------------------------------
 */

bool
relay_stage_turn(struct relay_stage *const *stages, unsigned n)
{
    struct pollfd fds[32];
    const unsigned each = RELAY_PLACES + 1;

    g_assert(n * each <= G_N_ELEMENTS(fds));
    for (unsigned i = 0; i < n; i++) {
        fds[i * each] = (struct pollfd){.fd = stages[i]->tty.fd, .events = POLLIN};
        for (unsigned at = 0; at < RELAY_PLACES; at++) {
            struct pollfd *fd = &fds[i * each + 1 + at];
            *fd = (struct pollfd){.fd = -1};
            if (stages[i]->servers[at] != NULL)
                relay_server_poll(stages[i]->servers[at], fd);
        }
        if (stages[i]->chat != NULL)
            fds[i * each + 1 + RELAY_DESTINATION] =
                (struct pollfd){.fd = mm_flood_fd(stages[i]->chat), .events = POLLIN};
    }
    poll(fds, n * each, 1);
    for (unsigned i = 0; i < n; i++) {
        if (fds[i * each].revents != 0 && !tty_take(&stages[i]->tty)) {
            g_printerr("%s has ended\n", stages[i]->subject->name);
            return false;
        }
        for (unsigned at = 0; at < RELAY_PLACES; at++)
            if (stages[i]->servers[at] != NULL)
                relay_server_turn(stages[i]->servers[at], fds[i * each + 1 + at].revents);
        if (stages[i]->chat != NULL)
            mm_flood_turn(stages[i]->chat);
    }
    return true;
}

bool
relay_stage_wait(struct relay_stage *stage, unsigned wait_ms)
{
    const int64_t end_us = g_get_monotonic_time() + wait_ms * INT64_C(1000);

    while (g_get_monotonic_time() < end_us)
        if (!relay_stage_turn(&stage, 1))
            return false;
    return true;
}

bool
relay_stage_rest(struct relay_stage *stage, unsigned deadline_ms)
{
    const int64_t end_us = g_get_monotonic_time() + deadline_ms * INT64_C(1000);
    double before = -REST_MS, now = cost_cpu_ms(stage->tty.pid);

    while (now - before > REST_CPU && g_get_monotonic_time() < end_us) {
        before = now;
        if (!relay_stage_wait(stage, REST_MS))
            return false;
        now = cost_cpu_ms(stage->tty.pid);
    }
    return true;
}

bool
relay_stage_joined(const struct relay_stage *stage)
{
    const unsigned channels = stage->want.channels, others = stage->want.neighbour ? 1 : 0;

    return relay_server_joined(stage->servers[RELAY_SOURCE], channels) &&
           (stage->chat != NULL
                ? mm_flood_online(stage->chat) > 0
                : relay_server_joined(stage->servers[RELAY_DESTINATION], channels - others)) &&
           (others == 0 || stage->subject->kind == SUBJECT_MATTERBRIDGE ||
            relay_server_joined(stage->servers[RELAY_NEIGHBOUR], others));
}

bool
relay_stage_say(struct relay_stage *stage)
{
    if (stage->tally.said >= stage->tally.n)
        return false;
    relay_server_say(stage->servers[RELAY_SOURCE], &stage->tally, stage->tally.said);
    return true;
}

static bool
complain(const struct relay_stage *stage, const char *what)
{
    g_printerr("%s %s\n", stage->subject->name, what);
    return false;
}

static bool
warm_up(struct relay_stage *stage)
{
    const bool hook = stage->want.neighbour && stage->subject->kind == SUBJECT_MATTERBRIDGE;
    int64_t end_us = g_get_monotonic_time() + JOIN_MS * INT64_C(1000);

    while (!relay_stage_joined(stage)) {
        if (!relay_stage_turn(&stage, 1))
            return false;
        if (g_get_monotonic_time() > end_us)
            return complain(stage, "never came into its channels");
    }
    if (!relay_stage_wait(stage, 1000))
        return false;
    for (unsigned i = 0; i < stage->want.channels; i++)
        relay_stage_say(stage);
    stage->warm = stage->tally.said;
    end_us = g_get_monotonic_time() + FIRST_MS * INT64_C(1000);
    while (stage->tally.heard < stage->warm - (hook ? 1 : 0)) {
        if (!relay_stage_turn(&stage, 1))
            return false;
        if (g_get_monotonic_time() > end_us)
            return complain(stage, "never carried a first message");
    }
    return relay_stage_rest(stage, 5000);
}

bool
relay_stage_open(struct relay_stage *stage, const struct subject *subject,
                 const struct relay_want *want)
{
    *stage = (struct relay_stage){.subject = subject, .want = *want, .home = scratch_new()};
    relay_tally_init(&stage->tally, want->messages + want->channels, want->channels);
    stage->servers[RELAY_SOURCE] = relay_server_new(want->modern, NULL);
    if (want->pem != NULL) {
        stage->chat = mm_flood_new(&(struct mm_size){1, want->channels, 1}, want->pem);
        mm_flood_hear(stage->chat, &stage->tally);
    } else {
        stage->servers[RELAY_DESTINATION] = relay_server_new(want->modern, &stage->tally);
    }
    if (want->neighbour)
        stage->servers[RELAY_NEIGHBOUR] = relay_server_new(want->modern, &stage->tally);
    start(stage);
    return warm_up(stage);
}

void
relay_stage_kill(struct relay_stage *stage, bool paced)
{
    tty_stop(&stage->tty);
    stage->want.paced = paced;
    start(stage);
}

void
relay_stage_close(struct relay_stage *stage)
{
    tty_stop(&stage->tty);
    for (unsigned at = 0; at < RELAY_PLACES; at++)
        if (stage->servers[at] != NULL)
            relay_server_free(stage->servers[at]);
    g_clear_pointer(&stage->chat, mm_flood_free);
    relay_tally_clear(&stage->tally);
    scratch_free(stage->home);
}
