#include "tests/bench/stage.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/support/scratch.h"

#define CONNECT_MS 20000
#define GO_TO      "\007" /* Ctrl-g */
#define FIRST_SAID "THEFIRSTOFALL"

static const struct look {
    const char *name;
    const char *program;
    const char *whole; /* what only a whole first screen has */
    const char *join;  /* typed; weft's stands in its configuration */
} looks[SUBJECT_N] = {
    [SUBJECT_WEFT] = {.name = "weft", .whole = "(offline)"},
    [SUBJECT_IRSSI] = {.name = "irssi",
                       .program = "irssi",
                       .whole = "[(status)]",
                       .join = "/join " FLOOD_CHANNEL "\r"},
    [SUBJECT_WEECHAT] = {.name = "WeeChat",
                         .program = "weechat",
                         .whole = "mweechat",
                         .join = "/join -server bench " FLOOD_CHANNEL "\r"},
};

void
subjects_find(struct subject subjects[SUBJECT_N], const char *weft)
{
    for (enum subject_kind kind = 0; kind < SUBJECT_N; kind++) {
        subjects[kind].kind = kind;
        subjects[kind].name = looks[kind].name;
        subjects[kind].program =
            kind == SUBJECT_WEFT ? g_strdup(weft) : g_find_program_in_path(looks[kind].program);
    }
}

bool
stage_complain(const struct stage *stage, const char *what)
{
    g_printerr("%s: %s\n", stage->subject->name, what);
    return false;
}

/* --- starting
 * ----------------------------------------------------------------------------------------------
 */

static void
add_irc(const struct stage *stage, GString *text)
{
    g_string_append_printf(
        text,
        "[account bench]\nnetwork = irc\nserver = 127.0.0.1:%u\ntls = off\nnick = kai\n"
        "join = " FLOOD_CHANNEL "\nflood_control = off\n%s",
        stage->server != NULL ? flood_server_port(stage->server) : 1,
        stage->server != NULL ? "" : "connect = off\n");
}

/* Where nobody is it tries to connect, so that all is loaded that this needs. */
static void
add_chat(const struct stage *stage, GString *text)
{
    const unsigned n = stage->chat != NULL ? mm_flood_world(stage->chat)->size.accounts : 1;

    /* The first is called as the one of the stores that were made before. */
    for (unsigned i = 0; i < n; i++) {
        g_autofree char *token = mm_flood_token(i);
        g_autofree char *name = i > 0 ? g_strdup_printf("bench%u", i) : g_strdup("bench");
        g_string_append_printf(
            text, "[account %s]\nnetwork = mattermost\nserver = https://localhost:%u\ntoken = %s\n",
            name, stage->chat != NULL ? mm_flood_port(stage->chat) : 1, token);
        if (stage->ca != NULL)
            g_string_append_printf(text, "tls_ca = %s\n", stage->ca);
    }
}

static void
write_config(const struct stage *stage)
{
    g_autofree char *path = g_build_filename(stage->home, "weft.conf", NULL);
    g_autoptr(GString) text = g_string_new(NULL);

    if (stage->has_chat)
        add_chat(stage, text);
    else
        add_irc(stage, text);
    /* Nobody else may read a token. */
    g_file_set_contents_full(path, text->str, (gssize)text->len, G_FILE_SET_CONTENTS_CONSISTENT,
                             0600, NULL);
}

static void
add(GPtrArray *argv, const char *const *words)
{
    for (; *words != NULL; words++)
        g_ptr_array_add(argv, g_strdup(*words));
}

static GPtrArray *
command_line(const struct stage *stage)
{
    GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);
    const unsigned number = stage->server != NULL ? flood_server_port(stage->server) : 0;
    g_autofree char *port = g_strdup_printf("%u", number);
    g_autofree char *home = g_strdup_printf("--home=%s", stage->home);
    g_autofree char *server = g_strdup_printf("/server add bench 127.0.0.1/%u", number);

    g_ptr_array_add(argv, g_strdup(stage->subject->program));
    if (stage->subject->kind == SUBJECT_IRSSI) {
        add(argv, (const char *const[]){home, NULL});
        if (stage->server != NULL)
            add(argv, (const char *const[]){"-n", "kai", "-c", "127.0.0.1", "-p", port, NULL});
    } else if (stage->subject->kind == SUBJECT_WEECHAT) {
        add(argv, (const char *const[]){"-d", stage->home, NULL});
        /* TLS is on from 4.0 on; who is put into channels wants to stay where they are. */
        if (stage->server != NULL)
            add(argv, (const char *const[]){"-r", "/set irc.server_default.tls off", "-r",
                                            "/set irc.look.buffer_switch_autojoin off", "-r",
                                            server, "-r", "/set irc.server.bench.nicks kai", "-r",
                                            "/connect bench", NULL});
    }
    g_ptr_array_add(argv, NULL);
    return argv;
}

static void
start(struct stage *stage)
{
    g_autoptr(GPtrArray) argv = command_line(stage);
    g_autofree char *home = g_strconcat("HOME=", stage->home, NULL);
    g_autofree char *weft_home = g_strconcat("WEFT_HOME=", stage->home, NULL);
    const char *const environment[] = {home, weft_home, NULL};

    stage->started_us = g_get_monotonic_time();
    tty_start(&stage->tty, (const char *const *)argv->pdata, environment);
}

void
stage_open(struct stage *stage, const struct subject *subject, bool online, const char *home)
{
    *stage = (struct stage){.subject = subject};
    stage->own_home = home == NULL;
    stage->home = home != NULL ? g_strdup(home) : scratch_new();
    if (online)
        stage->server = flood_server_new();
    if (subject->kind == SUBJECT_WEFT)
        write_config(stage);
    start(stage);
}

void
stage_open_chat(struct stage *stage, const struct subject *subject, struct mm_flood *chat_take,
                const char *ca, const char *home)
{
    *stage = (struct stage){.subject = subject, .chat = chat_take, .ca = ca, .has_chat = true};
    stage->own_home = home == NULL;
    stage->home = home != NULL ? g_strdup(home) : scratch_new();
    write_config(stage);
    start(stage);
}

void
stage_restart_offline(struct stage *stage)
{
    tty_stop(&stage->tty);
    g_clear_pointer(&stage->server, flood_server_free);
    if (stage->subject->kind == SUBJECT_WEFT)
        write_config(stage);
    start(stage);
}

void
stage_close(struct stage *stage)
{
    tty_stop(&stage->tty);
    g_clear_pointer(&stage->server, flood_server_free);
    g_clear_pointer(&stage->chat, mm_flood_free);
    if (stage->own_home)
        scratch_free(stage->home);
    else
        g_free(stage->home);
}

/* --- running
 * -----------------------------------------------------------------------------------------------
 */

bool
stage_turn(struct stage *stage)
{
    struct pollfd fds[2] = {{.fd = stage->tty.fd, .events = POLLIN}};

    if (stage->server != NULL)
        flood_server_poll(stage->server, &fds[1]);
    else if (stage->chat != NULL)
        fds[1] = (struct pollfd){.fd = mm_flood_fd(stage->chat), .events = POLLIN};
    poll(fds, stage->server != NULL || stage->chat != NULL ? 2 : 1, 1);
    if (fds[0].revents != 0 && !tty_take(&stage->tty))
        return stage_complain(stage, "it has ended");
    if (stage->server != NULL)
        flood_server_turn(stage->server, fds[1].revents);
    else if (stage->chat != NULL)
        mm_flood_turn(stage->chat);
    return true;
}

void
stage_wait(struct stage *stage, unsigned wait_ms)
{
    const int64_t end_us = g_get_monotonic_time() + wait_ms * INT64_C(1000);
    while (g_get_monotonic_time() < end_us && stage_turn(stage))
        ;
}

void
stage_quiet(struct stage *stage, unsigned quiet_ms)
{
    const int64_t quiet_us = quiet_ms * INT64_C(1000);
    const int64_t begun_us = g_get_monotonic_time();
    int64_t now_us = begun_us;

    while (now_us < begun_us + 10 * quiet_us &&
           now_us < MAX(stage->tty.last_us, begun_us) + quiet_us && stage_turn(stage))
        now_us = g_get_monotonic_time();
}

bool
stage_find(struct stage *stage, const char **texts, unsigned deadline_ms)
{
    const int64_t end_us = g_get_monotonic_time() + deadline_ms * INT64_C(1000);

    tty_want(&stage->tty, texts);
    while (!stage->tty.found) {
        if (!stage_turn(stage))
            return false;
        if (g_get_monotonic_time() > end_us) {
            g_printerr("%s never showed \"%s\"\n", stage->subject->name, texts[0]);
            return false;
        }
    }
    return true;
}

bool
stage_whole(struct stage *stage)
{
    const char *texts[] = {looks[stage->subject->kind].whole, NULL};
    return stage_find(stage, texts, CONNECT_MS);
}

bool
stage_join(struct stage *stage)
{
    const int64_t end_us = g_get_monotonic_time() + CONNECT_MS * INT64_C(1000);

    while (!flood_server_welcomed(stage->server) && g_get_monotonic_time() < end_us)
        if (!stage_turn(stage))
            return false;
    stage_quiet(stage, 200);
    if (looks[stage->subject->kind].join != NULL)
        tty_type(&stage->tty, looks[stage->subject->kind].join);
    while (!flood_server_joined(stage->server) && g_get_monotonic_time() < end_us)
        if (!stage_turn(stage))
            return false;
    if (!flood_server_joined(stage->server))
        return stage_complain(stage, "it never joined the channel");
    stage_quiet(stage, 400);
    return true;
}

bool
stage_caught_up(struct stage *stage, unsigned deadline_ms)
{
    const unsigned all = mm_flood_world(stage->chat)->size.accounts;
    const int64_t end_us = g_get_monotonic_time() + deadline_ms * INT64_C(1000);

    while (mm_flood_online(stage->chat) < all) {
        if (!stage_turn(stage))
            return false;
        if (g_get_monotonic_time() > end_us)
            return stage_complain(stage, "it never caught up with everything");
    }
    return true;
}

bool
stage_go_first(struct stage *stage)
{
    const char *picker[] = {"go>", NULL}, *there[] = {FIRST_SAID, NULL};

    stage_quiet(stage, 400);
    tty_type(&stage->tty, GO_TO);
    if (!stage_find(stage, picker, CONNECT_MS))
        return false;
    tty_type(&stage->tty, "town-square");
    stage_quiet(stage, 200);
    tty_type(&stage->tty, "\r");
    stage_quiet(stage, 400);
    mm_flood_say(stage->chat, FIRST_SAID);
    return stage_find(stage, there, CONNECT_MS);
}
