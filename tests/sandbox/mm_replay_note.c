/* What the recordings tell in notes only. */
#include "tests/sandbox/mm_replay.h"

static char *
jobs_of(struct replay *replay)
{
    return g_strdup(mm_match_find(replay->match, "xeh9kpteridbpqm9qpbakmyair"));
}

static void
say_many(struct replay *replay, unsigned count)
{
    g_autofree char *jobs = jobs_of(replay);

    for (unsigned i = 0; i < count; i++)
        mm_server_say(replay->server, "carmen", jobs, NULL, "one of many");
}

static void
collapsed_off(struct replay *replay)
{
    mm_server_set_config(replay->server, "CollapsedThreads", "default_off");
}

static void
cut_bo(struct replay *replay)
{
    mm_server_drop(replay->server, "bo");
}

/* A connection that is not recorded: its id is bound to that which is asked for later. */
static struct mm_socket *
open_as(struct replay *replay, const char *recorded_id)
{
    struct mm_socket *socket = mm_socket_open(replay->port, "/api/v4/websocket",
                                              g_hash_table_lookup(replay->tokens, "bo"), NULL);
    JsonObject *hello = mm_socket_event(socket, "hello", FRAME_MS);

    mm_match_bind(replay->match, recorded_id,
                  replay_text(replay_object(hello, "data"), "connection_id"));
    return socket;
}

static void
too_old(struct replay *replay)
{
    struct mm_socket *socket = open_as(replay, "4xi6ke3e738dik4drym8stafse");

    say_many(replay, 140);
    mm_socket_close(socket);
}

static void
overflow(struct replay *replay)
{
    struct mm_socket *socket = open_as(replay, "hcqcifiikfn9frbi7n6kb5ntjh");
    unsigned open_sockets = 0;

    open_sockets = mm_server_sockets(replay->server, "bo");
    mm_socket_close(socket);
    replay_await_close(replay, "bo", open_sockets);
    say_many(replay, 300);
}

static void
make_history(struct replay *replay)
{
    static const char *const ids[] = {"fehnqq188bfjxpfa6jk8uze7ia", "fri3837jjjbrug17u1z54dja9a",
                                      "3rt75jr4pj8g5bro9px4a6p9my", "i7j5f8iubfbj78wah847guhkha",
                                      "rcwk4eciipyi9f5p6pnmyff1re", "sncms5uaojfzjxfed9bn5w6aqc",
                                      "36sexx9nup8k7yx4jx8zmuk1ar", "qrdoy8eshjyt9cm6susxweqtqe"};
    static const int64_t times[] = {1795367559014, 1795367559034, 1795367559054, 1795367559074,
                                    1795367559099, 1795367559118, 1795367559136, 1795367559156};
    const char *team = mm_match_find(replay->match, "agtrhowsdp8yumztwayhbdqwxc");
    const char *channel = NULL;
    g_autofree char *path = NULL;
    g_autofree char *body = NULL;

    mm_server_set_clock(replay->server, 1795367558960);
    channel = mm_server_add_channel(replay->server, team, "O", "history", "History", "bo");
    mm_match_bind(replay->match, "9bjjyzgj3jyrjxakb71w3b9oiy", channel);
    path = g_strdup_printf("/api/v4/channels/%s/members", channel);
    body = g_strdup_printf("{\"user_id\":\"%s\"}",
                           mm_match_find(replay->match, "f8nziy8en3dizgdmyi7csip6zh"));
    mm_answer_free(
        replay_ask(replay, "POST", path, g_hash_table_lookup(replay->tokens, "bo"), body));
    for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
        g_autofree char *text = g_strdup_printf("m%zu", i);

        mm_server_set_clock(replay->server, times[i]);
        mm_match_bind(replay->match, ids[i],
                      mm_server_say(replay->server, "bo", channel, NULL, text));
    }
}

static void
hide_needles(struct replay *replay)
{
    static const struct {
        const char *id, *who, *channel, *text;
        int64_t time;
    } needles[] = {
        {"3q985pfsz3dmpjukmbixpxn58o", "bo", "xeh9kpteridbpqm9qpbakmyair", "needle alpha #haystack",
         1795367575856},
        {"fp46pmazwfds5yqhd1boq4z1my", "bo", "xeh9kpteridbpqm9qpbakmyair", "needle beta",
         1795367575879},
        {"oy3r69fkiin6jbq7e6prpptm6y", "carmen", "xeh9kpteridbpqm9qpbakmyair", "needles gamma",
         1795367575898},
        {"budg1hhrzt877detfjtrbykg4a", "bo", "k8mn1aok3i818coe3pdz935nrw", "needle in the square",
         1795367575917},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(needles); i++) {
        g_autofree char *channel = g_strdup(mm_match_find(replay->match, needles[i].channel));

        mm_server_set_clock(replay->server, needles[i].time);
        mm_match_bind(
            replay->match, needles[i].id,
            mm_server_say(replay->server, needles[i].who, channel, NULL, needles[i].text));
    }
}

static void
mfa_on(struct replay *replay)
{
    mm_server_set_mfa(replay->server, "carmen", "643411");
}

/* Two of the ten are recorded. */
static void
guess_passwords(struct replay *replay)
{
    for (unsigned i = 0; i < 8; i++)
        mm_answer_free(replay_ask(replay, "POST", "/api/v4/users/login", NULL,
                                  "{\"login_id\":\"dede\",\"password\":\"no\"}"));
}

/* What the programs of the recording answered. */
static void
program_of_command(struct replay *replay)
{
    mm_server_set_program(replay->server, "http://127.0.0.1:58077/slash",
                          "{\"response_type\":\"ephemeral\",\"text\":\"only you see this\"}");
}

static void
programs_of_card(struct replay *replay)
{
    mm_server_set_program(replay->server, "http://127.0.0.1:58077/press",
                          "{\"update\":{\"message\":\"done\",\"props\":{}},"
                          "\"ephemeral_text\":\"thank you\"}");
    mm_server_set_program(
        replay->server, "http://127.0.0.1:58077/dialog",
        "{\"dialog\":{\"url\":\"http://127.0.0.1:58077/submit\",\"dialog\":{"
        "\"callback_id\":\"cb\",\"title\":\"Order\",\"introduction_text\":\"Which bread?\","
        "\"elements\":[{\"display_name\":\"Bread\",\"name\":\"bread\",\"type\":\"text\","
        "\"default\":\"rye\"}],\"submit_label\":\"Send\",\"notify_on_cancel\":true,"
        "\"state\":\"s1\"}}}");
    mm_server_set_program(replay->server, "http://127.0.0.1:58077/dialog2", "{}");
    mm_server_set_program(replay->server, "http://127.0.0.1:58077/submit", "{}");
}

static const struct note {
    const char *begins;
    void (*act)(struct replay *replay);
} notes[] = {
    {"the same with collapsed threads off", collapsed_off},
    {"1. TCP cut, three posts", cut_bo},
    {"9. too old", too_old},
    {"10. queue overflow", overflow},
    {"channel history: 2 join posts", make_history},
    {"a custom slash command", program_of_command},
    {"message attachment with buttons", programs_of_card},
    {"four needles", hide_needles},
    {"MFA", mfa_on},
    {"ten wrong passwords", guess_passwords},
};

void
replay_tell_note(struct replay *replay, const char *text)
{
    for (size_t i = 0; i < G_N_ELEMENTS(notes); i++) {
        if (g_str_has_prefix(text, notes[i].begins))
            notes[i].act(replay);
    }
}
